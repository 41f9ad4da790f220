"""Measure how fast the engine is, compared with a floor of plain additions measured in the same run.

    python benchmarks/engine.py [--designs 100000] [--profile profiles/active_active.toml]

The floor takes as many ``np.add`` calls (one design), or as many added elements in blocks that stay in the
processor's cache (many designs), as the rules make numpy calls and touch elements.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable

import numpy as np

from calculator import size
from calculator.engine import graph
from calculator.engine import run as engine
from calculator.engine.columns import profile_columns, to_inputs
from calculator.engine.compute import compute
from calculator.engine.results import result_columns, rules_of
from calculator.inputs.profile import load
from calculator.rules.registry import RULES

BLOCK = 4096
LEFT_OUT = ("mailbox_size_by_month",)
"""A curve, not a figure: a fifth of all columns, from three operations."""


class Counted(np.ndarray):
    """An array that counts the calls made with it and the elements they give."""

    calls = 0
    elements = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
        plain = [np.asarray(x) if isinstance(x, Counted) else x for x in inputs]
        if out is not None:
            kwargs["out"] = tuple(np.asarray(x) if isinstance(x, Counted) else x for x in out)
        result = getattr(ufunc, method)(*plain, **kwargs)
        return _count(result)

    def __array_function__(self, func, types, args, kwargs):
        return _count(func(*_plain(args), **kwargs))


def _plain(value):
    if isinstance(value, Counted):
        return np.asarray(value)
    if isinstance(value, list | tuple):
        return type(value)(_plain(item) for item in value)
    return value


def _count(result):
    if isinstance(result, tuple):  # np.broadcast_arrays, which computes nothing
        return tuple(part.view(Counted) for part in result)
    if isinstance(result, np.ndarray):
        Counted.calls += 1
        Counted.elements += result.size
        return result.view(Counted)
    return result


def counted(targets, inputs, tiers) -> tuple[int, int]:
    """Return the numpy calls of a run, and the elements they give."""
    Counted.calls = Counted.elements = 0
    stand_ins = {name: array.view(Counted) for name, array in inputs.items()}
    with np.errstate(all="ignore"):
        compute(graph.steps_for(frozenset(targets)), stand_ins, mixed=False)
    return Counted.calls, Counted.elements


def compare(function: Callable[[], object], floor: Callable[[], object], times: int) -> tuple[float, float, float]:
    """Return the median seconds of a function and of its floor, run by turns, and the median of their ratios."""
    function(), floor()
    pairs = [(_seconds(function), _seconds(floor)) for _ in range(times)]
    ratio = statistics.median(own / base for own, base in pairs)
    return statistics.median(own for own, _ in pairs), statistics.median(base for _, base in pairs), ratio


def _seconds(function: Callable[[], object]) -> float:
    """Return processor seconds, which leave out what other programs on the machine take."""
    start = time.process_time()
    function()
    return time.process_time() - start


def median(function: Callable[[], object], times: int) -> float:
    """Return the median seconds of some runs, after one to warm up."""
    function()
    return statistics.median(_seconds(function) for _ in range(times))


def floor_of_calls(calls: int) -> Callable[[], None]:
    """Return a function that adds one element so many times."""
    a, b, out = np.ones(1), np.ones(1), np.empty(1)

    def run() -> None:
        for _ in range(calls):
            np.add(a, b, out=out)

    return run


def floor_of_elements(elements: float) -> Callable[[], None]:
    """Return a function that adds so many elements in blocks that stay in cache."""
    a, b, out = np.ones(BLOCK), np.ones(BLOCK), np.empty(BLOCK)

    def run() -> None:
        for _ in range(round(elements / BLOCK)):
            np.add(a, b, out=out)

    return run


def many(designs: int) -> dict[str, np.ndarray]:
    """Columns of designs of all modes, four tiers each."""
    rng = np.random.default_rng(2013)
    copies = rng.integers(2, 7, designs)
    columns: dict[str, np.ndarray] = {
        "environment.high_availability": rng.random(designs) < 0.8,
        "environment.multi_role": rng.random(designs) < 0.7,
        "environment.mailbox_servers": rng.integers(3, 9, designs).astype(float),
        "site_resilience.enabled": rng.random(designs) < 0.6,
        "site_resilience.model": rng.integers(0, 3, designs),
        "database_copies.ha_copies": copies.astype(float),
        "database_copies.ha_copies_secondary": (copies // 2).astype(float),
        "database_copies.lagged_copies": rng.integers(0, 2, designs).astype(float),
        "storage.consider_jbod": rng.random(designs) < 0.7,
        "storage.primary.database_disk_capacity": rng.choice([2000.0, 4000.0, 8000.0], designs),
        "backup.method": rng.integers(0, 3, designs),
        "backup.frequency": rng.integers(0, 4, designs),
        "servers.primary.specint2006_rate": rng.uniform(300, 900, designs),
    }
    for tier in range(1, 5):
        columns[f"tiers.{tier}.mailboxes"] = rng.integers(0, 5000, designs).astype(float)
        columns[f"tiers.{tier}.messages_per_day"] = 50.0 * rng.integers(1, 11, designs)
        columns[f"tiers.{tier}.mailbox_size_limit"] = 1024.0 * rng.integers(1, 20, designs)
    return columns


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--designs", type=int, default=100_000)
    parser.add_argument("--profile", default="profiles/active_active.toml")
    arguments = parser.parse_args()

    columns = [column for column in result_columns("all", 4) if not any(name in column for name in LEFT_OUT)]
    targets = tuple(rules_of(columns, 4))
    profile = load(arguments.profile)
    one = to_inputs(profile_columns(profile), 4)
    calls, _ = counted(targets, one, 4)
    seconds, floor, ratio = compare(lambda: engine.run(targets, one, 4, corrections=False), floor_of_calls(calls), 300)
    print(f"{len(RULES)} rules, {len(columns)} result columns of four tiers")
    print(
        f"one design, all results: {seconds * 1e3:.2f} ms; {calls} numpy calls, floor {floor * 1e3:.2f} ms, "
        f"ratio {ratio:.2f}"
    )
    print(f"one design with issues and status (calculator.size): {median(lambda: size(profile), 50) * 1e3:.2f} ms")

    _, elements = counted(targets, to_inputs(many(64), 4), 4)
    inputs = to_inputs(many(arguments.designs), 4)

    def batch() -> None:
        for _ in engine.stream(targets, inputs, 4, corrections=False):
            pass

    seconds, floor, ratio = compare(batch, floor_of_elements(elements / 64 * arguments.designs), 7)
    each = seconds / arguments.designs
    print(
        f"{arguments.designs:,} designs, all results, one core: {seconds:.2f} s, {1 / each:,.0f} designs/s, "
        f"{each / len(columns) * 1e9:.2f} ns per figure; floor {floor:.2f} s, ratio {ratio:.2f}; "
        f"{elements / 64:,.0f} operations per design"
    )
    headline = tuple(rules_of(result_columns("headline", 4), 4))

    def figures() -> None:
        for _ in engine.stream(headline, inputs, 4, corrections=False):
            pass

    print(f"headline results alone: {arguments.designs / median(figures, 5):,.0f} designs/s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
