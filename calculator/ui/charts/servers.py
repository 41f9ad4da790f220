"""Charts of servers: what fills a volume, CPU in each failure, memory and disks by what they are for."""

from __future__ import annotations

import functools

import altair as alt

from calculator.constants import scalar
from calculator.rule import MODE
from calculator.sizing import Sizing
from calculator.ui import figures
from calculator.ui.charts.base import BAR_HEIGHT, HEIGHT, Chart, Row, Spec, legend, text_colour, without_data

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
    "normal": "Normal", "single": "One server failed", "double": "Two servers failed", "site": "Datacenter failed",
    "worst": "Worst",
}  # fmt: skip
SIDES = ("Primary", "Secondary")


def sides(plan: Sizing) -> tuple[str, ...]:
    """Datacenters of the design, as charts name them."""
    return SIDES if plan["two_datacenters"] else SIDES[:1]


# --- volume --------------------------------------------------------------------------------------


def volume(plan: Sizing) -> Chart:
    """Parts of a database volume in GB, and the disk below it."""
    disk = plan["storage_database_disk_formatted.primary"] if on_one_disk(plan) else None
    label = f"disk {figures.number(disk)} GB" if disk else ""
    rows: list[Row] = [
        {"part": name, "GB": plan[rule], "shown": figures.number(plan[rule]), "order": order, "disk": disk,
         "label": label, "bar": "volume"}
        for order, (name, rule) in enumerate(VOLUME_PARTS)
        if plan[rule]
    ]  # fmt: skip
    if not rows:
        return Chart("n/a: the design has no volumes as it stands.")
    parts = tuple(str(row["part"]) for row in rows)
    table = [{"Part": row["part"], "GB": row["shown"]} for row in rows]
    return Chart(_volume_finding(plan), rows, _volume_spec(text_colour(), parts), table)


def on_one_disk(plan: Sizing) -> bool:
    """Whether a volume lies on a single disk."""
    return bool(plan["storage_architecture.primary"] == "jbod")


@functools.cache
def _volume_spec(colour: str, shown: tuple[str, ...]) -> Spec:
    """One bar, stacked by part, with a rule at the formatted disk; a part has its colour in every design."""
    parts = [name for name, _ in VOLUME_PARTS]
    base = alt.Chart().properties(height=BAR_HEIGHT)
    bars = base.mark_bar().encode(
        y=alt.Y("bar:N", title=None, axis=None, scale=alt.Scale(paddingOuter=0.6)),
        x=alt.X("GB:Q", stack="zero", title="GB of a database volume"),
        color=alt.Color("part:N", sort=parts, scale=alt.Scale(domain=parts), title=None,
                        legend=legend(3, values=list(shown))),
        order=alt.Order("order:Q"),
        tooltip=[alt.Tooltip("part:N", title="Part"), alt.Tooltip("shown:N", title="GB")],
    )  # fmt: skip
    rule = base.mark_rule(color=colour, strokeWidth=2, strokeDash=[4, 3]).encode(x="max(disk):Q")
    name = base.mark_text(color=colour, align="right", dx=-6, baseline="top", y=0).encode(
        x="max(disk):Q", text="max(label):N"
    )
    return without_data(alt.layer(bars, rule, name))


def _volume_finding(plan: Sizing) -> str:
    size = figures.number(plan["volume_database_volume_size"])
    databases = figures.number(plan["volume_databases_part"])
    disk = figures.number(plan["storage_database_disk_formatted.primary"])
    where = f"on a disk of {disk} GB" if on_one_disk(plan) else "on RAID"
    return f"A database volume takes {size} GB {where}; its databases are {databases} GB of it."


# --- CPU -----------------------------------------------------------------------------------------


def cpu(plan: Sizing) -> Chart:
    """CPU of a server in each failure mode and datacenter, against 80 and 100 %."""
    rows: list[Row] = []
    for mode in MODE.labels:
        for side in sides(plan):
            share = plan[f"cpu_utilization_by_mode.{mode}.{side.lower()}"]
            if share is not None:
                rows.append(_cpu_row(plan, mode, side, share))
    if not rows:
        reason = figures.shown("cpu_utilization_by_mode.worst.primary", plan)
        return Chart(f"CPU is {reason}.")
    table = [
        {"Mode": row["mode"], "Datacenter": row["side"], "CPU": row["shown"], "Active, megacycles": row["active"],
         "Passive, megacycles": row["passive"], "Client Access, megacycles": row["cas"]}
        for row in rows
    ]  # fmt: skip
    modes = tuple(dict.fromkeys(str(row["mode"]) for row in rows))
    return Chart(_cpu_finding(plan), rows, _cpu_spec(text_colour(), modes, sides(plan)), table)


def _cpu_row(plan: Sizing, mode: str, side: str, share: float) -> Row:
    parts = {
        name: figures.number(plan[f"{rule}.{mode}.{side.lower()}"] or 0.0)
        for name, rule in (
            ("active", "active_megacycles_by_mode"),
            ("passive", "passive_megacycles_by_mode"),
            ("cas", "cas_megacycles_by_mode"),
        )
    }
    shown = figures.number(share, "share")
    return {"mode": MODE_NAMES[mode], "side": side, "cpu": figures.percent(share), "shown": shown, **parts}


@functools.cache
def _cpu_spec(colour: str, modes: tuple[str, ...], datacenters: tuple[str, ...]) -> Spec:
    base = alt.Chart().properties(height=HEIGHT)
    bars = base.mark_bar().encode(
        x=alt.X("mode:N", sort=list(modes), title=None, axis=alt.Axis(labelAngle=0, labelLimit=90)),
        y=alt.Y("cpu:Q", title="CPU of a server, %"),
        xOffset=alt.XOffset("side:N", sort=list(datacenters)),
        color=alt.Color("side:N", sort=list(datacenters), scale=alt.Scale(domain=list(datacenters)), title=None,
                        legend=legend(2)),
        tooltip=[alt.Tooltip("mode:N", title="Mode"), alt.Tooltip("side:N", title="Datacenter"),
                 alt.Tooltip("shown:N", title="CPU"), alt.Tooltip("active:N", title="Active, megacycles"),
                 alt.Tooltip("passive:N", title="Passive, megacycles"),
                 alt.Tooltip("cas:N", title="Client Access, megacycles")],
    )  # fmt: skip
    labels = base.mark_text(color=colour, dy=-6, fontSize=11).encode(
        x=alt.X("mode:N", sort=list(modes)), y="cpu:Q",
        xOffset=alt.XOffset("side:N", sort=list(datacenters)), text="shown:N",
    )  # fmt: skip
    limit = figures.percent(scalar("highest_cpu_utilization"))
    rules = [
        base.mark_rule(color=colour, strokeDash=dash).encode(y=alt.datum(at))
        for at, dash in ((limit, [4, 3]), (100, [1, 0]))
    ]
    return without_data(alt.layer(bars, labels, *rules))


def _cpu_finding(plan: Sizing) -> str:
    worst, limit = plan["worst_cpu_utilization"], scalar("highest_cpu_utilization")
    where = "above" if worst > limit else "within"
    return (
        f"CPU reaches {figures.number(worst, 'share')} in the worst failure, {where} the "
        f"{figures.number(limit, 'share')} advised (dashed line)."
    )


# --- memory --------------------------------------------------------------------------------------


def memory(plan: Sizing) -> Chart:
    """Memory of a server by what it is for, a bar a datacenter, against the most advised."""
    rows = [
        {"side": side, "part": part, "GB": plan[f"{rule}.{side.lower()}"], "order": order,
         "shown": figures.number(plan[f"{rule}.{side.lower()}"])}
        for side in sides(plan)
        for order, (part, rule) in enumerate(MEMORY_PARTS)
        if plan[f"{rule}.{side.lower()}"]
    ]  # fmt: skip
    if not rows:
        return Chart(f"Memory is {figures.shown('summary_memory.primary', plan)}.")
    table = [{"Datacenter": row["side"], "For": row["part"], "GB": row["shown"]} for row in rows]
    total = figures.number(max(plan[f"server_memory.{side.lower()}"] or 0.0 for side in sides(plan)))
    most = scalar("largest_server_memory")
    finding = f"A server needs {total} GB of memory; {figures.number(most)} GB is the most advised (dashed line)."
    return Chart(finding, rows, _memory_spec(text_colour(), len(sides(plan))), table)


@functools.cache
def _memory_spec(colour: str, bars: int) -> Spec:
    parts = [part for part, _ in MEMORY_PARTS]
    base = alt.Chart().properties(height=120 + 40 * bars)
    stack = base.mark_bar().encode(
        y=alt.Y("side:N", sort=list(SIDES), title=None),
        x=alt.X("GB:Q", stack="zero", title="GB of memory a server"),
        color=alt.Color("part:N", sort=parts, scale=alt.Scale(domain=parts), title=None, legend=legend(2)),
        order=alt.Order("order:Q"),
        tooltip=[alt.Tooltip("side:N", title="Datacenter"), alt.Tooltip("part:N", title="For"),
                 alt.Tooltip("shown:N", title="GB")],
    )  # fmt: skip
    rule = base.mark_rule(color=colour, strokeDash=[4, 3]).encode(x=alt.datum(scalar("largest_server_memory")))
    return without_data(alt.layer(stack, rule))


# --- disks ---------------------------------------------------------------------------------------


def disks(plan: Sizing) -> Chart:
    """Disks of a server by what they are for, a bar a datacenter, against its drive bays."""
    rows: list[Row] = [
        {"side": side, "part": part, "disks": count, "shown": figures.number(count), "order": order}
        for side in sides(plan)
        for order, (part, count) in enumerate(_disk_parts(plan, side.lower()))
        if count
    ]
    if not rows:
        return Chart("n/a: no disks can be counted for the design as it stands.")
    bays = float(plan.profile.value("servers.primary.drive_bays") or 0)
    for row in rows:
        row |= {"bays": bays or None}
    table = [{"Datacenter": row["side"], "For": row["part"], "Disks": str(row["shown"])} for row in rows]
    needed = figures.number(max(plan[f"server_drive_bays.{side.lower()}"] or 0.0 for side in sides(plan)))
    there = f"; {figures.number(bays)} there are (dashed line)" if bays else ""
    parts = tuple(dict.fromkeys(str(row["part"]) for row in rows))
    finding = f"A server needs {needed} drive bays, system disks included{there}."
    return Chart(finding, rows, _disks_spec(text_colour(), parts, len(sides(plan))), table)


def _disk_parts(plan: Sizing, side: str) -> list[tuple[str, float]]:
    """Disks of a server on JBOD and RAID, and its system disks."""
    kinds = [kind for kind in DISK_PARTS if plan[f"storage_{kind}_disks_per_server.{side}"]]
    parts = [(part, plan[f"{rule}.{side}"] or 0.0) for kind in kinds for part, rule in DISK_PARTS[kind]]
    if not parts:
        return []
    apart = plan[f"transport_database_location.{side}"] == "dedicated_raid1_disk"
    own = [("Transport", scalar("transport_disks"))] if apart else []
    return [*parts, ("System", scalar("system_disks")), *own]


@functools.cache
def _disks_spec(colour: str, parts: tuple[str, ...], bars: int) -> Spec:
    base = alt.Chart().properties(height=120 + 40 * bars)
    stack = base.mark_bar().encode(
        y=alt.Y("side:N", sort=list(SIDES), title=None),
        x=alt.X("disks:Q", stack="zero", title="disks of a server", axis=alt.Axis(tickMinStep=1)),
        color=alt.Color("part:N", sort=list(parts), scale=alt.Scale(domain=list(parts)), title=None, legend=legend(4)),
        order=alt.Order("order:Q"),
        tooltip=[alt.Tooltip("side:N", title="Datacenter"), alt.Tooltip("part:N", title="For"),
                 alt.Tooltip("shown:N", title="Disks")],
    )  # fmt: skip
    rule = base.mark_rule(color=colour, strokeDash=[4, 3]).encode(x="max(bays):Q")
    return without_data(alt.layer(stack, rule))
