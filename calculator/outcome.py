"""What the checks say of designs: their issues in words, and the status that follows."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from calculator.engine import Results
from calculator.issues import ERROR, NOTICE, WARNING, Issues
from calculator.rule import CHECKS, CORRECTIONS, Check

INVALID, OK = "invalid", "ok"
STATUS = (OK, NOTICE, WARNING, INVALID)
"""Status of a design whose inputs can be used, by the rank of its gravest issue."""
RANK = {NOTICE: 1, WARNING: 2, ERROR: 3}
ODDITY_HINT = 'guidance.oddities = "corrected" takes the other figures.'


class _Values(Mapping[str, Any]):
    """What a message may name: values of one design, at the check's place on its axis."""

    def __init__(self, results: Results, design: int, place: tuple[int, ...]) -> None:
        self._results, self._design, self._place = results, design, place

    def __getitem__(self, name: str) -> Any:
        array = self._results.values[name]
        column = array[..., min(self._design, array.shape[-1] - 1)]
        return column[self._place] if column.ndim and self._place else column

    def __iter__(self) -> Iterator[str]:
        return iter(self._results.values)

    def __len__(self) -> int:
        return len(self._results.values)


def _text(template: str, values: _Values) -> str:
    return string.Formatter().vformat(template, (), values)


def _label(check: Check, place: tuple[int, ...], tiers: int) -> str:
    labels = [axis.expand(tiers)[at] for axis, at in zip(check.axes, place, strict=True)]
    return ".".join(labels)


def _places(violated: Any, designs: int) -> Iterable[tuple[tuple[int, ...], int]]:
    wide = np.broadcast_to(violated, (*violated.shape[:-1], designs))
    for *place, design in np.argwhere(wide):
        yield tuple(int(at) for at in place), int(design)


def issues_by_design(results: Results, where: Mapping[int, str] | str) -> dict[int, Issues]:
    """Issues of the designs that have any.

    Parameters
    ----------
    results
        Of a run whose targets hold the checks.
    where
        How the issues name a design: one text, or a text by number of the design.
    """
    found: dict[int, Issues] = {}

    def place_of(design: int) -> str:
        return where if isinstance(where, str) else where[design]

    for name, check in CHECKS.items():
        violated = results.values[name]
        if not violated.any():
            continue
        for place, design in _places(violated, results.designs):
            field = check.field.replace("{label}", _label(check, place, results.tiers))
            message = _text(check.message, _Values(results, design, place))
            found.setdefault(design, Issues()).add(check.severity, place_of(design), field, message, check.hint)
    for design, names in _oddities(results).items():
        causes = ", ".join(f"{name} ({CORRECTIONS[name].oddity})" for name in names)
        message = f"The calculator's oddities change figures of this design: {causes}."
        found.setdefault(design, Issues()).add(NOTICE, place_of(design), "guidance.oddities", message, ODDITY_HINT)
    return found


def _oddities(results: Results) -> dict[int, list[str]]:
    """Names of the rules with another figure without their oddity, by design."""
    names: dict[int, list[str]] = {}
    for name, differ in results.differs.items():
        for _, design in _places(differ, results.designs):
            names.setdefault(design, []).append(name)
    return names


def ranks(results: Results) -> Any:
    """Rank of the gravest issue of each design, 0 for none."""
    rank = np.zeros(results.designs, dtype=np.int64)
    for name, check in CHECKS.items():
        violated = results.values[name].reshape(-1, results.values[name].shape[-1]).any(axis=0)
        rank = np.maximum(rank, np.where(violated, RANK[check.severity], 0))
    for differ in results.differs.values():
        rank = np.maximum(rank, np.where(differ, RANK[NOTICE], 0))
    invalid = results.values["design_invalid"]
    return np.where(invalid, RANK[ERROR], rank)
