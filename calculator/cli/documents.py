"""Define the commands that write files about a design: the report, and the files for Microsoft's deployment scripts."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING

from calculator.cli.common import FINE, PROBLEMS, Subparsers, add_command, add_profile
from calculator.cli.designs import exit_code, read_profile, warn_of_constants
from calculator.cli.printing import print_issues
from calculator.engine.findings import INVALID
from calculator.engine.sizing import size
from calculator.issues import InputError, Issues, quoted

if TYPE_CHECKING:
    from calculator.exporters.report.content import About

NO_DATE = "none"
"""Value of ``--date`` for a report without a date."""


def add_commands(commands: Subparsers) -> None:
    """Add the commands ``report`` and ``export``."""
    report = add_command(
        commands,
        "report",
        _report,
        "Write the report of a design for a customer: a first page with the verdict, what to buy, the key figures and "
        "a picture of the copies; then issues, figures, failures, copies, answers, assumptions and sources, with "
        "appendices; as one HTML page, a workbook or Markdown.",
    )
    add_profile(report)
    report.add_argument("-o", "--output", required=True, metavar="FILE", help="the file to write: .html, .xlsx or .md")
    report.add_argument("--title", default="", metavar="TEXT", help="title (default: the title of the profile)")
    report.add_argument("--customer", default="", metavar="TEXT", help="name of the customer, for the first page")
    report.add_argument("--author", default="", metavar="TEXT", help="name of the author, for the first page")
    report.add_argument(
        "--date", metavar="DATE", help='date on the first page as YYYY-MM-DD (default: today); "none" leaves it out'
    )
    report.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="FIELD=REASON",
        help="reason why the issues of a field are accepted; may be repeated",
    )

    export = add_command(
        commands,
        "export",
        _export,
        "Write the CSV files that Microsoft's deployment scripts read, and the server settings of a design.",
    )
    add_profile(export)
    export.add_argument("--to", required=True, metavar="DIR", help="directory to write to; it is created if needed")
    export.add_argument(
        "--form",
        default="7.6",
        choices=("7.6", "6.6"),
        help="version of Microsoft's workbook whose file format is written (default 7.6)",
    )


# --- report --------------------------------------------------------------------------------------


def _report(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.exporters.report.write import form_of, write_report
    from calculator.presentation.findings import all_issues
    from calculator.studies.capacity import room_of

    profile = read_profile(arguments)
    form_of(arguments.output)
    about = _about(arguments)
    design = size(profile)
    issues = all_issues(design)
    accepted = _accepted(issues, arguments.accept)
    print_issues(issues, stderr)
    write_report(design, arguments.output, accepted, about, room_of(design))
    print(arguments.output, file=stdout)
    return exit_code(design)


def _about(arguments: argparse.Namespace) -> About:
    """Return the title, customer, author and date for the first page.

    Raises
    ------
    InputError
        With all texts that are too long, and an invalid date.
    """
    from calculator.exporters.report.content import LONGEST, About
    from calculator.presentation.text import long_date

    problems, texts = Issues(), {name: getattr(arguments, name) for name in ("title", "customer", "author")}
    for name, text in texts.items():
        if len(text) > LONGEST:
            problems.error(f"--{name}", "", f"The text has {len(text):,} characters.", f"Give at most {LONGEST}.")
    date = arguments.date
    if date == NO_DATE:
        day = ""
    else:
        try:
            day = long_date(datetime.date.today() if date is None else datetime.date.fromisoformat(date))
        except ValueError:
            problems.error("--date", "", f"{quoted(date)} is not a date.", "Write it as YYYY-MM-DD, or none.")
    if problems:
        raise InputError(problems)
    return About(**texts, date=day)


def _accepted(issues: Issues, settings: Sequence[str]) -> dict[str, str]:
    """Return the reasons by message of the accepted issue, given reasons by field.

    Raises
    ------
    InputError
        With all settings whose field has no issue, or that give no reason.
    """
    problems, reasons = Issues(), dict[str, str]()
    fields = {issue.field: None for issue in issues}
    for setting in settings:
        field, _, reason = setting.partition("=")
        if field.strip() not in fields:
            hint = f"Fields with issues: {', '.join(fields)}." if fields else "The design has no issues."
            problems.error("--accept", "", f"{quoted(field.strip())} has no issue.", hint)
        elif not reason.strip():
            problems.error("--accept", "", f"{quoted(setting)} gives no reason.", "Write FIELD=REASON.")
        else:
            accepted = tuple(issue.message for issue in issues if issue.field == field.strip())
            reasons |= {issue.message: reason for issue in issues.grouped() if issue.message.endswith(accepted)}
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
