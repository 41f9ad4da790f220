"""Checks of inputs that the version of Exchange does not know, and of figures that are not published for it."""

import numpy as np

from calculator.inputs.choices import Version
from calculator.issues import ERROR, NOTICE, WARNING
from calculator.numerics.arrays import Bools, Codes, Floats
from calculator.rules.constants import LookupTable
from calculator.rules.registry import check


@check(
    ERROR,
    "environment.unified_messaging",
    "Exchange {version_year:.0f} has no Unified Messaging, and the design asks for it.",
    "Turn environment.unified_messaging off, or choose an earlier version.",
    source="discontinued-2019: Unified Messaging",
)
def unified_messaging_unknown(
    environment__exchange_version: Codes, environment__unified_messaging: Bools, version_year: Floats
) -> Bools:
    """Unified Messaging is asked of a version that has it."""
    return environment__unified_messaging & (environment__exchange_version >= Version.V2019)


@check(
    ERROR,
    "environment.multi_role",
    "Exchange {version_year:.0f} has no servers for Client Access alone, and the design asks for them.",
    "Turn environment.multi_role on, or choose Exchange 2013.",
    source="sizing-2016: Roles",
)
def separate_roles_unknown(roles_together: Bools, environment__multi_role: Bools, version_year: Floats) -> Bools:
    """Servers of their own for Client Access are asked of Exchange 2013 alone."""
    return roles_together & ~environment__multi_role


@check(
    NOTICE,
    "environment.exchange_version",
    "Microsoft has published no figure for 2019; the one of 2016 is used. CPU, IOPS, logs and memory of a "
    "mailbox rest on it, and every result that follows from them.",
    "Measure a pilot before you buy. The page later_versions.md of the reference lists the figures.",
    source="design: later versions",
)
def figures_unpublished(environment__exchange_version: Codes, mailboxes_total: Floats) -> Bools:
    """Every figure of a mailbox is published for the version."""
    return (environment__exchange_version >= Version.V2019) & (mailboxes_total > 0)


@check(
    NOTICE,
    "environment.exchange_version",
    "The search index of Exchange 2019 lies inside the database, and Microsoft has published no size for it: "
    "nothing is added to the databases.",
    "Raise data.overhead_factor by the share that you measure.",
    source="new-features-2019: Search",
)
def index_size_unpublished(content_index_share: Floats, mailboxes_total: Floats) -> Bools:
    """The size of the content index is published for the version."""
    return (content_index_share == 0) & (mailboxes_total > 0)


@check(
    ERROR,
    "storage.metacache",
    "Exchange {version_year:.0f} has no MetaCacheDatabase, and the design asks for it.",
    "Turn storage.metacache off, or choose Exchange 2019.",
    source="metacachedatabase-setup: Prerequisites",
)
def metacache_unknown(environment__exchange_version: Codes, storage__metacache: Bools, version_year: Floats) -> Bools:
    """A MetaCacheDatabase is asked of a version that has it."""
    return storage__metacache & (environment__exchange_version < Version.V2019)


@check(
    ERROR,
    "storage.metacache",
    "A MetaCacheDatabase needs a DAG with AutoReseed, and the design has no DAG.",
    "Turn environment.high_availability on, or storage.metacache off.",
    source="metacachedatabase-setup: Prerequisites",
)
def metacache_without_dag(storage__metacache: Bools, environment__high_availability: Bools) -> Bools:
    """A MetaCacheDatabase has a DAG."""
    return storage__metacache & ~environment__high_availability


@check(
    ERROR,
    "storage.autoreseed_volumes",
    "A MetaCacheDatabase needs AutoReseed, and the servers have no spare volume for it.",
    "Give at least one volume for AutoReseed.",
    source="metacachedatabase-setup: Prerequisites",
)
def metacache_without_autoreseed(metacache_in_use: Bools, storage__autoreseed_volumes: Floats) -> Bools:
    """A MetaCacheDatabase has AutoReseed."""
    return metacache_in_use & (storage__autoreseed_volumes == 0)


@check(
    WARNING,
    "storage.metacache_ssd_capacity",
    "The SSDs of a server have {metacache_capacity:,.0f} GB, {metacache_share:.1%} of its disks; 5 to 6 % are advised.",
    "Take larger SSDs, or more of them.",
    source="metacachedatabase-setup: SSD guidance",
)
def metacache_too_small(
    metacache_capacity: Floats, metacache_share: Floats, metacache_capacity_by_disks: Floats
) -> Bools:
    """The SSDs have at least 5 % of the capacity of the disks."""
    return metacache_capacity < metacache_capacity_by_disks[0]


@check(
    NOTICE,
    "storage.metacache_ssd_capacity",
    "The SSDs of a server have {metacache_capacity:,.0f} GB, {metacache_share:.1%} of its disks; 5 to 10 % suffice.",
    "Smaller SSDs are enough.",
    source="preferred-architecture: MetaCacheDatabase",
)
def metacache_too_large(
    metacache_capacity: Floats,
    metacache_share: Floats,
    metacache_disk_capacity: Floats,
    ssd_share_of_databases: LookupTable,
) -> Bools:
    """The SSDs have at most 10 % of the capacity of the disks."""
    return metacache_capacity > metacache_disk_capacity * ssd_share_of_databases.at(np.array([1]))


@check(
    NOTICE,
    "storage.metacache_ssds",
    "{metacache_ssds:.0f} SSDs serve {metacache_disks:.0f} disks of a server; one for every three is advised.",
    "Take more SSDs, so that the loss of one affects fewer databases.",
    source="metacachedatabase-setup: SSD guidance",
)
def metacache_too_few_ssds(metacache_ssds: Floats, metacache_disks: Floats, disks_per_ssd: float) -> Bools:
    """A server has an SSD for every three disks."""
    return metacache_ssds * disks_per_ssd < metacache_disks
