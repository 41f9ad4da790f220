"""Columns of the files that tell of mailboxes and databases: what each means, and how its cells are read.

The same measures stand in all of these files under different names, so one table serves them all.  Of names
and addresses only hashes are kept, to join files by and to find duplicates.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.importers.formats.hashing import Keys, combine_hashes, hash_texts
from calculator.importers.formats.numbers import Decimals, Flags, Floats, days, flags, given, matches, without
from calculator.importers.formats.powershell_csv import Block, Column, Export
from calculator.importers.formats.sizes import plausible, sizes
from calculator.importers.mailboxes.file_kinds import UNITS, Kind
from calculator.issues import NOTICE, WARNING, Issues, refuse

if TYPE_CHECKING:
    import pyarrow as pa

Columns = dict[str, Any]
"""Arrays by measure, a value a row: bytes, days, 1 or 0 of a flag, NaN where a cell is empty; hashes as uint64."""

DISABLED, HEALTH, DISCOVERY, SYSTEM = "disabled", "health", "discovery", "system"
KEEPABLE = (DISABLED, HEALTH, DISCOVERY, SYSTEM)
"""Mailboxes that are left out unless they are asked for, the first reason first."""

_NOTHING = r"(?i)^(?:n/?a|none|-|null)$"
_ARCHIVE = r"(?i)^(?:in-place|personal|online) archive\s*-\s*"
_NAMED = {
    HEALTH: r"(?i)^HealthMailbox",
    DISCOVERY: r"(?i)^Discovery\s?Search\s?Mailbox",
    SYSTEM: r"(?i)^(?:SystemMailbox\{|Microsoft Exchange|Microsoft System Attendant|extest_|FederatedEmail\.)",
}
_TYPED = {
    HEALTH: r"(?i)MonitoringMailbox",
    DISCOVERY: r"(?i)DiscoveryMailbox",
    SYSTEM: r"(?i)(?:Arbitration|AuditLog|System|SystemAttendant)Mailbox",
}
_OLD_FORM = r"^\d+B$"
"""Sizes as Exchange 2007 prints them."""


_SIZES = {
    "size": ("TotalItemSize", "MailboxSize", "PrimaryNormalItemSize"),
    "dumpster": ("TotalDeletedItemSize", "MailboxRecoverableItemSize", "PrimaryRecoverableItemSize"),
    "archive": ("ArchiveSize", "ArchiveNormalItemSize"),
    "archive_dumpster": ("ArchiveDeletedItemSize", "ArchiveRecoverableItemSize"),
    "quota": ("ProhibitSendReceiveQuota", "NewProhibitSendReceiveQuota"),
    "archive_quota": ("ArchiveQuota", "NewArchiveQuota"),
    "database_size": ("DatabaseSize",),
    "database_free": ("AvailableNewMailboxSpace",),
}
"""Bytes; infinite where a quota is unlimited."""
_FLAGS = {
    "takes_database_quota": ("UseDatabaseQuotaDefaults",),
    "takes_database_retention": ("UseDatabaseRetentionDefaults",),
    "single_item_recovery": ("SingleItemRecoveryEnabled",),
    "no_calendar_versions": ("CalendarVersionStoreDisabled",),
    "hold": ("LitigationHoldEnabled",),
    "is_archive": ("IsArchiveMailbox",),
}
_FILLED = {
    "has_archive": ("ArchiveDatabase", "ArchiveMailboxDatabase", "ArchiveDisplayName"),
    "disconnected": ("DisconnectDate",),
    "used": ("LastLogonTime", "LastMailboxLogon"),
}
"""Whether a cell holds anything is what counts."""
_DAYS = {"retention": ("RetainDeletedItemsFor", "DeletedItemRetention")}
_TEXTS = {
    "name": ("DisplayName", "Name"),
    "other_name": ("Name", "Alias"),
    "guid": ("MailboxGuid", "ExchangeGuid"),
    "legacy": ("LegacyDN", "LegacyExchangeDN"),
    "address": ("PrimarySmtpAddress", "PrimaryEmailAddress", "UserPrincipalName", "WindowsEmailAddress"),
    "database": ("Database", "DatabaseName", "PrimaryMailboxDatabase"),
    "type": ("RecipientTypeDetails", "MailboxTypeDetail", "MailboxType", "ObjectClass"),
    "status": ("StorageLimitStatus",),
}

_KNOWN_BY = ("name", "guid", "address")
"""What tells mailboxes apart: a file has one of them at least."""


class Reading:
    """What is read of the files of a kind, block by block.

    Parameters
    ----------
    issues
        Where what is doubtful goes.
    keep
        Words of `KEEPABLE` whose mailboxes are not left out.

    Attributes
    ----------
    broken
        Rows with more or fewer cells than the header.
    """

    def __init__(self, kind: Kind, issues: Issues, keep: Collection[str] = ()) -> None:
        self.kind = kind
        self._issues, self._keep = issues, frozenset(keep)
        self._parts: list[Columns] = []
        self.broken = 0

    def read(self, export: Export, tell: Callable[[int], None]) -> None:
        """Read a file of the kind; ``tell`` is told the rows of each block."""
        file = _File(export, self.kind, self._issues, self._keep)
        for block in export.blocks(file.columns, self.kind.command):
            file.add(block)
            tell(block.count)
        self.broken += export.broken
        self._parts.append(file.gathered())

    def columns(self) -> Columns:
        """Columns of all files; one that a file lacks is NaN there."""
        if len(self._parts) == 1:
            return self._parts[0]
        kinds = {name: values.dtype for part in self._parts for name, values in part.items()}
        return {
            name: np.concatenate([_or_nothing(part, name, kind) for part in self._parts])
            for name, kind in kinds.items()
        }


def rows_of(columns: Columns) -> int:
    """How many rows there are."""
    return len(next(iter(columns.values()))) if columns else 0


def _or_nothing(part: Columns, name: str, kind: Any) -> Any:
    nothing = 0 if kind in (np.uint64, np.uint8) else np.nan
    return part.get(name, np.full(rows_of(part), nothing, dtype=kind))


class _File:
    """One file being read."""

    def __init__(self, export: Export, kind: Kind, issues: Issues, keep: frozenset[str]) -> None:
        self._export, self._issues, self._keep = export, issues, keep
        self._comma = export.separator == ";"
        self._units: dict[str, float] = {}
        self._decimals: dict[str, Decimals] = {}
        self._blocks: list[Columns] = []
        self._bad: dict[str, int] = {}
        self._edited, self._old = 0, 0
        self._wanted = self._named(kind)

    @property
    def columns(self) -> list[Column]:
        """What is looked for in the file."""
        return list(self._wanted.values())

    def _named(self, kind: Kind) -> dict[str, Column]:
        """Columns by measure: those that are there, and those without which the file is of no use."""
        wanted = {
            measure: Column(names[0], names[1:], measure in kind.required)
            for table in (_FLAGS, _FILLED, _DAYS, _TEXTS)
            for measure, names in table.items()
        }
        for measure, names in _SIZES.items():
            spelled = [(name, unit) for unit in UNITS for name in names if self._export.has(f"{name}{unit}")]
            name, unit = spelled[0] if spelled else (names[0], "")
            wanted[measure] = Column(f"{name}{unit}", (), measure in kind.required)
            self._units[measure] = UNITS[unit] if unit else 0.0
        there = {m: column for m, column in wanted.items() if column.required or self._export.place(column) is not None}
        if not any(measure in there for measure in _KNOWN_BY):
            refuse(self._export.where, "has no column DisplayName or MailboxGuid.", f"Export it with: {kind.command}")
        return there

    def add(self, block: Block) -> None:
        """Take the rows of a block."""
        cells = {measure: _nothing_as_null(block[column.name]) for measure, column in self._wanted.items()}
        columns: Columns = {}
        for measure, texts in cells.items():
            if measure in _SIZES:
                columns[measure] = self._sizes(measure, texts)
            elif measure in _FLAGS:
                columns[measure] = np.where(given(texts), flags(texts), np.nan).astype(np.float32)
            elif measure in _FILLED:
                columns[measure] = given(texts).astype(np.float32)
            elif measure in _DAYS:
                columns[measure] = days(texts)
        self._blocks.append(_recognised(cells, columns, self._keep))

    def _sizes(self, measure: str, texts: pa.StringArray) -> Floats:
        if self._units[measure]:
            column = self._decimals.setdefault(measure, Decimals(self._export.separator))
            values = column.add(texts)
            self._count_bad(measure, given(texts) & np.isnan(plausible(values)))
            return values
        found = sizes(texts, self._comma)
        self._edited += found.edited
        self._old += int(matches(texts, _OLD_FORM).sum())
        if not measure.endswith("quota"):
            self._count_bad(measure, found.bad | found.unlimited)
            return found.bytes
        self._count_bad(measure, found.bad)
        return np.where(found.unlimited, np.inf, found.bytes)

    def _count_bad(self, measure: str, bad: Flags) -> None:
        self._bad[measure] = self._bad.get(measure, 0) + int(bad.sum())

    def gathered(self) -> Columns:
        """Columns of the file, decimals as each column has them."""
        export, blocks = self._export, self._blocks
        if not any(map(rows_of, blocks)):
            refuse(export.where, "has no rows that can be read.", "Export it again.")
        columns = {name: np.concatenate([block.pop(name) for block in blocks]) for name in list(blocks[0])}
        for measure, decimals in self._decimals.items():
            columns[measure] = plausible(decimals.settle() * self._units[measure])
            if decimals.guessed:
                message = f"numbers such as 1{decimals.sign}234 were read with {decimals.sign!r} as the decimal sign."
                column = self._wanted[measure].name
                self._issues.add(WARNING, export.where, column, message, "Export more decimals if that is wrong.")
        self._tell(columns)
        return columns

    def _tell(self, columns: Columns) -> None:
        for measure, count in self._bad.items():
            if count:
                column, message = self._wanted[measure].name, f"cells that are no size: {count:,}."
                self._issues.add(WARNING, self._export.where, column, message, "They are taken as not given.")
        if self._edited:
            message = f"sizes that are not those of the bytes in brackets: {self._edited:,}."
            self._issues.add(NOTICE, self._export.where, "", message, "The bytes count. Was the file edited by hand?")
        columns["old_form"] = np.full(rows_of(columns), self._old > 0, dtype=np.float32)


def key(texts: pa.StringArray) -> Keys:
    """Hashes of texts whatever their capitals, 0 where there is none."""
    import pyarrow.compute as pc

    found = hash_texts(pc.fill_null(pc.utf8_lower(texts), ""))
    return np.where(given(texts), found, np.uint64(0))


def _recognised(cells: Mapping[str, pa.StringArray], columns: Columns, keep: frozenset[str]) -> Columns:
    """Columns with the hashes of names, and with what names, types and status tell of a mailbox."""
    none = np.zeros(len(next(iter(cells.values()))), dtype=bool)
    archive = np.nan_to_num(columns.pop("is_archive", none)) > 0
    gone = np.nan_to_num(columns.pop("disconnected", none)) > 0
    if "name" in cells:
        archive |= matches(cells["name"], _ARCHIVE)
        columns["name"] = key(without(cells["name"], _ARCHIVE))
    if "status" in cells:
        columns["over_limit"] = matches(cells["status"], r"(?i)^(?:IssueWarning|ProhibitSend)").astype(np.float32)
        gone |= matches(cells["status"], r"(?i)^MailboxDisabled$")
    for measure in ("other_name", "address", "database"):
        if measure in cells:
            columns[measure] = key(cells[measure])
    columns["identity"] = _identity(cells, columns)
    columns["is_archive"] = archive.astype(np.float32)
    columns["reason"] = np.zeros(len(none), dtype=np.uint8)
    for number, word in reversed(list(enumerate(KEEPABLE, 1))):
        if word not in keep:
            columns["reason"][gone if word == DISABLED else none | _named_so(cells, word)] = number
    return columns


def _identity(cells: Mapping[str, pa.StringArray], columns: Columns) -> Keys:
    """What a mailbox is known by: its guid, else its directory name, else name, database, size and quota together."""
    alike = np.zeros(len(next(iter(cells.values()))), dtype=np.uint64)
    for measure in ("name", "address", "database", "size", "quota"):
        if measure in columns:
            other = columns[measure]
            alike = combine_hashes(alike, other if other.dtype == np.uint64 else np.nan_to_num(other).view(np.uint64))
    identity = np.zeros(len(alike), dtype=np.uint64)
    for measure in ("guid", "legacy"):
        if measure in cells:
            identity = np.where(identity == 0, key(cells[measure]), identity)
    return np.where(identity == 0, alike, identity)


def _named_so(cells: Mapping[str, pa.StringArray], word: str) -> Flags:
    """Mailboxes whose name or type says that they are of such a kind."""
    patterns = {"name": _NAMED[word], "other_name": _NAMED[word], "type": _TYPED[word]}
    found = [matches(cells[measure], pattern) for measure, pattern in patterns.items() if measure in cells]
    return np.any(found, axis=0) if found else np.zeros(1, dtype=bool)


def _nothing_as_null(texts: pa.StringArray) -> pa.StringArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    nothing = matches(texts, _NOTHING)
    return pc.if_else(pa.array(nothing), pa.scalar(None, pa.string()), texts) if nothing.any() else texts
