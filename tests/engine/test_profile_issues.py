"""Issues of what a profile states outside of the figures: gaps in its tiers, and settings of the export."""

import io

import pytest

from calculator import Profile, size
from calculator.cli.main import main
from calculator.engine.profile_issues import profile_issues, with_profile_issues


@pytest.mark.parametrize(
    ("tiers", "text"),
    [
        ((1, 2), ""),
        ((2,), "Tier 1 has no mailboxes, because only tiers with higher numbers are given."),
        ((1, 4), "Tiers 2, 3 have no mailboxes, because only tiers with higher numbers are given."),
        ((1, 9), "Tiers 2 to 8 have no mailboxes, because only tiers with higher numbers are given."),
        ((2, 4), "Tiers 1, 3 have no mailboxes, because only tiers with higher numbers are given."),
    ],
)
def test_tiers_that_only_fill_a_gap_are_reported(tiers, text):
    found = list(profile_issues(Profile({f"tiers.{number}.mailboxes": 100.0 for number in tiers})))
    assert [issue.message for issue in found] == [text] * bool(text)
    assert all(issue.severity == "notice" for issue in found)


def test_a_setting_that_skips_tiers_is_reported(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text("[[tiers]]\nmailboxes = 1000\n")
    out = io.StringIO()
    assert main(["check", str(file), "--set", "tiers.4.mailboxes=10"], out, io.StringIO()) == 0
    assert (
        "notice: plan.toml: tiers.2.mailboxes: Tiers 2, 3 have no mailboxes, because only tiers with higher numbers "
        "are given. Number the tiers from 1 without gaps.\n"
    ) in out.getvalue()


def test_keeping_deleted_items_without_a_backup_is_a_warning():
    setting, users = "export.retain_deleted_items_until_backup", {"tiers.1.mailboxes": 100}
    issues, status = with_profile_issues(size(users | {setting: True, "backup.method": "native_data_protection"}))
    (issue,) = [issue for issue in issues if issue.field == setting]
    assert str(issue) == (
        "design: export.retain_deleted_items_until_backup: RetainDeletedItemsUntilBackup is TRUE, but the design has "
        "no backup, so deleted items are kept forever. Leave it out, set it to false, or choose a VSS backup."
    )
    assert status == "warning"
    for values in ({setting: False}, {}, {setting: True, "backup.method": "software_vss"}):
        assert list(profile_issues(size(users | values).profile)) == []


def test_lagged_copies_in_the_secondary_datacenter_without_any_are_a_warning():
    field = "database_copies.lagged_copies_secondary"
    values = {"tiers.1.mailboxes": 100, "site_resilience.enabled": True, field: 1}
    (issue,) = profile_issues(size({**values, "database_copies.lagged_copies": 0}).profile)
    assert str(issue) == (
        f"design: {field}: 1 lagged copy is to be in the secondary datacenter, but the design has no lagged copies, so "
        "none is placed. Set it to 0, or give the number of lagged copies in both datacenters together."
    )
    assert issue.severity == "warning"
    for other in ({"database_copies.lagged_copies": 1}, {"site_resilience.enabled": False}, {field: 0}):
        assert list(profile_issues(size({**values, "database_copies.lagged_copies": 0, **other}).profile)) == []
