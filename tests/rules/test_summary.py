"""The summary: the figures that are shown, and when they do not apply."""

from __future__ import annotations

import pytest
from support.rule_calls import NA, assert_figures, call

from calculator.inputs.choices import FailureLabel, Naming
from calculator.numerics.arrays import NO_CODE


def test_datacenters_are_numbered_where_both_are_active():
    found = call("summary_datacenter_naming", two_datacenters=[True, True, False], active_passive=[False, True, False])
    assert found.tolist() == [[Naming.NUMBERED, Naming.RANKED, Naming.RANKED]] * 2


def test_active_mailboxes():
    found = call(
        "summary_active_mailboxes_by_datacenter",
        valid=[True, True, True, False],
        two_datacenters=[True, True, False, True],
        active_passive=[False, True, False, False],
        mailboxes_total=10_000,
    )
    assert_figures(found, ([5000, 10_000, 10_000, NA], [5000, NA, NA, NA]))
    levels = call(
        "summary_active_mailboxes",
        valid=[True, True, False],
        environment__high_availability=[True, False, True],
        mailboxes_per_dag=5000,
        mailboxes_total=10_000,
    )
    assert_figures(levels, ([5000, NA, NA], [10_000, 10_000, NA]))


def test_mailbox_servers():
    found = call(
        "summary_mailbox_servers_by_datacenter",
        valid=[True, True, True, True, False],
        environment__high_availability=[True, True, True, False, True],
        site_resilience__enabled=[True, True, False, False, True],
        two_datacenters=[True, True, False, False, True],
        active_active_multiple_dags=[False, True, False, False, False],
        environment__mailbox_servers=4,
        active_servers=(4, 3),
        dr_servers=(1, 2),
    )
    assert_figures(found, ([5, 4, 5, 4, NA], [5, 2, NA, NA, NA]))
    total = call(
        "summary_mailbox_servers",
        environment__high_availability=[True, False, True],
        summary_mailbox_servers_by_datacenter=([5, 4, NA], [5, NA, NA]),
        dags_total=2,
    )
    assert_figures(total, ([10, NA, 0], [20, 4, 0]))


def test_lagged_servers_and_all_servers():
    lagged = call(
        "summary_lagged_servers_by_datacenter",
        environment__high_availability=True,
        valid=[True, True, True, False],
        database_copies__lagged_copies=[1, 1, 0, 1],
        database_copies__lagged_copies_secondary=[1, 0, 1, 1],
        lagged_servers_dedicated=True,
        lagged_servers=(2, 1),
    )
    assert_figures(lagged, ([2, 2, 0, 0], [1, 0, 0, 0]))
    assert_figures(
        call(
            "summary_lagged_servers",
            environment__high_availability=[True, False],
            summary_lagged_servers_by_datacenter=(2, 1),
            dags_total=2,
        ),
        ([3, NA], [6, NA]),
    )
    both = call(
        "summary_servers_by_datacenter",
        environment__high_availability=[True, False],
        summary_mailbox_servers_by_datacenter=([5, 4], [5, NA]),
        summary_lagged_servers_by_datacenter=(2, [1, 0]),
    )
    assert_figures(both, ([7, 6], [6, NA]))
    every = call(
        "summary_servers",
        environment__high_availability=[True, False],
        summary_mailbox_servers=([10, NA], [20, 4]),
        summary_lagged_servers=([3, NA], [6, NA]),
    )
    assert_figures(every, ([13, NA], [26, 4]))


@pytest.mark.parametrize(
    ("name", "need"),
    [
        ("summary_tier_mailboxes_per_database", "tier_mailboxes_per_database"),
        ("summary_mailbox_size", "mailbox_size_on_disk"),
        ("summary_mailbox_logs_per_day", "mailbox_logs_per_day"),
        ("summary_iops", "iops_profile"),
    ],
)
def test_figures_of_an_unused_tier_are_not_shown(name, need):
    found = call(name, valid=[True, True, False], **{need: ([10, 0, 10],)})
    assert_figures(found, ([10, NA, NA],))


def test_only_the_first_tier_of_an_invalid_design_is_empty():
    found = call("summary_mailboxes", valid=[True, False, True], mailboxes_projected=([10, 10, 0], [20, 20, 0]))
    assert_figures(found, ([10, NA, NA], [20, 20, NA]))


def test_the_ratio_of_a_read_share():
    found = call(
        "summary_read_write_ratio",
        valid=[True, True, True, True, True, True, False],
        read_fraction=([0.4, 0.5, 0.6, 0.66, 0.75, 0.7, 0.6],),
    )
    assert found.tolist() == [[0, 1, 2, 3, 4, NO_CODE, NO_CODE]]


def test_copies_of_a_database():
    given = {"valid": [True, True, False], "environment__high_availability": [True, False, True]}
    ha = call("summary_ha_copies", **given, ha_copies=(2, [2, 0, 2]))
    assert_figures(ha, ([2, 2, NA], [2, 0, NA], [4, NA, 0]))
    lagged = call("summary_lagged_copies", **given, lagged_copies=(1, 0))
    assert_figures(lagged, ([1, 1, NA], [0, 0, NA], [1, NA, 0]))
    both = call(
        "summary_copies",
        environment__high_availability=[True, False, True],
        summary_ha_copies=([2, 2, NA], [2, 0, NA], [4, NA, 0]),
        summary_lagged_copies=([1, 1, NA], [0, 0, NA], [1, NA, 0]),
    )
    assert_figures(both, ([3, 3, 0], [2, 0, 0], [5, NA, 0]))


def test_databases_of_standalone_servers_are_those_of_all():
    found = call(
        "summary_databases",
        valid=[True, True, False],
        environment__high_availability=[True, False, True],
        databases=48,
        environment__mailbox_servers=3,
    )
    assert_figures(found, [48, 144, NA])
    assert_figures(
        call(
            "summary_dags", valid=[True, True, False], environment__high_availability=[True, False, True], dags_total=2
        ),
        [2, NA, NA],
    )
    assert_figures(call("summary_mailboxes_per_database", valid=[True, False], mailboxes_per_database=100), [100, NA])
    assert_figures(
        call("summary_database_cache_per_mailbox", valid=[True, False], database_cache_per_mailbox=12.5), [12.5, NA]
    )


def test_the_worst_mode():
    found = call(
        "summary_worst_mode_label",
        environment__high_availability=[True, True, True, False],
        active_after_first_failure=([8, 8, NA, 8], 0),
        active_after_second_failure=([12, NA, NA, 12], 0),
        active_after_site_and_first_failure=[NA, 9, 9, 9],
        active_after_site_and_second_failure=[NA, NA, 9, 9],
    )
    none, single, double = FailureLabel
    assert found.tolist() == [[double, single, none, none], [none, single, double, none]]


def test_memory_and_cores():
    memory = call(
        "summary_memory",
        valid=[True, True, False],
        two_datacenters_valid=[True, True, False],
        database_copies__ha_copies_secondary=[2, 0, 2],
        server_memory=(96, 64),
        lagged_server_memory=32,
    )
    assert_figures(memory, ([96, 96, NA], [64, NA, NA], [32, 32, NA]))
    assert_figures(call("memory_shown", summary_memory=(96, 64, 32)), ([96], [64]))
    assert_figures(call("cores", servers__processor_cores=(16, 12, 8)), ([16], [12]))
    used = call(
        "summary_cores_used",
        valid=[True, True, False],
        site_resilience__enabled=[True, False, True],
        environment__multi_role=[True, False, True],
        mailbox_cores=(4.2, 3.0, 2.5),
        cas_cores=(1.5, 0.5),
    )
    assert_figures(used, ([6, 5, NA], [4, NA, NA], [2.5, 2.5, NA]))


def test_dedicated_client_access():
    here = call(
        "dedicated_client_access",
        valid=[True, True, True, False],
        environment__multi_role=[False, False, True, False],
        site_resilience__enabled=[True, False, True, True],
    )
    assert here.tolist() == [[True, True, False, False], [True, False, False, False]]
    shown = ([True, False], [True, False])
    assert_figures(call("summary_cas_cores", dedicated_client_access=shown, cas_cores=(3.1, 4)), ([4, NA], [4, NA]))
    memory = call(
        "summary_cas_memory",
        dedicated_client_access=shown,
        cas_server_memory=(16, 16),
        megacycles_per_core=(2000, 0, 0),
    )
    assert_figures(memory, ([16, NA], [NA, NA]))
    servers = call("summary_cas_servers", valid=[True, True, False], cas_servers=([4, NA, 4], [6, NA, 6]))
    assert_figures(servers, ([4, NA, NA], [6, NA, NA], [10, 0, 0]))
    assert_figures(call("summary_gc_cores", valid=[True, False], gc_cores=(2, 3)), ([2, NA], [3, NA]))


def test_processor_figures():
    modes = tuple(([value, value], [value, value]) for value in (0.1, 0.2, 0.3, NA, 0.456))
    cpu = call(
        "summary_cpu_utilization",
        valid=[True, False],
        cpu_utilization_by_mode=modes,
        lagged_server_cpu_utilization=0.05,
    )
    assert_figures(cpu, ([0.456, NA], [0.456, NA], [0.05, NA]))
    shown = call(
        "cpu_mode_shown",
        valid=True,
        environment__high_availability=[True, False],
        two_datacenters=[True, False],
        active_active_single_dag=True,
        cpu_utilization_by_mode=modes,
    )
    assert shown[:, 0].tolist() == [[True, True], [True, False], [True, False], [False, False], [True, False]]
    assert shown[:, 1].tolist() == [[True, False], [True, False], [True, False], [False, False], [True, False]]
    places = tuple((row[0].tolist(), row[1].tolist()) for row in shown)
    percent = call("summary_cpu_percent", cpu_mode_shown=places, cpu_utilization_by_mode=modes)
    assert_figures(percent[:, 0], ([10, 10], [20, NA], [30, NA], [NA, NA], [46, NA]))
    active = call(
        "summary_cpu_active",
        cpu_mode_shown=places,
        active_databases_by_mode=tuple(([6.5, 6], [NA, 6]) for _ in range(5)),
    )
    assert_figures(active[0], ([7, 6], [0, NA]))
    needed = call(
        "summary_megacycles_required",
        valid=[True, True, False],
        active_megacycles_by_mode=tuple(([1000] * 3, [2000] * 3) for _ in range(5)),
        passive_megacycles_by_mode=tuple(([100] * 3, [0] * 3) for _ in range(5)),
        cas_megacycles_by_mode=tuple(([250] * 3, [500] * 3) for _ in range(5)),
        environment__multi_role=[True, False, True],
        servers_in_use=(1, [1, 0, 0], 1),
        lagged_servers_total=[2, 0, 2],
        lagged_server_megacycles=240,
    )
    assert_figures(needed, ([1350, 1100, NA], [2500, NA, NA], [240, NA, NA]))
    assert_figures(
        call("summary_megacycles_available", valid=[True, False], available_megacycles=(3, 2, 1)),
        ([3, NA], [2, NA], [1, NA]),
    )


def test_choices_of_an_invalid_design_are_not_shown():
    assert call("summary_storage_architecture", valid=[True, False], storage_architecture=(1, 0, NO_CODE)).tolist() == [
        [1, NO_CODE],
        [0, NO_CODE],
        [NO_CODE, NO_CODE],
    ]
    assert call(
        "summary_transport_database_location", valid=[True, False], transport_database_location=(1, 0)
    ).tolist() == [[1, NO_CODE], [0, NO_CODE]]
