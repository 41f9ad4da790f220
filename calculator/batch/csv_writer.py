"""Rows as lines of CSV files: by Arrow for columns of results, by Python for rows of anything."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import re
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from calculator.inputs.names import FORMULA

if TYPE_CHECKING:
    import pyarrow as pa

LARGEST_PLAIN = 1e9
"""Whole numbers below it are written alike as floats and as integers."""
SAMPLE, DIFFERENT = 256, 192
"""First values of a column that are looked at, and how many may be different where values are said to repeat."""
CELLS = 1_000_000
"""Cells written at a time, so that their texts take little memory."""
_FORMULA = np.frombuffer("".join(FORMULA).encode(), np.uint8)


def lines_of_batch(batch: pa.RecordBatch, texts: int) -> bytes:
    """Rows of results; texts in the first so many columns, which may hold anything, in quotes.

    Arrow quotes every text or none: so that numbers that repeat can be texts too, only the first columns are
    quoted, and these are joined with the lines of the others.
    """
    rows = max(CELLS // batch.num_columns, 1)
    return b"".join(_lines(batch.slice(start, rows), texts) for start in range(0, batch.num_rows, rows))


def _lines(batch: pa.RecordBatch, texts: int) -> memoryview:
    import pyarrow.compute as pc

    from calculator.batch import arrow

    own = [_quoted(column) for column in batch.columns[:texts]]
    lines = pc.binary_join_element_wise(*own, _lines_of_results(batch, texts), arrow.text(","))
    return arrow.bytes_of(lines)[0].data


def _quoted(texts: pa.Array) -> pa.Array:
    """Texts in quotes, as no spreadsheet runs them; nothing of an empty one."""
    import pyarrow.compute as pc

    from calculator.batch import arrow

    texts = harmless(texts)
    held, ends = arrow.bytes_of(texts)
    if (held == ord('"')).any():
        texts = pc.replace_substring(texts, '"', '""')
    quote, nothing = arrow.text('"'), arrow.text("")
    quoted = pc.binary_join_element_wise(quote, texts, quote, nothing)
    empty = np.diff(ends) == 0
    return pc.if_else(arrow.flags(empty), nothing, quoted) if empty.any() else quoted


def harmless(texts: pa.Array) -> pa.Array:
    """Texts that no spreadsheet runs as a formula."""
    import pyarrow.compute as pc

    from calculator.batch import arrow

    held, ends = arrow.bytes_of(texts)
    begins = ends[:-1][np.diff(ends) > 0]
    if not np.isin(held[begins], _FORMULA).any():
        return texts
    dangerous = pc.match_substring_regex(texts, f"^[{re.escape(''.join(FORMULA))}]")
    marked = pc.binary_join_element_wise(arrow.text("'"), texts, arrow.text(""))
    return pc.if_else(dangerous, marked, texts)


def _lines_of_results(batch: pa.RecordBatch, first: int) -> pa.Array:
    """Lines of numbers, flags and words, each with its end."""
    import pyarrow as pa
    import pyarrow.csv as pacsv

    from calculator.batch import arrow

    columns = _as_written(batch.columns[first:])
    rows = pa.RecordBatch.from_arrays(columns, names=batch.schema.names[first:])
    out = pa.BufferOutputStream()
    pacsv.write_csv(rows, out, pacsv.WriteOptions(include_header=False, quoting_style="none"))
    held = out.getvalue()
    ends = np.flatnonzero(np.frombuffer(held, np.uint8) == ord("\n")) + 1
    return arrow.spans(np.concatenate(([0], ends)).astype(np.int32), held)


def _as_written(columns: Sequence[pa.Array]) -> list[pa.Array]:
    """Columns as what is written fastest, in the same words: numbers that repeat as texts, whole ones as such."""
    import pyarrow as pa

    from calculator.batch import arrow

    written = list(columns)
    numbers = [place for place, column in enumerate(columns) if pa.types.is_floating(column.type)]
    if not numbers:
        return written
    bits = np.stack([arrow.values(columns[place], np.int64) for place in numbers])
    repeat = _repeat(bits)
    texts, starts = _in_words(bits[repeat]), itertools.count(0, bits.shape[1])
    for place, repeats in zip(numbers, repeat.tolist(), strict=True):
        written[place] = texts.slice(next(starts), bits.shape[1]) if repeats else _whole(columns[place])
    return written


def _repeat(bits: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether the values of a row come again and again, as far as the first of them tell."""
    sample = np.sort(bits[:, :SAMPLE], axis=1)
    different = 1 + np.count_nonzero(sample[:, 1:] != sample[:, :-1], axis=1)
    repeat: npt.NDArray[np.bool_] = different * SAMPLE <= DIFFERENT * sample.shape[1]
    return repeat


def _in_words(bits: npt.NDArray[np.int64]) -> pa.Array:
    """Numbers as texts, each different one put into words once; none where one is missing."""
    import pyarrow as pa

    from calculator.batch import arrow

    encoded = arrow.whole_numbers(bits.ravel()).dictionary_encode()
    words = arrow.numbers(arrow.values(encoded.dictionary, np.float64)).cast(pa.string())
    return words.take(encoded.indices)


def _whole(column: pa.Array) -> pa.Array:
    """Numbers that are all whole as such: they are written in half the time, in the same words."""
    from calculator.batch import arrow

    missing = arrow.nulls(column)
    values = np.where(missing, 0.0, arrow.values(column, np.float64))
    if not ((np.abs(values) < LARGEST_PLAIN) & (values == np.rint(values))).all():
        return column
    return arrow.whole_numbers(values.astype(np.int64), missing)


def lines_of(rows: Sequence[Sequence[object]], separator: str = ",") -> bytes:
    """Rows as CSV as Python writes it, each ended by a line feed alone."""
    out = io.StringIO(newline="")
    csv.writer(_Lines(out), lineterminator="\r\n", delimiter=separator).writerows(rows)
    return out.getvalue().encode()


class _Lines:
    """A file that ends the rows of a CSV writer by a line feed alone.

    The writer quotes a carriage return in a cell only where it ends rows with one itself.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, line: str) -> int:
        """Write a row."""
        return self._file.write(line.removesuffix("\r\n") + "\n")


def packed(data: bytes, path: str) -> bytes:
    """Bytes as a file of that name holds them: compressed if it ends in ``.gz``, each block a member of its own."""
    return gzip.compress(data, 6, mtime=0) if path.endswith(".gz") else data
