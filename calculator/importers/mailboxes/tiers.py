"""Tiers of a population: their inputs, and how far their totals are from those of the mailboxes.

A mailbox is sized by itself, as a tier of one, with the rules of the engine; so is a tier.  What tiers cannot
keep is what bends between the mailboxes of one: the 30 GB at which recoverable items end, whole MB, quotas at
which a mailbox stops to grow, flags and days of which a tier has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from calculator.importers.formats.numbers import Flags, Floats
from calculator.importers.formats.sizes import KB
from calculator.importers.mailboxes.partition import Labels, Split, distinct_bounds, proposed, split
from calculator.importers.mailboxes.population import Population
from calculator.inputs.profile import Profile
from calculator.inputs.schema import BY_PATH, Kind, Value
from calculator.issues import refuse
from calculator.studies.figures import NumericSizer

FEWEST, MOST = 2, 8
CLOSE = 0.01
"""Error of a total up to which fewer tiers are good enough."""
SIZE, QUOTA, MESSAGES = "size", "quota", "messages"
BY = (SIZE, QUOTA, MESSAGES)
_MEASURE = {SIZE: "size", QUOTA: "quota", MESSAGES: "messages"}
_MISSING = {
    SIZE: ("no file gives sizes of mailboxes.", "Give mailbox statistics too."),
    QUOTA: ("no file gives quotas.", "Give a mailbox list with ProhibitSendReceiveQuota too."),
    MESSAGES: ("no file gives messages of users.", "Give files of MessageStats or tracking logs too."),
}
_RESULTS = {"on_disk": "tiers.1.mailbox_size_on_disk", "dumpster_model": "tiers.1.dumpster"}
_WEEKLY, _WEEKS = "tiers.1.weekly_mail", "horizon_weeks"
_LEAVES = {
    "quota": "mailbox_size_limit",
    "archive_quota": "archive_size_limit",
    "retention": "deleted_item_retention",
    "single_item_recovery": "single_item_recovery",
    "calendar_versioning": "calendar_versioning",
    "hold": "litigation_hold",
    "messages": "messages_per_day",
    "message_size": "message_size",
}
"""Inputs of a tier by measure, but for mailboxes and size today."""
_TOTALS = (
    ("mailbox_size", "size", "GB"),
    ("archive_size", "archive", "GB"),
    ("dumpster_size", "dumpster", "GB"),
    ("dumpster_model", "dumpster_model", "GB"),
    ("mailbox_size_on_disk", "on_disk", "GB"),
    ("mailbox_size_at_horizon", "at_horizon", "GB"),
    ("messages_per_day", "messages", "messages/day"),
    ("mail_per_day", "kilobytes", "GB/day"),
)
"""Totals that are compared: name, measure, unit."""
_PER_UNIT = {"GB": 1 / KB, "messages/day": 1.0, "GB/day": 1 / KB**2}

Inputs = dict[str, Floats]
"""Arrays by measure, a value a mailbox (or a tier)."""


@dataclass(frozen=True)
class Tiers:
    """Tiers of a population.

    Attributes
    ----------
    split
        Which mailbox is where.
    counts
        Mailboxes of each tier.
    means
        Of each measure that is known, a value a tier: what its inputs are, and what was measured.
    errors
        Rows of the totals: of the data, of the tiers, and by which share they differ.
    """

    split: Split
    counts: Floats
    means: Inputs
    errors: list[dict[str, object]]

    @property
    def error(self) -> float:
        """The largest error of a total."""
        return max((abs(float(str(row["error"]))) for row in self.errors), default=0.0)


class Tiering:
    """Finds the tiers of a population.

    Parameters
    ----------
    population
        The mailboxes.
    base
        The design they are laid over: what they do not tell is taken from it.
    uplift
        Share by which sizes grow with the move.
    """

    def __init__(self, population: Population, base: Profile, uplift: float = 0.0) -> None:
        self.population = population
        self.base = alike(base)
        self.planned: dict[str, Flags] = {}
        self._figures = NumericSizer(self.base, [*_RESULTS.values(), _WEEKLY, _WEEKS])
        self.mailboxes = self._completed(uplift)
        self.mailboxes |= self._sized(self.mailboxes)

    def _completed(self, uplift: float) -> Inputs:
        """What is known of every mailbox, gaps filled with what the others have."""
        population, rows = self.population, self.population.mailboxes
        found: Inputs = {}
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
            found["message_size"] = np.where(spread > 0, spread, usual_size)
        growth = self._growth(found)
        self._plan_quotas(found, growth)
        self._plan_archives(found, growth)
        return found

    def _growth(self, known: Inputs) -> Floats:
        """Mail a mailbox gets to the planning horizon, MB."""
        columns = {f"tiers.1.{_LEAVES[m]}": known[m] for m in ("messages", "message_size") if m in known}
        figures = self._figures(columns)
        return np.broadcast_to(figures[_WEEKLY] * figures[_WEEKS], self.population.mailboxes)

    def _plan_quotas(self, found: Inputs, growth: Floats) -> None:
        """An unlimited quota is planned as the size today and its growth; one that is not known, as the mean.

        Where sizes are not known, the quota of the design stands for the unlimited.
        """
        quota = self.population.get("quota")
        if np.isnan(quota).all():
            return
        self.planned["quota"] = np.isinf(quota)
        usual = float(self.base.value("tiers.1.mailbox_size_limit") or 0)
        planned = found["size"] + growth if "size" in found else np.full(len(quota), usual)
        quota = np.where(self.planned["quota"], planned, quota)
        found["quota"] = np.where(np.isnan(quota), np.nanmean(quota), quota)

    def _plan_archives(self, found: Inputs, growth: Floats) -> None:
        """Quota of the archive where a mailbox has one, else 0; planned as that of a mailbox where it has no limit."""
        if "has_archive" not in self.population.columns:
            return
        has, quota = self.population.get("has_archive") > 0, self.population.get("archive_quota")
        self.planned["archive_quota"] = has & ~np.isfinite(quota)
        planned = found.get("archive", np.zeros(len(quota))) + growth
        found["archive_quota"] = np.where(has, np.where(np.isfinite(quota), quota, planned), 0.0)

    def _sized(self, inputs: Inputs) -> Inputs:
        """What the engine makes of mailboxes, each a tier of its own."""
        columns: dict[str, Any] = {}
        for measure, leaf in _LEAVES.items():
            if measure in inputs:
                flag = BY_PATH[f"tiers.{leaf}"].kind is Kind.BOOL
                columns[f"tiers.1.{leaf}"] = inputs[measure] > 0 if flag else inputs[measure]
        figures = self._figures(columns)
        rows = len(next(iter(inputs.values()))) if inputs else self.population.mailboxes
        sized = {name: np.broadcast_to(figures[column], rows) for name, column in _RESULTS.items()}
        if "size" in inputs:
            limit = inputs.get("quota", np.float64(self.base.value("tiers.1.mailbox_size_limit") or 0))
            grown = inputs["size"] + figures[_WEEKLY] * figures[_WEEKS]
            sized["at_horizon"] = np.minimum(grown, np.maximum(limit, inputs["size"]))
        return sized

    @property
    def groups(self) -> Labels:
        """Group of each mailbox: on hold or not, with an archive or not; numbered without gaps."""
        codes = 2 * (self.mailboxes.get("hold", 0) > np.zeros(self.population.mailboxes))
        codes = codes + (self.mailboxes.get("archive_quota", 0) > np.zeros(self.population.mailboxes))
        return np.unique(codes, return_inverse=True)[1]

    def find(self, by: str, number: int | None = None, bounds: tuple[float, ...] = ()) -> Tiers:
        """Tiers by what is asked for, else the fewest whose totals are within 1 % of the data's.

        Parameters
        ----------
        by
            ``size``, ``quota`` or ``messages``.
        number
            How many tiers; those on hold or with an archive have their own where there is room.
        bounds
            MB, or messages a day, in rising order.
        """
        if _MEASURE[by] not in self.mailboxes:
            refuse("tiers", _MISSING[by][0], _MISSING[by][1])
        values, groups = self.measured(by), self.groups
        apart = int(groups.max()) + 1
        if bounds:
            return self.tiers(split(values, groups, [bounds] * apart))
        if number is not None:
            together = groups if apart <= number else np.zeros_like(groups)
            return self.tiers(split(values, together, proposed(values, together, number)))
        each = distinct_bounds(values, groups, MOST) if by == QUOTA else None
        if each is not None:
            return self.tiers(split(values, groups, each))
        for tried in range(max(FEWEST, apart), MOST + 1):
            found = self.tiers(split(values, groups, proposed(values, groups, tried)))
            if found.error <= CLOSE:
                break
        return found

    def measured(self, by: str) -> Floats:
        """What mailboxes are sorted by; quotas that are planned count as one, their mean."""
        values = self.mailboxes[_MEASURE[by]]
        planned = self.planned.get("quota")
        if by != QUOTA or planned is None or not planned.any():
            return values
        return np.where(planned, values[planned].mean(), values)

    def tiers(self, into: Split) -> Tiers:
        """Inputs and totals of mailboxes split in some way."""
        counts = np.bincount(into.labels, minlength=len(into)).astype(np.float64)
        means = {
            measure: np.bincount(into.labels, values, len(into)) / counts for measure, values in self.mailboxes.items()
        }
        inputs = {measure: _as_input(measure, means[measure]) for measure in means if measure in _LEAVES}
        if "messages" in means:
            sizes = np.divide(
                means["kilobytes"],
                means["messages"],
                out=means["message_size"].copy(),
                where=(means["messages"] > 0) & (means["kilobytes"] > 0),
            )
            inputs["message_size"] = sizes
        inputs = {**means, **inputs}
        made = {**inputs, **self._sized(inputs)}
        return Tiers(into, counts, made, self._errors(made, counts))

    def _errors(self, made: Mapping[str, Floats], counts: Floats) -> list[dict[str, object]]:
        mailboxes = float(self.population.mailboxes)
        rows: list[dict[str, object]] = [
            {"total": "mailboxes", "unit": "mailboxes", "data": mailboxes, "tiers": float(counts.sum()), "error": 0.0}
        ]
        for name, measure, unit in _TOTALS:
            if measure in self.mailboxes:
                data = float(self.mailboxes[measure].sum()) * _PER_UNIT[unit]
                tiers = float(made[measure] @ counts) * _PER_UNIT[unit]
                if measure == "kilobytes":
                    tiers = float((made["messages"] * made["message_size"]) @ counts) * _PER_UNIT[unit]
                error = tiers / data - 1 if data else 0.0
                rows.append({"total": name, "unit": unit, "data": data, "tiers": tiers, "error": error})
        return rows


def _as_input(measure: str, mean: Floats) -> Floats:
    """Mean of a tier as its input takes it: days whole, a flag as more than half have it."""
    if measure == "retention":
        return np.ceil(np.round(mean, 6))
    if measure in ("single_item_recovery", "calendar_versioning", "hold"):
        return (mean > 1 / 2).astype(np.float64)
    return mean


def alike(base: Profile) -> Profile:
    """A design with one tier of one mailbox: what its tiers have in common, or in the mean of their mailboxes."""
    given = {path: value for path, value in base.given.items() if not path.startswith("tiers.")}
    numbers = range(1, base.tiers + 1)
    weights = np.array([float(base.value(f"tiers.{n}.mailboxes") or 0) for n in numbers])
    weights = weights if weights.sum() else np.ones(len(weights))
    leaves = {path.split(".")[2] for path in base.given if path.startswith("tiers.")}
    for leaf in sorted(leaves - {"mailboxes", "name", "initial_mailbox_size"}):
        values = [base.value(f"tiers.{n}.{leaf}") for n in numbers]
        given[f"tiers.1.{leaf}"] = _in_common(leaf, values, weights)
    return Profile({**given, "tiers.1.mailboxes": 1.0}, base.title, base.description, base.where)


def _in_common(leaf: str, values: list[Value], weights: Floats) -> Value:
    kind = BY_PATH[f"tiers.{leaf}"].kind
    if kind in (Kind.FLOAT, Kind.FRACTION, Kind.INT) and len(set(values)) > 1:
        mean = float(np.average(np.array(values, dtype=np.float64), weights=weights))
        return float(np.ceil(mean)) if kind is Kind.INT else mean
    return values[int(np.argmax(weights))]
