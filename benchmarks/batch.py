"""How fast files of designs are sized, beside what reading and writing the same columns takes.

    python benchmarks/batch.py [--rows 100000] [--runs 3] [--history benchmarks/history.jsonl]

Each figure is a median of several runs of the command in a process of its own.  The floor reads the designs as
texts and writes the same result columns with pyarrow, and nothing else.  With ``--history`` the figures are
added to a file and told beside the last ones there; ratios to the floor of the same run can be compared from
one day and machine to another, seconds cannot.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from engine import many

from calculator import schema
from calculator.sizing import result_columns

COUNTS = (100, 300, 0)
"""Result columns asked for; 0 is all."""


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
    process = subprocess.Popen([sys.executable, "-m", "calculator", *arguments], stderr=subprocess.DEVNULL)
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


def medians(runs: int, source: Path, target: Path, results: str, jobs: int) -> tuple[float, float, float]:
    """Medians of several runs."""
    found = [command(source, target, results, jobs) for _ in range(runs)]
    seconds, processor, peak = (statistics.median(values) for values in zip(*found, strict=True))
    return seconds, processor, peak


def floor(source: Path, written: Path, runs: int) -> float:
    """Processor seconds of reading designs as texts and writing result columns, with pyarrow alone."""
    names = pacsv.open_csv(source).schema.names
    as_text = pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    results = pacsv.read_csv(written, parse_options=pacsv.ParseOptions(newlines_in_values=True))
    seconds = []
    for _ in range(runs):
        began = time.process_time()
        pacsv.read_csv(source, pacsv.ReadOptions(use_threads=False), convert_options=as_text)
        pacsv.write_csv(results, written.with_suffix(".floor"))
        seconds.append(time.process_time() - began)
    return statistics.median(seconds)


def startup(runs: int) -> tuple[float, float]:
    """Seconds of `size` from a cold shell, and of importing numpy alone."""
    size = [sys.executable, "-m", "calculator", "size", "profiles/active_active.toml"]
    return tuple(  # type: ignore[return-value]
        statistics.median(_seconds(arguments) for _ in range(runs))
        for arguments in (size, [sys.executable, "-c", "import numpy"])
    )


def _seconds(arguments: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(arguments, check=False, capture_output=True)
    return time.perf_counter() - began


def measure(rows: int, runs: int) -> dict[str, float]:
    """All figures by name."""
    figures: dict[str, float] = {"rows": rows}
    columns = result_columns("all", 4)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "designs.csv", Path(folder) / "results.csv"
        write_designs(source, rows)
        for count in COUNTS:
            results = ",".join(columns[:count]) if count else "all"
            for jobs in (1, 2):
                seconds, processor, peak = medians(runs, source, target, results, jobs)
                name = f"{count or len(columns)} results, {jobs} worker{'s' if jobs > 1 else ''}"
                figures[f"{name}: rows/s"] = rows / seconds
                if jobs == 1:
                    figures[f"{name}: processor seconds over the floor's"] = processor / floor(source, target, runs)
                    figures[f"{name}: MB"] = peak
        hundred = ",".join(columns[:100])
        parquet = (source.with_suffix(".parquet"), target.with_suffix(".parquet"))
        figures["100 results, Parquet to Parquet: rows/s"] = rows / medians(runs, *parquet, hundred, 1)[0]
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
