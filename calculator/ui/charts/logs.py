"""Chart of the logs of a day by hour."""

from __future__ import annotations

import functools

import altair as alt

from calculator.engine.sizing import SizedDesign
from calculator.presentation.charts import servers
from calculator.ui.charts.base import Chart, Spec, drawn, without_data


def by_hour(design: SizedDesign) -> Chart:
    """Logs of a database in each hour."""
    return drawn(servers.logs_by_hour(design), lambda bars: _spec())


@functools.cache
def _spec() -> Spec:
    chart = (
        alt.Chart()
        .mark_bar()
        .encode(
            x=alt.X("hour:O", title="hour of the day", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("logs:Q", title="logs of a database"),
            tooltip=[alt.Tooltip("hour:O", title="From"), alt.Tooltip("shown:N", title="Logs")],
        )
        .properties(height=180)
    )
    return without_data(chart)
