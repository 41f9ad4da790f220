"""From an input's declaration to its widget, and whether it matters in the present design.

A widget is a view: it is seeded from the design right before it is made, and its change goes to
`state.put`.  Only figures and strip are drawn again then, the form where it looks different.
"""

from __future__ import annotations

import math
from typing import Any, cast

import streamlit as st

from calculator.inputs import profile as scenario
from calculator.inputs import schema
from calculator.inputs.parsing import LONGEST_TEXT
from calculator.inputs.profile import Profile, unmet_conditions
from calculator.inputs.schema import HOUR, TIER, Axis, Condition, Field, Kind, Value, default_text
from calculator.issues import ERROR, NOTICE, WARNING
from calculator.ui.results.figures import number, percent
from calculator.ui.results.texts import escaped, literal, scale, unit_text
from calculator.ui.session import redraw, state

PLACE_FLAGS = {
    "secondary": ("two_datacenters", "there is one datacenter"),
    "lagged": ("lagged_servers_dedicated", "no servers hold lagged copies alone"),
}
"""Result that says whether there are servers at a place of an axis, and what is so where there are none."""
CHANGED_MARK = " :primary[●]"
ISSUE_MARKS = {ERROR: ":red[:material/error:]", WARNING: ":orange[:material/warning:]"}
YES, NO = "yes", "no"
SHORT_CHOICE = 60
"""Letters of all words of a choice that still fit beside each other."""
LARGEST_NUMBER = float(2**53 - 1)


def applies(path: str, profile: Profile | None = None) -> bool:
    """Whether an input matters in the present design."""
    return not why_not(path, profile)


def why_not(path: str, profile: Profile | None = None) -> str:
    """Why an input does not matter in the present design; empty if it does."""
    field, place = found(path)
    profile = profile or state.profile()
    if field.axis is not None and field.axis.labels:
        flag, reason = PLACE_FLAGS.get(field.axis.labels[place], ("", ""))
        if flag and not state.plan()[flag]:
            return reason
    unmet = unmet_conditions(profile, path)
    return _unmet_text(unmet[0]) if unmet else ""


def _unmet_text(condition: Condition) -> str:
    """Condition that does not hold, in words."""
    field, word = schema.BY_PATH[condition.path], condition.word
    if word and field.choice is not None:
        return f"{field.label} is not: {field.choice.text(field.choice.words.index(word))}"
    return f"{field.label} is {'on' if condition.negated else 'off'}"


def visible_paths() -> list[str]:
    """Inputs that matter in the present design, in the order of the schema."""
    profile = state.profile()
    return [path for path in schema.all_paths(profile.tiers) if applies(path, profile)]


def found(path: str) -> tuple[Field, int]:
    """Field and place of a full path."""
    place = schema.find(path)
    if place is None:
        raise KeyError(path)
    return place


def label(path: str) -> str:
    """Label of an input with its unit, unless the label says it, and its place."""
    field, place = found(path)
    unit = "%" if field.kind is Kind.FRACTION else unit_text(field.unit)
    said = unit.split("/")[0].lower() in field.label.lower()
    text = field.label if not unit or said else f"{field.label}, {unit}"
    return f"{text} · {place_text(field.axis, place)}" if field.axis not in (None, TIER) else text


def tier_title(number: int) -> str:
    """Title of a tier: its name, else its number."""
    name = state.profile().value(f"tiers.{number}.name")
    return f"Tier {number}: {name}" if name else f"Tier {number}"


def place_text(axis: Axis | None, place: int) -> str:
    """Place on an axis in words."""
    if axis is HOUR:
        return f"{place:02d}–{place + 1:02d} h"
    if axis is TIER:
        return f"tier {place + 1}"
    return axis.labels[place] if axis else ""


def help_text(field: Field, path: str) -> str:
    """Meaning, limits, default, names and source of an input."""
    default = field.default_at(found(path)[1])
    shown = default_text(field) if field.axis is None or default is None else value_text(path, default)
    lines = [
        f"{field.help}.",
        f"Default: {shown}. Allowed: {field.limits()}." if field.kind is not Kind.BOOL else f"Default: {shown}.",
        f"Profile: `{path}`",
    ]
    if field.workbook:
        lines.append(f"Workbook: `{field.workbook.replace('{}', '…')}`")
    return "\n\n".join(literal(line) for line in [*lines, f"Source: {field.source}"])


def _word(field: Field, value: Value) -> str:
    if field.choice is not None:
        return field.choice.text(field.choice.words.index(str(value)))
    return f"{value:g}" if isinstance(value, float) else str(value)


def said(path: str, value: Value) -> str:
    """An input and its value in words: label, place, value with its unit."""
    field, place = found(path)
    where = f" · {place_text(field.axis, place)}" if field.axis not in (None, TIER) else ""
    counted = value is not None and field.kind in (Kind.FLOAT, Kind.INT)
    unit = unit_text(field.unit) if counted else ""
    unit = "" if unit.lower() in field.label.lower() else unit
    return f"{field.label}{where}: {value_text(path, value)} {unit}".strip()


def value_text(path: str, value: Value) -> str:
    """Value of an input as a person reads it, without its unit."""
    field, _ = found(path)
    if value is None or (field.options and field.kind is not Kind.INT and not value):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.kind is Kind.FRACTION:
        return f"{percent(float(value)):g} %"
    return _word(field, value) if isinstance(value, str) else number(value * scale(field.unit))


def shown(field: Field, value: Value) -> Value:
    """Value as the widget has it: whole numbers whole, shares in percent."""
    if field.optional and field.kind in (Kind.BOOL, Kind.CHOICE):
        return "" if value is None else {True: YES, False: NO}[value] if isinstance(value, bool) else value
    if value is None or field.kind in (Kind.BOOL, Kind.CHOICE):
        return value
    if field.kind is Kind.TEXT:
        return str(value)
    number = float(value)
    if field.kind is Kind.FRACTION:
        return percent(number)
    return int(number) if field.kind is Kind.INT else number * scale(field.unit)


def canonical(field: Field, value: Value) -> Value:
    """Value of a widget as the design has it; None gives the default back."""
    if value == "":
        return None
    if field.optional and field.kind is Kind.BOOL:
        return value == YES
    if field.kind is Kind.FRACTION and value is not None:
        return float(value) / 100
    if field.kind is Kind.FLOAT and value is not None:
        return float(value) / scale(field.unit)
    return value


def field_widget(path: str, view: str = "") -> None:
    """Draw the widget of an input.

    Parameters
    ----------
    path
        Full path of the input.
    view
        Prefix of the key where the same input is shown a second time.
    """
    field, _ = found(path)
    key = view + path
    refused = state.refused(path)
    value = state.profile().value(path)
    st.session_state[key] = shown(field, cast(Value, refused[0]) if refused else value)
    if field.kind is Kind.TEXT and st.session_state[key] is None:
        st.session_state[key] = ""
    text, tip = literal(label(path)) + _marks(path), help_text(field, path)
    if field.optional and field.kind in (Kind.BOOL, Kind.CHOICE):
        _maybe(field, text, tip, path, key)
    elif field.kind is Kind.BOOL:
        st.toggle(text, key=key, help=tip, on_change=_moved, args=(path, key))
    elif field.options:
        _options(field, text, tip, path, key)
    elif field.kind is Kind.CHOICE:
        _choice(field, text, tip, path, key)
    elif field.kind is Kind.TEXT:
        st.text_input(text, key=key, help=tip, max_chars=LONGEST_TEXT, on_change=_moved, args=(path, key))
    else:
        _number(field, text, tip, path, key)
    if refused:
        st.error(escaped(f"{refused[1].message} {refused[1].hint}"), icon=":material/error:")


def _maybe(field: Field, text: str, tip: str, path: str, key: str) -> None:
    """Flag or word that need not be given."""
    words = (YES, NO) if field.choice is None else field.choice.words
    st.selectbox(
        text,
        ["", *words],
        key=key,
        help=tip,
        on_change=_moved,
        args=(path, key),
        format_func=lambda word: word or "as the design says",
    )


def _options(field: Field, text: str, tip: str, path: str, key: str) -> None:
    """Numbers of a list: disk capacities, days of a week."""
    if field.kind is Kind.INT:
        days = [int(option) for option in field.options]
        st.segmented_control(text, days, key=key, help=tip, required=True, on_change=_moved, args=(path, key))
        return
    st.session_state[key] = float(st.session_state[key])
    st.selectbox(
        text,
        [0.0, *(float(option) for option in field.options)],
        key=key,
        help=tip,
        format_func=capacity_text,
        on_change=_moved,
        args=(path, key),
    )


def capacity_text(capacity: float) -> str:
    """Capacity of a disk as it is printed on it."""
    return f"{capacity:,.0f} GB" if capacity else "none"


def _choice(field: Field, text: str, tip: str, path: str, key: str) -> None:
    assert field.choice is not None
    choice = field.choice

    def worded(word: str) -> str:
        return choice.text(choice.words.index(word))

    letters = sum(len(worded(word)) for word in choice.words)
    if len(choice.words) <= 4 and letters <= SHORT_CHOICE:
        st.segmented_control(
            text, choice.words, key=key, help=tip, required=True, format_func=worded, on_change=_moved, args=(path, key)
        )
    else:
        st.selectbox(text, choice.words, key=key, help=tip, format_func=worded, on_change=_moved, args=(path, key))


def _number(field: Field, text: str, tip: str, path: str, key: str) -> None:
    """Number within the limits of the schema: value, limits and step of one type."""
    low, high = _limit(field, field.low), _limit(field, field.high)
    empty: Any = None if field.optional else "min"
    hint = "not given" if field.optional else None
    if field.kind is Kind.INT:
        st.number_input(text, int(low), int(high), empty, 1, "%d", key, tip, _moved, (path, key), placeholder=hint)
    else:
        st.number_input(text, low, high, empty, 1.0, "%g", key, tip, _moved, (path, key), placeholder=hint)


def _limit(field: Field, limit: float) -> float:
    """Limit as the widget has it, within the whole numbers a browser counts exactly."""
    shown_limit = float(shown(field, limit) or 0) if math.isfinite(limit) else limit
    return min(max(shown_limit, -LARGEST_NUMBER), LARGEST_NUMBER)


def _moved(path: str, key: str) -> None:
    """Take over what a widget was set to, and draw again what depends on it."""
    before = _look(path)
    state.put(path, canonical(found(path)[0], st.session_state[key]))
    parts = [redraw.STRIP, redraw.FIGURES]
    if key != path or path.endswith(".name") or before != _look(path):
        parts.append(redraw.FORM)
    if key.startswith("why:"):
        parts.append(redraw.STEP)
    redraw.again(*parts)


def _look(path: str) -> tuple[object, ...]:
    """What the form looks like beside the values in it."""
    return visible_paths(), state.refused(path), set(state.design()), marked_by_issues()


def marked_by_issues() -> dict[str, str]:
    """Gravest severity of the errors and warnings of each input that has any."""
    marks: dict[str, str] = {}
    for issue in state.plan().issues:
        if issue.severity != NOTICE:
            marks.setdefault(issue.field, issue.severity)
    return marks


def _marks(path: str) -> str:
    """What stands behind a label: an issue of the input, a dot where it is not the default."""
    severity = marked_by_issues().get(path)
    icon = f" {ISSUE_MARKS[severity]}" if severity else ""
    return f"{icon}{CHANGED_MARK}" if is_changed(path) else icon


def is_changed(path: str) -> bool:
    """Whether an input is given another value than its default."""
    return path in state.design() and not scenario.is_default(path, state.design()[path])
