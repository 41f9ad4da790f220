"""Checks of databases, copies and backup."""

from calculator.inputs.choices import BackupMethod, Edition
from calculator.issues import ERROR, NOTICE, WARNING
from calculator.numerics.arrays import Bools, Codes, Floats, is_na, select
from calculator.numerics.rounding import is_even
from calculator.rules.registry import check


@check(
    ERROR,
    "environment.exchange_edition",
    "A server holds {copies_or_databases_per_server:.0f} databases, but the Standard edition mounts only 5.",
    "Use the Enterprise edition, or fewer and larger databases.",
    source="managed-store-limits: Mounted databases",
)
def standard_edition_exceeded(
    valid: Bools,
    environment__exchange_edition: Codes,
    copies_or_databases_per_server: Floats,
    standard_databases_limit: float,
) -> Bools:
    """Check that a server with the Standard edition holds at most 5 databases."""
    standard = environment__exchange_edition == Edition.STANDARD
    return valid & standard & (copies_or_databases_per_server > standard_databases_limit)


@check(
    WARNING,
    "environment.exchange_edition",
    "A database reaches {volume_database_size:,.0f} GB. The Standard edition dismounts databases above 1,024 GB of "
    "logical size (event 40011).",
    "Use the Enterprise edition or more databases, or raise the limit in the registry of every server, again after "
    "each cumulative update.",
    source="standard-edition-limit: Event 40011",
)
def standard_database_too_large(
    environment__exchange_edition: Codes, volume_database_size: Floats, standard_database_size_limit: float
) -> Bools:
    """Check that databases with the Standard edition have at most 1,024 GB."""
    standard = environment__exchange_edition == Edition.STANDARD
    return standard & (volume_database_size > standard_database_size_limit)


@check(
    ERROR,
    "database.custom_count",
    "A database file has {volume_database_size_with_overhead:,.0f} GB, but at most 16 TB is supported.",
    "Use more databases.",
    source="storage-options-2013: Database file size",
)
def database_above_technical_limit(volume_database_size_with_overhead: Floats, technical_size_limit: float) -> Bools:
    """Check that a database file has at most 16 TB."""
    return volume_database_size_with_overhead > technical_size_limit


@check(
    WARNING,
    "database.custom_count",
    "A database has {volume_database_size_with_overhead:,.0f} GB, which is more than advised (2,000 GB, or 200 GB "
    "with a single copy).",
    "Use more databases, servers or copies.",
    source="storage-options-2013: Database file size",
)
def database_above_advice(
    volume_database_size_with_overhead: Floats,
    copies_total: Floats,
    standalone_size_limit: float,
    replicated_size_limit: float,
    technical_size_limit: float,
) -> Bools:
    """Check that databases are at most as large as advised."""
    limit = select(copies_total < 2, standalone_size_limit, replicated_size_limit)
    size = volume_database_size_with_overhead
    return (size > limit) & (size <= technical_size_limit)


@check(
    NOTICE,
    "database.symmetrical_distribution",
    "Rounding raises the number of databases to {databases:.0f}, {databases_raised:.2g} times the number needed.",
    "Turn the symmetrical distribution off, or use another number of servers.",
    source="design: notices",
)
def databases_much_rounded(
    valid: Bools, databases: Floats, databases_raised: Floats, many_rounded_databases: float
) -> Bools:
    """Check that rounding adds at most half of the databases needed."""
    return valid & (databases_raised > many_rounded_databases) & (databases > 2)


@check(
    WARNING,
    "backup.method",
    "Native data protection needs three HA copies to replace backups, but the design has {ha_copies_total:.0f}.",
    "Add copies, or choose a VSS backup.",
    source="sizing-2013: Native data protection",
)
def copies_too_few_for_native(
    environment__high_availability: Bools, backup__method: Codes, ha_copies_total: Floats, safe_copies: float
) -> Bools:
    """Check that a design without backups has three HA copies."""
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
    """Check that a standalone server is backed up."""
    native = backup__method == BackupMethod.NATIVE_DATA_PROTECTION
    return ~environment__high_availability & native


@check(
    WARNING,
    "database_copies.ha_copies_secondary",
    "The secondary datacenter holds no copy of a database, so it cannot take over.",
    "Place copies in the secondary datacenter, or design for one datacenter.",
    source="preferred-architecture: Copies",
)
def secondary_without_copies(two_datacenters: Bools, copies_secondary: Floats) -> Bools:
    """Check that the secondary datacenter holds copies."""
    return two_datacenters & (copies_secondary == 0)


@check(
    NOTICE,
    "environment.mailbox_servers",
    "With {environment__mailbox_servers:.0f} servers in each datacenter of one active/active DAG, the databases of a "
    "failed server fail over to only half of the remaining servers.",
    "Use an even number of servers, so that the databases fail over to all remaining servers.",
    source="calculator-7.6: Distribution",
)
def odd_servers_in_each_datacenter(
    two_way: Bools, environment__mailbox_servers: Floats, active_servers: Floats, ha_copies: Floats
) -> Bools:
    """Check that one active/active DAG has an even number of servers in each datacenter."""
    alike = two_way & (active_servers[0] == active_servers[1]) & (environment__mailbox_servers > 1)
    return alike & ~is_even(environment__mailbox_servers) & (ha_copies[0] + ha_copies[1] > 2)


@check(
    WARNING,
    "database_copies.ha_copies",
    "Each datacenter holds a single HA copy, so the databases of any failed server fail over across the link.",
    "Place two HA copies in each datacenter.",
    source="preferred-architecture: Copies",
)
def one_copy_per_site(two_datacenters: Bools, ha_copies: Floats) -> Bools:
    """Check that each datacenter survives the failure of a server without the other datacenter."""
    return two_datacenters & (ha_copies[0] == 1) & (ha_copies[1] == 1)


@check(
    WARNING,
    "transport.safety_net_hold",
    "Safety Net keeps messages for {transport__safety_net_hold:.3g} days, but lagged copies replay after "
    "{replay_lag:.3g} days. {safety_net_hold:.3g} days are sized.",
    "Raise the Safety Net hold to the replay lag.",
    source="sizing-2013: Safety Net",
)
def safety_net_shorter_than_lag(
    transport__safety_net_hold: Floats, safety_net_hold: Floats, replay_lag: Floats, lagged_copies_total: Floats
) -> Bools:
    """Check that Safety Net keeps messages for at least the replay lag."""
    shorter = transport__safety_net_hold < replay_lag
    return shorter & (lagged_copies_total > 0) & (safety_net_hold > 0)


@check(
    NOTICE,
    "database_copies.ha_copies_secondary",
    "Sizing counts {database_copies_per_server:.0f} database copies on each server of the secondary datacenter, but "
    "the layout puts {secondary_copies_per_server:.0f} there. CPU, memory and disks are larger than needed, which is "
    "safe.",
    "To buy less, size the servers of the secondary datacenter for their own copies.",
    source="calculator-7.6: Distribution",
)
def secondary_holds_fewer_copies(
    valid: Bools, secondary_copies_per_server: Floats, database_copies_per_server: Floats, sized_as_laid_out: Bools
) -> Bools:
    """Check that servers of the secondary datacenter are not sized for more copies than they hold."""
    return valid & (secondary_copies_per_server < database_copies_per_server) & ~sized_as_laid_out


@check(
    WARNING,
    "database_copies.ha_copies_secondary",
    "Sizing counts {database_copies_per_server:.0f} database copies on each server of the secondary datacenter, but "
    "the layout puts {secondary_copies_per_server:.0f} there. CPU, memory and disks are smaller than needed, which is "
    "unsafe.",
    "Place as many copies in the primary datacenter, or add servers.",
    source="calculator-7.6: Distribution",
)
def secondary_holds_more_copies(
    valid: Bools, secondary_copies_per_server: Floats, database_copies_per_server: Floats, sized_as_laid_out: Bools
) -> Bools:
    """Check that servers of the secondary datacenter are sized for all copies that they hold."""
    return valid & (secondary_copies_per_server > database_copies_per_server) & ~sized_as_laid_out


@check(
    WARNING,
    "database_copies.ha_copies",
    "Sizing counts {database_copies_per_server:.0f} database copies on each server of the primary datacenter, but the "
    "layout puts {primary_copies_per_server:.0f} there. CPU, memory and disks are smaller than needed, which is "
    "unsafe.",
    "Place as many copies in both datacenters, or give the servers volumes for all copies.",
    source="calculator-7.6: Distribution",
)
def primary_holds_more_copies(
    valid: Bools, primary_copies_per_server: Floats, database_copies_per_server: Floats, sized_as_laid_out: Bools
) -> Bools:
    """Check that servers of the primary datacenter are sized for all copies that they hold."""
    return valid & (primary_copies_per_server > database_copies_per_server) & ~sized_as_laid_out


@check(
    NOTICE,
    "failure_domains.enabled",
    "Active databases after failures are counted in a layout without failure domains. With failure domains they are "
    "distributed less evenly.",
    "Compare them with the layout of the design, which warns where it puts more databases on a server.",
    source="calculator-7.6: Distribution",
)
def domains_not_counted(sized_as_laid_out: Bools, failure_domains__enabled: Bools) -> Bools:
    """Check that corrected figures are counted in the layout that the design has."""
    return sized_as_laid_out & failure_domains__enabled


@check(
    WARNING,
    "backup.recovery_time_objective",
    "The recovery of a database of {volume_database_size_with_overhead:,.0f} GB from its backup takes "
    "{recovery_hours:,.1f} hours, but {backup__recovery_time_objective:,.4g} hours are allowed. A database of "
    "{largest_database_for_recovery_time:,.0f} GB could be recovered in time.",
    "Limit the size of a database, or raise the rates of restore and log replay.",
    source="design: recovery time",
)
def recovery_too_long(
    volume_database_size_with_overhead: Floats,
    recovery_hours: Floats,
    largest_database_for_recovery_time: Floats,
    backup__recovery_time_objective: Floats,
) -> Bools:
    """Check that a database can be recovered from its backup within the recovery time objective."""
    return recovery_hours > backup__recovery_time_objective


@check(
    NOTICE,
    "backup.recovery_time_objective",
    "The recovery time of {backup__recovery_time_objective:,.4g} hours is not checked, because the design has no "
    "backups or a rate is missing.",
    "Choose a VSS backup, and give the restore rate and the log replay rate.",
    source="design: recovery time",
)
def recovery_unknown(valid: Bools, recovery_hours: Floats, backup__recovery_time_objective: Floats) -> Bools:
    """Check that the recovery time can be computed where an objective is given."""
    return valid & (backup__recovery_time_objective > 0) & is_na(recovery_hours)
