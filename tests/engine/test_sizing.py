"""Sizing from Python."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from support.examples import examples
from support.strategies import designs

import calculator
from calculator import HEADLINE, RULES, InputError, explain, size
from calculator.engine.results import result_columns
from calculator.inputs.profile import Profile
from calculator.issues import UnknownResult

DESIGN = {"tiers.1.mailboxes": 1000, "tiers.2.mailboxes": 500, "tiers.2.mailbox_size_limit": "2 GB"}


@pytest.fixture(scope="module")
def plan():
    return size(DESIGN)


def test_a_design_may_be_a_mapping_a_file_a_profile_or_sized_already(tmp_path, plan):
    file = tmp_path / "plan.toml"
    file.write_text("[[tiers]]\nmailboxes = 1000\n[[tiers]]\nmailboxes = 500\nmailbox_size_limit = '2 GB'")
    profile = Profile({"tiers.1.mailboxes": 1000, "tiers.2.mailboxes": 500, "tiers.2.mailbox_size_limit": 2048})
    assert dict(size(file)) == dict(size(str(file))) == dict(size(profile)) == dict(plan)
    assert dict(size(plan)) == dict(plan)
    assert size(plan).profile == plan.profile
    assert {issue.where for issue in size(file).issues} == {"plan.toml"}


def same(one, other):
    differs = {name: array.tolist() for name, array in one.results.differs.items()}
    corrected = {name: array.tobytes() for name, array in one.results.corrected.items()}
    assert dict(one) == dict(other)
    assert list(one.issues) == list(other.issues)
    assert one.status == other.status
    assert differs == {name: array.tolist() for name, array in other.results.differs.items()}
    assert corrected == {name: array.tobytes() for name, array in other.results.corrected.items()}


@examples(15)
@given(designs(), designs())
def test_a_design_that_was_sized_like_another_has_the_same_results(given, changes):
    path, value = list(changes.items())[-1]
    base = size(given)
    for profile in (Profile({**given, path: value}), Profile(changes), Profile(given)):
        same(size(profile, like=base), size(profile))


@pytest.mark.parametrize("path", ["tiers.1.mailboxes", "guidance.oddities"])
def test_a_design_like_an_empty_or_a_corrected_one(path):
    """The figures of an empty design never differ from the corrected ones, those of the next design may."""
    other = {**DESIGN, path: {"tiers.1.mailboxes": 0, "guidance.oddities": "corrected"}[path]}
    empty = {**other, "tiers.2.mailboxes": 0}
    for one, next_one in ((DESIGN, other), (other, DESIGN), (empty, DESIGN), (DESIGN, empty)):
        same(size(next_one, like=size(one)), size(next_one))


def test_overridden_constants_and_other_results_are_not_taken_from_another_design(plan):
    constants = {"cache_percent": 30, "minimum_memory_by_copies.21": 500}
    overridden = size(DESIGN, constants=constants)
    same(size(DESIGN, like=overridden), plan)
    same(size(DESIGN, constants=constants, like=plan), overridden)
    few = size(DESIGN, results="server_memory")
    assert dict(size(DESIGN, results="server_memory", like=plan)) == dict(few)
    same(size(DESIGN, like=few), plan)


def test_values_may_be_those_of_numpy():
    assert dict(size({"tiers.1.mailboxes": np.int64(5), "environment.virtualized": np.bool_(True)})) == dict(
        size({"tiers.1.mailboxes": 5, "environment.virtualized": True})
    )


def test_results_are_found_by_column(plan):
    assert plan["tiers.2.mailbox_size_on_disk"] < plan["tiers.1.mailbox_size_on_disk"]
    assert plan["replication_link_acceptable_for_peak"] is True
    assert plan["transport_database_location.primary"] == "system_disk"


def test_results_are_found_by_rule_with_all_their_places(plan):
    assert plan["mailbox_size_on_disk"] == {
        number: plan[f"tiers.{number}.mailbox_size_on_disk"] for number in ("1", "2")
    }
    modes = plan["cpu_utilization_by_mode"]
    assert modes["worst.primary"] == plan["cpu_utilization_by_mode.worst.primary"]
    assert all(plan[f"cpu_utilization_by_mode.{label}"] == value for label, value in modes.items())


def test_what_does_not_apply_is_none():
    assert size({**DESIGN, "servers.primary.specint2006_rate": 0})["cpu_utilization_by_mode.normal.primary"] is None


def test_a_plan_is_a_mapping_of_all_columns(plan):
    assert len(plan) == len(list(plan)) == len(result_columns("all", 2))
    assert set(HEADLINE) <= set(plan)
    assert "summary_dags" in plan
    assert "summary_dag" not in plan


def test_the_headline_is_short_and_known():
    assert len(HEADLINE) <= 40
    assert result_columns("headline", 1) == list(HEADLINE)


def test_an_unknown_result_has_a_nearest_one(plan):
    with pytest.raises(UnknownResult) as error:
        plan["sumary_dags"]
    assert str(error.value).startswith('"sumary_dags" is not a result. Did you mean "summary_dags"?')
    with pytest.raises(KeyError):
        size(DESIGN, results=["summary_dags", "sumary_dags"])


def test_only_some_results_give_the_same_figures(plan):
    some = size(DESIGN, results=["summary_databases", "mailbox_size_on_disk"])
    assert some["summary_databases"] == plan["summary_databases"]
    assert some["mailbox_size_on_disk"] == plan["mailbox_size_on_disk"]
    assert some.status == plan.status
    assert [str(issue) for issue in some.issues] == [str(issue) for issue in plan.issues]


def test_a_table_has_one_row_per_result(plan):
    [line] = plan.table("summary_dags")
    assert line == {
        "column": "summary_dags",
        "value": 1.0,
        "unit": "DAGs",
        "level": RULES["summary_dags"].level,
        "meaning": RULES["summary_dags"].meaning,
    }
    assert [entry["column"] for entry in plan.table()] == list(HEADLINE)


def test_inputs_that_cannot_be_used_are_reported_together():
    with pytest.raises(InputError) as error:
        size({"tiers.1.mailboxes": -1, "tiers.1.mailbox_size_limit": "2 days", "tiers.1.mailboxs": 1})
    assert str(error.value) == (
        f"design: tiers.1.mailboxes: -1 mailboxes is below 0. Give {_allowed('tiers.mailboxes')}.\ndesign: "
        'tiers.1.mailbox_size_limit: "2 days": "days" is not allowed here. Give a unit like MB. Plain numbers are '
        'in MB.\ndesign: tiers.1.mailboxs: There is no such input. Did you mean "tiers.1.mailboxes"? Every input: '
        "exchange-calculator fields"
    )
    assert error.value.issues.errors == 3


def _allowed(path):
    return next(field.limits() for field in calculator.FIELDS if field.path == path)


def test_a_figure_is_explained(plan):
    assert explain(DESIGN, "summary_dags") == plan.explain("summary_dags")


@pytest.mark.slow
@examples(40)
@given(designs())
def test_any_design_is_sized_and_its_issues_can_be_said(design):
    plan = size(design)
    assert plan.status in ("ok", "notice", "warning", "invalid")
    assert all(issue.message and "{" not in issue.message for issue in plan.issues)
    assert all(value != float("inf") for value in plan.values())


def test_the_public_names_are_those_of_the_package():
    assert all(hasattr(calculator, name) for name in calculator.__all__)
    assert (Path(calculator.__file__).parent / "py.typed").exists()
