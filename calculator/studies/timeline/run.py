"""A design month by month: its load grows, its servers, databases and disks stay as built.

All months are sized in one batch; another gives the logs of imports their share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from calculator.engine.sizing import Scenario, read
from calculator.inputs.profile import Profile
from calculator.issues import WARNING, Issues, refuse
from calculator.numerics.arrays import Floats, axis_sum
from calculator.rules.constants import scalar
from calculator.studies.figures import Figures
from calculator.studies.timeline import limits
from calculator.studies.timeline.as_built import Built, as_built
from calculator.studies.timeline.growth import EMPTY, Grown, Growth, checked, grow
from calculator.studies.timeline.limits import Limit, Reached
from calculator.studies.timeline.pst_imports import weeks_per_month
from calculator.studies.timeline.remedies import Case, what_to_buy

MOVES = "data.mailbox_moves_per_week"
RESULTS = (
    "mailboxes_total",
    "mailbox_share",
    "dumpster",
    "dumpster_uncapped",
    "tier_mailboxes_per_database",
    "volume_database_size_with_overhead",
    "summary_database_iops.server",
    "summary_logs_per_day.environment",
)
"""Results the months need beside those of the limits."""
Row = dict[str, float | int | str | None]


@dataclass(frozen=True)
class Timeline:
    """A design month by month.

    Attributes
    ----------
    built
        What is there on the first day and stays.
    grown
        What grows.
    figures
        Results by column, a value a month, as `calculator.studies.figures.Figures` gives them.
    reached
        The limits of the design and when each is reached, with what mends it (empty where none is).
    issues
        What is doubtful about the run itself.
    """

    built: Built
    grown: Grown
    figures: Mapping[str, Floats]
    reached: tuple[tuple[Reached, str], ...]
    issues: Issues

    def months(self) -> list[Row]:
        """Rows of the table ``months``, from month 0 on; sizes in GB."""
        return _rows(self._columns())

    def tiers(self) -> list[Row]:
        """Rows of the table ``tiers``: a row a tier in use and month; sizes in GB."""
        gb, figures, grown = scalar("mb_per_gb"), self.figures, self.grown
        rows: list[Row] = []
        for place in range(self.built.plan.tiers):
            tier = f"tiers.{place + 1}"
            if not self.built.profile.value(f"{tier}.mailboxes"):
                continue
            found = {
                "month": grown.months,
                "mailboxes": grown.mailboxes[place],
                "messages_per_day": grown.messages[place],
                "mailbox_size": grown.mailbox_size[place] / gb,
                "dumpster_size": figures[f"{tier}.dumpster_uncapped"] / gb,
                "archive_size": grown.archive_size[place] / gb,
            }
            rows += [{"tier": self.built.tier_name(place + 1), **row} for row in _rows(found)]
        return rows

    def imports(self) -> list[Row]:
        """Rows of the table ``imports``: what is meant to be imported, how long it takes, the logs it makes."""
        return [dict(one.row()) for one in self.grown.imports]

    def limits(self) -> list[Row]:
        """Rows of the table ``limits``, the first that is reached first."""
        ordered = sorted(self.reached, key=lambda found: (found[0].month is None, found[0].month or 0))
        return [_limit_row(found, self._where(found), words) for found, words in ordered]

    def _where(self, found: Reached) -> str:
        """Datacenters, server roles or tiers of a limit, by name."""
        tiers = [f"tiers.{tier}" for tier in range(1, self.built.plan.tiers + 1)]
        names = [self.built.tier_name(tiers.index(one) + 1) if one in tiers else one for one in found.places]
        return ", ".join(name for name in names if name)

    def _columns(self) -> dict[str, npt.NDArray[Any]]:
        gb, figures, grown = scalar("mb_per_gb"), self.figures, self.grown
        dumpster = self._of_tiers("dumpster")
        values, thresholds = limits.volume(figures, self.built)
        return {
            "month": grown.months,
            "mailboxes": figures["mailboxes_total"],
            "messages_per_day": self._mean(grown.messages),
            "mailbox_size": self._mean(grown.mailbox_size) / gb,
            "dumpster_size": self._mean(dumpster) / gb,
            "archive_size": self._mean(grown.archive_size) / gb,
            "database_size": figures["volume_database_size_with_overhead"],
            "volume_size": figures["volume_database_volume_size"],
            "volume_fill": _highest(values / thresholds),
            "iops": figures["summary_database_iops.server"],
            "memory": _highest(limits.memory(figures, self.built)[0]),
            "cpu_worst": _highest(limits.cpu(figures, self.built)[0]),
            "logs_per_day": figures["summary_logs_per_day.environment"],
            "import_gb": grown.import_gb,
            "import_logs": grown.import_gb * gb,
        }

    def _of_tiers(self, rule: str) -> Floats:
        return np.stack([self.figures[f"tiers.{tier}.{rule}"] for tier in range(1, self.built.plan.tiers + 1)])

    def _mean(self, values: Floats) -> Floats:
        """Mean over all mailboxes of a figure by tier."""
        return axis_sum(values * self._of_tiers("mailbox_share"))


def timeline(scenario: Scenario, growth: Growth | None = None) -> Timeline:
    """Follow a design month by month.

    Parameters
    ----------
    scenario
        The design: a profile file, a `Profile` or inputs by path.
    growth
        How it grows; by default as its tiers say, to its planning horizon.

    Returns
    -------
    Timeline
        Figures of each month, and the limits with what mends them.

    Raises
    ------
    InputError
        If inputs cannot be used, the design is invalid, or imports have no archive to go to.

    Examples
    --------
    >>> found = timeline({"tiers.1.mailboxes": 1000, "tiers.1.mailbox_size_limit": "2 GB"}, Growth(months=12))
    >>> [round(row["mailbox_size"], 3) for row in found.months()[::6]]
    [0.0, 0.558, 1.116]

    Source: design: timeline.
    """
    growth = checked(growth or Growth())
    built = as_built(read(scenario))
    if built.plan["design_invalid"]:
        refuse(built.profile.where, "The design is invalid: it has no timeline.", "See check for what is wrong.")
    _refuse_without_archive(built.profile, growth)
    grown = grow(built.plan, growth)
    months = _with_imports(built.profile, grown, grown.columns(built.plan))
    design_limits = limits.limits_of(built)
    needs = [need for limit in design_limits for need in limit.needs]
    figures = Figures(built.profile, [*RESULTS, *needs])(months)
    found = [limits.reached(limit, figures, built) for limit in design_limits]
    reached = tuple((one, _words(Case(one, built, months, figures))) for one in found if one is not None)
    return Timeline(built, grown, figures, reached, _issues(built, grown))


def _words(case: Case) -> str:
    """What mends a limit; empty where it is not reached."""
    return "" if case.found.month is None else what_to_buy(case)


def _with_imports(profile: Profile, grown: Grown, columns: dict[str, Floats]) -> dict[str, Floats]:
    """Inputs by month with the logs of imports, which are written once into the logs, as a moved mailbox is."""
    if not grown.import_gb.any():
        return columns
    sizes = Figures(profile, ["mailboxes_total", "average_mailbox_size"])(columns)
    stored = sizes["mailboxes_total"] * sizes["average_mailbox_size"]
    weekly = grown.import_gb * scalar("mb_per_gb") / weeks_per_month()
    moved = float(profile.value(MOVES) or 0) + weekly / stored
    return {**columns, MOVES: moved}


def _refuse_without_archive(profile: Profile, growth: Growth) -> None:
    archives = [float(profile.value(f"tiers.{tier}.archive_size_limit") or 0) for tier in range(1, profile.tiers + 1)]
    if growth.imports and not any(archives):
        refuse(profile.where, "Imports go into archives, and no tier has one.", "Give tiers.N.archive_size_limit.")


def _issues(built: Built, grown: Grown) -> Issues:
    issues, where = Issues(), built.profile.where
    if grown.left_out >= 1:
        message = f"{grown.left_out:,.0f} GB of the imports find no room in the archives."
        issues.add(WARNING, where, "tiers.N.archive_size_limit", message, "Raise the archive quota, or import less.")
    return issues


def _highest(values: Floats) -> Floats:
    """Greatest of all places in each month; NaN where there is none."""
    return np.asarray(np.fmax.reduce(values, axis=0))


def _rows(columns: Mapping[str, npt.NDArray[Any]]) -> list[Row]:
    """Rows of columns: months are whole numbers, what does not apply is None, what follows of an empty mailbox 0."""
    lists = {name: column.tolist() for name, column in columns.items()}
    count = len(lists["month"])
    return [{name: _cell(values[row]) for name, values in lists.items()} for row in range(count)]


def _cell(value: float | int) -> float | int | None:
    if value != value:
        return None
    return 0.0 if 0 < value < EMPTY else value


def _limit_row(found: Reached, where: str, words: str) -> Row:
    limit: Limit = found.limit
    return {
        "limit": limit.name,
        "where": where,
        "month": found.month,
        "value": found.value,
        "threshold": found.threshold,
        "unit": limit.unit,
        "buy": words,
    }
