"""Draw the chart of imported mailboxes: their number by size, with the bounds of the tiers."""

from __future__ import annotations

from calculator.importers import ImportResult
from calculator.importers.formats.sizes import KB
from calculator.importers.mailboxes import MESSAGES, format_mean, format_messages
from calculator.presentation.text import number, plural
from calculator.ui.charts import drawing
from calculator.ui.charts.base import Bins, Chart

_AXES = {
    "size": ("Size today, GB", "GB"),
    "quota": ("Quota, GB", "GB"),
    "messages": ("Messages per day", "messages per day"),
}
"""Title of the axis and unit of each measure by which tiers are made."""


def by_tier(imported: ImportResult, by: str) -> Chart:
    """Draw the mailboxes by size, quota or messages on a logarithmic axis, with the bounds of the tiers."""
    scale = 1.0 if by == MESSAGES else KB
    title, unit = _AXES[by]
    rows = []
    for row in imported.tables["population"]:
        low, high = (float(str(row[edge])) / scale for edge in ("from", "to"))
        span = f"{number(low)} to {number(high)} {unit}"
        count = float(str(row["mailboxes"]))
        rows.append({"low": low, "high": high, "count": count, "span": span, "shown": number(count)})
    bounds = tuple(sorted({float(str(row["from"])) for row in imported.tables["tiers"]} - {0.0}))
    table = [{title: str(row["span"]), "Mailboxes": str(row["shown"])} for row in rows if row["count"]]
    described = Bins(
        title,
        _finding(imported, bounds, by),
        rows,
        measure=title,
        count_measure="mailboxes",
        logarithmic=True,
        bounds=tuple(bound / scale for bound in bounds),
        columns={"span": title, "shown": "Mailboxes"},
    )
    return drawing.bins(described, table)


def _finding(imported: ImportResult, bounds: tuple[float, ...], by: str) -> str:
    tiers = imported.tables["tiers"]
    mailboxes = plural(number(sum(float(str(row["mailboxes"])) for row in tiers)), "mailbox")
    if not bounds:
        return f"{mailboxes} in {plural(len(tiers), 'tier')}."
    text = format_messages if by == MESSAGES else format_mean
    return f"{mailboxes} in {plural(len(tiers), 'tier')}, split at {', '.join(map(text, bounds))}."
