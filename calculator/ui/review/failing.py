"""Failures: copies on servers, what fails by list or by a click, what is active then, all combinations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from calculator.engine.sizing import SizedDesign
from calculator.inputs.schema import DATACENTERS
from calculator.issues import InputError
from calculator.layout import FailureState, Layout, combinations, layout, tolerance
from calculator.ui.charts import base, copies
from calculator.ui.results import figures, issues
from calculator.ui.results.texts import escaped, plural
from calculator.ui.session import redraw, state

DATABASES_A_PAGE = 48
MOST_TOGETHER = 4
NOTHING = "none"
MAP = "chart:copies"


@dataclass(frozen=True)
class Scene:
    """What fails: servers by name, links, a datacenter; and where the witness stands."""

    servers: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    datacenter: str = NOTHING
    witness: str = ""
    cross_site: bool | None = None

    def events(self) -> list[str]:
        """The same as events of the layout, in their order."""
        events = [f"witness:{self.witness}"] if self.witness else []
        if self.cross_site is not None:
            events.append(f"cross_site:{'on' if self.cross_site else 'off'}")
        events += [f"server:{name}" for name in self.servers]
        events += [f"wan:{side}" for side in self.links]
        return events + ([f"datacenter:{self.datacenter}"] if self.datacenter != NOTHING else [])


def tab() -> None:
    """Draw the layout and what failures make of it."""
    dag = _laid_out(state.plan())
    if dag is None:
        return
    scene = _scene(dag)
    borne = tolerance(dag)
    st.text(f"{borne.sentence} {borne.limit}".strip())
    _what_fails(dag, scene)
    after = _after(dag, scene)
    if after is not None:
        _state(dag, after)
    _combinations(dag)


def _laid_out(design: SizedDesign) -> Layout | None:
    """Layout of the design; what stands against one is told."""
    try:
        return layout(design)
    except InputError as error:
        st.info("The copies of this design cannot be laid out.")
        issues.show(error.issues, view="layout")
        return None


def _scene(dag: Layout) -> Scene:
    """What fails, as far as the layout still has it."""
    scene: Scene = st.session_state.get("scene", Scene())
    names = {str(name) for name in dag.server_names}
    kept = replace(scene, servers=tuple(name for name in scene.servers if name in names))
    if dag.parameters.datacenters == 1:
        kept = replace(kept, links=(), datacenter=NOTHING, cross_site=None)
    st.session_state["scene"] = kept
    return kept


def _put(**changes: Any) -> None:
    st.session_state["scene"] = replace(st.session_state["scene"], **changes)
    redraw.again(redraw.FIGURES)


def _what_fails(dag: Layout, scene: Scene) -> None:
    """Draw the widgets that say what fails; a click in the map does the same for servers."""
    st.subheader("What fails", anchor=False)
    names = [str(name) for name in dag.server_names]
    st.session_state["fail:servers"] = list(scene.servers)
    st.pills("Servers", names, selection_mode="multi", key="fail:servers", on_change=_take_servers)
    with st.container(horizontal=True, gap="medium"):
        if dag.parameters.datacenters > 1:
            st.session_state["fail:links"] = list(scene.links)
            st.pills("Link of", DATACENTERS, selection_mode="multi", key="fail:links", on_change=_take_links)
            st.session_state["fail:datacenter"] = scene.datacenter
            st.segmented_control(
                "Datacenter lost, DAG restored in the other",
                [NOTHING, *DATACENTERS],
                required=True,
                key="fail:datacenter",
                on_change=_take,
                args=("datacenter",),
            )
            if not dag.parameters.block_secondary_activation:
                st.session_state["fail:cross_site"] = _crosses(dag, scene)
                st.toggle(
                    "Databases may activate in the other datacenter",
                    key="fail:cross_site",
                    on_change=_take,
                    args=("cross_site",),
                )
        if dag.parameters.servers_total % 2 == 0:
            places = ["third", *DATACENTERS[: dag.parameters.datacenters]]
            st.session_state["fail:witness"] = scene.witness or _witness(dag)
            st.segmented_control(
                "Witness in", places, required=True, key="fail:witness", on_change=_take, args=("witness",)
            )
    st.button("All works again", key="fail:none", icon=":material/restart_alt:", on_click=_clear)


def _crosses(dag: Layout, scene: Scene) -> bool:
    return dag.parameters.two_way if scene.cross_site is None else scene.cross_site


def _witness(dag: Layout) -> str:
    place = dag.parameters.witness
    return place if place in DATACENTERS else "third"


def _take_servers() -> None:
    _put(servers=tuple(st.session_state["fail:servers"]))


def _take_links() -> None:
    _put(links=tuple(st.session_state["fail:links"]))


def _take(name: str) -> None:
    _put(**{name: st.session_state[f"fail:{name}"]})


def _clear() -> None:
    st.session_state["scene"] = Scene()
    redraw.again(redraw.FIGURES)


def _take_click() -> None:
    """Fail or bring back the servers whose marks were clicked."""
    picked = {point["server"] for point in st.session_state[MAP]["selection"].get(copies.PICK, [])}
    before: set[str] = st.session_state.get("picked", set())
    st.session_state["picked"] = picked
    scene: Scene = st.session_state["scene"]
    failed = set(scene.servers) ^ (picked ^ before)
    _put(servers=tuple(sorted(failed)))


def _after(dag: Layout, scene: Scene) -> FailureState | None:
    """State of the DAG after what fails; what cannot happen is told."""
    try:
        return dag.fail(scene.events())
    except InputError as error:
        issues.show(error.issues, mend=False, view="events")
        return None


def _state(dag: Layout, after: FailureState) -> None:
    databases = dag.parameters.databases
    quorum = "Quorum holds" if after.quorum_ok else "Quorum is lost"
    lost = after.failed_databases
    active = (
        f"{lost} of {plural(databases, 'database')} are active nowhere"
        if lost
        else f"all {databases} databases are active"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        sound = after.quorum_ok and not lost
        st.badge(
            "carries on" if sound else "fails",
            color="green" if sound else "red",
            icon=":material/check_circle:" if sound else ":material/error:",
        )
        st.text(f"{quorum}; {active}.")
    issues.show(after.issues, mend=False, view="state")
    st.subheader("Active databases of each server", anchor=False)
    base.show(copies.active(after, dag.fail()), "active")
    with st.container(key="copies-map"):
        _map(dag, after)
    fold = st.expander("Every server in figures", key="every_server", on_change="rerun")
    if fold.open:
        with fold:
            figures.draw_table([_server(row) for row in after.servers()], alt="Servers after the failure")


def _server(row: Mapping[str, object]) -> dict[str, str]:
    cpu, mailboxes = row["cpu_utilization"], row["active_mailboxes"]
    return {
        "Server": str(row["server"]),
        "Datacenter": str(row["datacenter"]),
        "State": "runs" if row["up"] else "failed",
        "Copies": str(row["assigned_copies"]),
        "Active databases": str(row["active_databases"]),
        "Active mailboxes": figures.number(mailboxes) if isinstance(mailboxes, float) else figures.NOT_APPLICABLE,
        "CPU": figures.number(cpu, "share") if isinstance(cpu, float) else figures.NOT_APPLICABLE,
    }


def _map(dag: Layout, after: FailureState) -> None:
    """Draw the copies of the databases on the servers, some at a time; a click fails a server."""
    st.subheader("Copies on servers", anchor=False)
    st.caption("Click a server's column to fail it or bring it back.")
    databases = dag.parameters.databases
    pages = -(-databases // DATABASES_A_PAGE)
    page = st.pagination(pages, key="copies_page") if pages > 1 else 1
    first = (min(page, pages) - 1) * DATABASES_A_PAGE + 1
    chart = copies.heat_map(after, first, min(first + DATABASES_A_PAGE - 1, databases))
    st.vega_lite_chart(
        figures.arrow(chart.rows),
        dict(chart.spec),
        width="stretch",
        alt=chart.finding,
        key=MAP,
        on_select=_take_click,
        selection_mode=copies.PICK,
    )
    st.caption(escaped(chart.finding))


def _combinations(dag: Layout) -> None:
    st.subheader("Every combination of failed servers", anchor=False)
    most = min(MOST_TOGETHER, dag.parameters.servers_total)
    together = st.segmented_control(
        "Servers that fail together", list(range(1, most + 1)), key="together", default=min(2, most), required=True
    )
    found = combinations(dag, int(together or 1))
    summary = found.summary()
    rows = [{"Figure": SUMMARY[name], "Value": _summary_text(name, summary[name])} for name in SUMMARY]
    figures.draw_table(rows, alt="All combinations of failed servers")
    shares = [(share.active_databases, share.share) for share in found.distribution]
    if shares:
        base.show(copies.distribution(dag, int(together or 1), shares), "combinations")


SUMMARY = {
    "combinations": "Combinations",
    "share_without_quorum": "Without quorum",
    "share_lost": "With a database active nowhere",
    "share_above_limit": "With a server above its limit of active databases",
    "worst_active_databases": "Most active databases on a server",
    "worst_cpu_utilization": "Highest CPU of a server",
    "most_loaded": "Servers whose failure loads another most",
}
"""Figures of all combinations, as a person reads them."""


def _summary_text(name: str, value: int | float | str | None) -> str:
    if value is None:
        return figures.NOT_APPLICABLE
    if isinstance(value, str):
        return value.replace("+", " + ")
    shares = name.startswith("share") or name.endswith("utilization")
    return figures.number(float(value), "share" if shares else "")
