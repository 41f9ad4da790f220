"""The workbook of a design: every figure is the API's as a number, texts are never formulas, charts are its own."""

from __future__ import annotations

import io
import itertools
import re
import zipfile

import openpyxl
import pytest
from support.report_designs import DESIGNS, HOSTILE, INVALID, UNFIT, plan_of, record_of, record_of_design

from calculator._version import RESULTS_VERSION
from calculator.engine.tables import volume_layout
from calculator.exporters.report import xlsx as report_xlsx
from calculator.exporters.report.content import About, ReportCell, one_line
from calculator.exporters.report.record import MOST_ON_FIRST_PAGE
from calculator.exporters.report.write import xlsx
from calculator.inputs.schema import all_paths
from calculator.layout import layout
from calculator.presentation.charts import servers
from calculator.presentation.figures import figure_text, rule_of

pytestmark = pytest.mark.slow  # a document for every design and result

SHEETS = [
    "Summary",
    "Issues",
    "Main figures",
    "Charts",
    "Failures",
    "Answers",
    "Assumptions",
    "Explanations",
    "All inputs",
    "Layout of copies",
    "Server failures",
    "Volumes",
    "Backups",
    "Results",
    "Quirks",
    "Deployment files",
    "All sources",
]
BODY = SHEETS[:7]
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
    """Rows of the table of a sheet as dicts, up to an empty line; its head begins with some word."""
    lines = list(sheet.iter_rows())
    top = next(place for place, line in enumerate(lines) if line[0].value == first and line[1].value)
    head = [cell.value for cell in lines[top] if cell.value]
    rows = itertools.takewhile(lambda line: any(cell.value is not None for cell in line), lines[top + 1 :])
    return [dict(zip(head, line, strict=False)) for line in rows]


def results_of(sheet):
    """Rows of results, without those that name a level."""
    return [row for row in table(sheet, "Level") if row["Column"].value]


def all_cells(book):
    return [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]


# --- figures -------------------------------------------------------------------------------------


def test_a_workbook_has_one_sheet_per_subject(books):
    for book in books.values():
        assert book.sheetnames == SHEETS


@pytest.mark.parametrize("name", DESIGNS)
def test_every_result_is_there_with_its_exact_value_or_why_there_is_none(books, plans, name):
    plan = plans[name]
    rows = {row["Column"].value: row for row in results_of(books[name]["Results"])}
    assert set(rows) == set(plan)
    for column, value in plan.items():
        found = rows[column]["Value"]
        if isinstance(value, str):
            assert found.value == figure_text(rule_of(column)[0], value)
            continue
        assert found.value == value, column
        assert value is None or isinstance(found.value, bool) == isinstance(value, bool)
        if isinstance(value, float):
            assert found.data_type == "n"
        assert bool(rows[column][WHY].value) == (value is None), column
        assert rows[column]["Result"].value
        assert ": " in rows[column]["Source"].value


def test_levels_are_those_of_the_rules_and_folded(books):
    sheet = books["two datacenters"]["Results"]
    levels = {row["Level"].value for row in table(sheet, "Level")}
    for row in results_of(sheet):
        rule, _ = rule_of(row["Column"].value)
        assert row["Level"].value.lower() == rule.level_of(row["Column"].value).removeprefix("per_")
        line = sheet.row_dimensions[row["Level"].row]
        assert (line.outline_level, line.hidden) == (1, True)
    shown = [row["Level"] for row in table(sheet, "Level") if not row["Column"].value]
    assert {cell.value for cell in shown} == levels
    assert not any(sheet.row_dimensions[cell.row].hidden for cell in shown)


@pytest.mark.parametrize("name", DESIGNS)
def test_the_first_sheet_is_the_first_page(books, name):
    sheet, first = books[name]["Summary"], record_of_design(name).first
    texts = [str(line[0].value) for line in sheet.iter_rows()]
    assert texts[texts.index(f"{first.badge}. {one_line(first.verdict)}") + 1] == first.version
    assert f"Version of the results: {RESULTS_VERSION}." in " ".join(texts)
    assert ("This design does not work" in " ".join(texts)) == (name in INVALID)
    tiles, shopping = first.section.parts[:2]
    assert [[cell.value for cell in row.values()] for row in table(sheet, "Figure")] == [
        [one_line(text) or None for text in (tile.name, tile.figure, tile.note)] for tile in tiles.tiles
    ]
    if isinstance(shopping, str):
        assert shopping in texts
    else:
        assert [row["What to buy"].value for row in table(sheet, "What to buy")] == [row[0] for row in shopping.rows]
        assert {row["In all"].data_type for row in table(sheet, "What to buy")} == {"n"}
    has_map = not plan_of(name).without_mailboxes and name not in NO_COPIES
    assert len(sheet._images) == has_map
    is_large = has_map and (plan_of(name)["databases"] or 0) > MOST_ON_FIRST_PAGE
    assert len(books[name]["Layout of copies"]._images) == is_large


NO_COPIES = ("a standalone server", *INVALID)


@pytest.mark.parametrize("name", DESIGNS)
def test_the_lines_below_the_picture_of_the_first_sheet_are_clear_of_it(books, name):
    sheet = books[name]["Summary"]
    for image in sheet._images:
        (first, last) = image.anchor._from.row + 1, image.anchor.to.row + 1
        assert not [cell.value for row in sheet.iter_rows(first, last) for cell in row if cell.value]


@pytest.mark.parametrize("name", DESIGNS)
def test_no_sheet_is_wider_than_a_page_can_show(books, name):
    for sheet in books[name]:
        if sheet.title not in ("Charts", "Layout of copies"):
            width = sum(each.width * (each.max - each.min + 1) for each in sheet.column_dimensions.values())
            assert width < report_xlsx.FITTING + 25, sheet.title


def test_the_heads_of_numbers_stand_above_them(books):
    sheet = next(iter(books.values()))["Main figures"]
    heads = {cell.value: cell.alignment.horizontal for row in sheet.iter_rows(1, 4) for cell in row if cell.value}
    assert (heads["Value"], heads["Figure"]) == ("right", None)


def test_the_title_block_is_in_the_sheet_and_in_the_properties(plans):
    about = About("Mail", "=Contoso", "A. Planner", "5 March 2026")
    book = openpyxl.load_workbook(io.BytesIO(xlsx(plans["a standalone server"], about=about)))
    assert [book["Summary"].cell(line, 1).value for line in range(1, 5)] == [
        "Mail",
        "Customer: =Contoso",
        "Author: A. Planner",
        "Date: 5 March 2026",
    ]
    assert (book.properties.title, book.properties.creator) == ("Mail", "A. Planner")


@pytest.mark.parametrize("name", DESIGNS)
def test_the_body_is_printed_on_at_most_twelve_pages(books, name):
    heights = {title: books[name][title].page_setup.fitToHeight for title in SHEETS}
    pages = {title: 1 if height is None else height for title, height in heights.items()}
    pages["Charts"] = 1 + len(books[name]["Charts"].row_breaks.brk)
    assert 10 <= sum(pages[title] for title in BODY) <= 12
    assert {pages[title] for title in SHEETS[len(BODY) :]} == {0}
    for title in SHEETS:
        assert bool(books[name][title].sheet_properties.pageSetUpPr.fitToPage) == (title != "Charts")
        assert books[name][title].page_setup.fitToWidth in (None, 1)


@pytest.mark.parametrize("name", DESIGNS)
def test_inputs_are_all_there(books, plans, name):
    profile = plans[name].profile
    rows = table(books[name]["All inputs"], "Input")
    stated = {row["Path"].value: row["Value"].value for row in rows if row["Answer"].value == "stated"}
    assumed = {row["Path"].value for row in rows if row["Answer"].value == "assumed"}
    assert set(stated) == set(profile.given)
    rest = {path for path in all_paths(profile.tiers) if not path.startswith(("export.", "names."))}
    assert assumed == rest - set(stated)
    for path, value in stated.items():
        wanted = profile.value(path)
        if isinstance(wanted, int | float):
            assert value == wanted, path


def test_numbers_are_formatted_by_their_unit(books):
    rows = {row["Column"].value: row["Value"] for row in results_of(books["two datacenters"]["Results"])}
    assert rows["cpu_utilization_by_mode.worst.primary"].number_format == "0.0 %"
    assert rows["summary_databases"].number_format == "#,##0"
    assert rows["volume_database_volume_size"].number_format == "#,##0.00"
    inputs = {row["Path"].value: row["Value"] for row in table(books["two datacenters"]["All inputs"], "Input")}
    assert inputs["data.volume_free_space"].number_format == "0.0 %"


@pytest.mark.parametrize(
    ("value", "unit", "form"),
    [
        (0.5, "share", "0.0 %"),
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
    failed = table(book["Failures"], "Failure")
    # No failure, one and two servers, and the loss of each datacenter before and after the restore.
    assert len(failed) == 3 + 4
    assert {row["Quorum"].value for row in failed} == {"holds"}
    assert {row["Without an active copy"].value for row in failed} == {0}
    assert len(table(book["Server failures"], "Failure")) == len(dag.server_names)


def test_explanations_hold_numbers_and_sources_and_are_folded(books, plans):
    sheet = books["two datacenters"]["Explanations"]
    rows = table(sheet, "Figure")
    step = plans["two datacenters"].explain("worst_cpu_utilization", depth=2)
    found = [row for row in rows if row["Name"].value == "cpu_utilization_by_mode" and row["Step"].value == 1]
    assert [row["Value"].value for row in found] == list(step.needs[0].values.values())
    assert found[0]["Where"].value == "normal operation, primary datacenter"
    assert {row["Source"].value for row in found} == {step.needs[0].source}
    assert {row["Step"].value for row in rows} == {0, 1, 2}
    for row in rows:
        assert sheet.row_dimensions[row["Step"].row].hidden == (
            row["Step"].value > 0 or row["Step"] not in first_of(rows)
        )


def first_of(rows):
    """Cells of the first row of each figure."""
    return list({row["Figure"].value: row["Step"] for row in reversed(rows)}.values())


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
    for title in ("Main figures", "Assumptions", "All inputs", "Results", "All sources"):
        assert books[name][title].auto_filter.ref


def test_charts_are_drawn_from_the_figures_next_to_them(books, files, plans):
    book = books["two datacenters"]
    charts = book["Charts"]._charts
    titles = ["".join(run.t for line in chart.title.tx.rich.p for run in line.r or ()) for chart in charts]
    assert titles == [
        "Mailbox on disk",
        "Database volume",
        "Logs by hour",
        "Memory of a server",
        "Disks of a server",
        "CPU by failure",
        "Active databases of the servers",
    ]
    series = charts[5].series
    sheet = book["Charts"]
    for line, side in zip(series, ("Primary", "Secondary"), strict=True):
        cells = sheet[line.val.numRef.f.split("!")[1].replace("$", "")]
        wanted = [row["cpu"] for row in servers.cpu(plans["two datacenters"]).rows if row["side"] == side]
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
def test_texts_stay_text_everywhere_in_the_report(tame, text):
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
