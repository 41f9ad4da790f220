"""Active databases after failures as the layout activates them, and the copies that it puts on a server."""

import numpy as np

from calculator.inputs.choices import Oddities, Witness
from calculator.numerics.arrays import NA, Bools, Codes, Floats, is_na, or_zero, select, stack, where_needed
from calculator.rules.placement import COPIES, FIGURES, MOST_DATABASES, MOST_SERVERS, Shape, count_active
from calculator.rules.registry import DATACENTER, Axis, corrects, flag, rule

DISTRIBUTION = "calculator-7.6: Distribution"
LAYOUT_FIGURE = Axis("figure", FIGURES)


@rule(unit="copies", level="per_database", axis=DATACENTER, group="detail", source=DISTRIBUTION)
def layout_lagged_copies(lagged_copies: Floats, lagged_servers_dedicated: Bools) -> Floats:
    """Number of lagged copies of a database that the layout places in each datacenter.

    Zero where lagged copies are on dedicated servers.
    """
    return select(lagged_servers_dedicated, 0.0, lagged_copies)


@flag(level="per_dag", group="detail", source=DISTRIBUTION)
def layout_possible(
    environment__high_availability: Bools,
    valid: Bools,
    databases: Floats,
    ha_copies: Floats,
    layout_lagged_copies: Floats,
    summary_mailbox_servers_by_datacenter: Floats,
) -> Bools:
    """Whether the DAG has a layout: every copy of a database has a server of its own in its datacenter."""
    servers = or_zero(summary_mailbox_servers_by_datacenter)
    enough = (ha_copies + layout_lagged_copies <= servers).all(axis=0)
    countable = (databases >= 1) & (databases <= MOST_DATABASES) & (databases == np.floor(databases))
    countable = countable & (servers[0] + servers[1] <= MOST_SERVERS)
    return environment__high_availability & valid & enough & countable


@rule(unit="databases", level="per_server", axis=(LAYOUT_FIGURE, DATACENTER), group="detail", source=DISTRIBUTION)
def layout_failures(
    layout_possible: Bools,
    databases: Floats,
    summary_mailbox_servers_by_datacenter: Floats,
    ha_copies: Floats,
    layout_lagged_copies: Floats,
    active_servers: Floats,
    two_way: Bools,
    site_resilience__block_secondary_activation: Bools,
    dag__witness_location: Codes,
) -> Floats:
    """Largest number of active databases on a server of each datacenter in the layout, by failure.

    The figures are, in this order: without a failure; after the failure of any one and of any two servers; after the
    loss of the other datacenter, alone and with the failure of one and of two more servers; of the databases at home
    in the datacenter, the largest number active on a server of the other datacenter, and in the whole other
    datacenter, after one and after two failures at home; and the largest number of copies on a server. All
    combinations of failed servers are counted. Not applicable where one of them leaves a database without an active
    copy or the DAG without quorum.
    """
    secondary = or_zero(summary_mailbox_servers_by_datacenter[1]) > 0
    group = select(two_way & secondary, active_servers[0] + active_servers[1], 0.0)
    crosses = secondary & (two_way | ~site_resilience__block_secondary_activation)
    nothing = np.full_like(stack(*(stack(databases, databases) for _ in FIGURES)), NA)
    return where_needed(
        layout_possible,
        _count,
        nothing,
        databases,
        or_zero(summary_mailbox_servers_by_datacenter),
        ha_copies,
        layout_lagged_copies,
        group,
        crosses,
        dag__witness_location,
    )


def _count(
    databases: Floats, servers: Floats, healthy: Floats, lagged: Floats, group: Floats, crosses: Bools, witness: Codes
) -> Floats:
    pairs = servers, healthy, lagged
    singles = databases, group, crosses, witness != Witness.NONE
    width = max(values.shape[-1] for values in (*pairs, *singles))
    of_servers, of_healthy, of_lagged = (np.broadcast_to(values, (2, width)).astype(np.int64) for values in pairs)
    of_databases, of_group, crossing, voting = (np.broadcast_to(values, width).astype(np.int64) for values in singles)
    return count_active(Shape(of_databases, of_servers, of_healthy, of_lagged, of_group, crossing, voting))


@rule(
    unit="databases",
    level="per_server",
    axis=DATACENTER,
    group="detail",
    source="calculator-7.6: Role Requirements C102",
)
def sized_copies_per_server(database_copies_per_server: Floats) -> Floats:
    """Number of database copies on a server of each datacenter for which CPU, memory and disks are sized.

    Oddity: the servers of both datacenters are sized for the copies of the primary datacenter, whatever the layout
    puts on them.
    """
    return stack(database_copies_per_server, database_copies_per_server)


@corrects("sized_copies_per_server", "both datacenters count the copies of the primary datacenter")
def sized_copies_of_the_layout(
    sized_copies_per_server: Floats, layout_failures: Floats, layout_possible: Bools
) -> Floats:
    """Largest number of copies that the layout puts on a server of each datacenter."""
    known = layout_possible & ~is_na(layout_failures[COPIES])
    return select(known, layout_failures[COPIES], sized_copies_per_server)


@flag(level="per_dag", group="detail", source=DISTRIBUTION)
def sized_as_laid_out(layout_possible: Bools, guidance__oddities: Codes) -> Bools:
    """Whether the servers of a DAG are sized for the copies that the layout puts on them.

    They are in a DAG that has a layout, if the quirks of Microsoft's workbook are corrected.
    """
    return layout_possible & (guidance__oddities == Oddities.CORRECTED)


@rule(unit="1", level="per_server", axis=DATACENTER, group="detail", source=DISTRIBUTION)
def copies_factor(sized_copies_per_server: Floats, database_copies_per_server: Floats) -> Floats:
    """Database copies on a server of each datacenter, as a multiple of the copies for which volumes and I/O are sized.

    The disks of a server are multiplied by it. It is 1 unless the copies of the layout are counted.
    """
    factor = sized_copies_per_server / database_copies_per_server
    return select(database_copies_per_server > 0, factor, 1.0)
