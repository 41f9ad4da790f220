"""What the record of a design is made of, before it is written as Markdown, HTML or a workbook."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from calculator.issues import Issue
from calculator.presentation.charts.base import Bars
from calculator.presentation.text import readable

SHARE = "share"
"""Unit of a cell whose value is a share, shown in percent."""
Value = float | bool | str | None
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters, what turns the direction of writing, halves of characters, and what is no character."""


def one_line(text: str) -> str:
    """A text in one line, of characters that any file may hold."""
    return _UNFIT.sub("?", " ".join(text.split()))


@dataclass(frozen=True)
class Cell:
    """A figure in a table.

    Attributes
    ----------
    value, unit
        As the API gives it, in its canonical unit or as a `SHARE`; None where it does not apply.
    text
        As a person reads it.
    note
        Why it does not apply.
    """

    value: Value
    text: str
    unit: str = ""
    note: str = ""

    @property
    def said(self) -> str:
        """The text, with the reason where it does not apply."""
        return f"{self.text} ({self.note})" if self.note else self.text


Row = Sequence[str | Cell]


@dataclass(frozen=True)
class Table:
    """Rows under a head.

    Attributes
    ----------
    title, title_of
        Where a table is one of several with the same head: its title, and what the titles are (``Level``).
    """

    head: tuple[str, ...]
    rows: Sequence[Row]
    title: str = ""
    title_of: str = ""


@dataclass(frozen=True)
class IssueList:
    """Issues, each with the reason why it is accepted, and how many more there are."""

    issues: Sequence[tuple[Issue, str]]
    rest: str = ""


@dataclass(frozen=True)
class Step:
    """A step of an explanation: a rule, input or constant with its values by label, and what it needs.

    Attributes
    ----------
    text
        The values in a line.
    values
        Each with its label, a single one without.
    origin
        Of an input: ``given`` or ``default``.
    """

    name: str
    kind: str
    text: str
    values: Sequence[tuple[str, Cell]]
    unit: str
    sentence: str
    source: str
    origin: str = ""
    oddity: str = ""
    repeated: bool = False
    needs: Sequence[Step] = ()


def figures_table(bars: Bars) -> Table:
    """Return the figures of a chart as a table, one row per bar."""
    rows = [
        [bar, *("" if value is None else Cell(value, readable(value)) for value in values)]
        for bar, values in zip(bars.bars, bars.matrix(), strict=True)
    ]
    return Table((bars.head, *(bars.parts or (bars.measure,))), rows)


Part = str | Table | IssueList | Step | Bars
"""A string is a paragraph."""


@dataclass(frozen=True)
class Section:
    """A section: its title, its name in addresses, the sheet it has in a workbook, and its parts."""

    title: str
    key: str
    sheet: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Record:
    """The record of a design.

    Attributes
    ----------
    verdict
        The status in a sentence.
    versions
        Rules, version of the results and of the program.
    """

    title: str
    description: str
    status: str
    verdict: str
    versions: Sequence[str]
    sections: Sequence[Section]
