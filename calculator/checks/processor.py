"""Checks of processor and memory that are too small, or larger than advised."""

import numpy as np

from calculator.issues import ERROR, NOTICE, WARNING
from calculator.numerics.arrays import Bools, Floats, stack
from calculator.rules.registry import DATACENTER, SERVER_ROLE, check


@check(
    ERROR,
    "servers.{label}.specint2006_rate",
    "CPU utilization reaches {summary_cpu_utilization:,.0%} after the worst failure, so the servers cannot sustain the "
    "load.",
    "Add servers, or use faster ones.",
    source="sizing-2013: Processor",
    axis=SERVER_ROLE,
)
def cpu_exhausted(summary_cpu_utilization: Floats) -> Bools:
    """Check that CPU utilization stays below 100 % after the worst failure."""
    return summary_cpu_utilization > 1


@check(
    WARNING,
    "servers.{label}.specint2006_rate",
    "CPU utilization reaches {summary_cpu_utilization:,.0%} after the worst failure. At most 80 % is advised.",
    "Add servers, or use faster ones.",
    source="preferred-architecture: Processor",
    axis=SERVER_ROLE,
)
def cpu_high(summary_cpu_utilization: Floats, highest_cpu_utilization: float) -> Bools:
    """Check that CPU utilization is at most 80 % after the worst failure."""
    return (summary_cpu_utilization > highest_cpu_utilization) & (summary_cpu_utilization <= 1)


@check(
    WARNING,
    "environment.unified_messaging",
    "CPU utilization reaches {worst_cpu_utilization:,.0%} after the worst failure, so the transcription of voice mail "
    "may be skipped.",
    "Add servers, or raise the CPU multiplier of the users of voice mail and size again.",
    source="capacity-planning-2013: Unified messaging",
)
def transcription_at_risk(
    environment__unified_messaging: Bools, worst_cpu_utilization: Floats, highest_cpu_utilization: float
) -> Bools:
    """Check that enough CPU is left for the transcription of voice mail after the worst failure."""
    return environment__unified_messaging & (worst_cpu_utilization > highest_cpu_utilization)


@check(
    NOTICE,
    "environment.unified_messaging",
    "The transcription of voice mail needs much CPU, but no figure for it is published.",
    "Raise the CPU multiplier of the users of voice mail.",
    source="capacity-planning-2013: Unified messaging",
)
def transcription_not_sized(environment__unified_messaging: Bools, tiers__megacycles_multiplier: Floats) -> Bools:
    """Check that a CPU multiplier includes the transcription of voice mail."""
    return environment__unified_messaging & (tiers__megacycles_multiplier == 1).all(axis=0)


@check(
    WARNING,
    "servers.{label}.specint2006_rate",
    "CPU is not sized, because no rating is given for the {servers__processor_cores:.0f} cores of a server.",
    "Give the SPECint_rate2006 of the server. The rating of Microsoft's reference core is 33.75.",
    source="sizing-checker: Baseline",
    axis=SERVER_ROLE,
)
def rating_unknown(server_rating: Floats, servers__processor_cores: Floats, servers_in_use: Floats) -> Bools:
    """Check that the rating of a server is given."""
    return (servers_in_use != 0) & (server_rating == 0) & (servers__processor_cores > 0)


@check(
    WARNING,
    "servers.{label}.specint2006_rate",
    "The rating of {servers__specint2006_rate:,.5g} on {servers__processor_cores:.0f} cores is {core_rating:.4g} "
    "SPECint_rate2006 per core, outside the usual 10 to 80.",
    "Give the rating and the cores of the same server. Was the rating changed with the cores?",
    source="design: doubtful values",
    axis=SERVER_ROLE,
)
def rating_doubtful(
    servers__specint2006_rate: Floats,
    servers__processor_cores: Floats,
    core_rating: Floats,
    rated_by_host: Bools,
    servers_in_use: Floats,
    lowest_core_rating: float,
    highest_core_rating: float,
) -> Bools:
    """Check that the rating of a server per core is plausible."""
    given = (servers_in_use != 0) & ~rated_by_host
    given = given & (servers__specint2006_rate > 0) & (servers__processor_cores > 0)
    return given & ((core_rating < lowest_core_rating) | (core_rating > highest_core_rating))


@check(
    WARNING,
    "servers.{label}.host_rating",
    "The host rating of {servers__host_rating:,.5g} on {servers__host_cores:.0f} cores is {core_rating:.4g} "
    "SPECint_rate2006 per core, outside the usual 10 to 80.",
    "Give the rating and the cores of the same host. Was the rating changed with the cores?",
    source="design: doubtful values",
    axis=SERVER_ROLE,
)
def host_rating_doubtful(
    servers__host_rating: Floats,
    servers__host_cores: Floats,
    core_rating: Floats,
    rated_by_host: Bools,
    servers_in_use: Floats,
    lowest_core_rating: float,
    highest_core_rating: float,
) -> Bools:
    """Check that the rating of a host per core is plausible."""
    given = (servers_in_use != 0) & rated_by_host & (servers__host_rating > 0) & (servers__host_cores > 0)
    return given & ((core_rating < lowest_core_rating) | (core_rating > highest_core_rating))


@check(
    WARNING,
    "servers.{label}.host_rating",
    "The host rating of {servers__host_rating:,.5g} is not used, because the cores of the host are not given.",
    "Give the physical cores of the host too, from which the rating of a virtual server follows.",
    source="design: doubtful values",
    axis=SERVER_ROLE,
)
def host_cores_missing(
    environment__virtualized: Bools, servers__host_rating: Floats, rated_by_host: Bools, servers_in_use: Floats
) -> Bools:
    """Check that the cores of a rated host are given."""
    return environment__virtualized & (servers_in_use != 0) & (servers__host_rating > 0) & ~rated_by_host


@check(
    NOTICE,
    "servers.{label}.processor_cores",
    "A core is rated {core_rating:.4g}, half of Microsoft's reference of 33.75 or less. Were logical processors "
    "counted as cores?",
    "Turn hyper-threading off on physical servers, and count physical cores.",
    source="sizing-recommendations-2013: Hyper-threading",
    axis=SERVER_ROLE,
)
def logical_processors_counted(
    core_rating: Floats,
    environment__virtualized: Bools,
    servers_in_use: Floats,
    threads_per_core: float,
    reference_core_rate: float,
) -> Bools:
    """Check that logical processors are not counted as cores of a physical server."""
    halved = core_rating * threads_per_core <= reference_core_rate
    return ~environment__virtualized & (servers_in_use != 0) & (core_rating > 0) & halved


@check(
    NOTICE,
    "environment.virtualized",
    "Virtual servers are sized with the physical cores of their hosts. Logical processors of hyper-threading do not "
    "count.",
    "Count and rate only physical cores, even where the hypervisor shows twice as many.",
    source="sizing-recommendations-2013: Hyper-threading",
)
def physical_cores_count(environment__virtualized: Bools) -> Bools:
    """Check that servers are physical, so that no hypervisor counts logical processors."""
    return environment__virtualized


@check(
    NOTICE,
    "servers.{label}.processor_cores",
    "A server has {cores:.0f} cores. At most {largest_server_cores:.0f} are advised for Exchange {version_year:.0f}.",
    "Count only physical cores (hyper-threading off), and prefer more servers of a size that Microsoft tested.",
    source="too-big: Cores",
    axis=DATACENTER,
)
def cores_above_advice(
    cores: Floats, two_datacenters: Bools, largest_server_cores: Floats, version_year: Floats
) -> Bools:
    """Check that servers have at most the advised cores: 24, or 48 with Exchange 2019."""
    used = stack(np.ones_like(two_datacenters), two_datacenters)
    return used & (cores > largest_server_cores)


@check(
    WARNING,
    "servers.{label}.installed_memory",
    "{servers__installed_memory:,.4g} GB of memory is installed in a server, but {memory_required:,.4g} GB is needed. "
    "{summary_memory:,.0f} GB is recommended.",
    "Install more memory, or add servers so that fewer databases are active on each.",
    source="design: installed memory",
    axis=SERVER_ROLE,
)
def memory_too_small(servers__installed_memory: Floats, memory_required: Floats, summary_memory: Floats) -> Bools:
    """Check that the installed memory is sufficient."""
    return (servers__installed_memory < memory_required) & (summary_memory > 0)


@check(
    WARNING,
    "summary_memory.{label}",
    "A server needs {memory_shown:.0f} GB of memory. At most {largest_server_memory:.0f} GB is advised for Exchange "
    "{version_year:.0f}.",
    "Add servers so that fewer databases are active on each.",
    source="too-big: Memory",
    axis=DATACENTER,
)
def memory_above_advice(memory_shown: Floats, largest_server_memory: Floats, version_year: Floats) -> Bools:
    """Check that servers need at most the advised memory: 96, 192 or 256 GB by version."""
    return memory_shown > largest_server_memory


@check(
    ERROR,
    "servers.virtual_processors_per_core",
    "{servers__virtual_processors_per_core:.3g} virtual processors share a physical core. At most 2 are supported.",
    "Give virtual servers at most two virtual processors per physical core, less the two that the host itself needs.",
    source="virtualization-2013: Virtual processors",
)
def processors_oversubscribed(
    environment__virtualized: Bools, servers__virtual_processors_per_core: Floats, virtual_processors_limit: float
) -> Bools:
    """Check that at most two virtual processors share a physical core."""
    return environment__virtualized & (servers__virtual_processors_per_core > virtual_processors_limit)


@check(
    NOTICE,
    "servers.virtual_processors_per_core",
    "{servers__virtual_processors_per_core:.3g} virtual processors share a physical core and divide its CPU. One is "
    "recommended.",
    "Use one virtual processor per physical core, and leave two cores to the host itself.",
    source="virtualization-2013: Virtual processors",
)
def processors_shared(
    environment__virtualized: Bools, servers__virtual_processors_per_core: Floats, virtual_processors_limit: float
) -> Bools:
    """Check that virtual processors do not share a physical core."""
    ratio = servers__virtual_processors_per_core
    return environment__virtualized & (ratio > 1) & (ratio <= virtual_processors_limit)


@check(
    ERROR,
    "servers.{label}.host_cores",
    "A host has {host_processors_per_core:.3g} virtual processors per physical core, including two for itself. At "
    "most 2 are supported.",
    "Give virtual servers fewer virtual processors, or use a host with more cores.",
    source="virtualization-2013: Virtual processors",
    axis=SERVER_ROLE,
)
def host_oversubscribed(
    host_processors_per_core: Floats,
    servers__virtual_processors_per_core: Floats,
    servers_in_use: Floats,
    virtual_processors_limit: float,
) -> Bools:
    """Check that a host has at most two virtual processors per core, including its own."""
    alone = servers__virtual_processors_per_core <= virtual_processors_limit
    return alone & (servers_in_use != 0) & (host_processors_per_core > virtual_processors_limit)


@check(
    NOTICE,
    "servers.{label}.host_cores",
    "A host has {host_processors_per_core:.3g} virtual processors per physical core, including two for itself. One is "
    "recommended.",
    "Leave two cores of the host to the host itself.",
    source="virtualization-2013: Virtual processors",
    axis=SERVER_ROLE,
)
def host_shared(
    host_processors_per_core: Floats,
    servers__virtual_processors_per_core: Floats,
    servers_in_use: Floats,
    virtual_processors_limit: float,
) -> Bools:
    """Check that a host has at most one virtual processor per core, including its own."""
    alone = (servers__virtual_processors_per_core <= 1) & (servers_in_use != 0)
    return alone & (host_processors_per_core > 1) & (host_processors_per_core <= virtual_processors_limit)


@check(
    WARNING,
    "servers.{label}.host_memory",
    "A virtual server with {guest_memory:,.4g} GB of memory leaves none of the {servers__host_memory:,.4g} GB to its "
    "host.",
    "Use a host with more memory: dynamic memory and overcommitment are not supported.",
    source="virtualization-2013: Memory",
    axis=SERVER_ROLE,
)
def host_memory_too_small(
    environment__virtualized: Bools, servers__host_memory: Floats, guest_memory: Floats, servers_in_use: Floats
) -> Bools:
    """Check that the memory of a virtual server leaves some to its host."""
    return environment__virtualized & (servers_in_use != 0) & (guest_memory >= servers__host_memory)


@check(
    WARNING,
    "servers.dag_members_per_host",
    "{servers__dag_members_per_host:.0f} members of a DAG may share a host. They fail together with it, and so do as "
    "many copies of a database.",
    "Run every member of a DAG on a host of its own.",
    source="virtualization: High availability",
)
def dag_members_share_host(
    environment__virtualized: Bools, environment__high_availability: Bools, servers__dag_members_per_host: Floats
) -> Bools:
    """Check that a host runs at most one member of a DAG."""
    return environment__virtualized & environment__high_availability & (servers__dag_members_per_host > 1)
