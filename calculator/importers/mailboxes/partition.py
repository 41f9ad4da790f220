"""Mailboxes sorted into tiers: where the bounds are, and which tier each mailbox is in."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from calculator.importers.formats.numbers import Floats
from calculator.importers.formats.sizes import KB

Labels = npt.NDArray[np.intp]

_POINTS = 20_000
"""Mailboxes that bounds are looked for among: quantiles of all where there are more."""
_ROUNDS = 50
_DIGITS = 2
"""Digits of a proposed bound, so that people can read it."""


@dataclass(frozen=True)
class Split:
    """Mailboxes in tiers.

    Attributes
    ----------
    labels
        Tier of each mailbox, from 0.
    groups
        Group of each tier.
    low, high
        Bounds of each tier: it holds what is not below the one and below the other; 0 and infinite at the ends.
    """

    labels: Labels
    groups: tuple[int, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.groups)


def split(values: Floats, groups: Labels, bounds: Sequence[Sequence[float]]) -> Split:
    """Sort mailboxes by bounds, each group by its own; tiers without mailboxes are left out.

    Parameters
    ----------
    values
        What they are sorted by, shape ``(mailboxes,)``.
    groups
        Group of each mailbox: never in one tier with those of another.
    bounds
        Bounds in rising order, for each group.
    """
    labels = np.zeros(len(values), dtype=np.intp)
    tiers: list[tuple[int, float, float]] = []
    for group, of_group in enumerate(bounds):
        inside = groups == group
        labels[inside] = len(tiers) + np.searchsorted(np.asarray(of_group), values[inside], side="right")
        edges = (0.0, *of_group, np.inf)
        tiers += [(group, low, high) for low, high in pairwise(edges)]
    used, labels = np.unique(labels, return_inverse=True)
    kept = [tiers[place] for place in used]
    return Split(labels, *(tuple(part) for part in zip(*kept, strict=True)))


def proposed(values: Floats, groups: Labels, number: int) -> list[list[float]]:
    """Bounds for so many tiers in all: each group has one, the others go where the mailboxes are."""
    counts = np.bincount(groups)
    tiers = np.ones(len(counts), dtype=int)
    for _ in range(number - len(counts)):
        tiers[np.argmax(counts / tiers)] += 1
    return [clusters(values[groups == group], int(tiers[group])) for group in range(len(counts))]


def clusters(values: Floats, number: int) -> list[float]:
    """Bounds between so many clusters of values on a logarithmic scale, rounded to two digits.

    k-means from quantiles of the distinct values, so that it is the same every time.
    """
    from scipy.cluster.vq import kmeans2

    points = np.log2(np.sort(values) + 1)
    if len(points) > _POINTS:
        points = points[np.linspace(0, len(points) - 1, _POINTS).astype(int)]
    distinct = np.unique(points)
    if len(distinct) <= 1 or number <= 1:
        return []
    first = np.quantile(distinct, (np.arange(number) + 0.5) / number)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a cluster that came out empty
        centers, _ = kmeans2(points[:, None], first[:, None], iter=_ROUNDS, minit="matrix")
    centers = np.unique(centers)
    middles = np.exp2((centers[1:] + centers[:-1]) / 2) - 1
    return sorted({rounded(float(middle)) for middle in middles} - {0.0})


def rounded(value: float) -> float:
    """A value to two digits in the unit it is shown in: MB, from 1,024 on GB."""
    unit = KB if value >= KB else 1.0
    return float(f"{value / unit:.{_DIGITS}g}") * unit


def histogram(values: Floats) -> tuple[Floats, Labels]:
    """Mailboxes by what they are sorted by: edges half a power of two apart, and how many lie between.

    The first bin takes in what is smaller.
    """
    above = values[values >= 1]
    if not above.size:
        return np.array([0.0, 1.0]), np.array([len(values)])
    low, high = (2 * np.log2([above.min(), above.max()])).astype(int)
    edges = np.exp2(np.arange(low, high + 2) / 2)
    return edges, np.histogram(np.maximum(values, edges[0]), edges)[0]


def distinct_bounds(values: Floats, groups: Labels, most: int) -> list[list[float]] | None:
    """Bounds at which every distinct value is a tier of its own; None where these are too many."""
    bounds = [np.unique(values[groups == group])[1:].tolist() for group in range(int(groups.max()) + 1)]
    return bounds if sum(map(len, bounds)) + len(bounds) <= most else None
