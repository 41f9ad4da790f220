"""Collect the facts of a datacenter switchover: members, votes, databases and times, before and after it.

The steps and their texts are in `calculator.exporters.switchover`.

Source: datacenter-switchover: Datacenter switchover, DAC mode, Quorum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from calculator.engine.sizing import Scenario, SizedDesign, size
from calculator.inputs.choices import QUORUM, Quorum
from calculator.inputs.schema import DATACENTERS
from calculator.issues import InputError, Issues, quoted
from calculator.layout.dag import FailureState, Layout, lay_out
from calculator.layout.design import from_sizing
from calculator.layout.parameters import NO_WITNESS

NOT_NEEDED, ALLOW_ACTIVATION, RESTORE = "not_needed", "allow_activation", "restore"
"""Answers to the question whether a switchover is needed, see `SwitchoverFacts.answer`."""


@dataclass(frozen=True)
class Members:
    """Members of the DAG in one datacenter.

    Attributes
    ----------
    datacenter
        ``primary`` or ``secondary``.
    servers
        Names of the servers in the layout.
    lagged_servers
        Number of dedicated lagged servers, which are not in the layout and have no names.
    """

    datacenter: str
    servers: tuple[str, ...]
    lagged_servers: int

    @property
    def count(self) -> int:
        """Number of members, each with one vote."""
        return len(self.servers) + self.lagged_servers


@dataclass(frozen=True)
class ServerLoads:
    """Active databases of a server of the surviving datacenter.

    Attributes
    ----------
    server
        Name of the server.
    before, after
        Names of the databases that are active in normal operation and after the switchover.
    limit
        Active databases that the setting of the server allows; None if the design has no figure above 0.
    """

    server: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    limit: float | None

    @property
    def too_many(self) -> bool:
        """Whether more databases would be active than the setting allows."""
        return self.limit is not None and len(self.after) > self.limit


@dataclass(frozen=True)
class SwitchoverFacts:
    """Facts of a design about the loss of one of its two datacenters.

    Attributes
    ----------
    design, layout
        The design with its results, and the layout of its DAG.
    lost, surviving
        Members in the lost datacenter, and in the other one.
    before, after
        State of the DAG after the loss, before and after the DAG is restored in the surviving datacenter.
    """

    design: SizedDesign
    layout: Layout
    lost: Members
    surviving: Members
    before: FailureState
    after: FailureState

    # --- quorum ----------------------------------------------------------------------------------

    @property
    def members(self) -> int:
        """Number of members of the DAG in both datacenters, with dedicated lagged servers."""
        return self.lost.count + self.surviving.count

    @property
    def votes(self) -> int:
        """Votes while everything works: one per member, and one for the witness if the number of members is even."""
        return self.members + (self.members % 2 == 0)

    @property
    def votes_needed(self) -> int:
        """Votes that keep the DAG running: more than half."""
        return self.votes // 2 + 1

    @property
    def votes_left(self) -> int:
        """Votes that are left after the loss, before the DAG is restored."""
        return self.surviving.count + (self.members % 2 == 0 and self.witness_reachable)

    @property
    def quorum_holds(self) -> bool:
        """Whether the DAG keeps quorum after the loss."""
        return self.votes_left >= self.votes_needed

    @property
    def witness(self) -> str:
        """Place of the witness: a datacenter, ``third_site`` or ``none``."""
        return self.layout.parameters.witness

    @property
    def witness_reachable(self) -> bool:
        """Whether there is a witness that is not in the lost datacenter."""
        return self.witness not in (NO_WITNESS, self.lost.datacenter)

    @property
    def witness_votes_after(self) -> bool:
        """Whether the restored DAG uses a witness: if the number of surviving members is even, or 1."""
        return self.surviving.count % 2 == 0 or self.surviving.count == 1

    @property
    def alternate_witness(self) -> bool:
        """Whether the alternate witness replaces the witness."""
        return self.witness_votes_after and not self.witness_reachable

    @property
    def quorum_models(self) -> tuple[str, str]:
        """Quorum model before the loss and after the switchover, as people read it."""
        return _name_model(self.members % 2 == 0), _name_model(self.witness_votes_after)

    @property
    def two_members(self) -> bool:
        """Whether the DAG has two members, so that the boot time of the witness decides whether databases mount."""
        return self.members == 2

    # --- databases -------------------------------------------------------------------------------

    @property
    def databases(self) -> int:
        """Number of databases of the DAG."""
        return self.layout.parameters.databases

    @property
    def mounted_without(self) -> int:
        """Number of databases that are active after the loss without a switchover."""
        if self.quorum_holds == self.before.quorum_ok:
            return self.before.mounted
        # Dedicated lagged servers, which are not in the layout, decide the vote.
        stay = sum(len(load.before) for load in self.loads)
        return 0 if not self.quorum_holds else stay if self.blocked else self.after.mounted

    @property
    def mounted_after(self) -> int:
        """Number of databases that are active after the switchover."""
        return self.after.mounted

    @property
    def answer(self) -> str:
        """Whether a switchover is needed.

        ``not_needed`` if quorum holds and every database that can mount does, ``allow_activation`` if quorum holds but
        databases wait for an administrator, else ``restore``.
        """
        if not self.quorum_holds:
            return RESTORE
        return ALLOW_ACTIVATION if self.mounted_without < self.mounted_after else NOT_NEEDED

    @property
    def blocked(self) -> bool:
        """Whether the surviving servers may not activate databases until an administrator allows it."""
        return self.surviving.datacenter == DATACENTERS[1] and self.layout.parameters.block_secondary_activation

    @property
    def loads(self) -> tuple[ServerLoads, ...]:
        """Active databases of each surviving server, before the loss and after the switchover."""
        limits = self.layout.parameters.load.active_limit
        limit = limits[DATACENTERS.index(self.surviving.datacenter)]
        before = _by_server(self.layout, self.layout.fail().active_server.tolist())
        after = _by_server(self.layout, self.after.active_server.tolist())
        return tuple(
            ServerLoads(name, before.get(name, ()), after.get(name, ()), limit if limit > 0 else None)
            for name in self.surviving.servers
        )

    @property
    def moved(self) -> Mapping[str, tuple[str, ...]]:
        """Databases that become active by the switchover, by the surviving server on which they do."""
        return _without_empty({load.server: _subtract(load.after, load.before) for load in self.loads})

    @property
    def homes(self) -> Mapping[str, tuple[str, ...]]:
        """Databases whose copy with activation preference 1 is lost, by the server of that copy."""
        homes = _by_server(self.layout, self.layout.homes.tolist())
        return _without_empty({name: homes.get(name, ()) for name in self.lost.servers})

    @property
    def copies_lost(self) -> Mapping[str, tuple[str, ...]]:
        """Databases with a copy on each server of the lost datacenter."""
        return {name: self._copies_on(name) for name in self.lost.servers}

    @property
    def lagged_here(self) -> Mapping[str, tuple[str, ...]]:
        """Databases with a lagged copy on each surviving server that has one."""
        return _without_empty({name: self._copies_on(name, lagged=True) for name in self.surviving.servers})

    @property
    def lagged_lost(self) -> Mapping[str, tuple[str, ...]]:
        """Databases with a lagged copy on each lost server that has one."""
        return _without_empty({name: self._copies_on(name, lagged=True) for name in self.lost.servers})

    @property
    def lagged_only(self) -> tuple[str, ...]:
        """Databases of which only lagged copies survive."""
        healthy = {name for server in self.surviving.servers for name in self._copies_on(server, lagged=False)}
        late = [name for names in self.lagged_here.values() for name in names]
        return tuple(name for name in dict.fromkeys(late) if name not in healthy)

    def _copies_on(self, server: str, *, lagged: bool | None = None) -> tuple[str, ...]:
        number = 1 + [str(name) for name in self.layout.server_names].index(server)
        there = self.layout.server == number
        if lagged is not None:
            there = there & (self.layout.lagged == lagged)
        names = self.layout.database_names
        return tuple(str(names[place]) for place in there.any(axis=1).nonzero()[0])

    # --- times and settings ----------------------------------------------------------------------

    @property
    def days_until_volume_full(self) -> float | None:
        """Days until a volume as sized fills while its logs are not truncated."""
        return self._figure("days_until_volume_full")

    @property
    def days_until_disk_full(self) -> float | None:
        """Days until a disk as bought fills while the logs of its volume are not truncated."""
        return self._figure("days_until_disk_full")

    @property
    def reseed_hours(self) -> float | None:
        """Hours to reseed a volume over the link between the datacenters."""
        return self._figure("reseed_hours_over_link")

    @property
    def volumes_to_reseed(self) -> int:
        """Largest number of volumes of a lost server."""
        places = [place + 1 for place in self.layout.parameters.places(1 + DATACENTERS.index(self.lost.datacenter))]
        there = (self.layout.server >= places[0]) & (self.layout.server <= places[-1])
        return int(self.layout.volume[there].max())

    @property
    def replay_lag_hours(self) -> float:
        """Hours by which lagged copies delay the replay of logs."""
        return float(self.design.profile.value("database_copies.replay_lag_delay") or 0)

    @property
    def dags(self) -> int:
        """Number of DAGs of the design."""
        return int(self.design.plain["dags_total"] or 1)

    @property
    def pairs(self) -> bool:
        """Whether the DAGs come in pairs: one with its users in each datacenter."""
        return self.dags > int(self.design.profile.value("environment.dags") or 1)

    def of_other_datacenter(self) -> SwitchoverFacts:
        """Return the facts about the loss of the other datacenter."""
        return _find_facts(self.design, self.layout, self.surviving.datacenter)

    def _figure(self, column: str) -> float | None:
        value = self.design.plain[column]
        return None if value is None else float(value)


def switchover_facts(design: Scenario | SizedDesign, lost: str = DATACENTERS[0]) -> SwitchoverFacts:
    """Collect the facts of a design about the loss of a datacenter.

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
    plan = design if isinstance(design, SizedDesign) and design.complete else size(_profile_of(design))
    layout = lay_out(*from_sizing(plan))
    _refuse(plan, layout, lost)
    return _find_facts(plan, layout, lost)


def _find_facts(design: SizedDesign, layout: Layout, lost: str) -> SwitchoverFacts:
    other = next(name for name in DATACENTERS if name != lost)
    return SwitchoverFacts(
        design,
        layout,
        _find_members(design, layout, lost),
        _find_members(design, layout, other),
        layout.fail(f"datacenter:{lost}"),
        layout.switch_over(1 + DATACENTERS.index(lost)),
    )


def _profile_of(design: Scenario | SizedDesign) -> Scenario:
    return design.profile if isinstance(design, SizedDesign) else design


def _refuse(design: SizedDesign, layout: Layout, lost: str) -> None:
    issues, where = Issues(), design.profile.where
    if lost not in DATACENTERS:
        issues.error(where, "lost", f"{quoted(lost)} is not a datacenter.", "Give primary or secondary.")
    if layout.parameters.datacenters == 1 or 0 in layout.parameters.copies:
        message = "The databases have copies in only one datacenter, so there is no datacenter to switch over to."
        issues.error(where, "database_copies.ha_copies_secondary", message, "Put copies into a second datacenter.")
    if not design.profile.value("dag.dac_mode"):
        message = "The cmdlets of a switchover need DAC mode, which is off in the design."
        issues.error(where, "dag.dac_mode", message, "Set it to true.")
    if issues:
        raise InputError(issues)


def _find_members(design: SizedDesign, layout: Layout, datacenter: str) -> Members:
    places = layout.parameters.places(1 + DATACENTERS.index(datacenter))
    lagged = design.plain[f"lagged_servers.{datacenter}"] if design["lagged_servers_dedicated"] else 0
    return Members(datacenter, tuple(str(layout.server_names[place]) for place in places), int(lagged or 0))


def _name_model(witness: bool) -> str:
    code = Quorum.NODE_AND_FILE_SHARE_MAJORITY if witness else Quorum.NODE_MAJORITY
    return QUORUM.text(code)


def _by_server(layout: Layout, servers: Iterable[int]) -> dict[str, tuple[str, ...]]:
    """Return the names of databases by the name of their server; 0 means no server."""
    found: dict[str, list[str]] = {}
    for name, server in zip(layout.database_names, servers, strict=True):
        if server:
            found.setdefault(str(layout.server_names[server - 1]), []).append(str(name))
    return {server: tuple(names) for server, names in found.items()}


def _subtract(names: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    known = set(others)
    return tuple(name for name in names if name not in known)


def _without_empty(names: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {server: found for server, found in names.items() if found}
