"""Disks of a server, a DAG and the environment, as "Storage in disk totals" asks."""

from __future__ import annotations

from support.rule_calls import NA, assert_figures, call

from calculator.inputs.choices import DeploymentMessage, DiskDeployment, DiskReason, Raid, Storage, TransportLocation
from calculator.numerics.arrays import NO_CODE

CALCULATED, ALL_RAID, ALL_JBOD = DiskDeployment
REFUSED = DiskReason.RAID_REQUIRED


def test_raid_disks_that_are_shown():
    for name in ("database", "log", "restore"):
        found = call(
            f"storage_raid_{name}_disks",
            valid=[True, True, False],
            two_datacenters=[True, False, True],
            **{f"storage_{name}_raid_disks": (8, 6)},
        )
        assert_figures(found, ([8, 8, NA], [6, 0, NA]))


def test_the_secondary_shows_the_level_of_as_many_disks():
    given = {"valid": [True, True, True, False], "two_datacenters": [True, True, False, True]}
    level, disks = (Raid.RAID10, Raid.RAID5), (8, [8, 6, 6, 8])
    expected = [[Raid.RAID10, Raid.RAID10, Raid.RAID10, NO_CODE], [Raid.RAID10, Raid.RAID5, NO_CODE, NO_CODE]]
    for name in ("database", "log"):
        found = call(
            f"storage_raid_{name}_level",
            **given,
            **{f"storage_{name}_raid": level, f"storage_{name}_raid_disks": disks},
        )
        assert found.tolist() == expected
    restore = call(
        "storage_raid_restore_level",
        **given,
        data__dedicated_restore_volume=[True, True, True, True],
        storage_restore_raid=level,
        storage_restore_raid_disks=disks,
    )
    assert restore.tolist() == expected


def test_entirely_on_jbod_where_it_is_possible():
    found = call(
        "entirely_on_jbod",
        raid__deployment=[ALL_JBOD, ALL_JBOD, ALL_JBOD, CALCULATED],
        storage_jbod_usable=([1, 0, 1, 1], NO_CODE, NO_CODE),
        jbod_refusal=[NO_CODE, NO_CODE, REFUSED, NO_CODE],
        two_datacenters=[True, True, False, True],
    )
    assert found.tolist() == [[True, False, False, False], [True, False, True, False]]


def test_disks_of_a_server():
    found = call(
        "storage_raid_disks_per_server",
        valid=[True, True, True, True, True, False, True],
        environment__high_availability=[True, True, True, True, False, True, True],
        raid__deployment=[CALCULATED, CALCULATED, ALL_RAID, ALL_JBOD, ALL_JBOD, ALL_RAID, CALCULATED],
        storage_raid_required=([1, 0, 0, 1, 1, 1, 0], [0, 1, 0, 0, NO_CODE, 0, 0], [0, 0, 0, 0, 0, 0, 1]),
        lagged_database_copies=([0, 0, 0, 0, 0, 0, 5], 0),
        entirely_on_jbod=(False, False),
        storage_raid_database_disks=(8, 6),
        storage_raid_log_disks=(2, 2),
        storage_raid_restore_disks=(3, 3),
    )
    # The secondary needs RAID in the second design; lagged servers of the primary in the last.
    assert_figures(found, ([13, 0, 13, 0, 13, 0, 13], [11, 11, 11, 0, 11, 0, 0]))
    jbod = call(
        "storage_jbod_disks_per_server",
        raid__deployment=[CALCULATED, CALCULATED, ALL_RAID, ALL_JBOD],
        storage_jbod_usable=([1, 0, 1, 0], [0, 1, 1, 0], NO_CODE),
        entirely_on_jbod=([False, False, False, True], [False, False, False, True]),
        jbod_disks_of_server=(9, 7),
    )
    assert_figures(jbod, ([9, 9, 0, 9], [0, 7, 0, 7]))


def test_disks_of_a_dag():
    raid = call(
        "storage_raid_disks_per_dag",
        valid=[True, True, True, False],
        site_resilience__enabled=[True, True, False, True],
        two_way=[True, False, False, False],
        dr_servers_dedicated=False,
        raid__deployment=[CALCULATED, ALL_RAID, ALL_RAID, ALL_RAID],
        storage_architecture=(Storage.RAID, Storage.RAID, NO_CODE),
        storage_raid_required=(1, 1, NO_CODE),
        entirely_on_jbod=(False, False),
        storage_raid_disks_per_server=(10, 8),
        active_servers=(4, [4, 0, 0, 4]),
        dr_servers=(0, [0, 3, 0, 0]),
        lagged_servers=(0, 1),
    )
    assert_figures(raid, ([40, 40, 40, 0], [32, 32, NA, 0]))
    jbod = call(
        "storage_jbod_disks_per_dag",
        site_resilience__enabled=[True, False],
        two_way=[True, False],
        dr_servers_dedicated=False,
        raid__deployment=CALCULATED,
        storage_architecture=(Storage.JBOD, Storage.JBOD, NO_CODE),
        storage_jbod_usable=(1, 1, NO_CODE),
        entirely_on_jbod=(False, False),
        storage_jbod_disks_per_server=(9, 7),
        active_servers=(4, [4, 0]),
        dr_servers=(0, 0),
        lagged_servers=(0, 0),
    )
    assert_figures(jbod, ([36, 36], [28, NA]))


def test_disks_of_all():
    high = {"environment__high_availability": [True, False], "dags_total": 2}
    raid = call(
        "storage_raid_disks_total",
        **high,
        storage_raid_disks_per_dag=([40, 40], [32, NA]),
        storage_raid_disks_per_server=(10, 8),
        environment__mailbox_servers=3,
    )
    assert_figures(raid, ([72, NA], [144, 30]))
    jbod = call("storage_jbod_disks_total", **high, storage_jbod_disks_per_dag=(36, [28, NA]))
    assert_figures(jbod, ([64, NA], [128, NA]))
    total = call(
        "storage_disks_total",
        storage_raid_disks_total=([72, NA], [144, 30]),
        storage_jbod_disks_total=([64, NA], [128, NA]),
    )
    assert_figures(total, ([136, 0], [272, 30]))


def test_the_message_about_the_deployment():
    found = call(
        "storage_deployment_message",
        raid__deployment=[CALCULATED, CALCULATED, CALCULATED, CALCULATED, ALL_JBOD, ALL_JBOD, ALL_RAID, ALL_JBOD],
        storage_raid_disks_per_server=([10, 0, 10, 0, 0, 0, 10, 0], 10),
        storage_jbod_disks_per_server=([9, 9, 0, 0, 9, 9, 0, 9], 9),
        jbod_refusal=[NO_CODE, NO_CODE, NO_CODE, NO_CODE, REFUSED, NO_CODE, NO_CODE, NO_CODE],
        storage_jbod_usable=(1, [1, 1, 1, 1, 1, 0, 0, 1], NO_CODE),
    )
    # A server without a disk of a kind does not count: 0 is the edge.
    assert found.tolist() == [
        DeploymentMessage.JBOD_AND_RAID,
        DeploymentMessage.JBOD,
        DeploymentMessage.RAID,
        DeploymentMessage.NONE,
        DeploymentMessage.JBOD_PROHIBITED,
        DeploymentMessage.JBOD_NOT_RECOMMENDED,
        DeploymentMessage.NONE,
        DeploymentMessage.NONE,
    ]


def test_a_volume_and_its_disk():
    small = DiskReason.INSUFFICIENT_DISK_CAPACITY
    fit = call(
        "disks_fit",
        storage_jbod_disks_reason=([NO_CODE, small, small, small], NO_CODE),
        storage_architecture=([Storage.JBOD, Storage.JBOD, Storage.RAID, Storage.JBOD], Storage.JBOD, NO_CODE),
        raid__deployment=[CALCULATED, CALCULATED, CALCULATED, ALL_RAID],
    )
    assert fit.tolist() == [[True, False, True, True], [True] * 4]
    fill = call(
        "volume_fill",
        valid=[True, True, False],
        two_datacenters=[True, False, True],
        storage_architecture=([Storage.JBOD, Storage.RAID, Storage.JBOD], Storage.JBOD, NO_CODE),
        volume_database_volume_size=900,
        storage_database_disk_formatted=(1000, 900),
    )
    assert_figures(fill, ([0.9, NA, NA], [1, NA, NA]))
    largest = call("largest_volume_fill", volume_fill=([0.9, 0.95, NA, NA], [1, NA, 0.8, NA]))
    assert_figures(largest, [1, 0.95, 0.8, NA])


def test_drive_bays():
    apart = TransportLocation.DEDICATED_RAID1_DISK
    found = call(
        "server_drive_bays",
        valid=[True, True, True, False],
        disks_fit=([True, True, False, True], True),
        storage_raid_disks_per_server=(0, 8),
        storage_jbod_disks_per_server=([6.25, 7, 7, 7], 0),
        transport_database_location=([0, apart, 0, 0], apart),
        summary_servers_by_datacenter=(4, [4, 0, 4, 4]),
    )
    assert_figures(found, ([9, 11, NA, NA], [12, NA, 12, NA]))
