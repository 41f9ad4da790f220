"""Find problems of a deployment that would break its files, or make the scripts misread them."""

from __future__ import annotations

from collections import Counter

from calculator.exporters.deployment.file_formats import SERVERS, Deployment
from calculator.exporters.deployment.settings import check_ascii, check_settings
from calculator.inputs.names import database_base_problem, repeated_server_names, server_name_problem
from calculator.inputs.schema import SERVER
from calculator.issues import WARNING, Issues, quoted


def check_deployment(deployment: Deployment) -> Issues:
    """Return an issue for everything that would break the files, or that the scripts would misread."""
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
            message = f"{quoted(name)} holds no database copy, but {SERVERS} needs at least one."
            issues.error(where, "layout", message, "Remove the server, or use more databases.")
        elif held[number] % max(deployment.databases_per_volume, 1):
            message = f"{quoted(name)} holds {held[number]} copies, {deployment.databases_per_volume} per volume: "
            hint = "The scripts cut the list into whole volumes: use a symmetrical number of databases."
            issues.add(WARNING, where, "layout", f"{message}the last volume is not full.", hint)
    if deployment.databases_per_volume < 1:
        message = f"{deployment.databases_per_volume} databases per volume are not possible."
        issues.error(where, "layout", message, "Give 1 or more.")


def _check_preferences(deployment: Deployment, issues: Issues) -> None:
    where = deployment.where
    places = Counter((copy.database, copy.activation_preference) for copy in deployment.copies)
    hosts = Counter((copy.database, copy.server) for copy in deployment.copies)
    active = {database for database, preference in places if preference == 1}
    missing = [number for number in range(1, deployment.databases + 1) if number not in active]
    if missing:
        message = f"database {missing[0]} has no copy with activation preference 1."
        issues.error(where, "layout", message, "Give every database a copy with activation preference 1.")
    for counted, what in ((places, "activation preference"), (hosts, "server")):
        twice = next((key for key, times in counted.items() if times > 1), None)
        if twice is not None:
            message = f"database {twice[0]} has two copies with {what} {twice[1]}."
            issues.error(where, "layout", message, f"Give each copy its own {what}.")
