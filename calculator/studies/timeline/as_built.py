"""A design as it is built: the databases, disks and memory that stay while its load grows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from calculator.engine.sizing import SizedDesign, size
from calculator.inputs.profile import Profile
from calculator.numerics.arrays import Bools, Floats
from calculator.studies.figures import Figures

AUTOMATIC, COUNT = "database.automatic_count", "database.custom_count"
SIDES = ("primary", "secondary")
ROLES = (*SIDES, "lagged")
TRIED_BELOW = 64
"""Numbers of databases tried below the one that is built: rounding adds less than two DAGs' members."""


@dataclass(frozen=True)
class Built:
    """What is there on the first day.

    Attributes
    ----------
    plan
        The design as given, sized.
    profile
        The same with its number of databases held.
    volume, log_volume
        GB of a database volume and of a log volume as planned; NaN where there is none.
    memory
        GB of a server, by role; NaN where there is no such server.
    raid_disks
        RAID disks of a server, by datacenter; NaN where there are none.
    on_disk
        Whether a volume is a single disk (JBOD), by datacenter.
    """

    plan: SizedDesign
    profile: Profile
    volume: Floats
    log_volume: float
    memory: Floats
    raid_disks: Floats
    on_disk: Bools

    def tier_name(self, tier: int) -> str:
        """Name of a tier, its number where it has none."""
        return str(self.profile.value(f"tiers.{tier}.name") or f"tier {tier}")

    def with_memory(self, least: float) -> Built:
        """The same with at least so much memory in each server."""
        return replace(self, memory=np.maximum(self.memory, least))


def as_built(profile: Profile) -> Built:
    """Size a design and hold what is bought with it.

    The number of databases is given to the engine from then on; servers, copies, volumes and disks follow
    from it.  Of numbers that give the same databases the greatest is taken, since what is given is rounded
    to the group of databases that share disks.
    """
    design = size(profile)
    jbod = _row(design, "volume_fill", SIDES)
    present = np.array([True, bool(design["two_datacenters"])])
    raid = _row(design, "storage_raid_disks_per_server", SIDES)
    return Built(
        design,
        _held(design),
        np.where(present, design["volume_database_volume_size"] or np.nan, np.nan),
        design["volume_log_volume_size"] or np.nan,
        _row(design, "summary_memory", ROLES),
        np.where(raid > 0, raid, np.nan),
        ~np.isnan(jbod),
    )


def _row(design: SizedDesign, rule: str, labels: tuple[str, ...]) -> Floats:
    return np.array([design[f"{rule}.{label}"] for label in labels], dtype=np.float64)  # None becomes NaN


def _held(design: SizedDesign) -> Profile:
    databases = float(design["databases"] or 1)
    tried = np.arange(databases, max(databases - TRIED_BELOW, 0.0), -1.0)
    given = Figures(design.profile, ["databases"])({AUTOMATIC: np.array([False]), COUNT: tried})["databases"]
    count = tried[np.nanargmin(np.abs(given - databases))]
    return replace(design.profile, given={**design.profile.given, AUTOMATIC: False, COUNT: float(count)})
