"""Charts of a design over time: how near it comes to its limits, and how a volume fills in an outage."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import altair as alt
import numpy as np

from calculator.rules.constants import scalar
from calculator.studies.timeline.outage import Outage
from calculator.studies.timeline.run import Timeline
from calculator.ui.charts.base import HEIGHT, Chart, Row, Spec, legend, text_colour, without_data
from calculator.ui.results import figures

VOLUME, CPU, MEMORY = "Volume", "CPU", "Memory"
SERIES = (VOLUME, CPU, MEMORY)
MONTHS_HEIGHT, OUTAGE_HEIGHT = HEIGHT + 40, 220
TABLE_STEP = 3
"""Months between the rows of the table beside the chart."""


def months(found: Timeline, finding: str) -> Chart:
    """Volume, CPU in the worst failure and memory month by month, with what is full and what is advised as rules."""
    built = float(np.fmax.reduce(found.built.memory))
    rows: list[Row] = []
    table: list[dict[str, str]] = []
    for month in found.months():
        memory = month["memory"] / built if isinstance(month["memory"], float) else None
        shares = {VOLUME: month["volume_fill"], CPU: month["cpu_worst"], MEMORY: memory}
        number = int(month["month"] or 0)
        shown = {name: _percent(share) for name, share in shares.items()}
        rows += [
            {"month": number, "of": name, "percent": 100 * share, "shown": shown[name]}
            for name, share in shares.items()
            if isinstance(share, float)
        ]
        if number % TABLE_STEP == 0:
            table.append({"Month": str(number), "Mailboxes": _number(month["mailboxes"]), **shown})
    used = tuple(name for name in SERIES if any(row["of"] == name for row in rows))
    return Chart(finding, rows, _months_spec(text_colour(), used), table)


def _percent(share: object) -> str:
    return figures.number(share, "share") if isinstance(share, float) else figures.NOT_APPLICABLE


def _number(value: object) -> str:
    return f"{value:,.0f}" if isinstance(value, float) else figures.NOT_APPLICABLE


@functools.cache
def _months_spec(colour: str, used: tuple[str, ...]) -> Spec:
    base = alt.Chart().properties(height=MONTHS_HEIGHT)
    below = legend(3, symbolType="stroke", symbolStrokeWidth=2.5, symbolSize=300)
    dashes = [[1, 0], [6, 3], [2, 3]][: len(used)]
    lines = base.mark_line(strokeWidth=2.5).encode(
        x=alt.X("month:Q", title="month", axis=alt.Axis(tickMinStep=1), scale=alt.Scale(nice=False)),
        y=alt.Y("percent:Q", title="% of what is there"),
        color=alt.Color("of:N", sort=list(used), scale=alt.Scale(domain=list(used)), title=None, legend=below),
        strokeDash=alt.StrokeDash(
            "of:N", sort=list(used), title=None, legend=below, scale=alt.Scale(domain=list(used), range=dashes)
        ),
        tooltip=[
            alt.Tooltip("of:N", title="Of"),
            alt.Tooltip("month:Q", title="Month"),
            alt.Tooltip("shown:N", title="In use"),
        ],
    )
    advised = 100 * scalar("highest_cpu_utilization")
    rules = _rules(base, "month", colour, ((100.0, "full"), (advised, "CPU advised at most")))
    return without_data(alt.layer(lines, *rules))


def _rules(base: alt.Chart, time: str, colour: str, limits: Sequence[tuple[float, str]]) -> list[alt.Chart]:
    """Rules across a chart, each with its name, drawn once."""
    drawn: list[alt.Chart] = []
    once = base.transform_filter(f"datum.{time} == 0").transform_aggregate(rows="count()")
    for at, text in limits:
        drawn.append(once.mark_rule(color=colour, strokeDash=[4, 3]).encode(y=alt.datum(at)))
        name = once.mark_text(color=colour, align="left", dx=4, dy=-8, x=0, text=text)
        drawn.append(name.encode(y=alt.datum(at)))
    return drawn


def outage(found: Outage) -> Chart:
    """Fill of a volume day by day while its logs are not truncated."""
    rows: list[Row] = [
        {"day": day["day"], "percent": 100 * (day["volume_fill"] or 0), "shown": _percent(day["volume_fill"])}
        for day in found.rows()
    ]
    table = [
        {
            "Day": str(day["day"]),
            "Logs kept, GB": figures.number(day["logs_kept_gb"] or 0.0),
            "Volume": _percent(day["volume_fill"]),
        }
        for day in found.rows()
    ]
    return Chart(found.sentence, rows, _outage_spec(text_colour()), table)


@functools.cache
def _outage_spec(colour: str) -> Spec:
    base = alt.Chart().properties(height=OUTAGE_HEIGHT)
    line = base.mark_line(strokeWidth=2.5).encode(
        x=alt.X("day:Q", title="day of the outage", axis=alt.Axis(tickMinStep=1), scale=alt.Scale(nice=False)),
        y=alt.Y("percent:Q", title="% of a volume", scale=alt.Scale(zero=False)),
        tooltip=[alt.Tooltip("day:Q", title="Day"), alt.Tooltip("shown:N", title="Volume")],
    )
    return without_data(alt.layer(line, *_rules(base, "day", colour, ((100.0, "full"),))))
