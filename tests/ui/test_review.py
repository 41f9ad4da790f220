"""Review: what its tabs have in common."""

import pytest
from support.sessions import REVIEW, plain, shipped, sound

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("tab", "study", "missing"),
    [
        ("Capacity", None, "capacity"),
        ("What if", None, "figures to compare changes with"),
        ("Studies", "Sensitivity", "figures to study"),
        ("Studies", "Uncertainty", "uncertainty to study"),
        ("Studies", "Timeline", "timeline"),
    ],
)
def test_an_invalid_design_has_its_errors_and_nothing_else(review, opened, tab, study, missing):
    at = opened({**shipped("active_active").given, "database_copies.lagged_copies": 0.0}, page=REVIEW)
    at.session_state["review_tab"] = tab
    if study:
        at.session_state["study"] = study
    at.run()
    sound(at)
    assert [info.value for info in at.info] == [
        f"This design is invalid, so it has no {missing}. Correct its errors first."
    ]
    uneven = (
        "The datacenters hold 2 and 1 copies of a database, but one active/active DAG needs the same number in both."
    )
    assert plain(at).count(uneven) == 1
    assert any(button.label.startswith("Go to input") for button in at.button)
    assert not any(button.label.startswith(("Apply", "Start the study")) for button in at.button)
    assert not at.table


@pytest.mark.parametrize("tab", ["What if", "Capacity", "Studies"])
def test_a_design_without_mailboxes_is_refused_with_the_reason(review, tab):
    at = review({"tiers.1.mailboxes": 0.0}, tab)
    assert any("The design has no mailboxes" in text for text in plain(at))


def test_a_standalone_server_has_no_cpu_of_a_failure(review):
    at = review("small_office", "Compare")
    assert "CPU" in next(table.value for table in at.table if "Figure" in table.value)["Figure"].tolist()
    limits = next(table.value for table in review("small_office", "Capacity").table if "Limit" in table.value)
    assert "CPU" in limits["Limit"].tolist()
