"""Space of volumes, databases and logs: of a server, a DAG and the environment."""

import numpy as np

from calculator.numerics.arrays import NA, Bools, Floats, ratio, select, stack, where_needed
from calculator.rules.registry import LEVEL_ABOVE_DATABASE, corrects, rule


@rule(unit="databases", level="per_server", group="detail", source="calculator-7.6: Volume Requirements D6")
def misread_databases(
    layout_rows: Floats,
    database_copies_per_server: Floats,
    laid_out_databases_per_volume: Floats,
    layout_limit: float,
    labels_cut_short: float,
) -> Floats:
    """Databases more (or fewer) on the volumes of a server because the calculator misreads labels.

    Zero in all ordinary designs.

    Oddity: of the first nine volumes only the last two digits of a range are read, so that one ending
    at 100 or more holds the wrong databases.
    """
    each, rows, copies = laid_out_databases_per_volume, layout_rows, database_copies_per_server
    possible = (each > layout_limit / (labels_cut_short + 1)) & (copies >= layout_limit)
    return where_needed(possible, _surplus, np.zeros_like(rows), each, rows, copies, layout_limit, labels_cut_short)


def _surplus(each: Floats, rows: Floats, copies: Floats, layout_limit: float, labels_cut_short: float) -> Floats:
    """Databases more that the volumes with misread labels hold."""
    surplus = np.zeros_like(rows + each)
    for volume in range(1, int(labels_cut_short) + 1):
        last = np.minimum(copies, volume * each)
        misread = (last >= layout_limit) & ((volume - 1) * each < copies)
        group = np.ceil(ratio(last - layout_limit * np.floor(last / layout_limit), each))
        found = _rows_of_group(group, each, rows)
        right = _rows_of_group(np.full_like(group, volume), each, rows)
        surplus = surplus + select(misread, found - right, 0.0)
    return surplus


def _rows_of_group(group: Floats, each: Floats, rows: Floats) -> Floats:
    inside = np.minimum(rows, group * each) - np.minimum(rows, (group - 1) * each)
    return np.maximum(select(group >= 1, inside, 0.0), 0.0)


@corrects("misread_databases", "ranges ending at 100 or more are misread")
def no_misread_databases(layout_rows: Floats) -> Floats:
    """Every volume holds its own databases."""
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
    """Room for maintenance on all volumes of a server, where there is no restore volume.

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
    """Room for one database on each volume."""
    databases = ratio(layout_rows, laid_out_databases_per_volume)
    space = maintenance_share * databases * volume_database_size_with_overhead
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
    """Mailboxes of a standalone server (n/a with HA), of a DAG, of all."""
    ha = environment__high_availability
    server = layout_rows * volume_mailboxes_per_database
    every = select(ha, mailboxes_per_dag * dags_total, server * environment__mailbox_servers)
    return stack(select(ha, NA, server), select(ha & valid, mailboxes_per_dag, NA), select(ha & ~valid, NA, every))


def _totals(server: Floats, dag: Floats, ha: Bools, valid: Bools, dags_total: Floats, servers: Floats) -> Floats:
    """Server, DAG and environment from the figures of a server and of a DAG."""
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
    """Databases without overhead of the copies of a server, a DAG, the environment."""
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
    """Databases with overhead of the copies of a server, a DAG, the environment."""
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
    """Logs of the copies of a server, a DAG, the environment."""
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
    content_index_share: float,
) -> Floats:
    """Database (+ log) volumes of the copies of a server, a DAG, the environment."""
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
    """Log volumes of the copies of a server, a DAG, the environment.

    Zero where logs share the database's volume.
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
    """Space of one copy of all databases (of the standalone server when not highly available)."""
    return volume_database_size_with_overhead * databases


@rule(unit="GB", level="per_dag", source="calculator-7.6: Role Requirements I148")
def database_space_all_copies(
    environment__high_availability: Bools, database_space: Floats, copies_total: Floats
) -> Floats:
    """Space of all copies."""
    return select(environment__high_availability, database_space * copies_total, NA)


@rule(unit="GB", level="per_server", source="calculator-7.6: Role Requirements I149")
def database_space_per_member(
    environment__high_availability: Bools,
    volume_database_size_with_overhead: Floats,
    database_copies_per_server: Floats,
) -> Floats:
    """Space of the copies on a DAG member."""
    space = volume_database_size_with_overhead * database_copies_per_server
    return select(environment__high_availability, space, NA)


@rule(unit="GB", level="per_dag", source="calculator-7.6: Role Requirements I151")
def log_space_all_copies(environment__high_availability: Bools, log_space: Floats, copies_total: Floats) -> Floats:
    """Log space of all copies."""
    return select(environment__high_availability, log_space * copies_total, NA)


@rule(unit="GB", level="per_server", source="calculator-7.6: Role Requirements I152")
def log_space_per_member(
    environment__high_availability: Bools, volume_log_size_with_overhead: Floats, database_copies_per_server: Floats
) -> Floats:
    """Log space of the copies on a DAG member."""
    space = volume_log_size_with_overhead * database_copies_per_server
    return select(environment__high_availability, space, NA)
