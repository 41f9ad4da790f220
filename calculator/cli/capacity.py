"""Command that finds what a design holds as it stands."""

from __future__ import annotations

import argparse
from typing import IO

from calculator.cli.common import Subparsers, add_command, add_format, add_profile
from calculator.cli.designs import exit_code, read_profile
from calculator.cli.printing import print_issues, print_rows
from calculator.engine.sizing import size

_SHOWN = 3
"""Limits shown for each input: the one that is reached first and the two behind it."""


def add_commands(commands: Subparsers) -> None:
    """Add the command ``capacity``."""
    parser = add_command(
        commands,
        "capacity",
        _capacity,
        "Find the most mailboxes, the largest quotas and the most messages that a design holds as it stands, with the "
        "limit that is reached first and the two behind it. Servers, databases, disks and memory stay as they are.",
    )
    add_profile(parser)
    parser.add_argument(
        "--of",
        action="append",
        default=[],
        metavar="PATH",
        help="an input to raise alone, such as tiers.1.messages_per_day, or tiers.mailboxes for the mailboxes of all "
        "tiers; may be repeated",
    )
    parser.add_argument("--all", action="store_true", help="show every limit, not the first three")
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
        print("CPU is not among the limits: no rating of the processors is given.", file=stderr)
    return exit_code(design)
