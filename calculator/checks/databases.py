"""Checks of databases, copies and backup."""

from calculator.inputs.choices import BackupMethod, Edition
from calculator.issues import ERROR, NOTICE, WARNING
from calculator.numerics.arrays import Bools, Codes, Floats, is_na, select
from calculator.numerics.rounding import is_even
from calculator.rules.registry import check


@check(
    ERROR,
    "environment.exchange_edition",
    "{copies_or_databases_per_server:.0f} databases a server; the Standard edition mounts 5.",
    "Take the Enterprise edition, or fewer and larger databases.",
    source="managed-store-limits: Mounted databases",
)
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
    WARNING,
    "environment.exchange_edition",
    "A database reaches {volume_database_size:,.0f} GB; the Standard edition dismounts a database above 1,024 GB of "
    "logical size (event 40011).",
    "Take the Enterprise edition or more databases, or raise the limit in the registry of every server, again after "
    "each cumulative update.",
    source="standard-edition-limit: Event 40011",
)
def standard_database_too_large(
    environment__exchange_edition: Codes, volume_database_size: Floats, standard_database_size_limit: float
) -> Bools:
    """The Standard edition keeps databases of up to 1,024 GB mounted."""
    standard = environment__exchange_edition == Edition.STANDARD
    return standard & (volume_database_size > standard_database_size_limit)


@check(
    ERROR,
    "database.custom_count",
    "A database of {volume_database_size_with_overhead:,.0f} GB exceeds the 16 TB a database file may have.",
    "Take more databases.",
    source="storage-options-2013: Database file size",
)
def database_above_technical_limit(volume_database_size_with_overhead: Floats, technical_size_limit: float) -> Bools:
    """A database file has at most 16 TB."""
    return volume_database_size_with_overhead > technical_size_limit


@check(
    WARNING,
    "database.custom_count",
    "A database of {volume_database_size_with_overhead:,.0f} GB is larger than advised (2,000 GB, 200 GB with a "
    "single copy).",
    "Take more databases, servers or copies.",
    source="storage-options-2013: Database file size",
)
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
    NOTICE,
    "database.symmetrical_distribution",
    "Rounding raises the databases to {databases:.0f}, {databases_raised:.2g} times those needed.",
    "Fewer follow without symmetrical distribution, or with another number of servers.",
    source="design: notices",
)
def databases_much_rounded(
    valid: Bools, databases: Floats, databases_raised: Floats, many_rounded_databases: float
) -> Bools:
    """Rounding adds at most half of the databases."""
    return valid & (databases_raised > many_rounded_databases) & (databases > 2)


@check(
    WARNING,
    "backup.method",
    "Native data protection stands on {ha_copies_total:.0f} HA copies; it needs three to replace backups.",
    "Add copies, or choose a VSS backup.",
    source="sizing-2013: Native data protection",
)
def copies_too_few_for_native(
    environment__high_availability: Bools, backup__method: Codes, ha_copies_total: Floats, safe_copies: float
) -> Bools:
    """Without backups there are three HA copies."""
    native = backup__method == BackupMethod.NATIVE_DATA_PROTECTION
    return environment__high_availability & native & (ha_copies_total < safe_copies)


@check(
    WARNING,
    "backup.method",
    "A standalone server has no database copies that could replace backups.",
    "Choose a VSS backup.",
    source="sizing-2013: Native data protection",
)
def native_without_copies(environment__high_availability: Bools, backup__method: Codes) -> Bools:
    """A standalone server is backed up."""
    native = backup__method == BackupMethod.NATIVE_DATA_PROTECTION
    return ~environment__high_availability & native


@check(
    WARNING,
    "database_copies.ha_copies_secondary",
    "The second datacenter holds no copy of a database: it cannot take over.",
    "Place copies there, or turn site_resilience.enabled off.",
    source="preferred-architecture: Copies",
)
def secondary_without_copies(two_datacenters: Bools, copies_secondary: Floats) -> Bools:
    """A second datacenter has copies."""
    return two_datacenters & (copies_secondary == 0)


@check(
    NOTICE,
    "environment.mailbox_servers",
    "With {environment__mailbox_servers:.0f} servers in each datacenter of one active/active DAG, the databases of a "
    "failed server go to half of its neighbours only.",
    "An even number of servers spreads them over all.",
    source="calculator-7.6: Distribution",
)
def odd_servers_in_each_datacenter(
    two_way: Bools, environment__mailbox_servers: Floats, active_servers: Floats, ha_copies: Floats
) -> Bools:
    """Servers of an active/active DAG are even in number."""
    alike = two_way & (active_servers[0] == active_servers[1]) & (environment__mailbox_servers > 1)
    return alike & ~is_even(environment__mailbox_servers) & (ha_copies[0] + ha_copies[1] > 2)


@check(
    WARNING,
    "database_copies.ha_copies",
    "Each datacenter holds a single HA copy: any server failure moves its databases over the link.",
    "Take two HA copies in each datacenter.",
    source="preferred-architecture: Copies",
)
def one_copy_per_site(two_datacenters: Bools, ha_copies: Floats) -> Bools:
    """A datacenter survives a server failure on its own."""
    return two_datacenters & (ha_copies[0] == 1) & (ha_copies[1] == 1)


@check(
    WARNING,
    "transport.safety_net_hold",
    "Safety Net holds messages {transport__safety_net_hold:.3g} days, lagged copies replay after {replay_lag:.3g}; "
    "{safety_net_hold:.3g} are sized.",
    "Raise transport.safety_net_hold to the replay lag.",
    source="sizing-2013: Safety Net",
)
def safety_net_shorter_than_lag(
    transport__safety_net_hold: Floats, safety_net_hold: Floats, replay_lag: Floats, lagged_copies_total: Floats
) -> Bools:
    """Safety Net lasts as long as the replay lag."""
    shorter = transport__safety_net_hold < replay_lag
    return shorter & (lagged_copies_total > 0) & (safety_net_hold > 0)


@check(
    NOTICE,
    "database_copies.ha_copies_secondary",
    "Sizing counts {database_copies_per_server:.0f} database copies on each server of the secondary datacenter, and "
    "the layout puts {secondary_copies_per_server:.0f} there: their CPU, memory and disks are higher than needed, "
    "which is safe.",
    "Size the servers of the secondary for their own copies to buy less.",
    source="calculator-7.6: Distribution",
)
def secondary_holds_fewer_copies(
    valid: Bools, secondary_copies_per_server: Floats, database_copies_per_server: Floats, sized_as_laid_out: Bools
) -> Bools:
    """Servers of the secondary are not sized for more copies than they hold."""
    return valid & (secondary_copies_per_server < database_copies_per_server) & ~sized_as_laid_out


@check(
    WARNING,
    "database_copies.ha_copies_secondary",
    "Sizing counts {database_copies_per_server:.0f} database copies on each server of the secondary datacenter, and "
    "the layout puts {secondary_copies_per_server:.0f} there: their CPU, memory and disks are lower than needed, "
    "which is unsafe.",
    "Place as many copies in the primary, or add servers.",
    source="calculator-7.6: Distribution",
)
def secondary_holds_more_copies(
    valid: Bools, secondary_copies_per_server: Floats, database_copies_per_server: Floats, sized_as_laid_out: Bools
) -> Bools:
    """Servers of the secondary are sized for all copies they hold."""
    return valid & (secondary_copies_per_server > database_copies_per_server) & ~sized_as_laid_out


@check(
    WARNING,
    "database_copies.ha_copies",
    "Sizing counts {database_copies_per_server:.0f} database copies on each server of the primary datacenter, and "
    "the layout puts {primary_copies_per_server:.0f} there: their CPU, memory and disks are lower than needed, "
    "which is unsafe.",
    "Place as many copies in both datacenters, or give the servers volumes for all copies.",
    source="calculator-7.6: Distribution",
)
def primary_holds_more_copies(
    valid: Bools, primary_copies_per_server: Floats, database_copies_per_server: Floats, sized_as_laid_out: Bools
) -> Bools:
    """Servers of the primary are sized for all copies they hold."""
    return valid & (primary_copies_per_server > database_copies_per_server) & ~sized_as_laid_out


@check(
    NOTICE,
    "failure_domains.enabled",
    "Active databases after failures are counted for a layout without failure domains, which spread them less evenly.",
    "Compare them with the layout of the design, which warns where it has more on a server.",
    source="calculator-7.6: Distribution",
)
def domains_not_counted(sized_as_laid_out: Bools, failure_domains__enabled: Bools) -> Bools:
    """Corrected figures count the layout that the design has."""
    return sized_as_laid_out & failure_domains__enabled


@check(
    WARNING,
    "backup.recovery_time_objective",
    "Restoring a database of {volume_database_size_with_overhead:,.0f} GB and replaying its logs takes "
    "{recovery_hours:,.1f} hours, more than the {backup__recovery_time_objective:,.4g} allowed; a database of "
    "{largest_database_for_recovery_time:,.0f} GB keeps them.",
    "Limit the databases with database.custom_max_size, or raise the rates of restore and replay.",
    source="design: recovery time",
)
def recovery_too_long(
    volume_database_size_with_overhead: Floats,
    recovery_hours: Floats,
    largest_database_for_recovery_time: Floats,
    backup__recovery_time_objective: Floats,
) -> Bools:
    """A database is recovered from its backup within the recovery time objective."""
    return recovery_hours > backup__recovery_time_objective


@check(
    NOTICE,
    "backup.recovery_time_objective",
    "The recovery time of {backup__recovery_time_objective:,.4g} hours is not checked: the design has no backups, or a "
    "rate is missing.",
    "Choose a VSS backup, and give backup.restore_rate and backup.replay_rate.",
    source="design: recovery time",
)
def recovery_unknown(valid: Bools, recovery_hours: Floats, backup__recovery_time_objective: Floats) -> Bools:
    """The recovery time can be computed where an objective is given."""
    return valid & (backup__recovery_time_objective > 0) & is_na(recovery_hours)
