"""Parse the command line: report wrong use with a suggestion, and end help with examples."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from calculator.issues import closest, quoted

EXAMPLES = "Examples:\n"
_WIDTH, _MARGIN = 80, 2
"""Width of a help text without a terminal, and number of columns left free at the right of a terminal."""
_OPTION = re.compile(r"(--[A-Za-z][\w-]*)(=.*)?", re.DOTALL)


class UsageError(Exception):
    """Wrong use of the command line."""


class _Formatter(argparse.HelpFormatter):
    """Formatter that wraps the lines of a text, but not the lines of examples."""

    def __init__(self, prog: str, **options: Any) -> None:
        super().__init__(prog, **{"width": _terminal_width() - _MARGIN, **options})

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith(EXAMPLES) else super()._fill_text(text, width, indent)


class Parser(argparse.ArgumentParser):
    """Parser that raises `UsageError`, and suggests the command, option or choice that was most likely meant."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"formatter_class": _Formatter, **options})

    def error(self, message: str) -> Any:
        """Raise `UsageError` with the message and the usage."""
        raise UsageError(f"{self.prog}: {message}\n\n{self.format_usage()}")

    def print_help(self, file: Any = None) -> None:
        """Print the help; unlike argparse, raise OSError if it cannot be printed."""
        print(self.format_help(), end="", file=file or sys.stdout)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse arguments; report unknown options before missing arguments."""
        self._check_options(args or ())
        return super().parse_known_args(args, namespace)

    def _check_options(self, args: Sequence[str]) -> None:
        own: Iterable[str] = itertools.takewhile(lambda text: text != "--", args)
        if self._subparsers is not None:  # the parser of the command handles what follows
            own = itertools.takewhile(lambda text: text.startswith("-"), own)
        known = [name for name in self._option_string_actions if name.startswith("--")]
        for match in filter(None, map(_OPTION.fullmatch, own)):
            if not any(name.startswith(match[1]) for name in known):
                self.error(f"{match[1]} is not an option of this command.{_meant(match[1], known)}")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            choices = [str(choice) for choice in action.choices]
            kind = "command" if isinstance(action, argparse._SubParsersAction) else "choice"
            message = f"{quoted(value)} is not a {kind}.{_meant(str(value), choices)} There are: {', '.join(choices)}."
            raise argparse.ArgumentError(action, message)


def _terminal_width() -> int:
    """Return the width of the terminal, without importing `shutil`, which takes as long as building a parser."""
    with contextlib.suppress(KeyError, ValueError):
        if (columns := int(os.environ["COLUMNS"])) > 0:
            return columns
    if sys.__stdout__ is not None:
        with contextlib.suppress(ValueError, OSError):  # the stream is closed or not a terminal
            return os.get_terminal_size(sys.__stdout__.fileno()).columns or _WIDTH
    return _WIDTH


def _meant(name: str, known: Iterable[str]) -> str:
    near = closest(name, known)
    return f" Did you mean {near}?" if near else ""
