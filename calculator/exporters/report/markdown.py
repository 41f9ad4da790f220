"""Write the report of a design as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from calculator.exporters.report.content import (
    Bullets,
    IssueList,
    KeyFigures,
    Picture,
    Record,
    Reference,
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
APPENDICES = "Appendices"


def render_markdown(record: Record) -> str:
    """Return the report as Markdown, the appendices last; the texts of the design are escaped."""
    parts = [f"# {escape(record.title)}", *_about(record), escape(record.description)]
    parts += [f"**{record.first.badge}.** {escape(record.first.verdict)}", f"**{escape(record.first.version)}**"]
    parts += _parts(record.first.section)
    parts += ["## Contents", _contents(record)]
    for number, section in enumerate(record.body, 1):
        parts += [f"## {number}. {escape(section.title)}", *_parts(section)]
    parts.append(f"## {APPENDICES}")
    for letter, section in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", record.appendices, strict=False):
        parts += [f"### {letter}. {escape(section.title)}", *_parts(section)]
    parts += record.versions
    return "\n\n".join(part for part in parts if part) + "\n"


def escape(text: str) -> str:
    """Return a text on one line, with everything escaped that Markdown or HTML would interpret."""
    line = "".join(f"\\{sign}" if sign in "\\`*_[]<>#|&~" else sign for sign in one_line(text))
    return _OPENS.sub(r"\1\\\2", line)


def _about(record: Record) -> list[str]:
    return ["  \n".join(f"{label}: {escape(text)}" for label, text in record.about.lines)]


def _contents(record: Record) -> str:
    lines = [f"{number}. {escape(section.title)}" for number, section in enumerate(record.body, 1)]
    appendices = ", ".join(escape(section.title) for section in record.appendices)
    return "\n".join([*lines, f"\n{APPENDICES}: {appendices}."] if appendices else lines)


def _parts(section: Section) -> Iterator[str]:
    for part in section.parts:
        yield from _part(part, "####" if section.appendix else "###")


def _part(part: ReportPart, level: str) -> Iterator[str]:
    match part:
        case str():
            yield escape(part)
        case Reference():
            yield escape(part.text)
        case Bullets():
            yield escape(part.lead)
            yield "\n".join(f"- {escape(item)}" for item in part.items)
        case ReportTable():
            if part.title:
                yield f"{level} {escape(part.title)}"
            yield _table(part)
        case IssueList():
            yield "\n".join(_issues(part)) or "None."
        case KeyFigures():
            yield _table(ReportTable(("Figure", "Value", "Note"), [(t.name, t.figure, t.note) for t in part.tiles]))
        case Picture():
            yield f"{level} {escape(part.drawn.title)}"
            yield _table(part.table)
        case ReportStep():
            yield from _explanation(part)
        case Bars():
            yield from _chart(part, level)


def _table(table: ReportTable) -> str:
    """Return a table in Markdown, or "None." if it has no rows."""
    if not table.rows:
        return "None."
    lines = [table.head, *([cell.said if isinstance(cell, ReportCell) else cell for cell in row] for row in table.rows)]
    head, *rows = (f"| {' | '.join(map(escape, line))} |" for line in lines)
    marks = [
        " ---: " if isinstance(cell, ReportCell) and isinstance(cell.value, float) else " --- "
        for cell in table.rows[0]
    ]
    return "\n".join([head, f"|{'|'.join(marks)}|", *rows])


def _issues(found: IssueList) -> Iterator[str]:
    for item in found.issues:
        note = f" Accepted: {escape(item.accepted)}." if item.accepted else ""
        hint = f" {escape(item.issue.hint)}" if item.issue.hint else ""
        yield f"- **{item.issue.severity}** {escape(item.about)}: {escape(item.issue.message)}{hint}{note}"
    if found.rest:
        yield f"- {escape(found.rest)}"


def _explanation(step: ReportStep) -> Iterator[str]:
    """Yield a figure, its explanation, and a nested list of the steps it needs."""
    yield f"**{escape(step.label)}**: {escape(step.text)}"
    yield escape(step.sentence)
    yield "\n".join(_needs(step.needs, 0))


def _needs(steps: Sequence[ReportStep], depth: int) -> Iterator[str]:
    for step in steps:
        origin = f" ({step.origin})" if step.origin else ""
        more = " (explained above)" if step.repeated else f" \\[{escape(step.source)}\\]"
        yield f"{'  ' * depth}- {escape(step.label)}: {escape(step.text)}{origin}{more}"
        yield from _needs(step.needs, depth + 1)


def _chart(bars: Bars, level: str) -> Iterator[str]:
    yield f"{level} {escape(bars.title)}"
    yield escape(bars.finding)
    if bars.rows:
        yield _table(figures_table(bars))
