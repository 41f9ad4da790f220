"""Rows of files of designs: what each cell means, and rows that cannot be read."""

import csv
import io

import pytest
from support.batch_files import ERRORS, HEADER, problems, refused, rows, run

from calculator import size, size_many
from calculator.batch import csv_reader, ids
from calculator.inputs import text_files
from calculator.issues import Issues


def test_every_problem_of_every_row_is_reported(here):
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
        ["row: The row has 1 cell, but the header has 2."],
        ["row: The row has 3 cells, but the header has 2."],
        [],
    ]
    assert [line["id"] for line in rows()] == ["a", "b", "c"]


def test_blank_lines_are_skipped_and_counted(here):
    _, _, err = run("\n".join([HEADER.strip(), "", "a,1000", "  ", "", "b,-1", ""]), *ERRORS)
    assert [line["id"] for line in rows()] == ["a", "b"]
    assert rows("errors.csv")[0]["error.row"] == "6"
    assert err.splitlines()[0] == "2 designs: 1 notice, 1 error; 3 blank rows skipped"


@pytest.mark.parametrize(
    ("text", "names", "skipped"),
    [
        # what a spreadsheet leaves under a table
        (HEADER + "a,1000\n,\n,\n", ["a"], 2),
        (HEADER + "a,1000\n,", ["a"], 1),
        (HEADER + ",\r\na,1000\r\n , \t\r\nb,500\r\n", ["a", "b"], 2),
        (HEADER + 'a,1000\n"",""\n""," "\n', ["a"], 2),
        # blank cells, more or fewer than the header has
        (HEADER + "a,1000\n,,,\n\n", ["a"], 2),
        (HEADER.replace(",", ";") + "a;1000\n;\n", ["a"], 1),
        ('tiers.1.mailboxes\n""\n5\n', ["1"], 1),
        # a filled cell in any column makes a design
        ("id,note.a,tiers.1.mailboxes\na,,1000\n,x,\n", ["a", ""], 0),
    ],
)
def test_a_row_with_no_cell_filled_is_no_design(here, text, names, skipped):
    _, _, err = run(text, *ERRORS)
    assert [line["id"] for line in rows()] == names
    told = err.splitlines()[-1].partition("; ")[2]
    assert told == (f"{skipped} blank row{'s' * (skipped > 1)} skipped" if skipped else "")


def test_blank_rows_do_not_move_the_numbers_of_designs_without_id(here, monkeypatch):
    monkeypatch.setattr(csv_reader, "BLOCK", 60)
    lines = [f"{1000 + number},{number}" if number % 3 else "," for number in range(60)]
    _, _, err = run("tiers.1.mailboxes,note.n\n" + "\n".join(lines) + "\n")
    assert [line["id"] for line in rows()] == [str(number) for number in range(1, 41)]
    assert [line["note.n"] for line in rows()] == [str(number) for number in range(60) if number % 3]
    assert err.splitlines()[-1].endswith("; 20 blank rows skipped")


# --- ids -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("abc", None),
        ("aba", '1 row has the id of an earlier row: "a".'),
        ("abab", '2 rows have the id of an earlier row: "a", "b".'),
        ("aaaa", '3 rows have the id of an earlier row, such as "a".'),
        ("abcdabcd", '4 rows have the id of an earlier row, such as "a", "b", "c".'),
        ("  ", None),
    ],
)
@pytest.mark.parametrize("block", [20, 1_000_000])
def test_ids_of_several_rows_are_a_warning(here, monkeypatch, block, names, told):
    monkeypatch.setattr(csv_reader, "BLOCK", block)
    code, _, err = run(HEADER + "".join(f"{one.strip()},1000\n" for one in names))
    warnings = [line for line in err.splitlines() if line.startswith("warning")]
    assert code == 0
    assert warnings == ([f"warning: designs.csv: id: {told} Give each design an id of its own."] if told else [])
    assert len(rows()) == len(names)


def test_designs_numbered_by_the_run_have_ids_of_their_own(here):
    _, _, err = run("tiers.1.mailboxes\n1000\n1000\n")
    assert err == "2 designs: 2 notice\n"


def test_only_so_many_ids_are_compared(monkeypatch):
    monkeypatch.setattr(ids, "MOST_IDS", 3)
    found, issues = ids.RepeatedIds(), Issues()
    found.add(["a", "b"])
    found.add(["c", "a"])
    found.report("designs.csv", 0, issues)
    assert [str(issue) for issue in issues] == ["designs.csv: id: Only the first 3 ids were compared."]


def test_many_blocks_of_ids():
    found = ids.RepeatedIds()
    for start in range(0, 10_000, 100):
        found.add([str(number) for number in range(start, start + 110)])
    assert (found.compared, found.repeated, found.examples) == (11_000, 990, ["100", "101", "102"])


# --- mailboxes of the base profile ---------------------------------------------------------------

BASE = "[[tiers]]\nmailboxes = 700\n[[tiers]]\nmailboxes = 300\n"
FROM_BASE = (
    "notice: tiers.1.mailboxes: The row gives no mailboxes, so the design has the 1,000 of the base profile "
    "(base.toml)."
)


def test_a_notice_reports_rows_with_mailboxes_of_the_base_design(here):
    (here / "base.toml").write_text(BASE)
    _, _, err = run("id,tiers.1.mailboxes\na,500\nb,\nc,  \nd,none\n", "--profile", "base.toml")
    told = [[part for part in line["issues"].split(" | ") if "base profile" in part] for line in rows()]
    assert told == [[], [FROM_BASE], [FROM_BASE], []]
    assert [line["status"] for line in rows()][:3] == ["notice"] * 3
    assert "base profile" not in err


def test_a_row_with_mailboxes_in_any_tier_has_its_own(here):
    (here / "base.toml").write_text(BASE)
    run("id,tiers.1.mailboxes,tiers.2.mailboxes\na,,50\nb,,\n", "--profile", "base.toml")
    assert [FROM_BASE in line["issues"] for line in rows()] == [False, True]


def test_a_file_without_mailboxes_gives_one_message(here):
    (here / "base.toml").write_text(BASE)
    _, _, err = run("environment.mailbox_servers\n4\n6\n", "--profile", "base.toml")
    assert err.splitlines()[0] == (
        "notice: designs.csv: tiers.1.mailboxes: No column gives mailboxes: every design has the 1,000 of the base "
        "profile (base.toml). Add a column if the designs differ in them."
    )
    assert not any("base profile" in line["issues"] for line in rows())


def test_a_row_without_any_mailboxes_gives_no_notice(here):
    run("id,tiers.1.mailboxes\na,\n")
    assert "base profile" not in rows()[0]["issues"]


def test_tables_in_memory_have_the_same_notice():
    table = size_many({"tiers.1.mailboxes": [500, None]}, profile={"tiers.1.mailboxes": 1200}, results=["databases"])
    told = "The row gives no mailboxes, so the design has the 1,200 of the base profile."
    assert [told in text for text in table.column("issues").to_pylist()] == [False, True]


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


def test_a_huge_cell_spoils_only_its_row(here):
    text = HEADER + f"a,{'9' * 5000}\nb,{'9' * 1_000_000}\nc,1000\n"
    message = f'tiers.1.mailboxes: "{"9" * 57}..." is too long for a cell.'
    assert problems(text) == [[message], [message], []]


def test_nul_bytes_are_no_numbers(here):
    assert problems(HEADER + "a,10\0\nb,10\n") == [['tiers.1.mailboxes: "10?": "?" is not a unit.'], []]


def test_a_line_without_end_is_refused(here, monkeypatch):
    monkeypatch.setattr(text_files, "LONGEST_ROW", 1000)
    text = HEADER + "a,1000\nb," + "9" * 5000
    assert refused(text, *ERRORS) == "designs.csv row 3: has more than 1,000 characters. Is it a CSV file?"


def test_an_unclosed_quote_is_reported(here, monkeypatch):
    monkeypatch.setattr(text_files, "LONGEST_ROW", 1000)
    text = HEADER + 'a,1000\nb,"1000\n' + "c,1000\n" * 500
    said = "designs.csv row 3: cannot be read: field larger than field limit (1000). Are its quotes closed?"
    assert refused(text, *ERRORS) == said


def test_damaged_data_after_good_rows_leaves_no_results(here):
    text = (HEADER + "a,1000\n" * 5000).encode("utf-16") + b"\xff"
    assert refused(text, *ERRORS) == "designs.csv: is damaged: it is not valid UTF-16-LE. Export it again as UTF-8."
