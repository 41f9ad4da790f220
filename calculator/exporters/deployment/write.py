"""Write the deployment files of a design to a directory or an archive, all of them or none."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from calculator.exporters.deployment import file_formats
from calculator.exporters.deployment.checks import check_deployment
from calculator.exporters.deployment.file_formats import (
    COMMANDS,
    DAG_COMMANDS,
    Deployment,
    dag_commands,
    mailbox_server_commands,
)
from calculator.exporters.deployment.readme import README, write_readme
from calculator.exporters.deployment.settings import find_placeholders
from calculator.inputs.profile import name_of
from calculator.issues import NOTICE, InputError, Issues, quoted


def deployment_files(deployment: Deployment, version: str = "7.6") -> dict[str, bytes]:
    """Return the content of the CSV files by name.

    Parameters
    ----------
    deployment
        The design.
    version
        ``7.6`` or ``6.6``.  The format of DAGInfo.csv in version 6.6 is not known, so that file is left out.

    Returns
    -------
    dict
        Bytes by file name: Servers.csv, DAGInfo.csv, MailboxDatabases.csv, MailboxDatabaseCopies.csv.

    Raises
    ------
    InputError
        If the files cannot hold a name or setting.  All problems are listed.
    """
    issues = check_deployment(deployment)
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


@dataclass(frozen=True)
class Written:
    """Paths of the files that were written, and issues about their content."""

    paths: tuple[Path, ...]
    issues: Issues


def write_deployment(directory: str | os.PathLike[str], deployment: Deployment, version: str = "7.6") -> Written:
    """Write the deployment files of a design to a directory: all of them, or none.

    Files of the same names are replaced.  The directory is created if it does not exist.

    Parameters
    ----------
    directory
        Directory to write to.
    deployment, version
        As in `deployment_files`.

    Raises
    ------
    InputError
        If the files cannot hold the design, or the directory cannot be written to.  The directory
        is then as it was before.
    """
    contents, issues = _contents(deployment, version)
    return Written(_write(Path(directory), contents), issues)


def deployment_archive(deployment: Deployment, version: str = "7.6") -> tuple[bytes, Issues]:
    """Return the deployment files of a design as a ZIP archive. The same design always gives the same bytes.

    Parameters
    ----------
    deployment, version
        As in `deployment_files`.

    Returns
    -------
    tuple
        The archive, and issues about what its files leave out.

    Raises
    ------
    InputError
        If the files cannot hold the design.
    """
    contents, issues = _contents(deployment, version)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue(), issues


def _contents(deployment: Deployment, version: str) -> tuple[dict[str, bytes], Issues]:
    """Return the content of all files by name, and issues about what the files leave out."""
    issues = check_deployment(deployment)
    contents = deployment_files(deployment, version)
    contents[COMMANDS] = mailbox_server_commands(deployment).encode()
    if commands := dag_commands(deployment):
        contents[DAG_COMMANDS] = commands.encode()
    placeholders = find_placeholders(deployment.settings, deployment.placeholders, contents, deployment.where)
    issues.extend(placeholders)
    contents[README] = write_readme(deployment, list(contents), version, placeholders).encode()
    if file_formats.DAG not in contents:
        message = f"The form of {file_formats.DAG} in version {version} is not known: it is not written."
        issues.add(NOTICE, deployment.where, "version", message, f"Version {file_formats.VERSIONS[0]} has it.")
    return contents, issues


def _write(target: Path, contents: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write all files to a temporary directory, then move them to the target; undo everything if one step fails."""
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
        _raise_input_error(target, error)
    finally:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)
        for folder in made:
            if folder.is_dir():
                folder.rmdir()
    return tuple(target / name for name in contents)


def _move(part: Path, target: Path, names: Sequence[str]) -> None:
    """Move files into a directory; keep the replaced files until all files are moved."""
    replaced, moved = Path(part, "replaced"), list[str]()
    replaced.mkdir()
    try:
        for name in names:
            if (target / name).is_file():
                os.replace(target / name, replaced / name)
            moved.append(name)
            os.replace(part / name, target / name)
    except OSError:
        for name in moved:
            if (replaced / name).exists():
                os.replace(replaced / name, target / name)
            elif not (part / name).exists():
                (target / name).unlink()
        raise


def _raise_input_error(target: Path, error: Exception) -> NoReturn:
    """Raise InputError that says why a directory cannot be written to."""
    issues = Issues()
    if isinstance(error, FileExistsError | NotADirectoryError):
        issues.error(name_of(target), "", "is not a directory, or is inside a file.", "Name a directory.")
    else:
        reason = getattr(error, "strerror", None) or str(error)
        issues.error(name_of(target), "", f"cannot be written to: {reason}.", "Check the name and its permissions.")
    raise InputError(issues) from None
