"""Plan a datacenter switchover: fill the steps of ``steps.toml`` with the facts of a design.

Source: datacenter-switchover: Datacenter switchover, DAC mode, Quorum.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from calculator.engine.sizing import Scenario, SizedDesign
from calculator.exporters.deployment.file_formats import names_of_dag
from calculator.exporters.deployment.settings import placeholders_of, settings_of
from calculator.exporters.shell import quote, quote_if_needed
from calculator.inputs.choices import LINK_TYPE
from calculator.inputs.schema import DATACENTERS
from calculator.layout import SwitchoverFacts, switchover_facts
from calculator.presentation.text import number, plural, word

if TYPE_CHECKING:
    from jinja2 import Environment

_HOURS_PER_DAY = 24
_NAMES_IN_ROW = 12
"""Largest number of names of databases in a row of the table of servers."""


@dataclass(frozen=True)
class SwitchoverStep:
    """Step of a switchover.

    Attributes
    ----------
    number, part, title
        Number in the plan, counted from 0; part of the plan; and what the step does.
    text
        What to do, one paragraph per text.
    commands
        Lines for the Exchange Management Shell; a line that begins with ``#`` says when to run the lines below it.
    check, check_commands
        How to check that the step has worked.
    stop
        When to stop the switchover.
    """

    number: int
    part: str
    title: str
    text: tuple[str, ...]
    commands: tuple[str, ...]
    check: str
    check_commands: tuple[str, ...]
    stop: str


def split_commands(lines: Sequence[str]) -> list[list[str]]:
    """Split lines into blocks that are run together: each line that begins with ``#`` begins a block."""
    blocks: list[list[str]] = []
    for line in lines:
        if line.startswith("#") or not blocks:
            blocks.append([])
        blocks[-1].append(line)
    return blocks


@dataclass(frozen=True)
class Placeholder:
    """Text in angle brackets in place of a name that the design does not contain.

    Attributes
    ----------
    token, who
        The text with its brackets, and the person who knows the name.
    steps
        Numbers of the steps in which it occurs.
    """

    token: str
    who: str
    steps: tuple[int, ...]


@dataclass(frozen=True)
class SwitchoverPlan:
    """Steps of a datacenter switchover and of the return to normal operation; ``str`` formats the plan as Markdown.

    Attributes
    ----------
    facts
        Facts of the design.
    title, summary
        Title, and a summary that says what is lost and whether a switchover is needed.
    placeholders
        Names to fill in before the plan is used.
    known
        Known facts, with a label and a value per row.
    servers
        Active databases of the surviving servers, one row per server, the first row being the head.
    steps
        The steps in order.
    assumptions
        Assumptions of the plan.
    """

    facts: SwitchoverFacts
    title: str
    summary: str
    placeholders: tuple[Placeholder, ...]
    known: tuple[tuple[str, str], ...]
    servers: tuple[tuple[str, ...], ...]
    steps: tuple[SwitchoverStep, ...]
    assumptions: tuple[str, ...]

    def __str__(self) -> str:
        from calculator.exporters.switchover.write import write_markdown

        return write_markdown(self)

    def rows(self) -> list[dict[str, int | str]]:
        """Return one row per step, its lines joined by line breaks."""
        return [
            {
                "step": step.number,
                "part": step.part,
                "title": step.title,
                "text": "\n".join(step.text),
                "commands": "\n".join(step.commands),
                "check": step.check,
                "check_commands": "\n".join(step.check_commands),
                "stop": step.stop,
            }
            for step in self.steps
        ]


def switchover(design: Scenario | SizedDesign, lost: str = DATACENTERS[0]) -> SwitchoverPlan:
    """Plan the steps with which an administrator moves the service to the other datacenter and back.

    Parameters
    ----------
    design
        A profile file, a `Profile`, a `SizedDesign` or inputs by path.
    lost
        The datacenter that is lost, ``primary`` or ``secondary``.

    Raises
    ------
    InputError
        If the design cannot be laid out, has copies in one datacenter only, or no DAC mode.
    """
    return plan_switchover(switchover_facts(design, lost))


def plan_switchover(facts: SwitchoverFacts) -> SwitchoverPlan:
    """Return the plan for the facts of a design."""
    words, names = _words(), _find_names(facts)
    steps = tuple(_fill_step(step, names) for step in words["step"])
    assumptions = tuple(_fill(text, names) for text in words["assumptions"])
    return SwitchoverPlan(
        facts,
        f"Switchover of {names['dag_name']} when the {facts.lost.datacenter} datacenter is lost",
        _summarize(facts),
        _find_placeholders(steps, names),
        _list_known(facts, names),
        _list_servers(facts),
        steps,
        assumptions,
    )


# --- words ---------------------------------------------------------------------------------------


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("steps.toml").read_text(encoding="utf-8"))


@cache
def _environment() -> Environment:
    import jinja2  # slow to import, and needed only for a plan

    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.filters.update(
        shell=quote_if_needed,
        shells=lambda names: ", ".join(map(quote_if_needed, names)),
        strings=lambda names: ", ".join(map(quote, names)),
        names=_join_names,
        count_of=_count,
    )
    return environment


def _count(what: int | Sequence[object], noun: str) -> str:
    return plural(what if isinstance(what, int) else len(what), noun)


def _join_names(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _fill(template: str, names: Mapping[str, object]) -> str:
    """Fill a template, and put its text on one line."""
    return " ".join(_environment().from_string(template).render(names).split())


def _fill_lines(template: str, names: Mapping[str, object]) -> tuple[str, ...]:
    text = _environment().from_string(template).render(names)
    return tuple(line for line in map(str.strip, text.splitlines()) if line)


def _fill_step(step: Mapping[str, Any], names: Mapping[str, object]) -> SwitchoverStep:
    text = _environment().from_string(step["do"]).render(names)
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return SwitchoverStep(
        step["number"],
        _fill(step["part"], names),
        _fill(step["title"], names),
        tuple(part for part in paragraphs if part),
        _fill_lines(step.get("commands", ""), names),
        _fill(step["check"], names),
        _fill_lines(step.get("check_commands", ""), names),
        _fill(step["stop"], names),
    )


# --- names ---------------------------------------------------------------------------------------


def _find_names(facts: SwitchoverFacts) -> dict[str, Any]:
    """Return all values that a template may use, by name."""
    lost, surviving = facts.lost.datacenter, facts.surviving.datacenter
    sides = {"lost": lost, "surviving": surviving}
    unknown = {key: f"<{_fill(entry['name'], sides)}>" for key, entry in _words()["unknown"].items()}
    names: dict[str, Any] = {key: token for key, token in unknown.items() if "{number}" not in token}
    names |= sides | _name_settings(facts, unknown) | _name_times(facts)
    late = {side: _name_lagged(unknown[f"{side}_lagged"], getattr(facts, side).lagged_servers) for side in sides}
    only = facts.lagged_only
    late_moved = _keep(facts.moved, lambda name: name in only)
    copies = facts.layout.parameters.copies[DATACENTERS.index(surviving)]
    loads = facts.loads
    return names | {
        "facts": facts,
        "answer": facts.answer,
        "mirror": facts.of_other_datacenter() if facts.pairs else None,
        "lost_servers": list(facts.lost.servers),
        "surviving_servers": list(facts.surviving.servers),
        "lost_members": [*facts.lost.servers, *late["lost"]],
        "surviving_members": [*facts.surviving.servers, *late["surviving"]],
        "lost_lagged": late["lost"],
        "surviving_lagged": late["surviving"],
        "lagged_blocked": _subtract(facts.lagged_here, late_moved),
        "healthy_moved": _keep(facts.moved, lambda name: name not in only),
        "lagged_moved": late_moved,
        "margin": _tell_margin(facts),
        "over": [load.server for load in loads if load.too_many],
        "limit": _whole(loads[0].limit),
        "single": facts.layout.database_names if copies == 1 else (),
        "unified_messaging": bool(facts.design.profile.value("environment.unified_messaging")),
    }


def _keep(names: Mapping[str, Sequence[str]], keeps: Callable[[str], bool]) -> dict[str, list[str]]:
    """Return the names per server that are to be kept, without servers that keep none."""
    kept = {server: list(filter(keeps, of_server)) for server, of_server in names.items()}
    return {server: of_server for server, of_server in kept.items() if of_server}


def _subtract(names: Mapping[str, Sequence[str]], others: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the names per server without some of its names, and without servers that have none left."""
    kept = {
        server: [name for name in of_server if name not in others.get(server, ())]
        for server, of_server in names.items()
    }
    return {server: of_server for server, of_server in kept.items() if of_server}


def _tell_margin(facts: SwitchoverFacts) -> str:
    """Return text that says how many more votes may be lost while quorum holds."""
    more = facts.votes_left - facts.votes_needed
    if more > 0:
        return f"{plural(more, 'more vote')} may be lost before that"
    if facts.witness_reachable and facts.members % 2 == 0:
        return "neither a further member nor the witness may fail"
    return "no further member may fail"


def _name_lagged(token: str, count: int) -> list[str]:
    return [token.format(number=number) for number in range(1, count + 1)]


def _name_settings(facts: SwitchoverFacts, unknown: Mapping[str, str]) -> dict[str, str]:
    """Return the names in the section ``[export]`` of the profile, or placeholders for them."""
    profile = facts.design.profile
    settings, open_names = settings_of(profile, {"dag_name": profile.value("names.dag")}), placeholders_of(profile)

    def known(setting: str, token: str) -> str:
        return token if setting in open_names else str(getattr(settings, setting))

    dag, folder, alternate = names_of_dag(settings)
    return {
        "dag_name": dag,
        "dag": quote_if_needed(dag),
        "witness": known("witness_server", unknown["witness"]),
        "witness_directory": folder,
        "alternate_witness": known("alternate_witness_server", unknown["alternate_witness"]),
        "alternate_directory": alternate,
        "lost_dc": known(f"{facts.lost.datacenter}_global_catalog", unknown["lost_dc"]),
        "surviving_dc": known(f"{facts.surviving.datacenter}_global_catalog", unknown["surviving_dc"]),
        "mount_dial": str(settings.auto_database_mount_dial),
        "port": f"{settings.replication_port:g}",
    }


def _name_times(facts: SwitchoverFacts) -> dict[str, str | None]:
    hours = facts.reseed_hours
    profile = facts.design.profile
    link = word(LINK_TYPE, str(profile.value("replication.link_type")))
    lag = facts.replay_lag_hours
    whole_days = lag >= _HOURS_PER_DAY and lag % _HOURS_PER_DAY == 0
    return {
        "days": _days(facts.days_until_volume_full),
        "disk_days": _days(facts.days_until_disk_full),
        "hours": None if hours is None else f"{hours:.1f} hours",
        "all_hours": None if hours is None else f"{hours * facts.volumes_to_reseed:.0f} hours",
        "link": f"{link}, {number(_float(profile.value('replication.link_latency')))} ms round trip",
        "lag": plural(f"{lag / _HOURS_PER_DAY:.0f}", "day") if whole_days else plural(f"{lag:g}", "hour"),
    }


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _days(value: float | None) -> str | None:
    return None if value is None else f"{value:.1f} days"


def _whole(limit: float | None) -> str:
    return "no limit" if limit is None else f"{limit:.0f}"


def _find_placeholders(steps: Sequence[SwitchoverStep], names: Mapping[str, Any]) -> tuple[Placeholder, ...]:
    sides = {"lost": names["lost"], "surviving": names["surviving"]}
    found = []
    for key, entry in _words()["unknown"].items():
        token = f"<{_fill(entry['name'], sides)}>"
        tokens = names[key] if "{number}" in token else [token]
        who = _fill(entry["who"], sides)
        found += [Placeholder(one, who, used) for one in tokens if (used := _find_uses(one, steps))]
    return tuple(found)


def _find_uses(token: str, steps: Sequence[SwitchoverStep]) -> tuple[int, ...]:
    return tuple(
        step.number
        for step in steps
        if token in "\n".join((step.title, *step.text, *step.commands, step.check, *step.check_commands, step.stop))
    )


# --- facts ---------------------------------------------------------------------------------------


def _summarize(facts: SwitchoverFacts) -> str:
    here, there = facts.surviving, facts.lost
    carried = (
        f"{plural(there.count, 'member')} of the {there.datacenter} datacenter "
        f"{'is' if there.count == 1 else 'are'} lost. The {plural(here.count, 'member')} of the {here.datacenter} "
        f"datacenter {'carries' if here.count == 1 else 'carry'} {facts.mounted_after} of {facts.databases} databases, "
        f"at most {max(len(load.after) for load in facts.loads)} on a server."
    )
    votes = f"votes left: {facts.votes_left} of {facts.votes}, needed: {facts.votes_needed}"
    active = f"{facts.mounted_without} of {facts.databases} databases"
    match facts.answer:
        case "not_needed":
            said = (
                f"According to the design, no switchover is needed: quorum holds ({votes}), {active} activate by "
                "themselves."
            )
        case "allow_activation":
            said = (
                f"According to the design, no restore is needed: quorum holds ({votes}). {active} are active until "
                "an administrator allows activation."
            )
        case _:
            said = (
                f"According to the design, a switchover is needed: quorum is lost ({votes}), and nothing is "
                "mounted without it."
            )
    return f"{said} {carried}"


def _list_known(facts: SwitchoverFacts, names: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return a label and a value for each fact of the design."""
    place = {"third_site": "in a third site", "none": "none in the design"}.get(
        facts.witness, f"in the {facts.witness} datacenter"
    )
    before, after = facts.quorum_models
    witness = place if facts.witness == "none" else f"{names['witness']}, {names['witness_directory']} ({place})"
    left = "the witness among them" if facts.witness_reachable and facts.members % 2 == 0 else "without a witness"
    later = f"{facts.surviving.count}{' and the witness' if facts.witness_votes_after else ''}"
    limit = facts.loads[0].limit
    lagged = {**facts.lagged_here, **facts.lagged_lost}
    rows = [
        ("DAG", names["dag_name"] if facts.dags == 1 else f"{names['dag_name']}, one of {facts.dags} equal DAGs"),
        (f"Members, {names['lost']} datacenter (lost)", ", ".join(names["lost_members"])),
        (f"Members, {names['surviving']} datacenter (survives)", ", ".join(names["surviving_members"])),
        ("Members before and after the switchover", f"{facts.members}, then {facts.surviving.count}"),
        ("Witness", witness),
        ("Alternate witness", f"{names['alternate_witness']}, {names['alternate_directory']}"),
        ("Votes before the loss", f"{facts.votes}, of which {facts.votes_needed} are needed"),
        ("Votes left after the loss", f"{facts.votes_left}, {left}"),
        ("Votes after the switchover", later),
        ("Quorum model before and after", f"{before}, then {after}"),
        ("DAC mode", "on"),
        ("Databases", f"{facts.databases}: {', '.join(_shorten(facts.layout.database_names))}"),
        ("Active without a switchover, and after it", f"{facts.mounted_without}, then {facts.mounted_after}"),
        ("Limit of active databases on a surviving server", _whole(limit)),
        (
            "Lagged copies",
            f"{names['lag']} behind, on {', '.join(lagged)}" if lagged else _tell_dedicated(facts, names),
        ),
        ("Days until a volume is full without truncation", _tell_days(names)),
        ("Hours to seed a volume over the link", f"{names['hours'] or 'n/a'} ({names['link']})"),
        (
            "Activation on the surviving servers",
            "blocked until an administrator allows it" if facts.blocked else "allowed",
        ),
        ("Unified Messaging", "yes" if names["unified_messaging"] else "no"),
    ]
    return tuple((label, str(value)) for label, value in rows)


def _tell_dedicated(facts: SwitchoverFacts, names: Mapping[str, Any]) -> str:
    count = facts.lost.lagged_servers + facts.surviving.lagged_servers
    return f"{names['lag']} behind, on {plural(count, 'dedicated server')}" if count else "none"


def _tell_days(names: Mapping[str, Any]) -> str:
    days, disk = names["days"], names["disk_days"]
    return f"{days or 'n/a'}{f', a disk as bought {disk}' if disk else ''}"


def _list_servers(facts: SwitchoverFacts) -> tuple[tuple[str, ...], ...]:
    head = ("Server", "Active before", "Active after", "Limit", "Databases active before", "Databases added")
    moved = facts.moved
    rows = (
        (
            load.server,
            str(len(load.before)),
            str(len(load.after)),
            _whole(load.limit),
            ", ".join(load.before) or "none",
            ", ".join(moved.get(load.server, ())) or "none",
        )
        for load in facts.loads
    )
    return (head, *rows)


def _shorten(names: Sequence[object]) -> list[str]:
    """Return names as text, or only the first and the last of many names."""
    if len(names) <= _NAMES_IN_ROW:
        return [str(name) for name in names]
    return [f"{names[0]} to {names[-1]}"]
