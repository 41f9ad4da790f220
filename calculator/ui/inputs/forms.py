"""The forms: a search over all inputs, the input asked for, groups of inputs, tiers as cards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from calculator.inputs import schema
from calculator.inputs.schema import FIELDS, HOUR, SERVER, TIER
from calculator.ui.inputs import groups, guidance, log_hours
from calculator.ui.inputs.groups import Group
from calculator.ui.inputs.widgets import applies, field_widget, found, label, tier_title, visible_paths, why_not
from calculator.ui.results.texts import escaped
from calculator.ui.session import navigation, redraw, state

TIERS_A_PAGE = 6
MOST_FOUND = 12
MOST_NAMED = 20
MAIN_OF_TIER = ("name", "mailboxes", "messages_per_day", "message_size", "mailbox_size_limit")
"""Inputs of a tier that are always in sight."""


def searched() -> bool:
    """Draw the search over all inputs, and what is found; whether something is searched for."""
    wanted = st.text_input("Find an input", key="find", placeholder="quota, disk, RPO, LagDBCopies …", type="search")
    if not wanted:
        return False
    hits = matches(wanted, schema.all_paths(state.profile().tiers))
    _found_inputs([path for path in hits if applies(path)])
    _not_in_use([path for path in hits if not applies(path)])
    return True


def _found_inputs(paths: Sequence[str]) -> None:
    if not paths:
        st.info("No input in use is called that. Try a word of its label, its path or its workbook name.")
    for path in paths[:MOST_FOUND]:
        field, place = found(path)
        if field.axis is TIER:
            st.caption(escaped(tier_title(place + 1)))
        field_widget(path)
    if len(paths) > MOST_FOUND:
        st.caption(f"{len(paths) - MOST_FOUND} more inputs match; write more of the word.")


def matches(wanted: str, paths: Iterable[str]) -> list[str]:
    """Inputs that hold all words of a search in label, path or workbook name, those named exactly first."""
    words = wanted.lower().split()
    hits = [path for path in paths if all(word in _haystack(path) for word in words)]
    return sorted(hits, key=lambda path: wanted.strip().lower() not in _names(path))


def _names(path: str) -> tuple[str, ...]:
    """What an input is called exactly: its path, its label, its names in the workbook."""
    field, place = found(path)
    numbered = field.workbook.replace("{}", str(place + 1))
    return tuple(name.lower() for name in (path, field.label, numbered, field.workbook.replace("{}", "")))


def _haystack(path: str) -> str:
    field, _ = found(path)
    return " ".join((*_names(path), field.workbook.lower(), path.replace("_", " ").replace(".", " ")))


def wanted_input(page: str) -> None:
    """Draw the input that was asked for from elsewhere, first and marked, with the way back to all."""
    path = state.wanted()
    if not path or navigation.page_of(path) != page:
        return
    with st.container(border=True, key="wanted"):
        field, place = found(path)
        if field.axis is TIER:
            st.caption(escaped(tier_title(place + 1)))
        if reason := why_not(path):
            st.text(f"{field.label} is not in use here: {reason}.")
        else:
            field_widget(path, view="wanted:")
        st.button("Done", key="wanted_done", icon=":material/check:", on_click=_done)


def _done() -> None:
    state.want("")
    redraw.again(redraw.FORM)


@redraw.part(redraw.FORM)
def constraints_form() -> None:
    """Draw the inputs that are not of mailboxes: search, groups, what is not in use."""
    wanted_input(navigation.CONSTRAINTS)
    if searched():
        return
    by_group = _by_group(visible_paths())
    for group in groups.CONSTRAINTS:
        if group.key in by_group:
            _group(group, by_group[group.key])
    profile = state.profile()
    hidden = [path for path in schema.all_paths(profile.tiers) if not applies(path, profile)]
    _not_in_use([path for path in hidden if navigation.page_of(path) == navigation.CONSTRAINTS])


def _by_group(paths: Iterable[str]) -> dict[str, list[str]]:
    """Inputs by the key of their group."""
    by_group: dict[str, list[str]] = {}
    for path in paths:
        group = groups.group_of(found(path)[0].path)
        if group is not None:
            by_group.setdefault(group.key, []).append(path)
    return by_group


def _group(group: Group, paths: Sequence[str]) -> None:
    """Draw a group of inputs; those of a closed one do not exist, a line tells of them."""
    with st.container(gap="xxsmall", key=f"around:{group.key}"):
        expander = st.expander(group.title, key=f"group:{group.key}", on_change="rerun")
        if not expander.open:
            summary = group.summary(state.plan())
            st.caption(escaped(summary[0].upper() + summary[1:]))
            return
    with expander:
        alone = [path for path in paths if found(path)[0].axis not in (HOUR, SERVER)]
        alone.sort(key=lambda path: group.rank(found(path)[0].path))
        _grid([path for path in alone if not found(path)[0].axis], 230)
        _grid(sorted((path for path in alone if found(path)[0].axis), key=_place_of), 230)
        names = [path for path in paths if found(path)[0].axis is SERVER]
        _grid(names, 130)
        if any(found(path)[0].axis is HOUR for path in paths):
            log_hours.editor()
        if group.key == "guidance":
            guidance.table()


def _grid(paths: Sequence[str], width: int) -> None:
    """Draw inputs beside each other, as many as their width allows."""
    if paths:
        with st.grid("auto", min_column_width=width, vertical_alignment="bottom"):
            for path in paths:
                field_widget(path)


def _place_of(path: str) -> int:
    """Place on an axis: what belongs to a datacenter stands together."""
    return found(path)[1]


def _not_in_use(paths: Sequence[str]) -> None:
    """List inputs that do not matter in the present design, with the reason."""
    if not paths:
        return
    fold = st.expander(f"Not in use here ({len(paths)})", key="group:not_in_use", on_change="rerun")
    if fold.open:
        by_reason: dict[str, list[str]] = {}
        for path in paths:
            by_reason.setdefault(why_not(path), []).append(label(path))
        with fold:
            for reason, labels in by_reason.items():
                named = ", ".join(dict.fromkeys(labels[:MOST_NAMED]))
                more = f" and {len(labels) - MOST_NAMED} more" if len(labels) > MOST_NAMED else ""
                st.markdown(f"**{escaped(reason[0].upper() + reason[1:])}**")
                st.caption(escaped(named + more))


@redraw.part(redraw.FORM)
def users_form() -> None:
    """Draw the inputs of mailboxes: search, tiers as cards, what holds for every mailbox."""
    wanted_input(navigation.USERS)
    if searched():
        return
    _tiers()
    _group(groups.EVERY_MAILBOX, _by_group(visible_paths())[groups.EVERY_MAILBOX.key])


def _tiers() -> None:
    """Draw the tiers, some at a time, and what adds one."""
    tiers = state.profile().tiers
    pages = -(-tiers // TIERS_A_PAGE)
    page = st.pagination(pages, key="tier_page") if pages > 1 else 1
    first = (min(page, pages) - 1) * TIERS_A_PAGE
    for number in range(first + 1, min(first + TIERS_A_PAGE, tiers) + 1):
        _tier(number, tiers)
    st.button("Add a tier", key="add_tier", icon=":material/add:", on_click=_reshape, args=("add", tiers))


def _tier(number: int, tiers: int) -> None:
    """Draw a tier: what describes it, the rest folded, ways to copy and remove it."""
    with st.container(border=True, key=f"tier-{number}"):
        st.markdown(f"**{escaped(tier_title(number))}**")
        _grid([f"tiers.{number}.{leaf}" for leaf in MAIN_OF_TIER], 170)
        rest = st.expander("Sizes, retention, hold, I/O", key=f"group:tiers.{number}", on_change="rerun")
        if rest.open:
            with rest:
                _grid(_rest_of(number), 190)
        with st.container(horizontal=True):
            st.button(
                "Duplicate",
                key=f"duplicate_tier:{number}",
                icon=":material/content_copy:",
                type="tertiary",
                help=f"Add a tier like tier {number}",
                on_click=_reshape,
                args=("duplicate", number),
            )
            if tiers > 1:
                st.button(
                    "Remove",
                    key=f"remove_tier:{number}",
                    icon=":material/delete:",
                    type="tertiary",
                    help=f"Remove tier {number}",
                    on_click=_reshape,
                    args=("remove", number),
                )


def _rest_of(number: int) -> list[str]:
    """Inputs of a tier that apply, beside those always in sight."""
    paths = [field.paths(number)[number - 1] for field in FIELDS if field.axis is TIER]
    return [path for path in paths if path.rpartition(".")[2] not in MAIN_OF_TIER and applies(path)]


def _reshape(change: str, number: int) -> None:
    if change == "add":
        state.add_tier()
    elif change == "duplicate":
        state.duplicate_tier(number)
    else:
        state.remove_tier(number)
    redraw.again(redraw.STRIP, redraw.FIGURES, redraw.FORM)
