"""Sobol' indices summed up block by block: no figure of a sampled design is kept.

All that the estimators need are sums over the points of a sample, and a resample of the bootstrap is the
same sums with other weights: how often each point was drawn, Poisson distributed with mean 1 [1]_.  So the
sums of all resamples of a block are one product of matrices, and memory does not grow with the sample.

References
----------
.. [1] N. Chamandy et al., "Estimating uncertainty for massive data streams", Google, 2012: the Poisson
   bootstrap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calculator.studies.figures import ValidSizer
from calculator.studies.uncertainty.sampling import sobol_points
from calculator.studies.uncertainty.varied_inputs import Varied

Floats = npt.NDArray[np.float64]

RESAMPLES = 200
"""Resamples of the bootstrap."""
BOUNDS = (0.025, 0.975)
_COMMON, _EACH = 5, 3
"""Sums of a figure: for all inputs, and for each."""
_CONSTANT = 1e-12
"""Variance against the mean square below which a figure does not vary: the roundings of sums."""


@dataclass(frozen=True)
class Moments:
    """Sums over points, for each figure and resample; the first "resample" is the sample itself.

    Attributes
    ----------
    sums
        Shape ``(figures, 1 + resamples, 5 + 3 inputs)``.
    left_out
        Designs in which a figure does not apply, shape ``(figures,)``.
    """

    sums: Floats
    left_out: npt.NDArray[np.int64]

    def __add__(self, other: Moments) -> Moments:
        return Moments(self.sums + other.sums, self.left_out + other.left_out)


@dataclass(frozen=True)
class Indices:
    """First order and total indices of each figure and input, shape ``(figures, inputs)``; NaN where none varies.

    Attributes
    ----------
    first, total
        As estimated from the whole sample.
    first_bounds, total_bounds
        Bounds of 95 %, shape ``(2, figures, inputs)``.
    """

    first: Floats
    total: Floats
    first_bounds: Floats
    total_bounds: Floats


def weights_of(points: int, seed: int, start: int) -> Floats:
    """How often each point of a block counts in each resample, shape ``(1 + resamples, points)``."""
    stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, start))))
    return np.vstack([np.ones(points), stream.poisson(1.0, (RESAMPLES, points))])


def moments(f_a: Floats, f_b: Floats, f_ab: Floats, centre: Floats, weights: Floats) -> Moments:
    """Sums of a block.

    Parameters
    ----------
    f_a, f_b
        Figures at two independent samples of the inputs, shape ``(figures, points)``; NaN where one does not
        apply.
    f_ab
        Figures at the first sample with one input from the second, shape ``(inputs, figures, points)``.
    centre
        A value of each figure that is taken off, so that sums of squares keep their digits.
    weights
        Shape ``(1 + resamples, points)``.
    """
    everything = np.concatenate([f_a[None], f_b[None], f_ab])
    missing = np.isnan(everything)
    applies = ~missing.any(axis=0)
    a, b, *ab = np.where(applies, everything - centre[:, None], 0.0)
    terms = [applies.astype(np.float64), a, b, a * a, b * b]
    for one in ab:
        step = one - a
        terms += [b * step, step * step, step]
    stacked = np.stack(terms, axis=-1)  # figures, points, sums
    return Moments(np.matmul(weights, stacked), missing.sum(axis=(0, 2)))


def estimates(found: Moments) -> Indices:
    """Indices and their bounds from the sums over all points."""
    sums = found.sums
    with np.errstate(divide="ignore", invalid="ignore"):
        points, a, b, aa, bb = np.moveaxis(sums[..., :_COMMON], -1, 0)
        mean = (a + b) / (2 * points)
        square = (aa + bb) / (2 * points)
        variance = square - mean**2
        varies = variance > _CONSTANT * square
        products, squares, steps = np.moveaxis(sums[..., _COMMON:].reshape(*sums.shape[:2], -1, _EACH), -1, 0)
        scale = np.where(varies, points * variance, np.nan)[..., None]
        first = (products - mean[..., None] * steps) / scale
        total = squares / 2 / scale
    return Indices(first[:, 0], total[:, 0], _bounds(first), _bounds(total))


def _bounds(values: Floats) -> Floats:
    """Bounds over the resamples; one in which nothing varies says that no input does anything."""
    resampled = np.nan_to_num(values[:, 1:], nan=0.0)
    return np.where(np.isnan(values[:, 0]), np.nan, np.quantile(resampled, BOUNDS, axis=1))


@dataclass(frozen=True)
class Mixed:
    """Sizes the designs of a block of points, two samples and their mixtures, and sums them up.

    Attributes
    ----------
    figures
        What sizes them.
    varied
        The inputs.
    centre
        Figures of the design as it is.
    seed
        Of points and resamples.
    """

    figures: ValidSizer
    varied: tuple[Varied, ...]
    centre: Floats
    seed: int

    def __call__(self, start: int, stop: int) -> Moments:
        """Sums of points ``start`` to ``stop``."""
        inputs, points = len(self.varied), stop - start
        both = sobol_points(2 * inputs, start, stop, self.seed).T
        columns: dict[str, Floats] = {}
        for place, (one, a, b) in enumerate(zip(self.varied, both[:inputs], both[inputs:], strict=True)):
            mixed = np.broadcast_to(a, (inputs + 2, points)).copy()
            mixed[1] = mixed[2 + place] = b
            columns.update(one.columns(mixed.ravel()))
        found = self.figures(columns)
        values = np.stack([found[name].reshape(inputs + 2, points) for name in self.figures.columns], axis=1)
        weights = weights_of(points, self.seed, start)
        return moments(values[0], values[1], values[2:], self.centre, weights)
