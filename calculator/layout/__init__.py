"""Lay out the database copies of a DAG on its servers, and find the active databases after failures.

>>> from calculator.layout import layout, tolerance
>>> dag = layout({"databases": 24, "servers_primary": 4, "copies_primary": 3})
>>> dag.rows()[2]
{'database': 1, 'server': 3, 'activation_preference': 3, 'lagged': False}
>>> dag.fail("server:1").active_databases.tolist()
[0, 8, 8, 8]
>>> tolerance(dag).sentence
'All databases stay active if any 2 servers fail.'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from calculator.layout.dag import FailureState, Layout
    from calculator.layout.design import Design
    from calculator.layout.failure_sets import Combinations, Tolerance, combinations, tolerance
    from calculator.layout.parameters import Parameters, ServerLoad
    from calculator.layout.statement import describe, describe_events, describe_missing_cpu, describe_worst_cpu
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
    "describe_events",
    "describe_missing_cpu",
    "describe_worst_cpu",
    "layout",
    "switchover_facts",
    "tolerance",
]

_MODULES = {
    "Combinations": "failure_sets",
    "FailureState": "dag",
    "Layout": "dag",
    "Parameters": "parameters",
    "ServerLoad": "parameters",
    "SwitchoverFacts": "switchover",
    "Tolerance": "failure_sets",
    "combinations": "failure_sets",
    "describe": "statement",
    "describe_events": "statement",
    "describe_missing_cpu": "statement",
    "describe_worst_cpu": "statement",
    "switchover_facts": "switchover",
    "tolerance": "failure_sets",
}
"""Module of each name that other rooms use; it is imported when the name is first used."""


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


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
    from calculator.layout.design import lay_out_design

    return lay_out_design(design_or_parameters)
