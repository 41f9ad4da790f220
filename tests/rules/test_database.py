"""Largest database, databases per volume, and mailboxes per database."""

from __future__ import annotations

import pytest
from support.rule_calls import NA, assert_figures, call, call_correction

from calculator.inputs.choices import DatabaseCountDriver, DesignApproach


def test_a_decimal_disk_in_binary_gigabytes():
    found = call("storage_database_disk_formatted", storage__database_disk_capacity=([2000, 0, 4000], [2000, 36, 0]))
    assert_figures(found, ([1862.645149230957, 0, 3725.290298461914], [1862.645149230957, 33.52761268615723, 0]))
    smaller = call(
        "smaller_database_disk", site_resilience__enabled=[True, False], storage_database_disk_formatted=(2000, 1000)
    )
    assert_figures(smaller, [1000, 2000])


def test_databases_that_divide_a_disk():
    found = call(
        "databases_a_disk_is_divided_by",
        copies_total=[4, 4, 4, 3, 3, 6, 2],
        storage__databases_per_volume_matches_copies=[True, False, True, False, True, True, False],
        site_resilience__enabled=[True, True, True, True, False, True, False],
        active_passive=[False, False, True, True, True, True, False],
    )
    assert_figures(found, [4, 2, 2, 3, 3, 3, 1])


def test_the_largest_database():
    given = {
        "environment__high_availability": [False, True, True, True, True, True, True],
        "copies_total": [1, 1, 4, 4, 4, 3, 3],
        "jbod_suitable": [False, False, False, True, True, True, True],
        "smaller_database_disk": [1862, 1862, 1862, 1400, 1400, 1400, 1000],
        "several_per_volume": [False, False, False, True, False, False, False],
        "content_index_share": 0.2,
    }
    found = call(
        "database_size_limit_calculated",
        **given,
        databases_a_disk_is_divided_by=4,
        storage__database_disk_capacity=([2000, 2000, 2000, 2000, 2000, 2501, 2500], 2000),
        data__volume_free_space=0,
    )
    # Four share 1,400 GB: 350 / (1 + 0.2 + 0.2/4) = 280.  Alone: 1,400 / 1.4 = 1,000, on a large disk 2,000.
    assert_figures(found, [200, 200, 2000, 280, 1000, 2000, 715])
    right = call_correction(
        "database_size_limit_calculated", **given, databases_per_volume_wanted=4, data__volume_free_space=0
    )
    assert_figures(right, [200, 200, 2000, 280, 1000, 1000, 714])


def test_a_custom_size_lowers_the_limit():
    found = call(
        "database_size_limit",
        database_size_limit_calculated=[200, 2000, 2000],
        database__custom_max_size_enabled=[True, True, False],
        database__custom_max_size=500,
    )
    assert_figures(found, [200, 500, 2000])


def test_databases_on_a_volume():
    fit = call(
        "databases_per_volume_limit",
        several_per_volume=[True, True, True, False],
        smaller_database_disk=1862,
        database_size_limit=[372, 1000, 100, 100],
        copies_total=4,
    )
    assert_figures(fit, [4, 1, 4, 1])
    wanted = call(
        "databases_per_volume_wanted",
        several_per_volume=[True, True, True, True, True, False],
        two_way=[True, True, False, False, False, False],
        site_resilience__enabled=[True, True, True, False, False, True],
        storage__databases_per_volume_matches_copies=[True, False, False, False, True, True],
        copies_total=[4, 4, 4, 4, 3, 4],
        copies_there=([2, 2, 3, 4, 3, 2], [2, 2, 1, 0, 0, 2]),
    )
    assert_figures(wanted, [4, 2, 3, 2, 3, 1])
    held = call(
        "databases_per_volume",
        databases_per_volume_wanted=4,
        several_per_volume=[True, True, False],
        two_way=[True, False, True],
        databases_per_volume_limit=3,
    )
    assert_figures(held, [3, 4, 4])


def test_a_server_supports_a_whole_number_of_volumes():
    found = call(
        "supported_databases_per_server",
        volume_design_approach=[DesignApproach.BACKUP_SET]
        + [DesignApproach.MULTIPLE] * 5
        + [DesignApproach.ONE_PER_DATABASE],
        several_per_volume=[False, True, True, True, True, True, False],
        databases_per_volume=[1, 4, 3, 7, 16, 100, 1],
    )
    assert_figures(found, [98, 100, 99, 98, 96, 100, 100])
    dag = call(
        "supported_databases_per_dag",
        environment__high_availability=[True, True, False],
        supported_databases_per_server=100,
        environment__mailbox_servers=[4, 5, 4],
        copies_on_active_servers=[2, 3, 1],
    )
    assert_figures(dag, [200, 166, NA])


def test_mailboxes_that_a_disk_serves():
    found = call(
        "mailboxes_per_database_io",
        jbod_suitable=[True, True, True, True, False, True],
        storage_database_disk_random_iops=(55, 55),
        peak_iops=[100, 100, 300, 0, 100, 6000],
        mailboxes_per_dag=[1000, 1000, 1000, 1000, 1000, 100],
        several_per_volume=[False, True, False, False, False, False],
        databases_per_volume=4,
    )
    # 55 I/O at 0.1 each serve 550 mailboxes; at 0.3 they serve 183, which is made even.
    assert_figures(found, [550, 137.5, 182, NA, NA, 0])


def test_mailboxes_that_fit_a_database():
    found = call(
        "mailboxes_per_database_capacity",
        database_size_limit=[100, 100, 100, 100],
        data__overhead_factor=[0, 0.2, 0, 0],
        guidance__database_provisioning_factor=[1, 1, 2, 1],
        average_mailbox_size=[1024, 1024, 1024, 0],
    )
    assert_figures(found, [100, 80, 50, NA])
    assert_figures(call("average_mailbox_size", mailbox_share=(0.25, 0.75), mailbox_size_on_disk=(4000, 2000)), [2500])


@pytest.mark.parametrize(
    ("io", "capacity", "driver", "mailboxes"),
    [(50.5, 80, "IO", 51), (80, 80, "SIZE", 80), (NA, 80.2, "SIZE", 81), (50, NA, "SIZE", NA), (0, 80, "IO", 0)],
)
def test_what_limits_a_database(io, capacity, driver, mailboxes):
    given = {"mailboxes_per_database_io": io, "mailboxes_per_database_capacity": capacity}
    assert call("database_count_driver", **given).tolist() == [DatabaseCountDriver[driver]]
    assert_figures(call("mailboxes_per_database_calculated", **given), [mailboxes])
