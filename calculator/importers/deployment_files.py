"""The calculator's exported files read back: names of servers and databases, volumes, retention, replay lag."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from calculator.importers.result import Imported, laid_over
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.profile import Profile
from calculator.inputs.schema import SERVER, Value, find
from calculator.inputs.text_files import Source, open_text, separator_of, source_name
from calculator.issues import NOTICE, WARNING, Issues, quoted, refuse

LARGEST = 20_000_000
"""Bytes of a file; a database takes some hundred."""
VERSION_ROW = "VersionNumber"
_SPAN = re.compile(r"(?:(\d{1,5})\.)?(\d{1,2}):(\d{2}):(\d{2})")
_HOURS_A_DAY, _MINUTES, _SECONDS = 24, 60, 3600
SERVERS, DATABASES, COPIES = "servers", "databases", "copies"
KINDS = {
    SERVERS: ("ServerName", "DbPerVolume", "AutoReseedVolumes"),
    COPIES: ("Name", "Server", "ActivationPreference", "ReplayLagTime"),
    DATABASES: ("Name", "Server", "DeletedItemRetention"),
}
"""Columns a file of each kind has: Servers.csv, MailboxDatabaseCopies.csv, MailboxDatabases.csv."""
Rows = list[dict[str, str]]


@dataclass
class _Found:
    """What the files give, and what is doubtful about it."""

    where: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    issues: Issues = field(default_factory=Issues)

    def put(self, path: str, raw: object) -> None:
        """Take a value, if its input can have it."""
        found = find(path)
        assert found is not None
        try:
            self.values[path] = read_value(found[0], raw)
        except ValueProblem as error:
            self.issues.error(self.where, path, error.message, error.hint)

    def one(self, rows: Rows, column: str, path: str, read: Callable[[str], float | None]) -> float | None:
        """The value all rows of a column have; None where they have several, or one that cannot be read."""
        texts = sorted({row[column].strip() for row in rows})
        numbers = {read(text) for text in texts}
        if None in numbers:
            wrong = next(text for text in texts if read(text) is None)
            self.issues.error(self.where, column, f"{quoted(wrong)} cannot be read.", "Export the file anew.")
        elif len(numbers) > 1:
            message = f"has {len(numbers)} different values: {', '.join(map(quoted, texts[:4]))}."
            self.issues.add(WARNING, self.where, column, message, f"Give {path} yourself.")
        return None if len(numbers) != 1 else numbers.pop()


def import_deployment(sources: Sequence[Source], base: Profile) -> Imported:
    """Read files of a deployment that the calculator exported.

    Parameters
    ----------
    sources
        Servers.csv, MailboxDatabases.csv and MailboxDatabaseCopies.csv, any of them, told by their columns.
    base
        The design they are laid over.

    Returns
    -------
    Imported
        With a table of what each file holds.

    Raises
    ------
    InputError
        If a file cannot be read, is none of these, or holds what cannot be used.

    Source: calculator-7.6: Distribution.
    """
    found, counts = _Found(), list[dict[str, object]]()
    for source in sources:
        found.where = source_name(source)
        kind, rows, version = _read(_text_of(source, found.issues), found.where)
        _TAKE[kind](rows, base, found)
        counts.append({"file": found.where, "kind": kind, "rows": float(len(rows)), "version": version})
    found.issues.add(
        NOTICE,
        "deployment",
        "environment.mailbox_servers",
        "the files do not tell in which datacenter a server is.",
        "Numbers of servers and copies stay those of the design they are laid over.",
    )
    return Imported(laid_over(base, found.values), found.issues, found.values, {"files": counts})


def _text_of(source: Source, issues: Issues) -> str:
    """Text of a file in any encoding."""
    with open_text(source, issues) as file:
        data = b""
        while block := file.read(LARGEST):
            data += block
            if len(data) > LARGEST:
                refuse(source_name(source), f"has more than {LARGEST:,} bytes.", "Is it the right file?")
    return data.decode()


def _read(content: str, where: str) -> tuple[str, Rows, str]:
    """Kind, rows and version of a file."""
    head, _, _ = content.partition("\n")
    lines = csv.reader(content.splitlines(), skipinitialspace=True, delimiter=separator_of(head))
    try:
        table = [row for row in lines if any(cell.strip() for cell in row)]
    except csv.Error as error:
        refuse(where, f"cannot be read: {error}.", "Is it a CSV file?")
    names = [name.strip() for name in table[0]] if table else []
    kind = next((kind for kind, needed in KINDS.items() if set(needed) <= set(names)), None)
    if kind is None:
        refuse(
            where, "is no file of a deployment.", "Give Servers.csv, MailboxDatabases.csv or MailboxDatabaseCopies.csv."
        )
    rows, version = Rows(), ""
    for cells in table[1:]:
        if cells[0].strip() == VERSION_ROW:
            version = cells[2].strip() if len(cells) > 2 else ""
        else:
            rows.append(dict(zip(names, [*cells, *[""] * len(names)], strict=False)))
    if not rows:
        refuse(where, "has no rows.", "Export the file anew.")
    return kind, rows, version


def _take_servers(rows: Rows, base: Profile, found: _Found) -> None:
    names = list(dict.fromkeys(row["ServerName"].strip() for row in rows))
    if len(names) > len(SERVER.labels):
        message = f"names {len(names)} servers, a DAG has at most {len(SERVER.labels)}."
        found.issues.add(WARNING, found.where, "names.servers", message, "Give the file of one DAG.")
    else:
        for label, name in zip(SERVER.labels, names, strict=False):
            found.put(f"names.servers.{label}", name)
    spare = found.one(rows, "AutoReseedVolumes", "storage.autoreseed_volumes", _whole)
    if spare is not None:
        found.put("storage.autoreseed_volumes", spare)
    each = found.one(rows, "DbPerVolume", "storage.multiple_databases_per_volume", _whole)
    if each is not None:
        _take_databases_per_volume(each, base, found)


def _take_databases_per_volume(each: float, base: Profile, found: _Found) -> None:
    """Databases of a volume: one, as many as there are copies, or half as many."""
    found.put("storage.multiple_databases_per_volume", each > 1)
    paths = ("database_copies.ha_copies", "database_copies.lagged_copies")
    copies = sum(float(base.value(path) or 0) for path in paths)
    if each == copies or each * 2 == copies:
        found.put("storage.databases_per_volume_matches_copies", each == copies)
    elif each > 1:
        message = f"{each:.0f} databases share a volume, neither all {copies:.0f} copies nor half of them."
        found.issues.add(WARNING, found.where, "DbPerVolume", message, "Does --profile have the copies of this design?")


def _take_databases(rows: Rows, base: Profile, found: _Found) -> None:
    bases = {row["Name"].strip().rstrip("0123456789") for row in rows}
    if len(bases) == 1 and "" not in bases:
        found.put("names.database_base", bases.pop())
    hours = found.one(rows, "DeletedItemRetention", "tiers.deleted_item_retention", hours_of)
    if hours is not None:
        for tier in range(1, base.tiers + 1):
            found.put(f"tiers.{tier}.deleted_item_retention", hours / _HOURS_A_DAY)


def _take_copies(rows: Rows, base: Profile, found: _Found) -> None:
    lagged = [row for row in rows if hours_of(row["ReplayLagTime"].strip()) != 0]
    delay = found.one(lagged, "ReplayLagTime", "database_copies.replay_lag_delay", hours_of) if lagged else None
    if delay is not None:
        found.put("database_copies.replay_lag_delay", delay)


_TAKE: Mapping[str, Callable[[Rows, Profile, _Found], None]] = {
    SERVERS: _take_servers,
    DATABASES: _take_databases,
    COPIES: _take_copies,
}


def hours_of(text: str) -> float | None:
    """Hours of a span, ``d.hh:mm:ss`` or ``hh:mm:ss``, an hour perhaps of one digit; None where it is none."""
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return days * _HOURS_A_DAY + hours + minutes / _MINUTES + seconds / _SECONDS


def _whole(text: str) -> float | None:
    return float(text) if text.isdecimal() and len(text) < 6 else None
