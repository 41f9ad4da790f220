"""Follow an outage day by day: the logs that cannot be truncated meanwhile, and the reseed after it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import Scenario, SizedDesign, read, size
from calculator.inputs import log_hours, schema
from calculator.inputs.choices import BackupFrequency
from calculator.issues import refuse
from calculator.numerics.arrays import Floats
from calculator.presentation.text import number
from calculator.rules.constants import scalar
from calculator.studies.result import StudyResult

DATACENTER, BACKUPS = "datacenter", "backups"
CAUSES = (DATACENTER, BACKUPS)
LONGEST = 3650
"""Largest number of days of an outage."""
USUAL_LONGEST, AFTER = 366, 3
"""Default number of days: a few more than a volume takes to fill, and at most a year."""
NATIVE = "native_data_protection"


@dataclass(frozen=True, repr=False)
class Outage(StudyResult):
    """Outage, followed day by day.

    Attributes
    ----------
    cause
        ``datacenter`` or ``backups``.
    capacity
        GB of the volume that holds the logs: the disk under it with JBOD, else the planned size.
    room
        GB of it that logs may take: their planned space, the free space and what the disk has in addition.
    kept_before
        GB of logs on the volume when the outage begins, just before they would have been truncated.
    logs
        GB of logs on the volume at the end of each day while there is room, shape ``(days + 1,)``; day 0 is the
        beginning.
    full
        Days until a volume fills, to the hour; None if it does not fill within the days of the study.
    days_until_volume_full, days_until_disk_full
        Results of those names: days until a volume as sized and a disk as bought fill from empty logs on; None where
        they do not apply.
    reseed_hours, reseed_hours_over_link
        Hours to reseed a volume whose copy was given up, from its own datacenter and over the link.
    reseed_hours_all
        Hours until all copies of the lost datacenter are reseeded, sharing the link.
    """

    cause: str
    capacity: float
    room: float
    kept_before: float
    logs: Floats
    full: float | None
    days_until_volume_full: float | None
    days_until_disk_full: float | None
    reseed_hours: float | None
    reseed_hours_over_link: float | None
    reseed_hours_all: float | None

    def rows(self) -> list[dict[str, float | int | None]]:
        """Return the rows of the table ``outage``, one row per day."""
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
                    "days_until_volume_full": None if day else self.days_until_volume_full,
                    "days_until_disk_full": None if day else self.days_until_disk_full,
                }
            )
        return rows

    @property
    def sentence(self) -> str:
        """Text that says when the volume fills, what follows, and how long the reseed takes."""
        reseed = (
            f"Reseeding them afterwards takes {self.reseed_hours_over_link:,.0f} hours per volume over the link, and "
            f"{self.reseed_hours_all:,.0f} hours for all volumes, if nothing else uses the link."
            if self.full is not None and self.reseed_hours_all is not None
            else ""
        )
        return " ".join(filter(None, (self.finding, self._from_empty_logs, self.consequence, reseed)))

    @property
    def measured(self) -> str:
        """What fills: the disk as bought if each volume is on a disk, else the volume as sized."""
        return "volume as sized" if self.days_until_disk_full is None else "disk as bought"

    @property
    def finding(self) -> str:
        """Sentence that says when the volume fills."""
        begins = f" with {number(self.kept_before)} GB of logs at the start" if self.kept_before else ""
        if self.full is None:
            return f"The {self.measured} does not fill within {len(self.logs) - 1} days{begins}."
        return f"The {self.measured} fills after {number(self.full)} days without truncation{begins}."

    @property
    def consequence(self) -> str:
        """Sentence that says what follows when the volume is full; empty if it does not fill."""
        if self.full is None:
            return ""
        if self.reseed_hours_all is None:
            return "Its databases dismount then; no copy has to be reseeded."
        return "Remove the copies of the lost datacenter before that, so that logs are truncated again."

    @property
    def _from_empty_logs(self) -> str:
        """Return a sentence with the two results of the design; empty if neither applies."""
        known = {"volume as sized": self.days_until_volume_full, "disk as bought": self.days_until_disk_full}
        parts = [f"a {name} fills in {number(days)} days" for name, days in known.items() if days is not None]
        return f"From empty logs on, {' and '.join(parts)}." if parts else ""


def simulate_outage(scenario: Scenario, cause: str, days: int | None = None) -> Outage:
    """Follow an outage day by day, with mailboxes as full as the design is sized for.

    A log is not truncated before every copy has received it and a backup has saved it.  Meanwhile users continue, with
    the hourly shares of a day's logs.

    Parameters
    ----------
    scenario
        The design: a profile file, a `Profile` or inputs by path.
    cause
        ``datacenter`` if the other datacenter fails, ``backups`` if no backup that truncates logs succeeds.
    days
        Days to follow, 1 to 3,650; by default three more than a volume takes to fill, a year at most.

    Raises
    ------
    InputError
        If the design has no second datacenter to lose, no backups to fail, or is invalid.

    Examples
    --------
    >>> found = simulate_outage({"tiers.1.mailboxes": 5000}, "datacenter", days=1)
    >>> len(found.rows())
    2

    Source: datacenter-switchover: Log truncation; ha-changes-2013: Reseed.
    """
    design = size(read(scenario))
    _check_outage(design, cause, days)
    databases = design["databases_on_first_volume"]
    daily = databases * design.plain["logs_per_day_per_database"] / scalar("mb_per_gb")
    capacity, room = _capacity_and_room(design)
    before = min(_days_before_truncation(design) * daily, room)
    days = days or _days_to_fill(room - before, daily)
    hours = before + daily * np.concatenate(([0.0], np.cumsum(np.tile(_hourly_shares(design), days))))
    too_many = np.flatnonzero(hours > room)
    full = int(too_many[0]) / scalar("hours_per_day") if too_many.size else None
    lost = cause == DATACENTER
    return Outage(
        cause,
        capacity,
        room,
        before,
        np.minimum(hours[:: log_hours.HOURS], room),
        full,
        design.plain["days_until_volume_full"],
        design.plain["days_until_disk_full"],
        design.plain["reseed_hours"] if lost else None,
        design.plain["reseed_hours_over_link"] if lost else None,
        _hours_to_reseed_all(design) if lost else None,
    )


def _days_to_fill(room: float, daily: float) -> int:
    return min(math.ceil(room / daily) + AFTER, USUAL_LONGEST) if daily else USUAL_LONGEST


def _check_outage(design: SizedDesign, cause: str, days: int | None) -> None:
    where = design.profile.where
    if cause not in CAUSES:
        refuse(where, f'"{cause}" is not an outage.', f"Give {' or '.join(CAUSES)}.")
    if days is not None and not 1 <= days <= LONGEST:
        refuse(where, f"An outage of {days} days cannot be followed.", f"Give 1 to {LONGEST:,} days.")
    if design[DESIGN_INVALID]:
        refuse(where, "The design is invalid: no outage can be followed.", "Run the command check to see the errors.")
    if design.without_mailboxes:
        refuse(where, "The design has no mailboxes: no outage can be followed.", "Give a tier with mailboxes.")
    if cause == DATACENTER and not design["two_datacenters"]:
        refuse(where, "The design has one datacenter: none can be lost.", "Follow the outage of backups instead.")
    if cause == BACKUPS and design.profile.value("backup.method") == NATIVE:
        hint = (
            "Without backups, logs are truncated once all copies have them. Follow the outage of a datacenter instead."
        )
        refuse(where, "The design has no backups that could fail.", hint)


def _capacity_and_room(design: SizedDesign) -> tuple[float, float]:
    """Return the GB of the volume that holds the logs, and the GB of it that logs may take.

    With JBOD the smaller disk of both datacenters counts, because either datacenter may be the one that is left.
    """
    room = float(design.plain["room_for_logs"])
    if not design["logs_share_volume"]:
        return float(design.plain["volume_log_volume_size"]), room
    volume = float(design.plain["volume_database_volume_size"])
    spare = 0.0
    if design["storage_architecture.primary"] == "jbod":
        spare = max(float(design.plain["smaller_database_disk"]) - volume, 0.0)
    return volume + spare, room + spare


def _days_before_truncation(design: SizedDesign) -> float:
    """Return the days of logs that exist in normal operation just before they are truncated.

    Lagged copies keep their logs.  With backups it is the time between those that truncate, which differential backups
    do not.
    """
    lag = float(design.plain["replay_lag"] + design.plain["truncation_lag"])
    if design.profile.value("backup.method") == NATIVE:
        return lag
    differential = BackupFrequency.WEEKLY_FULL_DAILY_DIFFERENTIAL.name.lower()
    weekly = design.profile.value("backup.frequency") == differential
    return max(lag, scalar("days_per_week") if weekly else 1.0)


def _hourly_shares(design: SizedDesign) -> Floats:
    """Return the share of a day's logs in each hour, shape ``(24,)``, sum 1; equal shares if none are given."""
    shares = log_hours.scaled([float(design.profile.value(path) or 0) for path in log_hours.paths()])
    return np.array(shares if any(shares) else [1 / log_hours.HOURS] * log_hours.HOURS)


def _hours_to_reseed_all(design: SizedDesign) -> float:
    """Return the hours to reseed all volumes of the larger datacenter over the shared link.

    It is at least the time of a single volume.
    """
    servers = max(
        float(design.plain[f"summary_servers_by_datacenter.{side}"] or 0) for side in schema.DATACENTER.labels
    )
    volumes = servers * float(design.plain["dags_total"]) * float(design.plain["volume_database_volumes"])
    rate = float(design.plain["chosen_link_bandwidth"]) / scalar("bits_per_byte") / scalar("kb_per_mb") ** 2
    hours = (
        volumes * float(design.plain["volume_reseed_data"]) * scalar("mb_per_gb") / rate / scalar("seconds_per_hour")
    )
    return max(hours, float(design.plain["reseed_hours_over_link"]))
