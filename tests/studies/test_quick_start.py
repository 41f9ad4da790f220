"""Ten questions: the design they make, what they leave to be assumed, and that it works."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calculator import size
from calculator.inputs.parsing import read_value
from calculator.inputs.profile import Profile
from calculator.inputs.schema import CAPACITIES, find
from calculator.issues import ERROR
from calculator.studies.quick_start import (
    GROWTHS,
    MESSAGE_SIZES,
    MESSAGES,
    ON_HOLD,
    ONE_DATACENTER,
    ONE_SERVER,
    PLACES,
    PROTECTIONS,
    QUOTAS_GB,
    RETENTIONS,
    TWO_ACTIVE,
    TWO_RESERVE,
    Answers,
    list_disks,
    make_profile,
    reference_ratings,
)
from calculator.studies.search.fewest_servers import find_fewest_servers

COMBINATIONS = [(place, protection) for place, offers in PROTECTIONS.items() for protection in offers]
RATINGS = tuple(f"servers.{role}.specint2006_rate" for role in ("primary", "secondary", "lagged"))
SERVERS = "environment.mailbox_servers"


@pytest.mark.parametrize(("place", "protection"), COMBINATIONS)
def test_every_place_and_protection_works_with_the_fewest_servers(place, protection):
    profile = make_profile(Answers(place=place, protection=protection))
    found = find_fewest_servers(profile)[-1]
    assert found.reason == ""
    plan = size(replace(profile, given={**profile.given, **found.values}))
    assert [str(issue) for issue in plan.issues if issue.severity == ERROR] == []
    assert plan["design_invalid"] is False
    assert plan["summary_servers.environment"] == found.servers
    two = place in (TWO_ACTIVE, TWO_RESERVE)
    assert plan["two_datacenters"] is two
    assert bool(plan["summary_servers_by_datacenter.secondary"]) is two


@pytest.mark.parametrize(("place", "protection"), COMBINATIONS)
def test_an_input_could_have_every_value_that_answers_give(place, protection):
    profile = make_profile(Answers(place=place, protection=protection, servers=3, retention=ON_HOLD))
    for path, value in profile.given.items():
        field, _ = find(path)
        assert read_value(field, value) == value


def test_all_answers_are_given():
    answers = Answers(
        mailboxes=7000,
        growth=0.2,
        messages_per_day=150,
        message_size=50,
        quota=2,
        retention=30,
        place=TWO_RESERVE,
        protection="three_and_lagged",
        cores=20,
        core_rating=35,
        bays=16,
        disk=6000,
        servers=5,
    )
    assert make_profile(answers).given == {
        "environment.exchange_version": "2013",
        "tiers.1.mailboxes": 7000,
        "tiers.1.mailbox_growth": 0.2,
        "tiers.1.messages_per_day": 150,
        "tiers.1.message_size": 50,
        "tiers.1.mailbox_size_limit": 2048,
        "tiers.1.deleted_item_retention": 30,
        "environment.high_availability": True,
        "site_resilience.enabled": True,
        "site_resilience.model": "active_passive",
        "database_copies.ha_copies": 3,
        "database_copies.ha_copies_secondary": 1,
        "database_copies.lagged_copies": 1,
        "database_copies.lagged_copies_secondary": 1,
        "database_copies.replay_lag_delay": 168,
        "transport.safety_net_hold": 7,
        "servers.primary.processor_cores": 20,
        "servers.secondary.processor_cores": 20,
        "servers.primary.specint2006_rate": 700,
        "servers.secondary.specint2006_rate": 700,
        "servers.primary.drive_bays": 16,
        "servers.secondary.drive_bays": 16,
        "storage.primary.database_disk_capacity": 6000,
        "storage.secondary.database_disk_capacity": 6000,
        "storage.primary.restore_disk_capacity": 6000,
        "storage.secondary.restore_disk_capacity": 6000,
        SERVERS: 5,
    }


def test_answers_that_are_defaults_are_given_too():
    """So that none of them stands among what is assumed."""
    given = make_profile(Answers()).given
    assert given["tiers.1.mailbox_size_limit"] == 5 * 1024
    assert given["servers.primary.specint2006_rate"] == 540
    assert given["database_copies.ha_copies"] == 4
    assert make_profile(Answers(place=ONE_SERVER)).given["environment.high_availability"] is False
    assert make_profile(Answers(place=ONE_DATACENTER)).given["site_resilience.enabled"] is False


def test_no_number_of_servers_is_given_where_the_fewest_are_to_be_found():
    assert SERVERS not in make_profile(Answers(servers=0)).given
    assert make_profile(Answers(servers=7)).given[SERVERS] == 7


def test_on_hold_is_a_hold_and_no_retention():
    given = make_profile(Answers(retention=ON_HOLD)).given
    assert given["tiers.1.litigation_hold"] is True
    assert "tiers.1.deleted_item_retention" not in given
    assert "tiers.1.litigation_hold" not in make_profile(Answers(retention=14)).given


def test_a_protection_that_a_place_does_not_offer_is_the_first_it_does():
    assert Answers(place=ONE_DATACENTER, protection="four_copies").option.text == "3 copies"
    assert Answers(place=ONE_SERVER, protection="four_copies").option.text == "Backup by VSS, every day in full"
    assert Answers(place=TWO_ACTIVE, protection="three_copies").option.text == "4 copies, 2 in each datacenter"
    assert set(PLACES) == set(PROTECTIONS)


def test_the_sentence_contains_all_answers():
    assert Answers().sentence() == (
        "This design is for 5,000 mailboxes of Exchange 2013. Their number grows by 10 % until the end of the plan. A "
        "mailbox sends and receives 100 messages of 75 KB per day and has a quota of 5 GB; deleted items are kept for "
        "14 days. The servers are in two datacenters with users in both. A database has 4 copies, 2 in each "
        "datacenter. A server has 16 cores, a SPECint_rate2006 of 540 and 12 drive bays for disks of 4,000 GB. The "
        "number of servers is to be the smallest that works. No rating was given: SPECint_rate2006 540 is assumed for "
        "16 cores, 33.75 per core, the baseline of Microsoft's SizingChecker.ps1 v1.0."
    )
    answers = Answers(
        mailboxes=200,
        growth=0,
        retention=ON_HOLD,
        place=ONE_DATACENTER,
        protection="two_and_backup",
        cores=20,
        core_rating=35,
        servers=3,
        quota=0.5,
        version="2016",
    )
    assert answers.sentence() == (
        "This design is for 200 mailboxes of Exchange 2016. A mailbox sends and receives 100 messages of 75 KB per "
        "day and has a quota of 0.5 GB; everything is kept on hold. All servers are in one datacenter. A database has "
        "2 copies and is backed up. A server has 20 cores, a SPECint_rate2006 of 700 and 12 drive bays for disks of "
        "4,000 GB. A datacenter has 3 servers with active mailboxes."
    )
    assert answers.sentence("The new design").startswith("The new design is for 200 mailboxes of Exchange 2016. ")
    alone = Answers(place=ONE_SERVER, servers=2).sentence()
    assert "The mailboxes are on standalone servers without copies. VSS backs up all databases every day" in alone
    assert "The design has 2 servers. No rating was given: " in alone
    profile = make_profile(answers)
    assert (profile.title, profile.description) == ("Exchange design", answers.sentence())


def test_what_is_offered_can_be_answered():
    """The answers as they stand are among those offered."""
    assert Answers().growth in GROWTHS
    assert Answers().messages_per_day in MESSAGES
    assert Answers().message_size in MESSAGE_SIZES
    assert Answers().quota in QUOTAS_GB
    assert Answers().retention in RETENTIONS
    assert Answers().disk in list_disks()
    assert Answers().protection in PROTECTIONS[Answers().place]


def test_disks_are_those_of_1000_gb_and_more():
    assert list_disks() == (1000, 1200, 1500, 2000, 3000, 4000, 6000, 8000, 10000, 12000)
    assert set(list_disks()) <= set(CAPACITIES)


def test_servers_without_a_rating_take_that_of_the_reference_core():
    """33.75 for each core; those that are rated keep theirs."""
    assert reference_ratings(Profile()) == {}
    unrated = Profile({RATINGS[0]: 0.0, "servers.primary.processor_cores": 24.0})
    assert reference_ratings(unrated) == {RATINGS[0]: 810}
    host = {"servers.primary.host_rating": 1280.0, "servers.primary.host_cores": 32}
    assert reference_ratings(Profile({"environment.virtualized": True, **host, RATINGS[0]: 0.0})) == {}
    assert reference_ratings(Profile({**host, RATINGS[0]: 0.0})) == {RATINGS[0]: 540}
    assert reference_ratings(Profile(dict.fromkeys(RATINGS, 0.0))) == dict.fromkeys(RATINGS, 16 * 33.75)


def test_without_a_rating_the_reference_per_core_is_assumed_and_said():
    """33.75 x 20 = 675; what is given is no assumption."""
    answers = Answers(core_rating=0, cores=20)
    given = make_profile(answers).given
    assert [given[path] for path in RATINGS[:2]] == [675, 675]
    assumed = (
        "No rating was given: SPECint_rate2006 675 is assumed for 20 cores, 33.75 per core, the baseline of "
        "Microsoft's SizingChecker.ps1 v1.0."
    )
    assert answers.assumptions() == (assumed,)
    assert make_profile(answers).description.endswith(assumed)
    rated = Answers(core_rating=35, cores=20)
    assert rated.assumptions() == ()
    assert make_profile(rated).given[RATINGS[0]] == 700


def test_with_the_reference_ratings_there_are_figures_of_the_processor():
    unrated = make_profile(Answers(servers=4)).with_values(dict.fromkeys(RATINGS[:2], 0.0))
    assert size(unrated)["worst_cpu_utilization"] is None
    rated = size(unrated.with_values(reference_ratings(unrated)))
    assert (
        rated["worst_cpu_utilization"]
        == size(make_profile(Answers(core_rating=33.75, servers=4)))["worst_cpu_utilization"]
    )
