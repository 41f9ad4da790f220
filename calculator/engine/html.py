"""Format tables and trees as HTML, with which a notebook displays a result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

MOST_ROWS = 60
"""Largest number of rows that a table shows; a line below it gives the number of the others."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> str:
    """Return an HTML table of texts with at most `MOST_ROWS` rows.

    Parameters
    ----------
    head, rows
        Names of the columns, and the cells of each row.
    caption
        Text above the table.
    """
    shown = [_row("td", row) for row in rows[:MOST_ROWS]]
    more = len(rows) - len(shown)
    rest = f'<tr><td colspan="{len(head)}">... {more:,} more rows</td></tr>' if more else ""
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead>{_row('th', head)}</thead><tbody>{''.join(shown)}{rest}</tbody></table>"


def _row(tag: str, cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"


def folded(summary: str, parts: Sequence[str], is_open: bool = False) -> str:
    """Return HTML that unfolds below a line of text; only the line if there is nothing to unfold."""
    if not parts:
        return f"<div>{escape(summary)}</div>"
    return f"<details{' open' if is_open else ''}><summary>{escape(summary)}</summary>{''.join(parts)}</details>"


def paragraph(text: str) -> str:
    """Return a text as a paragraph."""
    return f"<p>{escape(text)}</p>"
