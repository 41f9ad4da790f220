"""Read the files of MessageStats.ps1: messages of each user, one file per day."""

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
from calculator.importers.formats.reading import Reading
from calculator.importers.messages.rates import DAYS_OF_WEEK, MessageRate, count_work_days
from calculator.importers.messages.tracking_counter import PERSONLESS, match_addresses
from calculator.inputs.text_files import Source, source_name
from calculator.issues import WARNING, InputError, Issues, quoted, refuse
from calculator.rules.constants import scalar

SOURCE = "files of MessageStats"
COMMAND = ".\\MessageStats.ps1, once for each day"
COUNTS = ("Sent Unique Total", "Received Total")
SIZES = ("Sent Unique MB Total", "Received MB Total")
DUPLICATES, UNUSABLE = "duplicates", "unusable"
_OTHER_SIZES = ("Sent MB Total", "Sent Internal MB", "Received Internal MB", "Received External MB")
"""Further columns of the script, as evidence of its decimal sign."""
_PLAUSIBLE_MB = (0.001, 500.0)
"""Bounds of the mean of the MB that a user sends or receives on a day."""
COLUMNS = (
    *(Column(name, required=True) for name in ("Date", "User", "Domain", *COUNTS, *SIZES)),
    *(Column(name) for name in _OTHER_SIZES),
)
_LISTS = ("Address", "Used", "Since", "LastUsed")
_NAMED = re.compile(r"email_stats_(\d{4})_(\d{2})_(\d{2})", re.IGNORECASE)


def is_stats(export: Export) -> bool:
    """Return whether a CSV file has the messages of users."""
    return export.has("User", *COUNTS)


def is_lists(export: Export) -> bool:
    """Return whether a CSV file is the script's report of distribution lists."""
    return export.has(*_LISTS)


def is_summary(export: Export) -> bool:
    """Return whether a CSV file is a summary by a fork of the script, without users."""
    names = " ".join(export.names).lower()
    return "sent" in names and ("received" in names or "rcvd" in names)


def read_stats(
    sources: Sequence[Source],
    issues: Issues,
    work_week: float,
    work_days: float | None,
    keep: Collection[str],
    reading: Reading | None = None,
) -> MessageRate:
    """Read the files of several days.

    A sent message counts once, a received message once per recipient.  A file has only rows of users with traffic, so
    the number of rows is not the number of mailboxes.

    Parameters
    ----------
    sources
        The files.
    work_week, work_days
        Number of working days in a week, and in the period of the files if known.
    keep
        Excluded addresses that count too: keys of `calculator.importers.messages.tracking_counter.PERSONLESS`.
    reading
        How files are read; receives what was recognized in each file.

    Raises
    ------
    InputError
        If they contain no messages.
    """
    figures_by_file: list[Any] = []
    left_out = dict.fromkeys((*PERSONLESS, DUPLICATES, UNUSABLE), 0)
    causes: list[str] = []
    days: set[str] = set()
    reading = reading or Reading()
    for source in sources:
        with powershell_csv.open_export(source, issues) as export:
            parts, decimals = [], new_size_columns(reading)
            for block in export.blocks(COLUMNS, COMMAND):
                parts.append(_read_rows(block, decimals, keep, left_out))
                causes += _find_causes(block, parts[-1])
                days |= set(block["Date"].unique().drop_null().to_pylist())
            if parts:
                keys, wanted, *counts = (np.concatenate(values) for values in zip(*parts, strict=True))
                counts += settle_sizes(decimals, export, issues)
                figures_by_file.append(_drop_unusable(keys, wanted, counts, left_out))
                see(export, decimals, reading)
    if issues.errors:
        raise InputError(issues)
    _, figures = _drop_duplicates(figures_by_file, left_out)
    where = source_name(sources[0]) if len(sources) == 1 else SOURCE
    if left_out[UNUSABLE]:
        cause = f", {causes[0]}" if causes else ""
        message = f"rows without a number where there should be one: {left_out[UNUSABLE]:,}{cause}."
        issues.add(WARNING, where, "", message, "They are left out.")
    messages, megabytes = figures[:, :2].sum(), figures[:, 2:].sum()
    if not messages:
        refuse(where, "no row counts a message.", f"Create them again with: {COMMAND}.")
    names = [source_name(source) for source in sources]
    divisor = work_days or _count_work_days(names, len(days), work_week, where, issues)
    size = float(megabytes * scalar("kb_per_mb") / messages)
    return MessageRate(SOURCE, float(messages / divisor), size, None, left_out)


def new_size_columns(reading: Reading) -> list[Decimals]:
    """Return an empty column of numbers for each of `SIZES`."""
    return [Decimals(reading.decimal) for _ in SIZES]


def add_sizes(columns: list[Decimals], block: Block) -> None:
    """Add the sizes of a block to their columns; an empty cell counts as 0: the script writes it for no messages."""
    import pyarrow.compute as pc

    for column, name in zip(columns, SIZES, strict=True):
        column.add(pc.fill_null(block[name], "0"))
    for name in _OTHER_SIZES:
        if name in block:
            for column in columns:
                column.show(block[name])


def settle_sizes(columns: list[Decimals], export: Export, issues: Issues) -> list[Any]:
    """Return the sizes in MB once all rows of a file have been added."""
    return [
        column.read(export.where, name, issues, *_PLAUSIBLE_MB) for column, name in zip(columns, SIZES, strict=True)
    ]


def see(export: Export, columns: list[Decimals], reading: Reading) -> None:
    """Add what was recognized in a file."""
    signs = {name: column.shown for name, column in zip(SIZES, columns, strict=True)}
    reading.add(
        export.where,
        SOURCE,
        encoding=export.encoding,
        separator=export.separator,
        rows=export.rows,
        names=export.names,
        used=list(export.used),
        decimals=signs,
    )


def read_count(texts: Any) -> Any:
    """Parse numbers of messages; an empty cell counts as 0."""
    import pyarrow.compute as pc

    return numbers.whole(pc.fill_null(texts, "0"))


def _read_rows(
    block: Block, decimals: list[Decimals], keep: Collection[str], left_out: dict[str, int]
) -> tuple[Any, ...]:
    """Return the keys of day and user, the rows of persons, and the counts; add the sizes to their columns."""
    import pyarrow.compute as pc

    users = pc.binary_join_element_wise(*(pc.fill_null(block[name], "") for name in ("User", "Domain")), "@")
    users = pc.ascii_lower(users)
    wanted = np.ones(block.count, bool)
    for word in PERSONLESS:
        if word not in keep:
            found = match_addresses(users, word) & wanted
            left_out[word] += int(found.sum())
            wanted &= ~found
    add_sizes(decimals, block)
    keys = combine_hashes(hash_texts(pc.fill_null(block["Date"], "")), hash_texts(users))
    return keys, wanted, *(read_count(block[name]) for name in COUNTS)


def _find_causes(block: Block, part: tuple[Any, ...]) -> list[str]:
    """Return the first cell of each column of counts that is not a number."""
    found = []
    for name, counts in zip(COUNTS, part[2:], strict=True):
        wrong = part[1] & ~(counts >= 0)
        if wrong.any():
            found.append(f"{name} such as {quoted(block[name][int(np.argmax(wrong))].as_py())} is not a count")
    return found


def _drop_unusable(keys: Any, wanted: Any, columns: list[Any], left_out: dict[str, int]) -> tuple[Any, Any]:
    figures = np.stack(columns, axis=1)
    good = (figures >= 0).all(axis=1)
    left_out[UNUSABLE] += int((wanted & ~good).sum())
    return keys[wanted & good], figures[wanted & good]


def _drop_duplicates(parts: list[Any], left_out: dict[str, int]) -> tuple[Any, Any]:
    """Return one row per day and user: the one with the greatest counts."""
    if not parts:
        return np.zeros(0, np.uint64), np.zeros((0, 4))
    keys, figures = (np.concatenate(values) for values in zip(*parts, strict=True))
    order = np.lexsort((*(-figures[:, place] for place in range(figures.shape[1])), keys))
    keys, figures = keys[order], figures[order]
    first = np.concatenate([[True], keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, bool)
    left_out[DUPLICATES] += int((~first).sum())
    return keys[first], figures[first]


def _count_work_days(names: Sequence[str], days: int, work_week: float, where: str, issues: Issues) -> float:
    """Count the working days by the dates in the file names if all have one, else by the number of days."""
    dates = {found for name in names if (found := _find_date(name))}
    if len(dates) == days == len(names) and work_week < DAYS_OF_WEEK:
        return sum(day.weekday() < work_week for day in dates) or days
    return count_work_days(days, work_week, where, issues)


def _find_date(name: str) -> date | None:
    match = _NAMED.search(name)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
