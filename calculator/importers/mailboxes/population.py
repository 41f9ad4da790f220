"""Join the mailboxes of several files, leave out mailboxes that do not count, and apply the defaults of databases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from calculator.importers.formats.hashing import Keys
from calculator.importers.formats.sizes import MB
from calculator.importers.mailboxes.columns import EXCLUDED_MAILBOXES, MailboxColumns, count_column_rows
from calculator.importers.mailboxes.file_kinds import LIST_COMMAND
from calculator.issues import NOTICE, WARNING, Issues
from calculator.numerics.arrays import Bools, Floats

ORPHANED_ARCHIVE, DUPLICATE, NO_SIZE = "archive without its mailbox", "duplicate", "no size"
REASONS = {
    "disabled": "disconnected or disabled",
    "health": "health mailbox",
    "discovery": "discovery mailbox",
    "system": "system or test mailbox",
}
"""Description of each kind of mailbox that is left out, by the word with which the caller keeps it."""
_IN_BYTES = ("size", "dumpster", "archive", "archive_dumpster", "quota", "database_quota", "archive_quota")
_NOT_SHARED = ("identity", "name", "reason", "is_archive", "old_form")
"""Columns whose missing values are not taken from another file."""
_JOINED_BY = (("identity", "identity"), ("address", "address"), ("name", "name"), ("name", "other_name"))


@dataclass(frozen=True)
class Population:
    """Mailboxes that count.

    Attributes
    ----------
    columns
        Arrays of shape ``(mailboxes,)``: sizes and quotas in MB (an unlimited quota is infinite), retention in days,
        flags as 1 or 0; NaN if unknown.
    rows
        Number of rows in the files that list the mailboxes, including those left out.
    left_out
        Number of rows left out, by reason.
    """

    columns: MailboxColumns
    rows: int
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def mailboxes(self) -> int:
        """Number of mailboxes that count."""
        return count_column_rows(self.columns)

    def get(self, measure: str) -> Floats:
        """Return a column, filled with NaN if no file has it."""
        found: Any = self.columns.get(measure)
        return np.full(self.mailboxes, np.nan) if found is None else np.asarray(found, dtype=np.float64)


def build_population(
    mailboxes: MailboxColumns,
    lists: list[MailboxColumns],
    databases: MailboxColumns | None,
    sized: bool,
    issues: Issues,
) -> Population:
    """Build the population from the mailboxes, and add data about them from lists and databases.

    Parameters
    ----------
    mailboxes
        Columns of the files whose rows are the mailboxes.
    lists
        Columns of other files about the same mailboxes, which fill in missing values.
    databases
        Columns of the databases.
    sized
        Whether to leave out mailboxes without a size.
    """
    rows = count_column_rows(mailboxes)
    for listed in lists:
        _fill_in(mailboxes, listed, issues)
    reasons = mailboxes["reason"]
    left_out = {REASONS[word]: int((reasons == number).sum()) for number, word in enumerate(EXCLUDED_MAILBOXES, 1)}
    counted = reasons == 0
    archives = _select(mailboxes, counted & (mailboxes["is_archive"] > 0))
    users = _select(mailboxes, counted & (mailboxes["is_archive"] == 0))
    users, left_out[DUPLICATE] = _drop_duplicates(users)
    archives, duplicates = _drop_duplicates(archives)
    left_out[DUPLICATE] += duplicates
    if sized:
        known = ~np.isnan(users["size"])
        left_out[NO_SIZE] = int((~known).sum())
        users = _select(users, known)
    left_out[ORPHANED_ARCHIVE] = _attach_archives(users, archives, issues)
    if databases is not None:
        _apply_database_defaults(users, databases)
    _apply_database_quotas(users, issues)
    _clear_unknown_quotas(users)
    return Population(
        _convert_to_megabytes(users), rows, {reason: count for reason, count in left_out.items() if count}
    )


def format_mailboxes(count: int) -> str:
    """Format a number of mailboxes."""
    return f"{count:,} mailbox" if count == 1 else f"{count:,} mailboxes"


def _select(columns: MailboxColumns, wanted: Bools) -> MailboxColumns:
    return {name: values[wanted] for name, values in columns.items()}


def _drop_duplicates(columns: MailboxColumns) -> tuple[MailboxColumns, int]:
    """Return the first row of every mailbox, and the number of other rows."""
    rows = count_column_rows(columns)
    _, first = np.unique(columns["identity"], return_index=True)
    wanted = np.zeros(rows, dtype=bool)
    wanted[first] = True
    return _select(columns, wanted), rows - len(first)


def find_places(keys: Keys, among: Keys) -> npt.NDArray[np.intp]:
    """Return the place of each key in an array; -1 if the key is missing or occurs more than once."""
    if not len(among):
        return np.full(len(keys), -1)
    order = np.argsort(among, kind="stable")
    ordered = among[order]
    left = np.searchsorted(ordered, keys, "left")
    alone = (np.searchsorted(ordered, keys, "right") - left == 1) & (keys != 0)
    return np.where(alone, order[np.minimum(left, len(order) - 1)], -1)


def _fill_in(columns: MailboxColumns, listed: MailboxColumns, issues: Issues) -> None:
    """Fill in missing values from another file, joined by GUID, address or unambiguous name."""
    listed, _ = _drop_duplicates(_select(listed, listed["is_archive"] == 0))
    if not count_column_rows(listed):
        return
    places = np.full(count_column_rows(columns), -1)
    for ours, theirs in _JOINED_BY:
        if ours in columns and theirs in listed:
            places = np.where(places < 0, find_places(columns[ours], listed[theirs]), places)
    found = places >= 0
    for name, values in listed.items():
        if name not in _NOT_SHARED:
            is_key = values.dtype == np.uint64
            present = columns.get(name, np.full(len(places), 0 if is_key else np.nan, dtype=values.dtype))
            missing = (present == 0) if is_key else np.isnan(present)
            if name == "kind":  # the type in a mailbox list has more detail than that in statistics
                missing |= ~np.isnan(values[places])
            columns[name] = np.where(found & missing, values[places], present)
    columns["reason"] = np.where(found & (columns["reason"] == 0), listed["reason"][places], columns["reason"])
    _report_join(columns, found, count_column_rows(listed), len(np.unique(places[found])), issues)


def _report_join(columns: MailboxColumns, found: Bools, listed: int, joined: int, issues: Issues) -> None:
    counted = (columns["reason"] == 0) & (columns["is_archive"] == 0)
    missing = int((counted & ~found).sum())
    if missing:
        message = f"{format_mailboxes(missing)} of {int(counted.sum()):,} not found in the mailbox list."
        hint = (
            "They get the values of their database, or the mean of the others. Export both files with GUIDs, by "
            "which they are joined."
        )
        if missing == counted.sum():
            hint += f" The list: {LIST_COMMAND}"
        issues.add(WARNING, "mailbox list", "", message, hint)
    if listed > joined:
        message = (
            f"{format_mailboxes(listed - joined)} of the list without statistics: never used, or not in these files."
        )
        issues.add(NOTICE, "mailbox list", "", message, "They are not counted; raise the mailboxes of a tier for them.")


def _attach_archives(columns: MailboxColumns, archives: MailboxColumns, issues: Issues) -> int:
    """Add each archive to its mailbox, and report their number; return the number of archives without a mailbox."""
    if not count_column_rows(archives):
        return 0
    by = "name" if "name" in columns else "identity"
    places = find_places(archives[by], columns[by])
    owned = places >= 0
    for target, source in (("archive", "size"), ("archive_dumpster", "dumpster")):
        values = columns.get(target, np.full(count_column_rows(columns), np.nan))
        if source in archives:
            values[places[owned]] = archives[source][owned]
        columns[target] = values
    has = columns.get("has_archive", np.zeros(count_column_rows(columns), dtype=np.float32))
    has[places[owned]] = 1
    columns["has_archive"] = has
    if added := int(owned.sum()):
        message = f"{added:,} archives were added to the mailboxes that own them."
        message = message if added > 1 else "1 archive was added to the mailbox that owns it."
        issues.add(NOTICE, "mailboxes", "", message)
    return int((~owned).sum())


def _apply_database_defaults(columns: MailboxColumns, databases: MailboxColumns) -> None:
    """Apply the quota and the retention of the database to mailboxes that use them or have none."""
    if "database" not in columns:
        return
    places = find_places(columns["database"], databases["name"])
    for measure, flag in (("quota", "takes_database_quota"), ("retention", "takes_database_retention")):
        if measure in databases:
            values = columns.get(measure, np.full(len(places), np.nan))
            default = np.where(places >= 0, databases[measure][places], np.nan)
            replaced = (columns.get(flag, np.full(len(places), np.nan)) == 1) | np.isnan(values)
            replaced &= ~np.isnan(default)
            columns[measure] = np.where(replaced, default, values)
            if flag in columns:
                columns[flag] = np.where(replaced, 0, columns[flag])


def _apply_database_quotas(columns: MailboxColumns, issues: Issues) -> None:
    """Apply the database quota in statistics to mailboxes that use it or have no known quota."""
    if "database_quota" not in columns:
        return
    default = columns.pop("database_quota")
    quota = columns.get("quota", np.full(len(default), np.nan))
    takes = columns.get("takes_database_quota", np.full(len(default), np.nan))
    replaced = ~np.isnan(default) & ((takes == 1) | np.isnan(quota))
    assumed = int((replaced & np.isnan(takes)).sum())
    columns["quota"] = np.where(replaced, default, quota)
    if "takes_database_quota" in columns:
        columns["takes_database_quota"] = np.where(replaced, 0, takes)
    if assumed:
        message = f"{format_mailboxes(assumed)} with the quota of the database; quotas of their own are not known."
        issues.add(NOTICE, "mailboxes", "tiers.mailbox_size_limit", message, f"Give the list too: {LIST_COMMAND}")


def _clear_unknown_quotas(columns: MailboxColumns) -> None:
    """Clear the quota of mailboxes that use the quota of an unknown database: it is always exported as unlimited."""
    if "takes_database_quota" not in columns or "quota" not in columns:
        return
    unknown = (columns["takes_database_quota"] == 1) & ~np.isfinite(columns["quota"])
    columns["quota"] = np.where(unknown, np.nan, columns["quota"])


def _convert_to_megabytes(columns: MailboxColumns) -> MailboxColumns:
    converted = {name: values / MB if name in _IN_BYTES else values for name, values in columns.items()}
    if "no_calendar_versions" in converted:
        converted["calendar_versioning"] = 1 - converted["no_calendar_versions"]
    if "has_archive" not in converted and "archive" in converted:
        converted["has_archive"] = (~np.isnan(converted["archive"])).astype(np.float32)
    return converted
