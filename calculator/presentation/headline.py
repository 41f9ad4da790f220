"""Headline of a design: the key figures and the verdict, in the same words in the app and in the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from calculator.engine.applicability import NO_MAILBOXES
from calculator.engine.findings import check_message
from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import SizedDesign
from calculator.engine.unpublished import VERSION_FIELD
from calculator.inputs.choices import VERSION, WORST_FAILURE
from calculator.inputs.profile import Profile
from calculator.inputs.schema import BY_PATH, DATACENTER
from calculator.inputs.units import unit_words
from calculator.issues import ERROR, NOTICE, WARNING, Issues
from calculator.presentation.figures import brief_reason, figure_text, missing_rating, rule_of, shown, unrated, unscaled
from calculator.presentation.places import short_meaning
from calculator.presentation.text import NOT_APPLICABLE, about, long_date, number, plural, word
from calculator.rules.constants import scalar
from calculator.rules.registry import CHECKS
from calculator.rules.sources import SUPPORT

DO_NOT_FIT = "do not fit"
SERVERS_FIELD = "environment.mailbox_servers"
STATUS_WORDS = {"ok": "Works", "notice": "Works", "warning": "Works with warnings", "invalid": "Does not work"}
"""The status of a design in a few words, if all of it is sized."""
UNSIZED = "Not sized completely"
"""Words for a valid design without a figure that every design needs."""


def size_unit(value: float, unit: str) -> str:
    """Return the canonical unit in which people write a size: GB for 1 GB or more in MB."""
    return "GB" if unit == "MB" and value >= scalar("mb_per_gb") else unit


IN_GB = ("_size_limit", "_quota", ".initial_mailbox_size")
"""Ends of the paths of the inputs that people give in GB, although their canonical unit is MB."""


def input_size_unit(path: str, value: float, unit: str) -> str:
    """Return the canonical unit in which people write an input: GB also for a quota of 0."""
    return "GB" if path.endswith(IN_GB) and not value else size_unit(value, unit)


_MEGABYTES = re.compile(r"(?<![\w.,])(\d[\d,]*(?:\.\d+)?) MB\b")
"""Size in MB within a message."""


def _megabytes(size: str) -> float:
    return float(size.replace(",", ""))


QUESTIONS = {
    "Servers": " servers",
    "CPU": " CPU",
    "CPU, worst failure": " CPU",
    "Memory per server": " of memory",
    "Disks per server": " disks",
    "Databases per DAG": " databases",
    "Databases": " databases",
    "Fullest volume": " full",
    "Mailbox on disk": " on disk",
    "WAN at peak": " of traffic",
}
"""End of the question that the explanation of a tile answers, by the name of the tile."""


@dataclass(frozen=True)
class Units:
    """Units in which figures are shown: the factor from a canonical unit, and its text."""

    factor: Callable[[str], float] = unscaled
    text: Callable[[str], str] = unit_words
    of_size: Callable[[float, str], str] = size_unit

    def of_sizes(self, largest: float) -> tuple[float, str]:
        """Return the factor from MB to the unit of sizes of which the largest is given in MB, and its text."""
        unit = self.of_size(largest, "MB")
        return self.factor(unit) if unit == "MB" else 1 / scalar("mb_per_gb"), self.text(unit)

    def size(self, megabytes: float) -> tuple[str, str]:
        """Format a size in MB, from 1 GB on in GB unless a unit is chosen. Return the number and the unit."""
        factor, text = self.of_sizes(megabytes)
        return number(megabytes * factor), text

    def in_text(self, text: str) -> str:
        """Return a message with its sizes of 1 GB or more in the unit of sizes, as long as they stay apart."""
        sizes = [size for size in _MEGABYTES.findall(text) if _megabytes(size) >= scalar("mb_per_gb")]
        shown = {size: " ".join(self.size(_megabytes(size))) for size in sizes}
        if len(set(shown.values())) < len(shown):
            return text
        return _MEGABYTES.sub(lambda match: shown.get(match[1], match[0]), text)

    def shown(self, column: str, design: SizedDesign) -> str:
        """Format the value of a result column, or say why it does not apply."""
        return shown(column, design, self.factor)


CANONICAL = Units()
_DISK_CHECKS = ("check_disk_too_small", "check_disk_too_slow", "check_bays_exceeded", "check_restore_disk_too_small")
"""Checks of the disks of a server."""
_BOTH_SIDES = "primary / secondary datacenter"
"""Note of a tile with two figures that differ by datacenter."""


@dataclass(frozen=True)
class Tile:
    """Headline figure: name, unit, value, note below it, and the result that the drawer explains.

    Its severity is that of the issue about the figure, `ERROR` or `WARNING`; empty if there is none.
    """

    name: str
    unit: str
    value: str
    note: str
    why: str
    severity: str = ""

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
        end = QUESTIONS.get(self.name, "")
        return f"Why {self.figure}{end.removesuffix('s') if self.value == '1' else end}?"

    @property
    def figure(self) -> str:
        """Value with the unit."""
        return f"{self.value} {self.unit}" if self.unit and self.value != NOT_APPLICABLE else self.value


def tiles(design: SizedDesign, units: Units = CANONICAL) -> list[Tile]:
    """Return the eight headline figures of a design. Without mailboxes, none of them applies."""
    found = [
        _servers(design, units),
        _cpu(design, units),
        _memory(design, units),
        _disks(design, units),
        _databases(design, units),
        _volume(design, units),
        _mailbox(design, units),
        _wan(design, units),
    ]
    if design.without_mailboxes:
        return [_without_mailboxes(tile) for tile in found]
    return [replace(tile, note=f"{_BOTH_SIDES}; {tile.note}") if " / " in tile.value else tile for tile in found]


def _severity(design: SizedDesign, *checks: str) -> str:
    """Return the severity of the first of some checks that a design fails, the most severe first; empty for none."""
    return next((CHECKS[name].severity for name in checks if check_message(design.results, name)), "")


def figure_name(name: str, design: SizedDesign) -> str:
    """Return the name of a figure in a few words: that of its headline, or else its meaning."""
    names = {column: label for label, column in FURTHER_FIGURES} | {tile.why: tile.name for tile in tiles(design)}
    if name in names:
        return names[name]
    return BY_PATH[name].label if name in BY_PATH else short_meaning(rule_of(name)[0])


def _without_mailboxes(tile: Tile) -> Tile:
    """Return the tile of a design that has nothing to size: it explains that there are no mailboxes."""
    return replace(tile, value=NOT_APPLICABLE, note=NO_MAILBOXES.reason, why="mailboxes_total", severity="")


def sides_text(design: SizedDesign, name: str, units: Units) -> list[str]:
    """Format a result for each datacenter in which it applies."""
    rule, _ = rule_of(name)
    sides = ("primary", "secondary") if design.plain["two_datacenters"] else ("primary",)
    values = {side: design.plain[f"{name}.{side}"] for side in sides}
    return [figure_text(rule, value, units.factor(rule.unit)) for value in values.values() if value is not None]


def servers_by_side(design: SizedDesign, units: Units) -> str:
    """Return the servers of each datacenter: 5 + 5, or 34 DAGs of 3 + 3; empty for a single datacenter."""
    if not design.plain["two_datacenters"]:
        return ""
    dags, sides = design.plain["summary_dags"] or 1.0, sides_text(design, "summary_servers_by_datacenter", units)
    return f"{number(dags)} DAGs of {' + '.join(sides)}" if dags > 1 else " + ".join(sides)


def _per_datacenter(design: SizedDesign, units: Units) -> str:
    """Return the servers of each datacenter in words; empty for a single datacenter."""
    counts = sides_text(design, "summary_servers_by_datacenter", units)
    if not design.plain["two_datacenters"] or len(counts) < 2:
        return ""
    primary, secondary = counts
    if primary == secondary:
        return f"{primary} in each datacenter"
    return f"{primary} in the primary and {secondary} in the secondary datacenter"


def _both(design: SizedDesign, name: str, units: Units) -> str:
    """Format a result for both datacenters, once if it is the same."""
    return " / ".join(dict.fromkeys(sides_text(design, name, units)))


def _servers(design: SizedDesign, units: Units) -> Tile:
    why = "summary_servers.environment"
    if design.plain["design_invalid"]:
        return Tile("Servers", "", NOT_APPLICABLE, brief_reason(why, design), why)
    dags, by_datacenter = design.plain["summary_dags"] or 0.0, _per_datacenter(design, units)
    if not dags:
        note = "standalone"
    elif dags == 1 and by_datacenter:
        note = f"{by_datacenter}, 1 DAG"
    else:
        note = f"{plural(number(dags), 'DAG')} of {number(design.plain['summary_servers.dag'] or 0)}"
        note += f": {by_datacenter}" if by_datacenter else ""
    return Tile("Servers", "", units.shown(why, design), note, why)


def cpu_name(design: SizedDesign) -> str:
    """Return the name of the CPU that counts: that of the worst failure if the design survives one."""
    return "CPU, worst failure" if design.plain["highly_available"] else "CPU"


def _cpu(design: SizedDesign, units: Units) -> Tile:
    why = _worst_cpu(design)
    limit = scalar("highest_cpu_utilization", design.profile)
    worst = design.plain["worst_cpu_utilization"]
    if worst is None:
        note = brief_reason(why, design)
        if unrated(design) and not design.plain[DESIGN_INVALID]:
            note = f"enter the rating of {missing_rating(design).removesuffix(' have no rating')}"
        return Tile(cpu_name(design), "", NOT_APPLICABLE, note, why)
    failure = ""
    if design.plain["highly_available"]:
        normal = _both(design, "cpu_utilization_by_mode.normal", units)
        normal += " (primary / secondary)" if " / " in normal else ""
        failure = f"{_worst_failure(design)}; normally {normal}; "
    return Tile(
        cpu_name(design),
        "",
        number(worst, "share"),
        f"{failure}advised at most {number(limit, 'share')}",
        why,
        _severity(design, "check_cpu_exhausted", "check_cpu_high"),
    )


def _worst_cpu(design: SizedDesign) -> str:
    """Return the column of the CPU in the worst failure: that of a datacenter that is not sized, if there is one."""
    return f"cpu_utilization_by_mode.worst.{(unrated(design) or DATACENTER.labels)[0]}"


def _worst_failure(design: SizedDesign) -> str:
    """Return the server with the highest CPU utilization, and the failure behind it, in words."""
    utilization = {side: design.plain[f"cpu_utilization_by_mode.worst.{side}"] for side in DATACENTER.labels}
    known = {side: share for side, share in utilization.items() if share is not None}
    failures = {
        side: shown(f"worst_cpu_failure.{side}", design).lower()
        for side, share in known.items()
        if share == max(known.values())
    }
    side, failure = next(iter(failures.items()))
    where = f"in the {side} datacenter " if len(known) > len(failures) or len(set(failures.values())) > 1 else ""
    return (
        f"on a remaining server {where}after {failure}"
        if failure != WORST_FAILURE.text(0).lower()
        else "with all servers running"
    )


def _memory(design: SizedDesign, units: Units) -> Tile:
    why = "summary_memory.primary"
    limit = scalar("largest_server_memory_by_version", design.profile)
    unit = units.text("GB")
    if design.plain[why] is None:
        return Tile("Memory per server", unit, NOT_APPLICABLE, brief_reason(why, design), why)
    needs = {side: gb for side in DATACENTER.labels if (gb := memory_needed(design, side)) is not None}
    needed = " / ".join(dict.fromkeys(number(gb * units.factor("GB")) for gb in needs.values()))
    size = _both(design, "summary_memory", units)
    need = f"{needed} {unit} needed" + ("" if needed == size else f", {size} {unit} is {memory_reason(design, needs)}")
    return Tile(
        "Memory per server",
        unit,
        size,
        f"{need}; advised at most {number(limit * units.factor('GB'))} {unit}",
        why,
        _severity(design, "check_memory_too_small", "check_memory_above_advice"),
    )


def least_memory_decides(design: SizedDesign, side: str) -> bool:
    """Return whether servers of a datacenter have Microsoft's minimum of memory because their load needs less."""
    needed, size = design.plain[f"server_memory_calculated.{side}"], design.plain[f"server_memory.{side}"]
    least = design.plain["least_memory"]
    return needed is not None and bool(needed < least == size)


def memory_needed(design: SizedDesign, side: str) -> float | None:
    """Return the GB of memory that a server of a datacenter needs for its load; None where it does not apply.

    Servers of the secondary datacenter need no less than those of the primary datacenter.
    """
    required: float | None = design.plain[f"memory_required.{side}"]
    if required is None or not least_memory_decides(design, side):
        return required
    sides = DATACENTER.labels[: DATACENTER.labels.index(side) + 1]
    return max(float(design.plain[f"server_memory_calculated.{each}"]) for each in sides)


def memory_reason(design: SizedDesign, sides: Iterable[str]) -> str:
    """Return what decides the memory of the servers of datacenters if it is more than their load needs."""
    reasons = {True: "Microsoft's minimum", False: "the next size that can be bought"}
    decided = {least_memory_decides(design, side) for side in sides}
    return " or ".join(text for by_minimum, text in reasons.items() if by_minimum in decided)


def _disks(design: SizedDesign, units: Units) -> Tile:
    jbod, raid = "storage_jbod_disks_per_server", "storage_raid_disks_per_server"
    sides = ("primary", "secondary") if design.plain["two_datacenters"] else ("primary",)
    if design.plain[DESIGN_INVALID]:
        return Tile(
            "Disks per server", "", NOT_APPLICABLE, brief_reason("server_drive_bays.primary", design), f"{jbod}.primary"
        )
    unfit = [side for side in sides if not design.plain[f"disks_fit.{side}"]]
    if unfit:
        why = f"storage_jbod_disks_reason.{unfit[0]}"
        note = misfit_text(design, unfit[0], units)
        return Tile("Disks per server", "", DO_NOT_FIT, note, why, _severity(design, *_DISK_CHECKS))
    used = {
        kind: name
        for kind, name in {"JBOD": jbod, "RAID": raid}.items()
        if any(design.plain[f"{name}.{side}"] for side in sides)
    }
    value = " / ".join(dict.fromkeys(_disks_of(design, side, used.values(), units) for side in sides))
    capacity = design.profile.value("storage.primary.database_disk_capacity")
    exchange = units.shown("storage_disks_total.environment", design)
    mirrored = [f"{number(count)} {name} disks" for name, count in _mirrored_disks(design).items()]
    notes = [
        f"{' and '.join(used)}, {number(float(capacity or 0))} GB each",
        f"{_both(design, 'server_drive_bays', units)} drive bays{_in_bays(design)}",
        f"all servers: {' and '.join([f'{exchange} for Exchange', *mirrored])}",
    ]
    why = f"{next(iter(used.values()), jbod)}.primary"
    if not value:
        return Tile("Disks per server", "", NOT_APPLICABLE, "no database disk is chosen", why)
    return Tile("Disks per server", "", value, "; ".join(notes), why, _severity(design, *_DISK_CHECKS))


def _in_bays(design: SizedDesign) -> str:
    """Return how many drive bays of a server are for mirrored disks, and the slots for SSDs, which are no bays."""
    bays = [f"{number(scalar(f'{name}_disks', design.profile))} for {name} disks" for name in _mirrored_disks(design)]
    text = " and ".join(bays).replace(" for ", " of them for ", 1)
    return "".join(f", {part}" for part in (text, ssd_slots(design).strip()) if part)


def ssd_slots(design: SizedDesign) -> str:
    """Return the slots for SSDs that a server needs, to put after its drive bays, which do not count them."""
    ssds = design.plain["metacache_ssds"]
    return f" and {plural(number(ssds), 'slot')} for SSDs" if ssds else ""


def _disks_of(design: SizedDesign, side: str, kinds: Iterable[str], units: Units) -> str:
    """Return the disks of a server of a datacenter, a number for each kind that it has."""
    return " + ".join(units.shown(f"{name}.{side}", design) for name in kinds if design.plain[f"{name}.{side}"])


def _mirrored_disks(design: SizedDesign) -> dict[str, float]:
    """Return the disks of all servers that hold the system and, where they have their own, the queues."""
    dags, counts = design.plain["summary_dags"] or 1.0, {"system": 0.0, "transport": 0.0}
    for side in DATACENTER.labels:
        servers = (design.plain[f"summary_servers_by_datacenter.{side}"] or 0.0) * dags
        counts["system"] += scalar("system_disks", design.profile) * servers
        if design.plain[f"transport_database_location.{side}"] == "dedicated_raid1_disk":
            counts["transport"] += scalar("transport_disks", design.profile) * servers
    return {name: count for name, count in counts.items() if count}


def misfit_text(design: SizedDesign, side: str, units: Units = CANONICAL) -> str:
    """Return why the disks of a server of a datacenter do not fit."""
    message = next(filter(None, (check_message(design.results, name) for name in _DISK_CHECKS)), "")
    return message.removesuffix(".") or units.shown(f"storage_jbod_disks_reason.{side}", design)


def _databases(design: SizedDesign, units: Units) -> Tile:
    note = (
        f"each with {plural(about(design.plain['summary_mailboxes_per_database'] or 0.0), 'mailbox')}, and "
        f"{units.shown('summary_database_space.database', design)} {units.text('GB')} when they are full"
    )
    where = "Databases per DAG" if design.profile.value("environment.high_availability") else "Databases"
    if design.plain["summary_databases"] is None:
        return Tile(where, "", NOT_APPLICABLE, brief_reason("summary_databases", design), "summary_databases")
    return Tile(where, "", units.shown("summary_databases", design), note, "summary_databases")


def _volume(design: SizedDesign, units: Units) -> Tile:
    why, unit = "volume_database_volume_size", units.text("GB")
    if not design.plain[why]:
        return Tile("Fullest volume", "", NOT_APPLICABLE, brief_reason(why, design), why)
    sides = [side for side in ("primary", "secondary") if design.plain[f"volume_fill.{side}"] is not None]
    if not sides:
        return Tile("Fullest volume", unit, units.shown(why, design), "on RAID, not bound to one disk", why)
    side = max(sides, key=lambda side: design.plain[f"volume_fill.{side}"])
    fullest, disks = f"volume_fill.{side}", sides_text(design, "storage_database_disk_formatted", units)
    disk = units.shown(f"storage_database_disk_formatted.{side}", design)
    where = f" in the {side} datacenter" if len(set(disks)) > 1 else ""
    note = f"when all mailboxes are full: {units.shown(why, design)} of the {disk} {unit} of a disk{where}"
    severity = _severity(design, "check_disk_too_small")
    return Tile("Fullest volume", "", units.shown(fullest, design), note, fullest, severity)


def _mailbox(design: SizedDesign, units: Units) -> Tile:
    column = "largest_mailbox_size_on_disk"
    value, unit = units.size(float(design.plain[column] or 0.0))
    tier = int(design.plain["largest_tier"] or 1)
    note = (
        f"of the largest tier, when full: quota {_size('largest_mailbox_quota', design, units)} + Recoverable Items "
        f"{_recoverable_items(design, units)}"
    )
    if archive := float(design.profile.value(f"tiers.{tier}.archive_size_limit") or 0):
        archive += design.plain[f"tiers.{tier}.archive_dumpster_and_whitespace"] or 0.0
        note += f" + archive with its Recoverable Items {' '.join(units.size(archive))}"
    known = design.plain[column] is not None
    return Tile(
        "Mailbox on disk",
        unit,
        value if known else NOT_APPLICABLE,
        note if known else brief_reason(column, design),
        f"tiers.{tier}.mailbox_size_on_disk",
    )


def _recoverable_items(design: SizedDesign, units: Units) -> str:
    """Return the Recoverable Items that count for the largest mailbox, and those of the model that is not used."""
    folders, workbook = "largest_mailbox_dumpster_purges_versions", "largest_mailbox_dumpster_calculator"
    by_folder, by_workbook = (_size(column, design, units) for column in (folders, workbook))
    model = design.profile.value("guidance.dumpster_model")
    is_larger = (design.plain[workbook] or 0.0) > (design.plain[folders] or 0.0)
    if model == "calculator" or (model == "larger" and is_larger):
        return f"{by_workbook} (by folder: {by_folder}, not used)"
    return f"{by_folder} (Microsoft's workbook: {by_workbook}, not used)"


def _size(column: str, design: SizedDesign, units: Units) -> str:
    """Format a size in MB with the unit in which people write it, or say why it does not apply."""
    value = design.plain[column]
    return units.shown(column, design) if value is None else " ".join(units.size(float(value)))


def _wan(design: SizedDesign, units: Units) -> Tile:
    why = "replication_peak_throughput.environment"
    if design.plain[why] is None:
        return Tile("WAN at peak", "Mb/s", NOT_APPLICABLE, brief_reason(why, design), why)
    link = units.shown("replication_link_utilization", design)
    short = design.plain["replication_link_acceptable_for_peak"] is False
    note = f"between the datacenters in the busiest hour: {link} of the link"
    note += ", more than it can carry" if short else ""
    severity = _severity(design, "check_link_below_peak")
    return Tile("WAN at peak", "Mb/s", units.shown(why, design), note, why, severity)


NO_COPIES = "no other copy to reseed from"
"""Why a volume of a design without copies is not reseeded."""
UNTIL_FULL = (
    ("Until the volume as sized is full, with no logs at the start and no truncation", "days_until_volume_full"),
    ("Until the disk as bought is full, with no logs at the start and no truncation", "days_until_disk_full"),
)
"""How long logs may pile up on a volume without logs."""
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
    *UNTIL_FULL,
)


class FurtherFigure(NamedTuple):
    """A figure after the headline: its name, column, formatted value and unit; no unit where it does not apply."""

    name: str
    column: str
    value: str
    unit: str

    @property
    def text(self) -> str:
        """Value and unit."""
        return f"{self.value} {self.unit}".rstrip()


def further_figures(design: SizedDesign, units: Units = CANONICAL) -> list[FurtherFigure]:
    """Return the further figures; those of a secondary datacenter only if there is one."""
    found, of_secondary = [], f".{DATACENTER.labels[1]}"
    for name, column in FURTHER_FIGURES:
        if not design.plain["two_datacenters"]:
            if column.endswith(of_secondary):
                continue
            name = name.removesuffix(f", {DATACENTER.labels[0]}")
        rule, _ = rule_of(column)
        value = further_figure(column, design, units)
        unit = "%" if rule.is_share else unit_words(units.text(rule.unit), 1 if value == "1" else None)
        found.append(FurtherFigure(name, column, value, "" if value.startswith(NOT_APPLICABLE) else unit))
    return found


def further_figure(column: str, design: SizedDesign, units: Units = CANONICAL) -> str:
    """Format a further figure, or say why it does not apply: a design without copies has nothing to reseed."""
    reason = NO_MAILBOXES.reason if design.without_mailboxes else no_reseed(column, design)
    if not reason and design.plain[column] is None:
        reason = brief_reason(column, design)
    return f"{NOT_APPLICABLE} ({reason})" if reason else units.shown(column, design)


def no_reseed(column: str, design: SizedDesign) -> str:
    """Return why a design has nothing to reseed; empty for other results and for a design with copies."""
    return NO_COPIES if column == "reseed_hours" and not design.plain["highly_available"] else ""


def version_text(profile: Profile) -> str:
    """Return the version of Exchange that a design is for, and that it is assumed if the design does not state it."""
    name = version_name(profile)
    return name if VERSION_FIELD in profile.given else f"{name} (assumed, because the design does not state a version)"


def growth_text(design: SizedDesign) -> str:
    """Return a sentence about the growth in mailboxes that the design includes."""
    planned = float(design.plain["mailboxes_total"] or 0.0)
    today = sum(float(design.profile.value(f"tiers.{tier}.mailboxes") or 0) for tier in range(1, design.tiers + 1))
    if planned <= today:
        return "No growth is planned."
    return f"The planned growth from {number(today)} to {number(planned)} mailboxes is included."


_SHARED_RULES = "2019"
"""Version whose rules Subscription Edition has, which Microsoft supports."""


def version_name(profile: Profile) -> str:
    """Return the version of Exchange that a design is for, as people write it."""
    return word(VERSION, str(profile.value(VERSION_FIELD)))


def support_text(design: SizedDesign) -> str:
    """Return a sentence that names the version of Exchange of a design, and says when its support ended."""
    version = str(design.profile.value(VERSION_FIELD))
    name, ended = version_name(design.profile), f"ended on {long_date(SUPPORT[version].ended)}"
    if version == _SHARED_RULES:
        return f"{name}: Microsoft's support of Exchange {version} {ended}; Subscription Edition is supported."
    return f"{name}: Microsoft's support {ended}."


def unsized(design: SizedDesign) -> list[str]:
    """Return the figures that every valid design needs but this one does not have, with the reason."""
    if design.plain[DESIGN_INVALID]:
        return []
    if design.without_mailboxes:
        return [f"every figure ({NO_MAILBOXES.reason})"]
    needed = (("CPU", "worst_cpu_utilization"), ("memory", "summary_memory.primary"))
    found = [f"{name} ({brief_reason(column, design)})" for name, column in needed if design.plain[column] is None]
    if not any(text.startswith("CPU") for text in found) and (reason := missing_rating(design)):
        found.insert(0, f"CPU ({reason})")  # of the servers for lagged copies
    sides = ("primary", "secondary") if design.plain["two_datacenters"] else ("primary",)
    if not all(design.plain[f"disks_fit.{side}"] for side in sides):
        found.append("disks (a volume does not fit the chosen disk)")
    return found


def status_words(design: SizedDesign, status: str) -> str:
    """Return the status of a design in a few words, which may be worse than that of its sizing."""
    if status == "invalid":
        return STATUS_WORDS[status]
    if design.without_mailboxes:
        return "No mailboxes"
    return UNSIZED if unsized(design) else STATUS_WORDS[status]


def verdict(design: SizedDesign, issues: Issues | None = None) -> str:
    """Say in one sentence whether the design works, how large it is, and what is not sized.

    Parameters
    ----------
    design
        The design with its headline results.
    issues
        Issues to count, by default those of the sizing.
    """
    counts = (design.issues if issues is None else issues).counts
    errors, warnings, notices = (counts[severity] for severity in (ERROR, WARNING, NOTICE))
    missing = unsized(design)
    lacks = f" Not sized: {', '.join(missing)}." if missing else ""
    if design.status == "invalid":
        return f"This design does not work: it has {plural(errors, 'error')}.{lacks}"
    if design.without_mailboxes:
        return "This design has no mailboxes, so nothing is sized yet."
    servers = plural(CANONICAL.shown("summary_servers.environment", design), "server")
    what = f"{servers} for {plural(CANONICAL.shown('mailboxes_total', design), 'mailbox')}"
    what += " in two datacenters" if design.plain["two_datacenters"] else " in one datacenter"
    assumed = f" {text}" if (text := assumed_servers(design)) else ""
    if warnings:
        state = "is not sized completely and has" if missing else "works with"
        return f"This design {state} {plural(warnings, 'warning')}: {what}.{assumed}{lacks}"
    and_notices = f", {plural(notices, 'notice')}" if notices else ""
    return f"This design {'is not sized completely' if missing else 'works'}: {what}{and_notices}.{assumed}{lacks}"


def assumed_servers(design: SizedDesign) -> str:
    """Return a sentence about a number of servers that the design does not state; empty if it states one."""
    given = design.profile.given
    if SERVERS_FIELD in given or design.without_mailboxes:
        return ""
    both = design.plain["two_datacenters"] and "site_resilience.enabled" not in given
    return f"The number of servers is a default that nobody chose{', and so are the two datacenters' if both else ''}."
