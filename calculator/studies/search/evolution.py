"""Search a space that is too large to evaluate completely: differential evolution, then changes of single dimensions.

The design found is good and meets every limit, but it is not proven to be the best.
"""

from __future__ import annotations

import numpy as np

from calculator.engine.progress import Progress
from calculator.numerics.arrays import Array, Floats, Ints
from calculator.studies.search.exhaustive import Evaluator, Tally

_POPULATION = 24
"""Designs of a generation per dimension that varies."""
_GENERATIONS = 300
_MUTATION, _RECOMBINATION = (0.4, 1.0), 0.8


class _EnergyCache:
    """Cache of the energies (penalized goals) of designs, so that each design is evaluated once."""

    def __init__(self, evaluator: Evaluator, keep: int, progress: Progress | None) -> None:
        self.tally = Tally.empty(evaluator, keep)
        self._evaluator, self._progress = evaluator, progress
        self._energies: dict[bytes, float] = {}

    def energies(self, digits: Ints) -> Floats:
        """Return the energies of designs, shape ``(designs,)``, from digits of shape ``(designs, dimensions)``."""
        keys = [row.tobytes() for row in digits]
        new = {key: place for place, key in enumerate(keys) if key not in self._energies}
        if new:
            self._energies.update(zip(new, self._evaluate(digits[list(new.values())]), strict=True))
        return np.array([self._energies[key] for key in keys])

    def _evaluate(self, digits: Ints) -> list[float]:
        columns = list(digits.T)
        evaluation = self._evaluator(columns, len(digits))
        self.tally.add(evaluation, columns)
        if self._progress is not None:
            self._progress(self.tally.tried, None)
        energies: list[float] = penalize(evaluation.goals[:, 0], evaluation.excess).tolist()
        return energies


def penalize(goal: Floats, excess: Floats) -> Floats:
    """Return one number per design by which designs are ordered; less is better.

    Designs that meet the limits come first, in the order of their goal, then those to which the goal does not apply,
    then those that break limits, in the order of the sum of their excess; a limit whose figure does not apply counts 1.

    Parameters
    ----------
    goal
        Goal to minimize, shape ``(designs,)``.
    excess
        By how much limits are broken, shape ``(limits, designs)``.

    Returns
    -------
    ndarray of shape ``(designs,)``
    """
    beyond = np.nan_to_num(excess, nan=1.0).sum(axis=0)
    with np.errstate(invalid="ignore"):
        within = np.where(goal >= 0, -1 / (1 + np.maximum(goal, 0)), -1 + np.minimum(goal, 0))
    return np.where(beyond > 0, beyond, np.nan_to_num(within, nan=0.0, neginf=-np.finfo(np.float64).max))


def evolve(evaluator: Evaluator, keep: int, seed: int, progress: Progress | None) -> Tally:
    """Search for the best designs of a space by differential evolution.

    Parameters
    ----------
    evaluator
        Function from designs to their goals and limits.
    keep
        Number of best designs to keep.
    seed
        Random seed; the same seed finds the same designs.
    progress
        Called with the number of designs evaluated.
    """
    from scipy.optimize import differential_evolution

    sizes = np.array([len(dimension) for dimension in evaluator.space.dimensions])
    cache, varying = _EnergyCache(evaluator, keep, progress), np.flatnonzero(sizes > 1)
    if not varying.size:
        cache.energies(np.zeros((1, len(sizes)), dtype=np.int64))
        return cache.tally

    def energies(places: Array) -> Floats:
        digits = np.zeros((places.shape[1], len(sizes)), dtype=np.int64)
        digits[:, varying] = np.rint(places).T
        return cache.energies(digits)

    bounds = [(0, int(size) - 1) for size in sizes[varying]]
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
    start[varying] = np.rint(found.x)
    _improve_by_single_changes(cache, start, sizes)
    return cache.tally


def _improve_by_single_changes(cache: _EnergyCache, digits: Ints, sizes: Ints) -> None:
    """Change one dimension at a time as long as another of its values makes the design better."""
    present, unchanged, dimension = cache.energies(digits[None, :])[0], 0, 0
    while unchanged < len(sizes):
        neighbours = np.repeat(digits[None, :], sizes[dimension], axis=0)
        neighbours[:, dimension] = np.arange(sizes[dimension])
        energies = cache.energies(neighbours)
        best, unchanged = int(np.argmin(energies)), unchanged + 1
        if energies[best] < present:
            digits, present, unchanged = neighbours[best], energies[best], 0
        dimension = (dimension + 1) % len(sizes)
