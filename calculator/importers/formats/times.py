"""Parse points in time as logs and the exports of any culture write them, as minutes since 1970."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculator.importers.formats.typography import map_texts, normalize
from calculator.issues import NOTICE, Issues, quoted, refuse
from calculator.numerics.arrays import Bools, Ints

NEVER = np.iinfo(np.int64).min
"""Value for a text that is not a point in time."""
HOUR, DAY = 60, 24 * 60
FIRST_YEAR, LAST_YEAR = 1990, 2089
MONTH_FIRST, DAY_FIRST, YEAR_FIRST = "month first", "day first", "year first"
_ORDERS = (DAY_FIRST, MONTH_FIRST, YEAR_FIRST)
DATE_ORDERS = {"day-first": DAY_FIRST, "month-first": MONTH_FIRST}
"""Orders of a date by the words that the caller gives."""
_BUDDHIST = 543
"""Number of years by which the Buddhist era, used in Thailand, is ahead of the common era."""
_CENTURY, _LAST_DAY = 2000, 31
_CLOSER = 2
"""Ratio of the days covered above which the reading of the dates that covers fewer days is chosen."""
_STRAY = 20
"""Ratio of unreadable rows above which the reading of the dates with fewer unreadable rows is chosen."""

_TIME = (
    r"^\s*(?P<a>\d{1,4})(?P<sign>[-./])(?P<b>\d{1,2})[-./](?P<c>\d{1,4})\.?[T, ]+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})"
    r"(?:[:.]\d{2}(?:[.,]\d{1,9})?)?\s*(?P<half>[AaPp])?(?:\.?[Mm]\.?)?(?P<zone>Z|[+-]\d{2}:\d{2})?\s*$"
)
_ZONE = re.compile(r"(?<=[\d\s])[+-]\d{2}:\d{2}$")
_WORD = re.compile(r"[^\d:/+-]*[^\W\d_][^\d:/+-]*")
_DATE = re.compile(r"^(\d{1,4})\s*([-./])\s*(\d{1,2})\s*[-./]\s*(\d{1,4})[\s.,]+")
_MONTH_BY_NAME = re.compile(r"(?i)(?:^[a-z]{3}[a-z]*,?\s+)?(\d{1,2})[-\s.]+([a-z]{3})[a-z]*[-\s.,]+(\d{2,4})(?!\d)")


@cache
def _words() -> dict[str, Any]:
    data = tomllib.loads((resources.files(__package__) / "time_words.toml").read_text(encoding="utf-8"))
    found: dict[str, Any] = {"separators": str.maketrans(data["separators"]), "months": data["months"]}
    for kind in ("ignored", "utc", "afternoon", "morning"):
        found |= {letters_of(word): kind for word in data[kind]}
    return found


def letters_of(text: str) -> str:
    """Return the letters of a text in lower case, with their marks."""
    return "".join(c for c in text.casefold() if unicodedata.category(c)[0] in "LM")


def simplify(text: str) -> str:
    """Return a point in time of any culture in the form that `Times` parses; other texts are returned unchanged."""
    plain = normalize(text).replace("?", " ").translate(_words()["separators"]).strip()
    named = _MONTH_BY_NAME.search(plain)
    if named and (month := _words()["months"].get(named[2].lower())):
        plain = f"{named[1]}.{month}.{named[3]}{plain[named.end() :]}"
    zone = _ZONE.search(plain)
    plain, zone_text = (plain[: zone.start()], zone[0]) if zone else (plain, "")
    half = ""
    for part in set(_WORD.findall(plain)):
        kind = _words().get(letters_of(part))
        if kind not in ("ignored", "utc", "afternoon", "morning"):
            return text
        half = {"afternoon": "PM", "morning": "AM"}.get(kind, half)
        zone_text = "Z" if kind == "utc" else zone_text
        plain = plain.replace(part, " ")
    plain = _DATE.sub(r"\1\2\3\2\4 ", plain.strip(" .:"))
    return f"{plain} {half}".strip() + zone_text


class Times:
    """Points in time of a column.

    Parameters
    ----------
    texts
        Arrow array of strings: ``2014-05-06T07:58:12.345Z``, ``5/6/2014 9:12:33 AM``, ``6. 5. 2014 09:12:33``,
        ``2014/5/6 上午 09:12:33``.

    Attributes
    ----------
    zoned
        Whether each text has a time zone: then its minutes are in UTC, else in the local time of the writer.
    short
        Whether each date has a year of two digits.
    dotted, padded
        Whether a date that begins with the day or the month has points between its numbers, or a leading zero in the
        second number only.
    """

    def __init__(self, texts: Any) -> None:
        parts = pc.extract_regex(texts, _TIME)
        if parts.null_count:
            unclear = pc.is_null(parts)
            simple = map_texts(pc.if_else(unclear, texts, pa.scalar(None, pa.string())), simplify)
            texts = pc.if_else(unclear, simple, texts)
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
        self._year_first = self._a > _LAST_DAY
        if not self._year_first.all():
            self._year_first |= np.asarray(pc.fill_null(pc.greater(pc.utf8_length(fields["a"]), 2), False))
        named = self.named
        self.dotted = self.padded = False
        self.short = np.zeros(len(named), dtype=bool)
        if named.any():
            short = named & (self._c < 100) & np.asarray(pc.fill_null(pc.equal(pc.utf8_length(fields["c"]), 2), False))
            self.short = short
            self.dotted = bool((np.asarray(pc.fill_null(pc.equal(fields["sign"], "."), False)) & named).any())
            padded = pc.and_(pc.equal(pc.utf8_length(fields["a"]), 1), pc.starts_with(fields["b"], "0"))
            self.padded = bool((np.asarray(pc.fill_null(padded, False)) & named).any())
        self._zone, self.zoned = _offsets(fields["zone"])

    @property
    def named(self) -> Bools:
        """Which texts are dates that begin with the day or the month."""
        return (self._a >= 0) & ~self._year_first

    def minutes(self, order: str) -> Ints:
        """Return minutes since 1970, `NEVER` where a text is not a point in time."""
        year_first = self._year_first | (self.short & (order == YEAR_FIRST))
        first, second = (self._a, self._b) if order == DAY_FIRST else (self._b, self._a)
        day = np.where(year_first, self._c, first)
        month = np.where(year_first, self._b, second)
        year = np.where(year_first, self._a, self._c)
        year = np.where(self.short, year + _CENTURY, year)
        year = np.where(year >= FIRST_YEAR + _BUDDHIST, year - _BUDDHIST, year)
        afternoon = self._half == "P"
        hour = np.where(self._half != "", self._hour % 12 + 12 * afternoon, self._hour)
        good = (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
        good &= (hour <= 23) & (self._minute <= 59) & ((self._half == "") | (self._hour <= 12))
        months = np.where(good, (year - 1970) * 12 + month - 1, 0)
        begins = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        ends = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        days = begins + day - 1
        good &= days < ends
        return np.where(good, days * DAY + hour * HOUR + self._minute - self._zone, NEVER)


@dataclass
class DateOrder:
    """Whether the day or the month comes first in the dates of a file, decided from all its rows.

    Parameters
    ----------
    given
        The order that the caller gives for ambiguous files: ``day-first`` or ``month-first``.
    """

    given: str | None = None
    example: str = ""
    _dotted: bool = False
    _padded: bool = False
    _long: bool = False
    _unreadable: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_ORDERS, 0))
    _days: dict[str, Ints] = field(default_factory=lambda: dict.fromkeys(_ORDERS, np.zeros(0, np.int64)))

    def add(self, times: Times, texts: Any) -> None:
        """Add the points in time of more rows, and their texts."""
        named = times.named
        if not named.any():
            return
        readings = {order: times.minutes(order)[named] for order in self._days}
        readable = np.any([minutes != NEVER for minutes in readings.values()], axis=0)
        if not readable.any():
            return
        self.example = self.example or texts[int(np.flatnonzero(named)[int(np.argmax(readable))])].as_py()
        self._dotted |= times.dotted
        self._padded |= times.padded
        self._long |= not times.short[named].all()
        for order, minutes in readings.items():
            known = minutes[readable & (minutes != NEVER)]
            self._unreadable[order] += int(readable.sum()) - len(known)
            self._days[order] = np.union1d(self._days[order], known // DAY)

    @property
    def needed(self) -> bool:
        """Whether there are dates that begin with the day or the month."""
        return self.example != ""

    @property
    def _candidates(self) -> list[str]:
        """The orders that are possible; only a year of two digits can be the first number."""
        possible = [order for order in _ORDERS if order != YEAR_FIRST or not self._long]
        fewest = min(self._unreadable[order] for order in possible)
        return [order for order in possible if self._unreadable[order] < max(fewest * _STRAY, 1)]

    @property
    def shown(self) -> str | None:
        """The order that the dates show; None if they are ambiguous.

        A number above 12 shows it, points between the numbers do (day first), and so does a month with a leading
        zero after a day without one.  Otherwise the reading in which the dates are closer together is chosen.
        """
        if not self.needed:
            return DAY_FIRST
        possible = self._candidates
        if len(possible) == 1:
            return possible[0]
        if all(self._unreadable[order] for order in possible):
            return None
        spans = {order: int(np.ptp(self._days[order])) + 1 for order in possible}
        nearest, next_to_it = sorted(possible, key=spans.__getitem__)[:2]
        closer = nearest if spans[nearest] * _CLOSER <= spans[next_to_it] else None
        if closer != YEAR_FIRST and DAY_FIRST in possible and (self._dotted or self._padded):
            return DAY_FIRST
        return closer

    def decide(self) -> str | None:
        """Return the order; None if the caller has to give it."""
        if not self.needed:
            return DAY_FIRST
        certain = self.shown if self._dotted or self._padded or len(self._candidates) == 1 else None
        return certain or (DATE_ORDERS[self.given] if self.given else None) or self.shown

    def report(self, where: str, column: str, order: str, issues: Issues) -> None:
        """Report an order that no date shows, because the reading that covers fewer days was chosen."""
        possible = self._candidates
        if not self.needed or self.given or self._dotted or self._padded or len(possible) == 1:
            return
        spans = {one: int(np.ptp(self._days[one])) + 1 for one in possible}
        others = " or ".join(f"{spans[one]:,}" for one in possible if one != order)
        message = (
            f"{quoted(self.example)} was read {order}: the file then covers {spans[order]:,} days, otherwise {others}."
        )
        issues.add(NOTICE, where, column, message, "If that is wrong, give --dates day-first or --dates month-first.")

    def join(self, other: DateOrder) -> DateOrder:
        """Return the combined evidence of two files."""
        return DateOrder(
            self.given,
            self.example or other.example,
            self._dotted or other._dotted,
            self._padded or other._padded,
            self._long or other._long,
            {order: count + other._unreadable[order] for order, count in self._unreadable.items()},
            {order: np.union1d(days, other._days[order]) for order, days in self._days.items()},
        )

    def ask(self, where: str, column: str) -> NoReturn:
        """Raise `InputError` that asks for the order."""
        message = f"{column} such as {quoted(self.example)} leaves open whether the day or the month comes first."
        refuse(where, message, "Choose the order: --dates day-first or --dates month-first.")


def decide_orders(orders: list[DateOrder]) -> list[str | None]:
    """Decide the order of each file; an ambiguous file has the order of the others, or that of all files combined."""
    found = [order.decide() for order in orders]
    if None not in found:
        return found
    shown = {one for one, order in zip(found, orders, strict=True) if one and order.needed}
    usual = shown.pop() if len(shown) == 1 else None
    if usual is None and not shown:
        together = DateOrder()
        for order in orders:
            together = together.join(order)
        usual = together.decide() if together.needed else None
    return [one or usual for one in found]


def _numbers(texts: Any) -> Ints:
    """Parse whole numbers; -1 for an empty text."""
    filled = pc.if_else(pc.equal(pc.fill_null(texts, ""), ""), "-1", texts)
    return pc.cast(filled, pa.int64()).to_numpy(zero_copy_only=False)


def _offsets(zones: Any) -> tuple[Ints, Bools]:
    """Return the minutes by which local time is ahead of UTC, and whether a text has a time zone."""
    codes = pc.dictionary_encode(pc.fill_null(zones, ""))
    zones = codes.dictionary.to_pylist()
    places = codes.indices.to_numpy(zero_copy_only=False)
    offsets = np.array([_offset(zone) for zone in zones], np.int64)
    zoned = np.array([zone != "" for zone in zones], bool)
    return offsets[places], zoned[places]


def _offset(zone: str) -> int:
    """Return the minutes by which a time zone is ahead of UTC."""
    if zone in ("", "Z"):
        return 0
    ahead = int(zone[1:3]) * HOUR + int(zone[4:6])
    return -ahead if zone[0] == "-" else ahead
