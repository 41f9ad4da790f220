"""Call the rules one after the other, and find where corrected figures differ from Microsoft's workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from calculator.engine.graph import RuleStep
from calculator.inputs.choices import Oddities
from calculator.numerics.arrays import Array, opaque
from calculator.numerics.rounding import RELATIVE_TOLERANCE
from calculator.rules.constants import CONSTANTS, LookupTable, OverriddenTable
from calculator.rules.registry import Correction

ODDITIES = "guidance__oddities"
"""Input that says whether a design takes the corrected figures."""


@dataclass(frozen=True)
class Computed:
    """What the steps give.

    Attributes
    ----------
    values
        Constants, inputs and results by name.
    differs
        Designs whose corrected figure is another one, by name of the rule.
    corrected
        Corrected figures by name of the rule.
    """

    values: dict[str, Any]
    differs: dict[str, Any]
    corrected: dict[str, Any]


def compute(
    steps: tuple[RuleStep, ...], inputs: Mapping[str, Any], mixed: bool = True, overridden: Iterable[str] = ()
) -> Computed:
    """Call rules and checks in order, with arrays or with stand-ins that record what is done.

    Parameters
    ----------
    steps
        Rules and checks in order.
    inputs
        By parameter name.
    mixed
        Whether designs may take the corrected figures.
    overridden
        Names of the constants among the inputs.
    """
    values: dict[str, Any] = {name: constant.value for name, constant in CONSTANTS.items()}
    values.update(inputs)
    for name in overridden:
        published = CONSTANTS[name].value
        if isinstance(published, LookupTable):
            values[name] = OverriddenTable(published, inputs[name])
    computed = Computed(values, {}, {})
    takes_corrected = inputs[ODDITIES] == Oddities.CORRECTED
    for step in steps:
        result = step.node.function(*[values[need] for need in step.node.needs])
        if step.correction is not None:
            values[step.name] = result
            corrected = step.correction.function(*[values[need] for need in step.correction.needs])
            computed.differs[step.name] = _differs(step.correction, values, corrected)
            computed.corrected[step.name] = corrected
            result = np.where(takes_corrected, corrected, result) if mixed else result
        values[step.name] = result
    return computed


def _differs(correction: Correction, values: Mapping[str, Any], corrected: Any) -> Any:
    """Return the designs whose corrected figure is another than that of Microsoft's workbook."""
    if correction.seen is None:
        return _is_different(values[correction.name], corrected)
    seen = correction.seen(*[values[need] for need in correction.seen_needs])
    return seen.reshape(-1, seen.shape[-1]).any(axis=0)


@opaque
def _is_different(a: Array, b: Array) -> Array:
    """Return the designs for which two figures differ anywhere on their axes by more than rounding error.

    Most agree in every bit, as do values that do not apply.  The others are compared place by place until one
    differs.
    """
    designs: Array = (_bits(a) != _bits(b)).reshape(-1, max(a.shape[-1], b.shape[-1])).any(axis=0)
    if a.dtype == np.float64:
        shape = np.broadcast_shapes(a.shape, b.shape)
        rows = (np.broadcast_to(values, shape).reshape(-1, shape[-1]) for values in (a, b))
        undecided = np.flatnonzero(designs)
        for row, corrected in zip(*rows, strict=True):
            if not undecided.size:
                break
            undecided = undecided[_is_close(row[undecided], corrected[undecided])]
        designs[undecided] = False
    return designs


def _bits(values: Array) -> Array:
    return values.view(np.int64) if values.dtype == np.float64 else values


def _is_close(a: Array, b: Array) -> Array:
    """Return whether figures are equal within rounding error."""
    close = np.abs(a - b) <= RELATIVE_TOLERANCE * np.maximum(np.abs(a), np.abs(b))
    return close | (np.isnan(a) & np.isnan(b))
