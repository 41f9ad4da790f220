"""Rows of designs sized: a pure function from a block of cells to a block of results.

>>> import pyarrow as pa
>>> sizer = Sizer(["tiers.1.mailboxes"], results=["summary_databases"])
>>> sizer(pa.record_batch({"tiers.1.mailboxes": [1000, 5000]})).to_pydict()["summary_databases"]
[16.0, 48.0]
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from calculator.batch.cells import arrow_type, issues_array, read_cells, result_array
from calculator.batch.header import Header, column_texts, issues_text, read_header
from calculator.engine import findings, run
from calculator.engine.columns import profile_columns, to_inputs
from calculator.engine.findings import ALWAYS, Messages
from calculator.engine.results import Results, column_index, result_columns, rules_of
from calculator.engine.run import CHUNK
from calculator.inputs.profile import Profile
from calculator.issues import Issues
from calculator.numerics.program import BufferPool
from calculator.presentation.text import harmless

if TYPE_CHECKING:
    import pyarrow as pa

LEADING = ("id", "status", "issues")
WORDS = (*findings.STATUS, "error")
"""Words of a row's status by their code."""


@dataclass(frozen=True)
class Block:
    """Some rows sized.

    Attributes
    ----------
    batch
        ``id``, ``status``, ``issues``, notes and results, a row a design; rows of texts where there is no Arrow.
    codes
        Code of the status of each row in `WORDS`, shape ``(rows,)``.
    errors
        What is wrong with the rows that cannot be used.
    """

    batch: Any
    codes: npt.NDArray[Any]
    errors: Mapping[int, Issues]


@dataclass(frozen=True)
class _Figures:
    """Results of a block, which the next run overwrites, status, messages and errors of its rows."""

    results: Results
    codes: npt.NDArray[Any]
    messages: list[Messages]
    errors: dict[int, Issues]


class Sizer:
    """Sizes blocks of rows that all have the same columns; the same for every worker.

    Parameters
    ----------
    names
        Columns: inputs, ``path`` or ``path [unit]``, ``id`` and ``note.*``; or a `Header` read before.
    base
        What empty cells and missing columns take.
    results
        Names of rules or columns, ``headline`` or ``all``.

    Attributes
    ----------
    columns, texts
        Names of the result columns, and of the texts before them: ``id``, ``status``, ``issues``, notes.

    Raises
    ------
    InputError
        If a column is unknown or there twice.
    """

    def __init__(
        self, names: Sequence[str] | Header, base: Profile | None = None, results: str | Iterable[str] = "headline"
    ) -> None:
        self.header = names if isinstance(names, Header) else read_header(list(names), "designs")
        self.base = base or Profile()
        self.tiers = max(self.header.tiers, self.base.tiers)
        self.columns = result_columns(results, self.tiers)
        self._targets = (*rules_of(self.columns, self.tiers), *ALWAYS)
        self._given = profile_columns(self.base)
        self._defaults = {place: self.base.value(column.path) for place, column in self.header.inputs.items()}
        notes = [self.header.names[place].strip() for place in self.header.notes]
        self.texts = (*LEADING, *notes)
        self._own = threading.local()

    @cached_property
    def schema(self) -> pa.Schema:
        """Of what comes out, known before the first row."""
        import pyarrow as pa

        index = column_index(self.tiers)
        kinds = {name: pa.string() for name in self.texts}
        kinds |= {column: arrow_type(index[column][0]) for column in self.columns}
        return pa.schema(list(kinds.items()))

    def __getstate__(self) -> dict[str, Any]:
        """What a worker process is given: a worker has room of its own."""
        return {name: value for name, value in self.__dict__.items() if name != "_own"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Begin in a worker process."""
        self.__dict__.update(state)
        self._own = threading.local()

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Results of a batch of rows, in order; its columns are found by name."""
        import pyarrow as pa

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
        cells: Sequence[Any],
        rows: int,
        first: int = 0,
        where: Callable[[int], str] | None = None,
        broken: Mapping[int, str] | None = None,
    ) -> Block:
        """Size a block of at most `CHUNK` rows.

        Parameters
        ----------
        cells
            Arrow arrays or lists, a column each, in the order of the header.
        rows
            How many.
        first
            Number of designs before this block, for rows without an id.
        where
            How a row is named in messages.
        broken
            Rows that are no rows at all (too few cells), and why.
        """
        import pyarrow as pa

        from calculator.batch import arrow

        figures = self._figures(cells, rows, first, where, broken)
        wrong = list(figures.errors)
        left_out = figures.codes == len(findings.STATUS) if wrong else None
        arrays = [
            self._ids(cells, rows, first),
            arrow.words(figures.codes, WORDS),
            issues_array(figures.messages, rows, {row: issues_text(found) for row, found in figures.errors.items()}),
            *(_as_text(cells[place]) for place in self.header.notes),
            *(result_array(figures.results, column, rows, left_out) for column in self.columns),
        ]
        return Block(pa.RecordBatch.from_arrays(arrays, schema=self.schema), figures.codes, figures.errors)

    def size_plainly(
        self, cells: Sequence[list[str]], rows: int, first: int, where: Callable[[int], str], broken: Mapping[int, str]
    ) -> Block:
        """Size a block of texts where there is no Arrow; its results are rows of texts."""
        figures = self._figures(cells, rows, first, where, broken)
        place = self.header.id_place
        ids = cells[place] if place is not None else [str(first + row + 1) for row in range(rows)]
        texts = [[harmless(cell) for cell in column] for column in (ids, *(cells[n] for n in self.header.notes))]
        results = [column_texts(figures.results, column, rows) for column in self.columns]
        issues = findings.issue_texts(figures.messages, rows)
        for row, found in figures.errors.items():
            issues[row] = issues_text(found)
            for column in results:
                column[row] = ""
        status = [WORDS[code] for code in figures.codes.tolist()]
        columns = [texts[0], status, issues, *texts[1:], *results]
        return Block(list(zip(*columns, strict=True)), figures.codes, figures.errors)

    def _figures(
        self,
        cells: Sequence[Any],
        rows: int,
        first: int,
        where: Callable[[int], str] | None,
        broken: Mapping[int, str] | None,
    ) -> _Figures:
        """What becomes of a block, before it is put into columns."""
        place_of = where or (lambda row: f"design {first + row + 1}")
        given, errors = self._read(cells, place_of, broken or {})
        results = self._run(given, rows)
        codes = np.array(np.broadcast_to(findings.severity_rank(results), rows))
        codes[list(errors)] = len(findings.STATUS)
        return _Figures(results, codes, list(findings.messages(results)), errors)

    def _read(
        self, cells: Sequence[Any], where: Callable[[int], str], broken: Mapping[int, str]
    ) -> tuple[dict[str, Any], dict[int, Issues]]:
        """Columns of canonical values, and what is wrong with rows."""
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

    def _run(self, given: dict[str, Any], rows: int) -> Results:
        """Results of a block; those of the one before are overwritten."""
        inputs = to_inputs(given, self.tiers)
        if max(array.shape[-1] for array in inputs.values()) < rows:
            some = next(iter(inputs))
            inputs[some] = np.repeat(inputs[some], rows, axis=-1)
        if not hasattr(self._own, "pool"):
            self._own.pool = BufferPool()
        return next(run.stream(self._targets, inputs, self.tiers, pool=self._own.pool))

    def _ids(self, cells: Sequence[Any], rows: int, first: int) -> pa.Array:
        """Names of the rows: those given, else their numbers."""
        from calculator.batch import arrow

        if self.header.id_place is None:
            return arrow.texts([str(first + row + 1) for row in range(rows)])
        return _as_text(cells[self.header.id_place])


def _as_text(cells: Any) -> pa.Array:
    """Cells that pass through, as text; empty where there is nothing."""
    import pyarrow as pa

    from calculator.batch import arrow

    if not isinstance(cells, pa.Array):
        return arrow.texts(["" if cell is None else str(cell) for cell in cells])
    return arrow.filled(cells.cast(pa.string()))
