"""Plain values as text: exact for files, readable for people, harmless for spreadsheets.

The functions in this module do not use a design. `calculator.presentation.figures` formats a result of a rule, with
its unit and, where it does not apply, the reason.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence

from calculator.engine.results import value_text
from calculator.inputs.choices import Choice
from calculator.inputs.names import FORMULA
from calculator.inputs.units import percent_text

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
NOT_APPLICABLE = "n/a"
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
_INTEGRAL = 1e15
"""Whole numbers below it are written digit by digit: they have at most 15 digits, all of which are exact."""
_THREE_DIGITS = 100
"""Numbers from here on are shown as whole numbers in sentences, smaller ones with three digits."""
_DECIMALS = range(1, 5)
"""Numbers of decimals that are tried to tell a number from a limit just below it."""
_LARGE = 999_999.5
"""Numbers from here on are shown as whole numbers: with six digits they would need an exponent."""


# --- for files -----------------------------------------------------------------------------------


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula: an apostrophe is put before the first character."""
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_cell(value: object) -> str:
    """Format a value for a cell of a CSV file, so that reading it back gives the same value.

    The text is empty for None and NaN, which mean that a value does not apply.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "" if value != value else repr(value)
    return "" if value is None else harmless(str(value))


def exact_number(value: float) -> str:
    """Format a number so that reading it back gives the same number; whole numbers without a decimal point.

    The text is empty for NaN, which means that a value does not apply.
    """
    if value != value:
        return ""
    return str(int(value)) if float(value).is_integer() and abs(value) < _INTEGRAL else repr(value)


# --- for people ----------------------------------------------------------------------------------


def readable(value: object) -> str:
    """Format a value of a table for people: six significant digits, a comma between thousands, n/a for none."""
    if not isinstance(value, float):
        return value_text(value)
    if value != value:
        return NOT_APPLICABLE
    return f"{value + 0.0:,.6g}" if abs(value) < _LARGE else f"{value:,.0f}"


def number(value: float | None, unit: str = "", limit: float | None = None) -> str:
    """Format a number for a sentence, chart or page: three significant digits below 100, whole numbers above.

    Parameters
    ----------
    value
        The number; None and NaN mean that it does not apply.
    unit
        ``share`` formats the number in percent: whole percents from 10 % on, one decimal below.
    limit
        A number above this limit has enough decimals to differ from it. The limit of a share is 100 % by default.

    Examples
    --------
    >>> number(3725.56), number(3725.4, limit=3725.29), number(0.8004, limit=0.8)
    ('3,726', '3,725.4', '0.8004')
    """
    if value is None or value != value:
        return NOT_APPLICABLE
    limit = 1.0 if unit == "share" and limit is None else limit
    text = _rounded(value, unit)
    if limit is None or value <= limit or text != _rounded(limit, unit):
        return text
    closer = ([_with_decimals(each, unit, decimals) for each in (value, limit)] for decimals in _DECIMALS)
    return next((above for above, at in closer if above != at), text)


def _rounded(value: float, unit: str) -> str:
    if unit == "share":
        return _with_decimals(value, unit, 0 if value == 0 or abs(value) >= 0.1 else 1)
    if abs(value) >= _THREE_DIGITS or value == int(value):
        return _with_decimals(value, unit, 0)
    return f"{value:.3g}"


def _with_decimals(value: float, unit: str, decimals: int) -> str:
    return percent_text(value, decimals, NO_BREAK_SPACE) if unit == "share" else f"{value + 0.0:,.{decimals}f}"


def about(value: float) -> str:
    """Format a number that may be an average: 106.06 is about 106, and 160 is 160."""
    return number(value) if value.is_integer() else f"about {number(value)}"


def with_minus(text: str) -> str:
    """Return the text of a change with a real minus sign in place of a hyphen."""
    return text.replace("-", MINUS)


def round_down(value: float) -> float:
    """Round a number down to the digits that `number` shows, so that a limit is still kept by what is shown.

    Examples
    --------
    >>> number(round_down(5.26865)), number(round_down(1999.9)), number(round_down(0.5))
    ('5.26', '1,999', '0.5')
    """
    if value <= 0 or value >= _THREE_DIGITS:
        return float(math.floor(round(value, 6)))
    step = 10.0 ** (math.floor(math.log10(value)) - 2)
    return math.floor(round(value / step, 6)) * step


def percent(share: float) -> float:
    """Return a share in percent, without the binary noise of the multiplication."""
    return round(share * 100, 10)


def plural(count: int | str, noun: str) -> str:
    """Format a count with its noun: 1 server, 2 servers, 2 mailboxes."""
    end = "" if str(count) == "1" else "es" if noun.endswith("x") else "s"
    return f"{count} {noun}{end}"


def capitalized(text: str) -> str:
    """Return a text with a capital first letter; the other letters stay."""
    return text[:1].upper() + text[1:]


def word(choice: Choice | None, value: str) -> str:
    """Return the words in which people know an option of a choice; the value itself where there are none."""
    if choice is None or value not in choice.words:
        return value
    return choice.text(choice.words.index(value))


# --- Markdown ------------------------------------------------------------------------------------


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]], align: str = "") -> list[str]:
    """Return the lines of a Markdown table; a vertical bar or a line break in a cell does not break it.

    Parameters
    ----------
    head, rows
        Texts of the cells.
    align
        ``<`` or ``>`` per column; all columns are aligned to the left where it is not given.
    """
    rules = {"<": "---", ">": "---:"}
    lines = [f"| {' | '.join(map(_markdown_cell, row))} |" for row in (head, *rows)]
    lines.insert(1, f"| {' | '.join(rules[side] for side in align or '<' * len(head))} |")
    return lines


def _markdown_cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def long_date(day: datetime.date) -> str:
    """Format a date so that it is unambiguous in all countries, such as 5 March 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
