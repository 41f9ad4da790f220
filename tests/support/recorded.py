"""Run functions and rules recorded and directly: the only place of the tests that knows how a tape is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from calculator.engine.compute import Computed, compute
from calculator.engine.graph import steps_for
from calculator.numerics import program as programs
from calculator.numerics.program import Program


def record(function: Callable, **inputs: np.ndarray) -> tuple[Program, Callable[..., np.ndarray]]:
    """Record a function of arrays, and return its program and a function that runs it.

    Parameters
    ----------
    function
        Function of arrays whose last axis is the design.
    inputs
        Arrays by parameter name, of the axes and types that the function takes.
    """
    program = programs.record(lambda given: {"out": function(**given)}, inputs)

    def run(**values: np.ndarray) -> np.ndarray:
        width = max(array.shape[-1] for array in values.values())
        bound = program.bind(frozenset(name for name, array in values.items() if array.shape[-1] > 1), width)
        with np.errstate(all="ignore"):
            bound.set_fixed(values)
            bound.run(values, 0, width)
        return np.array(bound.results["out"])

    return program, run


def compute_directly(names: tuple[str, ...], inputs: Mapping[str, np.ndarray]) -> Computed:
    """Call the rules one by one on plain arrays, without a tape."""
    with np.errstate(all="ignore"):
        return compute(steps_for(frozenset(names), corrections=True), inputs)
