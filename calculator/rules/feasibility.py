"""Checks of Microsoft's workbook that make a design invalid."""

import numpy as np

from calculator.inputs.choices import STORAGE, VALIDATION_MESSAGE, Storage, ValidationMessage
from calculator.numerics.arrays import NO_CODE, Bools, Codes, Floats, first_code, select, stack
from calculator.rules.registry import SERVER_ROLE, flag, rule


@flag(level="per_environment", source="calculator-7.6: Role Requirements I155")
def too_many_dag_members(
    environment__high_availability: Bools,
    active_servers: Floats,
    dr_servers: Floats,
    lagged_servers_total: Floats,
    dag_members_limit: float,
) -> Bools:
    """Whether a DAG has more than 16 members."""
    members = active_servers[0] + dr_servers[0] + lagged_servers_total
    members = members + dr_servers[1] + active_servers[1]
    return environment__high_availability & (members > dag_members_limit)


@flag(level="per_environment", source="calculator-7.6: Role Requirements I156")
def too_many_copies(
    environment__high_availability: Bools,
    site_resilience__enabled: Bools,
    copies_total: Floats,
    ha_copies_total: Floats,
    lagged_servers_dedicated: Bools,
    servers_total: Floats,
    environment__mailbox_servers: Floats,
) -> Bools:
    """Whether a database has more copies than the DAG has servers."""
    copies = select(lagged_servers_dedicated, ha_copies_total, copies_total)
    servers = select(site_resilience__enabled, servers_total, environment__mailbox_servers)
    return environment__high_availability & (copies > servers)


@flag(level="per_environment", source="calculator-7.6: Role Requirements I157")
def mailbox_limit_missing(tiers__mailboxes: Floats, tiers__mailbox_size_limit: Floats) -> Bools:
    """Whether a tier has mailboxes but no quota."""
    return ((tiers__mailboxes != 0) & (tiers__mailbox_size_limit == 0)).any(axis=0)


@flag(level="per_environment", source="calculator-7.6: Role Requirements I158")
def too_many_databases_per_server(databases_of_a_server: Floats, databases_limit: float) -> Bools:
    """Whether a server holds more than 100 database copies.

    Oddity: the copies are averaged over all members of the DAG, and compared with 100 even where 98 is the limit.
    """
    return databases_of_a_server > databases_limit


@flag(level="per_environment", source="calculator-7.6: Role Requirements I159")
def failure_domains_invalid(environment__high_availability: Bools) -> Bools:
    """Whether the check of failure domains fails; Microsoft's workbook has it switched off, so it never does."""
    return np.zeros_like(environment__high_availability)


@flag(level="per_environment", source="calculator-7.6: Role Requirements I161")
def database_size_not_positive(database_size_limit: Floats) -> Bools:
    """Whether the size limit of a database is 0 or negative."""
    return database_size_limit <= 0


@flag(level="per_environment", source="calculator-7.6: Role Requirements I162")
def too_few_data_volumes(
    volume_count_automatic: Bools,
    servers_total: Floats,
    storage__data_volumes_per_server: Floats,
    databases_per_volume: Floats,
    database_copies_per_dag: Floats,
) -> Bools:
    """Whether the given number of volumes per server is too small for all database copies."""
    held = servers_total * storage__data_volumes_per_server * databases_per_volume
    return ~volume_count_automatic & (held < database_copies_per_dag)


@flag(level="per_environment", source="calculator-7.6: Role Requirements I163")
def unequal_copies(site_resilience__enabled: Bools, active_active_single_dag: Bools, copies_there: Floats) -> Bools:
    """Whether the two datacenters of one active/active DAG hold different numbers of copies of a database."""
    uneven = copies_there[0] != copies_there[1]
    return site_resilience__enabled & active_active_single_dag & uneven


@flag(level="per_environment", source="calculator-7.6: Role Requirements I160")
def design_invalid(
    too_many_dag_members: Bools,
    too_many_copies: Bools,
    mailbox_limit_missing: Bools,
    too_many_databases_per_server: Bools,
    database_size_not_positive: Bools,
    too_few_data_volumes: Bools,
    unequal_copies: Bools,
    environment__high_availability: Bools,
    dag_members: Floats,
    databases_of_a_server: Floats,
    database_size_limit: Floats,
    mailboxes_total: Floats,
) -> Bools:
    """Whether the design fails a check of Microsoft's workbook.

    If a figure that these checks need cannot be computed, the design is invalid too, unless there are no mailboxes
    from which to compute it.
    """
    unknown = environment__high_availability & np.isnan(dag_members)
    unknown = unknown | np.isnan(databases_of_a_server) | np.isnan(database_size_limit)
    unknown = unknown & (mailboxes_total != 0)
    return (
        too_many_dag_members
        | too_many_copies
        | mailbox_limit_missing
        | too_many_databases_per_server
        | database_size_not_positive
        | too_few_data_volumes
        | unequal_copies
        | unknown
    )


@flag(level="per_environment", group="detail", source="calculator-7.6: Role Requirements I160")
def valid(design_invalid: Bools) -> Bools:
    """Whether the design passes all checks of Microsoft's workbook."""
    return ~design_invalid


@rule(level="per_environment", choice=VALIDATION_MESSAGE, source="calculator-7.6: Role Requirements G214")
def validation_message(
    too_many_dag_members: Bools,
    too_many_copies: Bools,
    too_many_databases_per_server: Bools,
    mailbox_limit_missing: Bools,
    too_few_data_volumes: Bools,
    unequal_copies: Bools,
) -> Codes:
    """First check of Microsoft's workbook that the design fails."""
    return first_code(
        (too_many_dag_members, ValidationMessage.TOO_MANY_DAG_MEMBERS),
        (too_many_copies, ValidationMessage.TOO_MANY_COPIES),
        (too_many_databases_per_server, ValidationMessage.TOO_MANY_DATABASES_PER_SERVER),
        (mailbox_limit_missing, ValidationMessage.MAILBOX_LIMIT_MISSING),
        (too_few_data_volumes, ValidationMessage.TOO_FEW_DATA_VOLUMES),
        (unequal_copies, ValidationMessage.UNEQUAL_COPIES),
        default=ValidationMessage.NONE,
    )


@flag(level="per_environment", group="detail", source="calculator-7.6: Role Requirements I160")
def two_datacenters_valid(two_datacenters: Bools, valid: Bools) -> Bools:
    """Whether the design passes all checks of Microsoft's workbook and has two datacenters."""
    return two_datacenters & valid


@rule(level="per_server", axis=SERVER_ROLE, choice=STORAGE, source="calculator-7.6: Role Requirements I127, I128, I129")
def storage_architecture(
    primary_architecture: Codes,
    storage__consider_jbod: Bools,
    logs_share_volume: Bools,
    several_per_volume: Bools,
    two_datacenters_valid: Bools,
    environment__high_availability: Bools,
    valid: Bools,
    database_copies__ha_copies_secondary: Floats,
    database_copies__lagged_copies: Floats,
    copies_there: Floats,
    ha_copies: Floats,
    lagged_copies: Floats,
    lagged_servers_dedicated: Bools,
) -> Codes:
    """Storage that the servers of each role may use, RAID or JBOD.

    For JBOD, the secondary datacenter needs two copies of a database, and servers for lagged copies need two lagged
    copies. Not applicable to a role without servers.

    Oddity: servers for lagged copies need two lagged copies in the primary datacenter, but more than two in the
    secondary datacenter.
    """
    jbod = storage__consider_jbod & logs_share_volume
    in_secondary = select(several_per_volume, copies_there[1], ha_copies[1])
    lagged_fine = lagged_servers_dedicated | several_per_volume
    lagged_fine = lagged_fine | (lagged_copies[1] == 0) | (lagged_copies[1] >= 2)
    has_secondary = two_datacenters_valid & (database_copies__ha_copies_secondary > 0)
    has_lagged = lagged_servers_dedicated & (database_copies__lagged_copies > 0)
    has_lagged = has_lagged & valid & environment__high_availability
    lagged_jbod = jbod & ((lagged_copies[0] >= 2) | (lagged_copies[1] > 2))
    return stack(
        primary_architecture,
        first_code(
            (~has_secondary, NO_CODE), (jbod & (in_secondary >= 2) & lagged_fine, Storage.JBOD), default=Storage.RAID
        ),
        first_code((~has_lagged, NO_CODE), (lagged_jbod, Storage.JBOD), default=Storage.RAID),
    )
