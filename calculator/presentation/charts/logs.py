"""Chart of the logs of a day by hour."""

from __future__ import annotations

from calculator.engine.sizing import SizedDesign
from calculator.presentation.charts.base import Bars
from calculator.presentation.figures import number
from calculator.rules.registry import HOUR

TITLE = "Logs by hour"


def by_hour(design: SizedDesign) -> Bars:
    """Logs of a database in each hour."""
    counts = {hour: design[f"replication_hourly_logs.{hour}"] for hour in HOUR.labels}
    if not any(counts.values()):
        return Bars(TITLE, "n/a: no logs are spread over the hours.")
    rows = [
        {"hour": int(hour) - 1, "logs": count, "shown": number(count)}
        for hour, count in counts.items()
        if count is not None
    ]
    busiest = max(rows, key=lambda row: row["logs"])
    finding = f"The busiest hour begins at {busiest['hour']:02d}:00 with {busiest['shown']} logs of a database."
    return Bars(TITLE, finding, rows, "hour", "", "logs", "Hour of the day", "logs of a database")
