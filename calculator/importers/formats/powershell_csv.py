"""Read CSV files that PowerShell exports, in blocks: type lines, separators, columns by name.

This module handles what all exports have in common; its callers interpret the columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculator.batch.csv_reader import Rows, parse_header, parse_rows
from calculator.importers.formats.addresses import are_type_names
from calculator.inputs.text_files import RowBuffer, Source, TextStream, open_text, separator_of
from calculator.issues import WARNING, Issues, quoted, refuse

BLOCK = 2_000_000
"""Number of bytes read at a time: about ten thousand rows, so that the cost per call hardly matters."""
MAX_COLUMNS = 2_000
"""Largest number of columns of a file; an export of all properties of mailboxes has about two hundred."""
MAX_ROWS = 5_000_000
"""Largest number of rows of a file: a few numbers per row have to fit into memory."""
_TYPE = b"#TYPE"
_SEPARATOR_LINE = re.compile(rb"""^"?sep=(.)"?\s*$""", re.IGNORECASE)
"""Line before the header with which scripts tell a spreadsheet program the separator."""
_LIST = re.compile(rb"\w+ +: ")
"""Beginning of the output of Format-List: the name of a property and its value."""
_DASHES = re.compile(rb"-+( +-+)*\s*")
"""Second line of the output of Format-Table: a line of dashes below each name of a column."""
_HINT = "Is it a CSV file, and are its quotes closed?"
_TYPE_NAMES = "column {name} holds the names of collections, such as {example}, not their values."
_JOIN = "Export it with a computed column: @{{Name='{name}';Expression={{$_.{name} -join ';'}}}}."
_PUNCTUATION = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True)
class Column:
    """Column to look for.

    Attributes
    ----------
    name
        Name of the column.
    aliases
        Other names of the column.
    required
        Whether a file without it is refused.
    type_names
        Whether names of .NET types in place of values are passed on to the caller.
    """

    name: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    type_names: bool = False


@dataclass(frozen=True)
class Block:
    """Rows of an export, with the requested columns that the file has.

    Attributes
    ----------
    count
        Number of rows.
    lines
        Line of the file each row begins in.
    texts
        Trimmed texts by name of the column, null where a cell is empty.
    """

    count: int
    lines: Sequence[int]
    texts: Mapping[str, pa.StringArray]

    def __contains__(self, name: str) -> bool:
        return name in self.texts

    def __getitem__(self, name: str) -> pa.StringArray:
        return self.texts[name]


def plain_name(name: str) -> str:
    """Return the letters and digits of the name of a column in lower case, because the rest differs between exports."""
    return _PUNCTUATION.sub("", name.lower())


@contextmanager
def open_export(source: Source, issues: Issues) -> Iterator[Export]:
    """Open a CSV file and read its header.

    Raises
    ------
    InputError
        If the file cannot be read, or is not CSV.
    """
    with open_text(source, issues) as file:
        yield Export(file, issues)


class Export:
    """CSV file with a header.

    Parameters
    ----------
    file
        Text of the file, from the type line or the header on.
    issues
        Receives warnings.

    Attributes
    ----------
    where
        Name of the file in messages.
    names
        Names of the columns as in the file.
    separator
        Separator of the cells.
    used
        Names, as in the file, of the columns that were read.
    rows, broken
        Number of rows read so far, and of those with more or fewer cells than the header.
    """

    def __init__(self, file: TextStream, issues: Issues) -> None:
        self.where = file.where
        self.rows, self.broken = 0, 0
        self._issues = issues
        self._collections: set[str] = set()
        self._file = file
        self._stated_separator = ""
        self.used: dict[str, None] = {}
        self._buffer = RowBuffer(file, BLOCK, _HINT)
        header = self._header()
        self.separator = self._stated_separator or separator_of(header)
        self.names = [name.strip() for name in parse_header(header, self.separator, self.where, _HINT)]
        if len(self.names) > MAX_COLUMNS:
            message = f"has {len(self.names):,} columns, at most {MAX_COLUMNS:,} are read."
            refuse(self.where, message, "Is it the right file?")
        self._places: dict[str, int] = {}
        for place, name in enumerate(self.names):
            self._places.setdefault(plain_name(name), place)

    def _header(self) -> str:
        """Read the header: the first row that is neither empty, nor a type line, nor states the separator."""
        while True:
            row = self._buffer.take(self._buffer.first_row())
            if not row:
                refuse(self.where, "is empty.", "Export it again.")
            stated = _SEPARATOR_LINE.match(row.rstrip(b"\r\n"))
            if stated:
                self._stated_separator = stated[1].decode()
            elif row.strip() and not row.startswith(_TYPE):
                self._refuse_formatted(row)
                return row.decode()

    def _refuse_formatted(self, row: bytes) -> None:
        """Raise `InputError` if the first row begins the output of a command that formats text for a screen."""
        command = "Format-List" if _LIST.match(row) else ""
        if _DASHES.fullmatch(self._buffer.pending[: self._buffer.first_row()]):
            command = "Format-Table"
        if command:
            message = f"is the output of {command}, which cuts and rearranges the columns."
            refuse(self.where, message, f"Run the command with | Export-Csv FILE -NoTypeInformation, not {command}.")

    @property
    def encoding(self) -> str:
        """Name of the encoding of the file."""
        return self._file.encoding

    def _rows(self) -> Iterator[Rows]:
        """Read the rows in blocks."""
        buffer, width = self._buffer, len(self.names)
        while not buffer.ended or buffer.pending:
            if not buffer.ended:
                buffer.fill()
            line, data = buffer.line, buffer.take(buffer.whole_rows())
            if data and (rows := parse_rows(data, line, width, self.separator, self.where)).count:
                yield rows

    @property
    def share(self) -> float | None:
        """Share of the file that has been read; None if it is not known."""
        return self._buffer.share

    def has(self, *names: str) -> bool:
        """Return whether the file has all of these columns."""
        return all(plain_name(name) in self._places for name in names)

    def place(self, column: Column) -> int | None:
        """Return the place of a column; None if it is missing."""
        return next(
            (self._places[plain_name(n)] for n in (column.name, *column.aliases) if plain_name(n) in self._places), None
        )

    def blocks(self, columns: Sequence[Column], command: str) -> Iterator[Block]:
        """Read the rows in blocks; rows with more or fewer cells than the header are left out with a warning.

        Parameters
        ----------
        columns
            Columns to read.
        command
            Command that exports a file with all columns, for messages.

        Raises
        ------
        InputError
            If a required column is missing or holds collections, or the rest of the file is not CSV.
        """
        places = {column.name: self.place(column) for column in columns}
        missing = [column.name for column in columns if column.required and places[column.name] is None]
        if missing:
            refuse(self.where, f"has no column {', '.join(missing)}.", f"Export it with: {command}")
        found = {name: place for name, place in places.items() if place is not None}
        self.used |= dict.fromkeys(self.names[place] for place in found.values())
        wanted = {column.name: column for column in columns if column.name in found}
        for rows in self._rows():
            yield self._block(rows, found, wanted)

    def _block(self, rows: Rows, places: dict[str, int], columns: Mapping[str, Column]) -> Block:
        self.rows += rows.count
        if self.rows > MAX_ROWS:
            refuse(self.where, f"has more than {MAX_ROWS:,} rows.", "Split it.")
        whole = [row for row in range(rows.count) if row not in rows.broken] if rows.broken else range(rows.count)
        chosen = np.array(whole, dtype=np.int64)
        for row, wrong in rows.broken.items():
            self._issues.add(WARNING, f"{self.where} row {rows.lines[row]}", "", wrong, "The row is left out.")
        self.broken += len(rows.broken)
        texts = {}
        for name, place in places.items():
            cells = rows.cells[place].take(chosen) if rows.broken else rows.cells[place]
            texts[name] = self._checked(columns[name], cells)
        lines = [rows.lines[row] for row in whole] if rows.broken else rows.lines
        return Block(len(whole), lines, texts)

    def _checked(self, column: Column, cells: pa.StringArray) -> pa.StringArray:
        """Return trimmed cells, null where they are empty or have the name of a type in place of values.

        A required column with names of types is refused; another column causes a warning.
        """
        trimmed = pc.utf8_trim_whitespace(cells)
        nothing = pa.scalar(None, pa.string())
        empty = pc.equal(trimmed, "")
        if pc.any(empty).as_py():
            trimmed = pc.if_else(empty, nothing, trimmed)
        if column.type_names:
            return trimmed
        unusable = are_type_names(trimmed)
        if not unusable.any():
            return trimmed
        name = column.name
        example = trimmed[int(np.argmax(unusable))].as_py()
        if column.required:
            refuse_type_names(self.where, name, example)
        if name not in self._collections:
            hint = f"It is left out. {_JOIN.format(name=name)}"
            self._issues.add(WARNING, self.where, "", _TYPE_NAMES.format(name=name, example=quoted(example)), hint)
        self._collections.add(name)
        return pc.if_else(pa.array(unusable), nothing, trimmed)


def refuse_type_names(where: str, name: str, example: str) -> NoReturn:
    """Raise `InputError` for a column with names of .NET types in place of values."""
    refuse(where, _TYPE_NAMES.format(name=name, example=quoted(example)), _JOIN.format(name=name))
