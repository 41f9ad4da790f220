"""Rules for names of servers and databases, for the layout and for the deployment files alike.

Sizing needs no names, so that a profile may hold any text.  A name that breaks a rule is replaced in a layout
and refused in the deployment files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from calculator.inputs.parsing import ValueProblem
from calculator.issues import quoted

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Characters at the start of a text that make a spreadsheet run it as a formula."""
_SERVER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,14}[A-Za-z0-9]")
_DATABASE_BASE = re.compile(r"(?!\.)(?!.*\.\.)[^~#%&*\\:<>?/|{}(),\[\]]{1,50}(?<!\.)")


def csv_text_problem(text: str) -> ValueProblem | None:
    """Return why a text would break a CSV file or run in a spreadsheet, None if it would not."""
    if not text:
        return ValueProblem("is empty.", "Give a text.")
    if '"' in text or not text.isprintable():
        hint = "Remove quotation marks, line breaks and other control characters."
        return ValueProblem(f"{quoted(text)} would break the CSV files.", hint)
    if text.startswith(FORMULA):
        message = f"{quoted(text)} would run as a formula in a spreadsheet."
        return ValueProblem(message, "Begin it with a letter or digit.")
    return None


def server_name_problem(name: str) -> ValueProblem | None:
    """Return why no server may have a name, None if one may.

    Source: calculator-7.6: Distribution.
    """
    if _SERVER_NAME.fullmatch(name):
        return None
    hint = "Give 2 to 16 letters, digits and hyphens, first and last a letter or digit."
    return ValueProblem(f"{quoted(name)} cannot be a server name.", hint)


def database_base_problem(base: str) -> ValueProblem | None:
    """Return why names of databases may not begin with a text, None if they may.

    Database names become parts of paths, and items of a list joined by commas.
    Source: calculator-7.6: Distribution.
    """
    problem = csv_text_problem(base)
    if problem is None and not _DATABASE_BASE.fullmatch(base):
        hint = "Give 1 to 50 characters, none of ~#%&*\\:<>?/|{}()[] or comma, no dot first or last."
        problem = ValueProblem(f"{quoted(base)} cannot begin a database name.", hint)
    return problem


def repeated_server_names(names: Sequence[str]) -> Iterator[tuple[int, ValueProblem]]:
    """Yield the number of each server whose name an earlier server has, in any case of letters, and the problem."""
    first: dict[str, int] = {}
    for number, name in enumerate(names, 1):
        earlier = first.setdefault(name.lower(), number)
        if earlier != number:
            message = f"{quoted(name)} is also the name of server {earlier}."
            yield number, ValueProblem(message, "Give each server a name of its own.")
