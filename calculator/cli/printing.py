"""Rows and issues on the command line: as a table, CSV, JSON or Markdown."""

from __future__ import annotations

import csv
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO

from calculator.issues import Issues
from calculator.presentation.text import exact, readable

FORMATS = ("table", "json", "csv", "markdown")
WIDEST, NARROWEST = 200, 10
"""Columns of a terminal up to which a table has its heads on one line; width down to which heads are folded."""


def print_issues(issues: Issues, stream: IO[str]) -> None:
    """Print issues, the gravest first, and how many more there are."""
    for issue in issues:
        print(f"{issue.severity}: {issue}", file=stream)
    if issues.rest:
        print(issues.rest, file=stream)


def progress_on(stderr: IO[str], what: str = "designs") -> Callable[[int, float | None], None] | None:
    """What tells on a terminal how far a run has come, how fast, and how long it will take; None off one."""
    if not stderr.isatty():
        return None
    began = time.monotonic()

    def tell(done: int, share: float | None) -> None:
        seconds = max(time.monotonic() - began, 1e-9)
        left = f", {seconds * (1 / share - 1):,.0f} s left" if share else ""
        print(f"\r{done:,} {what}, {done / seconds:,.0f} a second{left}   ", end="", file=stderr, flush=True)

    return tell


def print_rows(rows: Sequence[Mapping[str, object]], form: str, stdout: IO[str], head: Sequence[str] = ()) -> None:
    """Print rows that all have the same columns, those of ``head`` where there is no row."""
    names = list(rows[0]) if rows else list(head)
    if form == "json":
        json.dump(list(rows), stdout, indent=2)
        print(file=stdout)
    elif form == "csv":
        writer = csv.writer(stdout, lineterminator="\n")
        writer.writerows([names, *([exact(row[name]) for name in names] for row in rows)] if names else [])
    elif names:
        cells = [names, *([readable(row[name]) for name in names] for row in rows)]
        _print_aligned(cells, "| " if form == "markdown" else "", stdout)


def _print_aligned(cells: Sequence[Sequence[str]], border: str, stdout: IO[str]) -> None:
    if not border and _width(cells) > WIDEST:
        cells = _folded(cells)
    widths = [max(len(line[place]) for line in cells) for place in range(len(cells[0]))]
    for number, line in enumerate(cells):
        escaped = [cell.replace("|", "\\|") if border else cell for cell in line]
        text = (" | " if border else "  ").join(f"{cell:>{width}}" for cell, width in zip(escaped, widths, strict=True))
        print(f"{border}{text} |" if border else text.rstrip(), file=stdout)
        if border and number == 0:
            print(f"|{' ---: |' * len(widths)}", file=stdout)


def _width(cells: Sequence[Sequence[str]]) -> int:
    return sum(2 + max(map(len, column)) for column in zip(*cells, strict=True)) - 2


def _folded(cells: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Cells whose heads stand on several lines, as wide as what is below them or a word of the head."""
    names, *rows = cells
    widths = [max([NARROWEST, *(len(row[place]) for row in rows)]) for place in range(len(names))]
    heads = [_lines(name, width) for name, width in zip(names, widths, strict=True)]
    most = max(map(len, heads))
    return [*zip(*([""] * (most - len(head)) + head for head in heads), strict=True), *rows]


def _lines(name: str, width: int) -> list[str]:
    """A name in lines of a width, parted at its dots and underscores."""
    lines: list[str] = []
    for word in re.findall("[^._]*[._]|[^._]+", name):
        if lines and len(lines[-1] + word) <= width:
            lines[-1] += word
        else:
            lines.append(word)
    return lines
