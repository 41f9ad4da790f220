"""Total numbers of disks on RAID and on JBOD, of a server, a DAG and the environment."""

import numpy as np

from calculator.inputs.choices import (
    DEPLOYMENT_MESSAGE,
    RAID,
    DeploymentMessage,
    DiskDeployment,
    Storage,
    TransportLocation,
)
from calculator.numerics.arrays import (
    NA,
    NO_CODE,
    Bools,
    Codes,
    Floats,
    first_code,
    first_true,
    is_na,
    or_zero,
    ratio,
    select,
    stack,
    sum_na,
)
from calculator.rules.registry import DATACENTER, LEVEL_ABOVE_SERVER, flag, rule

SD = "calculator-7.6: Storage Design "


def _shown(valid: Bools, two_datacenters: Bools, disks: Floats) -> Floats:
    shown = stack(disks[0], select(two_datacenters, disks[1], 0.0))
    return select(valid, shown, NA)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C165, C170")
def storage_raid_database_disks(valid: Bools, two_datacenters: Bools, storage_database_raid_disks: Floats) -> Floats:
    """Number of database (+ log) disks of a server on RAID."""
    return _shown(valid, two_datacenters, storage_database_raid_disks)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "D165, D170")
def storage_raid_log_disks(valid: Bools, two_datacenters: Bools, storage_log_raid_disks: Floats) -> Floats:
    """Number of log disks of a server on RAID."""
    return _shown(valid, two_datacenters, storage_log_raid_disks)


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "E165, E170")
def storage_raid_restore_disks(valid: Bools, two_datacenters: Bools, storage_restore_raid_disks: Floats) -> Floats:
    """Number of restore disks of a server on RAID."""
    return _shown(valid, two_datacenters, storage_restore_raid_disks)


def _level_shown(valid: Bools, two_datacenters: Bools, level: Codes, disks: Floats) -> Codes:
    """Return the RAID level of each datacenter; that of the secondary datacenter is found by its number of disks."""
    same = (disks[0] == disks[1]) | (is_na(disks[0]) & is_na(disks[1]))
    secondary = first_code((same, level[0]), default=level[1])
    return stack(
        first_code((valid, level[0]), default=NO_CODE),
        first_code((valid & two_datacenters, secondary), default=NO_CODE),
    )


@rule(level="per_server", axis=DATACENTER, choice=RAID, source=SD + "C164, C169")
def storage_raid_database_level(
    valid: Bools, two_datacenters: Bools, storage_database_raid: Codes, storage_database_raid_disks: Floats
) -> Codes:
    """RAID level of the database (+ log) disks of a server.

    Oddity: where both datacenters have the same number of disks, the secondary shows the level of the primary
    datacenter.
    """
    return _level_shown(valid, two_datacenters, storage_database_raid, storage_database_raid_disks)


@rule(level="per_server", axis=DATACENTER, choice=RAID, source=SD + "D164, D169")
def storage_raid_log_level(
    valid: Bools, two_datacenters: Bools, storage_log_raid: Codes, storage_log_raid_disks: Floats
) -> Codes:
    """RAID level of the log disks of a server.

    Oddity: where both datacenters have the same number of disks, the secondary shows the level of the primary
    datacenter.
    """
    return _level_shown(valid, two_datacenters, storage_log_raid, storage_log_raid_disks)


@rule(level="per_server", axis=DATACENTER, choice=RAID, source=SD + "E164, E169")
def storage_raid_restore_level(
    valid: Bools,
    two_datacenters: Bools,
    data__dedicated_restore_volume: Bools,
    storage_restore_raid: Codes,
    storage_restore_raid_disks: Floats,
) -> Codes:
    """RAID level of the restore volume of a server.

    Oddity: where both datacenters have the same number of disks, the secondary shows the level of the primary
    datacenter.
    """
    shown = valid & data__dedicated_restore_volume
    return _level_shown(shown, two_datacenters, storage_restore_raid, storage_restore_raid_disks)


@flag(level="per_datacenter", axis=DATACENTER, group="detail", source=SD + "C194")
def entirely_on_jbod(
    raid__deployment: Codes, storage_jbod_usable: Codes, jbod_refusal: Codes, two_datacenters: Bools
) -> Bools:
    """Whether all servers of the datacenter are counted on JBOD, as chosen and as the design allows."""
    refused = jbod_refusal != NO_CODE
    usable = (storage_jbod_usable == 1).any(axis=0)
    usable = usable & ~stack(refused, refused & two_datacenters)
    return (raid__deployment == DiskDeployment.ENTIRELY_ON_JBOD) & usable


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C194, D194")
def storage_raid_disks_per_server(
    valid: Bools,
    environment__high_availability: Bools,
    raid__deployment: Codes,
    storage_raid_required: Codes,
    lagged_database_copies: Floats,
    entirely_on_jbod: Bools,
    storage_raid_database_disks: Floats,
    storage_raid_log_disks: Floats,
    storage_raid_restore_disks: Floats,
) -> Floats:
    """Number of RAID disks per server, as far as "Storage in disk totals" includes RAID.

    Oddity: servers of one datacenter may show disks because those of the other datacenter need RAID.
    """
    disks = storage_raid_database_disks + storage_raid_log_disks + storage_raid_restore_disks
    here, there, lagged = storage_raid_required == 1
    needed = lagged & (lagged_database_copies > 0)
    needed = needed | here | stack(np.zeros_like(there), there)
    calculated = raid__deployment == DiskDeployment.AS_CALCULATED
    raid_alone = raid__deployment == DiskDeployment.ENTIRELY_ON_RAID
    return first_true(
        (~valid, 0.0),
        ((calculated & needed) | raid_alone, disks),
        (entirely_on_jbod | environment__high_availability, 0.0),
        default=disks,
    )


def _servers(*counted: tuple[Bools, Floats]) -> Floats:
    """Return the number of servers in the groups that count."""
    total = select(*counted[0], 0.0)
    for condition, servers in counted[1:]:
        total = total + select(condition, servers, 0.0)
    return total


@rule(unit="disks", level="per_dag", axis=DATACENTER, source=SD + "E194, F194")
def storage_raid_disks_per_dag(
    valid: Bools,
    site_resilience__enabled: Bools,
    two_way: Bools,
    dr_servers_dedicated: Bools,
    raid__deployment: Codes,
    storage_architecture: Codes,
    storage_raid_required: Codes,
    entirely_on_jbod: Bools,
    storage_raid_disks_per_server: Floats,
    active_servers: Floats,
    dr_servers: Floats,
    lagged_servers: Floats,
) -> Floats:
    """Number of RAID disks of a DAG in each datacenter.

    Oddity: a standalone design whose second datacenter is still enabled shows 0 instead of not applicable.
    """
    raid, required = storage_architecture == Storage.RAID, storage_raid_required == 1
    primary, secondary, lagged = raid | required
    raid_required = required.any(axis=0)
    active, dr, lag = active_servers, dr_servers, lagged_servers
    calculated = (raid__deployment == DiskDeployment.AS_CALCULATED) & raid_required
    raid_alone = raid__deployment == DiskDeployment.ENTIRELY_ON_RAID
    with_dr = two_way & dr_servers_dedicated & (raid[1] | required[1])
    as_calculated = stack(
        _servers((primary, active[0]), (lagged, lag[0]), (with_dr, dr[0])),
        _servers((secondary, dr[1]), (lagged, lag[1]), (two_way & primary, active[1])),
    )
    servers = first_true(
        (calculated, as_calculated),
        (raid_alone, active + lag + dr),
        (entirely_on_jbod, 0.0),
        default=lag + stack(active[0], dr[1]),
    )
    disks = first_true((~valid, 0.0), default=storage_raid_disks_per_server * servers)
    return stack(disks[0], first_true((~valid, 0.0), (~site_resilience__enabled, NA), default=disks[1]))


@rule(unit="disks", level="per_server", axis=DATACENTER, source=SD + "C197, D197")
def storage_jbod_disks_per_server(
    raid__deployment: Codes, storage_jbod_usable: Codes, entirely_on_jbod: Bools, jbod_disks_of_server: Floats
) -> Floats:
    """Number of JBOD disks per server, as far as "Storage in disk totals" includes JBOD."""
    usable = storage_jbod_usable == 1
    calculated = stack(usable.any(axis=0), usable[1] | usable[2])
    calculated = calculated & (raid__deployment == DiskDeployment.AS_CALCULATED)
    return select(calculated | entirely_on_jbod, jbod_disks_of_server, 0.0)


@rule(unit="disks", level="per_dag", axis=DATACENTER, source=SD + "E197, F197")
def storage_jbod_disks_per_dag(
    site_resilience__enabled: Bools,
    two_way: Bools,
    dr_servers_dedicated: Bools,
    raid__deployment: Codes,
    storage_architecture: Codes,
    storage_jbod_usable: Codes,
    entirely_on_jbod: Bools,
    storage_jbod_disks_per_server: Floats,
    active_servers: Floats,
    dr_servers: Floats,
    lagged_servers: Floats,
) -> Floats:
    """Number of JBOD disks of a DAG in each datacenter.

    Oddity: disaster recovery servers of the primary datacenter are counted only where all servers use JBOD.
    """
    primary, secondary, lagged = storage_architecture == Storage.JBOD
    usable = (storage_jbod_usable == 1).any(axis=0)
    calculated = (raid__deployment == DiskDeployment.AS_CALCULATED) & usable
    active, dr, lag = active_servers, dr_servers, lagged_servers
    with_dr = two_way & dr_servers_dedicated & (secondary | (storage_jbod_usable[1] == 1))
    as_calculated = stack(
        _servers((primary, active[0]), (lagged, lag[0])),
        _servers((secondary, dr[1]), (lagged, lag[1]), (two_way & primary, active[1])),
    )
    entirely = stack(active[0] + lag[0] + select(with_dr, dr[0], 0.0), dr[1] + lag[1] + active[1])
    servers = first_true((calculated, as_calculated), (entirely_on_jbod, entirely), default=0.0)
    disks = storage_jbod_disks_per_server * servers
    return stack(disks[0], select(site_resilience__enabled, disks[1], NA))


@rule(unit="disks", level="per_dag", axis=LEVEL_ABOVE_SERVER, source=SD + "C200, D200")
def storage_raid_disks_total(
    environment__high_availability: Bools,
    storage_raid_disks_per_dag: Floats,
    storage_raid_disks_per_server: Floats,
    dags_total: Floats,
    environment__mailbox_servers: Floats,
) -> Floats:
    """Number of RAID disks of a DAG and of the environment."""
    dag = sum_na(storage_raid_disks_per_dag[0], storage_raid_disks_per_dag[1])
    alone = storage_raid_disks_per_server[0] * environment__mailbox_servers
    ha = environment__high_availability
    return stack(select(ha, dag, NA), select(ha, dag * dags_total, alone))


@rule(unit="disks", level="per_dag", axis=LEVEL_ABOVE_SERVER, source=SD + "C201, D201")
def storage_jbod_disks_total(
    environment__high_availability: Bools, storage_jbod_disks_per_dag: Floats, dags_total: Floats
) -> Floats:
    """Number of JBOD disks of a DAG and of the environment."""
    dag = sum_na(storage_jbod_disks_per_dag[0], storage_jbod_disks_per_dag[1])
    return select(environment__high_availability, stack(dag, dag * dags_total), NA)


@rule(unit="disks", level="per_dag", axis=LEVEL_ABOVE_SERVER, source=SD + "C202, D202")
def storage_disks_total(storage_raid_disks_total: Floats, storage_jbod_disks_total: Floats) -> Floats:
    """Number of Exchange disks of a DAG and of the environment, without system disks; 0 if none are counted."""
    return or_zero(storage_raid_disks_total) + or_zero(storage_jbod_disks_total)


@rule(level="per_environment", choice=DEPLOYMENT_MESSAGE, source=SD + "E190")
def storage_deployment_message(
    raid__deployment: Codes,
    storage_raid_disks_per_server: Floats,
    storage_jbod_disks_per_server: Floats,
    jbod_refusal: Codes,
    storage_jbod_usable: Codes,
) -> Codes:
    """Message of Microsoft's workbook about the deployment of disks."""
    calculated = raid__deployment == DiskDeployment.AS_CALCULATED
    jbod_alone = raid__deployment == DiskDeployment.ENTIRELY_ON_JBOD
    raid, jbod = storage_raid_disks_per_server[0] > 0, storage_jbod_disks_per_server[0] > 0
    refused = (storage_jbod_usable == 0).any(axis=0)
    return first_code(
        (calculated & raid & jbod, DeploymentMessage.JBOD_AND_RAID),
        (calculated & jbod, DeploymentMessage.JBOD),
        (calculated & raid, DeploymentMessage.RAID),
        (jbod_alone & (jbod_refusal != NO_CODE), DeploymentMessage.JBOD_PROHIBITED),
        (jbod_alone & refused, DeploymentMessage.JBOD_NOT_RECOMMENDED),
        default=DeploymentMessage.NONE,
    )


@flag(level="per_server", axis=DATACENTER, source="design: drive bays")
def disks_fit(storage_jbod_disks_reason: Codes, storage_architecture: Codes, raid__deployment: Codes) -> Bools:
    """Whether the volumes of a server in the datacenter fit their disks, in capacity and I/O.

    Always true on RAID, which combines several disks.
    """
    jbod = (storage_architecture[:2] == Storage.JBOD) & (raid__deployment != DiskDeployment.ENTIRELY_ON_RAID)
    return ~jbod | (storage_jbod_disks_reason == NO_CODE)


@rule(unit="1", level="per_volume", axis=DATACENTER, source="design: headline")
def volume_fill(
    valid: Bools,
    two_datacenters: Bools,
    storage_architecture: Codes,
    volume_database_volume_size: Floats,
    storage_database_disk_formatted: Floats,
) -> Floats:
    """Share of a JBOD disk that its volume takes, including the space kept free.

    Above 1, the volume does not fit. Not applicable on RAID, which combines several disks.
    """
    jbod = stack(valid, valid & two_datacenters) & (storage_architecture[:2] == Storage.JBOD)
    return select(jbod, ratio(volume_database_volume_size, storage_database_disk_formatted), NA)


@rule(unit="1", level="per_volume", source="design: headline")
def largest_volume_fill(volume_fill: Floats) -> Floats:
    """Largest share of a JBOD disk that a volume of either datacenter takes, including the space kept free."""
    return np.fmax(volume_fill[0], volume_fill[1])


@rule(unit="disks", level="per_server", axis=DATACENTER, source="design: drive bays")
def server_drive_bays(
    valid: Bools,
    disks_fit: Bools,
    storage_raid_disks_per_server: Floats,
    storage_jbod_disks_per_server: Floats,
    transport_database_location: Codes,
    summary_servers_by_datacenter: Floats,
    system_disks: float,
    transport_disks: float,
) -> Floats:
    """Number of drive bays that a server needs, including system disks.

    Exchange disks in whole numbers, a mirrored pair for the system, and a second pair for a transport database that
    does not fit on it. The totals of Microsoft's workbook leave these pairs out. Not applicable where volumes do not
    fit their disks.
    """
    disks = np.ceil(storage_raid_disks_per_server) + np.ceil(storage_jbod_disks_per_server)
    apart = transport_database_location == TransportLocation.DEDICATED_RAID1_DISK
    bays = disks + system_disks + select(apart, transport_disks, 0.0)
    present = valid & (summary_servers_by_datacenter > 0)
    return select(present & disks_fit, bays, NA)
