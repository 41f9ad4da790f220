"""Define the command that explains how a result is computed."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import IO

from calculator.cli.common import FINE, Subparsers, add_command, add_format, add_profile
from calculator.cli.designs import read_profile, warn_of_constants
from calculator.cli.parser import UsageError
from calculator.cli.printing import print_json
from calculator.engine.explain import label_of
from calculator.engine.results import result_columns
from calculator.engine.sizing import SizedDesign, size
from calculator.issues import quoted
from calculator.presentation.figures import rule_of
from calculator.presentation.places import place_text
from calculator.presentation.sentences import sentence
from calculator.rules.registry import RULES
from calculator.rules.sources import SOURCES

DEPTH = 2
"""Default number of levels of an explanation that are opened."""


def add_commands(commands: Subparsers) -> None:
    """Add the command ``explain``."""
    parser = add_command(commands, "explain", _explain)
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
    for text in _sentences(arguments.result, design):
        print(f"{text}\n", file=stdout)
    print(explanation.text(formulas=True), file=stdout)
    cited = {place.split(": ")[0] for step in explanation.walk() for place in step.source.split("; ")}
    print("\nSources", file=stdout)
    for key in sorted(cited):
        source = SOURCES[key]
        print(f"  {key}: {source.title}. {source.publisher}. {source.address}".rstrip(), file=stdout)
    return FINE


def _sentences(name: str, design: SizedDesign) -> Iterator[str]:
    """Yield how each column of a result comes about, with its place where there are several columns."""
    columns = result_columns(name, design.tiers)
    for column in columns:
        if text := sentence(column, design):
            place = place_text(*rule_of(column)) if len(columns) > 1 else ""
            yield f"{place[0].upper()}{place[1:]}: {text}" if place else text


def _depth(text: str) -> int | None:
    """Return the number of levels to open, None for all levels."""
    if text == "all":
        return None
    if not text.isdecimal():
        raise UsageError(f"--depth: {quoted(text)} is not a number of levels. Give a whole number from 0 on, or all.")
    return int(text)
