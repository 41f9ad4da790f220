"""Failures in a DAG: events, quorum, and the active copy of each database.

Source: calculator-7.6, Distribution; datacenter-switchover: Quorum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from calculator.inputs.schema import DATACENTERS, PRIMARY, SECONDARY
from calculator.issues import Issues, quoted, short
from calculator.layout.parameters import THIRD_SITE, Parameters
from calculator.numerics.arrays import Bools, Ints

Servers = npt.NDArray[np.int8]
"""Numbers of servers from 1, 0 for no server."""

EVENTS = "server:NAME, wan:1, wan:2, datacenter:1, datacenter:2, witness:primary|secondary|third, cross_site:on|off"
FIELD = "events"

_WITNESS = {PRIMARY: PRIMARY, SECONDARY: SECONDARY, "third": THIRD_SITE, THIRD_SITE: THIRD_SITE}
_SWITCH = {"on": True, "off": False}
_SIDES = {"1": 1, "2": 2, PRIMARY: 1, SECONDARY: 2}


class Event(NamedTuple):
    """One event: ``server``, ``wan`` or ``datacenter`` and its number, or a setting and its value."""

    kind: str
    target: int | str | bool = 0


@dataclass(frozen=True)
class Situation:
    """Which parts of a DAG work, and its settings.

    Attributes
    ----------
    up
        Whether each server runs.
    failed
        Whether an event of its own made each server fail.
    wan
        Whether the link of each datacenter works.
    witness
        Location of the witness.
    cross_site
        Whether databases may activate in the other datacenter.
    restored
        Datacenter (1 or 2) in which the DAG was restored, 0 before a switchover.
    """

    up: tuple[bool, ...]
    failed: tuple[bool, ...]
    wan: tuple[bool, bool]
    witness: str
    cross_site: bool
    restored: int = 0


def initial_situation(parameters: Parameters) -> Situation:
    """Return the situation in which everything works.

    One active/active DAG may activate databases in either datacenter.
    """
    servers = parameters.servers_total
    return Situation((True,) * servers, (False,) * servers, (True, True), parameters.witness, parameters.two_way)


def lose_datacenter(parameters: Parameters, lost: int) -> Situation:
    """Return the situation after the loss of a datacenter (1 or 2) and its link, before a switchover."""
    places = parameters.places(lost)
    up = tuple(place not in places for place in range(parameters.servers_total))
    return replace(initial_situation(parameters), up=up, wan=(lost != 1, lost != 2))


def switch_over(parameters: Parameters, lost: int) -> Situation:
    """Return the situation after a datacenter (1 or 2) is lost and the DAG is restored in the other.

    Every database may activate there.
    """
    return replace(lose_datacenter(parameters, lost), cross_site=True, restored=3 - lost)


# --- quorum --------------------------------------------------------------------------------------


def witness_votes(parameters: Parameters) -> bool:
    """Return whether a witness votes, as it does with an even number of servers."""
    return parameters.servers_total % 2 == 0


def count_votes_needed(parameters: Parameters) -> int:
    """Return the votes that keep the DAG running: more than half of the servers and the witness."""
    return (parameters.servers_total + witness_votes(parameters)) // 2 + 1


def _count_votes(parameters: Parameters, witness: str, up: Bools) -> tuple[Ints, Ints, int]:
    """Count the votes in each datacenter, shape ``(n,)``, and in the third site."""
    first = parameters.servers_primary
    votes = witness_votes(parameters)
    return (
        up[:, :first].sum(axis=1) + (votes and witness == PRIMARY),
        up[:, first:].sum(axis=1) + (votes and witness == SECONDARY),
        int(votes and witness == THIRD_SITE),
    )


def has_quorum(parameters: Parameters, situation: Situation, up: Bools) -> Bools:
    """Return whether the DAG has quorum, for each set of running servers.

    Oddity: a witness in a third site votes even if an odd number of servers needs none.  Oddity:
    after a switchover to the primary a witness counts by the parity of all servers, not of those left.

    Parameters
    ----------
    up
        Running servers, shape ``(n, servers)``.
    """
    if situation.restored:
        return _has_quorum_after_restore(parameters, situation.restored, up)
    needed = count_votes_needed(parameters)
    primary, secondary, third = _count_votes(parameters, situation.witness, up)
    if not parameters.corrected:
        third = int(situation.witness == THIRD_SITE)
    joined = third + primary * situation.wan[0] + secondary * situation.wan[1]
    enough: Bools = (primary >= needed) | (secondary >= needed) | (joined >= needed)
    return enough


def _has_quorum_after_restore(parameters: Parameters, datacenter: int, up: Bools) -> Bools:
    first, servers = parameters.servers_primary, parameters.servers[datacenter - 1]
    there = up[:, :first] if datacenter == 1 else up[:, first:]
    counted = servers if parameters.corrected or datacenter > 1 else parameters.servers_total
    witness = int(counted % 2 == 0)
    enough: Bools = there.sum(axis=1) + witness > (servers + witness) // 2
    return enough


# --- active copies -------------------------------------------------------------------------------


def order_by_preference(server: Ints, preference: Ints) -> Servers:
    """Sort the servers of the copies of each database by activation preference, shape ``(databases, copies)``."""
    order = np.lexsort((server, preference), axis=1)
    return np.take_along_axis(server, order, axis=1).astype(np.int8)


def find_homes(server: Ints, preference: Ints) -> Servers:
    """Return the server of the copy with preference 1 of each database, 0 if there is none."""
    return (server * (preference == 1)).sum(axis=1).astype(np.int8)


def find_takeover_sides(parameters: Parameters) -> Servers:
    """Return the datacenter in which each server may take over databases, 0 for none; server 0 is no server.

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
    events: str | Iterable[str], names: Sequence[str], parameters: Parameters, issues: Issues
) -> list[Event]:
    """Read events from a text such as ``server:EX01,wan:2`` or a list, and add unusable ones to the issues."""
    if isinstance(events, str):
        events = events.split(",")
    found = []
    for text in events:
        kind, _, target = str(text).strip().partition(":")
        event = _read_event(kind.strip().lower(), target.strip(), names, parameters)
        if isinstance(event, Event):
            found.append(event)
        elif kind.strip():
            issues.error(FIELD, short(str(text).strip()), *event)
    return found


def _read_event(kind: str, target: str, names: Sequence[str], parameters: Parameters) -> Event | tuple[str, str]:
    """Return an event, or what is wrong with the text and what to do."""
    if kind == "start" and not target:
        return Event(kind)
    if kind == "server":
        return _server_event(target, names)
    if kind in ("wan", "datacenter"):
        side = _SIDES.get(target.lower(), 0)
        if 1 <= side <= parameters.datacenters:
            return Event(kind, side)
        known = "1 or primary" + (", 2 or secondary" if parameters.datacenters > 1 else "")
        return f"{quoted(target)} is not a datacenter.", f"Give {known}."
    if kind == "witness":
        return _witness_event(target.lower(), parameters)
    if kind == "cross_site":
        return _cross_site_event(target.lower(), parameters)
    return "is not an event.", f"Events: {EVENTS}."


def _server_event(target: str, names: Sequence[str]) -> Event | tuple[str, str]:
    known = {name.lower(): number for number, name in enumerate(names, 1)}
    known = {str(number): number for number in range(1, len(names) + 1)} | known
    if target.lower() in known:
        return Event("server", known[target.lower()])
    listed = ", ".join(names)
    return f"{quoted(target)} is not a server.", f"Servers: {listed}, or their numbers from 1."


def _witness_event(target: str, parameters: Parameters) -> Event | tuple[str, str]:
    if target == SECONDARY and parameters.datacenters == 1:
        return "There is no secondary datacenter.", "Give primary or third."
    if target in _WITNESS:
        return Event("witness", _WITNESS[target])
    return f"{quoted(target)} is not a place of the witness.", "Give primary, secondary or third."


def _cross_site_event(target: str, parameters: Parameters) -> Event | tuple[str, str]:
    if target not in _SWITCH:
        return f"{quoted(target)} is neither on nor off.", "Give on or off."
    if parameters.datacenters == 1:
        return "There is one datacenter.", "Leave it out."
    if parameters.block_secondary_activation:
        return "Activation in the secondary is blocked.", "Set site_resilience.block_secondary_activation to false."
    return Event("cross_site", _SWITCH[target])


def find_obstacle(parameters: Parameters, situation: Situation, event: Event) -> str:
    """Return why an event cannot happen now, or an empty text if it can.

    After a switchover only the servers of the datacenter in which the DAG was restored can fail and return.
    """
    if not situation.restored or event.kind == "start":
        return ""
    if event.kind == "server":
        secondary = int(event.target) > parameters.servers_primary
        if situation.restored == 1 + secondary:
            return ""
    name = DATACENTERS[situation.restored - 1]
    return f"The DAG was restored in the {name} datacenter; only its servers fail and return."


def apply_event(parameters: Parameters, situation: Situation, event: Event) -> Situation:
    """Return the situation after an event."""
    return _APPLY[event.kind](parameters, situation, event.target)


def _start(parameters: Parameters, situation: Situation, target: object) -> Situation:
    return initial_situation(parameters)


def _server(parameters: Parameters, situation: Situation, target: object) -> Situation:
    numbers = range(1, parameters.servers_total + 1)
    up = tuple(not was if number == target else was for number, was in zip(numbers, situation.up, strict=True))
    pairs = zip(numbers, up, situation.failed, strict=True)
    return replace(situation, up=up, failed=tuple(not now if number == target else was for number, now, was in pairs))


def _wan(parameters: Parameters, situation: Situation, target: object) -> Situation:
    """Let a link fail or return: a part without a majority stops, a part with one starts all its servers.

    Oddity: servers that an event of their own made fail start too, and in the secondary only as many
    as the primary has.
    """
    first, second = (works != (side == target) for side, works in enumerate(situation.wan, 1))
    situation = replace(situation, wan=(first, second))
    primary, secondary, third = _count_votes(parameters, situation.witness, np.array([situation.up]))
    views = (
        int(primary[0]) + third * first + int(secondary[0]) * (first and second),
        int(secondary[0]) + third * second + int(primary[0]) * (first and second),
    )
    enough = [view >= count_votes_needed(parameters) for view in views]
    if parameters.datacenters == 1:
        return situation if enough[0] else _all_of(parameters, situation, 1, False)
    for datacenter, starts in enumerate(enough, 1):
        situation = (
            _recovered(parameters, situation, datacenter)
            if starts
            else _all_of(parameters, situation, datacenter, False)
        )
    return situation


def _all_of(parameters: Parameters, situation: Situation, datacenter: int, state: bool) -> Situation:
    places = parameters.places(datacenter)
    return replace(situation, up=tuple(state if n in places else up for n, up in enumerate(situation.up)))


def _recovered(parameters: Parameters, situation: Situation, datacenter: int) -> Situation:
    places = parameters.places(datacenter)
    if parameters.corrected:
        back = [n for n in places if not situation.failed[n]]
    else:
        back = list(places[: parameters.servers_primary])
    return replace(situation, up=tuple(up or n in back for n, up in enumerate(situation.up)))


def _datacenter(parameters: Parameters, situation: Situation, target: object) -> Situation:
    """Let a datacenter fail and restore the DAG in the other.

    Oddity: its link is toggled, so a link that was down works again.  Oddity: a single datacenter is
    restored into an empty second one.  Oddity: activation across datacenters stays as it was, so with
    active/passive models no database activates.
    """
    lost = 1 if target == 1 else 2
    situation = _all_of(parameters, situation, lost, False)
    if not parameters.corrected or situation.wan[lost - 1]:
        situation = _wan(parameters, situation, lost)
    if parameters.corrected and parameters.datacenters == 1:
        return situation
    return _restored(parameters, situation, 3 - lost)


def _restored(parameters: Parameters, situation: Situation, datacenter: int) -> Situation:
    other_datacenter = DATACENTERS[2 - datacenter]
    witness = situation.witness
    if witness_votes(parameters) and witness == other_datacenter:
        witness = DATACENTERS[datacenter - 1]
    situation = _all_of(parameters, situation, 3 - datacenter, False)
    situation = _all_of(parameters, situation, datacenter, True)
    if parameters.corrected:  # a server that failed before does not come back with the others
        up = tuple(runs and not failed for runs, failed in zip(situation.up, situation.failed, strict=True))
        situation = replace(situation, up=up)
    cross_site = situation.cross_site or parameters.corrected
    return replace(situation, witness=witness, restored=datacenter, cross_site=cross_site)


def _witness(parameters: Parameters, situation: Situation, target: object) -> Situation:
    return replace(situation, witness=str(target))


def _cross_site(parameters: Parameters, situation: Situation, target: object) -> Situation:
    return replace(situation, cross_site=bool(target))


_APPLY: dict[str, Callable[[Parameters, Situation, object], Situation]] = {
    "start": _start,
    "server": _server,
    "wan": _wan,
    "datacenter": _datacenter,
    "witness": _witness,
    "cross_site": _cross_site,
}
