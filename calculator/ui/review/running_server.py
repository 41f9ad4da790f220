"""Draw the CPU load of a running server, compared with the CPU that it has."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from calculator.issues import InputError
from calculator.presentation.text import number
from calculator.studies.running_server import CORES, RATING, CpuLoad, estimate_cpu, read_server
from calculator.ui.results import figures, issues
from calculator.ui.results.texts import escaped
from calculator.ui.session import redraw, state
from calculator.ui.session.store import RunningServerSettings, current, set_widget, widget_key, widget_value

VIEW = "running"
COPIES = (("active", "Active copies", "2000@50,500@150x1.2"), ("passive", "Passive copies", "2000@50,500@150"))
"""Settings of the mailboxes on the server: name, label and example."""


def draw() -> None:
    """Draw the settings of a running server, and its CPU."""
    expander = st.expander("CPU of a server in use", key="group:running", on_change="rerun")
    if not expander.open:
        return
    with expander:
        settings = current().running_server
        _settings(settings)
        if settings.active or settings.passive:
            _results(settings)


def _settings(settings: RunningServerSettings) -> None:
    for name, value in asdict(settings).items():
        set_widget(widget_key(name, VIEW), value)
    st.text(
        "Enter the mailboxes on the server as mailboxes@messages per day, separated by commas. Add a factor such as "
        "x1.2 where clients need more CPU."
    )
    profile = state.profile()
    with st.container(horizontal=True, gap="small"):
        for name, label, example in COPIES:
            st.text_input(
                label,
                key=widget_key(name, VIEW),
                placeholder=example,
                max_chars=1000,
                on_change=_take,
                args=(name,),
                width=260,
            )
        st.number_input(
            "Cores",
            1,
            1024,
            step=1,
            key=widget_key("cores", VIEW),
            placeholder=f"{profile.value(CORES):.0f}",
            on_change=_take,
            args=("cores",),
            width=130,
            help="Without a number: the cores of the design",
        )
        st.number_input(
            "SPECint_rate2006",
            0.1,
            1e6,
            step=1.0,
            format="%g",
            key=widget_key("rating", VIEW),
            width=170,
            placeholder=f"{profile.value(RATING):g}",
            on_change=_take,
            args=("rating",),
            help="Rating of the whole server. Without a number: the rating of the design.",
        )


def _take(name: str) -> None:
    setattr(current().running_server, name, widget_value(widget_key(name, VIEW)))
    redraw.rerun(redraw.FIGURES)


def _results(settings: RunningServerSettings) -> None:
    try:
        server = read_server(settings.active or "", settings.passive or "", settings.cores, settings.rating)
        found = estimate_cpu(state.profile(), server)
    except InputError as error:
        issues.show(error.issues, view="running", editable=False)
        return
    issues.show(found.issues, view="running_of", editable=False)
    figures.draw_table(_rows(found), alt="CPU of the running server")
    st.caption(
        escaped(f"CPU on an average day: {number(found.utilization, 'share')} of {number(found.available)} megacycles.")
    )


def _rows(found: CpuLoad) -> list[dict[str, str]]:
    return [
        {
            "Copies": str(row["part"]).capitalize(),
            "Mailboxes": number(float(row["mailboxes"])),
            "Megacycles": f"{row['megacycles']:,.0f}",
            "CPU": number(float(row["utilization"]), "share"),
        }
        for row in found.rows()
    ]
