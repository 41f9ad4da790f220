"""Arrow arrays to and from plain arrays and texts, and nothing else loaded for it.

`pyarrow.array`, `pyarrow.scalar` and Python values given to `pyarrow.compute` load pandas when first used,
a third of a second in every process; arrays made of buffers do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Array = npt.NDArray[Any]


# --- out of Arrow --------------------------------------------------------------------------------


def is_text(array: pa.Array) -> bool:
    """Whether an array holds texts."""
    return bool(pa.types.is_string(array.type) or pa.types.is_large_string(array.type))


def values(array: pa.Array, dtype: Any) -> Array:
    """Values of an array of numbers; whatever stands there where it has none."""
    held = array.buffers()[1]
    if held is None:
        return np.zeros(len(array), dtype=dtype)
    return np.frombuffer(held, dtype=dtype)[array.offset : array.offset + len(array)]


def nulls(array: pa.Array) -> Array:
    """Where an array has no value."""
    valid = array.buffers()[0]
    if valid is None or not array.null_count:
        return np.zeros(len(array), dtype=np.bool_)
    bits = np.unpackbits(np.frombuffer(valid, np.uint8), bitorder="little")
    return bits[array.offset : array.offset + len(array)] == 0


def bytes_of(texts: pa.Array) -> tuple[Array, Array]:
    """Bytes of all texts, and where each begins and ends in them: one place more than there are texts."""
    _, offsets, held = texts.buffers()
    if offsets is None or held is None:
        return np.zeros(0, dtype=np.uint8), np.zeros(len(texts) + 1, dtype=np.int32)
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(held, np.uint8)[ends[0] : ends[-1]], ends - ends[0]


# --- into Arrow ----------------------------------------------------------------------------------


def validity(missing: Array | None) -> pa.Buffer | None:
    """Bitmap of the values that are there; None where all are."""
    if missing is None or not missing.any():
        return None
    return pa.py_buffer(np.packbits(~missing, bitorder="little"))


def numbers(given: Array) -> pa.Array:
    """Numbers, none where one is NaN."""
    return pa.Array.from_buffers(pa.float64(), len(given), [validity(np.isnan(given)), pa.py_buffer(given)])


def whole_numbers(given: Array, missing: Array | None = None) -> pa.Array:
    """Whole numbers of 32 or 64 bits, none where one is missing."""
    held = np.ascontiguousarray(given)
    kind = pa.int64() if held.dtype == np.int64 else pa.int32()
    return pa.Array.from_buffers(kind, len(held), [validity(missing), pa.py_buffer(held)])


def flags(given: Array, missing: Array | None = None) -> pa.Array:
    """Flags, none where one is missing."""
    bits = pa.py_buffer(np.packbits(given, bitorder="little"))
    return pa.Array.from_buffers(pa.bool_(), len(given), [validity(missing), bits])


def texts(given: Sequence[str]) -> pa.Array:
    """Texts."""
    encoded = [text.encode() for text in given]
    offsets = np.zeros(len(encoded) + 1, dtype=np.int32)
    np.cumsum([len(text) for text in encoded], out=offsets[1:])
    return spans(offsets, pa.py_buffer(b"".join(encoded)))


def spans(offsets: Array, held: pa.Buffer) -> pa.Array:
    """Texts that follow on one another in bytes, by where they begin and end."""
    return pa.Array.from_buffers(pa.string(), len(offsets) - 1, [None, pa.py_buffer(offsets), held])


def text(given: str) -> pa.Scalar:
    """A text as Arrow's functions take it."""
    return texts([given])[0]


def words(codes: Array, of: Sequence[str], missing: Array | None = None) -> pa.Array:
    """Words by their codes, none where one is missing."""
    places = codes if missing is None else np.where(missing, 0, codes)
    return texts(of).take(whole_numbers(places.astype(np.int32), missing))


def filled(given: pa.Array) -> pa.Array:
    """Texts, an empty one where there is none."""
    return pc.fill_null(given, text("")) if given.null_count else given
