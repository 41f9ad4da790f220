"""Fix a design as it is built: its databases, disks and memory stay while its load grows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from calculator.engine.sizing import SizedDesign, size
from calculator.inputs.profile import Profile
from calculator.inputs.schema import DATACENTER, SERVER_ROLE
from calculator.numerics.arrays import Bools, Floats
from calculator.studies.figures import NumericSizer, require_mailboxes

AUTOMATIC, COUNT = "database.automatic_count", "database.custom_count"
TRIED_BELOW = 64
"""Number of smaller numbers of databases to try: rounding adds less than the members of two DAGs."""


@dataclass(frozen=True)
class BuiltDesign:
    """Design as built on the first day.

    Attributes
    ----------
    design
        The given design, sized.
    profile
        The same design with its number of databases fixed.
    volume
        Planned size of a database volume by datacenter in GB, shape ``(2,)``; NaN without a datacenter.
    log_volume
        Planned size of a log volume in GB; NaN without log volumes.
    memory
        Memory of a server by role in GB, shape ``(3,)``; NaN without such a server.
    raid_disks
        RAID disks of a server by datacenter, shape ``(2,)``; NaN without RAID.
    on_disk
        Whether a volume is a single disk (JBOD), by datacenter, shape ``(2,)``.
    """

    design: SizedDesign
    profile: Profile
    volume: Floats
    log_volume: float
    memory: Floats
    raid_disks: Floats
    on_disk: Bools

    def tier_name(self, tier: int) -> str:
        """Return the name of a tier, or ``tier`` and its number if it has none."""
        return str(self.profile.value(f"tiers.{tier}.name") or f"tier {tier}")

    def with_memory(self, least: float) -> BuiltDesign:
        """Return the same design with at least a number of GB of memory in each server."""
        return replace(self, memory=np.maximum(self.memory, least))


def build(profile: Profile, sized: SizedDesign | None = None) -> BuiltDesign:
    """Size a design, and fix its number of databases from then on.

    Servers, copies, volumes and disks follow from the number of databases.  A given number is rounded up to groups of
    databases that share disks, so the greatest number that gives the same databases is used.

    Parameters
    ----------
    profile
        The design.
    sized
        The same design with all its results, if it is sized already.

    Raises
    ------
    InputError
        If the design has no mailboxes, and so no databases.
    """
    require_mailboxes(profile)
    design = size(profile) if sized is None else sized
    present = np.array([True, bool(design["two_datacenters"])])
    raid = _figures_at(design, "storage_raid_disks_per_server", DATACENTER.labels)
    return BuiltDesign(
        design,
        _fix_databases(design),
        np.where(present, design.plain["volume_database_volume_size"] or np.nan, np.nan),
        design.plain["volume_log_volume_size"] or np.nan,
        _figures_at(design, "summary_memory", SERVER_ROLE.labels),
        np.where(raid > 0, raid, np.nan),
        ~np.isnan(_figures_at(design, "volume_fill", DATACENTER.labels)),
    )


def _figures_at(design: SizedDesign, rule: str, labels: tuple[str, ...]) -> Floats:
    return np.array([design[f"{rule}.{label}"] for label in labels], dtype=np.float64)  # this converts None to NaN


def _fix_databases(design: SizedDesign) -> Profile:
    databases = float(design.plain["databases"] or 1)
    tried = np.arange(databases, max(databases - TRIED_BELOW, 0.0), -1.0)
    sizer = NumericSizer(design.profile, ["databases"])
    resulting = sizer({AUTOMATIC: np.array([False]), COUNT: tried})["databases"]
    count = tried[np.nanargmin(np.abs(resulting - databases))]
    return design.profile.with_given({**design.profile.given, AUTOMATIC: False, COUNT: float(count)})
