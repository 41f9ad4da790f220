"""Define the commands that list and explain the results, and that write the reference of the documentation."""

from __future__ import annotations

import argparse
from typing import IO

from calculator.cli import commands_page
from calculator.cli.common import FINE, PROBLEMS, Subparsers, add_command, has_word
from calculator.cli.printing import print_table
from calculator.engine.results import column_index, result_columns
from calculator.inputs.schema import BY_PARAMETER
from calculator.inputs.units import unit_words
from calculator.issues import UnknownResult, refuse
from calculator.presentation import reference
from calculator.rules.constants import CONSTANTS
from calculator.rules.registry import CORRECTIONS, RULES, kind_of


def add_commands(commands: Subparsers) -> None:
    """Add the commands ``rules`` and ``docs``."""
    _add_rules(commands)
    _add_docs(commands)


# --- results -------------------------------------------------------------------------------------


def _add_rules(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "rules",
        _rules,
        "List the results, or show one with its unit, its source, what it needs and what needs it.",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="a rule or column")
    parser.add_argument("--search", metavar="WORD", help="list only results whose name or meaning has this word")


def _rules(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    if arguments.name:
        print(_rule_text(arguments.name), file=stdout)
        return FINE
    found = [rule for rule in RULES.values() if has_word(arguments.search, rule.name, rule.meaning)]
    if not found:
        refuse("--search", f'"{arguments.search}" is in the name or meaning of no result.', "Try a shorter word.")
    rows = [(rule.name, unit_words(rule.unit) or rule.kind.value, rule.meaning) for rule in found]
    print_table((), rows, "<<<", stdout)
    return FINE


def _rule_text(name: str) -> str:
    column = column_index(1).get(name) or column_index(9).get(name)
    rule = RULES.get(name) or (RULES[column[0]] if column else None)
    if rule is None:
        result_columns(name, 1)
        raise UnknownResult(name)
    needs = [f"  {need} ({_need_text(need)})" for need in rule.needs]
    users = [f"  {user.name}" for user in RULES.values() if rule.name in user.needs]
    lines = [
        rule.name,
        f"  {rule.meaning}",
        *(f"  {line}" for line in rule.remarks.splitlines() if line),
        f"unit: {rule.unit or rule.kind.value}",
        f"level: {rule.level}",
        f"source: {rule.source}",
        f"columns: {', '.join(rule.columns(1)[:12])}",
    ]
    if rule.oddity:
        lines.append(f"oddity: {rule.oddity}")
    if rule.name in CORRECTIONS:
        lines.append(f"corrected: {CORRECTIONS[rule.name].function.__doc__}")
    return "\n".join([*lines, "needs:", *needs, "needed by:", *(users or ["  (nothing)"])])


def _need_text(name: str) -> str:
    kind = kind_of(name)
    if kind == "constant":
        return f"constant, {CONSTANTS[name].meaning}"
    if kind == "input":
        return f"input {BY_PARAMETER[name].path}"
    return "rule"


# --- reference -----------------------------------------------------------------------------------


def _add_docs(commands: Subparsers) -> None:
    parser = add_command(commands, "docs", _docs)
    parser.add_argument("directory", metavar="DIR", help="directory to write to, docs/reference in this project")
    parser.add_argument("--check", action="store_true", help="only check whether the reference is current")


def _docs(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    stale = reference.write(reference_pages(), arguments.directory, only_check=arguments.check)
    for name in stale:
        print(f"{name} {'is not current' if arguments.check else 'written'}", file=stderr)
    return PROBLEMS if stale and arguments.check else FINE


def reference_pages() -> dict[str, str]:
    """Return the text of each page of the reference by its name."""
    from calculator.cli.main import build_parser  # imported here, because it imports this module

    return {commands_page.NAME: commands_page.commands_page(build_parser()), **reference.pages()}
