"""Page Constraints: all inputs that do not describe mailboxes, in groups."""

from __future__ import annotations

from calculator.ui.inputs import fewest_servers, forms
from calculator.ui.results import headline, issues, panels
from calculator.ui.session import redraw, state
from calculator.ui.session.guard import guarded


@guarded
def page() -> None:
    """Draw the page."""
    panels.form_with_figures("Constraints", forms.constraints_form, figures, fewest_servers.section)


@redraw.fragment(redraw.FIGURES)
def figures() -> None:
    """Draw the verdict, the headline figures and the issues of the design."""
    design = state.design()
    panels.draw_verdict(design)
    issues.show_design(design)
    panels.draw_tiles(headline.tiles(design), 2)


page()
