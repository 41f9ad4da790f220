"""Parse numbers, flags and spans of time as PowerShell and spreadsheets write them, one column at a time.

Texts are Arrow arrays.  Numbers are float64, with NaN where a cell is empty or not a number.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculator.numerics.arrays import Bools, Floats

GROUPS = "[' \u00a0\u202f]"
"""Characters that can only separate thousands."""
LARGEST = 1e15
"""A number beyond it is no plausible count, and is not exact."""
_THOUSAND = 1000.0
_WHOLE = r"^-?\d+$"
_PLAIN = r"^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$"
_GROUPED = r"^-?\d{1,3}(?:[.,]\d{3})+$"
_SPAN = r"^(?:(?P<days>\d+)\.)?(?P<hours>\d{1,2}):(?P<minutes>\d{1,2}):(?P<seconds>\d{1,2}(?:\.\d+)?)$"
_DAYS_IN = {"days": 1.0, "hours": 1 / 24, "minutes": 1 / 1440, "seconds": 1 / 86400}


def matches(texts: pa.StringArray, pattern: str) -> Bools:
    """Return which texts match a pattern; an empty cell does not."""
    found: Bools = pc.fill_null(pc.match_substring_regex(texts, pattern), False).to_numpy(zero_copy_only=False)
    return found


def are_given(texts: pa.StringArray) -> Bools:
    """Return which cells are not empty."""
    found: Bools = texts.is_valid().to_numpy(zero_copy_only=False)
    return found


def floats(texts: pa.StringArray, usable: Bools) -> Floats:
    """Return texts as numbers where they are usable, NaN elsewhere."""
    chosen = pc.if_else(pa.array(usable), texts, pa.scalar(None, pa.string()))
    values: Floats = pc.cast(chosen, pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.float64)


def without(texts: pa.StringArray, pattern: str) -> pa.StringArray:
    """Remove what matches a pattern from texts."""
    if not matches(texts, pattern).any():  # much faster than replacing nothing
        return texts
    return pc.replace_substring_regex(texts, pattern, "")


def whole(texts: pa.StringArray) -> Floats:
    """Parse whole numbers, in which a separator can only separate thousands."""
    bare = without(texts, GROUPS)
    values = floats(without(bare, "[.,]"), matches(bare, _WHOLE) | matches(bare, _GROUPED))
    return _credible(values)


def _credible(values: Floats) -> Floats:
    """Return numbers, NaN where they are beyond any plausible count."""
    return np.where(np.abs(values) < LARGEST, values, np.nan)


def are_true(texts: pa.StringArray) -> Bools:
    """Return which cells are true, in any spelling."""
    return matches(texts, r"(?i)^(?:true|yes|1|wahr|vrai)$")


def days(texts: pa.StringArray) -> Floats:
    """Parse spans of time, ``d.hh:mm:ss`` or ``hh:mm:ss``, as days."""
    parts = pc.extract_regex(texts, _SPAN)
    total = np.zeros(len(texts))
    for name, share in _DAYS_IN.items():
        part = pc.struct_field(parts, name)
        known = pc.fill_null(pc.not_equal(part, ""), False).to_numpy(zero_copy_only=False)
        total += np.where(known, np.nan_to_num(floats(part, known)), 0.0) * share
    return np.where(matches(texts, _SPAN), total, np.nan)


class Decimals:
    """A column of numbers with decimals, whose decimal sign is inferred from the column as a whole.

    A text such as ``1,234`` is ambiguous.  It is read as a decimal number first; `settle` turns it into thousands
    where other cells of the column show that the comma is not the decimal sign.

    Parameters
    ----------
    separator
        Separator of the cells of the file: a semicolon suggests decimal commas where no cell shows the sign.
    """

    def __init__(self, separator: str = ",") -> None:
        self._separator = separator
        self._evidence = {",": 0, ".": 0}
        self._ambiguous: dict[str, list[Bools]] = {",": [], ".": []}
        self._values: list[Floats] = []

    def add(self, texts: pa.StringArray) -> Floats:
        """Parse more cells, ambiguous ones as decimals; NaN where a cell is empty or not a number."""
        bare = pointed = without(texts, GROUPS)
        usable = matches(bare, _PLAIN)
        for sign, group in ((",", "."), (".", ",")):
            ambiguous = matches(bare, rf"^-?[1-9]\d{{0,2}}[{sign}]\d{{3}}$")
            single = matches(bare, rf"^-?\d*[{sign}]\d+(?:[eE][-+]?\d+)?$")
            grouped = matches(bare, rf"^-?\d{{1,3}}(?:(?:[{group}]\d{{3}})+[{sign}]\d+|(?:[{group}]\d{{3}}){{2,}})$")
            self._ambiguous[sign].append(ambiguous)
            self._evidence[sign] += int((single & ~ambiguous).sum() + grouped.sum())
            pointed = _pointed(pointed, sign, single, grouped)
            usable |= single | grouped
        values = _credible(floats(pointed, usable))
        self._values.append(values)
        return values

    @property
    def sign(self) -> str:
        """The decimal sign that most cells show, else the one that the separator of the file suggests."""
        if self._evidence[","] != self._evidence["."]:
            return max(self._evidence, key=self._evidence.__getitem__)
        return "," if self._separator == ";" else "."

    @property
    def guessed(self) -> bool:
        """Whether there are ambiguous cells and no other cell shows the decimal sign."""
        masks = (mask for masks in self._ambiguous.values() for mask in masks)
        return not any(self._evidence.values()) and any(mask.any() for mask in masks)

    def settle(self) -> Floats:
        """Return the numbers of all cells added so far, with ambiguous ones read by the decimal sign of the column."""
        if not self._values:
            return np.empty(0)
        thousands = np.concatenate(self._ambiguous["." if self.sign == "," else ","])
        return np.concatenate(self._values) * np.where(thousands, _THOUSAND, 1.0)


def _pointed(texts: pa.StringArray, sign: str, single: Bools, grouped: Bools) -> pa.StringArray:
    """Replace a decimal sign by a point and remove the separators of thousands."""
    group = "." if sign == "," else ","
    if grouped.any():
        texts = pc.if_else(pa.array(grouped), pc.replace_substring(texts, group, ""), texts)
    if sign == "," and (single | grouped).any():
        texts = pc.if_else(pa.array(single | grouped), pc.replace_substring(texts, ",", "."), texts)
    return texts
