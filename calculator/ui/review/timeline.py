"""Draw the study Timeline: the design month by month, the limits it reaches, and the logs in an outage."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from typing import Any

import streamlit as st

from calculator.cli.printing import print_rows
from calculator.engine.results import DESIGN_INVALID
from calculator.inputs.units import percent_text
from calculator.issues import InputError
from calculator.presentation.text import NO_BREAK_SPACE, NOT_APPLICABLE, number, plural
from calculator.studies.timeline.growth import DESIGNED, FROM_EMPTY, INITIAL, STARTS, Growth, default_start, read_growth
from calculator.studies.timeline.outage import (
    BACKUPS,
    CAUSES,
    DATACENTER,
    NATIVE,
    USUAL_LONGEST,
    Outage,
    simulate_outage,
)
from calculator.studies.timeline.pst_imports import LONGEST_RUN
from calculator.studies.timeline.remedies import BETTER, WORSE
from calculator.studies.timeline.run import Timeline, TimelineRow, timeline
from calculator.ui.charts import base
from calculator.ui.charts import timeline as charts
from calculator.ui.results import figures, issues
from calculator.ui.results.texts import escaped
from calculator.ui.review import running_server
from calculator.ui.review.limit_texts import LIMIT_TITLES, limit_figure, places_text
from calculator.ui.session import redraw, state
from calculator.ui.session.store import TimelineSettings, current, set_widget, widget_key, widget_value

START_NAMES = {DESIGNED: "as full as designed", INITIAL: "of their initial sizes", FROM_EMPTY: "empty"}
"""Names of how full mailboxes are at month 0."""
EFFECT_MARKS = {BETTER: ":green[Better:] ", WORSE: ":orange[Worse:] ", "": ""}
"""Marks before the effects of a purchase, by verdict."""
VIEW = "timeline"


def draw() -> None:
    """Draw the months, their limits and an outage."""
    if state.design()[DESIGN_INVALID]:
        st.info("This design is invalid: it has no timeline.")
        return
    settings = current().timeline
    st.subheader("Month by month", anchor=False)
    st.text("The load grows from month to month while servers, databases and disks stay as they are built.")
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
            help="Without a number: the planning horizon of the design",
            width=130,
        )
        _setting(
            "mailbox_growth",
            st.number_input,
            "Mailboxes, % per year",
            min_value=-90.0,
            max_value=1000.0,
            step=1.0,
            format="%g",
            placeholder="as the tiers",
            width=200,
            help="Without a number: the growth of the tiers, reached at the planning horizon",
        )
        _setting(
            "message_growth",
            st.number_input,
            "Messages, % per year",
            min_value=-90.0,
            max_value=1000.0,
            step=1.0,
            format="%g",
            width=200,
            help="Growth of the messages per mailbox",
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
            help="Without a choice: as full as designed where no initial sizes are given, else of their initial sizes",
        )
    with st.expander("Imports into archives", key="timeline_imports"):
        _setting(
            "imports",
            st.text_area,
            "Imports, one per line",
            height=68,
            max_chars=2000,
            placeholder="1..6: 40 mailboxes a week",
            help="FROM..TO: 500 GB a week, or 40 mailboxes of 5 GB a week, with months from 1. "
            "The weekly imports of the tiers are added",
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
    reached = [row for row in found.limits() if row["month"] is not None]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(
            plural(len(reached), "limit") + " reached" if reached else "no limit reached",
            color="orange" if reached else "green",
            icon=":material/warning:" if reached else ":material/check_circle:",
        )
        with st.container(width="stretch"):
            st.text(_finding(found))
    st.caption(escaped(_start(found)))
    if reached:
        purchases = [_purchase(row) for row in reached]
        used = [title for title in purchases[0] if any(row[title] for row in purchases)]
        rows = [{title: row[title] for title in used} for row in purchases]
        figures.draw_table(rows, alt="Limits that are reached, and what to buy")
        _effects(found)
    chart = charts.months(found)
    base.draw_chart(chart, "timeline")
    if not chart.rows:
        st.caption("Enter a growth of the mailboxes or messages above to see which limit is reached first.")
    if reached:
        fold = st.expander("Every limit, with its figure", key="timeline_limits", on_change="rerun")
        if fold.open:
            with fold:
                _limits(found)
    else:
        _limits(found)
    st.download_button(
        "All months (CSV)",
        data=functools.partial(_csv, found.months()),
        file_name="timeline.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key=widget_key("timeline", "take"),
    )


def _effects(found: Timeline) -> None:
    """Draw what else the purchases change: one line per effect, with better and worse told apart."""
    purchases = [purchase for _, purchase in found.outcomes if purchase.effects]
    if not purchases:
        return
    st.markdown("**What else the purchases change by the last month**")
    with st.grid("auto", min_column_width=420):
        for purchase in purchases:
            effects = (
                (EFFECT_MARKS[effect.verdict], escaped(_sentence(effect.text).replace(" %", f"{NO_BREAK_SPACE}%")))
                for effect in purchase.effects
            )
            lines = "".join(f"\n- {mark}{text}" for mark, text in effects)
            st.markdown(f"{escaped(purchase.words)}:\n{lines}")


def _limits(found: Timeline) -> None:
    figures.draw_table([_limit(row) for row in found.limits()], alt="Limits of the design")


def _start(found: Timeline) -> str:
    """Return a sentence that says how full mailboxes and a volume are at the start."""
    fill = found.months()[0]["volume_fill"]
    volume = f", and a volume is {number(fill, 'share')} full" if isinstance(fill, float) else ""
    return f"At the start, mailboxes are {START_NAMES[found.state.start]}{volume}."


def _finding(found: Timeline) -> str:
    rows = found.limits()
    last = len(found.state.months) - 1
    missing = [LIMIT_TITLES[str(row["limit"])] for row in rows if row["value"] is None]
    unsized = f" Not sized: {', '.join(missing)}." if missing else ""
    if rows[0]["month"] is None:
        return f"No limit is reached in {last} months.{unsized}"
    title, month = LIMIT_TITLES[str(rows[0]["limit"])], rows[0]["month"]
    return f"{title} is the first limit, in month {month} of {last}.{unsized}"


def _purchase(row: TimelineRow) -> dict[str, str]:
    return {
        "Limit": LIMIT_TITLES[str(row["limit"])],
        "Month": str(row["month"]),
        "What to buy": _sentence(row["buy"]),
        "Remark": _sentence(row["why_not_applicable"]),
        "Where": places_text(str(row["where"])),
        "Then": limit_figure(row["value"], str(row["unit"])),
        "At most": limit_figure(row["threshold"], str(row["unit"])),
    }


def _limit(row: TimelineRow) -> dict[str, str]:
    month = "not reached" if row["month"] is None else f"month {row['month']}"
    value, threshold = row["value"], row["threshold"]
    used = value / threshold if isinstance(value, float) and isinstance(threshold, float) else None
    return {
        "Limit": LIMIT_TITLES[str(row["limit"])],
        "Reached": f"n/a: {row['why_not_applicable']}" if row["value"] is None else month,
        "Where": places_text(str(row["where"])),
        "Used": NOT_APPLICABLE if used is None else percent_text(used, 0, NO_BREAK_SPACE),
        "Figure": limit_figure(row["value"], str(row["unit"])),
        "At most": limit_figure(row["threshold"], str(row["unit"])),
    }


def _sentence(text: object) -> str:
    """Return a text that begins with a capital letter; empty for None."""
    shown = "" if text is None else str(text)
    return shown[:1].upper() + shown[1:]


def _csv(rows: list[TimelineRow]) -> str:
    text = io.StringIO()
    print_rows(rows, "csv", text)
    return text.getvalue()


def _outage(settings: TimelineSettings) -> None:
    """Draw an outage, of the kinds that are possible for the design."""
    design = state.design()
    st.subheader("When logs are not truncated", anchor=False)
    st.text("While a datacenter is lost or backups fail, the logs pile up until the volume is full.")
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
            width=200,
            placeholder="until full",
        )
    found = simulate_outage(state.profile(), settings.cause, settings.days)
    base.draw_chart(charts.outage(found), "outage")
    figures.draw_table(_outage_rows(found), alt="What happens in the outage and after it")


def _outage_rows(found: Outage) -> list[dict[str, str]]:
    """Return the times of an outage: until the volume is full, and of the reseed after it."""
    at_start = f"{found.kept_before:,.0f} GB of logs" if found.kept_before else "no logs"
    full = f"not within {len(found.logs) - 1} days" if found.full is None else f"{found.full:,.1f} days"
    rows = [(f"The {found.measured} is full, with {at_start} at the start", full, found.consequence)]
    known = {"volume as sized": found.days_until_volume_full, "disk as bought": found.days_until_disk_full}
    rows += [
        (f"The {name} is full, with no logs at the start", f"{days:,.1f} days", "")
        for name, days in known.items()
        if days is not None and (found.kept_before or name != found.measured)
    ]
    if found.full is not None and found.reseed_hours_all is not None:
        rows += [
            ("One volume is reseeded over the link", f"{found.reseed_hours_over_link:,.0f} hours", ""),
            (
                "All volumes of the lost datacenter are reseeded over the link",
                f"{found.reseed_hours_all:,.0f} hours",
                "The datacenter has all its copies again.",
            ),
        ]
    return [dict(zip(("Event", "Time", "What follows"), row, strict=True)) for row in rows]
