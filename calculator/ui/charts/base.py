"""What charts share: a chart with its finding and its table, and how it is drawn.

A spec is made with altair and cached; the rows of a design are passed beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt
import pandas as pd  # noqa: F401  altair takes it half loaded where another session is just loading it
import streamlit as st

from calculator.presentation.charts.base import Bars
from calculator.presentation.charts.base import Row as Row
from calculator.ui.results import figures
from calculator.ui.results.texts import escaped

Spec = Mapping[str, Any]
TEXT_COLOURS = {"light": "#31333f", "dark": "#fafafa"}
HEIGHT, BAR_HEIGHT = 320, 200


@dataclass(frozen=True)
class Chart:
    """Rows and how to draw them, what they show in a sentence, and the same as a table.

    Without rows ``finding`` says why there is nothing to draw.
    """

    finding: str
    rows: Sequence[Row] = ()
    spec: Spec = field(default_factory=dict)
    table: Sequence[Mapping[str, str]] = ()


def drawn(bars: Bars, spec: Callable[[Bars], Spec]) -> Chart:
    """Bars of a design with how to draw them; only their finding where there are none."""
    return Chart(bars.finding, bars.rows, spec(bars), bars.table) if bars.rows else Chart(bars.finding)


def text_colour() -> str:
    """Colour of text in the theme on screen: marks of a chart do not follow it by themselves."""
    return TEXT_COLOURS.get(st.context.theme.type or "light", TEXT_COLOURS["light"])


def without_data(chart: alt.TopLevelMixin) -> Spec:
    """Spec of a chart whose rows are passed beside it: altair's stand-in for them is left out."""
    spec = chart.to_dict(validate=False)
    spec.pop("datasets", None)
    spec.pop("data", None)
    for layer in spec.get("layer", ()):
        layer.pop("data", None)
    return spec


def legend(columns: int = 3, **more: Any) -> alt.Legend:
    """Legend below the chart."""
    return alt.Legend(orient="bottom", columns=columns, **more)


def show(chart: Chart, key: str) -> None:
    """Draw a chart with its finding, and its table to open."""
    if not chart.rows:
        st.caption(escaped(chart.finding))
        return
    st.vega_lite_chart(
        figures.arrow(chart.rows), dict(chart.spec), width="stretch", alt=chart.finding, key=f"chart:{key}"
    )
    st.caption(escaped(chart.finding))
    if chart.table:
        fold = st.expander("The same as a table", key=f"table_of:{key}", on_change="rerun")
        if fold.open:
            with fold:
                figures.draw_table(chart.table, alt=chart.finding)
