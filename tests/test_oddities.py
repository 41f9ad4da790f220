"""Oddities of the calculator: the figure it shows, and the corrected one, for a design that tells them apart."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from support.golden_designs import golden_inputs, inputs_of_columns
from support.rule_calls import NA, assert_figures, call, call_correction
from support.strategies import random_columns

from calculator import size
from calculator.engine import run
from calculator.rules.registry import CORRECTIONS, RULES

USERS = {"tiers.1.mailboxes": 5000, "tiers.1.mailbox_size_limit": 5120, "guidance.dumpster_model": "calculator"}
ONE_SITE = {"site_resilience.enabled": False, "site_resilience.model": "active_passive"}
PAIRS = {"site_resilience.model": "active_active_multiple_dags"}
RESERVE = {"site_resilience.model": "active_passive"}
SINGLE_COPY = {"database_copies.ha_copies": 2, "database_copies.ha_copies_secondary": 1}
RAID = {"storage.consider_jbod": False}


def both(design, column):
    shown = size({**USERS, **design})
    corrected = size({**USERS, **design, "guidance.oddities": "corrected"})
    return shown[column], corrected[column]


@pytest.mark.slow
def test_databases_are_filled_up_to_the_group_not_raised_by_the_remainder():
    design = {**ONE_SITE, "database_copies.ha_copies": 3, "database.automatic_count": False, "database.custom_count": 9}
    assert both(design, "databases") == (10, 12)


def test_items_are_counted_in_kilobytes():
    shown, corrected = both({}, "items_active.primary")
    assert corrected == pytest.approx(1024 * shown, rel=1e-12)
    shown, corrected = both({}, "content_index_memory.primary")
    assert shown < 7.1 < corrected


BLOCKED = {
    **SINGLE_COPY,
    **RAID,
    "site_resilience.dedicated_dr_servers": True,
    "site_resilience.block_secondary_activation": True,
}


def test_no_more_databases_are_active_than_a_server_holds():
    shown, corrected = both(BLOCKED, "memory_sizing_databases.primary")
    plan = size({**USERS, **BLOCKED, "guidance.oddities": "corrected"})
    # Four active and four disaster recovery servers hold one copy of each database of both datacenters.
    assert shown > corrected == plan["sized_copies_per_server.primary"] == plan["databases"] / 8


def test_passive_load_is_never_negative():
    shown, corrected = both(BLOCKED, "passive_megacycles_by_mode.worst.primary")
    assert shown < 0
    assert corrected == 0


def test_servers_left_are_counted_in_every_dag_of_the_pairs():
    design = {**PAIRS, "database_copies.ha_copies": 4, "database_copies.ha_copies_secondary": 2}
    shown, corrected = both(design, "remaining_servers")
    assert corrected == 2 * shown > 0


def test_the_size_limit_fits_a_small_secondary_disk():
    design = {
        **RESERVE,
        "storage.multiple_databases_per_volume": False,
        "storage.secondary.database_disk_capacity": 1000,
    }
    shown, corrected = both(design, "database_size_limit_calculated")
    assert shown == 2000
    assert corrected == 631  # 931.32 GB, 5 % free, over 1.4


def test_disks_are_whole():
    design = {
        **ONE_SITE,
        "environment.mailbox_servers": 7,
        "database_copies.ha_copies": 7,
        "database.automatic_count": False,
        "database.custom_count": 58,
        "tiers.1.mailboxes": 2000,
    }
    shown, corrected = both(design, "storage_jbod_disks.primary")
    copies = size({**USERS, **design})["database_copies_per_server"]
    assert shown == copies / 7
    assert shown != corrected == -(-copies // 7)


def test_volumes_beyond_fifty_need_room_for_one_database_each():
    from calculator.rules.volume_space import maintenance_space_of_every_volume, maintenance_space_of_server

    yes, copies, each, size_of = np.array([False]), np.array([104.0]), np.array([2.0]), np.array([100.0])
    assert maintenance_space_of_server(yes, copies, np.array([0.0]), each, size_of, 1.1, 50.0) == pytest.approx(
        1.1 * 100 * (100 / 2 + 4)
    )
    assert maintenance_space_of_every_volume(yes, copies, each, size_of, 1.1) == pytest.approx(1.1 * 100 * 52)
    # Three databases on each of 33 volumes, and one on the last: 34 volumes.
    hundred, three = np.array([100.0]), np.array([3.0])
    assert maintenance_space_of_every_volume(yes, hundred, three, size_of, 1.1) == pytest.approx(1.1 * 100 * 34)


def test_labels_of_full_servers_are_misread():
    from calculator.rules.volume_space import misread_databases, no_misread_databases

    rows = np.array([100.0])
    # 16 databases a volume: the seventh ends at 100, is read as 0 and holds none of its four
    assert misread_databases(rows, np.array([100.0]), np.array([16.0]), 100.0, 9.0) == -4
    assert misread_databases(rows, np.array([99.0]), np.array([16.0]), 100.0, 9.0) == 0
    assert no_misread_databases(rows) == 0


def test_memory_does_not_fall_where_content_indexing_begins_to_fit():
    """The cache, a quarter of the memory, leaves 24 GB of 32 GB for content indexing."""
    needed, index = ([31.9, 32, 40], NA), (24, NA)
    shown = call("server_memory_calculated", server_memory_base=needed, content_index_memory=index)
    corrected = call_correction("server_memory_calculated", server_memory_base=needed, content_index_memory=index)
    assert_figures(shown, ([55.9, 32, 40], NA))
    assert_figures(corrected, ([32, 32, 40], NA))


def test_a_log_is_all_its_bits():
    shown, corrected = both({}, "replication_peak_throughput.environment")
    assert corrected == pytest.approx(shown * 1.048576, rel=1e-12)


def test_a_window_of_four_hours_averages_four():
    shown, corrected = both({"site_resilience.recovery_point_objective": 4}, "replication_window_throughput.4")
    four, five = 0.08 + 0.10 + 0.10 + 0.09, 0.08 + 0.10 + 0.10 + 0.09 + 0.08
    assert corrected / 1.048576 / shown == pytest.approx((four / 4) / (five / 5), rel=0.05)
    assert corrected > shown


def test_bits_in_flight_also_to_active_servers():
    shown, corrected = both({}, "replication_bandwidth_delay_product")
    assert shown is None
    assert corrected == 1e9 * 0.050


def test_time_to_capacity_starts_from_the_initial_size():
    design = {"tiers.1.initial_mailbox_size": 1024}
    shown, corrected = both(design, "tiers.1.months_to_capacity")
    yearly = 100 * 75 * 5 / 1024 * 52 / 1024
    size_on_disk = 5445
    assert shown == pytest.approx(12 * (size_on_disk / 1024) / (yearly + 1), rel=1e-12)
    assert corrected == pytest.approx(12 * (5120 - 1024) / 1024 / yearly, rel=1e-12)


def test_growth_curves_start_from_the_initial_size():
    design = {"tiers.1.initial_mailbox_size": 10_240}
    shown, corrected = both(design, "tiers.1.mailbox_size_by_month.60.12")
    yearly = 100 * 75 * 5 / 1024 * 52 / 1024
    assert shown == pytest.approx((yearly + 10) * 0.6, rel=1e-12)
    assert shown < 10 < corrected
    assert corrected == pytest.approx(10 + 0.6 * yearly, rel=1e-12)


def test_each_side_counts_its_own_lagged_copies():
    design = {
        **RESERVE,
        "database_copies.ha_copies": 3,
        "database_copies.ha_copies_secondary": 1,
        "database_copies.lagged_copies": 1,
        "database_copies.lagged_copies_secondary": 1,
    }
    shown, corrected = both(design, "remote_copies.primary")
    assert shown == size({**USERS, **design})["lagged_database_copies.secondary"] > 0
    assert corrected == 0


def test_home_keeps_what_the_failed_server_did_not_hold():
    """One copy at home on four servers: the databases of a failed one go over, all to the server of its place."""
    design = {**SINGLE_COPY, **RAID, "environment.mailbox_servers": 4}
    plan = size({**USERS, **design, "guidance.oddities": "corrected"})
    databases, each = plan["active_databases.primary"], plan["active_normal.primary"]
    assert both(design, "home_active_total_after_first_failure.primary") == (0, databases - each)
    assert both(design, "away_active_total_after_first_failure.primary") == (databases, each)
    # Of 40 databases at home the 10 of a failed server go over together; the workbook spreads 30 over four servers.
    design |= {"database.automatic_count": False, "database.custom_count": 80}
    assert both(design, "remote_active_after_first_failure.primary") == (8, 10)


def test_both_datacenters_of_one_dag_have_a_preferred_limit():
    design = {"site_resilience.model": "active_active_single_dag", "environment.mailbox_servers": 4}
    shown, corrected = both(design, "preferred_active_databases_limit.secondary")
    plan = size({**USERS, **design})
    assert shown is None
    assert corrected == plan["preferred_active_databases_limit.primary"]
    assert corrected == plan["active_databases_by_mode.double.secondary"] < plan["active_databases_limit.secondary"]


NOTICE_DESIGN = {"environment.high_availability": False, "tiers.1.initial_mailbox_size": 1024}
"""A standalone server, on which three quirks count."""


YEARS = (
    "the time in years until a mailbox is full if nothing is deleted (the initial size is counted again in every year)"
)
ITEMS = "the number of items in a database as the content index counts them (a size in MB is divided by one in KB)"
BY_MONTH = (
    "the size of a mailbox after the given number of months (the initial size is multiplied by the share kept and the "
    "time)"
)


@pytest.mark.parametrize(
    ("oddities", "message", "hint"),
    [
        (
            "as_calculator",
            "Known quirks of Microsoft's workbook affect these results. Compared with the corrected figures, they are "
            f"smaller for {YEARS}, {ITEMS}; larger or smaller for {BY_MONTH}.",
            'Set guidance.oddities to "corrected" to use the corrected figures.',
        ),
        (
            "corrected",
            "Known quirks of Microsoft's workbook are corrected in these results. Compared with them, the figures "
            f"of the workbook would be smaller for {YEARS}, {ITEMS}; larger or smaller for {BY_MONTH}.",
            'Set guidance.oddities to "as_calculator" to use the figures of the workbook.',
        ),
    ],
)
def test_a_notice_says_whether_the_figures_of_the_workbook_are_larger_or_smaller(oddities, message, hint):
    plan = size({**USERS, **NOTICE_DESIGN, "guidance.oddities": oddities})
    (notice,) = [issue for issue in plan.issues if issue.field == "guidance.oddities"]
    assert (notice.message, notice.hint) == (message, hint)


def test_corrected_designs_share_a_batch_with_the_others():
    from calculator import size_many

    table = size_many(
        {"tiers.1.mailboxes": [5000, 5000], "guidance.oddities": ["as_calculator", "corrected"]},
        results=["items_active"],
    ).to_pydict()
    shown, corrected = table["items_active.primary"]
    assert corrected == pytest.approx(1024 * shown, rel=1e-12)


@pytest.mark.parametrize("name", CORRECTIONS)
def test_every_correction_says_what_it_corrects(name):
    correction = CORRECTIONS[name]
    assert correction.function.__doc__.endswith(".")
    assert correction.oddity
    assert RULES[name].oddity, "the rule it corrects has an Oddity line"


@cache
def random_inputs():
    return inputs_of_columns(random_columns(400, 4, seed=2013))


@pytest.mark.slow
@pytest.mark.parametrize("inputs", [golden_inputs, random_inputs], ids=["golden", "random"])
@pytest.mark.parametrize("name", [name for name, correction in CORRECTIONS.items() if correction.seen is not None])
def test_an_oddity_is_marked_exactly_where_the_figures_differ(name, inputs):
    results = run.run([name], {**inputs(), "guidance__oddities": np.zeros(1, dtype=np.int64)}, 4)
    shown, corrected = np.broadcast_arrays(results.values[name], results.corrected[name])
    differ = ~np.isclose(shown, corrected, rtol=1e-9, atol=0, equal_nan=True)
    assert np.array_equal(results.differs[name] > 0, differ.reshape(-1, differ.shape[-1]).any(axis=0))
    assert results.differs[name].any()
