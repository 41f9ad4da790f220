"""Reading a workbook file that nobody vouches for: a zip of XML parts, within bounds.

Only the parts that are asked for are unpacked, a block at a time, and nothing in them is ever run:
macros, links and embedded files are not looked at.  Counts and sizes that a file claims about
itself are not relied on, XML with a document type (entities) is refused where it begins.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Callable
from xml.parsers import expat

from calculator.inputs.profile import name_of
from calculator.issues import InputError, Issues, quoted, short

LARGEST_FILE = 30_000_000
"""Bytes of a workbook; the calculator's own has about 2 million."""
MOST_PARTS = 2_000
LARGEST_PART = 20_000_000
LARGEST_TOTAL = 40_000_000
"""Bytes that are unpacked, of a part and of all that are read."""
LARGEST_RATIO = 300
"""Unpacked against packed bytes of a part; a sheet of equal rows comes to a hundred."""
RATIO_COUNTS_FROM = 5_000_000
LONGEST_TOKEN = 1_000_000
"""Bytes of a tag or text in XML: a longer one would be read over and over while it grows."""
DEEPEST = 100

EXTENSIONS = (".xlsx", ".xlsm")
SAVE = "Open it in Excel and save it as .xlsx."
_ZIP, _OLE, _ENTRY = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x01\x02"
_BLOCK = 1 << 16
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)
"""What reading a damaged archive raises; the last is for a compression that `zipfile` does not know."""
_RIGHT = "Is it the right file?"

Start = Callable[[str, dict[str, str]], None]
Text = Callable[[str], None]
End = Callable[[str], None]


def refuse(where: str, message: str, hint: str = _RIGHT) -> InputError:
    """InputError about a file as a whole."""
    issues = Issues()
    issues.error(where, "", message, hint)
    return InputError(issues)


def _reason(error: Exception) -> str:
    return short(str(error)).rstrip(".") or type(error).__name__


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Content of a workbook file.

    Raises
    ------
    InputError
        If it is missing, no regular file, too large or has another extension.
    """
    where = name_of(path)
    if not os.fspath(path).lower().endswith(EXTENSIONS):
        hint = f"Give a file that ends in {' or '.join(EXTENSIONS)}; {SAVE[0].lower()}{SAVE[1:]}"
        raise refuse(where, "is not a workbook by its name.", hint)
    try:
        kind = os.stat(path)
        data = b""
        if stat.S_ISREG(kind.st_mode) and kind.st_size <= LARGEST_FILE:
            with open(path, "rb") as file:
                data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise refuse(where, "does not exist.", "Check the name and the directory.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refuse(where, f"cannot be read: {reason}.", "Check the name and its permissions.") from None
    if not stat.S_ISREG(kind.st_mode):
        raise refuse(where, "is not a file.", "Name a file.")
    if kind.st_size > LARGEST_FILE:
        raise refuse(where, f"has {kind.st_size:,} bytes, at most {LARGEST_FILE:,} are read.")
    return data


class Package:
    """The parts of a workbook file.

    Parameters
    ----------
    data
        The file.
    where
        How messages name it.

    Raises
    ------
    InputError
        If it is no zip file, or one beyond the bounds.
    """

    def __init__(self, data: bytes, where: str) -> None:
        self.where = where
        self._left = LARGEST_TOTAL
        self._check_kind(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGED as error:
            raise refuse(where, f"is a damaged workbook: {_reason(error)}.", "Fetch or save it again.") from None
        self.parts = frozenset(self._zip.namelist())

    def _check_kind(self, data: bytes) -> None:
        if len(data) > LARGEST_FILE:
            raise refuse(self.where, f"has more than {LARGEST_FILE:,} bytes.")
        if data.startswith(_OLE):
            message = "is protected by a password or in the old format (.xls)."
            raise refuse(self.where, message, f"Take the password off. {SAVE}")
        if not data.startswith(_ZIP):
            raise refuse(self.where, "is not a workbook: it is no zip file.")
        if data.count(_ENTRY) > MOST_PARTS:  # before the list of parts is read
            raise refuse(self.where, f"has more than {MOST_PARTS:,} parts.")

    def parse(self, part: str, start: Start, text: Text | None = None, end: End | None = None) -> None:
        """Read the XML of a part and call back for each tag and text, names without namespace.

        Raises
        ------
        InputError
            If the part is not there, beyond the bounds or no plain XML.
        """
        _Reader(self, part, start, text, end).run()

    def open(self, part: str) -> io.BufferedIOBase:
        """Open a part for reading; sizes and method are checked."""
        try:
            info = self._zip.getinfo(part)
        except KeyError:
            raise refuse(self.where, f"has no part {quoted(part)}.") from None
        if info.flag_bits & _ENCRYPTED or info.compress_type not in _PLAIN:
            raise refuse(self.where, f"part {quoted(part)} is encrypted or packed in an unusual way.", SAVE)
        if info.file_size > LARGEST_PART:
            raise refuse(
                self.where, f"part {quoted(part)} has {info.file_size:,} bytes, at most {LARGEST_PART:,} are read."
            )
        if info.file_size > RATIO_COUNTS_FROM and info.file_size > LARGEST_RATIO * max(info.compress_size, 1):
            message = f"part {quoted(part)} unpacks to more than {LARGEST_RATIO} times its size."
            raise refuse(self.where, message)
        try:
            return self._zip.open(info)  # type: ignore[return-value]
        except _DAMAGED as error:
            raise refuse(
                self.where, f"part {quoted(part)} is damaged: {_reason(error)}.", "Fetch or save it again."
            ) from None

    def spend(self, count: int) -> None:
        """Count bytes that were unpacked against the bound of all parts."""
        self._left -= count
        if self._left < 0:
            raise refuse(self.where, f"unpacks to more than {LARGEST_TOTAL:,} bytes.")


class Enough(Exception):
    """Raised by a callback that has seen all it needs of a part."""


class _Reader:
    """One pass over the XML of a part."""

    def __init__(self, package: Package, part: str, start: Start, text: Text | None, end: End | None) -> None:
        self._package, self._part = package, part
        self._start, self._end = start, end
        self._depth = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._open_tag
        parser.EndElementHandler = self._close_tag
        parser.StartDoctypeDeclHandler = self._doctype
        if text is not None:
            parser.CharacterDataHandler = text
        self._parser = parser

    def run(self) -> None:
        where, part = self._package.where, quoted(self._part)
        fed = 0
        try:
            with self._package.open(self._part) as file:
                while block := file.read(_BLOCK):
                    self._package.spend(len(block))
                    fed += len(block)
                    self._parser.Parse(block, False)
                    if fed - self._parser.CurrentByteIndex > LONGEST_TOKEN:
                        raise refuse(where, f"part {part} has a tag or text of more than {LONGEST_TOKEN:,} bytes.")
                self._parser.Parse(b"", True)
        except Enough:
            return
        except expat.ExpatError as error:
            raise refuse(where, f"part {part} is no valid XML: {error}.", SAVE) from None
        except _DAMAGED as error:
            if isinstance(error, InputError):
                raise
            raise refuse(where, f"part {part} is damaged: {_reason(error)}.", "Fetch or save it again.") from None

    def _open_tag(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            message = f"part {quoted(self._part)} is nested more than {DEEPEST} deep."
            raise refuse(self._package.where, message)
        self._start(name.rpartition(" ")[2], attributes)

    def _close_tag(self, name: str) -> None:
        self._depth -= 1
        if self._end is not None:
            self._end(name.rpartition(" ")[2])

    def _doctype(self, *_: object) -> None:
        message = f"part {quoted(self._part)} declares a document type, which no workbook has."
        raise refuse(self._package.where, message)
