"""What a design knows about a switchover: members, votes, the answer, databases."""

from __future__ import annotations

import pytest
from support.switchovers import AT_HOME, ONE_EACH, RESERVE, SHAPES

from calculator.issues import InputError
from calculator.layout import layout, switchover_facts


def messages(*given):
    with pytest.raises(InputError) as caught:
        switchover_facts(*given)
    return [str(issue) for issue in caught.value.issues]


@pytest.mark.parametrize(
    ("shape", "votes", "answer"),
    [
        ("even survivors, witness lost", (4, 5, 9), "restore"),
        ("even survivors, witness in a third site", (5, 5, 9), "not_needed"),
        ("even survivors, no witness", (4, 5, 9), "restore"),
        ("odd survivors", (3, 4, 7), "restore"),
        ("odd number of members, even survivors", (2, 3, 5), "restore"),
        ("odd number of members, odd survivors", (3, 3, 5), "not_needed"),
        ("one survivor, witness lost", (1, 2, 3), "restore"),
        ("one survivor, witness in a third site", (2, 2, 3), "not_needed"),
        ("secondary lost", (5, 5, 9), "not_needed"),
        ("activation blocked", (5, 5, 9), "allow_activation"),
        ("activation blocked, witness lost", (4, 5, 9), "restore"),
    ],
)
def test_votes_and_the_answer(shape, votes, answer):
    facts = switchover_facts(*SHAPES[shape])
    assert (facts.votes_left, facts.votes_needed, facts.votes) == votes
    assert facts.answer == answer
    assert facts.quorum_holds is facts.before.quorum_ok
    assert facts.mounted_without == facts.before.mounted


def test_dedicated_lagged_servers_decide_the_vote():
    """Four and six members and a witness in the primary: the six that survive are six of eleven votes."""
    facts = switchover_facts(*SHAPES["dedicated lagged servers"])
    assert (facts.lost.count, facts.surviving.count, facts.surviving.lagged_servers) == (4, 6, 2)
    assert not facts.before.quorum_ok
    assert facts.quorum_holds
    assert (facts.mounted_without, facts.answer) == (facts.mounted_after, "not_needed")
    blocked = {**SHAPES["dedicated lagged servers"][0], "site_resilience.block_secondary_activation": True}
    facts = switchover_facts(blocked)
    assert (facts.mounted_without, facts.answer) == (0, "allow_activation")


def test_databases_by_server_are_those_of_the_layout():
    facts = switchover_facts(AT_HOME)
    assert facts.moved["SRV05"] == ("DAG1-DB01", "DAG1-DB05", "DAG1-DB09")
    assert facts.homes["EX01"] == ("DAG1-DB01", "DAG1-DB05", "DAG1-DB09")
    assert [len(load.after) for load in facts.loads] == facts.after.active_databases.tolist()[4:]
    dag = layout(AT_HOME)
    rows = [row["database"] for row in dag.rows() if row["server"] == "EX01"]
    assert list(facts.copies_lost["EX01"]) == rows
    assert switchover_facts(AT_HOME, "secondary").homes == {}


def test_a_server_above_its_limit_is_known():
    facts = switchover_facts(AT_HOME)
    assert {load.limit for load in facts.loads} == {4.0}
    assert not any(load.too_many for load in facts.loads)


def test_the_other_datacenter_is_the_mirror():
    facts = switchover_facts(AT_HOME)
    other = facts.of_other_datacenter()
    assert (other.lost, other.surviving) == (facts.surviving, facts.lost)
    assert other.answer == "not_needed"


def test_one_survivor_uses_a_witness():
    facts = switchover_facts(ONE_EACH)
    assert facts.witness_votes_after
    assert facts.alternate_witness
    assert facts.two_members
    assert not switchover_facts(RESERVE).alternate_witness


def test_designs_without_a_switchover():
    assert messages(AT_HOME | {"dag.dac_mode": False}) == [
        "design: dag.dac_mode: The cmdlets of a switchover need DAC mode, which is off in the design. Set it to true."
    ]
    assert messages(AT_HOME | {"site_resilience.enabled": False}, "third") == [
        'design: lost: "third" is not a datacenter. Give primary or secondary.',
        "design: database_copies.ha_copies_secondary: The databases have copies in only one datacenter, so there is"
        " no datacenter to switch over to. Put copies into a second datacenter.",
    ]
