"""Processor: the capacity of a server, and the load of active and passive copies and Client Access in each mode."""

import numpy as np

from calculator.inputs.choices import WORST_FAILURE, WorstFailure
from calculator.numerics.arrays import (
    NA,
    NO_CODE,
    Bools,
    Codes,
    Floats,
    axis_sum,
    first_code,
    is_na,
    pair,
    ratio,
    replace_at,
    select,
    stack,
)
from calculator.numerics.rounding import round_up
from calculator.rules.registry import DATACENTER, MODE, SERVER_ROLE, corrects, flag, rule

SITE = MODE.labels.index("site")
ALWAYS_A_NUMBER = np.array([True, False, False, True, True])
"""Modes whose count of active databases is not tested before it is used: normal, site, worst."""


@rule(
    unit="1",
    level="per_environment",
    axis=SERVER_ROLE,
    group="detail",
    source="calculator-7.6: Role Requirements C160, C161",
)
def servers_in_use(
    two_datacenters: Bools,
    valid: Bools,
    active_servers: Floats,
    dr_servers: Floats,
    environment__high_availability: Bools,
    lagged_servers_dedicated: Bools,
    database_copies__lagged_copies: Floats,
) -> Floats:
    """Factor that is 1 if the datacenter or the lagged copies have servers of their own, otherwise 0.

    The role "lagged" means dedicated servers for lagged copies.
    """
    secondary = (active_servers[1] != 0) | (dr_servers[1] != 0)
    lagged = environment__high_availability & lagged_servers_dedicated
    lagged = lagged & (database_copies__lagged_copies != 0) & valid
    return stack(
        np.ones_like(environment__high_availability, dtype=np.float64),
        select(secondary & valid, 1.0, 0.0),
        select(lagged, 1.0, 0.0),
    )


@rule(unit="1", level="per_server", group="detail", source="calculator-7.6: Role Requirements C165")
def hypervisor_factor(environment__virtualized: Bools, servers__hypervisor_overhead: Floats) -> Floats:
    """Factor by which a virtual server needs more megacycles than a physical server."""
    return select(environment__virtualized, 1 + servers__hypervisor_overhead, 1.0)


@flag(level="per_server", axis=SERVER_ROLE, group="detail", source="virtualization-2013: Virtual processors")
def rated_by_host(environment__virtualized: Bools, servers__host_rating: Floats, servers__host_cores: Floats) -> Bools:
    """Whether the rating of a virtual server follows from the rating and the cores of its host."""
    return environment__virtualized & (servers__host_rating > 0) & (servers__host_cores > 0)


@rule(unit="1", level="per_server", axis=SERVER_ROLE, group="detail", source="virtualization-2013: Virtual processors")
def guests_per_core(
    environment__virtualized: Bools,
    servers__virtual_processors_per_core: Floats,
    servers__processor_cores: Floats,
    servers__host_cores: Floats,
) -> Floats:
    """Number of virtual processors that share a physical core, 1 for a physical server.

    At least 1. Where the cores of the host are given, at least the processors of the server divided by them.
    """
    given = np.maximum(servers__virtual_processors_per_core, 1.0)
    shared = np.fmax(given, servers__processor_cores / servers__host_cores)
    return select(environment__virtualized, shared, 1.0)


@rule(unit="1", level="per_server", axis=SERVER_ROLE, group="detail", source="virtualization-2013: Virtual processors")
def host_processors_per_core(
    environment__virtualized: Bools,
    servers__virtual_processors_per_core: Floats,
    servers__processor_cores: Floats,
    servers__host_cores: Floats,
    guests_per_core: Floats,
    host_processors: float,
) -> Floats:
    """Number of virtual processors per physical core of the host of a server, with the two that the host needs.

    Guests use all cores of the host where virtual processors share cores; otherwise, only the processors of this
    guest count. Not applicable to physical servers, nor without the cores of the host.
    """
    shared = servers__virtual_processors_per_core > 1
    guests = select(shared, guests_per_core * servers__host_cores, servers__processor_cores)
    return select(environment__virtualized, (guests + host_processors) / servers__host_cores, NA)


@rule(unit="1", level="per_server", axis=SERVER_ROLE, group="detail", source="sizing-checker: Baseline")
def core_rating(
    rated_by_host: Bools,
    servers__host_rating: Floats,
    servers__host_cores: Floats,
    servers__specint2006_rate: Floats,
    servers__processor_cores: Floats,
) -> Floats:
    """SPECint_rate2006 per physical core of a server, or of its host where the rating of the host is given."""
    own = servers__specint2006_rate / servers__processor_cores
    return select(rated_by_host, servers__host_rating / servers__host_cores, own)


@rule(unit="1", level="per_server", axis=SERVER_ROLE, group="detail", source="virtualization-2013: Virtual processors")
def server_rating(
    rated_by_host: Bools,
    core_rating: Floats,
    servers__specint2006_rate: Floats,
    servers__processor_cores: Floats,
    guests_per_core: Floats,
) -> Floats:
    """SPECint_rate2006 that is available to a server.

    If the host is rated, a virtual server has the rating of a core of the host for each of its processors. Where
    several virtual processors share a core, each has its part of the rating: half of it at 2:1. Zero without a
    rating.
    """
    whole = select(rated_by_host, core_rating * servers__processor_cores, servers__specint2006_rate)
    return whole / guests_per_core


@rule(unit="Mcycle", level="per_server", axis=SERVER_ROLE, source="calculator-7.6: Role Requirements C159, C160, C161")
def megacycles_per_core(
    server_rating: Floats,
    servers__processor_cores: Floats,
    servers_in_use: Floats,
    reference_core_megacycles: float,
    reference_core_rate: float,
) -> Floats:
    """Adjusted megacycles of a processor core of a server.

    The rating of a core, or of a virtual processor, compared with the reference core of 2,000 megacycles and a
    rating of 33.75. Zero without a rating.
    """
    per_core = server_rating / servers__processor_cores
    adjusted = per_core * reference_core_megacycles / reference_core_rate
    return select(servers_in_use != 0, adjusted, 0.0)


@rule(unit="Mcycle", level="per_server", axis=SERVER_ROLE, source="calculator-7.6: Role Requirements C162, C163, C164")
def available_megacycles(
    servers__processor_cores: Floats, megacycles_per_core: Floats, servers_in_use: Floats
) -> Floats:
    """Megacycles that all cores of a server deliver.

    Not applicable to a role without servers, and for the primary datacenter without a rating.
    """
    total = servers__processor_cores * megacycles_per_core
    shown = stack(megacycles_per_core[0] != 0, servers_in_use[1] != 0, servers_in_use[2] != 0)
    return select(shown, total, NA)


@rule(unit="Mcycle", level="per_environment", source="calculator-7.6: Role Requirements C165")
def cas_megacycles_total(mailboxes_projected: Floats, cas_megacycles: Floats, hypervisor_factor: Floats) -> Floats:
    """Megacycles that Client Access needs for all mailboxes of the environment."""
    return axis_sum(mailboxes_projected * cas_megacycles) * hypervisor_factor


@rule(unit="servers", level="per_datacenter", axis=DATACENTER, source="calculator-7.6: Role Requirements C189, C190")
def cas_servers_minimum(
    environment__multi_role: Bools,
    valid: Bools,
    two_datacenters: Bools,
    megacycles_per_core: Floats,
    available_megacycles: Floats,
    cas_megacycles_total: Floats,
    highest_cpu_utilization: float,
) -> Floats:
    """Smallest number of dedicated Client Access servers in each datacenter, at a CPU load of 80 %.

    The servers of each datacenter must sustain the load of the whole environment. Not applicable where roles share
    servers.
    """
    needed = round_up(ratio(cas_megacycles_total, available_megacycles[:2] * highest_cpu_utilization))
    able = ~environment__multi_role & valid
    able = stack(able, able & two_datacenters) & (megacycles_per_core[:2] != 0)
    return select(able, needed, NA)


@rule(unit="servers", level="per_datacenter", axis=DATACENTER, source="calculator-7.6: Role Requirements C191, C192")
def cas_servers(cas_servers_minimum: Floats) -> Floats:
    """Recommended number of dedicated Client Access servers in each datacenter, two more than the smallest number."""
    return cas_servers_minimum + 2


@rule(unit="Mcycle", level="per_database", group="detail", source="calculator-7.6: Role Requirements C199")
def active_megacycles_per_database(
    tier_mailboxes_per_database: Floats, active_megacycles: Floats, hypervisor_factor: Floats
) -> Floats:
    """Megacycles that the active copy of a database needs."""
    return axis_sum(tier_mailboxes_per_database * active_megacycles) * hypervisor_factor


@rule(unit="Mcycle", level="per_database", group="detail", source="calculator-7.6: Role Requirements C200")
def passive_megacycles_per_database(
    tier_mailboxes_per_database: Floats, passive_megacycles: Floats, hypervisor_factor: Floats
) -> Floats:
    """Megacycles that a passive copy of a database needs."""
    return axis_sum(tier_mailboxes_per_database * passive_megacycles) * hypervisor_factor


@rule(unit="Mcycle", level="per_database", group="detail", source="calculator-7.6: Role Requirements C201")
def cas_megacycles_per_database(
    tier_mailboxes_per_database: Floats, cas_megacycles: Floats, hypervisor_factor: Floats
) -> Floats:
    """Megacycles that Client Access needs for the active copy of a database."""
    return axis_sum(tier_mailboxes_per_database * cas_megacycles) * hypervisor_factor


@rule(unit="databases", level="per_dag", group="detail", source="calculator-7.6: Role Requirements C202")
def takeover_copies(remote_ha_copies: Floats) -> Floats:
    """Number of copies in the secondary datacenter that may take over databases of the primary datacenter of a DAG.

    Oddity: only HA copies count, although lagged copies are activated where the secondary datacenter has no other
    copies.
    """
    return remote_ha_copies[1]


@corrects("takeover_copies", "lagged copies that become active are not counted")
def takeover_copies_of_the_layout(
    takeover_copies: Floats, layout_possible: Bools, layout_lagged_copies: Floats, active_databases: Floats
) -> Floats:
    """HA copies, or lagged copies where the secondary datacenter has no HA copies."""
    lagged = active_databases[0] * layout_lagged_copies[1]
    return select(layout_possible & (takeover_copies == 0), lagged, takeover_copies)


@rule(
    unit="1",
    level="per_server",
    axis=(MODE, DATACENTER),
    group="detail",
    source="calculator-7.6: Role Requirements C202",
)
def mode_applies(sized_databases_by_mode: Floats, servers_in_use: Floats, takeover_copies: Floats) -> Floats:
    """Factor that is 1 if the active databases of a server are known for the failure, otherwise 0."""
    known = ~is_na(sized_databases_by_mode)
    idle = ALWAYS_A_NUMBER[:, None] & (takeover_copies == 0)
    secondary = (servers_in_use[1] != 0) & (known[:, 1] | idle)
    return pair(known[:, 0], secondary).astype(np.float64)


@rule(unit="Mcycle", level="per_server", axis=(MODE, DATACENTER), source="calculator-7.6: Role Requirements C199")
def active_megacycles_by_mode(
    sized_databases_by_mode: Floats,
    active_megacycles_per_database: Floats,
    takeover_copies: Floats,
    mode_applies: Floats,
) -> Floats:
    """Megacycles of the active databases on a server in each failure mode.

    Zero in a secondary datacenter without HA copies of the databases of the primary datacenter.
    """
    load = sized_databases_by_mode * active_megacycles_per_database
    idle = stack(np.zeros_like(takeover_copies, dtype=bool), takeover_copies == 0)
    return select(mode_applies != 0, select(idle, 0.0, load), NA)


@rule(unit="Mcycle", level="per_server", axis=(MODE, DATACENTER), source="calculator-7.6: Role Requirements C200")
def passive_megacycles_by_mode(
    sized_databases_by_mode: Floats,
    sized_copies_per_server: Floats,
    passive_megacycles_per_database: Floats,
    environment__high_availability: Bools,
    two_datacenters: Bools,
    active_passive: Bools,
    takeover_copies: Floats,
    mode_applies: Floats,
) -> Floats:
    """Megacycles of the passive copies on a server in each failure mode.

    The copies of the server that are not active. Negative where more databases are active than the server has
    copies.

    Oddity: the number of active databases may exceed the copies of the server. After the loss of the secondary
    datacenter, the primary datacenter has no passive copies if all users are at home there.
    """
    held = sized_copies_per_server
    idle = stack(np.zeros_like(takeover_copies, dtype=bool), takeover_copies == 0)
    active = select(idle, 0.0, sized_databases_by_mode)
    load = (held - active) * passive_megacycles_per_database
    passive = select(environment__high_availability, load, 0.0)
    passive = replace_at(passive, (SITE, 0), select(two_datacenters & ~active_passive, passive[SITE, 0], 0.0))
    return select(mode_applies != 0, passive, NA)


@rule(unit="Mcycle", level="per_server", axis=(MODE, DATACENTER), source="calculator-7.6: Role Requirements C201")
def cas_megacycles_by_mode(
    sized_databases_by_mode: Floats,
    cas_megacycles_per_database: Floats,
    environment__multi_role: Bools,
    cas_megacycles_total: Floats,
    cas_servers_minimum: Floats,
    takeover_copies: Floats,
    mode_applies: Floats,
    servers_in_use: Floats,
) -> Floats:
    """Megacycles of Client Access on a server in each failure mode.

    On the Mailbox server where roles share servers, otherwise on a dedicated Client Access server.
    """
    idle = stack(np.zeros_like(takeover_copies, dtype=bool), takeover_copies == 0)
    shared = select(idle, 0.0, sized_databases_by_mode * cas_megacycles_per_database)
    dedicated = ratio(cas_megacycles_total, cas_servers_minimum)
    tested = ~ALWAYS_A_NUMBER[:, None, None] & is_na(sized_databases_by_mode)
    present = stack(np.ones_like(environment__multi_role), servers_in_use[1] != 0)
    apart = select(present & ~tested, dedicated, NA)
    return select(environment__multi_role, select(mode_applies != 0, shared, NA), apart)


@rule(unit="1", level="per_server", axis=(MODE, DATACENTER), source="calculator-7.6: Role Requirements C208")
def cpu_utilization_by_mode(
    active_megacycles_by_mode: Floats,
    passive_megacycles_by_mode: Floats,
    cas_megacycles_by_mode: Floats,
    environment__multi_role: Bools,
    available_megacycles: Floats,
    megacycles_per_core: Floats,
    valid: Bools,
    active_after_site_failure: Floats,
) -> Floats:
    """CPU utilization of a server in each failure mode.

    At most 80 % is advised in the worst mode. Not applicable without a rating, for the loss of a datacenter where
    there is no other to take over, and for a failure for which Microsoft's workbook has no figure.
    """
    client_access = select(environment__multi_role, cas_megacycles_by_mode, 0.0)
    load = active_megacycles_by_mode + passive_megacycles_by_mode + client_access
    able = valid & (megacycles_per_core[:2] != 0)
    used = select(able, ratio(load, available_megacycles[:2]), NA)
    return replace_at(used, (SITE, 0), select(is_na(active_after_site_failure), NA, used[SITE, 0]))


@rule(unit="Mcycle", level="per_server", source="calculator-7.6: Role Requirements C205")
def lagged_server_megacycles(
    servers_in_use: Floats, database_copies_per_server: Floats, passive_megacycles_per_database: Floats
) -> Floats:
    """Megacycles that a dedicated server for lagged copies needs.

    Not applicable without such servers.
    """
    load = database_copies_per_server * passive_megacycles_per_database
    return select(servers_in_use[2] != 0, load, NA)


@rule(unit="1", level="per_server", source="calculator-7.6: Role Requirements C210")
def lagged_server_cpu_utilization(
    lagged_server_megacycles: Floats,
    available_megacycles: Floats,
    lagged_servers_total: Floats,
    valid: Bools,
    megacycles_per_core: Floats,
) -> Floats:
    """CPU utilization of a dedicated server for lagged copies."""
    able = (lagged_servers_total != 0) & valid & (megacycles_per_core[2] != 0)
    return select(able, ratio(lagged_server_megacycles, available_megacycles[2]), NA)


@rule(unit="cores", level="per_server", axis=SERVER_ROLE, source="calculator-7.6: Role Requirements C168, C171, C172")
def mailbox_cores(
    active_megacycles_by_mode: Floats,
    passive_megacycles_by_mode: Floats,
    lagged_server_megacycles: Floats,
    megacycles_per_core: Floats,
) -> Floats:
    """Number of cores of a server that the Mailbox role uses in the worst failure.

    Not applicable without a rating (for servers of lagged copies, Microsoft's workbook then shows an error).
    """
    worst = active_megacycles_by_mode[-1] + passive_megacycles_by_mode[-1]
    return ratio(stack(worst[0], worst[1], lagged_server_megacycles), megacycles_per_core)


@rule(unit="cores", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements C169, C173")
def active_mailbox_cores(active_megacycles_by_mode: Floats, megacycles_per_core: Floats) -> Floats:
    """Number of cores of a server that its active databases use in the worst failure."""
    return ratio(active_megacycles_by_mode[-1], megacycles_per_core[:2])


@rule(unit="cores", level="per_server", axis=DATACENTER, source="calculator-7.6: Role Requirements C170, C174")
def cas_cores(cas_megacycles_by_mode: Floats, megacycles_per_core: Floats) -> Floats:
    """Number of cores of a server that the Client Access role uses in the worst failure."""
    return ratio(cas_megacycles_by_mode[-1], megacycles_per_core[:2])


@rule(unit="1", level="per_server", group="detail", source="sizing-2013: Processor")
def worst_cpu_utilization(
    cpu_utilization_by_mode: Floats, megacycles_per_core: Floats, servers_in_use: Floats
) -> Floats:
    """Highest CPU utilization of a server in either datacenter after the worst failure.

    Not applicable if the processors of a datacenter have no rating: that of the other one may not be the highest.
    """
    unknown = (servers_in_use[:2] != 0) & (megacycles_per_core[:2] == 0)
    return select(unknown.any(axis=0), NA, np.fmax(cpu_utilization_by_mode[-1, 0], cpu_utilization_by_mode[-1, 1]))


@rule(level="per_server", axis=DATACENTER, choice=WORST_FAILURE, source="calculator-7.6: Role Requirements C130, C208")
def worst_cpu_failure(
    sized_databases_by_mode: Floats,
    active_after_site_and_first_failure: Floats,
    active_after_site_and_second_failure: Floats,
    environment__high_availability: Bools,
    takeover_copies: Floats,
    cpu_utilization_by_mode: Floats,
) -> Codes:
    """Failure that decides the highest CPU utilization of a server.

    The first of these failures that makes as many databases active on a server as the worst mode counts: no failure,
    one and two failed servers, the loss of the other datacenter, and that loss with one and two more failed servers.
    Not applicable where the worst mode has no CPU utilization.
    """
    normal, single, double, site, worst = sized_databases_by_mode
    idle = stack(~environment__high_availability, takeover_copies == 0)
    return first_code(
        (is_na(cpu_utilization_by_mode[-1]), NO_CODE),
        (idle | (normal >= worst), WorstFailure.NORMAL),
        (single >= worst, WorstFailure.SINGLE),
        (double >= worst, WorstFailure.DOUBLE),
        (site >= worst, WorstFailure.SITE),
        (active_after_site_and_first_failure >= worst, WorstFailure.SITE_AND_SINGLE),
        (active_after_site_and_second_failure >= worst, WorstFailure.SITE_AND_DOUBLE),
        default=WorstFailure.SITE,
    )


@corrects("passive_megacycles_by_mode", "the load of passive copies may be negative")
def passive_megacycles_not_negative(
    passive_megacycles_by_mode: Floats,
    sized_databases_by_mode: Floats,
    sized_copies_per_server: Floats,
    passive_megacycles_per_database: Floats,
    layout_possible: Bools,
    mode_applies: Floats,
) -> Floats:
    """Never below 0, and the primary datacenter keeps its passive copies after the loss of the secondary datacenter."""
    held = (sized_copies_per_server[0] - sized_databases_by_mode[SITE, 0]) * passive_megacycles_per_database
    primary = select(mode_applies[SITE, 0] != 0, held, NA)
    load = select(layout_possible, primary, passive_megacycles_by_mode[SITE, 0])
    return np.maximum(replace_at(passive_megacycles_by_mode, (SITE, 0), load), 0.0)
