"""Constants of the rules, as numbers and lookup tables with unit, meaning and source."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from calculator.inputs import schema
from calculator.inputs.choices import VERSION
from calculator.inputs.data_files import read_data
from calculator.inputs.schema import Axis, Field, Kind
from calculator.numerics.arrays import NA, Codes, Floats, select, take

if TYPE_CHECKING:
    from calculator.inputs.profile import Profile


class LookupTable:
    """Small table of numbers that is looked up by code, or by the last key not above a value."""

    def __init__(self, keys: npt.ArrayLike, values: npt.ArrayLike) -> None:
        self.keys = np.asarray(keys, dtype=np.float64)
        self.values = np.asarray(values, dtype=np.float64)
        if self.keys.shape != self.values.shape or (np.diff(self.keys) <= 0).any():
            raise ValueError("keys of a table ascend, and each has a value")
        self._from_below = np.array([NA, *self.values])

    @cached_property
    def _line(self) -> tuple[Floats, Floats, Floats]:
        """Where the parts of the line through the points start, their values there, and their slopes."""
        starts, values = np.array([0.0, *self.keys]), np.array([0.0, *self.values])
        return starts, values, np.append(np.diff(values) / np.diff(starts), values[-1] / starts[-1])

    def at(self, codes: Codes) -> Floats:
        """Return the values in the rows of codes, the places of words in a choice."""
        found: Floats = take(self.values, codes)
        return found

    def line(self, x: Floats) -> Floats:
        """Return the value at x on the line from 0 through the points of the table, in proportion beyond the last."""
        starts, values, slopes = self._line
        place = np.searchsorted(self.keys, x, side="right")
        line: Floats = take(values, place) + (x - take(starts, place)) * take(slopes, place)
        return line

    def floor(self, x: Floats) -> Floats:
        """Return the value at the greatest key not above x; NaN below the first key and for NaN."""
        return select(np.isnan(x), NA, take(self._from_below, np.searchsorted(self.keys, x, side="right")))


class OverriddenTable(LookupTable):
    """Lookup table whose values a design, or each of several designs, has of its own.

    Parameters
    ----------
    table
        The published table.
    values
        Values by key and design, shape ``(keys, designs)``.
    """

    def __init__(self, table: LookupTable, values: Floats) -> None:
        super().__init__(table.keys, table.values)
        self._rows = values

    def at(self, codes: Codes) -> Floats:
        """Return the values in the rows of codes, each from the table of its design."""
        found: Floats = np.where(codes == 0, self._rows[0], NA)
        for place in range(1, len(self.keys)):
            found = np.where(codes == place, self._rows[place], found)
        return found

    def floor(self, x: Floats) -> Floats:
        """Return the value at the greatest key not above x; NaN below the first key and for NaN."""
        return select(np.isnan(x), NA, self.at(np.searchsorted(self.keys, x, side="right") - 1))

    def line(self, x: Floats) -> Floats:
        """Return the value at x on the line from 0 through the points of the table, in proportion beyond the last."""
        place = np.searchsorted(self.keys, x, side="right")
        found = x * (self._rows[0] / self.keys[0])
        for part, key in enumerate(self.keys, 1):
            start = self._rows[part - 1]
            last = part == len(self.keys)
            slope = start / key if last else (self._rows[part] - start) / (self.keys[part] - key)
            found = select(place == part, start + (x - key) * slope, found)
        return found


class Constant(NamedTuple):
    """Number or table that rules need, with its unit, meaning and source.

    Attributes
    ----------
    value
        A number, a table, or the values of all versions of Exchange as a table by the code of the version.
    source
        Source of the value, or of the values of all versions.
    definition
        Whether it defines something, such as a unit, so that no design may override it.
    by_version
        Value by version; empty if all versions have the same.
    unpublished
        Versions for which nothing is published, each with the version whose value is used.
    """

    name: str
    value: float | LookupTable
    unit: str
    meaning: str
    source: str
    definition: bool = False
    by_version: Mapping[str, float] = MappingProxyType({})
    unpublished: Mapping[str, str] = MappingProxyType({})

    @property
    def path(self) -> str:
        """Path by which a design overrides it."""
        return f"{schema.CONSTANTS}.{self.name}"

    @property
    def labels(self) -> tuple[str, ...]:
        """Keys of a table as a design names them, or the versions; none for a number."""
        if self.by_version:
            return tuple(self.by_version)
        return tuple(str(int(key)) for key in self.value.keys) if isinstance(self.value, LookupTable) else ()


def _by_version(entry: Mapping[str, Any]) -> dict[str, float]:
    """Return the value of each version; a version without a published value has that of the version it names."""
    versions, borrowed = entry.get("versions", {}), entry.get("unpublished", {})
    if not versions:
        return {}
    return {word: float(versions[word if word in versions else borrowed[word]]["value"]) for word in VERSION.words}


def _value(entry: Mapping[str, Any]) -> float | LookupTable:
    if "versions" in entry:
        return LookupTable(range(len(VERSION.words)), list(_by_version(entry).values()))
    if "table" in entry:
        rows = list(csv.DictReader(read_data(entry["table"]).splitlines()))
        keys = [float(row[entry["key"]]) for row in rows] if "key" in entry else range(len(rows))
        return LookupTable(keys, [float(row[entry["column"]]) for row in rows])
    if "values" in entry:
        return LookupTable(entry.get("keys", range(len(entry["values"]))), entry["values"])
    return float(entry["value"])


def _constant(name: str, entry: Mapping[str, Any]) -> Constant:
    sources = (each["source"] for each in entry["versions"].values()) if "versions" in entry else (entry["source"],)
    return Constant(
        name,
        _value(entry),
        entry["unit"],
        entry["meaning"],
        "; ".join(dict.fromkeys(sources)),
        entry.get("definition", False),
        _by_version(entry),
        entry.get("unpublished", {}),
    )


CONSTANTS: dict[str, Constant] = {
    name: _constant(name, entry) for name, entry in tomllib.loads(read_data("rules/data/constants.toml")).items()
}


def _declare(constant: Constant) -> None:
    """Make a constant an input that a design may give."""
    value = constant.value
    schema.declare(
        Field(
            constant.path,
            Kind.FLOAT,
            tuple(value.values.tolist()) if isinstance(value, LookupTable) else value,
            constant.name.replace("_", " ").capitalize(),
            constant.meaning,
            unit=constant.unit,
            axis=Axis("key", constant.labels, infix=False) if isinstance(value, LookupTable) else None,
            low=0,
            open_low=0
            not in constant.by_version.values(),  # rules do not divide by a number that may be published as 0
            source=constant.source,
        )
    )


for _each in CONSTANTS.values():
    if not _each.definition:
        _declare(_each)


def scalar(name: str, profile: Profile | None = None) -> float:
    """Return the value of a constant that is a number, published or as a design overrides it.

    A constant whose value differs by version of Exchange needs a design, whose version counts.
    """
    constant = CONSTANTS[name]
    value: object = constant.value
    if profile is not None:
        version = str(profile.value("environment.exchange_version"))
        value = profile.value(f"{constant.path}.{version}" if constant.by_version else constant.path)
    assert isinstance(value, float)
    return value
