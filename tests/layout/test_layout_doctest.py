"""The examples in the documentation of the public functions are true."""

import doctest
import importlib

import pytest


@pytest.mark.parametrize("module", ["calculator.layout", "calculator.layout.dag", "calculator.layout.failure_sets"])
def test_examples(module):
    result = doctest.testmod(importlib.import_module(module))
    assert result.attempted > 0
    assert result.failed == 0
