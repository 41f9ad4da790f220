"""Read the inputs of a design from its deployment files.

Everything in the files that is an input is read: names, the datacenter of each server, the layout of volumes,
retention, lag, and the settings of the section ``[export]``.  The export of the design then gives the same files.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from calculator.engine.findings import ODDITY_FIELD
from calculator.engine.sizing import SizedDesign, size
from calculator.exporters.deployment import VERSIONS, Settings, derived_settings, names_of_dag, settings_of
from calculator.importers.deployment_files.columns import (
    FIXED,
    NOT_USED,
    SETTINGS,
    Reader,
    parse_hours,
    read_hours,
    read_whole,
)
from calculator.importers.deployment_files.tables import (
    COMMANDS,
    COPIES,
    DAG,
    DATABASES,
    NOTES,
    SERVERS,
    DeploymentFile,
    Row,
    read_file,
)
from calculator.importers.result import ImportResult, apply_values
from calculator.inputs.layout_names import DATABASE_BASE, base_usable, database_names
from calculator.inputs.parsing import ValueProblem, read_value
from calculator.inputs.profile import Profile
from calculator.inputs.schema import BY_PATH, CORRECTED, EXPORT, SERVER, Kind, Value, find
from calculator.inputs.text_files import Source
from calculator.issues import NOTICE, WARNING, Issues, quoted, short

_DEPLOYMENT = "deployment"
_RETENTION, _DAG_NAME = f"{EXPORT}.deleted_item_retention", f"{EXPORT}.dag_name"
_LAGGED_WITHOUT_DELAY = re.compile(r"0\.\d:\d{2}:\d{2}")
"""Text for a delay of zero of a lagged copy; for other copies the hours have two digits."""
_FOLDERS = {"witness_directory": itemgetter(1), "alternate_witness_directory": itemgetter(2)}
"""Folders whose default contains the name of the DAG."""
_MAY_BE_EMPTY = frozenset({"alternate_witness_server", "alternate_witness_directory"})


Sites = tuple[list[str], list[str]]
"""Names of the servers in the primary and in the secondary datacenter."""


@dataclass
class _Findings:
    """Values found in the files so far.

    Attributes
    ----------
    values
        Inputs of other sections than ``[export]``, by full path.
    settings
        Settings in the files by the last part of their path, including those that the design would give anyway.
    empty
        File and column, by the last part of the path, of each setting that is empty in the files and that the design
        may decide.
    """

    base: Profile
    issues: Issues = field(default_factory=Issues)
    values: dict[str, Value] = field(default_factory=dict)
    settings: dict[str, Value] = field(default_factory=dict)
    empty: dict[str, tuple[str, str]] = field(default_factory=dict)

    def set(self, where: str, path: str, raw: object) -> None:
        """Set an input, or report an unusable value."""
        value = self._read(where, path, raw)
        if value is not None:
            self.values[path] = value

    def set_setting(self, where: str, column: str, leaf: str, raw: object) -> None:
        """Set a setting, or report a value that is unusable or differs from another file."""
        value = self._read(where, f"{EXPORT}.{leaf}", raw)
        if value is None:
            return
        earlier = self.settings.setdefault(leaf, value)
        if earlier != value:
            message = f"is {quoted(raw)}, but another file says {quoted(earlier)}, which is used."
            self.issues.add(WARNING, where, column, message, "Give the files of one export.")

    def _read(self, where: str, path: str, raw: object) -> Value:
        found = find(path)
        assert found is not None
        try:
            return read_value(found[0], raw)
        except ValueProblem as error:
            self.issues.error(where, path, error.message, error.hint)
            return None

    def read_common(self, file: DeploymentFile, column: str, path: str, read: Reader) -> object:
        """Return the value that all rows have in a column; report different or unreadable values and return None."""
        texts = sorted(file.texts(column))
        try:
            values = {read(text) if text else None for text in texts}
        except ValueProblem as error:
            self.issues.error(file.where, column, error.message, error.hint)
            return None
        if len(values) > 1:
            message = f"has {len(values)} different values: {', '.join(map(quoted, texts[:4]))}."
            self.issues.add(WARNING, file.where, column, message, f"Give {path} yourself.")
        return values.pop() if len(values) == 1 else None


def import_deployment(sources: Sequence[Source], base: Profile) -> ImportResult:
    """Read the deployment files of a design, as `export` or Microsoft's workbook writes them.

    A setting that the design decides, such as a limit of active databases, is only stated if the files differ from the
    design.

    Parameters
    ----------
    sources
        Any of Servers.csv, DAGInfo.csv, MailboxDatabases.csv, MailboxDatabaseCopies.csv and Set-MailboxServer.ps1,
        identified by their content.
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
    found = _Findings(base)
    files = [read_file(source, found.issues) for source in sources]
    before = size(base)
    sites = _read_datacenters(files, found)
    for file in files:
        _read_settings(file, found)
        if file.kind == SERVERS:
            _read_volumes(file, before, found)
        elif file.kind == DATABASES:
            _read_database_names(file, before, found)
            _report_fixed(file, found)
        elif file.kind == COPIES:
            _read_lag(file, found)
        elif file.kind == NOTES:
            found.issues.add(NOTICE, file.where, "", "is not read.", "The other files hold the settings.")
    _read_directory_servers(files, sites, found)
    _read_commands(files, sites, found)
    _set_servers(sites, found)
    _set_copies(files, sites, found)
    values, design = _values(files, sites, before, found)
    _report_empty(design, found)
    _report_mismatches(files, sites, design, found.issues)
    counts = [
        {"file": file.where, "kind": file.kind, "rows": float(len(file.rows)), "version": file.version}
        for file in files
    ]
    return ImportResult(design.profile, found.issues, values, {"files": counts})


def _of_kind(files: Iterable[DeploymentFile], kind: str) -> Iterator[DeploymentFile]:
    return (file for file in files if file.kind == kind)


# --- servers and datacenters -----------------------------------------------------------------------


def _read_datacenters(files: Sequence[DeploymentFile], found: _Findings) -> Sites | None:
    """Set the names of the servers; return the names per datacenter, or None if no file says it."""
    listed = list(dict.fromkeys(name for file in _of_kind(files, SERVERS) for name in file.texts("ServerName")))
    file = next(_of_kind(files, DAG), None)
    if file is None:
        where = next((file.where for file in _of_kind(files, SERVERS)), _DEPLOYMENT)
        _set_names(where, listed, found)
        hint = "Give DAGInfo.csv too. The numbers of servers and copies stay those of the base design."
        message = "the files do not say in which datacenter a server is."
        found.issues.add(NOTICE, _DEPLOYMENT, "environment.mailbox_servers", message, hint)
        return None
    if len(file.rows) > 1:
        message = f"describes {len(file.rows)} DAGs, of which the first is read."
        found.issues.add(WARNING, file.where, "DAGName", message, "Give the files of one DAG.")
    row = file.rows[0]
    primary, secondary = (
        [name.strip() for name in row[column].split(",") if name.strip()] for column in ("Site1Servers", "Site2Servers")
    )
    _set_names(file.where, [*primary, *secondary], found)
    apart = {name.lower() for name in listed} ^ {name.lower() for name in (*primary, *secondary)}
    if listed and apart:
        message = f"has other servers than Servers.csv: only one has {', '.join(map(quoted, sorted(apart)[:4]))}."
        found.issues.add(WARNING, file.where, "Site1Servers", message, "Give the files of one DAG.")
    if row["DAGName"].strip():
        path = _DAG_NAME if found.base.given.get(_DAG_NAME) else "names.dag"
        found.set(file.where, path, row["DAGName"].strip())
    return primary, secondary


def _set_names(where: str, names: Sequence[str], found: _Findings) -> None:
    if len(names) > len(SERVER.labels):
        message = f"names {len(names)} servers, but a DAG has at most {len(SERVER.labels)}."
        found.issues.add(WARNING, where, "names.servers", message, "Give the file of one DAG.")
        return
    for label, name in zip(SERVER.labels, names, strict=False):
        found.set(where, f"names.servers.{label}", name)


def _set_servers(sites: Sites | None, found: _Findings) -> None:
    """Set the number of servers and datacenters if the design differs from the files."""
    if sites is None or not sites[0]:
        return
    wanted = tuple(len(site) for site in sites)
    if _servers(size(apply_values(found.base, found.values))) == wanted:
        return
    found.set(_DEPLOYMENT, "environment.mailbox_servers", wanted[0])
    found.set(_DEPLOYMENT, "site_resilience.enabled", bool(wanted[1]))


def _servers(design: SizedDesign) -> tuple[int, int]:
    primary, secondary = (
        int(design.plain[f"summary_mailbox_servers_by_datacenter.{site}"] or 0) for site in ("primary", "secondary")
    )
    return primary, secondary


# --- volumes, databases and copies -----------------------------------------------------------------


def _read_volumes(file: DeploymentFile, before: SizedDesign, found: _Findings) -> None:
    """Set the layout of volumes, unless the base design has it already."""
    spare = found.read_common(file, "AutoReseedVolumes", "storage.autoreseed_volumes", read_whole)
    if spare is not None and not (spare == before["volume_autoreseed_volumes"] == 0):
        found.set(file.where, "storage.autoreseed_volumes", spare)
    per_volume = found.read_common(file, "DbPerVolume", "storage.multiple_databases_per_volume", read_whole)
    if isinstance(per_volume, int) and per_volume != before["volume_databases_per_volume"]:
        _read_databases_per_volume(file, per_volume, found)


def _read_databases_per_volume(file: DeploymentFile, per_volume: int, found: _Findings) -> None:
    """Derive the layout of volumes: a volume holds one database, as many as there are copies, or half as many."""
    found.set(file.where, "storage.multiple_databases_per_volume", per_volume > 1)
    paths = ("database_copies.ha_copies", "database_copies.lagged_copies")
    copies = sum(float(found.base.value(path) or 0) for path in paths)
    if per_volume == copies or per_volume * 2 == copies:
        found.set(file.where, "storage.databases_per_volume_matches_copies", per_volume == copies)
    elif per_volume > 1:
        message = (
            f"{per_volume} databases share a volume, which is neither the number of copies ({copies:.0f}) nor "
            "half of it."
        )
        hint = "Does --profile have the copies of this design?"
        found.issues.add(WARNING, file.where, "DbPerVolume", message, hint)


def _read_database_names(file: DeploymentFile, before: SizedDesign, found: _Findings) -> None:
    """Set the prefix of the names of the databases.

    The prefix may end in a digit.  Everything before the number is used, unless the file has all databases and their
    names show another prefix.
    """
    names = tuple(file.texts("Name"))
    corrected = found.base.value(ODDITY_FIELD) == CORRECTED
    numbered = database_names(DATABASE_BASE, len(names), corrected)
    exact = names[0].removesuffix(numbered[0].removeprefix(DATABASE_BASE))
    plain = {name.rstrip("0123456789") for name in names}
    complete = base_usable(exact) and names == database_names(exact, len(names), corrected)
    first = names[0].removeprefix(min(plain)).lstrip("0")
    if complete and (first != "1" or len(names) == before["databases"]):
        found.set(file.where, "names.database_base", exact)
    elif len(plain) == 1 and "" not in plain:
        found.set(file.where, "names.database_base", plain.pop())
    else:
        message = f"has names of databases without a common beginning: {', '.join(map(quoted, names[:4]))}."
        hint = "An export numbers the databases after names.database_base."
        found.issues.add(WARNING, file.where, "Name", message, hint)


def _report_fixed(file: DeploymentFile, found: _Findings) -> None:
    """Report columns without an input if their text differs from what every export writes."""
    for column, text in FIXED.items():
        other = [found_text for found_text in file.texts(column) if found_text.lower() != text.lower()]
        if other:
            message = f"is {quoted(other[0])}, for which there is no input. An export writes {text}."
            found.issues.add(WARNING, file.where, column, message, "Change the exported file by hand.")


def _read_lag(file: DeploymentFile, found: _Findings) -> None:
    """Set the delays of lagged copies."""
    unreadable = [row for row in file.rows if parse_hours(row["ReplayLagTime"].strip()) is None]
    lagged = tuple(row for row in file.rows if row in unreadable or _is_lagged(row))
    delays = DeploymentFile(file.where, file.kind, lagged)
    for column, leaf in (("ReplayLagTime", "replay_lag_delay"), ("TruncationLagTime", "truncation_lag_delay")):
        path = f"database_copies.{leaf}"
        hours = found.read_common(delays, column, path, read_hours) if lagged else None
        if hours is not None:
            found.set(file.where, path, hours)


def _set_copies(files: Sequence[DeploymentFile], sites: Sites | None, found: _Findings) -> None:
    """Set the numbers of copies of a database if they are the same for all databases and differ from the design.

    Lagged copies on dedicated servers are in none of the files.
    """
    counts = _count_copies(files, sites)
    base = found.base
    if counts is None or not base.value("environment.high_availability"):
        return
    dedicated = size(base)["lagged_servers_dedicated"]
    for leaf, count in counts.items():
        path = f"database_copies.{leaf}"
        if count != base.value(path) and not (dedicated and leaf.startswith("lagged")):
            found.set(_DEPLOYMENT, path, count)


def _count_copies(files: Sequence[DeploymentFile], sites: Sites | None) -> dict[str, int] | None:
    """Return the numbers of copies of every database by input; None if databases differ or a file is missing.

    Copies of a database that are not in the datacenter of its active copy count as copies in the secondary.
    """
    active = {row["Name"].strip(): row["Server"].strip() for file in _of_kind(files, DATABASES) for row in file.rows}
    copies = [row for file in _of_kind(files, COPIES) for row in file.rows]
    if not copies or not active or any(row["Name"].strip() not in active for row in copies):
        return None
    secondary = {name.lower() for name in sites[1]} if sites else set()
    tally = {name: Counter({"ha_copies": 1}) for name in active}
    for row in copies:
        name, server = row["Name"].strip(), row["Server"].strip()
        kind = "lagged_copies" if _is_lagged(row) else "ha_copies"
        tally[name][kind] += 1
        if (server.lower() in secondary) != (active[name].lower() in secondary):
            tally[name][f"{kind}_secondary"] += 1
    leaves = ["ha_copies", "lagged_copies"]
    leaves += [f"{leaf}_secondary" for leaf in leaves] if secondary else []
    distinct = {tuple(counts[leaf] for leaf in leaves) for counts in tally.values()}
    return dict(zip(leaves, distinct.pop(), strict=True)) if len(distinct) == 1 else None


def _is_lagged(row: Row) -> bool:
    delay = row["ReplayLagTime"].strip()
    return parse_hours(delay) != 0 or _LAGGED_WITHOUT_DELAY.fullmatch(delay) is not None


# --- settings --------------------------------------------------------------------------------------


def _read_settings(file: DeploymentFile, found: _Findings) -> None:
    """Read the columns of a file that each belong to one input."""
    empty = []
    for column, (leaf, read) in SETTINGS.get(file.kind, {}).items():
        if not file.has(column):
            continue
        if file.texts(column) == [""]:
            if leaf in _MAY_BE_EMPTY:
                found.set_setting(file.where, column, leaf, "")
            elif BY_PATH[f"{EXPORT}.{leaf}"].default is None and BY_PATH[f"{EXPORT}.{leaf}"].kind is not Kind.TEXT:
                found.empty[leaf] = (file.where, column)
            else:
                empty.append(column)
            continue
        path = f"tiers.{leaf}" if f"{EXPORT}.{leaf}" == _RETENTION else f"{EXPORT}.{leaf}"
        raw = found.read_common(file, column, path, read)
        if raw is not None and not (isinstance(raw, str) and raw.lower() == NOT_USED):
            found.set_setting(file.where, column, leaf, raw)
    if empty:
        columns = "The columns are" if len(empty) > 1 else "The column is"
        message = f"{columns} empty: {', '.join(empty)}."
        found.issues.add(NOTICE, file.where, "", message, "The settings of the base design stay.")


def _read_directory_servers(files: Sequence[DeploymentFile], sites: Sites | None, found: _Findings) -> None:
    """Set the directory server of each datacenter, from the copies or from the servers of the databases."""
    leaves = ("primary_global_catalog", "secondary_global_catalog")
    for file in _of_kind(files, COPIES):
        for column, leaf in zip(("GC", "GC2"), leaves, strict=True):
            server = found.read_common(file, column, f"{EXPORT}.{leaf}", str)
            if server is not None:
                found.set_setting(file.where, column, leaf, server)
    for file in _of_kind(files, DATABASES):
        for leaf, names in _directory_servers(file, sites, found.settings, leaves).items():
            if len(names) > 1:
                message = f"has {len(names)} different values: {', '.join(map(quoted, names[:4]))}."
                found.issues.add(WARNING, file.where, "GC", message, f"Give {EXPORT}.{leaf} yourself.")
            elif names:
                found.set_setting(file.where, "GC", leaf, names[0])


def _directory_servers(
    file: DeploymentFile, sites: Sites | None, known: dict[str, Value], leaves: tuple[str, str]
) -> dict[str, list[str]]:
    """Return the directory servers of the databases that are active in each datacenter, by setting.

    If the datacenters of the servers are not known, the first database is assumed to be active in the primary.
    """
    servers = [text for text in file.texts("GC") if text]
    if sites is not None:
        secondary = {name.lower() for name in sites[1]}
        active: dict[str, list[str]] = {leaf: [] for leaf in leaves}
        for row in file.rows:
            server = row.get("GC", "").strip()
            names = active[leaves[row["Server"].strip().lower() in secondary]]
            if server and server not in names:
                names.append(server)
        return active
    if all(leaf in known for leaf in leaves):
        return {}
    if len(servers) > len(leaves):
        return {leaves[0]: servers}
    return {leaf: [server] for leaf, server in zip(leaves, servers, strict=False) if leaf not in known}


def _read_commands(files: Sequence[DeploymentFile], sites: Sites | None, found: _Findings) -> None:
    """Read the limits and the activation policy of the servers from the file of commands."""
    policy = "DatabaseCopyAutoActivationPolicy"
    for file in _of_kind(files, COMMANDS):
        blocked = any(row.get(policy, "").lower() == "blocked" for row in file.rows)
        path = "site_resilience.block_secondary_activation"
        if blocked != bool(found.base.value(path)):
            found.set(file.where, path, blocked)
        for site, servers in zip(("primary", "secondary"), sites or (), strict=False):
            named = {name.lower() for name in servers}
            rows = tuple(row for row in file.rows if row.get("Identity", "").lower() in named)
            for column, leaf in (
                ("MaximumActiveDatabases", f"maximum_active_databases_{site}"),
                ("MaximumPreferredActiveDatabases", f"maximum_preferred_active_databases_{site}"),
            ):
                limit = found.read_common(DeploymentFile(file.where, file.kind, rows), column, leaf, read_whole)
                if limit is not None:
                    found.set_setting(file.where, column, leaf, limit)


def _values(
    files: Sequence[DeploymentFile], sites: Sites | None, before: SizedDesign, found: _Findings
) -> tuple[dict[str, Value], SizedDesign]:
    """Return all values of the files, and the design with these values.

    The tiers take the retention of the databases, unless only that makes the number of databases differ from the files:
    then the original design had a separate retention for the databases.
    """

    def with_tiers(tiers: dict[str, Value]) -> tuple[dict[str, Value], SizedDesign]:
        values = {**found.values, **tiers}
        values |= _stated(values, found)
        return values, size(apply_values(found.base, values))

    tiers = _retention_of_tiers(before, found)
    values, design = with_tiers(tiers)
    if tiers and _mismatches(files, sites, design):
        apart, other = with_tiers({})
        if not _mismatches(files, sites, other):
            message = f"the databases keep deleted items for {found.settings['deleted_item_retention']:g} days."
            hint = "The tiers keep the retention of the base design, from which the number of databases comes."
            found.issues.add(NOTICE, _DEPLOYMENT, "tiers.deleted_item_retention", message, hint)
            return apart, other
    return values, design


def _retention_of_tiers(before: SizedDesign, found: _Findings) -> dict[str, Value]:
    """Return the retention of the databases as that of the tiers.

    A tier in use keeps its own shorter retention if the longest retention of a tier is that of the databases.
    """
    days = found.settings.get("deleted_item_retention")
    if not isinstance(days, float) or not days.is_integer() or found.base.given.get(_RETENTION) is not None:
        return {}
    agrees = derived_settings(before)["deleted_item_retention"] == days
    paths = {tier: f"tiers.{tier}.deleted_item_retention" for tier in range(1, found.base.tiers + 1)}
    return {
        path: days
        for tier, path in paths.items()
        if not agrees or not found.base.value(f"tiers.{tier}.mailboxes") or found.base.value(path) == days
    }


def _stated(values: Mapping[str, Value], found: _Findings) -> dict[str, Value]:
    """Return the settings to state: those of the files, without those that the design would decide in the same way."""
    stated = {
        f"{EXPORT}.{leaf}": value
        for leaf, value in found.settings.items()
        if not _is_derived(leaf) and not _is_placeholder(leaf, value, found.base)
    }
    while True:  # a quota that is not stated follows the next higher one, so stating one may change another
        profile = apply_values(found.base, {**values, **stated})
        given = settings_of(profile, derived_settings(size(profile)))
        differ = {
            f"{EXPORT}.{leaf}": value
            for leaf, value in found.settings.items()
            if _is_derived(leaf) and f"{EXPORT}.{leaf}" not in stated and not _same(leaf, value, given)
        }
        if not differ:
            return stated
        stated |= differ


def _report_empty(design: SizedDesign, found: _Findings) -> None:
    """Report settings that are empty in the files but not in the design."""
    given = settings_of(design.profile, derived_settings(design))
    for leaf, (where, column) in found.empty.items():
        value = getattr(given, leaf)
        if value is not None and not (leaf.endswith("_secondary") and not _servers(design)[1]):
            shown = f"{value:.10g}" if isinstance(value, float) else str(value)
            message = f"is empty, but the design gives {shown}."
            hint = "An export writes the figure of the design: clear it there by hand."
            found.issues.add(WARNING, where, column, message, hint)


def _is_derived(leaf: str) -> bool:
    """Return whether the design decides a setting if it is not given."""
    return BY_PATH[f"{EXPORT}.{leaf}"].default in (None, "design")


def _is_placeholder(leaf: str, value: Value, base: Profile) -> bool:
    """Return whether a value is the placeholder that an export writes for a setting that is not stated."""
    declared = BY_PATH[f"{EXPORT}.{leaf}"]
    return declared.placeholder and value == declared.default and base.given.get(declared.path) is None


def _same(leaf: str, value: Value, given: Settings) -> bool:
    """Return whether the design gives a setting as in the files, which have limits as whole numbers."""
    ours = _FOLDERS[leaf](names_of_dag(given)) if leaf in _FOLDERS else getattr(given, leaf)
    if leaf.startswith("maximum_") and ours is not None:
        ours = float(math.ceil(round(ours, 9)))
    return bool(ours == value)


# --- what the files say of the design --------------------------------------------------------------


def _mismatches(
    files: Sequence[DeploymentFile], sites: Sites | None, design: SizedDesign
) -> list[tuple[str, str, int, int]]:
    """Return where the servers, databases or copies of a design differ from the files: input, name, theirs and ours."""
    databases = [len(file.rows) for file in _of_kind(files, DATABASES)]
    copies = [len(file.rows) for file in _of_kind(files, COPIES)]
    volumes = {int(text) for file in _of_kind(files, SERVERS) for text in file.texts("DbPerVolume") if text.isdecimal()}
    ours = int(design.plain["databases"] or 0)
    found = []
    if databases:
        found.append(("database.automatic_count", "databases", sum(databases), ours))
    if copies:
        passive = ours * (_copies(design) - 1)
        found.append(("database_copies.ha_copies", "copies that are not active", sum(copies), passive))
    if len(volumes) == 1:
        per_volume = int(design.plain["volume_databases_per_volume"] or 0)
        found.append(("storage.multiple_databases_per_volume", "databases per volume", volumes.pop(), per_volume))
    for site, names, count in zip(("primary", "secondary"), sites or (), _servers(design), strict=False):
        found.append(("environment.mailbox_servers", f"servers in the {site} datacenter", len(names), count))
    return [row for row in found if row[2] != row[3]]


def _report_mismatches(
    files: Sequence[DeploymentFile], sites: Sites | None, design: SizedDesign, issues: Issues
) -> None:
    """Report where an export of the design would differ from the files."""
    if design.plain["databases"]:
        for path, what, theirs, ours in _mismatches(files, sites, design):
            message = f"{what}: {theirs} in the files, {ours} in the design."
            hint = "Give the design of these files with --profile; an export of this one differs."
            issues.add(WARNING, _DEPLOYMENT, path, message, hint)
    elif any(file.kind in (DATABASES, COPIES) for file in files):
        message = "the base design has no databases to compare with those of the files."
        hint = "Give the design of these files with --profile."
        issues.add(NOTICE, _DEPLOYMENT, "database.automatic_count", message, hint)
    other = sorted({file.version for file in files if file.version and file.version != VERSIONS[0]})
    if other:
        message = f"the files have the form of version {short(other[0])}."
        hint = f"Export them with --form {other[0]}." if other[0] in VERSIONS else f"An export writes {VERSIONS[0]}."
        issues.add(NOTICE, _DEPLOYMENT, "version", message, hint)


def _copies(design: SizedDesign) -> int:
    """Return the number of copies of a database in the files: all except those on dedicated lagged servers."""
    lagged = 0 if design.plain["lagged_servers_dedicated"] else int(design.plain["lagged_copies_total"] or 0)
    return int(design.plain["ha_copies_total"] or 0) + lagged
