"""The strip at the foot of every page: verdict, the main figures, undo, what to do with the design."""

from __future__ import annotations

import functools

import streamlit as st

from calculator.inputs import profile
from calculator.ui.results import headline
from calculator.ui.results.texts import SIZES
from calculator.ui.session import redraw, state

OWN_UNITS = "each its own"


@redraw.part(redraw.STRIP)
def strip() -> None:
    """Draw the strip, and put the design into the address."""
    in_address = state.share()
    with st.container(key="strip", horizontal=True, vertical_alignment="center", gap="small"):
        if state.is_open():
            _verdict()
        else:
            st.caption("No design is open.")
        st.space("stretch")
        _steps()
        if state.is_open():
            _more(in_address)
    if st.session_state["refused"]:
        st.caption("A value that cannot be used is left out: the figures are those of the last good one.")


def _verdict() -> None:
    design = state.plan()
    icon, color = headline.STATUS_BADGES[design.status]
    st.badge(headline.STATUS_WORDS[design.status], icon=icon, color=color)
    for number, text in enumerate(headline.strip_texts(design)):
        with st.container(key=f"strip-{number}", width="content"):
            st.text(text)


def _steps() -> None:
    st.button(
        "Undo",
        key="undo",
        icon=":material/undo:",
        shortcut="Ctrl+Shift+Z",
        type="tertiary",
        disabled=not st.session_state["past"],
        on_click=_again,
        args=("undo",),
    )
    with st.container(key="strip-redo", width="content"):
        st.button(
            "Redo",
            key="redo",
            icon=":material/redo:",
            type="tertiary",
            disabled=not st.session_state["future"],
            on_click=_again,
            args=("redo",),
        )


def _again(step: str) -> None:
    {"undo": state.undo, "redo": state.redo, "reset": state.reset}[step]()
    st.rerun()


def _more(in_address: bool) -> None:
    """Draw the menu: link, file, variant, values opened, units."""
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
            on_click=_again,
            args=("reset",),
        )
        _units()


def _link(in_address: bool) -> None:
    if in_address:
        st.text("This link holds the whole design:")
        st.code(f"{st.context.url or ''}?d={state.address()['d']}", language=None, wrap_lines=False)
    else:
        st.text("This design is too long for a link: save the profile instead.")


def _variant() -> None:
    """Draw what keeps the design aside under a name."""
    kept = state.variants()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Keep as a variant named", key="variant_name", max_chars=60, placeholder=f"Variant {len(kept) + 1}"
        )
        st.button("Keep", key="keep_variant", icon=":material/bookmark_add:", on_click=_keep)
    if kept:
        st.caption(f"{len(kept)} of {state.MOST_VARIANTS} kept: compare them on Review.")


def _keep() -> None:
    name = st.session_state["variant_name"].strip() or f"Variant {len(state.variants()) + 1}"
    if state.keep_variant(name):
        st.session_state["variant_name"] = ""
        st.toast(f"Kept: {name}")
    else:
        st.toast(f"There are {state.MOST_VARIANTS} variants already: drop one on Review.")
    st.rerun()


def _units() -> None:
    """Draw the choice of units."""
    st.session_state["units"] = st.session_state.get("sizes_in") or OWN_UNITS
    st.segmented_control("Sizes in", [OWN_UNITS, *SIZES], key="units", required=True, on_change=_take_units)
    st.session_state["binary"] = bool(st.session_state.get("binary_names"))
    st.toggle(
        "Binary names (GiB)",
        key="binary",
        on_change=_take_units,
        help="1 GB is 1024 MB here, as the calculator has it; its binary name is GiB. Disks are sold in decimal GB.",
    )


def _take_units() -> None:
    chosen = st.session_state["units"]
    st.session_state["sizes_in"] = "" if chosen == OWN_UNITS else chosen
    st.session_state["binary_names"] = st.session_state["binary"]
    st.rerun()
