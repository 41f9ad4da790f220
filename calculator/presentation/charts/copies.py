"""Charts of a layout: where the copies of each database are, and what is active on each server."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calculator.inputs.schema import DATACENTERS
from calculator.inputs.units import percent_text
from calculator.layout import FailureState
from calculator.presentation.charts.base import Bars, ChartRow, HeatMap, LimitLine, cpu_limits
from calculator.presentation.text import NOT_APPLICABLE, number, percent, plural, with_minus

CPU = "CPU of the servers"
TITLE, COPIES, CASES = "Active databases of the servers", "Copies on the servers", "Active databases by failure"
ON_SERVERS = "Number of copies on the servers"
BEFORE = "All servers run"
ACTIVE, PASSIVE, LAGGED, DOWN = "active now", "copy", "lagged copy", "on a failed or cut-off server"
RUNS, FAILED, CUT_OFF, NO_QUORUM = "runs", "failed", "cut off", "without quorum"
"""States of a server."""
MOVED, LOST = "made active by the failure", "of a database without an active copy"
COPY_KINDS = (ACTIVE, PASSIVE, LAGGED, DOWN, MOVED, LOST)


def placement(state: FailureState, first: int, last: int, among: Sequence[int] = ()) -> HeatMap:
    """Return the copies of some databases on the servers, with their activation preferences.

    What the failures changed is marked: failed servers, databases that are active on another server than before, and
    databases without an active copy.

    Parameters
    ----------
    state
        A layout after failures.
    first, last
        The first and the last database to show, counted from 1.
    among
        Numbers of the databases, from 1, that are counted; all by default.
    """
    layout = state.layout
    shown = [number - 1 for number in among or range(1, len(layout.database_names) + 1)][first - 1 : last]
    changed = set(changed_databases(state))
    servers = tuple(str(name) for name in layout.server_names)
    databases = tuple(str(layout.database_names[database]) for database in shown)
    rows: list[ChartRow] = [
        {
            "database": str(layout.database_names[database]),
            "server": servers[server - 1],
            "preference": str(preference),
            "text": f"{preference}{'*' if lagged else ''}",
            "kind": _copy_kind(state, database, server, bool(lagged), database + 1 in changed),
        }
        for database in shown
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
        if databases
        else "The failure changes no database."
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
        marked_across=tuple(name for name, up in zip(servers, state.up.tolist(), strict=True) if not up),
        marked_down=tuple(name for name, database in zip(databases, shown, strict=True) if database + 1 in changed),
        groups=_datacenters(state),
    )


def on_servers(state: FailureState) -> HeatMap:
    """Return the number of active databases, of other copies and of lagged copies on each server."""
    layout = state.layout
    servers = tuple(str(name) for name in layout.server_names)
    active = np.bincount(state.active_server, minlength=len(servers) + 1)[1:]
    lagged = np.bincount(layout.server[layout.lagged], minlength=len(servers) + 1)[1:]
    copies = np.bincount(layout.server.ravel(), minlength=len(servers) + 1)[1:]
    counts = {ACTIVE: active, PASSIVE: copies - active - lagged, LAGGED: lagged}
    kinds = tuple(kind for kind, count in counts.items() if count.any())
    rows: list[ChartRow] = [
        {"server": server, "copy": kind, "kind": kind, "copies": str(count)}
        for kind in kinds
        for server, count in zip(servers, counts[kind].tolist(), strict=True)
    ]
    places = _datacenters(state)
    where = (
        f" The first {places[0][1]} servers are in the primary datacenter, the others in the secondary datacenter."
        if places
        else ""
    )
    return HeatMap(
        ON_SERVERS,
        f"Active databases and other copies of the {number(len(layout.database_names))} databases on each server "
        f"while all servers run.{where}",
        rows,
        across="server",
        down="copy",
        kind="kind",
        text="copies",
        names_across=servers,
        names_down=kinds,
        kinds=COPY_KINDS,
        columns={"server": "Server", "kind": "Is", "copies": "Copies"},
        groups=places,
    )


def _datacenters(state: FailureState) -> tuple[tuple[str, int], ...]:
    """Return the datacenters with the number of their servers; empty if there is one."""
    counts = state.layout.parameters.servers
    if 0 in counts:
        return ()
    return tuple((f"{name.capitalize()} datacenter", count) for name, count in zip(DATACENTERS, counts, strict=True))


def changed_databases(state: FailureState) -> list[int]:
    """Return the numbers, from 1, of the databases that are not active where they are while all servers run."""
    before = state.layout.fail().active_server
    return [number for number, same in enumerate((state.active_server == before).tolist(), start=1) if not same]


def _copy_kind(state: FailureState, database: int, server: int, lagged: bool, changed: bool) -> str:
    active = int(state.active_server[database])
    if not active:
        return LOST
    if not state.up[server - 1]:
        return DOWN
    if active == server:
        return MOVED if changed else ACTIVE
    return LAGGED if lagged else PASSIVE


def server_states(state: FailureState) -> list[str]:
    """Return in words, for each server, whether it runs, failed, or works without quorum or cut off from the DAG."""
    pairs = zip(state.up.tolist(), state.cut_off.tolist(), strict=True)
    if not state.quorum_ok and not state.situation.restored:
        return [NO_QUORUM if up or cut else FAILED for up, cut in pairs]
    return [RUNS if up else CUT_OFF if cut else FAILED for up, cut in pairs]


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
            "state": word,
            "label": _label(word, int(now["active_databases"] or 0), int(was["active_databases"] or 0)),
        }
        for word, now, was in zip(server_states(state), state.servers(), before.servers(), strict=True)
    ]
    busiest = max(rows, key=lambda row: row["active"])
    most = (
        f"Most active databases: {busiest['active']}, on {_servers_with(rows, 'active', busiest)}. "
        if busiest["active"]
        else "No database is active. "
    )
    return Bars(
        TITLE,
        f"{most}{_beyond(state)}The ticks show the numbers while all servers run.",
        rows,
        bar="server",
        value="active",
        head="Server",
        measure="active databases",
        limits=_limits(state),
        columns={"server": "Server", "active": "Active now", "normal": "Normally", "state": "State"},
        mark="normal",
        label="label",
    )


def _beyond(state: FailureState) -> str:
    """Return a sentence about databases beyond the limits of their servers, which the bars include; else empty."""
    above = state.databases_above_limit
    return f"{plural(above, 'database')} beyond the limits are counted, but do not mount. " if above else ""


def _servers_with(rows: Sequence[ChartRow], field: str, highest: ChartRow) -> str:
    """Return the servers that have the highest value of a field in words: the first one, and how many others."""
    others = sum(row[field] == highest[field] for row in rows) - 1
    if others and others == len(rows) - 1:
        return f"each of the {len(rows)} servers"
    return f"{highest['server']} and {plural(others, 'other')}" if others else str(highest["server"])


def _label(word: str, now: int, normal: int) -> str:
    """Return the text at the end of a bar: the state of a server, or its active databases and how they changed."""
    if word != RUNS:
        return word
    return f"{now}" if now == normal else with_minus(f"{now} ({now - normal:+d})")


def cpu(state: FailureState, before: FailureState, limit: float) -> Bars:
    """Return the CPU of each server after failures, with a mark at its CPU before.

    A server without a CPU figure has its state, or n/a, in place of the figure.

    Parameters
    ----------
    state, before
        The same layout in both situations.
    limit
        Highest CPU utilization that is advised, as a share.
    """
    rows: list[ChartRow] = []
    for word, now, was in zip(server_states(state), state.servers(), before.servers(), strict=True):
        share, normal = now["cpu_utilization"], was["cpu_utilization"]
        if not isinstance(normal, float):
            continue
        without = NOT_APPLICABLE if word == RUNS else word
        rows.append(
            {
                "server": str(now["server"]),
                "cpu": percent(share) if isinstance(share, float) else 0.0,
                "normal": percent(normal),
                "shown": number(share, "share") if isinstance(share, float) else without,
                "usual": number(normal, "share"),
                "known": isinstance(share, float),
            }
        )
    if not rows:
        return Bars(CPU, "n/a: the processors have no rating, or the layout has no loads.")
    unsized = _unsized(state)
    if known := [row for row in rows if row["known"]]:
        busiest = max(known, key=lambda row: row["cpu"])
        highest, advised = f"{busiest['shown']}, on {_servers_with(rows, 'shown', busiest)}", number(limit, "share")
        if busiest["cpu"] > percent(limit):
            finding = f"Highest CPU: {highest}; above the {advised} advised."
        elif unsized:
            finding = f"Highest CPU of the servers with a rating: {highest}; at most {advised} is advised."
        else:
            finding = f"Highest CPU: {highest}; within the {advised} advised."
    else:
        cause = "No running server has a processor rating" if state.mounted else "No database is active"
        finding = f"{cause}, so there is no CPU figure. The ticks show the CPU while all servers run."
    return Bars(
        CPU,
        f"{unsized} {finding}".strip(),
        rows,
        bar="server",
        value="cpu",
        head="Server",
        measure="CPU, %",
        limits=cpu_limits(limit),
        columns={"server": "Server", "shown": "CPU now", "usual": "Normally"},
        mark="normal",
        label="shown",
    )


def _unsized(state: FailureState) -> str:
    """Return a sentence about the servers whose CPU is not known because they have no rating; empty if there are none.

    The servers of a datacenter have consecutive names.
    """
    sides = [side for side, lacks in zip(DATACENTERS, state.layout.parameters.unrated_sides, strict=True) if lacks]
    names = [str(row["server"]) for row in state.servers() if row["datacenter"] in sides]
    if not names:
        return ""
    which, whose = (f"{names[0]} to {names[-1]}", "their") if len(names) > 1 else (names[0], "its")
    return f"CPU of {which} is not sized, because {whose} processors have no rating."


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
    then = [row for row in rows if row["when"] == failure]
    busiest = max(then, key=lambda row: row["active"])
    where = _servers_with(then, "active", busiest)
    finding = f"Most active databases after the failure: {busiest['active']:.0f}, on {where}."
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
    return tuple(LimitLine(limit, f"allowed: {limit:.0f}") for limit in sorted(limits))


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
        measure="how often, %",
        columns={"active": "Active", "shown": "How often"},
    )
