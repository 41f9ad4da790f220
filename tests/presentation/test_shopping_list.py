"""The shopping list: the servers and disks of a design, counted as its results count them."""

from __future__ import annotations

import pytest
from support.golden_designs import golden_designs
from support.paths import PROFILES

from calculator import size
from calculator.inputs.profile import load
from calculator.presentation.shopping_list import BETWEEN, THIRD, Purchase, caution, not_counted, shopping_list

PRIMARY = "Primary datacenter"
SAS = '1,200 GB, 10K RPM SAS 2.5"'


def profile(name, values=()):
    return load(PROFILES / f"{name}.toml").with_values(dict(values))


def test_a_standalone_server_with_raid():
    """Six RAID disks: two each for databases, logs and the restore volume; and two system disks."""
    rating = "SPECint_rate2006 of 270 or more"
    assert shopping_list(size(profile("small_office"))) == [
        Purchase(
            PRIMARY,
            "Servers for mailboxes",
            1,
            f"8 cores, {rating}, 16 GB of memory, 8 drive bays",
            "summary_servers_by_datacenter.primary",
        ),
        Purchase(PRIMARY, "System disks (2 per server, mirrored)", 2, SAS, "server_drive_bays.primary"),
        Purchase(PRIMARY, "Database disks (RAID-1/0)", 2, SAS, "storage_raid_database_disks.primary"),
        Purchase(PRIMARY, "Log disks (RAID-1/0)", 2, SAS, "storage_raid_log_disks.primary"),
        Purchase(PRIMARY, "Restore disks (RAID-1/0)", 2, SAS, "storage_raid_restore_disks.primary"),
        Purchase(
            PRIMARY, "Cores of domain controllers (global catalog)", 1, "64-bit Windows", "summary_gc_cores.primary"
        ),
        Purchase(
            PRIMARY,
            "Exchange Server licenses",
            1,
            "Exchange 2013, Standard edition",
            "summary_servers_by_datacenter.primary",
        ),
    ]


def test_servers_with_ssds_have_slots_for_them_besides_their_drive_bays():
    lines = {line.item: line for line in shopping_list(size(profile("exchange_2019")))}
    assert lines["Servers for mailboxes"].each == (
        "24 cores, SPECint_rate2006 of 810 or more, 128 GB of memory, 14 drive bays and 4 slots for SSDs"
    )
    assert lines["SSDs for the MetaCacheDatabase"].count == 4 * lines["Servers for mailboxes"].count


def test_all_dags_of_both_datacenters_count():
    """Eight DAGs of 16 members with 14 database disks, one restore disk and one spare in each."""
    found = {(line.place, line.item): line.count for line in shopping_list(size(profile("hundred_thousand_mailboxes")))}
    for place in (PRIMARY, "Secondary datacenter"):
        assert found[place, "Servers for mailboxes"] == 64
        assert found[place, "System disks (2 per server, mirrored)"] == 128
        assert found[place, "Database disks (JBOD)"] == 896
        assert found[place, "Exchange Server licenses"] == 64
        assert found[place, "Restore disks (JBOD)"] == found[place, "Spare disks for AutoReseed"] == 64
    assert found[BETWEEN, "Network link"] == 1
    assert found[THIRD, "Witness server (third site)"] == 1


def test_a_witness_is_listed_where_the_votes_are_even_and_the_design_places_it():
    assert not [line for line in shopping_list(size(profile("small_office"))) if "Witness" in line.item]
    placed = {"dag.witness_location": "primary"}
    [line] = [line for line in shopping_list(size(profile("single_site", placed))) if "Witness" in line.item]
    away = "Windows with a file share, on a server that is not a member of the DAG"
    assert (line.place, line.item, line.each, line.count) == (PRIMARY, "Witness server", away, 1)
    third = {"dag.witness_location": "third_site"}
    assert line in shopping_list(size(profile("single_site", third))), "one datacenter has no third site"
    [line] = [line for line in shopping_list(size(profile("active_active", placed))) if "Witness" in line.item]
    assert (line.place, line.item) == (PRIMARY, "Witness server (primary datacenter)")
    nowhere = {"dag.witness_location": "none"}
    assert not [line for line in shopping_list(size(profile("single_site", nowhere))) if "Witness" in line.item]


def test_what_is_not_counted_is_said():
    said = not_counted(shopping_list(size(profile("small_office"))))
    assert said == "Not counted: client access licenses, Windows Server licenses, network equipment, backup."
    assert not_counted([]) == ""


def test_the_counts_are_those_of_the_results():
    """The Exchange disks and the servers of every golden design add up to their totals."""
    compared = 0
    for golden in golden_designs():
        design = size(golden.inputs)
        lines, disks = shopping_list(design), design["storage_disks_total.environment"]
        if lines and disks is not None:
            compared += 1
            counted = [line for line in lines if line.result.startswith("storage_")]
            servers = [line for line in lines if line.item.startswith(("Servers for", "Virtual servers for"))]
            assert sum(line.count for line in counted) == pytest.approx(disks), golden.id
            mailbox = [line.count for line in servers if "Client Access" not in line.item]
            assert sum(mailbox) == design["summary_servers.environment"], golden.id
    assert compared > 100


def test_what_is_not_known_has_no_count_and_a_reason():
    small = {"storage.primary.database_disk_capacity": 300.0, "servers.primary.specint2006_rate": 0.0}
    found = {line.item: line for line in shopping_list(size(profile("single_site", small)))}
    assert found["Exchange disks"].count is None
    assert found["Exchange disks"].each == "do not fit: a volume of 683 GB does not fit its disk of 279 GB"
    assert "no SPECint_rate2006 given, so CPU is not sized" in found["Servers for mailboxes"].each
    assert found["Cores of domain controllers (global catalog)"].count is None
    assert found["Cores of domain controllers (global catalog)"].each == "n/a (the processors have no rating)"


@pytest.mark.parametrize("values", [{"tiers.1.mailboxes": 0.0}, {"environment.mailbox_servers": 1.0}])
def test_a_design_that_was_not_sized_has_no_list(values):
    assert shopping_list(size(profile("single_site", values))) == []


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, ""),
        (
            {"storage.primary.database_disk_capacity": 300.0},
            "This list is of a design that does not work. Do not order from it before the errors are corrected.",
        ),
        (
            {"servers.primary.specint2006_rate": 0.0},
            "This list can change, because the design is not sized completely: CPU (the processors have no rating).",
        ),
    ],
)
def test_a_list_says_if_its_design_is_not_ready_to_be_bought(values, text):
    assert caution(size(profile("single_site", values))) == text
