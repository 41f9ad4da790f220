"""Make a deployment of a sized design and its layout."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from calculator.engine.findings import ODDITY_FIELD
from calculator.engine.profile_issues import profile_issues
from calculator.engine.sizing import SizedDesign
from calculator.exporters.deployment.file_formats import UNLIMITED, Copy, Deployment, MetaCache
from calculator.exporters.deployment.settings import origins_of, placeholders_of, settings_of
from calculator.inputs.choices import BACKUP_METHOD, BackupMethod
from calculator.inputs.profile import Profile
from calculator.inputs.schema import CORRECTED, EXPORT, SERVER, Value
from calculator.issues import NOTICE, WARNING, Issues
from calculator.presentation.headline import CANONICAL
from calculator.rules.constants import scalar

QUOTAS = ("prohibit_send_receive_quota", "prohibit_send_quota", "issue_warning_quota")
"""Settings of the quotas of the databases, the highest first."""
NATIVE = BACKUP_METHOD.words[BackupMethod.NATIVE_DATA_PROTECTION]
CopyTable = Iterable[Iterable[int]]
"""Table with a number per copy: one row per database, one column per copy."""


def copies_of(server: CopyTable, preference: CopyTable, lagged: CopyTable) -> tuple[Copy, ...]:
    """Return the copies of a layout given as tables, with one row per database and one column per copy.

    Parameters
    ----------
    server, preference, lagged
        Number of the server, activation preference and lagged mark, shape ``(databases, copies)``.
    """
    return tuple(
        Copy(number, int(place), int(rank), bool(late))
        for number, row in enumerate(zip(server, preference, lagged, strict=True), 1)
        for place, rank, late in zip(*row, strict=True)
    )


def deployment_of(design: SizedDesign, copies: Sequence[Copy]) -> tuple[Deployment, Issues]:
    """Return the deployment of a sized design, and issues about what its files leave out.

    Parameters
    ----------
    design
        The design with its results; ``[export]`` of its profile has the settings.
    copies
        The layout, without dedicated lagged servers.
    """
    profile = design.profile
    primary, secondary = (_servers(design, site) for site in ("primary", "secondary"))
    if max((copy.server for copy in copies), default=0) <= primary:
        secondary = 0
    names = [str(profile.value(f"names.servers.{label}")).strip() for label in SERVER.labels]
    derived, issues = derived_settings(design), _left_out(design)
    deployment = Deployment(
        copies=tuple(copies),
        servers_primary=names[:primary],
        servers_secondary=names[primary : primary + secondary],
        database_base=str(profile.value("names.database_base")),
        databases_per_volume=int(design.plain["volume_databases_per_volume"] or 1),
        autoreseed_volumes=int(design.plain["volume_autoreseed_volumes"] or 0),
        database_log_isolation=bool(design["database_log_isolation"]),
        replay_lag_delay=_hours(design, "replay_lag_delay"),
        truncation_lag_delay=_hours(design, "truncation_lag_delay"),
        settings=settings_of(profile, derived),
        activation_blocked_secondary=profile.value("site_resilience.block_secondary_activation") is True,
        placeholders=_placeholders(design),
        origins=origins_of(profile, derived),
        notes=[*(f"{issue.message} {issue.hint}".rstrip() for issue in issues), *_notes(design)],
        names_corrected=profile.value(ODDITY_FIELD) == CORRECTED,
        where=profile.where,
        refs=design.plain["volume_file_system"] == "refs_without_integrity",
        metacache=_metacache(design),
    )
    return deployment, issues


def _metacache(design: SizedDesign) -> MetaCache | None:
    """Return the SSDs of a server; if their capacity is not given, the smallest that is enough."""
    ssds, given = design.plain["metacache_ssds"], design.profile.value("storage.metacache_ssd_capacity")
    capacity = design.plain["metacache_ssd_capacity_needed"] if given is None else float(given)
    if not ssds or not capacity:
        return None
    return MetaCache(int(ssds), math.ceil(round(capacity * scalar("bytes_per_decimal_gb"), 3)))


def _hours(design: SizedDesign, leaf: str) -> float:
    return float(design.profile.value(f"database_copies.{leaf}") or 0)


def _servers(design: SizedDesign, site: str) -> int:
    """Return the number of servers in a datacenter that hold copies, without dedicated lagged servers."""
    return int(design.plain[f"summary_mailbox_servers_by_datacenter.{site}"] or 0)


def _placeholders(design: SizedDesign) -> tuple[str, ...]:
    """Return the settings that are placeholders; one datacenter has no switchover, so its alternate witness is none."""
    names = placeholders_of(design.profile)
    if design.plain["two_datacenters"]:
        return names
    return tuple(name for name in names if not name.startswith("alternate_witness"))


def derived_settings(design: SizedDesign) -> dict[str, Value]:
    """Return the settings that Microsoft's workbook proposes for a design."""
    profile = design.profile
    tiers = _tiers_in_use(design)
    copies = (design.plain["ha_copies_total"] or 0) + (design.plain["lagged_copies_total"] or 0)
    native = _is_native(profile)
    derived: dict[str, Value] = {
        **_quotas(design, tiers),
        "deleted_item_retention": max((_retention(design, n) for n in tiers), default=0.0),
        "retain_deleted_items_until_backup": not native,
        "circular_logging": native and copies >= 3,
        "data_move_replication_constraint": "SecondCopy" if profile.value("environment.high_availability") else "None",
        "dag_name": profile.value("names.dag"),
        "datacenter_activation_mode": "DAGOnly" if profile.value("dag.dac_mode") else "Off",
        "replay_lag_manager_enabled": design.plain["replay_lag_manager_active"],
    }
    for site in ("primary", "secondary"):
        derived[f"maximum_active_databases_{site}"] = design.plain[f"active_databases_limit.{site}"]
        derived[f"maximum_preferred_active_databases_{site}"] = design.plain[f"preferred_active_databases_limit.{site}"]
    return derived


def _is_native(profile: Profile) -> bool:
    """Return whether copies replace backups, so that no backup ever runs."""
    return profile.value("backup.method") == NATIVE


def _notes(design: SizedDesign) -> list[str]:
    """Return notices about what the files leave empty, with the reason."""
    setting = "maximum_preferred_active_databases"
    name = "preferred_active_databases_limit"
    limits = [design[f"{name}.{site}"] for site in ("primary", "secondary")]
    if limits[0] is None or limits[1] is not None or not design["active_active_single_dag"]:
        return []
    if design.profile.given.get(f"{EXPORT}.{setting}_secondary") is not None:
        return []
    return [
        "MaximumPreferredActiveDatabases is empty for servers of the secondary datacenter, because Microsoft's "
        'workbook gives no figure for them in one active/active DAG. guidance.oddities = "corrected" writes one, or '
        f"give {EXPORT}.{setting}_secondary."
    ]


def _retention(design: SizedDesign, tier: int) -> float:
    return float(design.profile.value(f"tiers.{tier}.deleted_item_retention") or 0)


def _tiers_in_use(design: SizedDesign) -> list[int]:
    profile = design.profile
    return [n for n in range(1, profile.tiers + 1) if profile.value(f"tiers.{n}.mailboxes")]


def _tier_quotas(design: SizedDesign, tiers: Sequence[int]) -> set[float]:
    """Return the mailbox quotas of the tiers; every database holds mailboxes of all tiers."""
    return {float(design.profile.value(f"tiers.{tier}.mailbox_size_limit") or 0) for tier in tiers}


def _quotas(design: SizedDesign, tiers: Sequence[int]) -> dict[str, Value]:
    """Return the quotas of the databases: the quota of the tiers if all have the same, else unlimited.

    A quota that the profile does not give equals the next higher one: mail is refused at the quota of the tiers,
    sending stops when mail is refused, and users are warned when sending stops.
    """
    common = _tier_quotas(design, tiers)
    quota = common.pop() if len(common) == 1 else 0.0
    quotas: dict[str, Value] = {}
    for name in QUOTAS:
        given = design.profile.given.get(f"{EXPORT}.{name}")
        quota = quota if given is None else float(given)
        quotas[name] = quota
    return quotas


def _left_out(design: SizedDesign) -> Issues:
    issues, where = Issues(), design.profile.where
    for issue in profile_issues(design.profile):
        if issue.field.startswith(f"{EXPORT}."):
            issues.add(issue.severity, where, issue.field, issue.message, issue.hint)
    quotas = _tier_quotas(design, _tiers_in_use(design))
    if len(quotas) > 1 and design.profile.given.get(f"{EXPORT}.{QUOTAS[0]}") is None:
        message = (
            f"The tiers have quotas from {' '.join(CANONICAL.size(min(quotas)))} to "
            f"{' '.join(CANONICAL.size(max(quotas)))} and share the databases, so "
            f"{UNLIMITED} is written as the quota of the databases."
        )
        hint = "Set the quotas of the mailboxes after they are created, or give one for the databases."
        issues.add(WARNING, where, f"{EXPORT}.{QUOTAS[0]}", message, hint)
    if not any(design.profile.given.get(f"names.servers.{label}") for label in SERVER.labels):
        message = "The servers have the names SRV01, SRV02 and so on, because the profile names none."
        issues.add(NOTICE, where, "names.servers", message, "Give the names of your servers.")
    if design["lagged_servers_dedicated"]:
        message = "The files do not contain the copies on dedicated servers for lagged copies."
        issues.add(WARNING, where, "database_copies.dedicated_lagged_servers", message, "Add those copies by hand.")
    if design.plain["metacache_ssds"] and design.profile.value("storage.metacache_ssd_capacity") is None:
        message = "The capacity of the SSDs is not given, so the smallest advised capacity is written."
        hint = "Give the capacity of your SSDs."
        issues.add(WARNING, where, "storage.metacache_ssd_capacity", message, hint)
    dags = int(design.plain["dags_total"] or 1)
    if dags > 1:
        message = f"The files contain one DAG, but the design has {dags} equal DAGs."
        issues.add(
            NOTICE, where, "environment.dags", message, "Write them again with the names of each of the other DAGs."
        )
    return issues
