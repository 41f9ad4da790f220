"""Rows of message tracking logs as they lie on a server: those columns that counting needs, a block at a time."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calculator.batch.csv_reader import read_texts
from calculator.inputs.text_files import LONGEST_ROW, TextStream
from calculator.issues import quoted, refuse, short

FIELDS = ("date-time", "source", "event-id", "message-id", "recipient-address", "total-bytes", "sender-address")
"""Fields that are read, as a log names them; no other ever leaves the block it is in."""
BLOCK = 2**22
"""Bytes read at once."""
MOST_FIELDS = 500
_HEAD = 4096
_LINE, _QUOTE, _MARK, _DASH, _ZERO, _NINE = b'\n"#-09'
_NAMED, _TYPE = b"#Fields:", b"#Log-type:"
_ADVICE = "Give the files MSGTRK*.log of the directory TransportRoles\\Logs\\MessageTracking."


class TrackingRows:
    """The rows of one log: iterate for Arrow tables with the columns `FIELDS`, all of texts.

    A row begins with its date, a line that does not belongs to the row before it: so a quote that was never closed
    costs its own row and no other.  Lines that begin with ``#`` tell the fields, also amid a file.

    Parameters
    ----------
    file
        Text of the log.
    block
        Bytes read at once.

    Attributes
    ----------
    broken
        Rows left out so far: with an open quote, or more or fewer cells than fields.
    """

    def __init__(self, file: TextStream, block: int = BLOCK) -> None:
        self.where = file.where
        self.broken = 0
        self._file, self._block = file, block
        self._names: list[str] = []
        self._type = ""
        self._dated = True

    def __iter__(self) -> Iterator[Any]:
        pending = self._after_marks()
        more = bool(pending)
        while pending:
            begins = _begins(pending, self._dated)
            end = int(begins[-1]) if more and len(begins) else 0 if more else len(pending)
            if end:
                yield from self._tables(pending[:end], begins[begins < end])
            pending = pending[end:]
            if len(pending) > LONGEST_ROW:
                refuse(self.where, f"has a row of more than {LONGEST_ROW:,} bytes.", _ADVICE)
            if more:
                data = self._file.read(self._block)
                more, pending = bool(data), pending + data

    def _after_marks(self) -> bytes:
        """Read the lines the log begins with; what was read beyond them."""
        pending, start = self._file.read(self._block), 0
        while pending.startswith(b"#", start):
            end = pending.find(b"\n", start)
            if end >= 0:
                self._read_mark(pending[start:end].strip())
                start = end + 1
            if end < 0 or start == len(pending):
                pending, start = pending[start:], 0
                data = self._file.read(self._block)
                if not data or len(pending) > LONGEST_ROW:
                    return pending
                pending += data
        return pending[start:]

    def _tables(self, data: bytes, begins: NDArray[np.int64]) -> Iterator[Any]:
        """Rows between the lines that begin with ``#``."""
        marks = np.flatnonzero(np.frombuffer(data, np.uint8)[begins] == _MARK)
        start, first = 0, 0
        for place, mark in zip(marks.tolist(), begins[marks].tolist(), strict=True):
            yield from self._rows(data[start:mark], begins[first:place] - start)
            end = data.find(b"\n", mark)
            start, first = len(data) if end < 0 else end + 1, place + 1
            self._read_mark(data[mark:start].strip())
        yield from self._rows(data[start:], begins[first:] - start)

    def _read_mark(self, line: bytes) -> None:
        if line.startswith(_TYPE):
            self._type = short(line[len(_TYPE) :].decode().strip())
        if not line.startswith(_NAMED):
            return
        self._names = [name.strip().lower() for name in line[len(_NAMED) :].decode().split(",")]
        missing = [field for field in FIELDS if self._names.count(field) != 1]
        if missing or len(self._names) > MOST_FIELDS:
            kind = f" It is of the type {quoted(self._type)}." if self._type else ""
            refuse(self.where, f"has no field {', '.join(missing)} in its line #Fields.{kind}", _ADVICE)
        self._dated = self._names[0] == FIELDS[0]

    def _rows(self, data: bytes, begins: NDArray[np.int64]) -> Iterator[Any]:
        if not data or data.isspace():
            return
        if not self._names:
            refuse(
                self.where, "has rows before any line #Fields.", "Give the log whole, with the lines it begins with."
            )
        data = self._closed(data, begins)
        if data:
            yield self._parsed(data)

    def _closed(self, data: bytes, begins: NDArray[np.int64]) -> bytes:
        """Rows without those that leave a quote open, nor what stands before the first."""
        quotes = np.flatnonzero(np.frombuffer(data, np.uint8) == _QUOTE)
        bounds = np.append(begins, len(data))
        before = np.searchsorted(quotes, bounds)
        open_rows = np.flatnonzero(np.diff(before) % 2)
        astray = bool(data[: bounds[0]].strip())
        self.broken += len(open_rows) + int(astray)
        if not len(open_rows) and not astray:
            return data
        kept = np.setdiff1d(np.arange(len(begins)), open_rows).tolist()
        return b"".join(data[bounds[row] : bounds[row + 1]] for row in kept)

    def _parsed(self, data: bytes) -> Any:
        def left_out(_: Any) -> str:
            self.broken += 1
            return "skip"

        return read_texts(data, self._names, include=FIELDS, empty_is_null=False, on_invalid_row=left_out)


def _begins(data: bytes, dated: bool) -> NDArray[np.int64]:
    """Places where a row begins, or a line with ``#``; where no date begins a row, lines outside quotes do."""
    letters = np.frombuffer(data, np.uint8)
    lines = np.flatnonzero(letters == _LINE) + 1
    lines = np.concatenate([[0], lines[lines < len(letters)]])
    if not dated:
        return lines[np.searchsorted(np.flatnonzero(letters == _QUOTE), lines) % 2 == 0]
    first, fifth = letters[lines], letters[np.minimum(lines + 4, len(letters) - 1)]
    return lines[(first == _MARK) | ((first >= _ZERO) & (first <= _NINE) & (fifth == _DASH))]


def head_of(file: TextStream) -> bytes:
    """What a file begins with, enough to tell a log from an export."""
    head = b""
    while len(head) < _HEAD and (data := file.read(_HEAD)):
        head += data
    return head


def is_log(head: bytes) -> bool:
    """Whether a file that begins so is a log with lines of ``#``, and no export with a type line."""
    head = head.removeprefix(codecs.BOM_UTF8).lstrip()
    return head.startswith(b"#") and not head.startswith(b"#TYPE")
