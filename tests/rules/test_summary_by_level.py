"""Figures of a database, a server, a DAG and the environment."""

from __future__ import annotations

import pytest
from support.rule_calls import NA, assert_figures, call

DESIGNS = {"valid": [True, True, False], "environment__high_availability": [True, False, True]}
"""A DAG, a standalone server, and an invalid design."""
COUNTS = {**DESIGNS, "dags_total": 2, "environment__mailbox_servers": 3}


def test_database_copies():
    found = call("summary_database_copies", **COUNTS, copies_or_databases_per_server=24, database_copies_per_dag=192)
    assert_figures(found, ([24, 24, NA], [192, NA, NA], [384, 72, NA]))


@pytest.mark.parametrize(
    ("name", "logs"),
    [
        ("summary_user_logs_per_day", "user_logs_per_day"),
        ("summary_move_logs_per_day", "move_logs_per_day"),
        ("summary_logs_per_day", "logs_per_day"),
    ],
)
def test_logs(name, logs):
    found = call(name, **COUNTS, **{f"{logs}_per_database": 10, logs: 480}, active_servers_total=8)
    assert_figures(found, ([10, 10, NA], [60, 480, NA], [480, NA, NA], [960, 1440, NA]))


def test_transport_databases():
    found = call("summary_transport_database_space", **COUNTS, transport_database_size=50, servers_total=8)
    assert_figures(found, ([50, 50, NA], [400, NA, NA], [800, 150, NA]))


def test_space_of_databases_and_logs():
    space = call(
        "summary_database_space",
        **COUNTS,
        volume_database_size_with_overhead=100,
        database_space_per_member=2400,
        database_space=4800,
        database_space_all_copies=19_200,
    )
    assert_figures(space, ([100, 100, 100], [2400, 4800, 2400], [19_200, NA, NA], [38_400, 14_400, NA]))
    logs = call(
        "summary_log_space",
        **COUNTS,
        volume_log_size_with_overhead=10,
        log_space_per_member=240,
        log_space=480,
        log_space_all_copies=1920,
    )
    assert_figures(logs, ([10, 10, 10], [240, 480, 240], [1920, NA, NA], [3840, 1440, NA]))


def test_space_of_volumes():
    found = call(
        "summary_database_volume_space",
        one_per_volume=[True, False],
        volume_database_volume_size=150,
        volume_database_volume_space=(3600, 28_800, 57_600),
    )
    assert_figures(found, ([150, NA], [3600, 3600], [28_800, 28_800], [57_600, 57_600]))
    logs = call(
        "summary_log_volume_space",
        one_per_volume=[True, False],
        volume_log_volume_size=15,
        volume_log_volume_space=(0, 0, 0),
    )
    assert_figures(logs, ([15, NA], [0, 0], [0, 0], [0, 0]))
    restore = call("summary_restore_volume_space", **COUNTS, volume_restore_volume_size=100, summary_servers=(8, 16))
    assert_figures(restore, ([100, 100, 100], [800, NA, NA], [1600, 300, NA]))


def test_io():
    database = call(
        "summary_database_iops",
        **COUNTS,
        iops_per_database=10,
        peak_iops_per_server=240,
        peak_iops=480,
        summary_servers=(8, 16),
    )
    assert_figures(database, ([10, 10, NA], [240, 240, NA], [1920, NA, NA], [3840, 1440, NA]))
    logs = call(
        "summary_log_iops",
        **COUNTS,
        iops_per_log_stream=2.2,
        log_writes_per_server=48,
        log_reads_per_server=2,
        summary_servers=(8, 16),
    )
    assert_figures(logs, ([2.2, 2.2, NA], [50, 50, NA], [400, NA, NA], [800, 150, NA]))
    assert_figures(call("summary_database_read_fraction", valid=[True, False], database_read_fraction=0.6), [0.6, NA])


def test_warnings_begin_above_the_limit():
    assert call("database_size_warning", volume_database_size_with_overhead=[1999, 2000, 2000.1, NA]).tolist() == [
        False,
        False,
        True,
        False,
    ]
    assert call(
        "volume_size_warning",
        volume_database_volume_size=[2048, 2049, 100, 100],
        volume_log_volume_size=[0, 0, 2048, 2049],
    ).tolist() == [False, True, False, True]


def test_limits_of_databases_and_volumes():
    given = {
        "volume_count_automatic": [True, False, False, False, True, False, False],
        "storage__data_volumes_per_server": [20, 20, 5, 0, 0, 1, 100],
    }
    # Given volumes times the disk group: 20 of 4 databases hold 80.
    assert_figures(
        call("storage_database_limit", **given, disk_group=[4, 4, 8, 4, 4, 1, 16]), [9999, 80, 40, 0, 9999, 1, 1600]
    )
    assert_figures(call("storage_data_volume_limit", **given), [9999, 20, 5, 0, 9999, 1, 100])
    assert_figures(call("storage_most_databases_per_volume", copies_total=[1, 4, 16]), [1, 4, 16])
