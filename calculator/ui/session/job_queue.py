"""Queue the jobs of all sessions of this server.

A job uses a processor for seconds or minutes.  So only a few jobs run at once, the others wait in the order in which
they were added, and a job ends when its session ends.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from calculator.engine.progress import Progress
from calculator.issues import InputError, refuse
from calculator.presentation.text import plural
from calculator.ui.session.jobs import Job, JobResult
from calculator.ui.session.limits import JobLimits, job_limits
from calculator.ui.session.store import current

SECONDS_BETWEEN_CHECKS = 1.0
"""Time between two checks for sessions that have ended and jobs that run too long, in seconds."""


@dataclass
class _Entry:
    """Job in the queue, with its session, and the time since when the browser of the session is away."""

    job: Job[Any]
    session: object
    is_connected: Callable[[], bool]
    away_since: float | None = None


class JobQueue:
    """Queue of the jobs of all sessions, of which some run and the others wait for their turn.

    Parameters
    ----------
    limits
        Limits of the queue.
    clock
        Function that returns the time in seconds.
    """

    def __init__(self, limits: JobLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits, self._clock = limits, clock
        self._entries: list[_Entry] = []
        self._lock = threading.RLock()
        self._keeper: threading.Thread | None = None

    def add(self, job: Job[Any], session: object, is_connected: Callable[[], bool] = lambda: True) -> None:
        """Add a job at the end of the queue. It begins at once if the limits allow it.

        Parameters
        ----------
        job
            The job, which has not begun.
        session
            Object that identifies the session of the job.
        is_connected
            Function that returns whether a browser is connected to the session.

        Raises
        ------
        InputError
            If the session has too many jobs, or if too many jobs wait.
        """
        limits = self._limits
        with self._lock:
            self._begin_next()
            if sum(entry.session is session for entry in self._entries) >= limits.per_session:
                refuse(
                    "server",
                    f"You already have {plural(limits.per_session, 'job')} that run or wait, the most per session.",
                    "Stop one of them, or wait until it has ended.",
                )
            self._entries.append(_Entry(job, session, is_connected))
            self._begin_next()
            if len(self._waiting()) > limits.waiting:
                self._entries.pop()
                refuse(
                    "server",
                    f"{plural(limits.waiting, 'job')} wait already, the most on this server.",
                    "Try again in some minutes, or use the command line.",
                )
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._check_until_empty, name="job-queue", daemon=True)
                self._keeper.start()

    def place(self, job: Job[Any]) -> tuple[int, int]:
        """Return the place of a job among the waiting jobs, from 1, and their number. A running job has place 0."""
        with self._lock:
            waiting = [entry.job for entry in self._waiting()]
        return (waiting.index(job) + 1 if job in waiting else 0), len(waiting)

    def check(self) -> None:
        """Stop the jobs whose browser is away and those that run too long, and begin the next ones."""
        limits, now = self._limits, self._clock()
        with self._lock:
            for entry in self._entries:
                if entry.is_connected():
                    entry.away_since = None
                elif entry.away_since is None:
                    entry.away_since = now
                if entry.away_since is not None and now - entry.away_since >= limits.away_seconds:
                    entry.job.stop(_left(limits.away_seconds))
                elif entry.job.seconds >= 60 * limits.longest_minutes:
                    entry.job.stop(_too_long(limits.longest_minutes))
            self._begin_next()

    def _waiting(self) -> list[_Entry]:
        return [entry for entry in self._entries if entry.job.active and not entry.job.began]

    def _begin_next(self) -> None:
        """Begin the first jobs that wait, while the limits allow it. At most one job of a session runs."""
        with self._lock:
            self._entries = [entry for entry in self._entries if entry.job.active]
            running = [entry.session for entry in self._entries if entry.job.began]
            for entry in self._waiting():
                if len(running) < self._limits.running and not any(entry.session is session for session in running):
                    running.append(entry.session)
                    entry.job.begin(self._begin_next)

    def _check_until_empty(self) -> None:
        while True:
            time.sleep(SECONDS_BETWEEN_CHECKS)
            self.check()
            with self._lock:
                if not self._entries:
                    self._keeper = None
                    return


def _error(message: str, hint: str) -> InputError:
    try:
        refuse("server", message, hint)
    except InputError as error:
        return error


def _left(seconds: int) -> InputError:
    return _error(
        f"The job was stopped because the browser was away for {plural(seconds, 'second')}.", "Start it again."
    )


def _too_long(minutes: int) -> InputError:
    return _error(
        f"The job was stopped after {plural(minutes, 'minute')}, the longest time on this server.",
        "Ask for less, or use the command line.",
    )


# --- the queue of this server --------------------------------------------------------------------


@functools.cache
def _server_queue() -> JobQueue:
    return JobQueue(job_limits())


def start(work: Callable[[Progress], JobResult]) -> Job[JobResult]:
    """Start a job of this session. The job waits if the server is busy; if it is refused, its `error` says why."""
    job = Job(work)
    try:
        _server_queue().add(job, current().owner, _connection())
    except InputError as error:
        job.stop(error)
    return job


def place(job: Job[Any]) -> tuple[int, int]:
    """Return the place of a job among the waiting jobs of this server, and their number. A running job has place 0."""
    return _server_queue().place(job)


def _connection() -> Callable[[], bool]:
    """Return a function that tells whether a browser is connected to the session that runs this script."""
    context = get_script_run_ctx()
    of_context = context.session_id if context is not None else ""

    def is_connected() -> bool:
        return not runtime.exists() or runtime.get_instance().is_active_session(of_context)

    return is_connected
