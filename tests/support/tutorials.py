"""Run the pages that show output: their files, commands and Python sessions, in their order.

    python -m tests.support.tutorials

writes what the commands print today into the pages. A block with a title is a file: it is written before the commands
that follow it, or compared if a command has written it. A block ``console`` has command lines after ``$``, and what
they print to both streams; ``| head -n N`` keeps the first lines. A block ``pycon`` is a Python session.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROGRAM = "exchange-calculator"
_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
_HEAD = re.compile(r" \| head -n (\d+)$")


def pages() -> list[Path]:
    """Return the README, and the tutorials and guides that show output."""
    found = [ROOT / "README.md", *(ROOT / "docs" / "tutorial").glob("*.md"), *(ROOT / "docs" / "how-to").glob("*.md")]
    return sorted(page for page in found if re.search(r"^```(console|pycon)$", page.read_text("utf-8"), re.MULTILINE))


def run_page(text: str) -> str:
    """Run the blocks of a page in the present directory, and return the page with what they give."""
    names: dict[str, Any] = {"__name__": "__main__"}

    def current(match: re.Match[str]) -> str:
        language, title, body = match.groups()
        if language == "console":
            body = "".join(_console(body))
        elif language == "pycon":
            body = "".join(_session(body, names))
        elif title and Path(title).exists():
            body = Path(title).read_text(encoding="utf-8")
        elif title:
            Path(title).write_text(body, encoding="utf-8")
        return match[0][: match.start(3) - match.start()] + body + "```"

    return _BLOCK.sub(current, text)


def _console(body: str) -> Iterator[str]:
    """Yield the command lines of a block, each with what it prints."""
    for line in re.findall(r"^\$ (.*)$", body, re.MULTILINE):
        cut = _HEAD.search(line)
        printed = _run(shlex.split(line[: cut.start()] if cut else line)).splitlines(keepends=True)
        yield f"$ {line}\n"
        yield from printed[: int(cut[1])] if cut else printed


def _run(argv: list[str]) -> str:
    from calculator.cli.main import main

    if argv[0] != PROGRAM:
        raise ValueError(f"a page runs {argv[0]}, which is not {PROGRAM}")
    out = io.StringIO()
    main(argv[1:], out, out)
    return out.getvalue()


def _session(body: str, names: dict[str, Any]) -> Iterator[str]:
    """Yield the statements of a Python session, each with what it prints."""
    for statement in re.findall(r"^>>> .*\n(?:^\.\.\. ?.*\n)*", body, re.MULTILINE):
        source = "".join(line[4:] or "\n" for line in statement.splitlines(keepends=True))
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(source, "<page>", "single"), names)
        yield statement + out.getvalue()


def current(page: Path) -> str:
    """Return the text of a page with what its commands print today."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        return run_page(page.read_text(encoding="utf-8"))


def write_pages() -> list[str]:
    """Write what the commands print today into the pages, and return the names of the pages that changed."""
    changed = []
    for page in pages():
        text = current(page)
        if text != page.read_text(encoding="utf-8"):
            page.write_text(text, encoding="utf-8")
            changed.append(page.name)
    return changed


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    print("written:", ", ".join(write_pages()) or "nothing")
