"""What is wrong with an input or doubtful about a design, said the same way everywhere."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NoReturn, overload

ERROR, WARNING, NOTICE = "error", "warning", "notice"
SEVERITIES = (ERROR, WARNING, NOTICE)
SHOWN = 100
"""Issues kept in full; beyond them they are counted."""

_LONGEST_QUOTE = 60
_PLACE = re.compile(r"(?<=^tiers)\.\d+(?=\.)|\.(?:primary|secondary)(?=\.|$)")
"""Tier or datacenter in the path of an input or the name of a result."""


@dataclass(frozen=True)
class Issue:
    """One thing that is wrong or doubtful.

    Attributes
    ----------
    severity
        ``error``, ``warning`` or ``notice``.
    where
        File, row or design.
    field
        Path of the input or name of the result.
    message, hint
        What is wrong, with the value; what is allowed or what to do.
    """

    severity: str
    where: str
    field: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.where, self.field) if part)
        return " ".join(part for part in (f"{place}:", self.message, self.hint) if part)


class Issues:
    """Issues of a run: the first hundred in full, the gravest before all others, the rest counted."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Issue]] = {severity: [] for severity in SEVERITIES}
        self.counts = dict.fromkeys(SEVERITIES, 0)

    def add(self, severity: str, where: str, field: str, message: str, hint: str | Callable[[], str] = "") -> None:
        """Add one; a hint that takes work may be a function, called only where it is shown."""
        self.counts[severity] += 1
        if len(self._kept[severity]) < SHOWN:
            text = hint() if callable(hint) else hint
            self._kept[severity].append(Issue(severity, *map(printable, (where, field, message, text))))

    def error(self, where: str, field: str, message: str, hint: str | Callable[[], str] = "") -> None:
        """Add an error."""
        self.add(ERROR, where, field, message, hint)

    def extend(self, others: Issues) -> None:
        """Add the issues of another run."""
        for severity, count in others.counts.items():
            self._kept[severity] = [*self._kept[severity], *others._kept[severity]][:SHOWN]
            self.counts[severity] += count

    def without(self, others: Issues) -> Issues:
        """Return the issues that are not among others."""
        found, known = Issues(), set(others)
        for issue in self:
            if issue not in known:
                found.add(issue.severity, issue.where, issue.field, issue.message, issue.hint)
        return found

    def moved(self, where: Callable[[Issue], str]) -> Issues:
        """Return the same issues at other places, which a function names."""
        return self.changed(lambda issue: replace(issue, where=where(issue)))

    def changed(self, change: Callable[[Issue], Issue]) -> Issues:
        """Return the same number of issues, each as a function changes it without its severity."""
        others = Issues()
        others.counts = dict(self.counts)
        others._kept = {severity: [change(issue) for issue in kept] for severity, kept in self._kept.items()}
        return others

    def grouped(self) -> Issues:
        """Return the issues, with one for all tiers or for both datacenters that have the same.

        Its message names them; its field is the path of the input without the tier or the datacenter.
        """
        groups: dict[Issue, list[Issue]] = {}
        for issue in self:
            groups.setdefault(replace(issue, field=_PLACE.sub("", issue.field)), []).append(issue)
        grouped = Issues()
        for group, found in groups.items():
            places = dict.fromkeys(place[0][1:] for issue in found if (place := _PLACE.search(issue.field)))
            if len(places) == 1:  # the field keeps the only place
                group = replace(group, field=found[0].field)
            elif places:
                tiers = [int(place) for place in places if place.isdigit()]
                names = f"Tiers {list_numbers(tiers)}" if tiers else "Both datacenters"
                group = replace(group, message=f"{names}: {group.message}")
            grouped.add(group.severity, group.where, group.field, group.message, group.hint)
        for severity, kept in self._kept.items():
            grouped.counts[severity] += self.counts[severity] - len(kept)
        return grouped

    @contextmanager
    def added_to_refusals(self) -> Iterator[None]:
        """Add the warnings so far to an `InputError` that is raised meanwhile, because they may hold its cause."""
        try:
            yield
        except InputError as error:
            if error.issues is self:
                raise
            together = Issues()
            together.extend(error.issues)
            for issue in self._kept[WARNING]:
                together.add(issue.severity, issue.where, issue.field, issue.message, issue.hint)
            raise InputError(together) from None

    @property
    def total(self) -> int:
        """How many there are, shown or not."""
        return sum(self.counts.values())

    @property
    def errors(self) -> int:
        """How many are errors."""
        return self.counts[ERROR]

    @property
    def counted(self) -> str:
        """How many there are of each severity, in words."""
        counted = [f"{count:,} {name}{'' if count == 1 else 's'}" for name, count in self.counts.items() if count]
        return ", ".join(counted) or "no issues"

    @property
    def rest(self) -> str:
        """How many more there are than are shown, in words; empty if none."""
        more = self.total - len(self)
        return f"... and {more:,} more problem{'s' if more > 1 else ''}." if more else ""

    @overload
    def __getitem__(self, place: int) -> Issue: ...
    @overload
    def __getitem__(self, place: slice) -> list[Issue]: ...
    def __getitem__(self, place: int | slice) -> Issue | list[Issue]:
        return list(self)[place]

    def __repr__(self) -> str:
        return f"<Issues: {self.counted}>"

    def _repr_html_(self) -> str:
        """Return a list of the issues for a notebook."""
        import html  # slow to import

        lines = [f"{issue.severity}: {issue}" for issue in self]
        lines += [self.rest] if self.rest else []
        return f"<ul>{''.join(f'<li>{html.escape(line)}</li>' for line in lines)}</ul>"

    def __iter__(self) -> Iterator[Issue]:
        return itertools.islice(itertools.chain.from_iterable(self._kept.values()), SHOWN)

    def __len__(self) -> int:
        return min(self.total, SHOWN)

    def __bool__(self) -> bool:
        return self.total > 0


class InputError(ValueError):
    """Inputs that cannot be used; ``issues`` says which and why."""

    def __init__(self, issues: Issues) -> None:
        self.issues = issues
        lines = [str(i) if i.severity == ERROR else f"{i.severity}: {i}" for i in issues]
        lines.append(issues.rest)
        super().__init__("\n".join(line for line in lines if line))

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how another process builds the error again: from its issues, not from its text."""
        return type(self), (self.issues,)


class WorkerStopped(InputError):
    """A worker process ended before its work was done, for example because it ran out of memory."""


class UnknownResult(KeyError):
    """A name that is neither a rule nor a result column."""

    def __str__(self) -> str:
        return str(self.args[0])


def refuse(where: str, message: str, hint: str, kind: type[InputError] = InputError) -> NoReturn:
    """Raise `InputError`, or a kind of it, for a single problem."""
    issues = Issues()
    issues.error(where, "", message, hint)
    raise kind(issues)


def list_numbers(numbers: Sequence[int]) -> str:
    """Return numbers in rising order as text: as a range where they are at least three without a gap."""
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]} to {numbers[-1]}"
    return ", ".join(map(str, numbers))


def closest(text: str, words: Iterable[str], likeness: float = 0.6) -> str:
    """Return the word that a misspelt text most likely means; empty if none is like it."""
    import difflib  # slow to import, and needed only where something is wrong

    return next(iter(difflib.get_close_matches(text, list(words), 1, likeness)), "")


def printable(text: str) -> str:
    """Return a text in one line, with a question mark in place of what a terminal would obey or not show."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else " " if character.isspace() else "?" for character in text)


def short(text: str, longest: int = 80) -> str:
    """A text as a message shows it: cut short, in one line, nothing that a terminal would obey."""
    text = printable(" ".join(text[: 4 * longest].split()))
    return text if len(text) <= longest else text[: longest - 3] + "..."


def quoted(value: object) -> str:
    """A value as a message shows it: in quotes, as a file spells it."""
    try:
        text = str(value).lower() if isinstance(value, bool) else str(value)
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        text = "a number of thousands of digits"
    return f'"{short(text, _LONGEST_QUOTE)}"'
