"""The search from the command line."""

from __future__ import annotations

import csv
import io
import json

import pytest
from support.paths import ROOT

from calculator import size
from calculator.cli.main import main

RESERVE = str(ROOT / "profiles" / "active_passive.toml")
EXAMPLE = str(ROOT / "docs" / "examples" / "search" / "SPACE.toml")
SERVERS = "summary_servers.environment"


def run(*argv):
    out, err = io.StringIO(), io.StringIO()
    code = main([str(word) for word in argv], out, err)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def space(tmp_path):
    path = tmp_path / "SPACE.toml"
    path.write_text('[inputs]\n"environment.mailbox_servers" = "3..6"\n[limits]\nreseed_hours = 26\n', encoding="utf-8")
    return path


def test_the_example_runs_unchanged():
    code, out, err = run("search", RESERVE, "--space", EXAMPLE, "--results", SERVERS, "--show", 2, "--format", "csv")
    assert code == 0
    assert err == (
        "All 1,782 designs were sized, 843 of them within the limits.\n"
        "Cost counts disks, processors, servers, memory, rack units, at the prices given, and nothing else.\n"
    )
    rows = list(csv.DictReader(io.StringIO(out)))
    assert list(rows[0]) == [
        "rank",
        "disks",
        "processors",
        "servers",
        "environment.mailbox_servers",
        "environment.dags",
        "database_copies.lagged_copies",
        "storage.primary.database_disk_capacity",
        "storage.secondary.database_disk_capacity",
        "storage.primary.restore_disk_capacity",
        "storage.secondary.restore_disk_capacity",
        "servers.primary.processor_cores",
        "servers.secondary.processor_cores",
        "servers.lagged.processor_cores",
        "servers.primary.specint2006_rate",
        "servers.secondary.specint2006_rate",
        "servers.lagged.specint2006_rate",
        "servers.primary.drive_bays",
        "servers.secondary.drive_bays",
        "cost",
        SERVERS,
        "status",
    ]
    assert [row["rank"] for row in rows] == ["1", "2"]
    settings = [f"--set={path}={rows[0][path]}" for path in list(rows[0])[4:19]]
    assert (
        run("size", RESERVE, *settings, "--results", SERVERS, "--format", "csv")[1]
        .splitlines()[1]
        .startswith(f"{SERVERS},{float(rows[0][SERVERS]):g}")
    )


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_tables_for_people_show_the_name_of_a_row_without_its_inputs(form):
    _, out, _ = run("search", RESERVE, "--space", EXAMPLE, "--show", 2, "--format", form)
    assert "2 x " in out
    assert "cost" in out
    assert not any(name in out for name in ("drive_bays", "specint2006_rate", "database_disk_capacity"))


@pytest.mark.slow
def test_without_prices_people_are_shown_no_cost(space):
    _, out, _ = run("search", RESERVE, "--space", space, "--minimize", SERVERS)
    assert "cost" not in out
    assert "mailbox_servers" in out


def test_tables(space):
    base = (RESERVE, "--space", space, "--minimize", SERVERS, "--format", "json")
    _, out, _ = run("search", *base, "--pareto", "reseed_hours", "--table", "pareto")
    front = [(row[SERVERS], row["reseed_hours"]) for row in json.loads(out)]
    plans = {n: size(_with(n)) for n in (3, 4, 5, 6)}
    points = [(plan[SERVERS], plan["reseed_hours"]) for plan in plans.values() if plan["reseed_hours"] <= 26]
    assert front == sorted(point for point in points if not any(_beats(other, point) for other in points))
    _, out, _ = run("search", *base, "--table", "reasons")
    beyond = sum(plan["reseed_hours"] > 26 for plan in plans.values())
    assert json.loads(out) == [
        {
            "limit": "reseed_hours <= 26",
            "designs": beyond,
            "alone": beyond,
            "not_applicable": 0,
            "meaning": "Hours to reseed a volume within its datacenter from one source.",
        }
    ]
    _, out, err = run("search", *base)
    assert err == f"All 4 designs were sized, {4 - beyond} of them within the limits.\n"
    assert json.loads(out)[0]["cost"] is None
    assert json.loads(out)[0][SERVERS] == min(point[0] for point in points)


def _with(servers):
    from calculator.inputs.profile import load

    return load(RESERVE).with_values({"environment.mailbox_servers": float(servers)})


def _beats(other, point):
    return other != point and all(a <= b for a, b in zip(other, point, strict=True))


def test_where_no_design_is_within_the_limits_the_exit_code_is_one(space):
    code, out, err = run("search", RESERVE, "--space", space, "--minimize", SERVERS, "--set", "guidance.reseed_rate=1")
    assert (code, out.split()[:2]) == (1, ["rank", "environment.mailbox_servers"])
    assert len(out.splitlines()) == 1
    assert err == (
        "All 4 designs were sized, 0 of them within the limits.\n"
        "No design is within the limits: 4 of 4 do not meet reseed_hours <= 26 (Hours to reseed a volume within its "
        "datacenter from one source).\n"
        "--table reasons lists all limits with the designs that do not meet them.\n"
    )


def test_a_design_without_mailboxes_has_no_design_within_the_limits(space):
    code, _, err = run("search", RESERVE, "--space", space, "--minimize", SERVERS, "--set", "tiers.1.mailboxes=0")
    assert code == 1
    assert err.splitlines()[1] == (
        "No design is within the limits: 4 of 4 do not meet this requirement: The design has mailboxes. Give at least "
        "one tier mailboxes, so that CPU, disks, databases and network are sized. A server of Exchange 2013 with only "
        "the Client Access role needs 4 GB of memory."
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--jobs", "0"), "--jobs: 0 is below 1. Give a whole number from 1 on.\n"),
        (("--show", "-3"), "--show: -3 is below 1. Give a whole number from 1 on.\n"),
        (("--seed", "-3"), "--seed: -3 is below 0. Give a whole number from 0 on.\n"),
        (
            ("--table", "pareto"),
            "--pareto: names no result. Name a result to trade off against the cost, such as reseed_hours.\n",
        ),
        (
            (),
            "SPACE.toml: minimize: The search has no prices, so there is no cost. Give prices of your own in "
            "[prices] or the catalogues, or minimize a result.\n",
        ),
        (
            ("--minimize", "summary_dags", "--results", "summary_dag"),
            '"summary_dag" is not a result. Did you mean "summary_dags"? Every result: exchange-calculator rules\n',
        ),
    ],
)
def test_wrong_use(space, arguments, message):
    code, out, err = run("search", RESERVE, "--space", space, *arguments)
    assert (code, out, err) == (2, "", message)


@pytest.mark.slow
def test_a_repeated_evolution_gives_the_same_bytes(space):
    words = ("search", RESERVE, "--space", EXAMPLE, "--method", "evolution", "--seed", 5, "--format", "csv")
    first = run(*words)
    assert first == run(*words)
    assert "may not be the best of all" in first[2]


def test_progress_is_shown_on_a_terminal(space):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    err = Terminal()
    assert main(["search", RESERVE, "--space", str(space), "--minimize", SERVERS], io.StringIO(), err) == 0
    assert "4 designs, " in err.getvalue()
    assert "0 s left" in err.getvalue()
