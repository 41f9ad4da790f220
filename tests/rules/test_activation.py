"""Active databases after failures, by hand: five servers a site, 80 databases."""

from __future__ import annotations

import numpy as np
import pytest

from calculator import size

HALVES = {
    "tiers.1.mailboxes": 10_000,
    "environment.mailbox_servers": 5,
    "database_copies.ha_copies": 4,
    "database.automatic_count": False,
    "database.custom_count": 80,
}


@pytest.fixture(scope="module")
def plan():
    return size(HALVES)


def test_normal_running_halves_the_databases(plan):
    assert plan["active_databases"] == {"primary": 40, "secondary": 40}
    assert plan["active_normal"] == {"primary": 8, "secondary": 8}


def test_a_failed_server_leaves_its_databases_to_the_others(plan):
    assert plan["active_after_first_failure.primary"] == 10  # 8 + 8/4


def test_a_second_failure_spreads_what_is_left(plan):
    # two failed servers leave 2 x up(8/4) = 4 to the other site; (40 - 4)/3 = 12
    assert plan["active_after_second_failure.primary"] == 12


def test_loss_of_a_datacenter(plan):
    assert plan["active_after_site_failure.secondary"] == 16  # 80 over 5
    assert plan["active_databases_by_mode.site.primary"] == 16


def test_blocked_activation_keeps_databases_at_home():
    plan = size({**HALVES, "site_resilience.block_secondary_activation": True})
    assert plan["remote_active_after_first_failure.primary"] is None
    assert plan["active_after_second_failure.primary"] is None  # two copies at home bear no second failure


def test_with_one_copy_at_home_a_failure_goes_over_the_link():
    plan = size({**HALVES, "database_copies.ha_copies": 2, "database_copies.ha_copies_secondary": 1})
    assert plan["active_after_first_failure.primary"] == 8
    assert "database_copies.ha_copies" in [i.field for i in plan.issues if i.severity == "warning"]


def test_a_standalone_server_carries_all_its_databases():
    plan = size({"tiers.1.mailboxes": 500, "environment.high_availability": False, "environment.mailbox_servers": 2})
    assert plan["memory_sizing_databases.primary"] == plan["databases"]
    assert plan["active_databases_by_mode.worst.primary"] is None
    assert plan["active_normal.primary"] is None
    assert plan["cpu_utilization_by_mode.worst.primary"] == plan["cpu_utilization_by_mode.normal.primary"] > 0


def test_figures_that_do_not_apply_are_no_infinities(plan):
    for values in plan.results.values.values():
        if isinstance(values, np.ndarray) and values.dtype == np.float64:
            assert not np.isinf(values).any()
