"""The report of any design: it holds every result, whatever the design is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from support.examples import examples
from support.strategies import profiles

from calculator import size
from calculator.exporters.report import html, markdown, xlsx
from calculator.exporters.report.content import IssueList, ReportTable
from calculator.exporters.report.record import AS_SIZED, build_record
from calculator.exporters.report.svg import svg


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
        assert made.first.badge in ("Works with warnings", "Not sized completely", "No mailboxes", "Does not work")
        assert made.first.status in ("warning", "invalid")
    cpu = made.first.section.parts[0].tiles[1]
    if cpu.value == "n/a":
        assert made.first.badge != "Works"


def _charts(name):
    sections = {section.key: section for section in build_record(size(f"example:{name}")).sections}
    return {part.title: part for part in sections["charts"].parts}


@pytest.mark.slow
def test_the_text_of_the_cpu_speaks_of_the_layout_only_if_a_bar_does():
    assert AS_SIZED in _charts("active_active")["CPU by failure"].finding
    assert "as placed" not in _charts("exchange_2019")["CPU by failure"].finding


@pytest.mark.slow
def test_the_legend_has_the_values_of_equal_bars():
    legend = ("Databases 8", "Restore 1", "Spare 1", "System 2")
    drawn = svg(_charts("active_active")["Disks of a server"])
    assert all(f">{text}<" in drawn for text in legend)
    rows = _charts("active_active")["Disks of a server"].rows
    different = replace(_charts("active_active")["Disks of a server"], rows=[*rows[:-1], {**rows[-1], "disks": 4.0}])
    assert ">System<" in svg(different)
    assert ">System 2<" not in svg(different)
