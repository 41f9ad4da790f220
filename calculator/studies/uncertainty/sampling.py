"""Sampled designs: repeatable points, and work on them a block at a time, side by side where wanted.

Point ``n`` of a sample depends on the seed and ``n`` alone, and blocks are put together in order: a study
gives the same bytes however it is cut up and whoever works on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc

from calculator.engine.parallel import map_ordered
from calculator.issues import InputError, Issues

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, float | None], None]
"""Told the designs done, and their share of all."""
Made = TypeVar("Made")

BLOCK = 16_384
"""Designs worked on at a time: some engine chunks, some megabytes."""
SEED = 2013
MOST_SAMPLES = 100_000_000
MOST_JOBS = 64


def random_points(dimensions: int, start: int, stop: int, seed: int) -> Floats:
    """Points ``start`` to ``stop`` of independent uniform ones, shape ``(points, dimensions)``.

    One stream of random numbers, entered where the points stand in it.
    """
    stream = np.random.PCG64(seed)
    stream.advance(start * dimensions)
    return np.random.Generator(stream).random((stop - start, dimensions))


def sobol_points(dimensions: int, start: int, stop: int, seed: int) -> Floats:
    """Points ``start`` to ``stop`` of a scrambled Sobol' sequence, shape ``(points, dimensions)``."""
    sequence = qmc.Sobol(dimensions, scramble=True, seed=np.random.default_rng(seed))
    if start:
        sequence.fast_forward(start)
    # Drawn to a power of two, as the sequence wants to be, and cut.
    whole = 1 << (stop - start - 1).bit_length()
    return np.asarray(sequence.random(whole)[: stop - start])


class InBlocks(Generic[Made]):
    """Work on a sample, a block at a time, the outcome in order.

    Parameters
    ----------
    work
        Takes the first point of a block and the first of the next; a worker process is given it once.
    points, block
        How many in all, and at a time.
    jobs
        Processes side by side, this one among them.
    """

    def __init__(self, work: Callable[[int, int], Made], points: int, block: int, jobs: int = 1) -> None:
        self._work, self._jobs = work, jobs
        self._blocks = [(start, min(start + block, points)) for start in range(0, points, block)]

    def __iter__(self) -> Iterator[tuple[int, int, Made]]:
        """First point of each block, first of the next, and what was made of it."""
        made = map_ordered(self._work, self._blocks, self._jobs, lambda done: len(self._blocks) - done)
        for (start, stop), one in zip(self._blocks, made, strict=True):
            yield start, stop, one


def check_sample(samples: int, seed: int, jobs: int, least: int) -> None:
    """Refuse a sample that cannot be drawn.

    Raises
    ------
    InputError
        With everything that cannot be used.
    """
    issues = Issues()
    if not least <= samples <= MOST_SAMPLES:
        issues.error("samples", "", f"{samples:,} designs cannot be sampled.", f"Give {least:,} to {MOST_SAMPLES:,}.")
    if not 0 <= seed < 2**63:
        issues.error("seed", "", f"{seed} is no seed.", "Give a whole number, 0 or more.")
    if not 1 <= jobs <= MOST_JOBS:
        issues.error("jobs", "", f"{jobs} workers cannot be run.", f"Give 1 to {MOST_JOBS}.")
    if issues.errors:
        raise InputError(issues)
