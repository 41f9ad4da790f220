"""Define the limits that a growing design may reach: the figure, its threshold, and when it is first exceeded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from calculator.engine.findings import check_message
from calculator.inputs.schema import DATACENTER, SERVER_ROLE
from calculator.numerics.arrays import Bools, Floats
from calculator.numerics.rounding import RELATIVE_TOLERANCE
from calculator.rules.constants import scalar
from calculator.studies.timeline.as_built import BuiltDesign

MonthColumns = Mapping[str, Floats]


@dataclass(frozen=True)
class DesignLimit:
    """Limit of a design.

    Attributes
    ----------
    name, unit
        Name of the limit, and unit of its figures.
    places
        Places where it may be reached: datacenters, server roles or tiers; one empty name for the whole design.
    measure
        Function that returns figures and thresholds of ``n`` designs, both of shape ``(places, n)``, given all their
        figures and what is built; NaN where there is none.
    needs
        Results that the measure reads.
    unsized
        Check that finds designs whose figure is missing at some place, although they have the limit.
    """

    name: str
    unit: str
    places: tuple[str, ...]
    measure: Callable[[MonthColumns, BuiltDesign], tuple[Floats, Floats]]
    needs: tuple[str, ...]
    unsized: str = ""


@dataclass(frozen=True)
class LimitOutcome:
    """Outcome for a limit: when it is reached, and where.

    Attributes
    ----------
    limit
        The limit.
    month
        First month whose figure exceeds the threshold; None if no month does.
    places
        Places where the limit is reached in any month; if it is not, the place that comes nearest.
    value, threshold
        Figure and threshold in that month at the place that exceeds it most; if none does, those that come nearest.
        The figure is NaN where it applies to no place.
    reason
        Why the figure does not apply to all places; empty if it does.
    """

    limit: DesignLimit
    month: int | None
    places: tuple[str, ...]
    value: float
    threshold: float
    reason: str = ""


def _stack(figures: MonthColumns, rule: str, places: tuple[str, ...]) -> Floats:
    return np.stack([figures[f"{rule}.{place}"] for place in places])


def _broadcast(thresholds: Floats | float, figures: Floats) -> Floats:
    """Return thresholds, one or one per place, in the shape of the figures."""
    column = np.asarray(thresholds, dtype=np.float64)
    return np.broadcast_to(column[:, None] if column.ndim else column, figures.shape)


def measure_volume(figures: MonthColumns, built: BuiltDesign) -> tuple[Floats, Floats]:
    """Compare a volume with its disk (JBOD), or with its planned size (RAID)."""
    disks = _stack(figures, "storage_database_disk_formatted", DATACENTER.labels)
    planned = _broadcast(built.volume, disks)
    size = np.broadcast_to(figures["volume_database_volume_size"], disks.shape)
    return size, np.where(built.on_disk[:, None], disks, planned)


def _measure_log_volume(figures: MonthColumns, built: BuiltDesign) -> tuple[Floats, Floats]:
    size = figures["volume_log_volume_size"][None]
    return size, _broadcast(built.log_volume, size)


def _measure_database(figures: MonthColumns, built: BuiltDesign) -> tuple[Floats, Floats]:
    """Compare a database with the recommended size, or the custom maximum of the design if that is smaller."""
    size = figures["volume_database_size_with_overhead"][None]
    standalone = built.design.plain["copies_total"] < 2
    recommended = scalar("standalone_size_limit" if standalone else "replicated_size_limit", built.profile)
    custom = float(built.profile.value("database.custom_max_size") or 0)
    limited = bool(built.profile.value("database.custom_max_size_enabled"))
    return size, _broadcast(min(recommended, custom) if limited else recommended, size)


def _measure_disk_iops(figures: MonthColumns, built: BuiltDesign) -> tuple[Floats, Floats]:
    disk_iops = _stack(figures, "storage_database_disk_random_iops", DATACENTER.labels)
    threshold = np.where(built.on_disk[:, None], disk_iops, np.nan)
    return np.broadcast_to(figures["volume_iops"], disk_iops.shape), threshold


def _measure_raid_disks(figures: MonthColumns, built: BuiltDesign) -> tuple[Floats, Floats]:
    disks = _stack(figures, "storage_raid_disks_per_server", DATACENTER.labels)
    return disks, _broadcast(built.raid_disks, disks)


def measure_memory(figures: MonthColumns, built: BuiltDesign) -> tuple[Floats, Floats]:
    """Compare the memory that a server needs for its load with the memory that was bought.

    The smallest memory that Microsoft supports does not grow with the load, so it counts only where less is installed.
    """
    required = _stack(figures, "memory_required", SERVER_ROLE.labels)
    primary, secondary = _stack(figures, "server_memory_calculated", DATACENTER.labels)
    for_load = np.stack([primary, np.maximum(primary, secondary), primary])
    installed = _broadcast(built.memory, required)
    lacks_minimum = np.isnan(required) | (installed < figures["least_memory"])
    return np.where(lacks_minimum, required, for_load), installed


def measure_cpu(figures: MonthColumns, built: BuiltDesign) -> tuple[Floats, Floats]:
    """Compare CPU utilization in the worst failure with the highest recommended one."""
    utilization = _stack(figures, "summary_cpu_utilization", SERVER_ROLE.labels)
    return utilization, _broadcast(scalar("highest_cpu_utilization", built.profile), utilization)


def _measure_link(figures: MonthColumns, built: BuiltDesign) -> tuple[Floats, Floats]:
    utilization = figures["replication_link_utilization"][None]
    return utilization, _broadcast(1.0, utilization)


def _measure_dumpster(quota: str) -> Callable[[MonthColumns, BuiltDesign], tuple[Floats, Floats]]:
    """Compare the recoverable items of a mailbox of each tier with a quota."""

    def measure(figures: MonthColumns, built: BuiltDesign) -> tuple[Floats, Floats]:
        sizes = np.stack([figures[f"tiers.{tier}.dumpster_uncapped"] for tier in range(1, built.design.tiers + 1)])
        sizes = sizes / scalar("mb_per_gb")
        return sizes, _broadcast(scalar(quota, built.profile) / scalar("mb_per_gb"), sizes)

    return measure


def list_limits(built: BuiltDesign) -> tuple[DesignLimit, ...]:
    """Return the limits that designs have, those of storage first."""
    sides, roles = DATACENTER.labels, SERVER_ROLE.labels
    tiers = tuple(f"tiers.{tier}" for tier in range(1, built.design.tiers + 1))
    volume = ("volume_database_volume_size", "storage_database_disk_formatted")
    disk_iops = ("volume_iops", "storage_database_disk_random_iops")
    memory = ("memory_required", "server_memory_calculated", "least_memory", "summary_memory")
    warning, quota = "recoverable_items_warning_quota", "recoverable_items_quota"
    return (
        DesignLimit("volume", "GB", sides, measure_volume, volume),
        DesignLimit("log_volume", "GB", ("",), _measure_log_volume, ("volume_log_volume_size",)),
        DesignLimit("database", "GB", ("",), _measure_database, ("volume_database_size_with_overhead",)),
        DesignLimit("disk_iops", "1/s", sides, _measure_disk_iops, disk_iops),
        DesignLimit("raid_disks", "disks", sides, _measure_raid_disks, ("storage_raid_disks_per_server",)),
        DesignLimit("memory", "GB", roles, measure_memory, memory),
        DesignLimit("cpu", "1", roles, measure_cpu, ("summary_cpu_utilization",), "check_rating_unknown"),
        DesignLimit("link", "1", ("",), _measure_link, ("replication_link_utilization",)),
        DesignLimit("dumpster_20_gb", "GB", tiers, _measure_dumpster(warning), ("dumpster_uncapped",)),
        DesignLimit("dumpster_30_gb", "GB", tiers, _measure_dumpster(quota), ("dumpster_uncapped",)),
    )


def find_exceeded(limit: DesignLimit, figures: MonthColumns, built: BuiltDesign) -> Bools:
    """Return where and when figures exceed a limit, shape ``(places, n)``."""
    values, thresholds = limit.measure(figures, built)
    return values > thresholds * (1 + RELATIVE_TOLERANCE)


def evaluate_limit(limit: DesignLimit, figures: MonthColumns, built: BuiltDesign) -> LimitOutcome | None:
    """Return when a growing design reaches a limit.

    Parameters
    ----------
    limit
        The limit.
    figures
        Figures by result column, one value per month, shape ``(months + 1,)``.
    built
        What is built.

    Returns
    -------
    LimitOutcome or None
        None if the design does not have the limit.
    """
    values, thresholds = limit.measure(figures, built)
    ratio = values / thresholds
    reason = check_message(built.design.results, limit.unsized) if limit.unsized else ""
    if np.isnan(ratio).all():
        return LimitOutcome(limit, None, (), np.nan, float(np.nanmin(thresholds)), reason) if reason else None
    exceeded = find_exceeded(limit, figures, built)
    months = np.flatnonzero(exceeded.any(axis=0))
    month = int(months[0]) if months.size else None
    shown_month = month if month is not None else int(np.nanargmax(np.fmax.reduce(ratio, axis=0)))
    place = int(np.nanargmax(ratio[:, shown_month]))
    nearest = ratio[:, shown_month] >= ratio[place, shown_month] * (1 - RELATIVE_TOLERANCE)
    at_places = exceeded.any(axis=1) if months.size else nearest
    places = tuple(limit.places[number] for number in np.flatnonzero(at_places))
    value, threshold = float(values[place, shown_month]), float(thresholds[place, shown_month])
    return LimitOutcome(limit, month, places, value, threshold, reason)
