"""Call single rules, corrections and checks with plain numbers, and compare what they return."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from calculator.inputs.schema import BY_PARAMETER, Kind
from calculator.rules.constants import CONSTANTS
from calculator.rules.registry import CHECKS, CORRECTIONS, RULES, ResultKind

NA = float("nan")


def call(name: str, **given: Any) -> np.ndarray:
    """Return a result for given values of what its rule needs; constants are filled in.

    A list holds a value per design, a tuple a row per place on an axis, and anything else counts for
    every design.
    """
    return _call(RULES[name].function, RULES[name].needs, given)


def call_correction(name: str, **given: Any) -> np.ndarray:
    """Return the corrected figure of a result for given values."""
    return _call(CORRECTIONS[name].function, CORRECTIONS[name].needs, given)


def call_check(name: str, **given: Any) -> np.ndarray:
    """Return where a check finds something wrong."""
    return _call(CHECKS[f"check_{name}"].function, CHECKS[f"check_{name}"].needs, given)


def assert_figures(found: np.ndarray, expected: Any, relative: float = 1e-12) -> None:
    """Compare figures with hand-worked ones; NaN equals NaN, and one figure may stand for all designs."""
    np.testing.assert_allclose(*np.broadcast_arrays(found, _array(expected, np.float64)), relative)


def _call(function: Callable[..., Any], needs: tuple[str, ...], given: dict[str, Any]) -> np.ndarray:
    unknown = set(given) - set(needs)
    assert not unknown, f"not needed: {unknown}"
    values = [
        _array(given[need], _dtype(need)) if need in given and need not in CONSTANTS else CONSTANTS[need].value
        for need in needs
    ]
    with np.errstate(all="ignore"):
        return np.asarray(function(*values))


def _dtype(need: str) -> type[np.generic]:
    if need in RULES:
        rule = RULES[need]
        coded = rule.kind is ResultKind.CATEGORY or rule.maybe
        return np.int64 if coded else np.bool_ if rule.kind is ResultKind.FLAG else np.float64
    kind = BY_PARAMETER[need].kind
    return np.int64 if kind is Kind.CHOICE else np.bool_ if kind is Kind.BOOL else np.float64


def _array(value: Any, dtype: type[np.generic]) -> np.ndarray:
    if isinstance(value, tuple):
        return np.stack(np.broadcast_arrays(*(_array(row, dtype) for row in value)))
    return np.atleast_1d(np.array(value, dtype=dtype))
