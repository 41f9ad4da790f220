"""Inputs that count in a design, so that their default is an assumption, and inputs without a value."""

from __future__ import annotations

from collections.abc import Callable

from calculator.engine.sizing import SizedDesign
from calculator.inputs import schema
from calculator.inputs.choices import BACKUP_METHOD, BackupMethod
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
_LAGGED = ("lagged_copies_secondary", "replay_lag_delay", "truncation_lag_delay", "replay_lag_manager")
"""Inputs of the section ``database_copies`` that count with lagged copies only."""
_NATIVE = BACKUP_METHOD.words[BackupMethod.NATIVE_DATA_PROTECTION]
_COPIES_INSTEAD_OF_BACKUPS = 3
"""Smallest number of copies that replace backups, so that the days of logs do not depend on the frequency."""
_RAID_DISKS = ("storage.log_disk_capacity", "storage.log_disk_type")
_JBOD_DISKS = ("storage.autoreseed_volumes",)


def has_place(design: SizedDesign, label: str) -> bool:
    """Return whether a design has servers at a place: a datacenter, or dedicated servers for lagged copies."""
    return label not in _FLAGS or bool(design.plain[_FLAGS[label]])


def is_missing(declared: Field, value: Value) -> bool:
    """Return whether an input has no value, or a 0 that means the same."""
    return value is None or (declared.path in _UNKNOWN_AT_ZERO and not value)


def counts(design: SizedDesign, path: str) -> bool:
    """Return whether an input counts in a design: a result or a check depends on it."""
    return is_used(design, path) and not _is_idle(design, path)


def is_used(design: SizedDesign, path: str) -> bool:
    """Return whether an input has a meaning in a design: its conditions hold, and the design has its place."""
    found = schema.find(path)
    assert found is not None
    declared, place = found
    label = declared.axis.labels[place] if declared.axis is not None and declared.axis.labels else ""
    return applies(design.profile, path) and has_place(design, label)


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


def _is_idle(design: SizedDesign, path: str) -> bool:
    """Return whether a design has nothing that an input is about."""
    found = schema.find(path)
    assert found is not None
    declared = found[0]
    section, _, name = declared.path.partition(".")
    if declared.path in _IDLE:
        return _IDLE[declared.path](design, path)
    if section == "database_copies" and name in _LAGGED:
        return not _has_lagged_copies(design)
    if (section == "raid" and name != "deployment") or declared.path in _RAID_DISKS:
        return _has_disks(design, "jbod") and not _has_disks(design, "raid")
    return declared.path in _JBOD_DISKS and _has_disks(design, "raid") and not _has_disks(design, "jbod")


def _has_no_backup(design: SizedDesign, _path: str = "") -> bool:
    return design.profile.value("backup.method") == _NATIVE


def _has_lagged_copies(design: SizedDesign) -> bool:
    return bool(design.profile.value("database_copies.lagged_copies"))


def _share_volumes(design: SizedDesign, _path: str) -> bool:
    return bool(design.plain["several_per_volume"])


def _any_tier(design: SizedDesign, leaf: str, without: Value) -> bool:
    """Return whether an input of a tier differs from a value without an effect, in one tier at least."""
    return any(design.profile.value(f"tiers.{tier}.{leaf}") != without for tier in range(1, design.tiers + 1))


def _multiplies_nothing(design: SizedDesign, path: str) -> bool:
    tier = path.rpartition(".")[0]
    return all(design.profile.value(f"{tier}.{what}_multiplier") == 1 for what in ("iops", "megacycles"))


_IDLE: dict[str, Callable[[SizedDesign, str], bool]] = {
    "tiers.name": lambda _design, _path: True,
    "tiers.archive_import": lambda _design, _path: True,  # only the timeline needs it
    "tiers.multiplier_user_share": _multiplies_nothing,
    "dag.witness_location": lambda design, _: not design.plain["two_datacenters"],
    "site_resilience.dedicated_dr_servers": _share_volumes,
    "database_copies.dedicated_lagged_servers": lambda design, path: (
        not _has_lagged_copies(design) or _share_volumes(design, path)
    ),
    "backup.frequency": lambda design, _: (
        _has_no_backup(design) and (design.plain["copies_total"] or 0) >= _COPIES_INSTEAD_OF_BACKUPS
    ),
    "backup.backup_rate": _has_no_backup,
    "backup.restore_rate": _has_no_backup,
    "backup.replay_rate": lambda design, _: _has_no_backup(design) and not _has_lagged_copies(design),
    "backup.recovery_time_objective": _has_no_backup,
    "guidance.multiplier_on_passive": lambda design, _: not _any_tier(design, "megacycles_multiplier", 1),
    "guidance.planning_horizon": lambda design, _: not _any_tier(design, "litigation_hold", False),
}
"""Inputs, without their place, that count in some designs only, with whether they have no effect in a design."""


def _has_disks(design: SizedDesign, storage: str) -> bool:
    return any(design.plain[f"storage_{storage}_disks_per_server.{side}"] for side in DATACENTERS)
