"""Run functions and rules recorded and directly: the only place of the tests that knows how a tape is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from calculator.engine import graph
from calculator.engine import run as engine
from calculator.numerics.program import Program
from calculator.numerics.tape import SAMPLE, Tape


def record(function: Callable, **inputs: np.ndarray) -> tuple[Program, Callable[..., np.ndarray]]:
    """Record a function of arrays, and return its program and a function that runs it.

    Parameters
    ----------
    function
        Function of arrays whose last axis is the design.
    inputs
        Arrays by parameter name, of the axes and types that the function takes.
    """
    tape = Tape()
    given = {name: tape.given(np.resize(array, (*array.shape[:-1], SAMPLE))) for name, array in inputs.items()}
    program = Program(given, {"out": function(**given)})

    def run(**values: np.ndarray) -> np.ndarray:
        width = max(array.shape[-1] for array in values.values())
        bound = program.bind(frozenset(name for name, array in values.items() if array.shape[-1] > 1), width)
        with np.errstate(all="ignore"):
            bound.fix(values)
            bound.run(values, 0, width)
        return np.array(bound.results["out"])

    return program, run


def compute_directly(names: tuple[str, ...], inputs: Mapping[str, np.ndarray]):
    """Call the rules one by one on plain arrays, without a tape.

    Returns
    -------
    object
        Its ``values`` are the results by name; ``differs`` and ``corrected`` tell of the corrected figures.
    """
    with np.errstate(all="ignore"):
        return engine.compute(graph.plan(frozenset(names), corrections=True), inputs)
