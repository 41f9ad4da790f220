"""Texts on the page: units, words, and what Markdown must leave alone."""

from __future__ import annotations

import streamlit as st

from calculator.inputs import units
from calculator.inputs.schema import DECIMAL_GB
from calculator.presentation.text import UNIT_TEXTS
from calculator.presentation.text import plural as plural

SIZES = ("MB", "GB", "TB")
"""Units of size a person may choose between; capacities of disks stay as they are sold."""
BINARY_NAMES = {"KB": "KiB", "MB": "MiB", "GB": "GiB", "TB": "TiB"}


def sizes_in() -> str:
    """Unit all sizes are shown in, empty where each has its own."""
    return str(st.session_state.get("sizes_in") or "")


def binary_names() -> bool:
    """Whether binary sizes carry their binary names."""
    return bool(st.session_state.get("binary_names"))


def shown_unit(unit: str) -> str:
    """Unit in which a figure of some canonical unit is shown."""
    return (sizes_in() or unit) if unit in SIZES else unit


def scale(unit: str) -> float:
    """What a figure in its canonical unit is multiplied by to be shown."""
    chosen = shown_unit(unit)
    return 1.0 if chosen == unit else units.factor(unit, chosen)


def unit_text(unit: str) -> str:
    """Unit as a label or table carries it, in the units a person has chosen."""
    shown = UNIT_TEXTS.get(unit, shown_unit(unit))
    head, slash, rest = shown.partition("/")
    if head in BINARY_NAMES and unit != DECIMAL_GB and binary_names():
        return f"{BINARY_NAMES[head]}{slash}{rest}"
    return shown


def escaped(text: str) -> str:
    """Text from a file or a person, for a place that reads Markdown."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#+-.!|$~:^=" else sign for sign in text)


def literal(text: str) -> str:
    """Our own text, for a place where a dollar sign would begin a formula."""
    return text.replace("$", "\\$")


def plain(name: str) -> str:
    """Name of a result or input in words, for a place that reads Markdown."""
    return escaped(name.replace("_", " "))
