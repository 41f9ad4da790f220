"""What the README, the guides and the reference of the studies say of the command line is what it takes."""

from __future__ import annotations

import argparse
import re
import shlex

import pytest
from support import tutorials
from support.paths import DOCS, ROOT

from calculator.cli.main import build_parser

EVERYWHERE = {"--help", "--set", "--constant", "--format", "--output", "--profile", "--quiet", "--json"}


def guide_commands() -> list[str]:
    text = (DOCS / "how-to" / "command_line.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("exchange-calculator ")]


def sections() -> dict[str, str]:
    """Text of the reference by command."""
    text = (ROOT / "docs" / "reference" / "studies.md").read_text(encoding="utf-8")
    return {
        m[1]: m[2] for m in re.finditer(r"^## `(\w+)[^\n]*\n(.*?)(?=^## |\Z)", text, flags=re.DOTALL | re.MULTILINE)
    }


def parsers(command: str) -> list[argparse.ArgumentParser]:
    """Parser of a command, or those of its kinds."""
    [commands] = [a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction)]
    parser = commands.choices[command]
    kinds = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return list(kinds[0].choices.values()) if kinds else [parser]


def options(command: str) -> set[str]:
    found = {option for parser in parsers(command) for action in parser._actions for option in action.option_strings}
    return {option for option in found if option.startswith("--")}


def test_the_guide_has_commands():
    assert len(guide_commands()) >= 25


@pytest.mark.parametrize("line", guide_commands())
def test_commands_of_the_guide_are_taken(line):
    arguments = build_parser().parse_args(shlex.split(line, comments=True)[1:])
    named = getattr(arguments, "profile", None)
    assert named is None or not named.startswith("profiles/") or (ROOT / named).is_file()


def test_pages_show_outputs():
    names = {page.name for page in tutorials.pages()}
    assert {"README.md", "first_design.md", "exports_to_report.md", "batch.md", "notebook.md"} <= names


@pytest.mark.slow
@pytest.mark.parametrize("page", tutorials.pages(), ids=lambda page: page.name)
def test_an_output_of_a_page_is_what_is_printed(page):
    assert page.read_text(encoding="utf-8") == tutorials.current(page), "run: make docs"


def test_the_guide_shows_every_command():
    [commands] = [a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction)]
    shown = {line.split()[1] for line in guide_commands()}
    assert set(commands.choices) - shown == {"docs"}  # which is for developers


def test_the_reference_has_every_study():
    assert set(sections()) == {
        "compare",
        "sensitivity",
        "uncertainty",
        "timeline",
        "capacity",
        "rating",
        "search",
        "running",
        "import",
        "report",
    }


@pytest.mark.parametrize("command", sections())
def test_options_of_a_study_are_those_of_its_reference(command):
    told = set(re.findall(r"--[a-z][a-z-]+", sections()[command]))
    other = {"--table"} if command == "running" else set()  # of `size`, which has a table of its kind
    assert options(command) - EVERYWHERE <= told
    assert told - other <= options(command)
