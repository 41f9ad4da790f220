"""Timeline: growth by hand and by the calculator's growth figures, months against the design."""

from __future__ import annotations

import math

import pytest
from support.paths import PROFILES
from support.study_rows import column, limit_row

from calculator import size
from calculator.inputs.profile import Profile, load
from calculator.studies.figures import NumericSizer
from calculator.studies.timeline.as_built import COUNT, build
from calculator.studies.timeline.growth import Growth, grow
from calculator.studies.timeline.run import first_month, timeline

SHIPPED = sorted(PROFILES.glob("*.toml"))
HOLD = load(next(path for path in SHIPPED if path.stem == "litigation_hold"))
WEEKLY = 100 * 5 * 75 / 1024  # MB of 100 messages a day of 75 KB on five days
MONTHLY = WEEKLY * 52 / 12
SMALL = {
    "tiers.1.mailboxes": 1000.0,
    "tiers.1.mailbox_size_limit": 2048.0,
    "data.mailbox_moves_per_week": 0.0,
    "site_resilience.enabled": False,
    "database_copies.ha_copies": 3.0,
}


def full_from_the_start(profile):
    """The design with mailboxes that are full on the first day."""
    quotas = {
        f"tiers.{tier}.initial_mailbox_size": profile.value(f"tiers.{tier}.mailbox_size_limit")
        for tier in range(1, profile.tiers + 1)
    }
    return profile.with_values(quotas)


# --- growth --------------------------------------------------------------------------------------


def test_a_mailbox_keeps_six_tenths_of_its_mail_until_its_quota():
    sizes = column(timeline(SMALL, Growth(months=24, start="empty")).months(), "mailbox_size")
    assert sizes[0] == 0
    assert timeline(SMALL, Growth(months=1, start="empty")).months()[0]["dumpster_size"] == 0
    assert sizes[12] == pytest.approx(12 * 0.6 * MONTHLY / 1024, rel=1e-12)
    # 2,048 MB / 95.2 MB a month: full in the 22nd month
    assert sizes.index(2.0) == math.ceil(2048 / (0.6 * MONTHLY)) == 22
    assert sizes[21] < 2


@pytest.mark.parametrize("share", ["60", "80", "100"])
@pytest.mark.parametrize(("initial", "oddities"), [(0.0, "as_calculator"), (0.0, "corrected"), (700.0, "corrected")])
def test_growth_agrees_with_the_growth_curves(share, initial, oddities):
    """The calculator scales the initial size too, which the corrected curve does not: with one they agree."""
    design = {
        **SMALL,
        "tiers.1.mailbox_size_limit": 1e6,
        "tiers.1.initial_mailbox_size": initial,
        "guidance.oddities": oddities,
    }
    sizes = column(timeline(design, Growth(months=60, fill=int(share) / 100, start="initial")).months(), "mailbox_size")
    plan = size(design)
    for month in range(12, 61, 3):
        assert sizes[month] == pytest.approx(plan[f"tiers.1.mailbox_size_by_month.{share}.{month}"], rel=1e-9)


def test_the_month_a_mailbox_is_full_is_the_predicted_one_where_all_mail_is_kept():
    design = {**SMALL, "tiers.1.initial_mailbox_size": 300.0, "guidance.oddities": "corrected"}
    sizes = column(timeline(design, Growth(fill=1.0)).months(), "mailbox_size")
    predicted = size(design)["tiers.1.months_to_capacity"]
    assert sizes.index(2.0) == math.ceil(predicted)


def test_mailboxes_and_messages_grow_by_a_rate_a_year():
    rows = timeline(SMALL, Growth(months=24, mailbox_growth=0.1, message_growth=0.2)).months()
    assert [rows[month]["mailboxes"] for month in (0, 12, 24)] == pytest.approx([1000, 1100, 1210])
    assert [rows[month]["messages_per_day"] for month in (0, 6, 24)] == pytest.approx([100, 100 * 1.2**0.5, 144])


def test_the_growth_of_a_tier_is_reached_at_the_horizon():
    design = {**SMALL, "tiers.1.mailbox_growth": 0.21, "guidance.planning_horizon": 24.0}
    rows = timeline(design, Growth(months=36)).months()
    assert [rows[month]["mailboxes"] for month in (0, 12, 24, 36)] == pytest.approx([1000, 1100, 1210, 1331])


def test_mail_that_grows_fills_by_what_came_in():
    rows = timeline(
        {**SMALL, "tiers.1.mailbox_size_limit": 1e6}, Growth(months=3, message_growth=1.0, start="empty")
    ).months()
    came = MONTHLY * (1 + 2 ** (1 / 12) + 2 ** (2 / 12))
    assert rows[3]["mailbox_size"] == pytest.approx(0.6 * came / 1024)


def test_recoverable_items_grow_to_the_window():
    """A month has 30.3 days: five weeks of a window of 90 days are begun, 13 in the end."""
    design = {
        **SMALL,
        "tiers.1.deleted_item_retention": 90.0,
        "tiers.1.edited_share": 0.1,
        "tiers.1.calendar_versioning": False,
    }
    sizes = column(timeline(design, Growth(months=4, start="empty")).months(), "dumpster_size")
    weeks = [0, 5, 9, 13, 13]
    assert sizes == pytest.approx([week * WEEKLY * 1.1 / 1024 for week in weeks])


def test_mailboxes_on_hold_reach_20_and_30_gb_in_the_months_of_the_rules():
    found = timeline(HOLD, Growth(months=120))
    plan = size(HOLD)
    for name in ("20", "30"):
        row = limit_row(found, f"dumpster_{name}_gb")
        assert row["month"] == math.ceil(plan[f"tiers.2.hold_months_to_{name}_gb"])
        assert row["where"] == "On hold"
    on_hold = [row for row in found.tiers() if row["tier"] == "On hold"]
    # 200 messages of 75 KB on five days, a tenth edited: 80.57 MB a week
    assert on_hold[60]["dumpster_size"] == pytest.approx(80.56640625 * 52 / 12 * 60 / 1024)


def test_a_hold_counts_the_mail_that_came_in_not_the_present_rate():
    on_hold = [row for row in timeline(HOLD, Growth(message_growth=0.1)).tiers() if row["tier"] == "On hold"]
    months = sum(1.1 ** (month / 12) for month in range(24))
    assert on_hold[24]["dumpster_size"] == pytest.approx(80.56640625 * 52 / 12 * months / 1024)


def test_what_the_quota_no_longer_holds_goes_to_the_archive():
    design = {**SMALL, "tiers.1.archive_size_limit": 500.0}
    rows = timeline(design, Growth(months=36, start="empty")).months()
    kept = 24 * 0.6 * MONTHLY
    assert rows[20]["archive_size"] == 0
    assert rows[24]["archive_size"] == pytest.approx((kept - 2048) / 1024)
    assert rows[36]["archive_size"] == pytest.approx(500 / 1024)


# --- the design as built -------------------------------------------------------------------------


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_last_month_of_the_horizon_is_the_design(path):
    """Full mailboxes, all growth, a hold to the horizon: what the engine sizes the design for."""
    profile = full_from_the_start(load(path))
    found, plan = timeline(profile), size(profile)
    assert len(found.figures) > 20
    for result, values in found.figures.items():
        expected = math.nan if plan[result] is None else float(plan[result])
        assert values[-1] == pytest.approx(expected, rel=1e-9, nan_ok=True), result


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_first_day_has_the_load_of_the_design_without_growth(path):
    profile = load(path)
    profile = profile.with_values({f"tiers.{tier}.mailbox_growth": 0.0 for tier in range(1, profile.tiers + 1)})
    first, plan = timeline(profile).months()[0], size(profile)
    assert first["iops"] == pytest.approx(plan["summary_database_iops.server"], rel=1e-12)
    assert first["memory"] == plan["summary_memory.primary"]
    assert first["cpu_worst"] == pytest.approx(plan["worst_cpu_utilization"], rel=1e-12)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_servers_databases_and_volumes_stay(path):
    built = build(load(path))
    columns = grow(built.design, Growth(months=60, mailbox_growth=0.4, message_growth=0.2)).columns(built.design)
    names = ["databases", "summary_servers.environment", "volume_database_volumes", "database_copies_per_server"]
    for name, values in NumericSizer(built.profile, names)(columns).items():
        assert set(values) == {built.design[name]}, name


def test_a_number_of_databases_that_is_rounded_up_stays_what_it_became():
    """9 in groups of 4 become 10, which given again would become 12: 9 are given."""
    profile = Profile({**SMALL, "database.automatic_count": False, COUNT: 9.0})
    built = build(profile)
    assert (built.design["disk_group"], built.design["databases"]) == (4, 10)
    assert built.profile.value(COUNT) == 9
    assert size(built.profile)["databases"] == 10


def test_an_empty_mailbox_is_no_missing_quota():
    first = timeline(SMALL, Growth(start="empty")).months()[0]
    assert first["mailbox_size"] == 0
    assert first["volume_fill"] > 0  # a day of whitespace and three of logs


@pytest.mark.parametrize("growth", [Growth(mailbox_growth=0.1), Growth(mailbox_growth=0.1, months=3), Growth()])
def test_the_first_month_is_that_of_the_timeline(growth):
    profile = load(PROFILES / "active_active.toml")
    months = [row["month"] for row in timeline(profile, growth).limits() if row["month"] is not None]
    assert first_month(build(profile), growth) == (min(months) if months else None)
