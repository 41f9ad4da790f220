"""Conditions of the checks with plain numbers: the limit itself passes, and what lies beyond does not."""

from __future__ import annotations

from support.rule_calls import NA, call_check

from calculator.inputs.choices import BackupMethod, DeploymentMessage, Edition, Storage, Witness
from calculator.numerics.arrays import NO_CODE


def found(name, **given):
    return call_check(name, **given).tolist()


def test_one_virtual_processor_per_core_is_recommended_and_two_are_supported():
    given = {
        "environment__virtualized": [True, True, True, True, True, False, False],
        "servers__virtual_processors_per_core": [0.5, 1, 1.01, 2, 2.01, 1.5, 3],
    }
    assert found("processors_shared", **given) == [False, False, True, True, False, False, False]
    assert found("processors_oversubscribed", **given) == [False, False, False, False, True, False, False]


def test_a_volume_as_large_as_its_disk_fits():
    given = {
        "valid": [True, True, True, True, True, False, True],
        "disks_fit": ([False, False, False, True, False, False, False], False),
        "jbod_capacity_insufficient": ([True, True, True, True, False, True, True], False),
    }
    assert found(
        "disk_too_small",
        **given,
        volume_database_volume_size=[1862, 1863, 1861, 1863, 1863, 1863, NA],
        storage_database_disk_formatted=(1862, 0),
    ) == [[False, True, False, False, False, False, False], [False] * 7]
    io = {
        "valid": given["valid"],
        "disks_fit": given["disks_fit"],
        "jbod_io_insufficient": given["jbod_capacity_insufficient"],
    }
    assert found(
        "disk_too_slow", **io, volume_iops=[55, 56, 54, 56, 56, 56, NA], storage_database_disk_random_iops=(55, 0)
    ) == [[False, True, False, False, False, False, False], [False] * 7]


def test_a_link_below_the_peak_unless_the_recovery_point_objective_saves_it():
    assert found(
        "link_below_peak",
        replication_link_acceptable_for_peak=[0, 1, NO_CODE, 0, 0, 0, 0],
        replication_link_acceptable_for_rpo=[NO_CODE, NO_CODE, NO_CODE, 1, 1, 0, NO_CODE],
        peak_traffic=[10, 10, 10, 10, 10, 10, 0],
        site_resilience__recovery_point_objective=[0, 0, 0, 24, 0, 24, 0],
    ) == [True, False, False, False, True, True, False]


def test_limits_of_databases():
    assert found(
        "standard_edition_exceeded",
        valid=[True, True, True, False],
        environment__exchange_edition=[Edition.STANDARD, Edition.STANDARD, Edition.ENTERPRISE, Edition.STANDARD],
        copies_or_databases_per_server=[5, 6, 6, 6],
    ) == [False, True, False, False]
    sizes = [200, 201, 2000, 2001, 16_384, 16_385, NA]
    assert found("database_above_technical_limit", volume_database_size_with_overhead=sizes) == [
        False,
        False,
        False,
        False,
        False,
        True,
        False,
    ]
    assert found(
        "database_above_advice", volume_database_size_with_overhead=sizes, copies_total=[1, 1, 2, 2, 2, 2, 2]
    ) == [False, True, False, True, True, False, False]
    assert found(
        "databases_much_rounded",
        valid=[True, True, True, False],
        databases=[48, 48, 2, 48],
        databases_raised=[1.5, 1.51, 2, 2],
    ) == [False, True, False, False]


def test_copies_that_backups_and_datacenters_need():
    native, vss = BackupMethod.NATIVE_DATA_PROTECTION, BackupMethod.SOFTWARE_VSS
    assert found(
        "copies_too_few_for_native",
        environment__high_availability=[True, True, True, False],
        backup__method=[native, native, vss, native],
        ha_copies_total=[3, 2, 2, 1],
    ) == [False, True, False, False]
    assert found(
        "native_without_copies",
        environment__high_availability=[True, False, False],
        backup__method=[native, native, vss],
    ) == [False, True, False]
    assert found("secondary_without_copies", two_datacenters=[True, True, False], copies_secondary=[0, 1, 0]) == [
        True,
        False,
        False,
    ]
    assert found(
        "one_copy_per_site", two_datacenters=[True, True, True, False], ha_copies=([1, 2, 1, 1], [1, 1, 2, 1])
    ) == [True, False, False, False]
    assert found(
        "safety_net_shorter_than_lag",
        transport__safety_net_hold=[7, 6, 6],
        safety_net_hold=7,
        replay_lag=7,
        lagged_copies_total=[1, 1, 0],
    ) == [False, True, False]


def test_processor_and_memory():
    used = {"summary_cpu_utilization": ([0.8, 0.801, 1, 1.001, NA], 0, 0)}
    assert found("cpu_high", **used)[0] == [False, True, True, False, False]
    assert found("cpu_exhausted", **used)[0] == [False, False, False, True, False]
    cores = {"cores": ([24, 25], [25, 25]), "two_datacenters": [True, False], "version_year": 2013}
    assert found("cores_above_advice", **cores, largest_server_cores=24) == [[False, True], [True, False]]
    assert found("cores_above_advice", **cores, largest_server_cores=48) == [[False, False], [False, False]]
    memory = {"memory_shown": ([96, 97, NA], 96), "version_year": 2013}
    assert found("memory_above_advice", **memory, largest_server_memory=96) == [[False, True, False], [False] * 3]
    assert found("memory_above_advice", **memory, largest_server_memory=192) == [[False] * 3] * 2
    unrated = {"server_rating": ([0, 1, 0], 0, 0), "servers_in_use": ([1, 1, 0], 0, 0)}
    assert found("rating_unknown", **unrated, servers__processor_cores=(16, 16, 16))[0] == [True, False, False]
    assert found(
        "memory_too_small",
        servers__installed_memory=([53.1, 53.2, 64, NA], NA, NA),
        memory_required=(53.2, NA, NA),
        summary_memory=(64, NA, NA),
    )[0] == [True, False, False, False]
    unified = {"environment__unified_messaging": [True, True, False]}
    assert found("transcription_at_risk", **unified, worst_cpu_utilization=[0.8, 0.81, 0.81]) == [False, True, False]
    assert found("transcription_not_sized", **unified, tiers__megacycles_multiplier=([1, 1, 1], [1, 1.5, 1])) == [
        True,
        False,
        False,
    ]


def test_witness_and_dac_mode():
    assert found(
        "witness_missing",
        witness_required=[1, 1, 0, NO_CODE],
        dag__witness_location=[Witness.NONE, Witness.PRIMARY, Witness.NONE, Witness.NONE],
        dag_members=[4, 4, 3, NA],
    ) == [True, False, False, False]
    assert found(
        "witness_on_one_side",
        two_datacenters=[True, True, True, False],
        witness_required=1,
        dag__witness_location=[Witness.PRIMARY, Witness.SECONDARY, Witness.THIRD_SITE, Witness.PRIMARY],
    ) == [True, True, False, False]
    assert found(
        "witness_nowhere",
        two_datacenters=[False, True, False],
        witness_required=[1, 1, 0],
        dag__witness_location=Witness.SECONDARY,
    ) == [True, False, False]
    assert found("dac_off", dag__dac_mode=[False, False, True, False], dag_members=[1, 2, 2, NA]) == [
        False,
        True,
        False,
        False,
    ]
    assert found(
        "round_trip_too_long", two_datacenters=[True, True, False], replication__link_latency=[500, 501, 501]
    ) == [False, True, False]


def test_storage():
    assert found(
        "restore_disk_too_small",
        jbod_restore_capacity_insufficient=(True, True),
        volume_restore_volume_size=[1, 0, 1],
        storage_architecture=([Storage.JBOD, Storage.JBOD, Storage.RAID], Storage.RAID, NO_CODE),
    ) == [[True, False, False], [False] * 3]
    messages = [DeploymentMessage.JBOD_PROHIBITED, DeploymentMessage.JBOD_NOT_RECOMMENDED, DeploymentMessage.NONE]
    assert found("jbod_prohibited", valid=True, storage_deployment_message=messages) == [True, False, False]
    assert found("jbod_not_recommended", valid=True, storage_deployment_message=messages) == [False, True, False]
    assert found(
        "bays_exceeded", server_drive_bays=([12, 13, 13, NA], 0), servers__drive_bays=([12, 12, 0, 12], 12)
    ) == [[False, True, False, False], [False] * 4]
    assert found("install_drive_too_small", servers__install_drive_free=[30, 29.9], install_drive_required=30) == [
        False,
        True,
    ]
    one = {"databases_on_first_volume": [1, 1, 1, 4]}
    assert found("reseed_long", reseed_hours_several_sources=[24, 24.1, NA, 24.1], **one) == [False, True, False, False]
    assert found(
        "reseed_long_from_several_sources",
        reseed_hours=[97, 96, 97, 97],
        reseed_hours_several_sources=[24.25, 24, NA, 97],
        databases_on_first_volume=[4, 4, 4, 1],
    ) == [True, False, False, False]
    assert found("disk_too_slow_for_two_mailboxes", mailboxes_per_database_io=[0, 2, NA]) == [True, False, False]


def test_inputs_that_do_not_go_together():
    assert found("no_mailboxes", mailboxes_total=[0, 1], least_memory=8, version_year=2013) == [True, False]
    assert found(
        "copies_mostly_in_secondary",
        two_datacenters=[True, True, True, False],
        database_copies__ha_copies=[4, 4, 3, 4],
        database_copies__ha_copies_secondary=[2, 3, 2, 3],
    ) == [False, True, True, False]
    assert found(
        "lagged_copies_not_there",
        two_datacenters=[True, True, True, False],
        database_copies__lagged_copies=[1, 1, 0, 1],
        database_copies__lagged_copies_secondary=[1, 2, 2, 2],
    ) == [False, True, False, False]
    assert found("no_databases", database__automatic_count=[False, False, True], database__custom_count=[0, 1, 0]) == [
        True,
        False,
        False,
    ]
    assert found(
        "shares_not_whole", two_datacenters=[True, True, True, True, False], total_log_share=[1, 1.1, 0, 0.9, 0.9]
    ) == [False, True, False, True, False]
    assert found("more_moves_than_mailboxes", data__mailbox_moves_per_week=[1, 1.01]) == [False, True]


def test_limits_of_the_workbook():
    assert found("dag_too_large", too_many_dag_members=[True, False, True], dag_members=[17, 17, 0]) == [
        True,
        False,
        False,
    ]
    assert found(
        "size_limit_not_positive",
        database_size_not_positive=[True, True, False],
        database_size_limit=[0, 0, 0],
        database__custom_max_size_enabled=[True, False, True],
    ) == [True, False, False]
    assert found(
        "volumes_too_few",
        too_few_data_volumes=True,
        storage__data_volumes_per_server=[1, 0, 1],
        database_copies_per_dag=[1, 1, NA],
    ) == [True, False, False]
    assert found("copies_uneven", unequal_copies=True, copies_primary=[2, 0, 2], copies_secondary=[1, 1, 2]) == [
        True,
        False,
        False,
    ]


def test_recoverable_items():
    size = {
        "dumpster_uncapped": ([20_480, 20_481, 30_719, 30_720, 30_720],),
        "tiers__litigation_hold": ([False, False, False, False, True],),
    }
    assert found("recoverable_items_full", **size) == [[False, False, False, True, False]]
    assert found("recoverable_items_above_warning", **size, retention_met=([14, 13, 0, 0, NA],)) == [
        [False, True, True, False, False]
    ]
    assert found(
        "hold_fills_within_horizon",
        hold_months_to_20_gb=([36, 37, NA],),
        hold_months_to_30_gb=([54, 54, NA],),
        guidance__planning_horizon=36,
    ) == [[True, False, False]]


def test_a_rating_belongs_to_its_cores():
    """Ratings from 10 to 80 per core are usual: 540 on 16 cores is 33.75, on 4 cores 135."""
    ratings = [9.99, 10, 33.75, 80, 80.1, 135, 0]
    own = {"servers__specint2006_rate": (540, 540, 540), "servers__processor_cores": (16, 16, 16)}
    expected = [True, False, False, False, True, True, True]
    for used, hosted, outcome in ((1, False, expected), (0, False, [False] * 7), (1, True, [False] * 7)):
        given = {
            "core_rating": (ratings, 33.75, 33.75),
            "rated_by_host": (hosted, False, False),
            "servers_in_use": (used, 0, 0),
        }
        assert found("rating_doubtful", **own, **given)[0] == outcome
    host = {"servers__host_rating": (1280, NA, NA), "servers__host_cores": (32, NA, NA)}
    given = {"core_rating": (ratings, 0, 0), "rated_by_host": (True, False, False), "servers_in_use": (1, 1, 0)}
    assert found("host_rating_doubtful", **host, **given)[0] == expected
    halved = {"core_rating": ([16.875, 16.9, 0], 33.75, 33.75), "servers_in_use": (1, 1, 1)}
    assert found("logical_processors_counted", **halved, environment__virtualized=False)[0] == [True, False, False]
    assert found("logical_processors_counted", **halved, environment__virtualized=True)[0] == [False] * 3


def test_a_host_has_room_for_itself():
    given = {
        "host_processors_per_core": ([1, 1.125, 2, 2.125, NA], NA, NA),
        "servers__virtual_processors_per_core": 1,
        "servers_in_use": (1, 1, 0),
    }
    assert found("host_shared", **given)[0] == [False, True, True, False, False]
    assert found("host_oversubscribed", **given)[0] == [False, False, False, True, False]
    declared = {**given, "servers__virtual_processors_per_core": 3}
    assert not any(found("host_oversubscribed", **declared)[0])  # the check of the ratio itself speaks
    assert found(
        "host_memory_too_small",
        environment__virtualized=[True, True, True, False, True],
        servers__host_memory=([96, 97, 64, 64, NA], NA, NA),
        guest_memory=(96, NA, NA),
        servers_in_use=(1, 1, 0),
    )[0] == [True, False, True, False, False]
    assert found(
        "host_cores_missing",
        environment__virtualized=[True, True, False],
        servers__host_rating=([1280, 1280, 1280], NA, NA),
        rated_by_host=([False, True, False], False, False),
        servers_in_use=(1, 1, 0),
    )[0] == [True, False, False]


def test_values_far_from_the_usual_get_a_warning():
    """A quota of 25 MB may be 25 GB, and an average message of 7,500 KB may be 75 KB."""
    used = {"tier_in_use": ([True, True, True, True, False],)}
    sizes = ([0, 25, 99.9, 100, 25],)
    assert found("quota_doubtful", **used, tiers__mailbox_size_limit=sizes)[0] == [False, True, True, False, False]
    assert found("archive_quota_doubtful", **used, tiers__archive_size_limit=sizes)[0] == [
        False,
        True,
        True,
        False,
        False,
    ]
    sizes = ([75, 5120, 5121, 7500, 7500],)
    assert found("message_size_doubtful", **used, tiers__message_size=sizes)[0] == [False, False, True, True, False]


def test_the_standard_edition_dismounts_large_databases():
    assert found(
        "standard_database_too_large",
        environment__exchange_edition=[Edition.STANDARD, Edition.STANDARD, Edition.ENTERPRISE, Edition.STANDARD],
        volume_database_size=[1024, 1024.1, 1309, NA],
    ) == [False, True, False, False]
