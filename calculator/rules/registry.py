"""Registry of rules, corrections and checks: pure functions that are wired by the names of their parameters.

The name of a rule is the result that it computes; each of its parameters is another result, an input
(``section__field``) or a constant.  Unknown names, duplicates and cycles raise an error at import.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple, TypeVar

from calculator.inputs.choices import Choice
from calculator.inputs.schema import BY_PARAMETER, DATACENTER, HOUR, SERVER_ROLE, TIER, Axis
from calculator.rules.constants import CONSTANTS, scalar

RuleFunction = TypeVar("RuleFunction", bound=Callable[..., Any])


class ResultKind(Enum):
    """Kind of value that a result has."""

    NUMBER = "number"
    FLAG = "flag"
    CATEGORY = "category"


LEVELS = ("per_mailbox", "per_database", "per_volume", "per_server", "per_datacenter", "per_dag", "per_environment")


def only(label: str) -> tuple[Axis, ...]:
    """Return the axes of a result that only one datacenter or server role has."""
    return (Axis("datacenter", (label,), scalar=True),)


MODE = Axis("mode", ("normal", "single", "double", "site", "worst"))
LEVEL = Axis("level", ("database", "server", "dag", "environment"))
LEVEL_ABOVE_DATABASE = Axis("level", ("server", "dag", "environment"))
LEVEL_ABOVE_SERVER = Axis("level", ("dag", "environment"))
LEVEL_REPLICATION = Axis("level", ("database", "dag", "environment"))
LEVEL_DATABASE_DAG = Axis("level", ("database", "dag"))
LEVEL_DATABASE_SERVER = Axis("level", ("database", "server"))
LEVEL_SERVER_DATACENTER = Axis("level", ("server", "datacenter"))
DATACENTER_TOTAL = Axis("datacenter", ("primary", "secondary", "total"))
BOUND = Axis("bound", ("least", "most"))
WINDOW = Axis("window", tuple(str(h) for h in range(1, 25)))
VOLUME = Axis("volume", tuple(str(n) for n in range(1, int(scalar("layout_limit")) + 1)))
RETAINED = Axis("retained_percent", ("60", "80", "100"))
_SHARE = re.compile("share|utilization|fraction|fill")
"""Names of results without a unit that are shares."""
MONTH = Axis("month", ("0", *(str(m) for m in range(12, 61, 3))))


class Rule(NamedTuple):
    """One result: the function that computes it, and its description.

    Attributes
    ----------
    needs
        Names of the parameters of the function.
    unit, level, axes, source
        Canonical unit, the object that the figure is counted per, the axes over which it is repeated, and its source.
    group
        ``result``, or ``detail`` for figures that rules share and that ``all`` leaves out.
    choice, maybe
        Words of a category; whether a flag may be not applicable.
    applies
        Name of the flag that hides the figure on screen.
    chapter
        Module that defines the rule.
    needs_mailboxes
        Whether the figure says nothing in a design without mailboxes, if it is computed from the mailboxes.
    """

    name: str
    function: Callable[..., Any]
    needs: tuple[str, ...]
    kind: ResultKind
    unit: str
    level: str
    axes: tuple[Axis, ...]
    source: str
    group: str
    choice: Choice | None
    maybe: bool
    applies: str
    chapter: str
    needs_mailboxes: bool = True

    @property
    def meaning(self) -> str:
        """Description of the figure in one line."""
        return (inspect.getdoc(self.function) or "").split("\n", 1)[0]

    @property
    def remarks(self) -> str:
        """Further description of the figure: how it is computed and when it does not apply."""
        text = (inspect.getdoc(self.function) or "").partition("\n")[2]
        return text.partition("\nOddity:")[0].strip()

    @property
    def oddity(self) -> str:
        """What Microsoft's workbook does that looks wrong, empty if nothing."""
        text = (inspect.getdoc(self.function) or "").partition("\nOddity:")[2]
        return " ".join(text.split())

    @property
    def is_share(self) -> bool:
        """Whether the figure is a share, which people read in percent."""
        return self.unit == "1" and _SHARE.search(self.name) is not None

    def level_of(self, column: str) -> str:
        """Return what a column of the result is counted per: the label of its axis of levels, if it has one."""
        labels = column.partition(self.name)[2].split(".")[1:]
        axes = [axis for axis in self.axes if axis is not TIER]
        return next(
            (f"per_{label}" for axis, label in zip(axes, labels, strict=False) if axis.name == LEVEL.name), self.level
        )

    def columns(self, tiers: int) -> list[str]:
        """Return the column names of the result, in the order of its array."""
        names = [self.name]
        for axis in self.axes:
            if axis is TIER:
                names = [f"tiers.{n}.{name}" for name in names for n in TIER.expand(tiers)]
            else:
                names = [f"{name}.{label}" for name in names for label in axis.labels]
        return names

    def shape(self, tiers: int) -> tuple[int, ...]:
        """Return the shape of the result without the axis of designs."""
        return tuple(len(axis.expand(tiers)) for axis in self.axes if not axis.scalar)


class Correction(NamedTuple):
    """Corrected rule for a result that follows an oddity of Microsoft's workbook.

    Attributes
    ----------
    needs
        Names of the parameters of the function; its own name is the figure of Microsoft's workbook.
    seen
        Function that returns where the two figures differ, if that is cheaper than comparing them.  The one of
        Microsoft's workbook is then larger in some places and smaller in others.
    """

    name: str
    oddity: str
    function: Callable[..., Any]
    needs: tuple[str, ...]
    seen: Callable[..., Any] | None = None
    seen_needs: tuple[str, ...] = ()

    @property
    def other_needs(self) -> tuple[str, ...]:
        """Names of the parameters of the function without the figure of Microsoft's workbook that it corrects."""
        return tuple(need for need in self.needs if need != self.name)


class Check(NamedTuple):
    """Check of a design: a function that returns True where a design has a problem.

    Names in braces in the message are replaced by the values of the design; the check must need them.  The message of
    a check with ``only_alone`` is left out where another check of the same severity finds the cause.
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
    only_alone: bool = False

    @property
    def requirement(self) -> str:
        """What holds for a design that passes the check, in a sentence."""
        sentence = (inspect.getdoc(self.function) or "").split("\n", 1)[0].removeprefix("Check that ")
        return f"{sentence[:1].upper()}{sentence[1:]}"


RULES: dict[str, Rule] = {}
CORRECTIONS: dict[str, Correction] = {}
CHECKS: dict[str, Check] = {}


def _needs(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the parameter names of a function.

    They are read from its code unless it has another signature, which is ten times as fast.
    """
    if hasattr(function, "__signature__"):
        return tuple(inspect.signature(function).parameters)
    code = (inspect.unwrap(function) if hasattr(function, "__wrapped__") else function).__code__
    return code.co_varnames[: code.co_argcount]


def rule(
    *,
    unit: str = "",
    level: str,
    source: str,
    axis: Axis | tuple[Axis, ...] = (),
    kind: ResultKind = ResultKind.NUMBER,
    choice: Choice | None = None,
    maybe: bool = False,
    group: str = "result",
    applies: str = "",
    needs_mailboxes: bool = True,
) -> Callable[[RuleFunction], RuleFunction]:
    """Register a function as the rule that computes the result of its name.

    ``maybe`` marks a flag that may be not applicable: its function returns codes (-1, 0, 1), not bools.
    """

    def register(function: RuleFunction) -> RuleFunction:
        name = function.__name__
        if name in RULES or name in CONSTANTS:
            raise ValueError(f"{name} is defined twice")
        if level not in LEVELS:
            raise ValueError(f"{name}: {level} is not a level")
        axes = axis if isinstance(axis, tuple) else (axis,)
        RULES[name] = Rule(
            name=name,
            function=function,
            needs=_needs(function),
            kind=ResultKind.CATEGORY if choice else kind,
            unit=unit,
            level=level,
            axes=axes,
            source=source,
            group=group,
            choice=choice,
            maybe=maybe,
            applies=applies,
            needs_mailboxes=needs_mailboxes,
            chapter=function.__module__.rpartition(".")[2],
        )
        return function

    return register


def flag(**facts: Any) -> Callable[[RuleFunction], RuleFunction]:
    """Register a function as the rule that computes a flag."""
    return rule(kind=ResultKind.FLAG, **facts)


def corrects(name: str, oddity: str, seen: Callable[..., Any] | None = None) -> Callable[[RuleFunction], RuleFunction]:
    """Register a function as the correction of a result that follows an oddity of Microsoft's workbook.

    Parameters
    ----------
    name, oddity
        The result, and the oddity in a few words.
    seen
        Function that returns where the two figures differ, on any axes, larger in some places and smaller in others;
        without it they are compared.
    """

    def register(function: RuleFunction) -> RuleFunction:
        if name in CORRECTIONS:
            raise ValueError(f"{name} is corrected twice")
        CORRECTIONS[name] = Correction(name, oddity, function, _needs(function), seen, _needs(seen) if seen else ())
        return function

    return register


def check(
    severity: str,
    field: str,
    message: str,
    hint: str,
    *,
    source: str,
    axis: Axis | None = None,
    only_alone: bool = False,
) -> Callable[[RuleFunction], RuleFunction]:
    """Register a function as a check; it returns True where a design has a problem."""

    def register(function: RuleFunction) -> RuleFunction:
        name = f"check_{function.__name__}"
        if name in CHECKS:
            raise ValueError(f"{name} is defined twice")
        axes = (axis,) if axis else ()
        CHECKS[name] = Check(name, function, _needs(function), severity, field, message, hint, source, axes, only_alone)
        return function

    return register


def kind_of(name: str) -> str:
    """Return whether a name is a ``rule``, an ``input`` or a ``constant``; raise KeyError for another name."""
    if name in RULES:
        return "rule"
    if name in BY_PARAMETER:
        return "input"
    if name in CONSTANTS:
        return "constant"
    raise KeyError(name)


__all__ = [
    "BOUND",
    "CHECKS",
    "CORRECTIONS",
    "DATACENTER",
    "DATACENTER_TOTAL",
    "HOUR",
    "LEVEL",
    "LEVEL_ABOVE_DATABASE",
    "LEVEL_ABOVE_SERVER",
    "LEVEL_DATABASE_DAG",
    "LEVEL_DATABASE_SERVER",
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
    "ResultKind",
    "Rule",
    "check",
    "corrects",
    "flag",
    "kind_of",
    "only",
    "rule",
]
