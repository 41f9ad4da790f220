"""What the README says of the accuracy: the figures compared, and how far the default is from Microsoft's workbook."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from support.golden_designs import as_columns, golden_designs, inputs_of_columns
from support.paths import ROOT

from calculator.engine import run
from calculator.numerics.rounding import RELATIVE_TOLERANCE

DESIGNS = golden_designs()
README = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
FIGURES = (
    ("Recoverable Items per mailbox, {} tiers", "dumpster"),
    ("mailbox size on disk, {} tiers", "mailbox_size_on_disk"),
    ("space of all databases, {} designs", "summary_database_space"),
    ("disks in all, {} designs that have a count", "storage_disks_total"),
    ("servers, {} designs", "summary_servers"),
)
"""Rows of the table in the README: the words, and the rule, whose last place is that of the environment."""


def sized(model: str) -> Any:
    columns = {**as_columns(DESIGNS), "guidance.dumpster_model": [model] * len(DESIGNS)}
    targets = ("design_invalid", "tier_in_use", *(rule for _, rule in FIGURES))
    return run.run(targets, inputs_of_columns(columns), 4)


@pytest.fixture(scope="module")
def models():
    return sized("calculator"), sized("purges_versions")


def of_valid_designs(results: Any, rule: str) -> np.ndarray:
    """Figures of the tiers in use, or of the environment, in the valid designs."""
    valid = np.array([design.valid for design in DESIGNS])
    values = np.broadcast_to(results.values[rule], (*results.values[rule].shape[:-1], len(DESIGNS)))[..., valid]
    if rule in ("dumpster", "mailbox_size_on_disk"):
        return values[results.values["tier_in_use"][..., valid]]
    return values[-1]


def test_the_figures_that_are_compared_are_counted():
    """The golden test compares every figure of a design but those in which the workbook shows an error."""
    figures = [figure for design in DESIGNS for figure in design.figures.values()]
    compared = [figure for figure in figures if figure != "#ERROR"]
    numbers = [figure for figure in compared if isinstance(figure, float | int) and not isinstance(figure, bool)]
    valid = sum(design.valid for design in DESIGNS)
    assert (
        f"The tests hold {len(DESIGNS)} designs that Microsoft's workbook, version 7.6, was recalculated for: {valid} "
        f"valid ones and {len(DESIGNS) - valid} that it refuses. They compare {len(compared):,} of its figures. "
        f"{len(numbers):,} are numbers, which have to agree to a relative difference of {RELATIVE_TOLERANCE:.0e};"
    ).replace("e-09", "e-9") in README
    assert f"and {len(figures) - len(compared)} cells in which the workbook shows an error are left out." in README
    refused = {column for design in DESIGNS if not design.valid for column in design.figures}
    assert len(refused) == 8
    assert all(isinstance(design.figures["design_invalid"], bool) for design in DESIGNS if not design.valid)


@pytest.mark.parametrize(("words", "rule"), FIGURES)
def test_the_distance_of_the_default_model_is_measured(models, words, rule):
    workbook, default = (of_valid_designs(results, rule) for results in models)
    counted = np.isfinite(workbook) & (workbook > 0)
    change = 100 * (default[counted] / workbook[counted] - 1)
    equal = np.abs(change) < 100 * RELATIVE_TOLERANCE
    lower, higher = int((~equal & (change < 0)).sum()), int((~equal & (change > 0)).sum())
    median, low, high = (
        re.sub(r"^[+-]0\.0$", "0.0", f"{part:+.1f}") for part in (np.median(change), change.min(), change.max())
    )
    row = f"| {words.format(counted.sum())} | {lower} | {equal.sum()} | {higher} | {median} % | {low} % to {high} % |"
    assert row in README


def test_the_default_and_the_line_that_mirrors_the_workbook():
    assert '```toml [guidance] dumpster_model = "calculator" ```' in README
    assert '`guidance.dumpster_model = "purges_versions"`' in README
