"""Examples in the docstrings of the sampled studies."""

import doctest
import importlib

import pytest


@pytest.mark.parametrize("name", ["distributions", "sensitivity", "uncertainty"])
def test_examples_hold(name):
    result = doctest.testmod(importlib.import_module(f"calculator.studies.{name}"))
    assert result.attempted
    assert not result.failed
