"""Define the first commands to use: a new profile, the shipped profiles, a schema for editors, shell completion."""

from __future__ import annotations

import argparse
from typing import IO

from calculator.cli.common import FINE, PROGRAM, Subparsers, add_command, add_format
from calculator.cli.printing import print_json, print_rows
from calculator.inputs.json_schema import json_schema
from calculator.inputs.profile import load, read_file
from calculator.inputs.shipped import EXAMPLE, profile_files, resolve
from calculator.inputs.template import template
from calculator.issues import refuse

SHELLS = ("bash", "zsh", "fish", "powershell")


def add_commands(commands: Subparsers) -> None:
    """Add the commands ``new``, ``profiles``, ``schema`` and ``completion``."""
    new = add_command(
        commands,
        "new",
        _new,
        "Write a commented profile: the inputs that decide most of a design, and all others as comments.",
    )
    new.add_argument("-o", "--output", metavar="DESIGN.toml", help="a file that does not exist yet (default: print it)")
    profiles = add_command(
        commands,
        "profiles",
        _profiles,
        "List the shipped profiles, or print one. example:NAME is one of them wherever a profile is named.",
    )
    profiles.add_argument("name", nargs="?", metavar="NAME", help="the profile to print")
    add_format(profiles)
    add_command(
        commands,
        "schema",
        _schema,
        "Print the JSON Schema of a profile, with which an editor completes inputs and checks their values. Save it "
        "next to your profiles and begin each with the line #:schema ./schema.json (Even Better TOML, Taplo).",
    )
    completion = add_command(
        commands,
        "completion",
        _completion,
        'Print the script that completes commands, options and choices in a shell. In bash or zsh: eval "$(exchange-'
        'calculator completion bash)"; in fish: exchange-calculator completion fish | source; in PowerShell: '
        "exchange-calculator completion powershell | Out-String | Invoke-Expression.",
    )
    completion.add_argument("shell", choices=SHELLS, help="the shell")


def _new(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    if arguments.output is None:
        print(template(), end="", file=stdout)
        return FINE
    try:
        with open(arguments.output, "x", encoding="utf-8", newline="\n") as file:
            file.write(template(arguments.output))
    except FileExistsError:
        refuse(arguments.output, "is there already.", "Name a file that does not exist yet.")
    print(f"{arguments.output}: written. Next: {PROGRAM} check {arguments.output}", file=stderr)
    return FINE


def _profiles(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    if arguments.name is not None:
        name = arguments.name.removeprefix(EXAMPLE)
        print(read_file(resolve(EXAMPLE + name)), end="", file=stdout)
        return FINE
    rows = []
    for path in profile_files():
        shipped = load(path)
        rows.append({"profile": EXAMPLE + path.stem, "title": shipped.title, "description": shipped.description})
    print_rows(rows, arguments.format, stdout)
    return FINE


def _schema(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    print_json(json_schema(), stdout)
    return FINE


def _completion(arguments: argparse.Namespace, stdout: IO[str], stderr: IO[str]) -> int:
    from argcomplete.shell_integration import shellcode

    print(shellcode([PROGRAM], shell=arguments.shell), file=stdout)
    return FINE
