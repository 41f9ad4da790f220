"""Define the limits of a search: conditions that a design has to meet, and by how much a design misses them.

A design for which the figure of a limit does not apply does not meet that limit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from calculator.engine.applicability import NO_MAILBOXES as UNSIZED
from calculator.engine.results import DESIGN_INVALID, column_index, result_columns
from calculator.inputs import units
from calculator.inputs.parsing import LONGEST_TEXT, ValueProblem
from calculator.inputs.profile import Profile
from calculator.inputs.schema import SERVER_ROLE
from calculator.issues import ERROR, Issues, UnknownResult, quoted, short
from calculator.numerics.arrays import Floats
from calculator.numerics.rounding import RELATIVE_TOLERANCE
from calculator.rules.registry import CHECKS, RULES, ResultKind, Rule
from calculator.studies.search import figures
from calculator.studies.search.catalogue import MODULES, RACK_UNITS, SLOTS, pad_sizes
from calculator.studies.search.figures import DesignFigures
from calculator.studies.search.space import Space
from calculator.studies.search.values import flatten, parse_number

NO_MAILBOXES = UNSIZED.finding
_COMPARISON = re.compile(r"(<=|>=|==)\s*(.+)")


@dataclass(frozen=True)
class SearchLimit:
    """Condition that a design has to meet.

    Attributes
    ----------
    name
        Name in the tables.
    meaning
        What the limit asks for, in a sentence.
    needs
        Rules and checks whose values the limit reads.
    excess
        Function that returns by how much designs break the limit, relative to it, shape ``(n,)`` or ``(1,)``; 0 for
        designs that meet it, NaN for designs to which its figure does not apply.
    columns
        Result columns that the limit reads and that are shown for a design.
    """

    name: str
    meaning: str
    needs: tuple[str, ...]
    excess: Callable[[DesignFigures], Floats]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Check:
    """Function for a check: 1 for designs that violate it at any place."""

    name: str

    def __call__(self, sized: DesignFigures) -> Floats:
        violated = sized.rule(self.name)
        return violated.reshape(-1, violated.shape[-1]).any(axis=0).astype(np.float64)


@dataclass(frozen=True)
class _Unexplained:
    """Function that returns 1 for invalid designs that violate no check of severity error."""

    names: tuple[str, ...]

    def __call__(self, sized: DesignFigures) -> Floats:
        invalid: Any = sized.rule(DESIGN_INVALID)
        for name in self.names:
            invalid = invalid & (_Check(name)(sized) == 0)
        return np.asarray(invalid, dtype=np.float64)


@dataclass(frozen=True)
class _Comparison:
    """Function that compares result columns with a number; the worst column counts.

    It does not apply if no column applies, or if the check ``unsized`` finds that a column is missing.
    """

    columns: tuple[str, ...]
    sign: str
    bound: float
    unsized: str = ""

    def __call__(self, sized: DesignFigures) -> Floats:
        worst: Any = np.nan
        for column in self.columns:
            worst = np.fmax(worst, _excess(sized.column(column), self.sign, self.bound))
        if self.unsized:
            worst = np.where((worst == 0) & (_Check(self.unsized)(sized) > 0), np.nan, worst)
        return np.asarray(worst)


def _excess(values: Floats, sign: str, bound: float) -> Floats:
    """Return the relative distance beyond a bound: 0 within it, NaN where a value is NaN."""
    beyond = {"<=": values - bound, ">=": bound - values, "==": np.abs(values - bound)}[sign]
    if sign == "==":
        beyond = np.where(beyond <= RELATIVE_TOLERANCE * abs(bound), 0.0, beyond)
    return np.nan_to_num(np.maximum(beyond, 0.0) / max(abs(bound), 1.0), nan=np.nan)


@dataclass(frozen=True)
class _ToleratedFailures:
    bound: float

    def __call__(self, sized: DesignFigures) -> Floats:
        return _excess(figures.count_tolerated_failures(sized), ">=", self.bound)


@dataclass(frozen=True)
class _RackUnits:
    bound: float

    def __call__(self, sized: DesignFigures) -> Floats:
        per_server = sum(rack_units for _, rack_units in sized.facts(RACK_UNITS))
        return _excess(np.asarray(per_server * figures.count_servers(sized)), "<=", self.bound)


@dataclass(frozen=True)
class Modules:
    """Memory modules of one size that have to fit the slots of a server.

    Attributes
    ----------
    sizes
        Sizes of modules for every server, GB; empty for those of the catalogue.
    slots
        Slots of every server; unused without sizes.
    """

    sizes: tuple[float, ...] = ()
    slots: float = 0.0

    def purchase(self, sized: DesignFigures) -> Callable[[Floats], Floats]:
        """Return the function from recommended to purchased memory of a server, both in GB.

        Without any modules memory is purchased by the GB.
        """
        sizes, slots = pad_sizes([self.sizes]), np.array([self.slots])
        if not self.sizes:
            known = sized.facts(MODULES), sized.facts(SLOTS)
            if not all(known):
                return lambda memory: memory
            sizes, slots = known[0][0][1], known[1][0][1]
        return lambda memory: figures.choose_modules(memory, sizes, slots)

    def __call__(self, sized: DesignFigures) -> Floats:
        """Return 1 for designs with a server whose slots cannot hold the recommended memory, else 0."""
        purchase, worst = self.purchase(sized), np.zeros(1)
        for role in SERVER_ROLE.labels:
            worst = np.maximum(worst, np.isinf(purchase(sized.column(f"summary_memory.{role}"))))
        return worst


def check_limits() -> list[SearchLimit]:
    """Return the limits that reject invalid designs: no mailboxes, the checks of severity error, any other reason."""
    errors = tuple(name for name, check in CHECKS.items() if check.severity == ERROR)
    limits = [SearchLimit("no_mailboxes", "The design has mailboxes.", (NO_MAILBOXES,), _Check(NO_MAILBOXES))]
    limits += [
        SearchLimit(name.removeprefix("check_"), CHECKS[name].requirement, (name,), _Check(name)) for name in errors
    ]
    meaning = "The design passes the checks of Microsoft's workbook."
    return [*limits, SearchLimit(DESIGN_INVALID, meaning, (DESIGN_INVALID, *errors), _Unexplained(errors))]


@dataclass(frozen=True)
class _NamedLimit:
    """Limit with its own name.

    Attributes
    ----------
    sign, unit
        The comparison and its unit.
    rule
        The rule, if the limit is a comparison of a rule.
    unsized
        Check that finds designs in which the figure is missing for some servers.
    """

    sign: str
    unit: str
    rule: str = ""
    unsized: str = ""


NAMED: Mapping[str, _NamedLimit] = {
    "cpu": _NamedLimit("<=", "1", "worst_cpu_utilization", "check_rating_unknown"),
    "memory": _NamedLimit("<=", "GB", "summary_memory"),
    "database_size": _NamedLimit("<=", "GB", "volume_database_size_with_overhead"),
    "reseed_hours": _NamedLimit("<=", "hour", "reseed_hours"),
    "drive_bays": _NamedLimit("<=", "bays", "server_drive_bays"),
    "rack_units": _NamedLimit("<=", "units"),
    "failures": _NamedLimit(">=", "servers"),
}
"""Limits with their own names; any other limit is named like a result."""


def read_limits(space: Space, base: Profile, issues: Issues) -> tuple[list[SearchLimit], Modules | None]:
    """Read the limits of a space and add what cannot be used to the issues.

    Returns
    -------
    limits
        The checks of severity error, then the limits in the order of the space.
    modules
        How memory is purchased; None by the GB.
    """
    limits, modules = check_limits(), None
    for name, raw in flatten(space.limits, leaves=(MODULES,)):
        if name == MODULES:
            modules = _read_modules(raw, space.where, issues)
        elif name in NAMED and not (isinstance(raw, str) and _COMPARISON.match(raw)):
            limits += _read_named(name, raw, space, base, issues)
        else:
            limits += _read_comparisons(name, raw, space, base, issues)
    if space.has_fact(MODULES) != space.has_fact(SLOTS):
        message = f"A catalogue gives {MODULES} or {SLOTS} alone."
        issues.error(space.where, "catalogue", message, "Give both: sizes of modules, and slots for them.")
    if modules is None and space.has_fact(MODULES) and space.has_fact(SLOTS):
        modules = Modules()
    if modules is not None:
        meaning = "The recommended memory of a server fits its memory slots in modules of one size."
        limits.append(SearchLimit(MODULES, meaning, ("summary_memory",), modules))
    return limits, modules


def _read_named(name: str, raw: object, space: Space, base: Profile, issues: Issues) -> list[SearchLimit]:
    named, path = NAMED[name], f"limits.{name}"
    try:
        bound = _read_number(raw, named.unit)
    except ValueProblem as error:
        issues.error(space.where, path, error.message, error.hint)
        return []
    shown = f"{name} {named.sign} {bound:.6g}"
    if name == "failures":
        meaning = "The given number of servers in a DAG can fail at once, and every database stays active."
        return [SearchLimit(shown, meaning, figures.FAILURE_NEEDS, _ToleratedFailures(bound))]
    if name == "rack_units":
        if not space.has_fact(RACK_UNITS):
            hint = f"Give the catalogue of servers a column {RACK_UNITS}."
            issues.error(space.where, path, "No catalogue says how high a server is.", hint)
        return [SearchLimit(shown, "Number of rack units of all servers.", ("summary_servers",), _RackUnits(bound))]
    rule = RULES[named.rule]
    columns = tuple(rule.columns(base.tiers))
    needs = (rule.name, named.unsized) if named.unsized else (rule.name,)
    comparison = _Comparison(columns, named.sign, bound, named.unsized)
    return [SearchLimit(shown, rule.meaning, needs, comparison, columns)]


def _read_number(raw: object, unit: str) -> float:
    """Return a number, or a text with a number and a unit, in the canonical unit. Raise ValueProblem otherwise."""
    hint = "Give a number." if unit == "1" else f"Give a number in {unit}."
    if isinstance(raw, int | float) and not isinstance(raw, bool) and math.isfinite(raw):
        return float(raw)
    parts = units.split(raw) if isinstance(raw, str) and len(raw) <= LONGEST_TEXT else None
    if parts is None or not math.isfinite(parts[0]):
        raise ValueProblem(f"{quoted(raw)} is not a number.", hint)
    try:
        return float(units.convert(parts[0], parts[1], unit)) if parts[1] else parts[0]
    except units.UnitError as error:
        raise ValueProblem(f"{quoted(raw)}: {error}", hint) from None


def _read_comparisons(name: str, raw: object, space: Space, base: Profile, issues: Issues) -> list[SearchLimit]:
    """Return the limits ``"NAME" = "<= 12"``, or of a list of such comparisons."""
    path = short(f"limits.{name}")
    if name in NAMED and NAMED[name].rule:
        name = NAMED[name].rule
    try:
        columns = tuple(result_columns(name, base.tiers))
    except UnknownResult as error:
        known = f"Limits: {', '.join((*NAMED, MODULES))}, or the name of a result."
        issues.error(space.where, path, str(error).partition(" Every result")[0], known)
        return []
    rule = RULES[column_index(base.tiers)[columns[0]][0]]
    limits = []
    for item in raw if isinstance(raw, list) else [raw]:
        match = _COMPARISON.fullmatch(item.strip()) if isinstance(item, str) and len(item) <= LONGEST_TEXT else None
        if match is None:
            issues.error(space.where, path, f"{quoted(item)} is not a limit.", _example(rule))
            continue
        sign, text = match.groups()
        try:
            comparison = _Comparison(columns, sign, _read_bound(rule, text))
        except ValueProblem as error:
            issues.error(space.where, path, error.message, _example(rule))
            continue
        limits.append(SearchLimit(short(f"{name} {sign} {text}"), rule.meaning, (rule.name,), comparison, columns))
    return limits


def _read_bound(rule: Rule, text: str) -> float:
    """Return what a result is compared with: a number, the code of a word, 1 for true or 0 for false."""
    if rule.kind is ResultKind.NUMBER:
        return _read_number(text, rule.unit)
    words = ("false", "true") if rule.choice is None else rule.choice.words
    code = rule.choice.code(text) if rule.choice else {"false": 0, "true": 1}.get(text.strip().lower())
    if code is None:
        raise ValueProblem(f"{quoted(text)} is none of {', '.join(words)}.", _example(rule))
    return float(code)


def _example(rule: Rule) -> str:
    if rule.kind is ResultKind.NUMBER:
        return 'Write "<= 12", ">= 2" or "== 3".'
    return 'Write "== true".' if rule.choice is None else f'Write "== {rule.choice.words[0]}".'


def _read_modules(raw: object, where: str, issues: Issues) -> Modules | None:
    sizes: Sequence[Any] = raw.get("sizes", ()) if isinstance(raw, Mapping) else ()
    sizes = sizes if isinstance(sizes, list | tuple) else [sizes]
    slots = parse_number(raw.get("slots")) if isinstance(raw, Mapping) else None
    try:
        numbers = tuple(_read_number(size, "GB") for size in sizes)
    except ValueProblem:
        numbers = ()
    if not slots or not numbers or min(numbers) <= 0:
        hint = "Write memory_modules = { sizes = [8, 16, 32], slots = 24 }."
        issues.error(where, f"limits.{MODULES}", f"{quoted(raw)} is not a description of memory modules.", hint)
        return None
    return Modules(numbers, slots)
