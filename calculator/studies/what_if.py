"""Size a design under changes, all in one batch: given changes, or the usual ones one at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from calculator.engine.findings import INVALID, errors_of, warnings_of
from calculator.engine.sizing import Scenario, read
from calculator.inputs import schema
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.profile import Profile
from calculator.inputs.schema import DATACENTER, Value
from calculator.inputs.units import percent_text
from calculator.issues import WARNING
from calculator.rules.constants import scalar
from calculator.studies.database_numbers import DatabaseNumber, better_numbers
from calculator.studies.disks import sold_capacities, with_restore_disks
from calculator.studies.figures import NumericSizer, require_mailboxes, units_of
from calculator.studies.result import StudyResult

if TYPE_CHECKING:
    import pyarrow as pa

MAX_COPIES = 16
SERVERS = "environment.mailbox_servers"


@dataclass(frozen=True)
class Change:
    """Named change that sets inputs to other values.

    Attributes
    ----------
    name
        Name of the change for people.
    values
        New values by path, in canonical units; empty if the change is impossible.
    reason
        Why the change is impossible; empty if it is possible.
    """

    name: str
    values: Mapping[str, Value] = field(default_factory=dict)
    reason: str = ""


PRESENT = Change("The design as it is")
"""Empty change, with which the other changes are compared."""


def size_changes(base: Profile, changes: Sequence[Change], results: str | Iterable[str]) -> pa.Table:
    """Size a design under each of several changes.

    Parameters
    ----------
    base
        The design.
    changes
        The changes.
    results
        Names of rules or columns, ``headline`` or ``all``.

    Returns
    -------
    pyarrow.Table
        Columns ``id`` (the name of the change), ``status``, ``issues`` and the results, one row per change; no figure
        of an invalid design applies.
    """
    from calculator.batch.table import size_many  # needs pyarrow

    return size_many(_columns(base, changes), profile=base, results=results, valid_only=True)


def _columns(base: Profile, changes: Sequence[Change]) -> dict[str, list[object]]:
    """Return a table with one row per change: its name, and the inputs that any of the changes sets."""
    columns: dict[str, list[object]] = {"id": [change.name for change in changes]}
    for path in dict.fromkeys(path for change in changes for path in change.values):
        present = base.value(path)
        values = [change.values.get(path, present) for change in changes]
        columns[path] = ["none" if value is None else value for value in values]  # an empty cell is the base's value
    return columns


@dataclass(frozen=True, repr=False)
class WhatIf(StudyResult):
    """Usual changes to a design, with their results.

    Attributes
    ----------
    changes
        The possible changes; row ``n`` of the table is change ``n``, row 0 is the design as it is.
    impossible
        The impossible changes, with the reason.
    table
        Columns ``id``, ``status``, ``issues`` and the results, one row per change.
    tiers
        Number of tiers of the design.
    database_numbers
        For each row of the table, a number of databases that suits the design better than the automatic number; None
        where there is none.
    """

    changes: tuple[Change, ...]
    impossible: tuple[Change, ...]
    table: pa.Table
    tiers: int
    database_numbers: tuple[DatabaseNumber | None, ...]

    def reason(self, row: int) -> str:
        """Return why the design of a row of the table is invalid: its errors; empty if it is not."""
        status, issues = self.table["status"][row].as_py(), self.table["issues"][row].as_py()
        return " ".join(errors_of(issues)) if status == INVALID else ""

    def warnings(self, row: int) -> list[str]:
        """Return the distinct warnings about the design of a row of the table; none if it is invalid."""
        status, issues = self.table["status"][row].as_py(), self.table["issues"][row].as_py()
        return warnings_of(issues) if status == WARNING else []

    def rows(self) -> list[dict[str, object]]:
        """Return one row per change and result with the present figure, then one row per impossible change.

        If a design is invalid, the reason says why, and figures have no difference.  The hint names a number of
        databases that suits the design better than the automatic number.
        """
        present = self.reason(0)
        present = f"The present design is invalid. {present}" if present else ""
        rows = self.table.to_pylist()
        columns = [name for name in self.table.column_names if name not in ("id", "status", "issues")]
        units = units_of(columns, self.tiers)
        sized = [
            _row(
                change.name,
                row["status"],
                column,
                units[column],
                rows[0][column],
                row[column],
                " ".join(filter(None, (self.reason(number), present))) or None,
                rows[0]["status"],
                str(self.database_numbers[number] or ""),
            )
            for number, (change, row) in enumerate(zip(self.changes[1:], rows[1:], strict=True), 1)
            for column in columns
        ]
        impossible = (
            _row(change.name, reason=change.reason, present_status=rows[0]["status"]) for change in self.impossible
        )
        return [*sized, *impossible]


def _row(
    change: str,
    status: str | None = None,
    result: str | None = None,
    unit: str | None = None,
    present: Value = None,
    value: Value = None,
    reason: str | None = None,
    present_status: str | None = None,
    hint: str = "",
) -> dict[str, object]:
    difference = value - present if isinstance(present, float) and isinstance(value, float) else None
    return {
        "change": change,
        "status": status,
        "result": result,
        "unit": unit,
        "present": present,
        "value": value,
        "difference": difference,
        "reason": reason,
        "present_status": present_status,
        "hint": hint,
    }


def what_if(scenario: Scenario, results: str | Iterable[str] = "headline") -> WhatIf:
    """Size a design under each of the usual changes.

    Parameters
    ----------
    scenario
        The design: a profile file, ``example:NAME``, a `Profile` or inputs by path.
    results
        Names of rules or columns, ``headline`` or ``all``.

    Returns
    -------
    WhatIf
        The possible changes with their results, and the impossible ones with the reason.

    Raises
    ------
    InputError
        If inputs cannot be used.
    UnknownResult
        If there is no such result.

    Examples
    --------
    >>> study = what_if({"tiers.1.mailboxes": 5000}, ["largest_mailbox_size_on_disk"])
    >>> study.table["largest_mailbox_size_on_disk"].to_pylist()[0]
    5362.0
    """
    profile = read(scenario)
    require_mailboxes(profile)
    changes = usual_changes(profile)
    possible = (PRESENT, *(change for change in changes if not change.reason))
    impossible = tuple(change for change in changes if change.reason)
    table = size_changes(profile, possible, results)
    numbers = better_numbers(profile, _columns(profile, possible))
    return WhatIf(possible, impossible, table, profile.tiers, tuple(numbers))


def usual_changes(profile: Profile) -> list[Change]:
    """Return the usual changes to a design, the impossible ones with the reason."""
    return [_check_values(make_change(profile)) for make_change in USUAL_CHANGES]


def _check_values(change: Change) -> Change:
    """Return the change, or an impossible one if it sets an input to a value that the input cannot have."""
    for path, value in change.values.items():
        found = schema.find(path)
        assert found is not None
        try:
            read_value(found[0], value)
        except ValueProblem as error:
            return Change(change.name, reason=error.message.removesuffix("."))
    return change


def _number(profile: Profile, path: str) -> float:
    return float(profile.value(path) or 0)


def add_copy(profile: Profile) -> Change:
    """Add one HA copy in the datacenter that has fewer, or in both where they have to be equal."""
    name, copies = "One more copy", _number(profile, "database_copies.ha_copies")
    if not profile.value("environment.high_availability"):
        return Change(name, reason="the design has no high availability")
    added = 1
    values: dict[str, Value] = {}
    if profile.value("site_resilience.enabled"):
        secondary = _number(profile, "database_copies.ha_copies_secondary")
        if profile.value("site_resilience.model") == "active_active_single_dag":
            name, added = "One more copy in each datacenter", 2
            values["database_copies.ha_copies_secondary"] = secondary + 1
        elif secondary < copies - secondary:
            values["database_copies.ha_copies_secondary"] = secondary + 1
    if copies + added > MAX_COPIES:
        return Change(name, reason=f"a database has at most {MAX_COPIES} copies")
    return Change(name, {"database_copies.ha_copies": copies + added, **values})


def enlarge_disks(profile: Profile) -> Change:
    """Choose the next larger database disk in each datacenter, and the same restore disk where both were the same."""
    values: dict[str, Value] = {}
    for side in DATACENTER.labels:
        path = f"storage.{side}.database_disk_capacity"
        sold = sold_capacities(str(profile.value(f"storage.{side}.database_disk_type")))
        larger = [capacity for capacity in sold if capacity > _number(profile, path) > 0]
        if larger:
            values[path] = float(larger[0])
    largest = max((float(value or 0) for value in values.values()), default=0.0)
    if not values:
        return Change("Next larger disk", reason="no larger disk of the type is sold")
    return Change(f"Disks of {largest:,.0f} GB", with_restore_disks(profile, values))


def add_server(profile: Profile) -> Change:
    """Add one server that hosts active mailboxes, wherever the design counts them."""
    servers = _number(profile, SERVERS) + 1
    return Change(f"One server more{_places_of_server(profile, servers)}", {SERVERS: servers})


def remove_server(profile: Profile) -> Change:
    """Remove one server that hosts active mailboxes, wherever the design counts them."""
    servers = _number(profile, SERVERS) - 1
    if servers < 1:
        return Change("One server fewer", reason="there is only one")
    return Change(f"One server fewer{_places_of_server(profile, servers)}", {SERVERS: servers})


def _places_of_server(profile: Profile, servers: float) -> str:
    """Return text that names the places where servers are added or removed for another number of servers."""
    columns = [f"summary_mailbox_servers_by_datacenter.{side}" for side in DATACENTER.labels]
    sizer = NumericSizer(profile, [*columns, "two_datacenters"])
    found = sizer({SERVERS: np.array([_number(profile, SERVERS), servers])})
    second = found[columns[1]][1] - found[columns[1]][0]
    both = bool(found["two_datacenters"][0]) if math.isnan(second) else second != 0  # unknown if one is invalid
    several_dags = profile.value("environment.high_availability") and (
        _number(profile, "environment.dags") > 1
        or (both and profile.value("site_resilience.model") == "active_active_multiple_dags")
    )
    if not both:
        return " in each DAG" if several_dags else ""
    return f" in each datacenter{' of each DAG' if several_dags else ''}"


def add_users(profile: Profile) -> Change:
    """Add a fifth of the mailboxes to each tier, rounded up to whole mailboxes."""
    share = scalar("what_if_more_users", profile)
    values: dict[str, Value] = {}
    for tier in range(1, profile.tiers + 1):
        mailboxes = _number(profile, f"tiers.{tier}.mailboxes")
        if mailboxes:
            values[f"tiers.{tier}.mailboxes"] = float(math.ceil(mailboxes * (1 + share)))
    name = f"{percent_text(share)} more users"
    return Change(name, values) if values else Change(name, reason="no tier has mailboxes")


def lengthen_retention(profile: Profile) -> Change:
    """Keep deleted items some days longer in each tier."""
    days = scalar("what_if_more_retention", profile)
    values: dict[str, Value] = {
        f"tiers.{tier}.deleted_item_retention": _number(profile, f"tiers.{tier}.deleted_item_retention") + days
        for tier in range(1, profile.tiers + 1)
    }
    return Change(f"{days:.0f} more days of retention", values)


def switch_dumpster_model(profile: Profile) -> Change:
    """Choose the other model of the Recoverable Items folder."""
    if profile.value("guidance.dumpster_model") == "purges_versions":
        return Change("Recoverable Items as in Microsoft's workbook", {"guidance.dumpster_model": "calculator"})
    return Change("Recoverable Items by Purges and Versions", {"guidance.dumpster_model": "purges_versions"})


USUAL_CHANGES: tuple[Callable[[Profile], Change], ...] = (
    add_copy,
    enlarge_disks,
    add_server,
    remove_server,
    add_users,
    lengthen_retention,
    switch_dumpster_model,
)
