"""Constants of the rules, as numbers and lookup tables with unit, meaning and source, and the sources cited."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from calculator.numerics.arrays import NA, Codes, Floats, select, take


class LookupTable:
    """Small table of numbers that is looked up by code, or by the last key not above a value."""

    def __init__(self, keys: npt.ArrayLike, values: npt.ArrayLike) -> None:
        self.keys = np.asarray(keys, dtype=np.float64)
        self.values = np.asarray(values, dtype=np.float64)
        if self.keys.shape != self.values.shape or (np.diff(self.keys) <= 0).any():
            raise ValueError("keys of a table ascend, and each has a value")
        self._from_below = np.array([NA, *self.values])

    def at(self, codes: Codes) -> Floats:
        """Return the values in the rows of codes, the places of words in a choice."""
        found: Floats = take(self.values, codes)
        return found

    def floor(self, x: Floats) -> Floats:
        """Return the value at the greatest key not above x; NaN below the first key and for NaN."""
        return select(np.isnan(x), NA, take(self._from_below, np.searchsorted(self.keys, x, side="right")))


@dataclass(frozen=True)
class Constant:
    """Number or table that rules need, with its unit, meaning and source."""

    name: str
    value: float | LookupTable
    unit: str
    meaning: str
    source: str


@dataclass(frozen=True)
class Publication:
    """Publication that rules and constants are taken from."""

    key: str
    title: str
    publisher: str
    address: str
    note: str


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("data", name).read_text(encoding="utf-8"))


def _value(entry: Mapping[str, Any]) -> float | LookupTable:
    if "table" in entry:
        text = files("calculator").joinpath(entry["table"]).read_text(encoding="utf-8")
        rows = list(csv.DictReader(text.splitlines()))
        keys = [float(row[entry["key"]]) for row in rows] if "key" in entry else range(len(rows))
        return LookupTable(keys, [float(row[entry["column"]]) for row in rows])
    if "values" in entry:
        return LookupTable(entry.get("keys", range(len(entry["values"]))), entry["values"])
    return float(entry["value"])


def _constant(name: str, entry: Mapping[str, Any]) -> Constant:
    return Constant(name, _value(entry), entry["unit"], entry["meaning"], entry["source"])


def _source(key: str, entry: Mapping[str, str]) -> Publication:
    return Publication(key, entry["title"], entry["publisher"], entry.get("address", ""), entry.get("note", ""))


CONSTANTS: dict[str, Constant] = {name: _constant(name, e) for name, e in _read("constants.toml").items()}
SOURCES: dict[str, Publication] = {key: _source(key, e) for key, e in _read("sources.toml").items()}


def scalar(name: str) -> float:
    """Return the value of a constant that is a number."""
    value = CONSTANTS[name].value
    assert isinstance(value, float)
    return value
