"""Commands that size many variants of a design: what moves its figures, and how sure they are."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import IO, Any

from calculator.cli.common import FINE, PROBLEMS, Command, Read, named
from calculator.cli.printing import FORMATS, print_issues, print_rows, progress_on
from calculator.engine.findings import STATUS
from calculator.engine.sizing import size
from calculator.inputs.profile import Profile, load, with_settings
from calculator.issues import InputError, Issues, quoted, refuse

Rows = list[dict[str, object]]
METHODS = ("what_if", "one_at_a_time", "global")
TABLES = ("figures", "probabilities", "inputs")
NAMES = "rule or column names, comma-separated; headline (default) or all"


def add_parsers(commands: Any, profile: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the commands of this module to a command line."""
    moved = commands.add_parser(
        "sensitivity",
        help="what moves the figures of a design",
        description="What moves the figures of a design: the usual changes, each input over its plausible range one at "
        "a time, or all inputs at once (Sobol' indices).",
    )
    profile(moved)
    moved.add_argument("--method", default=METHODS[0], choices=METHODS, help="what_if by default")
    _common(moved)
    moved.add_argument("--inputs", metavar="PATHS", help="inputs to move, comma-separated; all the design uses")
    moved.add_argument(
        "--range", action="append", default=[], metavar="PATH=LOW..HIGH", help="a range of your own, as often as needed"
    )
    moved.add_argument("--samples", type=int, metavar="N", help="designs of global, 131,072 by default")

    drawn = commands.add_parser(
        "uncertainty",
        help="how sure the figures of a design are",
        description="What becomes of the figures of a design where inputs are uncertain.  The profile may hold a "
        "distribution such as 80..140 in place of a number.",
    )
    profile(drawn)
    drawn.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="PATH=DISTRIBUTION",
        help='80..140, "normal(100, 15)", "triangular(80, 100, 140)", "100 +- 20%%", "quantiles(12, 40, 310)"; '
        '"+- 20%%" and "0.5..2 times" on the present value; as often as needed',
    )
    _common(drawn)
    drawn.add_argument("--table", default=TABLES[0], choices=TABLES, help="figures by default")
    drawn.add_argument("--samples", type=int, metavar="N", help="designs, 100,000 by default")


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--results", default="headline", metavar="NAMES", help=NAMES)
    parser.add_argument("--seed", type=int, default=2013, metavar="N", help="of the sample, 2013 by default")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="workers side by side, 1 by default")
    parser.add_argument("--format", default="table", choices=FORMATS, help="how to print")


def commands_with(read: Read) -> dict[str, Command]:
    """The commands by name; ``read`` gives the profile of a command line."""

    def sensitivity(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
        return _print(read(arguments), _SENSITIVITY[arguments.method], arguments, stdout, stderr)

    return {"sensitivity": sensitivity, "uncertainty": _uncertainty}


def _print(
    profile: Profile,
    study: Callable[[Profile, argparse.Namespace, IO[str]], Rows],
    arguments: argparse.Namespace,
    stdout: IO[str],
    stderr: IO[str],
) -> int:
    """Print the rows of a study, and the issues of the design as it is."""
    rows = study(profile, arguments, stderr)
    if stderr.isatty():
        print(file=stderr)  # below the progress
    design = size(profile, results=())
    print_issues(design.issues, stderr)
    print_rows(rows, arguments.format, stdout)
    return PROBLEMS if design.status == STATUS[-1] else FINE


def _what_if(profile: Profile, arguments: argparse.Namespace, stderr: IO[str]) -> Rows:
    from calculator.studies.what_if import what_if

    if arguments.inputs or arguments.range or arguments.samples:
        message = "--inputs, --range and --samples do not go with what_if."
        refuse("--method", message, "Give --method one_at_a_time or global.")
    return what_if(profile, named("--results", arguments.results)).rows()


def _one_at_a_time(profile: Profile, arguments: argparse.Namespace, stderr: IO[str]) -> Rows:
    from calculator.studies.uncertainty.sensitivity import one_at_a_time

    if arguments.samples:
        refuse("--samples", "Nothing is sampled one at a time.", "Leave it out, or give --method global.")
    return one_at_a_time(profile, named("--results", arguments.results), **_moved(arguments)).rows()


def _global(profile: Profile, arguments: argparse.Namespace, stderr: IO[str]) -> Rows:
    from calculator.studies.uncertainty.sensitivity import global_indices

    names = named("--results", arguments.results)
    return global_indices(profile, names, **_moved(arguments), **_sample(arguments, stderr)).rows()


_SENSITIVITY = {"what_if": _what_if, "one_at_a_time": _one_at_a_time, "global": _global}


def _uncertainty(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.studies.uncertainty.monte_carlo import uncertainty
    from calculator.studies.uncertainty.varied_inputs import Ranges, merge_distributions

    ranges = Ranges()
    profile = with_settings(load(arguments.profile, ranges), arguments.set, ranges)
    vary = merge_distributions(profile, ranges, _settings("--vary", arguments.vary))

    def study(profile: Profile, arguments: argparse.Namespace, stderr: IO[str]) -> Rows:
        names = named("--results", arguments.results)
        return uncertainty(profile, names, vary=vary, **_sample(arguments, stderr)).rows(arguments.table)

    return _print(profile, study, arguments, stdout, stderr)


def _moved(arguments: argparse.Namespace) -> dict[str, Any]:
    """What is moved and how far."""
    inputs = None if arguments.inputs is None else named("--inputs", arguments.inputs)
    return {"inputs": inputs, "ranges": _settings("--range", arguments.range)}


def _sample(arguments: argparse.Namespace, stderr: IO[str]) -> dict[str, Any]:
    """The sample to draw, and who is told how far it is."""
    size = {} if arguments.samples is None else {"samples": arguments.samples}
    return {**size, "seed": arguments.seed, "jobs": arguments.jobs, "progress": progress_on(stderr)}


def _settings(option: str, given: Sequence[str]) -> dict[str, str]:
    """Texts by path of settings ``path=text``; InputError lists all that have none."""
    issues, settings = Issues(), dict[str, str]()
    for setting in given:
        path, sign, text = setting.partition("=")
        if not sign:
            issues.error(option, quoted(setting), "has no range.", "Write path=80..140.")
        settings[path.strip()] = text.strip()
    if issues.errors:
        raise InputError(issues)
    return settings
