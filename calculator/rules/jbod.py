"""JBOD: whether a volume fits one disk, whether the disk can sustain its I/O, and the number of disks of a server."""

import numpy as np

from calculator.inputs.choices import DISK_REASON, WARN, DiskReason, Storage, Warn
from calculator.numerics.arrays import (
    NA,
    NO_CODE,
    Bools,
    Codes,
    Floats,
    first_code,
    first_true,
    is_na,
    ratio,
    select,
    stack,
)
from calculator.numerics.rounding import nearest, round_up
from calculator.rules.registry import DATACENTER, SERVER_ROLE, corrects, flag, rule

SD = "calculator-7.6: Storage Design "


@flag(level="per_datacenter", axis=DATACENTER, source=SD + "C143")
def storage_jbod_capacity_fits(
    logs_share_volume: Bools, volume_database_volume_size: Floats, storage_database_disk_formatted: Floats
) -> Bools:
    """Whether a database + log volume fits on one JBOD disk of the datacenter."""
    return logs_share_volume & (volume_database_volume_size <= storage_database_disk_formatted)


@rule(unit="1/s", level="per_volume", group="detail", source=SD + "C144")
def volume_iops(
    storage_database_iops: Floats,
    database_copies_per_server: Floats,
    several_per_volume: Bools,
    databases_per_volume: Floats,
) -> Floats:
    """Database I/O of a volume, rounded to whole IOPS.

    Oddity: because it is rounded, a volume may exceed its disk by slightly less than half an I/O per second.
    """
    each = ratio(storage_database_iops, database_copies_per_server)
    return nearest(each * select(several_per_volume, databases_per_volume, 1.0))


@flag(level="per_datacenter", axis=DATACENTER, source=SD + "C144", maybe=True)
def storage_jbod_io_fits(
    storage_jbod_capacity_fits: Bools, volume_iops: Floats, storage_database_disk_random_iops: Floats
) -> Codes:
    """Whether one JBOD disk of the datacenter can sustain the I/O of a volume.

    Not applicable where the volume does not fit on the disk.
    """
    return first_code(
        (~storage_jbod_capacity_fits, NO_CODE), (volume_iops <= storage_database_disk_random_iops, 1), default=0
    )


@rule(level="per_server", axis=DATACENTER, choice=DISK_REASON, source=SD + "C145")
def storage_jbod_disks_configuration_reason(
    storage__consider_jbod: Bools,
    database_log_isolation: Bools,
    logs_share_volume: Bools,
    storage_jbod_capacity_fits: Bools,
    storage_jbod_io_fits: Codes,
) -> Codes:
    """Reason why the database disks of a server cannot be JBOD: too small or too slow."""
    considered = storage__consider_jbod & ~database_log_isolation
    return first_code(
        (~considered, NO_CODE),
        (logs_share_volume & ~storage_jbod_capacity_fits, DiskReason.INSUFFICIENT_DISK_CAPACITY),
        (storage_jbod_io_fits == 1, NO_CODE),
        default=DiskReason.INSUFFICIENT_DISK_IO_CAPACITY,
    )


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C145")
def storage_jbod_disks_configuration(
    storage__consider_jbod: Bools,
    database_log_isolation: Bools,
    storage_jbod_disks_configuration_reason: Codes,
    one_per_volume: Bools,
    sized_copies_per_server: Floats,
    volume_volumes_computed: Floats,
) -> Floats:
    """Number of database disks of a server, if they are JBOD.

    Not applicable where a volume does not fit its disk; a result of its own gives the reason.

    Oddity: volumes that databases share are not rounded up, so that the number of disks may be a fraction.
    """
    disks = select(one_per_volume, sized_copies_per_server, volume_volumes_computed)
    able = storage__consider_jbod & ~database_log_isolation
    return select(able & (storage_jbod_disks_configuration_reason == NO_CODE), disks, NA)


@corrects("storage_jbod_disks_configuration", "the number of disks may be a fraction")
def whole_jbod_disks(
    storage__consider_jbod: Bools,
    database_log_isolation: Bools,
    storage_jbod_disks_configuration_reason: Codes,
    one_per_volume: Bools,
    sized_copies_per_server: Floats,
    copies_factor: Floats,
    volume_volumes_computed: Floats,
) -> Floats:
    """Whole disks for the copies of each datacenter, the last one perhaps not full."""
    volumes = round_up(volume_volumes_computed * copies_factor)
    disks = select(one_per_volume, sized_copies_per_server, volumes)
    able = storage__consider_jbod & ~database_log_isolation
    return select(able & (storage_jbod_disks_configuration_reason == NO_CODE), disks, NA)


@flag(level="per_datacenter", axis=DATACENTER, source=SD + "C146")
def storage_jbod_restore_fits(
    logs_share_volume: Bools,
    data__dedicated_restore_volume: Bools,
    volume_restore_volume_size: Floats,
    storage_restore_disk_formatted: Floats,
) -> Bools:
    """Whether the restore volume fits on one JBOD disk of the datacenter."""
    fits = volume_restore_volume_size <= storage_restore_disk_formatted
    return logs_share_volume & data__dedicated_restore_volume & fits


@rule(level="per_server", axis=DATACENTER, choice=DISK_REASON, source=SD + "C149")
def storage_jbod_restore_disks_configuration_reason(
    storage__consider_jbod: Bools,
    logs_share_volume: Bools,
    storage__restore_disk_capacity: Floats,
    storage_jbod_restore_fits: Bools,
) -> Codes:
    """Reason why the restore disks of a server cannot be JBOD: too small.

    Oddity: the reason is given even where no restore volume is wanted, and both datacenters use the disk of the
    primary datacenter.
    """
    considered = storage__consider_jbod & logs_share_volume
    considered = considered & (storage__restore_disk_capacity[0] > 0)
    return first_code((considered & ~storage_jbod_restore_fits, DiskReason.INSUFFICIENT_DISK_CAPACITY), default=NO_CODE)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C149, C150")
def storage_jbod_restore_disks_configuration(
    storage__consider_jbod: Bools,
    logs_share_volume: Bools,
    storage__restore_disk_capacity: Floats,
    storage_jbod_restore_fits: Bools,
) -> Floats:
    """Number of restore disks of a server, if they are JBOD.

    Not applicable where the restore volume does not fit its disk; a result of its own gives the reason.
    """
    considered = storage__consider_jbod & logs_share_volume
    considered = considered & (storage__restore_disk_capacity[0] > 0)
    return select(considered & storage_jbod_restore_fits, 1.0, NA)


@rule(level="per_server", choice=DISK_REASON, group="detail", source=SD + "C181")
def jbod_refusal(
    logs_share_volume: Bools,
    storage__consider_jbod: Bools,
    storage_architecture: Codes,
    environment__high_availability: Bools,
    database_copies__ha_copies: Floats,
) -> Codes:
    """Reason why no server of the design may use JBOD.

    Not applicable where servers may use JBOD.
    """
    has_jbod = (storage_architecture == Storage.JBOD).any(axis=0)
    few = environment__high_availability & (database_copies__ha_copies < 3)
    return first_code(
        (~logs_share_volume, DiskReason.INCORRECT_VOLUME_ARCHITECTURE),
        (~storage__consider_jbod, DiskReason.RAID_REQUIRED),
        (has_jbod, NO_CODE),
        (few, DiskReason.INSUFFICIENT_DATABASE_COPIES),
        default=DiskReason.RAID_REQUIRED,
    )


@flag(level="per_server", axis=DATACENTER, group="detail", source=SD + "C182")
def jbod_disks_counted(valid: Bools, jbod_refusal: Codes, two_datacenters: Bools) -> Bools:
    """Whether JBOD disks are counted for the servers of a datacenter."""
    able = valid & (jbod_refusal != DiskReason.INSUFFICIENT_DATABASE_COPIES)
    return stack(able, able & two_datacenters)


@rule(level="per_server", axis=DATACENTER, choice=DISK_REASON, source=SD + "C182")
def storage_jbod_disks_reason(jbod_disks_counted: Bools, storage_jbod_disks_configuration_reason: Codes) -> Codes:
    """Reason why database + log disks on JBOD are not counted for a server."""
    return first_code((jbod_disks_counted, storage_jbod_disks_configuration_reason), default=NO_CODE)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C182, C186")
def storage_jbod_disks(jbod_disks_counted: Bools, storage_jbod_disks_configuration: Floats) -> Floats:
    """Number of database + log disks of a server on JBOD.

    Not applicable where volumes do not fit their disks; a result of its own gives the reason.
    """
    return select(jbod_disks_counted, storage_jbod_disks_configuration, NA)


@rule(level="per_server", axis=DATACENTER, choice=DISK_REASON, source=SD + "D182")
def storage_jbod_restore_disks_reason(
    jbod_disks_counted: Bools,
    storage_jbod_disks_configuration_reason: Codes,
    storage_jbod_restore_disks_configuration_reason: Codes,
) -> Codes:
    """Reason why restore disks on JBOD are not counted for a server."""
    small = storage_jbod_disks_configuration_reason == DiskReason.INSUFFICIENT_DISK_CAPACITY
    reason = storage_jbod_restore_disks_configuration_reason
    return first_code((jbod_disks_counted & ~small, reason), default=NO_CODE)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "D182, D186")
def storage_jbod_restore_disks(
    jbod_disks_counted: Bools,
    storage_jbod_disks_configuration_reason: Codes,
    storage_jbod_restore_disks_configuration: Floats,
) -> Floats:
    """Number of restore disks of a server on JBOD.

    Not applicable where the volume does not fit its disk; a result of its own gives the reason.
    """
    small = storage_jbod_disks_configuration_reason == DiskReason.INSUFFICIENT_DISK_CAPACITY
    disks = select(small, 0.0, storage_jbod_restore_disks_configuration)
    return select(jbod_disks_counted, disks, NA)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "E182, E186")
def storage_jbod_autoreseed_disks(
    jbod_disks_counted: Bools,
    storage__consider_jbod: Bools,
    storage_jbod_disks_configuration_reason: Codes,
    volume_autoreseed_volumes: Floats,
) -> Floats:
    """Number of spare disks of a server on JBOD for AutoReseed."""
    small = storage_jbod_disks_configuration_reason == DiskReason.INSUFFICIENT_DISK_CAPACITY
    disks = select(small, 0.0, volume_autoreseed_volumes)
    return select(jbod_disks_counted & storage__consider_jbod, disks, NA)


@flag(level="per_server", axis=SERVER_ROLE, source=SD + "C178", maybe=True)
def storage_jbod_usable(
    environment__high_availability: Bools,
    valid: Bools,
    two_datacenters: Bools,
    storage_architecture: Codes,
    jbod_refusal: Codes,
) -> Codes:
    """Whether the servers of the role can use JBOD.

    Not applicable without such servers.

    Oddity: disks that are too small or too slow affect neither this answer nor the total numbers of disks.
    """
    primary = environment__high_availability & valid
    present = stack(primary, storage_architecture[1] != NO_CODE, storage_architecture[2] != NO_CODE)
    refused = jbod_refusal != NO_CODE
    refused = stack(refused, refused & two_datacenters, refused)
    usable = (storage_architecture == Storage.JBOD) & ~refused
    return first_code((~present, NO_CODE), (usable, 1), default=0)


@flag(level="per_server", axis=SERVER_ROLE, source=SD + "C160", maybe=True)
def storage_raid_required(valid: Bools, storage_architecture: Codes, storage_jbod_usable: Codes) -> Codes:
    """Whether the servers of the role need RAID.

    Not applicable without such servers.
    """
    present = stack(valid, storage_architecture[1] != NO_CODE, storage_architecture[2] != NO_CODE)
    required = (storage_architecture == Storage.RAID) | (storage_jbod_usable == 0)
    return first_code((~present, NO_CODE), (required, 1), default=0)


@flag(level="per_datacenter", axis=DATACENTER, source="calculator-7.6: Role Requirements I176, I180")
def jbod_capacity_insufficient(environment__high_availability: Bools, storage_jbod_disks_reason: Codes) -> Bools:
    """Whether the JBOD database disks of a datacenter are too small for a volume."""
    small = storage_jbod_disks_reason == DiskReason.INSUFFICIENT_DISK_CAPACITY
    return environment__high_availability & small


@flag(level="per_datacenter", axis=DATACENTER, source="calculator-7.6: Role Requirements I177, I181")
def jbod_io_insufficient(environment__high_availability: Bools, storage_jbod_disks_reason: Codes) -> Bools:
    """Whether the JBOD database disks of a datacenter are too slow for a volume."""
    slow = storage_jbod_disks_reason == DiskReason.INSUFFICIENT_DISK_IO_CAPACITY
    return environment__high_availability & slow


@flag(level="per_datacenter", axis=DATACENTER, source="calculator-7.6: Role Requirements I178, I182")
def jbod_restore_capacity_insufficient(
    environment__high_availability: Bools,
    data__dedicated_restore_volume: Bools,
    storage_jbod_restore_disks_reason: Codes,
) -> Bools:
    """Whether the JBOD restore disks of a datacenter are too small for the restore volume."""
    small = storage_jbod_restore_disks_reason == DiskReason.INSUFFICIENT_DISK_CAPACITY
    return environment__high_availability & data__dedicated_restore_volume & small


@flag(level="per_datacenter", axis=DATACENTER, source="calculator-7.6: Role Requirements I179, I183")
def jbod_restore_io_insufficient(storage_jbod_capacity_fits: Bools) -> Bools:
    """Whether the JBOD restore disks of a datacenter are too slow; never, because their I/O is not tested."""
    return np.zeros_like(storage_jbod_capacity_fits)


@rule(level="per_environment", choice=WARN, source="calculator-7.6: Input F106")
def storage_disk_warning(
    jbod_capacity_insufficient: Bools, jbod_io_insufficient: Bools, jbod_restore_capacity_insufficient: Bools
) -> Codes:
    """Warning that Microsoft's workbook shows next to the storage inputs: about capacity, about I/O, or none."""
    small = jbod_capacity_insufficient | jbod_restore_capacity_insufficient
    capacity: Bools = np.logical_or(small[0], small[1])
    slow: Bools = np.logical_or(jbod_io_insufficient[0], jbod_io_insufficient[1])
    return first_code((capacity, Warn.CAPACITY), (slow, Warn.IO), default=Warn.NONE)


@rule(unit="disks", level="per_server", axis=DATACENTER, group="detail", source=SD + "C197")
def jbod_disks_of_server(
    storage_jbod_disks: Floats, storage_jbod_restore_disks: Floats, storage_jbod_autoreseed_disks: Floats
) -> Floats:
    """Number of all JBOD disks of a server."""
    total = select(is_na(storage_jbod_disks), 0.0, storage_jbod_disks)
    for disks in (storage_jbod_restore_disks, storage_jbod_autoreseed_disks):
        total = total + first_true((is_na(disks), 0.0), default=disks)
    return total
