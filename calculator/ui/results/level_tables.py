"""Results of a level as a table: a row each, a column a tier, datacenter or level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from calculator.engine.sizing import SizedDesign
from calculator.inputs.schema import TIER
from calculator.rules.registry import LEVELS, RULES, Rule
from calculator.ui.results.figures import NOT_APPLICABLE, rule_of, shown, unit_of

LEVEL_TITLES = {level: level.removeprefix("per_").capitalize() for level in LEVELS} | {"per_dag": "DAG"}
LEVEL_ORDER = ("Mailbox", "Database", "Volume", "Server", "Datacenter", "DAG", "Environment", "All")
COLUMN_AXES = ("tier", "datacenter", "server_role", "site")
"""Axes whose labels become columns of a table; those of others become rows."""
COLUMN_ORDER = ("Value", "Primary", "Secondary", "Lagged", "Third", "Total")


@dataclass(frozen=True)
class Table:
    """Rows of texts for a level, the result behind each row and column, columns that do not apply."""

    rows: list[dict[str, str]]
    results: list[dict[str, str]]
    left_out: dict[str, str]

    def column_at(self, row: int, column: str) -> str:
        """Result of a cell; of the row where the cell is none."""
        return self.results[row].get(column) or self.results[row]["Result"]


def level_table(level: str, design: SizedDesign, words: str = "", against: SizedDesign | None = None) -> Table:
    """Results of a level: a row each, a column a tier, datacenter or level.

    Parameters
    ----------
    level
        One of `LEVEL_ORDER`.
    design
        The design.
    words
        Only rows whose meaning or name holds all of them.
    against
        Only rows that differ from this design.
    """
    rows: list[dict[str, str]] = []
    results: list[dict[str, str]] = []
    for rule in RULES.values():
        if rule.group == "result" and level in (LEVEL_TITLES[rule.level], "All"):
            if not _holds(rule, words) or (against is not None and _same(rule, design, against)):
                continue
            for cells, behind in _rule_rows(rule, design):
                rows.append(cells)
                results.append(behind)
    used = [name for name in COLUMN_ORDER + _tier_columns(design.tiers) if any(name in row for row in rows)]
    left_out = {name: reason for name in used if (reason := _empty_column(rows, name))}
    names = [name for name in used if name not in left_out]
    ordered = [
        {"Result": row["Result"], **{name: row.get(name, "") for name in names}, "Unit": row["Unit"]} for row in rows
    ]
    return Table(ordered, results, left_out)


def _holds(rule: Rule, words: str) -> bool:
    said = f"{rule.meaning} {rule.name} {rule.name.replace('_', ' ')}".lower()
    return all(word in said for word in words.lower().split())


def _same(rule: Rule, design: SizedDesign, other: SizedDesign) -> bool:
    return bool(design[rule.name] == other[rule.name])


def _empty_column(rows: Sequence[Mapping[str, str]], name: str) -> str:
    """Why a column has no figure at all; empty where it has one."""
    cells = [row[name] for row in rows if name in row]
    if any(not cell.startswith(NOT_APPLICABLE) for cell in cells):
        return ""
    reasons = [cell.removeprefix(f"{NOT_APPLICABLE} (").removesuffix(")") for cell in cells]
    return max(set(reasons), key=reasons.count)


def _tier_columns(tiers: int) -> tuple[str, ...]:
    return tuple(f"Tier {n}" for n in range(1, tiers + 1))


def _rule_rows(rule: Rule, design: SizedDesign) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Rows of a result: one for each place on the axes that are no columns."""
    rows: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    for column in rule.columns(design.tiers):
        _, place = rule_of(column)
        head, rest = _column_of(rule, place.split(".") if place else [])
        title = rule.meaning.rstrip(".") + (f" · {rest}" if rest else "")
        cells, behind = rows.setdefault(title, ({"Result": title, "Unit": unit_of(rule)}, {"Result": rule.name}))
        cells[head] = shown(column, design)
        behind[head] = column
    return list(rows.values())


def _column_of(rule: Rule, labels: Sequence[str]) -> tuple[str, str]:
    """Column a value stands in, and what is left of its labels."""
    axes = [axis.name for axis in rule.axes]
    at = [place for place, name in enumerate(axes) if name in COLUMN_AXES]
    if not at or len(axes) != len(labels):
        return "Value", " ".join(labels)
    place = at[-1]
    rest = " ".join(label for n, label in enumerate(labels) if n != place).replace("_", " ")
    label = labels[place]
    return (f"Tier {label}" if rule.axes[place] is TIER else label.capitalize()), rest
