"""Format rows as CSV: columns of results by Arrow, other rows by Python."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import re
from collections.abc import Sequence
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from calculator.batch import arrow
from calculator.batch.csv_reader import Dialect
from calculator.inputs.names import FORMULA
from calculator.numerics.arrays import Bools, Ints

LARGEST_PLAIN = 1e9
"""Limit below which Arrow formats a whole number equally as a float and as an integer."""
SAMPLE, DISTINCT = 256, 192
"""Number of values sampled from a column, and the largest number of distinct ones for which they count as repeated."""
CELLS = 1_000_000
"""Number of cells formatted at a time, which bounds the memory of their texts."""
_FORMULA = np.frombuffer("".join(FORMULA).encode(), np.uint8)


def format_batch(batch: pa.RecordBatch, texts: int, dialect: Dialect = Dialect()) -> bytes:  # noqa: B008
    """Format rows of results as CSV.

    Arrow quotes either every text or no text.  Text columns, which may hold anything, are quoted here.  The other
    columns are formatted without quotes and appended, so that repeated numbers can be formatted as texts too.

    Parameters
    ----------
    batch
        The rows.
    texts
        Number of text columns, which come first.
    dialect
        How cells are separated, and the decimal sign.
    """
    rows = max(CELLS // batch.num_columns, 1)
    return b"".join(_format_slice(batch.slice(start, rows), texts, dialect) for start in range(0, batch.num_rows, rows))


def _format_slice(batch: pa.RecordBatch, texts: int, dialect: Dialect) -> memoryview:
    """Format rows whose texts fit into memory."""
    quoted = [_quoted(column) for column in batch.columns[:texts]]
    results = _format_results(batch, texts, dialect)
    lines = pc.binary_join_element_wise(*quoted, results, arrow.text(dialect.separator))
    return arrow.bytes_of(lines)[0].data


def _quoted(texts: pa.Array) -> pa.Array:
    """Quote texts and escape formulas; an empty text stays empty."""
    texts = _escape_formulas(texts)
    held, ends = arrow.bytes_of(texts)
    if (held == ord('"')).any():
        texts = pc.replace_substring(texts, '"', '""')
    quote, nothing = arrow.text('"'), arrow.text("")
    quoted = pc.binary_join_element_wise(quote, texts, quote, nothing)
    is_empty = np.diff(ends) == 0
    return pc.if_else(arrow.flags(is_empty), nothing, quoted) if is_empty.any() else quoted


def _escape_formulas(texts: pa.Array) -> pa.Array:
    """Put an apostrophe before each text that a spreadsheet would run as a formula."""
    held, ends = arrow.bytes_of(texts)
    begins = ends[:-1][np.diff(ends) > 0]
    if not np.isin(held[begins], _FORMULA).any():
        return texts
    dangerous = pc.match_substring_regex(texts, f"^[{re.escape(''.join(FORMULA))}]")
    marked = pc.binary_join_element_wise(arrow.text("'"), texts, arrow.text(""))
    return pc.if_else(dangerous, marked, texts)


def _format_results(batch: pa.RecordBatch, first: int, dialect: Dialect) -> pa.Array:
    """Format the columns from ``first`` on, which are numbers, flags and words, as lines with their line ends."""
    columns = _fast_columns(batch.columns[first:], dialect.decimal_comma)
    rows = pa.RecordBatch.from_arrays(columns, names=batch.schema.names[first:])
    out = pa.BufferOutputStream()
    pacsv.write_csv(
        rows, out, pacsv.WriteOptions(include_header=False, delimiter=dialect.separator, quoting_style="none")
    )
    held = out.getvalue()
    ends = np.flatnonzero(np.frombuffer(held, np.uint8) == ord("\n")) + 1
    return arrow.spans(np.concatenate(([0], ends)).astype(np.int32), held)


def _fast_columns(columns: Sequence[pa.Array], decimal_comma: bool) -> list[pa.Array]:
    """Replace columns by columns that Arrow formats to the same text in less time.

    Repeated numbers become texts, each distinct number formatted once; whole numbers become integers.  If a comma is
    the decimal sign, which Arrow cannot write, all numbers become texts.
    """
    replaced = list(columns)
    numbers = [place for place, column in enumerate(columns) if pa.types.is_floating(column.type)]
    if not numbers:
        return replaced
    bits = np.stack([arrow.values(columns[place], np.int64) for place in numbers])
    repeated = _are_repeated(bits) | decimal_comma
    texts, starts = _format_numbers(bits[repeated], decimal_comma), itertools.count(0, bits.shape[1])
    for place, is_repeated in zip(numbers, repeated.tolist(), strict=True):
        replaced[place] = texts.slice(next(starts), bits.shape[1]) if is_repeated else _as_integers(columns[place])
    return replaced


def _are_repeated(bits: Ints) -> Bools:
    """Return whether the values of each row are repeated, judged by a sample of its first values."""
    sample = np.sort(bits[:, :SAMPLE], axis=1)
    distinct = 1 + np.count_nonzero(sample[:, 1:] != sample[:, :-1], axis=1)
    repeated: Bools = distinct * SAMPLE <= DISTINCT * sample.shape[1]
    return repeated


def _format_numbers(bits: Ints, decimal_comma: bool) -> pa.Array:
    """Format the numbers of all columns at once, each distinct number only once; a missing number is null."""
    encoded = arrow.whole_numbers(bits.ravel()).dictionary_encode()
    texts = arrow.numbers(arrow.values(encoded.dictionary, np.float64)).cast(pa.string())
    return (pc.replace_substring(texts, ".", ",") if decimal_comma else texts).take(encoded.indices)


def _as_integers(column: pa.Array) -> pa.Array:
    """Return a column of whole numbers as integers, which Arrow formats in half the time, and any other unchanged."""
    missing = arrow.nulls(column)
    values = np.where(missing, 0.0, arrow.values(column, np.float64))
    if not ((np.abs(values) < LARGEST_PLAIN) & (values == np.rint(values))).all():
        return column
    return arrow.whole_numbers(values.astype(np.int64), missing)


def format_rows(rows: Sequence[Sequence[object]], separator: str = ",") -> bytes:
    """Format rows as CSV; each ends with a line feed only."""
    out = io.StringIO(newline="")
    csv.writer(_LineFeeds(out), lineterminator="\r\n", delimiter=separator).writerows(rows)
    return out.getvalue().encode()


class _LineFeeds:
    """File that ends each row of a CSV writer with only a line feed.

    The writer quotes a cell with a carriage return only if its own line end contains one.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, line: str) -> int:
        """Write one row."""
        return self._file.write(line.removesuffix("\r\n") + "\n")


def compressed(data: bytes, path: str) -> bytes:
    """Compress data for a path that ends in ``.gz``, as one member of the file; otherwise return it unchanged."""
    return gzip.compress(data, 6, mtime=0) if path.endswith(".gz") else data
