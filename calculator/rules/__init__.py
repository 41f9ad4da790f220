"""The rules of the design, one module a subject, in the order a person would explain them."""

from calculator.rules import (  # noqa: I001  the order is that of the story
    population,
    copies,
    dumpster,
    mailbox,
    growth,
    io,
    database,
    servers,
    validation,
    activation,
    logs,
    volume,
    maintenance,
    processor,
    memory,
    transport,
    directory,
    quorum,
    raid,
    jbod,
    disks,
    replication,
    backup,
    scenarios,
    summary,
)

CHAPTERS = tuple(
    module.__name__.rpartition(".")[2]
    for module in (
        population, copies, dumpster, mailbox, growth, io, database, servers, validation, activation,
        logs, volume, maintenance, processor, memory, transport, directory, quorum, raid, jbod, disks,
        replication, backup, scenarios, summary,
    )
)  # fmt: skip
