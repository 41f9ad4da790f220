"""Make tables of the results of a level: one row per result, one column per tier or datacenter."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from calculator.engine.sizing import SizedDesign, size
from calculator.inputs.profile import Profile
from calculator.inputs.schema import TIER
from calculator.inputs.units import unit_words
from calculator.presentation.figures import rule_of, shown
from calculator.presentation.headline import FURTHER_FIGURES
from calculator.presentation.places import short_meaning
from calculator.presentation.text import NOT_APPLICABLE
from calculator.rules.registry import LEVELS, RULES, Rule
from calculator.ui.results import headline
from calculator.ui.results.texts import row_unit, scale_to, unit_text
from calculator.ui.session.state import NEW_DESIGN

LEVEL_TITLES = {level: level.removeprefix("per_").capitalize() for level in LEVELS} | {"per_dag": "DAG"}
LEVEL_ORDER = ("Mailbox", "Database", "Volume", "Server", "Datacenter", "DAG", "Environment", "All")
COLUMN_AXES = ("tier", "datacenter", "server_role", "site")
"""Axes whose labels become columns of a table. The labels of other axes become rows."""
FOUND = 8
"""Largest number of figures that a search lists."""
_JOINING = frozenset(("a", "an", "and", "by", "for", "in", "of", "on", "per", "the", "to"))
COLUMN_ORDER = ("Value", "Primary", "Secondary", "Lagged", "Third", "Total")


@dataclass(frozen=True)
class LevelTable:
    """Table of the results of a level.

    Attributes
    ----------
    rows
        Texts of the cells, by column.
    results
        Result column behind each cell, and under ``Result`` the name of the result.
    left_out
        Columns without any figure, with the reason.
    """

    rows: list[dict[str, str]]
    results: list[dict[str, str]]
    left_out: dict[str, str]

    def column_at(self, row: int, column: str) -> str:
        """Return the result column of a cell, or the name of the row's result if the cell has none."""
        return self.results[row].get(column) or self.results[row]["Result"]


def level_table(level: str, design: SizedDesign, words: str = "", baseline: SizedDesign | None = None) -> LevelTable:
    """Return the table of a level.

    Parameters
    ----------
    level
        One of `LEVEL_ORDER`.
    design
        The design.
    words
        If given, only results whose names, meaning or unit contain all of these words.
    baseline
        If given, only results that differ between the two designs.
    """
    rows: list[dict[str, str]] = []
    results: list[dict[str, str]] = []
    for rule in RULES.values():
        if rule.group == "result" and _matches(_search_text(rule), words):
            if baseline is not None and design[rule.name] == baseline[rule.name]:
                continue
            for cells, behind in _rule_rows(rule, design, level):
                rows.append(cells)
                results.append(behind)
    used = [name for name in COLUMN_ORDER + _tier_columns(design.tiers) if any(name in row for row in rows)]
    left_out = {name: reason for name in used if (reason := _empty_column(rows, name))}
    names = [name for name in used if name not in left_out]
    ordered = [
        {"Result": row["Result"], **{name: row.get(name, "") for name in names}, "Unit": row["Unit"]} for row in rows
    ]
    return LevelTable(ordered, results, left_out)


@functools.cache
def default_design() -> SizedDesign:
    """Return the sized new design, which other designs are compared with. It is computed once."""
    return size(Profile(dict(NEW_DESIGN)))


def find_figures(words: str, design: SizedDesign) -> list[tuple[str, str]]:
    """Return the names and columns of the figures that contain all words, the best first.

    Figures that the page names come first, then results, then details; among them, those that have the words in their
    name. They are at most `FOUND`.
    """
    if not words.strip():
        return []
    on_page = {tile.why: tile.name for tile in headline.tiles(design)}
    on_page |= {figure.column: figure.name for figure in headline.further_figures(design)}
    found = []
    for column, name in on_page.items():
        rule, _ = rule_of(column)
        if _matches(f"{name} {_unit_words(rule)} {rule.name}".lower(), words):
            found.append(((0, 0, len(name)), name, column))
    of_page = {rule_of(column)[0].name for _, _, column in found}
    for rule in RULES.values():
        if rule.name not in of_page and _matches(_search_text(rule), words):
            name = short_meaning(rule)
            rank = 1 if rule.group == "result" else 2
            found.append(((rank, int(not _matches(name.lower(), words)), len(name)), name, rule.name))
    return [(name, column) for _, name, column in sorted(found)[:FOUND]]


@functools.cache
def _search_text(rule: Rule) -> str:
    """Return the text in which words are looked for: the names of a result, its meaning and its unit."""
    names = " ".join(name for name, column in FURTHER_FIGURES if rule_of(column)[0] is rule)
    return f"{names} {rule.meaning} {rule.name} {rule.name.replace('_', ' ')} {_unit_words(rule)}".lower()


def _unit_words(rule: Rule) -> str:
    return "%" if rule.is_share else unit_words(rule.unit)


def _matches(text: str, words: str) -> bool:
    """Return whether a text in small letters contains all words except those that only join others."""
    return all(word in text for word in words.lower().split() if word not in _JOINING)


def _empty_column(rows: Sequence[Mapping[str, str]], name: str) -> str:
    """Return the most frequent reason why a column has no figure; empty if it has one."""
    cells = [row[name] for row in rows if name in row]
    if any(not cell.startswith(NOT_APPLICABLE) for cell in cells):
        return ""
    reasons = [cell.removeprefix(f"{NOT_APPLICABLE} (").removesuffix(")") for cell in cells]
    return max(set(reasons), key=reasons.count)


def _tier_columns(tiers: int) -> tuple[str, ...]:
    return tuple(f"Tier {n}" for n in range(1, tiers + 1))


def _rule_rows(rule: Rule, design: SizedDesign, level: str) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Return the rows of a result at a level: one per place on the axes that do not become columns."""
    rows: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    for column in rule.columns(design.tiers):
        if level not in (LEVEL_TITLES[rule.level_of(column)], "All"):
            continue
        _, place = rule_of(column)
        head, rest = _column_of(rule, place.split(".") if place else [])
        title = rule.meaning.rstrip(".") + (f" · {rest}" if rest else "")
        _, behind = rows.setdefault(title, ({"Result": title, "Unit": ""}, {"Result": rule.name}))
        behind[head] = column
    for cells, behind in rows.values():
        columns = {head: column for head, column in behind.items() if head != "Result"}
        unit = row_unit((design[column] for column in columns.values()), rule.unit)
        cells["Unit"] = "%" if rule.is_share else unit_text(unit)
        cells |= {head: shown(column, design, functools.partial(scale_to, unit)) for head, column in columns.items()}
    return list(rows.values())


def _column_of(rule: Rule, labels: Sequence[str]) -> tuple[str, str]:
    """Return the table column of a value, and its remaining labels."""
    axes = [axis.name for axis in rule.axes]
    at = [place for place, name in enumerate(axes) if name in COLUMN_AXES]
    if not at or len(axes) != len(labels):
        return "Value", " ".join(labels)
    place = at[-1]
    rest = " ".join(label for n, label in enumerate(labels) if n != place).replace("_", " ")
    label = labels[place]
    return (f"Tier {label}" if rule.axes[place] is TIER else label.capitalize()), rest
