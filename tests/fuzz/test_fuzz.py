"""A small share of the fuzzers, always the same, and the cases that they have found."""

import pytest

from fuzz.areas import AREAS
from fuzz.runner import run_area

INPUTS = 60
"""Inputs of each area in the suite; the command ``make fuzz`` runs as many as one likes."""

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("area", AREAS)
def test_hostile_inputs_are_used_or_refused(area):
    report = run_area(area, 2013, INPUTS, None)
    assert report.inputs == INPUTS
    assert not report.kinds, report.details()
