"""Guests of a host: how many it holds by processors and memory, what it keeps, and the hosts of a datacenter."""

from __future__ import annotations

import pytest
from support.rule_calls import NA, assert_figures, call

from calculator import size
from calculator.engine.tables import guests

HOST = {
    "environment.virtualized": True,
    "tiers.1.mailboxes": 4000,
    "site_resilience.enabled": False,
    "site_resilience.model": "active_passive",
    "database_copies.ha_copies": 3,
    "database_copies.ha_copies_secondary": 0,
    "servers.primary.processor_cores": 12,
    "servers.primary.host_cores": 40,
    "servers.primary.host_rating": 1350,
    "servers.primary.host_memory": 256,
}
"""Guests of 12 virtual processors on hosts of 40 cores and 256 GB, four of them in a DAG."""


def test_processors_of_a_host_less_the_two_of_its_own():
    offered = call(
        "host_processors_for_guests",
        environment__virtualized=[True, True, False, True],
        servers__virtual_processors_per_core=[1, 2, 1, 0.5],
        servers__host_cores=([40, 40, 40, 1],) * 3,
    )
    assert_figures(offered[0], [38, 78, NA, 0])
    held = call(
        "guests_by_processors",
        host_processors_for_guests=([38, 78, NA, 14, 14],) * 3,
        servers__processor_cores=([12, 12, 12, 16, 40],) * 3,
        # 16 processors and the two of the host on 16 cores are 1.125 per core: one guest is supported
        host_processors_per_core=([0.35, 2, NA, 1.125, 2.6],) * 3,
    )
    assert_figures(held[0], [3, 6, NA, 1, 0])


def test_memory_of_a_host_leaves_some_to_itself():
    held = call(
        "guests_by_memory",
        environment__virtualized=[True, True, True, False, True],
        servers__host_memory=([256, 257, 64, 256, NA],) * 3,
        guest_memory=([64, 64, 64, 64, 64],) * 3,
    )
    assert_figures(held[0], [3, 4, 0, NA, NA])


def test_a_host_holds_what_both_allow():
    known = {"guests_by_processors": ([3, 3, NA, NA],) * 3, "guests_by_memory": ([5, NA, 5, NA],) * 3}
    assert_figures(call("guests_per_host", **known)[0], [3, 3, 5, NA])


@pytest.mark.parametrize(
    ("dags", "members", "hosts"),
    [
        (1, 1, 4),  # four members of one DAG on hosts of their own
        (3, 1, 4),  # twelve guests, three on each
        (4, 1, 6),  # sixteen guests
        (1, 2, 2),
        (1, 4, 2),  # four guests, three on each
    ],
)
def test_hosts_keep_the_members_of_a_dag_apart(dags, members, hosts):
    found = call(
        "hosts_by_datacenter",
        guests_per_host=(3, 3, NA),
        summary_mailbox_servers_by_datacenter=(4, 0),
        dags_total=dags,
        environment__high_availability=True,
        servers__dag_members_per_host=members,
    )
    assert found[0] == hosts


def test_the_table_of_guests():
    plan = size({**HOST, "servers.primary.installed_memory": 64})
    assert guests(plan) == [
        {
            "role": "primary",
            "virtual_processors": 12,
            "memory": 64,
            "system_disk": plan["summary_memory.primary"] + 15,
            "host_cores": 40,
            "host_memory": 256,
            "guests_by_processors": 3,
            "guests_by_memory": 3,
            "guests": 3,
            "processors_left": 4,
            "memory_left": 64,
            "dag_members_per_host": 1,
            "hosts": 4,
        }
    ]
    assert guests(size({**HOST, "environment.virtualized": False})) == []


def test_members_of_a_dag_on_one_host_are_a_warning():
    plan = size({**HOST, "servers.dag_members_per_host": 2})
    [issue] = [issue for issue in plan.issues if issue.field == "servers.dag_members_per_host"]
    assert (issue.severity, issue.message) == (
        "warning",
        "2 members of a DAG may share a host. They fail together with it, and so do as many copies of a database.",
    )
