"""Count how often the rows of a run have the same error or warning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np

from calculator.engine.findings import Messages
from calculator.issues import ERROR, WARNING, Issues
from calculator.presentation.text import plural

Reasons = dict[str, tuple[int, str]]
"""Number of rows by reason, with the text of the first row: ``severity: field: message``."""
MOST = 1000
"""Largest number of different reasons that are counted."""
_SHOWN = 5
_VALUES = re.compile(r'"[^"]*"|\d[\d,.]*')
"""Pattern of what differs between messages with the same reason: quoted texts and numbers."""


def reasons_of(found: Iterable[Messages], errors: Mapping[int, Issues]) -> Reasons:
    """Return the reasons in a block of rows.

    Parameters
    ----------
    found
        Messages of the checks; messages of rows that cannot be used do not count.
    errors
        Errors of the rows that cannot be used.
    """
    reasons = Reasons()
    unusable = sorted(errors)
    for messages in found:
        if messages.severity not in (ERROR, WARNING):
            continue
        places = np.delete(messages.places, unusable) if unusable else messages.places
        rows = np.flatnonzero(places >= 0)
        if rows.size:
            key = f"{messages.severity}: {messages.field}: {messages.check}"
            add_reasons(reasons, {key: (int(rows.size), messages.texts[int(places[rows[0]])])})
    for row in unusable:
        texts = [f"{issue.severity}: {issue.field}: {issue.message}" for issue in errors[row]]
        add_reasons(reasons, {_VALUES.sub("...", text): (1, text) for text in reversed(texts)})
    return reasons


def add_reasons(reasons: Reasons, more: Mapping[str, tuple[int, str]]) -> None:
    """Add the reasons of later rows; the first text of each reason is kept."""
    for key, (count, text) in more.items():
        before, first = reasons.get(key, (0, text))
        if key in reasons or len(reasons) < MOST:
            reasons[key] = (before + count, first)


def describe_reasons(reasons: Mapping[str, tuple[int, str]]) -> list[str]:
    """Return lines about the most frequent reasons, errors before warnings; empty without a reason."""
    ranked = sorted(reasons.items(), key=lambda item: (item[1][1].startswith(WARNING), -item[1][0], item[0]))
    lines = [f"  {plural(f'{count:,}', 'design')}: {text}" for _, (count, text) in ranked[:_SHOWN]]
    more = len(ranked) - len(lines)
    if lines:
        lines.insert(0, "Most frequent reasons, each with the message of its first design:")
    if more > 0:
        lines.append(f"  ... and {plural(f'{more:,}', 'more reason')}.")
    return lines
