"""How fast files of designs are sized, beside what reading and writing the same columns takes.

    python benchmarks/batch.py [--rows 100000] [--runs 3] [--history benchmarks/history.jsonl]

Each figure is a median of several runs of the command in a process of its own, its start included; ratios are of
runs by turns.  The floor reads the designs as texts and writes the same result columns with pyarrow, and nothing
else.  With ``--history`` the figures are added to a file and told beside the last ones there; ratios to the floor of
the same run can be compared from one day and machine to another, seconds cannot.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from engine import many

from calculator.engine.results import result_columns
from calculator.inputs import schema

COUNTS = (100, 300, 0)
"""Result columns asked for; 0 is all."""
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Of the commands: Python keeps what it has compiled, as it does unless it is told not to."""


def write_designs(path: Path, rows: int) -> None:
    """Write varied designs as CSV and, beside it, as Parquet."""
    columns: dict[str, object] = {"id": [f"d{number}" for number in range(rows)]}
    for name, values in many(rows).items():
        found = schema.find(name)
        assert found is not None
        choice = found[0].choice
        columns[name] = [choice.words[int(code)] for code in values] if choice else values
    table = pa.table(columns)
    pacsv.write_csv(table, path)
    pq.write_table(table, path.with_suffix(".parquet"))


def command(source: Path, target: Path, results: str, jobs: int) -> tuple[float, float, float]:
    """Seconds, processor seconds and MB of one run of the command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    arguments = ["batch", str(source), "-o", str(target), "--results", results, "--jobs", str(jobs)]
    process = subprocess.Popen(
        [sys.executable, "-m", "calculator", *arguments], stderr=subprocess.DEVNULL, env=ENVIRONMENT
    )
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _resident(process.pid))
        time.sleep(0.02)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, processor, peak


def _resident(process: int) -> float:
    """MB a process has in memory now."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def by_turns(runs: int, *functions: Callable[[], tuple[float, float, float]]) -> list[list[tuple[float, float, float]]]:
    """Several runs of each function, one after the other, so that all meet the machine in the same moods."""
    return list(zip(*([function() for function in functions] for _ in range(runs)), strict=True))


def floor(source: Path, written: Path) -> tuple[float, float, float]:
    """Reading designs as texts and writing result columns, with pyarrow alone: as `command`."""
    names = pacsv.open_csv(source).schema.names
    as_text = pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    results = pacsv.read_csv(written, parse_options=pacsv.ParseOptions(newlines_in_values=True))
    began, processor = time.perf_counter(), time.process_time()
    pacsv.read_csv(source, pacsv.ReadOptions(use_threads=False), convert_options=as_text)
    pacsv.write_csv(results, written.with_suffix(".floor"))
    return time.perf_counter() - began, time.process_time() - processor, 0.0


def gain_of_two_processes(runs: int) -> float:
    """What the machine gains by two processes of plain arithmetic over one: no more can be asked of two workers."""
    work = [sys.executable, "-c", "total = 0\nfor number in range(8_000_000): total += number * number"]

    def seconds(count: int) -> float:
        began = time.perf_counter()
        for process in [subprocess.Popen(work) for _ in range(count)]:
            process.wait()
        return time.perf_counter() - began

    return statistics.median(2 * seconds(1) / seconds(2) for _ in range(runs))


def startup(runs: int) -> tuple[float, float]:
    """Seconds of `size` from a cold shell, and of importing numpy alone."""
    size = [sys.executable, "-m", "calculator", "size", "profiles/active_active.toml"]
    return tuple(  # type: ignore[return-value]
        statistics.median(_seconds(arguments) for _ in range(runs))
        for arguments in (size, [sys.executable, "-c", "import numpy"])
    )


def _seconds(arguments: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(arguments, check=False, capture_output=True, env=ENVIRONMENT)
    return time.perf_counter() - began


def _of_columns(what: str, rows: int, runs: int, source: Path, target: Path, names: str) -> dict[str, float]:
    """Figures of one choice of results."""
    two = target.with_suffix(".two.csv")
    one, floors, both = by_turns(
        runs,
        lambda: command(source, target, names, 1),
        lambda: floor(source, target),
        lambda: command(source, two, names, 2),
    )
    return {
        f"{what}, 1 worker: rows/s": rows / _median(one, 0),
        f"{what}, 1 worker: processor seconds over the floor's": _ratio(one, floors, 1),
        f"{what}, 1 worker: MB": _median(one, 2),
        f"{what}, 2 workers: rows/s": rows / _median(both, 0),
        f"{what}, 1 worker: seconds over those of 2": _ratio(one, both, 0),
    }


def _median(runs: list[tuple[float, float, float]], place: int) -> float:
    return statistics.median(run[place] for run in runs)


def _ratio(some: list[tuple[float, float, float]], others: list[tuple[float, float, float]], place: int) -> float:
    return statistics.median(one[place] / other[place] for one, other in zip(some, others, strict=True))


def measure(rows: int, runs: int) -> dict[str, float]:
    """All figures by name."""
    figures: dict[str, float] = {"rows": rows}
    columns = result_columns("all", 4)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "designs.csv", Path(folder) / "results.csv"
        write_designs(source, rows)
        for count in COUNTS:
            names = ",".join(columns[:count]) if count else "all"
            figures |= _of_columns(f"{count or len(columns)} results", rows, runs, source, target, names)
        names = ",".join(columns[: COUNTS[0]])
        parquet = (source.with_suffix(".parquet"), target.with_suffix(".parquet"))
        csv, other = by_turns(runs, lambda: command(source, target, names, 1), lambda: command(*parquet, names, 1))
        figures["100 results, Parquet to Parquet: rows/s"] = rows / _median(other, 0)
        figures["100 results, CSV to CSV: processor seconds over Parquet's"] = _ratio(csv, other, 1)
    figures["two processes of plain arithmetic over one"] = gain_of_two_processes(2 * runs + 1)
    figures["size from a cold shell: s"], figures["import numpy: s"] = startup(5)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--history", type=Path)
    arguments = parser.parse_args()
    figures = measure(arguments.rows, arguments.runs)
    last: dict[str, float] = {}
    if arguments.history is not None and arguments.history.exists():
        last = json.loads(arguments.history.read_text(encoding="utf-8").splitlines()[-1])
    for name, value in figures.items():
        before = f"   last {last[name]:,.2f}" if name in last else ""
        print(f"{name:60} {value:12,.2f}{before}")
    if arguments.history is not None:
        with arguments.history.open("a", encoding="utf-8") as file:
            file.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
