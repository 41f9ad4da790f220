"""What is wrong with an input or doubtful about a design, said the same way everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

ERROR, WARNING, NOTICE = "error", "warning", "notice"
SEVERITIES = (ERROR, WARNING, NOTICE)
SHOWN = 100
"""Issues kept in full; beyond them they are counted."""

_LONGEST_QUOTE = 60


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
    """Issues of a run: the first hundred in full, the rest counted."""

    def __init__(self) -> None:
        self._shown: list[Issue] = []
        self.counts = dict.fromkeys(SEVERITIES, 0)

    def add(self, severity: str, where: str, field: str, message: str, hint: str | Callable[[], str] = "") -> None:
        """Add one; a hint that takes work may be a function, called only where it is shown."""
        self.counts[severity] += 1
        if len(self._shown) < SHOWN:
            text = hint() if callable(hint) else hint
            self._shown.append(Issue(severity, where, field, message, text))

    def error(self, where: str, field: str, message: str, hint: str | Callable[[], str] = "") -> None:
        """Add an error."""
        self.add(ERROR, where, field, message, hint)

    def extend(self, others: Issues) -> None:
        """Add the issues of another run."""
        self._shown = [*self._shown, *others._shown][:SHOWN]
        for severity, count in others.counts.items():
            self.counts[severity] += count

    @property
    def total(self) -> int:
        """How many there are, shown or not."""
        return sum(self.counts.values())

    @property
    def errors(self) -> int:
        """How many are errors."""
        return self.counts[ERROR]

    def __iter__(self) -> Iterator[Issue]:
        return iter(sorted(self._shown, key=lambda issue: SEVERITIES.index(issue.severity)))

    def __len__(self) -> int:
        return len(self._shown)

    def __bool__(self) -> bool:
        return self.total > 0


class InputError(ValueError):
    """Inputs that cannot be used; ``issues`` says which and why."""

    def __init__(self, issues: Issues) -> None:
        self.issues = issues
        lines = [str(issue) for issue in issues]
        if issues.total > len(issues):
            lines.append(f"... and {issues.total - len(issues)} more problems.")
        super().__init__("\n".join(lines))


def quoted(value: object) -> str:
    """A value as a message shows it: in quotes, cut short, without line breaks."""
    text = " ".join(str(value).split())
    text = "".join(character if character.isprintable() else "?" for character in text)
    if len(text) > _LONGEST_QUOTE:
        text = text[: _LONGEST_QUOTE - 3] + "..."
    return f'"{text}"'
