"""A search through a space too large to look at whole: differential evolution, then single changes.

What it finds is good and keeps every limit; that nothing is better is not proven.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from calculator.studies.search.exhaustive import Ints, Judge, Progress, Tally, new_tally
from calculator.studies.search.figures import Floats

_POPULATION = 24
"""Designs of a generation for each dimension that moves."""
_GENERATIONS = 300
_MUTATION, _RECOMBINATION = (0.4, 1.0), 0.8


class _Seen:
    """Designs looked at, each once: their penalised goal by their digits."""

    def __init__(self, judge: Judge, most: int, progress: Progress | None) -> None:
        self.tally = new_tally(judge, most)
        self._judge, self._progress = judge, progress
        self._energies: dict[bytes, float] = {}

    def energies(self, digits: Ints) -> Floats:
        """Penalised goal of designs, shape ``(designs,)``, of digits ``(designs, dimensions)``."""
        keys = [row.tobytes() for row in digits]
        fresh = {key: place for place, key in enumerate(keys) if key not in self._energies}
        if fresh:
            self._energies.update(zip(fresh, self._judged(digits[list(fresh.values())]), strict=True))
        return np.array([self._energies[key] for key in keys])

    def _judged(self, digits: Ints) -> list[float]:
        columns = list(digits.T)
        judged = self._judge(columns, len(digits))
        self.tally.take(judged, columns)
        if self._progress is not None:
            self._progress(self.tally.tried, None)
        found: list[float] = penalised(judged.goals[:, 0], judged.excess).tolist()
        return found


def penalised(goal: Floats, excess: Floats) -> Floats:
    """One number by which designs are ordered, less is better.

    Designs within the limits come first, by their goal, then those to which the goal does not apply, then the
    others by the sum of what they are beyond.

    Parameters
    ----------
    goal
        Shape ``(designs,)``.
    excess
        By limit, shape ``(limits, designs)``.
    """
    beyond = excess.sum(axis=0)
    with np.errstate(invalid="ignore"):
        within = np.where(goal >= 0, -1 / (1 + np.maximum(goal, 0)), -1 + np.minimum(goal, 0))
    return np.where(beyond > 0, beyond, np.nan_to_num(within, nan=0.0, neginf=-np.finfo(np.float64).max))


def evolve(judge: Judge, most: int, seed: int, progress: Progress | None) -> Tally:
    """Look for the best designs of a space by differential evolution.

    Parameters
    ----------
    judge
        What holds designs against limits and goals.
    most
        Designs kept as the best.
    seed
        Of the random numbers: the same seed finds the same.
    progress
        Called with the number of designs looked at.
    """
    from scipy.optimize import differential_evolution

    sizes = np.array([len(dimension) for dimension in judge.space.dimensions])
    seen, moving = _Seen(judge, most, progress), np.flatnonzero(sizes > 1)
    if not moving.size:
        seen.energies(np.zeros((1, len(sizes)), dtype=np.int64))
        return seen.tally

    def energies(places: npt.NDArray[Any]) -> Floats:
        digits = np.zeros((places.shape[1], len(sizes)), dtype=np.int64)
        digits[:, moving] = np.rint(places).T
        return seen.energies(digits)

    bounds = [(0, int(size) - 1) for size in sizes[moving]]
    found = differential_evolution(
        energies,
        bounds,
        integrality=[True] * len(bounds),
        vectorized=True,
        updating="deferred",
        polish=False,
        popsize=_POPULATION,
        maxiter=_GENERATIONS,
        mutation=_MUTATION,
        recombination=_RECOMBINATION,
        tol=0,
        seed=seed,
    )
    start = np.zeros(len(sizes), dtype=np.int64)
    start[moving] = np.rint(found.x)
    _by_single_changes(seen, start, sizes)
    return seen.tally


def _by_single_changes(seen: _Seen, digits: Ints, sizes: Ints) -> None:
    """Go on from a design as long as another value of one dimension makes it better."""
    present, unchanged, dimension = seen.energies(digits[None, :])[0], 0, 0
    while unchanged < len(sizes):
        neighbours = np.repeat(digits[None, :], sizes[dimension], axis=0)
        neighbours[:, dimension] = np.arange(sizes[dimension])
        energies = seen.energies(neighbours)
        best, unchanged = int(np.argmin(energies)), unchanged + 1
        if energies[best] < present:
            digits, present, unchanged = neighbours[best], energies[best], 0
        dimension = (dimension + 1) % len(sizes)
