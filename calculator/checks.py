"""What makes a design impossible or doubtful, each with a message that says what to change.

A check returns True where something is wrong.  Its message may name what the check needs in braces.
"""

import numpy as np

from calculator.choices import (
    BackupMethod,
    DeploymentMessage,
    Edition,
    Storage,
    Witness,
)
from calculator.issues import ERROR, NOTICE, WARNING
from calculator.rounding import remainder
from calculator.rule import DATACENTER, TIER, check
from calculator.vector import Bools, Codes, Floats, select, stack

RR = "calculator-7.6: Role Requirements "
SIR = "single-item-recovery: "


# --- inputs that do not go together --------------------------------------------------------------


@check(
    ERROR, "tiers.1.mailboxes", "The design has no mailboxes.",
    "Give at least one tier with mailboxes.", source=RR + "C97",
)  # fmt: skip
def no_mailboxes(mailboxes_total: Floats) -> Bools:
    """Nothing to size."""
    return mailboxes_total == 0


@check(
    ERROR, "database_copies.ha_copies_secondary",
    "{database_copies__ha_copies_secondary:.0f} of {database_copies__ha_copies:.0f} HA copies in the "
    "secondary are more than half.",
    "Give at most half of the HA copies.", source="calculator-7.6: Input numDBCopiesSDC",
)  # fmt: skip
def copies_mostly_in_secondary(
    two_datacenters: Bools,
    database_copies__ha_copies: Floats,
    database_copies__ha_copies_secondary: Floats,
) -> Bools:
    """The primary holds at least half of the HA copies."""
    most = np.floor(database_copies__ha_copies / 2)
    return two_datacenters & (database_copies__ha_copies_secondary > most)


@check(
    ERROR, "database_copies.lagged_copies_secondary",
    "{database_copies__lagged_copies_secondary:.0f} lagged copies in the secondary are more than the "
    "{database_copies__lagged_copies:.0f} there are.",
    "Give at most database_copies.lagged_copies.", source="calculator-7.6: Input numLaggedCopiesSDC",
)  # fmt: skip
def lagged_copies_not_there(
    two_datacenters: Bools,
    database_copies__lagged_copies: Floats,
    database_copies__lagged_copies_secondary: Floats,
) -> Bools:
    """The secondary has at most the lagged copies of the design."""
    some = database_copies__lagged_copies > 0
    more = database_copies__lagged_copies_secondary > database_copies__lagged_copies
    return two_datacenters & some & more


@check(
    ERROR, "database.custom_count", "The number of databases is not computed, and 0 is given.",
    "Give a number of databases, or let it be computed.", source=RR + "C79",
)  # fmt: skip
def no_databases(database__automatic_count: Bools, database__custom_count: Floats) -> Bools:
    """A custom number of databases is at least one."""
    return ~database__automatic_count & (database__custom_count == 0)


@check(
    ERROR, "storage.{label}.database_disk_capacity", "No database disk is chosen in a datacenter in use.",
    "Choose a capacity.", source="calculator-7.6: Storage Design C45", axis=DATACENTER,
)  # fmt: skip
def no_database_disk(two_datacenters: Bools, storage__database_disk_capacity: Floats) -> Bools:
    """Databases need disks."""
    used = stack(np.ones_like(two_datacenters), two_datacenters)
    return used & (storage__database_disk_capacity == 0)


@check(
    WARNING, "storage.{label}.log_disk_capacity",
    "Logs have volumes of their own, but no log disk is chosen: none are counted.",
    "Choose a capacity.", source="calculator-7.6: Storage Design C82", axis=DATACENTER,
)  # fmt: skip
def no_log_disk(two_datacenters: Bools, logs_share_volume: Bools, storage__log_disk_capacity: Floats) -> Bools:
    """Log volumes need disks."""
    used = stack(np.ones_like(two_datacenters), two_datacenters)
    return used & ~logs_share_volume & (storage__log_disk_capacity == 0)


@check(
    WARNING, "replication.hourly_log_share", "The hourly shares add up to {total_log_share:.4g}, not to 1.",
    "Make them add up to 1, or give 0 for all: then no bandwidth is sized.",
    source="calculator-7.6: Replication Requirements C43",
)  # fmt: skip
def shares_not_whole(two_datacenters: Bools, total_log_share: Floats, share_tolerance: float) -> Bools:
    """Shares of a day add up to the day."""
    off = np.abs(total_log_share - 1) > share_tolerance
    return two_datacenters & (total_log_share != 0) & off


# --- the calculator's checks ---------------------------------------------------------------------


@check(
    ERROR, "environment.mailbox_servers", "{dag_members:.0f} servers are needed per DAG, at most 16 fit.",
    "Add a DAG, take fewer copies, or more cores and disks per server.", source=RR + "I155",
)  # fmt: skip
def dag_too_large(too_many_dag_members: Bools, dag_members: Floats) -> Bools:
    """A DAG has at most 16 members."""
    return too_many_dag_members & (dag_members > 0)


@check(
    ERROR, "database_copies.ha_copies", "{copies_total:.0f} copies of a database need as many servers.",
    "Add servers or take fewer copies.", source=RR + "I156",
)  # fmt: skip
def more_copies_than_servers(too_many_copies: Bools, copies_total: Floats) -> Bools:
    """Each copy sits on a server of its own."""
    return too_many_copies & (copies_total > 0)


@check(
    ERROR, "tiers.{label}.mailbox_size_limit", "The tier has mailboxes but a quota of 0.",
    "Give the mailboxes a quota.", source=RR + "I157", axis=TIER,
)  # fmt: skip
def quota_missing(tiers__mailboxes: Floats, tiers__mailbox_size_limit: Floats) -> Bools:
    """Mailboxes have a quota."""
    return (tiers__mailboxes != 0) & (tiers__mailbox_size_limit == 0)


@check(
    ERROR, "environment.mailbox_servers",
    "{databases_of_a_server:.0f} database copies fall to a server, at most 100 are supported.",
    "Add servers, or allow larger databases.", source=RR + "I158",
)  # fmt: skip
def databases_above_limit(too_many_databases_per_server: Bools, databases_of_a_server: Floats) -> Bools:
    """A server mounts at most 100 databases."""
    return too_many_databases_per_server & (databases_of_a_server > 0)


@check(
    ERROR, "database.custom_max_size", "The largest database allowed is {database_size_limit:.4g} GB.",
    "Give a size above 0, or a larger disk.", source=RR + "I161",
)  # fmt: skip
def size_limit_not_positive(database_size_not_positive: Bools, database_size_limit: Floats) -> Bools:
    """Databases have a size."""
    return database_size_not_positive & (database_size_limit <= 0)


@check(
    ERROR, "storage.data_volumes_per_server",
    "{storage__data_volumes_per_server:.0f} volumes a server cannot hold the "
    "{database_copies_per_dag:.0f} copies of a DAG.",
    "Give more volumes, or let their number be computed.", source=RR + "I162",
)  # fmt: skip
def volumes_too_few(
    too_few_data_volumes: Bools,
    storage__data_volumes_per_server: Floats,
    database_copies_per_dag: Floats,
) -> Bools:
    """Given volumes hold all copies."""
    given = storage__data_volumes_per_server > 0
    return too_few_data_volumes & given & (database_copies_per_dag > 0)


@check(
    ERROR, "database_copies.ha_copies_secondary",
    "The datacenters hold {copies_primary:.0f} and {copies_secondary:.0f} copies of a database; one active/active "
    "DAG needs as many in both.",
    "Spread HA and lagged copies evenly, or choose another model.", source=RR + "I163",
)  # fmt: skip
def copies_uneven(unequal_copies: Bools, copies_primary: Floats, copies_secondary: Floats) -> Bools:
    """One active/active DAG has equal copies on both sides."""
    return unequal_copies & (copies_primary != copies_secondary)


@check(
    ERROR, "design", "Figures that the checks look at cannot be computed.",
    "See the other problems; a disk may be too small or too slow for one database.", source=RR + "I160",
)  # fmt: skip
def figures_missing(
    environment__high_availability: Bools,
    dag_members: Floats,
    databases_of_a_server: Floats,
    database_size_limit: Floats,
    mailboxes_total: Floats,
) -> Bools:
    """A design whose checks cannot be answered is invalid."""
    unknown = environment__high_availability & np.isnan(dag_members)
    unknown = unknown | np.isnan(databases_of_a_server) | np.isnan(database_size_limit)
    return unknown & (mailboxes_total > 0)


# --- recoverable items ---------------------------------------------------------------------------


@check(
    ERROR, "tiers.{label}.deleted_item_retention",
    "Recoverable items reach {dumpster_uncapped:,.0f} MB; at 30 GB deletes fail and the retention cannot be kept.",
    "Shorten the retention or raise the quota of recoverable items.",
    source=SIR + "RecoverableItemsQuota", axis=TIER,
)  # fmt: skip
def recoverable_items_full(
    dumpster_uncapped: Floats, tiers__litigation_hold: Bools, recoverable_items_quota: float
) -> Bools:
    """Recoverable items stay below 30 GB."""
    return ~tiers__litigation_hold & (dumpster_uncapped >= recoverable_items_quota)


@check(
    WARNING, "tiers.{label}.deleted_item_retention",
    "Recoverable items reach {dumpster_uncapped:,.0f} MB; above 20 GB the oldest go first, {retention_met:.0f} days "
    "are met.",
    "Shorten the retention or raise the warning quota of recoverable items.",
    source=SIR + "RecoverableItemsWarningQuota", axis=TIER,
)  # fmt: skip
def recoverable_items_above_warning(
    dumpster_uncapped: Floats,
    retention_met: Floats,
    tiers__litigation_hold: Bools,
    recoverable_items_warning_quota: float,
    recoverable_items_quota: float,
) -> Bools:
    """Recoverable items stay below 20 GB."""
    above = dumpster_uncapped > recoverable_items_warning_quota
    above = above & (retention_met >= 0)
    return above & ~tiers__litigation_hold & (dumpster_uncapped < recoverable_items_quota)


@check(
    WARNING, "tiers.{label}.litigation_hold",
    "Recoverable items of a mailbox on hold pass 20 GB in month {hold_months_to_20_gb:.1f} and reach 30 GB, where "
    "deletes fail, in month {hold_months_to_30_gb:.1f}.",
    "Raise the quotas of recoverable items in time.", source=SIR + "Litigation hold", axis=TIER,
)  # fmt: skip
def hold_fills_within_horizon(
    hold_months_to_20_gb: Floats, hold_months_to_30_gb: Floats, guidance__planning_horizon: Floats
) -> Bools:
    """Mailboxes on hold stay below 20 GB within the planning horizon."""
    reached = hold_months_to_20_gb <= guidance__planning_horizon
    return reached & (hold_months_to_30_gb > 0)


@check(
    NOTICE, "tiers.{label}.deleted_item_retention",
    "Purges and versions come to {dumpster_purges_versions:,.0f} MB, the calculator's model to "
    "{dumpster_calculator:,.0f} MB.",
    "The smaller counts; guidance.dumpster_model = \"larger\" takes the greater.",
    source="design: dumpster model", axis=TIER,
)  # fmt: skip
def purges_below_calculator(
    purges_versions_count: Bools,
    dumpster_purges_versions: Floats,
    dumpster_calculator: Floats,
    tier_in_use: Bools,
) -> Bools:
    """The chosen model gives less than the calculator's."""
    return tier_in_use & purges_versions_count & (dumpster_purges_versions < dumpster_calculator)


# --- processor and memory ------------------------------------------------------------------------


@check(
    ERROR, "servers.primary.specint2006_rate",
    "CPU reaches {worst_cpu_utilization:.0%} in the worst failure; the design cannot carry its load.",
    "Add servers, or take faster ones.", source="sizing-2013: Processor",
)  # fmt: skip
def cpu_exhausted(worst_cpu_utilization: Floats) -> Bools:
    """CPU suffices in the worst failure."""
    return worst_cpu_utilization > 1


@check(
    WARNING, "servers.primary.specint2006_rate",
    "CPU reaches {worst_cpu_utilization:.0%} in the worst failure, 80 % are advised at most.",
    "Add servers, or take faster ones.", source="preferred-architecture: Processor",
)  # fmt: skip
def cpu_high(worst_cpu_utilization: Floats, highest_cpu_utilization: float) -> Bools:
    """CPU stays at 80 % in the worst failure."""
    return (worst_cpu_utilization > highest_cpu_utilization) & (worst_cpu_utilization <= 1)


@check(
    WARNING, "environment.unified_messaging",
    "With CPU at {worst_cpu_utilization:.0%} in the worst failure, transcription of voice mail may be skipped.",
    "Add servers, or raise tiers.N.megacycles_multiplier for the users of voice mail and size again.",
    source="capacity-planning-2013: Unified messaging",
)  # fmt: skip
def transcription_at_risk(
    environment__unified_messaging: Bools,
    worst_cpu_utilization: Floats,
    highest_cpu_utilization: float,
) -> Bools:
    """Voice mail transcription needs CPU to spare."""
    return environment__unified_messaging & (worst_cpu_utilization > highest_cpu_utilization)


@check(
    NOTICE, "environment.unified_messaging",
    "Voice mail transcription is heavy on CPU, and no figure for it is published.",
    "Account for it with tiers.N.megacycles_multiplier.", source="capacity-planning-2013: Unified messaging",
)  # fmt: skip
def transcription_not_sized(environment__unified_messaging: Bools, tiers__megacycles_multiplier: Floats) -> Bools:
    """Unified messaging is in use and nothing is added for it."""
    return environment__unified_messaging & (tiers__megacycles_multiplier == 1).all(axis=0)


@check(
    NOTICE, "servers.{label}.specint2006_rate", "No rating is given, so there are no CPU figures.",
    "Look it up for the server model, or take the reference of 33.75 for each core.",
    source="sizing-checker: Baseline", axis=DATACENTER,
)  # fmt: skip
def rating_unknown(servers__specint2006_rate: Floats, two_datacenters: Bools) -> Bools:
    """Processor figures need a rating."""
    used = stack(np.ones_like(two_datacenters), two_datacenters)
    return used & (servers__specint2006_rate[:2] == 0)


@check(
    NOTICE, "servers.{label}.processor_cores",
    "{cores:.0f} cores are more than the 24 advised for a server.",
    "More servers of a size Microsoft tested do better than fewer large ones.",
    source="too-big: Cores", axis=DATACENTER,
)  # fmt: skip
def cores_above_advice(cores: Floats, two_datacenters: Bools, largest_server_cores: float) -> Bools:
    """Servers have at most 24 cores."""
    used = stack(np.ones_like(two_datacenters), two_datacenters)
    return used & (cores > largest_server_cores)


@check(
    WARNING, "summary_memory.{label}",
    "{memory_shown:.0f} GB of memory are more than the 96 advised for a server.",
    "Add servers so that fewer databases are active on each.", source="too-big: Memory", axis=DATACENTER,
)  # fmt: skip
def memory_above_advice(memory_shown: Floats, largest_server_memory: float) -> Bools:
    """Servers have at most 96 GB."""
    return memory_shown > largest_server_memory


@check(
    ERROR, "servers.virtual_processors_per_core",
    "{servers__virtual_processors_per_core:.3g} virtual processors a core; at most 2 are supported.",
    "Give guests at most two virtual processors for each physical core.",
    source="virtualization-2013: Virtual processors",
)  # fmt: skip
def processors_oversubscribed(
    environment__virtualized: Bools,
    servers__virtual_processors_per_core: Floats,
    virtual_processors_limit: float,
) -> Bools:
    """Two virtual processors a core at most."""
    return environment__virtualized & (servers__virtual_processors_per_core > virtual_processors_limit)


@check(
    NOTICE, "servers.virtual_processors_per_core",
    "{servers__virtual_processors_per_core:.3g} virtual processors a core; one is recommended.",
    "Take one virtual processor for each physical core.", source="virtualization-2013: Virtual processors",
)  # fmt: skip
def processors_shared(
    environment__virtualized: Bools,
    servers__virtual_processors_per_core: Floats,
    virtual_processors_limit: float,
) -> Bools:
    """One virtual processor a core."""
    ratio = servers__virtual_processors_per_core
    return environment__virtualized & (ratio > 1) & (ratio <= virtual_processors_limit)


# --- databases, copies, backup -------------------------------------------------------------------


@check(
    ERROR, "environment.exchange_edition",
    "{copies_or_databases_per_server:.0f} databases a server; the Standard edition mounts 5.",
    "Take the Enterprise edition, or fewer and larger databases.", source="managed-store-limits: Mounted databases",
)  # fmt: skip
def standard_edition_exceeded(
    valid: Bools,
    environment__exchange_edition: Codes,
    copies_or_databases_per_server: Floats,
    standard_databases_limit: float,
) -> Bools:
    """The Standard edition mounts 5 databases."""
    standard = environment__exchange_edition == Edition.STANDARD
    return valid & standard & (copies_or_databases_per_server > standard_databases_limit)


@check(
    ERROR, "database.custom_count",
    "A database of {volume_database_size_with_overhead:,.0f} GB exceeds the 16 TB a database file may have.",
    "Take more databases.", source="storage-options-2013: Database file size",
)  # fmt: skip
def database_above_technical_limit(volume_database_size_with_overhead: Floats, technical_size_limit: float) -> Bools:
    """A database file has at most 16 TB."""
    return volume_database_size_with_overhead > technical_size_limit


@check(
    WARNING, "database.custom_count",
    "A database of {volume_database_size_with_overhead:,.0f} GB is larger than advised (2,000 GB, 200 GB with a "
    "single copy).",
    "Take more databases, servers or copies.", source="storage-options-2013: Database file size",
)  # fmt: skip
def database_above_advice(
    volume_database_size_with_overhead: Floats,
    copies_total: Floats,
    standalone_size_limit: float,
    replicated_size_limit: float,
    technical_size_limit: float,
) -> Bools:
    """Databases stay within the size advised."""
    limit = select(copies_total < 2, standalone_size_limit, replicated_size_limit)
    size = volume_database_size_with_overhead
    return (size > limit) & (size <= technical_size_limit)


@check(
    NOTICE, "database.symmetrical_distribution",
    "Rounding raises the databases to {databases:.0f}, {databases_raised:.0%} of those needed.",
    "Fewer follow without symmetrical distribution, or with another number of servers.",
    source="design: notices",
)  # fmt: skip
def databases_much_rounded(
    valid: Bools, databases: Floats, databases_raised: Floats, many_rounded_databases: float
) -> Bools:
    """Rounding adds at most half of the databases."""
    return valid & (databases_raised > many_rounded_databases) & (databases > 2)


@check(
    WARNING, "backup.method",
    "Native data protection stands on {ha_copies_total:.0f} HA copies; it needs three to replace backups.",
    "Add copies, or choose a VSS backup.", source="sizing-2013: Native data protection",
)  # fmt: skip
def copies_too_few_for_native(backup__method: Codes, ha_copies_total: Floats, safe_copies: float) -> Bools:
    """Without backups there are three HA copies."""
    native = backup__method == BackupMethod.NATIVE_DATA_PROTECTION
    return native & (ha_copies_total < safe_copies)


@check(
    WARNING, "database_copies.ha_copies",
    "Each datacenter holds a single HA copy: any server failure moves its databases over the link.",
    "Take two HA copies in each datacenter.", source="preferred-architecture: Copies",
)  # fmt: skip
def one_copy_per_site(two_datacenters: Bools, ha_copies: Floats) -> Bools:
    """A datacenter survives a server failure on its own."""
    return two_datacenters & (ha_copies[0] == 1)


@check(
    WARNING, "transport.safety_net_hold",
    "Safety Net holds messages {transport__safety_net_hold:.3g} days, lagged copies replay after {replay_lag:.3g}; "
    "{safety_net_hold:.3g} are sized.",
    "Raise transport.safety_net_hold to the replay lag.", source="sizing-2013: Safety Net",
)  # fmt: skip
def safety_net_shorter_than_lag(
    transport__safety_net_hold: Floats,
    safety_net_hold: Floats,
    replay_lag: Floats,
    lagged_copies_total: Floats,
) -> Bools:
    """Safety Net lasts as long as the replay lag."""
    shorter = transport__safety_net_hold < replay_lag
    return shorter & (lagged_copies_total > 0) & (safety_net_hold > 0)


# --- storage -------------------------------------------------------------------------------------


@check(
    ERROR, "storage.{label}.database_disk_capacity",
    "A volume of {volume_database_volume_size:,.0f} GB does not fit the disk of "
    "{storage_database_disk_formatted:,.0f} GB.",
    "Take a larger disk, fewer databases a volume, or RAID.",
    source="calculator-7.6: Storage Design C143", axis=DATACENTER,
)  # fmt: skip
def disk_too_small(
    valid: Bools,
    disks_fit: Bools,
    jbod_capacity_insufficient: Bools,
    volume_database_volume_size: Floats,
    storage_database_disk_formatted: Floats,
) -> Bools:
    """A volume fits its JBOD disk."""
    larger = volume_database_volume_size > storage_database_disk_formatted
    return valid & ~disks_fit & jbod_capacity_insufficient & larger


@check(
    ERROR, "storage.{label}.database_disk_type",
    "A volume needs {volume_iops:,.0f} IOPS, its disk gives {storage_database_disk_random_iops:,.1f}.",
    "Take a faster disk, fewer databases a volume, or RAID.",
    source="calculator-7.6: Storage Design C144", axis=DATACENTER,
)  # fmt: skip
def disk_too_slow(
    valid: Bools,
    disks_fit: Bools,
    jbod_io_insufficient: Bools,
    volume_iops: Floats,
    storage_database_disk_random_iops: Floats,
) -> Bools:
    """A JBOD disk bears the I/O of its volume."""
    slow = ~(volume_iops <= storage_database_disk_random_iops)
    return valid & ~disks_fit & jbod_io_insufficient & slow


@check(
    ERROR, "storage.primary.database_disk_type",
    "The disk is too slow for two mailboxes, so no number of databases can be found.",
    "Take a faster disk, or fewer I/O a mailbox.", source=RR + "C74",
)  # fmt: skip
def disk_too_slow_for_two_mailboxes(mailboxes_per_database_io: Floats) -> Bools:
    """A disk serves at least two mailboxes."""
    return mailboxes_per_database_io <= 0


@check(
    WARNING, "storage.{label}.restore_disk_capacity",
    "The restore volume of {volume_restore_volume_size:,.0f} GB does not fit its disk: it is not counted.",
    "Take a larger restore disk.", source=RR + "I178", axis=DATACENTER,
)  # fmt: skip
def restore_disk_too_small(
    jbod_restore_capacity_insufficient: Bools,
    volume_restore_volume_size: Floats,
    storage_architecture: Codes,
) -> Bools:
    """The restore volume fits its JBOD disk."""
    jbod = storage_architecture[:2] == Storage.JBOD
    return jbod_restore_capacity_insufficient & jbod & (volume_restore_volume_size > 0)


@check(
    ERROR, "raid.deployment", "The disks are to be entirely JBOD, which the design rules out.",
    "Take three HA copies and logs on the database's volume, or another deployment.",
    source="calculator-7.6: Storage Design E190",
)  # fmt: skip
def jbod_prohibited(valid: Bools, storage_deployment_message: Codes) -> Bools:
    """JBOD is possible where it is asked for."""
    return valid & (storage_deployment_message == DeploymentMessage.JBOD_PROHIBITED)


@check(
    WARNING, "raid.deployment", "The disks are to be entirely JBOD, which is not recommended for all servers.",
    "Add copies in the secondary or lagged copies, or take the deployment as calculated.",
    source="calculator-7.6: Storage Design E190",
)  # fmt: skip
def jbod_not_recommended(valid: Bools, storage_deployment_message: Codes) -> Bools:
    """JBOD is recommended where it is asked for."""
    return valid & (storage_deployment_message == DeploymentMessage.JBOD_NOT_RECOMMENDED)


@check(
    ERROR, "servers.{label}.drive_bays",
    "{server_drive_bays:.0f} drive bays are needed, {servers__drive_bays:.0f} there are.",
    "Take larger disks, more servers, or servers with more bays.", source="design: drive bays", axis=DATACENTER,
)  # fmt: skip
def bays_exceeded(server_drive_bays: Floats, servers__drive_bays: Floats) -> Bools:
    """Disks fit the drive bays of a server."""
    return (servers__drive_bays > 0) & (server_drive_bays > servers__drive_bays)


@check(
    ERROR, "servers.install_drive_free",
    "{servers__install_drive_free:.3g} GB are free on the install drive, {install_drive_required:.3g} GB are needed.",
    "Diagnostics and protocol logs are on by default: leave more room.", source="capacity-planning-2013: Install drive",
)  # fmt: skip
def install_drive_too_small(servers__install_drive_free: Floats, install_drive_required: Floats) -> Bools:
    """The install drive has 30 GB free, and more with language packs."""
    return servers__install_drive_free < install_drive_required


@check(
    NOTICE, "guidance.reseed_rate", "Reseeding a volume takes {reseed_hours:.0f} hours.",
    "Smaller volumes, or several copies to read from, shorten it.", source="ha-changes-2013: Reseed",
)  # fmt: skip
def reseed_long(reseed_hours: Floats, long_reseed: float) -> Bools:
    """A volume is reseeded within a day."""
    return reseed_hours > long_reseed


# --- network, quorum -----------------------------------------------------------------------------


@check(
    WARNING, "replication.link_type",
    "Replication needs {peak_traffic:,.0f} Mb/s in the busiest hour, more than the link carries.",
    "Take a faster link, or allow a longer recovery point objective.",
    source="calculator-7.6: Replication Requirements G145",
)  # fmt: skip
def link_below_peak(
    replication_link_acceptable_for_peak: Codes,
    replication_link_acceptable_for_rpo: Codes,
    peak_traffic: Floats,
    site_resilience__recovery_point_objective: Floats,
) -> Bools:
    """The link carries the traffic of the busiest hour, or that of the recovery point objective."""
    late = site_resilience__recovery_point_objective > 0
    saved = late & (replication_link_acceptable_for_rpo == 1)
    return (replication_link_acceptable_for_peak == 0) & ~saved & (peak_traffic > 0)


@check(
    ERROR, "replication.link_latency",
    "A round trip of {replication__link_latency:.0f} ms; members of a DAG may be 500 ms apart at most.",
    "Use a shorter link, or no DAG across it.", source="ha-changes-2013: Network latency",
)  # fmt: skip
def round_trip_too_long(two_datacenters: Bools, replication__link_latency: Floats, longest_round_trip: float) -> Bools:
    """Members of a DAG are at most 500 ms apart."""
    return two_datacenters & (replication__link_latency > longest_round_trip)


@check(
    WARNING, "dag.witness_location",
    "{dag_members:.0f} members vote, an even number, and no witness gives the deciding vote.",
    "Place a file share witness, best in a third site.", source="datacenter-switchover: Quorum",
)  # fmt: skip
def witness_missing(witness_required: Codes, dag__witness_location: Codes, dag_members: Floats) -> Bools:
    """An even number of members has a witness."""
    none = dag__witness_location == Witness.NONE
    return none & (witness_required == 1) & (dag_members > 0)


@check(
    NOTICE, "dag.witness_location",
    "The witness stands in one of the two datacenters: with it that side keeps quorum, without it neither may.",
    "A third site lets either side go on alone.", source="preferred-architecture: Witness",
)  # fmt: skip
def witness_on_one_side(two_datacenters: Bools, witness_required: Codes, dag__witness_location: Codes) -> Bools:
    """The witness of two datacenters stands in a third."""
    side = (dag__witness_location == Witness.PRIMARY) | (dag__witness_location == Witness.SECONDARY)
    return two_datacenters & (witness_required == 1) & side


@check(
    WARNING, "dag.dac_mode", "A DAG of {dag_members:.0f} members without DAC mode may split in two.",
    "Turn Datacenter Activation Coordination on.", source="datacenter-switchover: DAC mode",
)  # fmt: skip
def dac_off(dag__dac_mode: Bools, dag_members: Floats) -> Bools:
    """DAGs of two and more members have DAC mode on."""
    return ~dag__dac_mode & (dag_members >= 2)


# --- what the figures assume ---------------------------------------------------------------------


@check(
    NOTICE, "tiers.{label}.messages_per_day",
    "{tiers__messages_per_day:g} messages a day are off the published profiles (50 to 500 in steps of 50).",
    "The figures are extrapolated along a line.", source="calculator-7.6: Tables", axis=TIER,
)  # fmt: skip
def profile_extrapolated(
    tier_in_use: Bools, tiers__messages_per_day: Floats, profile_step: float, largest_profile: float
) -> Bools:
    """The message profile is a published one."""
    off = remainder(tiers__messages_per_day, profile_step) != 0
    beyond = (tiers__messages_per_day > largest_profile) | (tiers__messages_per_day < profile_step)
    return tier_in_use & (off | beyond)


@check(
    NOTICE, "mailbox.statistics_before_2013",
    "Sizes measured before Exchange 2013 grow by 30 to 40 % there.",
    "Raise the quotas and sizes that were measured.", source="mailbox-size-growth: Reported size",
)  # fmt: skip
def sizes_will_grow(mailbox__statistics_before_2013: Bools) -> Bools:
    """Sizes were measured on Exchange 2013."""
    return mailbox__statistics_before_2013


@check(
    NOTICE, "environment.third_party_products",
    "Third-party products are in use, and no multiplier accounts for them.",
    "Set tiers.N.iops_multiplier and tiers.N.megacycles_multiplier as their makers advise.",
    source="sizing-recommendations-2013: Role requirements calculator",
)  # fmt: skip
def products_not_sized(
    environment__third_party_products: Bools,
    tiers__iops_multiplier: Floats,
    tiers__megacycles_multiplier: Floats,
) -> Bools:
    """Products that add load are accounted for."""
    plain = (tiers__iops_multiplier == 1) & (tiers__megacycles_multiplier == 1)
    return environment__third_party_products & plain.all(axis=0)
