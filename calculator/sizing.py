"""Sizing from Python: one design, or a table of them.

`size` and `explain` take one design as a profile file, a `Profile` or a mapping of inputs by path;
`size_many` takes columns.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator import engine, outcome
from calculator.columns import profile_columns, to_inputs
from calculator.engine import Results, column_index
from calculator.explain import Explanation, explain_result
from calculator.issues import InputError, Issues
from calculator.rule import CHECKS, RULES, Result
from calculator.scenario import Profile, from_mapping, load

if TYPE_CHECKING:
    import pyarrow as pa

HEADLINE = (
    "summary_servers.environment", "summary_servers_by_datacenter.primary",
    "summary_servers_by_datacenter.secondary", "summary_servers.dag", "summary_dags",
    "cpu_utilization_by_mode.worst.primary", "cpu_utilization_by_mode.worst.secondary",
    "cpu_utilization_by_mode.normal.primary", "cpu_utilization_by_mode.normal.secondary",
    "summary_memory.primary", "summary_memory.secondary",
    "storage_jbod_disks_per_server.primary", "storage_jbod_disks_per_server.secondary",
    "storage_raid_disks_per_server.primary", "storage_raid_disks_per_server.secondary",
    "storage_disks_total.environment", "transport_database_location.primary",
    "server_drive_bays.primary", "server_drive_bays.secondary",
    "summary_databases", "summary_mailboxes_per_database", "summary_database_space.database",
    "volume_database_volume_size", "storage_database_disk_formatted.primary",
    "storage_database_disk_formatted.secondary",
    "largest_mailbox_size_on_disk", "largest_mailbox_quota",
    "largest_mailbox_dumpster_purges_versions", "largest_mailbox_dumpster_calculator",
    "replication_peak_throughput.environment", "replication_link_utilization",
    "replication_link_acceptable_for_peak",
    "summary_database_iops.server", "summary_maintenance_throughput.server",
    "summary_logs_per_day.environment", "transport_database_size", "summary_gc_cores.primary",
    "volume_restore_volume_size", "reseed_hours", "days_until_volume_full",
)  # fmt: skip
"""Columns shown where none are named: servers, CPU, memory, disks, databases, volumes, network."""

ALWAYS = (*CHECKS, *outcome.SHOWN_BY_CHECKS, "design_invalid")
"""Computed whatever is asked for, so that issues and status do not depend on it."""
Scenario = str | os.PathLike[str] | Profile | Mapping[str, object]
Cell = float | bool | str | None


class UnknownResult(KeyError):
    """A name that is neither a rule nor a result column."""

    def __str__(self) -> str:
        return str(self.args[0])


def result_columns(names: str | Iterable[str], tiers: int) -> list[str]:
    """Columns meant by names of rules and columns, or by ``headline`` or ``all``.

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
            rules = (rule for rule in RULES.values() if rule.group == "result")
            columns.extend(column for rule in rules for column in rule.columns(tiers))
        elif name in RULES:
            columns.extend(RULES[name].columns(tiers))
        elif name in index:
            columns.append(name)
        else:
            raise UnknownResult(_unknown(name, index))
    return list(dict.fromkeys(columns))


def _unknown(name: str, index: Mapping[str, object]) -> str:
    import difflib

    near = difflib.get_close_matches(name[:200], [*RULES, *index], 1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    return f'"{name[:200]}" is not a result.{hint} Every result: python -m calculator rules'


def rules_of(columns: Iterable[str], tiers: int) -> list[str]:
    """Rules that give some columns."""
    index = column_index(tiers)
    return list(dict.fromkeys(index[column][0] for column in columns))


def cell(results: Results, column: str, design: int = 0) -> Cell:
    """Value of a column for a design: number, flag, word or None where it does not apply."""
    name, place = column_index(results.tiers)[column]
    array = results.values[name][place]
    value = array[min(design, array.shape[-1] - 1)]
    rule = RULES[name]
    if rule.kind is Result.NUMBER:
        return None if np.isnan(value) else float(value)
    if rule.kind is Result.FLAG:
        return None if rule.maybe and value < 0 else bool(value)
    assert rule.choice is not None
    return None if value < 0 else rule.choice.words[value]


class Sizing(Mapping[str, Any]):
    """The results of one design, by column or rule name.

    A column gives a number, flag, word or None where it does not apply; the name of a rule with axes
    gives a dict of its columns' values by label.

    Attributes
    ----------
    profile
        The design.
    issues
        What is wrong or doubtful about it.
    status
        ``invalid``, ``warning``, ``notice`` or ``ok``.
    """

    def __init__(self, profile: Profile, results: Results, names: str | Iterable[str] = "all") -> None:
        self._columns = result_columns(names, results.tiers)
        self.profile = profile
        self.results = results
        self.issues = outcome.issues_by_design(results, profile.where).get(0, Issues())
        self.status = outcome.STATUS[int(outcome.ranks(results)[0])]

    def __getitem__(self, name: str) -> Any:
        index = column_index(self.results.tiers)
        rule = index[name][0] if name in index else name
        if rule in RULES and rule not in self.results.values:
            raise UnknownResult(f'"{name}" was not among the results asked for.')
        if name in index:
            return cell(self.results, name)
        if name in RULES:
            return {self._label(name, c): cell(self.results, c) for c in RULES[name].columns(self.tiers)}
        raise UnknownResult(_unknown(name, index))

    @staticmethod
    def _label(name: str, column: str) -> str:
        head, _, tail = column.partition(name)
        return f"{head.removeprefix('tiers.').rstrip('.')}{tail}".strip(".")

    @property
    def tiers(self) -> int:
        """Number of tiers."""
        return self.results.tiers

    @property
    def complete(self) -> bool:
        """Whether everything was sized, not some results alone."""
        return self.results.values.keys() >= RULES.keys()

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def explain(self, name: str, depth: int | None = None) -> Explanation:
        """The tree behind a figure: rules, inputs, constants and their sources."""
        return explain_result(self.profile, self.results, name, depth)

    def table(self, names: str | Iterable[str] | None = None) -> list[dict[str, object]]:
        """Rows of column, value, unit, level and meaning; the headline where everything was sized."""
        names = names or ("headline" if self.complete else self._columns)
        index = column_index(self.tiers)
        rows: list[dict[str, object]] = []
        for column in result_columns(names, self.tiers):
            rule = RULES[index[column][0]]
            rows.append(
                {
                    "column": column,
                    "value": self[column],
                    "unit": rule.unit,
                    "level": rule.level,
                    "meaning": rule.meaning,
                }
            )
        return rows


def read(scenario: Scenario) -> Profile:
    """Profile of a file, a mapping of inputs by path, or a profile itself.

    Raises
    ------
    InputError
        With everything that cannot be used.
    """
    if isinstance(scenario, Profile):
        return scenario
    if isinstance(scenario, str | os.PathLike):
        return load(scenario)
    issues = Issues()
    given = from_mapping(scenario, "design", issues)
    if issues.errors:
        raise InputError(issues)
    return Profile(given)


def size(scenario: Scenario, *, results: str | Iterable[str] = "everything") -> Sizing:
    """Size one design.

    Parameters
    ----------
    scenario
        A profile file, a `Profile`, or inputs by path such as ``{"tiers.1.mailboxes": 5000}``, in
        canonical units or as a text with a unit.
    results
        Names wanted; everything by default.

    Returns
    -------
    Sizing
        A mapping of results, with ``issues``, ``status``, ``explain`` and ``table``.

    Raises
    ------
    InputError
        If inputs cannot be used; all problems at once.

    Examples
    --------
    >>> size({"tiers.1.mailboxes": 1000, "tiers.1.mailbox_size_limit": "2 GB"})["tiers.1.mailbox_size_on_disk"]
    2281.0
    """
    profile = read(scenario)
    tiers = profile.tiers
    inputs = to_inputs(profile_columns(profile), tiers)
    if results == "everything":
        return Sizing(profile, engine.run((*RULES, *CHECKS), inputs, tiers))
    names = result_columns(results, tiers)
    return Sizing(profile, engine.run((*rules_of(names, tiers), *ALWAYS), inputs, tiers), names)


def explain(scenario: Scenario, name: str, depth: int | None = None) -> Explanation:
    """The tree behind a figure of a design: rules, inputs, constants and their sources.

    Raises
    ------
    InputError
        If inputs cannot be used.
    UnknownResult
        If there is no such result.
    """
    return size(scenario).explain(name, depth)


def size_many(
    designs: Any,
    *,
    profile: Scenario | None = None,
    results: str | Iterable[str] = "headline",
    progress: Callable[[int], None] | None = None,
) -> pa.Table:
    """Size a table of designs.

    Parameters
    ----------
    designs
        Mapping of columns, pyarrow Table or DataFrame: a column for each input that varies, named by
        its path (or ``path [unit]``), a row a design.
    profile
        What the columns do not give.
    results
        Names of rules or columns, ``headline`` or ``all``.
    progress
        Called with the number of designs done.

    Returns
    -------
    pyarrow.Table
        ``id``, ``status``, ``issues`` and the results, a row a design, in order.
    """
    from calculator.batch_tables import size_table

    base = read(profile) if profile is not None else Profile()
    return size_table(designs, base, results, progress)
