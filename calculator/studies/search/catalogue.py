"""Catalogues of a search: CSV files of disks, processors and servers, a row each, with your own prices."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from calculator.inputs.parsing import LONGEST_TEXT, ValueProblem, read_value
from calculator.inputs.profile import Profile, name_of
from calculator.inputs.schema import Field, Value
from calculator.inputs.units import UnitError, factor
from calculator.issues import InputError, Issues, quoted, short
from calculator.rules.registry import RULES
from calculator.studies.search.space import MOST_VALUES, Dimension, paths_of

DISKS, PROCESSORS, SERVERS = "disks", "processors", "servers"
NAME, PRICE, RACK_UNITS, SLOTS, MODULES = "name", "price", "rack_units", "memory_slots", "memory_modules"
FACTS: Mapping[str, tuple[str, ...]] = {
    DISKS: (PRICE,),
    PROCESSORS: (PRICE,),
    SERVERS: (PRICE, RACK_UNITS, SLOTS, MODULES),
}
"""What a catalogue may say of its rows besides inputs; one of another name only sets inputs together."""
NOTE = "note."
MOST_COLUMNS, MOST_MODULES, LARGEST_FACT = 200, 16, 1e12
_HEADER = re.compile(r"([^\[\]]+?)(?:\s*\[([^\[\]]*)\])?")
_NAME = re.compile("[a-z][a-z0-9_]{0,39}")
TAKEN = ("rank", "cost", "status")
"""Columns of the tables of a search that no catalogue may be named like."""
_SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True)
class _Column:
    """A column that sets inputs: where, and in which unit its numbers are."""

    header: str
    paths: tuple[str, ...]
    field: Field
    unit: str


def read_catalogues(
    table: Mapping[str, Any], base: Profile, where: str, fetch: Callable[[str], str], issues: Issues
) -> list[Dimension]:
    """Dimensions of the catalogues of a space; what cannot be used becomes issues."""
    dimensions = []
    for name, given in table.items():
        if _NAME.fullmatch(str(name)) is None or name in RULES or name in TAKEN:
            hint = "Name it in small letters, by none of the results."
            issues.error(where, f"catalogue.{short(str(name))}", "is no name of a catalogue.", hint)
            continue
        rows = _rows(str(name), given, where, fetch, issues)
        if rows is not None:
            dimension = _Catalogue(str(name), base, rows[0], issues).read(rows[1])
            dimensions += [dimension] if dimension is not None else []
    return dimensions


def _rows(
    name: str, given: object, where: str, fetch: Callable[[str], str], issues: Issues
) -> tuple[str, list[dict[str, Any]]] | None:
    """What messages call a catalogue, and its rows: of a file, or as they stand in the space."""
    if isinstance(given, str):
        try:
            return name_of(given), _parsed(fetch(given), name_of(given), issues)
        except InputError as error:
            issues.extend(error.issues)
            return None
    if isinstance(given, Sequence) and given and all(isinstance(row, Mapping) for row in given):
        names = dict.fromkeys(str(key) for row in given for key in row)
        return f"{where} {name}", [{key: row.get(key, "") for key in names} for row in given]
    issues.error(where, f"catalogue.{short(name)}", "is neither a file nor a list of rows.", "Name a CSV file.")
    return None


def _parsed(text: str, where: str, issues: Issues) -> list[dict[str, Any]]:
    """Rows of a CSV text as mappings; a row of another width becomes an issue."""
    head = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error as error:
        issues.error(where, "", f"is not a CSV file: {short(str(error))}.", "Is it the right file?")
        return []
    while lines and not any(lines[-1]):
        lines.pop()
    names = [name.strip() for name in lines[0]] if lines else []
    if len(lines) < 2:
        issues.error(where, "", "has no rows.", "Give a header and a row for each choice.")
    for place, name in enumerate(names):
        if name in names[:place]:
            issues.error(f"{where} header", short(name), "stands twice.", "Keep one of the columns.")
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(names):
            message = f"has {len(line)} cells, the header has {len(names)}."
            issues.error(f"{where} row {number}", "", message, "Put cells that hold the separator in quotes.")
    return [dict(zip(names, line, strict=True)) for line in lines[1:] if len(line) == len(names)]


class _Catalogue:
    """Reads the rows of one catalogue."""

    def __init__(self, name: str, base: Profile, where: str, issues: Issues) -> None:
        self._name, self._base, self._where, self._issues = name, base, where, issues

    def read(self, rows: list[dict[str, Any]]) -> Dimension | None:
        """The catalogue as a dimension; None where something in it cannot be used."""
        before = self._issues.errors
        if len(rows) > MOST_VALUES or (rows and len(rows[0]) > MOST_COLUMNS):
            message = f"has {len(rows):,} rows and {len(rows[0]):,} columns."
            self._issues.error(self._where, "", message, f"Give at most {MOST_VALUES:,} and {MOST_COLUMNS}.")
            return None
        known = FACTS.get(self._name, ())
        names = list(rows[0]) if rows else []
        columns = [column for name in names if (column := self._column(name, known)) is not None]
        if rows and not columns and PRICE not in names:
            hint = "Give a column for each input that a row sets, named by its path."
            self._issues.error(f"{self._where} header", "", "names no input.", hint)
        read = [(column.paths, self._values(column, rows)) for column in columns]
        values = {path: of for paths, of in read for path in paths}
        facts = {name: self._fact(name, rows) for name in names if name in known}
        labels = tuple(self._label(row, number) for number, row in enumerate(rows, 2))
        if self._issues.errors > before or not rows:
            return None
        return Dimension(self._name, values, labels, facts)

    def _column(self, header: str, known: Sequence[str]) -> _Column | None:
        if header in known or header == NAME or header.startswith(NOTE):
            return None
        where = f"{self._where} header"
        match = _HEADER.fullmatch(header[:LONGEST_TEXT])
        path, unit = (match[1].strip(), (match[2] or "").strip()) if match else (header, "")
        if header in (PRICE, RACK_UNITS, SLOTS, MODULES):
            owners = [name for name, facts in FACTS.items() if header in facts]
            message = f"is not known of a catalogue named {short(self._name)}."
            self._issues.error(where, header, message, f"It belongs to {', '.join(owners)}.")
            return None
        try:
            paths = paths_of(path, self._base)
            if unit:
                factor(unit, paths[0][1].unit)
        except ValueProblem as error:
            self._issues.error(where, short(header) or '""', error.message, error.hint)
        except UnitError as error:
            self._issues.error(where, short(header), f"{error}.", "Put a unit of the input in brackets.")
        else:
            return _Column(header, tuple(full for full, _ in paths), paths[0][1], unit)
        return None

    def _values(self, column: _Column, rows: list[dict[str, Any]]) -> tuple[Value, ...]:
        values: list[Value] = []
        for number, row in enumerate(rows, 2):
            raw = row[column.header]
            try:
                if raw == "":
                    raise ValueProblem("The cell is empty.", f"Give {column.field.limits()}.")
                values.append(read_value(column.field, raw, column.unit))
            except ValueProblem as error:
                self._issues.error(f"{self._where} row {number}", short(column.header), error.message, error.hint)
        return tuple(values)

    def _fact(self, name: str, rows: list[dict[str, Any]]) -> Any:
        if name == MODULES:
            return padded([self._sizes(row[name], number) for number, row in enumerate(rows, 2)])
        return np.array([self._number(name, row[name], number) for number, row in enumerate(rows, 2)])

    def _number(self, name: str, raw: object, number: int) -> float:
        value = plain_number(raw)
        if value is None:
            message, hint = f"{quoted(raw)} is not a number.", "Give a number, 0 or more, with a point for decimals."
            if raw == "":
                message = "The cell is empty."
            self._issues.error(f"{self._where} row {number}", name, message, hint)
        return math.nan if value is None else value

    def _sizes(self, raw: object, number: int) -> tuple[float, ...]:
        """Sizes of memory modules in a cell, such as ``8 16 32``."""
        items = raw if isinstance(raw, list | tuple) else str(raw)[:LONGEST_TEXT].replace("/", " ").split()
        sizes = [plain_number(item) for item in items]
        if not sizes or len(sizes) > MOST_MODULES or not all(sizes):
            hint = f'Give up to {MOST_MODULES} sizes in GB, such as "8 16 32".'
            self._issues.error(f"{self._where} row {number}", MODULES, f"{quoted(raw)} are no sizes of modules.", hint)
        return tuple(size or math.nan for size in sizes[:MOST_MODULES])

    def _label(self, row: Mapping[str, Any], number: int) -> str:
        return short(str(row.get(NAME) or f"row {number}"))


def plain_number(raw: object) -> float | None:
    """A number from 0 on, as a cell or TOML has it; None where it is none."""
    if isinstance(raw, str):
        try:
            raw = float(raw) if len(raw) <= LONGEST_TEXT else None
        except ValueError:
            return None
    usable = isinstance(raw, int | float) and not isinstance(raw, bool) and 0 <= raw <= LARGEST_FACT
    return float(raw) if usable else None  # type: ignore[arg-type]


def padded(rows: Sequence[Sequence[float]]) -> Any:
    """Sizes of modules, shape ``(sizes, rows)``, NaN where a row has fewer than others."""
    most = max((len(row) for row in rows), default=0)
    return np.array([[*row, *[math.nan] * (most - len(row))] for row in rows]).T
