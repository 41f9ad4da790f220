"""Read text files: where they lie, how they are encoded, and where their rows end.

Everything that reads CSV files or logs stands on this module.  A file is a stream of bytes; it is read in
blocks and handed on in UTF-8, so that memory stays bounded whatever the size of the file.
"""

from __future__ import annotations

import codecs
import errno
import gzip
import io
import os
import re
import stat
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Protocol, TypeVar, cast

import numpy as np
import numpy.typing as npt

from calculator.inputs.profile import STANDARD as STANDARD
from calculator.inputs.profile import name_of
from calculator.issues import NOTICE, InputError, Issues, refuse, short

LONGEST_ROW = 4_000_000
"""Bytes of a row; a file with a longer one is refused, so that no row fills the memory."""
SEPARATORS = (",", ";", "\t", "|")
CODE_PAGE = "cp1252"
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LONGEST_MARK = 4
_ARCHIVES = {b"PK\x03\x04": "a workbook or another zip file", b"\x1f\x8b": "packed (gzip)"}
_QUOTE, _LINE_END = ord('"'), ord("\n")
_QUOTED = re.compile(r'"[^"]*"')

FileKind = TypeVar("FileKind")


# --- files ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Upload:
    """A file in memory.

    Attributes
    ----------
    name
        Name of the file in messages.
    data
        Content of the file.
    """

    name: str
    data: bytes


Source = str | os.PathLike[str] | Upload
"""A file on disk or in memory."""


def source_name(source: Source) -> str:
    """Return the name of a file as messages show it."""
    return short(source.name) if isinstance(source, Upload) else name_of(source)


def source_size(source: Source) -> int:
    """Return the number of bytes of a file, 0 where it is not known."""
    if isinstance(source, Upload):
        return len(source.data)
    try:
        return os.stat(source).st_size
    except OSError:
        return 0


def group_by_kind(sources: Sequence[Source], kind_of: Callable[[Source], FileKind]) -> dict[FileKind, list[Source]]:
    """Group files by their kind, in the order given.

    Raises
    ------
    InputError
        If ``kind_of`` raises it for at least one file; it lists the issues of all of them.
    """
    groups: dict[FileKind, list[Source]] = {}
    issues = Issues()
    for source in sources:
        try:
            groups.setdefault(kind_of(source), []).append(source)
        except InputError as error:
            issues.extend(error.issues)
    if issues:
        raise InputError(issues)
    return groups


@contextmanager
def file_errors(where: str, action: str, hint: str) -> Iterator[None]:
    """Raise `InputError` in place of an error of the operating system or of gzip.

    Parameters
    ----------
    where
        Name of the file in messages.
    action
        What failed: ``read`` or ``written``.
    hint
        What to do.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, EOFError, zlib.error) as error:
        is_closed = getattr(error, "errno", None) == errno.EBADF
        reason = "it is closed" if is_closed else getattr(error, "strerror", None) or str(error)
        refuse(where, f"cannot be {action}: {short(reason)}.", hint)


@contextmanager
def open_stream(path: str, where: str, issues: Issues) -> Iterator[Text]:
    """Open a text file, a compressed one (``.gz``), or standard input (``-``); see `Text` for what is allowed in it.

    Errors of the operating system are not caught: see `file_errors`.
    """
    if path == STANDARD:
        if sys.stdin is None:
            refuse(where, "is closed.", "Give a file, or the designs on standard input.")
        binary = getattr(sys.stdin, "buffer", None)
        yield Text(binary or io.BytesIO(sys.stdin.read().encode()), where, issues=issues, takes_nul=True)
        return
    with cast("IO[bytes]", gzip.open(path, "rb")) if path.endswith(".gz") else open(path, "rb") as file:
        yield Text(file, where, issues=issues, takes_nul=True)


@contextmanager
def open_text(source: Source, issues: Issues) -> Iterator[Text]:
    """Open a file that another program exported; see `Text` for what is allowed in it.

    Raises
    ------
    InputError
        If the file is missing, is not a regular file, is compressed or is not text.
    """
    where = source_name(source)
    if isinstance(source, Upload):
        yield Text(io.BytesIO(source.data), where, len(source.data), issues)
        return
    with file_errors(where, "read", "Check the name and its permissions."):
        try:
            status = os.stat(source)
        except FileNotFoundError:
            refuse(where, "does not exist.", "Check the name and the directory.")
        if not stat.S_ISREG(status.st_mode):
            refuse(where, "is not a file.", "Name a file.")
        with open(source, "rb") as file:
            yield Text(file, where, status.st_size, issues)


# --- encodings -----------------------------------------------------------------------------------


class TextStream(Protocol):
    """Text that is read in blocks of bytes in UTF-8."""

    where: str

    @property
    def encoding(self) -> str:
        """Name of the encoding of the file."""

    @property
    def share(self) -> float | None:
        """Share of the file that has been read, None where it is not known."""

    def read(self, size: int) -> bytes:
        """Return about ``size`` bytes, none at the end of the file."""


class Text:
    """The content of a text file as bytes in UTF-8, whatever its encoding.

    A byte order mark tells the encoding; a file without one is in UTF-8.

    Parameters
    ----------
    file
        The bytes of the file.
    where
        Name of the file in messages.
    size
        Number of bytes in the file, 0 where it is not known.
    issues
        Given for an export: from the first byte that is not UTF-8 on it is read in the Windows code page, with a
        notice here; a compressed file and one with NUL characters are refused.  Without it a file that is not
        UTF-8 is refused, and NUL characters are left to the reader.
    takes_nul
        Whether NUL characters are left to the reader in an export too.
    """

    def __init__(
        self, file: IO[bytes], where: str, size: int = 0, issues: Issues | None = None, *, takes_nul: bool = False
    ) -> None:
        self.where = where
        self._file, self._size, self._issues = file, size, issues
        self._taken, self._lines, self._ended = 0, 0, False
        self._takes_nul = takes_nul or issues is None
        head = file.read(_LONGEST_MARK)
        if issues is not None:
            self._refuse_archive(head)
        mark, self._encoding = next(((m, e) for m, e in BYTE_ORDER_MARKS if head.startswith(m)), (b"", "utf-8"))
        self._marked = bool(mark)
        self._head = head[len(mark) :]
        self._decoder = codecs.getincrementaldecoder(self._encoding)()

    @property
    def encoding(self) -> str:
        """Name of the encoding, which may change to the code page of Windows while the file is read."""
        if self._encoding == CODE_PAGE:
            return "Windows-1252"
        return self._encoding.upper() + (" with a byte order mark" if self._marked else "")

    @property
    def share(self) -> float | None:
        """Share of the file that has been read, None where it is not known."""
        return min(self._taken / self._size, 1.0) if self._size else None

    def read(self, size: int) -> bytes:
        """Return about ``size`` bytes in UTF-8, none at the end of the file."""
        while not self._ended:
            data = self._raw(size)
            self._taken += len(data)
            self._ended = not data
            text = self._decoded(data)
            if not self._takes_nul and b"\0" in text:
                refuse(self.where, "is not a text file: it holds NUL characters.", "Export it again as UTF-8.")
            if text:
                return text
        return b""

    def _raw(self, size: int) -> bytes:
        head, self._head = self._head[:size], self._head[size:]
        return head + self._file.read(size - len(head)) if size > len(head) else head

    def _decoded(self, data: bytes) -> bytes:
        before = self._decoder.getstate()[0]
        if self._encoding == "utf-8" and not before and data.isascii():
            self._count_lines(data)
            return data
        try:
            text = self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError as error:
            text = self._decoded_otherwise(before + data, error)
        if self._encoding == "utf-8" and self._issues is None:
            self._count_lines(data)
            return data  # as it is, so that a block has the size that was asked for
        return text.encode()

    def _count_lines(self, data: bytes) -> None:
        if self._issues is None:
            self._lines += count_byte(b"\n", data)

    def _decoded_otherwise(self, data: bytes, error: UnicodeDecodeError) -> str:
        """Decode data that is not in the encoding of the file: in the Windows code page, or not at all."""
        if self._encoding != "utf-8":
            refuse(self.where, f"is damaged: it is no {self._encoding.upper()}.", "Export it again as UTF-8.")
        if self._issues is None:
            line = self._lines + data[: error.start].count(b"\n")
            after = f" after line {line:,}" if line else ""
            refuse(
                self.where, f"is not a text file: there are bytes{after} that are no UTF-8.", "Save it as UTF-8 text."
            )
        message = "is not UTF-8, it was read in the code page of Windows (1252)."
        self._issues.add(NOTICE, self.where, "", message, "Export it with -Encoding UTF8 where names look odd.")
        self._encoding = CODE_PAGE
        self._decoder = codecs.getincrementaldecoder(CODE_PAGE)(errors="replace")
        return self._decoder.decode(data, final=self._ended)

    def _refuse_archive(self, head: bytes) -> None:
        for signature, kind in _ARCHIVES.items():
            if head.startswith(signature):
                refuse(self.where, f"is {kind}.", "Give the CSV file itself: unpack it, or save it as CSV.")


class Prefixed:
    """A text with bytes before it: those that were read to see what kind of file it is, or made up."""

    def __init__(self, head: bytes, rest: TextStream) -> None:
        self.where = rest.where
        self._head, self._rest = head, rest

    @property
    def encoding(self) -> str:
        """Name of the encoding of the file."""
        return self._rest.encoding

    @property
    def share(self) -> float | None:
        """Share of the file that has been read, None where it is not known."""
        return self._rest.share

    def read(self, size: int) -> bytes:
        """Return at most ``size`` bytes, none at the end of the file."""
        if self._head:
            head, self._head = self._head[:size], self._head[size:]
            return head
        return self._rest.read(size)


# --- rows ----------------------------------------------------------------------------------------


def separator_of(header: str) -> str:
    """Return the separator that a header holds most often outside quotes, a comma where it holds none."""
    unquoted = _QUOTED.sub("", header)
    return max(SEPARATORS, key=unquoted.count)


def count_byte(byte: bytes, data: bytes, end: int | None = None) -> int:
    """Count a byte in ``data[:end]``; ten times as fast as `bytes.count`."""
    return int(np.count_nonzero(np.frombuffer(data, np.uint8)[:end] == byte[0]))


def row_ends(data: bytes) -> npt.NDArray[np.intp]:
    """Return the place after the end of each row: line ends outside quotes, found in one pass over the bytes.

    Counting the quotes before each line end anew would take the square of the number of lines where a quote is
    never closed.
    """
    characters = np.frombuffer(data, dtype=np.uint8)
    outside = ~np.logical_xor.accumulate(characters == _QUOTE)
    return np.flatnonzero((characters == _LINE_END) & outside) + 1


def first_row(data: bytes) -> int:
    """Return the number of bytes of the first row, 0 where it has no end."""
    end = data.find(b"\n") + 1
    if count_byte(b'"', data, end) % 2 == 0:
        return end
    ends = row_ends(data)
    return int(ends[0]) if ends.size else 0


def whole_rows(data: bytes) -> int:
    """Return the number of bytes up to the end of the last row that has one, 0 where none has."""
    end = data.rfind(b"\n") + 1
    if count_byte(b'"', data, end) % 2 == 0:
        return end
    ends = row_ends(data)
    return int(ends[-1]) if ends.size else 0


class RowBuffer:
    """Text that has been read and not yet been taken, for readers that take whole rows.

    Parameters
    ----------
    file
        The text.
    block
        Number of bytes to read at a time.
    hint
        What to do about a row that is longer than `LONGEST_ROW`.

    Attributes
    ----------
    pending
        Bytes that have been read and not yet been taken.
    ended
        Whether the end of the file has been read.
    offset, line
        Number of bytes taken so far, and line of the file at which ``pending`` begins.
    """

    def __init__(self, file: TextStream, block: int, hint: str = "Is it a CSV file?") -> None:
        self._file, self._block, self._hint = file, block, hint
        self.where = file.where
        self.pending, self.ended = b"", False
        self.offset, self.line = 0, 1

    @property
    def share(self) -> float | None:
        """Share of the file that has been read, None where it is not known."""
        return self._file.share

    def fill(self) -> None:
        """Read one more block."""
        data = self._file.read(self._block)
        self.ended = not data
        self.pending += data

    def take(self, size: int) -> bytes:
        """Take bytes from the beginning of ``pending``."""
        taken, self.pending = self.pending[:size], self.pending[size:]
        self.offset += size
        self.line += count_byte(b"\n", taken)
        return taken

    def first_row(self) -> int:
        """Return the number of bytes of the first row, and read until it is whole; 0 at the end of the file."""
        while not (end := first_row(self.pending)):
            self.check_length()
            if self.ended:
                return len(self.pending)
            self.fill()
        return end

    def whole_rows(self) -> int:
        """Return the number of bytes of the rows that are whole, and read until there is at least one."""
        while not self.ended:
            end = whole_rows(self.pending)
            if end:
                return end
            self.check_length()
            self.fill()
        self._check_last_lines()
        return len(self.pending)

    def check_length(self) -> None:
        """Raise `InputError` if the first row, which is not whole yet, is too long already."""
        if len(self.pending) > LONGEST_ROW:
            self._refuse(self.line)

    def _check_last_lines(self) -> None:
        """Raise `InputError` if a line of the rest of the file is too long."""
        if len(self.pending) > LONGEST_ROW:
            for number, line in enumerate(self.pending.split(b"\n")):
                if len(line) > LONGEST_ROW:
                    self._refuse(self.line + number)

    def _refuse(self, line: int) -> None:
        refuse(f"{self.where} row {line}", f"has more than {LONGEST_ROW:,} characters.", self._hint)
