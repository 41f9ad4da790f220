"""Arrays with "not applicable" in them, and selections that cost the same whatever the condition.

A figure of n designs is an array whose last axis is the design.  In numbers NaN means "not
applicable" and nothing else; in codes (choices, flags that may be missing) it is -1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[Any]
Numbers = Floats | float

NA = float("nan")
NO_CODE = -1

_FEW = 256
"""Below this many elements ``np.where`` is faster than bit patterns."""


def mask(condition: Bools) -> Mask:
    """Make a condition ready for several selections.

    Long conditions become all-ones or all-zeros bit patterns, so that a selection takes the same
    time whether the condition can be predicted or not; short ones stay as they are.
    """
    if condition.size < _FEW:
        return condition
    bits = condition.view(np.int8).astype(np.int64)
    return np.negative(bits, out=bits)


def _bits(values: Any) -> Any:
    return np.asarray(values, dtype=np.float64).view(np.int64)


def select(condition: Mask, a: Numbers, b: Numbers) -> Floats:
    """``a`` where the condition holds, ``b`` elsewhere, bit for bit (NaN and infinity too).

    Parameters
    ----------
    condition
        Bool array, or the result of `mask`.
    a, b
        Arrays or numbers that broadcast with it.
    """
    if condition.dtype == np.bool_:
        if condition.size < _FEW:
            return np.where(condition, a, b)
        condition = mask(condition)
    bits_a = _bits(a)
    if isinstance(b, float) and b == 0.0:
        return (bits_a & condition).view(np.float64)
    bits_b = _bits(b)
    return (((bits_a ^ bits_b) & condition) ^ bits_b).view(np.float64)


def choose(*cases: tuple[Mask, Numbers], default: Numbers) -> Floats:
    """Value of the first condition that holds, ``default`` where none does."""
    result = default
    for condition, value in reversed(cases):
        result = select(condition, value, result)
    return np.asarray(result, dtype=np.float64)


def codes(*cases: tuple[Bools, int | Codes], default: int | Codes) -> Codes:
    """Code of the first condition that holds, ``default`` where none does."""
    result: Any = default
    for condition, value in reversed(cases):
        result = np.where(condition, value, result)
    return np.asarray(result, dtype=np.int64)


def is_na(values: Floats) -> Bools:
    """True where a figure does not apply."""
    return np.isnan(values)


def or_zero(values: Floats) -> Floats:
    """Take 0 where a figure does not apply."""
    return select(np.isnan(values), 0.0, values)


def sum_na(first: Floats, *others: Floats) -> Floats:
    """Sum in which figures that do not apply count 0."""
    total = or_zero(first)
    for other in others:
        total = total + or_zero(other)
    return total


def max_na(first: Floats, *others: Floats) -> Floats:
    """Greatest of the figures that apply, 0 where none does."""
    best = first
    for other in others:
        best = np.fmax(best, other)
    return or_zero(best)


def min_na(first: Floats, *others: Floats) -> Floats:
    """Least of the figures that apply; not applicable where none does."""
    best = first
    for other in others:
        best = np.fmin(best, other)
    return best


def axis_sum(values: Floats) -> Floats:
    """Sum over the first axis, term by term.

    ``values.sum(axis=0)`` may add in another order for other numbers of designs, and a row would
    then not have the same bits alone and in a batch.
    """
    total = values[0]
    for term in values[1:]:
        total = total + term
    return np.asarray(total)


def axis_max(values: Floats) -> Floats:
    """Greatest over the first axis, figures that do not apply left out; its bits depend on no order."""
    return np.asarray(np.fmax.reduce(values, axis=0))


def ratio(a: Numbers, b: Numbers) -> Floats:
    """``a / b``, not applicable where ``b`` is 0 or the quotient is not finite."""
    quotient = np.divide(a, b)
    return select(np.isfinite(quotient), quotient, NA)


def stack(*rows: npt.NDArray[Any] | float) -> npt.NDArray[Any]:
    """Put rows of equal or unit length under each other: a new first axis."""
    arrays = [np.asarray(row) for row in rows]
    width = max(array.shape[-1] if array.ndim else 1 for array in arrays)
    out = np.empty((len(arrays), width), dtype=np.result_type(*arrays))
    for place, array in enumerate(arrays):
        out[place] = array
    return out


def grid(*rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Put blocks of shape ``(k, n)`` or ``(k, 1)`` under each other: a new first axis."""
    width = max(row.shape[-1] for row in rows)
    out = np.empty((len(rows), rows[0].shape[0], width), dtype=rows[0].dtype)
    for place, row in enumerate(rows):
        out[place] = row
    return out
