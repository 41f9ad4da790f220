"""Count the messages in message tracking logs, without probes, journal reports and duplicates.

A message counts as sent once, when the store submits it to transport, and as received once per recipient, when it is
delivered into the store.  All other rows of a log (SMTP, agents, shadow copies) repeat the same messages.  Addresses
and message IDs are stored only as hashes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from calculator.importers.formats.addresses import PLACEHOLDER
from calculator.importers.formats.deduplicate import DistinctRecords
from calculator.importers.formats.hashing import Keys, combine_hashes, hash_texts
from calculator.importers.formats.system_mailboxes import DISCOVERY, HEALTH, SYSTEM, address_pattern
from calculator.importers.formats.times import DAY_FIRST, HOUR, NEVER, Times
from calculator.numerics.arrays import Bools, Floats, Ints

JOURNAL, OTHER, BROKEN, DUPLICATES = "journal", "other_events", "unreadable", "duplicates"
LEFT_OUT = (OTHER, HEALTH, SYSTEM, JOURNAL, DUPLICATES, BROKEN)
"""Reasons why a row or one of its recipients is left out."""
EXCLUDED_MESSAGES = (HEALTH, SYSTEM, JOURNAL)
PERSONLESS = {HEALTH: (HEALTH,), SYSTEM: (SYSTEM, DISCOVERY)}
"""Kinds of addresses that belong to no person, with the kinds of system mailboxes of each."""
JOURNAL_ID = "journal.report.generator"
LARGEST = 2**43 - 1
"""Largest message in bytes that fits into a record."""

_SENT, _HOUR = np.uint64(43), np.uint64(44)
_OF_SENDER = np.full(1, 2**63 + 1, np.uint64)
_BYTES = r"^\s*[0-9]{1,13}\s*$"


@dataclass(frozen=True)
class MessageCounts:
    """Numbers of messages by hour and by user.

    Attributes
    ----------
    hours
        Hours with messages in ascending order, in hours since 1970 in local time.
    messages, bytes
        Number and bytes of messages sent and received in each hour, shape (2, hours).
    users, user_messages, user_bytes
        Hash of each address in lower case (see `hash_texts`), and the number and bytes of messages it sent and
        received.
    first, last
        Time of the first and last row of any kind, in minutes since 1970 in local time.
    rows
        Number of rows read.
    left_out
        Number of rows (or recipients) left out, by reason.
    scale
        Number of messages that each message in the sample represents; above 1 the counts are estimates.
    """

    hours: Ints
    messages: Floats
    bytes: Floats
    users: Keys
    user_messages: Floats
    user_bytes: Floats
    first: int
    last: int
    rows: int
    left_out: Mapping[str, int]
    scale: int


class MessageCounter:
    """Counter of the messages of rows in any order.

    Parameters
    ----------
    offset
        Minutes by which local time is ahead of UTC.
    keep
        Kinds of `EXCLUDED_MESSAGES` to count too.
    limit
        Largest number of messages and recipients in memory; beyond it counts are estimates (see `DistinctRecords`).

    Attributes
    ----------
    rows
        Number of rows so far, including unreadable ones.
    local
        Number of rows without a time zone, which are assumed to be in local time.
    causes
        Number of unusable rows and the first unusable cell, by field.
    """

    def __init__(self, offset: int, keep: Collection[str], limit: int) -> None:
        self.rows, self.local = 0, 0
        self.causes: dict[str, tuple[int, str]] = {}
        self._sum_left_out = dict.fromkeys(LEFT_OUT, 0)
        self._first, self._last = -NEVER - 1, NEVER
        self._offset = offset
        self._dropped = [word for word in EXCLUDED_MESSAGES if word not in keep]
        self._records = DistinctRecords(limit)

    def add_unreadable(self, rows: int) -> None:
        """Count rows that could not be parsed."""
        self.rows += rows
        self._sum_left_out[BROKEN] += rows

    def add(self, columns: Mapping[str, Any], order: str = DAY_FIRST, *, utc: bool = True) -> None:
        """Count rows.

        Parameters
        ----------
        columns
            Arrow arrays of texts, by field of the log.
        order
            Whether the day or the month comes first in dates that do not begin with the year.
        utc
            Whether times without a zone are in UTC and dates begin with the year.
        """
        import pyarrow.compute as pc

        self.rows += len(columns["date-time"])
        self._extend_period(columns["date-time"], order, utc)
        store = pc.equal(columns["source"], "STOREDRIVER")
        sent = _mask(pc.and_(store, pc.equal(columns["event-id"], "RECEIVE")))
        received = _mask(pc.and_(store, pc.equal(columns["event-id"], "DELIVER")))
        chosen = np.flatnonzero(sent | received)
        self._sum_left_out[OTHER] += len(sent) - len(chosen)
        rows = {name: pc.fill_null(texts.take(chosen), "") for name, texts in columns.items()}
        sent = sent[chosen]
        minutes = self._read_minutes(Times(rows["date-time"]), order, utc)
        sizes, good = _read_sizes(rows["total-bytes"])
        addressed = sent | ~_mask(pc.equal(rows["recipient-address"], ""))
        if not (good & (minutes >= 0) & addressed).all():
            for field, usable in (("total-bytes", good), ("date-time", minutes >= 0), ("recipient-address", addressed)):
                self._add_cause(field, usable, rows[field])
        good &= (minutes >= 0) & addressed
        self._sum_left_out[BROKEN] += int((~good).sum())
        good &= self._select_persons(rows, sent, good)
        values = (minutes // HOUR).astype(np.uint64) << _HOUR | sent.astype(np.uint64) << _SENT | sizes
        self._add_sent(rows, values, np.flatnonzero(good & sent))
        self._add_received(rows, values, np.flatnonzero(good & ~sent))

    def _add_cause(self, field: str, usable: Bools, texts: Any) -> None:
        wrong = int((~usable).sum())
        if wrong:
            count, example = self.causes.get(field, (0, texts[int(np.argmin(usable))].as_py()))
            self.causes[field] = (count + wrong, example)

    def _read_minutes(self, times: Times, order: str, utc: bool) -> Ints:
        """Return minutes since 1970 in local time."""
        minutes = times.minutes(order)
        zoned = times.zoned | utc
        self.local += int((~zoned).sum())
        return np.where(minutes == NEVER, NEVER, minutes + self._offset * zoned)

    def _extend_period(self, texts: Any, order: str, utc: bool) -> None:
        """Extend the period to all rows; compare dates that begin with the year as texts, which is faster."""
        import pyarrow as pa
        import pyarrow.compute as pc

        bounds = pc.min_max(texts)
        ends = pa.array([bounds["min"].as_py(), bounds["max"].as_py()], pa.string())
        minutes = self._read_minutes(Times(ends), order, utc) if utc else np.array([NEVER])
        if (minutes == NEVER).any():
            minutes = self._read_minutes(Times(texts), order, utc)
        minutes = minutes[minutes != NEVER]
        if len(minutes):
            self._first = min(self._first, int(minutes.min()))
            self._last = max(self._last, int(minutes.max()))

    def _select_persons(self, rows: Mapping[str, Any], sent: Bools, good: Bools) -> Bools:
        """Return which rows are no journal reports and have a person as sender, or as the only recipient if sent."""
        import pyarrow.compute as pc

        wanted = np.ones(len(sent), bool)
        for word in self._dropped:
            if word == JOURNAL:
                found = _mask(pc.match_substring(rows["message-id"], JOURNAL_ID, ignore_case=True))
            else:
                found = match_addresses(rows["sender-address"], word)
                alone = ~_mask(pc.match_substring(rows["recipient-address"], ";"))
                found |= sent & alone & match_addresses(rows["recipient-address"], word)
            self._sum_left_out[word] += int((found & wanted & good).sum())
            wanted &= ~found
        return wanted

    def _add_sent(self, rows: Mapping[str, Any], values: Keys, chosen: Ints) -> None:
        messages = _hash_messages(rows, chosen)
        senders = hash_texts(_normalize_addresses(rows["sender-address"].take(chosen)))
        self._records.add(combine_hashes(messages, np.broadcast_to(_OF_SENDER, len(chosen))), values[chosen], senders)

    def _add_received(self, rows: Mapping[str, Any], values: Keys, chosen: Ints) -> None:
        """Add the recipients of each message who are persons."""
        import pyarrow.compute as pc

        lists = pc.split_pattern(rows["recipient-address"].take(chosen), ";")
        parents = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
        recipients = _normalize_addresses(pc.list_flatten(lists))
        wanted = ~_mask(pc.equal(recipients, ""))
        for word in self._dropped:
            if word != JOURNAL:
                found = match_addresses(recipients, word) & wanted
                self._sum_left_out[word] += int(found.sum())
                wanted &= ~found
        recipients, parents = recipients.filter(wanted), parents[wanted]
        keys = hash_texts(recipients)
        messages = _hash_messages(rows, chosen)[parents]
        marks = np.where(_mask(pc.starts_with(recipients, PLACEHOLDER)), np.uint64(0), keys)
        self._records.add(combine_hashes(messages, keys), values[chosen][parents], marks)

    def finish(self) -> MessageCounts:
        """Return the counts so far."""
        records = self._records
        records.settle()
        messages, sizes = _sum_by_hour(records.values)
        hours = np.flatnonzero(messages.any(axis=0))
        users, owners = np.unique(records.marks, return_inverse=True)
        scale = float(records.scale)
        return MessageCounts(
            hours=hours,
            messages=scale * messages[:, hours],
            bytes=scale * sizes[:, hours],
            users=users,
            user_messages=scale * _sum_at(owners, None, len(users)),
            user_bytes=scale * _sum_at(owners, records.values & np.uint64(LARGEST), len(users)),
            first=self._first,
            last=self._last,
            rows=self.rows,
            left_out=self._sum_left_out | {DUPLICATES: max(records.added - records.scale * len(records.keys), 0)},
            scale=records.scale,
        )


def _sum_by_hour(values: Keys) -> tuple[Floats, Floats]:
    """Return the messages and the bytes sent and received in every hour since 1970."""
    cells = (values >> _SENT).astype(np.int64)  # two places per hour: received, then sent
    count = int(cells.max(initial=0)) // 2 * 2 + 2
    sums = (_sum_at(cells, weights, count) for weights in (None, values & np.uint64(LARGEST)))
    messages, sizes = (total.reshape(-1, 2).T[::-1] for total in sums)
    return messages, sizes


def _sum_at(places: Ints, values: Keys | None, count: int) -> Floats:
    """Return the sum of the values at each place, or their number."""
    return np.bincount(places, values, minlength=count).astype(np.float64)


def _mask(flags: Any) -> Bools:
    """Convert flags to a writable numpy array; null becomes false."""
    import pyarrow.compute as pc

    return np.array(pc.fill_null(flags, False).to_numpy(zero_copy_only=False), dtype=bool)


def match_addresses(addresses: Any, word: str) -> Bools:
    """Return which addresses begin like those of a kind of `PERSONLESS`."""
    import pyarrow.compute as pc

    return _mask(pc.match_substring_regex(addresses, address_pattern(*PERSONLESS[word])))


def _normalize_addresses(texts: Any) -> Any:
    import pyarrow.compute as pc

    return pc.ascii_lower(pc.ascii_trim_whitespace(texts))


def _hash_messages(rows: Mapping[str, Any], chosen: Ints) -> Keys:
    """Return hashes of the message IDs; a message without an ID is identified by its time and size."""
    import pyarrow.compute as pc

    ids, times, sizes = (rows[name].take(chosen) for name in ("message-id", "date-time", "total-bytes"))
    return hash_texts(pc.if_else(pc.equal(ids, ""), pc.binary_join_element_wise(times, sizes, " "), ids))


def _read_sizes(texts: Any) -> tuple[Keys, Bools]:
    """Return sizes in bytes, and whether each text is one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    good = _mask(pc.match_substring_regex(texts, _BYTES))
    sizes = pc.cast(pc.if_else(good, pc.ascii_trim_whitespace(texts), "0"), pa.uint64()).to_numpy(zero_copy_only=False)
    good &= sizes <= LARGEST
    return np.where(good, sizes, np.uint64(0)), good
