"""CSV files that PowerShell exports: encodings, headers and columns; and hostile files."""

from __future__ import annotations

import time

import pytest
from support.mailbox_exports import upload

from calculator.importers.formats import powershell_csv
from calculator.importers.formats.powershell_csv import Column, open_export
from calculator.inputs.text_files import Upload
from calculator.issues import InputError, Issues

TWO = (Column("DisplayName", ("Name",)), Column("TotalItemSize", required=True))


def read(source, columns=TWO):
    """Cells by column, and what was told."""
    issues = Issues()
    cells: dict[str, list[str | None]] = {}
    with open_export(source, issues) as export:
        for block in export.blocks(columns, "Get-MailboxStatistics"):
            for name, texts in block.texts.items():
                cells.setdefault(name, []).extend(texts.to_pylist())
    return cells, [str(issue) for issue in issues]


def refusal(source, columns=TWO) -> str:
    with pytest.raises(InputError) as caught:
        read(source, columns)
    return str(caught.value)


EXPORT = '#TYPE Selected.MailboxStatistics\r\n"DisplayName","TotalItemSize"\r\n"Zoë, Ärztin","1 KB (1,024 bytes)"\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_whatever_it_is_written_in(encoding):
    cells, told = read(upload(EXPORT, encoding=encoding))
    assert cells == {"DisplayName": ["Zoë, Ärztin"], "TotalItemSize": ["1 KB (1,024 bytes)"]}
    assert told == []


def test_what_is_no_utf_8_is_read_in_the_code_page_of_windows():
    cells, told = read(upload(EXPORT, encoding="cp1252"))
    assert cells["DisplayName"] == ["Zoë, Ärztin"]
    assert told == [
        "export.csv: is not UTF-8, so it was read in the Windows code page 1252. If names look wrong, export it "
        "with -Encoding UTF8."
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_seen_in_the_header_outside_quotes(separator):
    text = f'"Name{separator}"{separator}totalitemsize\n"a,b;c"{separator}5\n'
    cells, _ = read(upload(text), (Column("Name"), Column("TotalItemSize")))
    assert cells == {"Name": ["a,b;c"], "TotalItemSize": ["5"]}


def test_a_decoy_separator_within_quotes_does_not_count():
    cells, _ = read(upload('"Size, in, all";"TotalItemSize"\n"1";"5"\n'))
    assert cells == {"TotalItemSize": ["5"]}


def test_columns_are_known_whatever_their_capitals_spaces_and_order():
    cells, _ = read(upload(' TOTAL item size (MB) ,x,NAME\n 7 ,,"  "\n'), (Column("TotalItemSizeMB"), TWO[0]))
    assert cells == {"TotalItemSizeMB": ["7"], "DisplayName": [None]}


def test_a_missing_column_is_named_with_the_command_that_makes_it():
    text = refusal(upload("DisplayName,ItemCount\na,1\n"))
    assert text == "export.csv: has no column TotalItemSize. Export it with: Get-MailboxStatistics"


def test_a_column_of_collections_is_refused_where_it_is_needed():
    text = refusal(upload("TotalItemSize\nSystem.Collections.ArrayList\n"))
    assert text == (
        'export.csv: column TotalItemSize holds the names of collections, such as "System.Collections.ArrayList", '
        "not their values. Export it with a computed column: "
        "@{Name='TotalItemSize';Expression={$_.TotalItemSize -join ';'}}."
    )


def test_a_column_of_collections_is_left_out_where_it_is_not():
    cells, told = read(upload("DisplayName,TotalItemSize\nMicrosoft.Exchange.Data.X,1\nb,2\n"))
    assert cells["DisplayName"] == [None, "b"]
    assert len(told) == 1
    assert "It is left out." in told[0]


def test_rows_of_another_width_are_left_out_and_told():
    cells, told = read(upload("DisplayName,TotalItemSize\na,1\nb\nc,3,4\nd,4\n"))
    assert cells["DisplayName"] == ["a", "d"]
    assert told == [
        "export.csv row 3: The row has 1 cell, but the header has 2. The row is left out.",
        "export.csv row 4: The row has 3 cells, but the header has 2. The row is left out.",
    ]


def test_blocks_change_nothing(monkeypatch):
    rows = "".join(f'"Name {n}, ""the\n{n}th""","{n} KB"\r\n' for n in range(500))
    whole_file, _ = read(upload(f"DisplayName,TotalItemSize\r\n{rows}"))
    monkeypatch.setattr(powershell_csv, "BLOCK", 37)
    assert read(upload(f"DisplayName,TotalItemSize\r\n{rows}"))[0] == whole_file
    assert whole_file["DisplayName"][3] == 'Name 3, "the\n3th"'


def test_a_file_on_disk_is_read_and_one_that_is_not_there_refused(tmp_path):
    path = tmp_path / "stats.csv"
    path.write_text(EXPORT, encoding="utf-8")
    assert read(path)[0]["TotalItemSize"] == ["1 KB (1,024 bytes)"]
    assert refusal(tmp_path / "no.csv") == "no.csv: does not exist. Check the name and the directory."
    assert refusal(tmp_path).endswith("is not a file. Name a file.")


HOSTILE = {
    "empty": (b"", "is empty. Export it again."),
    "blank": (b"\n \r\n", "is empty. Export it again."),
    "workbook": (
        b"PK\x03\x04rest",
        "is a workbook or another zip file. Give the CSV file itself: unpack it, or save it as CSV.",
    ),
    "packed": (
        b"\x1f\x8b\x08" + bytes(100),
        "is packed (gzip). Give the CSV file itself: unpack it, or save it as CSV.",
    ),
    "binary": (b"\x89PNG\r\n\x1a\n\0\0\0", "is not a text file: it holds NUL characters. Export it again as UTF-8."),
    "a NUL far inside": (
        b"TotalItemSize\n" + b"1\n" * 400_000 + b"\0\n",
        "is not a text file: it holds NUL characters. Export it again as UTF-8.",
    ),
    "half a UTF-16": (
        "a,b\n".encode("utf-16") + b"\x00\xd8\x00\xd8",
        "is damaged: it is not valid UTF-16-LE. Export it again as UTF-8.",
    ),
    "a line without end": (
        b"x" * 10_000_000,
        "has more than 4,000,000 characters. Is it a CSV file, and are its quotes closed?",
    ),
    "Format-List": (
        "\r\n\r\nDisplayName   : Ann, Lee\r\nTotalItemSize : 1.2 GB (1,288,490,188 bytes)\r\n\r\n".encode("utf-16"),
        "is the output of Format-List, which cuts and rearranges the columns. Run the command with "
        "| Export-Csv FILE -NoTypeInformation, not Format-List.",
    ),
    "Format-Table": (
        b"\nDisplayName TotalItemSize\n----------- -------------\nAnn Lee     1.2 GB (1,288,490,188 bytes)\n",
        "is the output of Format-Table, which cuts and rearranges the columns. Run the command with "
        "| Export-Csv FILE -NoTypeInformation, not Format-Table.",
    ),
    "a million columns": (b"a," * 1_000_000, "has 1,000,001 columns, at most 2,000 are read. Is it the right file?"),
    "an open quote": (
        b'TotalItemSize\n"' + b"x\n" * 4_000_000,
        "has more than 4,000,000 characters. Is it a CSV file, and are its quotes closed?",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_soon(name):
    data, message = HOSTILE[name]
    began = time.monotonic()
    assert refusal(Upload("bad.csv", data)).endswith(message)
    assert time.monotonic() - began < 10


def test_more_rows_than_fit_into_memory_are_refused(monkeypatch):
    monkeypatch.setattr(powershell_csv, "MAX_ROWS", 3)
    assert refusal(upload("TotalItemSize\n1\n2\n3\n4\n")) == "export.csv: has more than 3 rows. Split it."
