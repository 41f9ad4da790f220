"""Tiers of a population: where their bounds are, what they are given, how far their totals are from the data's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.mailbox_exports import quotas, statistics, upload

from calculator.importers.mailboxes import format_size, import_mailboxes
from calculator.importers.mailboxes.partition import (
    assign_tiers,
    find_cluster_bounds,
    find_distinct_bounds,
    propose_bounds,
    round_bound,
    sample_groups,
)
from calculator.importers.mailboxes.population import Population
from calculator.importers.mailboxes.read import build_tiers
from calculator.importers.mailboxes.tiers import GAIN, TOLERANCE, TierBuilder, drop_last_bits
from calculator.inputs.profile import Profile
from calculator.issues import Issues

WEEKLY = 100 * 75 * 5 / 1024
"""MB a week of 100 messages of 75 KB on five days: 36.62109375."""
GROWTH = WEEKLY * 36 * 52 / 12
"""MB in 36 months: 5,712.890625."""
KEPT = 2 * WEEKLY * 1.1 + 100 * 75 / 1024
"""MB of recoverable items (two weeks, a tenth edited) and of one day of whitespace: 87.890625."""


def take(sizes, limits=None, base=None, **options):
    texts = [statistics(sizes)] + ([quotas(limits)] if limits else [])
    return import_mailboxes([upload(text, f"f{n}.csv") for n, text in enumerate(texts)], base, **options)


def total(found, name):
    row = next(row for row in found.tables["errors"] if row["total"] == name)
    return row["data"], row["tiers"], row["error"]


# --- bounds --------------------------------------------------------------------------------------


def test_two_clusters_are_parted_in_the_middle_of_their_logarithms():
    values = np.array([100.0] * 5 + [10240.0] * 5)
    assert math.sqrt(101 * 10241) - 1 == pytest.approx(1016.03, abs=0.01)
    assert find_cluster_bounds(values, 2) == [1000.0]  # two digits of MB


def test_bounds_have_two_digits_in_the_unit_they_are_shown_in():
    assert [round_bound(value) for value in (1016.0, 473.2, 2600.0, 4690.0)] == [1000, 470, 2.5 * 1024, 4.6 * 1024]


def test_values_that_are_all_alike_have_no_bounds():
    assert find_cluster_bounds(np.full(10, 7.0), 3) == []
    assert find_cluster_bounds(np.array([]), 3) == []


def test_no_more_bounds_come_than_tiers_are_asked_for():
    values = np.random.default_rng(1).lognormal(7, 1.4, 50_000)
    for number in range(1, 9):
        bounds = find_cluster_bounds(values, number)
        assert len(bounds) == number - 1
        assert bounds == sorted(bounds)
    assert find_cluster_bounds(values, 5) == find_cluster_bounds(values, 5)


def test_every_distinct_value_may_be_a_tier():
    values, groups = np.array([1.0, 1, 2, 5, 2]), np.array([0, 0, 0, 1, 1])
    assert find_distinct_bounds(values, groups, 4) == [[2.0], [5.0]]
    assert find_distinct_bounds(values, groups, 3) is None


def test_each_group_has_a_tier_and_the_others_go_where_the_mailboxes_are():
    values = np.concatenate([np.geomspace(1, 1e4, 90), np.geomspace(1, 1e4, 10)])
    groups = np.repeat([0, 1], [90, 10])
    proposed = propose_bounds(sample_groups(values, groups), np.bincount(groups), 4)
    assert [len(bounds) + 1 for bounds in proposed] == [3, 1]


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 1)), min_size=1, max_size=40),
    st.lists(st.floats(1, 1e6), max_size=5, unique=True),
)
def test_every_mailbox_is_in_the_tier_of_its_group_and_bounds(mailboxes, bounds):
    values = np.array([value for value, _ in mailboxes])
    groups = np.unique([group for _, group in mailboxes], return_inverse=True)[1]
    made = assign_tiers(values, groups, [sorted(bounds)] * (int(groups.max()) + 1))
    assert set(made.labels) == set(range(len(made)))
    for value, group, label in zip(values, groups, made.labels, strict=True):
        assert made.groups[label] == group
        assert made.low[label] <= value < made.high[label]


# --- totals --------------------------------------------------------------------------------------


def test_one_tier_errs_where_a_mailbox_comes_to_its_quota():
    """One is full at the horizon, one is not: their mean is not."""
    base = Profile({"tiers.1.mailbox_size_limit": 10240.0})
    found = take([1000, 8000], base=base, tiers=1)
    data, tiered = (1000 + GROWTH + 10240) / 1024, 2 * (4500 + GROWTH) / 1024
    assert total(found, "mailbox_size_at_horizon") == pytest.approx((data, tiered, tiered / data - 1))
    assert total(found, "mailbox_size") == (9000 / 1024, 9000 / 1024, 0)
    error = f"{tiered / data - 1:.1%}".replace("%", " %")
    text = (
        "warning: import: tiers: With these tiers, the total size of the mailboxes without archives at the end of the "
        f"plan (each grows up to its quota) is {error} larger than that of the mailboxes. "
    )
    assert text + "Give --tiers 2: 2 tiers by size are within 1 %." in [
        f"{issue.severity}: {issue}" for issue in found.issues
    ]
    assert total(take([1000, 8000], base=base), "mailbox_size_at_horizon")[2] == 0


def test_one_tier_errs_by_the_megabytes_each_mailbox_is_rounded_up_to():
    """1,000 and 1,001 MB come to 1,118 and 1,119 MB on disk, their mean to 1,119 for both."""
    each = [math.ceil(quota * 1.03 + KEPT) for quota in (1000, 1001, 1000.5)]
    assert each == [1118, 1119, 1119]
    found = take([10, 10], ["1000 MB", "1001 MB"], tiers=1)
    assert total(found, "mailbox_size_on_disk") == (2237 / 1024, 2238 / 1024, pytest.approx(1 / 2237))


def test_measured_recoverable_items_are_shown_next_to_those_of_the_model():
    text = "DisplayName,TotalItemSize (MB),TotalDeletedItemSize (MB)\nA,100,30\nB,200,50\n"
    found = import_mailboxes([upload(text)], tiers=1)
    row = found.tables["tiers"][0]
    assert row["dumpster_size"] == 40
    assert row["dumpster_model"] == pytest.approx(2 * WEEKLY * 1.1 + 0.03 * 5120)
    assert total(found, "dumpster_model")[2] == 0


def test_recoverable_items_above_the_plan_are_a_warning():
    text = "DisplayName,TotalItemSize (MB),TotalDeletedItemSize (MB)\nA,100,3000\nB,200,50\n"
    found = import_mailboxes([upload(text)], tiers=1)
    planned = 2 * found.tables["tiers"][0]["dumpster_model"]
    assert (
        "warning: import: tiers.deleted_item_retention: the mailboxes have 2.98 GB of Recoverable Items today, but "
        f"{planned:.3g} MB are planned for them. Find out what keeps these items, such as a hold or a longer "
        "retention, and set it in the tiers."
    ) in [f"{issue.severity}: {issue}" for issue in found.issues]


def test_those_on_hold_and_those_with_an_archive_have_tiers_of_their_own():
    listed = quotas(
        ["2 GB"] * 6,
        LitigationHoldEnabled=["True"] * 2 + ["False"] * 4,
        ArchiveDatabase=["", "", "D", "D", "", ""],
        ArchiveQuota=["50 GB"] * 6,
    )
    found = import_mailboxes([upload(statistics([100] * 6)), upload(listed, "list.csv")])
    rows = [
        (
            found.profile.value(f"tiers.{n}.name"),
            found.profile.value(f"tiers.{n}.mailboxes"),
            found.profile.value(f"tiers.{n}.litigation_hold"),
            found.profile.value(f"tiers.{n}.archive_size_limit"),
        )
        for n in (1, 2, 3)
    ]
    assert rows == [
        ("Other mailboxes", 2, False, 0),
        ("All mailboxes, with archive", 2, False, 51200),
        ("All mailboxes, on hold", 2, True, 0),
    ]


def test_the_fewest_tiers_are_taken_that_are_close_enough():
    sizes = np.random.default_rng(5).lognormal(7.5, 1.5, 4000).round().tolist()
    found = take(sizes)
    errors = {n: max(abs(row["error"]) for row in take(sizes, tiers=n).tables["errors"]) for n in range(2, 9)}
    assert found.profile.tiers == min(n for n, error in errors.items() if error <= 0.01)
    assert errors[2] > 0.01


@settings(max_examples=25)
@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=60), st.sampled_from([None, 1, 3, 8]))
def test_no_mailbox_and_no_megabyte_is_lost(sizes, number):
    found = take(sizes, tiers=number)
    rows = found.tables["tiers"]
    assert sum(row["mailboxes"] for row in rows) == len(set(enumerate(sizes)))
    assert sum(row["mailboxes"] * row["mailbox_size"] for row in rows) == pytest.approx(sum(sizes), abs=1e-6)
    for row in rows:
        assert row["from"] <= row["mailbox_size"] + 1e-9
        assert row["to"] is None or row["mailbox_size"] < row["to"]


def test_bounds_of_the_user_make_the_tiers():
    found = take([100, 2048, 4000, 20000], bounds=[2048, 10240])
    assert [(row["name"], row["from"], row["to"], row["mailboxes"]) for row in found.tables["tiers"]] == [
        ("Below 2 GB", 0, 2048, 1),
        ("2 GB to 10 GB", 2048, 10240, 2),
        ("10 GB and more", 10240, None, 1),
    ]


def test_a_tier_without_mailboxes_is_left_out():
    assert [row["from"] for row in take([100, 20000], bounds=[2048, 10240]).tables["tiers"]] == [0, 10240]


def test_more_quotas_than_tiers_are_joined_by_size():
    found = take([10] * 20, [f"{n} GB" for n in range(1, 21)], by="quota")
    assert 2 <= found.profile.tiers <= 8
    assert max(abs(row["error"]) for row in found.tables["errors"]) <= 0.01


# --- messages ------------------------------------------------------------------------------------


LARGE = Profile({"tiers.1.mailbox_size_limit": 1e6})
"""A quota that no mailbox comes to."""


def population(**columns):
    """Mailboxes with such measures: sizes in MB, messages and KB of mail per day."""
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in columns.items()}
    rows = len(next(iter(arrays.values())))
    return Population({**arrays, "old_form": np.zeros(rows), "over_limit": np.zeros(rows)}, rows)


def two_kinds(mailboxes=400):
    """Half have 50 messages of 66 KB a day, half 100 of 74 KB; sizes of mailboxes have nothing to do with it."""
    heavy = np.arange(mailboxes) % 2 == 1
    messages, size = np.where(heavy, 100.0, 50.0), np.where(heavy, 74.0, 66.0)
    sizes = np.random.default_rng(3).permutation(np.geomspace(50, 20_000, mailboxes))
    return population(size=sizes, messages=messages, kilobytes=messages * size)


def test_logs_are_among_the_totals():
    """10 logs for 50 messages, times the size over 78.9 KB to a tenth: 0.8 for 66 KB, 0.9 for 74 KB."""
    builder = TierBuilder(two_kinds(), LARGE)
    row = next(row for row in builder.build("messages").errors if row["total"] == "logs_per_day")
    data = 200 * (10 * 0.8 + 20 * 0.9)
    assert (row["unit"], row["data"], row["tiers"]) == ("logs/day", pytest.approx(data), pytest.approx(data))
    assert abs(row["error"]) < 1e-12
    # One tier: 75 messages of 10,700 / 150 = 71.3 KB, a factor of 0.9.
    one = next(row for row in builder.build("size", 1).errors if row["total"] == "logs_per_day")
    assert one["tiers"] == pytest.approx(400 * 15 * 0.9)
    assert one["error"] == pytest.approx(27 / 26 - 1)
    silent = TierBuilder(population(size=[10.0, 20.0]), Profile()).build("size")
    assert "logs_per_day" not in {row["total"] for row in silent.errors}


def test_where_more_tiers_do_not_help_the_fewest_are_taken():
    """Against every number of tiers; by size none is within 1 %, because each tier has both kinds of users."""
    builder = TierBuilder(two_kinds(), LARGE)
    errors = {number: builder.build("size", number).error for number in range(2, 9)}
    assert min(errors.values()) > TOLERANCE
    built = builder.build("size")
    assert len(built.counts) == min(n for n, error in errors.items() if error <= min(errors.values()) + GAIN)
    assert len(built.counts) < 8


def test_the_hint_names_what_helps():
    found = build_tiers(two_kinds(), Issues(), LARGE, by="size")
    [warning] = [
        issue for issue in found.issues if issue.field == "tiers" and "number of logs per day" in issue.message
    ]
    assert warning.message.startswith(
        "With these tiers, the total number of logs per day is 3.8 % larger than that of the mailboxes."
    )
    assert warning.hint == "Give --by messages: 2 tiers by messages are within 1 %."
    helped = build_tiers(two_kinds(), Issues(), LARGE, by="messages")
    assert helped.profile.tiers == 2
    assert not [issue for issue in helped.issues if "than that of the mailboxes" in issue.message]


def test_where_nothing_helps_the_hint_states_it():
    """Users with the same messages of two sizes, 0.8 and 0.9 of the reference: no measure at hand parts them."""
    generator = np.random.default_rng(4)
    messages = np.full(300, 50.0)
    sizes = np.where(np.arange(300) % 2, 74.0, 66.0)
    people = population(
        size=generator.permutation(np.geomspace(50, 900, 300)), messages=messages, kilobytes=messages * sizes
    )
    found = build_tiers(people, Issues(), LARGE, by="size")
    [warning] = [
        issue for issue in found.issues if issue.field == "tiers" and "than that of the mailboxes" in issue.message
    ]
    assert warning.hint == "No other tiers come closer."


@given(st.lists(st.floats(0.001, 500), min_size=1, max_size=30), st.sampled_from([75.0, 74.3, 0.1, 112.55]))
def test_the_mean_of_equal_message_sizes_is_that_size_to_the_bit(messages, size):
    people = population(size=np.full(len(messages), 10.0), messages=messages, kilobytes=np.array(messages) * size)
    assert TierBuilder(people, Profile()).build("size", 1).means["message_size"].tolist() == [size]


def test_only_the_last_bits_are_dropped():
    values = np.array([75.00000000000001, 74.99999999999999, 74.3, 75.0001, 1 / 3, 1e-5])
    assert drop_last_bits(values).tolist() == [75.0, 75.0, 74.3, 75.0001, 1 / 3, 1e-5]


@pytest.mark.parametrize(
    ("megabytes", "text"), [(512, "512 MB"), (1010, "1,010 MB"), (1536, "1.5 GB"), (152_883_200, "149,300 GB")]
)
def test_a_size_is_formatted_without_an_exponent(megabytes, text):
    assert format_size(megabytes) == text
