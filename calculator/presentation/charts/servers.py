"""Charts of servers: what fills a volume, CPU in each failure, memory and disks by what they are for."""

from __future__ import annotations

from calculator.engine.sizing import SizedDesign
from calculator.presentation.charts.base import Bars, Limit, Row
from calculator.presentation.figures import not_applicable, number, percent, rule_of
from calculator.rules.constants import scalar
from calculator.rules.registry import MODE

VOLUME, CPU, MEMORY, DISKS = "Database volume", "CPU by failure", "Memory of a server", "Disks of a server"
VOLUME_PARTS = (
    ("Databases", "volume_databases_part"),
    ("Content index", "content_index_size"),
    ("Master merge", "master_merge_size"),
    ("Logs", "volume_logs_part"),
    ("Maintenance", "volume_maintenance_part"),
    ("Kept free", "volume_free_part"),
)
"""What fills a volume, from the bottom up."""
MEMORY_PARTS = (
    ("Cache of active databases", "memory_for_cache"),
    ("Client Access", "memory_for_client_access"),
    ("Content indexing", "memory_for_content_index"),
    ("Up to the next module size", "memory_for_module_size"),
)
DISK_PARTS = {
    "jbod": (
        ("Databases", "storage_jbod_disks"),
        ("Restore", "storage_jbod_restore_disks"),
        ("Spare", "storage_jbod_autoreseed_disks"),
    ),
    "raid": (
        ("Databases", "storage_raid_database_disks"),
        ("Logs", "storage_raid_log_disks"),
        ("Restore", "storage_raid_restore_disks"),
    ),
}
MODE_NAMES = {
    "normal": "Normal",
    "single": "One server failed",
    "double": "Two servers failed",
    "site": "Datacenter failed",
    "worst": "Worst",
}
SIDES = ("Primary", "Secondary")


def sides(design: SizedDesign) -> tuple[str, ...]:
    """Datacenters of the design, as charts name them."""
    return SIDES if design["two_datacenters"] else SIDES[:1]


def _why_not(column: str, design: SizedDesign) -> str:
    """That a result does not apply, and why."""
    return f"n/a ({not_applicable(*rule_of(column), design)})"


# --- volume --------------------------------------------------------------------------------------


def volume(design: SizedDesign) -> Bars:
    """Parts of a database volume in GB, and the disk below it."""
    disk = design["storage_database_disk_formatted.primary"] if on_one_disk(design) else None
    label = f"disk {number(disk)} GB" if disk else ""
    rows: list[Row] = [
        {
            "part": name,
            "GB": design[rule],
            "shown": number(design[rule]),
            "order": order,
            "disk": disk,
            "label": label,
            "bar": "volume",
        }
        for order, (name, rule) in enumerate(VOLUME_PARTS)
        if design[rule]
    ]
    if not rows:
        return Bars(VOLUME, "n/a: the design has no volumes as it stands.")
    table = [{"Part": row["part"], "GB": row["shown"]} for row in rows]
    return Bars(
        VOLUME,
        _volume_finding(design),
        rows,
        "bar",
        "part",
        "GB",
        "Volume",
        "GB of a database volume",
        stacked=True,
        limits=(Limit(disk, label),) if disk else (),
        table=table,
    )


def on_one_disk(design: SizedDesign) -> bool:
    """Whether a volume lies on a single disk."""
    return bool(design["storage_architecture.primary"] == "jbod")


def _volume_finding(design: SizedDesign) -> str:
    size = number(design["volume_database_volume_size"])
    databases = number(design["volume_databases_part"])
    disk = number(design["storage_database_disk_formatted.primary"])
    where = f"on a disk of {disk} GB" if on_one_disk(design) else "on RAID"
    return f"A database volume takes {size} GB {where}; its databases are {databases} GB of it."


# --- CPU -----------------------------------------------------------------------------------------


def cpu(design: SizedDesign) -> Bars:
    """CPU of a server in each failure mode and datacenter, against 80 and 100 %."""
    rows: list[Row] = []
    for mode in MODE.labels:
        for side in sides(design):
            share = design[f"cpu_utilization_by_mode.{mode}.{side.lower()}"]
            if share is not None:
                rows.append(_cpu_row(design, mode, side, share))
    if not rows:
        return Bars(CPU, f"CPU is {_why_not('cpu_utilization_by_mode.worst.primary', design)}.")
    table = [
        {
            "Mode": row["mode"],
            "Datacenter": row["side"],
            "CPU": row["shown"],
            "Active, megacycles": row["active"],
            "Passive, megacycles": row["passive"],
            "Client Access, megacycles": row["cas"],
        }
        for row in rows
    ]
    limits = Limit(percent(scalar("highest_cpu_utilization")), "advised"), Limit(100.0, "all")
    return Bars(
        CPU, _cpu_finding(design), rows, "mode", "side", "cpu", "Mode", "CPU of a server, %", limits=limits, table=table
    )


def _cpu_row(design: SizedDesign, mode: str, side: str, share: float) -> Row:
    parts = {
        name: number(design[f"{rule}.{mode}.{side.lower()}"] or 0.0)
        for name, rule in (
            ("active", "active_megacycles_by_mode"),
            ("passive", "passive_megacycles_by_mode"),
            ("cas", "cas_megacycles_by_mode"),
        )
    }
    shown = number(share, "share")
    return {"mode": MODE_NAMES[mode], "side": side, "cpu": percent(share), "shown": shown, **parts}


def _cpu_finding(design: SizedDesign) -> str:
    worst, limit = design["worst_cpu_utilization"], scalar("highest_cpu_utilization")
    where = "above" if worst > limit else "within"
    return (
        f"CPU reaches {number(worst, 'share')} in the worst failure, {where} the "
        f"{number(limit, 'share')} advised (dashed line)."
    )


# --- memory --------------------------------------------------------------------------------------


def memory(design: SizedDesign) -> Bars:
    """Memory of a server by what it is for, a bar a datacenter, against the most advised."""
    rows = [
        {
            "side": side,
            "part": part,
            "GB": design[f"{rule}.{side.lower()}"],
            "order": order,
            "shown": number(design[f"{rule}.{side.lower()}"]),
        }
        for side in sides(design)
        for order, (part, rule) in enumerate(MEMORY_PARTS)
        if design[f"{rule}.{side.lower()}"]
    ]
    if not rows:
        return Bars(MEMORY, f"Memory is {_why_not('summary_memory.primary', design)}.")
    table = [{"Datacenter": row["side"], "For": row["part"], "GB": row["shown"]} for row in rows]
    total = number(max(design[f"server_memory.{side.lower()}"] or 0.0 for side in sides(design)))
    most = scalar("largest_server_memory")
    finding = f"A server needs {total} GB of memory; {number(most)} GB is the most advised (dashed line)."
    return Bars(
        MEMORY,
        finding,
        rows,
        "side",
        "part",
        "GB",
        "Datacenter",
        "GB of memory a server",
        stacked=True,
        limits=(Limit(most, "advised"),),
        table=table,
    )


# --- disks ---------------------------------------------------------------------------------------


def disks(design: SizedDesign) -> Bars:
    """Disks of a server by what they are for, a bar a datacenter, against its drive bays."""
    rows: list[Row] = [
        {"side": side, "part": part, "disks": count, "shown": number(count), "order": order}
        for side in sides(design)
        for order, (part, count) in enumerate(_disk_parts(design, side.lower()))
        if count
    ]
    if not rows:
        return Bars(DISKS, "n/a: no disks can be counted for the design as it stands.")
    bays = float(design.profile.value("servers.primary.drive_bays") or 0)
    for row in rows:
        row |= {"bays": bays or None}
    table = [{"Datacenter": row["side"], "For": row["part"], "Disks": str(row["shown"])} for row in rows]
    needed = number(max(design[f"server_drive_bays.{side.lower()}"] or 0.0 for side in sides(design)))
    there = f"; {number(bays)} there are (dashed line)" if bays else ""
    finding = f"A server needs {needed} drive bays, system disks included{there}."
    return Bars(
        DISKS,
        finding,
        rows,
        "side",
        "part",
        "disks",
        "Datacenter",
        "disks of a server",
        stacked=True,
        limits=(Limit(bays, "drive bays"),) if bays else (),
        table=table,
    )


def _disk_parts(design: SizedDesign, side: str) -> list[tuple[str, float]]:
    """Disks of a server on JBOD and RAID, and its system disks."""
    kinds = [kind for kind in DISK_PARTS if design[f"storage_{kind}_disks_per_server.{side}"]]
    parts = [(part, design[f"{rule}.{side}"] or 0.0) for kind in kinds for part, rule in DISK_PARTS[kind]]
    if not parts:
        return []
    apart = design[f"transport_database_location.{side}"] == "dedicated_raid1_disk"
    own = [("Transport", scalar("transport_disks"))] if apart else []
    return [*parts, ("System", scalar("system_disks")), *own]
