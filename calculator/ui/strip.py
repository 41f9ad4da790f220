"""The strip at the foot of every page: verdict, the main figures, undo, the profile to take along."""

from __future__ import annotations

import streamlit as st

from calculator import scenario
from calculator.ui import headline, state
from calculator.ui.guard import guarded


@st.fragment(key="strip")
@guarded
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
            _take_along(in_address)
    if st.session_state["refused"]:
        st.caption("A value that cannot be used is left out: the figures are those of the last good one.")


def _verdict() -> None:
    plan = state.plan()
    icon, color = headline.STATUS_BADGES[plan.status]
    st.badge(headline.STATUS_WORDS[plan.status], icon=icon, color=color)
    for number, text in enumerate(headline.strip_texts(plan)):
        with st.container(key=f"strip-{number}", width="content"):
            st.text(text)


def _steps() -> None:
    st.button(
        "Undo", key="undo", icon=":material/undo:", shortcut="Ctrl+Shift+Z", type="tertiary",
        disabled=not st.session_state["past"], on_click=_again, args=("undo",),
    )  # fmt: skip
    with st.container(key="strip-redo", width="content"):
        st.button(
            "Redo", key="redo", icon=":material/redo:", type="tertiary",
            disabled=not st.session_state["future"], on_click=_again, args=("redo",),
        )  # fmt: skip


def _again(step: str) -> None:
    {"undo": state.undo, "redo": state.redo, "reset": state.reset}[step]()
    st.rerun()


def _take_along(in_address: bool) -> None:
    menu = st.popover("Share", icon=":material/share:", key="share", type="tertiary", on_change="rerun")
    if not menu.open:
        return
    with menu:
        if in_address:
            st.text("The address of this page holds the whole design: copy it to pass the design on.")
        else:
            st.text("This design is too long for an address: save the profile instead.")
        st.download_button(
            "Download the profile", data=_toml, file_name="design.toml", mime="application/toml",
            on_click="ignore", icon=":material/download:", key="download",
        )  # fmt: skip

        st.button(
            "Back to the values opened", key="reset", icon=":material/restart_alt:",
            disabled=not state.is_changed(), on_click=_again, args=("reset",),
        )  # fmt: skip


def _toml() -> str:
    return scenario.dump(state.profile())
