"""Names of servers and databases: which can be used, and what stands in for one that cannot."""

from __future__ import annotations

import math
import re

DATABASE_BASE = "DAG1DB"
"""Prefix of database names where the given one cannot be used."""

_BASE = re.compile(r"(?!\.)(?!.*\.\.)[^~#%&*\\:<>?/|{}()]{1,50}(?<!\.)")
_SERVER = re.compile(r"[A-Za-z0-9][^\s~!@#$%^&*()_+={}|\[\]\\:\";',./<>?]{0,14}[A-Za-z0-9]")


def base_usable(base: str) -> bool:
    """Whether database names may begin with a text.

    1 to 50 characters, no dot at either end, no two dots in a row, nothing that paths or scripts read
    otherwise.  Source: calculator-7.6, Distribution.
    """
    return base.isprintable() and _BASE.fullmatch(base) is not None


def server_usable(name: str) -> bool:
    """Whether a server may have a name.

    2 to 16 characters without blanks or punctuation but the hyphen, letters or digits at both ends.
    Source: calculator-7.6, Distribution.
    """
    return name.isprintable() and _SERVER.fullmatch(name.strip()) is not None


def server_name(name: str, number: int) -> str:
    """Name of a server: the given one where it can be used, else ``Server`` and its number."""
    return name.strip() if server_usable(name) else f"Server{number}"


def database_names(base: str, databases: int, corrected: bool = False) -> tuple[str, ...]:
    """Names of databases: the prefix and a number, all of the same length.

    Oddity: the digits are counted as a quotient of logarithms, which falls short of 3 for 1,000 and of
    6 for 1,000,000 databases, so that their last name is longer than the others.

    Parameters
    ----------
    base
        The prefix; ``DAG1DB`` stands in for one that cannot be used.
    databases
        How many.
    corrected
        Count the digits of the last number instead.
    """
    prefix = base if base_usable(base) else DATABASE_BASE
    digits = len(str(databases)) if corrected else int(math.log(databases) / math.log(10)) + 1
    return tuple(f"{prefix}{number:0{digits}d}" for number in range(1, databases + 1))
