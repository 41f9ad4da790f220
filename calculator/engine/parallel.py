"""Map a function over parts in this process and others, with the results in order and a bounded window.

Another process takes about half a second to be of use.  So a pool is opened only where enough work is left; this
process works while the others start, and where all of them are busy.  Results come back through shared memory:
through a pipe of 64 KB, another process would wait for this one, which is computing, many times per result.
"""

from __future__ import annotations

import itertools
import os
import pickle
import shutil
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from multiprocessing import get_context, parent_process
from typing import Any, TypeVar

from calculator.issues import InputError, refuse

Result = TypeVar("Result")
Part = tuple[Any, ...]
"""Arguments of one call."""

Slots = Sequence[Any]
"""Arrays of bytes that all processes share, one per result under way."""

SECONDS_WORTH_A_POOL = 2.0
"""Work left from which other processes are started: less is finished as soon by this process alone."""
RESULTS_WAITING = 2
"""Results that may wait, beyond two per process, for one before them; those of other processes are in slots."""


class WorkerStopped(InputError):
    """Another process ended before its work was done, for want of memory for instance."""


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
        Called with the arguments of a part; another process receives it once.
    parts
        Arguments of the calls; read no further than the window allows.
    jobs
        Number of processes, this one included; they change the time and nothing else.
    remaining
        Estimates the parts that are left after so many; by default as many again.
    expected
        Estimate of the work in seconds of one process, if it is known before the first part.
    room
        Number of bytes that most results fit into; a larger one comes through a pipe.

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
    if jobs == 1 or expected < SECONDS_WORTH_A_POOL:
        yield from _map_alone(function, parts, jobs, remaining)
    # What is left is worth a pool; or nothing is left, and no process is started.
    for part in parts:
        yield from _map_with_pool(function, itertools.chain([part], parts), jobs - 1, room)


def _map_alone(
    function: Callable[..., Result], parts: Iterator[Part], jobs: int, remaining: Callable[[int], float] | None
) -> Iterator[Result]:
    """Call the function here until enough work is left for other processes, if there are any."""
    for done, part in enumerate(parts, 1):
        began = time.monotonic()
        result = function(*part)
        seconds = time.monotonic() - began
        yield result
        is_warm = done > 1  # the first call takes longer than the others
        left = remaining(done) if remaining else done
        if jobs > 1 and is_warm and left * seconds > SECONDS_WORTH_A_POOL:
            return


def _map_with_pool(function: Callable[..., Result], parts: Iterable[Part], workers: int, room: int) -> Iterator[Result]:
    """Call the function in other processes, and here while they are busy."""
    context = get_context("spawn")
    count = 2 * workers + RESULTS_WAITING
    slots = [context.RawArray("B", room) for _ in range(count)] if _has_memory(count * room) else []
    with ProcessPoolExecutor(workers, context, _begin, (function, slots)) as pool:
        try:
            yield from _map_shared(pool, workers, function, parts, _Inbox(slots))
        except BrokenProcessPool:
            hint = "Is there enough memory? Give fewer --jobs, and continue a batch with --resume."
            refuse("workers", "One of them was stopped.", hint, WorkerStopped)


def _has_memory(size: int) -> bool:
    """Return whether there is more than enough space for shared memory; a process that runs out of it is killed."""
    path = "/dev/shm" if os.path.isdir("/dev/shm") else tempfile.gettempdir()
    with suppress(OSError):
        return 0 < 2 * size < shutil.disk_usage(path).free
    return False


class _Inbox:
    """Results that other processes leave in shared memory, one per slot.

    Parameters
    ----------
    slots
        The shared arrays; there may be none.
    """

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._free = list(range(len(slots)))

    def reserve(self) -> int | None:
        """Return a free slot for a result, None if there is none."""
        return self._free.pop() if self._free else None

    def fetch(self, slot: int | None, pickled: bytes) -> Any:
        """Return the result for which a slot was reserved, from the slot or as it came; see `_call`."""
        if slot is None:
            return pickle.loads(pickled)
        self._free.append(slot)
        return pickle.loads(pickled or memoryview(self._slots[slot]).cast("B"))


def _map_shared(
    pool: Executor, workers: int, function: Callable[..., Result], parts: Iterable[Part], inbox: _Inbox
) -> Iterator[Result]:
    """Submit a part to the pool while its processes have less than two each; otherwise call the function here."""
    started = pool.submit(_start)
    window: deque[tuple[Future[Any], Callable[[Any], Result]]] = deque()

    def take() -> Result:
        future, fetch = window.popleft()
        return fetch(future.result())

    try:
        for part in parts:
            busy = sum(not future.done() for future, _ in window)
            if started.done() and busy < 2 * workers:
                slot = inbox.reserve()
                window.append((pool.submit(_call, slot, *part), partial(inbox.fetch, slot)))
            else:
                window.append((_call_here(function, part), lambda result: result))
            while window and (window[0][0].done() or len(window) > 2 * workers + RESULTS_WAITING):
                yield take()
        while window:
            yield take()
    finally:
        for future, _ in window:
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
_slots: Slots
"""Where it leaves its results."""


def _begin(function: Callable[..., Any], slots: Slots) -> None:
    global _function, _slots
    _function, _slots = function, slots
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process once its parent has ended, even if the parent was killed and could not tell."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _start() -> None:
    """Do nothing: it is done once a process is up."""


def _call(slot: int | None, *part: Any) -> bytes:
    """Leave the pickled result in a slot, or return it where there is no slot or the result is larger."""
    pickled = pickle.dumps(_function(*part), pickle.HIGHEST_PROTOCOL)
    if slot is None or len(pickled) > len(_slots[slot]):
        return pickled
    memoryview(_slots[slot]).cast("B")[: len(pickled)] = pickled
    return b""
