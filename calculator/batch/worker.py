"""Process one block of designs: parse it, size its rows, and format the results."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from calculator.batch import csv_reader, csv_writer
from calculator.batch.csv_reader import Dialect, Rows
from calculator.batch.reasons import Reasons, add_reasons
from calculator.batch.sizer import WORDS, Sizer
from calculator.engine.run import CHUNK
from calculator.inputs.profile import name_of
from calculator.issues import Issues, refuse
from calculator.presentation.text import harmless

PARQUET, WORKBOOK = ".parquet", ".xlsx"
_OTHER_KINDS = (".xls", ".xlsm", ".xlsb", ".xltx", ".ods", ".numbers", ".json", ".html", ".htm")
"""File name suffixes of other formats than CSV."""


def is_table(path: str) -> bool:
    """Return whether the name of a file means a Parquet file or a workbook, not CSV."""
    return path.lower().endswith((PARQUET, WORKBOOK))


def check_kinds(target: str, errors: str | None, excel: bool) -> None:
    """Raise InputError if the suffix of a file to write means another format than the file will have.

    Parameters
    ----------
    target, errors
        Paths of the results file and of the errors file, None for no errors file.
    excel
        Whether the results are CSV as Excel reads it.
    """
    name = name_of(target)
    kinds = f"Name a file that ends in .csv, .csv.gz, {PARQUET} or {WORKBOOK}."
    if target.lower().endswith(_OTHER_KINDS) or is_table(target.lower().removesuffix(".gz")) > is_table(target):
        refuse(name, "is not a kind of file that can be written.", kinds)
    if excel and is_table(target):
        refuse(name, "is not a CSV file, so --excel does not apply to it.", "Remove --excel.")
    if errors is not None and (errors.lower().removesuffix(".gz").endswith((*_OTHER_KINDS, PARQUET, WORKBOOK))):
        refuse(
            name_of(errors),
            "is not the name of a CSV file, which the errors file always is.",
            "Let its name end in .csv.",
        )


@dataclass(frozen=True)
class SizedBlock:
    """Formatted results of one block.

    Attributes
    ----------
    offset, line
        Byte and line of the source at which the next block begins.
    rows
        Number of rows.
    results
        Encoded CSV for the results file, or record batches for Parquet and a workbook.
    errors
        Rows that cannot be used, as encoded CSV for the errors file.
    counts
        Number of rows by code of their status.
    blank
        Number of blank rows that were skipped.
    ids
        Ids of the rows; empty if the source has no ids.
    reasons
        How often there is an error or a warning.
    """

    offset: int
    line: int
    rows: int
    results: bytes | list[pa.RecordBatch]
    errors: bytes
    counts: list[int]
    blank: int
    ids: list[pa.Array]
    reasons: Reasons


@dataclass(frozen=True)
class Worker:
    """Function that sizes one block of a run, in this process or another one.

    Attributes
    ----------
    sizer
        Sizes the rows.
    dialect, where
        Dialect of the source, and its name in messages.
    target, errors
        Paths of the results file and of the errors file, whose suffixes give their formats; None for no errors file.
    excel
        Whether files are written as Excel reads them: with a byte order mark, and with the separator and the decimal
        sign of the source.
    """

    sizer: Sizer
    dialect: Dialect
    where: str
    target: str
    errors: str | None
    excel: bool = False

    @property
    def written(self) -> Dialect:
        """Dialect of the results file."""
        return self.dialect if self.excel else Dialect()

    def __call__(self, offset: int, line: int, block: Any, first: int) -> SizedBlock:
        """Size a block.

        Parameters
        ----------
        offset, line
            Byte and line of the source at which the next block begins.
        block
            Line and bytes of a block of CSV, or `Rows`.
        first
            Number of designs before the block.
        """
        batches, rejects, counts, done = [], list[list[object]](), [0] * len(WORDS), 0
        reasons = Reasons()
        parsed = self.parse(block)
        for start in range(0, parsed.count, CHUNK):
            rows = parsed.slice(start, CHUNK)
            where = functools.partial(_row_name, self.where, rows.lines)
            sized = self.sizer.size(rows.cells, rows.count, first + done, where, rows.broken)
            batches.append(sized.batch)
            if self.errors is not None:
                rejects += [self._reject(rows, row, sized.errors[row]) for row in sorted(sized.errors)]
            for code, count in enumerate(np.bincount(sized.codes, minlength=len(WORDS)).tolist()):
                counts[code] += count
            add_reasons(reasons, sized.reasons)
            done += rows.count
        ids = [] if self.sizer.header.id_place is None else [batch.column(0) for batch in batches]
        results, errors = self._formatted(batches), self.format_rejects(rejects)
        return SizedBlock(offset, line, done, results, errors, counts, parsed.blank, ids, reasons)

    def parse(self, block: Any) -> Rows:
        """Return the rows of a block."""
        if isinstance(block, Rows):
            return block
        line, data = block
        width = len(self.sizer.header.names)
        return csv_reader.parse_rows(data, line, width, self.dialect.separator, self.where)

    def _formatted(self, batches: Sequence[pa.RecordBatch]) -> bytes | list[pa.RecordBatch]:
        """Return results in the format of the results file."""
        if is_table(self.target):
            return list(batches)
        data = b"".join(csv_writer.format_batch(batch, len(self.sizer.texts), self.written) for batch in batches)
        return csv_writer.compressed(data, self.target)

    def _reject(self, rows: Rows, row: int, issues: Issues) -> list[object]:
        """Return a row of the errors file: the line, the problems, and an unchanged copy of the cells."""
        cells, width = rows.row(row), len(self.sizer.header.names)
        fields = " | ".join(dict.fromkeys(issue.field for issue in issues))
        messages = " | ".join(f"{issue.message} {issue.hint}".strip() for issue in issues)
        if messages.startswith("-"):  # so that no spreadsheet takes the message for a formula
            messages = f"The value {messages}"
        copied = [cells[place] for place in self.copied if place < len(cells)]
        return [rows.lines[row], fields, harmless(messages), *copied, *cells[width:]]

    @functools.cached_property
    def copied(self) -> list[int]:
        """Places of the columns that are copied to the errors file: all except those of an earlier errors file."""
        names = self.sizer.header.names
        return [place for place, name in enumerate(names) if not name.strip().startswith("error.")]

    def format_rejects(self, rejects: Sequence[Sequence[object]], mark: bytes = b"") -> bytes:
        """Return rows encoded for the errors file, the first rows after a byte order mark."""
        if not rejects or self.errors is None:
            return b""
        return csv_writer.compressed(mark + csv_writer.format_rows(rejects, self.dialect.separator), self.errors)


def _row_name(where: str, lines: Sequence[int], row: int) -> str:
    """Return the name of a row in messages: the line of the file it begins in."""
    return f"{where} row {lines[row]}"
