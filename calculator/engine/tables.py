"""Arrange results of a design as tables: volumes of a server, its weekly backups, settings of Jetstress.

Nothing is computed here that is not a result of the engine.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import SizedDesign
from calculator.inputs.choices import BackupEntry, BackupFrequency
from calculator.inputs.schema import DATACENTERS, SERVER_ROLES
from calculator.rules.constants import scalar

TableRow = dict[str, object]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
VOLUMES_WITH_MONDAY_BACKUP = 26
"""Volumes whose first database gets a full backup on Monday in Microsoft's workbook."""


def _is_sized(design: SizedDesign) -> bool:
    """Return whether a design is valid and has mailboxes."""
    return not design.plain[DESIGN_INVALID] and not design.without_mailboxes


def volume_layout(design: SizedDesign) -> list[TableRow]:
    """Return the volumes of a server, one row per database copy.

    Parameters
    ----------
    design
        A design with all its results.

    Returns
    -------
    list of dict
        ``database``, its number; ``group``, the number of its volume; ``mailboxes``; sizes of database
        and logs in GB; and in row i, as in Microsoft's workbook, volume i: ``volume_group``,
        ``volume_label`` (its databases), ``database_volume_size`` and ``log_volume_size`` in GB, None
        beyond the last volume.  No rows for an invalid design, or for databases without a size.  Source:
        calculator-7.6: Volume Requirements.
    """
    if design.plain[DESIGN_INVALID] or design.plain["volume_database_size_with_overhead"] is None:
        return []
    per_volume = design.plain["laid_out_databases_per_volume"]
    columns = ("volume_group", "last_database_on_volume", "database_volume_size", "log_volume_size")
    volumes = zip(*(design.plain[column].values() for column in columns), strict=True)
    table: list[TableRow] = []
    for number, (group, last, database_volume_size, log_volume_size) in zip(
        range(1, int(design.plain["layout_rows"]) + 1), volumes, strict=False
    ):
        first = (number - 1) * per_volume + 1
        label = f"DB{number}" if design.plain["label_names_one_database"] else f"DB{first:.0f}-DB{last or 0:.0f}"
        table.append(
            {
                "database": number,
                "group": math.ceil(number / per_volume),
                "mailboxes": design.plain["volume_mailboxes_per_database"],
                "database_size": design.plain["volume_database_size"],
                "database_size_with_overhead": design.plain["volume_database_size_with_overhead"],
                "log_size_with_overhead": design.plain["volume_log_size_with_overhead"],
                "volume_group": None if group is None else int(group),
                "volume_label": None if group is None else label,
                "database_volume_size": database_volume_size,
                "log_volume_size": log_volume_size,
            }
        )
    return table


def backup_schedule(design: SizedDesign) -> list[TableRow]:
    """Return the weekly backups of the databases of a server, one row per database.

    Parameters
    ----------
    design
        A design with all its results.

    Returns
    -------
    list of dict
        ``database``, its number, and ``monday`` to ``sunday``: full, incremental or differential.  No rows
        with native data protection, without mailboxes or for an invalid design.  Source: calculator-7.6: Backup
        Requirements.
    """
    if not _is_sized(design) or design.profile.value("backup.method") == "native_data_protection":
        return []
    rows = int(min(scalar("layout_limit"), design.plain["database_copies_per_server"]))
    each = int(design.plain["volume_databases_per_volume"])
    frequency = BackupFrequency[str(design.profile.value("backup.frequency")).upper()]
    incremental = frequency is BackupFrequency.WEEKLY_FULL_DAILY_INCREMENTAL
    partial = BackupEntry.INCREMENTAL if incremental else BackupEntry.DIFFERENTIAL
    daily = frequency is BackupFrequency.DAILY_FULL
    full_days = _full_backup_days(rows, each)
    return [
        {"database": database}
        | {
            name: (BackupEntry.FULL if daily or day in full_days[database] else partial).name.lower()
            for day, name in enumerate(DAYS)
        }
        for database in range(1, rows + 1)
    ]


def _full_backup_days(rows: int, each: int) -> list[set[int]]:
    """Return the days of the full backups by number of the database; the next database follows a day later."""
    days: list[set[int]] = [set()]
    for database in range(1, rows + 1):
        before = days[database - 1]
        full = {0} if _on_monday(database, each) else set[int]()
        for day in range(1, len(DAYS)):
            looked_at = {1} if day == 2 else set(range(day)) if day > 2 else set[int]()
            if day - 1 in before and not full & looked_at:
                full.add(day)
        days.append(full)
    return days


def _on_monday(database: int, each: int) -> bool:
    """Return whether the full backup of a database starts on Monday."""
    if each == 1:
        return (database - 1) % len(DAYS) == 0
    volume, place = divmod(database - 1, each)
    return place == 0 and volume < VOLUMES_WITH_MONDAY_BACKUP


def jetstress(design: SizedDesign) -> list[TableRow]:
    """Return the settings with which Jetstress tests the volumes of a server as sized, one row per datacenter.

    Parameters
    ----------
    design
        A design with all its results.

    Returns
    -------
    list of dict
        ``datacenter``; ``databases_per_volume``; ``copies`` of each database, whose logs Jetstress reads;
        ``volumes`` of a server; ``database_size`` and ``log_size`` of a database in GB; ``target_iops`` of a
        volume and ``target_iops_server``, with headroom but without maintenance; ``maintenance``, always true
        because it runs in Exchange too.  No rows without mailboxes or for an invalid design.

    Source: storage-options-2013: Jetstress; capacity-planning-2013: Background database maintenance.
    """
    if not _is_sized(design):
        return []
    datacenters = DATACENTERS if design.plain["two_datacenters"] else DATACENTERS[:1]
    copies = design.plain["copies_total"] if design.profile.value("environment.high_availability") else 1.0
    server = design.plain["summary_database_iops.server"]
    return [
        {
            "datacenter": datacenter,
            "databases_per_volume": design.plain["databases_on_first_volume"],
            "copies": copies,
            "volumes": design.plain["volume_database_volumes"],
            "database_size": design.plain["volume_database_size_with_overhead"],
            "log_size": design.plain["volume_log_size_with_overhead"],
            "target_iops": server
            / design.plain["database_copies_per_server"]
            * design.plain["databases_on_first_volume"],
            "target_iops_server": server,
            "maintenance": True,
        }
        for datacenter in datacenters
        if design.plain[f"summary_servers_by_datacenter.{datacenter}"]
    ]


def guests(design: SizedDesign) -> list[TableRow]:
    """Return the guests of a host, one row per role of virtual servers.

    Parameters
    ----------
    design
        A design with all its results.

    Returns
    -------
    list of dict
        ``role``; ``virtual_processors``, ``memory`` and ``system_disk`` (GB) of a guest; ``host_cores`` and
        ``host_memory`` (GB); ``guests_by_processors``, ``guests_by_memory`` and ``guests`` of a host, None where the
        host is not known; ``processors_left`` and ``memory_left`` (GB) to a full host; ``dag_members_per_host`` that
        the design allows, None without a DAG; and ``hosts`` of the datacenter, None for lagged servers.  No rows for
        physical servers, without mailboxes or for an invalid design.

    Source: virtualization-2013: Virtual processors; virtualization-2013: Memory.
    """
    profile = design.profile
    if not _is_sized(design) or not profile.value("environment.virtualized"):
        return []
    members = profile.value("servers.dag_members_per_host") if design["highly_available"] else None
    return [
        {
            "role": role,
            "virtual_processors": profile.value(f"servers.{role}.processor_cores"),
            "memory": design[f"guest_memory.{role}"],
            "system_disk": design["guest_system_disk"],
            "host_cores": profile.value(f"servers.{role}.host_cores"),
            "host_memory": profile.value(f"servers.{role}.host_memory"),
            "guests_by_processors": design[f"guests_by_processors.{role}"],
            "guests_by_memory": design[f"guests_by_memory.{role}"],
            "guests": design[f"guests_per_host.{role}"],
            "processors_left": design[f"host_processors_left.{role}"],
            "memory_left": design[f"host_memory_left.{role}"],
            "dag_members_per_host": members,
            "hosts": design[f"hosts_by_datacenter.{role}"] if role in DATACENTERS else None,
        }
        for role in SERVER_ROLES
        if design[f"servers_in_use.{role}"]
    ]


TABLES: dict[str, Callable[[SizedDesign], list[TableRow]]] = {
    "volume_layout": volume_layout,
    "backup_schedule": backup_schedule,
    "jetstress": jetstress,
    "guests": guests,
}
