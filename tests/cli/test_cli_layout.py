"""Layout and failures, from the command line."""

from __future__ import annotations

import csv
import io
import json

import pytest
from support.paths import PROFILES

import calculator
from calculator.cli.main import main

ACTIVE = str(PROFILES / "active_active.toml")
SINGLE = str(PROFILES / "single_site.toml")


def run(*argv):
    out, err = io.StringIO(), io.StringIO()
    code = main([str(word) for word in argv], out, err)
    return code, out.getvalue(), err.getvalue()


def test_a_layout_has_one_row_per_copy():
    code, out, _ = run("layout", ACTIVE, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert list(rows[0]) == ["database", "server", "activation_preference", "lagged"]
    assert len(rows) == 80 * 4
    assert {row["lagged"] for row in rows} == {"true", "false"}
    dag = calculator.layout(ACTIVE)
    assert [row["server"] for row in rows] == [str(row["server"]) for row in dag.rows()]


def test_a_layout_on_screen_says_which_failures_the_dag_survives():
    code, out, _ = run("layout", SINGLE)
    assert code == 0
    assert out.splitlines()[0].split() == ["database", "SRV01", "SRV02", "SRV03", "SRV04"]
    assert "All databases stay active if any 2 servers fail." in out


def test_failures_of_servers():
    code, out, err = run("failures", SINGLE, "--events", "server:SRV01,server:SRV02")
    assert code == 0
    assert out.startswith("Events: SRV01 fails; SRV02 fails.\nQuorum holds; all 24 databases are active.\n")
    assert err == ""
    code, out, _ = run("failures", SINGLE, "--events", "server:SRV01", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert list(rows[0]) == ["database", "active_server"]
    assert {row["active_server"] for row in rows} == {"SRV02", "SRV03", "SRV04"}


def test_failures_that_cost_quorum():
    code, out, err = run("failures", SINGLE, "--events", "server:1,server:2,server:3")
    assert code == 0
    assert out.splitlines()[:2] == [
        "Events: SRV01 fails; SRV02 fails; SRV03 fails.",
        "Quorum is lost; 24 of 24 databases have no active copy.",
    ]
    rows = [line.split() for line in out.splitlines() if line.startswith("SRV")]
    assert [(row[2], row[7]) for row in rows] == [("false", "n/a")] * 3 + [("true", "n/a")]
    assert "warning: failures: quorum: The DAG has no quorum; nothing is active." in err


@pytest.mark.parametrize("event", ["datacenter:1", "datacenter:primary"])
def test_quorum_is_stated_before_a_restore(event):
    """Five servers of ten and no witness are five of eleven votes; six are needed."""
    code, out, err = run("failures", ACTIVE, "--set", "dag.witness_location=primary", "--events", event)
    lines = out.splitlines()
    assert code == 0
    assert lines[:3] == [
        "Events: the primary datacenter fails.",
        "Quorum is lost; 80 of 80 databases have no active copy.",
        "5 votes of 11 are left, and 6 are needed.",
    ]
    assert lines[4] == "After the restore in the secondary datacenter: quorum holds; all 80 databases are active."
    assert "Restore it by hand in the secondary datacenter (restore:secondary)." in err


def test_the_worst_cpu_is_shown_with_its_failure():
    named = "CPU in the worst failure, as sized: 39.3 % (two failed servers).\n"
    for words in (("layout", SINGLE), ("failures", SINGLE), ("failures", SINGLE, "--any", 1)):
        _, out, _ = run(*words)
        assert out.endswith(named)
        _, out, _ = run(*words, "--format", "csv")
        assert "CPU in the worst" not in out


@pytest.mark.parametrize("words", [("--any", 1), ("--events", "server:1")])
def test_the_reason_why_cpu_is_not_known_is_said_once(words):
    _, out, _ = run("failures", SINGLE, *words, "--set", "servers.primary.specint2006_rate=0")
    reason = (
        "CPU utilization is not applicable to servers of the primary datacenter, because they have no processor "
        "rating. Give servers.primary.specint2006_rate.\n"
    )
    assert out.endswith(reason)
    assert out.count(reason) == 1
    assert "n/a" in out.removesuffix(reason)


def test_the_server_with_the_most_load_survives():
    _, out, _ = run("failures", ACTIVE, "--any", 1, "--format", "json")
    summary = json.loads(out)[0]["summary"]
    assert (summary["most_lost"], summary["most_lost_databases"]) == (None, 0)
    assert (summary["most_loaded"], summary["most_loaded_failure"]) == ("SRV02", "SRV01")


def test_all_combinations_of_failed_servers():
    code, out, _ = run("failures", ACTIVE, "--any", 2, "--format", "json")
    found = json.loads(out)[0]
    assert code == 0
    assert found["summary"]["combinations"] == 45
    assert sum(share["share"] for share in found["distribution"]) == pytest.approx(1)
    code, out, _ = run("failures", ACTIVE, "--any", 2, "--format", "csv")
    assert len(out.splitlines()) == 46


@pytest.mark.slow
def test_the_switchover_plan_in_each_form():
    code, out, _ = run("failures", ACTIVE, "--switchover", "primary")
    assert code == 0
    assert out.startswith("Switchover of DAG1 when the primary datacenter is lost\n====")
    assert "Restore-DatabaseAvailabilityGroup" in out
    assert "SRV06" in out
    _, out, _ = run("failures", ACTIVE, "--switchover", "primary", "--format", "markdown")
    assert out.startswith("# Switchover of DAG1 when the primary datacenter is lost\n")
    _, out, _ = run("failures", ACTIVE, "--switchover", "primary", "--format", "json")
    assert [row["step"] for row in json.loads(out)] == list(range(23))
    _, out, _ = run("failures", ACTIVE, "--switchover", "primary", "--format", "csv")
    assert len(list(csv.DictReader(io.StringIO(out)))) == 23


@pytest.mark.parametrize("events", ["server:EX99", "weather:bad"])
def test_events_that_cannot_happen(events):
    code, out, err = run("failures", SINGLE, "--events", events)
    assert code == 2
    assert out == ""
    assert events.split(":")[1] in err or events.split(":")[0] in err
    assert "Traceback" not in err


def test_more_copies_than_servers_have_no_layout():
    code, _, err = run("layout", SINGLE, "--set", "environment.mailbox_servers=2")
    assert code == 1
    assert "copies" in err
    assert "Traceback" not in err


def test_an_invalid_design_is_laid_out_with_its_errors(tmp_path):
    small = ("--set", "storage.primary.database_disk_capacity=36")
    code, out, err = run("layout", SINGLE, *small)
    assert code == 1
    assert out
    assert "error: single_site.toml: storage.primary.database_disk_capacity: A volume of" in err
    code, out, err = run("export", SINGLE, *small, "--to", tmp_path / "files")
    assert (code, out) == (1, "")
    assert err.endswith("The design is invalid: nothing is written.\n")
    assert not (tmp_path / "files").exists()


def test_one_question_at_a_time():
    code, _, err = run("failures", SINGLE, "--any", 2, "--events", "server:1")
    assert code == 2
    assert "not allowed with" in err
