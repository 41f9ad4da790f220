"""Find the figures that depend on a number which Microsoft has published only for an earlier version of Exchange.

A figure depends on such a number if it changes when the number is replaced by another one. A figure that does not
apply, an input and a count of inputs never change.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from calculator.engine import run
from calculator.engine.applicability import INVALID
from calculator.engine.columns import profile_columns, to_inputs
from calculator.engine.results import Results, column_index
from calculator.inputs.profile import Profile
from calculator.numerics.arrays import Array
from calculator.rules.constants import CONSTANTS, LookupTable
from calculator.rules.registry import RULES

if TYPE_CHECKING:
    from calculator.engine.sizing import SizedDesign

VERSION_FIELD = "environment.exchange_version"
_FACTORS = np.array([0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.01, 1.1, 1.5, 2, 3, 5, 10, 100])
"""Factors by which a number is tried: small ones keep a design valid, large ones change a figure that is rounded."""


def unpublished_notice(name: str, design: SizedDesign) -> str:
    """Return the notice about a figure or constant that depends on a number not published for the version of a design.

    Parameters
    ----------
    name
        A constant, a column, or a rule, which has the notice if one of its columns does.
    design
        The design.

    Returns
    -------
    str
        Empty if every number is published.
    """
    if name in CONSTANTS:
        return constant_notice(name, design.profile)
    columns = RULES[name].columns(design.tiers) if name in RULES else (name,)
    if design.unpublished.isdisjoint(columns):
        return ""
    return _notice(design.profile, next(iter(_used_by(design.profile).values())))


def constant_notice(name: str, profile: Profile) -> str:
    """Return the notice about a constant that is not published for the version of a design; empty if it is."""
    used = _used_by(profile).get(name)
    return _notice(profile, used) if used else ""


def _notice(profile: Profile, used: str) -> str:
    version = profile.value(VERSION_FIELD)
    return f"Microsoft has published no figure for {version}, so the figure of {used} is used."


@cache
def unpublished_constants(version: str) -> dict[str, str]:
    """Return the constants without a published value for a version, each with the version whose value is used."""
    return {name: each.unpublished[version] for name, each in CONSTANTS.items() if version in each.unpublished}


def _used_by(profile: Profile) -> dict[str, str]:
    """Return the constants of a design that are not published for its version and that it does not override."""
    version = str(profile.value(VERSION_FIELD))
    return {
        name: used
        for name, used in unpublished_constants(version).items()
        if not set(_paths(name, version)) <= profile.given.keys()
    }


def _paths(name: str, version: str) -> list[str]:
    """Return the paths with which a design overrides the values of a constant that count for a version."""
    constant = CONSTANTS[name]
    labels = (version,) if constant.by_version else constant.labels
    return [f"{constant.path}.{label}" for label in labels] or [constant.path]


def unpublished_columns(profile: Profile, results: Results) -> frozenset[str]:
    """Return the result columns of a design that depend on a number not published for its version.

    All numbers are tried, each alone and all together, in one run with a design for each trial. Trials that make a
    valid design fail its checks do not count, because they change nearly every figure.

    Parameters
    ----------
    profile, results
        The design, and its results.
    """
    used = _used_by(profile)
    if not used:
        return frozenset()
    inputs = to_inputs(profile_columns(profile), results.tiers)
    factors = np.ones((len(used), 1 + (len(used) + 1) * len(_FACTORS)))
    for number in range(len(used)):
        factors[number, 1 + number * len(_FACTORS) :][: len(_FACTORS)] = _FACTORS
    factors[:, -len(_FACTORS) :] = _FACTORS
    for name, tried in zip(used, factors, strict=True):
        inputs[name] = inputs.get(name, _published(name)) * tried
    names = [name for name in RULES if name in results.values]
    found = run.run((*names, INVALID.finding), inputs, results.tiers, corrections=False)
    is_invalid = np.broadcast_to(found.values[INVALID.finding], found.designs)
    counts = is_invalid == is_invalid[0]
    return frozenset(
        column
        for column, (name, place) in column_index(results.tiers).items()
        if name in results.values
        and _applies(results.figures[name][place])
        and _changes(found.values[name][place], counts)
    )


def _published(name: str) -> Array:
    value = CONSTANTS[name].value
    return value.values[:, np.newaxis] if isinstance(value, LookupTable) else np.array([value])


def _applies(value: Array) -> bool:
    """Return whether a figure has a value: a number, or the code of a flag or word."""
    return not np.isnan(value[0]) and (value.dtype == np.float64 or int(value[0]) >= 0)


def _changes(values: Array, counts: Array) -> bool:
    """Return whether a figure of trials that count differs from that of the design, which is the first trial."""
    if values.shape[-1] == 1:
        return False
    trials = values[counts]
    same = trials == values[0]
    return bool(not (same | (np.isnan(trials) & np.isnan(values[0]))).all())
