"""Numbers, flags and spans of time as PowerShell and spreadsheets write them, a column of texts at a time.

Texts are Arrow arrays, numbers come as float64 with NaN where a cell is empty or no such number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

GROUPS = "[' \u00a0\u202f]"
"""Signs that only ever separate thousands."""
MOST = 1e15
"""Beyond it a number counts nothing there is, and is not exact."""
_THOUSAND = 1000.0
_WHOLE = r"^-?\d+$"
_PLAIN = r"^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$"
_GROUPED = r"^-?\d{1,3}(?:[.,]\d{3})+$"
_SPAN = r"^(?:(?P<days>\d+)\.)?(?P<hours>\d{1,2}):(?P<minutes>\d{1,2}):(?P<seconds>\d{1,2}(?:\.\d+)?)$"
_DAYS_IN = {"days": 1.0, "hours": 1 / 24, "minutes": 1 / 1440, "seconds": 1 / 86400}


def matches(texts: pa.StringArray, pattern: str) -> Flags:
    """Which texts match a pattern; an empty cell does not."""
    import pyarrow.compute as pc

    found: Flags = pc.fill_null(pc.match_substring_regex(texts, pattern), False).to_numpy(zero_copy_only=False)
    return found


def given(texts: pa.StringArray) -> Flags:
    """Which cells hold anything."""
    found: Flags = texts.is_valid().to_numpy(zero_copy_only=False)
    return found


def floats(texts: pa.StringArray, usable: Flags) -> Floats:
    """Texts as numbers where they are usable, NaN elsewhere."""
    import pyarrow as pa
    import pyarrow.compute as pc

    chosen = pc.if_else(pa.array(usable), texts, pa.scalar(None, pa.string()))
    values: Floats = pc.cast(chosen, pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.float64)


def without(texts: pa.StringArray, pattern: str) -> pa.StringArray:
    """Texts without what matches a pattern."""
    import pyarrow.compute as pc

    if not matches(texts, pattern).any():  # far faster than to replace nothing
        return texts
    return pc.replace_substring_regex(texts, pattern, "")


def whole(texts: pa.StringArray) -> Floats:
    """Whole numbers: a separator can only be that of thousands."""
    bare = without(texts, GROUPS)
    values = floats(without(bare, "[.,]"), matches(bare, _WHOLE) | matches(bare, _GROUPED))
    return _credible(values)


def _credible(values: Floats) -> Floats:
    """Numbers, NaN where they are beyond any count."""
    return np.where(np.abs(values) < MOST, values, np.nan)


def flags(texts: pa.StringArray) -> Flags:
    """Which cells say ``True``, in any spelling."""
    return matches(texts, r"(?i)^(?:true|yes|1|wahr|vrai)$")


def days(texts: pa.StringArray) -> Floats:
    """Days of spans written ``d.hh:mm:ss`` or ``hh:mm:ss``."""
    import pyarrow.compute as pc

    parts = pc.extract_regex(texts, _SPAN)
    total = np.zeros(len(texts))
    for name, share in _DAYS_IN.items():
        part = pc.struct_field(parts, name)
        known = pc.fill_null(pc.not_equal(part, ""), False).to_numpy(zero_copy_only=False)
        total += np.where(known, np.nan_to_num(floats(part, known)), 0.0) * share
    return np.where(matches(texts, _SPAN), total, np.nan)


class Decimals:
    """A column of numbers with decimals, its decimal sign told by the column as a whole.

    A text such as ``1,234`` may be either; it is read as a decimal number first, and `settle` makes it
    thousands where other cells of the column show that the comma is no decimal sign.

    Parameters
    ----------
    separator
        Between the cells of the file: where the column shows nothing, a semicolon goes with decimal commas.
    """

    def __init__(self, separator: str = ",") -> None:
        self._separator = separator
        self._shown = {",": 0, ".": 0}
        self._doubtful: dict[str, list[Flags]] = {",": [], ".": []}
        self._values: list[Floats] = []

    def add(self, texts: pa.StringArray) -> Floats:
        """Numbers of some cells, doubtful ones as decimals; NaN where a cell is empty or no number."""
        bare = pointed = without(texts, GROUPS)
        usable = matches(bare, _PLAIN)
        for sign, other in ((",", "."), (".", ",")):
            doubtful = matches(bare, rf"^-?[1-9]\d{{0,2}}[{sign}]\d{{3}}$")
            single = matches(bare, rf"^-?\d*[{sign}]\d+(?:[eE][-+]?\d+)?$")
            grouped = matches(bare, rf"^-?\d{{1,3}}(?:(?:[{other}]\d{{3}})+[{sign}]\d+|(?:[{other}]\d{{3}}){{2,}})$")
            self._doubtful[sign].append(doubtful)
            self._shown[sign] += int((single & ~doubtful).sum() + grouped.sum())
            pointed = _pointed(pointed, sign, single, grouped)
            usable |= single | grouped
        values = _credible(floats(pointed, usable))
        self._values.append(values)
        return values

    @property
    def sign(self) -> str:
        """The decimal sign: what most cells show, else what goes with the separator of the file."""
        if self._shown[","] != self._shown["."]:
            return max(self._shown, key=self._shown.__getitem__)
        return "," if self._separator == ";" else "."

    @property
    def guessed(self) -> bool:
        """Whether there are doubtful cells and no other cell tells the decimal sign."""
        return not any(self._shown.values()) and any(mask.any() for masks in self._doubtful.values() for mask in masks)

    def settle(self) -> Floats:
        """Numbers of all cells that were added, the doubtful ones as the column has them."""
        if not self._values:
            return np.empty(0)
        thousands = np.concatenate(self._doubtful["." if self.sign == "," else ","])
        return np.concatenate(self._values) * np.where(thousands, _THOUSAND, 1.0)


def _pointed(texts: pa.StringArray, sign: str, single: Flags, grouped: Flags) -> pa.StringArray:
    """Texts with a point for their decimal sign where it is the given one, their thousands not separated."""
    import pyarrow as pa
    import pyarrow.compute as pc

    other = "." if sign == "," else ","
    if grouped.any():
        texts = pc.if_else(pa.array(grouped), pc.replace_substring(texts, other, ""), texts)
    if sign == "," and (single | grouped).any():
        texts = pc.if_else(pa.array(single | grouped), pc.replace_substring(texts, ",", "."), texts)
    return texts
