"""Run the long computations of a session, each in its own thread, with progress and a way to stop it."""

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
    """Raised inside the work of a stopped job."""


class Job(Generic[JobResult]):
    """Work that waits for its turn, then runs in its own thread, reports its progress and can be stopped.

    Attributes
    ----------
    done
        Number of items that are done.
    share
        Share of the work that is done; None if it is not known.
    result
        Result of the work; None until it is finished.
    error
        Problem of the input, or the limit of the server that ended the job; None if there is none.
    failed
        Whether an unexpected error ended the work.
    stopped
        Whether a person stopped the job.
    began
        Whether the work has begun.
    """

    def __init__(self, work: Callable[[Progress], JobResult]) -> None:
        self.done = 0
        self.share: float | None = None
        self.result: JobResult | None = None
        self.error: InputError | None = None
        self.failed = False
        self.stopped = False
        self.began = False
        self._work: Callable[[Progress], JobResult] | None = work
        self._began_at = self._ended_at = 0.0
        self._reason: InputError | None = None
        self._stop, self._ended = threading.Event(), threading.Event()
        self._lock = threading.Lock()

    @property
    def active(self) -> bool:
        """Whether the job waits or runs."""
        return not self._ended.is_set()

    @property
    def stopping(self) -> bool:
        """Whether the job was asked to stop and has not ended yet."""
        return self.active and self._stop.is_set()

    @property
    def seconds(self) -> float:
        """Time that the work has taken so far, in seconds."""
        return (self._ended_at or time.monotonic()) - self._began_at if self.began else 0.0

    @property
    def rate(self) -> float:
        """Items per second."""
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """Estimate of the seconds left; None if the share done is not known."""
        return self.seconds * (1 / self.share - 1) if self.share else None

    def begin(self, on_end: Callable[[], None] = lambda: None) -> Job[JobResult]:
        """Start the work, unless the job has been stopped. Call a function at its end, in its thread."""
        with self._lock:
            if self.active and not self.began:
                self.began, self._began_at = True, time.monotonic()
                threading.Thread(target=self._run, args=(on_end,), name="job", daemon=True).start()
        return self

    def stop(self, reason: InputError | None = None) -> None:
        """Ask the work to stop. It stops when it next reports its progress, or at once if it has not begun.

        Parameters
        ----------
        reason
            Why the server stops the job; None if a person does.
        """
        with self._lock:
            if not self._stop.is_set():
                self._reason = reason
                self._stop.set()
            if not self.began:
                self._end_stopped()
                self._end()

    def wait(self, seconds: float) -> None:
        """Wait for the end of the job, at most the given number of seconds."""
        self._ended.wait(seconds)

    def _report(self, done: int, share: float | None = None) -> None:
        self.done, self.share = done, share
        if self._stop.is_set():
            raise Stopped

    def _run(self, on_end: Callable[[], None]) -> None:
        assert self._work is not None
        try:
            self.result = self._work(self._report)
        except Stopped:
            self._end_stopped()
        except InputError as error:
            self.error = error
        except Exception:
            logging.getLogger(__name__).exception("job")
            self.failed = True
        finally:
            self._end()
            on_end()

    def _end_stopped(self) -> None:
        self.error, self.stopped = self._reason, self._reason is None

    def _end(self) -> None:
        self._work = None  # The work refers to the uploaded files, which are no longer needed.
        self._ended_at = time.monotonic()
        self._ended.set()
