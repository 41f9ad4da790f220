"""Search a space by evaluating every design, a chunk at a time, in worker processes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from calculator.engine.parallel import map_ordered
from calculator.engine.progress import Progress
from calculator.engine.run import CHUNK
from calculator.inputs.profile import Profile
from calculator.numerics.arrays import Floats, Ints
from calculator.studies.search.cost import COST, Cost
from calculator.studies.search.cost import NEEDS as COST_NEEDS
from calculator.studies.search.figures import DesignFigures, Digits, SpaceSizer
from calculator.studies.search.limits import SearchLimit, check_limits
from calculator.studies.search.pareto import Best, Front, ScoredDesigns
from calculator.studies.search.space import Space

_CHUNKS = 32
"""Largest number of chunks in a part, which a worker evaluates at a time."""
_PARTS = 8
"""Smallest number of parts per worker, if there are enough chunks."""


@dataclass(frozen=True)
class Goal:
    """The cost or a result, which is minimized, or maximized where the sign is -1.

    Attributes
    ----------
    name
        ``cost`` or a result column.
    rule
        Rule of the result; empty for the cost.
    sign
        1 to minimize, -1 to maximize.
    """

    name: str
    rule: str
    sign: float = 1.0


@dataclass(frozen=True)
class Evaluation:
    """Goals and broken limits of several designs.

    Attributes
    ----------
    goals
        Goals to minimize, shape ``(designs, goals)``.
    front
        Goals of the Pareto front: the first goal and the results compared with it, shape ``(designs, front goals)``;
        no columns without a front.
    excess
        By how much limits are broken, shape ``(limits, designs)``; 0 where they are met, NaN where the figure of a
        limit does not apply to a valid design, which does not meet it.
    """

    goals: Floats
    front: Floats
    excess: Floats


class Evaluator:
    """Function from designs of a space to their goals and limits, which can be sent to a worker process.

    Parameters
    ----------
    base
        The design that varies.
    space
        What varies.
    limits
        What a design has to meet, those of `check_limits` first.
    goals
        What is minimized; a later goal decides between designs with the same earlier goals.
    against
        Results that the Pareto front compares with the first goal.
    cost
        The cost; None without prices.
    """

    def __init__(
        self,
        base: Profile,
        space: Space,
        limits: Sequence[SearchLimit],
        goals: Sequence[Goal],
        against: Sequence[Goal],
        cost: Cost | None,
    ) -> None:
        self.space, self.limits, self.goals, self.cost = space, tuple(limits), tuple(goals), cost
        self._checks = len(check_limits())
        self.front_goals = (self.goals[0], *against) if against else ()
        needs = [need for limit in limits for need in limit.needs]
        needs += [goal.rule for goal in (*goals, *against) if goal.name != COST]
        needs += COST_NEEDS if cost is not None else ()
        self._sizer = SpaceSizer(base, space, needs)

    def __call__(self, digits: Digits, count: int) -> Evaluation:
        """Evaluate designs.

        Parameters
        ----------
        digits
            Digits of the designs by dimension, each of shape ``(count,)`` or ``(1,)``.
        count
            Number of designs.
        """
        sized = self._sizer(digits)
        excess = np.empty((len(self.limits), count))
        for place, limit in enumerate(self.limits):
            excess[place] = limit.excess(sized)
        unsized = (excess[: self._checks] > 0).any(axis=0)
        excess[np.isnan(excess) & unsized] = 0.0  # the figures do not apply because the design does not work
        return Evaluation(
            self._goal_figures(self.goals, sized, count), self._goal_figures(self.front_goals, sized, count), excess
        )

    def costs(self, digits: Ints) -> list[float | None]:
        """Return the cost of designs with digits of shape ``(designs, dimensions)``; None without prices."""
        if self.cost is None or not len(digits):
            return [None] * len(digits)
        costs: list[float | None] = np.broadcast_to(self.cost(self._sizer(list(digits.T))), len(digits)).tolist()
        return costs

    def _goal_figures(self, goals: Sequence[Goal], sized: DesignFigures, count: int) -> Floats:
        figures = np.empty((count, len(goals)))
        for place, goal in enumerate(goals):
            figures[:, place] = goal.sign * self._goal_figure(goal, sized)
        return figures

    def _goal_figure(self, goal: Goal, sized: DesignFigures) -> Floats:
        if goal.name == COST and self.cost is not None:
            return self.cost(sized)
        return sized.column(goal.name)

    def order_dimensions(self) -> list[int]:
        """Return the indices of the dimensions, those on which most steps of the computation depend first."""
        steps = self._sizer.count_dependent_steps()
        return sorted(range(len(steps)), key=lambda place: (-steps[place], place))


class Chunks:
    """The designs of a space, divided so that a dimension varies in as few chunks as possible.

    A chunk has all values of the last dimensions in the given order, some values of the dimension before them, and
    one value of each other dimension.  What depends on the latter alone is computed once per chunk.

    Parameters
    ----------
    sizes
        Number of values of each dimension.
    order
        Indices of the dimensions, the slowest first.
    width
        Largest number of designs in a chunk.
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
        """Return the digits of the designs of a chunk and the number of designs.

        Returns
        -------
        digits
            One array per dimension, shape ``(n,)``, or ``(1,)`` where all designs have the same digit.
        count
            Number of designs, n.
        """
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
        split_digits, *tail_digits = np.unravel_index(np.arange(count), shape)
        if self._split is not None:
            digits[self._split] = split_digits + first if values > 1 else np.array([first])
        for dimension, column in zip(self._tail, tail_digits, strict=True):
            digits[dimension] = column
        return digits, count


@dataclass
class Tally:
    """Counts of the designs evaluated so far, and those that are kept.

    Attributes
    ----------
    tried, feasible, unranked
        Numbers of designs evaluated, of designs that meet all limits, and of those to which the goal does not apply.
    broken, alone, unsized
        For each limit the number of designs that do not meet it, of designs that meet all others, and of designs to
        which its figure does not apply.
    best, front
        The best designs and the Pareto front, without designs to which the goal does not apply.
    """

    tried: int
    feasible: int
    unranked: int
    broken: Ints
    alone: Ints
    unsized: Ints
    best: Best
    front: Front

    @classmethod
    def empty(cls, evaluator: Evaluator, keep: int) -> Tally:
        """Return a tally without designs, which keeps so many of the best."""
        limits, dimensions = len(evaluator.limits), len(evaluator.space.dimensions)
        return cls(
            0,
            0,
            0,
            np.zeros(limits, dtype=np.int64),
            np.zeros(limits, dtype=np.int64),
            np.zeros(limits, dtype=np.int64),
            Best(keep, ScoredDesigns.empty(len(evaluator.goals), dimensions)),
            Front(ScoredDesigns.empty(len(evaluator.front_goals), dimensions)),
        )

    def add(self, evaluation: Evaluation, digits: Sequence[Ints]) -> None:
        """Count designs and keep the best of them."""
        unsized = np.isnan(evaluation.excess)
        violated = (evaluation.excess > 0) | unsized
        total = violated.sum(axis=0)
        within = np.flatnonzero(total == 0)
        self.tried += len(total)
        self.feasible += len(within)
        within = within[~np.isnan(evaluation.goals[within, 0])]
        self.unranked += int((total == 0).sum()) - len(within)
        self.unsized += unsized.sum(axis=1)
        self.broken += violated.sum(axis=1)
        self.alone += violated[:, total == 1].sum(axis=1)
        if within.size:
            columns = [digit[within] if len(digit) > 1 else np.repeat(digit, within.size) for digit in digits]
            places = np.stack(columns, axis=1)
            self.best.add(ScoredDesigns(evaluation.goals[within], places))
            self.front.add(ScoredDesigns(evaluation.front[within], places))

    def merge(self, part: Tally) -> None:
        """Add the tally of another part of the space."""
        self.tried += part.tried
        self.feasible += part.feasible
        self.unranked += part.unranked
        self.broken += part.broken
        self.alone += part.alone
        self.unsized += part.unsized
        self.best.add(part.best.designs)
        self.front.add(part.front.designs)


# --- processes ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _ChunkWorker:
    """Function that evaluates some chunks of a space in any process."""

    evaluator: Evaluator
    chunks: Chunks
    keep: int

    def __call__(self, start: int, stop: int) -> Tally:
        tally = Tally.empty(self.evaluator, self.keep)
        for chunk in range(start, stop):
            digits, count = self.chunks.digits(chunk)
            tally.add(self.evaluator(digits, count), digits)
        return tally


def search_all(evaluator: Evaluator, keep: int, jobs: int, progress: Progress | None, width: int = CHUNK) -> Tally:
    """Evaluate every design of a space.

    Parameters
    ----------
    evaluator
        Function from designs to their goals and limits.
    keep
        Number of best designs to keep.
    jobs
        Number of processes; it changes nothing but the time.
    progress
        Called with the number of designs evaluated and their share of the space.
    width
        Number of designs computed at a time; it changes nothing but time and memory.
    """
    sizes = [len(dimension) for dimension in evaluator.space.dimensions]
    worker = _ChunkWorker(evaluator, Chunks(sizes, evaluator.order_dimensions(), width), keep)
    tally, designs = Tally.empty(evaluator, keep), evaluator.space.designs
    for part in _run_parts(worker, jobs):
        tally.merge(part)
        if progress is not None:
            progress(tally.tried, tally.tried / designs)
    return tally


def _run_parts(worker: _ChunkWorker, jobs: int) -> Iterator[Tally]:
    """Yield the tallies of the parts of a space, in order."""
    chunks = len(worker.chunks)
    step = max(1, min(_CHUNKS, chunks // (_PARTS * jobs))) if jobs > 1 else 1
    spans = [(start, min(start + step, chunks)) for start in range(0, chunks, step)]
    return map_ordered(worker, spans, jobs, lambda done: len(spans) - done)
