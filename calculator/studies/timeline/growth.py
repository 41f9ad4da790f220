"""How the inputs of a design grow month by month: mailboxes, messages, and what fills a mailbox.

All of it follows the growth figures of the calculator (`calculator.rules.mailbox_growth`), from the initial size on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from calculator.engine.sizing import SizedDesign
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.schema import FRACTION, INT, Field
from calculator.issues import InputError, Issues
from calculator.numerics.arrays import Floats
from calculator.rules.constants import scalar
from calculator.studies.timeline.pst_imports import LONGEST_RUN, Wave, waves_of, weeks_per_month

OPTIONS = (
    Field("months", INT, None, "Months", "Months of the timeline", unit="month", low=1, high=LONGEST_RUN),
    Field(
        "mailbox_growth", FRACTION, None, "Growth in mailboxes", "Mailboxes more a year", unit="1", low=-0.9, high=10
    ),
    Field("message_growth", FRACTION, 0.0, "Growth in messages", "Messages more a year", unit="1", low=-0.9, high=10),
    Field("fill", FRACTION, None, "Mail kept", "Share of the mail received that is kept", unit="1", low=0, high=1),
)
"""What a person may set of a run, each read and checked as an input is."""
EMPTY = 1e-6
"""MB given to the engine for an empty mailbox, since a quota of 0 is one not given."""


@dataclass(frozen=True)
class Growth:
    """How a design grows.

    Attributes
    ----------
    months
        Months looked at; the planning horizon by default.
    mailbox_growth
        Mailboxes more a year, 0.1 is 10 %; by default the growth of each tier over the planning horizon.
    message_growth
        Messages a mailbox more a year.
    fill
        Share of mail that is kept; by default the least of the calculator's growth curves, 60 %.
    imports
        Imports into archives, beside what the tiers themselves import each week.
    """

    months: int | None = None
    mailbox_growth: float | None = None
    message_growth: float = 0.0
    fill: float | None = None
    imports: tuple[Wave, ...] = ()


def read_growth(given: Mapping[str, object], imports: Iterable[str] = ()) -> Growth:
    """Growth of settings as a person gives them.

    Parameters
    ----------
    given
        Settings by name, as texts or numbers; None where one is not given.
    imports
        Waves of imports.

    Raises
    ------
    InputError
        With every setting that cannot be used.

    Examples
    --------
    >>> read_growth({"months": "24", "mailbox_growth": "10 %"})
    Growth(months=24, mailbox_growth=0.1, message_growth=0.0, fill=None, imports=())
    """
    issues = Issues()
    values: dict[str, float] = {}
    for field in OPTIONS:
        if given.get(field.path) is None:
            continue
        try:
            values[field.path] = float(read_value(field, given[field.path]) or 0)
        except ValueProblem as error:
            issues.error(f"--{field.path.replace('_', '-')}", "", error.message, error.hint)
    waves = waves_of(imports, issues)
    if issues.errors:
        raise InputError(issues)
    months = values.get("months")
    return Growth(
        None if months is None else int(months),
        values.get("mailbox_growth"),
        values.get("message_growth", 0.0),
        values.get("fill"),
        waves,
    )


def checked(growth: Growth) -> Growth:
    """The growth itself where it can be used.

    Raises
    ------
    InputError
        With every figure beyond its limits.
    """
    return replace(read_growth({field.path: getattr(growth, field.path) for field in OPTIONS}), imports=growth.imports)


@dataclass(frozen=True)
class Import:
    """Imports of a wave, or those of a tier in every week.

    Attributes
    ----------
    name
        ``wave 1``, … or the path of the tier.
    wave
        How much, from when to when.
    shares
        Of it, what goes to each tier: shape ``(tiers, 1)``.
    archive, mailboxes
        GB an archive holds, and mailboxes that have one.
    """

    name: str
    wave: Wave
    shares: Floats
    archive: float
    mailboxes: float

    def row(self) -> dict[str, str | int | float]:
        """Row of the table ``imports``: a log file is 1 MB and holds 1 MB of what is imported."""
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
class Grown:
    """State of a design in each month; month 0 is the first day, month m the end of the m-th month.

    Arrays are ``(tiers, months + 1)``, those of all tiers together ``(months + 1,)``.

    Attributes
    ----------
    mailboxes, messages
        Mailboxes of a tier, messages a mailbox a day.
    mailbox_size, archive_size
        MB of a mailbox and of its archive, recoverable items apart.
    retained
        Days of deleted items there are, the retention at most.
    hold_months
        Months of mail at the present rate that a mailbox on hold has taken in.
    imports
        What is imported into archives.
    import_gb
        GB imported in the month.
    left_out
        GB of imports that find no room in the archives.
    """

    mailboxes: Floats
    messages: Floats
    mailbox_size: Floats
    archive_size: Floats
    retained: Floats
    hold_months: Floats
    imports: tuple[Import, ...]
    import_gb: Floats
    left_out: float

    @property
    def months(self) -> npt.NDArray[np.int64]:
        """Number of each month."""
        return np.arange(len(self.hold_months))

    def columns(self, design: SizedDesign) -> dict[str, Floats]:
        """Inputs that differ from the design's, by path, a value a month."""
        columns = {"guidance.planning_horizon": self.hold_months}
        for place in range(design.tiers):
            tier = f"tiers.{place + 1}"
            present = _number(design, f"{tier}.mailboxes")
            columns[f"{tier}.mailboxes"] = self.mailboxes[place]
            columns[f"{tier}.mailbox_growth"] = np.zeros_like(self.mailboxes[place])
            if not present:
                continue
            columns[f"{tier}.messages_per_day"] = self.messages[place]
            columns[f"{tier}.mailbox_size_limit"] = np.maximum(self.mailbox_size[place], EMPTY)
            columns[f"{tier}.archive_size_limit"] = self.archive_size[place]
            columns[f"{tier}.deleted_item_retention"] = self.retained[place]
            measured = _number(design, f"{tier}.iops_per_mailbox")
            messages = _number(design, f"{tier}.messages_per_day")
            grown = self.messages[place] / messages if messages else np.ones_like(self.messages[place])
            columns[f"{tier}.iops_per_mailbox"] = measured * grown
        return columns


def grow(design: SizedDesign, growth: Growth) -> Grown:
    """State of a design month by month.

    Mailboxes and messages grow by the same share every month.  The share of mail kept fills a mailbox from
    its initial size to its quota, then its archive.  Recoverable items begin empty.

    Parameters
    ----------
    design
        The design as it is.
    growth
        How it grows.

    Source: calculator-7.6: Mailbox Modeling Data; single-item-recovery: Litigation hold; design: timeline.
    """
    horizon = _number(design, "guidance.planning_horizon")
    months = int(growth.months or horizon)
    time = np.arange(months + 1.0)
    years = time / scalar("months_per_year")
    rate = (1 + growth.message_growth) ** years
    came = np.concatenate(([0.0], np.cumsum(rate[:-1])))  # months of mail, at the rate of the first
    mailboxes = _mailboxes(design, growth, time / horizon, years)
    monthly = _by_tier(design, "monthly_data_generated")
    kept = monthly * came * (scalar("mail_kept") if growth.fill is None else growth.fill)
    initial, quota = _by_input(design, "initial_mailbox_size"), _by_input(design, "mailbox_size_limit")
    mailbox_size = np.minimum(initial + kept, quota)
    archived = initial + kept - mailbox_size
    imports = _imports(design, growth, months)
    archive_size, imported, left_out = _archives(design, imports, mailboxes, archived)
    days = time * weeks_per_month() * scalar("days_per_week")
    return Grown(
        mailboxes,
        _by_input(design, "messages_per_day") * rate,
        mailbox_size,
        archive_size,
        np.minimum(_by_input(design, "deleted_item_retention"), days),
        came / rate,
        imports,
        imported,
        left_out,
    )


def _mailboxes(design: SizedDesign, growth: Growth, horizons: Floats, years: Floats) -> Floats:
    """Mailboxes of each tier: by a rate a year, or so that the growth of the tier is reached at the horizon."""
    present = _by_input(design, "mailboxes")
    if growth.mailbox_growth is not None:
        return present * (1 + growth.mailbox_growth) ** years
    return present * (1 + _by_input(design, "mailbox_growth")) ** horizons


def _archives(
    design: SizedDesign, imports: Sequence[Import], mailboxes: Floats, archived: Floats
) -> tuple[Floats, Floats, float]:
    """MB of an archive, GB imported in each month, and GB that find no room."""
    months = mailboxes.shape[1] - 1
    planned = np.zeros_like(mailboxes)
    for one in imports:
        planned = planned + one.shares * one.wave.by_month(months, one.archive, one.mailboxes)
    quota = _by_input(design, "archive_size_limit")
    room = np.maximum(quota - archived, 0.0) * mailboxes / scalar("mb_per_gb")
    held = np.zeros_like(planned)
    for month in range(1, months + 1):  # what is in stays in, whatever mail moves there later
        fits = np.maximum(room[:, month] - held[:, month - 1], 0.0)
        held[:, month] = held[:, month - 1] + np.minimum(planned[:, month], fits)
    each = np.divide(held * scalar("mb_per_gb"), mailboxes, out=np.zeros_like(held), where=mailboxes > 0)
    imported = np.diff(held, prepend=0.0, axis=1).sum(axis=0)
    return np.minimum(archived + each, quota), imported, float(planned.sum() - imported.sum())


def _imports(design: SizedDesign, growth: Growth, months: int) -> tuple[Import, ...]:
    """Waves, shared out by the mailboxes that have an archive, and what tiers import in every week."""
    quota, mailboxes = _by_input(design, "archive_size_limit"), _by_input(design, "mailboxes")
    with_archive = np.where(quota > 0, mailboxes, 0.0)
    total = float(with_archive.sum())
    found = []
    if total:
        archive = float((with_archive * quota).sum()) / total / scalar("mb_per_gb")
        for number, wave in enumerate(growth.imports, 1):
            found.append(Import(f"wave {number}", wave, with_archive / total, archive, total))
    for place, weekly in enumerate(_by_input(design, "archive_import")[:, 0]):
        if weekly:
            shares = np.zeros_like(quota)
            shares[place] = 1.0
            found.append(Import(f"tiers.{place + 1}", Wave(1, months, float(weekly)), shares, 0.0, total))
    return tuple(found)


def _number(design: SizedDesign, path: str) -> float:
    return float(design.profile.value(path) or 0)


def _by_input(design: SizedDesign, leaf: str) -> Floats:
    return np.array([[_number(design, f"tiers.{tier}.{leaf}")] for tier in range(1, design.tiers + 1)])


def _by_tier(design: SizedDesign, rule: str) -> Floats:
    return np.array([[design[f"tiers.{tier}.{rule}"] or 0.0] for tier in range(1, design.tiers + 1)])
