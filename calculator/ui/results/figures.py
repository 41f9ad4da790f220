"""Figures on the page, in the chosen units, with the reason if a figure does not apply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import streamlit as st

from calculator.engine.results import value_text
from calculator.engine.sizing import SizedDesign
from calculator.inputs.units import unit_words
from calculator.presentation.figures import figure_text, rule_of, shown
from calculator.presentation.text import NO_BREAK_SPACE, NOT_APPLICABLE, number, percent
from calculator.rules.registry import Rule
from calculator.ui.results.texts import escaped, scale, unit_text

COUNTED = ("servers", "disks", "DAGs")
"""Units that the name of a figure tells."""


def unit_of(rule: Rule) -> str:
    """Return the unit of a result for a table."""
    return "%" if rule.is_share else unit_text(rule.unit)


def result_text(rule: Rule, value: object) -> str:
    """Format the value of a result, without its unit. None gives an empty text."""
    return figure_text(rule, value, scale(rule.unit))


def shown_in_units(column: str, design: SizedDesign) -> str:
    """Format the value of a result column in the chosen units. If it does not apply, give the reason."""
    return shown(column, design, scale)


def figure_with_unit(column: str, value: object) -> str:
    """Format the value of a result column with its unit for a table of a study. None gives "n/a"."""
    rule, _ = rule_of(column)
    if value is None:
        return NOT_APPLICABLE
    unit = "" if rule.is_share or rule.unit in COUNTED else unit_text(rule.unit)
    return f"{result_text(rule, value)}{NO_BREAK_SPACE}{unit}" if unit else result_text(rule, value)


def arrow(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Convert rows to a table for a data frame or a chart. A row may lack a column."""
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: [row.get(name) for row in rows] for name in names})


def exact_with_unit(value: object, unit: str, share: bool = False) -> str:
    """Format a value with all its digits and its unit, a share in percent."""
    if share and isinstance(value, float):
        return f"{value_text(percent(value))} %"
    shown_unit = unit_text(unit)
    return f"{value_text(value)} {shown_unit}".strip() if value is not None else NOT_APPLICABLE


def rounded_with_unit(value: object, unit: str, share: bool = False) -> str:
    """Format a value as people write it, with its unit, a share in percent."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, float):
        return exact_with_unit(value, unit, share).replace("_", " ")
    if share:
        return number(value, "share")
    words = unit_words(unit, value) if value == scale(unit) == 1 else unit_text(unit)
    return f"{number(value * scale(unit))} {words}".strip()


def draw_table(rows: Sequence[Mapping[str, str]], alt: str) -> None:
    """Draw rows as a table that screen readers can read."""
    cells = arrow([{name: escaped(cell) for name, cell in row.items()} for row in rows])
    st.table(cells, hide_index=True, alt=alt)
