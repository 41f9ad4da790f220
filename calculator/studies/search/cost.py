"""Cost of a design at your own prices: nothing is priced that you do not price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from calculator.issues import Issues, quoted, short
from calculator.studies.search import figures
from calculator.studies.search.catalogue import DISKS, PRICE, RACK_UNITS, plain_number
from calculator.studies.search.figures import Floats, Sized
from calculator.studies.search.limits import Modules
from calculator.studies.search.space import Space

COST = "cost"
NEEDS = (*figures.SERVER_NEEDS, "storage_disks_total")
SERVER, MEMORY, RACK_UNIT = "server", "memory_gb", "rack_unit"
NAMES = (SERVER, MEMORY, RACK_UNIT)
_WORDS = {SERVER: "servers", MEMORY: "memory", RACK_UNIT: "rack units"}


@dataclass(frozen=True)
class Cost:
    """What designs cost.

    A price of a disk counts for every Exchange disk (system disks are part of a server), one of a
    processor or a server for every mailbox and dedicated lagged server.

    Attributes
    ----------
    prices
        Prices of a server, of a GB of memory and of a rack unit, those that are given.
    modules
        How memory is bought.
    """

    prices: Mapping[str, float]
    modules: Modules

    def __call__(self, sized: Sized) -> Floats:
        """Cost of designs, in your currency."""
        servers, disks = figures.servers(sized), sized.column("storage_disks_total.environment")
        total: Any = servers * self.prices.get(SERVER, 0.0)
        for name, price in sized.facts(PRICE):
            total = total + price * (disks if name == DISKS else servers)
        if MEMORY in self.prices:
            total = total + self.prices[MEMORY] * figures.memory_total(sized, self.modules.bought(sized))
        for _, units in sized.facts(RACK_UNITS):
            total = total + self.prices.get(RACK_UNIT, 0.0) * units * servers
        return np.asarray(total)


def read_cost(space: Space, modules: Modules | None, issues: Issues) -> Cost | None:
    """Cost at the prices of a space, None where it has none; what cannot be used becomes issues."""
    prices = {}
    for name, raw in space.prices.items():
        price = plain_number(raw)
        if name not in NAMES:
            hint = f"There are {', '.join(NAMES)}; others stand in the catalogues."
            issues.error(space.where, short(f"prices.{name}"), "is no price.", hint)
        elif price is None:
            hint = "Give a number, 0 or more, in your currency."
            issues.error(space.where, f"prices.{name}", f"{quoted(raw)} is not a price.", hint)
        else:
            prices[name] = price
    if RACK_UNIT in prices and not space.fact(RACK_UNITS):
        hint = f"Give the catalogue of servers a column {RACK_UNITS}."
        issues.error(space.where, f"prices.{RACK_UNIT}", "No catalogue says how high a server is.", hint)
    return Cost(prices, modules or Modules()) if prices or space.fact(PRICE) else None


def counted(cost: Cost, space: Space) -> str:
    """What the cost of a design counts, in words."""
    parts = [dimension.name for dimension in space.dimensions if PRICE in dimension.facts]
    parts += [_WORDS[name] for name in NAMES if name in cost.prices]
    return f"Cost counts {', '.join(dict.fromkeys(parts))}, at the prices given, and nothing else."
