"""Read untrusted workbook files: zip archives of XML parts, within bounds.

Only requested parts are unpacked, one block at a time, and nothing in them is ever executed: macros, links and embedded
files are ignored.  Counts and sizes that a file declares about itself are not trusted.  XML with a document type, which
could declare entities, is refused as soon as it begins.
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
from calculator.issues import InputError, quoted, refuse, short

LARGEST_FILE = 30_000_000
"""Largest size of a workbook in bytes; Microsoft's workbook has about 2 million."""
MAX_PARTS = 2_000
LARGEST_PART = 20_000_000
LARGEST_TOTAL = 40_000_000
"""Largest number of unpacked bytes, of one part and of all parts together."""
LARGEST_RATIO = 300
"""Largest ratio of unpacked to packed bytes of a part; a sheet of equal rows reaches about 100."""
RATIO_COUNTS_FROM = 5_000_000
LONGEST_TOKEN = 1_000_000
"""Longest tag or text in bytes; expat would parse a longer one again with every block."""
DEEPEST = 100

EXTENSIONS = (".xlsx", ".xlsm")
SAVE_AS_XLSX = "Open it in Excel and save it as .xlsx."
_ZIP, _OLE, _ENTRY = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x01\x02"
_BLOCK = 1 << 16
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)
"""Exceptions that a damaged archive raises; the last one means an unknown compression."""
RIGHT_FILE = "Is it the right file?"

OnStart = Callable[[str, dict[str, str]], None]
OnText = Callable[[str], None]
OnEnd = Callable[[str], None]


def _describe(error: Exception) -> str:
    return short(str(error)).rstrip(".") or type(error).__name__


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Return the content of a workbook file.

    Raises
    ------
    InputError
        If the file is missing, is not a regular file, is too large or has another extension.
    """
    where = name_of(path)
    if not os.fspath(path).lower().endswith(EXTENSIONS):
        hint = f"Give a file that ends in {' or '.join(EXTENSIONS)}; {SAVE_AS_XLSX[0].lower()}{SAVE_AS_XLSX[1:]}"
        refuse(where, "does not have the name of a workbook.", hint)
    try:
        kind = os.stat(path)
        data = b""
        if stat.S_ISREG(kind.st_mode) and kind.st_size <= LARGEST_FILE:
            with open(path, "rb") as file:
                data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        refuse(where, "does not exist.", "Check the name and the directory.")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        refuse(where, f"cannot be read: {reason}.", "Check the name and its permissions.")
    if not stat.S_ISREG(kind.st_mode):
        refuse(where, "is not a file.", "Name a file.")
    if kind.st_size > LARGEST_FILE:
        refuse(where, f"has {kind.st_size:,} bytes, at most {LARGEST_FILE:,} are read.", RIGHT_FILE)
    return data


class Package:
    """Parts of a workbook file.

    Parameters
    ----------
    data
        The file.
    where
        Name of the file in issues.

    Raises
    ------
    InputError
        If the file is not a zip file, or exceeds the bounds.
    """

    def __init__(self, data: bytes, where: str) -> None:
        self.where = where
        self._left = LARGEST_TOTAL
        self._check_kind(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGED as error:
            refuse(where, f"is a damaged workbook: {_describe(error)}.", "Download or save it again.")
        self.parts = frozenset(self._zip.namelist())

    def _check_kind(self, data: bytes) -> None:
        if len(data) > LARGEST_FILE:
            refuse(self.where, f"has more than {LARGEST_FILE:,} bytes.", RIGHT_FILE)
        if data.startswith(_OLE):
            message = "is protected by a password or in the old format (.xls)."
            refuse(self.where, message, f"Take the password off. {SAVE_AS_XLSX}")
        if not data.startswith(_ZIP):
            refuse(self.where, "is not a workbook: it is not a zip file.", RIGHT_FILE)
        if data.count(_ENTRY) > MAX_PARTS:  # checked before the list of parts is read
            refuse(self.where, f"has more than {MAX_PARTS:,} parts.", RIGHT_FILE)

    def parse(self, part: str, start: OnStart, text: OnText | None = None, end: OnEnd | None = None) -> None:
        """Parse the XML of a part and call back for each tag and text; names have no namespace.

        Raises
        ------
        InputError
            If the part is missing, exceeds the bounds or is not plain XML.
        """
        _PartParser(self, part, start, text, end).run()

    def open(self, part: str) -> io.BufferedIOBase:
        """Open a part for reading, after checking its size and compression."""
        try:
            info = self._zip.getinfo(part)
        except KeyError:
            refuse(self.where, f"has no part {quoted(part)}.", RIGHT_FILE)
        if info.flag_bits & _ENCRYPTED or info.compress_type not in _PLAIN:
            refuse(self.where, f"part {quoted(part)} is encrypted or packed in an unusual way.", SAVE_AS_XLSX)
        if info.file_size > LARGEST_PART:
            message = f"part {quoted(part)} has {info.file_size:,} bytes, at most {LARGEST_PART:,} are read."
            refuse(self.where, message, RIGHT_FILE)
        if info.file_size > RATIO_COUNTS_FROM and info.file_size > LARGEST_RATIO * max(info.compress_size, 1):
            message = f"part {quoted(part)} unpacks to more than {LARGEST_RATIO} times its size."
            refuse(self.where, message, RIGHT_FILE)
        try:
            return self._zip.open(info)  # type: ignore[return-value]
        except _DAMAGED as error:
            refuse(self.where, f"part {quoted(part)} is damaged: {_describe(error)}.", "Download or save it again.")

    def spend(self, count: int) -> None:
        """Count unpacked bytes against the bound of all parts."""
        self._left -= count
        if self._left < 0:
            refuse(self.where, f"unpacks to more than {LARGEST_TOTAL:,} bytes.", RIGHT_FILE)


class StopParsing(Exception):
    """Raised by a callback that does not need the rest of a part."""


class _PartParser:
    """Parser of the XML of one part, for a single use."""

    def __init__(self, package: Package, part: str, start: OnStart, text: OnText | None, end: OnEnd | None) -> None:
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
                        message = f"part {part} has a tag or text of more than {LONGEST_TOKEN:,} bytes."
                        refuse(where, message, RIGHT_FILE)
                self._parser.Parse(b"", True)
        except StopParsing:
            return
        except expat.ExpatError as error:
            refuse(where, f"part {part} is not valid XML: {error}.", SAVE_AS_XLSX)
        except _DAMAGED as error:
            if isinstance(error, InputError):
                raise
            refuse(where, f"part {part} is damaged: {_describe(error)}.", "Download or save it again.")

    def _open_tag(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            message = f"part {quoted(self._part)} is nested more than {DEEPEST} deep."
            refuse(self._package.where, message, RIGHT_FILE)
        self._start(name.rpartition(" ")[2], attributes)

    def _close_tag(self, name: str) -> None:
        self._depth -= 1
        if self._end is not None:
            self._end(name.rpartition(" ")[2])

    def _doctype(self, *_: object) -> None:
        message = f"part {quoted(self._part)} declares a document type, which no workbook has."
        refuse(self._package.where, message, RIGHT_FILE)
