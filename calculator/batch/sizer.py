"""Size rows of designs: a pure function from a block of cells to a block of results."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from calculator.batch import arrow
from calculator.batch.cells import arrow_type, issues_array, read_cells, read_texts, result_array
from calculator.batch.header import Header, issues_text, read_header
from calculator.batch.reasons import Reasons, reasons_of
from calculator.engine import findings, run
from calculator.engine.applicability import Figures
from calculator.engine.columns import profile_columns, to_inputs
from calculator.engine.findings import ALWAYS, Messages
from calculator.engine.results import Results, column_index, result_columns, rules_of
from calculator.engine.run import CHUNK
from calculator.inputs.profile import Profile
from calculator.inputs.schema import BY_PATH
from calculator.issues import NOTICE, Issues
from calculator.numerics.arrays import Array
from calculator.numerics.buffers import BufferPool

MAILBOXES = "tiers.mailboxes"
LEADING = ("id", "status", "issues")
WORDS = (*findings.STATUS, "error")
"""Words for the status of a row, by code."""


@dataclass(frozen=True)
class SizedRows:
    """Results of a block of rows.

    Attributes
    ----------
    batch
        ``id``, ``status``, ``issues``, the columns that pass through and the results, one row per design.
    codes
        Code of the status of each row in `WORDS`, shape ``(rows,)``.
    errors
        Issues of the rows that cannot be used.
    reasons
        How often there is an error or a warning.
    """

    batch: pa.RecordBatch
    codes: Array
    errors: Mapping[int, Issues]
    reasons: Reasons


class Sizer:
    """Function from a record batch of designs to a record batch of results.

    The results of a row depend on that row alone, so a table may be cut into batches in any way, and the batches
    may be sized in any order.  A sizer can be pickled and sent to other processes.  One sizer may be called from
    several threads.

    Parameters
    ----------
    names
        Names of the columns of every batch: inputs, as ``path`` or ``path [unit]``, ``id``, and ``note.*`` columns,
        which pass through.
    base
        Values of empty cells and of the inputs without a column; the defaults of the inputs if None.
    results
        Names of rules or result columns, ``"headline"`` or ``"all"``.
    as_workbook
        Whether disks are counted as Microsoft's workbook counts them where a volume does not fit its disk: as 0.  By
        default such counts do not apply.
    valid_only
        Whether no figure of an invalid design applies, as in studies.  By default those apply that do not depend on
        what is wrong.
    with_inputs
        Whether the columns of inputs pass through too, unchanged.

    Attributes
    ----------
    schema
        Schema of the results, known before the first row.
    columns, texts
        Names of the result columns, and of the text columns before them: ``id``, ``status``, ``issues``, and the
        columns that pass through.
    replaced
        Names of columns of the table that do not pass through, because columns of the results have the same names.

    Raises
    ------
    InputError
        If a column is not an input or occurs twice.
    UnknownResult
        If a result is unknown.

    See Also
    --------
    calculator.size_many : Size a whole table in memory.

    Examples
    --------
    >>> import pyarrow as pa
    >>> import calculator
    >>> sizer = calculator.Sizer(["tiers.1.mailboxes"], results=["summary_databases"])
    >>> sizer(pa.record_batch({"tiers.1.mailboxes": [1000, 5000]})).to_pydict()["summary_databases"]
    [16.0, 48.0]
    """

    def __init__(
        self,
        names: Sequence[str] | Header,
        base: Profile | None = None,
        results: str | Iterable[str] = "headline",
        *,
        as_workbook: bool = False,
        valid_only: bool = False,
        with_inputs: bool = False,
    ) -> None:
        self.header = names if isinstance(names, Header) else read_header(list(names), "designs")
        self.base = base or Profile()
        self.tiers = max(self.header.tiers, self.base.tiers)
        self.columns = result_columns(results, self.tiers)
        self._targets = (*rules_of(self.columns, self.tiers), *ALWAYS)
        self._as_workbook, self._valid_only = as_workbook, valid_only
        self._given = profile_columns(self.base)
        self._defaults = {place: self.base.value(column.path) for place, column in self.header.inputs.items()}
        own = {*LEADING, *self.columns}
        names_of = {place: self.header.names[place].strip() for place in range(len(self.header.names))}
        self.replaced = [names_of[place] for place in self.header.unknown if names_of[place] in own]
        passing = {*self.header.notes, *self.header.unknown, *(self.header.inputs if with_inputs else ())}
        self._passing = [place for place in sorted(passing) if names_of[place] not in own]
        self.texts = (*LEADING, *(names_of[place] for place in self._passing))
        self._thread = threading.local()

    @cached_property
    def schema(self) -> pa.Schema:
        """Schema of the results, known before the first row."""
        index = column_index(self.tiers)
        kinds = {name: pa.string() for name in self.texts}
        kinds |= {column: arrow_type(index[column][0]) for column in self.columns}
        return pa.schema(list(kinds.items()))

    def __getstate__(self) -> dict[str, Any]:
        """Return the state for another process, without the buffers of this thread."""
        return {name: value for name, value in self.__dict__.items() if name != "_thread"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore the sizer in another process."""
        self.__dict__.update(state)
        self._thread = threading.local()

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Size a batch of designs.

        Parameters
        ----------
        batch
            Designs, one row each, with the columns that the sizer was made for, in any order.

        Returns
        -------
        pyarrow.RecordBatch
            ``id``, ``status``, ``issues``, notes and results, one row per design in the order given.  A design
            that cannot be used has the status ``error``, its errors in ``issues`` and no results.
        """
        places = {name.strip(): place for place, name in enumerate(batch.schema.names)}
        cells = [batch.column(places[name.strip()]) for name in self.header.names]
        blocks = [
            self.size([column.slice(start, CHUNK) for column in cells], min(CHUNK, batch.num_rows - start), start).batch
            for start in range(0, batch.num_rows, CHUNK)
        ]
        table = pa.Table.from_batches(blocks, self.schema).combine_chunks()
        return next(iter(table.to_batches()), pa.RecordBatch.from_pylist([], schema=self.schema))

    def size(
        self,
        cells: Sequence[pa.Array],
        rows: int,
        first: int = 0,
        where: Callable[[int], str] | None = None,
        broken: Mapping[int, str] | None = None,
    ) -> SizedRows:
        """Size a block of at most `CHUNK` rows.

        Parameters
        ----------
        cells
            One array per column, in the order of the header.
        rows
            Number of rows.
        first
            Number of designs before this block, for rows without an id.
        where
            Function that returns the name of a row in messages.
        broken
            What is wrong with rows that have more or fewer cells than the header, by number of the row.

        Returns
        -------
        SizedRows
            Results, status codes and errors of the rows.
        """
        cells = [arrow.readable(column) for column in cells]
        where = where or (lambda row: f"design {first + row + 1}")
        given, errors = self._read(cells, where, broken or {})
        ids, *notes = self._read_texts(cells, rows, first, where, errors)
        results = self._run(given, rows)
        found = list(findings.messages(results))
        codes = np.array(np.broadcast_to(findings.severity_rank(results), rows))
        from_base = self._mailboxes_from_base(cells, rows)
        if from_base is not None:
            found.append(from_base)
            codes = np.where(from_base.places >= 0, np.maximum(codes, findings.RANK[NOTICE]), codes)
        codes[list(errors)] = len(findings.STATUS)
        left_out = codes == len(findings.STATUS) if errors else None
        figures, index = self._figures(results), column_index(self.tiers)
        error_texts = {row: issues_text(found) for row, found in errors.items()}
        arrays = [
            ids,
            arrow.words(codes, WORDS),
            issues_array(found, rows, error_texts),
            *notes,
            *(result_array(figures, index[column], rows, left_out) for column in self.columns),
        ]
        reasons = reasons_of(found, errors)
        return SizedRows(pa.RecordBatch.from_arrays(arrays, schema=self.schema), codes, errors, reasons)

    def _figures(self, results: Results) -> Figures:
        if self._valid_only:
            return results.valid_figures
        return results.workbook_figures if self._as_workbook else results.figures

    def _read(
        self, cells: Sequence[pa.Array], where: Callable[[int], str], broken: Mapping[int, str]
    ) -> tuple[dict[str, Any], dict[int, Issues]]:
        """Return columns of canonical values, and the issues of the rows that cannot be used."""
        given: dict[str, Any] = dict(self._given)
        errors: dict[int, Issues] = {}
        for row, why in broken.items():
            errors.setdefault(row, Issues()).error(where(row), "row", why, "Give a cell for each column.")
        for place, column in self.header.inputs.items():
            values, problems = read_cells(column, cells[place], self._defaults[place])
            if column.field.numeric:
                given[column.path] = values
            for row, problem in problems.items():
                errors.setdefault(row, Issues()).error(where(row), column.path, problem.message, problem.hint)
        return given, errors

    def _read_texts(
        self, cells: Sequence[pa.Array], rows: int, first: int, where: Callable[[int], str], errors: dict[int, Issues]
    ) -> list[pa.Array]:
        """Return the ids (by default numbers of the rows) and the columns that pass through; add errors about them."""
        columns = []
        if self.header.id_place is None:
            columns.append(arrow.texts([str(first + row + 1) for row in range(rows)]))
        given = [self.header.id_place] if self.header.id_place is not None else []
        for place in (*given, *self._passing):
            texts, problems = read_texts(cells[place])
            for row, problem in problems.items():
                name = self.header.names[place].strip()
                errors.setdefault(row, Issues()).error(where(row), name, problem.message, problem.hint)
            columns.append(texts)
        return columns

    @cached_property
    def mailbox_places(self) -> list[int]:
        """Places of the columns that give mailboxes."""
        return [place for place, column in self.header.inputs.items() if column.field.path == MAILBOXES]

    @cached_property
    def base_mailboxes(self) -> str:
        """The mailboxes of the base profile as text; empty if it has none."""
        paths = BY_PATH[MAILBOXES].paths(self.base.tiers)
        count = sum(float(self.base.value(path) or 0) for path in paths)
        name = "" if self.base.where == Profile().where else f" ({self.base.where})"
        return f"the {count:,.0f} of the base profile{name}" if count else ""

    def _mailboxes_from_base(self, cells: Sequence[pa.Array], rows: int) -> Messages | None:
        """Return the notice about the rows in which no cell gives mailboxes; None if there is no such row."""
        if not self.mailbox_places or not self.base_mailboxes:
            return None
        missing = np.ones(rows, dtype=np.bool_)
        for place in self.mailbox_places:
            missing &= arrow.blank(cells[place])
        if not missing.any():
            return None
        message = f"The row gives no mailboxes, so the design has {self.base_mailboxes}."
        path = self.header.inputs[self.mailbox_places[0]].path
        return Messages(NOTICE, path, "", [message], np.where(missing, 0, -1).astype(np.int32))

    def _run(self, given: dict[str, Any], rows: int) -> Results:
        """Return the results of a block; they overwrite those of the previous block in the same thread."""
        inputs = to_inputs(given, self.tiers)
        if max(array.shape[-1] for array in inputs.values()) < rows:
            name = next(iter(inputs))
            inputs[name] = np.repeat(inputs[name], rows, axis=-1)
        if not hasattr(self._thread, "pool"):
            self._thread.pool = BufferPool()
        return next(run.stream(self._targets, inputs, self.tiers, pool=self._thread.pool))
