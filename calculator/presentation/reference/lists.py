"""Pages of the inputs, constants, checks, sources and versions of Exchange."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Iterable, Sequence
from importlib import import_module
from itertools import groupby

from calculator.inputs.choices import VERSION
from calculator.inputs.schema import FIELDS, Condition, Field, Kind, default_text
from calculator.inputs.units import unit_words
from calculator.presentation.reference.links import link, links, needed_by, path_of, plain, source_links
from calculator.presentation.text import markdown_table
from calculator.rules.constants import CONSTANTS, Constant, LookupTable
from calculator.rules.registry import CHECKS, Check
from calculator.rules.sources import SOURCES

_LATER_VERSIONS = """\
The input `environment.exchange_version` chooses the rules: 2013 (the default), 2016 or 2019. Exchange Server
Subscription Edition has the rules of 2019; `se` is read as 2019. A batch may hold all versions.

Exchange 2013 follows Microsoft's workbook figure for figure. No public workbook of version 7.8 or later was found, so
the results of later versions cannot be compared with one. They follow what Microsoft has published beyond the rules of
2013, and all other rules of 2013 continue.

From Exchange 2016 on, every server has all roles. The printed table of 2016 gives the CPU of a mailbox; between and
beyond its steps the figures follow a line. The part of the Mailbox role follows from the input
`guidance.client_access_ratio`, and the two parts together are the printed figure."""
_NOT_PUBLISHED = """\
Microsoft has published no figure for the following numbers in the version named, so the number of the other version is
used. Every result that depends on one of them says so in its explanation and in the report, and a notice says so in the
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


_INPUTS = """\
An input is named by its path in profiles, in columns of CSV files and with `--set`. `N` is the number of a tier; other
words in angle brackets are a datacenter (`primary`, `secondary`), a server role (those and `lagged`), an hour or a
server. A number without a unit is in the unit named here. `exchange-calculator fields NAME` prints one input."""
OVERRIDE = """\
A design may override a constant that has a path here: in the table `[constants]` of its profile, in a column of a
batch, with `--constant NAME=VALUE`, or with `size(..., constants={...})`. The design then has a warning, because its
results are not those of Microsoft's workbook. The others are definitions."""
_CHECKS = """\
A check finds an impossible or doubtful design. An error makes the design invalid; a warning and a notice do not. Words
in braces are replaced by numbers of the design."""
_TYPES = {
    Kind.INT: "whole number",
    Kind.FLOAT: "number",
    Kind.FRACTION: 'share such as 0.2, or percent with its sign such as "20 %"',
    Kind.BOOL: "true or false",
    Kind.CHOICE: "choice",
    Kind.TEXT: "text",
}
_FIGURE = re.compile(r"{(\w+)(:[^}]*)?}")
"""Figure in the message of a check, and how Python formats it."""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(markdown_table(head, rows))


def inputs_page() -> str:
    """Return the page of the inputs, one section each."""
    lines = ["# Inputs", "", f"{len(FIELDS)} inputs.", "", _INPUTS, ""]
    for section, fields in groupby(FIELDS, key=lambda field: field.section):
        lines += [f"## {section.replace('_', ' ').capitalize()}", ""]
        for field in fields:
            lines += _input(field)
    return "\n".join(lines)


def _input(field: Field) -> list[str]:
    here = "inputs.md"
    unit = "" if field.kind is Kind.FRACTION else unit_words(field.unit)
    facts = [
        f"- Type: {_TYPES[field.kind]}{f', in {unit}' if unit else ''}",
        f"- Default: {default_text(field)}",
        f"- Allowed: {plain(field.limits())}",
    ]
    if field.applies:
        facts.append(f"- Matters where: {', '.join(map(_condition, field.applies))}")
    if field.workbook:
        facts.append(f"- Name in Microsoft's workbook: `{field.workbook}`")
    facts += [f"- Source: {source_links(field.source, here)}", f"- Needed by: {needed_by(field.parameter, here)}"]
    return [f"### `{path_of(field)}`", "", f"**{plain(field.label)}.** {plain(field.help)}.", "", *facts, ""]


def _condition(text: str) -> str:
    condition = Condition.parse(text)
    wanted = condition.word or "true"
    parameter = condition.path.replace(".", "__")
    return f"{link(parameter, 'inputs.md')} is {'not ' if condition.negated else ''}{wanted}"


def _plain(value: float) -> str:
    return "none" if math.isinf(value) else f"{value:.15g}"


def _value_text(constant: Constant) -> str:
    """Return the value of a constant, or its values by version or by the key of a table."""
    if constant.by_version:
        return ", ".join(f"{version}: {_plain(value)}" for version, value in constant.by_version.items())
    if isinstance(constant.value, LookupTable):
        pairs = zip(constant.labels, constant.value.values, strict=True)
        return f"table, {', '.join(f'{key}: {_plain(value)}' for key, value in pairs)}"
    return _plain(constant.value)


def constants_page() -> str:
    """Return the page of the constants, one section each."""
    lines = ["# Constants", "", f"{len(CONSTANTS)} constants.", "", OVERRIDE, ""]
    for constant in CONSTANTS.values():
        unit = unit_words(constant.unit)
        path = f"{constant.path}.{constant.labels[0]}" if constant.labels else constant.path
        lines += [
            f"## `{constant.name}`",
            "",
            f"{plain(constant.meaning)}.",
            "",
            f"- Value: {_value_text(constant)}{f' ({unit})' if unit else ''}",
            "- Definition: no design may override it" if constant.definition else f"- Override: `{path}`",
            f"- Source: {source_links(constant.source, 'constants.md')}",
            f"- Needed by: {needed_by(constant.name, 'constants.md')}",
            "",
        ]
    return "\n".join(lines)


def checks_page() -> str:
    """Return the page of the checks, one section each."""
    lines = ["# Checks", "", f"{len(CHECKS)} checks.", "", _CHECKS, ""]
    for module, checks in groupby(CHECKS.values(), key=lambda check: check.function.__module__):
        title = module.rpartition(".")[2].replace("_", " ").capitalize()
        about = (inspect.getdoc(import_module(module)) or "").split("\n\n")[0]
        lines += [f"## {title}", "", plain(about), ""]
        for check in checks:
            lines += _check(check)
    return "\n".join(lines)


def _message(text: str) -> str:
    """Return a message with the names of its figures, as people write them, and without their formats."""
    return plain(_FIGURE.sub(_named, text))


def _named(figure: re.Match[str]) -> str:
    percent = " in %" if (figure[2] or "").endswith("%") else ""
    return f"{{{figure[1].replace('__', '.')}{percent}}}"


def _check(check: Check) -> list[str]:
    return [
        f"### `{check.name}`",
        "",
        f"**{check.severity.capitalize()}:** {_message(check.message)}",
        "",
        f"- What to do: {_message(check.hint)}",
        f"- Field: `{check.field}`",
        f"- Source: {source_links(check.source, 'checks.md')}",
        f"- Needs: {links(check.needs, 'checks.md')}",
        "",
    ]


def later_versions_page() -> str:
    """Return the page of what differs by version of Exchange, and of what is not published for a version."""
    here = "later_versions.md"
    differs = [
        (link(each.name, here), *map(_plain, each.by_version.values()), *_facts(each, here))
        for each in CONSTANTS.values()
        if each.by_version
    ]
    unpublished = [
        (link(each.name, here), version, used, *_facts(each, here))
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


def _facts(constant: Constant, here: str) -> tuple[str, str, str]:
    """Return the unit, the meaning and the source of a constant."""
    return unit_words(constant.unit), constant.meaning, source_links(constant.source, here)


def sources_page() -> str:
    """Return the page of the sources, one section each."""
    lines = ["# Sources", "", f"{len(SOURCES)} sources. A citation is the key of a source and a place in it.", ""]
    for source in SOURCES.values():
        facts = (("Publisher", source.publisher), ("Address", source.address), ("Note", source.note))
        listed = [f"- {label}: {plain(text)}" for label, text in facts if text]
        lines += [f"## `{source.key}`", "", f"{plain(source.title)}", "", *listed, ""]
    return "\n".join(lines)
