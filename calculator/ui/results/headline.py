"""Headline of a design: verdict, tiles, texts of the status strip."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import SizedDesign, size
from calculator.inputs import profile as profiles
from calculator.inputs.profile import Profile
from calculator.inputs.schema import DATACENTER, SERVER_ROLE
from calculator.issues import ERROR, NOTICE, WARNING
from calculator.presentation.figures import is_rated, no_rating, not_applicable, rule_of
from calculator.presentation.text import NOT_APPLICABLE, number, plural
from calculator.rules.constants import scalar
from calculator.ui.results.figures import result_text, shown_in_units, unit_of
from calculator.ui.results.texts import scale, size_text, unit_text

DO_NOT_FIT = "do not fit"
STATUS_WORDS = {"ok": "Works", "notice": "Works", "warning": "Works, with warnings", "invalid": "Does not work"}
STATUS_BADGES: dict[str, tuple[str, Literal["green", "orange", "red"]]] = {
    "ok": (":material/check_circle:", "green"),
    "notice": (":material/check_circle:", "green"),
    "warning": (":material/warning:", "orange"),
    "invalid": (":material/error:", "red"),
}


QUESTIONS = {
    "Servers": " servers",
    "CPU, worst failure": " CPU",
    "Memory per server": " of memory",
    "Disks per server": " disks",
    "Databases per DAG": " databases",
    "Databases": " databases",
    "Fullest volume": " full",
    "Mailbox on disk": " on disk",
    "WAN at peak": " of traffic",
}
"""How the question goes on that the explanation of a tile answers, by the name of the tile."""
CPU_UNKNOWN = "CPU not sized"
"""What a design is called whose processors have no rating: nobody knows whether it works."""


@dataclass(frozen=True)
class Badge:
    """Verdict on a design in a few words, with its icon and color."""

    text: str
    icon: str
    color: Literal["green", "orange", "red"]


def badge(design: SizedDesign) -> Badge:
    """Return the verdict on a design in a few words."""
    icon, color = STATUS_BADGES[design.status]
    errors, warnings = design.issues.counts[ERROR], design.issues.counts[WARNING]
    if design.status == "invalid":
        return Badge(plural(errors, "error"), icon, color)
    if design.without_mailboxes:
        return Badge("No mailboxes", *STATUS_BADGES["warning"])
    if cpu_unknown(design):
        return Badge(CPU_UNKNOWN, *STATUS_BADGES["warning"])
    return Badge(plural(warnings, "warning") if warnings else STATUS_WORDS[design.status], icon, color)


def cpu_unknown(design: SizedDesign) -> bool:
    """Return whether the processors of any servers of a design have no rating, so that their CPU is not sized."""
    return any(not is_rated(design.profile, role) for role in _roles(design))


def _roles(design: SizedDesign) -> list[str]:
    """Return the roles of the servers that a design has."""
    flags = {"secondary": "two_datacenters", "lagged": "lagged_servers_dedicated"}
    return [role for role in SERVER_ROLE.labels if role not in flags or design[flags[role]]]


@dataclass(frozen=True)
class Tile:
    """Headline figure: name, unit, value, note below it, and the result that the drawer explains."""

    name: str
    unit: str
    value: str
    note: str
    why: str
    wrong: bool = False

    @property
    def label(self) -> str:
        """Name with the unit."""
        return f"{self.name}, {self.unit}" if self.unit else self.name

    @property
    def question(self) -> str:
        """Question that the explanation of the figure answers."""
        if self.value in (NOT_APPLICABLE, DO_NOT_FIT):
            return f"Why no figure for {self.name}?" if self.value == NOT_APPLICABLE else "Why do the disks not fit?"
        if self.name == "Fullest volume" and self.unit:
            return f"Why a volume of {self.figure}?"
        return f"Why {self.figure}{QUESTIONS.get(self.name, '')}?"

    @property
    def figure(self) -> str:
        """Value with the unit."""
        return f"{self.value} {self.unit}" if self.unit and self.value != NOT_APPLICABLE else self.value


def tiles(design: SizedDesign) -> list[Tile]:
    """Return the eight headline figures of a design."""
    return [
        _servers(design),
        _cpu(design),
        _memory(design),
        _disks(design),
        _databases(design),
        _volume(design),
        _mailbox(design),
        _wan(design),
    ]


def _sides(design: SizedDesign, name: str) -> list[str]:
    """Format a result for each datacenter in which it applies."""
    rule, _ = rule_of(name)
    sides = ("primary", "secondary") if design["two_datacenters"] else ("primary",)
    values = {side: design[f"{name}.{side}"] for side in sides}
    return [result_text(rule, value) for value in values.values() if value is not None]


def _both(design: SizedDesign, name: str) -> str:
    """Format a result for both datacenters, once if it is the same."""
    return " / ".join(dict.fromkeys(_sides(design, name)))


def _servers(design: SizedDesign) -> Tile:
    parts = []
    if design["design_invalid"]:
        why = "summary_servers.environment"
        return Tile("Servers", "", NOT_APPLICABLE, _reason(why, design), why)
    if design["two_datacenters"]:
        parts.append(" + ".join(_sides(design, "summary_servers_by_datacenter")))
    if design["summary_dags"]:
        dags, members = number(design["summary_dags"]), number(design["summary_servers.dag"] or 0)
        parts.append(f"{dags} DAG of {members}" if dags == "1" else f"{dags} DAGs of {members}")
    else:
        parts.append("standalone")
    return Tile(
        "Servers",
        "",
        shown_in_units("summary_servers.environment", design),
        ", ".join(parts),
        "summary_servers.environment",
    )


def _cpu(design: SizedDesign) -> Tile:
    why = "cpu_utilization_by_mode.worst.primary"
    limit = scalar("highest_cpu_utilization")
    if design[why] is None:
        note = "enter the rating of the processors" if no_rating(design) else _reason(why, design)
        return Tile("CPU, worst failure", "", NOT_APPLICABLE, note, why)
    worst = design["worst_cpu_utilization"]
    normal = _both(design, "cpu_utilization_by_mode.normal")
    return Tile(
        "CPU, worst failure",
        "",
        number(worst, "share"),
        f"{_worst_failure(design)}; advised at most {number(limit, 'share')}; normal {normal}",
        why,
        wrong=worst > limit,
    )


def _worst_failure(design: SizedDesign) -> str:
    """Return the failure behind the highest CPU utilization, in words."""
    side = max(
        (side for side in DATACENTER.labels if design[f"cpu_utilization_by_mode.worst.{side}"] is not None),
        key=lambda side: float(design[f"cpu_utilization_by_mode.worst.{side}"]),
    )
    return shown_in_units(f"worst_cpu_failure.{side}", design).lower()


def _reason(column: str, design: SizedDesign) -> str:
    rule, label = rule_of(column)
    return not_applicable(rule, label, design)


def _memory(design: SizedDesign) -> Tile:
    why = "summary_memory.primary"
    limit = scalar("largest_server_memory")
    unit = unit_text("GB")
    if design[why] is None:
        return Tile("Memory per server", unit, NOT_APPLICABLE, _reason(why, design), why)
    return Tile(
        "Memory per server",
        unit,
        _both(design, "summary_memory"),
        f"advised at most {number(limit * scale('GB'))}",
        why,
        wrong=design[why] > limit,
    )


def _disks(design: SizedDesign) -> Tile:
    jbod, raid = "storage_jbod_disks_per_server", "storage_raid_disks_per_server"
    sides = ("primary", "secondary") if design["two_datacenters"] else ("primary",)
    if design[DESIGN_INVALID]:
        return Tile(
            "Disks per server", "", NOT_APPLICABLE, _reason("server_drive_bays.primary", design), f"{jbod}.primary"
        )
    unfit = [side for side in sides if not design[f"disks_fit.{side}"]]
    if unfit:
        why = f"storage_jbod_disks_reason.{unfit[0]}"
        return Tile("Disks per server", "", DO_NOT_FIT, shown_in_units(why, design), why, wrong=True)
    used = {kind: name for kind, name in {"JBOD": jbod, "RAID": raid}.items() if design[f"{name}.primary"]}
    value = " + ".join(_both(design, name) for name in used.values())
    capacity = design.profile.value("storage.primary.database_disk_capacity")
    notes = [
        " and ".join(used),
        f"{number(float(capacity or 0))} GB each",
        f"{_both(design, 'server_drive_bays')} bays with system",
        f"{shown_in_units('storage_disks_total.environment', design)} in all",
    ]
    why = f"{next(iter(used.values()), jbod)}.primary"
    if not value:
        return Tile("Disks per server", "", NOT_APPLICABLE, "no database disk is chosen", why)
    return Tile("Disks per server", "", value, ", ".join(notes), why)


def _databases(design: SizedDesign) -> Tile:
    note = (
        f"{shown_in_units('summary_mailboxes_per_database', design)} mailboxes, "
        f"{shown_in_units('summary_database_space.database', design)} {unit_text('GB')} each"
    )
    where = "Databases per DAG" if design.profile.value("environment.high_availability") else "Databases"
    if design["summary_databases"] is None:
        return Tile(where, "", NOT_APPLICABLE, _reason("summary_databases", design), "summary_databases")
    return Tile(where, "", shown_in_units("summary_databases", design), note, "summary_databases")


def _volume(design: SizedDesign) -> Tile:
    why, unit = "volume_database_volume_size", unit_text("GB")
    if not design[why]:
        return Tile("Fullest volume", unit, NOT_APPLICABLE, _reason(why, design), why)
    used = ("primary", "secondary") if design["two_datacenters"] else ("primary",)
    unfit = not all(design[f"disks_fit.{side}"] for side in used)
    sides = [side for side in ("primary", "secondary") if design[f"volume_fill.{side}"] is not None]
    if not sides:
        return Tile(
            "Fullest volume", unit, shown_in_units(why, design), "on RAID, not bound to one disk", why, wrong=unfit
        )
    fullest = f"volume_fill.{max(sides, key=lambda side: design[f'volume_fill.{side}'])}"
    disk = _both(design, "storage_database_disk_formatted")
    note = f"{shown_in_units(why, design)} of {disk} {unit}"
    return Tile("Fullest volume", "", shown_in_units(fullest, design), note, fullest, wrong=unfit)


def _mailbox(design: SizedDesign) -> Tile:
    column = "largest_mailbox_size_on_disk"
    value, unit = size_text(float(design[column] or 0.0))
    note = (
        f"quota {_size('largest_mailbox_quota', design)}; Recoverable Items "
        f"{_size('largest_mailbox_dumpster_purges_versions', design)}, "
        f"{_size('largest_mailbox_dumpster_calculator', design)} by Microsoft's workbook"
    )
    return Tile(
        "Mailbox on disk",
        unit,
        value if design[column] is not None else NOT_APPLICABLE,
        note if design[column] is not None else _reason(column, design),
        f"tiers.{int(design['largest_tier'] or 1)}.mailbox_size_on_disk",
    )


def _size(column: str, design: SizedDesign) -> str:
    """Format a size in MB with the unit in which people write it, or say why it does not apply."""
    value = design[column]
    return shown_in_units(column, design) if value is None else " ".join(size_text(float(value)))


def _wan(design: SizedDesign) -> Tile:
    why = "replication_peak_throughput.environment"
    if design[why] is None:
        return Tile("WAN at peak", "Mb/s", NOT_APPLICABLE, _reason(why, design), why)
    link = shown_in_units("replication_link_utilization", design)
    short = design["replication_link_acceptable_for_peak"] is False
    note = f"{link} of the link, too much for it" if short else f"{link} of the link"
    return Tile("WAN at peak", "Mb/s", shown_in_units(why, design), note, why, wrong=short)


FURTHER_FIGURES = (
    ("Database I/O per server", "summary_database_iops.server"),
    ("Background maintenance per server", "summary_maintenance_throughput.server"),
    ("Transaction logs per day", "summary_logs_per_day.environment"),
    ("Transport database per server", "transport_database_size"),
    ("Place of the transport database", "transport_database_location.primary"),
    ("Directory server cores, primary", "summary_gc_cores.primary"),
    ("Directory server cores, secondary", "summary_gc_cores.secondary"),
    ("Restore volume", "volume_restore_volume_size"),
    ("Reseed of a volume", "reseed_hours"),
    ("Until a volume as sized is full, if logs are not truncated", "days_until_volume_full"),
    ("Until a disk as bought is full, if logs are not truncated", "days_until_disk_full"),
)


def further_figures(design: SizedDesign) -> list[dict[str, str]]:
    """Return the further figures as rows of a table: figure, value, unit."""
    rows = []
    for name, column in FURTHER_FIGURES:
        rule, _ = rule_of(column)
        rows.append({"Figure": name, "Value": shown_in_units(column, design), "Unit": unit_of(rule)})
    return rows


def verdict(design: SizedDesign) -> str:
    """Say in one sentence whether the design works, and how large it is."""
    errors, warnings, notices = (design.issues.counts[severity] for severity in (ERROR, WARNING, NOTICE))
    if design.status == "invalid":
        return f"This design does not work: it has {plural(errors, 'error')}."
    if design.without_mailboxes:
        return "Nothing is sized yet: enter the mailboxes on Users."
    servers = plural(shown_in_units("summary_servers.environment", design), "server")
    what = f"{servers} for {shown_in_units('mailboxes_total', design)} mailboxes"
    what += " in two datacenters" if design["two_datacenters"] else " in one datacenter"
    if cpu_unknown(design):
        return f"Whether this design works is not known, because its processors have no rating: {what}."
    if warnings:
        return f"This design works with {plural(warnings, 'warning')}: {what}."
    and_notices = f", {plural(notices, 'notice')}" if notices else ""
    return f"This design works: {what}{and_notices}."


def changes(shown: Iterable[Tile], before: SizedDesign | None) -> dict[str, str]:
    """Return the former figure of each tile that the last change moved, by the name of the tile."""
    if before is None:
        return {}
    old = {tile.name: tile.figure for tile in tiles(before)}
    return {tile.name: old[tile.name] for tile in shown if old.get(tile.name, tile.figure) != tile.figure}


def strip_texts(design: SizedDesign, before: SizedDesign | None = None) -> list[str]:
    """Return the texts of the status strip, the most important first, with the figures that the last change moved."""
    by_name = {tile.name: tile for tile in tiles(design)}
    moved = changes(by_name.values(), before)
    servers, disks = by_name["Servers"], by_name["Disks per server"].value
    sides = f" ({' + '.join(_sides(design, 'summary_servers_by_datacenter'))})" if design["two_datacenters"] else ""
    texts = {
        "Servers": plural(servers.value, "server") + sides,
        "CPU, worst failure": f"CPU {by_name['CPU, worst failure'].value}",
        "Memory per server": by_name["Memory per server"].figure,
        "Disks per server": f"disks {disks}" if disks in (DO_NOT_FIT, NOT_APPLICABLE) else f"{disks} disks per server",
        "Fullest volume": f"volume {by_name['Fullest volume'].figure}",
    }
    if design["two_datacenters"]:
        texts["WAN at peak"] = f"WAN {by_name['WAN at peak'].figure}"
    return [f"{text}, was {moved[name]}" if name in moved else text for name, text in texts.items()]


# --- shipped profiles ----------------------------------------------------------------------------


@functools.cache
def shipped_profile(path: Path, modified: float) -> tuple[Profile, tuple[tuple[str, str], ...]]:
    """Return a shipped profile and the figures of its card, computed once for all sessions.

    Parameters
    ----------
    path
        File of the profile.
    modified
        Time of its last change: an edited file is read again.
    """
    profile = profiles.load(path)
    design = size(profile)
    return profile, (
        ("Mailboxes", shown_in_units("mailboxes_total", design)),
        ("Servers", shown_in_units("summary_servers.environment", design)),
        ("Disks per server", _disks(design).value),
    )
