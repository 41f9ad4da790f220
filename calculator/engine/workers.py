"""Map a function over parts in this process and in worker processes; return results in order with a bounded look-ahead.

This process works too while the workers start and while all of them are busy.  Parts and results go through shared
memory: with a pipe, whose buffer has 64 KB, a worker would wait many times for this process, which is computing.
"""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from multiprocessing import get_context, parent_process
from typing import Any

from calculator.engine.parallel import Part, Result
from calculator.issues import WorkerStopped, refuse

Slots = Sequence[Any]
"""Arrays of bytes that all processes share, each for one part and then for its result."""

PARTS_PER_WORKER = 3
"""Number of parts that a worker has: one that it works on, and what it needs while this process computes and writes."""
RESULTS_WAITING = 2
"""Number of further results that may wait for an earlier one; results of workers wait in slots."""


def map_with_workers(
    function: Callable[..., Result], parts: Iterable[Part], workers: int, room: int
) -> Iterator[Result]:
    """Call a function with each part in worker processes, and in this one while they are busy.

    Parameters
    ----------
    function, parts, room
        As in `calculator.engine.parallel.map_ordered`.
    workers
        Number of worker processes.

    Yields
    ------
    Result
        Result of each part, in order.

    Raises
    ------
    WorkerStopped
        If a worker process ended before its work was done.
    """
    context = get_context("spawn")
    count = PARTS_PER_WORKER * workers + RESULTS_WAITING
    slots = [context.RawArray("B", room) for _ in range(count)] if _has_memory(count * room) else []
    with ProcessPoolExecutor(workers, context, _begin, (function, slots)) as pool:
        try:
            yield from _map_shared(pool, workers, function, parts, _Mail(slots))
        except BrokenProcessPool:
            hint = "Is there enough memory? Give fewer --jobs, and continue a batch with --resume."
            refuse("workers", "One of them was stopped.", hint, WorkerStopped)


def _has_memory(size: int) -> bool:
    """Return whether there is ample space for shared memory; the system kills a process that runs out of it."""
    path = "/dev/shm" if os.path.isdir("/dev/shm") else tempfile.gettempdir()
    with suppress(OSError):
        return 0 < 2 * size < shutil.disk_usage(path).free
    return False


class _Mail:
    """Parts for worker processes and results of them in shared memory.

    Parameters
    ----------
    slots
        The shared arrays; the list may be empty.
    """

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._free = list(range(len(slots)))

    def send(self, pool: Executor, part: Part) -> tuple[Future[bytes], Callable[[bytes], Any]]:
        """Submit a part to the pool; return its future, and the function that makes the result of what that returns."""
        slot = self._free.pop() if self._free else None
        return pool.submit(_call, slot, _put(self._slots, slot, part)), partial(self._receive, slot)

    def _receive(self, slot: int | None, pickled: bytes) -> Any:
        if slot is not None:
            self._free.append(slot)
        return _get(self._slots, slot, pickled)


def _put(slots: Slots, slot: int | None, value: object) -> bytes:
    """Write a value to a slot; return it pickled if there is no slot or the value is too large, else nothing."""
    pickled = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    if slot is None or len(pickled) > len(slots[slot]):
        return pickled
    memoryview(slots[slot]).cast("B")[: len(pickled)] = pickled
    return b""


def _get(slots: Slots, slot: int | None, pickled: bytes) -> Any:
    """Return what `_put` wrote to a slot or returned."""
    return pickle.loads(pickled if pickled or slot is None else memoryview(slots[slot]).cast("B"))


def _map_shared(
    pool: Executor, workers: int, function: Callable[..., Result], parts: Iterable[Part], mail: _Mail
) -> Iterator[Result]:
    """Submit a part to the pool while its workers have too few parts; otherwise call the function here."""
    started = pool.submit(_start)
    window: deque[tuple[Future[Any], Callable[[Any], Result]]] = deque()

    def take() -> Result:
        future, fetch = window.popleft()
        return fetch(future.result())

    try:
        for part in parts:
            busy = sum(not future.done() for future, _ in window)
            if started.done() and busy < PARTS_PER_WORKER * workers:
                window.append(mail.send(pool, part))
            else:
                window.append((_call_here(function, part), lambda result: result))
            while window and (window[0][0].done() or len(window) > PARTS_PER_WORKER * workers + RESULTS_WAITING):
                yield take()
        while window:
            yield take()
    finally:
        for future, _ in window:
            future.cancel()


def _call_here(function: Callable[..., Result], part: Part) -> Future[Result]:
    """Call the function in this process; as with a worker, an error is raised when the result is due."""
    future: Future[Result] = Future()
    try:
        future.set_result(function(*part))
    except Exception as error:
        future.set_exception(error)
    return future


# --- in another process --------------------------------------------------------------------------

_function: Callable[..., Any]
"""Function that this worker process calls; the initializer of the pool sets it once."""
_slots: Slots
"""Slots from which this worker process reads parts, and to which it writes results."""


def _begin(function: Callable[..., Any], slots: Slots) -> None:
    global _function, _slots
    _function, _slots = function, slots
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process once its parent has ended, even if the parent was killed and could not stop it."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _start() -> None:
    """Do nothing; the call returns once the worker process has started."""


def _call(slot: int | None, pickled: bytes) -> bytes:
    """Call the function with a part from a slot, and write the result to the same slot."""
    return _put(_slots, slot, _function(*_get(_slots, slot, pickled)))
