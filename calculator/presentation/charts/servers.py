"""Charts of servers: what fills a volume, CPU in each failure, memory and disks by what they are for."""

from __future__ import annotations

from calculator.engine.sizing import Sizing
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


def sides(plan: Sizing) -> tuple[str, ...]:
    """Datacenters of the design, as charts name them."""
    return SIDES if plan["two_datacenters"] else SIDES[:1]


def _why_not(column: str, plan: Sizing) -> str:
    """That a result does not apply, and why."""
    return f"n/a ({not_applicable(*rule_of(column), plan)})"


# --- volume --------------------------------------------------------------------------------------


def volume(plan: Sizing) -> Bars:
    """Parts of a database volume in GB, and the disk below it."""
    disk = plan["storage_database_disk_formatted.primary"] if on_one_disk(plan) else None
    label = f"disk {number(disk)} GB" if disk else ""
    rows: list[Row] = [
        {
            "part": name,
            "GB": plan[rule],
            "shown": number(plan[rule]),
            "order": order,
            "disk": disk,
            "label": label,
            "bar": "volume",
        }
        for order, (name, rule) in enumerate(VOLUME_PARTS)
        if plan[rule]
    ]
    if not rows:
        return Bars(VOLUME, "n/a: the design has no volumes as it stands.")
    table = [{"Part": row["part"], "GB": row["shown"]} for row in rows]
    return Bars(
        VOLUME,
        _volume_finding(plan),
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


def on_one_disk(plan: Sizing) -> bool:
    """Whether a volume lies on a single disk."""
    return bool(plan["storage_architecture.primary"] == "jbod")


def _volume_finding(plan: Sizing) -> str:
    size = number(plan["volume_database_volume_size"])
    databases = number(plan["volume_databases_part"])
    disk = number(plan["storage_database_disk_formatted.primary"])
    where = f"on a disk of {disk} GB" if on_one_disk(plan) else "on RAID"
    return f"A database volume takes {size} GB {where}; its databases are {databases} GB of it."


# --- CPU -----------------------------------------------------------------------------------------


def cpu(plan: Sizing) -> Bars:
    """CPU of a server in each failure mode and datacenter, against 80 and 100 %."""
    rows: list[Row] = []
    for mode in MODE.labels:
        for side in sides(plan):
            share = plan[f"cpu_utilization_by_mode.{mode}.{side.lower()}"]
            if share is not None:
                rows.append(_cpu_row(plan, mode, side, share))
    if not rows:
        return Bars(CPU, f"CPU is {_why_not('cpu_utilization_by_mode.worst.primary', plan)}.")
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
        CPU, _cpu_finding(plan), rows, "mode", "side", "cpu", "Mode", "CPU of a server, %", limits=limits, table=table
    )


def _cpu_row(plan: Sizing, mode: str, side: str, share: float) -> Row:
    parts = {
        name: number(plan[f"{rule}.{mode}.{side.lower()}"] or 0.0)
        for name, rule in (
            ("active", "active_megacycles_by_mode"),
            ("passive", "passive_megacycles_by_mode"),
            ("cas", "cas_megacycles_by_mode"),
        )
    }
    shown = number(share, "share")
    return {"mode": MODE_NAMES[mode], "side": side, "cpu": percent(share), "shown": shown, **parts}


def _cpu_finding(plan: Sizing) -> str:
    worst, limit = plan["worst_cpu_utilization"], scalar("highest_cpu_utilization")
    where = "above" if worst > limit else "within"
    return (
        f"CPU reaches {number(worst, 'share')} in the worst failure, {where} the "
        f"{number(limit, 'share')} advised (dashed line)."
    )


# --- memory --------------------------------------------------------------------------------------


def memory(plan: Sizing) -> Bars:
    """Memory of a server by what it is for, a bar a datacenter, against the most advised."""
    rows = [
        {
            "side": side,
            "part": part,
            "GB": plan[f"{rule}.{side.lower()}"],
            "order": order,
            "shown": number(plan[f"{rule}.{side.lower()}"]),
        }
        for side in sides(plan)
        for order, (part, rule) in enumerate(MEMORY_PARTS)
        if plan[f"{rule}.{side.lower()}"]
    ]
    if not rows:
        return Bars(MEMORY, f"Memory is {_why_not('summary_memory.primary', plan)}.")
    table = [{"Datacenter": row["side"], "For": row["part"], "GB": row["shown"]} for row in rows]
    total = number(max(plan[f"server_memory.{side.lower()}"] or 0.0 for side in sides(plan)))
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


def disks(plan: Sizing) -> Bars:
    """Disks of a server by what they are for, a bar a datacenter, against its drive bays."""
    rows: list[Row] = [
        {"side": side, "part": part, "disks": count, "shown": number(count), "order": order}
        for side in sides(plan)
        for order, (part, count) in enumerate(_disk_parts(plan, side.lower()))
        if count
    ]
    if not rows:
        return Bars(DISKS, "n/a: no disks can be counted for the design as it stands.")
    bays = float(plan.profile.value("servers.primary.drive_bays") or 0)
    for row in rows:
        row |= {"bays": bays or None}
    table = [{"Datacenter": row["side"], "For": row["part"], "Disks": str(row["shown"])} for row in rows]
    needed = number(max(plan[f"server_drive_bays.{side.lower()}"] or 0.0 for side in sides(plan)))
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


def _disk_parts(plan: Sizing, side: str) -> list[tuple[str, float]]:
    """Disks of a server on JBOD and RAID, and its system disks."""
    kinds = [kind for kind in DISK_PARTS if plan[f"storage_{kind}_disks_per_server.{side}"]]
    parts = [(part, plan[f"{rule}.{side}"] or 0.0) for kind in kinds for part, rule in DISK_PARTS[kind]]
    if not parts:
        return []
    apart = plan[f"transport_database_location.{side}"] == "dedicated_raid1_disk"
    own = [("Transport", scalar("transport_disks"))] if apart else []
    return [*parts, ("System", scalar("system_disks")), *own]
