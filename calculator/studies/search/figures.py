"""Designs of a search as they are sized: the figures that limits, cost and goals look at.

Arrays have the design last and are one wide where all designs of a chunk agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from calculator.engine import graph, run
from calculator.engine.columns import canonical_column, profile_columns, to_inputs
from calculator.engine.results import column_index
from calculator.inputs.choices import Oddities, Witness
from calculator.inputs.profile import Profile
from calculator.inputs.schema import find
from calculator.numerics.rounding import is_even
from calculator.rules.registry import RULES, Result
from calculator.studies.search.space import Space

Floats = npt.NDArray[np.float64]
Digits = Sequence[npt.NDArray[np.int64]]
"""A digit for each dimension, each of shape ``(n,)``, or ``(1,)`` where all designs have the same."""
ROLES = ("primary", "secondary", "lagged")


class Sized:
    """Figures of some designs, looked up by the name of a rule, a column or a fact of a catalogue."""

    def __init__(self, values: Mapping[str, Any], tiers: int, space: Space, digits: Digits) -> None:
        self._values, self._tiers, self._space, self._digits = values, tiers, space, digits

    def rule(self, name: str) -> Any:
        """Values of a rule, check or input (by its parameter's name), axes before designs."""
        return self._values[name]

    def column(self, column: str) -> Floats:
        """A result column: numbers, 1 and 0 of flags, codes of words; NaN where it does not apply."""
        name, place = column_index(self._tiers)[column]
        values = self._values[name][place]
        if RULES[name].kind is Result.NUMBER:
            return np.asarray(values)
        return np.where(values < 0, np.nan, values.astype(np.float64))

    def facts(self, name: str) -> list[tuple[str, Floats]]:
        """What the catalogues say of their rows, for each design, with the catalogue's name."""
        return [
            (dimension.name, dimension.facts[name][..., digit])
            for dimension, digit in zip(self._space.dimensions, self._digits, strict=True)
            if name in dimension.facts
        ]


class Sizer:
    """Sizes designs of a space, for the rules and checks that are asked for."""

    def __init__(self, base: Profile, space: Space, targets: Iterable[str]) -> None:
        self._given, self._tiers, self._space = profile_columns(base), base.tiers, space
        self._targets = tuple(dict.fromkeys(targets))
        self._columns = [_canonical(dimension.columns) for dimension in space.dimensions]

    def __call__(self, digits: Digits) -> Sized:
        """Figures of designs."""
        columns = dict(self._given)
        for values, digit in zip(self._columns, digits, strict=True):
            columns.update((path, column[digit]) for path, column in values.items())
        inputs = to_inputs(columns, self._tiers)
        # Where a design does not ask for corrected figures they add a notice to its status, and nothing else.
        results = run.run(self._targets, inputs, self._tiers, corrections=False)
        return Sized({**inputs, **results.values}, self._tiers, self._space, digits)

    def reach(self) -> list[int]:
        """How many steps of the computation depend on each dimension."""
        moved = [{found[0].parameter for path in of if (found := find(path))} for of in self._columns]
        for step in graph.steps_for(frozenset(self._targets)):
            for names in moved:
                if not names.isdisjoint(step.node.needs):
                    names.add(step.name)
        return [len(names) for names in moved]


def _canonical(columns: Mapping[str, Sequence[Any]]) -> dict[str, npt.NDArray[Any]]:
    found = ((path, find(path), values) for path, values in columns.items())
    return {path: canonical_column(of[0], values) for path, of, values in found if of is not None}


# --- figures that are no results ---------------------------------------------------------------------

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


def servers_that_may_fail(sized: Sized) -> Floats:
    """Servers of a DAG of which any may fail at once with every database active.

    What `calculator.layout.tolerance` finds by trying all combinations, from its reasons: each copy of a
    database sits on a server of its own, so that all but one may go, and quorum has to hold.  Databases stay
    in their datacenter but in one active/active DAG, and with oddities corrected do not turn to a lagged copy
    there while the other has a healthy one.  0 without a DAG, negative where a DAG has no quorum at all.

    Source: datacenter-switchover: Quorum; calculator-7.6: Distribution.
    """
    of, healthy = sized.rule, sized.rule("ha_copies")
    available = of("environment__high_availability")
    second = of("two_datacenters") & (healthy[1] + of("lagged_copies")[1] > 0)
    lagged = np.where(of("lagged_servers_dedicated"), 0.0, of("lagged_copies"))
    everywhere = second & of("active_active_single_dag")
    passed_over = _corrected(sized) & second & ~everywhere & (healthy[1] > 0)
    servers = of("summary_mailbox_servers_by_datacenter")
    members = servers[0] + np.where(second, np.nan_to_num(servers[1]), 0.0)
    reachable = healthy[0] + np.where(passed_over, 0.0, lagged[0])
    reachable = reachable + np.where(everywhere, healthy[1] + lagged[1], 0.0)
    even = is_even(members)
    needed = np.floor((members + even) / 2) + 1
    borne = np.minimum(reachable - 1, members + _witness(sized, second, even) - needed)
    return np.where(available, borne, 0.0)


def _witness(sized: Sized, second: Any, even: Any) -> Any:
    """Vote of the witness.

    Oddity: one in a third site votes also where an odd number of servers needs none.
    """
    at = sized.rule("dag__witness_location")
    third = (at == Witness.THIRD_SITE) | ((at == Witness.SECONDARY) & ~second)
    return (third & ~_corrected(sized)) | ((at != Witness.NONE) & even)


def _corrected(sized: Sized) -> Any:
    return sized.rule("guidance__oddities") == Oddities.CORRECTED


def servers(sized: Sized) -> Floats:
    """Mailbox and dedicated lagged servers of the environment."""
    return sized.column("summary_servers.environment")


def memory_total(sized: Sized, bought: Callable[[Floats], Floats]) -> Floats:
    """Memory of all servers, GB.

    Parameters
    ----------
    bought
        Gives the memory that is bought for what is recommended.
    """
    hosting = sized.rule("summary_mailbox_servers_by_datacenter")
    dags = np.where(sized.rule("environment__high_availability"), sized.rule("dags_total"), 1.0)
    counts = [hosting[0] * dags, hosting[1] * dags, sized.column("summary_lagged_servers.environment")]
    total: Any = 0.0
    for role, count in zip(ROLES, counts, strict=True):
        memory = bought(sized.column(f"summary_memory.{role}"))
        total = total + np.where(np.nan_to_num(count) > 0, np.nan_to_num(count) * memory, 0.0)
    return np.asarray(total)


def modules_bought(memory: Floats, sizes: Floats, slots: Floats) -> Floats:
    """The least memory that modules of one size give, at least so much; infinite where the slots do not do.

    Parameters
    ----------
    memory
        GB, NaN where there is no such server, shape ``(n,)``.
    sizes
        Sizes of modules in GB, NaN where a design has fewer, shape ``(sizes, n)`` or ``(sizes, 1)``.
    slots
        Slots of a server.
    """
    least: Any = np.inf
    for size in sizes:
        modules = np.ceil(memory / size)
        least = np.fmin(least, np.where(modules <= slots, modules * size, np.inf))
    return np.where(np.isnan(memory), np.nan, least)
