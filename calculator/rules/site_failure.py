"""Active databases after the loss of a datacenter, the largest number on a server, and the servers that are left."""

import numpy as np

from calculator.numerics.arrays import (
    NA,
    Bools,
    Floats,
    first_true,
    is_na,
    max_na,
    pair,
    ratio,
    replace_at,
    select,
    stack,
)
from calculator.numerics.rounding import round_up
from calculator.rules.placement import DOUBLE, NORMAL, SINGLE, SITE, SITE_AND_DOUBLE, SITE_AND_SINGLE
from calculator.rules.registry import DATACENTER, MODE, corrects, only, rule


@rule(unit="databases", level="per_server", axis=only("secondary"), source="calculator-7.6: Role Requirements C127")
def active_after_site_failure(
    two_datacenters: Bools,
    valid: Bools,
    database_copies__ha_copies_secondary: Floats,
    active_active_single_dag: Bools,
    dr_servers_dedicated: Bools,
    ha_copies: Floats,
    environment__mailbox_servers: Floats,
    databases: Floats,
    active_databases: Floats,
    active_servers: Floats,
    dr_servers: Floats,
    remote_ha_copies: Floats,
) -> Floats:
    """Number of active databases on a server of the secondary datacenter after the loss of the primary datacenter.

    Oddity: with dedicated disaster recovery servers, the databases at home in the secondary datacenter are spread
    over them, although it is the databases of the primary datacenter that move there.
    """
    able = two_datacenters & (database_copies__ha_copies_secondary != 0) & valid
    alone = (ha_copies[0] == 1) & (environment__mailbox_servers == 1)
    shared = active_active_single_dag & (~dr_servers_dedicated | alone)
    moved = select(active_active_single_dag, active_databases[1], databases)
    value = first_true(
        (shared, ratio(databases, active_servers[1])),
        (database_copies__ha_copies_secondary == 1, ratio(remote_ha_copies[1], dr_servers[1])),
        default=ratio(moved, dr_servers[1]),
    )
    return select(able, round_up(value), NA)


@corrects("active_after_site_failure", "databases are spread over other servers than in the layout")
def most_active_after_site_failure(
    active_after_site_failure: Floats, layout_failures: Floats, layout_possible: Bools
) -> Floats:
    """All databases, on those servers of the secondary datacenter on which the layout activates them."""
    return select(layout_possible, layout_failures[SITE, 1], active_after_site_failure)


def _spread_after_failures(
    databases: Floats,
    active_servers: Floats,
    dr_servers: Floats,
    servers: Floats,
    lost: int,
    per_home_server: Floats,
    shared: Bools,
) -> Floats:
    """Return the active databases per server if so many servers of the secondary datacenter fail too."""
    active, dedicated, least = active_servers[1], dr_servers[1], 2 * lost
    together = select(active == servers, per_home_server, round_up(ratio(databases, active - lost)))
    apart = select(dedicated == servers, per_home_server, round_up(ratio(databases, dedicated - lost)))
    return first_true((shared & (active >= least), together + per_home_server), (dedicated >= least, apart), default=NA)


@rule(unit="databases", level="per_server", axis=only("secondary"), source="calculator-7.6: Role Requirements C128")
def active_after_site_and_first_failure(
    two_datacenters: Bools,
    valid: Bools,
    effective_ha_copies: Floats,
    active_active_single_dag: Bools,
    dr_servers_dedicated: Bools,
    environment__mailbox_servers: Floats,
    databases: Floats,
    active_servers: Floats,
    dr_servers: Floats,
    active_after_first_failure: Floats,
) -> Floats:
    """Number of active databases on a secondary server after the loss of the primary datacenter and one more server.

    Oddity: in one active/active DAG, the databases of a home server are added to a figure that may already include
    them.
    """
    able = two_datacenters & (effective_ha_copies[1] >= 2) & valid
    value = _spread_after_failures(
        databases,
        active_servers,
        dr_servers,
        environment__mailbox_servers,
        1,
        active_after_first_failure[0],
        active_active_single_dag & ~dr_servers_dedicated,
    )
    return select(able, value, NA)


@corrects("active_after_site_and_first_failure", "the databases of a home server are counted twice")
def most_active_after_site_and_first_failure(
    active_after_site_and_first_failure: Floats,
    layout_failures: Floats,
    layout_possible: Bools,
    two_datacenters: Bools,
    effective_ha_copies: Floats,
) -> Floats:
    """Largest number on a server of the secondary datacenter in the layout, with every database counted once."""
    able = two_datacenters & (effective_ha_copies[1] >= 2)
    found = select(able, layout_failures[SITE_AND_SINGLE, 1], NA)
    return select(layout_possible, found, active_after_site_and_first_failure)


@rule(unit="databases", level="per_server", axis=only("secondary"), source="calculator-7.6: Role Requirements C129")
def active_after_site_and_second_failure(
    two_datacenters: Bools,
    valid: Bools,
    database_copies__ha_copies_secondary: Floats,
    active_active_single_dag: Bools,
    dr_servers_dedicated: Bools,
    environment__mailbox_servers: Floats,
    databases: Floats,
    active_servers: Floats,
    dr_servers: Floats,
    active_after_second_failure: Floats,
) -> Floats:
    """Number of active databases on a secondary server after the loss of the primary datacenter and two more servers.

    Not applicable with fewer than three HA copies in the secondary datacenter.

    Oddity: in one active/active DAG, the databases of a home server are added to a figure that may already include
    them.
    """
    able = two_datacenters & (database_copies__ha_copies_secondary >= 3) & valid
    value = _spread_after_failures(
        databases,
        active_servers,
        dr_servers,
        environment__mailbox_servers,
        2,
        active_after_second_failure[0],
        active_active_single_dag & ~dr_servers_dedicated,
    )
    return select(able, value, NA)


@corrects("active_after_site_and_second_failure", "the databases of a home server are counted twice")
def most_active_after_site_and_second_failure(
    active_after_site_and_second_failure: Floats,
    layout_failures: Floats,
    layout_possible: Bools,
    two_datacenters: Bools,
    database_copies__ha_copies_secondary: Floats,
) -> Floats:
    """Largest number on a server of the secondary datacenter in the layout, with every database counted once."""
    able = two_datacenters & (database_copies__ha_copies_secondary >= 3)
    found = select(able, layout_failures[SITE_AND_DOUBLE, 1], NA)
    return select(layout_possible, found, active_after_site_and_second_failure)


@rule(unit="databases", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements C103, C130")
def memory_sizing_databases(
    environment__high_availability: Bools,
    two_datacenters: Bools,
    site_resilience__enabled: Bools,
    active_active_single_dag: Bools,
    dr_servers_dedicated: Bools,
    environment__mailbox_servers: Floats,
    ha_copies: Floats,
    effective_ha_copies: Floats,
    active_databases: Floats,
    active_normal: Floats,
    active_after_first_failure: Floats,
    active_after_second_failure: Floats,
    active_after_site_failure: Floats,
    active_after_site_and_first_failure: Floats,
    active_after_site_and_second_failure: Floats,
) -> Floats:
    """Largest number of databases that are active on a server at once, for which its memory is sized.

    For a standalone server these are all its databases.

    Oddity: the figure may exceed the copies of a server, so that its passive load may be negative, and failures of
    servers in the other datacenter do not count.
    """
    first, second = active_after_first_failure[0], active_after_second_failure[0]
    both = site_resilience__enabled & active_active_single_dag
    unmoved = active_normal[0] * select((ha_copies[0] == 1) & both, 2.0, 1.0)
    after_site = max_na(
        active_after_site_failure, active_after_site_and_first_failure, active_after_site_and_second_failure
    )
    after_site = select(two_datacenters, after_site, NA)
    primary = first_true(
        (~environment__high_availability, active_databases[0]),
        (is_na(first) & is_na(second), unmoved),
        (both & ~dr_servers_dedicated, max_na(first, second, after_site)),
        default=max_na(first, second),
    )
    same = (environment__mailbox_servers == 1) & (effective_ha_copies[0] == 1)
    same = same & active_active_single_dag & two_datacenters
    return stack(primary, select(same, primary, after_site))


@corrects("memory_sizing_databases", "servers and copies are counted differently from the layout")
def most_active_in_the_layout(
    memory_sizing_databases: Floats,
    layout_failures: Floats,
    layout_possible: Bools,
    two_datacenters: Bools,
    two_way: Bools,
    active_after_site_and_first_failure: Floats,
    active_after_site_and_second_failure: Floats,
) -> Floats:
    """Largest number on a server in the layout after any failure that counts, never more than the server has copies."""
    one_more = select(is_na(active_after_site_and_first_failure), NA, layout_failures[SITE_AND_SINGLE])
    two_more = select(is_na(active_after_site_and_second_failure), NA, layout_failures[SITE_AND_DOUBLE])
    servers = max_na(layout_failures[NORMAL], layout_failures[SINGLE], layout_failures[DOUBLE])
    site = max_na(layout_failures[SITE], one_more, two_more)
    primary = np.maximum(servers[0], select(two_way, site[0], 0.0))
    secondary = select(two_datacenters, np.maximum(servers[1], site[1]), NA)
    return select(layout_possible, stack(primary, secondary), memory_sizing_databases)


@rule(
    unit="databases",
    level="per_server",
    axis=(MODE, DATACENTER),
    group="detail",
    source="calculator-7.6: Role Requirements C195",
)
def sized_databases_by_mode(
    environment__high_availability: Bools,
    two_datacenters: Bools,
    active_passive: Bools,
    active_active_single_dag: Bools,
    active_normal: Floats,
    active_after_first_failure: Floats,
    active_after_second_failure: Floats,
    remote_active_after_first_failure: Floats,
    remote_active_after_second_failure: Floats,
    active_after_site_failure: Floats,
    memory_sizing_databases: Floats,
) -> Floats:
    """Number of active databases on a server in each failure mode, for which CPU and memory are sized.

    A standalone server has as many active databases in the worst mode as in normal operation. Microsoft's workbook
    shows none there, and therefore no CPU or memory.

    Oddity: servers and copies are counted differently from the layout, in which a server may have more or fewer active
    databases after a failure, and 0 is shown where a mode makes no more databases active than normal operation.
    """
    ha, aas = environment__high_availability, active_active_single_dag
    first, second = active_after_first_failure, active_after_second_failure
    worst = memory_sizing_databases
    secondary = (
        select(aas, active_normal[1], 0.0),
        select(aas, first[1], remote_active_after_first_failure[0]),
        select(aas, second[1], remote_active_after_second_failure[0]),
        active_after_site_failure,
        worst[1],
    )
    primary = (
        select(ha, active_normal[0], worst[0]),
        select(ha, first[0], 0.0),
        select(ha, second[0], 0.0),
        select(two_datacenters & ~active_passive, active_after_site_failure, 0.0),
        worst[0],
    )
    pairs = zip(primary, secondary, strict=True)
    return stack(*(stack(on_primary, select(two_datacenters, on_secondary, 0.0)) for on_primary, on_secondary in pairs))


@corrects("sized_databases_by_mode", "servers and copies are counted differently from the layout")
def active_in_the_layout_by_mode(
    sized_databases_by_mode: Floats,
    layout_failures: Floats,
    layout_possible: Bools,
    two_datacenters: Bools,
    active_active_multiple_dags: Bools,
) -> Floats:
    """Largest number on a server of the datacenter in the layout, after each failure that a mode assumes."""
    single, double, site = layout_failures[SINGLE], layout_failures[DOUBLE], layout_failures[SITE]
    # Servers of the primary that take over belong to the other DAG of a pair.
    site = stack(select(active_active_multiple_dags, site[1], select(two_datacenters, site[0], 0.0)), site[1])
    normal, worst = sized_databases_by_mode[0], sized_databases_by_mode[-1]
    there = stack(normal[1], single[1], double[1], site[1], worst[1])
    there = select(two_datacenters, there, 0.0)
    here = stack(normal[0], single[0], double[0], site[0], worst[0])
    return select(layout_possible, pair(here, there), sized_databases_by_mode)


@rule(unit="databases", level="per_server", axis=(MODE, DATACENTER), source="calculator-7.6: Role Requirements C195")
def active_databases_by_mode(sized_databases_by_mode: Floats, environment__high_availability: Bools) -> Floats:
    """Number of active databases on a server in each failure mode.

    Not applicable to the worst mode of a standalone server, as in Microsoft's workbook.
    """
    worst = select(environment__high_availability, sized_databases_by_mode[-1, 0], NA)
    return replace_at(sized_databases_by_mode, (-1, 0), worst)


@rule(unit="mailboxes", level="per_server", source="calculator-7.6: Role Requirements C100")
def active_mailboxes_per_server(
    environment__high_availability: Bools,
    active_normal: Floats,
    mailboxes_per_database: Floats,
    mailboxes_per_unit: Floats,
) -> Floats:
    """Number of active mailboxes on a server in normal operation."""
    active = active_normal[0] * mailboxes_per_database
    return select(environment__high_availability, active, mailboxes_per_unit)


@rule(unit="servers", level="per_dag", group="detail", source="calculator-7.6: Role Requirements C107")
def servers_left_in_dag(
    site_resilience__enabled: Bools,
    effective_ha_copies: Floats,
    servers_total: Floats,
    lagged_servers: Floats,
    active_servers: Floats,
    dr_servers: Floats,
    active_after_first_failure: Floats,
    active_after_second_failure: Floats,
    active_after_site_and_first_failure: Floats,
    active_after_site_and_second_failure: Floats,
) -> Floats:
    """Number of servers of a DAG that are left after the worst failure.

    The worst failure is the loss of the primary datacenter and of as many servers in the secondary datacenter as its
    copies allow; with one datacenter, it is the failure of one or two servers.
    """
    more = first_true(
        (~is_na(active_after_site_and_second_failure), 2.0),
        (~is_na(active_after_site_and_first_failure), 1.0),
        default=0.0,
    )
    site = active_servers[0] + dr_servers[0] + lagged_servers[0] + more
    one_site = first_true(
        (~is_na(active_after_second_failure[0]), 2.0), (~is_na(active_after_first_failure[0]), 1.0), default=0.0
    )
    loss = select(site_resilience__enabled & (effective_ha_copies[1] > 0), site, one_site)
    return servers_total + lagged_servers[0] + lagged_servers[1] - loss


@rule(unit="servers", level="per_environment", source="calculator-7.6: Role Requirements C107")
def remaining_servers(
    environment__high_availability: Bools,
    environment__mailbox_servers: Floats,
    servers_left_in_dag: Floats,
    environment__dags: Floats,
) -> Floats:
    """Number of servers in the environment that are left after the worst failure.

    Oddity: with pairs of DAGs, the pairs are counted, which are half of the DAGs.
    """
    left = servers_left_in_dag * environment__dags
    return select(environment__high_availability, left, environment__mailbox_servers)


@corrects("remaining_servers", "a pair of DAGs counts as one DAG")
def remaining_servers_of_all_dags(
    remaining_servers: Floats,
    environment__high_availability: Bools,
    site_resilience__enabled: Bools,
    active_active_multiple_dags: Bools,
    effective_ha_copies: Floats,
    servers_left_in_dag: Floats,
    active_servers: Floats,
    dr_servers: Floats,
    lagged_servers: Floats,
    dags_total: Floats,
) -> Floats:
    """Number of servers left in all DAGs; the DAGs of a pair lose different servers with the primary datacenter."""
    home, away = active_servers[0] + lagged_servers[0], dr_servers[1] + lagged_servers[1]
    site = site_resilience__enabled & (effective_ha_copies[1] > 0)
    half = (home - away) / 2
    left = servers_left_in_dag + select(active_active_multiple_dags & site, half, 0.0)
    return select(environment__high_availability, left * dags_total, remaining_servers)


@rule(unit="databases", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements I109, I110")
def preferred_active_databases_limit(
    copies_total: Floats,
    memory_sizing_databases: Floats,
    sized_databases_by_mode: Floats,
    active_active_single_dag: Bools,
    active_after_site_and_second_failure: Floats,
) -> Floats:
    """Preferred maximum number of active databases on a server, as a setting of the server.

    Not applicable with fewer than four copies.

    Oddity: in one active/active DAG, the secondary datacenter has none unless one of its servers has a figure after
    the loss of the primary datacenter and two more servers, although databases are active in both datacenters alike.
    """
    single, double, site = (sized_databases_by_mode[1], sized_databases_by_mode[2], sized_databases_by_mode[3])
    worst = memory_sizing_databases
    primary = select(is_na(double[0]) | (double[0] >= worst[0]), single[0], double[0])
    secondary = first_true((active_active_single_dag, double[1]), (worst[1] != 0, worst[1]), default=site[1])
    able = copies_total >= 4
    return stack(select(able, primary, NA), select(able & ~is_na(active_after_site_and_second_failure), secondary, NA))


@corrects("preferred_active_databases_limit", "the secondary datacenter of one active/active DAG has no limit")
def preferred_active_databases_limit_of_both(
    copies_total: Floats,
    memory_sizing_databases: Floats,
    sized_databases_by_mode: Floats,
    active_active_single_dag: Bools,
    active_after_site_and_second_failure: Floats,
) -> Floats:
    """In one active/active DAG, the limit of the secondary datacenter follows from its own failures too."""
    primary, secondary = preferred_active_databases_limit(
        copies_total,
        memory_sizing_databases,
        sized_databases_by_mode,
        active_active_single_dag,
        active_after_site_and_second_failure,
    )
    single, double = sized_databases_by_mode[1, 1], sized_databases_by_mode[2, 1]
    alike = select(is_na(double) | (double >= memory_sizing_databases[1]), single, double)
    alike = select(copies_total >= 4, alike, NA)
    return stack(primary, select(active_active_single_dag, alike, secondary))


@rule(unit="databases", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements I111, I112")
def active_databases_limit(memory_sizing_databases: Floats) -> Floats:
    """Maximum number of active databases on a server, as a setting of the server."""
    return memory_sizing_databases
