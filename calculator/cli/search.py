"""The command that searches a space of designs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import IO, Any

from calculator.cli.common import FINE, PROBLEMS, Command, Read, listed
from calculator.cli.printing import FORMATS, print_rows, progress_on
from calculator.inputs.profile import Profile
from calculator.issues import refuse

TABLES = ("best", "pareto", "reasons")
FOR_PEOPLE = ("table", "markdown")
"""Formats in which the name of a catalogue's row stands for the inputs it sets."""


def add_parsers(commands: Any, profile: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the command to a command line."""
    search = commands.add_parser(
        "search",
        help="the best design of many",
        description="Look at all combinations of inputs and hardware for the cheapest design within limits.  "
        "Prices are your own; without any, name a result to --minimize.",
    )
    profile(search)
    search.add_argument("--space", required=True, metavar="SPACE.toml", help="what may vary, limits, prices")
    search.add_argument(
        "--minimize", default="", metavar="NAMES", help="cost (default), or a result; then the next, comma-separated"
    )
    search.add_argument("--pareto", default="", metavar="NAMES", help="results held against it, comma-separated")
    search.add_argument(
        "--table", default=TABLES[0], choices=TABLES, help="best (default), pareto, or reasons why designs fail"
    )
    search.add_argument("--show", type=int, default=10, metavar="N", help="designs of the best, 10 by default")
    search.add_argument(
        "--method",
        default="",
        choices=("exhaustive", "evolution"),
        help="look at all designs (default up to 20,000,000), or differential evolution",
    )
    search.add_argument(
        "--results",
        default="",
        metavar="NAMES",
        help="rule or column names, comma-separated; headline or all; what limits and goal look at by default",
    )
    search.add_argument("--jobs", type=int, default=1, metavar="N", help="workers side by side, 1 by default")
    search.add_argument("--seed", type=int, default=2013, metavar="N", help="of evolution, 2013 by default")
    search.add_argument("--format", default="table", choices=FORMATS, help="how to print")


def commands_with(read: Read) -> dict[str, Command]:
    """The command by name; ``read`` gives the profile of a command line."""

    def search(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
        return _search(read(arguments), arguments, stdout, stderr)

    return {"search": search}


def _search(profile: Profile, arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.studies.search.run import search

    for name in ("jobs", "show"):
        if getattr(arguments, name) < 1:
            refuse(f"--{name}", f"{getattr(arguments, name)} is below 1.", "Give a whole number from 1 on.")
    if arguments.seed < 0:
        refuse("--seed", f"{arguments.seed} is below 0.", "Give a whole number from 0 on.")
    against = listed(arguments.pareto)
    if arguments.table == "pareto" and not against:
        refuse("--pareto", "names no result.", "Name what is held against the cost, such as reseed_hours.")
    progress = progress_on(stderr)
    found = search(
        profile,
        arguments.space,
        minimize=listed(arguments.minimize),
        pareto=against,
        results=listed(arguments.results),
        show=arguments.show,
        method=arguments.method,
        jobs=arguments.jobs,
        seed=arguments.seed,
        progress=progress,
    )
    if progress is not None:
        print(file=stderr)
    print(found.sentence(), file=stderr)
    if found.cost:
        print(found.cost, file=stderr)
    if not found.feasible:
        print("No design is within the limits: --table reasons tells which refuse them.", file=stderr)
    brief = arguments.format in FOR_PEOPLE
    print_rows(found.rows(arguments.table, brief), arguments.format, stdout, found.head(arguments.table, brief))
    return FINE if found.feasible else PROBLEMS
