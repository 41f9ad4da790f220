"""Share of a figure's variance that each input explains by itself, from one sample: correlation ratios.

The sample is divided into bins in which an input is equally likely to lie, or one bin for each value of an input that
takes few.  The share is the variance of the means of
the bins relative to that of all designs [1]_, less what bins without any influence would show [2]_.  Only sums are
kept, so that a sample may have any size.

References
----------
.. [1] K. Pearson, "On the general theory of skew correlation and non-linear regression", 1905.
.. [2] T. L. Kelley, "An unbiased correlation ratio measure", PNAS 21, 1935.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calculator.numerics.arrays import Floats, Ints

BINS = 50
"""Number of bins of an input: the share of an input with a linear influence is 1 / 50^2 too small."""
LEAST_FOR_SHARES = 1000
"""Smallest number of designs from which shares are estimated: 20 in each bin.  The share of an input without influence
then varies by 0.01 from sample to sample (standard deviation)."""
_CONSTANT = 1e-12
"""Ratio of the sums of squares about the mean and about the centre below which a figure does not vary."""


@dataclass(frozen=True)
class BinSums:
    """Sums over the designs in each bin of each input.

    Attributes
    ----------
    counts, sums
        Number of designs in which a figure applies, and sum of the figure, shape ``(inputs, bins, figures)``.
    squares
        Sum of squares over all designs, shape ``(figures,)``.
    """

    counts: Floats
    sums: Floats
    squares: Floats

    def __add__(self, added: BinSums) -> BinSums:
        return BinSums(self.counts + added.counts, self.sums + added.sums, self.squares + added.squares)

    @property
    def designs(self) -> Floats:
        """Number of designs in which a figure applies, shape ``(figures,)``."""
        designs: Floats = self.counts[0].sum(axis=0)
        return designs

    @property
    def totals(self) -> Floats:
        """Sums over all designs, shape ``(figures,)``."""
        totals: Floats = self.sums[0].sum(axis=0)
        return totals

    def shares(self) -> Floats:
        """Return the share of the variance that each input explains by itself.

        Returns
        -------
        ndarray of shape ``(figures, inputs)``
            Between 0 and 1; NaN where a figure does not vary.
        """
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # a figure above 1e154 has no finite square
            filled = self.counts > 0
            between = np.where(filled, self.sums**2 / self.counts, 0.0).sum(axis=1)
            designs = self.designs
            level = self.totals**2 / designs
            about_mean = self.squares - level
            ratio = (between - level) / np.where(about_mean > _CONSTANT * self.squares, about_mean, np.nan)
            unbiased = 1 - (1 - ratio) * (designs - 1) / (designs - filled.sum(axis=1))
        return np.clip(unbiased, 0, 1).T


def sum_bins(values: Floats, places: Ints, bins: int, centre: Floats) -> BinSums:
    """Return the sums of a block of designs.

    Parameters
    ----------
    values
        Figures, shape ``(figures, designs)``; NaN where one does not apply.
    places
        Bin in which each input lies, 0 to below ``bins``, shape ``(designs, inputs)``.
    bins
        Largest number of bins of an input.
    centre
        A value of each figure that is subtracted so that sums of squares keep their digits, shape ``(figures,)``.
    """
    inputs = places.shape[1]
    applies = ~np.isnan(values)
    off_centre = np.where(applies, values - centre[:, None], 0.0)
    everywhere = bool(applies.all())
    counts, sums = np.empty((2, inputs, bins, len(values)))
    for number, bin_of in enumerate(places.T):
        counts[number] = np.bincount(bin_of, minlength=bins)[:, np.newaxis]
        for figure, (row, known) in enumerate(zip(off_centre, applies, strict=True)):
            sums[number, :, figure] = np.bincount(bin_of, row, minlength=bins)
            if not everywhere:
                counts[number, :, figure] = np.bincount(bin_of, known, minlength=bins)
    with np.errstate(over="ignore"):  # a figure above 1e154 has no finite square
        squares = (off_centre**2).sum(axis=1)
    return BinSums(counts, sums, squares)
