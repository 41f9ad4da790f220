"""Make the parts of a report about copies and failures: the picture of the copies, and the effect of failures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from calculator.engine.sizing import SizedDesign
from calculator.exporters.report.content import SHARE, Picture, ReportCell, ReportPart, ReportRow, ReportTable
from calculator.inputs.schema import DATACENTERS
from calculator.layout import Combinations, FailureState, Layout, combinations, describe, describe_worst_cpu, tolerance
from calculator.presentation.charts import copies
from calculator.presentation.figures import why_not
from calculator.presentation.text import NOT_APPLICABLE, number

MOST_DATABASES = 24
"""Largest number of databases that the picture shows."""
MOST_LISTED = 120
"""Largest number of databases whose copies are listed in the section about copies."""
COPIES, COPIES_OF_SERVER = ("Database", "Servers of its copies"), ("Server", "Copies")
STATES = (
    "Failure",
    "Quorum",
    "Databases active",
    "Without an active copy",
    "Most active on a server",
    "Highest CPU, layout",
    "CPU, as sized",
)
SERVERS = ("Server", "Datacenter", "Copies", "Active databases")
TWO_FIGURES = (
    "The layout counts the databases that become active on each server. The sizing spreads the databases of failed "
    "servers evenly. Where the layout has the higher figure, the sizing of the worst failure must include it."
)


def picture(dag: Layout) -> Picture:
    """Return a picture of the copies on the servers, with a table of the servers."""
    state = dag.fail()
    databases = len(dag.database_names)
    drawn = copies.placement(state, 1, min(databases, MOST_DATABASES))
    if databases > MOST_DATABASES:
        more = f" The appendix Layout of the copies has all {number(databases)} databases."
        drawn = replace(drawn, finding=drawn.finding + more)
    return Picture(drawn, _table_of_servers(state))


def picture_of_servers(dag: Layout) -> Picture:
    """Return a picture of the number of copies on each server, with a table of the servers."""
    state = dag.fail()
    return Picture(copies.on_servers(state), _table_of_servers(state))


def _table_of_servers(state: FailureState) -> ReportTable:
    counts = ("assigned_copies", "active_databases")
    rows: list[ReportRow] = [
        (str(row["server"]), str(row["datacenter"]), *(count_cell(row[count]) for count in counts))
        for row in state.servers()
    ]
    return ReportTable(SERVERS, rows)


def failure_parts(design: SizedDesign, dag: Layout) -> Iterator[ReportPart]:
    """Yield the parts about the effect of failures of servers and datacenters on a DAG."""
    borne = tolerance(dag)
    yield " ".join(filter(None, (borne.sentence, borne.overload, borne.limit)))
    worst = describe_worst_cpu(dag)
    if worst:
        yield worst
    yield ReportTable(STATES, list(_states(design, dag)))
    yield TWO_FIGURES
    yield from _quirks(design)
    if dag.parameters.datacenters > 1:
        for name in DATACENTERS:
            yield f"If the {name} datacenter is lost: {' '.join(describe(dag.fail(f'datacenter:{name}')))}"


def each_server(design: SizedDesign, dag: Layout) -> ReportTable:
    """Return a table of the effect of the failure of each single server."""
    sized = _sized(design, "single")
    rows = [_after(str(name), state, sized) for name, state in single_failures(dag)]
    return ReportTable(STATES, rows)


def single_failures(dag: Layout) -> Iterator[tuple[str, FailureState]]:
    """Yield the name of each server, and the state after only this server failed."""
    for name in dag.server_names:
        yield str(name), dag.fail([f"server:{name}"])


def copies_parts(dag: Layout) -> Iterator[ReportPart]:
    """Yield the number of copies on each server, and, unless there are too many databases, the servers of each copy."""
    databases = len(dag.database_names)
    yield _rule_of_copies(dag)
    rows = [
        (
            f"{row['server']}, {row['datacenter']}",
            f"{row['assigned_copies']}, of which {row['active_databases']} active",
        )
        for row in dag.fail().servers()
    ]
    yield ReportTable(COPIES_OF_SERVER, rows, pairs=True)
    if databases > MOST_LISTED:
        count = number(databases)
        yield f"The appendix Layout of the copies in the HTML page has the servers of all {count} databases."
        return
    yield (
        "The servers of each database follow in the order of activation preference: the first one has the active copy "
        "while all servers run, the others take over in this order. A lagged copy has a star."
    )
    yield ReportTable(COPIES, [(name, " ".join(servers)) for name, servers in _servers_of(dag)], pairs=True)


def _rule_of_copies(dag: Layout) -> str:
    """Return the number of copies of each database in the layout, and how many are in the other datacenter."""
    _, copies = dag.server.shape
    in_secondary = dag.server > dag.parameters.servers[0]
    at_home = in_secondary[dag.preference == 1][:, None]
    away = set((in_secondary != at_home).sum(axis=1).tolist()) if dag.parameters.datacenters > 1 else set()
    other = f", {min(away)} of them in the datacenter where it is not active" if len(away) == 1 else ""
    return f"Each database has {'1 copy' if copies == 1 else f'{copies} copies, each on a server of its own'}{other}."


def _servers_of(dag: Layout) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each database, and the servers of its copies in the order of activation preference."""
    columns = zip(dag.database_names, dag.server.tolist(), dag.preference.tolist(), dag.lagged.tolist(), strict=True)
    for name, *of_database in columns:
        of_copies = sorted(zip(*of_database, strict=True), key=lambda copy: copy[1])
        yield str(name), [f"{dag.server_names[server - 1]}{'*' if lagged else ''}" for server, _, lagged in of_copies]


def placed(dag: Layout) -> ReportTable:
    """Return the activation preference of each database's copy on each server; a lagged copy has a star."""
    rows = []
    columns = zip(dag.database_names, dag.server.tolist(), dag.preference.tolist(), dag.lagged.tolist(), strict=True)
    for name, *of_database in columns:
        cells: list[str | ReportCell] = [""] * len(dag.server_names)
        for server, preference, lagged in zip(*of_database, strict=True):
            cells[server - 1] = f"{preference}*" if lagged else ReportCell(float(preference), str(preference))
        rows.append([str(name), *cells])
    return ReportTable(("Database", *map(str, dag.server_names)), rows)


def _states(design: SizedDesign, dag: Layout) -> Iterator[ReportRow]:
    yield _after("None", dag.fail(), _sized(design, "normal"))
    for failed, mode, words in ((1, "single", "Any one server"), (2, "double", "Any two servers")):
        if failed < dag.parameters.servers_total:
            yield _any(words, combinations(dag, failed), _sized(design, mode))
    if dag.parameters.datacenters < 2:
        return
    for lost, name in enumerate(DATACENTERS, 1):
        sized = _sized(design, "site", DATACENTERS[2 - lost])
        yield _after(f"The {name} datacenter, before a restore", dag.fail(f"datacenter:{name}"), sized)
        if dag.parameters.dac_mode:
            yield _after(f"The {name} datacenter, restored by hand in the other", dag.switch_over(lost), sized)


def _any(words: str, found: Combinations, sized: ReportCell) -> ReportRow:
    """Return a row about all combinations of a number of failed servers, with the worst figure in each column."""
    quorum = "holds" if found.quorum_ok.all() else f"lost in {number(found.share_without_quorum, 'share')} of the cases"
    lost = int(found.lost_databases.max())
    loaded = " and ".join(map(str, found.most_loaded_failure))
    cpu = _cpu(found.worst_cpu_utilization)
    active = found.layout.parameters.databases - lost
    return (
        f"{words} (worst: {loaded})" if loaded else words,
        quorum,
        count_cell(active),
        count_cell(lost),
        count_cell(found.worst),
        cpu,
        sized,
    )


def _after(failed: str, state: FailureState, sized: ReportCell) -> ReportRow:
    """Return a row about the state after a failure."""
    busy = [used for row in state.servers() if isinstance(used := row["cpu_utilization"], float)]
    lost, most = state.failed_databases, int(state.active_databases.max())
    nothing = ReportCell(None, NOT_APPLICABLE, note="no database is active")
    cpu = _cpu(max(busy, default=None)) if state.mounted else nothing
    active = state.layout.parameters.databases - lost
    quorum = "holds" if state.quorum_ok else "lost"
    return failed, quorum, count_cell(active), count_cell(lost), count_cell(most), cpu, sized


def _cpu(share: float | None) -> ReportCell:
    if share is None:
        return ReportCell(None, NOT_APPLICABLE, note="the processors have no rating")
    return ReportCell(share, number(share, "share"), SHARE)


def _sized(design: SizedDesign, mode: str, *sides: str) -> ReportCell:
    """Return the CPU utilization of the sizing in a failure mode, in the datacenter where it is higher."""
    columns = [f"cpu_utilization_by_mode.{mode}.{side}" for side in sides or DATACENTERS]
    known = [design.plain[column] for column in columns if design.plain[column] is not None]
    if not known:
        reason = why_not(columns[0], design).removeprefix(f"{NOT_APPLICABLE} (").removesuffix(")")
        return ReportCell(None, NOT_APPLICABLE, note=reason)
    return _cpu(max(known))


def _quirks(design: SizedDesign) -> Iterator[str]:
    """Yield notes where Microsoft's workbook counts less CPU after two failures than in normal operation."""
    for side in DATACENTERS:
        normal, double = (design.plain[f"cpu_utilization_by_mode.{mode}.{side}"] for mode in ("normal", "double"))
        if normal is not None and double is not None and double < normal:
            yield (
                f"Quirk: for two failed servers Microsoft's workbook counts {number(double, 'share')} CPU in the "
                f"{side} datacenter, less than in normal operation ({number(normal, 'share')}). It is not the worst "
                "case. Use the figure of the layout."
            )


def count_cell(value: object) -> ReportCell:
    """Return a whole number as a cell."""
    assert isinstance(value, int | float)
    return ReportCell(float(value), number(float(value)))
