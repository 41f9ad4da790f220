"""Represent the layout of a DAG: the server of each copy, and the active copies after failures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from calculator.engine.findings import ODDITY_FIELD
from calculator.inputs.layout_names import database_names, server_name
from calculator.inputs.schema import CORRECTED, DATACENTERS
from calculator.issues import NOTICE, WARNING, InputError, Issues
from calculator.layout import copies, failures
from calculator.layout.failures import Event, Servers, Situation
from calculator.layout.parameters import Parameters
from calculator.layout.quorum import Votes
from calculator.numerics.arrays import Bools, Ints
from calculator.rules.registry import CHECKS

Name = str | int
_ODDITY_HINT = 'Set guidance.oddities to "corrected" to use the corrected layout.'


@dataclass(frozen=True, eq=False)
class Layout:
    """Database copies on the servers of a DAG; all DAGs of a design have the same layout.

    Source: calculator-7.6, Distribution.

    Attributes
    ----------
    parameters
        Inputs of the layout.
    server, preference, lagged
        Server (from 1, through both datacenters), activation preference (1 is best) and lagged mark of each copy, shape
        ``(databases, copies)``, with the copies of the primary datacenter first.
    issues
        Warnings and notices.
    """

    parameters: Parameters
    server: Ints
    preference: Ints
    lagged: Bools
    issues: Issues

    @cached_property
    def server_names(self) -> tuple[Name, ...]:
        """Names of the servers, or their numbers if the parameters have no names."""
        total = self.parameters.servers_total
        given = self.parameters.server_names[:total]
        if not given:
            return tuple(range(1, total + 1))
        return tuple(server_name(name, number) for number, name in enumerate(given, 1))

    @cached_property
    def database_names(self) -> tuple[Name, ...]:
        """Names of the databases, or their numbers if the parameters have no base name."""
        base, databases = self.parameters.database_base, self.parameters.databases
        return database_names(base, databases, self.parameters.corrected) if base else tuple(range(1, databases + 1))

    @cached_property
    def assigned_copies(self) -> Ints:
        """Number of database copies on each server, shape ``(servers,)``."""
        return np.bincount(self.server.ravel(), minlength=self.parameters.servers_total + 1)[1:]

    @cached_property
    def volume(self) -> Ints:
        """Number of the volume of each copy on its server, from 1, shape ``(databases, copies)``."""
        return copies.number_volumes(self.server, self.parameters.servers_total, self.parameters.databases_per_volume)

    @cached_property
    def order(self) -> Servers:
        """Servers of the copies of each database, in the order of activation."""
        return failures.order_by_preference(self.server, self.preference)

    @cached_property
    def homes(self) -> Servers:
        """Server of the copy with activation preference 1 of each database, 0 if there is none."""
        return failures.find_homes(self.server, self.preference)

    def rows(self) -> list[dict[str, Name | bool]]:
        """Return one row per copy, by database and activation preference.

        Returns
        -------
        list of dict
            ``database``, ``server``, ``activation_preference``, ``lagged``.  Databases and servers have
            their names, or numbers if the parameters have no names.
        """
        place = np.argsort(self.preference, axis=1, kind="stable")
        columns = [np.take_along_axis(a, place, axis=1).tolist() for a in (self.server, self.preference, self.lagged)]
        return [
            {
                "database": name,
                "server": self.server_names[server - 1],
                "activation_preference": preference,
                "lagged": lagged,
            }
            for name, *of_database in zip(self.database_names, *columns, strict=True)
            for server, preference, lagged in zip(*of_database, strict=True)
        ]

    def grid(self) -> list[dict[str, Name]]:
        """Return one row per database: ``database``, and under the name of each server the preference of its copy.

        A ``*`` follows the preference of a lagged copy; a server without a copy has an empty text.
        """
        names = [str(name) for name in self.server_names]
        rows: list[dict[str, Name]] = [{"database": name, **dict.fromkeys(names, "")} for name in self.database_names]
        columns = zip(rows, self.server.tolist(), self.preference.tolist(), self.lagged.tolist(), strict=True)
        for row, *of_database in columns:
            for server, preference, lagged in zip(*of_database, strict=True):
                row[names[server - 1]] = f"{preference}{'*' if lagged else ''}"
        return rows

    def fail(self, *events: str | Iterable[str]) -> FailureState:
        """Return the state of the DAG after some events, starting from a DAG in which everything works.

        Parameters
        ----------
        events
            In order, as texts, as lists, or joined by commas.  ``server:EX01`` (by name or number),
            ``datacenter:primary`` (or ``1``), ``wan`` (the link between the datacenters), ``wan:primary`` (all links of
            a datacenter) and ``witness`` fail, or return if they had failed.  ``restore:secondary`` restores the DAG
            there by hand, with Restore-DatabaseAvailabilityGroup.  ``witness:primary|secondary|third`` and
            ``cross_site:on|off`` change settings; ``start`` discards all earlier events.

            In a layout of parameters ``datacenter:1`` is the event of Microsoft's workbook, which also restores the DAG
            in the other datacenter; see `Parameters.workbook_failures`.

        Raises
        ------
        InputError
            If events are unknown or cannot happen at their place in the order. It holds all of them.

        Examples
        --------
        >>> from calculator.layout import layout
        >>> dag = layout({"databases": 12, "servers_primary": 4, "copies_primary": 3})
        >>> state = dag.fail("server:1", "server:2")
        >>> state.quorum_ok, state.mounted, state.active_databases.tolist()
        (True, 12, [0, 0, 7, 5])
        """
        return FailureState(self, failures.initial_situation(self.parameters), ()).then(*events)

    def replay(self, events: Iterable[Event]) -> FailureState:
        """Return the state of the DAG after parsed events, starting from a DAG in which everything works."""
        situation, done = failures.initial_situation(self.parameters), tuple(events)
        for event in done:
            situation = failures.apply_event(self.parameters, situation, event)
        return FailureState(self, situation, done)

    def switch_over(self, lost: int) -> FailureState:
        """Return the state of the DAG after a datacenter (1 or 2) is lost and the DAG is restored in the other."""
        events = Event(failures.DATACENTER, lost), Event(failures.RESTORE, 3 - lost)
        return FailureState(self, failures.switch_over(self.parameters, lost), events)


@dataclass(frozen=True, eq=False)
class FailureState:
    """Which parts of a DAG work after failures, and which copy of each database is active.

    Attributes
    ----------
    layout
        The layout.
    situation
        Running servers, links, witness and settings.
    events
        The events so far, in order.
    """

    layout: Layout
    situation: Situation
    events: tuple[Event, ...]

    def then(self, *events: str | Iterable[str]) -> FailureState:
        """Return the state of the DAG after further events; see `Layout.fail`."""
        parameters, issues = self.layout.parameters, Issues()
        names = [str(name) for name in self.layout.server_names]
        read = failures.read_events(events, names, parameters, issues)
        situation = self.situation
        for event in read:
            obstacle = failures.find_obstacle(parameters, situation, event)
            if obstacle:
                issues.error(failures.FIELD, event.text, *obstacle)
            else:
                situation = failures.apply_event(parameters, situation, event)
        if issues:
            raise InputError(issues)
        return FailureState(self.layout, situation, (*self.events, *read))

    @cached_property
    def up(self) -> Bools:
        """Whether each server runs, shape ``(servers,)``."""
        return np.array(self.situation.up)

    @property
    def cut_off(self) -> Bools:
        """Whether each server works but does not serve the DAG, shape ``(servers,)``.

        A link cuts it off from the majority, or the DAG was restored without it.
        """
        lost = np.repeat(self.situation.lost, self.layout.parameters.servers)
        cut_off: Bools = ~(self.up | lost | np.array(self.situation.failed))
        return cut_off

    @cached_property
    def quorum_ok(self) -> bool:
        """Whether the DAG has quorum."""
        return bool(failures.has_quorum(self.layout.parameters, self.situation, self.up[None])[0])

    @cached_property
    def votes(self) -> Votes:
        """Votes that are left and votes that are needed; after a restore, the votes of the restored datacenter."""
        return failures.count_votes(self.layout.parameters, self.situation)

    @cached_property
    def mounts_allowed(self) -> bool:
        """Whether DAC mode lets databases mount."""
        return failures.mounts_allowed(self.layout.parameters, self.situation)

    @cached_property
    def active_server(self) -> Ints:
        """Server on which each database is active, from 1, or 0 if it is inactive, shape ``(databases,)``."""
        layout = self.layout
        crossing = failures.crosses(layout.parameters, self.situation)
        side = None if crossing else failures.find_takeover_sides(layout.parameters)
        active = failures.find_active_servers(layout.order, layout.homes, side, self.up[None])
        return active[0].astype(np.int64) * (self.quorum_ok and self.mounts_allowed)

    @cached_property
    def active_databases(self) -> Ints:
        """Number of active databases on each server, shape ``(servers,)``."""
        return np.bincount(self.active_server, minlength=len(self.up) + 1)[1:]

    @property
    def failed_databases(self) -> int:
        """Number of databases that are active on no server."""
        return self.layout.parameters.databases - int(self.active_databases.sum())

    @property
    def databases_above_limit(self) -> int:
        """Number of active databases beyond the limits of their servers, which would not mount; 0 without a limit."""
        return sum(active - limit for _, active, limit in self._above_limit())

    def _above_limit(self) -> Iterator[tuple[Name, int, int]]:
        """Yield the servers above their limit of active databases, with the active databases and the limit."""
        for row in self.servers():
            limit, active = row["active_databases_limit"], row["active_databases"]
            if isinstance(limit, float) and isinstance(active, int) and active > limit:
                yield str(row["server"]), active, int(limit)

    @property
    def mounted(self) -> int:
        """Number of databases that are active on a server."""
        return int(self.active_databases.sum())

    @cached_property
    def before_restore(self) -> FailureState | None:
        """State before the DAG was restored by hand; None if it was not restored."""
        kinds = [event.kind for event in self.events]
        if not self.situation.restored:
            return None
        place = max(n for n, kind in enumerate(kinds) if kind in (failures.RESTORE, failures.SWITCHOVER))
        earlier = list(self.events[:place])
        if kinds[place] == failures.SWITCHOVER:
            earlier.append(Event(failures.DATACENTER, self.events[place].target))
        return self.layout.replay(earlier)

    @cached_property
    def best_restore(self) -> FailureState | None:
        """State after the restore of the DAG by hand that mounts the most databases; None if no restore is possible.

        Of two that mount as many, it is the one in a datacenter whose link works.
        """
        parameters, found = self.layout.parameters, []
        for datacenter in range(1, parameters.datacenters + 1) if parameters.datacenters > 1 else ():
            event = Event(failures.RESTORE, datacenter)
            if failures.find_obstacle(parameters, self.situation, event) is None:
                situation = failures.apply_event(parameters, self.situation, event)
                found.append(FailureState(self.layout, situation, (*self.events, event)))
        return max(found, key=lambda state: (state.mounted, state.quorum_ok, state.linked), default=None)

    @property
    def linked(self) -> bool:
        """Whether the link of the datacenter in which the DAG was restored works; True before a restore."""
        return not self.situation.restored or self.situation.wan[self.situation.restored - 1]

    @property
    def activation_blocked(self) -> bool:
        """Whether databases are inactive because activation in the secondary is blocked."""
        return bool(self.failed_databases and self.allow_activation().mounted > self.mounted)

    def allow_activation(self) -> FailureState:
        """Return the state once an administrator lets databases activate in the other datacenter."""
        parameters = replace(self.layout.parameters, block_secondary_activation=False)
        situation = replace(self.situation, cross_site=True)
        return FailureState(replace(self.layout, parameters=parameters), situation, self.events)

    def rows(self) -> list[dict[str, Name | None]]:
        """Return one row per database: ``database`` and ``active_server``, None if it is active on no server."""
        names = (None, *self.layout.server_names)
        pairs = zip(self.layout.database_names, self.active_server.tolist(), strict=True)
        return [{"database": name, "active_server": names[server]} for name, server in pairs]

    def servers(self) -> list[dict[str, Name | bool | float | None]]:
        """Return one row per server.

        Returns
        -------
        list of dict
            ``server``, ``datacenter``, ``up``, ``assigned_copies``, ``active_databases``,
            ``active_databases_limit``, ``active_mailboxes``, ``cpu_utilization`` (1 is all) and
            ``cache_per_mailbox`` [MB]; None if the design does not give it or the server is down.  The CPU utilization
            is also None while no database is active on any server, because no logs are copied and replayed then.
        """
        parameters, load = self.layout.parameters, self.layout.parameters.load
        rows: list[dict[str, Name | bool | float | None]] = []
        for place, name in enumerate(self.layout.server_names):
            side = int(place >= parameters.servers_primary)
            active, held = int(self.active_databases[place]), int(self.layout.assigned_copies[place])
            up = bool(self.up[place])
            works = up and self.mounted > 0
            mailboxes = active * load.mailboxes
            cpu = active * load.cpu_active[side] + (held - active) * load.cpu_passive[side]
            rows.append(
                {
                    "server": name,
                    "datacenter": DATACENTERS[side],
                    "up": up,
                    "assigned_copies": held,
                    "active_databases": active,
                    "active_databases_limit": _known(load.active_limit[side]),
                    "active_mailboxes": _known(mailboxes),
                    "cpu_utilization": _known(cpu) if works else None,
                    "cache_per_mailbox": _known(load.cache[side] / mailboxes) if mailboxes else None,
                }
            )
        return rows

    @cached_property
    def issues(self) -> Issues:
        """Issues about inactive databases, servers above their limit, and differences that oddities cause."""
        issues, where = Issues(), "failures"
        if not self.quorum_ok:
            issues.add(WARNING, where, "quorum", "The DAG has no quorum; nothing is active.", self._suggest_restore())
        elif not self.mounts_allowed:
            message = "DAC mode keeps every database dismounted: all running servers have failed before."
            hint = "Run Start-DatabaseAvailabilityGroup for them, or bring all members back."
            issues.add(WARNING, where, "dag.dac_mode", message, hint)
        elif self.failed_databases:
            databases = self.layout.parameters.databases
            message = f"{self.failed_databases} of {databases} databases have no active copy."
            issues.add(WARNING, where, "failed_databases", message, "Their users cannot open their mailboxes.")
        for server, active, limit in self._above_limit():
            message = f"{server}: {active} databases would be active, but its limit is {limit}."
            hint = "The databases beyond the limit do not mount until it is raised."
            issues.add(WARNING, where, "active_databases_limit", message, hint)
        self._compare(issues, where)
        return issues

    def _suggest_restore(self) -> str:
        restored = self.best_restore
        if restored is None:
            return ""
        side = restored.situation.restored
        return f"Restore it by hand in the {DATACENTERS[side - 1]} datacenter (restore:{DATACENTERS[side - 1]})."

    def _compare(self, issues: Issues, where: str) -> None:
        """Add a notice if the oddities of the failure model change the result."""
        if not self.layout.parameters.follows_quirks:
            return
        parameters = replace(self.layout.parameters, oddities=CORRECTED)
        other = replace(self.layout, parameters=parameters).replay(self.events)
        same = other.quorum_ok == self.quorum_ok and np.array_equal(other.active_server, self.active_server)
        if not same:
            message = (
                f"With the known quirks of Microsoft's workbook, quorum {_holds(self)} and {self.failed_databases}"
                f" databases have no active copy. With corrected rules, quorum {_holds(other)} and "
                f"{other.failed_databases} databases have no active copy."
            )
            issues.add(NOTICE, where, ODDITY_FIELD, message, _ODDITY_HINT)


def _holds(state: FailureState) -> str:
    """Return the words that say whether a state has quorum."""
    return "holds" if state.quorum_ok else "fails"


def lay_out(parameters: Parameters, issues: Issues) -> Layout:
    """Lay out parameters that have been checked, and add notices to the issues."""
    server, preference, lagged = _place(parameters)
    if not parameters.corrected:
        corrected = _place(replace(parameters, oddities=CORRECTED))
        _compare_layouts(parameters, (server, preference), corrected[:2], issues)
    _tell_odd_datacenters(parameters, issues)
    return Layout(parameters, server, preference, lagged, issues)


def _tell_odd_datacenters(parameters: Parameters, issues: Issues) -> None:
    """Add the notice that the check of the design gives about an odd number of servers in an active/active DAG.

    The databases of a datacenter use only every second block of the order there.  Corrected figures count it.
    """
    servers = parameters.servers_primary
    alike = set(parameters.servers + parameters.active_servers) == {servers}
    healthy = sum(parameters.copies) - sum(parameters.lagged)
    if parameters.two_way and alike and servers % 2 and servers > 1 and healthy > len(DATACENTERS):
        check = CHECKS["check_odd_servers_in_each_datacenter"]
        message = check.message.format(environment__mailbox_servers=servers)
        issues.add(check.severity, "layout", check.field, message, check.hint)


def _place(parameters: Parameters) -> tuple[Ints, Ints, Bools]:
    preference = copies.assign_preferences(parameters)
    lagged = copies.mark_lagged(parameters, preference)
    if parameters.corrected:
        preference = copies.put_healthy_first(preference, lagged)
    return copies.assign_servers(parameters), preference, lagged


def _compare_layouts(
    parameters: Parameters, ours: tuple[Ints, Ints], corrected: tuple[Ints, Ints], issues: Issues
) -> None:
    causes = []
    if not np.array_equal(ours[0], corrected[0]):
        causes.append("failure domains change roles one database early")
    if not np.array_equal(ours[1], corrected[1]):
        uneven = parameters.two_way and parameters.copies_primary != parameters.copies_secondary
        lagged = "lagged copies of the primary datacenter are activated before HA copies of the secondary datacenter"
        causes.append("copies of databases that change places are activated in another order" if uneven else lagged)
    if causes:
        message = f"Known quirks of Microsoft's workbook change this layout: {', '.join(causes)}."
        issues.add(NOTICE, "layout", ODDITY_FIELD, message, _ODDITY_HINT)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
