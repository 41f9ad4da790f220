"""Kinds of exports with mailboxes or databases: the columns that identify each, and the command that creates it."""

from __future__ import annotations

from dataclasses import dataclass

from calculator.importers.formats.powershell_csv import Export, plain_name
from calculator.importers.mailboxes.headers import find_size_columns

IDENTIFYING = {
    "name": (
        "DisplayName",
        "Name",
        "User",
        "UserName",
        "Mailbox",
        "MailboxName",
        "MailboxDisplayName",
        "UserDisplayName",
        "MailboxOwner",
        "MailboxOwnerName",
        "OwnerName",
        "Owner",
        "FullName",
        "Identity",
        "Alias",
        "SamAccountName",
    ),
    "guid": ("MailboxGuid", "ExchangeGuid"),
    "address": (
        "PrimarySmtpAddress",
        "PrimaryEmailAddress",
        "UserPrincipalName",
        "WindowsEmailAddress",
        "EmailAddress",
        "SmtpAddress",
        "Email",
        "Mail",
        "UPN",
        "WindowsLiveID",
    ),
}
"""Columns that identify a mailbox by measure; a file of mailboxes has at least one of them."""


@dataclass(frozen=True)
class ExportKind:
    """A kind of export.

    Attributes
    ----------
    name
        Name of the kind in messages.
    marks
        Columns that identify the kind: any of them is enough once the kinds before it in `KINDS` are excluded.
    required
        Measures without which a file cannot be used.
    command
        Command that creates such a file.
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
REPORT = ExportKind("mailbox report", (), ("size",), STATISTICS_COMMAND)
"""Report of Get-MailboxReport.ps1 or Get-OnPremMailboxUsage.ps1; identified by the name of its column of sizes."""
_SIZES_OF_REPORTS = ("mailboxsize", "primarynormalitemsize")
STATISTICS = ExportKind(
    "mailbox statistics", ("StorageLimitStatus", "TotalDeletedItemSize", "ItemCount"), ("size",), STATISTICS_COMMAND
)
USAGE = ExportKind(
    "Microsoft 365 usage report", ("ReportRefreshDate,UserPrincipalName",), ("size",), STATISTICS_COMMAND
)
"""Details of the mailbox usage report, with sizes and quotas in bytes."""
LIST = ExportKind(
    "mailbox list",
    ("ProhibitSendReceiveQuota", "UseDatabaseQuotaDefaults", "RetainDeletedItemsFor"),
    ("quota",),
    LIST_COMMAND,
)
KINDS = (DATABASES, REPORT, USAGE, STATISTICS, LIST)


def has_identity(export: Export) -> bool:
    """Return whether a file has a column that identifies a mailbox."""
    return any(export.has(name) for names in IDENTIFYING.values() for name in names)


def identify_kind(export: Export) -> ExportKind | None:
    """Return the kind of an export by its columns, or None."""
    sizes = find_size_columns(export.names)
    for kind in KINDS:
        if any(export.has(*mark.split(",")) for mark in kind.marks) and (kind is not USAGE or "size" in sizes):
            return kind
        size = sizes.get("size")
        if kind is REPORT and size and plain_name(size.name).startswith(_SIZES_OF_REPORTS):
            return kind
        if kind is STATISTICS and size and plain_name(size.name).startswith("totalitemsize"):
            return kind
        if has_identity(export) and ((kind is STATISTICS and size) or (kind is LIST and "quota" in sizes)):
            return kind
    return None


def has_resolved_quotas(export: Export) -> bool:
    """Return whether a report already has the quotas of the database for mailboxes that use them.

    Reports of Get-MailboxReport.ps1 do; they are identified by the blanks in the names of their columns.
    """
    return any(plain_name(name) == "usedatabasequotadefaults" and " " in name for name in export.names)
