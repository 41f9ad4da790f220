"""Define the command that starts the web app."""

from __future__ import annotations

import argparse
import runpy
import sys
from importlib.util import find_spec
from typing import IO

from calculator.cli.common import FINE, Subparsers, add_command
from calculator.inputs.profile import load
from calculator.inputs.shipped import APP, shipped
from calculator.issues import refuse

MAX_PORT = 65_535


def add_commands(commands: Subparsers) -> None:
    """Add the command ``app``."""
    parser = add_command(
        commands,
        "app",
        _app,
        "Start the web app on this machine and open it in the browser; Ctrl-C stops it. Nothing leaves the machine.",
    )
    parser.add_argument("profile", nargs="?", metavar="PROFILE.toml", help="the design to open, or example:NAME")
    parser.add_argument("--port", type=int, metavar="N", help="port of the app (default: the first free one from 8501)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")


def _app(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    options = []
    if arguments.port is not None:
        if not 1 <= arguments.port <= MAX_PORT:
            refuse("--port", f"{arguments.port} is not a port.", f"Give a whole number from 1 to {MAX_PORT:,}.")
        options.append(f"--server.port={arguments.port}")
    if arguments.no_browser:
        options.append("--server.headless=true")
    if arguments.profile:
        load(arguments.profile)  # report problems of the profile here, not in the browser
    if find_spec("streamlit") is None:
        raise ModuleNotFoundError(name="streamlit")
    sys.argv = [
        "streamlit",
        "run",
        str(shipped(APP)),
        *options,
        "--",
        *([arguments.profile] if arguments.profile else []),
    ]
    runpy.run_module("streamlit", run_name="__main__")
    return FINE
