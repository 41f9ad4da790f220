"""Copies of a database, and the decisions that follow from them: which copies share servers and volumes."""

import numpy as np

from calculator.inputs.choices import (
    ARCHITECTURE,
    DESIGN_APPROACH,
    STORAGE,
    Architecture,
    BackupFrequency,
    BackupMethod,
    DesignApproach,
    Storage,
)
from calculator.numerics.arrays import Bools, Codes, Floats, first_code, select, stack
from calculator.numerics.rounding import whole_multiple
from calculator.rules.registry import DATACENTER, flag, only, rule


@rule(unit="copies", level="per_database", axis=DATACENTER, source="calculator-7.6: Role Requirements I63")
def ha_copies(
    environment__high_availability: Bools,
    two_datacenters: Bools,
    site_resilience__enabled: Bools,
    database_copies__ha_copies: Floats,
    database_copies__ha_copies_secondary: Floats,
) -> Floats:
    """Number of HA copies of a database in each datacenter."""
    away = select(site_resilience__enabled, database_copies__ha_copies_secondary, 0.0)
    return stack(
        select(environment__high_availability, database_copies__ha_copies - away, 0.0),
        select(two_datacenters, database_copies__ha_copies_secondary, 0.0),
    )


@rule(unit="copies", level="per_database", axis=DATACENTER, source="calculator-7.6: Role Requirements I67")
def lagged_copies(
    environment__high_availability: Bools,
    two_datacenters: Bools,
    site_resilience__enabled: Bools,
    database_copies__lagged_copies: Floats,
    database_copies__lagged_copies_secondary: Floats,
) -> Floats:
    """Number of lagged copies of a database in each datacenter."""
    has_lagged_copies = database_copies__lagged_copies != 0
    away = select(site_resilience__enabled, database_copies__lagged_copies_secondary, 0.0)
    return stack(
        select(environment__high_availability & has_lagged_copies, database_copies__lagged_copies - away, 0.0),
        select(two_datacenters & has_lagged_copies, database_copies__lagged_copies_secondary, 0.0),
    )


@rule(unit="copies", level="per_database", source="calculator-7.6: Role Requirements I70")
def ha_copies_total(ha_copies: Floats) -> Floats:
    """Number of HA copies of a database in both datacenters, including the active copy."""
    return ha_copies[0] + ha_copies[1]


@rule(unit="copies", level="per_database", source="calculator-7.6: Role Requirements I71")
def lagged_copies_total(lagged_copies: Floats) -> Floats:
    """Number of lagged copies of a database in both datacenters."""
    return lagged_copies[0] + lagged_copies[1]


@rule(unit="copies", level="per_database", group="detail", source="calculator-7.6: Variables K37")
def copies_total(ha_copies_total: Floats, lagged_copies_total: Floats) -> Floats:
    """Number of copies of a database in both datacenters, HA and lagged, including the active copy."""
    return ha_copies_total + lagged_copies_total


@rule(
    unit="copies",
    level="per_datacenter",
    axis=DATACENTER,
    group="detail",
    source="calculator-7.6: Role Requirements I63, I67",
)
def copies_there(ha_copies: Floats, lagged_copies: Floats) -> Floats:
    """Number of copies of a database in each datacenter, HA and lagged."""
    return ha_copies + lagged_copies


@rule(unit="copies", level="per_database", group="detail", source="calculator-7.6: Role Requirements I163")
def copies_primary(copies_there: Floats) -> Floats:
    """Number of copies of a database in the primary datacenter, HA and lagged."""
    return copies_there[0]


@rule(unit="copies", level="per_database", group="detail", source="calculator-7.6: Role Requirements I163")
def copies_secondary(copies_there: Floats) -> Floats:
    """Number of copies of a database in the secondary datacenter, HA and lagged."""
    return copies_there[1]


@flag(level="per_environment", source="calculator-7.6: Role Requirements C112")
def database_log_isolation(environment__high_availability: Bools, backup__method: Codes) -> Bools:
    """Whether databases and their logs are on separate volumes.

    They are without high availability, and with hardware VSS backups.
    """
    return ~environment__high_availability | (backup__method == BackupMethod.HARDWARE_VSS)


@flag(level="per_environment", source="calculator-7.6: Role Requirements C110")
def multiple_databases_per_volume(
    environment__high_availability: Bools,
    site_resilience__enabled: Bools,
    active_active_single_dag: Bools,
    copies_total: Floats,
    copies_there: Floats,
    environment__mailbox_servers: Floats,
    storage__consider_jbod: Bools,
    storage__multiple_databases_per_volume: Bools,
) -> Bools:
    """Whether several databases share a volume.

    This needs three copies on JBOD. With two datacenters, the copies must also be spread evenly, or (except in one
    active/active DAG) the number of servers must be a multiple of the number of copies in the primary datacenter.
    """
    uneven = site_resilience__enabled & (copies_there[0] != copies_there[1])
    fits = whole_multiple(environment__mailbox_servers, copies_there[0])
    possible = environment__high_availability & (copies_total >= 3) & storage__consider_jbod
    forbidden = uneven & (active_active_single_dag | ~fits)
    return possible & ~forbidden & storage__multiple_databases_per_volume


@flag(level="per_environment", source="calculator-7.6: Role Requirements C111")
def volume_count_automatic(environment__high_availability: Bools, storage__automatic_volume_count: Bools) -> Bools:
    """Whether the number of database volumes per server is computed, not given."""
    return ~environment__high_availability | storage__automatic_volume_count


@rule(level="per_environment", choice=DESIGN_APPROACH, source="calculator-7.6: Volume Requirements I6")
def volume_design_approach(
    environment__high_availability: Bools,
    database_log_isolation: Bools,
    multiple_databases_per_volume: Bools,
    database_copies__ha_copies: Floats,
    storage__consider_jbod: Bools,
    backup__method: Codes,
    backup__frequency: Codes,
) -> Codes:
    """Way in which databases are placed on volumes: one per volume, several per volume, or as a backup set.

    Without high availability the backup frequency decides, also with native data protection, although Microsoft's
    workbook disables the frequency then.
    """
    replicated = environment__high_availability & (database_copies__ha_copies >= 2) & ~database_log_isolation
    return first_code(
        (backup__method == BackupMethod.HARDWARE_VSS, DesignApproach.ONE_PER_DATABASE),
        (replicated & storage__consider_jbod & multiple_databases_per_volume, DesignApproach.MULTIPLE),
        (replicated, DesignApproach.ONE_PER_DATABASE),
        (backup__frequency == BackupFrequency.DAILY_FULL, DesignApproach.ONE_PER_DATABASE),
        default=DesignApproach.BACKUP_SET,
    )


@rule(level="per_environment", choice=ARCHITECTURE, source="calculator-7.6: Volume Requirements C110")
def volume_architecture(
    volume_design_approach: Codes,
    environment__high_availability: Bools,
    copies_total: Floats,
    database_log_isolation: Bools,
    multiple_databases_per_volume: Bools,
) -> Codes:
    """Arrangement of databases and their logs on the volumes of a server."""
    replicated = environment__high_availability & (copies_total >= 2) & ~database_log_isolation
    return first_code(
        (volume_design_approach == DesignApproach.BACKUP_SET, Architecture.TWO_VOLUMES_PER_BACKUP_SET),
        (replicated & multiple_databases_per_volume, Architecture.MULTIPLE_DATABASES_PER_VOLUME),
        (replicated, Architecture.ONE_VOLUME_PER_DATABASE),
        default=Architecture.TWO_VOLUMES_PER_DATABASE,
    )


@flag(level="per_volume", group="detail", source="calculator-7.6: Volume Requirements C110")
def several_per_volume(volume_architecture: Codes) -> Bools:
    """Whether the volume architecture places several databases on a volume."""
    return volume_architecture == Architecture.MULTIPLE_DATABASES_PER_VOLUME


@flag(level="per_volume", group="detail", source="calculator-7.6: Volume Requirements C110")
def one_per_volume(volume_architecture: Codes) -> Bools:
    """Whether the volume architecture places every database, with its logs, on a volume of its own."""
    return volume_architecture == Architecture.ONE_VOLUME_PER_DATABASE


@flag(level="per_volume", group="detail", source="calculator-7.6: Volume Requirements C110")
def logs_share_volume(several_per_volume: Bools, one_per_volume: Bools) -> Bools:
    """Whether the logs of a database are on the volume of the database."""
    return several_per_volume | one_per_volume


@flag(level="per_environment", source="calculator-7.6: Role Requirements C108")
def dr_servers_dedicated(site_resilience__dedicated_dr_servers: Bools, several_per_volume: Bools) -> Bools:
    """Whether passive copies of databases at home in the other datacenter have dedicated disaster recovery servers."""
    return site_resilience__dedicated_dr_servers & ~several_per_volume


@flag(level="per_environment", source="calculator-7.6: Role Requirements C109")
def lagged_servers_dedicated(database_copies__dedicated_lagged_servers: Bools, several_per_volume: Bools) -> Bools:
    """Whether lagged copies are on dedicated servers."""
    return database_copies__dedicated_lagged_servers & ~several_per_volume


@flag(level="per_environment", source="calculator-7.6: Role Requirements C113")
def replay_lag_manager_active(
    environment__high_availability: Bools,
    lagged_servers_dedicated: Bools,
    database_copies__ha_copies: Floats,
    database_copies__replay_lag_manager: Bools,
) -> Bools:
    """Whether lagged copies may become HA copies when too few copies are left."""
    able = environment__high_availability & ~lagged_servers_dedicated
    return able & (database_copies__ha_copies >= 3) & database_copies__replay_lag_manager


@rule(unit="copies", level="per_database", axis=DATACENTER, source="calculator-7.6: Role Requirements I62")
def effective_ha_copies(
    environment__high_availability: Bools,
    two_datacenters: Bools,
    site_resilience__enabled: Bools,
    ha_copies: Floats,
    database_copies__lagged_copies: Floats,
    database_copies__lagged_copies_secondary: Floats,
    replay_lag_manager_active: Bools,
) -> Floats:
    """Number of HA copies of a database in each datacenter, including lagged copies that may become HA copies."""
    there = select(site_resilience__enabled, database_copies__lagged_copies_secondary, 0.0)
    lent = stack(
        select(environment__high_availability & replay_lag_manager_active, database_copies__lagged_copies - there, 0.0),
        select(two_datacenters & replay_lag_manager_active, database_copies__lagged_copies_secondary, 0.0),
    )
    return ha_copies + lent


@rule(unit="copies", level="per_database", axis=DATACENTER, source="calculator-7.6: Role Requirements I66")
def effective_lagged_copies(lagged_copies: Floats, replay_lag_manager_active: Bools) -> Floats:
    """Number of lagged copies of a database in each datacenter that never become HA copies."""
    return select(replay_lag_manager_active, 0.0, lagged_copies)


@rule(unit="day", level="per_environment", source="calculator-7.6: Role Requirements I96")
def replay_lag(
    database_copies__lagged_copies: Floats,
    database_copies__replay_lag_delay: Floats,
    hours_per_day: float,
    longest_lag: float,
) -> Floats:
    """Replay lag of lagged copies, at most 14 days.

    Zero without lagged copies.

    Oddity: high availability is not tested, so the lagged copies that a standalone server still has as an input
    lengthen the time for which it keeps logs.
    """
    days = np.minimum(database_copies__replay_lag_delay / hours_per_day, longest_lag)
    return select(database_copies__lagged_copies != 0, days, 0.0)


@rule(unit="day", level="per_environment", source="calculator-7.6: Role Requirements I97")
def truncation_lag(
    database_copies__lagged_copies: Floats,
    database_copies__truncation_lag_delay: Floats,
    hours_per_day: float,
    longest_lag: float,
) -> Floats:
    """Truncation lag of lagged copies, at most 14 days.

    Zero without lagged copies.

    Oddity: high availability is not tested, as with the replay lag.
    """
    days = np.minimum(database_copies__truncation_lag_delay / hours_per_day, longest_lag)
    return select(database_copies__lagged_copies != 0, days, 0.0)


@flag(level="per_server", group="detail", source="calculator-7.6: Role Requirements I127")
def jbod_suitable(
    storage__consider_jbod: Bools,
    logs_share_volume: Bools,
    several_per_volume: Bools,
    database_copies__ha_copies: Floats,
    lagged_servers_dedicated: Bools,
    lagged_copies: Floats,
    site_resilience__enabled: Bools,
    active_active_single_dag: Bools,
    dr_servers_dedicated: Bools,
    copies_there: Floats,
    ha_copies: Floats,
) -> Bools:
    """Whether the servers of the primary datacenter may use JBOD.

    JBOD needs three HA copies and logs on the volume of their database. Lagged copies must be two, become HA copies
    when copies are lost, or be on dedicated servers. The secondary datacenter of an active/active DAG must hold more
    than one copy of a database.

    Oddity: the three copies are counted over both datacenters, so a primary datacenter with one copy passes.
    """
    lagged = lagged_servers_dedicated | several_per_volume
    lagged = lagged | (lagged_copies[0] == 0) | (lagged_copies[0] >= 2)
    in_secondary = select(several_per_volume, copies_there[1], ha_copies[1])
    single = site_resilience__enabled & active_active_single_dag & ~dr_servers_dedicated
    single = single & (in_secondary == 1)
    enough = database_copies__ha_copies >= 3
    return storage__consider_jbod & logs_share_volume & enough & lagged & ~single


@rule(
    level="per_server",
    axis=only("primary"),
    group="detail",
    choice=STORAGE,
    source="calculator-7.6: Role Requirements I127",
)
def primary_architecture(jbod_suitable: Bools) -> Codes:
    """Storage that the servers of the primary datacenter may use, RAID or JBOD."""
    return first_code((jbod_suitable, Storage.JBOD), default=Storage.RAID)
