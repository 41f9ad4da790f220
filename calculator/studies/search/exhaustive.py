"""A search that looks at every design: numbers of designs decoded a chunk at a time, in worker processes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calculator.engine.parallel import map_ordered
from calculator.engine.run import CHUNK
from calculator.inputs.profile import Profile
from calculator.studies.search.cost import COST, Cost
from calculator.studies.search.cost import NEEDS as COST_NEEDS
from calculator.studies.search.figures import Digits, Floats, Sized, Sizer
from calculator.studies.search.limits import Limit
from calculator.studies.search.pareto import Best, Front, Kept, none_kept
from calculator.studies.search.space import Space

Ints = npt.NDArray[np.int64]
Progress = Callable[[int, float | None], None]
"""Called with the number of designs done, and the share of the space where it is known."""
_CHUNKS = 32
"""Chunks a worker takes at a time, at most."""
_PARTS = 8
"""Times a worker takes some, at least."""


@dataclass(frozen=True)
class Goal:
    """What is made as small as can be: the cost, or a result; as large as can be where ``sign`` is -1."""

    name: str
    rule: str
    sign: float = 1.0


@dataclass(frozen=True)
class Judged:
    """What designs come to.

    Attributes
    ----------
    goals, against
        Goals, shape ``(designs, goals)``, and the first of them with what is held against it; less is better.
    excess
        By how much limits are broken, shape ``(limits, designs)``; 0 where they are kept.
    """

    goals: Floats
    against: Floats
    excess: Floats


class Judge:
    """Sizes designs of a space and holds them against limits and goals; a worker process may be given it."""

    def __init__(
        self,
        base: Profile,
        space: Space,
        limits: Sequence[Limit],
        goals: Sequence[Goal],
        against: Sequence[Goal],
        cost: Cost | None,
    ) -> None:
        self.space, self.limits, self.goals, self.against = space, tuple(limits), tuple(goals), tuple(against)
        self.cost = cost
        needs = [need for limit in limits for need in limit.needs]
        needs += [need for goal in (*goals, *against) for need in (COST_NEEDS if goal.name == COST else (goal.rule,))]
        self._sizer = Sizer(base, space, needs)

    def __call__(self, digits: Digits, count: int) -> Judged:
        """What so many designs come to."""
        sized = self._sizer(digits)
        excess = np.empty((len(self.limits), count))
        for place, limit in enumerate(self.limits):
            excess[place] = limit.excess(sized)
        against = (self.goals[0], *self.against) if self.against else ()
        return Judged(self._figures(self.goals, sized, count), self._figures(against, sized, count), excess)

    def _figures(self, goals: Sequence[Goal], sized: Sized, count: int) -> Floats:
        figures = np.empty((count, len(goals)))
        for place, goal in enumerate(goals):
            figures[:, place] = goal.sign * self._figure(goal, sized)
        return figures

    def _figure(self, goal: Goal, sized: Sized) -> Floats:
        if goal.name == COST and self.cost is not None:
            return self.cost(sized)
        return sized.column(goal.name)

    def order(self) -> list[int]:
        """Dimensions, those that most of the computation depends on first."""
        reach = self._sizer.reach()
        return sorted(range(len(reach)), key=lambda place: (-reach[place], place))


class Chunks:
    """The designs of a space, cut so that dimensions move in as few chunks as can be.

    A chunk holds all values of the last dimensions in some order, some values of the one before, and one of each of
    the others, which are then one wide: what depends on those alone is computed once a chunk.
    """

    def __init__(self, sizes: Sequence[int], order: Sequence[int], width: int = CHUNK) -> None:
        self._sizes, order = sizes, [dimension for dimension in order if sizes[dimension] > 1]
        place, self._inner = len(order), 1
        while place > 0 and self._inner * sizes[order[place - 1]] <= width:
            place -= 1
            self._inner *= sizes[order[place]]
        self._tail = order[place:]
        self._split = order[place - 1] if place else None
        self._head = order[: max(place - 1, 0)]
        self._piece = max(1, width // self._inner)
        pieces = math.ceil(sizes[self._split] / self._piece) if self._split is not None else 1
        self._shape = (*(sizes[dimension] for dimension in self._head), pieces)

    def __len__(self) -> int:
        return math.prod(self._shape)

    def digits(self, chunk: int) -> tuple[list[Ints], int]:
        """Digits of the designs of a chunk by dimension, ``(n,)`` or ``(1,)``, and how many designs there are."""
        *head, piece = (int(place) for place in np.unravel_index(chunk, self._shape))
        digits = [np.zeros(1, dtype=np.int64) for _ in self._sizes]
        for dimension, digit in zip(self._head, head, strict=True):
            digits[dimension] = np.array([digit])
        first, values = 0, 1
        if self._split is not None:
            first = piece * self._piece
            values = min(self._piece, self._sizes[self._split] - first)
        shape = (values, *(self._sizes[dimension] for dimension in self._tail))
        count = values * self._inner
        split, *others = np.unravel_index(np.arange(count), shape)
        if self._split is not None:
            digits[self._split] = split + first if values > 1 else np.array([first])
        for dimension, of in zip(self._tail, others, strict=True):
            digits[dimension] = of
        return digits, count


@dataclass
class Tally:
    """What came of the designs looked at.

    Attributes
    ----------
    tried, feasible
        Designs looked at, and those within all limits.
    broken, alone
        By limit, designs that break it, and those that break no other.
    best, front
        The best, and those that none beats in the goals of the front.
    """

    tried: int
    feasible: int
    broken: Ints
    alone: Ints
    best: Best
    front: Front

    def take(self, judged: Judged, digits: Sequence[Ints]) -> None:
        """Count designs and keep the best of them."""
        violated = judged.excess > 0
        total = violated.sum(axis=0)
        within = np.flatnonzero(total == 0)
        self.tried += len(total)
        self.feasible += len(within)
        self.broken += violated.sum(axis=1)
        self.alone += violated[:, total == 1].sum(axis=1)
        if within.size:
            columns = [digit[within] if len(digit) > 1 else np.repeat(digit, within.size) for digit in digits]
            places = np.stack(columns, axis=1)
            self.best.take(Kept(judged.goals[within], places))
            self.front.take(Kept(judged.against[within], places))

    def add(self, other: Tally) -> None:
        """Add what another worker found."""
        self.tried += other.tried
        self.feasible += other.feasible
        self.broken += other.broken
        self.alone += other.alone
        self.best.take(other.best.kept)
        self.front.take(other.front.kept)


def new_tally(judge: Judge, most: int) -> Tally:
    """Nothing looked at."""
    limits, dimensions = len(judge.limits), len(judge.space.dimensions)
    against = len(judge.against) + 1 if judge.against else 0
    best, front = none_kept(len(judge.goals), dimensions), none_kept(against, dimensions)
    broken, alone = np.zeros(limits, dtype=np.int64), np.zeros(limits, dtype=np.int64)
    return Tally(0, 0, broken, alone, Best(most, best), Front(front))


# --- processes ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Worker:
    """Looks at some chunks of a space."""

    judge: Judge
    chunks: Chunks
    most: int

    def __call__(self, start: int, stop: int) -> Tally:
        """What came of the designs of some chunks."""
        tally = new_tally(self.judge, self.most)
        for chunk in range(start, stop):
            digits, count = self.chunks.digits(chunk)
            tally.take(self.judge(digits, count), digits)
        return tally


def exhaustive(judge: Judge, most: int, jobs: int, progress: Progress | None, width: int = CHUNK) -> Tally:
    """Look at every design of a space.

    Parameters
    ----------
    judge
        What holds designs against limits and goals.
    most
        Designs kept as the best.
    jobs
        Worker processes; they change nothing but the time.
    progress
        Called with the number of designs done, and their share of all.
    width
        Designs computed at a time; changes nothing but time and memory.
    """
    sizes = [len(dimension) for dimension in judge.space.dimensions]
    worker = Worker(judge, Chunks(sizes, judge.order(), width), most)
    tally, designs = new_tally(judge, most), judge.space.designs
    for part in _parts(worker, jobs):
        tally.add(part)
        if progress is not None:
            progress(tally.tried, tally.tried / designs)
    return tally


def _parts(worker: Worker, jobs: int) -> Iterator[Tally]:
    """What came of the parts of a space, in order."""
    chunks = len(worker.chunks)
    step = max(1, min(_CHUNKS, chunks // (_PARTS * jobs))) if jobs > 1 else 1
    spans = [(at, min(at + step, chunks)) for at in range(0, chunks, step)]
    return map_ordered(worker, spans, jobs, lambda done: len(spans) - done)
