"""Where the sources differ: each choice with both values and the figure each gives for a design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from calculator.inputs.profile import Profile
from calculator.inputs.schema import Value
from calculator.studies.what_if import Change, size_changes


class Choice(NamedTuple):
    """A choice between two readings.

    Attributes
    ----------
    path
        The input that makes it.
    values
        The calculator's or this project's reading first, the other after it.
    column
        The figure it moves most.
    """

    path: str
    values: tuple[Value, Value]
    column: str


CHOICES = (
    Choice("guidance.dumpster_model", ("purges_versions", "calculator"), "largest_mailbox_size_on_disk"),
    Choice("guidance.oddities", ("as_calculator", "corrected"), "summary_memory.primary"),
    Choice("guidance.database_provisioning_factor", (1.0, 1.2), "volume_database_volume_size"),
    Choice("guidance.passive_iops_factor", (1.0, 0.5), "summary_database_iops.server"),
    Choice("guidance.multiplier_on_passive", (True, False), "worst_cpu_utilization"),
    Choice("guidance.client_access_ratio", (0.375, 0.25), "worst_cpu_utilization"),
    Choice("guidance.megacycle_rounding", ("exact", "table"), "worst_cpu_utilization"),
    Choice("guidance.bdm_throughput", (1.0, 2.0), "summary_maintenance_throughput.server"),
    Choice("guidance.transport_copies", ("shadow", "database_copies"), "transport_database_size"),
    Choice("guidance.reseed_rate", (25.0, 20.0), "reseed_hours"),
)
"""Choices that move a figure.  Source: guidance on which the calculator, articles and tools differ."""


@dataclass(frozen=True)
class Weighed:
    """A choice and the figure each of its values gives."""

    choice: Choice
    figures: tuple[Any, Any]


def weigh(profile: Profile) -> tuple[Weighed, ...]:
    """Size a design under both values of every choice, in one batch."""
    changes = [Change(f"{choice.path} {value}", {choice.path: value}) for choice in CHOICES for value in choice.values]
    columns = tuple(dict.fromkeys(choice.column for choice in CHOICES))
    table = size_changes(profile, changes, columns)
    figures = {column: table[column].to_pylist() for column in columns}
    return tuple(
        Weighed(choice, (figures[choice.column][2 * place], figures[choice.column][2 * place + 1]))
        for place, choice in enumerate(CHOICES)
    )
