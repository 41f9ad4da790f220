"""The workbook of a design: every figure is the API's as a number, texts are never formulas, charts are its own."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pytest
from support.report_designs import DESIGNS, HOSTILE, INVALID, UNFIT, plan_of, record_of, record_of_design

from calculator._version import RESULTS_VERSION
from calculator.engine.results import HEADLINE
from calculator.engine.tables import volume_layout
from calculator.exporters.report import xlsx as report_xlsx
from calculator.exporters.report.content import ReportCell, one_line
from calculator.exporters.report.write import xlsx
from calculator.inputs.schema import all_paths
from calculator.layout import layout
from calculator.rules.registry import RULES

pytestmark = pytest.mark.slow  # a document for every design and result

SHEETS = [
    "Summary",
    "Issues",
    "Charts",
    "Explanations",
    "Inputs given",
    "Inputs assumed",
    "Failures",
    "Layout of copies",
    "Volumes",
    "Backups",
    "Results",
    "Sources",
]
WHY = "Does not apply because"


@pytest.fixture(scope="module")
def plans():
    return {name: plan_of(name) for name in DESIGNS}


@pytest.fixture(scope="module")
def files():
    return {name: report_xlsx.build_workbook(record_of_design(name)) for name in DESIGNS}


@pytest.fixture(scope="module")
def tame():
    """The workbook of the record in which every text is a plain word."""
    return openpyxl.load_workbook(io.BytesIO(report_xlsx.build_workbook(record_of("word"))))


@pytest.fixture(scope="module")
def books(files):
    return {name: openpyxl.load_workbook(io.BytesIO(data)) for name, data in files.items()}


def table(sheet, first):
    """Rows of the table of a sheet as dicts; its head begins with some word."""
    lines = list(sheet.iter_rows())
    [top] = [place for place, line in enumerate(lines) if line[0].value == first and line[1].value]
    head = [cell.value for cell in lines[top] if cell.value]
    return [dict(zip(head, line, strict=False)) for line in lines[top + 1 :]]


def all_cells(book):
    return [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]


# --- figures -------------------------------------------------------------------------------------


def test_a_sheet_a_subject(books):
    for book in books.values():
        assert book.sheetnames == SHEETS


@pytest.mark.parametrize("name", DESIGNS)
def test_every_result_is_there_with_its_exact_value_or_why_there_is_none(books, plans, name):
    plan = plans[name]
    rows = {row["Result"].value: row for row in table(books[name]["Results"], "Level")}
    assert set(rows) == set(plan)
    for column, value in plan.items():
        found = rows[column]["Value"]
        assert found.value == value, column
        assert value is None or isinstance(found.value, bool) == isinstance(value, bool)
        if isinstance(value, float):
            assert found.data_type == "n"
        assert bool(rows[column][WHY].value) == (value is None), column
        assert rows[column]["Meaning"].value.endswith(".")
        assert ": " in rows[column]["Source"].value


def test_levels_are_those_of_the_rules(books):
    for row in table(books["two datacenters"]["Results"], "Level"):
        parts = row["Result"].value.split(".")
        rule = RULES[parts[2] if parts[0] == "tiers" else parts[0]]
        assert row["Level"].value.lower() == rule.level_of(row["Result"].value).removeprefix("per_")


@pytest.mark.parametrize("name", DESIGNS)
def test_the_summary_holds_status_versions_and_headline(books, plans, name):
    sheet = books[name]["Summary"]
    texts = " ".join(str(line[0].value) for line in sheet.iter_rows(max_row=8))
    assert f"Status: {plans[name].status}." in texts
    assert ("Invalid: it does not work" in texts) == (name in INVALID)
    assert f"Version of the results: {RESULTS_VERSION}." in texts
    rows = table(sheet, "Figure")
    assert [row["Result"].value for row in rows] == list(HEADLINE)
    assert [row["Value"].value for row in rows] == [plans[name][column] for column in HEADLINE]


@pytest.mark.parametrize("name", DESIGNS)
def test_inputs_are_all_there(books, plans, name):
    profile, book = plans[name].profile, books[name]
    rows = table(book["Inputs given"], "Input") if profile.given else []
    given = {row["Path"].value: row["Value"].value for row in rows}
    assumed = {row["Path"].value for row in table(book["Inputs assumed"], "Input")}
    assert set(given) == set(profile.given)
    rest = {path for path in all_paths(profile.tiers) if not path.startswith(("export.", "names."))}
    assert assumed == rest - set(given)
    for path, value in given.items():
        wanted = profile.value(path)
        if isinstance(wanted, int | float):
            assert value == wanted, path


def test_numbers_are_formatted_by_their_unit(books):
    rows = {row["Result"].value: row["Value"] for row in table(books["two datacenters"]["Results"], "Level")}
    assert rows["cpu_utilization_by_mode.worst.primary"].number_format == "0.0%"
    assert rows["summary_databases"].number_format == "#,##0"
    assert rows["volume_database_volume_size"].number_format == "#,##0.00"
    inputs = {row["Path"].value: row["Value"] for row in table(books["two datacenters"]["Inputs assumed"], "Input")}
    assert inputs["data.volume_free_space"].number_format == "0.0%"


@pytest.mark.parametrize(
    ("value", "unit", "form"),
    [
        (0.5, "share", "0.0%"),
        (12.0, "GB", "#,##0"),
        (12.5, "GB", "#,##0.00"),
        (12.25, "MB", "#,##0.0"),
        (0.003, "1/s", "0.0000"),
        (-0.5, "1", "#,##0.00"),
        (0.0, "GB", "#,##0"),
    ],
)
def test_the_format_of_a_number(value, unit, form):
    assert report_xlsx.number_format(ReportCell(value, "", unit)) == form


def test_volumes_layout_and_failures(books, plans):
    plan = plans["two datacenters"]
    book = books["two datacenters"]
    volumes = [row["Database volume, GB"].value for row in table(book["Volumes"], "Database")]
    assert volumes == [row["database_volume_size"] for row in volume_layout(plan)]
    dag = layout(plan)
    for row, wanted in zip(table(book["Layout of copies"], "Database"), dag.grid(), strict=True):
        shown = {name: "" if cell.value is None else str(cell.value) for name, cell in row.items()}
        assert shown == {name.replace("database", "Database"): text for name, text in wanted.items()}
    failed = table(book["Failures"], "Failed")
    # No server, each server, and the loss of each datacenter before and after the restore.
    assert len(failed) == 1 + len(dag.server_names) + 4
    assert {row["Quorum holds"].value for row in failed} == {True}
    assert {row["Active nowhere"].value for row in failed} == {0}


def test_explanations_hold_numbers_and_sources(books, plans):
    rows = table(books["two datacenters"]["Explanations"], "Figure")
    step = plans["two datacenters"].explain("worst_cpu_utilization", depth=2)
    found = [row for row in rows if row["Name"].value == "cpu_utilization_by_mode" and row["Step"].value == 1]
    assert {row["Of"].value: row["Value"].value for row in found} == step.needs[0].values
    assert {row["Source"].value for row in found} == {step.needs[0].source}
    assert {row["Step"].value for row in rows} == {0, 1, 2}


# --- the file ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DESIGNS)
def test_heads_stay_in_sight_and_columns_can_be_filtered(books, name):
    for sheet in books[name]:
        if sheet.title == "Charts" or not sheet.auto_filter.ref:
            continue
        top = int(re.match(r"A(\d+):", sheet.auto_filter.ref)[1])
        assert sheet.freeze_panes == f"B{top + 1}"
        widths = [dimension.width for dimension in sheet.column_dimensions.values()]
        assert widths
        assert min(widths) >= 9
    for title in ("Summary", "Results", "Inputs assumed", "Sources"):
        assert books[name][title].auto_filter.ref


def test_charts_are_drawn_from_the_figures_beside_them(books, files, plans):
    book = books["two datacenters"]
    charts = book["Charts"]._charts
    titles = ["".join(run.t for line in chart.title.tx.rich.p for run in line.r or ()) for chart in charts]
    assert titles == [
        "Mailbox on disk",
        "Database volume",
        "CPU by failure",
        "Memory of a server",
        "Disks of a server",
        "Logs by hour",
        "Active databases of the servers",
    ]
    series = charts[2].series
    sheet = book["Charts"]
    for line, side in zip(series, ("primary", "secondary"), strict=True):
        cells = sheet[line.val.numRef.f.split("!")[1].replace("$", "")]
        wanted = [
            100 * plans["two datacenters"][f"cpu_utilization_by_mode.{mode}.{side}"]
            for mode in ("normal", "single", "double", "site", "worst")
        ]
        assert [cell.value for (cell,) in cells] == pytest.approx(wanted, rel=1e-9)
    volume = charts[1]
    assert volume.grouping == "stacked"
    firsts = [of.val.numRef.f.split("!")[1].replace("$", "").split(":")[0] for of in volume.series]
    total = sum(sheet[first].value for first in firsts)
    assert total == pytest.approx(plans["two datacenters"]["volume_database_volume_size"], rel=1e-9)


@pytest.mark.parametrize("name", DESIGNS)
def test_no_formula_no_link_and_nothing_from_elsewhere(books, files, name):
    assert {cell.data_type for cell in all_cells(books[name])} <= {"s", "n", "b"}
    assert not any(cell.hyperlink for cell in all_cells(books[name]))
    with zipfile.ZipFile(io.BytesIO(files[name])) as archive:
        assert archive.testzip() is None
        for part in archive.namelist():
            assert "externalLink" not in part
            assert b'TargetMode="External"' not in archive.read(part)


def test_the_same_design_gives_the_same_bytes(plans, files):
    assert xlsx(plans["RAID"]) == files["RAID"]


@pytest.mark.parametrize("text", [*HOSTILE, *UNFIT])
def test_texts_stay_text_wherever_they_stand(tame, text):
    book = openpyxl.load_workbook(io.BytesIO(report_xlsx.build_workbook(record_of(text))))
    shown = one_line(text)
    cells, places = all_cells(book), [cell for cell in all_cells(tame) if "word" in str(cell.value)]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert not any(cell.hyperlink for cell in cells)
    assert len(places) > 20
    for cell in places:
        found = book[cell.parent.title][cell.coordinate]
        assert found.data_type == "s"
        assert found.value == cell.value.replace("word", shown)
