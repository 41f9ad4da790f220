"""The mailboxes of some files: joined, those that do not count left out, what databases give filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from calculator.importers.formats.hashing import Keys
from calculator.importers.formats.numbers import Flags, Floats
from calculator.importers.formats.sizes import MB
from calculator.importers.mailboxes.columns import KEEPABLE, Columns, rows_of
from calculator.importers.mailboxes.file_kinds import DATABASE_COMMAND, LIST_COMMAND
from calculator.issues import NOTICE, WARNING, Issues

ARCHIVE, ALONE, DUPLICATE, NO_SIZE = "archive", "archive without its mailbox", "duplicate", "no size"
REASONS = {
    "disabled": "disconnected or disabled",
    "health": "health mailbox",
    "discovery": "discovery mailbox",
    "system": "system or test mailbox",
}
"""Mailboxes that are left out, in words, by the word that keeps them."""
_IN_BYTES = ("size", "dumpster", "archive", "archive_dumpster", "quota", "archive_quota")
_OWN = ("identity", "name", "reason", "is_archive", "old_form")
"""Columns that another file does not fill in."""
_JOINED_BY = (("identity", "identity"), ("address", "address"), ("name", "name"), ("name", "other_name"))


@dataclass(frozen=True)
class Population:
    """Mailboxes that count.

    Attributes
    ----------
    columns
        Arrays of shape ``(mailboxes,)``: MB of sizes and quotas (an unlimited one is infinite), days of retention,
        1 or 0 of flags; NaN where a file does not tell.
    rows
        Of the files that hold the mailboxes, before any was left out.
    left_out
        Rows by the reason for which they are left out.
    """

    columns: Columns
    rows: int
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def mailboxes(self) -> int:
        """How many count."""
        return rows_of(self.columns)

    def get(self, measure: str) -> Floats:
        """A column, NaN where no file has it."""
        found: Any = self.columns.get(measure)
        return np.full(self.mailboxes, np.nan) if found is None else np.asarray(found, dtype=np.float64)


def population_of(
    mailboxes: Columns, lists: list[Columns], databases: Columns | None, sized: bool, issues: Issues
) -> Population:
    """Mailboxes of the files that hold them, with what lists and databases know of them.

    Parameters
    ----------
    mailboxes
        Columns of the rows that count, if nothing speaks against it.
    lists
        Columns of other files about the same mailboxes, which fill in what is missing.
    databases
        Columns of the databases.
    sized
        Whether a mailbox without a size is left out.
    """
    rows = rows_of(mailboxes)
    for other in lists:
        _fill_in(mailboxes, other, issues)
    left_out = {REASONS[word]: int((mailboxes["reason"] == number).sum()) for number, word in enumerate(KEEPABLE, 1)}
    counted = mailboxes["reason"] == 0
    archives = _some(mailboxes, counted & (mailboxes["is_archive"] > 0))
    kept = _some(mailboxes, counted & (mailboxes["is_archive"] == 0))
    kept, left_out[DUPLICATE] = _each_once(kept)
    archives, twice = _each_once(archives)
    left_out[DUPLICATE] += twice
    if sized:
        known = ~np.isnan(kept["size"])
        left_out[NO_SIZE] = int((~known).sum())
        kept = _some(kept, known)
    left_out[ARCHIVE] = rows_of(archives)
    left_out[ALONE] = _put_archives(kept, archives)
    left_out[ARCHIVE] -= left_out[ALONE]
    if databases is not None:
        _take_from_databases(kept, databases)
    _tell_of_databases(kept, databases is not None, issues)
    return Population(_in_megabytes(kept), rows, {reason: count for reason, count in left_out.items() if count})


def mailboxes_text(count: int) -> str:
    """A number of mailboxes in words."""
    return f"{count:,} mailbox" if count == 1 else f"{count:,} mailboxes"


def _some(columns: Columns, wanted: Flags) -> Columns:
    return {name: values[wanted] for name, values in columns.items()}


def _each_once(columns: Columns) -> tuple[Columns, int]:
    """The first row of every mailbox, and how many others there were."""
    rows = rows_of(columns)
    _, first = np.unique(columns["identity"], return_index=True)
    wanted = np.zeros(rows, dtype=bool)
    wanted[first] = True
    return _some(columns, wanted), rows - len(first)


def places_of(keys: Keys, among: Keys) -> npt.NDArray[np.intp]:
    """Where each key stands among others, -1 where it does not, or not there alone."""
    if not len(among):
        return np.full(len(keys), -1)
    order = np.argsort(among, kind="stable")
    ordered = among[order]
    left = np.searchsorted(ordered, keys, "left")
    alone = (np.searchsorted(ordered, keys, "right") - left == 1) & (keys != 0)
    return np.where(alone, order[np.minimum(left, len(order) - 1)], -1)


def _fill_in(columns: Columns, other: Columns, issues: Issues) -> None:
    """Fill in what another file knows, joined by guid, address or a name that is there once."""
    other, _ = _each_once(_some(other, other["is_archive"] == 0))
    if not rows_of(other):
        return
    places = np.full(rows_of(columns), -1)
    for ours, theirs in _JOINED_BY:
        if ours in columns and theirs in other:
            places = np.where(places < 0, places_of(columns[ours], other[theirs]), places)
    found = places >= 0
    for name, values in other.items():
        if name not in _OWN:
            nothing = 0 if values.dtype == np.uint64 else np.nan
            own = columns.get(name, np.full(len(places), nothing, dtype=values.dtype))
            columns[name] = np.where(found & ((own == 0) if nothing == 0 else np.isnan(own)), values[places], own)
    columns["reason"] = np.where(found & (columns["reason"] == 0), other["reason"][places], columns["reason"])
    _tell_of_join(columns, found, rows_of(other), len(np.unique(places[found])), issues)


def _tell_of_join(columns: Columns, found: Flags, listed: int, met: int, issues: Issues) -> None:
    counted = (columns["reason"] == 0) & (columns["is_archive"] == 0)
    missing = int((counted & ~found).sum())
    if missing:
        message = f"{mailboxes_text(missing)} of {int(counted.sum()):,} not found in the mailbox list."
        hint = "They take what their database has, or the others in the mean. Export both with guids to join them by."
        issues.add(WARNING, "mailbox list", "", message, f"{hint} {LIST_COMMAND}" if missing == counted.sum() else hint)
    if listed > met:
        message = f"{mailboxes_text(listed - met)} of the list without statistics: never used, or elsewhere."
        issues.add(NOTICE, "mailbox list", "", message, "They are not counted; raise the mailboxes of a tier for them.")


def _put_archives(kept: Columns, archives: Columns) -> int:
    """Give each mailbox its archive; how many archives have no mailbox among them."""
    if not rows_of(archives):
        return 0
    by = "name" if "name" in kept else "identity"
    places = places_of(archives[by], kept[by])
    owned = places >= 0
    for target, source in (("archive", "size"), ("archive_dumpster", "dumpster")):
        values = kept.get(target, np.full(rows_of(kept), np.nan))
        if source in archives:
            values[places[owned]] = archives[source][owned]
        kept[target] = values
    has = kept.get("has_archive", np.zeros(rows_of(kept), dtype=np.float32))
    has[places[owned]] = 1
    kept["has_archive"] = has
    return int((~owned).sum())


def _take_from_databases(kept: Columns, databases: Columns) -> None:
    """Quota and retention of the database where a mailbox takes them, or has none of its own."""
    if "database" not in kept:
        return
    places = places_of(kept["database"], databases["name"])
    for measure, takes in (("quota", "takes_database_quota"), ("retention", "takes_database_retention")):
        if measure in databases:
            own = kept.get(measure, np.full(len(places), np.nan))
            default = np.where(places >= 0, databases[measure][places], np.nan)
            wanted = (kept.get(takes, np.full(len(places), np.nan)) == 1) | np.isnan(own)
            kept[measure] = np.where(wanted & ~np.isnan(default), default, own)
            if takes in kept:
                kept[takes] = np.where(wanted & ~np.isnan(default), 0, kept[takes])


def _tell_of_databases(kept: Columns, given: bool, issues: Issues) -> None:
    """An unlimited quota that a database's stands in for is no quota at all: it is not known."""
    if "takes_database_quota" not in kept or "quota" not in kept:
        return
    unknown = (kept["takes_database_quota"] == 1) & ~np.isfinite(kept["quota"])
    kept["quota"] = np.where(unknown, np.nan, kept["quota"])
    if unknown.any():
        message = f"{mailboxes_text(int(unknown.sum()))} with the quota of a database that is not known."
        hint = "Give the databases of them too." if given else f"Give the databases too: {DATABASE_COMMAND}"
        issues.add(WARNING, "mailbox list", "tiers.mailbox_size_limit", message, hint)


def _in_megabytes(columns: Columns) -> Columns:
    found = {name: values / MB if name in _IN_BYTES else values for name, values in columns.items()}
    if "no_calendar_versions" in found:
        found["calendar_versioning"] = 1 - found["no_calendar_versions"]
    if "has_archive" not in found and "archive" in found:
        found["has_archive"] = (~np.isnan(found["archive"])).astype(np.float32)
    return found
