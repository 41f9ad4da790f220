"""Exceptions reach the process that waits for a result as they were raised."""

import copy
import importlib
import multiprocessing
import pickle
import pkgutil

import pytest

import calculator
from calculator import InputError, UnknownResult
from calculator.inputs.parsing import ValueProblem
from calculator.issues import Issues, refuse


def classes():
    """Every exception of the package, by name."""
    found = {}
    for module in pkgutil.walk_packages(calculator.__path__, "calculator."):
        if ".ui" in module.name or module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, type) and issubclass(value, Exception) and value.__module__ == module.name:
                found[f"{module.name}.{name}"] = value
    return found


def issues():
    found = Issues()
    for number in range(150):
        found.error(f"row {number}", "tiers.1.mailboxes", "is below 0.", "Give more.")
    return found


def made(kind):
    if issubclass(kind, InputError):
        return kind(issues())
    return kind("is wrong.", "Do that.") if issubclass(kind, ValueProblem) else kind("is wrong.")


@pytest.mark.parametrize("kind", classes().values(), ids=classes().keys())
@pytest.mark.parametrize("copied", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_every_exception_is_the_same_in_another_process(kind, copied):
    error = made(kind)
    again = copied(error)
    assert type(again) is kind
    assert str(again) == str(error)
    if isinstance(error, InputError):
        assert list(again.issues) == list(error.issues)
        assert again.issues.counts == error.issues.counts
    if isinstance(error, ValueProblem):
        assert (again.message, again.hint) == ("is wrong.", "Do that.")


def test_the_public_exceptions_are_among_them():
    assert {InputError, UnknownResult} <= set(classes().values())


def fails(number):
    refuse(f"row {number}", "is wrong.", "Do that.")


@pytest.mark.slow
def test_a_pool_of_a_user_raises_them():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        result = pool.map_async(fails, [7])
        with pytest.raises(InputError) as found:
            result.get(timeout=60)
    assert str(found.value) == "row 7: is wrong. Do that."
