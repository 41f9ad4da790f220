"""Logs that pile up while a datacenter is away or backups fail: when a volume fills, and the reseed after it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from calculator.engine.sizing import Scenario, SizedDesign, read, size
from calculator.inputs import log_hours
from calculator.inputs.choices import BackupFrequency
from calculator.issues import refuse
from calculator.numerics.arrays import Floats
from calculator.rules.constants import scalar

DATACENTER, BACKUPS = "datacenter", "backups"
CAUSES = (DATACENTER, BACKUPS)
LONGEST = 3650
"""Days an outage may last."""
USUAL_LONGEST, AFTER = 366, 3
"""Days looked at where none are given: some more than a volume takes to fill, a year at most."""
NATIVE = "native_data_protection"


@dataclass(frozen=True)
class Outage:
    """An outage, day by day.

    Attributes
    ----------
    cause
        ``datacenter`` or ``backups``.
    capacity
        GB of the volume that holds the logs: of the disk under it on JBOD, else as planned.
    room
        GB of it that logs may take: their planned space, the space kept free and what the disk has beyond.
    kept_before
        GB of logs on it when the outage begins, just before they would have been truncated.
    logs
        GB of logs on the volume at the end of each day, as long as there is room; day 0 is the beginning.
    full
        Days until a volume fills, to the hour; None where it does not within the days looked at.
    reseed_hours, reseed_hours_over_link
        Hours to reseed a volume whose copy had to be given up, from its own datacenter and over the link.
    reseed_hours_all
        Hours until all copies of the lost datacenter are reseeded, all sharing the link.
    """

    cause: str
    capacity: float
    room: float
    kept_before: float
    logs: Floats
    full: float | None
    reseed_hours: float | None
    reseed_hours_over_link: float | None
    reseed_hours_all: float | None

    def rows(self) -> list[dict[str, float | int | None]]:
        """Rows of the table ``outage``: a row a day."""
        taken = self.capacity - self.room
        rows = []
        for day, logs in enumerate(self.logs.tolist()):
            after = self.full is not None and self.full <= day
            today = after and day == math.ceil(self.full or 0.0)
            rows.append(
                {
                    "day": day,
                    "logs_kept_gb": logs,
                    "volume_fill": (taken + logs) / self.capacity,
                    "full": self.full if today else None,
                    "reseed_hours": self.reseed_hours if after else None,
                    "reseed_hours_over_link": self.reseed_hours_over_link if after else None,
                    "reseed_hours_all": self.reseed_hours_all if after else None,
                }
            )
        return rows

    @property
    def sentence(self) -> str:
        """What the outage comes to, in words."""
        days = len(self.logs) - 1
        if self.full is None:
            return f"No volume fills within {days} days."
        until = f"A volume fills after {self.full:,.1f} days without truncation."
        if self.reseed_hours_all is None:
            return f"{until} Its databases dismount then; no copy has to be reseeded."
        return (
            f"{until} The copies of the lost datacenter have to be given up before, and are reseeded afterwards: "
            f"{self.reseed_hours_over_link:,.0f} hours a volume over the link, {self.reseed_hours_all:,.0f} for all."
        )


def outage(scenario: Scenario, cause: str, days: int | None = None) -> Outage:
    """Follow an outage day by day, with the mailboxes as full as the design is made for.

    No copy truncates a log that a copy out of reach has not taken, nor one that no backup has; what clients
    do goes on, by the hourly shares of a day's logs.

    Parameters
    ----------
    scenario
        The design.
    cause
        ``datacenter``: the other datacenter is away.  ``backups``: no backup that truncates logs runs.
    days
        Days looked at, 1 to 3,650; by default three more than a volume takes to fill, a year at most.

    Raises
    ------
    InputError
        If the design has no second datacenter to lose, no backups to fail, or is invalid.

    Source: datacenter-switchover: Log truncation; ha-changes-2013: Reseed.
    """
    design = size(read(scenario))
    _refuse(design, cause, days)
    databases = design["databases_on_first_volume"]
    daily = databases * design["logs_per_day_per_database"] / scalar("mb_per_gb")
    capacity, room = _volume(design)
    before = min(_days_before(design) * daily, room)
    days = days or _days_to_fill(room - before, daily)
    hours = before + daily * np.concatenate(([0.0], np.cumsum(np.tile(_shares(design), days))))
    over = np.flatnonzero(hours > room)
    full = int(over[0]) / scalar("hours_per_day") if over.size else None
    lost = cause == DATACENTER
    return Outage(
        cause,
        capacity,
        room,
        before,
        np.minimum(hours[:: log_hours.HOURS], room),
        full,
        design["reseed_hours"] if lost else None,
        design["reseed_hours_over_link"] if lost else None,
        _reseed_of_all(design) if lost else None,
    )


def _days_to_fill(room: float, daily: float) -> int:
    return min(math.ceil(room / daily) + AFTER, USUAL_LONGEST) if daily else USUAL_LONGEST


def _refuse(design: SizedDesign, cause: str, days: int | None) -> None:
    where = design.profile.where
    if cause not in CAUSES:
        refuse(where, f'"{cause}" is no outage.', f"Give {' or '.join(CAUSES)}.")
    if days is not None and not 1 <= days <= LONGEST:
        refuse(where, f"{days} days cannot be looked at.", f"Give 1 to {LONGEST:,} days.")
    if design["design_invalid"]:
        refuse(where, "The design is invalid: no outage can be followed.", "See check for what is wrong.")
    if cause == DATACENTER and not design["two_datacenters"]:
        refuse(where, "The design has one datacenter: none can be lost.", "Look at the outage of backups.")
    if cause == BACKUPS and design.profile.value("backup.method") == NATIVE:
        hint = "Logs are truncated without one, once all copies have them; look at the outage of a datacenter."
        refuse(where, "The design has no backups that could fail.", hint)


def _volume(design: SizedDesign) -> tuple[float, float]:
    """GB of the volume that holds the logs, and of the room for them.

    On JBOD that of the smaller disk of both datacenters, since either may be the one that is left.
    """
    room = float(design["room_for_logs"])
    if not design["logs_share_volume"]:
        return float(design["volume_log_volume_size"]), room
    volume = float(design["volume_database_volume_size"])
    spare = 0.0
    if design["storage_architecture.primary"] == "jbod":
        spare = max(float(design["smaller_database_disk"]) - volume, 0.0)
    return volume + spare, room + spare


def _days_before(design: SizedDesign) -> float:
    """Days of logs there are just before they are truncated in normal running.

    What lagged copies hold back; with backups the time between those that truncate, which differential ones
    do not.
    """
    lag = float(design["replay_lag"] + design["truncation_lag"])
    if design.profile.value("backup.method") == NATIVE:
        return lag
    differential = BackupFrequency.WEEKLY_FULL_DAILY_DIFFERENTIAL.name.lower()
    weekly = design.profile.value("backup.frequency") == differential
    return max(lag, scalar("days_per_week") if weekly else 1.0)


def _shares(design: SizedDesign) -> Floats:
    """Share of a day's logs in each hour, adding up to 1; the same in all where none are given."""
    shares = log_hours.scaled([float(design.profile.value(path) or 0) for path in log_hours.paths()])
    return np.array(shares if any(shares) else [1 / log_hours.HOURS] * log_hours.HOURS)


def _reseed_of_all(design: SizedDesign) -> float:
    """Hours until the larger datacenter has all its copies again: what its volumes hold, over the shared link.

    Not less than a single volume takes.
    """
    servers = max(float(design[f"summary_servers_by_datacenter.{side}"] or 0) for side in ("primary", "secondary"))
    volumes = servers * float(design["dags_total"]) * float(design["volume_database_volumes"])
    rate = float(design["chosen_link_bandwidth"]) / scalar("bits_per_byte") / scalar("kb_per_mb") ** 2
    hours = volumes * float(design["volume_reseed_data"]) * scalar("mb_per_gb") / rate / scalar("seconds_per_hour")
    return max(hours, float(design["reseed_hours_over_link"]))
