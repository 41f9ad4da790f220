"""Suggest what to buy when a growing design reaches a limit: the smallest purchase that lasts, sized month by month.

Candidates of one type (larger disks, one more server, ...) are tried in the order in which they would be bought, all
months of several candidates in one batch.  A candidate lasts if the limit is never reached and no month gets an error
that it does not have without the candidate.  Only disks that are sold are suggested.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from calculator.engine.columns import canonical_column
from calculator.engine.findings import check_message
from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import SizedDesign, size
from calculator.inputs import schema
from calculator.inputs.choices import LINK_TYPE
from calculator.inputs.schema import BY_PATH, CAPACITIES, DATACENTER, SERVER_ROLE, Value
from calculator.inputs.units import percent_text
from calculator.issues import ERROR, WARNING
from calculator.numerics.arrays import Array, Floats
from calculator.numerics.rounding import RELATIVE_TOLERANCE
from calculator.presentation.text import plural
from calculator.rules.constants import CONSTANTS, scalar
from calculator.rules.registry import CHECKS
from calculator.studies.disks import sold_capacities, with_restore_disks
from calculator.studies.figures import NO_DISK_FITS, NumericSizer
from calculator.studies.timeline.as_built import COUNT, BuiltDesign
from calculator.studies.timeline.limits import LimitOutcome, MonthColumns, find_exceeded, list_limits

SERVERS, DAGS, LINK = "environment.mailbox_servers", "environment.dags", "replication.link_type"
TRIED_AT_ONCE = 8
"""Number of candidates sized in one batch, small enough that memory stays small and few are sized in vain."""
BETTER, WORSE = "better", "worse"
"""Verdicts on what a purchase changes in addition to its limit."""
DATABASES = "databases"
"""What may become more or fewer without being better or worse. Of all else, less is better."""
MAX_ADDED = 16
"""Largest number of servers, DAGs or groups of databases to add."""
IN_FAILURE = " in the worst failure"
"""End of the label of the CPU in a design that survives a failure."""
EFFECTS = (
    ("servers", "", ("summary_servers.environment",)),
    (DATABASES, "", ("summary_databases",)),
    ("disks", "", ("storage_disks_total.environment",)),
    ("memory per server", "GB", tuple(f"summary_memory.{role}" for role in SERVER_ROLE.labels)),
    ("drive bays per server", "", tuple(f"server_drive_bays.{side}" for side in DATACENTER.labels)),
    (f"CPU{IN_FAILURE}", "%", ("worst_cpu_utilization",)),
    ("hours to reseed a volume", "", ("reseed_hours",)),
)
"""What a purchase may change in addition to its limit: label, unit, and the results of which the largest counts."""
_DISK_LIMITS = ("volume", "disk_iops")
"""Limits that replace the checks `NO_DISK_FITS`, of which a design fails at most one."""
_ERRORS = tuple(name for name, check in CHECKS.items() if check.severity == ERROR and name not in NO_DISK_FITS)


@dataclass(frozen=True)
class Candidate:
    """Possible purchase: its description, and the inputs that it changes."""

    words: str
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Effect:
    """Effect of a purchase apart from its limit, and whether it is better or worse; empty for neither."""

    text: str
    verdict: str = ""


@dataclass(frozen=True)
class Purchase:
    """Purchase to make, and what else it changes by the last month; empty for nothing."""

    words: str
    effects: tuple[Effect, ...] = ()

    @property
    def changes(self) -> str:
        """The effects in one text."""
        return "; ".join(effect.text for effect in self.effects)


NOTHING = Purchase("")
NOTHING_LASTS = Purchase("No single purchase is enough: size the design again for the last month.")


@dataclass(frozen=True)
class Case:
    """Limit that is reached, with the design month by month.

    Attributes
    ----------
    outcome
        The limit, and when it is reached.
    built
        What is built.
    months, figures
        Inputs by path and results by column, one value per month, shape ``(months + 1,)``.
    """

    outcome: LimitOutcome
    built: BuiltDesign
    months: MonthColumns
    figures: MonthColumns

    @property
    def highest(self) -> float:
        """Highest figure of any month at the places where the limit is reached."""
        values, _ = self.outcome.limit.measure(self.figures, self.built)
        return float(np.nanmax(values[self.places]))

    @property
    def places(self) -> list[int]:
        """Indices of the places where the limit is reached."""
        return [self.outcome.limit.places.index(place) for place in self.outcome.places]

    def number(self, path: str) -> float:
        """Return the value of an input."""
        return float(self.built.profile.value(path) or 0)

    def disk_type(self, path: str) -> str:
        """Return the type of the disks whose capacity an input sets."""
        return str(self.built.profile.value(path.replace("_capacity", "_type")))


def suggest_purchase(case: Case) -> Purchase:
    """Return what to buy so that a limit is not reached up to the last month."""
    return REMEDIES[case.outcome.limit.name](case)


def _first_lasting(case: Case, *types: Iterator[Candidate]) -> Purchase:
    """Return the first candidate that lasts; types of candidates are tried in order."""
    found = _find_lasting(case, case.built, *types)
    return NOTHING_LASTS if found is None else Purchase(found[0].words, _describe_changes(case, found[0]))


def _find_lasting(
    case: Case, built: BuiltDesign, *types: Iterator[Candidate]
) -> tuple[Candidate, dict[str, Floats]] | None:
    """Return the first candidate with which what is built lasts, and the figures that it was judged by."""
    limit, candidates = case.outcome.limit, itertools.chain(*types)
    others = [other for other in list_limits(case.built) if other.name in _DISK_LIMITS and other != limit]
    needs = [need for each in (limit, *others) for need in each.needs]
    sizer = NumericSizer(case.built.profile, [*needs, DESIGN_INVALID], _ERRORS)
    without = sizer(dict(case.months))
    exceeded = [find_exceeded(other, without, case.built).any(axis=0) for other in others]
    while batch := list(itertools.islice(candidates, TRIED_AT_ONCE)):
        figures = sizer(_columns(case, batch))
        fails = find_exceeded(limit, figures, built).any(axis=0) | (figures[DESIGN_INVALID] == 1)
        for name in _ERRORS:
            fails |= figures[name] > np.tile(without[name], len(batch))
        for other, before in zip(others, exceeded, strict=True):
            fails |= find_exceeded(other, figures, case.built).any(axis=0) & ~np.tile(before, len(batch))
        lasts = ~fails.reshape(len(batch), -1).any(axis=1)
        if lasts.any():
            number = int(np.argmax(lasts))
            return batch[number], {name: values.reshape(len(batch), -1)[number] for name, values in figures.items()}
    return None


def _describe_changes(case: Case, candidate: Candidate) -> tuple[Effect, ...]:
    """Return what else a candidate changes in the last month: servers, databases, disks and so on, and new warnings."""
    last = {path: float(column[-1]) for path, column in case.months.items()}
    given = {**case.built.profile.given, **last}
    without = size(case.built.profile.with_given(given))
    found = size(case.built.profile.with_given({**given, **candidate.values}))
    effects = []
    for label, unit, columns in EFFECTS:
        before, after = (_largest(design, columns) for design in (without, found))
        if before is None or after is None or (texts := (_text(after, unit), _text(before, unit)))[0] == texts[1]:
            continue
        verdict = "" if label == DATABASES else BETTER if after < before else WORSE
        if not found.plain["highly_available"]:
            label = label.removesuffix(IN_FAILURE)
        effects.append(Effect(f"{label} {' instead of '.join(texts)}", verdict))
    for name, check in CHECKS.items():
        new = found.results.values[name].any() and not without.results.values[name].any()
        if new and check.severity == WARNING:
            effects.append(Effect(f"new warning: {check_message(found.results, name)}", WORSE))
    return tuple(effects)


def _largest(design: SizedDesign, columns: Sequence[str]) -> float | None:
    """Return the largest of some figures; None if none applies."""
    return max((value for column in columns if (value := design.plain[column]) is not None), default=None)


def _text(value: float, unit: str) -> str:
    return percent_text(value) if unit == "%" else f"{value:,.0f} {unit}".strip()


def _columns(case: Case, candidates: Sequence[Candidate]) -> dict[str, Array]:
    """Return the inputs of all months of the first candidate, then of the next, shape ``(candidates * months,)``."""
    months = len(next(iter(case.months.values())))
    columns: dict[str, Array] = {path: np.tile(column, len(candidates)) for path, column in case.months.items()}
    for path in dict.fromkeys(path for candidate in candidates for path in candidate.values):
        found = schema.find(path)
        assert found is not None
        present = case.built.profile.value(path)
        column = canonical_column(found[0], [candidate.values.get(path, present) for candidate in candidates])
        columns[path] = np.repeat(column, months)
    return columns


def _larger_disks(case: Case) -> Iterator[Candidate]:
    paths = [f"storage.{side}.database_disk_capacity" for side in case.outcome.places]
    where = "" if len(paths) == len(DATACENTER.labels) else f" in the {case.outcome.places[0]} datacenter"
    sold = {path: sold_capacities(case.disk_type(path)) for path in paths}
    for capacity in CAPACITIES:
        smaller = [path for path in paths if 0 < case.number(path) < capacity]
        if smaller and all(capacity in sold[path] for path in smaller):
            larger = {path: float(capacity) for path in smaller}
            values = with_restore_disks(case.built.profile, larger)
            restore = ", and restore disks of the same size" if len(values) > len(larger) else ""
            yield Candidate(f"Database disks of {capacity:,} GB{where}{restore}", values)


def _faster_disks(case: Case) -> Iterator[Candidate]:
    """Yield disk types of the same form factor and capacity with more IOPS, the slowest first."""
    paths = BY_PATH[CONSTANTS["disk_random_iops"].path].paths()
    rates = [float(case.built.profile.value(path) or 0) for path in paths]
    choice = BY_PATH["storage.database_disk_type"].choice
    assert choice is not None
    for code in np.argsort(rates, kind="stable"):
        word, values = choice.words[code], {}
        for side in case.outcome.places:
            path = f"storage.{side}.database_disk_type"
            present = choice.words.index(str(case.built.profile.value(path)))
            sold = case.number(f"storage.{side}.database_disk_capacity") in sold_capacities(word)
            if sold and rates[code] > rates[present] and word[-4:] == choice.words[present][-4:]:
                values[path] = word
        if values:
            yield Candidate(f"Database disks of type {word}", values)


def _more_databases(case: Case) -> Iterator[Candidate]:
    present = float(case.built.design.plain["databases"])
    group = max(float(case.built.design.plain["disk_group"]), 1.0)
    each = "DAG" if case.built.profile.value("environment.high_availability") else "server"
    for more in range(1, MAX_ADDED + 1):
        count = (math.floor(present / group) + more) * group
        words = f"{count:,.0f} databases per {each} instead of {present:,.0f}, on the volumes that they need"
        yield Candidate(words, {COUNT: count})


def _more_servers(case: Case) -> Iterator[Candidate]:
    present = int(case.number(SERVERS))
    for servers in range(present + 1, int(scalar("dag_members_limit", case.built.profile)) + 1):
        yield Candidate(_servers_words(case, servers), {SERVERS: float(servers)})


def _servers_words(case: Case, servers: int) -> str:
    """Return the words for a larger number of servers in each DAG."""
    present = int(case.number(SERVERS))
    each = " in each DAG" if case.built.profile.value("environment.high_availability") else ""
    each = f"{each} and datacenter" if case.built.design["two_way"] else each
    more = plural(servers - present, "more server")
    return f"{more} hosting active mailboxes{each} ({servers} instead of {present})"


def _more_servers_and_dags(case: Case) -> Iterator[Candidate]:
    """Yield more DAGs with as many servers as the present ones or more, the smallest number of servers first."""
    if not case.built.profile.value("environment.high_availability"):
        return
    dags, servers = int(case.number(DAGS)), int(case.number(SERVERS))
    sizes = range(servers, int(scalar("dag_members_limit", case.built.profile)) + 1)
    pairs = itertools.product(range(dags + 1, dags + MAX_ADDED + 1), sizes)
    for more, members in sorted(pairs, key=lambda pair: (pair[0] * pair[1], pair[0])):
        like = " like the present ones" if members == servers else ""
        words = _dags_words(dags, more, like)
        if not like:
            words += f", and {_servers_words(case, members)}"
        yield Candidate(words, {DAGS: float(more), SERVERS: float(members)})


def _more_dags(case: Case) -> Iterator[Candidate]:
    if not case.built.profile.value("environment.high_availability"):
        return
    present = int(case.number(DAGS))
    for dags in range(present + 1, present + MAX_ADDED + 1):
        yield Candidate(_dags_words(present, dags, " like the present ones"), {DAGS: float(dags)})


def _dags_words(present: int, dags: int, like: str) -> str:
    """Return the words for a larger number of DAGs."""
    return f"{plural(dags - present, 'more DAG')}{like} ({dags} instead of {present})"


def _faster_links(case: Case) -> Iterator[Candidate]:
    for code in range(LINK_TYPE.words.index(str(case.built.profile.value(LINK))) + 1, len(LINK_TYPE.words)):
        yield Candidate(f"A link of {LINK_TYPE.texts[code]}", {LINK: LINK_TYPE.words[code]})


def _buy_volume(case: Case) -> Purchase:
    if not case.built.on_disk[case.places].any():
        return Purchase(f"Volumes of {_round_up(case.highest):,.0f} GB")
    return _first_lasting(case, _larger_disks(case), _more_databases(case), _more_dags(case))


def _buy_log_volume(case: Case) -> Purchase:
    return Purchase(f"Log volumes of {_round_up(case.highest):,.0f} GB")


def _buy_database(case: Case) -> Purchase:
    return _first_lasting(case, _more_databases(case), _more_dags(case))


def _buy_disk_iops(case: Case) -> Purchase:
    return _first_lasting(case, _faster_disks(case), _more_databases(case), _more_dags(case))


def _buy_raid_disks(case: Case) -> Purchase:
    present = float(np.nanmax(case.built.raid_disks[case.places]))
    more = plural(round(case.highest - present), "more RAID disk")
    return Purchase(f"{more} in each server ({case.highest:.0f} instead of {present:.0f})")


def _buy_memory(case: Case) -> Purchase:
    """Return the memory recommended in the end, or more servers where it exceeds what is recommended per server."""
    limit = scalar("largest_server_memory_by_version", case.built.profile)
    size = _recommended_memory(case, case.figures)
    if size <= limit:
        return Purchase(f"{size:.0f} GB of memory in each server")
    found = _find_lasting(case, case.built.with_memory(limit), _more_servers(case), _more_servers_and_dags(case))
    if found is None:
        return NOTHING_LASTS
    words = f"{found[0].words}, {_recommended_memory(case, found[1]):.0f} GB of memory in each"
    return Purchase(words, _describe_changes(case, found[0]))


def _recommended_memory(case: Case, figures: MonthColumns) -> float:
    """Return the largest memory that is recommended for a server in any month, where the limit is reached."""
    return max(float(np.nanmax(figures[f"summary_memory.{role}"])) for role in case.outcome.places)


def _buy_cpu(case: Case) -> Purchase:
    return _first_lasting(case, _more_servers(case), _more_servers_and_dags(case))


def _buy_link(case: Case) -> Purchase:
    return _first_lasting(case, _faster_links(case))


def _raise_warning_quota(case: Case) -> Purchase:
    return Purchase(f"RecoverableItemsWarningQuota of {_round_up(case.highest):.0f} GB{_for_tiers(case)}")


def _raise_quota(case: Case) -> Purchase:
    """Return the quota that lasts, and the space of items above 30 GB, for which volumes are not sized."""
    more = 0.0
    for place in case.outcome.places:
        beyond = case.figures[f"{place}.dumpster_uncapped"] - scalar("recoverable_items_quota", case.built.profile)
        held = np.maximum(beyond, 0.0) * case.figures[f"{place}.tier_mailboxes_per_database"]
        more += float(np.nanmax(held)) / scalar("mb_per_gb")
    quota = f"RecoverableItemsQuota of {_round_up(case.highest):.0f} GB{_for_tiers(case)}"
    return Purchase(f"{quota}, {_round_up(more):,.0f} GB more in each copy of a database")


def _for_tiers(case: Case) -> str:
    """Return the names of the tiers that need the quota, if the design has several tiers."""
    if case.built.design.tiers == 1:
        return ""
    names = [case.built.tier_name(place + 1) for place in case.places]
    return f" for {' and '.join(names)}"


def _round_up(value: float) -> float:
    return float(math.ceil(value * (1 - RELATIVE_TOLERANCE)))


REMEDIES: Mapping[str, Callable[[Case], Purchase]] = {
    "volume": _buy_volume,
    "log_volume": _buy_log_volume,
    "database": _buy_database,
    "disk_iops": _buy_disk_iops,
    "raid_disks": _buy_raid_disks,
    "memory": _buy_memory,
    "cpu": _buy_cpu,
    "link": _buy_link,
    "dumpster_20_gb": _raise_warning_quota,
    "dumpster_30_gb": _raise_quota,
}
"""Function for each limit that describes what to buy."""
