"""Define the base class of study results: sequences of rows that a notebook shows as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

from calculator.engine import html
from calculator.presentation.rows import readable_row

_COLUMNS_NAMED = 6


class StudyResult:
    """Result of a study as a sequence of its rows: ``result[0]``, ``len(result)``, ``list(result)``."""

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return the rows of the result, which all have the same columns."""
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self.rows())

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return iter(self.rows())

    @overload
    def __getitem__(self, place: int) -> Mapping[str, Any]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Mapping[str, Any]]: ...
    def __getitem__(self, place: int | slice) -> Mapping[str, Any] | Sequence[Mapping[str, Any]]:
        return self.rows()[place]

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        rows = self.rows()
        names = list(rows[0]) if rows else []
        more = f" and {len(names) - _COLUMNS_NAMED} more" if len(names) > _COLUMNS_NAMED else ""
        columns = f" of {', '.join(names[:_COLUMNS_NAMED])}{more}" if names else ""
        return f"<{type(self).__name__}: {len(rows):,} row{'' if len(rows) == 1 else 's'}{columns}>"

    def _repr_html_(self) -> str:
        rows = [readable_row(row) for row in self.rows()[: html.MOST_ROWS + 1]]
        names = list(rows[0]) if rows else []
        return html.table(names, [[row[name] for name in names] for row in rows], repr(self)[1:-1])
