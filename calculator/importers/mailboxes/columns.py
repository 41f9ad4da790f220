"""Read the columns of exports with mailboxes or databases.

The exports contain the same measures under different names, so one table describes the columns of all of them.  Names
and addresses are stored only as hashes, which are used to join files and to find duplicates.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from calculator.importers.formats.hashing import Keys, combine_hashes, hash_texts
from calculator.importers.formats.numbers import are_given, are_true, days, matches, without
from calculator.importers.formats.powershell_csv import Block, Column, Export
from calculator.importers.formats.reading import Reading
from calculator.importers.formats.sizes import GB, KB, MB, TB, Sizes
from calculator.importers.formats.system_mailboxes import (
    DISCOVERY,
    HEALTH,
    SYSTEM,
    address_pattern,
    name_pattern,
    type_pattern,
)
from calculator.importers.mailboxes.file_kinds import DATABASES, IDENTIFYING, LIST, ExportKind, has_resolved_quotas
from calculator.importers.mailboxes.headers import find_likely_size, find_size_columns
from calculator.issues import NOTICE, WARNING, Issues, quoted, refuse
from calculator.numerics.arrays import Bools, Floats

if TYPE_CHECKING:
    import pyarrow as pa

MailboxColumns = dict[str, Any]
"""Arrays by measure, one value per row: bytes, days, flags as 1 or 0, NaN for an empty cell; hashes as uint64."""

DISABLED = "disabled"
EXCLUDED_MAILBOXES = (DISABLED, HEALTH, DISCOVERY, SYSTEM)
"""Kinds of mailboxes that do not count unless the caller keeps them; the first kind that applies is the reason."""
MAILBOX_KINDS = {
    "shared": r"(?:Remote)?Shared(?:Mailbox)?|TeamMailbox|GroupMailbox",
    "room": r"(?:Remote)?(?:Room|ConferenceRoom)(?:Mailbox)?|RoomList|LinkedRoomMailbox|SchedulingMailbox",
    "equipment": r"(?:Remote)?Equipment(?:Mailbox)?",
    "linked": r"Linked(?:User|Mailbox)?",
    "public folder": r"PublicFolder(?:Mailbox)?",
}
"""Kinds of mailboxes that are not of users, with their recipient types; the code of a kind is its place + 1."""

_PLACEHOLDER = r"(?i)^(?:n/?a|none|-|null)$"
_ARCHIVE = r"(?i)^(?:in-place|personal|online) archive\s*-\s*"
_EXCHANGE_2007_SIZE = r"^\d+B$"
"""Format of sizes in Exchange 2007."""

_SIZE_BOUNDS = {
    "size": (MB, 100 * GB),
    "dumpster": (64 * KB, 100 * GB),
    "archive": (MB, 500 * GB),
    "archive_dumpster": (64 * KB, 500 * GB),
    "quota": (100 * MB, 512 * GB),
    "database_quota": (100 * MB, 512 * GB),
    "archive_quota": (100 * MB, 512 * GB),
    "database_size": (100 * MB, 16 * TB),
    "database_free": (MB, 16 * TB),
}
"""Bounds of a plausible mean of each measure in bytes; an unlimited quota is infinite."""
LARGEST_MEAN = TB
"""Mean size of a mailbox in bytes that no organization exceeds."""
_MEASURED = ("size", "dumpster", "archive", "archive_dumpster")
_QUOTAS = ("quota", "database_quota", "archive_quota")
_FLAGS = {
    "takes_database_quota": ("UseDatabaseQuotaDefaults",),
    "takes_database_retention": ("UseDatabaseRetentionDefaults",),
    "single_item_recovery": ("SingleItemRecoveryEnabled",),
    "no_calendar_versions": ("CalendarVersionStoreDisabled",),
    "hold": ("LitigationHoldEnabled",),
    "is_archive": ("IsArchiveMailbox",),
    "deleted": ("IsDeleted",),
    "archive_flag": ("HasArchive",),
}
_PRESENCE = {
    "has_archive": ("ArchiveDatabase", "ArchiveMailboxDatabase", "ArchiveDisplayName"),
    "disconnected": ("DisconnectDate",),
    "used": ("LastLogonTime", "LastMailboxLogon", "LastActivityDate", "LastLogon", "LastLogonDate"),
}
"""Columns in which only the presence of a value matters."""
_DAYS = {"retention": ("RetainDeletedItemsFor", "DeletedItemRetention")}
_TEXTS = {
    **IDENTIFYING,
    "other_name": ("Name", "Alias"),
    "legacy": ("LegacyDN", "LegacyExchangeDN"),
    "database": ("Database", "DatabaseName", "PrimaryMailboxDatabase"),
    "type": ("RecipientTypeDetails", "MailboxTypeDetail", "MailboxType", "RecipientType", "ObjectClass"),
    "status": ("StorageLimitStatus",),
}


class ExportReader:
    """Reader of the files of one kind, block by block.

    Parameters
    ----------
    issues
        Receives warnings and notices.
    keep
        Kinds of `EXCLUDED_MAILBOXES` that count.
    reading
        Settings for reading files; receives what was recognized in them.

    Attributes
    ----------
    broken
        Number of rows with more or fewer cells than the header.
    cause
        Why the first cell that should be a size of a mailbox is not a size; empty if all are sizes.
    """

    def __init__(
        self, kind: ExportKind, issues: Issues, keep: Collection[str] = (), reading: Reading | None = None
    ) -> None:
        self.kind = kind
        self._issues, self._keep = issues, frozenset(keep)
        self._reading = reading or Reading()
        self._parts: list[MailboxColumns] = []
        self.broken, self.cause = 0, ""

    def read(self, export: Export, report_rows: Callable[[int], None]) -> None:
        """Read a file; ``report_rows`` receives the number of rows of each block."""
        file = _FileReader(export, self.kind, self._issues, self._keep, self._reading)
        for block in export.blocks(file.columns, self.kind.command):
            file.add(block)
            report_rows(block.count)
        self.broken += export.broken
        self._parts.append(file.finish())
        self.cause = self.cause or file.cause

    def columns(self) -> MailboxColumns:
        """Return the columns of all files; a file without a column has NaN in its rows."""
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
    """Reader of one file."""

    def __init__(
        self, export: Export, kind: ExportKind, issues: Issues, keep: frozenset[str], reading: Reading
    ) -> None:
        self._export, self._kind, self._issues, self._keep, self._reading = export, kind, issues, keep, reading
        self._resolved = has_resolved_quotas(export)
        self._sizes: dict[str, Sizes] = {}
        self._blocks: list[MailboxColumns] = []
        self._bad_days: dict[str, tuple[int, str]] = {}
        self._old = 0
        self._wanted = self._find_columns()

    @property
    def columns(self) -> list[Column]:
        """Columns to read."""
        return list(self._wanted.values())

    def _find_columns(self) -> dict[str, Column]:
        """Return the columns by measure: those in the file, and all required ones."""
        export, kind = self._export, self._kind
        wanted = {
            measure: Column(names[0], names[1:], measure in kind.required)
            for table in (_FLAGS, _PRESENCE, _DAYS, _TEXTS)
            for measure, names in table.items()
        }
        found = {m: column for m, column in wanted.items() if column.required or export.place(column) is not None}
        for measure, size in find_size_columns(export.names).items():
            found[measure] = Column(size.name, (), measure in kind.required)
            self._sizes[measure] = Sizes(size.unit, self._reading.decimal)
        if not any(measure in found for measure in IDENTIFYING):
            refuse(export.where, "has no column DisplayName or MailboxGuid.", f"Export it with: {kind.command}")
        if "size" in kind.required and "size" not in found:
            refuse_without_size(export, kind)
        return found

    @property
    def cause(self) -> str:
        """Why the first cell that should be a size of a mailbox is not a size."""
        sizes = self._sizes.get("size")
        if sizes is None or not sizes.example:
            return ""
        return f"{self._wanted['size'].name} such as {quoted(sizes.example)} is not a size"

    def add(self, block: Block) -> None:
        """Add the rows of a block."""
        cells = {measure: _clear_placeholders(block[column.name]) for measure, column in self._wanted.items()}
        columns: MailboxColumns = {}
        for measure, texts in cells.items():
            if measure in self._sizes:
                columns[measure] = self._sizes[measure].add(texts, block.lines)
                self._old += int(measure == "size" and matches(texts, _EXCHANGE_2007_SIZE).any())
            elif measure in _FLAGS:
                columns[measure] = np.where(are_given(texts), are_true(texts), np.nan).astype(np.float32)
            elif measure in _PRESENCE:
                columns[measure] = are_given(texts).astype(np.float32)
            elif measure in _DAYS:
                columns[measure] = days(texts)
                self._check_days(measure, texts, columns[measure])
        if self._resolved:
            columns.pop("takes_database_quota", None)
        classified = _classify(cells, columns, self._keep)
        for measure in self._sizes:
            classified.pop(measure)  # converted once the whole column has decided its decimal sign
        self._blocks.append(classified)

    def _check_days(self, measure: str, texts: pa.StringArray, found: Floats) -> None:
        bad = are_given(texts) & np.isnan(found)
        if bad.any():
            count, example = self._bad_days.get(measure, (0, texts[int(np.argmax(bad))].as_py()))
            self._bad_days[measure] = (count + int(bad.sum()), example)

    def finish(self) -> MailboxColumns:
        """Return the columns of the whole file, and report doubts about them."""
        export, blocks = self._export, self._blocks
        if not any(map(count_column_rows, blocks)):
            refuse(export.where, "has no rows that can be read.", "Export it again.")
        columns = {name: np.concatenate([block.pop(name) for block in blocks]) for name in list(blocks[0])}
        for measure, sizes in self._sizes.items():
            low, high = _SIZE_BOUNDS[measure]
            name = self._wanted[measure].name
            values = sizes.read(export.where, name, self._issues, low, high, measured=measure in _MEASURED)
            columns[measure] = values if measure in _QUOTAS else np.where(np.isinf(values), np.nan, values)
            self._report_sizes(measure, name, values)
        for measure, (count, example) in self._bad_days.items():
            message = f"cells that are not a number of days: {count:,}, such as {quoted(example)}."
            hint = "They are treated as empty. A span is written as 14.00:00:00."
            self._issues.add(WARNING, export.where, self._wanted[measure].name, message, hint)
        columns["old_form"] = np.full(count_column_rows(columns), self._old > 0, dtype=np.float32)
        signs = {self._wanted[m].name: s.decimals.shown for m, s in self._sizes.items()}
        self._reading.add(
            export.where,
            self._kind.name,
            encoding=export.encoding,
            separator=export.separator,
            rows=export.rows,
            names=export.names,
            used=list(export.used),
            decimals=signs,
        )
        return columns

    def _report_sizes(self, measure: str, name: str, values: Floats) -> None:
        sizes, where = self._sizes[measure], self._export.where
        bad = sizes.bad + (0 if measure in _QUOTAS else sizes.unlimited)
        if bad:
            example = f", such as {quoted(sizes.example)}" if sizes.example else ""
            lost = " Letters were lost: export it with -Encoding UTF8." if "??" in sizes.example else ""
            hint = f"They are treated as empty.{lost}"
            self._issues.add(WARNING, where, name, f"cells that are not a size: {bad:,}{example}.", hint)
        if sizes.edited:
            message = f"sizes that differ from the bytes in brackets: {sizes.edited:,}."
            self._issues.add(NOTICE, where, name, message, "The bytes are used. Was the file edited by hand?")
        if measure == "size" and self._kind not in (DATABASES, LIST):
            self._check_mean(name, values)

    def _check_mean(self, name: str, values: Floats) -> None:
        """Refuse an impossible mean size, and report single mailboxes of such a size."""
        known = values[np.isfinite(values)]
        huge = int((known > LARGEST_MEAN).sum())
        cell = self._sizes["size"].largest(values)
        if cell is None:
            return
        shown = f"{quoted(cell.text)} is {values[cell.row] / GB:,.4g} GB"
        mean = f"{known.mean() / GB:,.4g} GB on average"
        hint = "Check the unit and the decimal sign: --decimal point or --decimal comma."
        if known.mean() > LARGEST_MEAN:
            message = f"{shown}: mailboxes would have {mean}, more than 1,024 GB."
            self._issues.error(f"{self._export.where} row {cell.line}", name, message, hint)
        elif known.mean() > _SIZE_BOUNDS["size"][1]:
            message = f"{shown}: mailboxes have {mean}, more than the 100 GB that are usual at most."
            self._issues.add(WARNING, f"{self._export.where} row {cell.line}", name, message, hint)
        elif huge:
            message = f"mailboxes of more than 1,024 GB: {huge:,}. The largest, {shown}, is in row {cell.line}."
            self._issues.add(WARNING, self._export.where, name, message, "Check their unit.")


def refuse_without_size(export: Export, kind: ExportKind) -> NoReturn:
    """Raise `InputError` for a file without the size of its mailboxes, and name the column that looks like it."""
    likely = find_likely_size(export.names)
    if likely is None:
        refuse(export.where, "has no column TotalItemSize.", f"Export it with: {kind.command}")
    message = f"has no column TotalItemSize. Column {quoted(likely)} looks like the size."
    refuse(export.where, message, 'If it is, name it with its unit, such as "TotalItemSize (MB)".')


def hash_ignoring_case(texts: pa.StringArray) -> Keys:
    """Return case-insensitive hashes of texts, 0 for an empty cell."""
    import pyarrow.compute as pc

    found = hash_texts(pc.fill_null(pc.utf8_lower(texts), ""))
    return np.where(are_given(texts), found, np.uint64(0))


def _classify(cells: Mapping[str, pa.StringArray], columns: MailboxColumns, keep: frozenset[str]) -> MailboxColumns:
    """Add the hashes of names, and the kind of each mailbox by its name, type and status."""
    none = np.zeros(len(next(iter(cells.values()))), dtype=bool)
    archive = np.nan_to_num(columns.pop("is_archive", none)) > 0
    gone = np.nan_to_num(columns.pop("disconnected", none)) > 0
    gone |= np.nan_to_num(columns.pop("deleted", none)) > 0
    if "archive_flag" in columns:
        columns.setdefault("has_archive", columns.pop("archive_flag"))
    if "name" in cells:
        archive |= matches(cells["name"], _ARCHIVE)
        columns["name"] = hash_ignoring_case(without(cells["name"], _ARCHIVE))
    if "status" in cells:
        columns["over_limit"] = matches(cells["status"], r"(?i)^(?:IssueWarning|ProhibitSend)").astype(np.float32)
        gone |= matches(cells["status"], r"(?i)^MailboxDisabled$")
    for measure in ("other_name", "address", "database"):
        if measure in cells:
            columns[measure] = hash_ignoring_case(cells[measure])
    if "type" in cells:
        columns["kind"] = _find_kinds(cells["type"])
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
    """Return which mailboxes have a name or a type of an excluded kind."""
    names = name_pattern(word)
    patterns = {"name": names, "other_name": names, "address": address_pattern(word), "type": type_pattern(word)}
    found = [matches(cells[measure], pattern) for measure, pattern in patterns.items() if measure in cells]
    return np.any(found, axis=0) if found else np.zeros(1, dtype=bool)


def _find_kinds(types: pa.StringArray) -> Floats:
    """Return the code of the kind of each mailbox: 0 for a user, NaN if the kind is not known."""
    import pyarrow.compute as pc

    codes = pc.dictionary_encode(types)
    names = codes.dictionary
    found = np.zeros(len(names) + 1)
    for code, pattern in enumerate(MAILBOX_KINDS.values(), 1):
        found[:-1][matches(names, f"(?i)^(?:{pattern})$")] = code
    found[-1] = np.nan
    return found[pc.fill_null(codes.indices, len(names)).to_numpy(zero_copy_only=False)].astype(np.float32)


def _clear_placeholders(texts: pa.StringArray) -> pa.StringArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    empty = matches(texts, _PLACEHOLDER)
    return pc.if_else(pa.array(empty), pa.scalar(None, pa.string()), texts) if empty.any() else texts
