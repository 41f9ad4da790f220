"""Issues and status of sized designs: what the checks found, as messages for people."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from calculator.engine.compute import LARGER, MISSING, ODDITIES, SMALLER, UNFOUNDED
from calculator.engine.message_text import format_messages, read_template
from calculator.engine.results import DESIGN_INVALID, Results
from calculator.inputs.choices import Oddities
from calculator.inputs.units import unit_words
from calculator.issues import ERROR, NOTICE, SEVERITIES, SHOWN, WARNING, Issues
from calculator.numerics.arrays import Array
from calculator.numerics.distinct import distinct_rows
from calculator.rules.constants import CONSTANTS, Constant, LookupTable
from calculator.rules.registry import CHECKS, CORRECTIONS, RULES, Check

INVALID, OK = "invalid", "ok"
STATUS = (OK, NOTICE, WARNING, INVALID)
"""Status of a design whose inputs can be used, by the rank of its most severe issue."""
RANK = {NOTICE: 1, WARNING: 2, ERROR: 3}
ODDITY_FIELD = "guidance.oddities"
SEPARATOR = " | "
"""Text between two issues of a design in one cell."""
_ODDITY_TEXTS = {
    False: (
        "Known quirks of Microsoft's workbook affect these results. Compared with the corrected figures, they are",
        'Set guidance.oddities to "corrected" to use the corrected figures.',
    ),
    True: (
        "Known quirks of Microsoft's workbook are corrected in these results. Compared with them, the figures of "
        "the workbook would be",
        'Set guidance.oddities to "as_calculator" to use the figures of the workbook.',
    ),
}
"""Beginning of the notice about quirks, and its hint, by whether the design uses the corrected figures."""
_DIFFERENCES = {
    LARGER: "larger",
    SMALLER: "smaller",
    MISSING: "not applicable instead of a figure",
    UNFOUNDED: "a figure instead of not applicable",
}

CONSTANT_HINT = "The results are not those of Microsoft's workbook. Remove the value to go back to the published one."


@dataclass(frozen=True)
class Messages:
    """Messages of one check about the designs that violate it, at one place on the axes of the check.

    Attributes
    ----------
    severity, field, hint
        The same for all messages.
    distinct
        The distinct messages.
    places
        Index into ``distinct`` per design, -1 for a design without a message, shape ``(designs,)``.
    check
        Name of the check; empty for a message that does not come from a check.
    """

    severity: str
    field: str
    hint: str
    distinct: list[str]
    places: npt.NDArray[np.int32]
    check: str = ""

    @cached_property
    def texts(self) -> list[str]:
        """The distinct messages with their severity and field: ``severity: field: message``."""
        head = f"{self.severity}: {self.field}: "
        return [head + message for message in self.distinct]


def messages(results: Results) -> Iterator[Messages]:
    """Yield all messages about some designs, the most severe first.

    Many designs share a message, so each distinct message is formatted once.

    Parameters
    ----------
    results
        Results of a run whose targets include the checks.
    """
    violated = {name: values for name in CHECKS if (values := results.values[name]).any()}
    for severity in SEVERITIES:
        for name, values in violated.items():
            if CHECKS[name].severity == severity:
                yield from _messages_of(CHECKS[name], _without_cause(CHECKS[name], values, violated), results)
        if severity == WARNING:
            yield from _constant_messages(results)
    yield from _oddity_messages(results)


def _without_cause(check: Check, values: Any, violated: Mapping[str, Any]) -> Any:
    """Return where a check that reports only alone finds a problem that no other check of its severity explains."""
    if not check.only_alone:
        return values
    others = [
        found.reshape(-1, found.shape[-1]).any(axis=0)
        for name, found in violated.items()
        if CHECKS[name].severity == check.severity and name != check.name
    ]
    return values & ~reduce(np.logical_or, others) if others else values


def issues_of(results: Results, where: str) -> Issues:
    """Return the issues of a single design.

    Parameters
    ----------
    results
        Results of a run of one design whose targets include the checks.
    where
        How the issues name the design.
    """
    issues = Issues()
    for found in messages(results):
        issues.add(found.severity, where, found.field, found.distinct[found.places[0]], found.hint)
    return issues


def void_reason(results: Results, rule: str, place: tuple[int, ...] = (), *, valid_only: bool = False) -> str:
    """Return why a figure is void in a single design, with the first message that says so.

    Parameters
    ----------
    results
        Results of a run of one design whose targets include the checks.
    rule, place
        Name of the rule, and a place on its axes; without a place, the reason why all figures of the rule are void.
    valid_only
        Whether no figure of an invalid design applies, as in studies.

    Returns
    -------
    str
        Empty if the figure is not void.
    """
    cause = (results.valid_figures if valid_only else results.figures).cause_at(rule, place)
    if cause is None:
        return ""
    errors = (name for name, check in CHECKS.items() if cause.checks and check.severity == ERROR)
    messages = filter(None, (check_message(results, name) for name in (*cause.checks, *errors)))
    return ". ".join([cause.reason, *itertools.islice(messages, 1)])


def check_message(results: Results, name: str) -> str:
    """Return the first message of a check about a single design; empty if the design passes the check."""
    found = next(_messages_of(CHECKS[name], results.values[name], results), None)
    return found.distinct[found.places[0]] if found is not None else ""


def first_error(issues: Issues) -> str:
    """Return the message of the first issue of severity error; empty if there is none."""
    return next((issue.message for issue in issues if issue.severity == ERROR), "")


def errors_of(text: str) -> list[str]:
    """Return the distinct messages of the errors among the issues of a row, which `issue_texts` formats."""
    return list(dict.fromkeys(_messages_in(text, ERROR)))


def warnings_of(text: str) -> list[str]:
    """Return the distinct messages of the warnings among the issues of a row."""
    return list(dict.fromkeys(_messages_in(text, WARNING)))


def _messages_in(text: str, severity: str) -> Iterator[str]:
    found = (part for part in text.split(SEPARATOR) if part.startswith(f"{severity}: "))
    return (part.split(": ", 2)[2] for part in found)


def issue_texts(found: Iterable[Messages], designs: int) -> list[str]:
    """Return the issues of each design as one text: the first hundred issues, and the number of further ones."""
    parts: list[list[str]] = [[] for _ in range(designs)]
    for group in found:
        which = np.flatnonzero(group.places >= 0)
        for design, place in zip(which.tolist(), group.places[which].tolist(), strict=True):
            parts[design].append(group.texts[place])
    return [SEPARATOR.join(texts if len(texts) <= SHOWN else _shorten(texts)) for texts in parts]


def _shorten(texts: list[str]) -> list[str]:
    more = len(texts) - SHOWN
    return [*texts[:SHOWN], f"... and {more:,} more problem{'s' if more > 1 else ''}."]


def _messages_of(check: Check, violated: Any, results: Results) -> Iterator[Messages]:
    """Yield the messages of a check for each place on its axes."""
    wide = np.broadcast_to(violated, (*violated.shape[:-1], results.designs))
    for place in np.ndindex(*violated.shape[:-1]):
        designs = np.flatnonzero(wide[place])
        if not designs.size:
            continue
        names = read_template(check.message).names
        distinct, which = format_messages(
            check.message, [_values_at(results.values[name], place, designs) for name in names]
        )
        places = np.full(results.designs, -1, dtype=np.int32)
        places[designs] = which
        field = check.field.replace("{label}", _label(check, place, results.tiers))
        yield Messages(check.severity, field, check.hint, distinct, places, check.name)


def _label(check: Check, place: tuple[int, ...], tiers: int) -> str:
    return ".".join(axis.expand(tiers)[index] for axis, index in zip(check.axes, place, strict=True))


def _values_at(values: Any, place: tuple[int, ...], designs: Any) -> Array:
    """Return the values of some designs, at the place of the check if the values have axes."""
    array = values[place] if values.ndim > 1 and place else values
    found: Array = array[..., designs] if array.shape[-1] > 1 else np.repeat(array, designs.size)
    return found


SHOWN_BY_CHECKS = tuple(
    dict.fromkeys(name for check in CHECKS.values() for name in read_template(check.message).names if name in RULES)
)
"""Rules whose values appear in the messages of checks."""

ALWAYS = (*CHECKS, *SHOWN_BY_CHECKS, DESIGN_INVALID)
"""Targets of every run, so that issues and status do not depend on the results asked for."""


def _oddity_messages(results: Results) -> Iterator[Messages]:
    """Yield the notices about quirks, one message per distinct set of figures that they change and how."""
    found = ((name, codes) for name, codes in results.differs.items() if codes.any())
    differs = {name: np.broadcast_to(codes, results.designs) for name, codes in found}
    if not differs:
        return
    first, which = distinct_rows(list(differs.values()))
    distinct = [{name: int(codes[design]) for name, codes in differs.items()} for design in first]
    has_difference = np.any(list(differs.values()), axis=0)
    corrected = np.broadcast_to(results.values[ODDITIES] == Oddities.CORRECTED, results.designs)
    for is_corrected, (text, hint) in _ODDITY_TEXTS.items():
        designs = has_difference & (corrected == is_corrected)
        if designs.any():
            places = np.where(designs, which, -1).astype(np.int32)
            yield Messages(NOTICE, ODDITY_FIELD, hint, [_oddity_message(text, found) for found in distinct], places)


def _oddity_message(text: str, codes: Mapping[str, int]) -> str:
    """Return the notice about the figures that quirks change: how the figures of the workbook differ, and why."""
    parts = []
    for code in sorted({code for code in codes.values() if code}):
        causes = (f"{_subject(name)} ({CORRECTIONS[name].oddity})" for name, found in codes.items() if found == code)
        parts.append(f"{_difference(code)} for {', '.join(causes)}")
    return f"{text} {'; '.join(parts)}."


def _difference(code: int) -> str:
    """Return how figures of Microsoft's workbook differ from the corrected ones."""
    return " or ".join(words for kind, words in _DIFFERENCES.items() if code & kind)


def quirks_of(results: Results) -> list[tuple[str, str, str]]:
    """Return the figures that quirks of Microsoft's workbook change in a single design.

    Returns
    -------
    list
        What each figure is, how the figure of the workbook differs from the corrected one, and the reason.
    """
    codes = {name: int(found[0]) for name, found in results.differs.items()}
    changed = ((code, name) for name, code in codes.items() if code)
    return [
        (_subject(name).removeprefix("the "), _difference(code), CORRECTIONS[name].oddity)
        for code, name in sorted(changed, key=lambda found: found[0])
    ]


@cache
def _subject(name: str) -> str:
    """Return what a rule computes, as part of a sentence: its meaning up to the first comma."""
    meaning = RULES[name].meaning.rstrip(".").partition(",")[0]
    is_word = meaning[1].islower()
    return f"the {meaning[0].lower() if is_word else meaning[0]}{meaning[1:]}"


def _constant_messages(results: Results) -> Iterator[Messages]:
    """Yield the warnings about constants that designs override."""
    for constant, label, published, values in _overridden_constants(results):
        distinct, places = np.unique(values, return_inverse=True)
        path = f"{constant.path}.{label}" if label else constant.path
        messages = [_constant_message(constant, value, published) for value in distinct.tolist()]
        where = np.where(values == published, -1, places).astype(np.int32)
        yield Messages(WARNING, path, CONSTANT_HINT, messages, where)


def _overridden_constants(results: Results) -> Iterator[tuple[Constant, str, float, Array]]:
    """Yield the constants that some design overrides: the constant, key, published value, and value of each design."""
    for name, array in results.overridden.items():
        constant = CONSTANTS[name]
        table = constant.value
        published = table.values.tolist() if isinstance(table, LookupTable) else [table]
        for label, default, values in zip(constant.labels or ("",), published, np.atleast_2d(array), strict=True):
            if (values != default).any():
                yield constant, label, default, np.broadcast_to(values, results.designs)


def _constant_message(constant: Constant, value: float, published: float) -> str:
    unit = unit_words(constant.unit)
    unit = f" {unit}" if unit else ""
    return f"{constant.meaning}: {value:.15g}{unit} is used instead of the published {published:.15g}{unit}."


def severity_rank(results: Results) -> Any:
    """Return the rank of the most severe issue of each design, 0 for none."""
    rank = np.zeros(results.designs, dtype=np.int64)
    for name, check in CHECKS.items():
        violated = results.values[name]
        if violated.any():
            some = violated.reshape(-1, violated.shape[-1]).any(axis=0)
            rank = np.maximum(rank, np.where(some, RANK[check.severity], 0))
    for _, _, published, values in _overridden_constants(results):
        rank = np.maximum(rank, np.where(values != published, RANK[WARNING], 0))
    for differ in results.differs.values():
        if differ.any():
            rank = np.maximum(rank, np.where(differ, RANK[NOTICE], 0))
    invalid = results.values[DESIGN_INVALID]
    return np.where(invalid, RANK[ERROR], rank)
