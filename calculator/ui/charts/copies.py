"""Charts of a layout: where the copies of each database sit, and what is active on each server."""

from __future__ import annotations

import functools

import altair as alt

from calculator.layout import FailureState, Layout
from calculator.ui.charts.base import BAR_HEIGHT, Chart, Row, Spec, legend, text_colour, without_data

PICK = "pick"
"""Name of the selection by which a click names a server."""
ACTIVE, PASSIVE, LAGGED, DOWN = "active now", "copy", "lagged copy", "on a failed server"
KINDS = (ACTIVE, PASSIVE, LAGGED, DOWN)


def heat_map(state: FailureState, first: int, last: int) -> Chart:
    """Copies of some databases on the servers: preference in figures, what is active now in colour.

    Parameters
    ----------
    state
        A layout after what has failed.
    first, last
        Databases shown, from 1, both included.
    """
    layout = state.layout
    servers = [str(name) for name in layout.server_names]
    databases = [str(name) for name in layout.database_names[first - 1 : last]]
    rows: list[Row] = [
        {
            "database": str(layout.database_names[database]),
            "server": servers[server - 1],
            "preference": int(preference),
            "text": f"{preference}{'*' if lagged else ''}",
            "kind": _kind(state, database, server, bool(lagged)),
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
        f"Databases {databases[0]} to {databases[-1]} on {len(servers)} servers. The figure is the activation "
        "preference, a lagged copy has a star."
    )
    return Chart(finding, rows, _heat_spec(tuple(servers), tuple(databases)))


def _kind(state: FailureState, database: int, server: int, lagged: bool) -> str:
    if not state.up[server - 1]:
        return DOWN
    if int(state.active_server[database]) == server:
        return ACTIVE
    return LAGGED if lagged else PASSIVE


@functools.lru_cache(64)
def _heat_spec(servers: tuple[str, ...], databases: tuple[str, ...]) -> Spec:
    pick = alt.selection_point(name=PICK, fields=["server"], toggle="true")
    base = alt.Chart().properties(height=max(120, 20 * len(databases) + 60))
    x = alt.X(
        "server:N",
        sort=list(servers),
        title=None,
        axis=alt.Axis(orient="top", labelAngle=-40),
        scale=alt.Scale(domain=list(servers)),
    )
    y = alt.Y("database:N", sort=list(databases), title=None, axis=alt.Axis(labelOverlap=False))
    colours = alt.Scale(domain=list(KINDS), range=["#0072B2", "#9ecae1", "#E69F00", "#8c8c8c"])
    rects = (
        base.mark_rect(cursor="pointer", stroke="white", strokeWidth=1)
        .encode(
            x=x,
            y=y,
            color=alt.Color("kind:N", scale=colours, sort=list(KINDS), title=None, legend=legend(4)),
            tooltip=[
                alt.Tooltip("database:N", title="Database"),
                alt.Tooltip("server:N", title="Server"),
                alt.Tooltip("preference:Q", title="Preference"),
                alt.Tooltip("kind:N", title="Is"),
            ],
        )
        .add_params(pick)
    )
    dark = alt.Scale(domain=list(KINDS), range=["#ffffff", "#1b1b1b", "#1b1b1b", "#1b1b1b"])
    texts = base.mark_text(fontSize=11).encode(
        x=x, y=y, text="text:N", color=alt.Color("kind:N", scale=dark, sort=list(KINDS), legend=None)
    )
    spec = dict(without_data(alt.layer(rects, texts).resolve_scale(color="independent")))
    return spec


def active(state: FailureState, before: FailureState) -> Chart:
    """Active databases of each server now, with a tick where it stands when all works, and the limit."""
    now, normal = state.servers(), before.servers()
    rows: list[Row] = [
        {
            "server": str(row["server"]),
            "active": row["active_databases"],
            "normal": was["active_databases"],
            "limit": row["active_databases_limit"],
            "down": "failed" if not row["up"] else "runs",
        }
        for row, was in zip(now, normal, strict=True)
    ]
    table = [
        {
            "Server": str(row["server"]),
            "Active now": str(row["active"]),
            "Normally": str(row["normal"]),
            "State": str(row["down"]),
        }
        for row in rows
    ]
    most = max(rows, key=lambda row: row["active"])
    finding = f"{most['server']} has the most active databases: {most['active']}. Ticks stand where all servers run."
    return Chart(finding, rows, _active_spec(text_colour(), tuple(str(row["server"]) for row in rows)), table)


@functools.lru_cache(64)
def _active_spec(colour: str, servers: tuple[str, ...]) -> Spec:
    base = alt.Chart().properties(height=BAR_HEIGHT)
    x = alt.X("server:N", sort=list(servers), title=None)
    bars = base.mark_bar().encode(
        x=x,
        y=alt.Y("active:Q", title="active databases", axis=alt.Axis(tickMinStep=1)),
        tooltip=[
            alt.Tooltip("server:N", title="Server"),
            alt.Tooltip("active:Q", title="Active now"),
            alt.Tooltip("normal:Q", title="Normally"),
            alt.Tooltip("down:N", title="State"),
        ],
    )
    ticks = base.mark_tick(color=colour, thickness=2).encode(x=x, y="normal:Q")
    limit = base.mark_rule(color=colour, strokeDash=[4, 3]).encode(y="max(limit):Q")
    return without_data(alt.layer(bars, ticks, limit))


def distribution(layout: Layout, any_n: int, shares: list[tuple[int, float]]) -> Chart:
    """How often a server has a number of active databases over all combinations of failed servers."""
    rows: list[Row] = [{"active": number, "share": 100 * share, "shown": f"{share:.2%}"} for number, share in shares]
    finding = f"At most {max(number for number, _ in shares)} databases are active on a server when any {any_n} fail."
    return Chart(finding, rows, _distribution_spec())


@functools.cache
def _distribution_spec() -> Spec:
    chart = (
        alt.Chart()
        .mark_bar()
        .encode(
            x=alt.X("active:O", title="active databases of a server", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("share:Q", title="% of cases"),
            tooltip=[alt.Tooltip("active:O", title="Active"), alt.Tooltip("shown:N", title="Cases")],
        )
        .properties(height=BAR_HEIGHT)
    )
    return without_data(chart)
