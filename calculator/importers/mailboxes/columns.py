"""Read the columns of exports with mailboxes or databases.

The exports contain the same measures under different names, so one table describes the columns of all of them.  Names
and addresses are only kept as hashes, which join the files and find duplicates.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.importers.formats.hashing import Keys, combine_hashes, hash_texts
from calculator.importers.formats.numbers import Decimals, are_given, are_true, days, matches, without
from calculator.importers.formats.powershell_csv import Block, Column, Export
from calculator.importers.formats.sizes import plausible, sizes
from calculator.importers.mailboxes.file_kinds import UNITS, ExportKind
from calculator.issues import NOTICE, WARNING, Issues, refuse
from calculator.numerics.arrays import Bools, Floats

if TYPE_CHECKING:
    import pyarrow as pa

MailboxColumns = dict[str, Any]
"""Arrays by measure, one value per row: bytes, days, flags as 1 or 0, NaN for an empty cell; hashes as uint64."""

DISABLED, HEALTH, DISCOVERY, SYSTEM = "disabled", "health", "discovery", "system"
EXCLUDED_MAILBOXES = (DISABLED, HEALTH, DISCOVERY, SYSTEM)
"""Kinds of mailboxes that do not count unless the caller keeps them; the first that applies is the reason."""

_PLACEHOLDER = r"(?i)^(?:n/?a|none|-|null)$"
_ARCHIVE = r"(?i)^(?:in-place|personal|online) archive\s*-\s*"
_NAME_PATTERNS = {
    HEALTH: r"(?i)^HealthMailbox",
    DISCOVERY: r"(?i)^Discovery\s?Search\s?Mailbox",
    SYSTEM: r"(?i)^(?:SystemMailbox\{|Microsoft Exchange|Microsoft System Attendant|extest_|FederatedEmail\.)",
}
_TYPE_PATTERNS = {
    HEALTH: r"(?i)MonitoringMailbox",
    DISCOVERY: r"(?i)DiscoveryMailbox",
    SYSTEM: r"(?i)(?:Arbitration|AuditLog|System|SystemAttendant)Mailbox",
}
_EXCHANGE_2007_SIZE = r"^\d+B$"
"""Format of sizes in Exchange 2007."""

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
"""Columns in bytes; an unlimited quota is infinite."""
_FLAGS = {
    "takes_database_quota": ("UseDatabaseQuotaDefaults",),
    "takes_database_retention": ("UseDatabaseRetentionDefaults",),
    "single_item_recovery": ("SingleItemRecoveryEnabled",),
    "no_calendar_versions": ("CalendarVersionStoreDisabled",),
    "hold": ("LitigationHoldEnabled",),
    "is_archive": ("IsArchiveMailbox",),
}
_PRESENCE = {
    "has_archive": ("ArchiveDatabase", "ArchiveMailboxDatabase", "ArchiveDisplayName"),
    "disconnected": ("DisconnectDate",),
    "used": ("LastLogonTime", "LastMailboxLogon"),
}
"""Columns of which only the presence of a value matters."""
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

_IDENTIFYING = ("name", "guid", "address")
"""Measures that identify a mailbox; a file needs at least one of them."""


class ExportReader:
    """Reads the files of one kind, block by block.

    Parameters
    ----------
    issues
        Receives what is doubtful.
    keep
        Kinds of `EXCLUDED_MAILBOXES` that count.

    Attributes
    ----------
    broken
        Number of rows with more or fewer cells than the header.
    """

    def __init__(self, kind: ExportKind, issues: Issues, keep: Collection[str] = ()) -> None:
        self.kind = kind
        self._issues, self._keep = issues, frozenset(keep)
        self._parts: list[MailboxColumns] = []
        self.broken = 0

    def read(self, export: Export, report_rows: Callable[[int], None]) -> None:
        """Read a file; ``report_rows`` receives the number of rows of each block."""
        file = _FileReader(export, self.kind, self._issues, self._keep)
        for block in export.blocks(file.columns, self.kind.command):
            file.add(block)
            report_rows(block.count)
        self.broken += export.broken
        self._parts.append(file.finish())

    def columns(self) -> MailboxColumns:
        """Return the columns of all files; rows of a file without a column have NaN there."""
        if len(self._parts) == 1:
            return self._parts[0]
        dtypes = {name: values.dtype for part in self._parts for name, values in part.items()}
        return {
            name: np.concatenate([_column_or_missing(part, name, dtype) for part in self._parts])
            for name, dtype in dtypes.items()
        }


def count_column_rows(columns: MailboxColumns) -> int:
    """Return the number of rows."""
    return len(next(iter(columns.values()))) if columns else 0


def _column_or_missing(part: MailboxColumns, name: str, dtype: Any) -> Any:
    missing = 0 if dtype in (np.uint64, np.uint8) else np.nan
    return part.get(name, np.full(count_column_rows(part), missing, dtype=dtype))


class _FileReader:
    """Reads one file."""

    def __init__(self, export: Export, kind: ExportKind, issues: Issues, keep: frozenset[str]) -> None:
        self._export, self._issues, self._keep = export, issues, keep
        self._comma = export.separator == ";"
        self._units: dict[str, float] = {}
        self._decimals: dict[str, Decimals] = {}
        self._blocks: list[MailboxColumns] = []
        self._bad: dict[str, int] = {}
        self._edited, self._old = 0, 0
        self._wanted = self._find_columns(kind)

    @property
    def columns(self) -> list[Column]:
        """Columns to read."""
        return list(self._wanted.values())

    def _find_columns(self, kind: ExportKind) -> dict[str, Column]:
        """Return the columns by measure: those in the file, and the required ones."""
        wanted = {
            measure: Column(names[0], names[1:], measure in kind.required)
            for table in (_FLAGS, _PRESENCE, _DAYS, _TEXTS)
            for measure, names in table.items()
        }
        for measure, names in _SIZES.items():
            spelled = [(name, unit) for unit in UNITS for name in names if self._export.has(f"{name}{unit}")]
            name, unit = spelled[0] if spelled else (names[0], "")
            wanted[measure] = Column(f"{name}{unit}", (), measure in kind.required)
            self._units[measure] = UNITS[unit] if unit else 0.0
        found = {m: column for m, column in wanted.items() if column.required or self._export.place(column) is not None}
        if not any(measure in found for measure in _IDENTIFYING):
            refuse(self._export.where, "has no column DisplayName or MailboxGuid.", f"Export it with: {kind.command}")
        return found

    def add(self, block: Block) -> None:
        """Add the rows of a block."""
        cells = {measure: _clear_placeholders(block[column.name]) for measure, column in self._wanted.items()}
        columns: MailboxColumns = {}
        for measure, texts in cells.items():
            if measure in _SIZES:
                columns[measure] = self._read_sizes(measure, texts)
            elif measure in _FLAGS:
                columns[measure] = np.where(are_given(texts), are_true(texts), np.nan).astype(np.float32)
            elif measure in _PRESENCE:
                columns[measure] = are_given(texts).astype(np.float32)
            elif measure in _DAYS:
                columns[measure] = days(texts)
        self._blocks.append(_classify(cells, columns, self._keep))

    def _read_sizes(self, measure: str, texts: pa.StringArray) -> Floats:
        if self._units[measure]:
            column = self._decimals.setdefault(measure, Decimals(self._export.separator))
            values = column.add(texts)
            self._count_bad(measure, are_given(texts) & np.isnan(plausible(values)))
            return values
        found = sizes(texts, self._comma)
        self._edited += found.edited
        self._old += int(matches(texts, _EXCHANGE_2007_SIZE).sum())
        if not measure.endswith("quota"):
            self._count_bad(measure, found.bad | found.unlimited)
            return found.bytes
        self._count_bad(measure, found.bad)
        return np.where(found.unlimited, np.inf, found.bytes)

    def _count_bad(self, measure: str, bad: Bools) -> None:
        self._bad[measure] = self._bad.get(measure, 0) + int(bad.sum())

    def finish(self) -> MailboxColumns:
        """Return the columns of the whole file, and report what is doubtful in it."""
        export, blocks = self._export, self._blocks
        if not any(map(count_column_rows, blocks)):
            refuse(export.where, "has no rows that can be read.", "Export it again.")
        columns = {name: np.concatenate([block.pop(name) for block in blocks]) for name in list(blocks[0])}
        for measure, decimals in self._decimals.items():
            columns[measure] = plausible(decimals.settle() * self._units[measure])
            if decimals.guessed:
                message = f"numbers such as 1{decimals.sign}234 were read with {decimals.sign!r} as the decimal sign."
                column = self._wanted[measure].name
                self._issues.add(WARNING, export.where, column, message, "Export more decimals if that is wrong.")
        self._report(columns)
        return columns

    def _report(self, columns: MailboxColumns) -> None:
        for measure, count in self._bad.items():
            if count:
                column, message = self._wanted[measure].name, f"cells that are no size: {count:,}."
                self._issues.add(WARNING, self._export.where, column, message, "They are taken as not given.")
        if self._edited:
            message = f"sizes that are not those of the bytes in brackets: {self._edited:,}."
            self._issues.add(NOTICE, self._export.where, "", message, "The bytes count. Was the file edited by hand?")
        columns["old_form"] = np.full(count_column_rows(columns), self._old > 0, dtype=np.float32)


def hash_ignoring_case(texts: pa.StringArray) -> Keys:
    """Return case-insensitive hashes of texts, 0 for an empty cell."""
    import pyarrow.compute as pc

    found = hash_texts(pc.fill_null(pc.utf8_lower(texts), ""))
    return np.where(are_given(texts), found, np.uint64(0))


def _classify(cells: Mapping[str, pa.StringArray], columns: MailboxColumns, keep: frozenset[str]) -> MailboxColumns:
    """Add the hashes of names, and what the name, the type and the status say about each mailbox."""
    none = np.zeros(len(next(iter(cells.values()))), dtype=bool)
    archive = np.nan_to_num(columns.pop("is_archive", none)) > 0
    gone = np.nan_to_num(columns.pop("disconnected", none)) > 0
    if "name" in cells:
        archive |= matches(cells["name"], _ARCHIVE)
        columns["name"] = hash_ignoring_case(without(cells["name"], _ARCHIVE))
    if "status" in cells:
        columns["over_limit"] = matches(cells["status"], r"(?i)^(?:IssueWarning|ProhibitSend)").astype(np.float32)
        gone |= matches(cells["status"], r"(?i)^MailboxDisabled$")
    for measure in ("other_name", "address", "database"):
        if measure in cells:
            columns[measure] = hash_ignoring_case(cells[measure])
    columns["identity"] = _identify(cells, columns)
    columns["is_archive"] = archive.astype(np.float32)
    columns["reason"] = np.zeros(len(none), dtype=np.uint8)
    for number, word in reversed(list(enumerate(EXCLUDED_MAILBOXES, 1))):
        if word not in keep:
            columns["reason"][gone if word == DISABLED else none | _match_special(cells, word)] = number
    return columns


def _identify(cells: Mapping[str, pa.StringArray], columns: MailboxColumns) -> Keys:
    """Return what identifies a mailbox: GUID, else directory name, else name, database, size and quota combined."""
    combined = np.zeros(len(next(iter(cells.values()))), dtype=np.uint64)
    for measure in ("name", "address", "database", "size", "quota"):
        if measure in columns:
            values = columns[measure]
            keys = values if values.dtype == np.uint64 else np.nan_to_num(values).view(np.uint64)
            combined = combine_hashes(combined, keys)
    identity = np.zeros(len(combined), dtype=np.uint64)
    for measure in ("guid", "legacy"):
        if measure in cells:
            identity = np.where(identity == 0, hash_ignoring_case(cells[measure]), identity)
    return np.where(identity == 0, combined, identity)


def _match_special(cells: Mapping[str, pa.StringArray], word: str) -> Bools:
    """Return the mailboxes whose name or type is that of an excluded kind."""
    patterns = {"name": _NAME_PATTERNS[word], "other_name": _NAME_PATTERNS[word], "type": _TYPE_PATTERNS[word]}
    found = [matches(cells[measure], pattern) for measure, pattern in patterns.items() if measure in cells]
    return np.any(found, axis=0) if found else np.zeros(1, dtype=bool)


def _clear_placeholders(texts: pa.StringArray) -> pa.StringArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    empty = matches(texts, _PLACEHOLDER)
    return pc.if_else(pa.array(empty), pa.scalar(None, pa.string()), texts) if empty.any() else texts
