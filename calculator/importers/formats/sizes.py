"""Parse sizes as Exchange, scripts and spreadsheets print them: ``1.348 GB (1,447,309,924 bytes)``, ``Unlimited``."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculator.importers.formats.numbers import Decimals, are_given, floats, matches, without
from calculator.importers.formats.typography import normalize_texts
from calculator.issues import WARNING, Issues
from calculator.numerics.arrays import Bools, Floats

KB, MB, GB, TB = 2.0**10, 2.0**20, 2.0**30, 2.0**40
LARGEST = 2.0**60
"""Largest size in bytes of a mailbox or database."""
SHOWN_TO = 6e-4
"""Largest relative difference that rounding to four digits leaves between a number and its bytes."""
_NUMBER = "[\\d.,\u066b' ?]"
_SIZE = (
    rf"^(?P<number>{_NUMBER}*\d(?:[eE][+-]?\d+)?)(?P<unit>[^\d()]*)"
    rf"(?:\((?P<bytes>{_NUMBER}*\d)[^)\d%]*\)?\s*|\(\s*|\)\s*)?$"
)
_PLAIN_NUMBER = r"^\d+(?:\.\d+)?$"
_IN_BRACKETS = rf"^[^()]*\(\s*(?P<bytes>{_NUMBER}*\d)[^)\d%]*\)?\s*$"
_DECIMALS = r"[.,]\d{1,2}$"
_NOT_OF_A_UNIT = str.maketrans("", "", " .'\"`")


@dataclass(frozen=True)
class Cell:
    """Cell that a message shows.

    Attributes
    ----------
    text
        Its text.
    row, line
        Number of its row, counted from 0, and the line of the file that the row begins in.
    """

    text: str
    row: int
    line: int


@cache
def _unit_words() -> dict[str, float]:
    data = tomllib.loads((resources.files(__package__) / "size_units.toml").read_text(encoding="utf-8"))
    words = {word: KB ** int(power) for power, names in data["powers"].items() for word in names}
    return words | {word: np.inf for word in data["unlimited"]["words"]}


def unit_factor(unit: str) -> float:
    """Return the bytes of a unit in any language, NaN for a word that is not a unit."""
    return _unit_words().get(unit.translate(_NOT_OF_A_UNIT).casefold(), np.nan)


class Sizes:
    """Column of sizes.

    If a cell gives bytes in brackets, these are used, because the number before them is rounded.  Otherwise the number
    is used with the unit of the cell, or else with that of the column; its decimal sign is decided from the whole
    column (see `Decimals`).

    Parameters
    ----------
    unit
        Bytes of the unit that the name of the column gives; 1 for cells that give their own unit or are bytes.
    decimal
        The decimal sign for columns that leave it open: ``point`` or ``comma``.

    Attributes
    ----------
    bad, edited, unlimited
        Number of cells that are not a size, of sizes that differ from the bytes in brackets, and of unlimited sizes.
    example
        The first cell that is not a size.
    """

    def __init__(self, unit: float = 1.0, decimal: str | None = None) -> None:
        self._unit = unit
        self.decimals = Decimals(decimal)
        self.bad, self.edited, self.unlimited = 0, 0, 0
        self.example = ""
        self._with_unit, self._without_unit, self._bare_example = 0, 0, ""
        self._largest: list[Cell] = []
        self._rows = 0

    def add(self, texts: pa.StringArray, lines: Sequence[int] | None = None) -> Floats:
        """Parse more cells; return their bytes, with ambiguous numbers as decimals, and infinity for unlimited.

        Parameters
        ----------
        texts
            The cells.
        lines
            Line of the file that each cell is in.
        """
        plain = normalize_texts(texts)
        if pc.all(pc.match_substring_regex(plain, _PLAIN_NUMBER)).as_py() and self._unit != 1:
            values = self.decimals.add(plain, self._unit)
        else:
            values = self._parse(plain)
        bad = are_given(texts) & ~((values >= 0) & (values <= LARGEST) | np.isposinf(values))
        if bad.any():
            self.example = self.example or texts[int(np.argmax(bad))].as_py()
            self.bad += int(bad.sum())
        self._keep_largest(texts, values, lines)
        self._rows += len(texts)
        return values

    def _parse(self, plain: pa.StringArray) -> Floats:
        parts = pc.extract_regex(plain, _SIZE)
        number, unit, exact = (pc.struct_field(parts, name) for name in ("number", "unit", "bytes"))
        factor = self._factors(unit)
        counted = np.array(_count(exact))
        self._count_units(plain, unit, ~np.isnan(factor) & np.isnan(counted))
        rest = np.flatnonzero(are_given(plain) & np.isnan(counted) & np.isnan(factor))
        if len(rest):
            others = plain.take(pa.array(rest))
            counted[rest] = _count(pc.struct_field(pc.extract_regex(others, _IN_BRACKETS), "bytes"))
            unlimited = _are_unlimited(others)
            counted[rest[unlimited]] = np.inf
            self.unlimited += int(unlimited.sum())
        self._check_brackets(number, factor, exact, counted)
        return self._read_shown(number, factor, counted)

    def _count_units(self, plain: pa.StringArray, units: pa.StringArray, shown: Bools) -> None:
        """Count the cells without bytes in brackets, with a unit and without one."""
        if self._unit != 1:
            return
        named = matches(units, r"[^ .'\"]") & shown
        bare = shown & ~named
        self._with_unit += int(named.sum())
        if bare.any():
            self._bare_example = self._bare_example or plain[int(np.argmax(bare))].as_py()
            self._without_unit += int(bare.sum())

    def _factors(self, units: pa.StringArray) -> Floats:
        """Return the bytes of the unit of each cell, NaN if the unit is unknown or the cell has another form."""
        codes = pc.dictionary_encode(units)
        names = codes.dictionary.to_pylist()
        known = np.array(
            [np.nan if name is None else unit_factor(name) if name.strip(" .'\"") else self._unit for name in names]
            + [np.nan]
        )
        known[np.isinf(known)] = np.nan
        places = pc.fill_null(codes.indices, len(names)).to_numpy(zero_copy_only=False)
        return known[places]

    def _read_shown(self, number: pa.StringArray, factor: Floats, counted: Floats) -> Floats:
        """Return all sizes; for a cell without bytes in brackets, convert the number with its unit.

        Bytes are whole, so any separator between them separates thousands.
        """
        shown = np.isnan(counted) & ~np.isnan(factor)
        whole = np.flatnonzero(shown & (factor == 1))
        if len(whole):
            counts = number.take(pa.array(whole))
            grouped = matches(counts, r"^\d[\d ,.'?]*$") & ~matches(counts, r"[.,](?:\d{1,2}|\d{4,})$|^0[.,]")
            counted[whole[grouped]] = _count(counts.filter(pa.array(grouped)))
            shown &= np.isnan(counted)
        left = number if shown.all() else pc.if_else(pa.array(shown), number, pa.scalar(None, pa.string()))
        return self.decimals.add(left, np.where(shown, factor, 1.0), counted)

    def _check_brackets(
        self, number: pa.StringArray, factor: Floats, brackets: pa.StringArray, counted: Floats
    ) -> None:
        """Compare the bytes in brackets with the numbers before them, which show the decimal sign or were edited.

        Cells whose bytes have decimals, which Exchange never writes, differ and are corrected here.
        """
        both = ~np.isnan(counted) & ~np.isnan(factor) & (factor != 1)
        if not both.any():
            return
        places = np.flatnonzero(both)
        numbers = number.take(pa.array(places)) if len(places) < len(both) else number
        exact, unit = counted[places], factor[places]
        point = _read_with(numbers, ".") * unit
        differ = ~(np.abs(exact - point) <= SHOWN_TO * point + 1 / 2)
        fractions = ~differ & (point / unit != np.floor(point / unit))
        self.decimals.confirm(".", int(fractions.sum()))
        if not differ.any():
            return
        others = np.flatnonzero(differ)
        comma = _read_with(numbers.take(pa.array(others)), ",") * unit[others]
        agree = np.abs(exact[others] - comma) <= SHOWN_TO * comma + 1 / 2
        self.decimals.confirm(",", int(agree.sum()))
        wrong = others[~agree]
        texts = brackets.take(pa.array(places[wrong]))
        decimals = matches(texts, _DECIMALS)
        counted[places[wrong[decimals]]] = _count(without(texts.filter(pa.array(decimals)), _DECIMALS))
        self.edited += int((~decimals).sum())

    def _keep_largest(self, texts: pa.StringArray, values: Floats, lines: Sequence[int] | None) -> None:
        known = np.where(np.isfinite(values), values, -1.0)
        place = int(np.argmax(known)) if len(known) else 0
        if len(known) and known[place] >= 0:
            line = lines[place] if lines is not None else self._rows + place + 1
            self._largest.append(Cell(texts[place].as_py(), self._rows + place, line))

    def settle(self, sign: str) -> Floats:
        """Return the bytes of all cells by a decimal sign; infinite where unlimited, NaN where empty or no size."""
        return _plausible_or_unlimited(self.decimals.settle(sign))

    def read(self, where: str, column: str, issues: Issues, low: float, high: float, *, measured: bool) -> Floats:
        """Decide the decimal sign and return the bytes; see `Decimals.read`."""
        values = self.decimals.read(where, column, issues, low, high, whole_are_thousands=measured)
        if self._with_unit and self._without_unit:
            message = (
                f"{column}: cells without a unit in a column with units: {self._without_unit:,}, such as "
                f'"{self._bare_example}". They are read as bytes.'
            )
            issues.add(WARNING, where, "", message, "Write the unit into these cells if they are not bytes.")
        return _plausible_or_unlimited(values)

    def largest(self, values: Floats) -> Cell | None:
        """Return the cell of the largest size, given the bytes of all cells."""
        cells = [cell for cell in self._largest if np.isfinite(values[cell.row])]
        return max(cells, key=lambda cell: float(values[cell.row]), default=None)


def _plausible_or_unlimited(values: Floats) -> Floats:
    usable = (values >= 0) & (values <= LARGEST) | np.isposinf(values)
    return values if usable.all() else np.where(usable, values, np.nan)


def _are_unlimited(texts: pa.StringArray) -> Bools:
    words = _unit_words()
    lower = pc.dictionary_encode(texts)
    known = [np.isinf(words.get((text or "").strip().casefold(), 0.0)) for text in lower.dictionary.to_pylist()]
    return np.array([*known, False])[pc.fill_null(lower.indices, len(known)).to_numpy(zero_copy_only=False)]


def _count(texts: pa.StringArray) -> Floats:
    """Parse numbers of bytes, in which any character between digits separates thousands."""
    digits = without(pc.replace_substring(texts, ",", ""), r"\D")
    return floats(digits, matches(digits, r"^\d{1,25}$"))


def _read_with(texts: pa.StringArray, sign: str) -> Floats:
    """Parse numbers with a decimal sign; NaN for any other text."""
    group = "," if sign == "." else "."
    bare = pc.replace_substring(without(texts, "[' ?]"), group, "")
    bare = pc.replace_substring(bare, ",", ".") if sign == "," else bare
    return floats(bare, matches(bare, r"^\d*\.?\d+$"))
