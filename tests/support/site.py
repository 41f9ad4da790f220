"""Hook of mkdocs: warn of everything that a page of the built site would load from another host.

`mkdocs build --strict` fails at such a warning. Links that a reader may click are not loaded and are left alone.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

LOG = logging.getLogger("mkdocs.hooks.site")
LOADED = ("script", "img", "iframe", "source", "video", "audio", "embed")
"""Elements whose address in ``src`` a browser loads by itself; of links it loads only those of `RELATIONS`."""
RELATIONS = {"stylesheet", "icon", "preconnect", "preload", "prefetch", "dns-prefetch", "modulepreload", "manifest"}
_FOREIGN = re.compile(r"(?:https?:)?//")
_SHEET = re.compile(r"<style.*?</style>", re.DOTALL)
_STYLE = re.compile(r"(?:url\(\s*|@import\s+)[\"']?((?:https?:)?//[^\"')\s]+)")


class _Loads(HTMLParser):
    """Collect what a page loads from another host, and whether it has a diagram, whose script is not shipped."""

    def __init__(self) -> None:
        super().__init__()
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        address = found.get("src", "") if tag in LOADED else ""
        if tag == "link" and RELATIONS & set(found.get("rel", "").split()):
            address = found.get("href", "")
        if _FOREIGN.match(address):
            self.foreign.append(address)
        self.foreign += _STYLE.findall(found.get("style", ""))
        if "mermaid" in found.get("class", "").split():
            self.foreign.append("the script that draws mermaid diagrams")


def foreign_loads(page: str) -> list[str]:
    """Return the addresses of other hosts from which a page of HTML loads something."""
    loads = _Loads()
    loads.feed(page)
    return loads.foreign + [each for style in _SHEET.findall(page) for each in _STYLE.findall(style)]


def loads_of_site(directory: Path) -> Iterator[tuple[str, str]]:
    """Yield each file of a built site that loads something from another host, with the address."""
    for path in sorted(directory.rglob("*")):
        if path.suffix in (".html", ".css"):
            text = path.read_text(encoding="utf-8")
            for address in foreign_loads(text) if path.suffix == ".html" else _STYLE.findall(text):
                yield str(path.relative_to(directory)), address


def on_post_build(config: Any) -> None:
    """Warn of the foreign loads of the site that was built; mkdocs calls this function."""
    for page, address in loads_of_site(Path(config["site_dir"])):
        LOG.warning("%s loads something from another host: %s", page, address)
