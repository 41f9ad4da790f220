"""Designs of every kind for the records of a design, and texts that try to be more than text."""

from __future__ import annotations

from functools import cache

from calculator import SizedDesign, size
from calculator.exporters.report.content import (
    About,
    FirstPage,
    IssueList,
    KeyFigures,
    Picture,
    Record,
    ReportCell,
    ReportIssue,
    ReportStep,
    ReportTable,
    Section,
)
from calculator.exporters.report.record import build_record
from calculator.inputs.profile import Profile, load
from calculator.issues import Issue
from calculator.presentation.charts.base import Bars, HeatMap, LimitLine
from calculator.presentation.headline import Tile
from support.paths import PROFILES

RAID = {
    "tiers.1.mailboxes": 2000.0,
    "tiers.2.mailboxes": 300.0,
    "tiers.2.archive_size_limit": 20480.0,
    "site_resilience.enabled": False,
    "database_copies.ha_copies": 2.0,
    "backup.method": "software_vss",
    "storage.consider_jbod": False,
}
DESIGNS = {
    "two datacenters": load(PROFILES / "active_active.toml"),
    "one datacenter": load(PROFILES / "single_site.toml"),
    "a standalone server": load(PROFILES / "small_office.toml"),
    "RAID": RAID,
    "no mailboxes": {},
    "no quota": {"tiers.1.mailboxes": 5000.0, "tiers.1.mailbox_size_limit": 0.0},
}
INVALID = ("no quota",)


@cache
def plan_of(name: str) -> SizedDesign:
    """Size a design once in a session."""
    design = DESIGNS[name]
    return size(design if isinstance(design, Profile) else Profile(design))


@cache
def record_of_design(name: str) -> Record:
    """Return the record of a design, made once in a session."""
    return build_record(plan_of(name))


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><b>',
    "' onmouseover='x",
    "</style></title><svg>",
    "&lt;b&gt; &amp;#60;",
    "<!-- -->",
    "]]>",
    "<![CDATA[x]]>",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "http://example.com/",
    "mailto:a@example.com",
    "internal:Sheet1!A1",
    "# title",
    "| cell |",
    "`code`",
    "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\u4e2d\u6587 \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "{{1}} ${x} %s",
    "a" * 200,
]
UNFIT = ["a\x00b", "a\x01b", "a\x1b[31mb", "a\x7fb", "a\u202eb", "a\ud800b", "a\ufffeb", "_x0041_\x08"]
"""Texts with characters that no file holds, or that turn the direction of writing."""


def record_of(text):
    """A record in which everything that may come from a design is a text, with every kind of part."""
    bars = Bars(
        "Title",
        text,
        [{"bar": text, "part": text, "value": 2.0}, {"bar": "other", "part": "rest", "value": 1.0}],
        "bar",
        "part",
        "value",
        "Head",
        "measure",
        limits=(LimitLine(1.5, text),),
    )
    step = ReportStep(
        name=text,
        kind="rule",
        label=text,
        text=text,
        values=[(text, ReportCell(text, text)), ("b", ReportCell(1.0, "1"))],
        unit=text,
        sentence=text,
        source=text,
        oddity=text,
    )
    figure = ReportStep("figure", "rule", text, text, [("", ReportCell(text, text))], "", text, "here", needs=[step])
    table = ReportTable((text, "Value", "None"), [(text, ReportCell(text, text), ReportCell(None, "n/a", note=text))])
    pairs = ReportTable(("Input", "Value", "Unit"), [(text, ReportCell(text, text), text)], text, pairs=True)
    issue = ReportIssue(Issue("warning", text, text, text, text), text, text)
    cell = {"server": text, "database": text, "kind": "copy", "text": text}
    drawn = HeatMap(
        "Copies",
        text,
        [cell],
        "server",
        "database",
        "kind",
        "text",
        (text,),
        (text,),
        ("active", "copy"),
        groups=((text, 1),),
    )
    tiles = KeyFigures([Tile(text, text, text, text, text)])
    parts = {"Issues": [IssueList([issue], text)], "Charts": [bars, bars], "Answers": [text, table, pairs]}
    appendices = {
        "Explanations": [figure],
        "Results": [
            ReportTable(("Name",), [(text,)], text, "Level"),
            ReportTable(("Name",), [("b",)], "Other", "Level"),
        ],
    }
    first = Section("Summary", "summary", "Summary", [tiles, table, Picture(drawn, table), text])
    sections = [Section(text, name.lower(), name, of) for name, of in parts.items()]
    sections += [Section(text, name.lower(), name, of, appendix=True) for name, of in appendices.items()]
    return Record(
        title=text,
        description=text,
        about=About(text, text, text, text),
        first=FirstPage("warning", "Check", text, text, first),
        versions=(text, text),
        sections=sections,
    )
