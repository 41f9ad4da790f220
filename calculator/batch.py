"""Many designs from a table: a row a design, read and sized in blocks, none of them lost.

A column header names an input, ``path`` or ``path [unit]``; an empty cell takes the base profile's
value.  ``id`` and ``note.*`` columns pass through.  A row that cannot be used keeps its place, with
status ``error``, and goes to the errors file as it was.
"""

from __future__ import annotations

import csv
import dataclasses
import gzip
import itertools
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from calculator import engine, outcome, schema
from calculator.engine import CHUNK, Results, column_index
from calculator.issues import InputError, Issues, quoted
from calculator.rule import RULES, Result
from calculator.scenario import (
    Profile,
    Unusable,
    canonical_column,
    profile_columns,
    read_value,
    to_inputs,
    unknown_hint,
)
from calculator.schema import Field
from calculator.sizing import ALWAYS, result_columns, rules_of
from calculator.units import UnitError, factor

if TYPE_CHECKING:
    import pyarrow as pa

LEADING = ("id", "status", "issues")
ERROR_COLUMNS = ("error.row", "error.fields", "error.messages")
LONGEST_CELL = 4096
_HEADER = re.compile(r"\s*([^\[\]]*?)\s*(?:\[([^\]]*)\])?\s*")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_KEPT_DISTINCT = 100_000
Progress = Callable[[int], None]


@dataclass
class InputColumn:
    """A column of the table that gives an input."""

    header: str
    field: Field
    place: int
    path: str
    unit: str = ""
    known: dict[object, Any] = dataclasses.field(default_factory=dict)

    def read(self, raws: Sequence[object], base: Any) -> tuple[npt.NDArray[Any], dict[int, Unusable]]:
        """Canonical values of a block of cells, and the cells that cannot be used.

        Each distinct cell is read once.
        """
        problems: dict[int, Unusable] = {}
        values = []
        for row, raw in enumerate(raws):
            value = self._value(raw)
            if isinstance(value, Unusable):
                problems[row] = value
                value = base
            values.append(base if value is _EMPTY else value)
        return canonical_column(self.field, values), problems

    def _value(self, raw: object) -> Any:
        if raw in self.known:
            return self.known[raw]
        value = self._read(raw)
        if len(self.known) < _KEPT_DISTINCT:
            self.known[raw] = value
        return value

    def _read(self, raw: object) -> Any:
        if raw is None or (isinstance(raw, float) and np.isnan(raw)) or raw == "":
            return _EMPTY
        if isinstance(raw, str):
            raw = raw.strip()
            if not raw:
                return _EMPTY
            if len(raw) > LONGEST_CELL:
                return Unusable(f"{quoted(raw)} is too long for a cell.", "Shorten it.")
        try:
            return read_value(self.field, raw, self.unit)
        except Unusable as error:
            return error


_EMPTY = object()


@dataclass(frozen=True)
class Header:
    """What the columns of a table mean, by place."""

    names: tuple[str, ...]
    inputs: dict[int, InputColumn]
    id_place: int | None
    notes: tuple[int, ...]

    @property
    def tiers(self) -> int:
        """Highest tier a column names, at least one."""
        numbers = [c.place + 1 for c in self.inputs.values() if c.field.axis is schema.TIER]
        return max(numbers, default=1)


def read_header(names: Sequence[str], where: str) -> Header:
    """Meaning of a table's columns; InputError lists every one that is unknown or doubled."""
    issues, inputs = Issues(), {}
    seen: set[str] = set()
    id_place, notes = None, []
    for place, name in enumerate(names):
        match = _HEADER.fullmatch(name)
        path, unit = (match[1], match[2] or "") if match else (name, "")
        if path.startswith("error."):
            continue
        if path in seen:
            issues.error(where, quoted(path), "stands twice in the header.", "Keep one of the columns.")
        seen.add(path)
        if path == "id":
            id_place = place
        elif path.startswith("note."):
            notes.append(place)
        else:
            column = _input_column(name, path, unit, where, issues)
            if column is not None:
                inputs[place] = column
    if issues.errors:
        raise InputError(issues)
    return Header(tuple(names), inputs, id_place, tuple(notes))


def _input_column(name: str, path: str, unit: str, where: str, issues: Issues) -> InputColumn | None:
    found = schema.find(path)
    if found is None:
        issues.error(where, quoted(path), "is not an input.", lambda: unknown_hint(path))
        return None
    if unit:
        try:
            factor(unit, found[0].unit)
        except UnitError as error:
            message = f"{error}."
            issues.error(where, path, message[0].upper() + message[1:], f"Plain numbers are in {found[0].unit}.")
            return None
    return InputColumn(name, found[0], found[1], path, unit)


@dataclass(frozen=True)
class Block:
    """Some rows of a table and what became of them."""

    results: Results
    columns: tuple[str, ...]
    status: list[str]
    issues: list[str]
    errors: dict[int, Issues]


def size_block(
    header: Header,
    cells: Mapping[int, Sequence[object]],
    rows: int,
    base: Profile,
    columns: Sequence[str],
    where: Callable[[int], str],
    broken: Mapping[int, str] | None = None,
) -> Block:
    """Size a block of rows.

    Parameters
    ----------
    header
        Meaning of the columns.
    cells
        Cells by place of the column.
    rows
        Number of rows.
    base
        What empty cells and missing columns take.
    columns
        Result columns wanted.
    where
        How a row is named in messages.
    broken
        Rows that are no rows at all (too few cells), and why.
    """
    tiers = max(header.tiers, base.tiers)
    given = profile_columns(base)
    errors: dict[int, Issues] = {}
    for row, why in (broken or {}).items():
        errors.setdefault(row, Issues()).error(where(row), "row", why, "Give a cell for each column.")
    for place, column in header.inputs.items():
        values, problems = column.read(cells[place], base.value(column.path))
        if column.field.numeric:
            given[column.path] = values
        for row, problem in problems.items():
            errors.setdefault(row, Issues()).error(where(row), column.path, problem.message, problem.hint)
    inputs = to_inputs(given, tiers)
    if max(array.shape[-1] for array in inputs.values()) < rows:
        some = next(iter(inputs))
        inputs[some] = np.repeat(inputs[some], rows, axis=-1)
    results = engine.run((*rules_of(columns, tiers), *ALWAYS, *_shown_by_checks()), inputs, tiers)
    found = outcome.issues_by_design(results, {row: where(row) for row in range(rows)})
    status = [outcome.STATUS[rank] for rank in np.broadcast_to(outcome.ranks(results), rows)]
    texts = []
    for row in range(rows):
        issues = errors.get(row) or found.get(row)
        if row in errors:
            status[row] = "error"
        texts.append(issues_text(issues) if issues else "")
    return Block(results, tuple(columns), status, texts, errors)


def _shown_by_checks() -> tuple[str, ...]:
    """Rules whose values the messages of checks show."""
    from calculator.rule import CHECKS

    return tuple(dict.fromkeys(need for check in CHECKS.values() for need in check.needs if need in RULES))


def issues_text(issues: Issues) -> str:
    """Issues of a row in one cell: ``severity: field: message``, joined by a bar."""
    parts = [f"{issue.severity}: {issue.field}: {issue.message}" for issue in issues]
    return " | ".join(parts)


def harmless(text: str) -> str:
    """A text that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def column_texts(results: Results, column: str, rows: int) -> list[str]:
    """Cells of a result column: numbers so that reading them back gives the same, empty for n/a."""
    name, place = column_index(results.tiers)[column]
    values = np.broadcast_to(results.values[name][place], rows).tolist()
    rule = RULES[name]
    if rule.kind is Result.NUMBER:
        return [_number(value) for value in values]
    if rule.kind is Result.FLAG:
        words = {1: "true", 0: "false", -1: ""}  # True and False are 1 and 0
        return [words[value] for value in values]
    assert rule.choice is not None
    named = (*rule.choice.words, "")
    return [named[value] for value in values]


def _number(value: float) -> str:
    if value != value:
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


# --- files ---------------------------------------------------------------------------------------


@contextmanager
def _open_text(path: str, mode: str) -> Iterator[IO[str]]:
    """Open a text file for reading or writing; ``-`` is a standard stream, ``.gz`` compressed."""
    if path == "-":
        yield sys.stdin if mode == "r" else sys.stdout
    elif path.endswith(".gz"):
        with gzip.open(path, mode + "t", encoding="utf-8-sig" if mode == "r" else "utf-8", newline="") as file:
            yield file  # type: ignore[misc]
    else:
        with open(path, mode, encoding="utf-8-sig" if mode == "r" else "utf-8", newline="") as file:
            yield file


@contextmanager
def _written(path: str) -> Iterator[IO[str]]:
    """Open a file for writing that only takes its name once it is whole."""
    if path == "-":
        yield sys.stdout
        return
    part = f"{path}.part{'.gz' if path.endswith('.gz') else ''}"
    try:
        with _open_text(part, "w") as file:
            yield file
        os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)


@dataclass(frozen=True)
class Tally:
    """How many rows came to which status."""

    rows: int
    by_status: dict[str, int]

    def __str__(self) -> str:
        words = [f"{count:,} {status}" for status, count in self.by_status.items() if count]
        return f"{self.rows:,} designs: {', '.join(words) or 'none'}"


def size_file(
    source: str,
    target: str,
    *,
    base: Profile,
    results: str | Iterable[str],
    errors: str | None = None,
    progress: Progress | None = None,
) -> Tally:
    """Size the designs of a CSV file into another.

    Parameters
    ----------
    source, target, errors
        CSV files, compressed if they end in ``.gz``; ``-`` is standard input or output.
    base
        What the columns do not give.
    results
        Names of rules or columns, ``headline`` or ``all``.
    progress
        Called with the number of rows done.

    Returns
    -------
    Tally
        Rows by status.

    Raises
    ------
    InputError
        If a file cannot be read or its header cannot be used; nothing is written then.
    """
    where = "stdin" if source == "-" else os.path.basename(source)
    counts = dict.fromkeys((*outcome.STATUS, "error"), 0)
    done = 0
    try:
        with _open_text(source, "r") as file:
            reader = csv.reader(file)
            first = next(reader, None)
            if first is None or not any(cell.strip() for cell in first):
                _refuse(where, "is empty.", "Give a header line that names inputs, and a row a design.")
            assert first is not None
            header = read_header(first, f"{where} header")
            columns = result_columns(results, max(header.tiers, base.tiers))
            rejects = _Rejects(errors, header)
            with _written(target) as out:
                writer = csv.writer(out, lineterminator="\n")
                notes = [header.names[place] for place in header.notes]
                writer.writerow([*LEADING, *notes, *columns])
                for lines, rows in _blocks(reader):
                    block = _size_rows(header, lines, rows, base, columns, where)
                    writer.writerows(_output(header, rows, block, done))
                    rejects.add(lines, rows, block.errors)
                    for status in block.status:
                        counts[status] += 1
                    done += len(rows)
                    if progress is not None:
                        progress(done)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        _refuse(where, f"cannot be used: {_reason(error)}.", "It must be a CSV file in UTF-8.")
    return Tally(done, counts)


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start + 1} of a block is no UTF-8"
    name = getattr(error, "filename", None)
    reason = getattr(error, "strerror", None) or str(error)
    return f"{reason} ({os.path.basename(str(name))})" if name else str(reason)


def _refuse(where: str, message: str, hint: str) -> None:
    issues = Issues()
    issues.error(where, "", message, hint)
    raise InputError(issues)


def _blocks(reader: Any) -> Iterator[tuple[list[int], list[list[str]]]]:
    """Rows with their line numbers, a chunk at a time; blank lines are left out."""
    numbered = ((reader.line_num, row) for row in reader if row)
    while block := list(itertools.islice(numbered, CHUNK)):
        yield [line for line, _ in block], [row for _, row in block]


def _size_rows(
    header: Header,
    lines: list[int],
    rows: list[list[str]],
    base: Profile,
    columns: Sequence[str],
    where: str,
) -> Block:
    width = len(header.names)
    broken = {
        row: f"has {len(cells)} cells, the header {width}." for row, cells in enumerate(rows) if len(cells) != width
    }
    even = [(cells + [""] * width)[:width] for cells in rows]
    by_place = {place: [cells[place] for cells in even] for place in header.inputs}
    return size_block(header, by_place, len(rows), base, columns, lambda row: f"{where} row {lines[row]}", broken)


def _output(header: Header, rows: list[list[str]], block: Block, done: int) -> Iterator[list[str]]:
    texts = [column_texts(block.results, column, len(rows)) for column in block.columns]
    empty = [""] * len(texts)
    for number, cells in enumerate(rows):
        name = str(done + number + 1)
        if header.id_place is not None and header.id_place < len(cells):
            name = cells[header.id_place]
        notes = [harmless(cells[place]) if place < len(cells) else "" for place in header.notes]
        figures = empty if number in block.errors else [column[number] for column in texts]
        yield [harmless(name), block.status[number], block.issues[number], *notes, *figures]


class _Rejects:
    """Rows that cannot be used, as they were, in a file that exists only if there are any."""

    def __init__(self, path: str | None, header: Header) -> None:
        self._path = path
        self._width = len(header.names)
        self._kept = [n for n, name in enumerate(header.names) if not name.startswith("error.")]
        self._names = [header.names[place] for place in self._kept]
        self._started = False
        if path is not None:
            Path(path).unlink(missing_ok=True)

    def add(self, lines: list[int], rows: list[list[str]], errors: Mapping[int, Issues]) -> None:
        """Append the rows of a block that have errors."""
        if self._path is None or not errors:
            return
        with open(self._path, "a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            if not self._started:
                writer.writerow([*ERROR_COLUMNS, *self._names])
            self._started = True
            writer.writerows(self._line(lines[row], rows[row], errors[row]) for row in sorted(errors))

    def _line(self, line: int, cells: list[str], issues: Issues) -> list[object]:
        fields = " | ".join(dict.fromkeys(issue.field for issue in issues))
        messages = " | ".join(f"{issue.message} {issue.hint}".strip() for issue in issues)
        rest = [cells[place] if place < len(cells) else "" for place in self._kept]
        return [line, fields, harmless(messages), *rest, *cells[self._width :]]


# --- tables in memory ----------------------------------------------------------------------------


def _columns_of(designs: Any) -> dict[str, list[object]]:
    """Columns of a mapping, pyarrow Table or DataFrame, as lists."""
    if hasattr(designs, "to_pydict"):
        return dict(designs.to_pydict())
    if hasattr(designs, "to_dict") and hasattr(designs, "columns"):
        return {str(name): designs[name].tolist() for name in designs.columns}
    return {name: np.asarray(values).tolist() for name, values in dict(designs).items()}


def size_table(designs: Any, base: Profile, results: str | Iterable[str], progress: Progress | None = None) -> pa.Table:
    """Size a table of designs in memory; see `calculator.size_many`."""
    import pyarrow as pa

    data = _columns_of(designs)
    lengths = {name: len(values) for name, values in data.items()}
    if len(set(lengths.values())) > 1:
        _refuse("designs", f"have columns of different lengths: {lengths}.", "Give each a value a design.")
    total = next(iter(lengths.values()), 0)
    header = read_header(list(data), "designs")
    columns = result_columns(results, max(header.tiers, base.tiers))
    parts = []
    for start in range(0, max(total, 1), CHUNK):
        stop = min(start + CHUNK, total)
        cells = {place: data[name][start:stop] for place, name in enumerate(header.names)}
        names = {row: f"design {start + row + 1}" for row in range(stop - start)}
        block = None
        if names:
            block = size_block(header, cells, len(names), base, columns, names.__getitem__)
        ids = cells[header.id_place] if header.id_place is not None else range(start + 1, stop + 1)
        parts.append(_arrow_table(block, [str(i) for i in ids], columns, stop - start, header, base))
        if progress is not None:
            progress(stop)
    return pa.concat_tables(parts)


def _arrow_table(
    block: Block | None,
    ids: list[str],
    columns: Sequence[str],
    rows: int,
    header: Header,
    base: Profile,
) -> pa.Table:
    import pyarrow as pa

    index = column_index(max(header.tiers, base.tiers))
    arrays: dict[str, Any] = {
        "id": pa.array(ids, pa.string()),
        "status": pa.array(block.status if block else [], pa.string()),
        "issues": pa.array(block.issues if block else [], pa.string()),
    }
    for column in columns:
        rule = RULES[index[column][0]]
        kinds = {Result.NUMBER: pa.float64(), Result.FLAG: pa.bool_(), Result.CATEGORY: pa.string()}
        cells = _cells(block, column, rows) if block else []
        arrays[column] = pa.array(cells, kinds[rule.kind])
    return pa.table(arrays)


def _cells(block: Block, column: str, rows: int) -> list[object]:
    """Values of a column, None where they do not apply or the row cannot be used."""
    name, place = column_index(block.results.tiers)[column]
    values = np.broadcast_to(block.results.values[name][place], rows).tolist()
    rule = RULES[name]
    cells: list[object] = []
    for row, value in enumerate(values):
        missing = row in block.errors or value != value
        if rule.kind is not Result.NUMBER and not missing and not isinstance(value, bool):
            missing = value < 0
        if missing:
            cells.append(None)
        elif rule.kind is Result.CATEGORY:
            assert rule.choice is not None
            cells.append(rule.choice.words[value])
        else:
            cells.append(bool(value) if rule.kind is Result.FLAG else value)
    return cells
