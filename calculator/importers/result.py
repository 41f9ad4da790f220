"""The result of an import: a design, its issues, and tables about the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value
from calculator.issues import Issues

ResultRows = Sequence[Mapping[str, object]]
"""Rows of a table, all with the same columns."""


@dataclass(frozen=True)
class ImportResult:
    """Result of an import from other files.

    Attributes
    ----------
    profile
        The base design with the imported values.
    issues
        Issues about missing, doubtful or unusable data in the files.
    values
        Only the imported values, by full path in canonical units.
    tables
        Tables about the files, by name.
    """

    profile: Profile
    issues: Issues
    values: Mapping[str, Value] = field(default_factory=dict)
    tables: Mapping[str, ResultRows] = field(default_factory=dict)


def apply_values(base: Profile, values: Mapping[str, Value]) -> Profile:
    """Return a design with imported values.

    Unlike `Profile.with_values`, this keeps a value that equals its default, because it was measured.
    """
    return base.with_given({**base.given, **values})
