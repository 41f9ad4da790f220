"""Define the commands that create or update a design from other files, and that show how to collect such files."""

from __future__ import annotations

import argparse
import glob
import os
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING

from calculator.cli.commands import COMMANDS
from calculator.cli.common import (
    FINE,
    PROBLEMS,
    WRONG_USE,
    Handler,
    Subparsers,
    add_command,
    add_force,
    add_format,
    add_settings,
)
from calculator.cli.designs import check_output, read_base, split_names
from calculator.cli.printing import print_issues, print_rows, progress_line
from calculator.engine.progress import Progress
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.profile import Profile, dump, name_of
from calculator.inputs.profile_file import save
from calculator.inputs.schema import BY_PATH
from calculator.issues import InputError, Issues

if TYPE_CHECKING:
    from calculator.importers import ImportResult

_KEEP = "system, health, discovery, disabled"


def add_commands(commands: Subparsers) -> None:
    """Add the command ``import`` with one subcommand per kind of file, and the command ``collect``."""
    description = "Create or update a design from other files."
    parser = commands.add_parser("import", help=COMMANDS["import"][1], description=description)
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND", help="kind of the files")
    _add_workbook(kinds)
    _add_mailboxes(kinds)
    _add_messages(kinds)
    _add_logs(kinds)
    _add_deployment(kinds)
    _add_collect(commands)


def _add_files(parser: argparse.ArgumentParser, tables: Sequence[str]) -> None:
    """Add the arguments for the files, the profile to write and the tables of an import."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="an exported file")
    _add_output(parser)
    parser.add_argument("--profile", metavar="BASE.toml", help="the design that the import updates")
    add_settings(parser, "change an input of that design; may be repeated")
    parser.add_argument("--table", choices=tables, help=f"table to print (with --output by default {tables[0]})")
    add_format(parser)


def _add_reading(parser: argparse.ArgumentParser) -> None:
    """Add the options for what may be ambiguous in the files: the decimal sign and the order of dates."""
    parser.add_argument(
        "--decimal", choices=("point", "comma"), help="decimal sign of columns in which no cell shows it"
    )
    parser.add_argument(
        "--dates", choices=("day-first", "month-first"), help="order of dates in files that leave it open"
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", metavar="PROFILE.toml", help="the profile to write")
    add_force(parser)


def _sources(arguments: argparse.Namespace) -> list[str]:
    """Return the files of a command line; wildcards, which Windows passes on as they are, are expanded."""
    found: list[str] = []
    for name in arguments.files:
        found += [name] if os.path.exists(name) else sorted(glob.glob(name)) or [name]
    return found


def _run_import(read: Callable[[argparse.Namespace, Profile, Progress | None], ImportResult]) -> Handler:
    """Return the handler that runs an import function and prints its result."""

    def handler(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
        check_output(arguments.output, _sources(arguments), arguments.profile, arguments.force)
        with progress_line(stderr, "rows") as progress:
            imported = read(arguments, read_base(arguments), progress)
        print_issues(imported.issues, stderr)
        if arguments.output and not _write(imported, arguments.output, stderr):
            return WRONG_USE
        if arguments.output or arguments.table:
            name = arguments.table or next(iter(imported.tables))
            heads = {"left_out": ("reason", "rows")}
            print_rows(imported.tables.get(name, ()), arguments.format, stdout, heads.get(name, ()))
        else:
            print(dump(imported.profile), end="", file=stdout)
        return PROBLEMS if imported.issues.errors else FINE

    return handler


def _write(imported: ImportResult, output: str, stderr: IO[str]) -> bool:
    """Write the imported profile, or print why it cannot be written; return whether it was written."""
    try:
        save(output, imported.profile)
    except OSError as error:
        print(f"{name_of(output)}: cannot be written: {error.strerror}.", file=stderr)
        return False
    return True


# --- workbook ------------------------------------------------------------------------------------


def _add_workbook(kinds: Subparsers) -> None:
    parser = add_command(
        kinds,
        "workbook",
        _import_workbook,
        "Read the inputs of Microsoft's workbook (.xlsm or .xlsx) into a profile. Macros never run.",
        summary="Microsoft's workbook",
    )
    parser.add_argument("file", metavar="FILE.xlsm", help="the workbook")
    _add_output(parser)
    parser.add_argument(
        "--compare", action="store_true", help="list the results stored in the workbook that differ from ours"
    )
    parser.add_argument(
        "--names",
        metavar="FILE76.xlsm",
        help="compare a workbook of another version: its results are found by the defined names in this workbook of "
        "version 7.6",
    )


def _import_workbook(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.importers.workbook import compare_with_workbook, import_workbook

    check_output(arguments.output, [arguments.file], None, arguments.force)
    compare = arguments.compare or arguments.names
    comparison = compare_with_workbook(arguments.file, arguments.names) if compare else None
    imported = comparison.imported if comparison else import_workbook(arguments.file)
    print_issues(imported.issues, stderr)
    if arguments.output:
        if not _write(imported, arguments.output, stderr):
            return WRONG_USE
    elif comparison is None:
        print(dump(imported.profile), end="", file=stdout)
    if comparison is not None:
        for difference in comparison.differences:
            print(difference, file=stdout)
        print(
            f"{comparison.compared:,} results are compared, {len(comparison.differences):,} differ, and "
            f"{len(comparison.not_compared):,} cannot be compared.",
            file=stdout,
        )
    return PROBLEMS if imported.issues.errors else FINE


# --- mailboxes -----------------------------------------------------------------------------------


def _add_mailboxes(kinds: Subparsers) -> None:
    parser = add_command(
        kinds,
        "mailboxes",
        _run_import(_mailboxes),
        "Derive tiers from the mailboxes in CSV exports. The columns of a file decide its kind. Names are used only "
        "to join the files; the output contains counts and means.",
        summary="mailbox statistics, lists with quotas, reports, database status",
    )
    _add_files(parser, ("tiers", "left_out", "errors", "population", "seen"))
    _add_reading(parser)
    parser.add_argument(
        "--by", choices=("size", "quota", "messages"), help="criterion by which tiers are formed (default size)"
    )
    parser.add_argument(
        "--tiers", type=int, metavar="N", help="number of tiers (default: 2 to 8, the fewest with totals within 1 %%)"
    )
    parser.add_argument("--bounds", metavar="2GB,10GB", help="bounds between tiers: sizes, or messages per day")
    parser.add_argument("--keep", default="", metavar="NAMES", help=f"mailboxes to count too: {_KEEP}")
    parser.add_argument(
        "--uplift",
        default="0",
        metavar="RATE",
        help="growth of mailbox sizes by the move, 35 %% from Exchange 2007 and 2010",
    )
    parser.add_argument(
        "--raise-quotas",
        action="store_true",
        help="raise the quota of a mailbox that is larger today to its size, so that all of it is sized",
    )
    parser.add_argument("--work-days", type=float, metavar="N", help="days on which users' messages were counted")


def _mailboxes(arguments: argparse.Namespace, base: Profile, progress: Progress | None) -> ImportResult:
    from calculator.importers.mailboxes import import_mailboxes

    issues = Issues()
    path = "tiers.messages_per_day" if arguments.by == "messages" else "tiers.mailbox_size_limit"
    bounds = [_number("--bounds", path, word, issues) for word in split_names(arguments.bounds or "")]
    uplift = _number("--uplift", "tiers.mailbox_growth", arguments.uplift, issues)
    if issues:
        raise InputError(issues)
    return import_mailboxes(
        _sources(arguments),
        base,
        by=arguments.by,
        tiers=arguments.tiers,
        bounds=bounds,
        keep=split_names(arguments.keep),
        uplift=uplift,
        raise_quotas=arguments.raise_quotas,
        work_days=arguments.work_days,
        decimal=arguments.decimal,
        dates=arguments.dates,
        progress=progress,
    )


def _number(option: str, path: str, text: str, issues: Issues) -> float:
    """Read a number, with an optional unit, as a value of the input with that path."""
    try:
        return float(read_value(BY_PATH[path], text) or 0)
    except ValueProblem as error:
        issues.error(option, "", error.message, error.hint)
        return 0.0


# --- messages ------------------------------------------------------------------------------------


def _add_messages(kinds: Subparsers) -> None:
    parser = add_command(
        kinds,
        "messages",
        _run_import(_messages),
        "Give every tier the measured message profile: reports of Generate-MessageProfile.ps1, message tracking logs, "
        "files of MessageStats.ps1, the text of CalcMsgAverage.ps1.",
        summary="message reports and tracking logs",
    )
    _add_files(parser, ("tiers", "left_out", "seen"))
    _add_reading(parser)
    parser.add_argument("--mailboxes", type=float, metavar="N", help="number of mailboxes that share the messages")
    parser.add_argument("--work-days", type=float, metavar="N", help="work days that the files cover")
    parser.add_argument(
        "--utc-offset", type=float, metavar="HOURS", help="hours by which local time is ahead of UTC, 1 for Berlin"
    )
    parser.add_argument("--keep", default="", metavar="NAMES", help="messages to count too: health, system, journal")


def _messages(arguments: argparse.Namespace, base: Profile, progress: Progress | None) -> ImportResult:
    from calculator.importers.messages import import_messages

    return import_messages(
        _sources(arguments),
        base,
        mailboxes=arguments.mailboxes,
        work_days=arguments.work_days,
        utc_offset=arguments.utc_offset,
        keep=split_names(arguments.keep),
        decimal=arguments.decimal,
        dates=arguments.dates,
        progress=progress,
    )


# --- logs and deployment files -------------------------------------------------------------------


def _add_logs(kinds: Subparsers) -> None:
    parser = add_command(
        kinds,
        "logs",
        _run_import(_logs),
        "Read hourly counts of transaction logs into the shares of a day: files of GetTransactionLogStats.ps1 or "
        "GetLogFileUsage.ps1.",
        summary="hourly counts of transaction logs",
    )
    _add_files(parser, ("hours", "left_out", "seen"))
    _add_reading(parser)


def _logs(arguments: argparse.Namespace, base: Profile, progress: Progress | None) -> ImportResult:
    from calculator.importers import import_hourly_logs

    return import_hourly_logs(
        _sources(arguments), base, decimal=arguments.decimal, dates=arguments.dates, progress=progress
    )


def _add_deployment(kinds: Subparsers) -> None:
    parser = add_command(
        kinds,
        "deployment",
        _run_import(_deployment),
        "Read the files of a deployment back: Servers.csv, DAGInfo.csv, MailboxDatabases.csv, "
        "MailboxDatabaseCopies.csv and Set-MailboxServer.ps1.",
        summary="exported deployment files",
    )
    _add_files(parser, ("files",))


def _deployment(arguments: argparse.Namespace, base: Profile, progress: Progress | None) -> ImportResult:
    from calculator.importers import import_deployment

    return import_deployment(_sources(arguments), base)


# --- collect -------------------------------------------------------------------------------------


def _add_collect(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "collect",
        _collect,
        "Print commands for the Exchange Management Shell that write the files the imports read: one script with "
        "comments, to save and to read before it runs, or the guide as Markdown.",
    )
    add_format(parser, ("script", "markdown"))


def _collect(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.importers.collecting import collection_guide, collection_script

    print(collection_guide() if arguments.format == "markdown" else collection_script(), end="", file=stdout)
    return FINE
