"""Define the commands that follow a design over time, and that estimate the CPU of a running server."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import IO

from calculator.cli.common import FINE, PROBLEMS, Subparsers, add_command, add_format, add_profile
from calculator.cli.designs import exit_code, read_profile, warn_of_constants
from calculator.cli.printing import print_issues, print_rows
from calculator.engine.findings import INVALID
from calculator.engine.sizing import size
from calculator.inputs.profile import Profile
from calculator.issues import InputError, Issues, refuse

MONTHS, OUTAGE = "months", "outage"
TABLES = (MONTHS, "tiers", "limits", "imports", OUTAGE)
IMPORTS = ("import", "from", "to", "weeks", "gb_per_week", "gb", "logs")
"""Columns of the table of imports, for a table without rows."""
GROWTH = ("months", "mailbox_growth", "message_growth", "fill", "start")
"""Options that set how the load grows."""


def add_commands(commands: Subparsers) -> None:
    """Add the commands ``timeline`` and ``running``."""
    _add_timeline(commands)
    now = add_command(
        commands,
        "running",
        _running,
        "Compute the CPU that the mailboxes on a running server need on an average day. Roles, hypervisor and the "
        "readings of the guidance are taken from the profile.",
    )
    add_profile(now)
    form = "mailboxes@messages per day, xFACTOR where clients need more: 2000@50,500@150x1.2"
    now.add_argument("--active", default="", metavar="MAILBOXES", help=f"active copies: {form}")
    now.add_argument("--passive", default="", metavar="MAILBOXES", help="passive copies, in the same form")
    now.add_argument("--cores", metavar="N", help="cores of the server (default: a primary server of the profile)")
    now.add_argument("--rating", metavar="N", help="SPECint_rate2006 of the server (default: the profile's)")
    add_format(now)


def _add_timeline(commands: Subparsers) -> None:
    months = add_command(
        commands,
        "timeline",
        _timeline,
        "Follow a design month by month: its load grows, its servers, databases and disks stay as built. Show when "
        "a limit is reached and what to buy then; or how an outage fills the volumes with logs, day by day.",
    )
    add_profile(months)
    months.add_argument("--months", metavar="N", help="number of months (default: the planning horizon)")
    months.add_argument(
        "--mailbox-growth",
        metavar="RATE",
        help='growth of the number of mailboxes per year, such as "10 %%" or --mailbox-growth="-10 %%" (default: the '
        "growth of the tiers)",
    )
    months.add_argument("--message-growth", metavar="RATE", help="growth of messages per mailbox and year (default 0)")
    months.add_argument("--fill", metavar="RATE", help="share of received mail that is kept (default 60 %%)")
    months.add_argument(
        "--start",
        metavar="START",
        help="how full mailboxes are at month 0: designed, initial (sizes) or empty (default: designed where initial "
        "sizes are 0, else initial)",
    )
    months.add_argument(
        "--pst",
        action="append",
        default=[],
        metavar="WAVE",
        help="imports into archives: '1..6: 40 mailboxes a week', '1..6: 500 GB a week'; may be repeated",
    )
    months.add_argument("--table", choices=TABLES, help="what to print (default: months)")
    months.add_argument("--outage", choices=("datacenter", "backups"), help="follow an outage instead")
    months.add_argument("--days", type=int, metavar="N", help="days of the outage (default: until a volume is full)")
    add_format(months)


def _timeline(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    table = arguments.table or (OUTAGE if arguments.outage else MONTHS)
    if (table == OUTAGE) != bool(arguments.outage):
        wrong = "outage needs --outage" if table == OUTAGE else f"{table} and --outage cannot be used together"
        refuse("--table", f"{wrong}.", "Give --outage datacenter or backups for the table outage alone.")
    follow = _follow_outage if table == OUTAGE else _follow_months
    profile = read_profile(arguments)
    design = size(profile)
    try:
        rows, sentence, issues = follow(profile, table, arguments)
    except InputError as error:
        if design.status != INVALID:
            raise
        print_issues(design.issues, stderr)
        print(error, file=stderr)
        return PROBLEMS
    print_issues(design.issues, stderr)
    print_issues(issues, stderr)
    print_rows(rows, arguments.format, stdout, IMPORTS)
    print(sentence, file=stderr)
    return exit_code(design)


def _follow_months(
    profile: Profile, table: str, arguments: argparse.Namespace
) -> tuple[Sequence[Mapping[str, object]], str, Issues]:
    """Return the rows of a table of months, and the sentence and the issues about them."""
    from calculator.studies.timeline.growth import read_growth
    from calculator.studies.timeline.run import timeline

    settings = {name: getattr(arguments, name) for name in GROWTH}
    found = timeline(profile, read_growth(settings, arguments.pst))
    return getattr(found, table)(), found.sentence, found.issues


def _follow_outage(
    profile: Profile, table: str, arguments: argparse.Namespace
) -> tuple[Sequence[Mapping[str, object]], str, Issues]:
    """Return the rows of an outage, and the sentence about it."""
    from calculator.studies.timeline.outage import simulate_outage

    found = simulate_outage(profile, arguments.outage, arguments.days)
    return found.rows(), found.sentence, Issues()


def _running(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.studies.running_server import estimate_cpu, read_server

    profile = read_profile(arguments)
    server = read_server(arguments.active, arguments.passive, arguments.cores, arguments.rating)
    found = estimate_cpu(profile, server)
    warn_of_constants(profile, stderr)
    print_issues(found.issues, stderr)
    print_rows(found.rows(), arguments.format, stdout)
    return PROBLEMS if found.issues.errors else FINE
