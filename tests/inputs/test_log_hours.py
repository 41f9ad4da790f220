"""The hours of a day in which logs are generated."""

from __future__ import annotations

import pytest

from calculator import size
from calculator.inputs.log_hours import HOURS, PRESETS, paths, preset_of, scaled
from calculator.inputs.profile import Profile
from calculator.inputs.schema import all_paths


@pytest.mark.parametrize("name", PRESETS)
def test_the_shares_of_a_usual_day_are_24_and_make_it_whole(name):
    shares = PRESETS[name]
    assert len(shares) == HOURS == 24
    assert sum(shares) == pytest.approx(1, abs=1e-12)
    assert all(0 <= share <= 1 for share in shares)


@pytest.mark.parametrize("name", PRESETS)
def test_a_usual_day_is_a_whole_day_to_the_checks(name):
    given = {"tiers.1.mailboxes": 100.0, **dict(zip(paths(), PRESETS[name], strict=True))}
    plan = size(Profile(given))
    assert not [issue for issue in plan.issues if issue.field == "replication.hourly_log_share"]
    assert plan["total_log_share"] == pytest.approx(1, abs=1e-12)


def test_the_office_day_is_the_default():
    assert PRESETS["Office day"] == tuple(Profile().value(path) for path in paths())
    assert preset_of([Profile().value(path) for path in paths()]) == "Office day"


def test_two_shifts_run_from_hour_7_to_22():
    day = PRESETS["Two shifts"]
    assert set(day[6:22]) == {0.0575}
    assert set((*day[:6], *day[22:])) == {0.01}


def test_the_paths_are_those_of_the_hours_in_order():
    assert paths() == tuple(f"replication.hourly_log_share.{hour}" for hour in range(1, 25))
    assert set(paths()) <= set(all_paths())


def test_counts_become_shares_of_the_day():
    assert scaled([30, 10, 0, 60]) == (0.3, 0.1, 0, 0.6)
    assert scaled([1.0] * 24) == PRESETS["Flat"]


def test_a_day_without_logs_stays_without():
    assert scaled([0] * 24) == (0.0,) * 24
    assert scaled([]) == ()


@pytest.mark.parametrize("name", PRESETS)
def test_a_usual_day_is_known_by_its_shares(name):
    assert preset_of(PRESETS[name]) == name
    assert preset_of(list(PRESETS[name])) == name


def test_other_days_are_no_usual_days():
    moved = list(PRESETS["Office day"])
    moved[8], moved[9] = moved[8] - 0.01, moved[9] + 0.01
    assert preset_of(moved) is None
    assert preset_of(PRESETS["Flat"][:23]) is None
    assert preset_of(scaled([0] * 24)) is None
