"""Space of volumes, databases and logs: of a server, a DAG and the environment, and of each volume."""

import numpy as np

from calculator.inputs.choices import DesignApproach, Oddities
from calculator.numerics.arrays import NA, Bools, Codes, Floats, is_na, ratio, select, stack, where_needed
from calculator.rules.registry import LEVEL_ABOVE_DATABASE, VOLUME, corrects, flag, rule

_NUMBERS = np.arange(1.0, len(VOLUME.labels) + 1)[:, None]
"""Numbers of the volumes of a server, shape ``(volumes, 1)``."""


@rule(unit="databases", level="per_server", group="detail", source="calculator-7.6: Volume Requirements D6")
def misread_databases(
    layout_rows: Floats,
    database_copies_per_server: Floats,
    laid_out_databases_per_volume: Floats,
    layout_limit: float,
    labels_cut_short: float,
) -> Floats:
    """Number of databases that Microsoft's workbook counts too many (or too few) on the volumes of a server.

    Zero in all ordinary designs.

    Oddity: of the labels of the first nine volumes only the last two digits are read, so that a volume whose range
    ends at 100 or more holds the wrong databases.
    """
    each, rows, copies = laid_out_databases_per_volume, layout_rows, database_copies_per_server
    possible = (each > layout_limit / (labels_cut_short + 1)) & (copies >= layout_limit)
    return where_needed(possible, _surplus, np.zeros_like(rows), each, rows, copies, layout_limit, labels_cut_short)


def _surplus(each: Floats, rows: Floats, copies: Floats, layout_limit: float, labels_cut_short: float) -> Floats:
    """Return the number of databases that the volumes with misread labels hold too many."""
    surplus = np.zeros_like(rows + each)
    for volume in range(1, int(labels_cut_short) + 1):
        last = np.minimum(copies, volume * each)
        misread = (last >= layout_limit) & ((volume - 1) * each < copies)
        group = np.ceil(ratio(_cut_off(last, layout_limit), each))
        found = _rows_of_group(group, each, rows)
        right = _rows_of_group(np.full_like(group, volume), each, rows)
        surplus = surplus + select(misread, found - right, 0.0)
    return surplus


def _cut_off(number: Floats, layout_limit: float) -> Floats:
    """Return a number without its hundreds."""
    return number - layout_limit * np.floor(number / layout_limit)


def _rows_of_group(group: Floats, each: Floats, rows: Floats) -> Floats:
    """Return the number of listed database copies that belong on a volume."""
    inside = np.minimum(rows, group * each) - np.minimum(rows, (group - 1) * each)
    return np.maximum(select(group >= 1, inside, 0.0), 0.0)


@corrects("misread_databases", "ranges of databases that end at 100 or more are misread")
def no_misread_databases(layout_rows: Floats) -> Floats:
    """Every volume holds its own databases, so that no databases are misread."""
    return np.zeros_like(layout_rows)


@rule(unit="GB", level="per_server", group="detail", source="calculator-7.6: Volume Requirements I123")
def maintenance_space_of_server(
    data__dedicated_restore_volume: Bools,
    layout_rows: Floats,
    misread_databases: Floats,
    laid_out_databases_per_volume: Floats,
    volume_database_size_with_overhead: Floats,
    maintenance_share: float,
    divided_volumes: float,
) -> Floats:
    """Space for offline maintenance on all volumes of a server, 0 with a restore volume.

    Oddity: volumes 51 to 100 count every database on them instead of one.
    """
    each = laid_out_databases_per_volume
    divided = np.minimum(layout_rows, divided_volumes * each)
    whole = layout_rows - divided
    databases = ratio(divided + misread_databases, each) + whole
    space = maintenance_share * databases * volume_database_size_with_overhead
    return select(data__dedicated_restore_volume | (layout_rows == 0), 0.0, space)


@corrects("maintenance_space_of_server", "volumes 51 to 100 count every database")
def maintenance_space_of_every_volume(
    data__dedicated_restore_volume: Bools,
    layout_rows: Floats,
    laid_out_databases_per_volume: Floats,
    volume_database_size_with_overhead: Floats,
    maintenance_share: float,
) -> Floats:
    """Room for one database on each volume, a last one that is not full included."""
    volumes = np.ceil(ratio(layout_rows, laid_out_databases_per_volume))
    space = maintenance_share * volumes * volume_database_size_with_overhead
    return select(data__dedicated_restore_volume | (layout_rows == 0), 0.0, space)


@rule(
    unit="mailboxes", level="per_server", axis=LEVEL_ABOVE_DATABASE, source="calculator-7.6: Volume Requirements C223"
)
def volume_mailboxes(
    environment__high_availability: Bools,
    valid: Bools,
    layout_rows: Floats,
    volume_mailboxes_per_database: Floats,
    mailboxes_per_dag: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Number of mailboxes on a standalone server, in a DAG, and in the environment.

    Not applicable to a server with high availability.
    """
    ha = environment__high_availability
    server = layout_rows * volume_mailboxes_per_database
    every = select(ha, mailboxes_per_dag * dags_total, server * environment__mailbox_servers)
    return stack(select(ha, NA, server), select(ha & valid, mailboxes_per_dag, NA), select(ha & ~valid, NA, every))


def _totals(server: Floats, dag: Floats, ha: Bools, valid: Bools, dags_total: Floats, servers: Floats) -> Floats:
    """Return the figures of a server, a DAG and the environment from those of a server and a DAG."""
    every = select(ha, dag * dags_total, server * servers)
    return stack(server, select(ha & valid, dag, NA), select(valid, every, NA))


@rule(unit="GB", level="per_server", axis=LEVEL_ABOVE_DATABASE, source="calculator-7.6: Volume Requirements D223")
def volume_database_space_net(
    environment__high_availability: Bools,
    valid: Bools,
    layout_rows: Floats,
    volume_database_size: Floats,
    database_copies_per_dag: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Space of all database copies without overhead, of a server, a DAG and the environment."""
    each = volume_database_size
    return _totals(
        layout_rows * each,
        each * database_copies_per_dag,
        environment__high_availability,
        valid,
        dags_total,
        environment__mailbox_servers,
    )


@rule(unit="GB", level="per_server", axis=LEVEL_ABOVE_DATABASE, source="calculator-7.6: Volume Requirements E223")
def volume_database_space(
    environment__high_availability: Bools,
    valid: Bools,
    layout_rows: Floats,
    volume_database_size_with_overhead: Floats,
    database_copies_per_dag: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Space of all database copies with overhead, of a server, a DAG and the environment."""
    each = volume_database_size_with_overhead
    return _totals(
        layout_rows * each,
        each * database_copies_per_dag,
        environment__high_availability,
        valid,
        dags_total,
        environment__mailbox_servers,
    )


@rule(unit="GB", level="per_server", axis=LEVEL_ABOVE_DATABASE, source="calculator-7.6: Volume Requirements F223")
def volume_log_space(
    environment__high_availability: Bools,
    valid: Bools,
    layout_rows: Floats,
    volume_log_size_with_overhead: Floats,
    database_copies_per_dag: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Space of the logs of all database copies, of a server, a DAG and the environment."""
    each = volume_log_size_with_overhead
    return _totals(
        layout_rows * each,
        each * database_copies_per_dag,
        environment__high_availability,
        valid,
        dags_total,
        environment__mailbox_servers,
    )


@rule(unit="GB", level="per_server", axis=LEVEL_ABOVE_DATABASE, source="calculator-7.6: Volume Requirements I223")
def volume_database_volume_space(
    environment__high_availability: Bools,
    valid: Bools,
    layout_rows: Floats,
    misread_databases: Floats,
    volume_database_volumes: Floats,
    laid_out_databases_per_volume: Floats,
    volume_database_size_with_overhead: Floats,
    volume_log_size_with_overhead: Floats,
    maintenance_space_of_server: Floats,
    logs_share_volume: Bools,
    volume_database_volume_size: Floats,
    database_copies_per_dag: Floats,
    data__volume_free_space: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
    content_index_share: Floats,
) -> Floats:
    """Size of all database (+ log) volumes, of a server, a DAG and the environment."""
    edb, log = volume_database_size_with_overhead, volume_log_size_with_overhead
    databases = select(volume_database_volumes >= 1, layout_rows + misread_databases, 0.0)
    volumes = select(valid, volume_database_volumes, 0.0)
    content = databases * edb + content_index_share * (databases * edb + volumes * edb)
    content = content + select(volume_database_volumes >= 1, maintenance_space_of_server, 0.0)
    content = content + select(logs_share_volume, databases * log, 0.0)
    server = content / (1 - data__volume_free_space)
    dag = volume_database_volume_size * database_copies_per_dag
    return _totals(
        server,
        ratio(dag, laid_out_databases_per_volume),
        environment__high_availability,
        valid,
        dags_total,
        environment__mailbox_servers,
    )


@rule(unit="GB", level="per_server", axis=LEVEL_ABOVE_DATABASE, source="calculator-7.6: Volume Requirements J223")
def volume_log_volume_space(
    environment__high_availability: Bools,
    valid: Bools,
    layout_rows: Floats,
    volume_database_volumes: Floats,
    volume_log_size_with_overhead: Floats,
    logs_share_volume: Bools,
    volume_log_volume_size: Floats,
    database_copies_per_dag: Floats,
    data__volume_free_space: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Size of all log volumes, of a server, a DAG and the environment.

    Zero where logs share the volume of their database.
    """
    databases = select(volume_database_volumes >= 1, layout_rows, 0.0)
    logs = databases * volume_log_size_with_overhead / (1 - data__volume_free_space)
    return _totals(
        select(logs_share_volume, 0.0, logs),
        volume_log_volume_size * database_copies_per_dag,
        environment__high_availability,
        valid,
        dags_total,
        environment__mailbox_servers,
    )


@rule(unit="GB", level="per_dag", source="calculator-7.6: Role Requirements I147")
def database_space(volume_database_size_with_overhead: Floats, databases: Floats) -> Floats:
    """Space of one copy of all databases in a DAG, or of all databases on a standalone server."""
    return volume_database_size_with_overhead * databases


@rule(unit="GB", level="per_dag", source="calculator-7.6: Role Requirements I148")
def database_space_all_copies(
    environment__high_availability: Bools, database_space: Floats, copies_total: Floats
) -> Floats:
    """Space of all copies of all databases in a DAG or on a standalone server."""
    return select(environment__high_availability, database_space * copies_total, NA)


@rule(unit="GB", level="per_server", source="calculator-7.6: Role Requirements I149")
def database_space_per_member(
    environment__high_availability: Bools,
    volume_database_size_with_overhead: Floats,
    database_copies_per_server: Floats,
) -> Floats:
    """Space of the database copies on a server that is a member of a DAG."""
    space = volume_database_size_with_overhead * database_copies_per_server
    return select(environment__high_availability, space, NA)


@rule(unit="GB", level="per_dag", source="calculator-7.6: Role Requirements I151")
def log_space_all_copies(environment__high_availability: Bools, log_space: Floats, copies_total: Floats) -> Floats:
    """Log space of all copies of all databases in a DAG or on a standalone server."""
    return select(environment__high_availability, log_space * copies_total, NA)


@rule(unit="GB", level="per_server", source="calculator-7.6: Role Requirements I152")
def log_space_per_member(
    environment__high_availability: Bools, volume_log_size_with_overhead: Floats, database_copies_per_server: Floats
) -> Floats:
    """Log space of the database copies on a server that is a member of a DAG."""
    space = volume_log_size_with_overhead * database_copies_per_server
    return select(environment__high_availability, space, NA)


@flag(level="per_server", group="detail", source="calculator-7.6: Volume Requirements C6")
def label_names_one_database(volume_design_approach: Codes, volume_volumes_computed: Floats) -> Bools:
    """Whether the label of a volume on a server names a single database instead of a range."""
    single = (volume_design_approach == DesignApproach.MULTIPLE) & (volume_volumes_computed == 1)
    return (volume_design_approach == DesignApproach.ONE_PER_DATABASE) | single


@rule(
    unit="databases", level="per_volume", axis=VOLUME, group="detail", source="calculator-7.6: Volume Requirements C6"
)
def last_database_on_volume(
    label_names_one_database: Bools,
    database_copies_per_server: Floats,
    laid_out_databases_per_volume: Floats,
    volume_database_volumes: Floats,
) -> Floats:
    """Number of the last database on each volume of a server, as the label of the volume gives it.

    Not applicable beyond the last volume.
    """
    end = np.minimum(database_copies_per_server, _NUMBERS * laid_out_databases_per_volume)
    last = select(label_names_one_database, _NUMBERS, end)
    return select(volume_database_volumes >= _NUMBERS, last, NA)


@rule(unit="volumes", level="per_volume", axis=VOLUME, group="detail", source="calculator-7.6: Volume Requirements D6")
def volume_group(
    last_database_on_volume: Floats,
    laid_out_databases_per_volume: Floats,
    guidance__oddities: Codes,
    layout_limit: float,
    labels_cut_short: float,
) -> Floats:
    """Number of the volume whose databases are counted on each volume of a server.

    It is the volume itself, except where Microsoft's workbook misreads a label; see `misread_databases`.
    """
    last = last_database_on_volume
    misread = (labels_cut_short >= _NUMBERS) & (last >= layout_limit) & (guidance__oddities != Oddities.CORRECTED)
    return np.ceil(ratio(select(misread, _cut_off(last, layout_limit), last), laid_out_databases_per_volume))


@rule(
    unit="databases", level="per_volume", axis=VOLUME, group="detail", source="calculator-7.6: Volume Requirements C6"
)
def databases_on_volume(volume_group: Floats, laid_out_databases_per_volume: Floats, layout_rows: Floats) -> Floats:
    """Number of databases on each volume of a server.

    Not applicable beyond the last volume.
    """
    counted = _rows_of_group(volume_group, laid_out_databases_per_volume, layout_rows)
    return select(is_na(volume_group), NA, counted)


@rule(unit="GB", level="per_volume", axis=VOLUME, group="detail", source="calculator-7.6: Volume Requirements I123")
def database_volume_size(
    databases_on_volume: Floats,
    volume_database_size_with_overhead: Floats,
    volume_log_size_with_overhead: Floats,
    data__dedicated_restore_volume: Bools,
    laid_out_databases_per_volume: Floats,
    logs_share_volume: Bools,
    data__volume_free_space: Floats,
    guidance__oddities: Codes,
    content_index_share: Floats,
    maintenance_share: float,
    divided_volumes: float,
) -> Floats:
    """Size of each database (+ log) volume of a server.

    The databases, their content index, the space for one master merge, the space for maintenance without a restore
    volume, and logs that share the volume, divided by the share that is not kept free. Volumes 51 to 100 have space
    for the maintenance of every database on them; see `maintenance_space_of_server`.
    """
    databases, edb = databases_on_volume, volume_database_size_with_overhead
    content = databases * edb + content_index_share * (databases * edb + edb)
    divided = (divided_volumes >= _NUMBERS) | (guidance__oddities == Oddities.CORRECTED)
    room = maintenance_share * databases * edb / select(divided, laid_out_databases_per_volume, 1.0)
    content = content + select(data__dedicated_restore_volume, 0.0, room)
    content = content + select(logs_share_volume, databases * volume_log_size_with_overhead, 0.0)
    return content / (1 - data__volume_free_space)


@rule(unit="GB", level="per_volume", axis=VOLUME, group="detail", source="calculator-7.6: Volume Requirements J123")
def log_volume_size(
    databases_on_volume: Floats,
    volume_log_size_with_overhead: Floats,
    logs_share_volume: Bools,
    data__volume_free_space: Floats,
) -> Floats:
    """Size of each log volume of a server.

    Zero where logs share the volume of the databases.
    """
    logs = databases_on_volume * volume_log_size_with_overhead / (1 - data__volume_free_space)
    return select(logs_share_volume & ~is_na(databases_on_volume), 0.0, logs)
