"""Quorum of a DAG: witness, votes, and where they are."""

from __future__ import annotations

from support.rule_calls import NA, assert_figures, call

from calculator.inputs.choices import Quorum, Witness
from calculator.numerics.arrays import NO_CODE

MEMBERS = [1, 2, 3, 4, 8, 16, NA]
REQUIRED = [0, 1, 0, 1, 1, 1, NO_CODE]


def test_an_even_number_of_members_has_a_witness():
    assert call("witness_required", dag_members=MEMBERS).tolist() == REQUIRED
    node, both = Quorum.NODE_MAJORITY, Quorum.NODE_AND_FILE_SHARE_MAJORITY
    assert call("quorum_model", witness_required=REQUIRED).tolist() == [node, both, node, both, both, both, NO_CODE]


def test_more_than_half_of_the_votes():
    votes = call("quorum_votes", dag_members=MEMBERS, witness_required=REQUIRED)
    assert_figures(votes, [1, 3, 3, 5, 9, 17, NA])
    assert_figures(call("quorum_votes_needed", quorum_votes=votes.tolist()), [1, 2, 2, 3, 5, 9, NA])


def test_where_the_votes_are():
    found = call(
        "quorum_votes_by_site",
        environment__high_availability=[True, True, True, True, True, True, False],
        summary_servers_by_datacenter=([4, 4, 4, 4, 4, 3, 2], [4, 4, 4, 4, 0, 2, NA]),
        witness_required=[1, 1, 1, 1, 1, 0, NO_CODE],
        dag__witness_location=[*Witness, Witness.PRIMARY, Witness.PRIMARY, Witness.PRIMARY],
        two_datacenters=[True, True, True, True, False, True, False],
    )
    assert_figures(found, ([4, 5, 4, 4, 5, 3, NA], [4, 4, 5, 4, 0, 2, NA], [1, 0, 0, 0, 0, 0, NA]))
