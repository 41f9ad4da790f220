"""Names of servers and databases in a layout, and the names that replace unusable ones."""

from __future__ import annotations

import math

from calculator.inputs.names import database_base_problem, server_name_problem

DATABASE_BASE = "DAG1DB"
"""Prefix of database names where the given one cannot be used."""


def base_usable(base: str) -> bool:
    """Return whether database names may begin with a text."""
    return database_base_problem(base) is None


def server_usable(name: str) -> bool:
    """Return whether a server may have a name, blanks around it apart."""
    return name.isprintable() and server_name_problem(name.strip()) is None


def server_name(name: str, number: int) -> str:
    """Return the name of a server: the given one if it is usable, else ``Server`` and its number."""
    return name.strip() if server_usable(name) else f"Server{number}"


def database_names(base: str, databases: int, corrected: bool = False) -> tuple[str, ...]:
    """Return the names of databases: the prefix and a number, all of the same length.

    Oddity: the digits are counted as a quotient of logarithms, which is less than 3 for 1,000 and less than 6 for
    1,000,000 databases, so that their last name is longer than the others.

    Parameters
    ----------
    base
        The prefix; ``DAG1DB`` replaces one that cannot be used.
    databases
        Number of databases.
    corrected
        Whether to count the digits of the last number instead.
    """
    prefix = base if base_usable(base) else DATABASE_BASE
    digits = len(str(databases)) if corrected else int(math.log(databases) / math.log(10)) + 1
    return tuple(f"{prefix}{number:0{digits}d}" for number in range(1, databases + 1))
