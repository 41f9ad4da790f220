"""Read a space of designs from a TOML file or a mapping, with its catalogues."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from calculator.inputs.parsing import ValueProblem
from calculator.inputs.profile import Profile, name_of, read_file, toml_tree
from calculator.issues import InputError, Issues, quoted, short
from calculator.studies.search.catalogue import read_catalogues
from calculator.studies.search.space import Dimension, Space
from calculator.studies.search.values import find_inputs, flatten, read_values

SpaceSource = str | os.PathLike[str] | Mapping[str, Any]
"""A TOML file, or the same content as a mapping."""
INPUTS, CATALOGUE, LIMITS, PRICES = "inputs", "catalogue", "limits", "prices"
SECTIONS = (INPUTS, CATALOGUE, LIMITS, PRICES)
LARGEST_FILE = 1_000_000
"""Largest size of the file of a space or a catalogue, bytes."""
MAX_DIMENSIONS = 200


def read_space(space: SpaceSource, base: Profile, fetch: Callable[[str], str] | None = None) -> Space:
    """Read a space.

    Parameters
    ----------
    space
        A TOML file, or the same content as a mapping.  A catalogue is the name of a CSV file or a list of rows.
    base
        The design that varies.
    fetch
        Function that returns the text of a catalogue by the name that the space gives it.  By default the
        catalogue is a file in the directory of the space.

    Returns
    -------
    Space
        The dimensions in the order of the file, the limits and the prices.

    Raises
    ------
    InputError
        With everything in the space that cannot be used.

    Examples
    --------
    >>> read_space({"inputs": {"environment.mailbox_servers": "2..8"}}, Profile()).designs
    7
    """
    if isinstance(space, Mapping):
        return parse_space(space, base, "space", fetch or _file_reader(Path()))
    tree = toml_tree(read_file(space, LARGEST_FILE), name_of(space))
    return parse_space(tree, base, name_of(space), fetch or _file_reader(Path(space).parent))


def _file_reader(directory: Path) -> Callable[[str], str]:
    return lambda name: read_file(directory / name, LARGEST_FILE)


def parse_space(tree: Mapping[str, Any], base: Profile, where: str, fetch: Callable[[str], str]) -> Space:
    """Return the space that the tables of a TOML file describe.

    Parameters
    ----------
    tree
        The tables.
    base
        The design that varies.
    where
        Name of the space in messages.
    fetch
        Function that returns the text of a catalogue by its name.

    Raises
    ------
    InputError
        With everything in the tables that cannot be used.
    """
    issues = Issues()
    tables = {name: _read_table(tree, name, where, issues) for name in SECTIONS}
    for name in tree:
        if name not in SECTIONS:
            issues.error(
                where, short(str(name)), "is not a table of a search space.", f"There are {', '.join(SECTIONS)}."
            )
    dimensions = _read_inputs(tables[INPUTS], base, where, issues)
    dimensions += read_catalogues(tables[CATALOGUE], base, where, fetch, issues)
    _check_duplicates(dimensions, where, issues)
    if not dimensions and not issues:
        issues.error(where, "", "No input and no catalogue varies.", "Give [inputs] or [catalogue].")
    if len(dimensions) > MAX_DIMENSIONS:
        message = f"{len(dimensions):,} inputs and catalogues vary, at most {MAX_DIMENSIONS} are searched."
        issues.error(where, "", message, "Remove some of them.")
    if issues.errors:
        raise InputError(issues)
    return Space(tuple(dimensions), tables[LIMITS], tables[PRICES], where)


def _read_table(tree: Mapping[str, Any], name: str, where: str, issues: Issues) -> Mapping[str, Any]:
    table = tree.get(name, {})
    if isinstance(table, Mapping):
        return table
    issues.error(where, name, f"{quoted(table)} is not a table.", f"Begin it with [{name}].")
    return {}


def _read_inputs(table: Mapping[str, Any], base: Profile, where: str, issues: Issues) -> list[Dimension]:
    dimensions = []
    for path, raw in flatten(table):
        try:
            paths = find_inputs(path, base)
            values = read_values(paths[0][1], raw)
        except ValueProblem as error:
            issues.error(where, short(path) or '""', error.message, error.hint)
            continue
        dimensions.append(Dimension(path, {full: values for full, _ in paths}))
    return dimensions


def _check_duplicates(dimensions: Sequence[Dimension], where: str, issues: Issues) -> None:
    """Add an issue for each input that two dimensions set."""
    seen: dict[str, str] = {}
    for dimension in dimensions:
        for path in dimension.columns:
            if path in seen:
                message = f"is set by {seen[path]} and by {dimension.name}."
                issues.error(where, path, message, "Keep one of them.")
            seen[path] = dimension.name
