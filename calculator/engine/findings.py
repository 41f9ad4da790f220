"""What the checks say of designs: their issues in words, and the status that follows."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from calculator.engine.results import Results
from calculator.issues import ERROR, NOTICE, SEVERITIES, SHOWN, WARNING, Issues
from calculator.rules.registry import CHECKS, CORRECTIONS, RULES, Check

INVALID, OK = "invalid", "ok"
STATUS = (OK, NOTICE, WARNING, INVALID)
"""Status of a design whose inputs can be used, by the rank of its gravest issue."""
RANK = {NOTICE: 1, WARNING: 2, ERROR: 3}
DESIGN_INVALID = "design_invalid"
"""Name of the rule that says whether a design is invalid."""
ODDITY_FIELD = "guidance.oddities"
SEPARATOR = " | "
"""Between the issues of a design in one text."""
_PERCENT = 100
_TABLE = 1 << 15
"""Places of a table in which equal figures are found faster than by sorting them."""
_KEPT_MESSAGES = 16_384
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


@dataclass(frozen=True)
class Messages:
    """What one check says of the designs that violate it, at one place of its axes.

    Attributes
    ----------
    texts
        Its different messages, ``severity: field: message``.
    places
        Place of each design's message among them, -1 where it has none, shape ``(designs,)``.
    """

    texts: list[str]
    places: npt.NDArray[np.int32]


def messages(results: Results) -> Iterator[Messages]:
    """Everything the checks say of some designs, the gravest first; the same as `issues_by_design` has.

    Many designs have the same message: each is put into words once.
    """
    for severity in SEVERITIES:
        for name, check in CHECKS.items():
            violated = results.values[name]
            if check.severity == severity and violated.any():
                yield from _messages_of(check, violated, results)
    yield from _oddity_messages(results)


def issue_texts(found: Iterable[Messages], designs: int) -> list[str]:
    """Issues of every design in one text, joined by a bar: the first hundred, and how many more there are."""
    parts: list[list[str]] = [[] for _ in range(designs)]
    for one in found:
        which = np.flatnonzero(one.places >= 0)
        for design, place in zip(which.tolist(), one.places[which].tolist(), strict=True):
            parts[design].append(one.texts[place])
    return [SEPARATOR.join(of if len(of) <= SHOWN else _cut(of)) for of in parts]


def _cut(parts: list[str]) -> list[str]:
    """The first hundred issues, and how many more there are."""
    more = len(parts) - SHOWN
    return [*parts[:SHOWN], f"... and {more:,} more problem{'s' if more > 1 else ''}."]


def _messages_of(check: Check, violated: Any, results: Results) -> Iterator[Messages]:
    """The messages of a check, place by place on its axes."""
    wide = np.broadcast_to(violated, (*violated.shape[:-1], results.designs))
    for place in np.ndindex(*violated.shape[:-1]):
        designs = np.flatnonzero(wide[place])
        if not designs.size:
            continue
        template, shown = _positional(check.message)
        columns = [_at(results.values[name], place, designs) for name, _ in shown]
        first, same = _alike([_as_shown(column, form) for column, (_, form) in zip(columns, shown, strict=True)])
        head = f"{check.severity}: {check.field.replace('{label}', _label(check, place, results.tiers))}: "
        figures = zip(*(column[first].tolist() for column in columns), strict=True) if columns else [()]
        places = np.full(results.designs, -1, dtype=np.int32)
        places[designs] = same
        yield Messages([head + _in_words(template, of) for of in figures], places)


@lru_cache(_KEPT_MESSAGES)
def _in_words(template: str, figures: tuple[Any, ...]) -> str:
    """A message with its figures; many come again in the next block of designs."""
    return template.format(*figures)


def _alike(columns: list[npt.NDArray[Any]]) -> tuple[Any, Any]:
    """Rows that stand for all that are the same, and for each row the one that stands for it."""
    key, size = np.zeros(len(columns[0]) if columns else 1, dtype=np.int64), 1
    for column in columns:
        codes, count = _codes(column)
        key, size = key * count + codes, size * count
        if size > _TABLE:
            _, key = np.unique(key, return_inverse=True)
            size = int(key.max()) + 1
    standing = np.full(size, -1)
    standing[key[::-1]] = np.arange(len(key))[::-1]
    found = np.flatnonzero(standing >= 0)
    number = np.empty(size, dtype=np.int64)
    number[found] = np.arange(len(found))
    return standing[found], number[key]


def _codes(column: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], int]:
    """Whole numbers that are equal where values are, and how many there may be: without sorting where few can be."""
    least, most = column.min(), column.max()
    if most - least < _TABLE and (column == np.rint(column)).all():
        return (column - least).astype(np.int64), int(most - least) + 1
    _, codes = np.unique(column, return_inverse=True)
    return codes, int(codes.max()) + 1


def _as_shown(values: npt.NDArray[Any], form: str) -> npt.NDArray[Any]:
    """Values that are equal where their texts are, as far as the form makes that easy to tell."""
    if form.endswith(".0f"):
        return np.rint(values)
    return np.rint(values * _PERCENT) if form == ".0%" else values


def _at(values: Any, place: tuple[int, ...], designs: Any) -> npt.NDArray[Any]:
    """Values of some designs, at the check's place where they have one."""
    array = values[place] if values.ndim > 1 and place else values
    found: npt.NDArray[Any] = array[..., designs] if array.shape[-1] > 1 else np.repeat(array, designs.size)
    return found


@cache
def _positional(message: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Message with its names in order, and each of those names with its form."""
    text, names = "", []
    for literal, name, form, _ in string.Formatter().parse(message):
        text += literal.replace("{", "{{").replace("}", "}}")
        if name is not None:
            names.append((name, form or ""))
            text += f"{{:{form}}}"
    return text, tuple(names)


SHOWN_BY_CHECKS = tuple(
    dict.fromkeys(name for check in CHECKS.values() for name, _ in _positional(check.message)[1] if name in RULES)
)
"""Rules whose values the messages of checks show."""

ALWAYS = (*CHECKS, *SHOWN_BY_CHECKS, DESIGN_INVALID)
"""Computed whatever is asked for, so that issues and status do not depend on it."""


def _oddity_messages(results: Results) -> Iterator[Messages]:
    """Notice of the designs whose figures oddities change; made once for each set of oddities."""
    names = list(results.differs)
    if not names:
        return
    differ = np.empty((len(names), results.designs), dtype=np.bool_)
    for place, name in enumerate(names):
        differ[place] = results.differs[name]
    sets = np.ascontiguousarray(np.packbits(differ, axis=0).T)
    _, first, which = np.unique(sets.view(f"V{sets.shape[1]}").ravel(), return_index=True, return_inverse=True)
    of_set = [[name for name, bit in zip(names, differ[:, design], strict=True) if bit] for design in first]
    texts = [f"{NOTICE}: {ODDITY_FIELD}: {_oddity_message(found)}" for found in of_set]
    some = differ.any(axis=0)
    yield Messages(texts, np.where(some, which, -1).astype(np.int32))


def _oddities(results: Results) -> dict[int, list[str]]:
    """Names of the rules with another figure without their oddity, by design."""
    names: dict[int, list[str]] = {}
    for name, differ in results.differs.items():
        for _, design in _places(differ, results.designs):
            names.setdefault(design, []).append(name)
    return names


def severity_rank(results: Results) -> Any:
    """Rank of the gravest issue of each design, 0 for none."""
    rank = np.zeros(results.designs, dtype=np.int64)
    for name, check in CHECKS.items():
        violated = results.values[name].reshape(-1, results.values[name].shape[-1]).any(axis=0)
        rank = np.maximum(rank, np.where(violated, RANK[check.severity], 0))
    for differ in results.differs.values():
        rank = np.maximum(rank, np.where(differ, RANK[NOTICE], 0))
    invalid = results.values[DESIGN_INVALID]
    return np.where(invalid, RANK[ERROR], rank)
