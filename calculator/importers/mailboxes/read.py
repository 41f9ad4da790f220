"""A population of mailboxes from what an administrator exports: statistics, lists with quotas, reports, databases."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial

from calculator.importers.formats.powershell_csv import Export, open_export
from calculator.importers.mailboxes.columns import KEEPABLE, Reading
from calculator.importers.mailboxes.file_kinds import (
    DATABASES,
    KINDS,
    LIST,
    REPORT,
    STATISTICS,
    STATISTICS_COMMAND,
    Kind,
    kind_of,
)
from calculator.importers.mailboxes.notices import tell_of_databases, tell_of_population, tell_of_tiers
from calculator.importers.mailboxes.population import Population, population_of
from calculator.importers.mailboxes.tier_inputs import tables_of, values_of
from calculator.importers.mailboxes.tiers import BY, MOST, QUOTA, SIZE, Tiering
from calculator.importers.mailboxes.user_messages import join, read_stats, read_tracking
from calculator.importers.messages import read as messages
from calculator.importers.result import Imported
from calculator.inputs.profile import Profile, from_mapping
from calculator.inputs.schema import MAX_TIERS
from calculator.inputs.text_files import Source, source_name, source_size
from calculator.issues import InputError, Issues, refuse

Progress = Callable[[int, float | None], None]
MOST_UPLIFT = 10.0
_TRAFFIC = (messages.Kind.STATS, messages.Kind.LOG)
_ADVICE = (
    "Give mailbox statistics, a mailbox list, or a CSV of Get-MailboxReport.ps1 or Get-OnPremMailboxUsage.ps1. "
    f"The statistics: {STATISTICS_COMMAND}"
)
_MAILBOXES = (STATISTICS, REPORT, LIST)
"""Kinds that hold mailboxes: the first that is given says which mailboxes there are."""


def import_mailboxes(
    sources: Sequence[Source],
    base: Profile | None = None,
    *,
    by: str | None = None,
    tiers: int | None = None,
    bounds: Sequence[float] = (),
    keep: Collection[str] = (),
    uplift: float = 0.0,
    work_days: float | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Make the tiers of a design from files that tell of mailboxes.

    What each file is is seen from its columns.  Names and addresses serve to join files and to find duplicates;
    what comes out are counts and means.

    Parameters
    ----------
    sources
        Mailbox statistics, mailbox lists, mailbox reports, database status; with messages of users, too (files of
        MessageStats, tracking logs).
    base
        The design they are laid over; its tiers give what the files do not.
    by
        What tiers are made by: ``size`` (where sizes are known), ``quota`` or ``messages``.
    tiers
        How many; by default 2 to 8, the fewest whose totals are within 1 % of the data's.
    bounds
        Bounds between tiers in rising order, MB or messages a day.
    keep
        Words of mailboxes that are not left out: ``disabled``, ``health``, ``discovery``, ``system``.
    uplift
        Share by which sizes grow with the move, 0.35 for mailboxes of Exchange 2007 or 2010.
    work_days
        Days of work that messages of users were counted on.
    progress
        Called with the rows read and the share of the work done.

    Returns
    -------
    Imported
        With tables ``tiers``, ``left_out``, ``errors`` and ``population`` (mailboxes by what makes tiers).

    Raises
    ------
    InputError
        If a file cannot be used, or none holds mailboxes.
    """
    base = base or Profile()
    _check(sources, by, tiers, bounds, uplift)
    issues = Issues()
    population = read_population(sources, issues, base, keep, work_days, progress)
    return tiered(population, issues, base, by=by, tiers=tiers, bounds=bounds, uplift=uplift)


def tiered(
    population: Population,
    issues: Issues,
    base: Profile | None = None,
    *,
    by: str | None = None,
    tiers: int | None = None,
    bounds: Sequence[float] = (),
    uplift: float = 0.0,
) -> Imported:
    """Make tiers of a population that was read, as `import_mailboxes` does; its issues come first."""
    base = base or Profile()
    _check(["files"], by, tiers, bounds, uplift)
    told = Issues()
    told.extend(issues)
    tiering = Tiering(population, base, uplift)
    by = by or (SIZE if "size" in tiering.mailboxes else QUOTA)
    found = tiering.find(by, tiers, tuple(bounds))
    tell_of_population(population, tiering, uplift, told)
    tell_of_tiers(tiering, found, base, told)
    raw = values_of(tiering, found, by)
    values = from_mapping(raw, "import", told)
    if told.errors:
        raise InputError(told)
    others = {path: value for path, value in base.given.items() if not path.startswith("tiers.")}
    profile = Profile({**others, **values}, base.title, base.description, base.where)
    return Imported(profile, told, values, tables_of(tiering, found, profile, by))


def read_population(
    sources: Sequence[Source],
    issues: Issues,
    base: Profile | None = None,
    keep: Collection[str] = (),
    work_days: float | None = None,
    progress: Progress | None = None,
) -> Population:
    """Read the mailboxes of some files, as `import_mailboxes` does."""
    unknown = sorted(set(keep) - set(KEEPABLE))
    if unknown:
        refuse("keep", f'"{unknown[0]}" is no kind of mailbox.', f"Give of {', '.join(KEEPABLE)}.")
    found, traffic = _sorted(sources)
    if not any(kind in found for kind in _MAILBOXES):
        refuse(source_name(sources[0]), "holds no mailboxes.", _ADVICE)
    files = _Files(sources, progress)
    read = {kind: files.read(kind, found[kind], issues, keep) for kind in KINDS if kind in found}
    first, *lists = [read[kind] for kind in _MAILBOXES if kind in read]
    columns = first.columns()
    databases = read[DATABASES].columns() if DATABASES in read else None
    tell_of_databases(columns, databases, issues)
    population = population_of(columns, [other.columns() for other in lists], databases, LIST is not first.kind, issues)
    broken = sum(reading.broken for reading in read.values())
    if broken:
        population.left_out["cells do not fit the header"] = broken
    if not population.mailboxes:
        refuse(
            source_name(found[first.kind][0]), "holds no mailbox that counts.", "See what was left out, or use --keep."
        )
    week = float((base or Profile()).value("mailbox.work_week") or 0)
    for kind, of_kind in traffic.items():
        if kind is messages.Kind.STATS:
            join(population, read_stats(of_kind, week, work_days, issues), issues)
        else:
            join(population, read_tracking(of_kind, week, work_days, (), progress, issues), issues)
    return population


class _Files:
    """Files being read, with the progress over all of them."""

    def __init__(self, sources: Sequence[Source], progress: Progress | None) -> None:
        self._all = max(sum(map(source_size, sources)), 1)
        self._progress, self._before, self._rows = progress, 0, 0

    def read(self, kind: Kind, sources: Sequence[Source], issues: Issues, keep: Collection[str]) -> Reading:
        """Read the files of a kind."""
        reading = Reading(kind, issues, keep)
        for source in sources:
            with open_export(source, issues) as export:
                reading.read(export, partial(self._tell, export, source_size(source)))
            self._before += source_size(source)
        return reading

    def _tell(self, export: Export, size: int, rows: int) -> None:
        self._rows += rows
        if self._progress is not None:
            self._progress(self._rows, (self._before + (export.share or 0.0) * size) / self._all)


def _sorted(sources: Sequence[Source]) -> tuple[dict[Kind, list[Source]], dict[messages.Kind, list[Source]]]:
    """Files by kind: those of mailboxes and databases, and those of messages; all that are neither are refused."""
    found: dict[Kind, list[Source]] = {}
    traffic: dict[messages.Kind, list[Source]] = {}
    refused = Issues()
    for source in sources:
        try:
            with open_export(source, Issues()) as export:
                kind = kind_of(export)
            if kind is not None:
                found.setdefault(kind, []).append(source)
            else:
                traffic.setdefault(_traffic_kind(source), []).append(source)
        except InputError as error:
            refused.extend(error.issues)
    if refused:
        raise InputError(refused)
    return found, traffic


def _traffic_kind(source: Source) -> messages.Kind:
    try:
        kind = messages.kind_of(source)
    except InputError:
        refuse(source_name(source), "is none of the files that tell of mailboxes.", _ADVICE)
    if kind not in _TRAFFIC:
        refuse(source_name(source), "tells of messages, but not of whose.", "Read it with: import messages")
    return kind


def _check(
    sources: Sequence[object], by: str | None, tiers: int | None, bounds: Sequence[float], uplift: float
) -> None:
    """Refuse arguments that cannot be, all at once."""
    issues = Issues()
    if not sources:
        issues.error("import mailboxes", "", "no file is given.", _ADVICE)
    if by is not None and by not in BY:
        issues.error("by", "", f'"{by}" is no way to make tiers.', f"Give one of {', '.join(BY)}.")
    if tiers is not None and not 1 <= tiers <= MAX_TIERS:
        issues.error("tiers", "", f"{tiers:,} tiers cannot be made.", f"Give 1 to {MAX_TIERS}, usually 2 to {MOST}.")
    if any(not low < high for low, high in zip((0.0, *bounds), bounds, strict=False)) or len(bounds) >= MAX_TIERS:
        issues.error("bounds", "", "are not in rising order, each above 0.", "Give them as 2GB,10GB.")
    if tiers is not None and bounds:
        issues.error("bounds", "", "are given together with the number of tiers.", "Give one of them.")
    if not 0 <= uplift <= MOST_UPLIFT:
        issues.error("uplift", "", f"{uplift:.0%} is no growth of mailboxes.", "Give 0 % or more, usually 30 to 40 %.")
    if issues:
        raise InputError(issues)
