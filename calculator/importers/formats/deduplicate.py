"""Records told apart by a key, in memory that does not grow beyond a bound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from calculator.importers.formats.hashing import Keys

MAX_RECORDS = 2**23
"""Records kept, of 24 bytes each.  Beyond it every other key is dropped, and what is left stands for two."""
_LEAST_MERGE = 2**18


class DistinctRecords:
    """The records with distinct keys among all that were added.

    Which of the records with the same key is kept depends on the records alone, not on their order: the one with
    the smallest value. Beyond ``most`` records the half with the greater keys is dropped, as keys are evenly
    spread the rest is a fair sample, which again depends on the records alone.

    Attributes
    ----------
    keys, values, marks
        The records; ``values`` and ``marks`` are whatever belongs to a key.
    added
        Records added, duplicates among them.
    scale
        Records that each one kept stands for: 1 as long as all fit.
    """

    def __init__(self, most: int = MAX_RECORDS) -> None:
        self.keys: Keys = np.zeros(0, np.uint64)
        self.values: Keys = np.zeros(0, np.uint64)
        self.marks: Keys = np.zeros(0, np.uint64)
        self.added, self.scale = 0, 1
        self._most = most
        self._waiting: list[tuple[Keys, Keys, Keys]] = []
        self._count = 0

    def add(self, keys: Keys, values: Keys, marks: Keys) -> None:
        """Add records, an array each of keys, values and marks."""
        self.added += len(keys)
        chosen = self._sampled(keys)
        self._waiting.append((keys[chosen], values[chosen], marks[chosen]))
        self._count += len(self._waiting[-1][0])
        if self._count > max(min(_LEAST_MERGE, self._most), len(self.keys) // 4):
            self.settle()

    def settle(self) -> None:
        """Bring what was added last among the rest."""
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
        while len(self.keys) > self._most:
            self.scale *= 2
            chosen = self._sampled(self.keys)
            self.keys, self.values, self.marks = self.keys[chosen], self.values[chosen], self.marks[chosen]

    def _sampled(self, keys: Keys) -> NDArray[np.bool_]:
        return keys <= np.uint64((2**64 - 1) // self.scale)


def _least(parts: list[Keys], order: NDArray[np.intp], starts: NDArray[np.intp]) -> Keys:
    """The least value of each key, from values in the order they were added."""
    return np.minimum.reduceat(np.concatenate(parts)[order], starts)
