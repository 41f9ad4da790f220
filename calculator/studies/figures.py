"""Figures of many designs as plain arrays: what studies count with, without issues in words.

>>> import numpy as np
>>> from calculator.inputs.profile import Profile
>>> sizer = Figures(Profile(), ["summary_databases"])
>>> sizer({"tiers.1.mailboxes": np.array([1000.0, 5000.0])})["summary_databases"].tolist()
[16.0, 48.0]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from calculator.engine import run
from calculator.engine.columns import profile_columns, to_inputs
from calculator.engine.results import Results, column_index, result_columns, rules_of
from calculator.inputs.profile import Profile
from calculator.issues import refuse
from calculator.rules.registry import RULES, Result

INVALID = "design_invalid"
NO_DISK_FITS = ("check_disk_too_small", "check_disk_too_slow")
"""Checks that a design fails whose disks cannot be counted: what there is of their number is no figure."""
Columns = Mapping[str, npt.NDArray[Any]]
"""Inputs that vary: canonical values (codes of choices, NaN for none) by path, each of shape ``(n,)`` or ``(1,)``."""


class Figures:
    """Sizes designs that differ from a base in some inputs, to results as numbers.

    It is a pure function of its columns, so that worker processes may be given it.

    Parameters
    ----------
    base
        What the columns do not give.
    results
        Names of rules or columns, ``headline`` or ``all``.
    checks
        Names of checks, given beside the results: 1 where a design violates one at any place.

    Attributes
    ----------
    columns
        Names of the result columns.

    Raises
    ------
    UnknownResult
        If there is no such result.
    """

    def __init__(self, base: Profile, results: str | Iterable[str], checks: Iterable[str] = ()) -> None:
        self._tiers = base.tiers
        self._given = profile_columns(base)
        self.columns = tuple(result_columns(results, self._tiers))
        self._rules = tuple(rules_of(self.columns, self._tiers))
        self._checks = tuple(checks)

    def __call__(self, designs: Columns) -> dict[str, npt.NDArray[np.float64]]:
        """Results by column, shape ``(n,)``: numbers, 1 and 0 of flags, codes of words; NaN where one does not apply.

        Memory grows with the results asked for, not with the rules behind them.
        """
        inputs = to_inputs({**self._given, **designs}, self._tiers)
        width = max((column.shape[-1] for column in designs.values()), default=1)
        found = {column: np.empty(width) for column in (*self.columns, *self._checks)}
        start = 0
        for part in run.stream((*self._rules, *self._checks), inputs, self._tiers, corrections=False):
            for column in self.columns:
                found[column][start : start + part.designs] = _numbers(part, column)
            for check in self._checks:
                violated = part.values[check]
                found[check][start : start + part.designs] = violated.reshape(-1, violated.shape[-1]).any(axis=0)
            start += part.designs
        return found


def _numbers(results: Results, column: str) -> npt.NDArray[np.float64]:
    name, place = column_index(results.tiers)[column]
    values = results.values[name][place]
    if RULES[name].kind is Result.NUMBER:
        return np.asarray(values)
    numbers = values.astype(np.float64)
    return np.where(numbers < 0, np.nan, numbers)


class ValidFigures:
    """Figures that do not apply where a design fails a check of the calculator; disks also where none fits.

    Alone, such a design is shown as far as it stands, with 0 servers or disks; among many, that 0 is no figure.
    Takes what `Figures` takes, and gives the same otherwise.
    """

    def __init__(self, base: Profile, results: str | Iterable[str], checks: Iterable[str] = ()) -> None:
        self.columns = tuple(result_columns(results, base.tiers))
        index = column_index(base.tiers)
        self._disks = [name for name in self.columns if RULES[index[name][0]].unit == "disks"]
        checks = dict.fromkeys((*checks, *(NO_DISK_FITS if self._disks else ())))
        self._figures = Figures(base, (*self.columns, INVALID), checks)

    def __call__(self, designs: Columns) -> dict[str, npt.NDArray[np.float64]]:
        """Results by column, shape ``(n,)``, and the checks."""
        found = self._figures(designs)
        invalid = found[INVALID] == 1
        for column in self.columns:
            if column != INVALID:
                found[column][invalid] = np.nan
        if self._disks:
            unfit = np.max([found[check] for check in NO_DISK_FITS], axis=0) == 1
            for column in self._disks:
                found[column][unfit] = np.nan
        return found


def number_columns(results: str | Iterable[str], tiers: int) -> list[str]:
    """Result columns that are numbers or flags; those that are words have no size and are left out.

    Raises
    ------
    InputError
        If none is left.
    UnknownResult
        If there is no such result.
    """
    index = column_index(tiers)
    columns = [name for name in result_columns(results, tiers) if RULES[index[name][0]].kind is not Result.CATEGORY]
    if not columns:
        refuse("results", "Words cannot be studied: none of the results is a number.", "Name one that is.")
    return columns


def units_of(columns: Iterable[str], tiers: int) -> dict[str, str]:
    """Unit of each result column: ``flag`` where it is true or false, none where it is a word."""
    index = column_index(tiers)
    rules = {name: RULES[index[name][0]] for name in columns}
    return {name: "flag" if rule.kind is Result.FLAG else rule.unit for name, rule in rules.items()}
