"""Messages a day and their size, from what administrators have: reports, files of scripts, tracking logs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum

from calculator.importers.formats.powershell_csv import Export
from calculator.importers.messages import calc_msg_average, message_stats, profile_report
from calculator.importers.messages.rates import Rate
from calculator.importers.messages.tracking_counter import KEEPABLE
from calculator.importers.messages.tracking_log import EXPORTED, read_logs
from calculator.importers.messages.tracking_rows import head_of, is_log
from calculator.importers.messages.work_days import Days
from calculator.importers.result import Imported, laid_over
from calculator.inputs import text_files
from calculator.inputs.log_hours import paths
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value, find
from calculator.inputs.text_files import Prefixed, Source, group_by_kind, source_name
from calculator.issues import NOTICE, WARNING, InputError, Issues, quoted, refuse
from calculator.rules.constants import scalar

FURTHEST_OFFSET, MOST_WORK_DAYS = 14, 3660
_ADVICE = (
    "Give the CSV of Generate-MessageProfile.ps1, files MSGTRK*.log, files email_stats_*.csv of MessageStats.ps1, or "
    "the text CalcMsgAverage.ps1 prints."
)
OF_MAILBOXES = ("discovery", "disabled")
"""Words of what else mailboxes may be, which no message tells."""
MESSAGES, SIZE = "messages_per_day", "message_size"
TIER_COLUMNS = (
    "tier",
    "name",
    "mailboxes",
    "from",
    "to",
    "mailbox_size",
    "dumpster_size",
    "dumpster_model",
    "archive_size",
    "quota",
    MESSAGES,
    SIZE,
)


class Kind(Enum):
    """What a file is, the best source first."""

    PROFILE = profile_report.SOURCE
    LOG = "message tracking logs"
    AVERAGES = calc_msg_average.SOURCE
    STATS = message_stats.SOURCE
    LISTS = "list of distribution lists"


def import_messages(
    sources: Sequence[Source],
    base: Profile | None = None,
    *,
    mailboxes: float | None = None,
    work_days: float | None = None,
    utc_offset: float | None = None,
    keep: Collection[str] = (),
    progress: Callable[[int, float | None], None] | None = None,
) -> Imported:
    """Give every tier of a design the measured messages a day and message size.

    What each file is is seen from its content: reports of Generate-MessageProfile, message tracking logs (or
    exports of Get-MessageTrackingLog), what CalcMsgAverage prints, files of MessageStats.  Where there are several
    kinds the first of these counts, and what the others say is told.  Tracking logs also give the hourly shares of
    a day's logs where ``utc_offset`` is given and the design has none.

    Parameters
    ----------
    sources
        Files on disk or in memory.
    base
        The design that is laid under.
    mailboxes
        All mailboxes the messages are divided by; by default those the source counts, else those of the design.
    work_days
        Days of work that the files cover; by default as their dates tell, with ``mailbox.work_week`` days a week.
    utc_offset
        Hours local time is ahead of UTC, for tracking logs.
    keep
        What counts too: ``health``, ``system``, ``journal``.
    progress
        Called with the rows of tracking logs read and the share of their bytes.

    Raises
    ------
    InputError
        If a file cannot be used, or nothing tells how many mailboxes there are.
    """
    base = base or Profile()
    _check(sources, mailboxes, work_days, utc_offset, keep)
    issues = Issues()
    found = group_by_kind(sources, kind_of)
    for source in found.get(Kind.LISTS, []):
        issues.add(NOTICE, source_name(source), "", "tells of distribution lists only, it is not needed.")
    week = float(base.value("mailbox.work_week") or 0)
    rates = _reports(found, issues, week, work_days, mailboxes, keep)
    values: dict[str, Value] = {}
    if Kind.LOG in found:
        counted = read_logs(found[Kind.LOG], issues, utc_offset=utc_offset or 0.0, keep=keep, progress=progress)
        days = Days(counted, week)
        rates[Kind.LOG] = [days.rate(work_days, issues)]
        values |= _hours(days, base, utc_offset, issues)
    told = [rate for kind in Kind for rate in rates.get(kind, ())]
    if not told:
        refuse(source_name(sources[0]), "is no file that counts messages of mailboxes.", _ADVICE)
    chosen = next((rate for rate in told if rate.messages is not None), told[0])
    _tell_others(told, chosen, issues)
    values |= _of_tiers(chosen, base, _divisor(chosen, base, mailboxes), issues)
    profile = laid_over(base, values)
    return Imported(profile, issues, values, {"tiers": _tiers(profile), "left_out": _left_out(told)})


def _reports(
    found: Mapping[Kind, Sequence[Source]],
    issues: Issues,
    week: float,
    work_days: float | None,
    mailboxes: float | None,
    keep: Collection[str],
) -> dict[Kind, list[Rate]]:
    """What all sources tell but the tracking logs."""
    rates: dict[Kind, list[Rate]] = {}
    if Kind.PROFILE in found:
        rates[Kind.PROFILE] = [profile_report.read_profiles(found[Kind.PROFILE], issues, week, work_days)]
    if Kind.STATS in found:
        rates[Kind.STATS] = [message_stats.read_stats(found[Kind.STATS], issues, week, work_days, keep)]
    rates[Kind.AVERAGES] = [
        calc_msg_average.read_averages(source, issues, week, work_days, mailboxes)
        for source in found.get(Kind.AVERAGES, ())
    ]
    return rates


def _check(
    sources: Sequence[Source],
    mailboxes: float | None,
    work_days: float | None,
    utc_offset: float | None,
    keep: Collection[str],
) -> None:
    """Refuse arguments that cannot be."""
    issues = Issues()
    if not sources:
        issues.error("import messages", "", "no file is given.", _ADVICE)
    if mailboxes is not None and not 1 <= mailboxes <= 1e9:
        issues.error("mailboxes", "", f"{mailboxes:g} is no number of mailboxes.", "Give 1 or more.")
    if work_days is not None and not 0 < work_days <= MOST_WORK_DAYS:
        issues.error("work days", "", f"{work_days:g} is no number of days.", f"Give 1 to {MOST_WORK_DAYS:,}.")
    if utc_offset is not None and not abs(utc_offset) <= FURTHEST_OFFSET:
        issues.error("UTC offset", "", f"{utc_offset:g} hours is none.", "Give -14 to 14 hours, 1 for Berlin.")
    for word in sorted(set(keep) - {*KEEPABLE, *OF_MAILBOXES}):
        issues.error("keep", "", f"{quoted(word)} is nothing that is left out.", f"Give {', '.join(KEEPABLE)}.")
    if issues:
        raise InputError(issues)


# --- what a file is ------------------------------------------------------------------------------


def kind_of(source: Source) -> Kind:
    """What a file is, by its content.

    Raises
    ------
    InputError
        If it is none of those that tell of messages, or cannot be read.
    """
    with text_files.open_text(source, Issues()) as file:
        head = head_of(file)
        if is_log(head):
            return Kind.LOG
        try:
            kind = _kind_of_export(Export(Prefixed(head, file), Issues()))
        except InputError:
            if not calc_msg_average.is_average(source):
                raise
            kind = Kind.AVERAGES
    if kind is None and calc_msg_average.is_average(source):
        return Kind.AVERAGES
    if kind is None:
        refuse(source_name(source), "is no file that tells of messages.", _ADVICE)
    return kind


def _kind_of_export(export: Export) -> Kind | None:
    if profile_report.is_profile(export):
        return Kind.PROFILE
    if export.has(*EXPORTED[:3]):
        return Kind.LOG
    if message_stats.is_stats(export):
        return Kind.STATS
    if message_stats.is_lists(export):
        return Kind.LISTS
    if message_stats.is_summary(export):
        message = "is a summary of sent and received messages without their users: such sums are not reliable."
        refuse(
            export.where, message, f"Give the files email_stats_*.csv themselves, made with {message_stats.COMMAND}."
        )
    return None


# --- what comes of it ----------------------------------------------------------------------------


def _tell_others(rates: Sequence[Rate], chosen: Rate, issues: Issues) -> None:
    for rate in rates:
        if rate is not chosen and rate.messages is not None and rate.message_size is not None:
            each = (
                f"{rate.messages / rate.mailboxes:.4g} a mailbox" if rate.mailboxes else f"{rate.messages:,.0f} in all"
            )
            message = f"gives {each} and day, {rate.message_size:.4g} KB: not used beside the {chosen.source}."
            issues.add(NOTICE, rate.source, "", message)


def _divisor(rate: Rate, base: Profile, mailboxes: float | None) -> float:
    """Mailboxes the messages are divided by."""
    if mailboxes or rate.mailboxes:
        return float(mailboxes or rate.mailboxes or 0)
    if rate.messages is None:
        return 1.0
    counts = [base.given.get(f"tiers.{tier}.mailboxes") for tier in range(1, base.tiers + 1)]
    total = sum(float(count) for count in counts if isinstance(count, int | float))
    if not total:
        refuse(rate.source, "count no mailboxes: those with traffic are not all.", "Give --mailboxes, or --profile.")
    return total


def _of_tiers(rate: Rate, base: Profile, mailboxes: float, issues: Issues) -> dict[str, Value]:
    """The values of every tier."""
    values: dict[str, Value] = {}
    if rate.messages is not None:
        values |= _for_all(base, MESSAGES, rate.messages / mailboxes, rate.source)
        _tell_parity(rate.messages / mailboxes, issues)
    if rate.message_size is None:
        issues.add(WARNING, rate.source, "tiers.message_size", "cannot be told: it stays as it is.")
    else:
        values |= _for_all(base, SIZE, rate.message_size, rate.source)
    return values


def _for_all(base: Profile, leaf: str, number: float, where: str) -> dict[str, Value]:
    """A number as the value of all tiers, refused where it cannot be."""
    field, _ = find(f"tiers.1.{leaf}") or (None, 0)
    assert field is not None
    try:
        value = read_value(field, number)
    except ValueProblem as error:
        issues = Issues()
        issues.error(where, field.path, error.message, error.hint)
        raise InputError(issues) from None
    return {f"tiers.{tier}.{leaf}": value for tier in range(1, base.tiers + 1)}


def _tell_parity(rate: float, issues: Issues) -> None:
    step = scalar("profile_step")
    rounded = math.ceil(rate / step) * step
    if rounded != rate:
        message = f"is {rate:.4f}; the calculator has steps of {step:g} and would be given {rounded:g}."
        issues.add(
            NOTICE, "design", "tiers.messages_per_day", message, "Set it where figures shall match the calculator's."
        )


def _hours(days: Days, base: Profile, utc_offset: float | None, issues: Issues) -> dict[str, Value]:
    """Hourly shares of the messages, which stand for those of the logs."""
    where = "replication.hourly_log_share"
    if utc_offset is None:
        message = "is not taken from the tracking logs, and their days are those of UTC."
        issues.add(NOTICE, "design", where, message, "Give --utc-offset, the hours local time is ahead of UTC.")
        return {}
    if any(path in base.given for path in paths()):
        issues.add(NOTICE, "design", where, "is given already: it stays as it is.")
        return {}
    message = "is taken from the messages of each hour, which only stand for the logs."
    issues.add(NOTICE, "design", where, message, "Hourly log counts are better: import logs.")
    return dict(zip(paths(), days.shares, strict=True))


def _left_out(rates: Sequence[Rate]) -> list[Mapping[str, object]]:
    """Rows that did not count, by reason."""
    total: Counter[str] = Counter()
    for rate in rates:
        total.update(rate.left_out)
    return [{"reason": reason, "rows": rows} for reason, rows in total.items() if rows]


def _tiers(profile: Profile) -> list[Mapping[str, object]]:
    """The tiers as they are now; what no message tells is empty."""
    empty = dict.fromkeys(TIER_COLUMNS)
    return [
        empty
        | {"tier": tier}
        | {leaf: profile.value(f"tiers.{tier}.{leaf}") for leaf in ("name", "mailboxes", MESSAGES, SIZE)}
        for tier in range(1, profile.tiers + 1)
    ]
