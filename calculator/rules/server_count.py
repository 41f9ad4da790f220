"""Number of servers of a DAG, and the database copies in each datacenter and on each server."""

import numpy as np

from calculator.numerics.arrays import NA, Bools, Floats, first_true, or_zero, ratio, select, stack
from calculator.numerics.rounding import nearest, round_up
from calculator.rules.registry import DATACENTER, corrects, rule


@rule(unit="databases", level="per_dag", axis=DATACENTER, source="calculator-7.6: Role Requirements C86")
def active_databases(databases: Floats, two_way: Bools, primary_user_share: float) -> Floats:
    """Number of databases of a DAG whose preferred active copy is in each datacenter.

    Half of the databases in each datacenter of one active/active DAG; an odd one is in the primary datacenter.
    """
    primary = select(two_way, round_up(databases * primary_user_share), databases)
    return stack(primary, select(two_way, databases - primary, 0.0))


@rule(unit="databases", level="per_dag", axis=DATACENTER, source="calculator-7.6: Role Requirements C88")
def native_ha_copies(
    active_databases: Floats, ha_copies: Floats, environment__high_availability: Bools, two_way: Bools
) -> Floats:
    """Number of HA copies in each datacenter of the databases of a DAG that are at home in the same datacenter."""
    primary, secondary = active_databases
    return stack(
        select(environment__high_availability, primary * ha_copies[0], 0.0),
        select(two_way, secondary * ha_copies[0], 0.0),
    )


@rule(unit="databases", level="per_dag", axis=DATACENTER, source="calculator-7.6: Role Requirements C90")
def remote_ha_copies(
    active_databases: Floats,
    ha_copies: Floats,
    two_datacenters: Bools,
    two_way: Bools,
    database_copies__ha_copies_secondary: Floats,
) -> Floats:
    """Number of HA copies in each datacenter of the databases of a DAG that are at home in the other datacenter."""
    has_secondary_copies = database_copies__ha_copies_secondary > 0
    primary, secondary = active_databases
    return stack(
        select(two_way & has_secondary_copies, ha_copies[1] * secondary, 0.0),
        select(two_datacenters & has_secondary_copies, ha_copies[1] * primary, 0.0),
    )


@rule(unit="databases", level="per_dag", axis=DATACENTER, source="calculator-7.6: Role Requirements I101")
def lagged_database_copies(
    databases: Floats,
    active_databases: Floats,
    lagged_copies: Floats,
    two_datacenters: Bools,
    active_passive: Bools,
    active_active_multiple_dags: Bools,
    two_way: Bools,
) -> Floats:
    """Number of lagged database copies of a DAG in each datacenter."""
    at_home = two_datacenters & (active_passive | active_active_multiple_dags)
    first, second = lagged_copies
    primary = select(at_home, first * databases, (first + second) * active_databases[0])
    hosted = select(at_home, active_databases[0], active_databases[1])
    return stack(primary, (select(two_way, first, 0.0) + second) * hosted)


@rule(unit="databases", level="per_dag", axis=DATACENTER, source="calculator-7.6: Role Requirements C91")
def remote_copies(
    remote_ha_copies: Floats,
    lagged_database_copies: Floats,
    database_copies__lagged_copies_secondary: Floats,
    lagged_servers_dedicated: Bools,
) -> Floats:
    """Number of passive copies in each datacenter of the databases of a DAG at home in the other datacenter.

    Lagged copies are included unless they are on dedicated servers.

    Oddity: the figure of the primary datacenter adds the lagged copies of the secondary datacenter, and in one
    active/active DAG both figures add lagged copies of databases that are at home.
    """
    with_lagged = (database_copies__lagged_copies_secondary > 0) & ~lagged_servers_dedicated
    lagged = select(with_lagged, lagged_database_copies[1], 0.0)
    return stack(remote_ha_copies[0] + lagged, remote_ha_copies[1] + lagged)


@corrects("remote_copies", "lagged copies at home or in the wrong datacenter are added")
def remote_copies_of_each_side(
    remote_ha_copies: Floats,
    active_databases: Floats,
    lagged_copies: Floats,
    two_datacenters: Bools,
    two_way: Bools,
    lagged_servers_dedicated: Bools,
) -> Floats:
    """Copies of each datacenter with the lagged copies that it holds of databases at home in the other datacenter."""
    able = stack(two_way, two_datacenters) & ~lagged_servers_dedicated
    return remote_ha_copies + select(able, lagged_copies[1] * active_databases[::-1], 0.0)


@rule(unit="databases", level="per_dag", axis=DATACENTER, source="calculator-7.6: Role Requirements I116")
def ha_database_copies(
    environment__high_availability: Bools,
    two_datacenters: Bools,
    site_resilience__enabled: Bools,
    active_active_single_dag: Bools,
    native_ha_copies: Floats,
    remote_ha_copies: Floats,
) -> Floats:
    """Number of HA database copies of a DAG that each datacenter hosts."""
    both = site_resilience__enabled & active_active_single_dag
    here = native_ha_copies[0] + select(both, remote_ha_copies[0], 0.0)
    there = remote_ha_copies[1] + select(active_active_single_dag, native_ha_copies[1], 0.0)
    return stack(select(environment__high_availability, here, 0.0), select(two_datacenters, there, 0.0))


@rule(unit="databases", level="per_dag", axis=DATACENTER, source="calculator-7.6: Role Requirements I118")
def lagged_database_copies_hosted(lagged_database_copies: Floats) -> Floats:
    """Number of lagged database copies of a DAG in each datacenter, as the checks of the design count them."""
    return lagged_database_copies


@rule(unit="databases", level="per_server", source="calculator-7.6: Role Requirements C102")
def database_copies_per_server(
    environment__high_availability: Bools,
    site_resilience__enabled: Bools,
    active_active_single_dag: Bools,
    dr_servers_dedicated: Bools,
    lagged_servers_dedicated: Bools,
    native_ha_copies: Floats,
    remote_ha_copies: Floats,
    lagged_database_copies: Floats,
    active_databases: Floats,
    environment__mailbox_servers: Floats,
    volume_count_automatic: Bools,
    storage__data_volumes_per_server: Floats,
    databases_per_volume: Floats,
    no_limit: float,
) -> Floats:
    """Number of database copies on a server, or of databases on a standalone server.

    The copies in the primary datacenter divided by its servers, rounded to the nearest whole number, at most as many
    as the volumes of the server hold.

    Oddity: the servers of the secondary datacenter are sized for as many copies as those of the primary datacenter,
    whatever the layout puts on them.
    """
    both = site_resilience__enabled & active_active_single_dag & ~dr_servers_dedicated
    copies = (
        native_ha_copies[0]
        + select(both, remote_ha_copies[0], 0.0)
        + select(lagged_servers_dedicated, 0.0, lagged_database_copies[0])
    )
    spread = nearest(copies / environment__mailbox_servers)
    limit = storage__data_volumes_per_server * databases_per_volume
    return np.minimum(
        select(environment__high_availability, spread, active_databases[0]),
        select(volume_count_automatic, no_limit, limit),
    )


@rule(
    unit="servers",
    level="per_dag",
    axis=DATACENTER,
    source="calculator-7.6: Role Requirements I86, I88",
    needs_mailboxes=False,
)
def active_servers(
    environment__mailbox_servers: Floats,
    two_way: Bools,
    native_ha_copies: Floats,
    remote_ha_copies: Floats,
    lagged_database_copies: Floats,
    dr_servers_dedicated: Bools,
    lagged_servers_dedicated: Bools,
    database_copies_per_server: Floats,
) -> Floats:
    """Number of servers per DAG in each datacenter that host active mailboxes."""
    copies = (
        native_ha_copies[1]
        + select(dr_servers_dedicated, 0.0, remote_ha_copies[1])
        + select(lagged_servers_dedicated, 0.0, lagged_database_copies[1])
    )
    needed = round_up(ratio(copies, database_copies_per_server))
    secondary = np.minimum(environment__mailbox_servers, needed)
    return stack(environment__mailbox_servers, select(two_way, secondary, 0.0))


@rule(
    unit="servers",
    level="per_dag",
    axis=DATACENTER,
    source="calculator-7.6: Role Requirements I87, I89",
    needs_mailboxes=False,
)
def dr_servers(
    two_way: Bools,
    two_datacenters: Bools,
    active_active_single_dag: Bools,
    dr_servers_dedicated: Bools,
    environment__mailbox_servers: Floats,
    ha_copies: Floats,
    remote_copies: Floats,
    database_copies_per_server: Floats,
) -> Floats:
    """Number of servers per DAG in each datacenter that host only passive copies of the other datacenter."""
    several = environment__mailbox_servers > 1
    needed = round_up(ratio(remote_copies, database_copies_per_server))
    primary = two_way & several & (ha_copies[0] >= 1) & dr_servers_dedicated
    none = active_active_single_dag & ~(dr_servers_dedicated & several)
    secondary = np.minimum(environment__mailbox_servers, needed[1])
    return stack(select(primary, needed[0], 0.0), select(two_datacenters & ~none, secondary, 0.0))


@rule(unit="servers", level="per_dag", source="calculator-7.6: Role Requirements I90", needs_mailboxes=False)
def active_servers_total(active_servers: Floats) -> Floats:
    """Number of servers per DAG in both datacenters that host active mailboxes."""
    return active_servers[0] + active_servers[1]


@rule(unit="servers", level="per_dag", source="calculator-7.6: Role Requirements I91", needs_mailboxes=False)
def servers_total(
    environment__high_availability: Bools,
    site_resilience__enabled: Bools,
    active_active_multiple_dags: Bools,
    active_servers: Floats,
    dr_servers: Floats,
) -> Floats:
    """Number of Mailbox servers of a DAG, without dedicated servers for lagged copies.

    Not applicable without high availability.
    """
    pair = active_servers[0] + dr_servers[1]
    every = active_servers[0] + dr_servers[0] + dr_servers[1] + active_servers[1]
    total = select(site_resilience__enabled & active_active_multiple_dags, pair, every)
    return select(environment__high_availability, total, NA)


@rule(unit="servers", level="per_dag", source="calculator-7.6: Role Requirements I98", needs_mailboxes=False)
def lagged_servers_total(
    environment__high_availability: Bools,
    database_copies__lagged_copies: Floats,
    lagged_servers_dedicated: Bools,
    lagged_database_copies: Floats,
    database_copies_per_server: Floats,
) -> Floats:
    """Number of dedicated servers for lagged copies of a DAG, in both datacenters."""
    has_lagged_copies = environment__high_availability & (database_copies__lagged_copies > 0)
    needed = round_up(ratio(lagged_database_copies, database_copies_per_server))
    return select(has_lagged_copies & lagged_servers_dedicated, needed[0] + needed[1], 0.0)


@rule(
    unit="servers",
    level="per_dag",
    axis=DATACENTER,
    source="calculator-7.6: Role Requirements I99, I100",
    needs_mailboxes=False,
)
def lagged_servers(
    two_datacenters: Bools,
    lagged_servers_dedicated: Bools,
    database_copies__lagged_copies_secondary: Floats,
    lagged_database_copies: Floats,
    database_copies_per_server: Floats,
    lagged_servers_total: Floats,
) -> Floats:
    """Number of dedicated servers for lagged copies of a DAG, in each datacenter."""
    has_lagged_copies = two_datacenters & lagged_servers_dedicated
    has_lagged_copies = has_lagged_copies & (database_copies__lagged_copies_secondary > 0)
    needed = round_up(ratio(lagged_database_copies[1], database_copies_per_server))
    secondary = select(has_lagged_copies, needed, 0.0)
    return stack(lagged_servers_total - secondary, secondary)


@rule(unit="servers", level="per_dag", group="detail", source="calculator-7.6: Role Requirements I155")
def dag_members(environment__high_availability: Bools, servers_total: Floats, lagged_servers_total: Floats) -> Floats:
    """Number of members of a DAG, including dedicated servers for lagged copies.

    Not applicable without high availability.
    """
    return select(environment__high_availability, servers_total + lagged_servers_total, NA)


@rule(unit="mailboxes", level="per_server", source="calculator-7.6: Role Requirements C101")
def mailboxes_per_server(
    environment__high_availability: Bools,
    mailboxes_per_database: Floats,
    database_copies_per_server: Floats,
    mailboxes_per_unit: Floats,
) -> Floats:
    """Number of mailboxes in all database copies on a server."""
    copies = mailboxes_per_database * database_copies_per_server
    return select(environment__high_availability, copies, mailboxes_per_unit)


@rule(unit="databases", level="per_dag", group="detail", source="calculator-7.6: Role Requirements D248")
def database_copies_per_dag(
    environment__high_availability: Bools, ha_database_copies: Floats, lagged_database_copies_hosted: Floats
) -> Floats:
    """Number of database copies in a DAG, HA and lagged.

    Not applicable without high availability.
    """
    primary = ha_database_copies[0] + lagged_database_copies_hosted[0]
    total = primary + lagged_database_copies_hosted[1] + ha_database_copies[1]
    return select(environment__high_availability, total, NA)


@rule(unit="databases", level="per_server", group="detail", source="calculator-7.6: Role Requirements I158")
def databases_of_a_server(
    environment__high_availability: Bools,
    databases: Floats,
    copies_total: Floats,
    servers_total: Floats,
    lagged_servers_total: Floats,
) -> Floats:
    """Number of database copies on a server, averaged over all members of the DAG."""
    members = servers_total + or_zero(lagged_servers_total)
    return first_true((environment__high_availability, ratio(databases * copies_total, members)), default=databases)


@rule(unit="databases", level="per_server", axis=DATACENTER, group="detail", source="calculator-7.6: Distribution")
def layout_copies_per_server(
    valid: Bools,
    environment__high_availability: Bools,
    databases: Floats,
    ha_copies: Floats,
    lagged_copies: Floats,
    lagged_servers_dedicated: Bools,
    summary_mailbox_servers_by_datacenter: Floats,
) -> Floats:
    """Number of database copies that the layout puts on a server of each datacenter.

    The copies of all databases in the datacenter divided by its servers, rounded to the nearest whole number, as the
    sizing rounds its copies. The layout leaves out lagged copies on dedicated servers. Not applicable without a DAG
    and in a datacenter without servers.
    """
    copies = ha_copies + select(lagged_servers_dedicated, 0.0, lagged_copies)
    spread = nearest(ratio(databases * copies, summary_mailbox_servers_by_datacenter))
    return select(environment__high_availability & valid, spread, NA)


@rule(unit="databases", level="per_server", group="detail", source="calculator-7.6: Distribution")
def primary_copies_per_server(layout_copies_per_server: Floats) -> Floats:
    """Number of database copies that the layout puts on a server of the primary datacenter."""
    return layout_copies_per_server[0]


@rule(unit="databases", level="per_server", group="detail", source="calculator-7.6: Distribution")
def secondary_copies_per_server(layout_copies_per_server: Floats) -> Floats:
    """Number of database copies that the layout puts on a server of the secondary datacenter."""
    return layout_copies_per_server[1]
