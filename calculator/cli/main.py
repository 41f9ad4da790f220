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
from typing import IO

from calculator.batch import header
from calculator.cli import app, capacity, documents, importing, layout, rating, starting, studies, timeline, vocabulary
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
    add_profiles,
    add_settings,
    exit_code,
    read_base,
    read_names,
    read_profile,
    read_profiles,
    warn_of_constants,
)
from calculator.cli.parser import Parser, UsageError
from calculator.cli.printing import (
    FOR_PEOPLE,
    print_csv,
    print_issues,
    print_json,
    print_markdown,
    print_rows,
    print_table,
    progress_line,
    shown_issues,
    without_notices,
)
from calculator.cli.requirements import missing_library
from calculator.cli.streams import close_streams, open_streams, say
from calculator.engine.explain import label_of
from calculator.engine.results import UnknownResult, result_columns
from calculator.engine.sizing import SizedDesign, size
from calculator.engine.tables import TABLES
from calculator.engine.versions import PACKAGE_VERSION, RESULTS_VERSION
from calculator.inputs.profile import name_of
from calculator.inputs.text_files import STANDARD
from calculator.issues import InputError, quoted
from calculator.presentation.figures import not_applicable, rule_of
from calculator.presentation.rows import readable_row
from calculator.presentation.sentences import sentence
from calculator.presentation.shopping_list import shopping_list
from calculator.rules.constants import SOURCES
from calculator.rules.registry import RULES

MAX_JOBS = 4
DEPTH = 2
"""Levels of an explanation that are opened."""


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands."""
    parser = Parser(prog=PROGRAM, description="Capacity planning for Microsoft Exchange 2013.")
    version = f"%(prog)s {PACKAGE_VERSION}, results version {RESULTS_VERSION}"
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(dest="command", required=True, parser_class=Parser, metavar="COMMAND")
    _add_size(commands)
    _add_batch(commands)
    _add_explain(commands)
    _add_check(commands)
    for family in (layout, documents, importing, studies, timeline, capacity, rating, app, starting, vocabulary):
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
    except (UsageError, UnknownResult, InputError) as error:
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
    with without_notices(arguments.quiet):
        return handler(arguments, stdout, stderr)


# --- size ----------------------------------------------------------------------------------------


def _shopping_rows(design: SizedDesign) -> list[dict[str, object]]:
    return [asdict(line) for line in shopping_list(design)]


_TABLES = {"shopping_list": _shopping_rows, **TABLES}


def _add_size(commands: Subparsers) -> None:
    parser = add_command(commands, "size", _size, "size one design or several")
    add_profiles(parser)
    parser.add_argument("--results", default="headline", metavar="NAMES", help=RESULTS)
    parser.add_argument("--table", choices=tuple(_TABLES), help="print this table instead")
    add_format(parser)


def _size(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    designs = [size(profile) for profile in read_profiles(arguments.profiles, arguments.set, arguments.constant)]
    names = read_names("--results", arguments.results)
    for design in designs:
        result_columns(names, design.tiers)
        print_issues(design.issues, stderr)
    labels = _labels(designs, arguments.profiles)
    form, table = arguments.format, arguments.table
    if form in FOR_PEOPLE:
        for place, (label, design) in enumerate(zip(labels, designs, strict=True)):
            if len(designs) > 1:
                mark = "## " if form == "markdown" else ""
                print(f"{chr(10) if place else ''}{mark}{label}: {design.status}", file=stdout)
                print("", end="\n" if mark else "", file=stdout)
            if table:
                print_rows(_TABLES[table](design), form, stdout)
            else:
                _print_results(design, names, form, stdout)
    elif table:
        rows = [
            _named(label, row) for label, design in zip(labels, designs, strict=True) for row in _TABLES[table](design)
        ]
        print_rows(rows, form, stdout)
    elif form == "json":
        contents = [_named(label, _content(design, names)) for label, design in zip(labels, designs, strict=True)]
        print_json(contents if len(designs) > 1 else contents[0], stdout)
    else:
        cells = [
            _named(label, row) for label, design in zip(labels, designs, strict=True) for row in _cells(design, names)
        ]
        print_csv(list(cells[0]), [list(row.values()) for row in cells], stdout)
    return exit_code(*designs)


def _labels(designs: Sequence[SizedDesign], paths: Sequence[str]) -> list[str]:
    """Return what designs are called where there are several, empty texts for one."""
    if len(designs) == 1:
        return [""]
    names = [design.profile.where for design in designs]
    return names if len(set(names)) == len(names) else list(paths)


def _named(label: str, row: Mapping[str, object]) -> dict[str, object]:
    """Return a row with the name of its design first, if it has one."""
    return {"profile": label, **row} if label else dict(row)


def _content(design: SizedDesign, names: Sequence[str]) -> dict[str, object]:
    """Return status, issues and results of a design for JSON."""
    results = {str(row["column"]): row["value"] for row in design.table(names)}
    return {"status": design.status, "issues": _issue_rows(design), "results": results}


def _issue_rows(design: SizedDesign) -> list[dict[str, object]]:
    return [
        {"severity": issue.severity, "field": issue.field, "message": issue.message, "hint": issue.hint}
        for issue in shown_issues(design.issues)
    ]


def _cells(design: SizedDesign, names: Sequence[str]) -> list[dict[str, object]]:
    """Return results as cells of CSV."""
    rows = design.table(names)
    values = [header.column_texts(design.results, str(row["column"]), 1)[0] for row in rows]
    return [
        {"column": row["column"], "value": value, "unit": row["unit"], "level": row["level"], "meaning": row["meaning"]}
        for row, value in zip(rows, values, strict=True)
    ]


def _print_results(design: SizedDesign, names: Sequence[str], form: str, stdout: IO[str]) -> None:
    texts = [_result_texts(row, design) for row in design.table(names)]
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
        "Size a CSV file of designs, one per row. A column header names an input, as path or path [unit]; an empty "
        "cell takes the value of the base profile.",
    )
    parser.add_argument("designs", metavar="DESIGNS.csv", help="CSV file (.gz too), - for standard input")
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="RESULTS.csv",
        help="or .csv.gz, .parquet, .xlsx; - for standard output",
    )
    parser.add_argument(
        "--profile", metavar="BASE.toml", help="base profile with the values of inputs that have no column"
    )
    add_settings(parser, "change an input of the base profile; may be repeated")
    parser.add_argument("--results", default="headline", metavar="NAMES", help=RESULTS)
    parser.add_argument(
        "--errors", metavar="ERRORS.csv", help="file for unchanged copies of the rows that cannot be used"
    )
    parser.add_argument("--jobs", type=int, metavar="N", help=f"parallel workers (default: at most {MAX_JOBS})")
    parser.add_argument("--resume", action="store_true", help="continue a run that was stopped")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="refuse columns that are not inputs instead of copying them to the results",
    )
    parser.add_argument("--with-inputs", action="store_true", help="copy the columns of inputs to the results too")
    parser.add_argument(
        "--excel",
        action="store_true",
        help="write CSV as Excel reads it: separator and decimal sign of the input, with a byte order mark",
    )


def _batch(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    if arguments.jobs is not None and arguments.jobs < 1:
        raise UsageError("--jobs is below 1. Give the number of workers.")
    if arguments.designs == arguments.profile == STANDARD:
        raise UsageError(
            "Standard input is used for both the designs and the base profile. Name a file for one of them."
        )
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
                strict=arguments.strict,
                with_inputs=arguments.with_inputs,
                excel=arguments.excel,
            )
    except BrokenPipeError:
        say("The program that reads the results has ended, so not all results were written.", stderr)
        raise
    print_issues(tally.issues, stderr)
    print(tally.summary(), file=stderr)
    return PROBLEMS if tally.by_status["error"] or tally.by_status["invalid"] else FINE


# --- explain and check ---------------------------------------------------------------------------


def _add_explain(commands: Subparsers) -> None:
    parser = add_command(commands, "explain", _explain, "explain how a result comes about")
    add_profile(parser)
    parser.add_argument("result", metavar="RESULT", help="a rule or column")
    parser.add_argument("--depth", default=str(DEPTH), metavar="N", help=f"levels to open, or all (default {DEPTH})")
    add_format(parser, ("text", "json"))


def _explain(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    depth = _depth(arguments.depth)
    profile = read_profile(arguments)
    design = size(profile)
    explanation = design.explain(arguments.result, depth)
    if arguments.result not in RULES:
        explanation = explanation.at(label_of(arguments.result, design.results))
    warn_of_constants(profile, stderr)
    if arguments.format == "json":
        print_json(explanation.as_dict(), stdout)
        return FINE
    for column in result_columns(arguments.result, design.tiers):
        if text := sentence(column, design):
            print(f"{text}\n", file=stdout)
    print(explanation.text(formulas=True), file=stdout)
    cited = {place.split(": ")[0] for step in explanation.walk() for place in step.source.split("; ")}
    print("\nSources", file=stdout)
    for key in sorted(cited):
        source = SOURCES[key]
        print(f"  {key}: {source.title}. {source.publisher}. {source.address}".rstrip(), file=stdout)
    return FINE


def _depth(text: str) -> int | None:
    """Return the levels to open, None for all."""
    if text == "all":
        return None
    if not text.isdecimal():
        raise UsageError(f"--depth: {quoted(text)} is not a number of levels. Give a whole number from 0 on, or all.")
    return int(text)


def _add_check(commands: Subparsers) -> None:
    parser = add_command(commands, "check", _check, "list the issues of one design or several")
    add_profiles(parser)
    add_format(parser, ("text", "json", "csv", "markdown"))


def _check(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    designs = [size(profile) for profile in read_profiles(arguments.profiles, arguments.set, arguments.constant)]
    names = [design.profile.where for design in designs]
    if arguments.format == "text":
        for name, design in zip(names, designs, strict=True):
            print_issues(design.issues, stdout)
            print(f"{name}: {design.status}", file=stdout)
    elif arguments.format == "json":
        checked = [
            {"profile": name, "status": design.status, "issues": _issue_rows(design)}
            for name, design in zip(names, designs, strict=True)
        ]
        print_json(checked, stdout)
    else:
        rows = [
            {"profile": name, "status": design.status, **row}
            for name, design in zip(names, designs, strict=True)
            for row in _issue_rows(design)
        ]
        print_rows(rows, arguments.format, stdout, ("profile", "status", "severity", "field", "message", "hint"))
    return exit_code(*designs)
