"""Distributions: what is read, moments of what is drawn, limits, whole messages."""

import math
import pickle

import numpy as np
import pytest

import calculator.rules.constants  # noqa: F401  declares the constants that a design may override
from calculator.inputs.parsing import ValueProblem
from calculator.inputs.schema import BY_PATH
from calculator.studies.uncertainty.distributions import FORMS, Basis, clip_to_limits, read_distribution

MESSAGES = BY_PATH["tiers.messages_per_day"]
QUOTA = BY_PATH["tiers.mailbox_size_limit"]
SERVERS = BY_PATH["environment.mailbox_servers"]
FREE = BY_PATH["data.volume_free_space"]
DISK = BY_PATH["storage.database_disk_capacity"]
EVENLY = (np.arange(100_000) + 0.5) / 100_000
"""Probabilities at equal steps: their values have the moments of the distribution."""


def drawn(field, text, present=math.nan):
    return read_distribution(field, text).values(EVENLY, present)


@pytest.mark.parametrize(
    ("text", "mean", "variance"),
    [
        ("80..140", 110, 60**2 / 12),
        ("normal(100, 15)", 100, 15**2),
        ("Normal ( 100 , 15 )", 100, 15**2),
        ("triangular(80, 100, 140)", 320 / 3, (80**2 + 100**2 + 140**2 - 80 * 100 - 80 * 140 - 100 * 140) / 18),
        ("100 +- 20%", 100, 40**2 / 12),
        ("100 ± 20 %", 100, 40**2 / 12),
        ("100 +- 20", 100, 40**2 / 12),
        ("+- 20%", 50, 20**2 / 12),  # around the present 50
        ("+- 20", 50, 40**2 / 12),
        ("0.5..2 times", 62.5, 75**2 / 12),
        # Two equal parts, 0..100 and 100..400: means 50 and 250; mean of squares 10000/3 and 70000.
        ("quantiles(0, 100, 400)", 150, (10_000 / 3 + 70_000) / 2 - 150**2),
    ],
)
def test_moments_are_those_of_the_distribution(text, mean, variance):
    values = drawn(MESSAGES, text, present=50.0)
    assert values.mean() == pytest.approx(mean, rel=1e-6)
    assert values.var() == pytest.approx(variance, rel=1e-3)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("5 GB..10 GB", 5120, 10_240),
        ("5..10 GB", 5120, 10_240),  # a number without a unit has that of the other
        ("5120 MB..10 GB", 5120, 10_240),
        ("5 GB..10", 5120, 10_240),
        ("5..10", 5, 10),
        ("5 GB +- 1 GB", 4096, 6144),
        ("5 +- 1 GB", 4096, 6144),
        ("5 GB +- 512 MB", 4608, 5632),
        ("10 GB +- 2", 8192, 12_288),
        ("10 +- 2 GB", 8192, 12_288),
        ("5 GB +- 10 %", 4608, 5632),
        ("triangular(1, 2, 4 GB)", 1024, 4096),
        ("triangular(1 GB, 2, 4)", 1024, 4096),
        ("quantiles(1, 2 GB, 4)", 1024, 4096),
        ("quantiles(1, 2, 4 GB)", 1024, 4096),
    ],
)
def test_numbers_carry_units(text, low, high):
    assert read_distribution(QUOTA, text).ends() == (low, high)


def test_a_normal_distribution_in_units():
    values = drawn(QUOTA, "normal(5 GB, 512 MB)")
    assert values.mean() == pytest.approx(5120, rel=1e-6)
    assert values.std() == pytest.approx(512, rel=1e-3)
    for text in ("normal(5, 0.5 GB)", "normal(5 GB, 0.5)"):
        assert drawn(QUOTA, text).std() == pytest.approx(512, rel=1e-3)


def test_shares_in_percent():
    """A width in % is a share of the middle, unless the middle is in % too."""
    assert read_distribution(FREE, "10 % +- 5 %").ends() == pytest.approx((0.05, 0.15), rel=1e-15)
    assert read_distribution(FREE, "10 % +- 5").ends() == pytest.approx((0.05, 0.15), rel=1e-15)
    assert read_distribution(FREE, "+- 50 %").ends(present=0.1) == pytest.approx((0.05, 0.15), rel=1e-15)
    assert read_distribution(MESSAGES, "100 +- 5 %").ends() == (95, 105)
    values = drawn(FREE, "normal(50 %, 5 %)")
    assert (values.mean(), values.std()) == pytest.approx((0.5, 0.05), rel=1e-3)


@pytest.mark.parametrize(
    ("field", "text", "message", "hint"),
    [
        (
            FREE,
            "0.1 +- 5 %",
            '"0.1 +- 5 %" is ambiguous: 5 % of 0.1, or 5 % more and less?',
            "Give both in %, such as 10 % +- 5 % for 5 % to 15 %.",
        ),
        (
            QUOTA,
            "triangular(500 MB, 1 GB, 2)",
            '"triangular(500 MB, 1 GB, 2)": "2" has no unit, and the others have MB and GB.',
            "Write each number with its unit.",
        ),
        (SERVERS, "2.2..2.8", '"2.2..2.8" has no whole number in it.', "Give two whole numbers."),
    ],
)
def test_ambiguous_values_are_refused(field, text, message, hint):
    with pytest.raises(ValueProblem) as refused:
        read_distribution(field, text)
    assert (refused.value.message, refused.value.hint) == (message, hint)


def test_whole_numbers_between_two_ends_are_equally_likely():
    values, counts = np.unique(drawn(SERVERS, "2..4"), return_counts=True)
    assert values.tolist() == [2, 3, 4]
    assert counts.tolist() == pytest.approx([100_000 / 3] * 3, abs=1)


@pytest.mark.parametrize(
    ("text", "present", "first", "last"),
    [
        ("+- 20%", 10.0, 8, 12),
        ("0.5..1.5 times", 5.0, 3, 7),  # 2.5 and 7.5 are no whole numbers
        ("+- 2", 10.0, 8, 12),
        ("10 +- 20%", math.nan, 8, 12),
        ("+- 50%", 12.0, 6, 16),  # a DAG has 16 members at most
        ("0.8..1.3 times", 10.0, 8, 13),  # 13.000000000000002
    ],
)
def test_the_first_and_the_last_whole_number_are_as_likely_as_the_others(text, present, first, last):
    values, counts = np.unique(drawn(SERVERS, text, present), return_counts=True)
    assert values.tolist() == list(range(first, last + 1))
    assert counts.tolist() == pytest.approx([100_000 / (last - first + 1)] * len(values), abs=1)
    assert read_distribution(SERVERS, text).ends(present) == (first, last)


def test_whole_numbers_are_rounded():
    values = drawn(SERVERS, "normal(8, 2)")
    assert set(values) <= set(range(1, 17))
    # From 7.5 to 8.5: a quarter of a standard deviation to either side.
    assert np.mean(values == 8) == pytest.approx(0.1974127, abs=1e-4)


def test_a_distribution_is_cut_off_at_the_limits_of_the_input():
    """No value gathers at a limit: the rest of the distribution is drawn more often by the same factor."""
    free = drawn(FREE, "normal(0.05, 0.5)")
    assert np.unique(free).size == free.size
    assert 0 < free.min() < 1e-4
    assert 0.9999 < free.max() < 1
    # Phi is 0.460172 at 0 (-0.1 deviations), 0.971283 at 1 (1.9), 0.815940 at 0.5 (0.9): 0.355768 of 0.511111.
    assert np.mean(free < 0.5) == pytest.approx((0.815940 - 0.460172) / (0.971283 - 0.460172), abs=1e-4)
    percent = drawn(FREE, "5 % +- 10 %")
    assert (percent.min(), percent.max()) == pytest.approx((0, 0.15), abs=1e-5)
    assert percent.mean() == pytest.approx(0.075, rel=1e-6)
    servers = drawn(SERVERS, "normal(16, 4)")
    # Whole numbers from 0.5 to 16.5: Phi(0.125) = 0.549738, Phi(-0.125) = 0.450262, Phi(-3.875) = 0.000053.
    assert np.mean(servers == 16) == pytest.approx((0.549738 - 0.450262) / (0.549738 - 0.000053), abs=1e-4)


@pytest.mark.parametrize("text", ["+- 1e30", "+- 1e308", "+- 1e308 %", "5 +- 1e307 %", "5 +- 1e308"])
def test_a_width_beyond_all_limits_covers_them(text):
    ends = read_distribution(SERVERS, text)
    assert ends.values(np.array([0.0, 1.0]), 5.0).tolist() == [1, 16]
    assert ends.ends(5.0) == (1, 16)


def test_a_deviation_beyond_all_limits_covers_them():
    normal = read_distribution(SERVERS, "normal(5, 1.7e308)")
    assert normal.values(np.array([0.0, 1.0])).tolist() == [1, 16]


def test_disks_are_those_offered():
    assert set(drawn(DISK, "2000..5000")) == {2000, 3000, 4000}
    values = clip_to_limits(DISK, np.array([0.0, np.nan, 1.0, 99_999.0]))
    assert values.tolist() == pytest.approx([0, np.nan, 36, 12_000], nan_ok=True)


def test_probabilities_0_and_1_give_finite_values():
    values = read_distribution(MESSAGES, "normal(100, 15)").values(np.array([0.0, 1.0]))
    assert np.isfinite(values).all()


def test_a_distribution_goes_to_a_worker():
    for text in ("80..140", "normal(100, 15)", "triangular(80, 100, 140)", "100 +- 20%", "quantiles(12, 40)"):
        one = read_distribution(MESSAGES, text)
        other = pickle.loads(pickle.dumps(one))
        assert (other.values(EVENLY) == one.values(EVENLY)).all()


def test_ways():
    assert read_distribution(MESSAGES, "100 +- 20%").basis is Basis.VALUE
    assert read_distribution(MESSAGES, "+- 20%").basis is Basis.FACTOR
    assert read_distribution(MESSAGES, "0.5..2 times").basis is Basis.FACTOR
    assert read_distribution(MESSAGES, "+- 20").basis is Basis.STEP


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("140..80", '"140..80" begins above its end.', "Give the lower end first."),
        ("80..100..140", '"80..100..140" is not a range of values.', FORMS),
        ("100", '"100" is not a range of values.', FORMS),
        ("eighty..140", '"eighty..140": "eighty" is not a number.', "Give a number from 0 to 100,000."),
        ("80..1e9", '"80..1e9": 1,000,000,000 messages/day is above 100,000.', "Give a number from 0 to 100,000."),
        (
            "1..2 GB",
            '"1..2 GB": "1": "GB" is not allowed here. Give a unit like messages/day.',
            "Plain numbers are in messages/day.",
        ),
        ("normal(100)", '"normal(100)" has 1 numbers, not 2.', "Give mean and standard deviation."),
        ("normal(100, 0)", '"normal(100, 0)": "0" is not a width.', "Give a number above 0."),
        ("normal(100, 1e400)", '"normal(100, 1e400)": "1e400" is not a width.', "Give a number above 0."),
        (
            "normal(100, 1 GB)",
            '"normal(100, 1 GB)": "100": "GB" is not allowed here. Give a unit like messages/day.',
            "Plain numbers are in messages/day.",
        ),
        ("100 +- 0%", '"100 +- 0%": "0%" is not a width.', "Give a number above 0."),
        ("+- x", '"+- x": "x" is not a width.', "Give a number above 0."),
        ("100000 +- 1e308%", '"100000 +- 1e308%": "1e308%" is not a width.', "Give a smaller number."),
        (
            "triangular(1, 2)",
            '"triangular(1, 2)" has 2 numbers, not 3.',
            "Give the smallest, the most likely and the largest value.",
        ),
        (
            "triangular(3, 2, 4)",
            '"triangular(3, 2, 4)" is not in rising order.',
            "Give the smallest, the most likely and the largest value.",
        ),
        (
            "triangular(2, 2, 2)",
            '"triangular(2, 2, 2)" is not in rising order.',
            "Give the smallest, the most likely and the largest value.",
        ),
        (
            "quantiles(1)",
            '"quantiles(1)" has 1 numbers, not 2 to 1,000.',
            "Give values at equal steps of probability, from the smallest to the largest.",
        ),
        (
            "quantiles(2, 1)",
            '"quantiles(2, 1)" is not in rising order.',
            "Give the values from the smallest to the largest.",
        ),
    ],
)
def test_distributions_that_cannot_be_parsed_give_a_reason(text, message, hint):
    with pytest.raises(ValueProblem) as refused:
        read_distribution(MESSAGES, text)
    assert (refused.value.message, refused.value.hint) == (message, hint)


def test_only_numbers_are_drawn_and_texts_have_an_end():
    with pytest.raises(ValueProblem, match="this input is not a number"):
        read_distribution(BY_PATH["site_resilience.model"], "1..2")
    with pytest.raises(ValueProblem, match="has 10,001 characters"):
        read_distribution(MESSAGES, "1" * 10_001)


def test_a_message_about_a_number_of_many_digits_stays_short():
    with pytest.raises(ValueProblem) as refused:
        read_distribution(BY_PATH["raid.raid6_rebuild_overhead"], f"{'9' * 3000} +- 1{'0' * 3000} %")
    assert len(" ".join(refused.value.args)) < 500


def test_an_input_without_a_limit_takes_finite_values():
    core_rating = BY_PATH["constants.highest_core_rating"]
    assert math.isinf(core_rating.high)
    assert np.isfinite(drawn(core_rating, "normal(5386, 1e308)")).all()
