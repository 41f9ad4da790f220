"""Limits that a growing design comes to: what is measured, against what, and when it is first above."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from calculator.numerics.arrays import Bools, Floats
from calculator.rules.constants import scalar
from calculator.studies.timeline.as_built import ROLES, SIDES, Built

Columns = Mapping[str, Floats]
SAME = 1e-9
"""What two sums of the same may differ by: that far a figure may be above."""


@dataclass(frozen=True)
class Limit:
    """One limit of a design.

    Attributes
    ----------
    name, unit
        What it is.
    places
        Where it may be reached: datacenters, tiers, or the design as such.
    measure
        Values and thresholds, each ``(places, n)``, from the figures of ``n`` designs and what is built;
        NaN where there is none.
    needs
        Results that it is measured by.
    """

    name: str
    unit: str
    places: tuple[str, ...]
    measure: Callable[[Columns, Built], tuple[Floats, Floats]]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Reached:
    """When a limit is reached.

    Attributes
    ----------
    limit
        Which one.
    month
        First month whose figure is above the threshold; None where none is.
    places
        Where it is reached in any month; where nowhere, the place that comes nearest.
    value, threshold
        In that month, where it is the furthest above; else the figure that comes nearest.
    """

    limit: Limit
    month: int | None
    places: tuple[str, ...]
    value: float
    threshold: float


def _rows(figures: Columns, rule: str, places: tuple[str, ...]) -> Floats:
    return np.stack([figures[f"{rule}.{place}"] for place in places])


def _wide(values: Floats | float, like: Floats) -> Floats:
    """Thresholds for all designs of values by place."""
    column = np.asarray(values, dtype=np.float64)
    return np.broadcast_to(column[:, None] if column.ndim else column, like.shape)


def volume(figures: Columns, built: Built) -> tuple[Floats, Floats]:
    """A volume against the disk under it, or against its size as planned where disks are gathered."""
    disks = _rows(figures, "storage_database_disk_formatted", SIDES)
    planned = _wide(built.volume, disks)
    size = np.broadcast_to(figures["volume_database_volume_size"], disks.shape)
    return size, np.where(built.on_disk[:, None], disks, planned)


def _log_volume(figures: Columns, built: Built) -> tuple[Floats, Floats]:
    size = figures["volume_log_volume_size"][None]
    return size, _wide(built.log_volume, size)


def _database(figures: Columns, built: Built) -> tuple[Floats, Floats]:
    """A database against the size advised, or the design's own limit where that is smaller."""
    size = figures["volume_database_size_with_overhead"][None]
    alone = built.plan["copies_total"] < 2
    advised = scalar("standalone_size_limit") if alone else scalar("replicated_size_limit")
    own = float(built.profile.value("database.custom_max_size") or 0)
    limited = bool(built.profile.value("database.custom_max_size_enabled"))
    return size, _wide(min(advised, own) if limited else advised, size)


def _disk_iops(figures: Columns, built: Built) -> tuple[Floats, Floats]:
    able = _rows(figures, "storage_database_disk_random_iops", SIDES)
    return np.broadcast_to(figures["volume_iops"], able.shape), np.where(built.on_disk[:, None], able, np.nan)


def _raid_disks(figures: Columns, built: Built) -> tuple[Floats, Floats]:
    disks = _rows(figures, "storage_raid_disks_per_server", SIDES)
    return disks, _wide(built.raid_disks, disks)


def memory(figures: Columns, built: Built) -> tuple[Floats, Floats]:
    """Memory recommended for a server against the memory it has."""
    recommended = _rows(figures, "summary_memory", ROLES)
    return recommended, _wide(built.memory, recommended)


def cpu(figures: Columns, built: Built) -> tuple[Floats, Floats]:
    """CPU in the worst failure against what is advised at most."""
    used = _rows(figures, "summary_cpu_utilization", ROLES)
    return used, _wide(scalar("highest_cpu_utilization"), used)


def _link(figures: Columns, built: Built) -> tuple[Floats, Floats]:
    used = figures["replication_link_utilization"][None]
    return used, _wide(1.0, used)


def dumpster_sizes(figures: Columns, tiers: int) -> Floats:
    """Recoverable items of a mailbox of each tier in GB, the quota not counted: shape ``(tiers, n)``."""
    sizes = [figures[f"tiers.{tier}.dumpster_uncapped"] for tier in range(1, tiers + 1)]
    return np.stack(sizes) / scalar("mb_per_gb")


def _dumpster(quota: str) -> Callable[[Columns, Built], tuple[Floats, Floats]]:
    def measure(figures: Columns, built: Built) -> tuple[Floats, Floats]:
        sizes = dumpster_sizes(figures, built.plan.tiers)
        return sizes, _wide(scalar(quota) / scalar("mb_per_gb"), sizes)

    return measure


def limits_of(built: Built) -> tuple[Limit, ...]:
    """The limits of a design, those of its storage first."""
    tiers = tuple(f"tiers.{tier}" for tier in range(1, built.plan.tiers + 1))
    volumes = ("volume_database_volume_size", "storage_database_disk_formatted")
    io = ("volume_iops", "storage_database_disk_random_iops")
    warning, quota = "recoverable_items_warning_quota", "recoverable_items_quota"
    return (
        Limit("volume", "GB", SIDES, volume, volumes),
        Limit("log_volume", "GB", ("",), _log_volume, ("volume_log_volume_size",)),
        Limit("database", "GB", ("",), _database, ("volume_database_size_with_overhead",)),
        Limit("disk_iops", "1/s", SIDES, _disk_iops, io),
        Limit("raid_disks", "disks", SIDES, _raid_disks, ("storage_raid_disks_per_server",)),
        Limit("memory", "GB", ROLES, memory, ("summary_memory",)),
        Limit("cpu", "1", ROLES, cpu, ("summary_cpu_utilization",)),
        Limit("link", "1", ("",), _link, ("replication_link_utilization",)),
        Limit("dumpster_20_gb", "GB", tiers, _dumpster(warning), ("dumpster_uncapped",)),
        Limit("dumpster_30_gb", "GB", tiers, _dumpster(quota), ("dumpster_uncapped",)),
    )


def above(limit: Limit, figures: Columns, built: Built) -> Bools:
    """Where and when figures are above a limit: shape ``(places, n)``."""
    values, thresholds = limit.measure(figures, built)
    return values > thresholds * (1 + SAME)


def reached(limit: Limit, figures: Columns, built: Built) -> Reached | None:
    """When the figures of a design month by month reach a limit; None where it has no such limit."""
    values, thresholds = limit.measure(figures, built)
    fill = values / thresholds
    if np.isnan(fill).all():
        return None
    over = above(limit, figures, built)
    months = np.flatnonzero(over.any(axis=0))
    month = int(months[0]) if months.size else None
    at = month if month is not None else int(np.nanargmax(np.fmax.reduce(fill, axis=0)))
    place = int(np.nanargmax(fill[:, at]))
    where = over.any(axis=1) if months.size else fill[:, at] >= fill[place, at] * (1 - SAME)
    places = tuple(limit.places[number] for number in np.flatnonzero(where))
    return Reached(limit, month, places, float(values[place, at]), float(thresholds[place, at]))
