"""Draw a study that runs in a job: a button that starts it, its progress, its outcome."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from calculator.engine.progress import Progress
from calculator.ui.results import progress, steps
from calculator.ui.session import job_queue, navigation, redraw, state
from calculator.ui.session.jobs import Job, JobResult
from calculator.ui.session.store import StudyRun, current, widget_key


def run_study(
    name: str, settings: object, work: Callable[[Progress], JobResult], label: str, items: str = "designs"
) -> JobResult | None:
    """Draw the study and return its result; None until it is finished.

    Parameters
    ----------
    name
        Name of the study, unique on the page.
    settings
        What the result depends on in addition to the design. After a change of either the study has to be run again.
    work
        Function that carries out the study, in a thread without access to the session.
    label
        Label of the button that starts the study.
    items
        Plural noun for what the job counts.
    """
    depends_on = (state.digest(state.given()), settings)
    last: StudyRun | None = current().studies.get(name)
    job: Job[JobResult] | None = last.job if last is not None and last.settings == depends_on else None
    if last is not None and job is None:
        last.job.stop()
    active = job is not None and job.active
    st.button(
        label,
        key=widget_key(name, "start"),
        type="primary",
        icon=":material/play_arrow:",
        on_click=_start,
        args=(name, depends_on, work),
        disabled=active,
    )
    if job is not None and active:
        progress.watch(job, items, widget_key(name, "stop"), _stop, job)
    elif job is not None:
        return _outcome(name, job, items)
    elif last is not None:
        st.caption("The design or the settings of the study have changed since the last run. Start the study again.")
    return None


def _start(name: str, depends_on: object, work: Callable[[Progress], JobResult]) -> None:
    job = job_queue.start(work)
    current().studies[name] = StudyRun(depends_on, job)
    steps.finish(navigation.REVIEW)
    job.wait(0.5)  # Wait a moment: a short run has ended by then, so that no progress has to be drawn.
    redraw.rerun(redraw.FIGURES)


def _stop(job: Job[JobResult]) -> None:
    progress.stop(job)
    redraw.rerun(redraw.FIGURES)


def _outcome(name: str, job: Job[JobResult], items: str) -> JobResult | None:
    result = progress.result(job, name, "profile")
    if result is not None:
        st.caption(f"{job.done:,} {items} in {job.seconds:.1f} s.")
    return result
