"""Define the commands about the layout of copies on the servers of a DAG, and the active databases after failures."""

from __future__ import annotations

import argparse
from typing import IO

from calculator.cli.common import Subparsers, add_command, add_format, add_profile
from calculator.cli.designs import read_profile, use_design
from calculator.cli.printing import FOR_PEOPLE, print_issues, print_rows
from calculator.engine.sizing import SizedDesign
from calculator.inputs.schema import DATACENTERS
from calculator.layout import (
    Layout,
    combinations,
    describe,
    describe_events,
    describe_missing_cpu,
    describe_worst_cpu,
    layout,
    tolerance,
)


def add_commands(commands: Subparsers) -> None:
    """Add the commands ``layout`` and ``failures``."""
    placed = add_command(
        commands, "layout", _layout, "Place the database copies on the servers of a DAG, with activation preferences."
    )
    add_profile(placed)
    add_format(placed)

    failures = add_command(
        commands,
        "failures",
        _failures,
        "Show what is active after failures of servers, of the link or of a datacenter, and how many failures the DAG "
        "survives.",
    )
    add_profile(failures)
    what = failures.add_mutually_exclusive_group()
    what.add_argument(
        "--events",
        metavar="EVENTS",
        help="in order, separated by commas: server:NAME, datacenter:primary, wan, witness fail or return; "
        "restore:secondary restores the DAG there by hand; wan:1, witness:primary, cross_site:off",
    )
    what.add_argument("--any", type=int, metavar="N", help="all combinations of N failed servers")
    what.add_argument(
        "--switchover",
        choices=DATACENTERS,
        metavar="DATACENTER",
        help="the plan for the loss of a datacenter, primary or secondary, and for the way back",
    )
    add_format(failures)


# --- layout --------------------------------------------------------------------------------------


def _layout(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    profile = read_profile(arguments)
    return use_design(profile, stderr, lambda design: _print_layout(layout(design), arguments.format, stdout, stderr))


def _print_layout(dag: Layout, form: str, stdout: IO[str], stderr: IO[str]) -> None:
    print_issues(dag.issues, stderr)
    if form not in FOR_PEOPLE:
        print_rows(dag.rows(), form, stdout)
        return
    print_rows(dag.grid(), form, stdout)
    survived = tolerance(dag)
    print("\n" + "\n".join(filter(None, (survived.sentence, survived.overload, survived.limit))), file=stdout)
    _print_worst_cpu(dag, stdout)


def _print_worst_cpu(dag: Layout, stdout: IO[str], before: str = "") -> None:
    """Print the CPU utilization that the design is sized for, or why the CPU utilization is n/a."""
    lines = [line for line in (describe_worst_cpu(dag), describe_missing_cpu(dag)) if line]
    if lines:
        print(before + "\n".join(lines), file=stdout)


# --- failures ------------------------------------------------------------------------------------


def _failures(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    profile, lost = read_profile(arguments), arguments.switchover
    if lost:
        return use_design(profile, stderr, lambda design: _print_switchover(design, lost, arguments.format, stdout))
    show = _print_state if arguments.any is None else _print_combinations
    return use_design(profile, stderr, lambda design: show(layout(design), arguments, stdout, stderr))


def _print_switchover(design: SizedDesign, lost: str, form: str, stdout: IO[str]) -> None:
    from calculator.exporters.switchover import switchover, write_markdown, write_text

    plan = switchover(design, lost)
    if form in FOR_PEOPLE:
        print(write_markdown(plan) if form == "markdown" else write_text(plan), end="", file=stdout)
    else:
        print_rows(plan.rows(), form, stdout)


def _print_state(dag: Layout, arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> None:
    state = dag.fail(arguments.events or "")
    print_issues(dag.issues, stderr)
    print_issues(state.issues, stderr)
    if arguments.format not in FOR_PEOPLE:
        print_rows(state.rows(), arguments.format, stdout)
        return
    lines = [describe_events(state), *describe(state)]
    print("\n".join(filter(None, lines)), end="\n\n", file=stdout)
    print_rows(state.servers(), arguments.format, stdout)
    _print_worst_cpu(dag, stdout, "\n")


def _print_combinations(dag: Layout, arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> None:
    print_issues(dag.issues, stderr)
    found = combinations(dag, arguments.any)
    if arguments.format == "csv":
        print_rows(found.rows(), "csv", stdout)
        return
    distribution = [share._asdict() for share in found.distribution]
    if arguments.format == "json":
        print_rows([{"summary": found.summary(), "distribution": distribution}], "json", stdout)
        return
    summary = [{"figure": name, "value": value} for name, value in found.summary().items()]
    print_rows(summary, arguments.format, stdout)
    print(file=stdout)
    print_rows(distribution, arguments.format, stdout)
    _print_worst_cpu(dag, stdout, "\n")
