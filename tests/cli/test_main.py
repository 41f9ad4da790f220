"""The command line."""

import argparse
import csv
import io
import json
import os
import re
import subprocess
import sys

import pytest
from support.paths import PROFILES, ROOT

from calculator import FIELDS, HEADLINE, RULES, size
from calculator.cli.commands import COMMANDS
from calculator.cli.main import build_parser, main

DESIGN = '[[tiers]]\nmailboxes = 1000\nmailbox_size_limit = "2 GB"\n'


@pytest.fixture
def plan(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text(DESIGN)
    return str(file)


def run(*argv):
    """Exit code, standard output and standard error of a command line."""
    out, err = io.StringIO(), io.StringIO()
    return main(argv, out, err), out.getvalue(), err.getvalue()


def fine(*argv):
    """Standard output of a command line that succeeds."""
    code, out, _ = run(*argv)
    assert code == 0
    return out


def wrong(*argv):
    """What is said of a wrong command line."""
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    return err


def commands():
    """Parsers of the commands, by name."""
    [action] = [a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return action.choices


# --- help and use --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", commands())
def test_every_command_is_added_by_its_module(name):
    [action] = [a for a in build_parser(name)._actions if isinstance(a, argparse._SubParsersAction)]
    assert name in action.choices
    assert {COMMANDS[other][0] for other in action.choices} == {COMMANDS[name][0]}


def test_all_commands_are_listed():
    assert set(commands()) == set(COMMANDS)


@pytest.mark.parametrize("command", ["--version", "--help", "fields"])
def test_a_command_that_computes_nothing_loads_no_numpy(command):
    script = "import sys; from calculator.cli.main import main; main(sys.argv[1:], sys.stdout, sys.stderr)"
    script += "; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script, command], cwd=ROOT, stdout=subprocess.DEVNULL).returncode == 0


@pytest.mark.parametrize("command", [[], *([name] for name in commands())], ids=str)
def test_every_command_has_help(command):
    text = fine(*command, "--help")
    assert text.startswith(" ".join(["usage: exchange-calculator", *command]))
    assert len(text.splitlines()) > 3


@pytest.mark.parametrize("command", commands())
def test_every_option_has_help(command):
    parser = commands()[command]
    assert parser.description
    for action in parser._actions:
        assert action.help, f"{command}: {action.dest}"


def test_every_command_is_named_in_the_help():
    text = fine("--help")
    for name in commands():
        assert re.search(rf"^    {name}\b", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ((), "exchange-calculator: the following arguments are required: COMMAND"),
        (("size",), "exchange-calculator size: the following arguments are required: PROFILE.toml"),
        (("batch", "a.csv"), "exchange-calculator batch: the following arguments are required: -o/--output"),
        (("explain", "a.toml"), "exchange-calculator explain: the following arguments are required: RESULT"),
        (
            ("batch", "a.csv", "-o", "b.csv", "--jobs", "x"),
            "exchange-calculator batch: argument --jobs: invalid int value: 'x'",
        ),
    ],
)
def test_wrong_use_is_reported_with_the_usage(argv, message):
    first, _, usage, *_ = wrong(*argv).splitlines()
    assert first == message
    assert usage.startswith("usage: exchange-calculator")


def test_an_unknown_command_is_reported():
    assert wrong("sise").startswith(
        'exchange-calculator: argument COMMAND: "sise" is not a command. Did you mean size? There are: size, batch, '
    )


def test_the_package_runs_as_a_program(plan):
    command = [sys.executable, "-m", "calculator", "size", plan, "--results", "summary_databases", "--format", "csv"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, fine(*command[3:]))
    assert done.stderr.startswith("notice: plan.toml: ")


# --- size ----------------------------------------------------------------------------------------


def test_the_headline_is_shown_by_default(plan):
    lines = fine("size", plan).splitlines()
    assert [line.split()[0] for line in lines] == list(HEADLINE)


def test_a_figure_that_does_not_apply_is_shown_with_the_reason():
    argv = ("--results", "summary_servers_by_datacenter, summary_gc_cores.primary", "--format", "markdown")
    unrated = fine("size", str(PROFILES / "single_site.toml"), "--set", "servers.primary.specint2006_rate=0", *argv)
    servers, cores = RULES["summary_servers_by_datacenter"].meaning, RULES["summary_gc_cores"].meaning
    assert unrated.splitlines()[2:] == [
        f"| summary_servers_by_datacenter.primary | 4 | servers | {servers} |",
        f"| summary_servers_by_datacenter.secondary | n/a | servers | (one datacenter) {servers} |",
        f"| summary_gc_cores.primary | n/a | cores | (the processors have no rating) {cores} |",
    ]


def test_the_shopping_list_is_a_table():
    out = fine("size", str(PROFILES / "small_office.toml"), "--table", "shopping_list", "--format", "csv")
    assert out.splitlines()[:2] == [
        "place,item,count,each,result",
        'Primary datacenter,Servers for mailboxes,1.0,"8 cores, SPECint_rate2006 of 270 or more, '
        '16 GB of memory, 8 drive bays",summary_servers_by_datacenter.primary',
    ]


def test_issues_go_to_standard_error(plan):
    code, out, err = run("size", plan)
    assert code == 0
    assert "notice" not in out
    assert err.startswith("notice: plan.toml: tiers.1.deleted_item_retention: ")


def test_results_are_chosen_by_rule_and_column(plan):
    out = fine("size", plan, "--results", "summary_dags, mailbox_size_on_disk,", "--format", "csv")
    assert [line.split(",")[0] for line in out.splitlines()] == [
        "column",
        "summary_dags",
        "tiers.1.mailbox_size_on_disk",
    ]


def test_all_results_are_those_of_the_rules(plan):
    content = json.loads(fine("size", plan, "--results", "all", "--format", "json"))
    assert content["results"] == dict(size(plan))
    assert content["status"] == "notice"
    assert set(content["issues"][0]) == {"severity", "field", "message", "hint"}


def test_csv_holds_the_figures_to_the_last_bit(plan):
    figures = size(plan)
    for line in csv.DictReader(io.StringIO(fine("size", plan, "--results", "all", "--format", "csv"))):
        figure = figures[line["column"]]
        if isinstance(figure, float):
            assert float(line["value"]) == figure
        else:
            assert line["value"] == {None: "", True: "true", False: "false"}.get(figure, figure)


def test_markdown_is_a_table(plan):
    lines = fine("size", plan, "--results", "summary_dags", "--format", "markdown").splitlines()
    assert lines == [
        "| result | value | unit | meaning |",
        "| --- | ---: | --- | --- |",
        f"| summary_dags | 1 | DAG | {RULES['summary_dags'].meaning} |",
    ]


def test_settings_change_the_design(plan):
    argv = ("--results", "tiers.1.mailbox_size_on_disk", "--format", "json")
    out = fine("size", plan, "--set", "tiers.1.mailbox_size_limit=3 GB", "--set", "environment.dags=2", *argv)
    assert json.loads(out)["results"] == {
        "tiers.1.mailbox_size_on_disk": size(
            {"tiers.1.mailboxes": 1000, "tiers.1.mailbox_size_limit": 3072, "environment.dags": 2}
        )["tiers.1.mailbox_size_on_disk"]
    }


def test_an_invalid_design_is_shown_and_exits_with_one(plan):
    code, out, err = run("size", plan, "--set", "database_copies.ha_copies_secondary=3")
    assert code == 1
    assert out.startswith("summary_servers.environment")
    assert err.startswith(
        "error: plan.toml: database_copies.ha_copies_secondary: 3 of 4 HA copies are in the secondary datacenter, "
        "which is more than half. Place at most half of the HA copies in the secondary datacenter.\n"
    )


@pytest.mark.parametrize("command", ["size", "check"])
def test_a_setting_that_fails_is_reported(plan, command):
    assert wrong(command, plan, "--set", "environment.dags", "--set", "environment.dag=1") == (
        '--set: "environment.dags": has no value. Write path=value.\n'
        '--set: environment.dag: There is no such input. Did you mean "environment.dags"? '
        "Every input: exchange-calculator fields\n"
    )


def test_an_unknown_result_has_a_nearest_one(plan):
    for argv in (
        ("size", plan, "--results", "headline,sumary_databases"),
        ("explain", plan, "sumary_databases"),
        ("rules", "sumary_databases"),
    ):
        assert wrong(*argv).startswith('"sumary_databases" is not a result. Did you mean "summary_databases"? ')


def test_an_unknown_result_of_a_batch_writes_nothing(tmp_path):
    (tmp_path / "designs.csv").write_text("tiers.1.mailboxes\n5\n")
    target = tmp_path / "results.csv"
    said = wrong("batch", str(tmp_path / "designs.csv"), "-o", str(target), "--results", "x" * 1000)
    assert said.startswith(f'"{"x" * 200}" is not a result. ')
    assert not target.exists()


def test_a_list_of_no_results_is_reported(plan):
    said = "--results: contains no name. Give rule or column names, comma-separated; headline or all.\n"
    assert wrong("size", plan, "--results", ", ,") == said


# --- check, explain, fields, rules, docs ---------------------------------------------------------


def test_check_tells_issues_and_status(plan):
    lines = fine("check", plan).splitlines()
    assert lines[-1] == "plan.toml: notice"
    assert lines[:-1] == [f"notice: {issue}" for issue in size(plan).issues]


def test_check_shows_a_hundred_issues_and_counts_the_rest(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text(DESIGN.replace("1000", "5") * 300)
    lines = fine("check", str(file)).splitlines()
    shown = list(size(str(file)).issues)
    assert len(shown) == 100
    grouped = size(str(file)).issues.grouped()
    assert sum("Tiers 1 to" in line for line in lines) == len({(issue.severity, issue.message) for issue in shown})
    assert lines[-2] == f"... and {grouped.total - len(lines) + 2} more problems."


def test_a_profile_with_problems_has_no_results(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text("[environment]\ndags = 0\n")
    said = "plan.toml line 2: environment.dags: 0 DAGs is below 1. Give a whole number from 1 to 10,000.\n"
    for argv in (("size",), ("check",)):
        assert wrong(*argv, str(file)) == said
    assert wrong("explain", str(file), "summary_dags") == said


def test_explain_prints_a_tree_and_its_sources(plan):
    out = fine("explain", plan, "tiers.1.mailbox_size_on_disk", "--depth", "1")
    tree, sources = out.split("\nSources\n")
    sentence, _, tree = tree.partition("\n\n")
    assert sentence == (
        "A mailbox of the tier takes 2.15 GB: 2 GB of quota, 142 MB of Recoverable Items and 7.32 MB of whitespace, "
        "the mail of one day."
    )
    assert tree.startswith("mailbox_size_on_disk = 1: ")
    assert "tiers.mailbox_size_limit = 1: 2048 MB (given)" in tree
    assert "  calculator-7.6: " in sources


def test_explain_begins_with_a_sentence():
    out = fine("explain", str(PROFILES / "active_passive.toml"), "summary_memory.primary")
    assert out.splitlines()[:3] == [
        "83 GB are needed: 76 GB for databases, a quarter of it as their cache, and 7 GB for Client Access; content "
        "indexing fits into the rest. 96 GB is the next size that can be bought.",
        "",
        "summary_memory = primary: 96 GB",
    ]


def test_explain_names_the_place_of_each_sentence():
    out = fine("explain", str(PROFILES / "active_active.toml"), "cpu_utilization_by_mode", "--depth", "0")
    lines = out.splitlines()
    assert lines[0].startswith("Normal operation, primary datacenter: A server in the primary datacenter uses ")
    places = [line.split(":")[0] for line in lines[: lines.index("Sources")] if " uses " in line]
    assert len(places) == len(set(places)) > 2


def test_explain_prints_json(plan):
    tree = json.loads(fine("explain", plan, "summary_dags", "--format", "json"))
    assert (tree["name"], tree["values"]) == ("summary_dags", {"": 1.0})


def test_every_input_is_listed():
    listed = json.loads(fine("fields", "--format", "json"))
    assert len(listed) == len(FIELDS)
    assert list(csv.DictReader(io.StringIO(fine("fields", "--format", "csv")))) == listed
    assert all(entry["meaning"] and entry["allowed"] for entry in listed)
    table = fine("fields").splitlines()
    assert [line.split("  ")[0] for line in table] == [entry["path"] for entry in listed]


def test_units_are_those_that_people_know():
    """No unit is 1 or 1/s: a share says so, a plain number has none, and I/O is in IOPS."""
    for words in (("fields",), ("fields", "--constants")):
        cells = [re.split("  +", line) for line in fine(*words).splitlines()]
        assert not {"1", "1/s"} & {row[2] for row in cells}
    constants = fine("fields", "--constants").splitlines()
    assert any(line.startswith("constants.iops_per_thousand_messages") and " IOPS " in line for line in constants)
    assert re.search(r"^data\.volume_free_space +0\.05 +share ", fine("fields"), re.MULTILINE)


def test_an_input_is_shown_by_its_path_or_its_last_part():
    expected = [
        "database_copies.replay_lag_delay",
        "  Replay lag: Delay after which a lagged copy replays logs.",
        "unit: hours",
        "allowed: a whole number from 0 to 336",
        "default: 168",
        "column of a CSV file: database_copies.replay_lag_delay [hour]",
        "matters where: environment.high_availability is true",
        "source: calculator-7.6: Input",
        "needed by:",
        "  replay_lag",
    ]
    assert fine("fields", "replay_lag_delay").splitlines() == expected
    assert fine("fields", "database_copies.replay_lag_delay").splitlines() == expected
    assert fine("fields", "tiers.3.mailboxes").startswith("tiers.1.mailboxes\n")


def test_inputs_and_results_are_found_by_a_word():
    paths = [line.split()[0] for line in fine("fields", "--search", "Truncation").splitlines()]
    assert paths == ["database_copies.truncation_lag_delay", "backup.truncation_failure_tolerance"]
    names = [line.split()[0] for line in fine("rules", "--search", "reseed a volume").splitlines()]
    assert names == ["reseed_hours", "reseed_hours_several_sources", "reseed_hours_over_link"]


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("fields", "mailboxs"), 'mailboxs: There is no such input. Did you mean "tiers.1.mailboxes"?'),
        (
            ("fields", "enabled"),
            "enabled: is the name of several inputs. Give one of site_resilience.enabled, failure_domains.enabled.",
        ),
        (("fields", "--search", "xyz"), '--search: "xyz" is in the name or meaning of no input. Try a shorter word.'),
        (("rules", "--search", "xyz"), '--search: "xyz" is in the name or meaning of no result. Try a shorter word.'),
    ],
)
def test_what_is_no_input_or_result(argv, message):
    assert run(*argv) == (2, "", f"{message}\n")


def test_every_rule_is_listed_and_shown():
    listed = [line.split()[0] for line in fine("rules").splitlines()]
    assert listed == list(RULES)
    for name in listed[::25]:
        out = fine("rules", name)
        assert out.startswith(f"{name}\n  {RULES[name].meaning}\n")
        assert f"source: {RULES[name].source}\n" in out


def test_a_column_of_any_tier_names_its_rule():
    assert fine("rules", "tiers.7.mailbox_size_on_disk") == fine("rules", "mailbox_size_on_disk")


def test_the_reference_is_written_and_checked(tmp_path):
    target = tmp_path / "reference"
    assert run("docs", str(target))[0] == 0
    assert run("docs", str(target), "--check") == (0, "", "")
    page = next(target.iterdir())
    page.write_text("old")
    assert run("docs", str(target), "--check") == (1, "", f"{page.name} is not current\n")


def test_a_reference_that_cannot_be_written_is_reported(tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = run("docs", os.path.join(tmp_path, "file", "reference"))
    assert (code, err) == (2, "reference: cannot be written: Not a directory.\n")


THREADS = """
import os, sys
from calculator.cli.main import run
try:
    run()
except SystemExit:
    print(os.environ["OPENBLAS_NUM_THREADS"], len(os.listdir("/proc/self/task")))
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="only Linux lists the threads of a process")
@pytest.mark.parametrize(("given", "threads"), [("", "1 1"), ("2", "2 2")])
def test_a_command_starts_no_threads_for_matrices_unless_told_to(tmp_path, given, threads):
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    environment |= {"OPENBLAS_NUM_THREADS": given} if given else {}
    command = [sys.executable, "-c", THREADS, "size", "example:small_office"]
    found = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert found.stdout.splitlines()[-1] == threads
