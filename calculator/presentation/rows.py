"""Rows of tables as people read them: shares in percent, units by the names that people know.

Files for programs keep the canonical values and units.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from calculator.inputs import schema
from calculator.inputs.schema import BY_PATH, Kind
from calculator.inputs.units import unit_words
from calculator.presentation.figures import rule_of
from calculator.presentation.text import percent, readable

Row = Mapping[str, object]

_SUBJECTS = ("column", "result", "path", "limit", "input")
"""Columns that name what the figures of a row measure; the first that a row has counts."""
_IN_UNIT = re.compile(r"value(?:\.\d+)?|present|difference|mean|p\d+|least|most|at_low|at_high|swing|threshold")
"""Columns whose figures are in the unit of the row."""
_ENDS = ("low", "high")
"""Columns with the ends of a range: of the input of the row, or of its probability."""
_OF_INPUT = (*_ENDS, "given", "largest")
"""Columns with values of the input of the row."""
_OWN_SHARES = re.compile(
    r"change\.\d+|first_order(?:_low|_high)?|not_applicable|dominant_share|probability|used_p\d+"
    r"|cpu|cpu_worst|link|(?:largest_)?volume_fill|utilization|share(?:_\w+)?|(?:\w+_)?cpu_utilization"
)
"""Columns, figures and limits of studies that are shares, whatever the unit of the row."""


def readable_row(row: Row) -> dict[str, str]:
    """Format the cells of a row for people.

    A share is shown in percent.  Where the row has a unit, the percent sign is part of it, otherwise of the cell.
    """
    shared = _is_share(next((str(row[name]) for name in _SUBJECTS if name in row), ""))
    return {name: _cell(name, value, row, shared) for name, value in row.items()}


def input_label(path: str) -> str:
    """Return the label of an input with its place, as in ``Mailboxes (tier 2)``; the path where there is no such input.

    The label of an input is the only one of its kind.
    """
    found = schema.find(path)
    field, place = found if found is not None else (BY_PATH.get(path), None)
    if field is None:
        return path
    if place is None or field.axis is None:
        return field.label
    where = f"tier {place + 1}" if field.axis is schema.TIER else field.axis.labels[place]
    return f"{field.label} ({where})"


def unit_text(unit: str, share: bool) -> str:
    """Return the unit of a figure as people read it: ``%`` for a share."""
    return "%" if share else unit_words(unit)


def _cell(name: str, value: object, row: Row, shared: bool) -> str:
    if name == "unit":
        return "%" if shared else unit_words(str(value), row.get("value"))
    if name == "input_unit":
        return unit_text(str(value), _is_input_share(row))
    if not isinstance(value, float) or value != value:
        return readable(value)
    if name in _OF_INPUT and "input_unit" in row:
        return readable(percent(value) if _is_input_share(row) else value)
    if "unit" in row and _IN_UNIT.fullmatch(name):
        return readable(percent(value) if shared else value)
    own = str(row["figure"]) if name == "value" and "figure" in row else name
    of_variance = "first_order" in row and name.startswith("total")
    if of_variance or _is_share(own) or (name in _ENDS and "probability" in row):
        return f"{readable(percent(value))} %"
    return readable(value)


def _is_input_share(row: Row) -> bool:
    """Return whether the ends of the range of a row are shares; they may be times the present value instead."""
    return row["input_unit"] == "1" and _is_share(str(row["input"]))


def _is_share(name: str) -> bool:
    """Return whether a result, an input or a figure of a study is a share."""
    if _OWN_SHARES.fullmatch(name):
        return True
    found = BY_PATH.get(name) or (schema.find(name) or (None,))[0]
    if found is not None:
        return found.kind is Kind.FRACTION
    try:
        return rule_of(name)[0].is_share
    except KeyError:
        return False
