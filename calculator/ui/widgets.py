"""From an input's declaration to its widget: one function, and the groups of a form.

A widget is a view: it is seeded from the design right before it is made, and its change goes to
`state.put`.  Only figures and strip are drawn again then, the form where its shape changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

from calculator import schema
from calculator.docs import default_text
from calculator.scenario import Profile
from calculator.schema import DECIMAL_GB, FIELDS, HOUR, SERVER, TIER, Axis, Field, Kind, Value
from calculator.ui import state
from calculator.ui.guard import guarded
from calculator.values import LONGEST_TEXT

GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Environment", "environment", ("environment", "mailbox")),
    ("Datacenters and DAGs", "datacenters", ("site_resilience", "dag")),
    ("Database copies", "copies", ("database_copies",)),
    ("Databases and I/O", "databases", ("data", "database", "io")),
    ("Servers and processors", "servers", ("servers",)),
    ("Disks and volumes", "storage", ("storage",)),
    ("RAID", "raid", ("raid",)),
    ("Backup and logs", "backup", ("backup",)),
    ("Transport", "transport", ("transport",)),
    ("Network between datacenters", "replication", ("replication",)),
    ("Failure domains", "failure_domains", ("failure_domains",)),
    ("Names", "names", ("names",)),
    ("Guidance choices", "guidance", ("guidance",)),
)
"""Title, key and sections of each group of inputs, in the order of the planning process."""
SECTIONS = frozenset({"tiers", *(section for _, _, sections in GROUPS for section in sections)})
"""Sections shown here; the settings of the deployment files are not among them."""

UNIT_TEXTS = {
    "": "", "1": "", "1/s": "IOPS", "hour": "hours", "day": "days", "month": "months", "week": "weeks",
    "year": "years", DECIMAL_GB: "GB", "percent": "%", "Mcycle": "megacycles",
}  # fmt: skip
PLACE_FLAGS = {"secondary": "two_datacenters", "lagged": "lagged_servers_dedicated"}
"""Result that says whether there are servers at a place of an axis."""
TIERS_A_PAGE = 6
MOST_FOUND = 12
SHORT_CHOICE = 60
"""Letters of all words of a choice that still fit beside each other."""
FRAGMENTS = ("strip", "figures")
LARGEST_NUMBER = float(2**53 - 1)


def holds(condition: str, place: int, profile: Profile) -> bool:
    """Whether a condition ``path``, ``!path`` or ``path=word`` holds; ``tiers.x`` is the same tier's."""
    path, _, word = condition.removeprefix("!").partition("=")
    if path.startswith("tiers."):
        path = f"tiers.{place + 1}.{path.removeprefix('tiers.')}"
    value = profile.value(path)
    met = value == word if word else bool(value)
    return met != condition.startswith("!")


def applies(path: str, profile: Profile | None = None) -> bool:
    """Whether an input matters in the present design."""
    field, place = _found(path)
    profile = profile or state.profile()
    if field.axis is not None and field.axis.labels:
        flag = PLACE_FLAGS.get(field.axis.labels[place])
        if flag and not state.plan()[flag]:
            return False
    return all(holds(condition, place, profile) for condition in field.applies)


def visible_paths() -> list[str]:
    """Inputs that matter in the present design, in the order of the schema."""
    profile = state.profile()
    shown_here = (path for path in schema.all_paths(profile.tiers) if path.split(".")[0] in SECTIONS)
    return [path for path in shown_here if applies(path, profile)]


def _found(path: str) -> tuple[Field, int]:
    found = schema.find(path)
    if found is None:
        raise KeyError(path)
    return found


def unit_text(unit: str) -> str:
    """Unit as a label carries it."""
    return UNIT_TEXTS.get(unit, unit)


def label(path: str) -> str:
    """Label of an input with its unit, unless the label says it, and its place."""
    field, place = _found(path)
    unit = "%" if field.kind is Kind.FRACTION else unit_text(field.unit)
    said = unit.split("/")[0].lower() in field.label.lower()
    text = field.label if not unit or said else f"{field.label}, {unit}"
    return f"{text} · {place_text(field.axis, place)}" if field.axis not in (None, TIER) else text


def place_text(axis: Axis | None, place: int) -> str:
    """Place on an axis in words."""
    if axis is HOUR:
        return f"{place:02d}–{place + 1:02d} h"
    if axis is TIER:
        return f"tier {place + 1}"
    return axis.labels[place] if axis else ""


def help_text(field: Field, path: str) -> str:
    """Meaning, limits, default, names and source of an input."""
    default = field.default_at(_found(path)[1])
    shown = default_text(field) if field.axis is None or default is None else _word(field, default)
    lines = [
        f"{field.help}.",
        f"Default: {shown}. Allowed: {field.limits()}." if field.kind is not Kind.BOOL else f"Default: {shown}.",
        f"Profile: `{path}`",
    ]
    if field.workbook:
        lines.append(f"Workbook: `{field.workbook.replace('{}', '…')}`")
    return "\n\n".join(_literal(line) for line in [*lines, f"Source: {field.source}"])


def _literal(text: str) -> str:
    """Text that Markdown leaves alone: a dollar sign would begin a formula."""
    return text.replace("$", "\\$")


def _word(field: Field, value: Value) -> str:
    if field.choice is not None:
        return field.choice.text(field.choice.words.index(str(value)))
    return f"{value:g}" if isinstance(value, float) else str(value).lower()


def shown(field: Field, value: Value) -> Value:
    """Value as the widget has it: whole numbers whole, shares in percent."""
    if value is None or field.kind in (Kind.BOOL, Kind.CHOICE):
        return value
    if field.kind is Kind.TEXT:
        return str(value)
    number = float(value)
    if field.kind is Kind.FRACTION:
        return round(number * 100, 10)
    return int(number) if field.kind is Kind.INT else number


def canonical(field: Field, value: Value) -> Value:
    """Value of a widget as the design has it; None gives the default back."""
    if field.kind is Kind.TEXT and value == "":
        return None
    if field.kind is Kind.FRACTION and value is not None:
        return float(value) / 100
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
    field, _ = _found(path)
    key = view + path
    refused = state.refused(path)
    value = state.profile().value(path)
    st.session_state[key] = refused[0] if refused else shown(field, value)
    if field.kind is Kind.TEXT and st.session_state[key] is None:
        st.session_state[key] = ""
    text, tip = _literal(label(path)), help_text(field, path)
    if field.kind is Kind.BOOL:
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


def _options(field: Field, text: str, tip: str, path: str, key: str) -> None:
    """Numbers of a list: disk capacities, days of a week."""
    if field.kind is Kind.INT:
        days = [int(option) for option in field.options]
        st.segmented_control(text, days, key=key, help=tip, required=True, on_change=_moved, args=(path, key))
        return
    st.session_state[key] = float(st.session_state[key])
    st.selectbox(
        text, [0.0, *(float(option) for option in field.options)], key=key, help=tip,
        format_func=capacity_text, on_change=_moved, args=(path, key),
    )  # fmt: skip


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
            text, choice.words, key=key, help=tip, required=True, format_func=worded,
            on_change=_moved, args=(path, key),
        )  # fmt: skip
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
    before = (visible_paths(), state.refused(path))
    state.put(path, canonical(_found(path)[0], st.session_state[key]))
    second_view = key != path
    reshaped = before != (visible_paths(), state.refused(path)) or path.endswith(".name")
    fragments = [*FRAGMENTS, *(["form"] if second_view or reshaped else [])]
    if key.startswith("why:"):
        fragments.append("step")
    st.rerun(fragments)


def escaped(text: str) -> str:
    """Text from a file or a person, for a place that reads Markdown."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#+-.!|$~:^=" else sign for sign in text)


@st.fragment(key="form")
@guarded
def form() -> None:
    """Draw all inputs that apply: a search over them, and the groups."""
    wanted = st.text_input("Find an input", key="find", placeholder="quota, disk, RPO, LagDBCopies …", type="search")
    visible = visible_paths()
    if wanted:
        _found_inputs(matches(wanted, visible))
        return
    _tiers()
    for title, key, sections in GROUPS:
        paths = [path for path in visible if path.split(".")[0] in sections]
        if paths:
            _group(title, key, paths)


def _found_inputs(paths: Sequence[str]) -> None:
    if not paths:
        st.info("No input is called that. Try a word of its label, its path or its workbook name.")
    for path in paths[:MOST_FOUND]:
        field, place = _found(path)
        if field.axis is TIER:
            st.caption(place_text(TIER, place).capitalize())
        field_widget(path)
    if len(paths) > MOST_FOUND:
        st.caption(f"{len(paths) - MOST_FOUND} more inputs match; write more of the word.")


def matches(wanted: str, paths: Iterable[str]) -> list[str]:
    """Inputs that hold all words of a search in their label, path or workbook name."""
    words = wanted.lower().split()
    return [path for path in paths if all(word in _haystack(path) for word in words)]


def _haystack(path: str) -> str:
    field, _ = _found(path)
    return " ".join((field.label, path, path.replace("_", " "), field.workbook)).lower()


def _group(title: str, key: str, paths: Sequence[str]) -> None:
    """Draw a group of inputs; those of a closed one do not exist."""
    group = st.expander(title, key=f"group:{key}", on_change="rerun")
    if not group.open:
        return
    with group:
        listed = [path for path in paths if _found(path)[0].axis in (HOUR, SERVER)]
        for path in sorted((path for path in paths if path not in listed), key=_place_of):
            field_widget(path)
        if listed:
            _list_of_inputs(listed)


def _place_of(path: str) -> int:
    """Place on an axis: what belongs to a datacenter stands together, after what has no place."""
    field, place = _found(path)
    return place + 1 if field.axis else 0


def _list_of_inputs(paths: Sequence[str]) -> None:
    """Draw the inputs of an axis with many places beside each other."""
    with st.grid("auto", min_column_width=130):
        for path in paths:
            field_widget(path)


def _tiers() -> None:
    """Draw the groups of the tiers, some at a time, and what adds and removes them."""
    tiers = state.profile().tiers
    pages = -(-tiers // TIERS_A_PAGE)
    page = st.pagination(pages, key="tier_page") if pages > 1 else 1
    first = (min(page, pages) - 1) * TIERS_A_PAGE
    for number in range(first + 1, min(first + TIERS_A_PAGE, tiers) + 1):
        _tier(number, tiers)
    st.button("Add a tier", key="add_tier", icon=":material/add:", on_click=_reshape, args=("add", tiers))


def tier_title(number: int) -> str:
    """Title of a tier: its name, else its number."""
    name = state.profile().value(f"tiers.{number}.name")
    return f"Tier {number}: {name}" if name else f"Tier {number}"


def _tier(number: int, tiers: int) -> None:
    group = st.expander(escaped(tier_title(number)), key=f"group:tiers.{number}", on_change="rerun")
    if not group.open:
        return
    with group:
        for field in FIELDS:
            path = f"tiers.{number}.{field.path.removeprefix('tiers.')}"
            if field.axis is TIER and applies(path):
                field_widget(path)
        if tiers > 1:
            st.button(
                "Remove this tier", key=f"remove_tier:{number}", icon=":material/delete:",
                on_click=_reshape, args=("remove", number),
            )  # fmt: skip


def _reshape(change: str, number: int) -> None:
    if change == "add":
        state.add_tier()
    else:
        state.remove_tier(number)
    st.rerun([*FRAGMENTS, "form"])
