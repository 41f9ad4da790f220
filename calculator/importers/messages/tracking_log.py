"""Message tracking logs of Exchange 2007 to 2019, and exports of Get-MessageTrackingLog: read and counted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from calculator.importers.formats.deduplicate import MAX_RECORDS
from calculator.importers.formats.powershell_csv import Column, Export
from calculator.importers.formats.times import HOUR, Times
from calculator.importers.messages.tracking_counter import Counted, Counter
from calculator.importers.messages.tracking_rows import BLOCK, FIELDS, TrackingRows, head_of, is_log
from calculator.inputs import text_files
from calculator.inputs.text_files import Source
from calculator.issues import NOTICE, WARNING, Issues, refuse

Progress = Callable[[int, float | None], None]

WHERE = "message tracking logs"
EXPORTED = ("Timestamp", "Source", "EventId", "MessageId", "Recipients", "TotalBytes", "Sender")
"""The columns of Get-MessageTrackingLog in the order of `FIELDS`."""
COMMAND = (
    "Get-MessageTrackingLog -ResultSize Unlimited | Select-Object @{n='Timestamp';e={$_.Timestamp.ToUniversalTime()."
    "ToString('o')}},Source,EventId,MessageId,@{n='Recipients';e={$_.Recipients -join ';'}},TotalBytes,Sender | "
    "Export-Csv messages.csv -NoTypeInformation -Encoding UTF8"
)
_COLUMNS = tuple(Column(name, (field,), required=True) for name, field in zip(EXPORTED, FIELDS, strict=True))


def read_logs(
    sources: Sequence[Source],
    issues: Issues,
    *,
    utc_offset: float = 0.0,
    keep: Collection[str] = (),
    progress: Progress | None = None,
    most: int = MAX_RECORDS,
    block: int = BLOCK,
) -> Counted:
    """Count the messages in some logs, which may be many and large.

    Memory stays bounded: beyond ``most`` messages and recipients a fair sample of them is kept, and counts are
    estimates. The result depends neither on the order of the logs nor on ``block``.

    Parameters
    ----------
    sources
        Logs as they lie on servers, or exports of Get-MessageTrackingLog.
    issues
        Where what is doubtful goes.
    utc_offset
        Hours local time is ahead of UTC.
    keep
        What counts too: ``health``, ``system``, ``journal``.
    progress
        Called with the rows read and the share of the bytes.
    most
        Messages and recipients kept.
    block
        Bytes read at once.

    Raises
    ------
    InputError
        If a file is no tracking log, or none holds a message that counts.
    """
    counter = Counter(round(utc_offset * HOUR), keep, most)
    sizes = [text_files.source_size(source) for source in sources]
    read = 0
    for source, size in zip(sources, sizes, strict=True):
        for share in _count(source, counter, issues, block):
            if progress:
                progress(counter.rows, (read + size * (share or 0.0)) / (sum(sizes) or 1))
        read += size
    counted = counter.counted()
    _tell(counted, counter, issues)
    return counted


def _count(source: Source, counter: Counter, issues: Issues, block: int) -> Iterator[float | None]:
    """Count a file; after each block the share of it that is read."""
    with text_files.open_text(source, issues) as file:
        head = head_of(file)
        whole = text_files.Prefixed(head, file)
        if is_log(head):
            rows = TrackingRows(whole, block)
            for table in rows:
                counter.add({field: table[field].combine_chunks() for field in FIELDS})
                yield file.share
            counter.add_unreadable(rows.broken)
        else:
            yield from _count_export(Export(whole, issues), counter)


def _count_export(export: Export, counter: Counter) -> Iterator[float | None]:
    order = None
    for block in export.blocks(_COLUMNS, COMMAND):
        columns = {field: block[name] for field, name in zip(FIELDS, EXPORTED, strict=True)}
        order = order or Times(columns["date-time"]).order
        if order is None:
            refuse(export.where, "leaves open whether day or month comes first in Timestamp.", f"Use: {COMMAND}")
        counter.add(columns, order, utc=False)
        yield export.share
    counter.add_unreadable(export.broken)


def _tell(counted: Counted, counter: Counter, issues: Issues) -> None:
    """Say what is doubtful, and refuse logs without messages."""
    broken = counted.left_out["unreadable"]
    if broken:
        issues.add(WARNING, WHERE, "", f"{broken:,} of {counted.rows:,} rows cannot be read.", "They are left out.")
    sent, received = counted.messages.sum(axis=1)
    if not sent + received:
        message = f"hold no message of a mailbox in {counted.rows:,} rows."
        refuse(WHERE, message, "Give the logs of the Mailbox servers: MSGTRK*.log, MSGTRKMD*.log and MSGTRKMS*.log.")
    for count, missing in ((sent, "sent"), (received, "received")):
        if not count:
            message = f"hold no message {missing} by a mailbox."
            issues.add(WARNING, WHERE, "", message, "Give all logs of the Mailbox servers, MSGTRKMD*.log among them.")
    if counted.scale > 1:
        message = f"hold more messages and recipients than are kept: every {counted.scale}th was counted."
        issues.add(NOTICE, WHERE, "", message, "Figures are estimates, right to about 0.1 %.")
    if counter.local:
        message = "tell no time zone: their times are taken as local time."
        issues.add(NOTICE, WHERE, "", message, "Export Timestamp in UTC where it is not local time.")
