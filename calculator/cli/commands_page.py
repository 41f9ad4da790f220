"""Write the reference page of the commands from the parser: arguments, options and examples of each command."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from calculator.cli.parser import EXAMPLES
from calculator.presentation.text import markdown_table

NAME = "commands.md"
_INTRO = """\
This page is written from the parser of the program. `exchange-calculator COMMAND --help` prints the same.
[Studies, imports and the report](studies.md) describes the columns of what the studies print.

Results go to standard output; issues and progress go to standard error. The exit code is 0 for success, 1 if a design
or a row of a batch is invalid or cannot be used, 2 for wrong use, for a file that cannot be read and for an output that
cannot be written, and 141 if the reader of standard output has gone."""


def commands_page(parser: argparse.ArgumentParser) -> str:
    """Return the page about all commands of a parser."""
    commands = list(_leaves(parser))
    lines = ["# Commands", "", f"{len(commands)} commands.", "", _INTRO, ""]
    for command in commands:
        lines += _section(command, command.prog.removeprefix(f"{parser.prog} "))
    return "\n".join(lines)


def _leaves(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield the parsers of the commands and of their subcommands."""
    kinds = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not kinds:
        yield parser
    for kind in kinds:
        for each in kind.choices.values():
            yield from _leaves(each)


def _section(parser: argparse.ArgumentParser, name: str) -> list[str]:
    formatter = parser._get_formatter()
    actions = [action for action in parser._actions if "--help" not in action.option_strings]
    usage = [parser.prog, *(_place(action) for action in actions if not action.option_strings)]
    usage += [f"{each.option_strings[0]} {_metavar(each)}" for each in actions if each.option_strings and each.required]
    rows = [(_written(action), _help(formatter, action)) for action in actions]
    examples = (parser.epilog or "").removeprefix(EXAMPLES)
    return [
        f"## `{name}`",
        "",
        parser.description or "",
        "",
        "```text",
        f"{' '.join(usage)} [OPTIONS]",
        "```",
        "",
        *markdown_table(("argument", "meaning"), rows),
        "",
        "Examples:",
        "",
        "```sh",
        *(line.strip() for line in examples.splitlines()),
        "```",
        "",
    ]


def _metavar(action: argparse.Action) -> str:
    if action.metavar is not None:
        return str(action.metavar)
    return "{" + ",".join(map(str, action.choices)) + "}" if action.choices else action.dest.upper()


def _place(action: argparse.Action) -> str:
    """Return a positional argument as the usage shows it, with marks if it may be left out or repeated."""
    name = _metavar(action)
    return {"?": f"[{name}]", "*": f"[{name} ...]", "+": f"{name} [{name} ...]"}.get(str(action.nargs), name)


def _written(action: argparse.Action) -> str:
    if not action.option_strings:
        return f"`{_metavar(action)}`"
    value = "" if action.nargs == 0 else f" {_metavar(action)}"
    return ", ".join(f"`{option}{value}`" for option in action.option_strings)


def _help(formatter: argparse.HelpFormatter, action: argparse.Action) -> str:
    text = formatter._expand_help(action) if action.help else ""
    default = action.default
    if isinstance(default, str | int | float) and not isinstance(default, bool) and "default" not in text:
        text += f" (default: {default})"
    return text.replace("<", "&lt;").replace("*", "\\*")
