"""Designs of every kind for the records of a design, and texts that try to be more than text."""

from __future__ import annotations

from functools import cache

from calculator import SizedDesign, size
from calculator.exporters.report.content import IssueList, Record, ReportCell, ReportStep, ReportTable, Section
from calculator.exporters.report.record import build_record
from calculator.inputs.profile import Profile, load
from calculator.issues import Issue
from calculator.presentation.charts.base import Bars, LimitLine
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
        text, "rule", text, [(text, ReportCell(text, text)), ("b", ReportCell(1.0, "1"))], text, text, text, oddity=text
    )
    table = ReportTable((text, "Value", "None"), [(text, ReportCell(text, text), ReportCell(None, "n/a", note=text))])
    issue = Issue("warning", text, text, text, text)
    parts = {
        "Summary": [text, table],
        "Issues": [IssueList([(issue, text)], text)],
        "Charts": [bars, bars],
        "Explanations": [ReportStep("figure", "rule", "1", [], "", "A figure.", "here", needs=[step])],
        "Results": [
            ReportTable(("Name",), [(text,)], text, "Level"),
            ReportTable(("Name",), [("b",)], "Other", "Level"),
        ],
    }
    sections = [Section(text, name.lower(), name, of) for name, of in parts.items()]
    return Record(text, text, "warning", text, (text, text), sections)
