"""Run the command line.

Results go to standard output, issues and progress to standard error. The exit code is 0 for success, 1 if the design
or a row of a batch is invalid or cannot be used, 2 for wrong use: a command, file or profile that cannot be read, or
an output that cannot be written. It is 141 if the reader of standard output has closed it, as for other programs.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import IO

from calculator.cli.commands import COMMANDS
from calculator.cli.common import PROBLEMS, PROGRAM, READER_GONE, WRONG_USE, Handler
from calculator.cli.parser import Parser, UsageError
from calculator.cli.streams import close_streams, open_streams, say
from calculator.engine.versions import PACKAGE_VERSION, RESULTS_VERSION
from calculator.issues import InputError, UnknownResult

_ALLOCATIONS = 50_000
"""Number of new objects between two garbage collections: commands create few cycles, modules many objects."""

_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "1")
"""Setting of numpy's library for matrices, which starts a thread per processor when numpy is imported.

Commands hardly use it, and its threads look for work for a while: they cost as much as the rest of a short command.
"""


def build_parser(command: str | None = None) -> argparse.ArgumentParser:
    """Build the parser of all commands, or of one.

    Parameters
    ----------
    command
        The command to parse, so that modules of other commands are not imported.  For any other text, such as an
        option, the parser has only the names and summaries of all commands.
    """
    parser = Parser(prog=PROGRAM, description="Capacity planning for Microsoft Exchange 2013.")
    version = f"%(prog)s {PACKAGE_VERSION}, results version {RESULTS_VERSION}"
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(dest="command", required=True, parser_class=Parser, metavar="COMMAND")
    if command is None or command in COMMANDS:
        wanted = COMMANDS if command is None else (command,)
        for module in dict.fromkeys(COMMANDS[name][0] for name in wanted):
            import_module(f"calculator.cli.{module}").add_commands(commands)
    else:
        for name, (_, summary) in COMMANDS.items():
            commands.add_parser(name, help=summary)
    return parser


def run() -> None:
    """Run the command line of this process and exit."""
    gc.set_threshold(_ALLOCATIONS)
    os.environ.setdefault(*_ONE_THREAD)
    open_streams()
    _complete()
    try:
        code = main(sys.argv[1:], sys.stdout, sys.stderr)
    except BrokenPipeError:
        code = READER_GONE
    except KeyboardInterrupt:
        say("stopped", sys.stderr)
        code = PROBLEMS
    close_streams()
    gc.freeze()  # the process ends, so collecting garbage would be wasted
    sys.exit(code)


def _complete() -> None:
    """If a shell asks for a completion of the command line, print it and exit; otherwise do nothing."""
    if "_ARGCOMPLETE" in os.environ:
        import argcomplete

        argcomplete.autocomplete(build_parser())


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
        If the reader of standard output has closed it.
    """
    try:
        code = _run_command(argv, stdout, stderr)
        stdout.flush()
    except (UsageError, UnknownResult, InputError) as error:
        say(str(error), stderr)
        return WRONG_USE
    except ModuleNotFoundError as error:
        from calculator.cli.requirements import missing_library

        message = missing_library(error)
        if not message:
            raise
        say(message, stderr)
        return WRONG_USE
    except BrokenPipeError:
        raise
    except OSError as error:
        from calculator.inputs.profile import name_of

        reason = "it is closed" if error.errno == errno.EBADF else error.strerror
        say(f"{name_of(error.filename or 'stdout')}: cannot be written: {reason}.", stderr)
        return WRONG_USE
    return code


def _run_command(argv: Sequence[str], stdout: IO[str], stderr: IO[str]) -> int:
    try:
        with contextlib.redirect_stdout(stdout):  # --help
            command = next((argument for argument in argv if not argument.startswith("-")), "")
            arguments = build_parser(command).parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    from calculator.cli.printing import without_notices

    handler: Handler = arguments.handler
    with without_notices(arguments.quiet):
        return handler(arguments, stdout, stderr)
