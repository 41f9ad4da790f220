"""Long work of a session: in a thread of its own, with progress, and a way to stop it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from calculator.issues import InputError

Result = TypeVar("Result")
Progress = Callable[[int, float | None], None]


class Stopped(Exception):
    """The work was asked to stop."""


class Job(Generic[Result]):
    """Work that reports its progress and can be stopped.

    Attributes
    ----------
    done
        How much is done.
    share
        Share of the work that is done, None where it is not known.
    result
        What came of it, None until it is finished.
    error
        What went wrong with the input; None if nothing did.
    failed
        Whether something unforeseen went wrong.
    """

    def __init__(self, work: Callable[[Progress], Result]) -> None:
        self.done = 0
        self.share: float | None = None
        self.result: Result | None = None
        self.error: InputError | None = None
        self.failed = False
        self.stopped = False
        self._stop = threading.Event()
        self._began = time.monotonic()
        self._ended = 0.0
        self._work = work
        self._thread = threading.Thread(target=self._run, name="job", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self._thread.is_alive()

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return (self._ended or time.monotonic()) - self._began

    @property
    def rate(self) -> float:
        """Done in a second."""
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """Seconds left, None where they cannot be told."""
        return self.seconds * (1 / self.share - 1) if self.share else None

    def stop(self) -> None:
        """Ask it to stop; it does so the next time it reports its progress."""
        self._stop.set()

    def wait(self, seconds: float) -> None:
        """Wait for its end, so long at most."""
        self._thread.join(seconds)

    def _report(self, done: int, share: float | None = None) -> None:
        self.done, self.share = done, share
        if self._stop.is_set():
            raise Stopped

    def _run(self) -> None:
        try:
            self.result = self._work(self._report)
        except Stopped:
            self.stopped = True
        except InputError as error:
            self.error = error
        except Exception:
            logging.getLogger(__name__).exception("job")
            self.failed = True
        finally:
            self._ended = time.monotonic()
