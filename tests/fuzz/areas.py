"""Areas of inputs: how an input of each is drawn, and what is done with it.

What `use` raises is a finding.  Only what the public functions say that they raise is caught there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from fuzz import commands, exports, links, profiles, studies, tables, workbooks


@dataclass(frozen=True)
class Area:
    """One kind of input.

    Attributes
    ----------
    name
        Name of the area.
    draw
        Draws an input.
    use
        Feeds it to the program.
    share
        Share of the inputs of a run that this area has, relative to the others.
    """

    name: str
    draw: Callable[[Random], Any]
    use: Callable[[Any], None]
    share: int

    def random(self, seed: int, number: int) -> Random:
        """The source of the input with that number."""
        return Random(f"{seed} {self.name} {number}")


AREAS = {
    area.name: area
    for area in (
        Area("profiles", profiles.draw, profiles.use, 24),
        Area("csv", tables.draw_csv, tables.use_csv, 6),
        Area("parquet", tables.draw_parquet, tables.use_parquet, 3),
        Area("exports", exports.draw, exports.use, 18),
        Area("workbooks", workbooks.draw, workbooks.use, 4),
        Area("spaces", studies.draw_space, studies.use_space, 15),
        Area("distributions", studies.draw_distribution, studies.use_distribution, 15),
        Area("links", links.draw, links.use, 14),
        Area("commands", commands.draw, commands.use, 1),
    )
}
