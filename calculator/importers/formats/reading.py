"""Store how files are read: the decisions of the caller, and what was recognized in each file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from calculator.importers.formats.numbers import DECIMAL_SIGNS
from calculator.importers.formats.times import DATE_ORDERS
from calculator.issues import Issues, quoted

SEPARATOR_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass
class Reading:
    """Settings for reading files, and what was recognized in the files.

    Attributes
    ----------
    decimal
        Decimal sign of ambiguous columns: ``point`` or ``comma``; with None, an ambiguous column is an error.
    dates
        Order of dates in ambiguous files: ``day-first`` or ``month-first``; with None, an ambiguous file is an error.
    seen
        One row per file: what was recognized in it.
    """

    decimal: str | None = None
    dates: str | None = None
    seen: list[dict[str, object]] = field(default_factory=list)

    def check(self, issues: Issues) -> None:
        """Add an error for each unknown word."""
        for name, word, words in (("decimal", self.decimal, DECIMAL_SIGNS), ("dates", self.dates, DATE_ORDERS)):
            if word is not None and word not in words:
                issues.error(name, "", f"{quoted(word)} is not a choice.", f"Give {' or '.join(words)}.")

    def add(
        self,
        file: str,
        kind: str,
        *,
        encoding: str,
        separator: str,
        rows: int,
        names: Sequence[str] = (),
        used: Sequence[str] = (),
        decimals: Mapping[str, str] | None = None,
        dates: str = "",
    ) -> None:
        """Add a row about what was recognized in a file; a decimal sign that several columns share is listed once."""
        order = list(names or used)
        signs = {column: sign for column, sign in (decimals or {}).items() if sign}
        shared = set(signs.values())
        texts = (
            shared if len(shared) < 2 else [f"{column}: {signs[column]}" for column in sorted(signs, key=order.index)]
        )
        self.seen.append(
            {
                "file": file,
                "kind": kind,
                "encoding": encoding,
                "separator": SEPARATOR_NAMES.get(separator, separator),
                "decimal_sign": ", ".join(texts) or None,
                "date_order": dates or None,
                "rows": rows,
                "columns_used": ", ".join(sorted(used, key=order.index)) or None,
                "columns_ignored": ", ".join(name for name in names if name not in used) or None,
            }
        )
