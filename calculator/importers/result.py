"""What an import gives: a design, what was doubtful, and tables of how it came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value
from calculator.issues import Issues

Table = Sequence[Mapping[str, object]]


@dataclass(frozen=True)
class Imported:
    """What was read from other files.

    Attributes
    ----------
    profile
        The design: what was found laid over what it is laid over.
    issues
        What was not there, doubtful, or could not be used.
    values
        What the files give, by full path in canonical units.
    tables
        Rows by the name of the table, all rows of a table with the same columns.
    """

    profile: Profile
    issues: Issues
    values: Mapping[str, Value] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)


def laid_over(base: Profile, values: Mapping[str, Value]) -> Profile:
    """A design with other values; what equals a default is given all the same, for it was measured."""
    return Profile({**base.given, **values}, base.title, base.description, base.where)
