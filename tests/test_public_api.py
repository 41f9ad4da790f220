"""The public names: documented, typed, short in a notebook, and clear about what they do not take."""

from __future__ import annotations

import inspect

import pytest

import calculator
from calculator import InputError, Profile, explain, layout, size
from calculator.issues import Issues
from calculator.studies.compare import compare
from calculator.studies.guidance_choices import weigh
from calculator.studies.running_server import estimate_cpu, read_server
from calculator.studies.search import find_fewest_servers, search
from calculator.studies.timeline import Growth, simulate_outage, timeline
from calculator.studies.uncertainty import global_indices, one_at_a_time, uncertainty
from calculator.studies.what_if import what_if

USERS = {"tiers.1.mailboxes": 5000}
SPACE = {"inputs": {"environment.mailbox_servers": "2..6"}}
CONTRACT = (
    *("size", "size_many", "Sizer", "layout", "explain", "Profile"),
    *("InputError", "UnknownResult", "FIELDS", "RULES", "studies"),
)
STUDIES = {
    "what_if": lambda design: what_if(design, ["summary_databases"]),
    "one_at_a_time": lambda design: one_at_a_time(design, ["summary_databases"], inputs=["environment.dags"]),
    "timeline": lambda design: timeline(design, months=2),
    "outage": lambda design: simulate_outage(design, "datacenter", 2),
    "search": lambda design: search(design, SPACE, minimize="summary_servers.environment"),
    "running": lambda design: estimate_cpu(design, read_server("100@100", "", 8, 300)),
    "compare": lambda design: compare([design, {"tiers.1.mailboxes": 2000}], ["summary_databases"]),
}
TAKEN = "Give a profile file, example:NAME, a Profile, a sized design, or a mapping of inputs by path."


# --- documented ----------------------------------------------------------------------------------


def test_the_names_of_the_contract_are_public():
    assert set(CONTRACT) <= set(calculator.__all__)
    assert [name for name in calculator.__all__ if not hasattr(calculator, name)] == []


PUBLIC = [
    *(getattr(calculator, name) for name in CONTRACT if inspect.isroutine(getattr(calculator, name))),
    *(what_if, weigh, compare, estimate_cpu, search, find_fewest_servers, timeline, simulate_outage),
    *(uncertainty, one_at_a_time, global_indices, Profile.load, Profile.save, Profile.with_values),
]


@pytest.mark.parametrize("function", PUBLIC, ids=lambda function: function.__qualname__)
def test_public_functions_say_what_they_take_give_and_raise(function):
    text = inspect.getdoc(function)
    assert "Raises\n------" in text
    parameters = inspect.signature(function).parameters.values()
    assert [
        p.name for p in parameters if p.annotation is inspect.Parameter.empty and p.name not in ("self", "cls")
    ] == []


@pytest.mark.parametrize(
    "study",
    [what_if, weigh, estimate_cpu, search, find_fewest_servers, timeline, uncertainty, one_at_a_time, global_indices],
)
def test_every_study_takes_a_scenario_first(study):
    assert next(iter(inspect.signature(study).parameters)) == "scenario"


# --- what is taken -------------------------------------------------------------------------------


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize("design", [USERS, Profile({"tiers.1.mailboxes": 5000.0}), "example:active_active"])
def test_studies_take_any_scenario(study, design):
    assert len(STUDIES[study](design)) >= 1


@pytest.mark.parametrize(("wrong", "shown"), [(5, "5"), (None, "None"), ([1], "[1]"), (b"x.toml", "b'x.toml'")])
@pytest.mark.parametrize("use", [size, layout, what_if, lambda design: explain(design, "summary_databases")])
def test_what_is_no_design_is_refused(use, wrong, shown):
    with pytest.raises(InputError) as error:
        use(wrong)
    assert str(error.value) == f'design: "{shown}" is not a design. {TAKEN}'


def test_inputs_may_be_nested_as_in_a_profile():
    nested = {"title": "Two", "environment": {"dags": 2}, "tiers": [{"mailboxes": "10"}, {"mailboxes": 20}]}
    profile = size(nested).profile
    assert profile.given == {"environment.dags": 2.0, "tiers.1.mailboxes": 10.0, "tiers.2.mailboxes": 20.0}
    assert profile.title == "Two"


def test_paths_that_are_no_texts_are_refused():
    with pytest.raises(InputError) as error:
        size({5: 1, "environment.dags": 2})
    assert str(error.value) == 'design: "5": is not the path of an input. Give paths as texts.'


def test_a_timeline_takes_growth_or_settings():
    assert timeline(USERS, months=2, mailbox_growth="10 %").rows() == timeline(USERS, Growth(2, 0.1)).rows()
    with pytest.raises(TypeError, match="does not take growth together with settings"):
        timeline(USERS, Growth(2), months=3)
    with pytest.raises(TypeError, match="does not take mailboxes"):
        timeline(USERS, mailboxes=3)


# --- what is shown -------------------------------------------------------------------------------


def test_a_sized_design_is_short_and_a_table_in_a_notebook():
    design = size({**USERS, "title": "A <b>"})
    assert repr(design) == f'<SizedDesign "A <b>": notice, {len(design):,} results, 2 notices>'
    html = design._repr_html_()
    assert (html.count("<table>"), html.count("<li>notice: ")) == (1, 2)
    assert "A &lt;b&gt;" in html
    assert "<td>summary_databases</td><td>48 databases</td>" in html
    assert "<td>cpu_utilization_by_mode.worst.primary</td><td>34.00390625 %</td>" in html


def test_issues_are_short_and_a_sequence():
    issues = size(USERS).issues
    assert repr(issues) == "<Issues: 2 notices>"
    assert repr(Issues()) == "<Issues: no issues>"
    assert issues[0] == next(iter(issues))
    assert issues[-1:] == list(issues)[-1:]
    with pytest.raises(IndexError):
        issues[2]
    html = issues._repr_html_()
    assert html.startswith("<ul><li>notice: design: tiers.1.deleted_item_retention: ")
    assert html.count("<li>") == 2
    assert "<b>" not in html


def test_an_explanation_is_short_and_folds_in_a_notebook():
    explanation = size(USERS).explain("summary_databases")
    assert repr(explanation) == "<Explanation: summary_databases = 48 databases, computed from 4 others>"
    assert repr(explanation["mailboxes_total"]) == "<Explanation: mailboxes_total = 5000 mailboxes>"
    assert explanation["tiers.mailboxes"].values == {"1": 5000.0}
    with pytest.raises(KeyError):
        explanation["nothing"]
    html = explanation._repr_html_()
    assert html.startswith("<details open><summary>summary_databases = 48 databases</summary><p>")
    assert html.count("<details") == html.count("</details>")


@pytest.mark.parametrize("study", STUDIES)
def test_a_result_of_a_study_is_short_and_a_sequence_of_rows(study):
    result = STUDIES[study]("example:active_active")
    rows = list(result)
    assert (len(result), result[0], result[-1], result[:1]) == (len(rows), rows[0], rows[-1], rows[:1])
    name = type(result).__name__
    assert repr(result).startswith(
        f"<{name}: {len(rows):,} row{'' if len(rows) == 1 else 's'} of {next(iter(rows[0]))}"
    )
    assert len(repr(result)) < 200
    html = result._repr_html_()
    assert html.startswith(f"<table><caption>{name}: ")
    assert html.count("<tr>") == 1 + min(len(rows), 60) + (len(rows) > 60)


def test_results_are_plain_values():
    kinds = {type(value) for value in size("example:active_active").values()}
    assert kinds == {float, bool, str, type(None)}
