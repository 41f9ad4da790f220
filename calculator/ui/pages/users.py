"""Page Users: tiers of mailboxes, their size on disk, and their growth."""

from __future__ import annotations

import streamlit as st

from calculator.presentation.charts import mailbox
from calculator.ui.charts import drawing
from calculator.ui.inputs import forms, imports
from calculator.ui.results import headline, issues, panels
from calculator.ui.session import redraw, state
from calculator.ui.session.guard import guarded

THREE_ACROSS = 330
"""Width of a chart, in pixels, with which three charts fit a page of 1,280 pixels."""
SHOWN = ("Mailbox on disk", "Databases per DAG", "Databases", "Servers", "Disks per server")


@guarded
def page() -> None:
    """Draw the page."""
    panels.form_with_figures("Users", forms.users_form, figures, imports.section, charts)
    if not state.is_open():
        imports.entrance()


@redraw.fragment(redraw.FIGURES)
def figures() -> None:
    """Draw the figures and charts of mailboxes."""
    design = state.design()
    panels.draw_verdict(design)
    if design.without_mailboxes:
        st.text("Enter the mailboxes of a tier, or import them from files above.")
        return
    issues.show_design(design)
    imports.draw_warnings()
    panels.draw_tiles([tile for tile in headline.tiles(design) if tile.name in SHOWN], 2)


@redraw.fragment(redraw.CHARTS)
def charts() -> None:
    """Draw the parts of the size of a mailbox on disk, and the growth of mailboxes and recoverable items."""
    design = state.design()
    tiers = mailbox.tiers_in_use(design)
    if tiers:
        tier = panels.choose_tier(tiers)
        dumpster = mailbox.dumpster_growth(design, tier, headline.CHOSEN)
        panels.side_by_side(
            [
                ("A mailbox on disk", "make_up", drawing.bars(mailbox.make_up(design, headline.CHOSEN))),
                ("How Recoverable Items grow", "dumpster", drawing.lines(dumpster)),
                ("How a mailbox fills", "growth", drawing.lines(mailbox.growth(design, tier))),
            ],
            THREE_ACROSS,
        )


page()
