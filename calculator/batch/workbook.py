"""Write results as a workbook, row by row, so that memory stays bounded."""

from __future__ import annotations

from datetime import datetime
from typing import IO

import pyarrow as pa

from calculator.issues import refuse

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""Largest number of rows, including the header, and of columns of a sheet."""
LONGEST_TEXT = 32_767
"""Largest number of characters in a cell."""
_CUT = " ... (cut: a cell holds no more)"
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_CREATED = datetime(2013, 1, 1)
"""Creation time in every workbook, fixed so that the same designs give the same bytes."""


class WorkbookWriter:
    """Workbook with one sheet of results.

    Parameters
    ----------
    file
        Binary file to write to.
    schema
        The columns of the results.
    name
        Name of the file in messages.

    Raises
    ------
    InputError
        If there are more columns, or later more rows, than a sheet holds.
    """

    def __init__(self, file: IO[bytes], schema: pa.Schema, name: str) -> None:
        import xlsxwriter  # imported only if a workbook is written

        self._name, self._next = name, 1
        if len(schema.names) > MOST_COLUMNS:
            message = f"would have {len(schema.names):,} columns, but a sheet has at most {MOST_COLUMNS:,}."
            refuse(name, message, "Ask for fewer results, or write CSV.")
        self._book = xlsxwriter.Workbook(file, _OPTIONS)
        self._book.set_properties({"created": _CREATED})
        self._sheet = self._book.add_worksheet("Results")
        self._sheet.freeze_panes(1, 1)
        self._sheet.write_row(0, 0, schema.names, self._book.add_format({"bold": True}))

    def write_table(self, table: pa.Table, _rows: int) -> None:
        """Append rows to the sheet; a cell without a value stays empty."""
        if self._next + table.num_rows > MOST_ROWS:
            message = f"would have more than {MOST_ROWS - 1:,} designs, but a sheet has no more rows."
            refuse(self._name, message, "Write CSV, or split the file of designs.")
        columns = [column.to_pylist() for column in table.columns]
        for cells in zip(*columns, strict=True):
            for place, cell in enumerate(cells):
                if isinstance(cell, str):
                    if cell:
                        self._sheet.write_string(self._next, place, _fitted(cell))
                elif isinstance(cell, bool):
                    self._sheet.write_boolean(self._next, place, cell)
                elif cell is not None:
                    self._sheet.write_number(self._next, place, cell)
            self._next += 1

    def close(self) -> None:
        """Write the workbook to its file."""
        self._book.close()


def _fitted(text: str) -> str:
    """Return a text shortened to what a cell can hold."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - len(_CUT)] + _CUT
