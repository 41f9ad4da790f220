"""The README of a set of deployment files: what each file is, the order of running, where each setting came from."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from calculator.exporters.deployment.file_formats import COMMANDS, COPIES, DAG, DATABASES, SERVERS, Deployment
from calculator.exporters.deployment.settings import DEFAULT_DAG, FIELDS_BY_NAME, witness_directories
from calculator.exporters.shell import quote
from calculator.inputs.schema import Field, Value
from calculator.issues import Issues
from calculator.presentation.text import exact_number, plural, readable

if TYPE_CHECKING:
    from jinja2 import Template

README = "README.txt"
FROM_PROFILE, FROM_DESIGN, FROM_DEFAULT = "profile", "design", "default"
"""Where a setting came from."""
_WIDTH = 120
_UNITS = {"1": "", "day": "days"}
"""Units as a list of settings shows them."""

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
        Version of Microsoft's workbook whose form the files have.
    placeholders
        Issues about the placeholders in the files.
    """
    text = _template().render(
        deployment=deployment,
        dag=deployment.settings.dag_name or DEFAULT_DAG,
        servers=plural(len(deployment.servers), "server"),
        databases=plural(deployment.databases, "database"),
        copies=f"{len(deployment.copies)} copies",
        version=version,
        described=[(name, text) for name, text in _FILES.items() if name in names],
        order=list(_order(deployment, names)),
        placeholders=list(placeholders),
        notes=deployment.notes,
        settings=list(_settings(deployment, {issue.field for issue in placeholders})),
    )
    return "\r\n".join(text.splitlines()) + "\r\n"


@cache
def _template() -> Template:
    import jinja2  # slow to import, and needed only where files are written

    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.filters["wrapped"] = _wrap
    return environment.from_string(files(__package__).joinpath("readme.txt").read_text(encoding="utf-8"))


def _wrap(text: str, indent: str, first: str | None = None) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _order(deployment: Deployment, names: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield what to run, one after another, each with its commands."""
    settings = deployment.settings
    dag = settings.dag_name or DEFAULT_DAG
    spare = " -PrepareAutoReseedVolume" if deployment.autoreseed_volumes else ""
    yield (
        "On every server: make the volumes. The disks of the databases have to be empty; the first one has the number "
        f"{settings.first_drive:g}.",
        [f".\\Diskpart.ps1 -ServerFile .\\{SERVERS}{spare}"],
    )
    if DAG in names:
        yield (
            "Once: create the DAG and add the servers.",
            [f".\\CreateDAG.ps1 -ServerFile .\\{DAG} -NewDAG {quote(dag)}"],
        )
        directory = witness_directories(settings)[1]
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
    """Yield every setting with its value and origin; those of the paths given are placeholders in a file."""
    folders = dict(
        zip(("witness_directory", "alternate_witness_directory"), witness_directories(deployment.settings), strict=True)
    )
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
    return f"{origin} ({field.help})" if origin == FROM_DESIGN else origin
