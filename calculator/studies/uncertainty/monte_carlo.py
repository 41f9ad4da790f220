"""How sure the figures of a design are: inputs drawn from distributions, and what becomes of each figure."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np
import numpy.typing as npt
from scipy import stats

from calculator.engine.findings import DESIGN_INVALID
from calculator.engine.sizing import Scenario
from calculator.inputs.profile import Profile
from calculator.issues import ERROR
from calculator.rules.registry import CHECKS
from calculator.studies.figures import ValidSizer, number_columns, units_of
from calculator.studies.uncertainty.distributions import Distribution
from calculator.studies.uncertainty.sampling import BLOCK, SEED, InBlocks, Progress, check_sample, random_points
from calculator.studies.uncertainty.sensitivity import number
from calculator.studies.uncertainty.variance import Explained, bins_for, explained
from calculator.studies.uncertainty.varied_inputs import Varied, chosen, merged, read_uncertain

Floats = npt.NDArray[np.float64]

SAMPLES, LEAST_SAMPLES = 100_000, 100
CONFIDENCE = 0.95
SHOWN = (1, 10, 50, 90, 99)
"""Percentiles in the table."""
PERCENTILES = range(101)
HISTOGRAM_BINS = 40
"""Bins of a histogram; a figure with at most as many values has a bar for each."""
_ERRORS = tuple(name for name, check in CHECKS.items() if check.severity == ERROR)
EVENTS: Mapping[str, tuple[str, ...]] = {
    "cpu_above_80_percent": ("check_cpu_high", "check_cpu_exhausted"),
    "cpu_above_100_percent": ("check_cpu_exhausted",),
    "volume_full": ("check_disk_too_small",),
    "memory_above_96_gb": ("check_memory_above_advice",),
    DESIGN_INVALID: (*_ERRORS, DESIGN_INVALID),
}
"""What may happen to a design, with the checks that say so."""
_BYTES = np.dtype(np.float64).itemsize


@dataclass(frozen=True)
class Spread:
    """What becomes of a figure.

    Attributes
    ----------
    result, unit
        The figure; a flag counts 1 where it holds.
    present
        The figure of the design as it is, with the medians of what varies; None where it does not apply.
    mean
        Over the designs in which it applies; None if there are none.
    percentiles
        The 0th (the least) to the 100th (the most), each a value that was sampled; empty if there are none.
    histogram
        Bars, each from where to where and what share of the designs lies there.
    not_applicable
        Share of the designs in which it does not apply.
    dominant_input, dominant_share
        Input that explains most of the variance by itself, and how much; None where the figure does not vary.
    """

    result: str
    unit: str
    present: float | None
    mean: float | None
    percentiles: tuple[float, ...]
    histogram: tuple[tuple[float, float, float], ...]
    not_applicable: float
    dominant_input: str | None
    dominant_share: float | None

    def row(self) -> dict[str, object]:
        """The figure as a row of a table."""
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
    """How likely something is to happen to a design.

    Attributes
    ----------
    event
        What: a word of `EVENTS`.
    probability, low, high
        Share of the designs, and its bounds of 95 % (Wilson's).
    dominant_input, dominant_share
        Input that explains most of whether it happens, and how much; None where it always or never does.
    """

    event: str
    probability: float
    low: float
    high: float
    dominant_input: str | None
    dominant_share: float | None

    def row(self) -> dict[str, object]:
        """The event as a row of a table."""
        return dict(vars(self))


@dataclass(frozen=True)
class Uncertainty:
    """Figures and events of sampled designs.

    Attributes
    ----------
    figures, events
        What becomes of each figure, and how likely each event is.
    inputs
        What was varied.
    samples
        Designs sampled.
    """

    figures: tuple[Spread, ...]
    events: tuple[Chance, ...]
    inputs: tuple[Varied, ...]
    samples: int

    def rows(self, table: str = "figures") -> list[dict[str, object]]:
        """Rows of a table: ``figures``, ``probabilities`` or ``inputs``."""
        tables: dict[str, Sequence[Spread | Chance | Varied]] = {
            "figures": self.figures,
            "probabilities": self.events,
            "inputs": self.inputs,
        }
        return [one.row() for one in tables[table]]


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
        The design, which may hold distributions in place of numbers.
    results
        Names of rules or columns, ``headline`` or ``all``.
    vary
        Distributions by path, such as ``{"tiers.1.messages_per_day": "normal(100, 15)"}``; read already or as
        texts.  Where neither it
        nor the design has any, the inputs that are plausibly uncertain vary.
    samples
        Designs to draw.
    seed
        Of the random numbers.
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

    Notes
    -----
    Percentiles are values that were sampled, so that a number of servers is a whole one.  Figures of a design
    that fails a check of the calculator do not apply, and nothing but its being invalid happens to it; numbers
    of disks do not apply where the disk is too small or too slow for its volume.
    Memory does not grow with the sample: figures wait on disk until all are there.

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
    ranges = merged(profile, given, vary or {})
    varied = chosen(profile, () if ranges else None, ranges, uncertain=True)
    check_sample(samples, seed, jobs, LEAST_SAMPLES)
    work = Drawn.of(profile, columns, varied, seed, bins_for(samples))
    sums: Explained | None = None
    with tempfile.TemporaryFile() as file:
        kept = _Kept(file, len(columns), samples)
        for start, stop, (values, part) in InBlocks(work, samples, BLOCK, jobs):
            kept.put(start, values)
            sums = part if sums is None else sums + part
            if progress is not None:
                progress(stop, stop / samples)
        assert sums is not None
        shares, units = sums.shares(), units_of(columns, profile.tiers)
        spreads = tuple(
            _spread(column, units[column], work.present[row], kept.figure(row), _dominant(shares[row], varied))
            for row, column in enumerate(columns)
        )
    events = tuple(
        _chance(event, int(happened), samples, _dominant(share, varied))
        for event, happened, share in zip(EVENTS, sums.totals[-len(EVENTS) :], shares[-len(EVENTS) :], strict=True)
    )
    return Uncertainty(spreads, events, varied, samples)


@dataclass(frozen=True)
class Drawn:
    """Sizes the designs of a block: their figures, and the sums of figures and events by bin of each input.

    Attributes
    ----------
    figures
        What sizes them.
    varied
        The inputs.
    present
        Figures of the design as it is, shape ``(figures,)``; NaN where one does not apply.
    seed, bins
        Of the random numbers; of each input.
    """

    figures: ValidSizer
    varied: tuple[Varied, ...]
    present: Floats
    seed: int
    bins: int

    @classmethod
    def of(cls, profile: Profile, columns: Sequence[str], varied: tuple[Varied, ...], seed: int, bins: int) -> Drawn:
        """Work on designs around a present one."""
        checks = dict.fromkeys(check for event in EVENTS.values() for check in event if check in CHECKS)
        figures = ValidSizer(profile, dict.fromkeys((*columns, DESIGN_INVALID)), checks)
        found = figures({})
        return cls(figures, varied, np.array([found[column][0] for column in columns]), seed, bins)

    def __call__(self, start: int, stop: int) -> tuple[Floats, Explained]:
        """Figures of designs ``start`` to ``stop``, shape ``(figures, designs)``, and their sums."""
        probabilities = random_points(len(self.varied), start, stop, self.seed)
        columns: dict[str, Floats] = {}
        for one, column in zip(self.varied, probabilities.T, strict=True):
            columns.update(one.columns(column))
        found = self.figures(columns)
        values = np.stack([found[column] for column in self.figures.columns[: len(self.present)]])
        events = np.stack([np.max([found[check] for check in checks], axis=0) for checks in EVENTS.values()])
        centre = np.concatenate([np.nan_to_num(self.present), np.zeros(len(EVENTS))])
        return values, explained(np.concatenate([values, events]), probabilities, self.bins, centre)


class _Kept:
    """Figures of all designs, on disk: a figure after the other."""

    def __init__(self, file: IO[bytes], figures: int, samples: int) -> None:
        self._file, self._samples = file, samples
        file.truncate(figures * samples * _BYTES)

    def put(self, start: int, values: Floats) -> None:
        """Keep the figures of a block, shape ``(figures, designs)``."""
        for row, figure in enumerate(values):
            self._file.seek((row * self._samples + start) * _BYTES)
            self._file.write(figure.tobytes())

    def figure(self, row: int) -> Floats:
        """A figure of all designs."""
        self._file.seek(row * self._samples * _BYTES)
        return np.frombuffer(self._file.read(self._samples * _BYTES))


def _dominant(shares: Floats, varied: Sequence[Varied]) -> tuple[str | None, float | None]:
    """Input that explains most of a figure, and how much; none where it does not vary."""
    if np.isnan(shares).any():
        return None, None
    first = int(np.argmax(shares))
    return varied[first].path, float(shares[first])


def _spread(
    column: str, unit: str, present: float, values: Floats, dominant: tuple[str | None, float | None]
) -> Spread:
    applies = np.sort(values[~np.isnan(values)])
    not_applicable = 1 - applies.size / values.size
    if not applies.size:
        return Spread(column, unit, number(present), None, (), (), not_applicable, *dominant)
    percentiles = np.percentile(applies, PERCENTILES, method="inverted_cdf").tolist()
    mean = float(np.clip(applies.mean(), applies[0], applies[-1]))
    return Spread(
        column, unit, number(present), mean, tuple(percentiles), _histogram(applies), not_applicable, *dominant
    )


def _histogram(values: Floats) -> tuple[tuple[float, float, float], ...]:
    """Bars from where to where with their share of the values; a bar for each value where there are few."""
    distinct, counts = np.unique(values, return_counts=True)
    if distinct.size > HISTOGRAM_BINS:
        counts, edges = np.histogram(values, HISTOGRAM_BINS)
        lows, highs = edges[:-1], edges[1:]
    else:
        lows = highs = distinct
    shares = counts / values.size
    return tuple(zip(lows.tolist(), highs.tolist(), shares.tolist(), strict=True))


def _chance(event: str, happened: int, samples: int, dominant: tuple[str | None, float | None]) -> Chance:
    bounds = stats.binomtest(happened, samples).proportion_ci(CONFIDENCE, method="wilson")
    return Chance(event, happened / samples, float(bounds.low), float(bounds.high), *dominant)
