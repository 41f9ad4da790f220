"""Find what stays active in each combination of failed servers, and how many failures a layout survives.

All servers of a combination fail at once, in a DAG in which everything works.  Dynamic quorum, with
which Windows removes the votes of servers one by one, is not assumed.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from numbers import Integral
from typing import NamedTuple

import numpy as np

from calculator.inputs.schema import DATACENTERS
from calculator.issues import InputError, Issues, quoted
from calculator.layout import failures
from calculator.layout.dag import Layout, Name
from calculator.layout.failures import Situation
from calculator.layout.parameters import Parameters
from calculator.numerics.arrays import Bools, Floats, Ints

_CHUNK = 1_000_000
"""Number of databases times combinations per block, for which the arrays take a few MB."""
_NAMED = 4
"""Largest number of servers that a sentence names; further ones are counted."""


class Share(NamedTuple):
    """Share of the running servers that have a number of active databases."""

    active_databases: int
    share: float


@dataclass(frozen=True, eq=False)
class Combinations:
    """Outcomes of all combinations of a number of failed servers.

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
        """Running servers, shape ``(combinations, servers)``."""
        return _up(self.failed, self.layout.parameters.servers_total)

    @cached_property
    def lost_databases(self) -> Ints:
        """Number of inactive databases, shape ``(combinations,)``; all of them without quorum."""
        return self.layout.parameters.databases - self.active_databases.sum(axis=1)

    @property
    def share_lost(self) -> float:
        """Share of the combinations in which quorum holds and a database is inactive."""
        return float((self.quorum_ok & (self.lost_databases > 0)).mean())

    @property
    def share_without_quorum(self) -> float:
        """Share of the combinations in which quorum fails."""
        return float((~self.quorum_ok).mean())

    @cached_property
    def cpu_utilization(self) -> Floats:
        """CPU utilization, shape ``(combinations, servers)``.

        NaN without a rating, for failed servers, and without quorum.
        """
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
        """Largest number of active databases on a server."""
        return int(self.active_databases.max(initial=0))

    @property
    def mean(self) -> float:
        """Mean number of active databases on a running server while quorum holds, NaN if it never holds."""
        counts = self.active_databases[self._serving]
        return float(counts.mean()) if counts.size else math.nan

    @property
    def worst_cpu_utilization(self) -> float | None:
        """Highest CPU utilization of a server (1 is 100 %), None without a rating."""
        known = self.cpu_utilization[~np.isnan(self.cpu_utilization)]
        return float(known.max()) if known.size else None

    @property
    def mean_cpu_utilization(self) -> float | None:
        """Mean CPU utilization of a running server while quorum holds, None without a rating."""
        known = self.cpu_utilization[~np.isnan(self.cpu_utilization)]
        return float(known.mean()) if known.size else None

    @property
    def distribution(self) -> list[Share]:
        """Shares of the running servers by number of active databases, while quorum holds."""
        counts = np.bincount(self.active_databases[self._serving])
        total = counts.sum()
        return [Share(number, float(count / total)) for number, count in enumerate(counts) if count]

    @property
    def share_above_limit(self) -> float | None:
        """Share of the combinations in which a server exceeds its limit, None without a limit or a rating.

        Without a processor rating it is not known whether a server can carry the databases that its limit allows.
        """
        parameters = self.layout.parameters
        limits = np.repeat(parameters.load.active_limit, parameters.servers)
        if np.isnan(limits).all() or self.layout.parameters.unrated:
            return None
        return float((self.active_databases > limits).any(axis=1).mean())

    @property
    def most_lost(self) -> tuple[Name, ...]:
        """Servers that fail in the first combination with the most inactive databases; none if all stay active."""
        worst = int(np.argmax(self.lost_databases))
        return self.named(worst) if self.lost_databases[worst] else ()

    @property
    def most_loaded(self) -> Name | None:
        """Server with the highest load in any combination, by CPU if it is known; None if nothing is ever active."""
        place = self._find_most_loaded()
        return None if place is None else self.layout.server_names[place[1]]

    @property
    def most_loaded_failure(self) -> tuple[Name, ...]:
        """Servers that fail in the first combination in which `most_loaded` has its highest load."""
        place = self._find_most_loaded()
        return () if place is None else self.named(place[0])

    def _find_most_loaded(self) -> tuple[int, int] | None:
        """Return the combination and the server (from 0) with the highest load."""
        if not self.active_databases.any():
            return None
        cpu = np.nan_to_num(self.cpu_utilization, nan=-1.0)
        load = self.active_databases if (cpu < 0).all() else cpu
        combination, server = np.unravel_index(int(np.argmax(load)), load.shape)
        return int(combination), int(server)

    def named(self, combination: int) -> tuple[Name, ...]:
        """Return the names of the servers that fail in a combination."""
        return tuple(self.layout.server_names[server - 1] for server in self.failed[combination])

    def summary(self) -> dict[str, int | float | str | None]:
        """Return the figures of all combinations by name; servers are joined by +, unknown figures are None."""
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
            "most_lost": "+".join(map(str, self.most_lost)) or None,
            "most_lost_databases": int(self.lost_databases.max()),
            "most_loaded": None if self.most_loaded is None else str(self.most_loaded),
            "most_loaded_failure": "+".join(map(str, self.most_loaded_failure)) or None,
        }

    def rows(self) -> list[dict[str, Name | bool | float | None]]:
        """Return one row per combination.

        Returns
        -------
        list of dict
            ``failed_servers`` (joined by +), ``quorum_ok``, ``lost_databases``, ``most_active``
            (databases on a server) and ``highest_cpu_utilization`` (None without a rating).
        """
        cpu = np.nan_to_num(self.cpu_utilization, nan=-1.0).max(axis=1).tolist()
        most_active = self.active_databases.max(axis=1).tolist()
        columns = zip(self.quorum_ok.tolist(), self.lost_databases.tolist(), most_active, cpu, strict=True)
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
    """Compute the outcome of every combination of a number of failed servers.

    Parameters
    ----------
    layout
        The layout.
    any_n
        Number of servers that fail at once, from 0 to all.
    cross_site
        Whether databases may activate in the other datacenter; by default in one active/active DAG.

    Returns
    -------
    Combinations
        Worst, mean and distribution of active databases per server, and the shares of losses.

    Raises
    ------
    InputError
        If the DAG does not have that many servers.

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
        message = f"{quoted(any_n)} servers cannot fail, because the DAG has {servers}."
        issues.error("failures", "any", message, f"Give a whole number from 0 to {servers}.")
        raise InputError(issues)
    situation = failures.initial_situation(layout.parameters)
    if cross_site is not None:
        situation = replace(situation, cross_site=cross_site)
    return _compute(layout, situation, _choose(range(1, servers + 1), any_n))


def _choose(servers: Sequence[int], count: int) -> Ints:
    chosen = np.array(list(itertools.combinations(servers, count)), dtype=np.int64)
    return chosen.reshape(math.comb(len(servers), count), count)


def _up(failed: Ints, servers: int) -> Bools:
    up = np.ones((len(failed), servers), dtype=np.bool_)
    np.put_along_axis(up, failed - 1, False, axis=1)
    return up


def _compute(layout: Layout, situation: Situation, failed: Ints) -> Combinations:
    parameters = layout.parameters
    up = _up(failed, parameters.servers_total) & np.array(situation.up)
    quorum_ok = failures.has_quorum(parameters, situation, up)
    side = None if failures.crosses(parameters, situation) else failures.find_takeover_sides(parameters)
    active = np.zeros(up.shape, dtype=np.int64)
    step = max(1, _CHUNK // parameters.databases)
    for start in range(0, len(up), step):
        part = slice(start, start + step)
        best = failures.find_active_servers(layout.order, layout.homes, side, up[part])
        active[part] = failures.count_per_server(best, parameters.servers_total)
    active *= quorum_ok[:, None]
    return Combinations(layout, failed, quorum_ok, active)


# --- tolerance -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tolerance:
    """Failures that a layout survives with every database active.

    Attributes
    ----------
    servers
        Largest number of servers that may fail at once in any combination; -1 if a database is inactive without a
        failure.
    servers_cross_site
        The same if databases may activate in the other datacenter.
    servers_after_datacenter
        Servers that may fail in addition to the loss of the primary and of the secondary datacenter, when
        the DAG is restored and active in the other; None if the layout does not survive that loss.
    servers_before_restore
        The same as long as the DAG is not restored by hand; None if the loss needs the restore.
    limit
        What happens if one more server fails.
    servers_healthy
        The same as ``servers`` if lagged copies are not activated; None without lagged copies.
    servers_within_limit
        The same as ``servers`` if no server may have more active databases than its limit; None without a limit or a
        processor rating, without which the limit is not known to be one of the hardware.
    sentence
        All these figures as sentences.
    overload
        A sentence about the failures among these after which a server needs more than 100 % CPU; empty for none.
    """

    servers: int
    servers_cross_site: int
    servers_after_datacenter: tuple[int | None, int | None]
    servers_before_restore: tuple[int | None, int | None]
    limit: str
    servers_healthy: int | None = None
    servers_within_limit: int | None = None
    sentence: str = ""
    overload: str = ""

    @property
    def mounted(self) -> int:
        """The same as ``servers`` if databases beyond the limit of a server are not counted as active."""
        return self.servers if self.servers_within_limit is None else min(self.servers, self.servers_within_limit)

    @property
    def automatic(self) -> tuple[bool, bool]:
        """Whether the layout survives the loss of each datacenter without a switchover."""
        return self.servers_before_restore[0] is not None, self.servers_before_restore[1] is not None


def tolerance(layout: Layout) -> Tolerance:
    """Find how many failures a layout survives with every database active.

    After the loss of a datacenter, an administrator is assumed to let the databases activate in the
    other, even where the failure model of Microsoft's workbook leaves that switched off.

    Examples
    --------
    >>> from calculator.layout import layout, tolerance
    >>> tolerance(layout({"databases": 12, "servers_primary": 4, "copies_primary": 3})).sentence
    'All databases stay active if any 2 servers fail.'
    """
    found = _measure(layout)
    sentences = [_write_sentence(found)]
    if layout.lagged.any():
        healthy = _measure(_without_lagged(layout))
        found = replace(found, servers_healthy=healthy.servers)
        sentences.append(_write_lagged(found, healthy))
    sentences.append(_write_limit(found, layout.parameters))
    return replace(found, sentence=" ".join(filter(None, sentences)), overload=_write_overload(found, layout))


def _measure(layout: Layout) -> Tolerance:
    """Return the failures that a layout survives, without a sentence."""
    parameters = layout.parameters
    situation = failures.initial_situation(parameters)
    every = range(1, parameters.servers_total + 1)
    servers, limit = _find_limit(layout, situation, every)
    within = _within_limit(layout, servers)
    if parameters.datacenters == 1:
        return Tolerance(servers, servers, (None, None), (None, None), limit, servers_within_limit=within)
    crossing, _ = _find_limit(layout, replace(situation, cross_site=True), every)
    before = _before_restore(layout, 1), _before_restore(layout, 2)
    after = (_after_restore(layout, 1), _after_restore(layout, 2)) if parameters.dac_mode else before
    return Tolerance(servers, crossing, after, before, limit, servers_within_limit=within)


def _within_limit(layout: Layout, servers: int) -> int | None:
    """Return how many of some servers may fail in any combination without a server above its limit; None if unknown."""
    if np.isnan(layout.parameters.load.active_limit).all() or layout.parameters.unrated:
        return None
    situation = failures.initial_situation(layout.parameters)
    every = range(1, layout.parameters.servers_total + 1)
    for count in range(1, servers + 1):
        if _compute(layout, situation, _choose(every, count)).share_above_limit:
            return count - 1
    return servers


def _without_lagged(layout: Layout) -> Layout:
    """Return a layout whose lagged copies are never activated: they have no server, and come last in the order."""
    server = np.where(layout.lagged, 0, layout.server)
    return replace(layout, server=server, preference=layout.preference + layout.preference.shape[1] * layout.lagged)


def _find_limit(layout: Layout, situation: Situation, servers: Sequence[int]) -> tuple[int, str]:
    """Return the largest number of servers that may fail in any combination, and what one more failure causes.

    The number is -1 if a database is inactive without a failure.
    """
    for count in range(len(servers) + 1):
        found = _compute(layout, situation, _choose(servers, count))
        bad = np.flatnonzero(found.lost_databases)
        if bad.size:
            return count - 1, _describe_loss(found, int(bad[0]))
    raise AssertionError("no database is active without servers")


def _describe_loss(found: Combinations, combination: int) -> str:
    lost = int(found.lost_databases[combination])
    effect = f"{lost} database{'s have' if lost > 1 else ' has'} no active copy."
    if not found.quorum_ok[combination]:
        effect = "the DAG has no quorum."
    names = _list_failed([str(name) for name in found.named(combination)])
    return f"If {names}, {effect}" if names else effect[0].upper() + effect[1:]


def _list_failed(names: list[str]) -> str:
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} others"]
    if len(names) < 2:
        return f"{names[0]} fails" if names else ""
    return f"{', '.join(names[:-1])} and {names[-1]} fail"


def _after_restore(layout: Layout, lost: int) -> int | None:
    """Return the servers that may fail after the loss of a datacenter and the restore in the other."""
    return _survives(layout, failures.switch_over(layout.parameters, lost), lost)


def _before_restore(layout: Layout, lost: int) -> int | None:
    """Return the servers that may fail after the loss of a datacenter as long as the DAG is not restored."""
    return _survives(layout, failures.lose_datacenter(layout.parameters, lost), lost)


def _survives(layout: Layout, situation: Situation, lost: int) -> int | None:
    surviving = [place + 1 for place in layout.parameters.places(3 - lost)]
    servers, _ = _find_limit(layout, situation, surviving)
    return servers if servers >= 0 else None


def _any_servers(servers: int, more: str = "") -> str:
    return f"any {servers}{more} server{'s' if servers > 1 else ''}"


def _fail(servers: int) -> str:
    """Return a clause that says how many servers fail, in any combination."""
    return f"{_any_servers(servers)} fail{'' if servers > 1 else 's'}"


def _write_sentence(found: Tolerance) -> str:
    """Return sentences about the failures after which every database is active."""
    servers, crossing = found.mounted, found.servers_cross_site
    after, before = found.servers_after_datacenter, found.servers_before_restore
    if crossing < 0:
        return "Not every database is active even without a failure."
    elsewhere = "databases may activate in the other datacenter"
    if servers > 0:
        first = f"All databases stay active if {_fail(servers)}"
        first += f", or if {_fail(crossing)} where {elsewhere}" if crossing > found.servers else ""
    else:
        first = "If a single server fails, some databases can be left without an active copy"
        first += f"; where {elsewhere}, all stay active if {_fail(crossing)}" if crossing > 0 else ""
    names = [f"the {name} datacenter" for name in DATACENTERS]
    pairs = list(zip(names, after, before, strict=True))
    if after[0] == after[1] and before[0] == before[1]:
        pairs = [("either datacenter", after[0], before[0])]
    active = "They also stay active" if servers > 0 else "All databases stay active"
    losses = [_write_loss(name, more, alone, active) for name, more, alone in pairs if more is not None]
    return " ".join([f"{first}.", *losses])


def _write_lagged(found: Tolerance, healthy: Tolerance) -> str:
    """Return sentences that say how many of the failures depend on lagged copies; empty if no failure is survived."""
    if found.mounted < 1:
        return ""
    pairs = zip(DATACENTERS, found.servers_after_datacenter, healthy.servers_after_datacenter, strict=True)
    lost = [name for name, counted, alone in pairs if counted is not None and alone is None]
    count = healthy.mounted
    number = "no server" if count < 1 else f"at most {count} server{'' if count == 1 else 's'}"
    parts = [f"{number} may fail"] if count < found.mounted else []
    parts += [f"the {' and the '.join(lost)} datacenter may not be lost"] if lost else []
    if not parts:
        return "No lagged copy is needed for that."
    return f"This counts lagged copies, which are activated last. Without them, {' and '.join(parts)}."


def _write_limit(found: Tolerance, parameters: Parameters) -> str:
    """Return a sentence about the failures for which only the limits of active databases are too low; else empty."""
    if found.mounted == found.servers:
        return ""
    limits = {limit for limit in parameters.load.active_limit if not math.isnan(limit)}
    limit = f"its limit of {limits.pop():.0f} active databases" if len(limits) == 1 else "its limit of active databases"
    return (
        f"If {_fail(found.mounted + 1)}, every database still has a copy to activate, but a server can exceed {limit}; "
        "the databases beyond it do not mount until the limit is raised."
    )


def _write_overload(found: Tolerance, layout: Layout) -> str:
    """Return a sentence about the survived failures after which a server needs more than 100 % CPU; else empty.

    It gives the CPU for the fewest failed servers that overload one, and for all that may fail; then for the loss of a
    datacenter or, if that overloads none, with all servers that may fail after it.
    """
    parameters, parts = layout.parameters, list[str]()
    situation, every = failures.initial_situation(parameters), range(1, parameters.servers_total + 1)
    survived = max(found.mounted, 0)
    for count in range(survived + 1):
        if _highest_cpu(layout, situation, _choose(every, count)) > 1:
            for failed in dict.fromkeys((count, survived)):
                share = f"{100 * _highest_cpu(layout, situation, _choose(every, failed)):,.0f} %"
                share += "" if parts else " CPU"
                parts.append(f"{share} if {_fail_in_words(failed)}" if failed else f"{share} while all run")
            break
    lost, further = 0.0, (0.0, 0)
    for place, (after, before) in enumerate(
        zip(found.servers_after_datacenter, found.servers_before_restore, strict=True), 1
    ):
        if after is not None:
            lose = failures.switch_over if before is None else failures.lose_datacenter
            lost = max(lost, _highest_cpu(layout, lose(parameters, place), _choose((), 0)))
            restored = failures.switch_over(parameters, place)
            further = max(further, (_highest_cpu(layout, restored, _choose(every, after)), after))
    if max(lost, further[0]) > 1:
        highest, more = (lost, "") if lost > 1 else (further[0], f" and after that {_fail_in_words(further[1])}")
        parts.append(f"{100 * highest:,.0f} % {'' if parts else 'CPU '}if a datacenter is lost{more}")
    listed = " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
    return f"But the servers are overloaded: up to {listed}." if parts else ""


def _highest_cpu(layout: Layout, situation: Situation, chosen: Ints) -> float:
    return _compute(layout, situation, chosen).worst_cpu_utilization or 0.0


def _fail_in_words(servers: int) -> str:
    return "a server fails" if servers == 1 else f"{servers} servers fail"


def _write_loss(name: str, after: int, before: int | None, active: str) -> str:
    """Return a sentence about the loss of a datacenter, with the servers that may fail before and after the restore.

    It begins with the words ``active`` if the databases stay active without the restore.
    """
    if before is None:
        then = f", and {_any_servers(after, ' more')} may fail after that" if after else ""
        return f"If {name} is lost, a datacenter switchover makes all databases active again{then}."
    more = f" and {_any_servers(before, ' more')} fail{'' if before > 1 else 's'}" if before else ""
    first = f"{active} if {name} is lost{more}, without a switchover."
    if after <= before:
        return first
    none = "" if before else "; before the switchover no further server may fail, because the DAG would lose quorum"
    return f"{first} After a switchover, {_any_servers(after, ' more')} may fail{none}."
