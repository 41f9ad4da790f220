"""Lay out a design with the parameters that follow from its sizing and the names in its profile."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping

from calculator.engine.findings import ODDITY_FIELD
from calculator.engine.results import DESIGN_INVALID
from calculator.engine.sizing import SizedDesign, size
from calculator.inputs.choices import WORST_FAILURE
from calculator.inputs.profile import Profile
from calculator.inputs.schema import DATACENTERS, SECONDARY
from calculator.issues import ERROR, WARNING, InputError, Issues
from calculator.layout.dag import Layout, lay_out
from calculator.layout.parameters import (
    THIRD_SITE,
    Parameters,
    ServerLoad,
    SizedMode,
    check_parameters,
    read_parameters,
)
from calculator.layout.sizing import compare_with_sizing
from calculator.rules.constants import scalar

Design = str | os.PathLike[str] | Profile | SizedDesign | Parameters | Mapping[str, object]
"""Type of the argument of `calculator.layout.layout`."""
_INPUTS = {
    "databases": "database.custom_count",
    "servers_primary": "environment.mailbox_servers",
    "servers_secondary": "environment.mailbox_servers",
    "copies_primary": "database_copies.ha_copies",
    "copies_secondary": "database_copies.ha_copies_secondary",
    "lagged_primary": "database_copies.lagged_copies",
    "lagged_secondary": "database_copies.lagged_copies_secondary",
    "failure_domains_primary": "failure_domains.primary",
    "failure_domains_secondary": "failure_domains.secondary",
}
"""Inputs of a design by parameter, for the issues."""


def lay_out_design(design_or_parameters: Design) -> Layout:
    """Lay out the database copies of a DAG; see `calculator.layout.layout`."""
    if isinstance(design_or_parameters, Parameters):
        issues = check_parameters(design_or_parameters)
        if issues.errors:
            raise InputError(issues)
        return lay_out(design_or_parameters, issues)
    if isinstance(design_or_parameters, Mapping) and _names_parameters(design_or_parameters):
        parameters = read_parameters(design_or_parameters)
        return lay_out(parameters, check_parameters(parameters))
    design = design_or_parameters if isinstance(design_or_parameters, SizedDesign) else size(design_or_parameters)
    dag = lay_out(*from_sizing(design if design.complete else size(design.profile)))
    dag.issues.extend(compare_with_sizing(dag))
    return dag


def _names_parameters(given: Mapping[str, object]) -> bool:
    """Return whether a mapping holds parameters; the paths of the inputs of a design contain a dot."""
    return not isinstance(given, SizedDesign) and not any("." in str(name) for name in given)


def from_sizing(design: SizedDesign) -> tuple[Parameters, Issues]:
    """Return the parameters of the layout of a sized design, and the issues about them.

    As in Microsoft's workbook, dedicated lagged servers and their copies are not part of the layout.

    Raises
    ------
    InputError
        If the design has no DAG, fails its checks, or cannot be laid out.
    """
    _refuse(design)
    parameters = _read_parameters(design)
    found = check_parameters(parameters, design.profile.where)
    issues = Issues()
    for issue in found:
        issues.add(issue.severity, issue.where, _INPUTS.get(issue.field, issue.field), issue.message, issue.hint)
    issues.extend(_find_doubts(design, parameters))
    if issues.errors:
        raise InputError(issues)
    return parameters, issues


def _refuse(design: SizedDesign) -> None:
    issues, where = Issues(), design.profile.where
    if not design.profile.value("environment.high_availability"):
        message = "Standalone servers hold no database copies, so there is nothing to lay out."
        issues.error(where, "environment.high_availability", message, "Turn on high availability for a DAG.")
    elif design.without_mailboxes:
        message = "The design has no mailboxes: no databases can be laid out."
        issues.error(where, "tiers.1.mailboxes", message, "Give at least one tier with mailboxes.")
    elif design.plain[DESIGN_INVALID] or design.plain["databases"] is None:
        for issue in design.issues:
            if issue.severity == ERROR:
                issues.error(issue.where, issue.field, issue.message, issue.hint)
        if not issues.errors:
            issues.error(
                where, "design", "A design that fails its checks has no layout.", "See the issues of the design."
            )
    if issues:
        raise InputError(issues)


def _read_count(design: SizedDesign, column: str) -> int:
    value = design.plain[column]
    return 0 if value is None else int(value)


def _read_pair(design: SizedDesign, name: str) -> tuple[int, int]:
    return _read_count(design, f"{name}.{DATACENTERS[0]}"), _read_count(design, f"{name}.{DATACENTERS[1]}")


def _read_text(design: SizedDesign, path: str) -> str:
    value = design.profile.value(path)
    return "" if value is None else str(value)


def _read_parameters(design: SizedDesign) -> Parameters:
    healthy, lagged = _read_pair(design, "ha_copies"), _read_pair(design, "lagged_copies")
    second = bool(design.plain["two_datacenters"]) and healthy[1] + lagged[1] > 0
    if design.plain["lagged_servers_dedicated"]:
        lagged = 0, 0
    servers = _read_pair(design, "summary_mailbox_servers_by_datacenter")
    active = _read_pair(design, "active_servers")
    domains = bool(design.profile.value("failure_domains.enabled"))
    names = tuple(_read_text(design, f"names.servers.{n}") for n in range(1, servers[0] + second * servers[1] + 1))
    return Parameters(
        databases=_read_count(design, "databases"),
        servers_primary=servers[0],
        servers_secondary=servers[1] if second else 0,
        copies_primary=healthy[0] + lagged[0],
        copies_secondary=healthy[1] + lagged[1] if second else 0,
        lagged_primary=lagged[0],
        lagged_secondary=lagged[1] if second else 0,
        datacenters=1 + second,
        model=_read_text(design, "site_resilience.model"),
        active_servers_primary=active[0],
        active_servers_secondary=active[1] if second else 0,
        failure_domains_primary=_read_text(design, "failure_domains.primary") if domains else "",
        failure_domains_secondary=_read_text(design, "failure_domains.secondary") if domains and second else "",
        disk_group=max(1, _read_count(design, "disk_group")),
        databases_per_volume=max(1, _read_count(design, "databases_per_volume")),
        witness=_place_witness(design, second),
        block_secondary_activation=bool(design.profile.value("site_resilience.block_secondary_activation")),
        dac_mode=bool(design.profile.value("dag.dac_mode")),
        workbook_failures=False,
        oddities=_read_text(design, ODDITY_FIELD),
        server_names=names,
        database_base=_read_text(design, "names.database_base"),
        load=_read_load(design),
    )


def _place_witness(design: SizedDesign, second: bool) -> str:
    given = _read_text(design, "dag.witness_location")
    return THIRD_SITE if given == SECONDARY and not second else given


def _find_doubts(design: SizedDesign, parameters: Parameters) -> Issues:
    """Return warnings about parts of the design that the layout leaves out."""
    issues, where = Issues(), design.profile.where
    if parameters.witness != _read_text(design, "dag.witness_location"):
        message = "The witness is in the secondary datacenter, which the design does not have. A third site is assumed."
        issues.add(WARNING, where, "dag.witness_location", message, "Give primary or third_site.")
    if design.plain["lagged_servers_dedicated"] and design.plain["lagged_servers_total"]:
        count = _read_count(design, "lagged_servers_total")
        message = (
            f"The layout leaves out the dedicated servers for lagged copies ({count}), their copies and their votes."
        )
        issues.add(WARNING, where, "database_copies.dedicated_lagged_servers", message, "Place their copies yourself.")
    return issues


def _read_figure(design: SizedDesign, column: str) -> float:
    value = design.plain[column]
    return math.nan if value is None else float(value)


def _read_load(design: SizedDesign) -> ServerLoad:
    shared = bool(design.profile.value("environment.multi_role"))
    client_access = _read_figure(design, "cas_megacycles_per_database") if shared else 0.0
    active = _read_figure(design, "active_megacycles_per_database") + client_access
    passive = _read_figure(design, "passive_megacycles_per_database")
    available = [_read_figure(design, f"available_megacycles.{name}") for name in DATACENTERS]
    memory = [_read_figure(design, f"server_memory.{name}") for name in DATACENTERS]
    limits = [_read_figure(design, f"active_databases_limit.{name}") for name in DATACENTERS]
    part = scalar("cache_percent", design.profile) / scalar("percent") * scalar("mb_per_gb")
    return ServerLoad(
        mailboxes=_read_figure(design, "mailboxes_per_database"),
        cpu_active=(_compute_share(active, available[0]), _compute_share(active, available[1])),
        cpu_passive=(_compute_share(passive, available[0]), _compute_share(passive, available[1])),
        cache=(part * memory[0], part * memory[1]),
        active_limit=(limits[0], limits[1]),
        single=_read_mode(design, "single"),
        double=_read_mode(design, "double"),
        worst=_read_mode(design, "worst"),
        worst_failure=(_read_failure(design, DATACENTERS[0]), _read_failure(design, DATACENTERS[1])),
    )


def _read_mode(design: SizedDesign, mode: str) -> SizedMode:
    active = [_read_figure(design, f"active_databases_by_mode.{mode}.{name}") for name in DATACENTERS]
    cpu = [_read_figure(design, f"cpu_utilization_by_mode.{mode}.{name}") for name in DATACENTERS]
    return SizedMode((active[0], active[1]), (cpu[0], cpu[1]))


def _read_failure(design: SizedDesign, datacenter: str) -> str:
    failure = design.plain[f"worst_cpu_failure.{datacenter}"]
    return "" if failure is None else WORST_FAILURE.text(WORST_FAILURE.words.index(failure))


def _compute_share(load: float, available: float) -> float:
    return load / available if available else math.nan
