"""Cells of a workbook by sheet and reference, and where its defined names point."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

from calculator.importers.workbook.archive import Enough, Package, refuse

_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_TARGET = re.compile(r"=?(?:'((?:[^'\[\]]|'')+)'|([^'!\[\]:,()+\-*/&]+))!\$?([A-Za-z]{1,3})\$?([0-9]{1,7})(:.*)?")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MOST_NAMES, _MOST_STRINGS, _LONGEST_VALUE = 50_000, 2_000_000, 40_000

Place = tuple[str, str]
"""Sheet and cell reference."""


@dataclass(frozen=True)
class Cell:
    """What a cell holds: number, text, flag or nothing, and whether a formula gave it.

    ``error`` is set for an error value such as ``#DIV/0!``, which then is the text.
    """

    value: float | str | bool | None
    formula: bool = False
    error: bool = False


EMPTY = Cell(None)


class Workbook:
    """Sheets, defined names and stored values of a workbook.

    Attributes
    ----------
    names
        Where defined names point, by name in lower case (the names of a workbook ignore case); a
        name that points to no single place has None.
    """

    def __init__(self, package: Package) -> None:
        if _WORKBOOK not in package.parts:
            raise refuse(package.where, "holds no workbook.")
        self.where = package.where
        self.names: dict[str, Place | None] = {}
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
            if tag != "definedName" or len(self.names) >= _MOST_NAMES:
                return
            if not local or name not in self.names:  # a name of one sheet counts where the workbook has none
                self.names[name] = place_of("".join(gathered))

        self._package.parse(_WORKBOOK, start, gathered.append, end)

    def cells(self, places: Iterable[Place]) -> dict[Place, Cell]:
        """Cells at some places; each sheet is read once, up to its last place."""
        by_sheet: dict[str, set[str]] = {}
        for sheet, reference in places:
            by_sheet.setdefault(sheet, set()).add(reference)
        found: dict[Place, Cell] = {}
        shared: dict[Place, int] = {}
        for sheet, references in by_sheet.items():
            part = self._sheets.get(sheet.lower(), "")
            if part in self._package.parts:
                reader = _Sheet(sheet, references, found, shared)
                self._package.parse(part, reader.start, reader.text, reader.end)
        self._put_strings(found, shared)
        return found

    def has_sheet(self, sheet: str) -> bool:
        """Whether a sheet is there."""
        return self._sheets.get(sheet.lower(), "") in self._package.parts

    def _put_strings(self, found: dict[Place, Cell], shared: dict[Place, int]) -> None:
        """Replace numbers of shared texts by the texts."""
        if not shared:
            return
        texts = _Strings(set(shared.values()))
        if self._strings in self._package.parts:
            self._package.parse(self._strings, texts.start, texts.text, texts.end)
        for place, number in shared.items():
            found[place] = Cell(texts.found.get(number), found[place].formula)


def place_of(target: str) -> Place | None:
    """Sheet and cell a defined name points to, the first of a range; None where there is none."""
    match = _TARGET.fullmatch(target.strip())
    if match is None:
        return None
    sheet = match[1].replace("''", "'") if match[1] else match[2]
    return sheet, f"{match[3].upper()}{match[4]}"


class _Sheet:
    """Gathers some cells of a sheet."""

    def __init__(self, sheet: str, wanted: set[str], found: dict[Place, Cell], shared: dict[Place, int]) -> None:
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
            raise Enough
        elif tag == "f":
            self._formula = True
        self._inside = tag in ("v", "t") and self._reference in self._wanted

    def text(self, data: str) -> None:
        if self._inside and len(self._gathered) < _LONGEST_VALUE:
            self._gathered.append(data)

    def end(self, tag: str) -> None:
        self._inside = False
        if tag == "sheetData":
            raise Enough
        if tag != "c" or self._reference not in self._wanted:
            return
        text = "".join(self._gathered)[:_LONGEST_VALUE]
        place = (self._sheet, self._reference)
        if self._type == "s" and text.strip().isdigit():
            self._shared[place] = int(text[:9])
            self._found[place] = Cell(None, self._formula)
        else:
            self._found[place] = _cell(self._type, text, self._formula)
        self._reference = ""


def _cell(kind: str, text: str, formula: bool) -> Cell:
    if kind == "e":
        return Cell(text, formula, error=True)
    if text == "" and kind != "str":
        return Cell(None, formula)
    if kind == "b":
        return Cell(text.strip() == "1", formula)
    if kind != "n":
        return Cell(text, formula)
    try:
        return Cell(float(text), formula)
    except ValueError:
        return Cell(text, formula)


class _Strings:
    """Gathers some of the shared texts."""

    def __init__(self, wanted: set[int]) -> None:
        self.found: dict[int, str] = {}
        self._wanted, self._last = wanted, max(wanted)
        self._number, self._phonetic, self._inside = -1, False, False
        self._gathered: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            self._number += 1
            self._gathered.clear()
            if self._number > min(self._last, _MOST_STRINGS):
                raise Enough
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
