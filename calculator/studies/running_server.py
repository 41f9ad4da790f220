"""Estimate the CPU utilization of a running server from the mailboxes whose active and passive copies it hosts.

Each message profile becomes a tier of a design, so that the rules of the engine count it for any number of
messages per day.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from calculator.engine.sizing import Scenario, read, size
from calculator.inputs import schema
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.profile import Profile
from calculator.inputs.schema import BY_PATH, Value
from calculator.inputs.units import percent_text
from calculator.issues import ERROR, NOTICE, WARNING, InputError, Issues, quoted, refuse
from calculator.numerics.arrays import Floats
from calculator.presentation.figures import is_rated
from calculator.rules.constants import scalar
from calculator.studies.figures import NumericSizer
from calculator.studies.result import StudyResult

RESULTS = (
    "active_megacycles",
    "cas_megacycles",
    "passive_megacycles",
    "hypervisor_factor",
    "available_megacycles.primary",
)
CORES, RATING = "servers.primary.processor_cores", "servers.primary.specint2006_rate"
MAX_PROFILES = 100
_FORM = 'Write mailboxes@messages, with a factor where clients need more CPU: "2000@50,500@150x1.2".'
_PROFILE = re.compile(r"\s*([^@x]{1,40})@([^@x]{1,40})(?:x([^@x]{1,40}))?\s*")


@dataclass(frozen=True)
class MessageProfile:
    """Mailboxes with the same message profile.

    Attributes
    ----------
    mailboxes
        Number of mailboxes, which may be a fraction.
    messages
        Messages sent and received per mailbox per day.
    factor
        CPU of a mailbox relative to one that only Outlook uses.
    """

    mailboxes: float
    messages: float
    factor: float = 1.0


@dataclass(frozen=True, repr=False)
class CpuLoad(StudyResult):
    """CPU load of a running server.

    Attributes
    ----------
    active_mailboxes, passive_mailboxes
        Mailboxes whose active copy, and whose passive copy, is on the server.
    active, passive
        Megacycles that they use; the active ones include Client Access where roles share the server.
    available
        Megacycles of the server.
    issues
        Errors of the design, and notices and warnings about the utilization.
    """

    active_mailboxes: float
    passive_mailboxes: float
    active: float
    passive: float
    available: float
    issues: Issues = field(default_factory=Issues)

    @property
    def utilization(self) -> float:
        """Share of the server's megacycles that is in use; 1 is 100 %."""
        return (self.active + self.passive) / self.available

    def rows(self) -> list[dict[str, float | str]]:
        """Return one row for active copies, one for passive copies and one for both."""
        parts = (
            ("active", self.active_mailboxes, self.active),
            ("passive", self.passive_mailboxes, self.passive),
            ("total", self.active_mailboxes + self.passive_mailboxes, self.active + self.passive),
        )
        return [
            {
                "part": part,
                "mailboxes": mailboxes,
                "megacycles": megacycles,
                "available": self.available,
                "utilization": megacycles / self.available,
            }
            for part, mailboxes, megacycles in parts
        ]


@dataclass(frozen=True)
class RunningServer:
    """Running server.

    Attributes
    ----------
    active, passive
        Message profiles of the mailboxes whose active copy, and whose passive copy, is on the server.
    cores, rating
        Processor cores and SPECint_rate2006; None for those of a primary server of the profile.
    """

    active: tuple[MessageProfile, ...]
    passive: tuple[MessageProfile, ...] = ()
    cores: float | None = None
    rating: float | None = None


def read_server(active: str, passive: str = "", cores: object = None, rating: object = None) -> RunningServer:
    """Parse the settings of a running server, given as text or numbers.

    Parameters
    ----------
    active, passive
        Message profiles, such as ``2000@50, 500@150x1.2``: 2,000 mailboxes at 50 messages per day, and 500 at 150
        that use 1.2 times the CPU.
    cores, rating
        Processor cores and SPECint_rate2006, as numbers or texts; None for those of the profile.

    Raises
    ------
    InputError
        With everything that cannot be parsed.

    Examples
    --------
    >>> read_server("500@150x1.2", cores=16).active
    (MessageProfile(mailboxes=500.0, messages=150.0, factor=1.2),)
    """
    issues = Issues()
    server = RunningServer(
        _read_profiles(active, "--active", issues),
        _read_profiles(passive, "--passive", issues),
        _read_setting(CORES, cores, "--cores", issues),
        _read_setting(RATING, rating, "--rating", issues),
    )
    if issues.errors:
        raise InputError(issues)
    return server


def _read_profiles(text: str, where: str, issues: Issues) -> tuple[MessageProfile, ...]:
    """Return the message profiles in a text, and add an issue for each that cannot be parsed."""
    profiles = []
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for part in parts[:MAX_PROFILES]:
        try:
            profiles.append(_read_profile(part))
        except ValueProblem as error:
            issues.error(where, quoted(part), error.message, error.hint)
    if len(parts) > MAX_PROFILES:
        issues.error(where, "", f"has {len(parts):,} profiles, at most {MAX_PROFILES} are read.", "Join some.")
    return tuple(profiles)


def _read_setting(path: str, raw: object, where: str, issues: Issues) -> float | None:
    found = schema.find(path)
    assert found is not None
    try:
        return None if raw is None else float(read_value(found[0], raw) or 0)
    except ValueProblem as error:
        issues.error(where, "", error.message, error.hint)
        return None


def _read_profile(text: str) -> MessageProfile:
    match = _PROFILE.fullmatch(text)
    if match is None:
        raise ValueProblem("is not a message profile.", _FORM)
    paths = ("tiers.mailboxes", "tiers.messages_per_day", "tiers.megacycles_multiplier")
    texts = (match[1], match[2], match[3] or "1")
    numbers = [read_value(BY_PATH[path], number) for path, number in zip(paths, texts, strict=True)]
    return MessageProfile(*(float(number or 0) for number in numbers))


def estimate_cpu(scenario: Scenario, server: RunningServer) -> CpuLoad:
    """Estimate the CPU that mailboxes use on a running server on an average day.

    Parameters
    ----------
    scenario
        The design: a profile file, ``example:NAME``, a `Profile` or inputs by path.  It says whether roles share the
        server, whether it is virtual, and how the guidance is read.
    server
        The mailboxes on the server, its cores and rating.

    Raises
    ------
    InputError
        If there are no mailboxes, or the server has no rating.

    Examples
    --------
    >>> load = estimate_cpu(Profile(), read_server("1000@100", "1000@100", cores=16, rating=665))
    >>> round(load.active, 1), round(load.passive, 1), round(load.available, 1)
    (5843.8, 1370.0, 39407.4)

    Source: sizing-checker: Megacycles; sizing-2013: Processor.
    """
    profile = read(scenario)
    rating = float(profile.value(RATING) or 0) if server.rating is None else server.rating
    cores = float(profile.value(CORES) or 0) if server.cores is None else server.cores
    message_profiles = [*server.active, *server.passive]
    rated = is_rated(profile, "primary") if server.rating is None else bool(rating)
    _check_server(profile, message_profiles, rated)
    values: dict[str, Value] = {CORES: cores, RATING: rating}
    if server.rating is not None:
        values["servers.primary.host_rating"] = None
    design = _with_tiers(profile, message_profiles, values)
    results = NumericSizer(design, RESULTS)({})
    active = _sum_megacycles(results, "active_megacycles", server.active, 1)
    if profile.value("environment.multi_role"):
        active += _sum_megacycles(results, "cas_megacycles", server.active, 1)
    passive = _sum_megacycles(results, "passive_megacycles", server.passive, 1 + len(server.active))
    factor, available = float(results["hypervisor_factor"][0]), float(results["available_megacycles.primary"][0])
    load = CpuLoad(
        _sum_mailboxes(server.active), _sum_mailboxes(server.passive), active * factor, passive * factor, available
    )
    issues = Issues()
    for issue in size(profile, results=()).issues:
        if issue.severity == ERROR:
            issues.add(ERROR, issue.where, issue.field, issue.message, issue.hint)
    issues.extend(_find_issues(load.utilization, profile))
    return replace(load, issues=issues)


def _with_tiers(profile: Profile, message_profiles: Sequence[MessageProfile], server: Mapping[str, Value]) -> Profile:
    """Return the design with that server, and one tier per message profile in place of its tiers."""
    given = {path: value for path, value in profile.given.items() if not path.startswith("tiers.")}
    for number, message_profile in enumerate(message_profiles, 1):
        given[f"tiers.{number}.mailboxes"] = message_profile.mailboxes
        given[f"tiers.{number}.messages_per_day"] = message_profile.messages
        given[f"tiers.{number}.megacycles_multiplier"] = message_profile.factor
    return profile.with_given({**given, **server})


def _sum_mailboxes(message_profiles: Sequence[MessageProfile]) -> float:
    return math.fsum(message_profile.mailboxes for message_profile in message_profiles)


def _sum_megacycles(
    results: Mapping[str, Floats], rule: str, message_profiles: Sequence[MessageProfile], first_tier: int
) -> float:
    return sum(
        message_profile.mailboxes * float(results[f"tiers.{tier}.{rule}"][0])
        for tier, message_profile in enumerate(message_profiles, first_tier)
    )


def _check_server(profile: Profile, message_profiles: Sequence[MessageProfile], rated: bool) -> None:
    if not any(message_profile.mailboxes for message_profile in message_profiles):
        refuse(profile.where, "The server holds no mailboxes.", _FORM)
    if not rated:
        refuse(profile.where, "The server has no rating.", "Give --rating, for example 33.75 for each core.")


def _find_issues(utilization: float, profile: Profile) -> Issues:
    """Return issues about the utilization on an average day; the worst failure is not considered."""
    issues, where = Issues(), profile.where
    busy, high = scalar("busy_running_cpu", profile), scalar("high_running_cpu", profile)
    if utilization > high:
        message = f"CPU of {percent_text(utilization)} on an average day is above {percent_text(high)}."
        issues.add(WARNING, where, "running", message, "Move mailboxes to other servers, or add servers.")
    elif utilization > busy:
        message = f"CPU of {percent_text(utilization)} on an average day is above {percent_text(busy)}."
        issues.add(NOTICE, where, "running", message, "Compare it with what is measured in the busiest four hours.")
    return issues
