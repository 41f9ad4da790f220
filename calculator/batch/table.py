"""Designs from a table in memory or a stream of it into another: mapping, DataFrame, Arrow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from calculator.batch.sizer import Sizer
from calculator.engine.run import CHUNK
from calculator.engine.sizing import Scenario, read
from calculator.inputs.profile import Profile
from calculator.issues import InputError, Issues, short

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[int], None]
"""Called with the number of designs done."""


def size_many(
    designs: Any,
    *,
    profile: Scenario | None = None,
    results: str | Iterable[str] = "headline",
    progress: Callable[[int], None] | None = None,
) -> pa.Table:
    """Size a table of designs.

    Parameters
    ----------
    designs
        Mapping of columns, pyarrow Table or DataFrame: a column for each input that varies, named by
        its path (or ``path [unit]``), a row a design.
    profile
        What the columns do not give.
    results
        Names of rules or columns, ``headline`` or ``all``.
    progress
        Called with the number of designs done.

    Returns
    -------
    pyarrow.Table
        ``id``, ``status``, ``issues`` and the results, a row a design, in order.
    """
    base = read(profile) if profile is not None else Profile()
    return size_table(designs, base, results, progress)


def size_table(designs: Any, base: Profile, results: str | Iterable[str], progress: Progress | None = None) -> Any:
    """Size a table of designs, or a stream of record batches; see `calculator.size_many`."""
    import pyarrow as pa

    if isinstance(designs, pa.RecordBatchReader):
        return _size_stream(designs, base, results, progress)
    names, columns = _columns_of(designs)
    sizer = Sizer(names, base, results)
    total = len(columns[0]) if columns else 0
    parts = []
    for start in range(0, total, CHUNK):
        stop = min(start + CHUNK, total)
        parts.append(sizer.size([_slice(column, start, stop) for column in columns], stop - start, start).batch)
        if progress is not None:
            progress(stop)
    return pa.Table.from_batches(parts, sizer.schema)


def _size_stream(
    designs: pa.RecordBatchReader, base: Profile, results: str | Iterable[str], progress: Progress | None
) -> pa.RecordBatchReader:
    """Size a stream batch by batch, as it is read."""
    import pyarrow as pa

    sizer = Sizer(designs.schema.names, base, results)

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


def _slice(column: Any, start: int, stop: int) -> Any:
    """Rows of a column; of an Arrow column as one array."""
    import pyarrow as pa

    if not isinstance(column, pa.ChunkedArray):
        return column[start:stop]
    part = column.slice(start, stop - start).combine_chunks()
    return part if isinstance(part, pa.Array) else pa.concat_arrays(part.chunks)


def _columns_of(designs: Any) -> tuple[list[str], list[Any]]:
    """Names and columns of a mapping, pyarrow Table or RecordBatch, or DataFrame; InputError where it is none."""
    import pyarrow as pa

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
    """Names and values of the columns of a mapping or DataFrame."""
    if hasattr(designs, "iloc"):  # pandas
        series = [designs.iloc[:, place].astype(object) for place in range(len(designs.columns))]
        return [(str(one.name), one.where(one.notna(), None).tolist()) for one in series]
    columns = [(str(name), values) for name, values in dict(designs).items()]
    return [(name, values.tolist() if hasattr(values, "tolist") else values) for name, values in columns]
