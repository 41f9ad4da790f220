"""The fewest servers with which a design works: a search over all numbers of servers and DAGs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calculator.batch.table import size_many
from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value
from calculator.rules.constants import scalar
from calculator.studies.search.run import Design, search

SERVERS, DAGS = "environment.mailbox_servers", "environment.dags"
ALL_SERVERS = "summary_servers.environment"
MOST_MEMBERS = 16
"""Servers of a datacenter that are tried: a DAG has at most 16 members."""
_STEPS = {True: (16, 256), False: (MOST_MEMBERS,)}
"""Up to how many DAGs, or standalone servers, are tried: more only where fewer may not be the fewest."""
RESULTS = (
    ALL_SERVERS,
    "summary_dags",
    "worst_cpu_utilization",
    "summary_memory.primary",
    "summary_memory.secondary",
    "disks_fit.primary",
    "disks_fit.secondary",
    "server_drive_bays.primary",
    "server_drive_bays.secondary",
    "storage_jbod_disks_per_server.primary",
    "storage_raid_disks_per_server.primary",
    "design_invalid",
)


@dataclass(frozen=True)
class Trial:
    """A number of servers tried.

    Attributes
    ----------
    values
        The inputs that were varied.
    servers, dags
        Servers of the environment, its DAGs.
    cpu
        CPU of the worst failure, 1 is all; None without a rating of the processors.
    memory
        Largest recommended memory of a server, GB.
    disks
        Database disks of a primary server.
    reason
        Why it does not do; empty if it does.
    """

    values: Mapping[str, Value]
    servers: float | None
    dags: float | None
    cpu: float | None
    memory: float | None
    disks: float | None
    reason: str


def fewest_servers(profile: Profile) -> tuple[Trial, ...]:
    """The fewest servers that work, by a search over servers and DAGs, and what fails before them.

    One works that passes every check, whose disks fit, whose processors stay within 80 % in the worst
    failure and whose memory within 96 GB a server.

    Parameters
    ----------
    profile
        The design; its own number of servers and DAGs is not looked at.

    Returns
    -------
    tuple of Trial
        Those that fail and why, then the first that works; the last fails too where none does.  Numbers
        with which nothing can be computed (fewer servers than copies) are left out; none may be left.

    Source: preferred-architecture: Processor; sizing-recommendations: Memory; design: fewest servers.
    """
    best, most = None, 0
    for most in _STEPS[bool(profile.value("environment.high_availability"))]:
        best = _best(profile, most)
        if best is not None and best.results[ALL_SERVERS] <= most:  # what comes next has more servers than this
            break
    fewest = best.results[ALL_SERVERS] if best is not None else math.inf
    tried = [trial for trial in _trials(profile, _range(profile, most, fewest)) if trial.servers]
    tried.sort(key=_size)
    found = next((number for number, trial in enumerate(tried) if not trial.reason), len(tried))
    return tuple(tried[: found + 1])


def _best(profile: Profile, most: int) -> Design | None:
    """The fewest servers that work with so many DAGs at most, the fewest DAGs where several have as many."""
    space = {
        "inputs": _inputs(profile, most),
        "limits": {"cpu": scalar("highest_cpu_utilization"), "memory": scalar("largest_server_memory")},
    }
    found = search(profile, space, minimize=ALL_SERVERS, results=[ALL_SERVERS], show=1)
    return found.best[0] if found.best else None


def _size(trial: Trial) -> tuple[float, float]:
    """Servers of the environment, then DAGs: what is fewest."""
    return trial.servers or 0.0, float(trial.values.get(DAGS) or 1)


def _inputs(profile: Profile, most: int) -> dict[str, list[float]]:
    """Numbers to try: of DAGs with every number of servers, or of standalone servers."""
    servers = [float(number) for number in range(1, MOST_MEMBERS + 1)]
    if not profile.value("environment.high_availability"):
        return {SERVERS: servers}
    return {DAGS: [float(number) for number in range(1, most + 1)], SERVERS: servers}


def _range(profile: Profile, most: int, fewest: float) -> dict[str, list[float]]:
    """The same as a table of designs, up to the fewest servers that work.

    An environment has at least as many servers as host active mailboxes.
    """
    inputs = _inputs(profile, most)
    rows = [row for row in itertools.product(*inputs.values()) if math.prod(row) <= fewest]
    return {path: [row[place] for row in rows] for place, path in enumerate(inputs)}


def _trials(profile: Profile, values: Mapping[str, list[float]]) -> list[Trial]:
    table = size_many(values, profile=profile, results=RESULTS)
    columns = {name: table[name].to_pylist() for name in table.column_names}
    rows = [{name: column[row] for name, column in columns.items()} for row in range(table.num_rows)]
    return [_trial({path: of[row] for path, of in values.items()}, found) for row, found in enumerate(rows)]


def _trial(values: Mapping[str, Value], found: Mapping[str, Any]) -> Trial:
    sides = ("primary", "secondary")
    memory = max((found[f"summary_memory.{side}"] or 0.0 for side in sides), default=0.0)
    disks = (found["storage_jbod_disks_per_server.primary"] or 0.0) + (
        found["storage_raid_disks_per_server.primary"] or 0.0
    )
    unusable = bool(found["design_invalid"])
    return Trial(
        values,
        found[ALL_SERVERS],
        found["summary_dags"],
        found["worst_cpu_utilization"] or None,
        None if unusable else memory or None,
        None if unusable or not disks else disks,
        _reason(found, memory),
    )


def _reason(found: Mapping[str, Any], memory: float) -> str:
    """Why a design does not do: the checks it fails, then what is beyond what is advised."""
    errors = [part for part in found["issues"].split(" | ") if part.startswith("error: ")]
    reasons = [part.split(": ", 2)[2] for part in errors]
    if reasons:
        return " ".join(dict.fromkeys(reasons))
    if found["design_invalid"]:
        return "The design does not work."
    cpu, most_cpu = found["worst_cpu_utilization"], scalar("highest_cpu_utilization")
    if cpu is not None and cpu > most_cpu:
        reasons.append(f"CPU {cpu:.0%} in the worst failure is above {most_cpu:.0%}.")
    most_memory = scalar("largest_server_memory")
    if memory > most_memory:
        reasons.append(f"Memory of {memory:,.0f} GB a server is above {most_memory:,.0f} GB.")
    return " ".join(reasons)
