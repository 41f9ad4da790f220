"""Kinds of charts as data: what is shown, on which axes, in which order, within which limits.

A chart is described once. What draws it, on a page or in a report, adds colours and sizes, and no figure or word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from calculator.presentation.text import number, percent

ChartRow = dict[str, Any]
Matrix = list[list[float | None]]
GOOD, NOTED, DOUBTFUL, BAD, BROKEN = TONES = ("good", "noted", "doubtful", "bad", "broken")
"""What a bar can mean, the best first."""


@dataclass(frozen=True)
class LimitLine:
    """A line across a chart.

    Attributes
    ----------
    at
        Value of the line on the axis of the values.
    name
        What the line is.
    hard
        Whether nothing can lie beyond it; otherwise it is advice.
    """

    at: float
    name: str
    hard: bool = False


def cpu_limits(advised: float) -> tuple[LimitLine, LimitLine]:
    """Return lines at the highest CPU utilization that is advised, given as a share, and at 100 %."""
    return (
        LimitLine(percent(advised), f"{number(advised, 'share')} advised"),
        LimitLine(percent(1), number(1, "share"), hard=True),
    )


@dataclass(frozen=True)
class ChartData:
    """What every chart has.

    Attributes
    ----------
    title
        What the chart shows.
    finding
        What there is to see in it, in a sentence; without rows, why there is nothing to draw.
    rows
        What is drawn, one row per mark.
    """

    title: str
    finding: str
    rows: Sequence[ChartRow] = ()


@dataclass(frozen=True)
class Bars(ChartData):
    """Bars, whole or in parts.

    Attributes
    ----------
    bar, part, value
        Fields of the rows: the name of the bar, the name of its part (empty where bars are whole) and the value.
    head
        What a bar is.
    measure
        What a value is, with its unit.
    stacked
        Whether the parts of a bar follow one another; otherwise they are drawn side by side.
    limits
        Lines across.
    series
        All parts that the chart can have, in their order, so that a part keeps its colour in every design; empty
        where `parts` are all.
    columns
        Head by field of what a tooltip says of a row, and a table lists.
    mark
        Field of a value that is marked across each bar; empty where there is none.
    label
        Field of the text at the end of a bar; empty where bars have none.
    tone
        Field of what a bar means, a name in `TONES`; empty where all bars mean the same.
    text
        Field of a value as people write it; empty for the number alone.
    """

    bar: str = ""
    part: str = ""
    value: str = ""
    head: str = ""
    measure: str = ""
    stacked: bool = False
    limits: tuple[LimitLine, ...] = ()
    series: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""
    label: str = ""
    tone: str = ""
    text: str = ""

    @property
    def bars(self) -> tuple[str, ...]:
        """Names of the bars, in their order."""
        return tuple(dict.fromkeys(str(row[self.bar]) for row in self.rows))

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts that are drawn, in their order within a bar."""
        ordered = sorted(self.rows, key=lambda row: row.get("order", 0))
        return tuple(dict.fromkeys(str(row[self.part]) for row in ordered)) if self.part else ()

    @property
    def table(self) -> list[dict[str, str]]:
        """Texts of the rows by head of the column."""
        return [{head: str(row[name]) for name, head in self.columns.items()} for row in self.rows]

    def texts(self) -> list[list[str]]:
        """Return the values as people write them by bar and part, in the shape of `matrix`; empty for no such part."""
        found = {
            (str(row[self.bar]), str(row[self.part]) if self.part else ""): row[self.text]
            if self.text
            else number(row[self.value])
            for row in self.rows
            if row[self.value] is not None
        }
        return [[found.get((bar, part), "") for part in self.parts or ("",)] for bar in self.bars]

    def matrix(self) -> Matrix:
        """Return the values by bar and part, shape ``(bars, parts)``; None where a bar has no such part."""
        found = {(str(row[self.bar]), str(row[self.part]) if self.part else ""): row[self.value] for row in self.rows}
        return [[found.get((bar, part)) for part in self.parts or ("",)] for bar in self.bars]


@dataclass(frozen=True)
class Lines(ChartData):
    """Lines over time.

    Attributes
    ----------
    line, time, value
        Fields of the rows: the name of the line, the time and the value.
    head
        What a line is.
    time_head
        What the time counts, such as ``Month``.
    measure
        What a value is, with its unit.
    shown, shown_unit
        Field of the text of a value, and the unit of that text.
    series
        Names of the lines, in their order.
    limits
        Lines across.
    label
        Field of the text next to a point, which is empty for most points; empty where no point has a text.
    marks
        Lines from top to bottom, such as at the present time.
    top
        Largest value on the axis, where higher lines leave the chart; None if the axis has room for all.
    """

    line: str = ""
    time: str = ""
    value: str = ""
    head: str = ""
    time_head: str = ""
    measure: str = ""
    shown: str = "shown"
    shown_unit: str = ""
    series: tuple[str, ...] = ()
    limits: tuple[LimitLine, ...] = ()
    label: str = ""
    marks: tuple[LimitLine, ...] = ()
    top: float | None = None

    @property
    def columns(self) -> dict[str, str]:
        """Head by field of what a tooltip says of a point."""
        return {self.line: self.head, self.time: self.time_head, self.shown: self.shown_unit}

    @property
    def table(self) -> list[dict[str, str]]:
        """Texts of the points, one row per time and one column per line."""
        table: dict[float, dict[str, str]] = {}
        for row in sorted(self.rows, key=lambda row: float(row[self.time])):
            at = table.setdefault(row[self.time], {self.time_head: number(row[self.time])})
            at[f"{row[self.line]}, {self.shown_unit}"] = str(row[self.shown])
        return list(table.values())


@dataclass(frozen=True)
class HeatMap(ChartData):
    """Cells in rows and columns, coloured by what they are.

    Attributes
    ----------
    across, down
        Fields of the rows: the column and the row of a cell.
    kind, text
        Fields of the rows: what the cell is, and the text in it.
    names_across, names_down
        Names of the columns and of the rows, in their order.
    kinds
        What a cell can be, in its order.
    columns
        Head by field of what a tooltip says of a cell.
    marked_across, marked_down
        Names of columns and of rows that are marked.
    groups
        Names of groups of columns next to each other, each with its number of columns; empty for no groups.
    """

    across: str = ""
    down: str = ""
    kind: str = ""
    text: str = ""
    names_across: tuple[str, ...] = ()
    names_down: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    marked_across: tuple[str, ...] = ()
    marked_down: tuple[str, ...] = ()
    groups: tuple[tuple[str, int], ...] = ()
