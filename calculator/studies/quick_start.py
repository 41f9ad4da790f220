"""Ten questions that make a design; everything else is assumed, and listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from calculator.inputs import schema
from calculator.inputs.profile import Profile
from calculator.inputs.schema import CAPACITIES, SERVER_ROLE, Value
from calculator.presentation.text import percent_text
from calculator.rules.constants import scalar

MB_PER_GB = "mb_per_gb"


class Option(NamedTuple):
    """An answer: what a person reads, and the inputs it sets."""

    text: str
    values: Mapping[str, Value]


ONE_SERVER, ONE_DATACENTER, TWO_ACTIVE, TWO_RESERVE = "one_server", "one_datacenter", "two_active", "two_reserve"
_TWO = {"environment.high_availability": True, "site_resilience.enabled": True}
PLACES: Mapping[str, Option] = {
    ONE_SERVER: Option("Standalone servers, no copies", {"environment.high_availability": False}),
    ONE_DATACENTER: Option("One datacenter", {"site_resilience.enabled": False}),
    TWO_ACTIVE: Option("Two datacenters, users in both", {**_TWO, "site_resilience.model": "active_active_single_dag"}),
    TWO_RESERVE: Option("Two datacenters, the second in reserve", {**_TWO, "site_resilience.model": "active_passive"}),
}
"""Where the mailboxes are."""

_BACKUP: Mapping[str, Value] = {"backup.method": "software_vss", "backup.frequency": "daily_full"}
_TWO_DATACENTERS: Mapping[str, Option] = {
    "four_copies": Option(
        "4 copies, 2 in each datacenter", {"database_copies.ha_copies": 4.0, "database_copies.ha_copies_secondary": 2.0}
    ),
    "three_and_lagged": Option(
        "3 copies and 1 lagged by 7 days",
        {
            "database_copies.ha_copies": 3.0,
            "database_copies.ha_copies_secondary": 1.0,
            "database_copies.lagged_copies": 1.0,
            "database_copies.lagged_copies_secondary": 1.0,
            "database_copies.replay_lag_delay": 168.0,
            "transport.safety_net_hold": 7.0,
        },
    ),
    "two_and_backup": Option(
        "2 copies, 1 in each datacenter, and backup",
        {"database_copies.ha_copies": 2.0, "database_copies.ha_copies_secondary": 1.0, **_BACKUP},
    ),
}
_ONE_DATACENTER: Mapping[str, Option] = {
    "three_copies": Option("3 copies", {"database_copies.ha_copies": 3.0}),
    "two_and_backup": Option("2 copies and backup", {"database_copies.ha_copies": 2.0, **_BACKUP}),
}
PROTECTIONS: Mapping[str, Mapping[str, Option]] = {
    ONE_SERVER: {"backup": Option("Backup by VSS, every day in full", _BACKUP)},
    ONE_DATACENTER: _ONE_DATACENTER,
    TWO_ACTIVE: _TWO_DATACENTERS,
    TWO_RESERVE: _TWO_DATACENTERS,
}
"""How data is protected, by where the mailboxes are; the first is what most take."""

GROWTHS = (0.0, 0.1, 0.2, 0.5)
MESSAGES = {50.0: "light", 100.0: "medium", 150.0: "heavy", 200.0: "very heavy"}
MESSAGE_SIZES = (50.0, 75.0, 150.0)
QUOTAS_GB = (1.0, 2.0, 5.0, 10.0, 25.0, 50.0)
RETENTIONS = (14.0, 30.0, 90.0, 365.0)
ON_HOLD = 0.0
"""Retention of an answer that means: kept on hold."""


@dataclass(frozen=True)
class Answers:
    """Answers to the ten questions, as they stand before any is changed.

    Attributes
    ----------
    mailboxes, growth
        Mailboxes today, and the share by which they grow over the plan.
    messages_per_day, message_size
        Messages sent and received a mailbox and day, and their average size in KB.
    quota
        Mailbox quota, GB.
    retention
        Days deleted items are kept; `ON_HOLD` keeps everything.
    place, protection
        Words of `PLACES` and `PROTECTIONS`.
    cores, rating, bays, disk
        Cores of a server, their SPECint_rate2006 (0 is not known), drive bays, capacity of a disk in GB.
    servers
        Servers hosting active mailboxes in a datacenter; 0 to find the fewest.
    """

    mailboxes: float = 5000
    growth: float = 0.1
    messages_per_day: float = 100
    message_size: float = 75
    quota: float = 5
    retention: float = 14
    place: str = TWO_ACTIVE
    protection: str = "four_copies"
    cores: float = 16
    rating: float = 540
    bays: float = 12
    disk: float = 4000
    servers: float = 0

    @property
    def option(self) -> Option:
        """How data is protected; the first offer where the place does not have the one chosen."""
        offers = PROTECTIONS[self.place]
        return offers.get(self.protection, next(iter(offers.values())))

    def sentence(self) -> str:
        """All answers in a sentence."""
        growth = f", {percent_text(self.growth)} more over the plan" if self.growth else ""
        kept = f"deleted items kept {self.retention:.0f} days" if self.retention else "everything kept on hold"
        rating = f"rated {self.rating:,.0f}" if self.rating else "not rated"
        place = PLACES[self.place].text
        servers = f"{self.servers:.0f} servers in a datacenter" if self.servers else "as few servers as will do"
        if self.place == ONE_SERVER and self.servers:
            servers = f"{self.servers:.0f} of them"
        return (
            f"{self.mailboxes:,.0f} mailboxes{growth}, {self.messages_per_day:g} messages a day of "
            f"{self.message_size:g} KB, quota {self.quota:g} GB, {kept}. {place}: {self.option.text}. Servers of "
            f"{self.cores:.0f} cores {rating}, {self.bays:.0f} bays of {self.disk:,.0f} GB; {servers}."
        )


def profile_of(answers: Answers) -> Profile:
    """The design the answers describe, all of them given; the number of servers is a default if 0 was answered."""
    values: dict[str, Value] = {
        "tiers.1.mailboxes": answers.mailboxes,
        "tiers.1.mailbox_growth": answers.growth,
        "tiers.1.messages_per_day": answers.messages_per_day,
        "tiers.1.message_size": answers.message_size,
        "tiers.1.mailbox_size_limit": answers.quota * scalar(MB_PER_GB),
        **PLACES[answers.place].values,
        **answers.option.values,
    }
    if answers.retention == ON_HOLD:
        values["tiers.1.litigation_hold"] = True
    else:
        values["tiers.1.deleted_item_retention"] = answers.retention
    for role in ("primary", "secondary"):
        values[f"servers.{role}.processor_cores"] = answers.cores
        values[f"servers.{role}.specint2006_rate"] = answers.rating
        values[f"servers.{role}.drive_bays"] = answers.bays
        values[f"storage.{role}.database_disk_capacity"] = answers.disk
        values[f"storage.{role}.restore_disk_capacity"] = answers.disk
    if answers.servers:
        values["environment.mailbox_servers"] = answers.servers
    return Profile(values, "My organization", answers.sentence())


def disks() -> tuple[float, ...]:
    """Capacities of disks that are offered, GB."""
    return tuple(float(capacity) for capacity in CAPACITIES if capacity >= 1000)


def assumed(profile: Profile) -> tuple[str, ...]:
    """Paths of the inputs that are not given: everything that is assumed."""
    return tuple(path for path in schema.all_paths(profile.tiers) if path not in profile.given)


def reference_ratings(profile: Profile) -> dict[str, Value]:
    """Ratings of servers that have none, by the reference platform's rating of a core.

    Source: sizing-checker: Baseline.
    """
    unrated = [role for role in SERVER_ROLE.labels if not profile.value(f"servers.{role}.specint2006_rate")]
    per_core = scalar("reference_core_rate")
    return {
        f"servers.{role}.specint2006_rate": per_core * float(profile.value(f"servers.{role}.processor_cores") or 0)
        for role in unrated
    }
