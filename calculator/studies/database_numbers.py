"""Find numbers of databases with which designs work, or need fewer disks, if the automatic number is a bad one.

The automatic number follows Microsoft's workbook: it is rounded so that the copies of all databases are spread alike
over the servers.  With other servers it may therefore become much larger, or too small for the disks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from calculator.engine.findings import INVALID, warnings_of
from calculator.inputs.profile import Profile
from calculator.inputs.schema import BY_PATH, Value
from calculator.rules.constants import scalar

AUTOMATIC, COUNT = "database.automatic_count", "database.custom_count"
SERVERS, DAGS = "environment.mailbox_servers", "environment.dags"
HIGH_AVAILABILITY = "environment.high_availability"
DISKS, BAYS = "storage_disks_total.environment", "server_drive_bays.primary"
TRIED = 24
"""Numbers of databases that are tried for each design."""


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
    """

    values: Mapping[str, Value]
    figures: Mapping[str, Any]
    repairs: bool
    unit: str

    @property
    def number(self) -> str:
        """Number of databases with what it counts, such as "70 databases"."""
        count = float(self.values[COUNT] or 0)
        return f"{count:,.0f} {self.unit.replace('databases', 'database', 1) if count == 1 else self.unit}"

    def __str__(self) -> str:
        disks, bays, warnings = self.figures[DISKS], self.figures[BAYS], _warnings(self.figures)
        needs = f"{disks:,.0f} disks" + ("" if bays is None else f" and {bays:,.0f} drive bays per server")
        if not self.repairs:
            return f"With {self.number} it needs only {needs}."
        warned = f", with {warnings} warning{'s' if warnings > 1 else ''}" if warnings else ""
        return f"With {self.number} it works{warned}: {needs}."


def better_numbers(
    base: Profile, columns: Mapping[str, Sequence[object]], results: Sequence[str] = ()
) -> list[DatabaseNumber | None]:
    """Find a better number of databases for each of several designs whose number of databases is automatic.

    Tried are the next multiples of the servers that the mailboxes need, if a design is invalid, or if rounding adds
    more than half to the databases that it needs.  Of those that pass without errors, the one with the fewest warnings
    and then the fewest disks is taken.

    Parameters
    ----------
    base
        Values of the inputs without a column.
    columns
        Inputs that vary: one value per design, by path.
    results
        Further results for `DatabaseNumber.figures`.

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
        works = [
            (count, row)
            for owner, count, row in zip(owners, tried, sized, strict=True)
            if owner == place and row["databases"] == count and _is_better(row, present[place])
        ]
        if works:
            count, row = min(works, key=lambda pair: (_warnings(pair[1]), pair[1][DISKS], pair[0]))
            given = _design(base, columns, place)
            repairs = present[place]["status"] == INVALID
            found[place] = DatabaseNumber({AUTOMATIC: False, COUNT: count}, row, repairs, _unit(given))
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
    return row[DISKS] < present[DISKS] and _warnings(row) <= _warnings(present)


def _warnings(row: Mapping[str, Any]) -> int:
    return len(warnings_of(row["issues"]))


def _unit(design: Mapping[str, Any]) -> str:
    if not design[HIGH_AVAILABILITY]:
        return "databases per server" if float(design[SERVERS]) > 1 else "databases"
    return "databases per DAG" if float(design[DAGS]) > 1 else "databases"
