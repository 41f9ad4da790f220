"""Checks of the link between the datacenters, quorum and DAC mode."""

from calculator.inputs.choices import Witness
from calculator.issues import ERROR, NOTICE, WARNING
from calculator.numerics.arrays import Bools, Codes, Floats
from calculator.rules.registry import check


@check(
    WARNING,
    "replication.link_type",
    "Replication needs {peak_traffic:,.0f} Mb/s in the busiest hour, more than the link carries.",
    "Take a faster link, or allow a longer recovery point objective.",
    source="calculator-7.6: Replication Requirements G145",
)
def link_below_peak(
    replication_link_acceptable_for_peak: Codes,
    replication_link_acceptable_for_rpo: Codes,
    peak_traffic: Floats,
    site_resilience__recovery_point_objective: Floats,
) -> Bools:
    """The link carries the traffic of the busiest hour, or that of the recovery point objective."""
    late = site_resilience__recovery_point_objective > 0
    saved = late & (replication_link_acceptable_for_rpo == 1)
    return (replication_link_acceptable_for_peak == 0) & ~saved & (peak_traffic > 0)


@check(
    ERROR,
    "replication.link_latency",
    "A round trip of {replication__link_latency:.0f} ms; members of a DAG may be 500 ms apart at most.",
    "Use a shorter link, or no DAG across it.",
    source="ha-changes-2013: Network latency",
)
def round_trip_too_long(two_datacenters: Bools, replication__link_latency: Floats, longest_round_trip: float) -> Bools:
    """Members of a DAG are at most 500 ms apart."""
    return two_datacenters & (replication__link_latency > longest_round_trip)


@check(
    WARNING,
    "dag.witness_location",
    "{dag_members:.0f} members vote, an even number, and no witness gives the deciding vote.",
    "Place a file share witness, best in a third site.",
    source="datacenter-switchover: Quorum",
)
def witness_missing(witness_required: Codes, dag__witness_location: Codes, dag_members: Floats) -> Bools:
    """An even number of members has a witness."""
    none = dag__witness_location == Witness.NONE
    return none & (witness_required == 1) & (dag_members > 0)


@check(
    NOTICE,
    "dag.witness_location",
    "The witness stands in one of the two datacenters: with it that side keeps quorum, without it neither may.",
    "A third site lets either side go on alone.",
    source="preferred-architecture: Witness",
)
def witness_on_one_side(two_datacenters: Bools, witness_required: Codes, dag__witness_location: Codes) -> Bools:
    """The witness of two datacenters stands in a third."""
    side = (dag__witness_location == Witness.PRIMARY) | (dag__witness_location == Witness.SECONDARY)
    return two_datacenters & (witness_required == 1) & side


@check(
    WARNING,
    "dag.dac_mode",
    "A DAG of {dag_members:.0f} members without DAC mode may split in two.",
    "Turn Datacenter Activation Coordination on.",
    source="datacenter-switchover: DAC mode",
)
def dac_off(dag__dac_mode: Bools, dag_members: Floats) -> Bools:
    """DAGs of two and more members have DAC mode on."""
    return ~dag__dac_mode & (dag_members >= 2)


@check(
    WARNING,
    "dag.witness_location",
    "The witness is in the secondary datacenter, which the design does not have.",
    "Place it in the primary datacenter or in a third site.",
    source="datacenter-switchover: Quorum",
)
def witness_nowhere(two_datacenters: Bools, witness_required: Codes, dag__witness_location: Codes) -> Bools:
    """The witness stands where the design has a datacenter."""
    return ~two_datacenters & (witness_required == 1) & (dag__witness_location == Witness.SECONDARY)
