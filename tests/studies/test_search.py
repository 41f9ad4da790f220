"""The search, against every design sized one by one."""

from __future__ import annotations

import doctest
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.paths import ROOT
from support.worker_threads import at_once

import calculator.studies.search.run
from calculator import size, size_many
from calculator.inputs.profile import Profile, load
from calculator.inputs.schema import FIELDS
from calculator.issues import ERROR, InputError, Issues
from calculator.layout import layout, tolerance
from calculator.studies.search.cost import read_cost
from calculator.studies.search.evolution import evolve, penalised
from calculator.studies.search.exhaustive import Chunks, Goal, Judge, exhaustive
from calculator.studies.search.figures import FAILURE_NEEDS, Sizer, modules_bought, servers_that_may_fail
from calculator.studies.search.limits import read_limits
from calculator.studies.search.run import Found, search
from calculator.studies.search.space import read_space

EXAMPLE = ROOT / "docs" / "examples" / "search" / "SPACE.toml"
RESERVE = ROOT / "profiles" / "active_passive.toml"
BASE = {"tiers.1.mailboxes": 9000.0}
SMALL = {"environment.mailbox_servers": "2..7", "environment.dags": [1, 2], "database_copies.lagged_copies": [0, 2]}
SERVERS, SIDES = "summary_servers.environment", ("primary", "secondary")


def designs_of(space):
    """Every design of a space in its order."""
    for digits in itertools.product(*(range(len(dimension)) for dimension in space.dimensions)):
        yield digits, space.values(digits)


def cost_by_hand(plan, rows, prices):
    """Servers, processors, disks, memory by the GB and rack units of a sized design."""
    servers, disks = plan[SERVERS], plan["storage_disks_total.environment"]
    each = prices.get("server", 0) + sum(row.get("price", 0) for name, row in rows.items() if name != "disks")
    each += prices.get("rack_unit", 0) * sum(row.get("rack_units", 0) for row in rows.values())
    dags = plan["dags_total"] if plan.profile.value("environment.high_availability") else 1
    memory = (plan["summary_lagged_servers.environment"] or 0) * (plan["summary_memory.lagged"] or 0)
    for side in ("primary", "secondary"):
        hosting = plan[f"summary_mailbox_servers_by_datacenter.{side}"] or 0
        memory += hosting * dags * (plan[f"summary_memory.{side}"] or 0)
    return servers * each + disks * rows.get("disks", {}).get("price", 0) + memory * prices.get("memory_gb", 0)


def within(plan, limits):
    """Whether a sized design keeps limits of figures, those that apply."""
    figures = {
        "cpu": [plan["worst_cpu_utilization"]],
        "memory": [plan[f"summary_memory.{role}"] for role in ("primary", "secondary", "lagged")],
        "reseed_hours": [plan["reseed_hours"]],
        "drive_bays": [plan[f"server_drive_bays.{side}"] for side in ("primary", "secondary")],
        "database_size": [plan["volume_database_size_with_overhead"]],
    }
    return {name: all(value is None or value <= bound for value in figures[name]) for name, bound in limits.items()}


def judged_by_hand(base, tree):
    """Designs of a space within its limits, each with its cost, by sizing them one by one."""
    space = read_space(tree, Profile(base))
    rows = {name: table for name, table in tree.get("catalogue", {}).items()}
    found, tried = [], 0
    for digits, values in designs_of(space):
        tried += 1
        plan = size(Profile({**base, **values}))
        if plan.status == "invalid" or not all(within(plan, tree.get("limits", {})).values()):
            continue
        taken = {
            dimension.name: rows[dimension.name][digit]
            for dimension, digit in zip(space.dimensions, digits, strict=True)
            if dimension.labels
        }
        found.append((cost_by_hand(plan, taken, tree.get("prices", {})), digits, values, plan))
    return tried, found


POOL = {
    "environment.mailbox_servers": st.sampled_from([[2, 4], [1, 3, 6], [5], [16, 3]]),
    "environment.dags": st.sampled_from([[1, 2], [3]]),
    "environment.multi_role": st.just([True, False]),
    "environment.high_availability": st.just([True, False]),
    "environment.exchange_edition": st.just(["standard", "enterprise"]),
    "site_resilience.enabled": st.just([False, True]),
    "site_resilience.model": st.just(["active_passive", "active_active_single_dag", "active_active_multiple_dags"]),
    "site_resilience.dedicated_dr_servers": st.just([True, False]),
    "database_copies.ha_copies": st.sampled_from([[2, 4], [3, 2]]),
    "database_copies.lagged_copies": st.just([0, 1]),
    "database_copies.dedicated_lagged_servers": st.just([True]),
    "storage.database_disk_capacity": st.sampled_from([[1000, 8000], ["none", 4000]]),
    "storage.consider_jbod": st.just([True, False]),
    "servers.specint2006_rate": st.sampled_from([[0, 300], [900]]),
    "guidance.oddities": st.just(["corrected", "as_calculator"]),
    "tiers.1.mailbox_size_limit": st.sampled_from([["0 GB", "2 GB"], ["25 GB"]]),
}
DISKS = [{"storage.database_disk_capacity": 4000, "price": 120}, {"storage.database_disk_capacity": 6000, "price": 200}]
MACHINES = [
    {"servers.drive_bays": 12, "price": 3000, "rack_units": 2},
    {"servers.drive_bays": 36, "price": 4100, "rack_units": 4},
]


@st.composite
def spaces(draw):
    """Small spaces: two or three inputs, perhaps catalogues, limits and prices."""
    paths = draw(st.lists(st.sampled_from(sorted(POOL)), min_size=1, max_size=3, unique=True))
    tree = {"inputs": {path: draw(POOL[path]) for path in paths}, "catalogue": {}, "limits": {}}
    tree["prices"] = draw(st.fixed_dictionaries({"server": st.just(5000)}, optional={"memory_gb": st.just(7)}))
    if "storage.database_disk_capacity" not in paths and draw(st.booleans()):
        tree["catalogue"]["disks"] = DISKS
    if draw(st.booleans()):
        tree["catalogue"]["servers"] = MACHINES
        tree["prices"]["rack_unit"] = 90
    bounds = {"cpu": 0.8, "memory": 64, "reseed_hours": 20, "drive_bays": 20, "database_size": 900}
    tree["limits"] = {name: bounds[name] for name in draw(st.sets(st.sampled_from(sorted(bounds)), max_size=3))}
    return tree


@pytest.mark.slow
@settings(max_examples=10)
@given(spaces(), st.sampled_from([500.0, 6000.0]))
def test_the_best_is_the_best_of_all_designs_sized_one_by_one(tree, mailboxes):
    base = {"tiers.1.mailboxes": mailboxes}
    tried, feasible = judged_by_hand(base, tree)
    found = search(base, tree, show=1000, pareto=["summary_memory.primary"])
    assert (found.tried, found.designs, found.feasible, found.proven) == (tried, tried, len(feasible), True)
    expected = sorted(feasible, key=lambda row: row[:2])
    assert [dict(design.values) for design in found.best] == [values for _, _, values, _ in expected]
    for design, (cost, _, _, plan) in zip(found.best, expected, strict=True):
        assert design.cost == pytest.approx(cost, rel=1e-12)
        assert design.status == plan.status
        assert all(design.results[column] == plan[column] for column in design.results)
    points = [(cost, plan["summary_memory.primary"]) for cost, _, _, plan in expected]
    front = {point for point in points if not any(_beats(other, point) for other in points)}
    assert [(of.cost, of.results["summary_memory.primary"]) for of in found.pareto] == sorted(front)


def _beats(other, point):
    return other != point and all(a <= b for a, b in zip(other, point, strict=True))


def test_status_and_checks_agree_with_sizing():
    """Every design that `size` calls invalid breaks a check, no other does."""
    tree = {"inputs": {**SMALL, "storage.database_disk_capacity": [300, 4000], "servers.drive_bays": [0, 8]}}
    space = read_space(tree, Profile(BASE))
    found = search(BASE, tree, minimize=SERVERS, show=1000)
    sound = [
        values
        for _, values in designs_of(space)
        if size(Profile({**BASE, **values}), results=[SERVERS]).status != "invalid"
    ]
    assert 0 < len(sound) < found.designs
    assert found.feasible == len(sound)
    assert sorted(map(str, sound)) == sorted(str(dict(design.values)) for design in found.best)


def test_reasons_are_counted_alone_and_with_others():
    """Four designs by hand: quota 0 or 1 GB, CPU within or beyond; none at all keeps both limits of days."""
    tree = {
        "inputs": {"tiers.1.mailbox_size_limit": ["0 GB", "1 GB"], "servers.specint2006_rate": [10, 4000]},
        "limits": {"cpu": 0.8},
    }
    plans = {
        (quota, rating): size({**BASE, "tiers.1.mailbox_size_limit": quota} | _rated(rating))
        for quota in (0.0, 1024.0)
        for rating in (10.0, 4000.0)
    }
    errors = {key: {issue.message for issue in plan.issues if issue.severity == ERROR} for key, plan in plans.items()}
    assert errors[1024.0, 4000.0] == set()
    found = search(BASE, tree, minimize=SERVERS)
    counts = {reason.limit: (reason.designs, reason.alone) for reason in found.reasons}
    # Without a quota nothing is computed: both ratings fail by the quota alone.
    assert counts["quota_missing"] == (2, 2)
    # Slow processors pass 80 % and 100 %: each limit refuses the design, neither alone.
    assert counts["cpu <= 0.8"] == (1, 0)
    assert counts["cpu_exhausted"] == (1, 0)
    assert set(counts) == {"quota_missing", "cpu <= 0.8", "cpu_exhausted"}
    assert found.reasons[0].limit == "quota_missing"
    assert found.feasible == 1


def _rated(rating):
    return {f"servers.{role}.specint2006_rate": rating for role in ("primary", "secondary", "lagged")}


@pytest.mark.slow
def test_the_example_is_what_sizing_a_table_of_all_its_designs_gives():
    base = load(RESERVE)
    space = read_space(EXAMPLE, base)
    found = search(base, EXAMPLE, pareto=["reseed_hours"], show=5)
    digits, values = zip(*designs_of(space), strict=True)
    names = [
        "summary_servers.environment",
        "summary_dags",
        "worst_cpu_utilization",
        "summary_memory",
        "reseed_hours",
        "volume_database_size_with_overhead",
        "storage_disks_total.environment",
        "summary_mailbox_servers_by_datacenter",
        "dags_total",
        "summary_lagged_servers.environment",
    ]
    columns = {path: [of[path] for of in values] for path in space.paths}
    table = size_many(columns, profile=base, results=names).to_pylist()
    prices = {"disks": (200, 290, 380), "processors": (900, 1600, 3400), "servers": (3000, 4200, 5600)}
    places = [dimension.name for dimension in space.dimensions]
    costs = []
    for row, of in zip(table, digits, strict=True):
        disk, processor, machine = (of[places.index(name)] for name in prices)
        memory, high = [row[f"summary_memory.{side}"] for side in SIDES], (2, 2, 4)[machine]
        kept = row["status"] not in ("invalid", "error") and row["worst_cpu_utilization"] <= 0.8
        kept = kept and max(memory) <= 96
        kept = kept and row["volume_database_size_with_overhead"] <= 2000 and row["reseed_hours"] <= 72
        kept = kept and row["summary_servers.environment"] * high <= 84 and row["summary_dags"] <= 4
        if not kept:
            continue
        each = prices["processors"][processor] + prices["servers"][machine] + 150 * high
        assert row["summary_lagged_servers.environment"] == 0
        hosting = [row["dags_total"] * row[f"summary_mailbox_servers_by_datacenter.{side}"] for side in SIDES]
        # 16 slots hold 96 GB in modules of either size.
        bought = [
            count * min(8 * math.ceil(of / 8), 16 * math.ceil(of / 16))
            for count, of in zip(hosting, memory, strict=True)
        ]
        servers, disks = row["summary_servers.environment"], row["storage_disks_total.environment"]
        costs.append((servers * each + 9 * sum(bought) + disks * prices["disks"][disk], row["reseed_hours"]))
    assert found.designs == len(table) == 11 * 3 * 2 * 3 * 3 * 3
    assert found.feasible == len(costs)
    assert [design.cost for design in found.best] == sorted(cost for cost, _ in costs)[:5]
    front = {point for point in costs if not any(_beats(other, point) for other in costs)}
    assert [(of.cost, of.results["reseed_hours"]) for of in found.pareto] == sorted(front)
    assert "made up" in (EXAMPLE.parent / "disks.csv").read_text(encoding="utf-8")


def test_the_example_in_the_docstring():
    found = doctest.testmod(calculator.studies.search.run)
    assert (found.failed, found.attempted > 0) == (0, True)


# --- what changes nothing ----------------------------------------------------------------------------


def judge_of(tree, base=BASE, minimize=SERVERS, against=()):
    profile, issues = Profile(base), Issues()
    space = read_space(tree, profile)
    limits, modules = read_limits(space, profile, issues)
    cost = read_cost(space, modules, issues)
    assert not issues
    goals = [Goal(name, name.partition(".")[0]) for name in (minimize, *against)]
    return Judge(profile, space, limits, goals[:1], goals[1:], cost)


def outcome(tally):
    kept = (tally.best.kept, tally.front.kept)
    figures = [values.tolist() for of in kept for values in (of.goals, of.digits)]
    return tally.tried, tally.feasible, tally.broken.tolist(), tally.alone.tolist(), figures


def test_the_width_of_a_chunk_changes_nothing():
    tree = {"inputs": {**SMALL, "servers.specint2006_rate": [200, 540]}, "limits": {"cpu": 0.8}}
    judge = judge_of(tree, against=("reseed_hours", "worst_cpu_utilization"))
    expected = outcome(exhaustive(judge, 7, 1, None))
    assert expected[1] > 7
    for width in (1, 3, 10, 17):
        assert outcome(exhaustive(judge, 7, 1, None, width)) == expected


def test_workers_change_nothing(monkeypatch):
    tree = {"inputs": {**SMALL, "servers.specint2006_rate": [200, 540]}, "limits": {"cpu": 0.8}}
    judge = judge_of(tree, against=("reseed_hours",))
    told = []
    alone = exhaustive(judge, 5, 1, lambda done, share: told.append((done, share)), 4)
    at_once(monkeypatch)
    assert outcome(exhaustive(judge, 5, 2, None, 4)) == outcome(alone)
    assert told[-1] == (48, 1.0)
    assert [done for done, _ in told] == sorted({done for done, _ in told})


@given(st.lists(st.integers(1, 7), min_size=1, max_size=5), st.randoms(use_true_random=False), st.integers(1, 50))
def test_chunks_hold_every_design_once(sizes, random, width):
    order = list(range(len(sizes)))
    random.shuffle(order)
    chunks, seen = Chunks(sizes, order, width), []
    for chunk in range(len(chunks)):
        digits, count = chunks.digits(chunk)
        assert count <= max(width, 1)
        assert all(len(digit) in (1, count) for digit in digits)
        seen += list(zip(*(np.broadcast_to(digit, count).tolist() for digit in digits), strict=True))
    assert sorted(seen) == sorted(itertools.product(*(range(size) for size in sizes)))


def test_many_inputs_with_a_single_value_are_searched_too():
    """More dimensions than an array may have axes."""
    base, paths = Profile(BASE), [field.paths()[0] for field in FIELDS if field.numeric]
    single = {path: ["none" if base.value(path) is None else base.value(path)] for path in paths}
    tree = {"inputs": {**single, **SMALL}}
    assert len(tree["inputs"]) > 64
    few, many = (search(base, of, minimize=SERVERS, show=99) for of in ({"inputs": SMALL}, tree))
    assert (many.designs, many.feasible, many.rows()) == (few.designs, few.feasible, few.rows())


# --- evolution ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_evolution_finds_the_best_of_all_designs():
    tree = {
        "inputs": {
            "environment.mailbox_servers": "1..16",
            "environment.dags": "1..6",
            "storage.database_disk_capacity": "1000..8000",
            "servers.specint2006_rate": "200..1000 step 100",
        },
        "limits": {"cpu": 0.8, "memory": 96, "reseed_hours": 30},
        "prices": {"server": 5000, "memory_gb": 10},
    }
    whole = search(BASE, tree)
    evolved = search(BASE, tree, method="evolution")
    assert evolved.best[0].values == whole.best[0].values
    assert evolved.best[0].cost == whole.best[0].cost
    assert evolved.tried < whole.tried
    assert not evolved.proven
    assert evolved.sentence() == (
        f"{evolved.tried:,} of {whole.designs:,} designs looked at by differential evolution, "
        f"{evolved.feasible:,} of them within the limits: not proven the best."
    )
    assert search(BASE, tree, method="evolution") == evolved


@pytest.mark.slow
def test_a_space_too_large_is_searched_by_evolution():
    """A hundred million designs: 16 servers, 10,000 retentions, 700 sizes."""
    tree = {
        "inputs": {
            "environment.mailbox_servers": "1..16",
            "tiers.1.deleted_item_retention": "1..10000",
            "tiers.1.message_size": "30..729 step 1",
        },
        "limits": {"cpu": 0.8},
    }
    found = search(BASE, tree, minimize=[SERVERS, "largest_mailbox_size_on_disk"], show=1)
    assert found.designs == 16 * 10_000 * 700
    assert not found.proven
    fewest = search(BASE, {**tree, "inputs": {"environment.mailbox_servers": "1..16"}}, minimize=SERVERS)
    assert found.best[0].results[SERVERS] <= fewest.best[0].results[SERVERS]


def test_a_space_of_one_design_is_evolved_too():
    tally = evolve(judge_of({"inputs": {"environment.mailbox_servers": [4]}}), 3, 1, None)
    assert (tally.tried, tally.feasible, len(tally.best.kept)) == (1, 1, 1)


def test_penalties_put_designs_within_the_limits_first_then_by_what_they_are_beyond():
    goal = np.array([5.0, -2.0, 1e9, math.nan, 0.0, 1.0, 0.0])
    excess = np.array([[0, 0, 0, 0, 0, 0.1, 0.0], [0, 0, 0, 0, 0, 0.3, 0.2]])
    assert np.argsort(penalised(goal, excess)).tolist() == [1, 4, 0, 2, 3, 6, 5]


# --- figures that are no results ---------------------------------------------------------------------


def test_servers_that_may_fail_are_those_of_the_layout():
    """Against all combinations of failed servers of the layout of each design."""
    tree = {
        "inputs": {
            "site_resilience": {
                "enabled": [True, False],
                "model": ["active_passive", "active_active_single_dag", "active_active_multiple_dags"],
                "dedicated_dr_servers": [False, True],
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
    borne = servers_that_may_fail(Sizer(base, space, FAILURE_NEEDS)(list(digits[:, sound])))
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


def test_standalone_servers_bear_no_failure():
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
    got = modules_bought(np.array([memory]), np.array([sizes]).T, np.array([slots]))
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


@pytest.mark.slow
def test_modules_of_every_server_may_stand_among_the_limits():
    tree = {"inputs": {"environment.mailbox_servers": "4..6"}, "prices": {"memory_gb": 1}}
    memory = size({**BASE, "environment.mailbox_servers": 4.0})["summary_memory.primary"]
    modules = {"sizes": ["32 GB"], "slots": 24}
    found = search(BASE, {**tree, "limits": {"memory_modules": modules, "summary_servers.environment": "== 8"}})
    assert [design.cost for design in found.best] == [8 * 32 * math.ceil(memory / 32)]


# --- goals, limits of results ------------------------------------------------------------------------


def test_more_is_better_of_some_results():
    tree = {"inputs": {"environment.mailbox_servers": "3..8"}}
    days = "days_until_volume_full"
    found = search(BASE, tree, minimize=days, results=[days], show=99)
    figures = [design.results[days] for design in found.best]
    assert figures == sorted(figures, reverse=True)
    assert figures[0] > figures[-1]


def test_alike_designs_stand_in_the_order_of_the_space_unless_a_second_goal_parts_them():
    tree = {"inputs": {"storage.database_disk_capacity": [8000, 4000, 6000]}}
    first = search(BASE, tree, minimize=SERVERS)
    assert [of.values["storage.primary.database_disk_capacity"] for of in first.best] == [8000, 4000, 6000]
    second = search(BASE, tree, minimize=[SERVERS, "storage_database_disk_formatted.primary"])
    assert [of.values["storage.primary.database_disk_capacity"] for of in second.best] == [4000, 6000, 8000]


def test_any_result_may_be_a_limit():
    tree = {"inputs": {"environment.mailbox_servers": "3..8"}}

    def kept(**limits):
        found = search(BASE, {**tree, "limits": limits}, minimize=SERVERS, show=99)
        return {design.values["environment.mailbox_servers"] for design in found.best}

    servers = {n: size({**BASE, "environment.mailbox_servers": float(n)})[SERVERS] for n in range(3, 9)}
    assert kept() == set(servers)
    assert kept(summary_servers={"environment": "<= 12"}) == {n for n, count in servers.items() if count <= 12}
    assert kept(**{SERVERS: ["<= 12", ">= 8"]}) == {n for n, count in servers.items() if 8 <= count <= 12}
    assert kept(**{SERVERS: "== 10"}) == {n for n, count in servers.items() if count == 10}
    assert kept(**{"disks_fit.primary": "== true"}) == set(servers)
    assert kept(**{"storage_architecture.primary": "== raid"}) == set()
    assert kept(**{"storage_architecture.primary": "== jbod"}) == set(servers)
    hours = {n: size({**BASE, "environment.mailbox_servers": float(n)})["reseed_hours"] for n in servers}
    assert kept(reseed_hours="1 day") == {n for n, of in hours.items() if of <= 24}
    assert kept(reseed_hours=">= 24") == {n for n, of in hours.items() if of >= 24}


def test_rows_hold_inputs_that_vary_by_path():
    tree = {
        "inputs": {"environment.mailbox_servers": [4, 5], "environment.dags": [1]},
        "catalogue": {"disks": [{"name": "=1+1", "storage.primary.database_disk_capacity": 4000, "price": 1}]},
    }
    found = search(BASE, tree, results=[SERVERS], show=1)
    assert isinstance(found, Found)
    disks = size({**BASE, "environment.mailbox_servers": 4.0})["storage_disks_total.environment"]
    assert found.rows() == [
        {
            "rank": 1,
            "disks": "=1+1",
            "environment.mailbox_servers": 4.0,
            "cost": disks,
            SERVERS: 8.0,
            "status": found.best[0].status,
        }
    ]
    assert found.best[0].values["environment.dags"] == 1
    assert found.cost == "Cost counts disks, at the prices given, and nothing else."


def test_too_many_designs_that_none_beats_are_refused(monkeypatch):
    from calculator.studies.search import pareto

    monkeypatch.setattr(pareto, "MOST_OF_A_FRONT", 2)
    tree = {"inputs": {"environment.mailbox_servers": "3..8"}}
    with pytest.raises(InputError) as caught:
        search(BASE, tree, minimize=SERVERS, pareto=["worst_cpu_utilization"])
    assert str(caught.value) == (
        "--pareto: More than 2 designs are beaten by none. Name fewer results, or narrow the space."
    )
