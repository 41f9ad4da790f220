"""The record of any design: it holds every result, whatever the design is."""

from __future__ import annotations

import pytest
from hypothesis import given
from support.examples import examples
from support.strategies import profiles

from calculator import size
from calculator.exporters.report import markdown, xlsx
from calculator.exporters.report.record import build_record


@pytest.mark.slow
@examples(5)
@given(profiles())
def test_any_design_has_a_record_with_every_result(profile):
    plan = size(profile)
    made = build_record(plan, {issue.message: "a reason" for issue in plan.issues})
    tables = [part for section in made.sections if section.key == "results" for part in section.parts[1:]]
    assert {row[0]: row[1].value for table in tables for row in table.rows} == dict(plan)
    assert markdown.render_markdown(made).count("\n## ") == len(made.sections)
    assert xlsx.build_workbook(made).startswith(b"PK")
