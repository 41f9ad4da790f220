"""Format the deployment files: four CSV files and the commands that complete them.

The CSV files equal those of Microsoft's workbook byte for byte: headers with and without blanks, a version
row under the header, every text in quotes, and lines that end in CR LF.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from calculator.exporters.deployment.settings import Settings
from calculator.inputs.layout_names import database_names
from calculator.presentation.text import exact_number

VERSIONS = ("7.6", "6.6")
"""Versions of Microsoft's workbook whose file formats can be written; the scripts check only the data version."""
SERVERS, DAG, DATABASES, COPIES = "Servers.csv", "DAGInfo.csv", "MailboxDatabases.csv", "MailboxDatabaseCopies.csv"
COMMANDS = "Set-MailboxServer.ps1"
"""File of the settings of servers that no CSV file holds."""
DAG_COMMANDS = "Set-DatabaseAvailabilityGroup.ps1"
"""File of the settings of a DAG of Exchange 2019 that no CSV file holds."""

_SERVERS_HEADER = (
    "ServerName",
    "StartDrive",
    "DbPerVolume",
    "AutoReseedVolumes",
    "DbLogIsolation",
    "VolumesRootFolder",
    "DatabasesRootFolder",
    "DbMap",
)
_DAG_HEADER = (
    "DAGName",
    "DAGIps",
    "WitnessServer",
    "WitnessDir",
    "AltWitnessServer",
    "AltWitnessDir",
    "Site1Servers",
    "Site2Servers",
    "GC",
    "GC2",
    "DACMode",
    "MaximumActiveDatabasesSite1",
    "MaximumPreferredActiveDatabasesSite1",
    "MaximumActiveDatabasesSite2",
    "MaximumPreferredActiveDatabasesSite2",
    "AutoDagVolumesRootFolderPath",
    "AutoDagDatabasesRootFolderPath",
    "AutoDagDatabaseCopiesPerVolume",
    "ManualDagnetworkConfiguration",
    "ReplayLagManagerEnabled",
    "NetworkEncryption",
    "NetworkCompression",
    "ReplicationPort",
    "AutoDatabaseMountDial",
    "LogIsolation",
)
_DATABASES_HEADER = (
    "Name",
    "Server",
    "EDBFilePath",
    "LogFolderPath",
    "DeletedItemRetention",
    "GC",
    "OAB",
    "RetainDeletedItemsUntilBackup",
    "IndexEnabled",
    "CircularLoggingEnabled",
    "ProhibitSendReceiveQuota",
    "ProhibitSendQuota",
    "IssueWarningQuota",
    "AllowFileRestore",
    "BackgroundDatabaseMaintenance",
    "IsExcludedFromProvisioning",
    "IsSuspendedFromProvisioning",
    "MailboxRetention",
    "MountAtStartup",
    "EventHistoryRetentionPeriod",
    "AutoDagExcludeFromMonitoring",
    "CalendarLoggingQuota",
    "IsExcludedFromInitialProvisioning",
    "DataMoveReplicationConstraint",
    "RecoverableItemsQuota",
    "RecoverableItemsWarningQuota",
)
_COPIES_HEADER = ("GC", "GC2", "Name", "Server", "ActivationPreference", "ReplayLagTime", "TruncationLagTime")

UNLIMITED = "Unlimited"
_NOT_USED = "Not Used"
_NO_LAG = "0.00:00:00"


@dataclass(frozen=True)
class Copy:
    """Database copy in the layout; databases and servers are numbered from 1."""

    database: int
    server: int
    activation_preference: int
    lagged: bool = False


@dataclass(frozen=True)
class MetaCache:
    """SSDs of a server for the MetaCacheDatabase: their number, and the size of each in bytes."""

    ssds: int
    ssd_bytes: int


@dataclass(frozen=True)
class Deployment:
    """Content of the deployment files of a design.

    Attributes
    ----------
    copies
        The layout.  Server numbers count the servers of the primary datacenter, then those of the
        secondary.
    servers_primary, servers_secondary
        Names of the servers that hold copies.  The secondary has none if there is only one datacenter.
    database_base
        Prefix of the database names.
    databases_per_volume, autoreseed_volumes, database_log_isolation
        Databases per volume, spare volumes per server, and whether logs have volumes of their own.
    replay_lag_delay, truncation_lag_delay
        Delays of a lagged copy in hours.
    settings
        Settings that Microsoft's workbook asks for before it exports.
    activation_blocked_secondary
        Whether servers in the secondary datacenter never activate a database automatically.
    names_corrected
        Whether the names of 1,000 databases all have the same length.  In Microsoft's workbook they do not.
    placeholders
        Names of the settings that are still placeholders for names of the customer.
    origins
        Where each setting came from, by its name: ``profile``, ``design`` or ``default``.
    notes
        Notices to read before the files are used.
    where
        Name of the design in messages.
    refs
        Whether volumes are formatted with ReFS.
    metacache
        SSDs of every server, None without a MetaCacheDatabase.
    """

    copies: Sequence[Copy]
    servers_primary: Sequence[str]
    servers_secondary: Sequence[str] = ()
    database_base: str = "DAG1-DB"
    databases_per_volume: int = 1
    autoreseed_volumes: int = 0
    database_log_isolation: bool = False
    replay_lag_delay: float = 168
    truncation_lag_delay: float = 0
    settings: Settings = field(default_factory=Settings)
    activation_blocked_secondary: bool = False
    names_corrected: bool = False
    placeholders: Sequence[str] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    where: str = "design"
    refs: bool = False
    metacache: MetaCache | None = None

    @property
    def servers(self) -> tuple[str, ...]:
        """Names of all servers, in the order of their numbers."""
        return (*self.servers_primary, *self.servers_secondary)

    @property
    def databases(self) -> int:
        """Number of databases."""
        return max((copy.database for copy in self.copies), default=0)

    @property
    def two_sites(self) -> bool:
        """Whether both datacenters have servers."""
        return bool(self.servers_secondary)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the databases, in order."""
        return database_names(self.database_base, self.databases, self.names_corrected)


def _quoted(values: Iterable[str]) -> str:
    return ",".join(f'"{value}"' for value in values)


def _header(names: Sequence[str], old: bool, separator: str = ",") -> str:
    return _quoted(names) if old else separator.join(names)


def _word(flag: bool | None) -> str:
    return "True" if flag else "False"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _whole(value: float | None) -> str:
    """Format a limit of databases: rounded up, because the scripts read whole numbers, or empty if there is none."""
    return "" if value is None else str(math.ceil(round(value, 9)))


def _days(value: float) -> str:
    days, hours = divmod(round(value * 24), 24)
    return f"{days}.{hours:02d}:00:00"


def _lag(hours: float) -> str:
    days, rest = divmod(round(hours), 24)
    return f"{days}.{rest}:00:00"


def _quota(value: float | None) -> str:
    return f"{exact_number(value)} MB" if value else UNLIMITED


def _root(folder: str) -> str:
    return folder.removesuffix("\\")


def servers_file(deployment: Deployment, version: str, old: bool) -> list[str]:
    """Return the lines of Servers.csv: one server per line, with its databases."""
    settings, names = deployment.settings, deployment.names
    held: dict[int, list[int]] = {number: [] for number in range(1, len(deployment.servers) + 1)}
    for copy in sorted(deployment.copies, key=lambda copy: copy.database):
        held[copy.server].append(copy.database)
    first = f'"VersionNumber","2.1","{version}",,,,""' if old else f"VersionNumber,2.1,{version},,,,, "
    lines = [_header(_SERVERS_HEADER, old, ", "), first]
    for server, databases in zip(deployment.servers, held.values(), strict=True):
        numbers = (
            settings.first_drive,
            deployment.databases_per_volume,
            deployment.autoreseed_volumes,
            int(deployment.database_log_isolation),
        )
        plain = [server, *map(exact_number, numbers)]
        if old:  # all columns except DbPerVolume are quoted
            plain = [value if place == 2 else f'"{value}"' for place, value in enumerate(plain)]
        folders = (_root(settings.volume_root), _root(settings.database_root))
        mapped = ",".join(names[number - 1] for number in databases)
        lines.append(f"{','.join(plain)},{_quoted((*folders, mapped))}")
    return lines


def names_of_dag(settings: Settings) -> tuple[str, str, str]:
    """Return the name of the DAG, and the folders of its witness and of its alternate witness."""
    dag = settings.dag_name or "DAG1"
    folder, alternate = settings.witness_directory, settings.alternate_witness_directory
    return (
        dag,
        f"C:\\DAG-FSW\\{dag}" if folder is None else folder,
        f"C:\\DAG-FSW\\{dag}-Alt" if alternate is None else alternate,
    )


def dag_file(deployment: Deployment, version: str) -> list[str]:
    """Return the lines of DAGInfo.csv, which describes the DAG."""
    settings, two = deployment.settings, deployment.two_sites
    dag, folder, alternate = names_of_dag(settings)
    secondary = (settings.maximum_active_databases_secondary, settings.maximum_preferred_active_databases_secondary)
    row = (
        dag,
        settings.dag_ip_addresses,
        settings.witness_server,
        folder,
        settings.alternate_witness_server,
        alternate,
        ",".join(deployment.servers_primary),
        ",".join(deployment.servers_secondary),
        settings.primary_global_catalog,
        settings.secondary_global_catalog if two else _NOT_USED,
        settings.datacenter_activation_mode or "DAGOnly",
        _whole(settings.maximum_active_databases_primary),
        _whole(settings.maximum_preferred_active_databases_primary),
        *(_whole(limit) if two else "" for limit in secondary),
        _root(settings.volume_root),
        _root(settings.database_root),
        str(deployment.databases_per_volume),
        _word(settings.manual_dag_network_configuration),
        _word(settings.replay_lag_manager_enabled),
        settings.network_encryption,
        settings.network_compression,
        exact_number(settings.replication_port),
        settings.auto_database_mount_dial,
        _word(deployment.database_log_isolation),
    )
    first = f'"SchemaVersion","2.4","{version}"{"," * 20},0,"False"'
    return [_header(_DAG_HEADER, False, ", "), first, _quoted(row)]


def databases_file(deployment: Deployment, version: str, old: bool) -> list[str]:
    """Return the lines of MailboxDatabases.csv: one database per line, with the server of its active copy."""
    settings = deployment.settings
    header = tuple("DBFilePath" if old and name == "EDBFilePath" else name for name in _DATABASES_HEADER)
    active = {copy.database: copy.server for copy in deployment.copies if copy.activation_preference == 1}
    root = _root(settings.database_root)
    quotas = (settings.prohibit_send_receive_quota, settings.prohibit_send_quota, settings.issue_warning_quota)
    lines = [_header(header, old), f'"VersionNumber","2.1","{version}"{"," * 22},""']
    for number, name in enumerate(deployment.names, 1):
        home = active[number] <= len(deployment.servers_primary)
        row = (
            name,
            deployment.servers[active[number] - 1],
            f"{root}\\{name}\\{name}.db\\{name}.edb",
            f"{root}\\{name}\\{name}.log",
            _days(settings.deleted_item_retention or 0),
            settings.primary_global_catalog if home else settings.secondary_global_catalog,
            settings.offline_address_book,
            _word(settings.retain_deleted_items_until_backup).upper(),
            "True",
            _word(settings.circular_logging).upper(),
            *map(_quota, quotas),
            "True",
            "True",
            "False",
            "False",
            _days(settings.mailbox_retention),
            "True",
            _days(settings.event_history_retention),
            "False",
            "1GB",
            "False",
            settings.data_move_replication_constraint or "SecondCopy",
            exact_number(settings.recoverable_items_quota),
            exact_number(settings.recoverable_items_warning_quota),
        )
        lines.append(_quoted(row))
    return lines


def copies_file(deployment: Deployment, version: str, old: bool) -> list[str]:
    """Return the lines of MailboxDatabaseCopies.csv: one line per copy that is not active."""
    settings, names = deployment.settings, deployment.names
    catalogs = (settings.primary_global_catalog, settings.secondary_global_catalog if deployment.two_sites else "")
    lags = {True: (_lag(deployment.replay_lag_delay), _lag(deployment.truncation_lag_delay)), False: (_NO_LAG, _NO_LAG)}
    lines = [_header(_COPIES_HEADER, old), f'"VersionNumber","2.1","{version}",,,,"{_NO_LAG}"']
    for copy in sorted(deployment.copies, key=lambda copy: (copy.database, copy.activation_preference)):
        if copy.activation_preference >= 2:
            name, server = names[copy.database - 1], deployment.servers[copy.server - 1]
            row = (*catalogs, name, server, str(copy.activation_preference), *lags[copy.lagged])
            lines.append(_quoted(row))
    return lines


def mailbox_server_commands(deployment: Deployment) -> str:
    """Return Set-MailboxServer commands for the Exchange Management Shell, one line per server."""
    settings = deployment.settings
    limits = {
        False: (settings.maximum_active_databases_primary, settings.maximum_preferred_active_databases_primary),
        True: (settings.maximum_active_databases_secondary, settings.maximum_preferred_active_databases_secondary),
    }
    lines = []
    for number, server in enumerate(deployment.servers):
        secondary = number >= len(deployment.servers_primary)
        parts = [f"Set-MailboxServer -Identity {server}"]
        names = ("MaximumActiveDatabases", "MaximumPreferredActiveDatabases")
        for name, limit in zip(names, limits[secondary], strict=True):
            if limit:
                parts.append(f"-{name} {_whole(limit)}")
        parts.append(f"-AutoDatabaseMountDial {settings.auto_database_mount_dial}")
        if secondary and deployment.activation_blocked_secondary:
            parts.append("-DatabaseCopyAutoActivationPolicy Blocked")
        lines.append(f"{' '.join(parts)}\r\n")
    return "".join(lines)


def dag_commands(deployment: Deployment) -> str:
    """Return the commands for the Exchange Management Shell that only Exchange 2019 has; empty if none is needed.

    They set the file system of the DAG. With a MetaCacheDatabase they also set the numbers that determine its size and
    create it on every server, in the order of Microsoft's set-up page.
    """
    dag, _, _ = names_of_dag(deployment.settings)
    lines = [f"Set-DatabaseAvailabilityGroup -Identity {dag} -FileSystem ReFS"] if deployment.refs else []
    cache = deployment.metacache
    if cache is not None:
        copies = len(deployment.copies) // deployment.databases
        servers = len(deployment.servers)
        lines += [
            f"Set-DatabaseAvailabilityGroup -Identity {dag} -AutoDagTotalNumberOfDatabases {deployment.databases} "
            f"-AutoDagDatabaseCopiesPerDatabase {copies} -AutoDagTotalNumberOfServers {servers}",
            '. "$exscripts\\Manage-MetaCacheDatabase.ps1"',
            f"Manage-MCDB -DagName {dag} -ConfigureMCDBPrerequisite -SSDSizeInBytes {cache.ssd_bytes} "
            f"-SSDCountPerServer {cache.ssds}",
        ]
        each = [f"Manage-MCDB -DagName {dag} -{{}} -ServerName {server}{{}}" for server in deployment.servers]
        allow, size = "ServerAllowMCDB:$true", f" -SSDSizeInBytes {cache.ssd_bytes}"
        lines += [line.format(allow, "") for line in each]
        lines += [line.format("ConfigureMCDBOnServer", size) for line in each]
        lines += [line.format(allow, " -ForceFailover $true") for line in each]
    return "".join(f"{line}\r\n" for line in lines)
