"""Feed the inputs of an area to the program, and report what it raises, how long it takes and how much it needs."""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
import traceback
import warnings
from dataclasses import dataclass, field

from fuzz.areas import AREAS

MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None
"""A directory in memory, where files are written fastest."""
MEGABYTES = 1 if sys.platform != "darwin" else 1024


@dataclass
class Kind:
    """One kind of exception: how often it was raised, and by which input first."""

    first: int
    text: str
    count: int = 0


@dataclass
class Report:
    """What came of an area."""

    area: str
    inputs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    slowest_number: int = 0
    peak: float = 0.0
    kinds: dict[str, Kind] = field(default_factory=dict)

    def line(self) -> str:
        """Return the figures of the area as a line of the table."""
        rate = self.inputs / max(self.seconds, 1e-9)
        return (
            f"{self.area:<14}{self.inputs:>10,}{rate:>10,.0f}{len(self.kinds):>7}{self.slowest:>9.2f}s"
            f"{self.slowest_number:>10}{self.peak:>9,.0f}"
        )

    def details(self) -> str:
        """Return the kinds of exceptions, each with its first traceback."""
        return "".join(
            f"\n{self.area}: {kind.count:,} times, first --only {kind.first}\n{kind.text}\n"
            for kind in self.kinds.values()
        )


def run_area(name: str, seed: int, count: int | None, seconds: float | None, first: int = 0) -> Report:
    """Run inputs of an area, as many as given or as long as given, and report."""
    area, report = AREAS[name], Report(name)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder, warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        before = os.getcwd()
        os.chdir(folder)
        try:
            number = first
            while (count is None or number < first + count) and (seconds is None or time.monotonic() - began < seconds):
                _run_one(report, area, seed, number)
                number += 1
        finally:
            os.chdir(before)
    report.seconds = time.monotonic() - began
    report.peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / MEGABYTES
    return report


def _run_one(report: Report, area, seed: int, number: int) -> None:
    given = area.draw(area.random(seed, number))
    began = time.monotonic()
    try:
        area.use(given)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        frame = traceback.extract_tb(error.__traceback__)[-1]
        name = f"{type(error).__name__} {frame.filename}:{frame.lineno}"
        kind = report.kinds.setdefault(name, Kind(number, "".join(traceback.format_exception(error)[-8:])))
        kind.count += 1
    seconds = time.monotonic() - began
    report.inputs += 1
    if seconds > report.slowest and number:  # the first input loads and records what all others use
        report.slowest, report.slowest_number = seconds, number
