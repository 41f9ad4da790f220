"""What several commands share: how they are run, how they end, what their options mean."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import IO

from calculator.inputs.profile import Profile
from calculator.issues import refuse

FINE, PROBLEMS, WRONG_USE = 0, 1, 2
"""Exit codes: all is well; a design is invalid, a file has rows that cannot be used, or nothing was found; refused."""
Command = Callable[[argparse.Namespace, IO[str], IO[str]], int]
"""Runs with the arguments, standard output and standard error, and gives the exit code."""
Read = Callable[[argparse.Namespace], Profile]
"""Gives the profile of a command line."""

RESULTS = "Give rule or column names, comma-separated; headline or all."


def listed(text: str) -> list[str]:
    """Names that are separated by commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def named(option: str, text: str, hint: str = RESULTS) -> list[str]:
    """Names that are separated by commas, one at least; InputError says what to give."""
    names = listed(text)
    if not names:
        refuse(option, "names nothing.", hint)
    return names
