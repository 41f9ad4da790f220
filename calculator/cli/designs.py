"""Share between commands about designs: read profiles and names of results, size a design, and return the exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import IO

from calculator.cli.common import FINE, PROBLEMS
from calculator.engine.findings import INVALID
from calculator.engine.sizing import SizedDesign, size
from calculator.inputs.profile import (
    LARGEST_PROFILE,
    STANDARD,
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
from calculator.issues import ERROR, InputError, Issues, refuse

RESULTS_HINT = "Give rule or column names, comma-separated; headline or all."
_STDIN = "stdin"


def check_output(output: str | None, sources: Sequence[str], profile: str | None, force: bool) -> None:
    """Raise InputError if writing a profile would overwrite a file by mistake.

    Parameters
    ----------
    output
        Path of the profile to write, None for standard output.
    sources
        Other files that the command reads, which are never overwritten.
    profile
        The profile that the command reads, which may be overwritten.
    force
        Whether a file that the command does not read may be overwritten.
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
    """Read the profile that a command line names, and apply its settings."""
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
    """Read profiles. Raise InputError with the problems of all profiles."""
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
    """Read the base profile that a command line names, if any, and apply its settings."""
    base = load_profile(arguments.profile) if arguments.profile else Profile()
    return with_settings(base, arguments.set, constants=arguments.constant)


def split_names(text: str) -> list[str]:
    """Split names that are separated by commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def read_names(option: str, text: str, hint: str = RESULTS_HINT) -> list[str]:
    """Split names that are separated by commas. Raise InputError if there are no names."""
    names = split_names(text)
    if not names:
        refuse(option, "contains no name.", hint)
    return names


# --- running -------------------------------------------------------------------------------------


def warn_of_constants(profile: Profile, stderr: IO[str]) -> None:
    """Print the warnings about the constants that a design overrides, if its other issues are not printed."""
    if any(path.startswith(f"{CONSTANTS}.") for path in profile.given):
        for issue in size(profile, results=()).issues:
            if issue.field.startswith(f"{CONSTANTS}."):
                print(f"{issue.severity}: {issue}", file=stderr)


def use_design(profile: Profile, stderr: IO[str], use: Callable[[SizedDesign], object]) -> int:
    """Size a design and pass it to a function; also print errors of an invalid design. Return the exit code."""
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
    """Return the exit code for designs: PROBLEMS if any design is invalid."""
    return PROBLEMS if any(design.status == INVALID for design in designs) else FINE
