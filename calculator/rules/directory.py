"""Directory servers: the cores and the memory of the domain controllers that a datacenter needs."""

from calculator.numerics.arrays import Bools, Floats, axis_sum, ratio, select
from calculator.numerics.rounding import round_up
from calculator.rules.registry import DATACENTER, rule


@rule(unit="1", level="per_environment", group="detail", source="sizing-recommendations-2013: Active Directory")
def mailbox_cores_per_directory_core(
    environment__global_catalog_64bit: Bools, mailbox_cores_per_64bit_core: float, mailbox_cores_per_32bit_core: float
) -> Floats:
    """Number of cores busy with active mailboxes that one core of a directory server serves."""
    return select(environment__global_catalog_64bit, mailbox_cores_per_64bit_core, mailbox_cores_per_32bit_core)


@rule(unit="cores", level="per_datacenter", axis=DATACENTER, source="calculator-7.6: Role Requirements C175, C176")
def gc_cores(
    mailboxes_projected: Floats,
    active_megacycles: Floats,
    megacycles_per_core: Floats,
    mailbox_cores_per_directory_core: Floats,
) -> Floats:
    """Number of directory server cores in each datacenter for the CPU load of all active mailboxes.

    One for every 8 cores busy with active mailboxes (4 on 32-bit systems). Each datacenter must sustain the load of
    the whole environment. Not applicable without a rating.
    """
    load = axis_sum(mailboxes_projected * active_megacycles)
    busy = ratio(load, megacycles_per_core[:2])
    return round_up(busy / mailbox_cores_per_directory_core)


@rule(unit="GB", level="per_server", source="sizing-recommendations-2013: Active Directory")
def directory_memory_required(environment__directory_database_size: Floats) -> Floats:
    """Minimum memory of a server that is a domain controller, the size of the directory database.

    Not applicable while its size is not given.
    """
    return environment__directory_database_size
