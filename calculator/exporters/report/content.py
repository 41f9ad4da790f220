"""Parts of the record of a design, before it is written as Markdown, HTML or a workbook."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from calculator.issues import Issue
from calculator.presentation.charts.base import Bars
from calculator.presentation.text import readable

SHARE = "share"
"""Unit of a cell whose value is a share, shown in percent."""
ReportValue = float | bool | str | None
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters, marks that change the direction of text, lone surrogates, and code points without a character."""


def one_line(text: str) -> str:
    """Return a text on one line, with ``?`` for characters that some format cannot hold."""
    return _UNFIT.sub("?", " ".join(text.split()))


@dataclass(frozen=True)
class ReportCell:
    """A figure in a table.

    Attributes
    ----------
    value, unit
        The value that the API returns, in its canonical unit or as a `SHARE`.  None if it does not apply.
    text
        The value as a person reads it.
    note
        The reason why it does not apply.
    """

    value: ReportValue
    text: str
    unit: str = ""
    note: str = ""

    @property
    def said(self) -> str:
        """Return the text, and the reason if the figure does not apply."""
        return f"{self.text} ({self.note})" if self.note else self.text


ReportRow = Sequence[str | ReportCell]


@dataclass(frozen=True)
class ReportTable:
    """A table: a head and rows.

    Attributes
    ----------
    title, title_of
        The title of a table that is one of several with the same head, and the name for such titles (``Level``).
    """

    head: tuple[str, ...]
    rows: Sequence[ReportRow]
    title: str = ""
    title_of: str = ""


@dataclass(frozen=True)
class IssueList:
    """Issues, each with the reason for accepting it, and a sentence about further issues."""

    issues: Sequence[tuple[Issue, str]]
    rest: str = ""


@dataclass(frozen=True)
class ReportStep:
    """A step of an explanation: a rule, input or constant, its values by label, and the steps it needs.

    Attributes
    ----------
    text
        The values on one line.
    values
        Pairs of label and value.  A single value has an empty label.
    origin
        ``given`` or ``default`` for an input, else empty.
    """

    name: str
    kind: str
    text: str
    values: Sequence[tuple[str, ReportCell]]
    unit: str
    sentence: str
    source: str
    origin: str = ""
    oddity: str = ""
    repeated: bool = False
    needs: Sequence[ReportStep] = ()


def figures_table(bars: Bars) -> ReportTable:
    """Return the figures of a chart as a table, one row per bar."""
    rows = [
        [bar, *("" if value is None else ReportCell(value, readable(value)) for value in values)]
        for bar, values in zip(bars.bars, bars.matrix(), strict=True)
    ]
    return ReportTable((bars.head, *(bars.parts or (bars.measure,))), rows)


ReportPart = str | ReportTable | IssueList | ReportStep | Bars
"""Part of a section; a string is a paragraph."""


@dataclass(frozen=True)
class Section:
    """A section: its title, its key in links, the name of its sheet in a workbook, and its parts."""

    title: str
    key: str
    sheet: str
    parts: Sequence[ReportPart]


@dataclass(frozen=True)
class Record:
    """The record of a design.

    Attributes
    ----------
    verdict
        The status as a sentence.
    versions
        Sentences about the rules, the version of the results and the version of the program.
    """

    title: str
    description: str
    status: str
    verdict: str
    versions: Sequence[str]
    sections: Sequence[Section]
