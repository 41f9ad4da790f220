"""Draw the tab Failures: copies on servers, simulated failures, combinations of failed servers, switchover plan."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import SizedDesign
from calculator.inputs.schema import DATACENTERS
from calculator.issues import ERROR, InputError, Issues
from calculator.layout import (
    FailureState,
    Layout,
    Tolerance,
    combinations,
    describe,
    describe_missing_cpu,
    layout,
    tolerance,
)
from calculator.presentation.charts import copies, servers
from calculator.presentation.places import inputs_in
from calculator.presentation.text import NOT_APPLICABLE, number, plural
from calculator.rules.constants import scalar
from calculator.ui.charts import base, drawing
from calculator.ui.results import figures, issues, steps
from calculator.ui.results.texts import escaped
from calculator.ui.review import switchover
from calculator.ui.session import navigation, redraw, state
from calculator.ui.session.store import current, selection, set_widget, widget_key, widget_value

DATABASES_PER_PAGE = 16
"""Number of databases per page, whose rows fit on a screen with the names of the servers above them."""
LARGEST_COMBINATION = 4
"""Largest number of servers that fail together."""
NOTHING = "none"
ALL, CHANGED = "all", "changed by the failure"
"""Databases that the map shows."""
WITHOUT_COPIES = (
    "This design has no copies of its databases. If a server fails, all its mailboxes ({offline}) are offline until "
    "the server is repaired or its databases are restored from a backup. With a DAG, this tab simulates failures: turn "
    "on high availability on Constraints."
)
SENTENCE_END = re.compile(r"(?<=\.) (?=[A-Z])(?!Without them)")
"""End of a sentence, except before one that continues the sentence before it."""
WITNESS_FAILS = "fails"
WITNESS_NAMES = {"third": "third place", **{name: name for name in DATACENTERS}, WITNESS_FAILS: "failed"}
"""Names of the places of the witness, and of its failure."""
DESCRIBED = ("quorum", "failed_databases")
"""Fields of the issues that the description of a state already includes."""
MAP, VIEW = "chart:copies", "fail"
"""Key of the map, and view of the widgets that choose what fails."""


@dataclass(frozen=True)
class Scene:
    """Simulated failures.

    Attributes
    ----------
    servers
        Names of the servers that fail.
    links
        Datacenters whose link fails.
    datacenter
        Datacenter that is lost.
    restored
        Whether the second step is taken, if there is one: an administrator restores the DAG by hand, or lets databases
        activate in the other datacenter.
    witness
        Place of the witness, or `WITNESS_FAILS`; empty for the place in the design.
    cross_site
        Whether databases may activate in the other datacenter; None for the setting of the design.
    """

    servers: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    datacenter: str = NOTHING
    restored: bool = False
    witness: str = ""
    cross_site: bool | None = None

    def events(self) -> list[str]:
        """Return the failures as events of the layout, in their order."""
        events = ["witness" if self.witness == WITNESS_FAILS else f"witness:{self.witness}"] if self.witness else []
        if self.cross_site is not None:
            events.append(f"cross_site:{'on' if self.cross_site else 'off'}")
        events += [f"server:{name}" for name in self.servers]
        events += [f"wan:{side}" for side in self.links]
        return events if self.datacenter == NOTHING else [*events, f"datacenter:{self.datacenter}"]

    def cut(self) -> str:
        """Return a clause about the datacenter that is lost and the links that are cut; empty if there is none."""
        parts = [] if self.datacenter == NOTHING else [f"the {self.datacenter} datacenter is lost"]
        if len(self.links) == 1:
            parts.append(f"the link of the {self.links[0]} datacenter is cut")
        elif self.links:
            parts.append("the links of both datacenters are cut")
        return " and ".join(parts)

    def happened(self) -> str:
        """Return a clause about everything that failed."""
        servers = f"{plural(len(self.servers), 'server')} {'fails' if len(self.servers) == 1 else 'fail'}"
        if len(self.servers) == 1:
            servers = f"{self.servers[0]} fails"
        witness = "the witness fails" if self.witness == WITNESS_FAILS else ""
        return ", ".join(filter(None, (self.cut(), servers if self.servers else "", witness)))


def tab() -> None:
    """Draw the layout of the copies, the effect of failures, and the switchover plan."""
    design = state.design()
    dag = _layout(design)
    if dag is None:
        return
    scene = _scene(dag)
    tolerated = tolerance(dag)
    _survived(tolerated, dag, scene)
    _choose_failures(dag, scene)
    failed = _failed(dag, scene)
    if failed is not None:
        _state(dag, scene, failed)
    _combinations(dag, scene)
    if dag.parameters.datacenters > 1:
        switchover.draw(design, tolerated, turned_off=_is_turned_off(dag, scene))


def _survived(tolerated: Tolerance, dag: Layout, scene: Scene) -> None:
    """Draw which failures are survived: the first sentence, and a list of the others.

    They are those of the design, so a sentence says so if databases may not activate in the other datacenter now.
    """
    first, *further = SENTENCE_END.split(f"{tolerated.sentence} {tolerated.limit}".strip())
    if _is_turned_off(dag, scene):
        st.caption("While databases may activate in the other datacenter, which is turned off below:")
    st.markdown(f"**{escaped(first)}**")
    if tolerated.overload:
        icon, color = issues.BADGES[ERROR]
        st.markdown(f":{color}[{icon} {escaped(tolerated.overload)}]")
    st.markdown("\n".join(f"- {escaped(text)}" for text in further))


def _is_turned_off(dag: Layout, scene: Scene) -> bool:
    """Return whether databases may activate in the other datacenter by the design, but not in the simulation."""
    return _crosses(dag, Scene()) and not _crosses(dag, scene)


def _layout(design: SizedDesign) -> Layout | None:
    """Return the layout of the design. If there is none, draw the reason and return None."""
    try:
        return layout(design)
    except InputError as error:
        if not design[DESIGN_INVALID] and not design["highly_available"]:
            _outage(design)
            return None
        st.info("The copies of this design cannot be laid out.")
        issues.show(error.issues, view="layout")
        return None


def _outage(design: SizedDesign) -> None:
    """Draw what the failure of a server costs if no database has a copy."""
    shown, count = design.plain, float(design.plain["summary_servers.environment"] or 1)
    offline = number(math.ceil(float(shown["mailboxes_total"] or 0) / count))
    st.info(f"{WITHOUT_COPIES.format(offline=offline)}")
    databases = math.ceil(float(shown["summary_databases"] or 0) / count)
    rows = [
        ("Mailboxes offline if a server fails", offline),
        ("Databases to restore", number(databases)),
        ("Restore of one database", _hours(shown["restore_hours"])),
        ("Restore of one database and replay of its logs", _hours(shown["recovery_hours"])),
        ("Restore and replay of all databases, one after the other", _hours(shown["recovery_hours"], databases)),
    ]
    figures.draw_table(
        [{"Figure": name, "Value": value} for name, value in rows], alt="What the failure of a server costs"
    )
    if shown["recovery_hours"] is None:
        st.caption(
            "The times are known if the design has a backup and both rates: give the restore rate and the replay rate "
            "on Constraints, in the group of the backup."
        )


def _hours(hours: float | None, times: int = 1) -> str:
    return NOT_APPLICABLE if hours is None else f"{number(hours * times)} hours"


def _scene(dag: Layout) -> Scene:
    """Return the simulated failures, without servers and datacenters that the layout no longer has."""
    scene = current().scene or Scene()
    names = {str(name) for name in dag.server_names}
    scene = replace(scene, servers=tuple(name for name in scene.servers if name in names))
    if dag.parameters.datacenters == 1:
        scene = replace(scene, links=(), datacenter=NOTHING, restored=False, cross_site=None)
    current().scene = scene
    return scene


def _change(**changes: Any) -> None:
    """Change the simulated failures."""
    scene = current().scene = replace(current().scene or Scene(), **changes)
    if scene.events():
        steps.finish(navigation.REVIEW)
    redraw.rerun(redraw.FIGURES)


def _key(name: str) -> str:
    """Return the key of the widget for a field of the scene."""
    return widget_key(name, VIEW)


def _choose_failures(dag: Layout, scene: Scene) -> None:
    """Draw the widgets that choose what fails. A click in the map also chooses servers."""
    st.subheader("What fails", anchor=False)
    names = [str(name) for name in dag.server_names]
    set_widget(_key("servers"), list(scene.servers))
    st.pills("Servers", names, selection_mode="multi", key=_key("servers"), on_change=_take_list, args=("servers",))
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        if dag.parameters.datacenters > 1:
            set_widget(_key("datacenter"), scene.datacenter)
            st.segmented_control(
                "Datacenter lost",
                [NOTHING, *DATACENTERS],
                required=True,
                key=_key("datacenter"),
                on_change=_take,
                args=("datacenter",),
            )
            links = _key("links")
            set_widget(links, list(scene.links))
            st.pills(
                "Datacenter whose link is cut",
                DATACENTERS,
                selection_mode="multi",
                key=links,
                on_change=_take_list,
                args=("links",),
            )
        if dag.parameters.servers_total % 2 == 0:
            places = ["third", *DATACENTERS[: dag.parameters.datacenters], WITNESS_FAILS]
            set_widget(_key("witness"), scene.witness or _witness(dag))
            st.segmented_control(
                "Witness server",
                places,
                required=True,
                key=_key("witness"),
                format_func=WITNESS_NAMES.__getitem__,
                on_change=_take,
                args=("witness",),
            )
        st.button("Nothing fails", key=_key("none"), icon=":material/restart_alt:", on_click=_clear)
    if dag.parameters.datacenters > 1 and not dag.parameters.block_secondary_activation:
        set_widget(_key("cross_site"), _crosses(dag, scene))
        st.toggle(
            "Databases may activate in the other datacenter",
            key=_key("cross_site"),
            on_change=_take,
            args=("cross_site",),
        )


def _crosses(dag: Layout, scene: Scene) -> bool:
    return dag.fail().situation.cross_site if scene.cross_site is None else scene.cross_site


def _witness(dag: Layout) -> str:
    place = dag.parameters.witness
    return place if place in DATACENTERS else "third"


def _take(name: str) -> None:
    _change(**{name: widget_value(_key(name))})


def _take_list(name: str) -> None:
    _change(**{name: tuple(widget_value(_key(name)))})


def _clear() -> None:
    current().scene = Scene()
    redraw.rerun(redraw.FIGURES)


def _take_click() -> None:
    """Fail or restore the servers that were clicked in the map."""
    session = current()
    picked = frozenset(point["server"] for point in selection(MAP, drawing.PICK))
    failed = set((session.scene or Scene()).servers) ^ (picked ^ session.picked)
    session.picked = picked
    _change(servers=tuple(sorted(failed)))


def _failed(dag: Layout, scene: Scene) -> FailureState | None:
    """Return the state of the DAG after the failures, before a restore. If they cannot happen, draw the reason."""
    try:
        return dag.fail(scene.events())
    except InputError as error:
        issues.show(error.issues, editable=False, view="events")
        return None


def _state(dag: Layout, scene: Scene, failed: FailureState) -> None:
    """Draw the effect of the failures, in two steps if an administrator can help after the loss of a datacenter."""
    after, helped = failed, _helped(scene, failed)
    if helped is None:
        _verdict(failed, describe(failed))
    else:
        helps, state_after = helped
        st.markdown(f"**Step 1: {scene.happened()}**")
        _verdict(failed, describe(failed)[:2])
        if failed.failed_databases:
            st.markdown(f"**Step 2: {helps}**")
            after = _second_step(scene, failed, state_after)
        else:
            only = f"**Step 2 is not needed now.** Only if quorum is lost, {helps}."
            fold = st.expander(only, key="not_needed", on_change="rerun")
            if fold.open:
                with fold:
                    after = _second_step(scene, failed, state_after)
    issues.show(_further_issues(after), editable=False, view="state")
    with st.grid("auto", min_column_width=420):
        with st.container(gap="xsmall"):
            st.subheader("Active databases of each server", anchor=False)
            base.draw_chart(drawing.bars(copies.active(after, dag.fail())), "active")
        with st.container(gap="xsmall"):
            st.subheader("CPU of each server", anchor=False)
            base.draw_chart(
                drawing.bars(copies.cpu(after, dag.fail(), scalar("highest_cpu_utilization", state.profile()))),
                "server-cpu",
            )
    with st.container(key="copies-map"):
        _map(dag, after)
    fold = st.expander("Figures of every server", key="every_server", on_change="rerun")
    if fold.open:
        with fold:
            rows = map(_server, copies.server_states(after), after.servers())
            figures.draw_table(list(rows), alt="Servers after the failure")


def _second_step(scene: Scene, failed: FailureState, helped: FailureState) -> FailureState:
    """Draw the state after the second step. Return the state that the rest of the tab shows: after it, or before."""
    _verdict(helped, describe(helped)[1:])
    set_widget(_key("restored"), scene.restored)
    st.toggle("Show the state after step 2 below", key=_key("restored"), on_change=_take, args=("restored",))
    return helped if scene.restored else failed


def _helped(scene: Scene, failed: FailureState) -> tuple[str, FailureState] | None:
    """Return what an administrator does after a datacenter failed or was cut off, in words, and the state after it.

    While quorum holds, it is enough to let databases activate in the other datacenter, if they may not; else the DAG is
    restored by hand. None if neither is possible, or if a restore would only be possible in a datacenter that is cut
    off while quorum holds.
    """
    if not scene.cut():
        return None
    if failed.quorum_ok and failed.activation_blocked:
        return "an administrator lets databases activate in the other datacenter", failed.allow_activation()
    restored = failed.best_restore
    if restored is None or not (restored.linked or not failed.quorum_ok):
        return None
    side = DATACENTERS[restored.situation.restored - 1]
    return f"an administrator restores the DAG in the {side} datacenter", restored


def _further_issues(state: FailureState) -> Issues:
    """Return the issues of a state, without those that its description already includes."""
    found = Issues()
    for issue in state.issues:
        if issue.field not in DESCRIBED:
            found.add(issue.severity, issue.where, issue.field, issue.message, issue.hint)
    return found


def _verdict(state: FailureState, lines: list[str]) -> None:
    """Draw whether the DAG keeps running, and why."""
    with st.container(horizontal=True, vertical_alignment="center"):
        works = not state.failed_databases and not state.databases_above_limit
        partly = state.failed_databases < state.layout.parameters.databases
        busy = [row["cpu_utilization"] for row in state.servers() if isinstance(row["cpu_utilization"], float)]
        overloaded = works and max(busy, default=0.0) > 1
        text = "all active" if works else "partly active" if partly else "nothing active"
        st.badge(
            f"{text}, servers overloaded" if overloaded else text,
            color="green" if works and not overloaded else "orange" if partly else "red",
            icon=":material/check_circle:" if works and not overloaded else ":material/error:",
        )
        with st.container(width="stretch"):
            st.text("\n".join(lines))


def _server(word: str, row: Mapping[str, object]) -> dict[str, str]:
    """Return the row of a server, whose state is a word."""
    cpu, mailboxes = row["cpu_utilization"], row["active_mailboxes"]
    return {
        "Server": str(row["server"]),
        "Datacenter": str(row["datacenter"]),
        "State": word,
        "Copies": str(row["assigned_copies"]),
        "Active databases": str(row["active_databases"]),
        "Active mailboxes": number(mailboxes) if isinstance(mailboxes, float) else NOT_APPLICABLE,
        "CPU": number(cpu, "share") if isinstance(cpu, float) else NOT_APPLICABLE,
    }


def _map(dag: Layout, after: FailureState) -> None:
    """Draw the map of copies on servers, one page of databases at a time. A click fails a server."""
    st.subheader("Copies on servers", anchor=False)
    st.caption("Click the name or the column of a server to fail it or to bring it back.")
    changed = copies.changed_databases(after)
    numbers: list[int] = []
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if changed:
            shown = st.segmented_control(
                "Databases",
                [ALL, CHANGED],
                default=ALL,
                key="copies_shown",
                required=True,
                format_func=lambda name: f"{name} ({len(changed) if name == CHANGED else dag.parameters.databases})",
            )
            numbers = changed if shown == CHANGED else []
        count = len(numbers) or dag.parameters.databases
        pages = -(-count // DATABASES_PER_PAGE)
        page = st.pagination(pages, key="copies_page") if pages > 1 else 1
    first = (min(page, pages) - 1) * DATABASES_PER_PAGE + 1
    last = min(first + DATABASES_PER_PAGE - 1, count)
    placed = copies.placement(after, first, last, numbers)
    chart = drawing.heat_map(placed)
    if drawing.readable_width(placed) > drawing.NARROW:
        with st.container(key="copies-hint"):
            st.caption(":material/swipe: Swipe the map sideways to see all servers.")
    # The map is as wide as the page; if the names of the servers need more width, it scrolls.
    with st.container(key="copies-scroll"), st.container(key="copies-wide", width=drawing.readable_width(placed)):
        st.vega_lite_chart(
            figures.arrow(chart.rows),
            dict(chart.spec),
            width="stretch",
            alt=chart.finding,
            key=MAP,
            on_select=_take_click,
            selection_mode=drawing.PICK,
        )
    st.caption(escaped(chart.finding))


def _combinations(dag: Layout, scene: Scene) -> None:
    st.subheader("Every combination of failed servers", anchor=False)
    if _is_turned_off(dag, scene):
        st.caption("Databases may not activate in the other datacenter, as it is turned off above.")
    limit = min(LARGEST_COMBINATION, dag.parameters.servers_total)
    together = st.segmented_control(
        "Servers that fail together", list(range(1, limit + 1)), key="together", default=min(2, limit), required=True
    )
    found = combinations(dag, int(together or 1), cross_site=_crosses(dag, scene))
    summary = found.summary()
    rows = []
    for name, title in SUMMARY.items():
        value = _summary_text(name, summary[name])
        if name == "share_above_limit" and dag.parameters.unrated:
            value += " (not known without the rating of all processors)"
        rows.append({"Figure": title, "Value": value})
        if name == "worst_cpu_utilization":
            rows += _as_sized(state.design(), int(together or 1))
    shares = [(share.active_databases, share.share) for share in found.distribution]
    with st.grid("auto", min_column_width=420):
        with st.container(gap="xsmall"):
            figures.draw_table(rows, alt="All combinations of failed servers")
            if missing := describe_missing_cpu(dag):
                st.caption(escaped(SENTENCE_END.split(missing)[0]))
                issues.go_to_inputs(inputs_in(missing), "missing_cpu")
            else:
                st.caption(escaped(_which_cpu(state.design())))
        with st.container(gap="xsmall"):
            if len(shares) == 1:
                st.text(f"A server has {shares[0][0]} active databases in every case.")
            elif shares:
                base.draw_chart(drawing.bars(copies.distribution(shares, int(together or 1))), "combinations")


SUMMARY = {
    "combinations": "Combinations",
    "share_without_quorum": "Without quorum",
    "share_lost": "With a database that has no active copy",
    "share_above_limit": "With a server above its limit of active databases",
    "worst_active_databases": "Most active databases on a server",
    "worst_cpu_utilization": "Highest CPU of a server, with these copies",
    "most_loaded": "A server with the highest load",
    "most_loaded_failure": "Failed servers that cause it",
}
"""Titles of the figures about all combinations."""


def _which_cpu(design: SizedDesign) -> str:
    """Return sentences that say which of several figures of the CPU counts."""
    text = (
        "If these servers fail, the highest CPU with these copies counts. Microsoft's workbook does not know on which "
        "servers the copies are."
    )
    worst = design.plain["worst_cpu_utilization"]
    if worst is None:
        return text
    return f"{text} The CPU of the design, {number(worst, 'share')}, is that of the worst failure it is sized for."


def _as_sized(design: SizedDesign, failed: int) -> list[dict[str, str]]:
    """Return a row with the CPU for which servers are sized after one or two failures, where it is known."""
    modes = [mode for mode, count in servers.FAILED.items() if count == failed]
    shares = [design.plain[f"cpu_utilization_by_mode.{mode}.{side}"] for mode in modes for side in DATACENTERS]
    known = [share for share in shares if share is not None]
    title = f"CPU by Microsoft's workbook for {plural(failed, 'failed server')}"
    return [{"Figure": title, "Value": number(max(known), "share")}] if known else []


def _summary_text(name: str, value: int | float | str | None) -> str:
    if value is None:
        return NOT_APPLICABLE
    if isinstance(value, str):
        return value.replace("+", " + ")
    shares = name.startswith("share") or name.endswith("utilization")
    return number(float(value), "share" if shares else "")
