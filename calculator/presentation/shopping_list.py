"""What to buy for a design: servers, disks, licenses, directory servers, the link between datacenters, the witness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from calculator.engine.findings import INVALID
from calculator.engine.sizing import SizedDesign
from calculator.inputs import schema
from calculator.presentation.figures import shown
from calculator.presentation.headline import DO_NOT_FIT, misfit_text, ssd_slots, unsized, version_name
from calculator.presentation.text import number, plural, word
from calculator.rules.constants import scalar

BETWEEN, THIRD = "Between the datacenters", "Third site"
_SITES = {"primary": "Primary datacenter", "secondary": "Secondary datacenter"}
_JBOD_DISKS = (
    ("storage_jbod_disks", "database", "Database disks (JBOD)"),
    ("storage_jbod_restore_disks", "restore", "Restore disks (JBOD)"),
    ("storage_jbod_autoreseed_disks", "database", "Spare disks for AutoReseed"),
)
"""JBOD disks of a server: the result, the disk that is chosen for it, and what it is for."""
_RAID_DISKS = (
    ("storage_raid_database_disks", "database", "Database disks ({level})", "storage_database_raid"),
    ("storage_raid_log_disks", "log", "Log disks ({level})", "storage_log_raid"),
    ("storage_raid_restore_disks", "restore", "Restore disks ({level})", "storage_restore_raid"),
)
"""RAID disks of a server: the same, and the result with the RAID level."""


@dataclass(frozen=True)
class Purchase:
    """One line of the shopping list.

    Attributes
    ----------
    place
        The datacenter, between the datacenters, or a third site.
    item, each
        What to buy, and what each piece has to be.
    count
        Number of pieces in the whole environment; None where it is not known, and ``each`` says why.
    result
        Result column that explains the number.
    """

    place: str
    item: str
    count: float | None
    each: str
    result: str


def shopping_list(design: SizedDesign) -> list[Purchase]:
    """Return what a design needs that can be bought, by datacenter.

    The list is empty for an invalid design and for one without mailboxes, for which nothing is known.
    """
    if design.plain["summary_servers.environment"] is None or design.without_mailboxes:
        return []
    found: list[Purchase] = []
    for site in _SITES:
        if design.plain[f"summary_servers_by_datacenter.{site}"]:
            found += [*_servers(design, site), *_disks(design, site), *_ssds(design, site), *_directory(design, site)]
    found += _licenses(design)
    if design.plain["replication_applies"] and design.plain["two_datacenters"]:
        found.append(_link(design))
    return [*found, *_witness(design)]


def not_counted(purchases: Sequence[Purchase]) -> str:
    """Return a sentence about what a shopping list leaves out; empty without a list."""
    if not purchases:
        return ""
    link = " except the link between the datacenters" if any(each.place == BETWEEN for each in purchases) else ""
    return f"Not counted: client access licenses, Windows Server licenses, network equipment{link}, backup."


def caution(design: SizedDesign) -> str:
    """Return a sentence about a shopping list of a design that does not work or is not sized completely; else empty."""
    if design.status == INVALID:
        return "This list is of a design that does not work. Do not order from it before the errors are corrected."
    if missing := unsized(design):
        return f"This list can change, because the design is not sized completely: {', '.join(missing)}."
    return ""


def _servers(design: SizedDesign, site: str) -> Iterator[Purchase]:
    """Yield the servers of a datacenter by role."""
    lagged = design.plain[f"summary_lagged_servers_by_datacenter.{site}"] or 0.0
    mailbox = design.plain[f"summary_servers_by_datacenter.{site}"] - lagged
    kind = "Virtual servers" if design.profile.value("environment.virtualized") else "Servers"
    result = f"summary_servers_by_datacenter.{site}"
    if mailbox:
        yield Purchase(_SITES[site], f"{kind} for mailboxes", mailbox * _dags(design), _server(design, site), result)
    hosts = design.plain[f"hosts_by_datacenter.{site}"]
    if mailbox and hosts:
        yield Purchase(
            _SITES[site], "Hosts of the virtual servers", hosts, _host(design, site), f"hosts_by_datacenter.{site}"
        )
    if lagged:
        result = f"summary_lagged_servers_by_datacenter.{site}"
        text = _server(design, "lagged", bays=site)
        yield Purchase(_SITES[site], f"{kind} for lagged copies", lagged * _dags(design), text, result)
    client = design.plain[f"summary_cas_servers.{site}"]
    if client:
        cores, memory = (design.plain[f"{name}.{site}"] for name in ("summary_cas_cores", "summary_cas_memory"))
        parts = [plural(number(cores), "core")] if cores else []
        parts += [f"{number(memory)} GB of memory"] if memory else []
        yield Purchase(
            _SITES[site], f"{kind} for Client Access", client, ", ".join(parts), f"summary_cas_servers.{site}"
        )


def _server(design: SizedDesign, role: str, bays: str = "") -> str:
    """Return the specification of a server: processor, memory and drive bays."""
    profile = design.profile
    cores = float(str(profile.value(f"servers.{role}.processor_cores")))
    rating = design.plain[f"server_rating.{role}"]
    rated = (
        f"SPECint_rate2006 of {number(rating)} or more"
        if rating
        else ("no SPECint_rate2006 given, so CPU is not sized")
    )
    memory = shown(f"summary_memory.{role}", design)
    slots = design.plain[f"server_drive_bays.{bays or role}"]
    parts = [plural(number(cores), "core"), rated, f"{memory} GB of memory"]
    return ", ".join([*parts, f"{number(slots)} drive bays{ssd_slots(design)}"] if slots else parts)


def _host(design: SizedDesign, role: str) -> str:
    """Return the specification of a host, as far as it is given, and the guests that it holds."""
    cores, rating, memory = (
        design.profile.value(f"servers.{role}.host_{name}") for name in ("cores", "rating", "memory")
    )
    parts = [plural(number(float(cores)), "core")] if cores else []
    parts += [f"SPECint_rate2006 of {number(float(rating))} or more"] if rating else []
    parts += [f"{number(float(memory))} GB of memory"] if memory else []
    return ", ".join([*parts, f"up to {plural(shown(f'guests_per_host.{role}', design), 'guest')}"])


def _disks(design: SizedDesign, site: str) -> Iterator[Purchase]:
    """Yield the disks of all servers of a datacenter by use, system disks first."""
    servers = design.plain[f"summary_servers_by_datacenter.{site}"] * _dags(design)
    result = f"server_drive_bays.{site}"
    each = scalar("system_disks", design.profile)
    label = f"System disks ({each:.0f} per server, mirrored)"
    yield Purchase(_SITES[site], label, each * servers, _disk(design, "system", site), result)
    if design.plain[f"transport_database_location.{site}"] == "dedicated_raid1_disk":
        each = scalar("transport_disks", design.profile)
        label = f"Transport database disks ({each:.0f} per server, mirrored)"
        text = f"{shown('transport_database_size', design)} GB or more"
        yield Purchase(_SITES[site], label, each * servers, text, result)
    if not design.plain[f"disks_fit.{site}"]:
        reason = misfit_text(design, site)
        text = f"{DO_NOT_FIT}: {reason[:1].lower()}{reason[1:]}"
        yield Purchase(_SITES[site], "Exchange disks", None, text, f"storage_jbod_disks_per_server.{site}")
        return
    for storage, entries in (("jbod", _JBOD_DISKS), ("raid", _RAID_DISKS)):
        with_storage = _servers_with(design, storage, site)
        for name, use, item, *level in entries:
            count = (design.plain[f"{name}.{site}"] or 0.0) * with_storage
            if count:
                label = item.format(level=shown(f"{level[0]}.{site}", design)) if level else item
                yield Purchase(_SITES[site], label, count, _disk(design, use, site), f"{name}.{site}")


def _ssds(design: SizedDesign, site: str) -> Iterator[Purchase]:
    """Yield the SSDs of the MetaCacheDatabase of all servers of a datacenter."""
    each = design.plain["metacache_ssds"]
    if each:
        servers = design.plain[f"summary_servers_by_datacenter.{site}"] * _dags(design)
        given = design.profile.value("storage.metacache_ssd_capacity")
        capacity = number(float(str(given))) if given else f"{shown('metacache_ssd_capacity_needed', design)} or more"
        text = f"{capacity} GB (decimal), mixed use, one drive write per day or more"
        yield Purchase(_SITES[site], "SSDs for the MetaCacheDatabase", each * servers, text, "metacache_ssds")


def _servers_with(design: SizedDesign, storage: str, site: str) -> float:
    """Return the number of servers of a datacenter that have RAID or JBOD disks, in the whole environment."""
    per_server = design.plain[f"storage_{storage}_disks_per_server.{site}"]
    if not per_server:
        return 0.0
    if not design.plain["highly_available"]:
        return float(design.plain[f"summary_servers_by_datacenter.{site}"])
    return float((design.plain[f"storage_{storage}_disks_per_dag.{site}"] or 0.0) / per_server * _dags(design))


def _disk(design: SizedDesign, use: str, site: str) -> str:
    """Return the disk that is chosen for a use, as people write it."""
    capacity = number(float(str(design.profile.value(f"storage.{site}.{use}_disk_capacity"))))
    return f"{capacity} GB, {_chosen(design, f'storage.{site}.{use}_disk_type')}"


def _chosen(design: SizedDesign, path: str) -> str:
    """Return the option that is chosen for an input, in the words in which people know it."""
    found = schema.find(path)
    assert found is not None
    return word(found[0].choice, str(design.profile.value(path)))


def _directory(design: SizedDesign, site: str) -> Iterator[Purchase]:
    """Yield the processor cores of the domain controllers of a datacenter."""
    cores = design.plain[f"summary_gc_cores.{site}"]
    bits = "64-bit" if design.profile.value("environment.global_catalog_64bit") else "32-bit"
    memory = design.plain["directory_memory_required"]
    text = f"{bits} Windows, {number(memory)} GB of memory or more" if memory else f"{bits} Windows"
    reason = text if cores else shown(f"summary_gc_cores.{site}", design)
    item, result = "Cores of domain controllers (global catalog)", f"summary_gc_cores.{site}"
    yield Purchase(_SITES[site], item, cores, reason, result)


def _licenses(design: SizedDesign) -> Iterator[Purchase]:
    """Yield the licenses of the servers of each datacenter."""
    edition = _chosen(design, "environment.exchange_edition").capitalize()
    text = f"{version_name(design.profile)}, {edition} edition"
    for site, place in _SITES.items():
        result = f"summary_servers_by_datacenter.{site}"
        if count := design.plain[result]:
            yield Purchase(place, "Exchange Server licenses", count * _dags(design), text, result)


def _link(design: SizedDesign) -> Purchase:
    chosen = _chosen(design, "replication.link_type")
    need = shown("replication_peak_throughput.environment", design)
    return Purchase(
        BETWEEN,
        "Network link",
        1.0,
        f"{chosen}; {need} Mb/s is needed in the busiest hour",
        "replication_peak_throughput.environment",
    )


def _witness(design: SizedDesign) -> Iterator[Purchase]:
    """Yield the witness server, if the DAGs need one and the design gives it a place; one serves all DAGs.

    With one datacenter its place is no choice: any server there that is not a member of a DAG can be the witness.
    """
    location = str(design.profile.value("dag.witness_location"))
    if not design.plain["witness_required"] or location == "none":
        return
    share = f"Windows with a file share{' of all DAGs' if _dags(design) > 1 else ''}"
    if not design.plain["two_datacenters"]:
        text = f"{share}, on a server that is not a member of {'a' if _dags(design) > 1 else 'the'} DAG"
        yield Purchase(_SITES["primary"], "Witness server", 1.0, text, "witness_required")
        return
    place = _SITES.get(location, THIRD)
    yield Purchase(place, f"Witness server ({place.lower()})", 1.0, share, "witness_required")


def _dags(design: SizedDesign) -> float:
    """Return the number of DAGs, 1 for standalone servers."""
    return float(design.plain["summary_dags"] or 1.0)
