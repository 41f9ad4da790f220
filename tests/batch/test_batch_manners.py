"""What passes through a batch, workbooks and CSV for Excel, code pages, and the summary of a run."""

import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from support.batch_files import ERRORS, HEADER, LIST, refused, rows, run
from support.batch_runs import run as run_file
from support.batch_runs import text_of

from calculator.batch import csv_reader
from calculator.batch.workbook import WorkbookWriter
from calculator.cli.main import main
from calculator.issues import InputError

UNKNOWN = (
    "id,Country,tiers.1.mailboxes,Plan [old],Plan [new],tiers.1.mailboxs\na,Österreich,1000,x,y,7\nb,=2+3,2000,,,\n"
)
SAID = (
    'notice: designs.csv header column 2: "Country": is not an input, so the column is copied to the results.\n'
    'notice: designs.csv header column 4: "Plan [old]": is not an input, so the column is copied to the results.\n'
    'notice: designs.csv header column 5: "Plan [new]": is not an input, so the column is copied to the results.\n'
)


def test_columns_that_are_not_inputs_are_carried_through_in_their_order(here):
    code, _, err = run(UNKNOWN)
    assert code == 0
    assert err == (
        'warning: designs.csv header column 6: "tiers.1.mailboxs": is not an input: the column is not used, and is '
        f'copied to the results. Did you mean "tiers.1.mailboxes"? {LIST}\n{SAID}2 designs: 2 notice\n'
    )
    carried = ["Country", "Plan [old]", "Plan [new]", "tiers.1.mailboxs"]
    assert list(rows()[0])[:7] == ["id", "status", "issues", *carried]
    assert [[line[name] for name in carried] for line in rows()] == [
        ["Österreich", "x", "y", "7"],
        ["'=2+3", "", "", ""],
    ]


def test_strict_refuses_them(here):
    assert refused(UNKNOWN, "--strict").splitlines() == [
        f'designs.csv header column 2: "Country": is not an input. {LIST}',
        f'designs.csv header column 4: "Plan": is not an input. {LIST}',
        f'designs.csv header column 5: "Plan": is not an input. {LIST}',
        f'designs.csv header column 6: "tiers.1.mailboxs": is not an input. Did you mean "tiers.1.mailboxes"? {LIST}',
    ]


def test_quiet_leaves_out_the_notices(here):
    said = run(UNKNOWN, "--quiet")[2].splitlines()
    assert [line.split(":")[0] for line in said] == ["warning", "2 designs"]


def test_results_of_an_earlier_run_can_be_corrected_and_run_again(here):
    run(HEADER + "a,1000\n", "--with-inputs")
    first = (here / "results.csv").read_text()
    code, _, err = run(first, "--with-inputs", source="again.csv")
    assert (code, (here / "results.csv").read_text()) == (0, first)
    assert err.splitlines()[0] == (
        'notice: again.csv header column 2: "status": is also a column of the results, so the column of the file is'
        " left out. Rename it to keep them."
    )
    assert len(err.splitlines()) == len(first.splitlines()[0].split(",")) - 2 + 1  # all but id and the input; the sum


def test_inputs_pass_through_as_they_are(here):
    run("tiers.1.mailboxes,note.n,tiers.1.mailbox_size_limit [GB]\n1000,n,\nmany,,2048 MB\n", "--with-inputs")
    assert (here / "results.csv").read_text().splitlines()[0] == (
        "id,status,issues,tiers.1.mailboxes,note.n,tiers.1.mailbox_size_limit [GB],"
        "tiers.1.mailbox_size_on_disk,summary_databases"
    )
    given = ("tiers.1.mailboxes", "note.n", "tiers.1.mailbox_size_limit [GB]")
    assert [[line[name] for name in given] for line in rows()] == [["1000", "n", ""], ["many", "", "2048 MB"]]


RESULTS = "volume_database_volume_size,summary_databases,design_invalid"


# --- Excel ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [";", "\t"])
def test_excel_gets_its_separator_its_decimal_sign_and_a_mark(here, separator):
    text = "id;tiers.1.mailboxes;data.volume_free_space\nä;1000;0,25\nb;x;0,1\n".replace(";", separator)
    run(text, results=RESULTS)
    plain = rows()
    run(text, "--excel", *ERRORS, results=RESULTS)
    data = (here / "results.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfid" + separator.encode() + b"status")
    cells = [line.split(separator) for line in data.decode("utf-8-sig").splitlines()]
    assert cells[1][0] == '"ä"'
    volume, databases, flag = list(plain[0].values())[3:]
    assert "." in volume
    assert cells[1][-3:] == [volume.replace(".", ","), databases, flag]
    assert (here / "errors.csv").read_bytes().startswith(b"\xef\xbb\xbferror.row" + separator.encode())


def test_excel_with_commas_keeps_points(here):
    run(HEADER + "a,1000\n")
    plain = (here / "results.csv").read_bytes()
    run(HEADER + "a,1000\n", "--excel")
    assert (here / "results.csv").read_bytes() == b"\xef\xbb\xbf" + plain


@pytest.mark.parametrize(
    ("target", "encoding"), [("results.csv", "utf-8"), ("results.csv.gz", "utf-8"), ("results.csv", "cp1252")]
)
@pytest.mark.slow
def test_a_resumed_run_for_excel_gives_the_same_bytes(here, monkeypatch, target, encoding):
    monkeypatch.setattr(csv_reader, "BLOCK", 8_000)
    Path("designs.csv").write_bytes(text_of(1500).replace("note.where", "Where").encode(encoding))
    options = {"excel": True, "with_inputs": True, "target": target}
    whole = run_file(**options)
    expected = {name: Path(name).read_bytes() for name in (target, "errors.csv")}
    parallel = run_file(jobs=2, **options)
    assert {name: Path(name).read_bytes() for name in expected} == expected

    def stop(done, share):
        if done > 500:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("calculator.batch.targets.SECONDS_BETWEEN_CHECKPOINTS", 0)
        with pytest.raises(KeyboardInterrupt):
            run_file(progress=stop, **options)
    with pytest.raises(InputError, match="was written with other columns"):
        run_file(resume=True, **{**options, "excel": False})
    resumed = run_file(resume=True, **options)
    assert {name: Path(name).read_bytes() for name in expected} == expected
    assert whole.summary() == parallel.summary() == resumed.summary()
    assert "Most frequent reasons" in whole.summary()


# --- workbooks -----------------------------------------------------------------------------------


def test_a_workbook_holds_what_csv_holds(here):
    text = HEADER + "a,1000\n=b,2000\nc,x\n"
    run(text)
    run(text, target="results.xlsx")
    first = (here / "results.xlsx").read_bytes()
    run(text, target="results.xlsx")
    assert (here / "results.xlsx").read_bytes() == first
    head, *lines = openpyxl.load_workbook("results.xlsx")["Results"].iter_rows(values_only=True)
    assert [dict(zip(head, line, strict=True)) for line in lines] == [
        {
            name: (float(cell) if name in head[3:] else cell.removeprefix("'")) if cell else None
            for name, cell in line.items()
        }
        for line in rows()
    ]


def test_a_workbook_holds_no_more_designs_than_a_sheet(here, monkeypatch):
    monkeypatch.setattr("calculator.batch.workbook.MOST_ROWS", 3)
    assert refused(HEADER + "a,1000\n" * 3, target="results.xlsx") == (
        "results.xlsx: would have more than 2 designs, but a sheet has no more rows. Write CSV, or split the file "
        "of designs."
    )
    assert run(HEADER + "a,1000\n" * 2, target="results.xlsx")[0] == 0


def test_a_workbook_holds_no_more_results_than_a_sheet(monkeypatch):
    monkeypatch.setattr("calculator.batch.workbook.MOST_COLUMNS", 2)
    with pytest.raises(InputError) as refusal:
        WorkbookWriter(None, type("Schema", (), {"names": ["id", "status", "issues"]}), "results.xlsx")
    assert str(refusal.value) == (
        "results.xlsx: would have 3 columns, but a sheet has at most 2. Ask for fewer results, or write CSV."
    )


@pytest.mark.parametrize(
    "name", ["results.xls", "results.ods", "results.xlsx.gz", "results.JSON", "results.parquet.gz"]
)
def test_csv_has_no_name_of_another_kind(here, name):
    assert refused(HEADER + "a,1000\n", target=name) == (
        f"{name}: is not a kind of file that can be written. Name a file that ends in .csv, .csv.gz, .parquet or .xlsx."
    )


def test_the_errors_file_is_csv(here):
    assert refused(HEADER + "a,1000\n", "--errors", "errors.xlsx") == (
        "errors.xlsx: is not the name of a CSV file, which the errors file always is. Let its name end in .csv."
    )


def test_excel_is_for_csv(here):
    assert refused(HEADER + "a,1000\n", "--excel", target="results.xlsx") == (
        "results.xlsx: is not a CSV file, so --excel does not apply to it. Remove --excel."
    )


def test_a_workbook_of_designs_is_named(here):
    with zipfile.ZipFile("designs.csv", "w") as file:
        file.writestr("xl/workbook.xml", "")
    assert refused(None) == (
        "designs.csv: is a workbook or another zip file. Give the CSV file itself: unpack it, or save it as CSV."
    )


# --- code pages and the summary --------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_in_a_windows_code_page_is_read_with_a_notice(here, packed):
    data = "id;tiers.1.mailboxes\nZürich €;1000\n".encode("cp1252")
    name = "designs.csv.gz" if packed else "designs.csv"
    Path(name).write_bytes(gzip.compress(data) if packed else data)
    code, _, err = run(None, source=name)
    assert (code, [line["id"] for line in rows()]) == (0, ["Zürich €"])
    assert err.splitlines()[0] == (
        f"notice: {name}: is not UTF-8, so it was read in the Windows code page 1252. If names look wrong, export "
        "it with -Encoding UTF8."
    )


def test_the_summary_counts_the_reasons(here):
    text = "tiers.1.mailboxes,database_copies.ha_copies,environment.mailbox_servers\n"
    text += "many,,\n" * 3 + "lots,,\n" + "1000,5,3\n" * 2 + "1000,2,-4\n" + "1000,2,4\n"
    code, _, err = run(text)
    lines = err.splitlines()
    assert code == 1
    assert lines[0].startswith("8 designs: ")
    assert lines[1:3] == [
        "Most frequent reasons, each with the message of its first design:",
        '  4 designs: error: tiers.1.mailboxes: "many" is not a number.',
    ]
    assert "  1 design: error: environment.mailbox_servers: -4 servers is below 1." in lines
    assert any(line.startswith("  2 designs: error: database_copies") for line in lines)


def test_no_more_than_five_reasons_are_shown(here):
    names = [
        "mailboxes",
        "messages_per_day",
        "message_size",
        "mailbox_size_limit",
        "deleted_item_retention",
        "iops_multiplier",
        "megacycles_multiplier",
    ]
    text = ",".join(f"tiers.1.{name}" for name in names) + "\n" + ",".join(["x"] * len(names)) + "\n"
    assert run(text)[2].splitlines()[-1] == "  ... and 2 more reasons."


def test_issues_of_the_base_are_printed_once(tmp_path):
    source = tmp_path / "designs.csv"
    source.write_text("id,tiers.1.mailboxes\na,10\nb,20\n")
    setting = "export.retain_deleted_items_until_backup=true"
    err = io.StringIO()
    arguments = ["batch", str(source), "-o", str(tmp_path / "results.csv"), "--set", setting]
    assert main([*arguments, "--set", "tiers.3.mailboxes=5"], io.StringIO(), err) == 0
    assert err.getvalue().count("deleted items are kept forever") == 1
    assert err.getvalue().count("Tier 2 has no mailboxes") == 1  # a column gives tier 1
