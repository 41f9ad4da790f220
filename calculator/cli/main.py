"""The command line: results on standard output, issues and progress on standard error.

Exit 0 is fine, 1 when the design or a row of a batch is invalid or cannot be used, 2 wrong use: a command,
file or profile that cannot be read.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import IO, Any

from calculator.batch import header
from calculator.cli import compare, documents, files, importing, layout, search, studies, timeline
from calculator.cli.common import FINE, PROBLEMS, WRONG_USE, named
from calculator.cli.printing import FORMATS, print_issues, print_rows, progress_on
from calculator.engine.results import UnknownResult, result_columns
from calculator.engine.sizing import SizedDesign, size
from calculator.engine.tables import TABLES
from calculator.inputs.profile import Profile, load, name_of, with_settings
from calculator.inputs.schema import BY_PARAMETER, FIELDS, default_text
from calculator.issues import InputError
from calculator.presentation import reference
from calculator.presentation.text import readable
from calculator.rules.constants import CONSTANTS, SOURCES
from calculator.rules.registry import CORRECTIONS, RULES, kind_of

MOST_JOBS = 4
_FAMILIES = (layout, files, importing, documents, compare, studies, timeline, search)
"""Modules with commands of their own."""
NAMES = "rule or column names, comma-separated; headline (default) or all"


class _Usage(Exception):
    """Wrong use of the command line."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise _Usage(f"{self.prog}: {message}\n\n{self.format_usage()}")


def build_parser() -> argparse.ArgumentParser:
    """Parser of all commands."""
    parser = _Parser(prog="calculator", description="Capacity planning for Microsoft Exchange 2013.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser, metavar="COMMAND")

    one = commands.add_parser("size", help="size one design", description="Size one design.")
    _profile(one)
    one.add_argument("--results", default="headline", metavar="NAMES", help=NAMES)
    one.add_argument("--table", choices=tuple(TABLES), help="a table instead: by database, or for Jetstress")
    one.add_argument("--format", default="table", choices=FORMATS, help="how to print")

    many = commands.add_parser(
        "batch",
        help="size a CSV of designs, a row each",
        description="Size a CSV of designs, a row each.  A header names an input, path or path [unit]; "
        "an empty cell takes the base profile's value.",
    )
    many.add_argument("designs", metavar="DESIGNS.csv", help="CSV (.gz too), - for standard input")
    many.add_argument("-o", "--output", required=True, metavar="RESULTS.csv", help="- for standard output")
    many.add_argument("--profile", metavar="BASE.toml", help="what the columns do not give")
    many.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", help="change the base")
    many.add_argument("--results", default="headline", metavar="NAMES", help=NAMES)
    many.add_argument("--errors", metavar="ERRORS.csv", help="rows that cannot be used, as they were")
    many.add_argument("--jobs", type=int, metavar="N", help=f"workers side by side, at most {MOST_JOBS} by default")
    many.add_argument("--resume", action="store_true", help="go on with a run that was stopped")

    why = commands.add_parser("explain", help="the tree behind a figure", description="The tree behind a figure.")
    _profile(why)
    why.add_argument("result", metavar="RESULT", help="a rule or column")
    why.add_argument("--depth", type=int, metavar="N", help="levels to open, all by default")
    why.add_argument("--format", default="text", choices=("text", "json"), help="how to print")

    issues = commands.add_parser("check", help="issues of a design", description="Issues of a design.")
    _profile(issues)

    for family in _FAMILIES:
        family.add_parsers(commands, _profile)

    fields = commands.add_parser("fields", help="every input", description="Every input.")
    fields.add_argument("--format", default="table", choices=("table", "csv", "json"), help="how to print")

    rules = commands.add_parser(
        "rules",
        help="every result, or one with all that is known of it",
        description="Every result, or one with unit, source, what it needs and what needs it.",
    )
    rules.add_argument("name", nargs="?", metavar="NAME", help="a rule or column")

    pages = commands.add_parser("docs", help="write the reference", description="Write the reference from the lists.")
    pages.add_argument("directory", metavar="DIR", help="where to, docs/reference in this project")
    pages.add_argument("--check", action="store_true", help="only tell whether it is current")
    return parser


def _profile(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("profile", metavar="PROFILE.toml", help="the design")
    parser.add_argument(
        "--set", action="append", default=[], metavar="PATH=VALUE", help="change an input, as often as needed"
    )


def run() -> None:
    """Run the command line of this process and exit."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        code = main(sys.argv[1:], sys.stdout, sys.stderr)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = PROBLEMS
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        code = PROBLEMS
    sys.exit(code)


def main(argv: Sequence[str], stdout: IO[str], stderr: IO[str]) -> int:
    """Run a command line; returns the exit code.

    Parameters
    ----------
    argv
        Arguments without the program's name.
    stdout, stderr
        Where results and issues go.
    """
    try:
        with contextlib.redirect_stdout(stdout):  # --help
            arguments = build_parser().parse_args(argv)
        command: Callable[..., int] = _COMMANDS[arguments.command]
        return command(arguments, stdout, stderr)
    except (_Usage, UnknownResult, InputError) as error:
        print(error, file=stderr)
        return WRONG_USE
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"{name_of(error.filename or 'output')}: cannot be written: {error.strerror}.", file=stderr)
        return WRONG_USE
    except SystemExit as stop:
        return int(stop.code or 0)


def _read(arguments: argparse.Namespace) -> Profile:
    return with_settings(load(arguments.profile), arguments.set)


def _size(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    design = size(_read(arguments))
    names = named("--results", arguments.results)
    result_columns(names, design.tiers)
    print_issues(design.issues, stderr)
    if arguments.table:
        print_rows(TABLES[arguments.table](design), arguments.format, stdout)
        return PROBLEMS if design.status == "invalid" else FINE
    printer = {"table": _as_table, "json": _as_json, "csv": _as_csv, "markdown": _as_markdown}
    printer[arguments.format](design, names, stdout)
    return PROBLEMS if design.status == "invalid" else FINE


def _rows(design: SizedDesign, names: Sequence[str]) -> list[tuple[str, str, str, str]]:
    return [
        (str(row["column"]), readable(row["value"]), _unit(str(row["unit"])), str(row["meaning"]))
        for row in design.table(names)
    ]


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def _as_table(design: SizedDesign, names: Sequence[str], stdout: IO[str]) -> None:
    rows = _rows(design, names)
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for column, value, unit, meaning in rows:
        print(f"{column:<{widths[0]}}  {value:>{widths[1]}} {unit:<{widths[2]}}  {meaning}".rstrip(), file=stdout)


def _as_json(design: SizedDesign, names: Sequence[str], stdout: IO[str]) -> None:
    content = {
        "status": design.status,
        "issues": [
            {"severity": issue.severity, "field": issue.field, "message": issue.message, "hint": issue.hint}
            for issue in design.issues
        ],
        "results": {str(row["column"]): row["value"] for row in design.table(names)},
    }
    json.dump(content, stdout, indent=2)
    print(file=stdout)


def _as_csv(design: SizedDesign, names: Sequence[str], stdout: IO[str]) -> None:
    writer = csv.writer(stdout, lineterminator="\n")
    writer.writerow(("column", "value", "unit", "level", "meaning"))
    for row in design.table(names):
        text = header.column_texts(design.results, str(row["column"]), 1)[0]
        writer.writerow((row["column"], text, row["unit"], row["level"], row["meaning"]))


def _as_markdown(design: SizedDesign, names: Sequence[str], stdout: IO[str]) -> None:
    print("| result | value | unit | meaning |\n| --- | ---: | --- | --- |", file=stdout)
    for row in _rows(design, names):
        print("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |", file=stdout)


def _batch(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    if arguments.jobs is not None and arguments.jobs < 1:
        raise _Usage("--jobs is below 1. Give the number of workers.")
    from calculator.batch import run as batch_files

    base = with_settings(load(arguments.profile) if arguments.profile else Profile(), arguments.set)
    progress = progress_on(stderr)
    tally = batch_files.size_file(
        arguments.designs,
        arguments.output,
        base=base,
        results=named("--results", arguments.results),
        errors=arguments.errors,
        progress=progress,
        stdout=stdout,
        jobs=arguments.jobs or min(MOST_JOBS, os.cpu_count() or 1),
        resume=arguments.resume,
    )
    if progress is not None:
        print(file=stderr)
    print(tally, file=stderr)
    return PROBLEMS if tally.by_status["error"] or tally.by_status["invalid"] else FINE


def _explain(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    if arguments.depth is not None and arguments.depth < 0:
        raise _Usage("--depth is below 0. Give the levels to open.")
    explanation = size(_read(arguments)).explain(arguments.result, arguments.depth)
    if arguments.format == "json":
        json.dump(explanation.as_dict(), stdout, indent=2)
        print(file=stdout)
        return FINE
    print(explanation.text(), file=stdout)
    cited = {place.split(": ")[0] for step in explanation.walk() for place in step.source.split("; ")}
    print("\nSources", file=stdout)
    for key in sorted(cited):
        source = SOURCES[key]
        print(f"  {key}: {source.title}. {source.publisher}. {source.address}".rstrip(), file=stdout)
    return FINE


def _check(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    design = size(_read(arguments))
    print_issues(design.issues, stdout)
    print(f"{design.profile.where}: {design.status}", file=stdout)
    return PROBLEMS if design.status == "invalid" else FINE


def _fields(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    rows = [
        {
            "path": " / ".join(dict.fromkeys((field.paths()[0], field.paths()[-1]))),
            "type": field.kind.value,
            "unit": field.unit,
            "default": default_text(field),
            "allowed": field.limits(),
            "meaning": field.help,
        }
        for field in FIELDS
    ]
    _print_rows(rows, arguments.format, ("path", "default", "unit", "meaning"), stdout)
    return FINE


def _print_rows(rows: list[dict[str, str]], form: str, shown: Iterable[str], stdout: IO[str]) -> None:
    if form == "json":
        json.dump(rows, stdout, indent=2)
        print(file=stdout)
    elif form == "csv":
        writer = csv.DictWriter(stdout, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        names = tuple(shown)
        widths = {name: max(len(row[name]) for row in rows) for name in names}
        for row in rows:
            print("  ".join(f"{row[name]:<{widths[name]}}" for name in names).rstrip(), file=stdout)


def _rules(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    if arguments.name:
        print(_rule_text(arguments.name), file=stdout)
        return FINE
    for rule in RULES.values():
        print(f"{rule.name:<52} {rule.unit or rule.kind.value:<13} {rule.meaning}", file=stdout)
    return FINE


def _rule_text(name: str) -> str:
    from calculator.engine.results import column_index

    column = column_index(1).get(name) or column_index(9).get(name)
    rule = RULES.get(name) or (RULES[column[0]] if column else None)
    if rule is None:
        result_columns(name, 1)
        raise UnknownResult(name)
    needs = [f"  {need} ({_kind(need)})" for need in rule.needs]
    users = [f"  {other.name}" for other in RULES.values() if rule.name in other.needs]
    lines = [
        rule.name,
        f"  {rule.meaning}",
        *(f"  {line}" for line in rule.remarks.splitlines() if line),
        f"unit: {rule.unit or rule.kind.value}",
        f"level: {rule.level}",
        f"source: {rule.source}",
        f"columns: {', '.join(rule.columns(1)[:12])}",
    ]
    if rule.oddity:
        lines.append(f"oddity: {rule.oddity}")
    if rule.name in CORRECTIONS:
        lines.append(f"corrected: {CORRECTIONS[rule.name].function.__doc__}")
    return "\n".join([*lines, "needs:", *needs, "needed by:", *(users or ["  (nothing)"])])


def _kind(name: str) -> str:
    kind = kind_of(name)
    if kind == "constant":
        constant = CONSTANTS[name]
        return f"constant, {constant.meaning}"
    if kind == "input":
        return f"input {BY_PARAMETER[name].path}"
    return "rule"


def _docs(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    stale = reference.write(arguments.directory, only_check=arguments.check)
    for name in stale:
        print(f"{name} {'is not current' if arguments.check else 'written'}", file=stderr)
    return PROBLEMS if stale and arguments.check else FINE


_COMMANDS: dict[str, Callable[..., int]] = {
    "size": _size,
    "batch": _batch,
    "explain": _explain,
    "check": _check,
    "fields": _fields,
    "rules": _rules,
    "docs": _docs,
}
for _family in _FAMILIES:
    _COMMANDS |= _family.commands_with(_read)
