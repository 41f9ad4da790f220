"""The checks of Microsoft's workbook that make a design invalid, and the storage that each role may use."""

from __future__ import annotations

import pytest
from support.rule_calls import NA, assert_figures, call

from calculator.inputs.choices import Storage, ValidationMessage
from calculator.numerics.arrays import NO_CODE

PASSES = {
    "too_many_dag_members": False,
    "too_many_copies": False,
    "mailbox_limit_missing": False,
    "too_many_databases_per_server": False,
    "database_size_not_positive": False,
    "too_few_data_volumes": False,
    "unequal_copies": False,
    "environment__high_availability": True,
    "dag_members": 8,
    "databases_of_a_server": 24,
    "database_size_limit": 2000,
    "mailboxes_total": 5000,
}


def test_a_dag_has_at_most_sixteen_members():
    found = call(
        "too_many_dag_members",
        environment__high_availability=[True, True, True, True, True, False, True],
        active_servers=([8, 8, 8, 8, 16, 99, 4], [8, 8, 0, 8, 0, 0, 4]),
        dr_servers=(0, [0, 0, 8, 0, 0, 0, 8]),
        lagged_servers_total=[0, 1, 0, 0, 0, 0, 1],
    )
    assert found.tolist() == [False, True, False, False, False, False, True]


def test_copies_need_servers():
    found = call(
        "too_many_copies",
        environment__high_availability=[True, True, True, True, False],
        site_resilience__enabled=[False, False, True, False, False],
        copies_total=[3, 4, 4, 4, 4],
        ha_copies_total=[3, 3, 3, 3, 4],
        lagged_servers_dedicated=[False, False, False, True, False],
        servers_total=[9, 9, 4, 9, 9],
        environment__mailbox_servers=[3, 3, 2, 3, 1],
    )
    assert found.tolist() == [False, True, False, False, False]


def test_mailboxes_need_a_quota():
    assert call(
        "mailbox_limit_missing",
        tiers__mailboxes=([10, 0, 10], [0, 5, 5]),
        tiers__mailbox_size_limit=([100, 0, 100], [0, 0, 100]),
    ).tolist() == [False, True, False]


def test_values_at_the_limits_are_accepted():
    assert call("too_many_databases_per_server", databases_of_a_server=[99, 100, 100.1, NA]).tolist() == [
        False,
        False,
        True,
        False,
    ]
    assert call("database_size_not_positive", database_size_limit=[1, 0, -1, NA]).tolist() == [False, True, True, False]
    assert call(
        "too_few_data_volumes",
        volume_count_automatic=[False, False, True],
        servers_total=4,
        storage__data_volumes_per_server=6,
        databases_per_volume=4,
        database_copies_per_dag=[96, 97, 97],
    ).tolist() == [False, True, False]
    assert call(
        "unequal_copies",
        site_resilience__enabled=[True, True, True, False],
        active_active_single_dag=[True, True, False, True],
        copies_there=(3, [3, 2, 2, 0]),
    ).tolist() == [False, True, False, False]
    assert call("failure_domains_invalid", environment__high_availability=[True, False]).tolist() == [False, False]


@pytest.mark.parametrize(
    "problem",
    [
        *[{name: True} for name, value in PASSES.items() if value is False],
        {"dag_members": NA},
        {"databases_of_a_server": NA},
        {"database_size_limit": NA},
    ],
    ids=str,
)
def test_a_single_problem_makes_a_design_invalid(problem):
    assert call("design_invalid", **PASSES).tolist() == [False]
    assert call("design_invalid", **{**PASSES, **problem}).tolist() == [True]


def test_figures_that_no_mailboxes_leave_open_make_no_design_invalid():
    unknown = {**PASSES, "dag_members": NA, "databases_of_a_server": NA, "database_size_limit": NA}
    assert call("design_invalid", **{**unknown, "mailboxes_total": [0, 1]}).tolist() == [False, True]
    assert call("design_invalid", **{**PASSES, "mailboxes_total": 0, "too_many_copies": True}).tolist() == [True]


def test_a_standalone_design_needs_no_dag_members():
    alone = {**PASSES, "environment__high_availability": False}
    assert call("design_invalid", **{**alone, "dag_members": NA}).tolist() == [False]
    assert call("design_invalid", **{**alone, "databases_of_a_server": NA}).tolist() == [True]


def test_the_first_problem_is_the_message():
    found = call(
        "validation_message",
        too_many_dag_members=[True, False, False, False, False, False, False],
        too_many_copies=[True, True, False, False, False, False, False],
        too_many_databases_per_server=[True, True, True, False, False, False, False],
        mailbox_limit_missing=[True, True, True, True, False, False, False],
        too_few_data_volumes=[True, True, True, True, True, False, False],
        unequal_copies=[True, True, True, True, True, True, False],
    )
    assert found.tolist() == [1, 2, 3, 4, 5, 6, ValidationMessage.NONE]


def test_the_storage_of_each_role():
    found = call(
        "storage_architecture",
        primary_architecture=[
            Storage.JBOD,
            Storage.RAID,
            Storage.JBOD,
            Storage.JBOD,
            Storage.JBOD,
            Storage.JBOD,
            Storage.RAID,
        ],
        storage__consider_jbod=[True, True, True, True, True, True, False],
        logs_share_volume=True,
        several_per_volume=[True, False, False, False, False, False, False],
        two_datacenters_valid=[True, True, True, False, True, True, True],
        environment__high_availability=True,
        valid=True,
        database_copies__ha_copies_secondary=[2, 2, 1, 0, 2, 2, 2],
        database_copies__lagged_copies=[0, 0, 0, 0, 2, 2, 2],
        copies_there=(2, [2, 2, 1, 0, 2, 2, 2]),
        ha_copies=(2, [1, 2, 1, 0, 2, 2, 2]),
        lagged_copies=([0, 0, 0, 0, 2, 0, 2], [0, 0, 0, 0, 0, 2, 0]),
        lagged_servers_dedicated=[False, False, False, False, True, True, True],
    )
    jbod, raid, none = Storage.JBOD, Storage.RAID, NO_CODE
    assert found[1].tolist() == [jbod, jbod, raid, none, jbod, jbod, raid]
    assert found[2].tolist() == [none, none, none, none, jbod, raid, raid]


def test_a_valid_design_with_two_datacenters():
    assert call("valid", design_invalid=[True, False]).tolist() == [False, True]
    assert call("two_datacenters_valid", two_datacenters=[True, True, False], valid=[True, False, True]).tolist() == [
        True,
        False,
        False,
    ]
    assert_figures(call("database_size_not_positive", database_size_limit=0), [1])
