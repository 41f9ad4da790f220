"""Explain how to install a missing library that a command needs."""

from __future__ import annotations

import re

DISTRIBUTION = "exchange-2013-calculator"
_MODULES = {"vl_convert": "vl-convert-python", "tomli_w": "tomli-w"}
"""Names of modules that differ from the names of their distributions."""


def missing_library(error: ModuleNotFoundError) -> str:
    """Return a message with the command that installs the missing library of a failed import.

    Returns
    -------
    str
        Empty if the module belongs to no library that the package requires.
    """
    module = (error.name or "").partition(".")[0]
    wanted = _MODULES.get(module, module)
    for requirement in _requirements():
        if _name_of(requirement) == wanted.lower():
            return f'The library {wanted} is not installed. Install it: python -m pip install "{requirement}"'
    return ""


def _requirements() -> list[str]:
    """Return the requirements of the installed package without the extras."""
    from importlib import metadata  # slow to import, and needed only if a library is missing

    try:
        found = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:  # a copy of the sources that was never installed
        return []
    return [each for each in found if "extra ==" not in each]


def _name_of(requirement: str) -> str:
    """Return the name of the library in a requirement."""
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower()
