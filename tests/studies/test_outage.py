"""Outages: logs that pile up by the hour, the day a volume fills, what is reseeded."""

from __future__ import annotations

import math

import pytest

from calculator import size
from calculator.inputs import log_hours
from calculator.issues import InputError
from calculator.presentation.text import number
from calculator.studies.timeline.outage import simulate_outage

LARGE = {
    "tiers.1.mailboxes": 100_000.0,
    "tiers.1.initial_mailbox_size": 2048.0,
    "tiers.1.mailbox_size_limit": 10240.0,
    "tiers.1.messages_per_day": 200.0,
    "environment.mailbox_servers": 8.0,
    "environment.dags": 8.0,
    "replication.link_type": "10_gigabit_ethernet",
    "guidance.dumpster_model": "calculator",
}
FLAT = dict.fromkeys(log_hours.paths(), 1 / 24)
OFFICE = {
    "tiers.1.mailboxes": 150.0,
    "tiers.1.mailbox_size_limit": 4096.0,
    "environment.high_availability": False,
    "environment.mailbox_servers": 1.0,
    "site_resilience.enabled": False,
    "backup.method": "software_vss",
}
DIFFERENTIAL = {**OFFICE, "backup.frequency": "weekly_full_daily_differential"}
LAGGED = {
    **LARGE,
    "site_resilience.model": "active_passive",
    "database_copies.ha_copies": 3.0,
    "database_copies.ha_copies_secondary": 1.0,
    "database_copies.lagged_copies": 1.0,
    "database_copies.lagged_copies_secondary": 1.0,
}


def test_a_disk_fills_after_the_days_of_the_rule():
    found = simulate_outage({**LARGE, **FLAT}, "datacenter", 70)
    days = size(LARGE)["days_until_disk_full"]
    assert found.full == math.ceil(days * 24) / 24
    # four databases with 2,427 logs a day: 40 of each of 55.8 mailboxes, and a week's moves
    moves = 55.80357142857143 * 0.01 * 10890 / 7
    assert found.logs[1] == pytest.approx(4 * (2232.142857142857 + moves) / 1024)


def test_logs_follow_the_hours_of_a_day():
    """Room for 62.59 days: flat in the 15th hour of the last, else in the hour of the second half of its logs."""
    morning = {path: 0.5 if path.endswith((".9", ".10")) else 0.0 for path in log_hours.paths()}
    flat, busy = (
        simulate_outage({**LARGE, **FLAT}, "datacenter", 70),
        simulate_outage({**LARGE, **morning}, "datacenter", 70),
    )
    assert busy.logs == pytest.approx(flat.logs)
    assert flat.full == 62 + 15 / 24
    assert busy.full == 62 + 10 / 24


def test_hours_without_shares_are_taken_as_equal():
    none = dict.fromkeys(log_hours.paths(), 0.0)
    assert (
        simulate_outage({**LARGE, **none}, "datacenter", 70).full
        == simulate_outage({**LARGE, **FLAT}, "datacenter", 70).full
    )


def test_rows_end_where_the_volume_is_full():
    found = simulate_outage(LARGE, "datacenter", 70)
    rows = found.rows()
    assert [row["day"] for row in rows] == list(range(71))
    assert [row["day"] for row in rows if row["full"] is not None] == [63] == [math.ceil(found.full)]
    assert rows[62]["volume_fill"] < 1
    assert rows[63]["volume_fill"] == rows[70]["volume_fill"] == pytest.approx(1)
    assert rows[62]["reseed_hours"] is None
    # four databases and their index: 4 x 593.458 x 1.2 GB at 25 MB/s
    assert rows[63]["reseed_hours"] == pytest.approx(4 * 593.4579031808036 * 1.2 * 1024 / 25 / 3600)
    assert rows[63]["reseed_hours_over_link"] == rows[63]["reseed_hours"]  # the link is faster than the disk
    # 14 volumes on each of 64 servers over 10^10 bit/s
    volumes = 14 * 64 * 4 * 593.4579031808036 * 1.2
    assert rows[63]["reseed_hours_all"] == pytest.approx(volumes * 2**30 * 8 / 1e10 / 3600)


def test_a_fill_begins_with_what_is_on_the_disk():
    rows = simulate_outage(LARGE, "datacenter", 1).rows()
    data = 4 * 593.4579031808036 * 1.2 + 0.2 * 593.4579031808036
    assert rows[0]["volume_fill"] == pytest.approx(data / (4e12 / 2**30))


def test_lagged_copies_hold_logs_back_before_it_begins():
    found = simulate_outage(LAGGED, "datacenter", 10)
    daily = found.logs[1] - found.logs[0]
    assert found.kept_before == found.logs[0] == pytest.approx(7 * daily)


def test_backups_truncate_daily_but_for_differential_ones():
    daily, weekly = simulate_outage(OFFICE, "backups", 10), simulate_outage(DIFFERENTIAL, "backups", 10)
    each = daily.logs[1] - daily.logs[0]
    assert daily.kept_before == pytest.approx(each)
    assert weekly.kept_before == pytest.approx(7 * each)


def test_a_log_volume_of_its_own_fills_from_nothing_else():
    plan = size(OFFICE)
    found = simulate_outage({**OFFICE, **FLAT}, "backups", 20)
    assert found.capacity == found.room == plan["volume_log_volume_size"]
    assert found.full == math.ceil((plan["days_until_volume_full"] - 1) * 24) / 24
    assert found.rows()[-1]["reseed_hours"] is None
    assert found.sentence == (
        f"The volume as sized fills after {number(found.full)} days without truncation with "
        f"{number(found.kept_before)} GB of logs at the start. From empty logs on, a volume as sized fills in "
        f"{number(plan['days_until_volume_full'])} days. "
        "Its databases dismount then; no copy has to be reseeded."
    )


FROM_EMPTY = "From empty logs on, a volume as sized fills in 17.2 days and a disk as bought fills in 62.6 days."


def test_sentences():
    assert simulate_outage(LARGE, "datacenter", 5).sentence == (
        f"The disk as bought does not fill within 5 days. {FROM_EMPTY}"
    )
    assert simulate_outage(LARGE, "datacenter", 70).sentence == (
        f"The disk as bought fills after 62.6 days without truncation. {FROM_EMPTY} "
        "Remove the copies of the lost datacenter before that, so that logs are truncated again. "
        "Reseeding them afterwards takes 32 hours per volume over the link, and 609 hours for all volumes, "
        "if nothing else uses the link."
    )


@pytest.mark.parametrize(
    ("design", "cause", "days", "message"),
    [
        (
            OFFICE,
            "datacenter",
            5,
            "The design has one datacenter: none can be lost. Follow the outage of backups instead.",
        ),
        (
            LARGE,
            "backups",
            5,
            "The design has no backups that could fail. Without backups, logs are truncated once all copies have "
            "them. Follow the outage of a datacenter instead.",
        ),
        (LARGE, "flood", 5, '"flood" is not an outage. Give datacenter or backups.'),
        (LARGE, "datacenter", 0, "An outage of 0 days cannot be followed. Give 1 to 3,650 days."),
        (LARGE, "datacenter", 3651, "An outage of 3651 days cannot be followed. Give 1 to 3,650 days."),
        (
            {**LARGE, "environment.mailbox_servers": 16.0},
            "datacenter",
            5,
            "The design is invalid: no outage can be followed. Run the command check to see the errors.",
        ),
    ],
)
def test_what_cannot_be_followed(design, cause, days, message):
    with pytest.raises(InputError) as told:
        simulate_outage(design, cause, days)
    assert str(told.value) == f"design: {message}"
