"""Disks of a server on RAID: for I/O, for capacity, and by level."""

from __future__ import annotations

from support.rule_calls import NA, assert_figures, call

from calculator.inputs.choices import Raid
from calculator.numerics.arrays import NO_CODE


def test_a_disk_is_chosen_and_fast_enough_for_parity():
    assert_figures(
        call("database_disk_chosen", storage__database_disk_capacity=([2000, 0], [0, 36])), ([1, NA], [NA, 1])
    )
    assert_figures(
        call("parity_allowed", storage__database_disk_type=([0, 12, 13, 16], [16, 13, 12, 0])),
        ([NA, NA, 1, 1], [1, 1, NA, NA]),
    )


def test_disks_for_io_come_in_whole_groups():
    # A disk of the secondary sustains four times the I/O, and its servers hold twice the copies.
    given = {"database_disk_chosen": (1, [1, 1, 1, 1, 1, 1, NA]), "storage_database_disk_random_iops": (50, 200)}
    given["copies_factor"] = (1, 2)
    raid0 = call(
        "storage_database_disks_performance_raid0", **given, storage_database_iops=[0, 1, 50, 51, 500, 1000, 500]
    )
    assert_figures(raid0, ([0, 1, 1, 2, 10, 20, 10], [0, 1, 1, 1, 5, 10, NA]))
    raid10 = call(
        "storage_database_disks_performance_raid10",
        **given,
        storage_database_iops_required_raid10=[0, 1, 100, 101, 500, 1000, 500],
        raid__raid10_group=[0, 0, 0, 0, 1, 2, 3],
    )
    assert_figures(raid10, ([0, 2, 2, 4, 12, 24, 16], [0, 2, 2, 2, 8, 12, NA]))
    parity = {**given, "parity_allowed": ([1, NA, 1, 1, 1, 1, 1], 1)}
    raid5 = call(
        "storage_database_disks_performance_raid5",
        **parity,
        storage_database_iops_required_raid5=[0, 1, 150, 151, 500, 1000, 500],
        raid__raid5_group=[0, 0, 0, 0, 1, 2, 3],
    )
    assert_figures(raid5, ([0, NA, 3, 6, 12, 20, 12], [0, 3, 3, 3, 8, 10, NA]))
    raid6 = call(
        "storage_database_disks_performance_raid6",
        **parity,
        storage_database_iops_required_raid6=[0, 1, 300, 301, 500, 1000, 500],
        raid__raid6_group=[0, 0, 0, 0, 1, 2, 0],
    )
    assert_figures(raid6, ([0, NA, 6, 12, 16, 20, 12], [0, 6, 6, 6, 8, 10, NA]))


def test_disks_for_capacity_hold_data_and_redundancy():
    raid0 = call(
        "storage_database_disks_capacity_raid0",
        database_disk_chosen=([1, 1, 1, NA], 1),
        volume_database_volume_space=([1000, 1001, 0, 1000], 0, 0),
        copies_factor=(1, 2),
        storage_database_disk_formatted=([500, 500, 500, 0], 500),
    )
    assert_figures(raid0, ([2, 3, 0, 0], [4, 5, 0, 4]))
    plain = ([0, 1, 2, 3, 7, 8, 9], 5)
    raid10 = call(
        "storage_database_disks_capacity_raid10", storage_database_disks_capacity_raid0=plain, raid__raid10_group=1
    )
    assert_figures(raid10, ([0, 4, 4, 8, 16, 16, 20], [12]))
    raid5 = call(
        "storage_database_disks_capacity_raid5", storage_database_disks_capacity_raid0=plain, raid__raid5_group=0
    )
    assert_figures(raid5, ([0, 3, 3, 6, 12, 12, 15], [9]))
    raid6 = call(
        "storage_database_disks_capacity_raid6", storage_database_disks_capacity_raid0=plain, raid__raid6_group=1
    )
    assert_figures(raid6, ([0, 8, 8, 8, 16, 16, 16], [8]))


def test_log_disks_apply_to_volumes_of_their_own():
    apply = call(
        "log_disks_apply",
        logs_share_volume=[False, True, False, False],
        storage__database_disk_capacity=([2000, 2000, 0, 2000], 2000),
        storage__log_disk_capacity=([500, 500, 500, 0], 500),
    )
    assert_figures(apply, ([1, 0, 0, 0], [1, 0, 1, 1]))
    io = call(
        "storage_log_disks_performance_raid0",
        log_disks_apply=([1, 0], 1),
        storage_log_iops=[301, 301],
        copies_factor=(1, 2),
        storage_log_disk_sequential_iops=(300, 600),
    )
    assert_figures(io, ([2, 0], [2, 2]))
    capacity = call(
        "storage_log_disks_capacity_raid0",
        log_disks_apply=([1, 0], 1),
        volume_log_volume_space=([901], 0, 0),
        copies_factor=(1, 2),
        storage_log_disk_formatted=(450, 1802),
    )
    assert_figures(capacity, ([3, 0], [1, 1]))
    mirrored = call(
        "storage_log_disks_capacity_raid10", storage_log_disks_capacity_raid0=([3, 0], [1, 1]), raid__raid10_group=0
    )
    assert_figures(mirrored, ([6, 0], [2, 2]))
    for_io = call(
        "storage_log_disks_performance_raid10",
        log_disks_apply=([1, 0], 1),
        storage_log_iops_required_raid10=601,
        copies_factor=(1, 2),
        storage_log_disk_sequential_iops=(300, 600),
        raid__raid10_group=0,
    )
    assert_figures(for_io, ([4, 0], [4, 4]))


def test_disks_of_the_restore_volume():
    plain = call(
        "storage_restore_disks_raid0",
        storage__database_disk_capacity=([1, 1, 0], 1),
        storage__restore_disk_capacity=([1, 0, 1], 1),
        volume_restore_volume_size=1001,
        storage_restore_disk_formatted=(500, 1001),
    )
    assert_figures(plain, ([3, 0, 0], [1, 1, 1]))
    for level, disks in (("raid10", 6), ("raid5", 6), ("raid6", 6)):
        found = call(
            f"storage_restore_disks_{level}",
            data__dedicated_restore_volume=[True, False],
            storage_restore_disks_raid0=(3, 0),
            **{f"raid__restore_{level}_group": 0},
        )
        assert_figures(found, ([disks, 0], [0, 0]))


def test_the_level_with_fewer_disks_or_the_chosen_one():
    found = call(
        "storage_database_raid",
        database_disk_chosen=([1, 1, 1, NA, 1, 1, 1], 1),
        parity_allowed=([1, 1, NA, 1, NA, 1, 1], 1),
        raid__override_raid=[False, False, False, False, True, True, True],
        raid__raid=[0, 0, 0, 0, Raid.RAID5, Raid.RAID6, Raid.RAID0],
        database_disks_raid10=([10, 12, 12, 12, 12, 12, 12], 8),
        database_disks_raid5=([10, 11, NA, 11, NA, 11, 11], 9),
    )
    assert found[0].tolist() == [Raid.RAID10, Raid.RAID5, Raid.RAID10, NO_CODE, Raid.RAID10, Raid.RAID6, Raid.RAID0]
    disks = call(
        "storage_database_raid_disks",
        storage_database_raid=([Raid.RAID0, Raid.RAID10, Raid.RAID5, Raid.RAID6, NO_CODE], 0),
        storage_database_disks_performance_raid0=(3, 9),
        storage_database_disks_capacity_raid0=(4, 2),
        database_disks_raid10=(8, 0),
        database_disks_raid5=(6, 0),
        storage_database_disks_performance_raid6=(12, 0),
        storage_database_disks_capacity_raid6=(6, 0),
    )
    assert_figures(disks, ([4, 8, 6, 12, NA], [9, 9, 9, 9, 9]))
    assert_figures(
        call(
            "database_disks_raid10",
            storage_database_disks_performance_raid10=(4, 0),
            storage_database_disks_capacity_raid10=(2, 6),
        ),
        ([4], [6]),
    )
    assert_figures(
        call(
            "database_disks_raid5",
            storage_database_disks_performance_raid5=(NA, 3),
            storage_database_disks_capacity_raid5=(3, 6),
        ),
        ([NA], [6]),
    )


def test_levels_of_logs_and_restore_volume():
    logs = call(
        "storage_log_raid",
        log_disks_apply=([1, 1, 1, 0], 1),
        raid__override_raid=[False, True, True, True],
        raid__raid=[Raid.RAID0, Raid.RAID0, Raid.RAID6, Raid.RAID0],
    )
    assert logs[0].tolist() == [Raid.RAID10, Raid.RAID0, Raid.RAID10, NO_CODE]
    disks = call(
        "storage_log_raid_disks",
        storage_log_raid=(logs[0].tolist(), 1),
        storage_log_disks_performance_raid0=(1, 0),
        storage_log_disks_capacity_raid0=(3, 0),
        storage_log_disks_performance_raid10=(4, 0),
        storage_log_disks_capacity_raid10=(2, 8),
    )
    assert_figures(disks, ([4, 3, 4, 0], [8, 8, 8, 8]))
    restore = call(
        "storage_restore_raid",
        data__dedicated_restore_volume=[True, True, False, True],
        storage__database_disk_capacity=([1, 0, 1, 1], 1),
        storage__restore_disk_capacity=([1, 1, 1, 0], [1, 1, 1, 0]),
        raid__restore_raid=Raid.RAID5,
    )
    # A missing restore disk is noticed in the secondary only.
    assert restore.tolist() == [[Raid.RAID5, NO_CODE, NO_CODE, Raid.RAID5], [Raid.RAID5, Raid.RAID5, NO_CODE, NO_CODE]]
    counted = call(
        "storage_restore_raid_disks",
        storage_restore_raid=([0, 1, 2, 3, NO_CODE], 0),
        storage_restore_disks_raid0=(1, 1),
        storage_restore_disks_raid10=(2, 2),
        storage_restore_disks_raid5=(3, 3),
        storage_restore_disks_raid6=(6, 6),
    )
    assert_figures(counted, ([1, 2, 3, 6, 0], [1, 1, 1, 1, 1]))


def test_all_disks_of_a_server():
    found = call(
        "storage_raid_disks_configuration",
        storage_database_raid_disks=([8, NA, 8], 0),
        storage_log_raid_disks=([2, 2, NA], 0),
        storage_restore_raid_disks=([3, 3, 3], 0),
    )
    assert_figures(found, ([13, NA, 11], [0, 0, 0]))
