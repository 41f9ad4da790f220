"""Publications that the rules and their constants cite, and the dates until which Exchange was supported."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from calculator.inputs.data_files import read_data


class Publication(NamedTuple):
    """Publication from which rules and constants are taken."""

    key: str
    title: str
    publisher: str
    address: str
    note: str


class Support(NamedTuple):
    """Last day on which Microsoft supported a version of Exchange."""

    ended: date
    source: str


def _source(key: str, entry: Mapping[str, str]) -> Publication:
    return Publication(key, entry["title"], entry["publisher"], entry.get("address", ""), entry.get("note", ""))


SOURCES: dict[str, Publication] = {
    key: _source(key, entry) for key, entry in tomllib.loads(read_data("rules/data/sources.toml")).items()
}
SUPPORT: dict[str, Support] = {
    version: Support(**entry) for version, entry in tomllib.loads(read_data("rules/data/support.toml")).items()
}
"""Support of each version of Exchange, by the word of the version."""


def versions_by_end() -> dict[date, tuple[str, ...]]:
    """Return the versions of Exchange whose support ended on the same day, the first end first."""
    found: dict[date, tuple[str, ...]] = defaultdict(tuple)
    for version, support in sorted(SUPPORT.items(), key=lambda item: item[1].ended):
        found[support.ended] += (version,)
    return dict(found)
