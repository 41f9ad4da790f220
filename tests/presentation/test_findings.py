"""Issues of a design as a whole: those of the sizing and those of its layout, counted once."""

from __future__ import annotations

import pytest
from support.paths import PROFILES

from calculator import Profile, size
from calculator.inputs.profile import load
from calculator.issues import Issues
from calculator.layout import layout
from calculator.presentation.findings import all_issues, quirk_rows, status_of

QUIRKS = "guidance.oddities"


@pytest.fixture(scope="module")
def plan():
    return size(load(PROFILES / "active_active.toml"))


def test_issues_of_the_layout_are_added_unless_the_sizing_has_one_about_the_same(plan):
    sizing, dag = list(plan.issues), layout(plan)
    found = list(all_issues(plan))
    of_sizing = found[: len(sizing)]
    assert [issue for issue in of_sizing if issue.field != QUIRKS] == [
        issue for issue in sizing if issue.field != QUIRKS
    ]
    assert [issue.field for issue in of_sizing] == [issue.field for issue in sizing]
    assert [issue.field for issue in dag.issues] == [
        "environment.mailbox_servers",
        "active_databases_by_mode.single.primary",
        "active_databases_by_mode.double.primary",
    ]
    assert "environment.mailbox_servers" in {issue.field for issue in sizing}
    assert found[len(sizing) :] == list(dag.issues)[1:]
    assert list(all_issues(plan, dag)) == found


def test_tiers_with_the_same_issue_share_one_that_names_them():
    three = {f"tiers.{tier}.mailboxes": 1000 for tier in (1, 2, 3)}
    found = all_issues(size({**three, "tiers.2.initial_mailbox_size": 6000})).grouped()
    by_field = {issue.field: issue.message for issue in found if issue.field.startswith("tiers.")}
    assert by_field["tiers.deleted_item_retention"].startswith("Tiers 1 to 3: Recoverable Items: 234 MB is used")
    assert by_field["tiers.2.mailbox_size_limit"].startswith("The initial mailbox size is 6,000 MB")
    assert found.total == len(found) == len(set(found))


def test_datacenters_with_the_same_issue_share_one_that_names_both():
    plan = Profile.load("example:active_active")
    bays = {"servers.primary.drive_bays": 4, "servers.secondary.drive_bays": 4}
    (both,) = (issue for issue in all_issues(size(plan.with_values(bays))).grouped() if issue.severity == "error")
    assert (both.field, both.message, both.hint) == (
        "servers.drive_bays",
        "Both datacenters: A server needs 12 drive bays, but it has 4.",
        "Use larger disks, more servers, or servers with more bays.",
    )
    bays["servers.secondary.drive_bays"] = 5
    apart = [issue for issue in all_issues(size(plan.with_values(bays))).grouped() if issue.severity == "error"]
    assert [(issue.field, issue.message) for issue in apart] == [
        ("servers.primary.drive_bays", "A server needs 12 drive bays, but it has 4."),
        ("servers.secondary.drive_bays", "A server needs 12 drive bays, but it has 5."),
    ]
    del bays["servers.secondary.drive_bays"]
    (one,) = (issue for issue in all_issues(size(plan.with_values(bays))).grouped() if issue.severity == "error")
    assert one.field == "servers.primary.drive_bays"


def test_issues_beyond_those_kept_stay_counted():
    found = Issues()
    for tier in range(1, 151):
        found.add("notice", "", f"tiers.{tier}.mailboxes", "The same.")
    assert [issue.message for issue in found.grouped()] == ["Tiers 1 to 100: The same."]
    assert found.grouped().counts["notice"] == 51


def test_a_design_without_a_layout_has_its_own_issues():
    for given in ({}, {"tiers.1.mailboxes": 100.0, "environment.high_availability": False}):
        plan = size(given)
        assert [issue.field for issue in all_issues(plan)] == [issue.field for issue in plan.issues]


@pytest.mark.parametrize(("oddities", "verb"), [("as_calculator", "affect"), ("corrected", "are corrected in")])
def test_the_notice_about_quirks_counts_the_figures_that_a_table_lists(oddities, verb):
    plan = size(load(PROFILES / "active_active.toml").with_values({QUIRKS: oddities}))
    rows = quirk_rows(plan)
    [notice] = [issue for issue in all_issues(plan) if issue.field == QUIRKS]
    assert notice.message == f"Known quirks of Microsoft's workbook {verb} {len(rows)} figures of this design."
    assert ("Size of a log on the network", "smaller", "A log of 1,048,576 bytes counts as 8 Mb") in rows
    [whole] = [issue for issue in plan.issues if issue.field == QUIRKS]
    assert all(f"{figure[1:]} ({reason[:1].lower()}{reason[1:]})" in whole.message for figure, _, reason in rows)


@pytest.mark.parametrize(
    ("severities", "status"), [((), "ok"), (("notice",), "notice"), (("notice", "warning"), "warning")]
)
def test_the_status_is_that_of_the_most_severe_issue(plan, severities, status):
    issues = Issues()
    for severity in severities:
        issues.add(severity, "", "", "Look.")
    assert status_of(plan, issues) == status


def test_what_is_not_sized_is_a_warning_and_an_invalid_design_stays_invalid():
    unrated = {"tiers.1.mailboxes": 1000.0, "servers.primary.specint2006_rate": 0.0}
    assert status_of(size(unrated), Issues()) == "warning"
    invalid = {"tiers.1.mailboxes": 5000.0, "tiers.1.mailbox_size_limit": 0.0}
    assert status_of(size(invalid), Issues()) == "invalid"
