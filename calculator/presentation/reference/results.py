"""Pages of the results, one per chapter of the rules, and of the quirks of Microsoft's workbook."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from importlib import import_module

from calculator.engine.explain import formula_of
from calculator.inputs.units import unit_words
from calculator.presentation.reference.links import link, links, needed_by, plain, source_links
from calculator.presentation.text import markdown_table, plural
from calculator.rules import CHAPTERS
from calculator.rules.registry import CORRECTIONS, RULES, ResultKind, Rule

INDEX = "results/index.md"
QUIRKS = "quirks.md"
_ABBREVIATIONS = {"raid": "RAID", "jbod": "JBOD", "io": "I/O", "iops": "IOPS"}
_COLUMNS = 4
"""Columns of a result that its section names; the others are counted."""
_INDEX_INTRO = """\
A result is one figure of a design. A rule computes it from inputs, constants and other results, and each rule has a
section on the page of its chapter: what the figure is, its formula as the program has it, its unit, its columns in
files, its source, what it needs and what needs it. `exchange-calculator rules NAME` prints the same, and
`exchange-calculator explain` shows the numbers of a design.

Intermediate figures are results that rules share. `--results all` leaves them out; they can be asked for by name."""
_FORMULAS = """\
A formula is the body of a rule. `section__field` is the input `section.field`; every other name is a result, a constant
or a value of the formula itself. On an axis, `[0]` and `[1]` are the first two places, such as the primary and the
secondary datacenter, and `.at(code)` looks up a table. Functions whose names begin with `_` belong to the module of the
chapter in `calculator/rules/`."""
_CALLED = re.compile(r"(?<![\w.])([a-z]\w*)\(")
_QUIRKS_INTRO = """\
A quirk is a place where Microsoft's workbook, version 7.6, gives a figure that looks wrong. The program follows the
workbook by default, so that its figures can be compared with it, and a notice names the figures of a design that a
quirk changes. `guidance.oddities = "corrected"` takes the corrected figures instead."""


def chapter_pages() -> dict[str, str]:
    """Return the pages of all chapters, and the page that lists them."""
    return {INDEX: _index(), **{f"results/{chapter}.md": _chapter_page(chapter) for chapter in CHAPTERS}}


def quirks_page() -> str:
    """Return the page of the quirks of Microsoft's workbook: those with a corrected figure, then the others."""
    corrected = [_quirk(RULES[name]) for name in CORRECTIONS]
    others = [_quirk(rule) for rule in RULES.values() if rule.oddity and rule.name not in CORRECTIONS]
    return "\n".join(
        [
            "# Quirks of Microsoft's workbook",
            "",
            _QUIRKS_INTRO,
            "",
            f"## Quirks with a corrected figure ({len(corrected)})",
            "",
            *markdown_table(("result", "Microsoft's workbook", "corrected figure"), corrected),
            "",
            f"## Quirks without a corrected figure ({len(others)})",
            "",
            "These figures are followed in every design. Where the corrected figures above change what such a figure "
            "needs, it changes with them.",
            "",
            *markdown_table(("result", "Microsoft's workbook"), [row[:2] for row in others]),
            "",
        ]
    )


def _quirk(rule: Rule) -> tuple[str, str, str]:
    correction = CORRECTIONS.get(rule.name)
    oddity = rule.oddity or (correction.oddity if correction else "")
    return link(rule.name, QUIRKS), _sentence(oddity), _corrected(rule)


def _corrected(rule: Rule) -> str:
    correction = CORRECTIONS.get(rule.name)
    return plain(inspect.getdoc(correction.function) or "") if correction else ""


def _sentence(text: str) -> str:
    """Return a text with a capital letter and a full stop."""
    shown = plain(text)
    return f"{shown[:1].upper()}{shown[1:].rstrip('.')}." if shown else ""


def _title(chapter: str) -> str:
    """Return the title of a chapter; no result may have the same name, because both are headings of its page."""
    if chapter == "dumpster":
        return "Recoverable Items"
    title = " ".join(_ABBREVIATIONS.get(word, word) for word in chapter.split("_"))
    return f"{title[0].upper()}{title[1:]}"


def _about(chapter: str) -> str:
    """Return the first paragraph of the docstring of a chapter."""
    return plain((inspect.getdoc(import_module(f"calculator.rules.{chapter}")) or "").split("\n\n")[0])


def _rules_of(chapter: str) -> list[Rule]:
    return [rule for rule in RULES.values() if rule.chapter == chapter]


def _index() -> str:
    rows = [
        (f"[{_title(chapter)}]({chapter}.md)", str(len(_rules_of(chapter))), _about(chapter)) for chapter in CHAPTERS
    ]
    table = markdown_table(("chapter", "results", "what it is about"), rows, "<><")
    names = [f"- {link(name, INDEX)}: {plain(RULES[name].meaning)}" for name in sorted(RULES)]
    return "\n".join(
        [
            "# Results",
            "",
            f"{len(RULES)} results in {len(CHAPTERS)} chapters.",
            "",
            _INDEX_INTRO,
            "",
            "## Chapters",
            "",
            *table,
            "",
            "## How to read a formula",
            "",
            _FORMULAS,
            "",
            *markdown_table(("function", "meaning"), _functions()),
            "",
            "## All results by name",
            "",
            *names,
            "",
        ]
    )


def _functions() -> list[tuple[str, str]]:
    """Return the functions of the room ``numerics`` that formulas call, with their meanings."""
    found = {}
    for rule in RULES.values():
        offered = inspect.unwrap(rule.function).__globals__
        for name in _CALLED.findall(formula_of(rule.function)):
            if getattr(offered.get(name), "__module__", "").startswith("calculator.numerics."):
                found[name] = offered[name]
    return [(f"`{name}`", plain(_first_line(found[name]))) for name in sorted(found)]


def _first_line(function: Callable[..., object]) -> str:
    return (inspect.getdoc(function) or "").split("\n", 1)[0]


def _chapter_page(chapter: str) -> str:
    rules = _rules_of(chapter)
    lines = [f"# {_title(chapter)}", "", _about(chapter), "", f"{plural(len(rules), 'result')}.", ""]
    for rule in rules:
        lines += _section(rule, f"results/{chapter}.md")
    return "\n".join(lines)


def _section(rule: Rule, here: str) -> list[str]:
    lines = [f"## `{rule.name}`", "", plain(rule.meaning), ""]
    if rule.remarks:
        lines += [plain(rule.remarks), ""]
    if rule.oddity or rule.name in CORRECTIONS:
        lines += [f"**Quirk of Microsoft's workbook:** {_quirk(rule)[1]}", ""]
    if rule.name in CORRECTIONS:
        lines += [f"**Corrected figure:** {_corrected(rule)}", ""]
    correction = CORRECTIONS.get(rule.name)
    if correction and correction.other_needs:
        lines += [f"The corrected figure needs {links(correction.other_needs, here)}.", ""]
    if formula := formula_of(rule.function):
        lines += ["```python", formula, "```", ""]
    return [
        *lines,
        f"- Unit: {_unit(rule)}, {_counted(rule)}",
        f"- Columns: {_columns(rule)}",
        f"- Source: {source_links(rule.source, here)}",
        f"- Needs: {links(rule.needs, here)}",
        f"- Needed by: {needed_by(rule.name, here)}",
        "",
    ]


def _unit(rule: Rule) -> str:
    if rule.choice:
        return "one of " + ", ".join(f"`{word}`" for word in rule.choice.words)
    if rule.kind is ResultKind.FLAG:
        return "true or false"
    return "share" if rule.is_share else unit_words(rule.unit) or "number"


def _counted(rule: Rule) -> str:
    """Return what a figure is counted per, what it is repeated over, and whether it is an intermediate figure."""
    level = rule.level.replace("_", " ").replace("dag", "DAG")
    axes = " and ".join(axis.name.replace("_", " ") for axis in rule.axes)
    repeated = f", one value per {axes}" if axes else ""
    return f"{level}{repeated}{', intermediate figure' if rule.group == 'detail' else ''}"


def _columns(rule: Rule) -> str:
    columns = rule.columns(1)
    more = f" and {len(columns) - _COLUMNS} more" if len(columns) > _COLUMNS else ""
    return ", ".join(f"`{column}`" for column in columns[:_COLUMNS]) + more


__all__ = ["chapter_pages", "quirks_page"]
