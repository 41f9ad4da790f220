"""Parse the deployment files into rows, and identify the kind of each file."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from calculator.inputs.text_files import Source, open_text, separator_of, source_name
from calculator.issues import Issues, refuse

LARGEST = 20_000_000
"""Largest file in bytes; a database takes a few hundred bytes."""
SERVERS, DAG, DATABASES, COPIES, COMMANDS, NOTES = "servers", "dag", "databases", "copies", "commands", "notes"
"""Kinds of files: Servers.csv, DAGInfo.csv, MailboxDatabases.csv, MailboxDatabaseCopies.csv, Set-MailboxServer.ps1, and
a README."""
_VERSION_ROWS = frozenset({"VersionNumber", "SchemaVersion"})
_REQUIRED_COLUMNS = {
    SERVERS: ("ServerName", "DbPerVolume", "AutoReseedVolumes"),
    DAG: ("DAGName", "Site1Servers", "Site2Servers"),
    COPIES: ("Name", "Server", "ActivationPreference", "ReplayLagTime"),
    DATABASES: ("Name", "Server", "DeletedItemRetention"),
}
"""Columns that identify each CSV file."""
_MAY_HAVE_NO_ROWS = frozenset({COPIES})
"""Kinds of files without rows if every database has a single copy."""
_COMMAND = re.compile(r"^\s*Set-MailboxServer\b(.*)$", re.IGNORECASE | re.MULTILINE)
_PARAMETER = re.compile(r"-(\w+)\s+(?:\"([^\"]*)\"|'([^']*)'|(\S+))")
_README = re.compile(r"readme\b", re.IGNORECASE)

Row = dict[str, str]
"""Texts of a row by column."""


@dataclass(frozen=True)
class DeploymentFile:
    """A deployment file.

    Attributes
    ----------
    where
        Name of the file in messages.
    kind
        Kind of the file.
    rows
        Rows of the file without the row of versions; for a file of commands, the parameters of each command.
    version
        Version of Microsoft's workbook whose format the file has; empty if it is not known.
    """

    where: str
    kind: str
    rows: tuple[Row, ...]
    version: str = ""

    def has(self, column: str) -> bool:
        """Return whether the file has a column."""
        return any(column in row for row in self.rows)

    def texts(self, column: str) -> list[str]:
        """Return the distinct texts of a column, in the order of the rows."""
        return list(dict.fromkeys(row[column].strip() for row in self.rows if column in row))


def read_file(source: Source, issues: Issues) -> DeploymentFile:
    """Read one deployment file.

    Raises
    ------
    InputError
        If the file is not text, is too large, has no rows, or is none of the deployment files.
    """
    where = source_name(source)
    text = _read_text(source, issues)
    if _README.match(where):
        return DeploymentFile(where, NOTES, ())
    commands = tuple(_parameters(match[1]) for match in _COMMAND.finditer(text))
    return DeploymentFile(where, COMMANDS, commands) if commands else _parse_table(text, where)


def _read_text(source: Source, issues: Issues) -> str:
    """Return the text of a file in any encoding."""
    with open_text(source, issues) as file:
        data = b""
        while block := file.read(LARGEST):
            data += block
            if len(data) > LARGEST:
                refuse(source_name(source), f"has more than {LARGEST:,} bytes.", "Is it the right file?")
    return data.decode()


def _parameters(command: str) -> Row:
    """Return the parameters of a command by name."""
    return {match[1]: match[2] or match[3] or match[4] or "" for match in _PARAMETER.finditer(command)}


def _parse_table(content: str, where: str) -> DeploymentFile:
    """Return a CSV file, with the kind that its columns identify."""
    head, _, _ = content.partition("\n")
    lines = csv.reader(content.splitlines(), skipinitialspace=True, delimiter=separator_of(head))
    try:
        table = [row for row in lines if any(cell.strip() for cell in row)]
    except csv.Error as error:
        refuse(where, f"cannot be read: {error}.", "Is it a CSV file?")
    names = [name.strip() for name in table[0]] if table else []
    kind = next((kind for kind, needed in _REQUIRED_COLUMNS.items() if set(needed) <= set(names)), None)
    if kind is None:
        hint = (
            "Give Servers.csv, DAGInfo.csv, MailboxDatabases.csv, MailboxDatabaseCopies.csv or Set-MailboxServer.ps1."
        )
        refuse(where, "is not a deployment file.", hint)
    rows, version = list[Row](), ""
    for cells in table[1:]:
        if cells[0].strip() in _VERSION_ROWS:
            version = cells[2].strip() if len(cells) > 2 else ""
        else:
            rows.append(dict(zip(names, [*cells, *[""] * len(names)], strict=False)))
    if not rows and kind not in _MAY_HAVE_NO_ROWS:
        refuse(where, "has no rows.", "Export the file again.")
    return DeploymentFile(where, kind, tuple(rows), version)
