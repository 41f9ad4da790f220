"""Figures of a search that are no results: failures that a DAG survives, modules of memory, rack units."""

from __future__ import annotations

import math

import numpy as np
import pytest

from calculator import size, size_many
from calculator.inputs.profile import Profile
from calculator.layout import layout, tolerance
from calculator.studies.search.figures import FAILURE_NEEDS, SpaceSizer, choose_modules, count_tolerated_failures
from calculator.studies.search.read import read_space
from calculator.studies.search.run import search

pytestmark = pytest.mark.slow

BASE = {"tiers.1.mailboxes": 9000.0}
SERVERS = "summary_servers.environment"


# --- figures that are no results ---------------------------------------------------------------------


def test_servers_that_may_fail_are_those_of_the_layout():
    """Against all combinations of failed servers of the layout of each design."""
    tree = {
        "inputs": {
            "site_resilience": {
                "enabled": [True, False],
                "model": ["active_passive", "active_active_single_dag", "active_active_multiple_dags"],
                "dedicated_dr_servers": [False, True],
                "block_secondary_activation": [False, True],
            },
            "database_copies": {
                "ha_copies": [2, 3],
                "ha_copies_secondary": [1, 0],
                "lagged_copies": [0, 1],
                "lagged_copies_secondary": [0, 1],
                "dedicated_lagged_servers": [False, True],
            },
            "dag.witness_location": ["primary", "secondary", "third_site", "none"],
            "environment.mailbox_servers": [3, 4],
            "guidance.oddities": ["as_calculator", "corrected"],
        }
    }
    base = Profile({"tiers.1.mailboxes": 600.0})
    space, rng = read_space(tree, base), np.random.default_rng(4)
    digits = np.array([rng.integers(0, len(dimension), 900) for dimension in space.dimensions])
    values = [space.values(row) for row in digits.T]
    status = size_many({path: [of[path] for of in values] for path in space.paths}, profile=base, results=["valid"])
    sound = np.flatnonzero(np.array(status["valid"].to_pylist()))[:80]
    borne = count_tolerated_failures(SpaceSizer(base, space, FAILURE_NEEDS)(list(digits[:, sound])))
    borne = np.broadcast_to(borne, len(sound))
    seen = set()
    for place, found in zip(sound, borne, strict=True):
        expected = tolerance(layout(Profile({**base.given, **values[place]}))).servers
        assert max(found, -1) == expected, values[place]
        seen.add(expected)
    assert {0, 1, 2} <= seen


def test_failures_as_a_limit():
    tree = {"inputs": {"database_copies.ha_copies": [2, 3]}, "limits": {"failures": 2}}
    base = {"tiers.1.mailboxes": 2000.0, "site_resilience.enabled": False, "environment.mailbox_servers": 5.0}
    found = search(base, tree, minimize=SERVERS)
    assert [design.values for design in found.best] == [{"database_copies.ha_copies": 3.0}]
    assert [(of.limit, of.designs, of.alone) for of in found.reasons] == [("failures >= 2", 1, 1)]


def test_standalone_servers_survive_no_failure():
    tree = {"inputs": {"environment.mailbox_servers": [2, 3]}, "limits": {"failures": 1}}
    alone = {"tiers.1.mailboxes": 300.0, "environment.high_availability": False, "backup.method": "software_vss"}
    assert search(alone, tree, minimize=SERVERS).feasible == 0
    assert search(alone, {**tree, "limits": {}}, minimize=SERVERS).feasible == 2


@pytest.mark.parametrize(
    ("memory", "sizes", "slots", "bought"),
    [
        (96.0, (8.0, 16.0), 16, 96.0),
        (100.0, (8.0, 16.0), 16, 104.0),  # 13 x 8 against 7 x 16
        (100.0, (8.0, 16.0), 10, 112.0),  # 13 modules do not fit 10 slots
        (100.0, (8.0,), 10, math.inf),
        (math.nan, (8.0,), 10, math.nan),
    ],
)
def test_memory_is_bought_in_modules_of_one_size(memory, sizes, slots, bought):
    got = choose_modules(np.array([memory]), np.array([sizes]).T, np.array([slots]))
    assert got.tolist() == pytest.approx([bought], nan_ok=True)


def test_modules_and_rack_units_of_a_server_are_limits():
    machines = [
        {"name": "low", "servers.drive_bays": 36, "rack_units": 1, "memory_slots": 2, "memory_modules": "8"},
        {"name": "high", "servers.drive_bays": 36, "rack_units": 9, "memory_slots": 24, "memory_modules": "8 16"},
        {"name": "fits", "servers.drive_bays": 36, "rack_units": 1, "memory_slots": 24, "memory_modules": "8 16"},
    ]
    tree = {"inputs": {"environment.mailbox_servers": [4]}, "catalogue": {"servers": machines}}
    plan = size({**BASE, "environment.mailbox_servers": 4.0})
    assert (plan[SERVERS], 16 < plan["summary_memory.primary"] <= 24 * 16) == (8, True)
    found = search(BASE, {**tree, "limits": {"rack_units": 71}}, minimize=SERVERS)
    assert [design.rows for design in found.best] == [{"servers": "fits"}]
    assert {of.limit: (of.designs, of.alone) for of in found.reasons} == {
        "memory_modules": (1, 1),
        "rack_units <= 71": (1, 1),
    }
    assert search(BASE, {**tree, "limits": {"rack_units": 72}}, minimize=SERVERS).feasible == 2


def test_limits_may_include_the_memory_modules_of_every_server():
    tree = {"inputs": {"environment.mailbox_servers": "4..6"}, "prices": {"memory_gb": 1}}
    memory = size({**BASE, "environment.mailbox_servers": 4.0})["summary_memory.primary"]
    modules = {"sizes": ["32 GB"], "slots": 24}
    found = search(BASE, {**tree, "limits": {"memory_modules": modules, "summary_servers.environment": "== 8"}})
    assert [design.cost for design in found.best] == [8 * 32 * math.ceil(memory / 32)]
