"""How a headline result comes about, in one or two sentences with the figures of a design."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from calculator.engine.sizing import SizedDesign
from calculator.inputs.data_files import read_data
from calculator.inputs.schema import BY_PARAMETER, Kind
from calculator.inputs.units import DECIMAL, factor, unit_words
from calculator.presentation.figures import column_of, figure_text, rule_of
from calculator.presentation.headline import size_unit
from calculator.presentation.text import capitalized, number, word
from calculator.rules.constants import CONSTANTS
from calculator.rules.registry import RULES

RESULT = "result"
_LABELS = "labels"
_FIGURE = re.compile(r"\{([\w.]+)\}")
_AXES = ("mode", "level", "datacenter", "server_role")
_TOLERANCE = 1e-9

Figure = float | bool | str | None


@dataclass(frozen=True)
class Variant:
    """One way to say how a result comes about.

    Attributes
    ----------
    text
        The sentences, with figures in braces.
    when
        Conditions that all must hold.
    sum
        A figure and the parts that must add up to it; empty for no such condition.
    only
        Last labels of the places that the variant is for; empty for all.
    tier
        Result with the number of the tier whose figures are shown; empty for the place of the result.
    """

    text: str
    when: tuple[str, ...] = ()
    sum: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    tier: str = ""

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of the figures in the text."""
        return tuple(_FIGURE.findall(self.text))


@cache
def variants() -> Mapping[str, tuple[Variant, ...]]:
    """Return the variants of each result that has sentences, by the name of its rule."""
    return {
        name: tuple(Variant(**{key: _frozen(value) for key, value in entry.items()}) for entry in entries)
        for name, entries in _content().items()
        if name != _LABELS
    }


@cache
def label_words() -> Mapping[str, str]:
    """Return the labels of places in words."""
    words: dict[str, str] = _content()[_LABELS]
    return words


def sentence(column: str, design: SizedDesign) -> str:
    """Return how a result comes about in a design.

    Returns
    -------
    str
        Empty where the result does not apply, or for a result without sentences.
    """
    rule, label = rule_of(column)
    if design.plain[column] is None:
        return ""
    for variant in variants().get(rule.name, ()):
        place = _Place(design, column, str(int(design.plain[variant.tier])) if variant.tier else label)
        if not variant.only or label.rpartition(".")[2] in variant.only:
            text = place.fill(variant)
            if text:
                return capitalized(text)
    return ""


@dataclass(frozen=True)
class _Place:
    """A place on the axes of a result, where the figures of its sentences are looked up."""

    design: SizedDesign
    column: str
    label: str

    def fill(self, variant: Variant) -> str:
        """Return the text of a variant; empty if a condition fails or a figure does not apply."""
        if not all(map(self._holds, variant.when)) or not self._adds_up(variant.sum):
            return ""
        texts = {name: self._text(name) for name in variant.figures}
        return _FIGURE.sub(lambda found: texts[found[1]], variant.text) if all(texts.values()) else ""

    def _holds(self, condition: str) -> bool:
        name, _, wanted = condition.partition("=")
        if wanted:
            return self._value(name) == wanted
        return bool(self._value(name.removeprefix("!"))) is not name.startswith("!")

    def _adds_up(self, names: tuple[str, ...]) -> bool:
        figures = [float(value) if isinstance(value := self._value(name), int | float) else 0.0 for name in names]
        return not figures or math.isclose(figures[0], sum(figures[1:]), rel_tol=_TOLERANCE)

    def _value(self, name: str) -> Figure:
        """Return the value of a result, input or constant at this place."""
        if name == RESULT or name in RULES or "." in name:
            value: Figure = self.design.plain[self._column(name)]
            return value
        if name in BY_PARAMETER:
            return self._input(name)
        return float(str(CONSTANTS[name].value))

    def _column(self, name: str) -> str:
        """Return the column of a result at this place: with all labels of the place, fewer of them, or none."""
        if name == RESULT or "." in name:
            return self.column if name == RESULT else name
        labels = self.label.split(".")
        columns = RULES[name].columns(self.design.tiers)
        for kept in (self.label, labels[-1], labels[0]):
            if (column := column_of(RULES[name], kept)) in columns:
                return column
        return columns[0]

    def _input(self, parameter: str) -> Figure:
        field, last = BY_PARAMETER[parameter], self.label.rpartition(".")[2]
        paths = field.paths(self.design.tiers)
        path = next((path for path in paths if last in path.split(".")), paths[0])
        value: Figure = self.design.profile.value(path)
        return value

    def _text(self, name: str) -> str:
        """Return a figure with its unit; empty if it does not apply."""
        if name == "datacenter" and not self.design.plain["two_datacenters"]:
            return "the datacenter"
        if name in _AXES:
            return label_words()[_axis_label(self.column, name)]
        value = self._value(name)
        if value is None:
            return ""
        if name in BY_PARAMETER:
            field = BY_PARAMETER[name]
            if isinstance(value, str):
                return word(field.choice, value)
            return _with_unit(float(value), field.unit, field.kind is Kind.FRACTION)
        if name in CONSTANTS and name not in RULES:
            return _with_unit(float(value), CONSTANTS[name].unit, share=False)
        rule, _ = rule_of(self._column(name))
        if isinstance(value, float):
            text = _with_unit(value, rule.unit, rule.is_share)
            return f"about {text}" if name == RESULT and _is_average(value, rule.unit) else text
        return figure_text(rule, value)


def _is_average(value: float, unit: str) -> bool:
    """Return whether a number of mailboxes is an average, because it is not whole."""
    return unit == "mailboxes" and not value.is_integer()


def _with_unit(value: float, unit: str, share: bool) -> str:
    if share:
        return number(value, "share")
    shown = size_unit(value, unit)
    value *= factor(unit, shown) if shown != unit else 1.0
    words = unit_words(shown, value).replace("/day", " per day").removesuffix(f" {DECIMAL}")
    return f"{number(value)} {words}".strip()


def _axis_label(column: str, axis: str) -> str:
    """Return the label of a column on one of its axes."""
    rule, label = rule_of(column)
    names = [each.name for each in rule.axes if not each.scalar]
    return label.split(".")[names.index(axis)]


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(read_data("rules/data/sentences.toml"))
