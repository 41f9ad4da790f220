"""Print rows as a table, CSV, JSON or Markdown; print issues and progress."""

from __future__ import annotations

import contextlib
import csv
import re
import textwrap
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import IO

from calculator.engine.progress import Progress
from calculator.issues import NOTICE, Issue, Issues

FOR_PEOPLE = ("table", "markdown")
"""Formats for people; the other formats are for programs."""
_INPUTS = ("path", "input", "dominant_input")
"""Columns whose cells name an input."""
_GAP = "  "


# --- rows ----------------------------------------------------------------------------------------


def print_rows(
    rows: Sequence[Mapping[str, object]], form: str, stdout: IO[str], head: Sequence[str] = (), *, labels: bool = False
) -> None:
    """Print rows in one of `calculator.cli.common.FORMATS`.

    Parameters
    ----------
    rows
        Rows that all have the same columns.
    form, stdout
        The format, and the stream to print to.
    head
        Names of the columns, for a table without rows.
    labels
        Whether formats for people show the labels of inputs instead of their paths.
    """
    from calculator.presentation.rows import readable_row  # loads the rules
    from calculator.presentation.text import csv_cell

    names = list(rows[0]) if rows else list(head)
    if form == "json":
        print_json(list(rows), stdout)
    elif not names:
        return
    elif form == "csv":
        print_csv(names, ([csv_cell(row[name]) for name in names] for row in rows), stdout)
    else:
        texts = [readable_row(row) for row in rows]
        if labels:
            texts = [{**text, **_labels(row)} for text, row in zip(texts, rows, strict=True)]
        cells = [[text[name] for name in names] for text in texts]
        align = "".join("<" if _is_text(name, rows) else ">" for name in names)
        names = ["input" if labels and name == "path" else name for name in names]
        if form == "markdown":
            print_markdown(names, cells, align, stdout)
        else:
            print_table(names, cells, align, stdout)


def _labels(row: Mapping[str, object]) -> dict[str, str]:
    """Return the labels of the inputs in a row, by column."""
    from calculator.presentation.rows import input_label

    return {name: input_label(path) for name in _INPUTS if isinstance(path := row.get(name), str)}


def _is_text(name: str, rows: Sequence[Mapping[str, object]]) -> bool:
    """Return whether a column has texts and is aligned to the left, unlike a column of flags, numbers or n/a."""
    values = [row[name] for row in rows if row[name] is not None]
    return any(isinstance(value, str) for value in values)


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]], align: str, stdout: IO[str]) -> None:
    """Print texts in columns that fit the terminal; if standard output is not a terminal, lines may have any length.

    Texts that are too wide are wrapped; names of columns are wrapped after dots and underscores.  If the columns still
    do not fit, the last ones are left out, and a line below the table names them.

    Parameters
    ----------
    head
        Names of the columns; empty for a table without a header.
    rows
        Texts of the cells by row.
    align
        ``<`` or ``>`` per column.
    stdout
        Stream to print to.
    """
    shown = len(align)
    widths = _fit(head, rows, align, _room(stdout))
    while widths is None:
        shown -= 1
        widths = _fit(head[:shown], [row[:shown] for row in rows], align[:shown], _room(stdout))
    lines = [[_fold(name, width) for name, width in zip(head, widths, strict=False)]] if head else []
    lines += [[_wrap(cell, width) for cell, width in zip(row, widths, strict=False)] for row in rows]
    for number, line in enumerate(lines):
        height = max(map(len, line))
        above = height if head and not number else 0  # align the names of columns at the bottom of the header
        for place in range(height):
            parts = (
                f"{_line_at(cell, place - max(above - len(cell), 0)):{side}{width}}"
                for cell, side, width in zip(line, align, widths, strict=False)
            )
            print(_GAP.join(parts).rstrip(), file=stdout)
    if shown < len(align):
        left_out = ", ".join(head[shown:]) if head else f"the last {len(align) - shown}"
        print(f"Columns left out, because the terminal is too narrow: {left_out}.", file=stdout)


def _room(stdout: IO[str]) -> int | None:
    """Return the width of the terminal; None without a terminal."""
    if not stdout.isatty():
        return None
    import shutil  # slow to import

    return shutil.get_terminal_size().columns


def _fit(head: Sequence[str], rows: Sequence[Sequence[str]], align: str, room: int | None) -> list[int] | None:
    """Return widths with which the columns fit the given width; None if they do not fit even with wrapped texts.

    The widest column is narrowed first, at most to its longest word or its longest figure.
    """
    heads = head or [""] * len(align)
    columns = list(zip(*rows, strict=True)) or [()] * len(align)
    widths = [max(map(len, [name, *cells])) for name, cells in zip(heads, columns, strict=True)]
    least = [
        max([len(word) for cell in cells for word in (cell.split() if side == "<" else [cell])] + _lengths(name))
        for name, cells, side in zip(heads, columns, align, strict=True)
    ]
    over = 0 if room is None else sum(widths) + len(_GAP) * (len(widths) - 1) - room
    while over > 0:
        place = max(range(len(widths)), key=lambda place: (widths[place] > least[place], widths[place]))
        if widths[place] == least[place]:
            return widths if len(widths) == 1 else None
        widths[place] -= 1
        over -= 1
    return widths


def _lengths(name: str) -> list[int]:
    """Return the lengths of the parts of a name between which it may be wrapped."""
    return [len(word) for word in _words(name)] or [0]


def _line_at(lines: Sequence[str], place: int) -> str:
    return lines[place] if 0 <= place < len(lines) else ""


def _wrap(text: str, width: int) -> list[str]:
    return [text] if len(text) <= width else textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def print_json(content: object, stdout: IO[str]) -> None:
    """Print a value as indented JSON."""
    import json  # slow to import

    json.dump(content, stdout, indent=2)
    print(file=stdout)


def print_csv(head: Sequence[str], rows: Iterable[Sequence[object]], stdout: IO[str]) -> None:
    """Print texts as CSV; the caller has already made them safe for a spreadsheet."""
    writer = csv.writer(stdout, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)


def print_markdown(head: Sequence[str], rows: Iterable[Sequence[str]], align: str, stdout: IO[str]) -> None:
    """Print texts as a Markdown table whose columns are aligned as `align` says: ``<`` or ``>`` per column."""
    from calculator.presentation.text import markdown_table

    print(*markdown_table(head, rows, align), sep="\n", file=stdout)


def _fold(name: str, width: int) -> list[str]:
    """Wrap a name after its dots and underscores into lines of a width; a longer word gets its own line."""
    lines: list[str] = []
    for word in _words(name):
        if lines and len(lines[-1] + word) <= width:
            lines[-1] += word
        else:
            lines.append(word)
    return lines


def _words(name: str) -> list[str]:
    return re.findall("[^._]*[._]|[^._]+", name)


# --- issues and progress -------------------------------------------------------------------------


_quiet = ContextVar("quiet", default=False)


@contextlib.contextmanager
def without_notices(quiet: bool = True) -> Iterator[None]:
    """Leave out notices that are printed within the context."""
    token = _quiet.set(quiet)
    try:
        yield
    finally:
        _quiet.reset(token)


def shown_issues(issues: Issues) -> list[Issue]:
    """Return the issues to print, the most severe first, without notices if these are left out."""
    return [issue for issue in issues if not (_quiet.get() and issue.severity == NOTICE)]


def print_issues(issues: Issues, stream: IO[str]) -> None:
    """Print issues, the most severe first and the same ones of several places as one, and the number of the rest."""
    issues = issues.grouped()
    shown = shown_issues(issues)
    for issue in shown:
        print(f"{issue.severity}: {issue}", file=stream)
    more = issues.total - len(shown) - (issues.counts[NOTICE] if _quiet.get() else 0)
    if more > 0:
        print(f"... and {more:,} more problem{'s' if more > 1 else ''}.", file=stream)


@contextlib.contextmanager
def progress_line(stderr: IO[str], things: str = "designs") -> Iterator[Progress | None]:
    """Return a callback that shows progress, rate and remaining time on one line; None if there is no terminal."""
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
