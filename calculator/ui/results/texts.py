"""Format texts for the page: units of sizes, and escaping for Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from calculator.inputs import units
from calculator.inputs.schema import DECIMAL_GB, Field
from calculator.inputs.units import UNIT_TEXTS
from calculator.presentation import headline
from calculator.ui.session.store import current

SIZES = ("MB", "GB")
"""Units that all sizes can be shown in. Capacities of disks stay in decimal GB."""
BINARY_NAMES = {"KB": "KiB", "MB": "MiB", "GB": "GiB"}


def shown_unit(unit: str) -> str:
    """Return the unit in which figures of a canonical unit are shown."""
    return (current().size_unit or unit) if unit in SIZES else unit


def scale(unit: str) -> float:
    """Return the factor from a canonical unit to the unit that is shown."""
    chosen = shown_unit(unit)
    return 1.0 if chosen == unit else units.factor(unit, chosen)


def unit_text(unit: str) -> str:
    """Return the text of a canonical unit for a label or a table, in the chosen unit of sizes."""
    shown = UNIT_TEXTS.get(unit, shown_unit(unit))
    head, slash, rest = shown.partition("/")
    if head in BINARY_NAMES and unit != DECIMAL_GB and current().binary_names:
        return f"{BINARY_NAMES[head]}{slash}{rest}"
    return shown


def input_unit(field: Field) -> str:
    """Return the unit in which an input is shown: quotas in GB, unless a unit is chosen for all sizes."""
    return shown_unit(field.unit) if current().size_unit or not field.path.endswith(headline.IN_GB) else "GB"


def input_scale(field: Field) -> float:
    """Return the factor from the canonical unit of an input to the unit in which it is shown."""
    shown = input_unit(field)
    return 1.0 if shown == field.unit else units.factor(field.unit, shown)


def input_unit_text(field: Field) -> str:
    """Return the text of the unit in which an input is shown."""
    return unit_text(field.unit) if input_unit(field) == shown_unit(field.unit) else unit_text("GB")


def size_unit(value: float, unit: str) -> str:
    """Return the canonical unit in which people write a size: GB for 1 GB or more in MB, unless a unit is chosen."""
    return unit if current().size_unit else headline.size_unit(value, unit)


def row_unit(values: Iterable[object], unit: str) -> str:
    """Return the canonical unit in which figures that share a unit are shown: that of the largest one."""
    return size_unit(max((abs(value) for value in values if isinstance(value, float)), default=0.0), unit)


def scale_to(shown: str, unit: str) -> float:
    """Return the factor from a canonical unit to the unit in which `row_unit` says that its figures are shown."""
    return units.factor(unit, shown) if shown != unit else scale(unit)


def escaped(text: str) -> str:
    """Escape text from a file or a person for Markdown."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#+-.!|$~:^=" else sign for sign in text)


def unseen(text: str) -> str:
    """Return Markdown that adds a subject to the label of a button, which app.css hides from all but screen readers."""
    return f" :gray[{escaped(text)}]"


def literal(text: str) -> str:
    """Escape the dollar signs of a Markdown text, which would start a formula."""
    return text.replace("$", "\\$")


def plain(name: str) -> str:
    """Return the name of a result or input with spaces, escaped for Markdown."""
    return escaped(name.replace("_", " "))
