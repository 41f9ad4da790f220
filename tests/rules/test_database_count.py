"""How many databases: by hand."""

from __future__ import annotations

import numpy as np
import pytest
from support.rule_calls import NA, assert_figures, call_correction

from calculator import size
from calculator.rules.database_count import (
    common_multiple,
    databases,
    databases_calculated,
    databases_symmetrical,
    permutations,
)

YES, NO = np.array([True]), np.array([False])


def of(*values):
    return np.array(values, dtype=np.float64)


@pytest.mark.parametrize(
    ("things", "taken", "ways"), [(4, 3, 24), (5, 2, 20), (8, 1, 8), (3, 0, 1), (3, 3, 6), (16, 4, 43_680)]
)
def test_ordered_ways_to_put_copies_on_servers(things, taken, ways):
    assert permutations(of(things), of(taken)) == ways


def test_more_copies_than_servers_have_no_way():
    assert np.isnan(permutations(of(2), of(3)))[0]
    assert np.isnan(permutations(of(np.nan), of(3)))[0]


@pytest.mark.parametrize(
    ("mailboxes", "each", "count"), [(1000, 100, 10), (1001, 100, 12), (100, 100, 1), (101, 100, 2), (10**6, 10, 100)]
)
def test_an_even_number_of_databases_within_the_supported(mailboxes, each, count):
    assert databases_calculated(of(mailboxes), of(each), NO, of(np.nan), of(100)) == count


def test_a_symmetrical_number_is_a_multiple_of_the_ways():
    assert databases_symmetrical(of(26), of(4), of(3)) == 48
    assert databases_symmetrical(of(24), of(4), of(3)) == 24


@pytest.mark.parametrize(
    ("group", "raw", "shown"),
    [(4, 38, 40), (4, 9, 10), (4, 11, 14), (4, 39, 42), (16, 40, 48), (16, 41, 50), (16, 60, 72)],
)
def test_the_remainder_by_the_group_is_added(group, raw, shown):
    count = databases(of(raw), of(group), YES, YES, of(0), of(500), of(100), YES, of(20), 9999.0)
    assert count == shown


@pytest.mark.parametrize(
    ("change", "count"),
    [
        # The next multiple of 4 after 38 is 40.
        ({}, 40),
        ({"disk_group": 16}, 48),
        # 10 volumes of 2 databases on 4 servers, for 3 copies: 80 / 3 = 26 databases, or 24 in groups of 4.
        ({"volume_count_automatic": False}, 24),
        ({"volume_count_automatic": False, "environment__high_availability": False}, 26),
        ({"volume_count_automatic": False, "disk_group": 32}, 26),
        ({"volume_count_automatic": False, "disk_group": 26}, 26),
        ({"volume_count_automatic": False, "storage__data_volumes_per_server": 0}, 1),
        ({"environment__high_availability": False}, 38),
        # A number of its own is filled up and held to what a DAG or a server supports.
        ({"database__automatic_count": False}, 12),
        ({"database__automatic_count": False, "environment__high_availability": False}, 9),
        ({"database__automatic_count": False, "database__custom_count": 600}, 500),
        ({"database__automatic_count": False, "database__custom_count": 600, "disk_group": 16}, 496),
        (
            {
                "database__automatic_count": False,
                "database__custom_count": 600,
                "environment__high_availability": False,
            },
            100,
        ),
    ],
)
def test_databases_filled_up_to_the_group(change, count):
    given = {
        "databases_raw": 38,
        "disk_group": 4,
        "environment__high_availability": True,
        "database__automatic_count": True,
        "database__custom_count": 9,
        "supported_databases_per_dag": 500,
        "supported_databases_per_server": 100,
        "volume_count_automatic": True,
        "storage__data_volumes_per_server": 10,
        "databases_per_volume": 2,
        "environment__mailbox_servers": 4,
        "copies_on_active_servers": 3,
        "database__symmetrical_distribution": True,
        "databases_symmetrical": 48,
    }
    assert call_correction("databases", **{**given, **change}) == count


@pytest.mark.parametrize(
    ("change", "count"),
    [
        # 30 ordered ways to put two copies on six servers, in groups of 12: 36 is no multiple of 30, 60 is.
        ({}, 60),
        ({"disk_group": 6}, 30),
        ({"disk_group": 8}, 120),
        # Without room for 60, or a symmetrical number to keep, the next group counts.
        ({"supported_databases_per_dag": 59}, 36),
        ({"supported_databases_per_dag": 60}, 60),
        ({"database__symmetrical_distribution": False}, 36),
        ({"databases_symmetrical": 60}, 36),
        ({"database__automatic_count": False}, 36),
        ({"environment__high_availability": False}, 30),
    ],
)
def test_a_symmetrical_number_stays_one_in_groups(change, count):
    given = {
        "databases_raw": 30,
        "disk_group": 12,
        "environment__high_availability": True,
        "database__automatic_count": True,
        "database__custom_count": 30,
        "supported_databases_per_dag": 500,
        "supported_databases_per_server": 100,
        "volume_count_automatic": True,
        "storage__data_volumes_per_server": 10,
        "databases_per_volume": 2,
        "environment__mailbox_servers": 6,
        "copies_on_active_servers": 2,
        "database__symmetrical_distribution": True,
        "databases_symmetrical": 30,
    }
    assert call_correction("databases", **{**given, **change}) == count


def test_the_least_common_multiple_of_numbers_that_have_one():
    found = common_multiple(np.array([30, 12, NA, 0, 5.5]), np.array([12, 6, 12, 12, 12]))
    assert_figures(found, [60, 12, NA, NA, NA])


def test_a_group_that_alternates_for_ever_is_settled():
    design = {
        "tiers.1.mailboxes": 1000,
        "environment.mailbox_servers": 8,
        "database_copies.ha_copies": 2,
        "database_copies.ha_copies_secondary": 1,
        "database.automatic_count": False,
        "database.custom_count": 22,
    }
    assert size(design)["disk_group"] == 16


def test_what_limits_the_mailboxes_of_a_database():
    capacity = {"tiers.1.mailboxes": 5000, "tiers.1.mailbox_size_limit": 10240}
    assert size(capacity)["database_count_driver"] == "size"
    slow = {"tiers.1.mailboxes": 5000, "tiers.1.mailbox_size_limit": 512, "tiers.1.messages_per_day": 500}
    assert size(slow)["database_count_driver"] == "io"


def test_a_disk_too_slow_for_two_mailboxes_is_an_error():
    slow = {"tiers.1.mailboxes": 5000, "tiers.1.predict_iops": False, "tiers.1.iops_per_mailbox": 40}
    plan = size(slow)
    assert plan.status == "invalid"
    assert "storage.primary.database_disk_type" in [i.field for i in plan.issues if i.severity == "error"]


def test_a_disk_too_slow_for_two_mailboxes_holds_none_and_counts_for_nothing():
    plan = size({"tiers.1.mailboxes": 10_000, "io.additional_iops": 1e6})
    assert plan["mailboxes_per_database_io"] == 0
    assert plan["mailboxes_per_database_calculated"] == 0
    assert plan["databases_calculated"] is None
    assert plan["databases"] == 2  # an error on the way counts as one database, and counts are even
