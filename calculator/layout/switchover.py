"""Plan of a datacenter switchover and the way back: the steps in order, with the names of a design.

Source: datacenter-switchover: Datacenter switchover, DAC mode, Quorum.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from calculator.engine.sizing import Scenario, SizedDesign, size
from calculator.inputs.schema import DATACENTERS
from calculator.issues import InputError, Issues, quoted
from calculator.layout.combinations import tolerance
from calculator.layout.dag import FailureState, Layout, lay_out
from calculator.layout.design import from_sizing
from calculator.layout.parameters import NO_WITNESS
from calculator.layout.statement import describe

LIMITS = (
    "Active Directory sites, witness servers and directories, namespaces, load balancers, mail routing and "
    "certificates are no part of the design; words in angle brackets stand for them.",
    "Domain controllers and DNS are taken to work in the surviving datacenter.",
    "Logs that were not copied when the datacenter failed are lost; Safety Net sends mail again, and only mail.",
)
"""What a plan needs and a design does not contain."""

_WORD = re.compile("[A-Za-z0-9][A-Za-z0-9-]*")
_QUOTES = "'\u2018\u2019\u201a\u201b"
"""Characters that PowerShell reads as a single quote."""


@dataclass(frozen=True)
class SwitchoverStep:
    """One step of a switchover: its title, what to do and to watch, and the commands."""

    title: str
    detail: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class SwitchoverPlan:
    """Steps of a datacenter switchover and of the way back; ``str`` formats the plan as Markdown.

    Attributes
    ----------
    title, summary
        What fails, and what the surviving datacenter carries.
    steps, way_back
        The steps in order.
    limits
        What the design does not contain.
    """

    title: str
    summary: str
    steps: tuple[SwitchoverStep, ...]
    way_back: tuple[SwitchoverStep, ...]
    limits: tuple[str, ...] = LIMITS

    def __str__(self) -> str:
        unknown = "\n".join(f"- {limit}" for limit in self.limits)
        parts = [f"# {self.title}", self.summary, "## Switchover", *_format_steps(self.steps)]
        parts += ["## The way back", *_format_steps(self.way_back), "## What this plan does not know", unknown]
        return "\n\n".join(parts) + "\n"


def _format_steps(steps: tuple[SwitchoverStep, ...]) -> Iterator[str]:
    for number, step in enumerate(steps, 1):
        yield f"### {number}. {step.title}"
        yield step.detail
        if step.commands:
            yield "\n".join(("```powershell", *step.commands, "```"))


@dataclass(frozen=True)
class _Facts:
    """Facts of the design that the steps need."""

    layout: Layout
    after: FailureState
    lost: int
    dag: str
    days_until_full: float | None
    days_until_disk_full: float | None
    reseed_hours: float | None

    @property
    def surviving(self) -> int:
        return 1 - self.lost

    @property
    def blocked(self) -> bool:
        """Whether an administrator has to allow activation on the surviving servers."""
        return self.surviving == 1 and self.layout.parameters.block_secondary_activation

    def servers(self, datacenter: int) -> list[str]:
        return [str(self.layout.server_names[place]) for place in self.layout.parameters.places(1 + datacenter)]

    def volumes(self) -> int:
        """Return the largest number of volumes of a lost server."""
        first = self.layout.parameters.servers_primary
        there = (self.layout.server > first) == bool(self.lost)
        return int(self.layout.volume[there].max())


def switchover(design: Scenario | SizedDesign, lost: str = DATACENTERS[0]) -> SwitchoverPlan:
    """Plan the steps with which an administrator moves the service to the other datacenter and back.

    Parameters
    ----------
    design
        A profile file, a `Profile`, a `SizedDesign` or inputs by path.
    lost
        The datacenter that fails, ``primary`` or ``secondary``.

    Raises
    ------
    InputError
        If the design cannot be laid out, has copies in one datacenter only, or no DAC mode.
    """
    plan = design if isinstance(design, SizedDesign) and design.complete else size(_profile_of(design))
    layout = lay_out(*from_sizing(plan))
    _refuse(plan, layout, lost)
    side = DATACENTERS.index(lost)
    facts = _Facts(
        layout,
        layout.switch_over(side + 1),
        side,
        _quote_for_shell(str(plan.profile.value("names.dag"))),
        plan.plain["days_until_volume_full"],
        plan.plain["days_until_disk_full"],
        plan.plain["reseed_hours_over_link"],
    )
    return SwitchoverPlan(
        f"Switchover of {plan.profile.value('names.dag')} when the {lost} datacenter is lost",
        _summarize(facts),
        (
            _stop_lost(facts),
            _stop_cluster(facts),
            _restore(facts),
            _activate(facts),
            _redirect_clients(facts),
            _watch_logs(facts),
        ),
        (_start_servers(facts), _set_quorum(facts), _reseed(facts), _move_back(facts), _redirect_clients_back(facts)),
    )


def _profile_of(design: Scenario | SizedDesign) -> Scenario:
    return design.profile if isinstance(design, SizedDesign) else design


def _refuse(design: SizedDesign, layout: Layout, lost: str) -> None:
    issues, where = Issues(), design.profile.where
    if lost not in DATACENTERS:
        issues.error(where, "lost", f"{quoted(lost)} is not a datacenter.", "Give primary or secondary.")
    if layout.parameters.datacenters == 1 or 0 in layout.parameters.copies:
        message = "The databases have copies in one datacenter only, there is none to switch over to."
        issues.error(where, "database_copies.ha_copies_secondary", message, "Put copies into a second datacenter.")
    if not design.profile.value("dag.dac_mode"):
        message = "The cmdlets of a switchover need DAC mode, which the design leaves off."
        issues.error(where, "dag.dac_mode", message, "Set it to true.")
    if issues:
        raise InputError(issues)


def _quote_for_shell(text: str) -> str:
    """Quote a text for PowerShell unless it is a plain word."""
    if _WORD.fullmatch(text):
        return text
    return "'" + "".join(2 * c if c in _QUOTES else c for c in text) + "'"


def _site_placeholder(datacenter: int) -> str:
    return f"'<site of the {DATACENTERS[datacenter]} datacenter>'"


def _summarize(facts: _Facts) -> str:
    borne = tolerance(facts.layout)
    more = borne.servers_after_datacenter[facts.lost]
    databases, carried = facts.after.layout.parameters.databases, facts.after.mounted
    text = (
        f"{len(facts.servers(facts.lost))} servers of the {DATACENTERS[facts.lost]} datacenter are lost. "
        f"The {len(facts.servers(facts.surviving))} of the {DATACENTERS[facts.surviving]} carry {carried} of "
        f"{databases} databases, at most {max(facts.after.active_databases)} on a server."
    )
    if more:
        text += f" Any {more} of them may fail besides."
    text += f"\n\n{describe(facts.after)[0]}"
    if borne.automatic[facts.lost]:
        text += " Quorum holds and the databases activate by themselves; take these steps where they do not."
    return text


def _stop_lost(facts: _Facts) -> SwitchoverStep:
    commands = (
        f"Stop-DatabaseAvailabilityGroup -Identity {facts.dag} -MailboxServer {server} -ConfigurationOnly"
        for server in facts.servers(facts.lost)
    )
    return SwitchoverStep(
        "Mark the lost servers as stopped",
        "From the surviving datacenter. Make sure first that the lost servers are off or cut off and stay so. Where "
        "some still run and can be reached, run the same there without -ConfigurationOnly.",
        tuple(commands),
    )


def _stop_cluster(facts: _Facts) -> SwitchoverStep:
    names = ", ".join(facts.servers(facts.surviving))
    return SwitchoverStep(
        "Stop the cluster service on the surviving servers",
        "On each of them, so that the DAG can be restored without the lost ones.",
        (f"Invoke-Command -ComputerName {names} -ScriptBlock {{ Stop-Service ClusSvc }}",),
    )


def _restore(facts: _Facts) -> SwitchoverStep:
    site = _site_placeholder(facts.surviving)
    command = f"Restore-DatabaseAvailabilityGroup -Identity {facts.dag} -ActiveDirectorySite {site}"
    even = len(facts.servers(facts.surviving)) % 2 == 0
    lost = facts.layout.parameters.witness == DATACENTERS[facts.lost]
    if lost or (even and facts.layout.parameters.witness == NO_WITNESS):
        command += " -AlternateWitnessServer '<alternate witness>' -AlternateWitnessDirectory '<directory>'"
    elif even:
        command += " -UsePrimaryWitnessServer"
    witness = "An even number of servers is left: a witness votes." if even else "An odd number of servers is left."
    where = " The witness was in the lost datacenter; an alternate one takes its place." if lost else ""
    return SwitchoverStep(
        "Restore the DAG in the surviving datacenter",
        f"{witness}{where} Where the command fails, wait five minutes and repeat it.",
        (command, f"Get-DatabaseAvailabilityGroup -Identity {facts.dag} -Status | Format-List"),
    )


def _activate(facts: _Facts) -> SwitchoverStep:
    here = facts.servers(facts.surviving)
    commands = [
        f"Set-MailboxServer {name} -DatabaseCopyAutoActivationPolicy Unrestricted" for name in here if facts.blocked
    ]
    commands += [f"Move-ActiveMailboxDatabase -Server {name}" for name in facts.servers(facts.lost)]
    commands += ["Get-MailboxDatabase -Status | Format-Table Name,MountedOnServer,Mounted"]
    names = facts.layout.server_names
    counts = ", ".join(
        f"{names[n]} {count}" for n, count in enumerate(facts.after.active_databases) if facts.after.up[n]
    )
    blocked = "Activation is blocked there: allow it first. " if facts.blocked else ""
    return SwitchoverStep(
        "Activate the databases",
        f"{blocked}Those that do not mount by themselves are moved. By the preferences of the layout the servers then "
        f"hold: {counts}.{_mention_lagged(facts)}",
        tuple(commands),
    )


def _mention_lagged(facts: _Facts) -> str:
    first = facts.layout.parameters.servers_primary
    there = (facts.layout.server > first) == bool(facts.surviving)
    if not (facts.layout.lagged & there).any():
        return ""
    return " Leave the lagged copies for recovery unless a database has no other copy."


def _redirect_clients(facts: _Facts) -> SwitchoverStep:
    return SwitchoverStep(
        "Lead clients and mail to the surviving datacenter",
        "Point the records of the namespaces (such as mail and autodiscover) and the MX records there, unless both "
        "datacenters answer to them; clients follow when the time to live of the records has passed.",
    )


def _watch_logs(facts: _Facts) -> SwitchoverStep:
    days = facts.days_until_full
    disk = "" if facts.days_until_disk_full is None else f", a disk as bought in {facts.days_until_disk_full:.1f} days"
    until = "Watch the volumes." if days is None else f"A volume as sized fills in {days:.1f} days{disk}."
    return SwitchoverStep(
        "Watch the log volumes",
        f"Logs are not truncated while the copies of the lost servers do not take them. {until} Before that, remove "
        "the copies that will not return in time.",
        ("Remove-MailboxDatabaseCopy -Identity '<database>\\<lost server>'",),
    )


def _start_servers(facts: _Facts) -> SwitchoverStep:
    commands = (
        f"Start-DatabaseAvailabilityGroup -Identity {facts.dag} -MailboxServer {server}"
        for server in facts.servers(facts.lost)
    )
    return SwitchoverStep(
        "Take the servers back into the DAG",
        "When the datacenter, its directory servers and the link are sound.",
        tuple(commands),
    )


def _set_quorum(facts: _Facts) -> SwitchoverStep:
    return SwitchoverStep(
        "Set the quorum model again",
        "The command without settings puts the quorum model right; the witness goes back to its place.",
        (
            f"Set-DatabaseAvailabilityGroup -Identity {facts.dag}",
            f"Set-DatabaseAvailabilityGroup -Identity {facts.dag} -WitnessServer '<witness>' "
            "-WitnessDirectory '<directory>'",
        ),
    )


def _reseed(facts: _Facts) -> SwitchoverStep:
    hours, volumes = facts.reseed_hours, facts.volumes()
    took = ""
    if hours is not None:
        took = (
            f" A volume takes {hours:.1f} hours over the link; the {volumes} of a server take "
            f"{hours * volumes:.0f} hours one after another."
        )
    return SwitchoverStep(
        "Bring the copies up to date",
        f"Copies catch up by themselves where their logs are still there; the others are reseeded.{took}",
        (
            "Get-MailboxDatabaseCopyStatus * | Format-Table Name,Status,CopyQueueLength,ReplayQueueLength",
            "Update-MailboxDatabaseCopy -Identity '<database>\\<server>' -DeleteExistingFiles",
        ),
    )


def _move_back(facts: _Facts) -> SwitchoverStep:
    here = facts.servers(facts.surviving)
    commands = [f"& $exscripts\\RedistributeActiveDatabases.ps1 -DagName {facts.dag} -BalanceDbsByActivationPreference"]
    commands += [
        f"Set-MailboxServer {name} -DatabaseCopyAutoActivationPolicy Blocked" for name in here if facts.blocked
    ]
    return SwitchoverStep(
        "Move the databases back",
        "When copies are healthy and their queues short; databases dismount for moments.",
        tuple(commands),
    )


def _redirect_clients_back(facts: _Facts) -> SwitchoverStep:
    return SwitchoverStep(
        "Lead clients and mail back", "Put the records of the namespaces and the MX records back, after the databases."
    )
