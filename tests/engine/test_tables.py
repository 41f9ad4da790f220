"""Tables with a row a database, against the calculator's own rows."""

from __future__ import annotations

import gzip
import io
import json
import math

import pytest
from support.golden_designs import golden_designs
from support.paths import GOLDEN, PROFILES

from calculator import size
from calculator.cli.main import main
from calculator.engine.tables import DAYS, backup_schedule, volume_layout

pytestmark = pytest.mark.slow

ROWS = GOLDEN / "tables.jsonl.gz"
LAYOUT = (
    "mailboxes",
    "database_size",
    "database_size_with_overhead",
    "log_size_with_overhead",
    "volume_label",
    "database_volume_size",
    "log_volume_size",
)
BEYOND = {"volume_label": "--"}


@pytest.fixture(scope="module")
def golden():
    designs = {design.id: design for design in golden_designs()}
    with gzip.open(ROWS, "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return [(size(designs[line["id"]].inputs), line) for line in lines]


def same(expected, got):
    if isinstance(expected, str) or isinstance(got, str):
        return expected == got
    return math.isclose(expected, got, rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.slow
def test_the_first_ten_rows_of_every_volume_layout(golden):
    compared = 0
    for plan, line in golden:
        table = volume_layout(plan)
        for number, expected in enumerate(line["volume_layout"]):
            row = table[number] if number < len(table) else dict.fromkeys(LAYOUT)
            for name, value in zip(LAYOUT, expected, strict=True):
                got = BEYOND.get(name, 0) if row[name] is None else row[name]
                assert same(value, got), f"{line['id']} row {number + 1} {name}"
                compared += 1
    assert compared == 70 * len(golden) > 10_000


def test_the_first_ten_rows_of_every_backup_schedule(golden):
    full = 0
    for plan, line in golden:
        table = backup_schedule(plan)
        for number, expected in enumerate(line["backup_schedule"]):
            row = table[number] if number < len(table) else dict.fromkeys(DAYS, "--")
            if "#ERROR" not in expected:
                assert [str(row[day]) for day in DAYS] == [word.lower() for word in expected], line["id"]
                full += expected.count("Full")
    assert full > 500


@pytest.mark.slow
def test_the_volumes_of_a_server_add_up(golden):
    for plan, line in golden:
        total = sum(row["database_volume_size"] or 0 for row in volume_layout(plan))
        assert total == pytest.approx(plan["volume_database_volume_space.server"], rel=1e-9), line["id"]


def test_an_invalid_design_has_no_tables():
    plan = size({"tiers.1.mailboxes": 100, "environment.mailbox_servers": 1})
    assert plan.status == "invalid"
    assert volume_layout(plan) == backup_schedule(plan) == []


def test_databases_without_a_size_have_no_volumes():
    plan = size({"tiers.1.mailboxes": 5000, "tiers.1.mailbox_size_limit": 0})
    assert plan.status == "invalid"
    assert volume_layout(plan) == []


@pytest.mark.parametrize(
    ("form", "first"),
    [
        ("csv", "database,monday,tuesday,wednesday,thursday,friday,saturday,sunday\n1,full,full,"),
        ("markdown", "| database | monday | tuesday |"),
        ("table", "database  monday  tuesday"),
        ("json", '[\n  {\n    "database": 1,\n    "monday": "full"'),
    ],
)
def test_a_table_on_the_command_line(form, first):
    profile = str(PROFILES / "small_office.toml")
    out, err = io.StringIO(), io.StringIO()
    assert main(["size", profile, "--table", "backup_schedule", "--format", form], out, err) == 0
    assert out.getvalue().startswith(first)
