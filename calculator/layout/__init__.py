"""Layout of the database copies of a DAG on its servers, and the active databases after failures.

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
from calculator.layout.failure_sets import Combinations, Tolerance, combinations, tolerance
from calculator.layout.dag import FailureState, Layout, lay_out
from calculator.layout.design import from_sizing
from calculator.layout.parameters import Parameters, ServerLoad, check_parameters, read_parameters
from calculator.layout.sizing import compare_with_sizing
from calculator.layout.statement import describe, describe_missing_cpu, describe_worst_cpu
from calculator.layout.switchover import SwitchoverFacts, switchover_facts

__all__ = [
    "Combinations",
    "FailureState",
    "Layout",
    "Parameters",
    "ServerLoad",
    "SwitchoverFacts",
    "Tolerance",
    "combinations",
    "describe",
    "describe_missing_cpu",
    "describe_worst_cpu",
    "layout",
    "switchover_facts",
    "tolerance",
]

Design = str | os.PathLike[str] | Profile | SizedDesign | Parameters | Mapping[str, object]


def layout(design_or_parameters: Design) -> Layout:
    """Lay out the database copies of a DAG; all DAGs of a design have the same layout.

    Parameters
    ----------
    design_or_parameters
        A profile file, a `Profile`, a `SizedDesign`, inputs by path (``{"tiers.1.mailboxes": 5000}``), or
        the parameters of the layout: `Parameters`, or a mapping of their names, whose values may be text
        (a row of a CSV file), such as ``{"databases": 24, "servers_primary": 4,
        "copies_primary": 3}``.

    Returns
    -------
    Layout
        Server, activation preference and lagged mark of every copy, with ``rows``, ``fail`` and ``issues``.

    Raises
    ------
    InputError
        If the design or the parameters cannot be laid out. It holds all problems.
    """
    if isinstance(design_or_parameters, Parameters):
        issues = check_parameters(design_or_parameters)
        if issues.errors:
            raise InputError(issues)
        return lay_out(design_or_parameters, issues)
    if isinstance(design_or_parameters, Mapping) and _names_parameters(design_or_parameters):
        parameters = read_parameters(design_or_parameters)
        return lay_out(parameters, check_parameters(parameters))
    design = design_or_parameters if isinstance(design_or_parameters, SizedDesign) else size(design_or_parameters)
    dag = lay_out(*from_sizing(design if design.complete else size(design.profile)))
    dag.issues.extend(compare_with_sizing(dag))
    return dag


def _names_parameters(given: Mapping[str, object]) -> bool:
    """Return whether a mapping holds parameters; the paths of the inputs of a design contain a dot."""
    return not isinstance(given, SizedDesign) and not any("." in str(name) for name in given)
