"""Draw the navigation: the pages as steps, with what is done in each and which comes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from calculator.engine.sizing import SizedDesign
from calculator.issues import NOTICE, Issues
from calculator.presentation.headline import unsized
from calculator.presentation.text import number, plural
from calculator.ui.results import headline
from calculator.ui.session import navigation, redraw, state
from calculator.ui.session.store import current

DONE, CHECK, OPEN = "done", "check", "open"
ICONS = {DONE: ":material/check_circle:", CHECK: ":material/error:", OPEN: ":material/radio_button_unchecked:"}
TO_DO = {
    navigation.REQUIREMENTS: "read the results",
    navigation.REVIEW: "try failures",
    navigation.DOCUMENT: "save the report",
}
"""What to do on the pages whose step is done by reading, by trying a failure or running a study, or by a download."""


@dataclass(frozen=True)
class Step:
    """Step of the planning process.

    Attributes
    ----------
    page
        Name of its page.
    state
        `DONE`, `CHECK` (something must be corrected) or `OPEN`.
    note
        Summary of what is done, or of what is missing.
    """

    page: str
    state: str
    note: str


def finish(page: str) -> None:
    """Count the step of a page as done, until another design is opened."""
    current().finished |= {page}


def steps(design: SizedDesign, issues: Issues, finished: frozenset[str], rejected: Iterable[str] = ()) -> list[Step]:
    """Return the six steps from the questions to the report.

    Parameters
    ----------
    design, issues
        The open design, and its issues.
    finished
        Names of the pages where what there is to do was done.
    rejected
        Paths of the inputs whose entered value cannot be used.
    """
    mailboxes = float(design.plain["mailboxes_total"] or 0.0)
    found = [Step(navigation.START, DONE, "done")]
    for page, done in ((navigation.USERS, f"{number(mailboxes)} mailboxes"), (navigation.CONSTRAINTS, "no conflicts")):
        severe = _to_check(issues, page, rejected)
        found.append(Step(page, CHECK if severe else DONE, f"{severe} to check" if severe else done))
    if not mailboxes:
        found[1] = Step(navigation.USERS, CHECK, "enter the mailboxes")
    errors = issues.errors
    for page, what in TO_DO.items():
        if page == navigation.REQUIREMENTS and errors:
            found.append(Step(page, CHECK, plural(errors, "error")))
        elif page == navigation.REQUIREMENTS and mailboxes and unsized(design):
            found.append(Step(page, CHECK, "not sized completely"))
        elif page == navigation.REVIEW and page in finished and (errors or unsized(design)):
            found.append(Step(page, OPEN, "looked at"))
        else:
            note = "see an outage" if page == navigation.REVIEW and not design["highly_available"] else what
            found.append(Step(page, DONE, "done") if page in finished else Step(page, OPEN, note))
    return found


def _to_check(issues: Issues, page: str, rejected: Iterable[str]) -> int:
    """Return the number of errors and warnings that inputs of a page cause, and of values there that are not used."""
    severe = (issue.field for issue in issues if issue.severity != NOTICE)
    return sum(navigation.page_of(path) == page for path in (*severe, *rejected))


@redraw.fragment(redraw.STEPS)
def draw_steps(page: str) -> None:
    """Draw links to all pages, with the state of each step if a design is open.

    A phone shows this page and the next step.

    Parameters
    ----------
    page
        Name of the present page.
    """
    found = {step.page: step for step in _of_open_design(page)}
    after = next((step.page for step in found.values() if step.state != DONE and step.page != page), "")
    if page == navigation.BATCH:
        after = ""
    with st.container(key="steps", horizontal=True, gap="xsmall", vertical_alignment="center"):
        for place, (name, icon) in enumerate(navigation.PAGES, 1):
            title = name.capitalize() if name == navigation.BATCH else f"{place} {name.capitalize()}"
            step = found.get(name)
            mark = "-here" if name == page else "-next" if name == after else ""
            with st.container(key=f"step-{name}{mark}", width="content"):
                navigation.link(name, _label(title, step, name == after), ICONS[step.state] if step else icon)


def draw_next(page: str) -> None:
    """Draw a button at the end of a page that leads to the next one, if a design is open and a page follows."""
    names = [name for name, _ in navigation.PAGES if name != navigation.BATCH]
    if not state.is_open() or page not in names[:-1]:
        return
    after = names[names.index(page) + 1]
    if st.button(f"Next: {after.capitalize()}", key="next_page", icon=":material/arrow_forward:"):
        navigation.go(after)


def _label(title: str, step: Step | None, comes_next: bool) -> str:
    """Return the label of a link: the page, and in gray, which app.css puts below, what is done or to do."""
    if step is None:
        return title
    return f"**{title}** :gray[next: {step.note}]" if comes_next else f"{title} :gray[{step.note}]"


def _of_open_design(page: str) -> list[Step]:
    """Return the steps of the open design, none without one; pages to read are done once they are seen."""
    if not state.is_open():
        return []
    design = state.design()
    issues = headline.issues_of(design)
    has_outage = not design["highly_available"] and not design.without_mailboxes
    seen = page == navigation.REVIEW and has_outage  # there is an outage to read, none to try
    if seen or (page == navigation.REQUIREMENTS and not issues.errors and not design.without_mailboxes):
        finish(page)
    return steps(design, issues, current().finished, current().rejected)
