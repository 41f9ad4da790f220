"""Call the rules one after the other, and find where corrected figures differ from Microsoft's workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from calculator.engine.graph import RuleStep
from calculator.inputs.choices import Oddities
from calculator.numerics.arrays import Array, opaque
from calculator.numerics.rounding import RELATIVE_TOLERANCE
from calculator.rules.constants import CONSTANTS, LookupTable, OverriddenTable
from calculator.rules.registry import Correction

ODDITIES = "guidance__oddities"
"""Parameter of the input that says whether a design uses the corrected figures."""
LARGER, SMALLER, MISSING, UNFOUNDED = 1, 2, 4, 8
"""How a figure of Microsoft's workbook differs: it is larger or smaller, or one of the two does not apply."""


class Computed(NamedTuple):
    """Values that the steps compute.

    Attributes
    ----------
    request
        What was asked for: the steps, whether some designs may use the corrected figures, the overridden constants.
    values
        Constants, inputs and results by name.
    differs
        How the figure of Microsoft's workbook differs from the corrected one, by name of the rule: the sum of codes,
        0 where the two agree.
    corrected
        Corrected figures by name of the rule.
    """

    request: tuple[tuple[RuleStep, ...], bool, frozenset[str]]
    values: dict[str, Any]
    differs: dict[str, Any]
    corrected: dict[str, Any]


def compute(
    steps: tuple[RuleStep, ...],
    inputs: Mapping[str, Any],
    mixed: bool = True,
    overridden: frozenset[str] = frozenset(),
    earlier: Computed | None = None,
) -> Computed:
    """Call rules and checks in order, with arrays or with stand-ins for arrays that record each operation.

    Parameters
    ----------
    steps
        Rules and checks in order.
    inputs
        By parameter name.
    mixed
        Whether some designs may use the corrected figures.
    overridden
        Names of the constants among the inputs.
    earlier
        What was computed from other inputs: a step that needs nothing that has changed since is not computed again.
        It is ignored if it was another request.
    """
    values: dict[str, Any] = {name: constant.value for name, constant in CONSTANTS.items()}
    values.update(inputs)
    for name in overridden:
        published = CONSTANTS[name].value
        if isinstance(published, LookupTable):
            values[name] = OverriddenTable(published, inputs[name])
    computed = Computed((steps, mixed, overridden), values, {}, {})
    if earlier is not None and earlier.request != computed.request:
        earlier = None
    takes_corrected = inputs[ODDITIES] == Oddities.CORRECTED
    changed = {name for name in inputs if earlier and not _is_same(values[name], earlier.values[name])}
    for step in steps:
        if earlier and changed.isdisjoint(step.needs):
            _take(step, earlier, computed)
            continue
        result = step.node.function(*[values[need] for need in step.node.needs])
        if step.correction is not None:
            values[step.name] = result
            corrected = step.correction.function(*[values[need] for need in step.correction.needs])
            computed.differs[step.name] = _differs(step.correction, values, corrected)
            computed.corrected[step.name] = corrected
            result = np.where(takes_corrected, corrected, result) if mixed else result
        values[step.name] = result
        if earlier and not _is_same(result, earlier.values[step.name]):
            changed.add(step.name)
    return computed


def _take(step: RuleStep, earlier: Computed, computed: Computed) -> None:
    """Take what a step computed earlier."""
    computed.values[step.name] = earlier.values[step.name]
    if step.correction is not None:
        computed.differs[step.name] = earlier.differs[step.name]
        computed.corrected[step.name] = earlier.corrected[step.name]


def _is_same(value: Any, earlier: Any) -> bool:
    """Return whether two values are equal bit for bit; a table of overridden constants never counts as equal."""
    return value is earlier or (
        isinstance(value, np.ndarray)
        and isinstance(earlier, np.ndarray)
        and value.dtype == earlier.dtype
        and value.shape == earlier.shape
        and value.tobytes() == earlier.tobytes()
    )


def _differs(correction: Correction, values: Mapping[str, Any], corrected: Any) -> Any:
    """Return how the figures of Microsoft's workbook differ from the corrected ones."""
    if correction.seen is None:
        return _compare(values[correction.name], corrected)
    return _both_ways(correction.seen(*[values[need] for need in correction.seen_needs]))


@opaque
def _both_ways(seen: Array) -> Array:
    """Return the code for designs whose figures are larger at some places and smaller at others."""
    designs = np.any(seen.reshape(-1, seen.shape[-1]), axis=0)
    return np.where(designs, LARGER | SMALLER, 0).astype(np.int8)


@opaque
def _compare(a: Array, b: Array) -> Array:
    """Return the codes of the designs for which two figures differ anywhere on their axes by more than rounding error.

    Most figures are equal bit for bit, values that do not apply included. Only the others are compared.
    """
    different = np.asarray(_bits(a) != _bits(b))
    shape = different.shape
    found = np.zeros(shape[-1], dtype=np.int8)
    if different.any():
        unequal = np.flatnonzero(different)
        designs = unequal % shape[-1]
        for code, differs in _kinds(*(np.broadcast_to(values, shape).ravel()[unequal] for values in (a, b))):
            has_code = np.zeros(shape[-1], dtype=np.bool_)
            has_code[designs[differs]] = True
            found += np.int8(code) * has_code
    return found


def _bits(values: Array) -> Array:
    return values.view(np.int64) if values.dtype == np.float64 else values


def _kinds(a: Array, b: Array) -> list[tuple[int, Array]]:
    """Return how figures differ: each code, and where it holds."""
    a, b = (values.astype(np.float64, copy=False) for values in (a, b))
    difference = a - b
    noise = RELATIVE_TOLERANCE * np.maximum(np.abs(a), np.abs(b))
    kinds = [(LARGER, difference > noise), (SMALLER, difference < -noise)]
    if np.isnan(difference).any():
        a_applies, b_applies = ~np.isnan(a), ~np.isnan(b)
        kinds += [(MISSING, b_applies & ~a_applies), (UNFOUNDED, a_applies & ~b_applies)]
    return kinds
