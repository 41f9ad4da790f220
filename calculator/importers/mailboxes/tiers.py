"""Build the tiers of a population, and compare their totals with those of the mailboxes.

The rules of the engine size every mailbox as a tier of one mailbox, and then every tier.  The totals differ if a rule
is not linear between the mailboxes of a tier: because of the 30 GB limit of Recoverable Items, rounding to whole MB,
quotas at which a mailbox stops growing, and flags and days, which have only one value per tier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from calculator.importers.formats.sizes import KB
from calculator.importers.mailboxes.columns import MAILBOX_KINDS
from calculator.importers.mailboxes.file_kinds import DATABASE_COMMAND
from calculator.importers.mailboxes.partition import (
    Labels,
    Partition,
    assign_tiers,
    find_distinct_bounds,
    number_without_gaps,
    propose_bounds,
    sample_groups,
)
from calculator.importers.mailboxes.population import Population
from calculator.inputs.profile import Profile
from calculator.inputs.schema import BY_PATH, Kind, Value
from calculator.inputs.units import percent_text
from calculator.issues import refuse
from calculator.numerics.arrays import Bools, Floats
from calculator.studies.figures import NumericSizer

MIN_PROPOSED_TIERS, MAX_PROPOSED_TIERS = 2, 8
TOLERANCE = 0.01
"""Relative error of all totals within which no more tiers are tried."""
GAIN = 0.001
"""Smallest reduction of the largest error that justifies more tiers if no number of tiers is within the tolerance."""
SIZE, QUOTA, MESSAGES = "size", "quota", "messages"
CRITERIA = (SIZE, QUOTA, MESSAGES)
"""Measures by which mailboxes can be divided into tiers."""
MISSING_CRITERION = {
    SIZE: ("no file gives sizes of mailboxes.", "Give mailbox statistics too."),
    QUOTA: ("no file gives quotas.", "Give a mailbox list with ProhibitSendReceiveQuota too."),
    MESSAGES: ("no file gives messages of users.", "Give files of MessageStats or tracking logs too."),
}
_UNKNOWN_DATABASES = (
    "all quotas are those of databases, which no file gives.",
    f"Give the databases too: {DATABASE_COMMAND}",
)
_RESULTS = {
    "on_disk": "tiers.1.mailbox_size_on_disk",
    "dumpster_model": "tiers.1.dumpster",
    "logs": "tiers.1.mailbox_logs_per_day",
}
_WEEKLY, _WEEKS = "tiers.1.weekly_mail", "horizon_weeks"
TIER_INPUTS = {
    "quota": "mailbox_size_limit",
    "archive_quota": "archive_size_limit",
    "retention": "deleted_item_retention",
    "single_item_recovery": "single_item_recovery",
    "calendar_versioning": "calendar_versioning",
    "hold": "litigation_hold",
    "messages": "messages_per_day",
    "assumed_messages": "messages_per_day",
    "message_size": "message_size",
}
"""Inputs of a tier by measure, except the number of mailboxes and their size today."""
_MESSAGE_MEASURES = ("messages", "assumed_messages", "message_size")
PUBLIC_FOLDER = list(MAILBOX_KINDS).index("public folder") + 1
TOTALS = {
    "mailbox_size": ("size", "GB", "size today"),
    "archive_size": ("archive", "GB", "size of the archives today"),
    "dumpster_size": ("dumpster", "GB", "size of Recoverable Items today"),
    "dumpster_model": ("dumpster_model", "GB", "planned size of Recoverable Items"),
    "mailbox_size_on_disk": ("on_disk", "GB", "size on disk of mailboxes and archives at their quotas"),
    "mailbox_size_at_horizon": (
        "at_horizon",
        "GB",
        "size of the mailboxes without archives at the end of the plan (each grows up to its quota)",
    ),
    "messages_per_day": ("messages", "messages/day", "number of messages per day"),
    "mail_per_day": ("kilobytes", "GB/day", "mail per day"),
    "logs_per_day": ("logs", "logs/day", "number of logs per day"),
}
"""Totals to compare, by name: the measure, the unit, and what it is."""
_PER_UNIT = {"GB": 1 / KB, "messages/day": 1.0, "GB/day": 1 / KB**2, "logs/day": 1.0}
_DIGITS, _LAST_BITS = 12, 8 * np.finfo(np.float64).eps

Measures = dict[str, Floats]
"""Arrays by measure, one value per mailbox (or per tier)."""


@dataclass(frozen=True)
class Tiers:
    """Tiers of a population.

    Attributes
    ----------
    partition
        Assignment of the mailboxes.
    counts
        Number of mailboxes in each tier.
    means
        One value per tier for each known measure: its inputs, and what was measured.
    errors
        Rows with a total of the data, the total of the tiers, and their relative difference.
    """

    partition: Partition
    counts: Floats
    means: Measures
    errors: list[dict[str, object]]

    @property
    def error(self) -> float:
        """Largest relative error of a total."""
        return max((abs(float(str(row["error"]))) for row in self.errors), default=0.0)


class TierBuilder:
    """Builder of the tiers of a population.

    Parameters
    ----------
    population
        The mailboxes.
    base
        The design that gives the inputs which the exports do not contain.
    uplift
        Relative growth of mailbox sizes with the move.
    raise_quotas
        Whether the quota of a mailbox that is larger today is raised to its size.

    Attributes
    ----------
    mailboxes
        Values of every mailbox by measure.
    planned
        Mailboxes without a limit, by measure of the quota that is assumed for them.
    usual_quota
        MB that are assumed for a mailbox whose quota is unknown: the mean of the others; NaN if no quota is known.
    kinds
        Code of the kind of each mailbox: 0 for one of a user, else the place in `MAILBOX_KINDS` + 1.
    beyond_quota
        MB by which each mailbox is larger today than its quota; 0 for all mailboxes if no file gives sizes.
    """

    def __init__(self, population: Population, base: Profile, uplift: float = 0.0, raise_quotas: bool = False) -> None:
        self.population = population
        self.base = merge_tiers(base)
        self.planned: dict[str, Bools] = {}
        self.usual_quota = np.nan
        self.kinds: Labels = np.nan_to_num(population.get("kind")).astype(np.intp)
        self._figures = NumericSizer(self.base, [*_RESULTS.values(), _WEEKLY, _WEEKS])
        self.mailboxes = self._fill_gaps(uplift)
        self.beyond_quota = self._find_beyond_quota(raise_quotas)
        self.mailboxes |= self._size_mailboxes(self.mailboxes)

    def _fill_gaps(self, uplift: float) -> Measures:
        """Return the values of every mailbox; fill gaps with the usual value of the others."""
        population, rows = self.population, self.population.mailboxes
        found: Measures = {}
        for measure in ("size", "dumpster", "archive", "messages", "kilobytes"):
            values = population.get(measure)
            if not np.isnan(values).all():
                factor = 1.0 if measure in ("messages", "kilobytes") else 1 + uplift
                found[measure] = np.nan_to_num(values) * factor
        for measure in ("retention", "single_item_recovery", "calendar_versioning", "hold"):
            values = population.get(measure)
            if not np.isnan(values).all():
                usual = np.nanmean(values)
                found[measure] = np.where(np.isnan(values), usual if measure == "retention" else usual > 1 / 2, values)
        if "messages" in found:
            usual_size = float(self.base.value("tiers.1.message_size") or 0)
            spread = np.divide(
                found["kilobytes"], found["messages"], out=np.full(rows, usual_size), where=found["messages"] > 0
            )
            found["message_size"] = np.where(spread > 0, drop_last_bits(spread), usual_size)
        elif (self.kinds == PUBLIC_FOLDER).any():
            usual_messages = float(self.base.value("tiers.1.messages_per_day") or 0)
            found["assumed_messages"] = np.where(self.kinds == PUBLIC_FOLDER, 0.0, usual_messages)
        growth = self._compute_growth(found)
        self._plan_quotas(found, growth)
        self._plan_archives(found, growth)
        return found

    def _compute_growth(self, known: Measures) -> Floats:
        """Return the MB of mail that each mailbox receives up to the planning horizon."""
        columns = {f"tiers.1.{TIER_INPUTS[m]}": known[m] for m in _MESSAGE_MEASURES if m in known}
        figures = self._figures(columns)
        return np.broadcast_to(figures[_WEEKLY] * figures[_WEEKS], self.population.mailboxes)

    def _plan_quotas(self, found: Measures, growth: Floats) -> None:
        """Plan an unlimited quota as the size today plus its growth, and an unknown quota as the mean.

        If sizes are unknown, the quota of the design replaces an unlimited one.
        """
        quota = self.population.get("quota")
        if np.isnan(quota).all():
            return
        self.planned["quota"] = np.isinf(quota)
        usual = float(self.base.value("tiers.1.mailbox_size_limit") or 0)
        planned = found["size"] + growth if "size" in found else np.full(len(quota), usual)
        quota = np.where(self.planned["quota"], planned, quota)
        self.usual_quota = float(np.nanmean(quota))
        found["quota"] = np.where(np.isnan(quota), self.usual_quota, quota)

    def _plan_archives(self, found: Measures, growth: Floats) -> None:
        """Set the quota of archives, 0 for a mailbox without one; plan unlimited quotas like those of mailboxes."""
        if "has_archive" not in self.population.columns:
            return
        has, quota = self.population.get("has_archive") > 0, self.population.get("archive_quota")
        self.planned["archive_quota"] = has & ~np.isfinite(quota)
        planned = found.get("archive", np.zeros(len(quota))) + growth
        found["archive_quota"] = np.where(has, np.where(np.isfinite(quota), quota, planned), 0.0)

    def _find_beyond_quota(self, raise_quotas: bool) -> Floats:
        """Return the MB by which each mailbox exceeds its quota, and raise the quotas by them if requested."""
        if "size" not in self.mailboxes:
            return np.zeros(self.population.mailboxes)
        size = self.mailboxes["size"]
        quota = self.mailboxes.get("quota", np.float64(self.base.value("tiers.1.mailbox_size_limit") or 0))
        if raise_quotas:
            self.mailboxes["quota"] = np.maximum(quota, size)
        return np.maximum(size - quota, 0.0)

    def _size_mailboxes(self, inputs: Measures) -> Measures:
        """Size mailboxes with the engine, each as a tier of its own."""
        columns: dict[str, Any] = {}
        for measure, leaf in TIER_INPUTS.items():
            if measure in inputs:
                flag = BY_PATH[f"tiers.{leaf}"].kind is Kind.BOOL
                columns[f"tiers.1.{leaf}"] = inputs[measure] > 0 if flag else inputs[measure]
        figures = self._figures(columns)
        rows = len(next(iter(inputs.values()))) if inputs else self.population.mailboxes
        known = {name: column for name, column in _RESULTS.items() if name != "logs" or "messages" in inputs}
        sized = {name: np.broadcast_to(figures[column], rows) for name, column in known.items()}
        if "size" in inputs:
            limit = inputs.get("quota", np.float64(self.base.value("tiers.1.mailbox_size_limit") or 0))
            grown = inputs["size"] + figures[_WEEKLY] * figures[_WEEKS]
            sized["at_horizon"] = np.minimum(grown, np.maximum(limit, inputs["size"]))
        return sized

    @property
    def take_unknown_quotas(self) -> bool:
        """Whether some mailboxes use the quota of an unknown database."""
        return bool((self.population.get("takes_database_quota") == 1).any())

    @property
    def assumes_messages(self) -> Bools:
        """Mailboxes that get the messages of the design, because no file gives any: all except public folders."""
        return (self.kinds != PUBLIC_FOLDER) & ("messages" not in self.mailboxes)

    @property
    def assumes_quota(self) -> Bools:
        """Mailboxes whose quota is unknown or unlimited, while others have a known one."""
        known = np.isfinite(self.population.get("quota"))
        return ~known & known.any()

    @property
    def groups(self) -> Labels:
        """Group of each mailbox by kind, and of users by litigation hold and archive, numbered without gaps."""
        codes = 2 * (self.mailboxes.get("hold", 0) > np.zeros(self.population.mailboxes))
        codes = codes + (self.mailboxes.get("archive_quota", 0) > np.zeros(self.population.mailboxes))
        return number_without_gaps(np.where(self.kinds > 0, 3 + self.kinds, codes).astype(np.intp))[1]

    def _groups_within(self, number: int) -> Labels:
        """Return the finest groups that a number of tiers allows: by kind, hold and archive; by kind; or one group."""
        for groups in (self.groups, number_without_gaps(self.kinds)[1]):
            if int(groups.max()) < number:
                return groups
        return np.zeros(self.population.mailboxes, dtype=np.intp)

    def build(self, by: str, number: int | None = None, bounds: tuple[float, ...] = ()) -> Tiers:
        """Build the requested tiers, by default the fewest with totals within 1 % of those of the data.

        If no number of tiers is within 1 %, the smallest number is chosen beyond which more tiers do not reduce the
        error.

        Parameters
        ----------
        by
            ``size``, ``quota`` or ``messages``.
        number
            Number of tiers; mailboxes that are not of users, are on hold or have an archive get their own tiers if the
            number allows it.
        bounds
            Bounds in MB or messages per day, in ascending order.
        """
        if by not in self.mailboxes:
            unknown = by == QUOTA and self.take_unknown_quotas
            refuse("tiers", *_UNKNOWN_DATABASES if unknown else MISSING_CRITERION[by])
        values, groups = self.list_values(by), self.groups
        count = int(groups.max()) + 1
        if bounds:
            return self._summarize(assign_tiers(values, groups, [bounds] * count))
        if number is not None:
            groups = self._groups_within(number)
            proposed = propose_bounds(sample_groups(values, groups), np.bincount(groups), number)
            return self._summarize(assign_tiers(values, groups, proposed))
        distinct = find_distinct_bounds(values, groups, MAX_PROPOSED_TIERS) if by == QUOTA else None
        if distinct is not None:
            return self._summarize(assign_tiers(values, groups, distinct))
        samples, counts = sample_groups(values, groups), np.bincount(groups)
        tried: list[Tiers] = []
        for attempt in range(max(MIN_PROPOSED_TIERS, count), max(MAX_PROPOSED_TIERS, count) + 1):
            tried.append(self._summarize(assign_tiers(values, groups, propose_bounds(samples, counts, attempt))))
            if tried[-1].error <= TOLERANCE:
                return tried[-1]
        least = min(tiers.error for tiers in tried)
        return next(tiers for tiers in tried if tiers.error <= least + GAIN)

    def suggest(self, by: str, tiers: Tiers) -> str:
        """Return advice about other tiers whose totals are closer to those of the data.

        Parameters
        ----------
        by
            Measure by which the tiers were made.
        tiers
            Tiers with a total whose error exceeds 1 %.
        """
        others = [other for other in CRITERIA if other != by and other in self.mailboxes]
        found = {criterion: self.build(criterion) for criterion in (by, *others)}
        best = min(found, key=lambda criterion: (max(found[criterion].error, TOLERANCE), criterion != by))
        error, number = found[best].error, len(found[best].counts)
        if error > tiers.error - GAIN:
            return "No other tiers come closer."
        words = f"--tiers {number}" if best == by else f"--by {best}"
        distance = (
            f"within {percent_text(TOLERANCE)}" if error <= TOLERANCE else f"at most {percent_text(error, 1)} different"
        )
        return f"Give {words}: {number} tiers by {best} are {distance}."

    def list_values(self, by: str) -> Floats:
        """Return the values by which tiers are made; all planned quotas count as their mean."""
        values = self.mailboxes[by]
        planned = self.planned.get("quota")
        if by != QUOTA or planned is None or not planned.any():
            return values
        return np.where(planned, values[planned].mean(), values)

    def _summarize(self, partition: Partition) -> Tiers:
        """Return the inputs and totals of the tiers of a partition."""
        labels, count = partition.labels, len(partition)
        counts = np.bincount(labels, minlength=count).astype(np.float64)
        means = {measure: np.bincount(labels, values, count) / counts for measure, values in self.mailboxes.items()}
        inputs = {measure: _convert_mean(measure, means[measure]) for measure in means if measure in TIER_INPUTS}
        if "messages" in means:
            sizes = np.divide(
                means["kilobytes"],
                means["messages"],
                out=means["message_size"].copy(),
                where=(means["messages"] > 0) & (means["kilobytes"] > 0),
            )
            inputs["message_size"] = self._keep_equal_sizes(sizes, labels)
        inputs = {**means, **inputs}
        means = {**inputs, **self._size_mailboxes(inputs)}
        return Tiers(partition, counts, means, self._compare_totals(means, counts))

    def _keep_equal_sizes(self, sizes: Floats, labels: Labels) -> Floats:
        """Return the message sizes of tiers; exactly the size of the mailboxes if all of a tier have the same."""
        sends = self.mailboxes["messages"] > 0
        smallest, largest = np.full(len(sizes), np.inf), np.full(len(sizes), -np.inf)
        np.minimum.at(smallest, labels[sends], self.mailboxes["message_size"][sends])
        np.maximum.at(largest, labels[sends], self.mailboxes["message_size"][sends])
        equal = np.isfinite(smallest) & (largest - smallest <= _LAST_BITS * largest)
        return np.where(equal, smallest, sizes)

    def _compare_totals(self, means: Mapping[str, Floats], counts: Floats) -> list[dict[str, object]]:
        mailboxes = float(self.population.mailboxes)
        rows: list[dict[str, object]] = [
            {"total": "mailboxes", "unit": "mailboxes", "data": mailboxes, "tiers": float(counts.sum()), "error": 0.0}
        ]
        for name, (measure, unit, _) in TOTALS.items():
            if measure in self.mailboxes:
                data = float(self.mailboxes[measure].sum()) * _PER_UNIT[unit]
                tiers = float(means[measure] @ counts) * _PER_UNIT[unit]
                if measure == "kilobytes":
                    tiers = float((means["messages"] * means["message_size"]) @ counts) * _PER_UNIT[unit]
                error = tiers / data - 1 if data else 0.0
                rows.append({"total": name, "unit": unit, "data": data, "tiers": tiers, "error": error})
        return rows


def _convert_mean(measure: str, mean: Floats) -> Floats:
    """Convert the mean of a tier to a value of its input: whole days, a flag if more than half have it."""
    if measure == "retention":
        return np.ceil(np.round(mean, 6))
    if measure in ("single_item_recovery", "calendar_versioning", "hold"):
        return (mean > 1 / 2).astype(np.float64)
    return mean


def drop_last_bits(values: Floats) -> Floats:
    """Round numbers above 0 to remove the error of a product and a quotient: 75.00000000000001 becomes 75."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = 10.0 ** (_DIGITS - 1 - np.floor(np.log10(values)))
        rounded = np.rint(values * scale) / scale
    return np.where(np.abs(rounded - values) <= _LAST_BITS * values, rounded, values)


def merge_tiers(base: Profile) -> Profile:
    """Return a design with one tier of one mailbox: the common values of its tiers, or their weighted means."""
    given = {path: value for path, value in base.given.items() if not path.startswith("tiers.")}
    numbers = range(1, base.tiers + 1)
    weights = np.array([float(base.value(f"tiers.{n}.mailboxes") or 0) for n in numbers])
    weights = weights if weights.sum() else np.ones(len(weights))
    leaves = {path.split(".")[2] for path in base.given if path.startswith("tiers.")}
    for leaf in sorted(leaves - {"mailboxes", "name", "initial_mailbox_size"}):
        values = [base.value(f"tiers.{n}.{leaf}") for n in numbers]
        given[f"tiers.1.{leaf}"] = _merge_values(leaf, values, weights)
    return base.with_given({**given, "tiers.1.mailboxes": 1.0})


def _merge_values(leaf: str, values: list[Value], weights: Floats) -> Value:
    kind = BY_PATH[f"tiers.{leaf}"].kind
    if kind in (Kind.FLOAT, Kind.FRACTION, Kind.INT) and len(set(values)) > 1:
        mean = float(np.average(np.array(values, dtype=np.float64), weights=weights))
        return float(np.ceil(mean)) if kind is Kind.INT else mean
    return values[int(np.argmax(weights))]
