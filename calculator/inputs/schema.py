"""The table of inputs: each is declared once, and everything else is derived from it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from calculator.inputs import choices
from calculator.inputs.choices import Choice


@dataclass(frozen=True)
class Axis:
    """Axis over which a figure is repeated.

    The axis of tiers has as many places as the design has tiers; every other axis has fixed labels.
    A result on a single label (``scalar``) has no dimension of its own, only the label in its name.
    """

    name: str
    labels: tuple[str, ...] = ()
    scalar: bool = False
    infix: bool = True
    """Whether the label comes before the last part of the path of an input (else after it)."""

    def expand(self, tiers: int) -> tuple[str, ...]:
        """Return the labels of the axis, for a number of tiers."""
        return self.labels or tuple(str(n) for n in range(1, tiers + 1))


DATACENTERS = PRIMARY, SECONDARY = ("primary", "secondary")
SERVER_ROLES = (*DATACENTERS, "lagged")
"""Kinds of Mailbox servers: those of each datacenter, and dedicated servers of lagged copies."""
CORRECTED = choices.ODDITIES.words[choices.Oddities.CORRECTED]
"""Word of ``guidance.oddities`` for designs that do not follow the oddities of Microsoft's workbook."""

TIER = Axis("tier")
DATACENTER = Axis("datacenter", DATACENTERS)
SERVER_ROLE = Axis("server_role", SERVER_ROLES)
HOUR = Axis("hour", tuple(str(h) for h in range(1, 25)), infix=False)
SERVER = Axis("server", tuple(str(n) for n in range(1, 17)), infix=False)

MAX_TIERS = 500
"""Limit against unusable files, far above any real design."""


class Kind(Enum):
    """Type of the values of an input."""

    INT = "int"
    FLOAT = "float"
    FRACTION = "fraction"
    BOOL = "bool"
    CHOICE = "choice"
    TEXT = "text"


INT, FLOAT, FRACTION, BOOL, CHOICE, TEXT = Kind

Value = float | int | bool | str | None
"""Value of an input in its canonical unit; None if there is no value."""

CAPACITIES = (
    36,
    72,
    120,
    146,
    160,
    250,
    300,
    320,
    400,
    450,
    500,
    600,
    640,
    750,
    900,
    1000,
    1200,
    1500,
    2000,
    3000,
    4000,
    6000,
    8000,
    10000,
    12000,
)
"""Disk capacities that Microsoft's workbook offers, in GB (decimal)."""

DECIMAL_GB = "GB (decimal)"


class Condition(NamedTuple):
    """A condition on another input: ``path`` (it is on), ``!path`` (it is off) or ``path=word``."""

    path: str
    word: str = ""
    negated: bool = False

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Read a condition as `Field.applies` writes it."""
        path, _, word = text.removeprefix("!").partition("=")
        return cls(path, word, text.startswith("!"))

    def path_at(self, place: int) -> str:
        """Return the full path of the other input, which belongs to the same tier if it belongs to one."""
        head, _, leaf = self.path.partition(".")
        return f"{head}.{place + 1}.{leaf}" if BY_PATH[self.path].axis is TIER else self.path

    def holds(self, value: Value) -> bool:
        """Return whether the condition holds at a value of the other input."""
        return (value == self.word if self.word else bool(value)) != self.negated


@dataclass(frozen=True, eq=False)
class Field:
    """One input: its path, kind, default, unit, limits and meaning.

    Attributes
    ----------
    path
        Path without the axis, ``section.field``.
    default
        Value in the canonical unit; the word of a choice; None for a number or text that is optional.
    low, high
        Limits, both allowed unless ``open_low``/``open_high``.
    options
        The only numbers allowed, if not empty.  ``none`` (0) is then allowed too, except for whole numbers.
    applies
        Conditions under which the input matters, each as `Condition` reads it.
    workbook
        Defined name in Microsoft's workbook; ``{}`` is the place for the number of the tier.
    placeholder
        Whether the default is a placeholder for a name that only the customer knows, and must be replaced.
    """

    path: str
    kind: Kind
    default: Value | tuple[float, ...] | tuple[str, ...]
    label: str
    help: str
    unit: str = ""
    axis: Axis | None = None
    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False
    choice: Choice | None = None
    options: tuple[float, ...] = ()
    applies: tuple[str, ...] = ()
    workbook: str = ""
    source: str = "calculator-7.6: Input"
    placeholder: bool = False

    @cached_property
    def section(self) -> str:
        """First part of the path."""
        return self.path.split(".")[0]

    @cached_property
    def parameter(self) -> str:
        """Name of the parameter by which rules receive the input."""
        return self.path.removeprefix(f"{CONSTANTS}.").replace(".", "__")

    @cached_property
    def numeric(self) -> bool:
        """Whether the engine receives the input; texts and settings of the deployment files bypass it."""
        return self.kind is not TEXT and self.section != EXPORT

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Conditions under which the input matters."""
        return tuple(map(Condition.parse, self.applies))

    @property
    def optional(self) -> bool:
        """Whether the input may have no value."""
        return self.default is None

    def paths(self, tiers: int = 1) -> tuple[str, ...]:
        """Return the full paths of the input, one per place of its axis."""
        if self.axis is None:
            return (self.path,)
        head, _, leaf = self.path.rpartition(".")
        if self.axis.infix:
            return tuple(f"{head}.{label}.{leaf}" for label in self.axis.expand(tiers))
        return tuple(f"{self.path}.{label}" for label in self.axis.expand(tiers))

    def default_at(self, place: int) -> Value:
        """Return the default value at a place of the axis."""
        return self.default[place] if isinstance(self.default, tuple) else self.default

    def limits(self) -> str:
        """Describe the allowed values in a few words."""
        if self.kind is BOOL:
            return "true or false"
        if self.choice:
            return "one of " + ", ".join(self.choice.listed)
        if self.options:
            offered = [f"{option:g}" for option in self.options] + ["none"] * (self.kind is not INT)
            return f"one of {', '.join(offered)}"
        if self.kind is TEXT:
            return "a text"
        word = "a whole number" if self.kind is INT else "a number"
        low, high = f"{self.low:,.15g}", f"{self.high:,.15g}"
        if math.isfinite(self.low) and math.isfinite(self.high):
            ends = [f"above {low}" if self.open_low else f"from {low}"]
            ends.append(f"below {high}" if self.open_high else f"to {high}")
            return f"{word} {' '.join(ends)}"
        if math.isfinite(self.low):
            return f"{word} above {low}" if self.open_low else f"{word}, {low} or more"
        return word


HA = ("environment.high_availability",)
SITES = (*HA, "site_resilience.enabled")
AAS = (*SITES, "site_resilience.model=active_active_single_dag")
LATEST = (*HA, "environment.exchange_version=2019")
METACACHE = (*LATEST, "storage.metacache")
RESTORE = ("data.dedicated_restore_volume",)
RAID6 = ("raid.override_raid", "raid.raid=raid6")
CONSTANTS = "constants"
"""Section of the published constants, which a design may override; the rules declare them."""
EXPORT = "export"
"""Section of the settings of the deployment files; no figure depends on them."""


def _tier(leaf: str, kind: Kind, default: Value, label: str, help: str, **more: object) -> Field:
    return Field(f"tiers.{leaf}", kind, default, label, help, axis=TIER, **more)  # type: ignore[arg-type]


def _disks() -> Iterator[Field]:
    """Yield capacity and type of the system, database, log and restore disks."""
    for use, short in (("system", "Sys"), ("database", "DB"), ("log", "Log"), ("restore", "Res")):
        applies = RESTORE if use == "restore" else ()
        yield Field(
            f"storage.{use}_disk_capacity",
            FLOAT,
            4000,
            f"{use.capitalize()} disk capacity",
            f"Capacity printed on a {use} disk; none if there is no such disk",
            unit=DECIMAL_GB,
            axis=DATACENTER,
            options=CAPACITIES,
            applies=applies,
            workbook=f"{short}DiskSize{{}}",
        )
        yield Field(
            f"storage.{use}_disk_type",
            CHOICE,
            '7.2K RPM SAS 3.5"',
            f"{use.capitalize()} disk type",
            f"Speed, interface and form factor of a {use} disk",
            axis=DATACENTER,
            choice=choices.DISK_TYPE,
            applies=applies,
            workbook=f"{short}DiskRPM{{}}",
        )


def _export(leaf: str, kind: Kind, default: Value, label: str, help: str, **more: object) -> Field:
    path, source = f"{EXPORT}.{leaf}", "calculator-7.6: Distribution"
    return Field(path, kind, default, label, help, source=source, **more)  # type: ignore[arg-type]


def _office_day() -> tuple[float, ...]:
    quiet, end = (0.01,) * 6, (0.01,) * 5
    return (*quiet, 0.02, 0.04, 0.08, 0.10, 0.10, 0.09, 0.06, 0.08, 0.10, 0.09, 0.07, 0.04, 0.02, *end)


# fmt: off
FIELDS: tuple[Field, ...] = (
    Field("environment.global_catalog_64bit", BOOL, True, "64-bit directory servers", "Whether the directory servers have a 64-bit operating system", workbook="GCServerArch"),
    Field("environment.multi_role", BOOL, True, "Multi-role servers", "Whether the Mailbox and Client Access roles share every server", workbook="MultiRoleEnabled"),
    Field("environment.virtualized", BOOL, False, "Virtualized", "Whether the servers are virtual machines on a hypervisor", workbook="VirtualizationEnabled"),
    Field("environment.high_availability", BOOL, True, "High availability", "Whether the servers form database availability groups (DAGs)", workbook="HAOption"),
    Field("environment.mailbox_servers", INT, 4, "Servers hosting active mailboxes per DAG and datacenter", "Number of servers per DAG that host active mailboxes in the primary datacenter; number of all servers without high availability", unit="servers", low=1, high=16, workbook="numMBXServers"),
    Field("environment.dags", INT, 1, "DAGs", "Number of DAGs in the environment; in the active/active model with several DAGs, number of pairs of DAGs", unit="DAGs", low=1, high=10000, applies=HA, workbook="numDAGs"),
    Field("environment.exchange_version", CHOICE, "2013", "Exchange version", "Version of Exchange whose published rules are used; 2019 covers Subscription Edition, also written se", choice=choices.VERSION, source="sizing-2016: Introduction"),
    Field("environment.exchange_edition", CHOICE, "enterprise", "Exchange edition", "Edition of Exchange; a server mounts 5 databases with Standard and 100 with Enterprise", choice=choices.EDITION, source="managed-store-limits: Mounted databases"),
    Field("environment.unified_messaging", BOOL, False, "Unified messaging", "Whether the Mailbox servers process voice mail", source="capacity-planning-2013: Unified messaging"),
    Field("environment.um_languages", INT, 0, "UM language packs", "Number of language packs for Unified Messaging, each of which needs space on the install drive", unit="packs", low=0, high=100, applies=("environment.unified_messaging",), source="system-requirements-2013: Disk space"),
    Field("environment.third_party_products", BOOL, False, "Third-party products", "Whether products are in use that add I/O or CPU load (antivirus, mobile devices, Lync, archiving)", source="sizing-recommendations-2013: Role requirements calculator"),
    Field("environment.directory_database_size", FLOAT, None, "Directory database size", "Size of the directory database file, which is the minimum memory of a domain controller", unit="GB", low=0, high=1e6, open_low=True, source="sizing-recommendations-2013: Active Directory"),

    Field("site_resilience.enabled", BOOL, True, "Two datacenters", "Whether the DAGs extend over a second datacenter", applies=HA, workbook="SiteResilienceEnabled"),
    Field("site_resilience.model", CHOICE, "active_active_single_dag", "Site resilience model", "Distribution of active users over the datacenters", choice=choices.MODEL, applies=SITES, workbook="SRModel"),
    Field("site_resilience.recovery_point_objective", INT, 0, "Recovery point objective", "Longest time by which log replication between the datacenters may be behind", unit="hour", low=0, high=24, applies=SITES, workbook="RPO"),
    Field("site_resilience.block_secondary_activation", BOOL, False, "Block activation in the secondary datacenter", "Whether servers in the secondary datacenter never activate databases automatically", applies=SITES, workbook="SRActivationBlocked"),
    Field("site_resilience.dedicated_dr_servers", BOOL, False, "Dedicated disaster recovery servers", "Whether passive copies of the other datacenter are on dedicated servers; always false when several databases share a volume", applies=AAS, workbook="SRAASDDRServers"),

    Field("dag.witness_location", CHOICE, "third_site", "Witness location", "Place of the file share witness", choice=choices.WITNESS, applies=HA, source="datacenter-switchover: Quorum"),
    Field("dag.dac_mode", BOOL, True, "DAC mode", "Whether Datacenter Activation Coordination (DAC) is on", applies=HA, source="datacenter-switchover: DAC mode"),

    Field("database_copies.ha_copies", INT, 4, "HA copies", "Number of highly available copies of each database in the DAG, including the active copy", unit="copies", low=2, high=16, applies=HA, workbook="NumDBCopies"),
    Field("database_copies.ha_copies_secondary", INT, 2, "HA copies in the secondary datacenter", "Number of the HA copies that are in the secondary datacenter, at most half of them", unit="copies", low=0, high=8, applies=SITES, workbook="numDBCopiesSDC"),
    Field("database_copies.lagged_copies", INT, 0, "Lagged copies", "Number of lagged copies of each database in the DAG", unit="copies", low=0, high=2, applies=HA, workbook="numLagDBCopies"),
    Field("database_copies.lagged_copies_secondary", INT, 0, "Lagged copies in the secondary datacenter", "Number of the lagged copies that are in the secondary datacenter", unit="copies", low=0, high=2, applies=SITES, workbook="numLaggedCopiesSDC"),
    Field("database_copies.dedicated_lagged_servers", BOOL, False, "Dedicated servers for lagged copies", "Whether lagged copies are on dedicated servers; always false when several databases share a volume", applies=HA, workbook="DedLaggedCopyServer"),
    Field("database_copies.replay_lag_delay", INT, 168, "Replay lag", "Delay after which a lagged copy replays logs", unit="hour", low=0, high=336, applies=HA, workbook="ReplayLagHours"),
    Field("database_copies.truncation_lag_delay", INT, 0, "Truncation lag", "Delay after which a lagged copy truncates logs", unit="hour", low=0, high=336, applies=HA, workbook="TruncationLagHours"),
    Field("database_copies.replay_lag_manager", BOOL, True, "Replay lag manager", "Whether a lagged copy replays its logs and becomes an HA copy when too few copies are left; only without dedicated servers for lagged copies and with 3 or more HA copies", applies=HA, workbook="ReplayLagManagerEnabled"),

    Field("data.overhead_factor", FRACTION, 0.0, "Database overhead", "Overhead of the database file in addition to the mailbox data (0 in Exchange 2013; 20 % before)", unit="1", low=0, high=10, workbook="DataGrowth"),
    Field("data.mailbox_moves_per_week", FRACTION, 0.01, "Mailboxes moved per week", "Share of the mailboxes that are moved per week", unit="1", low=0, high=100, workbook="MBXMoveRate"),
    Field("data.dedicated_restore_volume", BOOL, True, "Restore volume", "Whether each server has a volume for maintenance and restores", workbook="RestoreVol"),
    Field("data.volume_free_space", FRACTION, 0.05, "Free space of a volume", "Share of each volume that is kept free", unit="1", low=0, high=1, open_high=True, workbook="VolGrowth"),
    Field("data.log_compression_enabled", BOOL, True, "Compressed log shipping", "Whether log shipping is compressed on the network", applies=SITES, workbook="NetworkCompression"),
    Field("data.log_compression", FRACTION, 0.3, "Saving by log compression", "Share of the log traffic that compression saves", unit="1", low=0, high=1, applies=(*SITES, "data.log_compression_enabled"), workbook="varLogCompressionFactor"),

    Field("io.overhead_factor", FRACTION, 0.2, "IOPS headroom", "Share that is added to the database IOPS as headroom", unit="1", low=0, high=10, workbook="IOGrowth"),
    Field("io.additional_iops", FLOAT, 0.0, "Additional IOPS", "Additional database IOPS per DAG, or per server without high availability, before the headroom", unit="1/s", low=0, high=1e9, workbook="AdditionalIO"),
    Field("io.predicted_iops_factor", FLOAT, 1.0, "Factor for predicted IOPS", "Factor between the real and the predicted database IOPS of a mailbox, usually 0.8 to 1.2", unit="1", low=0, high=10, open_low=True, source="calculator-7.6: Role Requirements B2"),

    Field("database.custom_max_size_enabled", BOOL, False, "Custom database size limit", "Whether your own limit of the database size is used in addition to the computed one", workbook="DBSizeOverride"),
    Field("database.custom_max_size", FLOAT, 2000.0, "Largest database allowed", "Your own limit of the database size; the smaller of this limit and the computed limit is used", unit="GB", low=0, high=65536, applies=("database.custom_max_size_enabled",), workbook="CustomMaxDBSize"),
    Field("database.automatic_count", BOOL, True, "Number of databases computed", "Whether the number of databases is computed", workbook="NumDBsOverride"),
    Field("database.custom_count", INT, 0, "Number of databases", "Number of databases per DAG, or per server without high availability, when it is not computed; at most the supported number, then rounded", unit="databases", low=0, high=100000, applies=("!database.automatic_count",), workbook="CustomNumDBs"),
    Field("database.symmetrical_distribution", BOOL, True, "Symmetrical distribution", "Whether the number of databases is rounded so that their copies are distributed symmetrically", applies=(*HA, "database.automatic_count"), workbook="DBPermOverride"),

    Field("transport.queue_expiration", FLOAT, 2.0, "Queue expiration", "Number of days after which a queued message expires", unit="day", low=0, high=90, workbook="QueueTimeout"),
    Field("transport.safety_net_hold", FLOAT, 2.0, "Safety Net hold", "Number of days for which Safety Net keeps delivered messages", unit="day", low=0, high=90, workbook="SafetyNetTimeout"),

    Field("mailbox.work_week", INT, 5, "Days in a work week", "Number of days per week on which users send and receive messages", unit="day", low=1, high=7, options=(5, 7), workbook="WorkWeekDays"),
    Field("mailbox.statistics_before_2013", BOOL, False, "Sizes measured before Exchange 2013", "Whether mailbox sizes were measured on Exchange 2007 or 2010, from which they grow by 30 to 40 % in 2013", source="mailbox-size-growth: Reported size"),

    _tier("name", TEXT, None, "Tier name", "Name of the tier of mailboxes", source="design: names"),
    _tier("mailboxes", INT, 0, "Mailboxes", "Number of mailboxes of the tier in the whole environment", unit="mailboxes", low=0, high=100_000_000, workbook="NumTier{}MBX"),
    _tier("mailbox_growth", FRACTION, 0.0, "Growth in mailboxes", "Projected growth in the number of mailboxes (the result is not rounded)", unit="1", low=0, high=100, workbook="Tier{}NumGrowth"),
    _tier("messages_per_day", FLOAT, 100.0, "Messages per day", "Number of messages that a mailbox sends and receives per day", unit="messages/day", low=0, high=100_000, workbook="Tier{}SendReceive"),
    _tier("message_size", FLOAT, 75.0, "Average message size", "Average size of a message with its attachments", unit="KB", low=0, high=1_048_576, open_low=True, workbook="Tier{}AvgMessageSize"),
    _tier("initial_mailbox_size", FLOAT, 0.0, "Initial mailbox size", "Size of a mailbox on the first day", unit="MB", low=0, high=1e9, workbook="Tier{}InitialMBXSize"),
    _tier("mailbox_size_limit", FLOAT, 5120.0, "Mailbox quota", "Quota of a mailbox (prohibit send and receive)", unit="MB", low=0, high=1e9, workbook="Tier{}MBXLimit"),
    _tier("archive_size_limit", FLOAT, 0.0, "Archive quota", "Quota of the personal archive of a user, 0 without an archive", unit="MB", low=0, high=1e9, workbook="Tier{}ArchiveMBXLimit"),
    _tier("deleted_item_retention", INT, 14, "Deleted item retention", "Number of days for which a user can recover a deleted item", unit="day", low=0, high=24855, workbook="Tier{}DIRW"),
    _tier("single_item_recovery", BOOL, True, "Single item recovery", "Whether purged items and earlier versions of items are kept for the retention window", workbook="Tier{}SIREnabled"),
    _tier("calendar_versioning", BOOL, True, "Calendar versioning", "Whether versions of calendar items are kept", workbook="Tier{}CalVersionStoreEnabled"),
    _tier("edited_share", FRACTION, 0.1, "Messages edited", "Share of the messages that are edited after receipt, whose originals the Versions folder keeps", unit="1", low=0, high=1, source="single-item-recovery: Versions"),
    _tier("litigation_hold", BOOL, False, "Litigation hold", "Whether mailboxes are on litigation hold: nothing is purged, and Recoverable Items grow to the planning horizon", source="single-item-recovery: Litigation hold"),
    _tier("archive_import", FLOAT, 0.0, "Archive import", "Size of the PST data that is imported into the archives of the tier each week", unit="GB/week", low=0, high=1e9, source="design: timeline"),
    _tier("multiplier_user_share", FRACTION, 1.0, "Share of mailboxes with multipliers", "Share of the mailboxes of the tier to which the two multipliers apply", unit="1", low=0, high=1, workbook="Tier{}UserMFPercentage"),
    _tier("iops_multiplier", FLOAT, 1.0, "IOPS multiplier", "Factor by which mobile devices and other clients multiply the IOPS of a mailbox", unit="1", low=1, high=1000, workbook="Tier{}IOFactor"),
    _tier("megacycles_multiplier", FLOAT, 1.0, "CPU multiplier", "Factor by which mobile devices and other clients multiply the CPU load of a mailbox", unit="1", low=1, high=1000, workbook="Tier{}MCFactor"),
    _tier("desktop_search", BOOL, False, "Desktop search", "Whether desktop search engines read online-mode mailboxes", workbook="Tier{}DesktopSearch"),
    _tier("predict_iops", BOOL, True, "IOPS predicted", "Whether the IOPS of a mailbox are predicted from its message profile", workbook="Tier{}PredictIOPS"),
    _tier("iops_per_mailbox", FLOAT, 0.0, "Measured IOPS per mailbox", "Measured IOPS of a mailbox, used when they are not predicted", unit="1/s", low=0, high=1e6, applies=("!tiers.predict_iops",), workbook="Tier{}IOPS"),
    _tier("read_write_ratio", CHOICE, "3:2", "Read:write ratio", "Read:write ratio of the database I/O when IOPS are not predicted (read shares 0.4, 0.5, 0.6, 0.66, 0.75)", choice=choices.READ_WRITE_RATIO, applies=("!tiers.predict_iops",), workbook="Tier{}RWRatio"),

    Field("backup.method", CHOICE, "native_data_protection", "Backup method", "Method by which databases are protected against loss", choice=choices.BACKUP_METHOD, workbook="BackupMethod"),
    Field("backup.frequency", CHOICE, "weekly_full_daily_incremental", "Backup frequency", "Schedule of full and partial backups", choice=choices.BACKUP_FREQUENCY, workbook="BackupFreq"),
    Field("backup.truncation_failure_tolerance", INT, 3, "Backup or truncation failure tolerance", "Number of days for which logs may accumulate while backup or truncation fails", unit="day", low=1, high=3650, workbook="BackupFailureTol"),
    Field("backup.network_failure_tolerance", INT, 0, "Network failure tolerance", "Number of days for which logs may accumulate while the network between the datacenters fails", unit="day", low=0, high=3650, workbook="NetFailureTol"),

    Field("backup.backup_rate", FLOAT, None, "Backup rate", "Measured rate at which the backup reads databases", unit="MB/s", low=0, high=100_000, open_low=True, source="design: recovery time"),
    Field("backup.restore_rate", FLOAT, None, "Restore rate", "Measured rate at which a database is restored from its backup", unit="MB/s", low=0, high=100_000, open_low=True, source="design: recovery time"),
    Field("backup.replay_rate", FLOAT, None, "Log replay rate", "Measured rate at which a restored database or a lagged copy replays its logs of 1 MB", unit="MB/s", low=0, high=100_000, open_low=True, source="design: recovery time"),
    Field("backup.recovery_time_objective", FLOAT, None, "Recovery time objective", "Longest time that the recovery of a database from its backup may take", unit="hour", low=0, high=8760, open_low=True, source="design: recovery time"),

    Field("storage.consider_jbod", BOOL, True, "Consider JBOD", "Whether JBOD is considered where the number of copies allows it", applies=HA, workbook="JBODEvaluation"),
    Field("storage.multiple_databases_per_volume", BOOL, True, "Several databases per volume", "Whether several databases may share a volume", applies=(*HA, "storage.consider_jbod"), workbook="MultipleDBVolume"),
    Field("storage.databases_per_volume_matches_copies", BOOL, True, "Databases per volume match copies", "Whether as many databases share a volume as a database has copies, otherwise half as many when that number is even", applies=(*HA, "storage.multiple_databases_per_volume"), workbook="NumDBperVolOverride"),
    Field("storage.automatic_volume_count", BOOL, True, "Number of volumes computed", "Whether the number of database volumes per server is computed", applies=HA, workbook="DiskLimitOverride"),
    Field("storage.data_volumes_per_server", INT, 20, "Database volumes per server", "Number of database volumes per server when it is not computed", unit="volumes", low=1, high=100, applies=(*HA, "!storage.automatic_volume_count"), workbook="NumDisksPerServer"),
    Field("storage.autoreseed_volumes", INT, 1, "AutoReseed volumes", "Number of spare volumes per server for AutoReseed", unit="volumes", low=0, high=6, applies=HA, workbook="AutoReseedVolumes"),
    *_disks(),
    Field("storage.metacache", BOOL, False, "MetaCacheDatabase", "Whether SSDs in every server of a DAG cache the database pages that are read most (Exchange 2019); drive bays do not count them", applies=LATEST, source="metacachedatabase-setup: SSD guidance"),
    Field("storage.metacache_ssds", INT, None, "SSDs per server", "Number of SSDs in each server for the MetaCacheDatabase, the same in all servers; one for every three database disks by default", unit="disks", low=1, high=100, applies=METACACHE, source="metacachedatabase-setup: SSD guidance"),
    Field("storage.metacache_ssd_capacity", FLOAT, None, "SSD capacity", "Capacity printed on each SSD, the same in all servers", unit=DECIMAL_GB, low=0, high=1e6, open_low=True, applies=METACACHE, source="metacachedatabase-setup: SSD guidance"),

    Field("servers.processor_cores", INT, 16, "Processor cores", "Number of physical cores of a server with hyper-threading off, or of virtual processors of a virtual server", unit="cores", low=1, high=1024, axis=SERVER_ROLE, workbook="numProcCores{}"),
    Field("servers.specint2006_rate", FLOAT, 540.0, "SPECint_rate2006", "SPECint_rate2006 of the whole server, about 10 to 80 per core; with 0 (unknown) CPU is not sized", unit="1", low=0, high=1e6, axis=SERVER_ROLE, workbook="numSpecRate{}"),
    Field("servers.drive_bays", INT, 0, "Drive bays", "Number of drive bays of a server, including those for system disks; 0 means no limit", unit="bays", low=0, high=1000, axis=DATACENTER, source="design: drive bays"),
    Field("servers.hypervisor_overhead", FRACTION, 0.1, "Hypervisor overhead", "Share of the CPU of a server that the hypervisor takes", unit="1", low=0, high=1, open_high=True, applies=("environment.virtualized",), workbook="VirtCPUFactor"),
    Field("servers.virtual_processors_per_core", FLOAT, 1.0, "Virtual processors per core", "Number of virtual processors of all virtual servers per physical core of the host; above 1, the CPU of a virtual server is divided by it", unit="1", low=0, high=100, open_low=True, applies=("environment.virtualized",), source="virtualization-2013: Virtual processors"),
    Field("servers.install_drive_free", FLOAT, None, "Free space on the install drive", "Free space that is planned on the drive on which Exchange is installed", unit="GB", low=0, high=1e6, source="capacity-planning-2013: Install drive"),
    Field("servers.installed_memory", FLOAT, None, "Installed memory", "Memory installed in a server, which is compared with the memory that it needs", unit="GB", low=0, high=1e6, open_low=True, axis=SERVER_ROLE, source="design: installed memory"),
    Field("servers.host_rating", FLOAT, None, "SPECint_rate2006 of the host", "SPECint_rate2006 of the whole host of a virtual server; with the cores of the host it replaces the rating of the virtual server", unit="1", low=0, high=1e6, open_low=True, axis=SERVER_ROLE, applies=("environment.virtualized",), source="virtualization-2013: Virtual processors"),
    Field("servers.host_cores", INT, None, "Cores of the host", "Number of physical cores of the host of a virtual server, without the logical processors of hyper-threading", unit="cores", low=1, high=1024, axis=SERVER_ROLE, applies=("environment.virtualized",), source="virtualization-2013: Virtual processors"),
    Field("servers.host_memory", FLOAT, None, "Memory of the host", "Memory installed in the host of a virtual server", unit="GB", low=0, high=1e6, open_low=True, axis=SERVER_ROLE, applies=("environment.virtualized",), source="virtualization-2013: Memory"),

    Field("servers.dag_members_per_host", INT, 1, "DAG members per host", "Number of members of one DAG that may run on the same host; if there are several, they fail together with their host", unit="servers", low=1, high=16, applies=("environment.virtualized",), source="virtualization: High availability"),

    Field("replication.hourly_log_share", FRACTION, _office_day(), "Hourly share of logs", "Share of the logs of a day that is generated in each hour; the default is our own assumption of an office day", unit="1", low=0, high=1, axis=HOUR, applies=SITES, workbook="LogH{}"),
    Field("replication.link_type", CHOICE, "gigabit_ethernet", "Link between the datacenters", "Type of the network link between the datacenters", choice=choices.LINK_TYPE, applies=SITES, workbook="NetLinkType"),
    Field("replication.link_latency", FLOAT, 50.0, "Round-trip latency", "Round-trip latency of the link between the datacenters", unit="ms", low=0, high=100_000, applies=SITES, workbook="NetLinkLatency"),

    Field("raid.deployment", CHOICE, "as_calculated", "Storage in disk totals", "Storage that the totals of disks assume", choice=choices.DEPLOYMENT, workbook="StorageArchChoice"),
    Field("raid.override_raid", BOOL, False, "Choose the RAID level", "Whether you choose the RAID level of the databases; otherwise the level that needs fewer disks is used", workbook="OverrideRAID"),
    Field("raid.raid", CHOICE, "raid10", "Database RAID level", "RAID level of the databases when you choose it (RAID-5 and RAID-6 become RAID-1/0 on slow disks)", choice=choices.RAID, applies=("raid.override_raid",), workbook="DesiredStorageArch"),
    Field("raid.raid10_group", CHOICE, "1+1", "RAID-1/0 group", "Disks in a RAID-1/0 group of databases and logs, data + mirror", choice=choices.RAID10_GROUP, workbook="RAID10Type"),
    Field("raid.raid5_group", CHOICE, "5+1", "RAID-5 group", "Disks in a RAID-5 group of databases, data + parity", choice=choices.RAID5_GROUP, workbook="RAID5Type"),
    Field("raid.raid6_group", CHOICE, "6+2", "RAID-6 group", "Disks in a RAID-6 group of databases, data + parity", choice=choices.RAID6_GROUP, applies=RAID6, workbook="RAID6Type"),
    Field("raid.restore_raid", CHOICE, "raid5", "RAID level of the restore volume", "RAID level of the disks for the restore volume", choice=choices.RAID, applies=RESTORE, workbook="DesResVolRAID"),
    Field("raid.restore_raid10_group", CHOICE, "1+1", "Restore RAID-1/0 group", "Disks in a RAID-1/0 group of the restore volume, data + mirror", choice=choices.RAID10_GROUP, applies=(*RESTORE, "raid.restore_raid=raid10"), workbook="RLRAID10Type"),
    Field("raid.restore_raid5_group", CHOICE, "2+1", "Restore RAID-5 group", "Disks in a RAID-5 group of the restore volume, data + parity", choice=choices.RAID5_GROUP, applies=(*RESTORE, "raid.restore_raid=raid5"), workbook="RLRAID5Type"),
    Field("raid.restore_raid6_group", CHOICE, "6+2", "Restore RAID-6 group", "Disks in a RAID-6 group of the restore volume, data + parity", choice=choices.RAID6_GROUP, applies=(*RESTORE, "raid.restore_raid=raid6"), workbook="RLRAID6Type"),
    Field("raid.raid10_rebuild_overhead", FRACTION, 0.35, "RAID-1/0 rebuild overhead", "Share of the RAID-1/0 throughput that is lost during a rebuild", unit="1", low=0, high=0.99, workbook="RD10Rebuild"),
    Field("raid.raid5_rebuild_overhead", FRACTION, 0.5, "RAID-5 rebuild overhead", "Share of the RAID-5 throughput that is lost during a rebuild", unit="1", low=0, high=0.99, workbook="RD5Rebuild"),
    Field("raid.raid6_rebuild_overhead", FRACTION, 0.5, "RAID-6 rebuild overhead", "Share of the RAID-6 throughput that is lost during a rebuild", unit="1", low=0, high=0.99, applies=RAID6, workbook="RD6Rebuild"),

    Field("failure_domains.enabled", BOOL, False, "Failure domains", "Whether some servers of a DAG fail together, such as those in one rack", applies=HA, workbook="FailureDomainsEnabled"),
    Field("failure_domains.primary", TEXT, None, "Failure domains of the primary datacenter", "servers:copies of each domain in the primary datacenter, joined by +, such as 3:2+3:1", applies=("failure_domains.enabled",)),
    Field("failure_domains.secondary", TEXT, None, "Failure domains of the secondary datacenter", "servers:copies of each domain in the secondary datacenter, joined by +, such as 3:2+3:1", applies=("failure_domains.enabled",)),

    Field("names.dag", TEXT, "DAG1", "DAG name", "Name of the DAG in layouts and reports", workbook="Input!F175"),
    Field("names.database_base", TEXT, "DAG1-DB", "Database name prefix", "Text with which the names of databases begin", workbook="DAG1BaseName"),
    Field("names.servers", TEXT, tuple(f"SRV{n:02d}" for n in range(1, 17)), "Server name", "Name of the server in layouts and reports", axis=SERVER, workbook="Server{}Name"),

    Field("guidance.dumpster_model", CHOICE, "purges_versions", "Recoverable items model", "Model of Recoverable Items that counts for the size of a mailbox; both models are always shown", choice=choices.DUMPSTER_MODEL, source="single-item-recovery: Recoverable items"),
    Field("guidance.oddities", CHOICE, "as_calculator", "Quirks of Microsoft's workbook", "Whether Microsoft's workbook is followed where it looks wrong, or corrected", choice=choices.ODDITIES, source="design: oddities"),
    Field("guidance.planning_horizon", INT, 36, "Planning horizon", "Number of months for which the design is planned; a mailbox on hold grows until then", unit="month", low=1, high=240, source="design: planning horizon"),
    Field("guidance.database_provisioning_factor", FLOAT, 1.0, "Database provisioning", "Factor by which the database file is provisioned (Microsoft's storage page: 1.2)", unit="1", low=1, high=10, source="storage-options-2013: Database file size"),
    Field("guidance.passive_iops_factor", FRACTION, 1.0, "IOPS share of a passive copy", "IOPS of a passive copy as a share of those of an active copy (Microsoft's HA page: half)", unit="1", low=0, high=1, applies=HA, source="ha-changes-2013: Passive copies"),
    Field("guidance.multiplier_on_passive", BOOL, True, "CPU multiplier on passive copies", "Whether the CPU multiplier applies to passive copies too", applies=HA, source="sizing-checker: Megacycles"),
    Field("guidance.client_access_ratio", FRACTION, 0.375, "Client Access ratio", "Megacycles of Client Access as a share of the megacycles of active mailboxes (0.25 before SP1)", unit="1", low=0, high=10, source="sizing-update-sp1: Client Access"),
    Field("guidance.megacycle_rounding", CHOICE, "exact", "Rounding of megacycles", "Whether megacycles are exact, or rounded as in the published tables", choice=choices.MEGACYCLE_ROUNDING, source="sizing-checker: Megacycles"),
    Field("guidance.bdm_throughput", FLOAT, 1.0, "Background maintenance per copy", "Throughput of background database maintenance per database copy (1 to 2)", unit="MB/s", low=0, high=100, open_low=True, source="capacity-planning-2013: Background database maintenance"),
    Field("guidance.transport_copies", CHOICE, "shadow", "Copies in transport", "Number of copies of a message in the transport database: 2, or as many as a database has copies", choice=choices.TRANSPORT_COPIES, source="transport-database: Shadow copies"),
    Field("guidance.read_from_passive", BOOL, True, "HA copies build their own index", "Whether an HA copy builds its content index from its own data, so that no index is sent over the link for it; false before CU3 of Exchange 2016", applies=(*SITES, "environment.exchange_version=2016"), source="calculator-8.3: Read from passive"),
    Field("guidance.reseed_rate", FLOAT, 25.0, "Reseed rate", "Rate at which a database copy is reseeded", unit="MB/s", low=0, high=100_000, open_low=True, source="ha-changes-2013: Reseed"),

    _export("primary_global_catalog", TEXT, "GC1.contoso.com", "Primary global catalog", "Directory server that the scripts use in the primary datacenter", placeholder=True),
    _export("secondary_global_catalog", TEXT, "GC2.contoso.com", "Secondary global catalog", "Directory server that the scripts use in the secondary datacenter", placeholder=True),
    _export("database_root", TEXT, "C:\\ExchangeDatabases", "Database root", "Folder under which the scripts mount databases"),
    _export("volume_root", TEXT, "C:\\ExchangeVolumes", "Volume root", "Folder under which the scripts mount volumes"),
    _export("first_drive", INT, 5, "First drive", "Number of the first disk of a server that holds a database volume", unit="1", low=0, high=9999),
    _export("offline_address_book", TEXT, "\\Default Offline Address Book", "Offline address book", "Offline address book that the databases use"),
    _export("deleted_item_retention", FLOAT, None, "Deleted item retention of databases", "Number of days for which the databases keep deleted items; by default the longest of the tiers", unit="day", low=0, high=24855),
    _export("retain_deleted_items_until_backup", BOOL, None, "Keep deleted items until backup", "Whether deleted items are kept until the database is backed up; by default true where the design has backups"),
    _export("circular_logging", BOOL, None, "Circular logging", "Whether the databases use circular logging; by default as the backup method needs it"),
    _export("prohibit_send_receive_quota", FLOAT, None, "Prohibit send and receive quota", "Quota of the databases at which mail is refused; by default the quota of the tiers, 0 means unlimited", unit="MB", low=0, high=1e9),
    _export("prohibit_send_quota", FLOAT, None, "Prohibit send quota", "Quota of the databases at which sending stops; by default the quota at which mail is refused, 0 means unlimited", unit="MB", low=0, high=1e9),
    _export("issue_warning_quota", FLOAT, None, "Warning quota", "Quota of the databases at which users are warned; by default the quota at which sending stops, 0 means unlimited", unit="MB", low=0, high=1e9),
    _export("mailbox_retention", FLOAT, 30.0, "Mailbox retention", "Number of days for which a deleted mailbox is kept", unit="day", low=0, high=24855),
    _export("event_history_retention", FLOAT, 7.0, "Event history retention", "Number of days for which the event history of a database is kept", unit="day", low=0, high=24855),
    _export("data_move_replication_constraint", CHOICE, "design", "Data move constraint", "Database copies for which a mailbox move waits; by default as the number of copies allows", choice=choices.MOVE_CONSTRAINT),
    _export("recoverable_items_quota", FLOAT, 30.0, "Recoverable items quota", "Quota of the databases for Recoverable Items", unit="GB", low=0, high=1e6),
    _export("recoverable_items_warning_quota", FLOAT, 20.0, "Recoverable items warning quota", "Warning quota of the databases for Recoverable Items", unit="GB", low=0, high=1e6),
    _export("dag_name", TEXT, None, "DAG name in the files", "Name of the DAG in the deployment files; by default names.dag"),
    _export("dag_ip_addresses", TEXT, "255.255.255.255", "DAG IP addresses", "IP addresses of the DAG, one per datacenter, joined by a comma; 255.255.255.255 for none", placeholder=True),
    _export("witness_server", TEXT, "witness.contoso.com", "Witness server", "Server that holds the file share witness", placeholder=True),
    _export("witness_directory", TEXT, None, "Witness directory", "Folder of the file share witness on the witness server"),
    _export("alternate_witness_server", TEXT, "alt-witness.contoso.com", "Alternate witness server", "Server that holds the file share witness after a datacenter switchover; not needed with one datacenter", placeholder=True),
    _export("alternate_witness_directory", TEXT, None, "Alternate witness directory", "Folder of the file share witness on the alternate witness server; not needed with one datacenter"),
    _export("datacenter_activation_mode", CHOICE, None, "Datacenter activation mode", "Datacenter activation mode of the DAG; by default as dag.dac_mode says", choice=choices.ACTIVATION_MODE),
    _export("maximum_active_databases_primary", FLOAT, None, "Maximum active databases, primary datacenter", "MaximumActiveDatabases of the servers in the primary datacenter; by default as sized", unit="databases", low=0, high=10000),
    _export("maximum_preferred_active_databases_primary", FLOAT, None, "Maximum preferred active databases, primary datacenter", "MaximumPreferredActiveDatabases of the servers in the primary datacenter; by default as sized", unit="databases", low=0, high=10000),
    _export("maximum_active_databases_secondary", FLOAT, None, "Maximum active databases, secondary datacenter", "MaximumActiveDatabases of the servers in the secondary datacenter; by default as sized", unit="databases", low=0, high=10000),
    _export("maximum_preferred_active_databases_secondary", FLOAT, None, "Maximum preferred active databases, secondary datacenter", "MaximumPreferredActiveDatabases of the servers in the secondary datacenter; by default as sized", unit="databases", low=0, high=10000),
    _export("manual_dag_network_configuration", BOOL, False, "Manual DAG networks", "Whether the networks of the DAG are configured by hand"),
    _export("replay_lag_manager_enabled", BOOL, None, "Replay lag manager in the files", "Whether the replay lag manager of the DAG is on; by default as the design says"),
    _export("network_encryption", CHOICE, "InterSubnetOnly", "Network encryption", "Networks of the DAG on which traffic is encrypted", choice=choices.NETWORK),
    _export("network_compression", CHOICE, "InterSubnetOnly", "Network compression", "Networks of the DAG on which traffic is compressed", choice=choices.NETWORK),
    _export("replication_port", INT, 64327, "Replication port", "TCP port that replication within the DAG uses", unit="1", low=1, high=65535),
    _export("auto_database_mount_dial", CHOICE, "BestAvailability", "Mount dial", "Number of logs that may be missing when a database mounts automatically", choice=choices.MOUNT_DIAL),
)
# fmt: on

BY_PATH: dict[str, Field] = {field.path: field for field in FIELDS}
BY_PARAMETER: dict[str, Field] = {field.parameter: field for field in FIELDS if field.numeric}
_FIXED: dict[str, tuple[Field, int]] = {
    path: (field, place) for field in FIELDS if field.axis is not TIER for place, path in enumerate(field.paths())
}

_DECLARED: dict[str, Field] = {}


def declare(field: Field) -> None:
    """Make an input known that is not one of `FIELDS`: a constant that a design may override."""
    _DECLARED[field.path] = BY_PATH[field.path] = field
    _FIXED.update({path: (field, place) for place, path in enumerate(field.paths())})


def declared_constants() -> tuple[Field, ...]:
    """Return the constants that a design may override, as inputs."""
    return tuple(_DECLARED.values())


def find(path: str) -> tuple[Field, int] | None:
    """Return the field and the place on its axis for a full path such as ``tiers.2.mailboxes``; None if unknown."""
    if path in _FIXED:
        return _FIXED[path]
    head, _, rest = path.partition(".")
    number, _, leaf = rest.partition(".")
    field = BY_PATH.get(f"{head}.{leaf}")
    if field is None or field.axis is not TIER or not number.isascii() or not number.isdigit():
        return None
    if len(number) > 6 or not 1 <= int(number) <= MAX_TIERS or number[0] == "0":
        return None
    return field, int(number) - 1


def all_paths(tiers: int = 1) -> list[str]:
    """Return every full path, in the order of the fields."""
    return [path for field in FIELDS for path in field.paths(tiers)]


def default_text(field: Field) -> str:
    """Describe the default of an input in a few words."""
    if isinstance(field.default, tuple):
        return "office day" if field.path == "replication.hourly_log_share" else f"{field.default[0]}, ..."
    if field.default is None:
        return "none"
    if isinstance(field.default, bool):
        return "true" if field.default else "false"
    return f"{field.default:g}" if isinstance(field.default, float) else str(field.default)
