"""List the results in the report of a design: main figures, explanations, all results by level, and what to buy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from calculator.engine.explain import CONSTANT, INPUT, Explanation
from calculator.engine.graph import steps_for
from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import SizedDesign
from calculator.engine.unpublished import unpublished_notice
from calculator.exporters.report.content import (
    SHARE,
    Bullets,
    KeyFigures,
    ReportCell,
    ReportPart,
    ReportRow,
    ReportStep,
    ReportTable,
    ReportValue,
)
from calculator.exporters.report.inputs import input_cell
from calculator.inputs.schema import BY_PATH, DATACENTER, DATACENTERS, find
from calculator.inputs.units import factor, unit_words
from calculator.presentation.figures import column_of, figure_text, not_applicable, rule_of
from calculator.presentation.headline import FURTHER_FIGURES, input_size_unit, no_reseed, size_unit, tiles, version_name
from calculator.presentation.places import axis_text, place_of, place_text
from calculator.presentation.sentences import sentence
from calculator.presentation.shopping_list import shopping_list
from calculator.presentation.text import NO_BREAK_SPACE, NOT_APPLICABLE, number
from calculator.rules.constants import CONSTANTS
from calculator.rules.registry import LEVELS, RULES, Rule
from calculator.rules.sources import SOURCES

MAIN_FIGURES = (
    ("Servers", "summary_servers.environment"),
    ("Servers per DAG", "summary_servers.dag"),
    ("Servers per DAG and datacenter", "summary_servers_by_datacenter"),
    ("DAGs", "summary_dags"),
    ("CPU in the worst failure", "cpu_utilization_by_mode.worst"),
    ("CPU in normal operation", "cpu_utilization_by_mode.normal"),
    ("Memory per server", "summary_memory"),
    ("JBOD disks per server", "storage_jbod_disks_per_server"),
    ("RAID disks per server", "storage_raid_disks_per_server"),
    ("Disks for Exchange", "storage_disks_total.environment"),
    ("Drive bays per server", "server_drive_bays"),
    ("Databases", "summary_databases"),
    ("Mailboxes per database", "summary_mailboxes_per_database"),
    ("Database with overhead", "summary_database_space.database"),
    ("Database volume", "volume_database_volume_size"),
    ("Formatted database disk", "storage_database_disk_formatted"),
    ("Largest mailbox on disk", "largest_mailbox_size_on_disk"),
    ("Quota of the largest mailbox", "largest_mailbox_quota"),
    ("Recoverable Items of the largest mailbox", "largest_mailbox_dumpster_purges_versions"),
    ("Recoverable Items as Microsoft's workbook counts them", "largest_mailbox_dumpster_calculator"),
    ("Network traffic in the busiest hour", "replication_peak_throughput.environment"),
    ("Share of the network link", "replication_link_utilization"),
    ("The network link is fast enough", "replication_link_acceptable_for_peak"),
    *(figure for figure in FURTHER_FIGURES if not figure[1].startswith("summary_gc_cores")),
    ("Directory server cores per datacenter", "summary_gc_cores"),
)
"""Main figures by label: the column, or the result without its datacenter."""
EDITION_FIELD = "environment.exchange_edition"
MAIN_HEAD = ("Figure", "Value", "Unit", "How it comes about")
UNUSED_KINDS = ("storage_jbod_disks_per_server", "storage_raid_disks_per_server")
"""Figures that are left out if they are 0."""
KEY_TILES = ("Servers", "CPU", "CPU, worst failure", "Memory per server", "Disks per server", "Fullest volume")
"""Names of the five figures of the first page."""
EXPLAINED = (
    "summary_servers",
    "worst_cpu_utilization",
    "summary_memory",
    "databases",
    "mailbox_size_on_disk",
    "volume_database_volume_size",
    "replication_peak_throughput",
)
"""Results that the report explains."""
DEPTH = 2
"""Number of levels below the figure that an explanation has in the report."""
MAX_VALUES = 12
"""Largest number of values of a step that its line shows."""
FROM = (
    "The rules behind the main figures follow these publications; the place is in parentheses. The appendix Results by "
    "level names the source of every result."
)
_CELLS = re.compile(r"(.+?) ([A-Z]{1,2}\d.*)")
"""Sheet of Microsoft's workbook, and cells on it."""
RESULTS = ("Result", "Where", "Value", "Unit", "Column", "Source")
PREMISES = ("Premise", "Value")
BUY = ("What to buy", "Each")
UNPUBLISHED = f"{NO_BREAK_SPACE}*"
"""Mark of a figure that depends on a number not published for the version of Exchange."""
RESTS = "* Depends on a number of an earlier version of Exchange."
"""Note above a table with marked figures; the notice about the version follows it."""
UNITS = (
    "Sizes are binary, 1 GB is 1,073,741,824 bytes; GB (decimal) of a disk are as printed on it. "
    "Figures that do not apply say why."
)


# --- first page ----------------------------------------------------------------------------------


def key_figures(design: SizedDesign) -> KeyFigures:
    """Return the five figures of the first page."""
    return KeyFigures([tile for tile in tiles(design) if tile.name in KEY_TILES])


def premises_table(design: SizedDesign) -> ReportTable:
    """Return the inputs that an architect asks for first, several tiers as a range."""
    rows = [
        ("Version", f"{version_name(design.profile)}, {_input_text(design, EDITION_FIELD)} edition"),
        ("Mailboxes", f"{number(design.plain['mailboxes_total'] or 0.0)}{_growth(design)}"),
        ("Messages per mailbox and day", _over_tiers(design, "messages_per_day")),
        ("Quota", _over_tiers(design, "mailbox_size_limit")),
        *_archive_quota(design),
        ("Copies of a database", _copies(design)),
        ("Datacenters", "2" if design.plain["two_datacenters"] else "1"),
    ]
    return ReportTable(PREMISES, rows, pairs=True)


def _archive_quota(design: SizedDesign) -> list[tuple[str, str]]:
    """Return the row of the archive quota, if a mailbox has an archive."""
    quotas = [design.profile.value(f"tiers.{tier}.archive_size_limit") for tier in range(1, design.tiers + 1)]
    return [("Archive quota", _over_tiers(design, "archive_size_limit"))] if any(quotas) else []


def _growth(design: SizedDesign) -> str:
    growth = _over_tiers(design, "mailbox_growth")
    return ", no growth planned" if growth.startswith("0") and " to " not in growth else f", with {growth} growth"


def _copies(design: SizedDesign) -> str:
    """Return the number of HA copies and of lagged copies, and where they are."""
    if not design.plain["highly_available"]:
        return "1, without a DAG"
    value = design.profile.value
    text = f"{value('database_copies.ha_copies'):g} for high availability"
    if lagged := design.plain["lagged_copies_total"]:
        text += f" and {number(lagged)} lagged"
    return text


def _over_tiers(design: SizedDesign, leaf: str) -> str:
    """Return the values of an input over the tiers with mailboxes: one, or from the smallest to the largest."""
    tiers = [tier for tier in range(1, design.tiers + 1) if design.profile.value(f"tiers.{tier}.mailboxes")] or [1]
    paths = {float(design.profile.value(f"tiers.{tier}.{leaf}") or 0): f"tiers.{tier}.{leaf}" for tier in tiers}
    ends = dict.fromkeys((min(paths), max(paths)))
    return " to ".join(_input_text(design, paths[end]) for end in ends)


def _input_text(design: SizedDesign, path: str) -> str:
    """Format the value of an input with its unit as people write it."""
    found, value = find(path), design.profile.value(path)
    assert found is not None
    declared, _ = found
    unit = (
        input_size_unit(declared.path, float(value), declared.unit) if isinstance(value, int | float) else declared.unit
    )
    cell = input_cell(declared, value, unit)
    return f"{cell.text} {unit}" if unit in ("MB", "GB") else cell.text


def shopping_table(design: SizedDesign) -> ReportTable | str:
    """Return the shopping list, one column per place, or the reason why there is none.

    An item that differs between the datacenters has a row for each, one below the other.
    """
    purchases = shopping_list(design)
    if not purchases:
        reason = "the design does not work" if design.plain[DESIGN_INVALID] else "the design has no mailboxes"
        return f"What to buy is not known, because {reason}."
    places = list(dict.fromkeys(purchase.place for purchase in purchases if purchase.place.endswith("datacenter")))
    rows: dict[tuple[str, str], dict[str, float | None]] = {}
    for purchase in purchases:
        rows.setdefault((purchase.item, purchase.each), {})[purchase.place] = purchase.count
    order = list(dict.fromkeys(item for item, _ in rows))
    several = len(places) > 1
    return ReportTable(
        (*BUY, *(places if several else ()), "In all"),
        [
            (item, each, *(_count(counts.get(place, 0.0)) for place in places if several), _count(_total(counts)))
            for (item, each), counts in sorted(rows.items(), key=lambda row: order.index(row[0][0]))
        ],
    )


def _total(counts: dict[str, float | None]) -> float | None:
    known = [count for count in counts.values() if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _count(count: float | None) -> str | ReportCell:
    if count == 0:
        return ""
    return ReportCell(count, number(count))


# --- figures -------------------------------------------------------------------------------------


def main_figures(design: SizedDesign) -> ReportTable:
    """Return the main figures, each with a sentence that explains it.

    Datacenters with the same figure share a row.  A second datacenter and kinds of disks are left out if the design
    does not have them.
    """
    rows, known = list[ReportRow](), set(design)
    for label, name in MAIN_FIGURES:
        if not _is_shown(design, name):
            continue
        columns = [name] if name in known else _sides(design, name)
        values = {column: design.plain[column] for column in columns}
        same = len(set(values.values())) == 1
        for column in columns[:1] if same else columns:
            rule, place = rule_of(column)
            side = "" if len(columns) == 1 or same else f", {axis_text(DATACENTER, place.rpartition('.')[2])}"
            cell = _in_people_unit(figure_cell(design, column))
            if reason := no_reseed(column, design):
                cell = ReportCell(None, NOT_APPLICABLE, note=reason)
            unit = "" if rule.is_share or cell.value is None else unit_words(cell.unit or rule.unit, cell.value)
            mark = "" if cell.value is None else _mark(columns if same else [column], design)
            rows.append((label + side + mark, cell, unit, "" if cell.value is None else sentence(column, design)))
    return ReportTable(MAIN_HEAD, rows)


def sources_of_main_figures(design: SizedDesign) -> Bullets:
    """List the sources that rules of main figures cite, and those that only the steps before them cite."""
    cited: dict[str, dict[str, list[str]]] = {}
    shown = [(label, name.partition(".")[0]) for label, name in MAIN_FIGURES if _applies(design, name)]
    for label, name in shown:
        key, _, place = RULES[name].source.partition(": ")
        sheet, cells = found.groups() if (found := _CELLS.fullmatch(place)) else ("", place)
        cited.setdefault(key, {}).setdefault(sheet, []).append(f"{label} ({cells})")
    for step in steps_for(frozenset(name for _, name in shown)):
        sources = (step.node.source, *(CONSTANTS[need].source for need in step.node.needs if need in CONSTANTS))
        for source in sources:
            cited.setdefault(source.partition(":")[0], {})
    named = {key: f"{SOURCES[key].title} ({SOURCES[key].publisher})" for key in SOURCES if key in cited}
    lines = [f"{named[key]}: {_places(by_sheet)}." for key, by_sheet in cited.items() if by_sheet]
    others = [text for key, text in named.items() if not cited[key]]
    steps = [f"Only for steps that lead to the main figures: {'; '.join(others)}."] if others else []
    return Bullets(FROM, lines + steps)


def _places(by_sheet: Mapping[str, Sequence[str]]) -> str:
    """Return figures with their places, by the sheet of the workbook if they have one."""
    texts = (", ".join(labels) + (f" on {sheet}" if sheet else "") for sheet, labels in by_sheet.items())
    return "; ".join(texts)


def _in_people_unit(cell: ReportCell) -> ReportCell:
    """Return a figure in the unit in which people write it: in GB if it is a size of 1 GB or more."""
    if not isinstance(cell.value, float) or (unit := size_unit(cell.value, cell.unit)) == cell.unit:
        return cell
    value = cell.value * factor(cell.unit, unit)
    return replace(cell, value=value, text=number(value), unit=unit)


def unpublished_notes(design: SizedDesign) -> list[str]:
    """Return the note about marked figures; empty if everything is published for the version of Exchange."""
    notices = (unpublished_notice(column, design) for column in sorted(design.unpublished))
    return [f"{RESTS} {notice}" for notice in dict.fromkeys(notices)]


def _mark(columns: Sequence[str], design: SizedDesign) -> str:
    """Return the mark of figures that depend on a number not published for the version; empty if none of them does."""
    return "" if design.unpublished.isdisjoint(columns) else UNPUBLISHED


def _is_shown(design: SizedDesign, name: str) -> bool:
    """Return whether a main figure is listed: disks of a kind are left out if the design has none."""
    return name not in UNUSED_KINDS or any(design.plain[column] for column in _sides(design, name))


def _applies(design: SizedDesign, name: str) -> bool:
    """Return whether a main figure has a value, in one datacenter at least."""
    columns = [name] if name in design.plain else _sides(design, name)
    return _is_shown(design, name) and any(design.plain[column] is not None for column in columns)


def _sides(design: SizedDesign, name: str) -> list[str]:
    """Return the columns of a result, one per datacenter that the design has."""
    return [f"{name}.{side}" for side in (DATACENTERS if design.plain["two_datacenters"] else DATACENTERS[:1])]


def figure_cell(design: SizedDesign, column: str) -> ReportCell:
    """Return a result as a cell, with the reason if it does not apply."""
    rule, label = rule_of(column)
    value = design.plain[column]
    return _cell(rule, value, "" if value is not None else not_applicable(rule, label, design))


def _cell(rule: Rule, value: object, reason: str) -> ReportCell:
    if value is None:
        return ReportCell(None, NOT_APPLICABLE, note=reason)
    assert isinstance(value, float | bool | str)
    return ReportCell(value, figure_text(rule, value), SHARE if rule.is_share else rule.unit)


def results_by_level(design: SizedDesign) -> Iterator[ReportTable]:
    """Yield all results, one table per level."""
    by_level: dict[str, list[ReportRow]] = {level: [] for level in LEVELS}
    for column in design:
        rule, label = rule_of(column)
        unit = "" if rule.is_share else unit_words(rule.unit)
        meaning, place = rule.meaning.rstrip(".") + _mark([column], design), place_text(rule, label)
        row = (meaning, place, figure_cell(design, column), unit, column, rule.source)
        by_level[rule.level_of(column)].append(row)
    for level, rows in by_level.items():
        name = level.removeprefix("per_")
        yield ReportTable(RESULTS, rows, "DAG" if name == "dag" else name.capitalize(), "Level")


# --- explanations --------------------------------------------------------------------------------


def explained(design: SizedDesign) -> Iterator[ReportPart]:
    """Yield the explanation of each main figure as a tree."""
    for name in EXPLAINED:
        yield _step(design.explain(name, depth=DEPTH), design, outermost=True)


def _step(step: Explanation, design: SizedDesign, *, outermost: bool = False) -> ReportStep:
    values = [
        (place_of(step.name, label), _step_cell(step, label, value, design)) for label, value in step.values.items()
    ]
    notice = step.unpublished if outermost or step.kind == CONSTANT else ""
    return ReportStep(
        name=step.name,
        kind=step.kind,
        label=BY_PATH[step.name].label if step.kind == INPUT else step.sentence.rstrip("."),
        text=_values_text(step, values),
        values=values,
        unit="" if step.is_share else unit_words(step.unit),
        sentence=f"{_first_sentence(step, design)} {notice}".strip(),
        source=step.source,
        origin=step.origin,
        oddity=step.oddity,
        repeated=step.repeated,
        needs=[_step(need, design) for need in step.needs],
    )


def _values_text(step: Explanation, values: Sequence[tuple[str, ReportCell]]) -> str:
    """Return the values that apply, on one line with their unit; if none applies, the first reason."""
    known = [(place, cell) for place, cell in values if cell.value is not None]
    if not known:
        return values[0][1].said
    unit = "" if step.is_share else unit_words(step.unit, known[0][1].value if len(known) == 1 else None)
    shown = [f"{place}: {cell.text}" if place and len(values) > 1 else cell.text for place, cell in known[:MAX_VALUES]]
    more = f" and {len(known) - MAX_VALUES} more" if len(known) > MAX_VALUES else ""
    return f"{', '.join(shown)}{more} {unit}".rstrip()


def _first_sentence(step: Explanation, design: SizedDesign) -> str:
    """Return the sentence that explains a figure, at the first place that has one."""
    if step.name not in RULES:
        return ""
    rule = RULES[step.name]
    texts = (sentence(column_of(rule, label), design) for label, value in step.values.items() if value is not None)
    return next((text for text in texts if text), "")


def _step_cell(step: Explanation, label: str, value: object, design: SizedDesign) -> ReportCell:
    assert value is None or isinstance(value, int | float | str)
    if step.kind == INPUT:
        return input_cell(BY_PATH[step.name], value)
    if step.kind == CONSTANT:
        found: ReportValue = float(value) if isinstance(value, int) and not isinstance(value, bool) else value
        text = _constant_text(found) if isinstance(found, float) else str(found)
        return ReportCell(found, text, step.unit)
    rule = RULES[step.name]
    return _cell(rule, value, "" if value is not None else not_applicable(rule, label, design))


def _constant_text(value: float) -> str:
    """Format a constant without rounding: its digits are few and identify it."""
    return f"{value + 0.0:,.10g}"
