"""List the commands that collect data in the Exchange Management Shell, as a script and as a guide."""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

PROGRAM = "exchange-calculator"
SCRIPT_NAME = "collect.ps1"
_WIDTH = 110
_INTRODUCTION = (
    "These commands change nothing in Exchange. They write files into the current folder, with commas, in UTF-8 and "
    "without a type line, whatever the culture of the server. Run them in the Exchange Management Shell, with an "
    "account that may view the whole organization."
)
_PRIVACY = (
    "The files hold names, addresses and subjects. Keep them where only administrators can read them. "
    f"{PROGRAM} keeps counts and averages only."
)
_USE = (
    f"`{PROGRAM} collect > {SCRIPT_NAME}` writes all commands of this page as one commented script. Read it, run it on "
    "a management server, and import the files: with the command below each of them, or on the page Users "
    "of the app. Tables are read as Export-Csv writes them, not as Format-List or Format-Table shows them, which cut "
    "and rearrange the columns. The sizes of the mailboxes and the tracking logs matter most; the other files refine "
    "the result."
)


@dataclass(frozen=True)
class DataSource:
    """Data that an administrator can collect.

    Attributes
    ----------
    key
        Name of the source in code.
    kind
        Kind of import that reads it: mailboxes, messages or logs.
    title, gives, takes, needs
        What the data is, which inputs it gives, how long collecting takes, and what must be installed first (empty for
        nothing).
    command
        Lines for the shell.
    files
        The files that the command writes.
    reads
        Arguments of the program that read the files.
    """

    key: str
    kind: str
    title: str
    gives: str
    takes: str
    command: str
    files: str
    reads: str
    needs: str = ""


@lru_cache(maxsize=1)
def data_sources() -> tuple[DataSource, ...]:
    """Return all data that can be collected, the most useful first for each kind of import."""
    table = tomllib.loads(files("calculator.importers").joinpath("collect.toml").read_text(encoding="utf-8"))
    return tuple(
        DataSource(kind=row.pop("import"), command=row.pop("command").strip(), **row) for row in table["source"]
    )


def collection_script() -> str:
    """Return all commands as one script to read and run; commands with prerequisites are comments."""
    lines = [
        *_comment(
            "Collect the data of an Exchange organization for capacity planning. Read this script before you run it."
        ),
        "#",
        *_comment(_INTRODUCTION),
        "#",
        *_comment(_PRIVACY),
    ]
    for source in data_sources():
        lines += ["", f"# --- {source.title} ---", *_comment(source.gives), *_comment(f"Time: {source.takes}")]
        if source.needs:
            lines += _comment(f"Before you run it: {source.needs}")
        lines += _comment(f"Read by: {PROGRAM} {source.reads}")
        if source.needs:
            lines += _comment("Remove the leading # of these lines to run them:")
        mark = "# " if source.needs else ""
        lines += [f"{mark}{line}" for line in source.command.splitlines()]
    return "".join(f"{line}\n" for line in lines)


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


_KINDS = {"mailboxes": "Mailboxes", "messages": "Messages", "logs": "Transaction logs"}
"""Title of each kind of import in the guide."""


def collection_guide() -> str:
    """Return the guide as Markdown."""
    return "".join(f"{line}\n" for line in _guide_lines())


def _guide_lines() -> Iterator[str]:
    yield from ("# Collect your data", "")
    yield from (f"<!-- written by `{PROGRAM} collect --format markdown` -->", "")
    yield from (_INTRODUCTION, "", _PRIVACY, "")
    yield from (_USE, "")
    for kind, title in _KINDS.items():
        yield from (f"## {title}", "")
        for source in data_sources():
            if source.kind == kind:
                yield from _source_lines(source)


def _source_lines(source: DataSource) -> Iterator[str]:
    yield from (f"### {source.title}", "", source.gives, "")
    if source.needs:
        yield from (f"- **Before you run it**: {source.needs}",)
    yield from (f"- **Time**: {source.takes}", f"- **Writes**: `{source.files}`", "")
    yield from ("```powershell", source.command, "```", "", "```sh", f"{PROGRAM} {source.reads}", "```", "")
