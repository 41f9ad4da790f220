"""The fewest servers with which a design works: all numbers of servers and DAGs, in one batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calculator.constants import scalar
from calculator.scenario import Profile
from calculator.schema import Value
from calculator.sizing import size_many

SERVERS, DAGS = "environment.mailbox_servers", "environment.dags"
MOST_MEMBERS = 16
"""Servers of a datacenter that are tried: a DAG has at most 16 members."""
_STEPS = {True: (16, 256), False: (MOST_MEMBERS,)}
"""Up to how many DAGs, or standalone servers, are tried: more only where fewer may not be the fewest."""
RESULTS = (
    "summary_servers.environment", "summary_dags", "worst_cpu_utilization", "summary_memory.primary",
    "summary_memory.secondary", "disks_fit.primary", "disks_fit.secondary", "server_drive_bays.primary",
    "server_drive_bays.secondary", "storage_jbod_disks_per_server.primary", "storage_raid_disks_per_server.primary",
    "design_invalid",
)  # fmt: skip


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
    """Try numbers of servers, fewest first, until one works.

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
    tried: list[Trial] = []
    first = 1
    for last in _STEPS[bool(profile.value("environment.high_availability"))]:
        tried += [trial for trial in _trials(profile, _range(profile, first, last)) if trial.servers]
        works = min((_size(trial) for trial in tried if not trial.reason), default=None)
        if works is not None and works[0] <= last:  # what comes next has more servers than this
            break
        first = last + 1
    tried.sort(key=_size)
    found = next((number for number, trial in enumerate(tried) if not trial.reason), len(tried))
    return tuple(tried[: found + 1])


def _size(trial: Trial) -> tuple[float, float]:
    """Servers of the environment, then DAGs: what is fewest."""
    return trial.servers or 0.0, float(trial.values.get(DAGS) or 1)


def _range(profile: Profile, first: int, last: int) -> dict[str, list[float]]:
    """Inputs of the numbers to try: of DAGs with every number of servers, or of standalone servers."""
    numbers = range(first, last + 1)
    if not profile.value("environment.high_availability"):
        return {SERVERS: [float(number) for number in numbers]}
    servers = range(1, MOST_MEMBERS + 1)
    return {
        SERVERS: [float(each) for _ in numbers for each in servers],
        DAGS: [float(number) for number in numbers for _ in servers],
    }


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
        values, found["summary_servers.environment"], found["summary_dags"], found["worst_cpu_utilization"] or None,
        None if unusable else memory or None, None if unusable or not disks else disks, _reason(found, memory),
    )  # fmt: skip


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
