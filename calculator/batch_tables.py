"""Designs from a table in memory, a mapping, pyarrow Table or DataFrame, into a pyarrow Table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.batch import Block, Header, read_header, size_block
from calculator.engine import CHUNK, column_index
from calculator.issues import InputError, Issues, short
from calculator.rule import RULES, Result
from calculator.scenario import Profile
from calculator.sizing import result_columns

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[int], None]
"""Called with the number of designs done."""


def _columns_of(designs: Any) -> list[tuple[str, Any]]:
    """Names and values of the columns of a mapping, pyarrow Table or DataFrame."""
    if hasattr(designs, "column_names") and hasattr(designs, "columns"):  # pyarrow
        return [(name, c.to_pylist()) for name, c in zip(designs.column_names, designs.columns, strict=True)]
    if hasattr(designs, "iloc"):  # pandas
        places = range(len(designs.columns))
        series = [designs.iloc[:, place].astype(object) for place in places]
        return [(str(one.name), one.where(one.notna(), None).tolist()) for one in series]
    columns = [(str(name), values) for name, values in dict(designs).items()]
    return [(name, values.tolist() if hasattr(values, "tolist") else values) for name, values in columns]


def _lists_of(designs: Any) -> dict[str, list[Any]]:
    """Columns as lists of one length; InputError where they are not."""
    issues, data = Issues(), dict[str, list[Any]]()
    for name, values in _columns_of(designs):
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
    return data


def size_table(designs: Any, base: Profile, results: str | Iterable[str], progress: Progress | None = None) -> pa.Table:
    """Size a table of designs in memory; see `calculator.size_many`."""
    import pyarrow as pa

    data = _lists_of(designs)
    total = next((len(values) for values in data.values()), 0)
    header = read_header(list(data), "designs")
    columns = result_columns(results, max(header.tiers, base.tiers))
    parts = []
    for start in range(0, max(total, 1), CHUNK):
        stop = min(start + CHUNK, total)
        cells = {place: data[name][start:stop] for place, name in enumerate(header.names)}
        names = {row: f"design {start + row + 1}" for row in range(stop - start)}
        block = None
        if names:
            block = size_block(header, cells, len(names), base, columns, names.__getitem__)
        ids = cells[header.id_place] if header.id_place is not None else range(start + 1, stop + 1)
        parts.append(
            _arrow_table(block, ["" if i is None else str(i) for i in ids], columns, stop - start, header, base)
        )
        if progress is not None:
            progress(stop)
    return pa.concat_tables(parts)


def _arrow_table(
    block: Block | None,
    ids: list[str],
    columns: Sequence[str],
    rows: int,
    header: Header,
    base: Profile,
) -> pa.Table:
    import pyarrow as pa

    index = column_index(max(header.tiers, base.tiers))
    arrays: dict[str, Any] = {
        "id": pa.array(ids, pa.string()),
        "status": pa.array(block.status if block else [], pa.string()),
        "issues": pa.array(block.issues if block else [], pa.string()),
    }
    for column in columns:
        rule = RULES[index[column][0]]
        kinds = {Result.NUMBER: pa.float64(), Result.FLAG: pa.bool_(), Result.CATEGORY: pa.string()}
        cells = _cells(block, column, rows) if block else []
        arrays[column] = pa.array(cells, kinds[rule.kind])
    return pa.table(arrays)


def _cells(block: Block, column: str, rows: int) -> list[object]:
    """Values of a column, None where they do not apply or the row cannot be used."""
    name, place = column_index(block.results.tiers)[column]
    values = np.broadcast_to(block.results.values[name][place], rows).tolist()
    rule = RULES[name]
    cells: list[object] = []
    for row, value in enumerate(values):
        missing = row in block.errors or value != value
        if rule.kind is not Result.NUMBER and not missing and not isinstance(value, bool):
            missing = value < 0
        if missing:
            cells.append(None)
        elif rule.kind is Result.CATEGORY:
            assert rule.choice is not None
            cells.append(rule.choice.words[value])
        else:
            cells.append(bool(value) if rule.kind is Result.FLAG else value)
    return cells
