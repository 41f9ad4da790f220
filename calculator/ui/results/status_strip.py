"""Draw the status strip at the bottom of every page: verdict, main figures, last change, undo, redo, Share and More."""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Callable

import streamlit as st

from calculator.inputs import profile
from calculator.inputs.profile import Profile
from calculator.inputs.schema import TIER
from calculator.presentation.text import plural
from calculator.ui.inputs import widgets
from calculator.ui.results import first_page, headline, panels
from calculator.ui.results.texts import SIZES, escaped
from calculator.ui.session import redraw, state
from calculator.ui.session.store import current, set_widget, widget_value

OWN_UNITS = "as usual"
"""Option that leaves each size in the unit in which people give it."""
VARIANT, UNITS, BINARY = "variant_name", "units", "binary"
"""Keys of widgets."""
LAST_CHANGE = "Last change: "
"""Beginning of the text about the last change, which the strip has no room for."""
LONGEST_CHANGE = 48
"""Number of characters of a change that the strip has room for in a window of 1,280 pixels."""
SHORTEST_NAME = 20
"""Number of characters of the name of an input that the strip shows at least."""
CHANGES_SHOWN = 3
"""Number of inputs that a text about a change of several inputs shows with their new and old values."""
SHORT_NAMES = {"Servers hosting active mailboxes per DAG and datacenter": "Active servers per DAG and datacenter"}
"""Names in the strip of inputs whose names are too long for it."""
SHARE, MORE = "share", "more"
"""Dialogs that the strip opens."""


@redraw.fragment(redraw.STRIP)
def status_strip() -> None:
    """Draw the status strip, and write the design into the address."""
    state.share()
    with st.container(key="spoken"):  # access.js turns it into a live region
        st.text(spoken_change() or " ")
    with st.container(key="strip", horizontal=True, vertical_alignment="center", gap="small"):
        if state.is_open():
            _verdict()
            changed = escaped(_shortened(last_change().removeprefix(LAST_CHANGE)))
        else:
            changed = "No design is open."
        with st.container(key="strip-change", width="stretch"):
            st.caption(changed or " ")
        with st.container(key="strip-actions", horizontal=True, gap="xsmall", width="content"):
            _undo_and_redo()
            if state.is_open():
                _dialog_button("Share", SHARE, ":material/share:", "Copy a link that holds the whole design")
                _dialog_button("More", MORE, ":material/tune:", "Profile file, variants, units of sizes")
    if current().rejected:
        st.caption("A value that cannot be used is left out. The figures are those of the last valid one.")


def _verdict() -> None:
    design = state.design()
    badge = headline.badge(design, headline.issues_of(design))
    st.badge(badge.text, icon=badge.icon, color=badge.color)
    for number, text in enumerate(headline.strip_texts(design, state.previous(), brief=True)):
        with st.container(key=f"strip-{number}", width="content"):  # app.css hides the last ones in a narrow window
            st.text(text)


def spoken_change() -> str:
    """Return what a screen reader announces after a change: the change, the verdict, and the figures that moved."""
    changed = last_change() if state.is_open() else ""
    if not changed:
        return ""
    design, before = state.design(), state.previous()
    texts = headline.strip_texts(design)
    is_first = before is not None and before.without_mailboxes and not design.without_mailboxes
    told = zip(headline.strip_texts(design, before), texts, strict=True)
    moved = [text for text, plain in told if is_first or text != plain] or ["The main figures stay the same"]
    return f"{changed} {headline.badge(design, headline.issues_of(design)).text}. {'. '.join(moved)}."


def last_change() -> str:
    """Return text about the last change of the design, which begins with what it was; empty without one."""
    before = state.previous()
    changed = change_text(before.profile, state.profile()) if before is not None else ""
    if not changed:
        return ""
    step = current().step
    return f"{step}: {changed}" if step else f"{LAST_CHANGE}{changed}"


def change_text(before: Profile, after: Profile) -> str:
    """Return the input that differs between two designs with its new and old value, or the names of several inputs."""
    paths = state.changed_inputs(before, after)
    if not paths:
        return ""
    if before.tiers != after.tiers:
        return f"Tiers: {after.tiers}, was {before.tiers}."
    shown = [_change_of(path, before, after) for path in paths[:CHANGES_SHOWN]]
    others = f"; and {plural(len(paths) - len(shown), 'other input')}" if len(paths) > len(shown) else ""
    return f"{'; '.join(shown)}{others}."


def _change_of(path: str, before: Profile, after: Profile) -> str:
    """Return an input with its new and old value."""
    field, place = widgets.find_field(path)
    where = f"{widgets.tier_title(place + 1)}, " if field.axis is TIER and after.tiers > 1 else ""
    new, old = widgets.input_text(path, after.value(path)), widgets.input_value_text(path, before.value(path))
    return f"{where}{new}, was {old}"


def _shortened(change: str) -> str:
    """Return a text about a change that fits the strip: a long name is cut, never the values after it.

    Of several inputs it has the first; the others are counted.
    """
    first, *others = change.removesuffix(".").split("; ")
    name, colon, values = first.rpartition(": ")
    for long, short in SHORT_NAMES.items():
        name = name.replace(long, short)
    more = f" and {'' if others[-1].startswith('and ') else f'{len(others)} '}more" if others else ""
    room = max(LONGEST_CHANGE - len(f"{values}{more}."), SHORTEST_NAME)
    return f"{textwrap.shorten(name, room, placeholder='…')}: {values}{more}." if colon else change


def _undo_and_redo() -> None:
    session, (past, future) = current(), state.neighbours()
    undone = change_text(past, state.profile()) if past else ""
    redone = change_text(state.profile(), future) if future else ""
    _step_button("Undo", "undo", ":material/undo:", "Ctrl+Z", not session.past, state.undo, undone)
    _step_button("Redo", "redo", ":material/redo:", "Ctrl+Y", not session.future, state.redo, redone)
    with st.container(key="strip-hidden", width="content"):  # a button has one shortcut, and Redo has two
        _step_button("Redo again", "redo_again", ":material/redo:", "Ctrl+Shift+Z", not session.future, state.redo)


def _step_button(
    label: str, key: str, icon: str, shortcut: str, disabled: bool, step: Callable[[], None], help_text: str = ""
) -> None:
    st.button(
        label,
        key=key,
        icon=icon,
        shortcut=shortcut,
        type="tertiary",
        disabled=disabled,
        help=escaped(help_text) or None,
        on_click=_change,
        args=(step,),
    )


def _change(change: Callable[[], None]) -> None:
    change()
    st.rerun()


# --- dialogs -------------------------------------------------------------------------------------


def _dialog_button(label: str, dialog: str, icon: str, help_text: str) -> None:
    st.button(label, key=dialog, icon=icon, type="tertiary", help=help_text, on_click=_open, args=(dialog,))


def _open(dialog: str) -> None:
    current().explained, current().dialog = (), dialog
    st.rerun()


def close() -> None:
    """Close the dialog of the strip."""
    current().dialog = ""


def draw_dialog() -> bool:
    """Draw the dialog that the strip has opened. Return whether there is one."""
    opened = current().dialog
    if not opened or not state.is_open():
        return False
    title, draw = {SHARE: ("Share this design", _share), MORE: ("Save, compare, units", _more)}[opened]
    st.dialog(title, on_dismiss=close)(draw)()
    return True


def _share() -> None:
    """Draw the link that holds the design, and the profile as a file."""
    link = state.address()
    if link:
        st.text("This link holds the whole design. Copy it whole: a link that is cut short cannot be opened.")
        panels.share_link(link["d"], SHARE)
    else:
        st.text("This design is too long for a link. Download its profile and send that file instead.")
    _download()


def _download() -> None:
    st.download_button(
        "Download the profile",
        data=functools.partial(profile.dump, state.profile()),
        file_name=f"{first_page.file_stem()}.toml",
        mime="application/toml",
        on_click="ignore",
        icon=":material/download:",
        key="download",
        help="A text file with everything that is stated. Start opens it again.",
    )


def _more() -> None:
    """Draw rarely needed actions: profile file, variant, reset, units."""
    _download()
    _variant()
    st.button(
        "Restore the values that were opened",
        key="reset",
        icon=":material/restart_alt:",
        disabled=not state.is_changed(),
        on_click=_change,
        args=(state.reset,),
    )
    _units()


def _variant() -> None:
    """Draw a field and a button that keep the design as a variant."""
    variants = state.variants()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Keep as a variant named", key=VARIANT, max_chars=60, placeholder=f"Variant {len(variants) + 1}")
        st.button("Keep", key="keep_variant", icon=":material/bookmark_add:", on_click=_keep_variant)
    if variants:
        names = f"Kept until this page is reloaded: {', '.join(variants)}. Compare them on Review."
        full = " To keep another one, remove one there or type one of these names."
        st.caption(escaped(names + (full if len(variants) == state.VARIANT_LIMIT else "")))


def _keep_variant() -> None:
    name = widget_value(VARIANT).strip() or f"Variant {len(state.variants()) + 1}"
    if state.keep_variant(name):
        set_widget(VARIANT, "")
    st.rerun()


def _units() -> None:
    """Draw the choice of the unit of sizes and of their names."""
    set_widget(UNITS, current().size_unit or OWN_UNITS)
    st.segmented_control("Sizes in", [OWN_UNITS, *SIZES], key=UNITS, required=True, on_change=_take_units)
    st.caption("The unit of sizes on the pages. Reports and files keep GB and MB.")
    set_widget(BINARY, current().binary_names)
    st.toggle(
        "Binary names (GiB)",
        key=BINARY,
        on_change=_take_units,
        help="1 GB is 1,024 MB here, as in Microsoft's workbook; its binary name is GiB. Disks are sold in decimal GB.",
    )


def _take_units() -> None:
    session, unit = current(), str(widget_value(UNITS))
    session.size_unit = "" if unit == OWN_UNITS else unit
    session.binary_names = bool(widget_value(BINARY))
    st.rerun()
