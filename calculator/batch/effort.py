"""Estimate how long a file of designs takes, and start the workers for a long one before their work is known.

This module imports nothing that takes time, so that the workers import the rest while this process does.
"""

from __future__ import annotations

import os

from calculator.engine.parallel import SECONDS_WORTH_A_POOL
from calculator.inputs.profile import STANDARD

BYTES_PER_SECOND = 8_000_000
"""Rough speed of one process for a CSV file."""


def plain_size(source: str) -> int:
    """Return the number of bytes of a CSV file; 0 for standard input, and for a compressed file."""
    return 0 if source == STANDARD or source.endswith(".gz") else os.path.getsize(source)


def seconds_of(size: int) -> float:
    """Estimate the seconds that one process takes for a number of bytes of CSV."""
    return size / BYTES_PER_SECOND


def start_workers(source: str, jobs: int) -> None:
    """Start the other processes of a run if its file is long enough to need them.

    Parameters
    ----------
    source
        File of designs; one that cannot be read is left to the run.
    jobs
        Number of processes, including this one.
    """
    is_csv = os.path.isfile(source) and not source.endswith(".parquet")
    if jobs > 1 and is_csv and seconds_of(plain_size(source)) >= SECONDS_WORTH_A_POOL:
        from calculator.engine.workers import start_ahead

        start_ahead(jobs - 1, "calculator.batch.worker")
