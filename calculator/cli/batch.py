"""Define the command that sizes a file of designs."""

from __future__ import annotations

import argparse
import os
from typing import IO

from calculator.batch.effort import start_workers
from calculator.cli.common import FINE, PROBLEMS, RESULTS, Subparsers, add_command, add_settings
from calculator.cli.parser import UsageError
from calculator.cli.printing import print_issues, progress_line
from calculator.cli.streams import say
from calculator.inputs.profile import STANDARD

MAX_JOBS = 4


def add_commands(commands: Subparsers) -> None:
    """Add the command ``batch``."""
    parser = add_command(
        commands,
        "batch",
        _batch,
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
    jobs = arguments.jobs or min(MAX_JOBS, os.cpu_count() or 1)
    start_workers(arguments.designs, jobs)
    # Imported while the workers start.
    from calculator.batch.run import size_file
    from calculator.cli.designs import read_base, read_names

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
                jobs=jobs,
                resume=arguments.resume,
                strict=arguments.strict,
                with_inputs=arguments.with_inputs,
                excel=arguments.excel,
                warn=lambda found: print_issues(found, stderr),
            )
    except BrokenPipeError:
        say("The program that reads the results has ended, so not all results were written.", stderr)
        raise
    print_issues(tally.issues, stderr)
    print(tally.summary(), file=stderr)
    return PROBLEMS if tally.by_status["error"] or tally.by_status["invalid"] else FINE
