"""The backup that is shown with the results."""

from __future__ import annotations

from support.rule_calls import NA, assert_figures, call

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
