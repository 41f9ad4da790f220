"""CPU of a server as it runs now: what the mailboxes whose active and passive copies it holds ask of it.

Each message profile is a tier of a design, so that the engine's own rules count it, for any number of
messages a day.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from calculator.inputs import schema
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.profile import Profile
from calculator.inputs.schema import BY_PATH
from calculator.issues import NOTICE, WARNING, InputError, Issues, quoted, refuse
from calculator.numerics.arrays import Floats
from calculator.rules.constants import scalar
from calculator.studies.figures import Figures

RESULTS = (
    "active_megacycles",
    "cas_megacycles",
    "passive_megacycles",
    "hypervisor_factor",
    "available_megacycles.primary",
)
CORES, RATING = "servers.primary.processor_cores", "servers.primary.specint2006_rate"
MOST_PROFILES = 100
_FORM = 'Write mailboxes@messages, with a factor where clients ask for more: "2000@50,500@150x1.2".'
_PROFILE = re.compile(r"\s*([^@x]{1,40})@([^@x]{1,40})(?:x([^@x]{1,40}))?\s*")


@dataclass(frozen=True)
class Mailboxes:
    """Mailboxes of one message profile.

    Attributes
    ----------
    count
        How many; not rounded.
    messages
        Sent and received by each a day.
    factor
        CPU against a mailbox of Outlook alone.
    """

    count: float
    messages: float
    factor: float = 1.0


@dataclass(frozen=True)
class Running:
    """CPU of a server as it runs.

    Attributes
    ----------
    active_mailboxes, passive_mailboxes
        Mailboxes whose active, and whose passive copy is there.
    active, passive
        Megacycles they ask for; Client Access is in the active ones where roles share the server.
    available
        Megacycles of the server.
    issues
        What is doubtful about it.
    """

    active_mailboxes: float
    passive_mailboxes: float
    active: float
    passive: float
    available: float
    issues: Issues = field(default_factory=Issues)

    @property
    def utilization(self) -> float:
        """Share of the server's megacycles that is in use."""
        return (self.active + self.passive) / self.available

    def rows(self) -> list[dict[str, float | str]]:
        """Rows of active copies, passive copies and both."""
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
class Server:
    """A server as it runs: mailboxes whose active, and whose passive copy is on it; its cores and rating.

    Cores and SPECint_rate2006 are those of a primary server of the profile where they are None.
    """

    active: tuple[Mailboxes, ...]
    passive: tuple[Mailboxes, ...] = ()
    cores: float | None = None
    rating: float | None = None


def read_server(active: str, passive: str = "", cores: object = None, rating: object = None) -> Server:
    """A server as a person writes it.

    Raises
    ------
    InputError
        With everything that cannot be read.

    Examples
    --------
    >>> read_server("2000@50, 500@150x1.2", cores=16).active
    (Mailboxes(count=2000.0, messages=50.0, factor=1.0), Mailboxes(count=500.0, messages=150.0, factor=1.2))
    """
    issues = Issues()
    server = Server(
        _mailboxes_of(active, "--active", issues),
        _mailboxes_of(passive, "--passive", issues),
        _own(CORES, cores, "--cores", issues),
        _own(RATING, rating, "--rating", issues),
    )
    if issues.errors:
        raise InputError(issues)
    return server


def _mailboxes_of(text: str, where: str, issues: Issues) -> tuple[Mailboxes, ...]:
    """Mailboxes of a text, none of an empty one; what cannot be read becomes issues."""
    found = []
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for part in parts[:MOST_PROFILES]:
        try:
            found.append(_read_part(part))
        except ValueProblem as error:
            issues.error(where, quoted(part), error.message, error.hint)
    if len(parts) > MOST_PROFILES:
        issues.error(where, "", f"has {len(parts):,} profiles, at most {MOST_PROFILES} are read.", "Join some.")
    return tuple(found)


def _own(path: str, given: object, where: str, issues: Issues) -> float | None:
    found = schema.find(path)
    assert found is not None
    try:
        return None if given is None else float(read_value(found[0], given) or 0)
    except ValueProblem as error:
        issues.error(where, "", error.message, error.hint)
        return None


def _read_part(part: str) -> Mailboxes:
    match = _PROFILE.fullmatch(part)
    if match is None:
        raise ValueProblem("is no message profile.", _FORM)
    paths = ("tiers.mailboxes", "tiers.messages_per_day", "tiers.megacycles_multiplier")
    texts = (match[1], match[2], match[3] or "1")
    numbers = [read_value(BY_PATH[path], text) for path, text in zip(paths, texts, strict=True)]
    return Mailboxes(*(float(number or 0) for number in numbers))


def running(profile: Profile, server: Server) -> Running:
    """CPU that mailboxes ask of a running server on an average day.

    Parameters
    ----------
    profile
        Whether roles share the server, the hypervisor and the readings of the guidance are taken from it.
    server
        The mailboxes on it, its cores and rating.

    Raises
    ------
    InputError
        Without mailboxes, or where the server has no rating.

    Examples
    --------
    >>> found = running(Profile(), read_server("1000@100", "1000@100", cores=16, rating=665))
    >>> round(found.active, 1), round(found.passive, 1), round(found.available, 1)
    (5843.8, 1370.0, 39407.4)

    Source: sizing-checker: Megacycles; sizing-2013: Processor.
    """
    rating = float(profile.value(RATING) or 0) if server.rating is None else server.rating
    cores = float(profile.value(CORES) or 0) if server.cores is None else server.cores
    mailboxes = [*server.active, *server.passive]
    _refuse(profile, mailboxes, rating)
    found = Figures(_on(profile, {CORES: cores, RATING: rating}, mailboxes), RESULTS)({})
    active = _load(found, "active_megacycles", server.active, 1)
    if profile.value("environment.multi_role"):
        active += _load(found, "cas_megacycles", server.active, 1)
    passive = _load(found, "passive_megacycles", server.passive, 1 + len(server.active))
    factor, available = float(found["hypervisor_factor"][0]), float(found["available_megacycles.primary"][0])
    result = Running(_count(server.active), _count(server.passive), active * factor, passive * factor, available)
    return replace(result, issues=_issues(result.utilization, profile.where))


def _on(profile: Profile, server: dict[str, float], mailboxes: Sequence[Mailboxes]) -> Profile:
    """The profile with that server, and a tier for each message profile instead of its own."""
    given = {path: value for path, value in profile.given.items() if not path.startswith("tiers.")}
    for number, one in enumerate(mailboxes, 1):
        given[f"tiers.{number}.mailboxes"] = one.count
        given[f"tiers.{number}.messages_per_day"] = one.messages
        given[f"tiers.{number}.megacycles_multiplier"] = one.factor
    return replace(profile, given={**given, **server})


def _count(mailboxes: Sequence[Mailboxes]) -> float:
    return math.fsum(one.count for one in mailboxes)


def _load(found: Mapping[str, Floats], rule: str, mailboxes: Sequence[Mailboxes], first: int) -> float:
    return sum(one.count * float(found[f"tiers.{tier}.{rule}"][0]) for tier, one in enumerate(mailboxes, first))


def _refuse(profile: Profile, mailboxes: Sequence[Mailboxes], rating: float) -> None:
    if not any(one.count for one in mailboxes):
        refuse(profile.where, "The server holds no mailboxes.", _FORM)
    if not rating:
        refuse(profile.where, "The server has no rating.", "Give --rating, or take 33.75 for each core.")


def _issues(used: float, where: str) -> Issues:
    """What an average day tells of it; the worst failure is another matter."""
    issues = Issues()
    busy, high = scalar("busy_running_cpu"), scalar("high_running_cpu")
    if used > high:
        message = f"CPU of {used:.0%} on an average day is above {high:.0%}."
        issues.add(WARNING, where, "running", message, "Move mailboxes to other servers, or add servers.")
    elif used > busy:
        message = f"CPU of {used:.0%} on an average day is above {busy:.0%}."
        issues.add(NOTICE, where, "running", message, "Compare it with what is measured in the busiest four hours.")
    return issues
