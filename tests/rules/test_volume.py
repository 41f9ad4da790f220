"""Volumes of a server: how many, what fills them, and how large they are."""

from __future__ import annotations

import pytest
from support.rule_calls import NA, assert_figures, call

from calculator.inputs.choices import DesignApproach

ONE, SEVERAL, SETS = DesignApproach


def test_the_size_of_a_database():
    found = call(
        "volume_database_size",
        valid=[True, True, False],
        mailboxes_per_database=[100, 0, 100],
        average_mailbox_size=1024,
    )
    assert_figures(found, [100, 0, 0])
    with_overhead = call(
        "volume_database_size_with_overhead",
        volume_database_size=100,
        data__overhead_factor=[0, 0.2, 0.2],
        guidance__database_provisioning_factor=[1, 1, 1.5],
    )
    assert_figures(with_overhead, [100, 120, 180])
    assert_figures(call("volume_mailboxes_per_database", valid=[True, False], mailboxes_per_database=100), [100, 0])
    logs = call("volume_log_size_with_overhead", valid=[True, True, False], log_space=480, databases=[48, 0, 48])
    assert_figures(logs, [10, NA, 0])


def test_the_number_of_volumes():
    found = call(
        "volume_volumes_computed",
        volume_design_approach=[ONE, SEVERAL, SEVERAL, SETS, SETS, SETS, SEVERAL],
        database_copies_per_server=[24, 24, 26, 9, 10, 100, 24],
        databases_per_volume=4,
        volume_count_automatic=[True, True, True, True, True, True, False],
        storage__data_volumes_per_server=5,
    )
    # The table of backup sets is not monotonic: 9 databases give 3 volumes and 10 give 2.
    assert_figures(found, [1, 6, 6.5, 3, 2, 14, 5])
    laid_out = call(
        "laid_out_databases_per_volume",
        volume_design_approach=[ONE, SEVERAL, SETS, SETS],
        database_copies_per_server=[24, 24, 9, 10],
        volume_volumes_computed=[1, 6, 3, 4],
        databases_per_volume=[1, 4, 1, 1],
    )
    assert_figures(laid_out, [1, 4, 3, 3])
    assert_figures(call("volume_databases_per_volume", valid=[True, False], laid_out_databases_per_volume=4), [4, NA])


@pytest.mark.parametrize(
    ("copies", "rows", "volumes"),
    [(0, 1, 0), (1, 1, 1), (4, 4, 1), (5, 5, 2), (99, 99, 25), (100, 100, 25), (500, 100, 100)],
)
def test_the_layout_lists_a_hundred_copies(copies, rows, volumes):
    assert_figures(call("layout_rows", valid=[True, False], database_copies_per_server=copies), [rows, 0])
    found = call(
        "volume_database_volumes",
        valid=[True, False],
        database_copies_per_server=copies,
        laid_out_databases_per_volume=4,
    )
    assert_figures(found, [volumes, NA])


def test_all_volumes_of_a_server():
    logs = call(
        "volume_log_volumes",
        valid=[True, True, False],
        logs_share_volume=[True, False, False],
        volume_database_volumes=24,
    )
    assert_figures(logs, [0, 24, NA])
    restore = call(
        "volume_restore_volumes", valid=[True, True, False], data__dedicated_restore_volume=[True, False, True]
    )
    assert_figures(restore, [1, 0, NA])
    spare = call(
        "volume_autoreseed_volumes",
        database_log_isolation=[False, True, False],
        multiple_databases_per_volume=[True, True, False],
        storage__autoreseed_volumes=2,
    )
    assert_figures(spare, [2, 0, 0])
    total = call(
        "volume_exchange_volumes",
        volume_database_volumes=6,
        volume_log_volumes=[0, 6, NA],
        volume_autoreseed_volumes=1,
        volume_restore_volumes=1,
    )
    assert_figures(total, [8, 14, NA])


def test_what_fills_a_volume():
    held = call(
        "databases_on_first_volume",
        layout_rows=[24, 3, 0, 24],
        laid_out_databases_per_volume=4,
        volume_database_volumes=[6, 1, 0, NA],
    )
    assert_figures(held, [4, 3, 0, NA])
    databases = call(
        "volume_databases_part", databases_on_first_volume=[4, 0, NA], volume_database_size_with_overhead=1000
    )
    assert_figures(databases, [4000, 0, NA])
    index = {"content_index_share": 0.2}
    assert_figures(call("content_index_size", **index, volume_databases_part=[4000, 0, NA]), [800, 0, NA])
    merge = call(
        "master_merge_size", **index, databases_on_first_volume=[4, 0, NA], volume_database_size_with_overhead=1000
    )
    assert_figures(merge, [200, 0, NA])
    assert_figures(call("master_merge_saving", databases_on_first_volume=[4, 1, 0], master_merge_size=200), [600, 0, 0])
    logs = call(
        "volume_logs_part",
        logs_share_volume=[True, False],
        databases_on_first_volume=4,
        volume_log_size_with_overhead=10,
    )
    assert_figures(logs, [40, 0])
    maintenance = call(
        "volume_maintenance_part",
        data__dedicated_restore_volume=[False, True, False],
        volume_databases_part=[4000, 4000, 0],
        laid_out_databases_per_volume=4,
    )
    assert_figures(maintenance, [1100, 0, 0])


def test_the_size_of_a_volume():
    found = call(
        "volume_database_volume_size",
        volume_databases_part=4000,
        volume_maintenance_part=[0, 1100, 0],
        content_index_size=800,
        master_merge_size=200,
        volume_logs_part=[40, 40, 0],
        data__volume_free_space=[0, 0, 0.2],
    )
    assert_figures(found, [5040, 6140, 6250])
    assert_figures(call("volume_free_part", volume_database_volume_size=6250, data__volume_free_space=0.2), [1250])
    logs = call(
        "volume_log_volume_size",
        logs_share_volume=[False, True],
        databases_on_first_volume=4,
        volume_log_size_with_overhead=10,
        data__volume_free_space=0.2,
    )
    assert_figures(logs, [50, 0])


def test_a_standalone_server_restores_several_databases_at_once():
    found = call(
        "volume_restore_volume_size",
        data__dedicated_restore_volume=[True, True, True, True, True, True, False],
        volume_databases_part=90,
        databases_on_first_volume=1,
        volume_log_size_with_overhead=10,
        copies_total=[1, 1, 1, 1, 1, 2, 1],
        volume_design_approach=[ONE, ONE, ONE, ONE, SETS, ONE, ONE],
        databases=[1, 13, 14, 49, 49, 49, 49],
        data__volume_free_space=0,
    )
    assert_figures(found, [100, 100, 200, 700, 100, 100, 0])
