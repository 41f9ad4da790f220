"""The documentation site: its navigation is complete, its links lead to files, and it loads nothing from elsewhere."""

from __future__ import annotations

import re
from functools import cache
from os.path import normpath
from pathlib import Path

import pytest
from support import pages, site
from support.paths import DOCS, ROOT

import calculator
from calculator.presentation.reference.links import anchor

MKDOCS = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
PAGES = sorted(path for path in DOCS.rglob("*.md") if "examples" not in path.parts)
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")


def test_every_page_is_in_the_navigation_once():
    listed = re.findall(r"[\w/.-]+\.md$", MKDOCS.partition("\nnav:\n")[2], re.MULTILINE)
    assert sorted(listed) == [path.relative_to(DOCS).as_posix() for path in PAGES]


@cache
def prose(path):
    """Text of a page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def links_of(path):
    return [link for link in _LINK.findall(prose(path)) if not link.startswith("http")]


@pytest.mark.parametrize("path", [*PAGES, ROOT / "README.md"], ids=lambda path: path.name)
def test_links_and_pictures_lead_to_files(path):
    assert [link for link in links_of(path) if not (path.parent / link).is_file()] == []


def anchors_of(path):
    return {anchor(head.replace("`", "")) for head in re.findall(r"^#+ (.*)$", prose(path), re.MULTILINE)}


def test_anchors_of_links_are_headings():
    """Of all pages but those in which mkdocstrings makes the headings."""
    anchors = {path: anchors_of(path) for path in PAGES}
    missing = [
        (path.name, link, name)
        for path in PAGES
        for link, name in re.findall(r"\]\(([\w/.-]*)#([^)\s]+)\)", prose(path))
        if name not in anchors[Path(normpath(path.parent / link)) if link else path]
    ]
    assert missing == []


def test_headings_of_the_reference_are_unique():
    for path in (DOCS / "reference").rglob("*.md"):
        heads = re.findall(r"^#+ (.*)$", prose(path), re.MULTILINE)
        assert len({anchor(head) for head in heads}) == len(heads), path.name


@pytest.mark.parametrize("path", pages.decisions(), ids=lambda path: path.name[:3])
def test_a_decision_has_its_parts(path):
    heads = re.findall(r"^## (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert heads == ["Context", "Decision", "Consequences"]


def test_every_public_name_is_in_the_python_reference():
    text = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"^::: calculator\.(\w+)$", text, re.MULTILINE))
    assert shown == set(calculator.__all__) - {"studies"}
    assert "\n::: calculator.studies." in text


def test_what_a_page_loads_from_another_host_is_found(tmp_path):
    own = '<a href="https://a.test/">a</a><link rel="canonical" href="https://a.test/"><script src="x.js"></script>'
    assert site.foreign_loads(own) == []
    foreign = (
        '<script src="https://a.test/x.js"></script><link rel="stylesheet" href="//b.test/x.css">'
        '<img src="http://c.test/x.png"><p style="background: url(https://d.test/x.png)">'
        "<style>@import 'https://e.test/x.css';</style>"
    )
    assert [address.split("/")[2][0] for address in site.foreign_loads(foreign)] == list("abcde")
    assert site.foreign_loads('<div class="mermaid">') == ["the script that draws mermaid diagrams"]
    (tmp_path / "x.css").write_text("p { background: url(https://f.test/x.png) }", encoding="utf-8")
    (tmp_path / "x.html").write_text(own, encoding="utf-8")
    assert list(site.loads_of_site(tmp_path)) == [("x.css", "https://f.test/x.png")]
