"""Convert Arrow arrays from and to numpy arrays and texts without loading pandas.

`pyarrow.array`, `pyarrow.scalar` and functions of `pyarrow.compute` with Python values load pandas on first use, which
takes a third of a second in every process.  Arrays that are made from buffers do not load it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculator.numerics.arrays import Array, Bools

_INT64 = np.iinfo(np.int64)


# --- out of Arrow --------------------------------------------------------------------------------


def is_text(array: pa.Array) -> bool:
    """Return whether an array holds texts."""
    return bool(pa.types.is_string(array.type) or pa.types.is_large_string(array.type))


def readable(cells: pa.Array) -> pa.Array:
    """Return cells as texts, numbers, flags or bytes, depending on their Arrow type; nested types are unchanged.

    Texts that are not UTF-8 become bytes, because reading them as texts would fail.
    """
    kind = cells.type
    if isinstance(kind, pa.BaseExtensionType):
        return readable(cells.storage)
    if pa.types.is_dictionary(kind):
        return readable(cells.cast(kind.value_type))
    if pa.types.is_run_end_encoded(kind):
        return readable(pc.run_end_decode(cells))
    if pa.types.is_string_view(kind):
        return readable(cells.cast(pa.string()))
    if is_text(cells):
        try:
            cells.validate(full=True)
        except pa.ArrowInvalid:
            return cells.cast(pa.binary() if pa.types.is_string(kind) else pa.large_binary())
    elif pa.types.is_decimal(kind):
        return cells.cast(pa.float64())
    elif pa.types.is_temporal(kind):
        with suppress(pa.ArrowException):  # an interval, or an unknown time zone
            return cells.cast(pa.string())
    return cells


def python_values(cells: pa.Array) -> list[Any]:
    """Return readable cells as Python values; a cell without one becomes its type, which no input accepts."""
    kind = cells.type
    if pa.types.is_nested(kind) or pa.types.is_temporal(kind):
        return [None if missing else kind for missing in nulls(cells).tolist()]
    return list(cells.to_pylist())


def values(array: pa.Array, dtype: Any) -> Array:
    """Return the values of an array of numbers; they are undefined where the array has a null."""
    held = array.buffers()[1]
    if held is None:
        return np.zeros(len(array), dtype=dtype)
    return np.frombuffer(held, dtype=dtype)[array.offset : array.offset + len(array)]


def nulls(array: pa.Array) -> Array:
    """Return where an array has no value."""
    valid = array.buffers()[0]
    if valid is None or not array.null_count:
        return np.zeros(len(array), dtype=np.bool_)
    bits = np.unpackbits(np.frombuffer(valid, np.uint8), bitorder="little")
    return bits[array.offset : array.offset + len(array)] == 0


def bytes_of(texts: pa.Array) -> tuple[Array, Array]:
    """Return the bytes of all texts, and the offsets of the texts in them, one more than there are texts."""
    _, offsets, held = texts.buffers()
    if offsets is None or held is None:
        return np.zeros(0, dtype=np.uint8), np.zeros(len(texts) + 1, dtype=np.int32)
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(held, np.uint8)[ends[0] : ends[-1]], ends - ends[0]


# --- into Arrow ----------------------------------------------------------------------------------


def validity(missing: Array | None) -> pa.Buffer | None:
    """Return the bitmap of the values that are not missing, None if no value is missing."""
    if missing is None or not missing.any():
        return None
    return pa.py_buffer(np.packbits(~missing, bitorder="little"))


def numbers(given: Array) -> pa.Array:
    """Return an array of numbers, null where a number is NaN."""
    return pa.Array.from_buffers(pa.float64(), len(given), [validity(np.isnan(given)), pa.py_buffer(given)])


def whole_numbers(given: Array, missing: Array | None = None) -> pa.Array:
    """Return an array of whole numbers of 32 or 64 bits, null where one is missing."""
    held = np.ascontiguousarray(given)
    kind = pa.int64() if held.dtype == np.int64 else pa.int32()
    return pa.Array.from_buffers(kind, len(held), [validity(missing), pa.py_buffer(held)])


def flags(given: Array, missing: Array | None = None) -> pa.Array:
    """Return an array of flags, null where one is missing."""
    bits = pa.py_buffer(np.packbits(given, bitorder="little"))
    return pa.Array.from_buffers(pa.bool_(), len(given), [validity(missing), bits])


def texts(given: Sequence[str]) -> pa.Array:
    """Return an array of texts."""
    encoded = [text.encode(errors="replace") for text in given]
    offsets = np.zeros(len(encoded) + 1, dtype=np.int32)
    np.cumsum([len(text) for text in encoded], out=offsets[1:])
    return spans(offsets, pa.py_buffer(b"".join(encoded)))


def spans(offsets: Array, held: pa.Buffer) -> pa.Array:
    """Return an array of texts stored one after the other in a buffer, given their offsets."""
    return pa.Array.from_buffers(pa.string(), len(offsets) - 1, [None, pa.py_buffer(offsets), held])


def text(given: str) -> pa.Scalar:
    """Return a text as an Arrow scalar."""
    return texts([given])[0]


def words(codes: Array, choices: Sequence[str], missing: Array | None = None) -> pa.Array:
    """Return the words for codes, null where a code is missing."""
    places = codes if missing is None else np.where(missing, 0, codes)
    return texts(choices).take(whole_numbers(places.astype(np.int32), missing))


def blank(cells: pa.Array) -> Bools:
    """Return which cells are blank: null, NaN, or a text of blanks."""
    if pa.types.is_null(cells.type):
        return np.ones(len(cells), dtype=np.bool_)
    if is_text(cells):
        trimmed = pc.utf8_trim_whitespace(cells).cast(pa.string())
        return nulls(cells) | (values(pc.binary_length(trimmed), np.int32) == 0)
    if pa.types.is_floating(cells.type):
        return nulls(cells) | np.isnan(values(cells.cast(pa.float64()), np.float64))
    return nulls(cells)


def filled(given: pa.Array) -> pa.Array:
    """Replace nulls in an array of texts by empty texts."""
    return pc.fill_null(given, text("")) if given.null_count else given


def from_python(given: Sequence[Any]) -> pa.Array:
    """Return an array of Python values, null where one is None.

    Values of a single type keep that type. Values of several types, or of a type that Arrow lacks, become the texts
    that a CSV file would have.
    """
    kinds = set(map(type, given)) - {type(None)}
    missing = np.fromiter((value is None for value in given), dtype=np.bool_, count=len(given))
    if kinds == {bool}:
        return flags(np.array([bool(value) for value in given]), missing)
    if kinds == {int} and all(value is None or _INT64.min <= value <= _INT64.max for value in given):
        return whole_numbers(np.array([value or 0 for value in given], dtype=np.int64), missing)
    if kinds == {float}:
        return numbers(np.array([math.nan if value is None else value for value in given]))
    cells = [_spelled(value) for value in given]
    array = texts([cell or "" for cell in cells])
    missing = np.array([cell is None for cell in cells], dtype=np.bool_)
    return pa.Array.from_buffers(pa.string(), len(array), [validity(missing), *array.buffers()[1:]])


def _spelled(value: object) -> str | None:
    """Return the text of a value in a CSV file, None for an empty cell."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    try:
        return str(value).lower() if isinstance(value, bool) else str(value)
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        return "a number of thousands of digits"
