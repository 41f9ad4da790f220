"""Figures as a person reads them: numbers, tiles, tables, the verdict.

Nothing is computed here: a figure is a result, and one that does not apply says why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
import streamlit as st

from calculator.choices import Choice
from calculator.constants import CONSTANTS
from calculator.explain import value_text
from calculator.issues import ERROR, NOTICE, WARNING
from calculator.rule import LEVELS, RULES, Rule
from calculator.schema import TIER
from calculator.sizing import Sizing
from calculator.ui.widgets import escaped, unit_text

SHARE = re.compile("share|utilization|fraction|fill")
LEVEL_TITLES = {level: level.removeprefix("per_").capitalize() for level in LEVELS} | {"per_dag": "DAG"}
LEVEL_ORDER = ("Mailbox", "Database", "Volume", "Server", "Datacenter", "DAG", "Environment", "All")
SAID_WHY_NOT = re.compile(r"(?:n/a|[Nn]ot applicable) ((?:for|with|without|where|in|on|while|to) [^);.]+)")
"""What a rule says of itself about when it does not apply."""
COLUMN_AXES = ("tier", "datacenter", "server_role", "site")
"""Axes whose labels become columns of a table; those of others become rows."""
DO_NOT_FIT = "do not fit"
NOT_APPLICABLE = "n/a"
STATUS_WORDS = {"ok": "Sound", "notice": "Sound", "warning": "Check", "invalid": "Does not work"}
STATUS_BADGES: dict[str, tuple[str, Literal["green", "orange", "red"]]] = {
    "ok": (":material/check_circle:", "green"),
    "notice": (":material/check_circle:", "green"),
    "warning": (":material/warning:", "orange"),
    "invalid": (":material/error:", "red"),
}


def number(value: float, unit: str = "") -> str:
    """Number as a person reads it: thousands apart, three digits below 100, shares in percent."""
    if unit == "share":
        return (f"{value:.0%}" if value >= 0.1 else f"{value:.1%}").replace("%", "\u00a0%")
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def is_share(rule: Rule) -> bool:
    """Whether a result is a share, shown in percent."""
    return rule.unit == "1" and SHARE.search(rule.name) is not None


def unit_of(rule: Rule) -> str:
    """Unit of a result as a table shows it."""
    return "%" if is_share(rule) else unit_text(rule.unit)


def text(rule: Rule, value: object) -> str:
    """Value of a result as a person reads it, without its unit; empty for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value, "share" if is_share(rule) else rule.unit)
    return word(rule.choice, str(value))


def word(choice: Choice | None, value: str) -> str:
    """Word of a category as a person reads it."""
    if choice is None or value not in choice.words:
        return value
    return choice.text(choice.words.index(value))


def not_applicable(rule: Rule, label: str, plan: Sizing) -> str:
    """Why a result does not apply at a place.

    Parameters
    ----------
    rule, label
        The result and the labels of the place, joined by points.
    plan
        The design.
    """
    labels = label.split(".")
    profile = plan.profile
    reason = f"{rule.name}_reason"
    if reason in RULES:
        said = plan[".".join([reason, *labels]).strip(".")]
        if isinstance(said, str):
            return word(RULES[reason].choice, said)
    if plan["design_invalid"]:
        return f"the design fails a check: {word(RULES['validation_message'].choice, plan['validation_message'])}"
    if "secondary" in labels and not plan["two_datacenters"]:
        return "one datacenter"
    if "lagged" in labels and not plan["lagged_servers_dedicated"]:
        return "no servers for lagged copies alone"
    if "dag" in labels and not profile.value("environment.high_availability"):
        return "no DAG"
    if TIER in rule.axes and not plan[f"tiers.{labels[0]}.tier_in_use"]:
        return "no mailboxes in the tier"
    return _chapter_reason(rule, plan)


def _chapter_reason(rule: Rule, plan: Sizing) -> str:
    """Why a result of a subject does not apply in the whole design."""
    profile = plan.profile
    if rule.chapter in ("replication", "activation") and not plan["two_datacenters"]:
        return "one datacenter"
    if rule.chapter == "replication" and not plan["replication_applies"]:
        return "no logs between the datacenters"
    if rule.chapter in ("processor", "scenarios", "summary") and no_rating(plan):
        return "no rating of the processors given"
    if rule.unit == "month" and "hold" in rule.name:
        return "not within reach, or not on hold"
    if not profile.value("environment.high_availability"):
        return "no high availability"
    if rule.name.endswith("_reason"):
        return "there is a count"
    if rule.name.startswith("activation_home_"):
        return "not an active/active design"
    if rule.name.startswith("activation_single_home_"):
        return "an active/active design"
    said = SAID_WHY_NOT.search(f"{rule.meaning} {' '.join(rule.remarks.split())}")
    return said[1] if said else "not in this design"


def no_rating(plan: Sizing) -> bool:
    """Whether the processors of the primary have no rating."""
    return not plan.profile.value("servers.primary.specint2006_rate")


def shown(column: str, plan: Sizing) -> str:
    """Value of a result column, with its reason where it does not apply."""
    rule, label = rule_of(column)
    value = plan[column]
    if value is None:
        return f"{NOT_APPLICABLE} ({not_applicable(rule, label, plan)})"
    return text(rule, value)


def rule_of(column: str) -> tuple[Rule, str]:
    """Rule of a column, and the labels of its place joined by points."""
    head, _, rest = column.partition(".")
    if head == "tiers":
        tier, _, rest = rest.partition(".")
        name, _, label = rest.partition(".")
        return RULES[name], f"{tier}.{label}".strip(".")
    return RULES[head], rest


@dataclass(frozen=True)
class Tile:
    """One headline figure: label, value, what stands below it, the result that explains it."""

    label: str
    value: str
    note: str
    why: str
    wrong: bool = False


def headline(plan: Sizing) -> list[Tile]:
    """The eight figures a design is judged by."""
    return [
        _servers(plan), _cpu(plan), _memory(plan), _disks(plan),
        _databases(plan), _volume(plan), _mailbox(plan), _wan(plan),
    ]  # fmt: skip


def _sides(plan: Sizing, name: str) -> list[str]:
    """Result of each datacenter that has one."""
    rule, _ = rule_of(name)
    sides = ("primary", "secondary") if plan["two_datacenters"] else ("primary",)
    values = {side: plan[f"{name}.{side}"] for side in sides}
    return [text(rule, value) for value in values.values() if value is not None]


def _both(plan: Sizing, name: str) -> str:
    """Result of the datacenters in a few words: one figure where they are alike."""
    return " / ".join(dict.fromkeys(_sides(plan, name)))


def _servers(plan: Sizing) -> Tile:
    parts = []
    if plan["two_datacenters"]:
        parts.append(" + ".join(_sides(plan, "summary_servers_by_datacenter")))
    if plan["summary_dags"]:
        dags, members = number(plan["summary_dags"]), number(plan["summary_servers.dag"] or 0)
        parts.append(f"{dags} DAG of {members}" if dags == "1" else f"{dags} DAGs of {members}")
    else:
        parts.append("standalone")
    return Tile("Servers", shown("summary_servers.environment", plan), ", ".join(parts), "summary_servers.environment")


def _cpu(plan: Sizing) -> Tile:
    why = "cpu_utilization_by_mode.worst.primary"
    limit = CONSTANTS["highest_cpu_utilization"].value
    assert isinstance(limit, float)
    if plan[why] is None:
        note = "enter the rating of the processors" if no_rating(plan) else _reason(why, plan)
        return Tile("CPU, worst failure", NOT_APPLICABLE, note, why)
    worst = plan["worst_cpu_utilization"]
    normal = _both(plan, "cpu_utilization_by_mode.normal")
    return Tile(
        "CPU, worst failure", number(worst, "share"),
        f"limit {number(limit, 'share')}, normal {normal}", why, wrong=worst > limit,
    )  # fmt: skip


def _reason(column: str, plan: Sizing) -> str:
    rule, label = rule_of(column)
    return not_applicable(rule, label, plan)


def _memory(plan: Sizing) -> Tile:
    why = "summary_memory.primary"
    most = CONSTANTS["largest_server_memory"].value
    assert isinstance(most, float)
    if plan[why] is None:
        return Tile("Memory a server, GB", NOT_APPLICABLE, _reason(why, plan), why)
    return Tile(
        "Memory a server, GB", _both(plan, "summary_memory"), f"largest advised {number(most)}", why,
        wrong=plan[why] > most,
    )  # fmt: skip


def _disks(plan: Sizing) -> Tile:
    jbod, raid = "storage_jbod_disks_per_server", "storage_raid_disks_per_server"
    sides = ("primary", "secondary") if plan["two_datacenters"] else ("primary",)
    if plan["design_invalid"]:
        return Tile("Disks a server", NOT_APPLICABLE, _reason("server_drive_bays.primary", plan), f"{jbod}.primary")
    unfit = [side for side in sides if not plan[f"disks_fit.{side}"]]
    if unfit:
        why = f"storage_jbod_disks_reason.{unfit[0]}"
        return Tile("Disks a server", DO_NOT_FIT, shown(why, plan), why, wrong=True)
    used = {kind: name for kind, name in {"JBOD": jbod, "RAID": raid}.items() if plan[f"{name}.primary"]}
    value = " + ".join(_both(plan, name) for name in used.values())
    capacity = plan.profile.value("storage.primary.database_disk_capacity")
    notes = [
        " and ".join(used), f"{number(float(capacity or 0))} GB each",
        f"{_both(plan, 'server_drive_bays')} bays with system",
        f"{shown('storage_disks_total.environment', plan)} in all",
    ]  # fmt: skip
    why = f"{next(iter(used.values()), jbod)}.primary"
    if not value:
        return Tile("Disks a server", NOT_APPLICABLE, "no database disk is chosen", why)
    return Tile("Disks a server", value, ", ".join(notes), why)


def _databases(plan: Sizing) -> Tile:
    note = (
        f"{shown('summary_mailboxes_per_database', plan)} mailboxes, "
        f"{shown('summary_database_space.database', plan)} GB each"
    )
    where = "Databases a DAG" if plan.profile.value("environment.high_availability") else "Databases"
    if plan["summary_databases"] is None:
        return Tile(where, NOT_APPLICABLE, _reason("summary_databases", plan), "summary_databases")
    return Tile(where, shown("summary_databases", plan), note, "summary_databases")


def _volume(plan: Sizing) -> Tile:
    why = "volume_database_volume_size"
    if not plan[why]:
        return Tile("Fullest volume, GB", NOT_APPLICABLE, _reason(why, plan), why)
    unfit = not (plan["disks_fit.primary"] and plan["disks_fit.secondary"])
    sides = [side for side in ("primary", "secondary") if plan[f"volume_fill.{side}"] is not None]
    if not sides:
        return Tile("Fullest volume, GB", shown(why, plan), "on RAID, not bound to one disk", why, wrong=unfit)
    fullest = f"volume_fill.{max(sides, key=lambda side: plan[f'volume_fill.{side}'])}"
    disk = _both(plan, "storage_database_disk_formatted")
    note = f"{shown(why, plan)} of {disk} GB"
    return Tile("Fullest volume", shown(fullest, plan), note, fullest, wrong=unfit)


def _mailbox(plan: Sizing) -> Tile:
    note = (
        f"quota {shown('largest_mailbox_quota', plan)}; recoverable "
        f"{shown('largest_mailbox_dumpster_purges_versions', plan)}, calculator's model "
        f"{shown('largest_mailbox_dumpster_calculator', plan)}"
    )
    return Tile(
        "Mailbox on disk, MB", shown("largest_mailbox_size_on_disk", plan), note,
        f"tiers.{int(plan['largest_tier'] or 1)}.mailbox_size_on_disk",
    )  # fmt: skip


def _wan(plan: Sizing) -> Tile:
    why = "replication_peak_throughput.environment"
    if plan[why] is None:
        return Tile("WAN at peak, Mb/s", NOT_APPLICABLE, _reason(why, plan), why)
    link = shown("replication_link_utilization", plan)
    short = plan["replication_link_acceptable_for_peak"] is False
    note = f"{link} of the link, too much for it" if short else f"{link} of the link"
    return Tile("WAN at peak, Mb/s", shown(why, plan), note, why, wrong=short)


SECOND_ROW = (
    ("Database I/O of a server", "summary_database_iops.server"),
    ("Background maintenance of a server", "summary_maintenance_throughput.server"),
    ("Transaction logs a day", "summary_logs_per_day.environment"),
    ("Transport database of a server", "transport_database_size"),
    ("Place of the transport database", "transport_database_location.primary"),
    ("Directory server cores, primary", "summary_gc_cores.primary"),
    ("Directory server cores, secondary", "summary_gc_cores.secondary"),
    ("Restore volume", "volume_restore_volume_size"),
    ("Reseed of a volume", "reseed_hours"),
    ("Days until a volume fills without truncation", "days_until_volume_full"),
)


def second_row(plan: Sizing) -> list[dict[str, str]]:
    """Figures after the headline: what, how much, unit."""
    rows = []
    for name, column in SECOND_ROW:
        rule, _ = rule_of(column)
        rows.append({"Figure": name, "Value": shown(column, plan), "Unit": unit_of(rule)})
    return rows


def verdict(plan: Sizing) -> str:
    """One sentence: whether the design works, and what it is."""
    errors, warnings, notices = (plan.issues.counts[severity] for severity in (ERROR, WARNING, NOTICE))
    if plan.status == "invalid":
        return f"This design does not work: {_plural(errors, 'error')} below."
    servers = _plural_text(shown("summary_servers.environment", plan), "server")
    what = f"{servers} for {shown('mailboxes_total', plan)} mailboxes"
    what += " in two datacenters" if plan["two_datacenters"] else " in one datacenter"
    if warnings:
        return f"This design works with {_plural(warnings, 'warning')}: {what}."
    asides = f", {_plural(notices, 'notice')}" if notices else ""
    return f"This design is sound: {what}{asides}."


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _plural_text(count: str, noun: str) -> str:
    return f"{count} {noun}" if count == "1" else f"{count} {noun}s"


def strip_texts(plan: Sizing) -> list[str]:
    """The figures that stay in sight, the most needed first."""
    tiles = {tile.label: tile for tile in headline(plan)}
    servers, cpu = tiles["Servers"], tiles["CPU, worst failure"]
    texts = [_plural_text(servers.value, "server"), f"CPU {cpu.value}"]
    if plan["two_datacenters"]:
        texts[0] += f" ({' + '.join(_sides(plan, 'summary_servers_by_datacenter'))})"
    disks = tiles["Disks a server"].value
    texts += [
        f"{tiles['Memory a server, GB'].value} GB",
        f"disks {disks}" if disks in (DO_NOT_FIT, NOT_APPLICABLE) else f"{disks} disks a server",
        _volume_text(tiles),
    ]
    if plan["two_datacenters"]:
        texts.append(f"WAN {tiles['WAN at peak, Mb/s'].value} Mb/s")
    return texts


def _volume_text(tiles: Mapping[str, Tile]) -> str:
    """Volume against its disk; on RAID its size."""
    if "Fullest volume" in tiles:
        return f"volume {tiles['Fullest volume'].value}"
    return f"volume {tiles['Fullest volume, GB'].value} GB"


@dataclass(frozen=True)
class Table:
    """Rows of texts for a level, the result behind each row and column, columns that do not apply."""

    rows: list[dict[str, str]]
    results: list[dict[str, str]]
    left_out: dict[str, str]

    def column_at(self, row: int, column: str) -> str:
        """Result of a cell; of the row where the cell is none."""
        return self.results[row].get(column) or self.results[row]["Result"]


def level_table(level: str, plan: Sizing) -> Table:
    """Results of a level: a row each, a column a tier, datacenter or level."""
    rows: list[dict[str, str]] = []
    results: list[dict[str, str]] = []
    for rule in RULES.values():
        if rule.group == "result" and level in (LEVEL_TITLES[rule.level], "All"):
            for cells, behind in _rule_rows(rule, plan):
                rows.append(cells)
                results.append(behind)
    used = [name for name in COLUMN_ORDER + _tier_columns(plan.tiers) if any(name in row for row in rows)]
    left_out = {name: reason for name in used if (reason := _empty_column(rows, name))}
    names = [name for name in used if name not in left_out]
    ordered = [
        {"Result": row["Result"], **{name: row.get(name, "") for name in names}, "Unit": row["Unit"]} for row in rows
    ]
    return Table(ordered, results, left_out)


COLUMN_ORDER = ("Value", "Primary", "Secondary", "Lagged", "Third", "Total")


def _empty_column(rows: Sequence[Mapping[str, str]], name: str) -> str:
    """Why a column has no figure at all; empty where it has one."""
    cells = [row[name] for row in rows if name in row]
    if any(not cell.startswith(NOT_APPLICABLE) for cell in cells):
        return ""
    reasons = [cell.removeprefix(f"{NOT_APPLICABLE} (").removesuffix(")") for cell in cells]
    return max(set(reasons), key=reasons.count)


def _tier_columns(tiers: int) -> tuple[str, ...]:
    return tuple(f"Tier {n}" for n in range(1, tiers + 1))


def _rule_rows(rule: Rule, plan: Sizing) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Rows of a result: one for each place on the axes that are no columns."""
    rows: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    for column in rule.columns(plan.tiers):
        _, place = rule_of(column)
        head, rest = _column_of(rule, place.split(".") if place else [])
        title = rule.meaning.rstrip(".") + (f" · {rest}" if rest else "")
        cells, behind = rows.setdefault(title, ({"Result": title, "Unit": unit_of(rule)}, {"Result": rule.name}))
        cells[head] = shown(column, plan)
        behind[head] = column
    return list(rows.values())


def _column_of(rule: Rule, labels: Sequence[str]) -> tuple[str, str]:
    """Column a value stands in, and what is left of its labels."""
    axes = [axis.name for axis in rule.axes]
    at = [place for place, name in enumerate(axes) if name in COLUMN_AXES]
    if not at or len(axes) != len(labels):
        return "Value", " ".join(labels)
    place = at[-1]
    rest = " ".join(label for n, label in enumerate(labels) if n != place).replace("_", " ")
    label = labels[place]
    return (f"Tier {label}" if rule.axes[place] is TIER else label.capitalize()), rest


def arrow(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table for a data frame or a chart."""
    return pa.Table.from_pylist([dict(row) for row in rows])


def exact(value: object, unit: str) -> str:
    """Value to its last digit, with its unit."""
    shown_unit = unit_text(unit)
    return f"{value_text(value)} {shown_unit}".strip() if value is not None else "n/a"


def draw_table(rows: Sequence[Mapping[str, str]], alt: str) -> None:
    """Draw rows as a table a screen reader can read."""
    st.table([{name: escaped(cell) for name, cell in row.items()} for row in rows], hide_index=True, alt=alt)
