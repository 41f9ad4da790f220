"""Shares of a day's transaction logs in each of its hours, from counts of GetTransactionLogStats or GetLogFileUsage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from calculator.importers.formats import numbers, powershell_csv
from calculator.importers.formats.numbers import Decimals
from calculator.importers.formats.powershell_csv import Block, Column, Export
from calculator.importers.log_generations import Generations
from calculator.importers.result import Imported, Table, laid_over
from calculator.inputs.log_hours import HOURS, SHARES, paths, scaled
from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value
from calculator.inputs.text_files import Source, group_by_kind, source_name
from calculator.issues import NOTICE, WARNING, Issues, refuse

Floats = NDArray[np.float64]

ADVISED_DAYS = 14
UNUSABLE = "unusable"
COMMAND = ".\\GetTransactionLogStats.ps1 -Analyze (after two weeks or more of -Gather every hour)"
_ADVICE = "Give LogGenByHour.csv or LogStats.csv of GetTransactionLogStats.ps1, or output-*.csv of GetLogFileUsage.ps1."
_USAGE = tuple(f"Hour-{hour:02}" for hour in range(HOURS))


class Kind(Enum):
    """What a file is, by columns that no other has; the best source first."""

    BY_HOUR = ("Hour", "AvgLogGenPerHour")
    BY_DATABASE_AND_HOUR = ("DatabaseName", "Hour", "LogsGenerated")
    GENERATIONS = ("DatabaseName", "LogGeneration", "TimeCollected")
    USAGE = ("Server", "Hour-00", "Hour-23")
    BY_DATABASE = ("DatabaseName", "LogsGenerated", "LogsGeneratedPerHour")


@dataclass
class Hours:
    """Logs of each hour of a day, hour 0 first.

    Attributes
    ----------
    logs
        Logs, or any number that goes with them.
    present
        Whether anything tells of the hour.
    days
        Days the counts were taken on; None where that is not known.
    left_out
        Rows that could not be used, by reason.
    """

    logs: Floats = field(default_factory=lambda: np.zeros(HOURS))
    present: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(HOURS, bool))
    days: float | None = None
    left_out: dict[str, int] = field(default_factory=dict)


def import_hourly_logs(
    sources: Sequence[Source],
    base: Profile | None = None,
    *,
    progress: Callable[[int, float | None], None] | None = None,
) -> Imported:
    """Give a design the measured shares of a day's logs in each hour; hour 0 is ``replication.hourly_log_share.1``.

    What each file is is seen from its columns; where there are several kinds, as one run of the script writes them,
    the best counts.  Derived ratios are never read.

    Parameters
    ----------
    sources
        Files on disk or in memory.
    base
        The design that is laid under.
    progress
        Called with the files read and their share of all.

    Raises
    ------
    InputError
        If a file cannot be used, or none tells of hours.
    """
    if not sources:
        refuse("import logs", "no file is given.", _ADVICE)
    issues = Issues()
    found = group_by_kind(sources, kind_of)
    kind = next(kind for kind in Kind if kind in found)
    if kind is Kind.BY_DATABASE:
        refuse(source_name(found[kind][0]), "tells the logs of databases, not of hours.", _ADVICE)
    hours = _READERS[kind](found[kind], issues, progress)
    _tell_unused(found, kind, issues)
    shares = _shares(hours, source_name(found[kind][0]), issues)
    values: dict[str, Value] = dict(zip(paths(), shares, strict=True))
    tables: Mapping[str, Table] = {
        "hours": [{"hour": hour, "share": share} for hour, share in enumerate(shares)],
        "left_out": [{"reason": reason, "rows": rows} for reason, rows in hours.left_out.items() if rows],
    }
    return Imported(laid_over(base or Profile(), values), issues, values, tables)


def kind_of(source: Source) -> Kind:
    """What a file is.

    Raises
    ------
    InputError
        If it is none of those that count logs, or cannot be read.
    """
    with powershell_csv.open_export(source, Issues()) as export:
        for kind in Kind:
            if export.has(*kind.value):
                return kind
        refuse(export.where, "counts no transaction logs.", _ADVICE)


# --- the files -----------------------------------------------------------------------------------

Progress = Callable[[int, float | None], None]


def _each(
    sources: Sequence[Source], columns: Sequence[Column], issues: Issues, progress: Progress | None
) -> Iterator[tuple[Export, Block]]:
    """Blocks of all files, each with its file."""
    for number, source in enumerate(sources, start=1):
        with powershell_csv.open_export(source, issues) as export:
            for block in export.blocks(columns, COMMAND):
                yield export, block
        if progress:
            progress(number, number / len(sources))


def _columns(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, required=True) for name in names)


def _by_hour(sources: Sequence[Source], issues: Issues, progress: Progress | None) -> Hours:
    """Averages of each hour: hours may have been counted on more or fewer days."""
    hours, samples = Hours(), []
    columns = (*_columns("Hour", "AvgLogGenPerHour"), Column("NumberOfHourlySamples"))
    for source in sources:
        decimals: Decimals | None = None
        places: list[Floats] = []
        for export, block in _each([source], columns, issues, progress):
            decimals = decimals or Decimals(export.separator)
            decimals.add(block["AvgLogGenPerHour"])
            places.append(numbers.whole(block["Hour"]))
            if "NumberOfHourlySamples" in block:
                samples.append(numbers.whole(block["NumberOfHourlySamples"]))
        if decimals is not None:
            _add(hours, np.concatenate(places), decimals.settle())
    counted = np.concatenate(samples) if samples else np.zeros(0)
    counted = counted[counted >= 0]
    hours.days = float(np.median(counted)) if len(counted) else None
    return hours


def _by_database_and_hour(sources: Sequence[Source], issues: Issues, progress: Progress | None) -> Hours:
    """Logs of each database in each hour."""
    hours = Hours()
    for _, block in _each(sources, _columns("Hour", "LogsGenerated"), issues, progress):
        _add(hours, numbers.whole(block["Hour"]), numbers.whole(block["LogsGenerated"]))
    return hours


def _usage(sources: Sequence[Source], issues: Issues, progress: Progress | None) -> Hours:
    """Files of each folder by the hour they were written in."""
    hours = Hours()
    for _, block in _each(sources, _columns(*_USAGE), issues, progress):
        counts = np.array([numbers.whole(block[name]) for name in _USAGE])
        good = (counts >= 0).all(axis=0)
        _leave_out(hours, int((~good).sum()))
        hours.logs += counts[:, good].sum(axis=1)
        hours.present |= bool(good.any())
    return hours


def _generations(sources: Sequence[Source], issues: Issues, progress: Progress | None) -> Hours:
    """Differences of the generation of each database between successive times."""
    rows = Generations()
    columns = _columns("DatabaseName", "ServerName", "LogGeneration", "TimeCollected")
    for _, block in _each(sources, columns, issues, progress):
        rows.add(block)
    logs, minutes, days, left_out = rows.by_hour()
    per_hour = np.divide(logs, minutes, out=np.zeros(HOURS), where=minutes > 0)
    return Hours(per_hour, minutes > 0, days, left_out)


_READERS: dict[Kind, Callable[[Sequence[Source], Issues, Progress | None], Hours]] = {
    Kind.BY_HOUR: _by_hour,
    Kind.BY_DATABASE_AND_HOUR: _by_database_and_hour,
    Kind.USAGE: _usage,
    Kind.GENERATIONS: _generations,
}


def _add(hours: Hours, places: Floats, logs: Floats) -> None:
    """Add counts of hours; rows without an hour of the day or a count are left out."""
    good = (places >= 0) & (places < HOURS) & (logs >= 0)
    _leave_out(hours, int((~good).sum()))
    places = places[good].astype(np.int64)
    hours.logs += np.bincount(places, logs[good], minlength=HOURS)
    hours.present |= np.bincount(places, minlength=HOURS) > 0


def _leave_out(hours: Hours, rows: int) -> None:
    hours.left_out[UNUSABLE] = hours.left_out.get(UNUSABLE, 0) + rows


# --- what comes of them --------------------------------------------------------------------------


def _tell_unused(found: dict[Kind, list[Source]], kind: Kind, issues: Issues) -> None:
    for other, sources in found.items():
        for source in sources if other is not kind else ():
            message = f"is not used: {source_name(found[kind][0])} tells more of the hours."
            issues.add(NOTICE, source_name(source), "", message)


def _shares(hours: Hours, where: str, issues: Issues) -> tuple[float, ...]:
    """Shares that add up to 1, and what is doubtful about them."""
    rows = hours.left_out.get(UNUSABLE, 0)
    if rows:
        message = f"rows without an hour of 0 to 23 or a count of 0 or more: {rows:,}."
        issues.add(WARNING, where, "", message, "They are left out.")
    if not hours.logs.sum():
        refuse(where, "counts no logs in any hour.", f"Make it anew: {COMMAND}.")
    missing = [str(hour) for hour in np.flatnonzero(~hours.present)]
    if missing:
        message = f"tells nothing of {len(missing)} hours ({', '.join(missing)}): their share is 0."
        issues.add(WARNING, where, SHARES, message, "Collect logs around the clock.")
    if hours.days is None:
        message = "tells not on how many days the logs were counted."
        issues.add(NOTICE, where, SHARES, message, f"Shares are good from {ADVISED_DAYS} days on.")
    elif hours.days < ADVISED_DAYS:
        message = f"covers {hours.days:.3g} days of logs."
        issues.add(NOTICE, where, SHARES, message, f"Shares are good from {ADVISED_DAYS} days on.")
    return scaled(hours.logs.tolist())
