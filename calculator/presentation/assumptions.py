"""Inputs that count in a design, so that their default is an assumption, and inputs without a value."""

from __future__ import annotations

from calculator.engine.sizing import SizedDesign
from calculator.inputs import schema
from calculator.inputs.profile import applies
from calculator.inputs.schema import DATACENTERS, Field, Value

NOT_GIVEN = "not given"
"""Text of an input without a value."""
_UNKNOWN_AT_ZERO = ("servers.drive_bays", "servers.specint2006_rate")
"""Inputs of which 0 means that the value is not given."""

LISTED_APART = (schema.EXPORT, "names")
"""Sections whose defaults are not assumptions about the design."""
_MOST_PLACES = 12
"""Largest number of places of an input of which each value is listed by itself."""
_FLAGS = {"secondary": "two_datacenters", "lagged": "lagged_servers_dedicated"}
"""Result that tells whether a place has servers."""
_LAGGED = ("replay_lag_delay", "truncation_lag_delay", "replay_lag_manager", "dedicated_lagged_servers")
"""Inputs of the section ``database_copies`` that count with lagged copies only."""
_RAID_DISKS = ("storage.log_disk_capacity", "storage.log_disk_type")
_JBOD_DISKS = ("storage.autoreseed_volumes",)


def has_place(design: SizedDesign, label: str) -> bool:
    """Return whether a design has servers at a place: a datacenter, or dedicated servers for lagged copies."""
    return label not in _FLAGS or bool(design.plain[_FLAGS[label]])


def is_missing(declared: Field, value: Value) -> bool:
    """Return whether an input has no value, or a 0 that means the same."""
    return value is None or (declared.path in _UNKNOWN_AT_ZERO and not value)


def counts(design: SizedDesign, path: str) -> bool:
    """Return whether an input counts in a design; the name of a tier and unused kinds of disks and copies do not."""
    found = schema.find(path)
    assert found is not None
    declared, place = found
    label = declared.axis.labels[place] if declared.axis is not None and declared.axis.labels else ""
    return applies(design.profile, path) and has_place(design, label) and not _is_idle(design, declared)


def assumed_inputs(design: SizedDesign) -> list[tuple[str, ...]]:
    """Return the inputs that count in a design and have their default, each as the paths of its places.

    Places with the same value are one input, and so are all values of an input of many places.
    """
    profile, found = design.profile, dict[tuple[str, Value], tuple[str, ...]]()
    for declared in schema.FIELDS:
        if declared.section in LISTED_APART:
            continue
        paths = [path for path in declared.paths(profile.tiers) if path not in profile.given and counts(design, path)]
        for path in paths:
            key = declared.path, None if len(paths) > _MOST_PLACES else profile.value(path)
            found[key] = (*found.get(key, ()), path)
    return list(found.values())


def _is_idle(design: SizedDesign, declared: Field) -> bool:
    """Return whether a design has nothing that an input is about."""
    section, _, name = declared.path.partition(".")
    if section == "tiers":
        return name == "name"
    if section == "database_copies" and name in _LAGGED:
        return not design.profile.value("database_copies.lagged_copies")
    if (section == "raid" and name != "deployment") or declared.path in _RAID_DISKS:
        return _has_disks(design, "jbod") and not _has_disks(design, "raid")
    return declared.path in _JBOD_DISKS and _has_disks(design, "raid") and not _has_disks(design, "jbod")


def _has_disks(design: SizedDesign, storage: str) -> bool:
    return any(design.plain[f"storage_{storage}_disks_per_server.{side}"] for side in DATACENTERS)
