"""Estimate Sobol' indices from sums over blocks of a sample, so that no figure of a sampled design is kept.

The estimators only need sums over the points of a sample.  A resample of the bootstrap has the same sums with other
weights: how often each point was drawn, which is Poisson distributed with mean 1 [1]_.  So the sums of all resamples
of a block are one product of matrices, and memory does not grow with the sample.

References
----------
.. [1] N. Chamandy et al., "Estimating uncertainty for massive data streams", Google, 2012: the Poisson
   bootstrap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calculator.numerics.arrays import Floats, Ints
from calculator.studies.figures import NumericSizer
from calculator.studies.uncertainty.sampling import sobol_points
from calculator.studies.uncertainty.varied_inputs import VariedInput

RESAMPLES = 200
"""Number of resamples of the bootstrap."""
BOUNDS = (0.025, 0.975)
_COMMON_SUMS, _INPUT_SUMS = 5, 3
"""Number of sums of a figure for all inputs together, and for each input."""
_CONSTANT = 1e-12
"""Ratio of the variance and the mean square below which a figure does not vary: the rounding error of sums."""


@dataclass(frozen=True)
class Moments:
    """Sums over points for each figure and resample; the first "resample" is the sample itself.

    Attributes
    ----------
    sums
        Shape ``(figures, 1 + resamples, 5 + 3 * inputs)``.
    left_out
        Number of designs in which a figure does not apply, shape ``(figures,)``.
    """

    sums: Floats
    left_out: Ints

    def __add__(self, added: Moments) -> Moments:
        return Moments(self.sums + added.sums, self.left_out + added.left_out)


@dataclass(frozen=True)
class Indices:
    """First order and total indices of each figure and input; NaN where a figure does not vary.

    Attributes
    ----------
    first, total
        Estimates from the whole sample, shape ``(figures, inputs)``.
    first_bounds, total_bounds
        Bounds of the 95 % confidence interval, shape ``(2, figures, inputs)``.
    """

    first: Floats
    total: Floats
    first_bounds: Floats
    total_bounds: Floats


def draw_weights(points: int, seed: int, start: int) -> Floats:
    """Return how often each point of a block counts in each resample, shape ``(1 + resamples, points)``.

    Parameters
    ----------
    points
        Number of points of the block.
    seed
        Random seed.
    start
        First point of the block.
    """
    stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, start))))
    return np.vstack([np.ones(points), stream.poisson(1.0, (RESAMPLES, points))])


def sum_moments(f_a: Floats, f_b: Floats, f_ab: Floats, centre: Floats, weights: Floats) -> Moments:
    """Return the sums of a block.

    Parameters
    ----------
    f_a, f_b
        Figures at two independent samples of the inputs, shape ``(figures, points)``; NaN where one does not
        apply.
    f_ab
        Figures at the first sample with one input from the second, shape ``(inputs, figures, points)``.
    centre
        A value of each figure that is subtracted so that sums of squares keep their digits, shape ``(figures,)``.
    weights
        How often each point counts, shape ``(1 + resamples, points)``.
    """
    figures = np.concatenate([f_a[None], f_b[None], f_ab])
    missing = np.isnan(figures)
    applies = ~missing.any(axis=0)
    a, b, *mixtures = np.where(applies, figures - centre[:, None], 0.0)
    terms = [applies.astype(np.float64), a, b, a * a, b * b]
    for mixture in mixtures:
        step = mixture - a
        terms += [b * step, step * step, step]
    stacked = np.stack(terms, axis=-1)  # figures, points, sums
    return Moments(np.matmul(weights, stacked), missing.sum(axis=(0, 2)))


def estimate_indices(moments: Moments) -> Indices:
    """Return the indices and their bounds from the sums over all points."""
    sums = moments.sums
    with np.errstate(divide="ignore", invalid="ignore"):
        points, a, b, aa, bb = np.moveaxis(sums[..., :_COMMON_SUMS], -1, 0)
        mean = (a + b) / (2 * points)
        square = (aa + bb) / (2 * points)
        variance = square - mean**2
        varies = variance > _CONSTANT * square
        by_input = sums[..., _COMMON_SUMS:].reshape(*sums.shape[:2], -1, _INPUT_SUMS)
        products, squares, steps = np.moveaxis(by_input, -1, 0)
        scale = np.where(varies, points * variance, np.nan)[..., None]
        first = (products - mean[..., None] * steps) / scale
        total = squares / 2 / scale
    return Indices(first[:, 0], total[:, 0], _bounds(first), _bounds(total))


def _bounds(values: Floats) -> Floats:
    """Return the bounds over the resamples; in a resample without variance every index is 0."""
    resampled = np.nan_to_num(values[:, 1:], nan=0.0)
    return np.where(np.isnan(values[:, 0]), np.nan, np.quantile(resampled, BOUNDS, axis=1))


@dataclass(frozen=True)
class SobolWork:
    """Function that sizes the designs of a block of points, two samples and their mixtures, and sums them up.

    Attributes
    ----------
    sizer
        Sizes the designs.
    varied
        The inputs.
    centre
        Figures of the present design, shape ``(figures,)``.
    seed
        Random seed of points and resamples.
    """

    sizer: NumericSizer
    varied: tuple[VariedInput, ...]
    centre: Floats
    seed: int

    def __call__(self, start: int, stop: int) -> Moments:
        """Return the sums of the points ``start`` to ``stop``."""
        inputs, points = len(self.varied), stop - start
        both = sobol_points(2 * inputs, start, stop, self.seed).T
        columns: dict[str, Floats] = {}
        for place, (varied, a, b) in enumerate(zip(self.varied, both[:inputs], both[inputs:], strict=True)):
            mixed = np.broadcast_to(a, (inputs + 2, points)).copy()
            mixed[1] = mixed[2 + place] = b
            columns.update(varied.columns(mixed.ravel()))
        found = self.sizer(columns)
        values = np.stack([found[name].reshape(inputs + 2, points) for name in self.sizer.columns], axis=1)
        weights = draw_weights(points, self.seed, start)
        return sum_moments(values[0], values[1], values[2:], self.centre, weights)
