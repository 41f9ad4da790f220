"""Exports as administrators have them, made up: `exports/*.csv`, and some that tests make."""

from __future__ import annotations

import re

import pytest

from calculator.importers.mailboxes import import_mailboxes
from calculator.inputs.text_files import Upload
from calculator.issues import InputError
from support.paths import EXPORTS

STATISTICS, REPORT, USAGE, LIST, DATABASES, CALCULATOR_DATABASES, USERS = (
    (EXPORTS / f"{name}.csv").read_text(encoding="utf-8")
    for name in ("statistics", "report", "usage", "list", "databases", "calculator_databases", "users")
)
_PERSONAL = re.compile(
    r"Ann|Bo |Cy |Old Leaver|Room 12|Sales|Plant|[a-z]*@?example\.test|DB0\d|EX\d|a{8}-[0-9-]+|^\"\w+\""
)
"""What in them names a person, a department, an address, a server or a database."""


def upload(text: str, name: str = "export.csv", encoding: str = "utf-8") -> Upload:
    """An export as an uploaded file."""
    return Upload(name, text.encode(encoding))


def personal(*texts: str) -> set[str]:
    """What in some exports names a person, an address, a server or a database."""
    return {word.strip('"') for text in texts for word in _PERSONAL.findall("\n".join(text.splitlines()[1:]))}


def statistics(sizes: list[float], names: list[str] | None = None) -> str:
    """Mailbox statistics of mailboxes of so many MB."""
    names = names or [f"M{n}" for n in range(len(sizes))]
    rows = [f'"{name}","{mb} MB ({int(mb * 2**20):,} bytes)"' for name, mb in zip(names, sizes, strict=True)]
    return "\n".join(['"DisplayName","TotalItemSize"', *rows, ""])


def quotas(of: list[str], names: list[str] | None = None, **columns: list[str]) -> str:
    """A mailbox list with such quotas, and other columns."""
    names = names or [f"M{n}" for n in range(len(of))]
    head = ",".join(["DisplayName", "ProhibitSendReceiveQuota", *columns])
    rows = zip(names, of, *columns.values(), strict=True)
    return "\n".join([head, *(",".join(f'"{cell}"' for cell in row) for row in rows), ""])


def take(*texts, **options):
    return import_mailboxes([upload(text, f"file{n}.csv") for n, text in enumerate(texts, 1)], **options)


def told(imported) -> list[str]:
    return [f"{issue.severity}: {issue}" for issue in imported.issues]


def refusal(*texts, **options) -> str:
    with pytest.raises(InputError) as caught:
        take(*texts, **options)
    return str(caught.value)


def tiers(imported, *leaves):
    """Values of the tiers, a row a tier."""
    count = imported.profile.tiers
    return [tuple(imported.profile.value(f"tiers.{n}.{leaf}") for leaf in leaves) for n in range(1, count + 1)]
