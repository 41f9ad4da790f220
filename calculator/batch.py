"""Many designs from a table: a row a design, read and sized in blocks, none of them lost.

A column header names an input, ``path`` or ``path [unit]``; an empty cell takes the base profile's
value.  ``id`` and ``note.*`` columns pass through.  A row that cannot be used keeps its place, with
status ``error``, and goes to the errors file as it was.
"""

from __future__ import annotations

import csv
import dataclasses
import gzip
import io
import itertools
import os
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn, cast

import numpy as np
import numpy.typing as npt

from calculator import engine, outcome, schema
from calculator.engine import CHUNK, Results, column_index
from calculator.issues import InputError, Issues, quoted, short
from calculator.printing import harmless
from calculator.rule import RULES, Result
from calculator.scenario import (
    Profile,
    Unusable,
    canonical_column,
    name_of,
    profile_columns,
    read_value,
    to_inputs,
    unit_text,
    unknown_hint,
)
from calculator.schema import Field, Kind
from calculator.sizing import ALWAYS, result_columns, rules_of
from calculator.units import UnitError, factor

if TYPE_CHECKING:
    import pyarrow as pa

LEADING = ("id", "status", "issues")
ERROR_COLUMNS = ("error.row", "error.fields", "error.messages")
LONGEST_CELL = 4096
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
    known: dict[tuple[type, object], Any] = dataclasses.field(default_factory=dict)

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
        if not isinstance(raw, str | int | float) or (isinstance(raw, str) and len(raw) > LONGEST_CELL):
            return self._read(raw)
        key = (type(raw), raw)
        if key in self.known:
            return self.known[key]
        value = self._read(raw)
        if len(self.known) < _KEPT_DISTINCT:
            self.known[key] = value
        return value

    def _read(self, raw: object) -> Any:
        if raw is None or (isinstance(raw, float) and np.isnan(raw)):
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
        path, unit = _split_header(name)
        if path.startswith("error."):
            continue
        if path in seen:
            issues.error(where, quoted(path), "stands twice in the header.", "Keep one of the columns.")
            continue
        seen.add(path)
        if path == "id":
            id_place = place
        elif path.startswith("note."):
            notes.append(place)
        else:
            column = _input_column(name, path, unit, f"{where} column {place + 1}", issues)
            if column is not None:
                inputs[place] = column
    if issues.errors:
        raise InputError(issues)
    return Header(tuple(names), inputs, id_place, tuple(notes))


def _split_header(name: str) -> tuple[str, str]:
    """Path and unit of a header ``path [unit]``."""
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
        issues.error(where, path, f"{quoted(unit)} is given as its unit, but it is no number.", "Leave the unit out.")
        return None
    if unit:
        try:
            factor(unit, field.unit)
        except UnitError as error:
            issues.error(where, path, f"{error}.", f"Plain numbers are in {unit_text(field)}.")
            return None
    return InputColumn(name, field, place, path, unit)


def _no_input(path: str) -> tuple[str, str | Callable[[], str]]:
    """What is wrong with a header that names no input, and what to do."""
    if not path:
        return "The column has no name.", "Name it, or remove it."
    if ";" in path or "\t" in path:
        return "is not an input.", "Separate the columns by commas."
    return "is not an input.", partial(unknown_hint, path)


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
    return " | ".join([*parts, issues.rest] if issues.rest else parts)


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

STANDARD = "-"
LONGEST_LINE = 4_000_000
"""Characters of a row, read before it is looked at."""


def _open(path: str, mode: str) -> IO[str]:
    """Open a text file, compressed if it ends in ``.gz``."""
    encoding = "utf-8-sig" if mode == "r" else "utf-8"
    if path.endswith(".gz"):
        return cast(IO[str], gzip.open(path, mode + "t", encoding=encoding, newline=""))
    return open(path, mode, encoding=encoding, newline="")


@contextmanager
def _readable(path: str) -> Iterator[IO[str]]:
    """Open a file, or standard input, for reading."""
    if path != STANDARD:
        with _open(path, "r") as file:
            yield file
    elif hasattr(sys.stdin, "buffer"):
        text = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", newline="")
        try:
            yield text
        finally:
            text.detach()
    else:
        yield sys.stdin


@contextmanager
def _written(path: str, stdout: IO[str]) -> Iterator[IO[str]]:
    """Open a file for writing that only takes its name once it is whole."""
    if path == STANDARD:
        yield stdout
        return
    path = os.path.realpath(path)
    if os.path.exists(path) and not os.path.isfile(path):  # a pipe or a device
        with _open(path, "w") as file:
            yield file
        return
    part = f"{path}.part{'.gz' if path.endswith('.gz') else ''}"
    try:
        with _open(part, "w") as file:
            yield file
        os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)


class _Lines:
    """A file that ends the rows of a CSV writer by a line feed alone.

    The writer quotes a carriage return in a cell only where it ends rows with one itself.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, line: str) -> int:
        """Write a row."""
        return self._file.write(line.removesuffix("\r\n") + "\n")


def _csv_writer(file: IO[str]) -> Any:
    return csv.writer(_Lines(file), lineterminator="\r\n")


@dataclass(frozen=True)
class Tally:
    """How many rows came to which status."""

    rows: int
    by_status: dict[str, int]

    def __str__(self) -> str:
        words = [f"{count:,} {status}" for status, count in self.by_status.items() if count]
        return f"{self.rows:,} design{'' if self.rows == 1 else 's'}: {', '.join(words) or 'none'}"


def size_file(
    source: str,
    target: str,
    *,
    base: Profile,
    results: str | Iterable[str],
    errors: str | None = None,
    progress: Progress | None = None,
    stdout: IO[str] | None = None,
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
    stdout
        What ``-`` writes to.

    Returns
    -------
    Tally
        Rows by status.

    Raises
    ------
    InputError
        If a file cannot be read or written, or its header cannot be used; no file is written then.
    """
    where = "stdin" if source == STANDARD else name_of(source)
    stdout = stdout or sys.stdout
    _refuse_same(source, target, errors)
    counts = dict.fromkeys((*outcome.STATUS, "error"), 0)
    done = 0
    with (
        _refused(where, "read", "Give a CSV file in UTF-8."),
        _readable(source) as file,
        tempfile.SpooledTemporaryFile(LONGEST_LINE, "w+", encoding="utf-8", newline="") as spool,
        _wide_cells(),
    ):
        reader = csv.reader(_lines(file, where))
        header = read_header(_first_row(reader, where), f"{where} header")
        columns = result_columns(results, max(header.tiers, base.tiers))
        rejects = _Rejects(header, spool)
        with _refused(_named(target), "written"), _written(target, stdout) as out:
            writer = _csv_writer(out)
            notes = [header.names[place] for place in header.notes]
            writer.writerow([*LEADING, *notes, *columns])
            for lines, rows in _blocks(reader, len(header.names), where):
                block = _size_rows(header, lines, rows, base, columns, where)
                writer.writerows(_output(header, rows, block, done))
                rejects.add(lines, rows, block.errors)
                for status in block.status:
                    counts[status] += 1
                done += len(rows)
                if progress is not None:
                    progress(done)
            if errors is not None:
                with _refused(_named(errors), "written"):
                    rejects.write(errors, stdout)
    return Tally(done, counts)


def _named(path: str) -> str:
    return "stdout" if path == STANDARD else name_of(path)


def _refuse(where: str, message: str, hint: str) -> NoReturn:
    issues = Issues()
    issues.error(where, "", message, hint)
    raise InputError(issues)


def _refuse_same(source: str, target: str, errors: str | None) -> None:
    """Refuse to write a file over another of the same run."""
    files = [("designs", source), ("results", target), ("errors", errors)]
    named = [(use, path) for use, path in files if path is not None]
    for (use, path), (other, another) in itertools.combinations(named, 2):
        if path == another == STANDARD and use == "designs":
            continue
        if path == another or os.path.realpath(path) == os.path.realpath(another):
            _refuse(_named(another), f"is named for the {use} and for the {other}.", "Name two files.")


@contextmanager
def _refused(where: str, done: str, hint: str = "Check the directory and its permissions.") -> Iterator[None]:
    """Turn what goes wrong with a file into an issue that names it."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        _refuse(where, f"cannot be {done}: {short(reason)}.", hint)


def _lines(file: IO[str], where: str) -> Iterator[str]:
    """Lines of a file, none of which is so long that it fills the memory."""
    for number in itertools.count(1):
        line = _line(file, where, number)
        if not line:
            return
        if len(line) == LONGEST_LINE:
            _refuse(f"{where} row {number}", f"has more than {LONGEST_LINE:,} characters.", "Is it a CSV file?")
        yield line


def _line(file: IO[str], where: str, number: int) -> str:
    try:
        with _refused(where, "read", "Give a CSV file in UTF-8."):
            return file.readline(LONGEST_LINE)
    except UnicodeDecodeError:
        after = f" after line {number - 1:,}" if number > 1 else ""
        _refuse(where, f"is not a text file: there are bytes{after} that are no UTF-8.", "Save it as UTF-8 text.")


@contextmanager
def _wide_cells() -> Iterator[None]:
    """Let a cell be as long as a row, so that a long one spoils its own row alone."""
    before = csv.field_size_limit(LONGEST_LINE)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _first_row(reader: Any, where: str) -> list[str]:
    try:
        first: list[str] = next(reader, [])
    except csv.Error as error:
        _refuse(f"{where} header", f"cannot be read: {error}.", "Close the quotes.")
    if not any(cell.strip() for cell in first):
        _refuse(where, "is empty.", "Give a header line that names inputs, and a row a design.")
    return first


def _numbered(reader: Any, width: int, where: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of their first line; blank lines are left out."""
    begin = reader.line_num + 1
    try:
        for row in reader:
            if row and (len(row) > 1 or width == 1 or row[0].strip()):
                yield begin, row
            begin = reader.line_num + 1
    except csv.Error as error:
        _refuse(f"{where} row {begin}", f"cannot be read: {error}.", "Are its quotes closed?")


def _blocks(reader: Any, width: int, where: str) -> Iterator[tuple[list[int], list[list[str]]]]:
    """Rows with their line numbers, a chunk at a time."""
    numbered = _numbered(reader, width, where)
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
        row: f"{len(cells)} cell{'' if len(cells) == 1 else 's'}, the header has {width}."
        for row, cells in enumerate(rows)
        if len(cells) != width
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
    """Rows that cannot be used, as they were, for a file that exists only if there are any."""

    def __init__(self, header: Header, spool: Any) -> None:
        self._width = len(header.names)
        self._kept = [n for n, name in enumerate(header.names) if not name.strip().startswith("error.")]
        self._names = [header.names[place] for place in self._kept]
        self._spool = spool
        self._writer = _csv_writer(spool)

    def add(self, lines: list[int], rows: list[list[str]], errors: Mapping[int, Issues]) -> None:
        """Keep the rows of a block that have errors."""
        self._writer.writerows(self._line(lines[row], rows[row], errors[row]) for row in sorted(errors))

    def write(self, path: str, stdout: IO[str]) -> None:
        """Write the rows to a file, or remove the file of an earlier run where there are none."""
        if not self._spool.tell():
            if os.path.isfile(path):
                os.unlink(path)
            return
        self._spool.seek(0)
        with _written(path, stdout) as file:
            _csv_writer(file).writerow([*ERROR_COLUMNS, *self._names])
            shutil.copyfileobj(self._spool, file)

    def _line(self, line: int, cells: list[str], issues: Issues) -> list[object]:
        fields = " | ".join(dict.fromkeys(issue.field for issue in issues))
        messages = " | ".join(f"{issue.message} {issue.hint}".strip() for issue in issues)
        rest = [cells[place] if place < len(cells) else "" for place in self._kept]
        return [line, fields, harmless(messages), *rest, *cells[self._width :]]


# --- tables in memory ----------------------------------------------------------------------------


def _columns_of(designs: Any) -> list[tuple[str, Any]]:
    """Names and values of the columns of a mapping, pyarrow Table or DataFrame."""
    if hasattr(designs, "column_names") and hasattr(designs, "columns"):  # pyarrow
        return [(name, c.to_pylist()) for name, c in zip(designs.column_names, designs.columns, strict=True)]
    if hasattr(designs, "iloc"):  # pandas
        places = range(len(designs.columns))
        series = [designs.iloc[:, place].astype(object) for place in places]
        return [(str(one.name), one.where(one.notna(), None).tolist()) for one in series]
    columns = [(str(name), values) for name, values in dict(designs).items()]
    return [(name, values.tolist() if hasattr(values, "tolist") else values) for name, values in columns]


def _lists_of(designs: Any) -> dict[str, list[Any]]:
    """Columns as lists of one length; InputError where they are not."""
    issues, data = Issues(), dict[str, list[Any]]()
    for name, values in _columns_of(designs):
        if isinstance(values, str) or not isinstance(values, Iterable):
            issues.error("designs", short(name), "is not a column of values.", "Give a list with a value a design.")
        elif name in data:
            issues.error("designs", short(name), "is there twice.", "Keep one of the columns.")
        else:
            data[name] = list(values)
    if len({len(values) for values in data.values()}) > 1:
        lengths = ", ".join(f"{short(name)} {len(values):,}" for name, values in data.items())
        issues.error("designs", "", f"have columns of different lengths: {lengths}.", "Give each a value a design.")
    if issues:
        raise InputError(issues)
    return data


def size_table(designs: Any, base: Profile, results: str | Iterable[str], progress: Progress | None = None) -> pa.Table:
    """Size a table of designs in memory; see `calculator.size_many`."""
    import pyarrow as pa

    data = _lists_of(designs)
    total = next((len(values) for values in data.values()), 0)
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
        parts.append(
            _arrow_table(block, ["" if i is None else str(i) for i in ids], columns, stop - start, header, base)
        )
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
