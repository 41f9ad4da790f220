"""Active databases of the layout after failures, and the copies that it puts on a server."""

import numpy as np

from calculator.inputs.choices import Witness
from calculator.numerics.arrays import NA, Bools, Codes, Floats, opaque, or_zero, ratio, select, stack, where_needed
from calculator.rules import placement
from calculator.rules.placement import FIGURES, MOST_DATABASES, MOST_SERVERS, Shape
from calculator.rules.registry import DATACENTER, Axis, corrects, flag, rule

DISTRIBUTION = "calculator-7.6: Distribution"
LAYOUT_FIGURE = Axis("figure", FIGURES)
NORMAL, SINGLE, DOUBLE, SITE, SITE_AND_SINGLE, SITE_AND_DOUBLE, AWAY_SINGLE, AWAY_DOUBLE, MOVED_SINGLE, MOVED_DOUBLE = (
    range(len(FIGURES))
)
"""Places of the figures of `layout_failures` on its first axis."""


@rule(unit="copies", level="per_database", axis=DATACENTER, group="detail", source=DISTRIBUTION)
def layout_lagged_copies(lagged_copies: Floats, lagged_servers_dedicated: Bools) -> Floats:
    """Number of lagged copies of a database that the layout places in each datacenter.

    None where they are on dedicated servers.
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
    """Every copy of a database has a server of its own in its datacenter, so that the DAG has a layout."""
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
    """Most active databases on a server of each datacenter that the layout gives in each situation.

    Without a failure, after any failure of one and of two servers, after the loss of the other datacenter, and after
    that loss and the failure of one and of two servers more; then of the databases at home in the datacenter the most
    that are active on a server of the other, and in all of the other, after one and two failures at home.  Counted over
    all combinations of failed servers.  Not applicable where a database is active nowhere after one of them or the DAG
    has no quorum.
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
    databases: Floats,
    servers: Floats,
    healthy: Floats,
    lagged: Floats,
    group: Floats,
    crosses: Bools,
    witness: Codes,
) -> Floats:
    width = max(values.shape[-1] for values in (databases, servers, healthy, lagged, group, crosses, witness))

    def whole(values: Floats) -> placement.Ints:
        return np.broadcast_to(values, width).astype(np.int64)

    return placement.count_active(
        Shape(
            whole(databases),
            (whole(servers[0]), whole(servers[1])),
            (whole(healthy[0]), whole(healthy[1])),
            (whole(lagged[0]), whole(lagged[1])),
            whole(group),
            whole(crosses),
            whole(witness != Witness.NONE),
        )
    )


@rule(unit="databases", level="per_server", axis=DATACENTER, group="detail", source="calculator-7.6: Role Requirements C102")
def sized_copies_per_server(database_copies_per_server: Floats) -> Floats:
    """Number of database copies on a server of each datacenter that CPU, memory and disks are sized for.

    Oddity: the servers of both datacenters are sized for the copies of the primary, whatever the layout puts on them.
    """
    return stack(database_copies_per_server, database_copies_per_server)


@corrects("sized_copies_per_server", "both datacenters count the copies of the primary")
def sized_copies_of_the_layout(
    sized_copies_per_server: Floats,
    layout_possible: Bools,
    databases: Floats,
    ha_copies: Floats,
    layout_lagged_copies: Floats,
    summary_mailbox_servers_by_datacenter: Floats,
) -> Floats:
    """Copies in whole rounds of the servers of each datacenter, and one per copy of the databases of the last round."""
    servers = or_zero(summary_mailbox_servers_by_datacenter)
    copies = ha_copies + layout_lagged_copies
    rounds = np.floor(or_zero(ratio(databases, servers)))
    most = rounds * copies + np.minimum(copies, databases - rounds * servers)
    return select(layout_possible & (servers > 0), most, sized_copies_per_server)
