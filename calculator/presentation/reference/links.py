"""Anchors of the generated reference, and links from one of its pages to another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from calculator.inputs.schema import BY_PARAMETER, TIER, Field
from calculator.rules.constants import CONSTANTS
from calculator.rules.registry import CHECKS, CORRECTIONS, RULES

NOTHING = "nothing"


def path_of(field: Field) -> str:
    """Return the path of an input, with a placeholder for its place on an axis."""
    if field.axis is None:
        return field.path
    head, _, leaf = field.path.rpartition(".")
    name = "N" if field.axis is TIER else f"<{field.axis.name}>"
    return f"{head}.{name}.{leaf}" if field.axis.infix else f"{field.path}.{name}"


def anchor(heading: str) -> str:
    """Return the anchor that Markdown gives to a heading."""
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())


def heading(name: str) -> str:
    """Return the heading of a result, input, constant, check or source on its page."""
    return path_of(BY_PARAMETER[name]) if name in BY_PARAMETER and name not in RULES | CONSTANTS else name


def page_of(name: str) -> str:
    """Return the page that describes a result, input, constant, check or source."""
    if name in RULES:
        return f"results/{RULES[name].chapter}.md"
    if name in CONSTANTS:
        return "constants.md"
    if name in BY_PARAMETER:
        return "inputs.md"
    return "checks.md" if name in CHECKS else "sources.md"


def link(name: str, here: str) -> str:
    """Return a link from a page to a result, input, constant, check or source."""
    text = heading(name)
    return f"[`{text}`]({path_to(page_of(name), here)}#{anchor(text)})"


def path_to(page: str, here: str) -> str:
    """Return the relative path from one page of the reference to another; empty for the page itself."""
    if page == here:
        return ""
    folder, _, name = page.rpartition("/")
    here_folder = here.rpartition("/")[0]
    if folder == here_folder:
        return name
    return f"../{page}" if here_folder else page


def links(names: Iterable[str], here: str) -> str:
    """Return links to several names, separated by commas."""
    return ", ".join(link(name, here) for name in names) or NOTHING


def source_links(source: str, here: str) -> str:
    """Return a citation, ``key: place; key: place``, whose keys are links to the sources."""
    cited = []
    for each in source.split("; "):
        key, colon, place = each.partition(":")
        cited.append(f"[{key}]({path_to('sources.md', here)}#{anchor(key)}){colon}{place}")
    return "; ".join(cited)


@cache
def users() -> Mapping[str, tuple[str, ...]]:
    """Return the rules and checks that need each input, result and constant, in the order of the lists."""
    found: dict[str, dict[str, None]] = {}
    needs = [(name, each.needs) for name, each in RULES.items()]
    needs += [(name, each.other_needs) for name, each in CORRECTIONS.items()]
    needs += [(name, each.needs) for name, each in CHECKS.items()]
    for user, needed in needs:
        for name in needed:
            found.setdefault(name, {})[user] = None
    return {name: tuple(each) for name, each in found.items()}


def needed_by(name: str, here: str) -> str:
    """Return links to the rules and checks that need a name."""
    return links(users().get(name, ()), here)


def plain(text: str) -> str:
    """Return a text as one paragraph of Markdown, in which signs have no other meaning than themselves."""
    return " ".join(text.split()).replace("<", "&lt;").replace("*", "\\*")
