"""Parameters of a layout: databases, servers and copies of a DAG, with their reader and their checks."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import NamedTuple

from calculator.inputs.choices import MODEL, ODDITIES, WITNESS, Choice, Model, Witness
from calculator.inputs.layout_names import base_usable, server_name, server_usable
from calculator.inputs.schema import CORRECTED, DATACENTERS, PRIMARY, SECONDARY
from calculator.issues import WARNING, InputError, Issues, closest, quoted, short

SINGLE_DAG = MODEL.words[Model.ACTIVE_ACTIVE_SINGLE_DAG]
THIRD_SITE = WITNESS.words[Witness.THIRD_SITE]
NO_WITNESS = WITNESS.words[Witness.NONE]

MAX_SERVERS = 16
MAX_DATABASES = 100_000
MAX_COPIES_PER_SERVER = 100
"""Databases that a server mounts; more cause a warning only."""
WHERE = "layout"

_DOMAINS = re.compile(r"\d{1,3}:\d{1,3}(\+\d{1,3}:\d{1,3})*")
_MAX_TEXT = 256


class Domain(NamedTuple):
    """Servers that fail together (a rack), and the copies of a database that they hold."""

    servers: int
    copies: int


class SizedMode(NamedTuple):
    """What the sizing counts in a failure mode on a server of the primary and of the secondary datacenter.

    Attributes
    ----------
    active
        Active databases; NaN if the sizing has no figure.
    cpu
        CPU utilization (1 is 100 %).
    """

    active: tuple[float, float] = (math.nan, math.nan)
    cpu: tuple[float, float] = (math.nan, math.nan)


UNSIZED = SizedMode()


@dataclass(frozen=True)
class ServerLoad:
    """Load that databases put on servers, from the results of a design; NaN if a figure is unknown.

    Pairs hold a figure for a server of the primary and of the secondary datacenter.

    Attributes
    ----------
    mailboxes
        Mailboxes of a database.
    cpu_active, cpu_passive
        Share of the CPU of a server that an active and a passive copy of a database use (1 is 100 %).
    cache
        Database cache of a server [MB].
    active_limit
        Active databases that the setting of the server allows.
    single, double, worst
        Figures of the sizing after the failure of one server, of two servers, and in the worst failure.
    worst_failure
        Failure that gives the worst figures, in words; an empty text if it is unknown.
    """

    mailboxes: float = math.nan
    cpu_active: tuple[float, float] = (math.nan, math.nan)
    cpu_passive: tuple[float, float] = (math.nan, math.nan)
    cache: tuple[float, float] = (math.nan, math.nan)
    active_limit: tuple[float, float] = (math.nan, math.nan)
    single: SizedMode = UNSIZED
    double: SizedMode = UNSIZED
    worst: SizedMode = UNSIZED
    worst_failure: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Parameters:
    """Parameters of the layout of one DAG.  Source: calculator-7.6, Distribution.

    Attributes
    ----------
    databases
        Number of databases of the DAG.
    servers_primary, servers_secondary
        Servers that hold copies, without dedicated lagged servers.
    copies_primary, copies_secondary
        Copies of a database in each datacenter, including lagged copies on the same servers.
    lagged_primary, lagged_secondary
        Lagged copies among them.
    datacenters
        1 or 2.
    model
        ``active_passive``, ``active_active_single_dag`` or ``active_active_multiple_dags``.
    active_servers_primary, active_servers_secondary
        Servers that host active mailboxes.
    failure_domains_primary, failure_domains_secondary
        Domains of a datacenter as ``servers:copies+servers:copies``, empty for one domain.
    disk_group
        Number of databases whose copies are meant to share volumes.
    databases_per_volume
        Databases per volume.
    witness
        Location of the witness for an even number of servers: ``primary``, ``secondary``,
        ``third_site`` or ``none``.
    block_secondary_activation
        Whether activation in the secondary needs an administrator.
    dac_mode
        Whether DAC mode is on, without which the DAG cannot be restored in one datacenter.
    workbook_failures
        Whether failures follow the failure model of Microsoft's workbook, in which ``datacenter:1`` and
        ``datacenter:2`` also restore the DAG in the other datacenter.  A layout of a design does not follow it.
    oddities
        ``as_calculator``, or ``corrected`` where Microsoft's workbook looks wrong.
    server_names, database_base
        Names; numbers are used if they are empty.
    load
        Load that databases put on the servers.
    """

    databases: int
    servers_primary: int
    copies_primary: int
    datacenters: int = 1
    model: str = MODEL.words[0]
    servers_secondary: int = 0
    active_servers_primary: int = 0
    active_servers_secondary: int = 0
    copies_secondary: int = 0
    lagged_primary: int = 0
    lagged_secondary: int = 0
    failure_domains_primary: str = ""
    failure_domains_secondary: str = ""
    disk_group: int = 1
    databases_per_volume: int = 1
    witness: str = PRIMARY
    block_secondary_activation: bool = False
    dac_mode: bool = True
    workbook_failures: bool = True
    oddities: str = ODDITIES.words[0]
    server_names: tuple[str, ...] = ()
    database_base: str = ""
    load: ServerLoad = ServerLoad()

    @property
    def servers(self) -> tuple[int, int]:
        """Number of servers in each datacenter."""
        return self.servers_primary, self.servers_secondary

    @property
    def copies(self) -> tuple[int, int]:
        """Number of copies of a database in each datacenter."""
        return self.copies_primary, self.copies_secondary

    @property
    def lagged(self) -> tuple[int, int]:
        """Number of lagged copies of a database in each datacenter."""
        return self.lagged_primary, self.lagged_secondary

    @property
    def active_servers(self) -> tuple[int, int]:
        """Number of servers that host active mailboxes in each datacenter."""
        return self.active_servers_primary, self.active_servers_secondary

    @property
    def domains(self) -> tuple[tuple[Domain, ...], tuple[Domain, ...]]:
        """Failure domains of each datacenter; by default one domain with all its servers and copies."""
        texts = self.failure_domains_primary, self.failure_domains_secondary
        whole = (Domain(*pair) for pair in zip(self.servers, self.copies, strict=True))
        read = [read_domains(text) or (undivided,) for text, undivided in zip(texts, whole, strict=True)]
        return read[0], read[1]

    @property
    def servers_total(self) -> int:
        """Number of servers in both datacenters."""
        return self.servers_primary + self.servers_secondary

    def places(self, datacenter: int) -> range:
        """Return the places (from 0) of the servers of a datacenter (1 or 2) among all servers."""
        return range(self.servers_primary) if datacenter == 1 else range(self.servers_primary, self.servers_total)

    @property
    def two_way(self) -> bool:
        """Whether a single DAG has active databases in both datacenters."""
        return self.datacenters == len(DATACENTERS) and self.model == SINGLE_DAG

    @property
    def unrated(self) -> bool:
        """Whether servers of a design have no processor rating, so that their CPU was not sized."""
        return any(self.unrated_sides)

    @property
    def unrated_sides(self) -> tuple[bool, bool]:
        """Whether the servers of each datacenter have no processor rating; False in a layout without a load."""
        first, second = (
            servers > 0 and not math.isnan(self.load.mailboxes) and math.isnan(cpu)
            for servers, cpu in zip(self.servers, self.load.cpu_active, strict=True)
        )
        return first, second

    @property
    def corrected(self) -> bool:
        """Whether the oddities of Microsoft's workbook are corrected."""
        return self.oddities == CORRECTED

    @property
    def follows_quirks(self) -> bool:
        """Whether failures follow the failure model of Microsoft's workbook with its oddities."""
        return self.workbook_failures and not self.corrected


def read_domains(text: str) -> tuple[Domain, ...]:
    """Read failure domains from a text such as ``3:2+3:1``; an empty text has none.

    Raises
    ------
    ValueError
        If the text has another form.
    """
    plain = "".join(text[:_MAX_TEXT].split())
    if not plain:
        return ()
    if _DOMAINS.fullmatch(plain) is None:
        raise ValueError(text)
    pairs = (part.split(":") for part in plain.split("+"))
    return tuple(Domain(int(servers), int(copies)) for servers, copies in pairs)


_FIELDS = {field.name: field for field in dataclasses.fields(Parameters) if field.name != "load"}
_REQUIRED = ("databases", "servers_primary", "copies_primary")
_CHOICES: dict[str, Choice] = {"model": MODEL, "witness": WITNESS, "oddities": ODDITIES}
_IGNORED = ("case", "source", "note")
"""Columns that describe a row and are ignored because they are not parameters."""


def read_parameters(given: Mapping[str, object]) -> Parameters:
    """Read parameters from values by name; numbers may be text, and empty values take their defaults.

    By default there are two datacenters if the second has servers, every server of a datacenter with
    users is active, and the witness is in a third site for ``active_active_single_dag`` and in the
    primary for the other models.

    Raises
    ------
    InputError
        If values cannot be used. It holds all of them.
    """
    issues = Issues()
    values: dict[str, object] = {}
    for name, raw in given.items():
        if name in _IGNORED or raw is None or raw == "":
            continue
        if name not in _FIELDS:
            issues.error(WHERE, short(str(name)), "is not a parameter.", _suggest(str(name)))
            continue
        try:
            values[name] = _read(name, raw)
        except ValueError as error:
            issues.error(WHERE, name, *error.args)
    for name in _REQUIRED:
        if name not in given or given[name] in (None, ""):
            issues.error(WHERE, name, "is not given.", "Give a whole number.")
    if issues:
        raise InputError(issues)
    parameters = Parameters(**{**_fill_defaults(values), **values})  # type: ignore[arg-type]
    issues = check_parameters(parameters)
    if issues.errors:
        raise InputError(issues)
    return parameters


def _suggest(name: str) -> str:
    near = closest(name[:_MAX_TEXT], _FIELDS)
    return f'Did you mean "{near}"?' if near else "Parameters: " + ", ".join(_FIELDS) + "."


def _fill_defaults(values: Mapping[str, object]) -> dict[str, object]:
    second = values.get("servers_secondary", 0)
    single = values.get("model") == SINGLE_DAG
    return {
        "datacenters": len(DATACENTERS) if second else 1,
        "active_servers_primary": values["servers_primary"],
        "active_servers_secondary": second if single else 0,
        "witness": THIRD_SITE if single else PRIMARY,
    }


def _read(name: str, raw: object) -> object:
    if name in _CHOICES:
        return _read_choice(_CHOICES[name], raw)
    if name == "server_names":
        return tuple(raw.split()) if isinstance(raw, str) else _read_names(raw)
    kind = _FIELDS[name].type
    if kind == "str":
        return _read_text(raw)
    if kind == "bool":
        return _read_bool(raw)
    return _read_int(raw)


def _read_choice(choice: Choice, raw: object) -> str:
    code = choice.code(raw) if isinstance(raw, str) else None
    if code is None:
        raise ValueError(f"{quoted(raw)} is not a choice.", f"Give one of {', '.join(choice.words)}.")
    return choice.words[code]


def _read_names(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list | tuple) or not all(isinstance(name, str) for name in raw):
        raise ValueError(f"{quoted(raw)} is not a list of names.", "Give a list of texts.")
    return tuple(raw)


def _read_text(raw: object) -> str:
    if not isinstance(raw, str):
        raise ValueError(f"{quoted(raw)} is not a text.", "Put it in quotes.")
    return raw


def _read_bool(raw: object) -> bool:
    words = {"true": True, "false": False}
    word = str(raw).strip().lower() if isinstance(raw, bool | str) else ""
    if word not in words:
        raise ValueError(f"{quoted(raw)} is neither true nor false.", "Give true or false.")
    return words[word]


def _read_int(raw: object) -> int:
    try:
        number = float(raw) if isinstance(raw, Real | str) and not isinstance(raw, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not number.is_integer():
        raise ValueError(f"{quoted(raw)} is not a whole number.", "Give a whole number.")
    return int(number)


def check_parameters(parameters: Parameters, where: str = WHERE) -> Issues:
    """Return everything that makes a layout impossible (errors) or doubtful (warnings)."""
    issues = Issues()
    _check_ranges(parameters, where, issues)
    if issues.errors:
        return issues
    for datacenter in range(parameters.datacenters):
        _check_copies(parameters, datacenter, where, issues)
        _check_domains(parameters, datacenter, where, issues)
    if parameters.two_way and sum(parameters.active_servers) < len(DATACENTERS):
        name = "active_servers_secondary"
        issues.error(where, name, "No server of the secondary datacenter hosts active mailboxes.", "Give 1 or more.")
    if parameters.witness == SECONDARY and parameters.datacenters == 1:
        issues.error(where, "witness", "There is no secondary datacenter.", "Give primary or third_site.")
    _check_names(parameters, where, issues)
    return issues


def _check_ranges(parameters: Parameters, where: str, issues: Issues) -> None:
    second = parameters.datacenters == len(DATACENTERS)
    max_secondary = MAX_SERVERS if second else 0
    limits = {
        "databases": (1, MAX_DATABASES),
        "datacenters": (1, len(DATACENTERS)),
        "servers_primary": (1, MAX_SERVERS),
        "servers_secondary": (0, max_secondary),
        "active_servers_primary": (1, parameters.servers_primary),
        "active_servers_secondary": (0, parameters.servers_secondary),
        "copies_primary": (1, MAX_SERVERS),
        "copies_secondary": (0, max_secondary),
        "lagged_primary": (0, parameters.copies_primary),
        "lagged_secondary": (0, parameters.copies_secondary),
        "disk_group": (1, MAX_DATABASES),
        "databases_per_volume": (1, MAX_DATABASES),
    }
    for name, (low, high) in limits.items():
        value = getattr(parameters, name)
        if not low <= value <= high:
            issues.error(where, name, f"{value} is outside the range of {low} to {high}.", _range_hint(name, second))
    for name, choice in _CHOICES.items():
        if getattr(parameters, name) not in choice.words:
            message = f"{quoted(getattr(parameters, name))} is not a choice."
            issues.error(where, name, message, f"Give one of {', '.join(choice.words)}.")
    if parameters.servers_total > MAX_SERVERS:
        message = f"The DAG has {parameters.servers_total} servers, but a DAG has at most {MAX_SERVERS} members."
        issues.error(where, "servers_primary", message, "Use fewer servers, or several DAGs.")


def _range_hint(name: str, second: bool) -> str:
    if name.endswith(SECONDARY) and not second:
        return "A design with one datacenter has nothing in the secondary datacenter."
    return "Give a whole number in these limits."


def _check_copies(parameters: Parameters, datacenter: int, where: str, issues: Issues) -> None:
    servers, copies = parameters.servers[datacenter], parameters.copies[datacenter]
    name = DATACENTERS[datacenter]
    if copies > servers:
        message = f"{copies} copies of a database need {copies} servers, but the {name} datacenter has {servers}."
        issues.error(where, f"copies_{name}", message, "Add servers, or use fewer copies.")
    elif servers and parameters.databases * copies > MAX_COPIES_PER_SERVER * servers:
        held = math.ceil(parameters.databases * copies / servers)
        message = (
            f"A server of the {name} datacenter holds {held} database copies, but at most "
            f"{MAX_COPIES_PER_SERVER} are supported."
        )
        issues.add(WARNING, where, "databases", message, "Add servers, or use fewer databases.")


def _check_domains(parameters: Parameters, datacenter: int, where: str, issues: Issues) -> None:
    field = f"failure_domains_{DATACENTERS[datacenter]}"
    text = getattr(parameters, field)
    try:
        domains = read_domains(text)
    except ValueError:
        message = f"{quoted(text)} is not a list of failure domains."
        issues.error(where, field, message, "Give servers:copies of each domain, joined by +, such as 3:2+3:1.")
        return
    if domains:
        for message, hint in _find_domain_problems(
            domains, parameters.servers[datacenter], parameters.copies[datacenter]
        ):
            issues.error(where, field, f"{quoted(text)}: {message}", hint)
        if len(domains) > parameters.servers[datacenter] / 2 + 0.5:
            message = f"{quoted(text)}: {len(domains)} domains are more than half of the servers."
            issues.add(WARNING, where, field, message, "Use fewer and larger domains.")
        if any(domain.copies < 1 for domain in domains):
            message = f"{quoted(text)}: a domain has servers but no copy."
            issues.add(WARNING, where, field, message, "Give each domain at least one copy.")


def _find_domain_problems(domains: tuple[Domain, ...], servers: int, copies: int) -> Iterator[tuple[str, str]]:
    sums = sum(domain.servers for domain in domains), sum(domain.copies for domain in domains)
    if sums[0] != servers:
        yield (
            f"the domains have {sums[0]} servers, but the datacenter has {servers}.",
            "Make the sum of the domains equal to that of the datacenter.",
        )
    if sums[1] != copies:
        yield (
            f"the domains have {sums[1]} copies, but the datacenter has {copies}.",
            "Make the sum of the domains equal to that of the datacenter.",
        )
    if len({domain.servers for domain in domains}) > 1:
        yield "the domains differ in size.", "Give all domains the same number of servers."
    if any(domain.copies > domain.servers for domain in domains):
        yield "a domain has more copies than servers.", "Give each domain at most one copy per server."


def _check_names(parameters: Parameters, where: str, issues: Issues) -> None:
    given = parameters.server_names
    if given and len(given) < parameters.servers_total:
        message = f"{len(given)} names are given for {parameters.servers_total} servers."
        issues.error(where, "server_names", message, "Name every server, or none.")
    seen: dict[str, int] = {}
    for number, name in enumerate(given[: parameters.servers_total], 1):
        used = server_name(name, number)
        if not server_usable(name):
            message = f"{quoted(name)} is not a valid server name, so {used} is used."
            issues.add(WARNING, where, f"names.servers.{number}", message, "Give 2 to 16 letters, digits or hyphens.")
        if seen.setdefault(used.lower(), number) != number:
            message = f"{quoted(used)} is also the name of server {seen[used.lower()]}."
            issues.error(where, f"names.servers.{number}", message, "Give each server a name of its own.")
    base = parameters.database_base
    if base and not base_usable(base):
        message = f"{quoted(base)} cannot begin a database name, so DAG1DB is used."
        issues.add(WARNING, where, "names.database_base", message, "Give 1 to 50 letters, digits or hyphens.")
