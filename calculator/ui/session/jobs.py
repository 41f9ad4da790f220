"""Long computations of a session: each in its own thread, with progress and a way to stop it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from calculator.engine.progress import Progress
from calculator.issues import InputError

JobResult = TypeVar("JobResult")


class Stopped(Exception):
    """Raised inside the work of a job that was stopped."""


class Job(Generic[JobResult]):
    """Work in a thread of its own that reports its progress and can be stopped.

    Attributes
    ----------
    done
        Number of items that are done.
    share
        Share of the work that is done; None if it is not known.
    result
        Result of the work; None until it is finished.
    error
        Problem of the input; None if there is none.
    failed
        Whether an unexpected error ended the work.
    stopped
        Whether the work ended because it was stopped.
    """

    def __init__(self, work: Callable[[Progress], JobResult]) -> None:
        self.done = 0
        self.share: float | None = None
        self.result: JobResult | None = None
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
        """Whether the work is still running."""
        return self._thread.is_alive()

    @property
    def seconds(self) -> float:
        """Time that the work has taken so far, in seconds."""
        return (self._ended or time.monotonic()) - self._began

    @property
    def rate(self) -> float:
        """Items per second."""
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """Estimate of the seconds left; None if the share done is not known."""
        return self.seconds * (1 / self.share - 1) if self.share else None

    def stop(self) -> None:
        """Ask the work to stop. It stops when it next reports its progress."""
        self._stop.set()

    def wait(self, seconds: float) -> None:
        """Wait for the end of the work, at most the given number of seconds."""
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
