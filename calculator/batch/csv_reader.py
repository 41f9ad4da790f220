"""CSV files of designs as administrators have them: encodings, separators, blocks of whole rows.

A block is parsed by Arrow where each line is a row; one with cells of several lines, blank lines or rows
of another width is parsed by Python's reader, which keeps count of lines.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import IO, Any, cast

import numpy as np

from calculator.batch.csv_rows import first_row, number_of, row_ends, whole_rows
from calculator.batch.header import Header
from calculator.engine.run import CHUNK
from calculator.issues import refuse, short

ARROW = find_spec("pyarrow") is not None
"""Whether Arrow is installed, as it is with the project; without it CSV is read and written row by row."""
STANDARD = "-"
LONGEST_LINE = 4_000_000
"""Characters of a row, read before it is looked at."""
BLOCK = 1_000_000
"""Bytes of a block, cut at the end of a row; one of short rows ends after as many as are computed at a time."""
_BLANK = re.compile(rb"(?:\A|\n)[ \t\r]*\n")
"""A line with nothing in it."""
SEPARATORS = (",", ";", "\t", "|")
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True)
class Dialect:
    """How a file separates its cells; with another separator than a comma, a comma is the decimal sign."""

    separator: str = ","

    @property
    def decimal_comma(self) -> bool:
        """Whether a comma separates decimals."""
        return self.separator != ","


@dataclass(frozen=True)
class Rows:
    """Some rows of a file, a column each.

    Attributes
    ----------
    count
        How many.
    cells
        Cells by place of the column, as wide as the header.
    lines
        Line of the file each row begins in.
    broken
        Rows of another width, and what is wrong with them.
    whole
        All cells of the rows of another width.
    """

    count: int
    cells: Sequence[Any]
    lines: Sequence[int]
    broken: dict[int, str] = field(default_factory=dict)
    whole: dict[int, list[str]] = field(default_factory=dict)

    def row(self, number: int) -> list[str]:
        """Cells of a row as they are."""
        if number in self.whole:
            return self.whole[number]
        cells = (column[number] for column in self.cells)
        values = (cell if isinstance(cell, str) else cell.as_py() for cell in cells)
        return ["" if value is None else str(value) for value in values]


# --- bytes ---------------------------------------------------------------------------------------


@contextmanager
def readable(path: str) -> Iterator[IO[bytes]]:
    """Open a file, compressed if it ends in ``.gz``, or standard input: its bytes in UTF-8, no mark before them."""
    with _raw(path) as file:
        head = file.read(4)
        mark, encoding = next(((m, e) for m, e in BOMS if head.startswith(m)), (b"", "utf-8"))
        rest = _Joined(head[len(mark) :], file)
        yield cast("IO[bytes]", rest if encoding == "utf-8" else _Recoded(rest, encoding))


@contextmanager
def _raw(path: str) -> Iterator[IO[bytes]]:
    if path != STANDARD:
        with cast("IO[bytes]", gzip.open(path, "rb")) if path.endswith(".gz") else open(path, "rb") as file:
            yield file
    elif hasattr(sys.stdin, "buffer"):
        yield sys.stdin.buffer
    else:
        yield io.BytesIO(sys.stdin.read().encode())


class _Joined:
    """Bytes read before, then the rest of a file."""

    def __init__(self, head: bytes, file: IO[bytes]) -> None:
        self._head, self._file = head, file

    def read(self, size: int) -> bytes:
        """At most so many bytes, none at the end."""
        head, self._head = self._head[:size], self._head[size:]
        return head + self._file.read(size - len(head)) if size > len(head) else head


class _Recoded:
    """A file in another encoding, read as UTF-8."""

    def __init__(self, file: _Joined, encoding: str) -> None:
        self._file = file
        self._decode = codecs.getincrementaldecoder(encoding)()
        self._ended = False

    def read(self, size: int) -> bytes:
        """About so many bytes, none at the end."""
        while not self._ended:
            data = self._file.read(size)
            self._ended = not data
            text = self._decode.decode(data, final=self._ended)
            if text:
                return text.encode()
        return b""


@contextmanager
def refused(where: str, done: str, hint: str) -> Iterator[None]:
    """Turn what goes wrong with a file into an issue that names it."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        refuse(where, f"cannot be {done}: {short(reason)}.", hint)


# --- blocks --------------------------------------------------------------------------------------


class Blocks:
    """The blocks of a file: bytes of whole rows, and the line each begins in.

    Parameters
    ----------
    file
        Bytes in UTF-8.
    where
        Name of the file in messages.

    Attributes
    ----------
    names, dialect
        Of the header, which is read at once.
    offset, line
        Bytes and lines taken so far.
    """

    def __init__(self, file: IO[bytes], where: str) -> None:
        self._file, self._where = file, where
        self._pending, self._ended = b"", False
        self.offset, self.line = 0, 1
        self.dialect = Dialect()
        self.names = self._header()

    def _fill(self) -> None:
        data = self._file.read(BLOCK)
        self._ended = not data
        self._pending += data

    def _header(self) -> list[str]:
        """Names of the columns: the first row that is no mark of how the file was written."""
        self._fill()
        _check_text(self._pending, self._where)
        while True:
            line = self._take(self._end_of_row())
            text = _decoded(line, self._where, self.line)
            plain = text.strip("\r\n")
            if plain.lower().startswith("sep=") and len(plain) == 5 and self.line == 1:
                self.dialect = Dialect(plain[4])
            elif plain.startswith("#TYPE") and self.line <= 2:
                pass
            else:
                break
            self.line += 1
        if self.dialect.separator == ",":
            self.dialect = Dialect(separator_of(plain))
        reader = (
            csv.reader([text], delimiter=self.dialect.separator)
            if "\n" not in plain
            else csv.reader(io.StringIO(text, newline=""), delimiter=self.dialect.separator)
        )
        try:
            names = next(reader, [])
        except csv.Error as error:
            refuse(f"{self._where} header", f"cannot be read: {error}.", "Close the quotes.")
        if not any(name.strip() for name in names):
            refuse(self._where, "is empty.", "Give a header line that names inputs, and a row a design.")
        self.line += line.count(b"\n") or 1
        return names

    def _end_of_row(self) -> int:
        """Bytes of the first row that is pending: to a line end outside quotes."""
        while not (end := first_row(self._pending)):
            self._refuse_long(len(self._pending))
            if self._ended:
                return len(self._pending)
            self._fill()
        return end

    def _refuse_long(self, size: int) -> None:
        if size > LONGEST_LINE:
            refuse(f"{self._where} row {self.line}", f"has more than {LONGEST_LINE:,} characters.", "Is it a CSV file?")

    def _take(self, size: int) -> bytes:
        taken, self._pending = self._pending[:size], self._pending[size:]
        self.offset += size
        return taken

    def skip(self, offset: int, line: int) -> None:
        """Go on where an earlier run stopped."""
        while self.offset < offset:
            if not self._pending:
                self._fill()
                if self._ended:
                    refuse(self._where, "is shorter than it was when the run was stopped.", "Run it anew.")
            self._take(min(len(self._pending), offset - self.offset))
        self.line = line

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Line a block begins in, and its bytes."""
        while True:
            while not self._ended and len(self._pending) < BLOCK:
                self._fill()
            if not self._pending:
                return
            size = self._not_too_many(self._whole_rows())
            line, data = self.line, self._take(size)
            self.line += number_of(b"\n", data)
            yield line, data

    def _whole_rows(self) -> int:
        """Bytes of pending rows that are whole: up to the last line end outside quotes."""
        if self._ended:
            self._check_lines(self._pending)
            return len(self._pending)
        end = whole_rows(self._pending)
        if not end:
            self._refuse_long(len(self._pending))
            self._fill()
            return self._whole_rows()
        return end

    def _not_too_many(self, size: int) -> int:
        """Bytes of as many whole rows as are computed at a time, of so many bytes that are pending."""
        data = self._pending[:size]
        if number_of(b"\n", data) <= CHUNK:
            return size
        end = int(np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n"))[CHUNK - 1]) + 1
        if number_of(b'"', data, end) % 2:
            ends = row_ends(data)
            return int(ends[np.searchsorted(ends, end)]) if ends.size and ends[-1] >= end else size
        return end

    def _check_lines(self, data: bytes) -> None:
        """Refuse a line that is longer than any row may be."""
        if len(data) > LONGEST_LINE:
            for number, line in enumerate(data.split(b"\n")):
                if len(line) > LONGEST_LINE:
                    self.line += number
                    self._refuse_long(len(line))


def separator_of(header: str) -> str:
    """Sign that separates the cells of a header: the one it holds most often, a comma where it holds none."""
    counts = {sign: header.count(sign) for sign in SEPARATORS}
    best = max(SEPARATORS, key=counts.__getitem__)
    return best if counts[best] and not counts[","] else ","


def _check_text(data: bytes, where: str) -> None:
    """Refuse a file that is no text at its begin already, before its header is looked at."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        _decoded(data, where, 1)


def _decoded(data: bytes, where: str, line: int) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = line - 1 + data[: error.start].count(b"\n")
        after = f" after line {before:,}" if before else ""
        refuse(where, f"is not a text file: there are bytes{after} that are no UTF-8.", "Save it as UTF-8 text.")


# --- rows ----------------------------------------------------------------------------------------


def parse(data: bytes, line: int, header: Header, dialect: Dialect, where: str) -> Iterator[Rows]:
    """Rows of a block.

    Parameters
    ----------
    data
        Bytes of whole rows.
    line
        Line of the file the block begins in.
    header, dialect, where
        Of the file.
    """
    quick = _by_arrow(data, line, len(header.names), dialect) if ARROW else None
    if quick is not None:
        yield quick
    else:
        yield from _by_reader(data, line, header, dialect, where)


def count(data: bytes, line: int, header: Header, dialect: Dialect, where: str) -> int:
    """Number of rows of a block; those of a plain one are its lines."""
    if b'"' in data or b"\r" in data or len(header.names) == 1 or _BLANK.search(data):
        return sum(rows.count for rows in parse(data, line, header, dialect, where))
    return number_of(b"\n", data) + (not data.endswith(b"\n"))


def _by_arrow(data: bytes, line: int, width: int, dialect: Dialect) -> Rows | None:
    """Rows where each line is one, as wide as the header; None where that is not so."""
    import pyarrow as pa
    import pyarrow.csv as pacsv

    lines = number_of(b"\n", data) + (not data.endswith(b"\n"))
    if (b"\r" in data and number_of(b"\r", data) != data.count(b"\r\n")) or b"\0" in data:
        return None
    names = [str(place) for place in range(width)]
    try:
        table = pacsv.read_csv(
            pa.BufferReader(data),
            pacsv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=names),
            pacsv.ParseOptions(delimiter=dialect.separator, newlines_in_values=True),
            pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != lines:
        return None
    columns = [column.combine_chunks() for column in table.columns]
    arrays = [c if isinstance(c, pa.Array) else pa.concat_arrays(c.chunks) for c in columns]
    return Rows(lines, arrays, range(line, line + lines))


def _by_reader(data: bytes, line: int, header: Header, dialect: Dialect, where: str) -> Iterator[Rows]:
    """Rows with cells of several lines, blank lines or another width, by Python's reader."""
    text = io.StringIO(_decoded(data, where, line), newline="")
    width = len(header.names)
    lines, rows = [], []
    with wide_cells():
        reader = csv.reader(text, delimiter=dialect.separator)
        for begin, row in numbered(reader, width, where, line - 1):
            lines.append(begin)
            rows.append(row)
    broken = {number: wrong for number, row in enumerate(rows) if (wrong := wrong_width(row, width))}
    whole = {number: rows[number] for number in broken}
    even = [(row + [""] * width)[:width] if number in broken else row for number, row in enumerate(rows)]
    cells = [_column(list(column)) for column in zip(*even, strict=True)] if even else []
    if even:
        yield Rows(len(rows), cells, lines, broken, whole)


def _column(cells: list[str]) -> Any:
    """Cells of a column: an Arrow array where there is Arrow."""
    if not ARROW:
        return cells
    from calculator.batch import arrow

    return arrow.texts(cells)


def wrong_width(cells: Sequence[str], width: int) -> str:
    """What is wrong with the number of cells of a row; empty if nothing."""
    return "" if len(cells) == width else f"{len(cells)} cell{'' if len(cells) == 1 else 's'}, the header has {width}."


def numbered(reader: Any, width: int, where: str, before: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of their first line; blank lines are left out."""
    begin = before + reader.line_num + 1
    try:
        for row in reader:
            if row and (len(row) > 1 or width == 1 or row[0].strip()):
                yield begin, row
            begin = before + reader.line_num + 1
    except csv.Error as error:
        refuse(f"{where} row {begin}", f"cannot be read: {error}.", "Are its quotes closed?")


@contextmanager
def wide_cells() -> Iterator[None]:
    """Let a cell be as long as a row, so that a long one spoils its own row alone."""
    before = csv.field_size_limit(LONGEST_LINE)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def chunks(rows: Rows, size: int) -> Iterator[Rows]:
    """Rows, so many at a time."""
    for start in range(0, rows.count, size):
        count = min(size, rows.count - start)
        yield Rows(
            count,
            [c[start : start + count] if isinstance(c, list) else c.slice(start, count) for c in rows.cells],
            rows.lines[start : start + count],
            {row - start: why for row, why in rows.broken.items() if start <= row < start + count},
            {row - start: cells for row, cells in rows.whole.items() if start <= row < start + count},
        )
