"""Share between commands: exit codes, common options, and the registration of a command.

Every command imports this module, so it must not import slow modules.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import IO, Any

from calculator.cli.commands import COMMANDS, EXAMPLES
from calculator.cli.parser import EXAMPLES as EXAMPLES_HEAD

PROGRAM = "exchange-calculator"
FINE, PROBLEMS, WRONG_USE = 0, 1, 2
"""Exit codes for success; for an invalid design, unusable rows or no result; for wrong use or an unreadable file."""
READER_GONE = 141
"""Exit code if the reader of standard output has closed it: that of a program ended by the signal SIGPIPE."""
Handler = Callable[[argparse.Namespace, IO[str], IO[str]], int]
"""Function that runs a command with its arguments, standard output and standard error, and returns the exit code."""
Subparsers = Any
"""Type of what `argparse.ArgumentParser.add_subparsers` returns, which argparse keeps private."""
RESULTS = "rule or column names, comma-separated; headline (default) or all"
_PROFILE = "profile of the design, example:NAME for a shipped one, - for standard input"
FORMATS = ("table", "json", "csv", "markdown")


# --- registering ---------------------------------------------------------------------------------


def add_command(
    commands: Subparsers, name: str, handler: Handler, description: str = "", summary: str = ""
) -> argparse.ArgumentParser:
    """Register a command with its handler, and return its parser.

    Parameters
    ----------
    commands
        Subparsers to which the command is added.
    name, handler
        Name of the command, and function that runs it.
    description
        Help of the command; by default its summary in a sentence.
    summary
        Help in the list of commands; by default that in `COMMANDS`.
    """
    summary = summary or COMMANDS[name][1]
    text = description or f"{summary[0].upper()}{summary[1:]}."
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=text)
    lines = [f"  {PROGRAM} {example}" for example in EXAMPLES[parser.prog.removeprefix(f"{PROGRAM} ")]]
    parser.epilog = EXAMPLES_HEAD + "\n".join(lines)
    parser.add_argument("-q", "--quiet", action="store_true", help="leave out notices")
    parser.set_defaults(handler=handler)
    return parser


def add_profile(parser: argparse.ArgumentParser) -> None:
    """Add the argument for the profile of a design, and the option that sets its inputs."""
    parser.add_argument("profile", metavar="PROFILE.toml", help=_PROFILE)
    add_settings(parser, "change an input; may be repeated")


def add_profiles(parser: argparse.ArgumentParser) -> None:
    """Add the argument for the profiles of one or several designs, and the option that sets their inputs."""
    parser.add_argument("profiles", nargs="+", metavar="PROFILE.toml", help=f"{_PROFILE}; several may be given")
    add_settings(parser, "change an input of all designs; may be repeated")


def add_settings(parser: argparse.ArgumentParser, text: str) -> None:
    """Add the option that sets inputs."""
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", help=text)
    parser.add_argument(
        "--constant",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="override a published constant (list: fields --constants); may be repeated",
    )


def add_format(parser: argparse.ArgumentParser, formats: tuple[str, ...] = FORMATS) -> None:
    """Add the option for the output format, whose default is the first format."""
    parser.add_argument("--format", default=formats[0], choices=formats, help="output format")
    if "json" in formats:
        parser.add_argument("--json", action="store_const", dest="format", const="json", help="same as --format json")


def add_force(parser: argparse.ArgumentParser) -> None:
    """Add the option that allows a file to be overwritten; see `check_output`."""
    parser.add_argument("--force", action="store_true", help="overwrite a profile that the command does not read")


def has_word(word: str | None, *texts: str) -> bool:
    """Return whether any of some texts contains a word, ignoring case; True for an empty word."""
    return word is None or any(word.casefold() in text.casefold() for text in texts)
