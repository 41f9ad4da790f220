"""Values as text: exact for files, readable for people, harmless for spreadsheets."""

from __future__ import annotations

from calculator.engine.explain import value_text
from calculator.inputs.names import FORMULA


def harmless(text: str) -> str:
    """A text that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def exact(value: object) -> str:
    """A value so that reading it back gives the same; empty where there is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    return "" if value is None else harmless(str(value))


def readable(value: object) -> str:
    """A value as a person reads it: six digits, thousands separated, n/a where there is none."""
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return value_text(value)
