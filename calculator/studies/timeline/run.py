"""Follow a design month by month: its load grows, while its servers, databases and disks stay as built.

All months are sized in one batch; a second batch adds the logs of imports.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

import numpy as np

from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import Scenario, read
from calculator.inputs.profile import Profile
from calculator.inputs.schema import SERVER_ROLE
from calculator.inputs.units import percent_text
from calculator.issues import WARNING, Issues, refuse
from calculator.numerics.arrays import Array, Floats, axis_sum
from calculator.rules.constants import scalar
from calculator.studies.figures import NumericSizer, none_if_nan
from calculator.studies.result import StudyResult
from calculator.studies.timeline import limits
from calculator.studies.timeline.as_built import BuiltDesign, build
from calculator.studies.timeline.growth import (
    DESIGNED,
    EMPTY,
    FROM_EMPTY,
    INITIAL,
    Growth,
    MonthlyState,
    check_growth,
    grow,
    read_growth,
)
from calculator.studies.timeline.limits import LimitOutcome
from calculator.studies.timeline.pst_imports import weeks_per_month
from calculator.studies.timeline.remedies import NOTHING, Case, Purchase, suggest_purchase

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
    "room_for_logs",
    "databases_on_first_volume",
    "logs_per_day_per_database",
    "smaller_database_disk",
    "volume_log_volume_size",
)
"""Results that the months need in addition to those of the limits."""
START_WORDS = {
    DESIGNED: "mailboxes are as full as the design is made for",
    INITIAL: "mailboxes have their initial sizes",
    FROM_EMPTY: "mailboxes are empty",
}
"""Descriptions of how full mailboxes are at month 0."""
TimelineRow = dict[str, float | int | str | None]


@dataclass(frozen=True, repr=False)
class Timeline(StudyResult):
    """Design followed month by month.

    Attributes
    ----------
    built
        Design as built on the first day, which stays.
    state
        Growing inputs by month.
    figures
        Results by column, one value per month, shape ``(months + 1,)``.
    outcomes
        The limits of the design with when each is reached, and what to buy then (nothing if it is not reached).
    issues
        Issues about the timeline itself; the issues of the design are ``built.design.issues``.
    """

    built: BuiltDesign
    state: MonthlyState
    figures: Mapping[str, Floats]
    outcomes: tuple[tuple[LimitOutcome, Purchase], ...]
    issues: Issues

    def rows(self, table: str = "months") -> list[TimelineRow]:
        """Return the rows of a table: ``months``, ``tiers``, ``limits`` or ``imports``."""
        tables = {"months": self.months, "tiers": self.tiers, "limits": self.limits, "imports": self.imports}
        return tables[table]()

    def months(self) -> list[TimelineRow]:
        """Return the rows of the table ``months``, from month 0 on; sizes are in GB."""
        return _rows(self._month_columns())

    def tiers(self) -> list[TimelineRow]:
        """Return the rows of the table ``tiers``, one row per tier with mailboxes and month; sizes are in GB."""
        gb, figures, state = scalar("mb_per_gb"), self.figures, self.state
        rows: list[TimelineRow] = []
        for place in range(self.built.design.tiers):
            tier = f"tiers.{place + 1}"
            if not self.built.profile.value(f"{tier}.mailboxes"):
                continue
            columns = {
                "month": state.months,
                "mailboxes": state.mailboxes[place],
                "messages_per_day": state.messages[place],
                "mailbox_size": state.mailbox_size[place] / gb,
                "dumpster_size": figures[f"{tier}.dumpster_uncapped"] / gb,
                "archive_size": state.archive_size[place] / gb,
            }
            rows += [{"tier": self.built.tier_name(place + 1), **row} for row in _rows(columns)]
        return rows

    def imports(self) -> list[TimelineRow]:
        """Return the rows of the table ``imports``: what is imported, for how long, and the logs that it generates."""
        return [dict(archive_import.row()) for archive_import in self.state.imports]

    def limits(self) -> list[TimelineRow]:
        """Return the rows of the table ``limits``: limits that are reached first, and most exceeded, come first."""
        return [_limit_row(outcome, self._where(outcome), purchase) for outcome, purchase in self._ordered()]

    def used(self) -> dict[str, Floats]:
        """Return the share of each limit that is used in each month, at the place that uses most of it.

        Limits whose figure does not apply are left out, and those that are reached first come first.
        """
        measured = {one.limit.name: one.limit.measure(self.figures, self.built) for one, _ in self._ordered()}
        shares = {name: _highest(values / thresholds) for name, (values, thresholds) in measured.items()}
        return {name: share for name, share in shares.items() if not np.isnan(share).all()}

    def _ordered(self) -> list[tuple[LimitOutcome, Purchase]]:
        """Return the limits with their purchases: those that are reached first, and most exceeded then, come first."""

        def rank(pair: tuple[LimitOutcome, Purchase]) -> tuple[float, float]:
            outcome = pair[0]
            return (math.inf, 0.0) if outcome.month is None else (outcome.month, -outcome.value / outcome.threshold)

        return sorted(self.outcomes, key=rank)

    def _where(self, outcome: LimitOutcome) -> str:
        """Return the datacenters, server roles or tiers where a limit is reached, by name."""
        tiers = [f"tiers.{tier}" for tier in range(1, self.built.design.tiers + 1)]
        names = [self.built.tier_name(tiers.index(place) + 1) if place in tiers else place for place in outcome.places]
        return ", ".join(name for name in names if name)

    def _month_columns(self) -> dict[str, Array]:
        gb, figures, state = scalar("mb_per_gb"), self.figures, self.state
        volumes, thresholds = limits.measure_volume(figures, self.built)
        return {
            "month": state.months,
            "mailboxes": figures["mailboxes_total"],
            "messages_per_day": self._mean(state.messages),
            "mailbox_size": self._mean(state.mailbox_size) / gb,
            "dumpster_size": self._mean(self._by_tier("dumpster")) / gb,
            "archive_size": self._mean(state.archive_size) / gb,
            "database_size": figures["volume_database_size_with_overhead"],
            "volume_size": figures["volume_database_volume_size"],
            "volume_fill": _highest(volumes / thresholds),
            "iops": figures["summary_database_iops.server"],
            "memory": _highest(np.stack([figures[f"summary_memory.{role}"] for role in SERVER_ROLE.labels])),
            "cpu_worst": _highest(limits.measure_cpu(figures, self.built)[0]),
            "logs_per_day": figures["summary_logs_per_day.environment"],
            "import_gb": state.import_gb,
            "import_logs": state.import_gb * gb,
            **self._days_until_full(),
        }

    def _days_until_full(self) -> dict[str, Floats]:
        """Return the days until a volume as sized and a disk as bought fill, with the databases of each month."""
        figures, built = self.figures, self.built
        daily = figures["databases_on_first_volume"] * figures["logs_per_day_per_database"] / scalar("mb_per_gb")
        apart = not built.design["logs_share_volume"]
        size = figures["volume_log_volume_size" if apart else "volume_database_volume_size"]
        data = size - figures["room_for_logs"]
        volume = built.log_volume if apart else np.fmax.reduce(built.volume)
        disk = figures["smaller_database_disk"] if built.design["days_until_disk_full"] is not None else np.nan
        rooms = {"days_until_volume_full": volume - data, "days_until_disk_full": disk - data}
        return {
            name: np.divide(np.maximum(room, 0.0), daily, out=np.full_like(daily, np.nan), where=daily > 0)
            for name, room in rooms.items()
        }

    @property
    def sentence(self) -> str:
        """Text that says how full mailboxes and a volume are at the start."""
        fill = self.months()[0]["volume_fill"]
        volume = f"; a volume is {percent_text(fill, 0)} full" if isinstance(fill, float) else ""
        return f"Month 0: {START_WORDS[self.state.start]}{volume} (start: {self.state.start})."

    def _by_tier(self, rule: str) -> Floats:
        return np.stack([self.figures[f"tiers.{tier}.{rule}"] for tier in range(1, self.built.design.tiers + 1)])

    def _mean(self, values: Floats) -> Floats:
        """Return the mean over all mailboxes of a figure by tier, shape ``(months + 1,)``."""
        return axis_sum(values * self._by_tier("mailbox_share"))


def timeline(
    scenario: Scenario, growth: Growth | None = None, *, imports: Iterable[str] = (), **settings: object
) -> Timeline:
    """Follow a design month by month.

    Parameters
    ----------
    scenario
        The design: a profile file, a `Profile` or inputs by path.
    growth
        How it grows; by default as its tiers say, to its planning horizon.
    imports, **settings
        Growth as text, in place of ``growth``: waves of imports as `read_waves` reads them, and
        ``months``, ``mailbox_growth``, ``message_growth``, ``fill`` and ``start``, such as ``mailbox_growth="10 %"``.

    Returns
    -------
    Timeline
        Figures of each month, and the limits with what to buy when they are reached.

    Raises
    ------
    InputError
        If inputs cannot be used, the design is invalid, or there are imports but no archives.
    TypeError
        If there is no such setting, or both ``growth`` and settings are given.

    Examples
    --------
    >>> found = timeline({"tiers.1.mailboxes": 1000, "tiers.1.mailbox_size_limit": "2 GB"}, Growth(months=12))
    >>> [round(row["mailbox_size"], 3) for row in found.months()[::6]]
    [2.0, 2.0, 2.0]
    >>> found = timeline({"tiers.1.mailboxes": 1000}, Growth(months=12, start="empty"))
    >>> [round(row["mailbox_size"], 3) for row in found.months()[::6]]
    [0.0, 0.558, 1.116]

    Source: design: timeline.
    """
    imports = tuple(imports)
    unknown = settings.keys() - {field.name for field in fields(Growth)}
    if unknown or (growth is not None and (settings or imports)):
        wrong = ", ".join(sorted(unknown)) or "growth together with settings"
        raise TypeError(f"timeline() does not take {wrong}")
    growth = read_growth(settings, imports) if settings or imports else check_growth(growth or Growth())
    built = build(read(scenario))
    if built.design[DESIGN_INVALID]:
        refuse(
            built.profile.where,
            "The design is invalid: it has no timeline.",
            "Run the command check to see the errors.",
        )
    state, figures, cases = _follow(built, growth)
    purchases = tuple(
        (case.outcome, NOTHING if case.outcome.month is None else suggest_purchase(case)) for case in cases
    )
    return Timeline(built, state, figures, purchases, _find_issues(built, state, figures))


def first_month(built: BuiltDesign, growth: Growth) -> int | None:
    """Return the month in which a growing design reaches its first limit; None if it reaches none.

    Parameters
    ----------
    built
        The design as built on the first day.
    growth
        How it grows.
    """
    _, _, cases = _follow(built, growth)
    return min((case.outcome.month for case in cases if case.outcome.month is not None), default=None)


def _follow(built: BuiltDesign, growth: Growth) -> tuple[MonthlyState, dict[str, Floats], list[Case]]:
    """Return the growing inputs and the figures of each month, and the limits with when each is reached."""
    _check_archives(built.profile, growth)
    state = grow(built.design, growth)
    months = _add_import_logs(built.profile, state, state.columns(built.design))
    design_limits = limits.list_limits(built)
    needs = [need for limit in design_limits for need in limit.needs]
    figures = NumericSizer(built.profile, [*RESULTS, *needs, DESIGN_INVALID], valid_only=True)(months)
    outcomes = (limits.evaluate_limit(limit, figures, built) for limit in design_limits)
    return state, figures, [Case(outcome, built, months, figures) for outcome in outcomes if outcome is not None]


def _add_import_logs(profile: Profile, state: MonthlyState, columns: dict[str, Floats]) -> dict[str, Floats]:
    """Return the inputs by month, including the logs of imports, which count like the logs of moved mailboxes."""
    if not state.import_gb.any():
        return columns
    sizes = NumericSizer(profile, ["mailboxes_total", "average_mailbox_size"])(columns)
    stored = sizes["mailboxes_total"] * sizes["average_mailbox_size"]
    weekly = state.import_gb * scalar("mb_per_gb") / weeks_per_month()
    moved = float(profile.value(MOVES) or 0) + weekly / stored
    return {**columns, MOVES: moved}


def _check_archives(profile: Profile, growth: Growth) -> None:
    archives = [float(profile.value(f"tiers.{tier}.archive_size_limit") or 0) for tier in range(1, profile.tiers + 1)]
    if growth.imports and not any(archives):
        refuse(profile.where, "Imports go into archives, and no tier has one.", "Give tiers.N.archive_size_limit.")


def _find_issues(built: BuiltDesign, state: MonthlyState, figures: Mapping[str, Floats]) -> Issues:
    issues, where = Issues(), built.profile.where
    invalid = np.flatnonzero(figures[DESIGN_INVALID] == 1)
    if invalid.size:
        message = (
            f"The design is invalid in {invalid.size} months, from month {invalid[0]} on: it has no figures there."
        )
        issues.error(where, "", message, f"Size the design again for month {invalid[0]}.")
    if state.left_out >= 1:
        message = f"{state.left_out:,.0f} GB of the imports do not fit into the archives."
        issues.add(WARNING, where, "tiers.N.archive_size_limit", message, "Raise the archive quota, or import less.")
    return issues


def _highest(values: Floats) -> Floats:
    """Return the highest figure of all places in each month; NaN where there is none."""
    return np.asarray(np.fmax.reduce(values, axis=0))


def _rows(columns: Mapping[str, Array]) -> list[TimelineRow]:
    lists = {name: [_number(value) for value in column.tolist()] for name, column in columns.items()}
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]


def _number(value: float | int) -> float | int | None:
    """Return a number for a table: None for NaN, 0 for the size that represents an empty mailbox."""
    if value != value:
        return None
    return 0.0 if 0 < value < EMPTY else value


def _limit_row(outcome: LimitOutcome, where: str, purchase: Purchase) -> TimelineRow:
    return {
        "limit": outcome.limit.name,
        "where": where,
        "month": outcome.month,
        "value": none_if_nan(outcome.value),
        "threshold": outcome.threshold,
        "unit": outcome.limit.unit,
        "buy": purchase.words,
        "changes": purchase.changes,
        "why_not_applicable": outcome.reason,
    }
