"""Read cells of a workbook by sheet and reference, and the targets of its defined names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

from calculator.importers.workbook.archive import RIGHT_FILE, Package, StopParsing
from calculator.issues import refuse

_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_TARGET = re.compile(r"=?(?:'((?:[^'\[\]]|'')+)'|([^'!\[\]:,()+\-*/&]+))!\$?([A-Za-z]{1,3})\$?([0-9]{1,7})(:.*)?")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MAX_NAMES, _MAX_STRINGS, _LONGEST_VALUE = 50_000, 2_000_000, 40_000

CellReference = tuple[str, str]
"""Sheet and cell reference."""


@dataclass(frozen=True)
class StoredCell:
    """Stored value of a cell (number, text, flag or nothing), and whether it has a formula.

    ``error`` is set for an error value such as ``#DIV/0!``; the value is its text.
    """

    value: float | str | bool | None
    formula: bool = False
    error: bool = False


EMPTY = StoredCell(None)


class Workbook:
    """Sheets, defined names and stored values of a workbook.

    Attributes
    ----------
    names
        Target of each defined name, by name in lower case (defined names ignore case); None if the target is not a
        cell or a range.
    constants
        Target of each defined name that is not a cell or a range, as it is written.
    """

    def __init__(self, package: Package) -> None:
        if _WORKBOOK not in package.parts:
            refuse(package.where, "holds no workbook.", RIGHT_FILE)
        self.where = package.where
        self.names: dict[str, CellReference | None] = {}
        self.constants: dict[str, str] = {}
        self._package = package
        self._sheets: dict[str, str] = {}
        self._targets: dict[str, str] = {}
        self._strings = ""
        self._read_relations()
        self._read_workbook()

    def _read_relations(self) -> None:
        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag != "Relationship":
                return
            part = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
            self._targets[attributes.get("Id", "")] = part
            if attributes.get("Type", "").endswith("/sharedStrings"):
                self._strings = part

        if _RELATIONS in self._package.parts:
            self._package.parse(_RELATIONS, start)

    def _read_workbook(self) -> None:
        gathered: list[str] = []
        name, local = "", False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal name, local
            gathered.clear()
            if tag == "sheet":
                key = next((value for key, value in attributes.items() if key.endswith(" id")), "")
                self._sheets[attributes.get("name", "").lower()] = self._targets.get(key, "")
            name, local = attributes.get("name", "").lower(), "localSheetId" in attributes

        def end(tag: str) -> None:
            if tag != "definedName" or len(self.names) >= _MAX_NAMES:
                return
            if not local or name not in self.names:  # use a name of one sheet if the workbook has no global name
                target = "".join(gathered)
                self.names[name] = parse_target(target)
                if self.names[name] is None:
                    self.constants[name] = target

        self._package.parse(_WORKBOOK, start, gathered.append, end)

    def cells(self, places: Iterable[CellReference]) -> dict[CellReference, StoredCell]:
        """Return requested cells; each sheet is read once, up to the last requested row."""
        by_sheet: dict[str, set[str]] = {}
        for sheet, reference in places:
            by_sheet.setdefault(sheet, set()).add(reference)
        found: dict[CellReference, StoredCell] = {}
        shared: dict[CellReference, int] = {}
        for sheet, references in by_sheet.items():
            part = self._sheets.get(sheet.lower(), "")
            if part in self._package.parts:
                reader = _SheetReader(sheet, references, found, shared)
                self._package.parse(part, reader.start, reader.text, reader.end)
        self._resolve_strings(found, shared)
        return found

    def has_sheet(self, sheet: str) -> bool:
        """Return whether the workbook has a sheet."""
        return self._sheets.get(sheet.lower(), "") in self._package.parts

    def _resolve_strings(self, found: dict[CellReference, StoredCell], shared: dict[CellReference, int]) -> None:
        """Replace the numbers of shared strings by their texts."""
        if not shared:
            return
        texts = _StringsReader(set(shared.values()))
        if self._strings in self._package.parts:
            self._package.parse(self._strings, texts.start, texts.text, texts.end)
        for place, number in shared.items():
            found[place] = StoredCell(texts.found.get(number), found[place].formula)


def parse_target(target: str) -> CellReference | None:
    """Return the cell to which a defined name points, the first of a range, or None."""
    match = _TARGET.fullmatch(target.strip())
    if match is None:
        return None
    sheet = match[1].replace("''", "'") if match[1] else match[2]
    return sheet, f"{match[3].upper()}{match[4]}"


class _SheetReader:
    """Parser callback that collects the requested cells of a sheet."""

    def __init__(
        self, sheet: str, wanted: set[str], found: dict[CellReference, StoredCell], shared: dict[CellReference, int]
    ) -> None:
        self._sheet, self._wanted, self._found, self._shared = sheet, wanted, found, shared
        self._last = max(int(match[2]) for name in wanted if (match := _REFERENCE.fullmatch(name)))
        self._reference, self._type = "", "n"
        self._formula, self._inside = False, False
        self._gathered: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._reference = attributes.get("r", "")
            self._type, self._formula = attributes.get("t", "n"), False
            self._gathered.clear()
        elif tag == "row" and attributes.get("r", "0").isdigit() and int(attributes.get("r", "0")[:8]) > self._last:
            raise StopParsing
        elif tag == "f":
            self._formula = True
        self._inside = tag in ("v", "t") and self._reference in self._wanted

    def text(self, data: str) -> None:
        if self._inside and len(self._gathered) < _LONGEST_VALUE:
            self._gathered.append(data)

    def end(self, tag: str) -> None:
        self._inside = False
        if tag == "sheetData":
            raise StopParsing
        if tag != "c" or self._reference not in self._wanted:
            return
        text = "".join(self._gathered)[:_LONGEST_VALUE]
        place = (self._sheet, self._reference)
        if self._type == "s" and text.strip().isdigit():
            self._shared[place] = int(text[:9])
            self._found[place] = StoredCell(None, self._formula)
        else:
            self._found[place] = _convert(self._type, text, self._formula)
        self._reference = ""


def _convert(kind: str, text: str, formula: bool) -> StoredCell:
    if kind == "e":
        return StoredCell(text, formula, error=True)
    if text == "" and kind != "str":
        return StoredCell(None, formula)
    if kind == "b":
        return StoredCell(text.strip() == "1", formula)
    if kind != "n":
        return StoredCell(text, formula)
    try:
        return StoredCell(float(text), formula)
    except ValueError:
        return StoredCell(text, formula)


class _StringsReader:
    """Parser callback that collects the requested shared strings."""

    def __init__(self, wanted: set[int]) -> None:
        self.found: dict[int, str] = {}
        self._wanted, self._last = wanted, max(wanted)
        self._number, self._phonetic, self._inside = -1, False, False
        self._gathered: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            self._number += 1
            self._gathered.clear()
            if self._number > min(self._last, _MAX_STRINGS):
                raise StopParsing
        elif tag == "rPh":
            self._phonetic = True
        self._inside = tag == "t" and not self._phonetic and self._number in self._wanted

    def text(self, data: str) -> None:
        if self._inside:
            self._gathered.append(data)

    def end(self, tag: str) -> None:
        self._inside = False
        if tag == "rPh":
            self._phonetic = False
        elif tag == "si" and self._number in self._wanted:
            self.found[self._number] = "".join(self._gathered)[:_LONGEST_VALUE]
