"""Map a function over parts in this process and others, with the results in order and a bounded window.

Another process takes about a second to be of use.  So this process starts alone and opens a pool only where
enough work is left; it continues to work while the others start, and where all of them are busy.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from typing import Any, TypeVar

from calculator.issues import InputError, refuse

Result = TypeVar("Result")
Part = tuple[Any, ...]
"""Arguments of one call."""

SECONDS_WORTH_A_POOL = 4.0
"""Work left from which other processes are started: less is finished as soon by this process alone."""
RESULTS_WAITING = 2
"""Results that may wait, beyond two per process, for one before them."""


class WorkerStopped(InputError):
    """Another process ended before its work was done, for want of memory for instance."""


def map_ordered(
    function: Callable[..., Result],
    parts: Iterable[Part],
    jobs: int = 1,
    remaining: Callable[[int], float] | None = None,
) -> Iterator[Result]:
    """Call a function with each part, in several processes where that is worth it.

    Parameters
    ----------
    function
        Called with the arguments of a part; another process receives it once.
    parts
        Arguments of the calls; read no further than the window allows.
    jobs
        Number of processes, this one included; they change the time and nothing else.
    remaining
        Estimates the parts that are left after so many; by default as many again.

    Yields
    ------
    Result
        Of each part, in order.

    Raises
    ------
    WorkerStopped
        If another process ended before its work was done.
    """
    parts = iter(parts)
    for done, part in enumerate(parts, 1):
        began = time.monotonic()
        result = function(*part)
        seconds = time.monotonic() - began
        yield result
        is_warm = done > 1  # the first call takes longer than the others
        left = remaining(done) if remaining else done
        if jobs > 1 and is_warm and left * seconds > SECONDS_WORTH_A_POOL:
            break
    else:
        return
    with ProcessPoolExecutor(jobs - 1, get_context("spawn"), _set_function, (function,)) as pool:
        try:
            yield from _map_shared(pool, jobs - 1, function, parts)
        except BrokenProcessPool:
            hint = "Is there enough memory? Give fewer --jobs, and continue a batch with --resume."
            refuse("workers", "One of them was stopped.", hint, WorkerStopped)


def _map_shared(
    pool: Executor, workers: int, function: Callable[..., Result], parts: Iterable[Part]
) -> Iterator[Result]:
    """Submit a part to the pool while it has a free slot, two per worker; otherwise call the function here."""
    started = pool.submit(_start)
    window: deque[Future[Result]] = deque()
    try:
        for part in parts:
            busy = sum(not future.done() for future in window)
            is_free = started.done() and busy < 2 * workers
            window.append(pool.submit(_call, *part) if is_free else _call_here(function, part))
            while window and (window[0].done() or len(window) > 2 * workers + RESULTS_WAITING):
                yield window.popleft().result()
        while window:
            yield window.popleft().result()
    finally:
        for future in window:
            future.cancel()


def _call_here(function: Callable[..., Result], part: Part) -> Future[Result]:
    """Call the function in this process; an error is raised when the turn of the part comes, as one of a worker is."""
    future: Future[Result] = Future()
    try:
        future.set_result(function(*part))
    except Exception as error:
        future.set_exception(error)
    return future


# --- in another process --------------------------------------------------------------------------

_function: Callable[..., Any]
"""What the process was started for; set once, by the initializer of the pool."""


def _set_function(function: Callable[..., Any]) -> None:
    global _function
    _function = function
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process once its parent has ended, even if the parent was killed and could not tell."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _start() -> None:
    """Do nothing: it is done once a process is up."""


def _call(*part: Any) -> Any:
    return _function(*part)
