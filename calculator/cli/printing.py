"""Print rows as a table, CSV, JSON or Markdown; print issues and progress."""

from __future__ import annotations

import contextlib
import csv
import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO

from calculator.engine.progress import Progress
from calculator.issues import Issues
from calculator.presentation.rows import readable_row
from calculator.presentation.text import csv_cell, markdown_table

FORMATS = ("table", "json", "csv", "markdown")
FOR_PEOPLE = ("table", "markdown")
"""Formats that people read; programs read the others."""
WIDEST, NARROWEST = 200, 10
"""Width of a terminal up to which heads stay on one line; least width of a column whose head is folded."""


# --- rows ----------------------------------------------------------------------------------------


def print_rows(rows: Sequence[Mapping[str, object]], form: str, stdout: IO[str], head: Sequence[str] = ()) -> None:
    """Print rows in one of `FORMATS`.

    Parameters
    ----------
    rows
        Rows that all have the same columns.
    form, stdout
        The format, and where to print.
    head
        Names of the columns where there is no row.
    """
    names = list(rows[0]) if rows else list(head)
    if form == "json":
        print_json(list(rows), stdout)
    elif not names:
        return
    elif form == "csv":
        print_csv(names, ([csv_cell(row[name]) for name in names] for row in rows), stdout)
    else:
        texts = [readable_row(row) for row in rows]
        cells = [[text[name] for name in names] for text in texts]
        if form == "markdown":
            print_markdown(names, cells, ">" * len(names), stdout)
        else:
            print_aligned([*_heads(names, cells), *cells], "  ".join(">" * len(names)), stdout)


def print_json(content: object, stdout: IO[str]) -> None:
    """Print a value as indented JSON."""
    json.dump(content, stdout, indent=2)
    print(file=stdout)


def print_csv(head: Sequence[str], rows: Iterable[Sequence[object]], stdout: IO[str]) -> None:
    """Print texts as CSV; they must be safe in a spreadsheet already."""
    writer = csv.writer(stdout, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)


def print_markdown(head: Sequence[str], rows: Iterable[Sequence[str]], align: str, stdout: IO[str]) -> None:
    """Print texts as a Markdown table whose columns are aligned as `align` says: ``<`` or ``>`` per column."""
    print(*markdown_table(head, rows, align), sep="\n", file=stdout)


def print_aligned(rows: Sequence[Sequence[str]], layout: str, stdout: IO[str]) -> None:
    """Print texts in columns.

    Parameters
    ----------
    rows
        Texts, at least one row.
    layout
        ``<`` or ``>`` per column, with what stands between the columns, such as ``<  > <``.
    stdout
        Where to print.
    """
    widths = iter([max(map(len, column)) for column in zip(*rows, strict=True)])
    template = re.sub("[<>]", lambda side: f"{{:{side[0]}{next(widths)}}}", layout)
    for row in rows:
        print(template.format(*row).rstrip(), file=stdout)


def _heads(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Return the heads of a table, on several lines if the table would not fit a terminal otherwise."""
    columns = [[len(row[place]) for row in rows] for place in range(len(names))]
    width = sum(2 + max([len(name), *column]) for name, column in zip(names, columns, strict=True)) - 2
    if width <= WIDEST:
        return [names]
    heads = [_fold(name, max([NARROWEST, *column])) for name, column in zip(names, columns, strict=True)]
    lines = max(map(len, heads))
    return list(zip(*([""] * (lines - len(head)) + head for head in heads), strict=True))


def _fold(name: str, width: int) -> list[str]:
    """Fold a name into lines of a width, after its dots and underscores; a longer word has a line of its own."""
    lines: list[str] = []
    for word in re.findall("[^._]*[._]|[^._]+", name):
        if lines and len(lines[-1] + word) <= width:
            lines[-1] += word
        else:
            lines.append(word)
    return lines


# --- issues and progress -------------------------------------------------------------------------


def print_issues(issues: Issues, stream: IO[str]) -> None:
    """Print issues, the gravest first, and how many more there are."""
    for issue in issues:
        print(f"{issue.severity}: {issue}", file=stream)
    if issues.rest:
        print(issues.rest, file=stream)


@contextlib.contextmanager
def progress_line(stderr: IO[str], things: str = "designs") -> Iterator[Progress | None]:
    """Give a callback that shows the progress, the rate and the time left on one line; None off a terminal."""
    if not stderr.isatty():
        yield None
        return
    began = time.monotonic()

    def show(done: int, share: float | None) -> None:
        seconds = max(time.monotonic() - began, 1e-9)
        left = f", {seconds * (1 / share - 1):,.0f} s left" if share else ""
        print(f"\r{done:,} {things}, {done / seconds:,.0f} per second{left}   ", end="", file=stderr, flush=True)

    try:
        yield show
    finally:
        print(file=stderr)
