"""How far a job of the session is, a way to stop it, and what is said when it has ended without a result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from calculator.ui.results import issues
from calculator.ui.session.jobs import Job

Result = TypeVar("Result")


def progress(job: Job[Any], things: str, key: str, stop: Callable[..., None], *args: object) -> None:
    """Draw how far it is, and the button that stops it."""
    left = f", about {job.left:.0f} s left" if job.left is not None else ""
    st.progress(min(job.share or 0.0, 1.0), text=f"{job.done:,} {things}, {job.rate:,.0f} a second{left}")
    st.button("Stop", key=key, icon=":material/stop:", on_click=stop, args=args)


def end(job: Job[Any] | None) -> None:
    """Stop it, if there is one."""
    if job is not None:
        job.stop()
        job.wait(5)


def result(job: Job[Result], view: str, source: str, stopped: str = "", *, where: bool = False) -> Result | None:
    """Result of a job that has ended; where there is none, why is drawn.

    Parameters
    ----------
    job
        It has ended.
    view
        Tells its issues from others on the page.
    source
        What to report a fault with.
    stopped
        What is said where it was stopped, instead of how far it came.
    where
        Whether its issues are told with the file they are of.
    """
    if job.stopped:
        st.info(stopped or f"Stopped after {job.done:,} designs; nothing is kept of them.")
    elif job.error is not None:
        issues.show(job.error.issues, mend=False, view=view, where=where)
    elif job.failed or job.result is None:
        st.error(
            f"Something went wrong that should not have. Please report it with the {source}.", icon=":material/error:"
        )
    else:
        return job.result
    return None
