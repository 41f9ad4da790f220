"""Formulas as they apply in a design."""

import pytest
from support.sessions import shipped

from calculator import size
from calculator.presentation.applied_formulas import applied_formula


@pytest.fixture(scope="module")
def design():
    return size(shipped("active_active"))


@pytest.mark.parametrize(
    ("column", "words", "numbers"),
    [
        (
            "passive_megacycles_per_database",
            "= tier mailboxes per database × passive megacycles × hypervisor factor",
            "= 125 × 1.37 × 1 = 171.25 megacycles",
        ),
        (
            "volume_fill.primary",
            "= volume database volume size ÷ storage database disk formatted",
            "= 3,544.47 ÷ 3,725.29 = 95.1 %",
        ),
        (
            "master_merge_size",
            "= volume database size with overhead × content index share",
            "= 654.541 × 0.2 = 130.908 GB",
        ),
        (
            "cpu_utilization_by_mode.worst.primary",
            "= (active megacycles by mode + passive megacycles by mode + cas megacycles by mode) "
            "÷ available megacycles",
            "= (10,625 + 2,055 + 3,984.38) ÷ 32,000 = 52.1 %",
        ),
    ],
)
def test_a_formula_has_the_branch_that_applies_and_its_result(design, column, words, numbers):
    found = applied_formula(column, design)
    assert (found.words, found.numbers) == (words, numbers)


def test_a_sum_over_tiers_shows_each_tier():
    tiers = {"tiers.1.mailboxes": 300.0, "tiers.2.mailboxes": 100.0, "tiers.2.messages_per_day": 200.0}
    design = size({**shipped("active_active").given, **tiers})
    found = applied_formula("passive_megacycles_per_database", design)
    assert found.words == "= sum of (tier mailboxes per database × passive megacycles) × hypervisor factor"
    first, second = design["tier_mailboxes_per_database"].values()
    assert found.numbers.startswith(f"= ({first:,.6g} × 1.37 + {second:,.6g} × 2.74) × 1 = ")


@pytest.mark.parametrize(
    "column", ["jbod_possible", "largest_mailbox_quota", "replication_peak_throughput.database", "disk_group"]
)
def test_what_cannot_be_shown_in_numbers_has_no_formula(design, column):
    assert applied_formula(column, design) is None
