"""Roundings of the spreadsheet, against its own words: digits first, then up, down or nearest."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.numerics.rounding import (
    ceil_to,
    is_even,
    nearest,
    nearest_to,
    remainder,
    round_down,
    round_up,
    whole_multiple,
)

FINITE = st.floats(-1e9, 1e9, allow_nan=False)


def one(function, *values):
    return float(function(*(np.array([float(value)]) for value in values))[0])


def to_digits(x: float, digits: int) -> Decimal:
    if x == 0:
        return Decimal(0)
    exact = Decimal(x)
    return exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1), ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (3.0, 3),
        (3.0000000000000004, 3),
        (2.9999999999999996, 3),
        (3.00000000001, 4),
        (3.000000000004, 3),
        (0.0, 0),
        (1e-20, 1),
        (0.99999999999999, 1),
        (-1.5, -2),
        (-2.0000000000000004, -2),
        (20 / 6 + 20 / 6 / 5, 4),
        (123456789.0000004, 123456789),
        (123456789.001, 123456790),
    ],
)
def test_rounding_up(x, expected):
    assert one(round_up, x) == expected


@pytest.mark.parametrize(
    ("x", "expected"), [(2.9999999999999996, 3), (2.99, 2), (-2.99, -2), (0.0, 0), (5.0, 5), (4.9999999999999, 5)]
)
def test_rounding_down(x, expected):
    assert one(round_down, x) == expected


@given(FINITE)
def test_rounding_up_follows_the_digits(x):
    digits = to_digits(x, 12)
    whole = digits == digits.to_integral_value()
    expected = float(digits) if whole else math.copysign(math.ceil(abs(x)), x)
    assert one(round_up, x) == expected


@given(FINITE)
def test_rounding_down_follows_the_digits(x):
    assert one(round_down, x) == math.trunc(to_digits(x, 12))


@pytest.mark.parametrize(("x", "expected"), [(0.5, 1), (1.5, 2), (2.4999, 2), (-0.5, -1), (-2.5, -3)])
def test_nearest_takes_halves_away_from_zero(x, expected):
    assert one(nearest, x) == expected


@pytest.mark.parametrize(
    ("size", "factor"), [(25, 0.3), (50, 0.6), (75, 1.0), (100, 1.3), (150, 1.9), (200, 2.5), (300, 3.8), (500, 6.3)]
)
def test_log_factor_of_a_message_size(size, factor):
    rounded = nearest_to(np.array([size / 78.9473684210526]), 0.1)
    assert rounded[0] == pytest.approx(factor, rel=1e-12)


@given(st.integers(0, 10**6), st.integers(1, 1000))
def test_ceil_to_of_whole_numbers(x, step):
    assert one(ceil_to, x, step) == -(-x // step) * step


@pytest.mark.filterwarnings("ignore")
def test_ceil_to_a_step_of_zero_is_zero():
    assert one(ceil_to, 5, 0) == 0


def test_noise_in_a_quotient_is_not_rounded_up():
    assert one(ceil_to, 0.3 * 3, 0.3) == pytest.approx(0.9)


@given(st.integers(0, 10**9), st.integers(1, 10**4))
def test_remainder_and_multiples(x, step):
    assert one(remainder, x, step) == x % step
    assert bool(whole_multiple(np.array([float(x)]), np.array([float(step)]))[0]) == (x % step == 0)


@given(st.integers(-(10**6), 10**6))
def test_parity(x):
    assert bool(is_even(np.array([float(x)]))[0]) == (x % 2 == 0)
