"""Load on storage in addition to users: maintenance, reseeds, logs that accumulate, and space on the install drive."""

import numpy as np

from calculator.numerics.arrays import NA, Bools, Codes, Floats, axis_max, first_true, ratio, select, stack
from calculator.rules.constants import LookupTable
from calculator.rules.registry import LEVEL, rule


@rule(unit="databases", level="per_server", group="detail", source="calculator-7.6: Role Requirements C248")
def copies_or_databases_per_server(
    environment__high_availability: Bools, database_copies_per_server: Floats, databases: Floats
) -> Floats:
    """Number of database copies on a server, or databases on a standalone server, that maintenance reads."""
    return select(environment__high_availability, database_copies_per_server, databases)


@rule(unit="MB/s", level="per_server", axis=LEVEL, source="capacity-planning-2013: Background database maintenance")
def summary_maintenance_throughput(
    valid: Bools,
    environment__high_availability: Bools,
    guidance__bdm_throughput: Floats,
    copies_or_databases_per_server: Floats,
    summary_servers: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Throughput of background database maintenance, of a database, a server, a DAG and the environment.

    1 MB/s for each database copy, active or passive, at all times. The reads are sequential, so they count in MB/s
    and not in IOPS.
    """
    ha = environment__high_availability
    server = guidance__bdm_throughput * copies_or_databases_per_server
    dag = server * summary_servers[0]
    every = select(ha, dag * dags_total, server * environment__mailbox_servers)
    return stack(
        select(valid, guidance__bdm_throughput, NA),
        select(valid, server, NA),
        select(ha & valid, dag, NA),
        select(valid, every, NA),
    )


@rule(unit="MB/s", level="per_server", source="capacity-planning-2013: Storage bandwidth")
def server_database_throughput(peak_iops_per_server: Floats, page_size: float, kb_per_mb: float) -> Floats:
    """Throughput of the database I/O of a server, with a page of 32 KB per I/O."""
    return peak_iops_per_server * page_size / kb_per_mb


@rule(unit="MB/s", level="per_server", source="capacity-planning-2013: Storage bandwidth")
def server_log_throughput(
    copies_or_databases_per_server: Floats,
    logs_per_day_per_database: Floats,
    replication__hourly_log_share: Floats,
    hours_per_day: float,
    seconds_per_hour: float,
) -> Floats:
    """Throughput of the logs that all copies on a server write in the busiest hour, 1 MB per log.

    Logs are spread evenly over the day where no hourly shares are given.
    """
    busiest = np.maximum(axis_max(replication__hourly_log_share), 1 / hours_per_day)
    each = logs_per_day_per_database * busiest / seconds_per_hour
    return copies_or_databases_per_server * each


@rule(unit="MB/s", level="per_server", source="capacity-planning-2013: Storage bandwidth")
def server_storage_throughput(
    summary_maintenance_throughput: Floats, server_database_throughput: Floats, server_log_throughput: Floats
) -> Floats:
    """Throughput that the storage of a server must sustain.

    The sum of background maintenance, database I/O and log writes.
    """
    return summary_maintenance_throughput[1] + server_database_throughput + server_log_throughput


@rule(unit="GB", level="per_volume", group="detail", source="ha-changes-2013: Reseed")
def volume_reseed_data(volume_databases_part: Floats, content_index_size: Floats) -> Floats:
    """Data that is copied when a volume is reseeded: its databases and their content index."""
    return volume_databases_part + content_index_size


def hours_to_copy(gigabytes: Floats, rate: Floats, mb_per_gb: float, seconds_per_hour: float) -> Floats:
    """Return the hours to copy a number of GB at a rate in MB/s; not applicable at a rate of 0."""
    return ratio(gigabytes * mb_per_gb, rate * seconds_per_hour)


@rule(unit="hour", level="per_volume", source="ha-changes-2013: Reseed")
def reseed_hours(
    valid: Bools, volume_reseed_data: Floats, guidance__reseed_rate: Floats, mb_per_gb: float, seconds_per_hour: float
) -> Floats:
    """Hours to reseed a volume within its datacenter from one source."""
    hours = hours_to_copy(volume_reseed_data, guidance__reseed_rate, mb_per_gb, seconds_per_hour)
    return select(valid, hours, NA)


@rule(unit="hour", level="per_volume", source="ha-changes-2013: Reseed")
def reseed_hours_several_sources(
    valid: Bools,
    environment__high_availability: Bools,
    copies_total: Floats,
    volume_reseed_data: Floats,
    databases_on_first_volume: Floats,
    guidance__reseed_rate: Floats,
    mb_per_gb: float,
    seconds_per_hour: float,
) -> Floats:
    """Hours to reseed a volume within its datacenter, with each database copied from another disk at the same time.

    The largest database of the volume and its content index decide. Not applicable where a database has no second
    copy.
    """
    largest = ratio(volume_reseed_data, databases_on_first_volume)
    hours = hours_to_copy(largest, guidance__reseed_rate, mb_per_gb, seconds_per_hour)
    return select(valid & environment__high_availability & (copies_total >= 2), hours, NA)


@rule(unit="MB/s", level="per_environment", group="detail", source="ha-changes-2013: Reseed")
def link_reseed_rate(
    replication__link_type: Codes,
    guidance__reseed_rate: Floats,
    link_bandwidth: LookupTable,
    bits_per_byte: float,
    kb_per_mb: float,
) -> Floats:
    """Rate at which a volume is reseeded over the link, the smaller of link bandwidth and reseed rate."""
    link = link_bandwidth.at(replication__link_type) / bits_per_byte / kb_per_mb / kb_per_mb
    return np.minimum(guidance__reseed_rate, link)


@rule(unit="hour", level="per_volume", applies="site_resilience.enabled", source="ha-changes-2013: Reseed")
def reseed_hours_over_link(
    two_datacenters_valid: Bools,
    volume_reseed_data: Floats,
    link_reseed_rate: Floats,
    mb_per_gb: float,
    seconds_per_hour: float,
) -> Floats:
    """Hours to reseed a volume over the link between the datacenters, without other traffic.

    Not applicable with one datacenter.
    """
    hours = hours_to_copy(volume_reseed_data, link_reseed_rate, mb_per_gb, seconds_per_hour)
    return select(two_datacenters_valid, hours, NA)


@rule(unit="GB", level="per_volume", group="detail", source="calculator-7.6: Volume Requirements I123")
def room_for_logs(
    logs_share_volume: Bools, volume_logs_part: Floats, volume_free_part: Floats, volume_log_volume_size: Floats
) -> Floats:
    """Space for logs on a volume as sized: the space planned for logs and the space kept free."""
    return select(logs_share_volume, volume_logs_part + volume_free_part, volume_log_volume_size)


@rule(unit="day", level="per_volume", source="datacenter-switchover: Log truncation")
def days_until_volume_full(
    valid: Bools,
    room_for_logs: Floats,
    databases_on_first_volume: Floats,
    logs_per_day_per_database: Floats,
    mb_per_gb: float,
) -> Floats:
    """Days until a volume of the computed size is full if its logs are not truncated.

    The volume starts without logs. The disk in the server, which is larger, lasts longer (`days_until_disk_full`).
    """
    daily = databases_on_first_volume * logs_per_day_per_database / mb_per_gb
    return select(valid, ratio(room_for_logs, daily), NA)


@rule(unit="day", level="per_volume", source="datacenter-switchover: Log truncation")
def days_until_disk_full(
    valid: Bools,
    storage_architecture: Codes,
    smaller_database_disk: Floats,
    volume_database_volume_size: Floats,
    room_for_logs: Floats,
    databases_on_first_volume: Floats,
    logs_per_day_per_database: Floats,
    mb_per_gb: float,
) -> Floats:
    """Days until the JBOD disk of a volume is full if the logs of the volume are not truncated.

    The volume starts without logs. Not applicable on RAID, or where the volume does not fit its disk.
    """
    spare = smaller_database_disk - volume_database_volume_size
    daily = databases_on_first_volume * logs_per_day_per_database / mb_per_gb
    jbod = valid & (storage_architecture[0] == 1) & (spare >= 0)
    return select(jbod, ratio(room_for_logs + spare, daily), NA)


@rule(unit="GB", level="per_server", source="capacity-planning-2013: Install drive")
def install_drive_required(
    environment__unified_messaging: Bools,
    environment__um_languages: Floats,
    install_drive_free_space: float,
    um_language_pack_size: float,
) -> Floats:
    """Free space that a server needs on its install drive.

    30 GB, because diagnostics and protocol logs are on by default, and 500 MB for each language pack of Unified
    Messaging.
    """
    packs = select(environment__unified_messaging, environment__um_languages, 0.0)
    return install_drive_free_space + packs * um_language_pack_size


@rule(unit="MB", level="per_server", source="sizing-recommendations-2013: Pagefile", needs_mailboxes=False)
def pagefile_size(
    environment__exchange_version: Codes,
    server_memory: Floats,
    pagefile_share_by_version: LookupTable,
    pagefile_margin_by_version: LookupTable,
    pagefile_limit_by_version: LookupTable,
    mb_per_gb: float,
) -> Floats:
    """Size of the pagefile of a server in the primary datacenter.

    The memory of the server and 10 MB, at most 32,778 MB; a quarter of the memory in Exchange 2019.
    """
    version = environment__exchange_version
    share = server_memory[0] * mb_per_gb * pagefile_share_by_version.at(version)
    size = share + pagefile_margin_by_version.at(version)
    return np.minimum(size, pagefile_limit_by_version.at(version))


@rule(
    unit="GB",
    level="per_server",
    applies="environment.virtualized",
    source="virtualization-2013: Guest system disk",
    needs_mailboxes=False,
)
def guest_system_disk(environment__virtualized: Bools, server_memory: Floats, guest_system_disk_base: float) -> Floats:
    """Size of the system disk of a virtual server in the primary datacenter: 15 GB and its memory.

    Not applicable to physical servers.
    """
    disk = guest_system_disk_base + server_memory[0]
    return first_true((environment__virtualized, disk), default=NA)
