"""Study Timeline: the design month by month, the limits it reaches, and the logs in an outage."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from typing import Any

import streamlit as st

from calculator.cli.printing import print_rows
from calculator.engine.results import DESIGN_INVALID
from calculator.issues import InputError
from calculator.presentation.text import NO_BREAK_SPACE, NOT_APPLICABLE, number, percent_text
from calculator.studies.timeline.growth import DESIGNED, FROM_EMPTY, INITIAL, STARTS, Growth, default_start, read_growth
from calculator.studies.timeline.outage import BACKUPS, CAUSES, DATACENTER, NATIVE, USUAL_LONGEST, simulate_outage
from calculator.studies.timeline.pst_imports import LONGEST_RUN
from calculator.studies.timeline.run import Timeline, TimelineRow, timeline
from calculator.ui.charts import base
from calculator.ui.charts import timeline as charts
from calculator.ui.results import figures, issues
from calculator.ui.results.texts import scale, unit_text
from calculator.ui.review import running_server
from calculator.ui.session import redraw, state
from calculator.ui.session.store import TimelineSettings, current, set_widget, widget_key, widget_value

LIMIT_TITLES = {
    "volume": "Volume",
    "log_volume": "Log volume",
    "database": "Database",
    "disk_iops": "I/O of a disk",
    "raid_disks": "RAID disks per server",
    "memory": "Memory per server",
    "cpu": "CPU, worst failure",
    "link": "Link at peak",
    "dumpster_20_gb": "Recoverable items, 20 GB",
    "dumpster_30_gb": "Recoverable items, 30 GB",
}
"""Titles of the limits."""
START_NAMES = {DESIGNED: "as designed", INITIAL: "initial sizes", FROM_EMPTY: "empty"}
"""Names of how full mailboxes are at month 0."""
VIEW = "timeline"


def draw() -> None:
    """Draw the months, their limits and an outage."""
    if state.design()[DESIGN_INVALID]:
        st.info("This design is invalid: it has no timeline.")
        return
    settings = current().timeline
    st.subheader("Month by month", anchor=False)
    st.text("The load grows; servers, databases and disks stay as built.")
    _settings()
    found = _timeline(settings)
    if found is not None:
        _months(found)
    _outage(settings)
    running_server.draw()


def _settings() -> None:
    """Draw the settings of the months."""
    horizon = state.profile().value("guidance.planning_horizon")
    with st.container(horizontal=True, gap="small"):
        _setting(
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
        _setting(
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
        _setting(
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
        _setting(
            "fill",
            st.number_input,
            "Mail kept, %",
            min_value=0,
            max_value=100,
            step=5,
            width=130,
            help="Share of the mail received that stays in the mailbox",
        )
        _setting(
            "start",
            st.selectbox,
            "Mailboxes at the start",
            options=STARTS,
            format_func=START_NAMES.__getitem__,
            placeholder=START_NAMES[default_start(state.design())],
            width=200,
            help="As full as the design is made for where the initial sizes are 0; else of their initial sizes",
        )
    _setting(
        "imports",
        st.text_area,
        "Imports into archives, a line each",
        height=68,
        max_chars=2000,
        placeholder="1..6: 40 mailboxes a week",
        help="FROM..TO: 500 GB a week, or 40 mailboxes of 5 GB a week; "
        "months from 1. Weekly imports of the tiers come on top",
    )


def _setting(name: str, widget: Callable[..., Any], label: str, **more: Any) -> None:
    """Draw the widget of a setting, whose value is kept while another tab is open."""
    key = widget_key(name, VIEW)
    set_widget(key, getattr(current().timeline, name))
    widget(label, key=key, on_change=_take, args=(name,), **more)


def _take(name: str) -> None:
    setattr(current().timeline, name, widget_value(widget_key(name, VIEW)))
    redraw.rerun(redraw.FIGURES)


def _timeline(settings: TimelineSettings) -> Timeline | None:
    """Return the timeline of the design. If a setting cannot be used, draw the reason and return None."""
    try:
        growth = _growth(settings)
        return state.cached("timeline_found", lambda: timeline(state.profile(), growth), growth)
    except InputError as error:
        issues.show(error.issues, view="timeline")
        return None


def _growth(settings: TimelineSettings) -> Growth:
    percents = {name: getattr(settings, name) for name in ("fill", "mailbox_growth", "message_growth")}
    shares = {name: None if percent is None else percent / 100 for name, percent in percents.items()}
    lines = [line for line in (settings.imports or "").splitlines() if line.strip()]
    return read_growth({"months": settings.months, "start": settings.start, **shares}, lines)


def _months(found: Timeline) -> None:
    issues.show(found.issues, view="timeline_of", editable=False)
    st.text(found.sentence)
    base.draw_chart(charts.months(found, _finding(found)), "timeline")
    figures.draw_table([_limit(row) for row in found.limits()], alt="Limits of the design, and what to buy")
    st.download_button(
        "All months (CSV)",
        data=functools.partial(_csv, found.months()),
        file_name="timeline.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key=widget_key("timeline", "take"),
    )


def _finding(found: Timeline) -> str:
    first = found.limits()[0]
    last = len(found.state.months) - 1
    if first["month"] is None:
        missing = [LIMIT_TITLES[str(row["limit"])] for row in found.limits() if row["value"] is None]
        unsized = f" Not sized: {', '.join(missing)}." if missing else ""
        return f"No limit is reached in {last} months.{unsized}"
    return f"{LIMIT_TITLES[str(first['limit'])]} is the first limit, in month {first['month']} of {last}."


def _limit(row: TimelineRow) -> dict[str, str]:
    where = str(row["where"])
    return {
        "Limit": LIMIT_TITLES[str(row["limit"])],
        "Month": NOT_APPLICABLE if row["value"] is None else _month(row["month"]),
        "What to buy": str(row["buy"]),
        "What else that changes": str(row["changes"] or row["why_not_applicable"]),
        "Where": where[:1].upper() + where[1:],
        "Figure": _figure(row["value"], str(row["unit"])),
        "Limit at": _figure(row["threshold"], str(row["unit"])),
    }


def _month(month: object) -> str:
    return "not reached" if month is None else str(month)


def _figure(value: object, unit: str) -> str:
    if value is None:
        return NOT_APPLICABLE
    figure = float(str(value))
    if unit == "1":
        return percent_text(figure, 1, NO_BREAK_SPACE)
    return f"{number(figure * scale(unit), unit)} {unit_text(unit)}"


def _csv(rows: list[TimelineRow]) -> str:
    text = io.StringIO()
    print_rows(rows, "csv", text)
    return text.getvalue()


def _outage(settings: TimelineSettings) -> None:
    """Draw an outage that the design can have."""
    design = state.design()
    st.subheader("When logs are not truncated", anchor=False)
    possible = {DATACENTER: bool(design["two_datacenters"]), BACKUPS: design.profile.value("backup.method") != NATIVE}
    causes = [cause for cause in CAUSES if possible[cause]]
    if not causes:
        st.caption("There is no second datacenter to lose, and there are no backups to fail.")
        return
    if settings.cause not in causes:
        settings.cause = causes[0]
    with st.container(horizontal=True, gap="small"):
        words = {DATACENTER: "A datacenter is lost", BACKUPS: "Backups fail"}
        _setting("cause", st.segmented_control, "Outage", options=causes, format_func=words.__getitem__, required=True)
        _setting(
            "days",
            st.number_input,
            "Days",
            min_value=1,
            max_value=USUAL_LONGEST,
            step=1,
            width=170,
            placeholder="until it is full",
        )
    base.draw_chart(charts.outage(simulate_outage(state.profile(), settings.cause, settings.days)), "outage")
