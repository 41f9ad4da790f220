"""Parts of the report of a design, before it is written as Markdown, HTML or a workbook."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from calculator.issues import Issue
from calculator.presentation.charts.base import Bars, HeatMap
from calculator.presentation.headline import Tile

SHARE = "share"
"""Unit of a cell whose value is a share, shown in percent."""
LONGEST = 200
"""Characters of a text of the title block."""
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
ReportValue = float | bool | str | None
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters, marks that change the direction of text, lone surrogates, and code points without a character."""


def one_line(text: str) -> str:
    """Return a text on one line, with ``?`` for characters that some format cannot hold."""
    return _UNFIT.sub("?", " ".join(text.split()))


def long_date(day: datetime.date) -> str:
    """Return a date as people in all countries read it: 5 March 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True)
class About:
    """What the title block says about the document; an empty text leaves a line out.

    Attributes
    ----------
    title
        Title of the document; empty for the title of the design.
    customer, author, date
        Whom the report is for, who wrote it, and when, as a reader sees it.
    """

    title: str = ""
    customer: str = ""
    author: str = ""
    date: str = ""

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Pairs of a label and a text, for what is known."""
        pairs = (("Customer", self.customer), ("Author", self.author), ("Date", self.date))
        return [(label, text) for label, text in pairs if text.strip()]


@dataclass(frozen=True)
class ReportCell:
    """A figure in a table.

    Attributes
    ----------
    value, unit
        The value in its unit or as a `SHARE`; None if it does not apply.  In the body sizes of 1 GB or more are in GB,
        otherwise the unit is that of the API.
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
    pairs
        Whether a row is a label with a value and its unit, so that the rows fit into columns next to each other.
    """

    head: tuple[str, ...]
    rows: Sequence[ReportRow]
    title: str = ""
    title_of: str = ""
    pairs: bool = False


@dataclass(frozen=True)
class ReportIssue:
    """An issue, the label of the input or result that it is about, and the reason for accepting it."""

    issue: Issue
    about: str
    accepted: str = ""


@dataclass(frozen=True)
class IssueList:
    """Issues, and a sentence about further issues."""

    issues: Sequence[ReportIssue]
    rest: str = ""


@dataclass(frozen=True)
class ReportStep:
    """A step of an explanation: a rule, input or constant, its values by label, and the steps it needs.

    Attributes
    ----------
    name, label
        The name that the command ``explain`` knows, and what the figure is.
    text
        The values on one line, with their unit.
    values
        Pairs of a place and its value.  A single value has an empty place.
    sentence
        How the figure comes about in this design; empty where there is no such sentence.
    origin
        ``given`` or ``default`` for an input, else empty.
    """

    name: str
    kind: str
    label: str
    text: str
    values: Sequence[tuple[str, ReportCell]]
    unit: str
    sentence: str
    source: str
    origin: str = ""
    oddity: str = ""
    repeated: bool = False
    needs: Sequence[ReportStep] = ()


@dataclass(frozen=True)
class KeyFigures:
    """The figures of the first page."""

    tiles: Sequence[Tile]


@dataclass(frozen=True)
class Picture:
    """The design as a picture, and a table for formats without pictures and for readers who cannot see it."""

    drawn: HeatMap
    table: ReportTable


def figures_table(bars: Bars) -> ReportTable:
    """Return the figures of a chart as a table, one row per bar."""
    rows = [
        [bar, *("" if value is None else ReportCell(value, text) for value, text in zip(values, texts, strict=True))]
        for bar, values, texts in zip(bars.bars, bars.matrix(), bars.texts(), strict=True)
    ]
    return ReportTable((bars.head, *(bars.parts or (bars.measure,))), rows)


ReportPart = str | ReportTable | IssueList | ReportStep | KeyFigures | Picture | Bars
"""Part of a section; a string is a paragraph."""


@dataclass(frozen=True)
class Section:
    """A section: its title, its key in links, the name of its sheet in a workbook, and its parts.

    Attributes
    ----------
    appendix
        Whether the section is an appendix, which is folded until a reader opens it.
    """

    title: str
    key: str
    sheet: str
    parts: Sequence[ReportPart]
    appendix: bool = False


@dataclass(frozen=True)
class FirstPage:
    """The first page of a report, without its title block.

    Attributes
    ----------
    status, badge
        The status of the design, and the same in a word or two.
    verdict
        The status as a sentence.
    section
        The key figures, what to buy, and the picture of the design.
    """

    status: str
    badge: str
    verdict: str
    section: Section


@dataclass(frozen=True)
class Record:
    """The report of a design.

    Attributes
    ----------
    versions
        Sentences about the rules, the version of the results and the version of the program.
    sections
        The sections after the first page, the appendices last.
    """

    title: str
    description: str
    about: About
    first: FirstPage
    versions: Sequence[str]
    sections: Sequence[Section]

    @property
    def body(self) -> list[Section]:
        """The sections that are not appendices."""
        return [section for section in self.sections if not section.appendix]

    @property
    def appendices(self) -> list[Section]:
        """The appendices."""
        return [section for section in self.sections if section.appendix]
