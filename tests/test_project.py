"""The documents for developers, the Makefile and the pinned versions agree with the project."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module

import pytest
from support.paths import DOCS, ROOT, TESTS

import calculator

TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md", "Makefile")}
ARCHITECTURE = (DOCS / "background" / "architecture.md").read_text(encoding="utf-8")


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_dependency_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if not line.startswith("#"))
    names = {normalized(re.match(r"[\w.-]+", dependency)[0]) for dependency in asked}
    assert names - {normalized(name) for name in pinned} == set()
    assert all(re.fullmatch(r"\d[\w.]*", version) for version in pinned.values())


def test_the_readme_installs_the_pinned_versions():
    commands = re.findall(r"^python3 .*pip install.*$", TEXTS["README.md"], flags=re.MULTILINE)
    assert len(commands) == 2
    assert [command for command in commands if "-c constraints.txt" not in command] == []


def test_the_version_has_a_section_in_the_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## (.*)$", changelog, flags=re.MULTILINE)
    released = [head for head in heads if head != "Unreleased"]
    assert re.fullmatch(rf"{re.escape(calculator.__version__)} \(\d{{4}}-\d\d-\d\d\)", released[0])


def test_commands_that_documents_name_are_in_the_makefile():
    targets = set(re.findall(r"^([a-z]+):", TEXTS["Makefile"], flags=re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)`", "".join(TEXTS.values()) + ARCHITECTURE))
    assert named
    assert named - targets == set()


def test_every_target_of_the_makefile_says_what_it_does():
    phony = re.search(r"^\.PHONY: (.*)$", TEXTS["Makefile"], flags=re.MULTILINE)[1].split()
    assert set(phony) == set(re.findall(r"^([a-z]+):  ## \S", TEXTS["Makefile"], flags=re.MULTILINE))


def names_of_all_tests() -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py")]
    return {name for text in texts for name in re.findall(r"^def (test_\w+)", text, flags=re.MULTILINE)}


def test_tests_that_documents_name_are_there():
    named = set(re.findall(r"`(test_\w+)`", TEXTS["CONTRIBUTING.md"]))
    assert len(named) > 15
    assert named - names_of_all_tests() == set()


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "README.md"])
def test_files_that_documents_name_are_there(name):
    named = set(re.findall(r"`((?:calculator|tests|docs|profiles|benchmarks)/[\w./-]*)`", TEXTS[name]))
    assert named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def names_a_thing(dotted: str) -> bool:
    """Return whether a dotted name is that of a module or of something in it."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            found = getattr(found, part, None)
        return found is not None
    return False


def test_functions_that_documents_name_are_there():
    named = re.findall(r"`(calculator\.[\w.]+)`", ARCHITECTURE + TEXTS["CONTRIBUTING.md"])
    assert len(named) > 20
    assert [dotted for dotted in named if not names_a_thing(dotted)] == []
