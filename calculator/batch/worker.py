"""What a worker does with a block of designs, wherever it runs."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.batch import csv_reader, csv_writer
from calculator.batch.csv_reader import Dialect, Rows
from calculator.batch.sizer import WORDS, Sizer
from calculator.engine.run import CHUNK
from calculator.issues import Issues
from calculator.presentation.text import harmless

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET = ".parquet"


@dataclass(frozen=True)
class Sized:
    """What a worker made of some rows.

    Attributes
    ----------
    offset, line
        Bytes and lines of the source behind them.
    rows
        How many.
    results
        CSV as the target holds it, or record batches.
    errors
        Rows that cannot be used, as the errors file holds them.
    counts
        Rows by code of their status.
    """

    offset: int
    line: int
    rows: int
    results: bytes | list[pa.RecordBatch]
    errors: bytes
    counts: list[int]


@dataclass(frozen=True)
class Worker:
    """What a worker does with a block, wherever it runs: parse it, size its rows, write them down.

    Attributes
    ----------
    sizer, dialect, where
        How the rows are sized, how the source separates its cells, and what it is called.
    target, errors
        Names of the files, which tell their form; no errors file if None.
    """

    sizer: Sizer
    dialect: Dialect
    where: str
    target: str
    errors: str | None

    def __call__(self, offset: int, line: int, block: Any, first: int) -> Sized:
        """Results of a block, ``first`` the number of designs before it."""
        batches, rejects, counts, done = [], list[list[object]](), [0] * len(WORDS), 0
        for rows in self.rows(block):
            where = functools.partial(_row_name, self.where, rows.lines)
            size = self.sizer.size if csv_reader.ARROW else self.sizer.size_plainly
            made = size(rows.cells, rows.count, first + done, where, rows.broken)
            batches.append(made.batch)
            if self.errors is not None:
                rejects += [self._reject(rows, row, made.errors[row]) for row in sorted(made.errors)]
            for code, count in enumerate(np.bincount(made.codes, minlength=len(WORDS)).tolist()):
                counts[code] += count
            done += rows.count
        return Sized(offset, line, done, self._written(batches), self.written_rejects(rejects), counts)

    def rows(self, block: Any) -> Iterator[Rows]:
        """Rows of a block, some thousand at a time."""
        if isinstance(block, Rows):
            yield block
            return
        line, data = block
        for parsed in csv_reader.parse(data, line, self.sizer.header, self.dialect, self.where):
            yield from csv_reader.chunks(parsed, CHUNK)

    def _written(self, batches: Sequence[pa.RecordBatch]) -> bytes | list[pa.RecordBatch]:
        if self.target.endswith(PARQUET):
            return list(batches)
        if csv_reader.ARROW:
            data = b"".join(csv_writer.lines_of_batch(batch, len(self.sizer.texts)) for batch in batches)
        else:
            data = b"".join(map(csv_writer.lines_of, batches))
        return csv_writer.packed(data, self.target)

    def _reject(self, rows: Rows, row: int, issues: Issues) -> list[object]:
        """A row that cannot be used, as it was, behind what is wrong with it."""
        cells, width = rows.row(row), len(self.sizer.header.names)
        fields = " | ".join(dict.fromkeys(issue.field for issue in issues))
        messages = " | ".join(f"{issue.message} {issue.hint}".strip() for issue in issues)
        rest = [cells[place] for place in self.kept if place < len(cells)]
        return [rows.lines[row], fields, harmless(messages), *rest, *cells[width:]]

    @functools.cached_property
    def kept(self) -> list[int]:
        """Places of the columns that stand in the errors file: those of an earlier one are left out."""
        names = self.sizer.header.names
        return [place for place, name in enumerate(names) if not name.strip().startswith("error.")]

    def written_rejects(self, rejects: Sequence[Sequence[object]]) -> bytes:
        """Rows as the errors file holds them."""
        if not rejects or self.errors is None:
            return b""
        return csv_writer.packed(csv_writer.lines_of(rejects, self.dialect.separator), self.errors)


def _row_name(where: str, lines: Sequence[int], row: int) -> str:
    """How messages name a row: by the line of the file it begins in."""
    return f"{where} row {lines[row]}"
