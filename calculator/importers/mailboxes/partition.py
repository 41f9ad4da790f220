"""Assign mailboxes to tiers by bounds, and propose the bounds."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from calculator.importers.formats.sizes import KB
from calculator.numerics.arrays import Floats

Labels = npt.NDArray[np.intp]

_POINTS = 20_000
"""Largest number of values to cluster; for more values, quantiles are used."""
_ROUNDS = 50
_DIGITS = 2
"""Significant digits of a proposed bound."""


@dataclass(frozen=True)
class Partition:
    """Assignment of mailboxes to tiers.

    Attributes
    ----------
    labels
        Tier of each mailbox, counted from 0.
    groups
        Group of each tier.
    low, high
        Bounds of each tier: low <= value < high; 0 and infinity at the ends.
    """

    labels: Labels
    groups: tuple[int, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.groups)


def assign_tiers(values: Floats, groups: Labels, bounds: Sequence[Sequence[float]]) -> Partition:
    """Assign each mailbox to a tier by the bounds of its group; leave out tiers without mailboxes.

    Parameters
    ----------
    values
        Size, quota or messages of each mailbox, shape ``(mailboxes,)``.
    groups
        Group of each mailbox: mailboxes of different groups never share a tier.
    bounds
        Bounds of each group in ascending order.
    """
    labels = np.zeros(len(values), dtype=np.intp)
    tiers: list[tuple[int, float, float]] = []
    for group, group_bounds in enumerate(bounds):
        inside = groups == group
        labels[inside] = len(tiers) + np.searchsorted(np.asarray(group_bounds), values[inside], side="right")
        edges = (0.0, *group_bounds, np.inf)
        tiers += [(group, low, high) for low, high in pairwise(edges)]
    used, labels = number_without_gaps(labels)
    columns = zip(*(tiers[place] for place in used), strict=True)
    return Partition(labels, *map(tuple, columns))


def number_without_gaps(codes: Labels) -> tuple[Labels, Labels]:
    """Return the distinct codes in ascending order, and the place of each code among them.

    The same as `numpy.unique` with ``return_inverse``, without sorting: codes are small and not negative.
    """
    counts = np.bincount(codes)
    used = np.flatnonzero(counts)
    places = np.zeros(len(counts), dtype=np.intp)
    places[used] = np.arange(len(used))
    return used, places[codes]


def sample_groups(values: Floats, groups: Labels) -> list[Floats]:
    """Return the values of each group in ascending order; of many values, return evenly spaced quantiles."""
    return [_sample(values[groups == group]) for group in range(int(groups.max()) + 1)]


def _sample(values: Floats) -> Floats:
    ordered = np.sort(values)
    if len(ordered) <= _POINTS:
        return ordered
    return ordered[np.linspace(0, len(ordered) - 1, _POINTS).astype(int)]


def propose_bounds(samples: Sequence[Floats], counts: Labels, number: int) -> list[list[float]]:
    """Propose bounds for a number of tiers: one tier per group, and more for groups with more mailboxes.

    Parameters
    ----------
    samples
        Values of each group, as `sample_groups` returns them.
    counts
        Number of mailboxes of each group.
    number
        Number of tiers.
    """
    tiers = np.ones(len(counts), dtype=int)
    for _ in range(number - len(counts)):
        tiers[np.argmax(counts / tiers)] += 1
    return [find_cluster_bounds(sample, int(tiers[group])) for group, sample in enumerate(samples)]


def find_cluster_bounds(values: Floats, number: int) -> list[float]:
    """Find the bounds between clusters of values on a logarithmic scale, rounded to two digits.

    k-means starts from quantiles of the distinct values, so the result is reproducible.
    """
    from scipy.cluster.vq import kmeans2

    points = np.log2(_sample(values) + 1)
    distinct = np.unique(points)
    if len(distinct) <= 1 or number <= 1:
        return []
    first = np.quantile(distinct, (np.arange(number) + 0.5) / number)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy warns about a cluster that becomes empty
        centers, _ = kmeans2(points[:, None], first[:, None], iter=_ROUNDS, minit="matrix")
    centers = np.unique(centers)
    middles = np.exp2((centers[1:] + centers[:-1]) / 2) - 1
    return sorted({round_bound(float(middle)) for middle in middles} - {0.0})


def round_bound(value: float) -> float:
    """Round a value to two digits in the unit in which it is shown: MB, or GB from 1,024 MB."""
    unit = KB if value >= KB else 1.0
    return float(f"{value / unit:.{_DIGITS}g}") * unit


def build_histogram(values: Floats) -> tuple[Floats, Labels]:
    """Return bin edges half a power of two apart, and the number of mailboxes in each bin.

    The first bin includes smaller values.
    """
    above = values[values >= 1]
    if not above.size:
        return np.array([0.0, 1.0]), np.array([len(values)])
    low, high = (2 * np.log2([above.min(), above.max()])).astype(int)
    edges = np.exp2(np.arange(low, high + 2) / 2)
    return edges, np.histogram(np.maximum(values, edges[0]), edges)[0]


def find_distinct_bounds(values: Floats, groups: Labels, limit: int) -> list[list[float]] | None:
    """Return bounds that give every distinct value its own tier, or None if there are more tiers than the limit."""
    bounds = [np.unique(values[groups == group])[1:].tolist() for group in range(int(groups.max()) + 1)]
    return bounds if sum(map(len, bounds)) + len(bounds) <= limit else None
