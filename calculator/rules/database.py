"""Databases: how large they may be, how many mailboxes each holds, how many there are."""

import numpy as np

from calculator.choices import (
    DATABASE_COUNT_DRIVER,
    DatabaseCountDriver,
    DesignApproach,
    Model,
)
from calculator.constants import Table
from calculator.rounding import ceil_to, is_even, remainder, round_down, round_up
from calculator.rule import DATACENTER, TIER, corrects, rule
from calculator.rules.servers import (
    active_databases,
    active_servers,
    database_copies_per_server,
    lagged_database_copies,
    native_ha_copies,
    remote_ha_copies,
)
from calculator.vector import (
    NA,
    Bools,
    Codes,
    Floats,
    axis_sum,
    choose,
    codes,
    min_na,
    ratio,
    select,
)


@rule(unit="GB", level="per_datacenter", axis=DATACENTER, source="calculator-7.6: Storage Design C46")
def storage_database_disk_formatted(
    storage__database_disk_capacity: Floats, bytes_per_decimal_gb: float, bytes_per_gb: float
) -> Floats:
    """Capacity of a database disk in binary GB; 0 where none is chosen."""
    return storage__database_disk_capacity * bytes_per_decimal_gb / bytes_per_gb


@rule(unit="1/s", level="per_datacenter", axis=DATACENTER, source="calculator-7.6: Storage Design C48")
def storage_database_disk_random_iops(storage__database_disk_type: Codes, disk_random_iops: Table) -> Floats:
    """Random I/O of one disk, by type."""
    return disk_random_iops.at(storage__database_disk_type)


@rule(unit="GB", level="per_datacenter", group="detail", source="calculator-7.6: Role Requirements C62")
def smaller_database_disk(site_resilience__enabled: Bools, storage_database_disk_formatted: Floats) -> Floats:
    """Formatted capacity of the smaller database disk of both sites."""
    primary, secondary = storage_database_disk_formatted
    return select(site_resilience__enabled, np.minimum(primary, secondary), primary)


@rule(unit="databases", level="per_volume", group="detail", source="calculator-7.6: Role Requirements C62")
def databases_a_disk_is_divided_by(
    copies_total: Floats,
    storage__databases_per_volume_matches_copies: Bools,
    site_resilience__enabled: Bools,
    active_passive: Bools,
) -> Floats:
    """Databases for which the size limit divides the disk of a volume.

    As many as copies, or half of an even number.

    Oddity: active/passive designs take half of an even number whatever their layout puts on a volume,
    and pairs of DAGs the copies of both sites.
    """
    halved = ~storage__databases_per_volume_matches_copies
    halved = (halved | (site_resilience__enabled & active_passive)) & is_even(copies_total)
    return select(halved, copies_total / 2, copies_total)


@rule(unit="GB", level="per_database", source="calculator-7.6: Role Requirements C62")
def database_size_limit_calculated(
    environment__high_availability: Bools,
    copies_total: Floats,
    jbod_suitable: Bools,
    several_per_volume: Bools,
    smaller_database_disk: Floats,
    databases_a_disk_is_divided_by: Floats,
    storage__database_disk_capacity: Floats,
    data__volume_free_space: Floats,
    standalone_size_limit: float,
    replicated_size_limit: float,
    large_disk: float,
    content_index_share: float,
) -> Floats:
    """Largest database the design allows.

    200 GB with a single copy, 2,000 GB with more; on JBOD what a disk holds of databases with their
    content index and, once a volume, the room of a master merge.

    Oddity: with one database on a volume a primary disk above 2,500 GB allows 2,000 GB whatever the
    secondary's disk, and below that the bound is rounded up.
    """
    usable = 1 - data__volume_free_space
    several = databases_a_disk_is_divided_by
    shared = smaller_database_disk / several * usable
    shared = shared / (1 + content_index_share + content_index_share / several)
    single = round_up(smaller_database_disk * usable / (1 + 2 * content_index_share))
    single = select(storage__database_disk_capacity[0] > large_disk, replicated_size_limit, single)
    return choose(
        (~environment__high_availability | (copies_total < 2), standalone_size_limit),
        (~jbod_suitable, replicated_size_limit),
        (several_per_volume, shared),
        default=single,
    )


@corrects("database_size_limit_calculated", "the secondary's disk is overlooked")
def size_limit_that_fits_both_disks(
    environment__high_availability: Bools,
    copies_total: Floats,
    jbod_suitable: Bools,
    several_per_volume: Bools,
    smaller_database_disk: Floats,
    databases_per_volume_wanted: Floats,
    data__volume_free_space: Floats,
    standalone_size_limit: float,
    replicated_size_limit: float,
    content_index_share: float,
) -> Floats:
    """Database that fits the smaller disk as often as the layout puts it there, at most 2,000 GB."""
    several = select(several_per_volume, databases_per_volume_wanted, 1.0)
    share = smaller_database_disk / several * (1 - data__volume_free_space)
    fits = share / (1 + content_index_share + content_index_share / several)
    fits = select(several_per_volume, fits, np.minimum(round_down(fits), replicated_size_limit))
    return choose(
        (~environment__high_availability | (copies_total < 2), standalone_size_limit),
        (~jbod_suitable, replicated_size_limit),
        default=fits,
    )


@rule(unit="GB", level="per_database", source="calculator-7.6: Role Requirements C63")
def database_size_limit(
    database_size_limit_calculated: Floats,
    database__custom_max_size_enabled: Bools,
    database__custom_max_size: Floats,
) -> Floats:
    """Largest database, custom limit included."""
    smaller = np.minimum(database_size_limit_calculated, database__custom_max_size)
    return select(database__custom_max_size_enabled, smaller, database_size_limit_calculated)


@rule(unit="databases", level="per_server", source="calculator-7.6: Role Requirements C82")
def databases_per_volume_limit(
    several_per_volume: Bools,
    smaller_database_disk: Floats,
    database_size_limit: Floats,
    copies_total: Floats,
) -> Floats:
    """Databases that fit a volume.

    One unless several share it.
    """
    fit = round_down(ratio(smaller_database_disk, database_size_limit))
    return select(several_per_volume, np.minimum(fit, copies_total), 1.0)


@rule(unit="databases", level="per_server", group="detail", source="calculator-7.6: Role Requirements C83")
def databases_per_volume_wanted(
    several_per_volume: Bools,
    two_way: Bools,
    site_resilience__enabled: Bools,
    storage__databases_per_volume_matches_copies: Bools,
    copies_total: Floats,
    copies_there: Floats,
) -> Floats:
    """Databases on a volume as the copies ask for them, whether they fit or not."""
    halved = ~storage__databases_per_volume_matches_copies & is_even(copies_total)
    both = copies_total / select(halved, 2.0, 1.0)
    larger = np.maximum(copies_there[0], copies_there[1])
    one_site = larger / select(halved & ~site_resilience__enabled, 2.0, 1.0)
    return choose((~several_per_volume, 1.0), (two_way, both), default=one_site)


@rule(unit="databases", level="per_server", source="calculator-7.6: Role Requirements C83")
def databases_per_volume(
    databases_per_volume_wanted: Floats,
    several_per_volume: Bools,
    two_way: Bools,
    databases_per_volume_limit: Floats,
) -> Floats:
    """Recommended databases on a volume.

    As many as copies of a database on the volume's side (half of them where they are not to match),
    so that all disks have the same neighbours.
    """
    held = np.minimum(databases_per_volume_limit, databases_per_volume_wanted)
    return select(several_per_volume & two_way, held, databases_per_volume_wanted)


@rule(unit="databases", level="per_server", source="calculator-7.6: Role Requirements C64")
def supported_databases_per_server(
    volume_design_approach: Codes,
    several_per_volume: Bools,
    databases_per_volume: Floats,
    databases_limit: float,
    backup_set_limit: float,
) -> Floats:
    """Databases (copies) a server supports.

    100; 98 on backup sets; else the largest multiple of the databases on a volume within 100.
    """
    multiple = ceil_to(databases_limit, databases_per_volume)
    held = select(multiple <= databases_limit, multiple, multiple - databases_per_volume)
    return choose(
        (volume_design_approach == DesignApproach.BACKUP_SET, backup_set_limit),
        (several_per_volume, held),
        default=databases_limit,
    )


@rule(unit="copies", level="per_database", group="detail", source="calculator-7.6: Role Requirements C65, C78")
def copies_on_active_servers(ha_copies: Floats, lagged_copies: Floats, lagged_servers_dedicated: Bools) -> Floats:
    """Copies of a database on the primary's servers, lagged ones unless they have servers of their own."""
    return ha_copies[0] + select(lagged_servers_dedicated, 0.0, lagged_copies[0])


@rule(unit="databases", level="per_dag", source="calculator-7.6: Role Requirements C65")
def supported_databases_per_dag(
    environment__high_availability: Bools,
    supported_databases_per_server: Floats,
    environment__mailbox_servers: Floats,
    copies_on_active_servers: Floats,
) -> Floats:
    """Unique databases a DAG supports.

    Not applicable without high availability.
    """
    copies = supported_databases_per_server * environment__mailbox_servers
    held = round_down(ratio(copies, copies_on_active_servers))
    return select(environment__high_availability, held, NA)


@rule(unit="mailboxes", level="per_database", source="calculator-7.6: Role Requirements C74")
def mailboxes_per_database_io(
    jbod_suitable: Bools,
    storage_database_disk_random_iops: Floats,
    peak_iops: Floats,
    mailboxes_per_dag: Floats,
    several_per_volume: Bools,
    databases_per_volume: Floats,
) -> Floats:
    """Mailboxes one disk can serve per database (JBOD only).

    An even number of mailboxes for the disk, divided among the databases on it.  Not applicable on RAID
    and without any I/O.
    """
    served = round_down(storage_database_disk_random_iops[0] / ratio(peak_iops, mailboxes_per_dag))
    served = select(is_even(served), served, served - 1)
    each = served / select(several_per_volume, databases_per_volume, 1.0)
    return select(jbod_suitable & np.isfinite(each), each, NA)


@rule(unit="mailboxes", level="per_database", source="calculator-7.6: Role Requirements C75")
def mailboxes_per_database_capacity(
    database_size_limit: Floats,
    data__overhead_factor: Floats,
    guidance__database_provisioning_factor: Floats,
    average_mailbox_size: Floats,
    mb_per_gb: float,
) -> Floats:
    """Mailboxes that fit the size limit.

    Oddity: the overhead is taken off the limit (x 0.8 for 20 %) where a database is the limit over
    1.2, so that databases come out a little smaller than they may be.
    """
    room = database_size_limit * (1 - data__overhead_factor) * mb_per_gb
    return ratio(room, average_mailbox_size * guidance__database_provisioning_factor)


@rule(unit="MB", level="per_mailbox", group="detail", source="calculator-7.6: Role Requirements C75")
def average_mailbox_size(mailbox_share: Floats, mailbox_size_on_disk: Floats) -> Floats:
    """Mean size of a mailbox on disk over all tiers."""
    return axis_sum(mailbox_share * mailbox_size_on_disk)


@rule(level="per_database", choice=DATABASE_COUNT_DRIVER, source="calculator-7.6: Role Requirements C76")
def database_count_driver(mailboxes_per_database_io: Floats, mailboxes_per_database_capacity: Floats) -> Codes:
    """What limits the mailboxes of a database: its size, or the I/O of its disk."""
    bound_by_io = mailboxes_per_database_io < mailboxes_per_database_capacity
    return codes((bound_by_io, DatabaseCountDriver.IO), default=DatabaseCountDriver.SIZE)


@rule(unit="mailboxes", level="per_database", source="calculator-7.6: Role Requirements C76")
def mailboxes_per_database_calculated(
    mailboxes_per_database_io: Floats, mailboxes_per_database_capacity: Floats
) -> Floats:
    """Smaller of the I/O and capacity figures.

    Rounded up; not applicable where nothing fits.
    """
    smaller = round_up(min_na(mailboxes_per_database_capacity, mailboxes_per_database_io))
    known = ~np.isnan(mailboxes_per_database_capacity)
    return select(known & (smaller > 0), smaller, NA)


@rule(unit="databases", level="per_dag", source="calculator-7.6: Role Requirements C77")
def databases_calculated(
    mailboxes_per_unit: Floats,
    mailboxes_per_database_calculated: Floats,
    environment__high_availability: Bools,
    supported_databases_per_dag: Floats,
    supported_databases_per_server: Floats,
) -> Floats:
    """Databases needed, even count, within the supported number.

    Those of the standalone server when not highly available.
    """
    needed = ratio(mailboxes_per_unit, mailboxes_per_database_calculated)
    count = round_up(needed)
    count = select(count < 2, count, ceil_to(needed, 2.0))
    supported = select(environment__high_availability, supported_databases_per_dag, supported_databases_per_server)
    return np.minimum(count, supported)


def permutations(things: Floats, taken: Floats) -> Floats:
    """Ordered selections of so many things; not applicable where more are taken than there are."""
    known = np.isfinite(things) & np.isfinite(taken)
    n = np.where(known, things, 0).astype(np.intp)
    k = np.where(known, taken, 0).astype(np.intp)
    inside = known & (n >= 0) & (n < len(_PERMUTATIONS)) & (k >= 0) & (k < len(_PERMUTATIONS))
    return np.where(inside, _PERMUTATIONS[np.where(inside, n, 0), np.where(inside, k, 0)], NA)


def _permutation_table(size: int) -> Floats:
    table = np.full((size, size), NA)
    for n in range(size):
        table[n, 0] = 1.0
        for k in range(1, n + 1):
            table[n, k] = table[n, k - 1] * (n - k + 1)
    return table


_PERMUTATIONS = _permutation_table(20)


@rule(unit="databases", level="per_dag", source="calculator-7.6: Role Requirements C78")
def databases_symmetrical(
    databases_calculated: Floats,
    environment__mailbox_servers: Floats,
    copies_on_active_servers: Floats,
) -> Floats:
    """Databases for a symmetrical copy distribution.

    A multiple of the ordered ways to put the copies on the primary's servers.  Not applicable with
    more copies than servers.
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
    """Databases before disk-group adjustment (of the standalone server when not highly available).

    Your own number, capped by the supported one; else the symmetrical number where the servers
    support it, one round less where they do not, else a multiple of the servers.  1 where no number
    can be found.

    Oddity: a round taken back counts the HA copies alone, and a symmetrical number just supported is
    passed over.
    """
    count, symmetrical, supported = (
        databases_calculated,
        databases_symmetrical,
        supported_databases_per_dag,
    )
    round_ = permutations(environment__mailbox_servers, ha_copies[0])
    back = symmetrical - round_
    per_servers = ceil_to(count, environment__mailbox_servers * select(two_way, 2.0, 1.0))
    found = np.isfinite(symmetrical) & np.isfinite(supported)
    wanted = database__symmetrical_distribution
    automatic = choose(
        (~found, 1.0),
        (wanted & (supported > symmetrical), symmetrical),
        (wanted & (supported < symmetrical) & (symmetrical - supported < round_) & (back != 0), back),
        (count == supported, count),
        (count <= 1, 1.0),
        default=per_servers,
    )
    alone = choose((~np.isfinite(count), 1.0), (count <= 1, 1.0), default=count)
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
    """Granularity of the number of databases.

    As many as the active servers of a DAG where copies share volumes.  In one active/active DAG the
    secondary's servers are among them, which themselves follow from the number of databases: the
    figure is taken round by round until it stays, or until one returns.

    Oddity: the chosen model counts although there may be no second datacenter.
    """
    servers = environment__mailbox_servers
    single_dag = site_resilience__model == Model.ACTIVE_ACTIVE_SINGLE_DAG
    matches = single_dag & storage__databases_per_volume_matches_copies
    given = choose((single_dag, servers), (multiple_databases_per_volume, servers), default=1.0)
    feedback = matches & two_way
    if not feedback.any():
        return given

    def next_group(group: Floats) -> Floats:
        count = databases(
            databases_raw, group, environment__high_availability, database__automatic_count,
            database__custom_count, supported_databases_per_dag, supported_databases_per_server,
            volume_count_automatic, storage__data_volumes_per_server, no_limit,
        )  # fmt: skip
        active = active_databases(count, two_way, primary_user_share)
        native = native_ha_copies(active, ha_copies, environment__high_availability, two_way)
        remote = remote_ha_copies(active, ha_copies, two_datacenters, two_way, database_copies__ha_copies_secondary)
        lagged = lagged_database_copies(
            count, active, lagged_copies, two_datacenters, active_passive,
            active_active_multiple_dags, two_way,
        )  # fmt: skip
        per_server = database_copies_per_server(
            environment__high_availability, site_resilience__enabled, active_active_single_dag,
            dr_servers_dedicated, lagged_servers_dedicated, native, remote, lagged, active, servers,
            volume_count_automatic, storage__data_volumes_per_server, databases_per_volume, no_limit,
        )  # fmt: skip
        hosts = active_servers(
            servers, two_way, native, remote, lagged, dr_servers_dedicated,
            lagged_servers_dedicated, per_server,
        )[1]  # fmt: skip
        return select(np.isnan(hosts), group, servers + hosts)

    group = select(feedback, 2 * servers, given)
    seen = [group]
    settled = ~feedback
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
    """Recommended databases (of the standalone server when not highly available).

    The remainder by the disk group is added, your own number capped by the supported one.

    Oddity: the remainder is added instead of filled up to a multiple, so 9 databases in groups of 4
    become 10; and it comes after the cap, so the number may exceed the supported one.
    """
    ha = environment__high_availability
    limit = select(volume_count_automatic, no_limit, storage__data_volumes_per_server * disk_group)
    raised = select(ha, databases_raw + remainder(databases_raw, disk_group), databases_raw)
    computed = np.minimum(limit, raised)
    own = database__custom_count
    supported = select(ha, supported_databases_per_dag, supported_databases_per_server)
    filled = select(ha, own + remainder(own, disk_group), own)
    custom = select(own > supported, supported, filled)
    return select(database__automatic_count, computed, custom)


@corrects("databases", "the remainder is added, not filled up")
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
    no_limit: float,
) -> Floats:
    """The next multiple of the disk group, within what volumes hold and servers support."""
    ha = environment__high_availability
    volumes = storage__data_volumes_per_server * environment__mailbox_servers
    held = ratio(volumes * databases_per_volume, copies_on_active_servers)
    limit = select(volume_count_automatic, no_limit, np.floor(held))
    supported = select(ha, supported_databases_per_dag, supported_databases_per_server)
    wanted = select(database__automatic_count, databases_raw, database__custom_count)
    filled = select(ha, ceil_to(wanted, disk_group), wanted)
    most = np.fmin(limit, supported)
    lower = select(ha & (most >= disk_group), np.floor(most / disk_group) * disk_group, most)
    return select(filled > most, np.maximum(lower, 1.0), filled)


@rule(unit="mailboxes", level="per_database", source="calculator-7.6: Role Requirements C81")
def mailboxes_per_database(mailboxes_per_unit: Floats, databases: Floats) -> Floats:
    """Recommended mailboxes in a database, all tiers.

    Not rounded.
    """
    return ratio(mailboxes_per_unit, databases)


@rule(
    unit="mailboxes",
    level="per_database",
    axis=TIER,
    source="calculator-7.6: Role Requirements C70",
)
def tier_mailboxes_per_database(mailboxes_per_database: Floats, mailbox_share: Floats) -> Floats:
    """Mailboxes of the tier in every database."""
    return mailboxes_per_database * mailbox_share


@rule(unit="1", level="per_dag", group="detail", source="calculator-7.6: Role Requirements C79")
def databases_raised(
    databases: Floats,
    mailboxes_per_unit: Floats,
    mailboxes_per_database_calculated: Floats,
) -> Floats:
    """Databases against those the mailboxes need, before they are rounded."""
    return ratio(databases, ratio(mailboxes_per_unit, mailboxes_per_database_calculated))
