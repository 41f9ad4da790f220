"""Commands that follow a design over time, and hold it against a server as it runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import IO, Any

from calculator.cli.common import FINE, Command, Read
from calculator.cli.layout import with_design
from calculator.cli.printing import FORMATS, print_issues, print_rows
from calculator.inputs.profile import Profile
from calculator.issues import refuse

MONTHS, OUTAGE = "months", "outage"
TABLES = (MONTHS, "tiers", "limits", "imports", OUTAGE)
IMPORTS = ("import", "from", "to", "weeks", "gb_per_week", "gb", "logs")
"""Columns of the one table that may have no row."""
SETTINGS = ("months", "mailbox_growth", "message_growth", "fill")


def add_parsers(commands: Any, profile: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the commands of this module to a command line."""
    _add_timeline(commands, profile)
    now = commands.add_parser(
        "running",
        help="CPU of a server as it runs now",
        description="CPU that the mailboxes on a running server ask for on an average day.  Roles, hypervisor and "
        "readings of the guidance are the profile's.",
    )
    profile(now)
    form = "mailboxes@messages a day, xFACTOR where clients ask for more: 2000@50,500@150x1.2"
    now.add_argument("--active", default="", metavar="MAILBOXES", help=f"active copies: {form}")
    now.add_argument("--passive", default="", metavar="MAILBOXES", help="passive copies, in the same way")
    now.add_argument("--cores", metavar="N", help="cores of the server, by default a primary server's of the profile")
    now.add_argument("--rating", metavar="N", help="its SPECint_rate2006, by default the profile's")
    now.add_argument("--format", default="table", choices=FORMATS, help="how to print")


def _add_timeline(commands: Any, profile: Callable[[argparse.ArgumentParser], None]) -> None:
    months = commands.add_parser(
        "timeline",
        help="a design month by month",
        description="A design month by month: its load grows, its servers, databases and disks stay as built.  Tells "
        "when a limit is reached and what to buy then; or what an outage does to the logs, day by day.",
    )
    profile(months)
    months.add_argument("--months", metavar="N", help="months to look at, the planning horizon by default")
    months.add_argument(
        "--mailbox-growth",
        metavar="RATE",
        help="mailboxes more a year, as 10%%, or fewer, as --mailbox-growth=-10%%; by default the growth of the tiers",
    )
    months.add_argument("--message-growth", metavar="RATE", help="messages a mailbox more a year, none by default")
    months.add_argument("--fill", metavar="RATE", help="share of mail received that is kept, 60%% by default")
    months.add_argument(
        "--pst",
        action="append",
        default=[],
        metavar="WAVE",
        help="imports into archives, as often as needed: '1..6: 40 mailboxes a week', '1..6: 500 GB a week'",
    )
    months.add_argument("--table", choices=TABLES, help="what to print, months by default")
    months.add_argument("--outage", choices=("datacenter", "backups"), help="follow an outage instead")
    months.add_argument("--days", type=int, metavar="N", help="days of the outage, by default until a volume is full")
    months.add_argument("--format", default="table", choices=FORMATS, help="how to print")


def commands_with(read: Read) -> dict[str, Command]:
    """The commands by name; ``read`` gives the profile of a command line."""

    def follow(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
        table = arguments.table or (OUTAGE if arguments.outage else MONTHS)
        if (table == OUTAGE) != bool(arguments.outage):
            wrong = "outage needs --outage" if table == OUTAGE else f"{table} and --outage do not go together"
            refuse("--table", f"{wrong}.", "Give --outage datacenter or backups for the table outage alone.")
        print_of = _outage if table == OUTAGE else _timeline
        profile = read(arguments)
        return with_design(profile, stderr, lambda _: print_of(profile, table, arguments, stdout, stderr))

    def run(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
        return _running(read(arguments), arguments, stdout, stderr)

    return {"timeline": follow, "running": run}


def _timeline(profile: Profile, table: str, arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> None:
    from calculator.studies.timeline.growth import read_growth
    from calculator.studies.timeline.run import timeline

    settings = {name: getattr(arguments, name) for name in SETTINGS}
    found = timeline(profile, read_growth(settings, arguments.pst))
    print_issues(found.issues, stderr)
    rows = getattr(found, table)()
    print_rows(rows, arguments.format, stdout, IMPORTS)


def _outage(profile: Profile, table: str, arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> None:
    from calculator.studies.timeline.outage import simulate_outage

    found = simulate_outage(profile, arguments.outage, arguments.days)
    print_rows(found.rows(), arguments.format, stdout)
    print(found.sentence, file=stderr)


def _running(profile: Profile, arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.studies.running_server import estimate_cpu, read_server

    server = read_server(arguments.active, arguments.passive, arguments.cores, arguments.rating)
    found = estimate_cpu(profile, server)
    print_issues(found.issues, stderr)
    print_rows(found.rows(), arguments.format, stdout)
    return FINE
