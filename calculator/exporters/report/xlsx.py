"""Write the report of a design as a workbook: one sheet per section, with numbers as numbers and native charts."""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from calculator.exporters.report import heat_map
from calculator.exporters.report.content import (
    SHARE,
    Bullets,
    IssueList,
    KeyFigures,
    Picture,
    Record,
    Reference,
    ReportCell,
    ReportPart,
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
"""Creation time in the properties, fixed so that the same design always gives the same bytes."""
WHY = "Does not apply because"
REPEATED = "explained above"
STEPS = ("Figure", "Step", "What", "Where", "Value", "Unit", "Kind", "How it comes about", "Source", "Quirk", "Name")
ISSUES = ("Severity", "About", "Issue", "What to do", "Accepted because")
KEYS = ("Figure", "Value", "Note")
PAGES = {"Issues": 2, "Main figures": 2, "Assumptions": 2}
"""Largest number of printed pages of a sheet; any other sheet that is not an appendix has one page."""
CHART_SCALE, PAGE_ROWS, MARGIN = 55, 59, 0.5
"""Scale in percent at which a sheet of charts is printed, rows of a page at that scale, and its margin in inches."""
POINTS_PER_PIXEL, SHORT = 0.75, 250
"""Number of points per pixel; largest number of characters in a property of a workbook."""
PICTURE_SCALE = 0.5
"""Scale of the picture in the sheet, relative to its pixels."""
DEEPEST = 7
"""Largest number of outline levels of a sheet."""
NARROWEST, WIDEST, LONGEST, LINE, MAX_LINES = 9, 55, 32_000, 15, 20
"""Limits of the width of a column in characters; characters of a cell; height of a line in points; lines of a row."""
FITTING = 190
"""Width of a sheet in characters that can still be read on a printed page; the widest columns give way."""
DECIMALS = {"MB": "#,##0.0", "Mcycle": "#,##0.0", "Mb/s": "#,##0.0", SHARE: "0.0 %"}
WHOLE, OTHER, SMALL = "#,##0", "#,##0.00", "0.0000"
CHART_WIDTH, CHART_HEIGHT, CHART_ROWS, BAR_WIDTH, PART_WIDTH = 560, 320, 18, 24, 14
CHART_WIDTHS = (BAR_WIDTH, *[PART_WIDTH] * 8)
"""Widths of the columns of a sheet of charts."""
DENSITY = 1.15
"""Average number of characters of a text that fit the width of a digit."""
GRID = {"visible": True, "line": {"color": "#D9D9D9"}}


def build_workbook(record: Record) -> bytes:
    """Return the workbook; texts in it are never formulas or links."""
    import xlsxwriter  # needed only for a workbook

    data = io.BytesIO()
    with xlsxwriter.Workbook(data, OPTIONS) as book:
        about = record.about
        properties = {"title": record.title, "author": about.author, "company": about.customer}
        book.set_properties({**{name: _text(text)[:SHORT] for name, text in properties.items()}, "created": MADE})
        writer = _Writer(book)
        writer.section(record.first.section, list(_front(record)), list(_back(record)))
        for section in record.sections:
            writer.section(section, [section.title])
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
    """Number that XlsxWriter writes with all its digits instead of sixteen."""

    def __format__(self, form: str) -> str:
        return repr(float(self)).removesuffix(".0")


class _Writer:
    """Writer of sections as sheets of a workbook."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def format(self, **look: Any) -> Format:
        """Return a cell format, created once per set of properties."""
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"valign": "top", **look})
        return self._formats[key]

    @cached_property
    def head(self) -> Format:
        """Format of the head of a table."""
        return self.format(bold=True, bottom=1, bg_color="#E4EAF1", text_wrap=True, indent=1)

    @cached_property
    def head_of_numbers(self) -> Format:
        """Format of the head of a column of numbers, which are aligned on the right."""
        return self.format(bold=True, bottom=1, bg_color="#E4EAF1", text_wrap=True, indent=1, align="right")

    @cached_property
    def plain(self) -> Format:
        """Format of texts."""
        return self.format(text_wrap=True, indent=1)

    def section(self, section: Section, above: Sequence[str], below: Sequence[str] = ()) -> None:
        """Write a section as a sheet: lines of text, then its paragraphs, tables and charts, then more lines."""
        sheet = self.book.add_worksheet(section.sheet)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_footer("&L&A&RPage &P of &N")
        sheet.fit_to_pages(1, 0 if section.appendix else PAGES.get(section.sheet, 1))
        charts = [part for part in section.parts if isinstance(part, Bars)]
        if charts:
            self.charts(sheet, charts, self.lines(sheet, above, 0, CHART_WIDTHS, title=True) + 1)
            return
        blocks = list(_blocks(section))
        tables = [block for block in blocks if isinstance(block, ReportTable)]
        widths = _common_widths(tables) or [NARROWEST, WIDEST]
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        line, alone = self.lines(sheet, above, 0, widths, title=True), len(tables) == 1
        for block in blocks:
            if isinstance(block, str):
                line = self.lines(sheet, [block], line, widths)
            elif isinstance(block, ReportTable):
                line = self.table(sheet, block, line + 1, widths, alone=alone) + 1
            else:
                line = self.picture(sheet, block, line + 1, widths)
        self.lines(sheet, below, line + 1, widths)

    def lines(
        self, sheet: Worksheet, texts: Sequence[str], line: int, widths: Sequence[int], *, title: bool = False
    ) -> int:
        """Write one paragraph per line across all columns, the first as a title; return the next line."""
        room = sum(widths) * DENSITY
        for place, text in enumerate(texts):
            first = title and place == 0
            look = self.format(bold=first, font_size=14 if first else 11, text_wrap=True)
            needed = math.ceil(len(text) / room * (1.3 if first else 1))
            sheet.set_row(line, (1.3 if first else 1) * LINE * min(max(needed, 1), MAX_LINES))
            if len(widths) > 1:
                sheet.merge_range(line, 0, line, len(widths) - 1, "", look)
            sheet.write_string(line, 0, _text(text), look)
            line += 1
        return line

    def table(self, sheet: Worksheet, table: ReportTable, top: int, widths: Sequence[int], *, alone: bool) -> int:
        """Write a table; a table that is alone on its sheet has a frozen head and a filter.  Return the next line.

        Rows of an outline are folded below the row that they belong to.
        """
        if table.title:
            sheet.write_string(top, 0, _text(table.title), self.format(bold=True, font_size=12))
            top += 1
        reasons = _has_reasons(table)
        head = (*table.head, WHY) if reasons else table.head
        sheet.set_row(top, LINE * _lines(head, widths))
        for column, name in enumerate(head):
            look = self.head_of_numbers if _holds_numbers(table, column) else self.head
            sheet.write_string(top, column, _text(name), look)
        spread = len(widths) - 1 if head == KEYS and len(widths) > len(KEYS) else 0
        room = [*widths[: len(KEYS) - 1], sum(widths[len(KEYS) - 1 :])] if spread else widths
        if spread:
            sheet.merge_range(top, len(head) - 1, top, spread, _text(head[-1]), self.head)
        levels = table.levels if isinstance(table, _Outline) else [0] * len(table.rows)
        for line, (row, level) in enumerate(zip(table.rows, levels, strict=True), top + 1):
            cells = (*row, _note(row)) if reasons else row
            height = LINE * _lines(cells, room)
            folded = {"level": min(level, DEEPEST), "hidden": level > 0}
            follows = line - top < len(levels) and levels[line - top] > level
            sheet.set_row(line, height, None, {**folded, "collapsed": follows})
            if spread:
                sheet.merge_range(line, len(head) - 1, line, spread, "", self.plain)
            for column, cell in enumerate(cells):
                self.cell(sheet, line, column, cell)
        last = top + len(table.rows)
        if isinstance(table, _Outline):
            sheet.outline_settings(True, False, True, False)
        if alone:
            sheet.freeze_panes(top + 1, 1)
            sheet.repeat_rows(top)
            sheet.autofilter(top, 0, last, len(head) - 1)
        return last + 1

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
            sheet.write_string(line, column, _text(cell if isinstance(cell, str) else cell.text), self.plain)

    def picture(self, sheet: Worksheet, picture: Picture, line: int, widths: Sequence[int]) -> int:
        """Write a picture with its title and finding; return the next line."""
        sheet.write_string(line, 0, _text(picture.drawn.title), self.format(bold=True, font_size=12))
        line = self.lines(sheet, [picture.drawn.finding], line + 1, widths)
        image, height = heat_map.png(picture.drawn)
        options = {
            "image_data": io.BytesIO(image),
            "x_scale": PICTURE_SCALE * POINTS_PER_PIXEL,  # the file says 72 pixels per inch, a sheet has 96
            "y_scale": PICTURE_SCALE * POINTS_PER_PIXEL,
            "description": _text(picture.drawn.finding)[:SHORT],
        }
        sheet.insert_image(line, 0, "copies.png", options)
        return line + 1 + math.ceil(height * PICTURE_SCALE * POINTS_PER_PIXEL / LINE)

    # --- charts ------------------------------------------------------------------------------

    def charts(self, sheet: Worksheet, charts: Sequence[Bars], top: int) -> None:
        """Write the figures of each chart with the chart next to them; no chart is cut by a page break.

        Excel ignores page breaks on a sheet that is fitted to pages, so the sheet has a scale instead.
        """
        sheet.set_print_scale(CHART_SCALE)
        sheet.set_margins(top=MARGIN, bottom=MARGIN)
        breaks, first = list[int](), 0
        chart_column = max(len(bars.parts) for bars in charts) + 2
        sheet.set_column(0, 0, BAR_WIDTH)
        sheet.set_column(1, chart_column - 1, PART_WIDTH)
        for bars in charts:
            rows = max(CHART_ROWS, len(bars.bars) + 5) if bars.rows else 3
            if top + rows > first + PAGE_ROWS:
                breaks.append(top)
                first = top
            sheet.write_string(top, 0, _text(bars.title), self.format(bold=True))
            self.lines(sheet, [bars.finding], top + 1, [BAR_WIDTH, *[PART_WIDTH] * (chart_column - 2)])
            if bars.rows:
                self.figures(sheet, bars, top + 2)
                chart = self.chart(sheet.get_name(), bars, top + 2)
                options = {"y_offset": 4, "description": _text(bars.finding)}
                sheet.insert_chart(top, chart_column, chart, options)
            top += rows
        sheet.set_h_pagebreaks(breaks)

    def figures(self, sheet: Worksheet, bars: Bars, top: int) -> None:
        """Write the figures of a chart, one row per bar."""
        sheet.set_row(top, 2 * LINE)
        for column, name in enumerate((bars.head, *(bars.parts or (bars.measure,)))):
            sheet.write_string(top, column, _text(name), self.head_of_numbers if column else self.head)
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


@dataclass(frozen=True)
class _Outline(ReportTable):
    """Table whose rows are folded, with the level of each row."""

    levels: Sequence[int] = ()


def _front(record: Record) -> Iterator[str]:
    """Yield the lines of the title block."""
    yield record.title
    yield from (f"{label}: {text}" for label, text in record.about.lines)
    if record.description:
        yield record.description
    yield f"{record.first.badge}. {record.first.verdict}"
    yield record.first.version


def _back(record: Record) -> Iterator[str]:
    """Yield the list of contents, and sentences about the versions of rules, results and program."""
    yield f"Sheets: {', '.join(section.sheet for section in record.body)}."
    yield f"Appendices: {', '.join(section.sheet for section in record.appendices)}."
    yield from record.versions


# --- parts as tables -----------------------------------------------------------------------------


def _blocks(section: Section) -> Iterator[str | ReportTable | Picture]:
    """Yield the parts of a section as paragraphs, tables and pictures; tables and steps of an appendix are folded."""
    steps = [part for part in section.parts if isinstance(part, ReportStep)]
    tables = [part for part in section.parts if isinstance(part, ReportTable)]
    if steps:
        yield _outline([(depth, row) for step in steps for depth, row in _step_rows(step, step.label, 0)], STEPS)
        return
    if section.appendix and len(tables) > 1:
        yield from (part for part in section.parts if isinstance(part, str))
        yield _by_title(tables)
        return
    for part in section.parts:
        yield from _block(part)


def _block(part: ReportPart) -> Iterator[str | ReportTable | Picture]:
    match part:
        case str() | Picture():
            yield part
        case Reference():
            yield part.text
        case ReportTable():
            yield part if part.rows else "None."
        case IssueList():
            yield _issues(part) if part.issues else "None."
            if part.rest:
                yield part.rest
        case Bullets():
            yield part.lead
            yield from (f"• {item}" for item in part.items)
        case KeyFigures():
            yield ReportTable(KEYS, [(tile.name, tile.figure, tile.note) for tile in part.tiles])


def _outline(rows: Sequence[tuple[int, ReportRow]], head: tuple[str, ...]) -> _Outline:
    return _Outline(head, [row for _, row in rows], levels=[level for level, _ in rows])


def _by_title(tables: Sequence[ReportTable]) -> _Outline:
    """Join tables with the same head into one: a row per title, with the rows of the table folded below it."""
    first, found = tables[0], list[tuple[int, ReportRow]]()
    for table in tables:
        empty = [""] * (len(first.head) - 1)
        found.append((0, (table.title, f"{len(table.rows)} rows", *empty)))
        found += [(1, (table.title, *row)) for row in table.rows]
    return _outline(found, (first.title_of, *first.head))


def _issues(found: IssueList) -> ReportTable:
    rows = [(i.issue.severity, i.about, i.issue.message, i.issue.hint, i.accepted) for i in found.issues]
    return ReportTable(ISSUES, rows)


def _step_rows(step: ReportStep, figure: str, depth: int) -> Iterator[tuple[int, ReportRow]]:
    """Yield one row per value of the step and of the steps it needs, each with its depth."""
    kind = f"{step.kind}, {step.origin}" if step.origin else step.kind
    how = REPEATED if step.repeated else step.sentence
    for number, (place, cell) in enumerate(step.values):
        yield (
            depth if number == 0 else depth + 1,
            (
                figure,
                ReportCell(float(depth), str(depth)),
                step.label,
                place,
                cell,
                step.unit,
                kind,
                how,
                step.source,
                step.oddity,
                step.name,
            ),
        )
    for need in step.needs:
        yield from _step_rows(need, figure, depth + 1)


def _has_reasons(table: ReportTable) -> bool:
    return any(isinstance(cell, ReportCell) and cell.note for row in table.rows for cell in row)


def _note(row: ReportRow) -> str:
    """Return the reason why the figure of a row does not apply; empty if it applies."""
    return next((cell.note for cell in row if isinstance(cell, ReportCell) and cell.note), "")


def _holds_numbers(table: ReportTable, column: int) -> bool:
    """Return whether most cells of a column are numbers; the reasons after the last column are texts."""
    cells = [row[column] for row in table.rows if column < len(row)]
    numbers = sum(isinstance(cell, ReportCell) and type(cell.value) is float for cell in cells)
    return 2 * numbers > sum(bool(_shown(cell)) for cell in cells)


def _shown(cell: str | ReportCell) -> str:
    return cell.text if isinstance(cell, ReportCell) else cell


def _common_widths(tables: Sequence[ReportTable]) -> list[int]:
    """Return widths that show most of the text in each column of the tables of a sheet."""
    each = [_widths((*table.head, WHY) if _has_reasons(table) else table.head, table.rows) for table in tables]
    if len(each) > 1:  # the notes of the key figures take the columns of the next table
        each = [w[:-1] if table.head == KEYS else w for w, table in zip(each, tables, strict=True)]
    return _fit([max(widths) for widths in zip_longest(*each, fillvalue=NARROWEST)])


def _fit(widths: Sequence[int]) -> list[int]:
    """Return widths of which the widest are reduced until a page can show all of them."""
    widest = max(widths, default=0)
    while sum(min(width, widest) for width in widths) > FITTING and widest > NARROWEST * 2:
        widest -= 1
    return [min(width, widest) for width in widths]


def _widths(head: Sequence[str], rows: Sequence[ReportRow]) -> list[int]:
    shown = [(*row, _note(row)) if len(head) > len(row) else row for row in rows]
    longest = [max((len(_shown(row[column])) for row in shown), default=0) for column in range(len(head))]
    pairs = zip(head, longest, strict=True)
    return [min(max(len(name) + 4, length + 3, NARROWEST), WIDEST) for name, length in pairs]


def _lines(row: ReportRow, widths: Sequence[int]) -> int:
    """Return the number of lines that the texts of a row need at these widths."""
    lines = max(math.ceil(len(_shown(cell)) / (width * DENSITY)) for cell, width in zip(row, widths, strict=False))
    return min(max(lines, 1), MAX_LINES)
