"""Page Review: simulate failures, find the capacity, try changes, compare designs, run studies."""

from __future__ import annotations

import streamlit as st

from calculator.issues import InputError
from calculator.ui.results import issues, panels
from calculator.ui.review import capacity, failures, studies, variants, what_if
from calculator.ui.session import navigation, redraw, state
from calculator.ui.session.guard import guarded

TABS = {
    "Failures": failures.tab,
    "Capacity": capacity.tab,
    "What if": what_if.tab,
    "Compare": variants.tab,
    "Studies": studies.tab,
}


@guarded
def page() -> None:
    """Draw the page."""
    panels.page_title("Review")
    if not navigation.needs_design():
        tabs()


@redraw.fragment(redraw.FIGURES)
def tabs() -> None:
    """Draw the open tab. If its study refuses the design, draw the reason."""
    panels.draw_verdict(state.design())
    for (_, draw), tab in zip(TABS.items(), st.tabs(list(TABS), key="review_tab", on_change="rerun"), strict=True):
        if tab.open:
            with tab:
                try:
                    draw()
                except InputError as error:
                    issues.show(error.issues, editable=False, view="refused")


page()
