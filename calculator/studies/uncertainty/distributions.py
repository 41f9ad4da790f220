"""Parse distributions from text, and draw values from them that an input can have.

>>> from calculator.inputs.schema import BY_PATH
>>> size = BY_PATH["tiers.mailbox_size_limit"]
>>> read_distribution(size, "5..10 GB").values(np.array([0.0, 0.5, 1.0])).tolist()
[5120.0, 7680.0, 10240.0]
>>> read_distribution(size, "+- 20 %").values(np.array([0.0, 1.0]), present=5120.0).tolist()
[4096.0, 6144.0]
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial

import numpy as np
import numpy.typing as npt

from calculator.inputs import units
from calculator.inputs.parsing import LONGEST_RANGE, ValueProblem, read_value, shared_unit
from calculator.inputs.schema import Field, Kind
from calculator.issues import quoted, short
from calculator.numerics.arrays import Floats
from calculator.numerics.rounding import RELATIVE_TOLERANCE
from calculator.studies.uncertainty.inverses import NormalInverse, TriangularInverse

MAX_QUANTILES = 1000
_WIDEST = 1e6
"""Ratio of a standard deviation to the distance of the limits above which draws between the limits are uniform."""
FORMS = (
    'Give "80..140", "normal(100, 15)", "triangular(80, 100, 140)", "100 +- 20 %" or "quantiles(12, 40, 310)"; '
    '"+- 20 %" and "0.5..2 times" refer to the present value.'
)
NUMBERS = (Kind.INT, Kind.FLOAT, Kind.FRACTION)
TIMES = "times"
PERCENT = "%"
_LONGEST_PART = 40
_LARGEST = float(np.finfo(np.float64).max)
_ANY_FACTOR = Field("factor", Kind.FLOAT, 1.0, "Factor", "Factor on a present value", unit="1", low=0, high=1000)
_CALL = re.compile(r"(normal|triangular|quantiles)\s*\((.*)\)", re.IGNORECASE | re.DOTALL)
_AROUND = re.compile(r"\+-|\+/-|±")
_LEAST, _MOST = 2.0**-54, 1 - 2.0**-53
"""Limits of the probabilities: at 0 and 1 a normal distribution has no finite value."""


class Basis(Enum):
    """Meaning of a drawn number: the value itself, a factor on the present value, or a step added to it."""

    VALUE = "value"
    FACTOR = "factor"
    STEP = "step"


@dataclass(frozen=True)
class Distribution:
    """Distribution of the values of an input.

    Attributes
    ----------
    field
        The input.
    text
        The distribution as it was written.
    inverse
        Inverse of the cumulative distribution function, from probabilities to drawn numbers; None if all numbers
        between the two ends are equally likely.
    low, high
        Lowest and highest number that can be drawn; infinite if only the limits of the input are an end.
    basis
        Meaning of a drawn number: the value itself, a factor or a step.
    """

    field: Field
    text: str
    inverse: Callable[[Floats], npt.ArrayLike] | None
    low: float
    high: float
    basis: Basis = Basis.VALUE

    def values(self, probabilities: Floats, present: float = math.nan) -> Floats:
        """Return the values at probabilities, within the limits of the input.

        Parameters
        ----------
        probabilities
            Between 0 and 1, any shape.
        present
            Value of the input in the design, to which a factor or step is applied.

        Returns
        -------
        ndarray in the shape of the probabilities, in the unit of the input
        """
        inside = np.clip(probabilities, _LEAST, _MOST)
        if self.inverse is not None:
            with np.errstate(over="ignore"):  # infinity is clipped to the limits of the input, or to the largest number
                drawn = np.asarray(self.inverse(inside), dtype=np.float64)
                return np.clip(clip_to_limits(self.field, self._apply(drawn, present)), -_LARGEST, _LARGEST)
        low, high = self.ends(present)
        if _is_whole(self.field):
            return low + np.floor(inside * (high - low + 1))
        return clip_to_limits(self.field, low + inside * (high - low))

    def ends(self, present: float = math.nan) -> tuple[float, float]:
        """Return the lowest and the highest value of the input, within its limits."""
        ends = _limit(self.field, self._apply(np.array([self.low, self.high]), present))
        if self.inverse is None and _is_whole(self.field):
            ends = _whole_ends(*ends.tolist())
        low, high = ends if self.inverse is None else clip_to_limits(self.field, ends)
        return float(low), float(high)

    def _apply(self, drawn: Floats, present: float) -> Floats:
        if self.basis is Basis.VALUE:
            return drawn
        with np.errstate(over="ignore"):  # infinity is clipped to the limits of the input
            return drawn * present if self.basis is Basis.FACTOR else drawn + present


def clip_to_limits(field: Field, values: Floats) -> Floats:
    """Return values that an input can take: within its limits, whole, or on its list.

    Parameters
    ----------
    field
        The input, a number.
    values
        Any numbers, any shape; NaN (no value) stays, and so does 0 of an input with a list.

    Returns
    -------
    ndarray in the shape of the values
        The nearest values on the list of the input if it has one, rounded to whole numbers if the input is one.
    """
    if field.options:
        offered = np.array(sorted(field.options), dtype=np.float64)
        nearest = offered[np.searchsorted((offered[1:] + offered[:-1]) / 2, values)]
        return np.where((values == 0) | np.isnan(values), values, nearest)
    within = _limit(field, values)
    return np.rint(within) if field.kind is Kind.INT else within


def _limit(field: Field, values: Floats) -> Floats:
    """Return values within the limits of an input; those of its list are limits too."""
    low, high = _limits(field)
    return np.clip(values, low, high)


def _limits(field: Field) -> tuple[float, float]:
    if field.options:
        return float(min(field.options)), float(max(field.options))
    low = np.nextafter(field.low, np.inf) if field.open_low else field.low
    high = np.nextafter(field.high, -np.inf) if field.open_high else field.high
    return float(low), float(high)


def _is_whole(field: Field) -> bool:
    """Return whether an input takes every whole number within its limits, and no other."""
    return field.kind is Kind.INT and not field.options


def _whole_ends(low: float, high: float) -> Floats:
    """Return the first and the last whole number of a range; the nearest whole number twice if the range has none."""
    if math.isnan(low):
        return np.array([low, high])
    first = math.ceil(low - abs(low) * RELATIVE_TOLERANCE)
    last = math.floor(high + abs(high) * RELATIVE_TOLERANCE)
    if first > last:
        first = last = round((low + high) / 2)
    return np.array([first, last], dtype=np.float64)


def make_uniform(field: Field, low: float, high: float, text: str, basis: Basis = Basis.VALUE) -> Distribution:
    """Return a distribution in which everything between two ends is equally likely.

    The ends are clipped to the limits of the input.  If it is a whole number, all whole numbers between the ends are
    equally likely.

    Parameters
    ----------
    field
        The input.
    low, high
        The ends, both included.
    text
        The distribution as it was written.
    basis
        What is drawn.
    """
    return Distribution(field, text, None, low, high, basis)


def read_distribution(field: Field, text: str) -> Distribution:
    """Parse a distribution from text; its numbers may have units.

    Parameters
    ----------
    field
        The input whose values are distributed.
    text
        Such as ``80..140``, ``normal(100, 15)``, ``triangular(80, 100, 140)``, ``100 +- 20 %`` or
        ``quantiles(12, 40, 310)``.  ``+- 20 %`` and ``0.5..2 times`` apply to the present value.

    Raises
    ------
    ValueProblem
        With what is wrong and what can be written.
    """
    if field.kind not in NUMBERS:
        raise ValueProblem(
            f"{quoted(text)} cannot be sampled, because this input is not a number.", "Vary numbers only."
        )
    if len(text) > LONGEST_RANGE:
        raise ValueProblem(f"{quoted(text)} has {len(text):,} characters.", f"Give at most {LONGEST_RANGE:,}.")
    call = _CALL.fullmatch(text.strip())
    if call:
        return _READERS[call[1].lower()](field, text, call[2].split(","))
    if _AROUND.search(text):
        return _read_around(field, text, *_AROUND.split(text, maxsplit=1))
    times = text.strip().lower().endswith(TIMES)
    parts = (text.strip()[: -len(TIMES)] if times else text).split("..")
    if len(parts) != 2:
        raise ValueProblem(f"{quoted(text)} is not a range of values.", FORMS)
    low, high = _read_numbers(_ANY_FACTOR if times else field, text, parts)
    if low > high:
        raise ValueProblem(f"{quoted(text)} begins above its end.", "Give the lower end first.")
    if not times and _is_whole(field) and math.ceil(low) > math.floor(high):
        raise ValueProblem(f"{quoted(text)} has no whole number in it.", "Give two whole numbers.")
    return make_uniform(field, low, high, text, Basis.FACTOR if times else Basis.VALUE)


def _unit_of(number: str) -> str:
    """Return the unit of a number; empty if it has none."""
    parts = units.split(number)
    return parts[1] if parts else ""


def _shared_unit(text: str, parts: Sequence[str]) -> str:
    try:
        return shared_unit(parts)
    except ValueProblem as error:
        raise ValueProblem(f"{quoted(text)}: {error.message}", error.hint) from None


def _read_number(field: Field, text: str, part: str, unit: str) -> float:
    """Return a number of a distribution in the canonical unit, within the limits of the input."""
    any_number = replace(field, kind=Kind.FLOAT, default=0.0, options=())
    if field.options:
        any_number = replace(any_number, low=min(field.options), high=max(field.options))
    try:
        return float(read_value(any_number, part, unit) or 0)
    except ValueProblem as error:
        raise ValueProblem(f"{quoted(text)}: {error.message}", error.hint) from None


def _read_numbers(field: Field, text: str, parts: Sequence[str]) -> list[float]:
    """Return the numbers of a distribution; those without a unit have the unit of the others."""
    unit = _shared_unit(text, parts)
    return [_read_number(field, text, part, unit) for part in parts]


def _read_width(field: Field, text: str, part: str, unit: str = "") -> float:
    """Return a difference in the canonical unit, above 0; a plain number has the unit that is given."""
    parts = units.split(part)
    try:
        width = units.convert(parts[0], parts[1] or unit or field.unit, field.unit) if parts else 0.0
    except units.UnitError as error:
        raise ValueProblem(f"{quoted(text)}: {error}", FORMS) from None
    if not 0 < width < math.inf:
        raise ValueProblem(f"{quoted(text)}: {quoted(part.strip())} is not a width.", "Give a number above 0.")
    return width


def _read_around(field: Field, text: str, middle: str, width: str) -> Distribution:
    """Return a uniform distribution around a value, or around the present one if the middle is empty.

    A width in % is a share of the middle, unless the middle is in % itself.
    """
    is_share = _unit_of(width) == PERCENT != _unit_of(middle)
    if is_share and middle.strip() and not _unit_of(middle) and field.kind is Kind.FRACTION:
        of, shown = short(middle.strip(), _LONGEST_PART), short(width.strip(), _LONGEST_PART)
        message = f"{quoted(text)} is ambiguous: {shown} of {of}, or {shown} more and less?"
        raise ValueProblem(message, "Give both in %, such as 10 % +- 5 % for 5 % to 15 %.")
    share = _read_width(replace(field, unit="1"), text, width) if is_share else 0.0
    if not middle.strip() and share:
        return make_uniform(field, 1 - share, 1 + share, text, Basis.FACTOR)
    if not middle.strip():
        half = _read_width(field, text, width)
        return make_uniform(field, -half, half, text, Basis.STEP)
    unit = "" if share else _shared_unit(text, [middle, width])
    centre = _read_number(field, text, middle, unit)
    half = centre * share if share else _read_width(field, text, width, unit)
    if not math.isfinite(half):
        raise ValueProblem(f"{quoted(text)}: {quoted(width.strip())} is not a width.", "Give a smaller number.")
    return make_uniform(field, centre - half, centre + half, text)


def _read_normal(field: Field, text: str, parts: list[str]) -> Distribution:
    if len(parts) != 2:
        raise ValueProblem(f"{quoted(text)} has {len(parts)} numbers, not 2.", "Give mean and standard deviation.")
    unit = _shared_unit(text, parts)
    mean, deviation = _read_number(field, text, parts[0], unit), _read_width(field, text, parts[1], unit)
    low, high = _limits(field)
    if _is_whole(field):  # so that the first and the last whole number are as likely as the others
        low, high = low - 0.5, high + 0.5
    deviation = min(deviation, _WIDEST * (high - low))
    return Distribution(field, text, NormalInverse(mean, deviation, low, high), -math.inf, math.inf)


def _read_triangular(field: Field, text: str, parts: list[str]) -> Distribution:
    if len(parts) != 3:
        raise ValueProblem(
            f"{quoted(text)} has {len(parts)} numbers, not 3.",
            "Give the smallest, the most likely and the largest value.",
        )
    low, mode, high = _read_numbers(field, text, parts)
    if not (low <= mode <= high and low < high):
        raise ValueProblem(
            f"{quoted(text)} is not in rising order.", "Give the smallest, the most likely and the largest value."
        )
    return Distribution(field, text, TriangularInverse(low, mode, high), low, high)


def _read_quantiles(field: Field, text: str, parts: list[str]) -> Distribution:
    if not 2 <= len(parts) <= MAX_QUANTILES:
        message = f"{quoted(text)} has {len(parts):,} numbers, not 2 to {MAX_QUANTILES:,}."
        raise ValueProblem(message, "Give values at equal steps of probability, from the smallest to the largest.")
    measured = _read_numbers(field, text, parts)
    if measured != sorted(measured):
        raise ValueProblem(
            f"{quoted(text)} is not in rising order.", "Give the values from the smallest to the largest."
        )
    steps = np.linspace(0, 1, len(measured))
    return Distribution(field, text, partial(np.interp, xp=steps, fp=measured), measured[0], measured[-1])


_READERS = {"normal": _read_normal, "triangular": _read_triangular, "quantiles": _read_quantiles}
