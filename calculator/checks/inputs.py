"""Checks of inputs that contradict each other or are missing."""

import numpy as np

from calculator.issues import ERROR, NOTICE, WARNING
from calculator.numerics.arrays import Bools, Floats, stack
from calculator.rules.registry import DATACENTER, TIER, check

RR = "calculator-7.6: Role Requirements "


@check(
    NOTICE,
    "tiers.1.mailboxes",
    "The design has no mailboxes. For such a server of Exchange {version_year:.0f}, Microsoft publishes only "
    "{least_memory:.0f} GB of memory and 30 GB of free space on the install drive.",
    "Give at least one tier mailboxes, so that CPU, disks, databases and network are sized. A server of Exchange 2013 "
    "with only the Client Access role needs 4 GB of memory.",
    source="system-requirements-2013: Memory",
)
def no_mailboxes(mailboxes_total: Floats, least_memory: Floats, version_year: Floats) -> Bools:
    """Check that the design has mailboxes."""
    return mailboxes_total == 0


@check(
    WARNING,
    "tiers.{label}.mailbox_size_limit",
    "The mailbox quota is {tiers__mailbox_size_limit:.4g} MB. Did you mean {tiers__mailbox_size_limit:.4g} GB?",
    "Give the quota with its unit, such as 5 GB. Keep it if it is right.",
    source="design: doubtful values",
    axis=TIER,
)
def quota_doubtful(tier_in_use: Bools, tiers__mailbox_size_limit: Floats, lowest_quota: float) -> Bools:
    """Check that the mailbox quota is not too small to be meant in MB."""
    return tier_in_use & (tiers__mailbox_size_limit > 0) & (tiers__mailbox_size_limit < lowest_quota)


@check(
    WARNING,
    "tiers.{label}.archive_size_limit",
    "The archive quota is {tiers__archive_size_limit:.4g} MB. Did you mean {tiers__archive_size_limit:.4g} GB?",
    "Give the quota with its unit, such as 50 GB. Keep it if it is right.",
    source="design: doubtful values",
    axis=TIER,
)
def archive_quota_doubtful(tier_in_use: Bools, tiers__archive_size_limit: Floats, lowest_quota: float) -> Bools:
    """Check that the archive quota is not too small to be meant in MB."""
    return tier_in_use & (tiers__archive_size_limit > 0) & (tiers__archive_size_limit < lowest_quota)


@check(
    WARNING,
    "tiers.{label}.mailbox_size_limit",
    "The initial mailbox size is {tiers__initial_mailbox_size:,.0f} MB, but the mailbox quota, for which mailboxes are "
    "sized, is only {tiers__mailbox_size_limit:,.0f} MB.",
    "Raise the quota to at least the initial mailbox size, or lower the initial size if it is wrong.",
    source="design: doubtful values",
    axis=TIER,
)
def initial_size_above_quota(
    tier_in_use: Bools, tiers__initial_mailbox_size: Floats, tiers__mailbox_size_limit: Floats
) -> Bools:
    """Check that mailboxes are not larger on the first day than the quota for which they are sized."""
    limited = tiers__mailbox_size_limit > 0
    return tier_in_use & limited & (tiers__initial_mailbox_size > tiers__mailbox_size_limit)


@check(
    WARNING,
    "tiers.{label}.mailbox_growth",
    "The number of mailboxes grows by {tiers__mailbox_growth:,.0%}. Did you mean {tiers__mailbox_growth:.4g} %?",
    'Write a share as 0.1 or "10 %". Keep it if it is right.',
    source="design: doubtful values",
    axis=TIER,
)
def growth_doubtful(tier_in_use: Bools, tiers__mailbox_growth: Floats, largest_growth: float) -> Bools:
    """Check that the growth in mailboxes is not a percentage written as a share."""
    return tier_in_use & (tiers__mailbox_growth >= largest_growth)


@check(
    WARNING,
    "tiers.{label}.message_size",
    "The average message size is {tiers__message_size:.3g} KB. Did you mean {tiers__message_size:.3g} MB?",
    "Check the unit: the average message size is in KB, usually 50 to 150 KB.",
    source="design: doubtful values",
    axis=TIER,
)
def message_size_too_small(tier_in_use: Bools, tiers__message_size: Floats, smallest_message_size: float) -> Bools:
    """Check that the average message size is not too small to be meant in KB."""
    return tier_in_use & (tiers__message_size < smallest_message_size)


@check(
    WARNING,
    "tiers.{label}.message_size",
    "The average message size is {tiers__message_size:,.5g} KB, which is more than 5 MB.",
    "Check the unit: the average message size is in KB, usually 50 to 150 KB.",
    source="design: doubtful values",
    axis=TIER,
)
def message_size_doubtful(tier_in_use: Bools, tiers__message_size: Floats, largest_message_size: float) -> Bools:
    """Check that the average message size is not too large to be meant in KB."""
    return tier_in_use & (tiers__message_size > largest_message_size)


@check(
    ERROR,
    "database_copies.ha_copies_secondary",
    "{database_copies__ha_copies_secondary:.0f} of {database_copies__ha_copies:.0f} HA copies are in the secondary "
    "datacenter, which is more than half.",
    "Place at most half of the HA copies in the secondary datacenter.",
    source="calculator-7.6: Input numDBCopiesSDC",
)
def copies_mostly_in_secondary(
    two_datacenters: Bools, database_copies__ha_copies: Floats, database_copies__ha_copies_secondary: Floats
) -> Bools:
    """Check that the primary datacenter holds at least half of the HA copies."""
    half = np.floor(database_copies__ha_copies / 2)
    return two_datacenters & (database_copies__ha_copies_secondary > half)


@check(
    ERROR,
    "database_copies.lagged_copies_secondary",
    "{database_copies__lagged_copies_secondary:.0f} lagged copies are in the secondary datacenter, but the design has "
    "only {database_copies__lagged_copies:.0f}.",
    "Place at most as many lagged copies there as the design has.",
    source="calculator-7.6: Input numLaggedCopiesSDC",
)
def lagged_copies_not_there(
    two_datacenters: Bools, database_copies__lagged_copies: Floats, database_copies__lagged_copies_secondary: Floats
) -> Bools:
    """Check that the secondary datacenter holds at most the lagged copies of the design."""
    has_lagged_copies = database_copies__lagged_copies > 0
    more = database_copies__lagged_copies_secondary > database_copies__lagged_copies
    return two_datacenters & has_lagged_copies & more


@check(
    ERROR,
    "database.custom_count",
    "The number of databases is not computed, and the given number is 0.",
    "Give a number of databases, or let it be computed.",
    source=RR + "C79",
)
def no_databases(database__automatic_count: Bools, database__custom_count: Floats) -> Bools:
    """Check that a given number of databases is at least 1."""
    return ~database__automatic_count & (database__custom_count == 0)


@check(
    ERROR,
    "storage.{label}.database_disk_capacity",
    "No database disk is chosen in a datacenter that is in use.",
    "Choose the capacity of the database disk.",
    source="calculator-7.6: Storage Design C45",
    axis=DATACENTER,
)
def no_database_disk(two_datacenters: Bools, storage__database_disk_capacity: Floats) -> Bools:
    """Check that a database disk is chosen."""
    used = stack(np.ones_like(two_datacenters), two_datacenters)
    return used & (storage__database_disk_capacity == 0)


@check(
    WARNING,
    "storage.{label}.log_disk_capacity",
    "Logs have volumes of their own, but no log disk is chosen, so no log disks are counted.",
    "Choose the capacity of the log disk.",
    source="calculator-7.6: Storage Design C82",
    axis=DATACENTER,
)
def no_log_disk(two_datacenters: Bools, logs_share_volume: Bools, storage__log_disk_capacity: Floats) -> Bools:
    """Check that a log disk is chosen where logs have volumes of their own."""
    used = stack(np.ones_like(two_datacenters), two_datacenters)
    return used & ~logs_share_volume & (storage__log_disk_capacity == 0)


@check(
    WARNING,
    "replication.hourly_log_share",
    "The hourly shares of logs add up to {total_log_share:.4g}, not to 1.",
    "Make the shares add up to 1. With 0 for all hours, no bandwidth is sized.",
    source="calculator-7.6: Replication Requirements C43",
)
def shares_not_whole(two_datacenters: Bools, total_log_share: Floats, share_tolerance: float) -> Bools:
    """Check that the hourly shares of logs add up to 1."""
    off = np.abs(total_log_share - 1) > share_tolerance
    return two_datacenters & (total_log_share != 0) & off


@check(
    WARNING,
    "storage.{label}.restore_disk_capacity",
    "Servers have a restore volume, but no restore disk is chosen, so it is not counted.",
    "Choose the capacity of the restore disk, or do without a restore volume.",
    source="calculator-7.6: Storage Design C88",
    axis=DATACENTER,
)
def no_restore_disk(
    two_datacenters: Bools, data__dedicated_restore_volume: Bools, storage__restore_disk_capacity: Floats
) -> Bools:
    """Check that a restore disk is chosen where servers have a restore volume."""
    used = stack(np.ones_like(two_datacenters), two_datacenters)
    return used & data__dedicated_restore_volume & (storage__restore_disk_capacity == 0)


@check(
    WARNING,
    "storage.{label}.system_disk_capacity",
    "No system disk is chosen, so the transport database gets disks of its own.",
    "Choose the capacity of the system disk.",
    source="calculator-7.6: Role Requirements C185",
    axis=DATACENTER,
)
def no_system_disk(two_datacenters: Bools, storage__system_disk_capacity: Floats) -> Bools:
    """Check that a system disk is chosen."""
    used = stack(np.ones_like(two_datacenters), two_datacenters)
    return used & (storage__system_disk_capacity == 0)


@check(
    WARNING,
    "tiers.{label}.iops_per_mailbox",
    "IOPS per mailbox are not predicted, and the measured IOPS are 0.",
    "Give the measured IOPS per mailbox, or let them be predicted.",
    source="calculator-7.6: Role Requirements C30",
    axis=TIER,
)
def no_measured_iops(tier_in_use: Bools, tiers__predict_iops: Bools, tiers__iops_per_mailbox: Floats) -> Bools:
    """Check that measured IOPS are given where IOPS are not predicted."""
    return tier_in_use & ~tiers__predict_iops & (tiers__iops_per_mailbox == 0)


@check(
    WARNING,
    "data.mailbox_moves_per_week",
    "{data__mailbox_moves_per_week:,.0%} of the mailboxes are moved per week, which is more than all mailboxes.",
    'Give a share: 1 % is 0.01 or "1 %".',
    source="calculator-7.6: Input MBXMoveRate",
)
def more_moves_than_mailboxes(data__mailbox_moves_per_week: Floats) -> Bools:
    """Check that at most all mailboxes are moved per week."""
    return data__mailbox_moves_per_week > 1
