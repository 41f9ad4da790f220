"""Commands that write deployment files and read the calculator's workbook."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from calculator.outcome import STATUS
from calculator.printing import print_issues
from calculator.scenario import Profile, dump, name_of
from calculator.sizing import size

FINE, PROBLEMS, WRONG_USE = 0, 1, 2
Command = Callable[[argparse.Namespace, IO[str], IO[str]], int]


def add_parsers(commands: Any, profile: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the commands of this module to a command line."""
    export = commands.add_parser(
        "export",
        help="deployment files of a design",
        description="The CSV files Microsoft's deployment scripts read, and the server settings, of a design.",
    )
    profile(export)
    export.add_argument("--to", required=True, metavar="DIR", help="directory to write to, made if need be")
    export.add_argument("--form", default="7.6", choices=("7.6", "6.6"), help="version of the files, 7.6 by default")

    take = commands.add_parser(
        "import", help="a design from another file", description="Take a design over from another file."
    )
    kinds = take.add_subparsers(dest="kind", required=True, metavar="KIND", help="what the file is")
    workbook = kinds.add_parser(
        "workbook",
        help="the calculator's workbook",
        description="Read the inputs of Microsoft's calculator (.xlsm or .xlsx) into a profile.  Macros never run.",
    )
    workbook.add_argument("file", metavar="FILE.xlsm", help="the workbook")
    workbook.add_argument("-o", "--output", metavar="PROFILE.toml", help="the profile to write")
    workbook.add_argument(
        "--compare", action="store_true", help="list where the results stored in the workbook are not ours"
    )


def commands_with(read: Callable[[argparse.Namespace], Profile]) -> dict[str, Command]:
    """The commands by name; ``read`` gives the profile of a command line."""

    def export(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
        return _export(read(arguments), arguments, stdout, stderr)

    return {"export": export, "import": _import_workbook}


def _export(profile: Profile, arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.exporters.deployment import copies_of, deployment_of, write_deployment
    from calculator.layout import layout

    plan = size(profile)
    if plan.status == STATUS[-1]:
        print_issues(plan.issues, stderr)
        print("The design is invalid: nothing is written.", file=stderr)
        return PROBLEMS
    dag = layout(plan)
    deployment, issues = deployment_of(plan, copies_of(dag.server, dag.preference, dag.lagged))
    written = write_deployment(arguments.to, deployment, arguments.form)
    for found in (dag.issues, issues, written.issues):
        print_issues(found, stderr)
    for path in written.paths:
        print(path, file=stdout)
    return FINE


def _import_workbook(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.importers.comparison import compare_with_workbook
    from calculator.importers.workbook import import_workbook

    comparison = compare_with_workbook(arguments.file) if arguments.compare else None
    imported = comparison.imported if comparison else import_workbook(arguments.file)
    print_issues(imported.issues, stderr)
    text = dump(imported.profile)
    if arguments.output:
        try:
            Path(arguments.output).write_text(text, encoding="utf-8")
        except OSError as error:
            print(f"{name_of(arguments.output)}: cannot be written: {error.strerror}.", file=stderr)
            return WRONG_USE
    elif comparison is None:
        print(text, end="", file=stdout)
    if comparison is not None:
        for difference in comparison.differences:
            print(difference, file=stdout)
        print(
            f"{comparison.compared:,} results compared, {len(comparison.differences):,} differ; "
            f"{len(comparison.not_compared):,} cannot be compared.",
            file=stdout,
        )
    return PROBLEMS if imported.issues.errors else FINE
