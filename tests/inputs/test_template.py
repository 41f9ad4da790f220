"""The profile to start from: it is valid, and each of its comments is an input with its default."""

from __future__ import annotations

import re
import tomllib

from calculator import size
from calculator.inputs.profile import parse
from calculator.inputs.schema import all_paths, find
from calculator.inputs.template import template

COMMENTED = re.compile(r"^# (\w+ = )", flags=re.MULTILINE)


def test_the_template_is_a_design_that_works():
    profile = parse(template())
    assert profile.given["tiers.1.mailboxes"] == 3000
    assert size(profile).status == "notice"


def test_comments_are_the_other_inputs_with_their_defaults():
    stated = parse(template()).given
    whole = parse(COMMENTED.sub(r"\1", template()))
    missing = {path for path in all_paths() if path not in whole.given}
    assert missing == set()
    for path, value in whole.given.items():
        field, place = find(path)
        if path not in stated:
            assert value == field.default_at(place) or (value == 0 and field.default is None), path


def test_the_first_table_is_that_of_the_mailboxes():
    assert list(tomllib.loads(template()))[:3] == ["title", "description", "tiers"]


def test_the_first_lines_name_the_file():
    assert "exchange-calculator check plans/berlin.toml" in template("plans/berlin.toml").splitlines()[1]
