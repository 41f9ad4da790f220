"""Quorum of a DAG: its votes, where they are, and whether a witness is needed."""

import numpy as np

from calculator.inputs.choices import QUORUM, Quorum, Witness
from calculator.numerics.arrays import NA, NO_CODE, Bools, Codes, Floats, first_code, select, stack
from calculator.numerics.rounding import is_even
from calculator.rules.registry import Axis, flag, rule

VOTER_SITE = Axis("site", ("primary", "secondary", "third_site"))


@flag(level="per_dag", source="datacenter-switchover: Quorum", maybe=True)
def witness_required(dag_members: Floats) -> Codes:
    """Whether a DAG needs a file share witness, which has the deciding vote with an even number of members.

    Not applicable without a DAG.
    """
    return first_code((np.isnan(dag_members), NO_CODE), (is_even(dag_members), 1), default=0)


@rule(level="per_dag", choice=QUORUM, source="datacenter-switchover: Quorum")
def quorum_model(witness_required: Codes) -> Codes:
    """Quorum model of a DAG: node majority, with the file share witness if the number of members is even."""
    return first_code(
        (witness_required == NO_CODE, NO_CODE),
        (witness_required == 1, Quorum.NODE_AND_FILE_SHARE_MAJORITY),
        default=Quorum.NODE_MAJORITY,
    )


@rule(unit="votes", level="per_dag", source="datacenter-switchover: Quorum")
def quorum_votes(dag_members: Floats, witness_required: Codes) -> Floats:
    """Number of votes in a DAG: one per member, and one for the witness if the number of members is even.

    The witness counts where one is required, whether or not the design places it. Not applicable without a DAG.
    """
    return dag_members + select(witness_required == 1, 1.0, 0.0)


@rule(unit="votes", level="per_dag", source="datacenter-switchover: Quorum")
def quorum_votes_needed(quorum_votes: Floats) -> Floats:
    """Number of votes that keep a DAG running, more than half of all votes."""
    return np.floor(quorum_votes / 2) + 1


@rule(unit="votes", level="per_dag", axis=(VOTER_SITE,), source="datacenter-switchover: Quorum", needs_mailboxes=False)
def quorum_votes_by_site(
    environment__high_availability: Bools,
    summary_servers_by_datacenter: Floats,
    witness_required: Codes,
    dag__witness_location: Codes,
    two_datacenters: Bools,
) -> Floats:
    """Number of votes of a DAG in each datacenter and in a third site, from members and the witness.

    For a pair of DAGs, the votes of the DAG that is at home in the primary datacenter. Not applicable without a DAG.
    """
    primary, secondary = summary_servers_by_datacenter
    witness = witness_required == 1
    at = dag__witness_location
    third = witness & (at == Witness.THIRD_SITE)
    votes = stack(
        primary + select(witness & (at == Witness.PRIMARY), 1.0, 0.0),
        select(two_datacenters, secondary, 0.0) + select(witness & (at == Witness.SECONDARY), 1.0, 0.0),
        select(third, 1.0, 0.0),
    )
    return select(environment__high_availability, votes, NA)
