"""Find the quorum of a DAG: the votes left in each part of it, and whether databases may mount there.

Source: datacenter-switchover: Quorum, DAC mode; calculator-7.6: Distribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from calculator.inputs.schema import DATACENTERS, PRIMARY, SECONDARY
from calculator.layout.parameters import NO_WITNESS, THIRD_SITE, Parameters
from calculator.numerics.arrays import Bools, Ints

_PAIR = 2
"""Number of members of a DAG that needs its witness for DAC mode."""


@dataclass(frozen=True)
class Situation:
    """Which parts of a DAG work, and its settings.

    Attributes
    ----------
    up
        Whether each server runs and its cluster service serves it.
    failed
        Whether each server failed by an event of its own.
    wan
        Whether the link of each datacenter works.
    witness
        Location of the witness.
    cross_site
        Whether databases may activate in the other datacenter.
    restored
        Datacenter (1 or 2) in which the DAG was restored, 0 before a restore.
    lost
        Whether each datacenter is lost, together with its servers and a witness in it.
    witness_failed
        Whether the witness failed.
    connected
        Whether the link between the datacenters works.
    may_mount
        DAC mode bit of each server: whether it may mount databases. A server loses its bit when it fails.
    """

    up: tuple[bool, ...]
    failed: tuple[bool, ...]
    wan: tuple[bool, bool]
    witness: str
    cross_site: bool
    restored: int = 0
    lost: tuple[bool, bool] = (False, False)
    witness_failed: bool = False
    connected: bool = True
    may_mount: tuple[bool, ...] = ()

    @property
    def disturbed(self) -> bool:
        """Whether something other than single servers failed, or quorum no longer has its witness."""
        return any(self.lost) or not all(self.wan) or not self.connected or self.witness_failed or bool(self.restored)


class Votes(NamedTuple):
    """Votes of a DAG.

    Attributes
    ----------
    left
        Votes of the part of the DAG that has the most votes.
    needed, total
        Votes that keep the DAG running, and votes while everything works.
    witness
        Whether one of the votes left is that of the witness.
    """

    left: int
    needed: int
    total: int
    witness: bool


def initial_situation(parameters: Parameters) -> Situation:
    """Return the situation in which everything works.

    Databases of one active/active DAG may activate in either datacenter.  Those of the other models may do so unless
    activation in the secondary is blocked; in Microsoft's workbook they may not.
    """
    servers = parameters.servers_total
    open_secondary = not (parameters.workbook_failures or parameters.block_secondary_activation)
    crosses = parameters.two_way or (open_secondary and parameters.datacenters > 1)
    every = (True,) * servers
    return Situation(every, (False,) * servers, (True, True), parameters.witness, crosses, may_mount=every)


def witness_votes(parameters: Parameters) -> bool:
    """Return whether a witness votes, as it does with an even number of servers."""
    return parameters.servers_total % 2 == 0


def count_votes_needed(parameters: Parameters) -> int:
    """Return the votes that keep the DAG running: more than half of the servers and the witness."""
    return (parameters.servers_total + witness_votes(parameters)) // 2 + 1


def find_witness(parameters: Parameters, situation: Situation, exact: bool = True) -> str:
    """Return the place of a witness that works and votes, an empty text if there is none.

    Oddity: a witness in a third site votes even if an odd number of servers needs none (unless ``exact``).
    """
    place = situation.witness
    if situation.witness_failed or place == NO_WITNESS:
        return ""
    if place in DATACENTERS and situation.lost[DATACENTERS.index(place)]:
        return ""
    votes = witness_votes(parameters) or (place == THIRD_SITE and not exact)
    return place if votes else ""


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
        left, needed, _ = _count_after_restore(parameters, situation, up)
    else:
        left, needed = _count_best_part(parameters, situation, up), count_votes_needed(parameters)
    enough: Bools = left >= needed
    return enough


def count_votes(parameters: Parameters, situation: Situation) -> Votes:
    """Return the votes of the part of the DAG that has the most votes."""
    up = np.array([situation.up])
    if situation.restored:
        left, needed, witness = _count_after_restore(parameters, situation, up)
        servers = parameters.servers[situation.restored - 1]
        return Votes(int(left[0]), needed, servers + (servers % 2 == 0), witness)
    without = replace(situation, witness_failed=True)
    running = ~(np.array(situation.failed) | np.repeat(situation.lost, parameters.servers))[None]
    votes = [int(_count_best_part(parameters, one, running)[0]) for one in (situation, without)]
    total = parameters.servers_total + witness_votes(parameters)
    return Votes(votes[0], count_votes_needed(parameters), total, votes[0] > votes[1])


def _count_per_site(parameters: Parameters, witness: str, up: Bools) -> tuple[Ints, Ints, int]:
    """Count the votes in each datacenter, shape ``(n,)``, and in the third site."""
    first = parameters.servers_primary
    return (
        up[:, :first].sum(axis=1) + (witness == PRIMARY),
        up[:, first:].sum(axis=1) + (witness == SECONDARY),
        int(witness == THIRD_SITE),
    )


def _count_best_part(parameters: Parameters, situation: Situation, up: Bools) -> Ints:
    """Count the votes of the part with the most votes, before a restore."""
    witness = find_witness(parameters, situation, not parameters.follows_quirks)
    primary, secondary, third = _count_per_site(parameters, witness, up)
    first, second = situation.wan
    if situation.connected:
        parts = [primary, secondary, third + primary * first + secondary * second]
    else:
        parts = [primary + third * first, secondary + third * second]
    best: Ints = np.maximum.reduce(parts)
    return best


def find_majorities(parameters: Parameters, situation: Situation, up: Sequence[bool]) -> tuple[bool, bool]:
    """Return whether the servers of each datacenter belong to a part with a majority.

    Where only the link between the datacenters failed, a witness in a third site is taken to stay with the primary if
    that gives it the majority.
    """
    exact = find_witness(parameters, situation)
    primary, secondary, third = _count_per_site(parameters, exact, np.array([up]))
    needed, (first, second) = count_votes_needed(parameters), situation.wan
    together = first and second and situation.connected
    one = int(primary[0]) + third * first + int(secondary[0]) * together
    free = third * second * (situation.connected or one < needed)
    two = int(secondary[0]) + free + int(primary[0]) * together
    return one >= needed, two >= needed


def _count_after_restore(parameters: Parameters, situation: Situation, up: Bools) -> tuple[Ints, int, bool]:
    """Return the votes left, the votes needed, and whether one of the votes left is that of the witness."""
    first, datacenter = parameters.servers_primary, situation.restored
    servers = parameters.servers[datacenter - 1]
    there = up[:, :first] if datacenter == 1 else up[:, first:]
    counted = parameters.servers_total if parameters.follows_quirks and datacenter == 1 else servers
    member = counted % 2 == 0
    works = member and not situation.witness_failed
    return there.sum(axis=1) + works, (servers + member) // 2 + 1, works


# --- what follows from an event ------------------------------------------------------------------


def settle(parameters: Parameters, situation: Situation) -> Situation:
    """Return the situation with updated running servers and DAC mode bits.

    A server does not run if it failed, if its datacenter is lost, or if the DAG was restored in the other.  The cluster
    service stops on the servers of a part that links cut off from the majority.
    """
    running = [
        not failed and not situation.lost[side] and situation.restored in (0, 1 + side)
        for failed, side in zip(situation.failed, _sides(parameters), strict=True)
    ]
    if not situation.restored and not (all(situation.wan) and situation.connected):
        majority = find_majorities(parameters, situation, running)
        up = tuple(runs and majority[side] for runs, side in zip(running, _sides(parameters), strict=True))
    else:
        up = tuple(running)
    bits = tuple(bit and runs for bit, runs in zip(situation.may_mount, running, strict=True))
    situation = replace(situation, up=up, may_mount=bits)
    if not mounts_allowed(parameters, situation):
        return situation
    quorum = bool(has_quorum(parameters, situation, np.array([up]))[0])
    return replace(situation, may_mount=tuple(bit or (quorum and now) for bit, now in zip(bits, up, strict=True)))


def _sides(parameters: Parameters) -> list[int]:
    return [int(place >= parameters.servers_primary) for place in range(parameters.servers_total)]


def mounts_allowed(parameters: Parameters, situation: Situation) -> bool:
    """Return whether DAC mode lets the running servers mount databases.

    A server may mount if its bit or that of a server it reaches is set, or if it reaches all Started members.  With two
    members a working witness replaces the other member.  Microsoft's workbook does not model DAC mode.
    """
    if parameters.workbook_failures or not parameters.dac_mode:
        return True
    if any(bit and up for bit, up in zip(situation.may_mount, situation.up, strict=True)):
        return True
    started = [situation.restored in (0, 1 + side) for side in _sides(parameters)]
    if sum(started) == _PAIR and not situation.witness_failed and any(situation.up):
        return bool(situation.restored or find_witness(parameters, situation))
    return all(up for up, member in zip(situation.up, started, strict=True) if member)
