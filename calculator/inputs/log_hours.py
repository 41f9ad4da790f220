"""Hourly shares of the logs of a day: presets, and counts scaled to shares."""

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
"""Shares of the logs of a day in hours 1 to 24, by name; our own assumptions.  Source: design: hourly logs."""


def paths() -> tuple[str, ...]:
    """Return the paths of the hourly shares."""
    return BY_PATH[SHARES].paths()


def scaled(counts: Sequence[float]) -> tuple[float, ...]:
    """Scale the counts (or shares) of hours so that their sum is 1; all are zero if the counts are."""
    total = sum(counts)
    return tuple(count / total if total else 0.0 for count in counts)


def preset_of(shares: Sequence[float]) -> str | None:
    """Return the name of the preset that equals some shares, None if there is none."""
    return next((name for name, preset in PRESETS.items() if _same(shares, preset)), None)


def _same(shares: Sequence[float], others: Sequence[float]) -> bool:
    """Return whether shares are equal within rounding error."""
    return len(shares) == len(others) and all(map(math.isclose, shares, others))
