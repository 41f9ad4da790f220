"""Write the README of a set of deployment files: their purpose, the order of steps, and the origin of each setting."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator
from typing import NamedTuple

from calculator.exporters.deployment.file_formats import (
    COMMANDS,
    COPIES,
    DAG,
    DATABASES,
    SERVERS,
    Deployment,
    names_of_dag,
)
from calculator.exporters.deployment.settings import FIELDS_BY_NAME
from calculator.exporters.shell import quote
from calculator.inputs.schema import Field, Value
from calculator.issues import Issues
from calculator.presentation.text import exact_number, plural, readable

README = "README.txt"
FROM_PROFILE, FROM_DESIGN, FROM_DEFAULT = "profile", "design", "default"
"""Texts for the origin of a setting."""
_WIDTH = 120
_UNITS = {"1": "", "day": "days"}
"""Names of units in the list of settings."""

_FILES = {
    SERVERS: "One row per server: first disk, databases per volume, spare volumes, folders, and its databases in the "
    "order of its disks. Diskpart.ps1 reads it.",
    DAG: "One row: the DAG with its witnesses, servers, limits and networks. CreateDAG.ps1 reads it.",
    DATABASES: "One row per database: server of the active copy, paths, quotas, retention. CreateMBDatabases.ps1 reads "
    "it, and CreateMBDatabaseCopies.ps1 for circular logging.",
    COPIES: "One row per copy with activation preference 2 or higher, with its lag. CreateMBDatabaseCopies.ps1 reads "
    "it.",
    COMMANDS: "One command per server with the settings that no CSV file holds: limits of active databases, mount "
    "dial, and blocked activation.",
}


class _Setting(NamedTuple):
    path: str
    label: str
    value: str
    origin: str


def write_readme(deployment: Deployment, names: Collection[str], version: str, placeholders: Issues) -> str:
    """Return the text of the README, with the line ends of Windows.

    Parameters
    ----------
    deployment
        The design.
    names
        Names of the files in the set.
    version
        Version of Microsoft's workbook whose format the files have.
    placeholders
        Issues about the placeholders in the files.
    """
    lines = [
        *_introduce(deployment, version),
        *_describe_files(names),
        *_describe_order(deployment, names),
        *_describe_placeholders(placeholders),
        *_section("Check these before you run the first script"),
        *([line for note in deployment.notes for line in _item(note)] or ["Nothing."]),
        *_describe_settings(deployment, {issue.field for issue in placeholders}),
    ]
    return "\r\n".join(lines) + "\r\n"


def _introduce(deployment: Deployment, version: str) -> Iterator[str]:
    title = f"Deployment files of {deployment.where}, DAG {names_of_dag(deployment.settings)[0]}"
    yield title
    yield "=" * len(title)
    yield ""
    servers, databases = plural(len(deployment.servers), "server"), plural(deployment.databases, "database")
    yield from _paragraph(
        f"{servers}, {databases} with {len(deployment.copies)} copies, in the form of version {version} of Microsoft's "
        "workbook. Keep this file with the others: it says what they are, in which order they are used, and where each "
        "setting came from."
    )


def _describe_files(names: Collection[str]) -> Iterator[str]:
    yield from _section("What each file is")
    for name, text in _FILES.items():
        if name in names:
            yield name
            yield from _paragraph(text, "    ")


def _describe_order(deployment: Deployment, names: Collection[str]) -> Iterator[str]:
    yield from _section("Order of running")
    yield from _paragraph(
        "The scripts come with Microsoft's workbook. Run them in the Exchange Management Shell as an administrator, "
        "from the folder of these files, after Exchange is installed on every server."
    )
    yield ""
    for number, (text, commands) in enumerate(_order(deployment, names), 1):
        yield from _paragraph(f"{number}. {text}", "   ", first="")
        yield from (f"       {command}" for command in commands)
    yield ""
    yield from _paragraph(
        "With ExchangeDsc instead of the scripts: Servers.csv, MailboxDatabases.csv and MailboxDatabaseCopies.csv are "
        "read as they are; leave the second line of each file in place."
    )


def _describe_placeholders(placeholders: Issues) -> Iterator[str]:
    yield from _section("Placeholders")
    if not placeholders:
        yield "None: every name and address is stated in the profile."
        return
    yield from _paragraph(
        "Only you know these values. Give them in the section [export] of the profile and "
        "write the files again, or change them in the files."
    )
    yield ""
    for issue in placeholders:
        yield from _item(f"{issue.field}: {issue.message}")


def _describe_settings(deployment: Deployment, open_paths: Collection[str]) -> Iterator[str]:
    yield from _section("Settings, and where each came from")
    yield from _paragraph(
        "profile: stated in the profile. design: follows from the design. default: the default of Microsoft's workbook."
    )
    yield ""
    for setting in _settings(deployment, open_paths):
        yield setting.path
        yield from _paragraph(f"{setting.label}: {setting.value}. From: {setting.origin}.", "    ")


def _section(title: str) -> tuple[str, str, str]:
    return "", title, "-" * len(title)


def _item(text: str) -> list[str]:
    return _paragraph(f"* {text}", "  ", first="")


def _paragraph(text: str, indent: str = "", first: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _order(deployment: Deployment, names: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the steps to run in order, each with its commands."""
    settings = deployment.settings
    dag, _, directory = names_of_dag(settings)
    spare = " -PrepareAutoReseedVolume" if deployment.autoreseed_volumes else ""
    yield (
        "On every server: make the volumes. The disks of the databases must be empty; the first one has the number "
        f"{settings.first_drive:g}.",
        [f".\\Diskpart.ps1 -ServerFile .\\{SERVERS}{spare}"],
    )
    if DAG in names:
        yield (
            "Once: create the DAG and add the servers.",
            [f".\\CreateDAG.ps1 -ServerFile .\\{DAG} -NewDAG {quote(dag)}"],
        )
        if settings.alternate_witness_server:
            yield (
                "Once, by hand: CreateDAG.ps1 of version 7.6 does not set the alternate witness, although the file has "
                "it.",
                [
                    f"Set-DatabaseAvailabilityGroup -Identity {quote(dag)} -AlternateWitnessServer "
                    f"{quote(settings.alternate_witness_server)} -AlternateWitnessDirectory {quote(directory)}"
                ],
            )
    else:
        yield f"Once: create the DAG and add the servers by hand; {DAG} is not part of this form.", []
    yield "Once: create the databases and mount them.", [f".\\CreateMBDatabases.ps1 -DBFile .\\{DATABASES}"]
    yield (
        "Once, when every database is mounted: add the copies. Circular logging is turned on afterwards if the file "
        "asks for it.",
        [f".\\CreateMBDatabaseCopies.ps1 -DBCopyFile .\\{COPIES} -DBFile .\\{DATABASES}"],
    )
    yield "Once, when every copy is healthy: set the limits and the mount dial of the servers.", [f".\\{COMMANDS}"]


def _settings(deployment: Deployment, open_paths: Collection[str]) -> Iterator[_Setting]:
    """Yield every setting with its value and origin; settings at the given paths are placeholders in a file."""
    _, folder, alternate = names_of_dag(deployment.settings)
    folders = {"witness_directory": folder, "alternate_witness_directory": alternate}
    for name, field in FIELDS_BY_NAME.items():
        value = folders.get(name, getattr(deployment.settings, name))
        mark = ", a placeholder" if field.path in open_paths else ""
        origin = _tell_origin(deployment.origins.get(name, FROM_DEFAULT), field)
        yield _Setting(field.path, field.label, _show(field, value), f"{origin}{mark}")


def _show(field: Field, value: Value) -> str:
    if value in (None, ""):
        return "empty"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return readable(value)
    return f"{exact_number(value)} {_UNITS.get(field.unit, field.unit)}".rstrip()


def _tell_origin(origin: str, field: Field) -> str:
    """Return the origin of a setting. For a value from the design, add how it is derived, which the help says last."""
    return f"{origin} ({field.help.rpartition('; ')[2]})" if origin == FROM_DESIGN else origin
