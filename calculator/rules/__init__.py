"""The rules of the design, one module a subject, in the order a person would explain them."""

from calculator.rules import (  # noqa: I001  the order is that of the story
    population,
    copies,
    dumpster,
    mailbox,
    growth,
    io,
    database,
    database_count,
    servers,
    validation,
    activation,
    site_failure,
    logs,
    volume,
    space,
    maintenance,
    processor,
    memory,
    transport,
    directory,
    quorum,
    raid,
    raid_disks,
    jbod,
    disks,
    replication,
    backup,
    scenarios,
    summary,
    totals,
)

CHAPTERS = tuple(
    module.__name__.rpartition(".")[2]
    for module in (
        population, copies, dumpster, mailbox, growth, io, database, database_count, servers, validation,
        activation, site_failure, logs, volume, space, maintenance, processor, memory, transport, directory,
        quorum, raid, raid_disks, jbod, disks, replication, backup, scenarios, summary, totals,
    )
)  # fmt: skip
"""Names of the chapters, in the order a person would explain them."""
