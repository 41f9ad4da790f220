"""What commands share: exit codes, options that several of them have, and how a command is registered."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import IO, Any

from calculator.cli.examples import EXAMPLES
from calculator.cli.parser import EXAMPLES as EXAMPLES_HEAD
from calculator.cli.printing import FORMATS
from calculator.engine.findings import INVALID
from calculator.engine.sizing import SizedDesign, size
from calculator.inputs.profile import (
    LARGEST_PROFILE,
    Profile,
    Reader,
    decode_text,
    load,
    name_of,
    one_value,
    parse,
    with_settings,
)
from calculator.inputs.schema import CONSTANTS
from calculator.inputs.text_files import STANDARD
from calculator.issues import ERROR, InputError, Issues, refuse

PROGRAM = "exchange-calculator"
FINE, PROBLEMS, WRONG_USE = 0, 1, 2
"""Exit codes: success; an invalid design, unusable rows or no result; wrong use or an unreadable file."""
READER_GONE = 141
"""Exit code if the reader of standard output has gone: that of a program ended by the signal SIGPIPE."""
Handler = Callable[[argparse.Namespace, IO[str], IO[str]], int]
"""Runs a command with its arguments, standard output and standard error, and returns the exit code."""
Subparsers = Any
"""What `argparse.ArgumentParser.add_subparsers` returns; its type is private."""
RESULTS = "rule or column names, comma-separated; headline (default) or all"
_PROFILE = "profile of the design, example:NAME for a shipped one, - for standard input"
_STDIN = "stdin"
RESULTS_HINT = "Give rule or column names, comma-separated; headline or all."


# --- registering ---------------------------------------------------------------------------------


def add_command(
    commands: Subparsers, name: str, handler: Handler, summary: str, description: str = ""
) -> argparse.ArgumentParser:
    """Register a command with its handler, and return its parser.

    Parameters
    ----------
    commands
        Where the command is registered.
    name, handler
        Name of the command, and the function that runs it.
    summary, description
        Help in the list of commands, and help of the command itself; by default the same in a sentence.
    """
    text = description or f"{summary[0].upper()}{summary[1:]}."
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=text)
    lines = [f"  {PROGRAM} {example}" for example in EXAMPLES[parser.prog.removeprefix(f"{PROGRAM} ")]]
    parser.epilog = EXAMPLES_HEAD + "\n".join(lines)
    parser.add_argument("-q", "--quiet", action="store_true", help="leave out notices")
    parser.set_defaults(handler=handler)
    return parser


def add_profile(parser: argparse.ArgumentParser) -> None:
    """Add the profile of a design and the option that changes it."""
    parser.add_argument("profile", metavar="PROFILE.toml", help=_PROFILE)
    add_settings(parser, "change an input; may be repeated")


def add_profiles(parser: argparse.ArgumentParser) -> None:
    """Add the profiles of one or several designs and the option that changes them."""
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
    """Add the choice of the output format, by default the first one."""
    parser.add_argument("--format", default=formats[0], choices=formats, help="output format")
    if "json" in formats:
        parser.add_argument("--json", action="store_const", dest="format", const="json", help="same as --format json")


def add_force(parser: argparse.ArgumentParser) -> None:
    """Add the option that lets a profile be written over; see `check_output`."""
    parser.add_argument("--force", action="store_true", help="overwrite a profile that the command does not read")


def check_output(output: str | None, sources: Sequence[str], profile: str | None, force: bool) -> None:
    """Raise InputError if a profile would be written over a file by mistake.

    Parameters
    ----------
    output
        The profile to write, None for standard output.
    sources
        Other files that the command reads, which are never written over.
    profile
        The profile that the command reads, which may be written over.
    force
        Whether a file that the command does not read may be written over.
    """
    if output is None or not os.path.isfile(output):
        return
    if any(_is_same(output, source) for source in sources):
        refuse(name_of(output), "is used for both the import and the profile.", "Name two files.")
    if not force and not (profile is not None and _is_same(output, profile)):
        hint = "Name another file, or give --force to overwrite it."
        refuse(name_of(output), "exists already, and the command does not read it.", hint)


def _is_same(path: str, other: str) -> bool:
    return os.path.exists(other) and os.path.samefile(path, other)


# --- reading -------------------------------------------------------------------------------------


def read_profile(arguments: argparse.Namespace) -> Profile:
    """Read the profile of a command line and apply its settings."""
    return with_settings(load_profile(arguments.profile), arguments.set, constants=arguments.constant)


def load_profile(path: str, read: Reader = one_value) -> Profile:
    """Read a profile from a file, or from standard input (``-``)."""
    if path != STANDARD:
        return load(path, read)
    if sys.stdin is None:
        refuse(_STDIN, "is closed.", "Name a file.")
    binary = getattr(sys.stdin, "buffer", None)
    data: bytes = binary.read(LARGEST_PROFILE + 1) if binary else sys.stdin.read(LARGEST_PROFILE + 1).encode()
    if len(data) > LARGEST_PROFILE:
        refuse(_STDIN, f"has more than {LARGEST_PROFILE:,} bytes.", "Is it a profile?")
    return parse(decode_text(data, _STDIN), _STDIN, read)


def read_profiles(paths: Sequence[str], settings: Sequence[str], constants: Sequence[str]) -> list[Profile]:
    """Read profiles. Raise InputError with the problems of all of them."""
    if paths.count(STANDARD) > 1:
        refuse(_STDIN, "is given as several profiles.", f"Name it once: {STANDARD}")
    problems, profiles = Issues(), []
    for path in paths:
        try:
            profiles.append(with_settings(load_profile(path), settings, constants=constants))
        except InputError as error:
            problems.extend(error.issues)
    if problems:
        raise InputError(problems)
    return profiles


def read_base(arguments: argparse.Namespace) -> Profile:
    """Read the base profile of a command line, if one is given, and apply its settings."""
    base = load_profile(arguments.profile) if arguments.profile else Profile()
    return with_settings(base, arguments.set, constants=arguments.constant)


def split_names(text: str) -> list[str]:
    """Split names that are separated by commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def read_names(option: str, text: str, hint: str = RESULTS_HINT) -> list[str]:
    """Split names that are separated by commas. Raise InputError if there is none."""
    names = split_names(text)
    if not names:
        refuse(option, "contains no name.", hint)
    return names


# --- running -------------------------------------------------------------------------------------


def warn_of_constants(profile: Profile, stderr: IO[str]) -> None:
    """Print the warnings about the constants that a design overrides, where its other issues are not printed."""
    if any(path.startswith(f"{CONSTANTS}.") for path in profile.given):
        for issue in size(profile, results=()).issues:
            if issue.field.startswith(f"{CONSTANTS}."):
                print(f"{issue.severity}: {issue}", file=stderr)


def use_design(profile: Profile, stderr: IO[str], use: Callable[[SizedDesign], object]) -> int:
    """Size a design and use it; print the errors of an invalid design too, and return the exit code."""
    design = size(profile)
    warn_of_constants(profile, stderr)
    if design.status != INVALID:
        use(design)
        return FINE
    for issue in design.issues:
        if issue.severity == ERROR:
            print(f"error: {issue}", file=stderr)
    try:
        use(design)
    except InputError as error:
        print(error, file=stderr)
    return PROBLEMS


def exit_code(*designs: SizedDesign) -> int:
    """Return the exit code for designs: PROBLEMS if any of them is invalid."""
    return PROBLEMS if any(design.status == INVALID for design in designs) else FINE
