"""Map columns of the deployment files to inputs of the section ``[export]``, and read their texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from calculator.importers.deployment_files.tables import COMMANDS, DAG, DATABASES, SERVERS
from calculator.inputs.parsing import ValueProblem
from calculator.issues import quoted

UNLIMITED, NOT_USED = "unlimited", "not used"
"""Texts, in lower case, for no quota and for the directory server of a datacenter that does not exist."""
_HOURS_PER_DAY, _MINUTES_PER_HOUR, _SECONDS_PER_HOUR, _BYTES_PER_MB = 24, 60, 3600, 2**20
_SPAN = re.compile(r"(?:(\d{1,5})\.)?(\d{1,2}):(\d{2}):(\d{2})")
_EXACT_BYTES = re.compile(r".*\(([\d., '\u00a0\u202f]+)[^)\d]*\)")
_AGAIN = "Export the file again."


def parse_hours(text: str) -> float | None:
    """Return the hours of a time span such as ``14.00:00:00`` or ``7:00:00``; None if the text is not a time span."""
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return days * _HOURS_PER_DAY + hours + minutes / _MINUTES_PER_HOUR + seconds / _SECONDS_PER_HOUR


def read_whole(text: str) -> object:
    """Return a whole number."""
    if not text.isdecimal() or len(text) > 5:
        raise ValueProblem(f"{quoted(text)} cannot be read.", _AGAIN)
    return int(text)


def read_hours(text: str) -> object:
    """Return the hours of a time span."""
    hours = parse_hours(text)
    if hours is None:
        raise ValueProblem(f"{quoted(text)} cannot be read.", _AGAIN)
    return hours


def read_days(text: str) -> object:
    """Return the days of a time span."""
    hours = read_hours(text)
    assert isinstance(hours, float | int)
    return hours / _HOURS_PER_DAY


def _as_written(text: str) -> object:
    return text


def _quota(text: str) -> object:
    """Return a quota in MB, or with its unit; 0 is unlimited."""
    if text.lower() == UNLIMITED:
        return 0.0
    exact = _EXACT_BYTES.fullmatch(text)
    return int(re.sub(r"\D", "", exact[1])) / _BYTES_PER_MB if exact else text


Reader = Callable[[str], object]
"""Function that converts a text for `calculator.inputs.parsing.read_value`, or raises `ValueProblem`."""

SETTINGS: Mapping[str, Mapping[str, tuple[str, Reader]]] = {
    SERVERS: {
        "StartDrive": ("first_drive", read_whole),
        "VolumesRootFolder": ("volume_root", _as_written),
        "DatabasesRootFolder": ("database_root", _as_written),
    },
    DAG: {
        "DAGIps": ("dag_ip_addresses", _as_written),
        "WitnessServer": ("witness_server", _as_written),
        "WitnessDir": ("witness_directory", _as_written),
        "AltWitnessServer": ("alternate_witness_server", _as_written),
        "AltWitnessDir": ("alternate_witness_directory", _as_written),
        "GC": ("primary_global_catalog", _as_written),
        "GC2": ("secondary_global_catalog", _as_written),
        "DACMode": ("datacenter_activation_mode", _as_written),
        "MaximumActiveDatabasesSite1": ("maximum_active_databases_primary", read_whole),
        "MaximumPreferredActiveDatabasesSite1": ("maximum_preferred_active_databases_primary", read_whole),
        "MaximumActiveDatabasesSite2": ("maximum_active_databases_secondary", read_whole),
        "MaximumPreferredActiveDatabasesSite2": ("maximum_preferred_active_databases_secondary", read_whole),
        "AutoDagVolumesRootFolderPath": ("volume_root", _as_written),
        "AutoDagDatabasesRootFolderPath": ("database_root", _as_written),
        "ManualDagnetworkConfiguration": ("manual_dag_network_configuration", _as_written),
        "ReplayLagManagerEnabled": ("replay_lag_manager_enabled", _as_written),
        "NetworkEncryption": ("network_encryption", _as_written),
        "NetworkCompression": ("network_compression", _as_written),
        "ReplicationPort": ("replication_port", read_whole),
        "AutoDatabaseMountDial": ("auto_database_mount_dial", _as_written),
    },
    DATABASES: {
        "DeletedItemRetention": ("deleted_item_retention", read_days),
        "OAB": ("offline_address_book", _as_written),
        "RetainDeletedItemsUntilBackup": ("retain_deleted_items_until_backup", _as_written),
        "CircularLoggingEnabled": ("circular_logging", _as_written),
        "ProhibitSendReceiveQuota": ("prohibit_send_receive_quota", _quota),
        "ProhibitSendQuota": ("prohibit_send_quota", _quota),
        "IssueWarningQuota": ("issue_warning_quota", _quota),
        "MailboxRetention": ("mailbox_retention", read_days),
        "EventHistoryRetentionPeriod": ("event_history_retention", read_days),
        "DataMoveReplicationConstraint": ("data_move_replication_constraint", _as_written),
        "RecoverableItemsQuota": ("recoverable_items_quota", _as_written),
        "RecoverableItemsWarningQuota": ("recoverable_items_warning_quota", _as_written),
    },
    COMMANDS: {"AutoDatabaseMountDial": ("auto_database_mount_dial", _as_written)},
}
"""Input (the last part of its path) and reader by kind of file and column."""

FIXED: Mapping[str, str] = {
    "IndexEnabled": "True",
    "AllowFileRestore": "True",
    "BackgroundDatabaseMaintenance": "True",
    "IsExcludedFromProvisioning": "False",
    "IsSuspendedFromProvisioning": "False",
    "MountAtStartup": "True",
    "AutoDagExcludeFromMonitoring": "False",
    "CalendarLoggingQuota": "1GB",
    "IsExcludedFromInitialProvisioning": "False",
}
"""Columns of MailboxDatabases.csv without an input, and the text that every export writes there."""
