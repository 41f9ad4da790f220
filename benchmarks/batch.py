"""Measure how fast files of designs are sized, compared with reading and writing the same columns.

    python benchmarks/batch.py [--rows 100000] [--runs 3] [--history benchmarks/history.jsonl]

Each figure is the median of several runs, with the least and the most of them; ratios are of runs by turns.  Each
command runs in a process of its own, its start included.  There are two kinds of rows: random ones, most of them
with many issues, and those of `believable`.  The floor reads the designs as texts and writes the same result columns
with the fastest library that is installed, pyarrow or polars, and does nothing else.

Starts of commands are processor seconds over those of ``python -c "import numpy"``, with everything compiled; warm
figures are those of the second call in one process.  With ``--history`` the figures are added to a file and compared
with the last ones of the same machine there.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from believable import believable
from engine import many

from calculator.cli.main import main as run_command
from calculator.engine.results import HEADLINE, result_columns
from calculator.inputs import schema

COUNTS = (100, 300, 0)
"""Result columns asked for; 0 is all."""
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Of the commands: Python keeps what it has compiled, as it does unless it is told not to."""
PROFILE = "example:active_active"
NUMPY = [sys.executable, "-c", "import numpy"]
FEW = 1000
"""Rows of a small file, and samples of a small study."""
STARTS = {
    "--version": ("--version",),
    "fields": ("fields",),
    "size": ("size", PROFILE),
    f"uncertainty, {FEW:,} samples": ("uncertainty", PROFILE, "--samples", str(FEW)),
}
"""Commands whose start is measured, by what they are called here."""

Run = tuple[float, float, float]
"""Seconds, processor seconds and MB of a run."""
Figures = dict[str, list[float]]
"""Values of the runs by name of a figure."""


# --- designs -------------------------------------------------------------------------------------


def write_random(path: Path, rows: int) -> None:
    """Write random designs as CSV and, next to it, as Parquet."""
    columns: dict[str, object] = {}
    for name, values in many(rows).items():
        found = schema.find(name)
        assert found is not None
        choice = found[0].choice
        columns[name] = [choice.words[int(code)] for code in values] if choice else values
    _write(columns, path)


def write_believable(path: Path, rows: int) -> None:
    """Write believable designs as CSV and, next to it, as Parquet."""
    _write(believable(rows), path)


def _write(columns: dict[str, object], path: Path) -> None:
    rows = len(next(iter(columns.values())))
    table = pa.table({"id": [f"d{number}" for number in range(rows)], **columns})
    pacsv.write_csv(table, path)
    pq.write_table(table, path.with_suffix(".parquet"))


# --- runs ----------------------------------------------------------------------------------------


def batch(source: Path, target: Path, results: str, jobs: int = 1) -> Run:
    """Run the command ``batch`` in a process of its own."""
    arguments = ["batch", str(source), "-o", str(target), "--results", results, "--jobs", str(jobs)]
    return process([sys.executable, "-m", "calculator", *arguments])


def process(command: list[str]) -> Run:
    """Run a process."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
    peak = 0.0
    while started.poll() is None:
        peak = max(peak, _resident(started.pid))
        time.sleep(0.02)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, processor, peak


def _resident(process: int) -> float:
    """Return the MB that a process has in memory now."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def timed(function: Callable[[], object]) -> Run:
    """Run a function in this process."""
    began, processor = time.perf_counter(), time.process_time()
    function()
    return time.perf_counter() - began, time.process_time() - processor, 0.0


def by_turns(runs: int, *functions: Callable[[], Run]) -> list[list[Run]]:
    """Return several runs of each function, made by turns, so that all meet the machine in the same moods."""
    return list(zip(*([function() for function in functions] for _ in range(runs)), strict=True))


def ratios(some: list[Run], others: list[Run], place: int = 1) -> list[float]:
    return [one[place] / other[place] for one, other in zip(some, others, strict=True)]


# --- floors --------------------------------------------------------------------------------------


def floors(source: Path, written: Path) -> dict[str, Callable[[], Run]]:
    """Return what reads the designs as texts and writes the result columns, by library."""
    target = written.with_suffix(".floor")
    names = pacsv.open_csv(source).schema.names
    as_text = pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    results = pacsv.read_csv(written, parse_options=pacsv.ParseOptions(newlines_in_values=True))

    def by_pyarrow() -> None:
        pacsv.read_csv(source, pacsv.ReadOptions(use_threads=False), convert_options=as_text)
        pacsv.write_csv(results, target)

    found = {"pyarrow": lambda: timed(by_pyarrow)}
    if find_spec("polars") is not None:
        import polars

        frame = polars.from_arrow(results)

        def by_polars() -> None:
            polars.read_csv(source, infer_schema=False)
            frame.write_csv(target)

        found["polars"] = lambda: timed(by_polars)
    return found


def gain_of_two_processes() -> float:
    """Return what the machine gains by two processes of plain arithmetic: no more can be asked of two workers."""
    work = [sys.executable, "-c", "total = 0\nfor number in range(8_000_000): total += number * number"]

    def seconds(count: int) -> float:
        began = time.perf_counter()
        for started in [subprocess.Popen(work) for _ in range(count)]:
            started.wait()
        return time.perf_counter() - began

    return 2 * seconds(1) / seconds(2)


# --- figures -------------------------------------------------------------------------------------


def starts(runs: int, folder: Path) -> Figures:
    """Measure the starts of commands, and the same commands once more in a process that has run them."""
    small = folder / "small.csv"
    write_believable(small, FEW)
    commands = {**STARTS, f"batch, {FEW:,} rows": ("batch", str(small), "-o", str(folder / "small-results.csv"))}
    processes = [NUMPY, *([sys.executable, "-m", "calculator", *arguments] for arguments in commands.values())]
    by_turns(1, *(lambda each=each: process(each) for each in processes))  # compiles what is not compiled
    floor, *found = by_turns(runs, *(lambda each=each: process(each) for each in processes))
    figures = {"import numpy: processor s": [run[1] for run in floor]}
    for (name, arguments), each in zip(commands.items(), found, strict=True):
        figures[f"{name}: start over numpy's"] = ratios(each, floor)
        again = [timed(lambda: run_command(arguments, io.StringIO(), io.StringIO())) for _ in range(runs + 1)]  # noqa: B023
        figures[f"{name}: warm ms"] = [1e3 * run[1] for run in again[1:]]
    return figures


def of_columns(what: str, rows: int, runs: int, source: Path, target: Path, names: str) -> Figures:
    """Measure one choice of results."""
    two = target.with_suffix(".two.csv")
    batch(source, target, names)
    libraries = floors(source, target)
    one, both, *bases = by_turns(
        runs, lambda: batch(source, target, names), lambda: batch(source, two, names, 2), *libraries.values()
    )
    fastest = min(range(len(bases)), key=lambda place: statistics.median(run[1] for run in bases[place]))
    library = list(libraries)[fastest]
    return {
        f"{what}, 1 worker: rows/s": [rows / run[0] for run in one],
        f"{what}, 1 worker: processor s over {library}'s": ratios(one, bases[fastest]),
        f"{what}, 1 worker: MB": [run[2] for run in one],
        f"{what}, 2 workers: rows/s": [rows / run[0] for run in both],
        f"{what}, 1 worker: seconds over those of 2": ratios(one, both, 0),
    }


def measure(rows: int, runs: int) -> Iterator[Figures]:
    """Yield all figures."""
    columns = result_columns("all", 4)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield starts(2 * runs + 1, folder)
        source, target = folder / "designs.csv", folder / "results.csv"
        write_believable(source, rows)
        yield of_columns(f"believable, {len(HEADLINE)} results", rows, runs, source, target, "headline")
        yield of_columns(f"believable, {len(columns)} results", rows, runs, source, target, "all")
        write_random(source, rows)
        for count in COUNTS:
            names = ",".join(columns[:count]) if count else "all"
            yield of_columns(f"random, {count or len(columns)} results", rows, runs, source, target, names)
        names = ",".join(columns[: COUNTS[0]])
        parquet = (source.with_suffix(".parquet"), target.with_suffix(".parquet"))
        csv, other = by_turns(runs, lambda: batch(source, target, names), lambda: batch(*parquet, names))
        yield {
            "random, 100 results, Parquet to Parquet: rows/s": [rows / run[0] for run in other],
            "random, 100 results, CSV to CSV: processor s over Parquet's": ratios(csv, other),
        }
    yield {"two processes of plain arithmetic over one": [gain_of_two_processes() for _ in range(2 * runs + 1)]}


# --- history -------------------------------------------------------------------------------------


def machine() -> str:
    """Return the name and the number of the processors of this machine."""
    name = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{name}, {os.cpu_count()} cores"


def last_figures(history: Path | None, here: str, rows: int) -> dict[str, list[float]]:
    """Return the last figures of a machine for as many rows: least, median and most of each."""
    if history is None or not history.exists():
        return {}
    lines = map(json.loads, history.read_text(encoding="utf-8").splitlines())
    return next((line["figures"] for line in reversed(list(lines)) if _key(line) == (here, rows)), {})


def _key(line: dict[str, object]) -> tuple[object, object]:
    return line.get("machine"), line["rows"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--history", type=Path)
    arguments = parser.parse_args()
    here = machine()
    last = last_figures(arguments.history, here, arguments.rows)
    print(f"{here}, {arguments.rows:,} rows, {arguments.runs} runs: median, least to most")
    if find_spec("polars") is None:
        print("polars is not installed: the floor is that of pyarrow alone.")
    spreads: dict[str, list[float]] = {}
    for figures in measure(arguments.rows, arguments.runs):
        for name, values in figures.items():
            least, median, most = spreads[name] = [min(values), statistics.median(values), max(values)]
            before = f"   last {last[name][1]:,.2f}" if name in last else ""
            print(f"{name:60} {median:12,.2f}   {least:,.2f} to {most:,.2f}{before}", flush=True)
    if arguments.history is not None:
        with arguments.history.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"machine": here, "rows": arguments.rows, "figures": spreads}) + "\n")


if __name__ == "__main__":
    main()
