"""Rows of results as lines: the same words however they are written, texts that spreadsheets run made harmless."""

from __future__ import annotations

import csv
import io

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.examples import examples

from calculator.batch import arrow, csv_writer
from calculator.presentation.text import harmless

NUMBERS = st.one_of(
    st.floats(allow_nan=True, allow_infinity=False),
    st.integers(-(10**12), 10**12).map(float),
    st.sampled_from([0.0, 1.0, 0.5, 1e9, 999_999_999.0, 1e22, 5e-324, 1 / 3]),
).map(lambda number: number + 0.0)
TEXTS = st.text(st.sampled_from("aÄ=+-@\"',;\n\t €"), max_size=6)


def batch_of(texts, columns):
    arrays = [arrow.texts(texts), *(arrow.numbers(np.array(column, dtype=np.float64)) for column in columns)]
    return pa.RecordBatch.from_arrays(arrays, names=[str(place) for place in range(len(arrays))])


def cells_of(lines):
    return list(csv.reader(io.StringIO(lines.decode(), newline="")))


def in_words(column):
    return [text or "" for text in pa.array(column, pa.float64(), from_pandas=True).cast(pa.string()).to_pylist()]


@pytest.mark.slow
@examples(30)
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=5),
    few=st.lists(NUMBERS, min_size=1, max_size=5),
    many=st.lists(NUMBERS, min_size=1, max_size=300),
    rows=st.sampled_from([1, 7, 255, 600]),
    cells=st.sampled_from([1, 500, 1_000_000]),
)
@example(texts=["=1+1"], few=[float("nan")], many=[1 / n for n in range(1, 300)], rows=600, cells=1_000_000)
def test_every_cell_reads_back_whatever_repeats_and_wherever_rows_are_cut(texts, few, many, rows, cells):
    texts = [texts[row % len(texts)] for row in range(rows)]
    whole = [float(row) for row in range(rows)]
    columns = [np.resize(few, rows).tolist(), np.resize(many, rows).tolist(), whole]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_writer, "CELLS", cells)
        found = cells_of(csv_writer.format_batch(batch_of(texts, columns), 1))
    assert [row[0] for row in found] == [harmless(text) for text in texts]
    for place, column in enumerate(columns, 1):
        assert [row[place] for row in found] == in_words(column)


def test_flags_and_words_are_written_plainly_and_nothing_of_what_is_missing():
    missing = np.array([False, True, False])
    arrays = [
        arrow.texts(["a", "", 'b"']),
        arrow.flags(np.array([True, True, False]), missing),
        arrow.words(np.array([1, 0, 0]), ["x", "y"], missing),
        arrow.numbers(np.array([np.nan, 2.5, 3.0])),
    ]
    batch = pa.RecordBatch.from_arrays(arrays, names=list("abcd"))
    assert csv_writer.format_batch(batch, 1) == b'"a",true,y,\n,,,2.5\n"b""",false,x,3\n'


@pytest.mark.parametrize("kind", [pa.float64(), pa.string()])
def test_a_part_of_an_array_is_read_from_where_it_begins(kind):
    values = ["ab", None, "", "ä€", "c"] if kind == pa.string() else [1.5, None, 0.0, -2.0, 7.0]
    part = pa.array(values, kind).slice(1, 3)
    assert arrow.nulls(part).tolist() == [True, False, False]
    if kind == pa.string():
        held, ends = arrow.bytes_of(part)
        assert held.tobytes() == "ä€".encode()
        assert ends.tolist() == [0, 0, 0, 5]
    else:
        assert arrow.values(part, np.float64)[1:].tolist() == [0.0, -2.0]


@given(st.lists(st.text(max_size=5), max_size=8))
def test_texts_become_an_array_as_arrow_makes_one(texts):
    assert arrow.texts(texts).equals(pa.array(texts, pa.string()))
