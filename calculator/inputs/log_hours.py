"""The hours of a day in which logs are generated: usual days to choose from, counts scaled to shares."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from calculator.inputs.schema import BY_PATH, HOUR

SHARES = "replication.hourly_log_share"
HOURS = len(HOUR.labels)


def _office_day() -> tuple[float, ...]:
    default = BY_PATH[SHARES].default
    assert isinstance(default, tuple)
    return tuple(float(share) for share in default)


PRESETS: Mapping[str, tuple[float, ...]] = {
    "Office day": _office_day(),
    "Two shifts": (0.01,) * 6 + (0.0575,) * 16 + (0.01,) * 2,
    "Flat": (1 / HOURS,) * HOURS,
}
"""Shares of a day's logs in hours 1 to 24, under a name; our own assumptions.  Source: design: hourly logs."""


def paths() -> tuple[str, ...]:
    """Paths of the hourly shares."""
    return BY_PATH[SHARES].paths()


def scaled(counts: Sequence[float]) -> tuple[float, ...]:
    """Shares of a day from the counts (or shares) of its hours; all zero where there are none."""
    total = sum(counts)
    return tuple(count / total if total else 0.0 for count in counts)


def preset_of(shares: Sequence[float]) -> str | None:
    """Name of the usual day that some shares are, None where they are none."""
    return next((name for name, preset in PRESETS.items() if _same(shares, preset)), None)


def _same(shares: Sequence[float], others: Sequence[float]) -> bool:
    """Whether shares are the same but for what scaling them leaves."""
    return len(shares) == len(others) and all(map(math.isclose, shares, others))
