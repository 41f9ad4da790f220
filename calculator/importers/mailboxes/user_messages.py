"""Messages of each user, from files of MessageStats or from tracking logs, joined with the mailboxes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from calculator.importers.formats import numbers, powershell_csv
from calculator.importers.formats.hashing import Keys
from calculator.importers.formats.numbers import Decimals, Floats
from calculator.importers.formats.powershell_csv import Column
from calculator.importers.formats.sizes import KB, MB
from calculator.importers.mailboxes.columns import key
from calculator.importers.mailboxes.population import Population, places_of
from calculator.importers.messages import message_stats
from calculator.importers.messages.rates import work_days_in
from calculator.importers.messages.tracking_log import read_logs
from calculator.importers.messages.work_days import Days
from calculator.inputs.text_files import Source
from calculator.issues import NOTICE, WARNING, Issues, refuse

_COLUMNS = tuple(
    Column(name, required=True) for name in ("Date", "User", "Domain", *message_stats.COUNTS, *message_stats.SIZES)
)


@dataclass(frozen=True)
class Traffic:
    """Messages of users on a day of work.

    Attributes
    ----------
    addresses, users
        Hashes of the address, and of the part before the sign "@" (0 where it is not known apart).
    messages, kilobytes
        A day.
    """

    addresses: Keys
    users: Keys
    messages: Floats
    kilobytes: Floats


def read_stats(sources: Sequence[Source], work_week: float, work_days: float | None, issues: Issues) -> Traffic:
    """Messages of each user in files of MessageStats, divided by the days of work they cover."""
    import pyarrow.compute as pc

    parts: list[tuple[Keys, Keys, Floats]] = []
    megabytes: list[Floats] = []
    dates: set[str] = set()
    for source in sources:
        with powershell_csv.open_export(source, issues) as export:
            decimals = [Decimals(export.separator) for _ in message_stats.SIZES]
            for block in export.blocks(_COLUMNS, message_stats.COMMAND):
                address = pc.binary_join_element_wise(block["User"], block["Domain"], "@")
                counts = [np.nan_to_num(numbers.whole(block[name])) for name in message_stats.COUNTS]
                parts.append((key(address), key(block["User"]), np.sum(counts, axis=0)))
                dates |= set(block["Date"].unique().drop_null().to_pylist())
                for column, name in zip(decimals, message_stats.SIZES, strict=True):
                    column.add(block[name])
            megabytes.append(np.sum([np.nan_to_num(column.settle()) for column in decimals], axis=0))
    if not parts:
        refuse(message_stats.SOURCE, "hold no messages.", f"Make them anew: {message_stats.COMMAND}")
    days = work_days or work_days_in(max(len(dates), 1), work_week, message_stats.SOURCE, issues)
    addresses, users, messages = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    distinct, first, place = np.unique(addresses, return_index=True, return_inverse=True)
    size = np.bincount(place, np.concatenate(megabytes), len(distinct)) * MB / KB
    messages = np.bincount(place, messages, len(distinct))
    return Traffic(distinct, users[first], messages / days, np.asarray(size / days))


def read_tracking(
    sources: Sequence[Source],
    work_week: float,
    work_days: float | None,
    keep: Collection[str],
    progress: Callable[[int, float | None], None] | None,
    issues: Issues,
) -> Traffic:
    """Messages of each address in tracking logs on a day of work; none where the logs cover no whole one."""
    counted = read_logs(sources, issues, keep=keep, progress=progress)
    days = Days(counted, work_week)
    messages, kilobytes = days.users(days.rate(work_days, issues))
    if not messages.any():
        none = np.zeros(0, dtype=np.uint64)
        return Traffic(none, none, np.zeros(0), np.zeros(0))
    return Traffic(counted.users, np.zeros(len(counted.users), dtype=np.uint64), messages, kilobytes)


def join(population: Population, traffic: Traffic, issues: Issues) -> None:
    """Give each mailbox its messages a day, 0 where a user had none; nothing where no user is found."""
    if not len(traffic.addresses):
        return
    columns = population.columns
    places = np.full(population.mailboxes, -1)
    for ours, theirs in (("address", traffic.addresses), ("other_name", traffic.users), ("name", traffic.users)):
        if ours in columns:
            places = np.where(places < 0, places_of(columns[ours], theirs), places)
    found = places >= 0
    if not found.any():
        message = "no user in them is one of the mailboxes, by address or name."
        hint = "Give a mailbox list with the column PrimarySmtpAddress too."
        issues.add(WARNING, "messages of users", "tiers.messages_per_day", message, hint)
        return
    columns["messages"] = np.where(found, traffic.messages[places], 0.0)
    columns["kilobytes"] = np.where(found, traffic.kilobytes[places], 0.0)
    outside = len(traffic.addresses) - len(np.unique(places[found]))
    if outside:
        message = f"{outside:,} addresses in them are no mailbox that counts; {int(found.sum()):,} are."
        issues.add(NOTICE, "messages of users", "", message)
