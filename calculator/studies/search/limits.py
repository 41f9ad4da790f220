"""Limits of a search: what a design has to keep, and by how much it does not.

A figure that does not apply to a design breaks no limit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from calculator.engine.results import UnknownResult, column_index, result_columns
from calculator.inputs import units
from calculator.inputs.parsing import LONGEST_TEXT
from calculator.inputs.profile import Profile
from calculator.issues import ERROR, Issues, quoted, short
from calculator.rules.registry import CHECKS, RULES, Result, Rule
from calculator.studies.search import figures
from calculator.studies.search.catalogue import MODULES, RACK_UNITS, SLOTS, padded, plain_number
from calculator.studies.search.figures import Floats, Sized
from calculator.studies.search.space import Space, flat

INVALID = "design_invalid"
_COMPARISON = re.compile(r"(<=|>=|==)\s*(.+)")
_SAME = 1e-9


@dataclass(frozen=True)
class Limit:
    """Something a design has to keep.

    Attributes
    ----------
    name
        As the tables show it.
    meaning
        What it asks for.
    needs
        Rules and checks it looks at.
    excess
        By how much designs break it, relative to the limit; 0 where they keep it.
    columns
        Result columns it looks at, which are shown of a design.
    """

    name: str
    meaning: str
    needs: tuple[str, ...]
    excess: Callable[[Sized], Floats]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Check:
    """What a check of severity error says, over all its places."""

    name: str

    def __call__(self, sized: Sized) -> Floats:
        violated = sized.rule(self.name)
        return violated.reshape(-1, violated.shape[-1]).any(axis=0).astype(np.float64)


@dataclass(frozen=True)
class _Otherwise:
    """An invalid design that no check of severity error explains."""

    names: tuple[str, ...]

    def __call__(self, sized: Sized) -> Floats:
        invalid: Any = sized.rule(INVALID)
        for name in self.names:
            invalid = invalid & (_Check(name)(sized) == 0)
        return np.asarray(invalid, dtype=np.float64)


@dataclass(frozen=True)
class _Compared:
    """Result columns held against a number; the worst of them counts."""

    columns: tuple[str, ...]
    sign: str
    bound: float

    def __call__(self, sized: Sized) -> Floats:
        worst: Any = 0.0
        for column in self.columns:
            worst = np.fmax(worst, _excess(sized.column(column), self.sign, self.bound))
        return np.asarray(worst)


def _excess(values: Floats, sign: str, bound: float) -> Floats:
    """Relative distance beyond a bound, 0 within it and where there is no value."""
    beyond = {"<=": values - bound, ">=": bound - values, "==": np.abs(values - bound)}[sign]
    if sign == "==":
        beyond = np.where(beyond <= _SAME * abs(bound), 0.0, beyond)
    return np.nan_to_num(np.maximum(beyond, 0.0) / max(abs(bound), 1.0))


@dataclass(frozen=True)
class _Failures:
    bound: float

    def __call__(self, sized: Sized) -> Floats:
        return _excess(figures.servers_that_may_fail(sized), ">=", self.bound)


@dataclass(frozen=True)
class _RackUnits:
    bound: float

    def __call__(self, sized: Sized) -> Floats:
        units_each = sum(of for _, of in sized.facts(RACK_UNITS))
        return _excess(np.asarray(units_each * figures.servers(sized)), "<=", self.bound)


@dataclass(frozen=True)
class Modules:
    """Memory that fits the slots of a server in modules of one size.

    Attributes
    ----------
    sizes, slots
        Of every server; empty for those of the catalogue.
    """

    sizes: tuple[float, ...] = ()
    slots: float = 0.0

    def bought(self, sized: Sized) -> Callable[[Floats], Floats]:
        """How memory is bought for what is recommended; by the GB where no modules are given."""
        sizes, slots = padded([self.sizes]), np.array([self.slots])
        if not self.sizes:
            known = sized.facts(MODULES), sized.facts(SLOTS)
            if not all(known):
                return lambda memory: memory
            sizes, slots = known[0][0][1], known[1][0][1]
        return lambda memory: figures.modules_bought(memory, sizes, slots)

    def __call__(self, sized: Sized) -> Floats:
        """1 for designs with a server whose slots do not hold the memory recommended, else 0."""
        bought, worst = self.bought(sized), np.zeros(1)
        for role in figures.ROLES:
            worst = np.maximum(worst, np.isinf(bought(sized.column(f"summary_memory.{role}"))))
        return worst


def checks() -> list[Limit]:
    """What makes a design invalid, as `calculator.size` has it: the checks of severity error, and the rest."""
    errors = tuple(name for name, check in CHECKS.items() if check.severity == ERROR)
    limits = [
        Limit(name.removeprefix("check_"), _first_line(CHECKS[name].function), (name,), _Check(name)) for name in errors
    ]
    rest = Limit(INVALID, "The design passes the calculator's checks.", (INVALID, *errors), _Otherwise(errors))
    return [*limits, rest]


def _first_line(function: Callable[..., Any]) -> str:
    return (function.__doc__ or "").strip().partition("\n")[0]


@dataclass(frozen=True)
class _Named:
    """A limit with a name of its own: what it is of, and how."""

    sign: str
    unit: str
    rule: str = ""


NAMED: Mapping[str, _Named] = {
    "cpu": _Named("<=", "1", "worst_cpu_utilization"),
    "memory": _Named("<=", "GB", "summary_memory"),
    "database_size": _Named("<=", "GB", "volume_database_size_with_overhead"),
    "reseed_hours": _Named("<=", "hour", "reseed_hours"),
    "drive_bays": _Named("<=", "bays", "server_drive_bays"),
    "rack_units": _Named("<=", "units"),
    "failures": _Named(">=", "servers"),
}
"""Limits that need no result's name."""


def read_limits(space: Space, base: Profile, issues: Issues) -> tuple[list[Limit], Modules | None]:
    """Limits of a space, after the checks, and how memory is bought; what cannot be used becomes issues."""
    limits, modules = checks(), None
    for name, raw in flat(space.limits, leaves=(MODULES,)):
        if name == MODULES:
            modules = _modules(raw, space.where, issues)
        elif name in NAMED and not (isinstance(raw, str) and _COMPARISON.match(raw)):
            limits += _named(name, raw, space, base, issues)
        else:
            limits += _comparisons(name, raw, space, base, issues)
    if space.fact(MODULES) != space.fact(SLOTS):
        message = f"A catalogue gives {MODULES} or {SLOTS} alone."
        issues.error(space.where, "catalogue", message, "Give both: sizes of modules, and slots for them.")
    if modules is None and space.fact(MODULES) and space.fact(SLOTS):
        modules = Modules()
    if modules is not None:
        meaning = "The memory recommended fits the slots of a server in modules of one size."
        limits.append(Limit(MODULES, meaning, ("summary_memory",), modules))
    return limits, modules


def _named(name: str, raw: object, space: Space, base: Profile, issues: Issues) -> list[Limit]:
    named, path = NAMED[name], f"limits.{name}"
    bound = _bound(raw, named.unit)
    if isinstance(bound, str):
        issues.error(space.where, path, bound, f"Give a number{_in(named.unit)}.")
        return []
    shown = f"{name} {named.sign} {bound:.6g}"
    if name == "failures":
        meaning = "So many servers of a DAG may fail at once with every database active."
        return [Limit(shown, meaning, figures.FAILURE_NEEDS, _Failures(bound))]
    if name == "rack_units":
        if not space.fact(RACK_UNITS):
            hint = f"Give the catalogue of servers a column {RACK_UNITS}."
            issues.error(space.where, path, "No catalogue says how high a server is.", hint)
        return [Limit(shown, "Rack units of all servers.", ("summary_servers",), _RackUnits(bound))]
    rule = RULES[named.rule]
    columns = tuple(rule.columns(base.tiers))
    return [Limit(shown, rule.meaning, (rule.name,), _Compared(columns, named.sign, bound), columns)]


def _in(unit: str) -> str:
    return f" in {unit}" if unit != "1" else ""


def _bound(raw: object, unit: str) -> float | str:
    """A number in a unit, or what is wrong with it."""
    if isinstance(raw, int | float) and not isinstance(raw, bool) and math.isfinite(raw):
        return float(raw)
    parts = units.split(raw) if isinstance(raw, str) and len(raw) <= LONGEST_TEXT else None
    if parts is None or not math.isfinite(parts[0]):
        return f"{quoted(raw)} is not a number."
    try:
        return float(units.convert(parts[0], parts[1], unit)) if parts[1] else parts[0]
    except units.UnitError as error:
        return f"{quoted(raw)}: {error}."


def _comparisons(name: str, raw: object, space: Space, base: Profile, issues: Issues) -> list[Limit]:
    """Limits ``"NAME" = "<= 12"``, or a list of such."""
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
        bound = _compared(rule, match[2]) if match else f"{quoted(item)} is no limit."
        if match is None or isinstance(bound, str):
            issues.error(space.where, path, str(bound), _example(rule))
            continue
        shown = f"{name} {match[1]} {match[2]}"
        compared = _Compared(columns, match[1], bound)
        limits.append(Limit(short(shown), rule.meaning, (rule.name,), compared, columns))
    return limits


def _compared(rule: Rule, text: str) -> float | str:
    """What a result is held against: a number, the code of a word, 1 or 0; or what is wrong with it."""
    if rule.kind is Result.NUMBER:
        return _bound(text, rule.unit)
    words = ("false", "true") if rule.choice is None else rule.choice.words
    code = rule.choice.code(text) if rule.choice else {"false": 0, "true": 1}.get(text.strip().lower())
    return float(code) if code is not None else f"{quoted(text)} is none of {', '.join(words)}."


def _example(rule: Rule) -> str:
    if rule.kind is Result.NUMBER:
        return 'Write "<= 12", ">= 2" or "== 3".'
    return 'Write "== true".' if rule.choice is None else f'Write "== {rule.choice.words[0]}".'


def _modules(raw: object, where: str, issues: Issues) -> Modules | None:
    sizes: Sequence[Any] = raw.get("sizes", ()) if isinstance(raw, Mapping) else ()
    sizes = sizes if isinstance(sizes, list | tuple) else [sizes]
    slots = plain_number(raw.get("slots")) if isinstance(raw, Mapping) else None
    numbers = [bound for size in sizes if isinstance(bound := _bound(size, "GB"), float) and bound > 0]
    if not slots or not numbers or len(numbers) < len(sizes):
        hint = "Write memory_modules = { sizes = [8, 16, 32], slots = 24 }."
        issues.error(where, f"limits.{MODULES}", f"{quoted(raw)} are no modules.", hint)
        return None
    return Modules(tuple(numbers), slots)
