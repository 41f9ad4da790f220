"""Constraints: everything but the mailboxes, in the groups of the planning process."""

from __future__ import annotations

import streamlit as st

from calculator.ui import forms, headline, issues, navigation, panels, redraw, state
from calculator.ui.guard import guarded


@guarded
def page() -> None:
    """Draw the page."""
    panels.page_title("Constraints")
    if navigation.nothing_open():
        return
    left, right = st.columns([5, 4], gap="medium")
    with left:
        forms.tell()
        forms.constraints_form()
    with right:
        figures()


@redraw.part(redraw.FIGURES)
def figures() -> None:
    """Draw what follows from the design."""
    plan = state.plan()
    panels.verdict(plan)
    panels.tiles(headline.tiles(plan), 2)
    issues.show(plan.issues)


page()
