"""Checks of volumes that do not fit their disks, and of disks that do not fit their servers."""

import numpy as np

from calculator.inputs.choices import DeploymentMessage, Storage
from calculator.issues import ERROR, NOTICE, WARNING
from calculator.numerics.arrays import Bools, Codes, Floats
from calculator.rules.registry import DATACENTER, check

RR = "calculator-7.6: Role Requirements "


@check(
    ERROR,
    "storage.{label}.database_disk_capacity",
    "A volume of {volume_database_volume_size:,.0f} GB does not fit its disk of "
    "{storage_database_disk_formatted:,.0f} GB.",
    "Use a larger disk, a larger number of databases (database.custom_count), fewer databases per volume, or RAID.",
    source="calculator-7.6: Storage Design C143",
    axis=DATACENTER,
)
def disk_too_small(
    valid: Bools,
    disks_fit: Bools,
    jbod_capacity_insufficient: Bools,
    volume_database_volume_size: Floats,
    storage_database_disk_formatted: Floats,
) -> Bools:
    """Check that a volume fits its JBOD disk."""
    larger = volume_database_volume_size > storage_database_disk_formatted
    return valid & ~disks_fit & jbod_capacity_insufficient & larger


@check(
    ERROR,
    "storage.{label}.database_disk_type",
    "A volume needs {volume_iops:,.0f} IOPS, but its disk sustains only {storage_database_disk_random_iops:,.1f}.",
    "Use a faster disk, a larger number of databases (database.custom_count), fewer databases per volume, or RAID.",
    source="calculator-7.6: Storage Design C144",
    axis=DATACENTER,
)
def disk_too_slow(
    valid: Bools,
    disks_fit: Bools,
    jbod_io_insufficient: Bools,
    volume_iops: Floats,
    storage_database_disk_random_iops: Floats,
) -> Bools:
    """Check that a JBOD disk can sustain the I/O of its volume."""
    slow = volume_iops > storage_database_disk_random_iops
    return valid & ~disks_fit & jbod_io_insufficient & slow


@check(
    ERROR,
    "storage.primary.database_disk_type",
    "The database disk is too slow for two mailboxes, so the number of databases cannot be computed.",
    "Use a faster disk, or reduce the IOPS per mailbox.",
    source=RR + "C74",
)
def disk_too_slow_for_two_mailboxes(mailboxes_per_database_io: Floats) -> Bools:
    """Check that a disk can sustain the I/O of at least two mailboxes."""
    return mailboxes_per_database_io <= 0


@check(
    WARNING,
    "storage.{label}.restore_disk_capacity",
    "The restore volume of {volume_restore_volume_size:,.0f} GB does not fit its disk, so its disk is not counted.",
    "Use a larger restore disk.",
    source=RR + "I178",
    axis=DATACENTER,
)
def restore_disk_too_small(
    jbod_restore_capacity_insufficient: Bools, volume_restore_volume_size: Floats, storage_architecture: Codes
) -> Bools:
    """Check that the restore volume fits its JBOD disk."""
    jbod = storage_architecture[:2] == Storage.JBOD
    return jbod_restore_capacity_insufficient & jbod & (volume_restore_volume_size > 0)


@check(
    ERROR,
    "raid.deployment",
    "All disks are to be JBOD, which the design does not allow.",
    "Use three HA copies and keep logs on the volume of their database, or choose another deployment.",
    source="calculator-7.6: Storage Design E190",
)
def jbod_prohibited(valid: Bools, storage_deployment_message: Codes) -> Bools:
    """Check that the design allows JBOD where it is chosen for all disks."""
    return valid & (storage_deployment_message == DeploymentMessage.JBOD_PROHIBITED)


@check(
    WARNING,
    "raid.deployment",
    "All disks are to be JBOD, which is not recommended for all servers of the design.",
    "Add copies in the secondary datacenter or lagged copies, or choose the deployment as calculated.",
    source="calculator-7.6: Storage Design E190",
)
def jbod_not_recommended(valid: Bools, storage_deployment_message: Codes) -> Bools:
    """Check that JBOD is recommended where it is chosen for all disks."""
    return valid & (storage_deployment_message == DeploymentMessage.JBOD_NOT_RECOMMENDED)


@check(
    ERROR,
    "servers.{label}.drive_bays",
    "A server needs {server_drive_bays:.0f} drive bays, but it has {servers__drive_bays:.0f}.",
    "Use larger disks, more servers, or servers with more bays.",
    source="design: drive bays",
    axis=DATACENTER,
)
def bays_exceeded(server_drive_bays: Floats, servers__drive_bays: Floats) -> Bools:
    """Check that the disks of a server fit its drive bays."""
    return (servers__drive_bays > 0) & (server_drive_bays > servers__drive_bays)


@check(
    ERROR,
    "servers.install_drive_free",
    "The install drive has {servers__install_drive_free:.3g} GB of free space, but {install_drive_required:.3g} GB is "
    "needed.",
    "Leave more free space, because diagnostics and protocol logs are on by default.",
    source="capacity-planning-2013: Install drive",
)
def install_drive_too_small(servers__install_drive_free: Floats, install_drive_required: Floats) -> Bools:
    """Check that the install drive has 30 GB of free space, and more with language packs."""
    return servers__install_drive_free < install_drive_required


@check(
    NOTICE,
    "guidance.reseed_rate",
    "Reseeding a volume takes {reseed_hours_several_sources:.0f} hours, because its only database has one source.",
    "Use smaller databases, or several databases per volume, which are reseeded from several sources at once.",
    source="ha-changes-2013: Reseed",
)
def reseed_long(reseed_hours_several_sources: Floats, databases_on_first_volume: Floats, long_reseed: float) -> Bools:
    """Check that a volume with one database is reseeded within a day."""
    return (databases_on_first_volume == 1) & (reseed_hours_several_sources > long_reseed)


@check(
    NOTICE,
    "guidance.reseed_rate",
    "Reseeding a volume takes {reseed_hours_several_sources:.0f} hours from several sources at once, or "
    "{reseed_hours:.0f} hours from one source.",
    "Use smaller databases.",
    source="ha-changes-2013: Reseed",
)
def reseed_long_from_several_sources(
    reseed_hours_several_sources: Floats, reseed_hours: Floats, databases_on_first_volume: Floats, long_reseed: float
) -> Bools:
    """Check that a volume with several databases is reseeded within a day from several sources."""
    shorter = np.minimum(reseed_hours, reseed_hours_several_sources)
    return (databases_on_first_volume > 1) & (shorter > long_reseed)
