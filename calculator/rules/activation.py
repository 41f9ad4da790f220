"""Active databases on a server, in normal operation and after failures of servers."""

import numpy as np

from calculator.numerics.arrays import NA, Bools, Floats, is_na, or_zero, ratio, select, stack
from calculator.numerics.rounding import round_up
from calculator.rules.placement import AWAY_DOUBLE, AWAY_SINGLE, DOUBLE, MOVED_DOUBLE, MOVED_SINGLE, SINGLE
from calculator.rules.registry import DATACENTER, corrects, rule


@rule(unit="databases", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements C116")
def active_normal(
    environment__high_availability: Bools,
    two_way: Bools,
    active_databases: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Number of active databases on a server in normal operation.

    Not rounded. A server of the secondary datacenter has a figure only where databases are active there.
    """
    spread = select(active_databases == 1, 1.0, active_databases / environment__mailbox_servers)
    return select(stack(environment__high_availability, two_way), spread, NA)


@rule(unit="databases", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements C117")
def active_after_first_failure(
    environment__high_availability: Bools,
    two_way: Bools,
    ha_copies: Floats,
    active_databases: Floats,
    active_normal: Floats,
    environment__mailbox_servers: Floats,
    site_resilience__block_secondary_activation: Bools,
) -> Floats:
    """Number of active databases on a server after the failure of one server in the same datacenter.

    With one copy at home, the load moves to the other datacenter, so that the figure is that of normal operation.

    Oddity: the databases of the failed server are spread evenly, although the layout may put more of them on one
    server.
    """
    servers = environment__mailbox_servers
    raised = round_up(active_normal + ratio(active_normal, servers - 1))
    raised = select(raised == active_normal, NA, raised)
    taken_over = select(active_databases == 1, 1.0, raised)
    away = select(~site_resilience__block_secondary_activation & (servers > 1), active_normal, NA)
    value = select(ha_copies[0] > 1, taken_over, away)
    return select(stack(environment__high_availability, two_way), value, NA)


@corrects("active_after_first_failure", "the databases of a failed server are spread evenly")
def most_active_after_first_failure(
    active_after_first_failure: Floats, layout_failures: Floats, layout_possible: Bools, two_way: Bools
) -> Floats:
    """Largest number on any server of the datacenter after the failure of any server, in the layout."""
    found = stack(layout_failures[SINGLE, 0], select(two_way, layout_failures[SINGLE, 1], NA))
    return select(layout_possible, found, active_after_first_failure)


@rule(
    unit="servers",
    level="per_dag",
    axis=DATACENTER,
    group="detail",
    source="calculator-7.6: Role Requirements C118, D118",
)
def takeover_servers_first(
    active_active_single_dag: Bools,
    dr_servers_dedicated: Bools,
    environment__mailbox_servers: Floats,
    active_servers: Floats,
    dr_servers: Floats,
) -> Floats:
    """Number of servers per DAG in the other datacenter that take over after the failure of one server."""
    shared = (environment__mailbox_servers == 1) | ~dr_servers_dedicated
    return stack(
        select(active_active_single_dag & shared, active_servers[1], dr_servers[1]),
        select(shared, active_servers[0], dr_servers[0]),
    )


@rule(
    unit="servers",
    level="per_dag",
    axis=DATACENTER,
    group="detail",
    source="calculator-7.6: Role Requirements C121, C122",
)
def takeover_servers(
    active_active_single_dag: Bools, dr_servers_dedicated: Bools, active_servers: Floats, dr_servers: Floats
) -> Floats:
    """Number of servers per DAG in the other datacenter that take over databases from this datacenter."""
    shared = active_active_single_dag & ~dr_servers_dedicated
    return stack(
        select(shared, active_servers[1], dr_servers[1]), select(dr_servers_dedicated, dr_servers[0], active_servers[0])
    )


@rule(unit="databases", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements C118")
def remote_active_after_first_failure(
    two_datacenters: Bools,
    two_way: Bools,
    valid: Bools,
    database_copies__ha_copies_secondary: Floats,
    ha_copies: Floats,
    site_resilience__block_secondary_activation: Bools,
    active_databases: Floats,
    active_after_first_failure: Floats,
    takeover_servers_first: Floats,
) -> Floats:
    """Number of a datacenter's databases active on a server of the other datacenter after one server failure.

    Oddity: all databases of the datacenter except the share of one home server are spread, although only those of
    the failed server fail over.
    """
    able = (database_copies__ha_copies_secondary >= 1) & (ha_copies[0] < 3)
    able = able & ~site_resilience__block_secondary_activation & valid
    left = active_databases - or_zero(active_after_first_failure)
    moved = select(ha_copies[0] == 1, round_up(ratio(left, takeover_servers_first)), 0.0)
    return select(stack(two_datacenters & able, two_way & able), moved, NA)


@corrects("remote_active_after_first_failure", "more databases fail over than the failed server had")
def databases_of_the_failed_server(
    remote_active_after_first_failure: Floats,
    layout_failures: Floats,
    layout_possible: Bools,
    two_datacenters: Bools,
    two_way: Bools,
) -> Floats:
    """Largest number of databases of the failed server that one server of the other datacenter takes over."""
    able = stack(two_datacenters, two_way)
    return select(layout_possible, select(able, layout_failures[AWAY_SINGLE], NA), remote_active_after_first_failure)


@rule(unit="databases", level="per_datacenter", axis=DATACENTER, source="calculator-7.6: Role Requirements C119")
def home_active_total_after_first_failure(
    remote_active_after_first_failure: Floats,
    active_databases: Floats,
    active_normal: Floats,
    environment__mailbox_servers: Floats,
    ha_copies: Floats,
) -> Floats:
    """Number of a datacenter's databases still active at home after one server failure.

    Not applicable where no databases fail over to the other datacenter.

    Oddity: with one copy at home, Microsoft's workbook shows 0 databases at home and all of them in the other
    datacenter.
    """
    servers = environment__mailbox_servers
    lost = round_up(ratio(active_normal, servers - 1))
    stay = select((servers > 1) & (ha_copies[0] > 1), active_databases - lost, 0.0)
    none = is_na(remote_active_after_first_failure) | (remote_active_after_first_failure == 0)
    return select(none, NA, stay)


@corrects("home_active_total_after_first_failure", "with one copy at home, all databases count as moved away")
def home_without_the_failed_server(
    home_active_total_after_first_failure: Floats,
    active_databases: Floats,
    layout_failures: Floats,
    layout_possible: Bools,
    two_datacenters: Bools,
    two_way: Bools,
) -> Floats:
    """All databases except those that fail over to the other datacenter in the layout."""
    moved = select(stack(two_datacenters, two_way), layout_failures[MOVED_SINGLE], NA)
    stay = select(moved > 0, active_databases - moved, NA)
    return select(layout_possible, stay, home_active_total_after_first_failure)


@rule(unit="databases", level="per_datacenter", axis=DATACENTER, source="calculator-7.6: Role Requirements C120")
def away_active_total_after_first_failure(
    active_databases: Floats, home_active_total_after_first_failure: Floats
) -> Floats:
    """Number of a datacenter's databases active in the other datacenter after one server failure."""
    return active_databases - home_active_total_after_first_failure


@rule(unit="databases", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements C121")
def active_after_second_failure(
    environment__high_availability: Bools,
    site_resilience__enabled: Bools,
    two_way: Bools,
    site_resilience__block_secondary_activation: Bools,
    database_copies__ha_copies: Floats,
    environment__mailbox_servers: Floats,
    ha_copies: Floats,
    active_databases: Floats,
    active_normal: Floats,
    native_ha_copies: Floats,
    databases_symmetrical: Floats,
    database_copies_per_server: Floats,
    takeover_servers: Floats,
    active_servers: Floats,
    dr_servers: Floats,
) -> Floats:
    """Number of active databases on a server after the failure of two servers in the same datacenter.

    Not applicable where copies or servers are too few for a second failure.

    Oddity: the figure of the primary datacenter needs four servers in the secondary datacenter, that of the
    secondary datacenter needs four in both. The primary datacenter adds 2 where it has fewer copies than the
    symmetrical number of databases. The databases of the failed servers are spread evenly, although the layout may
    put more of them on one server. Copies in the other datacenter and lagged copies do not count as copies that are
    left.
    """
    servers, held, home = environment__mailbox_servers, database_copies_per_server, ha_copies[0]
    blocked = site_resilience__block_secondary_activation
    extra = stack(select(native_ha_copies[0] < databases_symmetrical, 2.0, 0.0), 0.0)
    at_home = np.minimum(held, round_up(active_normal + ratio(2 * active_normal, servers - 2)) + extra)
    gone = 2 * round_up(ratio(active_normal, servers - 1))
    rest = np.minimum(held, round_up(ratio(active_databases - gone, servers - 2)) + extra)
    rest = select(servers > 2, rest, 0.0)
    open_value = select(home >= 3, select(servers == 3, np.minimum(held, held / 2), at_home), rest)
    enough_open = stack(takeover_servers[0] >= 4, servers + takeover_servers[1] >= 4)
    enough_open = enough_open & (database_copies__ha_copies >= 3)
    members = stack(active_servers[0] + dr_servers[1], servers)
    alone = ~stack(site_resilience__enabled, np.ones_like(site_resilience__enabled))
    enough_home = (home >= 3) & (select(alone, servers, members) >= 4)
    home_only = blocked | alone
    value = select(home_only, select(enough_home, at_home, NA), select(enough_open, open_value, NA))
    return select(stack(environment__high_availability, two_way), value, NA)


@corrects("active_after_second_failure", "the databases of two failed servers are spread evenly")
def most_active_after_second_failure(
    active_after_second_failure: Floats, layout_failures: Floats, layout_possible: Bools, two_way: Bools
) -> Floats:
    """Largest number on any server of the datacenter after the failure of any two servers, in the layout."""
    found = stack(layout_failures[DOUBLE, 0], select(two_way, layout_failures[DOUBLE, 1], NA))
    return select(layout_possible, found, active_after_second_failure)


@rule(unit="databases", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements C122")
def remote_active_after_second_failure(
    two_datacenters: Bools,
    two_way: Bools,
    valid: Bools,
    site_resilience__block_secondary_activation: Bools,
    database_copies__ha_copies_secondary: Floats,
    ha_copies: Floats,
    environment__mailbox_servers: Floats,
    active_normal: Floats,
    active_after_first_failure: Floats,
    active_after_second_failure: Floats,
    takeover_servers: Floats,
) -> Floats:
    """Number of a datacenter's databases active on a server of the other datacenter after two server failures.

    Oddity: it is twice the number of databases that one more home server would take over, whatever copies the home
    servers hold.
    """
    able = ~site_resilience__block_secondary_activation & valid
    able = able & (database_copies__ha_copies_secondary >= 1)
    able = able & ((ha_copies[0] < 3) | (environment__mailbox_servers < 4))
    moved = 2 * (active_after_first_failure - active_normal)
    value = round_up(ratio(moved, takeover_servers))
    able = stack(two_datacenters & able, two_way & able) & ~is_na(active_after_second_failure)
    return select(able, value, NA)


@corrects("remote_active_after_second_failure", "more or fewer databases fail over than two failed servers had")
def databases_of_two_failed_servers(
    remote_active_after_second_failure: Floats,
    layout_failures: Floats,
    layout_possible: Bools,
    two_datacenters: Bools,
    two_way: Bools,
) -> Floats:
    """Largest number of databases of two failed servers that one server of the other datacenter takes over."""
    able = stack(two_datacenters, two_way)
    return select(layout_possible, select(able, layout_failures[AWAY_DOUBLE], NA), remote_active_after_second_failure)


@rule(
    unit="databases",
    level="per_datacenter",
    axis=DATACENTER,
    group="detail",
    source="calculator-7.6: Role Requirements C124",
)
def databases_of_two_servers(active_normal: Floats, environment__mailbox_servers: Floats) -> Floats:
    """Number of databases in a datacenter whose active copy two failed servers lose, rounded for each server."""
    return 2 * round_up(ratio(active_normal, environment__mailbox_servers - 1))


@rule(unit="databases", level="per_datacenter", axis=DATACENTER, source="calculator-7.6: Role Requirements C123")
def home_active_total_after_second_failure(
    remote_active_after_second_failure: Floats, active_databases: Floats, databases_of_two_servers: Floats
) -> Floats:
    """Number of a datacenter's databases still active at home after two server failures.

    Oddity: the databases that one more home server would take over are counted as lost.
    """
    stay = active_databases - np.minimum(databases_of_two_servers, active_databases)
    return select(is_na(remote_active_after_second_failure), NA, stay)


@corrects("home_active_total_after_second_failure", "databases of servers that work count as moved away too")
def home_without_two_failed_servers(
    home_active_total_after_second_failure: Floats,
    active_databases: Floats,
    layout_failures: Floats,
    layout_possible: Bools,
    two_datacenters: Bools,
    two_way: Bools,
) -> Floats:
    """All databases except those that fail over from two failed servers to the other datacenter in the layout."""
    moved = select(stack(two_datacenters, two_way), layout_failures[MOVED_DOUBLE], NA)
    stay = select(moved > 0, active_databases - moved, NA)
    return select(layout_possible, stay, home_active_total_after_second_failure)


@rule(unit="databases", level="per_datacenter", axis=DATACENTER, source="calculator-7.6: Role Requirements C124")
def away_active_total_after_second_failure(
    remote_active_after_second_failure: Floats, databases_of_two_servers: Floats
) -> Floats:
    """Number of a datacenter's databases active in the other datacenter after two server failures.

    Oddity: the figure may exceed the number of databases.
    """
    return select(is_na(remote_active_after_second_failure), NA, databases_of_two_servers)


@corrects("away_active_total_after_second_failure", "databases of servers that work fail over too")
def away_in_the_layout(
    away_active_total_after_second_failure: Floats,
    layout_failures: Floats,
    layout_possible: Bools,
    two_datacenters: Bools,
    two_way: Bools,
) -> Floats:
    """Largest number of databases that fail over to the other datacenter in the layout."""
    moved = select(stack(two_datacenters, two_way), layout_failures[MOVED_DOUBLE], NA)
    return select(layout_possible, select(moved > 0, moved, NA), away_active_total_after_second_failure)
