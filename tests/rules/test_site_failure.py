"""Loss of a datacenter, and the figures of the worst failure."""

from __future__ import annotations

import pytest
from support.rule_calls import NA, assert_figures, call, call_correction


def test_active_databases_after_the_loss_of_the_primary():
    found = call(
        "active_after_site_failure",
        two_datacenters=[True, True, True, True, False, True, True],
        valid=[True, True, True, True, True, False, True],
        database_copies__ha_copies_secondary=[2, 2, 1, 2, 2, 2, 0],
        active_active_single_dag=[True, False, False, True, False, True, False],
        dr_servers_dedicated=[False, False, False, True, False, False, False],
        ha_copies=(2, 2),
        environment__mailbox_servers=4,
        databases=50,
        active_databases=([25, 50, 50, 25, 50, 25, 50], [25, 0, 0, 25, 0, 25, 0]),
        active_servers=(4, [4, 0, 0, 4, 0, 4, 0]),
        dr_servers=(0, [0, 4, 4, 3, 4, 0, 4]),
        remote_ha_copies=(0, [0, 100, 48, 0, 0, 0, 0]),
    )
    # 50 over 4 servers is 12.5; one copy each: 48 over 4; dedicated: the 25 of the secondary over 3
    assert_figures(found, [13, 13, 12, 9, NA, NA, NA])


def test_more_servers_may_fail_after_the_site():
    given = {
        "two_datacenters": True,
        "valid": [True, True, True, False],
        "active_active_single_dag": [False, True, False, False],
        "dr_servers_dedicated": False,
        "environment__mailbox_servers": 6,
        "databases": 48,
        "active_servers": (6, [0, 5, 0, 0]),
        "dr_servers": (0, [5, 0, 1, 5]),
    }
    first = call(
        "active_after_site_and_first_failure", **given, effective_ha_copies=(2, 2), active_after_first_failure=(5, 0)
    )
    # 48 over the 4 that are left; in one active/active DAG 5 of a home server come on top
    assert_figures(first, [12, 17, NA, NA])
    assert_figures(
        call(
            "active_after_site_and_first_failure",
            **given,
            effective_ha_copies=(2, 1),
            active_after_first_failure=(5, 0),
        ),
        NA,
    )
    second = call(
        "active_after_site_and_second_failure",
        **given,
        database_copies__ha_copies_secondary=3,
        active_after_second_failure=(6, 0),
    )
    assert_figures(second, [16, 22, NA, NA])
    assert_figures(
        call(
            "active_after_site_and_second_failure",
            **given,
            database_copies__ha_copies_secondary=2,
            active_after_second_failure=(6, 0),
        ),
        NA,
    )


WORST = {
    "environment__high_availability": [True, False, True, True, True],
    "two_datacenters": [True, False, True, False, True],
    "site_resilience__enabled": [True, False, True, False, True],
    "active_active_single_dag": [True, False, True, False, False],
    "dr_servers_dedicated": False,
    "environment__mailbox_servers": 4,
    "ha_copies": ([2, 0, 1, 3, 2], [2, 0, 1, 0, 1]),
    "effective_ha_copies": ([2, 0, 1, 3, 2], [2, 0, 1, 0, 1]),
    "active_databases": (48, 0),
    "active_normal": (6, 0),
    "active_after_first_failure": ([8, NA, NA, 16, 8], NA),
    "active_after_second_failure": ([12, NA, NA, 24, NA], NA),
    "active_after_site_failure": [16, NA, NA, NA, 12],
    "active_after_site_and_first_failure": NA,
    "active_after_site_and_second_failure": NA,
}


def test_memory_is_sized_for_the_worst_failure():
    found = call("memory_sizing_databases", **WORST)
    # both copies of a single one at home count; a standalone server has all its databases
    assert_figures(found, ([16, 48, 12, 24, 8], [16, NA, 0, NA, 12]))
    assert_figures(call("active_databases_limit", memory_sizing_databases=(16, 12)), ([16], [12]))


FAILURES = (
    # Most active on a server of each datacenter: no failure, one and two servers, a datacenter, and one and two more.
    (6, 0),
    (8, 3),
    (12, 4),
    (16, 18),
    (20, 24),
    (24, 30),
    # Of the databases at home in each datacenter those in the other: on a server and all, after one and two failures.
    (3, NA),
    (4, NA),
    (6, NA),
    (12, NA),
    # Copies on a server.
    (40, 20),
)
"""Figures of `layout_failures`."""


@pytest.mark.parametrize(
    ("two_way", "one_more", "two_more", "worst"),
    [
        (False, NA, NA, (12, 18)),
        (False, 24, NA, (12, 24)),
        (False, 24, 30, (12, 30)),
        (True, NA, NA, (16, 18)),
        (True, 24, NA, (20, 24)),
        (True, 24, 30, (24, 30)),
    ],
)
def test_memory_is_sized_for_the_worst_failure_of_the_layout(two_way, one_more, two_more, worst):
    given = {
        "memory_sizing_databases": (5, 5),
        "layout_failures": FAILURES,
        "two_datacenters": True,
        "two_way": two_way,
        "active_after_site_and_first_failure": one_more,
        "active_after_site_and_second_failure": two_more,
    }
    found = call_correction("memory_sizing_databases", **given, layout_possible=[True, False])
    assert_figures(found, ([worst[0], 5], [worst[1], 5]))
    alone = call_correction("memory_sizing_databases", **{**given, "two_datacenters": False}, layout_possible=True)
    assert_figures(alone[1], [NA])


def test_databases_by_mode_in_the_layout():
    sized = ((5, 1), (5, 1), (5, 1), (5, 1), (9, 2))
    given = {"sized_databases_by_mode": sized, "layout_failures": FAILURES}
    given |= {"layout_possible": [True, True, True, False], "two_datacenters": [True, True, False, True]}
    found = call_correction("sized_databases_by_mode", **given, active_active_multiple_dags=[False, True, False, False])
    # The primary's servers of the other DAG of a pair take over as the secondary's of this one.
    assert_figures(found[:, 0], ([5] * 4, [8, 8, 8, 5], [12, 12, 12, 5], [16, 18, 0, 5], [9] * 4))
    assert_figures(found[:, 1], ([1, 1, 0, 1], [3, 3, 0, 1], [4, 4, 0, 1], [18, 18, 0, 1], [2, 2, 0, 2]))


def test_active_databases_after_the_loss_of_the_primary_in_the_layout():
    given = {"layout_failures": FAILURES, "layout_possible": [True, True, False]}
    found = call_correction("active_after_site_failure", **given, active_after_site_failure=7)
    assert_figures(found, [18, 18, 7])
    found = call_correction(
        "active_after_site_and_first_failure",
        **given,
        active_after_site_and_first_failure=7,
        two_datacenters=True,
        effective_ha_copies=(2, [2, 1, 2]),
    )
    assert_figures(found, [24, NA, 7])
    found = call_correction(
        "active_after_site_and_second_failure",
        **given,
        active_after_site_and_second_failure=7,
        two_datacenters=True,
        database_copies__ha_copies_secondary=[3, 2, 3],
    )
    assert_figures(found, [30, NA, 7])


def test_databases_by_mode():
    found = call(
        "sized_databases_by_mode",
        environment__high_availability=[True, True, False],
        two_datacenters=[True, False, False],
        active_passive=[False, True, False],
        active_active_single_dag=[True, False, False],
        active_normal=(6, 6),
        active_after_first_failure=(8, 8),
        active_after_second_failure=(12, 12),
        remote_active_after_first_failure=(3, 3),
        remote_active_after_second_failure=(4, 4),
        active_after_site_failure=16,
        memory_sizing_databases=([16, 12, 48], 16),
    )
    assert_figures(found[:, 0], ([6, 6, 48], [8, 8, 0], [12, 12, 0], [16, 0, 0], [16, 12, 48]))
    assert_figures(found[:, 1], ([6, 0, 0], [8, 0, 0], [12, 0, 0], [16, 0, 0], [16, 0, 0]))
    shown = call(
        "active_databases_by_mode",
        sized_databases_by_mode=tuple((row[0].tolist(), row[1].tolist()) for row in found),
        environment__high_availability=[True, True, False],
    )
    assert_figures(shown[-1, 0], [16, 12, NA])


def test_servers_left_after_the_worst_failure():
    found = call(
        "servers_left_in_dag",
        site_resilience__enabled=[True, True, False, False, False],
        effective_ha_copies=(2, [2, 0, 0, 0, 0]),
        servers_total=[10, 10, 5, 5, 5],
        lagged_servers=([1, 0, 0, 0, 0], [1, 0, 0, 0, 0]),
        active_servers=(5, 0),
        dr_servers=(0, 5),
        active_after_first_failure=([8, 8, 8, 8, NA], NA),
        active_after_second_failure=([NA, NA, 12, NA, NA], NA),
        active_after_site_and_first_failure=[12, NA, NA, NA, NA],
        active_after_site_and_second_failure=NA,
    )
    # 12 servers without the 6 of the primary and one more
    assert_figures(found, [5, 9, 3, 4, 5])
    left = {
        "environment__high_availability": [True, False],
        "environment__mailbox_servers": 4,
        "servers_left_in_dag": 5,
    }
    assert_figures(call("remaining_servers", **left, environment__dags=2), [10, 4])


def test_servers_left_of_pairs_of_dags():
    """Four DAGs of three home servers and one in the other datacenter: the loss of a datacenter leaves 8 of 16.

    Two DAGs keep the one server of the other datacenter, and two their three home servers.  Where a copy in the other
    datacenter survives one more failure, each DAG has one server less.
    """
    given = {
        "remaining_servers": 2,
        "environment__high_availability": [True, True, True, False],
        "site_resilience__enabled": True,
        "active_active_multiple_dags": [True, True, False, True],
        "effective_ha_copies": (3, [1, 2, 1, 1]),
        "servers_left_in_dag": [1, 0, 1, 1],
        "active_servers": (3, 0),
        "dr_servers": (0, 1),
        "lagged_servers": (0, 0),
        "dags_total": 4,
    }
    assert_figures(call_correction("remaining_servers", **given), [8, 4, 4, 2])
    # Without copies in the other datacenter the loss of a datacenter is not counted.
    given["effective_ha_copies"] = (3, 0)
    assert_figures(call_correction("remaining_servers", **given)[0], 4)


def test_the_preferred_limit_needs_four_copies():
    sized = ((6, 6), (8, 8), ([12, 12, 16, NA], 12), (16, 16), (16, 16))
    rows = tuple(tuple(value if isinstance(value, list) else [value] * 4 for value in pair) for pair in sized)
    found = call(
        "preferred_active_databases_limit",
        copies_total=[4, 3, 4, 4],
        memory_sizing_databases=(16, [16, 16, 16, 0]),
        sized_databases_by_mode=rows,
        active_active_single_dag=[True, True, False, False],
        active_after_site_and_second_failure=[20, 20, 20, 20],
    )
    assert_figures(found, ([12, NA, 8, 8], [12, NA, 16, 16]))


def test_the_preferred_limit_of_the_secondary_follows_from_its_failures():
    """Without a figure after two failures, or where it is the worst, the limit is that after one failure."""
    sized = ((6,) * 5, (6,) * 5), ((8,) * 5, (9,) * 5), ((12,) * 5, [13, NA, 16, 13, 13]), ((16,) * 5, (16,) * 5)
    rows = tuple(tuple(list(value) for value in pair) for pair in (*sized, sized[-1]))
    found = call_correction(
        "preferred_active_databases_limit",
        copies_total=[4, 4, 4, 3, 4],
        memory_sizing_databases=(16, 16),
        sized_databases_by_mode=rows,
        active_active_single_dag=[True, True, True, True, False],
        active_after_site_and_second_failure=[NA, NA, NA, NA, NA],
    )
    assert_figures(found, ([12, 12, 12, NA, 12], [13, 9, 9, NA, NA]))


def test_active_mailboxes_of_a_server():
    found = call(
        "active_mailboxes_per_server",
        environment__high_availability=[True, False],
        active_normal=(6, NA),
        mailboxes_per_database=100,
        mailboxes_per_unit=2000,
    )
    assert_figures(found, [600, 2000])
