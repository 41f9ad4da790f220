"""Define the commands that size and check one design or several designs."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import IO

from calculator.cli.common import RESULTS, Subparsers, add_command, add_format, add_profiles
from calculator.cli.designs import exit_code, read_names, read_profiles
from calculator.cli.printing import (
    FOR_PEOPLE,
    print_csv,
    print_issues,
    print_json,
    print_markdown,
    print_rows,
    print_table,
    shown_issues,
)
from calculator.engine.profile_issues import with_profile_issues
from calculator.engine.results import result_columns
from calculator.engine.sizing import SizedDesign, size
from calculator.engine.tables import TABLES
from calculator.issues import Issues
from calculator.presentation.figures import not_applicable, rule_of
from calculator.presentation.rows import readable_row


def add_commands(commands: Subparsers) -> None:
    """Add the commands ``size`` and ``check``."""
    _add_size(commands)
    _add_check(commands)


# --- size ----------------------------------------------------------------------------------------


def _shopping_rows(design: SizedDesign) -> list[dict[str, object]]:
    from calculator.presentation.shopping_list import shopping_list

    return [asdict(line) for line in shopping_list(design)]


_TABLES = {"shopping_list": _shopping_rows, **TABLES}


def _add_size(commands: Subparsers) -> None:
    parser = add_command(commands, "size", _size)
    add_profiles(parser)
    parser.add_argument("--results", default="headline", metavar="NAMES", help=RESULTS)
    parser.add_argument("--table", choices=tuple(_TABLES), help="print this table instead")
    add_format(parser)


def _size(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    designs = [size(profile) for profile in read_profiles(arguments.profiles, arguments.set, arguments.constant)]
    names = read_names("--results", arguments.results)
    for design in designs:
        result_columns(names, design.tiers)
        print_issues(with_profile_issues(design)[0], stderr)
    labels = _labels(designs, arguments.profiles)
    form, table = arguments.format, arguments.table
    if form in FOR_PEOPLE:
        for place, (label, design) in enumerate(zip(labels, designs, strict=True)):
            if len(designs) > 1:
                mark = "## " if form == "markdown" else ""
                print(f"{chr(10) if place else ''}{mark}{label}: {with_profile_issues(design)[1]}", file=stdout)
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
    """Return labels of several designs; for a single design, an empty text."""
    if len(designs) == 1:
        return [""]
    names = [design.profile.where for design in designs]
    return names if len(set(names)) == len(names) else list(paths)


def _named(label: str, row: Mapping[str, object]) -> dict[str, object]:
    """Return a row with the label of its design first, if the label is not empty."""
    return {"profile": label, **row} if label else dict(row)


def _content(design: SizedDesign, names: Sequence[str]) -> dict[str, object]:
    """Return the status, issues and results of a design for JSON."""
    results = {str(row["column"]): row["value"] for row in design.table(names)}
    issues, status = with_profile_issues(design)
    return {"status": status, "issues": _issue_rows(issues), "results": results}


def _issue_rows(issues: Issues) -> list[dict[str, object]]:
    return [
        {"severity": issue.severity, "field": issue.field, "message": issue.message, "hint": issue.hint}
        for issue in shown_issues(issues)
    ]


def _cells(design: SizedDesign, names: Sequence[str]) -> list[dict[str, object]]:
    """Return results as cells of CSV."""
    from calculator.batch import header

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
    """Return name, value, unit and meaning of a result; if it does not apply, the reason precedes the meaning."""
    texts = {name: text for name, text in readable_row(row).items() if name != "level"}
    if row["value"] is None:
        reason = not_applicable(*rule_of(str(row["column"])), design)
        texts["meaning"] = f"({reason}) {texts['meaning']}"
    return tuple(texts.values())


# --- check ---------------------------------------------------------------------------------------


def _add_check(commands: Subparsers) -> None:
    parser = add_command(commands, "check", _check)
    add_profiles(parser)
    add_format(parser, ("text", "json", "csv", "markdown"))


def _check(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    designs = [size(profile) for profile in read_profiles(arguments.profiles, arguments.set, arguments.constant)]
    checked = [(design.profile.where, *with_profile_issues(design)) for design in designs]
    if arguments.format == "text":
        for name, issues, status in checked:
            print_issues(issues, stdout)
            print(f"{name}: {status}", file=stdout)
    elif arguments.format == "json":
        print_json(
            [{"profile": name, "status": status, "issues": _issue_rows(issues)} for name, issues, status in checked],
            stdout,
        )
    else:
        rows = [
            {"profile": name, "status": status, **row}
            for name, issues, status in checked
            for row in _issue_rows(issues)
        ]
        print_rows(rows, arguments.format, stdout, ("profile", "status", "severity", "field", "message", "hint"))
    return exit_code(*designs)
