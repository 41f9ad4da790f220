"""The JSON Schema of a profile: editors accept what the program accepts, and refuse misspelt inputs."""

from __future__ import annotations

import tomllib

import pytest
from jsonschema import Draft202012Validator
from support.paths import PROFILES

from calculator.inputs.json_schema import json_schema
from calculator.inputs.schema import all_paths
from calculator.inputs.template import template

VALIDATOR = Draft202012Validator(json_schema())


def problems(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(tomllib.loads(text))]


def test_it_is_a_schema():
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", sorted(PROFILES.glob("*.toml")), ids=lambda path: path.stem)
def test_shipped_profiles_are_valid(path):
    assert problems(path.read_text(encoding="utf-8")) == []


def test_the_template_is_valid():
    assert problems(template()) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "[environment]\nmailbox_server = 4",
            "Additional properties are not allowed ('mailbox_server' was unexpected)",
        ),
        ("[environment]\nmailbox_servers = 17", "17 is not valid under any of the given schemas"),
        ("[environment]\nmailbox_servers = 1.5", "1.5 is not valid under any of the given schemas"),
        ("[environment]\nhigh_availability = 1", "1 is not of type 'boolean'"),
        ("[[tiers]]\nmailboxes = -1", "-1 is not valid under any of the given schemas"),
        ("[storage.primary]\ndatabase_disk_capacity = 4001", "4001 is not valid under any of the given schemas"),
    ],
)
def test_mistakes_are_found(text, problem):
    assert problems(text) == [problem]


def test_every_input_has_a_title():
    """The properties of the schema are the inputs, each with the label that the app shows."""
    found, stack = [], [("", json_schema())]
    while stack:
        path, node = stack.pop()
        node = node["items"] if path == "tiers" else node
        if "properties" not in node:
            found.append(path)
            assert node["title"]
        for name, child in node.get("properties", {}).items():
            stack.append((f"{path}.{name}".strip("."), child))
    named = {path.replace("tiers.1.", "tiers.") for path in all_paths()}
    lists = {path.rpartition(".")[0] for path in named if path.rpartition(".")[2].isdigit()}
    expected = {path for path in named if path.rpartition(".")[0] not in lists} | lists | {"title", "description"}
    assert set(found) == expected
