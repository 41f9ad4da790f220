"""Compare the two readings of the guidance wherever its sources differ, by the figure that each gives for a design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from calculator.engine.sizing import Scenario, read
from calculator.inputs.schema import Value
from calculator.studies.what_if import Change, size_changes


class GuidanceChoice(NamedTuple):
    """Choice between two readings of the guidance.

    Attributes
    ----------
    path
        Path of the input that makes the choice.
    values
        The default reading, then the alternative.
    column
        Result column that the choice affects most.
    """

    path: str
    values: tuple[Value, Value]
    column: str


CHOICES = (
    GuidanceChoice("guidance.dumpster_model", ("purges_versions", "calculator"), "largest_mailbox_size_on_disk"),
    GuidanceChoice("guidance.oddities", ("as_calculator", "corrected"), "summary_memory.primary"),
    GuidanceChoice("guidance.database_provisioning_factor", (1.0, 1.2), "volume_database_volume_size"),
    GuidanceChoice("guidance.passive_iops_factor", (1.0, 0.5), "summary_database_iops.server"),
    GuidanceChoice("guidance.multiplier_on_passive", (True, False), "worst_cpu_utilization"),
    GuidanceChoice("guidance.client_access_ratio", (0.375, 0.25), "worst_cpu_utilization"),
    GuidanceChoice("guidance.megacycle_rounding", ("exact", "table"), "worst_cpu_utilization"),
    GuidanceChoice("guidance.bdm_throughput", (1.0, 2.0), "summary_maintenance_throughput.server"),
    GuidanceChoice("guidance.transport_copies", ("shadow", "database_copies"), "transport_database_size"),
    GuidanceChoice("guidance.read_from_passive", (True, False), "replication_peak_throughput.environment"),
    GuidanceChoice("guidance.reseed_rate", (25.0, 20.0), "reseed_hours"),
)
"""Choices that affect a figure.  Source: guidance on which the workbook, articles and tools differ."""

DATABASES = "summary_databases"
"""Number of databases, which explains why another figure moves."""


@dataclass(frozen=True)
class WeighedChoice:
    """Choice with the figure, and the number of databases per DAG, that each of its values gives."""

    choice: GuidanceChoice
    figures: tuple[Any, Any]
    databases: tuple[Any, Any]


def weigh(scenario: Scenario) -> tuple[WeighedChoice, ...]:
    """Size a design under both values of every choice, in one batch.

    Parameters
    ----------
    scenario
        The design: a profile file, ``example:NAME``, a `Profile` or inputs by path.

    Returns
    -------
    tuple of WeighedChoice
        The choices in the order of `CHOICES`.

    Raises
    ------
    InputError
        If inputs cannot be used.
    """
    changes = [Change(f"{choice.path} {value}", {choice.path: value}) for choice in CHOICES for value in choice.values]
    columns = tuple(dict.fromkeys((*(choice.column for choice in CHOICES), DATABASES)))
    table = size_changes(read(scenario), changes, columns)

    def pair(column: str, place: int) -> tuple[Any, Any]:
        first, second = table[column][2 * place : 2 * place + 2].to_pylist()
        return first, second

    return tuple(
        WeighedChoice(choice, pair(choice.column, place), pair(DATABASES, place))
        for place, choice in enumerate(CHOICES)
    )
