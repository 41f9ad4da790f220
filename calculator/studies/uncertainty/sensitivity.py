"""Find which inputs affect a figure: one at a time over their plausible ranges, or all at once (Sobol' indices)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain

import numpy as np

from calculator.engine.progress import Progress
from calculator.engine.sizing import Scenario, read
from calculator.issues import refuse
from calculator.numerics.arrays import Floats
from calculator.studies.figures import NumericSizer, none_if_nan, number_columns, require_mailboxes, units_of
from calculator.studies.result import StudyResult
from calculator.studies.uncertainty.sampling import BLOCK, SEED, check_sample, run_in_blocks
from calculator.studies.uncertainty.sobol import Moments, SobolWork, estimate_indices
from calculator.studies.uncertainty.varied_inputs import VariedInput, choose_inputs

GLOBAL_SAMPLES = 131_072
LEAST_POINTS = 64
"""Smallest number of points from which indices are estimated."""
ROUNDING_ERROR = 1e-12
"""Relative difference of a figure, and with its square of a variance, that is only rounding error."""
TIMES_PRESENT = "times present"
"""Unit of an input that varies at several places with different present values."""


@dataclass(frozen=True)
class Swing:
    """Effect of one input on one figure.

    Attributes
    ----------
    result, unit
        The result column and its unit; a flag counts 1 where it is true.
    input, input_unit
        Path of the input, and the unit of its ends.
    low, high
        Ends of its range.
    at_low, present, at_high
        The figure at both ends and at the present value; None where it does not apply.
    swing
        Difference between the lowest and the highest of the three; None where the figure applies to one of them
        only.
    """

    result: str
    unit: str
    input: str
    input_unit: str
    low: float
    high: float
    at_low: float | None
    present: float | None
    at_high: float | None
    swing: float | None


@dataclass(frozen=True, repr=False)
class OneAtATime(StudyResult):
    """Effect of each input by itself.

    Attributes
    ----------
    swings
        Swings by result in the order asked for, the widest first; without inputs that do not affect the result.
    inputs
        Paths of the inputs that were varied.
    """

    swings: tuple[Swing, ...]
    inputs: tuple[str, ...]

    def rows(self) -> list[dict[str, object]]:
        """Return the swings as rows of a table."""
        return [asdict(swing) for swing in self.swings]


@dataclass(frozen=True)
class Index:
    """Share of the variance of a figure that an input accounts for.

    Attributes
    ----------
    result, unit, input
        The result column, its unit, and the path of the input.
    first_order, total
        Share of the variance by the input alone, and including its interactions with other inputs.
    first_order_low, first_order_high, total_low, total_high
        Bounds of the 95 % confidence interval by bootstrap.
    designs, left_out
        Number of designs sampled, and of those in which the figure does not apply.
    """

    result: str
    unit: str
    input: str
    first_order: float
    first_order_low: float
    first_order_high: float
    total: float
    total_low: float
    total_high: float
    designs: int
    left_out: int


@dataclass(frozen=True, repr=False)
class GlobalIndices(StudyResult):
    """Sobol' indices of all inputs.

    Attributes
    ----------
    indices
        Indices by result in the order asked for, the greatest total first; without inputs that do not affect the
        result.
    inputs
        Paths of the inputs that were varied.
    designs
        Number of designs sampled.
    """

    indices: tuple[Index, ...]
    inputs: tuple[str, ...]
    designs: int

    def rows(self) -> list[dict[str, object]]:
        """Return the indices as rows of a table."""
        return [asdict(index) for index in self.indices]


def one_at_a_time(
    scenario: Scenario,
    results: str | Iterable[str] = "headline",
    *,
    inputs: Iterable[str] | None = None,
    ranges: Mapping[str, str] | None = None,
) -> OneAtATime:
    """Set each input to the ends of its plausible range while the other inputs stay.

    Parameters
    ----------
    scenario
        The design: a profile file, a `Profile` or inputs by path.
    results
        Names of rules or columns, ``headline`` or ``all``.
    inputs
        Paths to vary, with or without a place; by default every number that the design uses.
    ranges
        Your own ranges by path, such as ``{"tiers.1.message_size": "50 KB..150 KB"}``.

    Returns
    -------
    OneAtATime
        The swings of each result, the widest first.

    Raises
    ------
    InputError
        With everything that cannot be used.
    UnknownResult
        If there is no such result.

    Examples
    --------
    >>> study = one_at_a_time({"tiers.1.mailboxes": 1000}, "largest_mailbox_size_on_disk")
    >>> [(swing.input, swing.at_low, swing.present, swing.at_high) for swing in study.swings[:2]]
    [('tiers.mailbox_size_limit', 4307.0, 5362.0, 6417.0), ('tiers.deleted_item_retention', 5322.0, 5362.0, 5443.0)]
    """
    profile = read(scenario)
    require_mailboxes(profile)
    columns = number_columns(results, profile.tiers)
    varied_inputs = choose_inputs(profile, inputs, ranges or {})
    _check_ends(varied_inputs)
    figures = NumericSizer(profile, columns, valid_only=True)(_end_columns(varied_inputs))
    units = units_of(columns, profile.tiers)
    swings = (_swings(column, units[column], figures[column], varied_inputs) for column in columns)
    return OneAtATime(tuple(chain.from_iterable(swings)), tuple(varied.path for varied in varied_inputs))


def _check_ends(varied_inputs: Iterable[VariedInput]) -> None:
    for varied in varied_inputs:
        if math.isinf(varied.distribution.low):
            message = f"{varied.path}: {varied.distribution.text} has no bounds."
            refuse("inputs", message, "Give a range such as 80..140.")


def _end_columns(varied_inputs: Sequence[VariedInput]) -> dict[str, Floats]:
    """Return inputs by path: the present design, then each input at its low and its high end."""
    columns: dict[str, Floats] = {}
    for place, varied in enumerate(varied_inputs):
        for path, (low, high) in varied.ends().items():
            column = np.full(1 + 2 * len(varied_inputs), varied.presents[path])
            column[1 + 2 * place : 3 + 2 * place] = low, high
            columns[path] = column
    return columns


def _swings(column: str, unit: str, values: Floats, varied_inputs: Sequence[VariedInput]) -> list[Swing]:
    """Return the swings of a figure, the widest first; those without a swing are last."""
    present, ends = values[0], values[1:].reshape(-1, 2)
    swings = []
    for varied, (at_low, at_high) in zip(varied_inputs, ends, strict=True):
        known = [value for value in (at_low, present, at_high) if not math.isnan(value)]
        swing = max(known) - min(known) if len(known) > 1 else math.nan
        if known and (len(known) < 3 or swing > ROUNDING_ERROR * max(map(abs, known))):
            same = varied.same_everywhere
            distribution = varied.distribution
            low, high = next(iter(varied.ends().values())) if same else (distribution.low, distribution.high)
            swings.append(
                Swing(
                    column,
                    unit,
                    varied.path,
                    varied.field.unit if same else TIMES_PRESENT,
                    low,
                    high,
                    none_if_nan(at_low),
                    none_if_nan(present),
                    none_if_nan(at_high),
                    none_if_nan(swing),
                )
            )
    return sorted(swings, key=lambda swing: -(swing.swing or 0.0))


def global_indices(
    scenario: Scenario,
    results: str | Iterable[str] = "headline",
    *,
    inputs: Iterable[str] | None = None,
    ranges: Mapping[str, str] | None = None,
    samples: int = GLOBAL_SAMPLES,
    seed: int = SEED,
    jobs: int = 1,
    progress: Progress | None = None,
) -> GlobalIndices:
    """Estimate Sobol' indices: the share of a figure's variance that each input accounts for, all varying at once.

    The first order index is estimated by Saltelli (2010) [1]_, the total index by Jansen (1999) [2]_, over points of
    a Sobol' sequence.  A point is left out of a figure's indices if the figure does not apply to all its designs.

    Parameters
    ----------
    scenario, results, inputs, ranges
        As in `one_at_a_time`; ranges may be any distribution.
    samples
        Largest number of designs: points of the sequence, a power of two, times two more than there are inputs.
    seed
        Random seed of the points and of the bootstrap.
    jobs
        Number of processes; it changes nothing but the time.
    progress
        Called with the number of designs done and their share of all.

    Returns
    -------
    GlobalIndices
        The indices of each result, the greatest total first.

    Raises
    ------
    InputError
        With everything that cannot be used.
    UnknownResult
        If there is no such result.

    References
    ----------
    .. [1] A. Saltelli et al., "Variance based sensitivity analysis of model output. Design and estimator for
       the total sensitivity index", Computer Physics Communications 181, 2010.
    .. [2] M. J. W. Jansen, "Analysis of variance designs for model output", Computer Physics Communications
       117, 1999.

    Examples
    --------
    >>> study = global_indices(
    ...     {"tiers.1.mailboxes": 1000}, "largest_mailbox_size_on_disk",
    ...     inputs=["tiers.mailbox_size_limit", "tiers.message_size"], samples=4096,
    ... )
    >>> [(index.input, round(index.total, 2)) for index in study.indices]
    [('tiers.mailbox_size_limit', 1.0), ('tiers.message_size', 0.0)]
    """
    profile = read(scenario)
    columns = number_columns(results, profile.tiers)
    varied_inputs = choose_inputs(profile, inputs, ranges or {})
    designs_per_point = len(varied_inputs) + 2
    check_sample(samples, seed, jobs, LEAST_POINTS * designs_per_point)
    points = 1 << ((samples // designs_per_point).bit_length() - 1)
    sizer = NumericSizer(profile, columns, valid_only=True)
    present = sizer({})
    centre = np.nan_to_num([present[column][0] for column in columns])
    work = SobolWork(sizer, varied_inputs, centre, seed)
    moments: Moments | None = None
    for _, stop, part in run_in_blocks(work, points, max(1, BLOCK // designs_per_point), jobs):
        moments = part if moments is None else moments + part
        if progress is not None:
            progress(stop * designs_per_point, stop / points)
    assert moments is not None
    designs = points * designs_per_point
    indices = _list_indices(columns, units_of(columns, profile.tiers), varied_inputs, moments, designs)
    return GlobalIndices(tuple(indices), tuple(varied.path for varied in varied_inputs), designs)


def _list_indices(
    columns: Iterable[str],
    units: Mapping[str, str],
    varied_inputs: Sequence[VariedInput],
    moments: Moments,
    designs: int,
) -> list[Index]:
    """Return the indices of each figure, the greatest total first."""
    found = estimate_indices(moments)
    indices: list[Index] = []
    for row, column in enumerate(columns):
        of_column = [
            Index(
                column,
                units[column],
                varied.path,
                first_order=float(found.first[row, place]),
                first_order_low=float(found.first_bounds[0, row, place]),
                first_order_high=float(found.first_bounds[1, row, place]),
                total=float(found.total[row, place]),
                total_low=float(found.total_bounds[0, row, place]),
                total_high=float(found.total_bounds[1, row, place]),
                designs=designs,
                left_out=int(moments.left_out[row]),
            )
            for place, varied in enumerate(varied_inputs)
            if found.total[row, place] > ROUNDING_ERROR**2
        ]
        indices += sorted(of_column, key=lambda index: -index.total)
    return indices
