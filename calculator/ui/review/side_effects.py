"""Say why a figure moves against what people expect: other servers or databases, or how memory is added up."""

from __future__ import annotations

from collections.abc import Mapping

from calculator.presentation.text import number

DATABASES, MEMORY_BASE, MEMORY = "summary_databases", "server_memory_base.primary", "server_memory_calculated.primary"
SERVERS, DAGS = "summary_servers.environment", "summary_dags"
CAUSES = (SERVERS, DAGS, DATABASES, MEMORY_BASE, MEMORY)
"""Results that explain why a figure moves."""
INDEXING = (
    "Microsoft's formula adds the memory of content indexing completely, or not at all once the memory without it is "
    "large enough"
)
Figures = Mapping[str, float | None]


def servers_text(before: Figures, after: Figures) -> str:
    """Return the other number of servers of all DAGs in words; empty if it is the same or unknown."""
    return _instead("servers", before.get(SERVERS), after.get(SERVERS))


def databases_text(before: Figures, after: Figures) -> str:
    """Return the other number of databases of all DAGs in words; empty if it is the same or unknown."""
    return _instead("databases", _databases(before), _databases(after))


def _databases(of: Figures) -> float | None:
    databases = of.get(DATABASES)
    return None if databases is None else databases * (of.get(DAGS) or 1.0)


def _instead(what: str, old: float | None, new: float | None) -> str:
    return "" if old is None or new is None or old == new else f"{number(new)} {what} instead of {number(old)}"


def drops_indexing(before: Figures, after: Figures) -> bool:
    """Return whether a server needs less memory because that of content indexing is no longer added."""
    base, needed = ((before.get(name), after.get(name)) for name in (MEMORY_BASE, MEMORY))
    if None in (*base, *needed):
        return False
    return float(base[1] or 0) >= float(base[0] or 0) and float(needed[1] or 0) < float(needed[0] or 0)
