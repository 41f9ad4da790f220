"""Read catalogues of hardware: tables of disks, processors and servers with your own prices, one row per choice."""

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
from calculator.numerics.arrays import Floats
from calculator.rules.registry import RULES
from calculator.studies.search.space import Dimension
from calculator.studies.search.values import MAX_VALUES, find_inputs, parse_number

DISKS, PROCESSORS, SERVERS = "disks", "processors", "servers"
NAME, PRICE, RACK_UNITS, SLOTS, MODULES = "name", "price", "rack_units", "memory_slots", "memory_modules"
FACTS: Mapping[str, tuple[str, ...]] = {
    DISKS: (PRICE,),
    PROCESSORS: (PRICE,),
    SERVERS: (PRICE, RACK_UNITS, SLOTS, MODULES),
}
"""Columns, other than inputs, that a catalogue of each name may have; catalogues with other names only set inputs."""
NOTE = "note."
MAX_COLUMNS, MAX_MODULES = 200, 16
RESERVED = ("rank", "cost", "status")
"""Names of columns in the tables of a search, which are not allowed as names of catalogues."""
_HEADER = re.compile(r"([^\[\]]+?)(?:\s*\[([^\[\]]*)\])?")
_NAME = re.compile("[a-z][a-z0-9_]{0,39}")
_SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True)
class _Column:
    """Column of a catalogue that sets inputs, with the unit of its numbers."""

    header: str
    paths: tuple[str, ...]
    field: Field
    unit: str


def read_catalogues(
    table: Mapping[str, Any], base: Profile, where: str, fetch: Callable[[str], str], issues: Issues
) -> list[Dimension]:
    """Read the catalogues of a space, one dimension per catalogue, and add what cannot be used to the issues.

    Parameters
    ----------
    table
        Catalogues by name: the name of a CSV file or a list of rows.
    base
        The design that varies.
    where
        Name of the space in messages.
    fetch
        Function that returns the text of a CSV file by its name.
    issues
        Receives what cannot be used.
    """
    dimensions = []
    for name, source in table.items():
        if _NAME.fullmatch(str(name)) is None or name in RULES or name in RESERVED:
            hint = "Use small letters, and not the name of a result."
            issues.error(where, f"catalogue.{short(str(name))}", "is not a valid name of a catalogue.", hint)
            continue
        rows = _read_rows(str(name), source, where, fetch, issues)
        if rows is not None:
            dimension = _CatalogueReader(str(name), base, rows[0], issues).read(rows[1])
            dimensions += [dimension] if dimension is not None else []
    return dimensions


def _read_rows(
    name: str, source: object, where: str, fetch: Callable[[str], str], issues: Issues
) -> tuple[str, list[dict[str, Any]]] | None:
    """Return the name of a catalogue in messages and its rows; None if there are none."""
    if isinstance(source, str):
        try:
            return name_of(source), _parse_csv(fetch(source), name_of(source), issues)
        except InputError as error:
            issues.extend(error.issues)
            return None
    if isinstance(source, Sequence) and source and all(isinstance(row, Mapping) for row in source):
        names = dict.fromkeys(str(key) for row in source for key in row)
        return f"{where} {name}", [{key: row.get(key, "") for key in names} for row in source]
    issues.error(where, f"catalogue.{short(name)}", "is neither a file nor a list of rows.", "Name a CSV file.")
    return None


def _parse_csv(text: str, where: str, issues: Issues) -> list[dict[str, Any]]:
    """Return the rows of a CSV text as mappings; a row with a different number of cells becomes an issue."""
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
            issues.error(f"{where} header", short(name), "appears twice.", "Keep one of the columns.")
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(names):
            message = f"has {len(line)} cells, but the header has {len(names)}."
            issues.error(f"{where} row {number}", "", message, "Put cells that hold the separator in quotes.")
    return [dict(zip(names, line, strict=True)) for line in lines[1:] if len(line) == len(names)]


class _CatalogueReader:
    """Reader of the rows of one catalogue."""

    def __init__(self, name: str, base: Profile, where: str, issues: Issues) -> None:
        self._name, self._base, self._where, self._issues = name, base, where, issues

    def read(self, rows: list[dict[str, Any]]) -> Dimension | None:
        """Return the catalogue as a dimension; None if anything in it cannot be used."""
        before = self._issues.errors
        if len(rows) > MAX_VALUES or (rows and len(rows[0]) > MAX_COLUMNS):
            message = f"has {len(rows):,} rows and {len(rows[0]):,} columns."
            self._issues.error(self._where, "", message, f"Give at most {MAX_VALUES:,} and {MAX_COLUMNS}.")
            return None
        fact_names = FACTS.get(self._name, ())
        names = list(rows[0]) if rows else []
        columns = [column for name in names if (column := self._read_header(name, fact_names)) is not None]
        if rows and not columns and PRICE not in names:
            hint = "Give a column for each input that a row sets, named by its path."
            self._issues.error(f"{self._where} header", "", "names no input.", hint)
        values_by_column = [(column.paths, self._read_column(column, rows)) for column in columns]
        values = {path: values for paths, values in values_by_column for path in paths}
        facts = {name: self._read_fact(name, rows) for name in names if name in fact_names}
        labels = tuple(short(str(row.get(NAME) or f"row {number}")) for number, row in enumerate(rows, 2))
        if self._issues.errors > before or not rows:
            return None
        return Dimension(self._name, values, labels, facts)

    def _read_header(self, header: str, fact_names: Sequence[str]) -> _Column | None:
        """Return the column of a header ``path [unit]``; None if it sets no input."""
        if header in fact_names or header == NAME or header.startswith(NOTE):
            return None
        where = f"{self._where} header"
        match = _HEADER.fullmatch(header[:LONGEST_TEXT])
        path, unit = (match[1].strip(), (match[2] or "").strip()) if match else (header, "")
        if header in (PRICE, RACK_UNITS, SLOTS, MODULES):
            owners = [name for name, facts in FACTS.items() if header in facts]
            message = f"is not a column of a catalogue named {short(self._name)}."
            self._issues.error(where, header, message, f"It belongs to {', '.join(owners)}.")
            return None
        try:
            paths = find_inputs(path, self._base)
            if unit:
                factor(unit, paths[0][1].unit)
        except ValueProblem as error:
            self._issues.error(where, short(header) or '""', error.message, error.hint)
        except UnitError as error:
            self._issues.error(where, short(header), str(error), "Put a unit of the input in brackets.")
        else:
            return _Column(header, tuple(full for full, _ in paths), paths[0][1], unit)
        return None

    def _read_column(self, column: _Column, rows: list[dict[str, Any]]) -> tuple[Value, ...]:
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

    def _read_fact(self, name: str, rows: list[dict[str, Any]]) -> Floats:
        if name == MODULES:
            return pad_sizes([self._read_sizes(row[name], number) for number, row in enumerate(rows, 2)])
        return np.array([self._read_number(name, row[name], number) for number, row in enumerate(rows, 2)])

    def _read_number(self, name: str, raw: object, number: int) -> float:
        value = parse_number(raw)
        if value is None:
            message, hint = f"{quoted(raw)} is not a number.", "Give a number, 0 or more, with a point for decimals."
            if raw == "":
                message = "The cell is empty."
            self._issues.error(f"{self._where} row {number}", name, message, hint)
        return math.nan if value is None else value

    def _read_sizes(self, raw: object, number: int) -> tuple[float, ...]:
        """Return the sizes in GB of the memory modules in a cell such as ``8 16 32``."""
        items = raw if isinstance(raw, list | tuple) else str(raw)[:LONGEST_TEXT].replace("/", " ").split()
        sizes = [parse_number(item) for item in items]
        if not sizes or len(sizes) > MAX_MODULES or not all(sizes):
            hint = f'Give up to {MAX_MODULES} sizes in GB, such as "8 16 32".'
            self._issues.error(
                f"{self._where} row {number}", MODULES, f"{quoted(raw)} is not a list of module sizes.", hint
            )
        return tuple(size or math.nan for size in sizes[:MAX_MODULES])


def pad_sizes(rows: Sequence[Sequence[float]]) -> Floats:
    """Return sizes of memory modules as an array of shape ``(sizes, rows)``, padded with NaN."""
    longest = max((len(row) for row in rows), default=0)
    return np.array([[*row, *[math.nan] * (longest - len(row))] for row in rows]).T
