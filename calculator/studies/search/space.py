"""Represent the space of a search: every combination of the values of inputs and the rows of catalogues.

A space is a list of dimensions and is never expanded as a whole.  A design is one digit per dimension.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from calculator.inputs.schema import Value
from calculator.numerics.arrays import Floats

Facts = Mapping[str, Floats]


@dataclass(frozen=True)
class Dimension:
    """Dimension of a space: the values of an input, or the rows of a catalogue, whose inputs vary together.

    Attributes
    ----------
    name
        Path of the input, or name of the catalogue.
    columns
        Values in canonical units by full path of an input, one value per row.
    labels
        Names of the rows of a catalogue; empty for an input.
    facts
        Data of the rows of a catalogue in addition to inputs: ``price``, ``rack_units`` and ``memory_slots`` of
        shape ``(rows,)``, ``memory_modules`` in GB of shape ``(sizes, rows)``.  NaN where a row gives no value.
    """

    name: str
    columns: Mapping[str, tuple[Value, ...]]
    labels: tuple[str, ...] = ()
    facts: Facts = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.labels) or len(next(iter(self.columns.values())))


@dataclass(frozen=True)
class Space:
    """Space of designs, with the limits and the prices of the search.

    Attributes
    ----------
    dimensions
        Dimensions in the order of the file; the first one varies slowest.
    limits, prices
        The tables as they were given.
    where
        Name of the space in messages.
    """

    dimensions: tuple[Dimension, ...]
    limits: Mapping[str, Any]
    prices: Mapping[str, Any]
    where: str = "space"

    @property
    def designs(self) -> int:
        """Number of designs in the space."""
        return math.prod(len(dimension) for dimension in self.dimensions)

    @property
    def paths(self) -> list[str]:
        """Full paths of the inputs that the space sets."""
        return [path for dimension in self.dimensions for path in dimension.columns]

    @property
    def varying_paths(self) -> tuple[str, ...]:
        """Full paths of the inputs that take more than one value."""
        return _varying_paths(self.dimensions)

    @property
    def catalogue_paths(self) -> tuple[str, ...]:
        """Full paths of the varying inputs that a catalogue sets: the name of its row implies them."""
        return _varying_paths(dimension for dimension in self.dimensions if dimension.labels)

    def values(self, digits: Sequence[int]) -> dict[str, Value]:
        """Return the inputs of a design by full path."""
        return {
            path: values[digit]
            for dimension, digit in zip(self.dimensions, digits, strict=True)
            for path, values in dimension.columns.items()
        }

    def rows(self, digits: Sequence[int]) -> dict[str, str]:
        """Return the name of the row that a design takes from each catalogue."""
        pairs = zip(self.dimensions, digits, strict=True)
        return {dimension.name: dimension.labels[digit] for dimension, digit in pairs if dimension.labels}

    def has_fact(self, name: str) -> bool:
        """Return whether a catalogue gives a fact, such as ``price``, for its rows."""
        return any(name in dimension.facts for dimension in self.dimensions)


def _varying_paths(dimensions: Iterable[Dimension]) -> tuple[str, ...]:
    columns = (column for dimension in dimensions for column in dimension.columns.items())
    return tuple(path for path, values in columns if len(set(values)) > 1)
