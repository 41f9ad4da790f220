"""Checks of inputs that the version of Exchange does not have, and of figures that are not published for it."""

import numpy as np

from calculator.inputs.choices import Version
from calculator.issues import ERROR, NOTICE, WARNING
from calculator.numerics.arrays import Bools, Codes, Floats
from calculator.rules.constants import LookupTable
from calculator.rules.registry import check


@check(
    ERROR,
    "environment.unified_messaging",
    "The design uses Unified Messaging, which Exchange {version_year:.0f} does not have.",
    "Turn Unified Messaging off, or choose an earlier version of Exchange.",
    source="discontinued-2019: Unified Messaging",
)
def unified_messaging_unknown(
    environment__exchange_version: Codes, environment__unified_messaging: Bools, version_year: Floats
) -> Bools:
    """Check that the version of Exchange has Unified Messaging if the design uses it."""
    return environment__unified_messaging & (environment__exchange_version >= Version.V2019)


@check(
    ERROR,
    "environment.multi_role",
    "The design has separate Client Access servers, which Exchange {version_year:.0f} does not have.",
    "Turn multi-role servers on, or choose Exchange 2013.",
    source="sizing-2016: Roles",
)
def separate_roles_unknown(roles_together: Bools, environment__multi_role: Bools, version_year: Floats) -> Bools:
    """Check that the version of Exchange has separate Client Access servers if the design uses them."""
    return roles_together & ~environment__multi_role


@check(
    NOTICE,
    "environment.exchange_version",
    "Microsoft has published no sizing figures for Exchange 2019, so those of 2016 are used. CPU, IOPS, logs and "
    "memory of a mailbox depend on them, and every result that follows from these.",
    "Measure a pilot before you buy. The explanation of a result says which of its figures are not published.",
    source="design: later versions",
)
def figures_unpublished(environment__exchange_version: Codes, mailboxes_total: Floats) -> Bools:
    """Check that every figure of a mailbox is published for the version of Exchange."""
    return (environment__exchange_version >= Version.V2019) & (mailboxes_total > 0)


@check(
    NOTICE,
    "environment.exchange_version",
    "The search index of Exchange 2019 is inside the database. Microsoft has published no size for it, so nothing is "
    "added to the databases.",
    "Raise the database overhead by the share that you measure.",
    source="new-features-2019: Search",
)
def index_size_unpublished(content_index_share: Floats, mailboxes_total: Floats) -> Bools:
    """Check that the size of the content index is published for the version of Exchange."""
    return (content_index_share == 0) & (mailboxes_total > 0)


@check(
    ERROR,
    "storage.metacache",
    "The design uses a MetaCacheDatabase, which Exchange {version_year:.0f} does not have.",
    "Turn the MetaCacheDatabase off, or choose Exchange 2019.",
    source="metacachedatabase-setup: Prerequisites",
)
def metacache_unknown(environment__exchange_version: Codes, storage__metacache: Bools, version_year: Floats) -> Bools:
    """Check that the version of Exchange has a MetaCacheDatabase if the design uses one."""
    return storage__metacache & (environment__exchange_version < Version.V2019)


@check(
    ERROR,
    "storage.metacache",
    "A MetaCacheDatabase needs a DAG with AutoReseed, but the design has no DAG.",
    "Turn high availability on, or the MetaCacheDatabase off.",
    source="metacachedatabase-setup: Prerequisites",
)
def metacache_without_dag(storage__metacache: Bools, environment__high_availability: Bools) -> Bools:
    """Check that a design with a MetaCacheDatabase has a DAG."""
    return storage__metacache & ~environment__high_availability


@check(
    ERROR,
    "storage.autoreseed_volumes",
    "A MetaCacheDatabase needs AutoReseed, but the servers have no spare volume for it.",
    "Give the servers at least one volume for AutoReseed.",
    source="metacachedatabase-setup: Prerequisites",
)
def metacache_without_autoreseed(metacache_in_use: Bools, storage__autoreseed_volumes: Floats) -> Bools:
    """Check that a design with a MetaCacheDatabase has volumes for AutoReseed."""
    return metacache_in_use & (storage__autoreseed_volumes == 0)


@check(
    WARNING,
    "storage.metacache_ssd_capacity",
    "The SSDs of a server have {metacache_capacity:,.0f} GB, which is {metacache_share:,.1%} of the capacity of its "
    "disks. 5 to 6 % is advised.",
    "Use larger SSDs, or more of them.",
    source="metacachedatabase-setup: SSD guidance",
)
def metacache_too_small(
    metacache_capacity: Floats, metacache_share: Floats, metacache_capacity_by_disks: Floats
) -> Bools:
    """Check that the SSDs have at least 5 % of the capacity of the disks."""
    return metacache_capacity < metacache_capacity_by_disks[0]


@check(
    NOTICE,
    "storage.metacache_ssd_capacity",
    "The SSDs of a server have {metacache_capacity:,.0f} GB, which is {metacache_share:,.1%} of the capacity of its "
    "disks. 5 to 10 % is enough.",
    "Use smaller SSDs to buy less.",
    source="preferred-architecture: MetaCacheDatabase",
)
def metacache_too_large(
    metacache_capacity: Floats,
    metacache_share: Floats,
    metacache_disk_capacity: Floats,
    ssd_share_of_databases: LookupTable,
) -> Bools:
    """Check that the SSDs have at most 10 % of the capacity of the disks."""
    return metacache_capacity > metacache_disk_capacity * ssd_share_of_databases.at(np.array([1]))


@check(
    NOTICE,
    "storage.metacache_ssds",
    "A server has {metacache_ssds:.0f} SSDs for {metacache_disks:.0f} disks. One SSD for every three disks is advised.",
    "Use more SSDs, so that the loss of one affects fewer databases.",
    source="metacachedatabase-setup: SSD guidance",
)
def metacache_too_few_ssds(metacache_ssds: Floats, metacache_disks: Floats, disks_per_ssd: float) -> Bools:
    """Check that a server has an SSD for every three disks."""
    return metacache_ssds * disks_per_ssd < metacache_disks
