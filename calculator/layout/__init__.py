"""Database copies on the servers of a DAG, and what is active after failures.

>>> from calculator.layout import layout, tolerance
>>> dag = layout({"databases": 24, "servers_primary": 4, "copies_primary": 3})
>>> dag.rows()[2]
{'database': 1, 'server': 3, 'activation_preference': 3, 'lagged': False}
>>> dag.fail("server:1").active_databases.tolist()
[0, 8, 8, 8]
>>> tolerance(dag).sentence
'Survives any 2 servers.'
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from calculator.engine.sizing import SizedDesign, size
from calculator.inputs.profile import Profile
from calculator.issues import InputError
from calculator.layout.combinations import Combinations, Tolerance, combinations, tolerance
from calculator.layout.design import from_sizing
from calculator.layout.parameters import Load, Parameters, problems, read_parameters
from calculator.layout.plan import Layout, State, lay_out
from calculator.layout.switchover import Step, SwitchoverPlan, switchover

__all__ = [
    "Combinations",
    "Layout",
    "Load",
    "Parameters",
    "State",
    "Step",
    "SwitchoverPlan",
    "Tolerance",
    "combinations",
    "layout",
    "switchover",
    "tolerance",
]

Design = str | os.PathLike[str] | Profile | SizedDesign | Parameters | Mapping[str, object]


def layout(design_or_parameters: Design) -> Layout:
    """Layout of the database copies of a DAG; every DAG of a design has the same.

    Parameters
    ----------
    design_or_parameters
        A profile file, a `Profile`, a `SizedDesign`, inputs by path (``{"tiers.1.mailboxes": 5000}``), or
        the parameters of the layout themselves: `Parameters`, or a mapping of their names, whose values
        may be text (a row of a CSV file), such as ``{"databases": 24, "servers_primary": 4,
        "copies_primary": 3}``.

    Returns
    -------
    Layout
        Server, preference and lagged mark of every copy, with ``rows``, ``fail`` and ``issues``.

    Raises
    ------
    InputError
        If the design or the parameters cannot be laid out; all problems at once.
    """
    if isinstance(design_or_parameters, Parameters):
        issues = problems(design_or_parameters)
        if issues.errors:
            raise InputError(issues)
        return lay_out(design_or_parameters, issues)
    if isinstance(design_or_parameters, Mapping) and _names_parameters(design_or_parameters):
        parameters = read_parameters(design_or_parameters)
        return lay_out(parameters, problems(parameters))
    plan = design_or_parameters if isinstance(design_or_parameters, SizedDesign) else size(design_or_parameters)
    return lay_out(*from_sizing(plan if plan.complete else size(plan.profile)))


def _names_parameters(given: Mapping[str, object]) -> bool:
    """Whether a mapping holds parameters; inputs of a design have a dot in their paths."""
    return not isinstance(given, SizedDesign) and not any("." in str(name) for name in given)
