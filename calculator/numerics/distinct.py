"""Find the distinct rows of columns of numbers, so that each is worked on only once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calculator.numerics.arrays import Array, Ints

_LARGEST_LOOKUP = 1 << 15
"""Largest table in which equal rows are found by indexing, which is faster than sorting."""


def distinct_rows(columns: Sequence[Array]) -> tuple[Ints, Ints]:
    """Return the distinct rows of columns of the same length.

    Parameters
    ----------
    columns
        At least one column of numbers or flags, each of shape ``(rows,)``.

    Returns
    -------
    tuple of arrays
        The first row of each set of equal rows, and for each row the number of its set.
    """
    key, size = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        codes, count = _codes(column)
        key, size = key * count + codes, size * count
        if size > _LARGEST_LOOKUP:
            _, key = np.unique(key, return_inverse=True)
            size = int(key.max()) + 1
    first = np.full(size, -1)
    first[key[::-1]] = np.arange(len(key))[::-1]
    present = np.flatnonzero(first >= 0)
    number = np.empty(size, dtype=np.int64)
    number[present] = np.arange(len(present))
    return first[present], number[key]


def _codes(column: Array) -> tuple[Ints, int]:
    """Return a code per value, equal for equal values, and the number of possible codes.

    Whole numbers in a small range are not sorted.
    """
    smallest, largest = column.min(), column.max()
    near = float(largest) - float(smallest) < _LARGEST_LOOKUP
    if near and (column.dtype.kind != "f" or (column == np.rint(column)).all()):
        return column.astype(np.int64) - int(smallest), int(largest) - int(smallest) + 1
    _, codes = np.unique(column, return_inverse=True)
    return codes, int(codes.max()) + 1
