"""I/O that the storage controller of a server sees on RAID, and the I/O that a disk delivers."""

from calculator.numerics.arrays import Bools, Codes, Floats, select
from calculator.rules.constants import LookupTable
from calculator.rules.registry import DATACENTER, rule

SD = "calculator-7.6: Storage Design "


@rule(unit="1/s", level="per_server", source=SD + "C33")
def storage_log_iops(logs_share_volume: Bools, log_reads_per_server: Floats, log_writes_per_server: Floats) -> Floats:
    """Log I/O of a server that its storage controller sees on RAID-0.

    Zero where logs share the volume of their database.
    """
    return select(logs_share_volume, 0.0, log_reads_per_server + log_writes_per_server)


@rule(unit="1/s", level="per_server", source=SD + "C34")
def storage_log_iops_raid10(
    logs_share_volume: Bools, log_reads_per_server: Floats, log_writes_per_server: Floats
) -> Floats:
    """Log I/O of a server that its storage controller sees on RAID-1/0, with 2 I/Os per write."""
    return select(logs_share_volume, 0.0, log_reads_per_server + 2 * log_writes_per_server)


@rule(unit="1/s", level="per_server", source=SD + "C35")
def storage_database_iops(database_reads_per_server: Floats, database_writes_per_server: Floats) -> Floats:
    """Database I/O of a server that its storage controller sees on RAID-0."""
    return database_reads_per_server + database_writes_per_server


@rule(unit="1/s", level="per_server", source=SD + "C36")
def storage_database_iops_raid10(database_reads_per_server: Floats, database_writes_per_server: Floats) -> Floats:
    """Database I/O of a server that its storage controller sees on RAID-1/0, with 2 I/Os per write."""
    return database_reads_per_server + 2 * database_writes_per_server


@rule(unit="1/s", level="per_server", source=SD + "C37")
def storage_database_iops_raid5(
    database_reads_per_server: Floats, database_writes_per_server: Floats, raid5_write_ios: float
) -> Floats:
    """Database I/O of a server that its storage controller sees on RAID-5, with 4 I/Os per write."""
    return database_reads_per_server + raid5_write_ios * database_writes_per_server


@rule(unit="1/s", level="per_server", source=SD + "C38")
def storage_database_iops_raid6(
    database_reads_per_server: Floats, database_writes_per_server: Floats, raid6_write_ios: float
) -> Floats:
    """Database I/O of a server that its storage controller sees on RAID-6, with 6 I/Os per write."""
    return database_reads_per_server + raid6_write_ios * database_writes_per_server


@rule(unit="1/s", level="per_server", source=SD + "C39")
def storage_log_iops_required_raid10(storage_log_iops_raid10: Floats, raid__raid10_rebuild_overhead: Floats) -> Floats:
    """Log I/O that the RAID-1/0 disks of a server must sustain, including a rebuild."""
    return storage_log_iops_raid10 / (1 - raid__raid10_rebuild_overhead)


@rule(unit="1/s", level="per_server", source=SD + "C40")
def storage_database_iops_required_raid10(
    storage_database_iops_raid10: Floats, raid__raid10_rebuild_overhead: Floats
) -> Floats:
    """Database I/O that the RAID-1/0 disks of a server must sustain, including a rebuild."""
    return storage_database_iops_raid10 / (1 - raid__raid10_rebuild_overhead)


@rule(unit="1/s", level="per_server", source=SD + "C41")
def storage_database_iops_required_raid5(
    storage_database_iops_raid5: Floats, raid__raid5_rebuild_overhead: Floats
) -> Floats:
    """Database I/O that the RAID-5 disks of a server must sustain, including a rebuild."""
    return storage_database_iops_raid5 / (1 - raid__raid5_rebuild_overhead)


@rule(unit="1/s", level="per_server", source=SD + "C42")
def storage_database_iops_required_raid6(
    storage_database_iops_raid6: Floats, raid__raid6_rebuild_overhead: Floats
) -> Floats:
    """Database I/O that the RAID-6 disks of a server must sustain, including a rebuild."""
    return storage_database_iops_raid6 / (1 - raid__raid6_rebuild_overhead)


@rule(unit="1/s", level="per_datacenter", axis=DATACENTER, source=SD + "C49")
def storage_database_disk_sequential_iops(
    storage__database_disk_type: Codes, disk_sequential_iops: LookupTable
) -> Floats:
    """Sequential I/O that one database disk in each datacenter delivers, by its type.

    For information only: no other figure uses it.
    """
    return disk_sequential_iops.at(storage__database_disk_type)


@rule(unit="GB", level="per_datacenter", axis=DATACENTER, source=SD + "C53")
def storage_log_disk_formatted(
    storage__log_disk_capacity: Floats, bytes_per_decimal_gb: float, bytes_per_gb: float
) -> Floats:
    """Capacity of a log disk in each datacenter in binary GB, 0 if no disk is chosen."""
    return storage__log_disk_capacity * bytes_per_decimal_gb / bytes_per_gb


@rule(unit="1/s", level="per_datacenter", axis=DATACENTER, source=SD + "C55")
def storage_log_disk_sequential_iops(storage__log_disk_type: Codes, disk_sequential_iops: LookupTable) -> Floats:
    """Sequential I/O that one log disk in each datacenter delivers, by its type."""
    return disk_sequential_iops.at(storage__log_disk_type)


@rule(unit="GB", level="per_datacenter", axis=DATACENTER, source=SD + "C59")
def storage_restore_disk_formatted(
    storage__restore_disk_capacity: Floats, bytes_per_decimal_gb: float, bytes_per_gb: float
) -> Floats:
    """Capacity of a restore disk in each datacenter in binary GB, 0 if no disk is chosen."""
    return storage__restore_disk_capacity * bytes_per_decimal_gb / bytes_per_gb


@rule(unit="1/s", level="per_datacenter", axis=DATACENTER, source=SD + "C61")
def storage_restore_disk_random_iops(storage__restore_disk_type: Codes, disk_random_iops: LookupTable) -> Floats:
    """Random I/O that one restore disk in each datacenter delivers, by its type.

    For information only: no other figure uses it.
    """
    return disk_random_iops.at(storage__restore_disk_type)


@rule(unit="1/s", level="per_datacenter", axis=DATACENTER, source=SD + "C67")
def storage_system_disk_random_iops(storage__system_disk_type: Codes, disk_random_iops: LookupTable) -> Floats:
    """Random I/O that one system disk in each datacenter delivers, by its type.

    For information only: no other figure uses it.
    """
    return disk_random_iops.at(storage__system_disk_type)
