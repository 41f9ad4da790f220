"""Sizes as Exchange prints them: ``1.348 GB (1,447,309,924 bytes)``, ``6672B``, ``Unlimited``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calculator.importers.formats.numbers import GROUPS, Flags, Floats, floats, given, matches, without

if TYPE_CHECKING:
    import pyarrow as pa

KB, MB, GB, TB = 2.0**10, 2.0**20, 2.0**30, 2.0**40
_UNITS = {"B": 1.0, "KB": KB, "MB": MB, "GB": GB, "TB": TB}
_DIGITS = "[\\d.,' \u00a0\u202f]"
_SIZE = rf"(?i)^(?P<number>{_DIGITS}*\d)\s*(?P<unit>[KMGT]?B)?(?:\s*\((?P<bytes>{_DIGITS}*\d)[^)\d]*\))?$"
_UNLIMITED = "(?i)^unlimited$"
LARGEST = 2.0**60
"""Bytes beyond which a number is no size of a mailbox or database."""
SHOWN_TO = 6e-4
"""Relative difference that rounding to the four digits shown leaves between a number and its bytes."""


@dataclass(frozen=True)
class Sizes:
    """Sizes of a column.

    Attributes
    ----------
    bytes
        NaN where a cell is empty, unlimited or no size.
    unlimited, bad
        Which cells say so, and which cannot be read.
    edited
        Cells whose number is not that of its bytes: someone changed them by hand.
    """

    bytes: Floats
    unlimited: Flags
    bad: Flags
    edited: int


def sizes(texts: pa.StringArray, decimal_comma: bool = False) -> Sizes:
    """Read sizes; where bytes stand in brackets they count, for the number before is rounded.

    Parameters
    ----------
    texts
        Cells, null where empty.
    decimal_comma
        Whether a comma in a number without bytes is the decimal sign.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = pc.extract_regex(texts, _SIZE)
    number, unit, exact = (pc.struct_field(parts, name) for name in ("number", "unit", "bytes"))
    factor = _factors(unit)
    in_bytes = factor == 1
    shown = _number(number, decimal_comma) * factor
    shown[in_bytes] = _count(number.filter(pa.array(in_bytes)))
    counted = _count(exact)
    unlimited = matches(texts, _UNLIMITED)
    value = plausible(np.where(np.isnan(counted), shown, counted))
    bad = given(texts) & np.isnan(value) & ~unlimited
    differ = np.flatnonzero(_differ(shown, counted))
    otherwise = _number(number.take(pa.array(differ)), not decimal_comma) * factor[differ]
    return Sizes(value, unlimited, bad, int(_differ(otherwise, counted[differ]).sum()))


def plausible(values: Floats) -> Floats:
    """Bytes, NaN where they are negative or beyond any size."""
    return np.where((values >= 0) & (values <= LARGEST), values, np.nan)


def _differ(shown: Floats, counted: Floats) -> Flags:
    """Where a number differs from its bytes by more than its rounding."""
    return np.abs(counted - shown) > SHOWN_TO * shown + 1 / 2


def _factors(units: pa.StringArray) -> Floats:
    """Bytes of the unit each cell has; one where it has none."""
    import pyarrow.compute as pc

    upper = pc.utf8_upper(units)
    factor = np.ones(len(units))
    for name, size in _UNITS.items():
        factor[matches(upper, f"^{name}$")] = size
    return factor


def _count(texts: pa.StringArray) -> Floats:
    """Whole bytes: whatever stands between digits separates thousands."""
    import pyarrow.compute as pc

    digits = without(pc.replace_substring(texts, ",", ""), r"\D")
    return floats(digits, matches(digits, r"^\d+$"))


def _number(texts: pa.StringArray, decimal_comma: bool) -> Floats:
    """Numbers with the decimal sign given; a comma before other than three digits is one in any case."""
    import pyarrow as pa
    import pyarrow.compute as pc

    bare = without(texts, GROUPS)
    group, decimal = (r"\.", ",") if decimal_comma else (",", r"\.")
    grouped = pa.array(matches(bare, rf"^\d{{1,3}}(?:{group}\d{{3}})+(?:{decimal}\d+)?$"))
    bare = pc.replace_substring(pc.if_else(grouped, without(bare, group), bare), ",", ".")
    return floats(bare, matches(bare, r"^\d*\.?\d+$"))
