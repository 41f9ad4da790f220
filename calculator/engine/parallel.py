"""Map a function over parts, in worker processes too if there is enough work, and return the results in order.

A worker process takes about half a second to start, and what starts it takes a tenth of that to import.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

Result = TypeVar("Result")
Part = tuple[Any, ...]
"""Arguments of one call."""

SECONDS_WORTH_A_POOL = 2.0
"""Least remaining work for which workers are started; this process alone finishes less work just as soon."""


def map_ordered(
    function: Callable[..., Result],
    parts: Iterable[Part],
    jobs: int = 1,
    remaining: Callable[[int], float] | None = None,
    *,
    expected: float = 0.0,
    room: int = 0,
) -> Iterator[Result]:
    """Call a function with each part, in several processes where that is worth it.

    Parameters
    ----------
    function
        Called with the arguments of a part; each worker process receives it once.
    parts
        Arguments of the calls; they are read only as far ahead as the window allows.
    jobs
        Number of processes, including this one; it changes nothing but the time.
    remaining
        Function from the number of parts done to an estimate of the parts left; by default as many as are done.
    expected
        Estimate of all work in seconds of one process, if it is known before the first part.
    room
        Number of bytes that is enough for most results; a larger result comes through a pipe.

    Yields
    ------
    Result
        Result of each part, in order.

    Raises
    ------
    WorkerStopped
        If a worker process ended before its work was done.
    """
    parts = iter(parts)
    left = remaining or (lambda done: done)
    done = 0
    if jobs == 1 or expected < SECONDS_WORTH_A_POOL:
        for part in parts:
            began = time.monotonic()
            result = function(*part)
            seconds = time.monotonic() - began
            yield result
            done += 1
            is_warm = done > 1  # the first call takes longer than the others
            if jobs > 1 and is_warm and left(done) * seconds > SECONDS_WORTH_A_POOL:
                break
    # Either the remaining work is worth a pool, or nothing is left and no process is started.
    for part in parts:
        from calculator.engine.workers import map_with_workers

        rest = itertools.chain([part], parts)
        yield from map_with_workers(function, rest, jobs - 1, lambda more: left(done + more), room)
