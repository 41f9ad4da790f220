"""Review: designs side by side, what changes would do, what happens when servers fail, studies of many designs."""

from __future__ import annotations

import streamlit as st

from calculator.ui.results import panels
from calculator.ui.review import changes, comparing, failing, studies
from calculator.ui.session import navigation, redraw, state
from calculator.ui.session.guard import guarded

TABS = {"Compare": comparing.tab, "What if": changes.tab, "Failures": failing.tab, "Studies": studies.tab}


@guarded
def page() -> None:
    """Draw the page."""
    panels.page_title("Review")
    if not navigation.nothing_open():
        tabs()


@redraw.part(redraw.FIGURES)
def tabs() -> None:
    """Draw the tab that is open."""
    panels.verdict(state.plan())
    for (_, draw), tab in zip(TABS.items(), st.tabs(list(TABS), key="review_tab", on_change="rerun"), strict=True):
        if tab.open:
            with tab:
                draw()


page()
