"""The command that writes the record of a design."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import IO, Any

from calculator.cli.common import FINE, PROBLEMS, Command, Read
from calculator.cli.printing import print_issues
from calculator.engine.findings import INVALID
from calculator.engine.sizing import SizedDesign, size
from calculator.inputs.profile import Profile
from calculator.issues import InputError, Issues, quoted


def add_parsers(commands: Any, profile: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the command of this module to a command line."""
    report = commands.add_parser(
        "report",
        help="the record of a design",
        description="The record of a design: issues, inputs given and assumed, results, how they come about, copies, "
        "failures and sources, as one HTML page with charts, a workbook or Markdown.",
    )
    profile(report)
    report.add_argument("-o", "--output", required=True, metavar="FILE", help="the file to write: .html, .xlsx or .md")
    report.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="FIELD=REASON",
        help="why the issues of a field are accepted, as often as needed",
    )


def commands_with(read: Read) -> dict[str, Command]:
    """The command by name; ``read`` gives the profile of a command line."""

    def report(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
        return _report(read(arguments), arguments, stdout, stderr)

    return {"report": report}


def _report(profile: Profile, arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.exporters.report.write import form_of, write_report

    form_of(arguments.output)
    design = size(profile)
    accepted = _accepted(design, arguments.accept)
    print_issues(design.issues, stderr)
    write_report(design, arguments.output, accepted)
    print(arguments.output, file=stdout)
    return PROBLEMS if design.status == INVALID else FINE


def _accepted(design: SizedDesign, settings: Sequence[str]) -> dict[str, str]:
    """Reasons by message, of reasons by field.

    Raises
    ------
    InputError
        With all that name no field with an issue, or give no reason.
    """
    problems, found = Issues(), dict[str, str]()
    fields = {issue.field: None for issue in design.issues}
    for setting in settings:
        field, _, reason = setting.partition("=")
        if field.strip() not in fields:
            hint = f"Fields with issues: {', '.join(fields)}." if fields else "The design has no issues."
            problems.error("--accept", "", f"{quoted(field.strip())} has no issue.", hint)
        elif not reason.strip():
            problems.error("--accept", "", f"{quoted(setting)} gives no reason.", "Write FIELD=REASON.")
        else:
            found |= {issue.message: reason for issue in design.issues if issue.field == field.strip()}
    if problems:
        raise InputError(problems)
    return found
