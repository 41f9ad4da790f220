"""Files as they come: on disk or in memory, in whatever encoding, read as text within bounds."""

from __future__ import annotations

import codecs
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from calculator.batch.csv_reader import BOMS
from calculator.inputs.profile import name_of
from calculator.issues import NOTICE, Issues, refuse, short

WINDOWS = "cp1252"
_PACKED = {b"PK\x03\x04": "a workbook or another zip file", b"\x1f\x8b": "packed (gzip)"}


@dataclass(frozen=True)
class Upload:
    """A file that is in memory: its name and its bytes."""

    name: str
    data: bytes


Source = str | os.PathLike[str] | Upload
"""A file on disk or in memory."""


class Text:
    """The text of a file as bytes in UTF-8, whatever it is written in.

    A byte order mark tells the encoding; without one it is UTF-8, and from the first byte that is none on
    the code page of Windows, which a notice tells.

    Parameters
    ----------
    file
        The bytes as they are.
    where
        Name of the file in messages.
    size
        Bytes in all, 0 where that is not known.
    """

    def __init__(self, file: IO[bytes], where: str, size: int, issues: Issues) -> None:
        self.where = where
        self._file, self._size, self._issues = file, size, issues
        self._head, self._taken, self._ended = b"", 0, False
        head = file.read(4)
        self._refuse_packed(head)
        mark, self._encoding = next(((m, e) for m, e in BOMS if head.startswith(m)), (b"", "utf-8"))
        self._decoder = codecs.getincrementaldecoder(self._encoding)()
        self._head = head[len(mark) :]
        self._between = False

    @property
    def share(self) -> float | None:
        """Share of the file that is read."""
        return min(self._taken / self._size, 1.0) if self._size else None

    def read(self, size: int) -> bytes:
        """About so many bytes, none at the end."""
        while not self._ended:
            data, self._head = self._head or self._file.read(size), b""
            self._taken += len(data)
            self._ended = not data
            text = self._decoded(data)
            if b"\0" in text:
                refuse(self.where, "is not a text file: it holds NUL characters.", "Export it again as UTF-8.")
            if text:
                return text
        return b""

    def _decoded(self, data: bytes) -> bytes:
        if self._encoding == "utf-8" and not self._between and data.isascii():
            return data
        before = self._decoder.getstate()[0]
        try:
            text = self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError:
            if self._encoding != "utf-8":
                refuse(self.where, f"is damaged: it is no {self._encoding.upper()}.", "Export it again as UTF-8.")
            text = self._as_windows(before + data)
        self._between = bool(self._decoder.getstate()[0])
        return text.encode()

    def _as_windows(self, data: bytes) -> str:
        message = "is no UTF-8, it was read in the code page of Windows (1252)."
        self._issues.add(NOTICE, self.where, "", message, "Export it with -Encoding UTF8 where names look odd.")
        self._encoding = WINDOWS
        self._decoder = codecs.getincrementaldecoder(WINDOWS)(errors="replace")
        return self._decoder.decode(data, final=self._ended)

    def _refuse_packed(self, head: bytes) -> None:
        for sign, kind in _PACKED.items():
            if head.startswith(sign):
                refuse(self.where, f"is {kind}.", "Give the CSV file itself: unpack it, or save it as CSV.")


def named(source: Source) -> str:
    """Name of a file in messages."""
    return short(source.name) if isinstance(source, Upload) else name_of(source)


def size_of(source: Source) -> int:
    """Bytes of a file, 0 where they cannot be told."""
    if isinstance(source, Upload):
        return len(source.data)
    try:
        return os.stat(source).st_size
    except OSError:
        return 0


@contextmanager
def text(source: Source, issues: Issues) -> Iterator[Text]:
    """Open a file as text.

    Raises
    ------
    InputError
        If it is missing, no file, packed or no text.
    """
    if isinstance(source, Upload):
        yield Text(io.BytesIO(source.data), named(source), len(source.data), issues)
        return
    where = named(source)
    try:
        kind = os.stat(source)
        if not stat.S_ISREG(kind.st_mode):
            refuse(where, "is not a file.", "Name a file.")
        with open(source, "rb") as file:
            yield Text(file, where, kind.st_size, issues)
    except FileNotFoundError:
        refuse(where, "does not exist.", "Check the name and the directory.")
    except OSError as error:
        refuse(where, f"cannot be read: {error.strerror}.", "Check the name and its permissions.")


class Joined:
    """Bytes read before (or made), then the rest of a file."""

    def __init__(self, head: bytes, file: Text | Joined) -> None:
        self.where: str = file.where
        self._head, self._file = head, file

    @property
    def share(self) -> float | None:
        """Share of the file that is read."""
        return self._file.share

    def read(self, size: int) -> bytes:
        """At most so many bytes, none at the end."""
        if self._head:
            head, self._head = self._head[:size], self._head[size:]
            return head
        return self._file.read(size)
