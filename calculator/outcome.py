"""What the checks say of designs: their issues in words, and the status that follows."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np

from calculator.engine import Results
from calculator.issues import ERROR, NOTICE, SEVERITIES, SHOWN, WARNING, Issues
from calculator.rule import CHECKS, CORRECTIONS, RULES, Check

INVALID, OK = "invalid", "ok"
STATUS = (OK, NOTICE, WARNING, INVALID)
"""Status of a design whose inputs can be used, by the rank of its gravest issue."""
RANK = {NOTICE: 1, WARNING: 2, ERROR: 3}
ODDITY_FIELD = "guidance.oddities"
SEPARATOR = " | "
"""Between the issues of a design in one text."""
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
        issues = found.setdefault(design, Issues())
        issues.add(NOTICE, place_of(design), ODDITY_FIELD, _oddity_message(names), ODDITY_HINT)
    return found


def _oddity_message(names: Iterable[str]) -> str:
    causes = ", ".join(f"{name} ({CORRECTIONS[name].oddity})" for name in names)
    return f"The calculator's oddities change figures of this design: {causes}."


def issue_texts(results: Results) -> list[str]:
    """Issues of every design in one text, ``severity: field: message`` joined by a bar.

    The same as `issues_by_design` gives, made a check at a time for all designs.
    """
    parts: list[list[str]] = [[] for _ in range(results.designs)]
    for severity in SEVERITIES:
        for name, check in CHECKS.items():
            violated = results.values[name]
            if check.severity == severity and violated.any():
                _add_texts(parts, check, violated, results)
    for design, text in _oddity_texts(results):
        parts[design].append(text)
    return [SEPARATOR.join(of if len(of) <= SHOWN else _cut(of)) for of in parts]


def _cut(parts: list[str]) -> list[str]:
    """The first hundred issues, and how many more there are."""
    more = len(parts) - SHOWN
    return [*parts[:SHOWN], f"... and {more:,} more problem{'s' if more > 1 else ''}."]


def _add_texts(parts: list[list[str]], check: Check, violated: Any, results: Results) -> None:
    """Append the message of a check to the designs that violate it, place by place on its axes."""
    template, names = _positional(check.message)
    wide = np.broadcast_to(violated, (*violated.shape[:-1], results.designs))
    for place in np.ndindex(*violated.shape[:-1]):
        designs = np.flatnonzero(wide[place])
        if not designs.size:
            continue
        field = check.field.replace("{label}", _label(check, place, results.tiers))
        head = f"{check.severity}: {field}: "
        if not names:
            text = head + template.format()
            for design in designs.tolist():
                parts[design].append(text)
            continue
        columns = [_at(results.values[name], place, designs) for name in names]
        texts = map((_literal(head) + template).format, *columns)
        for design, text in zip(designs.tolist(), texts, strict=True):
            parts[design].append(text)


def _literal(text: str) -> str:
    """Text that formatting leaves as it is."""
    return text.replace("{", "{{").replace("}", "}}")


def _at(values: Any, place: tuple[int, ...], designs: Any) -> list[Any]:
    """Values of some designs, at the check's place where they have one."""
    array = values[place] if values.ndim > 1 and place else values
    found: list[Any] = (array[..., designs] if array.shape[-1] > 1 else np.repeat(array, designs.size)).tolist()
    return found


@cache
def _positional(message: str) -> tuple[str, tuple[str, ...]]:
    """Message with its names in order, and those names."""
    text, names = "", []
    for literal, name, form, _ in string.Formatter().parse(message):
        text += _literal(literal)
        if name is not None:
            names.append(name)
            text += f"{{:{form}}}"
    return text, tuple(names)


SHOWN_BY_CHECKS = tuple(
    dict.fromkeys(name for check in CHECKS.values() for name in _positional(check.message)[1] if name in RULES)
)
"""Rules whose values the messages of checks show."""


def _oddity_texts(results: Results) -> Iterator[tuple[int, str]]:
    """Notice of the designs whose figures oddities change; made once for each set of oddities."""
    names = list(results.differs)
    if not names:
        return
    differ = np.array([np.broadcast_to(results.differs[name], results.designs) for name in names])
    sets, which = np.unique(np.packbits(differ, axis=0), axis=1, return_inverse=True)
    of_set = [[n for n, bit in zip(names, np.unpackbits(column), strict=False) if bit] for column in sets.T]
    texts = [f"{NOTICE}: {ODDITY_FIELD}: {_oddity_message(found)}" if found else "" for found in of_set]
    for design, place in enumerate(which.ravel().tolist()):
        if texts[place]:
            yield design, texts[place]


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
