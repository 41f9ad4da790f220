"""Operate on arrays in which a value may not apply, where numpy has no function of its own.

A figure of n designs is an array whose last axis is the design.  In numbers NaN means "not applicable" and
nothing else; in codes (choices, flags that may be missing) it is -1.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int64]
"""Array of the codes of choices and flags that may be missing."""
Numbers = Floats | float
Function = TypeVar("Function", bound=Callable[..., Any])

NA = float(np.int64(-1).view(np.float64))
"""Not applicable: the NaN whose bits are all ones, so that `select` needs only one bit operation for it."""
NO_CODE = -1


def opaque(function: Function) -> Function:
    """Let other array types override a whole function, as NEP 18 lets them override functions of numpy.

    Use it for a function that branches on values.  Its arguments are arrays whose last axis is the design (or has
    length one), and so is its result.
    """

    @functools.wraps(function)
    def dispatch(*args: Any) -> Any:
        for arg in args:
            implementation = None if isinstance(arg, np.ndarray) else getattr(arg, "__array_function__", None)
            if implementation is not None:
                return implementation(dispatch, (type(arg),), args, {})
        return function(*args)

    dispatch.__opaque__ = True  # type: ignore[attr-defined]
    return dispatch  # type: ignore[return-value]


# --- selections ----------------------------------------------------------------------------------


def select(condition: Bools, a: Numbers, b: Numbers) -> Floats:
    """Return ``a`` where the condition holds and ``b`` elsewhere, bit for bit (NaN and infinity too)."""
    return np.where(condition, a, b)


def first_true(*cases: tuple[Bools, Numbers], default: Numbers) -> Floats:
    """Return the value of the first condition that holds, and ``default`` where no condition holds."""
    result = default
    for condition, value in reversed(cases):
        result = select(condition, value, result)
    found: Floats = result  # type: ignore[assignment]  # a number only where there is no case
    return found


def first_code(*cases: tuple[Bools, int | Codes], default: int | Codes) -> Codes:
    """Return the code of the first condition that holds, and ``default`` where no condition holds."""
    result: Any = _code(default)
    for condition, value in reversed(cases):
        result = np.where(condition, _code(value), result)
    found: Codes = result
    return found


def _code(value: Any) -> Any:
    return value.astype(np.int64) if hasattr(value, "astype") else np.int64(value)


@opaque
def where_needed(needed: Bools, function: Callable[..., Any], usual: Array, *args: Any) -> Any:
    """Call a function only for the few designs that need it, and return the usual figure for the others.

    Parameters
    ----------
    needed
        Designs the function is called for, shape ``(designs,)``.
    function
        Called with the arguments of only those designs.
    usual
        Figure of the other designs.
    args
        Arrays whose last axis is the design or has length one, and whatever else the function takes.
    """
    width = max(array.shape[-1] for array in (needed, usual, *args) if isinstance(array, np.ndarray))
    designs = np.flatnonzero(np.broadcast_to(needed, width))
    if not designs.size:
        return usual
    out = np.array(np.broadcast_to(usual, (*usual.shape[:-1], width)))
    out[..., designs] = function(*(_of_designs(arg, designs) for arg in args))
    return out


def _of_designs(arg: Any, designs: npt.NDArray[np.intp]) -> Any:
    return arg[..., designs] if isinstance(arg, np.ndarray) and arg.shape[-1] > 1 else arg


@opaque
def take(values: Array, places: Codes) -> Any:
    """Return the values at some places of a table. Indexing would fail, because a stand-in cannot index a table."""
    return values[places]


# --- values that do not apply ----------------------------------------------------------------------


def is_na(values: Floats) -> Bools:
    """Return where a figure does not apply."""
    return np.isnan(values)


def or_zero(values: Floats) -> Floats:
    """Return the values with 0 where a figure does not apply."""
    return select(np.isnan(values), 0.0, values)


def sum_na(first: Floats, *others: Floats) -> Floats:
    """Add figures, counting those that do not apply as 0."""
    total = or_zero(first)
    for other in others:
        total = total + or_zero(other)
    return total


def max_na(first: Floats, *others: Floats) -> Floats:
    """Return the greatest of the figures that apply, 0 where no figure applies."""
    greatest = first
    for other in others:
        greatest = np.fmax(greatest, other)
    return or_zero(greatest)


def min_na(first: Floats, *others: Floats) -> Floats:
    """Return the least of the figures that apply; not applicable where no figure applies."""
    least = first
    for other in others:
        least = np.fmin(least, other)
    return least


def ratio(a: Numbers, b: Numbers) -> Floats:
    """Divide ``a`` by ``b``; not applicable where ``b`` is 0 or the quotient is not finite."""
    quotient = np.divide(a, b)
    return select(np.isfinite(quotient), quotient, NA)


# --- axes ----------------------------------------------------------------------------------------


def axis_sum(values: Floats) -> Floats:
    """Add along the first axis, term by term.

    ``values.sum(axis=0)`` may add in an order that depends on the number of designs. A design could then have other
    bits alone than in a batch.
    """
    total: Floats = values[0]
    for term in values[1:]:
        total = total + term
    return total


def axis_max(values: Floats) -> Floats:
    """Return the greatest value along the first axis, ignoring figures that do not apply."""
    greatest: Floats = np.fmax.reduce(values, axis=0)
    return greatest


def stack(*rows: Array | float) -> Array:
    """Stack rows or blocks of the same axes along a new first axis; the last may have length one or be missing."""
    return np.stack(np.broadcast_arrays(*rows))


def pair(first: Array, second: Array) -> Array:
    """Pair two blocks of shape ``(k, n)`` along a new second axis: ``(k, 2, n)``."""
    return stack(*(stack(row, other) for row, other in zip(first, second, strict=True)))


@opaque
def replace_at(values: Array, index: tuple[Any, ...], new: Array) -> Any:
    """Return a copy of the values with new values at an index of their first axes."""
    width = max(values.shape[-1], new.shape[-1])
    out = np.array(np.broadcast_to(values, (*values.shape[:-1], width)))
    out[index] = new
    return out
