"""A design under changes: each row is the design with that change, made alone."""

from __future__ import annotations

from support.study_rows import row_alone, rows_of

from calculator.inputs.profile import Profile
from calculator.studies.what_if import PRESENT, Change, size_changes

SIZE = "environment.directory_database_size"
DISK = "storage.primary.restore_disk_capacity"
DESIGN = {"tiers.1.mailboxes": 3000.0, "tiers.1.mailbox_size_limit": 2048.0, "tiers.2.mailboxes": 500.0, SIZE: 40.0}


def test_every_row_is_the_design_with_its_change_alone():
    changes = (
        PRESENT,
        Change("Larger mailboxes", {"tiers.2.mailbox_size_limit": 8192.0}),
        Change("More servers, no hold", {"environment.mailbox_servers": 6.0, "tiers.1.single_item_recovery": False}),
        Change("In reserve", {"site_resilience.model": "active_passive"}),
    )
    table = size_changes(Profile(DESIGN), changes, "all")
    assert table["id"].to_pylist() == [change.name for change in changes]
    assert rows_of(table) == [row_alone({**DESIGN, **change.values}, "all") for change in changes]


def test_an_input_that_is_taken_away_is_not_the_one_of_the_design():
    table = size_changes(Profile(DESIGN), (PRESENT, Change("No size known", {SIZE: None})), "all")
    without = {path: value for path, value in DESIGN.items() if path != SIZE}
    assert rows_of(table) == [row_alone(DESIGN, "all"), row_alone(without, "all")]


def test_an_input_that_is_not_there_stays_away_in_the_other_rows():
    without = {path: value for path, value in DESIGN.items() if path != SIZE} | {DISK: 0.0}
    table = size_changes(Profile(without), (PRESENT, Change("Both", {SIZE: 40.0, DISK: 6000.0})), "all")
    assert rows_of(table) == [row_alone(without, "all"), row_alone({**without, SIZE: 40.0, DISK: 6000.0}, "all")]


def test_an_impossible_change_spoils_only_its_row():
    changes = (PRESENT, Change("Too many", {"environment.mailbox_servers": 17.0}))
    table = size_changes(Profile(DESIGN), changes, ["summary_databases"])
    assert table["status"].to_pylist()[1] == "error"
    assert table["issues"].to_pylist()[1] == "error: environment.mailbox_servers: 17 servers is above 16."
    assert rows_of(table)[0] == row_alone(DESIGN, ["summary_databases"])
    assert table["summary_databases"].to_pylist()[1] is None
