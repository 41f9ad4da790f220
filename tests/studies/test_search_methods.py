"""How a space is searched: chunks and workers change nothing, evolution finds what an exhaustive search does."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.worker_threads import at_once

from calculator.inputs.profile import Profile
from calculator.inputs.schema import FIELDS
from calculator.issues import Issues
from calculator.studies.search import evolution
from calculator.studies.search.cost import read_cost
from calculator.studies.search.evolution import evolve, penalize
from calculator.studies.search.exhaustive import Chunks, Evaluator, Goal, search_all
from calculator.studies.search.limits import read_limits
from calculator.studies.search.read import read_space
from calculator.studies.search.run import search

BASE = {"tiers.1.mailboxes": 9000.0}
SERVERS = "summary_servers.environment"
SMALL = {"environment.mailbox_servers": "2..7", "environment.dags": [1, 2], "database_copies.lagged_copies": [0, 2]}


# --- what changes nothing ----------------------------------------------------------------------------


def judge_of(tree, base=BASE, minimize=SERVERS, against=()):
    profile, issues = Profile(base), Issues()
    space = read_space(tree, profile)
    limits, modules = read_limits(space, profile, issues)
    cost = read_cost(space, modules, issues)
    assert not issues
    goals = [Goal(name, name.partition(".")[0]) for name in (minimize, *against)]
    return Evaluator(profile, space, limits, goals[:1], goals[1:], cost)


def outcome(tally):
    kept = (tally.best.designs, tally.front.designs)
    figures = [values.tolist() for of in kept for values in (of.goals, of.digits)]
    return tally.tried, tally.feasible, tally.broken.tolist(), tally.alone.tolist(), figures


def test_the_width_of_a_chunk_changes_nothing():
    tree = {"inputs": {**SMALL, "servers.specint2006_rate": [200, 540]}, "limits": {"cpu": 0.8}}
    evaluator = judge_of(tree, against=("reseed_hours", "worst_cpu_utilization"))
    expected = outcome(search_all(evaluator, 7, 1, None))
    assert expected[1] > 7
    for width in (1, 3, 10, 17):
        assert outcome(search_all(evaluator, 7, 1, None, width)) == expected


def test_workers_change_nothing(monkeypatch):
    tree = {"inputs": {**SMALL, "servers.specint2006_rate": [200, 540]}, "limits": {"cpu": 0.8}}
    evaluator = judge_of(tree, against=("reseed_hours",))
    told = []
    alone = search_all(evaluator, 5, 1, lambda done, share: told.append((done, share)), 4)
    at_once(monkeypatch)
    assert outcome(search_all(evaluator, 5, 2, None, 4)) == outcome(alone)
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
        f"{evolved.tried:,} of {whole.designs:,} designs were sized by differential evolution, {evolved.feasible:,}"
        " of them within the limits. The best of them may not be the best of all."
    )
    assert search(BASE, tree, method="evolution") == evolved


def test_a_space_too_large_is_searched_by_evolution(monkeypatch):
    """A hundred million designs: 16 servers, 10,000 retentions, 700 sizes."""
    tree = {
        "inputs": {
            "environment.mailbox_servers": "1..16",
            "tiers.1.deleted_item_retention": "1..10000",
            "tiers.1.message_size": "30..729 step 1",
        },
        "limits": {"cpu": 0.8},
    }
    monkeypatch.setattr(evolution, "_GENERATIONS", 60)
    found = search(BASE, tree, minimize=[SERVERS, "largest_mailbox_size_on_disk"], show=1)
    assert found.designs == 16 * 10_000 * 700
    assert not found.proven
    fewest = search(BASE, {**tree, "inputs": {"environment.mailbox_servers": "1..16"}}, minimize=SERVERS)
    assert found.best[0].results[SERVERS] <= fewest.best[0].results[SERVERS]


def test_a_space_of_one_design_is_evolved_too():
    tally = evolve(judge_of({"inputs": {"environment.mailbox_servers": [4]}}), 3, 1, None)
    assert (tally.tried, tally.feasible, len(tally.best.designs)) == (1, 1, 1)


def test_penalties_rank_designs_within_the_limits_first_then_by_excess():
    goal = np.array([5.0, -2.0, 1e9, math.nan, 0.0, 1.0, 0.0])
    excess = np.array([[0, 0, 0, 0, 0, 0.1, 0.0], [0, 0, 0, 0, 0, 0.3, 0.2]])
    assert np.argsort(penalize(goal, excess)).tolist() == [1, 4, 0, 2, 3, 6, 5]


def test_a_limit_whose_figure_does_not_apply_counts_as_broken():
    """Against a design within the limits, and one that is half of a limit beyond it."""
    excess = np.array([[0.0, 0.0, 0.5], [0.0, math.nan, 0.0]])
    assert penalize(np.array([9.0, 1.0, 1.0]), excess).tolist() == [pytest.approx(-0.1), 1.0, 0.5]


def test_evolution_ranks_no_design_without_a_figure():
    tree = {"inputs": {"servers.specint2006_rate": [0, 900], "environment.mailbox_servers": "2..16"}}
    found = search(BASE, tree, minimize="worst_cpu_utilization", method="evolution", show=99)
    assert found.best
    assert all(design.results["worst_cpu_utilization"] is not None for design in found.best)
    limited = search(BASE, {**tree, "limits": {"cpu": 0.9}}, minimize=SERVERS, method="evolution", show=99)
    assert {design.values["servers.primary.specint2006_rate"] for design in limited.best} == {900.0}
