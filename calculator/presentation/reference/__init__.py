"""The generated reference: pages of the inputs, results, constants, checks and sources that the program declares.

`pages` returns the text of each page, and `write` brings a folder up to date. Every input, result, constant, check and
source has a heading of its own, and links lead from it to what it needs and to what needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from calculator.presentation.reference import lists, results

OWNED = "results"
"""Folder in which every page is generated, so that a page of a chapter that has gone is removed."""


def pages() -> dict[str, str]:
    """Return the text of each page by its name, relative to the folder of the reference."""
    return {
        "inputs.md": lists.inputs_page(),
        "constants.md": lists.constants_page(),
        "checks.md": lists.checks_page(),
        "later_versions.md": lists.later_versions_page(),
        "sources.md": lists.sources_page(),
        "quirks.md": results.quirks_page(),
        **results.chapter_pages(),
    }


def write(texts: Mapping[str, str], directory: str, only_check: bool = False) -> list[str]:
    """Write the pages that are not current, remove pages of chapters that have gone, and return the names of both.

    Parameters
    ----------
    texts
        Text of each page by its name.
    directory
        Where the pages are; it is created if needed.
    only_check
        Whether to write and remove nothing.
    """
    stale = []
    for name, text in texts.items():
        path = Path(directory, name)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not only_check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for path in sorted(Path(directory, OWNED).glob("*.md")):
        name = f"{OWNED}/{path.name}"
        if name not in texts:
            stale.append(name)
            if not only_check:
                path.unlink()
    return stale


__all__ = ["pages", "write"]
