"""All combinations of failed servers: what they leave active, and what a design bears.

All servers of a combination fail at once, from a DAG in which everything works; votes that Windows
takes from servers one by one (dynamic quorum) are not counted on.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from functools import cached_property
from numbers import Integral
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from calculator.issues import InputError, Issues, quoted
from calculator.layout import failures
from calculator.layout.copies import Bools, Ints
from calculator.layout.failures import Situation
from calculator.layout.parameters import DATACENTERS
from calculator.layout.plan import Layout, Name

Floats = npt.NDArray[np.float64]

_CHUNK = 1_000_000
"""Databases times combinations at a time: their arrays stay in some MB."""
_NAMED = 4
"""Servers named in a sentence before the rest is counted."""


class Share(NamedTuple):
    """How often a server has a number of active databases."""

    active_databases: int
    share: float


@dataclass(frozen=True, eq=False)
class Combinations:
    """What every combination of so many failed servers leaves.

    Attributes
    ----------
    layout
        The layout.
    failed
        Servers that fail, from 1, shape ``(combinations, any_n)``.
    quorum_ok
        Whether the DAG keeps quorum, shape ``(combinations,)``.
    active_databases
        Active databases, shape ``(combinations, servers)``; 0 everywhere without quorum.
    """

    layout: Layout
    failed: Ints
    quorum_ok: Bools
    active_databases: Ints

    def __len__(self) -> int:
        return len(self.failed)

    @cached_property
    def up(self) -> Bools:
        """Servers that run, shape ``(combinations, servers)``."""
        return _up(self.failed, self.layout.parameters.servers_total)

    @cached_property
    def lost_databases(self) -> Ints:
        """Databases active nowhere, shape ``(combinations,)``: all of them without quorum."""
        return self.layout.parameters.databases - self.active_databases.sum(axis=1)

    @property
    def share_lost(self) -> float:
        """Share of the combinations in which quorum holds and a database is active nowhere."""
        return float((self.quorum_ok & (self.lost_databases > 0)).mean())

    @property
    def share_without_quorum(self) -> float:
        """Share of the combinations in which quorum fails."""
        return float((~self.quorum_ok).mean())

    @cached_property
    def cpu_utilization(self) -> Floats:
        """CPU utilization, shape ``(combinations, servers)``: NaN without a rating, for failed servers and quorum."""
        parameters, load = self.layout.parameters, self.layout.parameters.load
        side = (np.arange(parameters.servers_total) >= parameters.servers_primary).astype(np.int64)
        active, passive = np.array(load.cpu_active)[side], np.array(load.cpu_passive)[side]
        used = self.active_databases * active + (self.layout.assigned_copies - self.active_databases) * passive
        return np.where(self._serving, used, np.nan)

    @property
    def _serving(self) -> Bools:
        return self.up & self.quorum_ok[:, None]

    @property
    def worst(self) -> int:
        """Most active databases on a server."""
        return int(self.active_databases.max(initial=0))

    @property
    def mean(self) -> float:
        """Mean of the active databases on a running server where quorum holds, NaN where it never does."""
        counts = self.active_databases[self._serving]
        return float(counts.mean()) if counts.size else math.nan

    @property
    def worst_cpu_utilization(self) -> float | None:
        """Highest CPU utilization of a server (1 is all), None without a rating."""
        known = self.cpu_utilization[~np.isnan(self.cpu_utilization)]
        return float(known.max()) if known.size else None

    @property
    def mean_cpu_utilization(self) -> float | None:
        """Mean CPU utilization of a running server where quorum holds, None without a rating."""
        known = self.cpu_utilization[~np.isnan(self.cpu_utilization)]
        return float(known.mean()) if known.size else None

    @property
    def distribution(self) -> list[Share]:
        """Numbers of active databases on a running server where quorum holds, with their shares."""
        counts = np.bincount(self.active_databases[self._serving])
        total = counts.sum()
        return [Share(number, float(count / total)) for number, count in enumerate(counts) if count]

    @property
    def share_above_limit(self) -> float | None:
        """Share of the combinations in which a server passes its limit, None where there is none."""
        parameters = self.layout.parameters
        limits = np.repeat(parameters.load.active_limit, parameters.servers)
        if np.isnan(limits).all():
            return None
        return float((self.active_databases > limits).any(axis=1).mean())

    @property
    def most_lost(self) -> tuple[Name, ...]:
        """Servers whose failure leaves most databases inactive: the first such combination."""
        return self.named(int(np.argmax(self.lost_databases)))

    @property
    def most_loaded(self) -> tuple[Name, ...]:
        """Servers whose failure loads another most, by CPU where known: the first such combination."""
        cpu = np.nan_to_num(self.cpu_utilization, nan=-1.0).max(axis=1)
        loaded = self.active_databases.max(axis=1) if (cpu < 0).all() else cpu
        return self.named(int(np.argmax(loaded)))

    def named(self, combination: int) -> tuple[Name, ...]:
        """Names of the servers that fail in a combination."""
        return tuple(self.layout.server_names[server - 1] for server in self.failed[combination])

    def summary(self) -> dict[str, int | float | str | None]:
        """The figures of all combinations by name; servers joined by +, None where a figure is not known."""
        return {
            "failed_servers": self.failed.shape[1],
            "combinations": len(self),
            "share_without_quorum": self.share_without_quorum,
            "share_lost": self.share_lost,
            "share_above_limit": self.share_above_limit,
            "worst_active_databases": self.worst,
            "mean_active_databases": None if math.isnan(self.mean) else self.mean,
            "worst_cpu_utilization": self.worst_cpu_utilization,
            "mean_cpu_utilization": self.mean_cpu_utilization,
            "most_lost": "+".join(map(str, self.most_lost)),
            "most_lost_databases": int(self.lost_databases.max()),
            "most_loaded": "+".join(map(str, self.most_loaded)),
        }

    def rows(self) -> list[dict[str, Name | bool | float | None]]:
        """One row a combination.

        Returns
        -------
        list of dict
            ``failed_servers`` (joined by +), ``quorum_ok``, ``lost_databases``, ``most_active``
            (databases on a server) and ``highest_cpu_utilization`` (None without a rating).
        """
        cpu = np.nan_to_num(self.cpu_utilization, nan=-1.0).max(axis=1).tolist()
        most = self.active_databases.max(axis=1).tolist()
        columns = zip(self.quorum_ok.tolist(), self.lost_databases.tolist(), most, cpu, strict=True)
        return [
            {
                "failed_servers": "+".join(map(str, self.named(place))),
                "quorum_ok": quorum_ok,
                "lost_databases": lost,
                "most_active": active,
                "highest_cpu_utilization": None if used < 0 else used,
            }
            for place, (quorum_ok, lost, active, used) in enumerate(columns)
        ]


def combinations(layout: Layout, any_n: int, *, cross_site: bool | None = None) -> Combinations:
    """Every combination of so many failed servers.

    Parameters
    ----------
    layout
        The layout.
    any_n
        Servers that fail at once, 0 to all.
    cross_site
        Whether databases may activate in the other datacenter; by default in one active/active DAG.

    Returns
    -------
    Combinations
        Worst, mean and distribution of active databases a server, and what is lost how often.

    Raises
    ------
    InputError
        If there are not so many servers.

    Examples
    --------
    >>> from calculator.layout import combinations, layout
    >>> dag = layout({"databases": 12, "servers_primary": 4, "copies_primary": 3})
    >>> pairs = combinations(dag, 2)
    >>> len(pairs), pairs.worst, pairs.share_lost
    (6, 7, 0.0)
    """
    servers = layout.parameters.servers_total
    if not isinstance(any_n, Integral) or not 0 <= any_n <= servers:
        issues = Issues()
        message = f"{quoted(any_n)} servers cannot fail, the DAG has {servers}."
        issues.error("failures", "any", message, f"Give a whole number from 0 to {servers}.")
        raise InputError(issues)
    situation = failures.fresh(layout.parameters)
    if cross_site is not None:
        situation = replace(situation, cross_site=cross_site)
    return _outcomes(layout, situation, _choices(range(1, servers + 1), any_n))


def _choices(servers: range, count: int) -> Ints:
    chosen = np.array(list(itertools.combinations(servers, count)), dtype=np.int64)
    return chosen.reshape(math.comb(len(servers), count), count)


def _up(failed: Ints, servers: int) -> Bools:
    up = np.ones((len(failed), servers), dtype=np.bool_)
    np.put_along_axis(up, failed - 1, False, axis=1)
    return up


def _outcomes(layout: Layout, situation: Situation, failed: Ints) -> Combinations:
    parameters = layout.parameters
    up = _up(failed, parameters.servers_total) & np.array(situation.up)
    quorum_ok = failures.quorum(parameters, situation, up)
    side = None if situation.cross_site else failures.sides(parameters)
    active = np.zeros(up.shape, dtype=np.int64)
    step = max(1, _CHUNK // parameters.databases)
    for start in range(0, len(up), step):
        part = slice(start, start + step)
        best = failures.active_servers(layout.order, layout.homes, side, up[part])
        active[part] = failures.per_server(best, parameters.servers_total)
    active *= quorum_ok[:, None]
    return Combinations(layout, failed, quorum_ok, active)


# --- tolerance -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tolerance:
    """What a layout bears with every database active.

    Attributes
    ----------
    servers
        Servers of which any choice may fail at once; -1 where a database is inactive already without.
    servers_cross_site
        The same where databases may activate in the other datacenter.
    servers_after_datacenter
        Servers that may fail besides after loss of the primary and of the secondary datacenter, when
        the DAG is restored in the other and activates there; None where that loss is not borne.
    automatic
        Whether the loss of each datacenter is borne without a switchover.
    limit
        What one server more would do.
    sentence
        All of it in one sentence.
    """

    servers: int
    servers_cross_site: int
    servers_after_datacenter: tuple[int | None, int | None]
    automatic: tuple[bool, bool]
    limit: str
    sentence: str


def tolerance(layout: Layout) -> Tolerance:
    """What a layout bears with every database active.

    After the loss of a datacenter the databases are taken to activate in the other, as an administrator
    makes them, whatever the calculator's failure model leaves switched off.

    Examples
    --------
    >>> from calculator.layout import layout, tolerance
    >>> tolerance(layout({"databases": 12, "servers_primary": 4, "copies_primary": 3})).sentence
    'Survives any 2 servers.'
    """
    parameters = layout.parameters
    situation = failures.fresh(parameters)
    every = range(1, parameters.servers_total + 1)
    servers, limit = _most(layout, situation, every)
    if parameters.datacenters == 1:
        return _told(servers, servers, (None, None), (False, False), limit)
    crossing, _ = _most(layout, replace(situation, cross_site=True), every)
    after = _after_datacenter(layout, 1), _after_datacenter(layout, 2)
    automatic = _borne_automatically(layout, 1), _borne_automatically(layout, 2)
    return _told(servers, crossing, after, automatic, limit)


def _told(
    servers: int, crossing: int, after: tuple[int | None, int | None], automatic: tuple[bool, bool], limit: str
) -> Tolerance:
    return Tolerance(servers, crossing, after, automatic, limit, _sentence(servers, crossing, after, automatic))


def _most(layout: Layout, situation: Situation, servers: range) -> tuple[int, str]:
    """Most servers of which any choice may fail (-1 if none may), and what one more would do."""
    for count in range(len(servers) + 1):
        found = _outcomes(layout, situation, _choices(servers, count))
        bad = np.flatnonzero(found.lost_databases)
        if bad.size:
            return count - 1, _reason(found, int(bad[0]))
    raise AssertionError("without servers nothing is active")


def _reason(found: Combinations, combination: int) -> str:
    lost = int(found.lost_databases[combination])
    effect = f"{lost} database{'s are' if lost > 1 else ' is'} active nowhere."
    if not found.quorum_ok[combination]:
        effect = "the DAG has no quorum."
    names = _listed([str(name) for name in found.named(combination)])
    return f"If {names}, {effect}" if names else effect[0].upper() + effect[1:]


def _listed(names: list[str]) -> str:
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} others"]
    if len(names) < 2:
        return f"{names[0]} fails" if names else ""
    return f"{', '.join(names[:-1])} and {names[-1]} fail"


def _members(layout: Layout, datacenter: int) -> range:
    first, total = layout.parameters.servers_primary, layout.parameters.servers_total
    return range(1, first + 1) if datacenter == 1 else range(first + 1, total + 1)


def _without(layout: Layout, lost: int) -> Situation:
    situation = failures.fresh(layout.parameters)
    members = _members(layout, lost)
    up = tuple(number not in members for number in range(1, layout.parameters.servers_total + 1))
    return replace(situation, up=up, wan=(lost != 1, lost != 2))


def switched_over(layout: Layout, lost: int) -> Situation:
    """A datacenter (1 or 2) is lost, the DAG restored in the other and every database allowed there."""
    return replace(_without(layout, lost), cross_site=True, restored=3 - lost)


def _after_datacenter(layout: Layout, lost: int) -> int | None:
    most, _ = _most(layout, switched_over(layout, lost), _members(layout, 3 - lost))
    return most if most >= 0 else None


def _borne_automatically(layout: Layout, lost: int) -> bool:
    if lost == 1 and layout.parameters.block_secondary_activation:
        return False
    found = _outcomes(layout, _without(layout, lost), _choices(range(0), 0))
    return bool(found.lost_databases[0] == 0)


def _counted(servers: int) -> str:
    return f"any {servers} server{'s' if servers > 1 else ''}"


def _sentence(servers: int, crossing: int, after: tuple[int | None, int | None], automatic: tuple[bool, bool]) -> str:
    if crossing < 0:
        return "Not every database is active even without a failure."
    parts = [_counted(servers) if servers > 0 else "no failure of a server"]
    if crossing > max(servers, 0):
        parts[0] += f" ({_counted(crossing)} where databases may activate in the other datacenter)"
    losses = [f"the {DATACENTERS[lost]} datacenter{_more(more)}" for lost, more in enumerate(after) if more is not None]
    if len(losses) > 1 and after[0] == after[1]:
        losses = [f"one datacenter{_more(after[0] or 0)}"]
    if losses:
        parts.append(", or ".join(losses) + _switchover(after, automatic))
    return f"Survives {(', or ' if servers > 0 else ', but ').join(parts)}."


def _more(servers: int) -> str:
    return f" and {_counted(servers)} more" if servers else ""


def _switchover(after: tuple[int | None, int | None], automatic: tuple[bool, bool]) -> str:
    borne = [lost for lost, more in enumerate(after) if more is not None]
    manual = [lost for lost in borne if not automatic[lost]]
    if not manual:
        return ""
    where = "" if manual == borne else f" where the {DATACENTERS[manual[0]]} is lost"
    return f", after a datacenter switchover{where}"
