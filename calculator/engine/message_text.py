"""Text of the messages of checks: a template, and the figures of one design in it."""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

from calculator.inputs.units import PERCENT_SIGN

_CACHED_MESSAGES = 16_384
_MOST_DIGITS_ADDED = 4
_NUMBER = re.compile(r"-?\d(?:[\d,]*\d)?(?:\.\d+)?(?:e[+-]\d+)?")
_PRECISION = re.compile(r"\.(\d+)")
_PERCENT = 100


class MessageText(NamedTuple):
    """A message, and whether a figure in it, rounded as its format says, looks the same as another number of it."""

    text: str
    tied: bool


@dataclass(frozen=True)
class Template:
    """A message of a check with places for figures.

    Attributes
    ----------
    literals
        Parts of the message around its figures, one more than there are figures.
    names, forms
        Name and format of each figure.
    numbers
        Numbers in the literal parts.
    """

    literals: tuple[str, ...]
    names: tuple[str, ...]
    forms: tuple[str, ...]
    numbers: tuple[float, ...]

    @property
    def can_tie(self) -> bool:
        """Whether the message has a figure and another number."""
        return len(self.forms) + len(self.numbers) > 1


@cache
def read_template(message: str) -> Template:
    """Split a message into its literal parts and its figures."""
    literals, names, forms = [""], [], []
    for literal, name, form, _ in string.Formatter().parse(message):
        literals[-1] += literal
        if name is not None:
            names.append(name)
            forms.append(form or "")
            literals.append("")
    numbers = itertools.chain.from_iterable(map(_numbers_in, literals))
    return Template(tuple(literals), tuple(names), tuple(forms), tuple(numbers))


@lru_cache(_CACHED_MESSAGES)
def format_message(message: str, figures: tuple[Any, ...]) -> MessageText:
    """Format a message; the next block of designs often needs the same ones again.

    A figure that would look the same as another number of the message, though it differs from it, is shown with more
    digits: "3,725.3 GB does not fit 3,724.9 GB".
    """
    template = read_template(message)
    texts = list(map(_figure_text, figures, template.forms))
    ties = _find_ties(template, texts) if template.can_tie else []
    return MessageText(_join(template, _tell_apart(template, figures, texts, ties) if ties else texts), bool(ties))


def _tell_apart(template: Template, figures: tuple[Any, ...], texts: list[str], ties: list[int]) -> list[str]:
    """Return the texts of the figures, with as many digits as it takes; as they are where that is too many."""
    places = [place for place in ties if not _is_exact(figures[place], texts[place])]
    for added in range(1, _MOST_DIGITS_ADDED + 1) if places else ():
        longer = list(texts)
        for place in places:
            longer[place] = _figure_text(figures[place], _add_digits(template.forms[place], added))
        if not set(places) & set(_find_ties(template, longer)):
            return longer
    return texts


def _join(template: Template, texts: list[str]) -> str:
    first, *others = template.literals
    return first + "".join([text + literal for text, literal in zip(texts, others, strict=True)])


def _figure_text(value: Any, form: str) -> str:
    text = format(value, form)
    return text.replace("%", PERCENT_SIGN) if form.endswith("%") else text


def _find_ties(template: Template, texts: Sequence[str]) -> list[int]:
    """Return the places of the figures whose number the message shows twice."""
    shown = [_number_of(text) for text in texts]
    every = [*shown, *template.numbers]
    if len(set(every)) == len(every):
        return []
    return [place for place, number in enumerate(shown) if number is not None and every.count(number) > 1]


def _number_of(text: str) -> float | None:
    """Return the number that the text of a figure shows, None for a word."""
    try:
        return float(text.removesuffix(PERCENT_SIGN).replace(",", ""))
    except ValueError:
        return None


def _numbers_in(text: str) -> list[float]:
    return [float(number.replace(",", "")) for number in _NUMBER.findall(text)]


def _is_exact(value: Any, text: str) -> bool:
    """Return whether a text shows all digits of a value."""
    return _number_of(text) == (value * _PERCENT if text.endswith(PERCENT_SIGN) else value)


def _add_digits(form: str, added: int) -> str:
    return _PRECISION.sub(lambda match: f".{int(match[1]) + added}", form)
