"""Where designs come from: blocks of a CSV or Parquet file, and a first look at them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from calculator.batch import csv_reader
from calculator.batch.csv_reader import STANDARD, Blocks, Dialect, Rows, refused
from calculator.batch.header import Header, read_header
from calculator.batch.sizer import Sizer
from calculator.batch.worker import PARQUET, Worker
from calculator.engine.run import CHUNK
from calculator.inputs.profile import Profile, name_of
from calculator.issues import refuse, short

HINT = "Give a CSV file in UTF-8."


class CsvSource:
    """Blocks of a CSV file and what a worker makes of one."""

    def __init__(self, blocks: Blocks, where: str, size: int) -> None:
        self.blocks, self.where, self._size = blocks, where, size
        self.names, self.dialect = blocks.names, blocks.dialect

    def skip(self, offset: int, line: int) -> None:
        """Go on behind so many bytes and lines."""
        self.blocks.skip(offset, line)

    def __iter__(self) -> Iterator[tuple[int, int, Any]]:
        for line, data in self.blocks:
            yield self.blocks.offset, self.blocks.line, (line, data)

    def share(self, offset: int, done: int) -> float | None:
        """Share of the file behind so many bytes; not known of a stream or a compressed file."""
        return offset / self._size if self._size else None

    def rows_in(self, block: tuple[int, bytes], header: Header) -> int:
        """Number of rows of a block."""
        line, data = block
        return csv_reader.count(data, line, header, self.dialect, self.where)


class ParquetSource:
    """Batches of a Parquet file."""

    def __init__(self, path: str) -> None:
        import pyarrow.parquet as pq

        self._file = pq.ParquetFile(path)
        self.names = [str(name) for name in self._file.schema_arrow.names]
        self.dialect = Dialect()

    def skip(self, offset: int, line: int) -> None:
        """Nothing to skip: a run over Parquet begins anew."""

    def __iter__(self) -> Iterator[tuple[int, int, Any]]:
        done = 0
        for batch in self._file.iter_batches(batch_size=CHUNK):
            yield 0, 0, Rows(batch.num_rows, batch.columns, range(done + 1, done + batch.num_rows + 1))
            done += batch.num_rows

    def share(self, offset: int, done: int) -> float | None:
        """Share of the rows that are done."""
        return done / max(self._file.metadata.num_rows, 1)

    def rows_in(self, block: Rows, header: Header) -> int:
        """Number of rows of a batch."""
        return block.count


@contextmanager
def opened(source: str, where: str) -> Iterator[CsvSource | ParquetSource]:
    """Open a file of designs; what stands against it is told."""
    if source.endswith(PARQUET):
        import pyarrow as pa

        try:
            with refused(where, "read", "Give a Parquet file."):
                opened = ParquetSource(source)
        except pa.ArrowInvalid as error:
            refuse(where, f"cannot be read: {short(str(error))}.", "Give a Parquet file.")
        yield opened
        return
    with refused(where, "read", HINT), csv_reader.readable(source) as file:
        size = 0 if source == STANDARD or source.endswith(".gz") else os.path.getsize(source)
        yield CsvSource(Blocks(file, where), where, size)


# --- looking first -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Preview:
    """The first rows of a file of designs.

    Attributes
    ----------
    names
        Columns.
    rows
        Cells of the first rows, as they are.
    problems
        What is wrong with a cell, by row (from 0) and column (from 0).
    lines
        Line of the file each row begins in.
    """

    names: tuple[str, ...]
    rows: list[list[str]]
    problems: dict[tuple[int, int], str]
    lines: list[int]


def preview(source: str, base: Profile, rows: int = 20) -> Preview:
    """Look at the first rows of a file of designs, and which of their cells cannot be used.

    Parameters
    ----------
    source
        CSV file, compressed if it ends in ``.gz``, or Parquet file.
    base
        What empty cells take.
    rows
        How many.

    Raises
    ------
    InputError
        If the file cannot be read, or its header cannot be used.
    """
    where = name_of(source)
    with opened(source, where) as source_rows:
        header = read_header(source_rows.names, f"{where} header", source_rows.dialect.decimal_comma)
        worker = Worker(Sizer(header, base), source_rows.dialect, where, "", None)
        blocks = (part for _, _, block in source_rows for part in worker.rows(block))
        parts = [next(csv_reader.chunks(part, rows)) for part in islice(blocks, 1) if part.count]
    if not parts:
        return Preview(header.names, [], {}, [])
    [part] = parts
    problems = {(row, 0): why for row, why in part.broken.items()}
    for place, column in header.inputs.items():
        raws = [part.row(row)[place] if place < len(part.row(row)) else "" for row in range(part.count)]
        _, unusable = column.read(raws, base.value(column.path))
        problems |= {(row, place): f"{problem.message} {problem.hint}" for row, problem in unusable.items()}
    return Preview(header.names, [part.row(n) for n in range(part.count)], problems, list(part.lines))
