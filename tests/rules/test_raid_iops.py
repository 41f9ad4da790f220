"""I/O at the controller by RAID level, and what a disk delivers."""

from __future__ import annotations

import pytest
from support.rule_calls import assert_figures, call


@pytest.mark.parametrize(
    ("name", "iops"),
    [
        ("storage_database_iops", 250),
        ("storage_database_iops_raid10", 350),
        ("storage_database_iops_raid5", 550),
        ("storage_database_iops_raid6", 750),
    ],
)
def test_a_database_write_counts_as_often_as_the_level_writes(name, iops):
    found = call(name, database_reads_per_server=[150, 150, 0], database_writes_per_server=[100, 0, 0])
    assert_figures(found, [iops, 150, 0])


def test_logs_on_the_volume_of_databases_count_there():
    given = {"logs_share_volume": [False, True], "log_reads_per_server": 5, "log_writes_per_server": 50}
    assert_figures(call("storage_log_iops", **given), [55, 0])
    assert_figures(call("storage_log_iops_raid10", **given), [105, 0])


@pytest.mark.parametrize("level", ["raid10", "raid5", "raid6"])
def test_a_rebuild_has_its_share(level):
    found = call(
        f"storage_database_iops_required_{level}",
        **{f"storage_database_iops_{level}": 300, f"raid__{level}_rebuild_overhead": [0, 0.25, 0.5]},
    )
    assert_figures(found, [300, 400, 600])


def test_the_log_io_of_a_rebuild():
    assert_figures(
        call("storage_log_iops_required_raid10", storage_log_iops_raid10=105, raid__raid10_rebuild_overhead=0.25), [140]
    )


def test_disks_by_type_and_capacity():
    types = ([0, 3, 6, 9, 13, 14, 16], [16, 14, 13, 9, 6, 3, 0])
    random = ([55, 50, 52.5, 60, 165, 230, 180], [180, 230, 165, 60, 52.5, 50, 55])
    assert_figures(call("storage_restore_disk_random_iops", storage__restore_disk_type=types), random)
    assert_figures(call("storage_system_disk_random_iops", storage__system_disk_type=types), random)
    assert_figures(call("storage_database_disk_sequential_iops", storage__database_disk_type=types), 300)
    assert_figures(call("storage_log_disk_sequential_iops", storage__log_disk_type=types), 300)
    for disk in ("log", "restore"):
        found = call(f"storage_{disk}_disk_formatted", **{f"storage__{disk}_disk_capacity": ([0, 500], [1000, 2000])})
        assert_figures(found, ([0, 465.66128730773926], [931.3225746154785, 1862.645149230957]))
