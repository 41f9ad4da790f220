"""Commands about copies on servers: where they sit, and what is active after failures."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import IO, Any

from calculator.cli.common import FINE, PROBLEMS, Command, Read
from calculator.cli.printing import FORMATS, print_issues, print_rows
from calculator.engine.findings import STATUS
from calculator.engine.sizing import SizedDesign, size
from calculator.inputs.profile import Profile
from calculator.inputs.schema import DATACENTERS
from calculator.issues import ERROR, InputError
from calculator.layout import Layout, combinations, layout, switchover, tolerance

INVALID_STATUS = STATUS[-1]


def add_parsers(commands: Any, profile: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the commands of this module to a command line."""
    place = commands.add_parser(
        "layout",
        help="database copies on the servers of a DAG",
        description="Database copies on the servers of a DAG, with activation preferences.",
    )
    profile(place)
    place.add_argument("--format", default="table", choices=FORMATS, help="how to print")

    fail = commands.add_parser(
        "failures",
        help="what is active after failures",
        description="What is active after failures of servers, of the link or of a datacenter, and what a DAG bears.",
    )
    profile(fail)
    what = fail.add_mutually_exclusive_group()
    what.add_argument(
        "--events",
        metavar="EVENTS",
        help="in order, joined by commas: server:NAME, wan:1, datacenter:1, witness:primary, cross_site:off",
    )
    what.add_argument("--any", type=int, metavar="N", help="all combinations of N failed servers")
    what.add_argument(
        "--switchover", choices=DATACENTERS, metavar="DATACENTER", help="the plan for the loss of a datacenter"
    )
    fail.add_argument("--format", default="table", choices=FORMATS, help="how to print")


def with_design(profile: Profile, stderr: IO[str], use: Callable[[SizedDesign], object]) -> int:
    """Size a design and use it; of an invalid one its errors are told too, and the exit code says so."""
    design = size(profile)
    if design.status != INVALID_STATUS:
        use(design)
        return FINE
    for issue in design.issues:
        if issue.severity == ERROR:
            print(f"error: {issue}", file=stderr)
    try:
        use(design)
    except InputError as error:
        print(error, file=stderr)
    return PROBLEMS


def commands_with(read: Read) -> dict[str, Command]:
    """The commands by name; ``read`` gives the profile of a command line."""

    def place(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
        return with_design(read(arguments), stderr, lambda plan: _layout(layout(plan), arguments, stdout, stderr))

    def fail(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
        if arguments.switchover:
            return with_design(
                read(arguments), stderr, lambda plan: print(switchover(plan, arguments.switchover), file=stdout)
            )
        return with_design(read(arguments), stderr, lambda plan: _failures(layout(plan), arguments, stdout, stderr))

    return {"layout": place, "failures": fail}


def _layout(dag: Layout, arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> None:
    print_issues(dag.issues, stderr)
    if arguments.format in ("csv", "json"):
        print_rows(dag.rows(), arguments.format, stdout)
        return
    print_rows(dag.grid(), arguments.format, stdout)
    borne = tolerance(dag)
    print(f"\n{borne.sentence}\n{borne.limit}".rstrip(), file=stdout)


def _failures(dag: Layout, arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> None:
    if arguments.any is not None:
        _combinations(dag, arguments, stdout, stderr)
        return
    state = dag.fail(arguments.events or "")
    print_issues(state.issues, stderr)
    if arguments.format in ("csv", "json"):
        print_rows(state.rows(), arguments.format, stdout)
        return
    print(f"Quorum {'holds' if state.quorum_ok else 'is lost'}; {_active(dag, state.failed_databases)}.\n", file=stdout)
    print_rows(state.servers(), arguments.format, stdout)


def _active(dag: Layout, failed: int) -> str:
    databases = dag.parameters.databases
    return (
        f"all {databases} databases are active" if not failed else f"{failed} of {databases} databases are not active"
    )


def _combinations(dag: Layout, arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> None:
    print_issues(dag.issues, stderr)
    found = combinations(dag, arguments.any)
    if arguments.format == "csv":
        print_rows(found.rows(), "csv", stdout)
        return
    summary = [{"figure": name, "value": value} for name, value in found.summary().items()]
    distribution = [share._asdict() for share in found.distribution]
    if arguments.format == "json":
        print_rows([{"summary": found.summary(), "distribution": distribution}], "json", stdout)
        return
    print_rows(summary, arguments.format, stdout)
    print(file=stdout)
    print_rows(distribution, arguments.format, stdout)
