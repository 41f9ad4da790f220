"""Read the header of a table of designs, and format results and issues as cells of CSV.

A column header names an input, ``path`` or ``path [unit]``; an empty cell takes the value of the base profile.
``id`` and ``note.*`` columns pass through, and so do columns that are not inputs unless they are refused.  A row that
cannot be used keeps its place and has the status ``error``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from calculator.engine.columns import canonical_column
from calculator.engine.findings import SEPARATOR
from calculator.engine.profile_issues import profile_issues
from calculator.engine.results import Results, column_index
from calculator.inputs import schema
from calculator.inputs.parsing import SECTIONS, ValueProblem, nearest_path, read_value, unit_in_words, unknown_hint
from calculator.inputs.profile import Profile
from calculator.inputs.schema import Field, Kind
from calculator.inputs.units import UnitError, factor
from calculator.issues import NOTICE, WARNING, InputError, Issues, quoted
from calculator.numerics.arrays import Array
from calculator.presentation.text import exact_number
from calculator.rules.registry import RULES, ResultKind

LONGEST_CELL = 4096
"""Largest number of characters in a cell."""
_CACHE_SIZE = 100_000
"""Number of distinct cells per column whose values are cached."""
_THOUSANDS = re.compile(r"-?\d{1,3}(\.\d{3})+")
"""Pattern of a number whose point may separate thousands if a comma is the decimal sign."""


@dataclass
class InputColumn:
    """Column of the table that gives an input.

    Attributes
    ----------
    header
        Text of the header.
    field, place, path
        The input: its field, its place on the axis of the field, and its path.
    unit
        Unit of plain numbers; empty for the unit of the field.
    decimal_comma
        Whether a comma separates decimals.
    cache
        Values of cells that have been read.
    """

    header: str
    field: Field
    place: int
    path: str
    unit: str = ""
    decimal_comma: bool = False
    cache: dict[tuple[type, object], Any] = dataclasses.field(default_factory=dict)

    def __getstate__(self) -> dict[str, Any]:
        """Return the state for another process, without the cache."""
        return {**self.__dict__, "cache": {}}

    def read(self, raws: Sequence[object], base: Any) -> tuple[Array, dict[int, ValueProblem]]:
        """Return the canonical values of cells, and the problems of unusable cells.

        Each distinct cell is read once.

        Parameters
        ----------
        raws
            Values of the cells: texts, numbers, flags, None or anything else.
        base
            The value of an empty cell.
        """
        problems: dict[int, ValueProblem] = {}
        values = []
        for row, raw in enumerate(raws):
            value = self._value(raw)
            if isinstance(value, ValueProblem):
                problems[row] = value
                value = base
            values.append(base if value is _EMPTY else value)
        return canonical_column(self.field, values), problems

    def _value(self, raw: object) -> Any:
        if not isinstance(raw, str | int | float) or (isinstance(raw, str) and len(raw) > LONGEST_CELL):
            return self._read(raw)
        key = (type(raw), raw)
        if key in self.cache:
            return self.cache[key]
        value = self._read(raw)
        if len(self.cache) < _CACHE_SIZE:
            self.cache[key] = value
        return value

    def _read(self, raw: object) -> Any:
        if raw is None or (isinstance(raw, float) and np.isnan(raw)):
            return _EMPTY
        if isinstance(raw, str):
            raw = raw.strip()
            if not raw:
                return _EMPTY
            if len(raw) > LONGEST_CELL:
                return ValueProblem(f"{quoted(raw)} is too long for a cell.", "Shorten it.")
            if self.decimal_comma and self.field.kind not in (Kind.TEXT, Kind.CHOICE):
                if _THOUSANDS.fullmatch(raw):
                    return ValueProblem(
                        f"{quoted(raw)} is ambiguous: does the point separate thousands or decimals?",
                        "Write the number without separators of thousands.",
                    )
                raw = raw.replace(",", ".")
        try:
            return read_value(self.field, raw, self.unit)
        except ValueProblem as error:
            return error


_EMPTY = object()


@dataclass(frozen=True)
class Header:
    """The columns of a table.

    Attributes
    ----------
    names
        Headers of all columns.
    inputs
        Columns that give inputs, by place.
    id_place
        Place of the column ``id``, None without one.
    notes
        Places of the ``note.*`` columns.
    unknown
        Places of the columns that are not inputs and pass through.
    """

    names: tuple[str, ...]
    inputs: dict[int, InputColumn]
    id_place: int | None
    notes: tuple[int, ...]
    unknown: tuple[int, ...] = ()

    @property
    def tiers(self) -> int:
        """Highest number of a tier that a column names, at least 1."""
        numbers = [column.place + 1 for column in self.inputs.values() if column.field.axis is schema.TIER]
        return max(numbers, default=1)


def read_header(names: Sequence[str], where: str, decimal_comma: bool = False, *, strict: bool = True) -> Header:
    """Read the headers of a table.

    Parameters
    ----------
    names
        The headers.
    where
        Name of the header in messages.
    decimal_comma
        Whether a comma separates decimals in its cells.
    strict
        Whether columns that are not inputs are refused; by default they are.  They always are if no column is an input,
        because then the first row is not a header.

    Raises
    ------
    InputError
        If a header is refused or occurs twice; the error lists all of them.
    """
    inputs = _known_inputs(names)
    strict = strict or not inputs
    issues, columns = Issues(), dict[int, InputColumn]()
    seen: set[str] = set()
    id_place, notes, unknown = None, [], []
    for place, name in enumerate(names):
        path, unit = _split_header(name)
        if path.startswith("error."):
            continue
        key = path if place in inputs or path == "id" or path.startswith("note.") else name.strip()
        if key in seen:
            issues.error(where, quoted(key), "appears twice in the header.", "Keep one of the columns.")
            continue
        seen.add(key)
        if path == "id":
            id_place = place
        elif path.startswith("note."):
            notes.append(place)
        elif place in inputs or strict or not path:
            column = _input_column(name, path, unit, f"{where} column {place + 1}", issues)
            if column is not None:
                column.decimal_comma = decimal_comma
                columns[place] = column
        else:
            unknown.append(place)
    if issues.errors:
        raise InputError(issues)
    return Header(tuple(names), columns, id_place, tuple(notes), tuple(unknown))


def _known_inputs(names: Sequence[str]) -> set[int]:
    """Return the places of the headers that name inputs."""
    return {place for place, name in enumerate(names) if schema.find(_split_header(name)[0]) is not None}


def base_issues(base: Profile, header: Header) -> Issues:
    """Return the issues of a base profile, in which the tiers that columns are about have mailboxes."""
    parts = (column.path.split(".") for column in header.inputs.values())
    tiers = {place[0] for section, *place in parts if section == "tiers"}
    return profile_issues(base.with_values({f"tiers.{number}.mailboxes": 1.0 for number in tiers}))


def report_unknown(header: Header, replaced: Collection[str], where: str, issues: Issues) -> None:
    """Add issues about the columns that are not inputs.

    The issue is a warning for a column that begins like an input: it may be a misspelt input whose cells were not used.

    Parameters
    ----------
    header
        The columns of the table.
    replaced
        Names that columns of the results also have, so that the cells of the table are left out.
    where
        Name of the header in messages.
    issues
        Receives the issues.
    """
    for place in header.unknown:
        name = header.names[place].strip()
        at = f"{where} column {place + 1}"
        if name in replaced:
            message = "is also a column of the results, so the column of the file is left out."
            issues.add(NOTICE, at, quoted(name), message, "Rename it to keep them.")
        elif (path := _split_header(name)[0]).partition(".")[0] in SECTIONS:
            message = "is not an input: the column is not used, and is copied to the results."
            issues.add(WARNING, at, quoted(name), message, partial(unknown_hint, path))
        else:
            near = nearest_path(path)
            hint = f'Did you mean "{near}"?' if near else ""
            issues.add(NOTICE, at, quoted(name), "is not an input, so the column is copied to the results.", hint)


def _split_header(name: str) -> tuple[str, str]:
    """Split a header ``path [unit]`` into path and unit."""
    path, bracket, unit = name.strip().partition("[")
    if bracket and unit.endswith("]"):
        return path.strip(), unit[:-1].strip()
    return name.strip(), ""


def _input_column(name: str, path: str, unit: str, where: str, issues: Issues) -> InputColumn | None:
    found = schema.find(path)
    if found is None:
        issues.error(where, quoted(path), *_no_input(path))
        return None
    field, place = found
    if unit and field.kind in (Kind.BOOL, Kind.CHOICE, Kind.TEXT):
        issues.error(
            where, path, f"The column has the unit {quoted(unit)}, but its input is not a number.", "Remove the unit."
        )
        return None
    if unit:
        try:
            factor(unit, field.unit)
        except UnitError as error:
            issues.error(where, path, str(error), f"Plain numbers are in {unit_in_words(field)}.")
            return None
    return InputColumn(name, field, place, path, unit)


def _no_input(path: str) -> tuple[str, str | Callable[[], str]]:
    """Return the message and the hint for a header that names no input."""
    if not path:
        return "The column has no name.", "Name it, or remove it."
    if ";" in path or "\t" in path:
        return "is not an input.", "Separate the columns by commas."
    return "is not an input.", partial(unknown_hint, path)


def issues_text(issues: Issues) -> str:
    """Format the issues of a row as one cell: ``severity: field: message``, joined by a bar."""
    parts = [f"{issue.severity}: {issue.field}: {issue.message}" for issue in issues]
    return SEPARATOR.join([*parts, issues.rest] if issues.rest else parts)


def column_texts(results: Results, column: str, rows: int) -> list[str]:
    """Format a result column as cells: numbers round-trip, and a cell is empty if the result does not apply."""
    name, place = column_index(results.tiers)[column]
    values = np.broadcast_to(results.figures[name][place], rows).tolist()
    rule = RULES[name]
    if rule.kind is ResultKind.NUMBER:
        return [exact_number(value) for value in values]
    if rule.kind is ResultKind.FLAG:
        words = {1: "true", 0: "false", -1: ""}  # True and False are 1 and 0
        return [words[value] for value in values]
    assert rule.choice is not None
    choices = (*rule.choice.words, "")  # -1 is the last
    return [choices[value] for value in values]


def _number(value: float) -> str:
    if value != value:
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
