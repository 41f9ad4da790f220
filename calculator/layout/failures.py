"""Apply failures to a DAG: parse events, and find the active copy of each database.

Source: calculator-7.6, Distribution; datacenter-switchover: Quorum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from calculator.inputs.schema import DATACENTERS, PRIMARY, SECONDARY
from calculator.issues import Issues, quoted, short
from calculator.layout.parameters import NO_WITNESS, THIRD_SITE, Parameters
from calculator.layout.quorum import (
    Situation,
    count_votes,
    find_majorities,
    has_quorum,
    initial_situation,
    mounts_allowed,
    settle,
    witness_votes,
)
from calculator.numerics.arrays import Bools, Ints

__all__ = ["Situation", "count_votes", "has_quorum", "initial_situation", "mounts_allowed"]

Servers = npt.NDArray[np.int8]
"""Numbers of servers from 1, 0 for no server."""

EVENTS = (
    "server:NAME, datacenter:primary|secondary, wan, wan:primary|secondary, witness, restore:primary|secondary, "
    "witness:primary|secondary|third, cross_site:on|off"
)
FIELD = "events"
DATACENTER, RESTORE, SWITCHOVER = "datacenter", "restore", "switchover"
"""Events: the loss of a datacenter, the restore of the DAG in one, and both at once as in Microsoft's workbook."""

_WITNESS = {PRIMARY: PRIMARY, SECONDARY: SECONDARY, "third": THIRD_SITE, THIRD_SITE: THIRD_SITE}
_SWITCH = {"on": True, "off": False}
_SIDES = {"1": 1, "2": 2, PRIMARY: 1, SECONDARY: 2}
_ANEW = "Start again."


class Event(NamedTuple):
    """One event: its kind, the number of a server or datacenter or the value of a setting, and its text."""

    kind: str
    target: int | str | bool = 0
    text: str = ""


def lose_datacenter(parameters: Parameters, lost: int) -> Situation:
    """Return the situation after the loss of a datacenter (1 or 2), before a restore."""
    return _lose(parameters, initial_situation(parameters), lost)


def switch_over(parameters: Parameters, lost: int) -> Situation:
    """Return the situation after a datacenter (1 or 2) is lost and the DAG is restored in the other.

    Every database may activate there.
    """
    return _restore(parameters, lose_datacenter(parameters, lost), 3 - lost)


def crosses(parameters: Parameters, situation: Situation) -> bool:
    """Return whether databases may activate in the other datacenter now.

    Where activation in the secondary is blocked, the loss of the primary activates nothing there before a restore.
    """
    blocked = parameters.block_secondary_activation and situation.lost[0] and not situation.restored
    return situation.cross_site and not blocked


# --- active copies -------------------------------------------------------------------------------


def order_by_preference(server: Ints, preference: Ints) -> Servers:
    """Sort the servers of the copies of each database by activation preference, shape ``(databases, copies)``."""
    order = np.lexsort((server, preference), axis=1)
    return np.take_along_axis(server, order, axis=1).astype(np.int8)


def find_homes(server: Ints, preference: Ints) -> Servers:
    """Return the server of the copy with preference 1 of each database, 0 if there is none."""
    return (server * (preference == 1)).sum(axis=1).astype(np.int8)


def find_takeover_sides(parameters: Parameters) -> Servers:
    """Return the datacenter in which each server may take over databases, 0 for none.

    Oddity: dedicated disaster recovery servers of the primary never take over inside their datacenter.
    """
    number = np.arange(parameters.servers_total + 1)
    primary = parameters.servers_primary if parameters.corrected else parameters.active_servers_primary
    side = np.where(number <= primary, 1, np.where(number > parameters.servers_primary, 2, 0))
    return np.where(number == 0, 0, side).astype(np.int8)


def find_active_servers(order: Servers, home: Servers, side: Servers | None, up: Bools) -> Servers:
    """Return the server of the best running copy of each database, 0 if there is none, shape ``(n, databases)``.

    Parameters
    ----------
    order
        Servers in order of preference, shape ``(databases, copies)``.
    home
        Server of preference 1, shape ``(databases,)``.
    side
        Datacenter of each server if databases must stay in their datacenter, else None.
    up
        Running servers, shape ``(n, servers)``.
    """
    active = np.zeros((len(up), len(order)), dtype=np.int8)
    for level in reversed(range(order.shape[1])):
        server = order[:, level]
        np.copyto(active, server, where=up[:, server - 1])
    if side is not None:
        stays = (side[active] == side[home]) & (side[active] > 0)
        active[~stays] = 0
    return active


def count_per_server(active: Servers, servers: int) -> Ints:
    """Count the active databases of each server, shape ``(n, servers)``."""
    row = np.arange(len(active))[:, None] * (servers + 1)
    counts = np.bincount((active + row).ravel(), minlength=len(active) * (servers + 1))
    return counts.reshape(len(active), servers + 1)[:, 1:]


# --- events --------------------------------------------------------------------------------------


def read_events(
    events: Iterable[str | Iterable[str]], names: Sequence[str], parameters: Parameters, issues: Issues
) -> list[Event]:
    """Read events from texts such as ``server:EX01,wan:2`` or lists of them, and add unusable ones to the issues."""
    found = []
    for text in _split(events):
        kind, _, target = text.partition(":")
        event = _read_event(kind.strip().lower(), target.strip(), names, parameters)
        if isinstance(event, Event):
            found.append(event)
        elif kind.strip():
            issues.error(FIELD, short(text), *event)
    return found


def _split(events: Iterable[str | Iterable[str]]) -> Iterator[str]:
    for given in events:
        for text in [given] if isinstance(given, str) else given:
            yield from (part.strip() for part in str(text).split(","))


def _read_event(kind: str, target: str, names: Sequence[str], parameters: Parameters) -> Event | tuple[str, str]:
    """Return an event, or what is wrong with the text and what to do."""
    if kind in ("start", "witness") and not target:
        return Event(kind if kind == "start" else "witness_fails", 0, kind)
    if kind == "server":
        return _server_event(target, names)
    if kind == "wan" and not target:
        return (
            Event("link", 0, kind)
            if parameters.datacenters > 1
            else ("The design has only one datacenter.", "Leave it out.")
        )
    if kind in ("wan", DATACENTER, RESTORE):
        return _datacenter_event(kind, target.lower(), parameters)
    if kind == "witness":
        return _witness_event(target.lower(), parameters)
    if kind == "cross_site":
        return _cross_site_event(target.lower(), parameters)
    return "is not an event.", f"Events: {EVENTS}."


def _datacenter_event(kind: str, target: str, parameters: Parameters) -> Event | tuple[str, str]:
    side, text = _SIDES.get(target, 0), f"{kind}:{target}"
    if not 1 <= side <= parameters.datacenters:
        known = "1 or primary" + (", 2 or secondary" if parameters.datacenters > 1 else "")
        return f"{quoted(target)} is not a datacenter.", f"Give {known}."
    if kind == RESTORE and parameters.datacenters == 1:
        return "The design has only one datacenter.", "Leave it out."
    workbook = kind == DATACENTER and parameters.workbook_failures and target.isdigit()
    return Event(SWITCHOVER if workbook else kind, side, text)


def _server_event(target: str, names: Sequence[str]) -> Event | tuple[str, str]:
    known = {name.lower(): number for number, name in enumerate(names, 1)}
    known = {str(number): number for number in range(1, len(names) + 1)} | known
    if target.lower() in known:
        return Event("server", known[target.lower()], f"server:{known[target.lower()]}")
    listed = ", ".join(names)
    return f"{quoted(target)} is not a server.", f"Servers: {listed}, or their numbers from 1."


def _witness_event(target: str, parameters: Parameters) -> Event | tuple[str, str]:
    if target == SECONDARY and parameters.datacenters == 1:
        return "There is no secondary datacenter.", "Give primary or third."
    if target in _WITNESS:
        return Event("witness", _WITNESS[target], f"witness:{target}")
    return f"{quoted(target)} is not a place of the witness.", "Give primary, secondary or third."


def _cross_site_event(target: str, parameters: Parameters) -> Event | tuple[str, str]:
    if target not in _SWITCH:
        return f"{quoted(target)} is neither on nor off.", "Give on or off."
    if parameters.datacenters == 1:
        return "The design has only one datacenter.", "Leave it out."
    if parameters.block_secondary_activation:
        return (
            "Activation in the secondary datacenter is blocked.",
            "Set site_resilience.block_secondary_activation to false.",
        )
    return Event("cross_site", _SWITCH[target], f"cross_site:{target}")


def find_obstacle(parameters: Parameters, situation: Situation, event: Event) -> tuple[str, str] | None:
    """Return why an event cannot happen now and what to do, or None if it can.

    After a restore only the servers of the datacenter in which the DAG was restored, and its witness, can fail and
    return.  The DAG is restored only in a datacenter that works, while the other does not serve the users.
    """
    if event.kind == "start":
        return None
    if situation.restored:
        secondary = int(event.target) > parameters.servers_primary if event.kind == "server" else None
        if event.kind == "witness_fails" or situation.restored - 1 == secondary:
            return None
        name = DATACENTERS[situation.restored - 1]
        return f"The DAG was restored in the {name} datacenter; only its servers fail and return.", _ANEW
    return _find_obstacle_to_restore(parameters, situation, int(event.target)) if event.kind == RESTORE else None


def _find_obstacle_to_restore(parameters: Parameters, situation: Situation, here: int) -> tuple[str, str] | None:
    name, other = DATACENTERS[here - 1], DATACENTERS[2 - here]
    if not parameters.dac_mode:
        return "Restore-DatabaseAvailabilityGroup needs DAC mode, which is off.", "Set dag.dac_mode to true."
    if situation.lost[here - 1]:
        return f"The {name} datacenter is lost.", f"Restore the DAG in the {other} datacenter."
    runs = any(situation.up[place] for place in parameters.places(3 - here))
    if runs and has_quorum(parameters, situation, np.array([situation.up]))[0]:
        message = f"The servers of the {other} datacenter run and have quorum, so there is nothing to restore."
        return message, f"Give datacenter:{other} first if that datacenter is lost."
    return None


def apply_event(parameters: Parameters, situation: Situation, event: Event) -> Situation:
    """Return the situation after an event."""
    return _APPLY[event.kind](parameters, situation, event.target)


def _start(parameters: Parameters, situation: Situation, target: object) -> Situation:
    return initial_situation(parameters)


def _server(parameters: Parameters, situation: Situation, target: object) -> Situation:
    place = int(str(target)) - 1
    if not parameters.follows_quirks:
        failed = tuple(was != (number == place) for number, was in enumerate(situation.failed))
        return settle(parameters, replace(situation, failed=failed))
    up = tuple(was != (number == place) for number, was in enumerate(situation.up))
    failed = tuple(not up[number] if number == place else was for number, was in enumerate(situation.failed))
    return replace(situation, up=up, failed=failed)


def _wan(parameters: Parameters, situation: Situation, target: object) -> Situation:
    """Let the link of a datacenter fail or return."""
    first, second = (works != (side == target) for side, works in enumerate(situation.wan, 1))
    return _cut(parameters, replace(situation, wan=(first, second)))


def _link(parameters: Parameters, situation: Situation, target: object) -> Situation:
    """Let the link between the datacenters fail or return; both still reach a third site."""
    return _cut(parameters, replace(situation, connected=not situation.connected))


def _cut(parameters: Parameters, situation: Situation) -> Situation:
    """Stop the servers of a part without a majority, and start those of a part with one.

    Oddity: servers that an event of their own made fail start too, and in the secondary only as many
    as the primary has.
    """
    if not parameters.follows_quirks:
        return settle(parameters, situation)
    enough = find_majorities(parameters, situation, situation.up)
    if parameters.datacenters == 1:
        return situation if enough[0] else _all_of(parameters, situation, 1, False)
    for datacenter, starts in enumerate(enough, 1):
        if not starts:
            situation = _all_of(parameters, situation, datacenter, False)
            continue
        back = list(parameters.places(datacenter)[: parameters.servers_primary])
        lost = situation.lost[datacenter - 1]
        up = tuple(runs or (n in back and not lost) for n, runs in enumerate(situation.up))
        situation = replace(situation, up=up)
    return situation


def _all_of(parameters: Parameters, situation: Situation, datacenter: int, state: bool) -> Situation:
    places = parameters.places(datacenter)
    return replace(situation, up=tuple(state if n in places else up for n, up in enumerate(situation.up)))


def _lose(parameters: Parameters, situation: Situation, target: object) -> Situation:
    """Let a datacenter fail or return, with all its servers and a witness in it."""
    first, second = (was != (side == target) for side, was in enumerate(situation.lost, 1))
    situation = replace(situation, lost=(first, second))
    if not parameters.follows_quirks:
        return settle(parameters, situation)
    datacenter = 1 if target == 1 else 2
    situation = _all_of(parameters, situation, datacenter, not situation.lost[datacenter - 1])
    return _start_unfailed(situation)


def _start_unfailed(situation: Situation) -> Situation:
    """Keep the servers down that an event of their own made fail."""
    pairs = zip(situation.up, situation.failed, strict=True)
    return replace(situation, up=tuple(runs and not failed for runs, failed in pairs))


def _switch_over(parameters: Parameters, situation: Situation, target: object) -> Situation:
    """Let a datacenter fail and restore the DAG in the other, as one event of Microsoft's workbook.

    Oddity: its link is toggled, so a link that was down works again.  Oddity: a single datacenter is
    restored into an empty second one.  Oddity: activation across datacenters stays as it was, so with
    active/passive models no database activates.  Oddity: servers that failed before return with the others.
    """
    lost = 1 if target == 1 else 2
    if not parameters.follows_quirks:
        situation = _lose(parameters, situation, lost)
        return situation if parameters.datacenters == 1 else _restore(parameters, situation, 3 - lost)
    crosses_before = situation.cross_site
    situation = _wan(parameters, _all_of(parameters, situation, lost, False), lost)
    situation = _restore(parameters, situation, 3 - lost)
    return replace(_all_of(parameters, situation, 3 - lost, True), cross_site=crosses_before)


def _restore(parameters: Parameters, situation: Situation, target: object) -> Situation:
    """Restore the DAG in a datacenter, where every database may then activate.

    A witness that works stays; else the alternate witness of the datacenter takes its place.
    """
    datacenter = 1 if target == 1 else 2
    works = not situation.witness_failed and situation.witness not in (NO_WITNESS, DATACENTERS[2 - datacenter])
    keeps = works or (parameters.follows_quirks and not witness_votes(parameters))
    situation = replace(
        situation,
        witness=situation.witness if keeps else DATACENTERS[datacenter - 1],
        witness_failed=False,
        restored=datacenter,
        cross_site=True,
        may_mount=(True,) * parameters.servers_total,
    )
    if not parameters.follows_quirks:
        return settle(parameters, situation)
    situation = _all_of(parameters, situation, 3 - datacenter, False)
    return _start_unfailed(_all_of(parameters, situation, datacenter, True))


def _witness(parameters: Parameters, situation: Situation, target: object) -> Situation:
    situation = replace(situation, witness=str(target))
    return situation if parameters.follows_quirks else settle(parameters, situation)


def _witness_fails(parameters: Parameters, situation: Situation, target: object) -> Situation:
    """Let the witness fail or return."""
    situation = replace(situation, witness_failed=not situation.witness_failed)
    return situation if parameters.follows_quirks else settle(parameters, situation)


def _cross_site(parameters: Parameters, situation: Situation, target: object) -> Situation:
    return replace(situation, cross_site=bool(target))


_APPLY: dict[str, Callable[[Parameters, Situation, object], Situation]] = {
    "start": _start,
    "server": _server,
    "wan": _wan,
    "link": _link,
    DATACENTER: _lose,
    RESTORE: _restore,
    SWITCHOVER: _switch_over,
    "witness": _witness,
    "witness_fails": _witness_fails,
    "cross_site": _cross_site,
}
