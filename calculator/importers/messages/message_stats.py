"""The files of MessageStats.ps1: messages of each user, a file a day."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import numpy as np

from calculator.importers.formats import numbers, powershell_csv
from calculator.importers.formats.hashing import combine_hashes, hash_texts
from calculator.importers.formats.numbers import Decimals
from calculator.importers.formats.powershell_csv import Block, Column, Export
from calculator.importers.messages.rates import DAYS_OF_WEEK, Rate, work_days_in
from calculator.importers.messages.tracking_counter import ADDRESSES, begins_as
from calculator.inputs.text_files import Source, source_name
from calculator.issues import WARNING, Issues, refuse
from calculator.rules.constants import scalar

SOURCE = "files of MessageStats"
COMMAND = ".\\MessageStats.ps1, once for each day"
COUNTS = ("Sent Unique Total", "Received Total")
SIZES = ("Sent Unique MB Total", "Received MB Total")
DUPLICATES, UNUSABLE = "duplicates", "unusable"
_COLUMNS = tuple(Column(name, required=True) for name in ("Date", "User", "Domain", *COUNTS, *SIZES))
_LISTS = ("Address", "Used", "Since", "LastUsed")
_NAMED = re.compile(r"email_stats_(\d{4})_(\d{2})_(\d{2})", re.IGNORECASE)


def is_stats(export: Export) -> bool:
    """Whether a CSV file is one of the script's."""
    return export.has("User", *COUNTS)


def is_lists(export: Export) -> bool:
    """Whether a CSV file is the script's other one, of distribution lists."""
    return export.has(*_LISTS)


def is_summary(export: Export) -> bool:
    """Whether a CSV file is a summary that forks of the script make: sent and received, but of no user."""
    names = " ".join(export.names).lower()
    return "sent" in names and ("received" in names or "rcvd" in names)


def read_stats(
    sources: Sequence[Source], issues: Issues, work_week: float, work_days: float | None, keep: Collection[str]
) -> Rate:
    """Read the files of some days.

    What a user sent counts once a message, what was received once a recipient.  A file has rows of those with
    traffic only, so the rows are never the divisor.

    Parameters
    ----------
    sources
        The files.
    work_week, work_days
        Days of work in a week, and in the time the files cover where they are known.
    keep
        Kinds of addresses that count too, words of `calculator.importers.messages.tracking_counter.ADDRESSES`.

    Raises
    ------
    InputError
        If they hold no messages.
    """
    kept: list[Any] = []
    left_out = dict.fromkeys((*ADDRESSES, DUPLICATES, UNUSABLE), 0)
    days: set[str] = set()
    for source in sources:
        with powershell_csv.open_export(source, issues) as export:
            parts, decimals = [], [Decimals(export.separator) for _ in SIZES]
            for block in export.blocks(_COLUMNS, COMMAND):
                parts.append(_rows(block, decimals, keep, left_out))
                days |= set(block["Date"].unique().drop_null().to_pylist())
            if parts:
                keys, wanted, *counts = (np.concatenate(values) for values in zip(*parts, strict=True))
                kept.append(_usable(keys, wanted, [*counts, *(column.settle() for column in decimals)], left_out))
    keys, figures = _distinct(kept, left_out)
    where = source_name(sources[0]) if len(sources) == 1 else SOURCE
    if left_out[UNUSABLE]:
        message = f"rows without a number where there should be one: {left_out[UNUSABLE]:,}."
        issues.add(WARNING, where, "", message, "They are left out.")
    messages, megabytes = figures[:, :2].sum(), figures[:, 2:].sum()
    if not messages:
        refuse(where, "no row counts a message.", f"Make them anew: {COMMAND}.")
    spread = work_days or _work_days([source_name(source) for source in sources], len(days), work_week, where, issues)
    return Rate(SOURCE, float(messages / spread), float(megabytes * scalar("kb_per_mb") / messages), None, left_out)


def _rows(block: Block, decimals: list[Decimals], keep: Collection[str], left_out: dict[str, int]) -> tuple[Any, ...]:
    """Keys of day and user, rows of persons, and counts; sizes are added to their columns."""
    import pyarrow.compute as pc

    users = pc.binary_join_element_wise(*(pc.fill_null(block[name], "") for name in ("User", "Domain")), "@")
    users = pc.ascii_lower(users)
    wanted = np.ones(block.count, bool)
    for word in ADDRESSES:
        if word not in keep:
            found = begins_as(users, word) & wanted
            left_out[word] += int(found.sum())
            wanted &= ~found
    for column, name in zip(decimals, SIZES, strict=True):
        column.add(block[name])
    keys = combine_hashes(hash_texts(pc.fill_null(block["Date"], "")), hash_texts(users))
    return keys, wanted, *(numbers.whole(block[name]) for name in COUNTS)


def _usable(keys: Any, wanted: Any, columns: list[Any], left_out: dict[str, int]) -> tuple[Any, Any]:
    figures = np.stack(columns, axis=1)
    good = (figures >= 0).all(axis=1)
    left_out[UNUSABLE] += int((wanted & ~good).sum())
    return keys[wanted & good], figures[wanted & good]


def _distinct(parts: list[Any], left_out: dict[str, int]) -> tuple[Any, Any]:
    """Rows of a day and user once each: the greatest where they differ."""
    if not parts:
        return np.zeros(0, np.uint64), np.zeros((0, 4))
    keys, figures = (np.concatenate(values) for values in zip(*parts, strict=True))
    order = np.lexsort((*(-figures[:, place] for place in range(figures.shape[1])), keys))
    keys, figures = keys[order], figures[order]
    first = np.concatenate([[True], keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, bool)
    left_out[DUPLICATES] += int((~first).sum())
    return keys[first], figures[first]


def _work_days(names: Sequence[str], days: int, work_week: float, where: str, issues: Issues) -> float:
    """Days of work: by the dates in the names of the files where all have one, else by the number of days."""
    dates = {found for name in names if (found := _date_in(name))}
    if len(dates) == days == len(names) and work_week < DAYS_OF_WEEK:
        return sum(day.weekday() < work_week for day in dates) or days
    return work_days_in(days, work_week, where, issues)


def _date_in(name: str) -> date | None:
    match = _NAMED.search(name)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
