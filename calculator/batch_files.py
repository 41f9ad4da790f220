"""Designs from a CSV file into another: bounded in memory, no row lost, nothing half written.

Rows that cannot be used also go to an errors file as they were, to be mended and run again.
"""

from __future__ import annotations

import csv
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
from pathlib import Path
from typing import IO, Any, cast

from calculator import outcome
from calculator.batch import Block, Header, column_texts, read_header, size_block
from calculator.engine import CHUNK
from calculator.issues import Issues, refuse, short
from calculator.printing import harmless
from calculator.scenario import Profile, name_of
from calculator.sizing import result_columns

Progress = Callable[[int], None]
"""Called with the number of designs done."""
LEADING = ("id", "status", "issues")
ERROR_COLUMNS = ("error.row", "error.fields", "error.messages")
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


@dataclass(frozen=True)
class Preview:
    """The first rows of a file of designs.

    Attributes
    ----------
    names
        Columns.
    rows
        Cells of the first rows, as they are.
    problems
        What is wrong with a cell, by row (from 0) and column (from 0).
    lines
        Line of the file each row begins in.
    """

    names: tuple[str, ...]
    rows: list[list[str]]
    problems: dict[tuple[int, int], str]
    lines: list[int]


def preview(source: str, base: Profile, rows: int = 20) -> Preview:
    """Look at the first rows of a file of designs, and which of their cells cannot be used.

    Parameters
    ----------
    source
        CSV file, compressed if it ends in ``.gz``.
    base
        What empty cells take.
    rows
        How many.

    Raises
    ------
    InputError
        If the file cannot be read, or its header cannot be used.
    """
    where = name_of(source)
    with _refused(where, "read", "Give a CSV file in UTF-8."), _readable(source) as file, _wide_cells():
        reader = csv.reader(_lines(file, where))
        header = read_header(_first_row(reader, where), f"{where} header")
        numbered = list(itertools.islice(_numbered(reader, len(header.names), where), rows))
    cells = [(row + [""] * len(header.names))[: len(header.names)] for _, row in numbered]
    problems: dict[tuple[int, int], str] = {
        (number, 0): _wrong_width(row, header) for number, (_, row) in enumerate(numbered) if _wrong_width(row, header)
    }
    for place, column in header.inputs.items():
        _, unusable = column.read([row[place] for row in cells], base.value(column.path))
        problems |= {(row, place): f"{problem.message} {problem.hint}" for row, problem in unusable.items()}
    return Preview(header.names, [row for _, row in numbered], problems, [line for line, _ in numbered])


def _named(path: str) -> str:
    return "stdout" if path == STANDARD else name_of(path)


def _refuse_same(source: str, target: str, errors: str | None) -> None:
    """Refuse to write a file over another of the same run."""
    files = [("designs", source), ("results", target), ("errors", errors)]
    named = [(use, path) for use, path in files if path is not None]
    for (use, path), (other, another) in itertools.combinations(named, 2):
        if path == another == STANDARD and use == "designs":
            continue
        if path == another or os.path.realpath(path) == os.path.realpath(another):
            refuse(_named(another), f"is named for the {use} and for the {other}.", "Name two files.")


@contextmanager
def _refused(where: str, done: str, hint: str = "Check the directory and its permissions.") -> Iterator[None]:
    """Turn what goes wrong with a file into an issue that names it."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        refuse(where, f"cannot be {done}: {short(reason)}.", hint)


def _lines(file: IO[str], where: str) -> Iterator[str]:
    """Lines of a file, none of which is so long that it fills the memory."""
    for number in itertools.count(1):
        line = _line(file, where, number)
        if not line:
            return
        if len(line) == LONGEST_LINE:
            refuse(f"{where} row {number}", f"has more than {LONGEST_LINE:,} characters.", "Is it a CSV file?")
        yield line


def _line(file: IO[str], where: str, number: int) -> str:
    try:
        with _refused(where, "read", "Give a CSV file in UTF-8."):
            return file.readline(LONGEST_LINE)
    except UnicodeDecodeError:
        after = f" after line {number - 1:,}" if number > 1 else ""
        refuse(where, f"is not a text file: there are bytes{after} that are no UTF-8.", "Save it as UTF-8 text.")


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
        refuse(f"{where} header", f"cannot be read: {error}.", "Close the quotes.")
    if not any(cell.strip() for cell in first):
        refuse(where, "is empty.", "Give a header line that names inputs, and a row a design.")
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
        refuse(f"{where} row {begin}", f"cannot be read: {error}.", "Are its quotes closed?")


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
    broken = {row: wrong for row, cells in enumerate(rows) if (wrong := _wrong_width(cells, header))}
    even = [(cells + [""] * width)[:width] for cells in rows]
    by_place = {place: [cells[place] for cells in even] for place in header.inputs}
    return size_block(header, by_place, len(rows), base, columns, lambda row: f"{where} row {lines[row]}", broken)


def _wrong_width(cells: Sequence[str], header: Header) -> str:
    """What is wrong with the number of cells of a row; empty if nothing."""
    width = len(header.names)
    return "" if len(cells) == width else f"{len(cells)} cell{'' if len(cells) == 1 else 's'}, the header has {width}."


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
        rest = [cells[place] for place in self._kept if place < len(cells)]
        return [line, fields, harmless(messages), *rest, *cells[self._width :]]
