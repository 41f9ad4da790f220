"""A figure on the page, in the units a person has chosen; one that does not apply says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import streamlit as st

from calculator.engine.explain import value_text
from calculator.engine.sizing import SizedDesign
from calculator.presentation.figures import figure_text, is_share, no_rating, not_applicable, rule_of
from calculator.presentation.text import NOT_APPLICABLE, number, percent, word
from calculator.rules.registry import Rule
from calculator.ui.results.texts import escaped, scale, unit_text

__all__ = [
    "NOT_APPLICABLE",
    "arrow",
    "draw_table",
    "exact",
    "is_share",
    "no_rating",
    "not_applicable",
    "number",
    "percent",
    "rule_of",
    "shown",
    "text",
    "unit_of",
    "word",
]


def unit_of(rule: Rule) -> str:
    """Unit of a result as a table shows it."""
    return "%" if is_share(rule) else unit_text(rule.unit)


def text(rule: Rule, value: object) -> str:
    """Value of a result as a person reads it, without its unit; empty for none."""
    return figure_text(rule, value, scale(rule.unit))


def shown(column: str, design: SizedDesign) -> str:
    """Value of a result column, with its reason where it does not apply."""
    rule, label = rule_of(column)
    value = design[column]
    if value is None:
        return f"{NOT_APPLICABLE} ({not_applicable(rule, label, design)})"
    return text(rule, value)


def arrow(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table for a data frame or a chart."""
    return pa.Table.from_pylist([dict(row) for row in rows])


def exact(value: object, unit: str) -> str:
    """Value to its last digit, with its unit."""
    shown_unit = unit_text(unit)
    return f"{value_text(value)} {shown_unit}".strip() if value is not None else NOT_APPLICABLE


def draw_table(rows: Sequence[Mapping[str, str]], alt: str) -> None:
    """Draw rows as a table a screen reader can read."""
    st.table([{name: escaped(cell) for name, cell in row.items()} for row in rows], hide_index=True, alt=alt)
