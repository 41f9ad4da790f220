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
    NOTICE,
    "servers.{label}.specint2006_rate",
    "No rating is given, so there are no CPU figures.",
    "Look it up for the server model, or take the reference of 33.75 for each core.",
    source="sizing-checker: Baseline",
    axis=SERVER_ROLE,
)
def rating_unknown(servers__specint2006_rate: Floats, servers_in_use: Floats) -> Bools:
    """Processor figures need a rating."""
    return (servers_in_use != 0) & (servers__specint2006_rate == 0)


@check(
    NOTICE,
    "servers.{label}.processor_cores",
    "{cores:.0f} cores are more than the 24 advised for a server.",
    "More servers of a size Microsoft tested do better than fewer large ones.",
    source="too-big: Cores",
    axis=DATACENTER,
)
def cores_above_advice(cores: Floats, two_datacenters: Bools, largest_server_cores: float) -> Bools:
    """Servers have at most 24 cores."""
    used = stack(np.ones_like(two_datacenters), two_datacenters)
    return used & (cores > largest_server_cores)


@check(
    WARNING,
    "summary_memory.{label}",
    "{memory_shown:.0f} GB of memory are more than the 96 advised for a server.",
    "Add servers so that fewer databases are active on each.",
    source="too-big: Memory",
    axis=DATACENTER,
)
def memory_above_advice(memory_shown: Floats, largest_server_memory: float) -> Bools:
    """Servers have at most 96 GB."""
    return memory_shown > largest_server_memory


@check(
    ERROR,
    "servers.virtual_processors_per_core",
    "{servers__virtual_processors_per_core:.3g} virtual processors a core; at most 2 are supported.",
    "Give guests at most two virtual processors for each physical core.",
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
    "{servers__virtual_processors_per_core:.3g} virtual processors a core; one is recommended.",
    "Take one virtual processor for each physical core.",
    source="virtualization-2013: Virtual processors",
)
def processors_shared(
    environment__virtualized: Bools, servers__virtual_processors_per_core: Floats, virtual_processors_limit: float
) -> Bools:
    """One virtual processor a core."""
    ratio = servers__virtual_processors_per_core
    return environment__virtualized & (ratio > 1) & (ratio <= virtual_processors_limit)
