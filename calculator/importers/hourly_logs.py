"""Read the share of a day's transaction logs that is generated in each hour.

The counts come from files of GetTransactionLogStats.ps1 or GetLogFileUsage.ps1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from calculator.engine.progress import Progress
from calculator.importers.formats import numbers, powershell_csv
from calculator.importers.formats.hashing import Keys, combine_hashes, hash_texts
from calculator.importers.formats.numbers import Decimals
from calculator.importers.formats.powershell_csv import Block, Column, Export
from calculator.importers.formats.times import DAY, DAY_FIRST, HOUR, MONTH_FIRST, NEVER, Times
from calculator.importers.result import ImportResult, ResultRows, apply_values
from calculator.inputs.log_hours import HOURS, SHARES, paths, scaled
from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value
from calculator.inputs.text_files import Source, group_by_kind, source_name
from calculator.issues import NOTICE, WARNING, Issues, refuse
from calculator.numerics.arrays import Bools, Floats, Ints

ADVISED_DAYS = 14
LONGEST_GAP = HOUR + 5
"""Largest number of minutes between two readings of a database: an hour, and the delay of a scheduled task."""
UNUSABLE, RESETS, GAPS = "unusable", "generation_resets", "gaps"
"""Reasons for leaving out rows."""
COMMAND = ".\\GetTransactionLogStats.ps1 -Analyze (after two weeks or more of -Gather every hour)"
_ADVICE = "Give LogGenByHour.csv or LogStats.csv of GetTransactionLogStats.ps1, or output-*.csv of GetLogFileUsage.ps1."
_USAGE = tuple(f"Hour-{hour:02}" for hour in range(HOURS))


class LogFileKind(Enum):
    """The kinds of log counts, each with the columns that identify it; the best source comes first."""

    BY_HOUR = ("Hour", "AvgLogGenPerHour")
    BY_DATABASE_AND_HOUR = ("DatabaseName", "Hour", "LogsGenerated")
    GENERATIONS = ("DatabaseName", "LogGeneration", "TimeCollected")
    USAGE = ("Server", "Hour-00", "Hour-23")
    BY_DATABASE = ("DatabaseName", "LogsGenerated", "LogsGeneratedPerHour")


@dataclass
class HourlyCounts:
    """Logs generated in each hour of a day, beginning with hour 0.

    Attributes
    ----------
    logs
        Number of logs, or any number proportional to it.
    present
        Whether a file has data about the hour.
    days
        Number of days on which the logs were counted; None if unknown.
    left_out
        Number of unusable rows by reason.
    """

    logs: Floats = field(default_factory=lambda: np.zeros(HOURS))
    present: Bools = field(default_factory=lambda: np.zeros(HOURS, bool))
    days: float | None = None
    left_out: dict[str, int] = field(default_factory=dict)

    def add(self, hours: Floats, logs: Floats) -> None:
        """Add counts; leave out rows without an hour from 0 to 23 or without a count."""
        good = (hours >= 0) & (hours < HOURS) & (logs >= 0)
        self.leave_out(int((~good).sum()))
        places = hours[good].astype(np.int64)
        self.logs += np.bincount(places, logs[good], minlength=HOURS)
        self.present |= np.bincount(places, minlength=HOURS) > 0

    def leave_out(self, rows: int) -> None:
        """Count rows as unusable."""
        self.left_out[UNUSABLE] = self.left_out.get(UNUSABLE, 0) + rows


def import_hourly_logs(
    sources: Sequence[Source], base: Profile | None = None, *, progress: Progress | None = None
) -> ImportResult:
    """Give a design the measured share of a day's logs in each hour; hour 0 is ``replication.hourly_log_share.1``.

    The kind of each file is identified by its columns.  If there are several kinds, as one run of the script writes
    them, the best one is used.  Ratios that the script derives are never read.

    Parameters
    ----------
    sources
        Files on disk or in memory.
    base
        The design that receives the shares.
    progress
        Callback that receives the number of files read and their share of all files.

    Raises
    ------
    InputError
        If a file cannot be used, or if none counts logs by hour.
    """
    if not sources:
        refuse("import logs", "no file is given.", _ADVICE)
    issues = Issues()
    found = group_by_kind(sources, identify_log_file)
    kind = next(kind for kind in LogFileKind if kind in found)
    if kind is LogFileKind.BY_DATABASE:
        refuse(source_name(found[kind][0]), "counts the logs per database, not per hour.", _ADVICE)
    hours = _READERS[kind](found[kind], issues, progress)
    _report_unused(found, kind, issues)
    shares = _compute_shares(hours, source_name(found[kind][0]), issues)
    values: dict[str, Value] = dict(zip(paths(), shares, strict=True))
    tables: Mapping[str, ResultRows] = {
        "hours": [{"hour": hour, "share": share} for hour, share in enumerate(shares)],
        "left_out": [{"reason": reason, "rows": rows} for reason, rows in hours.left_out.items() if rows],
    }
    return ImportResult(apply_values(base or Profile(), values), issues, values, tables)


def identify_log_file(source: Source) -> LogFileKind:
    """Return the kind of a file.

    Raises
    ------
    InputError
        If it does not count logs, or cannot be read.
    """
    with powershell_csv.open_export(source, Issues()) as export:
        for kind in LogFileKind:
            if export.has(*kind.value):
                return kind
        refuse(export.where, "counts no transaction logs.", _ADVICE)


# --- readers of the kinds ------------------------------------------------------------------------


def _read_blocks(
    sources: Sequence[Source], columns: Sequence[Column], issues: Issues, progress: Progress | None
) -> Iterator[tuple[Export, Block]]:
    """Yield the blocks of all files, each with its file."""
    for number, source in enumerate(sources, start=1):
        with powershell_csv.open_export(source, issues) as export:
            for block in export.blocks(columns, COMMAND):
                yield export, block
        if progress:
            progress(number, number / len(sources))


def _require_columns(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, required=True) for name in names)


def _read_by_hour(sources: Sequence[Source], issues: Issues, progress: Progress | None) -> HourlyCounts:
    """Read the average of each hour; the number of days may differ between hours."""
    hours, samples = HourlyCounts(), []
    columns = (*_require_columns("Hour", "AvgLogGenPerHour"), Column("NumberOfHourlySamples"))
    for source in sources:
        decimals: Decimals | None = None
        places: list[Floats] = []
        for export, block in _read_blocks([source], columns, issues, progress):
            decimals = decimals or Decimals(export.separator)
            decimals.add(block["AvgLogGenPerHour"])
            places.append(numbers.whole(block["Hour"]))
            if "NumberOfHourlySamples" in block:
                samples.append(numbers.whole(block["NumberOfHourlySamples"]))
        if decimals is not None:
            hours.add(np.concatenate(places), decimals.settle())
    counted = np.concatenate(samples) if samples else np.zeros(0)
    counted = counted[counted >= 0]
    hours.days = float(np.median(counted)) if len(counted) else None
    return hours


def _read_by_database_and_hour(sources: Sequence[Source], issues: Issues, progress: Progress | None) -> HourlyCounts:
    """Read the logs of each database in each hour."""
    hours = HourlyCounts()
    for _, block in _read_blocks(sources, _require_columns("Hour", "LogsGenerated"), issues, progress):
        hours.add(numbers.whole(block["Hour"]), numbers.whole(block["LogsGenerated"]))
    return hours


def _read_usage(sources: Sequence[Source], issues: Issues, progress: Progress | None) -> HourlyCounts:
    """Read the number of log files in each folder by the hour in which they were written."""
    hours = HourlyCounts()
    for _, block in _read_blocks(sources, _require_columns(*_USAGE), issues, progress):
        counts = np.array([numbers.whole(block[name]) for name in _USAGE])
        good = (counts >= 0).all(axis=0)
        hours.leave_out(int((~good).sum()))
        hours.logs += counts[:, good].sum(axis=1)
        hours.present |= bool(good.any())
    return hours


def _read_generations(sources: Sequence[Source], issues: Issues, progress: Progress | None) -> HourlyCounts:
    """Read the log generation of each database at successive times, and count the logs between them."""
    readings = _GenerationReadings()
    columns = _require_columns("DatabaseName", "ServerName", "LogGeneration", "TimeCollected")
    for _, block in _read_blocks(sources, columns, issues, progress):
        readings.add(block)
    return readings.count_by_hour()


_READERS: dict[LogFileKind, Callable[[Sequence[Source], Issues, Progress | None], HourlyCounts]] = {
    LogFileKind.BY_HOUR: _read_by_hour,
    LogFileKind.BY_DATABASE_AND_HOUR: _read_by_database_and_hour,
    LogFileKind.USAGE: _read_usage,
    LogFileKind.GENERATIONS: _read_generations,
}


# --- log generations at successive times ---------------------------------------------------------


class _GenerationReadings:
    """Readings of the log generation of databases, as LogStats.csv of GetTransactionLogStats.ps1 has them."""

    def __init__(self) -> None:
        self._keys: list[Keys] = []
        self._generations: list[Floats] = []
        self._times: list[Times] = []

    def add(self, block: Block) -> None:
        """Add rows with database, server, generation and time."""
        import pyarrow.compute as pc

        databases, servers = (pc.fill_null(pc.utf8_lower(block[name]), "") for name in ("DatabaseName", "ServerName"))
        self._keys.append(combine_hashes(hash_texts(databases), hash_texts(servers)))
        self._generations.append(numbers.whole(block["LogGeneration"]))
        self._times.append(Times(pc.fill_null(block["TimeCollected"], "")))

    def count_by_hour(self) -> HourlyCounts:
        """Count the logs per observed minute in each hour.

        Logs are spread evenly between two readings.  A falling generation means that it was reset; nothing is known
        about a gap of more than an hour.
        """
        minutes, generations = self._read_minutes(), np.concatenate([np.zeros(0), *self._generations])
        keys = np.concatenate([np.zeros(0, np.uint64), *self._keys])
        good = (minutes != NEVER) & (generations >= 0)
        keys, minutes, generations = keys[good], minutes[good], generations[good]
        order = np.lexsort((generations, minutes, keys))
        keys, minutes, generations = keys[order], minutes[order], generations[order]
        same = keys[1:] == keys[:-1]
        begins, spans, created = minutes[:-1], np.diff(minutes), np.diff(generations)
        resets, gaps = same & (created < 0), same & (created >= 0) & (spans > LONGEST_GAP)
        chosen = same & (created >= 0) & (spans > 0) & (spans <= LONGEST_GAP)
        logs, observed = _spread_over_hours(begins[chosen], spans[chosen], created[chosen])
        per_minute = np.divide(logs, observed, out=np.zeros(HOURS), where=observed > 0)
        days = float(minutes.max() - minutes.min()) / DAY if len(minutes) else 0.0
        left_out = {UNUSABLE: int((~good).sum()), RESETS: int(resets.sum()), GAPS: int(gaps.sum())}
        return HourlyCounts(per_minute, observed > 0, days, left_out)

    def _read_minutes(self) -> Ints:
        """Return the minutes since 1970.

        If no date shows whether the day or the month comes first, the order with the shorter period is taken.
        """
        known = {order for times in self._times if times.zoned.size and (order := times.order)}
        orders = known if len(known) == 1 else {DAY_FIRST, MONTH_FIRST}
        readings = [
            np.concatenate([np.zeros(0, np.int64), *(times.minutes(order) for times in self._times)])
            for order in sorted(orders)
        ]
        return min(readings, key=_measure_period)


def _measure_period(minutes: Ints) -> tuple[int, int]:
    """Return the number of unreadable times, and the minutes that the others span."""
    known = minutes[minutes != NEVER]
    return len(minutes) - len(known), int(np.ptp(known)) if len(known) else 0


def _spread_over_hours(begins: Ints, spans: Ints, logs: Floats) -> tuple[Floats, Floats]:
    """Return the logs and the observed minutes in each hour of the day.

    A span is at most `LONGEST_GAP`, so it touches at most three hours of the clock.
    """
    total, observed = np.zeros(HOURS), np.zeros(HOURS)
    for offset in range(LONGEST_GAP // HOUR + 2):
        hours = begins // HOUR + offset
        inside = np.minimum(begins + spans, (hours + 1) * HOUR) - np.maximum(begins, hours * HOUR)
        inside = np.maximum(inside, 0)
        total += np.bincount(hours % HOURS, logs * inside / spans, minlength=HOURS)
        observed += np.bincount(hours % HOURS, inside, minlength=HOURS)
    return total, observed


# --- shares and issues ---------------------------------------------------------------------------


def _report_unused(found: Mapping[LogFileKind, Sequence[Source]], used: LogFileKind, issues: Issues) -> None:
    for kind, sources in found.items():
        for source in sources if kind is not used else ():
            message = f"is not used: {source_name(found[used][0])} has more detail about the hours."
            issues.add(NOTICE, source_name(source), "", message)


def _compute_shares(hours: HourlyCounts, where: str, issues: Issues) -> tuple[float, ...]:
    """Return shares that add up to 1, and report what is doubtful about them."""
    rows = hours.left_out.get(UNUSABLE, 0)
    if rows:
        message = f"rows without an hour of 0 to 23 or a count of 0 or more: {rows:,}."
        issues.add(WARNING, where, "", message, "They are left out.")
    if not hours.logs.sum():
        refuse(where, "counts no logs in any hour.", f"Create it again with: {COMMAND}.")
    missing = [str(hour) for hour in np.flatnonzero(~hours.present)]
    if missing:
        message = f"has no data about {len(missing)} hours ({', '.join(missing)}): their share is 0."
        issues.add(WARNING, where, SHARES, message, "Collect logs around the clock.")
    if hours.days is None:
        message = "does not say on how many days the logs were counted."
        issues.add(NOTICE, where, SHARES, message, f"Shares are good from {ADVISED_DAYS} days on.")
    elif hours.days < ADVISED_DAYS:
        message = f"covers {hours.days:.3g} days of logs."
        issues.add(NOTICE, where, SHARES, message, f"Shares are good from {ADVISED_DAYS} days on.")
    return scaled(hours.logs.tolist())
