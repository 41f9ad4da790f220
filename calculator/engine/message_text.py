"""Text of the messages of checks: a template, and the figures of one design in it."""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from calculator.inputs.units import PERCENT_SIGN
from calculator.numerics.arrays import Array, Bools, Ints
from calculator.numerics.distinct import distinct_rows

_MOST_DIGITS_ADDED = 4
_NUMBER = re.compile(r"-?\d(?:[\d,]*\d)?(?:\.\d+)?(?:e[+-]\d+)?")
_PRECISION = re.compile(r"\.(\d+)")
_PERCENT = 100


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

    @cached_property
    def frame(self) -> str:
        """The message with ``%s`` for each figure, which is the fastest to fill."""
        return "%s".join(literal.replace("%", "%%") for literal in self.literals)


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


def format_message(message: str, figures: Sequence[Any]) -> str:
    """Format a message.

    A figure that would look the same as another number of the message, though it differs from it, is shown with more
    digits: "3,725.3 GB does not fit 3,724.9 GB".
    """
    template = read_template(message)
    texts = list(map(_figure_text, figures, template.forms))
    ties = _find_ties(template, texts)
    return template.frame % tuple(_tell_apart(template, figures, texts, ties) if ties else texts)


def format_messages(message: str, columns: Sequence[Array]) -> tuple[list[str], Ints]:
    """Format a message for many designs, as `format_message` does for one.

    Each distinct figure and each distinct message is formatted once. Only figures that would look the same as another
    number of their message are looked at one by one.

    Parameters
    ----------
    message
        The message, with places for figures.
    columns
        Figures of the designs, one column per place, each of shape ``(designs,)``.

    Returns
    -------
    tuple
        The distinct messages, and for each design the number of its message, shape ``(designs,)`` or, for a message
        without figures, ``(1,)``.
    """
    template = read_template(message)
    if not columns or len(columns[0]) == 1:
        return [format_message(message, [column.item() for column in columns])], np.zeros(1, dtype=np.int64)
    texts, codes = zip(*map(_format_column, columns, template.forms), strict=True)
    first, places = distinct_rows(codes)
    rows = [column[first] for column in codes]
    tied = _tied(template, texts, rows)
    cells = [map(column.__getitem__, row.tolist()) for column, row in zip(texts, rows, strict=True)]
    messages = [template.frame % row for row in zip(*cells, strict=True)]
    if tied.any():
        designs = np.flatnonzero(tied[places])
        exact = [column[designs] for column in columns]
        first, which = distinct_rows(exact)
        places[designs] = len(messages) + which
        messages += [format_message(message, row) for row in zip(*(c[first].tolist() for c in exact), strict=True)]
    return messages, places


def _format_column(values: Array, form: str) -> tuple[list[str], Ints]:
    """Return the distinct texts of figures, and the number of the text of each figure."""
    first, codes = distinct_rows([np.rint(values) if form.endswith(".0f") else values])
    found = [_figure_text(value, form) for value in values[first].tolist()]
    numbers = {text: number for number, text in enumerate(dict.fromkeys(found))}
    return list(numbers), np.array([numbers[text] for text in found])[codes]


def _tied(template: Template, texts: Sequence[Sequence[str]], rows: Sequence[Ints]) -> Bools:
    """Return the messages that show the same number twice, given the texts of each figure and those of each message."""
    shown = [
        np.array(list(map(_number_of, column)), dtype=np.float64)[row] for column, row in zip(texts, rows, strict=True)
    ]
    tied = np.zeros(len(rows[0]), dtype=np.bool_)
    for place, numbers in enumerate(shown):
        tied |= np.isin(numbers, template.numbers)
        for others in shown[:place]:
            tied |= numbers == others
    return tied


def _tell_apart(template: Template, figures: Sequence[Any], texts: list[str], ties: list[int]) -> list[str]:
    """Return the texts of the figures, with as many digits as it takes; as they are where that is too many."""
    places = [place for place in ties if not _is_exact(figures[place], texts[place])]
    for added in range(1, _MOST_DIGITS_ADDED + 1) if places else ():
        longer = list(texts)
        for place in places:
            longer[place] = _figure_text(figures[place], _add_digits(template.forms[place], added))
        if not set(places) & set(_find_ties(template, longer)):
            return longer
    return texts


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
