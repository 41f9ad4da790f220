"""Show a chart on the page, and describe the kinds of charts that only the app draws.

The spec of a chart is separate from its rows, so that all charts of one form share a cached spec.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from calculator.presentation.charts.base import ChartData, ChartRow, LimitLine
from calculator.ui.results import figures
from calculator.ui.results.texts import escaped, unseen

ChartSpec = Mapping[str, Any]


@dataclass(frozen=True)
class Chart:
    """Chart that is ready to be shown.

    Attributes
    ----------
    finding
        What the chart shows, in a sentence. Without rows, the reason why there is nothing to show.
    rows, spec
        Data and Vega-Lite spec of the chart.
    table
        The same data as a table.
    title
        What the chart shows.
    """

    finding: str
    rows: Sequence[ChartRow] = ()
    spec: ChartSpec = field(default_factory=dict)
    table: Sequence[Mapping[str, str]] = ()
    title: str = ""


def draw_chart(chart: Chart, key: str) -> None:
    """Draw a chart with its finding, and its table in an expander."""
    if not chart.rows:
        st.caption(escaped(chart.finding))
        return
    st.vega_lite_chart(
        figures.arrow(chart.rows), dict(chart.spec), width="stretch", alt=chart.finding, key=f"chart:{key}"
    )
    st.caption(escaped(chart.finding))
    if chart.table:
        expander = st.expander(f"The same as a table{unseen(chart.title)}", key=f"table_of:{key}", on_change="rerun")
        if expander.open:
            with expander:
                figures.draw_table(chart.table, alt=chart.finding)


def draw_picture(chart: Chart, key: str) -> None:
    """Draw a small chart without a visible finding; only screen readers read the finding."""
    st.vega_lite_chart(
        figures.arrow(chart.rows), dict(chart.spec), width="stretch", alt=chart.finding, key=f"chart:{key}"
    )


# --- kinds ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Intervals(ChartData):
    """Horizontal bars from one common value to another one.

    The rows have the fields ``name``, ``start``, ``end`` and ``way``: ``more`` if the end is above the start.

    Attributes
    ----------
    measure
        Quantity on the axis, with its unit.
    label
        Field of the text at the end of a bar; empty for no text.
    columns
        Title of each field that the tooltip shows, and that the table lists.
    limits
        Lines across the bars.
    """

    measure: str = ""
    label: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[LimitLine, ...] = ()

    @property
    def table(self) -> list[dict[str, str]]:
        """Texts of the rows by title of the column."""
        return [{title: str(row[name]) for name, title in self.columns.items()} for row in self.rows]


@dataclass(frozen=True)
class Estimates(ChartData):
    """Horizontal bars with error bounds and a mark.

    The rows have the fields ``name``, ``value``, ``low``, ``high`` and ``mark``.

    Attributes
    ----------
    measure
        Quantity on the axis, with its unit.
    columns
        Title of each field that the tooltip shows, and that the table lists.
    """

    measure: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> list[dict[str, str]]:
        """Texts of the rows by title of the column."""
        return [{title: str(row[name]) for name, title in self.columns.items()} for row in self.rows]


@dataclass(frozen=True)
class Bins(ChartData):
    """Histogram.

    The rows have the fields ``low``, ``high`` and ``count``.

    Attributes
    ----------
    measure, count_measure
        Quantities on the horizontal and the vertical axis, with their units.
    logarithmic
        Whether the horizontal axis is logarithmic.
    bounds
        Values with a dashed line.
    limits
        Values with a dashed line and a name.
    columns
        Title of each field that the tooltip shows.
    """

    measure: str = ""
    count_measure: str = ""
    logarithmic: bool = False
    bounds: tuple[float, ...] = ()
    limits: tuple[LimitLine, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Points(ChartData):
    """Points connected by steps.

    The rows have the fields ``x`` and ``y``.

    Attributes
    ----------
    measures
        Quantities on the two axes, with their units.
    columns
        Title of each field that the tooltip shows.
    """

    measures: tuple[str, str] = ("", "")
    columns: Mapping[str, str] = field(default_factory=dict)
