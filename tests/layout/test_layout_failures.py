"""Events, quorum and active copies, worked by hand, with the calculator's oddities and without."""

from __future__ import annotations

import pytest

from calculator.issues import InputError
from calculator.layout import describe_events, layout

ONE = {"databases": 12, "servers_primary": 4, "copies_primary": 3}
PASSIVE = {
    "databases": 12,
    "model": "active_passive",
    "servers_primary": 4,
    "servers_secondary": 4,
    "copies_primary": 2,
    "copies_secondary": 2,
}
SINGLE_DAG = PASSIVE | {"model": "active_active_single_dag"}
CORRECTED = {"oddities": "corrected"}


def messages(call, *args):
    with pytest.raises(InputError) as caught:
        call(*args)
    return [str(issue) for issue in caught.value.issues]


def test_a_fresh_dag_runs_whole():
    state = layout(ONE).fail()
    assert state.quorum_ok
    assert state.failed_databases == 0
    assert state.active_databases.tolist() == [3, 3, 3, 3]
    assert not state.issues


def test_databases_go_to_their_next_copy():
    state = layout(ONE).fail("server:1")
    # Databases 1, 5, 9 have their second copies one, two and three servers on.
    assert state.active_server.tolist() == [2, 2, 3, 4, 3, 2, 3, 4, 4, 2, 3, 4]
    assert state.rows()[0] == {"database": 1, "active_server": 2}


@pytest.mark.parametrize(
    ("servers", "witness", "failed", "holds"),
    [(4, "primary", 2, True), (4, "primary", 3, False), (3, "primary", 1, True), (3, "primary", 2, False)],
)
def test_quorum_is_more_than_half_of_the_votes(servers, witness, failed, holds):
    dag = layout({"databases": 6, "servers_primary": servers, "copies_primary": 3, "witness": witness})
    assert dag.fail([f"server:{n}" for n in range(1, failed + 1)]).quorum_ok is holds


def test_a_witness_in_a_third_site_votes_without_need():
    odd = {"databases": 6, "servers_primary": 5, "copies_primary": 3, "witness": "third_site"}
    events = "server:1,server:2,server:3"
    assert layout(odd).fail(events).quorum_ok
    assert not layout(odd | CORRECTED).fail(events).quorum_ok


def test_no_witness_is_a_vote_lost():
    dag = layout(ONE | {"witness": "none"})
    assert dag.fail("server:1").quorum_ok
    assert not dag.fail("server:1,server:2").quorum_ok


def test_a_part_without_majority_stops_and_starts_with_its_link():
    dag = layout(SINGLE_DAG)
    cut = dag.fail("wan:2")
    assert cut.up.tolist() == [True] * 4 + [False] * 4
    assert cut.quorum_ok
    assert cut.failed_databases == 0
    assert cut.then("wan:2").up.all()


def test_a_returning_link_starts_servers_failed_by_hand():
    events = "server:5,wan:2,wan:2"
    assert layout(SINGLE_DAG).fail(events).up.all()
    assert layout(SINGLE_DAG | CORRECTED).fail(events).up.tolist() == [True] * 4 + [False] + [True] * 3


def test_a_majority_starts_as_many_servers_as_the_primary_has():
    dag = layout(SINGLE_DAG | {"servers_primary": 2, "servers_secondary": 4, "witness": "secondary"})
    # Six servers and a witness: four votes, which the secondary has with three servers.
    assert dag.fail("server:3,wan:2").up.tolist() == [False, False, True, True, True, True]
    assert dag.fail("server:6,wan:2").up.tolist() == [False, False, True, True, True, False]


def test_one_datacenter_cut_off_from_a_witness_elsewhere_runs_on():
    dag = layout(ONE | {"witness": "third_site"})
    assert dag.fail("wan:1").up.all()
    assert not dag.fail("server:1,server:2,wan:1").up.any()


def test_after_a_switchover_the_workbook_activates_nothing():
    state = layout(PASSIVE).fail("datacenter:1")
    assert state.quorum_ok
    assert state.failed_databases == 12
    assert [issue.field for issue in state.issues] == ["failed_databases", "guidance.oddities"]
    assert layout(PASSIVE | CORRECTED).fail("datacenter:1").failed_databases == 0
    assert layout(PASSIVE).fail("cross_site:on,datacenter:1").failed_databases == 0


def test_after_a_switchover_the_witness_is_in_the_surviving_datacenter():
    state = layout(PASSIVE).fail("datacenter:1")
    assert state.situation.witness == "secondary"
    assert state.situation.restored == 2
    # Four servers and a witness: three votes are needed.
    assert state.then("server:5,server:6").quorum_ok
    assert not state.then("server:5,server:6,server:7").quorum_ok


def test_restored_votes_by_the_parity_of_the_datacenter():
    parameters = {
        "databases": 6,
        "servers_primary": 3,
        "servers_secondary": 3,
        "copies_primary": 2,
        "copies_secondary": 2,
        "model": "active_active_single_dag",
    }
    events = "datacenter:2,server:1,server:2"
    assert not layout(parameters).fail(events).quorum_ok
    assert layout(parameters).fail("datacenter:2,server:1").quorum_ok
    assert not layout(parameters | CORRECTED).fail(events).quorum_ok


@pytest.mark.parametrize(
    ("restored", "failed", "holds"), [(1, 1, True), (1, 2, False), (2, 1, True), (2, 2, True), (2, 3, False)]
)
def test_quorum_where_the_dag_was_restored(restored, failed, holds):
    """Three servers in the primary: two votes are needed.  Four and a witness in the secondary: three of five."""
    parameters = PASSIVE | CORRECTED | {"servers_primary": 3, "copies_primary": 2, "witness": "third_site"}
    first = 0 if restored == 1 else 3
    events = [f"datacenter:{3 - restored}", *(f"server:{first + number}" for number in range(1, failed + 1))]
    assert layout(parameters).fail(events).quorum_ok is holds


def test_the_workbook_takes_the_parity_of_all_servers_in_the_primary():
    """Four of seven servers: by the total no witness votes, by the four that are left it does."""
    seven = PASSIVE | {"servers_primary": 4, "servers_secondary": 3}
    two_left = "datacenter:2,server:1,server:2"
    assert layout(seven).fail("datacenter:2,server:1").quorum_ok
    assert not layout(seven).fail(two_left).quorum_ok
    # Two servers and the witness are three of five votes.
    assert layout(seven | CORRECTED).fail(two_left).quorum_ok
    # In the secondary the workbook counts the servers that are left, too.
    four_there = PASSIVE | {"servers_primary": 3, "servers_secondary": 4}
    assert layout(four_there).fail("datacenter:1,server:4,server:5").quorum_ok


def test_a_datacenter_with_just_enough_votes_keeps_running():
    """Seven servers without a witness: four votes are needed, and four servers of the primary are left."""
    dag = layout(PASSIVE | CORRECTED | {"servers_primary": 5, "servers_secondary": 2})
    assert dag.fail("server:1,wan:1").quorum_ok
    assert not dag.fail("server:1,server:2,wan:1").quorum_ok


def test_a_single_datacenter_that_fails_leaves_nothing():
    assert layout(ONE).fail("datacenter:1").quorum_ok
    state = layout(ONE | CORRECTED).fail("datacenter:1")
    assert not state.quorum_ok
    assert state.failed_databases == 12
    assert [issue.field for issue in state.issues] == ["quorum"]


def test_databases_stay_in_their_datacenter_unless_they_may_leave():
    lost = "server:1,server:2"
    # Databases 1, 5 and 9 are on servers 1+2, 1+3 and 1+4 of the primary.
    assert layout(PASSIVE).fail(lost).active_server.tolist()[:5] == [0, 3, 3, 4, 3]
    assert layout(PASSIVE).fail(f"cross_site:on,{lost}").active_server.tolist()[:5] == [5, 3, 3, 4, 3]


def test_lagged_copies_activate_in_their_turn_or_last():
    parameters = PASSIVE | {"copies_primary": 3, "copies_secondary": 1, "lagged_primary": 1}
    lost = "cross_site:on,server:1,server:2"
    assert layout(parameters).fail(lost).active_server[0] == 3
    assert layout(parameters | CORRECTED).fail(lost).active_server[0] == 5


def test_the_event_start_discards_earlier_events():
    state = layout(ONE).fail("datacenter:1,start")
    assert state.up.all()
    assert state.situation.restored == 0


def test_servers_have_names_or_numbers():
    dag = layout(ONE | {"server_names": ["EX01", "EX02", "EX03", "2B"], "database_base": "DB"})
    assert dag.fail("server:ex02").up.tolist() == [True, False, True, True]
    assert dag.fail("server:2").up.tolist() == [True, False, True, True]
    assert dag.fail("server:EX01").rows()[0] == {"database": "DB01", "active_server": "EX02"}
    assert dag.fail("server:1,server:2,server:3").rows()[0] == {"database": "DB01", "active_server": None}


def test_unknown_events_are_reported_together():
    dag = layout(ONE | {"server_names": ["EX01", "EX02", "EX03", "EX04"]})
    text = "server:EX05, wan:2, power:1, witness:moon, witness:secondary, cross_site:on, cross_site:maybe, server"
    assert messages(dag.fail, text) == [
        'events: server:EX05: "EX05" is not a server. Servers: EX01, EX02, EX03, EX04, or their numbers from 1.',
        'events: wan:2: "2" is not a datacenter. Give 1 or primary.',
        "events: power:1: is not an event. Events: server:NAME, datacenter:primary|secondary, wan, "
        "wan:primary|secondary, witness, restore:primary|secondary, witness:primary|secondary|third, "
        "cross_site:on|off.",
        'events: witness:moon: "moon" is not a place of the witness. Give primary, secondary or third.',
        "events: witness:secondary: There is no secondary datacenter. Give primary or third.",
        "events: cross_site:on: The design has only one datacenter. Leave it out.",
        'events: cross_site:maybe: "maybe" is neither on nor off. Give on or off.',
        'events: server: "" is not a server. Servers: EX01, EX02, EX03, EX04, or their numbers from 1.',
    ]


def test_activation_can_be_blocked():
    blocked = layout(PASSIVE | {"block_secondary_activation": True})
    assert messages(blocked.fail, "cross_site:on") == [
        "events: cross_site:on: Activation in the secondary datacenter is blocked. Set "
        "site_resilience.block_secondary_activation to false."
    ]


def test_after_a_switchover_only_its_servers_fail():
    dag = layout(PASSIVE)
    restored = "The DAG was restored in the secondary datacenter; only its servers fail and return. Start again."
    assert messages(dag.fail, "datacenter:1,server:1,server:5,wan:2") == [
        f"events: server:1: {restored}",
        f"events: wan:2: {restored}",
    ]


def test_events_may_be_hostile():
    dag = layout(ONE)
    found = messages(dag.fail, ["server:\x1b[31m" + "9" * 5000] * 300)
    assert len(found) == 100
    assert all("\x1b" not in text and len(text) < 300 for text in found)
    assert dag.fail("").up.all()
    assert dag.fail(" , ,").up.all()


def test_the_last_copy_of_each_datacenter_is_lagged():
    dag = layout(
        {
            "databases": 6,
            "model": "active_active_single_dag",
            "servers_primary": 3,
            "servers_secondary": 3,
            "active_servers_primary": 3,
            "active_servers_secondary": 3,
            "copies_primary": 3,
            "copies_secondary": 2,
            "lagged_primary": 1,
            "lagged_secondary": 1,
            **CORRECTED,
        }
    )
    # At home in the primary: 1, 2, 3 and 4, 5, of which 3 and 5 are lagged and come after 4.
    # At home in the secondary: 3, 4, 5 and 1, 2, of which 5 and 2 are lagged and come after 3 and 4.
    assert dag.preference.tolist() == [[1, 2, 4, 3, 5]] * 3 + [[2, 3, 5, 1, 4]] * 3
    assert dag.lagged.tolist() == [[False, False, True, False, True]] * 6


def test_marks_of_lagged_copies_shift_in_an_odd_group():
    dag = layout(
        {
            "databases": 6,
            "model": "active_active_single_dag",
            "servers_primary": 2,
            "servers_secondary": 2,
            "active_servers_primary": 2,
            "active_servers_secondary": 1,
            "copies_primary": 2,
            "copies_secondary": 2,
            "lagged_primary": 1,
        }
    )
    # Of each group of 3 the second prefers the secondary: databases 2 and 5. Half a group is 1, so that every
    # other database is marked there: 2, 4 and 6. Copies after preference 1 in the marked datacenter are lagged.
    assert [row.index(1) for row in dag.preference.tolist()] == [0, 2, 0, 0, 2, 0]
    assert dag.lagged.astype(int).tolist() == [
        [0, 1, 0, 0],
        [0, 0, 0, 1],
        [0, 1, 0, 0],
        [0, 0, 1, 1],
        [1, 1, 0, 0],
        [0, 0, 1, 1],
    ]


@pytest.mark.parametrize(
    ("events", "text"),
    [
        ("", ""),
        ("server:1,server:1", "Events: 1 fails; 1 returns."),
        ("witness,witness", "Events: the witness fails; the witness returns."),
        ("wan,wan", "Events: the link between the datacenters fails; the link between the datacenters returns."),
        ("wan:2", "Events: the link of the secondary datacenter fails."),
        (
            "witness:third,witness:primary",
            "Events: the witness is placed in a third datacenter; the witness is placed in the primary datacenter.",
        ),
        ("cross_site:off", "Events: activation across datacenters is turned off."),
        (
            "datacenter:primary,restore:secondary",
            "Events: the primary datacenter fails; the DAG is restored in the secondary datacenter.",
        ),
        ("datacenter:1", "Events: the primary datacenter fails and the DAG is restored in the secondary datacenter."),
        ("server:3,start", "Events: 3 fails; everything works again."),
    ],
)
def test_events_say_what_fails_and_what_returns(events, text):
    assert describe_events(layout(SINGLE_DAG).fail(events)) == text
