"""Parse sizes as Exchange prints them: ``1.348 GB (1,447,309,924 bytes)``, ``6672B``, ``Unlimited``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculator.importers.formats.numbers import GROUPS, are_given, floats, matches, without
from calculator.numerics.arrays import Bools, Floats

KB, MB, GB, TB = 2.0**10, 2.0**20, 2.0**30, 2.0**40
_UNITS = {"B": 1.0, "KB": KB, "MB": MB, "GB": GB, "TB": TB}
_DIGITS = "[\\d.,' \u00a0\u202f]"
_SIZE = rf"(?i)^(?P<number>{_DIGITS}*\d)\s*(?P<unit>[KMGT]?B)?(?:\s*\((?P<bytes>{_DIGITS}*\d)[^)\d]*\))?$"
_UNLIMITED = "(?i)^unlimited$"
LARGEST = 2.0**60
"""Bytes; no mailbox or database is larger."""
SHOWN_TO = 6e-4
"""Largest relative difference that rounding to four digits leaves between a number and its bytes."""


@dataclass(frozen=True)
class Sizes:
    """Sizes of a column.

    Attributes
    ----------
    bytes
        Sizes in bytes, NaN where a cell is empty, unlimited or not a size.
    unlimited, bad
        Which cells are unlimited, and which cannot be parsed.
    edited
        Number of cells whose size does not match the bytes in brackets, because someone edited them.
    """

    bytes: Floats
    unlimited: Bools
    bad: Bools
    edited: int


def sizes(texts: pa.StringArray, decimal_comma: bool = False) -> Sizes:
    """Parse sizes; the bytes in brackets are used where they are given, because the number before them is rounded.

    Parameters
    ----------
    texts
        Texts of the cells, null where empty.
    decimal_comma
        Whether a comma in a number without bytes is the decimal sign.
    """
    parts = pc.extract_regex(texts, _SIZE)
    number, unit, exact = (pc.struct_field(parts, name) for name in ("number", "unit", "bytes"))
    factor = _factors(unit)
    in_bytes = factor == 1
    shown = _number(number, decimal_comma) * factor
    shown[in_bytes] = _count(number.filter(pa.array(in_bytes)))
    counted = _count(exact)
    unlimited = matches(texts, _UNLIMITED)
    value = plausible(np.where(np.isnan(counted), shown, counted))
    bad = are_given(texts) & np.isnan(value) & ~unlimited
    differ = np.flatnonzero(_differ(shown, counted))
    with_other_sign = _number(number.take(pa.array(differ)), not decimal_comma) * factor[differ]
    return Sizes(value, unlimited, bad, int(_differ(with_other_sign, counted[differ]).sum()))


def plausible(values: Floats) -> Floats:
    """Return bytes, NaN where they are negative or larger than any mailbox or database."""
    return np.where((values >= 0) & (values <= LARGEST), values, np.nan)


def _differ(shown: Floats, counted: Floats) -> Bools:
    """Return where a size differs from its bytes by more than rounding."""
    return np.abs(counted - shown) > SHOWN_TO * shown + 1 / 2


def _factors(units: pa.StringArray) -> Floats:
    """Return the bytes of the unit of each cell, 1 where it has none."""
    upper = pc.utf8_upper(units)
    factor = np.ones(len(units))
    for name, size in _UNITS.items():
        factor[matches(upper, f"^{name}$")] = size
    return factor


def _count(texts: pa.StringArray) -> Floats:
    """Parse numbers of bytes, in which anything between digits separates thousands."""
    digits = without(pc.replace_substring(texts, ",", ""), r"\D")
    return floats(digits, matches(digits, r"^\d+$"))


def _number(texts: pa.StringArray, decimal_comma: bool) -> Floats:
    """Parse numbers with the given decimal sign; a comma that is not before three digits is always one."""
    bare = without(texts, GROUPS)
    group, decimal = (r"\.", ",") if decimal_comma else (",", r"\.")
    grouped = pa.array(matches(bare, rf"^\d{{1,3}}(?:{group}\d{{3}})+(?:{decimal}\d+)?$"))
    bare = pc.replace_substring(pc.if_else(grouped, without(bare, group), bare), ",", ".")
    return floats(bare, matches(bare, r"^\d*\.?\d+$"))
