"""Find the fewest servers with which a design works by searching over the numbers of servers and DAGs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import Scenario, read, size
from calculator.inputs.profile import Profile
from calculator.inputs.schema import DATACENTER, Value
from calculator.inputs.units import percent_text
from calculator.issues import WARNING
from calculator.rules.constants import scalar
from calculator.studies.database_numbers import COUNT, DatabaseNumber, better_numbers
from calculator.studies.figures import NumericSizer
from calculator.studies.search.run import FeasibleDesign, search

SERVERS, DAGS = "environment.mailbox_servers", "environment.dags"
ALL_SERVERS = "summary_servers.environment"
ALL_DISKS = "storage_disks_total.environment"
MAX_MEMBERS = 16
"""Largest number of servers in a datacenter that is tried: a DAG has at most 16 members."""
_LARGEST_COUNTS = {True: (16, 256), False: (MAX_MEMBERS,)}
"""Largest numbers of DAGs (True) or standalone servers to try; a larger one only while fewer servers may exist."""
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
    ALL_DISKS,
    "databases",
    DESIGN_INVALID,
)


@dataclass(frozen=True)
class Trial:
    """A number of servers and DAGs that was tried.

    Attributes
    ----------
    values
        The inputs that were varied, and those that set the number of databases if it is not the automatic one.
    servers, dags
        Servers and DAGs of the environment.
    cpu
        CPU utilization in the worst failure, 1 is 100 %; None without a rating of the processors.
    memory
        Largest recommended memory of a server, GB.
    disks
        Database disks of a primary server.
    all_disks
        Disks of all servers, without system disks.
    bays
        Drive bays of a primary server.
    databases
        Databases of a DAG or standalone server.
    reason
        Why the design does not work; empty if it does.
    warnings
        Warnings about the design, those of the layout of its copies included, if it is the one that works.
    """

    values: Mapping[str, Value]
    servers: float | None
    dags: float | None
    cpu: float | None
    memory: float | None
    disks: float | None
    all_disks: float | None
    bays: float | None
    databases: float | None
    reason: str
    warnings: tuple[str, ...] = ()


def find_fewest_servers(scenario: Scenario, *, choose_databases: bool = False) -> tuple[Trial, ...]:
    """Find the fewest servers with which a design works, and why fewer fail.

    A design works if it passes every check, its disks fit, CPU utilization stays within 80 % in the worst failure,
    and memory stays within what is advised for a server of the version (96, 192 or 256 GB).  CPU is not a limit if no
    processor has a rating, because then no trial has a figure for it.

    Parameters
    ----------
    scenario
        The design, as `search` takes it; its own numbers of servers and DAGs are ignored.
    choose_databases
        Whether to set the number of databases where the automatic number does not work, or needs many more disks.

    Returns
    -------
    tuple of Trial
        The trials that fail, in ascending order of servers, then the first that works.  The last one fails too if
        none works.  Numbers that cannot be computed (fewer servers than copies) are left out, which may be all.

    Raises
    ------
    InputError
        If inputs cannot be used.

    Source: preferred-architecture: Processor; sizing-recommendations: Memory; design: fewest servers.
    """
    profile = read(scenario)
    best, limit = None, 0
    for limit in _LARGEST_COUNTS[bool(profile.value("environment.high_availability"))]:
        best = _search_best(profile, limit)
        if best is not None and best.results[ALL_SERVERS] <= limit:  # all later designs have more servers
            break
    fewest = best.results[ALL_SERVERS] if best is not None else math.inf
    combinations = _combinations(profile, limit, fewest)
    trials = _size_trials(profile, combinations)
    if choose_databases:
        numbers = better_numbers(profile, combinations, RESULTS, lay_out=False)
        trials = [_better_trial(trial, number, profile) for trial, number in zip(trials, numbers, strict=True)]
    trials = [trial for trial in trials if trial.servers]
    trials.sort(key=lambda trial: (trial.servers or 0.0, float(trial.values.get(DAGS) or 1)))
    works = next((number for number, trial in enumerate(trials) if not trial.reason), len(trials))
    if works < len(trials):
        if COUNT in trials[works].values:
            trials[works] = _laid_out_trial(trials[works], profile)
        trials[works] = replace(trials[works], warnings=_warnings(profile, trials[works].values))
    return tuple(trials[: works + 1])


def size_as_trial(profile: Profile) -> Trial:
    """Return the figures of a design as it is, in the form of a trial."""
    [trial] = _size_trials(profile, {SERVERS: [float(profile.value(SERVERS) or 0)]})
    return replace(trial, values={path: profile.value(path) for path in (SERVERS, *_candidates(profile, 1))})


def _better_trial(trial: Trial, number: DatabaseNumber | None, profile: Profile) -> Trial:
    """Return a trial with a better number of databases, if it works with that number."""
    if number is None:
        return trial
    better = _trial({**trial.values, **number.values}, number.figures, profile)
    return trial if better.reason else better


def _laid_out_trial(trial: Trial, profile: Profile) -> Trial:
    """Return a trial that works with the number of databases that has the fewest warnings of the layout too."""
    varied = {path: [trial.values[path]] for path in _candidates(profile, 1)}
    [number] = better_numbers(profile, varied, RESULTS, lay_out=True)
    return _better_trial(trial, number, profile)


def _warnings(profile: Profile, values: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the warnings that a design has with the numbers that were found."""
    from calculator.presentation.findings import all_issues  # imports the layout

    found = all_issues(size(profile.with_values(values)))
    return tuple(issue.message for issue in found if issue.severity == WARNING)


def _search_best(profile: Profile, limit: int) -> FeasibleDesign | None:
    """Return the design that works with the fewest servers, then the fewest DAGs, among up to ``limit`` DAGs."""
    limits: dict[str, object] = {"memory": scalar("largest_server_memory_by_version", profile)}
    if _is_rated(profile):
        limits["worst_cpu_utilization"] = f"<= {scalar('highest_cpu_utilization', profile)}"
    space = {"inputs": _candidates(profile, limit), "limits": limits}
    found = search(profile, space, minimize=ALL_SERVERS, results=[ALL_SERVERS], show=1)
    return found.best[0] if found.best else None


def _is_rated(profile: Profile) -> bool:
    """Return whether the processors of any datacenter have a rating, so that their CPU can be sized."""
    ratings = NumericSizer(profile, [f"server_rating.{side}" for side in DATACENTER.labels])({})
    return any(rating[0] > 0 for rating in ratings.values())


def _candidates(profile: Profile, limit: int) -> dict[str, list[float]]:
    """Return the numbers to try: DAGs and servers in each, or standalone servers."""
    servers = [float(number) for number in range(1, MAX_MEMBERS + 1)]
    if not profile.value("environment.high_availability"):
        return {SERVERS: servers}
    return {DAGS: [float(number) for number in range(1, limit + 1)], SERVERS: servers}


def _combinations(profile: Profile, limit: int, fewest: float) -> dict[str, list[float]]:
    """Return the combinations of the numbers to try as columns, up to the fewest servers that work.

    An environment has at least as many servers as host active mailboxes.
    """
    candidates = _candidates(profile, limit)
    rows = [row for row in itertools.product(*candidates.values()) if math.prod(row) <= fewest]
    return {path: [row[place] for row in rows] for place, path in enumerate(candidates)}


def _size_trials(profile: Profile, columns: Mapping[str, list[float]]) -> list[Trial]:
    from calculator.batch.table import size_many  # needs pyarrow

    rows = size_many(columns, profile=profile, results=RESULTS).to_pylist()
    return [
        _trial({path: values[number] for path, values in columns.items()}, row, profile)
        for number, row in enumerate(rows)
    ]


def _trial(values: Mapping[str, Value], row: Mapping[str, Any], profile: Profile) -> Trial:
    memory = max((row[f"summary_memory.{side}"] or 0.0 for side in DATACENTER.labels), default=0.0)
    jbod, raid = (row[f"storage_{kind}_disks_per_server.primary"] or 0.0 for kind in ("jbod", "raid"))
    disks = jbod + raid
    invalid = bool(row[DESIGN_INVALID])
    return Trial(
        values,
        row[ALL_SERVERS],
        row["summary_dags"],
        row["worst_cpu_utilization"] or None,
        None if invalid else memory or None,
        None if invalid or not disks else disks,
        None if invalid else row[ALL_DISKS],
        None if invalid else row["server_drive_bays.primary"],
        None if invalid else row["databases"],
        _reason(row, memory, profile),
    )


def _reason(row: Mapping[str, Any], memory: float, profile: Profile) -> str:
    """Return why a design does not work: the checks it fails, or the recommendations it exceeds."""
    errors = [part for part in row["issues"].split(" | ") if part.startswith("error: ")]
    reasons = [part.split(": ", 2)[2] for part in errors]
    if reasons:
        return " ".join(dict.fromkeys(reasons))
    if row[DESIGN_INVALID]:
        return "The design does not work."
    cpu, highest_cpu = row["worst_cpu_utilization"], scalar("highest_cpu_utilization", profile)
    if cpu is not None and cpu > highest_cpu:
        reasons.append(f"CPU {percent_text(cpu)} in the worst failure is above {percent_text(highest_cpu)}.")
    largest_memory = scalar("largest_server_memory_by_version", profile)
    if memory > largest_memory:
        reasons.append(f"Memory of {memory:,.0f} GB per server is above {largest_memory:,.0f} GB.")
    return " ".join(reasons)
