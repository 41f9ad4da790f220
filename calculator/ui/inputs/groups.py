"""Define the groups of inputs in the order of the planning process, each with a summary of one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from calculator.engine.sizing import SizedDesign
from calculator.inputs import profile
from calculator.inputs.schema import DATACENTERS
from calculator.presentation.text import number, plural
from calculator.ui.inputs.widgets import input_value_text


@dataclass(frozen=True)
class Group:
    """Group of the inputs whose path starts with one of the heads, with its summary and the name of its icon."""

    title: str
    key: str
    heads: tuple[str, ...]
    summary: Callable[[SizedDesign], str]
    icon: str

    def rank(self, field: str) -> int:
        """Return the index of the head that a field belongs to. It decides the order within the group."""
        claims = [(len(head), -place) for place, head in enumerate(self.heads) if field.startswith(head)]
        return -max(claims)[1]


def _text(design: SizedDesign, path: str) -> str:
    """Format the value of an input."""
    return input_value_text(path, design.profile.value(path))


def main_choices(design: SizedDesign) -> str:
    """Return the choices of a design that its servers and disks depend on most: version, datacenters and copies."""
    return f"{_datacenters(design)}, {_copies(design)}"


def _days(design: SizedDesign, path: str) -> str:
    """Format an input in hours as days."""
    return f"{number(float(design.profile.value(path) or 0) / 24)} days"


def _datacenters(design: SizedDesign) -> str:
    version = _text(design, "environment.exchange_version")
    if not design.profile.value("environment.high_availability"):
        return f"{version}: standalone servers"
    dags = float(design.profile.value("environment.dags") or 0)
    where = _text(design, "site_resilience.model") if design.plain["two_datacenters"] else "one datacenter"
    return f"{version}: {where}" + (f"; {number(dags)} DAGs in all" if dags > 1 else "")


def _copies(design: SizedDesign) -> str:
    if not design.profile.value("environment.high_availability"):
        return "one copy"
    text = f"{_text(design, 'database_copies.ha_copies')} HA copies"
    if design.plain["two_datacenters"]:
        text += f", {_text(design, 'database_copies.ha_copies_secondary')} of them in the secondary datacenter"
    if design.plain["lagged_copies_total"]:
        lag = _days(design, "database_copies.replay_lag_delay")
        text += f", and {number(design.plain['lagged_copies_total'])} lagged {lag}"
    return text


def _servers(design: SizedDesign) -> str:
    rating = design.plain["server_rating.primary"]
    cores = float(design.profile.value("servers.primary.processor_cores") or 0)
    rated = f"rated {number(rating)}" if rating else "not rated"
    if rating and cores and not design.profile.value("environment.virtualized"):
        rated += f" ({rating / cores:,.4g} per core)"
    return f"{_server_counts(design)}; {number(cores)} cores each, {rated}"


def _server_counts(design: SizedDesign) -> str:
    """Return the servers of each datacenter and DAG, and their total where it differs."""
    total = design.plain["summary_servers.environment"]
    first, second = (design.plain[f"summary_servers_by_datacenter.{side}"] for side in DATACENTERS)
    if not total or not first:
        each = " per DAG and datacenter" if design.profile.value("environment.high_availability") else ""
        return f"{plural(_text(design, 'environment.mailbox_servers'), 'server')} hosting active mailboxes{each}"
    text = plural(number(first), "server")
    several = (design.plain["summary_dags"] or 1) > 1
    if second == first:
        text += " per datacenter and DAG" if several else " per datacenter"
    elif second:
        text = f"{number(first)} + {number(second)} servers in two datacenters{', per DAG' if several else ''}"
    elif several:
        text += " per DAG"
    return text if total == first else f"{text}, {number(total)} in total"


def _storage(design: SizedDesign) -> str:
    capacity = float(design.profile.value("storage.primary.database_disk_capacity") or 0)
    if not capacity:
        return "no database disk chosen"
    return f"database disks of {number(capacity)} GB, {_text(design, 'storage.primary.database_disk_type')}"


def _databases(design: SizedDesign) -> str:
    headroom = _text(design, "io.overhead_factor")
    if design.profile.value("database.automatic_count"):
        return f"number of databases computed, I/O headroom {headroom}"
    return f"{_text(design, 'database.custom_count')} databases, I/O headroom {headroom}"


def _raid(design: SizedDesign) -> str:
    level = _text(design, "raid.raid") if design.profile.value("raid.override_raid") else "RAID level with fewer disks"
    return f"disk totals {_text(design, 'raid.deployment').lower()}, {level}"


def _backup(design: SizedDesign) -> str:
    days = _text(design, "backup.truncation_failure_tolerance")
    return f"{_text(design, 'backup.method')}, room for {plural(days, 'day')} of logs if truncation fails"


def _transport(design: SizedDesign) -> str:
    queue, held = _text(design, "transport.queue_expiration"), _text(design, "transport.safety_net_hold")
    return f"queue kept {plural(queue, 'day')}, Safety Net {plural(held, 'day')}"


def _network(design: SizedDesign) -> str:
    link, latency = _text(design, "replication.link_type"), _text(design, "replication.link_latency")
    return f"{link}, round-trip latency {latency} ms"


def _directory(design: SizedDesign) -> str:
    return f"{'64' if design.profile.value('environment.global_catalog_64bit') else '32'}-bit directory servers"


def _virtual(design: SizedDesign) -> str:
    if not design.profile.value("environment.virtualized"):
        return "physical servers"
    return f"virtual servers, the hypervisor takes {_text(design, 'servers.hypervisor_overhead')}"


def _domains(design: SizedDesign) -> str:
    if not design.profile.value("failure_domains.enabled"):
        return "no failure domains"
    sides = ("primary", "secondary") if design.plain["two_datacenters"] else ("primary",)
    return " / ".join(str(design.profile.value(f"failure_domains.{side}") or "not given") for side in sides)


def _names(design: SizedDesign) -> str:
    value = design.profile.value
    if not value("environment.high_availability"):
        return f"{value('names.servers.1')}…"
    return f"{value('names.dag')}, {value('names.database_base')}…, {value('names.servers.1')}…"


def _guidance(design: SizedDesign) -> str:
    given = design.profile.given
    chosen = sum(path.startswith("guidance.") and not profile.is_default(path, given[path]) for path in given)
    return f"{chosen} changed from the default" if chosen else "all at their defaults"


def _mailbox(design: SizedDesign) -> str:
    measured = ", sizes measured before Exchange 2013" if design.profile.value("mailbox.statistics_before_2013") else ""
    return f"{_text(design, 'mailbox.work_week')} work days per week{measured}"


EVERY_MAILBOX = Group("Every mailbox", "mailbox", ("mailbox.",), _mailbox, "mail")
SECTIONS: Mapping[str, tuple[Group, ...]] = {
    "Servers and copies": (
        Group(
            "Version and datacenters",
            "datacenters",
            (
                "environment.exchange_version",
                "site_resilience.",
                "dag.",
                "environment.high_availability",
                "environment.dags",
            ),
            _datacenters,
            "domain",
        ),
        Group("Copies", "copies", ("database_copies.",), _copies, "content_copy"),
        Group("Servers and processors", "servers", ("environment.", "servers."), _servers, "dns"),
        Group(
            "Virtualization",
            "virtualization",
            (
                "environment.virtualized",
                "servers.hypervisor_overhead",
                "servers.virtual_processors",
                "servers.host_",
                "servers.dag_members",
            ),
            _virtual,
            "layers",
        ),
        Group("Failure domains", "failure_domains", ("failure_domains.",), _domains, "account_tree"),
    ),
    "Storage": (
        Group("Disks and volumes", "storage", ("storage.", "data."), _storage, "hard_drive"),
        Group("Databases and I/O", "databases", ("database.", "io."), _databases, "database"),
        Group("RAID", "raid", ("raid.",), _raid, "grid_view"),
        Group("Backup and logs", "backup", ("backup.",), _backup, "backup"),
    ),
    "Network and services": (
        Group("Transport", "transport", ("transport.",), _transport, "send"),
        Group("Network between datacenters", "network", ("replication.", "data.log_compression"), _network, "lan"),
        Group(
            "Directory",
            "directory",
            ("environment.global_catalog_64bit", "environment.directory_database_size"),
            _directory,
            "contacts",
        ),
    ),
    "Names and rules": (
        Group("Names", "names", ("names.",), _names, "label"),
        Group("Guidance choices", "guidance", ("guidance.",), _guidance, "rule"),
    ),
}
"""Groups of the page Constraints, by the heading that they are below. An input belongs to the group with the longest
matching head."""
CONSTRAINTS = tuple(group for section in SECTIONS.values() for group in section)


def group_of(field: str) -> Group | None:
    """Return the group of a field; None for fields of tiers and of the deployment files."""
    claims = [
        (len(head), group) for group in (*CONSTRAINTS, EVERY_MAILBOX) for head in group.heads if field.startswith(head)
    ]
    return max(claims, key=lambda claim: claim[0], default=(0, None))[1]
