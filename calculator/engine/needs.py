"""Call the rule of a figure with the values of a design, and find which of its needs the figure uses there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.engine.findings import ODDITY_FIELD
from calculator.engine.results import column_index
from calculator.inputs.schema import BY_PARAMETER, CORRECTED
from calculator.numerics.arrays import Array
from calculator.rules.constants import CONSTANTS, LookupTable, OverriddenTable
from calculator.rules.registry import CORRECTIONS, RULES

if TYPE_CHECKING:
    from calculator.engine.sizing import SizedDesign

_FACTORS = np.array([0.01, 0.3, 0.7, 0.99, 1.01, 1.3, 3, 10])
"""Factors by which a number is tried; a number that is 0 is replaced by them."""


def call_of(name: str, design: SizedDesign) -> tuple[Callable[..., Any], dict[str, Any]]:
    """Return the function of a rule in a design, and the values of its needs by name.

    In a design with corrected figures it is the correction, which may need the figure of Microsoft's workbook.
    """
    rule = RULES[name]
    values = {need: _value_of(need, design) for need in rule.needs}
    if name not in CORRECTIONS or design.profile.value(ODDITY_FIELD) != CORRECTED:
        return rule.function, values
    correction = CORRECTIONS[name]
    corrected_values = {need: _value_of(need, design) for need in correction.needs}
    if name in corrected_values:
        with np.errstate(all="ignore"):
            corrected_values[name] = rule.function(*values.values())
    return correction.function, corrected_values


def _value_of(need: str, design: SizedDesign) -> Any:
    value: Any = design.results.values[need]
    published = CONSTANTS[need].value if need in CONSTANTS else None
    if isinstance(published, LookupTable) and isinstance(value, np.ndarray):
        return OverriddenTable(published, value)
    return value


def unused_needs(name: str, design: SizedDesign) -> frozenset[str]:
    """Return the needs that a figure of a design does not use: other values of such a need do not change the figure.

    Parameters
    ----------
    name
        A rule or a column.
    design
        The design.

    Returns
    -------
    frozenset of str
        Names of results and constants, and paths of inputs; empty if the figure does not apply.
    """
    rule, place = (name, ()) if name in RULES else column_index(design.tiers)[name]
    function, values = call_of(rule, design)
    width = 1 + len(_FACTORS)
    unused = set()
    with np.errstate(all="ignore"):
        for need, value in values.items():
            if need in CONSTANTS and CONSTANTS[need].definition:
                continue
            try:
                found = np.asarray(function(*{**values, need: _trials(need, value)}.values()))[place]
            except (IndexError, ValueError):  # a count by which the rule looks something up
                continue
            found = np.broadcast_to(found, (*found.shape[:-1], width))
            first = found[..., :1]
            if found.dtype == np.float64 and np.isnan(first).all():
                return frozenset()
            if ((found == first) | ((found != found) & (first != first))).all():
                unused.add(BY_PARAMETER[need].path if need in BY_PARAMETER else need)
    return frozenset(unused)


def _trials(need: str, value: Any) -> Any:
    """Return the value of a need, then other values of it, along the axis of designs."""
    if isinstance(value, LookupTable):
        rows = np.array([value.at(np.array([code])) for code in range(len(value.keys))])
        return OverriddenTable(value, rows * np.array([1.0, *_FACTORS]))
    own = np.atleast_1d(np.asarray(value))
    if own.dtype == np.float64:
        others: Array = np.where(own == 0, _FACTORS, own * _FACTORS)
    elif own.dtype == np.bool_:
        others = np.repeat(~own, len(_FACTORS), axis=-1)
    else:
        field = BY_PARAMETER.get(need)
        choice = field.choice if field else RULES[need].choice
        codes = range(len(choice.words)) if choice else range(2)
        others = np.broadcast_to(np.resize(list(codes), len(_FACTORS)), (*own.shape[:-1], len(_FACTORS)))
    return np.concatenate([own, others], axis=-1)
