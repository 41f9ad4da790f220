"""Figures of designs that do not work: not applicable, and never the 0 of Microsoft's workbook."""

from __future__ import annotations

import numpy as np
import pytest
from support.golden_designs import golden_designs
from support.paths import PROFILES

from calculator import size, size_many
from calculator.engine.applicability import CAUSES, INVALID, NO_DATABASE, NO_DISK_FITS
from calculator.engine.results import column_index
from calculator.inputs.profile import load
from calculator.presentation.figures import shown
from calculator.rules.registry import CHECKS, RULES, ResultKind
from calculator.studies.compare import compare
from calculator.studies.figures import NumericSizer
from calculator.studies.uncertainty.sensitivity import one_at_a_time
from calculator.studies.what_if import what_if

SITE = next(path for path in sorted(PROFILES.glob("*.toml")) if path.stem == "single_site")
SERVERS, DISKS, QUOTA = "summary_servers.environment", "storage_disks_total.environment", "largest_mailbox_quota"
COUNTS = (SERVERS, DISKS, "storage_jbod_disks_per_server.primary", "summary_database_space.database")
FEW_SERVERS = {"environment.mailbox_servers": 1.0}
"""One server for three copies: the workbook refuses the design and shows 0 servers and 0 disks."""
SMALL_DISK = {"storage.primary.database_disk_capacity": 300.0}
"""A disk of 300 GB (279 GiB) under volumes of 683 GB: the workbook accepts the design and shows 0 disks."""
NO_DISK = {"storage.primary.database_disk_capacity": 0.0}


def variant(values):

    return load(SITE).with_values(values)


def test_an_invalid_design_has_no_counts():
    plan = size(variant(FEW_SERVERS))
    assert plan.status == "invalid"
    assert [plan[column] for column in COUNTS] == [None] * 4
    assert plan[QUOTA] == 5120  # an input of the design stands
    assert plan["lagged_servers_total"] == 0  # and so does a 0 that has another reason


def test_disks_that_do_not_fit_are_not_counted():
    plan = size(variant(SMALL_DISK))
    assert plan.status == "invalid"
    assert (plan[SERVERS], plan[DISKS], plan["storage_jbod_disks_per_server.primary"]) == (4, None, None)
    assert plan["volume_database_volume_size"] == pytest.approx(683, abs=1)


def test_disks_that_fit_in_the_other_datacenter_are_counted_there():
    path = next(path for path in PROFILES.glob("*.toml") if path.stem == "hundred_thousand_mailboxes")

    plan = size(load(path).with_values(SMALL_DISK))
    assert plan["storage_jbod_disks_per_server"] == {"primary": None, "secondary": 27}
    assert plan[DISKS] is None


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (FEW_SERVERS, "the design is invalid. A database has 3 copies, which need 3 servers in a DAG."),
        (SMALL_DISK, "the design is invalid. A volume of 683 GB does not fit its disk of 279 GB."),
        (NO_DISK, "the design is invalid. No database disk is chosen in a datacenter that is in use."),
        (
            {"database.automatic_count": False},
            "the design is invalid. The number of databases is not computed, and the given number is 0.",
        ),
    ],
)
def test_an_explanation_and_a_report_give_the_reason(values, reason):
    plan = size(variant(values))
    explanation = plan.explain("storage_disks_total")
    assert set(explanation.values.values()) == {None}
    assert explanation.reason == reason
    assert f"    n/a: {reason}" in explanation.text().splitlines()
    assert shown(DISKS, plan) == f"n/a ({reason.removesuffix('.')})"
    assert plan.void_reason(QUOTA) == ""


def test_a_figure_of_a_sound_design_has_no_reason():
    plan = size(PROFILES / "active_active.toml")
    assert {plan.void_reason(column) for column in plan} == {""}
    assert plan.explain("storage_disks_total").reason == ""


def test_nothing_of_a_secondary_datacenter_applies_to_a_design_with_one():
    plan = size(SITE)
    secondary = [column for column in plan if column.endswith(".secondary")]
    assert len(secondary) > 100
    assert {plan[column] for column in secondary} == {None}
    assert {plan.void_reason(column) for column in secondary} == {"one datacenter"}
    assert plan.void_reason("summary_memory") == plan.void_reason("summary_memory.primary") == ""
    assert plan.explain("years_to_capacity").corrected  # the correction of a figure of the primary stays


def test_no_figure_of_a_lost_datacenter_applies_to_a_design_with_one():
    plan = size("example:exchange_2019")
    for name in ("cpu_utilization_by_mode", "active_megacycles_by_mode", "sized_databases_by_mode"):
        assert plan[f"{name}.site.primary"] is None
        assert plan.void_reason(f"{name}.site.primary") == "one datacenter"
        assert plan[f"{name}.worst.primary"] is not None


def test_nothing_of_a_dag_applies_to_standalone_servers():
    plan = size(PROFILES / "small_office.toml")
    assert plan["storage_disks_total"] == {"dag": None, "environment": 6}
    assert plan.void_reason("storage_disks_total.dag") == "no DAG"


def test_files_keep_the_zeros_of_the_workbook_for_a_secondary_datacenter():
    sized = size(SITE).results
    assert sized.figures["summary_servers_by_datacenter"][:, 0].tolist() == pytest.approx([4, np.nan], nan_ok=True)
    assert sized.workbook_figures["summary_servers_by_datacenter"][:, 0].tolist() == [4, 0]


def test_no_count_of_a_refused_golden_design_is_a_number():
    """Servers, databases, disks and memory of the 40 designs that the workbook refuses."""
    units = {"servers", "disks", "databases", "GB"}
    refused = [design for design in golden_designs() if not design.valid]
    assert len(refused) >= 15
    for design in refused:
        plan = size(design.inputs)
        for name in INVALID.rules:
            if RULES[name].unit in units and RULES[name].kind is ResultKind.NUMBER:
                assert {plan[column] for column in RULES[name].columns(plan.tiers)} == {None}, (design.id, name)


def test_a_database_of_no_size_gives_no_databases():
    """A largest database of 0 GB or less holds no mailbox, so that nothing is counted by databases."""
    found = [size(design.inputs) for design in golden_designs() if not design.valid]
    found = [plan for plan in found if plan["database_size_not_positive"]]
    assert found
    for plan in found:
        assert plan["database_copies_per_server"] is plan["mailboxes_per_database_capacity"] is None
        assert plan["database_size_limit"] <= 0


def test_void_figures_follow_from_the_rules():
    assert {"summary_servers", "server_memory", "storage_disks_total"} <= INVALID.rules
    assert {"mailbox_size_on_disk", "databases", "design_invalid", "validation_message"}.isdisjoint(INVALID.rules)
    assert {"databases", "summary_databases"} <= NO_DATABASE.rules
    assert all(RULES[name].unit == "disks" for name in NO_DISK_FITS.rules)
    assert {check for cause in CAUSES for check in cause.checks} <= set(CHECKS)


def test_a_design_is_void_alone_and_among_others_alike():
    columns = {
        "environment.mailbox_servers": [4.0, 1.0, 3.0],
        "storage.primary.database_disk_capacity": [4000, 4000, 300],
    }
    table = size_many(columns, profile=SITE, results=list(COUNTS))
    assert table["status"].to_pylist()[1:] == ["invalid", "invalid"]
    alone = [
        size(variant({path: float(column[row]) for path, column in columns.items()}), results=list(COUNTS))
        for row in range(3)
    ]
    for column in COUNTS:
        assert table[column].to_pylist() == [plan[column] for plan in alone]
    numbers = NumericSizer(variant({}), COUNTS)({path: np.array(column) for path, column in columns.items()})
    for column in COUNTS:
        assert [None if np.isnan(value) else value for value in numbers[column]] == table[column].to_pylist()


# --- studies -------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [FEW_SERVERS, SMALL_DISK])
@pytest.mark.parametrize("first", [True, False])
def test_designs_of_which_one_is_invalid_are_compared_without_a_verdict(values, first):
    sound, broken = size(SITE), size(variant(values))
    comparison = compare([broken, sound] if first else [sound, broken])
    assert set(comparison.statuses) == {"notice", "invalid"}
    assert comparison.differences
    for difference in comparison.differences:
        assert difference.verdicts == ("", "")
        if None in difference.values:
            assert difference.changes[1] is None
    rows = {row["column"]: row for row in comparison.rows()}
    number = 1 if first else 2
    assert rows["status"][f"value.{number}"] == "invalid"
    assert rows[DISKS][f"value.{number}"] is None
    assert rows[DISKS]["why_not_applicable"].startswith(f"{number}: the design is invalid. ")


def test_a_change_to_an_invalid_design_has_no_difference():
    """Four copies need four servers, and two servers are too few for three copies."""
    rows = what_if(variant({"environment.mailbox_servers": 3.0}), [SERVERS]).rows()
    found = {row["change"]: row for row in rows}
    assert found["One server more"]["difference"] == 1
    for change, copies in (("One more copy", 4), ("One server fewer", 3)):
        row = found[change]
        assert (row["status"], row["present_status"], row["present"]) == ("invalid", "notice", 3)
        assert (row["value"], row["difference"]) == (None, None)
        assert row["reason"] == f"A database has {copies} copies, which need {copies} servers in a DAG."


def test_changes_of_an_invalid_design_give_its_error():
    for row in what_if(variant(SMALL_DISK), [SERVERS, DISKS]).rows():
        assert row["present_status"] == "invalid"
        assert row["difference"] is None or row["result"] == SERVERS  # their number stands
        assert "The present design is invalid. A volume of 683 GB does not fit" in row["reason"]
        assert row["value"] != 0


def test_an_end_at_which_a_design_is_invalid_is_no_figure():
    study = one_at_a_time(variant({"environment.mailbox_servers": 3.0}), [SERVERS])
    swing = next(swing for swing in study.swings if swing.input == "environment.mailbox_servers")
    assert (swing.at_low, swing.present, swing.at_high, swing.swing) == (None, 3, 4, 1)


def test_a_figure_of_one_end_alone_has_no_swing():
    study = one_at_a_time(variant({"environment.mailbox_servers": 2.0}), [SERVERS])
    [swing] = study.swings
    assert (swing.at_low, swing.present, swing.at_high, swing.swing) == (None, None, 3, None)


def test_columns_of_void_rules_exist():
    index = column_index(1)
    assert {index[column][0] for column in COUNTS} <= INVALID.rules
