"""Imports from the command line."""

from __future__ import annotations

import csv
import io
import json

import pytest
from support.paths import EXPORTS, PROFILES

from calculator.cli.main import main
from calculator.inputs.profile import load

EXPORTS = EXPORTS
STATISTICS, LIST, DATABASES, USERS = (EXPORTS / f"{name}.csv" for name in ("statistics", "list", "databases", "users"))


def run(*argv):
    out, err = io.StringIO(), io.StringIO()
    code = main([str(word) for word in argv], out, err)
    return code, out.getvalue(), err.getvalue()


def test_mailboxes_become_a_profile_and_a_table(tmp_path):
    path = tmp_path / "design.toml"
    code, out, err = run("import", "mailboxes", STATISTICS, "-o", path, "--tiers", 1, "--format", "csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert list(rows[0]) == [
        "tier",
        "name",
        "mailboxes",
        "from",
        "to",
        "mailbox_size",
        "dumpster_size",
        "dumpster_model",
        "archive_size",
        "archive_quota",
        "quota",
        "quota_assumed_for",
        "messages_per_day",
        "messages_assumed_for",
        "message_size",
    ]
    assert (rows[0]["mailboxes"], rows[0]["to"], rows[0]["archive_size"]) == ("3", "", "")
    assert (rows[0]["archive_quota"], rows[0]["quota_assumed_for"]) == ("", "3")
    assert load(path).value("tiers.1.initial_mailbox_size") == pytest.approx(2982.2923628489)
    assert (
        "warning: mailboxes: tiers.mailbox_size_limit: no file gives quotas: that of the design, 5 GB, is used." in err
    )


def test_without_an_output_the_profile_is_printed_and_a_table_where_it_is_asked_for():
    _, out, _ = run("import", "mailboxes", STATISTICS, "--tiers", 1)
    assert out.startswith('[[tiers]]\nname = "All mailboxes"\nmailboxes = 3\n')
    _, out, _ = run("import", "mailboxes", STATISTICS, "--table", "left_out", "--format", "json")
    assert json.loads(out) == [
        {"reason": "disconnected or disabled", "rows": 1},
        {"reason": "health mailbox", "rows": 1},
    ]
    _, out, _ = run("import", "mailboxes", STATISTICS, "--table", "errors", "--format", "csv")
    assert out.splitlines()[:2] == ["total,unit,data,tiers,error", "mailboxes,mailboxes,3.0,3.0,0.0"]


def test_options_of_mailboxes_are_passed_on():
    code, out, _ = run(
        "import",
        "mailboxes",
        STATISTICS,
        "--bounds",
        "1GB, 4096",
        "--keep",
        "health,disabled",
        "--uplift",
        "100 %",
        "--set",
        "tiers.1.messages_per_day=58",
        "--table",
        "tiers",
        "--format",
        "json",
    )
    rows = json.loads(out)
    assert code == 0
    assert [(row["from"], row["to"], row["mailboxes"], row["messages_per_day"]) for row in rows] == [
        (0, 1024, 2, 58),
        (1024, 4096, 1, 58),
        (4096, None, 2, 58),
    ]
    _, out, _ = run(
        "import",
        "mailboxes",
        LIST,
        DATABASES,
        USERS,
        "--by",
        "messages",
        "--bounds",
        "20",
        "--work-days",
        "2",
        "--table",
        "tiers",
        "--format",
        "json",
    )
    assert sum(row["mailboxes"] * row["messages_per_day"] for row in json.loads(out)) == 55


def test_the_three_imports_run_one_after_the_other(tmp_path):
    first, second, third = (tmp_path / f"{n}.toml" for n in (1, 2, 3))
    hours = tmp_path / "hours.csv"
    hours.write_text(
        "Hour,LogsGenerated,HourToDailyLogGenRatio,NumberOfHourlySamples,AvgLogGenPerHour\n"
        + "".join(f"{hour},{hour},0,14,{hour}\n" for hour in range(24))
    )
    assert run("import", "mailboxes", STATISTICS, "-o", first, "--tiers", 2)[0] == 0
    assert run("import", "messages", USERS, "--profile", first, "-o", second, "--mailboxes", 3)[0] == 0
    assert run("import", "logs", hours, "--profile", second, "-o", third)[0] == 0
    design = load(third)
    for tier in (1, 2):
        assert design.value(f"tiers.{tier}.messages_per_day") == pytest.approx(110 / 3)
        assert design.value(f"tiers.{tier}.message_size") == pytest.approx(6.8 * 1024 / 110)
    assert design.value("replication.hourly_log_share.24") == pytest.approx(23 / 276)
    again = tmp_path / "again.toml"  # in another order the messages stay
    assert run("import", "mailboxes", STATISTICS, "--profile", third, "-o", again, "--tiers", 3)[0] == 0
    assert [load(again).value(f"tiers.{n}.messages_per_day") for n in (1, 2, 3)] == pytest.approx([110 / 3] * 3)


def test_wrong_use_is_reported_without_a_traceback(tmp_path):
    code, _, err = run("import", "mailboxes", STATISTICS, "--bounds", "x,2 GB", "--uplift", "-3")
    assert (code, err) == (
        2,
        '--bounds: "x" is not a number. Give a number from 0 to 1,000,000,000.\n'
        "--uplift: -3 is below 0. Give a number from 0 to 100.\n",
    )
    assert run("import", "mailboxes")[0] == 2
    assert run("import", "mailboxes", STATISTICS, "--by", "age")[0] == 2
    code, _, err = run("import", "mailboxes", tmp_path / "none.csv")
    assert (code, err) == (2, "none.csv: does not exist. Check the name and the directory.\n")
    code, _, err = run("import", "mailboxes", STATISTICS, "-o", tmp_path)
    assert code == 2
    assert err.endswith("cannot be written: Is a directory.\n")


def test_progress_is_shown_only_on_a_terminal():
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    assert main(["import", "mailboxes", str(STATISTICS)], io.StringIO(), screen) == 0
    assert "\r5 rows, " in screen.getvalue()
    assert "rows, " not in run("import", "mailboxes", STATISTICS)[2]


@pytest.mark.parametrize("kind", ["workbook", "mailboxes", "messages", "logs"])
def test_every_import_has_help(kind):
    code, out, _ = run("import", kind, "--help")
    assert code == 0
    assert "-o PROFILE.toml" in out


def test_names_with_wildcards_are_looked_up_where_the_shell_did_not(tmp_path):
    head, *rows = STATISTICS.read_text(encoding="utf-8").splitlines(keepends=True)
    for number, row in enumerate(rows):
        (tmp_path / f"part{number}.csv").write_text(head + row, encoding="utf-8")
    _, out, _ = run("import", "mailboxes", tmp_path / "part*.csv", "--table", "tiers", "--format", "json")
    assert sum(row["mailboxes"] for row in json.loads(out)) == 3
    assert run("import", "mailboxes", tmp_path / "no*.csv")[2].startswith("no*.csv: does not exist.")


def test_a_file_that_is_not_a_workbook_is_refused(tmp_path):
    junk = tmp_path / "design.xlsm"
    junk.write_bytes(b"not a workbook")
    code, out, err = run("import", "workbook", junk)
    assert code == 2
    assert out == ""
    assert err.startswith("design.xlsm: ")
    assert "Traceback" not in err


def test_an_import_into_a_profile_keeps_its_comments(tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text("# Berlin\n[environment]\ndags = 1  # as built\n", encoding="utf-8")
    assert run("import", "mailboxes", STATISTICS, "--profile", plan, "-o", plan, "--tiers", 2)[0] == 0
    text = plan.read_text(encoding="utf-8")
    assert text.startswith("# Berlin\n[environment]\ndags = 1  # as built\n\n[[tiers]]\n")
    assert load(plan).tiers == 2


def test_what_files_leave_open_is_asked_for_and_answered(tmp_path):
    sizes = tmp_path / "sizes.csv"
    sizes.write_text('DisplayName,TotalItemSizeMB\nA,"2,125"\n', encoding="utf-8")
    code, _, err = run("import", "mailboxes", sizes)
    assert code == 2
    assert err == (
        'sizes.csv: TotalItemSizeMB: "2,125" is ambiguous: 2.125 or 2,125? No cell shows the decimal sign. Choose the '
        "decimal sign: --decimal point or --decimal comma.\n"
    )
    _, out, _ = run("import", "mailboxes", sizes, "--decimal", "point", "--table", "seen", "--format", "csv")
    assert out.splitlines()[1] == 'sizes.csv,mailbox statistics,UTF-8,comma,point,,1,"DisplayName, TotalItemSizeMB",'
    log = tmp_path / "messages.csv"
    log.write_text(
        "Timestamp,Source,EventId,MessageId,Recipients,TotalBytes,Sender\n"
        "5/6/2014 9:12:33 AM,STOREDRIVER,DELIVER,<1>,bo@x.test,1024,ann@x.test\n",
        encoding="utf-8",
    )
    options = ("import", "messages", log, "--mailboxes", 1, "--work-days", 1, "--table", "seen", "--format", "json")
    code, _, err = run(*options)
    assert code == 2
    assert err == (
        'messages.csv: Timestamp such as "5/6/2014 9:12:33 AM" leaves open whether the day or the month comes first. '
        "Choose the order: --dates day-first or --dates month-first.\n"
    )
    _, out, _ = run(*options, "--dates", "day-first")
    assert json.loads(out)[0]["date_order"] == "day first"


COMMENTED = "# Berlin\n[environment]\ndags = 1  # as built\n"


def test_a_profile_that_was_not_read_is_written_over_only_if_it_is_meant(tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text(COMMENTED, encoding="utf-8")
    command = ("import", "mailboxes", STATISTICS, "-o", plan, "--tiers", 2)
    assert run(*command) == (
        2,
        "",
        "plan.toml: exists already, and the command does not read it. Name another file, or give --force to "
        "overwrite it.\n",
    )
    assert plan.read_text(encoding="utf-8") == COMMENTED
    assert run(*command, "--profile", PROFILES / "single_site.toml")[0] == 2
    assert run(*command, "--force")[0] == 0
    assert plan.read_text(encoding="utf-8").startswith(COMMENTED)
    assert load(plan).tiers == 2


def test_an_export_is_never_written_over(tmp_path):
    export = tmp_path / "statistics.csv"
    export.write_bytes(STATISTICS.read_bytes())
    (tmp_path / "link.toml").hardlink_to(export)
    for output in ("statistics.csv", "link.toml"):
        code, _, err = run("import", "mailboxes", export, "-o", tmp_path / output, "--force")
        assert (code, err) == (2, f"{output}: is used for both the import and the profile. Name two files.\n")
    assert export.read_bytes() == STATISTICS.read_bytes()
