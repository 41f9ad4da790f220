"""Compute inverse distribution functions, from probabilities to values.

`scipy.stats` has them too, but its import takes three times as long as all other imports of a study.  Only drawing from
a normal distribution loads `scipy.special`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from calculator.numerics.arrays import Floats

_FARTHEST = 8.3
"""Standard deviations above the mean that no draw exceeds: the probability of more is below 2**-54."""
NEVER_DRAWN = 1e-9
"""Probability of values beyond the limits of an input below which a normal distribution is not cut off."""


@dataclass(frozen=True)
class NormalInverse:
    """Inverse of a normal distribution that is cut off at two limits.

    Attributes
    ----------
    mean, deviation
        Mean and standard deviation before the distribution is cut off.
    low, high
        The limits; may be infinite.
    """

    mean: float
    deviation: float
    low: float
    high: float

    def __call__(self, probabilities: Floats) -> Floats:
        """Return the values below which a draw lies with the probabilities."""
        from scipy.special import log_ndtr, ndtr, ndtri, ndtri_exp

        least, most = (self.low - self.mean) / self.deviation, (self.high - self.mean) / self.deviation
        if ndtr(least) + ndtr(-most) < NEVER_DRAWN:
            return np.asarray(self.mean + self.deviation * ndtri(probabilities))
        # Computed in logarithms and from the nearer tail, so that limits far from the mean keep their digits.
        mirrored = least > 0
        if mirrored:
            least, most, probabilities = -most, -least, 1 - probabilities
        below = log_ndtr(least)
        within = _log_difference(log_ndtr(most), below)
        with np.errstate(divide="ignore"):
            found = ndtri_exp(np.logaddexp(below, np.log(probabilities) + within))
        found = np.clip(found, least, min(most, _FARTHEST))  # a probability may have been rounded to 1
        return np.asarray(self.mean + self.deviation * (-found if mirrored else found))


@dataclass(frozen=True)
class TriangularInverse:
    """Inverse of a triangular distribution.

    Attributes
    ----------
    low, mode, high
        The least, the likeliest and the most.
    """

    low: float
    mode: float
    high: float

    def __call__(self, probabilities: Floats) -> Floats:
        """Return the values below which a draw lies with the probabilities."""
        width = self.high - self.low
        rising, falling = self.mode - self.low, self.high - self.mode
        up = self.low + np.sqrt(probabilities * width * rising)
        down = self.high - np.sqrt((1 - probabilities) * width * falling)
        return np.where(probabilities * width < rising, up, down)


def wilson_interval(happened: int, designs: int, deviations: float) -> tuple[float, float]:
    """Return the bounds of a probability by Wilson's score interval.

    Parameters
    ----------
    happened, designs
        Number of designs in which an event happened, and of all designs.
    deviations
        Half width in standard deviations: 1.96 for a confidence of 95 %.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927.
    """
    share, square = happened / designs, deviations**2 / designs
    centre = share + square / 2
    half = deviations * math.sqrt(share * (1 - share) / designs + square / (4 * designs))
    low = 0.0 if happened == 0 else (centre - half) / (1 + square)
    high = 1.0 if happened == designs else (centre + half) / (1 + square)
    return low, high


def _log_difference(larger: float, smaller: float) -> float:
    """Return the logarithm of the difference of two numbers, given by their logarithms."""
    return float(larger + np.log1p(-np.exp(smaller - larger)))
