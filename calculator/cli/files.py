"""Commands that write deployment files."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import IO, Any

from calculator.cli.common import FINE, PROBLEMS, Command, Read
from calculator.cli.printing import print_issues
from calculator.engine.findings import STATUS
from calculator.engine.sizing import size
from calculator.inputs.profile import Profile


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


def commands_with(read: Read) -> dict[str, Command]:
    """The commands by name; ``read`` gives the profile of a command line."""

    def export(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
        return _export(read(arguments), arguments, stdout, stderr)

    return {"export": export}


def _export(profile: Profile, arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.exporters.deployment import copies_of, deployment_of, write_deployment
    from calculator.layout import layout

    design = size(profile)
    if design.status == STATUS[-1]:
        print_issues(design.issues, stderr)
        print("The design is invalid: nothing is written.", file=stderr)
        return PROBLEMS
    dag = layout(design)
    deployment, issues = deployment_of(design, copies_of(dag.server, dag.preference, dag.lagged))
    written = write_deployment(arguments.to, deployment, arguments.form)
    for found in (dag.issues, issues, written.issues):
        print_issues(found, stderr)
    for path in written.paths:
        print(path, file=stdout)
    return FINE
