"""Find the best design of a space: every combination of inputs and hardware, within limits, at your own prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from calculator.engine.progress import Progress
from calculator.engine.results import column_index, result_columns
from calculator.engine.sizing import Scenario, read
from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value
from calculator.issues import InputError, Issues, UnknownResult, quoted
from calculator.numerics.arrays import Ints
from calculator.rules.registry import CHECKS, RULES, ResultKind
from calculator.studies.compare import HIGHER_IS_BETTER
from calculator.studies.result import StudyResult
from calculator.studies.search.cost import COST, Cost, describe_cost, read_cost
from calculator.studies.search.exhaustive import Evaluator, Goal, Tally, search_all
from calculator.studies.search.limits import SearchLimit, read_limits
from calculator.studies.search.read import SpaceSource, read_space
from calculator.studies.search.space import Space
from calculator.studies.what_if import Change, size_changes

EXHAUSTIVE, EVOLUTION = "exhaustive", "evolution"
METHODS = (EXHAUSTIVE, EVOLUTION)
MAX_EXHAUSTIVE_DESIGNS = 20_000_000
"""Largest number of designs for which all are evaluated by default."""
MAX_COUNTED_DESIGNS = 2**62
MAX_SHOWN = 10_000
SHOWN, SEED = 10, 2013
ALWAYS_SHOWN = (
    "summary_servers.environment",
    "summary_dags",
    "worst_cpu_utilization",
    "summary_memory.primary",
    "storage_disks_total.environment",
)
"""Results that are shown if none are named, in addition to those that limits and goals need."""


@dataclass(frozen=True)
class FeasibleDesign:
    """Design that meets the limits.

    Attributes
    ----------
    values
        The inputs that the space sets, by full path, in canonical units.
    rows
        Name of the row taken from each catalogue.
    cost
        Cost in your currency; None without prices.
    results
        Results by column.
    status
        Status, as `calculator.size` gives it.
    """

    values: Mapping[str, Value]
    rows: Mapping[str, str]
    cost: float | None
    results: Mapping[str, Any]
    status: str

    def cells(self, columns: Iterable[str]) -> list[Any]:
        """Return values by column: the name of a catalogue, an input, ``cost`` or a result."""
        known = {**self.rows, **self.values, COST: self.cost, **self.results}
        return [known[column] for column in columns]


@dataclass(frozen=True)
class Reason:
    """Limit that designs break.

    Attributes
    ----------
    limit, meaning
        Name of the limit, and what it asks for.
    designs, alone
        Number of designs that do not meet it, and of designs that meet all others.
    not_applicable
        Number of designs that do not meet it because its figure does not apply to them.
    """

    limit: str
    designs: int
    alone: int
    not_applicable: int
    meaning: str


REASON_COLUMNS = tuple(field.name for field in fields(Reason))


@dataclass(frozen=True, repr=False)
class SearchResult(StudyResult):
    """Outcome of a search.

    Attributes
    ----------
    designs, tried, feasible
        Numbers of designs in the space, of designs evaluated, and of those that meet the limits.
    proven
        Whether all designs were evaluated, so that nothing in the space is better.
    best
        The best designs, the best first.
    pareto
        The Pareto front of the goal and the results compared with it, in ascending order of the goal; of designs with
        the same figures the first.
    reasons
        Limits that designs break, the one that most designs break first.
    cost
        Sentence that says what the cost counts; empty without prices.
    columns
        Columns of `rows`: catalogues, varying inputs by path, cost, results.
    catalogue_paths
        Varying inputs that a row of a catalogue sets, so that its name implies them.
    goal, unranked
        Name of the goal, and number of designs that meet the limits but to which the goal does not apply, so that
        they have no rank.
    """

    designs: int
    tried: int
    feasible: int
    proven: bool
    best: tuple[FeasibleDesign, ...]
    pareto: tuple[FeasibleDesign, ...]
    reasons: tuple[Reason, ...]
    cost: str
    columns: tuple[str, ...]
    catalogue_paths: tuple[str, ...] = ()
    goal: str = COST
    unranked: int = 0

    def rows(self, table: str = "best", brief: bool = False) -> list[dict[str, Any]]:
        """Return the rows of a table.

        Parameters
        ----------
        table
            ``best``, ``pareto`` or ``reasons``.
        brief
            Whether to leave out inputs that the names of catalogue rows imply, and the cost without prices.
        """
        if table == "reasons":
            return [asdict(reason) for reason in self.reasons]
        designs = self.pareto if table == "pareto" else self.best
        head, columns = self.head(table, brief), self._design_columns(brief)
        return [
            dict(zip(head, (rank, *design.cells(columns), design.status), strict=True))
            for rank, design in enumerate(designs, 1)
        ]

    def head(self, table: str = "best", brief: bool = False) -> list[str]:
        """Return the columns of a table; the parameters are those of `rows`."""
        return list(REASON_COLUMNS) if table == "reasons" else ["rank", *self._design_columns(brief), "status"]

    def _design_columns(self, brief: bool) -> list[str]:
        left_out = {*self.catalogue_paths, *(() if self.cost else (COST,))} if brief else set()
        return [column for column in self.columns if column not in left_out]

    def sentence(self) -> str:
        """Return a sentence that says how many designs were evaluated and how many meet the limits."""
        within = f"{self.feasible:,} of them within the limits"
        if self.proven:
            return f"All {self.designs:,} designs were sized, {within}."
        return (
            f"{self.tried:,} of {self.designs:,} designs were sized by differential evolution, {within}. The best "
            "of them may not be the best of all."
        )

    def notes(self) -> list[str]:
        """Return sentences about designs without a figure for a limit or the goal, and about the commonest reason."""
        notes = []
        for reason in self.reasons:
            if reason.not_applicable:
                notes.append(
                    f"The figure of the limit {reason.limit} does not apply to {_designs(reason.not_applicable)}, "
                    "which therefore do not count as within the limits."
                )
        if self.unranked:
            notes.append(
                f"{self.goal} does not apply to {_designs(self.unranked)} within the limits, so they have no rank."
            )
        if not self.feasible and self.reasons:
            worst = self.reasons[0]
            failing = f"No design is within the limits: {worst.designs:,} of {self.tried:,}"
            if check := CHECKS.get(f"check_{worst.limit}"):
                notes.append(f"{failing} do not meet this requirement: {worst.meaning} {check.hint}".rstrip())
            else:
                notes.append(f"{failing} do not meet {worst.limit} ({worst.meaning.removesuffix('.')}).")
        return notes


def _designs(count: int) -> str:
    return f"{count:,} design{'' if count == 1 else 's'}"


def search(
    scenario: Scenario,
    space: SpaceSource | Space,
    *,
    minimize: str | Sequence[str] = (),
    pareto: Sequence[str] = (),
    results: str | Iterable[str] = (),
    show: int = SHOWN,
    method: str = "",
    jobs: int = 1,
    seed: int = SEED,
    progress: Progress | None = None,
) -> SearchResult:
    """Find the best design of a space.

    Parameters
    ----------
    scenario
        The design that varies: a profile file, ``example:NAME``, a `Profile`, or inputs by path.
    space
        A TOML file or a mapping with the tables ``inputs``, ``catalogue``, ``limits`` and ``prices``, or a `Space`.
    minimize
        ``cost`` (the default, which needs prices) or the name of a result.  Results of which more is better are
        maximized.  If there are several names, a later one decides between designs with equal earlier figures.
    pareto
        Results that the Pareto front compares with the first goal.
    results
        Names of rules or columns to show, ``headline`` or ``all``.
    show
        Number of designs in `SearchResult.best`.
    method
        ``exhaustive`` or ``evolution``; by default exhaustive up to 20,000,000 designs.
    jobs
        Number of processes of an exhaustive search; it changes nothing but the time.  A script that sets more than 1
        has to keep its own code under ``if __name__ == "__main__"``.
    seed
        Random seed of evolution.
    progress
        Called with the number of designs evaluated, and their share of the space where it is known.

    Returns
    -------
    SearchResult
        The best designs, the Pareto front, and the limits that designs break.

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
    base = read(scenario)
    space = space if isinstance(space, Space) else read_space(space, base)
    issues = Issues()
    limits, modules = read_limits(space, base, issues)
    cost = read_cost(space, modules, issues)
    names = [name for name in ([minimize] if isinstance(minimize, str) else minimize) if name]
    goals = _read_goals(base, names or [COST], cost, space.where, "minimize", issues)
    against = _read_goals(base, pareto, cost, space.where, "pareto", issues)
    method = _choose_method(space, method, issues)
    if issues.errors:
        raise InputError(issues)
    columns = _result_columns(base, limits, (*goals, *against), results)
    evaluator = Evaluator(base, space, limits, goals, against, cost)
    keep = max(1, min(show, MAX_SHOWN))
    if method == EVOLUTION:
        from calculator.studies.search.evolution import evolve

        tally = evolve(evaluator, keep, seed, progress)
    else:
        tally = search_all(evaluator, keep, jobs, progress)
    return _search_result(base, evaluator, tally, columns, method)


def _read_goals(
    base: Profile, names: Sequence[str], cost: Cost | None, where: str, use: str, issues: Issues
) -> list[Goal]:
    goals = (_read_goal(base, name, cost, where, use, issues) for name in names)
    return [goal for goal in goals if goal is not None]


def _read_goal(base: Profile, name: str, cost: Cost | None, where: str, use: str, issues: Issues) -> Goal | None:
    """Return the goal with a name; None, with an issue, if it cannot be a goal."""
    if name == COST:
        if cost is None:
            hint = "Give prices of your own in [prices] or the catalogues, or minimize a result."
            issues.error(where, use, "The search has no prices, so there is no cost.", hint)
        return Goal(COST, "")
    try:
        columns = result_columns(name, base.tiers)
    except UnknownResult as error:
        issues.error(where, use, str(error))
        return None
    rule = RULES[column_index(base.tiers)[columns[0]][0]]
    if len(columns) > 1:
        issues.error(where, use, f"{quoted(name)} has {len(columns)} figures.", f"Name one: {', '.join(columns[:6])}.")
    elif rule.kind is not ResultKind.NUMBER:
        issues.error(where, use, f"{quoted(name)} is not a number.", "Name a figure; a flag or word may be a limit.")
    else:
        return Goal(columns[0], rule.name, -1.0 if rule.name in HIGHER_IS_BETTER else 1.0)
    return None


def _choose_method(space: Space, method: str, issues: Issues) -> str:
    if method and method not in METHODS:
        issues.error(space.where, "method", f"{quoted(method)} is not a method.", f"Give {' or '.join(METHODS)}.")
    if method == EXHAUSTIVE and space.designs > MAX_COUNTED_DESIGNS:
        message = "The space has too many designs to size all of them."
        issues.error(space.where, "method", message, "Narrow the space, or use evolution.")
    return method or (EXHAUSTIVE if space.designs <= MAX_EXHAUSTIVE_DESIGNS else EVOLUTION)


def _result_columns(
    base: Profile, limits: Iterable[SearchLimit], goals: Iterable[Goal], results: str | Iterable[str]
) -> list[str]:
    """Return the result columns to show: those asked for, or `ALWAYS_SHOWN` and those that limits and goals read."""
    names = [results] if isinstance(results, str) else list(results)
    if not names:
        compared = [column for limit in limits for column in limit.columns]
        names = [*ALWAYS_SHOWN, *compared, *(goal.name for goal in goals if goal.name != COST)]
    return result_columns(names, base.tiers)


# --- the outcome -------------------------------------------------------------------------------------


def _search_result(
    base: Profile, evaluator: Evaluator, tally: Tally, results: Sequence[str], method: str
) -> SearchResult:
    space, best, front = evaluator.space, tally.best.designs, tally.front.designs
    designs = _size_designs(base, evaluator, np.concatenate([best.digits, front.digits]), results)
    catalogues = (dimension.name for dimension in space.dimensions if dimension.labels)
    return SearchResult(
        space.designs,
        tally.tried,
        tally.feasible,
        method == EXHAUSTIVE,
        designs[: len(best)],
        designs[len(best) :],
        _reasons(evaluator.limits, tally),
        describe_cost(evaluator.cost, space) if evaluator.cost is not None else "",
        (*catalogues, *space.varying_paths, COST, *results),
        space.catalogue_paths,
        evaluator.goals[0].name,
        tally.unranked,
    )


def _size_designs(
    base: Profile, evaluator: Evaluator, digits: Ints, columns: Sequence[str]
) -> tuple[FeasibleDesign, ...]:
    """Size designs once more, with their status and the results to show.

    Parameters
    ----------
    base
        The design that varies.
    evaluator
        Evaluator that evaluated the designs.
    digits
        Shape ``(designs, dimensions)``.
    columns
        Result columns to show.
    """
    if not len(digits):
        return ()
    space, rows, costs = evaluator.space, digits.tolist(), evaluator.costs(digits)
    changes = [Change(str(number), space.values(row)) for number, row in enumerate(rows)]
    table = size_changes(base, changes, columns)
    found = {name: table[name].to_pylist() for name in ("status", *columns)}
    return tuple(
        FeasibleDesign(
            changes[number].values,
            space.rows(row),
            costs[number],
            {column: found[column][number] for column in columns},
            found["status"][number],
        )
        for number, row in enumerate(rows)
    )


def _reasons(limits: Sequence[SearchLimit], tally: Tally) -> tuple[Reason, ...]:
    counts = zip(limits, tally.broken.tolist(), tally.alone.tolist(), tally.unsized.tolist(), strict=True)
    reasons = [
        Reason(limit.name, broken, alone, unsized, limit.meaning) for limit, broken, alone, unsized in counts if broken
    ]
    return tuple(sorted(reasons, key=lambda reason: -reason.designs))
