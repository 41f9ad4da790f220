"""Define the command that scales a published rating of a processor to the cores of a server."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import IO

from calculator.cli.common import FINE, Subparsers, add_command, add_format
from calculator.cli.printing import print_rows


def add_commands(commands: Subparsers) -> None:
    """Add the command ``rating``."""
    parser = add_command(
        commands,
        "rating",
        _rating,
        "Scale a published SPECint_rate2006 to the cores of a server, and report where Microsoft's reference of "
        "33.75 per core is safer. SPECrate2017 is not converted: no published conversion was found.",
    )
    parser.add_argument("--rate", type=float, required=True, help="SPECint_rate2006 of the published system")
    parser.add_argument("--rated-cores", type=float, required=True, metavar="N", help="physical cores of that system")
    parser.add_argument("--cores", type=float, required=True, metavar="N", help="physical cores of the server")
    add_format(parser)


def _rating(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.studies.rating import scale_rating

    row = asdict(scale_rating(arguments.rate, arguments.rated_cores, arguments.cores))
    print(row.pop("sentence"), file=stderr)
    print_rows([row], arguments.format, stdout)
    return FINE
