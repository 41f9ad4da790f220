"""Charts of studies: how far changes and inputs move a figure, and how it spreads."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import altair as alt

from calculator.ui.charts.base import BAR_HEIGHT, Chart, Row, Spec, text_colour, without_data
from calculator.ui.results import figures


def tornado(title: str, present: float, changes: Sequence[tuple[str, float]], unit: str) -> Chart:
    """Bars from the present value of a figure to what each change makes of it, the longest first."""
    moved = [(name, value) for name, value in changes if value != present]
    if not moved:
        return Chart(f"No change moves this figure: it stays at {figures.number(present, unit)}.")
    moved.sort(key=lambda change: -abs(change[1] - present))
    rows: list[Row] = [
        {
            "change": name,
            "from": present,
            "to": value,
            "shown": figures.number(value, unit),
            "order": order,
            "way": "more" if value > present else "less",
        }
        for order, (name, value) in enumerate(moved)
    ]
    widest, value = moved[0]
    finding = f"It is moved most by {widest}: from {figures.number(present, unit)} to {figures.number(value, unit)}."
    return Chart(finding, rows, _tornado_spec(text_colour(), title, tuple(name for name, _ in moved)))


@functools.cache
def _tornado_spec(colour: str, title: str, order: tuple[str, ...]) -> Spec:
    base = alt.Chart().properties(height=90 + 34 * len(order))
    y = alt.Y("change:N", sort=list(order), title=None, axis=alt.Axis(labelLimit=230))
    scale = alt.Scale(zero=False, padding=40)
    bars = base.mark_bar(height=18).encode(
        y=y,
        x=alt.X("from:Q", title=title, scale=scale),
        x2="to:Q",
        color=alt.Color("way:N", scale=alt.Scale(domain=["more", "less"]), legend=None),
        tooltip=[alt.Tooltip("change:N", title="Change"), alt.Tooltip("shown:N", title="Gives")],
    )
    right = (
        base.transform_filter("datum.way == 'more'")
        .mark_text(color=colour, align="left", dx=4)
        .encode(y=y, x=alt.X("to:Q", scale=scale), text="shown:N")
    )
    left = (
        base.transform_filter("datum.way == 'less'")
        .mark_text(color=colour, align="right", dx=-4)
        .encode(y=y, x=alt.X("to:Q", scale=scale), text="shown:N")
    )
    rule = base.mark_rule(color=colour).encode(x="max(from):Q")
    return without_data(alt.layer(bars, right, left, rule))


def swings(title: str, present: float, ends: Sequence[tuple[str, str, float]]) -> Chart:
    """Bars from the present value of a figure to what it is at the ends of each input, the widest first.

    Parameters
    ----------
    title
        Of the axis.
    present
        The figure as the design is.
    ends
        Input, its value and what the figure then is; the inputs in their order.
    """
    moved = [end for end in ends if end[2] != present]
    if not moved:
        return Chart(f"No input moves this figure: it stays at {figures.number(present)}.")
    rows: list[Row] = [
        {
            "input": name,
            "at": at,
            "from": present,
            "to": value,
            "shown": figures.number(value),
            "way": "more" if value > present else "less",
        }
        for name, at, value in moved
    ]
    widest = moved[0][0]
    values = [value for name, _, value in ends if name == widest]
    finding = f"It is moved most by {widest}: from {figures.number(min(values))} to {figures.number(max(values))}."
    order = tuple(dict.fromkeys(name for name, *_ in moved))
    return Chart(finding, rows, _swings_spec(text_colour(), title, order))


@functools.cache
def _swings_spec(colour: str, title: str, order: tuple[str, ...]) -> Spec:
    base = alt.Chart().properties(height=70 + 30 * len(order))
    bars = base.mark_bar(height=16).encode(
        y=alt.Y("input:N", sort=list(order), title=None, axis=alt.Axis(labelLimit=160)),
        x=alt.X("from:Q", title=title, scale=alt.Scale(zero=False)),
        x2="to:Q",
        color=alt.Color("way:N", scale=alt.Scale(domain=["more", "less"]), legend=None),
        tooltip=[
            alt.Tooltip("input:N", title="Input"),
            alt.Tooltip("at:N", title="At"),
            alt.Tooltip("shown:N", title="Gives"),
        ],
    )
    return without_data(alt.layer(bars, base.mark_rule(color=colour).encode(x="max(from):Q")))


def indices(shares: Sequence[tuple[str, float, float, float, float]]) -> Chart:
    """Bars of the total index of each input with its bounds, and a tick where the first order ends.

    Parameters
    ----------
    shares
        Input, first order index, total index and the bounds of the total; the greatest first.
    """
    rows: list[Row] = [
        {
            "input": name,
            "first": max(0.0, 100 * first),
            "total": 100 * total,
            "low": 100 * low,
            "high": 100 * high,
            "shown": figures.number(total, "share"),
        }
        for name, first, total, low, high in shares
    ]
    greatest = rows[0]
    finding = f"Most is by {greatest['input']}: {greatest['shown']} of the variance with all it does together."
    return Chart(finding, rows, _indices_spec(text_colour(), tuple(str(row["input"]) for row in rows)))


@functools.cache
def _indices_spec(colour: str, order: tuple[str, ...]) -> Spec:
    base = alt.Chart().properties(height=70 + 30 * len(order))
    y = alt.Y("input:N", sort=list(order), title=None, axis=alt.Axis(labelLimit=160))
    bars = base.mark_bar(height=16).encode(
        y=y,
        x=alt.X("total:Q", title="share of variance, %"),
        tooltip=[alt.Tooltip("input:N", title="Input"), alt.Tooltip("shown:N", title="With others")],
    )
    bounds = base.mark_rule(color=colour).encode(y=y, x="low:Q", x2="high:Q")
    alone = base.mark_tick(color=colour, thickness=3, size=16).encode(y=y, x="first:Q")
    return without_data(alt.layer(bars, bounds, alone))


def histogram(title: str, bars: Sequence[tuple[float, float, float]]) -> Chart:
    """How often a figure lies where: a bar for each value, or for each step between two.

    Parameters
    ----------
    title
        Of the axis.
    bars
        From where, to where, and the share of the designs that lie there.
    """
    single = all(low == high for low, high, _ in bars)
    rows: list[Row] = [
        {
            "from": low,
            "to": high,
            "share": 100 * share,
            "often": figures.number(share, "share"),
            "shown": figures.number(low) if single else f"{figures.number(low)} to {figures.number(high)}",
        }
        for low, high, share in bars
    ]
    if len(rows) == 1:
        return Chart(f"It is {rows[0]['shown']} in all designs.")
    likeliest = max(rows, key=lambda row: row["share"])
    finding = f"Likeliest is {likeliest['shown']}, in {likeliest['often']} of the designs."
    return Chart(finding, rows, _values_spec(title) if single else _histogram_spec(title))


_OFTEN = alt.Y("share:Q", title="designs, %")
_TIPS = [alt.Tooltip("shown:N", title="Figure"), alt.Tooltip("often:N", title="Designs")]


@functools.cache
def _values_spec(title: str) -> Spec:
    axis = alt.Axis(labelAngle=0, labelOverlap=True)
    sort = alt.EncodingSortField("from", op="min")
    x = alt.X("shown:N", title=title, axis=axis, sort=sort)
    return without_data(alt.Chart().mark_bar().encode(x=x, y=_OFTEN, tooltip=_TIPS).properties(height=BAR_HEIGHT))


@functools.cache
def _histogram_spec(title: str) -> Spec:
    x = alt.X("from:Q", title=title, scale=alt.Scale(zero=False), bin="binned")
    chart = alt.Chart().mark_bar().encode(x=x, x2="to:Q", y=_OFTEN, tooltip=_TIPS)
    return without_data(chart.properties(height=BAR_HEIGHT))


def percentiles(title: str, values: Sequence[float]) -> Chart:
    """A figure against the share of designs in which it is no greater.

    Parameters
    ----------
    title
        Of the axis.
    values
        The 0th to the 100th percentile.
    """
    rows: list[Row] = [
        {"percent": percent, "value": value, "shown": figures.number(value)} for percent, value in enumerate(values)
    ]
    if values[0] == values[-1]:
        return Chart(f"Every percentile is {rows[0]['shown']}.")
    finding = f"In nine of ten designs it is {rows[90]['shown']} or less, in half of them {rows[50]['shown']} or less."
    return Chart(finding, rows, _percentiles_spec(title))


@functools.cache
def _percentiles_spec(title: str) -> Spec:
    chart = (
        alt.Chart()
        .mark_line(interpolate="step-after")
        .encode(
            x=alt.X("percent:Q", title="designs in which it is no greater, %"),
            y=alt.Y("value:Q", title=title, scale=alt.Scale(zero=False)),
            tooltip=[alt.Tooltip("percent:Q", title="Designs, %"), alt.Tooltip("shown:N", title="Figure")],
        )
    )
    return without_data(chart.properties(height=BAR_HEIGHT))
