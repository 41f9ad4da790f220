"""Status strip at the bottom of every page: verdict, main figures, undo, redo and a menu."""

from __future__ import annotations

import functools
from collections.abc import Callable

import streamlit as st

from calculator.inputs import profile
from calculator.ui.results import headline
from calculator.ui.results.texts import SIZES
from calculator.ui.session import redraw, state
from calculator.ui.session.store import current, set_widget, widget_value

OWN_UNITS = "each its own"
"""Option that leaves each size in its own unit."""
VARIANT, UNITS, BINARY = "variant_name", "units", "binary"
"""Keys of widgets."""


@redraw.fragment(redraw.STRIP)
def status_strip() -> None:
    """Draw the status strip, and write the design into the address."""
    in_address = state.share()
    with st.container(key="strip", horizontal=True, vertical_alignment="center", gap="small"):
        if state.is_open():
            _verdict()
        else:
            st.caption("No design is open.")
        st.space("stretch")
        _undo_and_redo()
        if state.is_open():
            _menu(in_address)
    if current().rejected:
        st.caption("A value that cannot be used is left out: the figures are those of the last good one.")


def _verdict() -> None:
    design = state.design()
    status = headline.status(design)
    icon, color = headline.STATUS_BADGES[status]
    st.badge(headline.STATUS_WORDS[status], icon=icon, color=color)
    for number, text in enumerate(headline.strip_texts(design)):
        with st.container(key=f"strip-{number}", width="content"):
            st.text(text)


def _undo_and_redo() -> None:
    st.button(
        "Undo",
        key="undo",
        icon=":material/undo:",
        shortcut="Ctrl+Shift+Z",
        type="tertiary",
        disabled=not current().past,
        on_click=_change,
        args=(state.undo,),
    )
    with st.container(key="strip-redo", width="content"):
        st.button(
            "Redo",
            key="redo",
            icon=":material/redo:",
            type="tertiary",
            disabled=not current().future,
            on_click=_change,
            args=(state.redo,),
        )


def _change(change: Callable[[], None]) -> None:
    change()
    st.rerun()


def _menu(in_address: bool) -> None:
    """Draw the menu: link, profile file, variant, reset, units."""
    menu = st.popover("More", icon=":material/more_vert:", key="more", type="tertiary", on_change="rerun")
    if not menu.open:
        return
    with menu:
        _link(in_address)
        st.download_button(
            "Download the profile",
            data=functools.partial(profile.dump, state.profile()),
            file_name="design.toml",
            mime="application/toml",
            on_click="ignore",
            icon=":material/download:",
            key="download",
        )
        _variant()
        st.button(
            "Back to the values opened",
            key="reset",
            icon=":material/restart_alt:",
            disabled=not state.is_changed(),
            on_click=_change,
            args=(state.reset,),
        )
        _units()


def _link(in_address: bool) -> None:
    if in_address:
        st.text("This link holds the whole design:")
        st.code(f"{st.context.url or ''}?d={state.address()['d']}", language=None, wrap_lines=False)
    else:
        st.text("This design is too long for a link: save the profile instead.")


def _variant() -> None:
    """Draw a field and a button that keep the design as a variant."""
    variants = state.variants()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Keep as a variant named", key=VARIANT, max_chars=60, placeholder=f"Variant {len(variants) + 1}")
        st.button("Keep", key="keep_variant", icon=":material/bookmark_add:", on_click=_keep_variant)
    if variants:
        st.caption(f"{len(variants)} of {state.VARIANT_LIMIT} kept: compare them on Review.")


def _keep_variant() -> None:
    name = widget_value(VARIANT).strip() or f"Variant {len(state.variants()) + 1}"
    if state.keep_variant(name):
        set_widget(VARIANT, "")
        st.toast(f"Kept: {name}")
    else:
        st.toast(f"There are {state.VARIANT_LIMIT} variants already: drop one on Review.")
    st.rerun()


def _units() -> None:
    """Draw the choice of the unit of sizes and of their names."""
    set_widget(UNITS, current().size_unit or OWN_UNITS)
    st.segmented_control("Sizes in", [OWN_UNITS, *SIZES], key=UNITS, required=True, on_change=_take_units)
    set_widget(BINARY, current().binary_names)
    st.toggle(
        "Binary names (GiB)",
        key=BINARY,
        on_change=_take_units,
        help="1 GB is 1024 MB here, as the calculator has it; its binary name is GiB. Disks are sold in decimal GB.",
    )


def _take_units() -> None:
    session, unit = current(), str(widget_value(UNITS))
    session.size_unit = "" if unit == OWN_UNITS else unit
    session.binary_names = bool(widget_value(BINARY))
    st.rerun()
