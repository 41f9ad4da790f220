"""Text of the messages of checks: a template, and the figures of one design in it."""

from __future__ import annotations

import itertools
import re
import string
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from calculator.inputs.units import PERCENT_SIGN

_CACHED_MESSAGES = 16_384
_MOST_DIGITS_ADDED = 4
_NUMBER = re.compile(r"-?\d(?:[\d,]*\d)?(?:\.\d+)?(?:e[+-]\d+)?")
_PRECISION = re.compile(r"\.(\d+)")
_PERCENT = 100


@cache
def split_template(message: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return the literal parts of a message around its figures, and the name and format of each figure."""
    literals, figures = [""], []
    for literal, name, form, _ in string.Formatter().parse(message):
        literals[-1] += literal
        if name is not None:
            figures.append((name, form or ""))
            literals.append("")
    return tuple(literals), tuple(figures)


@lru_cache(_CACHED_MESSAGES)
def format_message(message: str, figures: tuple[Any, ...]) -> str:
    """Format a message; the next block of designs often needs the same ones again.

    A figure that would look the same as another number of the message, though it differs from it, is shown with more
    digits: "3,725.3 GB does not fit 3,724.9 GB".
    """
    literals, places = split_template(message)
    texts = [_figure_text(value, form) for value, (_, form) in zip(figures, places, strict=True)]
    tied = [place for place in _find_ties(literals, texts) if not _is_exact(figures[place], texts[place])]
    for added in range(1, _MOST_DIGITS_ADDED + 1) if tied else ():
        longer = list(texts)
        for place in tied:
            longer[place] = _figure_text(figures[place], _add_digits(places[place][1], added))
        if not set(tied) & set(_find_ties(literals, longer)):
            texts = longer
            break
    return "".join([literals[0], *(part for pair in zip(texts, literals[1:], strict=True) for part in pair)])


def has_ties(message: str, figures: tuple[Any, ...]) -> bool:
    """Return whether a figure of a message, rounded as its format says, looks the same as another number of it."""
    literals, places = split_template(message)
    texts = [_figure_text(value, form) for value, (_, form) in zip(figures, places, strict=True)]
    return bool(_find_ties(literals, texts))


def _figure_text(value: Any, form: str) -> str:
    return format(value, form).replace("%", PERCENT_SIGN)


def _find_ties(literals: Sequence[str], texts: Sequence[str]) -> list[int]:
    """Return the places of the figures whose number the message shows twice."""
    shown = [_numbers_in(text) for text in texts]
    count = Counter(itertools.chain(*shown, *map(_numbers_in, literals)))
    return [place for place, numbers in enumerate(shown) if any(count[number] > 1 for number in numbers)]


def _numbers_in(text: str) -> list[float]:
    return [float(number.replace(",", "")) for number in _NUMBER.findall(text)]


def _is_exact(value: Any, text: str) -> bool:
    """Return whether a text shows all digits of a value."""
    return _numbers_in(text) == [value * _PERCENT if text.endswith(PERCENT_SIGN) else value]


def _add_digits(form: str, added: int) -> str:
    return _PRECISION.sub(lambda match: f".{int(match[1]) + added}", form)
