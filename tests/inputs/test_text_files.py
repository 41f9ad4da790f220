"""Text files: encodings, separators, and where rows end."""

import io
import sys
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.batch import csv_reader
from calculator.importers.formats.powershell_csv import open_export
from calculator.inputs.text_files import Text, Upload, first_row, row_ends, separator_of, whole_rows
from calculator.issues import InputError, Issues


def ends_one_by_one(data):
    quoted, ends = False, []
    for place, sign in enumerate(data):
        quoted ^= sign == ord('"')
        if sign == ord("\n") and not quoted:
            ends.append(place + 1)
    return ends


@given(st.text('ab,"\n\r', max_size=60).map(str.encode))
def test_rows_end_at_line_ends_outside_quotes(data):
    ends = ends_one_by_one(data)
    assert row_ends(data).tolist() == ends
    assert first_row(data) == (ends[0] if ends else 0)
    assert whole_rows(data) == (ends[-1] if ends else 0)


def calls_of_bytes(work):
    """How often methods of bytes are called while something is done."""
    found = 0

    def see(_frame, event, called):
        nonlocal found
        found += event == "c_call" and isinstance(called.__self__, bytes)

    sys.setprofile(see)
    try:
        work()
    finally:
        sys.setprofile(None)
    return found


def blocks(data):
    return list(csv_reader.Blocks(Text(io.BytesIO(data), "designs.csv")))


def export(data):
    with open_export(Upload("export.csv", data), Issues()) as file:
        list(file.blocks((), ""))


LINES = b"x\n" * 100_000
HEAD = b"id,tiers.1.mailboxes\n"


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (blocks, HEAD + b'a,"' + LINES),
        (blocks, HEAD + b"a,1\n" * 4095 + b'a,"' + LINES + b'"\n'),
        (blocks, b'"id' + LINES + b'"\n'),
        (export, b'a,b\n1,"' + LINES),
        (export, b'"a' + LINES + b'",b\n'),
    ],
    ids=["quote never closed", "cell at the end of a block", "header", "export", "header of an export"],
)
def test_lines_within_quotes_are_not_searched_one_by_one(read, data):
    def refused_or_read():
        with suppress(InputError):
            read(data)

    assert calls_of_bytes(refused_or_read) < 200


def test_a_block_ends_behind_the_cell_that_its_last_row_is_in():
    rows = [b"a,1\n"] * (csv_reader.CHUNK - 2) + [b'b,"x\ny\nz"\n', b"c,2\n", b'd,"']
    assert [data for _, data in blocks(HEAD + b"".join(rows))] == [b"".join(rows[:-2]), b"".join(rows[-2:])]


@pytest.mark.parametrize(
    ("header", "separator"),
    [
        ("id;tiers.1.mailboxes", ";"),
        ("id\ttiers.1.mailboxes", "\t"),
        ("id|tiers.1.mailboxes", "|"),
        ('"a;b;c",d', ","),
        ('id;"note.a, b, c";tiers.1.mailboxes', ";"),
        ("id,note.a;b", ","),
        ("id", ","),
    ],
)
def test_the_separator_is_the_one_most_often_outside_quotes(header, separator):
    assert separator_of(header) == separator


def read(data, size, issues=None):
    """All blocks of a text."""
    text = Text(io.BytesIO(data), "a.csv", len(data), issues)
    return list(iter(lambda: text.read(size), b""))


WRITTEN = "id,näme\r\n€,😀\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le with a mark", "utf-16-be with a mark"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("export", [False, True])
def test_a_text_is_utf_8_whatever_it_is_written_in(encoding, size, export):
    encoding, mark, _ = encoding.partition(" with")
    data = (("\ufeff" if mark else "") + WRITTEN).encode(encoding)
    assert b"".join(read(data, size, Issues() if export else None)) == WRITTEN.encode()


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_text_in_utf_8_comes_in_blocks_of_the_size_asked_for(size):
    data = WRITTEN.encode() * 3
    assert read(data, size) == [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_bytes_that_are_no_utf_8_are_refused_by_line_or_read_in_the_code_page(size):
    data = "a\nb\nZoë €\nc\n".encode("cp1252")
    with pytest.raises(InputError, match=r"^a.csv: is not a text file: bytes after line 2 are not valid UTF-8\."):
        read(data, size)
    issues = Issues()
    assert b"".join(read(data, size, issues)).decode() == "a\nb\nZoë €\nc\n"
    assert len(issues) == 1


@pytest.mark.parametrize("export", [False, True])
def test_damaged_utf_16_is_refused(export):
    data = "a,b\n".encode("utf-16") + b"\x00\xd8\x00\xd8"
    with pytest.raises(InputError) as error:
        read(data, 1000, Issues() if export else None)
    assert str(error.value) == "a.csv: is damaged: it is not valid UTF-16-LE. Export it again as UTF-8."


def test_a_character_cut_off_at_the_end_is_refused():
    with pytest.raises(InputError, match="bytes after line 1 are not valid UTF-8"):
        read(b"a\n\xe2\x82", 1000)
