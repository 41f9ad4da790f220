"""What holds for layouts of any size: the invariants of the order, and a second reading of its rules."""

from __future__ import annotations

import math
from collections import Counter
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calculator.issues import InputError
from calculator.layout import combinations, layout, tolerance
from calculator.layout.copies import compute_offsets, number_volumes

AAS = "active_active_single_dag"
MANY = settings(max_examples=60)
FEW = settings(max_examples=25)


@st.composite
def one_datacenter(draw, most_copies=16, whole=False):
    servers = draw(st.integers(1, 16))
    copies = draw(st.integers(1, min(servers, most_copies)))
    databases = draw(st.integers(1, 300))
    if whole:
        databases = servers * draw(st.integers(1, 60))
    return {"databases": databases, "servers_primary": servers, "copies_primary": copies}


@st.composite
def any_design(draw):
    servers = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    copies = draw(st.integers(1, servers[0])), draw(st.integers(0, servers[1]))
    model = draw(st.sampled_from([AAS, "active_passive", "active_active_multiple_dags"]))
    return {
        "databases": draw(st.integers(1, 200)),
        "model": model,
        "servers_primary": servers[0],
        "servers_secondary": servers[1],
        "active_servers_primary": draw(st.integers(1, servers[0])),
        "active_servers_secondary": draw(st.integers(1, servers[1])) if model == AAS else 0,
        "copies_primary": copies[0],
        "copies_secondary": copies[1],
        "lagged_primary": draw(st.integers(0, copies[0])),
        "lagged_secondary": draw(st.integers(0, copies[1])),
        "oddities": draw(st.sampled_from(["as_calculator", "corrected"])),
        "databases_per_volume": draw(st.integers(1, 6)),
    }


def plain_offsets(servers, copies, blocks):
    """The rules read once more, block by block, without a cycle and with every earlier block looked at."""
    period = [0] + [math.perm(servers - 1, level - 1) for level in range(1, copies + 1)]
    done = []
    for block in range(blocks):
        row = [0]
        for level in range(2, copies + 1):
            free = [o for o in range(servers) if o not in row]
            if block % period[level - 1] == 0:
                row.append(level - 1 + (block % period[level]) // period[level - 1])
                continue
            start = done[-1][level - 1]
            turn = [o for o in free if o > start] + [o for o in free if o <= start]
            if level >= 4 and block % (servers - 1) == 0:
                first = period[level] * (block // period[level])
                earlier = [tuple(done[b][:level]) for b in range(first, block, servers - 1)]
                turn = [o for o in turn if (*row, o) not in earlier]
            row.append(turn[0])
        done.append(row)
    return done


@pytest.mark.parametrize(("servers", "copies"), [(s, c) for s in range(2, 17) for c in range(1, s + 1)])
def test_offsets_follow_the_rules(servers, copies):
    blocks = 70
    found = compute_offsets(servers, copies, blocks)
    assert found[np.arange(blocks) % len(found)].tolist() == plain_offsets(servers, copies, blocks)


WORKED = {
    (2, 2): "1",
    (3, 2): "1 2",
    (3, 3): "12 21",
    (4, 2): "1 2 3",
    (4, 3): "12 23 31 13 21 32",
    (4, 4): "123 231 312 132 213 321",
    (5, 3): "12 23 34 41 13 24 31 42 14 21 32 43",
    (6, 3): "12 23 34 45 51 13 24 35 41 52 14 25 31 42 53 15 21 32 43 54",
    (6, 4): "123 234 345 451 512 134 245 351 412 523 145 251 312 423 534 152 213 324 435 541 124 235 341 452",
    (8, 4): "123 234 345 456 567 671 712 134 245 356 467 571 612 723 145 256 367 471 512 623 734 156 267 371",
    (12, 4): "123 234 345 456 567 678 789 89a 9ab ab1 b12 134 245 356 467 578 689 79a 8ab 9b1 a12 b23 145 256",
}


@pytest.mark.parametrize("size", WORKED)
def test_worked_offsets(size):
    expected = WORKED[size].split()
    found = compute_offsets(*size, len(expected))
    assert ["".join(f"{offset:x}" for offset in row[1:]) for row in found.tolist()] == expected


@MANY
@given(any_design())
def test_copies_of_a_database_sit_on_different_servers(parameters):
    dag = layout(parameters)
    total = parameters["servers_primary"] + parameters["servers_secondary"]
    ordered = np.sort(dag.server, axis=1)
    assert (np.diff(ordered, axis=1) > 0).all()
    assert ordered.min() >= 1
    assert ordered.max() <= total
    in_primary = dag.server <= parameters["servers_primary"]
    assert (in_primary.sum(axis=1) == parameters["copies_primary"]).all()
    assert dag.assigned_copies.sum() == dag.server.size


@MANY
@given(any_design())
def test_each_preference_occurs_once(parameters):
    primary, secondary = parameters["copies_primary"], parameters["copies_secondary"]
    uneven = parameters["model"] == AAS and primary != secondary and (primary + secondary) % 2 == 0
    dag = layout(parameters)
    numbers = np.sort(dag.preference, axis=1)
    if uneven and parameters["oddities"] == "as_calculator":
        assert (np.diff(numbers, axis=1) > 0).all()
    else:
        assert (numbers == np.arange(1, primary + secondary + 1)).all()


@MANY
@given(any_design())
def test_as_many_copies_are_lagged_as_are_to_be(parameters):
    primary, secondary = parameters["copies_primary"], parameters["copies_secondary"]
    dag = layout(parameters)
    lagged = parameters["lagged_primary"] + parameters["lagged_secondary"]
    even = (parameters["active_servers_primary"] + parameters["active_servers_secondary"]) % 2 == 0
    if parameters["model"] != AAS or (primary == secondary and (even or parameters["oddities"] == "corrected")):
        assert (dag.lagged.sum(axis=1) == lagged).all()
    if parameters["oddities"] == "corrected":
        healthy = np.where(dag.lagged, 0, dag.preference).max(axis=1)
        least = np.where(dag.lagged, dag.preference, primary + secondary + 1).min(axis=1)
        assert (healthy < least).all()


@MANY
@given(one_datacenter())
def test_first_copies_go_round_the_servers(parameters):
    databases, servers = parameters["databases"], parameters["servers_primary"]
    dag = layout(parameters)
    assert dag.server[:, 0].tolist() == [1 + i % servers for i in range(databases)]
    counts = dag.fail().active_databases
    assert counts.tolist() == [databases // servers + (n <= databases % servers) for n in range(1, servers + 1)]


@MANY
@given(one_datacenter(whole=True))
def test_whole_blocks_give_every_server_as_many_copies_of_each_level(parameters):
    dag = layout(parameters)
    servers = parameters["servers_primary"]
    for level in range(parameters["copies_primary"]):
        counts = np.bincount(dag.server[:, level], minlength=servers + 1)[1:]
        assert set(counts.tolist()) == {parameters["databases"] // servers}


@MANY
@given(one_datacenter(whole=True), st.data())
def test_databases_of_a_failed_server_spread_evenly(parameters, data):
    servers, databases = parameters["servers_primary"], parameters["databases"]
    assume(parameters["copies_primary"] >= 2 and servers >= 3)
    dag = layout(parameters)
    failed = data.draw(st.integers(1, servers))
    state = dag.fail([f"server:{failed}"])
    gained = np.delete(state.active_databases - dag.fail().active_databases, failed - 1)
    share = databases / (servers * (servers - 1))
    assert set(gained.tolist()) <= {math.floor(share), math.ceil(share)}
    assert state.failed_databases == 0


@pytest.mark.parametrize(("servers", "level"), [(3, 2), (3, 3), (4, 3), (4, 4), (5, 3), (6, 3), (5, 4), (16, 2)])
def test_whole_cycles_serve_every_choice_of_servers_alike(servers, level):
    databases = 2 * math.perm(servers, level)
    dag = layout({"databases": databases, "servers_primary": servers, "copies_primary": level})
    choices = Counter(map(tuple, dag.server.tolist()))
    assert len(choices) == math.perm(servers, level)
    assert set(choices.values()) == {2}


@pytest.mark.parametrize(("servers", "copies"), [(5, 3), (6, 3), (7, 4), (8, 3), (9, 4)])
def test_survivors_are_even_after_failures_of_a_whole_cycle(servers, copies):
    """Seen through all combinations: databases / (servers - failed) on each server that runs."""
    databases = math.perm(servers, copies)
    dag = layout({"databases": databases, "servers_primary": servers, "copies_primary": copies})
    for failed in range(1, copies):
        found = combinations(dag, failed)
        counts = found.active_databases[found.up & found.quorum_ok[:, None]]
        assert set(counts.tolist()) <= {databases // (servers - failed)}


@pytest.mark.parametrize("servers", [2, 4, 6, 8])
def test_one_dag_over_two_datacenters_prefers_each_server_alike(servers):
    parameters = {
        "databases": 2 * servers * (servers - 1) * 2,
        "model": AAS,
        "servers_primary": servers,
        "servers_secondary": servers,
        "copies_primary": 2,
        "copies_secondary": 2,
    }
    dag = layout(parameters)
    each = parameters["databases"] // (2 * servers)
    assert set(dag.fail().active_databases.tolist()) == {each}
    after = dag.fail("server:1").active_databases[1:servers]
    share = parameters["databases"] / (2 * servers * (servers - 1)) if servers > 1 else 0
    assert set((after - each).tolist()) <= {math.floor(share), math.ceil(share)}


@MANY
@given(any_design(), st.sampled_from(["primary", "secondary"]))
def test_loss_of_a_datacenter_moves_its_databases_to_the_first_copies_of_the_other(parameters, lost):
    dag = layout(parameters | {"oddities": "corrected", "lagged_primary": 0, "lagged_secondary": 0})
    assume(parameters["copies_secondary"] > 0)
    other = "secondary" if lost == "primary" else "primary"
    lost_only = dag.fail(f"datacenter:{lost}")
    assert lost_only.mounted in (0, parameters["databases"]) or lost_only.quorum_ok
    # The DAG is restored even where quorum holds: the same copies are active.
    state = lost_only.then(f"restore:{other}")
    first = dag.server[:, parameters["copies_primary"] if lost == "primary" else 0]
    assert state.quorum_ok
    assert (state.active_server == first).all()


@MANY
@given(any_design())
def test_a_server_that_returns_leaves_no_trace(parameters):
    dag = layout(parameters)
    state = dag.fail(["server:1", "server:1"])
    assert (state.active_server == dag.fail().active_server).all()


@MANY
@given(any_design(), st.integers(0, 3), st.data())
def test_combinations_are_the_failure_runs(parameters, any_n, data):
    dag = layout(parameters)
    any_n = min(any_n, dag.parameters.servers_total)
    found = combinations(dag, any_n)
    assert len(found) == math.comb(dag.parameters.servers_total, any_n)
    place = data.draw(st.integers(0, len(found) - 1))
    state = dag.fail([f"server:{server}" for server in found.failed[place]])
    assert found.quorum_ok[place] == state.quorum_ok
    assert found.active_databases[place].tolist() == state.active_databases.tolist()
    assert found.lost_databases[place] == state.failed_databases


@FEW
@given(any_design())
def test_tolerance_agrees_with_the_combinations(parameters):
    dag = layout(parameters)
    borne = tolerance(dag).servers
    if borne >= 0:
        assert combinations(dag, borne).lost_databases.max() == 0
    assert combinations(dag, borne + 1).lost_databases.max() > 0


@pytest.mark.slow
@MANY
@given(any_design())
def test_volumes_are_runs_of_a_servers_copies(parameters):
    dag = layout(parameters)
    for server in range(1, dag.parameters.servers_total + 1):
        numbers = dag.volume[dag.server == server].tolist()
        expected = [1 + place // parameters["databases_per_volume"] for place in range(len(numbers))]
        assert numbers == expected


def test_volumes_of_hand_placed_copies():
    server = np.array([[1, 2], [2, 1], [3, 1], [1, 3]])
    assert number_volumes(server, 3, 2).tolist() == [[1, 1], [1, 1], [1, 2], [2, 1]]


@MANY
@given(st.integers(1, 4), st.integers(2, 4), st.integers(1, 120), st.data())
def test_failure_domains_keep_copies_apart(size, count, databases, data):
    copies = [data.draw(st.integers(0 if place else 1, size)) for place in range(count)]
    domains = "+".join(f"{size}:{held}" for held in copies)
    dag = layout(
        {
            "databases": databases,
            "servers_primary": size * count,
            "copies_primary": sum(copies),
            "failure_domains_primary": domains,
        }
    )
    for servers in dag.server.tolist():
        assert len(set(servers)) == len(servers)
        held = Counter((server - 1) // size for server in servers)
        assert sorted(held.values()) == sorted(filter(None, copies))


def test_every_database_survives_a_domain_that_fails():
    dag = layout(
        {"databases": 60, "servers_primary": 8, "copies_primary": 4, "failure_domains_primary": "2:1+2:1+2:1+2:1"}
    )
    for first in (1, 3, 5, 7):
        assert dag.fail(f"server:{first},server:{first + 1}").failed_databases == 0


EVENTS = st.one_of(
    st.integers(1, 16).map("server:{}".format),
    st.sampled_from(["wan:1", "wan:2", "datacenter:1", "datacenter:2", "cross_site:on", "cross_site:off", "start"]),
    st.sampled_from(["witness:primary", "witness:secondary", "witness:third"]),
)


@MANY
@given(any_design(), st.lists(EVENTS, max_size=12))
def test_after_any_events_active_databases_have_a_running_copy(parameters, events):
    dag = layout(parameters)
    state = dag.fail()
    for event in events:
        with suppress(InputError):
            state = state.then([event])
    active = state.active_server
    assert (state.active_databases.sum() + state.failed_databases) == parameters["databases"]
    assert not state.active_databases[~state.up].any()
    on_a_copy = (dag.server == active[:, None]).any(axis=1)
    assert (on_a_copy | (active == 0)).all()
    if not state.quorum_ok:
        assert not active.any()


DESIGNS = st.fixed_dictionaries(
    {
        "tiers.1.mailboxes": st.integers(1, 100_000),
        "environment.mailbox_servers": st.integers(1, 16),
        "site_resilience.enabled": st.booleans(),
        "site_resilience.model": st.sampled_from([AAS, "active_passive", "active_active_multiple_dags"]),
        "site_resilience.dedicated_dr_servers": st.booleans(),
        "database_copies.ha_copies": st.integers(2, 6),
        "database_copies.ha_copies_secondary": st.integers(0, 3),
        "database_copies.lagged_copies": st.integers(0, 2),
        "database_copies.lagged_copies_secondary": st.integers(0, 2),
        "database_copies.dedicated_lagged_servers": st.booleans(),
        "storage.multiple_databases_per_volume": st.booleans(),
        "dag.witness_location": st.sampled_from(["primary", "secondary", "third_site", "none"]),
        "guidance.oddities": st.sampled_from(["as_calculator", "corrected"]),
    }
)


@pytest.mark.slow
@FEW
@given(DESIGNS)
def test_any_design_has_a_layout_or_gives_the_reason(design):
    dag = None
    with suppress(InputError):
        dag = layout(design)
    assume(dag is not None)
    assert len(dag.rows()) == dag.server.size
    assert tolerance(dag).sentence.endswith(".")
    assert dag.fail("server:1").servers()
