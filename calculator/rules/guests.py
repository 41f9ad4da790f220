"""Hosts of virtual servers: how many servers fit on a host, what it keeps, and how many hosts a datacenter needs."""

import numpy as np

from calculator.numerics.arrays import NA, Bools, Floats, min_na, ratio, select
from calculator.numerics.rounding import round_up
from calculator.rules.registry import DATACENTER, SERVER_ROLE, rule

PROCESSORS = "virtualization-2013: Virtual processors"
MEMORY = "virtualization-2013: Memory"


@rule(unit="cores", level="per_server", axis=SERVER_ROLE, source=PROCESSORS)
def host_processors_for_guests(
    environment__virtualized: Bools,
    servers__virtual_processors_per_core: Floats,
    servers__host_cores: Floats,
    host_processors: float,
) -> Floats:
    """Number of virtual processors that the host of a server has for its guests, without the two for itself.

    One or more per physical core, as the ratio of the design says. Not applicable without the cores of the host.
    """
    offered = np.maximum(servers__virtual_processors_per_core, 1.0) * servers__host_cores
    known = environment__virtualized & (servers__host_cores > 0)
    return select(known, np.maximum(offered - host_processors, 0.0), NA)


@rule(unit="servers", level="per_server", axis=SERVER_ROLE, source=PROCESSORS)
def guests_by_processors(
    host_processors_for_guests: Floats,
    servers__processor_cores: Floats,
    host_processors_per_core: Floats,
    virtual_processors_limit: float,
) -> Floats:
    """Number of virtual servers that fit on a host by its processors.

    At least the one of the design, where that stays within two virtual processors per core. Not applicable without
    the cores of the host.
    """
    guests = np.floor(host_processors_for_guests / servers__processor_cores)
    one = select(host_processors_per_core <= virtual_processors_limit, 1.0, 0.0)
    return np.maximum(guests, one)


@rule(unit="servers", level="per_server", axis=SERVER_ROLE, source=MEMORY)
def guests_by_memory(environment__virtualized: Bools, servers__host_memory: Floats, guest_memory: Floats) -> Floats:
    """Number of virtual servers that fit on a host by its memory, part of which must be left to the host itself.

    Memory is neither dynamic nor overcommitted. Not applicable without the memory of the host.
    """
    fit = np.maximum(np.ceil(ratio(servers__host_memory, guest_memory)) - 1, 0.0)
    return select(environment__virtualized & (servers__host_memory > 0), fit, NA)


@rule(unit="servers", level="per_server", axis=SERVER_ROLE, source=PROCESSORS)
def guests_per_host(guests_by_processors: Floats, guests_by_memory: Floats) -> Floats:
    """Number of virtual servers that fit on a host by its processors and by its memory, as far as they are given.

    Not applicable with neither the cores nor the memory of the host.
    """
    return min_na(guests_by_processors, guests_by_memory)


@rule(unit="cores", level="per_server", axis=SERVER_ROLE, source=PROCESSORS)
def host_processors_left(
    host_processors_for_guests: Floats,
    guests_per_host: Floats,
    servers__processor_cores: Floats,
    host_processors: float,
) -> Floats:
    """Number of virtual processors that the host of a server keeps when full, including the two for itself.

    Not applicable without the cores of the host.
    """
    return host_processors_for_guests + host_processors - guests_per_host * servers__processor_cores


@rule(unit="GB", level="per_server", axis=SERVER_ROLE, source=MEMORY)
def host_memory_left(servers__host_memory: Floats, guests_per_host: Floats, guest_memory: Floats) -> Floats:
    """Memory that the host of a server keeps when full.

    Not applicable without the memory of the host.
    """
    left = servers__host_memory - guests_per_host * guest_memory
    return select(servers__host_memory > 0, left, NA)


@rule(unit="servers", level="per_datacenter", axis=DATACENTER, source="virtualization: High availability")
def hosts_by_datacenter(
    guests_per_host: Floats,
    summary_mailbox_servers_by_datacenter: Floats,
    dags_total: Floats,
    environment__high_availability: Bools,
    servers__dag_members_per_host: Floats,
) -> Floats:
    """Number of hosts that a datacenter needs for its virtual servers, except those for lagged copies only.

    As many as their processors and memory need, and enough to keep the members of a DAG apart. Not applicable
    without the cores or the memory of the host, nor where a host holds no guest.
    """
    ha, members = environment__high_availability, summary_mailbox_servers_by_datacenter
    guests = members * select(ha, dags_total, 1.0)
    full = round_up(ratio(guests, guests_per_host[:2]))
    apart = select(ha, round_up(members / servers__dag_members_per_host), 0.0)
    return np.maximum(full, apart)
