"""Find the lines in which the values of a TOML text are given, which its parser does not report."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

_MOST_CHARACTERS = 4_000_000
"""Characters that are parsed at most; the time for a value of many lines grows with the square of its lines."""


def lines_of(text: str) -> dict[str, int]:
    """Return the line that gives each table or value of a valid TOML text, by dotted path; lists count from 1.

    Each table header and each value is parsed on its own, from its first line to the one at which it is whole.
    """
    lines: dict[str, int] = {}
    head: tuple[str, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    for first, statement in _statements(text):
        tree = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            head = _resolved(tree, counts)
            lines.setdefault(".".join(head), first)
            continue
        for path in _paths(tree):
            lines.setdefault(".".join((*head, *path)), first)
    return lines


def line_of(path: str, lines: dict[str, int]) -> int | None:
    """Return the line that gives a path, or the value or table that holds it; None if none does."""
    while path and path not in lines:
        path = path.rpartition(".")[0]
    return lines.get(path)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield the number of the first line and the text of each table header and each value."""
    pending, first, parsed = "", 1, 0
    for number, line in enumerate(text.split("\n"), 1):
        if not pending:
            first = number
        pending += line + "\n"
        parsed += len(pending)
        if parsed > _MOST_CHARACTERS:
            return
        try:
            tree = tomllib.loads(pending)
        except tomllib.TOMLDecodeError:
            continue
        if tree:
            yield first, pending
        pending = ""


def _resolved(tree: dict[str, Any], counts: dict[tuple[str, ...], int]) -> tuple[str, ...]:
    """Return the path of a table header, with the number of the last table of each list of tables in it."""
    path: tuple[str, ...] = ()
    value: Any = tree
    while value:
        if isinstance(value, list):
            counts[path] = counts.get(path, 0) + 1
            return (*path, str(counts[path]))
        if path in counts:
            path = (*path, str(counts[path]))
        [(key, value)] = value.items()
        path = (*path, key)
    return path


def _paths(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the paths of a value and of all in it."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _paths(inner, (*path, str(number)))
