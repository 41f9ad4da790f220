"""Arrays with "not applicable" in them, and selections that cost the same whatever the condition.

A figure of n designs is an array whose last axis is the design.  In numbers NaN means "not
applicable" and nothing else; in codes (choices, flags that may be missing) it is -1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from calculator.numerics import tape

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[Any]
Numbers = Floats | float
Values = TypeVar("Values", bound=npt.NDArray[Any])

NA = float(np.int64(-1).view(np.float64))
"""Not applicable: the NaN whose bits are all ones, so that a selection of it is one operation."""
NO_CODE = -1


def mask(condition: Mask) -> Mask:
    """Make all-ones and all-zeros bit patterns of a condition, what selections are made with."""
    if condition.dtype == np.int64:
        return condition
    return np.negative(condition.view(np.int8)).astype(np.int64)


def _opposite(condition: Mask) -> Mask:
    """The bit patterns of where a condition does not hold."""
    if condition.dtype == np.int64:
        return ~condition
    return (condition.view(np.int8) - np.int8(1)).astype(np.int64)


def _bits(values: Any) -> Any:
    """Bit patterns of numbers."""
    if not hasattr(values, "view"):
        values = np.float64(values)
    return (values if values.dtype == np.float64 else values.astype(np.float64)).view(np.int64)


def select(condition: Mask, a: Numbers, b: Numbers) -> Floats:
    """``a`` where the condition holds, ``b`` elsewhere, bit for bit (NaN and infinity too).

    Recorded, it is made on bit patterns, in the same time whether the condition can be predicted or not.

    Parameters
    ----------
    condition
        Bool array, or the result of `mask`.
    a, b
        Arrays or numbers that broadcast with it.
    """
    if tape.tape_of((condition, a, b)) is None:
        return np.where(condition, a, b)
    if isinstance(a, float) and a == 0.0 < math.copysign(1.0, a):
        return (_bits(b) & _opposite(condition)).view(np.float64)
    if isinstance(b, float) and b == 0.0 < math.copysign(1.0, b):
        return (_bits(a) & mask(condition)).view(np.float64)
    if a is NA:
        return (_bits(b) | mask(condition)).view(np.float64)
    if b is NA:
        return (_bits(a) | _opposite(condition)).view(np.float64)
    return _select_bits(mask(condition), _bits(a), _bits(b)).view(np.float64)


def _select_bits(bits: Mask, a: Any, b: Any) -> Any:
    return ((a ^ b) & bits) ^ b


def where(condition: Bools, a: Any, b: Any) -> Any:
    """``a`` where the condition holds, ``b`` elsewhere, of numbers, codes or flags alike."""
    if tape.tape_of((condition, a, b)) is None:
        return np.where(condition, a, b)
    if a.dtype == np.float64:
        return select(condition, a, b)
    if a.dtype == np.bool_:
        return (condition & a) | (~condition & b)
    return _select_bits(mask(condition), a, b)


def first_true(*cases: tuple[Mask, Numbers], default: Numbers) -> Floats:
    """Value of the first condition that holds, ``default`` where none does."""
    result = default
    for condition, value in reversed(cases):
        result = select(condition, value, result)
    found: Floats = result  # type: ignore[assignment]  # a number only where there is no case
    return found


def first_code(*cases: tuple[Bools, int | Codes], default: int | Codes) -> Codes:
    """Code of the first condition that holds, ``default`` where none does."""
    result: Any = _code(default)
    for condition, value in reversed(cases):
        result = where(condition, _code(value), result)
    found: Codes = result
    return found


def _code(value: Any) -> Any:
    return value.astype(np.int64) if hasattr(value, "astype") else np.int64(value)


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
    total: Floats = values[0]
    for term in values[1:]:
        total = total + term
    return total


def axis_max(values: Floats) -> Floats:
    """Greatest over the first axis, figures that do not apply left out; its bits depend on no order."""
    greatest: Floats = np.fmax.reduce(values, axis=0)
    return greatest


def ratio(a: Numbers, b: Numbers) -> Floats:
    """``a / b``, not applicable where ``b`` is 0 or the quotient is not finite."""
    quotient = np.divide(a, b)
    return select(np.isfinite(quotient), quotient, NA)


def stack(*rows: npt.NDArray[Any] | float) -> npt.NDArray[Any]:
    """Put rows of equal or unit length under each other: a new first axis."""
    if tape.tape_of(rows) is not None:
        return tape.join(rows)  # type: ignore[return-value]
    arrays = [np.asarray(row) for row in rows]
    width = max(array.shape[-1] if array.ndim else 1 for array in arrays)
    out = np.empty((len(arrays), width), dtype=np.result_type(*arrays))
    for place, array in enumerate(arrays):
        out[place] = array
    return out


def stack_blocks(*rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Put blocks of shape ``(k, n)`` or ``(k, 1)`` under each other: a new first axis."""
    if tape.tape_of(rows) is not None:
        return tape.join(rows)  # type: ignore[return-value]
    width = max(row.shape[-1] for row in rows)
    out = np.empty((len(rows), rows[0].shape[0], width), dtype=rows[0].dtype)
    for place, row in enumerate(rows):
        out[place] = row
    return out


@tape.opaque
def where_needed(needed: Bools, function: Callable[..., Any], usual: Values, *args: Any) -> Values:
    """What a function gives for the designs that need it, which are few; the usual figure for the others.

    Parameters
    ----------
    needed
        Where the function is asked, shape ``(designs,)``.
    function
        Takes the arguments of those designs alone.
    usual
        What stands elsewhere.
    args
        Arrays whose last axis is the design or one long, and whatever else the function takes.
    """
    width = max(array.shape[-1] for array in (needed, usual, *args) if isinstance(array, np.ndarray))
    which = np.flatnonzero(np.broadcast_to(needed, width))
    if not which.size:
        return usual
    out = np.array(np.broadcast_to(usual, (*usual.shape[:-1], width)))
    out[..., which] = function(*(_of_designs(arg, which) for arg in args))
    return out  # type: ignore[return-value]


def _of_designs(arg: Any, which: npt.NDArray[np.intp]) -> Any:
    return arg[..., which] if isinstance(arg, np.ndarray) and arg.shape[-1] > 1 else arg


def pair(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Put two blocks of shape ``(k, n)`` beside each other: ``(k, 2, n)``."""
    return stack_blocks(*(stack(one, other) for one, other in zip(first, second, strict=True)))


def replace_at(values: npt.NDArray[Any], index: tuple[Any, ...], new: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The values with others at a place of their first axes."""
    if tape.tape_of((values, new)) is not None:
        return tape.put(values, index, new)  # type: ignore[return-value]
    return tape.replaced(values, index, new)
