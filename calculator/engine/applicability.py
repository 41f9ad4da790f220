"""Figures that do not apply although Microsoft's workbook shows a number there.

The workbook continues to compute with 0 where a design is invalid: 0 servers, 0 disks, and memory for databases of
0 GB.  A figure is void if its rule needs, directly or through other rules, a rule that is 0 only because the design
does not work, or if it belongs to a datacenter or DAG that does not exist in the design.  `CAUSES` names the findings
that make figures void, and the first rules that they make void.

Studies compare designs with each other, so in a study no figure of an invalid design applies, not even one that does
not depend on the error (`INVALID_DESIGN`): hardware that does not work has no size to compare.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from calculator.engine.graph import ORDER, followers
from calculator.numerics.arrays import NA, NO_CODE, Array
from calculator.rules.registry import DATACENTER, LEVEL_ABOVE_SERVER, MODE, RULES, ResultKind, Rule

_INVALID = "design_invalid"
LOST = MODE.labels[3]
"""Failure mode in which a datacenter is lost, which needs another one that takes over."""


@dataclass(frozen=True)
class Cause:
    """A finding about a design that makes figures void.

    Attributes
    ----------
    finding, holds
        Name of a flag, and its value in the designs whose figures are void.
    roots
        Rules whose numbers and words are void, with those of all rules that need them.
    unit
        Unit of what is void; anything by default.
    checks
        Checks whose message says why the figures do not apply.
    accepted
        Whether Microsoft's workbook accepts such designs, so that its figure is known.
    reason
        Why the figures do not apply.
    """

    finding: str
    holds: bool
    roots: tuple[str, ...]
    checks: tuple[str, ...]
    unit: str = ""
    accepted: bool = False
    reason: str = "the design is invalid"

    @cached_property
    def rules(self) -> frozenset[str]:
        """Return the names of the rules whose numbers or words are void; flags always apply."""
        rules = (RULES[name] for name in followers(self.roots))
        return frozenset(
            rule.name for rule in rules if rule.kind is not ResultKind.FLAG and self.unit in ("", rule.unit)
        )

    def find(self, values: Mapping[str, Array]) -> Array | None:
        """Return where the finding holds, shape ``(designs,)`` or ``(datacenter, designs)``; None if nowhere."""
        found: Array = values[self.finding] == self.holds
        return found if found.any() else None

    def places(self, found: Array, rule: Rule) -> Array:
        """Return where the finding makes the values of a rule void: per datacenter, if both have one value for each."""
        if found.ndim == 1 or rule.axes == (DATACENTER,):
            return found
        return np.asarray(found.any(axis=0))


class _EmptyDesign(Cause):
    """Design without mailboxes: figures computed from the mailboxes are 0 or a lower limit, flags too."""

    @cached_property
    def rules(self) -> frozenset[str]:
        """Return the names of the results computed from the mailboxes other than through the checks of validity."""
        validity = {_INVALID, *(need for need in RULES[_INVALID].needs if need in RULES)}
        found = set(self.roots)
        for name in ORDER:
            if name in RULES and name not in validity and not found.isdisjoint(RULES[name].needs):
                found.add(name)
        rules = (RULES[name] for name in found if name in RULES)
        return frozenset(rule.name for rule in rules if rule.needs_mailboxes and rule.group == "result")


@dataclass(frozen=True)
class _Absent(Cause):
    """Design without a datacenter or DAG: nothing that belongs to it applies, flags included.

    Attributes
    ----------
    labels
        Labels of what does not exist on the axes of results.
    """

    labels: tuple[str, ...] = ()

    @cached_property
    def rules(self) -> frozenset[str]:
        """Return the names of the rules that have a value at one of the labels."""
        absent = set(self.labels)
        return frozenset(
            name for name, rule in RULES.items() if any(not absent.isdisjoint(axis.labels) for axis in rule.axes)
        )

    def places(self, found: Array, rule: Rule) -> Array:
        """Return the places of the labels in the designs where they do not exist."""
        return np.asarray(_labelled(rule, self.labels)[..., np.newaxis] & found)


@cache
def _labelled(rule: Rule, labels: tuple[str, ...]) -> Array:
    """Return which places on the axes of a rule have one of some labels."""
    return np.array([not set(labels).isdisjoint(column.split(".")) for column in rule.columns(1)]).reshape(
        rule.shape(1)
    )


class _InvalidDesign(Cause):
    """Invalid design: no figure, word or flag of it applies, except those that say why it is invalid."""

    @cached_property
    def rules(self) -> frozenset[str]:
        """Return the names of all rules except the checks of validity."""
        return frozenset(RULES) - {_INVALID, "validation_message", *RULES[_INVALID].needs}


NO_MAILBOXES = _EmptyDesign("check_no_mailboxes", True, ("tiers__mailboxes",), (), reason="the design has no mailboxes")
NO_DATABASE = Cause(
    "database_size_not_positive", True, ("mailboxes_per_database_capacity",), ("check_size_limit_not_positive",)
)
INVALID = Cause(
    _INVALID,
    True,
    ("valid",),
    (
        "check_dag_too_large",
        "check_more_copies_than_servers",
        "check_quota_missing",
        "check_databases_above_limit",
        "check_size_limit_not_positive",
        "check_volumes_too_few",
        "check_copies_uneven",
        "check_figures_missing",
    ),
)
NO_DISK_FITS = Cause(
    "disks_fit",
    False,
    ("storage_jbod_disks_configuration_reason", "storage_raid_disks_per_server"),
    ("check_disk_too_small", "check_disk_too_slow"),
    unit="disks",
    accepted=True,
)
ONE_DATACENTER = _Absent(
    "two_datacenters", False, (), (), accepted=True, reason="one datacenter", labels=(DATACENTER.labels[1], LOST)
)
NO_DAG = _Absent(
    "highly_available", False, (), (), accepted=True, reason="no DAG", labels=(LEVEL_ABOVE_SERVER.labels[0],)
)
CAUSES = (NO_MAILBOXES, NO_DATABASE, INVALID, NO_DISK_FITS, ONE_DATACENTER, NO_DAG)
INVALID_DESIGN = _InvalidDesign(_INVALID, True, (), INVALID.checks)
"""Cause for which no figure of an invalid design applies in a study."""


def findings_for(targets: Iterable[str]) -> frozenset[str]:
    """Return the findings that tell whether the figures of some rules are void."""
    wanted = set(targets)
    return frozenset(cause.finding for cause in CAUSES if not wanted.isdisjoint(cause.rules))


class Figures(Mapping[str, Array]):
    """Values of a run by name, not applicable where they are void.

    Parameters
    ----------
    values
        Values as the rules give them.
    as_workbook
        Whether figures of designs that Microsoft's workbook accepts are left as they are.
    valid_only
        Whether no figure of an invalid design applies; the values have to include `INVALID_DESIGN.finding`.
    """

    def __init__(self, values: Mapping[str, Array], *, as_workbook: bool = False, valid_only: bool = False) -> None:
        self._values = values
        self._causes = [cause for cause in CAUSES if not (as_workbook and cause.accepted)]
        if valid_only:
            self._causes.append(INVALID_DESIGN)
        self._void: dict[str, Array | None] = {}
        self._figures: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        if name not in self._figures:
            self._figures[name] = self.applicable(name, self._values[name])
        return self._figures[name]

    def applicable(self, name: str, values: Array) -> Array:
        """Return values of a rule, not applicable where the figures of the rule are void."""
        for _, void in self._voids(name):
            values = np.where(void, NA if RULES[name].kind is ResultKind.NUMBER else NO_CODE, values)
        return values

    def cause_at(self, name: str, place: tuple[int, ...] = ()) -> Cause | None:
        """Return the first cause that makes a figure of a rule void in every design.

        Parameters
        ----------
        name
            The rule.
        place
            Place on the axes of the rule; without it, the cause must make all figures of the rule void.
        """
        shape = self._values[name].shape
        for cause, void in self._voids(name):
            if np.broadcast_to(void, np.broadcast_shapes(void.shape, shape))[place].all():
                return cause
        return None

    def causes(self, name: str) -> list[Cause]:
        """Return the causes that make some figure of a rule void in some design."""
        return [cause for cause, _ in self._voids(name)]

    def _voids(self, name: str) -> Iterator[tuple[Cause, Array]]:
        """Yield the causes that make figures of a rule void, with the places and designs where they do."""
        for cause in self._causes:
            if name in cause.rules and (found := self._find(cause)) is not None:
                yield cause, cause.places(found, RULES[name])

    def _find(self, cause: Cause) -> Array | None:
        if cause.finding not in self._void:
            self._void[cause.finding] = cause.find(self._values)
        return self._void[cause.finding]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
