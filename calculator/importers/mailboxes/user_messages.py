"""Read the messages of each user from files of MessageStats or tracking logs, and join them with the mailboxes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from calculator.importers.formats import powershell_csv
from calculator.importers.formats.hashing import Keys
from calculator.importers.formats.reading import Reading
from calculator.importers.formats.sizes import KB, MB
from calculator.importers.mailboxes.columns import hash_ignoring_case
from calculator.importers.mailboxes.population import Population, find_places
from calculator.importers.messages import message_stats
from calculator.importers.messages.rates import count_work_days
from calculator.importers.messages.tracking_log import TrackedDays, read_tracking_logs
from calculator.inputs.text_files import Source
from calculator.issues import NOTICE, WARNING, InputError, Issues, refuse
from calculator.numerics.arrays import Floats


@dataclass(frozen=True)
class UserMessages:
    """Messages of users per working day.

    Attributes
    ----------
    addresses, users
        Hashes of the address, and of its part before "@" (0 if unknown).
    messages, kilobytes
        Number and KB of messages sent and received per working day.
    """

    addresses: Keys
    users: Keys
    messages: Floats
    kilobytes: Floats


def read_stats_by_user(
    sources: Sequence[Source], work_week: float, work_days: float | None, issues: Issues, reading: Reading
) -> UserMessages:
    """Read the messages of each user from files of MessageStats."""
    import pyarrow.compute as pc

    parts: list[tuple[Keys, Keys, Floats]] = []
    megabytes: list[Floats] = []
    dates: set[str] = set()
    for source in sources:
        with powershell_csv.open_export(source, issues) as export:
            decimals = message_stats.new_size_columns(reading)
            for block in export.blocks(message_stats.COLUMNS, message_stats.COMMAND):
                address = pc.binary_join_element_wise(block["User"], block["Domain"], "@")
                counts = [np.nan_to_num(message_stats.read_count(block[name])) for name in message_stats.COUNTS]
                parts.append((hash_ignoring_case(address), hash_ignoring_case(block["User"]), np.sum(counts, axis=0)))
                dates |= set(block["Date"].unique().drop_null().to_pylist())
                message_stats.add_sizes(decimals, block)
            settled = message_stats.settle_sizes(decimals, export, issues)
            megabytes.append(np.sum([np.nan_to_num(sizes) for sizes in settled], axis=0))
            message_stats.see(export, decimals, reading)
    if issues.errors:
        raise InputError(issues)
    if not parts:
        refuse(message_stats.SOURCE, "hold no messages.", f"Create them again with: {message_stats.COMMAND}")
    days = work_days or count_work_days(max(len(dates), 1), work_week, message_stats.SOURCE, issues)
    addresses, users, messages = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    distinct, first, place = np.unique(addresses, return_index=True, return_inverse=True)
    size = np.bincount(place, np.concatenate(megabytes), len(distinct)) * MB / KB
    messages = np.bincount(place, messages, len(distinct))
    return UserMessages(distinct, users[first], messages / days, np.asarray(size / days))


def read_tracking_by_user(
    sources: Sequence[Source],
    work_week: float,
    work_days: float | None,
    keep: Collection[str],
    progress: Callable[[int, float | None], None] | None,
    issues: Issues,
    reading: Reading,
) -> UserMessages:
    """Read the messages of each address from tracking logs; none if they do not cover a whole working day."""
    counted = read_tracking_logs(sources, issues, keep=keep, progress=progress, reading=reading)
    days = TrackedDays(counted, work_week)
    messages, kilobytes = days.compute_user_rates(days.compute_rate(work_days, issues))
    if not messages.any():
        empty = np.zeros(0, dtype=np.uint64)
        return UserMessages(empty, empty, np.zeros(0), np.zeros(0))
    return UserMessages(counted.users, np.zeros(len(counted.users), dtype=np.uint64), messages, kilobytes)


def add_messages(population: Population, users: UserMessages, issues: Issues) -> None:
    """Add the messages per day of each mailbox to a population, 0 for a user without messages."""
    if not len(users.addresses):
        return
    columns = population.columns
    places = np.full(population.mailboxes, -1)
    for ours, theirs in (("address", users.addresses), ("other_name", users.users), ("name", users.users)):
        if ours in columns:
            places = np.where(places < 0, find_places(columns[ours], theirs), places)
    found = places >= 0
    if not found.any():
        message = "no user in them is one of the mailboxes, by address or name."
        hint = "Give a mailbox list with the column PrimarySmtpAddress too."
        issues.add(WARNING, "messages of users", "tiers.messages_per_day", message, hint)
        return
    columns["messages"] = np.where(found, users.messages[places], 0.0)
    columns["kilobytes"] = np.where(found, users.kilobytes[places], 0.0)
    outside = int((users.addresses != 0).sum()) - len(np.unique(places[found]))
    if outside:
        message = f"{outside:,} addresses in them do not belong to a mailbox that counts; {int(found.sum()):,} do."
        issues.add(NOTICE, "messages of users", "", message)
