"""Read CSV files as columns of texts: the header, blocks of whole rows, and the rows of a block.

Arrow parses a block in which every line is a row.  Python's reader parses a block that has cells with several lines,
blank lines or rows of another width, because it counts the lines.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from calculator.batch import arrow
from calculator.engine.run import CHUNK
from calculator.inputs import text_files
from calculator.inputs.text_files import RowBuffer, TextStream, count_byte, row_ends, separator_of
from calculator.issues import refuse

BLOCK = 2_000_000
"""Size of a block in bytes, cut at the end of a row; a block ends after `CHUNK` rows, which 500 bytes each still fill.

The engine computes as many designs in nearly the same time whether they fill its arrays or not.
"""
_BLANK_SIGNS = " \t\r\n"
"""Characters that a blank cell may have."""


@dataclass(frozen=True)
class Dialect:
    """Separator of the cells of a file; if it is not a comma, a comma is the decimal sign."""

    separator: str = ","

    @property
    def decimal_comma(self) -> bool:
        """Whether a comma separates decimals."""
        return self.separator != ","


@dataclass(frozen=True)
class Rows:
    """Rows of a file, stored as columns.

    Attributes
    ----------
    count
        Number of rows.
    cells
        One Arrow array per column of the header.
    lines
        Line of the file each row begins in.
    broken
        Messages about rows with more or fewer cells than the header, by number of the row.
    whole
        All cells of those rows.
    blank
        Number of rows without a filled cell that were skipped.
    """

    count: int
    cells: Sequence[pa.Array]
    lines: Sequence[int]
    broken: dict[int, str] = field(default_factory=dict)
    whole: dict[int, list[str]] = field(default_factory=dict)
    blank: int = 0

    def row(self, number: int) -> list[str]:
        """Return the cells of a row as texts."""
        if number in self.whole:
            return self.whole[number]
        cells = (arrow.python_values(arrow.readable(column.slice(number, 1)))[0] for column in self.cells)
        return ["" if cell is None else str(cell) for cell in cells]

    def slice(self, start: int, count: int) -> Rows:
        """Return at most ``count`` rows from ``start`` on; the part does not count blank rows."""
        count = min(count, self.count - start)
        return Rows(
            count,
            [column.slice(start, count) for column in self.cells],
            self.lines[start : start + count],
            {row - start: why for row, why in self.broken.items() if start <= row < start + count},
            {row - start: cells for row, cells in self.whole.items() if start <= row < start + count},
        )


# --- blocks --------------------------------------------------------------------------------------


class Blocks:
    """Blocks of whole rows of a file of designs, each with the line it begins in.

    Parameters
    ----------
    file
        The text of the file.

    Attributes
    ----------
    names, dialect
        Column names and separator; the header is read when the object is created.
    """

    def __init__(self, file: TextStream) -> None:
        self._rows = RowBuffer(file, BLOCK)
        self.dialect = Dialect()
        self.names = self._header()

    @property
    def offset(self) -> int:
        """Number of bytes that were read into blocks so far."""
        return self._rows.offset

    @property
    def line(self) -> int:
        """Line of the file at which the next block begins."""
        return self._rows.line

    def _header(self) -> list[str]:
        """Read the column names from the first row that is neither a separator line nor a type line."""
        while True:
            line = self.line
            text = self._rows.take(self._rows.first_row()).decode()
            content = text.strip("\r\n")
            if line == 1 and content.lower().startswith("sep=") and len(content) == 5:
                self.dialect = Dialect(content[4])
            elif not (line <= 2 and content.startswith("#TYPE")):
                break
        if self.dialect.separator == ",":
            self.dialect = Dialect(separator_of(content))
        where = self._rows.where
        if "\0" in text:
            refuse(where, "is not a text file: its header holds NUL characters.", "Save it as CSV in UTF-8.")
        names = parse_header(text, self.dialect.separator, where, "Close the quotes.")
        if not any(name.strip() for name in names):
            refuse(where, "is empty.", "Give a header line that names inputs, and one row per design.")
        return names

    def skip(self, offset: int, line: int) -> None:
        """Skip to the place where an earlier run stopped."""
        rows = self._rows
        while rows.offset < offset:
            if not rows.pending:
                rows.fill()
                if rows.ended:
                    refuse(rows.where, "is shorter than it was when the run was stopped.", "Start the run again.")
            rows.take(min(len(rows.pending), offset - rows.offset))
        rows.line = line

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        rows = self._rows
        while True:
            while not rows.ended and len(rows.pending) < BLOCK:
                rows.fill()
            if not rows.pending:
                return
            line = rows.line
            yield line, rows.take(self._at_most_a_chunk(rows.whole_rows()))

    def _at_most_a_chunk(self, size: int) -> int:
        """Return the number of bytes of the first `CHUNK` rows within ``size`` pending bytes."""
        data = self._rows.pending[:size]
        if count_byte(b"\n", data) <= CHUNK:
            return size
        end = int(np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n"))[CHUNK - 1]) + 1
        if count_byte(b'"', data, end) % 2:
            ends = row_ends(data)
            return int(ends[np.searchsorted(ends, end)]) if ends.size and ends[-1] >= end else size
        return end


def parse_header(text: str, separator: str, where: str, hint: str) -> list[str]:
    """Return the column names of a header row.

    Parameters
    ----------
    text
        The row with its line end.
    separator
        Separator of the cells.
    where
        Name of the file in messages.
    hint
        What to do where the header cannot be parsed.
    """
    lines = io.StringIO(text, newline="") if "\n" in text.strip("\r\n") else [text]
    try:
        return next(csv.reader(lines, delimiter=separator), [])
    except csv.Error as error:
        refuse(f"{where} header", f"cannot be read: {error}.", hint)


# --- rows ----------------------------------------------------------------------------------------


def parse_rows(data: bytes, line: int, width: int, separator: str, where: str) -> Rows:
    """Parse a block of whole rows.

    Parameters
    ----------
    data
        The block.
    line
        Line of the file the block begins in.
    width
        Number of columns of the header.
    separator
        Separator of the cells.
    where
        Name of the file in messages.
    """
    rows = _parse_by_arrow(data, line, width, separator)
    return rows if rows is not None else _parse_by_python(data, line, width, separator, where)


def _count_lines(data: bytes) -> int:
    return count_byte(b"\n", data) + (not data.endswith(b"\n"))


def read_texts(
    data: bytes,
    names: Sequence[str],
    separator: str = ",",
    *,
    include: Sequence[str] = (),
    empty_is_null: bool = True,
    on_invalid_row: Callable[[Any], str] | None = None,
) -> pa.Table:
    """Parse rows of CSV without a header by Arrow, every cell as a text.

    Parameters
    ----------
    data
        The rows in UTF-8.
    names
        Names of the columns.
    separator
        Separator of the cells.
    include
        Columns to keep, all if empty.
    empty_is_null
        Whether an empty cell is null, or else an empty text.
    on_invalid_row
        Called with each row of another width; returns ``skip`` or ``error``.

    Raises
    ------
    pyarrow.ArrowInvalid
        If the data is not CSV with these columns.
    """
    return pacsv.read_csv(
        pa.BufferReader(data),
        pacsv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=list(names)),
        pacsv.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=on_invalid_row),
        pacsv.ConvertOptions(
            check_utf8=False,
            column_types=dict.fromkeys(include or names, pa.string()),
            include_columns=list(include),
            strings_can_be_null=empty_is_null,
            null_values=[""],
        ),
    )


def _parse_by_arrow(data: bytes, line: int, width: int, separator: str) -> Rows | None:
    """Parse a block in which each line is a row as wide as the header, and not blank; return None for any other."""
    if (b"\r" in data and count_byte(b"\r", data) != data.count(b"\r\n")) or b"\0" in data:
        return None
    count = _count_lines(data)
    try:
        table = read_texts(data, [str(place) for place in range(width)], separator)
    except pa.ArrowInvalid:
        return None
    if table.num_rows != count:
        return None
    columns = [column.combine_chunks() for column in table.columns]
    arrays = [c if isinstance(c, pa.Array) else pa.concat_arrays(c.chunks) for c in columns]
    if _has_blank_row(arrays):
        return None
    return Rows(count, arrays, range(line, line + count))


def _has_blank_row(columns: Sequence[pa.Array]) -> bool:
    """Return whether some row may have only blank cells."""
    blank = arrow.blank(columns[0])
    for column in columns[1:]:
        if not blank.any():
            return False
        blank &= arrow.blank(column)
    return bool(blank.any())


def _parse_by_python(data: bytes, line: int, width: int, separator: str, where: str) -> Rows:
    """Parse a block that may have cells of several lines, blank lines and rows of another width."""
    lines, rows, blank = [], [], 0
    with _cells_as_long_as_a_row():
        reader = csv.reader(io.StringIO(data.decode(), newline=""), delimiter=separator)
        for first_line, row in _numbered_rows(reader, where, line - 1):
            if any(cell.strip(_BLANK_SIGNS) for cell in row):
                lines.append(first_line)
                rows.append(row)
            else:
                blank += 1
    broken = {number: _wrong_width(row, width) for number, row in enumerate(rows) if len(row) != width}
    whole = {number: rows[number] for number in broken}
    even = [(row + [""] * width)[:width] if number in broken else row for number, row in enumerate(rows)]
    columns = list(zip(*even, strict=True)) or [()] * width
    return Rows(len(rows), [arrow.texts(column) for column in columns], lines, broken, whole, blank)


def _wrong_width(cells: Sequence[str], width: int) -> str:
    """Return the message about a row whose width differs from that of the header."""
    return f"The row has {len(cells)} cell{'' if len(cells) == 1 else 's'}, but the header has {width}."


def _numbered_rows(reader: Any, where: str, lines_before: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows, each with the number of its first line."""
    line = lines_before + reader.line_num + 1
    try:
        for row in reader:
            yield line, row
            line = lines_before + reader.line_num + 1
    except csv.Error as error:
        refuse(f"{where} row {line}", f"cannot be read: {error}.", "Are its quotes closed?")


@contextmanager
def _cells_as_long_as_a_row() -> Iterator[None]:
    """Raise the limit of Python's reader to the length of a row, so that a long cell spoils only its own row."""
    before = csv.field_size_limit(text_files.LONGEST_ROW)
    try:
        yield
    finally:
        csv.field_size_limit(before)
