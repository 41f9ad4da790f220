"""Convert values between units at the boundary; the only module that uses pint.

Inside the program, figures are plain numbers in the canonical unit of their field.  This module turns a text
such as "10 GB" into such a number, with one cached factor per unit.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from calculator.inputs.data_files import read_data
from calculator.issues import closest, quoted

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pint

Number = TypeVar("Number", "float", "npt.NDArray[np.float64]")

DECIMAL = "(decimal)"
_NUMBER = re.compile(r"([+-]?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?)\s*((?:1\s*/)?[^\d.,]*)")
_PREFIXED = re.compile(r"\b([KMGTP])B\b")
_WORD = "[A-Za-z]{1,20}"
_UNIT = re.compile(rf"(?:%|(?:1/)?{_WORD}(?:/{_WORD})?)(?: ?\(decimal\))?")
_PER = re.compile(r"\s*/\s*|\s+per\s+")
_SIZE = re.compile("(?P<k>[kmgtpKMGTP])(?P<i>[iI]?)(?P<b>[bB])")
_SIZES = frozenset({"KB", "MB", "GB", "TB", f"GB {DECIMAL}"})
"""Canonical units of sizes."""
_BIT_WORDS = {
    "bit": "bytes",
    "bits": "bytes",
    "kilobit": "KB",
    "kilobits": "KB",
    "megabit": "MB",
    "megabits": "MB",
    "gigabit": "GB",
    "gigabits": "GB",
}
"""Words for bits, with the unit of a size that is most likely meant."""
_LARGEST_INVERSE, _SAME = 1e15, 1e-12


USUAL: dict[tuple[str, str], float] = {
    ("GB", "MB"): 1024.0,
    ("TB", "MB"): 1048576.0,
    ("KB", "MB"): 1 / 1024,
    ("MB", "KB"): 1024.0,
    ("MB", "GB"): 1 / 1024,
    ("TB", "GB"): 1024.0,
    ("TB", "TB"): 1.0,
    ("days", "hour"): 24.0,
    ("day", "hour"): 24.0,
    ("days", "day"): 1.0,
    ("hours", "hour"): 1.0,
    ("%", "1"): 0.01,
    ("TB", "GB (decimal)"): 1000.0,
    ("GB", "GB (decimal)"): 1.0,
    ("months", "month"): 1.0,
}
"""Factors of common units, so that most profiles are read without loading pint; a test compares each with pint."""


UNIT_TEXTS = {
    "": "",
    "1": "",
    "1/s": "IOPS",
    "hour": "hours",
    "day": "days",
    "month": "months",
    "week": "weeks",
    "year": "years",
    "GB (decimal)": "GB",
    "percent": "%",
    "Mcycle": "megacycles",
}
"""Units that people know by another name than the canonical one."""


_SINGULAR = {"copies": "copy", "mailboxes": "mailbox", "logs/day": "log/day", "messages/day": "message/day"}
_COUNTED = (
    "DAGs",
    "cores",
    "databases",
    "disks",
    "items",
    "logs",
    "messages",
    "servers",
    "streams",
    "volumes",
    "votes",
)
_SPANS = ("hours", "days", "months", "weeks", "years", "megacycles")


def unit_words(unit: str, value: object = None) -> str:
    """Return a canonical unit as people read it, in the singular after the value 1; decimal GB stay marked as such."""
    words = unit if DECIMAL in unit else UNIT_TEXTS.get(unit, unit)
    if value != 1:
        return words
    return words.removesuffix("s") if words in _COUNTED + _SPANS else _SINGULAR.get(words, words)


PERCENT_SIGN = " %"


def percent_text(share: float, decimals: int = 0, space: str = " ", sign: str = "") -> str:
    """Format a share in percent, thousands separated and a space before the sign; ``sign`` is ``+`` for a change."""
    return f"{100 * share + 0.0:{sign},.{decimals}f}{space}%"


class UnitError(ValueError):
    """An unknown unit, or a unit that does not fit the field; its text is a sentence."""


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[Any]:
    import pint  # slow to import, and needed only where a text carries a unit

    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None)
    for line in _definitions():
        registry.define(line)
    return registry


def _definitions() -> list[str]:
    text = read_data("inputs/units.txt")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Return every unit that a person may write, in all its spellings."""
    listed = []
    for line in _definitions():
        name, _, *aliases = (part.strip() for part in line.split("="))
        listed += [spelling for spelling in (name, *aliases) if "_" not in spelling]
    return tuple(listed)


def split(text: str) -> tuple[float, str] | None:
    """Return the number and the unit of a text such as "10 GB"; None if it is not a number with or without a unit."""
    match = _NUMBER.fullmatch(text.strip())
    return (float(match[1]), match[2].strip()) if match else None


def _expression(unit: str, canonical: str) -> str:
    """Return the spelling for the registry, in which decimal KB to PB (powers of 1,000) have names of their own."""
    decimal = DECIMAL in unit or DECIMAL in canonical
    plain = unit.replace(DECIMAL, "").strip()
    return _PREFIXED.sub(r"decimal_\1B", plain) if decimal else plain


def _unknown(unit: str) -> UnitError:
    by_lower = {name.lower(): name for name in reversed(names())}
    near = closest(unit[:20].lower(), by_lower, 0.9)
    hint = f". Did you mean {by_lower[near]}?" if near else "."
    return UnitError(f"{quoted(unit)} is not a unit{hint}")


def _size_unit(unit: str) -> str:
    """Return the unit of a size in the spelling of the list: KB, GiB and so on in any case that is not one of bits.

    A small b after a capital means bits, and so do kb and the words for bits.  Another unit is returned as it is.

    Raises
    ------
    UnitError
        If it is a unit of bits, which measure bandwidth.
    """
    plain = unit.replace(DECIMAL, "").strip()
    prefix = _SIZE.fullmatch(plain)
    if plain in _BIT_WORDS or (prefix and prefix["b"] == "b" and (prefix["k"].isupper() or plain == "kb")):
        meant = _BIT_WORDS.get(plain) or f"{plain[:-1].upper().replace('I', 'i')}B"
        raise UnitError(f"{quoted(plain)} is a unit of bits. Did you mean {meant}?")
    if prefix is None:
        return unit
    return unit.replace(plain, f"{prefix['k'].upper()}{'i' if prefix['i'] else ''}B")


@lru_cache(maxsize=4096)
def factor(unit: str, canonical: str) -> float:
    """Return the factor that turns numbers in a unit into the canonical unit of a field.

    Raises
    ------
    UnitError
        If the unit is unknown or of another dimension.  The text says which.
    """
    if unit == canonical:
        return 1.0
    if (unit, canonical) in USUAL:
        return USUAL[unit, canonical]
    return _by_pint(unit, canonical)


def _by_pint(unit: str, canonical: str) -> float:
    """Return the factor from the registry of all units."""
    spelled = _PER.sub("/", unit.strip())
    if canonical in _SIZES:
        spelled = _size_unit(spelled)
    if not _UNIT.fullmatch(spelled):
        raise _unknown(unit)
    import pint

    registry = _registry()
    target = _expression(canonical, canonical)
    try:
        given = registry.Quantity(1.0, _expression(spelled, canonical))
    except Exception as error:  # pint raises half a dozen kinds on strange texts
        raise _unknown(unit) from error
    try:
        converted = given.to("" if target == "1" else target)
    except pint.DimensionalityError:
        wanted = f"a unit like {canonical}" if canonical not in ("", "1") else "a plain number or percent"
        raise UnitError(f"{quoted(unit)} is not allowed here. Give {wanted}.") from None
    return float(converted.magnitude)


def convert(value: Number, unit: str, canonical: str) -> Number:
    """Turn a number in a unit into the canonical unit of a field.

    Where the canonical unit is a whole multiple of the other (1 is 100 %), the number is divided, so that
    35 % becomes 0.35 to the last bit.
    """
    scale = factor(unit, canonical)
    inverse = round(1 / scale) if 1 / _LARGEST_INVERSE < scale < 1 else 1
    if inverse > 1 and abs(inverse * scale - 1) < _SAME:
        return value / inverse
    return value if scale == 1.0 else value * scale
