"""Chart of the designs that none beats: two figures against each other."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

import altair as alt

from calculator.ui.charts.base import HEIGHT, Chart, Row, Spec, text_colour, without_data
from calculator.ui.results import figures

Point = tuple[float, float, str]
"""A design: the figure looked for, the one held against it, and what a person knows it by."""


def front(goal: str, against: str, points: Sequence[Point]) -> Chart:
    """Designs of which none beats another, from the best in the first figure to the best in the second.

    A single one is told, not drawn.
    """
    if not points:
        return Chart("There is no design to draw: none is within the limits, or a figure does not apply.")
    rows: list[Row] = [
        {"goal": x, "against": y, "design": name, "shown": figures.number(x), "other": figures.number(y)}
        for x, y, name in points
    ]
    table = [{"Design": row["design"], goal: row["shown"], against: row["other"]} for row in rows]
    first, last = rows[0], rows[-1]
    if len(rows) == 1:
        return Chart(f"One design beats all others: {first['shown']} ({goal}) and {first['other']} ({against}).")
    finding = (
        f"{len(rows)} designs that none beats in both, from {first['shown']} ({goal}) and {first['other']} "
        f"({against}) to {last['shown']} and {last['other']}."
    )
    across, up = _step(x for x, *_ in points), _step(y for _, y, _ in points)
    return Chart(finding, rows, _front_spec(text_colour(), goal, against, across, up), table)


def _step(values: Iterable[float]) -> int:
    """Least step between the ticks of an axis: 1 for what is counted, any (0) for the rest."""
    return int(all(value == round(value) for value in values))


@functools.cache
def _front_spec(colour: str, goal: str, against: str, across: int, up: int) -> Spec:
    scale = alt.Scale(zero=False, padding=20)
    base = alt.Chart().properties(height=HEIGHT)
    x = alt.X("goal:Q", title=goal, scale=scale, axis=alt.Axis(tickMinStep=across))
    y = alt.Y("against:Q", title=against, scale=scale, axis=alt.Axis(tickMinStep=up))
    steps = base.mark_line(color=colour, opacity=0.35, interpolate="step-after").encode(x=x, y=y)
    points = base.mark_point(filled=True, size=80, opacity=1).encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("design:N", title="Design"),
            alt.Tooltip("shown:N", title=goal),
            alt.Tooltip("other:N", title=against),
        ],
    )
    return without_data(alt.layer(steps, points))
