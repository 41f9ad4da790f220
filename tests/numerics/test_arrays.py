"""Selections and sums that carry "not applicable", the same bits for few and for many designs."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.recorded import record

from calculator.numerics.arrays import (
    NA,
    axis_max,
    axis_sum,
    first_code,
    first_true,
    max_na,
    min_na,
    or_zero,
    ratio,
    select,
    stack,
    sum_na,
)

PATTERNS = (
    0x0000000000000000,  # 0
    0x8000000000000000,  # -0
    0x3FF0000000000000,  # 1
    0xBFF0000000000000,  # -1
    0x0000000000000001,  # the smallest subnormal number
    0x7FEFFFFFFFFFFFFF,  # the largest number
    0x7FF0000000000000,  # infinity
    0xFFF0000000000000,  # -infinity
    0x7FF8000000000000,  # NaN as numpy writes it
    0xFFF8000000000000,  # the same with a sign
    0x7FF8000000000ABC,  # NaN with a payload
    0xFFF800000000BEEF,
    0xFFFFFFFFFFFFFFFF,  # not applicable
)
"""Bit patterns of numbers that a selection must not change."""
NUMBERS = {"0": 0x0000000000000000, "-0": 0x8000000000000000, "1": 0x3FF0000000000000, "not applicable": 2**64 - 1}
"""Bit patterns of plain numbers that may stand in a selection."""


def from_bits(patterns):
    return np.array(patterns, dtype=np.uint64).view(np.float64)


def bits(values):
    return np.ascontiguousarray(values, dtype=np.float64).view(np.uint64).tolist()


def plainly(function, **values):
    return function(**values)


def recorded(function, **values):
    _, run = record(function, **values)
    return run(**values)


every_way = pytest.mark.parametrize("way", [plainly, recorded])


@every_way
@pytest.mark.parametrize("size", [1, 2, 13, 256, 1000])
@examples(30)
@given(data=st.data())
def test_select_takes_every_value_bit_for_bit(way, size, data):
    a, b = ([*itertools.islice(itertools.cycle(data.draw(st.permutations(PATTERNS))), size)] for _ in "ab")
    condition = [*itertools.islice(itertools.cycle(data.draw(st.lists(st.booleans(), min_size=1, max_size=9))), size)]
    expected = [first if holds else second for holds, first, second in zip(condition, a, b, strict=True)]
    values = {"condition": np.array(condition), "a": from_bits(a), "b": from_bits(b)}
    assert bits(way(lambda condition, a, b: select(condition, a, b), **values)) == expected
    assert bits(way(lambda condition, a, b: np.where(condition, a, b), **values)) == expected


@every_way
@pytest.mark.parametrize("number", NUMBERS)
def test_a_plain_number_is_selected_bit_for_bit(way, number):
    bits_of_number = NUMBERS[number]
    value = NA if number == "not applicable" else float(from_bits([bits_of_number])[0])
    condition = [place % 3 == 0 for place in range(len(PATTERNS))]
    values = {"condition": np.array(condition), "array": from_bits(PATTERNS)}
    first = way(lambda condition, array: select(condition, value, array), **values)
    second = way(lambda condition, array: select(condition, array, value), **values)
    pairs = list(zip(condition, PATTERNS, strict=True))
    assert bits(first) == [bits_of_number if holds else pattern for holds, pattern in pairs]
    assert bits(second) == [pattern if holds else bits_of_number for holds, pattern in pairs]


@every_way
def test_one_condition_selects_for_all_designs(way):
    a, b = from_bits(PATTERNS), from_bits(PATTERNS[::-1])
    for holds, expected in ((True, PATTERNS), (False, PATTERNS[::-1])):
        found = way(lambda condition, a, b: select(condition, a, b), condition=np.array([holds]), a=a, b=b)
        assert bits(found) == list(expected)


@every_way
def test_codes_and_flags_are_selected_too(way):
    condition = np.array([True, False, True, False])
    codes = way(
        lambda condition, a, b: np.where(condition, a, b),
        condition=condition,
        a=np.array([1, -1, 2**62, 0]),
        b=np.array([7, -(2**62), 3, -1]),
    )
    assert (codes.dtype, codes.tolist()) == (np.int64, [1, -(2**62), 2**62, -1])
    flags = way(
        lambda condition, a, b: np.where(condition, a, b),
        condition=condition,
        a=np.array([True, True, False, False]),
        b=np.array([False, False, True, True]),
    )
    assert (flags.dtype, flags.tolist()) == (np.bool_, [True, False, False, True])


@every_way
def test_select_broadcasts_over_an_axis(way):
    values = {"condition": np.array([True, False, True]), "rows": np.arange(6.0).reshape(2, 3)}
    found = way(lambda condition, rows: select(condition, rows, 0.5), **values)
    assert found.tolist() == [[0, 0.5, 2], [3, 0.5, 5]]


def test_the_first_case_that_holds_counts():
    first, second = np.array([True, False, False]), np.array([True, True, False])
    assert first_true((first, 1.0), (second, 2.0), default=3.0).tolist() == [1, 2, 3]
    assert first_code((first, 1), (second, 2), default=-1).tolist() == [1, 2, -1]


def test_sums_and_extremes_leave_out_what_does_not_apply():
    a, b = np.array([1.0, NA, NA]), np.array([2.0, 3.0, NA])
    assert sum_na(a, b).tolist() == [3, 3, 0]
    assert max_na(a, b).tolist() == [2, 3, 0]
    assert min_na(a, b)[:2].tolist() == [1, 3]
    assert np.isnan(min_na(a, b)[2])
    assert or_zero(a).tolist() == [1, 0, 0]


@pytest.mark.parametrize("designs", [1, 2, 7, 64, 1000])
def test_a_sum_over_an_axis_does_not_depend_on_the_number_of_designs(designs):
    column = np.array([0.1, 0.2, 0.3, 1e16, -1e16, 0.7, 0.1, 0.9, 1e-3, 2.0])
    one = axis_sum(column[:, None])[0]
    assert (axis_sum(np.repeat(column[:, None], designs, axis=1)) == one).all()
    assert (axis_max(np.repeat(column[:, None], designs, axis=1)) == 1e16).all()


@pytest.mark.filterwarnings("ignore")
def test_a_ratio_without_a_value_does_not_apply():
    quotients = ratio(np.array([1.0, 1.0, 0.0, NA]), np.array([2.0, 0.0, 0.0, 1.0]))
    assert quotients[0] == 0.5
    assert np.isnan(quotients[1:]).all()


def test_stack_puts_rows_of_one_and_many_designs_together():
    rows = stack(np.array([1.0]), np.arange(3.0), 5.0)
    assert rows.tolist() == [[1, 1, 1], [0, 1, 2], [5, 5, 5]]
    assert stack(np.array([True]), np.array([False, True])).dtype == np.bool_
