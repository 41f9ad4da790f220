"""Write the record of a design as one HTML page with its style and charts, without scripts or links to files."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from calculator.exporters.report import heat_map, svg
from calculator.exporters.report.content import (
    Bullets,
    IssueList,
    KeyFigures,
    Picture,
    Record,
    Reference,
    ReportCell,
    ReportStep,
    ReportTable,
    figures_table,
    one_line,
    one_line_with_fixed_spaces,
)
from calculator.inputs.choices import slug
from calculator.presentation.charts.base import Bars

if TYPE_CHECKING:
    from jinja2 import Environment

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Content security policy, with which the page may load nothing."""
SIGNS = {"ok": "✓", "notice": "ℹ", "warning": "⚠", "error": "✕", "invalid": "✕"}
LONGEST_FOOTER = 90
"""Largest number of characters of the line at the foot of each printed page."""
WIDE = 4
"""Smallest number of columns of a table that a narrow page may not show at once; figures have one column more."""
LONG = 40
"""Number of characters of a text above which its cell is wide."""


def render_html(record: Record) -> str:
    """Return the page; every text of the design is escaped."""
    return _environment().get_template("report.html").render(record=record)


@cache
def _environment() -> Environment:
    """Return the environment of the templates, which puts each text on one line and escapes it."""
    import jinja2  # slow to import, and needed only for an HTML page
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: one_line_with_fixed_spaces(value) if type(value) is str else value,
    )
    environment.globals.update(
        policy=POLICY,
        signs=SIGNS,
        most_bars=svg.MOST,
        wide=WIDE,
        style=Markup(files(__package__).joinpath("report.css").read_text(encoding="utf-8")),
    )
    kinds = {
        "table": ReportTable,
        "issue_list": IssueList,
        "step": ReportStep,
        "bars": Bars,
        "key_figures": KeyFigures,
        "picture": Picture,
        "bullets": Bullets,
        "reference": Reference,
    }
    environment.tests.update({name: lambda part, kind=kind: isinstance(part, kind) for name, kind in kinds.items()})
    environment.filters.update(
        slug=slug,
        cell_class=_cell_class,
        css_text=lambda text: Markup(_css_text(text)),
        figures_table=figures_table,
        svg=lambda bars: Markup(svg.svg(bars)),
        heat_map=lambda drawn: Markup(heat_map.svg(drawn)),
    )
    return environment


def _css_text(text: str) -> str:
    """Return a text on one line for a quoted string of a style sheet, shortened, everything but letters escaped."""
    line = one_line(text)
    short = line if len(line) <= LONGEST_FOOTER else f"{line[: LONGEST_FOOTER - 1]}…"
    return "".join(sign if sign.isascii() and sign.isalnum() else f"\\{ord(sign):x} " for sign in short)


def _cell_class(cell: str | ReportCell) -> str:
    """Return the class of a cell in a table, empty for none."""
    if isinstance(cell, str):
        return "long" if len(cell) > LONG else ""
    if isinstance(cell.value, float):
        return "number"
    return "none" if cell.value is None else ""
