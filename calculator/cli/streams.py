"""Handle standard streams that are closed, full, or have an encoding that lacks some characters."""

from __future__ import annotations

import codecs
import contextlib
import os
import sys
from typing import IO

_REPLACE = "calculator.replace"
_lacking: list[str] = []
"""The last character that could not be printed, if any."""


def open_streams() -> None:
    """Make the standard streams usable.

    Writing to a closed standard output raises OSError, and no other file gets its descriptor.  Output to a closed
    standard error is dropped; Python would print it to standard output.  A character that the encoding of a stream
    lacks is printed as a question mark, and `close_streams` reports it.
    """
    _take_closed_descriptors()
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    codecs.register_error(_REPLACE, _replace)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_REPLACE)


def close_streams() -> None:
    """Report characters that could not be printed, and flush the streams, so that Python cannot fail at exit."""
    if _lacking:
        encodings = {stream.encoding.lower(): None for stream in (sys.stdout, sys.stderr)}
        names = " or ".join(name for name in encodings if not name.startswith("utf"))
        message = f'The encoding of the console, {names}, lacks some characters; they are printed as "?".'
        say(f"notice: {message} Set PYTHONIOENCODING=utf-8 to print them.", sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say(text: str, stderr: IO[str]) -> None:
    """Print a message, unless the stream is closed or full."""
    with contextlib.suppress(OSError):
        print(text, file=stderr, flush=True)


def _take_closed_descriptors() -> None:
    """Open the null device for each closed standard descriptor, in the direction in which using it fails."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_WRONLY if descriptor == 0 else os.O_RDONLY)  # gets the lowest free descriptor


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    _lacking[:] = [error.object[error.start]]
    return "?" * (error.end - error.start), error.end
