"""Parse points in time as logs and exports write them, as minutes since 1970."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculator.numerics.arrays import Bools, Ints

NEVER = np.iinfo(np.int64).min
"""Stands for a text that is not a point in time."""
HOUR, DAY = 60, 24 * 60
FIRST_YEAR, LAST_YEAR = 1990, 2089
MONTH_FIRST, DAY_FIRST = "month first", "day first"

_TIME = (
    r"^\s*(?P<a>\d{1,4})(?P<sign>[-./])(?P<b>\d{1,2})[-./](?P<c>\d{1,4})\.?[T, ]+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})"
    r"(?:[:.]\d{2}(?:[.,]\d{1,9})?)?\s*(?P<half>[AaPp])?(?:\.?[Mm]\.?)?(?P<zone>Z|[+-]\d{2}:\d{2})?\s*$"
)


class Times:
    """The points in time of a column.

    Parameters
    ----------
    texts
        Arrow array of strings: ``2014-05-06T07:58:12.345Z``, ``5/6/2014 9:12:33 AM``, ``06.05.2014 09:12:33``.

    Attributes
    ----------
    zoned
        Whether each has a time zone: its minutes are then in UTC, else in the local time of the writer.
    """

    def __init__(self, texts: Any) -> None:
        parts = pc.extract_regex(texts, _TIME)
        fields = {
            name: pc.struct_field(parts, [name]) for name in ("a", "b", "c", "sign", "hour", "minute", "half", "zone")
        }
        self._a, self._b, self._c, self._hour, self._minute = (
            _numbers(fields[name]) for name in ("a", "b", "c", "hour", "minute")
        )
        self._half = np.asarray(
            pc.fill_null(pc.utf8_upper(fields["half"]), "").to_numpy(zero_copy_only=False), dtype="U1"
        )
        self._dotted = np.asarray(pc.fill_null(pc.equal(fields["sign"], "."), False))
        self._zone, self.zoned = _offsets(fields["zone"])

    @property
    def order(self) -> str | None:
        """Whether the day or the month comes first; None where the column does not show it.

        A number above 12 shows it, a point between the numbers (day first), and AM or PM (month first).
        """
        named = (self._a >= 0) & (self._a <= 31)
        if not named.any() or (self._a[named] > 12).any() or self._dotted[named].any():
            return DAY_FIRST
        if (self._b[named] > 12).any() or (self._half[named] != "").any():
            return MONTH_FIRST
        return None

    def minutes(self, order: str) -> Ints:
        """Return minutes since 1970, `NEVER` where a text is not a point in time."""
        year_first = self._a > 31
        first, second = (self._a, self._b) if order == DAY_FIRST else (self._b, self._a)
        day = np.where(year_first, self._c, first)
        month = np.where(year_first, self._b, second)
        year = np.where(year_first, self._a, self._c)
        afternoon = self._half == "P"
        hour = np.where(self._half != "", self._hour % 12 + 12 * afternoon, self._hour)
        good = (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
        good &= (hour <= 23) & (self._minute <= 59) & ((self._half == "") | ((self._hour >= 1) & (self._hour <= 12)))
        months = np.where(good, (year - 1970) * 12 + month - 1, 0)
        begins = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        ends = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        days = begins + day - 1
        good &= days < ends
        return np.where(good, days * DAY + hour * HOUR + self._minute - self._zone, NEVER)


def _numbers(texts: Any) -> Ints:
    """Parse whole numbers, -1 where there is none."""
    filled = pc.if_else(pc.equal(pc.fill_null(texts, ""), ""), "-1", texts)
    return pc.cast(filled, pa.int64()).to_numpy(zero_copy_only=False)


def _offsets(zones: Any) -> tuple[Ints, Bools]:
    """Return the minutes that local time is ahead of UTC, and whether a text has a time zone."""
    codes = pc.dictionary_encode(pc.fill_null(zones, ""))
    zones = codes.dictionary.to_pylist()
    places = codes.indices.to_numpy(zero_copy_only=False)
    offsets = np.array([_offset(zone) for zone in zones], np.int64)
    zoned = np.array([zone != "" for zone in zones], bool)
    return offsets[places], zoned[places]


def _offset(zone: str) -> int:
    """Return the minutes that a time zone is ahead of UTC."""
    if zone in ("", "Z"):
        return 0
    ahead = int(zone[1:3]) * HOUR + int(zone[4:6])
    return -ahead if zone[0] == "-" else ahead
