"""What if: each usual change against the design with that change made by hand."""

from __future__ import annotations

import pytest
from support.study_rows import row_alone, rows_of

from calculator.engine.sizing import read, size
from calculator.inputs.profile import Profile
from calculator.issues import WARNING
from calculator.presentation.findings import all_issues
from calculator.studies.what_if import what_if

pytestmark = pytest.mark.slow

COPIES, THERE = "database_copies.ha_copies", "database_copies.ha_copies_secondary"
SERVERS = "environment.mailbox_servers"
DISKS = ("storage.primary.database_disk_capacity", "storage.secondary.database_disk_capacity")
RESTORE = ("storage.primary.restore_disk_capacity", "storage.secondary.restore_disk_capacity")
DAYS = ("tiers.1.deleted_item_retention", "tiers.2.deleted_item_retention")
PASSIVE = {"site_resilience.model": "active_passive"}
BY_CALCULATOR = {"guidance.dumpster_model": "calculator"}

CASES = {
    "one active/active DAG": (
        {"tiers.1.mailboxes": 1234.0},
        {
            "The design as it is": {},
            "One more copy in each datacenter": {COPIES: 6.0, THERE: 3.0},
            "Disks of 6,000 GB": dict.fromkeys((*DISKS, *RESTORE), 6000.0),
            "One server more in each datacenter": {SERVERS: 5.0},
            "One server fewer in each datacenter": {SERVERS: 3.0},
            "20 % more users": {"tiers.1.mailboxes": 1481.0},  # 1,480.8
            "30 more days of retention": {DAYS[0]: 44.0},
            "Recoverable Items as in Microsoft's workbook": BY_CALCULATOR,
        },
        {},
    ),
    "a second datacenter in reserve, two tiers": (
        {
            **PASSIVE,
            COPIES: 3.0,
            THERE: 1.0,
            SERVERS: 6.0,
            "tiers.1.mailboxes": 4000.0,
            "tiers.2.mailboxes": 7.0,
            DAYS[1]: 60.0,
            DISKS[1]: 1200.0,
            **BY_CALCULATOR,
        },
        {
            "The design as it is": {},
            "One more copy": {COPIES: 4.0, THERE: 2.0},
            "Disks of 6,000 GB": {DISKS[0]: 6000.0, RESTORE[0]: 6000.0, DISKS[1]: 1500.0},
            "One server more in each datacenter": {SERVERS: 7.0},  # 7 and 4 in place of 6 and 3
            "One server fewer": {SERVERS: 5.0},  # 5 and 3
            "20 % more users": {"tiers.1.mailboxes": 4800.0, "tiers.2.mailboxes": 9.0},  # 8.4
            "30 more days of retention": {DAYS[0]: 44.0, DAYS[1]: 90.0},
            "Recoverable Items by Purges and Versions": {"guidance.dumpster_model": "purges_versions"},
        },
        {},
    ),
    "one datacenter, the largest disks, an empty tier": (
        {
            "site_resilience.enabled": False,
            COPIES: 3.0,
            SERVERS: 16.0,
            DISKS[0]: 12000.0,
            DISKS[1]: 12000.0,
            "tiers.1.mailboxes": 0.0,
            "tiers.2.mailboxes": 9000.0,
            "guidance.dumpster_model": "larger",
        },
        {
            "The design as it is": {},
            "One more copy": {COPIES: 4.0},
            "One server fewer": {SERVERS: 15.0},
            "20 % more users": {"tiers.2.mailboxes": 10800.0},
            "30 more days of retention": {DAYS[0]: 44.0, DAYS[1]: 44.0},
            "Recoverable Items by Purges and Versions": {"guidance.dumpster_model": "purges_versions"},
        },
        {"Next larger disk": "no larger disk of the type is sold", "One server more": "17 servers is above 16"},
    ),
    "a standalone server": (
        {"environment.high_availability": False, SERVERS: 1.0, "tiers.1.mailboxes": 500.0},
        {
            "The design as it is": {},
            "Disks of 6,000 GB": dict.fromkeys((*DISKS, *RESTORE), 6000.0),
            "One server more": {SERVERS: 2.0},
            "20 % more users": {"tiers.1.mailboxes": 600.0},
            "30 more days of retention": {DAYS[0]: 44.0},
            "Recoverable Items as in Microsoft's workbook": BY_CALCULATOR,
        },
        {"One more copy": "the design has no high availability", "One server fewer": "there is only one"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_changes_and_those_that_cannot_be_made(case):
    design, changes, refused = CASES[case]
    study = what_if(Profile(design), ["summary_databases"])
    assert {change.name: dict(change.values) for change in study.changes} == changes
    assert {change.name: change.reason for change in study.impossible} == refused


@pytest.mark.parametrize("case", CASES)
def test_every_row_is_the_design_with_that_change_made_by_hand(case):
    design, changes, _ = CASES[case]
    study = what_if(Profile(design), "all")
    assert study.table["id"].to_pylist() == list(changes)
    assert rows_of(study.table) == [row_alone({**design, **values}, "all") for values in changes.values()]


def test_copies_go_where_there_are_fewer():
    base = {"tiers.1.mailboxes": 500.0, **PASSIVE}
    for copies, there, more in ((4, 1, 2), (4, 2, 2), (5, 2, 3), (2, 0, 1)):
        study = what_if(Profile({**base, COPIES: float(copies), THERE: float(there)}), ["summary_databases"])
        after = {**base, COPIES: copies, THERE: there, **study.changes[1].values}
        assert (after[COPIES], after[THERE]) == (copies + 1, more)


@pytest.mark.parametrize(
    ("design", "refused"),
    [
        (
            {"site_resilience.enabled": False, COPIES: 16.0, "tiers.1.mailboxes": 100.0},
            {"One more copy": "a database has at most 16 copies"},
        ),
        (
            {COPIES: 15.0, THERE: 7.0, "tiers.1.mailboxes": 100.0},
            {"One more copy in each datacenter": "a database has at most 16 copies"},
        ),
        ({"tiers.1.mailboxes": 90e6}, {"20 % more users": "108,000,000 mailboxes is above 100,000,000"}),
        ({"tiers.1.mailboxes": 100.0, DAYS[0]: 24850.0}, {"30 more days of retention": "24,880 day is above 24,855"}),
        (
            {"tiers.1.mailboxes": 100.0, **dict.fromkeys(DISKS, 0.0)},
            {"Next larger disk": "no larger disk of the type is sold"},
        ),
    ],
)
def test_impossible_changes_give_a_reason(design, refused):
    study = what_if(Profile(design), ["summary_databases"])
    assert {change.name: change.reason for change in study.impossible} == refused
    assert "error" not in study.table["status"].to_pylist()


def test_the_headline_is_what_is_sized_where_nothing_is_named():
    design = {"tiers.1.mailboxes": 100.0}
    assert rows_of(what_if(Profile(design)).table)[0] == row_alone(design, "headline")


@pytest.mark.parametrize(
    ("design", "more", "servers"),
    [
        ({}, "One server more in each datacenter", 2),
        ({"environment.dags": 2.0}, "One server more in each datacenter of each DAG", 4),
        ({"site_resilience.enabled": False, "environment.dags": 3.0, COPIES: 3.0}, "One server more in each DAG", 3),
        ({"site_resilience.model": "active_active_multiple_dags"}, "One server more in each datacenter of each DAG", 4),
        ({"environment.high_availability": False}, "One server more", 1),
    ],
)
def test_one_server_more_is_one_wherever_the_design_counts_them(design, more, servers):
    table = what_if(Profile({"tiers.1.mailboxes": 2000.0, **design}), ["summary_servers.environment"]).table
    rows = dict(zip(table["id"].to_pylist(), table["summary_servers.environment"].to_pylist(), strict=True))
    assert rows[more] - rows["The design as it is"] == servers


def test_the_next_larger_disk_is_sold_in_its_type():
    """10K disks of 2.5 inches have 900 and 1,200 GB, but not 1,500 GB."""
    fast = dict.fromkeys((path.replace("capacity", "type") for path in DISKS), '10K RPM SAS 2.5"')
    for capacity, larger in ((900.0, "Disks of 1,200 GB"), (1200.0, None)):
        study = what_if(
            Profile({"tiers.1.mailboxes": 100.0, **fast, **dict.fromkeys(DISKS, capacity)}), ["summary_dags"]
        )
        disks = [change.name for change in study.changes if change.name.startswith("Disks of ")]
        assert disks == ([larger] if larger else [])


def test_a_number_of_databases_is_named_where_the_automatic_number_does_not_work_or_is_much_rounded():
    """7 servers get 63 databases, which are too large, and 5 servers get 120, of which 65 would do."""
    design = read("example:exchange_2019")
    study = what_if(design, ["storage_disks_total.environment"])
    hints = {row["change"]: (row["reason"], row["hint"]) for row in study.rows() if row["hint"]}
    assert hints == {
        "One server more": (
            "A volume of 9,462 GB does not fit its disk of 9,313 GB.",
            "With 70 databases it works: 77 disks for Exchange and 13 drive bays per server.",
        ),
        "One server fewer": (
            None,
            "With 65 databases it needs only 70 disks for Exchange and 16 drive bays per server, with 1 warning.",
        ),
    }
    for change, better in zip(study.changes, study.database_numbers, strict=True):
        if better is not None:
            given = size(design.with_values({**change.values, **better.values}))
            assert given.status == "notice"
            found = [issue.message for issue in all_issues(given) if issue.severity == WARNING]
            assert list(better.warnings) == found
            assert given["storage_disks_total.environment"] == better.figures["storage_disks_total.environment"]


def test_no_number_of_databases_is_named_for_a_number_that_is_given():
    design = read("example:exchange_2019").with_values(
        {"database.automatic_count": False, "database.custom_count": 66.0}
    )
    study = what_if(design, ["databases"])
    assert "invalid" in study.table["status"].to_pylist()
    assert study.database_numbers == (None,) * len(study.changes)


@pytest.mark.parametrize(
    ("example", "change", "hint"),
    [
        (
            "small_office",
            "20 % more users",
            "With 5 databases it works: 8 disks for Exchange and 10 drive bays per server.",
        ),
        (
            "hundred_thousand_mailboxes",
            "20 % more users",
            "With 240 databases per DAG it works, with 2 warnings: 2,176 disks for Exchange and 19 drive bays per "
            "server.",
        ),
    ],
)
def test_a_number_of_databases_says_what_it_counts_and_its_warnings(example, change, hint):
    rows = what_if(read(f"example:{example}"), ["databases"]).rows()
    assert [row["hint"] for row in rows if row["change"] == change] == [hint]
