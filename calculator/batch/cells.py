"""Convert Arrow cells to values of the engine, and results to Arrow, one column at a time.

Plain numbers of a column are converted at once; only the other cells are read one by one, and each distinct
text only once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculator.batch import arrow
from calculator.batch.header import InputColumn
from calculator.engine import findings
from calculator.engine.applicability import Figures
from calculator.engine.columns import canonical_column
from calculator.engine.findings import Messages
from calculator.inputs import units
from calculator.inputs.parsing import ValueProblem
from calculator.inputs.schema import Field, Kind
from calculator.issues import SHOWN, quoted
from calculator.numerics.arrays import NA, Array
from calculator.rules.registry import RULES, ResultKind

Problems = dict[int, ValueProblem]
NUMBERS = (Kind.INT, Kind.FLOAT, Kind.FRACTION)


def read_cells(column: InputColumn, cells: pa.Array, base: Any) -> tuple[Array, Problems]:
    """Return the canonical values of the cells of an input, and the problems of unusable cells.

    Parameters
    ----------
    column
        The input, with the unit of plain numbers.
    cells
        An Arrow array of texts, numbers, flags or anything else, made readable.
    base
        The value of an empty cell.
    """
    if arrow.is_text(cells):
        return _texts(column, cells, base)
    numbers = pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type)
    if column.field.kind in NUMBERS and numbers:
        # The cast need not be safe: a whole number above 2**53 has no exact float, but no input accepts one.
        return _numbers(column, cells.cast(pa.float64(), safe=False), cells, base)
    if numbers or pa.types.is_boolean(cells.type):
        return _distinct(column, cells, base)
    return column.read(arrow.python_values(cells), base)


def read_texts(cells: pa.Array) -> tuple[pa.Array, Problems]:
    """Return cells that pass through as texts, empty for a blank cell, and the problems of cells that are no texts.

    Parameters
    ----------
    cells
        An Arrow array of texts, numbers, flags or anything else, made readable.
    """
    with suppress(pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return arrow.filled(cells.cast(pa.string())), {}
    texts, problems = [], {}
    for row, value in enumerate(arrow.python_values(cells)):
        text = _decoded(value)
        if text is None:
            problems[row] = ValueProblem(f"{quoted(value)} is not a text.", "Give a text or a number.")
        texts.append(text or "")
    return arrow.texts(texts), problems


def _decoded(value: object) -> str | None:
    """Return a value as a text: bytes decoded as UTF-8, None as an empty text. Return None for anything else."""
    if value is None:
        return ""
    with suppress(UnicodeDecodeError):
        return value.decode() if isinstance(value, bytes) else None
    return None


def _texts(column: InputColumn, cells: pa.Array, base: Any) -> tuple[Array, Problems]:
    """Read texts: all at once if every text is a plain number, else each distinct text once."""
    if column.field.kind in NUMBERS and not column.decimal_comma:
        with suppress(pa.ArrowInvalid):
            return _numbers(column, cells.cast(pa.float64()), cells, base)
        with suppress(pa.ArrowInvalid):
            return _numbers(column, _trimmed(cells).cast(pa.float64()), cells, base)
    return _distinct(column, cells, base)


def _trimmed(texts: pa.Array) -> pa.Array:
    """Return texts without surrounding blanks, null where nothing is left."""
    trimmed = pc.utf8_trim_whitespace(texts).cast(pa.string())
    return pc.replace_with_mask(trimmed, pc.equal(trimmed, arrow.text("")), pa.nulls(1, pa.string())[0])


def _distinct(column: InputColumn, cells: pa.Array, base: Any) -> tuple[Array, Problems]:
    """Parse each distinct cell once."""
    encoded = cells.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    values, problems = column.read([*words, None], base)
    codes = np.where(arrow.nulls(encoded.indices), len(words), arrow.values(encoded.indices, np.int32))
    if not problems:
        return values[codes], {}
    wrong = np.isin(codes, list(problems))
    return values[codes], {int(row): problems[int(codes[row])] for row in np.flatnonzero(wrong)}


def _numbers(column: InputColumn, numbers: pa.Array, cells: pa.Array, base: Any) -> tuple[Array, Problems]:
    """Convert numbers; parse numbers outside the limits of the input again, for a message that says what is wrong."""
    field = column.field
    values = arrow.values(numbers, np.float64)
    empty = arrow.nulls(numbers) if arrow.is_text(cells) else arrow.nulls(numbers) | np.isnan(values)
    if column.unit:
        with np.errstate(over="ignore"):  # infinity is outside the limits of every input
            values = units.convert(values, column.unit, field.unit)
    values = np.array(values)
    values[empty] = canonical_column(field, [base])[0]
    odd = np.flatnonzero(~(within(field, values) | empty))
    problems: Problems = {}
    if odd.size:
        again, found = column.read(cells.take(arrow.whole_numbers(odd)).to_pylist(), base)
        values[odd] = again
        problems = {int(odd[place]): problem for place, problem in found.items()}
    return values, problems


def within(field: Field, values: Array) -> Array:
    """Return whether numbers are within the limits of an input, as `parsing.check_range` does for a single number."""
    if field.options:
        offered = np.isin(values, np.array(field.options, dtype=np.float64))
        return offered if field.kind is Kind.INT else offered | (values == 0)
    inside = np.isfinite(values)
    inside &= values > field.low if field.open_low else values >= field.low
    inside &= values < field.high if field.open_high else values <= field.high
    if field.kind is Kind.INT:
        inside &= values == np.floor(values)
    return inside


# --- results -------------------------------------------------------------------------------------


def arrow_type(name: str) -> pa.DataType:
    """Return the Arrow type of the result columns of a rule."""
    types = {ResultKind.NUMBER: pa.float64(), ResultKind.FLAG: pa.bool_(), ResultKind.CATEGORY: pa.string()}
    return types[RULES[name].kind]


def result_array(figures: Figures, place: tuple[str, tuple[int, ...]], rows: int, left_out: Array | None) -> pa.Array:
    """Return a result column, null where the result does not apply or the row cannot be used.

    Parameters
    ----------
    figures
        Figures of a run, whose arrays the next run may overwrite.
    place
        Rule of the column, and the place of the column on the axes of the rule.
    rows
        Number of rows.
    left_out
        Mask of the rows that cannot be used; None if all can be used.
    """
    name, index = place
    values = np.broadcast_to(figures[name][index], rows)
    rule = RULES[name]
    if rule.kind is ResultKind.NUMBER:
        numbers = values + 0.0  # a copy, without negative zeros
        if left_out is not None:
            numbers[left_out] = NA
        return arrow.numbers(numbers)
    missing = values < 0 if values.dtype != np.bool_ else np.zeros(values.shape, dtype=np.bool_)
    if left_out is not None:
        missing = missing | left_out
    if rule.kind is ResultKind.FLAG:
        return arrow.flags(values == 1, missing)
    assert rule.choice is not None
    return arrow.words(values, rule.choice.words, missing)


def issues_array(found: Sequence[Messages], rows: int, errors: Mapping[int, str]) -> pa.Array:
    """Return the issues of each row as one text, or the errors of a row that cannot be used."""
    places = np.array([messages.places for messages in found], dtype=np.int32).reshape(-1, rows)
    present = places.T >= 0
    ends = np.cumsum(present.sum(axis=1), dtype=np.int32)
    if rows and np.diff(ends, prepend=0).max() > SHOWN:
        texts = arrow.texts(findings.issue_texts(found, rows))
    else:
        firsts = np.cumsum([0, *(len(messages.texts) for messages in found)], dtype=np.int32)[:-1, None]
        each = arrow.texts([text for messages in found for text in messages.texts])
        chosen = each.take(arrow.whole_numbers((places + firsts).T[present]))
        lists = pa.ListArray.from_arrays(arrow.whole_numbers(np.concatenate(([0], ends), dtype=np.int32)), chosen)
        texts = pc.binary_join(lists, arrow.text(findings.SEPARATOR))
    if not errors:
        return texts
    wrong = np.zeros(rows, dtype=np.bool_)
    wrong[list(errors)] = True
    return pc.replace_with_mask(texts, arrow.flags(wrong), arrow.texts([errors[row] for row in sorted(errors)]))
