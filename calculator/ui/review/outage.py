"""Draw an outage on the study Timeline: how long logs may pile up, and the reseed after it."""

from __future__ import annotations

import streamlit as st

from calculator.engine.findings import check_message
from calculator.engine.sizing import SizedDesign
from calculator.inputs.choices import LINK_TYPE
from calculator.presentation.text import number, word
from calculator.studies.timeline.outage import (
    BACKUPS,
    CAUSES,
    DATACENTER,
    NATIVE,
    USUAL_LONGEST,
    Outage,
    simulate_outage,
)
from calculator.ui.charts import base
from calculator.ui.charts import timeline as charts
from calculator.ui.results import figures
from calculator.ui.results.texts import escaped
from calculator.ui.review.timeline_settings import setting
from calculator.ui.session import state
from calculator.ui.session.store import TimelineSettings

HOURS_PER_DAY = 24
CAUSE_NAMES = {DATACENTER: "A datacenter is lost", BACKUPS: "Backups fail"}


def draw(settings: TimelineSettings) -> None:
    """Draw an outage, of the kinds that are possible for the design."""
    design = state.design()
    st.subheader("How long an outage may last", anchor=False)
    st.text(
        "While a datacenter is lost or backups fail, logs are not truncated. They pile up until the volume is full."
    )
    possible = {DATACENTER: bool(design["two_datacenters"]), BACKUPS: design.profile.value("backup.method") != NATIVE}
    causes = [cause for cause in CAUSES if possible[cause]]
    if not causes:
        st.caption("This cannot happen here: there is no second datacenter to lose, and there are no backups to fail.")
        return
    if settings.cause not in causes:
        settings.cause = causes[0]
    with st.container(horizontal=True, gap="small"):
        setting(
            "cause", st.segmented_control, "Outage", options=causes, format_func=CAUSE_NAMES.__getitem__, required=True
        )
        setting(
            "days",
            st.number_input,
            "Days to show",
            min_value=1,
            max_value=USUAL_LONGEST,
            step=1,
            width=200,
            placeholder="until full",
        )
    found = simulate_outage(state.profile(), settings.cause, settings.days)
    st.markdown(f"**{escaped(found.finding)}** {escaped(found.consequence)}".strip())
    st.caption(escaped(_start(found, design)))
    base.draw_chart(charts.outage(found), "outage")
    figures.draw_table(_times(found), alt="How long it takes until a volume is full")
    if reseeds := _reseeds(found, design):
        st.markdown("**After the outage: reseeding the lost datacenter over the link**")
        figures.draw_table(reseeds, alt="How long the reseed after the outage takes")


def _start(found: Outage, design: SizedDesign) -> str:
    """Return sentences that say what fills the volume at the start, and how that compares with its size."""
    begins = number(found.rows()[0]["volume_fill"], "share")
    logs = f"{number(found.kept_before)} GB of logs" if found.kept_before else "no logs"
    if not design["logs_share_volume"]:
        return (
            f"At the start {begins} of the log volume is in use, with {logs} on it. The share in the months above is "
            "another one: it counts the size that the load requires, with the space for the logs of several days and "
            "the space that is kept free. An outage may fill both."
        )
    disk = found.measured.partition(" as ")[0]
    size = design.plain["volume_database_volume_size"]
    if size == found.capacity:
        unfit = ""
        if check_message(design.results, "check_disk_too_small"):
            unfit = " The volume does not fit the chosen disk: this is the time on a disk that it fits."
        return (
            f"At the start {begins} of the {disk} is in use: databases, indexes and {logs}. The rest is the space for "
            f"logs and the space that is kept free. An outage may fill both.{unfit}"
        )
    sized = number(size / found.capacity, "share")
    return (
        f"At the start {begins} of the {disk} is in use: databases, indexes and {logs}. The database volume is sized "
        f"at {sized} of the {disk}, because its size includes the space for logs and the space that is kept free. An "
        "outage may fill both."
    )


def _times(found: Outage) -> list[dict[str, str]]:
    """Return the times until a volume is full: in this outage, and those that Requirements shows."""
    full = f"not within {len(found.logs) - 1} days" if found.full is None else f"{number(found.full)} days"
    shown = {name: f"the figure for a {name} on Requirements" for name in ("volume as sized", "disk as bought")}
    known = {"volume as sized": found.days_until_volume_full, "disk as bought": found.days_until_disk_full}
    days = known[found.measured]
    same = not found.kept_before and None not in (found.full, days) and number(found.full) == number(days)
    at_start, this = "none", f"this outage, and {shown[found.measured]}" if same else "this outage"
    if found.kept_before:
        at_start, this = (
            f"{number(found.kept_before)} GB",
            "this outage, with the logs of normal operation at its start",
        )
    rows = [(_sentence(found.measured), at_start, full, this)]
    rows += [
        (_sentence(name), "none", f"{number(days)} days", shown[name])
        for name, days in known.items()
        if days is not None and not (same and name == found.measured)
    ]
    head = ("What fills", "Logs at the start", "Full after", "What this is")
    return [dict(zip(head, row, strict=True)) for row in rows]


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


def _reseeds(found: Outage, design: SizedDesign) -> list[dict[str, str]]:
    """Return the times of the reseed after an outage, with what they assume; none if no copy has to be reseeded."""
    if found.full is None or found.reseed_hours_over_link is None or found.reseed_hours_all is None:
        return []
    rate = number(design.plain["link_reseed_rate"])
    link = word(LINK_TYPE, str(design.profile.value("replication.link_type")))
    used = number(design.plain["replication_link_utilization"], "share")
    rows = [
        ("One volume", _days(found.reseed_hours_over_link), f"At {rate} MB/s, and nothing else uses the link."),
        (
            "All volumes",
            _days(found.reseed_hours_all),
            f"The whole link ({link}) is free for the reseed. Log replication needs up to {used} of it at the same "
            "time, so expect longer.",
        ),
    ]
    return [dict(zip(("What is reseeded", "Time", "Assumption"), row, strict=True)) for row in rows]


def _days(hours: float) -> str:
    """Format a time in days, with the hours, in which other pages show it."""
    return f"{hours / HOURS_PER_DAY:,.1f} days ({hours:,.0f} hours)"
