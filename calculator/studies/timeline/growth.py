"""Grow the inputs of a design month by month: mailboxes, messages, and what fills a mailbox.

The growth follows the figures of Microsoft's workbook (`calculator.rules.mailbox_growth`), starting at the initial
size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from calculator.engine.sizing import SizedDesign
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.schema import FRACTION, INT, Field
from calculator.issues import InputError, Issues, quoted
from calculator.numerics.arrays import Floats, Ints
from calculator.rules.constants import scalar
from calculator.studies.timeline.pst_imports import LONGEST_RUN, Wave, parse_waves, weeks_per_month

OPTIONS = (
    Field("months", INT, None, "Months", "Months of the timeline", unit="month", low=1, high=LONGEST_RUN),
    Field(
        "mailbox_growth",
        FRACTION,
        None,
        "Growth in mailboxes",
        "Growth in mailboxes per year",
        unit="1",
        low=-0.9,
        high=10,
    ),
    Field(
        "message_growth",
        FRACTION,
        0.0,
        "Growth in messages",
        "Growth in messages per year",
        unit="1",
        low=-0.9,
        high=10,
    ),
    Field("fill", FRACTION, None, "Mail kept", "Share of the mail received that is kept", unit="1", low=0, high=1),
)
"""Settings of a timeline, each read and checked like an input."""
DESIGNED, INITIAL, FROM_EMPTY = "designed", "initial", "empty"
STARTS = (DESIGNED, INITIAL, FROM_EMPTY)
"""How full mailboxes are at month 0: as full as the design is made for, at their initial sizes, or empty."""
EMPTY = 1e-6
"""Size in MB that the engine gets for an empty mailbox, because a quota of 0 means that no quota is given."""


@dataclass(frozen=True)
class Growth:
    """How a design grows.

    Attributes
    ----------
    months
        Months of the timeline; the planning horizon by default.
    mailbox_growth
        Growth in mailboxes per year, 0.1 is 10 %; by default the growth of each tier over the planning horizon.
    message_growth
        Growth in messages per mailbox per year, 0.1 is 10 %.
    fill
        Share of received mail that is kept; by default that of the lowest growth curve of Microsoft's workbook, 60 %.
    imports
        Imports into archives, in addition to what the tiers import each week.
    start
        How full mailboxes are at month 0, one of `STARTS`; ``designed`` by default where the initial sizes of all
        tiers are 0, else ``initial``.
    """

    months: int | None = None
    mailbox_growth: float | None = None
    message_growth: float = 0.0
    fill: float | None = None
    imports: tuple[Wave, ...] = ()
    start: str | None = None


def read_growth(settings: Mapping[str, object], imports: Iterable[str] = ()) -> Growth:
    """Parse growth from settings given as text or numbers.

    Parameters
    ----------
    settings
        Settings by name, as texts or numbers; None for the default.
    imports
        Waves of imports, as `read_waves` reads them.

    Raises
    ------
    InputError
        With every setting that cannot be used.

    Examples
    --------
    >>> read_growth({"months": "24", "mailbox_growth": "10 %"})
    Growth(months=24, mailbox_growth=0.1, message_growth=0.0, fill=None, imports=(), start=None)
    """
    issues = Issues()
    values: dict[str, float] = {}
    for field in OPTIONS:
        if settings.get(field.path) is None:
            continue
        try:
            values[field.path] = float(read_value(field, settings[field.path]) or 0)
        except ValueProblem as error:
            issues.error(f"--{field.path.replace('_', '-')}", "", error.message, error.hint)
    waves = parse_waves(imports, issues)
    start = settings.get("start")
    if start is not None and start not in STARTS:
        issues.error("--start", quoted(start), "is not a start.", f"Give {', '.join(STARTS[:-1])} or {STARTS[-1]}.")
    if issues.errors:
        raise InputError(issues)
    months = values.get("months")
    return Growth(
        None if months is None else int(months),
        values.get("mailbox_growth"),
        values.get("message_growth", 0.0),
        values.get("fill"),
        waves,
        None if start is None else str(start),
    )


def check_growth(growth: Growth) -> Growth:
    """Return the growth with its figures checked.

    Raises
    ------
    InputError
        With every figure beyond its limits.
    """
    names = (*(field.path for field in OPTIONS), "start")
    return replace(read_growth({name: getattr(growth, name) for name in names}), imports=growth.imports)


@dataclass(frozen=True)
class ArchiveImport:
    """Wave of imports, or weekly imports of a tier.

    Attributes
    ----------
    name
        ``wave 1``, ``wave 2``, ... or the path of the tier.
    wave
        Amount, and the months from and to which it is imported.
    shares
        Share of each tier, shape ``(tiers, 1)``.
    archive, mailboxes
        Size of an archive in GB, and number of mailboxes that have an archive.
    """

    name: str
    wave: Wave
    shares: Floats
    archive: float
    mailboxes: float

    def row(self) -> dict[str, str | int | float]:
        """Return the row of the table ``imports``; a log file of 1 MB holds 1 MB of imported data."""
        weeks, weekly = self.wave.weeks(self.mailboxes), self.wave.weekly(self.archive)
        return {
            "import": self.name,
            "from": self.wave.first,
            "to": self.wave.last,
            "weeks": weeks,
            "gb_per_week": weekly,
            "gb": weekly * weeks,
            "logs": weekly * weeks * scalar("mb_per_gb"),
        }


@dataclass(frozen=True)
class MonthlyState:
    """State of a design in each month; month 0 is the first day, month m the end of the m-th month.

    Arrays by tier have shape ``(tiers, months + 1)``, those of all tiers together ``(months + 1,)``.

    Attributes
    ----------
    mailboxes, messages
        Mailboxes of a tier, and messages per mailbox per day.
    mailbox_size, archive_size
        Size of a mailbox and of its archive without recoverable items, MB.
    retained
        Days of deleted items that exist, at most the retention.
    hold_months
        Months of mail at the present rate that a mailbox on hold has received; for all tiers together.
    imports
        Imports into archives.
    import_gb
        GB imported in each month; for all tiers together.
    left_out
        Size in GB of imports for which the archives have no room.
    start
        How full mailboxes are at month 0, one of `STARTS`.
    """

    mailboxes: Floats
    messages: Floats
    mailbox_size: Floats
    archive_size: Floats
    retained: Floats
    hold_months: Floats
    imports: tuple[ArchiveImport, ...]
    import_gb: Floats
    left_out: float
    start: str

    @property
    def months(self) -> Ints:
        """Number of each month, shape ``(months + 1,)``."""
        return np.arange(len(self.hold_months))

    def columns(self, design: SizedDesign) -> dict[str, Floats]:
        """Return the inputs that differ from the design, by path, each of shape ``(months + 1,)``."""
        columns = {"guidance.planning_horizon": self.hold_months}
        for place in range(design.tiers):
            tier = f"tiers.{place + 1}"
            columns[f"{tier}.mailboxes"] = self.mailboxes[place]
            columns[f"{tier}.mailbox_growth"] = np.zeros_like(self.mailboxes[place])
            if not _number(design, f"{tier}.mailboxes"):
                continue
            columns[f"{tier}.messages_per_day"] = self.messages[place]
            columns[f"{tier}.mailbox_size_limit"] = np.maximum(self.mailbox_size[place], EMPTY)
            columns[f"{tier}.archive_size_limit"] = self.archive_size[place]
            columns[f"{tier}.deleted_item_retention"] = self.retained[place]
            measured_iops = _number(design, f"{tier}.iops_per_mailbox")
            messages = _number(design, f"{tier}.messages_per_day")
            growth = self.messages[place] / messages if messages else np.ones_like(self.messages[place])
            columns[f"{tier}.iops_per_mailbox"] = measured_iops * growth
        return columns


def grow(design: SizedDesign, growth: Growth) -> MonthlyState:
    """Return the state of a design month by month.

    Mailboxes and messages grow by the same share every month.  The mail that is kept fills a mailbox from its initial
    size, or from nothing, to its quota, then its archive.  The Recoverable Items folder is empty on the first day.

    A timeline that starts as designed has full mailboxes and archives and all deleted items of the retention from the
    first day on.  A hold begins on the first day in any case, so that it is as designed at the planning horizon.

    Parameters
    ----------
    design
        The design on the first day.
    growth
        Growth of the design.

    Source: calculator-7.6: Mailbox Modeling Data; single-item-recovery: Litigation hold; design: timeline.
    """
    horizon = _number(design, "guidance.planning_horizon")
    months = int(growth.months or horizon)
    time = np.arange(months + 1.0)
    years = time / scalar("months_per_year")
    rate = (1 + growth.message_growth) ** years
    received = np.concatenate(([0.0], np.cumsum(rate[:-1])))  # measured in months of mail at the rate of the first day
    mailboxes = _grow_mailboxes(design, growth, time / horizon, years)
    monthly = _results_by_tier(design, "monthly_data_generated")
    kept = monthly * received * (scalar("mail_kept", design.profile) if growth.fill is None else growth.fill)
    start = growth.start or default_start(design)
    quota, archive_quota = _inputs_by_tier(design, "mailbox_size_limit"), _inputs_by_tier(design, "archive_size_limit")
    retention = _inputs_by_tier(design, "deleted_item_retention")
    initial = np.zeros_like(quota) if start == FROM_EMPTY else _inputs_by_tier(design, "initial_mailbox_size")
    mailbox_size = np.minimum(initial + kept, quota)
    archived = initial + kept - mailbox_size
    imports = _list_imports(design, growth, months)
    designed = start == DESIGNED
    if designed:  # the design already includes the space of imports
        archived = np.zeros_like(archived)
    archive_size, imported, left_out = _fill_archives(design, imports, mailboxes, archived)
    days = time * weeks_per_month() * scalar("days_per_week")
    return MonthlyState(
        mailboxes,
        _inputs_by_tier(design, "messages_per_day") * rate,
        np.broadcast_to(quota, mailboxes.shape) if designed else mailbox_size,
        np.broadcast_to(archive_quota, mailboxes.shape) if designed else archive_size,
        np.broadcast_to(retention, mailboxes.shape) if designed else np.minimum(retention, days),
        received / rate,
        imports,
        imported,
        left_out,
        start,
    )


def growth_per_year(design: SizedDesign) -> float:
    """Return the growth per year in the mailboxes of all tiers that the design states; 0 if it states none."""
    present, growth = _inputs_by_tier(design, "mailboxes"), _inputs_by_tier(design, "mailbox_growth")
    total = float(present.sum())
    at_horizon = float((present * (1 + growth)).sum()) / total if total else 1.0
    years = _number(design, "guidance.planning_horizon") / scalar("months_per_year")
    return float(at_horizon ** (1 / years) - 1)


def default_start(design: SizedDesign) -> str:
    """Return the default start of a timeline: ``designed`` if all initial sizes are 0, else ``initial``."""
    used = _inputs_by_tier(design, "mailboxes") > 0
    return INITIAL if (used & (_inputs_by_tier(design, "initial_mailbox_size") > 0)).any() else DESIGNED


def _grow_mailboxes(design: SizedDesign, growth: Growth, horizons: Floats, years: Floats) -> Floats:
    """Return the mailboxes of each tier: growing by a rate per year, or to the growth of the tier at the horizon."""
    present = _inputs_by_tier(design, "mailboxes")
    if growth.mailbox_growth is not None:
        return present * (1 + growth.mailbox_growth) ** years
    return present * (1 + _inputs_by_tier(design, "mailbox_growth")) ** horizons


def _fill_archives(
    design: SizedDesign, imports: Sequence[ArchiveImport], mailboxes: Floats, archived: Floats
) -> tuple[Floats, Floats, float]:
    """Return the MB of an archive, the GB imported in each month, and the GB for which there is no room."""
    months = mailboxes.shape[1] - 1
    planned = np.zeros_like(mailboxes)
    for archive_import in imports:
        gigabytes = archive_import.wave.by_month(months, archive_import.archive, archive_import.mailboxes)
        planned = planned + archive_import.shares * gigabytes
    quota = _inputs_by_tier(design, "archive_size_limit")
    room = np.maximum(quota - archived, 0.0) * mailboxes / scalar("mb_per_gb")
    held = np.zeros_like(planned)
    for month in range(1, months + 1):  # imported data stays, even if more mail is archived later
        fits = np.maximum(room[:, month] - held[:, month - 1], 0.0)
        held[:, month] = held[:, month - 1] + np.minimum(planned[:, month], fits)
    per_mailbox = np.divide(held * scalar("mb_per_gb"), mailboxes, out=np.zeros_like(held), where=mailboxes > 0)
    imported = np.diff(held, prepend=0.0, axis=1).sum(axis=0)
    return np.minimum(archived + per_mailbox, quota), imported, float(planned.sum() - imported.sum())


def _list_imports(design: SizedDesign, growth: Growth, months: int) -> tuple[ArchiveImport, ...]:
    """Return the waves, divided by the mailboxes that have an archive, and what tiers import every week."""
    quota, mailboxes = _inputs_by_tier(design, "archive_size_limit"), _inputs_by_tier(design, "mailboxes")
    with_archive = np.where(quota > 0, mailboxes, 0.0)
    total = float(with_archive.sum())
    imports = []
    if total:
        archive = float((with_archive * quota).sum()) / total / scalar("mb_per_gb")
        for number, wave in enumerate(growth.imports, 1):
            imports.append(ArchiveImport(f"wave {number}", wave, with_archive / total, archive, total))
    for place, weekly in enumerate(_inputs_by_tier(design, "archive_import")[:, 0]):
        if weekly:
            shares = np.zeros_like(quota)
            shares[place] = 1.0
            imports.append(ArchiveImport(f"tiers.{place + 1}", Wave(1, months, float(weekly)), shares, 0.0, total))
    return tuple(imports)


def _number(design: SizedDesign, path: str) -> float:
    return float(design.profile.value(path) or 0)


def _inputs_by_tier(design: SizedDesign, leaf: str) -> Floats:
    return np.array([[_number(design, f"tiers.{tier}.{leaf}")] for tier in range(1, design.tiers + 1)])


def _results_by_tier(design: SizedDesign, rule: str) -> Floats:
    return np.array([[design[f"tiers.{tier}.{rule}"] or 0.0] for tier in range(1, design.tiers + 1)])
