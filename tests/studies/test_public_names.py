"""The names that studies offer: they exist, are documented, shadow no module, and are light to import."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys

import pytest
from support.paths import ROOT

import calculator

HEADINGS = re.findall(r"^## .*", (ROOT / "docs" / "reference" / "studies.md").read_text(encoding="utf-8"), re.MULTILINE)
DOCUMENTED = [path for heading in HEADINGS for path in re.findall(r"`(calculator\.studies\.[\w.]+)`", heading)]
PACKAGES = ("search", "timeline", "uncertainty")


@pytest.mark.parametrize("name", calculator.studies.__all__)
def test_every_study_is_an_attribute(name):
    module = getattr(calculator.studies, name)
    assert inspect.ismodule(module)
    assert module is importlib.import_module(f"calculator.studies.{name}")
    assert module.__doc__
    assert name in dir(calculator.studies)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_of_a_package_is_documented_and_shadows_no_module(package):
    module = importlib.import_module(f"calculator.studies.{package}")
    modules = {found.name for found in pkgutil.iter_modules(module.__path__)}
    assert not modules & set(module.__all__)
    for name in module.__all__:
        assert getattr(module, name).__module__.startswith(f"calculator.studies.{package}.")
        assert getattr(module, name).__doc__
        assert name in dir(module)


def test_there_are_documented_functions():
    assert len(DOCUMENTED) > 5


@pytest.mark.parametrize("path", DOCUMENTED)
def test_every_documented_function_is_where_its_heading_says(path):
    module, _, name = path.rpartition(".")
    assert inspect.isfunction(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize("name", ["studies", "studies.uncertainty"])
def test_a_name_that_is_not_there_is_an_attribute_error(name):
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        importlib.import_module(f"calculator.{name}").nothing  # noqa: B018


def test_importing_the_studies_loads_nothing_heavy():
    code = (
        "import sys, calculator.studies.search, calculator.studies.timeline, calculator.studies.uncertainty; "
        "print(sorted({'scipy', 'pyarrow', 'pint'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
