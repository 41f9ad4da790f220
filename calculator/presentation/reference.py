"""The generated reference: pages of the inputs, results, constants, checks and sources that the program declares."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from calculator.inputs.choices import VERSION
from calculator.inputs.schema import FIELDS, TIER, Field, default_text
from calculator.presentation.text import markdown_table
from calculator.rules import CHAPTERS
from calculator.rules.constants import CONSTANTS, Constant, LookupTable
from calculator.rules.registry import CHECKS, CORRECTIONS, RULES, Rule
from calculator.rules.sources import SOURCES

_LATER_VERSIONS = """\
The input `environment.exchange_version` chooses the rules: 2013 (the default), 2016 or 2019. Exchange Server
Subscription Edition has the rules of 2019; `se` is read as 2019. A batch may hold all versions.

Exchange 2013 follows Microsoft's workbook figure for figure. No public workbook of version 7.8 or later was found, so
the results of later versions cannot be compared with one. They follow what Microsoft has published beyond the rules of
2013, and all other rules of 2013 continue.

From Exchange 2016 on, every server has all roles. The printed table of 2016 gives the CPU of a mailbox; between and
beyond its steps the figures go on along a line. The part of the Mailbox role follows from the input
`guidance.client_access_ratio`, and the two parts together are the printed figure."""
_NOT_PUBLISHED = """\
Microsoft has published no figure for the following numbers in the version named, so the number of the other version is
used. Every result that rests on one of them says so in its explanation and in the report, and a notice says so in the
list of issues."""
_NOT_OFFERED = """\
- the size of the search index inside a database of Exchange 2019: nothing is added to the database;
- the IOPS that remain for the disks when a MetaCacheDatabase on SSDs takes reads: the IOPS of disks without SSDs are
  used;
- a conversion of SPECrate2017 to SPECint_rate2006: give a rating of SPECint_rate2006, or let
  `exchange-calculator rating` scale one that was published for a system with the same processor;
- the network bandwidth of clients by message profile: no published table can be cited, so no figure is given;
- the load of single clients such as phones: give it as `tiers.N.iops_multiplier` and
  `tiers.N.megacycles_multiplier`."""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(markdown_table(head, rows))


def _path(field: Field) -> str:
    """Return the path of an input, with a placeholder for its place on an axis."""
    if field.axis is None:
        return field.path
    head, _, leaf = field.path.rpartition(".")
    name = "N" if field.axis is TIER else f"<{field.axis.name}>"
    return f"{head}.{name}.{leaf}" if field.axis.infix else f"{field.path}.{name}"


def inputs_page() -> str:
    """Return the page of the inputs."""
    rows = (
        (f"`{_path(f)}`", f.kind.value, f.unit, default_text(f), f.limits(), f.help, f.workbook, f.source)
        for f in FIELDS
    )
    head = ("input", "type", "unit", "default", "allowed", "meaning", "workbook name", "source")
    return f"# Inputs\n\n{len(FIELDS)} inputs, `N` standing for a tier.\n\n{_table(head, rows)}\n"


def results_page() -> str:
    """Return the page of the results, one section per chapter."""
    parts = ["# Results\n"]
    for chapter in CHAPTERS:
        rules = [rule for rule in RULES.values() if rule.chapter == chapter]
        rows = (
            (
                f"`{rule.name}`",
                rule.unit or rule.kind.value,
                rule.level,
                " x ".join(axis.name for axis in rule.axes),
                rule.group,
                _about(rule),
                rule.source,
            )
            for rule in rules
        )
        head = ("result", "unit", "level", "axes", "group", "meaning", "source")
        parts.append(f"## {chapter.replace('_', ' ').capitalize()}\n\n{_table(head, rows)}\n")
    return "\n".join(parts)


def _about(rule: Rule) -> str:
    """Return the meaning of a rule, its remarks and its oddity in one line."""
    oddity = f"*Oddity:* {rule.oddity}" if rule.oddity else ""
    return " ".join(part for part in (rule.meaning, " ".join(rule.remarks.split()), oddity) if part)


def _value_text(constant: Constant) -> str:
    """Return the value of a constant, by version if versions differ; a table is only named."""
    if constant.by_version:
        return ", ".join(f"{version}: {_plain(value)}" for version, value in constant.by_version.items())
    return "table" if isinstance(constant.value, LookupTable) else _plain(constant.value)


def _plain(value: float) -> str:
    return "none" if math.isinf(value) else f"{value:.15g}"


OVERRIDE = (
    "A design may override a constant that has a path in the column `override`: in the table `[constants]` of its "
    "profile, in a column of a batch, with `--constant NAME=VALUE`, or with `size(..., constants={...})`. The design "
    "then has a warning, because its results are not those of Microsoft's workbook. The others are definitions."
)


def constants_page() -> str:
    """Return the page of the constants; a table of constants is named with the path of its first value."""
    rows = []
    for constant in CONSTANTS.values():
        value = _value_text(constant)
        path = f"{constant.path}.{constant.labels[0]}" if constant.labels else constant.path
        override = "" if constant.definition else f"`{path}`"
        rows.append((f"`{constant.name}`", value, constant.unit, constant.meaning, override, constant.source))
    head = ("constant", "value", "unit", "meaning", "override", "source")
    return f"# Constants\n\n{OVERRIDE}\n\n{_table(head, rows)}\n"


def checks_page() -> str:
    """Return the page of the checks, and of the oddities that can be corrected."""
    rows = ((check.severity, f"`{check.field}`", check.message, check.hint, check.source) for check in CHECKS.values())
    odd = ((f"`{c.name}`", c.oddity, (c.function.__doc__ or "").strip()) for c in CORRECTIONS.values())
    return (
        f"# Checks\n\n{_table(('severity', 'field', 'message', 'what to do', 'source'), rows)}\n\n"
        "# Oddities with a corrected figure\n\n"
        f"{_table(('result', 'what the calculator does', 'corrected'), odd)}\n"
    )


def later_versions_page() -> str:
    """Return the page of what differs by version of Exchange, and of what is not published for a version."""
    differs = [
        (f"`{each.name}`", *map(_plain, each.by_version.values()), each.unit, each.meaning, each.source)
        for each in CONSTANTS.values()
        if each.by_version
    ]
    unpublished = [
        (f"`{each.name}`", version, used, each.unit, each.meaning, each.source)
        for each in CONSTANTS.values()
        for version, used in each.unpublished.items()
    ]
    head = ("constant", *(f"Exchange {word}" for word in VERSION.words), "unit", "meaning", "source")
    missing = ("constant", "not published for", "used instead", "unit", "meaning", "source")
    return (
        f"# Later versions of Exchange\n\n{_LATER_VERSIONS}\n\n"
        f"## What differs by version\n\n{_table(head, differs)}\n\n"
        f"## What is not published\n\n{_NOT_PUBLISHED}\n\n{_table(missing, unpublished)}\n\n"
        f"## What is not offered because nothing is published\n\n{_NOT_OFFERED}\n"
    )


def sources_page() -> str:
    """Return the page of the sources."""
    rows = ((f"`{s.key}`", s.title, s.publisher, s.address, s.note) for s in SOURCES.values())
    return f"# Sources\n\n{_table(('key', 'title', 'publisher', 'address', 'note'), rows)}\n"


PAGES = {
    "inputs.md": inputs_page,
    "results.md": results_page,
    "constants.md": constants_page,
    "checks.md": checks_page,
    "later_versions.md": later_versions_page,
    "sources.md": sources_page,
}


def write(directory: str, only_check: bool = False) -> list[str]:
    """Write the pages of the reference that are not current, and return their names.

    Parameters
    ----------
    directory
        Where the pages are; it is created if needed.
    only_check
        Whether to write nothing.
    """
    stale = []
    for name, page in PAGES.items():
        path, text = Path(directory, name), page()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not only_check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    return stale
