"""Examples in the docstrings of the sampled studies."""

import doctest
import importlib

import pytest


@pytest.mark.parametrize("name", ["distributions", "sensitivity", "monte_carlo"])
def test_examples_hold(name):
    result = doctest.testmod(importlib.import_module(f"calculator.studies.uncertainty.{name}"))
    assert result.attempted
    assert not result.failed
