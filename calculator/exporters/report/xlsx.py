"""Write the record of a design as a workbook: one sheet per subject, with numbers as numbers and native charts."""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from calculator.exporters.report.content import (
    SHARE,
    IssueList,
    Record,
    ReportCell,
    ReportRow,
    ReportStep,
    ReportTable,
    Section,
    one_line,
)
from calculator.exporters.report.svg import COLOURS
from calculator.presentation.charts.base import Bars

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
MADE = datetime.datetime(2013, 1, 1)
"""Time of writing in the properties, always the same, so that a design always gives the same bytes."""
WHY = "Does not apply because"
REPEATED = "explained above"
STEPS = ("Figure", "Step", "Name", "Of", "Value", "Unit", "Kind", "Meaning", "Source", "Oddity")
NARROWEST, WIDEST, LONGEST, LINE, MAX_LINES = 9, 55, 32_000, 15, 20
"""Widths of a column in characters; characters a cell may hold; height of a line in points, lines of a row."""
DECIMALS = {"MB": "#,##0.0", "Mcycle": "#,##0.0", "Mb/s": "#,##0.0", SHARE: "0.0%"}
WHOLE, OTHER, SMALL = "#,##0", "#,##0.00", "0.0000"
CHART_WIDTH, CHART_HEIGHT, CHART_ROWS, BAR_WIDTH, PART_WIDTH = 560, 320, 18, 24, 14
DENSITY = 1.15
"""Characters of a text that go into the width of a digit, on average."""
GRID = {"visible": True, "line": {"color": "#D9D9D9"}}


def build_workbook(record: Record) -> bytes:
    """Return the workbook; texts in it are never formulas or links."""
    import xlsxwriter  # needed only where a workbook is written

    data = io.BytesIO()
    with xlsxwriter.Workbook(data, OPTIONS) as book:
        book.set_properties({"title": "Exchange 2013 design", "created": MADE})
        writer = _Writer(book)
        for section in sorted(record.sections, key=lambda section: section.sheet != "Summary"):
            writer.section(section, record)
    return data.getvalue()


def number_format(cell: ReportCell) -> str:
    """Return the number format for a unit; whole numbers have no decimals, small ones have four."""
    assert isinstance(cell.value, float)
    if cell.unit == SHARE:
        return DECIMALS[SHARE]
    if cell.value == int(cell.value):
        return WHOLE
    return DECIMALS.get(cell.unit, OTHER) if abs(cell.value) >= 0.1 else SMALL


def _text(text: str) -> str:
    return one_line(text)[:LONGEST]


class _Exact(float):
    """A number that XlsxWriter writes to its last digit instead of to sixteen digits."""

    def __format__(self, form: str) -> str:
        return repr(float(self)).removesuffix(".0")


class _Writer:
    """Writes sections as sheets."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def format(self, **look: Any) -> Format:
        """Return a cell format, created once for each look."""
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"valign": "top", **look})
        return self._formats[key]

    @cached_property
    def head(self) -> Format:
        """Format of the head of a table."""
        return self.format(bold=True, bottom=1, bg_color="#E4EAF1", text_wrap=True, indent=1)

    @cached_property
    def plain(self) -> Format:
        """Format of texts."""
        return self.format(text_wrap=True, indent=1)

    def section(self, section: Section, record: Record) -> None:
        """Write a section as a sheet: its title, its paragraphs, then its table or charts."""
        sheet = self.book.add_worksheet(section.sheet)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        line = 0
        for text in _heading(section, record):
            sheet.write_string(line, 0, _text(text), self.format(bold=line == 0, font_size=14 if line == 0 else 11))
            line += 1
        charts = [part for part in section.parts if isinstance(part, Bars)]
        table = _table_of(section)
        if charts:
            self.charts(sheet, charts, line + 1)
        elif table is not None:
            self.table(sheet, table, line + 1)

    def table(self, sheet: Worksheet, table: ReportTable, top: int) -> None:
        """Write a table with a frozen head and a filter."""
        reasons = any(isinstance(cell, ReportCell) and cell.note for row in table.rows for cell in row)
        head = (*table.head, WHY) if reasons else table.head
        for column, name in enumerate(head):
            sheet.write_string(top, column, _text(name), self.head)
        rows = [(*row, _note(row)) if reasons else row for row in table.rows]
        widths = _widths(head, rows)
        for line, row in enumerate(rows, top + 1):
            sheet.set_row(line, LINE * _lines(row, widths))
            for column, cell in enumerate(row):
                self.cell(sheet, line, column, cell)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(top + 1, 1)
        sheet.repeat_rows(top)
        if table.rows:
            sheet.autofilter(top, 0, top + len(table.rows), len(head) - 1)

    def cell(self, sheet: Worksheet, line: int, column: int, cell: str | ReportCell) -> None:
        """Write a number as a number, a flag as true or false, a text as text, and nothing for None."""
        value = cell if isinstance(cell, str) else cell.value
        if isinstance(value, bool):
            sheet.write_boolean(line, column, value, self.format(align="left", indent=1))
        elif isinstance(value, float):
            assert isinstance(cell, ReportCell)
            look = self.format(num_format=number_format(cell), align="right", indent=1)
            sheet.write_number(line, column, _Exact(value), look)
        elif value:
            sheet.write_string(line, column, _text(value), self.plain)

    # --- charts ------------------------------------------------------------------------------

    def charts(self, sheet: Worksheet, charts: Sequence[Bars], top: int) -> None:
        """Write the figures of each chart, and the chart next to them."""
        beside = max(len(bars.parts) for bars in charts) + 2
        sheet.set_column(0, 0, BAR_WIDTH)
        sheet.set_column(1, beside - 1, PART_WIDTH)
        for bars in charts:
            sheet.write_string(top, 0, _text(bars.title), self.format(bold=True))
            sheet.write_string(top + 1, 0, _text(bars.finding))
            if bars.rows:
                self.figures(sheet, bars, top + 2)
                chart = self.chart(sheet.get_name(), bars, top + 2)
                sheet.insert_chart(top, beside, chart, {"description": _text(bars.finding)})
            top += max(CHART_ROWS, len(bars.bars) + 5) if bars.rows else 3

    def figures(self, sheet: Worksheet, bars: Bars, top: int) -> None:
        """Write the figures of a chart, one row per bar."""
        sheet.set_row(top, 2 * LINE)
        for column, name in enumerate((bars.head, *(bars.parts or (bars.measure,)))):
            sheet.write_string(top, column, _text(name), self.head)
        for line, (bar, values) in enumerate(zip(bars.bars, bars.matrix(), strict=True), top + 1):
            sheet.write_string(line, 0, _text(bar), self.plain)
            for column, value in enumerate(values, 1):
                if value is not None:
                    self.cell(sheet, line, column, ReportCell(value, ""))

    def chart(self, sheet: str, bars: Bars, top: int) -> Chart:
        """Return a chart of the figures on a sheet."""
        kind = {"type": "column", "subtype": "stacked"} if bars.stacked else {"type": "column"}
        chart: Chart = self.book.add_chart(kind)
        last = top + len(bars.bars)
        for column in range(1, len(bars.parts or ("",)) + 1):
            chart.add_series(
                {
                    "name": [sheet, top, column],
                    "categories": [sheet, top + 1, 0, last, 0],
                    "values": [sheet, top + 1, column, last, column],
                    "fill": {"color": COLOURS[(column - 1) % len(COLOURS)]},
                }
            )
        chart.set_title({"name": bars.title, "name_font": {"size": 12}})
        chart.set_x_axis({"name": bars.head})
        chart.set_y_axis({"name": bars.measure, "min": 0, "major_gridlines": GRID})
        chart.set_legend({"position": "bottom"} if bars.parts else {"none": True})
        chart.set_size({"width": CHART_WIDTH, "height": CHART_HEIGHT})
        return chart


def _heading(section: Section, record: Record) -> Iterator[str]:
    """Yield the lines above the table of a sheet."""
    if section.sheet == "Summary":
        yield record.title
        if record.description:
            yield record.description
        yield f"Status: {record.status}. {record.verdict}"
        yield from record.versions
    else:
        yield section.title
    for part in section.parts:
        if isinstance(part, str):
            yield part
        elif isinstance(part, IssueList) and part.rest:
            yield part.rest
        elif isinstance(part, ReportTable | IssueList) and not _rows(part):
            yield "None."


def _rows(part: ReportTable | IssueList) -> Sequence[object]:
    return part.rows if isinstance(part, ReportTable) else part.issues


# --- parts as tables -----------------------------------------------------------------------------


def _table_of(section: Section) -> ReportTable | None:
    """Return the table of a sheet; None if it would be empty."""
    tables = [part for part in section.parts if isinstance(part, ReportTable)]
    steps = [part for part in section.parts if isinstance(part, ReportStep)]
    if steps:
        return ReportTable(STEPS, [row for step in steps for row in _step_rows(step, step.sentence, 0)])
    for part in section.parts:
        if isinstance(part, IssueList):
            return _issues(part) if part.issues else None
    if not any(table.rows for table in tables):
        return None
    return tables[0] if len(tables) == 1 else _joined(tables)


def _joined(tables: Sequence[ReportTable]) -> ReportTable:
    """Join tables with the same head into one, with their titles in the first column."""
    rows = [(table.title, *row) for table in tables for row in table.rows]
    return ReportTable((tables[0].title_of, *tables[0].head), rows)


def _issues(found: IssueList) -> ReportTable:
    rows = [(issue.severity, issue.field, issue.message, issue.hint, reason) for issue, reason in found.issues]
    return ReportTable(("Severity", "Field", "Issue", "What to do", "Accepted because"), rows)


def _step_rows(step: ReportStep, figure: str, depth: int) -> Iterator[ReportRow]:
    """Yield one row per value of the step and of the steps it needs."""
    kind = f"{step.kind}, {step.origin}" if step.origin else step.kind
    meaning = REPEATED if step.repeated else step.sentence
    for label, cell in step.values:
        yield (
            figure,
            ReportCell(float(depth), str(depth)),
            step.name,
            label,
            cell,
            step.unit,
            kind,
            meaning,
            step.source,
            step.oddity,
        )
    for need in step.needs:
        yield from _step_rows(need, figure, depth + 1)


def _note(row: ReportRow) -> str:
    """Return the reason why the figure of a row does not apply, empty if it applies."""
    return next((cell.note for cell in row if isinstance(cell, ReportCell) and cell.note), "")


def _shown(cell: str | ReportCell) -> str:
    return cell.text if isinstance(cell, ReportCell) else cell


def _widths(head: Sequence[str], rows: Sequence[ReportRow]) -> list[int]:
    """Return widths that show most of the text in each column."""
    longest = [max((len(_shown(row[column])) for row in rows), default=0) for column in range(len(head))]
    pairs = zip(head, longest, strict=True)
    return [min(max(len(name) + 4, length + 3, NARROWEST), WIDEST) for name, length in pairs]


def _lines(row: ReportRow, widths: Sequence[int]) -> int:
    """Return the number of lines that the texts of a row need at these widths."""
    lines = max(math.ceil(len(_shown(cell)) / (width * DENSITY)) for cell, width in zip(row, widths, strict=True))
    return min(max(lines, 1), MAX_LINES)
