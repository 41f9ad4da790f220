"""The commands timeline and running, and the table for Jetstress, as a person calls them."""

from __future__ import annotations

import csv
import io
import json

import pytest
from support.paths import PROFILES

from calculator import size
from calculator.cli.main import main

HOLD, LARGE = str(PROFILES / "litigation_hold.toml"), str(PROFILES / "hundred_thousand_mailboxes.toml")
OFFICE = str(PROFILES / "small_office.toml")
MONTHS = [
    "month",
    "mailboxes",
    "messages_per_day",
    "mailbox_size",
    "dumpster_size",
    "archive_size",
    "database_size",
    "volume_size",
    "volume_fill",
    "iops",
    "memory",
    "cpu_worst",
    "logs_per_day",
    "import_gb",
    "import_logs",
    "days_until_volume_full",
    "days_until_disk_full",
]
STARTS = "Month 0: mailboxes "
"""Beginning of the sentence that says how full mailboxes are."""


def call(*argv):
    stdout, stderr = io.StringIO(), io.StringIO()
    code = main(list(argv), stdout, stderr)
    return code, stdout.getvalue(), stderr.getvalue()


def rows_of(*argv):
    code, out, err = call(*argv, "--format", "csv")
    said = (STARTS, "warning: ", "notice: ")
    assert (code, [line for line in err.splitlines() if not line.startswith(said)]) == (0, [])
    return list(csv.DictReader(io.StringIO(out)))


def test_months_are_those_of_the_planning_horizon():
    rows = rows_of("timeline", HOLD)
    assert list(rows[0]) == MONTHS
    assert [row["month"] for row in rows] == [str(month) for month in range(61)]


@pytest.mark.slow
def test_settings_and_sets():
    rows = rows_of(
        "timeline",
        LARGE,
        "--months",
        "12",
        "--mailbox-growth",
        "10 %",
        "--message-growth",
        "50%",
        "--fill",
        "1",
        "--set",
        "tiers.1.initial_mailbox_size=0",
        "--start",
        "empty",
    )
    assert len(rows) == 13
    last = rows[-1]
    assert (float(last["mailboxes"]), float(last["messages_per_day"])) == (pytest.approx(110_000), pytest.approx(300))
    grown = sum(1.5 ** (month / 12) for month in range(12))
    assert float(last["mailbox_size"]) == pytest.approx(200 * 5 * 75 / 1024 * 52 / 12 * grown / 1024)


def test_limits_as_a_table():
    code, out, err = call("timeline", HOLD, "--table", "limits")
    assert code == 0
    assert "".join(f"{issue.severity}: {issue}\n" for issue in size(HOLD).issues) == err[: err.index(STARTS)]
    assert "Month 0: mailboxes are as full as the design is made for; a volume is " in err
    lines = out.splitlines()
    head = ["limit", "where", "month", "value", "threshold", "unit", "buy", "changes", "why_not_applicable"]
    assert lines[0].split() == head
    assert lines[1].strip().startswith("dumpster_20_gb  On hold     59   20.1154         20  GB")


@pytest.mark.slow
def test_tables_in_every_format():
    for table in ("months", "tiers", "limits", "imports"):
        for form in ("table", "json", "csv", "markdown"):
            code, out, _ = call("timeline", HOLD, "--months", "2", "--table", table, "--format", form)
            assert code == 0
            assert out
    assert json.loads(call("timeline", HOLD, "--table", "imports", "--format", "json")[1]) == []


def test_imports_and_what_finds_no_room():
    code, out, err = call(
        "timeline",
        HOLD,
        "--set",
        "tiers.1.archive_size_limit=1 GB",
        "--pst",
        "1..60: 100 mailboxes a week",
        "--pst",
        "1..2: 300 GB a week",
        "--table",
        "imports",
        "--format",
        "csv",
    )
    assert code == 0
    assert [line.split(",")[:5] for line in out.splitlines()[1:]] == [
        ["wave 1", "1", "60", "24.0", "100.0"],
        ["wave 2", "1", "2", "8.666666666666666", "300.0"],
    ]
    assert (
        "\n"
        "warning: litigation_hold.toml: tiers.N.archive_size_limit: 2,600 GB of the imports do not fit into the "
        "archives. Raise the archive quota, or import less.\n"
    ) in err


def test_an_outage_is_described_in_a_sentence_next_to_its_days():
    code, out, err = call("timeline", LARGE, "--outage", "datacenter", "--days", "64", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert list(rows[0]) == [
        "day",
        "logs_kept_gb",
        "volume_fill",
        "full",
        "reseed_hours",
        "reseed_hours_over_link",
        "reseed_hours_all",
        "days_until_volume_full",
        "days_until_disk_full",
    ]
    assert [row["day"] for row in rows if row["full"]] == ["63"]
    assert "\nThe disk as bought fills after 62.6 days without truncation." in err


def test_an_outage_is_followed_until_a_volume_is_full():
    code, out, _ = call("timeline", OFFICE, "--outage", "backups", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert [row["day"] for row in rows if row["full"]] == ["4"]
    assert rows[-1]["day"] == "7"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (
            ("--table", "outage"),
            "--table: outage needs --outage. Give --outage datacenter or backups for the table outage alone.",
        ),
        (
            ("--outage", "backups", "--table", "months"),
            "--table: months and --outage cannot be used together. Give --outage datacenter or backups for the "
            "table outage alone.",
        ),
        (
            ("--outage", "datacenter"),
            "litigation_hold.toml: The design has one datacenter: none can be lost. Follow the outage of backups "
            "instead.",
        ),
        (("--start", "full"), '--start: "full": is not a start. Give designed, initial or empty.'),
        (("--months", "241"), "--months: 241 month is above 240. Give a whole number from 1 to 240."),
    ],
)
def test_wrong_use(argv, message):
    assert call("timeline", HOLD, *argv) == (2, "", f"{message}\n")


def test_cpu_that_was_not_sized_keeps_its_row_with_the_reason():
    unrated = ("--set", "servers.primary.specint2006_rate=0", "--set", "servers.secondary.specint2006_rate=0")
    rows = {row["limit"]: row for row in rows_of("timeline", LARGE, "--table", "limits", "--months", "2", *unrated)}
    assert [rows["cpu"][name] for name in ("where", "month", "value", "threshold", "buy")] == ["", "", "", "0.8", ""]
    reason = rows["cpu"]["why_not_applicable"]
    assert reason.startswith("CPU is not sized, because no rating is given for the ")
    _, out, err = call("timeline", LARGE, "--table", "limits", "--months", "2", *unrated)
    assert (
        "warning: hundred_thousand_mailboxes.toml: servers.specint2006_rate: Both datacenters: CPU is not sized" in err
    )
    assert "n/a" in next(line for line in out.splitlines() if line.split()[0] == "cpu")


def test_an_overloaded_design_is_followed_and_reported():
    code, out, err = call("timeline", LARGE, "--set", "tiers.1.mailboxes=150000", "--months", "3")
    assert code == 1
    assert [line.split()[0] for line in out.splitlines()[-4:]] == ["0", "1", "2", "3"]
    assert "CPU utilization reaches 117 %" in err


def test_an_invalid_design_is_reported():
    code, out, err = call("timeline", HOLD, "--set", "environment.mailbox_servers=2")
    assert (code, out) == (1, "")
    assert err.splitlines()[-1] == (
        "litigation_hold.toml: The design is invalid: it has no timeline. Run the command check to see the errors."
    )


def test_running():
    rows = rows_of(
        "running",
        LARGE,
        "--active",
        "250@50,750@150x1.07",
        "--passive",
        "250@50,750@150",
        "--cores",
        "16",
        "--rating",
        "665",
    )
    assert [row["part"] for row in rows] == ["active", "passive", "total"]
    assert float(rows[2]["utilization"]) == pytest.approx(0.2405, abs=1e-4)
    assert float(rows[0]["available"]) == pytest.approx(39_407.407407)


def test_running_of_an_invalid_design_prints_its_errors():
    code, out, err = call("running", LARGE, "--active", "2500@100", "--set", "tiers.1.mailbox_size_limit=0")
    assert code == 1
    assert err.startswith("error: hundred_thousand_mailboxes.toml: tiers.1.mailbox_size_limit: The tier has mailboxes,")
    assert out.startswith("part")


def test_running_without_mailboxes_is_wrong_use():
    code, out, err = call("running", LARGE)
    assert (code, out) == (2, "")
    assert err.startswith("hundred_thousand_mailboxes.toml: The server holds no mailboxes.")


def test_jetstress_of_the_hundred_thousand_mailboxes():
    rows = [
        row for row in csv.DictReader(io.StringIO(call("size", LARGE, "--table", "jetstress", "--format", "csv")[1]))
    ]
    assert [row["datacenter"] for row in rows] == ["primary", "secondary"]
    row = {name: float(value) for name, value in rows[0].items() if name not in ("datacenter", "maintenance")}
    assert row == pytest.approx(
        {
            "databases_per_volume": 4,
            "copies": 4,
            "volumes": 14,
            "database_size": 593.4579031808036,
            "log_size": 12.47406005859375,
            "target_iops": 502.5 / 56 * 4,
            "target_iops_server": 502.5,
        }
    )
    assert rows[0]["maintenance"] == "true"


def test_jetstress_of_a_standalone_server_and_of_an_invalid_design():
    (row,) = json.loads(call("size", OFFICE, "--table", "jetstress", "--format", "json")[1])
    assert (row["copies"], row["databases_per_volume"], row["volumes"]) == (1, 1, 4)
    assert row["target_iops"] * 4 == pytest.approx(row["target_iops_server"])
    code, out, _ = call("size", HOLD, "--set", "environment.mailbox_servers=2", "--table", "jetstress")
    assert (code, out) == (1, "")
