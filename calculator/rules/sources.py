"""Publications that the rules and their constants cite."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import NamedTuple

from calculator.inputs.data_files import read_data


class Publication(NamedTuple):
    """Publication that rules and constants are taken from."""

    key: str
    title: str
    publisher: str
    address: str
    note: str


def _source(key: str, entry: Mapping[str, str]) -> Publication:
    return Publication(key, entry["title"], entry["publisher"], entry.get("address", ""), entry.get("note", ""))


SOURCES: dict[str, Publication] = {
    key: _source(key, entry) for key, entry in tomllib.loads(read_data("rules/data/sources.toml")).items()
}
