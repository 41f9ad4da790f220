"""JBOD: does a volume fit a disk, can the disk sustain the I/O, and how many disks are counted."""

from __future__ import annotations

from support.rule_calls import NA, assert_figures, call, call_correction

from calculator.inputs.choices import DiskReason, Storage, Warn
from calculator.numerics.arrays import NO_CODE

SMALL, SLOW = DiskReason.INSUFFICIENT_DISK_CAPACITY, DiskReason.INSUFFICIENT_DISK_IO_CAPACITY


def test_a_volume_fits_a_disk_of_its_size():
    found = call(
        "storage_jbod_capacity_fits",
        logs_share_volume=[True, True, True, False, True],
        volume_database_volume_size=[1862, 1863, 1862, 1, NA],
        storage_database_disk_formatted=(1862, [1863, 1863, 0, 1863, 1863]),
    )
    assert found.tolist() == [[True, False, True, False, False], [True, True, False, False, False]]


def test_the_io_of_a_volume_is_rounded():
    iops = call(
        "volume_iops",
        storage_database_iops=[240, 250, 252, 252, 0, 100, 100],
        database_copies_per_server=[24, 20, 24, 24, 24, 0, 8],
        several_per_volume=[True, True, False, True, True, True, False],
        databases_per_volume=4,
    )
    assert_figures(iops, [40, 50, 11, 42, 0, NA, 13])
    fits = call(
        "storage_jbod_io_fits",
        storage_jbod_capacity_fits=([True, True, True, False], True),
        volume_iops=[54, 55, 56, 1],
        storage_database_disk_random_iops=(55, 50),
    )
    assert fits.tolist() == [[1, 1, 0, NO_CODE], [0, 0, 0, 1]]


def test_why_there_are_no_disks():
    found = call(
        "storage_jbod_disks_configuration_reason",
        storage__consider_jbod=[True, True, True, False, True],
        database_log_isolation=[False, False, False, False, True],
        logs_share_volume=True,
        storage_jbod_capacity_fits=([True, False, True, False, False], True),
        storage_jbod_io_fits=([1, NO_CODE, 0, NO_CODE, NO_CODE], 1),
    )
    assert found.tolist() == [[NO_CODE, SMALL, SLOW, NO_CODE, NO_CODE], [NO_CODE] * 5]


def test_disks_of_shared_volumes_may_be_fractions():
    given = {
        "storage__consider_jbod": [True, True, True, False, True],
        "database_log_isolation": [False, False, False, False, True],
        "storage_jbod_disks_configuration_reason": (NO_CODE, [NO_CODE, SMALL, NO_CODE, NO_CODE, NO_CODE]),
        "one_per_volume": [False, False, True, False, False],
        "volume_volumes_computed": 6.25,
        "sized_copies_per_server": 25,
    }
    assert_figures(
        call("storage_jbod_disks_configuration", **given), ([6.25, 6.25, 25, NA, NA], [6.25, NA, 25, NA, NA])
    )
    # Of 50 copies in the secondary, 12.5 volumes of four are 13 disks.
    given |= {"sized_copies_per_server": (25, 50), "copies_factor": (1, 2)}
    given |= {"storage_jbod_disks_configuration_reason": NO_CODE}
    assert_figures(
        call_correction("storage_jbod_disks_configuration", **given), ([7, 7, 25, NA, NA], [13, 13, 50, NA, NA])
    )


def test_the_disk_of_the_restore_volume():
    fits = call(
        "storage_jbod_restore_fits",
        logs_share_volume=[True, True, False, True],
        data__dedicated_restore_volume=[True, True, True, False],
        volume_restore_volume_size=[1862, 1863, 1, 0],
        storage_restore_disk_formatted=(1862, 2000),
    )
    assert fits.tolist() == [[True, False, False, False], [True, True, False, False]]
    given = {
        "storage__consider_jbod": [True, True, True, False],
        "logs_share_volume": True,
        "storage__restore_disk_capacity": ([2000, 2000, 0, 2000], 2000),
        "storage_jbod_restore_fits": ([True, False, False, True], True),
    }
    assert call("storage_jbod_restore_disks_configuration_reason", **given).tolist() == [
        [NO_CODE, SMALL, NO_CODE, NO_CODE],
        [NO_CODE] * 4,
    ]
    assert_figures(call("storage_jbod_restore_disks_configuration", **given), ([1, NA, NA, NA], [1, 1, NA, NA]))


def test_why_a_design_has_no_jbod():
    jbod, raid = Storage.JBOD, Storage.RAID
    found = call(
        "jbod_refusal",
        logs_share_volume=[True, False, True, True, True, True, True],
        storage__consider_jbod=[True, True, False, True, True, True, True],
        storage_architecture=(
            [jbod, jbod, raid, raid, raid, raid, raid],
            NO_CODE,
            [NO_CODE, NO_CODE, NO_CODE, jbod, raid, raid, NO_CODE],
        ),
        environment__high_availability=[True, True, True, True, True, True, False],
        database_copies__ha_copies=[3, 3, 3, 2, 2, 3, 1],
    )
    assert found.tolist() == [
        NO_CODE,
        DiskReason.INCORRECT_VOLUME_ARCHITECTURE,
        DiskReason.RAID_REQUIRED,
        NO_CODE,
        DiskReason.INSUFFICIENT_DATABASE_COPIES,
        DiskReason.RAID_REQUIRED,
        DiskReason.RAID_REQUIRED,
    ]
    counted = call(
        "jbod_disks_counted",
        valid=[True, True, False, True],
        jbod_refusal=[NO_CODE, DiskReason.INSUFFICIENT_DATABASE_COPIES, NO_CODE, DiskReason.RAID_REQUIRED],
        two_datacenters=[True, True, True, False],
    )
    assert counted.tolist() == [[True, False, False, True], [True, False, False, False]]


def test_disks_that_are_counted():
    counted, reason = ([True, True, False], [True, False, False]), ([NO_CODE, SMALL, NO_CODE], [SLOW, SLOW, SLOW])
    assert call(
        "storage_jbod_disks_reason", jbod_disks_counted=counted, storage_jbod_disks_configuration_reason=reason
    ).tolist() == [[NO_CODE, SMALL, NO_CODE], [SLOW, NO_CODE, NO_CODE]]
    assert_figures(
        call("storage_jbod_disks", jbod_disks_counted=counted, storage_jbod_disks_configuration=([6, NA, 6], 6)),
        ([6, NA, NA], [6, NA, NA]),
    )
    restore = call(
        "storage_jbod_restore_disks",
        jbod_disks_counted=counted,
        storage_jbod_disks_configuration_reason=reason,
        storage_jbod_restore_disks_configuration=([1, 1, 1], 1),
    )
    assert_figures(restore, ([1, 0, NA], [1, NA, NA]))
    why = call(
        "storage_jbod_restore_disks_reason",
        jbod_disks_counted=counted,
        storage_jbod_disks_configuration_reason=reason,
        storage_jbod_restore_disks_configuration_reason=(SMALL, SMALL),
    )
    assert why.tolist() == [[SMALL, NO_CODE, NO_CODE], [SMALL, NO_CODE, NO_CODE]]
    spare = call(
        "storage_jbod_autoreseed_disks",
        jbod_disks_counted=counted,
        storage__consider_jbod=True,
        storage_jbod_disks_configuration_reason=reason,
        volume_autoreseed_volumes=2,
    )
    assert_figures(spare, ([2, 0, NA], [2, NA, NA]))
    total = call(
        "jbod_disks_of_server",
        storage_jbod_disks=([6, NA, 6], 6),
        storage_jbod_restore_disks=([1, 0, NA], 1),
        storage_jbod_autoreseed_disks=([2, 0, NA], NA),
    )
    assert_figures(total, ([9, 0, 6], [7, 7, 7]))


def test_roles_that_can_use_jbod():
    jbod, raid = Storage.JBOD, Storage.RAID
    architecture = ([jbod, raid, jbod, jbod], [jbod, NO_CODE, raid, jbod], [NO_CODE, raid, jbod, NO_CODE])
    usable = call(
        "storage_jbod_usable",
        environment__high_availability=True,
        valid=[True, True, True, False],
        two_datacenters=[True, False, True, True],
        storage_architecture=architecture,
        jbod_refusal=[NO_CODE, DiskReason.RAID_REQUIRED, NO_CODE, DiskReason.RAID_REQUIRED],
    )
    assert usable.tolist() == [[1, 0, 1, NO_CODE], [1, NO_CODE, 0, 0], [NO_CODE, 0, 1, NO_CODE]]
    required = call(
        "storage_raid_required",
        valid=[True, True, True, False],
        storage_architecture=architecture,
        storage_jbod_usable=tuple(row.tolist() for row in usable),
    )
    assert required.tolist() == [[0, 1, 0, NO_CODE], [0, NO_CODE, 1, 1], [NO_CODE, 1, 0, NO_CODE]]


def test_a_warning_is_shown_next_to_the_inputs():
    reason = ([SMALL, SLOW, NO_CODE, SMALL], [NO_CODE, SMALL, SLOW, SLOW])
    high = {"environment__high_availability": [True, True, True, False]}
    small = call("jbod_capacity_insufficient", **high, storage_jbod_disks_reason=reason)
    slow = call("jbod_io_insufficient", **high, storage_jbod_disks_reason=reason)
    assert small.tolist() == [[True, False, False, False], [False, True, False, False]]
    assert slow.tolist() == [[False, True, False, False], [False, False, True, False]]
    restore = call(
        "jbod_restore_capacity_insufficient",
        environment__high_availability=True,
        data__dedicated_restore_volume=[True, False],
        storage_jbod_restore_disks_reason=(SMALL, NO_CODE),
    )
    assert restore.tolist() == [[True, False], [False, False]]
    assert not call("jbod_restore_io_insufficient", storage_jbod_capacity_fits=([True], [False])).any()
    warning = call(
        "storage_disk_warning",
        jbod_capacity_insufficient=([True, False, False, False], [False] * 4),
        jbod_io_insufficient=([True, False, False, False], [False, False, True, False]),
        jbod_restore_capacity_insufficient=([False] * 4, [False, True, False, False]),
    )
    assert warning.tolist() == [Warn.CAPACITY, Warn.CAPACITY, Warn.IO, Warn.NONE]
