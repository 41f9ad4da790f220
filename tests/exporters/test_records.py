"""The report of any design: it holds every result, whatever the design is."""

from __future__ import annotations

import pytest
from hypothesis import given
from support.examples import examples
from support.strategies import profiles

from calculator import size
from calculator.exporters.report import html, markdown, xlsx
from calculator.exporters.report.content import IssueList, ReportTable
from calculator.exporters.report.record import build_record


@pytest.mark.slow
@examples(5)
@given(profiles())
def test_any_design_has_a_report_with_every_result(profile):
    plan = size(profile)
    made = build_record(plan, {issue.message: "a reason" for issue in plan.issues})
    [results] = [section for section in made.sections if section.key == "results"]
    tables = [part for part in results.parts if isinstance(part, ReportTable)]
    assert {row[4]: row[2].value for table in tables for row in table.rows} == dict(plan)
    assert markdown.render_markdown(made).count("\n## ") == len(made.body) + 2
    assert xlsx.build_workbook(made).startswith(b"PK")
    assert html.render_html(made).endswith("</html>\n")


@pytest.mark.slow
@examples(10)
@given(profiles())
def test_no_report_calls_a_design_valid_with_a_warning_or_without_a_figure(profile):
    made = build_record(size(profile))
    [issues] = [section for section in made.sections if section.key == "issues"]
    listed = issues.parts[0]
    assert isinstance(listed, IssueList)
    severities = {item.issue.severity for item in listed.issues}
    if severities & {"error", "warning"} or "ot sized" in made.first.verdict:
        assert made.first.badge in ("Check", "Does not work")
        assert made.first.status in ("warning", "invalid")
    cpu = made.first.section.parts[0].tiles[1]
    if cpu.value == "n/a":
        assert made.first.badge != "Works"
