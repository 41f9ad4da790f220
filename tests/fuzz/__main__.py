"""Run the fuzzers: ``python -m tests.fuzz [AREA ...]``."""

from __future__ import annotations

import argparse
import sys
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # as pytest does

from fuzz.areas import AREAS
from fuzz.runner import Report, run_area


def main() -> int:
    """Run the areas one after the other, each in a process of its own, whose peak memory is then its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Feed hostile inputs to the program.")
    parser.add_argument("areas", nargs="*", metavar="AREA", help=f"of {', '.join(AREAS)} (default: all)")
    parser.add_argument("--minutes", type=float, default=10, help="time for all areas together (default 10)")
    parser.add_argument("--inputs", type=int, help="number of inputs for all areas together, instead of a time")
    parser.add_argument("--seed", type=int, default=2013, help="random seed (default 2013)")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="repeat one input of one area, and show it")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.areas) - set(AREAS))
    if unknown:
        parser.error(f"{unknown[0]} is not an area. There are {', '.join(AREAS)}.")
    names = arguments.areas or list(AREAS)
    if arguments.only is not None:
        return show(names[0], arguments.seed, arguments.only)
    total = sum(AREAS[name].share for name in names)
    print(f"{'area':<14}{'inputs':>10}{'a second':>10}{'kinds':>7}{'slowest':>10}{'number':>10}{'peak MB':>9}")
    found = []
    for name in names:
        share = AREAS[name].share / total
        count = max(1, round(arguments.inputs * share)) if arguments.inputs else None
        seconds = None if arguments.inputs else 60 * arguments.minutes * share
        with get_context("spawn").Pool(1) as pool:
            report = pool.apply(run_area, (name, arguments.seed, count, seconds))
        print(report.line(), flush=True)
        found.append(report)
    for report in found:
        print(report.details(), end="")
    return 1 if any(report.kinds for report in found) else 0


def show(name: str, seed: int, number: int) -> int:
    """Print one input and what comes of it."""
    area = AREAS[name]
    print(repr(area.draw(area.random(seed, number))))
    report: Report = run_area(name, seed, 1, None, first=number)
    print(report.details() or "Nothing is wrong with it.")
    return 1 if report.kinds else 0


if __name__ == "__main__":
    sys.exit(main())
