"""Print the coverage of each room after a measured run: ``python -m tests.support.coverage``."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from coverage import Coverage


def main() -> int:
    """Print the share of statements and branches run, per room and in total; 2 below the floor of pyproject.toml."""
    measured = Coverage()
    measured.load()
    with TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        total = measured.json_report(outfile=str(report))
        files = json.loads(report.read_text(encoding="utf-8"))["files"]
    run, there = defaultdict(int), defaultdict(int)
    for path, file in files.items():
        room, summary = Path(path).parts[1], file["summary"]
        run[room] += summary["covered_lines"] + summary["covered_branches"]
        there[room] += summary["num_statements"] + summary["num_branches"]
    for room in sorted(there):
        print(f"{room:16}{run[room] / max(there[room], 1):7.1%} of {there[room]:6,}")
    floor = measured.get_option("report:fail_under")
    print(f"{'total':16}{total:6.1f}%, at least {floor:g}%")
    return 0 if total >= floor else 2


if __name__ == "__main__":
    sys.exit(main())
