"""Work side by side: parts of it done here and by other processes, what is made of them in order.

A process takes a second to be of use.  So work begins here alone, and others are begun once it shows that
there is enough left for them; until they are up, and where they have no room, this process goes on itself.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, TypeVar

from calculator.issues import InputError, refuse

Made = TypeVar("Made")
Part = tuple[Any, ...]
"""What work is called with."""

SECONDS_FOR_OTHERS = 4.0
"""Work left for which other processes are begun: less is done about as soon by one alone."""
MOST_DONE_AHEAD = 2
"""Parts that are done and wait for one before them."""


class WorkerStopped(InputError):
    """A process that worked for this one is gone: there was no memory, say."""


def in_order(
    work: Callable[..., Made], parts: Iterable[Part], jobs: int = 1, left: Callable[[int], float] | None = None
) -> Iterator[Made]:
    """Do some work part by part.

    Parameters
    ----------
    work
        Called with a part; another process is given it once.
    parts
        What it is called with.
    jobs
        Processes, this one among them; they change nothing but the time.
    left
        Parts that are left after so many; as many again where nobody knows.

    Yields
    ------
    Made
        What was made of each part, in their order.

    Raises
    ------
    WorkerStopped
        If a process is gone.
    """
    parts = iter(parts)
    for done, part in enumerate(parts, 1):
        began = time.monotonic()
        made = work(*part)
        took = time.monotonic() - began
        yield made
        if jobs > 1 and done > 1 and (left(done) if left else done) * took > SECONDS_FOR_OTHERS:  # the first warms up
            break
    else:
        return
    with ProcessPoolExecutor(jobs - 1, get_context("spawn"), _begin, (work,)) as pool:
        try:
            yield from _shared(pool, jobs - 1, work, parts)
        except BrokenProcessPool:
            hint = "Is there enough memory? Give fewer --jobs; a batch goes on with --resume."
            refuse("workers", "One of them was stopped.", hint, WorkerStopped)


def _shared(pool: Executor, others: int, work: Callable[..., Made], parts: Iterable[Part]) -> Iterator[Made]:
    """Parts for others as far as they have room, which is for one more than each is at; else done here."""
    up = pool.submit(_is_up)
    waiting: deque[Future[Made]] = deque()
    try:
        for part in parts:
            busy = sum(not future.done() for future in waiting)
            waiting.append(pool.submit(_do, *part) if up.done() and busy < 2 * others else _done(work(*part)))
            while waiting and (waiting[0].done() or len(waiting) > 2 * others + MOST_DONE_AHEAD):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _done(made: Made) -> Future[Made]:
    """What was made here, as others hand it over."""
    future: Future[Made] = Future()
    future.set_result(made)
    return future


# --- in another process --------------------------------------------------------------------------

_work: Callable[..., Any] | None = None


def _begin(work: Callable[..., Any]) -> None:
    global _work
    _work = work


def _is_up() -> None:
    """Done once a process is."""


def _do(*part: Any) -> Any:
    assert _work is not None
    return _work(*part)
