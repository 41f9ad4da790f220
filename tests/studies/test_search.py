"""The search, against every design sized one by one."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.paths import ROOT

from calculator import size, size_many
from calculator.inputs.profile import Profile, load
from calculator.issues import ERROR, InputError, Issues
from calculator.studies.search.exhaustive import Evaluator, Goal, search_all
from calculator.studies.search.limits import read_limits
from calculator.studies.search.read import read_space
from calculator.studies.search.run import ALWAYS_SHOWN, SearchResult, search

pytestmark = pytest.mark.slow

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
    """Whether a sized design keeps limits of figures; one whose figure does not apply is not within a limit."""
    figures = {
        "cpu": [plan["worst_cpu_utilization"]],
        "memory": [plan[f"summary_memory.{role}"] for role in ("primary", "secondary", "lagged")],
        "reseed_hours": [plan["reseed_hours"]],
        "drive_bays": [plan[f"server_drive_bays.{side}"] for side in ("primary", "secondary")],
        "database_size": [plan["volume_database_size_with_overhead"]],
    }
    kept = {}
    for name, bound in limits.items():
        known = [value for value in figures[name] if value is not None]
        kept[name] = bool(known) and max(known) <= bound
    unrated = any("CPU is not sized" in issue.message for issue in plan.issues)
    return {**kept, **({"cpu": False} if "cpu" in kept and unrated else {})}


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


SHOWN = (*ALWAYS_SHOWN, "summary_memory", "reseed_hours", "server_drive_bays", "volume_database_size_with_overhead")
"""The same for every space, so that their rules are compiled once."""


@settings(max_examples=10)
@given(spaces(), st.sampled_from([500.0, 6000.0]))
def test_the_best_is_the_best_of_all_designs_sized_one_by_one(tree, mailboxes):
    base = {"tiers.1.mailboxes": mailboxes}
    tried, feasible = judged_by_hand(base, tree)
    found = search(base, tree, show=1000, pareto=["summary_memory.primary"], results=SHOWN)
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


# --- designs that were not sized ---------------------------------------------------------------------

UNRATED = {"servers.specint2006_rate": [0, 1200], "environment.mailbox_servers": "2..7"}


def test_a_limit_on_a_figure_that_does_not_apply_is_not_met():
    """Six designs without a rating, whose CPU nobody knows, and six with one that is high enough."""
    found = search(BASE, {"inputs": UNRATED, "limits": {"cpu": 0.8}}, minimize=SERVERS, show=99)
    assert {design.values["servers.primary.specint2006_rate"] for design in found.best} == {1200.0}
    reason = found.reasons[0]
    assert (reason.limit, reason.designs, reason.alone, reason.not_applicable) == ("cpu <= 0.8", 6, 6, 6)
    assert found.notes() == [
        "The figure of the limit cpu <= 0.8 does not apply to 6 designs, which therefore do not count as within the "
        "limits."
    ]


def test_cpu_is_not_within_its_limit_where_one_datacenter_has_no_rating():
    half = {"servers.secondary.specint2006_rate": [0, 1200], "environment.mailbox_servers": [6]}
    found = search(
        {**BASE, "servers.primary.specint2006_rate": 1200.0}, {"inputs": half, "limits": {"cpu": 0.8}}, minimize=SERVERS
    )
    assert [design.values["servers.secondary.specint2006_rate"] for design in found.best] == [1200.0]


def test_a_design_without_mailboxes_is_never_within_the_limits():
    found = search({"tiers.1.mailboxes": 0.0}, {"inputs": SMALL, "limits": {"memory": 96}}, minimize=SERVERS)
    assert (found.feasible, found.best) == (0, ())
    assert found.notes()[-1] == (
        "No design is within the limits: 24 of 24 do not meet this requirement: The design has mailboxes. Give at "
        "least one tier mailboxes, so that CPU, disks, databases and network are sized. A server of Exchange 2013 with "
        "only the Client Access role needs 4 GB of memory."
    )
    mixed = {"tiers.1.mailboxes": [0, 9000], "environment.mailbox_servers": [4]}
    assert [of.values["tiers.1.mailboxes"] for of in search({}, {"inputs": mixed}, minimize=SERVERS).best] == [9000.0]


def test_a_goal_that_does_not_apply_is_never_ranked():
    """The designs without a rating come first in the space, more of them than are kept."""
    goal = "worst_cpu_utilization"
    found = search(BASE, {"inputs": UNRATED}, minimize=goal, show=3)
    plans = [size({**BASE, **_rated(1200.0), "environment.mailbox_servers": float(n)}) for n in range(2, 8)]
    assert [design.results[goal] for design in found.best] == sorted(plan[goal] for plan in plans)[:3]
    assert (found.feasible, found.unranked) == (12, 6)
    assert found.notes() == [
        "worst_cpu_utilization does not apply to 6 designs within the limits, so they have no rank."
    ]
    nothing = search({**BASE, **_rated(0.0)}, {"inputs": {"environment.mailbox_servers": "2..7"}}, minimize=goal)
    assert (nothing.best, nothing.unranked) == ((), 6)


def test_the_best_does_not_depend_on_the_order_in_which_designs_come():
    """Chunks of one design: figures that do not apply come first, last and in between."""
    goal, base = Goal("worst_cpu_utilization", "worst_cpu_utilization"), Profile(BASE)
    for ratings in ([0, 1200, 0, 900], [1200, 900, 0, 0], [0, 0, 900, 1200]):
        tree = {
            "inputs": {"servers.specint2006_rate": [*dict.fromkeys(ratings)], "environment.mailbox_servers": "2..4"}
        }
        space = read_space(tree, base)
        limits, _ = read_limits(space, base, Issues())
        evaluator = Evaluator(base, space, limits, [goal], (), None)
        kept = {
            width: search_all(evaluator, 2, 1, None, width).best.designs.goals[:, 0].tolist() for width in (1, 2, 5, 99)
        }
        assert len({tuple(figures) for figures in kept.values()}) == 1
        assert not np.isnan(kept[1]).any()


# --- goals, limits of results ------------------------------------------------------------------------


def test_more_is_better_of_some_results():
    tree = {"inputs": {"environment.mailbox_servers": "3..8"}}
    days = "days_until_volume_full"
    found = search(BASE, tree, minimize=days, results=[days], show=99)
    figures = [design.results[days] for design in found.best]
    assert figures == sorted(figures, reverse=True)
    assert figures[0] > figures[-1]


def test_equal_designs_keep_the_order_of_the_space_unless_a_second_goal_decides():
    tree = {"inputs": {"storage.database_disk_capacity": [8000, 4000, 6000]}}
    first = search(BASE, tree, minimize=SERVERS)
    assert [of.values["storage.primary.database_disk_capacity"] for of in first.best] == [8000, 4000, 6000]
    second = search(BASE, tree, minimize=[SERVERS, "storage_database_disk_formatted.primary"])
    assert [of.values["storage.primary.database_disk_capacity"] for of in second.best] == [4000, 6000, 8000]


def test_any_result_may_be_a_limit():
    tree = {"inputs": {"environment.mailbox_servers": "3..8"}}

    def kept(**limits):
        found = search(BASE, {**tree, "limits": limits}, minimize=SERVERS, results=[SERVERS], show=99)
        return {design.values["environment.mailbox_servers"] for design in found.best}

    plans = {n: size({**BASE, "environment.mailbox_servers": float(n)}) for n in range(3, 9)}
    servers = {n: plan[SERVERS] for n, plan in plans.items()}
    assert kept() == set(servers)
    assert kept(summary_servers={"environment": "<= 12"}) == {n for n, count in servers.items() if count <= 12}
    assert kept(**{SERVERS: ["<= 12", ">= 8"]}) == {n for n, count in servers.items() if 8 <= count <= 12}
    assert kept(**{SERVERS: "== 10"}) == {n for n, count in servers.items() if count == 10}
    assert kept(**{"disks_fit.primary": "== true"}) == set(servers)
    assert kept(**{"storage_architecture.primary": "== raid"}) == set()
    assert kept(**{"storage_architecture.primary": "== jbod"}) == set(servers)
    hours = {n: plan["reseed_hours"] for n, plan in plans.items()}
    assert kept(reseed_hours="1 day") == {n for n, of in hours.items() if of <= 24}
    assert kept(reseed_hours=">= 24") == {n for n, of in hours.items() if of >= 24}


def test_a_design_is_shown_with_what_limits_and_goals_look_at():
    tree = {"inputs": {"environment.mailbox_servers": [4]}, "limits": {"reseed_hours": 1000}}
    found = search(BASE, tree, minimize="summary_databases")
    assert found.columns == ("cost", *ALWAYS_SHOWN, "reseed_hours", "summary_databases")
    plan = size({**BASE, "environment.mailbox_servers": 4.0})
    assert dict(found.best[0].results) == {column: plan[column] for column in found.columns[1:]}


def test_rows_hold_inputs_that_vary_by_path():
    tree = {
        "inputs": {"environment.mailbox_servers": [4, 5], "environment.dags": [1]},
        "catalogue": {"disks": [{"name": "=1+1", "storage.primary.database_disk_capacity": 4000, "price": 1}]},
    }
    found = search(BASE, tree, results=[SERVERS], show=1)
    assert isinstance(found, SearchResult)
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

    monkeypatch.setattr(pareto, "MAX_FRONT_DESIGNS", 2)
    tree = {"inputs": {"environment.mailbox_servers": "3..8"}}
    with pytest.raises(InputError) as caught:
        search(BASE, tree, minimize=SERVERS, pareto=["worst_cpu_utilization"])
    assert str(caught.value) == (
        "--pareto: More than 2 designs are on the Pareto front. Name fewer results, or narrow the space."
    )
