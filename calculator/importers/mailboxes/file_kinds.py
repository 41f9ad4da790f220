"""Kinds of exports with mailboxes or databases: the columns that identify each, and the command that creates it."""

from __future__ import annotations

from dataclasses import dataclass

from calculator.importers.formats.powershell_csv import Export
from calculator.importers.formats.sizes import GB, KB, MB

UNITS = {"": 1.0, "Bytes": 1.0, "KB": KB, "MB": MB, "GB": GB}
"""Units that the name of a column may end in, in bytes; without one the cells carry the unit."""


@dataclass(frozen=True)
class ExportKind:
    """A kind of export.

    Attributes
    ----------
    name
        Its name in messages.
    marks
        Columns that identify it: any of them is enough, once the kinds before it in `KINDS` are excluded.
    required
        Measures without which the file is useless.
    command
        Command that creates it.
    """

    name: str
    marks: tuple[str, ...]
    required: tuple[str, ...]
    command: str


LIST_COMMAND = (
    "Get-Mailbox -ResultSize Unlimited | Select-Object Name,DisplayName,ExchangeGuid,PrimarySmtpAddress,Database,"
    "RecipientTypeDetails,UseDatabaseQuotaDefaults,ProhibitSendReceiveQuota,UseDatabaseRetentionDefaults,"
    "RetainDeletedItemsFor,SingleItemRecoveryEnabled,LitigationHoldEnabled,CalendarVersionStoreDisabled,"
    "ArchiveDatabase,ArchiveQuota | Export-Csv quotas.csv -NoTypeInformation -Encoding UTF8"
)
STATISTICS_COMMAND = (
    "Get-MailboxDatabase | Get-MailboxStatistics | Select-Object DisplayName,MailboxGuid,Database,ItemCount,"
    "TotalItemSize,TotalDeletedItemSize,StorageLimitStatus,IsArchiveMailbox,DisconnectDate,LastLogonTime | "
    "Export-Csv stats.csv -NoTypeInformation -Encoding UTF8"
)
DATABASE_COMMAND = (
    "Get-MailboxDatabase -Status | Select-Object Name,DatabaseSize,AvailableNewMailboxSpace,EdbFilePath,"
    "ProhibitSendReceiveQuota,DeletedItemRetention | Export-Csv dbs.csv -NoTypeInformation -Encoding UTF8"
)
DATABASES = ExportKind(
    "database status", ("EdbFilePath", "DBFilePath", "DatabaseSize", "LogFolderPath"), ("name",), DATABASE_COMMAND
)
REPORT = ExportKind(
    "mailbox report",
    tuple(f"{name}{unit}" for name in ("MailboxSize", "PrimaryNormalItemSize") for unit in UNITS),
    ("size",),
    STATISTICS_COMMAND,
)
"""Written by Get-MailboxReport.ps1 and Get-OnPremMailboxUsage.ps1."""
STATISTICS = ExportKind(
    "mailbox statistics",
    (*(f"TotalItemSize{unit}" for unit in UNITS), "StorageLimitStatus", "TotalDeletedItemSize", "ItemCount"),
    ("size",),
    STATISTICS_COMMAND,
)
LIST = ExportKind(
    "mailbox list",
    ("ProhibitSendReceiveQuota", "UseDatabaseQuotaDefaults", "RetainDeletedItemsFor"),
    ("quota",),
    LIST_COMMAND,
)
KINDS = (DATABASES, REPORT, STATISTICS, LIST)


def identify_kind(export: Export) -> ExportKind | None:
    """Return the kind of an export by its columns, or None."""
    return next((kind for kind in KINDS if any(export.has(mark) for mark in kind.marks)), None)
