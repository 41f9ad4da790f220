"""Compare two or more designs: every result that differs, by how much, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress
from typing import Any

from calculator.engine.findings import INVALID, ODDITY_FIELD, first_error, void_reason
from calculator.engine.results import DESIGN_INVALID, cell, column_index, result_columns
from calculator.engine.sizing import Scenario, SizedDesign, size
from calculator.inputs import schema
from calculator.inputs.schema import BY_PARAMETER, BY_PATH, CORRECTED, TIER, Value
from calculator.numerics.rounding import RELATIVE_TOLERANCE
from calculator.presentation.load import load_difference
from calculator.rules.registry import CORRECTIONS, RULES
from calculator.studies.result import StudyResult

CPU_BY_FAILURE = frozenset({"cpu_utilization_by_mode"})
"""Results that are 0 in a datacenter whose servers are down."""
LOWER_IS_BETTER = frozenset(
    {
        "summary_servers",
        "summary_servers_by_datacenter",
        "summary_dags",
        "cpu_utilization_by_mode",
        "worst_cpu_utilization",
        "summary_memory",
        "storage_jbod_disks_per_server",
        "storage_raid_disks_per_server",
        "storage_disks_total",
        "server_drive_bays",
        "volume_fill",
        "largest_volume_fill",
        "replication_peak_throughput",
        "replication_link_utilization",
        "summary_database_iops",
        "summary_maintenance_throughput",
        "transport_database_size",
        "summary_gc_cores",
        "reseed_hours",
        "reseed_hours_over_link",
        "reseed_hours_several_sources",
        "summary_logs_per_day",
    }
)
"""Results for which less is better, all else being equal."""
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
"""Results for which more is better, all else being equal."""
STATUS = "status"
"""Name of the row with the status of the designs."""
WHY_NOT = "why_not_applicable"
"""Column with the reasons why a result does not apply."""


@dataclass(frozen=True)
class Divergence:
    """Where designs begin to differ on the way to a result.

    Attributes
    ----------
    rule
        The first rule whose value differs; empty if the result itself reads the inputs.
    inputs
        Paths of the inputs of the rule that differ; empty if the difference does not come from an input.
    """

    rule: str
    inputs: tuple[str, ...]

    def __str__(self) -> str:
        inputs = ", ".join(self.inputs)
        return f"{self.rule} ({inputs})" if self.rule and inputs else self.rule or inputs


@dataclass(frozen=True)
class ResultDifference:
    """A result that differs between designs.

    Attributes
    ----------
    column, unit, level, meaning
        The result column, its unit and level, and what it means.
    values
        Value in each design; None where it does not apply, which no result of an invalid design does.
    changes
        Relative change of each design from the first one, 0.1 is 10 % more; None if there is no such change.
    verdicts
        ``better``, ``worse`` or empty for each design, compared with the first one; empty where one of the two
        designs is invalid, and where their loads differ.
    reasons
        Why the result does not apply to each design, if that is because the design does not work; else empty.
    """

    column: str
    unit: str
    level: str
    meaning: str
    values: tuple[Any, ...]
    changes: tuple[float | None, ...]
    verdicts: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class DesignComparison(StudyResult):
    """Designs compared with the first of them.

    Attributes
    ----------
    designs
        The sized designs.
    inputs
        Inputs that differ: their values in each design by path.
    differences
        Results that differ, in the order they were asked for.
    same
        Number of results that do not differ.
    loads
        How the load of each design differs from that of the first one; empty where it does not.
    """

    designs: tuple[SizedDesign, ...]
    inputs: dict[str, tuple[Value, ...]]
    differences: tuple[ResultDifference, ...]
    same: int
    loads: tuple[str, ...] = ()

    def why(self, column: str, number: int | None = None) -> tuple[Divergence, ...]:
        """Return the first rules that differ on the way to a result column between the valid designs.

        Invalid designs have no results that could differ: `ResultDifference.reasons` says what is wrong with them.

        Parameters
        ----------
        column
            The result column.
        number
            Number of the design that is compared with the first one, counted from 1; all designs by default.
        """
        if number is not None:
            return self._pairs[number - 1].why(column)
        found: dict[str, Divergence] = {}
        name = column_index(self._tiers)[column][0]
        self._follow(name, set(), found)
        if name in found:  # a result is not its own cause: its inputs are
            found[name] = replace(found[name], rule="")
        return tuple(divergence for divergence in found.values() if divergence.rule or divergence.inputs)

    @property
    def head(self) -> tuple[str, ...]:
        """Columns of `rows`."""
        numbers = range(1, len(self.designs) + 1)
        return (
            "column",
            "unit",
            "level",
            *(f"value.{number}" for number in numbers),
            *(f"change.{number}" for number in numbers[1:]),
            *(f"verdict.{number}" for number in numbers[1:]),
            *self._why_head,
            WHY_NOT,
        )

    @property
    def _why_head(self) -> tuple[str, ...]:
        """Columns that say why results differ: one per design after the first if there are several."""
        numbers = range(2, len(self.designs) + 1)
        return ("why",) if len(numbers) == 1 else tuple(f"why.{number}" for number in numbers)

    @property
    def statuses(self) -> tuple[str, ...]:
        """Status of each design."""
        return tuple(design.status for design in self.designs)

    def rows(self, brief: bool = False) -> list[dict[str, object]]:
        """Return a row with the status of the designs, then one row per result that differs; none if none does.

        A row has values, changes and verdicts by design, why they differ, and why the result does not apply.

        Parameters
        ----------
        brief
            Whether to write the rows for people: the first cause is named and the rest counted, a reason that the
            first row gives is not repeated, and columns without any text are left out.
        """
        if not self.differences:
            return []
        most_causes = 1 if brief else None
        first_errors = [first_error(design.issues) for design in self.designs]
        others = len(self.designs) - 1
        rows: list[tuple[object, ...]] = [
            (
                STATUS,
                "",
                RULES[DESIGN_INVALID].level,
                *self.statuses,
                *[None] * others,
                *[""] * others,
                *[""] * others,
                _format_reasons(first_errors),
            )
        ]
        rows += [
            (
                difference.column,
                difference.unit,
                difference.level,
                *difference.values,
                *difference.changes[1:],
                *difference.verdicts[1:],
                *(_format_divergences(pair.why(difference.column), most_causes) for pair in self._pairs[1:]),
                _format_reasons(_leave_out(difference.reasons, first_errors) if brief else difference.reasons),
            )
            for difference in self.differences
        ]
        named = [dict(zip(self.head, row, strict=True)) for row in rows]
        if not brief:
            return named
        for row in named:
            row.update({name: "" for name, value in row.items() if name.startswith("change.") and value is None})
        kept = [name for name in self.head if name != "level" and any(row[name] not in ("", None) for row in named)]
        return [{name: row[name] for name in kept} for row in named]

    @property
    def input_head(self) -> tuple[str, ...]:
        """Columns of `input_rows`."""
        return ("path", "unit", *(f"value.{number}" for number in range(1, len(self.designs) + 1)))

    def input_rows(self) -> list[dict[str, object]]:
        """Return one row per input that differs: its path, unit and value in each design."""
        return [
            dict(zip(self.input_head, (path, _unit(path), *values), strict=True))
            for path, values in self.inputs.items()
        ]

    @cached_property
    def _pairs(self) -> tuple[DesignComparison, ...]:
        """Each design compared with the first one alone, by its inputs."""
        first, tiers = self.designs[0], self._tiers
        pairs = ((first, design) for design in self.designs)
        return tuple(DesignComparison(pair, _inputs(pair, tiers), (), 0) for pair in pairs)

    @property
    def _tiers(self) -> int:
        return max(design.tiers for design in self.designs)

    def _follow(self, name: str, seen: set[str], found: dict[str, Divergence]) -> None:
        """Add the first rules that differ among a rule and everything it needs."""
        if name in seen or len(self.valid) < 2:
            return
        seen.add(name)
        needs = self._needs(name)
        inputs = tuple(path for need in needs for path in self._differing_paths(need))
        deeper = [need for need in needs if need in self._differing_rules]
        if inputs or not deeper:
            found[name] = Divergence(name, inputs)
        for need in deeper:
            self._follow(need, seen, found)

    def _needs(self, name: str) -> tuple[str, ...]:
        """Return what a rule needs, and what decides in some design that it does not apply.

        A correction adds its own needs if a design takes corrected figures.
        """
        causes = [cause.finding for design in self.valid for cause in design.results.figures.causes(name)]
        needs = (*RULES[name].needs, *(finding for finding in causes if finding in RULES))
        if name in CORRECTIONS and any(design.profile.value(ODDITY_FIELD) == CORRECTED for design in self.designs):
            needs = (*needs, *CORRECTIONS[name].other_needs, BY_PATH[ODDITY_FIELD].parameter)
        return tuple(dict.fromkeys(needs))

    def _differing_paths(self, parameter: str) -> Iterator[str]:
        """Yield the paths of an input that differ between the designs."""
        field = BY_PARAMETER.get(parameter)
        if field is not None:
            yield from (path for path in field.paths(self._tiers) if path in self._differing_inputs)

    @cached_property
    def valid(self) -> tuple[SizedDesign, ...]:
        """The designs that are not invalid, which have figures to compare."""
        return tuple(design for design in self.designs if not design[DESIGN_INVALID])

    @cached_property
    def _differing_inputs(self) -> frozenset[str]:
        """Paths of the inputs that differ between the valid designs."""
        valid = [not design[DESIGN_INVALID] for design in self.designs]
        values_by_path = {path: list(compress(values, valid)) for path, values in self.inputs.items()}
        return frozenset(path for path, values in values_by_path.items() if not _all_equal(values))

    @cached_property
    def _differing_rules(self) -> frozenset[str]:
        return frozenset(name for name in RULES if self._differs(name))

    def _differs(self, name: str) -> bool:
        columns = RULES[name].columns(self._tiers)
        return any(not _all_equal([_value(design, column) for design in self.valid]) for column in columns)


def compare(
    designs: Sequence[SizedDesign | Scenario], results: str | Iterable[str] = ("headline", "all")
) -> DesignComparison:
    """Compare designs with the first of them.

    Parameters
    ----------
    designs
        Designs, each sized with all its results, or a profile file, ``example:NAME``, a `Profile` or inputs by path.
    results
        Names of rules or columns, ``headline`` or ``all``.

    Returns
    -------
    DesignComparison
        Inputs and results that differ, with `DesignComparison.why` for each result.

    Raises
    ------
    InputError
        If inputs cannot be used.
    UnknownResult
        If there is no such result.

    Examples
    --------
    >>> comparison = compare([{"tiers.1.mailboxes": 1000}, {"tiers.1.mailboxes": 2000}])
    >>> comparison.inputs
    {'tiers.1.mailboxes': (1000.0, 2000.0)}
    """
    sized = tuple(design if isinstance(design, SizedDesign) else size(design) for design in designs)
    tiers = max(design.tiers for design in sized)
    columns = result_columns(results, tiers)
    loads = tuple(load_difference(design, sized[0]) for design in sized)
    found = [_difference(column, sized, loads) for column in columns]
    differences = tuple(difference for difference in found if difference is not None)
    return DesignComparison(sized, _inputs(sized, tiers), differences, len(columns) - len(differences), loads)


def _paths(designs: Sequence[SizedDesign], tiers: int) -> list[str]:
    """Return the paths of all inputs, and of the constants that some design overrides."""
    constants = (path for design in designs for path in design.profile if path.startswith(f"{schema.CONSTANTS}."))
    return [*schema.all_paths(tiers), *dict.fromkeys(constants)]


def _inputs(designs: Sequence[SizedDesign], tiers: int) -> dict[str, tuple[Value, ...]]:
    values_by_path = {path: tuple(_input(design, path) for design in designs) for path in _paths(designs, tiers)}
    return {path: values for path, values in values_by_path.items() if not _all_equal(values)}


def _format_divergences(divergences: Sequence[Divergence], limit: int | None) -> str:
    more = len(divergences) - len(divergences[:limit])
    return "; ".join([*map(str, divergences[:limit]), *([f"{more} more"] if more else [])])


def _leave_out(reasons: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return the reasons, each replaced by an empty text if the row of the design already gives it."""
    return ["" if told and reason.endswith(told) else reason for reason, told in zip(reasons, known, strict=True)]


def _format_reasons(reasons: Sequence[str]) -> str:
    return "; ".join(f"{number}: {reason}" for number, reason in enumerate(reasons, 1) if reason)


def _unit(path: str) -> str:
    found = schema.find(path)
    return found[0].unit if found else ""


def _input(design: SizedDesign, path: str) -> Value:
    """Return the value of an input; None in a tier that the design does not have."""
    found = schema.find(path)
    if found and found[0].axis is TIER and found[1] >= design.tiers:
        return None
    return design.profile.value(path)


def _value(design: SizedDesign, column: str) -> Any:
    """Return the value of a result column; None in a tier that the design does not have, and in an invalid design."""
    return cell(design.results, column, valid_only=True) if column in column_index(design.tiers) else None


def _all_equal(values: Sequence[Any]) -> bool:
    """Return whether all values are equal, numbers within rounding error."""
    if not values:
        return True
    first = values[0]
    for value in values[1:]:
        if isinstance(first, float) and isinstance(value, float):
            if abs(value - first) > RELATIVE_TOLERANCE * max(abs(value), abs(first)):
                return False
        elif value != first:
            return False
    return True


def _difference(column: str, designs: Sequence[SizedDesign], loads: Sequence[str]) -> ResultDifference | None:
    values = [_value(design, column) for design in designs]
    if _all_equal(values):
        return None
    sized = [design.status != INVALID and not design.without_mailboxes for design in designs]
    works = [sized[0] and works and not load for works, load in zip(sized, loads, strict=True)]
    name = column.split(".")[2] if column.startswith("tiers.") else column.split(".")[0]
    rule = RULES[name]
    return ResultDifference(
        column,
        rule.unit,
        rule.level_of(column),
        rule.meaning,
        tuple(values),
        tuple(_change(values[0], value) for value in values),
        tuple(_verdict(name, values[0], value) if able else "" for value, able in zip(values, works, strict=True)),
        tuple(_reason(design, column, value) for design, value in zip(designs, values, strict=True)),
    )


def _reason(design: SizedDesign, column: str, value: Any) -> str:
    index = column_index(design.tiers)
    if value is not None or column not in index:
        return ""
    return void_reason(design.results, index[column][0], valid_only=True)


def _change(first: Any, value: Any) -> float | None:
    numbers = isinstance(first, float) and isinstance(value, float)
    return (value - first) / abs(first) if numbers and first else None


def _verdict(name: str, first: Any, value: Any) -> str:
    if first is None or value is None or isinstance(value, str) or _all_equal([first, value]):
        return ""
    if name in CPU_BY_FAILURE and 0 in (first, value):  # 0 means that the servers are down, not that they have no load
        return ""
    if name in LOWER_IS_BETTER:
        return "better" if value < first else "worse"
    if name in HIGHER_IS_BETTER:
        return "better" if value > first else "worse"
    return ""
