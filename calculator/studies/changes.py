"""A design changed in named ways, all of them sized in one batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from calculator.batch.table import size_many
from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Change:
    """Inputs set to other values, under a name.

    Attributes
    ----------
    name
        What is changed, as a person says it.
    values
        New values by path, in canonical units; empty where the change cannot be made.
    reason
        Why it cannot be made; empty if it can.
    """

    name: str
    values: Mapping[str, Value] = field(default_factory=dict)
    reason: str = ""


PRESENT = Change("The design as it is")
"""The change that changes nothing: what the others are held against."""


def size_changes(base: Profile, changes: Sequence[Change], results: str | Iterable[str]) -> pa.Table:
    """Size a design under each of some changes.

    Parameters
    ----------
    base
        The design.
    changes
        What is changed in each row.
    results
        Names of rules or columns, ``headline`` or ``all``.

    Returns
    -------
    pyarrow.Table
        ``id`` (the name of the change), ``status``, ``issues`` and the results, a row a change.
    """
    columns: dict[str, list[object]] = {"id": [change.name for change in changes]}
    for path in dict.fromkeys(path for change in changes for path in change.values):
        present = base.value(path)
        columns[path] = [_cell(change.values.get(path, present)) for change in changes]
    return size_many(columns, profile=base, results=results)


def _cell(value: Value) -> object:
    """Value as a table of designs has it, where an empty cell would mean the base's."""
    return "none" if value is None else value
