"""Checks of the link between the datacenters, quorum and DAC mode."""

from calculator.inputs.choices import Witness
from calculator.issues import ERROR, NOTICE, WARNING
from calculator.numerics.arrays import Bools, Codes, Floats
from calculator.rules.registry import check


@check(
    WARNING,
    "replication.link_type",
    "Replication needs {peak_traffic:,.0f} Mb/s in the busiest hour, which is more than the link can carry.",
    "Use a faster link, or allow a longer recovery point objective.",
    source="calculator-7.6: Replication Requirements G145",
)
def link_below_peak(
    replication_link_acceptable_for_peak: Codes,
    replication_link_acceptable_for_rpo: Codes,
    peak_traffic: Floats,
    site_resilience__recovery_point_objective: Floats,
) -> Bools:
    """Check that the link can carry the traffic of the busiest hour, or that of the recovery point objective."""
    late = site_resilience__recovery_point_objective > 0
    saved = late & (replication_link_acceptable_for_rpo == 1)
    return (replication_link_acceptable_for_peak == 0) & ~saved & (peak_traffic > 0)


@check(
    ERROR,
    "replication.link_latency",
    "The round-trip latency of the link is {replication__link_latency:.0f} ms, but members of a DAG may be at most "
    "500 ms apart.",
    "Use a link with a lower latency, or no DAG across it.",
    source="ha-changes-2013: Network latency",
)
def round_trip_too_long(two_datacenters: Bools, replication__link_latency: Floats, longest_round_trip: float) -> Bools:
    """Check that members of a DAG are at most 500 ms apart."""
    return two_datacenters & (replication__link_latency > longest_round_trip)


@check(
    WARNING,
    "dag.witness_location",
    "A DAG has {dag_members:.0f} members, an even number, but no witness with the deciding vote.",
    "Place a file share witness, preferably in a third site.",
    source="datacenter-switchover: Quorum",
)
def witness_missing(witness_required: Codes, dag__witness_location: Codes, dag_members: Floats) -> Bools:
    """Check that a DAG with an even number of members has a witness."""
    none = dag__witness_location == Witness.NONE
    return none & (witness_required == 1) & (dag_members > 0)


@check(
    NOTICE,
    "dag.witness_location",
    "The file share witness is in one of the two datacenters. If that datacenter is lost, the other one may lose "
    "quorum.",
    "Place the witness in a third site, so that either datacenter can continue alone.",
    source="preferred-architecture: Witness",
)
def witness_on_one_side(two_datacenters: Bools, witness_required: Codes, dag__witness_location: Codes) -> Bools:
    """Check that the witness of two datacenters is in a third site."""
    side = (dag__witness_location == Witness.PRIMARY) | (dag__witness_location == Witness.SECONDARY)
    return two_datacenters & (witness_required == 1) & side


@check(
    WARNING,
    "dag.dac_mode",
    "A DAG of {dag_members:.0f} members without DAC mode may split in two.",
    "Turn Datacenter Activation Coordination (DAC) on.",
    source="datacenter-switchover: DAC mode",
)
def dac_off(dag__dac_mode: Bools, dag_members: Floats) -> Bools:
    """Check that a DAG of two or more members has DAC mode on."""
    return ~dag__dac_mode & (dag_members >= 2)


@check(
    WARNING,
    "dag.witness_location",
    "The file share witness is in the secondary datacenter, but the design has no secondary datacenter.",
    "Place the witness in the primary datacenter or in a third site.",
    source="datacenter-switchover: Quorum",
)
def witness_nowhere(two_datacenters: Bools, witness_required: Codes, dag__witness_location: Codes) -> Bools:
    """Check that the witness is in a datacenter that the design has."""
    return ~two_datacenters & (witness_required == 1) & (dag__witness_location == Witness.SECONDARY)
