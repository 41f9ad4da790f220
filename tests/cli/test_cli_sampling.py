"""The commands sensitivity and uncertainty."""

import csv
import io
import json

import pytest

from calculator.cli.main import main
from calculator.studies.uncertainty.monte_carlo import uncertainty
from calculator.studies.uncertainty.sensitivity import global_indices, one_at_a_time

DESIGN = '[[tiers]]\nmailboxes = 1000\nmailbox_size_limit = "2 GB"\n'
UNSURE = '[[tiers]]\nmailboxes = 1000\nmailbox_size_limit = "2..4 GB"\nmessages_per_day = "normal(100, 15)"\n'
SIZE = "tiers.1.mailbox_size_on_disk"


@pytest.fixture
def plan(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text(DESIGN)
    return str(file)


@pytest.fixture
def unsure(tmp_path):
    file = tmp_path / "unsure.toml"
    file.write_text(UNSURE)
    return str(file)


def run(*argv, terminal=False):
    out, err = io.StringIO(), io.StringIO()
    err.isatty = lambda: terminal
    return main(argv, out, err), out.getvalue(), err.getvalue()


def rows(*argv):
    code, out, _ = run(*argv, "--format", "json")
    assert code == 0
    return json.loads(out)


def wrong(*argv):
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    return err.strip()


# --- sensitivity ---------------------------------------------------------------------------------


def test_what_if_by_default(plan):
    made = rows("sensitivity", plan, "--results", f"{SIZE},summary_databases")
    head = ["change", "status", "result", "unit", "present", "value", "difference", "reason", "present_status", "hint"]
    assert list(made[0]) == head
    longer = next(row for row in made if row["change"] == "30 more days of retention" and row["result"] == SIZE)
    # 2 weeks are kept of 100 messages on 5 days of 75 KB, and a tenth more; 30 days more are 7 weeks.
    assert longer["unit"] == "MB"
    assert (
        longer["difference"] == longer["value"] - longer["present"] == pytest.approx(5 * 500 * 75 * 1.1 / 1024, abs=1)
    )
    larger = [row for row in made if row["change"] == "Recoverable Items as in Microsoft's workbook"]
    assert {row["result"] for row in larger} == {SIZE, "summary_databases"}


def test_an_impossible_change_gives_the_reason(tmp_path):
    file = tmp_path / "one.toml"
    file.write_text("[environment]\nhigh_availability = false\nmailbox_servers = 1\n" + DESIGN)
    made = rows("sensitivity", str(file), "--results", SIZE)
    assert {row["change"]: row["reason"] for row in made if row["reason"]} == {
        "One more copy": "the design has no high availability",
        "One server fewer": "there is only one",
    }


def test_words_and_flags_have_no_difference(plan):
    made = rows("sensitivity", plan, "--results", "transport_database_location.primary,disks_fit.primary")
    assert {(row["result"], row["unit"], row["difference"]) for row in made} == {
        ("transport_database_location.primary", "", None),
        ("disks_fit.primary", "flag", None),
    }


def test_one_at_a_time(plan):
    made = rows(
        "sensitivity",
        plan,
        "--method",
        "one_at_a_time",
        "--results",
        SIZE,
        "--range",
        "tiers.1.message_size=50..150 KB",
    )
    assert made == one_at_a_time(plan, SIZE, ranges={"tiers.1.message_size": "50..150 KB"}).rows()
    assert list(made[0]) == [
        "result",
        "unit",
        "input",
        "input_unit",
        "low",
        "high",
        "at_low",
        "present",
        "at_high",
        "swing",
    ]
    swing = next(row for row in made if row["input"] == "tiers.1.message_size")
    assert (swing["low"], swing["high"]) == (50, 150)


def test_global_indices(plan):
    arguments = ("--method", "global", "--results", SIZE, "--inputs", "tiers.message_size,tiers.messages_per_day")
    code, out, _ = run("sensitivity", plan, *arguments, "--samples", "2048", "--seed", "7", "--format", "csv")
    assert code == 0
    inputs = ["tiers.message_size", "tiers.messages_per_day"]
    study = global_indices(plan, SIZE, inputs=inputs, samples=2048, seed=7)
    assert out.splitlines()[0] == (
        "result,unit,input,first_order,first_order_low,first_order_high,total,total_low,total_high,designs,left_out"
    )
    assert [float(row["total"]) for row in csv.DictReader(io.StringIO(out))] == [one.total for one in study.indices]


def test_options_that_contradict_each_other_are_reported(plan):
    assert wrong("sensitivity", plan, "--inputs", "tiers.message_size") == (
        "--method: --inputs, --range and --samples cannot be used together with what_if. Give --method "
        "one_at_a_time or global."
    )
    assert wrong("sensitivity", plan, "--method", "one_at_a_time", "--samples", "5") == (
        "--samples: The method one_at_a_time samples no designs. Leave it out, or give --method global."
    )
    assert (
        wrong("sensitivity", plan, "--results", " , ")
        == "--results: contains no name. Give rule or column names, comma-separated; headline or all."
    )
    assert wrong("sensitivity", plan, "--method", "global", "--range", "x", "--range", "y").splitlines() == [
        '--range: "x": has no range. Write path=80..140.',
        '--range: "y": has no range. Write path=80..140.',
    ]


def test_an_invalid_design_exits_with_one(plan):
    code, out, err = run("sensitivity", plan, "--set", "environment.mailbox_servers=9", "--results", SIZE)
    assert code == 1
    assert out
    assert "error: plan.toml: environment.mailbox_servers: 18 servers are needed per DAG" in err


# --- uncertainty ---------------------------------------------------------------------------------


def test_a_profile_with_distributions(unsure):
    made = rows("uncertainty", unsure, "--results", SIZE, "--samples", "1000")
    assert made == uncertainty(unsure, SIZE, samples=1000).rows()
    assert list(made[0]) == [
        "result",
        "unit",
        "present",
        "mean",
        "p1",
        "p10",
        "p50",
        "p90",
        "p99",
        "least",
        "most",
        "not_applicable",
        "dominant_input",
        "dominant_share",
    ]
    assert made[0]["dominant_input"] == "tiers.1.mailbox_size_limit"
    assert wrong("size", unsure).splitlines()[0] == (
        'unsure.toml line 3: tiers.1.mailbox_size_limit: "2..4 GB" is a range of values, but an input has one '
        "value. Give one value, or run the command uncertainty, which takes ranges."
    )


def test_settings_and_distributions_of_a_command_line(unsure):
    made = rows(
        "uncertainty",
        unsure,
        "--set",
        "tiers.1.mailbox_size_limit=3 GB",
        "--set",
        "tiers.1.message_size=50..60",
        "--vary",
        "tiers.1.messages_per_day=+- 20%",
        "--samples",
        "100",
        "--table",
        "inputs",
    )
    # The median of the profile's distribution, 100, is what a fifth goes around.
    assert {row["input"]: (row["distribution"], row["present"]) for row in made} == {
        "tiers.1.message_size": ("50..60", 55),
        "tiers.1.messages_per_day": ("+- 20%", 100),
    }


@pytest.mark.slow
def test_probabilities(unsure):
    made = rows("uncertainty", unsure, "--table", "probabilities", "--samples", "500")
    assert [row["event"] for row in made] == [
        "design_invalid",
        "status_invalid",
        "cpu_above_80_percent",
        "cpu_above_100_percent",
        "volume_full",
        "memory_above_advice",
    ]
    assert list(made[0]) == ["event", "designs", "probability", "low", "high", "dominant_input", "dominant_share"]


def test_limits_of_the_design_as_it_is_built(plan):
    vary = ("--vary", "tiers.1.mailboxes=1000..100000", "--samples", "500", "--table", "limits")
    made = rows("uncertainty", plan, *vary)
    assert list(made[0]) == [
        "event",
        "designs",
        "probability",
        "low",
        "high",
        "dominant_input",
        "dominant_share",
        "used_p50",
        "used_p90",
    ]
    assert made[0]["event"] == "any_limit"
    shares = [row["probability"] for row in made[1:]]
    assert shares == sorted(shares, reverse=True)
    assert made[0]["probability"] >= shares[0] > 0


def test_the_share_of_invalid_designs_comes_first(plan):
    vary = ("--vary", "environment.mailbox_servers=7..9", "--results", "summary_dags", "--samples", "300")
    _, _, err = run("uncertainty", plan, *vary)
    count = sum(
        row["probability"] * row["designs"]
        for row in rows("uncertainty", plan, *vary, "--table", "probabilities")
        if row["event"] == "design_invalid"
    )
    assert 80 < count < 120
    assert err.splitlines()[0] == (
        f"{count:.0f} of 300 sampled designs ({count / 3:.1f} %) are invalid and have no figures. "
        f"Figures and other probabilities are of the {300 - count:.0f} that work."
    )


@pytest.mark.slow
@pytest.mark.parametrize("form", ["table", "markdown", "csv"])
def test_every_form_is_printed_and_a_run_repeated(unsure, form):
    command = ("uncertainty", unsure, "--results", "headline", "--samples", "200", "--format", form)
    assert run(*command) == run(*command)
    assert "summary_servers.environment" in run(*command)[1]


def test_progress_is_shown_only_on_a_terminal(unsure):
    command = ("uncertainty", unsure, "--results", SIZE, "--samples", "200")
    assert "\r200 designs" in run(*command, terminal=True)[2]
    assert "designs," not in run(*command)[2]


def test_unusable_values_are_reported(plan):
    assert wrong("uncertainty", plan, "--vary", "tiers.1.mailboxes=2000..1000").splitlines() == [
        'inputs: tiers.1.mailboxes: "2000..1000" begins above its end. Give the lower end first.'
    ]
    assert wrong("uncertainty", plan, "--samples", "1") == (
        "samples: 1 designs cannot be sampled. Give 100 to 100,000,000."
    )
    assert "no_such is not a result" in wrong("uncertainty", plan, "--results", "no_such").replace('"', "")
