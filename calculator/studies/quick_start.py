"""Make a design from the answers to ten questions; every other input is assumed and can be listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from calculator.inputs import choices
from calculator.inputs.profile import Profile
from calculator.inputs.schema import CAPACITIES, DATACENTER, SERVER_ROLE, Value
from calculator.inputs.units import percent_text
from calculator.presentation.figures import is_rated
from calculator.presentation.text import long_date, plural, word
from calculator.rules.constants import CONSTANTS, scalar
from calculator.rules.sources import SOURCES, versions_by_end

MB_PER_GB = "mb_per_gb"
REFERENCE = "reference_core_rate"


class Option(NamedTuple):
    """Answer that can be chosen: its text for people, the inputs that it sets, and a sentence about it."""

    text: str
    values: Mapping[str, Value]
    sentence: str


ONE_SERVER, ONE_DATACENTER, TWO_ACTIVE, TWO_RESERVE = "one_server", "one_datacenter", "two_active", "two_reserve"
_TWO = {"environment.high_availability": True, "site_resilience.enabled": True}
PLACES: Mapping[str, Option] = {
    ONE_SERVER: Option(
        "Standalone servers, no copies",
        {"environment.high_availability": False},
        "The mailboxes are on standalone servers without copies.",
    ),
    ONE_DATACENTER: Option("One datacenter", {"site_resilience.enabled": False}, "All servers are in one datacenter."),
    TWO_ACTIVE: Option(
        "Two datacenters, users in both",
        {**_TWO, "site_resilience.model": "active_active_single_dag"},
        "The servers are in two datacenters with users in both.",
    ),
    TWO_RESERVE: Option(
        "Two datacenters, the second in reserve",
        {**_TWO, "site_resilience.model": "active_passive"},
        "The servers are in two datacenters, of which the second is in reserve.",
    ),
}
"""Answers to the question where the mailboxes are."""

_BACKUP: Mapping[str, Value] = {"backup.method": "software_vss", "backup.frequency": "daily_full"}
_TWO_DATACENTERS: Mapping[str, Option] = {
    "four_copies": Option(
        "4 copies, 2 in each datacenter",
        {"database_copies.ha_copies": 4.0, "database_copies.ha_copies_secondary": 2.0},
        "A database has 4 copies, 2 in each datacenter.",
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
        "A database has 3 copies and 1 copy that lags by 7 days.",
    ),
    "two_and_backup": Option(
        "2 copies, 1 in each datacenter, and backup",
        {"database_copies.ha_copies": 2.0, "database_copies.ha_copies_secondary": 1.0, **_BACKUP},
        "A database has 2 copies, 1 in each datacenter, and is backed up.",
    ),
}
_ONE_DATACENTER: Mapping[str, Option] = {
    "three_copies": Option("3 copies", {"database_copies.ha_copies": 3.0}, "A database has 3 copies."),
    "two_and_backup": Option(
        "2 copies and backup",
        {"database_copies.ha_copies": 2.0, **_BACKUP},
        "A database has 2 copies and is backed up.",
    ),
}
PROTECTIONS: Mapping[str, Mapping[str, Option]] = {
    ONE_SERVER: {
        "backup": Option("Backup by VSS, every day in full", _BACKUP, "VSS backs up all databases every day in full.")
    },
    ONE_DATACENTER: _ONE_DATACENTER,
    TWO_ACTIVE: _TWO_DATACENTERS,
    TWO_RESERVE: _TWO_DATACENTERS,
}
"""Answers to the question how data is protected, by where the mailboxes are; the first is the most common."""

GROWTHS = (0.0, 0.1, 0.2, 0.5)
MESSAGES = {50.0: "light", 100.0: "medium", 150.0: "heavy", 200.0: "very heavy"}
MESSAGE_SIZES = (50.0, 75.0, 150.0)
QUOTAS_GB = (1.0, 2.0, 5.0, 10.0, 25.0, 50.0)
RETENTIONS = (14.0, 30.0, 90.0, 365.0)
ON_HOLD = 0.0
"""Retention that represents a litigation hold."""
VERSION = "environment.exchange_version"
_VERSION_NOTES = {
    "2013": "The figures are those of Microsoft's workbook.",
    "2016": "Every server has all roles.",
    "2019": "Every server has all roles. Microsoft has published no sizing figures for this version, so those of "
    "Exchange 2016 are used: measure a pilot before you buy.",
}


@dataclass(frozen=True)
class Answers:
    """Answers to the ten questions, with their defaults, and the version of Exchange.

    Attributes
    ----------
    mailboxes, growth
        Mailboxes today, and the share by which they grow over the planning horizon.
    messages_per_day, message_size
        Messages sent and received per mailbox per day, and their average size in KB.
    quota
        Mailbox quota, GB.
    retention
        Days for which deleted items are kept; `ON_HOLD` keeps everything.
    place, protection
        Keys of `PLACES` and `PROTECTIONS`.
    cores, core_rating, bays, disk
        Cores of a server, the SPECint_rate2006 per core (0 if unknown: that of Microsoft's reference is assumed),
        drive bays, and the capacity of a disk in GB.
    servers
        Servers that host active mailboxes in a datacenter; 0 to find the fewest.
    version
        Version of Exchange, whose published rules are used.
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
    core_rating: float = 0
    bays: float = 12
    disk: float = 4000
    servers: float = 0
    version: str = "2013"

    @property
    def option(self) -> Option:
        """Option for the protection of data; the first option of the place if it does not offer the chosen one."""
        offers = PROTECTIONS[self.place]
        return offers.get(self.protection, next(iter(offers.values())))

    @property
    def rating_taken(self) -> float:
        """SPECint_rate2006 of a server: its cores times the rating per core, that of Microsoft's reference if unknown.

        Source: sizing-checker: Baseline.
        """
        return (self.core_rating or scalar(REFERENCE)) * self.cores

    def assumptions(self) -> tuple[str, ...]:
        """Return one sentence per assumption that replaces an unknown answer."""
        if self.core_rating:
            return ()
        return (
            f"No rating was given: SPECint_rate2006 {self.rating_taken:,.5g} is assumed for {self.cores:.0f} cores, "
            f"{scalar(REFERENCE):g} per core, the baseline of {_reference_title()}.",
        )

    def sentence(self, subject: str = "This design") -> str:
        """Return all answers as sentences about a subject, the design that they give."""
        growth = f" Their number grows by {percent_text(self.growth)} until the end of the plan." if self.growth else ""
        kept = (
            f"deleted items are kept for {self.retention:.0f} days" if self.retention else "everything is kept on hold"
        )
        servers = "The number of servers is to be the smallest that works."
        if self.servers:
            count = plural(f"{self.servers:.0f}", "server")
            servers = (
                f"The design has {count}."
                if self.place == ONE_SERVER
                else f"A datacenter has {count} with active mailboxes."
            )
        return " ".join(
            (
                f"{subject} is for {self.mailboxes:,.0f} mailboxes of {word(choices.VERSION, self.version)}.{growth}",
                f"A mailbox sends and receives {self.messages_per_day:g} messages of {self.message_size:g} KB per day "
                f"and has a quota of {self.quota:g} GB; {kept}.",
                PLACES[self.place].sentence,
                self.option.sentence,
                f"A server has {self.cores:.0f} cores, a SPECint_rate2006 of {self.rating_taken:,.5g} and "
                f"{self.bays:.0f} drive bays for disks of {self.disk:,.0f} GB.",
                servers,
                *self.assumptions(),
            )
        )


def advised_cores(version: str) -> float:
    """Return the largest number of cores that is advised for a server of a version of Exchange."""
    return scalar("largest_server_cores_by_version", Profile({VERSION: version}))


def advised_memory(version: str) -> float:
    """Return the largest memory in GB that is advised for a server of a version of Exchange."""
    return scalar("largest_server_memory_by_version", Profile({VERSION: version}))


def version_note(version: str) -> str:
    """Say what a version of Exchange means for the servers and for the figures."""
    least = scalar("least_memory_by_version", Profile({VERSION: version}))
    return (
        f"A server needs at least {least:.0f} GB of memory. At most {advised_memory(version):.0f} GB and "
        f"{advised_cores(version):.0f} cores are advised. {_VERSION_NOTES[version]}"
    )


def support_note() -> str:
    """Say which version Microsoft supports, when support of the others ended, and what the choice decides."""
    first, *others = [f"of {' and '.join(each)} {{}}on {long_date(end)}" for end, each in versions_by_end().items()]
    ends = [first.format("ended "), *(other.format("") for other in others)]
    return (
        f"Microsoft now supports only the Subscription Edition (SE): support {', '.join(ends)}. "
        "The version only selects the sizing rules."
    )


def _reference_title() -> str:
    """Return the title of the source of the reference rating."""
    source = SOURCES[CONSTANTS[REFERENCE].source.partition(":")[0]]
    return f"{source.publisher}'s {source.title.partition(' (')[0]}"


def make_profile(answers: Answers) -> Profile:
    """Return the design that the answers describe.

    Every answer sets inputs of the design, except a number of servers of 0, which leaves the default.
    """
    values: dict[str, Value] = {
        VERSION: answers.version,
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
    for role in DATACENTER.labels:
        values[f"servers.{role}.processor_cores"] = answers.cores
        values[f"servers.{role}.specint2006_rate"] = answers.rating_taken
        values[f"servers.{role}.drive_bays"] = answers.bays
        values[f"storage.{role}.database_disk_capacity"] = answers.disk
        values[f"storage.{role}.restore_disk_capacity"] = answers.disk
    if answers.servers:
        values["environment.mailbox_servers"] = answers.servers
    return Profile(values, "Exchange design", answers.sentence())


def list_disks() -> tuple[float, ...]:
    """Return the capacities of the disks to choose from, GB."""
    return tuple(float(capacity) for capacity in CAPACITIES if capacity >= 1000)


def reference_ratings(profile: Profile) -> dict[str, Value]:
    """Return a SPECint_rate2006 for each server role without one, from the rating of a core of the reference platform.

    Source: sizing-checker: Baseline.
    """
    unrated = [role for role in SERVER_ROLE.labels if not is_rated(profile, role)]
    per_core = scalar(REFERENCE)
    return {
        f"servers.{role}.specint2006_rate": per_core * float(profile.value(f"servers.{role}.processor_cores") or 0)
        for role in unrated
    }
