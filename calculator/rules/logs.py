"""Transaction logs: how many are generated per day, how long they are kept, and the space that they take."""

import numpy as np

from calculator.inputs.choices import BackupFrequency, BackupMethod
from calculator.numerics.arrays import Bools, Codes, Floats, axis_sum, first_true, ratio, select
from calculator.rules.registry import rule


@rule(unit="logs/day", level="per_dag", source="calculator-7.6: Role Requirements C147")
def user_logs_per_day(
    mailbox_logs_per_day: Floats, mailboxes_projected: Floats, sizing_units: Floats, data__overhead_factor: Floats
) -> Floats:
    """Number of logs of user activity per day in a DAG or on a standalone server."""
    logs = axis_sum(mailbox_logs_per_day * mailboxes_projected / sizing_units)
    return logs * (1 + data__overhead_factor)


@rule(unit="logs/day", level="per_database", source="calculator-7.6: Role Requirements C148")
def user_logs_per_day_per_database(user_logs_per_day: Floats, databases: Floats) -> Floats:
    """Number of logs of user activity per day in one database."""
    return ratio(user_logs_per_day, databases)


@rule(unit="day", level="per_environment", group="detail", source="calculator-7.6: Role Requirements C149")
def log_days(
    environment__high_availability: Bools,
    backup__method: Codes,
    backup__frequency: Codes,
    backup__truncation_failure_tolerance: Floats,
    backup__network_failure_tolerance: Floats,
    copies_total: Floats,
    replay_lag: Floats,
    truncation_lag: Floats,
    data__dedicated_restore_volume: Bools,
    days_per_week: float,
    days_per_fortnight: float,
) -> Floats:
    """Number of days for which logs are kept until backup or truncation.

    The longest of the failures to be tolerated, the lag of lagged copies and the interval of full backups.

    Oddity: weekly full backups with daily differentials multiply the tolerance by seven.
    """
    tolerance = np.maximum(backup__truncation_failure_tolerance, backup__network_failure_tolerance)
    least = np.maximum(tolerance, replay_lag + truncation_lag)
    native = backup__method == BackupMethod.NATIVE_DATA_PROTECTION
    native = native & environment__high_availability & (copies_total >= 3)
    weekly = np.maximum(np.maximum(least, days_per_week), days_per_week * tolerance)
    return first_true(
        (native, np.maximum(least, 1.0)),
        (backup__frequency == BackupFrequency.WEEKLY_FULL_DAILY_DIFFERENTIAL, weekly),
        (data__dedicated_restore_volume, least),
        (backup__frequency == BackupFrequency.WEEKLY_FULL_DAILY_INCREMENTAL, np.maximum(least, days_per_week)),
        (backup__frequency == BackupFrequency.BIMONTHLY_FULL_DAILY_INCREMENTAL, np.maximum(least, days_per_fortnight)),
        default=least,
    )


@rule(unit="GB", level="per_dag", source="calculator-7.6: Role Requirements C149")
def log_space_backup(user_logs_per_day: Floats, log_days: Floats, mb_per_gb: float) -> Floats:
    """Log space until backup or truncation in a DAG or on a standalone server."""
    return user_logs_per_day * log_days / mb_per_gb


@rule(unit="GB", level="per_dag", source="calculator-7.6: Role Requirements C150")
def log_space_moves(
    mailboxes_projected: Floats,
    sizing_units: Floats,
    data__mailbox_moves_per_week: Floats,
    mailbox_size_on_disk: Floats,
    data__overhead_factor: Floats,
    mb_per_gb: float,
) -> Floats:
    """Log space of the mailbox moves of a week in a DAG or on a standalone server.

    A moved mailbox is written into the logs once; all moves of a week may happen in one day.
    """
    moved = mailboxes_projected / sizing_units * data__mailbox_moves_per_week
    space = axis_sum(moved * mailbox_size_on_disk / mb_per_gb)
    return space * (1 + data__overhead_factor)


@rule(unit="logs/week", level="per_dag", source="calculator-7.6: Role Requirements C151")
def move_logs_per_week(log_space_moves: Floats, mb_per_gb: float) -> Floats:
    """Number of logs of mailbox moves per week in a DAG or on a standalone server."""
    return log_space_moves * mb_per_gb


@rule(unit="logs/week", level="per_database", source="calculator-7.6: Role Requirements C152")
def move_logs_per_week_per_database(move_logs_per_week: Floats, databases: Floats) -> Floats:
    """Number of logs of mailbox moves per week in one database."""
    return ratio(move_logs_per_week, databases)


@rule(unit="logs/day", level="per_dag", source="calculator-7.6: Role Requirements C153")
def move_logs_per_day(move_logs_per_week: Floats, days_per_week: float) -> Floats:
    """Number of logs of mailbox moves per day in a DAG or on a standalone server, averaged over a week."""
    return move_logs_per_week / days_per_week


@rule(unit="logs/day", level="per_database", source="calculator-7.6: Role Requirements C154")
def move_logs_per_day_per_database(move_logs_per_week_per_database: Floats, days_per_week: float) -> Floats:
    """Number of logs of mailbox moves per day in one database, averaged over a week."""
    return move_logs_per_week_per_database / days_per_week


@rule(unit="logs/day", level="per_database", source="calculator-7.6: Role Requirements C155")
def logs_per_day_per_database(move_logs_per_day_per_database: Floats, user_logs_per_day_per_database: Floats) -> Floats:
    """Number of logs of user activity and mailbox moves per day in one database."""
    return move_logs_per_day_per_database + user_logs_per_day_per_database


@rule(unit="logs/day", level="per_dag", source="calculator-7.6: Role Requirements C156")
def logs_per_day(move_logs_per_day: Floats, user_logs_per_day: Floats) -> Floats:
    """Number of logs of user activity and mailbox moves per day in a DAG or on a standalone server."""
    return move_logs_per_day + user_logs_per_day


@rule(unit="GB", level="per_dag", source="calculator-7.6: Role Requirements I150")
def log_space(log_space_backup: Floats, log_space_moves: Floats) -> Floats:
    """Log space of one copy of all databases in a DAG or on a standalone server."""
    return log_space_backup + log_space_moves


@rule(unit="1/s", level="per_server", source="calculator-7.6: Role Requirements I77")
def peak_iops_per_server(
    environment__high_availability: Bools,
    peak_iops: Floats,
    databases: Floats,
    database_copies_per_server: Floats,
    active_normal: Floats,
    guidance__passive_iops_factor: Floats,
) -> Floats:
    """Database I/O of all copies on a server at the peak.

    Microsoft's workbook counts passive copies at the full rate; an option counts a share of it.
    """
    passive = database_copies_per_server - np.minimum(active_normal[0], database_copies_per_server)
    spared = passive * (1 - guidance__passive_iops_factor)
    charged = select(spared == 0, database_copies_per_server, database_copies_per_server - spared)
    each = ratio(peak_iops, databases)
    return select(environment__high_availability, each * charged, peak_iops)


@rule(unit="1/s", level="per_server", source="calculator-7.6: Role Requirements I78")
def database_reads_per_server(peak_iops_per_server: Floats, sized_read_fraction: Floats) -> Floats:
    """Database reads of all copies on a server at the peak."""
    return peak_iops_per_server * sized_read_fraction


@rule(unit="1/s", level="per_server", source="calculator-7.6: Role Requirements I79")
def database_writes_per_server(peak_iops_per_server: Floats, sized_read_fraction: Floats) -> Floats:
    """Database writes of all copies on a server at the peak."""
    return peak_iops_per_server * (1 - sized_read_fraction)


@rule(unit="1", level="per_server", group="detail", source="calculator-7.6: Role Requirements I80")
def log_writes_per_database_write(
    environment__high_availability: Bools, log_write_share_ha: float, log_write_share_alone: float
) -> Floats:
    """Number of log writes of a server per database write."""
    return select(environment__high_availability, log_write_share_ha, log_write_share_alone)


@rule(unit="1/s", level="per_server", source="calculator-7.6: Role Requirements I80")
def log_writes_per_server(database_writes_per_server: Floats, log_writes_per_database_write: Floats) -> Floats:
    """Log writes of a server at the peak."""
    return database_writes_per_server * log_writes_per_database_write


@rule(unit="1/s", level="per_server", source="calculator-7.6: Role Requirements I81")
def log_reads_per_server(
    environment__high_availability: Bools,
    iops_per_database: Floats,
    sized_read_fraction: Floats,
    memory_sizing_databases: Floats,
    log_write_share_ha: float,
    log_read_share: float,
) -> Floats:
    """Log reads of a server for log shipping at the peak.

    A tenth of the log writes of the databases that are active in the worst mode.

    Oddity: the largest number of active databases counts, not the number of copies to which logs are shipped.
    """
    each = iops_per_database * (1 - sized_read_fraction) * log_write_share_ha * log_read_share
    return select(environment__high_availability, each * memory_sizing_databases[0], 0.0)


@rule(unit="1/s", level="per_database", source="calculator-7.6: Role Requirements I82")
def iops_per_database(peak_iops: Floats, databases: Floats) -> Floats:
    """Database I/O of one database at the peak."""
    return ratio(peak_iops, databases)


@rule(unit="1/s", level="per_database", source="calculator-7.6: Role Requirements I83")
def iops_per_log_stream(
    environment__high_availability: Bools,
    iops_per_database: Floats,
    sized_read_fraction: Floats,
    log_writes_per_database_write: Floats,
    log_write_share_ha: float,
    log_read_share: float,
) -> Floats:
    """Log I/O of one database at the peak."""
    written = iops_per_database * (1 - sized_read_fraction)
    shipped = select(environment__high_availability, log_write_share_ha * log_read_share, 0.0)
    return written * log_writes_per_database_write + written * shipped
