"""How long a large layout and all combinations of failed servers take, and what memory they need.

    python benchmarks/layout.py [--databases 5000] [--combined 1000] [--servers 16] [--copies 4] [--failed 4]

Seconds are the median of some runs; memory is the most that numpy and Python held at once during a run of its own,
and the most the process ever held.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
import tracemalloc
from collections.abc import Callable

from calculator.layout import combinations, layout, tolerance


def measured(title: str, function: Callable[[], object], runs: int = 5) -> None:
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    tracemalloc.start()
    function()
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    print(f"{title:62} {statistics.median(seconds):8.3f} s {peak:8.1f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--databases", type=int, default=5000)
    parser.add_argument("--combined", type=int, default=1000)
    parser.add_argument("--servers", type=int, default=16)
    parser.add_argument("--copies", type=int, default=4)
    parser.add_argument("--failed", type=int, default=4)
    given = parser.parse_args()

    size = {"databases": given.databases, "servers_primary": given.servers, "copies_primary": given.copies}
    smaller = layout(size | {"databases": given.combined})
    copies = f"{given.copies} copies on {given.servers} servers"
    measured(f"layout, {given.databases:,} databases, {copies}", lambda: layout(size))
    measured("  with its rows", lambda: layout(size).rows())
    found = combinations(smaller, given.failed)
    measured(
        f"{len(found):,} combinations of {given.failed} servers, {given.combined:,} databases",
        lambda: combinations(smaller, given.failed).summary(),
    )
    measured("tolerance of the same", lambda: tolerance(smaller))
    print(f"process at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
