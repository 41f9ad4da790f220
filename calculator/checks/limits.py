"""Checks that make a design invalid in Microsoft's workbook."""

import numpy as np

from calculator.issues import ERROR
from calculator.numerics.arrays import Bools, Floats
from calculator.rules.registry import TIER, check

RR = "calculator-7.6: Role Requirements "


@check(
    ERROR,
    "environment.mailbox_servers",
    "{dag_members:.0f} servers are needed per DAG, but a DAG has at most 16 members.",
    "Add a DAG, use fewer copies, or use servers with more cores and disks.",
    source=RR + "I155",
)
def dag_too_large(too_many_dag_members: Bools, dag_members: Floats) -> Bools:
    """Check that a DAG has at most 16 members."""
    return too_many_dag_members & (dag_members > 0)


@check(
    ERROR,
    "database_copies.ha_copies",
    "A database has {copies_total:.0f} copies, which need {copies_total:.0f} servers in a DAG.",
    "Add servers, or use fewer copies.",
    source=RR + "I156",
)
def more_copies_than_servers(too_many_copies: Bools, copies_total: Floats) -> Bools:
    """Check that every copy of a database can have a server of its own."""
    return too_many_copies & (copies_total > 0)


@check(
    ERROR,
    "tiers.{label}.mailbox_size_limit",
    "The tier has mailboxes, but their quota is 0.",
    "Give the mailboxes of the tier a quota.",
    source=RR + "I157",
    axis=TIER,
)
def quota_missing(tiers__mailboxes: Floats, tiers__mailbox_size_limit: Floats) -> Bools:
    """Check that mailboxes have a quota."""
    return (tiers__mailboxes != 0) & (tiers__mailbox_size_limit == 0)


@check(
    ERROR,
    "environment.mailbox_servers",
    "A server holds {databases_of_a_server:.0f} database copies, but at most 100 are supported.",
    "Add servers, or allow larger databases.",
    source=RR + "I158",
)
def databases_above_limit(too_many_databases_per_server: Bools, databases_of_a_server: Floats) -> Bools:
    """Check that a server holds at most 100 database copies."""
    return too_many_databases_per_server & (databases_of_a_server > 0)


@check(
    ERROR,
    "database.custom_max_size",
    "The largest database that the design allows is {database_size_limit:.4g} GB.",
    "Give a database size limit above 0, or use a larger disk.",
    source=RR + "I161",
)
def size_limit_not_positive(
    database_size_not_positive: Bools, database_size_limit: Floats, database__custom_max_size_enabled: Bools
) -> Bools:
    """Check that the size limit of a database is above 0."""
    return database_size_not_positive & (database_size_limit <= 0) & database__custom_max_size_enabled


@check(
    ERROR,
    "storage.data_volumes_per_server",
    "{storage__data_volumes_per_server:.0f} volumes per server cannot hold the {database_copies_per_dag:.0f} database "
    "copies of a DAG.",
    "Give more volumes per server, or let their number be computed.",
    source=RR + "I162",
)
def volumes_too_few(
    too_few_data_volumes: Bools, storage__data_volumes_per_server: Floats, database_copies_per_dag: Floats
) -> Bools:
    """Check that the given volumes can hold all database copies."""
    given = storage__data_volumes_per_server > 0
    return too_few_data_volumes & given & (database_copies_per_dag > 0)


@check(
    ERROR,
    "database_copies.ha_copies_secondary",
    "The datacenters hold {copies_primary:.0f} and {copies_secondary:.0f} copies of a database, but one active/active "
    "DAG needs the same number in both.",
    "Distribute HA and lagged copies evenly, or choose another site resilience model.",
    source=RR + "I163",
)
def copies_uneven(unequal_copies: Bools, copies_primary: Floats, copies_secondary: Floats) -> Bools:
    """Check that both datacenters of one active/active DAG hold the same number of copies."""
    return unequal_copies & (copies_primary > 0) & (copies_primary != copies_secondary)


@check(
    ERROR,
    "design",
    "The number of servers, the databases per server or the largest database cannot be computed.",
    "Check the quota, the messages per day and the database disk, which may be too small or too slow for one database.",
    source=RR + "I160",
    only_alone=True,
)
def figures_missing(
    environment__high_availability: Bools,
    dag_members: Floats,
    databases_of_a_server: Floats,
    database_size_limit: Floats,
    mailboxes_total: Floats,
    database__automatic_count: Bools,
    database__custom_count: Floats,
) -> Bools:
    """Check that all figures that the other checks need can be computed."""
    unknown = environment__high_availability & np.isnan(dag_members)
    unknown = unknown | np.isnan(databases_of_a_server) | np.isnan(database_size_limit)
    return unknown & (mailboxes_total > 0) & (database__automatic_count | (database__custom_count > 0))
