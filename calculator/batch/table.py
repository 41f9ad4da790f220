"""Size tables of designs in memory: mappings of columns, lists of designs, DataFrames, Arrow tables and streams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from calculator.batch import arrow
from calculator.batch.sizer import Sizer
from calculator.engine.progress import DesignCounter
from calculator.engine.run import CHUNK
from calculator.engine.sizing import Scenario, read
from calculator.inputs.profile import Profile, with_constants
from calculator.issues import InputError, Issues, quoted, refuse, short

TAKEN = (
    "Give a mapping of columns, a list of designs as mappings, a DataFrame, or anything that exports an Arrow stream."
)


def size_many(
    designs: Any,
    *,
    profile: Scenario | None = None,
    results: str | Iterable[str] = "headline",
    valid_only: bool = False,
    constants: Mapping[str, object] | None = None,
    progress: DesignCounter | None = None,
) -> Any:
    """Size a table of designs, and return the results in the same kind of table.

    Parameters
    ----------
    designs
        One row per design, one column per input that varies, named by its path (or ``path [unit]``): a mapping of
        columns, a list of mappings, a pandas or polars DataFrame, a pyarrow Table, RecordBatch or RecordBatchReader,
        or another object with ``__arrow_c_stream__`` or ``__arrow_c_array__``.
    profile
        Values of the inputs without a column, and of empty cells.
    results
        Names of rules or columns, ``headline`` or ``all``.
    valid_only
        Whether no figure of an invalid design applies, as in studies.
    constants
        Constants that all designs override, by name, in their own units; a column ``constants.NAME`` overrides one
        per design.
    progress
        Called with the number of designs done.

    Returns
    -------
    pandas.DataFrame, polars.DataFrame, pyarrow.RecordBatchReader or pyarrow.Table
        ``id``, ``status``, ``issues`` and the results, one row per design, in order.  A pandas DataFrame keeps the
        index of ``designs``.  A RecordBatchReader is returned for a RecordBatchReader, which is read only as far as the
        results are.  All other kinds give a pyarrow Table.

    Raises
    ------
    InputError
        If ``designs`` is not a table, or its columns are not inputs or differ in length.
    UnknownResult
        If there is no such result.

    Examples
    --------
    >>> import calculator
    >>> table = calculator.size_many(
    ...     [{"tiers.1.mailboxes": 1000}, {"tiers.1.mailboxes": 5000}], results=["summary_databases"]
    ... )
    >>> table["summary_databases"].to_pylist()
    [16.0, 48.0]
    """
    base = with_constants(read(profile) if profile is not None else Profile(), constants)
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
    return _in_kind(pa.Table.from_batches(parts, sizer.schema), designs)


def _in_kind(table: pa.Table, designs: Any) -> Any:
    """Return a table as a DataFrame of the library of the designs, with their index; else return it unchanged."""
    if _is_pandas(designs):
        frame = table.to_pandas()
        frame.index = designs.index
        return frame
    if _library_of(designs) == "polars":
        import polars

        return polars.from_arrow(table)
    return table


def _library_of(table: Any) -> str:
    """Return the name of the library that the type of a table comes from."""
    return type(table).__module__.partition(".")[0]


def _is_pandas(table: Any) -> bool:
    """Return whether a table is a pandas DataFrame, or behaves like one."""
    return hasattr(table, "iloc") and hasattr(table, "columns")


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
    """Return the names of the columns of a table, and the columns as Arrow arrays or lists.

    Raises
    ------
    InputError
        If ``designs`` is not a table; the hint says what is accepted.
    """
    if not (_is_pandas(designs) or isinstance(designs, pa.Table | pa.RecordBatch)):
        if hasattr(designs, "__arrow_c_stream__"):
            designs = pa.RecordBatchReader.from_stream(designs).read_all()
        elif hasattr(designs, "__arrow_c_array__"):
            designs = pa.record_batch(designs)
    if isinstance(designs, pa.Table | pa.RecordBatch):
        return designs.schema.names, designs.columns
    issues, data = Issues(), dict[str, list[Any]]()
    for name, values in _lists_of(designs):
        if isinstance(values, str | Mapping) or not isinstance(values, Iterable):
            issues.error("designs", short(name), "is not a column of values.", "Give a list with one value per design.")
        elif name in data:
            issues.error("designs", short(name), "appears twice.", "Keep one of the columns.")
        else:
            data[name] = list(values)
    if len({len(values) for values in data.values()}) > 1:
        lengths = ", ".join(f"{short(name)} {len(values):,}" for name, values in data.items())
        message = f"have columns of different lengths: {lengths}."
        issues.error("designs", "", message, "Give each column one value per design.")
    if issues:
        raise InputError(issues)
    return list(data), list(data.values())


def _lists_of(designs: Any) -> list[tuple[str, Any]]:
    """Return the names and values of the columns of a mapping, a pandas DataFrame or a list of designs."""
    if _is_pandas(designs):
        series = [designs.iloc[:, place].astype(object) for place in range(len(designs.columns))]
        return [(str(column.name), column.where(column.notna(), None).tolist()) for column in series]
    if isinstance(designs, Mapping):
        columns = [(str(name), values) for name, values in designs.items()]
        return [(name, values.tolist() if hasattr(values, "tolist") else values) for name, values in columns]
    if isinstance(designs, Iterable) and not isinstance(designs, str | bytes):
        return _columns_of_rows(list(designs))
    refuse("designs", f"{quoted(designs)} is not a table of designs.", TAKEN)


def _columns_of_rows(rows: list[Any]) -> list[tuple[str, Any]]:
    """Return columns from designs that are each a mapping of inputs; a cell is empty if a design lacks the input."""
    for place, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            refuse(
                "designs", f"The design in place {place:,} is {quoted(row)}, which is not a mapping of inputs.", TAKEN
            )
    names = dict.fromkeys(str(name) for row in rows for name in row)
    return [(name, [row.get(name) for row in rows]) for name in names]
