"""Charts of a layout: where the copies of each database are, and what is active on each server."""

from __future__ import annotations

from collections.abc import Sequence

from calculator.inputs.schema import DATACENTERS
from calculator.layout import FailureState
from calculator.presentation.charts.base import Bars, ChartRow, HeatMap, LimitLine
from calculator.presentation.text import percent, percent_text

TITLE, COPIES, CASES = "Active databases of the servers", "Copies on the servers", "Active databases by failure"
BEFORE = "All servers run"
ACTIVE, PASSIVE, LAGGED, DOWN = "active now", "copy", "lagged copy", "on a failed server"
COPY_KINDS = (ACTIVE, PASSIVE, LAGGED, DOWN)


def placement(state: FailureState, first: int, last: int) -> HeatMap:
    """Return the copies of some databases on the servers, with their activation preferences.

    Parameters
    ----------
    state
        A layout after failures.
    first, last
        Numbers of the first and the last database, counted from 1.
    """
    layout = state.layout
    servers = tuple(str(name) for name in layout.server_names)
    databases = tuple(str(name) for name in layout.database_names[first - 1 : last])
    rows: list[ChartRow] = [
        {
            "database": str(layout.database_names[database]),
            "server": servers[server - 1],
            "preference": int(preference),
            "text": f"{preference}{'*' if lagged else ''}",
            "kind": _copy_kind(state, database, server, bool(lagged)),
        }
        for database in range(first - 1, min(last, len(layout.database_names)))
        for server, preference, lagged in zip(
            layout.server[database].tolist(),
            layout.preference[database].tolist(),
            layout.lagged[database].tolist(),
            strict=True,
        )
    ]
    finding = (
        f"Databases {databases[0]} to {databases[-1]} on {len(servers)} servers. The number in a cell is the "
        "activation preference of the copy; a lagged copy has a star."
    )
    return HeatMap(
        COPIES,
        finding,
        rows,
        across="server",
        down="database",
        kind="kind",
        text="text",
        names_across=servers,
        names_down=databases,
        kinds=COPY_KINDS,
        columns={"database": "Database", "server": "Server", "preference": "Preference", "kind": "Is"},
        groups=_datacenters(state),
    )


def _datacenters(state: FailureState) -> tuple[tuple[str, int], ...]:
    """Return the datacenters with the number of their servers; empty if there is one."""
    counts = state.layout.parameters.servers
    if 0 in counts:
        return ()
    return tuple((f"{name.capitalize()} datacenter", count) for name, count in zip(DATACENTERS, counts, strict=True))


def _copy_kind(state: FailureState, database: int, server: int, lagged: bool) -> str:
    if not state.up[server - 1]:
        return DOWN
    if int(state.active_server[database]) == server:
        return ACTIVE
    return LAGGED if lagged else PASSIVE


def active(state: FailureState, before: FailureState) -> Bars:
    """Return the active databases of each server after failures, with a mark at their number before.

    Parameters
    ----------
    state, before
        The same layout in both situations.
    """
    rows: list[ChartRow] = [
        {
            "server": str(now["server"]),
            "active": now["active_databases"],
            "normal": was["active_databases"],
            "down": "runs" if now["up"] else "failed",
        }
        for now, was in zip(state.servers(), before.servers(), strict=True)
    ]
    busiest = max(rows, key=lambda row: row["active"])
    finding = (
        f"{busiest['server']} has the most active databases: {busiest['active']}. "
        "The ticks show the numbers while all servers run."
    )
    return Bars(
        TITLE,
        finding,
        rows,
        bar="server",
        value="active",
        head="Server",
        measure="active databases",
        limits=_limits(state),
        columns={"server": "Server", "active": "Active now", "normal": "Normally", "down": "FailureState"},
        mark="normal",
    )


def after_failure(before: FailureState, after: FailureState, failure: str) -> Bars:
    """Return the active databases of each server while all servers run, and after a failure.

    Parameters
    ----------
    before, after
        The same layout in both situations.
    failure
        What failed, as the chart names it.
    """
    rows: list[ChartRow] = [
        {"server": str(was["server"]), "when": when, "active": float(count or 0)}
        for was, now in zip(before.servers(), after.servers(), strict=True)
        for when, count in ((BEFORE, was["active_databases"]), (failure, now["active_databases"]))
    ]
    busiest = max((row for row in rows if row["when"] == failure), key=lambda row: row["active"])
    finding = f"After the failure most databases are active on {busiest['server']}: {busiest['active']:.0f}."
    return Bars(
        TITLE,
        finding,
        rows,
        bar="server",
        part="when",
        value="active",
        head="Server",
        measure="active databases",
        limits=_limits(after),
        columns={"server": "Server", "when": "When", "active": "Active databases"},
    )


def _limits(state: FailureState) -> tuple[LimitLine, ...]:
    """Return a line for each number of active databases that some server is allowed."""
    limits = {limit for row in state.servers() if isinstance(limit := row["active_databases_limit"], float)}
    return tuple(LimitLine(limit, "allowed") for limit in sorted(limits))


def distribution(shares: Sequence[tuple[int, float]], failed: int) -> Bars:
    """Return how often a server has a number of active databases, over all combinations of failed servers.

    Parameters
    ----------
    shares
        Numbers of active databases, each with its share of the cases.
    failed
        Number of failed servers.
    """
    rows: list[ChartRow] = [
        {"active": count, "share": percent(share), "shown": percent_text(share, 2)} for count, share in shares
    ]
    worst = max(count for count, _ in shares)
    servers = "1 server fails" if failed == 1 else f"{failed} servers fail"
    return Bars(
        CASES,
        f"At most {worst} databases are active on a server when any {servers}.",
        rows,
        bar="active",
        value="share",
        head="Active databases of a server",
        measure="cases, %",
        columns={"active": "Active", "shown": "Cases"},
    )
