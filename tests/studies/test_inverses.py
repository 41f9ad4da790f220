"""Inverse distribution functions and the Wilson interval, held to SciPy."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from scipy import stats

from calculator.studies.uncertainty.inverses import NormalInverse, TriangularInverse, wilson_interval

PROBABILITIES = np.linspace(1e-9, 1 - 1e-9, 4001)


@pytest.mark.parametrize(
    ("mean", "deviation", "low", "high"),
    [
        (10.0, 5.0, 0.0, 1e9),
        (0.1, 0.05, 0.0, 1.0),
        (0.0, 1.0, 2.0, 3.0),
        (0.0, 1.0, -9.0, -8.0),
        (0.0, 1.0, 40.0, 41.0),
        (0.0, 1.0, -1000.0, -30.0),
        (-100.0, 1.0, 0.0, 5.0),
    ],
)
def test_a_normal_distribution_is_cut_off(mean, deviation, low, high):
    least, most = (low - mean) / deviation, (high - mean) / deviation
    expected = stats.truncnorm(least, most, mean, deviation).ppf(PROBABILITIES)
    found = NormalInverse(mean, deviation, low, high)(PROBABILITIES)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-12 * deviation)
    assert found.min() >= low
    assert found.max() <= high


def test_a_normal_distribution_far_from_its_limits_is_whole():
    found = NormalInverse(100.0, 15.0, 0.0, 1e5)(PROBABILITIES)
    np.testing.assert_allclose(found, stats.norm(100, 15).ppf(PROBABILITIES), rtol=1e-12)


def test_a_distribution_much_wider_than_its_limits_is_even():
    """Between limits that are 1e-5 standard deviations apart the density differs by less than 1e-10."""
    found = NormalInverse(5.0, 1e6, 0.0, 10.0)(PROBABILITIES)
    np.testing.assert_allclose(found, 10 * PROBABILITIES, atol=1e-4)


@pytest.mark.parametrize(("low", "mode", "high"), [(0, 1, 2), (1, 1, 4), (1, 4, 4), (80, 100, 140)])
def test_a_triangular_distribution(low, mode, high):
    expected = stats.triang((mode - low) / (high - low), low, high - low).ppf(PROBABILITIES)
    np.testing.assert_allclose(TriangularInverse(low, mode, high)(PROBABILITIES), expected, rtol=1e-12)


@pytest.mark.parametrize(("happened", "designs"), [(0, 10), (10, 10), (3, 10), (500, 1000), (1, 100_000)])
def test_the_interval_of_a_probability(happened, designs):
    expected = stats.binomtest(happened, designs).proportion_ci(0.95, method="wilson")
    found = wilson_interval(happened, designs, NormalDist().inv_cdf(0.975))
    assert found == pytest.approx((expected.low, expected.high), rel=1e-12, abs=1e-15)


def test_the_end_of_a_tail_without_a_limit_is_finite():
    draw = NormalInverse(5.0, 1e16, 5e-324, np.inf)
    least, median, most = draw(np.array([2.0**-54, 0.5, 1 - 2.0**-53]))
    assert 0 <= least < median < most < 8.4e16
