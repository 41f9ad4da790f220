"""Draw the progress of a job, a button that stops it, and the message if it ends without a result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from calculator.ui.results import issues
from calculator.ui.session import job_queue
from calculator.ui.session.jobs import Job, JobResult

LONGEST_WAIT = 0.8
"""Longest time to wait for the end of a stopped job, in seconds. After that, the page says that the job is stopping."""


@st.fragment(run_every=1)
def watch(job: Job[Any], items: str, key: str, on_stop: Callable[..., None], *args: object) -> None:
    """Draw the progress of a job, or its place in the queue, every second; draw the whole page when the job ends.

    Parameters
    ----------
    job
        The job.
    items
        Plural noun for what the job counts.
    key
        Key of the button that stops the job.
    on_stop, args
        Callback of the button.
    """
    if not job.active:
        st.rerun()
    st.progress(min(job.share or 0.0, 1.0), text=_progress_text(job, items))
    st.button("Stop", key=key, icon=":material/stop:", on_click=on_stop, args=args, disabled=job.stopping)


def _progress_text(job: Job[Any], items: str) -> str:
    place, waiting = job_queue.place(job)
    if job.stopping:
        return "Stopping"
    if place:
        return f"Waiting for other jobs of this server: place {place} of {waiting} in the queue"
    left = f", about {job.left:.0f} s left" if job.left is not None else ""
    return f"{job.done:,} {items}, {job.rate:,.0f} per second{left}"


def stop(job: Job[Any] | None) -> None:
    """Stop a job, if there is one, and wait a moment for its end."""
    if job is not None:
        job.stop()
        job.wait(LONGEST_WAIT)


def result(
    job: Job[JobResult], view: str, source: str, stopped: str = "", *, show_where: bool = False
) -> JobResult | None:
    """Return the result of a job that has ended. If there is none, draw the reason and return None.

    Parameters
    ----------
    job
        The job.
    view
        View of the issues, which tells them apart from other issues on the page.
    source
        What to send with the report of an unexpected error.
    stopped
        Message for a stopped job; by default it says how far the job came.
    show_where
        Whether each issue names its file.
    """
    if job.stopped:
        default = f"Stopped after {job.done:,} designs. No results are kept." if job.began else "Stopped."
        st.info(stopped or default)
    elif job.error is not None:
        issues.show(job.error.issues, editable=False, view=view, show_where=show_where)
    elif job.failed or job.result is None:
        st.error(f"An unexpected error occurred. Please report it with the {source}.", icon=":material/error:")
    else:
        return job.result
    return None
