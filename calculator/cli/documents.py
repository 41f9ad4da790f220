"""Commands that write files about a design: the report, and what Microsoft's deployment scripts read."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import IO

from calculator.cli.common import (
    FINE,
    PROBLEMS,
    Subparsers,
    add_command,
    add_profile,
    exit_code,
    read_profile,
    warn_of_constants,
)
from calculator.cli.printing import print_issues
from calculator.engine.findings import INVALID
from calculator.engine.sizing import SizedDesign, size
from calculator.issues import InputError, Issues, quoted


def add_commands(commands: Subparsers) -> None:
    """Add the commands ``report`` and ``export``."""
    report = add_command(
        commands,
        "report",
        _report,
        "write the report of a design",
        "Write the report of a design: issues, inputs given and assumed, results, how they come about, copies, "
        "failures and sources, as one HTML page with charts, a workbook or Markdown.",
    )
    add_profile(report)
    report.add_argument("-o", "--output", required=True, metavar="FILE", help="the file to write: .html, .xlsx or .md")
    report.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="FIELD=REASON",
        help="why the issues of a field are accepted; may be repeated",
    )

    export = add_command(
        commands,
        "export",
        _export,
        "write the deployment files of a design",
        "Write the CSV files that Microsoft's deployment scripts read, and the server settings of a design.",
    )
    add_profile(export)
    export.add_argument("--to", required=True, metavar="DIR", help="directory to write to; it is created if needed")
    export.add_argument("--form", default="7.6", choices=("7.6", "6.6"), help="version of the files (default 7.6)")


# --- report --------------------------------------------------------------------------------------


def _report(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.exporters.report.write import form_of, write_report

    profile = read_profile(arguments)
    form_of(arguments.output)
    design = size(profile)
    accepted = _accepted(design, arguments.accept)
    print_issues(design.issues, stderr)
    write_report(design, arguments.output, accepted)
    print(arguments.output, file=stdout)
    return exit_code(design)


def _accepted(design: SizedDesign, settings: Sequence[str]) -> dict[str, str]:
    """Return the reasons by message of an issue, from reasons by field.

    Raises
    ------
    InputError
        With all settings that name no field with an issue, or give no reason.
    """
    problems, reasons = Issues(), dict[str, str]()
    fields = {issue.field: None for issue in design.issues}
    for setting in settings:
        field, _, reason = setting.partition("=")
        if field.strip() not in fields:
            hint = f"Fields with issues: {', '.join(fields)}." if fields else "The design has no issues."
            problems.error("--accept", "", f"{quoted(field.strip())} has no issue.", hint)
        elif not reason.strip():
            problems.error("--accept", "", f"{quoted(setting)} gives no reason.", "Write FIELD=REASON.")
        else:
            reasons |= {issue.message: reason for issue in design.issues if issue.field == field.strip()}
    if problems:
        raise InputError(problems)
    return reasons


# --- export --------------------------------------------------------------------------------------


def _export(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.exporters.deployment import copies_of, deployment_of, write_deployment
    from calculator.layout import layout

    design = size(read_profile(arguments))
    if design.status == INVALID:
        print_issues(design.issues, stderr)
        print("The design is invalid: nothing is written.", file=stderr)
        return PROBLEMS
    warn_of_constants(design.profile, stderr)
    dag = layout(design)
    deployment, issues = deployment_of(design, copies_of(dag.server, dag.preference, dag.lagged))
    written = write_deployment(arguments.to, deployment, arguments.form)
    for found in (dag.issues, issues, written.issues):
        print_issues(found, stderr)
    for path in written.paths:
        print(path, file=stdout)
    return FINE
