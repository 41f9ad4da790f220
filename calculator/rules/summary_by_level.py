"""Summary of the results by level: copies, logs, space and I/O of a database, a server, a DAG and the environment."""

import numpy as np

from calculator.numerics.arrays import NA, Bools, Floats, replace_at, select, stack
from calculator.rules.registry import LEVEL, LEVEL_ABOVE_DATABASE, flag, rule

RR = "calculator-7.6: Role Requirements "


def _levels(valid: Bools, ha: Bools, database: Floats, server: Floats, dag: Floats, environment: Floats) -> Floats:
    """Return the figures of the four levels; those of a DAG only with high availability."""
    return stack(
        select(valid, database, NA),
        select(valid, server, NA),
        select(valid & ha, dag, NA),
        select(valid, environment, NA),
    )


@rule(unit="databases", level="per_server", axis=LEVEL_ABOVE_DATABASE, source=RR + "C248")
def summary_database_copies(
    valid: Bools,
    environment__high_availability: Bools,
    copies_or_databases_per_server: Floats,
    database_copies_per_dag: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Number of database copies on a server, in a DAG and in the environment."""
    ha, server = environment__high_availability, copies_or_databases_per_server
    every = select(ha, database_copies_per_dag * dags_total, server * environment__mailbox_servers)
    return _levels(valid, ha, server, server, database_copies_per_dag, every)[1:]


def _log_levels(
    valid: Bools,
    ha: Bools,
    database: Floats,
    dag: Floats,
    active_servers_total: Floats,
    dags_total: Floats,
    servers: Floats,
) -> Floats:
    server = select(ha, dag / active_servers_total, dag)
    return _levels(valid, ha, database, server, dag, dag * select(ha, dags_total, servers))


@rule(unit="logs/day", level="per_database", axis=LEVEL, source=RR + "C268")
def summary_user_logs_per_day(
    valid: Bools,
    environment__high_availability: Bools,
    user_logs_per_day_per_database: Floats,
    user_logs_per_day: Floats,
    active_servers_total: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Number of logs of user activity per day, of a database, a server, a DAG and the environment."""
    return _log_levels(
        valid,
        environment__high_availability,
        user_logs_per_day_per_database,
        user_logs_per_day,
        active_servers_total,
        dags_total,
        environment__mailbox_servers,
    )


@rule(unit="logs/day", level="per_database", axis=LEVEL, source=RR + "C269")
def summary_move_logs_per_day(
    valid: Bools,
    environment__high_availability: Bools,
    move_logs_per_day_per_database: Floats,
    move_logs_per_day: Floats,
    active_servers_total: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Number of logs of mailbox moves per day, of a database, a server, a DAG and the environment."""
    return _log_levels(
        valid,
        environment__high_availability,
        move_logs_per_day_per_database,
        move_logs_per_day,
        active_servers_total,
        dags_total,
        environment__mailbox_servers,
    )


@rule(unit="logs/day", level="per_database", axis=LEVEL, source=RR + "C270")
def summary_logs_per_day(
    valid: Bools,
    environment__high_availability: Bools,
    logs_per_day_per_database: Floats,
    logs_per_day: Floats,
    active_servers_total: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Number of logs of user activity and mailbox moves per day, of a database, a server, a DAG and the environment."""
    return _log_levels(
        valid,
        environment__high_availability,
        logs_per_day_per_database,
        logs_per_day,
        active_servers_total,
        dags_total,
        environment__mailbox_servers,
    )


@rule(unit="GB", level="per_server", axis=LEVEL_ABOVE_DATABASE, source=RR + "D273")
def summary_transport_database_space(
    valid: Bools,
    environment__high_availability: Bools,
    transport_database_size: Floats,
    servers_total: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Space of the transport databases of a server, a DAG and the environment."""
    ha, server = environment__high_availability, transport_database_size
    dag = servers_total * server
    every = select(ha, dag * dags_total, server * environment__mailbox_servers)
    return _levels(valid, ha, server, server, dag, every)[1:]


def _space_levels(
    valid: Bools,
    ha: Bools,
    each: Floats,
    member: Floats,
    alone: Floats,
    dag: Floats,
    dags_total: Floats,
    servers: Floats,
) -> Floats:
    every = select(ha, dag * dags_total, alone * servers)
    levels = _levels(valid, ha, each, each, dag, every)
    return replace_at(replace_at(levels, (0,), each), (1,), select(ha, member, alone))


@rule(unit="GB", level="per_database", axis=LEVEL, source=RR + "C274")
def summary_database_space(
    valid: Bools,
    environment__high_availability: Bools,
    volume_database_size_with_overhead: Floats,
    database_space_per_member: Floats,
    database_space: Floats,
    database_space_all_copies: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Space of the databases with overhead, of a database, a server, a DAG and the environment."""
    return _space_levels(
        valid,
        environment__high_availability,
        volume_database_size_with_overhead,
        database_space_per_member,
        database_space,
        database_space_all_copies,
        dags_total,
        environment__mailbox_servers,
    )


@rule(unit="GB", level="per_database", axis=LEVEL, source=RR + "C275")
def summary_log_space(
    valid: Bools,
    environment__high_availability: Bools,
    volume_log_size_with_overhead: Floats,
    log_space_per_member: Floats,
    log_space: Floats,
    log_space_all_copies: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Space of the logs of a database, a server, a DAG and the environment."""
    return _space_levels(
        valid,
        environment__high_availability,
        volume_log_size_with_overhead,
        log_space_per_member,
        log_space,
        log_space_all_copies,
        dags_total,
        environment__mailbox_servers,
    )


@rule(unit="GB", level="per_database", axis=LEVEL, source=RR + "C276")
def summary_database_volume_space(
    one_per_volume: Bools, volume_database_volume_size: Floats, volume_database_volume_space: Floats
) -> Floats:
    """Space of the database volumes and the logs on them, of a database, a server, a DAG and the environment."""
    each = select(one_per_volume, volume_database_volume_size, NA)
    return stack(each, *volume_database_volume_space)


@rule(unit="GB", level="per_database", axis=LEVEL, source=RR + "C277")
def summary_log_volume_space(
    one_per_volume: Bools, volume_log_volume_size: Floats, volume_log_volume_space: Floats
) -> Floats:
    """Space of the log volumes of a database, a server, a DAG and the environment."""
    each = select(one_per_volume, volume_log_volume_size, NA)
    return stack(each, *volume_log_volume_space)


@rule(unit="GB", level="per_server", axis=LEVEL_ABOVE_DATABASE, source=RR + "D278")
def summary_restore_volume_space(
    valid: Bools,
    environment__high_availability: Bools,
    volume_restore_volume_size: Floats,
    summary_servers: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Space of the restore volumes of a server, a DAG and the environment, 0 without restore volumes."""
    ha, server = environment__high_availability, volume_restore_volume_size
    dag = server * summary_servers[0]
    every = select(ha, dag * dags_total, server * environment__mailbox_servers)
    levels = _levels(valid, ha, server, server, dag, every)
    return replace_at(levels, (1,), server)[1:]


@flag(level="per_environment", source=RR + "H274")
def database_size_warning(volume_database_size_with_overhead: Floats, replicated_size_limit: float) -> Bools:
    """Whether a database is larger than 2,000 GB."""
    return volume_database_size_with_overhead > replicated_size_limit


@flag(level="per_environment", source=RR + "B287")
def volume_size_warning(
    volume_database_volume_size: Floats, volume_log_volume_size: Floats, largest_mbr_volume: float
) -> Bools:
    """Whether a volume is larger than 2,048 GB."""
    larger = np.maximum(volume_database_volume_size, volume_log_volume_size)
    return larger > largest_mbr_volume


@rule(unit="1/s", level="per_database", axis=LEVEL, source=RR + "C281")
def summary_database_iops(
    valid: Bools,
    environment__high_availability: Bools,
    iops_per_database: Floats,
    peak_iops_per_server: Floats,
    peak_iops: Floats,
    summary_servers: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Database I/O at the peak, of a database, a server, a DAG and the environment."""
    ha, server = environment__high_availability, peak_iops_per_server
    dag = server * summary_servers[0]
    every = select(ha, dag * dags_total, peak_iops * environment__mailbox_servers)
    return _levels(valid, ha, iops_per_database, server, dag, every)


@rule(unit="1/s", level="per_database", axis=LEVEL, source=RR + "C282")
def summary_log_iops(
    valid: Bools,
    environment__high_availability: Bools,
    iops_per_log_stream: Floats,
    log_writes_per_server: Floats,
    log_reads_per_server: Floats,
    summary_servers: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Log I/O at the peak, of a database, a server, a DAG and the environment."""
    ha, server = environment__high_availability, log_writes_per_server + log_reads_per_server
    dag = server * summary_servers[0]
    every = select(ha, dag * dags_total, server * environment__mailbox_servers)
    return _levels(valid, ha, iops_per_log_stream, server, dag, every)


@rule(unit="1", level="per_database", source=RR + "C283")
def summary_database_read_fraction(valid: Bools, database_read_fraction: Floats) -> Floats:
    """Share of reads in the database I/O of a database in a valid design."""
    return select(valid, database_read_fraction, NA)


@rule(unit="databases", level="per_server", source="calculator-7.6: Variables K37")
def storage_most_databases_per_volume(copies_total: Floats) -> Floats:
    """Number of copies of a database, which Microsoft's workbook states as a limit of databases per volume on a server.

    No formula uses it.
    """
    return copies_total


@rule(unit="databases", level="per_dag", source="calculator-7.6: Variables K51")
def storage_database_limit(
    volume_count_automatic: Bools, storage__data_volumes_per_server: Floats, disk_group: Floats, no_limit: float
) -> Floats:
    """Largest number of databases of a DAG, 9999 if the number of volumes is computed.

    Otherwise the number of volumes per server multiplied by the disk group.

    Oddity: the number of volumes is multiplied by the disk group, not by the databases on a volume.
    """
    limit = storage__data_volumes_per_server * disk_group
    return select(volume_count_automatic, no_limit, limit)


@rule(unit="volumes", level="per_server", source="calculator-7.6: Variables K52")
def storage_data_volume_limit(
    volume_count_automatic: Bools, storage__data_volumes_per_server: Floats, no_limit: float
) -> Floats:
    """Largest number of database volumes per server, 9999 if the number of volumes is computed."""
    return select(volume_count_automatic, no_limit, storage__data_volumes_per_server)
