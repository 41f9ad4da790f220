"""What a chart of bars is, before anything draws it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
Matrix = list[list[float | None]]


@dataclass(frozen=True)
class Limit:
    """A line across a chart: at which value, and what it is."""

    at: float
    name: str


@dataclass(frozen=True)
class Bars:
    """Bars of a design as data; without rows ``finding`` says why there are none.

    Attributes
    ----------
    title, finding
        What it shows, and what is to be seen in it.
    rows
        One a part of a bar.
    bar, part, value
        Fields of the rows: which bar, which part of it (empty where a bar is whole), how much.
    head, measure
        What a bar and its value are, with the unit.
    stacked
        Whether the parts of a bar follow one another; else they stand side by side.
    limits
        Lines across.
    table
        The same as texts.
    """

    title: str
    finding: str
    rows: Sequence[Row] = ()
    bar: str = ""
    part: str = ""
    value: str = ""
    head: str = ""
    measure: str = ""
    stacked: bool = False
    limits: tuple[Limit, ...] = ()
    table: Sequence[Mapping[str, str]] = ()

    @property
    def bars(self) -> tuple[str, ...]:
        """Names of the bars, in their order."""
        return tuple(dict.fromkeys(str(row[self.bar]) for row in self.rows))

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts, in their order within a bar."""
        ordered = sorted(self.rows, key=lambda row: row.get("order", 0))
        return tuple(dict.fromkeys(str(row[self.part]) for row in ordered)) if self.part else ()

    def matrix(self) -> Matrix:
        """Values of the bars by part, shape ``(bars, parts)``, None where a bar has no such part."""
        found = {(str(row[self.bar]), str(row[self.part]) if self.part else ""): row[self.value] for row in self.rows}
        return [[found.get((bar, part)) for part in self.parts or ("",)] for bar in self.bars]
