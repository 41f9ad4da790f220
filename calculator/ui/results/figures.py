"""Format figures in the chosen units, with the reason if a figure does not apply."""

from __future__ import annotations

import re
import zlib
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
from calculator.ui.results.texts import escaped, row_unit, scale, scale_to, unit_text

COUNTED = ("servers", "disks", "DAGs")
"""Units that the name of a figure already includes."""
_FIGURE = re.compile(r"([↑↓]\s)?[-+\u2212]?\d[\d,.]*(\s?[%A-Za-z]\S{0,11})?(\s\(.*\))?")
"""A number, perhaps with a mark of its change, with a unit, or with its change in parentheses."""


def unit_of(rule: Rule, *values: object) -> str:
    """Return the unit of a result for a table, with values that are shown in it."""
    return "%" if rule.is_share else unit_text(row_unit(values, rule.unit))


def result_text(rule: Rule, value: object, *others: object) -> str:
    """Format the value of a result without its unit, in one unit with other values. None gives an empty text."""
    return figure_text(rule, value, factor_of(rule, value, *others))


def factor_of(rule: Rule, *values: object) -> float:
    """Return the factor from the canonical unit of a result to the unit that `unit_of` names for the same values."""
    return scale_to(row_unit(values, rule.unit), rule.unit)


def shown_in_units(column: str, design: SizedDesign) -> str:
    """Format the value of a result column in the chosen units. If it does not apply, give the reason."""
    return shown(column, design, scale)


def figure_with_unit(column: str, value: object, limit: float | None = None) -> str:
    """Format the value of a result column with its unit for a table of a study. None gives "n/a".

    A value above the limit has enough decimals to differ from it.
    """
    rule, _ = rule_of(column)
    if value is None:
        return NOT_APPLICABLE
    unit = "" if rule.is_share or rule.unit in COUNTED else _unit_after(value, rule.unit)
    text = figure_text(rule, value, factor_of(rule, value), limit)
    return f"{text}{NO_BREAK_SPACE}{unit}" if unit else text


def arrow(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Convert rows to a table for a data frame or a chart. A row may lack a column."""
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: [row.get(name) for row in rows] for name in names})


def exact_with_unit(value: object, unit: str, share: bool = False) -> str:
    """Format a value with all its digits and its unit, a share in percent."""
    if share and isinstance(value, float):
        return f"{value_text(percent(value))} %"
    if value is None:
        return NOT_APPLICABLE
    shown_in = row_unit([value], unit)
    exact = value * scale_to(shown_in, unit) if isinstance(value, float) else value
    return f"{value_text(exact)} {unit_text(shown_in)}".strip()


def rounded_with_unit(value: object, unit: str, share: bool = False) -> str:
    """Format a value as people write it, with its unit, a share in percent."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float):
        return exact_with_unit(value, unit, share)
    value = float(value)
    if share:
        return number(value, "share")
    return f"{number(value * scale_to(row_unit([value], unit), unit))} {_unit_after(value, unit)}".strip()


def _unit_after(value: object, unit: str) -> str:
    """Return the unit in which a value is shown, in the singular after 1."""
    return unit_words(unit, value) if value == scale(unit) == 1 else unit_text(row_unit([value], unit))


def columns_of_figures(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the columns in which most of the cells are figures, which are aligned on the right."""
    found = []
    for name in dict.fromkeys(name for row in rows for name in row):
        cells = [cell for row in rows if (cell := row.get(name)) and not cell.startswith(NOT_APPLICABLE)]
        if 2 * sum(_FIGURE.fullmatch(cell) is not None for cell in cells) > len(cells):
            found.append(name)
    return found


def text_columns(
    rows: Sequence[Mapping[str, str]], widths: Mapping[str, int] | None = None, labels: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the configuration of the columns of a data frame: widths, labels, and figures on the right."""
    right = columns_of_figures(rows)
    return {
        name: st.column_config.TextColumn(
            (labels or {}).get(name) or None,
            width=(widths or {}).get(name),
            alignment="right" if name in right else None,
        )
        for name in dict.fromkeys(name for row in rows for name in row)
    }


def draw_table(rows: Sequence[Mapping[str, str]], alt: str) -> None:
    """Draw rows as a table that screen readers can read."""
    cells = arrow([{name: escaped(cell) for name, cell in row.items()} for row in rows])
    right = [f"right{cells.column_names.index(name) + 1}-" for name in columns_of_figures(rows)]
    content = zlib.crc32(repr((alt, rows)).encode())
    with st.container(key=f"table-{content}-{''.join(right)}"):  # app.css aligns the columns whose places the key has
        st.table(cells, hide_index=True, alt=alt)
