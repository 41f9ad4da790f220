"""Units at the boundary: the only place that knows pint.

Inside, figures are plain numbers in the canonical unit of their field.  Here a text such as "10 GB"
becomes such a number, by one factor a unit, looked up once.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pint

DECIMAL = "(decimal)"
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*")
_PREFIXED = re.compile(r"\b([KMGTP])B\b")
_SAFE = re.compile(r"[A-Za-z%1/* ().]{1,40}")


class UnitError(ValueError):
    """A unit that is not known, or not one of the field."""


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[Any]:
    import pint  # slow to import, and needed only where a text carries a unit

    text = files(__package__).joinpath("units.txt").read_text(encoding="utf-8")
    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None)
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            registry.define(line)
    return registry


def split(text: str) -> tuple[float, str] | None:
    """Number and unit of a text such as "10 GB"; None where it does not start with a number."""
    match = _NUMBER.fullmatch(text)
    return (float(match[1]), match[2]) if match else None


def _expression(unit: str, decimal: bool) -> str:
    """Spelling for the registry: on decimal fields KB to PB mean powers of 1,000."""
    plain = unit.replace(DECIMAL, "").strip()
    return _PREFIXED.sub(r"decimal_\1B", plain) if decimal else plain


@lru_cache(maxsize=4096)
def factor(unit: str, canonical: str) -> float:
    """Factor that turns numbers in a unit into the canonical unit of a field.

    Raises
    ------
    UnitError
        For an unknown unit, or one of another kind; the text says which.
    """
    if unit == canonical:
        return 1.0
    if not _SAFE.fullmatch(unit) or "**" in unit:
        raise UnitError(f'"{unit}" is not a unit')
    import pint

    registry = _registry()
    decimal = DECIMAL in canonical
    target = _expression(canonical, decimal) or "1"
    try:
        given = registry.Quantity(1.0, _expression(unit, decimal))
    except Exception as error:  # pint raises half a dozen kinds on strange texts
        raise UnitError(f'"{unit}" is not a unit') from error
    try:
        converted = given.to("" if target == "1" else target)
    except pint.DimensionalityError:
        wanted = f"a unit like {canonical}" if canonical not in ("", "1") else "a plain number or percent"
        raise UnitError(f'"{unit}" does not fit here, {wanted} does') from None
    return float(converted.magnitude)


def convert(value: float, unit: str, canonical: str) -> float:
    """Turn a number in a unit into the canonical unit of a field."""
    scale = factor(unit, canonical)
    return value if scale == 1.0 else value * scale
