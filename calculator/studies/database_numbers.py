"""Find numbers of databases with which designs work, or need fewer disks, if the automatic number is a bad one.

The automatic number follows Microsoft's workbook: it is rounded so that the copies of all databases are spread alike
over the servers.  With other servers it may therefore become much larger, or too small for the disks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from calculator.engine.findings import INVALID, warnings_of
from calculator.engine.sizing import size
from calculator.inputs.profile import Profile
from calculator.inputs.schema import BY_PATH, Value
from calculator.issues import WARNING
from calculator.rules.constants import scalar

AUTOMATIC, COUNT = "database.automatic_count", "database.custom_count"
SERVERS, DAGS = "environment.mailbox_servers", "environment.dags"
HIGH_AVAILABILITY = "environment.high_availability"
DISKS, BAYS = "storage_disks_total.environment", "server_drive_bays.primary"
TRIED = 24
"""Numbers of databases that are tried for each design."""
MORE_DISKS = 0.1
"""Share of more disks that a number of databases with fewer warnings may need."""


@dataclass(frozen=True)
class DatabaseNumber:
    """Number of databases that suits a design better than the automatic number.

    Attributes
    ----------
    values
        Inputs that set the number.
    figures
        Results of the design with this number by column, with ``id``, ``status`` and ``issues``.
    repairs
        Whether the design is invalid with the automatic number.
    unit
        What the number counts: ``databases``, with "per DAG" or "per server" if there are several.
    warnings
        Distinct warnings about the design with this number, with those of the layout of its copies if it was laid out.
    """

    values: Mapping[str, Value]
    figures: Mapping[str, Any]
    repairs: bool
    unit: str
    warnings: tuple[str, ...]

    @property
    def warned(self) -> str:
        """Number of warnings in words; empty if there is none."""
        count = len(self.warnings)
        return f"{count} warning{'s' if count > 1 else ''}" if count else ""

    @property
    def number(self) -> str:
        """Number of databases with what it counts, such as "70 databases"."""
        count = float(self.values[COUNT] or 0)
        return f"{count:,.0f} {self.unit.replace('databases', 'database', 1) if count == 1 else self.unit}"

    def __str__(self) -> str:
        disks, bays = self.figures[DISKS], self.figures[BAYS]
        needs = f"{disks:,.0f} disks for Exchange" + ("" if bays is None else f" and {bays:,.0f} drive bays per server")
        warned = f", with {self.warned}" if self.warned else ""
        if self.repairs:
            return f"With {self.number} it works{warned}: {needs}."
        return f"With {self.number} it needs only {needs}{warned}."


def better_numbers(
    base: Profile, columns: Mapping[str, Sequence[object]], results: Sequence[str] = (), *, lay_out: bool = True
) -> list[DatabaseNumber | None]:
    """Find a better number of databases for each of several designs whose number of databases is automatic.

    Tried are the next multiples of the servers that the mailboxes need, if a design is invalid, or if rounding adds
    more than half to the databases that it needs.  Of those that pass without errors, the one with the fewest warnings
    and then the fewest disks is taken.  Warnings of the layout count among the numbers that need few more disks.

    Parameters
    ----------
    base
        Values of the inputs without a column.
    columns
        Inputs that vary: one value per design, by path.
    results
        Further results for `DatabaseNumber.figures`.
    lay_out
        Whether to lay the copies out for the warnings of the layout.

    Returns
    -------
    list
        One element per design; None where no number is better, or where the number of databases is given.
    """
    from calculator.batch.table import size_many  # needs pyarrow

    present = size_many(
        columns, profile=base, results=("databases", "databases_raised", "disk_group", DISKS)
    ).to_pylist()
    owners, tried = [], []
    for place, row in enumerate(present):
        for count in _candidates(row, _design(base, columns, place)):
            owners.append(place)
            tried.append(count)
    found: list[DatabaseNumber | None] = [None] * len(present)
    if not tried:
        return found
    varied = {
        **{path: [values[place] for place in owners] for path, values in columns.items()},
        AUTOMATIC: [False] * len(tried),
        COUNT: tried,
    }
    results = tuple(dict.fromkeys(("databases", DISKS, BAYS, *results)))
    sized = size_many(varied, profile=base, results=results, valid_only=True).to_pylist()
    for place in dict.fromkeys(owners):
        given = _design(base, columns, place)
        repairs = present[place]["status"] == INVALID
        works = [
            DatabaseNumber({AUTOMATIC: False, COUNT: count}, row, repairs, _unit(given), _warnings(row))
            for owner, count, row in zip(owners, tried, sized, strict=True)
            if owner == place and row["databases"] == count and _is_better(row, present[place])
        ]
        if works:
            varied_here = {path: values[place] for path, values in columns.items() if path != "id"}
            design = {path: None if value == "none" else value for path, value in varied_here.items()}
            found[place] = _best(works, base, design if lay_out else None)
    return found


def _design(base: Profile, columns: Mapping[str, Sequence[object]], place: int) -> Mapping[str, Any]:
    """Return the inputs of a design that decide which numbers of databases are tried."""
    paths = (AUTOMATIC, HIGH_AVAILABILITY, SERVERS, DAGS)
    return {path: columns[path][place] if path in columns else base.value(path) for path in paths} | {
        "limit": scalar("many_rounded_databases", base)
    }


def _candidates(row: Mapping[str, Any], design: Mapping[str, Any]) -> list[float]:
    """Return the numbers of databases to try for a design: none if it works without much rounding."""
    databases, raised = row["databases"], row["databases_raised"]
    if not design[AUTOMATIC] or not databases or not raised:
        return []
    if row["status"] != INVALID and raised <= design["limit"]:
        return []
    servers = float(design[SERVERS]) if design[HIGH_AVAILABILITY] else 1.0
    step = max(servers, row["disk_group"] or 1.0)
    first = math.ceil(round(databases / raised / step, 9))
    numbers = (step * factor for factor in range(max(first, 1), max(first, 1) + TRIED))
    return [number for number in numbers if number != databases and number <= BY_PATH[COUNT].high]


def _is_better(row: Mapping[str, Any], present: Mapping[str, Any]) -> bool:
    """Return whether a design works, and needs fewer disks than before without more warnings if it worked before."""
    if row["status"] == INVALID or row[DISKS] is None:
        return False
    if present["status"] == INVALID:
        return True
    return row[DISKS] < present[DISKS] and len(_warnings(row)) <= len(_warnings(present))


def _best(numbers: Sequence[DatabaseNumber], base: Profile, values: Mapping[str, Any] | None) -> DatabaseNumber:
    """Return the number with the fewest warnings and then the fewest disks.

    Parameters
    ----------
    numbers
        The numbers with which a design works.
    base, values
        The design, to lay out its copies; they are not laid out without values.
    """

    def rank(number: DatabaseNumber) -> tuple[float, ...]:
        return len(number.warnings), number.figures[DISKS], float(number.values[COUNT] or 0)

    best = min(numbers, key=rank)
    if values is None:
        return best
    most = (1 + MORE_DISKS) * best.figures[DISKS]
    few = (number for number in numbers if number.figures[DISKS] <= most)
    return min((_laid_out(number, base.with_values({**values, **number.values})) for number in few), key=rank)


def _laid_out(number: DatabaseNumber, design: Profile) -> DatabaseNumber:
    """Return a number with all warnings about the design, those of the layout of its copies included."""
    from calculator.presentation.findings import all_issues  # imports the layout

    found = (issue.message for issue in all_issues(size(design)) if issue.severity == WARNING)
    return replace(number, warnings=tuple(dict.fromkeys(found)))


def _warnings(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(warnings_of(row["issues"]))


def _unit(design: Mapping[str, Any]) -> str:
    if not design[HIGH_AVAILABILITY]:
        return "databases per server" if float(design[SERVERS]) > 1 else "databases"
    return "databases per DAG" if float(design[DAGS]) > 1 else "databases"
