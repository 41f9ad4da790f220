"""Where rows of CSV files end, and what it takes to find that."""

import io
import sys
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.batch import csv_reader
from calculator.importers.formats.powershell_csv import open_export
from calculator.inputs.text_files import Text, Upload, first_row, row_ends, whole_rows
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
