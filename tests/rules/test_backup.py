"""The backup that is shown with the results."""

from __future__ import annotations

from support.rule_calls import NA, assert_figures, call

from calculator import size
from calculator.inputs.choices import BackupFrequency, BackupMethod
from calculator.numerics.arrays import NO_CODE

VALID = [True, True, True, True, True, False, False]
METHODS = [
    BackupMethod.NATIVE_DATA_PROTECTION,
    BackupMethod.HARDWARE_VSS,
    BackupMethod.SOFTWARE_VSS,
    BackupMethod.SOFTWARE_VSS,
    BackupMethod.SOFTWARE_VSS,
    BackupMethod.SOFTWARE_VSS,
    BackupMethod.NATIVE_DATA_PROTECTION,
]


def test_the_method_of_a_valid_design():
    assert call("backup_method_shown", valid=VALID, backup__method=METHODS).tolist() == [
        0,
        1,
        2,
        2,
        2,
        NO_CODE,
        NO_CODE,
    ]


def test_native_data_protection_has_no_frequency():
    frequencies = [BackupFrequency.DAILY_FULL, BackupFrequency.DAILY_FULL, *BackupFrequency, BackupFrequency.DAILY_FULL]
    found = call("backup_frequency_shown", valid=VALID, backup__method=METHODS, backup__frequency=frequencies)
    assert found.tolist() == [NO_CODE, 0, 0, 1, 2, NO_CODE, NO_CODE]


def test_databases_on_a_volume():
    assert_figures(call("backup_databases_per_volume", volume_databases_per_volume=[4, 1, NA]), [4, 1, NA])


RATES = {
    "tiers.1.mailboxes": 4000,
    "backup.method": "hardware_vss",
    "backup.frequency": "weekly_full_daily_incremental",
    "backup.backup_rate": 100,
    "backup.restore_rate": 200,
    "backup.replay_rate": 10,
    "backup.recovery_time_objective": 1,
}


def test_hours_of_backup_and_recovery():
    """720 GB at 100 MB/s are 2.048 hours, at 200 MB/s 1.024; 7 days of 3,600 logs at 10 MB/s 0.7 hours."""
    given = {"backed_up": [True, True, False], "volume_database_size_with_overhead": 720}
    backup = call("backup_hours", **given, layout_rows=[24, 1, 24], backup__backup_rate=[100, NA, 100])
    assert_figures(backup, ([2.048, NA, NA], [49.152, NA, NA]))
    assert_figures(call("restore_hours", **given, backup__restore_rate=200), [1.024, 1.024, NA])
    replay = call(
        "replay_hours",
        backed_up=[True, True, True, True, False],
        backup__frequency=[0, 1, 2, 3, 0],
        logs_per_day_per_database=3600,
        backup__replay_rate=10,
    )
    assert_figures(replay, [0.1, 0.7, 0.7, 1.4, NA])
    lagged = call(
        "lagged_replay_hours",
        lagged_copies_total=[1, 0],
        replay_lag=7,
        logs_per_day_per_database=3600,
        backup__replay_rate=10,
    )
    assert_figures(lagged, [0.7, NA])
    assert_figures(call("recovery_hours", restore_hours=[1.024, NA], replay_hours=0.7), [1.724, NA])


def test_the_largest_database_keeps_the_recovery_time():
    largest = call(
        "largest_database_for_recovery_time",
        volume_database_size_with_overhead=720,
        recovery_hours=[1.724, 1.724, NA],
        backup__recovery_time_objective=[0.862, NA, 1],
    )
    assert_figures(largest, [360, NA, NA])


def test_a_recovery_that_takes_too_long_names_the_largest_database():
    plan = size(RATES)
    hours, most = plan["recovery_hours"], plan["largest_database_for_recovery_time"]
    assert hours > 1
    [issue] = [issue for issue in plan.issues if issue.field == "backup.recovery_time_objective"]
    assert (issue.severity, issue.message) == (
        "warning",
        f"The recovery of a database of {plan['volume_database_size_with_overhead']:,.0f} GB from its backup takes "
        f"{hours:,.1f} hours, but 1 hours are allowed. A database of {most:,.0f} GB could be recovered in time.",
    )
    # what the message says holds: databases of that size are recovered in time
    smaller = size({**RATES, "database.custom_max_size_enabled": True, "database.custom_max_size": most})
    assert smaller["recovery_hours"] <= 1
    assert not any(issue.field == "backup.recovery_time_objective" for issue in smaller.issues)


def test_a_recovery_time_without_rates_or_backups_is_not_checked():
    for change in ({"backup.replay_rate": None}, {"backup.method": "native_data_protection"}):
        plan = size({path: value for path, value in {**RATES, **change}.items() if value is not None})
        [issue] = [issue for issue in plan.issues if issue.field == "backup.recovery_time_objective"]
        assert issue.severity == "notice"
        assert plan["recovery_hours"] is None
        assert plan["largest_database_for_recovery_time"] is None
