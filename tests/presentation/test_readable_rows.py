"""Rows of tables for people: shares in percent, and units by the names that people know."""

from __future__ import annotations

import io
import re

import pytest
from support.paths import PROFILES

from calculator import size
from calculator.cli.main import main
from calculator.cli.printing import FOR_PEOPLE
from calculator.presentation.rows import readable_row

ACTIVE_ACTIVE, SINGLE_SITE = (str(PROFILES / f"{name}.toml") for name in ("active_active", "single_site"))
CPU, IOPS = "cpu_utilization_by_mode.worst.primary", "summary_database_iops.server"


def run(*argv: str) -> str:
    out = io.StringIO()
    main(list(argv), stdout=out, stderr=io.StringIO())
    return out.getvalue()


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        (
            {"column": CPU, "value": 0.52076171875, "unit": "1", "level": "per_server"},
            {"column": CPU, "value": "52.0762", "unit": "%", "level": "per_server"},
        ),
        ({"column": IOPS, "value": 321.6, "unit": "1/s"}, {"column": IOPS, "value": "321.6", "unit": "IOPS"}),
        # a factor without a unit is not a share
        (
            {"result": "databases_raised", "value": 1.5, "unit": "1"},
            {"result": "databases_raised", "value": "1.5", "unit": ""},
        ),
        # comparison: values in the unit of the row, changes in percent
        (
            {"column": "summary_memory.primary", "unit": "GB", "value.1": 96.0, "value.2": 64.0, "change.2": -1 / 3},
            {
                "column": "summary_memory.primary",
                "unit": "GB",
                "value.1": "96",
                "value.2": "64",
                "change.2": "-33.3333 %",
            },
        ),
        # an input that is a share, and one in decimal GB
        (
            {"path": "tiers.1.mailbox_growth", "unit": "1", "value.1": 0.1},
            {"path": "tiers.1.mailbox_growth", "unit": "%", "value.1": "10"},
        ),
        (
            {"path": "storage.primary.database_disk_capacity", "unit": "GB (decimal)", "value.1": 4000.0},
            {"path": "storage.primary.database_disk_capacity", "unit": "GB (decimal)", "value.1": "4,000"},
        ),
        # the ends of a range are in the unit of the input
        (
            {"result": IOPS, "unit": "1/s", "input": "guidance.client_access_ratio", "input_unit": "1", "low": 0.25},
            {"result": IOPS, "unit": "IOPS", "input": "guidance.client_access_ratio", "input_unit": "%", "low": "25"},
        ),
        ({"event": "volume_full", "probability": 0.1515, "low": 0.1365}, ("volume_full", "15.15 %", "13.65 %")),
        ({"result": CPU, "unit": "1", "first_order": 0.5, "total": 0.6}, (CPU, "%", "50 %", "60 %")),
        ({"part": "total", "total": 0.6, "utilization": 0.365}, ("total", "0.6", "36.5 %")),
        ({"figure": "share_lost", "value": 0.25}, ("share_lost", "25 %")),
        ({"figure": "mean_active_databases", "value": 8.5}, ("mean_active_databases", "8.5")),
        ({"month": 3, "volume_fill.primary": 0.0858977, "cpu_worst": None}, ("3", "8.58977 %", "n/a")),
        ({"limit": "cpu", "threshold": 0.8, "unit": "1"}, ("cpu", "80", "%")),
    ],
)
def test_cells_for_people(row, shown):
    assert readable_row(row) == (shown if isinstance(shown, dict) else dict(zip(row, shown, strict=True)))


@pytest.mark.parametrize("form", FOR_PEOPLE)
@pytest.mark.parametrize(
    "command",
    [
        ("size", ACTIVE_ACTIVE, "--results", "all"),
        ("compare", ACTIVE_ACTIVE, SINGLE_SITE),
        ("sensitivity", ACTIVE_ACTIVE, "--results", f"{CPU},{IOPS}"),
        ("timeline", ACTIVE_ACTIVE, "--months", "2", "--table", "limits"),
    ],
)
def test_no_table_for_people_shows_the_units_of_programs(form, command):
    out = run(*command, "--format", form)
    assert "IOPS" in out
    assert not re.search(r"\s1/s\s", out)
    assert re.search(r"\s%\s", out)


def test_csv_and_json_keep_canonical_values():
    plan = size(ACTIVE_ACTIVE)
    out = run("size", ACTIVE_ACTIVE, "--results", f"{CPU},{IOPS}", "--format", "csv")
    assert f"{CPU},{plan[CPU]!r},1,per_server," in out
    assert f"{IOPS},{plan[IOPS]!r},1/s,per_server," in out
