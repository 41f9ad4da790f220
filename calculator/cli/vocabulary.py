"""Commands that list and explain the vocabulary: inputs, results, and the reference of the documentation."""

from __future__ import annotations

import argparse
import difflib
from typing import IO

from calculator.cli import commands_page
from calculator.cli.common import FINE, PROBLEMS, Subparsers, add_command, add_format
from calculator.cli.printing import print_rows, print_table
from calculator.engine.results import UnknownResult, column_index, result_columns
from calculator.inputs import schema
from calculator.inputs.parsing import unknown_hint
from calculator.inputs.schema import BY_PARAMETER, BY_PATH, FIELDS, Field, Kind, default_text
from calculator.inputs.units import unit_words
from calculator.issues import refuse
from calculator.presentation import reference
from calculator.rules.constants import CONSTANTS
from calculator.rules.registry import CHECKS, CORRECTIONS, RULES, kind_of


def add_commands(commands: Subparsers) -> None:
    """Add the commands ``fields``, ``rules`` and ``docs``."""
    _add_fields(commands)
    _add_rules(commands)
    _add_docs(commands)


# --- inputs --------------------------------------------------------------------------------------


def _add_fields(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "fields",
        _fields,
        "list the inputs, or show one in detail",
        "List the inputs, or show one with its unit, its allowed values, its column in a CSV file, and what needs it.",
    )
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="an input, such as tiers.1.mailboxes or replay_lag_delay"
    )
    parser.add_argument("--search", metavar="WORD", help="list only inputs whose name or meaning has this word")
    parser.add_argument(
        "--constants", action="store_true", help="list the published constants that a design may override instead"
    )
    add_format(parser, ("table", "csv", "json"))


def _fields(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    if arguments.name:
        print(_field_text(_named(arguments.name)), file=stdout)
        return FINE
    listed = schema.declared_constants() if arguments.constants else FIELDS
    fields = [field for field in listed if _has(arguments.search, field.path, field.label, field.help)]
    if not fields:
        kind = "constant" if arguments.constants else "input"
        refuse("--search", f'"{arguments.search}" is in the name or meaning of no {kind}.', "Try a shorter word.")
    rows = [
        {
            "path": " / ".join(dict.fromkeys((field.paths()[0], field.paths()[-1]))),
            "type": field.kind.value,
            "unit": field.unit,
            "default": default_text(field),
            "allowed": field.limits(),
            "meaning": field.help,
        }
        for field in fields
    ]
    if arguments.format == "table":
        shown = ("path", "default", "unit", "meaning")
        print_table((), [[row[name] for name in shown] for row in rows], "<<<<", stdout)
    else:
        print_rows(rows, arguments.format, stdout)
    return FINE


def _named(name: str) -> Field:
    """Return the input with a path, with or without the place on its axis, or with the last part of a path."""
    found = schema.find(name)
    if found is not None:
        return found[0]
    named = [field for field in FIELDS if name in (field.path, field.path.rpartition(".")[2])]
    if len(named) > 1:
        paths = ", ".join(field.paths()[0] for field in named)
        refuse(name, "is the name of several inputs.", f"Give one of {paths}.")
    if not named:
        last_parts = {field.path.rpartition(".")[2]: field.paths()[0] for field in FIELDS}
        near = difflib.get_close_matches(name, last_parts, 1)
        hint = f'Did you mean "{last_parts[near[0]]}"?' if near else unknown_hint(name)
        refuse(name, "There is no such input.", hint)
    return named[0]


def _field_text(field: Field) -> str:
    paths = field.paths()
    header = f"{paths[0]} [{field.unit}]" if field.unit not in ("", "1") else paths[0]
    unit = (
        "share, or percent with a sign" if field.kind is Kind.FRACTION else unit_words(field.unit) or field.kind.value
    )
    places = f" to {paths[-1]}" if len(paths) > 1 else ""
    users = [name for name, rule in RULES.items() if field.parameter in rule.needs]
    users += [name for name, check in CHECKS.items() if field.parameter in check.needs]
    lines = [
        f"{paths[0]}{places}",
        f"  {field.label}: {field.help}.",
        f"unit: {unit}",
        f"allowed: {field.limits()}",
        f"default: {default_text(field)}",
        f"column of a CSV file: {header}",
    ]
    if field.applies:
        lines.append(f"matters where: {', '.join(map(_condition_text, field.applies))}")
    lines.append(f"source: {field.source}")
    return "\n".join([*lines, "needed by:", *(f"  {user}" for user in users or ["(nothing)"])])


def _condition_text(text: str) -> str:
    condition = schema.Condition.parse(text)
    wanted = condition.word or "true"
    path = BY_PATH[condition.path].paths()[0]
    return f"{path} is {'not ' if condition.negated else ''}{wanted}"


def _has(word: str | None, *texts: str) -> bool:
    return word is None or any(word.casefold() in text.casefold() for text in texts)


# --- results -------------------------------------------------------------------------------------


def _add_rules(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "rules",
        _rules,
        "list the results, or show one in detail",
        "List the results, or show one with its unit, its source, what it needs and what needs it.",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="a rule or column")
    parser.add_argument("--search", metavar="WORD", help="list only results whose name or meaning has this word")


def _rules(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    if arguments.name:
        print(_rule_text(arguments.name), file=stdout)
        return FINE
    found = [rule for rule in RULES.values() if _has(arguments.search, rule.name, rule.meaning)]
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
    parser = add_command(
        commands, "docs", _docs, "write the reference of commands, inputs, results, constants and checks"
    )
    parser.add_argument("directory", metavar="DIR", help="directory to write to, docs/reference in this project")
    parser.add_argument("--check", action="store_true", help="only say whether it is current")


def _docs(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    stale = reference.write(reference_pages(), arguments.directory, only_check=arguments.check)
    for name in stale:
        print(f"{name} {'is not current' if arguments.check else 'written'}", file=stderr)
    return PROBLEMS if stale and arguments.check else FINE


def reference_pages() -> dict[str, str]:
    """Return the text of each page of the reference by its name."""
    from calculator.cli.main import build_parser  # which imports this module

    return {commands_page.NAME: commands_page.commands_page(build_parser()), **reference.pages()}
