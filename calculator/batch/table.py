"""Size tables of designs in memory: mappings of columns, DataFrames, Arrow tables and streams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from calculator.batch import arrow
from calculator.batch.sizer import Sizer
from calculator.engine.progress import DesignCounter
from calculator.engine.run import CHUNK
from calculator.engine.sizing import Scenario, read
from calculator.inputs.profile import Profile
from calculator.issues import InputError, Issues, short


def size_many(
    designs: Any,
    *,
    profile: Scenario | None = None,
    results: str | Iterable[str] = "headline",
    valid_only: bool = False,
    progress: DesignCounter | None = None,
) -> pa.Table:
    """Size a table of designs.

    Parameters
    ----------
    designs
        Mapping of columns, pyarrow Table, RecordBatch or RecordBatchReader, or DataFrame: one row per design, one
        column per input that varies, named by its path (or ``path [unit]``).
    profile
        Values of the inputs without a column, and of empty cells.
    results
        Names of rules or columns, ``headline`` or ``all``.
    valid_only
        Whether no figure of an invalid design applies, as in studies.
    progress
        Called with the number of designs done.

    Returns
    -------
    pyarrow.Table or pyarrow.RecordBatchReader
        ``id``, ``status``, ``issues`` and the results, one row per design, in order.  A RecordBatchReader is given
        back for one, and read as far as its results are.

    Raises
    ------
    InputError
        If the columns are not columns of inputs, or not of the same length.
    """
    base = read(profile) if profile is not None else Profile()
    if isinstance(designs, pa.RecordBatchReader):
        return _size_stream(designs, base, results, valid_only, progress)
    names, columns = _columns_of(designs)
    sizer = Sizer(names, base, results, valid_only=valid_only)
    total = len(columns[0]) if columns else 0
    parts = []
    for start in range(0, total, CHUNK):
        stop = min(start + CHUNK, total)
        cells = [_cells(sizer, place, column[start:stop]) for place, column in enumerate(columns)]
        parts.append(sizer.size(cells, stop - start, start).batch)
        if progress is not None:
            progress(stop)
    return pa.Table.from_batches(parts, sizer.schema)


def _size_stream(
    designs: pa.RecordBatchReader,
    base: Profile,
    results: str | Iterable[str],
    valid_only: bool,
    progress: DesignCounter | None,
) -> pa.RecordBatchReader:
    """Size a stream batch by batch, as it is read."""
    sizer = Sizer(designs.schema.names, base, results, valid_only=valid_only)

    def sized() -> Iterator[pa.RecordBatch]:
        done = 0
        for batch in designs:
            for start in range(0, batch.num_rows, CHUNK):
                part = batch.slice(start, CHUNK)
                yield sizer.size(part.columns, part.num_rows, done).batch
                done += part.num_rows
            if progress is not None:
                progress(done)

    return pa.RecordBatchReader.from_batches(sizer.schema, sized())


def _cells(sizer: Sizer, place: int, cells: Any) -> pa.Array:
    """Return cells of a column as a single Arrow array."""
    if isinstance(cells, pa.ChunkedArray):
        array = cells.combine_chunks()
        return array if isinstance(array, pa.Array) else pa.concat_arrays(array.chunks)
    if isinstance(cells, pa.Array):
        return cells
    if place in sizer.header.inputs:
        return arrow.from_python(cells)
    return arrow.texts(["" if cell is None else str(cell) for cell in cells])


def _columns_of(designs: Any) -> tuple[list[str], list[Any]]:
    """Return the names of the columns of a table, and the columns as Arrow arrays or lists."""
    if isinstance(designs, pa.Table):
        return designs.column_names, designs.columns
    if isinstance(designs, pa.RecordBatch):
        return designs.schema.names, designs.columns
    issues, data = Issues(), dict[str, list[Any]]()
    for name, values in _lists_of(designs):
        if isinstance(values, str) or not isinstance(values, Iterable):
            issues.error("designs", short(name), "is not a column of values.", "Give a list with a value a design.")
        elif name in data:
            issues.error("designs", short(name), "is there twice.", "Keep one of the columns.")
        else:
            data[name] = list(values)
    if len({len(values) for values in data.values()}) > 1:
        lengths = ", ".join(f"{short(name)} {len(values):,}" for name, values in data.items())
        issues.error("designs", "", f"have columns of different lengths: {lengths}.", "Give each a value a design.")
    if issues:
        raise InputError(issues)
    return list(data), list(data.values())


def _lists_of(designs: Any) -> list[tuple[str, Any]]:
    """Return the names and values of the columns of a mapping or a pandas DataFrame."""
    if hasattr(designs, "iloc"):
        series = [designs.iloc[:, place].astype(object) for place in range(len(designs.columns))]
        return [(str(column.name), column.where(column.notna(), None).tolist()) for column in series]
    columns = [(str(name), values) for name, values in dict(designs).items()]
    return [(name, values.tolist() if hasattr(values, "tolist") else values) for name, values in columns]
