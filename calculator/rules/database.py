"""Size of databases, and the number of mailboxes that each holds."""

import numpy as np

from calculator.inputs.choices import DATABASE_COUNT_DRIVER, DatabaseCountDriver, DesignApproach
from calculator.numerics.arrays import NA, Bools, Codes, Floats, axis_sum, first_code, first_true, min_na, ratio, select
from calculator.numerics.rounding import ceil_to, is_even, round_down, round_up
from calculator.rules.constants import LookupTable
from calculator.rules.registry import DATACENTER, corrects, rule


@rule(unit="GB", level="per_datacenter", axis=DATACENTER, source="calculator-7.6: Storage Design C46")
def storage_database_disk_formatted(
    storage__database_disk_capacity: Floats, bytes_per_decimal_gb: float, bytes_per_gb: float
) -> Floats:
    """Capacity of a database disk in each datacenter in binary GB, 0 if no disk is chosen."""
    return storage__database_disk_capacity * bytes_per_decimal_gb / bytes_per_gb


@rule(unit="1/s", level="per_datacenter", axis=DATACENTER, source="calculator-7.6: Storage Design C48")
def storage_database_disk_random_iops(storage__database_disk_type: Codes, disk_random_iops: LookupTable) -> Floats:
    """Random I/O that one database disk in each datacenter delivers, by its type."""
    return disk_random_iops.at(storage__database_disk_type)


@rule(unit="GB", level="per_datacenter", group="detail", source="calculator-7.6: Role Requirements C62")
def smaller_database_disk(site_resilience__enabled: Bools, storage_database_disk_formatted: Floats) -> Floats:
    """Capacity in binary GB of the smaller of the database disks in the two datacenters."""
    primary, secondary = storage_database_disk_formatted
    return select(site_resilience__enabled, np.minimum(primary, secondary), primary)


@rule(unit="databases", level="per_volume", group="detail", source="calculator-7.6: Role Requirements C62")
def databases_a_disk_is_divided_by(
    copies_total: Floats,
    storage__databases_per_volume_matches_copies: Bools,
    site_resilience__enabled: Bools,
    active_passive: Bools,
) -> Floats:
    """Number of databases that share the disk of a volume when the largest size of a database is computed.

    As many as a database has copies, or half of an even number.

    Oddity: active/passive designs take half of an even number, whatever their layout puts on a volume, and pairs of
    DAGs take the copies of both datacenters.
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
    content_index_share: Floats,
) -> Floats:
    """Largest database that the design allows, before a custom limit.

    200 GB with a single copy, 2,000 GB with more. On JBOD, the databases that share a disk must fit it with their
    content indexes, the space for one master merge per volume and the free space.

    Oddity: with one database per volume, a disk in the primary datacenter above 2,500 GB allows 2,000 GB whatever
    the disk in the secondary datacenter, and with a smaller disk the limit is rounded up.
    """
    usable = 1 - data__volume_free_space
    several = databases_a_disk_is_divided_by
    shared = smaller_database_disk / several * usable
    shared = shared / (1 + content_index_share + content_index_share / several)
    single = round_up(smaller_database_disk * usable / (1 + 2 * content_index_share))
    single = select(storage__database_disk_capacity[0] > large_disk, replicated_size_limit, single)
    return first_true(
        (~environment__high_availability | (copies_total < 2), standalone_size_limit),
        (~jbod_suitable, replicated_size_limit),
        (several_per_volume, shared),
        default=single,
    )


@corrects("database_size_limit_calculated", "the disk of the secondary datacenter is ignored")
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
    content_index_share: Floats,
) -> Floats:
    """Largest database that fits the smaller disk as often as the layout puts it there, at most 2,000 GB."""
    several = select(several_per_volume, databases_per_volume_wanted, 1.0)
    share = smaller_database_disk / several * (1 - data__volume_free_space)
    fits = share / (1 + content_index_share + content_index_share / several)
    fits = select(several_per_volume, fits, np.minimum(round_down(fits), replicated_size_limit))
    return first_true(
        (~environment__high_availability | (copies_total < 2), standalone_size_limit),
        (~jbod_suitable, replicated_size_limit),
        default=fits,
    )


@rule(unit="GB", level="per_database", source="calculator-7.6: Role Requirements C63")
def database_size_limit(
    database_size_limit_calculated: Floats, database__custom_max_size_enabled: Bools, database__custom_max_size: Floats
) -> Floats:
    """Largest database that the design allows, including a custom limit."""
    smaller = np.minimum(database_size_limit_calculated, database__custom_max_size)
    return select(database__custom_max_size_enabled, smaller, database_size_limit_calculated)


@rule(unit="databases", level="per_server", source="calculator-7.6: Role Requirements C82")
def databases_per_volume_limit(
    several_per_volume: Bools, smaller_database_disk: Floats, database_size_limit: Floats, copies_total: Floats
) -> Floats:
    """Largest number of databases that fit on a volume.

    One unless several databases share a volume.
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
    """Number of databases on a volume that follows from the copies, whether the databases fit or not."""
    halved = ~storage__databases_per_volume_matches_copies & is_even(copies_total)
    both = copies_total / select(halved, 2.0, 1.0)
    larger = np.maximum(copies_there[0], copies_there[1])
    one_site = larger / select(halved & ~site_resilience__enabled, 2.0, 1.0)
    return first_true((~several_per_volume, 1.0), (two_way, both), default=one_site)


@rule(unit="databases", level="per_server", source="calculator-7.6: Role Requirements C83")
def databases_per_volume(
    databases_per_volume_wanted: Floats, several_per_volume: Bools, two_way: Bools, databases_per_volume_limit: Floats
) -> Floats:
    """Recommended number of databases on a volume.

    As many as a database has copies in the datacenters that count for a volume, or half as many where the setting
    asks for it, so that all disks hold the copies of the same group of databases.
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
    """Largest number of databases or database copies that a server supports.

    98 with backup sets. Otherwise 100, or the largest multiple of the databases on a volume up to 100.
    """
    multiple = ceil_to(databases_limit, databases_per_volume)
    held = select(multiple <= databases_limit, multiple, multiple - databases_per_volume)
    return first_true(
        (volume_design_approach == DesignApproach.BACKUP_SET, backup_set_limit),
        (several_per_volume, held),
        default=databases_limit,
    )


@rule(unit="copies", level="per_database", group="detail", source="calculator-7.6: Role Requirements C65, C78")
def copies_on_active_servers(ha_copies: Floats, lagged_copies: Floats, lagged_servers_dedicated: Bools) -> Floats:
    """Number of copies of a database on the active servers of the primary datacenter.

    Lagged copies on dedicated servers are not counted.
    """
    return ha_copies[0] + select(lagged_servers_dedicated, 0.0, lagged_copies[0])


@rule(unit="databases", level="per_dag", source="calculator-7.6: Role Requirements C65")
def supported_databases_per_dag(
    environment__high_availability: Bools,
    supported_databases_per_server: Floats,
    environment__mailbox_servers: Floats,
    copies_on_active_servers: Floats,
) -> Floats:
    """Largest number of databases that a DAG supports, copies not counted.

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
    """Largest number of mailboxes in a database whose I/O one JBOD disk can sustain.

    An even number of mailboxes for the disk, divided among the databases on it. Not applicable on RAID and without
    database I/O.
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
    """Number of mailboxes that fill a database up to its size limit.

    Oddity: the overhead is taken off the limit (x 0.8 for 20 %), where the limit should be divided by 1.2, so that
    databases become slightly smaller than they could be.
    """
    room = database_size_limit * (1 - data__overhead_factor) * mb_per_gb
    return ratio(room, average_mailbox_size * guidance__database_provisioning_factor)


@rule(unit="MB", level="per_mailbox", group="detail", source="calculator-7.6: Role Requirements C75")
def average_mailbox_size(mailbox_share: Floats, mailbox_size_on_disk: Floats) -> Floats:
    """Size on disk of a mailbox, averaged over the mailboxes of all tiers."""
    return axis_sum(mailbox_share * mailbox_size_on_disk)


@rule(level="per_database", choice=DATABASE_COUNT_DRIVER, source="calculator-7.6: Role Requirements C76")
def database_count_driver(mailboxes_per_database_io: Floats, mailboxes_per_database_capacity: Floats) -> Codes:
    """Limit that decides the number of mailboxes in a database: its size, or the I/O of its disk."""
    bound_by_io = mailboxes_per_database_io < mailboxes_per_database_capacity
    return first_code((bound_by_io, DatabaseCountDriver.IO), default=DatabaseCountDriver.SIZE)


@rule(unit="mailboxes", level="per_database", source="calculator-7.6: Role Requirements C76")
def mailboxes_per_database_calculated(
    mailboxes_per_database_io: Floats, mailboxes_per_database_capacity: Floats
) -> Floats:
    """Largest number of mailboxes in a database by I/O and by capacity.

    The smaller of the two figures, rounded up; 0 where the disk is too slow for two mailboxes.
    """
    smaller = round_up(min_na(mailboxes_per_database_capacity, mailboxes_per_database_io))
    return select(np.isnan(mailboxes_per_database_capacity), NA, smaller)
