"""Read the rows of message tracking log files block by block, with the columns that counting needs."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any

import numpy as np

from calculator.batch.csv_reader import read_texts
from calculator.inputs.text_files import LONGEST_ROW, TextStream
from calculator.issues import quoted, refuse, short
from calculator.numerics.arrays import Ints

FIELDS = ("date-time", "source", "event-id", "message-id", "recipient-address", "total-bytes", "sender-address")
"""Fields to read, by their names in a log; other fields are dropped with their block."""
BLOCK = 2**22
"""Number of bytes per read."""
MAX_FIELDS = 500
_HEAD = 4096
_LINE, _QUOTE, _MARK, _DASH, _ZERO, _NINE = b'\n"#-09'
_NAMED, _TYPE = b"#Fields:", b"#Log-type:"
_ADVICE = "Give the files MSGTRK*.log of the directory TransportRoles\\Logs\\MessageTracking."


class TrackingRows:
    """Rows of one log; iterating yields Arrow tables with the text columns `FIELDS`.

    A row begins with its date; any other line continues the previous row.  So an unclosed quote only spoils its
    own row.  Lines that begin with ``#`` name the fields, and may also occur within a file.

    Parameters
    ----------
    file
        Text of the log.
    block
        Number of bytes per read.

    Attributes
    ----------
    broken
        Number of rows left out so far: with an unclosed quote, or with more or fewer cells than fields.
    """

    def __init__(self, file: TextStream, block: int = BLOCK) -> None:
        self.where = file.where
        self.broken = 0
        self._file, self._block = file, block
        self._names: list[str] = []
        self._type = ""
        self._dated = True

    @property
    def names(self) -> list[str]:
        """Names of the fields in the latest directive of the log."""
        return self._names

    def __iter__(self) -> Iterator[Any]:
        pending = self._read_directives()
        more = bool(pending)
        while pending:
            begins = _find_row_starts(pending, self._dated)
            end = int(begins[-1]) if more and len(begins) else 0 if more else len(pending)
            if end:
                yield from self._tables(pending[:end], begins[begins < end])
            pending = pending[end:]
            if len(pending) > LONGEST_ROW:
                refuse(self.where, f"has a row of more than {LONGEST_ROW:,} bytes.", _ADVICE)
            if more:
                data = self._file.read(self._block)
                more, pending = bool(data), pending + data

    def _read_directives(self) -> bytes:
        """Read the directives at the start of the log; return the bytes that were read after them."""
        pending, start = self._file.read(self._block), 0
        while pending.startswith(b"#", start):
            end = pending.find(b"\n", start)
            if end >= 0:
                self._read_directive(pending[start:end].strip())
                start = end + 1
            if end < 0 or start == len(pending):
                pending, start = pending[start:], 0
                data = self._file.read(self._block)
                if not data or len(pending) > LONGEST_ROW:
                    return pending
                pending += data
        return pending[start:]

    def _tables(self, data: bytes, begins: Ints) -> Iterator[Any]:
        """Yield the rows between directives as tables."""
        marks = np.flatnonzero(np.frombuffer(data, np.uint8)[begins] == _MARK)
        start, first = 0, 0
        for place, mark in zip(marks.tolist(), begins[marks].tolist(), strict=True):
            yield from self._read_rows(data[start:mark], begins[first:place] - start)
            end = data.find(b"\n", mark)
            start, first = len(data) if end < 0 else end + 1, place + 1
            self._read_directive(data[mark:start].strip())
        yield from self._read_rows(data[start:], begins[first:] - start)

    def _read_directive(self, line: bytes) -> None:
        if line.startswith(_TYPE):
            self._type = short(line[len(_TYPE) :].decode().strip())
        if not line.startswith(_NAMED):
            return
        self._names = [name.strip().lower() for name in line[len(_NAMED) :].decode().split(",")]
        missing = [field for field in FIELDS if self._names.count(field) != 1]
        if missing or len(self._names) > MAX_FIELDS:
            kind = f" It is of the type {quoted(self._type)}." if self._type else ""
            refuse(self.where, f"has no field {', '.join(missing)} in its line #Fields.{kind}", _ADVICE)
        self._dated = self._names[0] == FIELDS[0]

    def _read_rows(self, data: bytes, begins: Ints) -> Iterator[Any]:
        if not data or data.isspace():
            return
        if not self._names:
            refuse(
                self.where, "has rows before any line #Fields.", "Give the log whole, with the lines it begins with."
            )
        data = self._drop_open_rows(data, begins)
        if data:
            yield self._parse(data)

    def _drop_open_rows(self, data: bytes, begins: Ints) -> bytes:
        """Drop rows with an unclosed quote, and text before the first row."""
        quotes = np.flatnonzero(np.frombuffer(data, np.uint8) == _QUOTE)
        bounds = np.append(begins, len(data))
        before = np.searchsorted(quotes, bounds)
        open_rows = np.flatnonzero(np.diff(before) % 2)
        has_stray_text = bool(data[: bounds[0]].strip())
        self.broken += len(open_rows) + int(has_stray_text)
        if not len(open_rows) and not has_stray_text:
            return data
        closed = np.setdiff1d(np.arange(len(begins)), open_rows).tolist()
        return b"".join(data[bounds[row] : bounds[row + 1]] for row in closed)

    def _parse(self, data: bytes) -> Any:
        def skip(_: Any) -> str:
            self.broken += 1
            return "skip"

        return read_texts(data, self._names, include=FIELDS, empty_is_null=False, on_invalid_row=skip)


def _find_row_starts(data: bytes, dated: bool) -> Ints:
    """Return where rows and directives begin; if rows have no leading date, every line outside quotes is a row."""
    letters = np.frombuffer(data, np.uint8)
    lines = np.flatnonzero(letters == _LINE) + 1
    lines = np.concatenate([[0], lines[lines < len(letters)]])
    if not dated:
        return lines[np.searchsorted(np.flatnonzero(letters == _QUOTE), lines) % 2 == 0]
    first, fifth = letters[lines], letters[np.minimum(lines + 4, len(letters) - 1)]
    return lines[(first == _MARK) | ((first >= _ZERO) & (first <= _NINE) & (fifth == _DASH))]


def read_head(file: TextStream) -> bytes:
    """Read the start of a file, enough to distinguish a log from an export."""
    head = b""
    while len(head) < _HEAD and (data := file.read(_HEAD)):
        head += data
    return head


def is_log(head: bytes) -> bool:
    """Return whether a file with this start is a log, and not an export with a type line."""
    head = head.removeprefix(codecs.BOM_UTF8).lstrip()
    return head.startswith(b"#") and not head.startswith(b"#TYPE")
