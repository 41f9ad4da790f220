"""Run the command line; the commands here size and explain designs, and list inputs and results.

Results go to standard output, issues and progress to standard error. The exit code is 0 for success, 1 if the design
or a row of a batch is invalid or cannot be used, 2 for wrong use: a command, file or profile that cannot be read, or
an output that cannot be written. It is 141 if the reader of standard output has gone, as for other programs.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import IO, Any

from calculator.batch import header
from calculator.cli import app, capacity, documents, importing, layout, starting, studies, timeline, vocabulary
from calculator.cli.common import (
    FINE,
    PROBLEMS,
    PROGRAM,
    READER_GONE,
    RESULTS,
    WRONG_USE,
    Handler,
    Subparsers,
    add_command,
    add_format,
    add_profile,
    add_settings,
    exit_code,
    read_base,
    read_names,
    read_profile,
    warn_of_constants,
)
from calculator.cli.printing import (
    print_csv,
    print_issues,
    print_json,
    print_markdown,
    print_rows,
    print_table,
    progress_line,
)
from calculator.cli.requirements import missing_library
from calculator.cli.streams import close_streams, open_streams, say
from calculator.engine.results import UnknownResult, result_columns
from calculator.engine.sizing import SizedDesign, size
from calculator.engine.tables import TABLES
from calculator.engine.versions import PACKAGE_VERSION, RESULTS_VERSION
from calculator.inputs.profile import name_of
from calculator.issues import InputError
from calculator.presentation.figures import not_applicable, rule_of
from calculator.presentation.rows import readable_row
from calculator.presentation.sentences import sentence
from calculator.presentation.shopping_list import shopping_list
from calculator.rules.constants import SOURCES

MAX_JOBS = 4


class _UsageError(Exception):
    """The command line is used wrongly."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise _UsageError(f"{self.prog}: {message}\n\n{self.format_usage()}")

    def print_help(self, file: Any = None) -> None:
        """Print the help; unlike argparse, raise OSError if it cannot be printed."""
        print(self.format_help(), end="", file=file or sys.stdout)


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands."""
    parser = _Parser(prog=PROGRAM, description="Capacity planning for Microsoft Exchange 2013.")
    version = f"%(prog)s {PACKAGE_VERSION}, results version {RESULTS_VERSION}"
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser, metavar="COMMAND")
    _add_size(commands)
    _add_batch(commands)
    _add_explain(commands)
    _add_check(commands)
    for family in (layout, documents, importing, studies, timeline, capacity, app, starting, vocabulary):
        family.add_commands(commands)
    return parser


def run() -> None:
    """Run the command line of this process and exit."""
    open_streams()
    starting.complete(build_parser)
    try:
        code = main(sys.argv[1:], sys.stdout, sys.stderr)
    except BrokenPipeError:
        code = READER_GONE
    except KeyboardInterrupt:
        say("stopped", sys.stderr)
        code = PROBLEMS
    close_streams()
    sys.exit(code)


def main(argv: Sequence[str], stdout: IO[str], stderr: IO[str]) -> int:
    """Run a command line and return the exit code.

    Parameters
    ----------
    argv
        Arguments without the name of the program.
    stdout, stderr
        Where results and issues are printed.

    Raises
    ------
    BrokenPipeError
        If the reader of standard output has gone.
    """
    try:
        code = _run_command(argv, stdout, stderr)
        stdout.flush()
    except (_UsageError, UnknownResult, InputError) as error:
        say(str(error), stderr)
        return WRONG_USE
    except ModuleNotFoundError as error:
        message = missing_library(error)
        if not message:
            raise
        say(message, stderr)
        return WRONG_USE
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = "it is closed" if error.errno == errno.EBADF else error.strerror
        say(f"{name_of(error.filename or 'stdout')}: cannot be written: {reason}.", stderr)
        return WRONG_USE
    return code


def _run_command(argv: Sequence[str], stdout: IO[str], stderr: IO[str]) -> int:
    try:
        with contextlib.redirect_stdout(stdout):  # --help
            arguments = build_parser().parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    handler: Handler = arguments.handler
    return handler(arguments, stdout, stderr)


# --- size ----------------------------------------------------------------------------------------


def _shopping_rows(design: SizedDesign) -> list[dict[str, object]]:
    return [asdict(line) for line in shopping_list(design)]


_TABLES = {"shopping_list": _shopping_rows, **TABLES}


def _add_size(commands: Subparsers) -> None:
    parser = add_command(commands, "size", _size, "size one design")
    add_profile(parser)
    parser.add_argument("--results", default="headline", metavar="NAMES", help=RESULTS)
    parser.add_argument("--table", choices=tuple(_TABLES), help="print this table instead")
    add_format(parser)


def _size(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    design = size(read_profile(arguments))
    names = read_names("--results", arguments.results)
    result_columns(names, design.tiers)
    print_issues(design.issues, stderr)
    if arguments.table:
        print_rows(_TABLES[arguments.table](design), arguments.format, stdout)
    else:
        _print_results(design, names, arguments.format, stdout)
    return exit_code(design)


def _print_results(design: SizedDesign, names: Sequence[str], form: str, stdout: IO[str]) -> None:
    rows = design.table(names)
    if form == "json":
        issues = [
            {"severity": issue.severity, "field": issue.field, "message": issue.message, "hint": issue.hint}
            for issue in design.issues
        ]
        results = {str(row["column"]): row["value"] for row in rows}
        print_json({"status": design.status, "issues": issues, "results": results}, stdout)
    elif form == "csv":
        values = [header.column_texts(design.results, str(row["column"]), 1)[0] for row in rows]
        cells = [
            (row["column"], value, row["unit"], row["level"], row["meaning"])
            for row, value in zip(rows, values, strict=True)
        ]
        print_csv(("column", "value", "unit", "level", "meaning"), cells, stdout)
    else:
        texts = [_result_texts(row, design) for row in rows]
        if form == "markdown":
            print_markdown(("result", "value", "unit", "meaning"), texts, "<><<", stdout)
        else:
            print_table((), texts, "<><<", stdout)


def _result_texts(row: Mapping[str, object], design: SizedDesign) -> tuple[str, ...]:
    """Return name, value, unit and meaning of a result; the reason before the meaning where it does not apply."""
    texts = {name: text for name, text in readable_row(row).items() if name != "level"}
    if row["value"] is None:
        reason = not_applicable(*rule_of(str(row["column"])), design)
        texts["meaning"] = f"({reason}) {texts['meaning']}"
    return tuple(texts.values())


# --- batch ---------------------------------------------------------------------------------------


def _add_batch(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "batch",
        _batch,
        "size a CSV file of designs, one per row",
        "Size a CSV file of designs, one per row. A head names an input, as path or path [unit]; an empty cell takes "
        "the value of the base profile.",
    )
    parser.add_argument("designs", metavar="DESIGNS.csv", help="CSV file (.gz too), - for standard input")
    parser.add_argument("-o", "--output", required=True, metavar="RESULTS.csv", help="- for standard output")
    parser.add_argument("--profile", metavar="BASE.toml", help="values of inputs that have no column")
    add_settings(parser, "change an input of the base profile; may be repeated")
    parser.add_argument("--results", default="headline", metavar="NAMES", help=RESULTS)
    parser.add_argument("--errors", metavar="ERRORS.csv", help="file for the rows that cannot be used, as they were")
    parser.add_argument("--jobs", type=int, metavar="N", help=f"parallel workers (default: at most {MAX_JOBS})")
    parser.add_argument("--resume", action="store_true", help="continue a run that was stopped")


def _batch(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    if arguments.jobs is not None and arguments.jobs < 1:
        raise _UsageError("--jobs is below 1. Give the number of workers.")
    from calculator.batch.run import size_file

    base, names = read_base(arguments), read_names("--results", arguments.results)
    try:
        with progress_line(stderr) as progress:
            tally = size_file(
                arguments.designs,
                arguments.output,
                base=base,
                profile=arguments.profile,
                results=names,
                errors=arguments.errors,
                progress=progress,
                stdout=stdout,
                jobs=arguments.jobs or min(MAX_JOBS, os.cpu_count() or 1),
                resume=arguments.resume,
            )
    except BrokenPipeError:
        say("The reader of the results has gone: not all of them were written.", stderr)
        raise
    print_issues(tally.issues, stderr)
    print(tally, file=stderr)
    return PROBLEMS if tally.by_status["error"] or tally.by_status["invalid"] else FINE


# --- explain and check ---------------------------------------------------------------------------


def _add_explain(commands: Subparsers) -> None:
    parser = add_command(commands, "explain", _explain, "explain how a result comes about")
    add_profile(parser)
    parser.add_argument("result", metavar="RESULT", help="a rule or column")
    parser.add_argument("--depth", type=int, metavar="N", help="levels to show (default: all)")
    add_format(parser, ("text", "json"))


def _explain(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    if arguments.depth is not None and arguments.depth < 0:
        raise _UsageError("--depth is below 0. Give the levels to open.")
    profile = read_profile(arguments)
    design = size(profile)
    explanation = design.explain(arguments.result, arguments.depth)
    warn_of_constants(profile, stderr)
    if arguments.format == "json":
        print_json(explanation.as_dict(), stdout)
        return FINE
    for column in result_columns(arguments.result, design.tiers):
        if text := sentence(column, design):
            print(f"{text}\n", file=stdout)
    print(explanation.text(), file=stdout)
    cited = {place.split(": ")[0] for step in explanation.walk() for place in step.source.split("; ")}
    print("\nSources", file=stdout)
    for key in sorted(cited):
        source = SOURCES[key]
        print(f"  {key}: {source.title}. {source.publisher}. {source.address}".rstrip(), file=stdout)
    return FINE


def _add_check(commands: Subparsers) -> None:
    add_profile(add_command(commands, "check", _check, "list the issues of a design"))


def _check(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    design = size(read_profile(arguments))
    print_issues(design.issues, stdout)
    print(f"{design.profile.where}: {design.status}", file=stdout)
    return exit_code(design)
