"""Chart of imported mailboxes: how many there are of each size, and where the tiers part them."""

from __future__ import annotations

import functools

import altair as alt

from calculator.importers import ImportResult
from calculator.importers.formats.sizes import KB
from calculator.importers.mailboxes import MESSAGES, format_messages, format_size
from calculator.ui.charts.base import HEIGHT, Chart, Spec, text_colour, without_data
from calculator.ui.results import figures

_AXES = {
    "size": ("Size today, GB", "GB"),
    "quota": ("Quota, GB", "GB"),
    "messages": ("Messages a day", "messages a day"),
}


def by_tier(imported: ImportResult, by: str) -> Chart:
    """Mailboxes by size, quota or messages on a logarithmic scale, with the bounds of the tiers."""
    scale = 1.0 if by == MESSAGES else KB
    title, unit = _AXES[by]
    rows = []
    for row in imported.tables["population"]:
        low, high = (float(str(row[edge])) / scale for edge in ("from", "to"))
        span = f"{figures.number(low)} to {figures.number(high)} {unit}"
        count = float(str(row["mailboxes"]))
        rows.append({"low": low, "high": high, "mailboxes": count, "span": span, "shown": figures.number(count)})
    tiers = imported.tables["tiers"]
    bounds = tuple(sorted({float(str(row["from"])) for row in tiers} - {0.0}))
    marks = tuple(bound / scale for bound in bounds)
    table = [{title: str(row["span"]), "Mailboxes": str(row["shown"])} for row in rows if row["mailboxes"]]
    return Chart(_finding(imported, bounds, by), rows, _spec(title, marks, text_colour()), table)


def _finding(imported: ImportResult, bounds: tuple[float, ...], by: str) -> str:
    tiers = imported.tables["tiers"]
    mailboxes = figures.number(sum(float(str(row["mailboxes"])) for row in tiers))
    if not bounds:
        return f"{mailboxes} mailboxes in {len(tiers)} tier{'s' if len(tiers) > 1 else ''}."
    text = format_messages if by == MESSAGES else format_size
    return f"{mailboxes} mailboxes in {len(tiers)} tiers, split at {', '.join(map(text, bounds))}."


@functools.lru_cache(maxsize=64)
def _spec(title: str, bounds: tuple[float, ...], colour: str) -> Spec:
    axis = alt.Axis(tickCount=8, format=",.3~r")
    x = alt.X("low:Q", title=title, scale=alt.Scale(type="log", base=2, nice=False), axis=axis)
    base = alt.Chart().properties(height=HEIGHT)
    bars = base.mark_bar(binSpacing=1).encode(
        x=x,
        x2="high:Q",
        y=alt.Y("mailboxes:Q", title="mailboxes", axis=alt.Axis(tickMinStep=1)),
        y2=alt.datum(0),
        tooltip=[alt.Tooltip("span:N", title=title), alt.Tooltip("shown:N", title="Mailboxes")],
    )
    once = base.transform_aggregate(bins="count()").mark_rule(color=colour, strokeDash=[4, 3], strokeWidth=1.5)
    rules = [once.encode(x=alt.datum(bound)) for bound in bounds]
    return without_data(alt.layer(bars, *rules))
