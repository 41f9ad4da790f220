"""Two or more designs side by side: every result that differs, by how much, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from calculator import schema
from calculator.engine import column_index
from calculator.rule import CORRECTIONS, RULES
from calculator.schema import BY_PARAMETER, BY_PATH, TIER, Value
from calculator.sizing import Sizing, result_columns

LOWER_IS_BETTER = frozenset({
    "summary_servers", "summary_servers_by_datacenter", "summary_dags", "cpu_utilization_by_mode",
    "summary_memory", "storage_jbod_disks_per_server", "storage_raid_disks_per_server",
    "storage_disks_total", "server_drive_bays", "volume_fill", "replication_peak_throughput",
    "replication_link_utilization", "summary_database_iops", "summary_maintenance_throughput",
    "transport_database_size", "summary_gc_cores", "reseed_hours", "reseed_hours_over_link",
    "volume_database_volume_size", "volume_restore_volume_size", "summary_logs_per_day",
})  # fmt: skip
"""Results of which less is better, all else equal."""
HIGHER_IS_BETTER = frozenset({
    "days_until_volume_full", "days_until_disk_full", "database_cache_per_mailbox",
    "replication_link_acceptable_for_peak", "replication_link_acceptable_for_rpo",
    "disks_fit", "retention_met", "hold_months_to_20_gb", "hold_months_to_30_gb",
})  # fmt: skip
"""Results of which more is better, all else equal."""
SAME = 1e-9
ODDITIES = "guidance.oddities"


@dataclass(frozen=True)
class Cause:
    """Where designs begin to part: a rule whose inputs differ, and those inputs.

    Attributes
    ----------
    rule
        The first rule on the way whose value differs.
    inputs
        Paths of the inputs it reads that differ; empty where it is not an input that parts them.
    """

    rule: str
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """A result that differs.

    Attributes
    ----------
    column, unit, level, meaning
        What it is.
    values
        Value in each design; None where it does not apply.
    changes
        Change of each design against the first, 1 is as much again; None where it has none.
    verdicts
        ``better``, ``worse`` or empty, of each design against the first.
    """

    column: str
    unit: str
    level: str
    meaning: str
    values: tuple[Any, ...]
    changes: tuple[float | None, ...]
    verdicts: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Designs side by side.

    Attributes
    ----------
    inputs
        Inputs that differ: their path and value in each design.
    differences
        Results that differ, the headline first.
    same
        How many results do not.
    """

    plans: tuple[Sizing, ...]
    inputs: dict[str, tuple[Value, ...]]
    differences: tuple[Difference, ...]
    same: int

    def why(self, column: str) -> tuple[Cause, ...]:
        """Where the designs begin to part on the way to a result: the first rules that differ."""
        causes: dict[str, Cause] = {}
        self._follow(column_index(self._tiers)[column][0], set(), causes)
        return tuple(causes.values())

    @property
    def _tiers(self) -> int:
        return max(plan.tiers for plan in self.plans)

    def _follow(self, name: str, seen: set[str], causes: dict[str, Cause]) -> None:
        if name in seen:
            return
        seen.add(name)
        needs = self._needs(name)
        inputs = tuple(path for need in needs for path in self._parted(need))
        deeper = [need for need in needs if need in RULES and self._differs(need)]
        if inputs or not deeper:
            causes[name] = Cause(name, inputs)
        for need in deeper:
            self._follow(need, seen, causes)

    def _needs(self, name: str) -> tuple[str, ...]:
        """What a rule needs, and what its correction does where a design takes the corrected figures."""
        needs = RULES[name].needs
        if name in CORRECTIONS and any(plan.profile.value(ODDITIES) == "corrected" for plan in self.plans):
            needs = (*needs, *CORRECTIONS[name].needs, BY_PATH[ODDITIES].parameter)
        return tuple(dict.fromkeys(needs))

    def _parted(self, parameter: str) -> Iterator[str]:
        """Paths of an input under which the designs differ."""
        field = BY_PARAMETER.get(parameter)
        if field is not None:
            yield from (path for path in field.paths(self._tiers) if path in self.inputs)

    def _differs(self, name: str) -> bool:
        columns = RULES[name].columns(self._tiers)
        return any(not _alike([_value(plan, column) for plan in self.plans]) for column in columns)


def compare(plans: Sequence[Sizing]) -> Comparison:
    """Hold designs against the first of them.

    Parameters
    ----------
    plans
        Sized designs with all their results.

    Returns
    -------
    Comparison
        Inputs and results that differ, with ``why`` for each result.
    """
    tiers = max(plan.tiers for plan in plans)
    columns = result_columns(["headline", "all"], tiers)
    found = [_difference(column, [_value(plan, column) for plan in plans]) for column in columns]
    differences = tuple(difference for difference in found if difference is not None)
    return Comparison(tuple(plans), _inputs(plans, tiers), differences, len(columns) - len(differences))


def _inputs(plans: Sequence[Sizing], tiers: int) -> dict[str, tuple[Value, ...]]:
    values = {path: tuple(_given(plan, path) for plan in plans) for path in schema.all_paths(tiers)}
    return {path: of for path, of in values.items() if not _alike(of)}


def _given(plan: Sizing, path: str) -> Value:
    """Value of an input; None in a tier the design does not have."""
    found = schema.find(path)
    if found and found[0].axis is TIER and found[1] >= plan.tiers:
        return None
    return plan.profile.value(path)


def _value(plan: Sizing, column: str) -> Any:
    """Value of a column; None in a tier the design does not have."""
    return plan[column] if column in column_index(plan.tiers) else None


def _alike(values: Sequence[Any]) -> bool:
    """Whether values are the same: numbers within what their arithmetic leaves."""
    first = values[0]
    for value in values[1:]:
        if isinstance(first, float) and isinstance(value, float):
            if abs(value - first) > SAME * max(abs(value), abs(first)):
                return False
        elif value != first:
            return False
    return True


def _difference(column: str, values: Sequence[Any]) -> Difference | None:
    if _alike(values):
        return None
    name = column.split(".")[2] if column.startswith("tiers.") else column.split(".")[0]
    rule = RULES[name]
    return Difference(
        column, rule.unit, rule.level, rule.meaning, tuple(values),
        tuple(_change(values[0], value) for value in values),
        tuple(_verdict(name, values[0], value) for value in values),
    )  # fmt: skip


def _change(first: Any, value: Any) -> float | None:
    numbers = isinstance(first, float) and isinstance(value, float)
    return (value - first) / abs(first) if numbers and first else None


def _verdict(name: str, first: Any, value: Any) -> str:
    if first is None or value is None or isinstance(value, str) or _alike([first, value]):
        return ""
    if name in LOWER_IS_BETTER:
        return "better" if value < first else "worse"
    if name in HIGHER_IS_BETTER:
        return "better" if value > first else "worse"
    return ""
