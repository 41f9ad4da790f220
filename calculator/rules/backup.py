"""Backup and recovery: the method and frequency that count, and the hours that backup and recovery take."""

from calculator.inputs.choices import BACKUP_FREQUENCY, BACKUP_METHOD, BackupMethod
from calculator.numerics.arrays import NA, NO_CODE, Bools, Codes, Floats, first_code, ratio, select, stack
from calculator.rules.constants import LookupTable
from calculator.rules.maintenance import hours_to_copy
from calculator.rules.registry import LEVEL_DATABASE_SERVER, flag, rule

RECOVERY = "design: recovery time"


@rule(unit="databases", level="per_server", source="calculator-7.6: Backup Requirements C9")
def backup_databases_per_volume(volume_databases_per_volume: Floats) -> Floats:
    """Number of databases on a volume that are backed up together."""
    return volume_databases_per_volume


@rule(level="per_environment", choice=BACKUP_METHOD, source="calculator-7.6: Backup Requirements C10")
def backup_method_shown(valid: Bools, backup__method: Codes) -> Codes:
    """Backup method of a valid design."""
    return first_code((valid, backup__method), default=NO_CODE)


@rule(level="per_environment", choice=BACKUP_FREQUENCY, source="calculator-7.6: Backup Requirements C11")
def backup_frequency_shown(valid: Bools, backup__method: Codes, backup__frequency: Codes) -> Codes:
    """Backup frequency of a valid design.

    Not applicable with native data protection.
    """
    native = backup__method == BackupMethod.NATIVE_DATA_PROTECTION
    return first_code((valid & ~native, backup__frequency), default=NO_CODE)


@flag(level="per_environment", group="detail", source=RECOVERY)
def backed_up(valid: Bools, backup__method: Codes) -> Bools:
    """Whether the databases of a valid design are backed up."""
    return valid & (backup__method != BackupMethod.NATIVE_DATA_PROTECTION)


@rule(unit="hour", level="per_database", axis=LEVEL_DATABASE_SERVER, source=RECOVERY)
def backup_hours(
    backed_up: Bools,
    volume_database_size_with_overhead: Floats,
    layout_rows: Floats,
    backup__backup_rate: Floats,
    mb_per_gb: float,
    seconds_per_hour: float,
) -> Floats:
    """Hours of a full backup of one database, and of all databases of a server one after the other.

    Not applicable with native data protection, nor without a rate.
    """
    each = hours_to_copy(volume_database_size_with_overhead, backup__backup_rate, mb_per_gb, seconds_per_hour)
    return select(backed_up, stack(each, each * layout_rows), NA)


@rule(unit="hour", level="per_database", source=RECOVERY)
def restore_hours(
    backed_up: Bools,
    volume_database_size_with_overhead: Floats,
    backup__restore_rate: Floats,
    mb_per_gb: float,
    seconds_per_hour: float,
) -> Floats:
    """Hours to restore a database from its full backup.

    Not applicable with native data protection, nor without a rate.
    """
    hours = hours_to_copy(volume_database_size_with_overhead, backup__restore_rate, mb_per_gb, seconds_per_hour)
    return select(backed_up, hours, NA)


@rule(unit="hour", level="per_database", source=RECOVERY)
def replay_hours(
    backed_up: Bools,
    backup__frequency: Codes,
    logs_per_day_per_database: Floats,
    backup__replay_rate: Floats,
    days_of_logs_to_replay: LookupTable,
    seconds_per_hour: float,
) -> Floats:
    """Longest time to replay the logs of a restored database that were written since its last full backup, in hours.

    Not applicable with native data protection, nor without a rate.
    """
    logs = logs_per_day_per_database * days_of_logs_to_replay.at(backup__frequency)
    return select(backed_up, ratio(logs, backup__replay_rate * seconds_per_hour), NA)


@rule(unit="hour", level="per_database", source=RECOVERY)
def lagged_replay_hours(
    lagged_copies_total: Floats,
    replay_lag: Floats,
    logs_per_day_per_database: Floats,
    backup__replay_rate: Floats,
    seconds_per_hour: float,
) -> Floats:
    """Hours in which a lagged copy of a database replays all logs that it holds back.

    Not applicable without lagged copies, nor without a rate.
    """
    hours = ratio(logs_per_day_per_database * replay_lag, backup__replay_rate * seconds_per_hour)
    return select(lagged_copies_total > 0, hours, NA)


@rule(unit="hour", level="per_database", source=RECOVERY)
def recovery_hours(restore_hours: Floats, replay_hours: Floats) -> Floats:
    """Hours to recover a database from its backup, with the restore and the replay of its logs.

    Not applicable with native data protection, nor without both rates.
    """
    return restore_hours + replay_hours


@rule(unit="GB", level="per_database", source=RECOVERY)
def largest_database_for_recovery_time(
    volume_database_size_with_overhead: Floats, recovery_hours: Floats, backup__recovery_time_objective: Floats
) -> Floats:
    """Largest database that can be recovered within the recovery time objective.

    The logs to replay grow with the mailboxes of a database, and therefore with its size. Not applicable without an
    objective, nor without both rates.
    """
    times = ratio(backup__recovery_time_objective, recovery_hours)
    return select(times > 0, volume_database_size_with_overhead * times, NA)
