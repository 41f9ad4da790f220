"""Draw the issues of a design, each with the input that causes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import streamlit as st

from calculator.engine.findings import ODDITY_FIELD
from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import SizedDesign
from calculator.inputs import parsing, schema
from calculator.issues import ERROR, NOTICE, WARNING, Issue, Issues
from calculator.presentation.figures import missing_rating, rule_of, unrated
from calculator.presentation.findings import QUIRK_HEAD, quirk_rows
from calculator.presentation.places import inputs_in, label_of, with_labels
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
DECIMAL, DATES, KEEP = "How decimal numbers are written", "How dates are written", "Count these mailboxes too"
TIERS_BY, TIERS, UPLIFT = "Divide mailboxes into tiers by", "Number of tiers", "Growth of mailboxes in the move, %"
RAISE = "Raise quotas that are smaller than the mailbox"
"""Labels of the settings of an import, which hints of the importers name."""
INSTEAD = {
    parsing.LIST: "The help of an input, on Users and Constraints, names its path.",
    parsing.CONSTANT_LIST: "",
    "(--uplift)": f'("{UPLIFT}")',
    "(--raise-quotas)": f'("{RAISE}")',
    "Give --by ": f'Set "{TIERS_BY}" to ',
    "Give --tiers ": f'Set "{TIERS}" to ',
    "--keep ": f'"{KEEP}" ',
    "--decimal point or --decimal comma": f'"{DECIMAL}" above',
    "--decimal ": f'"{DECIMAL}" ',
    "--dates day-first or --dates month-first": f'"{DATES}" above',
}
"""Texts that replace commands and options in hints in the app."""
SHELL_COMMAND = re.compile(r"(?<=: )Get-\w+ [-|].*", re.DOTALL)
"""Command for the Exchange Management Shell, which ends a hint. A script or cmdlet that a sentence names is none."""
FIX = "fix"
"""View of the inputs that the list of issues shows."""


def show_design(design: SizedDesign) -> None:
    """Draw the issues of the design of the session, with the figures that quirks of Microsoft's workbook change."""
    show(headline.issues_of(design), quirks=quirk_rows(design))


def show_if_invalid(design: SizedDesign, missing: str) -> bool:
    """Return whether the design of the session is invalid. If it is, draw what it has not, and the errors to correct.

    Parameters
    ----------
    design
        The design.
    missing
        What an invalid design does not have, such as "capacity".
    """
    if not design[DESIGN_INVALID]:
        return False
    st.info(f"This design is invalid, so it has no {missing}. Correct its errors first.")
    drawn: set[str] = set()
    for number, issue in enumerate(headline.issues_of(design)):
        if issue.severity == ERROR:
            _line(issue, f"{missing} {number}", True, False, drawn)
    return True


def show_unknown_cpu(design: SizedDesign, consequence: str) -> None:
    """If the CPU of some servers is not known, draw why, what follows from it, and the way to the missing rating."""
    if places := unrated(design):
        st.warning(f"CPU is not known, because {missing_rating(design)}. {consequence}", icon=BADGES[WARNING][0])
        _ways_out(f"servers.{places[0]}.specint2006_rate", f"rating {consequence}")


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
    drawn: set[str] = set()
    for number, issue in enumerate(severe):
        _line(issue, f"{view}{number}", editable, show_where, drawn)
    if notices:
        key = widget_key(f"{view}notices", "group")
        expander = st.expander(plural(len(notices), "notice"), key=key, on_change="rerun")
        if expander.open:
            with expander:
                for number, issue in enumerate(notices):
                    _line(issue, f"{view}n{number}", editable, show_where, drawn)
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
    if field in schema.BY_PATH:  # the input of several tiers or both datacenters
        return f"Input: {schema.BY_PATH[field].label}."
    try:
        rule_of(field)
    except KeyError:
        return ""
    return f"Figure: {label_of(field)}."


def _line(issue: Issue, number: str, editable: bool, show_where: bool, drawn: set[str]) -> None:
    """Draw an issue. Commands in ``drawn`` are above already, and are not drawn again."""
    icon, color = BADGES[issue.severity]
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        st.badge(issue.severity, icon=icon, color=color)
        with st.container(width="stretch", gap="xsmall"):
            st.text(sentence(issue, show_where))
            shell = SHELL_COMMAND.search(issue.hint)
            command = shell[0] if shell else ""
            hint = issue.hint.removesuffix(command)
            if command in drawn:
                hint = f"{hint.rstrip(' :').removesuffix(' with')} with the command above."
            parts = [_in_app(with_labels(hint)), about(issue.field)]
            st.caption(escaped(" ".join(filter(None, reversed(parts) if shell else parts))))
            if command and command not in drawn:
                st.code(command, language="powershell", wrap_lines=True)
                drawn.add(command)
            if editable:
                fields = [*inputs_in(issue.hint), issue.field]
                _ways_out(next((field for field in fields if _changeable(field)), issue.field), number)


def sentence(issue: Issue, show_where: bool = False) -> str:
    """Return a message, with its subject if that is no input and not in the message; if requested, with its file.

    An issue that is about no file then begins with a capital.
    """
    message = issue.message or issue.field
    known = schema.find(issue.field) or issue.field in schema.BY_PATH
    subject = "" if known or message[:1].isupper() else issue.field
    text = f"{subject} {in_words(message)}".strip() if message[:1].islower() else in_words(message)
    if not show_where:
        return text
    return f"{issue.where}: {text}" if issue.where else f"{text[:1].upper()}{text[1:]}"


def in_words(message: str) -> str:
    """Return a message with the labels of inputs in place of their paths, and sizes in the unit of the inputs."""
    return headline.CHOSEN.in_text(with_labels(message))


def _in_app(hint: str) -> str:
    """Return a hint in which commands are replaced by what to do in the app."""
    for command, instead in INSTEAD.items():
        hint = hint.replace(command, instead)
    return hint.strip()


def _ways_out(field: str, number: str) -> None:
    """Draw the two ways to fix an issue: the widget of the input to change, and a link to its page.

    The same issue of several tiers or both datacenters has only the link.
    """
    of_several = field in schema.BY_PATH and not schema.find(field)
    field = _first_place(field)
    if not _changeable(field):
        return
    with st.container(horizontal=True, gap="small"):
        subject = unseen(widgets.label(field))
        if not of_several:
            popover = st.popover(f"Change here{subject}", key=widget_key(number, "change"), on_change="rerun")
            if popover.open:
                with popover:
                    widgets.field_widget(field, FIX)
        if st.button(f"Go to input{subject}", key=widget_key(number, "go"), type="tertiary", help=widgets.label(field)):
            navigation.go_to(field)


def go_to_inputs(paths: Sequence[str], view: str) -> None:
    """Draw a button per input that leads to it, with its label, for a text that names the inputs.

    Parameters
    ----------
    paths
        Paths of the inputs.
    view
        Name that tells the buttons apart from others on the page.
    """
    for path in filter(_changeable, paths):
        if st.button(f"Go to input: {escaped(label_of(path))}", key=widget_key(path, view), type="tertiary"):
            navigation.go_to(path)


def _first_place(field: str) -> str:
    """Return the path of an input, at its first place if it has several and none is given."""
    return schema.BY_PATH[field].paths()[0] if field in schema.BY_PATH and not schema.find(field) else field


def _changeable(field: str) -> bool:
    """Return whether an issue is about an input that the design uses."""
    path = _first_place(field)
    return schema.find(path) is not None and widgets.is_relevant(path)
