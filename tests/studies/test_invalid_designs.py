"""Every study on a profile with one invalid variant: it has no figure and no verdict, and the study says why."""

from __future__ import annotations

import io
import json

import pytest
from support.paths import PROFILES

from calculator import size
from calculator.cli.main import main
from calculator.inputs.profile import dump, load
from calculator.rules.registry import RULES

pytestmark = pytest.mark.slow

SHIPPED = sorted(path.stem for path in PROFILES.glob("*.toml"))
SERVERS = "environment.mailbox_servers"
WHY_INVALID = {"design_invalid", "validation_message", *RULES["design_invalid"].needs}


def run(*argv):
    out, err = io.StringIO(), io.StringIO()
    code = main([str(word) for word in (*argv, "--format", "json")], out, err)
    return code, json.loads(out.getvalue() or "null"), err.getvalue()


def invalid_input(profile):
    """Path and value of an input that makes a profile invalid: one server for several copies, or no quota."""
    if profile.value("environment.high_availability"):
        return SERVERS, 1.0
    return "tiers.1.mailbox_size_limit", 0.0


@pytest.fixture(params=SHIPPED)
def variants(request, tmp_path):
    """A shipped profile, and the same made invalid."""
    good, bad = PROFILES / f"{request.param}.toml", tmp_path / "invalid.toml"
    profile = load(good)
    bad.write_text(dump(profile.with_values(dict([invalid_input(profile)]))), encoding="utf-8")
    assert size(bad)["design_invalid"]
    assert not size(good)["design_invalid"]
    return good, bad


def errors_of(path):
    return [str(issue) for issue in size(path).issues if issue.severity == "error"]


@pytest.mark.parametrize("first", [True, False])
def test_compare(variants, first):
    good, bad = variants
    number, other = (1, 2) if first else (2, 1)
    code, rows, err = run("compare", *((bad, good) if first else (good, bad)), "--all")
    assert code == 1
    assert rows[0][f"value.{number}"] == "invalid"
    assert all(f"error: {error}" in err for error in errors_of(bad))
    assert {"databases", "volume_size_warning"} <= {row["column"] for row in rows}
    for row in rows[1:]:
        assert row["verdict.2"] == ""
        if row["column"] not in WHY_INVALID:
            assert row[f"value.{number}"] is None, row["column"]
            assert row["change.2"] is None
            if row[f"value.{other}"] is not None:
                assert row["why_not_applicable"].startswith(f"{number}: the design is invalid")


def test_what_if_of_an_invalid_design(variants):
    _, bad = variants
    code, rows, err = run("sensitivity", bad)
    assert code == 1
    assert all(f"error: {error}" in err for error in errors_of(bad))
    for row in rows:
        assert (row["present"], row["difference"], row["present_status"]) == (None, None, "invalid")
        assert "The present design is invalid. " in row["reason"] or row["status"] is None


def test_what_if_with_an_invalid_change(variants):
    """Of the fewest servers that the copies need, one fewer is too few."""
    good, _ = variants
    profile = load(good)
    if not profile.value("environment.high_availability"):
        return
    fewest = next(n for n in range(2, 17) if not size(profile.with_values({SERVERS: float(n)}))["design_invalid"])
    _, rows, _ = run("sensitivity", good, "--set", f"{SERVERS}={fewest}", "--results", "databases,volume_size_warning")
    found = [row for row in rows if row["change"].startswith("One server fewer")]
    assert len(found) == 2
    for row in found:
        assert (row["status"], row["value"], row["difference"]) == ("invalid", None, None)
        assert row["present"] is not None
        assert row["reason"]


@pytest.mark.parametrize("method", ["one_at_a_time", "global"])
def test_sensitivity(variants, method):
    _, bad = variants
    vary = ("--inputs", "tiers.message_size", "--results", "databases,summary_servers.environment")
    samples = ("--samples", "400") if method == "global" else ()
    code, rows, err = run("sensitivity", bad, "--method", method, *vary, *samples)
    assert (code, rows) == (1, [])
    assert all(f"error: {error}" in err for error in errors_of(bad))


def test_an_end_of_a_range_that_is_invalid_has_no_figure(variants):
    good, _ = variants
    if not load(good).value("environment.high_availability"):
        return
    of_servers = ("--range", f"{SERVERS}=1..16", "--inputs", SERVERS, "--results", "databases")
    _, rows, _ = run("sensitivity", good, "--method", "one_at_a_time", *of_servers)
    for row in rows:
        assert row["at_low"] is None
        low = size(load(good).with_values({SERVERS: 1.0}))
        assert low["design_invalid"]


def test_uncertainty(variants):
    _, bad = variants
    vary = ("--vary", "tiers.message_size=50..100", "--samples", "100")
    code, rows, err = run("uncertainty", bad, *vary)
    assert code == 1
    assert err.splitlines()[0] == "All 100 sampled designs are invalid: there are no figures."
    for row in rows:
        assert {row[name] for name in ("present", "mean", "p1", "p50", "p99", "least", "most")} == {None}
    _, events, _ = run("uncertainty", bad, *vary, "--table", "probabilities")
    assert (events[0]["event"], events[0]["probability"]) == ("design_invalid", 1)
    assert {event["probability"] for event in events[1:]} == {None}


def test_timeline(variants):
    _, bad = variants
    code, rows, err = run("timeline", bad)
    assert (code, rows) == (1, None)
    assert all(f"error: {error}" in err for error in errors_of(bad))
    assert err.endswith("The design is invalid: it has no timeline. Run the command check to see the errors.\n")


def test_search(variants, tmp_path):
    """The space holds the invalid design and the valid one: only the valid one is found."""
    good, _ = variants
    path, value = invalid_input(load(good))
    space = tmp_path / "SPACE.toml"
    space.write_text(f'[inputs]\n"{path}" = [{value}, {load(good).value(path)}]\n', encoding="utf-8")
    code, rows, err = run("search", good, "--space", space, "--minimize", "summary_databases")
    assert code == 0
    assert [row[path] for row in rows] == [load(good).value(path)]
    assert rows[0]["summary_databases"] == size(good)["summary_databases"]
    assert err == "All 2 designs were sized, 1 of them within the limits.\n"
    space.write_text(f'[inputs]\n"{path}" = [{value}]\n', encoding="utf-8")
    code, rows, err = run("search", good, "--space", space, "--minimize", "summary_databases")
    assert (code, rows) == (1, [])
    assert "No design is within the limits: 1 of 1 do not meet " in err
