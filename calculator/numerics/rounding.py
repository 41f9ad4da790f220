"""Round as the spreadsheet does, for all rules.

Before rounding up or down, the spreadsheet rounds to 12 (or 15) significant decimal digits, so that a binary rounding
error does not turn an exact whole number into the next one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from calculator.numerics.arrays import Bools, Floats, Numbers, opaque, select

DIGITS = 12
"""Number of significant digits kept before rounding up or down to a whole number."""
DIGITS_OF_QUOTIENT = 15
"""Number of significant digits of the quotient kept before rounding up to a multiple."""
RELATIVE_TOLERANCE = 1e-9
"""Relative difference up to which two computed figures count as equal."""

_POWERS = 10.0 ** np.arange(-3, 17)
_FIRST_POWER = -3


@opaque
def _settled(x: Floats, nearest: Floats, exact: Bools, near: Bools, digits: int) -> Bools:
    """Return whether x, rounded to a number of significant digits, is the whole number ``nearest``.

    This holds for exact whole numbers, and not for numbers far from one; only the few numbers between are formatted.
    """
    if near.tobytes() == exact.tobytes():
        return exact
    doubtful = near & ~exact
    size = np.abs(x[doubtful])
    before_point = np.searchsorted(_POWERS, size, side="right") + _FIRST_POWER
    half_step = 0.5 * 10.0 ** (before_point - float(digits))
    whole = exact.copy()
    whole[doubtful] = np.abs(x[doubtful] - nearest[doubtful]) <= half_step
    return whole


def _rounded(x: Floats, digits: int, onward: Callable[[Floats], Floats]) -> Floats:
    """Return the nearest whole number if x equals it in the kept digits, else the result of ``onward``."""
    nearest = np.rint(x)
    exact = x == nearest
    near = exact | (np.abs(x - nearest) <= np.abs(x) * (10.0 ** (2 - digits)))
    return select(_settled(x, nearest, exact, near, digits), nearest, onward(x))


def _away_from_zero(x: Floats) -> Floats:
    return np.copysign(np.ceil(np.abs(x)), x)


def round_up(x: Floats) -> Floats:
    """Round to the next whole number away from zero, after rounding to 12 significant digits."""
    return _rounded(x, DIGITS, _away_from_zero)


def round_down(x: Floats) -> Floats:
    """Round to the next whole number toward zero, after rounding to 12 significant digits."""
    return _rounded(x, DIGITS, np.trunc)


def nearest(x: Floats) -> Floats:
    """Round to the nearest whole number, halves away from zero."""
    return np.copysign(np.floor(np.abs(x) + 0.5), x)


def nearest_to(x: Floats, step: float) -> Floats:
    """Round to the nearest multiple of a step, halves away from zero."""
    return step * nearest(x / step)


def ceil_to(x: Numbers, step: Numbers) -> Floats:
    """Round up to a multiple of a step, after rounding the quotient to 15 digits; return 0 for a step of 0."""
    up = step * _rounded(np.divide(x, step), DIGITS_OF_QUOTIENT, _away_from_zero)
    return select(np.equal(step, 0), 0.0, up)


def whole_multiple(x: Floats, step: Floats) -> np.ndarray:
    """Return whether x is a multiple of a step (both are whole numbers)."""
    return np.equal(remainder(x, step), 0)


def remainder(x: Numbers, step: Numbers) -> Floats:
    """Return the exact remainder of whole numbers, in ``[0, step)``."""
    rest: Floats = x - np.floor(np.divide(x, step)) * step
    return rest


def is_even(x: Floats) -> np.ndarray:
    """Return whether a whole number is even."""
    half = x / 2
    return np.equal(half, np.floor(half))
