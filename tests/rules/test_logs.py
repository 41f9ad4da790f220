"""Transaction logs: how many, how long they are kept, and their I/O."""

from __future__ import annotations

from support.rule_calls import NA, assert_figures, call

from calculator.inputs.choices import BackupFrequency, BackupMethod


def test_logs_of_users():
    found = call(
        "user_logs_per_day",
        mailbox_logs_per_day=(20, 40),
        mailboxes_projected=([1000, 1000, 0], [500, 0, 0]),
        sizing_units=[1, 2, 1],
        data__overhead_factor=[0, 0.2, 0.2],
    )
    assert_figures(found, [40_000, 12_000, 0])
    assert_figures(
        call("user_logs_per_day_per_database", user_logs_per_day=[40_000, 12_000], databases=[40, 0]), [1000, NA]
    )


def test_days_of_logs():
    native, software = BackupMethod.NATIVE_DATA_PROTECTION, BackupMethod.SOFTWARE_VSS
    daily, incremental, differential, bimonthly = BackupFrequency
    found = call(
        "log_days",
        environment__high_availability=True,
        backup__method=[native, native, software, software, software, software, software],
        backup__frequency=[daily, daily, daily, incremental, differential, bimonthly, incremental],
        backup__truncation_failure_tolerance=[3, 0, 3, 3, 3, 3, 3],
        backup__network_failure_tolerance=[0, 0, 1, 1, 1, 1, 1],
        copies_total=[3, 4, 3, 3, 3, 3, 3],
        replay_lag=[0, 0, 7, 0, 0, 0, 0],
        truncation_lag=[0, 0, 1, 0, 0, 0, 0],
        data__dedicated_restore_volume=[False, False, False, False, False, False, True],
    )
    assert_figures(found, [3, 1, 8, 7, 21, 14, 3])


def test_space_of_logs():
    assert_figures(call("log_space_backup", user_logs_per_day=1024, log_days=[3, 0, 7]), [3, 0, 7])
    moves = call(
        "log_space_moves",
        mailboxes_projected=([1000],),
        sizing_units=2,
        data__mailbox_moves_per_week=0.01,
        mailbox_size_on_disk=(2048,),
        data__overhead_factor=0.2,
    )
    # five mailboxes of 2 GB each week, and 20 %
    assert_figures(moves, [12])
    assert_figures(call("move_logs_per_week", log_space_moves=moves.tolist()), [12 * 1024])
    assert_figures(call("move_logs_per_week_per_database", move_logs_per_week=700, databases=[10, 0]), [70, NA])
    assert_figures(call("move_logs_per_day", move_logs_per_week=700), [100])
    assert_figures(call("move_logs_per_day_per_database", move_logs_per_week_per_database=70), [10])
    assert_figures(
        call("logs_per_day_per_database", move_logs_per_day_per_database=10, user_logs_per_day_per_database=1000),
        [1010],
    )
    assert_figures(call("log_space", log_space_backup=3, log_space_moves=12), [15])


def test_passive_copies_may_be_charged_less():
    found = call(
        "peak_iops_per_server",
        environment__high_availability=[True, True, True, False, True],
        peak_iops=480,
        databases=[48, 48, 48, 48, 0],
        database_copies_per_server=24,
        active_normal=([6, 6, 30, 6, 6], 0),
        guidance__passive_iops_factor=[1, 0.5, 0.5, 1, 1],
    )
    # 10 I/O per database: 24 copies, then 6 and half of 18
    assert_figures(found, [240, 150, 240, 480, NA])


def test_log_io():
    assert_figures(call("log_writes_per_database_write", environment__high_availability=[True, False]), [0.5, 0.4])
    assert_figures(call("database_reads_per_server", peak_iops_per_server=240, sized_read_fraction=0.6), [144])
    assert_figures(call("database_writes_per_server", peak_iops_per_server=240, sized_read_fraction=0.6), [96])
    assert_figures(
        call("log_writes_per_server", database_writes_per_server=96, log_writes_per_database_write=[0.5, 0.4]),
        [48, 38.4],
    )
    reads = call(
        "log_reads_per_server",
        environment__high_availability=[True, False],
        iops_per_database=10,
        sized_read_fraction=0.6,
        memory_sizing_databases=(8, 0),
    )
    assert_figures(reads, [10 * 0.4 * 0.5 * 0.1 * 8, 0])
    stream = call(
        "iops_per_log_stream",
        environment__high_availability=[True, False],
        iops_per_database=10,
        sized_read_fraction=0.6,
        log_writes_per_database_write=[0.5, 0.4],
    )
    assert_figures(stream, [2.2, 1.6])
    assert_figures(call("iops_per_database", peak_iops=480, databases=[48, 0]), [10, NA])
