"""The choices of guidance: both readings sized, against the design with that reading alone."""

from __future__ import annotations

import pytest
from support.paths import PROFILES

from calculator import size
from calculator.inputs.parsing import read_value
from calculator.inputs.profile import Profile, load
from calculator.inputs.schema import BY_PATH, FIELDS
from calculator.inputs.shipped import profile_files
from calculator.studies.guidance_choices import CHOICES, weigh

COLUMNS = tuple(dict.fromkeys(choice.column for choice in CHOICES))
DESIGNS = {
    **{path.stem: load(path).given for path in profile_files(PROFILES)},
    "mobile devices": {
        "tiers.1.mailboxes": 9000.0,
        "tiers.1.megacycles_multiplier": 1.5,
        "tiers.1.messages_per_day": 170.0,
    },
    "small messages, many items to index": {"tiers.1.mailboxes": 1000.0, "tiers.1.message_size": 10.0},
    "index traffic of 2016": {"tiers.1.mailboxes": 9000.0, "environment.exchange_version": "2016"},
    "corrected": {"tiers.1.mailboxes": 9000.0, "guidance.oddities": "corrected", "guidance.reseed_rate": 40.0},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", DESIGNS)
def test_both_figures_are_those_of_the_design_with_that_reading(name):
    given = DESIGNS[name]
    weighed = weigh(Profile(given))
    as_it_is = size(Profile(given), results=COLUMNS)

    def sized(path, value):
        return size(Profile({**given, path: value}), results=COLUMNS)

    assert [item.choice for item in weighed] == list(CHOICES)
    for choice, item in zip(CHOICES, weighed, strict=True):
        readings = [(choice.path, value) for value in choice.values]
        alone = [as_it_is if as_it_is.profile.value(path) == value else sized(path, value) for path, value in readings]
        assert item.figures == tuple(plan[choice.column] for plan in alone), choice.path


def test_every_choice_moves_its_figure_in_some_design():
    moved = {
        item.choice.path for given in DESIGNS.values() for item in weigh(Profile(given)) if len(set(item.figures)) > 1
    }
    assert moved == {choice.path for choice in CHOICES}


def test_all_of_the_guidance_but_the_horizon_is_weighed_the_default_first():
    paths = {field.path for field in FIELDS if field.section == "guidance"}
    assert {choice.path for choice in CHOICES} == paths - {"guidance.planning_horizon"}
    for choice in CHOICES:
        field = BY_PATH[choice.path]
        assert choice.values[0] == field.default
        assert [read_value(field, value) for value in choice.values] == list(choice.values)
