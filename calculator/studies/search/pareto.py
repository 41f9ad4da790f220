"""Keep designs during a search: the best ones, and the Pareto front (those that no other design dominates).

Both are exact and do not depend on the order in which designs are added: of designs with equal figures, the first one
in the space is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from calculator.issues import refuse
from calculator.numerics.arrays import Bools, Floats, Ints

MAX_FRONT_DESIGNS = 100_000
"""Largest number of designs on a front; with several goals almost every design may be on it."""
_BLOCK = 256
_PAIRS = 2**20
"""Number of pairs of designs that are compared at a time."""


@dataclass(frozen=True)
class ScoredDesigns:
    """Several designs with their goals.

    Attributes
    ----------
    goals
        Figures to minimize, shape ``(designs, goals)``.
    digits
        Shape ``(designs, dimensions)``.
    """

    goals: Floats
    digits: Ints

    @classmethod
    def empty(cls, goals: int, dimensions: int) -> ScoredDesigns:
        """Return an object without designs."""
        return cls(np.empty((0, goals)), np.empty((0, dimensions), dtype=np.int64))

    def __len__(self) -> int:
        return len(self.goals)

    def __getitem__(self, index: Any) -> ScoredDesigns:
        """Return the designs that a slice, a mask or an array of indices selects."""
        return ScoredDesigns(self.goals[index], self.digits[index])

    def concatenate(self, added: ScoredDesigns) -> ScoredDesigns:
        """Return these designs followed by the added ones."""
        return ScoredDesigns(np.concatenate([self.goals, added.goals]), np.concatenate([self.digits, added.digits]))

    def sort(self) -> ScoredDesigns:
        """Return the designs in ascending order of the goals, the first goal first, then of their digits."""
        keys = (*self.digits.T[::-1], *self.goals.T[::-1])
        return self[np.lexsort(keys)]


@dataclass
class Best:
    """The best designs so far.

    Attributes
    ----------
    size
        Largest number of designs that are kept.
    designs
        The designs, the best first.
    """

    size: int
    designs: ScoredDesigns

    def add(self, candidates: ScoredDesigns) -> None:
        """Add designs, and keep those that are among the best."""
        if len(self.designs) == self.size:
            candidates = candidates[~(candidates.goals[:, 0] > self.designs.goals[-1, 0])]  # NaN sorts last
        if len(candidates):
            self.designs = self.designs.concatenate(candidates).sort()[: self.size]


@dataclass
class Front:
    """The Pareto front so far: no design on it is dominated, that is matched in every goal and beaten in one.

    Attributes
    ----------
    designs
        The designs in ascending order of the first goal.
    """

    designs: ScoredDesigns

    def add(self, candidates: ScoredDesigns) -> None:
        """Add designs, and keep those that are on the front; designs with a goal that does not apply are left out.

        Raises
        ------
        InputError
            If the front has more than `MAX_FRONT_DESIGNS` designs.
        """
        if not candidates.goals.shape[1]:
            return
        found = find_front(candidates[~np.isnan(candidates.goals).any(axis=1)])
        found = found[~find_dominated(found.goals, self.designs.goals)]
        if not len(found):
            return
        kept = self.designs[~find_dominated(self.designs.goals, found.goals)]
        joined = kept.concatenate(found).sort()
        self.designs = joined[_first_of_equals(joined.goals)]
        if len(self.designs) > MAX_FRONT_DESIGNS:
            message = f"More than {MAX_FRONT_DESIGNS:,} designs are on the Pareto front."
            refuse("--pareto", message, "Name fewer results, or narrow the space.")


def _first_of_equals(goals: Floats) -> Bools:
    """Return which sorted goals differ from the previous ones."""
    first = np.ones(len(goals), dtype=np.bool_)
    first[1:] = (goals[1:] != goals[:-1]).any(axis=1)
    return first


def find_dominated(goals: Floats, rivals: Floats) -> Bools:
    """Return which designs are dominated: some rival is at least as good in every goal and better in one.

    Parameters
    ----------
    goals, rivals
        Figures to minimize, shape ``(designs, goals)`` and ``(rivals, goals)``.

    Returns
    -------
    ndarray of bool, shape ``(designs,)``
    """
    found = np.zeros(len(goals), dtype=np.bool_)
    step = max(1, _PAIRS // max(1, len(rivals)))
    for start in range(0, len(goals), step):
        block = goals[start : start + step, None, :]
        dominates = np.all(rivals <= block, axis=2) & np.any(rivals < block, axis=2)
        found[start : start + step] = np.any(dominates, axis=1)
    return found


def find_front(designs: ScoredDesigns) -> ScoredDesigns:
    """Return the Pareto front of designs, only the first of equal ones, in ascending order of the first goal.

    In that order a design can only be dominated by an earlier one.  So blocks of designs are compared with the front
    of all earlier blocks, and with each other.
    """
    designs = designs.sort()
    designs = designs[_first_of_equals(designs.goals)]
    if designs.goals.shape[1] == 1:
        return designs[:1]
    if designs.goals.shape[1] == 2:
        return designs[_is_new_minimum(designs.goals[:, 1])]
    places: list[Ints] = []
    kept = designs.goals[:0]
    for start in range(0, len(designs), _BLOCK):
        block = np.arange(start, min(start + _BLOCK, len(designs)))
        block = block[~find_dominated(designs.goals[block], kept)]
        block = block[~find_dominated(designs.goals[block], designs.goals[block])]
        places.append(block)
        kept = np.concatenate([kept, designs.goals[block]])
    return designs[np.concatenate(places) if places else slice(0)]


def _is_new_minimum(values: Floats) -> Bools:
    """Return which values are below all earlier values."""
    falling = np.ones(len(values), dtype=np.bool_)
    falling[1:] = values[1:] < np.minimum.accumulate(values)[:-1]
    return falling
