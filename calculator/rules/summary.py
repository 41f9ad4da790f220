"""Summary of the results: servers, copies, memory and processor, not applicable where the design is invalid."""

import numpy as np

from calculator.inputs.choices import (
    FAILURE_LABEL,
    NAMING,
    READ_WRITE_RATIO,
    STORAGE,
    TRANSPORT_LOCATION,
    FailureLabel,
    Naming,
)
from calculator.numerics.arrays import (
    NA,
    NO_CODE,
    Bools,
    Codes,
    Floats,
    first_code,
    first_true,
    is_na,
    or_zero,
    pair,
    replace_at,
    select,
    stack,
    sum_na,
)
from calculator.numerics.rounding import nearest, round_up
from calculator.rules.constants import LookupTable
from calculator.rules.registry import (
    DATACENTER,
    DATACENTER_TOTAL,
    LEVEL_ABOVE_SERVER,
    MODE,
    SERVER_ROLE,
    TIER,
    flag,
    rule,
)

RR = "calculator-7.6: Role Requirements "


@rule(level="per_environment", axis=DATACENTER, choice=NAMING, source=RR + "C214")
def summary_datacenter_naming(two_datacenters: Bools, active_passive: Bools) -> Codes:
    """Way in which the datacenters are named: numbered if both are active, otherwise primary and secondary."""
    naming = first_code((two_datacenters & ~active_passive, Naming.NUMBERED), default=Naming.RANKED)
    return stack(naming, naming)


@rule(unit="cores", level="per_datacenter", axis=DATACENTER, source=RR + "C215")
def summary_gc_cores(valid: Bools, gc_cores: Floats) -> Floats:
    """Recommended number of directory server cores in each datacenter."""
    return select(valid, gc_cores, NA)


@flag(level="per_datacenter", axis=DATACENTER, group="detail", source=RR + "C218, D218")
def dedicated_client_access(valid: Bools, environment__multi_role: Bools, site_resilience__enabled: Bools) -> Bools:
    """Whether the datacenter has dedicated Client Access servers."""
    apart = valid & ~environment__multi_role
    return stack(apart, apart & site_resilience__enabled)


@rule(unit="cores", level="per_server", axis=DATACENTER, source=RR + "C218")
def summary_cas_cores(dedicated_client_access: Bools, cas_cores: Floats) -> Floats:
    """Number of cores that a dedicated Client Access server needs."""
    return select(dedicated_client_access, round_up(cas_cores), NA)


@rule(unit="GB", level="per_server", axis=DATACENTER, source=RR + "C219")
def summary_cas_memory(
    dedicated_client_access: Bools, cas_server_memory: Floats, megacycles_per_core: Floats
) -> Floats:
    """Recommended memory of a dedicated Client Access server."""
    rated = megacycles_per_core[:2] != 0
    return select(dedicated_client_access & rated, cas_server_memory, NA)


@rule(unit="servers", level="per_datacenter", axis=DATACENTER_TOTAL, source=RR + "C222")
def summary_cas_servers(valid: Bools, cas_servers: Floats) -> Floats:
    """Number of dedicated Client Access servers in each datacenter and in total."""
    shown = select(valid, cas_servers, NA)
    return stack(shown[0], shown[1], sum_na(shown[0], shown[1]))


@rule(unit="DAGs", level="per_environment", source=RR + "F223")
def summary_dags(valid: Bools, environment__high_availability: Bools, dags_total: Floats) -> Floats:
    """Number of DAGs in a valid design."""
    return select(valid & environment__high_availability, dags_total, NA)


@rule(unit="mailboxes", level="per_datacenter", axis=DATACENTER, source=RR + "C224")
def summary_active_mailboxes_by_datacenter(
    valid: Bools, two_datacenters: Bools, active_passive: Bools, mailboxes_total: Floats, primary_user_share: float
) -> Floats:
    """Number of active mailboxes in each datacenter in normal operation."""
    both = two_datacenters & ~active_passive
    primary = select(both, mailboxes_total * primary_user_share, mailboxes_total)
    secondary = mailboxes_total * (1 - primary_user_share)
    return stack(select(valid, primary, NA), select(valid & both, secondary, NA))


@rule(unit="mailboxes", level="per_dag", axis=LEVEL_ABOVE_SERVER, source=RR + "E224")
def summary_active_mailboxes(
    valid: Bools, environment__high_availability: Bools, mailboxes_per_dag: Floats, mailboxes_total: Floats
) -> Floats:
    """Number of mailboxes in a DAG and in the environment."""
    ha = environment__high_availability
    return stack(select(valid & ha, mailboxes_per_dag, NA), select(valid, mailboxes_total, NA))


@rule(unit="servers", level="per_dag", axis=DATACENTER, source=RR + "C225", needs_mailboxes=False)
def summary_mailbox_servers_by_datacenter(
    valid: Bools,
    environment__high_availability: Bools,
    site_resilience__enabled: Bools,
    two_datacenters: Bools,
    active_active_multiple_dags: Bools,
    environment__mailbox_servers: Floats,
    active_servers: Floats,
    dr_servers: Floats,
) -> Floats:
    """Number of Mailbox servers in each datacenter, per DAG or of all standalone servers."""
    pairs = site_resilience__enabled & active_active_multiple_dags
    primary = first_true(
        (~environment__high_availability, environment__mailbox_servers),
        (pairs, active_servers[0]),
        default=active_servers[0] + dr_servers[0],
    )
    secondary = select(active_active_multiple_dags, dr_servers[1], dr_servers[1] + active_servers[1])
    return stack(select(valid, primary, NA), select(valid & two_datacenters, secondary, NA))


@rule(unit="servers", level="per_dag", axis=LEVEL_ABOVE_SERVER, source=RR + "E225", needs_mailboxes=False)
def summary_mailbox_servers(
    environment__high_availability: Bools, summary_mailbox_servers_by_datacenter: Floats, dags_total: Floats
) -> Floats:
    """Number of Mailbox servers in a DAG and in the environment."""
    primary, secondary = summary_mailbox_servers_by_datacenter
    dag = sum_na(primary, secondary)
    ha = environment__high_availability
    return stack(select(ha, dag, NA), select(ha, dag * dags_total, primary))


@rule(unit="servers", level="per_dag", axis=DATACENTER, source=RR + "C226", needs_mailboxes=False)
def summary_lagged_servers_by_datacenter(
    environment__high_availability: Bools,
    valid: Bools,
    database_copies__lagged_copies: Floats,
    database_copies__lagged_copies_secondary: Floats,
    lagged_servers_dedicated: Bools,
    lagged_servers: Floats,
) -> Floats:
    """Number of dedicated servers for lagged copies in each datacenter, per DAG."""
    has_lagged_servers = environment__high_availability & valid & lagged_servers_dedicated
    has_lagged_servers = has_lagged_servers & (database_copies__lagged_copies != 0)
    there = has_lagged_servers & (database_copies__lagged_copies_secondary != 0)
    return stack(select(has_lagged_servers, lagged_servers[0], 0.0), select(there, lagged_servers[1], 0.0))


@rule(unit="servers", level="per_dag", axis=LEVEL_ABOVE_SERVER, source=RR + "E226", needs_mailboxes=False)
def summary_lagged_servers(
    environment__high_availability: Bools, summary_lagged_servers_by_datacenter: Floats, dags_total: Floats
) -> Floats:
    """Number of dedicated servers for lagged copies in a DAG and in the environment."""
    dag = summary_lagged_servers_by_datacenter[0] + summary_lagged_servers_by_datacenter[1]
    return select(environment__high_availability, stack(dag, dag * dags_total), NA)


@rule(unit="servers", level="per_dag", axis=DATACENTER, source=RR + "C227", needs_mailboxes=False)
def summary_servers_by_datacenter(
    environment__high_availability: Bools,
    summary_mailbox_servers_by_datacenter: Floats,
    summary_lagged_servers_by_datacenter: Floats,
) -> Floats:
    """Number of servers in each datacenter, with those for lagged copies, per DAG or of all standalone servers."""
    both = or_zero(summary_mailbox_servers_by_datacenter) + summary_lagged_servers_by_datacenter
    return stack(both[0], select(environment__high_availability, both[1], NA))


@rule(unit="servers", level="per_dag", axis=LEVEL_ABOVE_SERVER, source=RR + "E227", needs_mailboxes=False)
def summary_servers(
    environment__high_availability: Bools, summary_mailbox_servers: Floats, summary_lagged_servers: Floats
) -> Floats:
    """Number of servers in a DAG and in the environment, with those for lagged copies."""
    both = or_zero(summary_mailbox_servers) + or_zero(summary_lagged_servers)
    return stack(select(environment__high_availability, both[0], NA), both[1])


@rule(unit="mailboxes", level="per_environment", axis=TIER, source=RR + "C230")
def summary_mailboxes(valid: Bools, mailboxes_projected: Floats) -> Floats:
    """Number of mailboxes in each tier that has mailboxes.

    Oddity: in an invalid design, only the first tier has no figure.
    """
    shown = select(mailboxes_projected != 0, mailboxes_projected, NA)
    return replace_at(shown, (0,), select(valid, shown[0], NA))


@rule(unit="mailboxes", level="per_database", axis=TIER, source=RR + "C231")
def summary_tier_mailboxes_per_database(valid: Bools, tier_mailboxes_per_database: Floats) -> Floats:
    """Number of mailboxes in a database from each tier that has mailboxes."""
    each = tier_mailboxes_per_database
    return select(valid & (each != 0), each, NA)


@rule(unit="MB", level="per_mailbox", axis=TIER, source=RR + "C232")
def summary_mailbox_size(valid: Bools, mailbox_size_on_disk: Floats) -> Floats:
    """Size on disk of a mailbox in each tier that has mailboxes."""
    return select(valid & (mailbox_size_on_disk != 0), mailbox_size_on_disk, NA)


@rule(unit="logs/day", level="per_mailbox", axis=TIER, source=RR + "C233")
def summary_mailbox_logs_per_day(valid: Bools, mailbox_logs_per_day: Floats) -> Floats:
    """Number of transaction logs per day of a mailbox in each tier that has mailboxes."""
    return select(valid & (mailbox_logs_per_day != 0), mailbox_logs_per_day, NA)


@rule(unit="1/s", level="per_mailbox", axis=TIER, source=RR + "C234")
def summary_iops(valid: Bools, iops_profile: Floats) -> Floats:
    """Database I/O of a mailbox in each tier that has mailboxes."""
    return select(valid & (iops_profile != 0), iops_profile, NA)


@rule(level="per_mailbox", axis=TIER, choice=READ_WRITE_RATIO, source=RR + "C235")
def summary_read_write_ratio(valid: Bools, read_fraction: Floats, read_share_of_ratio: LookupTable) -> Codes:
    """Read:write ratio of the database I/O of a mailbox in each tier."""
    shares = enumerate(read_share_of_ratio.values)
    return first_code(*((valid & (read_fraction == share), code) for code, share in shares), default=NO_CODE)


@rule(unit="copies", level="per_database", axis=DATACENTER_TOTAL, source=RR + "C238")
def summary_ha_copies(valid: Bools, environment__high_availability: Bools, ha_copies: Floats) -> Floats:
    """Number of HA copies of a database in each datacenter and in total."""
    shown = select(valid, ha_copies, NA)
    total = sum_na(shown[0], shown[1])
    return stack(shown[0], shown[1], select(environment__high_availability, total, NA))


@rule(unit="copies", level="per_database", axis=DATACENTER_TOTAL, source=RR + "C239")
def summary_lagged_copies(valid: Bools, environment__high_availability: Bools, lagged_copies: Floats) -> Floats:
    """Number of lagged copies of a database in each datacenter and in total."""
    shown = select(valid, lagged_copies, NA)
    total = sum_na(shown[0], shown[1])
    return stack(shown[0], shown[1], select(environment__high_availability, total, NA))


@rule(unit="copies", level="per_database", axis=DATACENTER_TOTAL, source=RR + "C240")
def summary_copies(
    environment__high_availability: Bools, summary_ha_copies: Floats, summary_lagged_copies: Floats
) -> Floats:
    """Number of copies of a database, HA and lagged, in each datacenter and in total."""
    both = or_zero(summary_ha_copies) + or_zero(summary_lagged_copies)
    return stack(both[0], both[1], select(environment__high_availability, both[2], NA))


@rule(unit="databases", level="per_dag", source=RR + "C243")
def summary_databases(
    valid: Bools, environment__high_availability: Bools, databases: Floats, environment__mailbox_servers: Floats
) -> Floats:
    """Number of databases in a DAG, or on all standalone servers."""
    alone = databases * environment__mailbox_servers
    return select(valid, select(environment__high_availability, databases, alone), NA)


@rule(unit="mailboxes", level="per_database", source=RR + "C244")
def summary_mailboxes_per_database(valid: Bools, mailboxes_per_database: Floats) -> Floats:
    """Number of mailboxes in a database of a valid design."""
    return select(valid, mailboxes_per_database, NA)


@rule(unit="MB", level="per_mailbox", source=RR + "C245")
def summary_database_cache_per_mailbox(valid: Bools, database_cache_per_mailbox: Floats) -> Floats:
    """Database cache that is available per active mailbox in the worst failure."""
    return select(valid, database_cache_per_mailbox, NA)


@rule(level="per_server", axis=DATACENTER, choice=FAILURE_LABEL, source=RR + "C252")
def summary_worst_mode_label(
    environment__high_availability: Bools,
    active_after_first_failure: Floats,
    active_after_second_failure: Floats,
    active_after_site_and_first_failure: Floats,
    active_after_site_and_second_failure: Floats,
) -> Codes:
    """Number of failed servers that the figures of a server assume: none, single or double."""
    ha = environment__high_availability
    pairs = (
        (active_after_first_failure[0], active_after_second_failure[0]),
        (active_after_site_and_first_failure, active_after_site_and_second_failure),
    )
    labels = (
        first_code(
            (ha & ~is_na(second), FailureLabel.DOUBLE),
            (ha & ~is_na(first), FailureLabel.SINGLE),
            default=FailureLabel.NONE,
        )
        for first, second in pairs
    )
    return stack(*labels)


@rule(unit="GB", level="per_server", axis=SERVER_ROLE, source=RR + "C253", needs_mailboxes=False)
def summary_memory(
    valid: Bools,
    two_datacenters_valid: Bools,
    database_copies__ha_copies_secondary: Floats,
    server_memory: Floats,
    lagged_server_memory: Floats,
) -> Floats:
    """Recommended memory of a server of each role."""
    secondary = two_datacenters_valid & (database_copies__ha_copies_secondary != 0)
    return stack(
        select(valid, server_memory[0], NA),
        select(secondary, server_memory[1], NA),
        select(valid, lagged_server_memory, NA),
    )


@rule(unit="GB", level="per_server", axis=SERVER_ROLE, group="detail", source="design: installed memory")
def guest_memory(servers__installed_memory: Floats, summary_memory: Floats) -> Floats:
    """Memory that a virtual server takes from its host: the installed memory if given, otherwise the recommended."""
    return select(servers__installed_memory > 0, servers__installed_memory, summary_memory)


@rule(unit="GB", level="per_server", axis=DATACENTER, group="detail", source=RR + "C253")
def memory_shown(summary_memory: Floats) -> Floats:
    """Recommended memory of a server that hosts mailboxes, in each datacenter."""
    return summary_memory[:2]


@rule(unit="cores", level="per_server", axis=DATACENTER, group="detail", source="too-big: Cores")
def cores(servers__processor_cores: Floats) -> Floats:
    """Number of processor cores of a server that hosts mailboxes, in each datacenter."""
    return servers__processor_cores[:2]


@rule(unit="cores", level="per_server", axis=SERVER_ROLE, source=RR + "C254")
def summary_cores_used(
    valid: Bools,
    site_resilience__enabled: Bools,
    environment__multi_role: Bools,
    mailbox_cores: Floats,
    cas_cores: Floats,
) -> Floats:
    """Number of cores of a server of each role that are in use in the worst mode.

    Not rounded for servers of lagged copies.
    """
    used = round_up(mailbox_cores[:2] + select(environment__multi_role, cas_cores, 0.0))
    return stack(
        select(valid, used[0], NA),
        select(valid & site_resilience__enabled, used[1], NA),
        select(valid, mailbox_cores[2], NA),
    )


@rule(unit="1", level="per_server", axis=SERVER_ROLE, source=RR + "C255")
def summary_cpu_utilization(
    valid: Bools, cpu_utilization_by_mode: Floats, lagged_server_cpu_utilization: Floats
) -> Floats:
    """CPU utilization of a server of each role in the worst mode."""
    worst = cpu_utilization_by_mode[-1]
    return select(valid, stack(worst[0], worst[1], lagged_server_cpu_utilization), NA)


@rule(unit="Mcycle", level="per_server", axis=SERVER_ROLE, source=RR + "C256")
def summary_megacycles_required(
    valid: Bools,
    active_megacycles_by_mode: Floats,
    passive_megacycles_by_mode: Floats,
    cas_megacycles_by_mode: Floats,
    environment__multi_role: Bools,
    servers_in_use: Floats,
    lagged_servers_total: Floats,
    lagged_server_megacycles: Floats,
) -> Floats:
    """Megacycles that a server of each role needs in the worst mode."""
    worst = active_megacycles_by_mode[-1] + passive_megacycles_by_mode[-1]
    worst = worst + select(environment__multi_role, cas_megacycles_by_mode[-1], 0.0)
    return stack(
        select(valid, worst[0], NA),
        select(servers_in_use[1] != 0, worst[1], NA),
        select(valid & (lagged_servers_total != 0), lagged_server_megacycles, NA),
    )


@rule(unit="Mcycle", level="per_server", axis=SERVER_ROLE, source=RR + "C257")
def summary_megacycles_available(valid: Bools, available_megacycles: Floats) -> Floats:
    """Megacycles that a server of each role delivers."""
    return select(valid, available_megacycles, NA)


@rule(level="per_server", axis=SERVER_ROLE, choice=STORAGE, source=RR + "C258")
def summary_storage_architecture(valid: Bools, storage_architecture: Codes) -> Codes:
    """Storage that the servers of each role may use in a valid design, RAID or JBOD."""
    return first_code((valid, storage_architecture), default=NO_CODE)


@rule(level="per_server", axis=DATACENTER, choice=TRANSPORT_LOCATION, source=RR + "C259")
def summary_transport_database_location(valid: Bools, transport_database_location: Codes) -> Codes:
    """Disk of the transport database of a server in a valid design."""
    return first_code((valid, transport_database_location), default=NO_CODE)


@flag(level="per_server", axis=(MODE, DATACENTER), group="detail", source=RR + "C262")
def cpu_mode_shown(
    valid: Bools,
    environment__high_availability: Bools,
    two_datacenters: Bools,
    active_active_single_dag: Bools,
    cpu_utilization_by_mode: Floats,
) -> Bools:
    """Whether Microsoft's workbook shows the CPU utilization of a server in the failure mode."""
    ha, both = environment__high_availability, two_datacenters
    primary = stack(np.ones_like(ha), ha, ha, both & active_active_single_dag, ha)
    secondary = stack(both, both, both, both, both)
    shown = pair(primary, secondary)
    return shown & valid & ~is_na(cpu_utilization_by_mode)


@rule(unit="percent", level="per_server", axis=(MODE, DATACENTER), source=RR + "C262")
def summary_cpu_percent(cpu_mode_shown: Bools, cpu_utilization_by_mode: Floats, percent: float) -> Floats:
    """CPU utilization of a server in each failure mode, as Microsoft's workbook rounds it."""
    return select(cpu_mode_shown, nearest(percent * cpu_utilization_by_mode), NA)


@rule(unit="databases", level="per_server", axis=(MODE, DATACENTER), source=RR + "C262")
def summary_cpu_active(cpu_mode_shown: Bools, active_databases_by_mode: Floats) -> Floats:
    """Number of active databases on a server in each failure mode, as Microsoft's workbook rounds it."""
    return select(cpu_mode_shown, nearest(or_zero(active_databases_by_mode)), NA)
