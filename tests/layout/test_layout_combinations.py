"""All combinations of failed servers and the tolerance in words, worked by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from calculator.layout import Parameters, ServerLoad, combinations, describe_missing_cpu, layout, tolerance

SIX = {"databases": 4, "servers_primary": 4, "copies_primary": 2}
TWO = {"databases": 24, "servers_primary": 4, "servers_secondary": 4, "copies_primary": 2, "copies_secondary": 2}
AAS = "active_active_single_dag"
LOAD = ServerLoad(100.0, (0.1, 0.2), (0.02, 0.04), (1000.0, 2000.0), (1.0, 2.0))


def test_pairs_of_four_servers():
    # Database i is on servers i and i + 1, the fourth on 4 and 1.
    found = combinations(layout(SIX), 2)
    assert found.failed.tolist() == [[1, 2], [1, 3], [1, 4], [2, 3], [2, 4], [3, 4]]
    assert found.lost_databases.tolist() == [1, 0, 1, 1, 0, 1]
    assert found.active_databases.tolist() == [
        [0, 0, 2, 1],
        [0, 2, 0, 2],
        [0, 2, 1, 0],
        [1, 0, 0, 2],
        [2, 0, 2, 0],
        [2, 1, 0, 0],
    ]
    assert found.quorum_ok.all()
    assert found.share_lost == pytest.approx(4 / 6)
    assert found.share_without_quorum == 0
    assert found.worst == 2
    assert found.mean == pytest.approx((4 * 3 + 2 * 4) / 12)
    assert [tuple(share) for share in found.distribution] == [(1, pytest.approx(4 / 12)), (2, pytest.approx(8 / 12))]
    assert found.most_lost == (1, 2)
    assert (found.most_loaded, found.most_loaded_failure) == (3, (1, 2))
    assert found.rows()[0] == {
        "failed_servers": "1+2",
        "quorum_ok": True,
        "lost_databases": 1,
        "most_active": 2,
        "highest_cpu_utilization": None,
    }


def test_without_quorum_nothing_is_active():
    found = combinations(layout(SIX), 3)
    assert not found.quorum_ok.any()
    assert found.lost_databases.tolist() == [4] * 4
    assert found.share_without_quorum == 1
    assert found.share_lost == 0
    assert math.isnan(found.mean)
    assert found.distribution == []
    assert found.summary()["mean_active_databases"] is None


def test_no_failure_is_a_combination():
    found = combinations(layout(SIX), 0)
    assert len(found) == 1
    assert found.named(0) == ()
    assert found.summary() == {
        "failed_servers": 0,
        "combinations": 1,
        "share_without_quorum": 0.0,
        "share_lost": 0.0,
        "share_above_limit": None,
        "worst_active_databases": 1,
        "mean_active_databases": 1.0,
        "worst_cpu_utilization": None,
        "mean_cpu_utilization": None,
        "most_lost": None,
        "most_lost_databases": 0,
        "most_loaded": "1",
        "most_loaded_failure": None,
    }


def loaded(load=LOAD):
    return layout(Parameters(databases=4, servers_primary=4, copies_primary=2, active_servers_primary=4, load=load))


def test_cpu_and_limits():
    found = combinations(loaded(), 1)
    # Each server has two copies; one that takes a second database over has both active.
    assert found.cpu_utilization[0].tolist()[1:] == pytest.approx([0.2, 0.12, 0.12])
    assert np.isnan(found.cpu_utilization[0, 0])
    assert found.worst_cpu_utilization == pytest.approx(0.2)
    assert found.mean_cpu_utilization == pytest.approx((0.2 + 2 * 0.12) / 3)
    assert found.share_above_limit == 1.0
    assert combinations(loaded(), 0).share_above_limit == 0.0


def test_the_most_loaded_server_survives():
    """Server 1 fails, and server 2 takes its database over: two active copies, 0.2 of its CPU."""
    found = combinations(loaded(), 1)
    assert (found.most_loaded, found.most_loaded_failure) == (2, (1,))
    assert found.most_lost == ()
    assert (found.summary()["most_lost"], found.summary()["most_loaded"]) == (None, "2")
    assert combinations(layout(SIX), 3).most_loaded is None
    assert combinations(layout(SIX), 3).most_loaded_failure == ()


def test_without_a_rating_the_limit_has_no_figure():
    unrated = replace(LOAD, cpu_active=(math.nan, math.nan), cpu_passive=(math.nan, math.nan))
    found = combinations(loaded(unrated), 1)
    assert found.share_above_limit is None
    assert found.worst_cpu_utilization is None
    assert describe_missing_cpu(loaded(unrated)) == (
        "CPU utilization is not applicable to servers of the primary datacenter, because they have no processor "
        "rating. Give servers.primary.specint2006_rate."
    )
    assert describe_missing_cpu(loaded()) == describe_missing_cpu(layout(SIX)) == ""


def test_servers_of_a_state():
    state = loaded().fail("server:1")
    down, busy, *_ = state.servers()
    assert down == {
        "server": 1,
        "datacenter": "primary",
        "up": False,
        "assigned_copies": 2,
        "active_databases": 0,
        "active_databases_limit": 1.0,
        "active_mailboxes": 0.0,
        "cpu_utilization": None,
        "cache_per_mailbox": None,
    }
    assert busy == {
        "server": 2,
        "datacenter": "primary",
        "up": True,
        "assigned_copies": 2,
        "active_databases": 2,
        "active_databases_limit": 1.0,
        "active_mailboxes": 200.0,
        "cpu_utilization": pytest.approx(0.2),
        "cache_per_mailbox": 5.0,
    }
    assert [str(issue) for issue in state.issues] == [
        "failures: active_databases_limit: 2: 2 databases would be active, but its limit is 1. The databases beyond "
        "the limit do not mount until it is raised."
    ]


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (SIX, "All databases stay active if any 1 server fails."),
        (SIX | {"copies_primary": 1}, "If a single server fails, some databases can be left without an active copy."),
        (
            TWO | {"copies_primary": 1, "copies_secondary": 1},
            "If a single server fails, some databases can be left without an active copy; where databases may "
            "activate in the other datacenter, all stay active if any 1 server fails. If the primary datacenter is "
            "lost, a datacenter switchover makes all databases active again. All databases stay active if the "
            "secondary datacenter is lost, without a switchover.",
        ),
        (SIX | {"copies_primary": 4}, "All databases stay active if any 2 servers fail."),
        (
            {"databases": 9, "servers_primary": 16, "copies_primary": 4},
            "All databases stay active if any 3 servers fail.",
        ),
        (
            TWO | {"model": AAS},
            "All databases stay active if any 3 servers fail. They also stay active if either datacenter is lost, "
            "without a switchover. After a switchover, any 1 more server may fail; before the "
            "switchover no further server may fail, because the DAG would lose quorum.",
        ),
        (
            TWO | {"model": AAS, "witness": "primary"},
            "All databases stay active if any 3 servers fail. If the primary datacenter is lost, a datacenter "
            "switchover makes all databases active again, and any 1 more server may fail after that. They also stay "
            "active if the secondary datacenter is lost, without a switchover. After a switchover, any 1 more server "
            "may fail; before the "
            "switchover no further server may fail, because the DAG would lose quorum.",
        ),
        (
            TWO,
            "All databases stay active if any 1 server fails, or if any 3 servers fail where databases may activate "
            "in the other datacenter. If the primary datacenter is lost, a datacenter switchover makes all databases "
            "active again, and any 1 more server may fail after that. They also stay active if the secondary "
            "datacenter is lost, without a switchover. After a switchover, any 1 more server may fail; before the "
            "switchover no further server may fail, because the DAG would lose quorum.",
        ),
        (
            TWO | {"copies_secondary": 0, "servers_secondary": 1},
            "All databases stay active if any 1 server fails. They also stay active if the secondary datacenter is "
            "lost and any 1 more server fails, without a switchover.",
        ),
        (
            TWO | {"copies_secondary": 1, "witness": "third_site", "model": AAS},
            "All databases stay active if any 2 servers fail. They also stay active if the primary datacenter is "
            "lost, without a switchover. They also stay active if the secondary datacenter is lost, without a "
            "switchover. After a switchover, any 1 more server may fail; before the "
            "switchover no further server may fail, because the DAG would lose quorum.",
        ),
        (
            TWO | {"model": AAS, "block_secondary_activation": True},
            "All databases stay active if any 3 servers fail. If the primary datacenter is lost, a datacenter "
            "switchover makes all databases active again, and any 1 more server may fail after that. They also stay "
            "active if the secondary datacenter is lost, without a switchover. After a switchover, any 1 more server "
            "may fail; before the "
            "switchover no further server may fail, because the DAG would lose quorum.",
        ),
    ],
)
def test_tolerance_in_a_sentence(parameters, sentence):
    found = tolerance(layout(parameters))
    assert found.sentence == sentence
    assert found.servers_healthy is None


@pytest.mark.parametrize(
    ("parameters", "healthy", "lagged"),
    [
        (
            {"databases": 9, "servers_primary": 16, "copies_primary": 4, "lagged_primary": 2},
            1,
            "This counts lagged copies, which are activated last. Without them, at most 1 server may fail.",
        ),
        (
            SIX | {"copies_primary": 2, "lagged_primary": 1},
            0,
            "This counts lagged copies, which are activated last. Without them, no server may fail.",
        ),
        (
            TWO | {"copies_secondary": 1, "lagged_secondary": 1},
            1,
            "This counts lagged copies, which are activated last. Without them, the primary datacenter may not be "
            "lost.",
        ),
        (
            {"databases": 6, "servers_primary": 3, "copies_primary": 3, "lagged_primary": 1},
            1,
            "No lagged copy is needed for that.",
        ),
        (SIX | {"copies_primary": 1, "lagged_primary": 1}, -1, ""),
    ],
)
def test_the_tolerance_says_what_holds_without_lagged_copies(parameters, healthy, lagged):
    found = tolerance(layout(parameters))
    assert found.servers_healthy == healthy
    assert found.sentence.endswith(lagged)


def test_a_single_datacenter_has_no_other_to_go_to():
    found = tolerance(layout(SIX))
    assert (found.servers, found.servers_cross_site) == (1, 1)
    assert found.servers_after_datacenter == (None, None)
    assert found.automatic == (False, False)


def test_what_limits_the_tolerance():
    assert tolerance(layout(SIX)).limit == "If 1 and 2 fail, 1 database has no active copy."
    # 4 * 3 databases have their first and second copies on each ordered pair of servers once.
    assert tolerance(layout(SIX | {"databases": 12})).limit == "If 1 and 2 fail, 2 databases have no active copy."
    assert tolerance(layout(SIX | {"copies_primary": 4})).limit == "If 1, 2 and 3 fail, the DAG has no quorum."


def test_servers_of_a_limit_are_counted_beyond_four():
    dag = layout({"databases": 9, "servers_primary": 9, "copies_primary": 9})
    assert tolerance(dag).limit == "If 1, 2, 3 and 2 others fail, the DAG has no quorum."


def test_a_datacenter_without_copies_carries_nothing():
    found = tolerance(layout(TWO | {"model": AAS, "copies_secondary": 0}))
    assert found.servers == 1
    assert found.servers_after_datacenter == (None, 1)


def test_a_design_that_does_not_run_whole():
    # Databases at home on the primary's second server, which hosts no users, may not activate there.
    dag = layout(TWO | {"active_servers_primary": 3})
    assert dag.fail().failed_databases == 6
    assert tolerance(dag).limit == "6 databases have no active copy."
    assert tolerance(dag).servers == -1
    assert tolerance(dag).servers_cross_site == 3
    alone = layout({"databases": 2, "servers_primary": 2, "copies_primary": 1, "active_servers_primary": 1})
    assert tolerance(alone).sentence == "Not every database is active even without a failure."


def test_the_tolerance_keeps_to_the_limit_of_active_databases():
    """66 databases on 6 servers: 3 servers can have 57 of them active, with the limit of 19 of the design."""
    dag = layout("example:exchange_2019")
    found = tolerance(dag)
    assert (found.servers, found.servers_within_limit, found.mounted) == (3, 2, 2)
    assert found.sentence == (
        "All databases stay active if any 2 servers fail. No lagged copy is needed for that. If any 3 servers fail, "
        "every database still has a copy to activate, but a server can exceed its limit of 19 active databases; the "
        "databases beyond it do not mount until the limit is raised."
    )
    assert [combinations(dag, count).share_above_limit for count in (2, 3)] == [0, 1]
    state = dag.fail("server:1,server:2,server:3")
    beyond = [active - 19 for active in state.active_databases.tolist() if active > 19]
    assert state.databases_above_limit == sum(beyond) > 66 - 3 * 19
    assert tolerance(layout(SIX)).servers_within_limit is None
