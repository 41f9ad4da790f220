"""Fronts and the best, against comparing every design with every other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.studies.search.pareto import Best, Front, ScoredDesigns, find_dominated, find_front

pytestmark = pytest.mark.slow


def naive(points):
    """Places of points that none beats, the first of equals."""
    kept = []
    for place, point in enumerate(points):
        better = any((other <= point).all() and (other < point).any() for other in points)
        if not better and not any((points[earlier] == point).all() for earlier in kept):
            kept.append(place)
    return kept


@st.composite
def clouds(draw):
    goals = draw(st.integers(1, 4))
    count = draw(st.integers(0, 40))
    numbers = st.integers(0, 4) | st.sampled_from([float("inf"), float("nan"), -1.5])
    rows = draw(st.lists(st.lists(numbers, min_size=goals, max_size=goals), min_size=count, max_size=count))
    return np.array(rows, dtype=np.float64).reshape(count, goals)


def scored(points):
    return ScoredDesigns(points, np.arange(len(points))[:, None])


@given(clouds(), st.integers(1, 9))
def test_a_front_is_what_none_beats_however_it_comes(points, step):
    applies = np.flatnonzero(~np.isnan(points).any(axis=1))
    expected = sorted(applies[naive(points[applies])].tolist())
    for order in (1, -1):
        found, whole = Front(ScoredDesigns.empty(points.shape[1], 1)), scored(points)
        for start in list(range(0, len(points), step))[::order]:
            found.add(whole[start : start + step])
        assert sorted(found.designs.digits[:, 0].tolist()) == expected
        goals = found.designs.goals.tolist()
        assert goals == sorted(goals)


@pytest.mark.parametrize("goals", [2, 3, 4])
def test_a_front_of_many_blocks(goals):
    points = np.random.default_rng(goals).integers(0, 12, (1500, goals)).astype(float)
    assert sorted(find_front(scored(points)).digits[:, 0].tolist()) == naive(points)


def test_a_design_dominates_if_no_goal_is_worse_and_one_is_better():
    points = np.array([[1.0, 2.0], [2.0, 1.0], [2.0, 2.0], [1.0, 2.0]])
    assert find_dominated(points, points).tolist() == [False, False, True, False]
    assert find_dominated(points, points[:0]).tolist() == [False] * 4
    assert find_dominated(points[:0], points).tolist() == []


FIGURES = st.integers(0, 3) | st.just(float("nan"))


@given(st.lists(st.tuples(FIGURES, FIGURES), max_size=30), st.integers(1, 6), st.integers(1, 7))
def test_the_best_are_the_first_in_order(rows, size, step):
    """In whatever blocks they come; a figure that does not apply is last."""
    whole = scored(np.array(rows, dtype=np.float64).reshape(len(rows), 2))
    best = Best(size, ScoredDesigns.empty(2, 1))
    for start in range(0, len(rows), step):
        best.add(whole[start : start + step])
    last = [tuple(np.nan_to_num(row, nan=np.inf)) for row in rows]
    expected = sorted(range(len(rows)), key=lambda place: (last[place], place))[:size]
    assert best.designs.digits[:, 0].tolist() == expected


def test_a_list_full_of_figures_that_do_not_apply_still_takes_figures():
    best = Best(2, ScoredDesigns.empty(1, 1))
    best.add(scored(np.full((2, 1), np.nan)))
    best.add(ScoredDesigns(np.array([[7.0], [5.0]]), np.array([[8], [9]])))
    assert best.designs.goals[:, 0].tolist() == [5.0, 7.0]
