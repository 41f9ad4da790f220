"""The deployment files of a design: checked, put together and written as a whole or not at all."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt

from calculator.engine.sizing import SizedDesign
from calculator.exporters.deployment import file_formats
from calculator.exporters.deployment.file_formats import Copy, Deployment
from calculator.exporters.deployment.settings import check_ascii, check_settings, settings_of
from calculator.inputs.names import database_base_problem, repeated_server_names, server_name_problem
from calculator.inputs.profile import name_of
from calculator.inputs.schema import SERVER, Value
from calculator.issues import NOTICE, WARNING, InputError, Issues, quoted

__all__ = [
    "COMMANDS",
    "Copy",
    "Deployment",
    "Written",
    "check",
    "copies_of",
    "deployment_files",
    "deployment_of",
    "mailbox_server_commands",
    "write_deployment",
]

COMMANDS = "Set-MailboxServer.ps1"
"""File of the settings that no CSV file carries to the servers."""

Table = Iterable[Iterable[int]] | npt.NDArray[Any]


def check(deployment: Deployment) -> Issues:
    """Everything that would break the files, or be misread by what reads them."""
    issues = check_settings(deployment.settings, deployment.where)
    _check_servers(deployment, issues)
    _check_base(deployment, issues)
    _check_layout(deployment, issues)
    return issues


def _check_servers(deployment: Deployment, issues: Issues) -> None:
    where = deployment.where
    problems = [(number, server_name_problem(name)) for number, name in enumerate(deployment.servers, 1)]
    for number, problem in (*problems, *repeated_server_names(deployment.servers)):
        if problem:
            issues.error(where, f"names.servers.{number}", problem.message, problem.hint)
    if not deployment.servers_primary or len(deployment.servers) > len(SERVER.labels):
        message = f"there are {len(deployment.servers)} servers."
        issues.error(where, "names.servers", message, f"A DAG has 1 to {len(SERVER.labels)}.")


def _check_base(deployment: Deployment, issues: Issues) -> None:
    problem = database_base_problem(deployment.database_base)
    if problem:
        issues.error(deployment.where, "names.database_base", problem.message, problem.hint)
    else:
        check_ascii(deployment.database_base, deployment.where, "names.database_base", issues)


def _check_layout(deployment: Deployment, issues: Issues) -> None:
    where, count = deployment.where, len(deployment.servers)
    if not deployment.copies:
        issues.error(where, "layout", "holds no database copy.", "Lay out the design first.")
        return
    outside = {copy.server for copy in deployment.copies} - set(range(1, count + 1))
    if outside:
        message = f"has copies on server {min(outside)}, {count} servers have a name."
        issues.error(where, "layout", message, "Name a server for each number.")
    _check_preferences(deployment, issues)
    held = Counter(copy.server for copy in deployment.copies)
    for number, name in enumerate(deployment.servers, 1):
        if not held[number]:
            message = f"{quoted(name)} holds no database copy, {file_formats.SERVERS} needs one at least."
            issues.error(where, "layout", message, "Take the server out or use more databases.")
        elif held[number] % max(deployment.databases_per_volume, 1):
            message = f"{quoted(name)} holds {held[number]} copies, {deployment.databases_per_volume} a volume: "
            hint = "The scripts cut the list into whole volumes: use a symmetrical number of databases."
            issues.add(WARNING, where, "layout", f"{message}the last volume is not full.", hint)
    if deployment.databases_per_volume < 1:
        message = f"{deployment.databases_per_volume} databases a volume cannot be."
        issues.error(where, "layout", message, "Give 1 or more.")


def _check_preferences(deployment: Deployment, issues: Issues) -> None:
    where = deployment.where
    places = Counter((copy.database, copy.activation_preference) for copy in deployment.copies)
    hosts = Counter((copy.database, copy.server) for copy in deployment.copies)
    active = {database for database, preference in places if preference == 1}
    missing = [number for number in range(1, deployment.databases + 1) if number not in active]
    if missing:
        message = f"database {missing[0]} has no copy with activation preference 1."
        issues.error(where, "layout", message, "Give every database from 1 on one.")
    for counted, what in ((places, "activation preference"), (hosts, "server")):
        twice = next((key for key, times in counted.items() if times > 1), None)
        if twice is not None:
            message = f"database {twice[0]} has two copies with {what} {twice[1]}."
            issues.error(where, "layout", message, f"Give each copy its own {what}.")


def deployment_files(deployment: Deployment, version: str = "7.6") -> dict[str, bytes]:
    """Content of the files by name.

    Parameters
    ----------
    deployment
        The design.
    version
        ``7.6`` or ``6.6``; of the older form three files are known, DAGInfo.csv is left out.

    Returns
    -------
    dict
        Bytes by file name: Servers.csv, DAGInfo.csv, MailboxDatabases.csv, MailboxDatabaseCopies.csv.

    Raises
    ------
    InputError
        If a name or setting cannot stand in the files; all problems at once.
    """
    issues = check(deployment)
    if version not in file_formats.VERSIONS:
        message = f"{quoted(version)} is not a form that can be written."
        issues.error(deployment.where, "version", message, f"Give one of {', '.join(file_formats.VERSIONS)}.")
    if issues.errors:
        raise InputError(issues)
    old = version != file_formats.VERSIONS[0]
    texts = {file_formats.SERVERS: file_formats.servers_file(deployment, version, old)}
    if not old:
        texts[file_formats.DAG] = file_formats.dag_file(deployment, version)
    texts[file_formats.DATABASES] = file_formats.databases_file(deployment, version, old)
    texts[file_formats.COPIES] = file_formats.copies_file(deployment, version, old)
    return {name: "".join(f"{line}\r\n" for line in lines).encode() for name, lines in texts.items()}


def mailbox_server_commands(deployment: Deployment) -> str:
    """Set-MailboxServer commands of the design, a line a server, for the Exchange Management Shell."""
    settings = deployment.settings
    limits = {
        False: (settings.maximum_active_databases_primary, settings.maximum_preferred_active_databases_primary),
        True: (settings.maximum_active_databases_secondary, settings.maximum_preferred_active_databases_secondary),
    }
    lines = []
    for number, server in enumerate(deployment.servers):
        secondary = number >= len(deployment.servers_primary)
        parts = [f"Set-MailboxServer -Identity {server}"]
        names = ("MaximumActiveDatabases", "MaximumPreferredActiveDatabases")
        for name, limit in zip(names, limits[secondary], strict=True):
            if limit:
                parts.append(f"-{name} {file_formats.whole(limit)}")
        parts.append(f"-AutoDatabaseMountDial {settings.auto_database_mount_dial}")
        if secondary and deployment.activation_blocked_secondary:
            parts.append("-DatabaseCopyAutoActivationPolicy Blocked")
        lines.append(f"{' '.join(parts)}\r\n")
    return "".join(lines)


def copies_of(server: Table, preference: Table, lagged: Table) -> tuple[Copy, ...]:
    """Copies of a layout given as tables with a row a database and a column a copy.

    Parameters
    ----------
    server, preference, lagged
        Number of the server, activation preference and lagged mark, shape ``(databases, copies)``.
    """
    return tuple(
        Copy(number, int(place), int(rank), bool(late))
        for number, row in enumerate(zip(server, preference, lagged, strict=True), 1)
        for place, rank, late in zip(*row, strict=True)
    )


def deployment_of(design: SizedDesign, copies: Sequence[Copy]) -> tuple[Deployment, Issues]:
    """Deployment of a sized design and its layout, and what its files leave out.

    Parameters
    ----------
    design
        The design with its results; ``[export]`` of its profile has the settings.
    copies
        The layout, without dedicated lagged servers.
    """
    profile = design.profile
    primary, secondary = (_servers(design, site) for site in ("primary", "secondary"))
    if max((copy.server for copy in copies), default=0) <= primary:
        secondary = 0
    names = [str(profile.value(f"names.servers.{label}")).strip() for label in SERVER.labels]
    deployment = Deployment(
        copies=tuple(copies),
        servers_primary=names[:primary],
        servers_secondary=names[primary : primary + secondary],
        database_base=str(profile.value("names.database_base")),
        databases_per_volume=int(design["volume_databases_per_volume"] or 1),
        autoreseed_volumes=int(design["volume_autoreseed_volumes"] or 0),
        database_log_isolation=bool(design["database_log_isolation"]),
        replay_lag_delay=_hours(design, "replay_lag_delay"),
        truncation_lag_delay=_hours(design, "truncation_lag_delay"),
        settings=settings_of(profile, _derived(design)),
        activation_blocked_secondary=profile.value("site_resilience.block_secondary_activation") is True,
        names_corrected=profile.value("guidance.oddities") == "corrected",
        where=profile.where,
    )
    return deployment, _left_out(design)


def _hours(design: SizedDesign, leaf: str) -> float:
    return float(design.profile.value(f"database_copies.{leaf}") or 0)


def _servers(design: SizedDesign, site: str) -> int:
    """Servers of a datacenter that hold copies, those for lagged copies alone apart."""
    return int(design[f"summary_mailbox_servers_by_datacenter.{site}"] or 0)


def _derived(design: SizedDesign) -> dict[str, Value]:
    """Settings the calculator proposes for a design."""
    profile = design.profile
    tiers = [n for n in range(1, profile.tiers + 1) if profile.value(f"tiers.{n}.mailboxes")]
    copies = (design["ha_copies_total"] or 0) + (design["lagged_copies_total"] or 0)
    native = profile.value("backup.method") == "native_data_protection"
    derived: dict[str, Value] = {
        "deleted_item_retention": max((_retention(design, n) for n in tiers), default=0.0),
        "circular_logging": native and copies >= 3,
        "data_move_replication_constraint": "SecondCopy" if profile.value("environment.high_availability") else "None",
        "dag_name": profile.value("names.dag"),
        "datacenter_activation_mode": "DAGOnly" if profile.value("dag.dac_mode") else "Off",
        "replay_lag_manager_enabled": design["replay_lag_manager_active"],
    }
    for site in ("primary", "secondary"):
        derived[f"maximum_active_databases_{site}"] = design[f"active_databases_limit.{site}"]
        derived[f"maximum_preferred_active_databases_{site}"] = design[f"preferred_active_databases_limit.{site}"]
    return derived


def _retention(design: SizedDesign, tier: int) -> float:
    return float(design.profile.value(f"tiers.{tier}.deleted_item_retention") or 0)


def _left_out(design: SizedDesign) -> Issues:
    issues, where = Issues(), design.profile.where
    if design["lagged_servers_dedicated"]:
        message = "Copies on dedicated lagged servers stand in none of the files."
        issues.add(WARNING, where, "database_copies.dedicated_lagged_servers", message, "Add those copies by hand.")
    dags = int(design["dags_total"] or 1)
    if dags > 1:
        message = f"The files hold one DAG, the design has {dags} alike."
        issues.add(NOTICE, where, "environment.dags", message, "Write them again with the names of each other DAG.")
    return issues


@dataclass(frozen=True)
class Written:
    """Files that were written, and what is doubtful about them."""

    paths: tuple[Path, ...]
    issues: Issues


def write_deployment(directory: str | os.PathLike[str], deployment: Deployment, version: str = "7.6") -> Written:
    """Write the deployment files of a design into a directory: all of them, or none.

    Files of the same names are replaced; the directory is made where it does not exist.

    Parameters
    ----------
    directory
        Where to.
    deployment, version
        As in `deployment_files`.

    Raises
    ------
    InputError
        If the design cannot be told in the files, or the directory cannot be written to; the
        directory is then as it was before.
    """
    contents, issues = _contents(deployment, version)
    return Written(_write(Path(directory), contents), issues)


def deployment_archive(deployment: Deployment, version: str = "7.6") -> tuple[bytes, Issues]:
    """The deployment files of a design in a ZIP archive, the same bytes for the same design.

    Parameters
    ----------
    deployment, version
        As in `deployment_files`.

    Returns
    -------
    tuple
        The archive, and what its files leave out.

    Raises
    ------
    InputError
        If the design cannot be told in the files.
    """
    contents, issues = _contents(deployment, version)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue(), issues


def _contents(deployment: Deployment, version: str) -> tuple[dict[str, bytes], Issues]:
    """All files of a design, and what they leave out."""
    issues = check(deployment)
    contents = deployment_files(deployment, version)
    contents[COMMANDS] = mailbox_server_commands(deployment).encode()
    if file_formats.DAG not in contents:
        message = f"The form of {file_formats.DAG} in version {version} is not known: it is not written."
        issues.add(NOTICE, deployment.where, "version", message, f"Version {file_formats.VERSIONS[0]} has it.")
    return contents, issues


def _write(target: Path, contents: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files beside their places, then move all of them in; undo everything if one fails."""
    made = [folder for folder in (target, *target.parents) if not os.path.lexists(folder)]
    part: str | None = None
    try:
        target.mkdir(parents=True, exist_ok=True)
        part = tempfile.mkdtemp(prefix=".part-", dir=target)
        for name, content in contents.items():
            Path(part, name).write_bytes(content)
        _move(Path(part), target, list(contents))
        made = []
    except (OSError, ValueError) as error:
        _refuse(target, error)
    finally:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)
        for folder in made:
            if folder.is_dir():
                folder.rmdir()
    return tuple(target / name for name in contents)


def _move(part: Path, target: Path, names: Sequence[str]) -> None:
    """Move files into a directory, keeping those they replace until all are there."""
    kept, moved = Path(part, "kept"), list[str]()
    kept.mkdir()
    try:
        for name in names:
            if (target / name).is_file():
                os.replace(target / name, kept / name)
            moved.append(name)
            os.replace(part / name, target / name)
    except OSError:
        for name in moved:
            if (kept / name).exists():
                os.replace(kept / name, target / name)
            elif not (part / name).exists():
                (target / name).unlink()
        raise


def _refuse(target: Path, error: Exception) -> None:
    issues = Issues()
    if isinstance(error, FileExistsError | NotADirectoryError):
        issues.error(name_of(target), "", "is not a directory, or lies in a file.", "Name a directory.")
    else:
        reason = getattr(error, "strerror", None) or str(error)
        issues.error(name_of(target), "", f"cannot be written to: {reason}.", "Check the name and its permissions.")
    raise InputError(issues) from None
