"""The list of rules: each result one pure function, wired by the names of its parameters.

A rule's name is the result it computes; each of its parameters is another result, an input
(``section__field``) or a constant.  Unknown names, duplicates and circles are refused at import.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from calculator.inputs.choices import Choice
from calculator.inputs.schema import BY_PARAMETER, DATACENTER, HOUR, SERVER_ROLE, TIER, Axis
from calculator.rules.constants import CONSTANTS, scalar

Function = TypeVar("Function", bound=Callable[..., Any])


class Result(Enum):
    """What a result is."""

    NUMBER = "number"
    FLAG = "flag"
    CATEGORY = "category"


LEVELS = ("per_mailbox", "per_database", "per_volume", "per_server", "per_datacenter", "per_dag", "per_environment")


def only(label: str) -> tuple[Axis, ...]:
    """Axes of a result that exists in one datacenter (or server role) alone."""
    return (Axis("datacenter", (label,), scalar=True),)


MODE = Axis("mode", ("normal", "single", "double", "site", "worst"))
LEVEL = Axis("level", ("database", "server", "dag", "environment"))
LEVEL_ABOVE_DATABASE = Axis("level", ("server", "dag", "environment"))
LEVEL_ABOVE_SERVER = Axis("level", ("dag", "environment"))
LEVEL_REPLICATION = Axis("level", ("database", "dag", "environment"))
LEVEL_DATABASE_DAG = Axis("level", ("database", "dag"))
LEVEL_SERVER_DATACENTER = Axis("level", ("server", "datacenter"))
DATACENTER_TOTAL = Axis("datacenter", ("primary", "secondary", "total"))
WINDOW = Axis("window", tuple(str(h) for h in range(1, 25)))
VOLUME = Axis("volume", tuple(str(n) for n in range(1, int(scalar("layout_limit")) + 1)))
RETAINED = Axis("retained_percent", ("60", "80", "100"))
MONTH = Axis("month", ("0", *(str(m) for m in range(12, 61, 3))))


@dataclass(frozen=True)
class Rule:
    """One result: the function that computes it and what is known about it.

    Attributes
    ----------
    unit, level, axes, source
        Canonical unit, what the figure is counted per, what it is repeated over, where it is from.
    group
        ``result``, or ``detail`` for figures that rules share and ``all`` leaves out.
    correction
        The figure as it should be, where the calculator's is an oddity.
    applies
        Name of the flag that hides the figure on screen.
    """

    name: str
    function: Callable[..., Any]
    needs: tuple[str, ...]
    kind: Result
    unit: str
    level: str
    axes: tuple[Axis, ...]
    source: str
    group: str
    choice: Choice | None
    maybe: bool
    applies: str
    chapter: str

    @property
    def meaning(self) -> str:
        """What the figure is, in one line."""
        return (inspect.getdoc(self.function) or "").split("\n", 1)[0]

    @property
    def remarks(self) -> str:
        """How, when not, and why: the rest of what is said about the figure."""
        text = (inspect.getdoc(self.function) or "").partition("\n")[2]
        return text.partition("\nOddity:")[0].strip()

    @property
    def oddity(self) -> str:
        """What the calculator does that looks wrong, empty if nothing."""
        text = (inspect.getdoc(self.function) or "").partition("\nOddity:")[2]
        return " ".join(text.split())

    def columns(self, tiers: int) -> list[str]:
        """Names of the result's columns, in the order of its array."""
        names = [self.name]
        for axis in self.axes:
            if axis is TIER:
                names = [f"tiers.{n}.{name}" for name in names for n in TIER.expand(tiers)]
            else:
                names = [f"{name}.{label}" for name in names for label in axis.labels]
        return names

    def shape(self, tiers: int) -> tuple[int, ...]:
        """Shape of the result without the designs."""
        return tuple(len(axis.expand(tiers)) for axis in self.axes if not axis.scalar)


@dataclass(frozen=True)
class Correction:
    """A second rule for a result whose first follows an oddity of the calculator.

    Attributes
    ----------
    seen
        Where the two figures are not the same, if that is told with less work than comparing them.
    """

    name: str
    oddity: str
    function: Callable[..., Any]
    needs: tuple[str, ...]
    seen: Callable[..., Any] | None = None
    seen_needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """What makes a design doubtful: a bool a design, True where it is.

    The message may name anything the check needs in braces; the value of the design is put in.
    """

    name: str
    function: Callable[..., Any]
    needs: tuple[str, ...]
    severity: str
    field: str
    message: str
    hint: str
    source: str
    axes: tuple[Axis, ...] = ()


RULES: dict[str, Rule] = {}
CORRECTIONS: dict[str, Correction] = {}
CHECKS: dict[str, Check] = {}


def _needs(function: Callable[..., Any]) -> tuple[str, ...]:
    """Names of a function's parameters, read off its code where it has no other signature: ten times as fast."""
    if hasattr(function, "__signature__"):
        return tuple(inspect.signature(function).parameters)
    code = inspect.unwrap(function).__code__
    return code.co_varnames[: code.co_argcount]


def rule(
    *,
    unit: str = "",
    level: str,
    source: str,
    axis: Axis | tuple[Axis, ...] = (),
    kind: Result = Result.NUMBER,
    choice: Choice | None = None,
    maybe: bool = False,
    group: str = "result",
    applies: str = "",
) -> Callable[[Function], Function]:
    """Register a function as the rule for the result of its name.

    ``maybe`` marks a flag that may not apply: its function returns codes (-1, 0, 1), not bools.
    """

    def register(function: Function) -> Function:
        name = function.__name__
        if name in RULES or name in CONSTANTS:
            raise ValueError(f"{name} is defined twice")
        if level not in LEVELS:
            raise ValueError(f"{name}: {level} is not a level")
        axes = axis if isinstance(axis, tuple) else (axis,)
        kind_ = Result.CATEGORY if choice else kind
        chapter = function.__module__.rpartition(".")[2]
        RULES[name] = Rule(
            name, function, _needs(function), kind_, unit, level, axes, source, group, choice, maybe, applies, chapter
        )
        return function

    return register


def flag(**facts: Any) -> Callable[[Function], Function]:
    """Register a rule whose result is true or false."""
    return rule(kind=Result.FLAG, **facts)


def corrects(name: str, oddity: str, seen: Callable[..., Any] | None = None) -> Callable[[Function], Function]:
    """Register the figure a result should have where the calculator's is an oddity.

    Parameters
    ----------
    name, oddity
        The result, and what is odd about the calculator's.
    seen
        Where the two are not the same, on any axes; without it they are compared.
    """

    def register(function: Function) -> Function:
        if name in CORRECTIONS:
            raise ValueError(f"{name} is corrected twice")
        CORRECTIONS[name] = Correction(name, oddity, function, _needs(function), seen, _needs(seen) if seen else ())
        return function

    return register


def check(
    severity: str, field: str, message: str, hint: str, *, source: str, axis: Axis | None = None
) -> Callable[[Function], Function]:
    """Register a function as a check of the design; it returns True where something is wrong."""

    def register(function: Function) -> Function:
        name = f"check_{function.__name__}"
        if name in CHECKS:
            raise ValueError(f"{name} is defined twice")
        axes = (axis,) if axis else ()
        CHECKS[name] = Check(name, function, _needs(function), severity, field, message, hint, source, axes)
        return function

    return register


def kind_of(name: str) -> str:
    """Say what a name is: rule, input or constant; KeyError for none."""
    if name in RULES:
        return "rule"
    if name in BY_PARAMETER:
        return "input"
    if name in CONSTANTS:
        return "constant"
    raise KeyError(name)


__all__ = [
    "CHECKS",
    "CORRECTIONS",
    "DATACENTER",
    "DATACENTER_TOTAL",
    "HOUR",
    "LEVEL",
    "LEVEL_ABOVE_DATABASE",
    "LEVEL_ABOVE_SERVER",
    "LEVEL_DATABASE_DAG",
    "LEVEL_REPLICATION",
    "LEVEL_SERVER_DATACENTER",
    "MODE",
    "MONTH",
    "RETAINED",
    "RULES",
    "SERVER_ROLE",
    "TIER",
    "VOLUME",
    "WINDOW",
    "Axis",
    "Check",
    "Correction",
    "Result",
    "Rule",
    "check",
    "corrects",
    "flag",
    "kind_of",
    "only",
    "rule",
]
