"""Two or more designs side by side: every result that differs, by how much, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from calculator.engine.results import column_index, result_columns
from calculator.engine.sizing import SizedDesign
from calculator.inputs import schema
from calculator.inputs.schema import BY_PARAMETER, BY_PATH, TIER, Value
from calculator.rules.registry import CORRECTIONS, RULES

LOWER_IS_BETTER = frozenset(
    {
        "summary_servers",
        "summary_servers_by_datacenter",
        "summary_dags",
        "cpu_utilization_by_mode",
        "summary_memory",
        "storage_jbod_disks_per_server",
        "storage_raid_disks_per_server",
        "storage_disks_total",
        "server_drive_bays",
        "volume_fill",
        "replication_peak_throughput",
        "replication_link_utilization",
        "summary_database_iops",
        "summary_maintenance_throughput",
        "transport_database_size",
        "summary_gc_cores",
        "reseed_hours",
        "reseed_hours_over_link",
        "volume_database_volume_size",
        "volume_restore_volume_size",
        "summary_logs_per_day",
    }
)
"""Results of which less is better, all else equal."""
HIGHER_IS_BETTER = frozenset(
    {
        "days_until_volume_full",
        "days_until_disk_full",
        "database_cache_per_mailbox",
        "replication_link_acceptable_for_peak",
        "replication_link_acceptable_for_rpo",
        "disks_fit",
        "retention_met",
        "hold_months_to_20_gb",
        "hold_months_to_30_gb",
    }
)
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

    def __str__(self) -> str:
        return f"{self.rule} ({', '.join(self.inputs)})" if self.inputs else self.rule


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

    plans: tuple[SizedDesign, ...]
    inputs: dict[str, tuple[Value, ...]]
    differences: tuple[Difference, ...]
    same: int

    def why(self, column: str) -> tuple[Cause, ...]:
        """Where the designs begin to part on the way to a result: the first rules that differ."""
        causes: dict[str, Cause] = {}
        self._follow(column_index(self._tiers)[column][0], set(), causes)
        return tuple(causes.values())

    @property
    def head(self) -> tuple[str, ...]:
        """Columns of the rows."""
        numbers = range(1, len(self.plans) + 1)
        others = numbers[1:]
        return (
            "column",
            "unit",
            "level",
            *(f"value.{n}" for n in numbers),
            *(f"change.{n}" for n in others),
            *(f"verdict.{n}" for n in others),
            "why",
        )

    def rows(self, most_causes: int | None = None) -> list[dict[str, object]]:
        """One row a result that differs: what it is, its values, changes and verdicts by design, and why.

        Parameters
        ----------
        most_causes
            Causes that are named, the others are counted; all by default.
        """
        return [
            dict(
                zip(
                    self.head,
                    (
                        found.column,
                        found.unit,
                        found.level,
                        *found.values,
                        *found.changes[1:],
                        *found.verdicts[1:],
                        _named(self.why(found.column), most_causes),
                    ),
                    strict=True,
                )
            )
            for found in self.differences
        ]

    @property
    def input_head(self) -> tuple[str, ...]:
        """Columns of the rows of inputs."""
        return ("path", "unit", *(f"value.{n}" for n in range(1, len(self.plans) + 1)))

    def input_rows(self) -> list[dict[str, object]]:
        """One row an input that differs: its path, unit and values by design."""
        return [dict(zip(self.input_head, (path, _unit(path), *of), strict=True)) for path, of in self.inputs.items()]

    @property
    def _tiers(self) -> int:
        return max(plan.tiers for plan in self.plans)

    def _follow(self, name: str, seen: set[str], causes: dict[str, Cause]) -> None:
        if name in seen:
            return
        seen.add(name)
        needs = self._needs(name)
        inputs = tuple(path for need in needs for path in self._parted(need))
        deeper = [need for need in needs if need in self._parting]
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

    @cached_property
    def _parting(self) -> frozenset[str]:
        """Rules whose values differ."""
        return frozenset(name for name in RULES if self._differs(name))

    def _differs(self, name: str) -> bool:
        columns = RULES[name].columns(self._tiers)
        return any(not _alike([_value(plan, column) for plan in self.plans]) for column in columns)


def compare(plans: Sequence[SizedDesign], results: str | Iterable[str] = ("headline", "all")) -> Comparison:
    """Hold designs against the first of them.

    Parameters
    ----------
    plans
        Sized designs with all their results.
    results
        Names of rules or columns, ``headline`` or ``all``.

    Returns
    -------
    Comparison
        Inputs and results that differ, with ``why`` for each result.
    """
    tiers = max(plan.tiers for plan in plans)
    columns = result_columns(results, tiers)
    found = [_difference(column, [_value(plan, column) for plan in plans]) for column in columns]
    differences = tuple(difference for difference in found if difference is not None)
    return Comparison(tuple(plans), _inputs(plans, tiers), differences, len(columns) - len(differences))


def _inputs(plans: Sequence[SizedDesign], tiers: int) -> dict[str, tuple[Value, ...]]:
    values = {path: tuple(_given(plan, path) for plan in plans) for path in schema.all_paths(tiers)}
    return {path: of for path, of in values.items() if not _alike(of)}


def _named(causes: Sequence[Cause], most: int | None) -> str:
    """Causes in a line."""
    more = len(causes) - len(causes[:most])
    return "; ".join([*map(str, causes[:most]), *([f"{more} more"] if more else [])])


def _unit(path: str) -> str:
    found = schema.find(path)
    return found[0].unit if found else ""


def _given(design: SizedDesign, path: str) -> Value:
    """Value of an input; None in a tier the design does not have."""
    found = schema.find(path)
    if found and found[0].axis is TIER and found[1] >= design.tiers:
        return None
    return design.profile.value(path)


def _value(design: SizedDesign, column: str) -> Any:
    """Value of a column; None in a tier the design does not have."""
    return design[column] if column in column_index(design.tiers) else None


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
        column,
        rule.unit,
        rule.level,
        rule.meaning,
        tuple(values),
        tuple(_change(values[0], value) for value in values),
        tuple(_verdict(name, values[0], value) for value in values),
    )


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
