"""Files by what they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from calculator.importers.formats.text_files import Source
from calculator.issues import InputError, Issues

Kind = TypeVar("Kind")


def by_kind(sources: Sequence[Source], kind_of: Callable[[Source], Kind]) -> dict[Kind, list[Source]]:
    """Files by kind, in the order given.

    Raises
    ------
    InputError
        If some cannot be used: all of them are told.
    """
    found: dict[Kind, list[Source]] = {}
    refused = Issues()
    for source in sources:
        try:
            found.setdefault(kind_of(source), []).append(source)
        except InputError as error:
            refused.extend(error.issues)
    if refused:
        raise InputError(refused)
    return found
