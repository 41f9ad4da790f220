"""List the inputs in the report of a design: the stated ones, the assumed ones, and all with their paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from calculator.engine.sizing import SizedDesign
from calculator.exporters.report.content import SHARE, ReportCell, ReportPart, ReportRow, ReportTable, ReportValue
from calculator.inputs import schema
from calculator.inputs.schema import DATACENTER, EXPORT, SERVER_ROLE, SERVER_ROLES, TIER, Field, Kind
from calculator.inputs.units import factor, unit_words
from calculator.presentation.assumptions import (
    LISTED_APART,
    NOT_GIVEN,
    assumed_inputs,
    counts,
    has_place,
    is_missing,
    is_used,
)
from calculator.presentation.headline import input_size_unit
from calculator.presentation.places import axis_text, input_label
from calculator.presentation.text import percent, plural, readable

PAIRS = ("Input", "Value", "Unit")
ALL = ("Input", "Value", "Unit", "Answer", "Path")
STATED, ASSUMED = "stated", "assumed"
MOST_TIERS = 6
"""Largest number of tiers that have their own column."""
LEFT_OUT = "left out; the appendix All inputs lists every value."
NAMED = 3
"""Largest number of places of an input that are named individually."""


@dataclass
class _Stated:
    """Field with the values to show, by place."""

    declared: Field
    values: dict[int, schema.Value] = field(default_factory=dict)


def input_cell(declared: Field, value: schema.Value, unit: str = "") -> ReportCell:
    """Return the value of an input as a cell, in the unit of the input or in another one."""
    if value is None or is_missing(declared, value):
        return ReportCell(NOT_GIVEN, NOT_GIVEN)
    if declared.options and declared.kind is not Kind.INT and not value:
        return ReportCell("none", "none")
    if declared.choice is not None:
        text = declared.choice.text(declared.choice.words.index(str(value)))
        return ReportCell(text, text)
    if declared.kind is Kind.FRACTION:
        return ReportCell(float(value), f"{readable(percent(float(value)))} %", SHARE)
    if isinstance(value, bool):
        return ReportCell(value, "yes" if value else "no")
    number: ReportValue = float(value) if isinstance(value, int) else value
    if unit and unit != declared.unit and isinstance(number, float):
        number *= factor(declared.unit, unit)
    return ReportCell(number, readable(number), unit or declared.unit)


def _people_unit(declared: Field, values: Iterable[schema.Value]) -> str:
    """Return the unit in which people write values of an input that share a unit: GB for sizes of 1 GB or more."""
    numbers = (float(value) for value in values if isinstance(value, int | float))
    return input_size_unit(declared.path, max(numbers, default=0.0), declared.unit)


def stated_parts(design: SizedDesign) -> Iterator[ReportPart]:
    """Yield tables of the inputs that the design states: without places, per datacenter or server, and per tier."""
    given = _stated_fields(design)
    fields = [each for each in given if each.declared.section != EXPORT]
    if not fields:
        yield "Nothing was stated: every input has its default."
        return
    places = [each for each in fields if each.declared.axis in (DATACENTER, SERVER_ROLE)]
    tiers = [each for each in fields if each.declared.axis is TIER]
    single = [each for each in fields if each not in places and each not in tiers]
    if tiers:
        yield from _tiers(design, tiers)
    if single:
        rows = [_row(each, _where(design, each, each.values)) for each in single]
        yield ReportTable(PAIRS, rows, "Design", "Of", pairs=True)
    if places:
        roles = [role for role in SERVER_ROLES if has_place(design, role)]
        head = ("Input", *(_capital(axis_text(SERVER_ROLE, role)) for role in roles))
        rows = [_across(design, each, [SERVER_ROLES.index(role) for role in roles]) for each in places]
        yield ReportTable(head, rows, "Servers and disks", "Of")
    files = [each for each in given if each.declared.section == EXPORT]
    if files:
        yield ReportTable(PAIRS, [_row(each) for each in files], "Settings of the deployment files", "Of", pairs=True)
    unused = sum(not is_used(design, path) for path in design.profile.given)
    if unused:
        yield f"{plural(unused, 'value')} without a meaning in this design {'is' if unused == 1 else 'are'} {LEFT_OUT}"


def assumed_table(design: SizedDesign) -> ReportTable:
    """Return a table of the inputs that matter in the design and have their default; equal places share a row."""
    rows = []
    for paths in assumed_inputs(design):
        declared, _ = _find(paths[0])
        each = _Stated(declared, {_find(path)[1]: design.profile.value(path) for path in paths})
        rows.append(_row(each, _where(design, each, each.values)))
    return ReportTable(PAIRS, rows, pairs=True)


def all_inputs(design: SizedDesign) -> ReportTable:
    """Return a table of every input with its path."""
    profile, rows = design.profile, list[ReportRow]()
    for path in _paths(design):
        given = path in profile.given
        if not given and path.split(".")[0] in LISTED_APART:
            continue
        declared, _ = _find(path)
        cell = input_cell(declared, profile.value(path))
        rows.append((input_label(path), cell, _unit_of(declared, cell), STATED if given else ASSUMED, path))
    return ReportTable(ALL, rows)


def _find(path: str) -> tuple[Field, int]:
    found = schema.find(path)
    assert found is not None
    return found


def _paths(design: SizedDesign) -> list[str]:
    """Return the paths of all inputs, including those that only the profile has."""
    return list(dict.fromkeys((*schema.all_paths(design.profile.tiers), *design.profile.given)))


def _stated_fields(design: SizedDesign) -> list[_Stated]:
    """Return the fields with a stated value that has a meaning in the design, with these values by place."""
    profile, fields = design.profile, dict[str, _Stated]()
    for path in _paths(design):
        if path in profile.given and is_used(design, path):
            declared, place = _find(path)
            fields.setdefault(declared.path, _Stated(declared)).values[place] = profile.value(path)
    return list(fields.values())


def _row(stated: _Stated, where: str = "") -> ReportRow:
    """Return a row with a field and its value: several values as a range, or as a list if they are names."""
    declared, values = stated.declared, list(dict.fromkeys(stated.values.values()))
    label = f"{declared.label}, {where}" if where else declared.label
    unit = _people_unit(declared, values)
    if len(values) == 1:
        cell = input_cell(declared, values[0], unit)
        return label, cell, _unit_of(declared, cell)
    if declared.numeric:
        numbers = [float(value) for value in values if isinstance(value, int | float)]
        low, high = (input_cell(declared, bound, unit).text for bound in (min(numbers), max(numbers)))
        return label, f"{len(stated.values)} values from {low} to {high}", _unit(declared, unit)
    return label, ", ".join(str(value) for value in values), _unit(declared, declared.unit)


def _where(design: SizedDesign, every: _Stated, values: dict[int, schema.Value]) -> str:
    """Return the places of some values in words; empty if these are all places that matter."""
    axis = every.declared.axis
    counting = [path for path in every.declared.paths(design.tiers) if counts(design, path)]
    if axis is None or len(values) == len(counting):
        return ""
    labels = axis.expand(design.tiers)
    places = [axis_text(axis, labels[place]) for place in values]
    more = f" and {len(places) - NAMED} more" if len(places) > NAMED else ""
    return ", ".join(places[:NAMED]) + more


def _tiers(design: SizedDesign, fields: Sequence[_Stated]) -> Iterator[ReportPart]:
    """Yield a table with a column per tier."""
    shown = list(range(min(design.tiers, MOST_TIERS)))
    if design.tiers > MOST_TIERS:
        yield f"The first {MOST_TIERS} of {design.tiers} tiers; the appendix All inputs has the others."
    head = ("Input", *(f"Tier {place + 1}" for place in shown))
    yield ReportTable(head, [_across(design, each, shown) for each in fields], "Tiers", "Of")


def _across(design: SizedDesign, stated: _Stated, places: Sequence[int]) -> ReportRow:
    """Return a row with a field and one cell per place; values that are not stated are marked."""
    declared, paths = stated.declared, stated.declared.paths(design.tiers)
    cells: list[str | ReportCell] = []
    shown = _people_unit(declared, (design.profile.value(paths[place]) for place in places if place < len(paths)))
    for place in places:
        if place >= len(paths):
            cells.append("")
        elif place in stated.values:
            cells.append(input_cell(declared, stated.values[place], shown))
        elif counts(design, paths[place]):
            cells.append(f"{input_cell(declared, design.profile.value(paths[place]), shown).text} (assumed)")
        else:
            cells.append("")
    unit = _unit(declared, shown)
    in_label = unit.split("/")[0].lower() in declared.label.lower()
    return declared.label if in_label else f"{declared.label}, {unit}", *cells


def _unit(declared: Field, unit: str, value: schema.Value = None) -> str:
    """Return the unit of an input in words; empty for a share, whose value has a percent sign."""
    return "" if declared.kind is Kind.FRACTION else unit_words(unit, value)


def _unit_of(declared: Field, cell: ReportCell) -> str:
    """Return the unit of a value; empty if the value is not a number."""
    return _unit(declared, cell.unit, cell.value) if isinstance(cell.value, float) else ""


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
