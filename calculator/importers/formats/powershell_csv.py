"""CSV files that PowerShell exports, read in blocks: encodings, type lines, separators, columns by name.

What is common to all of them is here; what a column means is told by those who read it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from calculator.batch.csv_reader import LONGEST_LINE, SEPARATORS, Dialect, Rows, parse, wide_cells
from calculator.batch.csv_rows import first_row, whole_rows
from calculator.batch.header import Header
from calculator.importers.formats.text_files import Joined, Source, Text, text
from calculator.issues import WARNING, Issues, quoted, refuse

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK = 2_000_000
"""Bytes that are read at a time: some ten thousand rows, so that calls count for little."""
MOST_COLUMNS = 2_000
"""Columns of a file; a mailbox with all its properties has some two hundred."""
MOST_ROWS = 5_000_000
"""Rows of a file: what is kept of a row is a few numbers, and they have to fit into memory."""
COLLECTIONS = ("System.Collections", "System.Object[]", "Microsoft.Exchange.Data.")
"""How a property of several values prints where nobody joined them."""
_TYPE = b"#TYPE"
_PLAIN = re.compile(r"[^a-z0-9]")
_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True)
class Column:
    """A column that is looked for: its name, others it goes by, and whether the file is of no use without."""

    name: str
    others: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Block:
    """Some rows: texts of the columns that are there, trimmed, null where empty.

    Attributes
    ----------
    count
        How many rows.
    lines
        Line of the file each begins in.
    texts
        An Arrow array of texts by name of the column.
    """

    count: int
    lines: Sequence[int]
    texts: Mapping[str, pa.StringArray]

    def __contains__(self, name: str) -> bool:
        return name in self.texts

    def __getitem__(self, name: str) -> pa.StringArray:
        return self.texts[name]


def plain(name: str) -> str:
    """A column's name without what differs from export to export: capitals, spaces, signs."""
    return _PLAIN.sub("", name.lower())


def separator_of(header: str) -> str:
    """Sign that separates the cells of a header: the one it holds most often outside quotes."""
    bare = _QUOTED.sub("", header)
    return max(SEPARATORS, key=bare.count)


def _cells(row: str, separator: str) -> list[str]:
    """Cells of a row, trimmed."""
    with wide_cells():
        return [cell.strip() for cell in next(csv.reader(io.StringIO(row, newline=""), delimiter=separator), [])]


@contextmanager
def opened(source: Source, issues: Issues) -> Iterator[Export]:
    """Open a CSV file and read its header.

    Raises
    ------
    InputError
        If it cannot be read, or is no CSV file.
    """
    with text(source, issues) as file:
        yield Export(file, issues)


class Export:
    """A CSV file with a header.

    Parameters
    ----------
    file
        Its text, from the header (or its type line) on.
    issues
        Where what is doubtful goes.

    Attributes
    ----------
    where
        Name of the file in messages.
    names
        Of the columns, as they are written.
    separator
        Between cells.
    rows, broken
        Rows read so far, and those among them with more or fewer cells than the header.
    """

    def __init__(self, file: Text | Joined, issues: Issues) -> None:
        self.where = file.where
        self.rows, self.broken = 0, 0
        self._issues, self._file = issues, file
        self._told: set[str] = set()
        self._pending, self._ended, self._line = b"", False, 1
        header = self._header()
        self.separator = separator_of(header)
        self.names = self._names(header)
        if len(self.names) > MOST_COLUMNS:
            refuse(
                self.where,
                f"has {len(self.names):,} columns, at most {MOST_COLUMNS:,} are read.",
                "Is it the right file?",
            )
        self._places: dict[str, int] = {}
        for place, name in enumerate(self.names):
            self._places.setdefault(plain(name), place)

    def _names(self, header: str) -> list[str]:
        try:
            names = next(csv.reader(io.StringIO(header, newline=""), delimiter=self.separator), [])
        except csv.Error as error:
            refuse(f"{self.where} header", f"cannot be read: {error}.", "Is it a CSV file, its quotes closed?")
        return [name.strip() for name in names]

    def _header(self) -> str:
        """The first row that is not empty and no type line."""
        while True:
            row = self._take(self._first_row())
            if not row:
                refuse(self.where, "is empty.", "Export it again.")
            if row.strip() and not row.startswith(_TYPE):
                return row.decode()

    def _first_row(self) -> int:
        """Bytes of the first row."""
        while True:
            end = first_row(self._pending)
            if end or not self._fill():
                return end or len(self._pending)

    def _fill(self) -> bool:
        """Read on; False at the end of the file."""
        if len(self._pending) > LONGEST_LINE:
            message = f"has more than {LONGEST_LINE:,} characters."
            refuse(f"{self.where} row {self._line}", message, "Is it a CSV file, its quotes closed?")
        data = self._file.read(BLOCK)
        self._pending += data
        return bool(data)

    def _take(self, size: int) -> bytes:
        taken, self._pending = self._pending[:size], self._pending[size:]
        self._line += taken.count(b"\n")
        return taken

    def _rows(self) -> Iterator[Rows]:
        """The rows in blocks."""
        header, dialect = Header(tuple(self.names), {}, None, ()), Dialect(self.separator)
        more = True
        while more or self._pending:
            more = more and self._fill()
            line, data = self._line, self._take(whole_rows(self._pending) if more else len(self._pending))
            if data:
                yield from parse(data, line, header, dialect, self.where)

    @property
    def share(self) -> float | None:
        """Share of the file that is read, None where that is not known."""
        return self._file.share

    def has(self, *names: str) -> bool:
        """Whether the file has all of some columns."""
        return all(plain(name) in self._places for name in names)

    def place(self, column: Column) -> int | None:
        """Place of a column, None where it is missing."""
        return next((self._places[plain(n)] for n in (column.name, *column.others) if plain(n) in self._places), None)

    def blocks(self, columns: Sequence[Column], command: str) -> Iterator[Block]:
        """Rows in blocks; those with more or fewer cells than the header are left out, with a warning.

        Parameters
        ----------
        columns
            Those that are looked for.
        command
            What makes the file with all columns, for messages.

        Raises
        ------
        InputError
            If a required column is missing or holds collections, or the file is no CSV further on.
        """
        places = {column.name: self.place(column) for column in columns}
        missing = [column.name for column in columns if column.required and places[column.name] is None]
        if missing:
            refuse(self.where, f"has no column {', '.join(missing)}.", f"Export it with: {command}")
        found = {name: place for name, place in places.items() if place is not None}
        required = {column.name for column in columns if column.required}
        for rows in self._rows():
            yield self._block(rows, found, required)

    def _block(self, rows: Rows, places: dict[str, int], required: set[str]) -> Block:
        self.rows += rows.count
        if self.rows > MOST_ROWS:
            refuse(self.where, f"has more than {MOST_ROWS:,} rows.", "Split it.")
        whole = [row for row in range(rows.count) if row not in rows.broken] if rows.broken else []
        kept = np.array(whole, dtype=np.int64) if rows.broken else None
        for row, wrong in rows.broken.items():
            self._issues.add(WARNING, f"{self.where} row {rows.lines[row]}", "", wrong, "The row is left out.")
        self.broken += len(rows.broken)
        texts = {}
        for name, place in places.items():
            cells = rows.cells[place] if kept is None else rows.cells[place].take(kept)
            texts[name] = self._checked(name, cells, required)
        lines = rows.lines if kept is None else [rows.lines[row] for row in whole]
        return Block(len(lines), lines, texts)

    def _checked(self, name: str, cells: pa.StringArray, required: set[str]) -> pa.StringArray:
        """Cells trimmed, null where empty; a column of collections is refused, or left out where it can be."""
        import pyarrow as pa
        import pyarrow.compute as pc

        trimmed = pc.utf8_trim_whitespace(cells)
        nothing = pa.scalar(None, pa.string())
        empty = pc.equal(trimmed, "")
        if pc.any(empty).as_py():
            trimmed = pc.if_else(empty, nothing, trimmed)
        held = reduce(pc.or_, (pc.starts_with(trimmed, name) for name in COLLECTIONS))
        if not pc.any(held).as_py():
            return trimmed
        shown = pc.filter(trimmed, held)[0].as_py()
        message = f"column {name} holds the names of collections, such as {quoted(shown)}, not their values."
        hint = f"Export it with a computed column: @{{Name='{name}';Expression={{$_.{name} -join ';'}}}}."
        if name in required:
            refuse(self.where, message, hint)
        if name not in self._told:
            self._issues.add(WARNING, self.where, "", message, f"It is left out. {hint}")
        self._told.add(name)
        return pc.if_else(held, nothing, trimmed)
