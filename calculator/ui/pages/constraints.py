"""Constraints: everything but the mailboxes, in the groups of the planning process."""

from __future__ import annotations

from calculator.ui.inputs import forms
from calculator.ui.results import headline, issues, panels
from calculator.ui.session import redraw, state
from calculator.ui.session.guard import guarded


@guarded
def page() -> None:
    """Draw the page."""
    panels.form_beside_figures("Constraints", forms.constraints_form, figures)


@redraw.part(redraw.FIGURES)
def figures() -> None:
    """Draw what follows from the design."""
    design = state.plan()
    panels.verdict(design)
    panels.tiles(headline.tiles(design), 2)
    issues.show(design.issues)


page()
