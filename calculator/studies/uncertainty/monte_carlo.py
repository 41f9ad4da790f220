"""Sample the inputs of a design from distributions and report the distribution of each figure."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import IO

import numpy as np

from calculator.engine.applicability import NO_MAILBOXES
from calculator.engine.progress import Progress
from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import Scenario
from calculator.inputs.profile import Profile
from calculator.inputs.units import percent_text
from calculator.issues import ERROR
from calculator.numerics.arrays import Floats, Ints
from calculator.rules.registry import CHECKS
from calculator.studies.figures import NumericSizer, none_if_nan, number_columns, units_of
from calculator.studies.result import StudyResult
from calculator.studies.uncertainty.distributions import Distribution
from calculator.studies.uncertainty.inverses import wilson_interval
from calculator.studies.uncertainty.sampling import BLOCK, SEED, check_sample, random_points, run_in_blocks
from calculator.studies.uncertainty.variance import BINS, LEAST_FOR_SHARES, BinSums, sum_bins
from calculator.studies.uncertainty.varied_inputs import VariedInput, choose_inputs, merge_distributions, read_uncertain

SAMPLES, LEAST_SAMPLES = 100_000, 100
CONFIDENCE = 0.95
SHOWN = (1, 10, 50, 90, 99)
"""Percentiles that the table shows."""
PERCENTILES = range(101)
HISTOGRAM_BINS = 40
"""Number of bins of a histogram; a figure with at most as many values has a bar for each."""
_ERRORS = tuple(name for name, check in CHECKS.items() if check.severity == ERROR)
_UNSIZED = (DESIGN_INVALID, NO_MAILBOXES.finding)
_UNRATED = (*_UNSIZED, "check_rating_unknown")


@dataclass(frozen=True)
class Event:
    """Event that may happen to a design.

    Attributes
    ----------
    checks
        Checks that detect it.
    unsized
        Checks that find designs to which it does not apply, because they lack the figure that would show it.
    """

    checks: tuple[str, ...]
    unsized: tuple[str, ...] = _UNSIZED


EVENTS: Mapping[str, Event] = {
    DESIGN_INVALID: Event((DESIGN_INVALID,), ()),
    "status_invalid": Event(_ERRORS),
    "cpu_above_80_percent": Event(("check_cpu_high", "check_cpu_exhausted"), _UNRATED),
    "cpu_above_100_percent": Event(("check_cpu_exhausted",), _UNRATED),
    "volume_full": Event(("check_disk_too_small",)),
    "memory_above_advice": Event(("check_memory_above_advice",)),
}
"""Events by name.  The first one is about all designs, the others are about designs that have figures."""
_BYTES = np.dtype(np.float64).itemsize


@dataclass(frozen=True)
class Spread:
    """Distribution of a figure over the sampled designs.

    Attributes
    ----------
    result, unit
        The result column and its unit; a flag counts 1 where it is true.
    present
        The figure of the present design, with the medians of what varies; None where it does not apply.
    mean
        Mean over the designs in which it applies; None if there are none.
    percentiles
        The 0th (the minimum) to the 100th (the maximum) percentile, each a sampled value; empty if there are none.
    histogram
        Bars, each with its low end, its high end and its share of the designs in which the figure applies.
    not_applicable
        Share of the valid designs in which it does not apply; None if there are none.
    dominant_input, dominant_share
        Input that explains most of the variance by itself, and its share; None where the figure does not vary, or
        applies to fewer than `LEAST_FOR_SHARES` designs.
    """

    result: str
    unit: str
    present: float | None
    mean: float | None
    percentiles: tuple[float, ...]
    histogram: tuple[tuple[float, float, float], ...]
    not_applicable: float | None
    dominant_input: str | None
    dominant_share: float | None

    def row(self) -> dict[str, object]:
        """Return the figure as a row of a table."""
        at = {f"p{percent}": self.percentiles[percent] if self.percentiles else None for percent in SHOWN}
        ends = (self.percentiles[0], self.percentiles[-1]) if self.percentiles else (None, None)
        return {
            "result": self.result,
            "unit": self.unit,
            "present": self.present,
            "mean": self.mean,
            **at,
            "least": ends[0],
            "most": ends[1],
            "not_applicable": self.not_applicable,
            "dominant_input": self.dominant_input,
            "dominant_share": self.dominant_share,
        }


@dataclass(frozen=True)
class Chance:
    """Probability of an event.

    Attributes
    ----------
    event
        Name of the event: a key of `EVENTS`, or the name of a limit (`holds`).
    designs
        Number of designs that the probability is about: all for `DESIGN_INVALID`, else the valid designs that have the
        figures which show it.
    probability, low, high
        Share of these designs, and the bounds of its 95 % confidence interval (Wilson); None without any design.
    dominant_input, dominant_share
        Input that explains most of the variance by itself, and its share; None if the event happens always or never,
        or there are fewer than `LEAST_FOR_SHARES` designs.
    """

    event: str
    designs: int
    probability: float | None
    low: float | None
    high: float | None
    dominant_input: str | None
    dominant_share: float | None

    def row(self) -> dict[str, object]:
        """Return the event as a row of a table."""
        return dict(vars(self))


@dataclass(frozen=True, repr=False)
class Uncertainty(StudyResult):
    """Figures and events of sampled designs.

    Attributes
    ----------
    figures, events
        Distribution of each figure, and probability of each event.
    inputs
        Inputs that were varied.
    samples
        Number of designs sampled.
    """

    figures: tuple[Spread, ...]
    events: tuple[Chance, ...]
    inputs: tuple[VariedInput, ...]
    samples: int

    @property
    def sentence(self) -> str:
        """Text that says how many designs have no figures, and which designs figures and probabilities describe."""
        invalid = round((self.events[0].probability or 0.0) * self.samples)
        unsized = self.samples - self.events[1].designs
        if not unsized:
            return f"All {self.samples:,} sampled designs have figures."
        kinds = ["invalid"] * (invalid > 0) + ["without mailboxes"] * (unsized > invalid)
        words = " or ".join(kinds)
        if unsized == self.samples:
            return f"All {self.samples:,} sampled designs are {words}: there are no figures."
        drawn = f"{self.samples:,} sampled designs ({percent_text(unsized / self.samples, 1)})"
        return (
            f"{unsized:,} of {drawn} are {words} and have no figures."
            f" Figures and other probabilities are of the {self.samples - unsized:,} that work."
        )

    def rows(self, table: str = "figures") -> list[dict[str, object]]:
        """Return the rows of a table: ``figures``, ``probabilities`` or ``inputs``."""
        tables: dict[str, Sequence[Spread | Chance | VariedInput]] = {
            "figures": self.figures,
            "probabilities": self.events,
            "inputs": self.inputs,
        }
        return [item.row() for item in tables[table]]


def uncertainty(
    scenario: Scenario,
    results: str | Iterable[str] = "headline",
    *,
    vary: Mapping[str, str | Distribution] | None = None,
    samples: int = SAMPLES,
    seed: int = SEED,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Uncertainty:
    """Size designs whose inputs are drawn from distributions.

    Parameters
    ----------
    scenario
        The design: a profile file, a `Profile` or inputs by path; it may hold distributions in place of numbers.
    results
        Names of rules or columns, ``headline`` or ``all``.
    vary
        Distributions by path, as texts such as ``{"tiers.1.messages_per_day": "normal(100, 15)"}`` or read already.
        If neither it nor the design has any, the inputs that are plausibly uncertain vary.
    samples
        Number of designs to draw.
    seed
        Random seed.
    jobs
        Number of processes; it changes nothing but the time.
    progress
        Called with the number of designs done and their share of all, and at the end once per figure.

    Returns
    -------
    Uncertainty
        Distribution of each figure and probability of each event.

    Raises
    ------
    InputError
        With everything that cannot be used.
    UnknownResult
        If there is no such result.

    Notes
    -----
    Percentiles are sampled values, so that a number of servers is a whole one.  Figures and events are about the valid
    designs, except for the first event, which is the share of the others.  Numbers of disks do not apply where the disk
    is too small or too slow for its volume.  Memory does not grow with the sample: all figures are kept on disk.

    Examples
    --------
    >>> study = uncertainty(
    ...     {"tiers.1.mailboxes": 1000, "tiers.1.mailbox_size_limit": "2..4 GB"},
    ...     "largest_mailbox_size_on_disk", samples=1000,
    ... )
    >>> study.figures[0].percentiles[50], study.figures[0].dominant_input
    (3248.0, 'tiers.1.mailbox_size_limit')
    """
    profile, given = read_uncertain(scenario)
    columns = number_columns(results, profile.tiers)
    distributions = merge_distributions(profile, given, vary or {})
    varied_inputs = choose_inputs(profile, () if distributions else None, distributions, uncertain=True)
    check_sample(samples, seed, jobs, LEAST_SAMPLES)
    work = _SampleWork.around(profile, columns, varied_inputs, seed)
    sums: BinSums | None = None
    with tempfile.TemporaryFile() as file:
        figures = FigureFile(file, len(columns), samples)
        for start, stop, (values, part) in run_in_blocks(work, samples, BLOCK, jobs):
            figures.write(start, values)
            sums = part if sums is None else sums + part
            if progress is not None:
                progress(stop, stop / samples)
        assert sums is not None
        units, counts, happened = units_of(columns, profile.tiers), sums.designs.astype(int), sums.totals
        dominant = dominant_inputs(sums, varied_inputs)
        first = len(columns)
        events = tuple(
            chance(event, int(happened[row]), int(counts[row]), dominant[row])
            for row, event in enumerate(EVENTS, first)
        )
        valid = samples - int(happened[first])
        spreads = []
        for row, column in enumerate(columns):
            if progress is not None:  # Sorting a figure of many designs takes a while, and a report can stop the study.
                progress(samples, 1.0)
            spreads.append(_spread(column, units[column], work.present[row], figures.read(row), valid, dominant[row]))
    return Uncertainty(tuple(spreads), events, varied_inputs, samples)


@dataclass(frozen=True)
class _SampleWork:
    """Function that sizes the designs of a block, and sums figures and events per bin of each input.

    Attributes
    ----------
    sizer
        Sizes the designs.
    varied_inputs
        The inputs.
    present
        Figures of the present design, shape ``(figures,)``; NaN where one does not apply.
    seed
        Random seed.
    """

    sizer: NumericSizer
    varied_inputs: tuple[VariedInput, ...]
    present: Floats
    seed: int

    @classmethod
    def around(
        cls, profile: Profile, columns: Sequence[str], varied_inputs: tuple[VariedInput, ...], seed: int
    ) -> _SampleWork:
        """Return the work for designs that vary around the present design."""
        named = (check for event in EVENTS.values() for check in (*event.checks, *event.unsized))
        checks = dict.fromkeys(check for check in named if check in CHECKS)
        sizer = NumericSizer(profile, dict.fromkeys((*columns, DESIGN_INVALID)), checks, valid_only=True)
        present = sizer({})
        return cls(sizer, varied_inputs, np.array([present[column][0] for column in columns]), seed)

    def __call__(self, start: int, stop: int) -> tuple[Floats, BinSums]:
        """Return the figures of the designs ``start`` to ``stop``, shape ``(figures, designs)``, and their sums."""
        columns, bins = draw_inputs(self.varied_inputs, start, stop, self.seed)
        found = self.sizer(columns)
        values = np.stack([found[column] for column in self.sizer.columns[: len(self.present)]])
        events = np.stack([_find_event(event, found) for event in EVENTS.values()])
        centre = np.concatenate([np.nan_to_num(self.present), np.zeros(len(EVENTS))])
        return values, sum_bins(np.concatenate([values, events]), bins, BINS, centre)


def draw_inputs(
    varied_inputs: Sequence[VariedInput], start: int, stop: int, seed: int
) -> tuple[dict[str, Floats], Ints]:
    """Return the values of the inputs in the draws ``start`` to ``stop``, by path, and the bin in which each lies."""
    probabilities = random_points(len(varied_inputs), start, stop, seed)
    columns: dict[str, Floats] = {}
    bins = []
    for varied, column in zip(varied_inputs, probabilities.T, strict=True):
        drawn = varied.columns(column)
        bins.append(varied.bins(column, next(iter(drawn.values())), BINS))
        columns.update(drawn)
    return columns, np.stack(bins, axis=1)


def _find_event(event: Event, found: Mapping[str, Floats]) -> Floats:
    """Return 1 for the designs to which an event happens, 0 for the others, NaN where it does not apply."""
    happens = np.max([found[check] for check in event.checks], axis=0)
    unsized = np.max([np.zeros_like(happens), *(found[check] for check in event.unsized)], axis=0)
    return np.where(unsized > 0, np.nan, happens)


class FigureFile:
    """File with the figures of all designs, one figure after the other."""

    def __init__(self, file: IO[bytes], figures: int, samples: int) -> None:
        self._file, self._samples = file, samples
        file.truncate(figures * samples * _BYTES)

    def write(self, start: int, values: Floats) -> None:
        """Write the figures of a block that begins with design ``start``, shape ``(figures, designs)``."""
        for row, figure in enumerate(values):
            self._file.seek((row * self._samples + start) * _BYTES)
            self._file.write(figure.tobytes())

    def read(self, row: int) -> Floats:
        """Return a figure of all designs, shape ``(samples,)``."""
        self._file.seek(row * self._samples * _BYTES)
        return np.frombuffer(self._file.read(self._samples * _BYTES))


def dominant_inputs(sums: BinSums, varied_inputs: Sequence[VariedInput]) -> list[tuple[str | None, float | None]]:
    """Return for each figure the input with the largest share of its variance, and that share.

    Both are None for a figure without variance, or with fewer than `LEAST_FOR_SHARES` designs.
    """
    found: list[tuple[str | None, float | None]] = []
    for shares, count in zip(sums.shares(), sums.designs.tolist(), strict=True):
        if count < LEAST_FOR_SHARES or np.isnan(shares).any():
            found.append((None, None))
        else:
            largest = int(np.argmax(shares))
            found.append((varied_inputs[largest].path, float(shares[largest])))
    return found


def _spread(
    column: str, unit: str, present: float, values: Floats, valid: int, dominant: tuple[str | None, float | None]
) -> Spread:
    applies = np.sort(values[~np.isnan(values)])
    not_applicable = 1 - applies.size / valid if valid else None
    if not applies.size:
        return Spread(column, unit, none_if_nan(present), None, (), (), not_applicable, *dominant)
    percentiles = np.percentile(applies, PERCENTILES, method="inverted_cdf").tolist()
    mean = float(np.clip(applies.mean(), applies[0], applies[-1]))
    return Spread(
        column, unit, none_if_nan(present), mean, tuple(percentiles), _histogram(applies), not_applicable, *dominant
    )


def _histogram(values: Floats) -> tuple[tuple[float, float, float], ...]:
    """Return the bars of a histogram: low end, high end and share of the values; one bar per value if there are few."""
    distinct, counts = np.unique(values, return_counts=True)
    if distinct.size > HISTOGRAM_BINS:
        counts, edges = np.histogram(values, HISTOGRAM_BINS)
        lows, highs = edges[:-1], edges[1:]
    else:
        lows = highs = distinct
    shares = counts / values.size
    return tuple(zip(lows.tolist(), highs.tolist(), shares.tolist(), strict=True))


def chance(event: str, happened: int, designs: int, dominant: tuple[str | None, float | None]) -> Chance:
    """Return the probability of an event from the number of designs to which it happens."""
    if not designs:
        return Chance(event, 0, None, None, None, *dominant)
    low, high = wilson_interval(happened, designs, NormalDist().inv_cdf((1 + CONFIDENCE) / 2))
    return Chance(event, designs, happened / designs, low, high, *dominant)
