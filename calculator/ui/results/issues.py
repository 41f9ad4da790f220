"""Draw the issues of a design, each with the input that causes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from calculator.engine.findings import ODDITY_FIELD
from calculator.engine.sizing import SizedDesign
from calculator.inputs import parsing, schema
from calculator.issues import ERROR, NOTICE, WARNING, Issue, Issues
from calculator.presentation.figures import rule_of
from calculator.presentation.findings import QUIRK_HEAD, quirk_rows
from calculator.presentation.places import label_of, with_labels
from calculator.presentation.text import plural
from calculator.ui.inputs import widgets
from calculator.ui.results import figures, headline
from calculator.ui.results.texts import escaped, unseen
from calculator.ui.session import navigation
from calculator.ui.session.store import widget_key

BADGES: dict[str, tuple[str, Literal["red", "orange", "blue"]]] = {
    ERROR: (":material/error:", "red"),
    WARNING: (":material/warning:", "orange"),
    NOTICE: (":material/info:", "blue"),
}
INSTEAD = {parsing.LIST: "The help of an input, on Users and Constraints, names its path.", parsing.CONSTANT_LIST: ""}
"""Texts that replace commands in hints in the app."""
FIX = "fix"
"""View of the inputs that the list of issues shows."""


def show_design(design: SizedDesign) -> None:
    """Draw the issues of the design of the session, with the figures that quirks of Microsoft's workbook change."""
    show(headline.issues_of(design), quirks=quirk_rows(design))


def show(
    issues: Issues,
    *,
    editable: bool = True,
    view: str = "",
    show_where: bool = False,
    quirks: Sequence[Sequence[str]] = (),
) -> None:
    """Draw issues: errors and warnings directly, notices in an expander with their number.

    Parameters
    ----------
    issues
        The issues.
    editable
        Whether an issue offers the widget of its input.
    view
        Name that tells the list apart from other lists on the page.
    show_where
        Whether each issue names its file. This is useful if there are several files.
    quirks
        Figures that quirks of Microsoft's workbook change, which are folded below the notice about them.
    """
    severe = [issue for issue in issues if issue.severity != NOTICE]
    notices = [issue for issue in issues if issue.severity == NOTICE]
    for number, issue in enumerate(severe):
        _line(issue, f"{view}{number}", editable, show_where)
    if notices:
        key = widget_key(f"{view}notices", "group")
        expander = st.expander(plural(len(notices), "notice"), key=key, on_change="rerun")
        if expander.open:
            with expander:
                for number, issue in enumerate(notices):
                    _line(issue, f"{view}n{number}", editable, show_where)
                    if issue.field == ODDITY_FIELD and quirks:
                        _quirks(quirks)
    if issues.total > len(issues):
        st.caption(f"{issues.total - len(issues):,} more are not shown.")


def _quirks(rows: Sequence[Sequence[str]]) -> None:
    """Draw the figures that quirks of Microsoft's workbook change, folded."""
    expander = st.expander("The figures and the reasons", key=widget_key("quirks", "group"), on_change="rerun")
    if expander.open:
        with expander:
            figures.draw_table(
                [dict(zip(QUIRK_HEAD, row, strict=True)) for row in rows], alt="Figures that quirks change"
            )


def about(field: str) -> str:
    """Return the input or the figure that an issue is about, with its place; empty if it is about neither."""
    if schema.find(field):
        return f"Input: {widgets.label(field)}."
    try:
        rule_of(field)
    except KeyError:
        return ""
    return f"Figure: {label_of(field)}."


def _line(issue: Issue, number: str, editable: bool, show_where: bool) -> None:
    icon, color = BADGES[issue.severity]
    message = issue.message if issue.message else issue.field
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        st.badge(issue.severity, icon=icon, color=color)
        with st.container(width="stretch", gap="xsmall"):
            found = schema.find(issue.field)
            st.text(_sentence(issue, message, show_where))
            st.caption(
                escaped(" ".join(part for part in (_in_app(with_labels(issue.hint)), about(issue.field)) if part))
            )
            if editable and found and widgets.is_relevant(issue.field):
                _ways_out(issue.field, number)


def _sentence(issue: Issue, message: str, show_where: bool) -> str:
    """Return a message, with its file if requested, and with its subject if that is no input and not in the message."""
    known = schema.find(issue.field) or schema.find(issue.field.replace("tiers.", "tiers.1.", 1))
    subject = "" if known or message[:1].isupper() else issue.field
    text = f"{subject} {with_labels(message)}".strip() if message[:1].islower() else with_labels(message)
    return f"{issue.where}: {text}" if show_where and issue.where else text


def _in_app(hint: str) -> str:
    """Return a hint in which commands are replaced by what to do in the app."""
    for command, instead in INSTEAD.items():
        hint = hint.replace(command, instead)
    return hint.strip()


def _ways_out(field: str, number: str) -> None:
    """Draw the two ways to fix an issue: the widget of its input, and a link to the page of its input."""
    with st.container(horizontal=True, gap="small"):
        subject = unseen(widgets.label(field))
        popover = st.popover(f"Change here{subject}", key=widget_key(number, "change"), on_change="rerun")
        if popover.open:
            with popover:
                widgets.field_widget(field, FIX)
        if st.button(f"Go to input{subject}", key=widget_key(number, "go"), type="tertiary", help=widgets.label(field)):
            navigation.go_to(field)
