"""Rows as lines of CSV files: by Arrow for columns of results, by Python for rows of anything."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING

import numpy as np

from calculator.printing import FORMULA

if TYPE_CHECKING:
    import pyarrow as pa

LARGEST_PLAIN = 1e9
"""Whole numbers below it are written alike as floats and as integers."""
SAMPLE, DIFFERENT = 256, 192
"""First values of a column that are looked at, and how many may be different where values are said to repeat."""


def lines_of_batch(batch: pa.RecordBatch, texts: int) -> memoryview:
    """Rows of results; texts in the first so many columns, which may hold anything, in quotes.

    Arrow quotes every text or none: so numbers that repeat can be texts too, only the first columns are
    quoted, and these are joined with the lines of the others.
    """
    import pyarrow.compute as pc

    from calculator import arrow

    own = [_quoted(column) for column in batch.columns[:texts]]
    lines = pc.binary_join_element_wise(*own, _lines_of_results(batch, texts), arrow.text(","))
    return arrow.all_bytes(lines).data


def _quoted(texts: pa.Array) -> pa.Array:
    """Texts in quotes, as no spreadsheet runs them; nothing of an empty one."""
    import pyarrow.compute as pc

    from calculator import arrow

    texts = harmless(texts)
    if (arrow.all_bytes(texts) == ord('"')).any():
        texts = pc.replace_substring(texts, '"', '""')
    quote, nothing = arrow.text('"'), arrow.text("")
    quoted = pc.binary_join_element_wise(quote, texts, quote, nothing)
    empty = np.diff(arrow.ends(texts)) == 0
    return pc.if_else(arrow.flags(empty), nothing, quoted) if empty.any() else quoted


def harmless(texts: pa.Array) -> pa.Array:
    """Texts that no spreadsheet runs as a formula."""
    import pyarrow.compute as pc

    from calculator import arrow

    ends, held = arrow.ends(texts), arrow.all_bytes(texts)
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

    from calculator import arrow

    columns = [_quick(column) for column in batch.columns[first:]]
    rows = pa.RecordBatch.from_arrays(columns, names=batch.schema.names[first:])
    out = pa.BufferOutputStream()
    pacsv.write_csv(rows, out, pacsv.WriteOptions(include_header=False, quoting_style="none"))
    held = out.getvalue()
    ends = np.flatnonzero(np.frombuffer(held, np.uint8) == ord("\n")) + 1
    return arrow.spans(np.concatenate(([0], ends)).astype(np.int32), held)


def _quick(column: pa.Array) -> pa.Array:
    """The same column as what is written fastest, in the same words: what repeats is put into words once."""
    import pyarrow as pa

    sample = column.slice(0, SAMPLE)
    if not pa.types.is_string(column.type) and len(sample.unique()) * SAMPLE <= DIFFERENT * len(sample):
        encoded = column.dictionary_encode()
        words = encoded.dictionary.cast(pa.string())
        if len(words) == 1 and not column.null_count:
            return pa.repeat(words[0], len(column))
        return words.take(encoded.indices)
    return _whole(column) if pa.types.is_floating(column.type) else column


def _whole(column: pa.Array) -> pa.Array:
    """Numbers that are all whole as such: they are written in half the time, in the same words."""
    from calculator import arrow

    missing = arrow.nulls(column)
    values = np.where(missing, 0.0, arrow.values(column, np.float64))
    if not ((np.abs(values) < LARGEST_PLAIN) & (values == np.rint(values))).all():
        return column
    return arrow.whole_numbers(values.astype(np.int64), missing)


_FORMULA = np.frombuffer("".join(FORMULA).encode(), np.uint8)


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
