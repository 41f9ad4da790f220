"""Read the deployment files that Microsoft's workbook exports.

They give the names of servers and databases, the databases per volume, the AutoReseed volumes, the retention and the
replay lag.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from calculator.importers.result import ImportResult, apply_values
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.profile import Profile
from calculator.inputs.schema import SERVER, Value, find
from calculator.inputs.text_files import Source, open_text, separator_of, source_name
from calculator.issues import NOTICE, WARNING, Issues, quoted, refuse

LARGEST = 20_000_000
"""Largest file in bytes; a database takes a few hundred."""
VERSION_ROW = "VersionNumber"
_SPAN = re.compile(r"(?:(\d{1,5})\.)?(\d{1,2}):(\d{2}):(\d{2})")
_HOURS_PER_DAY, _MINUTES_PER_HOUR, _SECONDS_PER_HOUR = 24, 60, 3600
SERVERS, DATABASES, COPIES = "servers", "databases", "copies"
_REQUIRED_COLUMNS = {
    SERVERS: ("ServerName", "DbPerVolume", "AutoReseedVolumes"),
    COPIES: ("Name", "Server", "ActivationPreference", "ReplayLagTime"),
    DATABASES: ("Name", "Server", "DeletedItemRetention"),
}
"""Columns that identify Servers.csv, MailboxDatabaseCopies.csv and MailboxDatabases.csv."""
FileRows = list[dict[str, str]]


@dataclass
class _DeploymentInputs:
    """The inputs found in the files, and the issues about them."""

    where: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    issues: Issues = field(default_factory=Issues)

    def set(self, path: str, raw: object) -> None:
        """Set an input, or report a value that it cannot have."""
        found = find(path)
        assert found is not None
        try:
            self.values[path] = read_value(found[0], raw)
        except ValueProblem as error:
            self.issues.error(self.where, path, error.message, error.hint)

    def read_common(self, rows: FileRows, column: str, path: str, read: Callable[[str], float | None]) -> float | None:
        """Return the value that all rows have in a column; report several or unreadable ones and return None."""
        texts = sorted({row[column].strip() for row in rows})
        numbers = {read(text) for text in texts}
        if None in numbers:
            wrong = next(text for text in texts if read(text) is None)
            self.issues.error(self.where, column, f"{quoted(wrong)} cannot be read.", "Export the file again.")
        elif len(numbers) > 1:
            message = f"has {len(numbers)} different values: {', '.join(map(quoted, texts[:4]))}."
            self.issues.add(WARNING, self.where, column, message, f"Give {path} yourself.")
        return numbers.pop() if len(numbers) == 1 else None


def import_deployment(sources: Sequence[Source], base: Profile) -> ImportResult:
    """Read the deployment files that Microsoft's workbook exported.

    Parameters
    ----------
    sources
        Any of Servers.csv, MailboxDatabases.csv and MailboxDatabaseCopies.csv, identified by their columns.
    base
        The design that receives their values.

    Returns
    -------
    ImportResult
        With the table ``files``: the kind, rows and version of each file.

    Raises
    ------
    InputError
        If a file cannot be read, is none of these, or has a value that cannot be used.

    Source: calculator-7.6: Distribution.
    """
    found, counts = _DeploymentInputs(), list[dict[str, object]]()
    for source in sources:
        found.where = source_name(source)
        kind, rows, version = _parse_table(_read_text(source, found.issues), found.where)
        _READERS[kind](rows, base, found)
        counts.append({"file": found.where, "kind": kind, "rows": float(len(rows)), "version": version})
    found.issues.add(
        NOTICE,
        "deployment",
        "environment.mailbox_servers",
        "the files do not say in which datacenter a server is.",
        "The numbers of servers and copies stay those of the base design.",
    )
    return ImportResult(apply_values(base, found.values), found.issues, found.values, {"files": counts})


def _read_text(source: Source, issues: Issues) -> str:
    """Return the text of a file in any encoding."""
    with open_text(source, issues) as file:
        data = b""
        while block := file.read(LARGEST):
            data += block
            if len(data) > LARGEST:
                refuse(source_name(source), f"has more than {LARGEST:,} bytes.", "Is it the right file?")
    return data.decode()


def _parse_table(content: str, where: str) -> tuple[str, FileRows, str]:
    """Return the kind, the rows and the version of a file."""
    head, _, _ = content.partition("\n")
    lines = csv.reader(content.splitlines(), skipinitialspace=True, delimiter=separator_of(head))
    try:
        table = [row for row in lines if any(cell.strip() for cell in row)]
    except csv.Error as error:
        refuse(where, f"cannot be read: {error}.", "Is it a CSV file?")
    names = [name.strip() for name in table[0]] if table else []
    kind = next((kind for kind, needed in _REQUIRED_COLUMNS.items() if set(needed) <= set(names)), None)
    if kind is None:
        refuse(
            where, "is no file of a deployment.", "Give Servers.csv, MailboxDatabases.csv or MailboxDatabaseCopies.csv."
        )
    rows, version = FileRows(), ""
    for cells in table[1:]:
        if cells[0].strip() == VERSION_ROW:
            version = cells[2].strip() if len(cells) > 2 else ""
        else:
            rows.append(dict(zip(names, [*cells, *[""] * len(names)], strict=False)))
    if not rows:
        refuse(where, "has no rows.", "Export the file again.")
    return kind, rows, version


def _read_servers(rows: FileRows, base: Profile, found: _DeploymentInputs) -> None:
    names = list(dict.fromkeys(row["ServerName"].strip() for row in rows))
    if len(names) > len(SERVER.labels):
        message = f"names {len(names)} servers, a DAG has at most {len(SERVER.labels)}."
        found.issues.add(WARNING, found.where, "names.servers", message, "Give the file of one DAG.")
    else:
        for label, name in zip(SERVER.labels, names, strict=False):
            found.set(f"names.servers.{label}", name)
    spare = found.read_common(rows, "AutoReseedVolumes", "storage.autoreseed_volumes", _parse_whole)
    if spare is not None:
        found.set("storage.autoreseed_volumes", spare)
    per_volume = found.read_common(rows, "DbPerVolume", "storage.multiple_databases_per_volume", _parse_whole)
    if per_volume is not None:
        _read_databases_per_volume(per_volume, base, found)


def _read_databases_per_volume(per_volume: float, base: Profile, found: _DeploymentInputs) -> None:
    """Derive the layout of volumes: one database each, as many as there are copies, or half as many."""
    found.set("storage.multiple_databases_per_volume", per_volume > 1)
    paths = ("database_copies.ha_copies", "database_copies.lagged_copies")
    copies = sum(float(base.value(path) or 0) for path in paths)
    if per_volume == copies or per_volume * 2 == copies:
        found.set("storage.databases_per_volume_matches_copies", per_volume == copies)
    elif per_volume > 1:
        message = f"{per_volume:.0f} databases share a volume, neither all {copies:.0f} copies nor half of them."
        found.issues.add(WARNING, found.where, "DbPerVolume", message, "Does --profile have the copies of this design?")


def _read_databases(rows: FileRows, base: Profile, found: _DeploymentInputs) -> None:
    bases = {row["Name"].strip().rstrip("0123456789") for row in rows}
    if len(bases) == 1 and "" not in bases:
        found.set("names.database_base", bases.pop())
    hours = found.read_common(rows, "DeletedItemRetention", "tiers.deleted_item_retention", parse_hours)
    if hours is not None:
        for tier in range(1, base.tiers + 1):
            found.set(f"tiers.{tier}.deleted_item_retention", hours / _HOURS_PER_DAY)


def _read_copies(rows: FileRows, base: Profile, found: _DeploymentInputs) -> None:
    lagged = [row for row in rows if parse_hours(row["ReplayLagTime"].strip()) != 0]
    delay = (
        found.read_common(lagged, "ReplayLagTime", "database_copies.replay_lag_delay", parse_hours) if lagged else None
    )
    if delay is not None:
        found.set("database_copies.replay_lag_delay", delay)


_READERS: Mapping[str, Callable[[FileRows, Profile, _DeploymentInputs], None]] = {
    SERVERS: _read_servers,
    DATABASES: _read_databases,
    COPIES: _read_copies,
}


def parse_hours(text: str) -> float | None:
    """Return the hours of a time span such as ``14.00:00:00`` or ``7:00:00``, or None if the text is none."""
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return days * _HOURS_PER_DAY + hours + minutes / _MINUTES_PER_HOUR + seconds / _SECONDS_PER_HOUR


def _parse_whole(text: str) -> float | None:
    return float(text) if text.isdecimal() and len(text) < 6 else None
