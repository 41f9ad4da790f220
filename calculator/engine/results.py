"""Store the results of a run as arrays by rule and check, and resolve the names of results and columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from calculator.engine.applicability import INVALID, Figures
from calculator.engine.compute import Computed
from calculator.issues import UnknownResult, closest
from calculator.numerics.arrays import Array
from calculator.rules.registry import RULES, ResultKind, Rule

Cell = float | bool | str | None
"""Value of a result column: a number, a flag or a word; None where it does not apply."""
Result = Cell | dict[str, Cell]
"""Value of a column, or of a rule with axes by label."""

DESIGN_INVALID = INVALID.finding
"""Name of the result that tells whether a design fails its checks."""

HEADLINE = (
    "summary_servers.environment",
    "summary_servers_by_datacenter.primary",
    "summary_servers_by_datacenter.secondary",
    "summary_servers.dag",
    "summary_dags",
    "cpu_utilization_by_mode.worst.primary",
    "cpu_utilization_by_mode.worst.secondary",
    "cpu_utilization_by_mode.normal.primary",
    "cpu_utilization_by_mode.normal.secondary",
    "summary_memory.primary",
    "summary_memory.secondary",
    "storage_jbod_disks_per_server.primary",
    "storage_jbod_disks_per_server.secondary",
    "storage_raid_disks_per_server.primary",
    "storage_raid_disks_per_server.secondary",
    "storage_disks_total.environment",
    "transport_database_location.primary",
    "server_drive_bays.primary",
    "server_drive_bays.secondary",
    "summary_databases",
    "summary_mailboxes_per_database",
    "summary_database_space.database",
    "volume_database_volume_size",
    "storage_database_disk_formatted.primary",
    "storage_database_disk_formatted.secondary",
    "largest_mailbox_size_on_disk",
    "largest_mailbox_quota",
    "largest_mailbox_dumpster_purges_versions",
    "largest_mailbox_dumpster_calculator",
    "replication_peak_throughput.environment",
    "replication_link_utilization",
    "replication_link_acceptable_for_peak",
    "summary_database_iops.server",
    "summary_maintenance_throughput.server",
    "summary_logs_per_day.environment",
    "transport_database_size",
    "summary_gc_cores.primary",
    "volume_restore_volume_size",
    "reseed_hours",
    "days_until_volume_full",
)
"""Columns that are shown by default: servers, CPU, memory, disks, databases, volumes, network."""


@dataclass(frozen=True)
class Results:
    """Values of the steps for some designs.

    Attributes
    ----------
    designs, tiers
        Number of designs and of tiers.
    values
        Values by name of a rule, check, input or constant: arrays of shape ``(axis ..., designs)``, or ``(axis ...,
        1)`` where all designs agree. For a design that does not work they hold the numbers of Microsoft's workbook.
    differs
        How the figure of Microsoft's workbook differs from the corrected one, by name of a rule with an oddity: the sum
        of the codes `LARGER`, `SMALLER`, `MISSING` and `UNFOUNDED` of `calculator.engine.compute` that hold anywhere on
        its axes, 0 where the two agree, shape ``(designs,)``.
    corrected
        The corrected figures by name; empty in a stream.
    overridden
        Constants that some designs override, by name: arrays of shape ``(designs,)``, for a table ``(keys, designs)``.
    computed
        What a later run with similar inputs can take over; None for many designs.
    """

    designs: int
    tiers: int
    values: Mapping[str, Array]
    differs: Mapping[str, Array]
    corrected: Mapping[str, Array]
    overridden: Mapping[str, Array] = field(default_factory=dict)
    computed: Computed | None = None

    @cached_property
    def figures(self) -> Figures:
        """The values for people: not applicable where the design does not work or has no such datacenter."""
        return Figures(self.values)

    @cached_property
    def valid_figures(self) -> Figures:
        """The values for studies, in which no figure of an invalid design applies."""
        return Figures(self.values, valid_only=True)

    @cached_property
    def workbook_figures(self) -> Figures:
        """The values for people, with the figures that Microsoft's workbook shows for the designs that it accepts."""
        return Figures(self.values, as_workbook=True)


@lru_cache(maxsize=64)
def column_index(tiers: int) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Return the rule of every result column, and the place of the column on the axes of the rule."""
    index: dict[str, tuple[str, tuple[int, ...]]] = {}
    for name, rule in RULES.items():
        shape = rule.shape(tiers)
        for column, place in zip(rule.columns(tiers), np.ndindex(*shape), strict=True):
            index[column] = (name, place)
    return index


@lru_cache(maxsize=64)
def _all_columns(tiers: int) -> tuple[str, ...]:
    """Return the columns of all results."""
    return tuple(column for rule in RULES.values() if rule.group == "result" for column in rule.columns(tiers))


def result_columns(names: str | Iterable[str], tiers: int) -> list[str]:
    """Return the columns for names of rules and columns, ``headline`` or ``all``.

    Raises
    ------
    UnknownResult
        With the nearest name.
    """
    wanted = [names] if isinstance(names, str) else list(names)
    index = column_index(tiers)
    columns: list[str] = []
    for name in wanted:
        if name == "headline":
            columns.extend(HEADLINE)
        elif name == "all":
            columns.extend(_all_columns(tiers))
        elif name in RULES:
            columns.extend(RULES[name].columns(tiers))
        elif name in index:
            columns.append(name)
        else:
            raise UnknownResult(unknown_result(name, index))
    return list(dict.fromkeys(columns))


def unknown_result(name: str, index: Mapping[str, object]) -> str:
    """Return the message about a name that is not a result, with the nearest name."""
    near = closest(name[:200], [*RULES, *index])
    hint = f' Did you mean "{near}"?' if near else ""
    return f'"{name[:200]}" is not a result.{hint} Every result: exchange-calculator rules'


def rules_of(columns: Iterable[str], tiers: int) -> list[str]:
    """Return the rules that compute some columns."""
    index = column_index(tiers)
    return list(dict.fromkeys(index[column][0] for column in columns))


def cell(results: Results, column: str, design: int = 0, *, valid_only: bool = False) -> Cell:
    """Return the value of a column for a design: a number, flag or word, None where it does not apply.

    Parameters
    ----------
    results
        The results.
    column
        Name of the column.
    design
        Number of the design, counted from 0.
    valid_only
        Whether no figure of an invalid design applies, as in studies.
    """
    name, place = column_index(results.tiers)[column]
    array = (results.valid_figures if valid_only else results.figures)[name][place]
    return plain_value(RULES[name], array[min(design, array.shape[-1] - 1)])


def plain_value(rule: Rule, value: Any) -> Cell:
    """Return a value of a rule's array as a number, flag or word, None where it does not apply."""
    if rule.kind is ResultKind.NUMBER:
        return None if np.isnan(value) else float(value)
    if rule.kind is ResultKind.FLAG:
        return None if value < 0 else bool(value)
    assert rule.choice is not None
    return None if value < 0 else rule.choice.words[int(value)]


def value_text(value: object) -> str:
    """Format a value for people: a number with ten significant digits, true or false, a word, or n/a."""
    if value is None:
        return "n/a"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value + 0.0:.10g}" if isinstance(value, float) else str(value)
