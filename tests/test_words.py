"""Words for people: every meaning is complete and unique, and no text has a word of a private dialect."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from support.architecture import PACKAGE, modules

from calculator.inputs.schema import FIELDS, Kind
from calculator.rules.constants import CONSTANTS
from calculator.rules.registry import CHECKS, LEVEL, RULES, ResultKind

OBJECTS = {
    "per_mailbox": "mailbox",
    "per_database": "database",
    "per_volume": "volume",
    "per_server": "server|volume|disk",
    "per_datacenter": "datacenter",
    "per_dag": "dag",
    "per_environment": "",
}
"""What the meaning of a result must name, by the level that the figure is counted per."""
COUNTED = {
    *("mailboxes", "databases", "copies", "servers", "disks", "volumes", "cores", "items", "messages", "votes"),
    *("logs", "logs/day", "logs/week", "DAGs", "units", "bays", "pages", "packs"),
}
"""Units of figures that are numbers of something."""
FACTORS = {"database_disk_chosen"}
"""Results that are 1 or not applicable, in a unit that they are multiplied by."""
FEWEST_WORDS = 4
DIALECT = re.compile(
    r"\b(?:besides?|(?:is|are|was|were|be|being) told|stands? (?:in|for|there|against|by|on|side|alone|among)"
    r"|mend(?:s|ed|ing)?|bears?|laid over|into words|the calculator|anew|taken over|in the place of"
    r"|as (?:it|they) stands?|(?:copies|databases|mailboxes|servers|volumes|disks|messages|logs|cores|rows?|processors)"
    r" an? (?:server|volume|database|mailbox|copy|day|core|hour|design|disk|datacenter))\b"
)
"""Words that a native engineer would not use."""

MEANINGS = {
    "results": {name: rule.meaning for name, rule in RULES.items()},
    "constants": {name: constant.meaning for name, constant in CONSTANTS.items()},
    "inputs": {field.path: field.help for field in FIELDS},
    "labels": {field.path: field.label for field in FIELDS},
    "checks": {name: check.message for name, check in CHECKS.items()},
}


@pytest.mark.parametrize("kind", MEANINGS)
def test_no_two_meanings_are_equal(kind):
    assert [text for text, count in Counter(MEANINGS[kind].values()).items() if count > 1] == []


@pytest.mark.parametrize("kind", [kind for kind in MEANINGS if kind != "labels"])
def test_every_meaning_is_complete(kind):
    assert [name for name, text in MEANINGS[kind].items() if len(text.split()) < FEWEST_WORDS] == []


def test_every_meaning_of_a_result_names_its_object():
    def problem(rule):
        text = rule.meaning.lower()
        if rule.kind is ResultKind.FLAG:
            return "" if rule.meaning.startswith("Whether ") else "a flag says what it answers"
        if rule.unit in COUNTED and "number of" not in text and rule.name not in FACTORS:
            return f"a number of {rule.unit} says so"
        level = next((axis for axis in rule.axes if axis.name == LEVEL.name), None)
        return "" if level or re.search(OBJECTS[rule.level], text) else f"names no {rule.level}"

    assert {name: found for name, rule in RULES.items() if (found := problem(rule))} == {}


def test_every_switch_says_what_it_answers():
    assert [field.path for field in FIELDS if field.kind is Kind.BOOL and not field.help.startswith("Whether ")] == []


def test_every_check_says_what_it_checks_in_the_words_of_people():
    unclear = [name for name, check in CHECKS.items() if not (check.function.__doc__ or "").startswith("Check that ")]
    assert unclear == []
    shown = {name: re.sub(r"\{[^}]*\}", "1", check.message) for name, check in CHECKS.items()}
    assert [name for name, text in shown.items() if re.search(r"\b[a-z]+_[a-z]", text)] == [], "an internal name"


def test_no_text_has_a_word_of_a_private_dialect():
    """Meanings, messages, labels, help texts, docstrings and comments, and the texts kept in files."""
    found = {}
    for path in [*modules(), *PACKAGE.rglob("*.toml")]:
        text = " ".join(path.read_text(encoding="utf-8").lower().split())
        if words := DIALECT.findall(text):
            found[str(path.relative_to(PACKAGE))] = words
    assert found == {}
