"""Sample designs: draw repeatable random points, and process them in blocks in several processes.

Point ``n`` of a sample depends only on the seed and ``n``, and blocks are put together in order.  So a study gives
the same bytes whatever the blocks and the number of processes are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np

from calculator.engine.parallel import map_ordered
from calculator.issues import InputError, Issues
from calculator.numerics.arrays import Floats

BlockResult = TypeVar("BlockResult")

BLOCK = 16_384
"""Number of designs in a block: several chunks of the engine, several megabytes."""
SEED = 2013
MAX_SAMPLES = 100_000_000
MAX_JOBS = 64


def random_points(dimensions: int, start: int, stop: int, seed: int) -> Floats:
    """Return points of independent uniform random numbers between 0 and 1.

    Parameters
    ----------
    dimensions
        Number of coordinates of a point.
    start, stop
        First point, and the one after the last.
    seed
        Random seed.

    Returns
    -------
    ndarray of shape ``(stop - start, dimensions)``
    """
    stream = np.random.PCG64(seed)
    stream.advance(start * dimensions)
    return np.random.Generator(stream).random((stop - start, dimensions))


def sobol_points(dimensions: int, start: int, stop: int, seed: int) -> Floats:
    """Return points of a scrambled Sobol' sequence; parameters and shape are those of `random_points`."""
    from scipy.stats import qmc  # importing it takes longer than a whole study with random points

    sequence = qmc.Sobol(dimensions, scramble=True, seed=np.random.default_rng(seed))
    if start:
        sequence.fast_forward(start)
    # The sequence has to be drawn to a power of two, and is then cut.
    drawn = 1 << (stop - start - 1).bit_length()
    return np.asarray(sequence.random(drawn)[: stop - start])


def run_in_blocks(
    work: Callable[[int, int], BlockResult], points: int, block: int, jobs: int = 1
) -> Iterator[tuple[int, int, BlockResult]]:
    """Work on the points of a sample in blocks, and yield the results in order.

    Parameters
    ----------
    work
        Function of the first point of a block and the one after its last; each worker process receives it once.
    points, block
        Number of points in all, and of a block.
    jobs
        Number of processes, including this one.

    Yields
    ------
    tuple
        The first point of a block, the one after its last, and the result of the block.
    """
    blocks = [(start, min(start + block, points)) for start in range(0, points, block)]
    results = map_ordered(work, blocks, jobs, lambda done: len(blocks) - done)
    for (start, stop), result in zip(blocks, results, strict=True):
        yield start, stop, result


def check_sample(samples: int, seed: int, jobs: int, least: int) -> None:
    """Check the settings of a sample.

    Parameters
    ----------
    samples, seed, jobs
        Number of designs, random seed and number of processes.
    least
        Smallest number of designs.

    Raises
    ------
    InputError
        With every setting that cannot be used.
    """
    issues = Issues()
    if not least <= samples <= MAX_SAMPLES:
        issues.error("samples", "", f"{samples:,} designs cannot be sampled.", f"Give {least:,} to {MAX_SAMPLES:,}.")
    if not 0 <= seed < 2**63:
        issues.error("seed", "", f"{seed} is not a seed.", "Give a whole number, 0 or more.")
    if not 1 <= jobs <= MAX_JOBS:
        issues.error("jobs", "", f"{jobs} workers cannot be run.", f"Give 1 to {MAX_JOBS}.")
    if issues.errors:
        raise InputError(issues)
