"""Size the designs of a search and look up the figures that limits, cost and goals read.

Arrays have the design on the last axis, which has length 1 where all designs of a chunk agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from calculator.engine import graph, run
from calculator.engine.columns import canonical_column, profile_columns, to_inputs
from calculator.engine.results import column_index
from calculator.inputs.choices import Oddities, Witness
from calculator.inputs.profile import Profile
from calculator.inputs.schema import SERVER_ROLE, find
from calculator.numerics.arrays import Array, Floats, Ints
from calculator.numerics.rounding import is_even
from calculator.rules.registry import RULES, ResultKind
from calculator.studies.search.space import Space

Digits = Sequence[Ints]
"""One array of digits per dimension, each of shape ``(n,)``, or ``(1,)`` where all designs have the same digit."""


class DesignFigures:
    """Figures of several designs, by the name of a rule, a column or a fact of a catalogue."""

    def __init__(self, values: Mapping[str, Any], tiers: int, space: Space, digits: Digits) -> None:
        self._values, self._tiers, self._space, self._digits = values, tiers, space, digits

    def rule(self, name: str) -> Any:
        """Return the values of a rule, a check or an input (by its parameter's name), shape ``(*axes, n)``."""
        return self._values[name]

    def column(self, column: str) -> Floats:
        """Return a result column as numbers, shape ``(n,)``.

        Flags are 1 and 0, words are codes, and NaN means that the result does not apply.
        """
        name, place = column_index(self._tiers)[column]
        values = self._values[name][place]
        if RULES[name].kind is ResultKind.NUMBER:
            return np.asarray(values)
        return np.where(values < 0, np.nan, values.astype(np.float64))

    def facts(self, name: str) -> list[tuple[str, Floats]]:
        """Return a fact from each catalogue that gives it: the catalogue's name and the values for each design."""
        return [
            (dimension.name, dimension.facts[name][..., digit])
            for dimension, digit in zip(self._space.dimensions, self._digits, strict=True)
            if name in dimension.facts
        ]


class SpaceSizer:
    """Function from the digits of designs of a space to their figures.

    Parameters
    ----------
    base
        The design that varies.
    space
        What varies.
    targets
        Names of the rules and checks to compute.
    """

    def __init__(self, base: Profile, space: Space, targets: Iterable[str]) -> None:
        self._base_columns, self._tiers, self._space = profile_columns(base), base.tiers, space
        self._targets = tuple(dict.fromkeys(targets))
        self._columns = [_canonical(dimension.columns) for dimension in space.dimensions]

    def __call__(self, digits: Digits) -> DesignFigures:
        """Return the figures of designs."""
        columns = dict(self._base_columns)
        for values, digit in zip(self._columns, digits, strict=True):
            columns.update((path, column[digit]) for path, column in values.items())
        inputs = to_inputs(columns, self._tiers)
        # If a design does not ask for corrected figures, they only add a notice to its status.
        results = run.run(self._targets, inputs, self._tiers, corrections=False)
        return DesignFigures(results.figures, self._tiers, self._space, digits)

    def count_dependent_steps(self) -> list[int]:
        """Return the number of steps of the computation that depend on each dimension."""
        reached = [{found[0].parameter for path in paths if (found := find(path))} for paths in self._columns]
        for step in graph.steps_for(frozenset(self._targets)):
            for names in reached:
                if not names.isdisjoint(step.node.needs):
                    names.add(step.name)
        return [len(names) for names in reached]


def _canonical(columns: Mapping[str, Sequence[Any]]) -> dict[str, Array]:
    columns_with_fields = ((path, find(path), values) for path, values in columns.items())
    return {path: canonical_column(found[0], values) for path, found, values in columns_with_fields if found}


# --- figures that are not results --------------------------------------------------------------------

FAILURE_NEEDS = (
    "summary_mailbox_servers_by_datacenter",
    "two_datacenters",
    "active_active_single_dag",
    "ha_copies",
    "lagged_copies",
    "lagged_servers_dedicated",
)
SERVER_NEEDS = (
    "summary_servers",
    "summary_mailbox_servers_by_datacenter",
    "summary_lagged_servers",
    "dags_total",
    "summary_memory",
)


def count_tolerated_failures(sized: DesignFigures) -> Floats:
    """Return how many servers of a DAG, whichever they are, may fail at once with every database active.

    `calculator.layout.tolerance` finds the same number by trying all combinations.  Here it follows from two bounds:
    each copy of a database is on its own server, so that all except one may fail; and the DAG has to keep its quorum.
    Databases activate in the other datacenter in a single active/active DAG, and in the other models unless activation
    in the secondary is blocked.  Where they stay in their datacenter and oddities are corrected they do not activate a
    lagged copy there while the other datacenter has a healthy copy.

    Returns
    -------
    ndarray of shape ``(n,)`` or ``(1,)``
        Servers; 0 without a DAG, negative for a DAG that never has quorum.

    Source: datacenter-switchover: Quorum; calculator-7.6: Distribution.
    """
    rule, healthy = sized.rule, sized.rule("ha_copies")
    has_dag = rule("environment__high_availability")
    second = rule("two_datacenters") & (healthy[1] + rule("lagged_copies")[1] > 0)
    lagged = np.where(rule("lagged_servers_dedicated"), 0.0, rule("lagged_copies"))
    blocked = rule("site_resilience__block_secondary_activation")
    everywhere = second & (rule("active_active_single_dag") | ~np.asarray(blocked, dtype=np.bool_))
    lagged_skipped = _corrected(sized) & second & ~everywhere & (healthy[1] > 0)
    servers = rule("summary_mailbox_servers_by_datacenter")
    members = servers[0] + np.where(second, np.nan_to_num(servers[1]), 0.0)
    reachable = healthy[0] + np.where(lagged_skipped, 0.0, lagged[0])
    reachable = reachable + np.where(everywhere, healthy[1] + lagged[1], 0.0)
    even = is_even(members)
    needed = np.floor((members + even) / 2) + 1
    witness = even & (rule("dag__witness_location") != Witness.NONE)
    tolerated = np.minimum(reachable - 1, members + witness - needed)
    return np.where(has_dag, tolerated, 0.0)


def _corrected(sized: DesignFigures) -> Any:
    return sized.rule("guidance__oddities") == Oddities.CORRECTED


def count_servers(sized: DesignFigures) -> Floats:
    """Return the mailbox servers and dedicated lagged servers of the environment, shape ``(n,)`` or ``(1,)``."""
    return sized.column("summary_servers.environment")


def sum_memory(sized: DesignFigures, purchase: Callable[[Floats], Floats]) -> Floats:
    """Return the memory of all servers in GB, shape ``(n,)`` or ``(1,)``.

    Parameters
    ----------
    sized
        Figures of the designs.
    purchase
        Function from the recommended to the purchased memory of a server, both in GB.
    """
    hosting = sized.rule("summary_mailbox_servers_by_datacenter")
    dags = np.where(sized.rule("environment__high_availability"), sized.rule("dags_total"), 1.0)
    counts = [hosting[0] * dags, hosting[1] * dags, sized.column("summary_lagged_servers.environment")]
    total: Any = 0.0
    for role, count in zip(SERVER_ROLE.labels, counts, strict=True):
        memory = purchase(sized.column(f"summary_memory.{role}"))
        total = total + np.where(np.nan_to_num(count) > 0, np.nan_to_num(count) * memory, 0.0)
    return np.asarray(total)


def choose_modules(memory: Floats, sizes: Floats, slots: Floats) -> Floats:
    """Return the smallest memory of at least the recommended size that modules of one size give.

    Parameters
    ----------
    memory
        Recommended memory of a server in GB, shape ``(n,)``; NaN where there is no such server.
    sizes
        Sizes of modules in GB, shape ``(sizes, n)`` or ``(sizes, 1)``; NaN where a design has fewer sizes.
    slots
        Slots of a server, shape ``(n,)`` or ``(1,)``.

    Returns
    -------
    ndarray of shape ``(n,)``
        GB; infinite where the slots are too few, NaN where the memory is.
    """
    least: Any = np.inf
    for size in sizes:
        modules = np.ceil(memory / size)
        least = np.fmin(least, np.where(modules <= slots, modules * size, np.inf))
    return np.where(np.isnan(memory), np.nan, least)
