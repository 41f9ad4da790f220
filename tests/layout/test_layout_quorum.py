"""Quorum before a restore by hand and after it, DAC mode and the place of the witness, worked by hand.

A DAG of an even number of servers has a vote per server and one of its witness; it runs with more than half of them.
"""

from __future__ import annotations

import pytest
from support.paths import PROFILES

from calculator.engine.sizing import size
from calculator.inputs.profile import load
from calculator.issues import InputError
from calculator.layout import describe, layout, switchover_facts, tolerance

FIVE = {
    "tiers.1.mailboxes": 10000,
    "environment.mailbox_servers": 5,
    "site_resilience.model": "active_active_single_dag",
    "database_copies.ha_copies": 4,
    "database_copies.ha_copies_secondary": 2,
}
"""Five servers in each datacenter: ten members, eleven votes, six are needed."""
FOUR = FIVE | {"environment.mailbox_servers": 4, "site_resilience.model": "active_passive"}
"""Four servers in each datacenter: eight members, nine votes, five are needed."""
THREE_AND_TWO = FOUR | {
    "tiers.1.mailboxes": 4500,
    "tiers.1.mailbox_size_limit": 2048,
    "environment.mailbox_servers": 3,
    "database_copies.ha_copies": 3,
    "database_copies.ha_copies_secondary": 1,
}
"""Two of three copies in the primary: three servers there, and two for the copies of the secondary."""
BY_PRIMARY = {"dag.witness_location": "primary"}
SIDES = ("primary", "secondary")
TWO_SITES = ("active_active", "active_passive", "hundred_thousand_mailboxes")


def problems(call, *events):
    with pytest.raises(InputError) as caught:
        call(*events)
    return [str(issue) for issue in caught.value.issues]


# --- quorum before the restore -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("design", "witness", "lost", "left", "holds"),
    [
        (FIVE, "primary", "primary", 5, False),  # five servers; the witness is lost with its datacenter
        (FIVE, "primary", "secondary", 6, True),  # five servers and the witness
        (FIVE, "secondary", "primary", 6, True),
        (FIVE, "secondary", "secondary", 5, False),
        (FIVE, "third_site", "primary", 6, True),
        (FIVE, "third_site", "secondary", 6, True),
        (FIVE, "none", "primary", 5, False),  # ten members want a witness, so that six votes are needed without it
        (FOUR, "primary", "primary", 4, False),
        (FOUR, "third_site", "primary", 5, True),
    ],
)
def test_the_place_of_the_witness_decides_before_a_restore(design, witness, lost, left, holds):
    dag = layout(design | {"dag.witness_location": witness})
    state = dag.fail(f"datacenter:{lost}")
    databases = dag.parameters.databases
    assert state.votes.left == left
    assert state.votes.needed == (6 if design is FIVE else 5)
    assert state.quorum_ok is holds
    assert state.mounted == (databases if holds else 0)
    assert state.failed_databases == databases - state.mounted
    assert dag.fail(f"datacenter:{1 + SIDES.index(lost)}").quorum_ok is holds


def test_an_odd_number_of_servers_has_no_witness_vote():
    """Three servers and two: the two and a witness in a third site are not three of five votes."""
    dag = layout(THREE_AND_TWO)
    assert dag.parameters.servers == (3, 2)
    state = dag.fail("datacenter:primary")
    assert (state.votes.left, state.votes.needed, state.quorum_ok) == (2, 3, False)
    assert dag.fail("datacenter:secondary").quorum_ok
    assert dag.fail("witness").quorum_ok


def test_a_witness_can_fail_in_any_place():
    for place in ("primary", "secondary", "third_site"):
        dag = layout(FIVE | {"dag.witness_location": place})
        assert dag.fail("witness").votes.left == 10
        assert dag.fail("witness").quorum_ok
        assert not dag.fail("witness", "datacenter:secondary").quorum_ok
        assert dag.fail("witness", "witness", "wan").quorum_ok


def test_servers_and_the_witness_cost_votes():
    dag = layout(FIVE | BY_PRIMARY)
    # Ten servers less four, without the witness: six of eleven votes.
    assert dag.fail(["server:1", "server:2", "server:6", "server:7", "witness"]).quorum_ok
    assert not dag.fail("server:1,server:2,server:3,server:6,server:7,witness").quorum_ok


def test_the_link_between_the_datacenters_leaves_the_majority_running():
    # Five servers and the witness of the primary; the cluster service of the secondary stops.
    state = layout(FIVE | BY_PRIMARY).fail("wan")
    assert state.up.tolist() == [True] * 5 + [False] * 5
    assert state.failed_databases == 0
    # A witness in a third site stays with the primary; with one more failure there it serves the secondary.
    dag = layout(FIVE)
    assert dag.fail("wan").up.tolist() == [True] * 5 + [False] * 5
    assert dag.fail("server:1", "wan").up.tolist() == [False] * 5 + [True] * 5
    assert dag.fail("wan", "wan").up.all()


def test_servers_that_a_link_cuts_off_are_told_apart_from_failed_ones():
    dag = layout(FIVE)
    cut = dag.fail("wan:primary", "server:1")
    assert cut.cut_off.tolist() == [False] + [True] * 4 + [False] * 5
    assert not dag.fail("datacenter:primary", "server:6").cut_off.any()
    restored = dag.fail("wan:primary", "wan:secondary", "restore:secondary")
    assert restored.cut_off.tolist() == [True] * 5 + [False] * 5


def test_the_votes_of_the_larger_part_are_counted_also_where_no_part_has_quorum():
    cut = "5 votes of 11 are left, and 6 are needed."
    assert describe(layout(FIVE).fail("wan:primary,wan:secondary"))[1] == cut
    assert describe(layout(FIVE).fail("wan:primary,witness"))[1] == cut
    assert describe(layout(FIVE).fail("wan:primary,witness,server:1,server:6"))[1].startswith("4 votes of 11 are left")


def test_one_vote_is_left():
    three = layout({"databases": 3, "servers_primary": 3, "copies_primary": 2})
    assert describe(three.fail("server:1,server:2"))[1] == "1 vote of 3 is left, and 2 are needed."
    alone = layout({"databases": 2, "servers_primary": 1, "copies_primary": 1})
    assert describe(alone.fail("server:1"))[1] == "0 votes of 1 are left, and 1 is needed."


def test_the_best_restore_is_where_the_link_works():
    # Both datacenters could mount every database; users reach only those of the secondary.
    state = layout(FIVE).fail("wan:primary", "server:6")
    assert not state.quorum_ok
    assert state.best_restore.situation.restored == 2
    assert state.best_restore.linked
    assert not layout(FIVE).fail("wan:primary", "wan:secondary").best_restore.linked


def test_a_lost_datacenter_returns():
    dag = layout(FIVE | BY_PRIMARY)
    back = dag.fail("server:1", "datacenter:primary", "datacenter:primary")
    assert back.up.tolist() == [False] + [True] * 9
    assert back.quorum_ok


# --- the restore ---------------------------------------------------------------------------------


def test_nothing_is_mounted_until_the_restore():
    dag = layout(FIVE | BY_PRIMARY)
    databases = dag.parameters.databases
    lost = dag.fail("datacenter:primary")
    restored = dag.fail("datacenter:primary", "restore:secondary")
    assert lost.mounted == 0
    assert (restored.quorum_ok, restored.mounted) == (True, databases)
    assert restored.votes[:3] == (5, 3, 5)  # five servers are an odd number: no witness votes
    assert restored.active_server.tolist() == dag.switch_over(1).active_server.tolist()
    assert dag.fail(["datacenter:1", "restore:2"]).active_server.tolist() == restored.active_server.tolist()
    assert describe(lost) == [
        f"Quorum is lost; {databases} of {databases} databases have no active copy.",
        "5 votes of 11 are left, and 6 are needed.",
        "Nothing is mounted until an administrator restores the DAG by hand with Restore-DatabaseAvailabilityGroup.",
        f"After the restore in the secondary datacenter: quorum holds; all {databases} databases are active.",
    ]
    assert describe(restored) == [
        f"Before the restore: quorum is lost; {databases} of {databases} databases have no active copy. 5 votes of 11 "
        "are left, and 6 are needed.",
        "After the restore in the secondary datacenter with Restore-DatabaseAvailabilityGroup: quorum holds; all "
        f"{databases} databases are active. 5 votes of 5 are left, and 3 are needed.",
    ]


def test_quorum_that_hangs_on_the_witness_is_said():
    dag = layout(FOUR)
    databases = dag.parameters.databases
    assert describe(dag.fail("datacenter:primary")) == [
        f"Quorum holds; all {databases} databases are active.",
        "5 votes of 9 are left, and 5 are needed. Without the witness quorum is lost until the DAG is restored by "
        f"hand; then all {databases} databases are active.",
    ]


def test_the_alternate_witness_votes_after_a_restore():
    # Four servers and the alternate witness: three of five votes, so that two servers may fail, or one and the witness.
    dag = layout(FOUR | BY_PRIMARY)
    restored = dag.fail("datacenter:primary,restore:secondary")
    assert restored.situation.witness == "secondary"
    assert restored.then("server:5,server:6").quorum_ok
    assert restored.then("server:5", "witness").quorum_ok
    assert not restored.then("server:5,server:6,witness").quorum_ok


def test_where_the_dag_cannot_be_restored():
    dag = layout(FIVE | BY_PRIMARY)
    assert problems(dag.fail, "restore:secondary") == [
        "events: restore:secondary: The servers of the primary datacenter run and have quorum, so there is nothing "
        "to restore. Give datacenter:primary first if that datacenter is lost."
    ]
    assert problems(dag.fail, "datacenter:primary", "restore:primary") == [
        "events: restore:primary: The primary datacenter is lost. Restore the DAG in the secondary datacenter."
    ]
    only = "The DAG was restored in the secondary datacenter; only its servers fail and return. Start again."
    again = ("datacenter:primary", "restore:secondary", "server:1", "wan", "restore:secondary")
    assert problems(dag.fail, *again) == [f"events: {event}: {only}" for event in again[2:]]
    single = layout(FIVE | {"site_resilience.enabled": False})
    assert problems(single.fail, "restore:primary", "wan") == [
        "events: restore:primary: The design has only one datacenter. Leave it out.",
        "events: wan: The design has only one datacenter. Leave it out.",
    ]


def test_activation_that_is_blocked_waits_for_an_administrator():
    """Quorum holds with five of nine votes, but nothing activates in the secondary by itself."""
    dag = layout(FOUR | {"site_resilience.block_secondary_activation": True})
    databases = dag.parameters.databases
    state = dag.fail("datacenter:primary")
    assert (state.quorum_ok, state.mounted) == (True, 0)
    assert describe(state)[-1] == (
        "Activation in the secondary datacenter is blocked. Once an administrator allows it: quorum holds; all "
        f"{databases} databases are active."
    )
    assert dag.fail("datacenter:secondary").mounted == databases
    lost = layout(FOUR | BY_PRIMARY | {"site_resilience.block_secondary_activation": True}).fail("datacenter:primary")
    assert "once activation there is allowed" in describe(lost)[-1]


# --- DAC mode ------------------------------------------------------------------------------------


def test_a_restore_needs_dac_mode():
    dag = layout(FIVE | BY_PRIMARY | {"dag.dac_mode": False})
    assert problems(dag.fail, "datacenter:primary", "restore:secondary") == [
        "events: restore:secondary: Restore-DatabaseAvailabilityGroup needs DAC mode, which is off. "
        "Set dag.dac_mode to true."
    ]
    assert describe(dag.fail("datacenter:primary"))[-1] == (
        "Nothing is mounted until 1 more vote returns. The DAG cannot be restored by hand: "
        "Restore-DatabaseAvailabilityGroup needs DAC mode, which is off. Set dag.dac_mode to true."
    )
    assert tolerance(dag).servers_after_datacenter == (None, 0)


def test_dac_mode_keeps_databases_dismounted_after_all_servers_failed():
    """Power returns in the primary first: five servers and the witness are a majority, and may not mount."""
    events = "datacenter:primary", "datacenter:secondary", "datacenter:primary"
    state = layout(FIVE | BY_PRIMARY).fail(*events)
    assert (state.quorum_ok, state.mounts_allowed, state.mounted) == (True, False, 0)
    assert [issue.field for issue in state.issues] == ["dag.dac_mode"]
    # All members are back, or DAC mode is off: databases mount.
    assert state.then("datacenter:secondary").failed_databases == 0
    assert layout(FIVE | BY_PRIMARY | {"dag.dac_mode": False}).fail(*events).failed_databases == 0
    # One server ran all the time, so that the others may mount.
    assert layout(FIVE | BY_PRIMARY).fail("datacenter:primary", "datacenter:primary").failed_databases == 0


# --- the answers agree ---------------------------------------------------------------------------


@pytest.mark.parametrize("lost", SIDES)
@pytest.mark.parametrize("witness", ["primary", "secondary", "third_site", "none"])
@pytest.mark.parametrize("name", TWO_SITES)
def test_failures_and_the_switchover_plan_agree(name, witness, lost):
    profile = load(PROFILES / f"{name}.toml").with_values({"dag.witness_location": witness})
    dag, facts = layout(profile), switchover_facts(profile, lost)
    before = dag.fail(f"datacenter:{lost}")
    (other,) = set(SIDES) - {lost}
    after = before.then(f"restore:{other}")
    assert (facts.mounted_without, facts.mounted_after) == (before.mounted, after.mounted)
    assert (facts.votes_left, facts.votes_needed, facts.votes) == before.votes[:3]
    assert (facts.answer == "not_needed") is (before.failed_databases == 0)
    assert tolerance(dag).automatic[SIDES.index(lost)] is (before.failed_databases == 0)


def test_every_other_figure_of_the_votes_agrees():
    for witness in ("primary", "secondary", "third_site"):
        design = size(FIVE | {"dag.witness_location": witness})
        left = layout(design).fail("datacenter:primary").votes
        assert left.needed == design["quorum_votes_needed"]
        assert left.left == design["quorum_votes"] - design["quorum_votes_by_site.primary"]


# --- Microsoft's workbook ------------------------------------------------------------------------


def test_the_events_of_the_workbook_restore_at_once():
    """In a layout of parameters the numbers keep the meaning of the workbook, the words are ours."""
    parameters = {
        "databases": 12,
        "model": "active_active_single_dag",
        "servers_primary": 4,
        "servers_secondary": 4,
        "copies_primary": 2,
        "copies_secondary": 2,
        "witness": "primary",
    }
    dag = layout(parameters)
    assert dag.fail("datacenter:1").situation.restored == 2
    assert dag.fail("datacenter:1").mounted == 12
    assert dag.fail("datacenter:primary").mounted == 0
    assert dag.fail("datacenter:primary,restore:secondary").mounted == 12
    assert describe(dag.fail("datacenter:1"))[0].startswith("Before the restore: quorum is lost;")
    assert layout(parameters | {"workbook_failures": False}).fail("datacenter:1").mounted == 0
