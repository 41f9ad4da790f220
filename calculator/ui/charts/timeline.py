"""Draw charts of a design over time: the use of its limits month by month, and a volume in an outage."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from calculator.presentation.charts.base import ChartRow, LimitLine, Lines
from calculator.presentation.text import NOT_APPLICABLE, number
from calculator.rules.constants import scalar
from calculator.studies.figures import none_if_nan
from calculator.studies.timeline.limits import measure_memory
from calculator.studies.timeline.outage import Outage
from calculator.studies.timeline.run import Timeline
from calculator.ui.charts import drawing
from calculator.ui.charts.base import Chart

VOLUME, CPU, MEMORY = "Database volume", "CPU, worst failure", "Memory needed"
SERIES = (VOLUME, CPU, MEMORY)
FULL = LimitLine(100.0, "100\u00a0%: full", hard=True)
TABLE_STEP = 3
"""Months between the rows of the table."""


def months(found: Timeline) -> Chart:
    """Draw the use of volume, CPU in the worst failure and memory, month by month, with the limits that are reached.

    Memory has a line only if a server needs more than it has at some time.
    """
    needed, built = measure_memory(found.figures, found.built)
    memory = [none_if_nan(share) for share in np.fmax.reduce(needed / built, axis=0)]
    drawn = set(SERIES)
    if all(share is None or share <= 1 for share in memory):
        drawn.remove(MEMORY)
    rows: list[ChartRow] = []
    table: list[dict[str, str]] = []
    for month in found.months():
        count = int(month["month"] or 0)
        shares = {VOLUME: month["volume_fill"], CPU: month["cpu_worst"], MEMORY: memory[count]}
        shown = {name: _percent(share) for name, share in shares.items()}
        rows += [
            {"month": count, "of": name, "percent": 100 * share, "shown": shown[name]}
            for name, share in shares.items()
            if isinstance(share, float) and name in drawn
        ]
        if count % TABLE_STEP == 0:
            table.append({"Month": str(count), "Mailboxes": _count(month["mailboxes"]), **shown})
    if not _first_months(found) and all(
        len({row["shown"] for row in rows if row["of"] == name}) <= 1 for name in drawn
    ):
        unchanged = ", ".join(f"{name} {table[0][name]}" for name in SERIES if name in drawn)
        return Chart(f"Nothing changes from month to month: {unchanged}.")
    ends = [(name, [row["shown"] for row in rows if row["of"] == name]) for name in SERIES]
    changes = "; ".join(f"{name} from {shown[0]} to {shown[-1]}" for name, shown in ends if shown)
    finding = f"From month 0 to month {len(found.months()) - 1}: {changes}."
    advised = LimitLine(100 * scalar("highest_cpu_utilization", found.built.profile), "CPU advised")
    described = Lines(
        "Use of limits",
        finding,
        rows,
        line="of",
        time="month",
        value="percent",
        head="Of",
        time_head="Month",
        measure="in use, %",
        shown_unit="In use",
        series=tuple(name for name in SERIES if any(row["of"] == name for row in rows)),
        limits=(FULL, advised),
        marks=tuple(LimitLine(float(month), f"month {month}") for month in _first_months(found)),
    )
    return replace(drawing.lines(described), table=table)


def _first_months(found: Timeline) -> list[int]:
    """Return the first month in which a limit is reached, as a list; empty if no limit is reached."""
    months = [int(row["month"]) for row in found.limits() if row["month"] is not None]
    return [min(months)] if months else []


def _percent(share: object) -> str:
    return number(share, "share") if isinstance(share, float) else NOT_APPLICABLE


def _count(value: object) -> str:
    return f"{value:,.0f}" if isinstance(value, float) else NOT_APPLICABLE


def outage(found: Outage) -> Chart:
    """Draw the fill of a volume day by day while its logs are not truncated."""
    days = found.rows()
    rows: list[ChartRow] = [
        {"day": day["day"], "percent": 100 * (day["volume_fill"] or 0), "shown": _percent(day["volume_fill"])}
        for day in days
    ]
    table = [
        {
            "Day": str(day["day"]),
            "Logs kept, GB": number(day["logs_kept_gb"] or 0.0),
            "Volume": _percent(day["volume_fill"]),
        }
        for day in days
    ]
    described = Lines(
        "Volume in an outage",
        found.finding,
        rows,
        time="day",
        value="percent",
        time_head="Day",
        measure="% of a volume",
        shown_unit="Volume",
        limits=(FULL,),
    )
    return replace(drawing.lines(described, time_title="day of the outage", from_zero=False), table=table)
