"""Read message tracking logs of Exchange 2007 to 2019, and exports of Get-MessageTrackingLog.

`read_tracking_logs` counts the messages by hour; `TrackedDays` converts the counts to messages per working day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from calculator.batch import arrow
from calculator.engine.progress import Progress
from calculator.importers.formats import addresses, numbers
from calculator.importers.formats.deduplicate import MAX_RECORDS
from calculator.importers.formats.powershell_csv import Block, Column, Export, open_export, refuse_type_names
from calculator.importers.formats.reading import Reading
from calculator.importers.formats.times import DAY, DAY_FIRST, HOUR, DateOrder, Times, decide_orders
from calculator.importers.messages.rates import DAYS_OF_WEEK, MessageRate
from calculator.importers.messages.tracking_counter import MessageCounter, MessageCounts
from calculator.importers.messages.tracking_rows import BLOCK, FIELDS, TrackingRows, is_log, read_head
from calculator.inputs import text_files
from calculator.inputs.log_hours import HOURS, scaled
from calculator.inputs.text_files import Source
from calculator.issues import NOTICE, WARNING, Issues, quoted, refuse
from calculator.numerics.arrays import Bools, Floats

SOURCE = "message tracking logs"
EXPORTED = ("Timestamp", "Source", "EventId", "MessageId", "Recipients", "TotalBytes", "Sender")
"""Columns of Get-MessageTrackingLog in the order of `FIELDS`."""
COMMAND = (
    "Get-MessageTrackingLog -ResultSize Unlimited | Select-Object @{n='Timestamp';e={$_.Timestamp.ToUniversalTime()."
    "ToString('o')}},Source,EventId,MessageId,@{n='Recipients';e={$_.Recipients -join ';'}},TotalBytes,Sender | "
    "Export-Csv messages.csv -NoTypeInformation -Encoding UTF8"
)
PARTIAL = "partial_days"
"""Reason why messages are left out on days that the logs do not cover completely."""
_RECIPIENTS = "Recipients"
_RECIPIENT_COUNT = Column("RecipientCount", ("recipient-count",))
_COLUMNS = (
    *(
        Column(name, (field,), required=True, type_names=name == _RECIPIENTS)
        for name, field in zip(EXPORTED, FIELDS, strict=True)
    ),
    _RECIPIENT_COUNT,
)
_TIME = (Column(EXPORTED[0], (FIELDS[0],), required=True),)
_NO_VALUE = {"total-bytes": "not a number of bytes", "date-time": "not a time", "recipient-address": "not an address"}
"""Words that say, by field, what an unusable cell is not."""
_MAX_RECIPIENTS = 100_000
"""Largest plausible number of recipients of one message."""
_THURSDAY = 3
"""Day of the week of 1970-01-01, counted from 0 for Monday."""
_FEW = 0.25
"""Share of the median below which the messages of a working day are reported as few."""
_BYTES_PER_KB = 1024


def read_tracking_logs(
    sources: Sequence[Source],
    issues: Issues,
    *,
    utc_offset: float = 0.0,
    keep: Collection[str] = (),
    progress: Progress | None = None,
    limit: int = MAX_RECORDS,
    block: int = BLOCK,
    reading: Reading | None = None,
) -> MessageCounts:
    """Count the messages in logs, which may be many and large.

    Memory is bounded: beyond ``limit`` messages and recipients a random sample of them is kept, and the counts are
    estimates.  The result depends neither on the order of the logs nor on ``block``.

    Parameters
    ----------
    sources
        Log files, or exports of Get-MessageTrackingLog.
    issues
        Receives warnings and notices.
    utc_offset
        Hours by which local time is ahead of UTC.
    keep
        Excluded messages that count too: ``health``, ``system``, ``journal``.
    progress
        Callback that receives the number of rows read and the share of the bytes.
    limit
        Largest number of messages and recipients in memory.
    block
        Number of bytes per read.
    reading
        Settings for reading exports; receives what was recognized in each file.

    Raises
    ------
    InputError
        If a file is not a tracking log, if no message counts, or if the order of dates in an export is ambiguous.
    """
    reading = reading or Reading()
    counter = MessageCounter(round(utc_offset * HOUR), keep, limit)
    sizes = [text_files.source_size(source) for source in sources]
    orders = _decide_date_orders(sources, reading, issues)
    read = 0
    for source, size, order in zip(sources, sizes, orders, strict=True):
        for share in _count_file(source, counter, issues, block, order, reading):
            if progress:
                progress(counter.rows, (read + size * (share or 0.0)) / (sum(sizes) or 1))
        read += size
    counts = counter.finish()
    _report_counts(counts, counter, issues)
    return counts


def _decide_date_orders(sources: Sequence[Source], reading: Reading, issues: Issues) -> list[str]:
    """Decide for each file whether the day or the month comes first, from all rows of all files."""
    orders = [_find_date_order(source, reading.dates) for source in sources]
    decided = decide_orders(orders)
    for source, order, found in zip(sources, orders, decided, strict=True):
        if found is None:
            order.ask(text_files.source_name(source), EXPORTED[0])
        order.report(text_files.source_name(source), EXPORTED[0], found, issues)
    return [found or DAY_FIRST for found in decided]


def _find_date_order(source: Source, given: str | None) -> DateOrder:
    """Return the order that the dates of an export show; stop reading a log, or dates that begin with the year."""
    order = DateOrder(given)
    with text_files.open_text(source, Issues()) as file:
        if is_log(read_head(file)):
            return order
    with open_export(source, Issues()) as export:
        for block in export.blocks(_TIME, COMMAND) if export.place(_TIME[0]) is not None else ():
            texts = block[EXPORTED[0]]
            order.add(Times(texts), texts)
            if not order.needed:
                break
    return order


def _count_file(
    source: Source, counter: MessageCounter, issues: Issues, block: int, order: str, reading: Reading
) -> Iterator[float | None]:
    """Count the messages of a file; after each block, yield the share of the file that has been read."""
    with text_files.open_text(source, issues) as file:
        head = read_head(file)
        whole = text_files.Prefixed(head, file)
        before = counter.rows
        if is_log(head):
            rows = TrackingRows(whole, block)
            for table in rows:
                counter.add({field: table[field].combine_chunks() for field in FIELDS})
                yield file.share
            counter.add_unreadable(rows.broken)
            seen: dict[str, Any] = {"separator": ",", "used": FIELDS, "names": rows.names}
        else:
            export = Export(whole, issues)
            yield from _count_export(export, counter, order, issues)
            seen = {"separator": export.separator, "used": list(export.used), "names": export.names, "dates": order}
        reading.add(file.where, SOURCE, encoding=file.encoding, rows=counter.rows - before, **seen)


def _count_export(export: Export, counter: MessageCounter, order: str, issues: Issues) -> Iterator[float | None]:
    cut = 0
    occurrences: dict[int, int] = {}
    for block in export.blocks(_COLUMNS, COMMAND):
        columns = {field: block[name] for field, name in zip(FIELDS, EXPORTED, strict=True)}
        columns["total-bytes"] = _plain_bytes(columns["total-bytes"])
        columns["recipient-address"], lost = _separate_recipients(export, block, occurrences)
        cut += lost
        counter.add(columns, order, utc=False)
        yield export.share
    counter.add_unreadable(export.broken)
    if cut:
        message = f"lists of addresses that were cut: {cut:,}. Only the addresses shown count."
        issues.add(WARNING, export.where, _RECIPIENTS, message, f"Export it with: {COMMAND}")


def _plain_bytes(texts: Any) -> Any:
    """Return numbers of bytes without separators of thousands and exponents, as a spreadsheet program writes them."""
    if not (numbers.are_given(texts) & ~numbers.matches(texts, r"^\d+$")).any():
        return texts
    counts = numbers.whole(texts)
    plain = [text if np.isnan(count) else f"{count:.0f}" for text, count in zip(texts.to_pylist(), counts, strict=True)]
    return arrow.texts(["" if text is None else text for text in plain])


def _separate_recipients(export: Export, block: Block, occurrences: dict[int, int]) -> tuple[Any, int]:
    """Return the addresses of each row separated by ``;``, and the number of lists that were cut.

    If a cell has the name of a type, or was cut, its addresses are replaced by as many placeholders as RecipientCount
    says.  A message whose recipients are in several databases has several such rows at the same time, which
    ``occurrences`` distinguishes.
    """
    import pyarrow.compute as pc

    texts = block[_RECIPIENTS]
    named, cut = addresses.are_type_names(texts), addresses.are_cut(texts)
    if not (named | cut).any():
        return addresses.separate(texts), 0
    counts = np.full(len(texts), np.nan)
    if _RECIPIENT_COUNT.name in block:
        counts = numbers.whole(block[_RECIPIENT_COUNT.name])
    counted = (counts >= 1) & (counts <= _MAX_RECIPIENTS)
    if named.any() and not (named & counted).any():
        refuse_type_names(export.where, _RECIPIENTS, texts[int(np.argmax(named))].as_py())
    replaced = (named | cut) & counted
    names = ("MessageId", "EventId", EXPORTED[0], "TotalBytes")
    stamps = pc.binary_join_element_wise(*(pc.fill_null(block[name], "") for name in names), " ").to_pylist()
    for row in np.flatnonzero(replaced).tolist():
        key = hash(stamps[row])
        occurrences[key] = occurrences.get(key, 0) + 1
        stamps[row] += f" {occurrences[key]}"
    separated = addresses.separate(texts).to_pylist()
    for row in np.flatnonzero(named & ~counted).tolist():
        separated[row] = None
    made = addresses.number_unknown(separated, counts, stamps, replaced)
    return made, int((cut & ~counted).sum())


def _report_counts(counts: MessageCounts, counter: MessageCounter, issues: Issues) -> None:
    """Report doubts about the counts, and raise InputError for logs without messages."""
    broken = counts.left_out["unreadable"]
    causes = _describe_causes(counter.causes)
    if broken:
        message = f"{broken:,} of {counts.rows:,} rows cannot be read{f': {causes}' if causes else ''}."
        issues.add(WARNING, SOURCE, "", message, "They are left out.")
    sent, received = counts.messages.sum(axis=1)
    if not sent + received:
        message = f"hold no message of a mailbox in {counts.rows:,} rows."
        if causes:
            message = f"hold no message that can be read in {counts.rows:,} rows: {causes}."
            refuse(SOURCE, message, f"Export them again with: {COMMAND}")
        refuse(SOURCE, message, "Give the logs of the Mailbox servers: MSGTRK*.log, MSGTRKMD*.log and MSGTRKMS*.log.")
    for count, missing in ((sent, "sent"), (received, "received")):
        if not count:
            message = f"hold no message {missing} by a mailbox."
            issues.add(WARNING, SOURCE, "", message, "Give all logs of the Mailbox servers, MSGTRKMD*.log among them.")
    if counts.scale > 1:
        message = f"hold more messages and recipients than are kept: every {counts.scale}th was counted."
        issues.add(NOTICE, SOURCE, "", message, "Figures are estimates, accurate to about 0.1 %.")
    if counter.local:
        message = "have no time zone: their times are treated as local time."
        issues.add(NOTICE, SOURCE, "", message, "Export Timestamp in UTC if it is not local time.")


def _describe_causes(causes: Mapping[str, tuple[int, str]]) -> str:
    """Describe why rows cannot be used: by field, with one cell and the number of rows."""
    return ", ".join(
        f"{field} {f'such as {quoted(example)} is {_NO_VALUE[field]}' if example else 'is empty'} ({count:,})"
        for field, (count, example) in causes.items()
    )


class TrackedDays:
    """Days that tracking logs cover.

    A day is whole if the logs reach into its first and its last hour; the first and the last day may be cut off.
    Working days are the first days of each week, as many as the work week has, that have a message.

    Parameters
    ----------
    counts
        The counts of the logs.
    work_week
        Number of working days in a week.
    """

    def __init__(self, counts: MessageCounts, work_week: float) -> None:
        self._counts = counts
        self._days = counts.hours // HOURS
        first, last = counts.first // DAY, counts.last // DAY
        self.first = first + (counts.first % DAY >= HOUR)
        self.last = last - (counts.last % DAY < DAY - HOUR)
        self.whole: Bools = (self._days >= self.first) & (self._days <= self.last)
        self.work = self.whole & ((self._days + _THURSDAY) % DAYS_OF_WEEK < work_week)

    @property
    def work_days(self) -> int:
        """Number of whole working days with messages."""
        return len(np.unique(self._days[self.work]))

    @property
    def shares(self) -> tuple[float, ...]:
        """Share of each hour of a day, from hour 0 on: of whole working days, or of all days if there are none."""
        chosen = self.work if self.work.any() else np.ones_like(self.work)
        hours, messages = self._counts.hours[chosen] % HOURS, self._counts.messages.sum(axis=0)[chosen]
        return scaled(np.bincount(hours, messages, minlength=HOURS).tolist())

    def compute_rate(self, work_days: float | None, issues: Issues) -> MessageRate:
        """Compute the messages per working day.

        With a given number of working days all messages are divided by it.  Otherwise messages of partial days are left
        out, and those of whole days, including weekends, are divided by the number of working days.
        """
        chosen = np.ones_like(self.whole) if work_days or not self.work_days else self.whole
        messages = float(self._counts.messages[:, chosen].sum())
        size = float(self._counts.bytes[:, chosen].sum()) / messages / _BYTES_PER_KB
        divisor = work_days or self.work_days
        left_out = {**self._counts.left_out, PARTIAL: int(self._counts.messages[:, ~chosen].sum())}
        self._report_days(work_days, issues)
        return MessageRate(SOURCE, messages / divisor if divisor else None, size, None, left_out)

    def compute_user_rates(self, rate: MessageRate) -> tuple[Floats, Floats]:
        """Compute the messages and KB of each of `MessageCounts.users` per working day, as their share of the rate."""
        counts = self._counts
        share = (rate.messages or 0.0) / counts.user_messages.sum()
        return counts.user_messages * share, counts.user_bytes / _BYTES_PER_KB * share

    def _report_days(self, work_days: float | None, issues: Issues) -> None:
        """Report the period of the logs, and doubts about it."""
        whole = max(int(self.last - self.first) + 1, 0)
        message = (
            f"cover {_format_minute(self._counts.first)} to {_format_minute(self._counts.last)}: "
            f"{_format_days(whole, 'whole day')}, {self.work_days:,} of them work days with messages."
        )
        issues.add(NOTICE, SOURCE, "", message)
        if work_days:
            message = f"all their messages are divided by {_format_days(work_days, 'day')} of work, as given."
            issues.add(NOTICE, SOURCE, "", message)
        elif not self.work_days:
            message = "cover no whole work day, so the messages per day are unknown. Only their size is known."
            hint = "Give logs of a week or more, or their number of work days with --work-days."
            issues.add(WARNING, SOURCE, "", message, hint)
        days = self._list_days_with_few_messages()
        if days:
            message = f"hold few messages on {', '.join(days[:5])}{' …' if len(days) > 5 else ''}."
            issues.add(WARNING, SOURCE, "", message, "Leave out holidays, and give the logs of all servers.")

    def _list_days_with_few_messages(self) -> list[str]:
        """Return the dates of working days with much fewer messages than usual."""
        days, places = np.unique(self._days[self.work], return_inverse=True)
        if not len(days):
            return []
        counts = np.bincount(places, self._counts.messages.sum(axis=0)[self.work])
        return [str(np.datetime64(int(day), "D")) for day in days[counts < _FEW * np.median(counts)]]


def _format_days(number: float, name: str) -> str:
    return f"{number:,g} {name}{'' if number == 1 else 's'}"


def _format_minute(minutes: int) -> str:
    return str(np.datetime64(minutes, "m")).replace("T", " ")
