"""Say why a figure moves against what people expect: another number of databases, or how memory is added up."""

from __future__ import annotations

from collections.abc import Mapping

from calculator.presentation.text import number

DATABASES, MEMORY_BASE, MEMORY = "summary_databases", "server_memory_base.primary", "server_memory_calculated.primary"
CAUSES = (DATABASES, MEMORY_BASE, MEMORY)
"""Results that explain why a figure moves."""
INDEXING = (
    "Microsoft's formula adds the memory of content indexing completely, or not at all once the memory without it is "
    "large enough"
)
Figures = Mapping[str, float | None]


def databases_text(before: Figures, after: Figures) -> str:
    """Return the other number of databases in words; empty if it is the same or unknown."""
    old, new = before.get(DATABASES), after.get(DATABASES)
    if old is None or new is None or old == new:
        return ""
    return f"{number(new)} databases instead of {number(old)}"


def drops_indexing(before: Figures, after: Figures) -> bool:
    """Return whether a server needs less memory because that of content indexing is no longer added."""
    base, needed = ((before.get(name), after.get(name)) for name in (MEMORY_BASE, MEMORY))
    if None in (*base, *needed):
        return False
    return float(base[1] or 0) >= float(base[0] or 0) and float(needed[1] or 0) < float(needed[0] or 0)
