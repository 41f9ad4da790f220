"""The space of a search: what may vary, as a product of values of inputs and of rows of catalogues.

A space is never laid out as a whole.  It is a list of dimensions; a design is a digit for each.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from calculator.inputs import schema, units
from calculator.inputs.parsing import LONGEST_TEXT, ValueProblem, read_value, unknown_hint
from calculator.inputs.profile import Profile, name_of, read_file, toml_tree
from calculator.inputs.schema import BY_PATH, Field, Kind, Value
from calculator.issues import InputError, Issues, quoted, short

Facts = Mapping[str, npt.NDArray[np.float64]]
Raw = str | os.PathLike[str] | Mapping[str, Any]

INPUTS, CATALOGUE, LIMITS, PRICES = "inputs", "catalogue", "limits", "prices"
SECTIONS = (INPUTS, CATALOGUE, LIMITS, PRICES)
LARGEST_FILE = 1_000_000
"""Bytes of a file of a space or a catalogue."""
MOST_VALUES = 10_000
"""Values of an input, rows of a catalogue."""
MOST_DIMENSIONS = 200
_RANGE = re.compile(r"(?P<low>[^.]*(?:\.[^.]+)?)\.\.(?P<high>.*?)(?:\s+step\s+(?P<step>.+))?")
_NUMBERS = (Kind.INT, Kind.FLOAT, Kind.FRACTION)
_DIGITS = 12
"""Digits to which steps are rounded: 0.1 + 2 x 0.1 is 0.3."""


@dataclass(frozen=True)
class Dimension:
    """What varies together: the values of an input, or the rows of a catalogue.

    Attributes
    ----------
    name
        Path of the input, or name of the catalogue.
    columns
        Values in canonical units by full path of an input, one a row.
    labels
        Names of the rows of a catalogue; empty for an input.
    facts
        What is known of a row besides inputs (``price``, ``rack_units``, ``memory_slots`` of shape
        ``(rows,)``, ``memory_modules`` of shape ``(sizes, rows)``); NaN where it is not given.
    """

    name: str
    columns: Mapping[str, tuple[Value, ...]]
    labels: tuple[str, ...] = ()
    facts: Facts = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.labels) or len(next(iter(self.columns.values())))


@dataclass(frozen=True)
class Space:
    """What may vary, within which limits, at which prices.

    Attributes
    ----------
    dimensions
        In the order of the file; the first is the slowest digit of a design's number.
    limits, prices
        Tables as they were given.
    where
        What messages call it.
    """

    dimensions: tuple[Dimension, ...]
    limits: Mapping[str, Any]
    prices: Mapping[str, Any]
    where: str = "space"

    @property
    def designs(self) -> int:
        """How many designs it has."""
        return math.prod(len(dimension) for dimension in self.dimensions)

    @property
    def paths(self) -> list[str]:
        """Full paths of the inputs that are set."""
        return [path for dimension in self.dimensions for path in dimension.columns]

    @property
    def varies(self) -> tuple[str, ...]:
        """Those of them that take more than one value."""
        return _varying(self.dimensions)

    @property
    def named(self) -> tuple[str, ...]:
        """Those of these that come from a catalogue: the name of its row tells them."""
        return _varying(dimension for dimension in self.dimensions if dimension.labels)

    def values(self, digits: Sequence[int]) -> dict[str, Value]:
        """Inputs of a design by path."""
        return {
            path: values[digit]
            for dimension, digit in zip(self.dimensions, digits, strict=True)
            for path, values in dimension.columns.items()
        }

    def rows(self, digits: Sequence[int]) -> dict[str, str]:
        """Names of the rows of a design by catalogue."""
        pairs = zip(self.dimensions, digits, strict=True)
        return {dimension.name: dimension.labels[digit] for dimension, digit in pairs if dimension.labels}

    def fact(self, name: str) -> bool:
        """Whether a catalogue says something of its rows."""
        return any(name in dimension.facts for dimension in self.dimensions)


def _varying(dimensions: Iterable[Dimension]) -> tuple[str, ...]:
    columns = (column for dimension in dimensions for column in dimension.columns.items())
    return tuple(path for path, values in columns if len(set(values)) > 1)


def read_space(space: Raw, base: Profile, fetch: Callable[[str], str] | None = None) -> Space:
    """Read a space.

    Parameters
    ----------
    space
        A TOML file, or the same as a mapping; a catalogue is the name of a CSV file or a list of rows.
    base
        The design that varies.
    fetch
        Gives the text of a catalogue by the name the space has for it; by default a file beside it.

    Raises
    ------
    InputError
        With everything that cannot be used.
    """
    if isinstance(space, Mapping):
        return parse_space(space, base, "space", fetch or _beside(Path()))
    tree = toml_tree(read_file(space, LARGEST_FILE), name_of(space))
    return parse_space(tree, base, name_of(space), fetch or _beside(Path(space).parent))


def _beside(directory: Path) -> Callable[[str], str]:
    return lambda name: read_file(directory / name, LARGEST_FILE)


def parse_space(tree: Mapping[str, Any], base: Profile, where: str, fetch: Callable[[str], str]) -> Space:
    """Space of tables as TOML has them; `read_space` has the parameters."""
    from calculator.studies.search.catalogue import read_catalogues

    issues = Issues()
    tables = {name: _table(tree, name, where, issues) for name in SECTIONS}
    for name in tree:
        if name not in SECTIONS:
            issues.error(where, short(str(name)), "is no table of a space.", f"There are {', '.join(SECTIONS)}.")
    dimensions = _inputs(tables[INPUTS], base, where, issues)
    dimensions += read_catalogues(tables[CATALOGUE], base, where, fetch, issues)
    _refuse_twice(dimensions, where, issues)
    if not dimensions and not issues:
        issues.error(where, "", "Nothing varies.", "Give [inputs] or [catalogue].")
    if len(dimensions) > MOST_DIMENSIONS:
        message = f"{len(dimensions):,} inputs and catalogues vary, at most {MOST_DIMENSIONS} are searched."
        issues.error(where, "", message, "Leave some as they are.")
    if issues.errors:
        raise InputError(issues)
    return Space(tuple(dimensions), tables[LIMITS], tables[PRICES], where)


def _table(tree: Mapping[str, Any], name: str, where: str, issues: Issues) -> Mapping[str, Any]:
    table = tree.get(name, {})
    if isinstance(table, Mapping):
        return table
    issues.error(where, name, f"{quoted(table)} is not a table.", f"Begin it with [{name}].")
    return {}


def flat(tree: Mapping[str, Any], leaves: Sequence[str] = ()) -> Iterator[tuple[str, Any]]:
    """Dotted names and values of a table, whose names may be quoted or tables within tables."""
    stack = [(str(name), value) for name, value in tree.items()][::-1]
    while stack:
        name, value = stack.pop()
        if isinstance(value, Mapping) and name not in leaves:
            stack.extend([(f"{name}.{key}", item) for key, item in value.items()][::-1])
        else:
            yield name, value


def paths_of(path: str, base: Profile) -> list[tuple[str, Field]]:
    """Full paths meant by a path: itself, or without its datacenter or tier all of them.

    Raises
    ------
    ValueProblem
        If there is no such input, or no figure depends on it.
    """
    found = schema.find(path)
    if found is not None and found[0].axis is schema.TIER and found[1] >= base.tiers:
        raise ValueProblem(
            f"The design has no tier {found[1] + 1}.", "Add the tier to the profile, with its mailboxes."
        )
    listed = BY_PATH.get(path)
    if found is not None:
        paths = [(path, found[0])]
    elif listed is not None and listed.axis is not None and listed.axis.infix:
        paths = [(full, listed) for full in listed.paths(base.tiers)]
    else:
        raise ValueProblem("There is no such input.", unknown_hint(path))
    if not paths[0][1].numeric:
        raise ValueProblem("No figure depends on it.", "Leave it out.")
    return paths


def _inputs(table: Mapping[str, Any], base: Profile, where: str, issues: Issues) -> list[Dimension]:
    dimensions = []
    for path, raw in flat(table):
        try:
            paths = paths_of(path, base)
            values = read_values(paths[0][1], raw)
        except ValueProblem as error:
            issues.error(where, short(path) or '""', error.message, error.hint)
            continue
        dimensions.append(Dimension(path, {full: values for full, _ in paths}))
    return dimensions


def _refuse_twice(dimensions: Sequence[Dimension], where: str, issues: Issues) -> None:
    seen: dict[str, str] = {}
    for dimension in dimensions:
        for path in dimension.columns:
            if path in seen:
                message = f"is set by {seen[path]} and by {dimension.name}."
                issues.error(where, path, message, "Keep one of them.")
            seen[path] = dimension.name


def read_values(declared: Field, raw: object) -> tuple[Value, ...]:
    """Values of an input: a list, a single one, or a range such as ``2..16 step 2``.

    Raises
    ------
    ValueProblem
        With the first value that cannot be used.
    """
    spelled = isinstance(raw, str) and len(raw) <= LONGEST_TEXT and declared.kind in _NUMBERS
    match = _RANGE.fullmatch(str(raw).strip()) if spelled else None
    if match is not None:
        return _range(declared, str(raw), match)
    if not isinstance(raw, list | tuple):
        raw = [raw]
    if not raw:
        raise ValueProblem("has no values.", "Give at least one.")
    if len(raw) > MOST_VALUES:
        raise ValueProblem(f"has {len(raw):,} values.", f"Give at most {MOST_VALUES:,}.")
    values: dict[Value, None] = {}
    for item in raw:
        value = read_value(declared, item)
        if value in values:
            raise ValueProblem(f"{quoted(item)} stands twice.", "Give each value once.")
        values[value] = None
    return tuple(values)


def _range(declared: Field, text: str, match: re.Match[str]) -> tuple[Value, ...]:
    low, high = (float(read_value(declared, match[end].strip()) or 0) for end in ("low", "high"))
    if high < low:
        raise ValueProblem(f"{quoted(text)} ends before it begins.", "Write the smaller number first.")
    if match["step"] is None and declared.options:
        return tuple(float(option) for option in declared.options if low <= option <= high)
    step = _step(declared, text, match["step"])
    count = (high - low) / step
    if count >= MOST_VALUES:
        raise ValueProblem(f"{quoted(text)} has more than {MOST_VALUES:,} values.", "Take a larger step.")
    steps = range(math.floor(count * (1 + 10.0**-_DIGITS)) + 1)
    values = (low + number * step for number in steps)
    return tuple(read_value(declared, float(f"{value:.{_DIGITS}g}")) for value in values)


def _step(declared: Field, text: str, given: str | None) -> float:
    if given is None:
        if declared.kind is Kind.INT:
            return 1.0
        raise ValueProblem(f"{quoted(text)} has no step.", 'Write it like "10..20 step 2".')
    parts = units.split(given)
    try:
        step = units.convert(parts[0], parts[1], declared.unit) if parts and parts[1] else parts and parts[0]
    except units.UnitError as error:
        raise ValueProblem(f"{quoted(text)}: {error}.", 'Write it like "10..20 step 2".') from None
    if not step or step < 0 or not math.isfinite(step):
        raise ValueProblem(f"{quoted(given)} is no step.", "Give a number above 0.")
    return step
