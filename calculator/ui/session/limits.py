"""Read the limits of the server from ``.streamlit/limits.toml``."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from calculator.inputs.shipped import LIMITS, shipped
from calculator.issues import refuse

FILE = shipped(LIMITS)
"""File of the limits, which also states the reason for each limit."""


@dataclass(frozen=True)
class JobLimits:
    """Limits of the jobs of all sessions.

    Attributes
    ----------
    running
        Jobs that run at once on this server.
    waiting
        Jobs that may wait for their turn.
    per_session
        Jobs of one session that may run or wait. At most one of them runs.
    longest_minutes
        Longest time that a job may run, in minutes.
    away_seconds
        Time that a browser may be away before its jobs end, in seconds.
    """

    running: int
    waiting: int
    per_session: int
    longest_minutes: int
    away_seconds: int


@functools.cache
def job_limits() -> JobLimits:
    """Return the limits of the jobs of this server. The file is read once."""
    return read_job_limits(FILE)


def read_job_limits(file: Path) -> JobLimits:
    """Read the section ``jobs`` of a file of limits.

    Raises
    ------
    InputError
        If the file cannot be read, or if it does not give each limit as a whole number from 1.
    """
    names = [field.name for field in fields(JobLimits)]
    hint = f"Give {', '.join(names)} in the section jobs, each as a whole number from 1."
    try:
        jobs = tomllib.loads(file.read_text(encoding="utf-8")).get("jobs")
    except (OSError, ValueError) as error:
        refuse(file.name, f"The limits of the server cannot be read: {error}.", hint)
    given = jobs if isinstance(jobs, dict) else {}
    wrong = [name for name in names if type(given.get(name)) is not int or given[name] < 1]
    wrong += [str(name) for name in given if name not in names]
    if wrong:
        refuse(file.name, f"The limits of the server are wrong or unknown: {', '.join(wrong)}.", hint)
    return JobLimits(**given)
