"""Chart of the logs of a day by hour."""

from __future__ import annotations

import functools

import altair as alt

from calculator.rule import HOUR
from calculator.sizing import Sizing
from calculator.ui import figures
from calculator.ui.charts.base import Chart, Spec, without_data


def by_hour(plan: Sizing) -> Chart:
    """Logs of a database in each hour."""
    counts = {hour: plan[f"replication_hourly_logs.{hour}"] for hour in HOUR.labels}
    if not any(counts.values()):
        return Chart("n/a: no logs are spread over the hours.")
    rows = [
        {"hour": int(hour) - 1, "logs": count, "shown": figures.number(count)}
        for hour, count in counts.items()
        if count is not None
    ]
    busiest = max(rows, key=lambda row: row["logs"])
    finding = f"The busiest hour begins at {busiest['hour']:02d}:00 with {busiest['shown']} logs of a database."
    return Chart(finding, rows, _spec())


@functools.cache
def _spec() -> Spec:
    chart = alt.Chart().mark_bar().encode(
        x=alt.X("hour:O", title="hour of the day", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("logs:Q", title="logs of a database"),
        tooltip=[alt.Tooltip("hour:O", title="From"), alt.Tooltip("shown:N", title="Logs")],
    ).properties(height=180)  # fmt: skip
    return without_data(chart)
