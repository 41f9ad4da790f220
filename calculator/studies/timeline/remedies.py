"""What to buy where a growing design comes to a limit: the least that lasts, sized month by month.

Candidates of a kind (larger disks, one more server, …) are tried in the order in which they are bought, all
months of some of them in one batch; the first lasts in which the limit is never reached.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from calculator.engine.columns import canonical_column
from calculator.inputs import schema
from calculator.inputs.choices import LINK_TYPE
from calculator.inputs.schema import BY_PATH, CAPACITIES, Value
from calculator.rules.constants import CONSTANTS, LookupTable, scalar
from calculator.studies.figures import Figures
from calculator.studies.timeline.as_built import COUNT, SIDES, Built
from calculator.studies.timeline.limits import SAME, Columns, Reached, above

SERVERS, DAGS, LINK = "environment.mailbox_servers", "environment.dags", "replication.link_type"
INVALID = "design_invalid"
TRIED_AT_ONCE = 8
"""Candidates sized together, all their months: memory stays small and few more than needed are sized."""
MOST_MORE = 16
"""Servers, DAGs and groups of databases that are tried more than there are."""
NOTHING_LASTS = "No single purchase lasts: size the design anew for the last month."


@dataclass(frozen=True)
class Candidate:
    """Something to buy: its words, and the inputs it changes."""

    words: str
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Case:
    """A limit reached, with all that is known of the design month by month."""

    found: Reached
    built: Built
    months: Columns
    figures: Columns

    @property
    def highest(self) -> float:
        """Greatest figure of any month where the limit is reached."""
        values, _ = self.found.limit.measure(self.figures, self.built)
        return float(np.nanmax(values[self.places]))

    @property
    def places(self) -> list[int]:
        """Numbers of the places where the limit is reached."""
        return [self.found.limit.places.index(place) for place in self.found.places]

    def number(self, path: str) -> float:
        """Number of an input."""
        return float(self.built.profile.value(path) or 0)


def what_to_buy(case: Case) -> str:
    """Say what mends a limit that is reached, so that it lasts to the last month."""
    return REMEDIES[case.found.limit.name](case)


def _first_that_lasts(case: Case, *kinds: Iterator[Candidate], built: Built | None = None) -> str:
    candidates = itertools.chain(*kinds)
    sizer = Figures(case.built.profile, [*case.found.limit.needs, INVALID])
    while some := list(itertools.islice(candidates, TRIED_AT_ONCE)):
        figures = sizer(_columns(case, some))
        fails = above(case.found.limit, figures, built or case.built).any(axis=0) | (figures[INVALID] == 1)
        lasts = ~fails.reshape(len(some), -1).any(axis=1)
        if lasts.any():
            return some[int(np.argmax(lasts))].words
    return NOTHING_LASTS


def _columns(case: Case, candidates: Sequence[Candidate]) -> dict[str, npt.NDArray[Any]]:
    """Inputs of all months of the first candidate, then of the next."""
    months = len(next(iter(case.months.values())))
    columns: dict[str, npt.NDArray[Any]] = {path: np.tile(of, len(candidates)) for path, of in case.months.items()}
    for path in dict.fromkeys(path for candidate in candidates for path in candidate.values):
        found = schema.find(path)
        assert found is not None
        present = case.built.profile.value(path)
        given = canonical_column(found[0], [candidate.values.get(path, present) for candidate in candidates])
        columns[path] = np.repeat(given, months)
    return columns


def _larger_disks(case: Case) -> Iterator[Candidate]:
    paths = [f"storage.{side}.database_disk_capacity" for side in case.found.places]
    where = "" if len(paths) == len(SIDES) else f" in the {case.found.places[0]} datacenter"
    for capacity in CAPACITIES:
        larger = {path: float(capacity) for path in paths if 0 < case.number(path) < capacity}
        if larger:
            yield Candidate(f"Database disks of {capacity:,} GB{where}", larger)


def _faster_disks(case: Case) -> Iterator[Candidate]:
    """Disks of the same size of case with more I/O, the slowest of them first."""
    rates = CONSTANTS["disk_random_iops"].value
    assert isinstance(rates, LookupTable)
    choice = BY_PATH["storage.database_disk_type"].choice
    assert choice is not None
    for code in np.argsort(rates.values, kind="stable"):
        word, values = choice.words[code], {}
        for side in case.found.places:
            path = f"storage.{side}.database_disk_type"
            present = choice.words.index(str(case.built.profile.value(path)))
            if rates.values[code] > rates.values[present] and word[-4:] == choice.words[present][-4:]:
                values[path] = word
        if values:
            yield Candidate(f"Database disks of type {word}", values)


def _more_databases(case: Case) -> Iterator[Candidate]:
    present = float(case.built.plan["databases"])
    group = max(float(case.built.plan["disk_group"]), 1.0)
    each = "DAG" if case.built.profile.value("environment.high_availability") else "server"
    for more in range(1, MOST_MORE + 1):
        count = (math.floor(present / group) + more) * group
        words = f"{count:,.0f} databases a {each} in place of {present:,.0f}, on the volumes this takes"
        yield Candidate(words, {COUNT: count})


def _more_servers(case: Case) -> Iterator[Candidate]:
    present = int(case.number(SERVERS))
    each = " in each DAG" if case.built.profile.value("environment.high_availability") else ""
    each = f"{each} and datacenter" if case.built.plan["two_way"] else each
    for servers in range(present + 1, int(scalar("dag_members_limit")) + 1):
        words = f"{_more(servers - present, 'server')} hosting active mailboxes{each} ({servers} in place of {present})"
        yield Candidate(words, {SERVERS: float(servers)})


def _more_dags(case: Case) -> Iterator[Candidate]:
    if not case.built.profile.value("environment.high_availability"):
        return
    present = int(case.number(DAGS))
    for more in range(1, MOST_MORE + 1):
        words = f"{_more(more, 'DAG')} like those there are ({present + more} in place of {present})"
        yield Candidate(words, {DAGS: float(present + more)})


def _faster_links(case: Case) -> Iterator[Candidate]:
    for code in range(LINK_TYPE.words.index(str(case.built.profile.value(LINK))) + 1, len(LINK_TYPE.words)):
        yield Candidate(f"A link of {LINK_TYPE.texts[code]}", {LINK: LINK_TYPE.words[code]})


def _more(count: int, noun: str) -> str:
    return f"{count} more {noun}{'s' if count > 1 else ''}"


def _volume(case: Case) -> str:
    if not case.built.on_disk[case.places].any():
        return f"Volumes of {_up(case.highest):,.0f} GB"
    return _first_that_lasts(case, _larger_disks(case), _more_databases(case), _more_dags(case))


def _log_volume(case: Case) -> str:
    return f"Log volumes of {_up(case.highest):,.0f} GB"


def _database(case: Case) -> str:
    return _first_that_lasts(case, _more_databases(case), _more_dags(case))


def _disk_iops(case: Case) -> str:
    return _first_that_lasts(case, _faster_disks(case), _more_databases(case), _more_dags(case))


def _raid_disks(case: Case) -> str:
    there = float(np.nanmax(case.built.raid_disks[case.places]))
    return (
        f"{_more(round(case.highest - there), 'RAID disk')} in each server ({case.highest:.0f} in place of {there:.0f})"
    )


def _memory(case: Case) -> str:
    """The size recommended in the end; more servers where that is above what is advised for a server."""
    most = scalar("largest_server_memory")
    if case.highest <= most:
        return f"{case.highest:.0f} GB of memory in each server"
    words = _first_that_lasts(case, _more_servers(case), _more_dags(case), built=case.built.with_memory(most))
    return words if words == NOTHING_LASTS else f"{words}, {most:.0f} GB of memory at most in each"


def _cpu(case: Case) -> str:
    return _first_that_lasts(case, _more_servers(case), _more_dags(case))


def _link(case: Case) -> str:
    return _first_that_lasts(case, _faster_links(case))


def _warning_quota(case: Case) -> str:
    return f"RecoverableItemsWarningQuota of {_up(case.highest):.0f} GB{_for_tiers(case)}"


def _quota(case: Case) -> str:
    """The quota that lasts, and what the items above it take that the volumes have no room for."""
    more = 0.0
    for place in case.found.places:
        beyond = case.figures[f"{place}.dumpster_uncapped"] - scalar("recoverable_items_quota")
        held = np.maximum(beyond, 0.0) * case.figures[f"{place}.tier_mailboxes_per_database"]
        more += float(np.nanmax(held)) / scalar("mb_per_gb")
    quota = f"RecoverableItemsQuota of {_up(case.highest):.0f} GB{_for_tiers(case)}"
    return f"{quota}, {_up(more):,.0f} GB more in each copy of a database"


def _for_tiers(case: Case) -> str:
    """Which tiers, where the design has several."""
    if case.built.plan.tiers == 1:
        return ""
    names = [case.built.tier_name(place + 1) for place in case.places]
    return f" for {' and '.join(names)}"


def _up(value: float) -> float:
    return float(math.ceil(value * (1 - SAME)))


REMEDIES: Mapping[str, Callable[[Case], str]] = {
    "volume": _volume,
    "log_volume": _log_volume,
    "database": _database,
    "disk_iops": _disk_iops,
    "raid_disks": _raid_disks,
    "memory": _memory,
    "cpu": _cpu,
    "link": _link,
    "dumpster_20_gb": _warning_quota,
    "dumpster_30_gb": _quota,
}
"""What mends each limit."""
