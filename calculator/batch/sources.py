"""Read designs: blocks of a CSV or Parquet file, and a preview of the first rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from calculator.batch.csv_reader import Blocks, Dialect, Rows
from calculator.batch.effort import plain_size, seconds_of
from calculator.batch.header import base_issues, read_header, report_unknown
from calculator.batch.sizer import Sizer
from calculator.batch.worker import PARQUET, Worker
from calculator.engine.run import CHUNK
from calculator.inputs.profile import Profile, name_of
from calculator.inputs.text_files import file_errors, open_stream
from calculator.issues import Issues, refuse, short

ROWS_PER_SECOND = 50_000
"""Rough speed of one process for a Parquet file."""
PARQUET_HINT = "Give a Parquet file that is not damaged."


class CsvSource:
    """Blocks of a CSV file.

    Parameters
    ----------
    blocks
        The blocks.
    where
        Name of the file in messages.
    size
        Number of bytes in the file, 0 if it is not known.
    """

    def __init__(self, blocks: Blocks, where: str, size: int) -> None:
        self._blocks, self._where, self._size = blocks, where, size
        self.names, self.dialect = blocks.names, blocks.dialect

    def skip(self, offset: int, line: int) -> None:
        """Skip to the place where an earlier run stopped."""
        self._blocks.skip(offset, line)

    def __iter__(self) -> Iterator[tuple[int, int, Any]]:
        """Yield the byte and the line after each block, and the block as its first line and its bytes."""
        for line, data in self._blocks:
            yield self._blocks.offset, self._blocks.line, (line, data)

    def share(self, offset: int, done: int) -> float | None:
        """Return the share of the file before a byte; None for a stream or a compressed file."""
        return offset / self._size if self._size else None

    def seconds_left(self, offset: int, done: int) -> float:
        """Estimate the seconds that one process takes for the rest of the file; 0 for a stream or a compressed file."""
        return seconds_of(self._size - offset) if self._size else 0.0


class ParquetSource:
    """Batches of a Parquet file.

    Parameters
    ----------
    path
        The file.
    where
        Name of the file in messages.

    Raises
    ------
    InputError
        If the file, or later a page of it, cannot be read.
    """

    def __init__(self, path: str, where: str) -> None:
        import pyarrow.parquet as pq

        self._where = where
        with _parquet_errors(where):
            self._file = pq.ParquetFile(path, page_checksum_verification=True)
            self.names = [str(name) for name in self._file.schema_arrow.names]
        self.dialect = Dialect()

    def skip(self, offset: int, line: int) -> None:
        """Do nothing, because a run over a Parquet file always begins from the start."""

    def __iter__(self) -> Iterator[tuple[int, int, Any]]:
        """Yield each batch, after zeros for the byte and the line, which a Parquet file does not have."""
        done = 0
        with _parquet_errors(self._where):
            batches = self._file.iter_batches(batch_size=CHUNK)
        while True:
            with _parquet_errors(self._where):
                batch = next(batches, None)
            if batch is None:
                return
            yield 0, 0, Rows(batch.num_rows, batch.columns, range(done + 1, done + batch.num_rows + 1))
            done += batch.num_rows

    def share(self, offset: int, done: int) -> float | None:
        """Return the share of the rows that is done."""
        return done / max(self._file.metadata.num_rows, 1)

    def seconds_left(self, offset: int, done: int) -> float:
        """Return an estimate of the seconds that one process takes for the remaining rows."""
        return (self._file.metadata.num_rows - done) / ROWS_PER_SECOND


@contextmanager
def _parquet_errors(where: str) -> Iterator[None]:
    """Raise `InputError` in place of the errors of Arrow about a file that is damaged or not a Parquet file."""
    try:
        with file_errors(where, "read", PARQUET_HINT):
            yield
    except (pa.ArrowException, UnicodeDecodeError, OverflowError) as error:
        refuse(where, f"cannot be read: {short(str(error)).rstrip('.')}.", PARQUET_HINT)


@contextmanager
def open_designs(source: str, where: str, issues: Issues | None = None) -> Iterator[CsvSource | ParquetSource]:
    """Open a file of designs.

    Parameters
    ----------
    source
        CSV file, compressed if it ends in ``.gz``, Parquet file (``.parquet``), or ``-`` for standard input.
    where
        Name of the file in messages.
    issues
        Receives a notice where the file is neither in UTF-8 nor in UTF-16.

    Raises
    ------
    InputError
        If the file cannot be read, or has no header.
    """
    if source.endswith(PARQUET):
        yield ParquetSource(source, where)
        return
    found = Issues() if issues is None else issues
    with file_errors(where, "read", "Give a CSV file in UTF-8."), open_stream(source, where, found) as text:
        yield CsvSource(Blocks(text), where, plain_size(source))


@dataclass(frozen=True)
class Preview:
    """The first rows of a file of designs.

    Attributes
    ----------
    names
        Column names.
    rows
        Cells of the first rows, unchanged.
    problems
        Message about each unusable cell, by row (from 0) and column (from 0).
    lines
        Line of the file each row begins in.
    issues
        Issues about the base profile, and about the header, such as columns that are not inputs.
    """

    names: tuple[str, ...]
    rows: list[list[str]]
    problems: dict[tuple[int, int], str]
    lines: list[int]
    issues: Issues


def preview(source: str, base: Profile, rows: int = 20) -> Preview:
    """Read the first rows of a file of designs, and find the cells that cannot be used.

    Parameters
    ----------
    source
        CSV file, compressed if it ends in ``.gz``, or Parquet file.
    base
        Values of empty cells.
    rows
        Number of rows to read.

    Raises
    ------
    InputError
        If the file cannot be read, or its header cannot be used.
    """
    where = name_of(source)
    with open_designs(source, where) as designs:
        header = read_header(designs.names, f"{where} header", designs.dialect.decimal_comma, strict=False)
        issues, sizer = Issues(), Sizer(header, base)
        issues.extend(base_issues(base, header))
        report_unknown(header, sizer.replaced, f"{where} header", issues)
        worker = Worker(sizer, designs.dialect, where, "", None)
        parts = (part for _, _, block in designs if (part := worker.parse(block)).count)
        first = next((part.slice(0, rows) for part in parts), None)
    if first is None:
        return Preview(header.names, [], {}, [], issues)
    cells = [first.row(number) for number in range(first.count)]
    problems = {(row, 0): why for row, why in first.broken.items()}
    for place, column in header.inputs.items():
        raws = [row[place] if place < len(row) else "" for row in cells]
        _, unusable = column.read(raws, base.value(column.path))
        problems |= {(row, place): f"{problem.message} {problem.hint}" for row, problem in unusable.items()}
    return Preview(header.names, cells, problems, list(first.lines), issues)
