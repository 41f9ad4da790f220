"""Charts of servers: what fills a volume, CPU in each failure, memory, disks, and the logs of a day."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import SizedDesign
from calculator.inputs.choices import WORST_FAILURE
from calculator.inputs.schema import CORRECTED
from calculator.issues import InputError
from calculator.layout import combinations, layout
from calculator.presentation.charts.base import Bars, ChartRow, LimitLine, cpu_limits
from calculator.presentation.figures import brief_reason, unrated, who_counts, why_not
from calculator.presentation.headline import DO_NOT_FIT, least_memory_decides, memory_needed, memory_reason, misfit_text
from calculator.presentation.text import NOT_APPLICABLE, number, percent, word
from calculator.rules.constants import scalar
from calculator.rules.registry import HOUR, MODE

VOLUME, CPU, MEMORY, DISKS = "Database volume", "CPU by failure", "Memory of a server", "Disks of a server"
LOGS = "Logs by hour"
VOLUME_PARTS = (
    ("Databases", "volume_databases_part"),
    ("Content index", "content_index_size"),
    ("Master merge", "master_merge_size"),
    ("Logs", "volume_logs_part"),
    ("Maintenance", "volume_maintenance_part"),
    ("Kept free", "volume_free_part"),
)
"""Parts of a volume, from the bottom up, and the result of each."""
MEMORY_PARTS = (
    ("Databases, a quarter as cache", "memory_for_cache"),
    ("Client Access", "memory_for_client_access"),
    ("Content indexing", "memory_for_content_index"),
)
NEXT_MODULE_SIZE = "Up to the next module size"
"""Name of the part of the memory that no load needs, where Microsoft's minimum does not decide it."""
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
    "site": "Datacenter lost",
    "worst": "Worst failure",
}
FAILED = {"single": 1, "double": 2}
"""Number of failed servers of the modes that the layout of the copies counts too."""
BY_LAYOUT = {"single": "One failed, as placed", "double": "Two failed, as placed"}
"""Names of these modes for the figures of the layout."""
SIDES = ("Primary", "Secondary")
SERVER = "Server"
"""Name of the bar of a server where all servers are in one datacenter."""
_NO_PARTS = dict.fromkeys(("active", "passive", "cas"), NOT_APPLICABLE)


def sides(design: SizedDesign) -> tuple[str, ...]:
    """Return the datacenters of a design, as charts name them."""
    return SIDES if design.plain["two_datacenters"] else SIDES[:1]


def _datacenter_column(design: SizedDesign) -> dict[str, str]:
    """Return the column of the datacenter in a table of servers; none if the design has one datacenter."""
    return {"side": "Datacenter"} if design.plain["two_datacenters"] else {}


# --- volume --------------------------------------------------------------------------------------


def volume(design: SizedDesign) -> Bars:
    """Return the parts of a database volume in GB, with the size of its disk as a line."""
    disk = design.plain["storage_database_disk_formatted.primary"] if on_one_disk(design) else None
    label = f"disk {number(disk)} GB" if disk else ""
    rows: list[ChartRow] = [
        {
            "part": name,
            "GB": design.plain[rule],
            "shown": number(design.plain[rule]),
            "order": order,
            "disk": disk,
            "label": label,
            "bar": "volume",
        }
        for order, (name, rule) in enumerate(VOLUME_PARTS)
        if design.plain[rule]
    ]
    if not rows:
        return Bars(VOLUME, f"{NOT_APPLICABLE}: {brief_reason('volume_database_volume_size', design)}.")
    return Bars(
        VOLUME,
        _volume_finding(design),
        rows,
        bar="bar",
        part="part",
        value="GB",
        head="Volume",
        measure="GB of a database volume",
        stacked=True,
        limits=(LimitLine(disk, label, hard=True),) if disk else (),
        series=tuple(name for name, _ in VOLUME_PARTS),
        columns={"part": "Part", "shown": "GB"},
    )


def on_one_disk(design: SizedDesign) -> bool:
    """Return whether each volume is on a single disk."""
    return bool(design.plain["storage_architecture.primary"] == "jbod")


def _volume_finding(design: SizedDesign) -> str:
    size = number(design.plain["volume_database_volume_size"])
    databases = number(design.plain["volume_databases_part"])
    disk = number(design.plain["storage_database_disk_formatted.primary"])
    where = f"on a disk of {disk} GB" if on_one_disk(design) else "on RAID"
    return f"A database volume takes {size} GB {where}; its databases are {databases} GB of it."


# --- CPU -----------------------------------------------------------------------------------------


def cpu(design: SizedDesign) -> Bars:
    """Return the CPU of a server in each failure mode and datacenter, with lines at what is advised and at 100 %.

    Where the layout of the copies makes a server busier than the sizing counts, the figure of the layout follows.
    A mode in which the servers of a datacenter have nothing to do has no bar there; the finding says so.
    """
    rows: list[ChartRow] = []
    by_layout = cpu_by_layout(design)
    for mode in MODE.labels if design.plain["highly_available"] else ("normal",):
        for side in sides(design):
            share = _by_mode(design, mode, side)
            if share:
                rows.append(_cpu_row(design, mode, side, share))
        rows += [
            {"mode": BY_LAYOUT[mode], "side": side, "cpu": percent(share), "shown": number(share, "share")} | _NO_PARTS
            for side, share in by_layout.get(mode, {}).items()
        ]
    if not rows:
        return Bars(CPU, f"CPU is {why_not('cpu_utilization_by_mode.worst.primary', design)}.")
    limit, one = scalar("highest_cpu_utilization", design.profile), not design.plain["two_datacenters"]
    return Bars(
        CPU,
        _cpu_finding(design, by_layout),
        rows,
        bar="mode",
        part="" if one else "side",
        label="shown" if one else "",
        text="shown",
        value="cpu",
        head="Mode",
        measure="CPU of a server, %",
        limits=cpu_limits(limit),
        series=() if one else sides(design),
        columns={
            "mode": "Mode",
            **_datacenter_column(design),
            "shown": "CPU",
            "active": "Active, megacycles",
            "passive": "Passive, megacycles",
            "cas": "Client Access, megacycles",
        },
    )


def cpu_by_layout(design: SizedDesign) -> dict[str, dict[str, float]]:
    """Return the CPU after failed servers by the layout of the copies, where it is higher than the sizing counts.

    Returns
    -------
    dict
        Highest CPU utilization of a server, 1 is 100 %, by mode and by datacenter as charts name them.
    """
    if not design.plain["highly_available"] or design.plain["design_invalid"]:
        return {}
    try:
        dag = layout(design)
    except InputError:  # too large a DAG to lay out, or failure domains that do not fit
        return {}
    first, found = dag.parameters.servers_primary, dict[str, dict[str, float]]()
    for mode, failed in FAILED.items():
        if failed >= dag.parameters.servers_total:
            continue
        highest = np.nan_to_num(combinations(dag, failed).cpu_utilization, nan=0.0).max(axis=0)
        for side, servers in zip(sides(design), (highest[:first], highest[first:]), strict=False):
            share, counted = float(servers.max(initial=0.0)), _by_mode(design, mode, side) or 0.0
            if share > counted and number(share, "share") != number(counted, "share"):
                found.setdefault(mode, {})[side] = share
    return found


def _is_quirk(design: SizedDesign, mode: str, side: str) -> bool:
    """Return whether the sizing counts less CPU for failed servers than for fewer failures, or none."""
    counted = (_by_mode(design, fewer, side) or 0.0 for fewer in MODE.labels[: MODE.labels.index(mode)])
    return (_by_mode(design, mode, side) or 0.0) < max(counted)


def _by_mode(design: SizedDesign, mode: str, side: str) -> float | None:
    share: float | None = design.plain[f"cpu_utilization_by_mode.{mode}.{side.lower()}"]
    return share


def _cpu_row(design: SizedDesign, mode: str, side: str, share: float) -> ChartRow:
    parts = {
        name: number(design.plain[f"{rule}.{mode}.{side.lower()}"] or 0.0)
        for name, rule in (
            ("active", "active_megacycles_by_mode"),
            ("passive", "passive_megacycles_by_mode"),
            ("cas", "cas_megacycles_by_mode"),
        )
    }
    shown = number(share, "share")
    return {"mode": MODE_NAMES[mode], "side": side, "cpu": percent(share), "shown": shown, **parts}


def _cpu_finding(design: SizedDesign, by_layout: Mapping[str, Mapping[str, float]]) -> str:
    worst, limit = design.plain["worst_cpu_utilization"], scalar("highest_cpu_utilization", design.profile)
    if worst is None:
        rated = [side.lower() for side in sides(design) if side.lower() not in unrated(design)]
        bars = (
            f" The bars are those of the {rated[0]} datacenter alone, so it is not known whether the design works."
            if unrated(design) and rated
            else ""
        )
        return f"CPU is {why_not('worst_cpu_utilization', design)}.{bars}"
    where = "above" if worst > limit else "within"
    advised = f"{where} the {number(limit, 'share')} advised (dashed line)."
    if not design.plain["highly_available"]:
        return f"CPU reaches {number(worst, 'share')}, {advised}"
    failures = {side: design.plain[f"worst_cpu_failure.{side.lower()}"] for side in sides(design)}
    named = {side: word(WORST_FAILURE, code).lower() for side, code in failures.items() if code is not None}
    sentences = [f"The figure that counts is that of the worst failure: {number(worst, 'share')}, {advised}"]
    if named:
        sentences.append(f"The worst failure: {_by_side(named)}.")
    counts, corrected = who_counts(design.profile), design.profile.value("guidance.oddities") == CORRECTED
    for mode, shares in by_layout.items():
        counted = {side: _by_mode(design, mode, side) for side in shares}
        texts = {
            side: f"counts {number(share, 'share')}" if share else "has no figure" for side, share in counted.items()
        }
        quirk = (
            ", which is a known quirk"
            if not corrected and any(_is_quirk(design, mode, side) for side in shares)
            else ""
        )
        of_layout = {side: number(share, "share") for side, share in shares.items()}
        sentences.append(
            f"{MODE_NAMES[mode]}: {counts} {_by_side(texts)}{quirk}; with the copies as they are placed, a "
            f"server reaches {_by_side(of_layout)}."
        )
    return " ".join([*sentences, *_cpu_gaps(design, by_layout)])


def _by_side(texts: Mapping[str, str]) -> str:
    """Return a text for each datacenter, once if it is the same in both."""
    if len(set(texts.values())) == 1:
        return next(iter(texts.values()))
    return ", ".join(f"{text} ({side.lower()})" for side, text in texts.items())


def _cpu_gaps(design: SizedDesign, by_layout: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return why there is no bar for a mode, one sentence per mode."""
    sentences = []
    for mode in MODE.labels:
        has_bar = by_layout.get(mode, {})
        rated = (side for side in sides(design) if side.lower() not in unrated(design))
        missing = [side for side in rated if side not in has_bar and not _by_mode(design, mode, side)]
        if not missing or (mode == "site" and not design.plain["two_datacenters"]):
            continue
        unknown = any(_by_mode(design, mode, side) is None for side in missing)
        reason = (
            f"not applicable, because {who_counts(design.profile)} has no figure for this failure"
            if unknown
            else ("no bar, because nothing is active there")
        )
        where = f", {' and '.join(missing).lower()}" if design.plain["two_datacenters"] else ""
        sentences.append(f"{MODE_NAMES[mode]}{where}: {reason}.")
    return sentences


# --- memory --------------------------------------------------------------------------------------


def memory(design: SizedDesign) -> Bars:
    """Return the memory of a server by purpose, one bar per datacenter, with a line at what is advised at most."""
    rounding = {side: _memory_up_to(design, side.lower()) for side in sides(design)}
    rows = [
        {
            "side": side,
            "server": SERVER,
            "part": part,
            "GB": design.plain[f"{rule}.{side.lower()}"],
            "order": order,
            "shown": number(design.plain[f"{rule}.{side.lower()}"]),
        }
        for side in sides(design)
        for order, (part, rule) in enumerate((*MEMORY_PARTS, (rounding[side], "memory_for_module_size")))
        if design.plain[f"{rule}.{side.lower()}"]
    ]
    if not rows:
        return Bars(MEMORY, f"Memory is {why_not('summary_memory.primary', design)}.")
    limit, two = scalar("largest_server_memory_by_version", design.profile), design.plain["two_datacenters"]
    return Bars(
        MEMORY,
        f"{_memory_finding(design)} At most {number(limit)} GB is advised (dashed line).",
        rows,
        bar="side" if two else "server",
        head="Datacenter" if two else "Server",
        part="part",
        value="GB",
        measure="GB of memory per server",
        stacked=True,
        limits=(LimitLine(limit, f"advised: {number(limit)} GB"),),
        series=(*(part for part, _ in MEMORY_PARTS), *dict.fromkeys(rounding.values())),
        columns={**_datacenter_column(design), "part": "For", "shown": "GB"},
    )


def _memory_up_to(design: SizedDesign, side: str) -> str:
    """Return the name of the memory of a server that no load needs, by what decides the size."""
    if least_memory_decides(design, side):
        return f"Up to the minimum of {number(design.plain['least_memory'])} GB"
    return NEXT_MODULE_SIZE


def _memory_finding(design: SizedDesign) -> str:
    """Return a sentence about the memory that a server needs, and the size to buy for it."""
    size, needed, side = max(
        (design.plain[f"server_memory.{side}"] or 0.0, memory_needed(design, side) or 0.0, side)
        for side in map(str.lower, sides(design))
    )
    if needed in (0.0, size):  # an invalid design has a size and no need
        return f"A server needs {number(size)} GB of memory."
    return f"A server needs {number(needed)} GB of memory; {number(size)} GB is {memory_reason(design, [side])}."


# --- disks ---------------------------------------------------------------------------------------


def disks(design: SizedDesign) -> Bars:
    """Return the disks of a server by purpose, one bar per datacenter, with a line at its drive bays."""
    bays, two = float(design.profile.value("servers.primary.drive_bays") or 0), design.plain["two_datacenters"]
    rows: list[ChartRow] = [
        {
            "side": side,
            "server": SERVER,
            "part": part,
            "disks": count,
            "shown": number(count),
            "order": order,
            "bays": bays or None,
        }
        for side in sides(design)
        for order, (part, count) in enumerate(_disk_parts(design, side.lower()))
        if count
    ]
    if not rows:
        unfit = next((side for side in map(str.lower, sides(design)) if not design.plain[f"disks_fit.{side}"]), "")
        if unfit and not design.plain[DESIGN_INVALID] and not design.without_mailboxes:
            return Bars(DISKS, f"The disks {DO_NOT_FIT}. {misfit_text(design, unfit)}.")
        return Bars(DISKS, f"{NOT_APPLICABLE}: {brief_reason('server_drive_bays.primary', design)}.")
    needed = number(max(design.plain[f"server_drive_bays.{side.lower()}"] or 0.0 for side in sides(design)))
    ssds = design.plain["metacache_ssds"]
    slots = f" Its {number(ssds)} SSDs need slots of their own." if ssds else ""
    available = f"; it has {number(bays)} (dashed line)" if bays else ""
    return Bars(
        DISKS,
        f"A server needs {needed} drive bays, including those of the system disks{available}.{slots}",
        rows,
        bar="side" if two else "server",
        head="Datacenter" if two else "Server",
        part="part",
        value="disks",
        measure="disks per server",
        stacked=True,
        limits=(LimitLine(bays, f"{number(bays)} drive bays", hard=True),) if bays else (),
        columns={**_datacenter_column(design), "part": "For", "shown": "Disks"},
    )


def _disk_parts(design: SizedDesign, side: str) -> list[tuple[str, float]]:
    """Return the disks of a server on JBOD and RAID, and its system disks."""
    kinds = [kind for kind in DISK_PARTS if design.plain[f"storage_{kind}_disks_per_server.{side}"]]
    parts = [(part, design.plain[f"{rule}.{side}"] or 0.0) for kind in kinds for part, rule in DISK_PARTS[kind]]
    if not parts:
        return []
    dedicated = design.plain[f"transport_database_location.{side}"] == "dedicated_raid1_disk"
    transport = [("Transport", scalar("transport_disks", design.profile))] if dedicated else []
    return [*parts, ("System", scalar("system_disks", design.profile)), *transport]


# --- logs ----------------------------------------------------------------------------------------


def logs_by_hour(design: SizedDesign) -> Bars:
    """Return the transaction logs that a database generates in each hour of the day."""
    counts = {hour: design.plain[f"replication_hourly_logs.{hour}"] for hour in HOUR.labels}
    if not any(counts.values()):
        return Bars(LOGS, "n/a: the design has no logs per hour.")
    rows = [
        {"hour": int(hour) - 1, "logs": count, "shown": number(count)}
        for hour, count in counts.items()
        if count is not None
    ]
    busiest = max(rows, key=lambda row: row["logs"])
    return Bars(
        LOGS,
        f"The busiest hour begins at {busiest['hour']:02d}:00, with {busiest['shown']} logs per database.",
        rows,
        bar="hour",
        value="logs",
        head="Hour of the day",
        measure="logs per database",
        columns={"hour": "From", "shown": "Logs"},
    )
