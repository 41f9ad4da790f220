"""Identify mailboxes that belong to no person by name, address or type, with one shared list."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any

HEALTH, DISCOVERY, SYSTEM = "health", "discovery", "system"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / "system_mailboxes.toml").read_text(encoding="utf-8"))


def _any_of(words: list[str]) -> str:
    return "|".join(map(re.escape, words))


@cache
def name_pattern(kind: str) -> str:
    """Return the pattern of the names and display names of a kind of mailbox."""
    return f"(?i)^(?:{_any_of(_data()[kind]['names'])})"


@cache
def address_pattern(*kinds: str) -> str:
    """Return the pattern of the addresses of kinds of mailboxes."""
    return f"(?i)^(?:{_any_of([word for kind in kinds for word in _data()[kind]['addresses']])})"


@cache
def type_pattern(kind: str) -> str:
    """Return the pattern of the recipient types, or classes of objects, of a kind of mailbox."""
    return f"(?i)(?:{_any_of(_data()[kind]['types'])})"
