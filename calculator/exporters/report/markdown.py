"""Write the record of a design as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from calculator.exporters.report.content import (
    IssueList,
    Record,
    ReportCell,
    ReportPart,
    ReportStep,
    ReportTable,
    Section,
    figures_table,
    one_line,
)
from calculator.presentation.charts.base import Bars

_OPENS = re.compile(r"^(\d*)([-+.)])(?=[-\s]|$)")
"""Start of a line that Markdown reads as a list item or a horizontal rule."""


def render_markdown(record: Record) -> str:
    """Return the record as Markdown; the texts of the design are escaped."""
    parts = [f"# {escape(record.title)}", escape(record.description), f"**Status: {record.status}.**", record.verdict]
    for section in record.sections:
        parts += [f"## {section.title}", *_parts(section)]
    parts += record.versions
    return "\n\n".join(part for part in parts if part) + "\n"


def escape(text: str) -> str:
    """Return a text on one line, with everything escaped that Markdown or HTML would interpret."""
    line = "".join(f"\\{sign}" if sign in "\\`*_[]<>#|&~" else sign for sign in one_line(text))
    return _OPENS.sub(r"\1\\\2", line)


def _parts(section: Section) -> Iterator[str]:
    for part in section.parts:
        yield from _part(part)


def _part(part: ReportPart) -> Iterator[str]:
    match part:
        case str():
            yield escape(part)
        case ReportTable():
            if part.title:
                yield f"### {escape(part.title)}"
            yield _table(part)
        case IssueList():
            yield "\n".join(_issues(part)) or "None."
        case ReportStep():
            yield from _explanation(part)
        case Bars():
            yield from _chart(part)


def _table(table: ReportTable) -> str:
    """Return a table, or "None." if it has no rows."""
    if not table.rows:
        return "None."
    lines = [table.head, *([cell.said if isinstance(cell, ReportCell) else cell for cell in row] for row in table.rows)]
    head, *rows = (f"| {' | '.join(map(escape, line))} |" for line in lines)
    return "\n".join([head, f"|{'|'.join(' --- ' for _ in table.head)}|", *rows])


def _issues(found: IssueList) -> Iterator[str]:
    for issue, reason in found.issues:
        note = f" Accepted: {escape(reason)}." if reason else ""
        hint = f" {escape(issue.hint)}" if issue.hint else ""
        yield f"- **{issue.severity}** {escape(issue.field)}: {escape(issue.message)}{hint}{note}"
    if found.rest:
        yield f"- {escape(found.rest)}"


def _explanation(step: ReportStep) -> Iterator[str]:
    """Yield a figure, and a nested list of the steps it needs."""
    yield f"**{escape(step.sentence)}** {escape(step.text)}"
    yield f"From {_named(step.needs)}. Source: {escape(step.source)}."
    yield "\n".join(_needs(step, 0))


def _named(steps: Sequence[ReportStep]) -> str:
    return ", ".join(f"{escape(step.name)} = {escape(step.text)}" for step in steps)


def _needs(step: ReportStep, depth: int) -> Iterator[str]:
    for need in step.needs:
        origin = f" ({need.origin})" if need.origin else ""
        again = " (explained above)" if need.repeated else f" {escape(need.sentence)} \\[{escape(need.source)}\\]"
        yield f"{'  ' * depth}- {escape(need.name)} = {escape(need.text)}{origin}.{again}"
        yield from _needs(need, depth + 1)


def _chart(bars: Bars) -> Iterator[str]:
    yield f"### {escape(bars.title)}"
    yield escape(bars.finding)
    if bars.rows:
        yield _table(figures_table(bars))
