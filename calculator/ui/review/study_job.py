"""A study that takes its time: a button that starts it, its progress, a way to stop it, its outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from calculator.ui.results import progress
from calculator.ui.session import redraw, state
from calculator.ui.session.jobs import Job, Progress

Result = TypeVar("Result")


def run(name: str, settings: object, work: Callable[[Progress], Result], label: str) -> Result | None:
    """Draw the study and give what came of it; None until it is done.

    Parameters
    ----------
    name
        Of the study, told apart from others on the page.
    settings
        What its outcome depends on beside the design: where either has changed, it has to be run again.
    work
        Does it, in a thread of its own: it may not look into the session.
    label
        Of the button.
    """
    about = (state.digest(state.design()), settings)
    slot: tuple[object, Job[Result]] | None = st.session_state.get(_slot(name))
    job = slot[1] if slot is not None and slot[0] == about else None
    if slot is not None and job is None:
        slot[1].stop()
    running = job is not None and job.running
    st.button(
        label,
        key=f"start:{name}",
        type="primary",
        icon=":material/play_arrow:",
        on_click=_start,
        args=(name, about, work),
        disabled=running,
    )
    if running:
        _watch(name)
    elif job is not None:
        return _outcome(name, job)
    elif slot is not None:
        st.caption("The design or what is asked has changed since the last run.")
    return None


def _slot(name: str) -> str:
    return f"study_job:{name}"


def _start(name: str, about: object, work: Callable[[Progress], Result]) -> None:
    job = Job(work)
    st.session_state[_slot(name)] = (about, job)
    job.wait(0.5)  # a short run ends before its progress is looked at
    redraw.again(redraw.FIGURES)


@st.fragment(run_every=1)
def _watch(name: str) -> None:
    """Draw the progress once a second until the run ends."""
    _, job = st.session_state[_slot(name)]
    if not job.running:
        st.rerun()
        return
    progress.progress(job, "designs", f"stop:{name}", _stop, name)


def _stop(name: str) -> None:
    _, job = st.session_state[_slot(name)]
    progress.end(job)
    redraw.again(redraw.FIGURES)


def _outcome(name: str, job: Job[Result]) -> Result | None:
    found = progress.result(job, name, "profile")
    if found is not None:
        st.caption(f"{job.done:,} designs in {job.seconds:.1f} s.")
    return found
