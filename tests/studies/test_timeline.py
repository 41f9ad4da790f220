"""Timeline: growth by hand and by the calculator's growth figures, months against the design, limits, what to buy."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from support.paths import PROFILES

from calculator import size
from calculator.inputs.profile import Profile, load
from calculator.issues import InputError
from calculator.studies.figures import Figures
from calculator.studies.timeline import limits
from calculator.studies.timeline.as_built import COUNT, as_built
from calculator.studies.timeline.growth import Growth, grow, read_growth
from calculator.studies.timeline.pst_imports import Wave, read_waves
from calculator.studies.timeline.run import timeline

PROFILES = sorted((PROFILES).glob("*.toml"))
HOLD = load(next(path for path in PROFILES if path.stem == "litigation_hold"))
LARGE = load(next(path for path in PROFILES if path.stem == "hundred_thousand_mailboxes"))
WEEKLY = 100 * 5 * 75 / 1024  # MB of 100 messages a day of 75 KB on five days
MONTHLY = WEEKLY * 52 / 12
SMALL = {
    "tiers.1.mailboxes": 1000.0,
    "tiers.1.mailbox_size_limit": 2048.0,
    "data.mailbox_moves_per_week": 0.0,
    "site_resilience.enabled": False,
    "database_copies.ha_copies": 3.0,
}
CAPACITY = "storage.{}.database_disk_capacity"


def full_from_the_start(profile):
    """The design with mailboxes that are full on the first day."""
    quotas = {
        f"tiers.{tier}.initial_mailbox_size": profile.value(f"tiers.{tier}.mailbox_size_limit")
        for tier in range(1, profile.tiers + 1)
    }
    return profile.with_values(quotas)


def column(rows, name):
    return [row[name] for row in rows]


def limit(found, name):
    return next(row for row in found.limits() if row["limit"] == name)


# --- growth --------------------------------------------------------------------------------------


def test_a_mailbox_keeps_six_tenths_of_its_mail_until_its_quota():
    sizes = column(timeline(SMALL, Growth(months=24)).months(), "mailbox_size")
    assert sizes[0] == 0
    assert timeline(SMALL, Growth(months=1)).months()[0]["dumpster_size"] == 0
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
    sizes = column(timeline(design, Growth(months=60, fill=int(share) / 100)).months(), "mailbox_size")
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
    rows = timeline({**SMALL, "tiers.1.mailbox_size_limit": 1e6}, Growth(months=3, message_growth=1.0)).months()
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
    sizes = column(timeline(design, Growth(months=4)).months(), "dumpster_size")
    weeks = [0, 5, 9, 13, 13]
    assert sizes == pytest.approx([week * WEEKLY * 1.1 / 1024 for week in weeks])


def test_mailboxes_on_hold_reach_20_and_30_gb_when_the_rules_say():
    found = timeline(HOLD, Growth(months=120))
    plan = size(HOLD)
    for name in ("20", "30"):
        row = limit(found, f"dumpster_{name}_gb")
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
    rows = timeline(design, Growth(months=36)).months()
    kept = 24 * 0.6 * MONTHLY
    assert rows[20]["archive_size"] == 0
    assert rows[24]["archive_size"] == pytest.approx((kept - 2048) / 1024)
    assert rows[36]["archive_size"] == pytest.approx(500 / 1024)


# --- the design as built -------------------------------------------------------------------------


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_the_last_month_of_the_horizon_is_the_design(path):
    """Full mailboxes, all growth, a hold to the horizon: what the engine sizes the design for."""
    profile = full_from_the_start(load(path))
    found, plan = timeline(profile), size(profile)
    assert len(found.figures) > 20
    for result, values in found.figures.items():
        expected = math.nan if plan[result] is None else float(plan[result])
        assert values[-1] == pytest.approx(expected, rel=1e-9, nan_ok=True), result


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_the_first_day_has_the_load_of_the_design_without_growth(path):
    profile = load(path)
    profile = profile.with_values({f"tiers.{tier}.mailbox_growth": 0.0 for tier in range(1, profile.tiers + 1)})
    first, plan = timeline(profile).months()[0], size(profile)
    assert first["iops"] == pytest.approx(plan["summary_database_iops.server"], rel=1e-12)
    assert first["memory"] == plan["summary_memory.primary"]
    assert first["cpu_worst"] == pytest.approx(plan["worst_cpu_utilization"], rel=1e-12)


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_servers_databases_and_volumes_stay(path):
    built = as_built(load(path))
    columns = grow(built.plan, Growth(months=60, mailbox_growth=0.4, message_growth=0.2)).columns(built.plan)
    names = ["databases", "summary_servers.environment", "volume_database_volumes", "database_copies_per_server"]
    for name, values in Figures(built.profile, names)(columns).items():
        assert set(values) == {built.plan[name]}, name


def test_a_number_of_databases_that_is_rounded_up_stays_what_it_became():
    """9 in groups of 4 become 10, which given again would become 12: 9 are given."""
    profile = Profile({**SMALL, "database.automatic_count": False, COUNT: 9.0})
    built = as_built(profile)
    assert (built.plan["disk_group"], built.plan["databases"]) == (4, 10)
    assert built.profile.value(COUNT) == 9
    assert size(built.profile)["databases"] == 10


def test_an_empty_mailbox_is_no_missing_quota():
    first = timeline(SMALL).months()[0]
    assert first["mailbox_size"] == 0
    assert first["volume_fill"] > 0  # a day of whitespace and three of logs


# --- imports -------------------------------------------------------------------------------------

ARCHIVED = {**SMALL, "tiers.1.archive_size_limit": 20480.0}


def test_imports_fill_archives_and_write_a_log_for_each_mb():
    rows = timeline(ARCHIVED, Growth(months=4, imports=read_waves(["2..3: 500 GB a week"]))).months()
    month = 500 * 52 / 12
    assert column(rows, "import_gb") == pytest.approx([0, 0, month, month, 0])
    assert rows[2]["import_logs"] == pytest.approx(month * 1024)
    assert rows[3]["archive_size"] == pytest.approx(2 * month / 1000)
    # without mailbox moves the logs of a day are those of users, 20 a mailbox, and of the imports
    assert rows[1]["logs_per_day"] == pytest.approx(20 * 1000)
    assert rows[2]["logs_per_day"] == pytest.approx(20 * 1000 + 500 * 1024 / 7)


def test_the_logs_of_imports_take_room_beside_those_kept_until_truncation():
    growth = Growth(months=2, imports=(Wave(1, 1, 240.0),))
    plain, found = timeline(ARCHIVED, Growth(months=2)), timeline(ARCHIVED, growth)
    databases = found.built.plan["databases"]
    grown = found.figures["volume_database_size_with_overhead"] - plain.figures["volume_database_size_with_overhead"]
    each = found.built.plan["databases_on_first_volume"]
    # index 20 % of each, once more for the master merge, a week's imports in logs, 5 % kept free
    taken = (each * grown[1] * 1.2 + 0.2 * grown[1] + each * 240 / databases) / 0.95
    more = found.months()[1]["volume_size"] - plain.months()[1]["volume_size"]
    assert more == pytest.approx(taken, rel=1e-9)


def test_imports_stop_where_archives_are_full():
    small = {**SMALL, "tiers.1.archive_size_limit": 1024.0}
    found = timeline(small, Growth(months=6, fill=0.0, imports=(Wave(1, 6, 100.0),)))
    assert sum(column(found.months(), "import_gb")) == pytest.approx(1000)
    assert column(found.months(), "archive_size")[-1] == pytest.approx(1)
    left_out = 6 * 100 * 52 / 12 - 1000
    assert [str(issue) for issue in found.issues] == [
        f"design: tiers.N.archive_size_limit: {left_out:,.0f} GB of the imports find no room in the archives. "
        "Raise the archive quota, or import less."
    ]


def test_a_tier_imports_every_week_what_it_is_given():
    rows = timeline({**ARCHIVED, "tiers.1.archive_import": 12.0}, Growth(months=3)).months()
    assert column(rows, "import_gb") == pytest.approx([0, 52, 52, 52])


@pytest.mark.slow
def test_waves_go_to_tiers_by_their_mailboxes_with_an_archive():
    design = {
        **ARCHIVED,
        "tiers.2.mailboxes": 3000.0,
        "tiers.2.archive_size_limit": 20480.0,
        "tiers.3.mailboxes": 500.0,
    }
    rows = timeline(design, Growth(months=1, imports=(Wave(1, 1, 120.0),))).tiers()
    archives = [row["archive_size"] for row in rows if row["month"] == 1]
    assert archives == pytest.approx([520 / 4000, 520 / 4000, 0])


@pytest.mark.parametrize(
    ("text", "weeks", "weekly"),
    [
        ("1..6: 500 GB a week", 26, 500),
        ("1..6: 0.5 TB a week", 26, 512),
        ("1..60: 40 mailboxes a week", 25, 800),  # 1,000 mailboxes, their archives of 20 GB
        ("1..3: 40 mailboxes a week", 13, 800),
        ("1..60: 40 mailboxes of 3 GB a week", 25, 120),
    ],
)
def test_how_long_imports_take(text, weeks, weekly):
    (row,) = timeline(ARCHIVED, Growth(months=12, imports=read_waves([text]))).imports()
    assert (row["weeks"], row["gb_per_week"]) == (pytest.approx(weeks), weekly)
    assert (row["gb"], row["logs"]) == (pytest.approx(weeks * weekly), pytest.approx(weeks * weekly * 1024))


def test_settings_that_cannot_be_used_are_told_at_once():
    with pytest.raises(InputError) as told:
        read_growth(
            {"months": "0", "mailbox_growth": "lots", "fill": "120 %"},
            ["soon", "3..2: 1 GB a week", "1..2: 5 kg a week", "1..2: 0 mailboxes a week"],
        )
    form = 'Write "FROM..TO: 500 GB a week" or "FROM..TO: 40 mailboxes a week", with months from 1.'
    assert str(told.value).splitlines() == [
        "--months: 0 month is below 1. Give a whole number from 1 to 240.",
        '--mailbox-growth: "lots" is not a number. Give a number from -0.9 to 10.',
        "--fill: 1.2 is above 1. Give a number from 0 to 1.",
        f'--pst: "soon": is not a wave of imports. {form}',
        f'--pst: "3..2: 1 GB a week": has no months from 1 to 240 in order. {form}',
        '--pst: "1..2: 5 kg a week": "5 kg": "kg" is not a unit. Plain numbers are in GB.',
        f'--pst: "1..2: 0 mailboxes a week": "0" is no number of mailboxes. {form}',
    ]


def test_growth_beyond_its_limits_is_refused_from_python_too():
    with pytest.raises(InputError) as told:
        timeline(SMALL, Growth(months=-1, mailbox_growth=-1.0, fill=math.nan))
    assert str(told.value).splitlines() == [
        "--months: -1 month is below 1. Give a whole number from 1 to 240.",
        "--mailbox-growth: -1 is below -0.9. Give a number from -0.9 to 10.",
        "--fill: nan is not a number an input can have. Give a number from 0 to 1.",
    ]


def test_imports_need_an_archive():
    with pytest.raises(InputError) as told:
        timeline(SMALL, Growth(imports=(Wave(1, 2, 5.0),)))
    assert str(told.value) == (
        "design: Imports go into archives, and no tier has one. Give tiers.N.archive_size_limit."
    )


def test_an_invalid_design_has_no_timeline():
    with pytest.raises(InputError) as told:
        timeline({**SMALL, "environment.mailbox_servers": 2.0})
    assert str(told.value) == "design: The design is invalid: it has no timeline. See check for what is wrong."


# --- limits and what to buy ----------------------------------------------------------------------

GROWING = Growth(months=60, mailbox_growth=0.1, message_growth=0.05)


@pytest.fixture(scope="module")
def grown():
    return timeline(LARGE, GROWING)


def test_a_limit_is_reached_in_the_first_month_whose_figure_is_above(grown):
    names = {"volume": ("volume_size", 4e12 / 2**30), "memory": ("memory", 96), "cpu": ("cpu_worst", 0.8)}
    for name, (figure, threshold) in names.items():
        row, values = limit(grown, name), column(grown.months(), figure)
        assert row["threshold"] == pytest.approx(threshold)
        assert values[row["month"]] == row["value"] > threshold
        assert max(values[: row["month"]]) <= threshold


def test_disks_are_too_slow_from_the_month_a_volume_needs_more_than_they_give(grown):
    """57.5 IOPS a disk; four databases of 100,000 / (8 x 224) mailboxes at 0.134, 1.2 times, growing."""
    first = 4 * 100_000 / 8 / 224 * 0.134 * 1.2
    growth = (1.1 * 1.05) ** (1 / 12)
    reached = next(month for month in range(61) if round(first * growth**month) > 57.5)
    assert limit(grown, "disk_iops")["month"] == reached


def test_the_first_reached_come_first_and_the_rest_say_how_near_they_come(grown):
    months = column(grown.limits(), "month")
    reached = [month for month in months if month is not None]
    assert months == [*sorted(reached), *[None] * (len(months) - len(reached))]
    for row in grown.limits():
        assert bool(row["buy"]) == (row["month"] is not None)
        assert (row["value"] > row["threshold"]) == (row["month"] is not None)


def again(changes, growth, name):
    """Whether a limit is still reached with something bought; the hardware then is that of the design as built."""
    built = as_built(LARGE)
    profile = built.profile.with_values(changes)
    months = grow(built.plan, growth).columns(built.plan)
    one = next(one for one in limits.limits_of(built) if one.name == name)
    figures = Figures(profile, one.needs)(months)
    return limits.above(one, figures, built).any()


def test_the_disks_to_buy_are_the_smallest_that_last(grown):
    assert limit(grown, "volume")["buy"] == "Database disks of 6,000 GB"
    assert again({}, GROWING, "volume")
    bought = {CAPACITY.format(side): 6000.0 for side in ("primary", "secondary")}
    assert not again(bought, GROWING, "volume")


def test_the_dags_to_buy_are_the_fewest_that_last(grown):
    found = re.match(r"(\d+) more DAGs like those there are \((\d+) in place of 8\)", limit(grown, "cpu")["buy"])
    more, dags = (int(number) for number in found.groups())
    assert dags == 8 + more
    assert not again({"environment.dags": float(dags)}, GROWING, "cpu")
    assert again({"environment.dags": dags - 1.0}, GROWING, "cpu")
    # 0.7669 a server at first, 1.155 times a year: 1.5758 after five years, 80 % of it wanted
    assert dags == math.ceil(8 * 0.76688058 * 1.155**5 / 0.8)


@pytest.mark.slow
def test_servers_are_added_where_a_dag_has_room():
    found = timeline(HOLD, Growth(months=48, mailbox_growth=0.3))
    assert re.fullmatch(
        r"\d+ more servers? hosting active mailboxes in each DAG \(\d+ in place of 4\)", limit(found, "cpu")["buy"]
    )


def test_memory_is_bought_up_to_96_gb_and_servers_beyond():
    found = limit(timeline(HOLD, Growth(months=24, mailbox_growth=0.2)), "memory")
    assert (found["threshold"], found["buy"]) == (48, "64 GB of memory in each server")
    beyond = limit(timeline(HOLD, Growth(months=60, mailbox_growth=0.4)), "memory")["buy"]
    assert beyond.endswith("96 GB of memory at most in each")


def test_the_quotas_of_recoverable_items_to_set():
    found = timeline(HOLD, Growth(months=120))
    final = 80.56640625 * 52  # MB a year
    last = final * 10 / 1024
    assert limit(found, "dumpster_20_gb")["buy"] == (
        f"RecoverableItemsWarningQuota of {math.ceil(last)} GB for On hold"
    )
    more = math.ceil((last - 30) * 240 / 24)  # 240 mailboxes on hold in 24 databases
    assert limit(found, "dumpster_30_gb")["buy"] == (
        f"RecoverableItemsQuota of {math.ceil(last)} GB for On hold, {more} GB more in each copy of a database"
    )


def test_volumes_of_gathered_disks_are_held_against_their_planned_size():
    office = load(next(path for path in PROFILES if path.stem == "small_office"))
    plan = size(office)
    found = timeline(office, Growth(months=60, mailbox_growth=0.25))
    row = limit(found, "volume")
    assert row["threshold"] == plan["volume_database_volume_size"]
    largest = max(column(found.months(), "volume_size"))
    assert row["buy"] == f"Volumes of {math.ceil(largest):,} GB"
    assert limit(found, "log_volume")["threshold"] == plan["volume_log_volume_size"]
    assert limit(found, "raid_disks")["buy"] == "4 more RAID disks in each server (10 in place of 6)"
    assert limit(found, "database")["threshold"] == 200


def test_a_custom_limit_of_databases_counts():
    custom = {"database.custom_max_size_enabled": True, "database.custom_max_size": 500.0}
    row = limit(timeline(LARGE.with_values(custom), Growth(months=60, mailbox_growth=0.03)), "database")
    assert row["threshold"] == 500
    assert re.fullmatch(r"[\d,]+ databases a DAG in place of [\d,]+, on the volumes this takes", row["buy"])


def test_a_slow_link_is_replaced():
    row = limit(timeline(LARGE.with_values({"replication.link_type": "oc_96_5_gbps"}), GROWING), "link")
    assert row["month"] is not None
    assert row["buy"] == "A link of 10 Gigabit Ethernet"


def test_where_nothing_lasts_it_says_so():
    row = limit(timeline(LARGE, Growth(months=60, mailbox_growth=3.0)), "cpu")
    assert row["buy"] == "No single purchase lasts: size the design anew for the last month."


def test_tiers_without_a_name_go_by_their_number():
    hold = {"tiers.2.mailboxes": 10.0, "tiers.2.litigation_hold": True, "tiers.2.messages_per_day": 1000.0}
    row = limit(timeline({**SMALL, **hold}), "dumpster_20_gb")
    assert (row["where"], row["buy"].rpartition(" for ")[2]) == ("tier 2", "tier 2")


def test_a_run_repeated_gives_the_same(grown):
    again = timeline(LARGE, GROWING)
    assert (again.months(), again.limits()) == (grown.months(), grown.limits())


def test_a_month_does_not_depend_on_how_many_are_looked_at(grown):
    short = timeline(LARGE, Growth(months=20, mailbox_growth=0.1, message_growth=0.05))
    assert short.months() == grown.months()[:21]


def test_a_tier_without_mailboxes_changes_nothing():
    more = {**SMALL, "tiers.2.mailboxes": 0.0}
    assert timeline(more).months() == timeline(SMALL).months()
    assert np.unique(column(timeline(more).tiers(), "tier")).tolist() == ["tier 1"]
