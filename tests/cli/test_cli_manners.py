"""Manners of every command: help with examples, what was meant, quiet, JSON, standard input, several profiles."""

import argparse
import csv
import io
import json
import shlex

import pytest
from test_main import fine, run, wrong

from calculator import size
from calculator.cli.commands import EXAMPLES
from calculator.cli.main import build_parser


def leaves(parser=None, name=""):
    """Parsers of the commands that run something, by name."""
    parser = parser or build_parser()
    kinds = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not kinds:
        return {name: parser}
    below = [leaves(each, f"{name} {key}".strip()) for key, each in kinds[0].choices.items()]
    return {key: each for found in below for key, each in found.items()}


@pytest.fixture
def plans(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.toml").write_text("[[tiers]]\nmailboxes = 1000\n")
    (tmp_path / "large.toml").write_text("[[tiers]]\nmailboxes = 9000\n")
    return ["small.toml", "large.toml"]


# --- help and wrong use ----------------------------------------------------------------------------


def test_every_command_has_examples_and_no_other_has():
    assert set(EXAMPLES) == set(leaves())


@pytest.mark.parametrize(("command", "example"), [(name, each) for name, many in EXAMPLES.items() for each in many])
def test_an_example_is_taken_by_its_command_and_shown_in_its_help(command, example):
    assert example.startswith(command)
    build_parser().parse_args(shlex.split(example))
    assert f"\n  exchange-calculator {example}\n" in fine(*command.split(), "--help")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (
            ("size", "a.toml", "--reslts", "x"),
            " size: --reslts is not an option of this command. Did you mean --results?",
        ),
        (("size", "--reslts=x"), " size: --reslts is not an option of this command. Did you mean --results?"),
        (("--versoin",), ": --versoin is not an option of this command. Did you mean --version?"),
        (("size", "a.toml", "--zzz"), " size: --zzz is not an option of this command."),
        (
            ("check", "a.toml", "--format", "jsn"),
            ' check: argument --format: "jsn" is not a choice. Did you mean json? There are: text, json, csv, '
            "markdown.",
        ),
        (
            ("import", "mailbox"),
            ' import: argument KIND: "mailbox" is not a command. Did you mean mailboxes? There are: workbook, '
            "mailboxes, messages, logs, deployment.",
        ),
    ],
)
def test_the_intended_name_is_suggested(argv, message):
    assert wrong(*argv).splitlines()[0] == f"exchange-calculator{message}"


# --- notices and JSON --------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--quiet", "-q"])
def test_quiet_leaves_out_notices_and_nothing_else(plans, option):
    code, out, err = run("size", plans[0])
    assert (err.startswith("notice: "), run("size", plans[0], option)) == (True, (code, out, ""))
    assert fine("check", plans[0], option) == "small.toml: notice\n"


def test_quiet_counts_only_what_it_leaves_out_of_the_others(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text("[[tiers]]\nmailboxes = 5\n" * 300)
    found = size(str(file)).issues
    assert found.counts["notice"] > 100
    assert (
        run("check", str(file), "--quiet")[1]
        == "".join(f"{issue.severity}: {issue}\n" for issue in found if issue.severity != "notice")
        + f"plan.toml: {size(str(file)).status}\n"
    )


def test_json_is_short_for_its_format(plans):
    for argv in (("size", plans[0]), ("check", plans[0]), ("explain", plans[0], "summary_dags")):
        assert fine(*argv, "--json") == fine(*argv, "--format", "json")


# --- several profiles, and standard input -----------------------------------------------------------


def test_several_designs_are_sized_one_after_the_other(plans):
    out = fine("size", *plans, "--results", "summary_databases,summary_dags")
    small, large = (fine("size", each, "--results", "summary_databases,summary_dags") for each in plans)
    assert out == f"small.toml: notice\n{small}\nlarge.toml: notice\n{large}"


def test_several_designs_are_one_table_for_programs(plans):
    argv = ("size", *plans, "--results", "summary_databases")
    rows = list(csv.DictReader(io.StringIO(fine(*argv, "--format", "csv"))))
    sized = [str(int(size(each)["summary_databases"])) for each in plans]
    assert [(row["profile"], row["column"], row["value"]) for row in rows] == [
        (name, "summary_databases", count) for name, count in zip(plans, sized, strict=True)
    ]
    made = json.loads(fine(*argv, "--json"))
    assert [(each["profile"], each["status"]) for each in made] == [(name, "notice") for name in plans]
    bought = list(csv.DictReader(io.StringIO(fine("size", *plans, "--table", "shopping_list", "--format", "csv"))))
    assert {row["profile"] for row in bought} == set(plans)


def test_designs_of_one_name_are_told_apart_by_their_paths(plans, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "small.toml").write_text("[[tiers]]\nmailboxes = 2000\n")
    made = json.loads(fine("size", "small.toml", "other/small.toml", "--json"))
    assert [each["profile"] for each in made] == ["small.toml", "other/small.toml"]


def test_several_designs_are_checked(plans):
    assert fine("check", *plans, "--quiet") == "small.toml: notice\nlarge.toml: notice\n"
    checked = json.loads(fine("check", *plans, "--json"))
    assert [(each["profile"], each["status"]) for each in checked] == [(name, "notice") for name in plans]
    first = size(plans[0]).issues[0]
    assert checked[0]["issues"][0] == {
        "severity": "notice",
        "field": first.field,
        "message": first.message,
        "hint": first.hint,
    }
    rows = list(csv.DictReader(io.StringIO(fine("check", *plans, "--format", "csv"))))
    assert rows[0] == {"profile": "small.toml", "status": "notice", **checked[0]["issues"][0]}


def test_the_problems_of_all_profiles_are_reported(plans, tmp_path):
    (tmp_path / "small.toml").write_text("[environment]\ndags = 0\n")
    assert wrong("check", *plans, "none.toml") == (
        "small.toml line 2: environment.dags: 0 DAGs is below 1. Give a whole number from 1 to 10,000.\n"
        "none.toml: does not exist. Check the name and the directory.\n"
    )


def test_a_profile_comes_from_standard_input(plans, monkeypatch):
    text = '[[tiers]]\nname = "Zürich"\nmailboxes = 1000\n'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode("utf-16"))))
    assert fine("size", "-", "--json", "-q") == fine("size", plans[0], "--json", "-q")


def test_standard_input_is_read_once(plans):
    assert wrong("compare", "-", "-") == "stdin: is given as several profiles. Name it once: -\n"
    assert wrong("batch", "-", "-o", "-", "--profile", "-") == (
        "Standard input is used for both the designs and the base profile. Name a file for one of them.\n"
    )


def test_what_is_wrong_on_standard_input_names_the_line(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"[environment]\ndags = 0\n")))
    assert wrong("check", "-") == (
        "stdin line 2: environment.dags: 0 DAGs is below 1. Give a whole number from 1 to 10,000.\n"
    )


# --- labels and explanations ------------------------------------------------------------------------


def test_inputs_have_their_labels_in_tables_and_their_paths_on_demand(plans, tmp_path):
    lines = fine("compare", *plans, "--inputs").splitlines()
    assert [line.split("  ")[0] for line in lines] == ["input", "Mailboxes (tier 1)"]
    lines = fine("compare", *plans, "--inputs", "--paths").splitlines()
    assert [line.split("  ")[0] for line in lines] == ["path", "tiers.1.mailboxes"]
    assert json.loads(fine("compare", *plans, "--inputs", "--json"))[0]["path"] == "tiers.1.mailboxes"


@pytest.mark.parametrize(
    ("more", "name"),
    [((), "Servers hosting active mailboxes per DAG and datacenter"), (("--paths",), "environment.mailbox_servers")],
)
def test_a_sensitivity_names_inputs_in_words(plans, more, name):
    argv = ("--method", "one_at_a_time", "--results", "summary_databases", "--inputs", "environment.mailbox_servers")
    rows = fine("sensitivity", plans[1], *argv, *more, "--format", "markdown").splitlines()[2:]
    assert [row.split(" | ")[2] for row in rows] == [name] * len(rows)


FORMULA = """mailboxes_projected = 2: 11000 mailboxes
    Number of mailboxes in each tier, including projected growth.
    Formula: tiers.mailboxes + tiers.mailboxes * tiers.mailbox_growth
    In numbers: 10000 + 10000 * 0.1
    [calculator-7.6: Role Requirements C10]
  tiers.mailboxes = 2: 10000 mailboxes (given)
"""


def test_an_explanation_of_one_column_has_its_formula_and_its_numbers(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text("[[tiers]]\nmailboxes = 500\n[[tiers]]\nmailboxes = 10000\nmailbox_growth = 0.1\n")
    assert FORMULA in fine("explain", str(file), "tiers.2.mailboxes_projected")
    both = fine("explain", str(file), "mailboxes_projected")
    assert "In numbers: [500, 10000] + [500, 10000] * [0, 0.1]" in both


def height(step):
    """Levels of an explanation below its top."""
    return max((1 + height(need) for need in step["needs"]), default=0)


def test_an_explanation_is_two_levels_deep_unless_more_is_asked_for(plans):
    argv = ("explain", plans[0], "volume_database_volume_size")
    heights = [height(json.loads(fine(*argv, *more, "--json"))) for more in ((), ("--depth", "0"), ("--depth", "3"))]
    assert heights == [2, 0, 3]
    assert height(json.loads(fine(*argv, "--depth", "all", "--json"))) > 3


@pytest.mark.parametrize("depth", ["-1", "x", "1.5", ""])
def test_a_depth_is_a_number_or_all(plans, depth):
    assert wrong("explain", plans[0], "summary_dags", f"--depth={depth}") == (
        f'--depth: "{depth}" is not a number of levels. Give a whole number from 0 on, or all.\n'
    )
