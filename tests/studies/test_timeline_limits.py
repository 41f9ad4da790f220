"""Limits of a design that grows: the month each is reached, and the least to buy that lasts."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from support.paths import PROFILES
from support.study_rows import column, limit_row

from calculator import size
from calculator.inputs.profile import load
from calculator.issues import InputError
from calculator.studies.built_limits import BuiltLimits
from calculator.studies.figures import NumericSizer
from calculator.studies.quick_start import TWO_ACTIVE, Answers, make_profile
from calculator.studies.timeline import limits, run
from calculator.studies.timeline.as_built import build
from calculator.studies.timeline.growth import Growth, grow
from calculator.studies.timeline.run import timeline

SHIPPED = sorted(PROFILES.glob("*.toml"))
HOLD = load(next(path for path in SHIPPED if path.stem == "litigation_hold"))
LARGE = load(next(path for path in SHIPPED if path.stem == "hundred_thousand_mailboxes"))
SMALL = {
    "tiers.1.mailboxes": 1000.0,
    "tiers.1.mailbox_size_limit": 2048.0,
    "data.mailbox_moves_per_week": 0.0,
    "site_resilience.enabled": False,
    "database_copies.ha_copies": 3.0,
}
CAPACITY = "storage.{}.database_disk_capacity"


GROWING = Growth(months=60, mailbox_growth=0.1, message_growth=0.05)


@pytest.fixture(scope="module")
def grown():
    return timeline(LARGE, GROWING)


def test_a_limit_is_reached_in_the_first_month_whose_figure_is_above(grown):
    names = {"volume": ("volume_size", 4e12 / 2**30), "cpu": ("cpu_worst", 0.8)}
    for name, (figure, threshold) in names.items():
        row, values = limit_row(grown, name), column(grown.months(), figure)
        assert row["threshold"] == pytest.approx(threshold)
        assert values[row["month"]] == row["value"] > threshold
        assert max(values[: row["month"]]) <= threshold


def test_the_need_of_memory_is_compared_with_the_size_that_was_bought(grown):
    row, built = limit_row(grown, "memory"), build(LARGE)
    needed = np.stack([grown.figures[f"memory_required.{role}"] for role in ("primary", "secondary")]).max(axis=0)
    assert row["threshold"] == built.design["summary_memory.primary"] == 96
    assert needed[row["month"]] == row["value"] > 96 >= needed[: row["month"]].max()
    assert column(grown.months(), "memory")[row["month"]] > 96 == column(grown.months(), "memory")[0]


def test_disks_are_too_slow_from_the_month_a_volume_needs_more_than_they_give(grown):
    """57.5 IOPS a disk; four databases of 100,000 / (8 x 224) mailboxes at 0.134, 1.2 times, growing."""
    first = 4 * 100_000 / 8 / 224 * 0.134 * 1.2
    growth = (1.1 * 1.05) ** (1 / 12)
    reached = next(month for month in range(61) if round(first * growth**month) > 57.5)
    assert limit_row(grown, "disk_iops")["month"] == reached


def test_the_first_reached_come_first_and_the_rest_say_how_near_they_come(grown):
    months = column(grown.limits(), "month")
    reached = [month for month in months if month is not None]
    assert months == [*sorted(reached), *[None] * (len(months) - len(reached))]
    for row in grown.limits():
        assert bool(row["buy"]) == (row["month"] is not None)
        assert (row["value"] > row["threshold"]) == (row["month"] is not None)


def again(changes, growth, name):
    """Whether a limit is still reached with something bought; the hardware then is that of the design as built."""
    built = build(LARGE)
    profile = built.profile.with_values(changes)
    months = grow(built.design, growth).columns(built.design)
    one = next(one for one in limits.list_limits(built) if one.name == name)
    figures = NumericSizer(profile, one.needs)(months)
    return limits.find_exceeded(one, figures, built).any()


def test_the_disks_to_buy_are_the_smallest_that_last(grown):
    assert limit_row(grown, "volume")["buy"] == "Database disks of 6,000 GB, and restore disks of the same size"
    assert again({}, GROWING, "volume")
    bought = {CAPACITY.format(side): 6000.0 for side in ("primary", "secondary")}
    assert not again(bought, GROWING, "volume")


def test_the_dags_to_buy_are_the_fewest_that_last(grown):
    found = re.match("(\\d+) more DAGs like the present ones \\((\\d+) instead of 8\\)", limit_row(grown, "cpu")["buy"])
    more, dags = (int(number) for number in found.groups())
    assert dags == 8 + more
    assert not again({"environment.dags": float(dags)}, GROWING, "cpu")
    assert again({"environment.dags": dags - 1.0}, GROWING, "cpu")
    # 0.7669 a server at first, 1.155 times a year: 1.5758 after five years, 80 % of it wanted
    assert dags == math.ceil(8 * 0.76688058 * 1.155**5 / 0.8)


def test_servers_are_added_where_a_dag_has_room():
    found = timeline(HOLD, Growth(months=48, mailbox_growth=0.3))
    assert re.fullmatch(
        "\\d+ more servers? hosting active mailboxes in each DAG \\(\\d+ instead of 4\\)",
        limit_row(found, "cpu")["buy"],
    )


def test_memory_is_bought_up_to_96_gb_and_servers_beyond():
    found = limit_row(timeline(HOLD, Growth(months=24, mailbox_growth=0.2)), "memory")
    assert (found["threshold"], found["buy"]) == (48, "64 GB of memory in each server")
    beyond = limit_row(timeline(HOLD, Growth(months=60, mailbox_growth=0.4)), "memory")["buy"]
    assert beyond.endswith("(9 instead of 4), 96 GB of memory in each")


def test_the_quotas_of_recoverable_items_to_set():
    found = timeline(HOLD, Growth(months=120))
    final = 80.56640625 * 52  # MB a year
    last = final * 10 / 1024
    assert limit_row(found, "dumpster_20_gb")["buy"] == (
        f"RecoverableItemsWarningQuota of {math.ceil(last)} GB for On hold"
    )
    more = math.ceil((last - 30) * 240 / 24)  # 240 mailboxes on hold in 24 databases
    assert limit_row(found, "dumpster_30_gb")["buy"] == (
        f"RecoverableItemsQuota of {math.ceil(last)} GB for On hold, {more} GB more in each copy of a database"
    )


def test_volumes_of_raid_groups_are_compared_with_their_planned_size():
    office = load(next(path for path in SHIPPED if path.stem == "small_office"))
    plan = size(office)
    found = timeline(office, Growth(months=60, mailbox_growth=0.25))
    row = limit_row(found, "volume")
    assert row["threshold"] == plan["volume_database_volume_size"]
    largest = max(column(found.months(), "volume_size"))
    assert row["buy"] == f"Volumes of {math.ceil(largest):,} GB"
    assert limit_row(found, "log_volume")["threshold"] == plan["volume_log_volume_size"]
    assert limit_row(found, "raid_disks")["buy"] == "4 more RAID disks in each server (10 instead of 6)"
    assert limit_row(found, "database")["threshold"] == 200


def test_a_custom_limit_of_databases_counts():
    custom = {"database.custom_max_size_enabled": True, "database.custom_max_size": 500.0}
    row = limit_row(timeline(LARGE.with_values(custom), Growth(months=60, mailbox_growth=0.03)), "database")
    assert row["threshold"] == 500
    assert re.fullmatch("[\\d,]+ databases per DAG instead of [\\d,]+, on the volumes that they need", row["buy"])


def test_a_slow_link_is_replaced():
    row = limit_row(timeline(LARGE.with_values({"replication.link_type": "oc_96_5_gbps"}), GROWING), "link")
    assert row["month"] is not None
    assert row["buy"] == "A link of 10 Gigabit Ethernet"


def test_where_nothing_lasts_the_row_states_it():
    row = limit_row(timeline(LARGE, Growth(months=60, mailbox_growth=3.0)), "cpu")
    assert row["buy"] == "No single purchase is enough: size the design again for the last month."


def test_tiers_without_a_name_go_by_their_number():
    hold = {"tiers.2.mailboxes": 10.0, "tiers.2.litigation_hold": True, "tiers.2.messages_per_day": 1000.0}
    row = limit_row(timeline({**SMALL, **hold}), "dumpster_20_gb")
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


def test_a_design_without_mailboxes_has_no_timeline():
    with pytest.raises(InputError) as refused:
        timeline({"environment.mailbox_servers": 4.0})
    assert (
        str(refused.value)
        == "design: The design has no mailboxes, so there is nothing to study. Give a tier with mailboxes."
    )


def test_months_in_which_the_design_is_invalid_are_an_issue():
    found = timeline(SMALL, Growth(months=3))
    assert not found.issues
    figures = {**found.figures, "design_invalid": np.array([0.0, 0.0, 1.0, 1.0])}
    [issue] = run._find_issues(found.built, found.state, figures)
    assert str(issue) == (
        "design: The design is invalid in 2 months, from month 2 on: it has no figures there. Size the design again"
        " for month 2."
    )


def test_cpu_without_a_rating_is_a_limit_without_a_figure():
    unrated = {"servers.primary.specint2006_rate": 0.0}
    row = limit_row(timeline({**SMALL, **unrated}, Growth(months=3)), "cpu")
    assert (row["where"], row["month"], row["value"], row["threshold"], row["buy"]) == ("", None, None, 0.8, "")
    assert row["why_not_applicable"] == "CPU is not sized, because no rating is given for the 16 cores of a server."


EXCHANGE_2019 = make_profile(Answers(mailboxes=3000, quota=2.0, place=TWO_ACTIVE, version="2019", servers=2))
INSTALLED = "servers.{}.installed_memory"


def test_memory_that_only_the_minimum_requires_is_not_used_up():
    """The load of today needs 79 GB, and that of the plan 87 GB, of the 128 GB that Microsoft supports at least."""
    row = limit_row(timeline(EXCHANGE_2019, Growth(months=1)), "memory")
    assert (row["value"], row["threshold"]) == (79, 128)
    assert BuiltLimits.of(EXCHANGE_2019).measure({"tiers.1.mailboxes": np.array([3000.0])}).used["memory"] == 87 / 128


@pytest.mark.parametrize(("installed", "used"), [(96.0, 128 / 96), (128.0, 87 / 128), (256.0, 87 / 256)])
def test_less_memory_than_the_minimum_exceeds_the_limit(installed, used):
    given = {INSTALLED.format(role): installed for role in ("primary", "secondary")}
    measured = BuiltLimits.of(EXCHANGE_2019.with_values(given)).measure({"tiers.1.mailboxes": np.array([3000.0])})
    assert measured.used["memory"] == used
    assert measured.exceeded["memory"] == (used > 1)
