"""What README and accuracy page say: the figures compared, and how far the default is from Microsoft's workbook."""

from __future__ import annotations

import re

import pytest
from support import pages
from support.golden_designs import golden_designs
from support.paths import DOCS, ROOT

README = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
ACCURACY = (DOCS / "background" / "accuracy.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", pages.PAGES, ids=lambda path: path.name)
def test_the_counted_and_measured_parts_of_a_page_are_current(path):
    assert path.read_text(encoding="utf-8") == pages.current(path), "run: make docs"


def test_the_figures_that_are_compared_are_counted():
    """The golden test compares every figure of a design but those in which the workbook shows an error."""
    found = pages.counts()
    assert found["compared"] > 150_000
    assert f"The tests compare {found['compared']:,} figures of {found['designs']} designs with" in README
    assert "to a relative difference of 1e-9" in README
    refused = [design for design in golden_designs() if not design.valid]
    assert len({column for design in refused for column in design.figures}) == 8
    assert all(isinstance(design.figures["design_invalid"], bool) for design in refused)


def test_the_default_is_usually_below_the_workbook():
    """The README says so of Recoverable Items; the table of the page has the number of tiers."""
    [row] = re.findall(r"^\| Recoverable Items per mailbox.*$", ACCURACY, re.MULTILINE)
    lower, equal, higher = (int(cell) for cell in row.split("|")[2:5])
    assert lower > 4 * (equal + higher)
    assert "is usually smaller than in the workbook" in README


@pytest.mark.parametrize("text", [README, " ".join(ACCURACY.split())], ids=["README", "accuracy"])
def test_the_line_that_mirrors_the_workbook_is_shown(text):
    assert '```toml [guidance] dumpster_model = "calculator" ```' in text
