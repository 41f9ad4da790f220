"""Define the command that finds how much load a design can hold."""

from __future__ import annotations

import argparse
from typing import IO

from calculator.cli.common import Subparsers, add_command, add_format, add_profile
from calculator.cli.designs import exit_code, read_profile
from calculator.cli.printing import print_issues, print_rows
from calculator.engine.sizing import size
from calculator.presentation.figures import missing_rating

_SHOWN = 3
"""Number of limits shown for each input: the limit that is reached first and the next two."""


def add_commands(commands: Subparsers) -> None:
    """Add the command ``capacity``."""
    parser = add_command(
        commands,
        "capacity",
        _capacity,
        "Find the largest number of mailboxes, the largest quotas and the largest number of messages that a design "
        "can hold, with the limit that is reached first and the next two. Servers, databases, disks and memory stay "
        "as they are.",
    )
    add_profile(parser)
    parser.add_argument(
        "--of",
        action="append",
        default=[],
        metavar="PATH",
        help="an input to raise by itself, such as tiers.1.messages_per_day, or tiers.mailboxes for the mailboxes "
        "of all tiers; may be repeated",
    )
    parser.add_argument("--all", action="store_true", help="show every limit instead of the first three")
    add_format(parser)


def _capacity(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.studies.capacity import capacity

    profile = read_profile(arguments)
    design = size(profile)
    print_issues(design.issues, stderr)
    found = capacity(profile, arguments.of)
    shown = None if arguments.all else _SHOWN
    print_rows([row for each in found for row in each.rows(shown)], arguments.format, stdout)
    for each in found:
        print(each.sentence, file=stderr)
    if any(each.unknown for each in found):
        print(f"CPU is not known, because {missing_rating(design)}: the values are upper bounds.", file=stderr)
    return exit_code(design)
