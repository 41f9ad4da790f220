"""The command that holds designs against the first of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import IO, Any

from calculator.cli.common import FINE, PROBLEMS, Command, Read, named
from calculator.cli.printing import FORMATS, print_issues, print_rows
from calculator.engine.findings import INVALID
from calculator.engine.sizing import size
from calculator.inputs.profile import Profile
from calculator.issues import InputError, Issues

READ, MOST_CAUSES = ("table", "markdown"), 2
"""Formats that people read, and the causes named in them; in the others all are."""
Row = dict[str, object]


def add_parsers(commands: Any, profile: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the command of this module to a command line."""
    compare = commands.add_parser(
        "compare",
        help="designs side by side",
        description="Every result that differs between designs, by how much and why; the first is what the others are "
        "held against.",
    )
    compare.add_argument("first", metavar="A.toml", help="the design the others are held against")
    compare.add_argument("others", nargs="+", metavar="B.toml", help="another design")
    compare.add_argument(
        "--set", action="append", default=[], metavar="PATH=VALUE", help="change an input of all, as often as needed"
    )
    compare.add_argument(
        "--results",
        default="all",
        metavar="NAMES",
        help="rule or column names, comma-separated; headline or all (default)",
    )
    compare.add_argument("--inputs", action="store_true", help="the inputs that differ instead")
    compare.add_argument("--format", default="table", choices=FORMATS, help="how to print")


def commands_with(read: Read) -> dict[str, Command]:
    """The command by name; ``read`` gives the profile of a command line."""

    def compare(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
        paths = [arguments.first, *arguments.others]
        each = [argparse.Namespace(profile=path, set=arguments.set) for path in paths]
        return _compare(_read_all(each, read), named("--results", arguments.results), arguments, stdout, stderr)

    return {"compare": compare}


def _read_all(arguments: Sequence[argparse.Namespace], read: Read) -> list[Profile]:
    """The profiles; what is wrong with any of them at once."""
    problems, profiles = Issues(), []
    for of_one in arguments:
        try:
            profiles.append(read(of_one))
        except InputError as error:
            problems.extend(error.issues)
    if problems:
        raise InputError(problems)
    return profiles


def _compare(
    profiles: Sequence[Profile], names: Sequence[str], arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]
) -> int:
    from calculator.studies.compare import compare

    plans = [size(profile) for profile in profiles]
    comparison = compare(plans, names)
    for plan in plans:
        print_issues(plan.issues, stderr)
    most = MOST_CAUSES if arguments.format in READ else None
    rows = comparison.input_rows() if arguments.inputs else comparison.rows(most)
    head = comparison.input_head if arguments.inputs else comparison.head
    print_rows(rows, arguments.format, stdout, head)
    return PROBLEMS if any(plan.status == INVALID for plan in plans) else FINE
