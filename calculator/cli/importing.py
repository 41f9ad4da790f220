"""Commands that take a design, or parts of one, over from other files."""

from __future__ import annotations

import argparse
import glob
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from calculator.cli.common import FINE, PROBLEMS, WRONG_USE, Command, Read, listed
from calculator.cli.printing import FORMATS, print_issues, print_rows, progress_on
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.profile import Profile, dump, load, name_of, with_settings
from calculator.inputs.schema import BY_PATH
from calculator.issues import InputError, Issues

if TYPE_CHECKING:
    from calculator.importers import ImportResult

Progress = Callable[[int, float | None], None]
_KEEP = "system, health, discovery, disabled"


def add_parsers(commands: Any, profile: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the command of this module to a command line."""
    take = commands.add_parser(
        "import", help="a design from other files", description="Take a design, or parts of one, over from other files."
    )
    kinds = take.add_subparsers(dest="kind", required=True, metavar="KIND", help="what the files are")
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
    _add_mailboxes(kinds)
    _add_messages(kinds)
    logs = kinds.add_parser(
        "logs",
        help="hours of the day in which logs are generated",
        description="Read hourly counts of transaction logs into the shares of a day: files of "
        "GetTransactionLogStats.ps1 or GetLogFileUsage.ps1.",
    )
    _files(logs, ("hours", "left_out"))
    deployment = kinds.add_parser(
        "deployment",
        help="the calculator's exported files",
        description="Read Servers.csv, MailboxDatabases.csv and MailboxDatabaseCopies.csv of a deployment back.",
    )
    _files(deployment, ("files",))


def _add_mailboxes(kinds: Any) -> None:
    mailboxes = kinds.add_parser(
        "mailboxes",
        help="tiers from mailbox statistics, lists with quotas, reports, database status",
        description="Make tiers of the mailboxes in CSV exports: what each file is is seen from its columns.  Names "
        "serve to join the files; counts and means come out.",
    )
    _files(mailboxes, ("tiers", "left_out", "errors", "population"))
    mailboxes.add_argument("--by", choices=("size", "quota", "messages"), help="what makes tiers, size by default")
    mailboxes.add_argument(
        "--tiers", type=int, metavar="N", help="how many; by default 2 to 8, the fewest with totals within 1 %%"
    )
    mailboxes.add_argument("--bounds", metavar="2GB,10GB", help="bounds between tiers, sizes or messages a day")
    mailboxes.add_argument("--keep", default="", metavar="NAMES", help=f"what counts too: {_KEEP}")
    mailboxes.add_argument(
        "--uplift", default="0", metavar="RATE", help="growth of sizes with the move, 35%% from Exchange 2007 and 2010"
    )
    mailboxes.add_argument("--work-days", type=float, metavar="N", help="days messages of users were counted on")


def _add_messages(kinds: Any) -> None:
    messages = kinds.add_parser(
        "messages",
        help="messages a day and their size from reports and tracking logs",
        description="Give every tier the measured message profile: reports of Generate-MessageProfile.ps1, message "
        "tracking logs, files of MessageStats.ps1, the text of CalcMsgAverage.ps1.",
    )
    _files(messages, ("tiers", "left_out"))
    messages.add_argument("--mailboxes", type=float, metavar="N", help="mailboxes the messages are divided by")
    messages.add_argument("--work-days", type=float, metavar="N", help="days of work the files cover")
    messages.add_argument("--utc-offset", type=float, metavar="HOURS", help="local time of tracking logs, 1 for Berlin")
    messages.add_argument("--keep", default="", metavar="NAMES", help="what counts too: health, system, journal")


def _files(parser: argparse.ArgumentParser, tables: Sequence[str]) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="what was exported")
    parser.add_argument("-o", "--output", metavar="PROFILE.toml", help="the profile to write")
    parser.add_argument("--profile", metavar="BASE.toml", help="the design the import is laid over")
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", help="change that design")
    parser.add_argument("--table", choices=tables, help=f"what to print, {tables[0]} where the profile goes to a file")
    parser.add_argument("--format", default="table", choices=FORMATS, help="how to print")


def commands_with(read: Read) -> dict[str, Command]:
    """The command by name; what it reads may have no profile under it."""
    return {"import": _import}


def _import(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    if arguments.kind == "workbook":
        return _import_workbook(arguments, stdout, stderr)
    progress = progress_on(stderr, "rows")
    imported = _IMPORTS[arguments.kind](arguments, _base(arguments), progress)
    if progress is not None:
        print(file=stderr)
    print_issues(imported.issues, stderr)
    tables = list(imported.tables)
    if arguments.output and not _written(imported, arguments.output, stderr):
        return WRONG_USE
    if arguments.output or arguments.table:
        name = arguments.table or tables[0]
        heads = {"left_out": ("reason", "rows")}
        print_rows(imported.tables.get(name, ()), arguments.format, stdout, heads.get(name, ()))
    else:
        print(dump(imported.profile), end="", file=stdout)
    return PROBLEMS if imported.issues.errors else FINE


def _sources(arguments: argparse.Namespace) -> list[str]:
    """Files of a command line; names with wildcards, which Windows passes on as they are, are looked up."""
    found: list[str] = []
    for name in arguments.files:
        found += [name] if os.path.exists(name) else sorted(glob.glob(name)) or [name]
    return found


def _base(arguments: argparse.Namespace) -> Profile:
    return with_settings(load(arguments.profile) if arguments.profile else Profile(), arguments.set)


def _written(imported: ImportResult, output: str, stderr: IO[str]) -> bool:
    try:
        Path(output).write_text(dump(imported.profile), encoding="utf-8")
    except OSError as error:
        print(f"{name_of(output)}: cannot be written: {error.strerror}.", file=stderr)
        return False
    return True


def _import_workbook(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.importers.workbook import compare_with_workbook, import_workbook

    comparison = compare_with_workbook(arguments.file) if arguments.compare else None
    imported = comparison.imported if comparison else import_workbook(arguments.file)
    print_issues(imported.issues, stderr)
    if arguments.output:
        if not _written(imported, arguments.output, stderr):
            return WRONG_USE
    elif comparison is None:
        print(dump(imported.profile), end="", file=stdout)
    if comparison is not None:
        for difference in comparison.differences:
            print(difference, file=stdout)
        print(
            f"{comparison.compared:,} results compared, {len(comparison.differences):,} differ; "
            f"{len(comparison.not_compared):,} cannot be compared.",
            file=stdout,
        )
    return PROBLEMS if imported.issues.errors else FINE


def _mailboxes(arguments: argparse.Namespace, base: Profile, progress: Progress | None) -> ImportResult:
    from calculator.importers.mailboxes import import_mailboxes

    issues = Issues()
    path = "tiers.messages_per_day" if arguments.by == "messages" else "tiers.mailbox_size_limit"
    bounds = [_number("--bounds", path, word, issues) for word in listed(arguments.bounds or "")]
    uplift = _number("--uplift", "tiers.mailbox_growth", arguments.uplift, issues)
    if issues:
        raise InputError(issues)
    return import_mailboxes(
        _sources(arguments),
        base,
        by=arguments.by,
        tiers=arguments.tiers,
        bounds=bounds,
        keep=listed(arguments.keep),
        uplift=uplift,
        work_days=arguments.work_days,
        progress=progress,
    )


def _number(option: str, path: str, text: str, issues: Issues) -> float:
    """A number as the input of that path takes it, with its unit."""
    try:
        return float(read_value(BY_PATH[path], text) or 0)
    except ValueProblem as error:
        issues.error(option, "", error.message, error.hint)
        return 0.0


def _messages(arguments: argparse.Namespace, base: Profile, progress: Progress | None) -> ImportResult:
    from calculator.importers.messages import import_messages

    return import_messages(
        _sources(arguments),
        base,
        mailboxes=arguments.mailboxes,
        work_days=arguments.work_days,
        utc_offset=arguments.utc_offset,
        keep=listed(arguments.keep),
        progress=progress,
    )


def _logs(arguments: argparse.Namespace, base: Profile, progress: Progress | None) -> ImportResult:
    from calculator.importers import import_hourly_logs

    return import_hourly_logs(_sources(arguments), base, progress=progress)


def _deployment(arguments: argparse.Namespace, base: Profile, progress: Progress | None) -> ImportResult:
    from calculator.importers import import_deployment

    return import_deployment(_sources(arguments), base)


_IMPORTS: dict[str, Callable[[argparse.Namespace, Profile, Progress | None], ImportResult]] = {
    "mailboxes": _mailboxes,
    "messages": _messages,
    "logs": _logs,
    "deployment": _deployment,
}
