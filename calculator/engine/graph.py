"""Sort the rules and checks so that each follows what it needs, and select those that some targets need."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

import calculator.checks  # noqa: F401  registers every check, and with them every rule
from calculator.inputs.schema import BY_PARAMETER
from calculator.rules.constants import CONSTANTS
from calculator.rules.registry import CHECKS, CORRECTIONS, RULES, Check, Correction, Rule


class RuleStep(NamedTuple):
    """A rule or check in the order of computation, with the names of all that it and its correction need."""

    name: str
    node: Rule | Check
    correction: Correction | None
    needs: frozenset[str]


def _needs(name: str, corrections: bool) -> tuple[str, ...]:
    node: Rule | Check = RULES[name] if name in RULES else CHECKS[name]
    if corrections and name in CORRECTIONS:
        correction = CORRECTIONS[name]
        return (*node.needs, *correction.other_needs, *(need for need in correction.seen_needs if need != name))
    return node.needs


def _computed(names: Iterable[str]) -> list[str]:
    return [name for name in names if name in RULES or name in CHECKS]


def _sort_all() -> tuple[str, ...]:
    """Return all rules and checks, each after what it needs; raise an error for missing names and cycles."""
    given = BY_PARAMETER.keys() | CONSTANTS.keys()
    graph: dict[str, list[str]] = {}
    for name in (*RULES, *CHECKS):
        graph[name] = [need for need in _needs(name, corrections=True) if need not in given]
        for need in graph[name]:
            if need not in RULES and need not in CHECKS:
                raise ValueError(f"{name} needs {need}, which is not a rule, an input or a constant")
    for name, correction in CORRECTIONS.items():
        if name not in RULES:
            raise ValueError(f"{correction.function.__name__} corrects {name}, which is not a rule")
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise ValueError(f"rules need each other in a cycle: {' -> '.join(error.args[1])}") from None


ORDER = _sort_all()
"""Names of all rules and checks, each after what it needs."""


def followers(roots: Iterable[str]) -> frozenset[str]:
    """Return some rules and all rules that need one of them, directly or through other rules."""
    found = set(roots)
    for name in ORDER:
        if name in RULES and not found.isdisjoint(_needs(name, corrections=True)):
            found.add(name)
    return frozenset(found)


@lru_cache(maxsize=256)
def steps_for(targets: frozenset[str], corrections: bool = False) -> tuple[RuleStep, ...]:
    """Return the steps that give the targets, in order: only what they need.

    Parameters
    ----------
    targets
        Names of rules and checks.
    corrections
        Whether the corrected figures of all oddities are computed too.
    """
    needed, waiting = set[str](), [*targets, *(CORRECTIONS if corrections else ())]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(_computed(_needs(name, corrections)))
    return tuple(
        RuleStep(
            name,
            RULES[name] if name in RULES else CHECKS[name],
            CORRECTIONS.get(name) if corrections else None,
            frozenset(_needs(name, corrections)),
        )
        for name in ORDER
        if name in needed
    )
