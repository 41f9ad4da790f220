"""Tables beside the results: volumes of a server and its weekly backups by database, inputs of Jetstress.

They are read off the results of one design; the engine itself needs no row a database.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from calculator.engine.sizing import SizedDesign
from calculator.inputs.choices import BackupEntry, BackupFrequency, DesignApproach
from calculator.rules.constants import scalar

Row = dict[str, object]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
VOLUMES_LOOKED_AT = 26
"""Volumes whose first database the calculator gives a full backup on Monday."""


def volume_layout(design: SizedDesign) -> list[Row]:
    """The volumes of a server, a row a database copy.

    Parameters
    ----------
    design
        A design sized with everything.

    Returns
    -------
    list of dict
        ``database``, its number; ``group``, the number of its volume; ``mailboxes``; sizes of database
        and logs in GB; and in row i, as the calculator lays it out, volume i: ``volume_group``,
        ``volume_label`` (its databases), ``database_volume_size`` and ``log_volume_size`` in GB, None
        beyond the last.  No rows for an invalid design, or one whose databases have no size.  Source:
        calculator-7.6: Volume Requirements.
    """
    if design["design_invalid"] or design["volume_database_size_with_overhead"] is None:
        return []
    rows, volumes = int(design["layout_rows"]), int(design["volume_database_volumes"] or 0)
    each, copies = design["laid_out_databases_per_volume"], design["database_copies_per_server"]
    groups = [math.ceil(number / each) for number in range(1, rows + 1)]
    table: list[Row] = []
    for number in range(1, rows + 1):
        row: Row = {
            "database": number,
            "group": groups[number - 1],
            "mailboxes": design["volume_mailboxes_per_database"],
            "database_size": design["volume_database_size"],
            "database_size_with_overhead": design["volume_database_size_with_overhead"],
            "log_size_with_overhead": design["volume_log_size_with_overhead"],
        }
        table.append(row | _volume(design, number, volumes, each, copies, groups))
    return table


def _volume(design: SizedDesign, volume: int, volumes: int, each: float, copies: float, groups: list[int]) -> Row:
    names = ("volume_group", "volume_label", "database_volume_size", "log_volume_size")
    if volume > volumes:
        return dict.fromkeys(names)
    approach = design["volume_design_approach"]
    alone = approach == DesignApproach.ONE_PER_DATABASE.name.lower()
    alone = alone or (approach == DesignApproach.MULTIPLE.name.lower() and design["volume_volumes_computed"] == 1)
    first, last = (volume - 1) * each + 1, volume if alone else min(copies, volume * each)
    label = f"DB{volume}" if alone else f"DB{first:.0f}-DB{last:.0f}"
    group = math.ceil(_as_read(design, volume, last) / each)
    held = groups.count(group)
    return dict(zip(names, (group, label, *_volume_sizes(design, volume, held, each)), strict=True))


def _as_read(design: SizedDesign, volume: int, last: float) -> float:
    """Last database of a volume as the calculator reads it off the label; see `misread_databases`."""
    corrected = design.profile.value("guidance.oddities") == "corrected"
    limit = scalar("layout_limit")
    cut_short = volume <= scalar("labels_cut_short") and last >= limit
    return last % limit if cut_short and not corrected else last


def _volume_sizes(design: SizedDesign, volume: int, held: int, each: float) -> tuple[float, float]:
    """Database and log volume with so many databases, GB."""
    edb, logs = design["volume_database_size_with_overhead"], held * design["volume_log_size_with_overhead"]
    usable = 1 - float(design.profile.value("data.volume_free_space") or 0)
    corrected = design.profile.value("guidance.oddities") == "corrected"
    content = held * edb + scalar("content_index_share") * (held * edb + edb)
    if not design.profile.value("data.dedicated_restore_volume"):
        divided = volume <= scalar("divided_volumes") or corrected
        content += scalar("maintenance_share") * held * edb / (each if divided else 1)
    if design["logs_share_volume"]:
        return (content + logs) / usable, 0.0
    return content / usable, logs / usable


def backup_schedule(design: SizedDesign) -> list[Row]:
    """Weekly backups of a server's databases, a row a database.

    Parameters
    ----------
    design
        A design sized with everything.

    Returns
    -------
    list of dict
        ``database``, its number, and ``monday`` to ``sunday``: full, incremental or differential.  No rows
        with native data protection or for an invalid design.  Source: calculator-7.6: Backup Requirements.
    """
    if design["design_invalid"] or design.profile.value("backup.method") == "native_data_protection":
        return []
    rows = int(min(scalar("layout_limit"), design["database_copies_per_server"]))
    each = int(design["volume_databases_per_volume"])
    frequency = BackupFrequency[str(design.profile.value("backup.frequency")).upper()]
    incremental = frequency is BackupFrequency.WEEKLY_FULL_DAILY_INCREMENTAL
    other = BackupEntry.INCREMENTAL if incremental else BackupEntry.DIFFERENTIAL
    daily = frequency is BackupFrequency.DAILY_FULL
    is_full = _full_backups(rows, each)
    return [
        {"database": database}
        | {
            name: (BackupEntry.FULL if daily or is_full(database, day) else other).name.lower()
            for day, name in enumerate(DAYS)
        }
        for database in range(1, rows + 1)
    ]


def _full_backups(rows: int, each: int) -> Callable[[int, int], bool]:
    """Which database gets its full backup on which day: handed on to the next database and day."""
    days: list[set[int]] = [set()]
    for database in range(1, rows + 1):
        before = days[database - 1]
        full = {0} if _on_monday(database, each) else set[int]()
        for day in range(1, len(DAYS)):
            looked_at = {1} if day == 2 else set(range(day)) if day > 2 else set[int]()
            if day - 1 in before and not full & looked_at:
                full.add(day)
        days.append(full)
    return lambda database, day: day in days[database]


def _on_monday(database: int, each: int) -> bool:
    if each == 1:
        return (database - 1) % len(DAYS) == 0
    volume, place = divmod(database - 1, each)
    return place == 0 and volume < VOLUMES_LOOKED_AT


def jetstress(design: SizedDesign) -> list[Row]:
    """What Jetstress is to be told to test a server's volumes as they are sized, a row a datacenter.

    Parameters
    ----------
    design
        A design sized with everything.

    Returns
    -------
    list of dict
        ``datacenter``; ``databases_per_volume``; ``copies`` of each database, which Jetstress reads logs for;
        ``volumes`` of a server; ``database_size`` and ``log_size`` of a database in GB; ``target_iops`` of a
        volume and ``target_iops_server``, with their headroom but without maintenance; ``maintenance``, which
        is to run as it does in Exchange.  No rows for an invalid design.

    Source: storage-options-2013: Jetstress; capacity-planning-2013: Background database maintenance.
    """
    if design["design_invalid"]:
        return []
    sides = ("primary", "secondary") if design["two_datacenters"] else ("primary",)
    copies = design["copies_total"] if design.profile.value("environment.high_availability") else 1.0
    server = design["summary_database_iops.server"]
    return [
        {
            "datacenter": side,
            "databases_per_volume": design["databases_on_first_volume"],
            "copies": copies,
            "volumes": design["volume_database_volumes"],
            "database_size": design["volume_database_size_with_overhead"],
            "log_size": design["volume_log_size_with_overhead"],
            "target_iops": server / design["database_copies_per_server"] * design["databases_on_first_volume"],
            "target_iops_server": server,
            "maintenance": True,
        }
        for side in sides
        if design[f"summary_servers_by_datacenter.{side}"]
    ]


TABLES: dict[str, Callable[[SizedDesign], list[Row]]] = {
    "volume_layout": volume_layout,
    "backup_schedule": backup_schedule,
    "jetstress": jetstress,
}
