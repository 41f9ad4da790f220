"""Disks on RAID: their number for I/O and for capacity, and the RAID level that needs fewer."""

import numpy as np

from calculator.inputs.choices import RAID, Raid
from calculator.numerics.arrays import (
    NA,
    NO_CODE,
    Bools,
    Codes,
    Floats,
    first_code,
    first_true,
    is_na,
    or_zero,
    ratio,
    select,
    stack,
    sum_na,
)
from calculator.numerics.rounding import ceil_to, round_up
from calculator.rules.constants import LookupTable
from calculator.rules.registry import DATACENTER, rule

SD = "calculator-7.6: Storage Design "


@rule(unit="disks", level="per_server", axis=DATACENTER, group="detail", source=SD + "C72")
def database_disk_chosen(storage__database_disk_capacity: Floats) -> Floats:
    """Factor that is 1 if a database disk is chosen for the servers of a datacenter.

    Not applicable without a database disk.
    """
    return select(storage__database_disk_capacity > 0, 1.0, NA)


@rule(unit="1", level="per_datacenter", axis=DATACENTER, group="detail", source=SD + "C74")
def parity_allowed(storage__database_disk_type: Codes, disk_slow: LookupTable) -> Floats:
    """Factor that is 1 if the database disks of a datacenter are fast enough for RAID-5 and RAID-6.

    Not applicable to disks of 7,200 revolutions per minute or less.
    """
    return select(disk_slow.at(storage__database_disk_type) != 0, NA, 1.0)


def _for_io(iops: Floats, disk_iops: Floats, group: Floats) -> Floats:
    return ceil_to(round_up(iops / disk_iops), group)


def _for_capacity(disks: Floats, data: Floats, group: Floats) -> Floats:
    return np.ceil(disks / data) * group


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C72")
def storage_database_disks_performance_raid0(
    database_disk_chosen: Floats,
    storage_database_iops: Floats,
    copies_factor: Floats,
    storage_database_disk_random_iops: Floats,
) -> Floats:
    """Number of database (+ log) disks that a server needs for its I/O on RAID-0."""
    return database_disk_chosen * round_up(storage_database_iops * copies_factor / storage_database_disk_random_iops)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C73")
def storage_database_disks_performance_raid10(
    database_disk_chosen: Floats,
    storage_database_iops_required_raid10: Floats,
    copies_factor: Floats,
    storage_database_disk_random_iops: Floats,
    raid__raid10_group: Codes,
    raid10_disks: LookupTable,
) -> Floats:
    """Number of database (+ log) disks that a server needs for its I/O on RAID-1/0."""
    iops = storage_database_iops_required_raid10 * copies_factor
    disks = _for_io(iops, storage_database_disk_random_iops, raid10_disks.at(raid__raid10_group))
    return database_disk_chosen * disks


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C74")
def storage_database_disks_performance_raid5(
    database_disk_chosen: Floats,
    parity_allowed: Floats,
    storage_database_iops_required_raid5: Floats,
    copies_factor: Floats,
    storage_database_disk_random_iops: Floats,
    raid__raid5_group: Codes,
    raid5_disks: LookupTable,
) -> Floats:
    """Number of database (+ log) disks that a server needs for its I/O on RAID-5.

    Not applicable to slow disks.
    """
    iops = storage_database_iops_required_raid5 * copies_factor
    disks = _for_io(iops, storage_database_disk_random_iops, raid5_disks.at(raid__raid5_group))
    return database_disk_chosen * parity_allowed * disks


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C75")
def storage_database_disks_performance_raid6(
    database_disk_chosen: Floats,
    parity_allowed: Floats,
    storage_database_iops_required_raid6: Floats,
    copies_factor: Floats,
    storage_database_disk_random_iops: Floats,
    raid__raid6_group: Codes,
    raid6_disks: LookupTable,
) -> Floats:
    """Number of database (+ log) disks that a server needs for its I/O on RAID-6.

    Not applicable to slow disks.
    """
    iops = storage_database_iops_required_raid6 * copies_factor
    disks = _for_io(iops, storage_database_disk_random_iops, raid6_disks.at(raid__raid6_group))
    return database_disk_chosen * parity_allowed * disks


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C76")
def storage_database_disks_capacity_raid0(
    database_disk_chosen: Floats,
    volume_database_volume_space: Floats,
    copies_factor: Floats,
    storage_database_disk_formatted: Floats,
) -> Floats:
    """Number of database (+ log) disks that a server needs for its capacity on RAID-0."""
    needed = round_up(ratio(volume_database_volume_space[0] * copies_factor, storage_database_disk_formatted))
    return select(is_na(database_disk_chosen), 0.0, needed)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C77")
def storage_database_disks_capacity_raid10(
    storage_database_disks_capacity_raid0: Floats,
    raid__raid10_group: Codes,
    raid10_data: LookupTable,
    raid10_disks: LookupTable,
) -> Floats:
    """Number of database (+ log) disks that a server needs for its capacity on RAID-1/0."""
    group = raid__raid10_group
    return _for_capacity(storage_database_disks_capacity_raid0, raid10_data.at(group), raid10_disks.at(group))


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C78")
def storage_database_disks_capacity_raid5(
    storage_database_disks_capacity_raid0: Floats,
    raid__raid5_group: Codes,
    raid5_data: LookupTable,
    raid5_disks: LookupTable,
) -> Floats:
    """Number of database (+ log) disks that a server needs for its capacity on RAID-5.

    Shown for slow disks too.
    """
    group = raid__raid5_group
    return _for_capacity(storage_database_disks_capacity_raid0, raid5_data.at(group), raid5_disks.at(group))


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C79")
def storage_database_disks_capacity_raid6(
    storage_database_disks_capacity_raid0: Floats,
    raid__raid6_group: Codes,
    raid6_data: LookupTable,
    raid6_disks: LookupTable,
) -> Floats:
    """Number of database (+ log) disks that a server needs for its capacity on RAID-6.

    Shown for slow disks too.
    """
    group = raid__raid6_group
    return _for_capacity(storage_database_disks_capacity_raid0, raid6_data.at(group), raid6_disks.at(group))


@rule(unit="1", level="per_server", axis=DATACENTER, group="detail", source=SD + "C82")
def log_disks_apply(
    logs_share_volume: Bools, storage__database_disk_capacity: Floats, storage__log_disk_capacity: Floats
) -> Floats:
    """Factor that is 1 if the logs of a server have disks of their own, otherwise 0."""
    chosen = (storage__database_disk_capacity > 0) & (storage__log_disk_capacity > 0)
    return select(chosen & ~logs_share_volume, 1.0, 0.0)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C82")
def storage_log_disks_performance_raid0(
    log_disks_apply: Floats, storage_log_iops: Floats, copies_factor: Floats, storage_log_disk_sequential_iops: Floats
) -> Floats:
    """Number of log disks that a server needs for its I/O on RAID-0.

    Zero if logs share the volume of their database.
    """
    disks = round_up(storage_log_iops * copies_factor / storage_log_disk_sequential_iops)
    return select(log_disks_apply != 0, disks, 0.0)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C83")
def storage_log_disks_capacity_raid0(
    log_disks_apply: Floats, volume_log_volume_space: Floats, copies_factor: Floats, storage_log_disk_formatted: Floats
) -> Floats:
    """Number of log disks that a server needs for its capacity on RAID-0.

    Zero if logs share the volume of their database.
    """
    disks = round_up(ratio(volume_log_volume_space[0] * copies_factor, storage_log_disk_formatted))
    return select(log_disks_apply != 0, disks, 0.0)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C84")
def storage_log_disks_capacity_raid10(
    storage_log_disks_capacity_raid0: Floats,
    raid__raid10_group: Codes,
    raid10_data: LookupTable,
    raid10_disks: LookupTable,
) -> Floats:
    """Number of log disks that a server needs for its capacity on RAID-1/0.

    Zero if logs share the volume of their database.
    """
    group = raid__raid10_group
    return _for_capacity(storage_log_disks_capacity_raid0, raid10_data.at(group), raid10_disks.at(group))


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C85")
def storage_log_disks_performance_raid10(
    log_disks_apply: Floats,
    storage_log_iops_required_raid10: Floats,
    copies_factor: Floats,
    storage_log_disk_sequential_iops: Floats,
    raid__raid10_group: Codes,
    raid10_disks: LookupTable,
) -> Floats:
    """Number of log disks that a server needs for its I/O on RAID-1/0.

    Zero if logs share the volume of their database.
    """
    iops = storage_log_iops_required_raid10 * copies_factor
    disks = _for_io(iops, storage_log_disk_sequential_iops, raid10_disks.at(raid__raid10_group))
    return select(log_disks_apply != 0, disks, 0.0)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C88")
def storage_restore_disks_raid0(
    storage__database_disk_capacity: Floats,
    storage__restore_disk_capacity: Floats,
    volume_restore_volume_size: Floats,
    storage_restore_disk_formatted: Floats,
) -> Floats:
    """Number of disks of the restore volume that a server needs for its capacity on RAID-0."""
    chosen = (storage__database_disk_capacity > 0) & (storage__restore_disk_capacity > 0)
    disks = round_up(ratio(volume_restore_volume_size, storage_restore_disk_formatted))
    return select(chosen, disks, 0.0)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C89")
def storage_restore_disks_raid10(
    data__dedicated_restore_volume: Bools,
    storage_restore_disks_raid0: Floats,
    raid__restore_raid10_group: Codes,
    raid10_data: LookupTable,
    raid10_disks: LookupTable,
) -> Floats:
    """Number of disks of the restore volume that a server needs for its capacity on RAID-1/0."""
    group = raid__restore_raid10_group
    disks = _for_capacity(storage_restore_disks_raid0, raid10_data.at(group), raid10_disks.at(group))
    return select(data__dedicated_restore_volume, disks, 0.0)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C90")
def storage_restore_disks_raid5(
    data__dedicated_restore_volume: Bools,
    storage_restore_disks_raid0: Floats,
    raid__restore_raid5_group: Codes,
    raid5_data: LookupTable,
    raid5_disks: LookupTable,
) -> Floats:
    """Number of disks of the restore volume that a server needs for its capacity on RAID-5."""
    group = raid__restore_raid5_group
    disks = _for_capacity(storage_restore_disks_raid0, raid5_data.at(group), raid5_disks.at(group))
    return select(data__dedicated_restore_volume, disks, 0.0)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C91")
def storage_restore_disks_raid6(
    data__dedicated_restore_volume: Bools,
    storage_restore_disks_raid0: Floats,
    raid__restore_raid6_group: Codes,
    raid6_data: LookupTable,
    raid6_disks: LookupTable,
) -> Floats:
    """Number of disks of the restore volume that a server needs for its capacity on RAID-6."""
    group = raid__restore_raid6_group
    disks = _for_capacity(storage_restore_disks_raid0, raid6_data.at(group), raid6_disks.at(group))
    return select(data__dedicated_restore_volume, disks, 0.0)


def _by_level(level: Codes, *disks: Floats) -> Floats:
    """Return the count of the level, in the order of `Raid`; not applicable without a level."""
    cases = [(level == code, count) for code, count in enumerate(disks)]
    return first_true(*cases, default=NA)


@rule(unit="disks", level="per_server", axis=DATACENTER, group="detail", source=SD + "C110")
def database_disks_raid10(
    storage_database_disks_performance_raid10: Floats, storage_database_disks_capacity_raid10: Floats
) -> Floats:
    """Number of database (+ log) disks of a server on RAID-1/0, the larger of I/O and capacity."""
    return np.maximum(storage_database_disks_performance_raid10, storage_database_disks_capacity_raid10)


@rule(unit="disks", level="per_server", axis=DATACENTER, group="detail", source=SD + "C110")
def database_disks_raid5(
    storage_database_disks_performance_raid5: Floats, storage_database_disks_capacity_raid5: Floats
) -> Floats:
    """Number of database (+ log) disks of a server on RAID-5, the larger of I/O and capacity.

    Not applicable to slow disks.
    """
    return np.maximum(storage_database_disks_performance_raid5, storage_database_disks_capacity_raid5)


@rule(level="per_server", axis=DATACENTER, choice=RAID, source=SD + "C133")
def storage_database_raid(
    database_disk_chosen: Floats,
    parity_allowed: Floats,
    raid__override_raid: Bools,
    raid__raid: Codes,
    database_disks_raid10: Floats,
    database_disks_raid5: Floats,
) -> Codes:
    """RAID level that the database (+ log) disks of a server would use.

    The level that needs fewer disks, RAID-1/0 or RAID-5, or the chosen level; RAID-1/0 on slow disks.
    """
    parity = (raid__raid == Raid.RAID5) | (raid__raid == Raid.RAID6)
    fewer = is_na(database_disks_raid5) | (database_disks_raid10 <= database_disks_raid5)
    return first_code(
        (is_na(database_disk_chosen), NO_CODE),
        (raid__override_raid & parity & is_na(parity_allowed), Raid.RAID10),
        (raid__override_raid, raid__raid),
        (fewer, Raid.RAID10),
        default=Raid.RAID5,
    )


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C134")
def storage_database_raid_disks(
    storage_database_raid: Codes,
    storage_database_disks_performance_raid0: Floats,
    storage_database_disks_capacity_raid0: Floats,
    database_disks_raid10: Floats,
    database_disks_raid5: Floats,
    storage_database_disks_performance_raid6: Floats,
    storage_database_disks_capacity_raid6: Floats,
) -> Floats:
    """Number of database (+ log) disks of a server at that RAID level, the larger of I/O and capacity."""
    return _by_level(
        storage_database_raid,
        np.maximum(storage_database_disks_performance_raid0, storage_database_disks_capacity_raid0),
        database_disks_raid10,
        database_disks_raid5,
        np.maximum(storage_database_disks_performance_raid6, storage_database_disks_capacity_raid6),
    )


@rule(level="per_server", axis=DATACENTER, choice=RAID, source=SD + "C135")
def storage_log_raid(log_disks_apply: Floats, raid__override_raid: Bools, raid__raid: Codes) -> Codes:
    """RAID level that the log disks of a server would use.

    RAID-1/0, or RAID-0 where it is chosen. Not applicable where logs share the volume of their database.
    """
    return first_code(
        (log_disks_apply == 0, NO_CODE),
        (raid__override_raid & (raid__raid == Raid.RAID0), Raid.RAID0),
        default=Raid.RAID10,
    )


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C136")
def storage_log_raid_disks(
    storage_log_raid: Codes,
    storage_log_disks_performance_raid0: Floats,
    storage_log_disks_capacity_raid0: Floats,
    storage_log_disks_performance_raid10: Floats,
    storage_log_disks_capacity_raid10: Floats,
) -> Floats:
    """Number of log disks of a server at the RAID level that they would use, 0 without log disks."""
    disks = _by_level(
        storage_log_raid,
        np.maximum(storage_log_disks_performance_raid0, storage_log_disks_capacity_raid0),
        np.maximum(storage_log_disks_performance_raid10, storage_log_disks_capacity_raid10),
    )
    return select(storage_log_raid == NO_CODE, 0.0, disks)


@rule(level="per_server", axis=DATACENTER, choice=RAID, source=SD + "C137")
def storage_restore_raid(
    data__dedicated_restore_volume: Bools,
    storage__database_disk_capacity: Floats,
    storage__restore_disk_capacity: Floats,
    raid__restore_raid: Codes,
) -> Codes:
    """RAID level that the restore volume of a server would use.

    Not applicable without a restore volume.

    Oddity: a missing restore disk is only noticed in the secondary datacenter.
    """
    able = data__dedicated_restore_volume & (storage__database_disk_capacity > 0)
    able = able & stack(np.ones_like(able[0]), storage__restore_disk_capacity[1] > 0)
    return first_code((able, raid__restore_raid), default=NO_CODE)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C138")
def storage_restore_raid_disks(
    storage_restore_raid: Codes,
    storage_restore_disks_raid0: Floats,
    storage_restore_disks_raid10: Floats,
    storage_restore_disks_raid5: Floats,
    storage_restore_disks_raid6: Floats,
) -> Floats:
    """Number of restore disks of a server at the RAID level that they would use, 0 without a restore volume."""
    disks = _by_level(
        storage_restore_raid,
        storage_restore_disks_raid0,
        storage_restore_disks_raid10,
        storage_restore_disks_raid5,
        storage_restore_disks_raid6,
    )
    return or_zero(disks)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "B127")
def storage_raid_disks_configuration(
    storage_database_raid_disks: Floats, storage_log_raid_disks: Floats, storage_restore_raid_disks: Floats
) -> Floats:
    """Number of database, log and restore disks of a server, if all are on RAID.

    Not applicable where no database disk is chosen.
    """
    total = sum_na(storage_database_raid_disks, storage_log_raid_disks, storage_restore_raid_disks)
    return select(is_na(storage_database_raid_disks), NA, total)
