"""Chart of the active databases of each server before and after a failure."""

from __future__ import annotations

from calculator.layout import FailureState
from calculator.presentation.charts.base import Bars, Limit, Row

TITLE = "Active databases of the servers"
BEFORE = "All servers run"


def after_failure(before: FailureState, after: FailureState, failure: str) -> Bars:
    """Active databases of each server when all work, and after a failure.

    Parameters
    ----------
    before, after
        The same layout in both situations.
    failure
        What failed, as the chart names it.
    """
    rows: list[Row] = [
        {"server": str(was["server"]), "when": when, "active": float(count or 0)}
        for was, now in zip(before.servers(), after.servers(), strict=True)
        for when, count in ((BEFORE, was["active_databases"]), (failure, now["active_databases"]))
    ]
    most = max((row for row in rows if row["when"] == failure), key=lambda row: row["active"])
    finding = f"After the failure most databases are active on {most['server']}: {most['active']:.0f}."
    limits = {limit for row in after.servers() if isinstance(limit := row["active_databases_limit"], float)}
    lines = tuple(Limit(limit, "allowed") for limit in sorted(limits))
    return Bars(TITLE, finding, rows, "server", "when", "active", "Server", "active databases", limits=lines)
