"""Names of inputs and results with their place: the tier, datacenter, server, hour or failure that they are about."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Mapping

from calculator.inputs import schema
from calculator.inputs.schema import HOUR, TIER, Axis
from calculator.presentation.figures import rule_of
from calculator.presentation.text import capitalized, word
from calculator.rules.registry import MODE, MONTH, RETAINED, RULES, VOLUME, WINDOW, Rule

_LABELS = {
    "primary": "primary datacenter",
    "secondary": "secondary datacenter",
    "lagged": "servers for lagged copies",
    "total": "both datacenters",
    "database": "per database",
    "server": "per server",
    "datacenter": "per datacenter",
    "dag": "per DAG",
    "environment": "whole environment",
}
_MODES = {
    "normal": "normal operation",
    "single": "one server failed",
    "double": "two servers failed",
    "site": "datacenter lost",
    "worst": "worst failure",
}
_PATH = re.compile(r'(?<!")(?P<path>\b[a-z_]+(?:\.\w+)+\b)(?: (?P<how>=|to) "(?P<option>\w+)")?')
"""Pattern of the path of an input in a message, with the option that the message suggests; a quoted path stays."""
_LEVELS = re.compile(
    r",? (?:of|in|on) a (?:standalone )?(?:database|server|DAG)(?:, (?:in )?a \w+)*,? and "
    r"(?:in |of )?(?:the environment|a DAG)\b"
)
"""List of the levels that a figure has, in its meaning: "of a database, a server, a DAG and the environment"."""
_DETAIL = re.compile(
    r"[;:] | \([^)]*\)$| of a valid design$"
    r"|, (?!(?:or|and|on a|per|if|before|without|except|in addition|as a share|as a multiple|with each) )"
    r"(?!with [^,]*, (?:on|per) |(?:\w+, )*\w+ and \w+ \w+)"
)
"""Where the details of a meaning begin, after the name of the figure.

A list goes on after its commas, and the name is that of another figure without some words: "before compression".
"""
_FACTOR = "Factor that is 1 if "
"""Beginning of the meaning of a figure that is 1 or 0 for yes or no."""
_COUNTED = {TIER.name: "tier", "server": "server", VOLUME.name: "volume", MONTH.name: "month", WINDOW.name: "window"}


def axis_text(axis: Axis, label: str) -> str:
    """Return a label of an axis in words."""
    if axis.name == HOUR.name:
        return f"{int(label) - 1:02d}\u2013{int(label):02d} h"
    if axis.name == RETAINED.name:
        return f"{label} % kept"
    if axis.name in _COUNTED:
        return f"{_COUNTED[axis.name]} {label}"
    return (_MODES if axis.name == MODE.name else _LABELS).get(label, label)


def place_text(rule: Rule, label: str) -> str:
    """Return the place of a result in words, given by its labels joined by points; empty for a single value."""
    axes = sorted((axis for axis in rule.axes if axis.labels or axis is TIER), key=lambda axis: axis is not TIER)
    labels = label.split(".") if label else []
    if len(labels) < len(axes):
        axes = [axis for axis in axes if not axis.scalar]
    return ", ".join(axis_text(axis, word) for axis, word in zip(axes, labels, strict=False))


def place_of(name: str, label: str) -> str:
    """Return a place of a result, input or constant in words, given by its labels joined by points."""
    if name in RULES:
        return place_text(RULES[name], label)
    axis = schema.BY_PATH[name].axis if name in schema.BY_PATH else None
    return axis_text(axis, label) if axis is not None and label else label


def input_label(path: str) -> str:
    """Return the label of an input with its place.

    Raises
    ------
    KeyError
        If there is no input with that path.
    """
    found = schema.find(path)
    if found is None:
        raise KeyError(path)
    field, place = found
    if field.axis is None:
        return field.label
    label = field.axis.labels[place] if field.axis.labels else str(place + 1)
    return f"{field.label}, {axis_text(field.axis, label)}"


def label_of(name: str) -> str:
    """Return the label of an input or a result; the name itself for anything else."""
    if schema.find(name) is not None:
        return input_label(name)
    field = schema.BY_PATH.get(name)
    if field is not None:
        return field.label
    try:
        rule, label = rule_of(name)
    except KeyError:
        return name.replace("_", " ")
    return ", ".join(part for part in (rule.meaning.rstrip("."), place_text(rule, label)) if part)


def short_label(name: str) -> str:
    """Return a short label of a result with its place: its meaning without the details."""
    rule, label = rule_of(name)
    return ", ".join(part for part in (short_meaning(rule), place_text(rule, label)) if part)


def short_meaning(rule: Rule) -> str:
    """Return the meaning of a rule without the details, which is a short name of its figure."""
    return _short_meanings()[rule.name]


@functools.cache
def _short_meanings() -> Mapping[str, str]:
    """Return the meaning of each rule without its details. Where two rules would have the same, they keep them."""
    short = {name: _capital(_without_details(rule.meaning)) for name, rule in RULES.items()}
    counts = Counter(short.values())
    return {
        name: text if counts[text] == 1 else _capital(RULES[name].meaning.rstrip(".")) for name, text in short.items()
    }


def _without_details(meaning: str) -> str:
    return _DETAIL.split(_LEVELS.sub("", meaning.rstrip(".")), maxsplit=1)[0]


def _capital(meaning: str) -> str:
    """Return a meaning without "Number of", which the unit says, with a capital letter; a factor as a question."""
    return capitalized(as_question(meaning).removeprefix("Number of "))


def as_question(meaning: str) -> str:
    """Return the meaning of a factor that is 1 or 0 as a question with yes or no; any other meaning as it is.

    Examples
    --------
    >>> as_question("Factor that is 1 if a datacenter has servers, otherwise 0.")
    'Whether a datacenter has servers.'
    """
    if not is_factor(meaning):
        return meaning
    end = "." if meaning.endswith(".") else ""
    return f"Whether {meaning.removeprefix(_FACTOR).rstrip('.').removesuffix(', otherwise 0')}{end}"


def is_factor(meaning: str) -> bool:
    """Return whether a figure is 1 or 0 for yes or no, by its meaning."""
    return meaning.startswith(_FACTOR)


def inputs_in(text: str) -> list[str]:
    """Return the paths of the inputs that a message names."""
    return [match["path"] for match in _PATH.finditer(text) if schema.find(match["path"])]


def with_labels(text: str) -> str:
    """Return a message with the labels of inputs in place of their paths, and the words of options."""

    def label(match: re.Match[str]) -> str:
        found = schema.find(match["path"].replace(".N.", ".1."))
        if found is None:
            return match[0]
        field, option = found[0], match["option"]
        if option is None:
            return f'"{field.label}"'
        words = word(field.choice, option) if field.choice else option
        return f'"{field.label}" {"set to" if match["how"] == "=" else "to"} "{words}"'

    return _PATH.sub(label, text)
