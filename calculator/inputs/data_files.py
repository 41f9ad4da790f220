"""Read the data files of the package."""

from __future__ import annotations

import os

PACKAGE = os.path.dirname(os.path.dirname(__file__))
"""Directory of the package."""


def read_data(path: str) -> str:
    """Return the text of a data file, by its path in the package.

    `importlib.resources` does the same, but importing it takes a quarter of the time that a command should take.
    """
    with open(os.path.join(PACKAGE, path), encoding="utf-8") as file:
        return file.read()
