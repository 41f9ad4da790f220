"""Findings about a design as a whole: the issues of the sizing and of the layout, and the status that they give."""

from __future__ import annotations

from dataclasses import replace

from calculator.engine.findings import INVALID, ODDITY_FIELD, OK, quirks_of
from calculator.engine.profile_issues import with_profile_issues
from calculator.engine.sizing import SizedDesign
from calculator.inputs.schema import CORRECTED
from calculator.issues import NOTICE, WARNING, InputError, Issue, Issues
from calculator.layout import Layout, layout
from calculator.presentation.headline import unsized
from calculator.presentation.text import plural

QUIRK_HEAD = ("Figure", "In Microsoft's workbook", "Reason")
"""Head of the table of the figures that quirks of Microsoft's workbook change."""


def all_issues(design: SizedDesign, dag: Layout | None = None) -> Issues:
    """Return the issues of a design and its profile, and those of its layout that are about something else.

    The notice about quirks of Microsoft's workbook only counts the figures that they change; `quirk_rows` lists them.

    Parameters
    ----------
    design
        The design with all its results.
    dag
        The layout; it is computed if it is not given and there is one.
    """
    issues = _with_quirks_counted(design, with_profile_issues(design)[0])
    if dag is None:
        try:
            dag = layout(design)
        except InputError:
            return issues
    known = {issue.field for issue in design.issues}
    for issue in dag.issues:
        if issue.field not in known:
            issues.add(issue.severity, issue.where, issue.field, issue.message, issue.hint)
    return issues


def quirk_rows(design: SizedDesign) -> list[tuple[str, str, str]]:
    """Return the figures that quirks of Microsoft's workbook change, as rows of a table with the head `QUIRK_HEAD`."""
    return [(_capital(figure), effect, _capital(reason)) for figure, effect, reason in quirks_of(design.results)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _with_quirks_counted(design: SizedDesign, issues: Issues) -> Issues:
    """Return issues whose notice about quirks gives the number of figures instead of the figures."""
    rows = quirk_rows(design)
    if not rows:
        return issues
    verb = "are corrected in" if design.profile.value(ODDITY_FIELD) == CORRECTED else "affect"
    text = f"Known quirks of Microsoft's workbook {verb} {plural(len(rows), 'figure')} of this design."
    return issues.changed(lambda issue: _counted(issue, text))


def _counted(issue: Issue, text: str) -> Issue:
    return replace(issue, message=text) if issue.field == ODDITY_FIELD else issue


def status_of(design: SizedDesign, issues: Issues) -> str:
    """Return the status that issues give a design; one that is not sized completely has at least a warning."""
    if design.status == INVALID:
        return INVALID
    if issues.counts[WARNING] or unsized(design):
        return WARNING
    return NOTICE if issues.counts[NOTICE] else OK
