"""Size many designs and return plain arrays of numbers, without the texts of issues.

>>> import numpy as np
>>> from calculator.inputs.profile import Profile
>>> sizer = NumericSizer(Profile(), ["summary_databases"])
>>> sizer({"tiers.1.mailboxes": np.array([1000.0, 5000.0])})["summary_databases"].tolist()
[16.0, 48.0]
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from calculator.engine import run
from calculator.engine.columns import Columns, profile_columns, to_inputs
from calculator.engine.results import DESIGN_INVALID, Results, column_index, result_columns, rules_of
from calculator.inputs.profile import Profile
from calculator.issues import refuse
from calculator.numerics.arrays import Floats
from calculator.rules.registry import RULES, ResultKind

NO_DISK_FITS = ("check_disk_too_small", "check_disk_too_slow")
"""Checks that find designs whose disks are too small or too slow, so that their number of disks is meaningless."""


class NumericSizer:
    """Function from inputs that differ from a base design to results as numbers.

    It has no state, so that it can be sent to worker processes.

    Parameters
    ----------
    base
        Design that gives all other inputs.
    results
        Names of rules or columns, ``headline`` or ``all``.
    checks
        Names of checks to return with the results.
    valid_only
        Whether no result of an invalid design applies, not even one that does not depend on the error: for statistics
        of many designs.

    Attributes
    ----------
    columns
        Names of the result columns.

    Raises
    ------
    UnknownResult
        If there is no such result.
    """

    def __init__(
        self, base: Profile, results: str | Iterable[str], checks: Iterable[str] = (), *, valid_only: bool = False
    ) -> None:
        self._valid_only = valid_only
        self._tiers = base.tiers
        self._base_columns = profile_columns(base)
        self.columns = tuple(result_columns(results, self._tiers))
        self._rules = (*rules_of(self.columns, self._tiers), *((DESIGN_INVALID,) if valid_only else ()))
        self._checks = tuple(checks)

    def __call__(self, designs: Columns) -> dict[str, Floats]:
        """Size designs.

        Memory grows with the results asked for, not with the rules behind them.

        Parameters
        ----------
        designs
            Inputs that differ from the base, by path.

        Returns
        -------
        dict of ndarray
            Results by column and checks by name, each of shape ``(n,)``.  Flags are 1 and 0, words are codes, and NaN
            means that a result does not apply.  A check is 1 where the design violates it at any place.
        """
        inputs = to_inputs({**self._base_columns, **designs}, self._tiers)
        width = max((column.shape[-1] for column in designs.values()), default=1)
        found = {column: np.empty(width) for column in (*self.columns, *self._checks)}
        start = 0
        for part in run.stream((*self._rules, *self._checks), inputs, self._tiers, corrections=False):
            for column in self.columns:
                found[column][start : start + part.designs] = _to_numbers(part, column, self._valid_only)
            for check in self._checks:
                violated = part.values[check]
                found[check][start : start + part.designs] = violated.reshape(-1, violated.shape[-1]).any(axis=0)
            start += part.designs
        if start < width:  # no rule reads the inputs that vary, so a single design was sized
            return {column: np.full(width, values[0]) for column, values in found.items()}
        return found


def _to_numbers(results: Results, column: str, valid_only: bool) -> Floats:
    name, place = column_index(results.tiers)[column]
    values = (results.valid_figures if valid_only else results.figures)[name][place]
    if RULES[name].kind is ResultKind.NUMBER:
        return np.asarray(values)
    numbers = values.astype(np.float64)
    return np.where(numbers < 0, np.nan, numbers)


def number_columns(results: str | Iterable[str], tiers: int) -> list[str]:
    """Return the result columns that are numbers or flags, without those that are words.

    Raises
    ------
    InputError
        If no column is left.
    UnknownResult
        If there is no such result.
    """
    index = column_index(tiers)
    columns = [name for name in result_columns(results, tiers) if RULES[index[name][0]].kind is not ResultKind.CATEGORY]
    if not columns:
        refuse(
            "results",
            "None of the results is a number, so there is nothing to study.",
            "Name a result that is a number.",
        )
    return columns


def units_of(columns: Iterable[str], tiers: int) -> dict[str, str]:
    """Return the unit of each result column: ``flag`` if it is true or false, empty if it is a word."""
    index = column_index(tiers)
    rules = {name: RULES[index[name][0]] for name in columns}
    return {name: "flag" if rule.kind is ResultKind.FLAG else rule.unit for name, rule in rules.items()}


def require_mailboxes(profile: Profile) -> None:
    """Raise InputError for a design without mailboxes, which no study can use."""
    if not any(profile.value(f"tiers.{tier}.mailboxes") for tier in range(1, profile.tiers + 1)):
        refuse(
            profile.where, "The design has no mailboxes, so there is nothing to study.", "Give a tier with mailboxes."
        )


def none_if_nan(figure: float) -> float | None:
    """Return a figure for a table: None in place of NaN."""
    return None if math.isnan(figure) else float(figure)
