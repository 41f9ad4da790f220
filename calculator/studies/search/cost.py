"""Compute the cost of a design at your own prices; items without a price are not counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from calculator.issues import Issues, quoted, short
from calculator.numerics.arrays import Floats
from calculator.studies.search import figures
from calculator.studies.search.catalogue import DISKS, PRICE, RACK_UNITS
from calculator.studies.search.figures import DesignFigures
from calculator.studies.search.limits import Modules
from calculator.studies.search.space import Space
from calculator.studies.search.values import parse_number

COST = "cost"
NEEDS = (*figures.SERVER_NEEDS, "storage_disks_total")
SERVER, MEMORY, RACK_UNIT = "server", "memory_gb", "rack_unit"
NAMES = (SERVER, MEMORY, RACK_UNIT)
_WORDS = {SERVER: "servers", MEMORY: "memory", RACK_UNIT: "rack units"}


@dataclass(frozen=True)
class Cost:
    """Function from the figures of designs to their cost.

    The price of a disk counts for every Exchange disk (system disks belong to the server), the price of a processor or
    a server for every mailbox server and every dedicated lagged server.

    Attributes
    ----------
    prices
        Given prices of a server, of a GB of memory and of a rack unit.
    modules
        How memory is purchased.
    """

    prices: Mapping[str, float]
    modules: Modules

    def __call__(self, sized: DesignFigures) -> Floats:
        """Return the cost of designs in your currency, shape ``(n,)`` or ``(1,)``."""
        servers, disks = figures.count_servers(sized), sized.column("storage_disks_total.environment")
        total: Any = servers * self.prices.get(SERVER, 0.0)
        for name, price in sized.facts(PRICE):
            total = total + price * (disks if name == DISKS else servers)
        if MEMORY in self.prices:
            total = total + self.prices[MEMORY] * figures.sum_memory(sized, self.modules.purchase(sized))
        for _, rack_units in sized.facts(RACK_UNITS):
            total = total + self.prices.get(RACK_UNIT, 0.0) * rack_units * servers
        return np.asarray(total)


def read_cost(space: Space, modules: Modules | None, issues: Issues) -> Cost | None:
    """Return the cost at the prices of a space and add what cannot be used to the issues.

    Parameters
    ----------
    space
        The space with its prices and catalogues.
    modules
        Memory modules to purchase; None if memory is purchased by the GB.
    issues
        Receives prices that cannot be used.

    Returns
    -------
    Cost or None
        None if the space has no prices.
    """
    prices = {}
    for name, raw in space.prices.items():
        price = parse_number(raw)
        if name not in NAMES:
            hint = f"There are {', '.join(NAMES)}; the catalogues give all others."
            issues.error(space.where, short(f"prices.{name}"), "is not a price.", hint)
        elif price is None:
            hint = "Give a number, 0 or more, in your currency."
            issues.error(space.where, f"prices.{name}", f"{quoted(raw)} is not a price.", hint)
        else:
            prices[name] = price
    if RACK_UNIT in prices and not space.has_fact(RACK_UNITS):
        hint = f"Give the catalogue of servers a column {RACK_UNITS}."
        issues.error(space.where, f"prices.{RACK_UNIT}", "No catalogue says how high a server is.", hint)
    return Cost(prices, modules or Modules()) if prices or space.has_fact(PRICE) else None


def describe_cost(cost: Cost, space: Space) -> str:
    """Return a sentence that says what the cost of a design counts."""
    parts = [dimension.name for dimension in space.dimensions if PRICE in dimension.facts]
    parts += [_WORDS[name] for name in NAMES if name in cost.prices]
    return f"Cost counts {', '.join(dict.fromkeys(parts))}, at the prices given, and nothing else."
