"""Number of databases: needed, supported, distributed symmetrically, and rounded to groups."""

import numpy as np

from calculator.inputs.choices import Model
from calculator.numerics.arrays import NA, Bools, Codes, Floats, first_true, opaque, ratio, select, take, where_needed
from calculator.numerics.rounding import ceil_to, remainder, round_up
from calculator.rules.registry import TIER, corrects, rule
from calculator.rules.server_count import (
    active_databases,
    active_servers,
    database_copies_per_server,
    lagged_database_copies,
    native_ha_copies,
    remote_ha_copies,
)


@rule(unit="databases", level="per_dag", source="calculator-7.6: Role Requirements C77")
def databases_calculated(
    mailboxes_per_unit: Floats,
    mailboxes_per_database_calculated: Floats,
    environment__high_availability: Bools,
    supported_databases_per_dag: Floats,
    supported_databases_per_server: Floats,
) -> Floats:
    """Number of databases that the mailboxes of a DAG or standalone server need.

    An even number, at most the supported number.
    """
    needed = ratio(mailboxes_per_unit, mailboxes_per_database_calculated)
    count = round_up(needed)
    count = select(count < 2, count, ceil_to(needed, 2.0))
    supported = select(environment__high_availability, supported_databases_per_dag, supported_databases_per_server)
    return np.minimum(count, supported)


def permutations(things: Floats, taken: Floats) -> Floats:
    """Return the number of ordered selections; not applicable where more are taken than there are."""
    found: Floats = take(_PERMUTATIONS, _row(things) * (_THINGS_LIMIT + 2) + _row(taken))
    return found


def _row(number: Floats) -> Codes:
    """Return the row of a whole number in the table; the first or the last row for numbers outside the table."""
    row: Codes = (np.fmin(np.fmax(number, -1.0), _THINGS_LIMIT) + 1).astype(np.int64)
    return row


@opaque
def common_multiple(a: Floats, b: Floats) -> Floats:
    """Return the least common multiple of whole numbers; not applicable where one is not a positive whole number."""
    whole = (a >= 1) & (b >= 1) & (a == np.floor(a)) & (b == np.floor(b))
    found = np.lcm(np.where(whole, a, 1).astype(np.int64), np.where(whole, b, 1).astype(np.int64))
    return select(whole, found.astype(np.float64), NA)


_THINGS_LIMIT = 20


def _permutation_table(size: int) -> Floats:
    """Return the numbers of permutations up to a size, surrounded by values that do not apply."""
    table = np.full((size + 2, size + 2), NA)
    for n in range(size):
        table[n + 1, 1] = 1.0
        for k in range(1, n + 1):
            table[n + 1, k + 1] = table[n + 1, k] * (n - k + 1)
    return table


_PERMUTATIONS = _permutation_table(_THINGS_LIMIT).reshape(-1)


@rule(unit="databases", level="per_dag", source="calculator-7.6: Role Requirements C78")
def databases_symmetrical(
    databases_calculated: Floats, environment__mailbox_servers: Floats, copies_on_active_servers: Floats
) -> Floats:
    """Number of databases of a DAG that distributes their copies symmetrically over the servers.

    A multiple of the number of ordered ways to place the copies of a database on the servers of the primary
    datacenter. Not applicable with more copies than servers.
    """
    ways = permutations(environment__mailbox_servers, copies_on_active_servers)
    return ceil_to(databases_calculated, ways)


@rule(unit="databases", level="per_dag", source="calculator-7.6: Role Requirements C80")
def databases_raw(
    database__automatic_count: Bools,
    database__custom_count: Floats,
    database__symmetrical_distribution: Bools,
    databases_calculated: Floats,
    databases_symmetrical: Floats,
    supported_databases_per_dag: Floats,
    supported_databases_per_server: Floats,
    environment__high_availability: Bools,
    environment__mailbox_servers: Floats,
    two_way: Bools,
    ha_copies: Floats,
) -> Floats:
    """Number of databases of a DAG or standalone server, before it is rounded so that they fill their volumes.

    The given number, at most the supported one. If the number is computed: the symmetrical number where the servers
    support it, one round of placements less where they do not, otherwise a multiple of the number of servers. 1
    where no number can be found.

    Oddity: the round that is subtracted counts the HA copies only, and a symmetrical number that is exactly the
    supported number is not used.
    """
    count, symmetrical, supported = (databases_calculated, databases_symmetrical, supported_databases_per_dag)
    round_ = permutations(environment__mailbox_servers, ha_copies[0])
    back = symmetrical - round_
    per_servers = ceil_to(count, environment__mailbox_servers * select(two_way, 2.0, 1.0))
    found = np.isfinite(symmetrical) & np.isfinite(supported)
    wanted = database__symmetrical_distribution
    automatic = first_true(
        (~found, 1.0),
        (wanted & (supported > symmetrical), symmetrical),
        (wanted & (supported < symmetrical) & (symmetrical - supported < round_) & (back != 0), back),
        (count == supported, count),
        (count <= 1, 1.0),
        default=per_servers,
    )
    alone = first_true((~np.isfinite(count), 1.0), (count <= 1, 1.0), default=count)
    limit = select(environment__high_availability, supported, supported_databases_per_server)
    custom = np.minimum(database__custom_count, limit)
    custom = select(np.isfinite(custom), custom, 1.0)
    computed = select(environment__high_availability, automatic, alone)
    return select(database__automatic_count, computed, custom)


@rule(unit="databases", level="per_dag", source="calculator-7.6: Variables K53")
def disk_group(
    site_resilience__model: Codes,
    multiple_databases_per_volume: Bools,
    storage__databases_per_volume_matches_copies: Bools,
    environment__mailbox_servers: Floats,
    environment__high_availability: Bools,
    two_datacenters: Bools,
    site_resilience__enabled: Bools,
    active_passive: Bools,
    active_active_single_dag: Bools,
    active_active_multiple_dags: Bools,
    two_way: Bools,
    dr_servers_dedicated: Bools,
    lagged_servers_dedicated: Bools,
    ha_copies: Floats,
    lagged_copies: Floats,
    database_copies__ha_copies_secondary: Floats,
    database__automatic_count: Bools,
    database__custom_count: Floats,
    databases_raw: Floats,
    databases_per_volume: Floats,
    supported_databases_per_dag: Floats,
    supported_databases_per_server: Floats,
    volume_count_automatic: Bools,
    storage__data_volumes_per_server: Floats,
    primary_user_share: float,
    no_limit: float,
) -> Floats:
    """Number of databases that fill one volume on each server, to which the databases of a DAG are rounded.

    As many as the DAG has active servers where copies share volumes. In one active/active DAG, the servers of the
    secondary datacenter are among them, and their number follows from the number of databases in turn. The figure is
    therefore computed again until it stays the same, or until an earlier one returns.

    Oddity: the chosen model counts although there may be no second datacenter.
    """
    servers = environment__mailbox_servers
    single_dag = site_resilience__model == Model.ACTIVE_ACTIVE_SINGLE_DAG
    matches = single_dag & storage__databases_per_volume_matches_copies
    given = first_true((single_dag, servers), (multiple_databases_per_volume, servers), default=1.0)
    return where_needed(
        matches & two_way,
        _settled_group,
        given,
        databases_raw,
        environment__high_availability,
        database__automatic_count,
        database__custom_count,
        supported_databases_per_dag,
        supported_databases_per_server,
        volume_count_automatic,
        storage__data_volumes_per_server,
        no_limit,
        two_way,
        primary_user_share,
        ha_copies,
        two_datacenters,
        database_copies__ha_copies_secondary,
        lagged_copies,
        active_passive,
        active_active_multiple_dags,
        site_resilience__enabled,
        active_active_single_dag,
        dr_servers_dedicated,
        lagged_servers_dedicated,
        servers,
        databases_per_volume,
    )


def _settled_group(
    databases_raw: Floats,
    ha: Bools,
    automatic: Bools,
    custom_count: Floats,
    supported_per_dag: Floats,
    supported_per_server: Floats,
    volume_count_automatic: Bools,
    data_volumes: Floats,
    no_limit: float,
    two_way: Bools,
    primary_user_share: float,
    ha_copies: Floats,
    two_datacenters: Bools,
    secondary_copies: Floats,
    lagged_copies: Floats,
    active_passive: Bools,
    multiple_dags: Bools,
    enabled: Bools,
    single_dag: Bools,
    dr_dedicated: Bools,
    lagged_dedicated: Bools,
    servers: Floats,
    databases_per_volume: Floats,
) -> Floats:
    """Return the active servers of both datacenters, computed again until the figure stays the same or one returns."""

    def next_group(group: Floats) -> Floats:
        count = databases(
            databases_raw,
            group,
            ha,
            automatic,
            custom_count,
            supported_per_dag,
            supported_per_server,
            volume_count_automatic,
            data_volumes,
            no_limit,
        )
        active = active_databases(count, two_way, primary_user_share)
        native = native_ha_copies(active, ha_copies, ha, two_way)
        remote = remote_ha_copies(active, ha_copies, two_datacenters, two_way, secondary_copies)
        lagged = lagged_database_copies(
            count, active, lagged_copies, two_datacenters, active_passive, multiple_dags, two_way
        )
        per_server = database_copies_per_server(
            ha,
            enabled,
            single_dag,
            dr_dedicated,
            lagged_dedicated,
            native,
            remote,
            lagged,
            active,
            servers,
            volume_count_automatic,
            data_volumes,
            databases_per_volume,
            no_limit,
        )
        hosts = active_servers(servers, two_way, native, remote, lagged, dr_dedicated, lagged_dedicated, per_server)[1]
        return select(np.isnan(hosts), group, servers + hosts)

    group = 2 * servers
    seen = [group]
    settled = np.zeros_like(group, dtype=bool)
    while not settled.all():
        following = next_group(group)
        returns = np.zeros_like(settled)
        for earlier in seen:
            returns = returns | (following == earlier)
        group = select(settled, group, following)
        settled = settled | returns
        seen.append(group)
    return group


@rule(unit="databases", level="per_dag", source="calculator-7.6: Role Requirements C79")
def databases(
    databases_raw: Floats,
    disk_group: Floats,
    environment__high_availability: Bools,
    database__automatic_count: Bools,
    database__custom_count: Floats,
    supported_databases_per_dag: Floats,
    supported_databases_per_server: Floats,
    volume_count_automatic: Bools,
    storage__data_volumes_per_server: Floats,
    no_limit: float,
) -> Floats:
    """Recommended number of databases of a DAG or standalone server.

    The remainder of the division by the disk group is added. A given number is at most the supported one.

    Oddity: the remainder is added, where the number should be rounded up to a multiple, so that 9 databases in
    groups of 4 become 10. This happens after the limit, so that the number may exceed the supported one.
    """
    ha = environment__high_availability
    limit = select(volume_count_automatic, no_limit, storage__data_volumes_per_server * disk_group)
    raised = select(ha, databases_raw + remainder(databases_raw, disk_group), databases_raw)
    computed = np.minimum(limit, raised)
    chosen = database__custom_count
    supported = select(ha, supported_databases_per_dag, supported_databases_per_server)
    filled = select(ha, chosen + remainder(chosen, disk_group), chosen)
    custom = select(chosen > supported, supported, filled)
    return select(database__automatic_count, computed, custom)


@corrects("databases", "a remainder is added where the number should be rounded up to a multiple")
def databases_filled_up(
    databases_raw: Floats,
    disk_group: Floats,
    environment__high_availability: Bools,
    database__automatic_count: Bools,
    database__custom_count: Floats,
    supported_databases_per_dag: Floats,
    supported_databases_per_server: Floats,
    volume_count_automatic: Bools,
    storage__data_volumes_per_server: Floats,
    databases_per_volume: Floats,
    environment__mailbox_servers: Floats,
    copies_on_active_servers: Floats,
    database__symmetrical_distribution: Bools,
    databases_symmetrical: Floats,
    no_limit: float,
) -> Floats:
    """Next multiple of the disk group, and of a symmetrical number, that volumes hold and servers support."""
    ha = environment__high_availability
    volumes = storage__data_volumes_per_server * environment__mailbox_servers
    held = ratio(volumes * databases_per_volume, copies_on_active_servers)
    limit = select(volume_count_automatic, no_limit, np.floor(held))
    supported = select(ha, supported_databases_per_dag, supported_databases_per_server)
    wanted = select(database__automatic_count, databases_raw, database__custom_count)
    filled = select(ha, ceil_to(wanted, disk_group), wanted)
    largest = np.fmin(limit, supported)
    lower = select(ha & (largest >= disk_group), np.floor(largest / disk_group) * disk_group, largest)
    count = select(filled > largest, np.maximum(lower, 1.0), filled)
    ways = permutations(environment__mailbox_servers, copies_on_active_servers)
    symmetrical = ceil_to(databases_raw, common_multiple(ways, disk_group))
    kept = ha & database__automatic_count & database__symmetrical_distribution
    kept = kept & (databases_raw == databases_symmetrical) & (symmetrical <= largest)
    return select(kept, symmetrical, count)


@rule(unit="mailboxes", level="per_database", source="calculator-7.6: Role Requirements C81")
def mailboxes_per_database(mailboxes_per_unit: Floats, databases: Floats) -> Floats:
    """Recommended number of mailboxes in a database, over all tiers.

    Not rounded.
    """
    return ratio(mailboxes_per_unit, databases)


@rule(unit="mailboxes", level="per_database", axis=TIER, source="calculator-7.6: Role Requirements C70")
def tier_mailboxes_per_database(mailboxes_per_database: Floats, mailbox_share: Floats) -> Floats:
    """Number of mailboxes of each tier in a database."""
    return mailboxes_per_database * mailbox_share


@rule(unit="1", level="per_dag", group="detail", source="calculator-7.6: Role Requirements C79")
def databases_raised(
    databases: Floats, mailboxes_per_unit: Floats, mailboxes_per_database_calculated: Floats
) -> Floats:
    """Recommended number of databases of a DAG divided by the number that its mailboxes need, at least one."""
    needed = ratio(mailboxes_per_unit, mailboxes_per_database_calculated)
    return ratio(databases, np.maximum(needed, 1.0))
