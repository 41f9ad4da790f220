"""The best design of a space: all combinations of inputs and hardware, held against limits, at your own prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from calculator.batch.table import size_many
from calculator.engine.results import UnknownResult, column_index, result_columns
from calculator.engine.sizing import Scenario, read
from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value
from calculator.issues import InputError, Issues, quoted
from calculator.rules.registry import RULES, Result
from calculator.studies.compare import HIGHER_IS_BETTER
from calculator.studies.search.cost import COST, Cost, counted, read_cost
from calculator.studies.search.cost import NEEDS as COST_NEEDS
from calculator.studies.search.exhaustive import Goal, Judge, Progress, Tally, exhaustive
from calculator.studies.search.figures import Sizer
from calculator.studies.search.limits import Limit, read_limits
from calculator.studies.search.pareto import Kept
from calculator.studies.search.space import Raw, Space, read_space

EXHAUSTIVE, EVOLUTION = "exhaustive", "evolution"
METHODS = (EXHAUSTIVE, EVOLUTION)
MOST_EXHAUSTIVE = 20_000_000
"""Designs up to which a space is looked at whole where no method is asked for."""
MOST_COUNTED = 2**62
MOST_SHOWN = 10_000
SHOWN, SEED = 10, 2013
ALWAYS_SHOWN = (
    "summary_servers.environment",
    "summary_dags",
    "worst_cpu_utilization",
    "summary_memory.primary",
    "storage_disks_total.environment",
)
"""Results shown of a design where none are named, beside those that limits and goals look at."""


@dataclass(frozen=True)
class Design:
    """A design within the limits.

    Attributes
    ----------
    values
        The inputs that vary, by full path, in canonical units.
    rows
        Names of the rows taken from the catalogues.
    cost
        In your currency; None without prices.
    results
        Results asked for by column.
    status
        As `calculator.size` has it.
    """

    values: Mapping[str, Value]
    rows: Mapping[str, str]
    cost: float | None
    results: Mapping[str, Any]
    status: str

    def cells(self, columns: Iterable[str]) -> list[Any]:
        """Values under names of catalogues, inputs, ``cost`` and results."""
        known = {**self.rows, **self.values, COST: self.cost, **self.results}
        return [known[column] for column in columns]


@dataclass(frozen=True)
class Reason:
    """Why designs fail: a limit, how many break it, and how many break no other."""

    limit: str
    designs: int
    alone: int
    meaning: str


REASON_COLUMNS = tuple(field.name for field in fields(Reason))


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes
    ----------
    designs, tried, feasible
        Designs of the space, those looked at, those of them within the limits.
    proven
        Whether all were looked at, so that nothing in the space is better.
    best
        The best first.
    pareto
        Designs that none beats in the goal and in every result held against it, in order of the goal; of
        those with the same figures the first.
    reasons
        Limits that refuse a design, the hardest first.
    cost
        What the cost counts, in words; empty without prices.
    columns
        Names of the columns of `rows`: catalogues, inputs that vary by path, cost, results.
    named
        Those of the inputs that a row of a catalogue sets: its name tells them.
    """

    designs: int
    tried: int
    feasible: int
    proven: bool
    best: tuple[Design, ...]
    pareto: tuple[Design, ...]
    reasons: tuple[Reason, ...]
    cost: str
    columns: tuple[str, ...]
    named: tuple[str, ...] = ()

    def rows(self, table: str = "best", brief: bool = False) -> list[dict[str, Any]]:
        """Rows of a table: ``best``, ``pareto`` or ``reasons``; ``brief`` without what the names of rows tell."""
        if table == "reasons":
            return [asdict(reason) for reason in self.reasons]
        designs = self.pareto if table == "pareto" else self.best
        columns = self._shown(brief)
        return [
            dict(zip(self.head(table, brief), (rank, *of.cells(columns), of.status), strict=True))
            for rank, of in enumerate(designs, 1)
        ]

    def head(self, table: str = "best", brief: bool = False) -> list[str]:
        """Names of the columns of a table."""
        return list(REASON_COLUMNS) if table == "reasons" else ["rank", *self._shown(brief), "status"]

    def _shown(self, brief: bool) -> list[str]:
        left_out = {*self.named, *(() if self.cost else (COST,))} if brief else set()
        return [column for column in self.columns if column not in left_out]

    def sentence(self) -> str:
        """What was done, in words."""
        within = f"{self.feasible:,} of them within the limits"
        if self.proven:
            return f"All {self.designs:,} designs looked at, {within}."
        return (
            f"{self.tried:,} of {self.designs:,} designs looked at by differential evolution, {within}: "
            "not proven the best."
        )


def search(
    profile: Scenario,
    space: Raw | Space,
    *,
    minimize: str | Sequence[str] = (),
    pareto: Sequence[str] = (),
    results: str | Iterable[str] = (),
    show: int = SHOWN,
    method: str = "",
    jobs: int = 1,
    seed: int = SEED,
    progress: Progress | None = None,
) -> Found:
    """Find the best design of a space.

    Parameters
    ----------
    profile
        The design that varies: a profile file, a `Profile`, or inputs by path.
    space
        A TOML file or the same as a mapping (``inputs``, ``catalogue``, ``limits``, ``prices``), or a `Space`.
    minimize
        ``cost`` (where there are prices, else it has to be said), or the name of a result, of which as little
        is wanted as can be, or as much where more is better; several in order of weight.
    pareto
        Results held against the first of these.
    results
        Names of rules or columns to be shown, ``headline`` or ``all``.
    show
        Designs of `Found.best`.
    method
        ``exhaustive`` or ``evolution``; by default exhaustive up to 20,000,000 designs.
    jobs
        Worker processes of an exhaustive search; they change nothing but the time.  A script that asks for
        several has to keep its own work under ``if __name__ == "__main__"``.
    seed
        Of the random numbers of evolution.
    progress
        Called with the number of designs done, and their share where it is known.

    Raises
    ------
    InputError
        With everything that cannot be used.

    Examples
    --------
    >>> space = {"inputs": {"environment.mailbox_servers": "2..8"}, "limits": {"cpu": 0.8}}
    >>> found = search({"tiers.1.mailboxes": 5000}, space, minimize="summary_servers.environment")
    >>> found.best[0].values
    {'environment.mailbox_servers': 3.0}
    """
    base = read(profile)
    given = space if isinstance(space, Space) else read_space(space, base)
    issues = Issues()
    limits, modules = read_limits(given, base, issues)
    cost = read_cost(given, modules, issues)
    goals = _goals(base, given, [minimize] if isinstance(minimize, str) else list(minimize), cost, issues)
    against = _against(base, pareto, cost, given.where, issues)
    chosen = _method(given, method, issues)
    if issues.errors:
        raise InputError(issues)
    shown = shown_columns(base, limits, (*goals, *against), results)
    judge = Judge(base, given, limits, goals, against, cost)
    most = max(1, min(show, MOST_SHOWN))
    if chosen == EVOLUTION:
        from calculator.studies.search.evolution import evolve

        tally = evolve(judge, most, seed, progress)
    else:
        tally = exhaustive(judge, most, jobs, progress)
    return _found(base, judge, tally, shown, chosen)


def _goals(base: Profile, space: Space, names: Sequence[str], cost: Cost | None, issues: Issues) -> list[Goal]:
    names = [name for name in names if name] or [COST]
    return [goal for name in names if (goal := _goal(base, name, cost, space.where, "minimize", issues)) is not None]


def _against(base: Profile, names: Sequence[str], cost: Cost | None, where: str, issues: Issues) -> list[Goal]:
    return [goal for name in names if (goal := _goal(base, name, cost, where, "pareto", issues)) is not None]


def _goal(base: Profile, name: str, cost: Cost | None, where: str, use: str, issues: Issues) -> Goal | None:
    """The goal of a name; what cannot be one becomes an issue."""
    if name == COST:
        if cost is None:
            hint = "Give prices of your own in [prices] or the catalogues, or minimize a result."
            issues.error(where, use, "There are no prices, so there is no cost.", hint)
        return Goal(COST, "")
    try:
        columns = result_columns(name, base.tiers)
    except UnknownResult as error:
        issues.error(where, use, str(error))
        return None
    rule = RULES[column_index(base.tiers)[columns[0]][0]]
    if len(columns) > 1:
        issues.error(where, use, f"{quoted(name)} is {len(columns)} figures.", f"Name one: {', '.join(columns[:6])}.")
    elif rule.kind is not Result.NUMBER:
        issues.error(where, use, f"{quoted(name)} is no number.", "Name a figure; a flag or word may be a limit.")
    else:
        return Goal(columns[0], rule.name, -1.0 if rule.name in HIGHER_IS_BETTER else 1.0)
    return None


def _method(space: Space, method: str, issues: Issues) -> str:
    if method and method not in METHODS:
        issues.error(space.where, "method", f"{quoted(method)} is no method.", f"Give {' or '.join(METHODS)}.")
    if method == EXHAUSTIVE and space.designs > MOST_COUNTED:
        message = "The space has too many designs to be looked at whole."
        issues.error(space.where, "method", message, "Narrow it, or take evolution.")
    return method or (EXHAUSTIVE if space.designs <= MOST_EXHAUSTIVE else EVOLUTION)


# --- what was found ------------------------------------------------------------------------------------


def _found(base: Profile, judge: Judge, tally: Tally, results: Sequence[str], method: str) -> Found:
    space = judge.space
    catalogues = (dimension.name for dimension in space.dimensions if dimension.labels)
    return Found(
        space.designs,
        tally.tried,
        tally.feasible,
        method == EXHAUSTIVE,
        _designs(base, judge, tally.best.kept, results),
        _designs(base, judge, tally.front.kept, results),
        _reasons(judge.limits, tally),
        counted(judge.cost, space) if judge.cost is not None else "",
        (*catalogues, *space.varies, COST, *results),
        space.named,
    )


def shown_columns(
    base: Profile, limits: Iterable[Limit], goals: Iterable[Goal], results: str | Iterable[str]
) -> list[str]:
    """Result columns shown of a design: those asked for, or those that limits and goals look at and a few more."""
    names = [results] if isinstance(results, str) else list(results)
    if not names:
        compared = [column for limit in limits for column in limit.columns]
        names = [*ALWAYS_SHOWN, *compared, *(goal.name for goal in goals if goal.name != COST)]
    return result_columns(names, base.tiers)


def _designs(base: Profile, judge: Judge, kept: Kept, columns: Sequence[str]) -> tuple[Design, ...]:
    """Designs with their results, sized once more as `calculator.size_many` does, with their status."""
    if not len(kept):
        return ()
    space, digits = judge.space, kept.digits.tolist()
    values = [space.values(row) for row in digits]
    designs: dict[str, list[object]] = {"id": list(range(len(kept)))}
    designs |= {path: [_cell(of[path]) for of in values] for path in space.paths}
    table = size_many(designs, profile=base, results=columns)
    found = {name: table[name].to_pylist() for name in ("status", *columns)}
    costs = _costs(base, judge, kept)
    return tuple(
        Design(
            values[row],
            space.rows(digits[row]),
            costs[row],
            {column: found[column][row] for column in columns},
            found["status"][row],
        )
        for row in range(len(kept))
    )


def _costs(base: Profile, judge: Judge, kept: Kept) -> list[float | None]:
    if judge.cost is None:
        return [None] * len(kept)
    sized = Sizer(base, judge.space, COST_NEEDS)(list(kept.digits.T))
    found: list[float | None] = np.broadcast_to(judge.cost(sized), len(kept)).tolist()
    return found


def _cell(value: Value) -> object:
    """Value as a table of designs has it, where an empty cell would mean the base's."""
    return "none" if value is None else value


def _reasons(limits: Sequence[Limit], tally: Tally) -> tuple[Reason, ...]:
    counts = zip(limits, tally.broken.tolist(), tally.alone.tolist(), strict=True)
    reasons = [Reason(limit.name, broken, alone, limit.meaning) for limit, broken, alone in counts if broken]
    return tuple(sorted(reasons, key=lambda reason: -reason.designs))
