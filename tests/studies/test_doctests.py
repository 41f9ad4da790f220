"""The examples in the docstrings of the studies."""

from __future__ import annotations

import doctest
import importlib

import pytest
from support.paths import ROOT

ROOM = ROOT / "calculator" / "studies"
MODULES = [
    "studies",
    "studies.capacity",
    "studies.compare",
    "studies.disks",
    "studies.figures",
    "studies.rating",
    "studies.running_server",
    "studies.search.read",
    "studies.search.run",
    "studies.timeline.growth",
    "studies.timeline.outage",
    "studies.timeline.pst_imports",
    "studies.timeline.run",
    "studies.uncertainty.distributions",
    "studies.uncertainty.holding",
    "studies.uncertainty.monte_carlo",
    "studies.uncertainty.sensitivity",
    "studies.what_if",
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_hold(name):
    result = doctest.testmod(importlib.import_module(f"calculator.{name}"))
    assert (result.failed, result.attempted > 0) == (0, True)


def test_no_example_is_left_out():
    files = [path for path in ROOM.rglob("*.py") if ">>>" in path.read_text(encoding="utf-8")]
    names = [".".join(path.relative_to(ROOM.parent).with_suffix("").parts).removesuffix(".__init__") for path in files]
    assert sorted(names) == MODULES
