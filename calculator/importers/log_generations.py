"""Log generations of databases noted hour by hour, as LogStats.csv of GetTransactionLogStats.ps1 has them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from calculator.importers.formats import numbers
from calculator.importers.formats.hashing import Keys, combine_hashes, hash_texts
from calculator.importers.formats.powershell_csv import Block
from calculator.importers.formats.times import DAY, DAY_FIRST, HOUR, MONTH_FIRST, NEVER, Times
from calculator.inputs.log_hours import HOURS

LONGEST_GAP = HOUR + 5
"""Minutes between two notes of a database: an hour, and what a task may start late."""
UNUSABLE, RESETS, GAPS = "unusable", "generation_resets", "gaps"

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Generations:
    """Notes of generations, gathered and then taken apart by hour."""

    def __init__(self) -> None:
        self._keys: list[Keys] = []
        self._generations: list[Floats] = []
        self._times: list[Times] = []

    def add(self, block: Block) -> None:
        """Add rows with database, server, generation and time."""
        import pyarrow.compute as pc

        databases, servers = (pc.fill_null(pc.utf8_lower(block[name]), "") for name in ("DatabaseName", "ServerName"))
        self._keys.append(combine_hashes(hash_texts(databases), hash_texts(servers)))
        self._generations.append(numbers.whole(block["LogGeneration"]))
        self._times.append(Times(pc.fill_null(block["TimeCollected"], "")))

    def by_hour(self) -> tuple[Floats, Floats, float, dict[str, int]]:
        """Logs generated in each hour of a day, minutes observed in it, days covered, and notes left out by reason.

        Between two notes logs are spread evenly.  Where the generation falls it was reset; where more than an hour
        lies between, nothing is known.
        """
        minutes, generations = self._minutes(), np.concatenate([np.zeros(0), *self._generations])
        keys = np.concatenate([np.zeros(0, np.uint64), *self._keys])
        good = (minutes != NEVER) & (generations >= 0)
        keys, minutes, generations = keys[good], minutes[good], generations[good]
        order = np.lexsort((generations, minutes, keys))
        keys, minutes, generations = keys[order], minutes[order], generations[order]
        same = keys[1:] == keys[:-1]
        begins, spans, made = minutes[:-1], np.diff(minutes), np.diff(generations)
        resets, gaps = same & (made < 0), same & (made >= 0) & (spans > LONGEST_GAP)
        chosen = same & (made >= 0) & (spans > 0) & (spans <= LONGEST_GAP)
        logs, observed = _spread(begins[chosen], spans[chosen], made[chosen])
        left_out = {UNUSABLE: int((~good).sum()), RESETS: int(resets.sum()), GAPS: int(gaps.sum())}
        days = float(minutes.max() - minutes.min()) / DAY if len(minutes) else 0.0
        return logs, observed, days, left_out

    def _minutes(self) -> Ints:
        """Minutes since 1970; where no date tells whether day or month comes first, the order with the shorter span."""
        told = {order for times in self._times if times.zoned.size and (order := times.order)}
        orders = told if len(told) == 1 else {DAY_FIRST, MONTH_FIRST}
        readings = [
            np.concatenate([np.zeros(0, np.int64), *(times.minutes(order) for times in self._times)])
            for order in sorted(orders)
        ]
        return min(readings, key=_span)


def _span(minutes: Ints) -> tuple[int, int]:
    """Times that cannot be read, and minutes between the others."""
    known = minutes[minutes != NEVER]
    return len(minutes) - len(known), int(np.ptp(known)) if len(known) else 0


def _spread(begins: Ints, spans: Ints, logs: Floats) -> tuple[Floats, Floats]:
    """Logs and minutes by hour of the day: a span is no longer than two hours of the clock and some minutes."""
    total, observed = np.zeros(HOURS), np.zeros(HOURS)
    for later in range(LONGEST_GAP // HOUR + 2):
        hours = begins // HOUR + later
        inside = np.minimum(begins + spans, (hours + 1) * HOUR) - np.maximum(begins, hours * HOUR)
        inside = np.maximum(inside, 0)
        total += np.bincount(hours % HOURS, logs * inside / spans, minlength=HOURS)
        observed += np.bincount(hours % HOURS, inside, minlength=HOURS)
    return total, observed
