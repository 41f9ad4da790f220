"""Draw the widgets of the inputs from their declarations in the schema.

A widget is a view: it gets its value from the design just before it is drawn, and passes a change to `state.put`.  Then
only the figures and the status strip are drawn again, and the form if its appearance changes.
"""

from __future__ import annotations

import math
from typing import Any, cast

import streamlit as st

from calculator.engine.sizing import SizedDesign
from calculator.inputs import profile as profiles
from calculator.inputs import schema
from calculator.inputs.parsing import LONGEST_TEXT, ValueProblem
from calculator.inputs.profile import unmet_conditions
from calculator.inputs.schema import HOUR, TIER, Axis, Condition, Field, Kind, Value, default_text
from calculator.issues import ERROR, NOTICE, WARNING
from calculator.presentation.assumptions import NOT_GIVEN, is_missing
from calculator.presentation.text import number, percent
from calculator.studies.rating import keep_rating_per_core
from calculator.ui.results.texts import escaped, input_scale, input_unit_text, literal
from calculator.ui.session import redraw, state
from calculator.ui.session.store import set_widget, widget_key, widget_value

EXPLANATION = "why"
"""View of the inputs in the explanation drawer."""
PLACE_FLAGS = {
    "secondary": ("two_datacenters", "there is one datacenter"),
    "lagged": ("lagged_servers_dedicated", "no servers hold lagged copies alone"),
}
"""For each place on an axis: the result that says whether it has servers, and the reason if it has none."""
CHANGED_MARK = " :primary[●]"
ISSUE_MARKS = {ERROR: ":red[:material/error:]", WARNING: ":orange[:material/warning:]"}
YES, NO = "yes", "no"
SHORT_CHOICE, LETTERS_AROUND = 37, 5
"""Letters that fit next to each other in a column, and the room around each word of a choice, in letters."""
NO_NUMBER = {"servers.drive_bays": "not given: no limit"}
"""Inputs of which 0 means that no number is given, and what their empty widget says."""
LARGEST_NUMBER = float(2**53 - 1)
"""Largest whole number that a browser represents exactly."""
LARGEST_MEAN = 10_000.0
"""Number below which five digits show a mean without rounding it to more than a whole number."""


# --- which inputs apply --------------------------------------------------------------------------


def find_field(path: str) -> tuple[Field, int]:
    """Return the field of a full path and the place on its axis."""
    found = schema.find(path)
    if found is None:
        raise KeyError(path)
    return found


def is_relevant(path: str) -> bool:
    """Return whether an input matters in the present design."""
    return not why_irrelevant(path)


def why_irrelevant(path: str) -> str:
    """Return the reason why an input does not matter in the present design; empty if it does."""
    reasons = _reasons()
    return reasons[path] if path in reasons else _reason(path, state.design())


def _reasons() -> dict[str, str]:
    """Return for each input of the present design why it does not matter; empty if it does. Cached per design."""

    def find() -> dict[str, str]:
        design = state.design()
        return {path: _reason(path, design) for path in schema.all_paths(design.tiers)}

    return state.cached("reasons", find)


def _reason(path: str, design: SizedDesign) -> str:
    field, place = find_field(path)
    if field.axis is not None and field.axis.labels:
        flag, reason = PLACE_FLAGS.get(field.axis.labels[place], ("", ""))
        if flag and not design[flag]:
            return reason
    unmet = unmet_conditions(design.profile, path)
    return _unmet_text(unmet[0]) if unmet else ""


def _unmet_text(condition: Condition) -> str:
    """Return an unmet condition in words."""
    field, word = schema.BY_PATH[condition.path], condition.word
    if word and field.choice is not None:
        return f"{field.label} is not: {field.choice.text(field.choice.words.index(word))}"
    return f"{field.label} is {'on' if condition.negated else 'off'}"


def visible_paths() -> list[str]:
    """Return the inputs that matter in the present design, in the order of the schema."""
    return [path for path, reason in _reasons().items() if not reason]


# --- texts ---------------------------------------------------------------------------------------


def label(path: str) -> str:
    """Return the label of an input with its place, and with its unit unless the label includes it."""
    field, place = find_field(path)
    unit = "%" if field.kind is Kind.FRACTION else input_unit_text(field)
    in_label = unit.split("/")[0].lower() in field.label.lower()
    text = field.label if not unit or in_label else f"{field.label}, {unit}"
    return f"{text} · {place_text(field.axis, place)}" if field.axis not in (None, TIER) else text


def tier_title(number: int) -> str:
    """Return the title of a tier: its number, and its name if it has one."""
    name = state.profile().value(f"tiers.{number}.name")
    return f"Tier {number}: {name}" if name else f"Tier {number}"


def place_text(axis: Axis | None, place: int) -> str:
    """Return a place on an axis in words."""
    if axis is HOUR:
        return f"{place:02d}–{place + 1:02d} h"
    if axis is TIER:
        return f"tier {place + 1}"
    return axis.labels[place] if axis else ""


def help_text(field: Field, path: str) -> str:
    """Return the meaning, limits, default, names and source of an input."""
    default = field.default_at(find_field(path)[1])
    default_shown = default_text(field) if field.axis is None or default is None else input_value_text(path, default)
    limits = "" if field.kind is Kind.BOOL else f" Allowed: {field.limits()}."
    lines = [f"{field.help}.", f"Default: {default_shown}.{limits}", f"Profile: `{path}`"]
    if field.workbook:
        lines.append(f"Workbook: `{field.workbook.replace('{}', '…')}`")
    return "\n\n".join(literal(line) for line in [*lines, f"Source: {field.source}"])


def input_value_text(path: str, value: Value) -> str:
    """Format the value of an input, without its unit."""
    field, _ = find_field(path)
    if value is None or is_missing(field, value):
        return NOT_GIVEN
    if field.options and field.kind is not Kind.INT and not value:
        return "none"
    if isinstance(value, bool):
        return YES if value else NO
    if field.kind is Kind.FRACTION:
        return f"{percent(float(value)):g} %"
    if not isinstance(value, str):
        return number(value * input_scale(field))
    return field.choice.text(field.choice.words.index(value)) if field.choice is not None else value


def input_text(path: str, value: Value, *, with_place: bool = True) -> str:
    """Format an input with its value: label, place unless it is to be left out, value and unit."""
    field, place = find_field(path)
    where = f" · {place_text(field.axis, place)}" if with_place and field.axis not in (None, TIER) else ""
    counted = not is_missing(field, value) and field.kind in (Kind.FLOAT, Kind.INT)
    unit = input_unit_text(field) if counted else ""
    unit = "" if unit.lower() in field.label.lower() else unit
    return f"{field.label}{where}: {input_value_text(path, value)} {unit}".strip()


def capacity_text(capacity: float) -> str:
    """Format the capacity of a disk as vendors print it."""
    return f"{capacity:,.0f} GB" if capacity else "none"


# --- values --------------------------------------------------------------------------------------


def to_widget(field: Field, value: Value) -> Value:
    """Convert the value of an input to that of its widget: whole numbers as int, shares in percent."""
    if field.optional and field.kind in (Kind.BOOL, Kind.CHOICE):
        return "" if value is None else {True: YES, False: NO}[value] if isinstance(value, bool) else value
    if value is None or field.kind in (Kind.BOOL, Kind.CHOICE):
        return value
    if field.kind is Kind.TEXT:
        return str(value)
    amount = float(value)
    if field.kind is Kind.FRACTION:
        return percent(amount)
    return int(amount) if field.kind is Kind.INT else amount * input_scale(field)


def from_widget(field: Field, value: Value) -> Value:
    """Convert the value of a widget to that of its input. None restores the default."""
    if value == "":
        return None
    if field.optional and field.kind is Kind.BOOL:
        return value == YES
    if field.kind is Kind.FRACTION and value is not None:
        return float(value) / 100
    if field.kind is Kind.FLOAT and value is not None:
        return float(value) / input_scale(field)
    return value


# --- draw ----------------------------------------------------------------------------------------


def field_widget(path: str, view: str = "") -> None:
    """Draw the widget of an input.

    Parameters
    ----------
    path
        Full path of the input.
    view
        Name of the view, if the same input is shown a second time on the page.
    """
    field, _ = find_field(path)
    key = widget_key(path, view)
    rejected = state.rejected(path)
    value = to_widget(field, cast(Value, rejected[0]) if rejected else state.profile().value(path))
    if value is None and field.kind is Kind.TEXT:
        value = ""
    if field.path in NO_NUMBER and not value:
        value = None
    if field.options and field.kind is not Kind.INT:
        value = float(value or 0)
    set_widget(key, value)
    if not rejected:
        _draw(field, path, key)
        return
    with st.container(gap="xsmall"):  # the message is below the field, also in a grid
        _draw(field, path, key)
        st.error(escaped(_rejection(path, cast(Value, rejected[0]), rejected[1])), icon=":material/error:")


def _draw(field: Field, path: str, key: str) -> None:
    """Draw the widget of an input by its kind."""
    text, tip = literal(label(path)) + marks(path), help_text(field, path)
    if field.optional and field.kind in (Kind.BOOL, Kind.CHOICE):
        _optional_choice(field, text, tip, path, key)
    elif is_switch(field):
        st.toggle(text, key=key, help=tip, on_change=_take, args=(path, key))
    elif field.options:
        _options(field, text, tip, path, key)
    elif field.kind is Kind.CHOICE:
        _choice(field, text, tip, path, key)
    elif field.kind is Kind.TEXT:
        st.text_input(text, key=key, help=tip, max_chars=LONGEST_TEXT, on_change=_take, args=(path, key))
    else:
        _number(field, text, tip, path, key)


def _rejection(path: str, value: Value, problem: ValueProblem) -> str:
    """Say that a value is not applied, which values are allowed, and which one is used instead."""
    field, _ = find_field(path)
    used = f"{input_value_text(path, state.profile().value(path))} is used."
    is_range = math.isfinite(field.low) and math.isfinite(field.high) and not (field.open_low or field.open_high)
    if field.kind not in (Kind.INT, Kind.FLOAT, Kind.FRACTION) or field.options or not is_range:
        return f"{problem.message} {problem.hint} {used}"
    entered, low, high = (number(float(to_widget(field, each) or 0)) for each in (value, field.low, field.high))
    unit = " %" if field.kind is Kind.FRACTION else ""
    return f"{entered}{unit} is not applied: allowed are {low} to {high}{unit}. {used}"


def is_switch(field: Field) -> bool:
    """Return whether the widget of an input is a switch."""
    return field.kind is Kind.BOOL and not field.optional


def _optional_choice(field: Field, text: str, tip: str, path: str, key: str) -> None:
    """Draw a flag or choice that may also be left to the design."""
    words = (YES, NO) if field.choice is None else field.choice.words
    st.selectbox(
        text,
        ["", *words],
        key=key,
        help=tip,
        on_change=_take,
        args=(path, key),
        format_func=lambda word: word or "as the design says",
    )


def _options(field: Field, text: str, tip: str, path: str, key: str) -> None:
    """Draw a choice of numbers: days of a week, or disk capacities."""
    if field.kind is Kind.INT:
        days = [int(option) for option in field.options]
        st.segmented_control(text, days, key=key, help=tip, required=True, on_change=_take, args=(path, key))
        return
    st.selectbox(
        text,
        [0.0, *(float(option) for option in field.options)],
        key=key,
        help=tip,
        format_func=capacity_text,
        on_change=_take,
        args=(path, key),
    )


def _choice(field: Field, text: str, tip: str, path: str, key: str) -> None:
    """Draw a choice: as buttons if its words are few and short."""
    assert field.choice is not None
    choice = field.choice

    def word_text(word: str) -> str:
        return choice.text(choice.words.index(word))

    if sum(len(word_text(word)) + LETTERS_AROUND for word in choice.words) <= SHORT_CHOICE:
        st.segmented_control(
            text,
            choice.words,
            key=key,
            help=tip,
            required=True,
            format_func=word_text,
            on_change=_take,
            args=(path, key),
        )
    else:
        st.selectbox(text, choice.words, key=key, help=tip, format_func=word_text, on_change=_take, args=(path, key))


def _number(field: Field, text: str, tip: str, path: str, key: str) -> None:
    """Draw a number. Value, limit and step have one type.

    The browser would refuse a number outside the limits of the schema without saying why, so `state.put` does.
    """
    hint = NO_NUMBER.get(field.path) or (NOT_GIVEN if field.optional else None)
    empty: Any = None if hint else "min"
    if field.kind is Kind.INT:
        st.number_input(text, None, int(LARGEST_NUMBER), empty, 1, "%d", key, tip, _take, (path, key), placeholder=hint)
    else:
        shown = _number_format(widget_value(key))
        st.number_input(text, None, LARGEST_NUMBER, empty, 1.0, shown, key, tip, _take, (path, key), placeholder=hint)


def _number_format(value: Any) -> str:
    """Return the format in which a field shows a number: a mean of an import with five digits, others as entered."""
    is_mean = isinstance(value, float) and abs(value) < LARGEST_MEAN and float(f"{value:.6g}") != value
    return "%.5g" if is_mean else "%g"


# --- change --------------------------------------------------------------------------------------


def _take(path: str, key: str) -> None:
    """Change the design to the value of a widget, and draw everything again that depends on it."""
    before, field = form_appearance(path), find_field(path)[0]
    value = from_widget(field, widget_value(key))
    also = keep_rating_per_core(state.profile(), path, value)
    state.put(path, value, also)
    fragments = [redraw.STRIP, redraw.FIGURES]
    if also or key != path or path.endswith(".name") or before != form_appearance(path):
        fragments.append(redraw.FORM)
    if key == widget_key(path, EXPLANATION):
        fragments.append(redraw.STEP)
    redraw.rerun(*fragments)


def form_appearance(path: str) -> tuple[object, ...]:
    """Return everything that determines the appearance of the form around an input, except the values in it."""
    changed = {name for name, value in state.given().items() if not profiles.is_default(name, value)}
    return visible_paths(), state.rejected(path), changed, issue_severities()


def issue_severities() -> dict[str, str]:
    """Return the highest severity of the errors and warnings of each input that has any."""
    severities: dict[str, str] = {}
    for issue in state.design().issues:
        if issue.severity != NOTICE:
            severities.setdefault(issue.field, issue.severity)
    return severities


def marks(path: str) -> str:
    """Return the marks after a label: an icon for an issue, a dot for a value that is not the default."""
    severity = issue_severities().get(path)
    icon = f" {ISSUE_MARKS[severity]}" if severity else ""
    return f"{icon}{CHANGED_MARK}" if differs_from_default(path) else icon


def differs_from_default(path: str) -> bool:
    """Return whether an input has another value than its default."""
    return path in state.given() and not profiles.is_default(path, state.given()[path])
