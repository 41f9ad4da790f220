"""Draw the forms of the inputs: search, the requested input, groups, tiers as cards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import streamlit as st

from calculator.engine.tables import guests
from calculator.inputs import schema
from calculator.inputs.schema import FIELDS, HOUR, SERVER, TIER
from calculator.presentation.figures import rule_of
from calculator.presentation.text import NOT_APPLICABLE, number, plural
from calculator.studies.guidance_choices import WeighedChoice, weigh
from calculator.ui.inputs import groups, log_hours, processors
from calculator.ui.inputs.groups import Group
from calculator.ui.inputs.widgets import (
    CHANGED_MARK,
    ISSUE_MARKS,
    differs_from_default,
    field_widget,
    find_field,
    input_value_text,
    is_relevant,
    is_switch,
    issue_severities,
    label,
    tier_title,
    visible_paths,
    why_irrelevant,
)
from calculator.ui.results import figures
from calculator.ui.results.texts import escaped
from calculator.ui.session import navigation, redraw, state
from calculator.ui.session.store import widget_key

TIERS_PER_PAGE = 6
HITS_SHOWN = 12
NAMES_SHOWN = 20
MAIN_OF_TIER = ("name", "mailboxes", "messages_per_day", "message_size", "mailbox_size_limit")
"""Inputs of a tier that are always visible."""
GROUP, WANTED = "group", "wanted"
"""Views of the expanders of groups, and of the requested input."""


# --- search --------------------------------------------------------------------------------------


def draw_search() -> bool:
    """Draw the search over all inputs with its hits. Return whether there is a search text."""
    words = st.text_input("Find an input", key="find", placeholder="quota, disk, RPO, LagDBCopies …", type="search")
    if not words:
        return False
    hits = find_matches(words, schema.all_paths(state.profile().tiers))
    _hits([path for path in hits if is_relevant(path)])
    _not_in_use([path for path in hits if not is_relevant(path)])
    return True


def _hits(paths: Sequence[str]) -> None:
    if not paths:
        st.info("No input in use is called that. Try a word of its label, its path or its workbook name.")
    for path in paths[:HITS_SHOWN]:
        _tier_caption(path)
        field_widget(path)
    if len(paths) > HITS_SHOWN:
        st.caption(f"{len(paths) - HITS_SHOWN} more inputs match; type more of the word.")


def find_matches(text: str, paths: Iterable[str]) -> list[str]:
    """Return the inputs whose label, path or workbook name has all words of a text, exact names first."""
    words = text.lower().split()
    hits = [path for path in paths if all(word in _search_text(path) for word in words)]
    return sorted(hits, key=lambda path: text.strip().lower() not in _names(path))


def _names(path: str) -> tuple[str, ...]:
    """Return the names of an input in lower case: its path, its label, its names in Microsoft's workbook."""
    field, place = find_field(path)
    numbered = field.workbook.replace("{}", str(place + 1))
    return tuple(name.lower() for name in (path, field.label, numbered, field.workbook.replace("{}", "")))


def _search_text(path: str) -> str:
    field, _ = find_field(path)
    return " ".join((*_names(path), field.workbook.lower(), path.replace("_", " ").replace(".", " ")))


def _tier_caption(path: str) -> None:
    field, place = find_field(path)
    if field.axis is TIER:
        st.caption(escaped(tier_title(place + 1)))


# --- the requested input -------------------------------------------------------------------------


def wanted_input(page: str) -> None:
    """Draw and highlight the input that another page linked to, with a button that removes the highlight."""
    path = state.wanted()
    if not path or navigation.page_of(path) != page:
        return
    with st.container(border=True, key="wanted"):
        _tier_caption(path)
        if reason := why_irrelevant(path):
            st.text(f"{find_field(path)[0].label} is not in use here: {reason}.")
        else:
            field_widget(path, WANTED)
        st.button("Done", key="wanted_done", icon=":material/check:", on_click=_wanted_done)


def _wanted_done() -> None:
    state.want("")
    redraw.rerun(redraw.FORM)


# --- groups --------------------------------------------------------------------------------------


@redraw.fragment(redraw.FORM)
def constraints_form() -> None:
    """Draw the inputs that do not describe mailboxes: search, groups, inputs that are not in use."""
    wanted_input(navigation.CONSTRAINTS)
    if draw_search():
        return
    by_group = _by_group(visible_paths())
    for title, section in groups.SECTIONS.items():
        st.subheader(title, anchor=False)
        with st.container(gap="xsmall"):
            for group in section:
                if group.key in by_group:
                    _group(group, by_group[group.key])
    hidden = [path for path in schema.all_paths(state.profile().tiers) if not is_relevant(path)]
    _not_in_use([path for path in hidden if navigation.page_of(path) == navigation.CONSTRAINTS])


def _by_group(paths: Iterable[str]) -> dict[str, list[str]]:
    """Sort inputs by the key of their group."""
    by_group: dict[str, list[str]] = {}
    for path in paths:
        group = groups.group_of(find_field(path)[0].path)
        if group is not None:
            by_group.setdefault(group.key, []).append(path)
    return by_group


def _group(group: Group, paths: Sequence[str]) -> None:
    """Draw a group of inputs. A closed group has a summary instead of widgets."""
    with st.container(gap=None, key=f"around-{group.key}"):  # a title that changes would close the expander
        title = f":material/{group.icon}: **{group.title}**"
        expander = st.expander(title, key=widget_key(group.key, GROUP), on_change="rerun")
        if not expander.open:
            st.caption(_group_summary(group, paths))
            return
    with expander:
        single = [path for path in paths if find_field(path)[0].axis not in (HOUR, SERVER)]
        single.sort(key=lambda path: group.rank(find_field(path)[0].path))
        _grid([path for path in single if not find_field(path)[0].axis], 230)
        if group.key == "servers":
            processors.draw()
            single = [path for path in single if path.rpartition(".")[2] not in processors.OWN_FIELDS]
        _grid(sorted((path for path in single if find_field(path)[0].axis), key=_place_of), 230)
        _grid([path for path in paths if find_field(path)[0].axis is SERVER], 130)
        if any(find_field(path)[0].axis is HOUR for path in paths):
            log_hours.editor()
        if group.key == "virtualization" and state.profile().value("environment.virtualized"):
            st.markdown("**Guests per host**")
            processors.draw_guests(guests(state.design()))
        if group.key == "guidance":
            _guidance_choices()


def _group_summary(group: Group, paths: Sequence[str]) -> str:
    """Return the errors and warnings of a group, its values in a line, and a dot if one of them is not the default."""
    severities, summary = issue_severities(), group.summary(state.design())
    parts = []
    for severity, mark in ISSUE_MARKS.items():
        if count := len({find_field(path)[0].path for path in paths if severities.get(path) == severity}):
            parts.append(f"{mark} **{plural(count, severity)}**")
    dot = CHANGED_MARK if any(map(differs_from_default, paths)) else ""
    return "\u2002".join([*parts, escaped(summary[0].upper() + summary[1:]) + dot])


def _grid(paths: Sequence[str], width: int) -> None:
    """Draw inputs next to each other, as many as fit: the switches first, because they are less high."""
    switches = [path for path in paths if is_switch(find_field(path)[0])]
    others = [path for path in paths if path not in switches]
    for alike in (switches, others):
        if alike:
            alignment: Literal["center", "bottom"] = "center" if alike is switches else "bottom"
            with st.grid("auto", min_column_width=width, vertical_alignment=alignment):
                for path in alike:
                    field_widget(path)


def _place_of(path: str) -> int:
    """Return the place on the axis, by which inputs are sorted so that those of one datacenter stay together."""
    return find_field(path)[1]


def _not_in_use(paths: Sequence[str]) -> None:
    """List the inputs that do not matter in the present design, by reason."""
    if not paths:
        return
    title = f"Not in use here ({len(paths)})"
    expander = st.expander(title, key=widget_key("not_in_use", GROUP), on_change="rerun")
    if expander.open:
        by_reason: dict[str, list[str]] = {}
        for path in paths:
            by_reason.setdefault(why_irrelevant(path), []).append(label(path))
        with expander:
            for reason, labels in by_reason.items():
                names = ", ".join(dict.fromkeys(labels[:NAMES_SHOWN]))
                more = f" and {len(labels) - NAMES_SHOWN} more" if len(labels) > NAMES_SHOWN else ""
                st.markdown(f"**{escaped(reason[0].upper() + reason[1:])}**")
                st.caption(escaped(names + more))


def _guidance_choices() -> None:
    """Draw the figure that each reading of the guidance gives for the design."""
    st.markdown("**What each choice gives for this design**")
    weighed = weigh(state.profile())
    rows = [_guidance_row(choice) for choice in weighed]
    differ = [row for row in rows if row["First reading"].split(": ")[1] != row["Second reading"].split(": ")[1]]
    if differ:
        figures.draw_table(differ, alt="What each guidance choice gives")
    for choice in weighed:
        first, second = choice.databases
        if first and second and first != second:
            name, (_, value) = find_field(choice.choice.path)[0].label, choice.choice.values
            st.caption(
                escaped(
                    f"{name} {input_value_text(choice.choice.path, value)} also changes the number of databases, from "
                    f"{number(first)} to {number(second)}, and with it the size of each."
                )
            )
    if alike := [row["Choice"] for row in rows if row not in differ]:
        same = "The figure that a choice usually affects most is the same in both readings of these: "
        st.caption(escaped(f"{same}{', '.join(alike)}."))


def _guidance_row(weighed: WeighedChoice) -> dict[str, str]:
    path, values, column = weighed.choice
    rule, _ = rule_of(column)
    unit = "" if rule.is_share else f" {figures.unit_of(rule, *weighed.figures)}"
    readings = []
    for value, figure in zip(values, weighed.figures, strict=True):
        text = NOT_APPLICABLE if figure is None else f"{figures.result_text(rule, figure, *weighed.figures)}{unit}"
        readings.append(f"{input_value_text(path, value)}: {text}")
    first, second = readings
    name = find_field(path)[0].label
    return {"Choice": name, "Figure": rule.meaning.rstrip("."), "First reading": first, "Second reading": second}


# --- tiers ---------------------------------------------------------------------------------------


@redraw.fragment(redraw.FORM)
def users_form() -> None:
    """Draw the inputs that describe mailboxes: search, tiers as cards, inputs of every mailbox."""
    wanted_input(navigation.USERS)
    if draw_search():
        return
    _tiers()
    _group(groups.EVERY_MAILBOX, _by_group(visible_paths())[groups.EVERY_MAILBOX.key])


def _tiers() -> None:
    """Draw the tiers, one page of them at a time, and a button that adds a tier."""
    tiers = state.profile().tiers
    pages = -(-tiers // TIERS_PER_PAGE)
    page = st.pagination(pages, key="tier_page") if pages > 1 else 1
    first = (min(page, pages) - 1) * TIERS_PER_PAGE
    for tier in range(first + 1, min(first + TIERS_PER_PAGE, tiers) + 1):
        _tier(tier, tiers)
    st.button("Add a tier", key="add_tier", icon=":material/add:", on_click=_change_tiers, args=("add", tiers))


def _tier(number: int, tiers: int) -> None:
    """Draw a tier: its main inputs, its other inputs in an expander, and buttons that duplicate and remove it."""
    with st.container(border=True, key=f"tier-{number}"):
        st.markdown(f"**{escaped(tier_title(number))}**")
        _grid([f"tiers.{number}.{leaf}" for leaf in MAIN_OF_TIER], 170)
        key = widget_key(f"tiers.{number}", GROUP)
        expander = st.expander("Sizes, retention, hold, I/O", key=key, on_change="rerun")
        if expander.open:
            with expander:
                _grid(_further_inputs(number), 190)
        with st.container(horizontal=True):
            _tier_button("Duplicate", number, ":material/content_copy:", f"Add a tier like tier {number}")
            if tiers > 1:
                _tier_button("Remove", number, ":material/delete:", f"Remove tier {number}")


def _tier_button(label: str, number: int, icon: str, help_text: str) -> None:
    """Draw a button that changes a tier."""
    change = label.lower()
    st.button(
        label,
        key=f"{change}_tier:{number}",
        icon=icon,
        type="tertiary",
        help=help_text,
        on_click=_change_tiers,
        args=(change, number),
    )


def _further_inputs(number: int) -> list[str]:
    """Return the relevant inputs of a tier without the main ones."""
    paths = [field.paths(number)[number - 1] for field in FIELDS if field.axis is TIER]
    return [path for path in paths if path.rpartition(".")[2] not in MAIN_OF_TIER and is_relevant(path)]


def _change_tiers(change: str, number: int) -> None:
    if change == "add":
        state.add_tier()
    elif change == "duplicate":
        state.duplicate_tier(number)
    else:
        state.remove_tier(number)
    redraw.rerun(redraw.STRIP, redraw.FIGURES, redraw.FORM)
