"""Charts of studies: how far each change moves a figure."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import altair as alt

from calculator.ui import figures
from calculator.ui.charts.base import Chart, Row, Spec, text_colour, without_data


def tornado(title: str, present: float, changes: Sequence[tuple[str, float]], unit: str) -> Chart:
    """Bars from the present value of a figure to what each change makes of it, the longest first."""
    moved = [(name, value) for name, value in changes if value != present]
    if not moved:
        return Chart(f"No change moves this figure: it stays at {figures.number(present, unit)}.")
    moved.sort(key=lambda change: -abs(change[1] - present))
    rows: list[Row] = [
        {"change": name, "from": present, "to": value, "shown": figures.number(value, unit), "order": order,
         "way": "more" if value > present else "less"}
        for order, (name, value) in enumerate(moved)
    ]  # fmt: skip
    widest, value = moved[0]
    finding = (
        f"{widest} moves it most: from {figures.number(present, unit)} to {figures.number(value, unit)}."
    )  # fmt: skip
    return Chart(finding, rows, _tornado_spec(text_colour(), title, tuple(name for name, _ in moved)))


@functools.cache
def _tornado_spec(colour: str, title: str, order: tuple[str, ...]) -> Spec:
    base = alt.Chart().properties(height=90 + 34 * len(order))
    y = alt.Y("change:N", sort=list(order), title=None, axis=alt.Axis(labelLimit=230))
    scale = alt.Scale(zero=False, padding=40)
    bars = base.mark_bar(height=18).encode(
        y=y, x=alt.X("from:Q", title=title, scale=scale), x2="to:Q",
        color=alt.Color("way:N", scale=alt.Scale(domain=["more", "less"]), legend=None),
        tooltip=[alt.Tooltip("change:N", title="Change"), alt.Tooltip("shown:N", title="Gives")],
    )  # fmt: skip
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
