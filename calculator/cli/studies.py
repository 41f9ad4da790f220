"""Define the commands about many designs: compare designs, vary inputs, and search for the best design."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import IO, Any

from calculator.cli.common import (
    FINE,
    PROBLEMS,
    RESULTS,
    Subparsers,
    add_command,
    add_format,
    add_profile,
    add_settings,
)
from calculator.cli.designs import (
    exit_code,
    load_profile,
    read_names,
    read_profile,
    read_profiles,
    split_names,
    warn_of_constants,
)
from calculator.cli.printing import FOR_PEOPLE, print_issues, print_rows, progress_line
from calculator.engine.progress import Progress
from calculator.engine.results import cell
from calculator.engine.sizing import SizedDesign, size
from calculator.inputs.choices import WORST_FAILURE
from calculator.inputs.profile import Profile, with_settings
from calculator.inputs.schema import DATACENTERS
from calculator.issues import InputError, Issues, quoted, refuse
from calculator.presentation.text import plural, word

_WORST_CPU = "cpu_utilization_by_mode.worst."
METHODS = ("what_if", "one_at_a_time", "global")
LIMITS = "limits"
UNCERTAINTY_TABLES = ("figures", "probabilities", "inputs", LIMITS)
SEARCH_TABLES = ("best", "pareto", "reasons")
StudyRows = list[dict[str, object]]
Study = Callable[[Profile, argparse.Namespace, Progress | None], tuple[StudyRows, str]]
"""Function that returns the rows of a study and a sentence about them, which may be empty."""


def add_commands(commands: Subparsers) -> None:
    """Add the commands ``compare``, ``sensitivity``, ``uncertainty`` and ``search``."""
    _add_compare(commands)
    _add_sensitivity(commands)
    _add_uncertainty(commands)
    _add_search(commands)


def _add_jobs(parser: argparse.ArgumentParser, seed: str = "random seed (default 2013)") -> None:
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="number of parallel workers (default 1)")
    parser.add_argument("--seed", type=int, default=2013, metavar="N", help=seed)


def _add_paths(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--paths", action="store_true", help="name inputs by their paths in tables, not by labels")


# --- compare -------------------------------------------------------------------------------------


def _add_compare(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "compare",
        _compare,
        "List the headline results that differ between designs, by how much and why; with --all every result that "
        "differs. The other designs are compared with the first.",
    )
    parser.add_argument("first", metavar="A.toml", help="the design that the others are compared with")
    parser.add_argument("others", nargs="+", metavar="B.toml", help="another design")
    add_settings(parser, "change an input of all designs; may be repeated")
    parser.add_argument("--results", metavar="NAMES", help=RESULTS)
    parser.add_argument("--all", action="store_true", help="list every result that differs, the headline results first")
    parser.add_argument("--inputs", action="store_true", help="list the inputs that differ instead")
    _add_paths(parser)
    add_format(parser)


def _compare(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.studies.compare import compare

    if arguments.all and arguments.results is not None:
        refuse("--all", "cannot be used together with --results.", "Give one of them.")
    profiles = read_profiles([arguments.first, *arguments.others], arguments.set, arguments.constant)
    names = ["headline"] if arguments.results is None else read_names("--results", arguments.results)
    designs = [size(profile) for profile in profiles]
    everything = compare(designs)
    comparison = everything if arguments.all else compare(designs, names)
    for design in designs:
        print_issues(design.issues, stderr)
    if arguments.inputs:
        rows, head = comparison.input_rows(), comparison.input_head
        print_rows(rows, arguments.format, stdout, head, labels=not arguments.paths)
    else:
        brief = arguments.format in FOR_PEOPLE
        if brief and not everything.differences:
            print("The designs have the same results.", file=stdout)
        else:
            print_rows(comparison.rows(brief), arguments.format, stdout, comparison.head)
        for profile, load in zip(profiles, comparison.loads, strict=True):
            if load:
                print(f"{profile.where} has another load than {profiles[0].where}: {load}.", file=stderr)
        more = len(everything.differences) - len(comparison.differences)
        if more and arguments.results is None:
            print(
                f"{plural(f'{more:,}', 'more result')} {'differs' if more == 1 else 'differ'}: give --all.", file=stderr
            )
        if brief and any(found.column.startswith(_WORST_CPU) for found in comparison.differences):
            print("\nFailure behind the CPU of the worst mode:", file=stdout)
            for profile, design in zip(profiles, designs, strict=True):
                print(f"  {profile.where}: {_name_failures(design)}", file=stdout)
    return exit_code(*designs)


def _name_failures(design: SizedDesign) -> str:
    """Return the worst failure for the CPU of the servers of each datacenter, in words."""
    failures = {side: cell(design.results, f"worst_cpu_failure.{side}", valid_only=True) for side in DATACENTERS}
    named = [f"{side} {word(WORST_FAILURE, str(name)).lower()}" for side, name in failures.items() if name is not None]
    return ", ".join(named) or "not applicable"


# --- sensitivity ---------------------------------------------------------------------------------


def _add_sensitivity(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "sensitivity",
        _sensitivity,
        "Show what moves the results of a design: the usual changes, each input over its plausible range one at a "
        "time, or all inputs at once (Sobol' indices).",
    )
    add_profile(parser)
    parser.add_argument(
        "--method", default=METHODS[0], choices=METHODS, help=f"how to vary the inputs (default {METHODS[0]})"
    )
    parser.add_argument("--results", default="headline", metavar="NAMES", help=RESULTS)
    _add_jobs(parser)
    parser.add_argument("--inputs", metavar="PATHS", help="inputs to move, comma-separated (default: all in use)")
    parser.add_argument(
        "--range", action="append", default=[], metavar="PATH=LOW..HIGH", help="range of an input; may be repeated"
    )
    parser.add_argument("--samples", type=int, metavar="N", help="designs of global (default 131,072)")
    _add_paths(parser)
    add_format(parser)


def _sensitivity(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    studies = {"what_if": _what_if, "one_at_a_time": _one_at_a_time, "global": _global}
    return _run_study(read_profile(arguments), studies[arguments.method], arguments, stdout, stderr)


def _what_if(profile: Profile, arguments: argparse.Namespace, progress: Progress | None) -> tuple[StudyRows, str]:
    from calculator.studies.what_if import what_if

    if arguments.inputs or arguments.range or arguments.samples:
        message = "--inputs, --range and --samples cannot be used together with what_if."
        refuse("--method", message, "Give --method one_at_a_time or global.")
    return what_if(profile, read_names("--results", arguments.results)).rows(), ""


def _one_at_a_time(profile: Profile, arguments: argparse.Namespace, progress: Progress | None) -> tuple[StudyRows, str]:
    from calculator.studies.uncertainty.sensitivity import one_at_a_time

    if arguments.samples:
        refuse("--samples", "The method one_at_a_time samples no designs.", "Leave it out, or give --method global.")
    return one_at_a_time(profile, read_names("--results", arguments.results), **_varied(arguments)).rows(), ""


def _global(profile: Profile, arguments: argparse.Namespace, progress: Progress | None) -> tuple[StudyRows, str]:
    from calculator.studies.uncertainty.sensitivity import global_indices

    names = read_names("--results", arguments.results)
    return global_indices(profile, names, **_varied(arguments), **_sample(arguments), progress=progress).rows(), ""


def _varied(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the inputs to vary and their ranges."""
    inputs = None if arguments.inputs is None else read_names("--inputs", arguments.inputs)
    return {"inputs": inputs, "ranges": _read_ranges("--range", arguments.range)}


def _sample(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return sample size, seed and number of workers."""
    samples = {} if arguments.samples is None else {"samples": arguments.samples}
    return {**samples, "seed": arguments.seed, "jobs": arguments.jobs}


def _read_ranges(option: str, settings: Sequence[str]) -> dict[str, str]:
    """Return ranges by path from settings ``path=range``. Raise InputError with all settings that have no range."""
    issues, ranges = Issues(), dict[str, str]()
    for setting in settings:
        path, sign, text = setting.partition("=")
        if not sign:
            issues.error(option, quoted(setting), "has no range.", "Write path=80..140.")
        ranges[path.strip()] = text.strip()
    if issues.errors:
        raise InputError(issues)
    return ranges


def _run_study(profile: Profile, study: Study, arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    """Print the rows of a study, its sentence, and the issues of the design that it starts from."""
    with progress_line(stderr) as progress:
        rows, sentence = study(profile, arguments, progress)
    if sentence:
        print(sentence, file=stderr)
    design = size(profile, results=())
    print_issues(design.issues, stderr)
    print_rows(rows, arguments.format, stdout, labels=not arguments.paths)
    return exit_code(design)


# --- uncertainty ---------------------------------------------------------------------------------


def _add_uncertainty(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "uncertainty",
        _uncertainty,
        "Show the range of the results of a design whose inputs are uncertain. The profile may hold a distribution "
        "such as 80..140 instead of a number.",
    )
    add_profile(parser)
    parser.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="PATH=DISTRIBUTION",
        help='80..140, "normal(100, 15)", "triangular(80, 100, 140)", "100 +- 20 %%", "quantiles(12, 40, 310)"; '
        '"+- 20 %%" and "0.5..2 times" refer to the present value, "10 %% +- 5 %%" is 5 %% to 15 %%; may be repeated',
    )
    parser.add_argument("--results", default="headline", metavar="NAMES", help=RESULTS)
    _add_jobs(parser)
    tables = UNCERTAINTY_TABLES
    parser.add_argument(
        "--table",
        default=tables[0],
        choices=tables,
        help=f"table to print (default {tables[0]}); {LIMITS} is about the design as it is built, the others are about "
        "designs that are sized for each draw",
    )
    parser.add_argument("--samples", type=int, metavar="N", help="number of designs (default 100,000)")
    _add_paths(parser)
    add_format(parser)


def _uncertainty(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.studies.uncertainty.holding import holds
    from calculator.studies.uncertainty.monte_carlo import uncertainty
    from calculator.studies.uncertainty.varied_inputs import Ranges, merge_distributions

    ranges = Ranges()
    profile = with_settings(load_profile(arguments.profile, ranges), arguments.set, ranges, arguments.constant)
    vary = merge_distributions(profile, ranges, _read_ranges("--vary", arguments.vary))

    def study(profile: Profile, arguments: argparse.Namespace, progress: Progress | None) -> tuple[StudyRows, str]:
        if arguments.table == LIMITS:
            built = holds(profile, vary=vary, **_sample(arguments), progress=progress)
            return built.rows(), built.sentence
        names = read_names("--results", arguments.results)
        found = uncertainty(profile, names, vary=vary, **_sample(arguments), progress=progress)
        return found.rows(arguments.table), found.sentence

    return _run_study(profile, study, arguments, stdout, stderr)


# --- search --------------------------------------------------------------------------------------


def _add_search(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "search",
        _search,
        "Search all combinations of inputs and hardware for the cheapest design within limits. Give your own prices; "
        "without any, name a result to --minimize.",
    )
    add_profile(parser)
    parser.add_argument("--space", required=True, metavar="SPACE.toml", help="what may vary, limits, prices")
    parser.add_argument(
        "--minimize", default="", metavar="NAMES", help="cost (default), or results in their order, comma-separated"
    )
    parser.add_argument("--pareto", default="", metavar="NAMES", help="results to trade off against it")
    parser.add_argument(
        "--table", default=SEARCH_TABLES[0], choices=SEARCH_TABLES, help="best (default), pareto, or why designs fail"
    )
    parser.add_argument("--show", type=int, default=10, metavar="N", help="number of designs of best (default 10)")
    parser.add_argument(
        "--method",
        default="",
        choices=("exhaustive", "evolution"),
        help="all designs (default up to 20,000,000), or differential evolution",
    )
    parser.add_argument(
        "--results",
        default="",
        metavar="NAMES",
        help="rule or column names, comma-separated; headline or all (default: those of limits and goals)",
    )
    _add_jobs(parser, "random seed of evolution (default 2013)")
    add_format(parser)


def _search(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from calculator.studies.search.run import search

    profile = read_profile(arguments)
    for name in ("jobs", "show"):
        if getattr(arguments, name) < 1:
            refuse(f"--{name}", f"{getattr(arguments, name)} is below 1.", "Give a whole number from 1 on.")
    if arguments.seed < 0:
        refuse("--seed", f"{arguments.seed} is below 0.", "Give a whole number from 0 on.")
    against = split_names(arguments.pareto)
    if arguments.table == "pareto" and not against:
        refuse("--pareto", "names no result.", "Name a result to trade off against the cost, such as reseed_hours.")
    with progress_line(stderr) as progress:
        found = search(
            profile,
            arguments.space,
            minimize=split_names(arguments.minimize),
            pareto=against,
            results=split_names(arguments.results),
            show=arguments.show,
            method=arguments.method,
            jobs=arguments.jobs,
            seed=arguments.seed,
            progress=progress,
        )
    warn_of_constants(profile, stderr)
    print(found.sentence(), file=stderr)
    if found.cost:
        print(found.cost, file=stderr)
    for note in found.notes():
        print(note, file=stderr)
    if not found.feasible:
        print("--table reasons lists all limits with the designs that do not meet them.", file=stderr)
    brief = arguments.format in FOR_PEOPLE
    print_rows(found.rows(arguments.table, brief), arguments.format, stdout, found.head(arguments.table, brief))
    return FINE if found.best else PROBLEMS
