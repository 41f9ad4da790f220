"""Checks of processor and memory that are too small, or larger than advised."""

import numpy as np

from calculator.issues import ERROR, NOTICE, WARNING
from calculator.numerics.arrays import Bools, Floats, stack
from calculator.rules.registry import DATACENTER, SERVER_ROLE, check


@check(
    ERROR,
    "servers.{label}.specint2006_rate",
    "CPU reaches {summary_cpu_utilization:.0%} in the worst failure; the design cannot carry its load.",
    "Add servers, or take faster ones.",
    source="sizing-2013: Processor",
    axis=SERVER_ROLE,
)
def cpu_exhausted(summary_cpu_utilization: Floats) -> Bools:
    """CPU suffices in the worst failure."""
    return summary_cpu_utilization > 1


@check(
    WARNING,
    "servers.{label}.specint2006_rate",
    "CPU reaches {summary_cpu_utilization:.0%} in the worst failure, 80 % are advised at most.",
    "Add servers, or take faster ones.",
    source="preferred-architecture: Processor",
    axis=SERVER_ROLE,
)
def cpu_high(summary_cpu_utilization: Floats, highest_cpu_utilization: float) -> Bools:
    """CPU stays at 80 % in the worst failure."""
    return (summary_cpu_utilization > highest_cpu_utilization) & (summary_cpu_utilization <= 1)


@check(
    WARNING,
    "environment.unified_messaging",
    "With CPU at {worst_cpu_utilization:.0%} in the worst failure, transcription of voice mail may be skipped.",
    "Add servers, or raise tiers.N.megacycles_multiplier for the users of voice mail and size again.",
    source="capacity-planning-2013: Unified messaging",
)
def transcription_at_risk(
    environment__unified_messaging: Bools, worst_cpu_utilization: Floats, highest_cpu_utilization: float
) -> Bools:
    """Voice mail transcription needs CPU to spare."""
    return environment__unified_messaging & (worst_cpu_utilization > highest_cpu_utilization)


@check(
    NOTICE,
    "environment.unified_messaging",
    "Voice mail transcription is heavy on CPU, and no figure for it is published.",
    "Account for it with tiers.N.megacycles_multiplier.",
    source="capacity-planning-2013: Unified messaging",
)
def transcription_not_sized(environment__unified_messaging: Bools, tiers__megacycles_multiplier: Floats) -> Bools:
    """Unified messaging is in use and nothing is added for it."""
    return environment__unified_messaging & (tiers__megacycles_multiplier == 1).all(axis=0)


@check(
    WARNING,
    "servers.{label}.specint2006_rate",
    "CPU was not sized: no rating is given for the {servers__processor_cores:.0f} cores of a server.",
    "Give the SPECint_rate2006 of the server; Microsoft's reference is 33.75 per core.",
    source="sizing-checker: Baseline",
    axis=SERVER_ROLE,
)
def rating_unknown(server_rating: Floats, servers__processor_cores: Floats, servers_in_use: Floats) -> Bools:
    """Processor figures need a rating."""
    return (servers_in_use != 0) & (server_rating == 0) & (servers__processor_cores > 0)


@check(
    WARNING,
    "servers.{label}.specint2006_rate",
    "The rating of {servers__specint2006_rate:,.5g} on {servers__processor_cores:.0f} cores is {core_rating:.4g} "
    "SPECint_rate2006 per core, outside the usual 10 to 80.",
    "Give the rating and the cores of the same server: was the rating changed with the cores?",
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
    """The rating belongs to the cores."""
    given = (servers_in_use != 0) & ~rated_by_host
    given = given & (servers__specint2006_rate > 0) & (servers__processor_cores > 0)
    return given & ((core_rating < lowest_core_rating) | (core_rating > highest_core_rating))


@check(
    WARNING,
    "servers.{label}.host_rating",
    "The host rating of {servers__host_rating:,.5g} on {servers__host_cores:.0f} cores is {core_rating:.4g} "
    "SPECint_rate2006 per core, outside the usual 10 to 80.",
    "Give the rating and the cores of the same host: was the rating changed with the cores?",
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
    """The rating of the host belongs to its cores."""
    given = (servers_in_use != 0) & rated_by_host & (servers__host_rating > 0) & (servers__host_cores > 0)
    return given & ((core_rating < lowest_core_rating) | (core_rating > highest_core_rating))


@check(
    WARNING,
    "servers.{label}.host_rating",
    "The host rating of {servers__host_rating:,.5g} is not used: the cores of the host are not given.",
    "Give the physical cores of the host too, so that the rating of a guest can follow.",
    source="design: doubtful values",
    axis=SERVER_ROLE,
)
def host_cores_missing(
    environment__virtualized: Bools, servers__host_rating: Floats, rated_by_host: Bools, servers_in_use: Floats
) -> Bools:
    """A rating of the host has its cores."""
    return environment__virtualized & (servers_in_use != 0) & (servers__host_rating > 0) & ~rated_by_host


@check(
    NOTICE,
    "servers.{label}.processor_cores",
    "A core is rated {core_rating:.4g}, half of Microsoft's reference of 33.75 or less: were logical processors "
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
    """Cores of physical servers are not logical processors."""
    halved = core_rating * threads_per_core <= reference_core_rate
    return ~environment__virtualized & (servers_in_use != 0) & (core_rating > 0) & halved


@check(
    NOTICE,
    "environment.virtualized",
    "Virtual servers are sized with the physical cores of their hosts; logical processors of hyper-threading add none.",
    "Count and rate physical cores alone, also where the hypervisor shows twice as many.",
    source="sizing-recommendations-2013: Hyper-threading",
)
def physical_cores_count(environment__virtualized: Bools) -> Bools:
    """Servers are physical, so that no hypervisor counts logical processors."""
    return environment__virtualized


@check(
    NOTICE,
    "servers.{label}.processor_cores",
    "{cores:.0f} cores are more than the {largest_server_cores:.0f} advised for a server of Exchange "
    "{version_year:.0f}.",
    "Count physical cores alone (hyper-threading off), and prefer more servers of a size that Microsoft tested.",
    source="too-big: Cores",
    axis=DATACENTER,
)
def cores_above_advice(
    cores: Floats, two_datacenters: Bools, largest_server_cores: Floats, version_year: Floats
) -> Bools:
    """Servers have at most the cores that are advised for their version: 24, or 48 with Exchange 2019."""
    used = stack(np.ones_like(two_datacenters), two_datacenters)
    return used & (cores > largest_server_cores)


@check(
    WARNING,
    "servers.{label}.installed_memory",
    "{servers__installed_memory:,.4g} GB of memory are installed in a server and {memory_required:,.4g} GB are needed; "
    "the next size is {summary_memory:,.0f} GB.",
    "Install more memory, or add servers so that fewer databases are active on each.",
    source="design: installed memory",
    axis=SERVER_ROLE,
)
def memory_too_small(servers__installed_memory: Floats, memory_required: Floats, summary_memory: Floats) -> Bools:
    """The installed memory is enough."""
    return (servers__installed_memory < memory_required) & (summary_memory > 0)


@check(
    WARNING,
    "summary_memory.{label}",
    "{memory_shown:.0f} GB of memory are more than the {largest_server_memory:.0f} GB advised for a server of "
    "Exchange {version_year:.0f}.",
    "Add servers so that fewer databases are active on each.",
    source="too-big: Memory",
    axis=DATACENTER,
)
def memory_above_advice(memory_shown: Floats, largest_server_memory: Floats, version_year: Floats) -> Bools:
    """Servers have at most the memory that is advised for their version: 96, 192 or 256 GB."""
    return memory_shown > largest_server_memory


@check(
    ERROR,
    "servers.virtual_processors_per_core",
    "{servers__virtual_processors_per_core:.3g} virtual processors per core; at most 2 are supported.",
    "Give guests at most two virtual processors per physical core, less the two that the host itself needs.",
    source="virtualization-2013: Virtual processors",
)
def processors_oversubscribed(
    environment__virtualized: Bools, servers__virtual_processors_per_core: Floats, virtual_processors_limit: float
) -> Bools:
    """Two virtual processors a core at most."""
    return environment__virtualized & (servers__virtual_processors_per_core > virtual_processors_limit)


@check(
    NOTICE,
    "servers.virtual_processors_per_core",
    "{servers__virtual_processors_per_core:.3g} virtual processors per core divide the CPU of a guest; one is "
    "recommended.",
    "Take one virtual processor per physical core, and leave two cores to the host itself.",
    source="virtualization-2013: Virtual processors",
)
def processors_shared(
    environment__virtualized: Bools, servers__virtual_processors_per_core: Floats, virtual_processors_limit: float
) -> Bools:
    """One virtual processor a core."""
    ratio = servers__virtual_processors_per_core
    return environment__virtualized & (ratio > 1) & (ratio <= virtual_processors_limit)


@check(
    ERROR,
    "servers.{label}.host_cores",
    "{host_processors_per_core:.3g} virtual processors per core of the host, with the two of the host itself; at most "
    "2 are supported.",
    "Give guests fewer virtual processors, or take a host with more cores.",
    source="virtualization-2013: Virtual processors",
    axis=SERVER_ROLE,
)
def host_oversubscribed(
    host_processors_per_core: Floats,
    servers__virtual_processors_per_core: Floats,
    servers_in_use: Floats,
    virtual_processors_limit: float,
) -> Bools:
    """Two virtual processors per core at most, those of the host among them."""
    alone = servers__virtual_processors_per_core <= virtual_processors_limit
    return alone & (servers_in_use != 0) & (host_processors_per_core > virtual_processors_limit)


@check(
    NOTICE,
    "servers.{label}.host_cores",
    "{host_processors_per_core:.3g} virtual processors per core of the host, with the two of the host itself; one is "
    "recommended.",
    "Leave two cores of the host to itself.",
    source="virtualization-2013: Virtual processors",
    axis=SERVER_ROLE,
)
def host_shared(
    host_processors_per_core: Floats,
    servers__virtual_processors_per_core: Floats,
    servers_in_use: Floats,
    virtual_processors_limit: float,
) -> Bools:
    """One virtual processor per core, those of the host among them."""
    alone = (servers__virtual_processors_per_core <= 1) & (servers_in_use != 0)
    return alone & (host_processors_per_core > 1) & (host_processors_per_core <= virtual_processors_limit)


@check(
    WARNING,
    "servers.{label}.host_memory",
    "A guest of {guest_memory:,.4g} GB leaves nothing of the host's {servers__host_memory:,.4g} GB to the host itself.",
    "Take a host with more memory: dynamic memory and overcommitment are not supported.",
    source="virtualization-2013: Memory",
    axis=SERVER_ROLE,
)
def host_memory_too_small(
    environment__virtualized: Bools, servers__host_memory: Floats, guest_memory: Floats, servers_in_use: Floats
) -> Bools:
    """The memory of a guest and of the host itself fit the host."""
    return environment__virtualized & (servers_in_use != 0) & (guest_memory >= servers__host_memory)


@check(
    WARNING,
    "servers.dag_members_per_host",
    "{servers__dag_members_per_host:.0f} members of a DAG may share a host: they fail together with it, and with them "
    "as many copies of a database.",
    "Keep the members of a DAG on hosts of their own.",
    source="virtualization: High availability",
)
def dag_members_share_host(
    environment__virtualized: Bools, environment__high_availability: Bools, servers__dag_members_per_host: Floats
) -> Bools:
    """A host runs one member of a DAG at most."""
    return environment__virtualized & environment__high_availability & (servers__dag_members_per_host > 1)
