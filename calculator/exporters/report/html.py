"""The record of a design as one HTML page: its look and its charts inside, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files

from calculator.exporters.report.content import Cell, IssueList, Part, Record, Row, Section, Step, Table, one_line
from calculator.exporters.report.svg import MOST, svg
from calculator.inputs.choices import slug
from calculator.presentation.charts.base import Bars
from calculator.presentation.text import readable

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What the page may load: nothing."""
SIGNS = {"ok": "✓", "notice": "ℹ", "warning": "⚠", "error": "✕", "invalid": "✕"}
MOST_VALUES = 12
"""Values of a step that are shown."""
LONG = 40
"""Characters from which a text is given room in a table."""


def html(record: Record) -> str:
    """The page; everything of the design in it is text."""
    return "\n".join(_page(record)) + "\n"


def _text(text: str) -> str:
    return escape(one_line(text))


def _page(record: Record) -> Iterator[str]:
    style = files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_text(record.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>"
    yield '<a class="skip" href="#issues">To the content</a>\n<header>'
    yield f"<h1>{_text(record.title)}</h1>"
    if record.description:
        yield f"<p>{_text(record.description)}</p>"
    badge = f'<strong class="badge">{SIGNS[record.status]} {record.status}</strong>'
    yield f'<p class="verdict {record.status}">{badge} <span>{_text(record.verdict)}</span></p>'
    yield f'<p class="soft">{_text(" ".join(record.versions))}</p>\n</header>'
    links = (f'<li><a href="#{section.key}">{_text(section.title)}</a></li>' for section in record.sections)
    yield f'<nav aria-label="Contents">\n<ul>\n{"".join(links)}\n</ul>\n</nav>\n<main>'
    for section in record.sections:
        yield from _section(section)
    yield "</main>\n</body>\n</html>"


def _section(section: Section) -> Iterator[str]:
    yield f'<section id="{section.key}" aria-labelledby="{section.key}-title">'
    yield f'<h2 id="{section.key}-title">{_text(section.title)}</h2>'
    charts = [part for part in section.parts if isinstance(part, Bars)]
    if charts:
        yield '<div class="charts">'
    for part in section.parts:
        yield from _part(part, section)
    if charts:
        yield "</div>"
    yield "</section>"


def _part(part: Part, section: Section) -> Iterator[str]:
    match part:
        case str():
            yield f"<p>{_text(part)}</p>"
        case Table():
            if part.title:
                yield f'<h3 id="{section.key}-{_text(slug(part.title))}">{_text(part.title)}</h3>'
            yield from _table(part, part.title or section.title)
        case IssueList():
            yield from _issues(part)
        case Step():
            yield f"<h3>{_text(part.sentence.rstrip('.'))}</h3>"
            yield from _steps([part])
        case Bars():
            yield from _chart(part)


# --- tables --------------------------------------------------------------------------------------


def _table(table: Table, name: str) -> Iterator[str]:
    """A table that scrolls by itself where it is wider than the page."""
    if not table.rows:
        yield "<p>None.</p>"
        return
    yield f'<div class="scroll" role="region" aria-label="{_text(name)}" tabindex="0">\n<table>'
    heads = "".join(f'<th scope="col">{_text(head)}</th>' for head in table.head)
    yield f"<thead><tr>{heads}</tr></thead>\n<tbody>"
    for row in table.rows:
        yield _row(row)
    yield "</tbody>\n</table>\n</div>"


def _row(row: Row) -> str:
    return f"<tr>{''.join(_cell(cell) for cell in row)}</tr>"


def _cell(cell: str | Cell) -> str:
    if isinstance(cell, str):
        return _td(_text(cell), "long" if len(cell) > LONG else "")
    if isinstance(cell.value, float):
        return _td(_value(cell), "number")
    return _td(_value(cell), "none" if cell.value is None else "")


def _td(content: str, kind: str) -> str:
    return f'<td class="{kind}">{content}</td>' if kind else f"<td>{content}</td>"


def _value(cell: Cell) -> str:
    """A figure; a number also to its last digit, for what reads the page."""
    if isinstance(cell.value, float):
        return f'<data value="{cell.value!r}">{_text(cell.text)}</data>'
    return _text(cell.said)


# --- issues, explanations, charts ----------------------------------------------------------------


def _issues(found: IssueList) -> Iterator[str]:
    if not found.issues:
        yield "<p>None.</p>"
        return
    yield '<ul class="issues">'
    for issue, reason in found.issues:
        badge = f'<strong class="badge {issue.severity}">{SIGNS[issue.severity]} {issue.severity}</strong>'
        accepted = f" <em>Accepted: {_text(reason)}.</em>" if reason else ""
        said = f"{_text(issue.message)} {_text(issue.hint)}".strip()
        yield f"<li>{badge} <code>{_text(issue.field)}</code>: {said}{accepted}</li>"
    yield "</ul>"
    if found.rest:
        yield f"<p>{_text(found.rest)}</p>"


def _steps(steps: Sequence[Step]) -> Iterator[str]:
    """Steps of an explanation, what each needs below it."""
    yield '<ul class="steps">'
    for step in steps:
        yield f"<li><code>{_text(step.name)}</code> = {_values(step)}{_told(step)}"
        if step.needs:
            yield from _steps(step.needs)
        yield "</li>"
    yield "</ul>"


def _values(step: Step) -> str:
    shown = [
        f'{_text(label)}{": " if label else ""}<span class="figure">{_value(cell)}</span>'
        for label, cell in step.values[:MOST_VALUES]
    ]
    more = len(step.values) - MOST_VALUES
    return f"{', '.join(shown)}{f', … {more} more' if more > 0 else ''} {_text(step.unit)}".rstrip()


def _told(step: Step) -> str:
    """What a step is, where it is from, and what is odd about it."""
    if step.repeated:
        return ' <span class="soft">(explained above)</span>'
    kind = f"{step.kind}, {step.origin}" if step.origin else step.kind
    oddity = f" Oddity: {_text(step.oddity)}" if step.oddity else ""
    return f'<br>{_text(step.sentence)}{oddity} <span class="soft">({kind}; {_text(step.source)})</span>'


def _chart(bars: Bars) -> Iterator[str]:
    """A chart with what it shows in words, and its figures to open."""
    yield f"<figure>\n<h3>{_text(bars.title)}</h3>"
    if bars.rows:
        yield svg(bars)
    more = f" The first {MOST} of {len(bars.bars)} are drawn." if len(bars.bars) > MOST else ""
    yield f"<figcaption>{_text(bars.finding)}{more}</figcaption>"
    if bars.rows:
        yield "<details><summary>The same as a table</summary>"
        yield from _table(Table((bars.head, *(bars.parts or (bars.measure,))), list(_figures(bars))), bars.title)
        yield "</details>"
    yield "</figure>"


def _figures(bars: Bars) -> Iterator[Row]:
    for bar, values in zip(bars.bars, bars.matrix(), strict=True):
        yield [bar, *("" if value is None else Cell(value, readable(value)) for value in values)]
