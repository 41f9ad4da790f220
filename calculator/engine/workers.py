"""Map a function over parts in this process and in worker processes; return results in order with a bounded look-ahead.

This process works too while the workers start and while all of them are busy.  Parts and results go through shared
memory: with a pipe, whose buffer has 64 KB, a worker would wait many times for this process, which is computing.
"""

from __future__ import annotations

import atexit
import os
import pickle
import shutil
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from multiprocessing import get_context, parent_process
from multiprocessing.shared_memory import SharedMemory
from typing import Any

from calculator.engine.parallel import Part, Result
from calculator.issues import WorkerStopped, refuse

PARTS_PER_WORKER = 3
"""Number of parts that a worker has: one that it works on, and what it needs while this process computes and writes."""
RESULTS_WAITING = 4
"""Number of further results that may wait for an earlier one, such as the first of a worker, which takes longest."""

_ahead: dict[int, ProcessPoolExecutor] = {}
"""Pools that were started ahead, by number of workers."""


def start_ahead(workers: int, module: str) -> None:
    """Start worker processes before it is known what they do; the next map with as many workers takes them.

    Parameters
    ----------
    workers
        Number of worker processes.
    module
        Module with the function that they will call: they import it while this process prepares their work.
    """
    _ahead[workers] = pool = _start_pool(workers)
    for _ in range(workers):
        pool.submit(import_module, module)


def _start_pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, get_context("spawn"), _begin)


def map_with_workers(
    function: Callable[..., Result], parts: Iterable[Part], workers: int, left: Callable[[int], float], room: int
) -> Iterator[Result]:
    """Call a function with each part in worker processes, and in this one while they are busy.

    Parameters
    ----------
    function, parts, room
        As in `calculator.engine.parallel.map_ordered`.
    workers
        Number of worker processes.
    left
        Function from the number of results that were yielded to an estimate of those that were not.

    Yields
    ------
    Result
        Result of each part, in order.

    Raises
    ------
    WorkerStopped
        If a worker process ended before its work was done.
    """
    slots = 1 + PARTS_PER_WORKER * workers + RESULTS_WAITING
    ahead = _ahead.pop(workers, None)
    with ahead or _start_pool(workers) as pool, _shared_memory(slots * room) as memory:
        mail = _Mail(pool, function, [_Slot(memory, room * slot, room) for slot in range(slots)] if memory else [])
        has_started = (lambda: True) if ahead else mail.start().done
        try:
            yield from _map_shared(workers, function, parts, left, mail, has_started)
        except BrokenProcessPool:
            hint = "Is there enough memory? Give fewer --jobs, and continue a batch with --resume."
            refuse("workers", "One of them was stopped.", hint, WorkerStopped)


class _Mail:
    """Sends parts to worker processes, and receives their results.

    Parameters
    ----------
    pool
        The worker processes.
    function
        The function that they call.
    slots
        Places for the function, and for parts, where their results come too; there may be none.
    """

    def __init__(self, pool: Executor, function: Callable[..., Any], slots: list[_Slot]) -> None:
        self._pool, self._free = pool, slots
        self._function = _put(self._slot(), function)

    def _slot(self) -> _Slot | None:
        return self._free.pop() if self._free else None

    def send(self, part: Part) -> tuple[Future[Message], Callable[[Message], Any]]:
        """Send a part; return its future, and the function that makes the result of what that returns."""
        return self._pool.submit(_call, self._function, _put(self._slot(), part)), self._receive

    def _receive(self, message: Message) -> Any:
        result, (slot, _) = _get(message), message
        if slot is not None:
            self._free.append(slot)
        return result

    def start(self) -> Future[None]:
        """Have a worker process get the function, which imports all that it needs."""
        return self._pool.submit(_start, self._function)


def _map_shared(
    workers: int,
    function: Callable[..., Result],
    parts: Iterable[Part],
    left: Callable[[int], float],
    mail: _Mail,
    has_started: Callable[[], bool],
) -> Iterator[Result]:
    """Send a part to the workers while they have too few parts; otherwise call the function here."""
    window: deque[tuple[Future[Any], Callable[[Any], Result]]] = deque()
    done = 0

    def take() -> Result:
        nonlocal done
        future, fetch = window.popleft()
        done += 1
        return fetch(future.result())

    try:
        for part in parts:
            busy = sum(not future.done() for future, _ in window)
            fair = (busy + max(left(done) - len(window), 1)) * workers / (workers + 1)
            if has_started() and busy < min(fair, PARTS_PER_WORKER * workers):
                window.append(mail.send(part))
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


# --- messages between processes ------------------------------------------------------------------


@dataclass(frozen=True)
class _Slot:
    """Place for a message in shared memory.

    Attributes
    ----------
    memory
        Name of the memory.
    start, room
        First byte of the slot, and its number of bytes.
    """

    memory: str
    start: int
    room: int

    def view(self) -> memoryview:
        """Return the bytes of the slot."""
        whole = _memory(self.memory).buf
        assert whole is not None  # it is only for memory that was closed
        return whole[self.start : self.start + self.room]


@contextmanager
def _shared_memory(size: int) -> Iterator[str | None]:
    """Yield the name of new shared memory, None where there is not ample space for it; it is deleted at the end."""
    memory = None
    with suppress(OSError):
        memory = SharedMemory(create=True, size=size) if _has_memory(size) else None
    try:
        yield memory.name if memory else None
    finally:
        _memory.cache_clear()
        if memory:
            memory.close()
            memory.unlink()


def _has_memory(size: int) -> bool:
    """Return whether there is ample space for shared memory; the system kills a process that runs out of it."""
    path = "/dev/shm" if os.path.isdir("/dev/shm") else tempfile.gettempdir()
    with suppress(OSError):
        return 0 < 2 * size < shutil.disk_usage(path).free
    return False


@lru_cache(1)
def _memory(name: str) -> SharedMemory:
    """Return the shared memory of a name."""
    return SharedMemory(name)


Message = tuple[_Slot | None, bytes]
"""A pickled object: in a slot, or after it if there is no slot or the object is too large for it."""


class _NoRoom(Exception):
    """A slot is too small for a message."""


class _SlotFile:
    """File in a slot: the pickler writes large objects to it without a copy of its own."""

    def __init__(self, slot: _Slot) -> None:
        self._view, self._end = slot.view(), 0

    def write(self, data: bytes | memoryview) -> None:
        """Write bytes."""
        start, self._end = self._end, self._end + len(data)
        if self._end > len(self._view):
            raise _NoRoom
        self._view[start : self._end] = data


def _put(slot: _Slot | None, value: object) -> Message:
    """Return a message, and write it to a slot if there is one."""
    if slot is not None:
        with suppress(_NoRoom):
            pickle.dump(value, _SlotFile(slot), pickle.HIGHEST_PROTOCOL)
            return slot, b""
    return slot, pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def _get(message: Message) -> Any:
    """Return the object of a message."""
    slot, pickled = message
    return pickle.loads(pickled if pickled or slot is None else slot.view())


# --- in a worker process -------------------------------------------------------------------------


def _begin() -> None:
    """Prepare this process: it ends with its parent, and at once, without freeing its memory object by object."""
    atexit.register(os._exit, 0)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process once its parent has ended, even if the parent was killed and could not stop it."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _start(function: Message) -> None:
    """Get the function of a message."""
    _function(function)


def _call(function: Message, part: Message) -> Message:
    """Call the function of a message with the part of another, and send the result in the slot of the part."""
    slot, _ = part
    return _put(slot, _function(function)(*_get(part)))


@lru_cache(1)
def _function(message: Message) -> Callable[..., Any]:
    """Return the function of a message, which is the same for all parts."""
    function: Callable[..., Any] = _get(message)
    return function
