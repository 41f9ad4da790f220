"""Kinds of files that tell of mailboxes and databases: how each is known, and what makes it."""

from __future__ import annotations

from dataclasses import dataclass

from calculator.importers.formats.powershell_csv import Export
from calculator.importers.formats.sizes import GB, KB, MB

UNITS = {"": 1.0, "Bytes": 1.0, "KB": KB, "MB": MB, "GB": GB}
"""What the name of a column may end in, with the bytes of it; without any the cells carry the unit."""


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes
    ----------
    name
        In messages.
    marks
        Columns any of which only this kind has, of the kinds that are still left.
    required
        Measures it is of no use without.
    command
        What makes it.
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
DATABASES = Kind(
    "database status", ("EdbFilePath", "DBFilePath", "DatabaseSize", "LogFolderPath"), ("name",), DATABASE_COMMAND
)
REPORT = Kind(
    "mailbox report",
    tuple(f"{name}{unit}" for name in ("MailboxSize", "PrimaryNormalItemSize") for unit in UNITS),
    ("size",),
    STATISTICS_COMMAND,
)
"""What Get-MailboxReport and Get-OnPremMailboxUsage write."""
STATISTICS = Kind(
    "mailbox statistics",
    (*(f"TotalItemSize{unit}" for unit in UNITS), "StorageLimitStatus", "TotalDeletedItemSize", "ItemCount"),
    ("size",),
    STATISTICS_COMMAND,
)
LIST = Kind(
    "mailbox list",
    ("ProhibitSendReceiveQuota", "UseDatabaseQuotaDefaults", "RetainDeletedItemsFor"),
    ("quota",),
    LIST_COMMAND,
)
KINDS = (DATABASES, REPORT, STATISTICS, LIST)


def kind_of(export: Export) -> Kind | None:
    """What kind a file is by its columns, None where it is none of these."""
    return next((kind for kind in KINDS if any(export.has(mark) for mark in kind.marks)), None)
