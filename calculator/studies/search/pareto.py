"""Designs that are kept while a search goes on: the best, and those that none beats (the Pareto front).

Both are exact and do not depend on the order in which designs come: of designs with the same figures the one
that comes first in the space is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from calculator.issues import refuse
from calculator.studies.search.figures import Floats

Ints = npt.NDArray[np.int64]
MOST_OF_A_FRONT = 100_000
"""Designs of a front; with several results almost every design may be on it."""
_BLOCK = 256
_COMPARED = 2**20
"""Pairs of designs that are compared at a time."""


@dataclass(frozen=True)
class Kept:
    """Some designs: their goals (less is better), shape ``(designs, goals)``, and digits ``(designs, dimensions)``."""

    goals: Floats
    digits: Ints

    def __len__(self) -> int:
        return len(self.goals)

    def at(self, places: Any) -> Kept:
        """Some of them."""
        return Kept(self.goals[places], self.digits[places])

    def joined(self, other: Kept) -> Kept:
        """These and others."""
        return Kept(np.concatenate([self.goals, other.goals]), np.concatenate([self.digits, other.digits]))

    def map_ordered(self) -> Kept:
        """The best first: by the goals, the first before the others, then as they come in the space."""
        keys = (*self.digits.T[::-1], *self.goals.T[::-1])
        return self.at(np.lexsort(keys))


def none_kept(goals: int, dimensions: int) -> Kept:
    """No designs."""
    return Kept(np.empty((0, goals)), np.empty((0, dimensions), dtype=np.int64))


@dataclass
class Best:
    """The best designs, at most so many."""

    most: int
    kept: Kept

    def take(self, others: Kept) -> None:
        """Look at more designs."""
        if len(self.kept) == self.most:
            others = others.at(others.goals[:, 0] <= self.kept.goals[-1, 0])
        if len(others):
            self.kept = self.kept.joined(others).map_ordered().at(slice(self.most))


@dataclass
class Front:
    """The designs that none beats: none is as good in every goal and better in one.

    Attributes
    ----------
    kept
        In order of the first goal.
    """

    kept: Kept

    def take(self, others: Kept) -> None:
        """Look at more designs; those to which a goal does not apply are left out."""
        if not others.goals.shape[1]:
            return
        found = front(others.at(~np.isnan(others.goals).any(axis=1)))
        found = found.at(~beaten(found.goals, self.kept.goals))
        if not len(found):
            return
        kept = self.kept.at(~beaten(self.kept.goals, found.goals))
        joined = kept.joined(found).map_ordered()
        self.kept = joined.at(_first_of_equals(joined.goals))
        if len(self.kept) > MOST_OF_A_FRONT:
            message = f"More than {MOST_OF_A_FRONT:,} designs are beaten by none."
            refuse("--pareto", message, "Name fewer results, or narrow the space.")


def _first_of_equals(goals: Floats) -> npt.NDArray[np.bool_]:
    """Where sorted goals are not the same as those before."""
    first = np.ones(len(goals), dtype=np.bool_)
    first[1:] = (goals[1:] != goals[:-1]).any(axis=1)
    return first


def beaten(goals: Floats, by: Floats) -> npt.NDArray[np.bool_]:
    """Which designs are beaten by others: as good in every goal, better in one.

    Parameters
    ----------
    goals, by
        Shape ``(designs, goals)``.
    """
    found = np.zeros(len(goals), dtype=np.bool_)
    step = max(1, _COMPARED // max(1, len(by)))
    for start in range(0, len(goals), step):
        some = goals[start : start + step, None, :]
        beats = np.all(by <= some, axis=2) & np.any(by < some, axis=2)
        found[start : start + step] = np.any(beats, axis=1)
    return found


def front(designs: Kept) -> Kept:
    """Those of some designs that none of them beats, the first of equals, in order of the first goal.

    In that order a design is beaten by earlier ones only, so that blocks of designs are held against what was
    kept before, and against each other.
    """
    designs = designs.map_ordered()
    designs = designs.at(_first_of_equals(designs.goals))
    if designs.goals.shape[1] == 1:
        return designs.at(slice(1))
    if designs.goals.shape[1] == 2:
        return designs.at(_falling(designs.goals[:, 1]))
    places: list[Ints] = []
    kept = designs.goals[:0]
    for start in range(0, len(designs), _BLOCK):
        block = np.arange(start, min(start + _BLOCK, len(designs)))
        block = block[~beaten(designs.goals[block], kept)]
        block = block[~beaten(designs.goals[block], designs.goals[block])]
        places.append(block)
        kept = np.concatenate([kept, designs.goals[block]])
    return designs.at(np.concatenate(places) if places else slice(0))


def _falling(values: Floats) -> npt.NDArray[np.bool_]:
    """Where a value is below all before it."""
    falling = np.ones(len(values), dtype=np.bool_)
    falling[1:] = values[1:] < np.minimum.accumulate(values)[:-1]
    return falling
