"""The list of what is wrong with a design or doubtful about it, each mended on the spot."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from calculator.inputs import schema
from calculator.issues import ERROR, NOTICE, WARNING, Issue, Issues
from calculator.ui.inputs import widgets
from calculator.ui.results.texts import escaped, plural
from calculator.ui.session import navigation

BADGES: dict[str, tuple[str, Literal["red", "orange", "blue"]]] = {
    ERROR: (":material/error:", "red"),
    WARNING: (":material/warning:", "orange"),
    NOTICE: (":material/info:", "blue"),
}


def show(issues: Issues, *, mend: bool = True, view: str = "", where: bool = False) -> None:
    """List issues: errors and warnings open, notices folded with their count.

    Parameters
    ----------
    issues
        What to list.
    mend
        Whether an issue brings the widget of its input.
    view
        Told apart from other lists on the page.
    where
        Whether to say in which file each is: where there may be several.
    """
    grave = [issue for issue in issues if issue.severity != NOTICE]
    notices = [issue for issue in issues if issue.severity == NOTICE]
    for number, issue in enumerate(grave):
        _line(issue, f"{view}{number}", mend, where)
    if notices:
        group = st.expander(plural(len(notices), "notice"), key=f"group:{view}notices", on_change="rerun")
        if group.open:
            with group:
                for number, issue in enumerate(notices):
                    _line(issue, f"{view}n{number}", mend, where)
    if issues.total > len(issues):
        st.caption(f"{issues.total - len(issues):,} more are not shown.")


def _line(issue: Issue, number: str, mend: bool, where: bool) -> None:
    icon, color = BADGES[issue.severity]
    message = issue.message if issue.message else issue.field
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        st.badge(issue.severity, icon=icon, color=color)
        with st.container(width="stretch", gap="xsmall"):
            st.text(f"{issue.where}: {message}" if where and issue.where else message)
            st.caption(escaped(" · ".join(part for part in (issue.hint, issue.field) if part)))
        if mend and schema.find(issue.field) and widgets.applies(issue.field):
            popover = st.popover("Change here", key=f"mend:{number}", on_change="rerun")
            if popover.open:
                with popover:
                    widgets.field_widget(issue.field, view="fix:")
            if st.button("Go to input", key=f"go:{number}", type="tertiary", help=f"Go to {issue.field}"):
                navigation.go_to(issue.field)
