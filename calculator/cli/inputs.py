"""Define the command that lists and explains the inputs; listing does not load the rules."""

from __future__ import annotations

import argparse
from typing import IO

from calculator.cli.common import FINE, Subparsers, add_command, add_format, has_word
from calculator.cli.printing import print_rows, print_table
from calculator.inputs import schema
from calculator.inputs.parsing import unknown_hint
from calculator.inputs.schema import BY_PATH, FIELDS, Field, Kind, default_text
from calculator.inputs.units import unit_words
from calculator.issues import closest, refuse


def add_commands(commands: Subparsers) -> None:
    """Add the command ``fields``."""
    parser = add_command(
        commands,
        "fields",
        _fields,
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
    if arguments.constants:
        import calculator.rules.constants  # noqa: F401  declares them
    listed = schema.declared_constants() if arguments.constants else FIELDS
    fields = [field for field in listed if has_word(arguments.search, field.path, field.label, field.help)]
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
        shown = [
            (row["path"], row["default"], _unit_text(field), row["meaning"])
            for field, row in zip(fields, rows, strict=True)
        ]
        print_table((), shown, "<<<<", stdout)
    else:
        print_rows(rows, arguments.format, stdout)
    return FINE


def _named(name: str) -> Field:
    """Return the input with a path, with or without the place on its axis, or with this last part of its path."""
    found = schema.find(name)
    if found is not None:
        return found[0]
    named = [field for field in FIELDS if name in (field.path, field.path.rpartition(".")[2])]
    if len(named) > 1:
        paths = ", ".join(field.paths()[0] for field in named)
        refuse(name, "is the name of several inputs.", f"Give one of {paths}.")
    if not named:
        last_parts = {field.path.rpartition(".")[2]: field.paths()[0] for field in FIELDS}
        near = closest(name, last_parts)
        hint = f'Did you mean "{last_parts[near]}"?' if near else unknown_hint(name)
        refuse(name, "There is no such input.", hint)
    return named[0]


def _unit_text(field: Field) -> str:
    """Return the unit of an input or a constant as people know it; a share says so, a plain number has none."""
    return "share" if field.kind is Kind.FRACTION else unit_words(field.unit)


def _field_text(field: Field) -> str:
    import calculator.engine.graph  # noqa: F401  registers rules and checks
    from calculator.rules.registry import CHECKS, RULES

    paths = field.paths()
    header = f"{paths[0]} [{field.unit}]" if field.unit not in ("", "1") else paths[0]
    unit = "share, or percent with a sign" if field.kind is Kind.FRACTION else _unit_text(field) or field.kind.value
    places = f" to {paths[-1]}" if len(paths) > 1 else ""
    users = [name for name, node in (RULES | CHECKS).items() if field.parameter in node.needs]
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
