"""SSDs of the MetaCacheDatabase of Exchange 2019, and other facts of that version about disks."""

import numpy as np

from calculator.inputs.choices import FILE_SYSTEM, FileSystem, Version
from calculator.numerics.arrays import NA, NO_CODE, Bools, Codes, Floats, axis_max, first_code, ratio, select, stack
from calculator.numerics.rounding import round_up
from calculator.rules.constants import LookupTable
from calculator.rules.registry import BOUND, flag, rule

MCDB = "metacachedatabase-setup: SSD guidance"


@flag(level="per_server", group="detail", source=MCDB)
def metacache_in_use(
    environment__exchange_version: Codes, environment__high_availability: Bools, storage__metacache: Bools, valid: Bools
) -> Bools:
    """Whether the servers have a MetaCacheDatabase: in a valid design with a DAG of Exchange 2019."""
    later = environment__exchange_version >= Version.V2019
    return storage__metacache & environment__high_availability & later & valid


@rule(unit="disks", level="per_server", group="detail", source=MCDB)
def metacache_disks(
    metacache_in_use: Bools,
    storage_jbod_disks_per_server: Floats,
    storage_raid_disks_per_server: Floats,
    disks_fit: Bools,
) -> Floats:
    """Number of Exchange disks of a server for which its SSDs are sized.

    The disks of a server in the datacenter with more, including spare disks, because all servers of a DAG have the
    same SSDs. Not applicable without a MetaCacheDatabase, or where a volume does not fit its disk.
    """
    disks = np.ceil(storage_jbod_disks_per_server) + np.ceil(storage_raid_disks_per_server)
    return select(metacache_in_use & disks_fit.all(axis=0), axis_max(disks), NA)


@rule(unit="disks", level="per_server", source=MCDB)
def metacache_ssds(metacache_disks: Floats, storage__metacache_ssds: Floats, disks_per_ssd: float) -> Floats:
    """Number of SSDs of each server for the MetaCacheDatabase, the same in every server of the DAG.

    As given, or one for every three disks. Not applicable without a MetaCacheDatabase.
    """
    counted = select(storage__metacache_ssds > 0, storage__metacache_ssds, round_up(metacache_disks / disks_per_ssd))
    return select(np.isnan(metacache_disks), NA, counted)


@rule(unit="GB (decimal)", level="per_server", source=MCDB)
def metacache_disk_capacity(
    metacache_in_use: Bools,
    metacache_disks: Floats,
    storage_jbod_disks_per_server: Floats,
    storage_raid_disks_per_server: Floats,
    storage__database_disk_capacity: Floats,
) -> Floats:
    """Capacity of all Exchange disks of a server, in the datacenter with more.

    Not applicable without a MetaCacheDatabase.
    """
    disks = np.ceil(storage_jbod_disks_per_server) + np.ceil(storage_raid_disks_per_server)
    capacity = axis_max(disks * storage__database_disk_capacity)
    return select(metacache_in_use & ~np.isnan(metacache_disks), capacity, NA)


@rule(unit="GB (decimal)", level="per_server", axis=BOUND, source=MCDB)
def metacache_capacity_by_disks(metacache_disk_capacity: Floats, ssd_share_of_disks: LookupTable) -> Floats:
    """Smallest and largest advised capacity of the SSDs of a server, 5 and 6 % of the capacity of its disks.

    Not applicable without a MetaCacheDatabase.
    """
    least, most = (ssd_share_of_disks.at(np.array([place])) for place in (0, 1))
    return stack(metacache_disk_capacity * least, metacache_disk_capacity * most)


@rule(unit="GB (decimal)", level="per_server", axis=BOUND, source="preferred-architecture: MetaCacheDatabase")
def metacache_capacity_by_databases(
    metacache_in_use: Bools,
    volume_database_space: Floats,
    ssd_share_of_databases: LookupTable,
    bytes_per_gb: float,
    bytes_per_decimal_gb: float,
) -> Floats:
    """Smallest and largest advised capacity of the SSDs of a server, 5 and 10 % of the databases that it holds.

    Not applicable without a MetaCacheDatabase.
    """
    databases = volume_database_space[0] * bytes_per_gb / bytes_per_decimal_gb
    least, most = (ssd_share_of_databases.at(np.array([place])) for place in (0, 1))
    return select(metacache_in_use, stack(databases * least, databases * most), NA)


@rule(unit="GB (decimal)", level="per_server", source=MCDB)
def metacache_ssd_capacity_needed(metacache_capacity_by_disks: Floats, metacache_ssds: Floats) -> Floats:
    """Smallest advised capacity of each SSD of a server: its part of 5 % of the capacity of the disks.

    Not applicable without a MetaCacheDatabase.
    """
    return ratio(metacache_capacity_by_disks[0], metacache_ssds)


@rule(unit="GB (decimal)", level="per_server", source=MCDB)
def metacache_capacity(metacache_ssds: Floats, storage__metacache_ssd_capacity: Floats) -> Floats:
    """Capacity of all SSDs of a server.

    Not applicable without a MetaCacheDatabase, nor without the capacity of an SSD.
    """
    known = storage__metacache_ssd_capacity > 0
    return select(known, metacache_ssds * storage__metacache_ssd_capacity, NA)


@rule(unit="GB (decimal)", level="per_server", source="metacachedatabase-setup: Note on capacity")
def metacache_capacity_used(metacache_capacity: Floats, ssd_share_used: float) -> Floats:
    """Capacity of the SSDs of a server that the MetaCacheDatabase uses, 95 % of all.

    Not applicable without a MetaCacheDatabase, nor without the capacity of an SSD.
    """
    return metacache_capacity * ssd_share_used


@rule(unit="1", level="per_server", source="preferred-architecture: MetaCacheDatabase")
def metacache_share(metacache_capacity: Floats, metacache_disk_capacity: Floats) -> Floats:
    """Capacity of the SSDs of a server, as a share of the capacity of its disks.

    Not applicable without a MetaCacheDatabase, nor without the capacity of an SSD.
    """
    return ratio(metacache_capacity, metacache_disk_capacity)


@rule(level="per_volume", choice=FILE_SYSTEM, source="system-requirements-2019: File formats")
def volume_file_system(environment__exchange_version: Codes) -> Codes:
    """File system that Microsoft advises for the volumes of databases and logs.

    Not applicable for versions before Exchange 2019.
    """
    later = environment__exchange_version >= Version.V2019
    return first_code((later, FileSystem.REFS_WITHOUT_INTEGRITY), default=NO_CODE)


@rule(unit="GB", level="per_server", source="system-requirements-2019: Disk space", needs_mailboxes=False)
def system_drive_required(environment__exchange_version: Codes, system_drive_free_space_2019: float) -> Floats:
    """Free space that a server needs on its system drive.

    Not applicable for versions before Exchange 2019.
    """
    return select(environment__exchange_version >= Version.V2019, system_drive_free_space_2019, NA)


@rule(unit="GB", level="per_server", source="system-requirements-2019: Disk space", needs_mailboxes=False)
def queue_drive_required(environment__exchange_version: Codes, queue_drive_free_space_2019: float) -> Floats:
    """Free space that a server needs on the drive of the queue database, in addition to the transport database.

    Not applicable for versions before Exchange 2019.
    """
    return select(environment__exchange_version >= Version.V2019, queue_drive_free_space_2019, NA)
