"""Many designs from a file or a table."""

import csv
import gzip
import io
import os
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.strategies import random_columns, row
from support.system import needs_links

from calculator import InputError, size, size_many
from calculator.batch import csv_reader, header, sizer, sources
from calculator.batch import run as batch_files
from calculator.cli.main import main
from calculator.inputs.profile import Profile

LIST = "Every input: python -m calculator fields"
HEADER = "id,tiers.1.mailboxes\n"
COLUMNS = "tiers.1.mailbox_size_on_disk,summary_databases"
ERRORS = ("--errors", "errors.csv")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(text, *more, source="designs.csv", target="results.csv", results=COLUMNS):
    """Exit code, results and what is said of a batch."""
    if text is not None:
        data = text if isinstance(text, bytes) else text.encode()
        with open(source, "wb") as file:
            file.write(gzip.compress(data) if source.endswith(".gz") else data)
    out, err = io.StringIO(), io.StringIO()
    code = main(["batch", source, "-o", target, "--results", results, *more], out, err)
    leftover = [name for name in os.listdir() if ".part" in name]
    assert leftover == []
    return code, out.getvalue(), err.getvalue()


def rows(path="results.csv"):
    with open(path, "rb") as file:
        data = file.read()
    text = (gzip.decompress(data) if path.endswith(".gz") else data).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def refused(text, *more, **options):
    """What is said of a batch that cannot be run: nothing is written then."""
    target = options.get("target", "results.csv")
    code, out, err = run(text, *more, **options)
    assert (code, out) == (2, "")
    assert not os.path.isfile(target)
    assert not os.path.exists("errors.csv")
    return err.rstrip("\n")


def problems(text):
    """Errors of each row."""
    run(text)
    return [
        [part.removeprefix("error: ") for part in line["issues"].split(" | ") if part.startswith("error: ")]
        for line in rows()
    ]


# --- the header ----------------------------------------------------------------------------------

HEADERS = {
    "an unknown column": (
        "id,tiers.1.mailboxs\n",
        f'designs.csv header column 2: "tiers.1.mailboxs": is not an input. Did you mean "tiers.1.mailboxes"? {LIST}',
    ),
    "a column like no other": ("xyzzy\n", f'designs.csv header column 1: "xyzzy": is not an input. {LIST}'),
    "a column without a name": (
        "id,,tiers.1.mailboxes\n",
        'designs.csv header column 2: "": The column has no name. Name it, or remove it.',
    ),
    "a doubled column": (
        "tiers.1.message_size [KB],tiers.1.message_size\n",
        'designs.csv header: "tiers.1.message_size": stands twice in the header. Keep one of the columns.',
    ),
    "a wrong unit": (
        "tiers.1.mailboxes [GB]\n",
        'designs.csv header column 1: tiers.1.mailboxes: "GB" does not fit here, a unit like mailboxes does. '
        "Plain numbers are in mailboxes.",
    ),
    "an unknown unit": (
        "tiers.1.message_size [stones]\n",
        'designs.csv header column 1: tiers.1.message_size: "stones" is not a unit. Plain numbers are in KB.',
    ),
    "a unit on a choice": (
        "raid.raid [%]\n",
        'designs.csv header column 1: raid.raid: "%" is given as its unit, but it is no number. Leave the unit out.',
    ),
    "tier 0": (
        "tiers.0.mailboxes\n",
        'designs.csv header column 1: "tiers.0.mailboxes": is not an input. Tiers are numbered from 1 to 500.',
    ),
    "a hundred thousand blanks": (" " * 100_000 + "]\n", f'designs.csv header column 1: "]": is not an input. {LIST}'),
    "several problems": (
        "a,a,raid.raid [GB]\n",
        f'designs.csv header column 1: "a": is not an input. {LIST}\n'
        'designs.csv header: "a": stands twice in the header. Keep one of the columns.\n'
        'designs.csv header column 3: raid.raid: "GB" is given as its unit, but it is no number. Leave the unit out.',
    ),
    "an empty file": ("", "designs.csv: is empty. Give a header line that names inputs, and a row a design."),
    "an empty line": ("\nid\n", "designs.csv: is empty. Give a header line that names inputs, and a row a design."),
    "a header of commas": (",,\n", "designs.csv: is empty. Give a header line that names inputs, and a row a design."),
    "binary junk": (
        bytes(range(256)),
        "designs.csv: is not a text file: there are bytes after line 1 that are no UTF-8. Save it as UTF-8 text.",
    ),
}


@pytest.mark.parametrize("case", HEADERS)
def test_a_header_is_explained(here, case):
    text, message = HEADERS[case]
    assert refused(text, *ERRORS) == message


def test_a_header_alone_gives_a_header(here):
    code, _, err = run(HEADER)
    assert (code, err) == (0, "0 designs: none\n")
    assert (here / "results.csv").read_text() == "id,status,issues,tiers.1.mailbox_size_on_disk,summary_databases\n"


def test_a_byte_order_mark_and_windows_line_ends_are_read(here):
    assert run("\ufeff" + HEADER.replace("\n", "\r\n") + "a,1000\r\n")[0] == 0
    assert [line["id"] for line in rows()] == ["a"]


def test_units_stand_in_the_header_or_in_the_cell(here):
    run("tiers.1.mailboxes,tiers.1.mailbox_size_limit [GB]\n1000,2\n1000,2048 MB\n1000,\n")
    plain = size({"tiers.1.mailboxes": 1000, "tiers.1.mailbox_size_limit": 2048})
    sizes = [float(line["tiers.1.mailbox_size_on_disk"]) for line in rows()]
    default = size({"tiers.1.mailboxes": 1000})["tiers.1.mailbox_size_on_disk"]
    assert sizes == [plain["tiers.1.mailbox_size_on_disk"]] * 2 + [default]


# --- rows ----------------------------------------------------------------------------------------


def test_every_problem_of_every_row_is_told(here):
    text = "id,tiers.1.messages_per_day,raid.raid,environment.dags,storage.primary.log_disk_capacity\n"
    assert problems(text + 'a,-1,riad5,1.5,\nb,"5,000",,x,none\nc,,,,\n')[:2] == [
        [
            "tiers.1.messages_per_day: -1 messages/day is below 0.",
            'raid.raid: "riad5" is not a choice.',
            "environment.dags: 1.5 DAGs is not a whole number.",
        ],
        ['tiers.1.messages_per_day: "5,000" is not a number.', 'environment.dags: "x" is not a number.'],
    ]
    assert [line["status"] for line in rows()] == ["error", "error", "invalid"]
    assert [line["summary_databases"] for line in rows()][:2] == ["", ""]


def test_short_and_long_rows_keep_their_place(here):
    assert problems(HEADER + "a\nb,1000,5\nc,1000\n") == [
        ["row: 1 cell, the header has 2."],
        ["row: 3 cells, the header has 2."],
        [],
    ]
    assert [line["id"] for line in rows()] == ["a", "b", "c"]


def test_blank_lines_are_left_out(here):
    run("\n".join([HEADER.strip(), "", "a,1000", "  ", "", "b,-1", ""]), *ERRORS)
    assert [line["id"] for line in rows()] == ["a", "b"]
    assert rows("errors.csv")[0]["error.row"] == "6"


def test_a_blank_cell_in_a_single_column_is_a_design(here):
    run('tiers.1.mailboxes\n""\n5\n')
    assert [(line["id"], line["status"]) for line in rows()] == [("1", "invalid"), ("2", "notice")]


def test_an_empty_cell_is_the_value_of_the_base(here):
    (here / "base.toml").write_text("[[tiers]]\nmailboxes = 700\n[[tiers]]\nmailboxes = 300\n")
    run("id,tiers.1.mailboxes\na,\nb,700\n", "--profile", "base.toml", "--set", "tiers.2.mailboxes=400")
    alone = size({"tiers.1.mailboxes": 700, "tiers.2.mailboxes": 400})
    assert [float(line["summary_databases"]) for line in rows()] == [alone["summary_databases"]] * 2


@pytest.mark.slow
def test_none_is_a_disk_that_is_not_there(here):
    path = "storage.primary.restore_disk_capacity"
    run(f"tiers.1.mailboxes,{path} [TB]\n1000,none\n1000,4\n", results="all")
    columns = rows()
    for line, capacity in zip(columns, ("none", "4 TB"), strict=True):
        alone = size({"tiers.1.mailboxes": 1000, path: capacity})
        assert line["storage_disks_total.environment"] == f"{alone['storage_disks_total.environment']:.0f}"


def test_names_and_notes_pass_through(here):
    text = "id,note.site,tiers.1.name,tiers.1.mailboxes,note.b\na,Berlin,Staff,1000,x\nb,,,1000,\n"
    assert run(text)[0] == 0
    assert [(line["id"], line["note.site"], line["note.b"]) for line in rows()] == [("a", "Berlin", "x"), ("b", "", "")]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "=cmd|'/c calc'!A0"])
def test_texts_that_a_spreadsheet_would_run_are_made_harmless(here, text):
    out = io.StringIO()
    csv.writer(out).writerows([["id", "note.a", "tiers.1.mailboxes"], [text, text, 1000]])
    run(out.getvalue())
    assert [(line["id"], line["note.a"]) for line in rows()] == [(f"'{text}", f"'{text}")]


@pytest.mark.slow
def test_nine_tiers_and_every_hour_are_read(here):
    names = [f"tiers.{n}.mailboxes" for n in range(1, 10)]
    hours = [f"replication.hourly_log_share.{h}" for h in range(1, 25)]
    numbers = [100 * n for n in range(1, 10)] + [0.04] * 23 + [0.08]
    run(",".join([*names, *hours]) + "\n" + ",".join(map(str, numbers)) + "\n", results="all")
    alone = size(dict(zip([*names, *hours], numbers, strict=True)))
    [line] = rows()
    for column in ("summary_databases", "tiers.9.mailbox_size_on_disk", "replication_peak_throughput.environment"):
        assert float(line[column]) == alone[column]


def test_cells_of_several_lines_count_their_lines(here):
    run('id,note.a,tiers.1.mailboxes\na,"x\ny",-1\n\nb,"x\r\ny\rz",-2\nc,,-3\n', *ERRORS)
    assert [line["error.row"] for line in rows("errors.csv")] == ["2", "5", "8"]
    assert [line["note.a"] for line in rows()] == ["x\ny", "x\r\ny\rz", ""]


def test_a_carriage_return_alone_stays_in_its_cell(here):
    run('id,note.a,tiers.1.mailboxes\n"a\rb","x\ry",1000\n"c\rd",,-1\n', *ERRORS)
    assert [(line["id"], line["note.a"]) for line in rows()] == [("a\rb", "x\ry"), ("c\rd", "")]
    assert [line["id"] for line in rows("errors.csv")] == ["c\rd"]


def test_a_huge_cell_spoils_its_row_alone(here):
    text = HEADER + f"a,{'9' * 5000}\nb,{'9' * 1_000_000}\nc,1000\n"
    message = f'tiers.1.mailboxes: "{"9" * 57}..." is too long for a cell.'
    assert problems(text) == [[message], [message], []]


def test_nul_bytes_are_no_numbers(here):
    assert problems(HEADER + "a,10\0\nb,10\n") == [['tiers.1.mailboxes: "10?": "?" is not a unit.'], []]


def test_a_line_without_end_is_refused(here, monkeypatch):
    monkeypatch.setattr(csv_reader, "LONGEST_LINE", 1000)
    text = HEADER + "a,1000\nb," + "9" * 5000
    assert refused(text, *ERRORS) == "designs.csv row 3: has more than 1,000 characters. Is it a CSV file?"


def test_a_quote_that_is_never_closed_is_told(here, monkeypatch):
    monkeypatch.setattr(csv_reader, "LONGEST_LINE", 1000)
    text = HEADER + 'a,1000\nb,"1000\n' + "c,1000\n" * 500
    said = "designs.csv row 3: cannot be read: field larger than field limit (1000). Are its quotes closed?"
    assert refused(text, *ERRORS) == said


def test_junk_after_good_rows_leaves_no_results(here):
    text = HEADER.encode() + b"a,1000\n" * 5000 + b"b,\xff\n"
    said = refused(text, *ERRORS)
    assert said.startswith("designs.csv: is not a text file: there are bytes after line ")
    assert said.endswith(" that are no UTF-8. Save it as UTF-8 text.")


# --- the errors file -----------------------------------------------------------------------------


def test_rows_that_cannot_be_used_are_kept_as_they_were(here):
    code, _, err = run("id,note.a,tiers.1.messages_per_day,environment.dags\n=a, x ,-1,0\nb,,,\nc,,1\n", *ERRORS)
    assert (code, err) == (1, "3 designs: 1 invalid, 2 error\n")
    assert (here / "errors.csv").read_text() == (
        "error.row,error.fields,error.messages,id,note.a,tiers.1.messages_per_day,environment.dags\n"
        "2,tiers.1.messages_per_day | environment.dags,"
        "'-1 messages/day is below 0. Give a number from 0 to 100000. | "
        "0 DAGs is below 1. Give a whole number from 1 to 10000.,=a, x ,-1,0\n"
        '4,row,"3 cells, the header has 4. Give a cell for each column.",c,,1\n'
    )


def test_a_mended_errors_file_is_accepted(here):
    run(HEADER + "a,1000\nb,-5\nc,x,\n", *ERRORS)
    mended = (here / "errors.csv").read_text().replace(",b,-5", ",b,2000").replace(",c,x,", ",c,3000")
    assert run(mended, *ERRORS, source="mended.csv")[0] == 0
    assert [(line["id"], line["status"]) for line in rows()] == [("b", "notice"), ("c", "notice")]
    assert not (here / "errors.csv").exists()
    assert "error.row" not in rows()[0]


def test_without_errors_there_is_no_file_and_an_old_one_goes(here):
    (here / "errors.csv").write_text("old")
    assert run(HEADER + "a,1000\n", *ERRORS)[0] == 0
    assert not (here / "errors.csv").exists()


def test_an_old_errors_file_stays_where_the_batch_cannot_run(here):
    (here / "errors.csv").write_text("old")
    assert run("xyzzy\n", *ERRORS)[0] == 2
    assert (here / "errors.csv").read_text() == "old"


def test_errors_may_be_compressed_or_on_standard_output(here):
    run(HEADER + "a,-1\n", "--errors", "errors.csv.gz")
    assert [line["id"] for line in rows("errors.csv.gz")] == ["a"]
    assert run(HEADER + "a,-1\n", "--errors", "-")[1].splitlines()[0] == (
        "error.row,error.fields,error.messages,id,tiers.1.mailboxes"
    )


# --- files ---------------------------------------------------------------------------------------


def test_compressed_files_are_read_and_written(here):
    text = HEADER + "".join(f"{n},{n}\n" for n in range(1, 100))
    run(text)
    assert run(text, source="designs.csv.gz", target="results.csv.gz")[0] == 0
    assert rows("results.csv.gz") == rows("results.csv")


def test_standard_streams_are_read_and_written(here, monkeypatch):
    run(HEADER + 'a,1000\n"b\r\nc",1000\n')
    data = io.BytesIO(("\ufeff" + HEADER + 'a,1000\n"b\r\nc",1000\n').encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data, encoding="ascii"))
    code, out, err = run(None, source="-", target="-")
    assert (code, err) == (0, "2 designs: 2 notice\n")
    assert out.encode() == (here / "results.csv").read_bytes()


def test_problems_of_standard_input_say_so(here, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    said = "stdin: is empty. Give a header line that names inputs, and a row a design."
    assert refused(None, source="-", target="-") == said


CHECK = "Check the directory and its permissions."
CSV = "Give a CSV file in UTF-8."


def test_a_file_that_is_not_there(here):
    assert refused(None) == f"designs.csv: cannot be read: No such file or directory. {CSV}"


def test_a_directory_as_designs(here):
    assert refused(None, source=str(here)) == f"{here.name}: cannot be read: Is a directory. {CSV}"


def test_a_base_that_is_not_there(here):
    said = "base.toml: does not exist. Check the name and the directory."
    assert refused(HEADER, "--profile", "base.toml") == said


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda data: b"id\n", "Not a gzipped file (b'id')"),
        (lambda data: data[:-20], "Compressed file ended before the end-of-stream marker was reached"),
        (lambda data: data[:-6] + b"\0" * 6, "CRC check failed"),
        (lambda data: data[:10] + b"\xff" * 20, "Error -3 while decompressing data"),
    ],
)
def test_a_damaged_archive_is_told(here, spoil, reason):
    data = gzip.compress((HEADER + "a,1000\n" * 1000).encode())
    (here / "designs.csv.gz").write_bytes(spoil(data))
    said = refused(None, *ERRORS, source="designs.csv.gz")
    assert said.startswith(f"designs.csv.gz: cannot be read: {reason}")
    assert said.endswith(CSV)


def test_an_output_directory_that_is_not_there(here):
    said = refused(HEADER + "a,1000\n", target="no/results.csv")
    assert said == f"results.csv: cannot be written: No such file or directory. {CHECK}"


def test_an_errors_directory_that_is_not_there(here):
    said = refused(HEADER + "a,-1\n", "--errors", "no/errors.csv")
    assert said == f"errors.csv: cannot be written: No such file or directory. {CHECK}"


def test_a_directory_as_output(here):
    (here / "results").mkdir()
    said = refused(HEADER + "a,1000\n", target="results")
    assert said == f"results: cannot be written: Is a directory. {CHECK}"


def test_results_of_an_earlier_run_stay_where_this_one_fails(here):
    (here / "results.csv").write_text("old")
    assert run(HEADER.encode() + b"\xff\n")[0] == 2
    assert (here / "results.csv").read_text() == "old"


def test_a_device_is_written_to_and_not_replaced(here):
    assert run(HEADER + "a,1000\n", target=os.devnull)[0] == 0
    assert not os.path.isfile(os.devnull)


@needs_links
def test_a_link_is_followed(here):
    (here / "real.csv").write_text("old")
    (here / "results.csv").symlink_to(here / "real.csv")
    run(HEADER + "a,1000\n")
    assert (here / "results.csv").is_symlink()
    assert (here / "real.csv").read_text().startswith("id,status")


@pytest.mark.parametrize(
    ("target", "errors", "message"),
    [
        ("designs.csv", "errors.csv", "designs.csv: is named for the designs and for the results. Name two files."),
        ("results.csv", "./designs.csv", "designs.csv: is named for the designs and for the errors. Name two files."),
        ("a.csv", "a.csv", "a.csv: is named for the results and for the errors. Name two files."),
        ("-", "-", "stdout: is named for the results and for the errors. Name two files."),
    ],
)
def test_a_file_is_not_written_over_another(here, target, errors, message):
    code, _, err = run(HEADER + "a,-1\n", "--errors", errors, target=target)
    assert (code, err) == (2, message + "\n")
    assert (here / "designs.csv").read_text() == HEADER + "a,-1\n"


def test_progress_is_told_by_blocks(here, monkeypatch):
    monkeypatch.setattr(csv_reader, "BLOCK", 10_000)
    (here / "designs.csv").write_text(HEADER + "a,1000\n" * 5000)
    done = []
    tally = batch_files.size_file(
        "designs.csv",
        "results.csv",
        base=Profile(),
        results="summary_databases",
        progress=lambda *told: done.append(told),
    )
    counts, shares = zip(*done, strict=True)
    assert len(done) > 2
    assert list(counts) == sorted(set(counts))
    assert counts[-1] == 5000
    assert list(shares) == sorted(shares)
    assert shares[-1] == 1
    assert str(tally) == "5,000 designs: 5,000 notice"
    assert len(rows()) == 5000


CELL = st.text(max_size=8) | st.sampled_from(["", "none", "5", "-1", "2 GB", "10 %", '"', "\n", "\r", "=1"])
LINES = st.lists(st.lists(CELL, max_size=4), max_size=4)


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES)
def test_whatever_rows_hold_each_has_its_result(here, lines):
    text = io.StringIO()
    csv.writer(text).writerows([["id", "tiers.1.mailboxes", "raid.raid", "note.a"], *lines])
    given_rows = [line for line in lines if line and (len(line) > 1 or line[0].strip())]
    code, _, err = run(text.getvalue().encode("utf-8", "replace"), *ERRORS)
    assert code in (0, 1), err
    results = rows()
    assert len(results) == len(given_rows)
    bad = [line["status"] for line in results].count("error")
    assert (here / "errors.csv").exists() == (bad > 0)
    assert not bad or len(rows("errors.csv")) == bad


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_whatever_a_file_holds_is_sized_or_explained(here, data):
    code, _, err = run(HEADER.encode() + data)
    assert code in (0, 1, 2)
    assert all(line.isprintable() for line in err.splitlines())


# --- the first rows of a file --------------------------------------------------------------------


def looked_at(text, count=20, source="designs.csv"):
    """What a look at the first rows shows."""
    data = text if isinstance(text, bytes) else text.encode()
    with open(source, "wb") as file:
        file.write(gzip.compress(data) if source.endswith(".gz") else data)
    return sources.preview(source, Profile(), count)


def test_the_first_rows_are_shown_as_they_are(here):
    text = "id,tiers.1.mailboxes,tiers.1.mailbox_size_limit [GB],note.a\n a ,1000, 2,=1+1\nb,,2048 MB,\n"
    seen = looked_at(text)
    assert seen.names == ("id", "tiers.1.mailboxes", "tiers.1.mailbox_size_limit [GB]", "note.a")
    assert seen.rows == [[" a ", "1000", " 2", "=1+1"], ["b", "", "2048 MB", ""]]
    assert (seen.problems, seen.lines) == ({}, [2, 3])


def test_no_more_rows_are_shown_than_asked_for(here):
    text = HEADER + "".join(f"{n},{n - 26}\n" for n in range(1, 31))
    assert [row[0] for row in looked_at(text).rows] == [str(n) for n in range(1, 21)]
    assert set(looked_at(text).problems) == {(row, 1) for row in range(20)}  # -25 to -6 mailboxes
    assert [row[0] for row in looked_at(text, count=3).rows] == ["1", "2", "3"]
    assert len(looked_at(text, count=100).rows) == 30


def test_a_cell_that_cannot_be_used_is_told_by_row_and_column(here):
    text = "id,tiers.1.messages_per_day,raid.raid,environment.dags,note.a\na,100,raid5,2,x\nb,-1,riad5,1.5,-1\nc,,,x,\n"
    assert looked_at(text).problems == {
        (1, 1): "-1 messages/day is below 0. Give a number from 0 to 100000.",
        (1, 2): '"riad5" is not a choice. Did you mean "raid5"?',
        (1, 3): "1.5 DAGs is not a whole number. Give a whole number from 1 to 10000.",
        (2, 3): '"x" is not a number. Give a whole number from 1 to 10000.',
    }


def test_the_problems_seen_are_those_the_batch_will_tell(here):
    text = "id,tiers.1.mailboxes,raid.raid,note.a\na,5,raid6,\nb,none,r,\nc,1e99,,\nd,7,5,\n"
    seen = looked_at(text)
    told = [[problem for (row, _), problem in sorted(seen.problems.items()) if row == number] for number in range(4)]
    run(None, *ERRORS)
    kept = {line["error.row"]: line["error.messages"] for line in rows("errors.csv")}
    assert {str(seen.lines[row]): " | ".join(texts) for row, texts in enumerate(told) if texts} == kept


def test_rows_are_named_by_the_line_they_begin_in(here):
    seen = looked_at('id,note.a,tiers.1.mailboxes\na,"x\ny",-1\n\nb,"x\r\ny\rz",-2\nc,,-3\n')
    assert seen.lines == [2, 5, 8]
    assert seen.rows[0] == ["a", "x\ny", "-1"]
    assert set(seen.problems) == {(0, 2), (1, 2), (2, 2)}


def test_rows_that_are_short_or_long_are_shown_with_the_cells_they_have(here):
    seen = looked_at("id,tiers.1.mailboxes,environment.dags\na\nb,-1\nc,1000,0,5\n")
    assert seen.rows == [["a"], ["b", "-1"], ["c", "1000", "0", "5"]]
    assert {place: problem.partition(".")[0] for place, problem in seen.problems.items()} == {
        (0, 0): "1 cell, the header has 3",
        (1, 0): "2 cells, the header has 3",
        (2, 0): "4 cells, the header has 3",
        (1, 1): "-1 mailboxes is below 0",
        (2, 2): "0 DAGs is below 1",
    }


def test_a_look_at_a_header_alone_shows_no_rows(here):
    seen = looked_at(HEADER)
    assert (seen.names, seen.rows, seen.problems, seen.lines) == (("id", "tiers.1.mailboxes"), [], {}, [])


def test_a_look_at_compressed_files_and_byte_order_marks(here):
    seen = looked_at("\ufeff" + HEADER + "a,-1\n", source="designs.csv.gz")
    assert seen.names[0] == "id"
    assert seen.rows == [["a", "-1"]]
    assert set(seen.problems) == {(0, 1)}


@pytest.mark.parametrize("case", HEADERS)
def test_a_look_refuses_the_headers_a_batch_does(here, case):
    text, message = HEADERS[case]
    with pytest.raises(InputError) as error:
        looked_at(text)
    assert str(error.value) == message


def test_a_look_at_a_file_that_is_not_there(here):
    with pytest.raises(InputError) as error:
        sources.preview("designs.csv", Profile())
    assert str(error.value) == f"designs.csv: cannot be read: No such file or directory. {CSV}"


def test_a_look_at_junk(here):
    with pytest.raises(InputError) as error:
        looked_at(HEADER.encode() + b"a,1\n\xff")
    assert str(error.value).startswith("designs.csv: is not a text file: there are bytes")


# --- tables in memory ----------------------------------------------------------------------------

DESIGNS = {
    "id": ["a", "b", None],
    "tiers.1.mailboxes": [1000, 2000, -1],
    "tiers.1.mailbox_size_limit [GB]": ["1", "2048 MB", None],
    "environment.virtualized": [True, False, None],
}
FRAME = pd.DataFrame(DESIGNS)


@pytest.mark.slow
@pytest.mark.parametrize(
    "designs",
    [DESIGNS, pa.table(DESIGNS), FRAME, FRAME.convert_dtypes(), {name: np.array(c) for name, c in DESIGNS.items()}],
    ids=["mapping", "arrow", "pandas", "pandas nullable", "numpy"],
)
def test_a_table_may_be_of_any_kind(designs):
    table = size_many(designs, results=["tiers.1.mailbox_size_on_disk"])
    assert table.column_names == ["id", "status", "issues", "tiers.1.mailbox_size_on_disk"]
    assert table["id"].to_pylist() == ["a", "b", ""]
    assert table["status"].to_pylist()[2] == "error"
    assert table["issues"].to_pylist()[2] == "error: tiers.1.mailboxes: -1 mailboxes is below 0."
    alone = [
        size({"tiers.1.mailboxes": 1000, "tiers.1.mailbox_size_limit": limit})["tiers.1.mailbox_size_on_disk"]
        for limit in ("1 GB", "2 GB")
    ]
    assert table["tiers.1.mailbox_size_on_disk"].to_pylist() == [*alone, None]


def test_a_table_takes_what_it_lacks_from_a_profile():
    base = {"tiers.1.mailboxes": 1000, "tiers.2.mailboxes": 500}
    table = size_many({"tiers.1.mailboxes": [None, 2000]}, profile=base, results="summary_databases")
    expected = [size({**base, "tiers.1.mailboxes": number})["summary_databases"] for number in (1000, 2000)]
    assert table["summary_databases"].to_pylist() == expected
    assert table["id"].to_pylist() == ["1", "2"]


def test_a_table_without_rows_has_its_columns():
    table = size_many({"tiers.1.mailboxes": []}, results="summary_databases")
    assert (table.num_rows, table.column_names[:3]) == (0, ["id", "status", "issues"])


@pytest.mark.parametrize(
    ("designs", "message"),
    [
        (
            {"tiers.1.mailboxes": [1, 2], "environment.dags": [1]},
            "designs: have columns of different lengths: tiers.1.mailboxes 2, environment.dags 1. "
            "Give each a value a design.",
        ),
        (
            {"tiers.1.mailboxes": 5, "raid.raid": "raid5"},
            "designs: tiers.1.mailboxes: is not a column of values. Give a list with a value a design.\n"
            "designs: raid.raid: is not a column of values. Give a list with a value a design.",
        ),
        (
            pd.DataFrame([[1, 2]], columns=["environment.dags"] * 2),
            "designs: environment.dags: is there twice. Keep one of the columns.",
        ),
        (
            {"environment.dag": [1]},
            f'designs column 1: "environment.dag": is not an input. Did you mean "environment.dags"? {LIST}',
        ),
    ],
)
def test_a_table_that_is_none_is_explained(designs, message):
    with pytest.raises(InputError) as error:
        size_many(designs)
    assert str(error.value) == message


def test_odd_cells_of_a_table_are_problems_of_their_row():
    odd = [1000, True, [1], b"5", "x", float("nan"), np.float64(1000), 10**400, {}]
    table = size_many({"tiers.1.mailboxes": odd}, results="summary_databases")
    assert table["status"].to_pylist() == [
        "notice",
        "error",
        "error",
        "error",
        "error",
        "invalid",
        "notice",
        "error",
        "error",
    ]


def test_progress_of_a_table_is_told_by_blocks():
    done = []
    size_many({"tiers.1.mailboxes": [1000] * 5000}, results="summary_databases", progress=done.append)
    assert done == [4096, 5000]


@pytest.fixture(scope="module")
def thousand():
    columns = random_columns(1003, tiers=9, seed=2013)
    return columns, size_many(columns, results="all").to_pydict()


@pytest.mark.slow
def test_a_design_has_the_same_figures_alone_and_among_a_thousand(thousand):
    columns, table = thousand
    for number in range(0, 1003, 17):
        alone = size(row(columns, number))
        figures = {name: column for name, column in table.items() if name not in sizer.LEADING}
        assert dict(alone) == {name: column[number] for name, column in figures.items()}
        assert alone.status == table["status"][number]


@pytest.mark.slow
def test_a_design_has_the_same_issues_alone_and_among_a_thousand(thousand):
    columns, table = thousand
    for number in range(0, 1003, 101):
        assert header.issues_text(size(row(columns, number)).issues) == table["issues"][number]


def test_the_thousand_hold_sound_designs_too(thousand):
    _, table = thousand
    assert {"invalid", "warning"} <= set(table["status"])
    assert table["id"] == [str(number) for number in range(1, 1004)]


def test_a_file_gives_the_figures_of_the_table_to_the_last_bit(here, thousand):
    columns, table = thousand
    names = list(columns)
    with open("designs.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        cells = (["" if column[n] is None else column[n] for column in columns.values()] for n in range(100))
        writer.writerows(cells)
    run(None, results="headline")
    for number, line in enumerate(rows()):
        for name in list(line)[3:]:
            figure = table[name][number]
            if isinstance(figure, float):
                assert float(line[name]) == figure
            else:
                assert line[name] == {None: "", True: "true", False: "false"}.get(figure, figure)
