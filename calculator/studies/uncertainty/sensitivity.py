"""What moves a figure: inputs one at a time over their plausible range, or all at once (Sobol' indices)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from calculator.engine.sizing import Scenario, read
from calculator.issues import refuse
from calculator.studies.figures import ValidSizer, number_columns, units_of
from calculator.studies.uncertainty.sampling import BLOCK, SEED, InBlocks, Progress, check_sample
from calculator.studies.uncertainty.sobol import Mixed, Moments, estimates
from calculator.studies.uncertainty.varied_inputs import Varied, chosen

Floats = npt.NDArray[np.float64]

GLOBAL_SAMPLES = 131_072
LEAST_POINTS = 64
"""Points of a sample below which no index can be told."""
DUST = 1e-12
"""Share of a figure, and with its square of a variance, that is nothing but the last digits of floating point."""
TIMES_PRESENT = "times present"
"""Unit of an input that moves at places with different present values."""


@dataclass(frozen=True)
class Swing:
    """How far one input moves one figure.

    Attributes
    ----------
    result, unit
        The figure; a flag counts 1 where it holds.
    input, input_unit
        The input, and the unit of its ends.
    low, high
        Ends of its range.
    at_low, present, at_high
        The figure at the ends and as the design is; None where it does not apply.
    swing
        From the least to the most of the three.
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


@dataclass(frozen=True)
class OneAtATime:
    """What each input does by itself.

    Attributes
    ----------
    swings
        Result by result in the order asked for, the widest first; inputs that do not move a figure are left out.
    inputs
        Paths of the inputs that were moved.
    """

    swings: tuple[Swing, ...]
    inputs: tuple[str, ...]

    def rows(self) -> list[dict[str, object]]:
        """The swings as rows of a table."""
        return [asdict(swing) for swing in self.swings]


@dataclass(frozen=True)
class Index:
    """How much of the variance of a figure an input accounts for.

    Attributes
    ----------
    result, unit, input
        The figure and the input.
    first_order, total
        Share of the variance by the input alone, and with all it does together with others.
    first_order_low, first_order_high, total_low, total_high
        Bounds of 95 % by bootstrap.
    designs, left_out
        Designs sampled, and those of them in which the figure does not apply.
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


@dataclass(frozen=True)
class GlobalIndices:
    """Sobol' indices of all inputs.

    Attributes
    ----------
    indices
        Result by result in the order asked for, the greatest total first; inputs that do not move a figure are
        left out.
    inputs
        Paths of the inputs that varied.
    designs
        Designs sampled.
    """

    indices: tuple[Index, ...]
    inputs: tuple[str, ...]
    designs: int

    def rows(self) -> list[dict[str, object]]:
        """The indices as rows of a table."""
        return [asdict(index) for index in self.indices]


def number(value: float) -> float | None:
    """A figure as a table has it: None where it does not apply."""
    return None if math.isnan(value) else float(value)


def one_at_a_time(
    scenario: Scenario,
    results: str | Iterable[str] = "headline",
    *,
    inputs: Iterable[str] | None = None,
    ranges: Mapping[str, str] | None = None,
) -> OneAtATime:
    """Move each input to the ends of its plausible range, the others as they are.

    Parameters
    ----------
    scenario
        The design.
    results
        Names of rules or columns, ``headline`` or ``all``.
    inputs
        Paths to move, with or without a place; by default every number the design uses.
    ranges
        Ranges of one's own by path, such as ``{"tiers.1.message_size": "50 KB..150 KB"}``.

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
    columns = number_columns(results, profile.tiers)
    varied = chosen(profile, inputs, ranges or {})
    _refuse_endless(varied)
    figures = ValidSizer(profile, columns)(_ends(varied))
    units = units_of(columns, profile.tiers)
    swings = [swing for column in columns for swing in _widest_first(column, units[column], figures[column], varied)]
    return OneAtATime(tuple(swings), tuple(one.path for one in varied))


def _refuse_endless(varied: Iterable[Varied]) -> None:
    for one in varied:
        if math.isinf(one.distribution.low):
            refuse("inputs", f"{one.path}: {one.distribution.text} has no ends.", "Give a range such as 80..140.")


def _ends(varied: Iterable[Varied]) -> dict[str, Floats]:
    """Columns of the designs: the present one, then each input at its low and its high end."""
    varied = list(varied)
    columns: dict[str, Floats] = {}
    for place, one in enumerate(varied):
        for path, (low, high) in one.ends().items():
            column = np.full(1 + 2 * len(varied), one.presents[path])
            column[1 + 2 * place : 3 + 2 * place] = low, high
            columns[path] = column
    return columns


def _widest_first(column: str, unit: str, values: Floats, varied: Iterable[Varied]) -> list[Swing]:
    """Swings of a figure, the widest first; those of figures that come or go last."""
    present, ends = values[0], values[1:].reshape(-1, 2)
    swings = []
    for one, (at_low, at_high) in zip(varied, ends, strict=True):
        known = [value for value in (at_low, present, at_high) if not math.isnan(value)]
        swing = max(known) - min(known) if known else math.nan
        if known and (swing > DUST * max(map(abs, known)) or len(known) < 3):
            low, high = next(iter(one.ends().values())) if one.alike else (one.distribution.low, one.distribution.high)
            input_unit = one.field.unit if one.alike else TIMES_PRESENT
            swings.append(
                Swing(
                    column,
                    unit,
                    one.path,
                    input_unit,
                    low,
                    high,
                    number(at_low),
                    number(present),
                    number(at_high),
                    float(swing),
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
    """Sobol' indices: how much of a figure's variance each input accounts for, all varying at once.

    The first order index by the estimator of Saltelli (2010) [1]_, the total index by that of Jansen (1999)
    [2]_, over points of a Sobol' sequence.  A point in which the figure does not apply to all its designs is
    left out of the figure's indices.

    Parameters
    ----------
    scenario, results, inputs, ranges
        As in `one_at_a_time`; ranges may be any distribution.
    samples
        Designs at most: points of the sequence, a power of two, times two more than there are inputs.
    seed
        Of the points and of the bootstrap.
    jobs
        Processes side by side.
    progress
        Told the designs done, and their share.

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
    varied = chosen(profile, inputs, ranges or {})
    each = len(varied) + 2
    check_sample(samples, seed, jobs, LEAST_POINTS * each)
    points = 1 << ((samples // each).bit_length() - 1)
    figures = ValidSizer(profile, columns)
    present = figures({})
    centre = np.nan_to_num([present[column][0] for column in columns])
    work = Mixed(figures, varied, centre, seed)
    sums: Moments | None = None
    for _, stop, made in InBlocks(work, points, max(1, BLOCK // each), jobs):
        sums = made if sums is None else sums + made
        if progress is not None:
            progress(stop * each, stop / points)
    assert sums is not None
    indices = _greatest_first(columns, units_of(columns, profile.tiers), varied, sums, points * each)
    return GlobalIndices(tuple(indices), tuple(one.path for one in varied), points * each)


def _greatest_first(
    columns: Iterable[str], units: Mapping[str, str], varied: Iterable[Varied], sums: Moments, designs: int
) -> list[Index]:
    """Indices of each figure, the greatest total first."""
    found = estimates(sums)
    listed: list[Index] = []
    for row, column in enumerate(columns):
        of_figure = []
        for place, one in enumerate(varied):
            if found.total[row, place] > DUST**2:
                first, total = float(found.first[row, place]), float(found.total[row, place])
                first_low, first_high = found.first_bounds[:, row, place].tolist()
                total_low, total_high = found.total_bounds[:, row, place].tolist()
                of_figure.append(
                    Index(
                        column,
                        units[column],
                        one.path,
                        first,
                        first_low,
                        first_high,
                        total,
                        total_low,
                        total_high,
                        designs,
                        int(sums.left_out[row]),
                    )
                )
        listed += sorted(of_figure, key=lambda index: -index.total)
    return listed
