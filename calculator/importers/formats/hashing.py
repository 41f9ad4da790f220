"""Hash texts, so that addresses and message ids need not be stored."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from calculator.batch import arrow

Keys = NDArray[np.uint64]

_PLACES = 4096
"""Number of places of a text that have their own weights; further places reuse these weights."""
_WEIGHTS = np.random.default_rng(2013).integers(0, 2**64, _PLACES + 1, dtype=np.uint64)


def hash_texts(texts: Any) -> Keys:
    """Return a hash of 64 bits for each text, the same for the same text in every run.

    A hash is a sum of the bytes weighted by place: two texts have the same hash in one of 2^57 pairs.

    Parameters
    ----------
    texts
        Arrow array of strings; a null counts as the empty text.
    """
    if not len(texts):
        return np.zeros(0, np.uint64)
    letters, ends = arrow.bytes_of(texts)
    lengths = np.diff(ends)
    places = np.arange(len(letters)) - np.repeat(ends[:-1], lengths)
    sums = np.zeros(len(letters) + 1, np.uint64)
    np.cumsum(_WEIGHTS[places % _PLACES] * letters, out=sums[1:])
    return _mix(sums[ends[1:]] - sums[ends[:-1]] + _WEIGHTS[-1] * lengths.astype(np.uint64))


def combine_hashes(first: Keys, second: Keys) -> Keys:
    """Return a hash for each pair of hashes, in that order."""
    return _mix(first * np.uint64(3) + _mix(second))


def _mix(keys: Keys) -> Keys:
    """Return hashes whose every bit depends on every bit of the given ones: the last step of SplitMix64."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))
