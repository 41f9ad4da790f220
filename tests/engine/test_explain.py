"""The tree behind a figure."""

import json

import pytest

from calculator import CONSTANTS, FIELDS, RULES, explain, size
from calculator.issues import UnknownResult
from calculator.rules.sources import SOURCES

DESIGN = {"tiers.1.mailboxes": 1000, "tiers.2.mailboxes": 500, "tiers.2.mailbox_size_limit": "2 GB"}


@pytest.fixture(scope="module")
def plan():
    return size(DESIGN)


@pytest.fixture(scope="module")
def volume(plan):
    return plan.explain("volume_database_volume_size")


def test_the_figure_is_the_one_of_the_design(plan, volume):
    assert volume.values == {"": plan["volume_database_volume_size"]}
    assert (volume.kind, volume.unit, volume.level) == ("rule", "GB", "per_server")


def test_every_leaf_is_an_input_or_a_constant_with_a_source(volume):
    inputs = {field.path for field in FIELDS}
    leaves = list(volume.leaves())
    assert len(leaves) > 50
    for leaf in leaves:
        assert leaf.name in (inputs if leaf.kind == "input" else CONSTANTS)
        assert leaf.sentence


def test_every_step_of_every_figure_cites_a_known_source(plan):
    for rule in RULES:
        for step in plan.explain(rule, depth=1).walk():
            assert step.source, step.name
            assert {place.split(": ")[0] for place in step.source.split("; ")} <= set(SOURCES), step.name


def test_a_step_is_opened_once(volume):
    opened = [step.name for step in volume.walk() if step.kind == "rule" and not step.repeated]
    repeated = [step for step in volume.walk() if step.repeated]
    assert len(opened) == len(set(opened))
    assert {step.name for step in repeated} <= set(opened)
    assert not any(step.needs for step in repeated)


def test_inputs_say_whether_they_are_given(volume):
    origin = {step.name: step.origin for step in volume.walk() if step.kind == "input"}
    assert origin["tiers.mailboxes"] == "given"
    assert origin["data.volume_free_space"] == "default"


def test_a_tier_has_a_value_each(plan):
    step = plan.explain("mailbox_size_on_disk")
    assert step.values == plan["mailbox_size_on_disk"]
    assert list(step.values) == ["1", "2"]


def test_a_column_is_explained_by_its_rule(plan):
    assert plan.explain("tiers.2.mailbox_size_on_disk") == plan.explain("mailbox_size_on_disk")


def test_depth_opens_that_many_levels(plan):
    assert plan.explain("databases", depth=0).needs == ()
    one = plan.explain("databases", depth=1)
    assert [step.name.replace(".", "__") for step in one.needs] == list(RULES["databases"].needs)
    assert not any(step.needs for step in one.needs)


def test_the_text_is_indented_and_says_what_is_repeated(volume):
    lines = volume.text().splitlines()
    assert lines[0] == f"volume_database_volume_size = {volume.values['']:.10g} GB"
    assert lines[3].startswith("  volume_databases_part = ")
    assert any(line.endswith("(explained above)") for line in lines)


@pytest.mark.slow
def test_the_tree_is_plain_data(volume):
    tree = json.loads(json.dumps(volume.as_dict()))
    assert tree["name"] == "volume_database_volume_size"
    assert [need["name"] for need in tree["needs"]] == [need.name for need in volume.needs]
    assert tree["values"] == volume.values


def test_the_formula_is_shown_without_its_docstring(volume):
    assert "return" in volume.formula
    assert volume.sentence not in volume.formula


def test_the_corrected_rule_is_explained_where_it_counts():
    design = {**DESIGN, "guidance.oddities": "corrected"}
    assert explain(design, "items_per_database", 0).formula != explain(DESIGN, "items_per_database", 0).formula


def test_the_corrected_value_is_shown_next_to_that_with_the_oddity(plan):
    step = plan.explain("megabits_per_log", 0)
    assert step.oddity
    assert step.corrected == explain({**DESIGN, "guidance.oddities": "corrected"}, "megabits_per_log", 0).values


def test_corrected_values_are_shown_only_where_they_differ():
    step = size("example:active_active").explain("sized_databases_by_mode", 0)
    places = ("single.primary", "single.secondary", "double.primary", "double.secondary")
    assert [step.values[place] for place in places] == [10.0, 10.0, 12.0, 12.0]
    assert step.corrected == dict(zip(places, [12.0, 12.0, 16.0, 16.0], strict=True))
    assert step.at("single.primary").corrected == {"single.primary": 12.0}
    assert step.at("worst.primary").corrected == {}


def test_an_unknown_name_has_a_nearest_one(plan):
    with pytest.raises(UnknownResult) as error:
        plan.explain("volume_database_volum_size")
    assert str(error.value).startswith(
        '"volume_database_volum_size" is not a result. Did you mean "volume_database_volume_size"?'
    )


def test_a_figure_that_was_not_asked_for_is_not_explained():
    plan = size(DESIGN, results=["tiers.1.mailbox_size_on_disk"])
    missing = next(rule for rule in reversed(RULES) if rule not in plan.results.values)
    with pytest.raises(UnknownResult) as error:
        plan.explain(missing)
    assert str(error.value) == f'"{missing}" was not among the results asked for. Size the design with all of them.'
