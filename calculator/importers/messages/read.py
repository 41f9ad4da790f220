"""Import messages per day and their size from reports, output of scripts, and tracking logs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum

from calculator.importers.formats.powershell_csv import Export
from calculator.importers.formats.reading import Reading
from calculator.importers.messages import activity_report, calc_msg_average, message_stats, profile_report, tracking_log
from calculator.importers.messages.rates import MessageRate
from calculator.importers.messages.tracking_counter import EXCLUDED_MESSAGES
from calculator.importers.messages.tracking_log import TrackedDays, read_tracking_logs
from calculator.importers.messages.tracking_rows import is_log, read_head
from calculator.importers.result import ImportResult, ResultRows, apply_values
from calculator.inputs.log_hours import paths
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value, find
from calculator.inputs.text_files import Prefixed, Source, group_by_kind, open_text, source_name
from calculator.issues import NOTICE, WARNING, InputError, Issues, quoted, refuse
from calculator.rules.constants import scalar

FURTHEST_OFFSET, MAX_WORK_DAYS = 14, 3660
_ADVICE = (
    "Give the CSV of Generate-MessageProfile.ps1, files MSGTRK*.log, files email_stats_*.csv of MessageStats.ps1, or "
    "the text CalcMsgAverage.ps1 prints."
)
_MAILBOX_WORDS = ("discovery", "disabled")
"""Kinds of mailboxes that `keep` accepts, but that messages do not show."""
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


class SourceKind(Enum):
    """Kinds of sources, the best one first."""

    PROFILE = profile_report.SOURCE
    LOG = tracking_log.SOURCE
    AVERAGES = calc_msg_average.SOURCE
    STATS = message_stats.SOURCE
    ACTIVITY = activity_report.SOURCE
    LISTS = "list of distribution lists"


def import_messages(
    sources: Sequence[Source],
    base: Profile | None = None,
    *,
    mailboxes: float | None = None,
    work_days: float | None = None,
    utc_offset: float | None = None,
    keep: Collection[str] = (),
    decimal: str | None = None,
    dates: str | None = None,
    progress: Callable[[int, float | None], None] | None = None,
) -> ImportResult:
    """Set the messages per day and the message size of every tier of a design to measured values.

    The kind of each file is identified by its content: reports of Generate-MessageProfile, message tracking logs (or
    exports of Get-MessageTrackingLog), output of CalcMsgAverage, files of MessageStats, email activity of Microsoft
    365.  If there are several kinds, the first of these is used, and issues show the results of the others.  Tracking
    logs also give the hourly shares of a day's transaction logs, if ``utc_offset`` is given and the design has no
    shares.

    Parameters
    ----------
    sources
        Files on disk or in memory.
    base
        The design that receives the values.
    mailboxes
        Number of mailboxes by which the messages are divided; by default the number in the source or in the design.
    work_days
        Number of working days in the files; by default from their dates, with ``mailbox.work_week`` days per week.
    utc_offset
        Hours by which local time is ahead of UTC, for tracking logs.
    keep
        Kinds of excluded messages to count too: ``health``, ``system``, ``journal``.
    decimal
        Decimal sign of ambiguous columns: ``point`` or ``comma``.
    dates
        Order of dates in ambiguous files: ``day-first`` or ``month-first``.
    progress
        Callback that receives the number of rows of tracking logs read and the share of their bytes.

    Raises
    ------
    InputError
        If a file cannot be used, or if the number of mailboxes is unknown.
    """
    base = base or Profile()
    reading = Reading(decimal, dates)
    _check_arguments(sources, mailboxes, work_days, utc_offset, keep, reading)
    issues = Issues()
    found = group_by_kind(sources, identify_file)
    for source in found.get(SourceKind.LISTS, []):
        issues.add(NOTICE, source_name(source), "", "has only distribution lists, so it is not needed.")
    week = float(base.value("mailbox.work_week") or 0)
    values: dict[str, Value] = {}
    with issues.added_to_refusals():
        rates = _read_reports(found, issues, week, work_days, mailboxes, keep, reading)
        if SourceKind.LOG in found:
            counted = read_tracking_logs(
                found[SourceKind.LOG],
                issues,
                utc_offset=utc_offset or 0.0,
                keep=keep,
                progress=progress,
                reading=reading,
            )
            days = TrackedDays(counted, week)
            rates[SourceKind.LOG] = [days.compute_rate(work_days, issues)]
            values |= _take_hourly_shares(days, base, utc_offset, issues)
        all_rates = [rate for kind in SourceKind for rate in rates.get(kind, ())]
        if not all_rates:
            refuse(source_name(sources[0]), "does not count messages of mailboxes.", _ADVICE)
        chosen = next((rate for rate in all_rates if rate.messages is not None), all_rates[0])
        _report_unused(all_rates, chosen, issues)
        values |= _set_tiers(chosen, base, _count_mailboxes(chosen, base, mailboxes), issues)
    profile = apply_values(base, values)
    tables: dict[str, ResultRows] = {
        "tiers": _build_tier_rows(profile),
        "left_out": _sum_left_out(all_rates),
        "seen": reading.seen,
    }
    return ImportResult(profile, issues, values, tables)


def _read_reports(
    found: Mapping[SourceKind, Sequence[Source]],
    issues: Issues,
    week: float,
    work_days: float | None,
    mailboxes: float | None,
    keep: Collection[str],
    reading: Reading,
) -> dict[SourceKind, list[MessageRate]]:
    """Read all sources except the tracking logs."""
    rates: dict[SourceKind, list[MessageRate]] = {}
    if SourceKind.PROFILE in found:
        reports = found[SourceKind.PROFILE]
        rates[SourceKind.PROFILE] = [profile_report.read_profiles(reports, issues, week, work_days, reading)]
    if SourceKind.STATS in found:
        files = found[SourceKind.STATS]
        rates[SourceKind.STATS] = [message_stats.read_stats(files, issues, week, work_days, keep, reading)]
    if SourceKind.ACTIVITY in found:
        reports = found[SourceKind.ACTIVITY]
        rates[SourceKind.ACTIVITY] = [activity_report.read_activity(reports, issues, week, work_days, reading)]
    rates[SourceKind.AVERAGES] = [
        calc_msg_average.read_averages(source, issues, week, work_days, mailboxes, reading)
        for source in found.get(SourceKind.AVERAGES, ())
    ]
    return rates


def _check_arguments(
    sources: Sequence[Source],
    mailboxes: float | None,
    work_days: float | None,
    utc_offset: float | None,
    keep: Collection[str],
    reading: Reading,
) -> None:
    """Raise InputError with all invalid arguments."""
    issues = Issues()
    reading.check(issues)
    if not sources:
        issues.error("import messages", "", "no file is given.", _ADVICE)
    if mailboxes is not None and not 1 <= mailboxes <= 1e9:
        issues.error("mailboxes", "", f"{mailboxes:g} is not a number of mailboxes.", "Give 1 or more.")
    if work_days is not None and not 0 < work_days <= MAX_WORK_DAYS:
        issues.error("work days", "", f"{work_days:g} is not a number of days.", f"Give 1 to {MAX_WORK_DAYS:,}.")
    if utc_offset is not None and not abs(utc_offset) <= FURTHEST_OFFSET:
        issues.error(
            "UTC offset", "", f"{utc_offset:g} hours is not a UTC offset.", "Give -14 to 14 hours, 1 for Berlin."
        )
    for word in sorted(set(keep) - {*EXCLUDED_MESSAGES, *_MAILBOX_WORDS}):
        issues.error(
            "keep", "", f"{quoted(word)} is not a kind of excluded message.", f"Give {', '.join(EXCLUDED_MESSAGES)}."
        )
    if issues:
        raise InputError(issues)


# --- kinds of sources ----------------------------------------------------------------------------


def identify_file(source: Source) -> SourceKind:
    """Return the kind of a file by its content.

    Raises
    ------
    InputError
        If it contains no message counts, or cannot be read.
    """
    with open_text(source, Issues()) as file:
        head = read_head(file)
        if is_log(head):
            return SourceKind.LOG
        try:
            kind = _identify_export(Export(Prefixed(head, file), Issues()))
        except InputError:
            if not calc_msg_average.is_averages(source):
                raise
            kind = SourceKind.AVERAGES
    if kind is None and calc_msg_average.is_averages(source):
        return SourceKind.AVERAGES
    if kind is None:
        refuse(source_name(source), "contains no message counts.", _ADVICE)
    return kind


def _identify_export(export: Export) -> SourceKind | None:
    if profile_report.is_profile(export):
        return SourceKind.PROFILE
    if export.has(*tracking_log.EXPORTED[:3]):
        return SourceKind.LOG
    if activity_report.is_activity(export):
        return SourceKind.ACTIVITY
    if message_stats.is_stats(export):
        return SourceKind.STATS
    if message_stats.is_lists(export):
        return SourceKind.LISTS
    if message_stats.is_summary(export):
        message = "is a summary of sent and received messages without their users: such sums are not reliable."
        refuse(
            export.where, message, f"Give the files email_stats_*.csv themselves, made with {message_stats.COMMAND}."
        )
    return None


# --- values, issues and tables -------------------------------------------------------------------


def _report_unused(rates: Sequence[MessageRate], chosen: MessageRate, issues: Issues) -> None:
    for rate in rates:
        if rate is not chosen and rate.messages is not None and rate.message_size is not None:
            if rate.mailboxes:
                figure = f"{rate.messages / rate.mailboxes:.4g} messages per mailbox and day"
            else:
                figure = f"{rate.messages:,.0f} messages per day in all"
            size = f"{rate.message_size:.4g} KB each"
            message = f"gives {figure}, {size}: not used, in favor of the {chosen.source}."
            issues.add(NOTICE, rate.source, "", message)


def _count_mailboxes(rate: MessageRate, base: Profile, mailboxes: float | None) -> float:
    """Return the number of mailboxes by which the messages are divided."""
    if mailboxes or rate.mailboxes:
        return float(mailboxes or rate.mailboxes or 0)
    if rate.messages is None:
        return 1.0
    counts = [base.given.get(f"tiers.{tier}.mailboxes") for tier in range(1, base.tiers + 1)]
    total = sum(float(count) for count in counts if isinstance(count, int | float))
    if not total:
        refuse(rate.source, "count no mailboxes: those with traffic are not all.", "Give --mailboxes, or --profile.")
    return total


def _set_tiers(rate: MessageRate, base: Profile, mailboxes: float, issues: Issues) -> dict[str, Value]:
    """Return the values of every tier."""
    values: dict[str, Value] = {}
    if rate.messages is not None:
        values |= _set_in_all_tiers(base, MESSAGES, rate.messages / mailboxes, rate.source)
        _report_workbook_step(rate.messages / mailboxes, issues)
    if rate.message_size is None:
        issues.add(WARNING, rate.source, "tiers.message_size", "is unknown: it stays as it is.")
    else:
        values |= _set_in_all_tiers(base, SIZE, rate.message_size, rate.source)
    return values


def _set_in_all_tiers(base: Profile, leaf: str, number: float, where: str) -> dict[str, Value]:
    """Return a number as the value of an input in all tiers; refuse an invalid one."""
    field, _ = find(f"tiers.1.{leaf}") or (None, 0)
    assert field is not None
    try:
        value = read_value(field, number)
    except ValueProblem as error:
        issues = Issues()
        issues.error(where, field.path, error.message, error.hint)
        raise InputError(issues) from None
    return {f"tiers.{tier}.{leaf}": value for tier in range(1, base.tiers + 1)}


def _report_workbook_step(rate: float, issues: Issues) -> None:
    step = scalar("profile_step")
    rounded = math.ceil(rate / step) * step
    if rounded != rate:
        message = f"is {rate:.4f}; Microsoft's workbook has steps of {step:g} and would use {rounded:g}."
        issues.add(
            NOTICE, "design", "tiers.messages_per_day", message, "Set it if the results must match the workbook's."
        )


def _take_hourly_shares(days: TrackedDays, base: Profile, utc_offset: float | None, issues: Issues) -> dict[str, Value]:
    """Return the hourly shares of the messages as an estimate of those of the transaction logs."""
    where = "replication.hourly_log_share"
    if utc_offset is None:
        message = "is not taken from the tracking logs, whose days are in UTC."
        issues.add(NOTICE, "design", where, message, "Give --utc-offset, the hours local time is ahead of UTC.")
        return {}
    if any(path in base.given for path in paths()):
        issues.add(NOTICE, "design", where, "is given already: it stays as it is.")
        return {}
    message = "is taken from the messages of each hour, which only approximate the logs."
    issues.add(NOTICE, "design", where, message, "Hourly log counts are better: import logs.")
    return dict(zip(paths(), days.shares, strict=True))


def _sum_left_out(rates: Sequence[MessageRate]) -> list[Mapping[str, object]]:
    """Return the number of rows left out, by reason."""
    total: Counter[str] = Counter()
    for rate in rates:
        total.update(rate.left_out)
    return [{"reason": reason, "rows": rows} for reason, rows in total.items() if rows]


def _build_tier_rows(profile: Profile) -> list[Mapping[str, object]]:
    """Return the rows of the table of tiers; columns that only mailboxes have are empty."""
    empty = dict.fromkeys(TIER_COLUMNS)
    return [
        empty
        | {"tier": tier}
        | {leaf: profile.value(f"tiers.{tier}.{leaf}") for leaf in ("name", "mailboxes", MESSAGES, SIZE)}
        for tier in range(1, profile.tiers + 1)
    ]
