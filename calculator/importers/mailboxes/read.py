"""Import the tiers of a design from exports of mailboxes: statistics, lists with quotas, reports, database status."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from calculator.engine.progress import Progress
from calculator.importers.formats.powershell_csv import Export, open_export
from calculator.importers.formats.reading import Reading
from calculator.importers.mailboxes.columns import EXCLUDED_MAILBOXES, ExportReader, refuse_without_size
from calculator.importers.mailboxes.file_kinds import (
    DATABASES,
    KINDS,
    LIST,
    REPORT,
    STATISTICS,
    STATISTICS_COMMAND,
    USAGE,
    ExportKind,
    has_identity,
    identify_kind,
)
from calculator.importers.mailboxes.headers import find_likely_size
from calculator.importers.mailboxes.notices import report_databases, report_population, report_tiers
from calculator.importers.mailboxes.population import REASONS, Population, build_population
from calculator.importers.mailboxes.tier_inputs import build_inputs, build_tables
from calculator.importers.mailboxes.tiers import CRITERIA, MAX_PROPOSED_TIERS, QUOTA, SIZE, TierBuilder
from calculator.importers.mailboxes.user_messages import add_messages, read_stats_by_user, read_tracking_by_user
from calculator.importers.messages import SourceKind, identify_file
from calculator.importers.messages.read import MAX_WORK_DAYS
from calculator.importers.result import ImportResult, ResultRows
from calculator.inputs.profile import Profile, from_mapping
from calculator.inputs.schema import MAX_TIERS
from calculator.inputs.text_files import Source, group_by_kind, source_name, source_size
from calculator.inputs.units import percent_text
from calculator.issues import InputError, Issues, refuse

LARGEST_UPLIFT = 10.0
_USER_MESSAGE_KINDS = (SourceKind.STATS, SourceKind.LOG)
_ADVICE = (
    "Give mailbox statistics, a mailbox list, or a CSV of Get-MailboxReport.ps1 or Get-OnPremMailboxUsage.ps1. "
    f"The statistics: {STATISTICS_COMMAND}"
)
_MAILBOXES = (STATISTICS, REPORT, USAGE, LIST)
"""Kinds of files that list mailboxes; the first kind given determines which mailboxes exist."""


def import_mailboxes(
    sources: Sequence[Source],
    base: Profile | None = None,
    *,
    by: str | None = None,
    tiers: int | None = None,
    bounds: Sequence[float] = (),
    keep: Collection[str] = (),
    uplift: float = 0.0,
    raise_quotas: bool = False,
    work_days: float | None = None,
    decimal: str | None = None,
    dates: str | None = None,
    progress: Progress | None = None,
) -> ImportResult:
    """Build the tiers of a design from exports of mailboxes.

    The kind of each file is identified by its columns.  Names and addresses are used to join files and to find
    duplicates; the result contains counts and means only.

    Parameters
    ----------
    sources
        Mailbox statistics, mailbox lists, mailbox reports and database status, and files with messages of users (of
        MessageStats, or tracking logs).
    base
        The design that receives the tiers; its own tiers give the inputs that the files do not contain.
    by
        Measure by which mailboxes are divided into tiers: ``size`` (the default if sizes are known), ``quota`` or
        ``messages``.
    tiers
        Number of tiers; by default 2 to 8, the fewest with totals within 1 % of those of the data.
    bounds
        Bounds between tiers in ascending order, in MB or messages per day.
    keep
        Kinds of excluded mailboxes to count too: ``disabled``, ``health``, ``discovery``, ``system``.
    uplift
        Relative growth of sizes with the move, 0.35 for mailboxes of Exchange 2007 or 2010.
    raise_quotas
        Whether the quota of a mailbox that is larger today is raised to its size, so that its whole content is sized.
    work_days
        Number of working days on which the messages of users were counted.
    decimal
        Decimal sign of ambiguous columns: ``point`` or ``comma``.
    dates
        Order of dates in ambiguous files: ``day-first`` or ``month-first``.
    progress
        Callback that receives the number of rows read and the share of the work done.

    Returns
    -------
    ImportResult
        With the tables ``tiers``, ``left_out``, ``errors``, ``population`` (mailboxes by the measure of the tiers) and
        ``seen`` (what was recognized in each file).

    Raises
    ------
    InputError
        If a file cannot be used, or if none lists mailboxes.
    """
    base = base or Profile()
    reading = Reading(decimal, dates)
    _check_arguments(sources, by, tiers, bounds, uplift, reading, work_days)
    issues = Issues()
    population = read_population(sources, issues, base, keep, work_days, progress, reading)
    return build_tiers(
        population,
        issues,
        base,
        by=by,
        tiers=tiers,
        bounds=bounds,
        uplift=uplift,
        raise_quotas=raise_quotas,
        seen=reading.seen,
    )


def build_tiers(
    population: Population,
    issues: Issues,
    base: Profile | None = None,
    *,
    by: str | None = None,
    tiers: int | None = None,
    bounds: Sequence[float] = (),
    uplift: float = 0.0,
    raise_quotas: bool = False,
    seen: ResultRows = (),
) -> ImportResult:
    """Build the tiers of a population that `read_population` returned; its issues and ``seen`` come first."""
    base = base or Profile()
    _check_arguments(["files"], by, tiers, bounds, uplift)
    all_issues = Issues()
    all_issues.extend(issues)
    builder = TierBuilder(population, base, uplift, raise_quotas)
    by = by or (SIZE if "size" in builder.mailboxes else QUOTA)
    with all_issues.added_to_refusals():
        built = builder.build(by, tiers, tuple(bounds))
    report_population(population, builder, uplift, raise_quotas, all_issues)
    report_tiers(builder, built, by, base, all_issues)
    values = from_mapping(build_inputs(builder, built, by), "import", all_issues)
    if all_issues.errors:
        raise InputError(all_issues)
    without_tiers = {path: value for path, value in base.given.items() if not path.startswith("tiers.")}
    profile = base.with_given({**without_tiers, **values})
    tables = {**build_tables(builder, built, profile, by), "seen": seen}
    return ImportResult(profile, all_issues, values, tables)


def read_population(
    sources: Sequence[Source],
    issues: Issues,
    base: Profile | None = None,
    keep: Collection[str] = (),
    work_days: float | None = None,
    progress: Progress | None = None,
    reading: Reading | None = None,
) -> Population:
    """Read the mailboxes of files; see `import_mailboxes`. ``reading`` has the decimal sign and order of dates."""
    reading = reading or Reading()
    unknown = sorted(set(keep) - set(EXCLUDED_MAILBOXES))
    if unknown:
        refuse("keep", f'"{unknown[0]}" is not a kind of mailbox.', f"Give one of {', '.join(EXCLUDED_MAILBOXES)}.")
    found = group_by_kind(sources, _identify_file)
    if not any(kind in found for kind in _MAILBOXES):
        refuse(source_name(sources[0]), "holds no mailboxes.", _ADVICE)
    files = _ProgressReader(sources, progress, reading)
    with issues.added_to_refusals():
        read = {kind: files.read(kind, found[kind], issues, keep) for kind in KINDS if kind in found}
        if issues.errors:
            raise InputError(issues)
        population = _join(read, found, issues)
        week = float((base or Profile()).value("mailbox.work_week") or 0)
        for kind, files_of_kind in found.items():
            if kind is SourceKind.STATS:
                users = read_stats_by_user(files_of_kind, week, work_days, issues, reading)
            elif kind is SourceKind.LOG:
                users = read_tracking_by_user(files_of_kind, week, work_days, (), progress, issues, reading)
            else:
                continue
            add_messages(population, users, issues)
    return population


def _join(
    read: Mapping[ExportKind, ExportReader], found: Mapping[ExportKind | SourceKind, Sequence[Source]], issues: Issues
) -> Population:
    """Join the files of all kinds into one population; raise InputError if it has no mailboxes."""
    first, *lists = [read[kind] for kind in _MAILBOXES if kind in read]
    columns = first.columns()
    databases = read[DATABASES].columns() if DATABASES in read else None
    report_databases(columns, databases, issues)
    listed = [reader.columns() for reader in lists]
    population = build_population(columns, listed, databases, LIST is not first.kind, issues)
    broken = sum(reader.broken for reader in read.values())
    if broken:
        population.left_out["cells do not fit the header"] = broken
    if not population.mailboxes:
        reasons = ", ".join(f"{reason}: {count:,}" for reason, count in population.left_out.items())
        cause = f": {first.cause}" if first.cause else ""
        keep = any(reason in population.left_out for reason in REASONS.values())
        hint = (
            "--keep counts mailboxes that are left out by their kind."
            if keep
            else f"Export it with: {first.kind.command}"
        )
        refuse(source_name(found[first.kind][0]), f"holds no mailbox that counts ({reasons}){cause}.", hint)
    return population


class _ProgressReader:
    """Reader of files that reports the progress over all files."""

    def __init__(self, sources: Sequence[Source], progress: Progress | None, reading: Reading) -> None:
        self._all = max(sum(map(source_size, sources)), 1)
        self._progress, self._before, self._rows = progress, 0, 0
        self._reading = reading

    def read(self, kind: ExportKind, sources: Sequence[Source], issues: Issues, keep: Collection[str]) -> ExportReader:
        """Read the files of one kind."""
        reader = ExportReader(kind, issues, keep, self._reading)
        for source in sources:
            with open_export(source, issues) as export:
                reader.read(export, partial(self._report, export, source_size(source)))
            self._before += source_size(source)
        return reader

    def _report(self, export: Export, size: int, rows: int) -> None:
        self._rows += rows
        if self._progress is not None:
            self._progress(self._rows, (self._before + (export.share or 0.0) * size) / self._all)


def _identify_file(source: Source) -> ExportKind | SourceKind:
    """Return the kind of an export of mailboxes or databases, or of a file with the messages of users."""
    with open_export(source, Issues()) as export:
        if export.has("FolderPath") and not export.has("MailboxGuid"):
            refuse(export.where, "lists folders, not mailboxes.", _ADVICE)
        export_kind = identify_kind(export)
    if export_kind is not None:
        return export_kind
    try:
        kind = identify_file(source)
    except InputError:
        if has_identity(export) and find_likely_size(export.names):
            refuse_without_size(export, STATISTICS)
        if all(name[:1].isdigit() for name in export.names):
            refuse(source_name(source), "has values in its first line, not the names of columns.", _ADVICE)
        refuse(source_name(source), "contains neither mailboxes nor databases.", _ADVICE)
    if kind not in _USER_MESSAGE_KINDS:
        refuse(source_name(source), "counts messages, but not per user.", "Read it with: import messages")
    return kind


def _check_arguments(
    sources: Sequence[object],
    by: str | None,
    tiers: int | None,
    bounds: Sequence[float],
    uplift: float,
    reading: Reading | None = None,
    work_days: float | None = None,
) -> None:
    """Raise InputError with all invalid arguments."""
    issues = Issues()
    (reading or Reading()).check(issues)
    if not sources:
        issues.error("import mailboxes", "", "no file is given.", _ADVICE)
    if by is not None and by not in CRITERIA:
        issues.error("by", "", f'"{by}" is not a way to make tiers.', f"Give one of {', '.join(CRITERIA)}.")
    if tiers is not None and not 1 <= tiers <= MAX_TIERS:
        hint = f"Give 1 to {MAX_TIERS}, usually 2 to {MAX_PROPOSED_TIERS}."
        issues.error("tiers", "", f"{tiers:,} tiers cannot be made.", hint)
    if any(not low < high for low, high in zip((0.0, *bounds), bounds, strict=False)) or len(bounds) >= MAX_TIERS:
        issues.error("bounds", "", "are not in rising order, each above 0.", "Give them as 2GB,10GB.")
    if tiers is not None and bounds:
        issues.error("bounds", "", "are given together with the number of tiers.", "Give one of them.")
    if not 0 <= uplift <= LARGEST_UPLIFT:
        issues.error(
            "uplift",
            "",
            f"{percent_text(uplift)} is not a growth of mailboxes.",
            "Give 0 % or more, usually 30 to 40 %.",
        )
    if work_days is not None and not 0 < work_days <= MAX_WORK_DAYS:
        issues.error("work days", "", f"{work_days:g} is not a number of days.", f"Give 1 to {MAX_WORK_DAYS:,}.")
    if issues:
        raise InputError(issues)
