"""Read the share of a day's transaction logs that is generated in each hour.

The counts come from files of GetTransactionLogStats.ps1 or GetLogFileUsage.ps1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NoReturn

import numpy as np

from calculator.engine.progress import Progress
from calculator.importers.formats import numbers, powershell_csv
from calculator.importers.formats.hashing import Keys, combine_hashes, hash_texts
from calculator.importers.formats.numbers import Decimals
from calculator.importers.formats.powershell_csv import Block, Column, Export
from calculator.importers.formats.reading import Reading
from calculator.importers.formats.times import DAY, DAY_FIRST, HOUR, MONTH_FIRST, NEVER, DateOrder, Times, decide_orders
from calculator.importers.result import ImportResult, ResultRows, apply_values
from calculator.inputs.log_hours import HOURS, SHARES, paths, scaled
from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value
from calculator.inputs.text_files import Source, group_by_kind, source_name
from calculator.issues import NOTICE, WARNING, InputError, Issues, quoted, refuse
from calculator.numerics.arrays import Bools, Floats, Ints

ADVISED_DAYS = 14
LONGEST_GAP = HOUR + 5
"""Largest number of minutes between two readings of a database: an hour plus the delay of a scheduled task."""
UNUSABLE, RESETS, GAPS = "unusable", "generation_resets", "gaps"
"""Reasons why rows are left out."""
COMMAND = ".\\GetTransactionLogStats.ps1 -Analyze (after two weeks or more of -Gather every hour)"
_ADVICE = "Give LogGenByHour.csv or LogStats.csv of GetTransactionLogStats.ps1, or output-*.csv of GetLogFileUsage.ps1."
_SAMPLES = "NumberOfHourlySamples"
_USAGE = tuple(f"Hour-{hour:02}" for hour in range(HOURS))


class LogFileKind(Enum):
    """Kinds of log counts, each with the columns that identify it; the best source comes first."""

    BY_HOUR = ("Hour", "AvgLogGenPerHour")
    BY_DATABASE_AND_HOUR = ("DatabaseName", "Hour", "LogsGenerated")
    GENERATIONS = ("DatabaseName", "LogGeneration", "TimeCollected")
    USAGE = ("Server", "Hour-00", "Hour-23")
    BY_DATABASE = ("DatabaseName", "LogsGenerated", "LogsGeneratedPerHour")


_FILE_NAMES = {
    LogFileKind.BY_HOUR: "LogGenByHour.csv",
    LogFileKind.BY_DATABASE_AND_HOUR: "LogGenByDBByHour.csv",
    LogFileKind.GENERATIONS: "LogStats.csv",
    LogFileKind.USAGE: "output of GetLogFileUsage.ps1",
    LogFileKind.BY_DATABASE: "LogGenByDB.csv",
}


@dataclass
class HourlyCounts:
    """Logs generated in each hour of a day, starting at hour 0.

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
    cause
        Why rows are unusable, with an example of a cell.
    """

    logs: Floats = field(default_factory=lambda: np.zeros(HOURS))
    present: Bools = field(default_factory=lambda: np.zeros(HOURS, bool))
    days: float | None = None
    left_out: dict[str, int] = field(default_factory=dict)
    cause: str = ""

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

    def explain(self, column: str, wrong: Bools, texts: Any, expected: str) -> None:
        """Keep the first cell that does not have the expected form."""
        if not self.cause and wrong.any():
            example = texts[int(np.argmax(wrong))].as_py()
            self.cause = f"{column} such as {quoted(example)} is {expected}" if example else f"{column} is empty"


def import_hourly_logs(
    sources: Sequence[Source],
    base: Profile | None = None,
    *,
    decimal: str | None = None,
    dates: str | None = None,
    progress: Progress | None = None,
) -> ImportResult:
    """Set the hourly shares of a day's logs of a design to measured ones; hour 0 is ``replication.hourly_log_share.1``.

    The kind of each file is identified by its columns.  If there are several kinds, which one run of the script may
    write, the best kind is used.  Ratios that the script derives are never read.

    Parameters
    ----------
    sources
        Files on disk or in memory.
    base
        The design that receives the shares.
    decimal
        Decimal sign of ambiguous columns: ``point`` or ``comma``.
    dates
        Order of dates in ambiguous files: ``day-first`` or ``month-first``.
    progress
        Callback that receives the number of files read and their share of all files.

    Raises
    ------
    InputError
        If a file cannot be used, or if none counts logs by hour.
    """
    if not sources:
        refuse("import logs", "no file is given.", _ADVICE)
    issues, reading = Issues(), Reading(decimal, dates)
    reading.check(issues)
    if issues.errors:
        raise InputError(issues)
    found = group_by_kind(sources, identify_log_file)
    kind = next(kind for kind in LogFileKind if kind in found)
    if kind is LogFileKind.BY_DATABASE:
        refuse(source_name(found[kind][0]), "counts the logs per database, not per hour.", _ADVICE)
    with issues.added_to_refusals():
        hours = _READERS[kind](found[kind], issues, reading, progress)
        if issues.errors:
            raise InputError(issues)
        _report_unused(found, kind, issues)
        shares = _compute_shares(hours, source_name(found[kind][0]), issues)
    values: dict[str, Value] = dict(zip(paths(), shares, strict=True))
    tables: Mapping[str, ResultRows] = {
        "hours": [{"hour": hour, "share": share} for hour, share in enumerate(shares)],
        "left_out": [{"reason": reason, "rows": rows} for reason, rows in hours.left_out.items() if rows],
        "seen": reading.seen,
    }
    return ImportResult(apply_values(base or Profile(), values), issues, values, tables)


def identify_log_file(source: Source) -> LogFileKind:
    """Return the kind of a file.

    Raises
    ------
    InputError
        If the file does not count logs, or cannot be read.
    """
    with powershell_csv.open_export(source, Issues()) as export:
        for kind in LogFileKind:
            if export.has(*kind.value):
                return kind
        refuse(export.where, "counts no transaction logs.", _ADVICE)


# --- readers of the kinds ------------------------------------------------------------------------


def _read_exports(
    sources: Sequence[Source], columns: Sequence[Column], issues: Issues, progress: Progress | None
) -> Iterator[tuple[Export, Iterator[Block]]]:
    """Open each file and yield it with its blocks."""
    for number, source in enumerate(sources, start=1):
        with powershell_csv.open_export(source, issues) as export:
            yield export, export.blocks(columns, COMMAND)
        if progress:
            progress(number, number / len(sources))


def _require_columns(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, required=True) for name in names)


def _see(export: Export, kind: LogFileKind, reading: Reading, *, decimals: str = "", dates: str = "") -> None:
    reading.add(
        export.where,
        _FILE_NAMES[kind],
        encoding=export.encoding,
        separator=export.separator,
        rows=export.rows,
        names=export.names,
        used=list(export.used),
        decimals={"": decimals},
        dates=dates,
    )


def _read_decimal_counts(
    kind: LogFileKind,
    counts: str,
    others: Sequence[str],
    sources: Sequence[Source],
    issues: Issues,
    reading: Reading,
    progress: Progress | None,
) -> HourlyCounts:
    """Read files that have one row per hour, with counts that the script divided.

    Parameters
    ----------
    kind
        Kind of the files.
    counts
        Column of the counts.
    others
        Columns of the same script that also show its decimal sign.
    """
    hours = HourlyCounts()
    samples: list[Floats] = []
    columns = (*_require_columns("Hour", counts), Column(_SAMPLES), *map(Column, others))
    for export, blocks in _read_exports(sources, columns, issues, progress):
        decimals = Decimals(reading.decimal)
        places: list[Floats] = []
        for block in blocks:
            read = decimals.add(block[counts])
            places.append(numbers.whole(block["Hour"]))
            hours.explain(counts, ~(read >= 0), block[counts], "not a count")
            hours.explain("Hour", ~((places[-1] >= 0) & (places[-1] < HOURS)), block["Hour"], "not an hour")
            for name in others:
                if name in block:
                    decimals.show(block[name])
            if _SAMPLES in block:
                samples.append(numbers.whole(block[_SAMPLES]))
        hours.add(np.concatenate([np.zeros(0), *places]), decimals.read(export.where, counts, issues))
        _see(export, kind, reading, decimals=decimals.shown)
    counted = np.concatenate([np.zeros(0), *samples])
    counted = counted[counted >= 0]
    hours.days = float(np.median(counted)) if len(counted) else None
    return hours


def _read_by_hour(
    sources: Sequence[Source], issues: Issues, reading: Reading, progress: Progress | None
) -> HourlyCounts:
    """Read the average of each hour; the number of days may differ between hours."""
    others = ("HourToDailyLogGenRatio", "LogsGenerated")
    return _read_decimal_counts(LogFileKind.BY_HOUR, "AvgLogGenPerHour", others, sources, issues, reading, progress)


def _read_by_database_and_hour(
    sources: Sequence[Source], issues: Issues, reading: Reading, progress: Progress | None
) -> HourlyCounts:
    """Read the logs of each database in each hour, which are fractions where a gap was spread over its hours."""
    others = ("HourToDailyLogGenRatioForDB",)
    kind = LogFileKind.BY_DATABASE_AND_HOUR
    return _read_decimal_counts(kind, "LogsGenerated", others, sources, issues, reading, progress)


def _read_usage(sources: Sequence[Source], issues: Issues, reading: Reading, progress: Progress | None) -> HourlyCounts:
    """Read the number of log files in each folder by the hour in which they were written.

    An empty count is 0 in a row that has other counts: PowerShell 2 writes it for no file and for a single file.
    """
    hours = HourlyCounts()
    empty = 0
    for export, blocks in _read_exports(sources, _require_columns(*_USAGE), issues, progress):
        for block in blocks:
            given = np.array([numbers.are_given(block[name]) for name in _USAGE])
            counts = np.array([numbers.whole(block[name]) for name in _USAGE])
            counts = np.where(~given & given.any(axis=0), 0.0, counts)
            good = (counts >= 0).all(axis=0)
            for name, row in zip(_USAGE, counts, strict=True):
                hours.explain(name, ~(row >= 0), block[name], "not a count")
            hours.leave_out(int((~good).sum()))
            empty += int((~given[:, good]).sum())
            hours.logs += counts[:, good].sum(axis=1)
            hours.present |= bool(good.any())
        _see(export, LogFileKind.USAGE, reading)
    if empty:
        message = f"empty counts: {empty:,}. They count as 0."
        issues.add(NOTICE, source_name(sources[0]), "", message, "PowerShell 2 leaves them empty for no file or one.")
    return hours


def _read_generations(
    sources: Sequence[Source], issues: Issues, reading: Reading, progress: Progress | None
) -> HourlyCounts:
    """Read the log generation of each database at successive times, and count the logs between them."""
    readings = _GenerationReadings()
    columns = _require_columns("DatabaseName", "ServerName", "LogGeneration", "TimeCollected")
    exports = []
    for export, blocks in _read_exports(sources, columns, issues, progress):
        readings.begin_file(reading.dates)
        exports.append(export)
        for block in blocks:
            readings.add(block)
    counts, orders = readings.count_by_hour()
    if counts is None:
        readings.ask(exports[orders.index(None)].where)
    readings.report([export.where for export in exports], orders, issues)
    for export, order in zip(exports, orders, strict=True):
        _see(export, LogFileKind.GENERATIONS, reading, dates=order or "")
    return counts


_READERS: dict[LogFileKind, Callable[[Sequence[Source], Issues, Reading, Progress | None], HourlyCounts]] = {
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
        self._files: list[int] = []
        self._orders: list[DateOrder] = []
        self._causes = HourlyCounts()

    def begin_file(self, dates: str | None) -> None:
        """Begin another file; ``dates`` is its order of dates if the caller gave it."""
        self._orders.append(DateOrder(dates))

    def add(self, block: Block) -> None:
        """Add rows with database, server, generation and time."""
        import pyarrow.compute as pc

        databases, servers = (pc.fill_null(pc.utf8_lower(block[name]), "") for name in ("DatabaseName", "ServerName"))
        self._keys.append(combine_hashes(hash_texts(databases), hash_texts(servers)))
        self._generations.append(numbers.whole(block["LogGeneration"]))
        texts = pc.fill_null(block["TimeCollected"], "")
        times = Times(texts)
        self._times.append(times)
        self._files.append(len(self._orders) - 1)
        self._orders[-1].add(times, texts)
        never = np.all([times.minutes(order) == NEVER for order in (DAY_FIRST, MONTH_FIRST)], axis=0)
        self._causes.explain("TimeCollected", never, texts, "not a time")
        self._causes.explain(
            "LogGeneration", ~(self._generations[-1] >= 0), block["LogGeneration"], "not a whole number"
        )

    def count_by_hour(self) -> tuple[HourlyCounts | None, list[str | None]]:
        """Count the logs per observed minute in each hour; return also the order of dates in each file.

        The counts are None if the dates of a file are ambiguous and both readings give different shares.
        """
        orders = decide_orders(self._orders)
        if None not in orders:
            return self._count([order or DAY_FIRST for order in orders]), orders
        both = [self._count([order or usual for order in orders]) for usual in (DAY_FIRST, MONTH_FIRST)]
        same = np.array_equal(both[0].logs, both[1].logs)
        return (both[0], orders) if same else (None, orders)

    def report(self, names: Sequence[str], orders: Sequence[str | None], issues: Issues) -> None:
        """Report the orders of dates that no date shows."""
        for where, order, found in zip(names, self._orders, orders, strict=True):
            if found is not None:
                order.report(where, "TimeCollected", found, issues)

    def ask(self, where: str) -> NoReturn:
        """Raise `InputError` that asks for the order of dates of the first ambiguous file."""
        orders = decide_orders(self._orders)
        self._orders[orders.index(None)].ask(where, "TimeCollected")

    def _count(self, orders: Sequence[str]) -> HourlyCounts:
        """Count the logs per observed minute in each hour, given the order of dates in each file.

        Logs are spread evenly between two readings.  A falling generation means that it was reset. A gap of more than
        an hour is left out.
        """
        read = [times.minutes(orders[file]) for times, file in zip(self._times, self._files, strict=True)]
        minutes = np.concatenate([np.zeros(0, np.int64), *read])
        generations = np.concatenate([np.zeros(0), *self._generations])
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
        return HourlyCounts(per_minute, observed > 0, days, left_out, self._causes.cause)


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
    """Return shares that add up to 1, and report doubts about them."""
    rows = hours.left_out.get(UNUSABLE, 0)
    cause = f": {hours.cause}" if hours.cause else ""
    if rows:
        message = f"rows without an hour of 0 to 23 or a count of 0 or more: {rows:,}{cause.replace(': ', ', ', 1)}."
        issues.add(WARNING, where, "", message, "They are left out.")
    if not hours.logs.sum():
        refuse(where, f"counts no logs in any hour{cause}.", f"Create it again with: {COMMAND}.")
    missing = [str(hour) for hour in np.flatnonzero(~hours.present)]
    if missing:
        message = f"has no data about {len(missing)} hours ({', '.join(missing)}): their share is 0."
        issues.add(WARNING, where, SHARES, message, "Collect logs around the clock.")
    if hours.days is None:
        message = "does not say on how many days the logs were counted."
        issues.add(NOTICE, where, SHARES, message, f"Use logs of at least {ADVISED_DAYS} days for reliable shares.")
    elif hours.days < ADVISED_DAYS:
        days = f"{hours.days:.3g}"
        message = f"covers {days} {'day' if days == '1' else 'days'} of logs."
        issues.add(NOTICE, where, SHARES, message, f"Use logs of at least {ADVISED_DAYS} days for reliable shares.")
    return scaled(hours.logs.tolist())
