"""Cells between Arrow and the engine: text and numbers in, results out, a column at a time.

What a column mostly holds is converted in one go; only cells that this leaves over are read one by
one, and each distinct text once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from calculator import outcome, units
from calculator.batch import InputColumn
from calculator.columns import canonical_column
from calculator.engine import Results, column_index
from calculator.issues import SHOWN
from calculator.outcome import Messages
from calculator.printing import FORMULA
from calculator.rule import RULES, Result
from calculator.schema import Field, Kind
from calculator.values import Unusable

if TYPE_CHECKING:
    import pyarrow as pa

Array = npt.NDArray[Any]
Problems = dict[int, Unusable]
NUMBERS = (Kind.INT, Kind.FLOAT, Kind.FRACTION)


def read_cells(column: InputColumn, cells: Any, base: Any) -> tuple[Array, Problems]:
    """Canonical values of the cells of an input, and the cells that cannot be used.

    Parameters
    ----------
    column
        The input, with the unit of plain numbers.
    cells
        An Arrow array of texts, numbers or flags, or a list of anything.
    base
        What an empty cell takes.
    """
    if isinstance(cells, list):
        return column.read(cells, base)
    import pyarrow as pa

    if not isinstance(cells, pa.Array):
        return column.read(cells, base)
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    if _is_text(cells):
        return _texts(column, cells, base)
    numbers = pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type)
    if column.field.kind in NUMBERS and numbers:
        return _numbers(column, cells.cast(pa.float64()), cells, base)
    if numbers or pa.types.is_boolean(cells.type):
        return _distinct(column, cells, base)
    return column.read(cells.to_pylist(), base)


def _texts(column: InputColumn, cells: pa.Array, base: Any) -> tuple[Array, Problems]:
    """Texts: numbers in one go where all are plain, else each distinct text once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.field.kind in NUMBERS and not column.decimal_comma:
        trimmed = pc.utf8_trim_whitespace(cells)
        given = pc.replace_with_mask(trimmed, pc.equal(trimmed, ""), pa.scalar(None, trimmed.type))
        try:
            return _numbers(column, pc.cast(given, pa.float64()), cells, base)
        except pa.ArrowInvalid:
            pass
    return _distinct(column, cells, base)


def _distinct(column: InputColumn, cells: pa.Array, base: Any) -> tuple[Array, Problems]:
    encoded = cells.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    values, problems = column.read([*words, None], base)
    codes = np.where(nulls(encoded.indices), len(words), buffer(encoded.indices, np.int32))
    if not problems:
        return values[codes], {}
    wrong = np.isin(codes, list(problems))
    return values[codes], {int(row): problems[int(codes[row])] for row in np.flatnonzero(wrong)}


def _numbers(column: InputColumn, numbers: pa.Array, cells: pa.Array, base: Any) -> tuple[Array, Problems]:
    """Numbers within the limits of the input; others are read again for what is wrong with them."""
    field = column.field
    values = buffer(numbers, np.float64)
    empty = nulls(numbers) | np.isnan(values) if not _is_text(cells) else nulls(numbers)
    if column.unit:
        values = units.convert(values, column.unit, field.unit)
    values = np.array(values)
    values[empty] = canonical_column(field, [base])[0]
    odd = np.flatnonzero(~(within(field, values) | empty))
    problems: Problems = {}
    if odd.size:
        again, found = column.read(cells.take(odd).to_pylist(), base)
        values[odd] = again
        problems = {int(odd[place]): problem for place, problem in found.items()}
    return values, problems


def _is_text(cells: pa.Array) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type))


def within(field: Field, values: Array) -> Array:
    """Whether numbers are within the limits of an input; the vectorised twin of `values.check_range`."""
    if field.options:
        offered = np.isin(values, np.array(field.options, dtype=np.float64))
        return offered if field.kind is Kind.INT else offered | (values == 0)
    inside = np.isfinite(values)
    inside &= values > field.low if field.open_low else values >= field.low
    inside &= values < field.high if field.open_high else values <= field.high
    if field.kind is Kind.INT:
        inside &= values == np.floor(values)
    return inside


def nulls(array: pa.Array) -> Array:
    """Where an Arrow array has no value."""
    validity = array.buffers()[0]
    if validity is None or not array.null_count:
        return np.zeros(len(array), dtype=np.bool_)
    bits = np.unpackbits(np.frombuffer(validity, np.uint8), bitorder="little")
    return bits[array.offset : array.offset + len(array)] == 0


def buffer(array: pa.Array, dtype: Any) -> Array:
    """Values of a plain Arrow array; whatever stands there where it has none."""
    values = array.buffers()[1]
    if values is None:
        return np.zeros(len(array), dtype=dtype)
    return np.frombuffer(values, dtype=dtype)[array.offset : array.offset + len(array)]


# --- results -------------------------------------------------------------------------------------


def arrow_type(name: str) -> pa.DataType:
    """Arrow type of a rule's columns."""
    import pyarrow as pa

    return {Result.NUMBER: pa.float64(), Result.FLAG: pa.bool_(), Result.CATEGORY: pa.string()}[RULES[name].kind]


def result_array(results: Results, column: str, rows: int, left_out: Array | None) -> pa.Array:
    """Values of a result column, without one where it does not apply or the row is left out.

    Parameters
    ----------
    results
        Of a run, whose arrays the next run may overwrite.
    column
        Name of the column.
    rows
        How many.
    left_out
        Rows that cannot be used, None if there are none.
    """
    name, place = column_index(results.tiers)[column]
    values = _of_each(results.values[name][place], rows)
    rule = RULES[name]
    if rule.kind is Result.NUMBER:
        return _number_array(values, rows, left_out)
    missing = values < 0 if values.dtype != np.bool_ else np.zeros(values.shape, dtype=np.bool_)
    if left_out is not None:
        missing = missing | left_out
    if rule.kind is Result.FLAG:
        return _flag_array(values == 1, missing)
    assert rule.choice is not None
    return word_array(values, rule.choice.words, missing)


def _of_each(values: Array, rows: int) -> Array:
    """A value a row, where there may be one for all."""
    return values if values.shape[-1] == rows else np.broadcast_to(values, rows)


def _number_array(values: Array, rows: int, left_out: Array | None) -> pa.Array:
    import pyarrow as pa

    full = np.array(values, dtype=np.float64)
    missing = np.isnan(full)
    if left_out is not None:
        missing |= left_out
    return pa.Array.from_buffers(pa.float64(), rows, [validity(missing), pa.py_buffer(full)])


def _flag_array(flags: Array, missing: Array) -> pa.Array:
    import pyarrow as pa

    bits = pa.py_buffer(np.packbits(flags, bitorder="little"))
    return pa.Array.from_buffers(pa.bool_(), len(flags), [validity(missing), bits])


def word_array(codes: Array, words: Sequence[str], missing: Array | None = None) -> pa.Array:
    """Words by their codes."""
    import pyarrow as pa

    places = np.ascontiguousarray(codes, dtype=np.int32)
    if missing is not None:
        places = np.where(missing, 0, places).astype(np.int32)
    valid = None if missing is None else validity(missing)
    indices = pa.Array.from_buffers(pa.int32(), len(places), [valid, pa.py_buffer(places)])
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(words), pa.string())).cast(pa.string())


def issues_array(found: Sequence[Messages], rows: int, errors: Mapping[int, str]) -> pa.Array:
    """Issues of each row in one text; of the rows that cannot be used what is wrong with them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    places = np.array([one.places for one in found], dtype=np.int32).reshape(-1, rows)
    present = places.T >= 0
    ends = np.cumsum(present.sum(axis=1), dtype=np.int32)
    if rows and np.diff(ends, prepend=0).max() > SHOWN:
        texts = pa.array(outcome.issue_texts(found, rows), pa.string())
    else:
        firsts = np.cumsum([0, *(len(one.texts) for one in found)], dtype=np.int32)[:-1, None]
        each = pa.array([text for one in found for text in one.texts], pa.string())
        chosen = each.take(_int_array((places + firsts).T[present]))
        lists = pa.ListArray.from_arrays(_int_array(np.concatenate(([0], ends))), chosen)
        texts = pc.binary_join(lists, outcome.SEPARATOR)
    if not errors:
        return texts
    wrong = np.zeros(rows, dtype=np.bool_)
    wrong[list(errors)] = True
    return pc.replace_with_mask(texts, pa.array(wrong.tolist()), pa.array([errors[row] for row in sorted(errors)]))


def _int_array(values: Array) -> pa.Array:
    """Whole numbers as an Arrow array, without what `pyarrow.array` loads for it."""
    import pyarrow as pa

    whole = np.ascontiguousarray(values, dtype=np.int32)
    return pa.Array.from_buffers(pa.int32(), len(whole), [None, pa.py_buffer(whole)])


def validity(missing: Array) -> pa.Buffer | None:
    """Bitmap of the values that are there; None where all are."""
    import pyarrow as pa

    return pa.py_buffer(np.packbits(~missing, bitorder="little")) if missing.any() else None


def harmless_array(texts: pa.Array) -> pa.Array:
    """Texts that no spreadsheet runs as a formula."""
    import pyarrow as pa
    import pyarrow.compute as pc

    dangerous = pc.match_substring_regex(texts, f"^[{re.escape(''.join(FORMULA))}]")
    if not pc.any(dangerous).as_py():
        return texts
    return pc.if_else(dangerous, pc.binary_join_element_wise(pa.scalar("'"), texts, ""), texts)
