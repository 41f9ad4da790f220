"""Sample the inputs of a design that is built, and report how often its load exceeds a limit.

Servers, databases, disks and memory stay as the design has them, as in the studies of the timeline and of capacity.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from calculator.engine.progress import Progress
from calculator.engine.sizing import Scenario
from calculator.inputs.units import percent_text
from calculator.issues import refuse
from calculator.numerics.arrays import Floats
from calculator.studies.built_limits import CHECK, CPU, LOADS, BuiltLimits, limit_words
from calculator.studies.result import StudyResult
from calculator.studies.uncertainty.distributions import Distribution
from calculator.studies.uncertainty.monte_carlo import (
    LEAST_SAMPLES,
    SAMPLES,
    Chance,
    FigureFile,
    chance,
    dominant_inputs,
    draw_inputs,
)
from calculator.studies.uncertainty.sampling import BLOCK, SEED, check_sample, run_in_blocks
from calculator.studies.uncertainty.variance import BINS, BinSums, sum_bins
from calculator.studies.uncertainty.varied_inputs import (
    VariedInput,
    choose_inputs,
    merge_distributions,
    plausible_ranges,
    read_uncertain,
)

ANY = "any_limit"
"""Name of the event that at least one limit is exceeded."""
USED_PERCENTILES = (50, 90)
"""Percentiles of the share of a limit that is used."""


@dataclass(frozen=True, repr=False)
class Holding(StudyResult):
    """How often the load exceeds the limits of what is built.

    Attributes
    ----------
    any
        Probability that at least one limit is exceeded.
    limits
        Probability that each limit is exceeded, the most likely first.  All probabilities are about all draws; that of
        a limit which cannot be measured is None.
    used
        Share of each limit that is used in half of the draws at most, and in nine of ten, by name of the limit; without
        limits that cannot be measured.
    inputs, kept
        Inputs that were varied, and those that stay because they describe what is built.
    samples
        Number of draws.
    words
        Description, by limit, of what happens where it is exceeded.
    """

    any: Chance
    limits: tuple[Chance, ...]
    used: Mapping[str, tuple[float, float]]
    inputs: tuple[VariedInput, ...]
    kept: tuple[VariedInput, ...]
    samples: int
    words: Mapping[str, str]

    @property
    def sentence(self) -> str:
        """Text that says how often what is built keeps all limits, and which one is exceeded most often."""
        exceeded = self.any.probability or 0.0
        text = f"What is built keeps all limits in {percent_text(1 - exceeded, 1)} of {self.samples:,} draws."
        worst = self.limits[0]
        if worst.probability:
            text += f" Most often {self.words[worst.event]}: in {percent_text(worst.probability, 1)}."
        return text

    def rows(self) -> list[dict[str, object]]:
        """Return one row for all limits together, and one per limit."""
        rows = []
        for item in (self.any, *self.limits):
            used = self.used.get(item.event, (None, None))
            rows.append({**item.row(), "used_p50": used[0], "used_p90": used[1]})
        return rows


def holds(
    scenario: Scenario,
    *,
    vary: Mapping[str, str | Distribution] | None = None,
    samples: int = SAMPLES,
    seed: int = SEED,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Holding:
    """Draw the load of a design from distributions while servers, databases, disks and memory stay.

    Inputs that describe what is built stay, even if a distribution is given for them.

    Parameters
    ----------
    scenario
        The design: a profile file, a `Profile` or inputs by path; it may hold distributions in place of numbers.
    vary, samples, seed, jobs, progress
        Distributions by path, number of draws, random seed, number of processes and report, as for `uncertainty`.

    Returns
    -------
    Holding
        Probability that each limit is exceeded.

    Raises
    ------
    InputError
        With everything that cannot be used, or if the design is invalid.

    Examples
    --------
    >>> study = holds({"tiers.1.mailboxes": 10000}, vary={"tiers.1.messages_per_day": "50..500"}, samples=1000)
    >>> study.limits[0].event, study.any.probability == study.limits[0].probability
    ('memory', True)
    """
    profile, given = read_uncertain(scenario)
    distributions = merge_distributions(profile, given, vary or {})
    chosen = choose_inputs(profile, () if distributions else None, distributions, uncertain=True)
    check_sample(samples, seed, jobs, LEAST_SAMPLES)
    varied_inputs = tuple(varied for varied in chosen if _describes_load(varied))
    if not varied_inputs:
        message = "All inputs that vary describe what is built, which does not change in this study."
        refuse("inputs", message, "Vary an input of the load, such as tiers.mailboxes.")
    work = _LoadWork(BuiltLimits.of(profile), varied_inputs, seed)
    sums: BinSums | None = None
    used: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryFile() as file:
        figures = FigureFile(file, len(work.hardware.limits), samples)
        events: tuple[str, ...] = ()
        for start, stop, (names, shares, part) in run_in_blocks(work, samples, BLOCK, jobs):
            events = names
            figures.write(start, shares)
            sums = part if sums is None else sums + part
            if progress is not None:
                progress(stop, stop / samples)
        assert sums is not None
        for row, limit in enumerate(events[1:-1]):
            measured = figures.read(row)
            measured = measured[~np.isnan(measured)]
            if measured.size:
                middle, high = np.percentile(measured, USED_PERCENTILES, method="inverted_cdf").tolist()
                used[limit] = (middle, high)
    dominant, happened, counts = dominant_inputs(sums, varied_inputs), sums.totals, sums.designs
    anything, *limits = (
        chance(event, int(happened[row]), int(counts[row]), dominant[row]) for row, event in enumerate(events)
    )
    limits = [limit for limit in limits if limit.designs or limit.event == CPU]  # any other is not one of this design
    limits.sort(key=lambda limit: 1.0 if limit.probability is None else -limit.probability)
    kept = tuple(varied for varied in chosen if varied not in varied_inputs)
    words = limit_words(work.hardware.built.design)
    return Holding(anything, tuple(limits), used, varied_inputs, kept, samples, words)


def _describes_load(varied: VariedInput) -> bool:
    """Return whether an input describes the load or is an estimate, and so is not known when the design is bought."""
    plausible = plausible_ranges().get(varied.field.path)
    return varied.field.section in LOADS or (plausible is not None and plausible.uncertain)


@dataclass(frozen=True)
class _LoadWork:
    """Function that measures the loads of a block against the limits, and sums the events per bin of each input."""

    hardware: BuiltLimits
    varied_inputs: tuple[VariedInput, ...]
    seed: int

    def __call__(self, start: int, stop: int) -> tuple[tuple[str, ...], Floats, BinSums]:
        """Measure the draws ``start`` to ``stop``.

        Returns
        -------
        tuple
            Names of the events, which are the limits and, at the two ends, any limit and any other check; the share of
            each limit that is used, shape ``(limits, draws)``; and the sums of the events.
        """
        columns, bins = draw_inputs(self.varied_inputs, start, stop, self.seed)
        measured = self.hardware.measure(columns)
        unknown = self.hardware.unknown
        used = {name: np.where(name in unknown, np.nan, shares) for name, shares in measured.used.items()}
        limits = [
            np.where(np.isnan(shares) & ~measured.invalid, np.nan, measured.exceeded[name])
            for name, shares in used.items()
        ]
        exceeded = np.any(list(measured.exceeded.values()), axis=0)
        events = np.stack([exceeded, *limits, measured.exceeded[CHECK]]).astype(np.float64)
        return (ANY, *used, CHECK), np.stack(list(used.values())), sum_bins(events, bins, BINS, np.zeros(len(events)))
