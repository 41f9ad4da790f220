"""Findings about a design as a whole: the issues of the sizing and of the layout, and the status that they give."""

from __future__ import annotations

from calculator.engine.findings import INVALID, OK
from calculator.engine.profile_issues import with_profile_issues
from calculator.engine.sizing import SizedDesign
from calculator.issues import NOTICE, WARNING, InputError, Issues
from calculator.layout import Layout, layout
from calculator.presentation.headline import unsized


def all_issues(design: SizedDesign, dag: Layout | None = None) -> Issues:
    """Return the issues of a design and its profile, and those of its layout that are about something else.

    Parameters
    ----------
    design
        The design with all its results.
    dag
        The layout; it is computed if it is not given and there is one.
    """
    issues, _ = with_profile_issues(design)
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


def status_of(design: SizedDesign, issues: Issues) -> str:
    """Return the status that issues give a design; one that is not sized completely has at least a warning."""
    if design.status == INVALID:
        return INVALID
    if issues.counts[WARNING] or unsized(design):
        return WARNING
    return NOTICE if issues.counts[NOTICE] else OK
