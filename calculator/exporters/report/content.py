"""Define the parts of the report of a design, independent of the format: Markdown, HTML or a workbook."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from calculator.issues import Issue
from calculator.presentation.charts.base import Bars, HeatMap
from calculator.presentation.headline import Tile

SHARE = "share"
"""Unit of a cell whose value is a share, shown in percent."""
LONGEST = 200
"""Largest number of characters of a text in the title block."""
ReportValue = float | bool | str | None
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters, marks that change the direction of text, lone surrogates, and code points without a character."""

_BREAKS = re.compile(r"[^\S\u00a0]+")
"""White space at which a line may break."""


def one_line(text: str) -> str:
    """Return a text on one line, with ``?`` in place of characters that some format cannot hold."""
    return _UNFIT.sub("?", " ".join(text.split()))


def one_line_with_fixed_spaces(text: str) -> str:
    """Return a text on one line in the same way, but keep the spaces at which no line breaks, as in 52 %."""
    return _UNFIT.sub("?", _BREAKS.sub(" ", text).strip())


@dataclass(frozen=True)
class About:
    """Content of the title block; a line with an empty text is left out.

    Attributes
    ----------
    title
        Title of the document; empty for the title of the design.
    customer, author, date
        Customer whom the report is for, its author, and its date as formatted text.
    """

    title: str = ""
    customer: str = ""
    author: str = ""
    date: str = ""

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Pairs of a label and a text, without empty texts."""
        pairs = (("Customer", self.customer), ("Author", self.author), ("Date", self.date))
        return [(label, text) for label, text in pairs if text.strip()]


@dataclass(frozen=True)
class ReportCell:
    """Figure in a table.

    Attributes
    ----------
    value, unit
        The value in its unit or as a `SHARE`; None if it does not apply.  In the body, sizes of 1 GB or more are in GB;
        all other values have the unit of the API.
    text
        The value, formatted for people.
    note
        The reason why it does not apply.
    """

    value: ReportValue
    text: str
    unit: str = ""
    note: str = ""

    @property
    def said(self) -> str:
        """Return the text of the figure, with the reason if the figure does not apply."""
        return f"{self.text} ({self.note})" if self.note else self.text


ReportRow = Sequence[str | ReportCell]


@dataclass(frozen=True)
class ReportTable:
    """Table with a head and rows.

    Attributes
    ----------
    title, title_of
        The title of a table that is one of several with the same head, and the name for such titles (``Level``).
    pairs
        Whether each row is only a label and a value, with or without a unit, so that rows may be set in columns.
    """

    head: tuple[str, ...]
    rows: Sequence[ReportRow]
    title: str = ""
    title_of: str = ""
    pairs: bool = False


@dataclass(frozen=True)
class ReportIssue:
    """Issue with the label of the input or result that it is about, and the reason for accepting it."""

    issue: Issue
    about: str
    accepted: str = ""


@dataclass(frozen=True)
class IssueList:
    """List of issues, and a sentence about further issues."""

    issues: Sequence[ReportIssue]
    rest: str = ""


@dataclass(frozen=True)
class ReportStep:
    """Step of an explanation: a rule, input or constant, with its values by label and the steps that it needs.

    Attributes
    ----------
    name, label
        The name for the command ``explain``, and the meaning of the figure.
    text
        The values on one line, with their unit.
    values
        Pairs of a place and its value.  A single value has an empty place.
    sentence
        Sentence that explains the figure in this design; empty if there is none.
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
    """Key figures of the first page."""

    tiles: Sequence[Tile]


@dataclass(frozen=True)
class Bullets:
    """List of sentences below a line that introduces it."""

    lead: str
    items: Sequence[str]


@dataclass(frozen=True)
class Reference:
    """Sentence that refers to another part of the report: on a screen, and on paper, which has other parts."""

    text: str
    on_paper: str


@dataclass(frozen=True)
class Picture:
    """Picture of the design, with a table for formats without pictures and for readers who cannot see it."""

    drawn: HeatMap
    table: ReportTable


def figures_table(bars: Bars) -> ReportTable:
    """Return the figures of a chart as a table, one row per bar."""
    rows = [
        [bar, *("" if value is None else ReportCell(value, text) for value, text in zip(values, texts, strict=True))]
        for bar, values, texts in zip(bars.bars, bars.matrix(), bars.texts(), strict=True)
    ]
    return ReportTable((bars.head, *(bars.parts or (bars.measure,))), rows)


ReportPart = str | Reference | ReportTable | IssueList | ReportStep | KeyFigures | Picture | Bullets | Bars
"""Part of a section. A string is a paragraph."""


@dataclass(frozen=True)
class Section:
    """Section with its title, its key in links, the name of its sheet in a workbook, and its parts.

    Attributes
    ----------
    appendix
        Whether the section is an appendix, which is folded at first.
    """

    title: str
    key: str
    sheet: str
    parts: Sequence[ReportPart]
    appendix: bool = False


@dataclass(frozen=True)
class FirstPage:
    """First page of a report, without its title block.

    Attributes
    ----------
    status, badge
        The status of the design, and a name for it of one or two words.
    verdict
        The status as a sentence.
    version
        Sentence that names the version of Exchange and says when its support ended.
    section
        The key figures, what to buy, and the picture of the design.
    """

    status: str
    badge: str
    verdict: str
    version: str
    section: Section


@dataclass(frozen=True)
class Record:
    """Report of a design.

    Attributes
    ----------
    versions
        Sentences about the rules, the version of the results and the version of the program.
    sections
        The sections after the first page, the appendices last.
    paper
        Sections that only a printed page has, after the others: appendices, which are folded, have the same and more.
    """

    title: str
    description: str
    about: About
    first: FirstPage
    versions: Sequence[str]
    sections: Sequence[Section]
    paper: Sequence[Section] = ()

    @property
    def body(self) -> list[Section]:
        """The sections that are not appendices."""
        return [section for section in self.sections if not section.appendix]

    @property
    def appendices(self) -> list[Section]:
        """The appendices."""
        return [section for section in self.sections if section.appendix]
