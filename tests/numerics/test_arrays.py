"""Selections and sums that carry "not applicable", the same bits for few and for many designs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

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

ANY = st.floats(allow_nan=True, allow_infinity=True)


def bits(values):
    return np.asarray(values, dtype=np.float64).view(np.int64).tolist()


@pytest.mark.parametrize("size", [1, 7, 255, 256, 1000])
@given(data=st.data())
def test_select_takes_every_value_bit_for_bit(size, data):
    few = data.draw(hnp.arrays(np.float64, 7, elements=ANY))
    a = np.resize(few, size)
    b = np.resize(few[::-1], size)
    condition = np.resize(np.array([True, False, False, True, True]), size)
    expected = np.where(condition, a, b)
    assert bits(select(condition, a, b)) == bits(expected)
    assert bits(select(condition, a, 0.0)) == bits(np.where(condition, a, 0.0))
    assert bits(select(condition, NA, b)) == bits(np.where(condition, NA, b))


def test_select_broadcasts_over_an_axis():
    condition = np.resize([True, False], 600)
    values = np.arange(1200.0).reshape(2, 600)
    assert np.array_equal(select(condition, values, 0.0), np.where(condition, values, 0.0))


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
