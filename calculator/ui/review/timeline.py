"""Timeline: the design month by month, what is reached first and what to buy then, logs in an outage."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from typing import Any

import streamlit as st

from calculator.cli.printing import print_rows
from calculator.issues import InputError
from calculator.studies.timeline.growth import Growth, read_growth
from calculator.studies.timeline.outage import BACKUPS, CAUSES, DATACENTER, NATIVE, USUAL_LONGEST, simulate_outage
from calculator.studies.timeline.pst_imports import LONGEST_RUN
from calculator.studies.timeline.run import Row, Timeline, timeline
from calculator.ui.charts import base
from calculator.ui.charts import timeline as charts
from calculator.ui.results import figures, issues
from calculator.ui.results.texts import scale, unit_text
from calculator.ui.review import running
from calculator.ui.session import redraw, state

NAMES = {
    "volume": "Volume",
    "log_volume": "Log volume",
    "database": "Database",
    "disk_iops": "I/O of a disk",
    "raid_disks": "RAID disks a server",
    "memory": "Memory a server",
    "cpu": "CPU, worst failure",
    "link": "Link at peak",
    "dumpster_20_gb": "Recoverable items, 20 GB",
    "dumpster_30_gb": "Recoverable items, 30 GB",
}
"""Limits as a person calls them."""
KEPT = "timeline"
EMPTY: dict[str, Any] = {
    "months": None,
    "mailbox_growth": None,
    "message_growth": 0.0,
    "fill": 60,
    "imports": "",
    "cause": None,
    "days": None,
}


def draw() -> None:
    """Draw the months, their limits and an outage."""
    if state.plan()["design_invalid"]:
        st.info("This design is invalid: it has no timeline.")
        return
    kept = st.session_state.setdefault(KEPT, dict(EMPTY))
    st.subheader("Month by month", anchor=False)
    st.text("The load grows; servers, databases and disks stay as built.")
    _settings(kept)
    found = _found(kept)
    if found is not None:
        _months(found)
    _outage(kept)
    running.expander()


def _settings(kept: dict[str, Any]) -> None:
    """Draw what a person may set of the run."""
    horizon = state.profile().value("guidance.planning_horizon")
    with st.container(horizontal=True, gap="small"):
        _kept(
            kept,
            "months",
            st.number_input,
            "Months",
            min_value=1,
            max_value=LONGEST_RUN,
            step=1,
            placeholder=f"{horizon:.0f}",
            help="The planning horizon where none are given",
            width=130,
        )
        _kept(
            kept,
            "mailbox_growth",
            st.number_input,
            "Mailboxes, % a year",
            min_value=-90.0,
            max_value=1000.0,
            step=1.0,
            format="%g",
            placeholder="as the tiers",
            width=170,
            help="The growth of the tiers, reached at the planning horizon, where none is given",
        )
        _kept(
            kept,
            "message_growth",
            st.number_input,
            "Messages, % a year",
            min_value=-90.0,
            max_value=1000.0,
            step=1.0,
            format="%g",
            width=170,
            help="More messages a mailbox",
        )
        _kept(
            kept,
            "fill",
            st.number_input,
            "Mail kept, %",
            min_value=0,
            max_value=100,
            step=5,
            width=130,
            help="Share of the mail received that stays in the mailbox",
        )
    _kept(
        kept,
        "imports",
        st.text_area,
        "Imports into archives, a line each",
        height=68,
        max_chars=2000,
        placeholder="1..6: 40 mailboxes a week",
        help="FROM..TO: 500 GB a week, or 40 mailboxes of 5 GB a week; "
        "months from 1. Weekly imports of the tiers come on top",
    )


def _kept(kept: dict[str, Any], name: str, widget: Callable[..., Any], label: str, **more: Any) -> None:
    """Draw a widget whose value stays while another tab is open."""
    key = f"timeline:{name}"
    st.session_state[key] = kept[name]
    widget(label, key=key, on_change=_take, args=(name,), **more)


def _take(name: str) -> None:
    st.session_state[KEPT] = {**st.session_state[KEPT], name: st.session_state[f"timeline:{name}"]}
    redraw.again(redraw.FIGURES)


def _found(kept: dict[str, Any]) -> Timeline | None:
    """Timeline of the design; what it cannot be made of is told."""
    try:
        growth = _growth(kept)
        return state.kept("timeline_found", lambda: timeline(state.profile(), growth), growth)
    except InputError as error:
        issues.show(error.issues, view="timeline")
        return None


def _growth(kept: dict[str, Any]) -> Growth:
    shares = {name: None if kept[name] is None else kept[name] / 100 for name in ("mailbox_growth", "message_growth")}
    lines = [line for line in str(kept["imports"] or "").splitlines() if line.strip()]
    fill = None if kept["fill"] is None else kept["fill"] / 100
    return read_growth({"months": kept["months"], "fill": fill, **shares}, lines)


def _months(found: Timeline) -> None:
    issues.show(found.issues, view="timeline_of", mend=False)
    base.show(charts.months(found, _finding(found)), "timeline")
    figures.draw_table([_limit(row) for row in found.limits()], alt="Limits of the design, and what to buy")
    st.download_button(
        "All months (CSV)",
        data=functools.partial(_csv, found.months()),
        file_name="timeline.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="take:timeline",
    )


def _finding(found: Timeline) -> str:
    first = found.limits()[0]
    last = len(found.state.months) - 1
    if first["month"] is None:
        return f"No limit is reached in {last} months."
    return f"{NAMES[str(first['limit'])]} is the first limit, in month {first['month']} of {last}."


def _limit(row: Row) -> dict[str, str]:
    where = str(row["where"])
    return {
        "Limit": NAMES[str(row["limit"])],
        "Month": "not reached" if row["month"] is None else str(row["month"]),
        "What to buy": str(row["buy"]),
        "Where": where[:1].upper() + where[1:],
        "Figure": _figure(row["value"], str(row["unit"])),
        "Limit at": _figure(row["threshold"], str(row["unit"])),
    }


def _figure(value: object, unit: str) -> str:
    number = float(str(value))
    if unit == "1":
        return f"{number:.1%}".replace("%", "\u00a0%")
    return f"{figures.number(number * scale(unit), unit)} {unit_text(unit)}"


def _csv(rows: list[Row]) -> str:
    text = io.StringIO()
    print_rows(rows, "csv", text)
    return text.getvalue()


def _outage(kept: dict[str, Any]) -> None:
    """Draw an outage that this design can have."""
    design = state.plan()
    st.subheader("When logs are not truncated", anchor=False)
    possible = {DATACENTER: bool(design["two_datacenters"]), BACKUPS: design.profile.value("backup.method") != NATIVE}
    causes = [cause for cause in CAUSES if possible[cause]]
    if not causes:
        st.caption("There is no second datacenter to lose, and there are no backups to fail.")
        return
    if kept["cause"] not in causes:
        kept["cause"] = causes[0]
    with st.container(horizontal=True, gap="small"):
        words = {DATACENTER: "A datacenter is lost", BACKUPS: "Backups fail"}
        _kept(
            kept, "cause", st.segmented_control, "Outage", options=causes, format_func=words.__getitem__, required=True
        )
        _kept(
            kept,
            "days",
            st.number_input,
            "Days",
            min_value=1,
            max_value=USUAL_LONGEST,
            step=1,
            width=170,
            placeholder="until it is full",
        )
    base.show(charts.outage(simulate_outage(state.profile(), kept["cause"], kept["days"])), "outage")
