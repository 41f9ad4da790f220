"""Start of a timeline, and the days until a volume as sized and a disk as bought fill."""

from __future__ import annotations

import pytest
from support.paths import PROFILES

from calculator import InputError, size
from calculator.inputs.profile import load
from calculator.studies.timeline.growth import Growth
from calculator.studies.timeline.outage import simulate_outage
from calculator.studies.timeline.run import timeline

SHIPPED = sorted(PROFILES.glob("*.toml"))
SMALL = {
    "tiers.1.mailboxes": 1000.0,
    "tiers.1.mailbox_size_limit": 2048.0,
    "site_resilience.enabled": False,
    "database_copies.ha_copies": 3.0,
}
DAYS = ("days_until_volume_full", "days_until_disk_full")
LAGGED = next(path for path in SHIPPED if path.stem == "active_passive")


def test_the_start_is_designed_where_initial_sizes_are_0_and_initial_elsewhere():
    initial = {"tiers.1.initial_mailbox_size": 512.0}
    unused = {"tiers.2.mailboxes": 0.0, "tiers.2.initial_mailbox_size": 512.0}
    starts = [timeline({**SMALL, **more}, Growth(months=1)).state.start for more in ({}, initial, unused)]
    assert starts == ["designed", "initial", "designed"]


@pytest.mark.parametrize(
    ("start", "sizes"),
    [
        ("designed", [2, 2]),
        ("initial", [0.5, 0.5 + 0.6 * 158.69140625 / 1024]),
        ("empty", [0, 0.6 * 158.69140625 / 1024]),
    ],
)
def test_mailboxes_begin_as_full_as_the_start_says(start, sizes):
    """100 messages of 75 KB on five days are 36.62 MB a week, 158.69 MB in 52/12 weeks; six tenths stay."""
    design = {**SMALL, "tiers.1.initial_mailbox_size": 512.0}
    months = timeline(design, Growth(months=1, start=start)).months()
    assert [row["mailbox_size"] for row in months] == pytest.approx(sizes)


def test_a_timeline_states_its_start():
    found = timeline(SMALL, Growth(months=1))
    fill = size(SMALL)["volume_fill.primary"]
    assert found.sentence == (
        f"Month 0: mailboxes are as full as the design is made for; a volume is {100 * fill:.0f} % full "
        "(start: designed)."
    )
    assert timeline(SMALL, Growth(months=1, start="empty")).sentence.startswith("Month 0: mailboxes are empty; ")


def test_an_unknown_start_is_refused():
    with pytest.raises(InputError, match='"half": is not a start'):
        timeline(SMALL, Growth(start="half"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_designed_start_without_growth_is_the_design_on_the_first_day(path):
    profile = load(path)
    profile = profile.with_values({f"tiers.{tier}.mailbox_growth": 0.0 for tier in range(1, profile.tiers + 1)})
    held = any(profile.value(f"tiers.{tier}.litigation_hold") for tier in range(1, profile.tiers + 1))
    first, plan = timeline(profile, Growth(months=1, start="designed")).months()[0], size(profile)
    if not held:  # a hold begins on the first day
        assert first["volume_size"] == pytest.approx(plan["volume_database_volume_size"])
        for name in DAYS:
            assert first[name] == (plan[name] if plan[name] is None else pytest.approx(plan[name]))


def test_room_for_logs_shrinks_as_mailboxes_are_added():
    """Of the volume as sized the data of the month is taken off; what is left fills at the logs of the month."""
    found = timeline({**SMALL, "tiers.1.mailbox_growth": 0.2}, Growth(months=12))
    first, last = found.months()[0], found.months()[12]
    assert first[DAYS[0]] > last[DAYS[0]]
    figures, built = found.figures, found.built
    for month, row in ((0, first), (12, last)):
        data = figures["volume_database_volume_size"][month] - figures["room_for_logs"][month]
        daily = figures["databases_on_first_volume"][month] * figures["logs_per_day_per_database"][month] / 1024
        assert row[DAYS[0]] == pytest.approx((built.volume[0] - data) / daily)
        assert row[DAYS[1]] == pytest.approx((figures["smaller_database_disk"][month] - data) / daily)


def test_an_outage_has_the_same_two_results_as_the_design():
    plan, found = size(LAGGED), simulate_outage(LAGGED, "datacenter")
    assert [found.days_until_volume_full, found.days_until_disk_full] == [plan[name] for name in DAYS]
    assert [found.rows()[0][name] for name in DAYS] == [plan[name] for name in DAYS]
    # seven days of logs are held back by the lagged copies, so that the disk fills seven days earlier
    assert found.full == pytest.approx(plan["days_until_disk_full"] - 7, abs=0.5)
