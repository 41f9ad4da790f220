"""Volumes of a server: their content, their size and their number."""

import numpy as np

from calculator.inputs.choices import DesignApproach
from calculator.numerics.arrays import NA, Bools, Codes, Floats, first_true, is_na, ratio, select
from calculator.numerics.rounding import nearest
from calculator.rules.constants import LookupTable
from calculator.rules.registry import rule


@rule(unit="mailboxes", level="per_database", source="calculator-7.6: Volume Requirements C123")
def volume_mailboxes_per_database(valid: Bools, mailboxes_per_database: Floats) -> Floats:
    """Number of mailboxes in a database as the volumes are laid out, 0 in an invalid design."""
    return select(valid, mailboxes_per_database, 0.0)


@rule(unit="GB", level="per_database", source="calculator-7.6: Volume Requirements D123")
def volume_database_size(
    valid: Bools, mailboxes_per_database: Floats, average_mailbox_size: Floats, mb_per_gb: float
) -> Floats:
    """Size of the mailbox data in one database.

    Zero in an invalid design.
    """
    return select(valid, mailboxes_per_database * average_mailbox_size / mb_per_gb, 0.0)


@rule(unit="GB", level="per_database", source="calculator-7.6: Volume Requirements E123")
def volume_database_size_with_overhead(
    volume_database_size: Floats, data__overhead_factor: Floats, guidance__database_provisioning_factor: Floats
) -> Floats:
    """Size of one database with its overhead, multiplied by the provisioning factor.

    Exchange 2013 has no overhead on top of the mailbox data.
    """
    size = volume_database_size * (1 + data__overhead_factor)
    return size * guidance__database_provisioning_factor


@rule(unit="GB", level="per_database", source="calculator-7.6: Volume Requirements F123")
def volume_log_size_with_overhead(valid: Bools, log_space: Floats, databases: Floats) -> Floats:
    """Log space of one database on its volume.

    Zero in an invalid design.
    """
    return select(valid, ratio(log_space, databases), 0.0)


@rule(unit="databases", level="per_server", source="calculator-7.6: Volume Requirements E113")
def volume_suggested_databases_per_volume(databases_per_volume: Floats) -> Floats:
    """Recommended number of databases on a volume, from which the volumes are laid out."""
    return databases_per_volume


@rule(unit="volumes", level="per_server", source="calculator-7.6: Volume Requirements I8")
def volume_volumes_computed(
    volume_design_approach: Codes,
    database_copies_per_server: Floats,
    databases_per_volume: Floats,
    volume_count_automatic: Bools,
    storage__data_volumes_per_server: Floats,
    backup_set_volumes: LookupTable,
) -> Floats:
    """Number of database volumes per server before rounding, 1 if every database has a volume of its own.

    With backup sets, a table gives it by the number of databases on the server.

    Oddity: the table of backup sets is not monotonic: 9 databases give 3 volumes and 10 give 2.
    """
    copies = database_copies_per_server
    wanted = first_true(
        (volume_design_approach == DesignApproach.BACKUP_SET, backup_set_volumes.floor(copies)),
        (volume_design_approach == DesignApproach.MULTIPLE, ratio(copies, databases_per_volume)),
        default=1.0,
    )
    limited = np.minimum(wanted, storage__data_volumes_per_server)
    return select(volume_count_automatic, wanted, limited)


@rule(unit="databases", level="per_server", group="detail", source="calculator-7.6: Volume Requirements I7")
def laid_out_databases_per_volume(
    volume_design_approach: Codes,
    database_copies_per_server: Floats,
    volume_volumes_computed: Floats,
    databases_per_volume: Floats,
) -> Floats:
    """Number of databases that share a volume when the volumes are laid out."""
    shared = nearest(ratio(database_copies_per_server, volume_volumes_computed))
    backup_set = volume_design_approach == DesignApproach.BACKUP_SET
    return select(backup_set, shared, databases_per_volume)


@rule(unit="databases", level="per_server", source="calculator-7.6: Volume Requirements E114")
def volume_databases_per_volume(valid: Bools, laid_out_databases_per_volume: Floats) -> Floats:
    """Number of databases on one volume as the volumes are laid out, in a valid design.

    Not applicable in an invalid design.
    """
    return select(valid, laid_out_databases_per_volume, NA)


@rule(unit="volumes", level="per_server", source="calculator-7.6: Volume Requirements I10")
def volume_autoreseed_volumes(
    database_log_isolation: Bools, multiple_databases_per_volume: Bools, storage__autoreseed_volumes: Floats
) -> Floats:
    """Number of spare volumes per server for AutoReseed, 0 unless several databases share a volume."""
    able = ~database_log_isolation & multiple_databases_per_volume
    return select(able, storage__autoreseed_volumes, 0.0)


@rule(unit="databases", level="per_server", group="detail", source="calculator-7.6: Volume Requirements B123")
def layout_rows(valid: Bools, database_copies_per_server: Floats, layout_limit: float) -> Floats:
    """Number of database copies of a server that the list of its volumes shows, from 1 to 100."""
    rows = np.minimum(layout_limit, np.maximum(1.0, database_copies_per_server))
    return select(valid, rows, 0.0)


@rule(unit="volumes", level="per_server", source="calculator-7.6: Volume Requirements E115")
def volume_database_volumes(
    valid: Bools, database_copies_per_server: Floats, laid_out_databases_per_volume: Floats, layout_limit: float
) -> Floats:
    """Number of database (+ log) volumes per server, as the volumes are laid out."""
    needed = np.ceil(ratio(database_copies_per_server, laid_out_databases_per_volume))
    return select(valid, np.minimum(layout_limit, needed), NA)


@rule(unit="volumes", level="per_server", source="calculator-7.6: Volume Requirements E116")
def volume_log_volumes(valid: Bools, logs_share_volume: Bools, volume_database_volumes: Floats) -> Floats:
    """Number of log volumes per server, one per database volume if logs are on separate volumes."""
    return first_true((~valid, NA), (logs_share_volume, 0.0), default=volume_database_volumes)


@rule(unit="volumes", level="per_server", source="calculator-7.6: Volume Requirements E118")
def volume_restore_volumes(valid: Bools, data__dedicated_restore_volume: Bools) -> Floats:
    """Number of restore volumes per server, 0 or 1."""
    return first_true((~valid, NA), (data__dedicated_restore_volume, 1.0), default=0.0)


@rule(unit="volumes", level="per_server", source="calculator-7.6: Volume Requirements E119")
def volume_exchange_volumes(
    volume_database_volumes: Floats,
    volume_log_volumes: Floats,
    volume_autoreseed_volumes: Floats,
    volume_restore_volumes: Floats,
) -> Floats:
    """Number of database, log, spare and restore volumes per server."""
    volumes = volume_database_volumes + volume_log_volumes
    return volumes + volume_autoreseed_volumes + volume_restore_volumes


@rule(unit="databases", level="per_volume", group="detail", source="calculator-7.6: Volume Requirements C6")
def databases_on_first_volume(
    layout_rows: Floats, laid_out_databases_per_volume: Floats, volume_database_volumes: Floats
) -> Floats:
    """Number of databases on the first volume of a server, for which the figures of a volume are shown."""
    held = np.minimum(layout_rows, laid_out_databases_per_volume)
    return first_true((is_na(volume_database_volumes), NA), (volume_database_volumes >= 1, held), default=0.0)


@rule(unit="GB", level="per_volume", source="calculator-7.6: Volume Requirements I123")
def volume_databases_part(databases_on_first_volume: Floats, volume_database_size_with_overhead: Floats) -> Floats:
    """Space that the databases take on the first volume of a server."""
    return databases_on_first_volume * volume_database_size_with_overhead


@rule(unit="GB", level="per_volume", source="capacity-planning-2013: Content index")
def content_index_size(volume_databases_part: Floats, content_index_share: Floats) -> Floats:
    """Space that the content index of its databases takes on a volume, 20 % of their files before Exchange 2019."""
    return volume_databases_part * content_index_share


@rule(unit="GB", level="per_volume", source="capacity-planning-2013: Master merge")
def master_merge_size(
    databases_on_first_volume: Floats, volume_database_size_with_overhead: Floats, content_index_share: Floats
) -> Floats:
    """Space for a master merge of a content index on a volume, needed once per volume.

    20 % of the average database on the volume, because only one index of a volume is merged at a time.
    """
    size = volume_database_size_with_overhead * content_index_share
    return select(databases_on_first_volume == 0, 0.0, size + 0.0 * databases_on_first_volume)


@rule(unit="GB", level="per_volume", source="capacity-planning-2013: Master merge")
def master_merge_saving(databases_on_first_volume: Floats, master_merge_size: Floats) -> Floats:
    """Space that a volume saves because its databases share the space for a master merge.

    Compared with one database per volume, where each needs this space.
    """
    return master_merge_size * np.maximum(databases_on_first_volume - 1, 0.0)


@rule(unit="GB", level="per_volume", source="calculator-7.6: Volume Requirements I123")
def volume_logs_part(
    logs_share_volume: Bools, databases_on_first_volume: Floats, volume_log_size_with_overhead: Floats
) -> Floats:
    """Space that logs take on a database volume.

    Zero where logs have volumes of their own.
    """
    logs = databases_on_first_volume * volume_log_size_with_overhead
    return select(logs_share_volume, logs, 0.0)


@rule(unit="GB", level="per_volume", source="calculator-7.6: Volume Requirements I123")
def volume_maintenance_part(
    data__dedicated_restore_volume: Bools,
    volume_databases_part: Floats,
    laid_out_databases_per_volume: Floats,
    maintenance_share: float,
) -> Floats:
    """Space on a volume for the offline maintenance of a database, 0 with a restore volume."""
    room = maintenance_share * ratio(volume_databases_part, laid_out_databases_per_volume)
    needed = ~data__dedicated_restore_volume & (volume_databases_part > 0)
    return select(needed, room, 0.0)


@rule(unit="GB", level="per_volume", source="calculator-7.6: Volume Requirements I123")
def volume_free_part(volume_database_volume_size: Floats, data__volume_free_space: Floats) -> Floats:
    """Space on a volume that is kept free."""
    return volume_database_volume_size * data__volume_free_space


@rule(unit="GB", level="per_server", source="calculator-7.6: Volume Requirements I123")
def volume_database_volume_size(
    volume_databases_part: Floats,
    volume_maintenance_part: Floats,
    content_index_size: Floats,
    master_merge_size: Floats,
    volume_logs_part: Floats,
    data__volume_free_space: Floats,
) -> Floats:
    """Size of the first database (+ log) volume of a server.

    The databases, their content index, the space for one master merge, the space for maintenance and the logs that
    share the volume, divided by the share that is not kept free. Zero without a volume.
    """
    content = volume_databases_part + volume_maintenance_part
    content = content + content_index_size + master_merge_size + volume_logs_part
    return content / (1 - data__volume_free_space)


@rule(unit="GB", level="per_server", source="calculator-7.6: Volume Requirements J123")
def volume_log_volume_size(
    logs_share_volume: Bools,
    databases_on_first_volume: Floats,
    volume_log_size_with_overhead: Floats,
    data__volume_free_space: Floats,
) -> Floats:
    """Size of the first log volume of a server.

    Zero where logs share the volume of their database.
    """
    logs = databases_on_first_volume * volume_log_size_with_overhead
    return select(logs_share_volume, 0.0, logs / (1 - data__volume_free_space))


@rule(unit="GB", level="per_server", source="calculator-7.6: Volume Requirements I9")
def volume_restore_volume_size(
    data__dedicated_restore_volume: Bools,
    volume_databases_part: Floats,
    databases_on_first_volume: Floats,
    volume_log_size_with_overhead: Floats,
    copies_total: Floats,
    volume_design_approach: Codes,
    databases: Floats,
    data__volume_free_space: Floats,
    restore_volume_factor: LookupTable,
) -> Floats:
    """Size of the restore volume of a server, 0 without a restore volume.

    It has space for the databases and logs of one volume. On a standalone server with many databases on volumes of
    their own, it has space for several.
    """
    content = volume_databases_part + databases_on_first_volume * volume_log_size_with_overhead
    single = (copies_total < 2) & (volume_design_approach == DesignApproach.ONE_PER_DATABASE)
    factor = select(single, restore_volume_factor.floor(databases), 1.0)
    size = content * factor / (1 - data__volume_free_space)
    return select(data__dedicated_restore_volume, size, 0.0)
