"""Rows of files of designs: what each cell means, and rows that cannot be read."""

import csv
import io

import pytest
from support.batch_files import ERRORS, HEADER, problems, refused, rows, run

from calculator import size
from calculator.inputs import text_files


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
    assert [line["status"] for line in rows()] == ["error", "error", "notice"]
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
    assert [(line["id"], line["status"]) for line in rows()] == [("1", "notice"), ("2", "notice")]


def test_an_empty_cell_is_the_value_of_the_base(here):
    (here / "base.toml").write_text("[[tiers]]\nmailboxes = 700\n[[tiers]]\nmailboxes = 300\n")
    run("id,tiers.1.mailboxes\na,\nb,700\n", "--profile", "base.toml", "--set", "tiers.2.mailboxes=400")
    alone = size({"tiers.1.mailboxes": 700, "tiers.2.mailboxes": 400})
    assert [float(line["summary_databases"]) for line in rows()] == [alone["summary_databases"]] * 2


def test_none_is_a_disk_that_is_not_there(here):
    path = "storage.primary.restore_disk_capacity"
    run(f"tiers.1.mailboxes,{path} [TB]\n1000,none\n1000,4\n", results="storage_disks_total.environment")
    for line, capacity in zip(rows(), ("none", "4 TB"), strict=True):
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


def test_nine_tiers_and_every_hour_are_read(here):
    names = [f"tiers.{n}.mailboxes" for n in range(1, 10)]
    hours = [f"replication.hourly_log_share.{h}" for h in range(1, 25)]
    numbers = [100 * n for n in range(1, 10)] + [0.04] * 23 + [0.08]
    columns = ("summary_databases", "tiers.9.mailbox_size_on_disk", "replication_peak_throughput.environment")
    run(",".join([*names, *hours]) + "\n" + ",".join(map(str, numbers)) + "\n", results=",".join(columns))
    alone = size(dict(zip([*names, *hours], numbers, strict=True)))
    [line] = rows()
    for column in columns:
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
    monkeypatch.setattr(text_files, "LONGEST_ROW", 1000)
    text = HEADER + "a,1000\nb," + "9" * 5000
    assert refused(text, *ERRORS) == "designs.csv row 3: has more than 1,000 characters. Is it a CSV file?"


def test_a_quote_that_is_never_closed_is_told(here, monkeypatch):
    monkeypatch.setattr(text_files, "LONGEST_ROW", 1000)
    text = HEADER + 'a,1000\nb,"1000\n' + "c,1000\n" * 500
    said = "designs.csv row 3: cannot be read: field larger than field limit (1000). Are its quotes closed?"
    assert refused(text, *ERRORS) == said


def test_junk_after_good_rows_leaves_no_results(here):
    text = HEADER.encode() + b"a,1000\n" * 5000 + b"b,\xff\n"
    said = refused(text, *ERRORS)
    assert said.startswith("designs.csv: is not a text file: there are bytes after line ")
    assert said.endswith(" that are no UTF-8. Save it as UTF-8 text.")
