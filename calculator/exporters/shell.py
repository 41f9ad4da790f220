"""Quote texts in PowerShell commands."""

from __future__ import annotations

import re

_WORD = re.compile("[A-Za-z0-9][A-Za-z0-9-]*")
_QUOTES = "'\u2018\u2019\u201a\u201b"
"""Characters that PowerShell reads as a single quote."""


def quote(text: str) -> str:
    """Put a text into single quotes."""
    return "'" + "".join(2 * c if c in _QUOTES else c for c in text) + "'"


def quote_if_needed(text: str) -> str:
    """Put a text into single quotes unless it is a plain word."""
    return text if _WORD.fullmatch(text) else quote(text)
