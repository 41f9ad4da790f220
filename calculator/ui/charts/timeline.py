"""Draw charts of a design over time: the use of its limits month by month, and a volume in an outage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from calculator.presentation.charts.base import ChartRow, LimitLine, Lines
from calculator.presentation.text import NOT_APPLICABLE, number
from calculator.studies.timeline.outage import Outage
from calculator.studies.timeline.run import Timeline
from calculator.ui.charts import drawing
from calculator.ui.charts.base import Chart

LINES = 4
"""Largest number of limits that are drawn: those that are reached first, then those of which most is used."""
LIMIT = LimitLine(100.0, "limit", hard=True)
FULL = LimitLine(100.0, "100\u00a0%: full", hard=True)
TABLE_STEP = 3
"""Months between the rows of the table."""


def months(found: Timeline, titles: Mapping[str, str]) -> Chart:
    """Draw the share of each limit that is used month by month, with the month in which the first one is reached.

    A limit has a line only if its share changes.

    Parameters
    ----------
    found
        The timeline.
    titles
        Titles of the limits by name.
    """
    used = {name: share.tolist() for name, share in found.used().items()}
    shown = {name: [number(share, "share") for share in shares] for name, shares in used.items()}
    drawn = [name for name in _most_used(found) if len(set(shown[name])) > 1][:LINES]
    reached = _first_months(found)
    last = len(found.state.months) - 1
    if not drawn:
        return Chart("Nothing changes from month to month.")
    rows: list[ChartRow] = [
        {"month": month, "of": titles[name], "percent": 100 * share, "shown": shown[name][month]}
        for name in drawn
        for month, share in enumerate(used[name])
        if share == share
    ]
    changes = "; ".join(f"{titles[name]} from {shown[name][0]} to {shown[name][-1]}" for name in drawn)
    described = Lines(
        "Use of limits",
        f"How much of each limit is used, from month 0 to month {last}: {changes}.",
        rows,
        line="of",
        time="month",
        value="percent",
        head="Limit",
        time_head="Month",
        measure="limit used, %",
        shown_unit="Used",
        series=tuple(titles[name] for name in drawn),
        limits=(LIMIT,),
        marks=tuple(LimitLine(float(month), f"month {month}") for month in reached),
    )
    table = [
        {
            "Month": str(month),
            "Mailboxes": _count(found.figures["mailboxes_total"][month]),
            **{titles[name]: shown[name][month] for name in drawn},
        }
        for month in range(0, last + 1, TABLE_STEP)
    ]
    return replace(drawing.lines(described), table=table)


def _most_used(found: Timeline) -> list[str]:
    """Return the limits in the order of their importance: those that are reached, then those that are used most."""
    used = found.used()
    reached = [str(row["limit"]) for row in found.limits() if row["month"] is not None]
    others = sorted((name for name in used if name not in reached), key=lambda name: -used[name][-1])
    return [*reached, *others]


def _first_months(found: Timeline) -> list[int]:
    """Return the first month in which growth reaches a limit, as a list; empty if it reaches none."""
    reached = [int(row["month"]) for row in found.limits() if row["month"]]
    return [min(reached)] if reached else []


def _percent(share: object) -> str:
    return number(share, "share") if isinstance(share, float) else NOT_APPLICABLE


def _count(value: float) -> str:
    return NOT_APPLICABLE if value != value else f"{value:,.0f}"


def outage(found: Outage) -> Chart:
    """Draw the fill of a volume day by day while its logs are not truncated, until it is full."""
    days = [day for day in found.rows() if found.full is None or float(day["day"] or 0) < found.full]
    rows: list[ChartRow] = [
        {"day": day["day"], "percent": 100 * (day["volume_fill"] or 0), "shown": _percent(day["volume_fill"])}
        for day in days
    ]
    table = [
        {
            "Day": str(day["day"]),
            "Logs kept, GB": number(day["logs_kept_gb"] or 0.0),
            "In use": _percent(day["volume_fill"]),
        }
        for day in days
    ]
    full, what = number(1.0, "share"), found.measured.partition(" as ")[0]
    ends = "" if found.full is None else f", and {full} after {number(found.full)} days"
    if found.full is not None:
        rows.append({"day": round(found.full, 1), "percent": 100.0, "shown": full})
        table.append({"Day": number(found.full), "Logs kept, GB": number(found.room), "In use": full})
    described = Lines(
        "Volume in an outage",
        f"Of the {what}, {rows[0]['shown']} is in use at the start{ends}.",
        rows,
        time="day",
        value="percent",
        time_head="Day",
        measure=f"{what} in use, %",
        shown_unit="In use",
        limits=(FULL,),
    )
    return replace(drawing.lines(described, time_title="day of the outage", from_zero=False), table=table)
