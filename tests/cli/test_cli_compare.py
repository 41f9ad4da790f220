"""Designs side by side, from the command line."""

from __future__ import annotations

import csv
import io
import json

import pytest
from support.paths import PROFILES

from calculator import size
from calculator.cli.main import main
from calculator.engine.results import HEADLINE, result_columns

ACTIVE, PASSIVE = str(PROFILES / "active_active.toml"), str(PROFILES / "active_passive.toml")


def run(*argv):
    out, err = io.StringIO(), io.StringIO()
    code = main([str(word) for word in argv], out, err)
    return code, out.getvalue(), err.getvalue()


def rows(*argv):
    code, out, _ = run("compare", *argv, "--format", "csv")
    assert code == 0
    return list(csv.DictReader(io.StringIO(out)))


@pytest.fixture
def designs(tmp_path):
    """Three designs that differ in a few inputs; their quotas are 1,000, 2,000 and 500 MB."""

    def write(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    tier = "[[tiers]]\nmailboxes = 1000\nmailbox_size_limit = {}\n"
    return (
        write("a.toml", tier.format(1000)),
        write("b.toml", tier.format(2000)),
        write("c.toml", tier.format(500) + "[environment]\nmailbox_servers = 3\n"),
    )


def test_every_result_that_differs_with_its_change(designs):
    found = {row["column"]: row for row in rows(*designs, "--all")}
    assert list(next(iter(found.values()))) == [
        "column",
        "unit",
        "level",
        "value.1",
        "value.2",
        "value.3",
        "change.2",
        "change.3",
        "verdict.2",
        "verdict.3",
        "why.2",
        "why.3",
        "why_not_applicable",
    ]
    plans = [size(path) for path in designs]
    statuses = found.pop("status")
    assert [statuses[f"value.{number}"] for number in (1, 2, 3)] == [plan.status for plan in plans]
    assert set(found) == {c for c in result_columns("all", 1) if len({plan[c] for plan in plans}) > 1}
    for column, row in found.items():
        for number, plan in enumerate(plans, 1):
            value = plan[column]
            if isinstance(value, float):
                assert float(row[f"value.{number}"]) == value
            elif value is None:
                assert row[f"value.{number}"] == ""


def test_change_and_verdict_by_hand(designs):
    found = {row["column"]: row for row in rows(*designs)}
    quota = found["largest_mailbox_quota"]
    assert (quota["unit"], quota["level"]) == ("MB", "per_mailbox")
    assert [float(quota[f"value.{n}"]) for n in (1, 2, 3)] == [1000, 2000, 500]
    assert [float(quota[f"change.{n}"]) for n in (2, 3)] == [1.0, -0.5]
    assert [quota[f"verdict.{n}"] for n in (2, 3)] == ["", ""]
    servers = found["summary_servers.environment"]
    assert [float(servers[f"value.{n}"]) for n in (1, 2, 3)] == [8, 8, 6]
    assert [servers[f"change.{n}"] for n in (2, 3)] == ["0.0", "-0.25"]
    assert [servers[f"verdict.{n}"] for n in (2, 3)] == ["", ""], "another quota is another load"
    found = {row["column"]: row for row in rows(*designs, "--set", "tiers.1.mailbox_size_limit=1000")}
    assert [found["summary_servers.environment"][f"verdict.{n}"] for n in (2, 3)] == ["", "better"]


def test_why_names_the_first_rules_with_the_inputs_that_differ(designs):
    [_, row] = rows(designs[0], designs[1], "--results", "tiers.1.mailbox_size_on_disk")
    assert row["why"].startswith("tiers.1.mailbox_size_limit; dumpster_calendar (tiers.1.mailbox_size_limit)")


def test_a_table_names_one_cause_and_counts_the_others():
    [_, row] = json.loads(run("compare", ACTIVE, PASSIVE, "--results", "worst_cpu_utilization", "--format", "json")[1])
    causes = row["why"].split("; ")
    assert len(causes) > 5
    _, out, _ = run("compare", ACTIVE, PASSIVE, "--results", "worst_cpu_utilization")
    assert out.splitlines()[2].endswith(f"  {causes[0]}; {len(causes) - 1} more")


def test_by_default_the_headline_results_that_differ_are_listed(designs):
    shown = [row["column"] for row in rows(*designs[:2])]
    everything = [row["column"] for row in rows(*designs[:2], "--all")]
    assert shown == [column for column in everything if column in (*HEADLINE, "status")] == everything[: len(shown)]
    _, _, err = run("compare", *designs[:2])
    assert err.endswith(f"\n{len(everything) - len(shown)} more results differ: give --all.\n")
    assert "more result" not in run("compare", *designs[:2], "--all")[2]
    assert run("compare", *designs[:2], "--all", "--results", "databases")[::2] == (
        2,
        "--all: cannot be used together with --results. Give one of them.\n",
    )
    _, out, _ = run("compare", ACTIVE, PASSIVE)
    assert max(map(len, out.splitlines())) <= 200


def test_inputs_that_differ(designs):
    assert rows(*designs, "--inputs") == [
        {"path": path, "unit": unit, "value.1": first, "value.2": second, "value.3": third}
        for path, unit, first, second, third in (
            ("environment.mailbox_servers", "servers", "4", "4", "3.0"),
            ("tiers.1.mailbox_size_limit", "MB", "1000.0", "2000.0", "500.0"),
        )
    ]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("csv", "column,unit,level,value.1,value.2,change.2,verdict.2,why,why_not_applicable\n"),
        ("json", "[]\n"),
        ("table", "The designs have the same results.\n"),
        ("markdown", "The designs have the same results.\n"),
    ],
)
def test_of_equal_designs_people_read_a_sentence_and_programs_a_header(form, text):
    assert run("compare", ACTIVE, ACTIVE, "--format", form)[:2] == (0, text)


def test_changes_of_all_designs_are_made_to_all(designs):
    assert rows(*designs[:2], "--set", "tiers.1.mailbox_size_limit=3000", "--inputs") == []


def test_issues_are_reported_by_design():
    _, _, err = run("compare", ACTIVE, PASSIVE, "--results", "summary_dags")
    issues = "".join(f"{i.severity}: {i}\n" for path in (ACTIVE, PASSIVE) for i in size(path).issues)
    assert err == issues + (
        "active_passive.toml has another load than active_active.toml: 5,000 instead of 10,000 mailboxes, 150 instead "
        "of 100 messages per mailbox and day.\n"
    )


def test_an_invalid_design_is_compared_and_told(designs):
    code, out, err = run("compare", designs[0], designs[1], "--set", "tiers.1.mailbox_size_limit=0", "--inputs")
    assert code == 1
    assert out.splitlines()[0].split() == ["input", "unit", "value.1", "value.2"]
    assert err.count("error: ") >= 2


def test_problems_of_all_designs_are_reported_together(tmp_path, designs):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[[tiers]]\nmailboxes = -1\n")
    code, out, err = run("compare", wrong, designs[0], tmp_path / "none.toml")
    assert (code, out) == (2, "")
    assert err == (
        "wrong.toml line 2: tiers.1.mailboxes: -1 mailboxes is below 0. Give a whole number from 0 to 100,000,000.\n"
        "none.toml: does not exist. Check the name and the directory.\n"
    )


def test_wrong_use():
    code, out, err = run("compare", ACTIVE)
    assert (code, out) == (2, "")
    assert err.startswith("exchange-calculator compare: the following arguments are required: B.toml\n")
    _, _, err = run("compare", ACTIVE, PASSIVE, "--results", "summary_server")
    hint = 'Did you mean "summary_servers"? Every result: exchange-calculator rules'
    assert err == f'"summary_server" is not a result. {hint}\n'
    assert run("compare", ACTIVE, PASSIVE, "--results", ",")[2] == (
        "--results: contains no name. Give rule or column names, comma-separated; headline or all.\n"
    )


def test_the_worst_cpu_names_its_failure(tmp_path):
    for name, mailboxes in (("a.toml", 5000), ("b.toml", 6000)):
        (tmp_path / name).write_text(f"site_resilience.enabled = false\n[[tiers]]\nmailboxes = {mailboxes}\n")
    _, out, _ = run("compare", tmp_path / "a.toml", tmp_path / "b.toml", "--results", "cpu_utilization_by_mode")
    assert out.endswith(
        "\nFailure behind the CPU of the worst mode:\n"
        "  a.toml: primary two failed servers\n  b.toml: primary two failed servers\n"
    )
    _, out, _ = run("compare", tmp_path / "a.toml", tmp_path / "b.toml", "--results", "summary_memory")
    assert "Failure behind" not in out
