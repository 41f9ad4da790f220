"""CPU of a server as it runs now, held against what it has."""

from __future__ import annotations

import streamlit as st

from calculator.issues import InputError
from calculator.studies.running_server import CORES, RATING, ServerLoad, estimate_cpu, read_server
from calculator.ui.results import figures, issues
from calculator.ui.results.texts import escaped
from calculator.ui.session import redraw, state

KEPT = "running"
EMPTY: dict[str, str | float | None] = {"active": "", "passive": "", "cores": None, "rating": None}


def expander() -> None:
    """Draw the inputs of a running server, and its CPU."""
    fold = st.expander("CPU of a server that runs", key="group:running", on_change="rerun")
    if not fold.open:
        return
    with fold:
        kept = st.session_state.setdefault(KEPT, dict(EMPTY))
        _inputs(kept)
        if kept["active"] or kept["passive"]:
            _shown(kept)


def _inputs(kept: dict[str, str | float | None]) -> None:
    for name in EMPTY:
        st.session_state[f"running:{name}"] = kept[name]
    st.text(
        "Mailboxes on the server now, each profile as mailboxes@messages a day, with a factor where clients ask "
        "for more."
    )
    profile = state.profile()
    with st.container(horizontal=True, gap="small"):
        st.text_input(
            "Active copies",
            key="running:active",
            placeholder="2000@50,500@150x1.2",
            max_chars=1000,
            on_change=_take,
            args=("active",),
            width=260,
        )
        st.text_input(
            "Passive copies",
            key="running:passive",
            placeholder="2000@50,500@150",
            max_chars=1000,
            on_change=_take,
            args=("passive",),
            width=260,
        )
        st.number_input(
            "Cores",
            1,
            1024,
            step=1,
            key="running:cores",
            placeholder=f"{profile.value(CORES):.0f}",
            on_change=_take,
            args=("cores",),
            width=130,
            help="As designed where none are given",
        )
        st.number_input(
            "SPECint_rate2006",
            0.1,
            1e6,
            step=1.0,
            format="%g",
            key="running:rating",
            width=170,
            placeholder=f"{profile.value(RATING):g}",
            on_change=_take,
            args=("rating",),
            help="Of the whole server; as designed where none is given",
        )


def _take(name: str) -> None:
    st.session_state[KEPT] = {**st.session_state[KEPT], name: st.session_state[f"running:{name}"]}
    redraw.again(redraw.FIGURES)


def _shown(kept: dict[str, str | float | None]) -> None:
    try:
        server = read_server(str(kept["active"] or ""), str(kept["passive"] or ""), kept["cores"], kept["rating"])
        found = estimate_cpu(state.profile(), server)
    except InputError as error:
        issues.show(error.issues, view="running", mend=False)
        return
    issues.show(found.issues, view="running_of", mend=False)
    figures.draw_table(_rows(found), alt="CPU of the running server")
    st.caption(
        escaped(
            f"CPU on an average day: {figures.number(found.utilization, 'share')} of "
            f"{figures.number(found.available)} megacycles."
        )
    )


def _rows(found: ServerLoad) -> list[dict[str, str]]:
    return [
        {
            "Copies": str(row["part"]).capitalize(),
            "Mailboxes": figures.number(float(row["mailboxes"])),
            "Megacycles": f"{row['megacycles']:,.0f}",
            "CPU": figures.number(float(row["utilization"]), "share"),
        }
        for row in found.rows()
    ]
