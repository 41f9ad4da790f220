"""The inputs nobody gave: listed once, each with the way to where it can be changed."""

from __future__ import annotations

import streamlit as st

from calculator.studies import quick_start
from calculator.ui.inputs import widgets
from calculator.ui.results.texts import escaped
from calculator.ui.session import navigation, state

LISTS = ("export.", "replication.hourly_log_share.", "names.")
"""Inputs that are lists or settings of the files: a line each would say nothing."""


def show() -> None:
    """Draw the inputs that are at their defaults and count, folded under their number."""
    assumed = quick_start.list_assumed(state.profile())
    paths = [path for path in assumed if not path.startswith(LISTS) and widgets.applies(path)]
    fold = st.expander(f"{len(paths)} values are assumed", key="assumed", on_change="rerun")
    if not fold.open:
        return
    with fold:
        st.caption("Defaults that count in this design. Select one to change it.")
        with st.grid("auto", min_column_width=260, gap="xxsmall"):
            for path in paths:
                text = widgets.said(path, state.profile().value(path))
                if st.button(escaped(text), key=f"assumed:{path}", type="tertiary"):
                    navigation.go_to(path)
