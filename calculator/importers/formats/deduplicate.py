"""Remove records with the same key, in bounded memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from calculator.importers.formats.hashing import Keys
from calculator.numerics.arrays import Bools

MAX_RECORDS = 2**23
"""Largest number of records, of 24 bytes each. Beyond it half of the keys are dropped, and the others count twice."""
_MERGE_AT = 2**18
"""Smallest number of added records that are merged at once with the others."""


class DistinctRecords:
    """Records with distinct keys among all records that were added.

    Of the records with the same key, the one with the smallest value is kept, so the result does not depend on
    the order of the records.  Beyond ``limit`` records, those with the larger half of the keys are dropped; keys are
    evenly distributed, so the rest is a fair sample that does not depend on the order either.

    Parameters
    ----------
    limit
        Number of records to keep at most.

    Attributes
    ----------
    keys, values, marks
        The records: each key with its value and its mark.
    added
        Number of records added, duplicates included.
    scale
        Number of records that each kept record represents: 1 as long as no record was dropped.
    """

    def __init__(self, limit: int = MAX_RECORDS) -> None:
        self.keys: Keys = np.zeros(0, np.uint64)
        self.values: Keys = np.zeros(0, np.uint64)
        self.marks: Keys = np.zeros(0, np.uint64)
        self.added, self.scale = 0, 1
        self._limit = limit
        self._waiting: list[tuple[Keys, Keys, Keys]] = []
        self._count = 0

    def add(self, keys: Keys, values: Keys, marks: Keys) -> None:
        """Add records: one array each of keys, values and marks."""
        self.added += len(keys)
        chosen = self._sampled(keys)
        self._waiting.append((keys[chosen], values[chosen], marks[chosen]))
        self._count += len(self._waiting[-1][0])
        if self._count > max(min(_MERGE_AT, self._limit), len(self.keys) // 4):
            self.settle()

    def settle(self) -> None:
        """Merge the records that were added last with the others."""
        waiting, self._waiting, self._count = self._waiting, [], 0
        keys = np.concatenate([self.keys, *(part[0] for part in waiting)])
        if not len(keys):
            return
        order = np.argsort(keys)
        keys = keys[order]
        starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
        self.keys = keys[starts]
        del keys
        self.values = _least([self.values, *(part[1] for part in waiting)], order, starts)
        self.marks = _least([self.marks, *(part[2] for part in waiting)], order, starts)
        while len(self.keys) > self._limit:
            self.scale *= 2
            chosen = self._sampled(self.keys)
            self.keys, self.values, self.marks = self.keys[chosen], self.values[chosen], self.marks[chosen]

    def _sampled(self, keys: Keys) -> Bools:
        return keys <= np.uint64((2**64 - 1) // self.scale)


def _least(parts: list[Keys], order: NDArray[np.intp], starts: NDArray[np.intp]) -> Keys:
    """Return the smallest value of each key, from values in the order they were added."""
    return np.minimum.reduceat(np.concatenate(parts)[order], starts)
