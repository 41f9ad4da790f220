"""What counts in a message tracking log: rows of the store, without probes, journals and duplicates.

Sent are the messages the store gives to transport, once each; received are those delivered into the store, once
a recipient.  Everything else a log holds (SMTP, agents, shadow copies) is the same messages again.  Of addresses
and message ids only hashes are kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calculator.importers.formats.deduplicate import DistinctRecords
from calculator.importers.formats.hashing import Keys, combine_hashes, hash_texts
from calculator.importers.formats.times import DAY_FIRST, HOUR, NEVER, Times

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

HEALTH, SYSTEM, JOURNAL, OTHER, BROKEN, DUPLICATES = (
    "health",
    "system",
    "journal",
    "other_events",
    "unreadable",
    "duplicates",
)
LEFT_OUT = (OTHER, HEALTH, SYSTEM, JOURNAL, DUPLICATES, BROKEN)
"""Reasons why a row, or a recipient of it, does not count."""
KEEPABLE = (HEALTH, SYSTEM, JOURNAL)
ADDRESSES = {
    HEALTH: ("healthmailbox", "inboundproxy@inboundproxy", "maildeliveryprobe@maildeliveryprobe"),
    SYSTEM: (
        "extest_",
        "systemmailbox{",
        "discoverysearchmailbox{",
        "federatedemail.",
        "migration.8f3e7716-",
        "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e",
    ),
}
"""How addresses begin that no person has."""
JOURNAL_ID = "journal.report.generator"
LARGEST = 2**43 - 1
"""Bytes of a message: what a record has room for."""

_SENT, _HOUR = np.uint64(43), np.uint64(44)
_OF_SENDER = np.full(1, 2**63 + 1, np.uint64)
_PATTERNS = {word: f"^(?:{'|'.join(map(re.escape, begins))})" for word, begins in ADDRESSES.items()}
_BYTES = r"^\s*[0-9]{1,13}\s*$"


@dataclass(frozen=True)
class Counted:
    """What was counted.

    Attributes
    ----------
    hours
        Hours since 1970, local time, in which there are messages, in order.
    messages, bytes
        Sent and received in each: shape (2, hours).
    users, user_messages, user_bytes
        `hash_texts` each address in lower case (sender of what is sent, recipient of what is received), the messages
        it sent and received, and their bytes.
    first, last
        Minutes since 1970, local time, of the first and last row of any kind.
    rows
        Rows read.
    left_out
        Rows (or recipients of a row) that do not count, by reason.
    scale
        Messages that each one kept stands for; above 1 the counts are estimates.
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


class Counter:
    """Counts rows as they come, in any order.

    Parameters
    ----------
    offset
        Minutes local time is ahead of UTC.
    keep
        Words of `KEEPABLE` that count too.
    most
        Messages and recipients kept to find duplicates; beyond it counts are estimates (see `DistinctRecords`).

    Attributes
    ----------
    rows
        Rows so far, unreadable ones among them.
    local
        Rows whose time told no zone: they are taken as local time.
    """

    def __init__(self, offset: int, keep: Collection[str], most: int) -> None:
        self.rows, self.local = 0, 0
        self._left_out = dict.fromkeys(LEFT_OUT, 0)
        self._first, self._last = -NEVER - 1, NEVER
        self._offset = offset
        self._dropped = [word for word in KEEPABLE if word not in keep]
        self._records = DistinctRecords(most)

    def add_unreadable(self, rows: int) -> None:
        """Count rows that could not be parsed."""
        self.rows += rows
        self._left_out[BROKEN] += rows

    def add(self, columns: Mapping[str, Any], order: str = DAY_FIRST, *, utc: bool = True) -> None:
        """Count some rows.

        Parameters
        ----------
        columns
            Arrow arrays of texts by the fields of a log.
        order
            Whether day or month comes first in dates that do not begin with the year.
        utc
            Whether times are in UTC where they tell no zone; and dates begin with the year.
        """
        import pyarrow.compute as pc

        self.rows += len(columns["date-time"])
        self._widen(columns["date-time"], order, utc)
        store = pc.equal(columns["source"], "STOREDRIVER")
        sent = _mask(pc.and_(store, pc.equal(columns["event-id"], "RECEIVE")))
        received = _mask(pc.and_(store, pc.equal(columns["event-id"], "DELIVER")))
        chosen = np.flatnonzero(sent | received)
        self._left_out[OTHER] += len(sent) - len(chosen)
        rows = {name: pc.fill_null(texts.take(chosen), "") for name, texts in columns.items()}
        sent = sent[chosen]
        minutes = self._minutes(Times(rows["date-time"]), order, utc)
        sizes, good = _sizes(rows["total-bytes"])
        good &= (minutes >= 0) & (sent | ~_mask(pc.equal(rows["recipient-address"], "")))
        self._left_out[BROKEN] += int((~good).sum())
        good &= self._wanted(rows, sent, good)
        values = (minutes // HOUR).astype(np.uint64) << _HOUR | sent.astype(np.uint64) << _SENT | sizes
        self._add_sent(rows, values, np.flatnonzero(good & sent))
        self._add_received(rows, values, np.flatnonzero(good & ~sent))

    def _minutes(self, times: Times, order: str, utc: bool) -> Ints:
        """Local minutes since 1970."""
        minutes = times.minutes(order)
        zoned = times.zoned | utc
        self.local += int((~zoned).sum())
        return np.where(minutes == NEVER, NEVER, minutes + self._offset * zoned)

    def _widen(self, texts: Any, order: str, utc: bool) -> None:
        """Widen the range of time to all rows; where dates begin with the year their texts are in order too."""
        import pyarrow as pa
        import pyarrow.compute as pc

        bounds = pc.min_max(texts)
        ends = pa.array([bounds["min"].as_py(), bounds["max"].as_py()], pa.string())
        minutes = self._minutes(Times(ends), order, utc) if utc else np.array([NEVER])
        if (minutes == NEVER).any():
            minutes = self._minutes(Times(texts), order, utc)
        minutes = minutes[minutes != NEVER]
        if len(minutes):
            self._first = min(self._first, int(minutes.min()))
            self._last = max(self._last, int(minutes.max()))

    def _wanted(self, rows: Mapping[str, Any], sent: Bools, good: Bools) -> Bools:
        """Rows whose sender (or only recipient, of what is sent) is a person, and that are no journal reports."""
        import pyarrow.compute as pc

        wanted = np.ones(len(sent), bool)
        for word in self._dropped:
            if word == JOURNAL:
                found = _mask(pc.match_substring(rows["message-id"], JOURNAL_ID, ignore_case=True))
            else:
                found = begins_as(rows["sender-address"], word)
                alone = ~_mask(pc.match_substring(rows["recipient-address"], ";"))
                found |= sent & alone & begins_as(rows["recipient-address"], word)
            self._left_out[word] += int((found & wanted & good).sum())
            wanted &= ~found
        return wanted

    def _add_sent(self, rows: Mapping[str, Any], values: Keys, chosen: Ints) -> None:
        messages = _message_keys(rows, chosen)
        senders = hash_texts(_address(rows["sender-address"].take(chosen)))
        self._records.add(combine_hashes(messages, np.broadcast_to(_OF_SENDER, len(chosen))), values[chosen], senders)

    def _add_received(self, rows: Mapping[str, Any], values: Keys, chosen: Ints) -> None:
        """Add the recipients of each message, those that are persons."""
        import pyarrow.compute as pc

        lists = pc.split_pattern(rows["recipient-address"].take(chosen), ";")
        parents = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
        recipients = _address(pc.list_flatten(lists))
        wanted = ~_mask(pc.equal(recipients, ""))
        for word in self._dropped:
            if word != JOURNAL:
                found = begins_as(recipients, word) & wanted
                self._left_out[word] += int(found.sum())
                wanted &= ~found
        recipients, parents = recipients.filter(wanted), parents[wanted]
        keys = hash_texts(recipients)
        messages = _message_keys(rows, chosen)[parents]
        self._records.add(combine_hashes(messages, keys), values[chosen][parents], keys)

    def counted(self) -> Counted:
        """What was counted so far."""
        records = self._records
        records.settle()
        messages, sizes = _by_hour(records.values)
        hours = np.flatnonzero(messages.any(axis=0))
        users, owners = np.unique(records.marks, return_inverse=True)
        each = float(records.scale)
        return Counted(
            hours=hours,
            messages=each * messages[:, hours],
            bytes=each * sizes[:, hours],
            users=users,
            user_messages=each * _sums(owners, None, len(users)),
            user_bytes=each * _sums(owners, records.values & np.uint64(LARGEST), len(users)),
            first=self._first,
            last=self._last,
            rows=self.rows,
            left_out=self._left_out | {DUPLICATES: max(records.added - records.scale * len(records.keys), 0)},
            scale=records.scale,
        )


def _by_hour(values: Keys) -> tuple[Floats, Floats]:
    """Messages and bytes of all hours since 1970, sent and received."""
    cells = (values >> _SENT).astype(np.int64)  # two of an hour: received, then sent
    count = int(cells.max(initial=0)) // 2 * 2 + 2
    sums = (_sums(cells, weights, count) for weights in (None, values & np.uint64(LARGEST)))
    messages, sizes = (total.reshape(-1, 2).T[::-1] for total in sums)
    return messages, sizes


def _sums(places: Ints, values: Keys | None, count: int) -> Floats:
    """Sums of the values at each place, or how many there are."""
    return np.bincount(places, values, minlength=count).astype(np.float64)


def _mask(flags: Any) -> Bools:
    """Flags as numpy has them, false where there is none; a copy that may be changed."""
    import pyarrow.compute as pc

    return np.array(pc.fill_null(flags, False).to_numpy(zero_copy_only=False), dtype=bool)


def begins_as(addresses: Any, word: str) -> Bools:
    """Addresses that begin as those of a kind of `ADDRESSES` do."""
    import pyarrow.compute as pc

    return _mask(pc.match_substring_regex(addresses, _PATTERNS[word], ignore_case=True))


def _address(texts: Any) -> Any:
    import pyarrow.compute as pc

    return pc.ascii_lower(pc.ascii_trim_whitespace(texts))


def _message_keys(rows: Mapping[str, Any], chosen: Ints) -> Keys:
    """Keys of the message ids; where there is none a message is known by its time and size."""
    import pyarrow.compute as pc

    ids, times, sizes = (rows[name].take(chosen) for name in ("message-id", "date-time", "total-bytes"))
    return hash_texts(pc.if_else(pc.equal(ids, ""), pc.binary_join_element_wise(times, sizes, " "), ids))


def _sizes(texts: Any) -> tuple[Keys, Bools]:
    """Bytes, and whether a text tells them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    good = _mask(pc.match_substring_regex(texts, _BYTES))
    sizes = pc.cast(pc.if_else(good, pc.ascii_trim_whitespace(texts), "0"), pa.uint64()).to_numpy(zero_copy_only=False)
    good &= sizes <= LARGEST
    return np.where(good, sizes, np.uint64(0)), good
