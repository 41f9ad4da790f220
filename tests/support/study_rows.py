"""Rows of the tables of studies, and a design sized alone as such a row."""

from __future__ import annotations

from calculator import size
from calculator.batch.header import issues_text
from calculator.engine.results import result_columns
from calculator.inputs.profile import Profile


def row_alone(inputs, results):
    """Status, issues and results of one design, sized by itself."""
    plan = size(Profile(dict(inputs)))
    columns = result_columns(results, plan.tiers)
    return {"status": plan.status, "issues": issues_text(plan.issues), **{column: plan[column] for column in columns}}


def rows_of(table):
    """Rows of a table of designs without their names."""
    return [{column: value for column, value in row.items() if column != "id"} for row in table.to_pylist()]


def column(rows, name):
    """A column of rows."""
    return [row[name] for row in rows]


def limit_row(found, name):
    """The row of a limit of a timeline."""
    return next(row for row in found.limits() if row["limit"] == name)
