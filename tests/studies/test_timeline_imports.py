"""Imports of PST files in a timeline, and settings that cannot be used."""

from __future__ import annotations

import math

import pytest
from support.paths import PROFILES
from support.study_rows import column

from calculator.issues import InputError
from calculator.studies.timeline.growth import Growth, read_growth
from calculator.studies.timeline.pst_imports import Wave, read_waves
from calculator.studies.timeline.run import timeline

SHIPPED = sorted(PROFILES.glob("*.toml"))
SMALL = {
    "tiers.1.mailboxes": 1000.0,
    "tiers.1.mailbox_size_limit": 2048.0,
    "data.mailbox_moves_per_week": 0.0,
    "site_resilience.enabled": False,
    "database_copies.ha_copies": 3.0,
}
ARCHIVED = {**SMALL, "tiers.1.archive_size_limit": 20480.0}


def test_imports_fill_archives_and_write_a_log_for_each_mb():
    rows = timeline(ARCHIVED, Growth(months=4, imports=read_waves(["2..3: 500 GB a week"]), start="empty")).months()
    month = 500 * 52 / 12
    assert column(rows, "import_gb") == pytest.approx([0, 0, month, month, 0])
    assert rows[2]["import_logs"] == pytest.approx(month * 1024)
    assert rows[3]["archive_size"] == pytest.approx(2 * month / 1000)
    # without mailbox moves the logs of a day are those of users, 20 a mailbox, and of the imports
    assert rows[1]["logs_per_day"] == pytest.approx(20 * 1000)
    assert rows[2]["logs_per_day"] == pytest.approx(20 * 1000 + 500 * 1024 / 7)


def test_the_logs_of_imports_take_space_in_addition_to_those_kept_until_truncation():
    growth = Growth(months=2, imports=(Wave(1, 1, 240.0),), start="empty")
    plain, found = timeline(ARCHIVED, Growth(months=2, start="empty")), timeline(ARCHIVED, growth)
    databases = found.built.design["databases"]
    grown = found.figures["volume_database_size_with_overhead"] - plain.figures["volume_database_size_with_overhead"]
    each = found.built.design["databases_on_first_volume"]
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
        f"design: tiers.N.archive_size_limit: {left_out:,.0f} GB of the imports do not fit into the archives. Raise "
        "the archive quota, or import less."
    ]


def test_a_tier_imports_every_week_what_it_is_given():
    rows = timeline({**ARCHIVED, "tiers.1.archive_import": 12.0}, Growth(months=3)).months()
    assert column(rows, "import_gb") == pytest.approx([0, 52, 52, 52])


def test_waves_go_to_tiers_by_their_mailboxes_with_an_archive():
    design = {
        **ARCHIVED,
        "tiers.2.mailboxes": 3000.0,
        "tiers.2.archive_size_limit": 20480.0,
        "tiers.3.mailboxes": 500.0,
    }
    rows = timeline(design, Growth(months=1, imports=(Wave(1, 1, 120.0),), start="empty")).tiers()
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


def test_settings_that_cannot_be_used_are_reported_together():
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
        f'--pst: "1..2: 0 mailboxes a week": "0" is not a number of mailboxes. {form}',
    ]


def test_growth_beyond_its_limits_is_refused_from_python_too():
    with pytest.raises(InputError) as told:
        timeline(SMALL, Growth(months=-1, mailbox_growth=-1.0, fill=math.nan))
    assert str(told.value).splitlines() == [
        "--months: -1 month is below 1. Give a whole number from 1 to 240.",
        "--mailbox-growth: -1 is below -0.9. Give a number from -0.9 to 10.",
        "--fill: nan is not a number that an input can have. Give a number from 0 to 1.",
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
    assert str(told.value) == (
        "design: The design is invalid: it has no timeline. Run the command check to see the errors."
    )
